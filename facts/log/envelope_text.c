/* The text of a line: what is put before it or into it and is none of it. */
#include "facts/log/envelope.h"

#include <string.h>

const unsigned char ikw_hex_digits[256] = {
    ['0'] = 3, ['1'] = 3, ['2'] = 3, ['3'] = 3, ['4'] = 3, ['5'] = 3,
    ['6'] = 3, ['7'] = 3, ['8'] = 3, ['9'] = 3, ['a'] = 3, ['b'] = 3,
    ['c'] = 3, ['d'] = 3, ['e'] = 3, ['f'] = 3, ['A'] = 2, ['B'] = 2,
    ['C'] = 2, ['D'] = 2, ['E'] = 2, ['F'] = 2,
};

const char *ikw_find(struct ikw_slice s, const char *needle)
{
    size_t n = strlen(needle);
    const char *end = s.ptr + s.len;
    for (const char *p = s.ptr; (size_t)(end - p) >= n; p++) {
        p = memchr(p, needle[0], (size_t)(end - p) - n + 1);
        if (!p)
            return NULL;
        if (!memcmp(p, needle, n))
            return p;
    }
    return NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    char low = (char)(c | 32);
    return is_digit(c) || (low >= 'a' && low <= 'z') || c == '_' || c == '-';
}

/* Behind `file.c:123:`, or 0. */
static size_t file_and_line(struct ikw_slice s)
{
    size_t i = 0;
    while (i < s.len && i < 32 && is_word(s.ptr[i]))
        i++;
    if (i == 0 || i + 4 > s.len || s.ptr[i] != '.' || s.ptr[i + 2] != ':' ||
        !is_digit(s.ptr[i + 3]))
        return 0;
    i += 3;
    while (i < s.len && is_digit(s.ptr[i]))
        i++;
    return i < s.len && s.ptr[i] == ':' ? i + 1 : 0;
}

size_t ikw_location_len(struct ikw_slice s)
{
    size_t i = file_and_line(s), from = i;
    if (!i)
        return 0;
    while (i < s.len && i < from + 64 && is_word(s.ptr[i]))
        i++;
    if (i == from || !ikw_slice_starts(ikw_slice_sub(s, i, s.len), "():"))
        return 0;
    i += 3;
    return i < s.len && s.ptr[i] == ' ' ? i + 1 : i;
}

static bool strip_fits(const struct ikw_envelope_reader *er,
                       const struct ikw_strip *st, const char *dialect)
{
    return !st->dialect || !strcmp(st->dialect, dialect) ||
           (er->chosen && !strcmp(st->dialect, er->chosen->env->dialect));
}

struct ikw_slice ikw_text_strip(struct ikw_envelope_reader *er,
                                struct ikw_slice s, const char *dialect)
{
    for (size_t i = 0; i < er->kb->nstrips; i++) {
        const struct ikw_strip *st = &er->kb->strips[i];
        const char *from =
            strip_fits(er, st, dialect) ? ikw_find(s, st->from) : NULL;
        if (!from)
            continue;
        size_t head = (size_t)(from - s.ptr);
        struct ikw_slice tail =
            ikw_slice_sub(s, head + strlen(st->from), s.len);
        const char *to = ikw_find(tail, st->to);
        if (!to)
            continue;
        tail = ikw_slice_sub(tail, (size_t)(to - tail.ptr) + strlen(st->to),
                             tail.len);
        struct ikw_buf clean = { 0 };
        ikw_buf_add(&clean, s.ptr, head);
        ikw_buf_add(&clean, tail.ptr, tail.len);
        ikw_buf_release(&er->clean);
        er->clean = clean;
        s = (struct ikw_slice){ clean.ptr, clean.len };
    }
    return s;
}
