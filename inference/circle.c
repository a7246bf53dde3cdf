/*
 * A circle of rules, run by height. Level h takes every fact of height h as
 * the delta; a combination fires at the level of its highest fact and yields
 * height h + 1. So a fact is met first at its least height, all derivations
 * of that height come at one level, and before it is read itself its
 * canonical derivation, and with it its time, is final.
 */
#include "inference/internal.h"

#include <stdlib.h>

struct circle {
    struct ikw_engine *e;
    const struct unit *unit;
    const struct ikw_fact **given; /* facts there at the start, by height */
    uint32_t *given_height;        /* as it was then */
    size_t ngiven, next_given, given_cap;
    size_t next_fresh;
    const struct ikw_fact **level; /* the delta, by type */
    size_t nlevel, level_cap;
};

struct ranked {
    const struct ikw_fact *fact;
    uint32_t height;
};

static int by_height(const void *a, const void *b)
{
    uint32_t x = ((const struct ranked *)a)->height;
    uint32_t y = ((const struct ranked *)b)->height;
    return (x > y) - (x < y);
}

static int by_type(const void *a, const void *b)
{
    unsigned x = (*(const struct ikw_fact *const *)a)->type->index;
    unsigned y = (*(const struct ikw_fact *const *)b)->type->index;
    return (x > y) - (x < y);
}

static bool *types_read(const struct circle *c)
{
    bool *reads = ikw_xcalloc(c->e->kb->ntypes, sizeof *reads);
    for (size_t i = 0; i < c->unit->nplans; i++) {
        const struct plan *p = c->unit->plans[i];
        for (size_t j = 0; j < p->npositive; j++)
            reads[p->rule->patterns[p->positive[j]].type->index] = true;
    }
    return reads;
}

static void collect_given(struct circle *c)
{
    bool *reads = types_read(c);
    struct ranked *v = NULL;
    size_t cap = 0, n = 0;
    for (size_t t = 0; t < 2 * c->e->kb->ntypes; t++) {
        const struct relation *r = &c->e->relations[t];
        for (size_t i = 0; reads[t / 2] && i < r->n; i++) {
            IKW_GROW(v, cap, n + 1);
            v[n++] = (struct ranked){ r->v[i], height_of(c->e, r->v[i]) };
        }
    }
    if (n > 1)
        qsort(v, n, sizeof *v, by_height);
    c->given = ikw_xcalloc(n, sizeof(const struct ikw_fact *));
    c->given_height = ikw_xcalloc(n, sizeof *c->given_height);
    for (size_t i = 0; i < n; i++) {
        c->given[i] = v[i].fact;
        c->given_height[i] = v[i].height;
    }
    c->ngiven = n;
    free(v);
    free(reads);
}

static bool next_height(const struct circle *c, uint32_t *h)
{
    bool some = false;
    if (c->next_given < c->ngiven) {
        *h = c->given_height[c->next_given];
        some = true;
    }
    if (c->next_fresh < c->e->nfresh) {
        uint32_t f = height_of(c->e, c->e->fresh[c->next_fresh]);
        if (!some || f < *h)
            *h = f;
        some = true;
    }
    return some;
}

static void level_add(struct circle *c, const struct ikw_fact *f)
{
    IKW_GROW(c->level, c->level_cap, c->nlevel + 1);
    c->level[c->nlevel++] = f;
}

/* A given fact that was derived anew at a lower height is in `fresh`. */
static void collect_level(struct circle *c, uint32_t h)
{
    c->nlevel = 0;
    for (; c->next_given < c->ngiven && c->given_height[c->next_given] == h;
         c->next_given++)
        if (height_of(c->e, c->given[c->next_given]) == h)
            level_add(c, c->given[c->next_given]);
    for (; c->next_fresh < c->e->nfresh &&
           height_of(c->e, c->e->fresh[c->next_fresh]) == h;
         c->next_fresh++)
        level_add(c, c->e->fresh[c->next_fresh]);
    if (c->nlevel > 1)
        qsort(c->level, c->nlevel, sizeof(const struct ikw_fact *), by_type);
}

static void run_pattern(struct circle *c, const struct plan *plan, int delta,
                        uint32_t h)
{
    unsigned want = plan->rule->patterns[plan->positive[delta]].type->index;
    size_t lo = 0, hi = c->nlevel;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (c->level[mid]->type->index < want)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (hi = lo; hi < c->nlevel && c->level[hi]->type->index == want; hi++)
        ;
    struct sweep s = { plan, delta, c->level + lo, hi - lo, h };
    if (s.n > 0)
        ikw_join_run(c->e, &s);
}

static void run_level(struct circle *c, uint32_t h)
{
    for (size_t i = 0; i < c->unit->nplans; i++) {
        const struct plan *p = c->unit->plans[i];
        for (size_t j = 0; j < p->npositive && !c->e->stopped; j++)
            run_pattern(c, p, (int)j, h);
    }
}

void ikw_circle_run(struct ikw_engine *e, const struct unit *u)
{
    struct circle c = { .e = e, .unit = u };
    uint32_t h = 0;
    e->nfresh = 0;
    e->circle = true;
    collect_given(&c);
    while (!e->stopped && next_height(&c, &h)) {
        collect_level(&c, h);
        run_level(&c, h);
    }
    e->circle = false;
    free(c.given);
    free(c.given_height);
    free(c.level);
}
