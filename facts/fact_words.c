/*
 * A fact in words, as its type says in the vocabulary: {slot} is the value of
 * a slot; [text] is left out if a slot in it is unknown; [slot=word:text]
 * unless the slot is that word. Groups do not nest. Where a condition asks for
 * "a or b", the texts of both are told: "phase 2, came up or expired".
 */
#include "facts/fact.h"

#include <inttypes.h>
#include <string.h>

struct saying {
    const struct ikw_type *type;
    const struct ikw_value *slots;
    const char *unknown;
    struct ikw_slice told; /* slot of which a word was told */
};

static struct ikw_value value_of(const struct saying *f, struct ikw_slice name)
{
    struct ikw_value nil = { .kind = IKW_NIL };
    for (size_t i = 0; i < f->type->nslots; i++)
        if (ikw_slice_is(name, f->type->slots[i].name))
            return f->slots[i];
    return nil;
}

/* Is it the word, or one of "a or b or c"? */
static bool is_among(struct ikw_slice words, struct ikw_slice word)
{
    while (words.len) {
        const char *sp = memchr(words.ptr, ' ', words.len);
        size_t end = sp ? (size_t)(sp - words.ptr) : words.len;
        if (ikw_slice_eq(ikw_slice_sub(words, 0, end), word))
            return true;
        if (!sp || words.len < end + 4)
            return false;
        words = ikw_slice_sub(words, end + 4, words.len); /* " or " */
    }
    return false;
}

static void add_value(struct ikw_buf *out, struct ikw_value v,
                      const char *unknown)
{
    if (v.kind == IKW_INT)
        ikw_buf_addf(out, "%" PRId64, v.u.i);
    else if (v.kind == IKW_STR)
        ikw_buf_add(out, v.u.str, v.len);
    else
        ikw_buf_adds(out, unknown);
}

/* Text with its slots filled in; false if one of them is unknown. */
static bool fill(const struct saying *f, struct ikw_slice text,
                 struct ikw_buf *out)
{
    bool known = true;
    for (size_t i = 0; i < text.len;) {
        const char *close = NULL;
        if (text.ptr[i] == '{')
            close = memchr(text.ptr + i, '}', text.len - i);
        if (!close) {
            ikw_buf_addc(out, text.ptr[i++]);
            continue;
        }
        size_t end = (size_t)(close - text.ptr);
        struct ikw_value v = value_of(f, ikw_slice_sub(text, i + 1, end));
        known = known && v.kind != IKW_NIL;
        add_value(out, v, f->unknown);
        i = end + 1;
    }
    return known;
}

/* [slot=word:text]: true if this is such a group; then `text` is what it
 * holds, empty if the slot is another word. */
static bool choose(const struct saying *f, struct ikw_slice *text,
                   struct ikw_slice *slot)
{
    size_t eq = 0, colon = 0;
    while (eq < text->len && !strchr("={: ", text->ptr[eq]))
        eq++;
    if (eq == text->len || text->ptr[eq] != '=')
        return false;
    colon = eq + 1;
    while (colon < text->len && text->ptr[colon] != ':')
        colon++;
    *slot = ikw_slice_sub(*text, 0, eq);
    struct ikw_value v = value_of(f, *slot);
    struct ikw_slice is = { 0 };
    if (v.kind == IKW_STR)
        is = (struct ikw_slice){ v.u.str, v.len };
    bool same = is_among(is, ikw_slice_sub(*text, eq + 1, colon));
    *text = ikw_slice_sub(*text, same ? colon + 1 : text->len, text->len);
    return true;
}

static void add_group(struct saying *f, struct ikw_slice text,
                      struct ikw_buf *out)
{
    struct ikw_buf b = { 0 };
    struct ikw_slice slot;
    if (choose(f, &text, &slot) && text.len) {
        if (ikw_slice_eq(slot, f->told)) {
            ikw_buf_adds(out, " or ");
            text = ikw_slice_sub(text, text.ptr[0] == ',' ? 2 : 0, text.len);
        }
        f->told = slot;
    }
    if (fill(f, text, &b))
        ikw_buf_add(out, ikw_buf_str(&b), b.len);
    ikw_buf_release(&b);
}

/* Of a type that says nothing: its name and what is known, ids left out. */
static void add_plain(const struct saying *f, struct ikw_buf *out)
{
    ikw_buf_adds(out, f->type->name);
    for (size_t i = 0; i < f->type->nslots; i++) {
        if (f->slots[i].kind == IKW_NIL ||
            f->type->slots[i].kind == IKW_SLOT_ID)
            continue;
        ikw_buf_addf(out, " %s=", f->type->slots[i].name);
        add_value(out, f->slots[i], f->unknown);
    }
}

/* Where all words hang on slots that are unknown: what the type means. */
static void add_meaning(const struct saying *f, struct ikw_buf *out)
{
    const char *m = f->type->means ? f->type->means : f->type->name;
    size_t len = strlen(m);
    bool one_capital =
        len > 1 && m[0] >= 'A' && m[0] <= 'Z' && !(m[1] >= 'A' && m[1] <= 'Z');
    if (len && m[len - 1] == '.')
        len--;
    if (one_capital)
        ikw_buf_addc(out, (char)(m[0] - 'A' + 'a'));
    ikw_buf_add(out, m + one_capital, len - one_capital);
}

static void say(struct saying *f, struct ikw_buf *out)
{
    const char *s = f->type->says;
    size_t before = out->len;
    if (!s) {
        add_plain(f, out);
        return;
    }
    while (*s) {
        size_t n = strcspn(s, "[");
        fill(f, (struct ikw_slice){ s, n }, out);
        s += n;
        if (!*s)
            break;
        n = strcspn(++s, "]");
        add_group(f, (struct ikw_slice){ s, n }, out);
        s += n + (s[n] == ']');
    }
    if (out->len == before)
        add_meaning(f, out);
}

void ikw_fact_words(const struct ikw_fact *f, struct ikw_buf *out)
{
    struct saying s = { .type = f->type, .slots = f->slots, .unknown = "?" };
    say(&s, out);
}

void ikw_slots_words(const struct ikw_type *type, const struct ikw_value *slots,
                     const char *unknown, struct ikw_buf *out)
{
    struct saying s = { .type = type, .slots = slots, .unknown = unknown };
    say(&s, out);
}
