/*
 * One line of a log, read as the diagnosis reads it: the head of the file
 * decides the form, the line's head is taken off, its text is matched.
 */
#include "cli/why.h"
#include "facts/input/source.h"

#include "facts/packet/isakmp.h"

#include <string.h>

struct finding {
    const struct ikw_line_reader *reader;
    struct ikw_found *out;
};

static void take(void *arg, const struct ikw_line *line)
{
    struct finding *f = arg;
    struct ikw_found *out = f->out;
    if (out->whole)
        return;
    out->dump = line->continuation;
    if (line->continuation)
        return;
    out->whole = true;
    out->line = *line;
    ikw_buf_clear(&out->text);
    ikw_buf_add(&out->text, line->text.ptr ? line->text.ptr : "",
                line->text.len);
    ikw_hex_hide(out->text.ptr, out->text.len);
    out->line.text =
        (struct ikw_slice){ ikw_buf_str(&out->text), out->text.len };
    out->line.peer = out->line.tunnel = (struct ikw_slice){ 0 };
    if (!ikw_matcher_match(f->reader->matcher, out->line.text, &out->match))
        out->match.tmpl = NULL;
}

static struct ikw_slice line_at(struct ikw_slice run, uint32_t skip)
{
    for (; skip && run.len; skip--) {
        const char *nl = memchr(run.ptr, '\n', run.len);
        size_t n = nl ? (size_t)(nl - run.ptr) + 1 : run.len;
        run = ikw_slice_sub(run, n, run.len);
    }
    const char *nl = run.len ? memchr(run.ptr, '\n', run.len) : NULL;
    size_t n = nl ? (size_t)(nl - run.ptr) : run.len;
    if (n && run.ptr[n - 1] == '\r')
        n--;
    return ikw_slice_sub(run, 0, n);
}

static uint32_t count_lines(struct ikw_slice run)
{
    uint32_t n = 0;
    for (size_t i = 0; i < run.len; i++)
        n += run.ptr[i] == '\n';
    return n + (run.len && run.ptr[run.len - 1] != '\n');
}

bool ikw_line_find(const struct ikw_line_reader *r, const char *path,
                   uint32_t number, struct ikw_found *out, struct ikw_diags *ds)
{
    enum { HEAD = 64 * 1024 };
    struct finding f = { r, out };
    uint32_t before = 0;
    struct ikw_input *in = ikw_log_open_named(path, ds);
    *out = (struct ikw_found){ 0 };
    if (!in)
        return false;
    struct ikw_envelope_reader *er = ikw_envelope_new(r->kb, &r->envelope);
    struct ikw_slice run = ikw_input_next(in, ds);
    ikw_envelope_detect(er, ikw_slice_sub(run, 0, HEAD), NULL);
    while (run.len && !out->there) {
        uint32_t n = count_lines(run);
        if (number <= before + n) {
            out->there = true;
            ikw_envelope_line(er, number, line_at(run, number - before - 1),
                              take, &f);
        }
        before += n;
        run = ikw_input_next(in, ds);
    }
    ikw_envelope_free(er);
    bool ok = !ikw_input_failed(in);
    ikw_input_close(in);
    return ok;
}

/* Off with what stands in front of the text, as far as any form knows it. */
static bool read_as_log(const struct ikw_line_reader *r, struct ikw_slice text,
                        struct ikw_found *out)
{
    struct finding f = { r, out };
    struct ikw_envelope_reader *er = ikw_envelope_new(r->kb, &r->envelope);
    ikw_envelope_detect(er, text, NULL);
    ikw_envelope_line(er, 1, text, take, &f);
    ikw_envelope_free(er);
    return out->whole && out->match.tmpl;
}

/* Behind "ERROR: " and the like. */
static struct ikw_slice without_level(const struct ikw_kb *kb,
                                      struct ikw_slice text)
{
    for (size_t i = 0; i < kb->nlevel_words; i++) {
        size_t n = strlen(kb->level_words[i].word);
        if (ikw_slice_starts(text, kb->level_words[i].word) && n < text.len &&
            text.ptr[n] == ':')
            return ikw_slice_trim(ikw_slice_sub(text, n + 1, text.len));
    }
    return text;
}

void ikw_line_read(const struct ikw_line_reader *r, struct ikw_slice text,
                   struct ikw_found *out)
{
    struct ikw_slice bare = ikw_slice_trim(text);
    *out = (struct ikw_found){ .there = true };
    if (read_as_log(r, bare, out))
        return;
    struct ikw_line line = { .number = 1, .t_ms = IKW_NO_TIME };
    line.text = without_level(r->kb, bare);
    struct finding f = { r, out };
    out->whole = out->dump = false;
    take(&f, &line);
}

void ikw_found_release(struct ikw_found *f)
{
    ikw_buf_release(&f->text);
}

void ikw_found_words(const struct ikw_found *f, struct ikw_buf *out)
{
    const struct ikw_match *m = &f->match;
    const struct ikw_message *msg = m->tmpl ? m->tmpl->message : NULL;
    size_t n = f->line.text.len;
    if (!f->whole) {
        ikw_buf_adds(out, "[part of a dump]");
        return;
    }
    if (msg && msg->action == IKW_DO_SECRET && m->ncaptures)
        n = (size_t)(m->captures[0].text.ptr - f->line.text.ptr);
    ikw_buf_add(out, f->line.text.ptr, n < IKW_TEXT_MAX ? n : IKW_TEXT_MAX);
    if (n < f->line.text.len)
        ikw_buf_adds(out, n < IKW_TEXT_MAX ? "[redacted]" : "...");
}
