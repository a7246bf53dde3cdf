/*
 * Why a rule did not fire. The patterns are tried in the order written (an
 * absence or count as soon as its variables are known), with backtracking
 * under a budget; the deepest failure is the answer. Facts of the failing
 * type are then searched for the one that fails in the fewest ways.
 */
#include "inference/internal.h"

#include <limits.h>

enum { BUDGET = 200000, COVER_BUDGET = 30000 };

struct search {
    struct ikw_engine *e;
    const struct plan *plan;
    const struct ikw_rule *rule;
    unsigned order[MAX_PATTERNS]; /* patterns in the order of trying */
    size_t n;
    const struct ikw_fact *facts[MAX_PATTERNS];
    struct ikw_value vars[MAX_VARS];
    unsigned bound_at[MAX_VARS]; /* 1 + depth; 0: unbound */
    size_t cursor[MAX_PATTERNS];
    enum ikw_source source;
    int source_from; /* depth that fixed it, or -1 */
    size_t budget;
    /* the deepest failure */
    struct ikw_whynot *best;
    size_t best_depth;
    unsigned best_misses;
    bool found;
    struct ikw_cover *cover; /* not NULL: go through all ways, note failures */
};

/* ---- the order of trying ----------------------------------------------- */

static bool is_neg(const struct ikw_pattern *p)
{
    return p->absent || ikw_pattern_is_count(p);
}

static bool binds_var(const struct ikw_pattern *p, int var)
{
    for (size_t i = 0; i < p->ntests; i++)
        if (p->tests[i].op == IKW_TEST_VAR_EQ && p->tests[i].var == var)
            return true;
    return false;
}

/* Position in the rule after which the neg pattern can be decided. */
static size_t ready_after(const struct ikw_rule *r, size_t at)
{
    const struct ikw_pattern *p = &r->patterns[at];
    size_t ready = at;
    for (size_t t = 0; t < p->ntests; t++) {
        size_t first = SIZE_MAX;
        for (size_t i = 0; p->tests[t].var >= 0 && i < r->npatterns; i++)
            if (!is_neg(&r->patterns[i]) &&
                binds_var(&r->patterns[i], p->tests[t].var) &&
                first == SIZE_MAX)
                first = i;
        if (first != SIZE_MAX && first > ready)
            ready = first;
    }
    return ready;
}

static void make_order(struct search *s)
{
    const struct ikw_rule *r = s->rule;
    size_t first = s->plan->positive[0];
    for (size_t i = 0; i < r->npatterns; i++) {
        if (!is_neg(&r->patterns[i]))
            s->order[s->n++] = (unsigned)i;
        for (size_t k = 0; k < r->npatterns; k++) {
            size_t ready = is_neg(&r->patterns[k]) ? ready_after(r, k) : 0;
            if (is_neg(&r->patterns[k]) && (ready < first ? first : ready) == i)
                s->order[s->n++] = (unsigned)k;
        }
    }
}

/* ---- one fact against one pattern -------------------------------------- */

static bool comparable(const struct search *s, const struct ikw_test *t)
{
    return t->var < 0 || s->vars[t->var].kind != IKW_NIL;
}

static bool test_fails(const struct search *s, const struct ikw_test *t,
                       const struct ikw_fact *f)
{
    struct ikw_value v = ikw_match_slot(f, t->slot);
    if (t->op == IKW_TEST_VAR_EQ && !comparable(s, t))
        return v.kind == IKW_NIL; /* would bind */
    if (!comparable(s, t))
        return false; /* bound by a later pattern */
    return !ikw_match_test(t, v, s->vars);
}

static bool source_fails(const struct search *s, const struct ikw_pattern *p,
                         const struct ikw_fact *f)
{
    if (s->source_from < 0 || p->from == IKW_FROM_ANY)
        return false;
    return (f->source == s->source) != (p->from == IKW_FROM_SAME);
}

static bool anchors_there(const struct search *s, const struct ikw_pattern *p)
{
    return (p->after < 0 || s->facts[p->after]) &&
           (p->before < 0 || s->facts[p->before]);
}

