/*
 * Tests of slots and the variables they bind. A fact of a rule binds a
 * variable by equality; absent and count patterns never bind it for others.
 */
#include "kb/internal.h"

#include <string.h>

enum { MAX_ALTS = 32 };

static bool is_number(const struct ikw_slot *s)
{
    return s->kind == IKW_SLOT_INT || s->kind == IKW_SLOT_TIME ||
           s->kind == IKW_SLOT_ID;
}

/* ---- variables --------------------------------------------------------- */

static int find_var(const struct ikw_rule_draft *d, struct ikw_slice name)
{
    for (size_t i = 0; i < d->nvars; i++)
        if (ikw_slice_is(name, d->vars[i].name))
            return (int)i;
    return -1;
}

static void set_kind(struct ikw_rule_draft *d, unsigned line, int v,
                     const struct ikw_slot *slot)
{
    struct ikw_draft_var *var = &d->vars[v];
    bool mixed = is_number(slot) ? var->text : var->number;
    if (mixed)
        ikw_load_fault(d->ld, line, IKW_DIAG_BAD_VALUE,
                       "?%s stands for a number and for a text", var->name);
    else if (is_number(slot))
        var->number = true;
    else
        var->text = true;
}

static bool var_name_ok(struct ikw_slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (strchr("?|!{}<>=. ", name.ptr[i]))
            return false;
    return name.len > 0;
}

int ikw_draft_var(struct ikw_rule_draft *d, unsigned line,
                  struct ikw_slice name, const struct ikw_slot *slot)
{
    int v = find_var(d, name);
    if (v < 0 && !var_name_ok(name)) {
        ikw_load_fault(d->ld, line, IKW_DIAG_BAD_VALUE,
                       "'?%.*s' is no name of a variable", (int)name.len,
                       name.ptr);
        return -1;
    }
    if (v < 0 && d->nvars == IKW_MAX_VARS) {
        ikw_load_fault(d->ld, line, IKW_DIAG_LIMIT,
                       "more than %d variables in a rule", IKW_MAX_VARS);
        return -1;
    }
    if (v < 0) {
        v = (int)d->nvars++;
        d->vars[v] = (struct ikw_draft_var){
            .name = ikw_arena_strndup(&d->ld->kb->arena, name.ptr, name.len),
        };
    }
    set_kind(d, line, v, slot);
    return v;
}

static bool is_fact(const struct ikw_pattern *p)
{
    return !p->absent && !p->least_count && p->most_count < 0;
}

static bool binds(const struct ikw_pattern *p, int var)
{
    for (size_t i = 0; i < p->ntests; i++)
        if (p->tests[i].op == IKW_TEST_VAR_EQ && p->tests[i].var == var)
            return true;
    return false;
}

/* Whether one of the first `n` patterns is a fact that binds `var`. */
static bool bound_by_fact(const struct ikw_rule *r, size_t n, int var)
{
    for (size_t i = 0; i < n; i++)
        if (is_fact(&r->patterns[i]) && binds(&r->patterns[i], var))
            return true;
    return false;
}

int ikw_draft_bound(struct ikw_rule_draft *d, unsigned line,
                    struct ikw_slice name, const struct ikw_slot *slot)
{
    int v = find_var(d, name);
    if (d->broken)
        return -1;
    if (v < 0 || !bound_by_fact(d->rule, d->rule->npatterns, v)) {
        ikw_load_fault(d->ld, line, IKW_DIAG_UNBOUND_VARIABLE,
                       "no <fact> of the rule binds ?%.*s", (int)name.len,
                       name.ptr);
        return -1;
    }
    if (slot)
        set_kind(d, line, v, slot);
    return v;
}

void ikw_draft_check_vars(struct ikw_rule_draft *d)
{
    const struct ikw_rule *r = d->rule;
    for (size_t i = 0; i < r->npatterns; i++) {
        const struct ikw_pattern *p = &r->patterns[i];
        size_t seen = is_fact(p) ? i : r->npatterns;
        for (size_t k = 0; k < p->ntests; k++) {
            const struct ikw_test *t = &p->tests[k];
            if (t->var < 0 || t->op == IKW_TEST_VAR_EQ || binds(p, t->var) ||
                bound_by_fact(r, seen, t->var))
                continue;
            ikw_load_fault(d->ld, p->pos.line, IKW_DIAG_UNBOUND_VARIABLE,
                           "?%s is compared and no <fact> before binds it",
                           d->vars[t->var].name);
        }
    }
}

/* ---- constants --------------------------------------------------------- */

static bool bad_word(struct ikw_loader *ld, const struct ikw_attr *at,
                     const struct ikw_slot *slot, struct ikw_slice text)
{
    return ikw_load_fault(ld, at->line, IKW_DIAG_UNKNOWN_WORD,
                          "%s=\"%.*s\" is none of: %s", at->name, (int)text.len,
                          text.ptr,
                          ikw_words_join(ld, slot->words, slot->nwords));
}

static bool bad_number(struct ikw_loader *ld, const struct ikw_attr *at,
                       struct ikw_slice text)
{
    return ikw_load_fault(ld, at->line, IKW_DIAG_BAD_VALUE,
                          "%s=\"%.*s\" is not a number", at->name,
                          (int)text.len, text.ptr);
}

