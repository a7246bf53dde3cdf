/*
 * Arena: many small objects, one lifetime. An object is never freed alone;
 * the arena is. All-zero is a valid empty arena. When memory runs out the
 * process stops inside the allocator, so no caller checks for NULL.
 */
#ifndef IKW_BASE_ARENA_H
#define IKW_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct ikw_arena_block;

struct ikw_arena {
    struct ikw_arena_block *head;
    size_t used_bytes; /* handed out since the last release */
    bool large;        /* megabytes are coming: ask for pages of that size */
};

/* Zeroed, aligned for any object. Valid until release. Never NULL. */
void *ikw_arena_alloc(struct ikw_arena *a, size_t size_bytes);
/* A copy, as aligned. */
void *ikw_arena_dup(struct ikw_arena *a, const void *from, size_t size_bytes);
/* `len` bytes of `s` and a NUL. */
char *ikw_arena_strndup(struct ikw_arena *a, const char *s, size_t len);
char *ikw_arena_strdup(struct ikw_arena *a, const char *s);
/* What was handed out, block by block, the newest first: the first `max` of
 * them. Returns how many there are. Borrowed. */
struct ikw_arena_part {
    const char *ptr;
    size_t len;
};
size_t ikw_arena_parts(const struct ikw_arena *a, struct ikw_arena_part *out,
                       size_t max);
/* Frees everything; the arena is empty and usable again. */
void ikw_arena_release(struct ikw_arena *a);

#define IKW_ARENA_NEW(a, type) ((type *)ikw_arena_alloc((a), sizeof(type)))
#define IKW_ARENA_ARRAY(a, type, n)                                            \
    ((type *)ikw_arena_alloc((a), sizeof(type) * (n)))

/* `p`, or, if it is NULL, the end of the process. */
void *ikw_must(void *p);
/* malloc family that never returns NULL (as cmark's xcalloc). */
void *ikw_xmalloc(size_t size_bytes);
void *ikw_xcalloc(size_t count, size_t size_bytes);
void *ikw_xrealloc(void *p, size_t size_bytes);

/* Grow a heap array so that it holds `need` elements; updates *cap. */
void *ikw_xgrow(void *p, size_t *cap, size_t need, size_t elem_bytes);
#define IKW_GROW(p, cap, need)                                                 \
    ((p) = ikw_xgrow((p), &(cap), (need), sizeof *(p)))

#endif
