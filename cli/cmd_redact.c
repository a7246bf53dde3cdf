/* ikewhy redact: a log that may leave the house. */
#include "cases/redact.h"
#include "cli/cases.h"
#include "cli/kbfind.h"
#include "cli/term.h"
#include "facts/log/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool ikw_slurp(const char *path, struct ikw_buf *out, struct ikw_diags *ds)
{
    struct ikw_input *in = ikw_input_open(path, NULL, ds);
    if (!in)
        return false;
    for (;;) {
        struct ikw_slice run = ikw_input_next(in, ds);
        if (!run.len)
            break;
        ikw_buf_add(out, run.ptr, run.len);
    }
    bool ok = !ikw_input_failed(in);
    ikw_input_close(in);
    return ok;
}

void ikw_redact_tell_unsure(struct ikw_redactor *r)
{
    const char *const *words;
    size_t n = ikw_redact_unsure(r, &words);
    if (!n)
        return;
    fprintf(stderr,
            "ikewhy: %zu words came through that no message knows; "
            "look at them:\n",
            n);
    for (size_t i = 0; i < n && i < 100; i++) {
        struct ikw_buf b = { 0 };
        ikw_escape(&b, words[i], strlen(words[i]), true);
        fprintf(stderr, "  %s\n", ikw_buf_str(&b));
        ikw_buf_release(&b);
    }
}

uint64_t ikw_redact_seed(int64_t given)
{
    if (given >= 0)
        return (uint64_t)given;
    return (uint64_t)time(NULL) * 65537 + (uint64_t)getpid();
}

static bool redact_file(const struct ikw_kb *kb, const char *path,
                        const struct ikw_options *o, struct ikw_buf *out)
{
    struct ikw_buf log = { 0 }, why = { 0 };
    struct ikw_limits limits = o->limits;
    struct ikw_diags ds = { .limits = &limits };
    bool ok = ikw_slurp(path, &log, &ds);
    struct ikw_redactor *r = ikw_redactor_new(kb, ikw_redact_seed(o->seed));
    struct ikw_slice before = { ikw_buf_str(&log), log.len };
    ikw_redact_note(r, before);
    ikw_redact(r, before, out);
    struct ikw_slice after = { ikw_buf_str(out), out->len };
    if (ok && !ikw_redact_same(kb, before, after, &why)) {
        ikw_complain("the redacted log does not say the same: %s",
                     ikw_buf_str(&why));
        ok = false;
    }
    ikw_redact_tell_unsure(r);
    ikw_redactor_free(r);
    ikw_print_diags(stderr, &ds);
    ikw_diags_release(&ds);
    ikw_buf_release(&log);
    ikw_buf_release(&why);
    return ok;
}

/* Bytes as they are into a file or a pipe; nothing that acts on a terminal. */
static bool write_log(const struct ikw_buf *log)
{
    const char *p = ikw_buf_str(log), *end = p + log->len;
    struct ikw_page page;
    if (!isatty(STDOUT_FILENO))
        return ikw_write_out(p, log->len);
    ikw_page_init(&page, IKW_COLOUR_NEVER);
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((nl ? nl : end) - p);
        ikw_escape(&page.out, p, n, page.utf8);
        if (nl)
            ikw_buf_addc(&page.out, '\n');
        p += n + (nl != NULL);
    }
    bool ok = ikw_write_out(ikw_buf_str(&page.out), page.out.len);
    ikw_page_release(&page);
    return ok;
}

int ikw_cmd_redact(const struct ikw_options *o)
{
    struct ikw_buf out = { 0 };
    struct ikw_kb *kb = ikw_kb_open(o);
    if (o->nfiles > 1)
        ikw_complain("redact: one log, please");
    bool ok = kb && o->nfiles <= 1;
    if (ok)
        ok = redact_file(kb, o->nfiles ? o->files[0] : "-", o, &out);
    ok = write_log(&out) && ok;
    ikw_buf_release(&out);
    ikw_kb_free(kb);
    return ok ? 0 : IKW_EXIT_ERROR;
}
