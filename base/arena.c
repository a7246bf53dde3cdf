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
static struct ikw_arena_block *large_block(size_t size)
{
    void *p = NULL;
    if (posix_memalign(&p, LARGE_BLOCK, size))
        ikw_must(NULL);
#if defined(MADV_HUGEPAGE)
    madvise(p, size, MADV_HUGEPAGE); /* a hint: it may fail */
#endif
    return p;
}

/* The next whole number of large blocks. */
static size_t large_size(size_t size)
{
    const size_t unit = LARGE_BLOCK;
    if (size > SIZE_MAX - unit)
        ikw_must(NULL);
    return (size + unit - 1) / unit * unit;
}

static struct ikw_arena_block *add_block(struct ikw_arena *a, size_t need)
{
    size_t size = a->head ? a->head->size * 2 : MIN_BLOCK;
    if (size > MAX_BLOCK)
        size = MAX_BLOCK;
    if (size < need)
        size = need;
    struct ikw_arena_block *b;
    if (a->large)
        size = large_size(sizeof *b + size) - sizeof *b;
    b = a->large ? large_block(sizeof *b + size)
                 : ikw_xmalloc(sizeof *b + size);
    b->next = a->head;
    b->size = size;
    b->used = 0;
    a->head = b;
    return b;
}

static size_t aligned(size_t size_bytes)
{
    return (size_bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* Not zeroed. */
static void *take(struct ikw_arena *a, size_t size_bytes)
{
    size_t n = aligned(size_bytes);
    struct ikw_arena_block *b = a->head;
    if (!b || b->size - b->used < n)
        b = add_block(a, n);
    void *p = (char *)b->data + b->used;
    b->used += n;
    a->used_bytes += n;
    return p;
}

void *ikw_arena_alloc(struct ikw_arena *a, size_t size_bytes)
{
    void *p = take(a, size_bytes);
    return memset(p, 0, aligned(size_bytes));
}

void *ikw_arena_dup(struct ikw_arena *a, const void *from, size_t size_bytes)
{
    return memcpy(take(a, size_bytes), from, size_bytes);
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

size_t ikw_arena_parts(const struct ikw_arena *a, struct ikw_arena_part *out,
                       size_t max)
{
    size_t n = 0;
    for (const struct ikw_arena_block *b = a->head; b; b = b->next, n++)
        if (n < max)
            out[n] = (struct ikw_arena_part){ (const char *)b->data, b->used };
    return n;
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
