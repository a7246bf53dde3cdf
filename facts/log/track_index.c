/*
 * Chained hash of nodes that live inside negotiations, and notes: evidence
 * on the heap that outlives a stretch.
 */
#include "facts/log/track_internal.h"

#include <stdlib.h>
#include <string.h>

static size_t bucket(const struct index *ix, uint64_t key)
{
    uint64_t h = key * 0x9e3779b97f4a7c15u;
    return (size_t)(h >> 32) & (ix->nbuckets - 1);
}

static void grow(struct index *ix)
{
    struct index big = { .nbuckets = ix->nbuckets ? ix->nbuckets * 2 : 64 };
    big.buckets = ikw_xcalloc(big.nbuckets, sizeof(struct node *));
    big.count = ix->count;
    for (size_t i = 0; i < ix->nbuckets; i++) {
        struct node *rest = ix->buckets[i], **tail[2] = { NULL, NULL };
        while (rest) {
            struct node *n = rest;
            rest = n->next;
            n->next = NULL;
            size_t to = bucket(&big, n->key), half = to >= ix->nbuckets;
            if (!tail[half])
                tail[half] = &big.buckets[to];
            *tail[half] = n;
            tail[half] = &n->next;
        }
    }
    free(ix->buckets);
    *ix = big;
}

void ikw_index_add(struct index *ix, struct node *n, uint64_t key,
                   struct neg *neg)
{
    if (ix->count >= ix->nbuckets)
        grow(ix);
    size_t i = bucket(ix, key);
    n->key = key;
    n->neg = neg;
    n->next = ix->buckets[i];
    ix->buckets[i] = n;
    ix->count++;
}

void ikw_index_remove(struct index *ix, struct node *n)
{
    if (!n->neg)
        return;
    struct node **p = &ix->buckets[bucket(ix, n->key)];
    while (*p != n)
        p = &(*p)->next;
    *p = n->next;
    n->neg = NULL;
    ix->count--;
}

struct node *ikw_index_find(const struct index *ix, uint64_t key,
                            const struct node *after)
{
    if (!ix->nbuckets)
        return NULL;
    struct node *n = after ? after->next : ix->buckets[bucket(ix, key)];
    while (n && n->key != key)
        n = n->next;
    return n;
}

void ikw_index_release(struct index *ix)
{
    free(ix->buckets);
    *ix = (struct index){ 0 };
}

void ikw_note_set(struct note *n, const struct ikw_evidence *ev)
{
    n->ev = *ev;
    n->ev.text = NULL;
    if (!ev->text)
        return;
    size_t len = strlen(ev->text);
    IKW_GROW(n->text, n->room, len + 1);
    memcpy(n->text, ev->text, len + 1);
    n->ev.text = n->text;
}

void ikw_note_release(struct note *n)
{
    free(n->text);
    *n = (struct note){ 0 };
}
