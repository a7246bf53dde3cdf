/*
 * Copying a proof out of the engine. What several nodes stand on is copied
 * once and shared: the result is a tree to walk, a graph in memory.
 */
#include "inference/verdict.h"

#include <stdlib.h>
#include <string.h>

enum { DERIVATIONS_MAX = 8 };

/* ---- map of pointers --------------------------------------------------- */

static size_t slot_of(const struct ikw_ptrmap *m, const void *key)
{
    size_t mask = m->cap - 1;
    size_t i = ikw_hash_bytes(&key, sizeof key) & mask;
    while (m->entries[i].key && m->entries[i].key != key)
        i = (i + 1) & mask;
    return i;
}

static void grow(struct ikw_ptrmap *m)
{
    struct ikw_ptrmap old = *m;
    m->cap = old.cap ? old.cap * 2 : 32;
    m->entries = ikw_xcalloc(m->cap, sizeof *m->entries);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.entries[i].key)
            m->entries[slot_of(m, old.entries[i].key)] = old.entries[i];
    }
    free(old.entries);
}

void **ikw_ptrmap_at(struct ikw_ptrmap *m, const void *key)
{
    if (m->n * 2 >= m->cap)
        grow(m);
    size_t i = slot_of(m, key);
    if (!m->entries[i].key) {
        m->entries[i].key = key;
        m->n++;
    }
    return &m->entries[i].value;
}

void ikw_ptrmap_release(struct ikw_ptrmap *m)
{
    free(m->entries);
    *m = (struct ikw_ptrmap){ 0 };
}

/* ---- nodes ------------------------------------------------------------- */

/* Proof nodes of one parent while they are gathered. */
struct kids {
    struct ikw_proof **v;
    size_t n, cap;
};

static struct ikw_proof *copy(struct ikw_proof_copier *pc,
                              const struct ikw_derivation *d,
                              const struct ikw_fact *f, unsigned depth);

struct ikw_evidence ikw_evidence_copy(struct ikw_arena *a,
                                      const struct ikw_evidence *ev)
{
    struct ikw_evidence out = *ev;
    if (ev->text)
        out.text = ikw_arena_strdup(a, ev->text);
    return out;
}

static const char *keep(struct ikw_arena *a, struct ikw_buf *b)
{
    const char *s = ikw_arena_strndup(a, ikw_buf_str(b), b->len);
    ikw_buf_clear(b);
    return s;
}

static void add_kid(struct kids *k, struct ikw_proof *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < k->n; i++) {
        if (k->v[i] == p)
            return;
    }
    IKW_GROW(k->v, k->cap, k->n + 1);
    k->v[k->n++] = p;
}

/* Without its lines: the node has them. */
static const char *fact_text(struct ikw_proof_copier *pc,
                             const struct ikw_fact *f)
{
    struct ikw_buf b = { 0 };
    ikw_fact_print_claim(f, &b);
    const char *s = keep(pc->arena, &b);
    ikw_buf_release(&b);
    return s;
}

static const char *words_of(struct ikw_proof_copier *pc,
                            const struct ikw_fact *f)
{
    struct ikw_buf b = { 0 };
    ikw_fact_words(f, &b);
    const char *s = keep(pc->arena, &b);
    ikw_buf_release(&b);
    return s;
}

/* NULL when there are too many nodes. */
static struct ikw_proof *new_node(struct ikw_proof_copier *pc,
                                  const struct ikw_fact *f)
{
    if (ikw_limit_full(pc->limits, IKW_LIMIT_PROOF_NODES, pc->done.n))
        return NULL;
    struct ikw_proof *p = IKW_ARENA_NEW(pc->arena, struct ikw_proof);
    p->fact = f ? fact_text(pc, f) : "";
    p->fact_type = f ? f->type->name : "";
    p->words = f ? words_of(pc, f) : "";
    p->count = f ? f->count : 1;
    return p;
}

