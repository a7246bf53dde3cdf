/*
 * causes/: what can be wrong, and what to do about it. Parents and rivals
 * are noted here and tied in link.c, when every cause is known.
 */
#include "kb/internal.h"

#include <string.h>

static const char *flow(struct ikw_loader *ld, const struct ikw_node *n)
{
    const char *s = ikw_text_flow(&ld->kb->arena, n->text);
    if (!*s)
        ikw_load_fault(ld, n->line, IKW_DIAG_BAD_VALUE, "<%s> is empty",
                       ikw_elem_tag(n->elem));
    return s;
}

static void set_once(struct ikw_loader *ld, const struct ikw_node *n,
                     const char **place)
{
    if (*place)
        ikw_load_fault(ld, n->line, IKW_DIAG_DUPLICATE_ID,
                       "a second <%s> of one cause", ikw_elem_tag(n->elem));
    *place = flow(ld, n);
}

static void link_later(struct ikw_loader *ld, unsigned line, const char *id,
                       const struct ikw_cause **place)
{
    struct ikw_cause_link *l =
        IKW_ARENA_NEW(&ld->kb->arena, struct ikw_cause_link);
    ikw_load_at(&l->pos, ld, line);
    l->id = id;
    l->place = place;
    ikw_list_add(&ld->links, l);
}

static void load_remedy(struct ikw_loader *ld, const struct ikw_node *n,
                        struct ikw_cause *c)
{
    struct ikw_remedy *r = &c->remedies[c->nremedies++];
    r->for_what = ikw_attr(n, "for");
    r->text = flow(ld, n);
}

static void load_child(struct ikw_loader *ld, const struct ikw_node *n,
                       struct ikw_cause *c)
{
    const char *rival;
    switch ((int)n->elem) {
    case IKW_ELEM_TITLE:
        set_once(ld, n, &c->title);
        break;
    case IKW_ELEM_EXPLANATION:
        set_once(ld, n, &c->explanation);
        break;
    case IKW_ELEM_SETTLE:
        set_once(ld, n, &c->settle);
        break;
    case IKW_ELEM_REMEDY:
        load_remedy(ld, n, c);
        break;
    case IKW_ELEM_VERIFY:
        c->verify[c->nverify++] = flow(ld, n);
        break;
    case IKW_ELEM_REFERENCE:
        c->references[c->nreferences++] = flow(ld, n);
        break;
    case IKW_ELEM_RIVAL:
        if ((rival = ikw_attr(n, "cause")) != NULL)
            link_later(ld, n->line, rival, &c->rivals[c->nrivals++]);
        break;
    default:
        break;
    }
}

static void load_attrs(struct ikw_loader *ld, const struct ikw_node *n,
                       struct ikw_cause *c)
{
    static const struct ikw_word severities[] = {
        { "info", 0 }, { "low", 0 },      { "medium", 0 },
        { "high", 0 }, { "critical", 0 }, { NULL, 0 }
    };
    ikw_attr_word(ld, n, "severity", severities, 0);
    c->severity = ikw_attr(n, "severity");
    c->phase_text = ikw_attr(n, "phase-text");
    c->phase = (unsigned)ikw_attr_int(ld, n, "phase", 0, 2, 0);
    c->prior_db = (int)ikw_attr_int(ld, n, "prior", -100, 100, 0);
    c->fixer = ikw_attr(n, "fixer");
    c->benign = ikw_attr_yes(ld, n, "benign", false);
    c->noise = ikw_attr_yes(ld, n, "noise", false);
    c->in_log = ikw_attr_yes(ld, n, "in-log", true);
    c->parent_id = ikw_attr(n, "parent");
    if (c->parent_id)
        link_later(ld, ikw_attr_find(n, "parent")->line, c->parent_id,
                   &c->parent);
    if (!ikw_attr(n, "prior") && !c->benign)
        ikw_load_fault(ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "<cause> needs the attribute 'prior'");
}

static void load_cause(struct ikw_loader *ld, const struct ikw_node *n)
{
    struct ikw_arena *a = &ld->kb->arena;
    struct ikw_cause *c = IKW_ARENA_NEW(a, struct ikw_cause);
    c->id = ikw_attr(n, "id");
    if (!c->id)
        return;
    ikw_load_at(&c->pos, ld, n->line);
    load_attrs(ld, n, c);
    c->remedies = IKW_ARENA_ARRAY(a, struct ikw_remedy,
                                  ikw_node_count(n, IKW_ELEM_REMEDY));
    c->verify =
        IKW_ARENA_ARRAY(a, const char *, ikw_node_count(n, IKW_ELEM_VERIFY));
    c->references =
        IKW_ARENA_ARRAY(a, const char *, ikw_node_count(n, IKW_ELEM_REFERENCE));
    c->rivals = IKW_ARENA_ARRAY(a, const struct ikw_cause *,
                                ikw_node_count(n, IKW_ELEM_RIVAL));
    for (const struct ikw_node *k = n->child; k; k = k->next)
        load_child(ld, k, c);
    if (!c->title)
        ikw_load_fault(ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "cause '%s' has no <title>", c->id);
    struct ikw_cause *old = ikw_names_get(&ld->causes, c->id);
    if (old)
        ikw_load_fault(ld, n->line, IKW_DIAG_DUPLICATE_ID,
                       "there is a cause '%s' already (%s:%u)", c->id,
                       old->pos.file, old->pos.line);
    else if (ikw_names_add(&ld->causes, c->id, c))
        ikw_list_add(&ld->cause_list, c);
}

void ikw_load_causes(struct ikw_loader *ld, const struct ikw_node *root)
{
    for (const struct ikw_node *c = root->child; c; c = c->next)
        load_cause(ld, c);
}

const struct ikw_cause *ikw_load_cause(struct ikw_loader *ld,
                                       const struct ikw_node *n)
{
    const struct ikw_attr *at = ikw_attr_find(n, "cause");
    if (!at)
        return NULL;
    const struct ikw_cause *c = ikw_names_get(&ld->causes, at->value);
    if (!c && !ld->no_causes)
        ikw_load_fault(ld, at->line, IKW_DIAG_UNKNOWN_CAUSE, "no cause '%s'",
                       at->value);
    return c;
}
