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

/* ---- a group of eight digits, all at once ------------------------------- */

#define EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

/* In whatever order the machine has them: compilers make one load of it. */
static inline uint64_t load8(const char *p)
{
    const unsigned char *c = (const unsigned char *)p;
    return (uint64_t)c[0] | (uint64_t)c[1] << 8 | (uint64_t)c[2] << 16 |
           (uint64_t)c[3] << 24 | (uint64_t)c[4] << 32 | (uint64_t)c[5] << 40 |
           (uint64_t)c[6] << 48 | (uint64_t)c[7] << 56;
}

/* The high bit of each byte that is a hex digit; no sum carries into the next
 * byte, since all are below 0x80. */
static inline uint64_t hex_bits(uint64_t v)
{
    uint64_t low = v & EVERY(0x7f), letter = low | EVERY(0x20);
    uint64_t digits = (low + EVERY(0x80 - '0')) & ~(low + EVERY(0x7f - '9'));
    uint64_t letters =
        (letter + EVERY(0x80 - 'a')) & ~(letter + EVERY(0x7f - 'f'));
    return (digits | letters) & ~v & EVERY(0x80);
}

/* Four octets of eight digits; false, and nothing written, if they are none. */
static inline bool group(const char *p, char *to)
{
    uint64_t v = load8(p);
    if (hex_bits(v) != EVERY(0x80))
        return false;
    v = (v & EVERY(0x0f)) + 9 * (v >> 6 & EVERY(1));
    v = (v << 4 | v >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    v = (v | v >> 8) & UINT64_C(0x0000ffff0000ffff);
    v |= v >> 16;
    to[0] = (char)v;
    to[1] = (char)(v >> 8);
    to[2] = (char)(v >> 16);
    to[3] = (char)(v >> 24);
    return true;
}

bool ikw_hex_append(struct ikw_slice line, struct ikw_buf *out)
{
    IKW_GROW(out->ptr, out->cap, out->len + line.len / 2 + 2);
    char *to = out->ptr + out->len;
    size_t i = 0;
    bool ok = true;
    while (i < line.len) {
        if (line.len - i >= 8 && group(line.ptr + i, to)) {
            to += 4;
            i += 8;
            i += i < line.len && line.ptr[i] == ' ';
            continue;
        }
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
