/*
 * ikewhy what-if: reasons again without some lines of the log, or with
 * further facts, and shows what that changes.
 */
#include "cli/ask.h"

#include "inference/compare.h"

#include <stdlib.h>
#include <string.h>

/* ---- assumed facts ------------------------------------------------------- */

struct assuming {
    struct ikw_session *session;
    const struct ikw_verdict *first; /* NULL: there is no verdict */
    struct ikw_dossier *dossier;
    size_t added;
};

static bool has_negotiation(const struct ikw_fact_set *fs, struct ikw_value id)
{
    for (size_t i = 0; i < fs->nfacts; i++)
        if (ikw_value_eq(ikw_fact_get(fs->facts[i], "id"), id))
            return true;
    return false;
}

/* The last that was heard of the negotiation: then it is assumed to be. */
static int64_t time_of(const struct ikw_fact_set *fs, struct ikw_value id)
{
    int64_t t = IKW_NO_TIME;
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_fact *f = fs->facts[i];
        if (ikw_value_eq(ikw_fact_get(f, "id"), id))
            t = f->last.line ? f->last.t_ms : f->first.t_ms;
    }
    return t;
}

static void add_to(struct assuming *as, size_t set, const struct ikw_fact *f,
                   struct ikw_value id)
{
    struct ikw_fact_set *fs = ikw_dossier_set(as->dossier, set);
    struct ikw_value slots[IKW_MAX_SLOTS];
    struct ikw_evidence ev = f->first;
    if (!fs)
        return;
    memcpy(slots, f->slots, f->type->nslots * sizeof *slots);
    if (f->type->negotiation >= 0)
        slots[f->type->negotiation] = id;
    if (ev.t_ms == IKW_NO_TIME && id.kind == IKW_INT)
        ev.t_ms = time_of(fs, id);
    if (ikw_fact_add(fs, f->type, f->source, slots, &ev))
        as->added++;
}

/* To the set of its negotiation; of the first verdict's if it names none; to
 * all where it is not about one. */
static void assume(struct assuming *as, const struct ikw_fact *f)
{
    struct ikw_value id = { .kind = IKW_NIL };
    size_t n = ikw_dossier_nsets(as->dossier);
    bool of_one = f->type->negotiation >= 0;
    if (of_one)
        id = f->slots[f->type->negotiation];
    if (of_one && id.kind == IKW_NIL && as->first) {
        add_to(as, as->first->set, f, ikw_value_int(as->first->subject));
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (!of_one || id.kind == IKW_NIL ||
            has_negotiation(ikw_dossier_set(as->dossier, i), id))
            add_to(as, i, f, id);
}

static void assume_set(void *arg, struct ikw_fact_set *fs)
{
    for (size_t i = 0; i < fs->nfacts; i++)
        assume(arg, fs->facts[i]);
}

static bool assume_text(struct assuming *as, const char *text)
{
    struct ikw_buf b = { 0 };
    struct ikw_session *s = as->session;
    size_t before = as->added;
    ikw_buf_addf(&b, "%s%s", text, strchr(text, '@') ? "" : " @local");
    bool ok =
        !strchr(text, '\n') &&
        ikw_facts_parse(s->kb, "--assume", (struct ikw_slice){ b.ptr, b.len },
                        assume_set, as, &s->diags);
    ikw_buf_release(&b);
    if (ok && as->added == before) {
        ikw_complain("--assume: there is no such negotiation: %s", text);
        return false;
    }
    return ok;
}

/* ---- showing the change ---------------------------------------------------
 */

static const struct ikw_bill_row *row_like(const struct ikw_verdict *v,
                                           const struct ikw_bill_row *row)
{
    for (size_t i = 0; v && i < v->nbill; i++)
        if (v->bill[i].group && !strcmp(v->bill[i].group, row->group) &&
            v->bill[i].rule == row->rule && v->bill[i].db == row->db)
            return &v->bill[i];
    return NULL;
}

/* Rows of `v` that `other` has not. */
static void show_rows(struct ikw_page *page, const struct ikw_verdict *v,
                      const struct ikw_verdict *other, const char *word)
{
    for (size_t i = 0; v && i < v->nbill; i++) {
        const struct ikw_bill_row *row = &v->bill[i];
        struct ikw_buf first = { 0 }, b = { 0 };
        if (!row->group || row_like(other, row))
            continue;
        ikw_buf_addf(&first, "         %-5s %+d dB  ", word, row->db);
        ikw_buf_adds(&b, row->proof ? row->proof->sentence : row->group);
        if (row->rule)
            ikw_buf_addf(&b, " (rule %s)", row->rule->id);
        ikw_page_flow(page, first.ptr, "                       ", IKW_DIM, 0,
                      b.ptr);
        ikw_buf_release(&first);
        ikw_buf_release(&b);
    }
}

static void show_change(struct ikw_page *page, const struct ikw_change *c)
{
    static const char *const words[] = { "gone     ", "new      ",
                                         "changed  " };
    static const enum ikw_style styles[] = { IKW_GREEN, IKW_RED, IKW_YELLOW };
    const struct ikw_verdict *v = c->after ? c->after : c->before;
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "%s: %s, ", v->cause->id, v->cause->title);
    if (c->kind == IKW_CHANGE_MOVED)
        ikw_buf_addf(&b, "%d %% (%d dB) before, now ", c->before->certainty,
                     c->before->db);
    ikw_buf_addf(&b, "%d %%", v->certainty);
    if (c->kind == IKW_CHANGE_MOVED)
        ikw_buf_addf(&b, " (%d dB)", v->db);
    ikw_buf_adds(&b, ikw_page_dot(page));
    ikw_add_whose(&b, v);
    ikw_page_flow(page, words[c->kind], "         ", styles[c->kind], 0, b.ptr);
    ikw_buf_release(&b);
    if (c->kind == IKW_CHANGE_GONE)
        return;
    show_rows(page, c->before, c->after, "less");
    show_rows(page, c->after, c->before, "for");
}

