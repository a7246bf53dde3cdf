/*
 * Blocks of growing size in a list; the newest is carved from the front.
 * Invariant: head->used <= head->size, and every object is 16-aligned.
 */
#define _DEFAULT_SOURCE /* madvise */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct ikw_arena_block {
    struct ikw_arena_block *next;
    size_t size, used;
    max_align_t data[];
};

enum {
    MIN_BLOCK = 1024,
    MAX_BLOCK = 64 * 1024,
    LARGE_BLOCK = 2 * 1024 * 1024, /* a huge page of most machines */
    ALIGN = 16
};

void *ikw_must(void *p)
{
    if (!p) {
        static const char text[] = "ikewhy: out of memory\n";
        fwrite(text, 1, sizeof text - 1, stderr);
        _Exit(2);
    }
    return p;
}

void *ikw_xmalloc(size_t size_bytes)
{
    return ikw_must(malloc(size_bytes ? size_bytes : 1));
}

void *ikw_xcalloc(size_t count, size_t size_bytes)
{
    return ikw_must(calloc(count ? count : 1, size_bytes ? size_bytes : 1));
}

void *ikw_xrealloc(void *p, size_t size_bytes)
{
    return ikw_must(realloc(p, size_bytes ? size_bytes : 1));
}

void *ikw_xgrow(void *p, size_t *cap, size_t need, size_t elem_bytes)
{
    if (need <= *cap)
        return p;
    size_t n = *cap ? *cap : 8;
    while (n < need)
        n *= 2;
    if (n > SIZE_MAX / elem_bytes)
        ikw_must(NULL);
    *cap = n;
    return ikw_xrealloc(p, n * elem_bytes);
}

/* A page fault for every 4 KiB was a third of the time it takes to load a
 * knowledge base. */
static struct ikw_arena_block *large_block(void)
{
    void *p = NULL;
    if (posix_memalign(&p, LARGE_BLOCK, LARGE_BLOCK))
        ikw_must(NULL);
#if defined(MADV_HUGEPAGE)
    madvise(p, LARGE_BLOCK, MADV_HUGEPAGE); /* a hint: it may fail */
#endif
    return p;
}

static struct ikw_arena_block *add_block(struct ikw_arena *a, size_t need)
{
    size_t size = a->head ? a->head->size * 2 : MIN_BLOCK;
    if (size > MAX_BLOCK)
        size = MAX_BLOCK;
    if (size < need)
        size = need;
    struct ikw_arena_block *b;
    bool large = a->large && need <= LARGE_BLOCK - sizeof *b;
    if (large)
        size = LARGE_BLOCK - sizeof *b;
    b = large ? large_block() : ikw_xmalloc(sizeof *b + size);
    b->next = a->head;
    b->size = size;
    b->used = 0;
    a->head = b;
    return b;
}

void *ikw_arena_alloc(struct ikw_arena *a, size_t size_bytes)
{
    size_t n = (size_bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct ikw_arena_block *b = a->head;
    if (!b || b->size - b->used < n)
        b = add_block(a, n);
    void *p = (char *)b->data + b->used;
    b->used += n;
    a->used_bytes += n;
    return memset(p, 0, n);
}

char *ikw_arena_strndup(struct ikw_arena *a, const char *s, size_t len)
{
    char *p = ikw_arena_alloc(a, len + 1);
    if (len)
        memcpy(p, s, len);
    return p;
}

char *ikw_arena_strdup(struct ikw_arena *a, const char *s)
{
    return ikw_arena_strndup(a, s, strlen(s));
}

void ikw_arena_release(struct ikw_arena *a)
{
    struct ikw_arena_block *b = a->head;
    while (b) {
        struct ikw_arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = (struct ikw_arena){ 0 };
}
