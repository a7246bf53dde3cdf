/*
 * Building the trie: every spelling of every message is laid along it token
 * by token. Literals share their common beginnings, captures of one kind at
 * one place share an edge whatever their names, so that the search reads each
 * byte of a line about once. While building, edges are lists; finish() turns
 * them into arrays.
 */
#include "facts/log/match.h"

#include <stdlib.h>
#include <string.h>

/* A literal is surer than a capture, and a capture the surer the fewer texts
 * it can be. */
static const unsigned char preference[IKW_TOK_KINDS] = {
    [IKW_TOK_LIT] = 0,  [IKW_TOK_COOKIES] = 1, [IKW_TOK_INT] = 2,
    [IKW_TOK_SPI] = 3,  [IKW_TOK_ADDR] = 4,    [IKW_TOK_IP] = 5,
    [IKW_TOK_HEX] = 6,  [IKW_TOK_WORD] = 7,    [IKW_TOK_TEXT] = 8,
    [IKW_TOK_REST] = 9,
};

static struct ikw_trie_node *node_new(struct ikw_matcher *m)
{
    struct ikw_trie_node *n = IKW_ARENA_NEW(&m->arena, struct ikw_trie_node);
    n->all = m->all;
    m->all = n;
    return n;
}

static struct ikw_trie_edge *edge_new(struct ikw_matcher *m,
                                      struct ikw_trie_node *from,
                                      struct ikw_slice label)
{
    struct ikw_trie_edge *e = IKW_ARENA_NEW(&m->arena, struct ikw_trie_edge);
    e->label = label.ptr;
    e->len = (uint32_t)label.len;
    e->first = (unsigned char)label.ptr[0];
    e->next = from->edge_list;
    from->edge_list = e;
    return e;
}

/* Puts a node in the middle of an edge, `len` bytes behind its start. */
static void edge_split(struct ikw_matcher *m, struct ikw_trie_edge *e,
                       size_t len)
{
    struct ikw_trie_node *mid = node_new(m);
    struct ikw_slice tail = { e->label + len, e->len - len };
    edge_new(m, mid, tail)->to = e->to;
    e->len = (uint32_t)len;
    e->to = mid;
}

static size_t common(const struct ikw_trie_edge *e, struct ikw_slice s)
{
    size_t n = 0;
    while (n < e->len && n < s.len && e->label[n] == s.ptr[n])
        n++;
    return n;
}

static struct ikw_trie_node *
add_literal(struct ikw_matcher *m, struct ikw_trie_node *n, struct ikw_slice s)
{
    while (s.len) {
        struct ikw_trie_edge *e = n->edge_list;
        while (e && e->first != (unsigned char)s.ptr[0])
            e = e->next;
        if (!e) {
            e = edge_new(m, n, s);
            e->to = node_new(m);
        }
        size_t len = common(e, s);
        if (len < e->len)
            edge_split(m, e, len);
        s = ikw_slice_sub(s, len, s.len);
        n = e->to;
    }
    return n;
}

static struct ikw_trie_node *add_capture(struct ikw_matcher *m,
                                         struct ikw_trie_node *n,
                                         enum ikw_tok_kind kind)
{
    struct ikw_trie_capture **at = &n->capture_list;
    while (*at && preference[(*at)->kind] < preference[kind])
        at = &(*at)->next;
    if (!*at || (*at)->kind != kind) {
        struct ikw_trie_capture *c =
            IKW_ARENA_NEW(&m->arena, struct ikw_trie_capture);
        c->kind = kind;
        c->to = node_new(m);
        c->next = *at;
        *at = c;
    }
    return (*at)->to;
}

/* Blanks at both ends of a text never count. */
static struct ikw_slice literal_of(const struct ikw_template *t, size_t i)
{
    struct ikw_slice s = { t->toks[i].text, t->toks[i].len };
    struct ikw_slice trimmed = ikw_slice_trim(s);
    size_t from = i == 0 ? (size_t)(trimmed.ptr - s.ptr) : 0;
    size_t to = s.len;
    if (i + 1 == t->ntoks)
        to = (size_t)(trimmed.ptr - s.ptr) + trimmed.len;
    return ikw_slice_sub(s, from, to);
}