static void show_changes(struct ikw_page *page, const struct ikw_report *before,
                         const struct ikw_report *after)
{
    size_t n, same = 0;
    struct ikw_change *v = ikw_report_compare(before, after, &n);
    ikw_buf_addf(&page->out, "outcome  %s", ikw_outcome_name(before->outcome));
    if (before->outcome != after->outcome)
        ikw_buf_addf(&page->out, " before, now %s",
                     ikw_outcome_name(after->outcome));
    ikw_buf_addc(&page->out, '\n');
    for (size_t i = 0; i < n; i++) {
        if (v[i].kind == IKW_CHANGE_SAME)
            same++;
        else
            show_change(page, &v[i]);
    }
    if (same == n)
        ikw_buf_adds(&page->out, "nothing changes\n");
    else if (same)
        ikw_buf_addf(&page->out, "same     %zu verdict%s\n", same,
                     same == 1 ? "" : "s");
    free(v);
}

/* ---- running --------------------------------------------------------------
 */

static void show_question(struct ikw_page *page, const struct ikw_options *o)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < o->ndrops; i++)
        ikw_buf_addf(&b, "%s%s",
                     i ? ", "
                     : o->ndrops > 1 || strchr(o->drops[0], '-')
                         ? "Without lines "
                         : "Without line ",
                     o->drops[i]);
    for (size_t i = 0; i < o->nassumes; i++)
        ikw_buf_addf(&b, "%s%s",
                     i       ? "; "
                     : b.len ? "; assuming "
                             : "Assuming ",
                     o->assumes[i]);
    ikw_page_flow(page, "", "  ", IKW_BOLD, 0, ikw_buf_str(&b));
    ikw_buf_release(&b);
}

/* Diagnoses again without the lines; the knowledge base is borrowed. */
static bool read_again(const struct ikw_session *s, const struct ikw_options *o,
                       const struct ikw_drops *drops, struct ikw_session *out)
{
    if (!ikw_session_open_with(out, o, s->kb))
        return false;
    out->keep_sets = true;
    out->drops = drops;
    return ikw_session_diagnose(out, o);
}

static bool parse_drops(const struct ikw_options *o, struct ikw_drops *drops)
{
    drops->first_file = o->nfiles ? o->files[0] : NULL;
    for (size_t i = 0; i < o->ndrops; i++) {
        if (ikw_drop_parse(o->drops[i], &drops->v[drops->n])) {
            drops->n++;
            continue;
        }
        ikw_complain("--drop: not LINE, FROM-TO or FILE:LINE: %s", o->drops[i]);
        return false;
    }
    return true;
}

/* A line that no log has would change nothing, and that would mislead. */
static bool check_drops(const struct ikw_session *s,
                        const struct ikw_options *o,
                        const struct ikw_drops *drops)
{
    for (size_t i = 0; i < drops->n; i++) {
        uint32_t lines = 0;
        bool any = false;
        for (size_t k = 0; k < s->ninputs; k++) {
            if (!ikw_drop_concerns(drops, i, s->inputs[k].file))
                continue;
            any = true;
            lines = s->inputs[k].lines > lines ? s->inputs[k].lines : lines;
        }
        if (any && drops->v[i].from <= lines)
            continue;
        if (any)
            ikw_complain("--drop: no line %u: the log has %u", drops->v[i].from,
                         lines);
        else
            ikw_complain("--drop: none of the logs is named so: %s",
                         o->drops[i]);
        return false;
    }
    return true;
}

static bool assume_all(struct ikw_session *s, const struct ikw_options *o,
                       struct ikw_dossier *d)
{
    struct assuming as = { .session = s, .dossier = d };
    if (s->report->nverdicts)
        as.first = s->report->verdicts[0];
    for (size_t i = 0; i < o->nassumes; i++)
        if (!assume_text(&as, o->assumes[i]))
            return false;
    return true;
}

static bool answer(struct ikw_session *s, const struct ikw_options *o,
                   struct ikw_page *page)
{
    struct ikw_drops drops = { .v = ikw_xcalloc(o->ndrops + 1,
                                                sizeof *drops.v) };
    struct ikw_session again = { 0 };
    struct ikw_dossier *d = s->dossier;
    bool ok = parse_drops(o, &drops) && check_drops(s, o, &drops);
    if (ok && drops.n) {
        ok = read_again(s, o, &drops, &again);
        d = again.dossier;
    }
    ok = ok && assume_all(s, o, d);
    if (ok) {
        struct ikw_report_opts opts = { 0 };
        struct ikw_report *after = ikw_dossier_report(d, &opts, &s->diags);
        show_question(page, o);
        show_changes(page, s->report, after);
        ikw_report_free(after);
    }
    again.kb = NULL;
    ikw_session_close(&again);
    free(drops.v);
    return ok;
}

int ikw_cmd_whatif(const struct ikw_options *o)
{
    struct ikw_ask ask = { .answer = answer, .keep_sets = true };
    bool piped = !o->nfiles || !strcmp(o->files[0], "-");
    if (!o->ndrops && !o->nassumes) {
        ikw_complain("what-if: what? give --drop or --assume");
        return IKW_EXIT_ERROR;
    }
    if (o->ndrops && (piped || o->facts)) {
        ikw_complain("--drop reads the log twice: it must be a file");
        return IKW_EXIT_ERROR;
    }
    return ikw_ask(o, &ask);
}
