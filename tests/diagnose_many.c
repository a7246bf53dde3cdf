/*
 * Diagnoses many logs with one loaded knowledge base, for tests/mutate:
 * reads "LENGTH\n" and so many bytes, again and again, and answers each with
 * "LENGTH\n" and the report as JSON.
 */
#include "cli/render.h"
#include "tests/session_kit.h"

#include <stdio.h>

static bool answer(struct ikw_kb *kb, const struct ikw_matcher *m,
                   struct ikw_slice log)
{
    struct ikw_session s;
    struct ikw_buf out = { 0 };
    session_kit_open(&s, kb, m, "-", log, false);
    bool ok = ikw_render_json(&out, &s);
    session_kit_close(&s);
    printf("%zu\n", out.len);
    ok = ok && fwrite(out.ptr, 1, out.len, stdout) == out.len;
    ikw_buf_release(&out);
    return ok && fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = ikw_kb_load(argc > 1 ? argv[1] : "kb", &ds);
    ikw_print_diags(stderr, &ds);
    ikw_diags_release(&ds);
    if (!kb)
        return 2;
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_buf log = { 0 };
    size_t len;
    bool ok = true;
    while (ok && scanf("%zu", &len) == 1 && getchar() == '\n') {
        IKW_GROW(log.ptr, log.cap, len + 1);
        ok = fread(log.ptr, 1, len, stdin) == len &&
             answer(kb, m, (struct ikw_slice){ log.ptr, len });
    }
    ikw_buf_release(&log);
    ikw_matcher_free(m);
    ikw_kb_free(kb);
    return ok ? 0 : 2;
}
