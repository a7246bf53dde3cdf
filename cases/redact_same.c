/* The proof that redaction changed nothing: diagnose both, compare. */
#include "cases/redact_same.h"

#include "cases/redact.h"
#include "facts/join.h"
#include "facts/log/log.h"

#include <limits.h>
#include <string.h>

struct reading {
    struct ikw_report_builder *builder;
    struct ikw_joiner *joiner; /* with a peer's log */
    ikw_fact_set_fn each;
    void *arg;
    struct ikw_diags ds;
};

static void deliver(void *arg, struct ikw_fact_set *fs)
{
    struct reading *r = arg;
    if (r->each)
        r->each(r->arg, fs);
    ikw_report_add(r->builder, fs, &r->ds);
}

static void on_set(void *arg, struct ikw_fact_set *fs)
{
    struct reading *r = arg;
    if (r->joiner)
        ikw_joiner_add(r->joiner, fs);
    else
        deliver(r, fs);
}

static void read_log(struct reading *r, const struct ikw_kb *kb,
                     struct ikw_tracker *tr, struct ikw_slice bytes,
                     enum ikw_source source)
{
    struct ikw_envelope_opts envelope = { 0 };
    struct ikw_log_summary sum = { 0 };
    struct ikw_input *in = ikw_input_bytes("log", bytes);
    ikw_log_read(tr, kb, in, source == IKW_SOURCE_PEER, source, &envelope, &sum,
                 &r->ds);
    ikw_input_close(in);
}

struct ikw_report *ikw_redact_diagnose(const struct ikw_kb *kb,
                                       struct ikw_slice ours,
                                       struct ikw_slice peer,
                                       ikw_fact_set_fn each, void *arg)
{
    struct ikw_report_opts opts = { 0 };
    struct reading r = { .builder = ikw_report_begin(kb, &opts),
                         .each = each,
                         .arg = arg };
    struct ikw_log_sink sink = { .arg = &r, .set = on_set };
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_tracker *tr = ikw_tracker_new(kb, m, &sink);
    if (peer.len)
        r.joiner = ikw_joiner_new(kb);
    read_log(&r, kb, tr, ours, IKW_SOURCE_LOCAL);
    if (peer.len)
        read_log(&r, kb, tr, peer, IKW_SOURCE_PEER);
    ikw_tracker_end(tr);
    if (r.joiner) {
        struct ikw_join_summary sum;
        ikw_joiner_end(r.joiner, deliver, &r, &sum);
    }
    ikw_joiner_free(r.joiner);
    ikw_tracker_free(tr);
    ikw_matcher_free(m);
    ikw_diags_release(&r.ds);
    return ikw_report_end(r.builder);
}

/* ---- comparing --------------------------------------------------------- */

struct map {
    const uint32_t *lines; /* of the one, by line of the other; NULL: equal */
    uint32_t n;
    bool part; /* the other is a part: its chain may have more lines */
};

static uint32_t old_line(const struct map *m, const struct ikw_evidence *ev)
{
    if (!m->lines || ev->file)
        return ev->line;
    return ev->line && ev->line <= m->n ? m->lines[ev->line - 1] : 0;
}

static bool has_line(const struct map *m, const struct ikw_verdict *v,
                     const struct ikw_evidence_item *e)
{
    for (size_t i = 0; i < v->nevidence; i++) {
        const struct ikw_evidence_item *w = &v->evidence[i];
        if (w->first.file == e->first.file &&
            old_line(m, &w->first) == e->first.line &&
            old_line(m, &w->last) == e->last.line)
            return true;
    }
    return false;
}

static bool same_lines(const struct map *m, const struct ikw_verdict *a,
                       const struct ikw_verdict *b)
{
    if (!m->part && a->nevidence != b->nevidence)
        return false;
    for (size_t i = 0; i < a->nevidence; i++)
        if (!has_line(m, b, &a->evidence[i]))
            return false;
    return true;
}

/* Verdicts of equal rank may change places with the addresses. */
static bool has_twin(const struct map *m, const struct ikw_report *r,
                     const struct ikw_verdict *v)
{
    for (size_t i = 0; i < r->nverdicts; i++) {
        const struct ikw_verdict *w = r->verdicts[i];
        if (w->cause == v->cause && w->band == v->band &&
            w->count == v->count && same_lines(m, v, w))
            return true;
    }
    return false;
}

static const char *cause_of(const struct ikw_report *r, size_t i)
{
    return i < r->nverdicts ? r->verdicts[i]->cause->id : "nothing";
}

bool ikw_redact_compare(const struct ikw_report *a, unsigned tunnel,
                        const struct ikw_report *b, const uint32_t *lines,
                        uint32_t nlines, struct ikw_buf *why_not)
{
    bool all = tunnel == UINT_MAX;
    struct map m = { lines, nlines, !all };
    size_t n = 0, noise = 0;
    enum ikw_outcome was = all ? a->outcome : a->tunnels[tunnel]->outcome;
    if (was != b->outcome) {
        ikw_buf_addf(why_not, "outcome %s became %s", ikw_outcome_name(was),
                     ikw_outcome_name(b->outcome));
        return false;
    }
    for (size_t i = 0; i < a->nverdicts; i++) {
        if (!all && a->verdicts[i]->tunnel != tunnel)
            continue;
        n++;
        if (has_twin(&m, b, a->verdicts[i]))
            continue;
        ikw_buf_addf(why_not, "verdict %zu, %s, became %s, or on other lines",
                     i + 1, cause_of(a, i), cause_of(b, all ? i : n - 1));
        return false;
    }
    for (size_t i = 0; i < b->nverdicts && !all; i++)
        noise += b->verdicts[i]->cause->noise;
    if (n + noise < b->nverdicts)
        ikw_buf_addf(why_not, "verdict %zu, nothing, became %s", n + 1,
                     cause_of(b, n));
    return n + noise >= b->nverdicts;
}

bool ikw_redact_same_two(const struct ikw_kb *kb,
                         const struct ikw_slice before[2],
                         const struct ikw_slice after[2],
                         struct ikw_buf *why_not)
{
    struct ikw_report *a =
        ikw_redact_diagnose(kb, before[0], before[1], NULL, NULL);
    struct ikw_report *b =
        ikw_redact_diagnose(kb, after[0], after[1], NULL, NULL);
    bool same = ikw_redact_compare(a, UINT_MAX, b, NULL, 0, why_not);
    ikw_report_free(a);
    ikw_report_free(b);
    return same;
}

bool ikw_redact_same(const struct ikw_kb *kb, struct ikw_slice before,
                     struct ikw_slice after, struct ikw_buf *why_not)
{
    const struct ikw_slice one[2] = { before }, two[2] = { after };
    return ikw_redact_same_two(kb, one, two, why_not);
}
