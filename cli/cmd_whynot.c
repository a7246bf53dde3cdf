/* ikewhy why-not: what keeps the verdict from being another cause. */
#include "cli/whynot_text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct one {
    const struct ikw_rule *rule;
    const struct ikw_then *then;
    unsigned progress;
};

struct rules {
    struct one *v;
    size_t n, cap;
};

/* Nearest to firing first, then the stronger, then by id (the KB's order). */
static int nearer_first(const void *x, const void *y)
{
    const struct one *a = x, *b = y;
    if (a->progress != b->progress)
        return a->progress > b->progress ? -1 : 1;
    if (abs(a->then->db) != abs(b->then->db))
        return abs(a->then->db) > abs(b->then->db) ? -1 : 1;
    return strcmp(a->rule->id, b->rule->id);
}

static struct rules rules_for(const struct ikw_whynot_view *view,
                              const struct ikw_cause *cause, bool against)
{
    const struct ikw_kb *kb = view->session->kb;
    struct rules r = { 0 };
    for (size_t i = 0; i < kb->nrules; i++) {
        const struct ikw_then *then =
            ikw_rule_for(kb->rules[i], cause, against);
        if (!then)
            continue;
        IKW_GROW(r.v, r.cap, r.n + 1);
        r.v[r.n++] = (struct one){ kb->rules[i], then,
                                   ikw_whynot_progress(view, kb->rules[i]) };
    }
    if (r.n)
        qsort(r.v, r.n, sizeof *r.v, nearer_first);
    return r;
}

/* ---- how it stands ------------------------------------------------------ */

static const struct ikw_candidate *candidate(const struct ikw_contest *c,
                                             const struct ikw_cause *cause)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->ranked[i]->cause == cause)
            return c->ranked[i];
    return NULL;
}

/* Its kinds and what it is a kind of have rules of their own. */
static void tell_family(struct ikw_page *page, const struct ikw_kb *kb,
                        const struct ikw_cause *cause)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < kb->ncauses; i++)
        if (kb->causes[i]->parent == cause)
            ikw_buf_addf(&b, "%s %s",
                         b.len ? ","
                               : "Its kinds have rules of "
                                 "their own:",
                         kb->causes[i]->id);
    if (b.len)
        ikw_page_flow(page, "", "  ", IKW_DIM, 0, b.ptr);
    ikw_buf_release(&b);
}

static void tell_standing(struct ikw_page *page, const struct ikw_verdict *v,
                          const struct ikw_cause *cause,
                          const struct ikw_candidate *c)
{
    struct ikw_buf b = { 0 };
    if (v->cause == cause) {
        ikw_buf_addf(&b, "It is the verdict, %d %%.", v->certainty);
    } else if (!c) {
        ikw_buf_adds(&b, "Nothing in this log speaks for it.");
    } else if (c->exclude) {
        ikw_buf_adds(&b, "It is ruled out: ");
        if (c->exclude->why)
            ikw_because(c->exclude->why, &b);
        if (c->exclude->why)
            ikw_buf_addf(&b, " (rule %s)", c->exclude->why->rule->id);
    } else {
        ikw_buf_addf(&b,
                     "It is not ruled out: %d dB, %d %%; the verdict has "
                     "%d dB, %d %%.",
                     c->db, c->certainty, v->db, v->certainty);
    }
    ikw_page_flow(page, "", "", IKW_PLAIN, 0, b.ptr);
    ikw_buf_release(&b);
}

/* ---- the answer --------------------------------------------------------- */

static void show_rules(const struct ikw_whynot_view *view,
                       const struct rules *r, bool against)
{
    struct ikw_buf head = { 0 };
    bool told = false;
    size_t wanting = 0;
    for (size_t i = 0; i < r->n; i++) {
        bool fires = r->v[i].progress == UINT_MAX;
        if (against && !fires)
            continue; /* what does not speak against it needs no excuse */
        if (ikw_whynot_wants_config(view, r->v[i].rule)) {
            wanting++;
            continue;
        }
        if (!told) {
            ikw_buf_addc(&view->page->out, '\n');
            ikw_page_heading(view->page, against
                                             ? "Rules that speak against it"
                                             : "Rules that could speak for it");
        }
        told = true;
        ikw_buf_clear(&head);
        ikw_add_then(&head, r->v[i].then);
        ikw_show_whynot(view, r->v[i].rule, head.ptr);
    }
    if (wanting) {
        ikw_buf_clear(&head);
        ikw_buf_addf(&head,
                     "not observable without the configurations: %zu %s"
                     "rule%s (--config, --peer-config)",
                     wanting, told ? "more " : "", wanting == 1 ? "" : "s");
        if (!told)
            ikw_buf_addc(&view->page->out, '\n');
        ikw_page_flow(view->page, "  ", "    ", IKW_DIM, 0, head.ptr);
    }
    ikw_buf_release(&head);
}

static bool answer(struct ikw_session *s, const struct ikw_options *o,
                   struct ikw_page *page)
{
    const struct ikw_cause *cause = ikw_ask_cause(s->kb, o->rather_than);
    const struct ikw_verdict *v = NULL;
    struct ikw_question asked = { 0 };
    struct ikw_buf b = { 0 };
    if (cause)
        v = ikw_ask_verdict(s, o->verdict ? o->verdict : 1);
    struct ikw_inquiry *q = v ? ikw_ask_inquiry(s, v) : NULL;
    if (!q)
        return false;
    struct ikw_whynot_view view = { page, s, q, v->subject };
    ikw_show_head(page, s, v);
    ikw_buf_addf(&b, "Why not %s: %s?", cause->id, cause->title);
    ikw_page_flow(page, "", "  ", IKW_BOLD, 0, b.ptr);
    if (ikw_inquiry_about(q, v->subject, &asked))
        tell_standing(page, v, cause, candidate(asked.contest, cause));
    for (int against = 1; against >= 0; against--) {
        struct rules r = rules_for(&view, cause, against);
        show_rules(&view, &r, against);
        if (!against && !r.n)
            ikw_page_flow(page, "", "", IKW_PLAIN, 0,
                          "No rule of the knowledge base concludes it.");
        free(r.v);
    }
    tell_family(page, s->kb, cause);
    ikw_buf_release(&b);
    ikw_inquiry_close(q);
    return true;
}

int ikw_cmd_whynot(const struct ikw_options *o)
{
    struct ikw_options rest = ikw_without_operand(o);
    struct ikw_ask ask = { .answer = answer, .keep_sets = true };
    if (!o->nfiles) {
        ikw_complain("why-not: which cause? (see ikewhy kb list causes)");
        return IKW_EXIT_ERROR;
    }
    rest.rather_than = o->files[0];
    return ikw_ask(&rest, &ask);
}
