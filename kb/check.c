/*
 * What neither a schema nor the loader can see, because it is about the
 * whole: rules that can never fire, facts that nothing makes or reads,
 * causes that are incomplete or never concluded, messages that hide each
 * other.
 */
#include "kb/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- rules ------------------------------------------------------------- */

static bool some_rule_derives(const struct ikw_kb *kb,
                              const struct ikw_pattern *p)
{
    for (size_t i = 0; i < kb->nrules; i++)
        for (size_t k = 0; k < kb->rules[i]->nthens; k++)
            if (ikw_may_derive(&kb->rules[i]->thens[k], p))
                return true;
    return false;
}

static bool some_message_emits(const struct ikw_kb *kb,
                               const struct ikw_pattern *p)
{
    for (size_t i = 0; i < kb->nmessages; i++)
        for (size_t k = 0; k < kb->messages[i]->nemits; k++)
            if (ikw_may_emit(&kb->messages[i]->emits[k], p))
                return true;
    return false;
}

/* A fact that matches it must exist for the rule to fire. */
static bool needs_fact(const struct ikw_pattern *p)
{
    return !p->absent && (p->least_count > 0 || p->most_count < 0);
}

static void check_rule(const struct ikw_kb *kb, const struct ikw_rule *r,
                       struct ikw_diags *ds)
{
    for (size_t i = 0; i < r->npatterns; i++) {
        const struct ikw_pattern *p = &r->patterns[i];
        if (!needs_fact(p) || p->type->made_by)
            continue;
        if (p->type->derived ? some_rule_derives(kb, p)
                             : some_message_emits(kb, p))
            continue;
        ikw_diag_add(ds, p->pos, IKW_DIAG_UNREACHABLE_RULE,
                     "rule '%s' can never fire: no %s such a '%s'", r->id,
                     p->type->derived ? "rule derives" : "message emits",
                     p->type->name);
    }
}

/* ---- fact types -------------------------------------------------------- */

struct uses {
    bool *made, *read; /* by type */
};

static void count_uses(const struct ikw_kb *kb, struct uses *u)
{
    for (size_t i = 0; i < kb->nmessages; i++)
        for (size_t k = 0; k < kb->messages[i]->nemits; k++)
            u->made[kb->messages[i]->emits[k].type->index] = true;
    for (size_t i = 0; i < kb->nrules; i++) {
        const struct ikw_rule *r = kb->rules[i];
        for (size_t k = 0; k < r->npatterns; k++)
            u->read[r->patterns[k].type->index] = true;
        for (size_t k = 0; k < r->nthens; k++)
            if (r->thens[k].kind == IKW_THEN_DERIVE)
                u->made[r->thens[k].type->index] = true;
    }
}

static void check_types(const struct ikw_kb *kb, struct ikw_diags *ds)
{
    struct uses u = {
        .made = ikw_xcalloc(kb->ntypes, sizeof(bool)),
        .read = ikw_xcalloc(kb->ntypes, sizeof(bool)),
    };
    count_uses(kb, &u);
    for (size_t i = 0; i < kb->ntypes; i++) {
        const struct ikw_type *t = kb->types[i];
        if (!u.made[i] && !t->made_by)
            ikw_diag_add(ds, t->pos, IKW_DIAG_FACT_UNPRODUCED,
                         "nothing produces a '%s'", t->name);
        if (!u.read[i] && !t->read_by && t->draw == IKW_DRAW_NOT)
            ikw_diag_add(ds, t->pos, IKW_DIAG_FACT_UNREAD,
                         "no rule reads a '%s'", t->name);
    }
    free(u.made);
    free(u.read);
}

/* ---- causes ------------------------------------------------------------ */

static void check_complete(const struct ikw_cause *c, struct ikw_diags *ds)
{
    const struct {
        const char *tag;
        bool there;
    } parts[] = {
        { "explanation", c->explanation != NULL },
        { "remedy", c->nremedies || c->benign },
        { "verify", c->nverify || c->benign },
        { "settle", c->settle != NULL || c->benign },
        { "fixer attribute", c->fixer != NULL || c->benign },
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!parts[i].there)
            ikw_diag_add(ds, c->pos, IKW_DIAG_CAUSE_INCOMPLETE,
                         "cause '%s' has no %s", c->id, parts[i].tag);
}

static void mark_then(const struct ikw_kb *kb, const struct ikw_then *t,
                      bool *concluded)
{
    if (t->kind == IKW_THEN_WEIGH || t->kind == IKW_THEN_SUFFICE)
        concluded[t->cause->index] = true;
    if (t->kind != IKW_THEN_DERIVE)
        return;
    int slot = ikw_type_slot(t->type, "cause");
    for (size_t i = 0; i < t->nslots; i++) {
        const struct ikw_value *v = &t->slots[i].value;
        if ((int)t->slots[i].slot != slot || v->kind != IKW_STR)
            continue;
        const struct ikw_cause *c = ikw_kb_cause(kb, v->u.str);
        if (c)
            concluded[c->index] = true;
    }
}

/* A parent is concluded through its children. */
static void check_causes(const struct ikw_kb *kb, struct ikw_diags *ds)
{
    bool *concluded = ikw_xcalloc(kb->ncauses, sizeof(bool));
    for (size_t i = 0; i < kb->nrules; i++)
        for (size_t k = 0; k < kb->rules[i]->nthens; k++)
            mark_then(kb, &kb->rules[i]->thens[k], concluded);
    for (size_t i = 0; i < kb->ncauses; i++)
        if (kb->causes[i]->parent)
            concluded[kb->causes[i]->parent->index] = true;
    for (size_t i = 0; i < kb->ncauses; i++) {
        const struct ikw_cause *c = kb->causes[i];
        check_complete(c, ds);
        if (!concluded[i] && c->in_log)
            ikw_diag_add(ds, c->pos, IKW_DIAG_CAUSE_UNUSED,
                         "no rule concludes cause '%s'", c->id);
    }
    free(concluded);
}

/* ---- all --------------------------------------------------------------- */

bool ikw_kb_check(const struct ikw_kb *kb, struct ikw_diags *ds)
{
    size_t before = ds->errors;
    for (size_t i = 0; i < kb->nrules; i++)
        check_rule(kb, kb->rules[i], ds);
    check_types(kb, ds);
    check_causes(kb, ds);
    ikw_check_clashes(kb, ds);
    return ds->errors == before;
}
