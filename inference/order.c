/*
 * Canonical orders. Everything the engine hands out is sorted by these, so
 * the order of rules and facts on the way in leaves no trace.
 */
#include "inference/internal.h"

#include <stdlib.h>

static int cmp_u32(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int cmp_name(const char *a, const char *b)
{
    if (a == b)
        return 0;
    if (!a || !b)
        return a ? 1 : -1;
    return strcmp(a, b);
}

/* Type, slots, source. */
static int by_content(const struct ikw_fact *a, const struct ikw_fact *b)
{
    if (a->type != b->type)
        return cmp_name(a->type->name, b->type->name);
    for (size_t i = 0; i < a->type->nslots; i++) {
        int c = ikw_value_cmp(a->slots[i], b->slots[i]);
        if (c)
            return c;
    }
    return (int)a->source - (int)b->source;
}

static int by_evidence(const struct ikw_fact *a, const struct ikw_fact *b)
{
    int c = cmp_u32(a->first.file, b->first.file);
    if (c == 0)
        c = cmp_u32(a->first.line, b->first.line);
    return c ? c : by_content(a, b);
}

int ikw_order_facts(const struct ikw_engine *e, const struct ikw_fact *a,
                    const struct ikw_fact *b)
{
    bool da = is_derived(e, a), db = is_derived(e, b);
    if (a == b)
        return 0;
    if (da != db)
        return da ? 1 : -1;
    return da ? by_content(a, b) : by_evidence(a, b);
}

static int by_supports(const struct ikw_engine *e,
                       const struct ikw_derivation *a,
                       const struct ikw_derivation *b)
{
    for (size_t i = 0; i < a->rule->npatterns; i++) {
        int c = 0;
        if (a->facts[i] && b->facts[i])
            c = ikw_order_facts(e, a->facts[i], b->facts[i]);
        if (c)
            return c;
    }
    return 0;
}

int ikw_order_derivations(const struct ikw_engine *e,
                          const struct ikw_derivation *a,
                          const struct ikw_derivation *b)
{
    int c = cmp_u32(a->height, b->height);
    if (c)
        return c;
    if (a->rule != b->rule)
        return strcmp(a->rule->id, b->rule->id);
    c = by_supports(e, a, b);
    return c ? c : cmp_u32(a->then, b->then);
}

/* ---- all derivations: merge sort of a list ----------------------------- */

static struct ikw_derivation *merge(const struct ikw_engine *e,
                                    struct ikw_derivation *a,
                                    struct ikw_derivation *b)
{
    struct ikw_derivation head = { 0 }, *end = &head;
    while (a && b) {
        struct ikw_derivation **least =
            ikw_order_derivations(e, b, a) < 0 ? &b : &a;
        struct ikw_derivation *d = *least;
        *least = (struct ikw_derivation *)(uintptr_t)d->next;
        end->next = d;
        end = d;
    }
    end->next = a ? a : b;
    return (struct ikw_derivation *)(uintptr_t)head.next;
}

/* `runs[i]` holds a sorted list of 2^i or nothing. */
static struct ikw_derivation *sort_list(const struct ikw_engine *e,
                                        struct ikw_derivation *d)
{
    struct ikw_derivation *runs[32] = { 0 }, *out = NULL;
    while (d) {
        struct ikw_derivation *next =
            (struct ikw_derivation *)(uintptr_t)d->next;
        size_t i = 0;
        d->next = NULL;
        for (; i < 31 && runs[i]; i++) {
            d = merge(e, runs[i], d);
            runs[i] = NULL;
        }
        runs[i] = merge(e, runs[i], d);
        d = next;
    }
    for (size_t i = 0; i < 32; i++)
        out = merge(e, runs[i], out);
    return out;
}

/* ---- results ----------------------------------------------------------- */

static int by_fact_q(const void *a, const void *b)
{
    return by_content(&(*(struct derived *const *)a)->fact,
                      &(*(struct derived *const *)b)->fact);
}

static int by_weight_q(const void *pa, const void *pb)
{
    const struct weighed *wa = *(struct weighed *const *)pa;
    const struct weighed *wb = *(struct weighed *const *)pb;
    const struct ikw_weight *a = &wa->weight, *b = &wb->weight;
    int c = cmp_name(a->cause->id, b->cause->id);
    if (c == 0)
        c = (a->subject > b->subject) - (a->subject < b->subject);
    if (c == 0)
        c = (int)a->kind - (int)b->kind;
    if (c == 0)
        c = cmp_name(a->group, b->group);
    if (c == 0)
        c = (a->db > b->db) - (a->db < b->db);
    return c ? c : cmp_name(wa->why->rule->id, wb->why->rule->id);
}

static int by_blind_q(const void *pa, const void *pb)
{
    const struct ikw_blind *a = *(struct ikw_blind *const *)pa;
    const struct ikw_blind *b = *(struct ikw_blind *const *)pb;
    int c = cmp_name(a->rule->id, b->rule->id);
    if (c == 0)
        c = (a->subject > b->subject) - (a->subject < b->subject);
    return c ? c : cmp_u32(a->pattern, b->pattern);
}

static void sort(void *v, size_t n, size_t size,
                 int (*cmp)(const void *, const void *))
{
    if (n > 1)
        qsort(v, n, size, cmp);
}

static void sort_derivations(struct ikw_engine *e)
{
    for (size_t i = 0; i < e->nderived; i++)
        e->derived[i]->why = sort_list(e, e->derived[i]->all);
    for (size_t i = 0; i < e->nweights; i++) {
        e->weights[i]->why = sort_list(e, e->weights[i]->all);
        e->weights[i]->weight.why = e->weights[i]->why;
    }
}

void ikw_order_results(struct ikw_engine *e)
{
    if (e->opts.all_derivations)
        sort_derivations(e);
    sort(e->derived, e->nderived, sizeof(struct derived *), by_fact_q);
    sort(e->weights, e->nweights, sizeof(struct weighed *), by_weight_q);
    sort(e->blind, e->nblind, sizeof(struct ikw_blind *), by_blind_q);
    for (size_t i = 0; i < e->nderived; i++)
        e->derived[i]->fact.id = (uint32_t)(e->nobserved + i + 1);
}
