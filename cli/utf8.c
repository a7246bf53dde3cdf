#include "cli/utf8.h"

#include <stdbool.h>

static size_t sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if ((first & 0xe0) == 0xc0)
        return 2;
    if ((first & 0xf0) == 0xe0)
        return 3;
    return (first & 0xf8) == 0xf0 ? 4 : 0;
}

size_t ikw_utf8_decode(const unsigned char *s, size_t len, uint32_t *cp)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = sequence_length(s[0]);
    if (!n || n > len)
        return 0;
    uint32_t c = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *cp = c;
    return n;
}

struct range {
    uint32_t from, to;
};

static bool within(const struct range *v, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= v[i].from && c <= v[i].to)
            return true;
    return false;
}

static size_t columns_of(uint32_t c)
{
    static const struct range marks[] = {
        { 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },
        { 0x610, 0x61a },   { 0x64b, 0x65f },   { 0x1ab0, 0x1aff },
        { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe20, 0xfe2f },
    };
    static const struct range wide[] = {
        { 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },
        { 0xa960, 0xa97c },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
        { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },
        { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff },
        { 0x20000, 0x3fffd },
    };
    if (c < 0x300)
        return 1;
    if (within(marks, sizeof marks / sizeof marks[0], c))
        return 0;
    return within(wide, sizeof wide / sizeof wide[0], c) ? 2 : 1;
}

/* A byte that is no character counts as one. */
static size_t step(const char *s, size_t len, size_t *columns)
{
    uint32_t c = 0;
    size_t n = ikw_utf8_decode((const unsigned char *)s, len, &c);
    *columns = n ? columns_of(c) : 1;
    return n ? n : 1;
}

size_t ikw_columns(const char *s, size_t len)
{
    size_t all = 0, columns;
    for (size_t i = 0; i < len; all += columns)
        i += step(s + i, len - i, &columns);
    return all;
}

size_t ikw_columns_fit(const char *s, size_t len, size_t columns)
{
    size_t i = 0, all = 0;
    while (i < len) {
        size_t wide, n = step(s + i, len - i, &wide);
        if (all + wide > columns)
            break;
        all += wide;
        i += n;
    }
    return i;
}
