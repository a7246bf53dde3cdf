/*
 * From a rule to plans of joins. For every positive pattern there is one
 * order that starts with it (the engine picks the start with the fewest
 * facts; a circle needs all of them). The rest follows greedily: the pattern
 * with most known slots next, as written among equals.
 *
 * Where a test, a window, or an absence is decided follows from the order
 * alone: at the first step where everything it names is bound.
 */
#include "inference/internal.h"

/* What is known after some steps of an order. */
struct state {
    struct ikw_program *prog;
    struct plan *plan;
    uint64_t placed; /* patterns */
    uint64_t bound;  /* variables */
    uint64_t done;   /* negs already decided */
    bool source;
};

static uint64_t bit(int i)
{
    return i >= 0 ? (uint64_t)1 << i : 0;
}

bool ikw_pattern_is_count(const struct ikw_pattern *p)
{
    return !p->absent && (p->least_count > 0 || p->most_count >= 0);
}

static bool is_positive(const struct ikw_pattern *p)
{
    return !p->absent && !ikw_pattern_is_count(p);
}

static uint64_t anchors(const struct ikw_pattern *p)
{
    return bit(p->after) | bit(p->before);
}

static bool uses_var(const struct ikw_test *t)
{
    return t->var >= 0 && t->op != IKW_TEST_EQ && t->op != IKW_TEST_NE;
}

/* Variables the pattern binds if nothing is known. */
static uint64_t binds(const struct ikw_pattern *p)
{
    uint64_t m = 0;
    for (size_t i = 0; i < p->ntests; i++)
        if (p->tests[i].op == IKW_TEST_VAR_EQ)
            m |= bit(p->tests[i].var);
    return m;
}

static uint32_t slot_bit(unsigned slot)
{
    unsigned b = slot < IKW_PSEUDO_T ? slot : slot - IKW_PSEUDO_T + PSEUDO_BIT;
    return b < 32 ? (uint32_t)1 << b : 0;
}

static bool is_key(const struct ikw_test *t, uint64_t bound)
{
    if (t->op == IKW_TEST_EQ)
        return t->nalts == 1;
    return t->op == IKW_TEST_VAR_EQ && (bound & bit(t->var));
}

/* Insertion by slot: the index hashes in the same order. */
static void add_key(struct probe *pr, const struct ikw_test *t)
{
    size_t i = pr->nkeys++;
    for (; i > 0 && slot_bit(pr->keys[i - 1]->slot) > slot_bit(t->slot); i--)
        pr->keys[i] = pr->keys[i - 1];
    pr->keys[i] = t;
    pr->mask |= slot_bit(t->slot);
}

static void add_check(struct check *to, size_t *n, const struct ikw_test *t,
                      unsigned at, bool binding)
{
    to[*n] = (struct check){ t, (uint8_t)at, binding };
    ++*n;
}

/* NULL for nothing. */
static void *copy(struct ikw_program *prog, const void *from, size_t size)
{
    return size ? memcpy(ikw_arena_alloc(&prog->arena, size), from, size)
                : NULL;
}

/* Sorts the tests into keys, bindings and checks; those whose variable is
 * not known yet, but will `ever` be, are left to fill_late. */
static void fill_probe(struct ikw_program *prog, struct probe *pr,
                       const struct ikw_pattern *p, unsigned at, uint64_t bound,
                       uint64_t ever)
{
    uint64_t mine = 0;
    pr->pattern = p;
    pr->at = (uint8_t)at;
    pr->keys =
        IKW_ARENA_ARRAY(&prog->arena, const struct ikw_test *, p->ntests);
    pr->checks = IKW_ARENA_ARRAY(&prog->arena, struct check, p->ntests);
    for (size_t i = 0; i < p->ntests; i++) {
        const struct ikw_test *t = &p->tests[i];
        if (is_key(t, bound) && !(pr->mask & slot_bit(t->slot))) {
            add_key(pr, t);
        } else if (t->op == IKW_TEST_VAR_EQ) {
            bool binding = !((bound | mine) & bit(t->var));
            add_check(pr->checks, &pr->nchecks, t, at, binding);
            mine |= bit(t->var);
        }
    }
    for (size_t i = 0; i < p->ntests; i++) { /* after all bindings */
        const struct ikw_test *t = &p->tests[i];
        bool keyed = false;
        for (size_t k = 0; k < pr->nkeys; k++)
            keyed |= pr->keys[k] == t;
        if (keyed || t->op == IKW_TEST_VAR_EQ)
            continue;
        if (!uses_var(t) || !(ever & ~(bound | mine) & bit(t->var)))
            add_check(pr->checks, &pr->nchecks, t, at, false);
    }
}

