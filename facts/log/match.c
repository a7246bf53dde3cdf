/*
 * The search: along the trie with one cursor, literals before captures, and
 * a bounded stack of places where another choice was open. No recursion, no
 * allocation; a line that takes too many steps counts as not recognised.
 */
#include "facts/log/match.h"

#include <string.h>

enum {
    MAX_STEPS = 10000, /* a line, all spellings of it together */
    STEP_BYTES = 64,   /* looked at count as one step */
    MAX_CHOICES = 64,
    LINEAR = 6 /* edges; more are searched by halving */
};

/* A choice left open: capture `capture` of `node` at `pos`, read the `nth`
 * way (TEXT and WORD: from end `nth` on). */
struct choice {
    const struct ikw_trie_node *node;
    size_t pos, nth;
    unsigned capture, ncaps;
};

struct search {
    const struct ikw_matcher *m;
    struct ikw_slice s;
    unsigned char first; /* stands for s.ptr[0] */
    bool no_period;      /* the template may have a final period more */
    unsigned steps;
    unsigned depth, ncaps;
    struct choice stack[MAX_CHOICES];
    struct ikw_slice caps[IKW_MAX_CAPTURES];
    unsigned char *looks; /* by place in `s`; NULL: nobody asks */
};

/* ---- what was looked at ------------------------------------------------ */

static void look_at(struct search *q, size_t from, size_t to,
                    enum ikw_look what)
{
    if (to > q->s.len)
        to = q->s.len;
    for (size_t i = from; i < to; i++)
        q->looks[i] |= (unsigned char)what;
}

/* Of a byte that chooses among edges: its class will do unless one of them
 * begins with a digit. */
static enum ikw_look edges_ask(const struct ikw_trie_node *n)
{
    bool digits = n->nedges && (n->firsts[0] >> '0' & 0x3ff) != 0;
    return digits ? IKW_LOOK_BYTE : IKW_LOOK_CLASS;
}

/* No further than to the byte that differs; there any digit is as good if the
 * label has none. (The first may differ by case.) */
static void look_for_literal(struct search *q, const struct ikw_trie_node *n,
                             const struct ikw_trie_edge *e, size_t pos)
{
    size_t same = 1, left = q->s.len - pos;
    if (!e) {
        look_at(q, pos, pos + 1, edges_ask(n));
        return;
    }
    while (same < e->len && same < left &&
           e->label[same] == q->s.ptr[pos + same])
        same++;
    look_at(q, pos, pos + same, IKW_LOOK_BYTE);
    if (same < e->len) {
        bool digit = e->label[same] >= '0' && e->label[same] <= '9';
        look_at(q, pos + same, pos + same + 1,
                digit ? IKW_LOOK_BYTE : IKW_LOOK_CLASS);
    }
}

/* No typed capture looks beyond a blank. */
static void look_for_capture(struct search *q, enum ikw_tok_kind kind,
                             size_t pos)
{
    bool hex = kind == IKW_TOK_COOKIES || kind == IKW_TOK_HEX;
    size_t end = pos;
    while (end < q->s.len && q->s.ptr[end] != ' ')
        end++;
    look_at(q, pos, end + 1, hex ? IKW_LOOK_HEX : IKW_LOOK_CLASS);
}

/* ---- the search -------------------------------------------------------- */

static const struct ikw_trie_edge *edge_of(const struct ikw_trie_node *n,
                                           unsigned char first)
{
    const struct ikw_trie_edge *e = n->edges;
    size_t count = n->nedges;
    while (count > LINEAR) {
        size_t half = count / 2;
        if (e[half].first <= first) {
            e += half;
            count -= half;
        } else {
            count = half;
        }
    }
    for (size_t i = 0; i < count; i++)
        if (e[i].first == first)
            return &e[i];
    return NULL;
}

/* Short strings of the same length: a call would cost more. */
static inline bool same(const char *a, const char *b, size_t len)
{
    uint64_t x, y;
    size_t i = 0;
    if (len < 8) {
        while (i < len && a[i] == b[i])
            i++;
        return i == len;
    }
    for (; i + 8 < len; i += 8) {
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y)
            return false;
    }
    memcpy(&x, a + len - 8, 8);
    memcpy(&y, b + len - 8, 8);
    return x == y;
}

