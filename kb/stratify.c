/*
 * Strata: what a rule negates or counts must be complete before it runs. An
 * edge runs from a rule to each rule whose conclusion could match one of
 * its patterns, constants considered: so "no finding of kind x" may lead to
 * a finding of kind y. A rule lies above what it negates and not below what
 * it needs; a circle with a negation in it has no strata and is refused by
 * name. Rules that conclude no fact are in the topmost stratum.
 */
#include "kb/internal.h"

#include <stdlib.h>
#include <string.h>

struct edge {
    unsigned from, to; /* rules: `from` reads what `to` derives */
    const struct ikw_pattern *pattern;
    bool negative;
};

/* Conclusions by type: maker[first[t]] .. maker[first[t + 1]]. */
struct maker {
    const struct ikw_rule *rule;
    const struct ikw_then *then;
};

struct graph {
    const struct ikw_kb *kb;
    struct edge *edges; /* in order of `from` */
    size_t nedges, cap;
    size_t *first; /* by type */
    struct maker *makers;
    size_t *out;             /* by rule: its first edge */
    unsigned *stratum;       /* by rule */
    const struct edge **via; /* search: edge by which a rule was reached */
    unsigned *queue;
    bool *told; /* rules of circles that are printed */
};

/* ---- the graph --------------------------------------------------------- */

static bool negative(const struct ikw_pattern *p)
{
    return p->absent || p->least_count || p->most_count >= 0;
}

static size_t count_derives(const struct ikw_rule *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->nthens; i++)
        n += r->thens[i].kind == IKW_THEN_DERIVE;
    return n;
}

static void sort_makers(struct graph *g)
{
    const struct ikw_kb *kb = g->kb;
    size_t n = 0;
    g->first = ikw_xcalloc(kb->ntypes + 2, sizeof *g->first);
    for (size_t i = 0; i < kb->nrules; i++)
        for (size_t k = 0; k < kb->rules[i]->nthens; k++)
            if (kb->rules[i]->thens[k].kind == IKW_THEN_DERIVE) {
                g->first[kb->rules[i]->thens[k].type->index + 2]++;
                n++;
            }
    for (size_t t = 2; t < kb->ntypes + 2; t++)
        g->first[t] += g->first[t - 1];
    g->makers = ikw_xcalloc(n, sizeof *g->makers);
    for (size_t i = 0; i < kb->nrules; i++)
        for (size_t k = 0; k < kb->rules[i]->nthens; k++) {
            const struct ikw_then *d = &kb->rules[i]->thens[k];
            if (d->kind == IKW_THEN_DERIVE)
                g->makers[g->first[d->type->index + 1]++] =
                    (struct maker){ kb->rules[i], d };
        }
}

static void add_edges(struct graph *g, unsigned rule,
                      const struct ikw_pattern *p)
{
    unsigned t = p->type->index;
    for (size_t i = g->first[t]; i < g->first[t + 1]; i++) {
        if (!ikw_may_derive(g->makers[i].then, p))
            continue;
        IKW_GROW(g->edges, g->cap, g->nedges + 1);
        g->edges[g->nedges++] = (struct edge){
            .from = rule,
            .to = g->makers[i].rule->index,
            .pattern = p,
            .negative = negative(p),
        };
    }
}

static void build(struct graph *g)
{
    size_t n = g->kb->nrules;
    sort_makers(g);
    g->out = ikw_xcalloc(n + 1, sizeof *g->out);
    for (size_t i = 0; i < n; i++) {
        const struct ikw_rule *r = g->kb->rules[i];
        for (size_t k = 0; k < r->npatterns; k++)
            add_edges(g, (unsigned)i, &r->patterns[k]);
        g->out[i + 1] = g->nedges;
    }
    g->stratum = ikw_xcalloc(n, sizeof *g->stratum);
}

static void drop(struct graph *g)
{
    free(g->edges);
    free(g->first);
    free(g->makers);
    free(g->out);
    free(g->stratum);
    free(g->via);
    free(g->queue);
    free(g->told);
}

/* Raises strata to their least fixed point. Without a circle a stratum is
 * less than the number of rules. */
static bool settle(struct graph *g)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < g->nedges; i++) {
            const struct edge *e = &g->edges[i];
            unsigned least = g->stratum[e->to] + e->negative;
            if (g->stratum[e->from] >= least)
                continue;
            g->stratum[e->from] = least;
            changed = true;
            if (least >= g->kb->nrules)
                return false;
        }
    }
    return true;
}

/* ---- circles ----------------------------------------------------------- */

/* Breadth first from `from`; true if `to` is reached. g->via holds the way
 * back. */
static bool search(struct graph *g, unsigned from, unsigned to)
{
    size_t head = 0, tail = 0;
    memset(g->via, 0, g->kb->nrules * sizeof *g->via);
    if (from == to)
        return true;
    g->queue[tail++] = from;
    while (head < tail) {
        unsigned at = g->queue[head++];
        for (size_t i = g->out[at]; i < g->out[at + 1]; i++) {
            const struct edge *e = &g->edges[i];
            if (e->to == from || g->via[e->to])
                continue;
            g->via[e->to] = e;
            if (e->to == to)
                return true;
            g->queue[tail++] = e->to;
        }
    }
    return false;
}

/* "rule 'a' needs no 'x' of rule 'b', which needs 'y' of rule 'a'" */
static void print_circle(struct graph *g, const struct edge *first,
                         struct ikw_buf *out)
{
    const struct edge *way[64];
    size_t n = 0;
    for (unsigned at = first->from; at != first->to && n < 64;
         at = g->via[at]->from)
        way[n++] = g->via[at];
    ikw_buf_addf(out, "rule '%s'", g->kb->rules[first->from]->id);
    for (const struct edge *e = first; e; e = n ? way[--n] : NULL) {
        const char *how = !e->negative         ? ""
                          : e->pattern->absent ? "no "
                                               : "the count of ";
        ikw_buf_addf(out, "%s needs %s'%s' of rule '%s'",
                     e == first ? "" : ", which", how, e->pattern->type->name,
                     g->kb->rules[e->to]->id);
        g->told[e->from] = true;
    }
}

static void report(struct graph *g, struct ikw_diags *ds)
{
    size_t n = g->kb->nrules;
    g->via = ikw_xcalloc(n, sizeof *g->via);
    g->queue = ikw_xcalloc(n, sizeof *g->queue);
    g->told = ikw_xcalloc(n, sizeof *g->told);
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

static void place_rules(const struct graph *g, struct ikw_kb *kb)
{
    unsigned top = 0;
    for (size_t i = 0; i < kb->nrules; i++)
        top = top < g->stratum[i] ? g->stratum[i] : top;
    for (size_t i = 0; i < kb->nrules; i++)
        kb->rules[i]->stratum =
            count_derives(kb->rules[i]) ? g->stratum[i] : top;
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
