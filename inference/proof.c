/*
 * A second opinion. A derivation is checked against the rule as written and
 * the facts as they are, by exhaustive search where the engine uses indexes
 * and plans; nothing of the join is used here, on purpose: an error would
 * have to be made twice to stay unseen. Everything a derivation stands on is
 * checked with it; heights fall at every step, so this ends.
 */
#include "inference/internal.h"

#include <stdlib.h>

struct check_run {
    const struct ikw_engine *e;
    struct ikw_buf *why_not;
    const struct ikw_derivation *d; /* in hand */
    enum ikw_source source;
    struct ikw_value vars[MAX_VARS];
    const struct ikw_derivation **todo;
    size_t ntodo, todo_cap;
    bool *seen; /* by derived fact */
};

/* ---- complaints -------------------------------------------------------- */

static bool wrong(struct check_run *c, size_t pattern, const char *what)
{
    if (!c->why_not)
        return false;
    ikw_buf_clear(c->why_not);
    ikw_buf_addf(c->why_not, "rule '%s'", c->d->rule->id);
    if (pattern < c->d->rule->npatterns)
        ikw_buf_addf(c->why_not, ", condition %zu (%s)", pattern + 1,
                     c->d->rule->patterns[pattern].type->name);
    ikw_buf_addf(c->why_not, ": %s", what);
    return false;
}

enum { CONCLUSION = 1000000 }; /* no pattern */

/* ---- values ------------------------------------------------------------ */

static struct ikw_value number(int64_t i)
{
    return (struct ikw_value){ .kind = IKW_INT, .u.i = i };
}

static bool stamped(const struct ikw_evidence *ev)
{
    return ev->t_ms != IKW_NO_TIME && !(ev->t_ms == 0 && ev->line == 0);
}

static struct ikw_value value_of(const struct ikw_fact *f, unsigned slot)
{
    struct ikw_value nil = { .kind = IKW_NIL };
    if (slot == IKW_PSEUDO_COUNT)
        return number(f->count);
    if (slot == IKW_PSEUDO_LINE)
        return f->first.line ? number(f->first.line) : nil;
    if (slot == IKW_PSEUDO_T)
        return stamped(&f->first) ? number(f->first.t_ms) : nil;
    if (slot == IKW_PSEUDO_LAST)
        return stamped(&f->last) ? number(f->last.t_ms) : nil;
    return slot < f->type->nslots ? f->slots[slot] : nil;
}

static bool among(const struct ikw_test *t, struct ikw_value v)
{
    bool is = false;
    for (size_t i = 0; i < t->nalts; i++)
        is |= ikw_value_cmp(t->alts[i], v) == 0;
    return is;
}

/* Unbound variables (NIL in `vars`) compare with nothing. */
static bool holds(const struct ikw_test *t, struct ikw_value v,
                  const struct ikw_value *vars)
{
    struct ikw_value o = { .kind = IKW_NIL };
    if (t->var >= 0)
        o = vars[t->var];
    else if (t->nalts)
        o = t->alts[0];
    bool both = v.kind != IKW_NIL && o.kind != IKW_NIL;
    bool ints = v.kind == IKW_INT && o.kind == IKW_INT;
    int order = both ? ikw_value_cmp(v, o) : 0;
    switch (t->op) {
    case IKW_TEST_EQ:
        return v.kind != IKW_NIL && among(t, v);
    case IKW_TEST_NE:
        return v.kind == IKW_NIL || !among(t, v);
    case IKW_TEST_VAR_EQ:
        return both && order == 0;
    case IKW_TEST_VAR_NE:
        return o.kind != IKW_NIL && (v.kind == IKW_NIL || order != 0);
    case IKW_TEST_LT:
        return ints && order < 0;
    case IKW_TEST_LE:
        return ints && order <= 0;
    case IKW_TEST_GT:
        return ints && order > 0;
    case IKW_TEST_GE:
        return ints && order >= 0;
    case IKW_TEST_SET:
        return v.kind != IKW_NIL;
    case IKW_TEST_UNSET:
        return v.kind == IKW_NIL;
    }
    return false;
}

/* ---- time -------------------------------------------------------------- */