/* The node behind the literal that starts at *pos, or NULL. */
static const struct ikw_trie_node *
literal(struct search *q, const struct ikw_trie_node *n, size_t *pos)
{
    size_t left = q->s.len - *pos;
    const struct ikw_trie_edge *e;
    if (!left)
        return NULL;
    if (n == q->m->root)
        e = q->m->by_first[q->first];
    else
        e = edge_of(n, (unsigned char)q->s.ptr[*pos]);
    if (q->looks)
        look_for_literal(q, n, e, *pos);
    if (!e)
        return NULL;
    if (e->len > left) {
        bool short_of_period = q->no_period && e->len == left + 1 &&
                               e->label[left] == '.' && e->to->tmpl;
        if (!short_of_period)
            return NULL;
        if (!same(e->label + 1, q->s.ptr + *pos + 1, left - 1))
            return NULL;
        *pos = q->s.len;
        return e->to;
    }
    if (!same(e->label + 1, q->s.ptr + *pos + 1, e->len - 1))
        return NULL;
    *pos += e->len;
    return e->to;
}

/* The template that ends at `n` once the text is used up, or NULL. */
static const struct ikw_template *ending(const struct search *q,
                                         const struct ikw_trie_node *n)
{
    if (n->tmpl || !q->no_period)
        return n->tmpl;
    const struct ikw_trie_edge *e = edge_of(n, '.');
    return e && e->len == 1 ? e->to->tmpl : NULL;
}

/* Next end, from `from` on, of a capture whose extent only shows by what
 * follows; SIZE_MAX: none. A word is entered again behind an end it had, so
 * the byte before `from` tells whether it ran into a blank. */
static size_t open_end(struct search *q, const struct ikw_trie_capture *c,
                       size_t pos, size_t from)
{
    const struct ikw_trie_node *to = c->to;
    bool word = c->kind == IKW_TOK_WORD;
    size_t e = word && from == pos ? pos + 1 : from; /* a word has a byte */
    if (e > q->s.len || (word && q->s.ptr[e - 1] == ' '))
        return SIZE_MAX;
    bool ran_out = false;
    for (; e < q->s.len && !ran_out; e++) {
        unsigned char ch = (unsigned char)q->s.ptr[e];
        if (to->ncaptures ||
            (to->nedges && (to->firsts[ch / 64] >> (ch % 64) & 1)))
            break;
        ran_out = word && ch == ' ';
    }
    if (q->looks)
        look_at(q, pos, e + 1, edges_ask(to));
    if (ran_out)
        return SIZE_MAX;
    q->steps += (unsigned)((e - from) / STEP_BYTES);
    return e < q->s.len || ending(q, to) ? e : SIZE_MAX;
}

static void push(struct search *q, struct choice c)
{
    if (q->depth < MAX_CHOICES)
        q->stack[q->depth++] = c;
}

static void keep(struct search *q, size_t pos, size_t end)
{
    if (q->ncaps < IKW_MAX_CAPTURES)
        q->caps[q->ncaps] = (struct ikw_slice){ q->s.ptr + pos, end - pos };
    q->ncaps++;
}

/* End of the capture in the way the choice says, SIZE_MAX: there is none. */
static size_t capture_end(struct search *q, const struct choice *c,
                          const struct ikw_trie_capture *cap)
{
    size_t end;
    switch (cap->kind) {
    case IKW_TOK_REST:
        return c->nth ? SIZE_MAX : q->s.len;
    case IKW_TOK_TEXT:
    case IKW_TOK_WORD:
        return open_end(q, cap, c->pos, c->nth > c->pos ? c->nth : c->pos);
    case IKW_TOK_LIT:
    case IKW_TOK_INT:
    case IKW_TOK_HEX:
    case IKW_TOK_IP:
    case IKW_TOK_ADDR:
    case IKW_TOK_COOKIES:
    case IKW_TOK_SPI:
    case IKW_TOK_KINDS:
        break;
    }
    if (q->looks)
        look_for_capture(q, cap->kind, c->pos);
    end = ikw_capture_end(cap->kind, q->s, c->pos, (unsigned)c->nth);
    return end ? end : SIZE_MAX;
}

/* Reads the choice's capture in its next way and leaves open what else there
 * is. The node behind it, or NULL if no capture of the node fits. */
static const struct ikw_trie_node *take(struct search *q, struct choice *c)
{
    for (; c->capture < c->node->ncaptures; c->capture++, c->nth = 0) {
        const struct ikw_trie_capture *cap = &c->node->captures[c->capture];
        bool open = cap->kind == IKW_TOK_TEXT || cap->kind == IKW_TOK_WORD;
        size_t end = capture_end(q, c, cap);
        if (end == SIZE_MAX)
            continue;
        push(q, (struct choice){ c->node, c->pos, open ? end + 1 : c->nth + 1,
                                 c->capture, c->ncaps });
        q->ncaps = c->ncaps;
        keep(q, c->pos, end);
        c->pos = end;
        return cap->to;
    }
    return NULL;
}

