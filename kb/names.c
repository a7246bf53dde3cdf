/*
 * Text -> pointer, open addressing, and lists of pointers. Invariant: `cap`
 * is 0 or a power of two, and at most half of the slots are taken.
 */
#include "kb/internal.h"

#include <stdlib.h>
#include <string.h>

static size_t probe(const struct ikw_names *t, const char *key, uint32_t hash)
{
    size_t i = hash & (t->cap - 1);
    while (t->slots[i].key &&
           (t->slots[i].hash != hash || strcmp(t->slots[i].key, key) != 0))
        i = (i + 1) & (t->cap - 1);
    return i;
}

void *ikw_names_get(const struct ikw_names *t, const char *key)
{
    if (!t->n)
        return NULL;
    return t->slots[probe(t, key, ikw_hash_bytes(key, strlen(key)))].value;
}

static void grow(struct ikw_names *t)
{
    struct ikw_names bigger = { .cap = t->cap ? t->cap * 2 : 64, .n = t->n };
    bigger.slots = ikw_xcalloc(bigger.cap, sizeof *bigger.slots);
    for (size_t i = 0; i < t->cap; i++) {
        struct ikw_name *s = &t->slots[i];
        if (s->key)
            bigger.slots[probe(&bigger, s->key, s->hash)] = *s;
    }
    free(t->slots);
    *t = bigger;
}

bool ikw_names_add(struct ikw_names *t, const char *key, void *value)
{
    if (2 * (t->n + 1) > t->cap)
        grow(t);
    uint32_t hash = ikw_hash_bytes(key, strlen(key));
    struct ikw_name *s = &t->slots[probe(t, key, hash)];
    if (s->key)
        return false;
    *s = (struct ikw_name){ .key = key, .value = value, .hash = hash };
    t->n++;
    return true;
}

void ikw_names_release(struct ikw_names *t)
{
    free(t->slots);
    *t = (struct ikw_names){ 0 };
}

void ikw_list_add(struct ikw_list *l, void *item)
{
    IKW_GROW(l->items, l->cap, l->n + 1);
    l->items[l->n++] = item;
}

void *ikw_list_detach(struct ikw_list *l, struct ikw_arena *a)
{
    void **copy = IKW_ARENA_ARRAY(a, void *, l->n + 1);
    if (l->n)
        memcpy(copy, l->items, l->n * sizeof *copy);
    free(l->items);
    *l = (struct ikw_list){ 0 };
    return copy;
}