bool ikw_load_constant(struct ikw_loader *ld, const struct ikw_attr *at,
                       const struct ikw_slot *slot, struct ikw_slice text,
                       struct ikw_value *out)
{
    int64_t n;
    const char *s = ikw_arena_strndup(&ld->kb->arena, text.ptr, text.len);
    if (is_number(slot)) {
        bool time = slot->kind == IKW_SLOT_TIME;
        if (!ikw_slice_int(text, &n) && !(time && ikw_duration_parse(s, &n)))
            return bad_number(ld, at, text);
        *out = ikw_value_int(n);
        return true;
    }
    if (!text.len)
        return ikw_load_fault(ld, at->line, IKW_DIAG_BAD_VALUE, "%s is empty",
                              at->name);
    *out = ikw_value_str(s);
    if (slot->kind != IKW_SLOT_WORD)
        return true;
    for (size_t i = 0; i < slot->nwords; i++)
        if (!strcmp(slot->words[i], s))
            return true;
    return bad_word(ld, at, slot, text);
}

/* ---- tests ------------------------------------------------------------- */

/* a|b|c */
static void parse_alts(struct ikw_rule_draft *d, const struct ikw_attr *at,
                       const struct ikw_slot *slot, struct ikw_slice text,
                       struct ikw_test *t)
{
    struct ikw_value alts[MAX_ALTS];
    size_t n = 0;
    for (bool more = true; more && n < MAX_ALTS;) {
        const char *bar = memchr(text.ptr, '|', text.len);
        size_t to = bar ? (size_t)(bar - text.ptr) : text.len;
        if (ikw_load_constant(d->ld, at, slot, ikw_slice_sub(text, 0, to),
                              &alts[n]))
            n++;
        text = ikw_slice_sub(text, to + 1, text.len);
        more = bar != NULL;
    }
    if (n == MAX_ALTS)
        ikw_load_fault(d->ld, at->line, IKW_DIAG_LIMIT,
                       "as many as %d alternatives", MAX_ALTS);
    t->alts = IKW_ARENA_ARRAY(&d->ld->kb->arena, struct ikw_value, n);
    memcpy(t->alts, alts, n * sizeof alts[0]);
    t->nalts = n;
}

static size_t parse_op(const char *v, enum ikw_test_op *op)
{
    static const struct {
        const char *text;
        enum ikw_test_op op;
    } ops[] = {
        { "<=", IKW_TEST_LE },     { ">=", IKW_TEST_GE },
        { "<", IKW_TEST_LT },      { ">", IKW_TEST_GT },
        { "!?", IKW_TEST_VAR_NE }, { "!", IKW_TEST_NE },
        { "?", IKW_TEST_VAR_EQ },
    };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (!strncmp(v, ops[i].text, strlen(ops[i].text))) {
            *op = ops[i].op;
            return strlen(ops[i].text);
        }
    *op = IKW_TEST_EQ;
    return 0;
}

static bool parse_order(struct ikw_rule_draft *d, const struct ikw_attr *at,
                        const struct ikw_slot *slot, struct ikw_slice text,
                        struct ikw_test *t)
{
    if (!is_number(slot))
        return ikw_load_fault(d->ld, at->line, IKW_DIAG_BAD_VALUE,
                              "slot '%s' is no number, it cannot be more or "
                              "less",
                              at->name);
    if (text.len && text.ptr[0] == '?') {
        t->var =
            ikw_draft_var(d, at->line, ikw_slice_sub(text, 1, text.len), slot);
        return t->var >= 0;
    }
    t->alts = IKW_ARENA_NEW(&d->ld->kb->arena, struct ikw_value);
    t->nalts = 1;
    return ikw_load_constant(d->ld, at, slot, text, t->alts);
}

static bool parse_test(struct ikw_rule_draft *d, const struct ikw_attr *at,
                       const struct ikw_slot *slot, struct ikw_test *t)
{
    const char *v = at->value;
    t->var = -1;
    if (!strcmp(v, "*") || !strcmp(v, "-")) {
        t->op = *v == '*' ? IKW_TEST_SET : IKW_TEST_UNSET;
        return true;
    }
    struct ikw_slice text = ikw_slice_of(v + parse_op(v, &t->op));
    switch (t->op) {
    case IKW_TEST_VAR_EQ:
    case IKW_TEST_VAR_NE:
        t->var = ikw_draft_var(d, at->line, text, slot);
        return t->var >= 0;
    case IKW_TEST_EQ:
    case IKW_TEST_NE:
        parse_alts(d, at, slot, text, t);
        return t->nalts > 0;
    case IKW_TEST_LT:
    case IKW_TEST_LE:
    case IKW_TEST_GT:
    case IKW_TEST_GE:
    case IKW_TEST_SET:
    case IKW_TEST_UNSET:
    default:
        return parse_order(d, at, slot, text, t);
    }
}

void ikw_draft_test(struct ikw_rule_draft *d, const struct ikw_attr *at,
                    struct ikw_pattern *p)
{
    struct ikw_test *t = &p->tests[p->ntests];
    int slot = ikw_slot_find(p->type, ikw_slice_of(at->name), true);
    if (slot < 0) {
        ikw_load_fault(d->ld, at->line, IKW_DIAG_UNKNOWN_SLOT,
                       "type '%s' has no slot '%s'", p->type->name, at->name);
        return;
    }
    *t = (struct ikw_test){ .slot = (unsigned)slot };
    if (parse_test(d, at, ikw_slot_of(p->type, slot), t))
        p->ntests++;
}
