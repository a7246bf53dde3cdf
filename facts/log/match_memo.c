/*
 * Most lines of a debug log say what one of the few hundred before them said,
 * byte for byte. A memo keeps the outcome for short texts by their hash; a
 * text that falls on another's place takes it over.
 */
#include "facts/log/match.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 2048, TEXT_MOST = 52, CAPTURES_MOST = 8 };

struct place {
    const struct ikw_template *tmpl; /* NULL: not recognised */
    unsigned char len, ncaptures;    /* len 0: free */
    unsigned char from[CAPTURES_MOST], size[CAPTURES_MOST];
    char text[TEXT_MOST];
};

struct ikw_match_memo {
    struct place places[PLACES];
};

struct ikw_match_memo *ikw_match_memo_new(void)
{
    return ikw_xcalloc(1, sizeof(struct ikw_match_memo));
}

void ikw_match_memo_free(struct ikw_match_memo *memo)
{
    free(memo);
}

static inline uint64_t load(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Of the bytes at both ends and in the middle: what varies is somewhere
 * there. */
static inline size_t hash(struct ikw_slice s)
{
    uint64_t h = s.len;
    if (s.len < 8) {
        for (size_t i = 0; i < s.len; i++)
            h = h << 8 | (unsigned char)s.ptr[i];
    } else {
        h ^= load(s.ptr) * 0x9e3779b97f4a7c15u;
        h ^= load(s.ptr + s.len / 2 - 4) * 0xc2b2ae3d27d4eb4fu;
        h = (h ^ h >> 29) + load(s.ptr + s.len - 8);
    }
    h *= 0xff51afd7ed558ccdu;
    return (size_t)(h >> 53);
}

_Static_assert(PLACES == 1 << 11, "as many bits as the hash leaves");

static inline bool same(const char *a, const char *b, size_t len)
{
    size_t i = 0;
    if (len < 8)
        return !memcmp(a, b, len);
    for (; i + 8 < len; i += 8)
        if (load(a + i) != load(b + i))
            return false;
    return load(a + len - 8) == load(b + len - 8);
}

static bool recall(const struct place *p, struct ikw_slice text,
                   struct ikw_match *out)
{
    out->tmpl = p->tmpl;
    out->ncaptures = p->ncaptures;
    if (!p->tmpl)
        return false;
    const struct ikw_tok *tok = p->tmpl->toks;
    for (size_t i = 0; i < p->ncaptures; i++, tok++) {
        while (tok->kind == IKW_TOK_LIT)
            tok++;
        out->captures[i].tok = tok;
        out->captures[i].text =
            (struct ikw_slice){ text.ptr + p->from[i], p->size[i] };
    }
    return true;
}

static void keep(struct place *p, struct ikw_slice text,
                 const struct ikw_match *m)
{
    if (m->ncaptures > CAPTURES_MOST)
        return;
    p->tmpl = m->tmpl;
    p->len = (unsigned char)text.len;
    p->ncaptures = (unsigned char)m->ncaptures;
    memcpy(p->text, text.ptr, text.len);
    for (size_t i = 0; i < m->ncaptures; i++) {
        struct ikw_slice c = m->captures[i].text;
        p->from[i] = (unsigned char)(c.ptr - text.ptr);
        p->size[i] = (unsigned char)c.len;
    }
}

bool ikw_matcher_match_memo(const struct ikw_matcher *m,
                            struct ikw_match_memo *memo, struct ikw_slice text,
                            struct ikw_match *out)
{
    if (text.len == 0 || text.len > TEXT_MOST)
        return ikw_matcher_match(m, text, out);
    struct place *p = &memo->places[hash(text)];
    if (p->len == text.len && same(p->text, text.ptr, text.len))
        return recall(p, text, out);
    bool found = ikw_matcher_match(m, text, out);
    keep(p, text, out);
    return found;
}
