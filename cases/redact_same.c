/* The proof that redaction changed nothing: diagnose both, compare. */
#include "cases/redact.h"

#include "facts/log/log.h"
#include "inference/report.h"

#include <string.h>

struct reading {
    struct ikw_report_builder *builder;
    struct ikw_diags ds;
};

static void on_set(void *arg, struct ikw_fact_set *fs)
{
    struct reading *r = arg;
    ikw_report_add(r->builder, fs, &r->ds);
}

static struct ikw_report *diagnose(const struct ikw_kb *kb,
                                   struct ikw_slice bytes)
{
    struct ikw_report_opts opts = { 0 };
    struct ikw_envelope_opts envelope = { 0 };
    struct ikw_log_summary sum = { 0 };
    struct reading r = { .builder = ikw_report_begin(kb, &opts) };
    struct ikw_log_sink sink = { .arg = &r, .set = on_set };
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_tracker *tr = ikw_tracker_new(kb, m, &sink);
    struct ikw_input *in = ikw_input_bytes("log", bytes);
    ikw_log_read(tr, kb, in, 0, IKW_SOURCE_LOCAL, &envelope, &sum, &r.ds);
    ikw_tracker_end(tr);
    ikw_input_close(in);
    ikw_tracker_free(tr);
    ikw_matcher_free(m);
    ikw_diags_release(&r.ds);
    return ikw_report_end(r.builder);
}

static const char *cause_of(const struct ikw_report *r, size_t i)
{
    return i < r->nverdicts ? r->verdicts[i]->cause->id : "nothing";
}

static bool has_line(const struct ikw_verdict *v,
                     const struct ikw_evidence_item *e)
{
    for (size_t i = 0; i < v->nevidence; i++)
        if (v->evidence[i].first.line == e->first.line &&
            v->evidence[i].last.line == e->last.line)
            return true;
    return false;
}

static bool same_lines(const struct ikw_verdict *a, const struct ikw_verdict *b)
{
    if (a->nevidence != b->nevidence)
        return false;
    for (size_t i = 0; i < a->nevidence; i++)
        if (!has_line(b, &a->evidence[i]))
            return false;
    return true;
}

/* Verdicts of equal rank may change places with the addresses. */
static const struct ikw_verdict *twin(const struct ikw_report *r,
                                      const struct ikw_verdict *v)
{
    for (size_t i = 0; i < r->nverdicts; i++) {
        const struct ikw_verdict *w = r->verdicts[i];
        if (w->cause == v->cause && w->band == v->band &&
            w->count == v->count && same_lines(w, v))
            return w;
    }
    return NULL;
}

static bool compare(const struct ikw_report *a, const struct ikw_report *b,
                    struct ikw_buf *why_not)
{
    if (a->outcome != b->outcome) {
        ikw_buf_addf(why_not, "outcome %s became %s",
                     ikw_outcome_name(a->outcome),
                     ikw_outcome_name(b->outcome));
        return false;
    }
    for (size_t i = 0; i < a->nverdicts || i < b->nverdicts; i++) {
        if (i < a->nverdicts && i < b->nverdicts && twin(b, a->verdicts[i]))
            continue;
        ikw_buf_addf(why_not, "verdict %zu, %s, became %s, or on other lines",
                     i + 1, cause_of(a, i), cause_of(b, i));
        return false;
    }
    return true;
}

bool ikw_redact_same(const struct ikw_kb *kb, struct ikw_slice before,
                     struct ikw_slice after, struct ikw_buf *why_not)
{
    struct ikw_report *a = diagnose(kb, before), *b = diagnose(kb, after);
    bool same = compare(a, b, why_not);
    ikw_report_free(a);
    ikw_report_free(b);
    return same;
}
