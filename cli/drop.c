#include "cli/drop.h"

#include "facts/log/log.h"

#include <string.h>

enum { EDIT_MAX = 1 << 30 };

bool ikw_drop_parse(const char *text, struct ikw_drop *out)
{
    const char *colon = strrchr(text, ':');
    struct ikw_slice where = ikw_slice_of(colon ? colon + 1 : text);
    const char *dash = memchr(where.ptr, '-', where.len);
    size_t cut = dash ? (size_t)(dash - where.ptr) : where.len;
    int64_t from = 0, to = 0;
    *out = (struct ikw_drop){ 0 };
    if (colon)
        out->file = (struct ikw_slice){ text, (size_t)(colon - text) };
    if (!ikw_slice_int(ikw_slice_sub(where, 0, cut), &from))
        return false;
    to = from;
    if (dash && !ikw_slice_int(ikw_slice_sub(where, cut + 1, where.len), &to))
        return false;
    if (from < 1 || to < from || to > UINT32_MAX || (colon && !out->file.len))
        return false;
    out->from = (uint32_t)from;
    out->to = (uint32_t)to;
    return true;
}

bool ikw_file_named(const char *path, struct ikw_slice file)
{
    size_t len = strlen(path);
    if (file.len > len || memcmp(path + len - file.len, file.ptr, file.len))
        return false;
    return file.len == len || path[len - file.len - 1] == '/';
}

static bool concerns(const struct ikw_drops *drops, const struct ikw_drop *d,
                     const char *path)
{
    if (!d->file.len)
        return drops->first_file && !strcmp(drops->first_file, path);
    return ikw_file_named(path, d->file);
}

bool ikw_drop_concerns(const struct ikw_drops *drops, size_t i,
                       const char *path)
{
    return concerns(drops, &drops->v[i], path);
}

static bool any_concerns(const struct ikw_drops *drops, const char *path)
{
    for (size_t i = 0; drops && i < drops->n; i++)
        if (concerns(drops, &drops->v[i], path))
            return true;
    return false;
}

static bool dropped(const struct ikw_drops *drops, const char *path,
                    uint32_t line)
{
    for (size_t i = 0; i < drops->n; i++)
        if (line >= drops->v[i].from && line <= drops->v[i].to &&
            concerns(drops, &drops->v[i], path))
            return true;
    return false;
}

/* Moves what stays to the front; a dropped line keeps its newline only. */
static void blank_lines(const struct ikw_drops *drops, const char *path,
                        struct ikw_buf *b)
{
    size_t out = 0, at = 0;
    for (uint32_t line = 1; at < b->len; line++) {
        const char *nl = memchr(b->ptr + at, '\n', b->len - at);
        size_t end = nl ? (size_t)(nl - b->ptr) + 1 : b->len;
        size_t from = dropped(drops, path, line) ? end - (nl != NULL) : at;
        memmove(b->ptr + out, b->ptr + from, end - from);
        out += end - from;
        at = end;
    }
    b->len = out;
}

bool ikw_input_slurp(struct ikw_input *in, struct ikw_buf *out,
                     struct ikw_diags *ds)
{
    bool small = true;
    for (;;) {
        struct ikw_slice chunk = ikw_input_next(in, ds);
        if (!chunk.len)
            break;
        small = out->len + chunk.len <= EDIT_MAX;
        if (!small)
            break;
        ikw_buf_add(out, chunk.ptr, chunk.len);
    }
    struct ikw_pos pos = { ikw_input_name(in), 0 };
    bool ok = !ikw_input_failed(in);
    if (!small)
        ok = ikw_diag_add(ds, pos, IKW_DIAG_LOG_LIMIT,
                          "too large to be held in memory");
    ikw_input_close(in);
    return ok;
}

struct ikw_input *ikw_drops_apply(const struct ikw_drops *drops,
                                  const char *path, struct ikw_input *in,
                                  struct ikw_buf *edited, struct ikw_diags *ds)
{
    if (!in || !any_concerns(drops, path))
        return in;
    if (!ikw_input_slurp(in, edited, ds))
        return NULL;
    blank_lines(drops, path, edited);
    return ikw_input_bytes(path,
                           (struct ikw_slice){ edited->ptr, edited->len });
}
