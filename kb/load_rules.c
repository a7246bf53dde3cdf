/*
 * rules/: what follows from what. A rule is drafted pattern by pattern: a
 * pattern may only refer to the aliases before it, and its sentence and
 * conclusions only to what a <fact> of it binds.
 */
#include "kb/internal.h"

#include <string.h>

/* ---- patterns ---------------------------------------------------------- */

int ikw_draft_alias(const struct ikw_rule_draft *d, struct ikw_slice alias)
{
    for (size_t i = 0; i < d->rule->npatterns; i++)
        if (d->rule->patterns[i].as &&
            ikw_slice_is(alias, d->rule->patterns[i].as))
            return (int)i;
    return -1;
}

static int load_anchor(struct ikw_rule_draft *d, const struct ikw_node *n,
                       const char *name)
{
    const struct ikw_attr *at = ikw_attr_find(n, name);
    if (!at)
        return -1;
    int i = ikw_draft_alias(d, ikw_slice_of(at->value));
    if (i < 0)
        ikw_load_fault(d->ld, at->line, IKW_DIAG_UNBOUND_VARIABLE,
                       "%s=\"%s\": no fact before is named so", name,
                       at->value);
    return i;
}

static void load_window(struct ikw_rule_draft *d, const struct ikw_node *n,
                        struct ikw_pattern *p)
{
    const struct ikw_attr *at = ikw_attr_find(n, "within");
    p->after = load_anchor(d, n, "after");
    p->before = load_anchor(d, n, "before");
    p->within_ms = -1;
    if (!at)
        return;
    if (!ikw_duration_parse(at->value, &p->within_ms))
        ikw_load_fault(d->ld, at->line, IKW_DIAG_BAD_VALUE,
                       "within=\"%s\" is no time such as 60s, 500ms, 5min",
                       at->value);
    if (!ikw_attr(n, "after") && !ikw_attr(n, "before"))
        ikw_load_fault(d->ld, at->line, IKW_DIAG_MISSING_ATTR,
                       "'within' needs 'after' or 'before'");
}

static void load_count(struct ikw_rule_draft *d, const struct ikw_node *n,
                       struct ikw_pattern *p)
{
    p->most_count = -1;
    if (n->elem != IKW_ELEM_COUNT)
        return;
    p->least_count = ikw_attr_int(d->ld, n, "at-least", 1, 1000000000, 0);
    p->most_count = ikw_attr_int(d->ld, n, "at-most", 0, 1000000000, -1);
    if (!ikw_attr(n, "at-least") && !ikw_attr(n, "at-most"))
        ikw_load_fault(d->ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "<count> needs 'at-least' or 'at-most'");
}

/* An observed fact that is absent must be known to have been visible. */
static void load_visible(struct ikw_rule_draft *d, const struct ikw_node *n,
                         struct ikw_pattern *p)
{
    p->absent = n->elem == IKW_ELEM_ABSENT;
    p->visible = ikw_attr_level(d->ld, n, "visible-at", IKW_LEVEL_NONE);
    if (p->absent && !p->type->derived && !ikw_attr(n, "visible-at"))
        ikw_load_fault(d->ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "<absent> of '%s' needs 'visible-at'", p->type->name);
}

static void load_alias(struct ikw_rule_draft *d, const struct ikw_node *n,
                       struct ikw_pattern *p)
{
    const struct ikw_attr *at = ikw_attr_find(n, "as");
    if (!at)
        return;
    if (!*at->value || strpbrk(at->value, ".?{} "))
        ikw_load_fault(d->ld, at->line, IKW_DIAG_BAD_VALUE,
                       "as=\"%s\" is no name", at->value);
    else if (ikw_draft_alias(d, ikw_slice_of(at->value)) >= 0)
        ikw_load_fault(d->ld, at->line, IKW_DIAG_DUPLICATE_ID,
                       "a second fact named '%s' in one rule", at->value);
    else
        p->as = at->value;
}

/* Equalities first, so that a pattern binds before it compares. */
static void load_tests(struct ikw_rule_draft *d, const struct ikw_node *n,
                       struct ikw_pattern *p)
{
    p->tests = IKW_ARENA_ARRAY(&d->ld->kb->arena, struct ikw_test, n->nattrs);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n->nattrs; i++) {
            const struct ikw_attr *at = &n->attrs[i];
            bool compares = strchr("<>!", at->value[0]) && at->value[0];
            if (!ikw_elem_takes(n->elem, at->name) && compares == (pass == 1))
                ikw_draft_test(d, at, p);
        }
}

