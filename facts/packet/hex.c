/* Hex dump text into bytes. Most of a debug log is dumps, hence the table. */
#include "facts/packet/isakmp.h"

#include "base/arena.h"

enum { BLANK = 16, BAD = 17 };

/* 1 + the class of a character; 0 stands for BAD. */
static const uint8_t classes[256] = {
    ['0'] = 1,   ['1'] = 2,   ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
    ['6'] = 7,   ['7'] = 8,   ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
    ['c'] = 13,  ['d'] = 14,  ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
    ['C'] = 13,  ['D'] = 14,  ['E'] = 15, ['F'] = 16, [' '] = 17, ['\t'] = 17,
    ['\r'] = 17, ['\n'] = 17,
};

static unsigned class_of(char c)
{
    unsigned k = classes[(unsigned char)c];
    return k ? k - 1 : BAD;
}

bool ikw_hex_append(struct ikw_slice line, struct ikw_buf *out)
{
    IKW_GROW(out->ptr, out->cap, out->len + line.len / 2 + 2);
    char *to = out->ptr + out->len;
    size_t i = 0;
    bool ok = true;
    while (i < line.len) {
        unsigned hi = class_of(line.ptr[i]);
        if (hi == BLANK) {
            i++;
            continue;
        }
        unsigned lo = i + 1 < line.len ? class_of(line.ptr[i + 1]) : BAD;
        ok = hi < BLANK && lo < BLANK;
        if (!ok)
            break;
        *to++ = (char)(hi << 4 | lo);
        i += 2;
    }
    *to = '\0';
    out->len = (size_t)(to - out->ptr);
    return ok;
}

static size_t digits_at(struct ikw_slice s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && class_of(s.ptr[at + n]) < BLANK)
        n++;
    return n;
}

size_t ikw_hex_groups(struct ikw_slice s)
{
    size_t n = 0, groups = 0;
    for (;;) {
        size_t digits = digits_at(s, n);
        if (!digits || digits > 8 || digits % 2)
            break;
        n += digits;
        groups++;
        if (digits < 8 || n + 1 >= s.len || s.ptr[n] != ' ' ||
            class_of(s.ptr[n + 1]) >= BLANK)
            break;
        n++;
    }
    return groups > 1 && digits_at(s, 0) == 8 ? n : 0;
}

static bool starts_word(const char *text, size_t at)
{
    char c = at ? text[at - 1] : ' ';
    return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
             (c >= 'A' && c <= 'Z') || c == '_');
}

void ikw_hex_hide(char *text, size_t len)
{
    for (size_t i = 8; i + 2 < len; i++) {
        if (text[i] != ' ' || !starts_word(text, i - 8))
            continue;
        struct ikw_slice rest = { text + i - 8, len - i + 8 };
        size_t n = ikw_hex_groups(rest);
        for (size_t k = 0; k < n; k++)
            if (text[i - 8 + k] != ' ')
                text[i - 8 + k] = '*';
    }
}
