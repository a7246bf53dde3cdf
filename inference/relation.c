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
    r->indexes = NULL;
    note_times(e, r);
}

/* ---- keys -------------------------------------------------------------- */

static unsigned slot_of_bit(unsigned bit)
{
    return bit < PSEUDO_BIT ? bit : bit - PSEUDO_BIT + IKW_PSEUDO_T;
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

static bool same_key(const struct ikw_fact *a, const struct ikw_fact *b,
                     uint32_t mask)
{
    for (unsigned bit = 0; mask >> bit; bit++) {
        if (!(mask >> bit & 1))
            continue;
        struct ikw_value x = ikw_match_slot(a, slot_of_bit(bit));
        struct ikw_value y = ikw_match_slot(b, slot_of_bit(bit));
        if (!same_value(&x, &y))
            return false;
    }
    return true;
}

static const struct ikw_value *wanted(const struct ikw_test *t,
                                      const struct ikw_value *vars)
{
    return t->op == IKW_TEST_VAR_EQ ? &vars[t->var] : &t->alts[0];
}

static bool probe_key(const struct probe *p, const struct ikw_value *vars,
                      uint32_t *hash)
{
    uint32_t h = p->mask;
    for (size_t i = 0; i < p->nkeys; i++) {
        const struct ikw_value *v = wanted(p->keys[i], vars);
        if (v->kind == IKW_NIL)
            return false;
        h = mix(h, v);
    }
    *hash = h;
    return true;
}

static bool has_key(const struct ikw_fact *f, const struct probe *p,
                    const struct ikw_value *vars)
{
    for (size_t i = 0; i < p->nkeys; i++) {
        struct ikw_value v = ikw_match_slot(f, p->keys[i]->slot);
        if (!same_value(&v, wanted(p->keys[i], vars)))
            return false;
    }
    return true;
}

/* ---- building ---------------------------------------------------------- */

static void table_resize(struct ikw_engine *e, struct index *ix, size_t cap)
{
    ix->table = IKW_ARENA_ARRAY(&e->arena, uint32_t, cap);
    ix->table_cap = cap;
    for (size_t b = 0; b < ix->nbuckets; b++) {
        size_t i = ix->buckets[b].hash & (cap - 1);
        while (ix->table[i])
            i = (i + 1) & (cap - 1);
        ix->table[i] = (uint32_t)b + 1;
    }
}

static struct bucket *bucket_new(struct ikw_engine *e, struct index *ix,
                                 uint32_t hash, size_t at)
{
    if (ix->nbuckets == ix->buckets_cap) {
        size_t cap = ix->buckets_cap ? 2 * ix->buckets_cap : 16;
        struct bucket *b = IKW_ARENA_ARRAY(&e->arena, struct bucket, cap);
        if (ix->nbuckets)
            memcpy(b, ix->buckets, ix->nbuckets * sizeof *b);
        ix->buckets = b;
        ix->buckets_cap = cap;
    }
    struct bucket *b = &ix->buckets[ix->nbuckets++];
    *b = (struct bucket){ hash, 0, 0 };
    ix->table[at] = (uint32_t)ix->nbuckets;
    if (4 * ix->nbuckets > 3 * ix->table_cap)
        table_resize(e, ix, 2 * ix->table_cap);
    return b;
}

/* While building, `first` of a bucket is the position of a fact of it. */
static struct bucket *bucket_of(struct ikw_engine *e, struct index *ix,
                                const struct relation *r, uint32_t pos,
                                uint32_t hash)
{
    size_t i = hash & (ix->table_cap - 1);
    for (; ix->table[i]; i = (i + 1) & (ix->table_cap - 1)) {
        struct bucket *b = &ix->buckets[ix->table[i] - 1];
        if (b->hash == hash &&
            (r->open || same_key(r->v[b->first], r->v[pos], ix->mask)))
            return b;
    }
    struct bucket *b = bucket_new(e, ix, hash, i);
    b->first = r->open ? 0 : pos;
    return b;
}

static void chain_add(struct ikw_engine *e, struct index *ix,
                      const struct relation *r, uint32_t pos)
{
    uint32_t hash;
    if (ix->older_cap < r->cap) {
        uint32_t *p = IKW_ARENA_ARRAY(&e->arena, uint32_t, r->cap);
        if (ix->nfacts)
            memcpy(p, ix->older, ix->nfacts * sizeof *p);
        ix->older = p;
        ix->older_cap = r->cap;
    }
    ix->nfacts = pos + 1;
    if (!fact_key(r->v[pos], ix->mask, &hash))
        return;
    struct bucket *b = bucket_of(e, ix, r, pos, hash);
    ix->older[pos] = b->first;
    b->first = pos + 1;
}

/* Counting sort by bucket: stable, so the order of time is kept. */
static void group(struct ikw_engine *e, struct index *ix,
                  const struct relation *r)
{
    uint32_t *of = ikw_xmalloc(r->n * sizeof *of);
    uint32_t hash, sum = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        of[i] = UINT32_MAX;
        if (!fact_key(r->v[i], ix->mask, &hash))
            continue;
        struct bucket *b = bucket_of(e, ix, r, i, hash);
        b->n++;
        of[i] = (uint32_t)(b - ix->buckets);
    }
    ix->entries = IKW_ARENA_ARRAY(&e->arena, const struct ikw_fact *, r->n);
    for (size_t b = 0; b < ix->nbuckets; b++) {
        ix->buckets[b].first = sum;
        sum += ix->buckets[b].n;
        ix->buckets[b].n = 0;
    }
    for (uint32_t i = 0; i < r->n; i++)
        if (of[i] != UINT32_MAX) {
            struct bucket *b = &ix->buckets[of[i]];
            ix->entries[b->first + b->n++] = r->v[i];
        }
    free(of);
}

