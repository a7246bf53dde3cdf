/*
 * Absences and counts. An absence is evidence only where presence would
 * have shown: if the level of this log or its reach hides the window, the
 * answer is UNKNOWN, which neither fires nor refutes a rule.
 */
#include "inference/internal.h"

static bool in_sources(const struct ikw_pattern *p, enum ikw_source of_rule,
                       enum ikw_source s)
{
    switch (p->from) {
    case IKW_FROM_OTHER:
        return s != of_rule;
    case IKW_FROM_ANY:
        return true;
    case IKW_FROM_SAME:
    default:
        return s == of_rule;
    }
}

/* Variables that occur only in this pattern are bound for one fact. */
static bool checks_hold(const struct probe *p, struct ikw_value *vars,
                        const struct ikw_fact *f)
{
    for (size_t i = 0; i < p->nchecks; i++) {
        const struct ikw_test *t = p->checks[i].test;
        struct ikw_value v = ikw_match_slot(f, t->slot);
        if (p->checks[i].bind && v.kind != IKW_NIL)
            vars[t->var] = v;
        else if (p->checks[i].bind || !ikw_match_test(t, v, vars))
            return false;
    }
    return true;
}

static void forget_locals(const struct probe *p, struct ikw_value *vars)
{
    for (size_t i = 0; i < p->nchecks; i++)
        if (p->checks[i].bind)
            vars[p->checks[i].test->var].kind = IKW_NIL;
}

static bool matches(const struct probe *p, struct ikw_value *vars,
                    const struct ikw_fact *const *facts,
                    const struct ikw_fact *f)
{
    bool ok = true;
    for (size_t i = 0; ok && i < p->nkeys; i++)
        ok = ikw_match_test(p->keys[i], ikw_match_slot(f, p->keys[i]->slot),
                            vars);
    ok = ok && checks_hold(p, vars, f);
    forget_locals(p, vars);
    return ok && (!p->windowed || ikw_match_window(p->pattern, f, facts));
}

/* ---- what the log could show ------------------------------------------- */

static int64_t time_of(const struct ikw_fact *const *facts, int anchor)
{
    if (anchor < 0 || !facts[anchor])
        return IKW_NO_TIME;
    return ikw_match_time(&facts[anchor]->first);
}

static bool reaches(const struct ikw_visibility *see,
                    const struct ikw_pattern *p,
                    const struct ikw_fact *const *facts)
{
    int64_t after = time_of(facts, p->after);
    int64_t before = time_of(facts, p->before);
    int64_t within = p->within_ms;
    if (within < 0)
        return true; /* as far as the log goes */
    if (p->after >= 0) {
        if (after == IKW_NO_TIME || see->to_ms == IKW_NO_TIME ||
            after > INT64_MAX - within)
            return true; /* no times: order alone decides */
        int64_t end = after + within;
        if (before != IKW_NO_TIME && before < end)
            end = before;
        return see->to_ms >= end;
    }
    if (before == IKW_NO_TIME || see->from_ms == IKW_NO_TIME ||
        before < INT64_MIN + within)
        return true;
    return see->from_ms <= before - within;
}

static void look(struct sight *s, const struct ikw_visibility *see,
                 const struct ikw_pattern *p,
                 const struct ikw_fact *const *facts)
{
    if (!see->present) {
        s->log =
            s->log && p->visible == IKW_LEVEL_NONE && p->from != IKW_FROM_OTHER;
        return;
    }
    s->level = s->level && see->level >= p->visible;
    s->window = s->window && reaches(see, p, facts);
}

struct sight ikw_neg_sight(const struct ikw_engine *e,
                           const struct ikw_pattern *p,
                           const struct ikw_fact *const *facts,
                           enum ikw_source source)
{
    struct sight s = { true, true, true };
    const struct ikw_visibility *see = e->fs->see;
    bool some = see[0].present || see[1].present;
    for (int i = 0; i < 2; i++) {
        enum ikw_source src = i ? IKW_SOURCE_PEER : IKW_SOURCE_LOCAL;
        if (!in_sources(p, source, src))
            continue;
        if (p->from == IKW_FROM_ANY && some && !see[i].present)
            continue; /* the log that is there answers */
        look(&s, &see[i], p, facts);
    }
    return s;
}

/* ---- evaluation -------------------------------------------------------- */

static enum tri judge(const struct ikw_engine *e, const struct probe *p,
                      const struct ikw_fact *const *facts,
                      enum ikw_source source, int64_t sum)
{
    const struct ikw_pattern *pat = p->pattern;
    if (!pat->absent)
        return sum >= pat->least_count &&
                       (pat->most_count < 0 || sum <= pat->most_count)
                   ? HOLDS
                   : REFUTED;
    struct sight s = ikw_neg_sight(e, pat, facts, source);
    return s.level && s.window && s.log ? HOLDS : UNKNOWN;
}

/* Enough seen to know? */
static bool settled(const struct ikw_pattern *p, int64_t sum)
{
    if (p->absent)
        return true;
    return p->most_count < 0 ? sum >= p->least_count : sum > p->most_count;
}

enum tri ikw_neg_eval(struct ikw_engine *e, const struct probe *p,
                      struct ikw_value *vars,
                      const struct ikw_fact *const *facts,
                      enum ikw_source source, const struct ikw_fact **found)
{
    const struct ikw_pattern *pat = p->pattern;
    int64_t sum = 0;
    for (int i = 0; i < 2; i++) {
        enum ikw_source src = i ? IKW_SOURCE_PEER : IKW_SOURCE_LOCAL;
        struct relation *r = relation_of(e, pat->type, src);
        const struct ikw_fact *f;
        struct cursor c;
        if (r->n == 0 || !in_sources(pat, source, src))
            continue;
        ikw_relation_seek(r, p, vars, facts, &c);
        while ((f = cursor_next(&c))) {
            e->steps++;
            if (!matches(p, vars, facts, f))
                continue;
            sum += f->count;
            if (found)
                *found = f;
            if (pat->absent)
                return REFUTED;
            if (settled(pat, sum))
                return judge(e, p, facts, source, sum);
        }
    }
    return judge(e, p, facts, source, sum);
}
