#include "base/slice.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ikw_slice ikw_slice_of(const char *s)
{
    return (struct ikw_slice){ s, strlen(s) };
}

bool ikw_slice_eq(struct ikw_slice a, struct ikw_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool ikw_slice_is(struct ikw_slice a, const char *s)
{
    return ikw_slice_eq(a, ikw_slice_of(s));
}

bool ikw_slice_starts(struct ikw_slice a, const char *prefix)
{
    size_t n = strlen(prefix);
    return a.len >= n && memcmp(a.ptr, prefix, n) == 0;
}

struct ikw_slice ikw_slice_sub(struct ikw_slice a, size_t from, size_t to)
{
    if (to > a.len)
        to = a.len;
    if (from > to)
        from = to;
    return (struct ikw_slice){ a.ptr + from, to - from };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct ikw_slice ikw_slice_trim(struct ikw_slice a)
{
    while (a.len && is_blank(a.ptr[0])) {
        a.ptr++;
        a.len--;
    }
    while (a.len && is_blank(a.ptr[a.len - 1]))
        a.len--;
    return a;
}

bool ikw_slice_int(struct ikw_slice a, int64_t *out)
{
    size_t i = 0;
    bool neg = false;
    int64_t v = 0;
    if (a.len && (a.ptr[0] == '-' || a.ptr[0] == '+'))
        neg = a.ptr[i++] == '-';
    if (i == a.len || a.len - i > 18)
        return false;
    for (; i < a.len; i++) {
        if (a.ptr[i] < '0' || a.ptr[i] > '9')
            return false;
        v = v * 10 + (a.ptr[i] - '0');
    }
    *out = neg ? -v : v;
    return true;
}

uint32_t ikw_hash_bytes(const void *p, size_t len)
{
    const unsigned char *s = p;
    uint32_t h = 2166136261u; /* FNV-1a, then a final mix */
    for (size_t i = 0; i < len; i++)
        h = (h ^ s[i]) * 16777619u;
    h ^= h >> 15;
    return h * 0x85ebca6bu;
}

/* Small buffers are many and grow by words: they start large enough. */
static inline void reserve(struct ikw_buf *b, size_t more)
{
    enum { LEAST = 64 };
    if (b->cap - b->len > more)
        return;
    size_t need = b->len + more + 1;
    IKW_GROW(b->ptr, b->cap, need < LEAST ? LEAST : need);
}

void ikw_buf_add(struct ikw_buf *b, const char *s, size_t len)
{
    reserve(b, len);
    if (len)
        memcpy(b->ptr + b->len, s, len);
    b->len += len;
    b->ptr[b->len] = '\0';
}

void ikw_buf_adds(struct ikw_buf *b, const char *s)
{
    ikw_buf_add(b, s, strlen(s));
}

void ikw_buf_addc(struct ikw_buf *b, char c)
{
    reserve(b, 1);
    b->ptr[b->len++] = c;
    b->ptr[b->len] = '\0';
}

void ikw_buf_addv(struct ikw_buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    reserve(b, 1);
    size_t room = b->cap - b->len;
    int n = vsnprintf(b->ptr + b->len, room, fmt, ap);
    if (n > 0 && (size_t)n >= room) {
        reserve(b, (size_t)n);
        vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
    }
    if (n > 0)
        b->len += (size_t)n;
    va_end(again);
}

void ikw_buf_addf(struct ikw_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    ikw_buf_addv(b, fmt, ap);
    va_end(ap);
}

void ikw_buf_clear(struct ikw_buf *b)
{
    b->len = 0;
    if (b->ptr)
        b->ptr[0] = '\0';
}

void ikw_buf_release(struct ikw_buf *b)
{
    free(b->ptr);
    *b = (struct ikw_buf){ 0 };
}

const char *ikw_buf_str(const struct ikw_buf *b)
{
    return b->ptr ? b->ptr : "";
}