static struct index *index_get(struct ikw_engine *e, struct relation *r,
                               uint32_t mask)
{
    struct index *ix;
    for (ix = r->indexes; ix; ix = ix->next)
        if (ix->mask == mask)
            return ix;
    ix = IKW_ARENA_NEW(&e->arena, struct index);
    ix->mask = mask;
    ix->next = r->indexes;
    r->indexes = ix;
    table_resize(e, ix, 64);
    if (r->open)
        for (uint32_t i = 0; i < r->n; i++)
            chain_add(e, ix, r, i);
    else
        group(e, ix, r);
    return ix;
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
    if (r->open)
        for (struct index *ix = r->indexes; ix; ix = ix->next)
            chain_add(e, ix, r, (uint32_t)r->n - 1);
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

static void seek_index(struct ikw_engine *e, struct relation *r,
                       const struct probe *p, const struct ikw_value *vars,
                       struct cursor *c)
{
    uint32_t hash;
    const struct index *ix = index_get(e, r, p->mask);
    c->n = 0;
    if (!probe_key(p, vars, &hash))
        return;
    size_t i = hash & (ix->table_cap - 1);
    for (; ix->table[i]; i = (i + 1) & (ix->table_cap - 1)) {
        const struct bucket *b = &ix->buckets[ix->table[i] - 1];
        if (b->hash != hash)
            continue;
        if (r->open) {
            c->chain_of = r;
            c->ix = ix;
            c->i = b->first;
            return;
        }
        if (has_key(ix->entries[b->first], p, vars)) {
            c->v = ix->entries + b->first;
            c->n = b->n;
            c->keyed = true;
            return;
        }
    }
}

void ikw_relation_seek(struct ikw_engine *e, struct relation *r,
                       const struct probe *p, const struct ikw_value *vars,
                       const struct ikw_fact *const *facts, struct cursor *c)
{
    *c = (struct cursor){ .v = r->v, .n = r->n };
    if (r->n > SCAN_AT_MOST && p->mask && !(r->open && p->mask >> PSEUDO_BIT))
        seek_index(e, r, p, vars, c);
    if (p->windowed && !r->open && c->n > SCAN_AT_MOST)
        narrow(r, p, facts, c);
}
