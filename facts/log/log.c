/*
 * One input from end to end. The head decides the form of its lines; a log
 * that stands newest first is held in memory, up to a cap, and turned round.
 */
#include "facts/log/track_internal.h"
#include "facts/log/unwrap.h"

#include <string.h>

enum { HEAD_BYTES = 64 * 1024 };

struct reading {
    struct ikw_tracker *tr;
    struct ikw_envelope_reader *er;
    uint32_t line;
};

static void each_line(void *arg, const struct ikw_line *line)
{
    ikw_tracker_line(arg, line);
}

static void give(struct reading *r, uint32_t number, struct ikw_slice line)
{
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    ikw_envelope_line(r->er, number, line, each_line, r->tr);
}

static void forwards(struct reading *r, struct ikw_slice run)
{
    r->line += ikw_envelope_run(r->er, r->line + 1, run, each_line, r->tr);
}

static void give_whole(void *arg, uint32_t number, struct ikw_slice line)
{
    give(arg, number, line);
}

/* As forwards, for a log some of whose lines are broken. */
static void forwards_mending(struct reading *r, struct ikw_unwrap *u,
                             struct ikw_slice run)
{
    while (run.len) {
        const char *nl = memchr(run.ptr, '\n', run.len);
        size_t n = nl ? (size_t)(nl - run.ptr) : run.len;
        ikw_unwrap_line(u, ++r->line, ikw_slice_sub(run, 0, n), give_whole, r);
        run = ikw_slice_sub(run, n + (nl != NULL), run.len);
    }
}

static uint32_t count_lines(struct ikw_slice all)
{
    uint32_t n = 0;
    while (all.len) {
        const char *nl = memchr(all.ptr, '\n', all.len);
        n++;
        if (!nl)
            break;
        all = ikw_slice_sub(all, (size_t)(nl - all.ptr) + 1, all.len);
    }
    return n;
}

static void backwards(struct reading *r, struct ikw_slice all)
{
    uint32_t number = count_lines(all);
    r->line = number;
    if (all.len && all.ptr[all.len - 1] == '\n')
        all.len--;
    while (number) {
        size_t from = all.len;
        while (from && all.ptr[from - 1] != '\n')
            from--;
        give(r, number--, ikw_slice_sub(all, from, all.len));
        all.len = from ? from - 1 : 0;
    }
}

/* Gathers the whole input behind `first`; false: too much of it. */
static bool gather(struct ikw_input *in, struct ikw_slice first,
                   struct ikw_buf *all, struct ikw_diags *ds)
{
    for (struct ikw_slice s = first; s.len; s = ikw_input_next(in, ds)) {
        if (all->len + s.len >
            ikw_limit_most(ds->limits, IKW_LIMIT_NEWEST_FIRST))
            return false;
        ikw_buf_add(all, s.ptr, s.len);
        if (s.ptr[s.len - 1] != '\n')
            ikw_buf_addc(all, '\n');
    }
    return true;
}

static void read_newest_first(struct reading *r, struct ikw_input *in,
                              struct ikw_slice first, struct ikw_diags *ds)
{
    struct ikw_buf all = { 0 };
    if (!gather(in, first, &all, ds)) {
        ikw_limit_cut(ds->limits, IKW_LIMIT_NEWEST_FIRST);
        struct ikw_pos pos = { ikw_input_name(in), 0 };
        ikw_diag_add(ds, pos, IKW_DIAG_LOG_LIMIT,
                     "newest lines first and too large to turn round; "
                     "only the newest %zu octets are read",
                     all.len);
    }
    backwards(r, (struct ikw_slice){ ikw_buf_str(&all), all.len });
    ikw_buf_release(&all);
}

static void read_oldest_first(struct reading *r, const struct ikw_kb *kb,
                              const struct ikw_envelope_opts *opts,
                              struct ikw_input *in, struct ikw_slice run,
                              struct ikw_diags *ds)
{
    struct ikw_unwrap *u = ikw_unwrap_new(kb, r->tr->matcher, opts);
    if (ikw_unwrap_needed(u, ikw_slice_sub(run, 0, HEAD_BYTES))) {
        for (; run.len; run = ikw_input_next(in, ds))
            forwards_mending(r, u, run);
        ikw_unwrap_end(u, give_whole, r);
    } else {
        for (; run.len; run = ikw_input_next(in, ds))
            forwards(r, run);
    }
    ikw_unwrap_free(u);
}

static void summarise(const struct reading *r, const struct ikw_envelope *form,
                      bool newest_first, const char *name,
                      struct ikw_log_summary *out)
{
    ikw_tracker_summary(r->tr, out);
    out->file = name;
    out->lines = r->line;
    out->newest_first = newest_first;
    out->why = ikw_buf_str(&r->tr->why);
    if (form) {
        out->dialect = form->dialect;
        out->envelope = form->id;
    }
}

bool ikw_log_read(struct ikw_tracker *tr, const struct ikw_kb *kb,
                  struct ikw_input *in, unsigned file, enum ikw_source source,
                  const struct ikw_envelope_opts *opts,
                  struct ikw_log_summary *summary, struct ikw_diags *ds)
{
    struct reading r = { tr, ikw_envelope_new(kb, opts), 0 };
    struct ikw_slice run = ikw_input_next(in, ds);
    ikw_buf_clear(&tr->why);
    const struct ikw_envelope *form =
        ikw_envelope_detect(r.er, ikw_slice_sub(run, 0, HEAD_BYTES), &tr->why);
    bool turned = ikw_envelope_newest_first(r.er);
    ikw_tracker_begin(tr, file, source);
    ikw_envelope_dumps(r.er, &tr->reads_dump);
    ikw_envelope_skim(r.er, ikw_tracker_skim);
    if (turned)
        read_newest_first(&r, in, run, ds);
    else
        read_oldest_first(&r, kb, opts, in, run, ds);
    if (summary)
        summarise(&r, form, turned, ikw_input_name(in), summary);
    ikw_envelope_free(r.er);
    return !ikw_input_failed(in);
}
