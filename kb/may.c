/*
 * Whether a conclusion of a rule, or a fact of a message, can ever match a
 * pattern. Constants decide; a variable or a capture may be anything. The
 * answer errs on the side of yes.
 */
#include "kb/internal.h"

/* What is known beforehand of one slot of a fact. */
struct content {
    bool set, known; /* set: not NIL; known: it is `value` */
    struct ikw_value value;
};

static bool one_of(const struct ikw_test *t, struct ikw_value v)
{
    for (size_t i = 0; i < t->nalts; i++)
        if (ikw_value_eq(t->alts[i], v))
            return true;
    return false;
}

static bool in_order(const struct ikw_test *t, struct ikw_value v)
{
    if (v.kind != IKW_INT)
        return false;
    if (!t->nalts)
        return true; /* against a variable */
    int64_t c = t->alts[0].u.i;
    return t->op == IKW_TEST_LT   ? v.u.i < c
           : t->op == IKW_TEST_LE ? v.u.i <= c
           : t->op == IKW_TEST_GT ? v.u.i > c
                                  : v.u.i >= c;
}

static bool may_pass(const struct ikw_test *t, struct content c)
{
    switch (t->op) {
    case IKW_TEST_EQ:
        return c.set && (!c.known || one_of(t, c.value));
    case IKW_TEST_NE:
        return !c.known || !one_of(t, c.value);
    case IKW_TEST_VAR_EQ:
    case IKW_TEST_SET:
        return c.set;
    case IKW_TEST_UNSET:
        return !c.known;
    case IKW_TEST_VAR_NE:
        return true;
    case IKW_TEST_LT:
    case IKW_TEST_LE:
    case IKW_TEST_GT:
    case IKW_TEST_GE:
    default:
        return c.set && (!c.known || in_order(t, c.value));
    }
}

/* ---- conclusions ------------------------------------------------------- */

static struct content derived(const struct ikw_then *d, unsigned slot)
{
    for (size_t i = 0; i < d->nslots; i++)
        if (d->slots[i].slot == slot)
            return (struct content){
                .set = true,
                .known = d->slots[i].var < 0 && d->slots[i].pattern < 0,
                .value = d->slots[i].value,
            };
    return (struct content){ 0 };
}

bool ikw_may_derive(const struct ikw_then *d, const struct ikw_pattern *p)
{
    if (d->kind != IKW_THEN_DERIVE || d->type != p->type)
        return false;
    for (size_t i = 0; i < p->ntests; i++)
        if (p->tests[i].slot < IKW_PSEUDO_T &&
            !may_pass(&p->tests[i], derived(d, p->tests[i].slot)))
            return false;
    return true;
}

/* ---- facts of messages ------------------------------------------------- */

static struct content emitted(const struct ikw_emit *e, unsigned slot)
{
    struct content c = { .set = (int)slot == e->type->negotiation };
    for (size_t i = 0; i < e->nslots; i++) {
        const struct ikw_expr *v = &e->slots[i].value;
        if (e->slots[i].slot != slot)
            continue;
        c.set = true;
        c.known = v->nparts == 1 && !v->parts[0].capture;
        if (!c.known)
            return c;
        int64_t n;
        bool text = e->type->slots[slot].kind == IKW_SLOT_TEXT ||
                    e->type->slots[slot].kind == IKW_SLOT_WORD;
        if (text)
            c.value = ikw_value_str(v->parts[0].text);
        else if (ikw_slice_int(ikw_slice_of(v->parts[0].text), &n))
            c.value = ikw_value_int(n);
        else
            c.known = false;
    }
    return c;
}

bool ikw_may_emit(const struct ikw_emit *e, const struct ikw_pattern *p)
{
    if (e->type != p->type)
        return false;
    for (size_t i = 0; i < p->ntests; i++)
        if (p->tests[i].slot < IKW_PSEUDO_T &&
            !may_pass(&p->tests[i], emitted(e, p->tests[i].slot)))
            return false;
    return true;
}
