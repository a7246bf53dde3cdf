/*
 * All ways to satisfy one rule: nested loops over the steps of a plan, each
 * loop fed by an index, without recursion. A level of the stack is one step;
 * what is bound at a level stays bound for the levels above it.
 */
#include "inference/internal.h"

struct level {
    struct cursor at;
    enum ikw_source sources[2]; /* still to be tried, from the end */
    unsigned nsources;
    uint64_t unknown; /* absent patterns undecidable up to here */
};

struct join {
    struct ikw_engine *e;
    const struct sweep *sweep;
    const struct plan *plan;
    const struct order *order;
    enum ikw_source source;
    const struct ikw_fact *facts[MAX_PATTERNS];
    struct ikw_value vars[MAX_VARS];
    struct level levels[MAX_PATTERNS];
};

static enum ikw_source other(enum ikw_source s)
{
    return s == IKW_SOURCE_LOCAL ? IKW_SOURCE_PEER : IKW_SOURCE_LOCAL;
}

static bool source_known(const struct join *j, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        if (j->order->steps[i].sets_source)
            return true;
    return false;
}

static void seek(struct join *j, size_t depth, enum ikw_source source)
{
    const struct probe *p = &j->order->steps[depth].probe;
    ikw_relation_seek(relation_of(j->e, p->pattern->type, source), p, j->vars,
                      j->facts, &j->levels[depth].at);
}

static void open_level(struct join *j, size_t depth)
{
    const struct step *s = &j->order->steps[depth];
    struct level *lv = &j->levels[depth];
    lv->unknown = depth ? j->levels[depth - 1].unknown : 0;
    lv->nsources = 0;
    lv->at = (struct cursor){ 0 };
    if (depth == 0 && j->sweep->delta >= 0) {
        lv->at.v = j->sweep->v;
        lv->at.n = j->sweep->n;
        return;
    }
    if (s->from == IKW_FROM_ANY || !source_known(j, depth)) {
        lv->sources[lv->nsources++] = IKW_SOURCE_PEER;
        lv->sources[lv->nsources++] = IKW_SOURCE_LOCAL;
    } else {
        bool same = s->from == IKW_FROM_SAME;
        lv->sources[lv->nsources++] = same ? j->source : other(j->source);
    }
}

static bool checks_hold(struct join *j, const struct check *c, size_t n,
                        const struct ikw_fact *f)
{
    for (size_t i = 0; i < n; i++) {
        struct ikw_value v = ikw_match_slot(f, c[i].test->slot);
        if (c[i].bind) {
            if (v.kind == IKW_NIL)
                return false;
            j->vars[c[i].test->var] = v;
        } else if (!ikw_match_test(c[i].test, v, j->vars)) {
            return false;
        }
    }
    return true;
}

static bool keys_hold(const struct join *j, const struct probe *p,
                      const struct ikw_fact *f)
{
    for (size_t i = 0; i < p->nkeys; i++)
        if (!ikw_match_test(p->keys[i], ikw_match_slot(f, p->keys[i]->slot),
                            j->vars))
            return false;
    return true;
}

/* In a circle every combination is met once: at the level of its highest
 * fact, with the first such pattern as the delta. */
static bool height_fits(const struct join *j, const struct step *s,
                        const struct ikw_fact *f)
{
    const struct sweep *sw = j->sweep;
    if (sw->delta < 0)
        return true;
    uint32_t h = height_of(j->e, f);
    unsigned delta = j->plan->positive[sw->delta];
    return s->probe.at < delta ? h < sw->level : h <= sw->level;
}

static bool late_holds(struct join *j, const struct step *s)
{
    for (size_t i = 0; i < s->nlate; i++)
        if (!checks_hold(j, &s->late[i], 1, j->facts[s->late[i].pattern]))
            return false;
    for (size_t i = 0; i < s->nwindows; i++) {
        unsigned p = s->windows[i];
        if (!ikw_match_window(&j->plan->rule->patterns[p], j->facts[p],
                              j->facts))
            return false;
    }
    return true;
}

static bool negs_hold(struct join *j, const struct step *s, uint64_t *unknown)
{
    for (size_t i = 0; i < s->nnegs; i++) {
        const struct probe *p = &j->plan->negs[s->negs[i]];
        enum tri t = ikw_neg_eval(j->e, p, j->vars, j->facts, j->source, NULL);
        if (t == REFUTED)
            return false;
        if (t == UNKNOWN)
            *unknown |= (uint64_t)1 << p->at;
    }
    return true;
}