/* 1: `a` is after `b`; 0: it is not. */
static bool is_after(const struct ikw_fact *fa, const struct ikw_evidence *a,
                     const struct ikw_fact *fb, const struct ikw_evidence *b,
                     int64_t within)
{
    bool clock = stamped(a) && stamped(b);
    bool one_log = fa->source == fb->source;
    bool lines =
        a->line && b->line &&
        (a->file > b->file || (a->file == b->file && a->line > b->line));
    if (!clock)
        return one_log && lines;
    if (a->t_ms == b->t_ms)
        return one_log ? lines : true;
    return a->t_ms > b->t_ms && (within < 0 || a->t_ms - b->t_ms <= within);
}

static bool sighting_in_window(const struct check_run *c,
                               const struct ikw_pattern *p,
                               const struct ikw_fact *f,
                               const struct ikw_evidence *at)
{
    const struct ikw_fact *a = p->after >= 0 ? c->d->facts[p->after] : NULL;
    const struct ikw_fact *b = p->before >= 0 ? c->d->facts[p->before] : NULL;
    if ((p->after >= 0 && !a) || (p->before >= 0 && !b))
        return false;
    return (!a || is_after(f, at, a, &a->first, p->within_ms)) &&
           (!b || is_after(b, &b->first, f, at, p->within_ms));
}

static bool in_window(const struct check_run *c, const struct ikw_pattern *p,
                      const struct ikw_fact *f)
{
    return sighting_in_window(c, p, f, &f->first) ||
           sighting_in_window(c, p, f, &f->last);
}

/* ---- absences and counts ----------------------------------------------- */

static bool source_fits(const struct check_run *c, const struct ikw_pattern *p,
                        enum ikw_source s)
{
    return p->from == IKW_FROM_ANY ||
           (p->from == IKW_FROM_SAME) == (s == c->source);
}

static bool matches(const struct check_run *c, const struct ikw_pattern *p,
                    const struct ikw_fact *f)
{
    struct ikw_value vars[MAX_VARS];
    memcpy(vars, c->vars, sizeof vars);
    if (f->type != p->type || !source_fits(c, p, f->source))
        return false;
    for (size_t i = 0; i < p->ntests; i++) { /* its own variables */
        const struct ikw_test *t = &p->tests[i];
        if (t->op == IKW_TEST_VAR_EQ && vars[t->var].kind == IKW_NIL)
            vars[t->var] = value_of(f, t->slot);
    }
    for (size_t i = 0; i < p->ntests; i++)
        if (!holds(&p->tests[i], value_of(f, p->tests[i].slot), vars))
            return false;
    return in_window(c, p, f);
}

static size_t nfacts(const struct ikw_engine *e)
{
    return e->fs->nfacts + e->nderived;
}

static const struct ikw_fact *fact_at(const struct ikw_engine *e, size_t i)
{
    return i < e->fs->nfacts ? e->fs->facts[i]
                             : &e->derived[i - e->fs->nfacts]->fact;
}

static int64_t sum_of(const struct check_run *c, const struct ikw_pattern *p)
{
    int64_t sum = 0;
    for (size_t i = 0; i < nfacts(c->e); i++)
        if (matches(c, p, fact_at(c->e, i)))
            sum += fact_at(c->e, i)->count;
    return sum;
}

/* The end, or without `after` the start, of the window is in the log. */
static bool covered(const struct check_run *c, const struct ikw_pattern *p,
                    const struct ikw_visibility *see)
{
    const struct ikw_fact *a = p->after >= 0 ? c->d->facts[p->after] : NULL;
    const struct ikw_fact *b = p->before >= 0 ? c->d->facts[p->before] : NULL;
    int64_t w = p->within_ms;
    if (w < 0)
        return true;
    if (p->after >= 0) {
        if (!a || !stamped(&a->first) || see->to_ms == IKW_NO_TIME)
            return true;
        bool cut = b && stamped(&b->first) && see->to_ms >= b->first.t_ms;
        return cut || see->to_ms - a->first.t_ms >= w;
    }
    return !b || !stamped(&b->first) || see->from_ms == IKW_NO_TIME ||
           b->first.t_ms - see->from_ms >= w;
}

