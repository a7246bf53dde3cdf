/*
 * What a rule concludes, and its sentence. Both refer only to variables and
 * aliases that a <fact> of the rule binds.
 */
#include "kb/internal.h"

#include <string.h>

enum { MAX_DB = 100 };

/* ---- derive ------------------------------------------------------------ */

/* alias.t and the like; false if it is no such thing. */
static bool pseudo_of(const struct ikw_rule_draft *d, const char *value,
                      struct ikw_then_slot *s)
{
    const char *dot = strchr(value, '.');
    static const struct ikw_type none = { 0 };
    if (!dot)
        return false;
    struct ikw_slice alias = { value, (size_t)(dot - value) };
    int pattern = ikw_draft_alias(d, alias);
    int pseudo = ikw_slot_find(&none, ikw_slice_of(dot + 1), true);
    if (pattern < 0 || pseudo < 0)
        return false;
    s->pattern = pattern;
    s->pseudo = (unsigned)pseudo;
    return true;
}

static bool note_cause(struct ikw_rule_draft *d, const struct ikw_attr *at,
                       const struct ikw_slot *slot)
{
    if (strcmp(slot->name, "cause") != 0 || d->ld->no_causes ||
        ikw_names_get(&d->ld->causes, at->value))
        return true;
    return ikw_load_fault(d->ld, at->line, IKW_DIAG_UNKNOWN_CAUSE,
                          "no cause '%s'", at->value);
}

static bool pseudo_fits(struct ikw_rule_draft *d, const struct ikw_attr *at,
                        const struct ikw_slot *slot)
{
    if (slot->kind == IKW_SLOT_INT || slot->kind == IKW_SLOT_TIME)
        return true;
    return ikw_load_fault(d->ld, at->line, IKW_DIAG_BAD_VALUE,
                          "%s=\"%s\" is a number, the slot is none", at->name,
                          at->value);
}

static void load_slot(struct ikw_rule_draft *d, const struct ikw_attr *at,
                      struct ikw_then *t)
{
    int slot = ikw_slot_find(t->type, ikw_slice_of(at->name), false);
    struct ikw_then_slot *s = &t->slots[t->nslots];
    if (slot < 0) {
        ikw_load_fault(d->ld, at->line, IKW_DIAG_UNKNOWN_SLOT,
                       "type '%s' has no slot '%s'", t->type->name, at->name);
        return;
    }
    const struct ikw_slot *kind = &t->type->slots[slot];
    struct ikw_slice text = ikw_slice_of(at->value);
    *s = (struct ikw_then_slot){ .slot = (unsigned)slot,
                                 .var = -1,
                                 .pattern = -1 };
    bool ok;
    if (text.len && text.ptr[0] == '?')
        ok = (s->var = ikw_draft_bound(
                  d, at->line, ikw_slice_sub(text, 1, text.len), kind)) >= 0;
    else if (pseudo_of(d, at->value, s))
        ok = pseudo_fits(d, at, kind);
    else
        ok = ikw_load_constant(d->ld, at, kind, text, &s->value) &&
             note_cause(d, at, kind);
    t->nslots += ok;
}

static bool load_derive(struct ikw_rule_draft *d, const struct ikw_node *n,
                        struct ikw_then *t)
{
    t->type = ikw_load_type(d->ld, n);
    if (!t->type)
        return false;
    if (!t->type->derived)
        ikw_load_fault(d->ld, n->line, IKW_DIAG_BAD_VALUE,
                       "'%s' is observed: a rule cannot derive it",
                       t->type->name);
    t->slots = ikw_arena_alloc(&d->ld->kb->arena, n->nattrs * sizeof *t->slots);
    for (size_t i = 0; i < n->nattrs; i++)
        if (!ikw_elem_takes(n->elem, n->attrs[i].name))
            load_slot(d, &n->attrs[i], t);
    return true;
}

/* ---- weigh, suffice, exclude ------------------------------------------- */

static void load_subject(struct ikw_rule_draft *d, const struct ikw_node *n,
                         struct ikw_then *t)
{
    static const struct ikw_slot id = { .name = "for", .kind = IKW_SLOT_ID };
    const struct ikw_attr *at = ikw_attr_find(n, "for");
    t->subject_var = -1;
    if (!at || !strcmp(at->value, "0"))
        return;
    if (at->value[0] == '?')
        t->subject_var =
            ikw_draft_bound(d, at->line, ikw_slice_of(at->value + 1), &id);
    else
        ikw_load_fault(d->ld, at->line, IKW_DIAG_BAD_VALUE,
                       "for=\"%s\" is neither a variable nor 0", at->value);
}

