/*
 * One fact against one test, and against a window of time. Shared by the
 * join, by absences and by why-not; not by proof.c, which has its own.
 */
#include "inference/internal.h"

int64_t ikw_match_time(const struct ikw_evidence *ev)
{
    if (ev->line == 0 && ev->t_ms == 0)
        return IKW_NO_TIME; /* no evidence at all */
    return ev->t_ms;
}

static struct ikw_value known_int(bool known, int64_t i)
{
    struct ikw_value v = { .kind = IKW_NIL };
    if (known) {
        v.kind = IKW_INT;
        v.u.i = i;
    }
    return v;
}

struct ikw_value ikw_match_pseudo(const struct ikw_fact *f, unsigned slot)
{
    int64_t t;
    switch (slot) {
    case IKW_PSEUDO_T:
        t = ikw_match_time(&f->first);
        return known_int(t != IKW_NO_TIME, t);
    case IKW_PSEUDO_LAST:
        t = ikw_match_time(&f->last);
        return known_int(t != IKW_NO_TIME, t);
    case IKW_PSEUDO_COUNT:
        return known_int(true, f->count);
    case IKW_PSEUDO_LINE:
        return known_int(f->first.line != 0, f->first.line);
    default:
        return known_int(false, 0);
    }
}

static bool one_of(const struct ikw_test *t, const struct ikw_value *v)
{
    for (size_t i = 0; i < t->nalts; i++)
        if (same_value(&t->alts[i], v))
            return true;
    return false;
}

static bool compares(const struct ikw_test *t, const struct ikw_value *v,
                     const struct ikw_value *vars)
{
    const struct ikw_value *o = t->var >= 0    ? &vars[t->var]
                                : t->nalts > 0 ? &t->alts[0]
                                               : NULL;
    if (!o || v->kind != IKW_INT || o->kind != IKW_INT)
        return false;
    if (t->op == IKW_TEST_LT)
        return v->u.i < o->u.i;
    if (t->op == IKW_TEST_LE)
        return v->u.i <= o->u.i;
    if (t->op == IKW_TEST_GT)
        return v->u.i > o->u.i;
    return v->u.i >= o->u.i;
}

bool ikw_match_test(const struct ikw_test *t, struct ikw_value v,
                    const struct ikw_value *vars)
{
    switch (t->op) {
    case IKW_TEST_EQ:
        return v.kind != IKW_NIL && one_of(t, &v);
    case IKW_TEST_NE:
        return v.kind == IKW_NIL || !one_of(t, &v);
    case IKW_TEST_VAR_EQ:
        return v.kind != IKW_NIL && same_value(&v, &vars[t->var]);
    case IKW_TEST_VAR_NE:
        return vars[t->var].kind != IKW_NIL && !same_value(&v, &vars[t->var]);
    case IKW_TEST_SET:
        return v.kind != IKW_NIL;
    case IKW_TEST_UNSET:
        return v.kind == IKW_NIL;
    case IKW_TEST_LT:
    case IKW_TEST_LE:
    case IKW_TEST_GT:
    case IKW_TEST_GE:
        return compares(t, &v, vars);
    default:
        return false;
    }
}

/* One sighting of a fact. */
struct point {
    int64_t t;
    enum ikw_source source;
    const struct ikw_evidence *ev;
};

static struct point point_of(const struct ikw_fact *f,
                             const struct ikw_evidence *ev)
{
    return (struct point){ ikw_match_time(ev), f->source, ev };
}

/* File order; a line of 0 is nowhere. */
static bool later_line(const struct point *a, const struct point *b)
{
    if (a->ev->line == 0 || b->ev->line == 0)
        return false;
    if (a->ev->file != b->ev->file)
        return a->ev->file > b->ev->file;
    return a->ev->line > b->ev->line;
}

/* Is `a` after `b`, and by no more than `within_ms`? Logs of two sources
 * have no common order of lines: the same instant is both before and after.
 */
static bool follows(const struct point *a, const struct point *b,
                    int64_t within_ms)
{
    if (a->t == IKW_NO_TIME || b->t == IKW_NO_TIME)
        return a->source == b->source && later_line(a, b);
    if (a->t == b->t)
        return a->source != b->source || later_line(a, b);
    return a->t > b->t && (within_ms < 0 || (uint64_t)a->t - (uint64_t)b->t <=
                                                (uint64_t)within_ms);
}

static bool point_fits(const struct ikw_pattern *p, struct point at,
                       const struct ikw_fact *const *facts)
{
    if (p->after >= 0) {
        const struct ikw_fact *u = facts[p->after];
        struct point from = point_of(u, &u->first);
        if (!follows(&at, &from, p->within_ms))
            return false;
    }
    if (p->before >= 0) {
        const struct ikw_fact *u = facts[p->before];
        struct point to = point_of(u, &u->first);
        if (!follows(&to, &at, p->within_ms))
            return false;
    }
    return true;
}

bool ikw_match_window(const struct ikw_pattern *p, const struct ikw_fact *f,
                      const struct ikw_fact *const *facts)
{
    if (p->after < 0 && p->before < 0)
        return true;
    if ((p->after >= 0 && !facts[p->after]) ||
        (p->before >= 0 && !facts[p->before]))
        return false;
    return point_fits(p, point_of(f, &f->first), facts) ||
           point_fits(p, point_of(f, &f->last), facts);
}