static bool would_show(const struct check_run *c, const struct ikw_pattern *p)
{
    const struct ikw_visibility *see = c->e->fs->see;
    bool both = p->from == IKW_FROM_ANY;
    for (int i = 0; i < 2; i++) {
        enum ikw_source s = i ? IKW_SOURCE_PEER : IKW_SOURCE_LOCAL;
        if (!source_fits(c, p, s))
            continue;
        if (both && !see[i].present && see[!i].present)
            continue;
        if (!see[i].present) {
            if (p->visible != IKW_LEVEL_NONE || p->from == IKW_FROM_OTHER)
                return false;
        } else if (see[i].level < p->visible || !covered(c, p, &see[i])) {
            return false;
        }
    }
    return true;
}

static bool check_neg(struct check_run *c, size_t i)
{
    const struct ikw_pattern *p = &c->d->rule->patterns[i];
    int64_t sum = sum_of(c, p);
    if (c->d->facts[i])
        return wrong(c, i, "an absence or count stands on no fact");
    if (p->absent && sum > 0)
        return wrong(c, i, "what should be absent is there");
    if (p->absent && !would_show(c, p))
        return wrong(c, i, "the log could not have shown it");
    if (!p->absent &&
        (sum < p->least_count || (p->most_count >= 0 && sum > p->most_count)))
        return wrong(c, i, "the count does not fit");
    return true;
}

/* ---- facts ------------------------------------------------------------- */

static bool is_neg(const struct ikw_pattern *p)
{
    return p->absent || p->least_count > 0 || p->most_count >= 0;
}

static bool exists(const struct ikw_engine *e, const struct ikw_fact *f)
{
    for (size_t i = 0; i < nfacts(e); i++)
        if (fact_at(e, i) == f)
            return true;
    return false;
}

static bool known(const struct check_run *c, const struct ikw_fact *f)
{
    const struct ikw_engine *e = c->e;
    size_t n = e->fs->nfacts;
    if (f->id >= 1 && f->id <= n && e->fs->facts[f->id - 1] == f)
        return true;
    if (f->id > n && f->id - n <= e->nderived &&
        &e->derived[f->id - n - 1]->fact == f)
        return true;
    return exists(e, f);
}

/* The variables, from the facts alone. */
static bool bind_vars(struct check_run *c)
{
    const struct ikw_rule *r = c->d->rule;
    memset(c->vars, 0, sizeof c->vars);
    for (size_t i = 0; i < r->npatterns; i++) {
        const struct ikw_pattern *p = &r->patterns[i];
        for (size_t k = 0; k < p->ntests && !is_neg(p); k++)
            if (p->tests[k].op == IKW_TEST_VAR_EQ &&
                c->vars[p->tests[k].var].kind == IKW_NIL)
                c->vars[p->tests[k].var] =
                    value_of(c->d->facts[i], p->tests[k].slot);
    }
    for (size_t v = 0; v < r->nvars; v++)
        if (ikw_value_cmp(c->vars[v], c->d->vars[v]) != 0)
            return wrong(c, CONCLUSION, "a variable has another value");
    return true;
}

static bool check_positive(struct check_run *c, size_t i)
{
    const struct ikw_pattern *p = &c->d->rule->patterns[i];
    const struct ikw_fact *f = c->d->facts[i];
    for (size_t k = 0; k < p->ntests; k++)
        if (!holds(&p->tests[k], value_of(f, p->tests[k].slot), c->vars))
            return wrong(c, i, "a slot does not fit");
    if (!in_window(c, p, f))
        return wrong(c, i, "it lies outside the window");
    return true;
}

/* Facts where facts must be, known ones, of the right type and source. */
static bool check_shape(struct check_run *c)
{
    const struct ikw_rule *r = c->d->rule;
    bool first = true;
    for (size_t i = 0; i < r->npatterns; i++) {
        const struct ikw_pattern *p = &r->patterns[i];
        const struct ikw_fact *f = c->d->facts[i];
        if (is_neg(p))
            continue;
        if (!f || !known(c, f))
            return wrong(c, i, "no such fact");
        if (f->type != p->type)
            return wrong(c, i, "a fact of another type");
        if (first)
            c->source = f->source;
        else if (!source_fits(c, p, f->source))
            return wrong(c, i, "a fact of the wrong source");
        first = false;
    }
    return true;
}

static bool push(struct check_run *c, const struct ikw_fact *f)
{
    const struct ikw_derivation *d = ikw_engine_why(c->e, f);
    if (!d || c->seen[f->id - c->e->fs->nfacts - 1])
        return true;
    c->seen[f->id - c->e->fs->nfacts - 1] = true;
    IKW_GROW(c->todo, c->todo_cap, c->ntodo + 1);
    c->todo[c->ntodo++] = d;
    return true;
}

