/*
 * After the files: order that does not depend on theirs, numbers, and the
 * ties between causes.
 */
#include "kb/internal.h"

#include <stdlib.h>
#include <string.h>

static int by_message(const void *a, const void *b)
{
    return strcmp((*(struct ikw_message *const *)a)->id,
                  (*(struct ikw_message *const *)b)->id);
}

static int by_rule(const void *a, const void *b)
{
    return strcmp((*(struct ikw_rule *const *)a)->id,
                  (*(struct ikw_rule *const *)b)->id);
}

static int by_cause(const void *a, const void *b)
{
    return strcmp((*(struct ikw_cause *const *)a)->id,
                  (*(struct ikw_cause *const *)b)->id);
}

static void *settle(struct ikw_loader *ld, struct ikw_list *l, size_t *n,
                    int (*order)(const void *, const void *))
{
    if (order && l->n > 1)
        qsort(l->items, l->n, sizeof *l->items, order);
    *n = l->n;
    return ikw_list_detach(l, &ld->kb->arena);
}

static void tie_causes(struct ikw_loader *ld)
{
    for (size_t i = 0; i < ld->links.n; i++) {
        struct ikw_cause_link *l = ld->links.items[i];
        *l->place = ikw_names_get(&ld->causes, l->id);
        ld->file = l->pos.file;
        if (!*l->place && !ld->no_causes)
            ikw_load_fault(ld, l->pos.line, IKW_DIAG_UNKNOWN_CAUSE,
                           "no cause '%s'", l->id);
    }
}

/* Walks up two ways, one twice as fast: they meet only in a circle. */
static void check_parents(struct ikw_loader *ld)
{
    for (size_t i = 0; i < ld->kb->ncauses; i++) {
        const struct ikw_cause *c = ld->kb->causes[i];
        const struct ikw_cause *slow = c, *fast = c->parent;
        while (fast && fast->parent && fast != slow) {
            fast = fast->parent->parent;
            slow = slow->parent;
        }
        ld->file = c->pos.file;
        if (fast == slow)
            ikw_load_fault(ld, c->pos.line, IKW_DIAG_BAD_VALUE,
                           "the parents of cause '%s' run in a circle", c->id);
    }
}

void ikw_load_link(struct ikw_loader *ld)
{
    struct ikw_kb *kb = ld->kb;
    kb->types = settle(ld, &ld->type_list, &kb->ntypes, NULL);
    kb->messages = settle(ld, &ld->message_list, &kb->nmessages, by_message);
    kb->rules = settle(ld, &ld->rule_list, &kb->nrules, by_rule);
    kb->causes = settle(ld, &ld->cause_list, &kb->ncauses, by_cause);
    for (size_t i = 0; i < kb->nrules; i++)
        kb->rules[i]->index = (unsigned)i;
    for (size_t i = 0; i < kb->ncauses; i++)
        kb->causes[i]->index = (unsigned)i;
    tie_causes(ld);
    check_parents(ld);
}