static struct ikw_proof *copy_observed(struct ikw_proof_copier *pc,
                                       const struct ikw_fact *f)
{
    struct ikw_proof *p = *ikw_ptrmap_at(&pc->done, f);
    if (p || !(p = new_node(pc, f)))
        return p;
    p->sentence = f->type->means ? f->type->means : f->type->name;
    p->first = ikw_evidence_copy(pc->arena, &f->first);
    p->last = f->last.line ? ikw_evidence_copy(pc->arena, &f->last) : p->first;
    *ikw_ptrmap_at(&pc->done, f) = p;
    return p;
}

static void copy_fact(struct ikw_proof_copier *pc, const struct ikw_fact *f,
                      unsigned depth, struct kids *k)
{
    const struct ikw_derivation *d = ikw_engine_why(pc->engine, f);
    if (!d) {
        add_kid(k, copy_observed(pc, f));
        return;
    }
    for (size_t i = 0; d && i < DERIVATIONS_MAX; i++) {
        add_kid(k, copy(pc, d, f, depth));
        d = pc->all ? d->next : NULL;
    }
}

static void copy_absent(struct ikw_proof_copier *pc,
                        const struct ikw_derivation *d, size_t pattern,
                        struct kids *k)
{
    struct ikw_proof *p = new_node(pc, NULL);
    if (!p)
        return;
    struct ikw_buf b = { 0 };
    p->absent = true;
    p->count = 0;
    p->fact_type = d->rule->patterns[pattern].type->name;
    ikw_buf_adds(&b, "no ");
    ikw_pattern_words(d->rule, pattern, d, &b);
    p->sentence = keep(pc->arena, &b);
    ikw_pattern_says(d->rule, pattern, d, &b);
    p->words = keep(pc->arena, &b);
    ikw_pattern_window(d->rule, pattern, d, &b);
    p->window = keep(pc->arena, &b);
    ikw_buf_release(&b);
    add_kid(k, p);
}

static void copy_supports(struct ikw_proof_copier *pc,
                          const struct ikw_derivation *d, unsigned depth,
                          struct kids *k)
{
    const struct ikw_fact *counted[IKW_COUNTED_MAX];
    for (size_t i = 0; i < d->rule->npatterns; i++) {
        if (d->facts[i]) {
            copy_fact(pc, d->facts[i], depth, k);
        } else if (d->rule->patterns[i].absent) {
            copy_absent(pc, d, i, k);
        } else {
            size_t n = ikw_proof_counted(pc->engine, d, i, counted);
            for (size_t j = 0; j < n; j++)
                copy_fact(pc, counted[j], depth, k);
        }
    }
}

/* Depth is capped. Of all derivations some may lead back to where they
 * started: one that is being copied (marked by `pc`) is left out below
 * itself. */
static struct ikw_proof *copy(struct ikw_proof_copier *pc,
                              const struct ikw_derivation *d,
                              const struct ikw_fact *f, unsigned depth)
{
    void *known = *ikw_ptrmap_at(&pc->done, d);
    if (known)
        return known == pc ? NULL : known;
    struct ikw_proof *p = new_node(pc, f);
    if (!p)
        return NULL;
    *ikw_ptrmap_at(&pc->done, d) = pc;
    struct ikw_buf b = { 0 };
    ikw_because(d, &b);
    p->rule = d->rule;
    p->sentence = keep(pc->arena, &b);
    ikw_buf_release(&b);
    struct kids k = { 0 };
    if (!ikw_limit_full(pc->limits, IKW_LIMIT_PROOF_DEPTH, depth))
        copy_supports(pc, d, depth + 1, &k);
    *ikw_ptrmap_at(&pc->done, d) = p;
    p->children = IKW_ARENA_ARRAY(pc->arena, struct ikw_proof *, k.n);
    p->nchildren = k.n;
    if (k.n)
        memcpy(p->children, k.v, k.n * sizeof *k.v);
    free(k.v);
    return p;
}

struct ikw_proof *ikw_proof_copy(struct ikw_proof_copier *pc,
                                 const struct ikw_derivation *d)
{
    struct ikw_proof *p = copy(pc, d, NULL, 0);
    if (p)
        return p;
    p = IKW_ARENA_NEW(pc->arena, struct ikw_proof); /* too many nodes */
    p->rule = d->rule;
    p->sentence = p->words = p->fact = p->fact_type = "";
    return p;
}
