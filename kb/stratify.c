/*
 * Strata: a type that a rule negates or counts must be complete before the
 * rule runs, so it lies in a lower stratum than what the rule derives.
 * Edges run from a derived type to the types its rules read; a circle with
 * a negative edge has no strata and is refused by name.
 */
#include "kb/kb.h"

#include <stdlib.h>
#include <string.h>

struct edge {
    unsigned from, to; /* types: `from` is derived out of `to` */
    const struct ikw_rule *rule;
    const struct ikw_pattern *pattern;
    bool negative;
};

struct graph {
    const struct ikw_kb *kb;
    struct edge *edges;
    size_t nedges, cap;
    unsigned *stratum;    /* by type */
    const struct edge **via; /* search: edge by which a type was reached */
    unsigned *queue;
    bool *told;           /* types of circles that are printed */
};

static bool negative(const struct ikw_pattern *p)
{
    return p->absent || p->least_count || p->most_count >= 0;
}

static void add_edges(struct graph *g, const struct ikw_rule *r,
                      const struct ikw_type *derived)
{
    for (size_t i = 0; i < r->npatterns; i++) {
        const struct ikw_pattern *p = &r->patterns[i];
        if (!p->type->derived)
            continue;
        IKW_GROW(g->edges, g->cap, g->nedges + 1);
        g->edges[g->nedges++] = (struct edge){
            .from = derived->index,
            .to = p->type->index,
            .rule = r,
            .pattern = p,
            .negative = negative(p),
        };
    }
}

static void build(struct graph *g)
{
    size_t n = g->kb->ntypes;
    for (size_t i = 0; i < g->kb->nrules; i++) {
        const struct ikw_rule *r = g->kb->rules[i];
        for (size_t k = 0; k < r->nthens; k++)
            if (r->thens[k].kind == IKW_THEN_DERIVE)
                add_edges(g, r, r->thens[k].type);
    }
    g->stratum = ikw_xcalloc(n, sizeof *g->stratum);
    g->via = ikw_xcalloc(n, sizeof *g->via);
    g->queue = ikw_xcalloc(n, sizeof *g->queue);
    g->told = ikw_xcalloc(n, sizeof *g->told);
}

static void drop(struct graph *g)
{
    free(g->edges);
    free(g->stratum);
    free(g->via);
    free(g->queue);
    free(g->told);
}

/* Raises strata to their least fixed point; without a circle it is reached
 * after as many rounds as there are types. */
static bool settle(struct graph *g)
{
    for (size_t round = 0; round <= g->kb->ntypes; round++) {
        bool changed = false;
        for (size_t i = 0; i < g->nedges; i++) {
            const struct edge *e = &g->edges[i];
            unsigned least = g->stratum[e->to] + e->negative;
            if (g->stratum[e->from] < least) {
                g->stratum[e->from] = least;
                changed = true;
            }
        }
        if (!changed)
            return true;
    }
    return false;
}

/* ---- circles ----------------------------------------------------------- */

/* Breadth first from `from`; true if `to` is reached. g->via holds the way
 * back. */
static bool search(struct graph *g, unsigned from, unsigned to)
{
    size_t head = 0, tail = 0;
    memset(g->via, 0, g->kb->ntypes * sizeof *g->via);
    if (from == to)
        return true;
    g->queue[tail++] = from;
    while (head < tail) {
        unsigned at = g->queue[head++];
        for (size_t i = 0; i < g->nedges; i++) {
            const struct edge *e = &g->edges[i];
            if (e->from != at || e->to == from || g->via[e->to])
                continue;
            g->via[e->to] = e;
            if (e->to == to)
                return true;
            g->queue[tail++] = e->to;
        }
    }
    return false;
}

/* "a needs no b (rule r), b needs a (rule s)", beginning at the negation. */
static void print_circle(struct graph *g, const struct edge *first,
                         struct ikw_buf *out)
{
    const struct edge *way[64];
    size_t n = 0;
    for (unsigned at = first->from; at != first->to && n < 64;
         at = g->via[at]->from)
        way[n++] = g->via[at];
    const struct edge *e = first;
    while (e) {
        const char *how = !e->negative          ? ""
                          : e->pattern->absent ? "no "
                                               : "the count of ";
        ikw_buf_addf(out, "%s'%s' needs %s'%s' (rule '%s')",
                     out->len ? ", " : "", g->kb->types[e->from]->name, how,
                     g->kb->types[e->to]->name, e->rule->id);
        g->told[e->from] = true;
        e = n ? way[--n] : NULL;
    }
}

static void report(struct graph *g, struct ikw_diags *ds)
{
    for (size_t i = 0; i < g->nedges; i++) {
        const struct edge *e = &g->edges[i];
        if (!e->negative || (g->told[e->from] && g->told[e->to]) ||
            !search(g, e->to, e->from))
            continue;
        struct ikw_buf b = { 0 };
        print_circle(g, e, &b);
        ikw_diag_add(ds, e->pattern->pos, IKW_DIAG_NEGATION_CIRCLE,
                     "negation runs in a circle: %s", ikw_buf_str(&b));
        ikw_buf_release(&b);
    }
}

/* ---- rules ------------------------------------------------------------- */

static bool derives(const struct ikw_rule *r)
{
    for (size_t i = 0; i < r->nthens; i++)
        if (r->thens[i].kind == IKW_THEN_DERIVE)
            return true;
    return false;
}

/* A rule may run as soon as what it reads is there. */
static void place_rules(struct graph *g, struct ikw_kb *kb)
{
    unsigned top = 0;
    for (size_t i = 0; i < kb->nrules; i++) {
        struct ikw_rule *r = kb->rules[i];
        r->stratum = 0;
        for (size_t k = 0; k < r->npatterns; k++) {
            const struct ikw_pattern *p = &r->patterns[k];
            unsigned least =
                p->type->derived ? g->stratum[p->type->index] + negative(p)
                                 : 0;
            r->stratum = r->stratum < least ? least : r->stratum;
        }
        top = top < r->stratum ? r->stratum : top;
    }
    for (size_t i = 0; i < kb->nrules; i++)
        if (!derives(kb->rules[i]))
            kb->rules[i]->stratum = top;
    kb->nstrata = kb->nrules ? top + 1 : 0;
}

bool ikw_kb_stratify(struct ikw_kb *kb, struct ikw_diags *ds)
{
    struct graph g = { .kb = kb };
    build(&g);
    bool ok = settle(&g);
    if (ok)
        place_rules(&g, kb);
    else
        report(&g, ds);
    drop(&g);
    return ok;
}
