#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    enum ikw_severity severity;
} codes[] = {
#define IKW_DIAG(name, code, severity) { code, IKW_##severity },
#include "base/diag.def"
#undef IKW_DIAG
};

_Static_assert(sizeof codes / sizeof codes[0] == IKW_DIAG_COUNT,
               "one row a code");

bool ikw_diag_add(struct ikw_diags *ds, struct ikw_pos pos,
                  enum ikw_diag_code code, const char *fmt, ...)
{
    struct ikw_buf b = { 0 };
    va_list ap;
    va_start(ap, fmt);
    ikw_buf_addv(&b, fmt, ap);
    va_end(ap);
    struct ikw_diag *d = IKW_ARENA_NEW(&ds->arena, struct ikw_diag);
    d->code = code;
    d->pos.line = pos.line;
    d->pos.file = pos.file ? ikw_arena_strdup(&ds->arena, pos.file) : NULL;
    d->text = ikw_arena_strdup(&ds->arena, ikw_buf_str(&b));
    ikw_buf_release(&b);
    if (!ds->tail)
        ds->tail = &ds->head;
    *ds->tail = d;
    ds->tail = &d->next;
    ds->count++;
    ds->errors += codes[code].severity == IKW_ERROR;
    return false;
}

const char *ikw_diag_code_text(enum ikw_diag_code code)
{
    return codes[code].text;
}

enum ikw_severity ikw_diag_severity(enum ikw_diag_code code)
{
    return codes[code].severity;
}

void ikw_diag_format(const struct ikw_diag *d, struct ikw_buf *out)
{
    if (d->pos.file && d->pos.line)
        ikw_buf_addf(out, "%s:%u: ", d->pos.file, d->pos.line);
    else if (d->pos.file)
        ikw_buf_addf(out, "%s: ", d->pos.file);
    ikw_buf_addf(out, "%s [%s]", d->text, codes[d->code].text);
}

static int compare(const void *pa, const void *pb)
{
    const struct ikw_diag *a = *(struct ikw_diag *const *)pa;
    const struct ikw_diag *b = *(struct ikw_diag *const *)pb;
    const char *fa = a->pos.file ? a->pos.file : "";
    const char *fb = b->pos.file ? b->pos.file : "";
    int c = strcmp(fa, fb);
    if (c)
        return c;
    if (a->pos.line != b->pos.line)
        return a->pos.line < b->pos.line ? -1 : 1;
    if (a->code != b->code)
        return a->code < b->code ? -1 : 1;
    return strcmp(a->text, b->text);
}

void ikw_diags_sort(struct ikw_diags *ds)
{
    if (ds->count < 2)
        return;
    struct ikw_diag **v = ikw_xcalloc(ds->count, sizeof(struct ikw_diag *));
    size_t n = 0;
    for (struct ikw_diag *d = ds->head; d; d = d->next)
        v[n++] = d;
    qsort(v, n, sizeof(struct ikw_diag *), compare);
    for (size_t i = 0; i < n; i++)
        v[i]->next = i + 1 < n ? v[i + 1] : NULL;
    ds->head = v[0];
    ds->tail = &v[n - 1]->next;
    free(v);
}

void ikw_diags_release(struct ikw_diags *ds)
{
    ikw_arena_release(&ds->arena);
    *ds = (struct ikw_diags){ 0 };
}
