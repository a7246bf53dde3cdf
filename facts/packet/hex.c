/* Hex dump text into bytes. */
#include "facts/packet/isakmp.h"

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool ikw_hex_append(struct ikw_slice line, struct ikw_buf *out)
{
    size_t i = 0;
    while (i < line.len) {
        if (blank(line.ptr[i])) {
            i++;
            continue;
        }
        int hi = digit(line.ptr[i]);
        int lo = i + 1 < line.len ? digit(line.ptr[i + 1]) : -1;
        if (hi < 0 || lo < 0)
            return false;
        ikw_buf_addc(out, (char)(hi << 4 | lo));
        i += 2;
    }
    return true;
}