/* In how many ways does it fail, and which is the first? */
static unsigned misses(const struct search *s, const struct ikw_pattern *p,
                       const struct ikw_fact *f, unsigned *which)
{
    unsigned n = 0;
    *which = UINT_MAX;
    for (size_t i = 0; i < p->ntests; i++)
        if (test_fails(s, &p->tests[i], f) && n++ == 0)
            *which = (unsigned)i;
    if (source_fails(s, p, f))
        n++;
    if (anchors_there(s, p) && !ikw_match_window(p, f, s->facts))
        n++;
    return n;
}

/* ---- the failure ------------------------------------------------------- */

static void nearest_miss(struct search *s, const struct ikw_pattern *p,
                         const struct ikw_fact **fact, unsigned *test,
                         unsigned *least)
{
    const struct ikw_fact *const *v;
    size_t n = ikw_engine_facts_of(s->e, p->type, &v);
    s->budget -= n < s->budget ? n : s->budget;
    *least = UINT_MAX;
    for (size_t i = 0; i < n; i++) {
        unsigned which, m = misses(s, p, v[i], &which);
        if (m >= *least)
            continue;
        *least = m;
        *fact = v[i];
        *test = which;
    }
}

static bool hidden(const struct search *s, const struct ikw_pattern *p)
{
    bool peer = s->source == IKW_SOURCE_PEER;
    if (is_neg(p)) {
        struct sight g = ikw_neg_sight(s->e, p, s->facts, s->source);
        return p->absent && !(g.level && g.window && g.log);
    }
    if (p->from == IKW_FROM_OTHER)
        peer = !peer;
    const struct ikw_visibility *see = &s->e->fs->see[peer];
    if (!p->type->derived && p->from == IKW_FROM_OTHER && !see->present)
        return true;
    return !p->type->made_by && see->present &&
           see->level < s->e->prog->shown[p->type->index];
}

/* Records the failure at `depth` if it is the deepest, or equally deep with
 * a nearer miss. */
static void failed(struct search *s, size_t depth,
                   const struct ikw_fact *refuted_by)
{
    const struct ikw_pattern *p = &s->rule->patterns[s->order[depth]];
    struct ikw_whynot *b = s->best;
    const struct ikw_fact *near = refuted_by;
    unsigned test = UINT_MAX, least = 0;
    if (s->cover) {
        if (!is_neg(p) || refuted_by || !p->absent)
            s->cover->failed |= (uint64_t)1 << s->order[depth];
        return;
    }
    if (s->found && depth < s->best_depth)
        return;
    if (!is_neg(p))
        nearest_miss(s, p, &near, &test, &least);
    if (s->found && depth == s->best_depth && least >= s->best_misses)
        return;
    s->found = true;
    s->best_depth = depth;
    s->best_misses = least;
    b->failed = s->order[depth];
    b->refuted_by = near;
    b->refuted_test = test;
    b->unobservable = hidden(s, p);
    memcpy(b->partial, s->facts, s->rule->npatterns * sizeof b->partial[0]);
    for (size_t i = depth; i < s->n; i++)
        b->partial[s->order[i]] = NULL;
}

/* ---- the search -------------------------------------------------------- */

static void bind(struct search *s, const struct ikw_pattern *p,
                 const struct ikw_fact *f, size_t depth)
{
    for (size_t i = 0; i < p->ntests; i++) {
        const struct ikw_test *t = &p->tests[i];
        if (t->op != IKW_TEST_VAR_EQ || s->vars[t->var].kind != IKW_NIL)
            continue;
        s->vars[t->var] = ikw_match_slot(f, t->slot);
        s->bound_at[t->var] = (unsigned)depth + 1;
    }
    if (s->source_from < 0) { /* the first fact sets the rule's source */
        s->source = f->source;
        s->source_from = (int)depth;
    }
}

static void unbind(struct search *s, size_t depth)
{
    for (size_t v = 0; v < s->rule->nvars; v++)
        if (s->bound_at[v] == depth + 1) {
            s->bound_at[v] = 0;
            s->vars[v].kind = IKW_NIL;
        }
    s->facts[s->order[depth]] = NULL;
    if (s->source_from == (int)depth)
        s->source_from = -1;
}

