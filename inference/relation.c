/*
 * Facts of one type and source, and how to find some of them quickly.
 *
 * A closed relation is sorted by time (facts without a time first, then by
 * file and line). An index groups its facts by the values of a set of slots;
 * every group keeps the order of time, so a window is found in it by binary
 * search. An open relation (rules still add to it) has chained indexes that
 * grow with it, not on pseudo slots: those of its facts may change. A fact with
 * a NIL in an indexed slot is in no group: NIL joins nothing.
 */
#include "inference/internal.h"

#include <stdlib.h>

/* ---- order of time ----------------------------------------------------- */

static int cmp_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_time(const struct ikw_fact *a, const struct ikw_fact *b)
{
    int c = cmp_i64(ikw_match_time(&a->first), ikw_match_time(&b->first));
    if (c == 0)
        c = cmp_i64(a->first.file, b->first.file);
    if (c == 0)
        c = cmp_i64(a->first.line, b->first.line);
    return c ? c : cmp_i64(a->id, b->id);
}

static int by_time_q(const void *a, const void *b)
{
    return by_time(*(const struct ikw_fact *const *)a,
                   *(const struct ikw_fact *const *)b);
}

static void note_times(struct ikw_engine *e, struct relation *r)
{
    for (size_t i = 0; i < r->n; i++) {
        int64_t a = ikw_match_time(&r->v[i]->first);
        int64_t b = ikw_match_time(&r->v[i]->last);
        if (a == IKW_NO_TIME)
            r->unstamped = true;
        else if (b != IKW_NO_TIME && b > a && b - a > r->span_ms)
            r->span_ms = b - a;
        uint32_t h = height_of(e, r->v[i]);
        if (h > r->max_height)
            r->max_height = h;
    }
}

void ikw_relation_close(struct ikw_engine *e, struct relation *r)
{
    bool sorted = true;
    for (size_t i = 1; sorted && i < r->n; i++)
        sorted = by_time(r->v[i - 1], r->v[i]) <= 0;
    if (!sorted)
        qsort(r->v, r->n, sizeof *r->v, by_time_q);
    r->open = false;
    ikw_relation_release(r);
    note_times(e, r);
}

/* ---- keys -------------------------------------------------------------- */

static unsigned slot_of_bit(unsigned bit)
{
    return bit < PSEUDO_BIT ? bit : bit - PSEUDO_BIT + IKW_PSEUDO_T;
}

static uint32_t slot_bit(unsigned slot)
{
    return (uint32_t)1 << (slot < PSEUDO_BIT
                               ? slot
                               : slot - IKW_PSEUDO_T + PSEUDO_BIT);
}

static uint32_t mix(uint32_t h, const struct ikw_value *v)
{
    uint64_t x = v->kind == IKW_INT ? (uint64_t)v->u.i : v->hash;
    x = (x ^ h) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(x >> 32) ^ (uint32_t)(x << 7);
}

/* False if a slot of the key is NIL. */
static bool fact_key(const struct ikw_fact *f, uint32_t mask, uint32_t *hash)
{
    uint32_t h = mask;
    for (unsigned bit = 0; mask >> bit; bit++) {
        if (!(mask >> bit & 1))
            continue;
        struct ikw_value v = ikw_match_slot(f, slot_of_bit(bit));
        if (v.kind == IKW_NIL)
            return false;
        h = mix(h, &v);
    }
    *hash = h;
    return true;
}

static const struct ikw_value *wanted(const struct ikw_test *t,
                                      const struct ikw_value *vars)
{
    return t->op == IKW_TEST_VAR_EQ ? &vars[t->var] : &t->alts[0];
}

/* The hash of the slots that the index knows; it may know fewer. */
static bool probe_key(const struct probe *p, uint32_t mask,
                      const struct ikw_value *vars, uint32_t *hash)
{
    uint32_t h = mask;
    for (size_t i = 0; i < p->nkeys; i++) {
        const struct ikw_value *v = wanted(p->keys[i], vars);
        if (v->kind == IKW_NIL)
            return false;
        if (mask & slot_bit(p->keys[i]->slot))
            h = mix(h, v);
    }
    *hash = h;
    return true;
}

