/* ikewhy kb export: the knowledge base, and facts, for another engine. */
#include "cli/clips.h"
#include "cli/drop.h"
#include "cli/kbfind.h"
#include "facts/log/log.h"

/* The output can be long: it goes out set by set. */
struct exporter {
    struct ikw_clips clips;
    struct ikw_buf out;
    size_t nsets;
    bool failed;
};

static void flush(struct exporter *x)
{
    if (!x->failed)
        x->failed = !ikw_write_out(ikw_buf_str(&x->out), x->out.len);
    ikw_buf_clear(&x->out);
}

static void put_set(void *arg, struct ikw_fact_set *fs)
{
    struct exporter *x = arg;
    ikw_buf_addf(&x->out, "\n(printout t \"; set %zu\" crlf)\n", ++x->nsets);
    ikw_clips_set(&x->clips, fs, &x->out);
    flush(x);
}

static bool put_facts(struct exporter *x, const char *path,
                      struct ikw_diags *ds)
{
    struct ikw_buf text = { 0 };
    struct ikw_input *in = ikw_input_open(path, NULL, ds);
    bool ok = in && ikw_input_slurp(in, &text, ds);
    struct ikw_slice all = { ikw_buf_str(&text), text.len };
    ok = ok && ikw_facts_parse(x->clips.kb, path, all, put_set, x, ds);
    ikw_buf_release(&text);
    return ok;
}

static bool put_all(struct exporter *x, const struct ikw_options *o,
                    struct ikw_diags *ds)
{
    if (!ikw_clips_program(&x->clips, &x->out, ds))
        return false;
    flush(x);
    bool ok = true;
    for (size_t i = 1; i < o->nfiles; i++)
        ok &= put_facts(x, o->files[i], ds);
    if (ok && o->nfiles > 1) {
        ikw_buf_adds(&x->out, "(exit)\n");
        flush(x);
    }
    return ok && !x->failed;
}

int ikw_kb_export(const struct ikw_options *o)
{
    struct exporter x = { .nsets = 0 };
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = ikw_kb_open(o);
    if (!kb)
        return IKW_EXIT_ERROR;
    ikw_clips_init(&x.clips, kb);
    bool ok = put_all(&x, o, &ds);
    ikw_print_diags(stderr, &ds);
    ikw_diags_release(&ds);
    ikw_clips_release(&x.clips);
    ikw_buf_release(&x.out);
    ikw_kb_free(kb);
    return ok ? 0 : IKW_EXIT_ERROR;
}
