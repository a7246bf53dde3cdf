#include "cli/cli.h"

#include <errno.h>
#include <string.h>

static void put_escaped(FILE *to, const char *s, size_t len)
{
    struct ikw_buf b = { 0 };
    ikw_escape(&b, s, len, true);
    fprintf(to, "%s\n", ikw_buf_str(&b));
    ikw_buf_release(&b);
}

void ikw_complain(const char *fmt, ...)
{
    struct ikw_buf b = { 0 };
    va_list ap;
    va_start(ap, fmt);
    ikw_buf_addv(&b, fmt, ap);
    va_end(ap);
    fputs("ikewhy: ", stderr);
    put_escaped(stderr, b.ptr, b.len);
    ikw_buf_release(&b);
}

/* Once. */
static void add_cuts(struct ikw_diags *ds)
{
    struct ikw_buf b = { 0 };
    struct ikw_pos nowhere = { NULL, 0 };
    for (int i = 0; ds->limits && i < IKW_LIMIT_COUNT; i++) {
        ikw_buf_clear(&b);
        if (ikw_limit_words(ds->limits, (enum ikw_limit)i, &b))
            ikw_diag_add(ds, nowhere, IKW_DIAG_LIMIT_CUT, "%s", b.ptr);
        ds->limits->cut[i] = false;
    }
    ikw_buf_release(&b);
}

void ikw_print_diags(FILE *to, struct ikw_diags *ds)
{
    struct ikw_buf line = { 0 }, last = { 0 };
    add_cuts(ds);
    ikw_diags_sort(ds);
    for (const struct ikw_diag *d = ds->head; d; d = d->next) {
        ikw_buf_clear(&line);
        ikw_diag_format(d, &line);
        if (!strcmp(ikw_buf_str(&line), ikw_buf_str(&last)))
            continue;
        put_escaped(to, line.ptr, line.len);
        ikw_buf_clear(&last);
        ikw_buf_add(&last, line.ptr, line.len);
    }
    ikw_buf_release(&line);
    ikw_buf_release(&last);
}

bool ikw_write_out(const char *bytes, size_t len)
{
    if (fwrite(bytes, 1, len, stdout) == len && !fflush(stdout))
        return true;
    ikw_complain("cannot write: %s", strerror(errno));
    return false;
}