static bool takes_all(enum ikw_tok_kind kind)
{
    return kind == IKW_TOK_TEXT || kind == IKW_TOK_REST;
}

/* Whether a literal of it has a byte that no run of octets has: those of
 * either case, as the first of a text may be of the other. */
static bool has_words(const struct ikw_template *t)
{
    for (size_t i = 0; i < t->ntoks; i++) {
        struct ikw_slice s = literal_of(t, i);
        for (size_t k = 0; t->toks[i].kind == IKW_TOK_LIT && k < s.len; k++)
            if (!strchr("0123456789abcdefABCDEF:.", s.ptr[k]))
                return true;
    }
    return false;
}

static void add_template(struct ikw_matcher *m, const struct ikw_template *t)
{
    struct ikw_trie_node *n = m->root;
    m->wordless |= !has_words(t);
    if (t->ntoks == 1 && takes_all(t->toks[0].kind)) {
        if (!m->last_resort)
            m->last_resort = t;
        return;
    }
    for (size_t i = 0; i < t->ntoks; i++) {
        enum ikw_tok_kind kind = t->toks[i].kind;
        if (kind == IKW_TOK_LIT)
            n = add_literal(m, n, literal_of(t, i));
        else if (takes_all(kind))
            n = add_capture(m, n,
                            i + 1 == t->ntoks ? IKW_TOK_REST : IKW_TOK_TEXT);
        else
            n = add_capture(m, n, kind);
    }
    if (!n->tmpl && n != m->root)
        n->tmpl = t;
}

/* ---- lists to arrays --------------------------------------------------- */

static void finish_edges(struct ikw_matcher *m, struct ikw_trie_node *n)
{
    size_t count = 0;
    for (struct ikw_trie_edge *e = n->edge_list; e; e = e->next)
        count++;
    if (!count)
        return;
    struct ikw_trie_edge *v =
        IKW_ARENA_ARRAY(&m->arena, struct ikw_trie_edge, count);
    uint64_t *firsts = IKW_ARENA_ARRAY(&m->arena, uint64_t, 4);
    size_t used = 0;
    for (struct ikw_trie_edge *e = n->edge_list; e; e = e->next) {
        size_t at = used++;
        for (; at > 0 && v[at - 1].first > e->first; at--)
            v[at] = v[at - 1];
        v[at] = *e;
        firsts[e->first / 64] |= (uint64_t)1 << (e->first % 64);
    }
    n->edges = v;
    n->firsts = firsts;
    n->nedges = (uint16_t)count;
}

static void finish_captures(struct ikw_matcher *m, struct ikw_trie_node *n)
{
    size_t count = 0;
    for (struct ikw_trie_capture *c = n->capture_list; c; c = c->next)
        count++;
    struct ikw_trie_capture *v =
        IKW_ARENA_ARRAY(&m->arena, struct ikw_trie_capture, count);
    size_t i = 0;
    for (struct ikw_trie_capture *c = n->capture_list; c; c = c->next)
        v[i++] = *c;
    n->captures = v;
    n->ncaptures = (uint16_t)count;
}

struct ikw_matcher *ikw_matcher_new(const struct ikw_kb *kb)
{
    struct ikw_matcher *m = ikw_xcalloc(1, sizeof *m);
    m->arena.large = true;
    m->root = node_new(m);
    for (size_t i = 0; i < kb->nmessages; i++)
        for (size_t j = 0; j < kb->messages[i]->ntemplates; j++)
            add_template(m, &kb->messages[i]->templates[j]);
    for (struct ikw_trie_node *n = m->all; n; n = n->all) {
        finish_edges(m, n);
        finish_captures(m, n);
    }
    for (size_t i = 0; i < m->root->nedges; i++)
        m->by_first[m->root->edges[i].first] = &m->root->edges[i];
    return m;
}

void ikw_matcher_free(struct ikw_matcher *m)
{
    if (!m)
        return;
    ikw_arena_release(&m->arena);
    free(m);
}
