/*
 * Fuzzes the reader of printed facts. What it takes must print, and read
 * again, as the same; and the engine must stand what it says.
 */
#include "facts/fact.h"
#include "inference/report.h"
#include "tests/fuzz_kit.h"

struct fuzz {
    struct ikw_buf text;
    struct ikw_report_builder *builder; /* NULL: only print */
    size_t facts;
};

static void each_set(void *arg, struct ikw_fact_set *fs)
{
    struct fuzz *f = arg;
    struct ikw_diags ds = { 0 };
    ikw_fact_set_print(fs, &f->text);
    f->facts += fs->nfacts;
    if (f->builder && fs->nfacts < 200)
        ikw_report_add(f->builder, fs, &ds);
    ikw_diags_release(&ds);
}

static bool parse(struct fuzz *f, const char *text, size_t len)
{
    struct ikw_diags ds = { 0 };
    struct ikw_slice all = { text, len };
    bool ok = ikw_facts_parse(fuzz_kb(), "fuzz", all, each_set, f, &ds);
    must(ok || ds.errors > 0);
    ikw_diags_release(&ds);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ikw_report_opts opts = { 0 };
    struct fuzz once = { 0 }, twice = { 0 };
    opts.engine.max_firings = 20000;
    once.builder = ikw_report_begin(fuzz_kb(), &opts);
    bool ok = parse(&once, (const char *)data, size);
    ikw_report_free(ikw_report_end(once.builder));
    if (ok) {
        fuzz_clean(ikw_buf_str(&once.text), once.text.len);
        must(parse(&twice, ikw_buf_str(&once.text), once.text.len));
        must(once.facts == twice.facts);
        must(!strcmp(ikw_buf_str(&once.text), ikw_buf_str(&twice.text)));
    }
    ikw_buf_release(&once.text);
    ikw_buf_release(&twice.text);
    return 0;
}
