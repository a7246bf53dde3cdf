/* What the fuzzers share: the knowledge base, and what no output may hold. */
#ifndef IKW_TESTS_FUZZ_KIT_H
#define IKW_TESTS_FUZZ_KIT_H

#include "kb/kb.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(bool holds)
{
    if (!holds)
        abort();
}

/* Loaded once, for all inputs. */
static inline struct ikw_kb *fuzz_kb(void)
{
    static struct ikw_kb *kb;
    struct ikw_diags ds = { 0 };
    const char *dir = getenv("IKEWHY_KB");
    if (!kb)
        kb = ikw_kb_load(dir ? dir : "kb", &ds);
    must(kb != NULL);
    ikw_diags_release(&ds);
    return kb;
}

/* Octets of the UTF-8 character at `p`; 0 if it is none. */
static inline size_t fuzz_utf8(const unsigned char *p, size_t len,
                               uint32_t *out)
{
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xc2 ? 0
               : p[0] < 0xe0 ? 2
               : p[0] < 0xf0 ? 3
               : p[0] < 0xf5 ? 4
                             : 0;
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint32_t c = n < 2 ? p[0] : p[0] & (0x7fu >> n);
    if (!n || n > len)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3f);
    }
    *out = c;
    return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : n;
}

/* Valid UTF-8 without control characters but newlines, and without marks
 * that turn or hide text. */
static inline void fuzz_clean(const char *text, size_t len)
{
    uint32_t c = 0;
    for (size_t i = 0, n; i < len; i += n) {
        n = fuzz_utf8((const unsigned char *)text + i, len - i, &c);
        must(n > 0);
        must(c >= 0x20 || c == '\n');
        must(c < 0x7f || c > 0x9f);
        must(c < 0x200b || c > 0x200f);
        must(c < 0x2028 || c > 0x202e);
        must(c < 0x2060 || c > 0x206f);
        must(c != 0xfeff);
    }
}

#endif
