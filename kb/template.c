/*
 * Message templates: literal text with captures, `{name:kind}`, and `{{` for
 * a brace. The matcher trims a line's end, so a template ends in no blank.
 */
#include "kb/internal.h"

#include <string.h>

enum { MAX_TOKS = 64, MAX_CAPTURES = 16, MAX_TEMPLATE_BYTES = 2000 };

static const struct ikw_word kinds[] = {
    { "text", IKW_TOK_TEXT },       { "word", IKW_TOK_WORD },
    { "int", IKW_TOK_INT },         { "hex", IKW_TOK_HEX },
    { "ip", IKW_TOK_IP },           { "addr", IKW_TOK_ADDR },
    { "cookies", IKW_TOK_COOKIES }, { "spi", IKW_TOK_SPI },
    { "rest", IKW_TOK_REST },       { NULL, 0 }
};

struct scan {
    struct ikw_loader *ld;
    unsigned line;
    struct ikw_tok toks[MAX_TOKS];
    size_t ntoks, ncaptures;
    struct ikw_buf lit;
};

static bool fault(struct scan *s, const char *what, struct ikw_slice at)
{
    int len = at.len > 60 ? 60 : (int)at.len;
    return ikw_load_fault(s->ld, s->line, IKW_DIAG_BAD_TEMPLATE,
                          "template: %s '%.*s'", what, len, at.ptr);
}

static bool name_ok(struct ikw_slice name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t i = 0; i < name.len; i++)
        if (!name.ptr[i] || !strchr(letters, name.ptr[i]))
            return false;
    return name.len && name.ptr[0] >= 'a';
}

static bool push(struct scan *s, enum ikw_tok_kind kind, const char *text,
                 size_t len)
{
    if (s->ntoks == MAX_TOKS)
        return fault(s, "too many parts at", (struct ikw_slice){ text, len });
    s->toks[s->ntoks++] = (struct ikw_tok){
        .kind = kind,
        .text = ikw_arena_strndup(&s->ld->kb->arena, text, len),
        .len = (uint32_t)len,
    };
    return true;
}

static bool flush_literal(struct scan *s)
{
    bool ok = !s->lit.len || push(s, IKW_TOK_LIT, s->lit.ptr, s->lit.len);
    ikw_buf_clear(&s->lit);
    return ok;
}

static bool name_used(const struct scan *s, struct ikw_slice name)
{
    for (size_t i = 0; i < s->ntoks; i++)
        if (s->toks[i].kind != IKW_TOK_LIT &&
            ikw_slice_is(name, s->toks[i].text))
            return true;
    return false;
}

/* Where two captures meet, the first must know its end. */
static bool runs_on(const struct scan *s, enum ikw_tok_kind kind)
{
    enum ikw_tok_kind before =
        s->ntoks ? s->toks[s->ntoks - 1].kind : IKW_TOK_LIT;
    return before == IKW_TOK_REST ||
           (before == IKW_TOK_TEXT &&
            (kind == IKW_TOK_TEXT || kind == IKW_TOK_REST));
}

/* `inner` is what stands between the braces. */
static bool capture(struct scan *s, struct ikw_slice inner)
{
    const char *colon = memchr(inner.ptr, ':', inner.len);
    size_t at = colon ? (size_t)(colon - inner.ptr) : inner.len;
    struct ikw_slice name = ikw_slice_sub(inner, 0, at);
    struct ikw_slice word = ikw_slice_sub(inner, at + 1, inner.len);
    size_t k = 0;
    while (kinds[k].word && !ikw_slice_is(word, kinds[k].word))
        k++;
    if (!colon || !name_ok(name) || !kinds[k].word)
        return fault(s, "no capture of the form {name:kind}:", inner);
    if (name_used(s, name))
        return fault(s, "a second capture named", name);
    if (!flush_literal(s))
        return false;
    if (runs_on(s, (enum ikw_tok_kind)kinds[k].value))
        return fault(s, "nothing ends the capture before", inner);
    if (++s->ncaptures > MAX_CAPTURES)
        return fault(s, "too many captures at", inner);
    return push(s, (enum ikw_tok_kind)kinds[k].value, name.ptr, name.len);
}

static bool scan_all(struct scan *s, struct ikw_slice t)
{
    size_t i = 0;
    while (i < t.len) {
        const char *brace = memchr(t.ptr + i, '{', t.len - i);
        size_t plain = brace ? (size_t)(brace - t.ptr) : t.len;
        if (plain > i) {
            ikw_buf_add(&s->lit, t.ptr + i, plain - i);
            i = plain;
            continue;
        }
        if (i + 1 < t.len && t.ptr[i + 1] == '{') {
            ikw_buf_addc(&s->lit, '{');
            i += 2;
            continue;
        }
        const char *end = memchr(t.ptr + i, '}', t.len - i);
        size_t to = end ? (size_t)(end - t.ptr) : 0;
        if (!end)
            return fault(
                s, "a brace is never closed:", ikw_slice_sub(t, i, t.len));
        if (!capture(s, ikw_slice_sub(t, i + 1, to)))
            return false;
        i = to + 1;
    }
    return flush_literal(s);
}

static bool shape_ok(struct scan *s, struct ikw_slice t)
{
    for (size_t i = 0; i + 1 < s->ntoks; i++)
        if (s->toks[i].kind == IKW_TOK_REST)
            return fault(s, "a rest must be the last part of", t);
    if (!s->ntoks)
        return fault(s, "empty", t);
    return true;
}

bool ikw_template_parse(struct ikw_loader *ld, unsigned line, const char *text,
                        struct ikw_template *out)
{
    struct scan s = { .ld = ld, .line = line };
    struct ikw_arena *a = &ld->kb->arena;
    struct ikw_slice t = ikw_slice_of(text);
    while (t.len && strchr(" \t\r\n", t.ptr[t.len - 1]))
        t.len--;
    out->source = ikw_arena_strndup(a, t.ptr, t.len);
    ikw_load_at(&out->pos, ld, line);
    bool ok;
    if (memchr(t.ptr, '\n', t.len))
        ok = fault(&s, "more than one line:", t);
    else if (t.len > MAX_TEMPLATE_BYTES)
        ok = fault(&s, "too long:", t);
    else
        ok = scan_all(&s, t) && shape_ok(&s, t);
    ikw_buf_release(&s.lit);
    if (!ok)
        return false;
    out->toks = IKW_ARENA_ARRAY(a, struct ikw_tok, s.ntoks);
    memcpy(out->toks, s.toks, s.ntoks * sizeof s.toks[0]);
    out->ntoks = s.ntoks;
    return true;
}