/* ---- building ---------------------------------------------------------- */

/* The place of that hash in the table, or the hole for it. */
static struct index_slot *place(const struct index *ix, uint32_t hash)
{
    size_t i = hash & (ix->table_cap - 1);
    while (ix->table[i].group && ix->table[i].hash != hash)
        i = (i + 1) & (ix->table_cap - 1);
    return &ix->table[i];
}

static void table_resize(struct index *ix, size_t cap)
{
    struct index_slot *old = ix->table;
    size_t old_cap = ix->table_cap;
    ix->table = ikw_xcalloc(cap, sizeof *ix->table);
    ix->table_cap = cap;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].group)
            *place(ix, old[i].hash) = old[i];
    free(old);
}

/* By number: groups move as they grow. */
static uint32_t group_of(struct index *ix, uint32_t hash)
{
    struct index_slot *s = place(ix, hash);
    if (s->group)
        return s->group - 1;
    IKW_GROW(ix->groups, ix->groups_cap, ix->ngroups + 1);
    ix->groups[ix->ngroups] = (struct group){ 0, 0 };
    *s = (struct index_slot){ hash, (uint32_t)++ix->ngroups };
    if (2 * ix->ngroups > ix->table_cap)
        table_resize(ix, 4 * ix->table_cap);
    return (uint32_t)ix->ngroups - 1;
}

static void chain_add(struct index *ix, const struct relation *r, uint32_t pos)
{
    uint32_t hash;
    IKW_GROW(ix->older, ix->older_cap, pos + 1);
    ix->older[pos] = 0;
    if (!fact_key(r->v[pos], ix->mask, &hash))
        return;
    uint32_t g = group_of(ix, hash);
    ix->older[pos] = ix->groups[g].first;
    ix->groups[g].first = pos + 1;
}

/* Counting sort by group: stable, so the order of time is kept. */
static void sort_groups(struct index *ix, const struct relation *r)
{
    uint32_t *of = ikw_xmalloc(r->n * sizeof *of);
    uint32_t hash, sum = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        of[i] = UINT32_MAX;
        if (!fact_key(r->v[i], ix->mask, &hash))
            continue;
        of[i] = group_of(ix, hash);
        ix->groups[of[i]].n++;
    }
    ix->entries = ikw_xmalloc(r->n * sizeof(const struct ikw_fact *));
    for (size_t g = 0; g < ix->ngroups; g++) {
        uint32_t n = ix->groups[g].n;
        if (n > ix->largest)
            ix->largest = n;
        ix->groups[g] = (struct group){ sum, 0 };
        sum += n;
    }
    for (uint32_t i = 0; i < r->n; i++)
        if (of[i] != UINT32_MAX) {
            struct group *g = &ix->groups[of[i]];
            ix->entries[g->first + g->n++] = r->v[i];
        }
    free(of);
}

/* One that knows all slots of the mask, or so many that its groups are
 * short. */
static struct index *index_find(const struct relation *r, uint32_t mask)
{
    for (struct index *ix = r->indexes; ix; ix = ix->next)
        if (ix->mask == mask ||
            (!r->open && !(ix->mask & ~mask) && ix->largest <= SCAN_AT_MOST))
            return ix;
    return NULL;
}

static struct index *index_get(struct relation *r, uint32_t mask)
{
    struct index *ix = index_find(r, mask);
    if (ix)
        return ix;
    ix = ikw_xcalloc(1, sizeof *ix);
    ix->mask = mask;
    ix->next = r->indexes;
    r->indexes = ix;
    table_resize(ix, 64);
    if (!r->open)
        sort_groups(ix, r);
    for (uint32_t i = 0; r->open && i < r->n; i++)
        chain_add(ix, r, i);
    return ix;
}

