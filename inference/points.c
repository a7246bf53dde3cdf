#include "inference/points.h"

#include <stdlib.h>
#include <string.h>

enum { GATE_DB = 100, HOPS = 3, REACHED_MAX = 256 };

/* ---- may it be the same fact? ------------------------------------------- */

static bool among(const struct ikw_test *t, struct ikw_value v)
{
    for (size_t i = 0; i < t->nalts; i++)
        if (ikw_value_eq(t->alts[i], v))
            return true;
    return false;
}

/* A constant against a test; what is not constant may be anything. */
static bool allows(const struct ikw_test *t, struct ikw_value v)
{
    if (t->op == IKW_TEST_EQ)
        return among(t, v);
    if (t->op == IKW_TEST_NE)
        return !among(t, v);
    return t->op != IKW_TEST_UNSET;
}

/* A constant number in text of XML compares as a number. */
static struct ikw_value constant(const struct ikw_type *type, unsigned slot,
                                 const char *text)
{
    int64_t n;
    bool number = type->slots[slot].kind != IKW_SLOT_TEXT &&
                  type->slots[slot].kind != IKW_SLOT_WORD;
    if (number && ikw_slice_int(ikw_slice_of(text), &n))
        return ikw_value_int(n);
    return ikw_value_str(text);
}

bool ikw_emit_fits(const struct ikw_emit *e, const struct ikw_pattern *p)
{
    if (e->type != p->type || p->absent)
        return false;
    for (size_t i = 0; i < p->ntests; i++) {
        const struct ikw_test *t = &p->tests[i];
        bool set = t->slot >= e->type->nslots ||
                   (int)t->slot == e->type->negotiation ||
                   t->op == IKW_TEST_NE || t->op == IKW_TEST_UNSET ||
                   t->op == IKW_TEST_VAR_NE;
        for (size_t k = 0; k < e->nslots; k++) {
            const struct ikw_expr *x = &e->slots[k].value;
            if (e->slots[k].slot != t->slot)
                continue;
            set = true;
            if (x->nparts == 1 && !x->parts[0].capture &&
                !allows(t, constant(e->type, t->slot, x->parts[0].text)))
                return false;
        }
        if (!set && !e->type->made_by)
            return false; /* asks for what this line never tells */
    }
    return true;
}

bool ikw_then_fits(const struct ikw_then *t, const struct ikw_pattern *p)
{
    if (t->kind != IKW_THEN_DERIVE || t->type != p->type || p->absent)
        return false;
    for (size_t i = 0; i < p->ntests; i++)
        for (size_t k = 0; k < t->nslots; k++)
            if (t->slots[k].slot == p->tests[i].slot && t->slots[k].var < 0 &&
                t->slots[k].pattern < 0 &&
                !allows(&p->tests[i], t->slots[k].value))
                return false;
    return true;
}

/* ---- rules reached ------------------------------------------------------ */

struct reach {
    const struct ikw_kb *kb;
    bool *seen; /* by rule index */
    const struct ikw_rule *rules[REACHED_MAX];
    unsigned hop[REACHED_MAX];
    size_t n;
};

static void reach(struct reach *r, const struct ikw_rule *rule, unsigned hop)
{
    if (r->seen[rule->index] || r->n == REACHED_MAX)
        return;
    r->seen[rule->index] = true;
    r->rules[r->n] = rule;
    r->hop[r->n++] = hop;
}

static bool reads_emit(const struct ikw_rule *rule, const struct ikw_message *m)
{
    for (size_t i = 0; i < rule->npatterns; i++)
        for (size_t k = 0; k < m->nemits; k++)
            if (ikw_emit_fits(&m->emits[k], &rule->patterns[i]))
                return true;
    return false;
}

/* That there is a problem says nothing of its cause: such conclusions lead
 * everywhere and are not followed. */
static bool reads_then(const struct ikw_rule *rule, const struct ikw_rule *from)
{
    for (size_t i = 0; i < rule->npatterns; i++)
        for (size_t k = 0; k < from->nthens; k++)
            if (from->thens[k].kind == IKW_THEN_DERIVE &&
                !from->thens[k].type->read_by &&
                ikw_then_fits(&from->thens[k], &rule->patterns[i]))
                return true;
    return false;
}

static void reach_all(struct reach *r, const struct ikw_message *m)
{
    for (size_t i = 0; i < r->kb->nrules; i++)
        if (reads_emit(r->kb->rules[i], m))
            reach(r, r->kb->rules[i], 1);
    for (size_t at = 0; at < r->n; at++)
        for (size_t i = 0; r->hop[at] < HOPS && i < r->kb->nrules; i++)
            if (reads_then(r->kb->rules[i], r->rules[at]))
                reach(r, r->kb->rules[i], r->hop[at] + 1);
}

/* ---- causes ------------------------------------------------------------- */

static int strength(const struct ikw_then *t)
{
    if (t->kind == IKW_THEN_SUFFICE)
        return GATE_DB;
    return t->kind == IKW_THEN_WEIGH ? t->db : 0;
}

static size_t put(struct ikw_pointer *out, size_t n, struct ikw_pointer p)
{
    for (size_t i = 0; i < n; i++) {
        if (out[i].cause != p.cause)
            continue;
        if (out[i].rule && p.db > out[i].db)
            out[i] = p;
        return n;
    }
    if (n == IKW_POINTERS_MAX)
        return n;
    out[n] = p;
    return n + 1;
}

static int stronger(const void *x, const void *y)
{
    const struct ikw_pointer *a = x, *b = y;
    if (!a->rule != !b->rule)
        return a->rule ? 1 : -1;
    if (a->db != b->db)
        return a->db > b->db ? -1 : 1;
    return strcmp(a->cause->id, b->cause->id);
}

size_t ikw_message_points(const struct ikw_kb *kb, const struct ikw_message *m,
                          struct ikw_pointer out[IKW_POINTERS_MAX])
{
    struct reach r = { .kb = kb };
    size_t n = 0;
    r.seen = ikw_xcalloc(kb->nrules + 1, sizeof *r.seen);
    reach_all(&r, m);
    for (size_t i = 0; i < m->ncauses; i++) {
        const struct ikw_cause *c = ikw_kb_cause(kb, m->causes[i]);
        if (c)
            n = put(out, n, (struct ikw_pointer){ c, NULL, 0 });
    }
    for (size_t i = 0; i < r.n; i++)
        for (size_t k = 0; k < r.rules[i]->nthens; k++) {
            const struct ikw_then *t = &r.rules[i]->thens[k];
            if (t->cause && strength(t) > 0)
                n = put(
                    out, n,
                    (struct ikw_pointer){ t->cause, r.rules[i], strength(t) });
        }
    if (n)
        qsort(out, n, sizeof *out, stronger);
    free(r.seen);
    return n;
}