static bool check_height(struct check_run *c)
{
    uint32_t h = 0;
    for (size_t i = 0; i < c->d->rule->npatterns; i++) {
        const struct ikw_fact *f = c->d->facts[i];
        const struct ikw_derivation *d = f ? ikw_engine_why(c->e, f) : NULL;
        if (d && d->height > h)
            h = d->height;
        if (f)
            push(c, f);
    }
    return c->d->height == h + 1 ||
           wrong(c, CONCLUSION, "the height is not that of its supports");
}

/* ---- conclusions ------------------------------------------------------- */

static bool concludes(const struct check_run *c, const struct ikw_then *t,
                      const struct ikw_fact *f)
{
    struct ikw_value want[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    if (f->type != t->type || f->source != c->source)
        return false;
    for (size_t i = 0; i < t->nslots; i++) {
        const struct ikw_then_slot *s = &t->slots[i];
        if (s->var >= 0)
            want[s->slot] = c->vars[s->var];
        else if (s->pattern < 0)
            want[s->slot] = s->value;
        else if (c->d->facts[s->pattern])
            want[s->slot] = value_of(c->d->facts[s->pattern], s->pseudo);
    }
    for (size_t i = 0; i < f->type->nslots; i++)
        if (ikw_value_cmp(want[i], f->slots[i]) != 0)
            return false;
    return true;
}

static bool check_derived(struct check_run *c, const struct ikw_then *t)
{
    for (size_t i = 0; i < nfacts(c->e); i++) {
        const struct ikw_fact *f = fact_at(c->e, i);
        if (!concludes(c, t, f))
            continue;
        const struct ikw_derivation *d = ikw_engine_why(c->e, f);
        return !d || d->height <= c->d->height ||
               wrong(c, CONCLUSION, "a lower derivation was overlooked");
    }
    return wrong(c, CONCLUSION, "the conclusion is not among the facts");
}

static bool check_weight(struct check_run *c, const struct ikw_then *t)
{
    int64_t subject = 0;
    if (t->subject_var >= 0 && c->vars[t->subject_var].kind == IKW_INT)
        subject = c->vars[t->subject_var].u.i;
    for (size_t i = 0; i < c->e->nweights; i++) {
        const struct ikw_weight *w = &c->e->weights[i]->weight;
        bool group = w->group == t->group ||
                     (w->group && t->group && !strcmp(w->group, t->group));
        if (w->cause == t->cause && w->subject == subject &&
            w->kind == t->kind && w->db == t->db && group &&
            w->why->rule == c->d->rule)
            return true;
    }
    return wrong(c, CONCLUSION, "the weight is not among the weights");
}

static bool check_conclusion(struct check_run *c)
{
    const struct ikw_rule *r = c->d->rule;
    if (c->d->then >= r->nthens)
        return wrong(c, CONCLUSION, "no such conclusion");
    const struct ikw_then *t = &r->thens[c->d->then];
    return t->kind == IKW_THEN_DERIVE ? check_derived(c, t)
                                      : check_weight(c, t);
}

/* ---- steps ------------------------------------------------------------- */

static bool check_step(struct check_run *c)
{
    const struct ikw_rule *r = c->d->rule;
    if (r->npatterns > MAX_PATTERNS || r->nvars > MAX_VARS)
        return wrong(c, CONCLUSION, "the rule is too big");
    if (!check_shape(c) || !bind_vars(c))
        return false;
    for (size_t i = 0; i < r->npatterns; i++)
        if (!(is_neg(&r->patterns[i]) ? check_neg(c, i) : check_positive(c, i)))
            return false;
    return check_height(c) && check_conclusion(c);
}

bool ikw_proof_check(const struct ikw_engine *e, const struct ikw_derivation *d,
                     struct ikw_buf *why_not)
{
    struct check_run c = { .e = e, .why_not = why_not };
    bool ok = true;
    c.seen = ikw_xcalloc(e->nderived, sizeof *c.seen);
    IKW_GROW(c.todo, c.todo_cap, 1);
    c.todo[c.ntodo++] = d;
    while (ok && c.ntodo > 0) {
        c.d = c.todo[--c.ntodo];
        ok = check_step(&c);
    }
    free(c.todo);
    free(c.seen);
    return ok;
}
