/*
 * The order of evaluation: strongly connected parts of the graph of rules
 * (an edge from a rule to each rule whose conclusion its patterns could
 * match, constants considered), found by Tarjan's algorithm with a stack of
 * its own. It hands out a part after all that the part needs.
 *
 * The strata of the KB decide about negation: an edge that its finer reading
 * of the rules rules out (to a higher stratum, or a negation within one) is
 * no edge here.
 */
#include "inference/internal.h"

#include <stdlib.h>

/* ---- ranks ------------------------------------------------------------- */

static int by_type_name(const void *a, const void *b)
{
    return strcmp((*(struct ikw_type *const *)a)->name,
                  (*(struct ikw_type *const *)b)->name);
}

static int by_rule_id(const void *a, const void *b)
{
    return strcmp((*(struct plan *const *)a)->rule->id,
                  (*(struct plan *const *)b)->rule->id);
}

static void rank_types(struct ikw_program *prog)
{
    const struct ikw_kb *kb = prog->kb;
    struct ikw_type **v = ikw_xmalloc(kb->ntypes * sizeof(struct ikw_type *));
    for (size_t i = 0; i < kb->ntypes; i++)
        v[i] = kb->types[i];
    qsort(v, kb->ntypes, sizeof(struct ikw_type *), by_type_name);
    prog->type_rank = IKW_ARENA_ARRAY(&prog->arena, unsigned, kb->ntypes);
    for (size_t i = 0; i < kb->ntypes; i++)
        prog->type_rank[v[i]->index] = (unsigned)i;
    free(v);
}

static void rank_rules(struct ikw_program *prog)
{
    size_t n = prog->kb->nrules;
    struct plan **v = ikw_xmalloc(n * sizeof(struct plan *));
    for (size_t i = 0; i < n; i++)
        v[i] = &prog->plans[i];
    qsort(v, n, sizeof(struct plan *), by_rule_id);
    for (size_t i = 0; i < n; i++)
        v[i]->id_rank = (unsigned)i;
    free(v);
}

static void note_derivable(struct ikw_program *prog)
{
    const struct ikw_kb *kb = prog->kb;
    prog->derivable = IKW_ARENA_ARRAY(&prog->arena, bool, kb->ntypes);
    for (size_t i = 0; i < kb->nrules; i++)
        for (size_t j = 0; j < kb->rules[i]->nthens; j++)
            if (kb->rules[i]->thens[j].kind == IKW_THEN_DERIVE)
                prog->derivable[kb->rules[i]->thens[j].type->index] = true;
}

static void note_shown(struct ikw_program *prog)
{
    const struct ikw_kb *kb = prog->kb;
    prog->shown = IKW_ARENA_ARRAY(&prog->arena, enum ikw_level, kb->ntypes);
    for (size_t i = 0; i < kb->nmessages; i++) {
        const struct ikw_message *m = kb->messages[i];
        for (size_t j = 0; j < m->nemits; j++) {
            enum ikw_level *l = &prog->shown[m->emits[j].type->index];
            if (*l == IKW_LEVEL_NONE || m->level < *l)
                *l = m->level;
        }
    }
}

/* ---- what may match what ----------------------------------------------- */

static bool one_of(const struct ikw_test *t, const struct ikw_value *v)
{
    for (size_t i = 0; i < t->nalts; i++)
        if (same_value(&t->alts[i], v))
            return true;
    return false;
}

/* Could a fact whose slot is filled by `s` (NULL: unset) pass the test? */
static bool may_pass(const struct ikw_test *t, const struct ikw_then_slot *s)
{
    bool constant = s && s->var < 0 && s->pattern < 0;
    if (t->slot >= IKW_PSEUDO_T)
        return true;
    if (t->op == IKW_TEST_EQ)
        return s && (!constant || one_of(t, &s->value));
    if (t->op == IKW_TEST_NE)
        return !constant || !one_of(t, &s->value);
    if (t->op == IKW_TEST_UNSET)
        return !constant;
    return s || t->op == IKW_TEST_VAR_NE;
}

static bool may_match(const struct ikw_pattern *p, const struct ikw_then *d)
{
    for (size_t i = 0; i < p->ntests; i++) {
        const struct ikw_then_slot *s = NULL;
        for (size_t k = 0; !s && k < d->nslots; k++)
            if (d->slots[k].slot == p->tests[i].slot)
                s = &d->slots[k];
        if (!may_pass(&p->tests[i], s))
            return false;
    }
    return true;
}