/* A test left open when its pattern was matched must hold by now. */
static bool still_fits(const struct search *s, size_t depth)
{
    for (size_t i = 0; i <= depth; i++) {
        unsigned at = s->order[i], which;
        if (s->facts[at] &&
            misses(s, &s->rule->patterns[at], s->facts[at], &which))
            return false;
    }
    return true;
}

static bool try_positive(struct search *s, size_t depth)
{
    unsigned at = s->order[depth];
    const struct ikw_pattern *p = &s->rule->patterns[at];
    const struct ikw_fact *const *v;
    size_t n = ikw_engine_facts_of(s->e, p->type, &v);
    bool first = s->cursor[depth] == 0;
    while (s->cursor[depth] < n && s->budget > 0) {
        const struct ikw_fact *f = v[s->cursor[depth]++];
        unsigned which;
        s->budget--;
        if (misses(s, p, f, &which))
            continue;
        s->facts[at] = f;
        bind(s, p, f, depth);
        if (still_fits(s, depth))
            return true;
        unbind(s, depth);
    }
    if (first)
        failed(s, depth, NULL); /* no fact at all fits */
    return false;
}

static bool try_neg(struct search *s, size_t depth)
{
    const struct ikw_fact *found = NULL;
    const struct probe *p = NULL;
    if (s->cursor[depth]++ > 0)
        return false; /* one way to hold, tried already */
    for (size_t i = 0; i < s->plan->nnegs; i++)
        if (s->plan->negs[i].at == s->order[depth])
            p = &s->plan->negs[i];
    s->budget -= s->budget > 0;
    if (ikw_neg_eval(s->e, p, s->vars, s->facts, s->source, &found) == HOLDS)
        return true;
    failed(s, depth, found);
    return false;
}

static bool satisfiable(struct search *s)
{
    size_t depth = 0;
    s->cursor[0] = 0;
    while (s->budget > 0) {
        bool neg = is_neg(&s->rule->patterns[s->order[depth]]);
        if (neg ? try_neg(s, depth) : try_positive(s, depth)) {
            if (++depth < s->n) {
                s->cursor[depth] = 0;
                continue;
            }
            if (!s->cover)
                return true;
            s->cover->fired = true;
        }
        if (depth == 0)
            return false;
        unbind(s, --depth);
    }
    return false;
}

struct ikw_whynot *ikw_engine_whynot(struct ikw_engine *e,
                                     const struct ikw_rule *rule,
                                     int64_t subject)
{
    struct search s = { .e = e, .rule = rule, .budget = BUDGET };
    int var = ikw_rule_subject_var(rule);
    s.plan = &e->prog->plans[rule->index];
    s.source_from = -1;
    s.best = IKW_ARENA_NEW(&e->arena, struct ikw_whynot);
    s.best->rule = rule;
    s.best->refuted_test = UINT_MAX;
    s.best->partial =
        IKW_ARENA_ARRAY(&e->arena, const struct ikw_fact *, rule->npatterns);
    if (s.plan->too_big || s.plan->npositive == 0)
        return s.best;
    if (subject >= 0 && var >= 0)
        s.vars[var] = ikw_value_int(subject);
    make_order(&s);
    s.best->fires = satisfiable(&s);
    if (s.best->fires) {
        s.best->failed = (unsigned)rule->npatterns;
        memcpy(s.best->partial, s.facts,
               rule->npatterns * sizeof s.best->partial[0]);
    }
    return s.best;
}

void ikw_engine_cover(struct ikw_engine *e, const struct ikw_rule *rule,
                      struct ikw_cover *cover)
{
    struct search s = { .e = e, .rule = rule, .budget = COVER_BUDGET };
    s.plan = &e->prog->plans[rule->index];
    s.source_from = -1;
    s.cover = cover;
    if (s.plan->too_big || s.plan->npositive == 0)
        return;
    make_order(&s);
    satisfiable(&s);
}
