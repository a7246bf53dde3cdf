#include "facts/input/rotation.h"

#include <string.h>

enum { NUMBER_DIGITS = 5, DATE_DIGITS = 8, DATE_DIGITS_MAX = 14 };

static bool cut_end(struct ikw_slice *s, const char *end)
{
    size_t n = strlen(end);
    if (s->len <= n || memcmp(s->ptr + s->len - n, end, n) != 0)
        return false;
    s->len -= n;
    return true;
}

static void cut_compression(struct ikw_slice *s)
{
    static const char *const ends[] = { ".gz",  ".xz", ".zst", ".bz2",
                                        ".lz4", ".Z",  ".lzma" };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (cut_end(s, ends[i]))
            return;
}

/* Digits at the end, and the mark in front of them. */
static size_t digits_at_end(struct ikw_slice s, int64_t *value, char *mark)
{
    size_t n = 0;
    while (n < s.len && s.ptr[s.len - 1 - n] >= '0' &&
           s.ptr[s.len - 1 - n] <= '9')
        n++;
    if (!n || n > DATE_DIGITS_MAX || n + 1 >= s.len)
        return 0;
    *mark = s.ptr[s.len - n - 1];
    return ikw_slice_int(ikw_slice_sub(s, s.len - n, s.len), value) ? n : 0;
}

/* A file named after an address is no part of a set. */
static bool is_named(struct ikw_slice s)
{
    for (size_t i = s.len; i && s.ptr[i - 1] != '/'; i--)
        if (!strchr("0123456789.", s.ptr[i - 1]))
            return true;
    return false;
}

struct ikw_rotated ikw_rotated_parse(const char *name)
{
    struct ikw_rotated r = { .stem = ikw_slice_of(name) };
    int64_t value = 0;
    char mark = '\0';
    cut_compression(&r.stem);
    if (!is_named(r.stem))
        return r;
    size_t n = digits_at_end(r.stem, &value, &mark);
    if (n && n <= NUMBER_DIGITS && mark == '.') {
        r.number = value + 1; /* some begin with .0 */
        r.stem.len -= n + 1;
        n = digits_at_end(r.stem, &value, &mark);
    }
    if (n >= DATE_DIGITS && (mark == '-' || mark == '.' || mark == '_')) {
        r.date = value;
        r.stem.len -= n + 1;
    }
    return r;
}

int ikw_rotated_cmp(const struct ikw_rotated *a, const struct ikw_rotated *b)
{
    if (a->date != b->date) { /* the one without a date is in use */
        if (!a->date || !b->date)
            return a->date ? -1 : 1;
        return a->date < b->date ? -1 : 1;
    }
    return (a->number < b->number) - (a->number > b->number);
}
