/*
 * A condition of a rule in the words of its fact type: the slots it asks for
 * are filled with what it asks, the rest is left out. What the words cannot
 * hold is added behind them.
 */
#include "inference/verdict.h"

#include <inttypes.h>

static const char *const signs[] = {
    [IKW_TEST_NE] = "not",    [IKW_TEST_VAR_NE] = "not",
    [IKW_TEST_LT] = "below",  [IKW_TEST_LE] = "at most",
    [IKW_TEST_GT] = "above",  [IKW_TEST_GE] = "at least",
    [IKW_TEST_SET] = "known", [IKW_TEST_UNSET] = "unknown",
};

static const char *slot_name(const struct ikw_type *type, unsigned slot)
{
    static const char *const pseudo[] = { "time", "last time", "count",
                                          "line" };
    if (slot < type->nslots)
        return type->slots[slot].name;
    return slot >= IKW_PSEUDO_T && slot <= IKW_PSEUDO_LINE
               ? pseudo[slot - IKW_PSEUDO_T]
               : "";
}

static void add_value(struct ikw_buf *out, struct ikw_value v)
{
    if (v.kind == IKW_INT)
        ikw_buf_addf(out, "%" PRId64, v.u.i);
    else if (v.kind == IKW_STR)
        ikw_buf_add(out, v.u.str, v.len);
}

static void add_alts(struct ikw_buf *out, const struct ikw_test *t)
{
    for (size_t i = 0; i < t->nalts; i++) {
        ikw_buf_adds(out, i ? " or " : "");
        add_value(out, t->alts[i]);
    }
}

static bool is_id(const struct ikw_type *type, unsigned slot)
{
    return slot < type->nslots && type->slots[slot].kind == IKW_SLOT_ID;
}

static struct ikw_value bound(const struct ikw_test *t,
                              const struct ikw_derivation *d)
{
    struct ikw_value nil = { .kind = IKW_NIL };
    return t->var >= 0 && d && d->vars ? d->vars[t->var] : nil;
}

/* What the test asks the slot to be; NIL if that is no one value. */
static struct ikw_value asked(const struct ikw_test *t,
                              const struct ikw_derivation *d,
                              struct ikw_arena *a)
{
    struct ikw_value nil = { .kind = IKW_NIL };
    if (t->op == IKW_TEST_VAR_EQ)
        return bound(t, d);
    if (t->op != IKW_TEST_EQ)
        return nil;
    if (t->nalts == 1)
        return t->alts[0];
    struct ikw_buf b = { 0 };
    add_alts(&b, t);
    const char *s = ikw_arena_strndup(a, ikw_buf_str(&b), b.len);
    ikw_buf_release(&b);
    return ikw_value_str(s);
}

static void add_rest(const struct ikw_type *type, const struct ikw_test *t,
                     const struct ikw_derivation *d, struct ikw_buf *out)
{
    struct ikw_value v = bound(t, d);
    if (is_id(type, t->slot) || t->op == IKW_TEST_EQ ||
        t->op == IKW_TEST_VAR_EQ || (t->var >= 0 && v.kind == IKW_NIL))
        return;
    ikw_buf_addf(out, "%s%s %s ", out->len ? ", " : "",
                 slot_name(type, t->slot), signs[t->op]);
    if (t->var >= 0)
        add_value(out, v);
    else
        add_alts(out, t);
    while (out->len && out->ptr[out->len - 1] == ' ')
        out->ptr[--out->len] = '\0';
}

static void add_count(const struct ikw_pattern *p, struct ikw_buf *out)
{
    if (p->absent || (p->least_count <= 0 && p->most_count < 0))
        return;
    if (p->least_count > 0)
        ikw_buf_addf(out, ", at least %" PRId64 " times", p->least_count);
    if (p->most_count >= 0)
        ikw_buf_addf(out, ", at most %" PRId64 " times", p->most_count);
}

void ikw_pattern_says(const struct ikw_rule *rule, size_t pattern,
                      const struct ikw_derivation *d, struct ikw_buf *out)
{
    const struct ikw_pattern *p = &rule->patterns[pattern];
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    struct ikw_arena scratch = { 0 };
    struct ikw_buf rest = { 0 };
    for (size_t i = 0; i < p->ntests; i++) {
        const struct ikw_test *t = &p->tests[i];
        if (t->slot < p->type->nslots && !is_id(p->type, t->slot) &&
            slots[t->slot].kind == IKW_NIL)
            slots[t->slot] = asked(t, d, &scratch);
        add_rest(p->type, t, d, &rest);
    }
    ikw_slots_words(p->type, slots, "any", out);
    if (rest.len)
        ikw_buf_addf(out, " (%s)", rest.ptr);
    add_count(p, out);
    if (p->from == IKW_FROM_OTHER)
        ikw_buf_adds(out, ", in the other side's log");
    ikw_buf_release(&rest);
    ikw_arena_release(&scratch);
}