static bool accept(struct join *j, size_t depth, const struct ikw_fact *f)
{
    const struct step *s = &j->order->steps[depth];
    const struct probe *p = &s->probe;
    struct level *lv = &j->levels[depth];
    if (!height_fits(j, s, f))
        return false;
    if (!keys_hold(j, p, f))
        return false;
    if (!checks_hold(j, p->checks, p->nchecks, f))
        return false;
    if (p->windowed && p->decided && !ikw_match_window(p->pattern, f, j->facts))
        return false;
    j->facts[p->at] = f;
    if (s->sets_source)
        j->source = s->from == IKW_FROM_OTHER ? other(f->source) : f->source;
    lv->unknown = depth ? j->levels[depth - 1].unknown : 0;
    return late_holds(j, s) && negs_hold(j, s, &lv->unknown);
}

static bool out_of_steps(struct join *j)
{
    struct ikw_engine *e = j->e;
    if (++e->steps <= e->opts.max_steps)
        return false;
    ikw_engine_stop(e, j->plan->rule, IKW_LIMIT_STEPS);
    return true;
}

/* Binds the next fact of a level; false when there is none. */
static bool advance_each(struct join *j, size_t depth)
{
    struct level *lv = &j->levels[depth];
    for (;;) {
        const struct ikw_fact *f = cursor_next(&lv->at);
        if (f) {
            if (out_of_steps(j))
                return false;
            if (accept(j, depth, f))
                return true;
        } else if (lv->nsources > 0) {
            seek(j, depth, lv->sources[--lv->nsources]);
        } else {
            j->facts[j->order->steps[depth].probe.at] = NULL;
            return false;
        }
    }
}

/* The canonical least of a level's facts, instead of each. */
static bool advance_least(struct join *j, size_t depth)
{
    const struct ikw_fact *least = NULL;
    unsigned at = j->order->steps[depth].probe.at;
    while (advance_each(j, depth))
        if (!least || ikw_order_facts(j->e, j->facts[at], least) < 0)
            least = j->facts[at];
    return least && !j->e->stopped && accept(j, depth, least);
}

static bool advance(struct join *j, size_t depth)
{
    return j->order->steps[depth].lone && !j->e->opts.all_derivations
               ? advance_least(j, depth)
               : advance_each(j, depth);
}

static void fire(struct join *j, uint64_t unknown)
{
    struct firing f = { j->plan, j->facts, j->vars, j->source, unknown };
    ikw_fire(j->e, &f);
}

static void run_order(struct join *j)
{
    size_t depth = 0;
    open_level(j, 0);
    while (!j->e->stopped) {
        if (!advance(j, depth)) {
            if (depth-- == 0)
                return;
        } else if (depth + 1 == j->order->nsteps) {
            fire(j, j->levels[depth].unknown);
        } else {
            open_level(j, ++depth);
        }
    }
}

static size_t nfacts_of(const struct ikw_engine *e, const struct ikw_type *t)
{
    return relation_of(e, t, IKW_SOURCE_LOCAL)->n +
           relation_of(e, t, IKW_SOURCE_PEER)->n;
}

/* The positive pattern with the fewest facts; -1 if one has none (or the
 * rule has no such pattern: the loader refuses those). */
static int fewest(const struct ikw_engine *e, const struct plan *plan)
{
    int best = -1;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < plan->npositive; i++) {
        const struct ikw_pattern *p = &plan->rule->patterns[plan->positive[i]];
        size_t n = nfacts_of(e, p->type);
        if (n == 0)
            return -1;
        if (plan->orders[i].steps[0].probe.mask && n > SCAN_AT_MOST)
            n /= 8;
        if (n < least) {
            least = n;
            best = (int)i;
        }
    }
    return best;
}

void ikw_join_run(struct ikw_engine *e, const struct sweep *s)
{
    int first = s->delta >= 0 ? s->delta : fewest(e, s->plan);
    if (first < 0)
        return;
    struct join j;
    j.e = e;
    j.sweep = s;
    j.plan = s->plan;
    j.source = IKW_SOURCE_LOCAL;
    memset(j.facts, 0, s->plan->rule->npatterns * sizeof j.facts[0]);
    memset(j.vars, 0, s->plan->rule->nvars * sizeof j.vars[0]);
    j.order = &s->plan->orders[first];
    run_order(&j);
}
