/*
 * Fuzzes the configuration parsers and the comparison: the text up to a NUL
 * is one gateway's, what follows the other's.
 */
#include "facts/config/compare.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An include brings the text itself again: the worst there can be. */
static size_t include(void *arg, const struct ikw_conf_text *from,
                      const char *pattern, struct ikw_conf_text *out,
                      size_t most)
{
    int *left = arg;
    if (!most || *left <= 0 || !*pattern)
        return 0;
    --*left;
    out[0] = *from;
    return 1;
}

static void read_one(struct ikw_config *c, const uint8_t *p, size_t n,
                     struct ikw_diags *ds)
{
    int left = 3;
    struct ikw_conf_includer inc = { &left, include };
    struct ikw_conf_text text = { "conf", 0, { (const char *)p, n } };
    ikw_config_init(c);
    if (!ikw_config_read(c, &text, &inc, ds) && !ds->count)
        abort();
    ikw_config_finish(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ikw_config a, b;
    struct ikw_diags ds = { 0 };
    struct ikw_arena arena = { 0 };
    struct ikw_conf_trials ts;
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t n = nul ? (size_t)(nul - data) : size;
    read_one(&a, data, n, &ds);
    read_one(&b, nul ? nul + 1 : data, nul ? size - n - 1 : n, &ds);
    struct ikw_conf_pair pair = { .local = &a, .peer = &b };
    ikw_config_compare(&arena, &pair, &ts);
    for (size_t i = 0; i < ts.n; i++)
        if (ts.v[i]->n > IKW_CONF_DIFFS)
            abort();
    ikw_arena_release(&arena);
    ikw_config_release(&a);
    ikw_config_release(&b);
    ikw_diags_release(&ds);
    return 0;
}