/* ---- the graph --------------------------------------------------------- */

struct maker {
    uint32_t rule;
    const struct ikw_then *then;
};

struct graph {
    struct ikw_program *prog;
    size_t n;
    size_t *first; /* by type, into makers */
    struct maker *makers;
    uint32_t *succ; /* successors of v: succ[start[v]] up to start[v + 1] */
    size_t nsucc, succ_cap;
    size_t *start, *edge;
    uint32_t *num, *low; /* Tarjan; 0: not visited */
    bool *on_stack, *self;
    uint32_t *stack, *path;
    size_t nstack, npath;
    uint32_t counter;
};

static void list_makers(struct graph *g)
{
    const struct ikw_kb *kb = g->prog->kb;
    size_t n = 0;
    g->first = ikw_xcalloc(kb->ntypes + 2, sizeof *g->first);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < kb->nrules; i++)
            for (size_t k = 0; k < kb->rules[i]->nthens; k++) {
                const struct ikw_then *d = &kb->rules[i]->thens[k];
                if (d->kind != IKW_THEN_DERIVE)
                    continue;
                if (pass == 0)
                    g->first[d->type->index + 2]++;
                else
                    g->makers[g->first[d->type->index + 1]++] =
                        (struct maker){ (uint32_t)i, d };
                n += pass == 0;
            }
        for (size_t t = 2; pass == 0 && t < kb->ntypes + 2; t++)
            g->first[t] += g->first[t - 1];
        if (pass == 0)
            g->makers = ikw_xcalloc(n, sizeof *g->makers);
    }
}

static void add_edges(struct graph *g, uint32_t v, const struct ikw_pattern *p)
{
    struct ikw_rule *const *rules = g->prog->kb->rules;
    unsigned t = p->type->index;
    bool positive = !p->absent && !ikw_pattern_is_count(p);
    for (size_t i = g->first[t]; i < g->first[t + 1]; i++) {
        uint32_t w = g->makers[i].rule;
        if (rules[w]->stratum > rules[v]->stratum ||
            (rules[w]->stratum == rules[v]->stratum && !positive) ||
            !may_match(p, g->makers[i].then))
            continue;
        g->self[v] |= w == v;
        IKW_GROW(g->succ, g->succ_cap, g->nsucc + 1);
        g->succ[g->nsucc++] = w;
    }
}

static void graph_build(struct graph *g, struct ikw_program *prog)
{
    size_t n = prog->kb->nrules;
    *g = (struct graph){ .prog = prog, .n = n };
    list_makers(g);
    g->start = ikw_xcalloc(n + 1, sizeof *g->start);
    g->edge = ikw_xcalloc(n, sizeof *g->edge);
    g->num = ikw_xcalloc(n, sizeof *g->num);
    g->low = ikw_xcalloc(n, sizeof *g->low);
    g->on_stack = ikw_xcalloc(n, sizeof *g->on_stack);
    g->self = ikw_xcalloc(n, sizeof *g->self);
    g->stack = ikw_xcalloc(n, sizeof *g->stack);
    g->path = ikw_xcalloc(n, sizeof *g->path);
    for (uint32_t v = 0; v < n; v++) {
        const struct ikw_rule *r = prog->kb->rules[v];
        for (size_t k = 0; k < r->npatterns; k++)
            add_edges(g, v, &r->patterns[k]);
        g->start[v + 1] = g->nsucc;
    }
}

static void graph_release(struct graph *g)
{
    free(g->first);
    free(g->makers);
    free(g->succ);
    free(g->start);
    free(g->edge);
    free(g->num);
    free(g->low);
    free(g->on_stack);
    free(g->self);
    free(g->stack);
    free(g->path);
}

static void enter(struct graph *g, uint32_t v)
{
    g->num[v] = g->low[v] = ++g->counter;
    g->stack[g->nstack++] = v;
    g->on_stack[v] = true;
    g->path[g->npath++] = v;
}

/* ---- units ------------------------------------------------------------- */

/* Takes the part whose root is `v` off the stack, as a unit. */
static void emit(struct graph *g, uint32_t v)
{
    struct ikw_program *prog = g->prog;
    struct unit *u = &prog->units[prog->nunits++];
    size_t from = g->nstack;
    while (g->stack[--from] != v)
        ;
    u->nplans = g->nstack - from;
    u->recursive = u->nplans > 1 || g->self[v];
    u->plans = IKW_ARENA_ARRAY(&prog->arena, const struct plan *, u->nplans);
    for (size_t i = 0; i < u->nplans; i++) {
        uint32_t w = g->stack[from + i];
        g->on_stack[w] = false;
        u->plans[i] = &prog->plans[w];
    }
    g->nstack = from;
}