static void load_pattern(struct ikw_rule_draft *d, const struct ikw_node *n)
{
    static const struct ikw_word froms[] = { { "same", IKW_FROM_SAME },
                                             { "other", IKW_FROM_OTHER },
                                             { "any", IKW_FROM_ANY },
                                             { NULL, 0 } };
    struct ikw_pattern *p = &d->rule->patterns[d->rule->npatterns];
    p->type = ikw_load_type(d->ld, n);
    ikw_load_at(&p->pos, d->ld, n->line);
    if (!p->type) {
        d->broken = true;
        return;
    }
    p->from =
        (enum ikw_from)ikw_attr_word(d->ld, n, "from", froms, IKW_FROM_SAME);
    load_count(d, n, p);
    load_visible(d, n, p);
    load_window(d, n, p);
    load_tests(d, n, p);
    load_alias(d, n, p);
    d->nfacts += n->elem == IKW_ELEM_FACT;
    d->rule->npatterns++;
}

void ikw_draft_patterns(struct ikw_rule_draft *d, const struct ikw_node *when)
{
    size_t n = 0;
    for (const struct ikw_node *c = when->child; c; c = c->next)
        n++;
    if (n > IKW_MAX_PATTERNS) {
        ikw_load_fault(d->ld, when->line, IKW_DIAG_LIMIT,
                       "more than %d conditions in a rule", IKW_MAX_PATTERNS);
        d->broken = true;
        return;
    }
    d->rule->patterns =
        IKW_ARENA_ARRAY(&d->ld->kb->arena, struct ikw_pattern, n);
    for (const struct ikw_node *c = when->child; c; c = c->next)
        load_pattern(d, c);
    if (!d->nfacts && !d->broken)
        ikw_load_fault(d->ld, when->line, IKW_DIAG_BAD_VALUE,
                       "a rule needs at least one <fact>");
    if (!d->broken)
        ikw_draft_check_vars(d);
}

/* ---- rules ------------------------------------------------------------- */

static const struct ikw_node *only(struct ikw_loader *ld,
                                   const struct ikw_node *n, enum ikw_elem elem)
{
    const struct ikw_node *found = NULL;
    for (const struct ikw_node *c = n->child; c; c = c->next) {
        if (c->elem != elem)
            continue;
        if (found)
            ikw_load_fault(ld, c->line, IKW_DIAG_DUPLICATE_ID,
                           "a second <%s> of one rule", ikw_elem_tag(elem));
        found = found ? found : c;
    }
    if (!found)
        ikw_load_fault(ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "<rule> needs a <%s>", ikw_elem_tag(elem));
    return found;
}

static void finish(struct ikw_rule_draft *d)
{
    struct ikw_rule *r = d->rule;
    r->nvars = d->nvars;
    r->vars = IKW_ARENA_ARRAY(&d->ld->kb->arena, const char *, d->nvars);
    for (size_t i = 0; i < d->nvars; i++)
        r->vars[i] = d->vars[i].name;
}

static void load_rule(struct ikw_loader *ld, const struct ikw_node *n,
                      unsigned layer)
{
    struct ikw_rule *r = IKW_ARENA_NEW(&ld->kb->arena, struct ikw_rule);
    struct ikw_rule_draft d = { .ld = ld, .rule = r };
    const struct ikw_node *part;
    r->id = ikw_attr(n, "id");
    r->layer = layer;
    ikw_load_at(&r->pos, ld, n->line);
    if (!r->id)
        return;
    if ((part = only(ld, n, IKW_ELEM_WHEN)) != NULL)
        ikw_draft_patterns(&d, part);
    if ((part = only(ld, n, IKW_ELEM_THEN)) != NULL)
        ikw_draft_thens(&d, part);
    if ((part = only(ld, n, IKW_ELEM_BECAUSE)) != NULL)
        ikw_draft_because(&d, part);
    finish(&d);
    const struct ikw_rule *old = ikw_names_get(&ld->rules, r->id);
    if (old)
        ikw_load_fault(ld, n->line, IKW_DIAG_DUPLICATE_ID,
                       "there is a rule '%s' already (%s:%u)", r->id,
                       old->pos.file, old->pos.line);
    else if (ikw_names_add(&ld->rules, r->id, r))
        ikw_list_add(&ld->rule_list, r);
}

void ikw_load_rules(struct ikw_loader *ld, const struct ikw_node *root)
{
    static const struct ikw_word layers[] = { { "negotiation", 0 },
                                              { "finding", 1 },
                                              { "cause", 2 },
                                              { "verdict", 3 },
                                              { NULL, 0 } };
    unsigned layer = (unsigned)ikw_attr_word(ld, root, "layer", layers, 0);
    for (const struct ikw_node *c = root->child; c; c = c->next)
        load_rule(ld, c, layer);
}
