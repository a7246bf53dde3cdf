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