/* Tests of placed patterns that wait for a variable bound just now: counted,
 * or stored if there is room for them. */
static size_t each_late(const struct state *st, const struct step *s,
                        uint64_t new_vars, struct check *to)
{
    const struct ikw_rule *r = st->plan->rule;
    size_t n = 0;
    for (size_t p = 0; p < r->npatterns; p++) {
        const struct ikw_pattern *pat = &r->patterns[p];
        if (!(st->placed & bit((int)p)) || p == s->probe.at)
            continue;
        for (size_t i = 0; i < pat->ntests; i++) {
            const struct ikw_test *t = &pat->tests[i];
            if (t->op == IKW_TEST_VAR_EQ || !uses_var(t) ||
                !(new_vars & bit(t->var)))
                continue;
            if (to)
                to[n] = (struct check){ t, (uint8_t)p, false };
            n++;
        }
    }
    return n;
}

static void fill_late(const struct state *st, struct step *s, uint64_t before)
{
    uint64_t new_vars = st->bound & ~before;
    s->nlate = new_vars ? each_late(st, s, new_vars, NULL) : 0;
    if (s->nlate == 0)
        return;
    s->late = IKW_ARENA_ARRAY(&st->prog->arena, struct check, s->nlate);
    each_late(st, s, new_vars, s->late);
}

/* Windows of placed patterns whose last anchor is placed just now. */
static void fill_windows(const struct state *st, struct step *s)
{
    const struct ikw_rule *r = st->plan->rule;
    uint64_t now = bit(s->probe.at);
    uint8_t windows[MAX_PATTERNS];
    for (size_t p = 0; p < r->npatterns; p++) {
        uint64_t a = anchors(&r->patterns[p]);
        if ((st->placed & bit((int)p)) && (a & now) && !(a & ~st->placed))
            windows[s->nwindows++] = (uint8_t)p;
    }
    s->windows = copy(st->prog, windows, s->nwindows);
}

static uint64_t positive_vars(const struct plan *plan)
{
    uint64_t m = 0;
    for (size_t i = 0; i < plan->npositive; i++)
        m |= binds(&plan->rule->patterns[plan->positive[i]]);
    return m;
}

static uint64_t all_vars(const struct ikw_pattern *p)
{
    uint64_t m = 0;
    for (size_t i = 0; i < p->ntests; i++)
        if (uses_var(&p->tests[i]))
            m |= bit(p->tests[i].var);
    return m;
}

static uint64_t positive_mask(const struct plan *plan)
{
    uint64_t m = 0;
    for (size_t i = 0; i < plan->npositive; i++)
        m |= bit(plan->positive[i]);
    return m;
}

static void fill_negs(struct state *st, struct step *s)
{
    const struct plan *plan = st->plan;
    uint64_t shared = plan->vars, real = positive_mask(plan);
    uint8_t negs[MAX_PATTERNS];
    for (size_t i = 0; i < plan->nnegs; i++) {
        const struct ikw_pattern *p = plan->negs[i].pattern;
        if ((st->done & bit((int)i)) || !st->source ||
            (all_vars(p) & shared & ~st->bound) ||
            (anchors(p) & real & ~st->placed))
            continue;
        st->done |= bit((int)i);
        negs[s->nnegs++] = (uint8_t)i;
    }
    s->negs = copy(st->prog, negs, s->nnegs);
}

/* What other patterns and the conclusions use of a pattern. */
static bool is_used(const struct ikw_rule *r, unsigned at, uint64_t vars)
{
    for (size_t p = 0; p < r->npatterns; p++)
        if (p != at && ((all_vars(&r->patterns[p]) & vars) ||
                        (anchors(&r->patterns[p]) & bit((int)at))))
            return true;
    for (size_t i = 0; i < r->nthens; i++) {
        const struct ikw_then *t = &r->thens[i];
        if (t->kind != IKW_THEN_DERIVE && (bit(t->subject_var) & vars))
            return true;
        for (size_t k = 0; k < t->nslots; k++)
            if ((bit(t->slots[k].var) & vars) ||
                (t->slots[k].var < 0 && t->slots[k].pattern == (int)at))
                return true;
    }
    return false;
}