static void load_evidence(struct ikw_rule_draft *d, const struct ikw_node *n,
                          struct ikw_then *t)
{
    const struct ikw_attr *at = ikw_attr_find(n, "evidence");
    const char *group = ikw_attr(n, "group");
    int64_t db;
    t->group = group ? group : d->rule->id;
    if (!at)
        return;
    const int *word = ikw_names_get(&d->ld->weights, at->value);
    if (word)
        t->db = *word;
    else if (ikw_slice_int(ikw_slice_of(at->value), &db) && db >= -MAX_DB &&
             db <= MAX_DB)
        t->db = (int)db;
    else if (!d->ld->no_weights)
        ikw_load_fault(d->ld, at->line, IKW_DIAG_UNKNOWN_WORD,
                       "evidence=\"%s\" is no weight and no number to %d",
                       at->value, MAX_DB);
}

static bool load_weighing(struct ikw_rule_draft *d, const struct ikw_node *n,
                          struct ikw_then *t)
{
    t->cause = ikw_load_cause(d->ld, n);
    load_subject(d, n, t);
    if (t->kind == IKW_THEN_WEIGH)
        load_evidence(d, n, t);
    return t->cause != NULL;
}

static enum ikw_then_kind then_kind(enum ikw_elem elem)
{
    return elem == IKW_ELEM_DERIVE    ? IKW_THEN_DERIVE
           : elem == IKW_ELEM_WEIGH   ? IKW_THEN_WEIGH
           : elem == IKW_ELEM_SUFFICE ? IKW_THEN_SUFFICE
                                      : IKW_THEN_EXCLUDE;
}

void ikw_draft_thens(struct ikw_rule_draft *d, const struct ikw_node *then)
{
    struct ikw_rule *r = d->rule;
    size_t n = 0;
    for (const struct ikw_node *c = then->child; c; c = c->next)
        n++;
    if (!n || n > IKW_MAX_THENS) {
        ikw_load_fault(d->ld, then->line, IKW_DIAG_LIMIT,
                       "a rule concludes 1 to %d things, not %zu",
                       IKW_MAX_THENS, n);
        return;
    }
    r->thens = IKW_ARENA_ARRAY(&d->ld->kb->arena, struct ikw_then, n);
    for (const struct ikw_node *c = then->child; c; c = c->next) {
        struct ikw_then *t = &r->thens[r->nthens];
        t->kind = then_kind(c->elem);
        t->subject_var = -1;
        ikw_load_at(&t->pos, d->ld, c->line);
        bool ok = t->kind == IKW_THEN_DERIVE ? load_derive(d, c, t)
                                             : load_weighing(d, c, t);
        r->nthens += ok;
    }
}

/* ---- because ----------------------------------------------------------- */

/* {alias}, {alias.slot} or {?var}. */
static bool check_place(struct ikw_rule_draft *d, unsigned line,
                        struct ikw_slice inner)
{
    if (inner.len && inner.ptr[0] == '?')
        return ikw_draft_bound(d, line, ikw_slice_sub(inner, 1, inner.len),
                               NULL) >= 0;
    const char *dot = memchr(inner.ptr, '.', inner.len);
    size_t at = dot ? (size_t)(dot - inner.ptr) : inner.len;
    struct ikw_slice slot = ikw_slice_sub(inner, at + 1, inner.len);
    int i = ikw_draft_alias(d, ikw_slice_sub(inner, 0, at));
    if (i < 0)
        return ikw_load_fault(d->ld, line, IKW_DIAG_UNBOUND_VARIABLE,
                              "the sentence names {%.*s}, no <fact> does",
                              (int)at, inner.ptr);
    if (dot && ikw_slot_find(d->rule->patterns[i].type, slot, true) < 0)
        return ikw_load_fault(
            d->ld, line, IKW_DIAG_UNKNOWN_SLOT, "type '%s' has no slot '%.*s'",
            d->rule->patterns[i].type->name, (int)slot.len, slot.ptr);
    return true;
}

void ikw_draft_because(struct ikw_rule_draft *d, const struct ikw_node *n)
{
    const char *s = ikw_text_flow(&d->ld->kb->arena, n->text);
    d->rule->because = s;
    if (!*s)
        ikw_load_fault(d->ld, n->line, IKW_DIAG_BAD_VALUE,
                       "<because> is empty");
    while (!d->broken && (s = strchr(s, '{')) != NULL) {
        size_t len = strcspn(s, "}");
        if (s[len] != '}') {
            ikw_load_fault(d->ld, n->line, IKW_DIAG_BAD_VALUE,
                           "a brace of the sentence is never closed");
            return;
        }
        check_place(d, n->line, (struct ikw_slice){ s + 1, len - 1 });
        s += len;
    }
}
