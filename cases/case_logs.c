/* The logs of a case: as numbered lines, as facts, as a report. */
#include "cases/case.h"

#include "facts/join.h"
#include "facts/log/log.h"
#include "facts/packet/isakmp.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 200000, BYTES_MAX = 64 << 20 };

static struct ikw_input *open_file(const struct ikw_case *c, unsigned file,
                                   struct ikw_diags *ds)
{
    struct ikw_buf path = { 0 };
    ikw_buf_addf(&path, "%s/%s", c->dir, c->files[file].name);
    struct ikw_input *in = ikw_input_open(path.ptr, NULL, ds);
    ikw_buf_release(&path);
    return in;
}

/* ---- lines ------------------------------------------------------------- */

static void split(struct ikw_case_text *t)
{
    size_t cap = 0;
    const char *p = ikw_buf_str(&t->bytes), *end = p + t->bytes.len;
    while (p < end && t->n < LINES_MAX) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        size_t len = (size_t)((nl ? nl : end) - p);
        size_t keep = len && p[len - 1] == '\r' ? len - 1 : len;
        IKW_GROW(t->lines, cap, t->n + 1);
        t->lines[t->n++] = (struct ikw_slice){ p, keep };
        p += len + 1;
    }
}

bool ikw_case_text_read(struct ikw_case_text *t, const struct ikw_case *c,
                        unsigned file, struct ikw_diags *ds)
{
    *t = (struct ikw_case_text){ 0 };
    struct ikw_input *in = open_file(c, file, ds);
    if (!in)
        return false;
    while (t->bytes.len < BYTES_MAX) {
        struct ikw_slice run = ikw_input_next(in, ds);
        if (!run.len)
            break;
        ikw_buf_add(&t->bytes, run.ptr, run.len);
    }
    bool ok = !ikw_input_failed(in);
    ikw_input_close(in);
    split(t);
    return ok;
}

void ikw_case_text_release(struct ikw_case_text *t)
{
    ikw_buf_release(&t->bytes);
    free(t->lines);
    *t = (struct ikw_case_text){ 0 };
}

/* ---- facts and reports ------------------------------------------------- */

struct reading {
    const struct ikw_kb *kb;
    const struct ikw_case *c;
    struct ikw_tracker *tracker;
    struct ikw_report_builder *builder; /* NULL: facts only */
    ikw_fact_set_fn each;
    void *arg;
    struct ikw_joiner *joiner; /* with a peer's log */
    unsigned file;
    struct ikw_diags *ds;
};

static void deliver(void *arg, struct ikw_fact_set *fs)
{
    struct reading *r = arg;
    if (r->builder)
        ikw_report_add(r->builder, fs, r->ds);
    else
        r->each(r->arg, fs);
}

static void on_set(void *arg, struct ikw_fact_set *fs)
{
    struct reading *r = arg;
    if (r->joiner)
        ikw_joiner_add(r->joiner, fs);
    else
        deliver(r, fs);
}

static void on_silent(void *arg, const struct ikw_evidence *line)
{
    struct reading *r = arg;
    if (r->builder)
        ikw_report_error_line(r->builder, line);
}

static void on_unknown(void *arg, const struct ikw_line *line)
{
    struct reading *r = arg;
    if (!r->builder ||
        (line->level != IKW_LEVEL_ERROR && line->level != IKW_LEVEL_WARNING))
        return;
    char text[IKW_TEXT_MAX + 1];
    size_t len = line->text.len < IKW_TEXT_MAX ? line->text.len : IKW_TEXT_MAX;
    if (len)
        memcpy(text, line->text.ptr, len);
    ikw_hex_hide(text, len);
    text[len] = '\0';
    struct ikw_evidence ev = { r->file, line->number, line->t_ms, text, NULL };
    ikw_report_error_line(r->builder, &ev);
}

static bool read_log(struct reading *r, unsigned file)
{
    struct ikw_log_summary sum = { 0 };
    struct ikw_envelope_opts opts = { 0 };
    struct ikw_input *in = open_file(r->c, file, r->ds);
    if (!in)
        return false;
    r->file = file;
    bool ok = ikw_log_read(r->tracker, r->kb, in, file,
                           r->c->files[file].peer ? IKW_SOURCE_PEER
                                                  : IKW_SOURCE_LOCAL,
                           &opts, &sum, r->ds);
    ikw_input_close(in);
    return ok;
}

static bool has_peer(const struct ikw_case *c, unsigned files)
{
    for (unsigned i = 0; i < c->nfiles; i++)
        if (files >> i & 1 && c->files[i].peer)
            return true;
    return false;
}

/* Ours first, then the peer's, as diagnose does. */
static bool read_logs(struct reading *r, unsigned files)
{
    bool ok = true;
    files = ikw_case_readable(r->c, files);
    if (has_peer(r->c, files))
        r->joiner = ikw_joiner_new(r->kb);
    struct ikw_log_sink sink = { r, on_set, on_unknown, on_silent, NULL };
    struct ikw_matcher *matcher = ikw_matcher_new(r->kb);
    r->tracker = ikw_tracker_new(r->kb, matcher, &sink);
    for (unsigned peer = 0; peer < 2; peer++)
        for (unsigned i = 0; i < r->c->nfiles && ok; i++)
            if (files >> i & 1 && r->c->files[i].peer == peer)
                ok = read_log(r, i);
    if (ok)
        ikw_tracker_end(r->tracker);
    ikw_tracker_free(r->tracker);
    ikw_matcher_free(matcher);
    if (ok && r->joiner) {
        struct ikw_join_summary sum;
        ikw_joiner_end(r->joiner, deliver, r, &sum);
    }
    ikw_joiner_free(r->joiner);
    return ok;
}

bool ikw_case_facts(const struct ikw_kb *kb, const struct ikw_case *c,
                    unsigned files, ikw_fact_set_fn each, void *arg,
                    struct ikw_diags *ds)
{
    struct reading r = { .kb = kb, .c = c, .each = each, .arg = arg, .ds = ds };
    return read_logs(&r, files);
}

struct ikw_report *ikw_case_diagnose(const struct ikw_kb *kb,
                                     const struct ikw_case *c, unsigned files,
                                     struct ikw_diags *ds)
{
    struct ikw_report_opts opts = { 0 };
    struct reading r = { .kb = kb, .c = c, .ds = ds };
    r.builder = ikw_report_begin(kb, &opts);
    bool ok = read_logs(&r, files);
    struct ikw_report *rep = ikw_report_end(r.builder);
    if (ok)
        return rep;
    ikw_report_free(rep);
    return NULL;
}

unsigned ikw_case_readable(const struct ikw_case *c, unsigned files)
{
    unsigned left = files;
    for (unsigned i = 0; i < c->nfiles; i++) {
        if (c->files[i].config)
            left &= ~(1u << i);
        else if (files >> i & 1 && c->files[i].replaces >= 0)
            left &= ~(1u << c->files[i].replaces);
    }
    return left;
}

unsigned ikw_case_logs(const struct ikw_case *c, bool all)
{
    unsigned files = 0;
    for (unsigned i = 0; i < c->nfiles; i++)
        if (all || !c->files[i].cost)
            files |= 1u << i;
    return ikw_case_readable(c, files);
}
