/*
 * Fuzzes the redactor: the same bytes give the same text, line for line, and
 * of the original's keys and addresses nothing is left. Both are planted at
 * the end of the input, where a heading of the fuzzer's may stand before
 * them.
 */
#include "cases/redact.h"
#include "tests/fuzz_kit.h"

static const char planted[] =
    "\n2026-11-24 05:55:28: DEBUG: SKEYID computed:\n"
    "2026-11-24 05:55:28: DEBUG: \n"
    "2e8c9c04 e794be4b 2531e55f 585c6b45 18215418 c4be7688 db422854\n"
    "2026-11-24 05:55:28: INFO: x 86.75.30.9[500]\n";

static void redact(struct ikw_slice log, struct ikw_buf *out)
{
    struct ikw_redactor *r = ikw_redactor_new(fuzz_kb(), 42);
    const char *const *words;
    ikw_redact_note(r, log);
    ikw_redact(r, log, out);
    ikw_redact_unsure(r, &words);
    ikw_redactor_free(r);
}

static size_t lines(const char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += s[i] == '\n';
    return n;
}

/* Below `from`, where no byte of the fuzzer's stands. */
static void gone(const struct ikw_buf *out, size_t from, const char *word)
{
    must(!strstr(out->ptr + from, word));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ikw_buf log = { 0 }, one = { 0 }, two = { 0 };
    ikw_buf_add(&log, (const char *)data, size);
    ikw_buf_adds(&log, planted);
    redact((struct ikw_slice){ log.ptr, log.len }, &one);
    redact((struct ikw_slice){ log.ptr, log.len }, &two);
    must(one.len == two.len && !memcmp(one.ptr, two.ptr, one.len));
    must(lines(one.ptr, one.len) == lines(log.ptr, log.len));
    size_t from = one.len;
    for (size_t left = 4; from && left; from--)
        left -= one.ptr[from - 1] == '\n';
    gone(&one, from, "18215418");
    gone(&one, from, "2e8c9c04");
    gone(&one, from, "585c6b45");
    gone(&one, from, "86.75.30.9");
    gone(&one, from, "2026-11-24");
    ikw_buf_release(&log);
    ikw_buf_release(&one);
    ikw_buf_release(&two);
    return 0;
}