/* Back to the last open choice: the node behind it, or NULL at the end. */
static const struct ikw_trie_node *back(struct search *q, size_t *pos)
{
    while (q->depth) {
        struct choice c = q->stack[--q->depth];
        if (++q->steps > MAX_STEPS)
            return NULL;
        const struct ikw_trie_node *n = take(q, &c);
        if (n) {
            *pos = c.pos;
            return n;
        }
    }
    return NULL;
}

static const struct ikw_template *search(struct search *q)
{
    const struct ikw_trie_node *n = q->m->root;
    size_t pos = 0;
    q->depth = q->ncaps = 0;
    while (n && ++q->steps <= MAX_STEPS) {
        if (pos == q->s.len) {
            const struct ikw_template *t = ending(q, n);
            if (t)
                return t;
        }
        size_t from = pos;
        const struct ikw_trie_node *next = literal(q, n, &pos);
        if (n->ncaptures) {
            struct choice c = { n, from, 0, 0, q->ncaps };
            if (next)
                push(q, c);
            else if ((next = take(q, &c)))
                pos = c.pos;
        }
        n = next ? next : back(q, &pos);
    }
    return NULL;
}

/* ---- results ----------------------------------------------------------- */

static bool found(const struct search *q, const struct ikw_template *t,
                  struct ikw_match *out)
{
    out->tmpl = t;
    out->ncaptures = 0;
    for (size_t i = 0; i < t->ntoks; i++) {
        if (t->toks[i].kind == IKW_TOK_LIT)
            continue;
        if (out->ncaptures == IKW_MAX_CAPTURES)
            break;
        struct ikw_capture *c = &out->captures[out->ncaptures];
        c->tok = &t->toks[i];
        c->text = q->caps[out->ncaptures++];
    }
    return true;
}

static unsigned char other_case(unsigned char c)
{
    unsigned char low = c | 32;
    return low >= 'a' && low <= 'z' ? c ^ 32 : c;
}

/* Dialects differ in a capital at the beginning and in the final period. */
static const struct ikw_template *second_chance(struct search *q,
                                                struct ikw_slice s)
{
    const struct ikw_template *t;
    struct ikw_slice bare = s;
    if (s.ptr[s.len - 1] == '.')
        bare.len--;
    for (int flip = 0; flip < 2; flip++) {
        q->s = s;
        q->first = (unsigned char)s.ptr[0];
        if (flip) {
            q->first = other_case(q->first);
            if (q->first == (unsigned char)s.ptr[0])
                break;
            q->no_period = false;
            if ((t = search(q)))
                return t;
        }
        q->no_period = true;
        q->s = bare;
        if (bare.len && (t = search(q)))
            return t;
    }
    return NULL;
}

/* A key or a serial number of a certificate, as its dump writes them: long to
 * search for, since much of it could be an address, and in vain. */
static bool is_octets(struct ikw_slice s)
{
    size_t i = 0;
    while (i < s.len &&
           (s.ptr[i] == ':' || (s.ptr[i] >= '0' && s.ptr[i] <= '9') ||
            (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
        i++;
    return i == s.len;
}

bool ikw_matcher_trace(const struct ikw_matcher *m, struct ikw_slice text,
                       unsigned char *looks, struct ikw_match *out)
{
    struct ikw_slice s = text;
    if (s.len && (s.ptr[0] <= ' ' || s.ptr[s.len - 1] <= ' '))
        s = ikw_slice_trim(s);
    out->tmpl = NULL;
    out->says = NULL;
    out->ncaptures = 0;
    if (!s.len || (!m->wordless && !m->last_resort && is_octets(s)))
        return false;
    struct search q;
    q.m = m;
    q.s = s;
    q.first = (unsigned char)s.ptr[0];
    q.no_period = false;
    q.steps = 0;
    q.looks = looks ? looks + (s.ptr - text.ptr) : NULL;
    const struct ikw_template *t = search(&q);
    if (!t)
        t = second_chance(&q, s);
    if (!t && m->last_resort) {
        t = m->last_resort;
        q.caps[0] = s;
    }
    return t && found(&q, t, out);
}

bool ikw_matcher_match(const struct ikw_matcher *m, struct ikw_slice text,
                       struct ikw_match *out)
{
    return ikw_matcher_trace(m, text, NULL, out);
}

const struct ikw_capture *ikw_match_capture(const struct ikw_match *m,
                                            const char *name)
{
    for (size_t i = 0; i < m->ncaptures; i++)
        if (m->captures[i].tok->text[0] == name[0] &&
            !strcmp(m->captures[i].tok->text, name))
            return &m->captures[i];
    return NULL;
}
