/* Lookups in a loaded knowledge base. */
#include "kb/kb.h"

#include <string.h>

const struct ikw_type *ikw_kb_type(const struct ikw_kb *kb, const char *name)
{
    for (size_t i = 0; i < kb->ntypes; i++)
        if (!strcmp(kb->types[i]->name, name))
            return kb->types[i];
    return NULL;
}

int ikw_type_slot(const struct ikw_type *type, const char *name)
{
    for (size_t i = 0; i < type->nslots; i++)
        if (type->slots[i].name[0] == name[0] &&
            !strcmp(type->slots[i].name, name))
            return (int)i;
    return -1;
}

/* Binary search over pointers to structs that begin with their id. */
static const void *search(const void *items, size_t n, const char *id)
{
    const char *const *const *v = items;
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strcmp(id, *v[mid]);
        if (!c)
            return v[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

_Static_assert(offsetof(struct ikw_cause, id) == 0, "the id comes first");
_Static_assert(offsetof(struct ikw_rule, id) == 0, "the id comes first");
_Static_assert(offsetof(struct ikw_message, id) == 0, "the id comes first");

const struct ikw_cause *ikw_kb_cause(const struct ikw_kb *kb, const char *id)
{
    return search(kb->causes, kb->ncauses, id);
}

const struct ikw_rule *ikw_kb_rule(const struct ikw_kb *kb, const char *id)
{
    return search(kb->rules, kb->nrules, id);
}

const struct ikw_message *ikw_kb_message(const struct ikw_kb *kb,
                                         const char *id)
{
    const struct ikw_message *m = search(kb->messages, kb->nmessages, id);
    for (size_t i = 0; !m && i < kb->nmessages; i++)
        for (size_t k = 0; !m && k < kb->messages[i]->nalso; k++)
            if (!strcmp(kb->messages[i]->also[k], id))
                m = kb->messages[i];
    return m;
}

const struct ikw_band *ikw_kb_band(const struct ikw_kb *kb, int percent)
{
    for (size_t i = 0; i + 1 < kb->nbands; i++)
        if (percent >= kb->bands[i].at_least_percent)
            return &kb->bands[i];
    return &kb->bands[kb->nbands - 1];
}