void ikw_relation_release(struct relation *r)
{
    while (r->indexes) {
        struct index *ix = r->indexes;
        r->indexes = ix->next;
        free(ix->table);
        free(ix->groups);
        free(ix->entries);
        free(ix->older);
        free(ix);
    }
}

void ikw_relation_add(struct ikw_engine *e, struct relation *r,
                      const struct ikw_fact *f)
{
    if (r->n == r->cap) {
        size_t cap = r->cap < 4 ? 8 : 2 * r->cap;
        const struct ikw_fact **v =
            IKW_ARENA_ARRAY(&e->arena, const struct ikw_fact *, cap);
        if (r->n)
            memcpy(v, r->v, r->n * sizeof *v);
        r->v = v;
        r->cap = cap;
    }
    r->v[r->n++] = f;
    ikw_type_bit(e->present, f->type);
    if (r->open)
        for (struct index *ix = r->indexes; ix; ix = ix->next)
            chain_add(ix, r, (uint32_t)r->n - 1);
}

/* ---- finding ----------------------------------------------------------- */

struct bounds {
    int64_t lo, hi;
};

/* The times a fact's first sighting may have. False: any. */
static bool window_bounds(const struct relation *r, const struct ikw_pattern *p,
                          const struct ikw_fact *const *facts, struct bounds *b)
{
    *b = (struct bounds){ INT64_MIN, INT64_MAX };
    int64_t within = p->within_ms;
    if (p->after >= 0 && facts[p->after]) {
        int64_t t = ikw_match_time(&facts[p->after]->first);
        if (t == IKW_NO_TIME)
            return false;
        b->lo = t;
        if (within >= 0 && t <= INT64_MAX - within)
            b->hi = t + within;
    }
    if (p->before >= 0 && facts[p->before]) {
        int64_t t = ikw_match_time(&facts[p->before]->first);
        if (t == IKW_NO_TIME)
            return false;
        if (t < b->hi)
            b->hi = t;
        if (within >= 0 && t >= INT64_MIN + within && t - within > b->lo)
            b->lo = t - within;
    }
    if (b->lo >= INT64_MIN + r->span_ms)
        b->lo -= r->span_ms; /* a long fact may reach into the window */
    return true;
}

/* First position whose time is >= t (or > t). */
static size_t time_bound(const struct ikw_fact *const *v, size_t n, int64_t t,
                         bool beyond)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int64_t m = ikw_match_time(&v[mid]->first);
        if (m < t || (beyond && m == t))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void narrow(const struct relation *r, const struct probe *p,
                   const struct ikw_fact *const *facts, struct cursor *c)
{
    struct bounds b;
    if (r->unstamped || !window_bounds(r, p->pattern, facts, &b))
        return;
    size_t end = time_bound(c->v, c->n, b.hi, true);
    c->i = time_bound(c->v, end, b.lo, false);
    c->n = end;
}

static void seek_index(struct relation *r, const struct probe *p,
                       const struct ikw_value *vars, struct cursor *c)
{
    uint32_t hash;
    const struct index *ix = index_get(r, p->mask);
    c->n = 0;
    if (!probe_key(p, ix->mask, vars, &hash))
        return;
    const struct index_slot *s = place(ix, hash);
    if (!s->group)
        return;
    const struct group *g = &ix->groups[s->group - 1];
    if (r->open) {
        c->chain_of = r;
        c->ix = ix;
        c->i = g->first;
    } else {
        c->v = ix->entries + g->first;
        c->n = g->n;
    }
}

void ikw_relation_seek(struct relation *r, const struct probe *p,
                       const struct ikw_value *vars,
                       const struct ikw_fact *const *facts, struct cursor *c)
{
    *c = (struct cursor){ .v = r->v, .n = r->n };
    if (r->n > SCAN_AT_MOST && p->mask && !(r->open && p->mask >> PSEUDO_BIT))
        seek_index(r, p, vars, c);
    if (p->windowed && !r->open && c->n > SCAN_AT_MOST)
        narrow(r, p, facts, c);
}
