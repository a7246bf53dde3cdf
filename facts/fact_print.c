/*
 * Facts as text. Words of harmless letters stand bare; everything else is
 * quoted, with every octet outside printable ASCII escaped, so that a facts
 * file is safe on a terminal and reads back to the same octets.
 */
#include "facts/fact.h"
#include "facts/fact_text.h"

#include <inttypes.h>
#include <string.h>

const char *const ikw_level_words[IKW_LEVEL_DEBUG2 + 1] = {
    "none", "error", "warning", "notify", "info", "debug", "debug2"
};
const char *const ikw_source_words[2] = { "local", "peer" };

static bool bare(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || (c && strchr("-_.:/+*[]<>()%~", c));
}

static bool all_bare(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!bare(s[i]))
            return false;
    }
    return len > 0;
}

static void add_escaped(struct ikw_buf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\')
            ikw_buf_addf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            ikw_buf_addf(out, "\\x%02x", c);
        else
            ikw_buf_addc(out, (char)c);
    }
}

static void add_quoted(struct ikw_buf *out, const char *s, size_t len)
{
    ikw_buf_addc(out, '"');
    add_escaped(out, s, len);
    ikw_buf_addc(out, '"');
}

static void add_word(struct ikw_buf *out, const char *s, size_t len)
{
    if (all_bare(s, len))
        ikw_buf_add(out, s, len);
    else
        add_quoted(out, s, len);
}

static void add_value(struct ikw_buf *out, struct ikw_value v)
{
    if (v.kind == IKW_INT)
        ikw_buf_addf(out, "%" PRId64, v.u.i);
    else
        add_word(out, v.u.str, v.len);
}

static void add_place(struct ikw_buf *out, const struct ikw_evidence *ev)
{
    ikw_buf_addf(out, "%u:%" PRIu32, ev->file, ev->line);
    if (ev->t_ms != IKW_NO_TIME)
        ikw_buf_addf(out, ":%" PRId64, ev->t_ms);
    if (ev->message) {
        ikw_buf_addc(out, '=');
        ikw_buf_adds(out, ev->message->id);
    }
}

static bool has_evidence(const struct ikw_evidence *ev)
{
    return ev->line || ev->text || ev->t_ms != IKW_NO_TIME || ev->message;
}

static bool same_evidence(const struct ikw_evidence *a,
                          const struct ikw_evidence *b)
{
    return a->file == b->file && a->line == b->line && a->t_ms == b->t_ms &&
           a->message == b->message &&
           (a->text == b->text ||
            (a->text && b->text && strcmp(a->text, b->text) == 0));
}

static void add_text(struct ikw_buf *out, const char *text)
{
    if (!text)
        return;
    ikw_buf_addc(out, ' ');
    add_quoted(out, text, strlen(text));
}

void ikw_fact_print_claim(const struct ikw_fact *f, struct ikw_buf *out)
{
    ikw_buf_adds(out, f->type->name);
    for (size_t i = 0; i < f->type->nslots; i++) {
        if (f->slots[i].kind == IKW_NIL)
            continue;
        ikw_buf_addc(out, ' ');
        ikw_buf_adds(out, f->type->slots[i].name);
        ikw_buf_addc(out, '=');
        add_value(out, f->slots[i]);
    }
    ikw_buf_adds(out, " @");
    ikw_buf_adds(out, ikw_source_words[f->source]);
    if (f->count != 1)
        ikw_buf_addf(out, " count=%" PRIu32, f->count);
    if (f->unsure)
        ikw_buf_adds(out, " unsure=yes");
}

void ikw_fact_print(const struct ikw_fact *f, struct ikw_buf *out)
{
    ikw_fact_print_claim(f, out);
    if (!has_evidence(&f->first))
        return;
    ikw_buf_adds(out, " at=");
    add_place(out, &f->first);
    add_text(out, f->first.text);
    if (same_evidence(&f->first, &f->last))
        return;
    ikw_buf_adds(out, " last=");
    add_place(out, &f->last);
    add_text(out, f->last.text);
}

static void add_head(struct ikw_buf *out, const char *key, const char *value)
{
    if (!value)
        return;
    ikw_buf_addf(out, " %s=", key);
    add_word(out, value, strlen(value));
}

static void add_time(struct ikw_buf *out, const char *key, int64_t t_ms)
{
    if (t_ms != IKW_NO_TIME)
        ikw_buf_addf(out, " %s=%" PRId64, key, t_ms);
}

static void add_visibility(struct ikw_buf *out, unsigned source,
                           const struct ikw_visibility *see)
{
    if (!see->present)
        return;
    ikw_buf_addf(out, " @%s level=%s", ikw_source_words[source],
                 ikw_level_words[see->level]);
    add_time(out, "from", see->from_ms);
    add_time(out, "to", see->to_ms);
}

void ikw_fact_set_print(const struct ikw_fact_set *fs, struct ikw_buf *out)
{
    ikw_buf_adds(out, "set");
    add_head(out, "local", fs->local);
    add_head(out, "peer", fs->peer);
    add_head(out, "tunnel", fs->tunnel_name);
    ikw_buf_addf(out, " next=%" PRIu32, fs->next_subject);
    if (fs->dropped)
        ikw_buf_addf(out, " dropped=%zu", fs->dropped);
    for (unsigned s = 0; s < 2; s++)
        add_visibility(out, s, &fs->see[s]);
    ikw_buf_addc(out, '\n');
    for (size_t i = 0; i < fs->nfacts; i++) {
        ikw_fact_print(fs->facts[i], out);
        ikw_buf_addc(out, '\n');
    }
}