/* A fact that is only asked to be there, and is always observed (so all of
 * them have one height): the canonical derivation takes the least, whatever
 * else is chosen, and the join need not go through the others. */
static bool is_lone(const struct state *st, const struct step *s,
                    uint64_t before)
{
    const struct ikw_pattern *p = s->probe.pattern;
    return !s->sets_source && !st->prog->derivable[p->type->index] &&
           s->probe.decided && !(all_vars(p) & ~st->bound) &&
           !is_used(st->plan->rule, s->probe.at, st->bound & ~before);
}

static void place(struct state *st, struct step *s, unsigned at)
{
    const struct ikw_pattern *p = &st->plan->rule->patterns[at];
    uint64_t before = st->bound;
    s->from = at == st->plan->positive[0] ? IKW_FROM_SAME : p->from;
    bool any = s->from == IKW_FROM_ANY;
    fill_probe(st->prog, &s->probe, p, at, before, st->plan->vars);
    s->probe.windowed = (anchors(p) & st->placed) != 0;
    s->probe.decided = !(anchors(p) & ~st->placed);
    s->sets_source = !st->source && !any;
    st->source |= !any;
    st->placed |= bit((int)at);
    st->bound |= binds(p);
    s->lone = is_lone(st, s, before);
    fill_late(st, s, before);
    fill_windows(st, s);
    fill_negs(st, s);
}

static int score(const struct state *st, const struct ikw_pattern *p)
{
    int n = (anchors(p) & st->placed) ? 30 : 0;
    for (size_t i = 0; i < p->ntests; i++)
        if (is_key(&p->tests[i], st->bound))
            n += p->tests[i].op == IKW_TEST_EQ ? 10 : 100;
    return n;
}

static unsigned choose(const struct state *st)
{
    int best = -1;
    unsigned at = 0;
    for (size_t i = 0; i < st->plan->npositive; i++) {
        unsigned p = st->plan->positive[i];
        int n = score(st, &st->plan->rule->patterns[p]);
        if (!(st->placed & bit((int)p)) && n > best) {
            best = n;
            at = p;
        }
    }
    return at;
}

static void compile_order(struct ikw_program *prog, struct plan *plan,
                          struct order *o, unsigned first)
{
    struct state st = { .prog = prog, .plan = plan };
    o->steps = IKW_ARENA_ARRAY(&prog->arena, struct step, plan->npositive);
    o->nsteps = plan->npositive;
    for (size_t i = 0; i < o->nsteps; i++)
        place(&st, &o->steps[i], i ? choose(&st) : first);
}

static void compile_negs(struct ikw_program *prog, struct plan *plan)
{
    uint64_t shared = positive_vars(plan);
    plan->negs =
        IKW_ARENA_ARRAY(&prog->arena, struct probe, plan->rule->npatterns);
    for (size_t i = 0; i < plan->rule->npatterns; i++) {
        const struct ikw_pattern *p = &plan->rule->patterns[i];
        if (is_positive(p))
            continue;
        struct probe *pr = &plan->negs[plan->nnegs++];
        fill_probe(prog, pr, p, (unsigned)i, shared, shared);
        pr->windowed = anchors(p) != 0;
        pr->decided = true;
    }
}

void ikw_plan_compile(struct ikw_program *prog, struct plan *plan)
{
    const struct ikw_rule *r = plan->rule;
    plan->too_big = r->npatterns > MAX_PATTERNS || r->nvars > MAX_VARS;
    if (plan->too_big)
        return;
    plan->positive = IKW_ARENA_ARRAY(&prog->arena, uint8_t, r->npatterns);
    for (size_t i = 0; i < r->npatterns; i++)
        if (is_positive(&r->patterns[i]))
            plan->positive[plan->npositive++] = (uint8_t)i;
    plan->vars = positive_vars(plan);
    compile_negs(prog, plan);
    plan->orders = IKW_ARENA_ARRAY(&prog->arena, struct order, plan->npositive);
    for (size_t i = 0; i < plan->npositive; i++)
        compile_order(prog, plan, &plan->orders[i], plan->positive[i]);
}
