/*
 * Fuzzes what stands before the tracker: bytes to lines, lines to heads and
 * texts, texts to messages, over the shipped knowledge base. The memo must
 * agree with the trie, and every slice must stay inside its line.
 */
#include "facts/log/log.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
    struct ikw_kb *kb;
    struct ikw_matcher *m;
    struct ikw_match_memo *memo;
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void each_line(void *arg, const struct ikw_line *line)
{
    struct fuzz *f = arg;
    struct ikw_match plain, kept;
    struct ikw_slice part;
    bool found = ikw_matcher_match(f->m, line->text, &plain);
    must(found == ikw_matcher_match_memo(f->m, f->memo, line->text, &kept));
    must(plain.tmpl == kept.tmpl && plain.ncaptures == kept.ncaptures);
    for (size_t i = 0; i < plain.ncaptures; i++) {
        struct ikw_slice c = plain.captures[i].text;
        must(c.ptr >= line->text.ptr);
        must(c.ptr + c.len <= line->text.ptr + line->text.len);
        must(ikw_slice_eq(c, kept.captures[i].text));
        ikw_capture_part(&plain.captures[i], "ip", &part);
        ikw_capture_part(&plain.captures[i], "port", &part);
        ikw_capture_part(&plain.captures[i], "msgid", &part);
        ikw_capture_part(&plain.captures[i], "dec", &part);
    }
}

static void load(struct fuzz *f)
{
    struct ikw_diags ds = { 0 };
    const char *dir = getenv("IKEWHY_KB");
    f->kb = ikw_kb_load(dir ? dir : "kb", &ds);
    must(f->kb != NULL);
    f->m = ikw_matcher_new(f->kb);
    f->memo = ikw_match_memo_new();
    ikw_diags_release(&ds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz f;
    struct ikw_diags ds = { 0 };
    uint32_t line = 1;
    if (!f.kb)
        load(&f);
    struct ikw_slice all = { (const char *)data, size };
    struct ikw_input *in = ikw_input_bytes("fuzz", all);
    struct ikw_envelope_reader *er = ikw_envelope_new(f.kb, NULL);
    struct ikw_slice run = ikw_input_next(in, &ds);
    ikw_envelope_detect(er, run, NULL);
    for (; run.len; run = ikw_input_next(in, &ds))
        line += ikw_envelope_run(er, line, run, each_line, &f);
    ikw_envelope_free(er);
    ikw_input_close(in);
    ikw_diags_release(&ds);
    return 0;
}
