/*
 * Values of slots. Invariant: `hash` of a string is ikw_hash_bytes of its
 * bytes, so two values differ as soon as their hashes do.
 */
#include "kb/kb.h"

#include <string.h>

struct ikw_value ikw_value_int(int64_t i)
{
    return (struct ikw_value){ .kind = IKW_INT, .u.i = i };
}

struct ikw_value ikw_value_str(const char *s)
{
    size_t len = strlen(s);
    if (len > UINT32_MAX)
        len = UINT32_MAX;
    return (struct ikw_value){
        .kind = IKW_STR,
        .len = (uint32_t)len,
        .hash = ikw_hash_bytes(s, len),
        .u.str = s,
    };
}

bool ikw_value_eq(struct ikw_value a, struct ikw_value b)
{
    if (a.kind != b.kind)
        return false;
    if (a.kind == IKW_NIL)
        return true;
    if (a.kind == IKW_INT)
        return a.u.i == b.u.i;
    return a.len == b.len && a.hash == b.hash &&
           (a.u.str == b.u.str || memcmp(a.u.str, b.u.str, a.len) == 0);
}

static int compare_strings(struct ikw_value a, struct ikw_value b)
{
    uint32_t n = a.len < b.len ? a.len : b.len;
    int c = memcmp(a.u.str, b.u.str, n);
    if (c)
        return c < 0 ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

int ikw_value_cmp(struct ikw_value a, struct ikw_value b)
{
    if (a.kind != b.kind)
        return a.kind < b.kind ? -1 : 1;
    if (a.kind == IKW_NIL)
        return 0;
    if (a.kind == IKW_INT)
        return (a.u.i > b.u.i) - (a.u.i < b.u.i);
    return compare_strings(a, b);
}