static void leave(struct graph *g, uint32_t v)
{
    g->npath--;
    if (g->npath > 0) {
        uint32_t up = g->path[g->npath - 1];
        if (g->low[v] < g->low[up])
            g->low[up] = g->low[v];
    }
    if (g->low[v] == g->num[v])
        emit(g, v);
}

static void visit(struct graph *g, uint32_t root)
{
    enter(g, root);
    while (g->npath > 0) {
        uint32_t v = g->path[g->npath - 1];
        if (g->start[v] + g->edge[v] == g->start[v + 1]) {
            leave(g, v);
            continue;
        }
        uint32_t w = g->succ[g->start[v] + g->edge[v]++];
        if (!g->num[w])
            enter(g, w);
        else if (g->on_stack[w] && g->num[w] < g->low[v])
            g->low[v] = g->num[w];
    }
}

static size_t last_maker(const struct ikw_program *prog, const bool *makes)
{
    for (size_t i = prog->nunits; i-- > 0;)
        for (size_t k = 0; k < prog->units[i].nplans; k++)
            if (makes[prog->units[i].plans[k] - prog->plans])
                return i;
    return 0;
}

/* A type is complete after the last unit with a rule that derives it. */
static void complete_types(struct graph *g)
{
    struct ikw_program *prog = g->prog;
    bool *makes = ikw_xcalloc(g->n, sizeof *makes);
    size_t *last = ikw_xcalloc(prog->kb->ntypes, sizeof *last);
    for (size_t t = 0; t < prog->kb->ntypes; t++) {
        if (!prog->derivable[t])
            continue;
        memset(makes, 0, g->n * sizeof *makes);
        for (size_t i = g->first[t]; i < g->first[t + 1]; i++)
            makes[g->makers[i].rule] = true;
        last[t] = last_maker(prog, makes);
        prog->units[last[t]].ntypes++;
    }
    for (size_t t = 0; t < prog->kb->ntypes; t++) {
        struct unit *u = &prog->units[last[t]];
        if (!prog->derivable[t])
            continue;
        if (!u->types) {
            u->types = IKW_ARENA_ARRAY(&prog->arena, const struct ikw_type *,
                                       u->ntypes);
            u->ntypes = 0;
        }
        u->types[u->ntypes++] = prog->kb->types[t];
    }
    free(makes);
    free(last);
}

static void make_units(struct ikw_program *prog)
{
    struct graph g;
    graph_build(&g, prog);
    prog->units = IKW_ARENA_ARRAY(&prog->arena, struct unit, g.n);
    for (uint32_t v = 0; v < g.n; v++)
        if (!g.num[v])
            visit(&g, v);
    complete_types(&g);
    graph_release(&g);
}

/* Of a circle any rule may be the one that begins. */
static void note_needs(struct ikw_program *prog)
{
    size_t n = prog->nwords = (prog->kb->ntypes + 63) / 64;
    prog->needs = IKW_ARENA_ARRAY(&prog->arena, uint64_t, n * prog->nunits);
    for (size_t i = 0; i < prog->nunits; i++) {
        const struct unit *u = &prog->units[i];
        const struct plan *p = u->plans[0];
        if (u->recursive || p->too_big) /* which is told whatever there is */
            continue;
        for (size_t k = 0; k < p->npositive; k++)
            ikw_type_bit(&prog->needs[i * n],
                         p->rule->patterns[p->positive[k]].type);
    }
}

struct ikw_program *ikw_program_new(const struct ikw_kb *kb)
{
    struct ikw_program *prog = ikw_xcalloc(1, sizeof *prog);
    prog->kb = kb;
    note_derivable(prog);
    prog->plans = IKW_ARENA_ARRAY(&prog->arena, struct plan, kb->nrules);
    for (size_t i = 0; i < kb->nrules; i++) {
        prog->plans[i].rule = kb->rules[i];
        ikw_plan_compile(prog, &prog->plans[i]);
    }
    rank_types(prog);
    rank_rules(prog);
    note_shown(prog);
    make_units(prog);
    note_needs(prog);
    return prog;
}

void ikw_program_free(struct ikw_program *prog)
{
    if (!prog)
        return;
    ikw_arena_release(&prog->arena);
    free(prog);
}
