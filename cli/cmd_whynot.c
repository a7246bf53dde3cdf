/* ikewhy why-not: what keeps the verdict from being another cause. */
#include "cli/json.h"
#include "cli/whynot_json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct one {
    const struct ikw_rule *rule;
    const struct ikw_then *then;
    unsigned progress;
    /* where it comes nearest to firing; if nowhere is nearer than another, a
     * near miss is rather shown than none, a tunnel rather than the daemon */
    size_t set;
    bool miss, tunnel;
};

struct rules {
    struct one *v;
    size_t n, cap;
};

/* What is asked, and of what: the set of a verdict, or of all sets the one
 * where a rule comes nearest. */
struct whynot {
    struct ikw_whynot_view view;
    struct ikw_session *session;
    const struct ikw_cause *cause;
    const struct ikw_verdict *verdict; /* NULL: there is none */
    size_t set;                        /* that is open in the view */
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

static struct rules rules_for(const struct ikw_kb *kb,
                              const struct ikw_cause *cause, bool against)
{
    struct rules r = { 0 };
    for (size_t i = 0; i < kb->nrules; i++) {
        const struct ikw_then *then =
            ikw_rule_for(kb->rules[i], cause, against);
        if (!then)
            continue;
        IKW_GROW(r.v, r.cap, r.n + 1);
        r.v[r.n++] = (struct one){ .rule = kb->rules[i], .then = then };
    }
    return r;
}

/* ---- where a rule comes nearest ------------------------------------------ */

static bool open_set(struct whynot *w, size_t set)
{
    if (w->view.inquiry && w->set == set)
        return true;
    ikw_inquiry_close(w->view.inquiry);
    ikw_followed_clear(w->view.followed);
    w->set = set;
    w->view.inquiry =
        ikw_inquiry_open(w->session->dossier, set, &w->session->diags);
    return w->view.inquiry != NULL;
}

static bool of_tunnel(const struct ikw_fact_set *fs)
{
    return fs->local || fs->peer || fs->tunnel_name;
}

static bool nearer(const struct one *a, const struct one *b)
{
    if (a->progress != b->progress)
        return a->progress > b->progress;
    return a->miss != b->miss ? a->miss : a->tunnel && !b->tunnel;
}

static void come_near(struct whynot *w, struct rules *r, size_t set)
{
    bool tunnel = of_tunnel(ikw_inquiry_set(w->view.inquiry));
    for (size_t i = 0; i < r->n; i++) {
        struct one *one = &r->v[i], here = *one;
        here.progress = ikw_whynot_progress(&w->view, one->rule, &here.miss);
        here.set = set;
        here.tunnel = tunnel;
        if (nearer(&here, one))
            *one = here;
    }
}

/* In the set of the verdict, or in all of them. */
static void find_nearest(struct whynot *w, struct rules *r)
{
    size_t n = ikw_dossier_nsets(w->session->dossier);
    if (w->verdict)
        come_near(w, r, w->set);
    for (size_t set = 0; set < n && !w->verdict; set++)
        if (open_set(w, set))
            come_near(w, r, set);
    if (r->n)
        qsort(r->v, r->n, sizeof *r->v, nearer_first);
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

static bool is_noted(const struct ikw_report *r, const struct ikw_cause *cause)
{
    for (size_t i = 0; i < r->nnotes; i++)
        if (r->notes[i] == cause)
            return true;
    return false;
}

static void tell_no_verdict(struct ikw_page *page, const struct ikw_report *r,
                            const struct ikw_cause *cause)
{
    struct ikw_buf b = { 0 };
    ikw_buf_adds(&b, "There is no verdict: ");
    if (is_noted(r, cause))
        ikw_buf_adds(&b, "it is noted, and no fault.");
    else if (r->outcome == IKW_OUTCOME_UNDECIDED)
        ikw_buf_adds(&b, "no rule speaks for any cause.");
    else
        ikw_buf_adds(&b, "nothing went wrong here that wants a cause.");
    ikw_page_flow(page, "", "", IKW_PLAIN, 0, b.ptr);
    ikw_buf_release(&b);
}

/* ---- the answer --------------------------------------------------------- */

static void show_rule(struct whynot *w, const struct one *one)
{
    struct ikw_buf head = { 0 };
    if (!open_set(w, one->set))
        return;
    ikw_add_then(&head, one->then);
    if (!w->verdict && one->tunnel && w->session->report->ntunnels > 1) {
        const struct ikw_fact_set *fs = ikw_inquiry_set(w->view.inquiry);
        ikw_buf_adds(&head, ", nearest in ");
        ikw_tunnel_words(&head, fs->local, fs->peer, fs->tunnel_name);
    }
    ikw_show_whynot(&w->view, one->rule, head.ptr);
    ikw_buf_release(&head);
}

static void show_rules(struct whynot *w, const struct rules *r, bool against)
{
    const struct ikw_whynot_view *view = &w->view;
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
        show_rule(w, &r->v[i]);
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

static void show_head(struct whynot *w)
{
    const struct ikw_session *s = w->session;
    struct ikw_page *page = w->view.page;
    struct ikw_question asked = { 0 };
    struct ikw_buf b = { 0 };
    if (w->verdict) {
        ikw_show_head(page, s, w->verdict);
    } else {
        ikw_show_outcome(page, s);
        ikw_buf_addc(&page->out, '\n');
    }
    ikw_buf_addf(&b, "Why not %s: %s?", w->cause->id, w->cause->title);
    ikw_page_flow(page, "", "  ", IKW_BOLD, 0, b.ptr);
    if (!w->verdict)
        tell_no_verdict(page, s->report, w->cause);
    else if (ikw_inquiry_about(w->view.inquiry, w->view.subject, &asked))
        tell_standing(page, w->verdict, w->cause,
                      candidate(asked.contest, w->cause));
    ikw_buf_release(&b);
}

static void show_all(struct whynot *w)
{
    show_head(w);
    for (int against = 1; against >= 0; against--) {
        struct rules r = rules_for(w->session->kb, w->cause, against);
        find_nearest(w, &r);
        show_rules(w, &r, against);
        if (!against && !r.n)
            ikw_page_flow(w->view.page, "", "", IKW_PLAIN, 0,
                          "No rule of the knowledge base concludes it.");
        free(r.v);
    }
    tell_family(w->view.page, w->session->kb, w->cause);
}

/* ---- the answer as JSON ---------------------------------------------------
 */

/* Unlike the text it names every rule, those that lack a configuration and
 * those that do not speak against the cause too. */
static json_t *rules_json(struct whynot *w)
{
    json_t *list = json_array();
    for (int against = 1; against >= 0; against--) {
        struct rules r = rules_for(w->session->kb, w->cause, against);
        find_nearest(w, &r);
        for (size_t i = 0; i < r.n; i++)
            if (open_set(w, r.v[i].set))
                json_array_append_new(
                    list, ikw_whynot_rule_json(&w->view, r.v[i].rule,
                                               r.v[i].then, r.v[i].set));
        free(r.v);
    }
    return list;
}

static bool answer_json(struct whynot *w)
{
    struct ikw_question asked = { 0 };
    const struct ikw_candidate *c = NULL;
    if (w->verdict &&
        ikw_inquiry_about(w->view.inquiry, w->view.subject, &asked))
        c = candidate(asked.contest, w->cause);
    json_t *o = ikw_whynot_head_json(w->session, w->cause, w->verdict, c);
    json_object_set_new(o, "rules", rules_json(w));
    bool ok = ikw_json_dump(&w->view.page->out, o, JSON_INDENT(1));
    json_decref(o);
    return ok;
}

/* A log in which nothing happened has no set; its rules are asked of an empty
 * one. */
static void want_a_set(struct ikw_session *s)
{
    struct ikw_fact_set none;
    if (ikw_dossier_nsets(s->dossier) || ikw_dossier_dropped(s->dossier))
        return;
    ikw_fact_set_init(&none, s->kb);
    ikw_dossier_add(s->dossier, &none);
    ikw_fact_set_release(&none);
}

static bool answer(struct ikw_session *s, const struct ikw_options *o,
                   struct ikw_page *page)
{
    struct ikw_followed followed = { 0 };
    struct whynot w = { .view = { page, s, NULL, -1, &followed },
                        .session = s };
    w.cause = ikw_ask_cause(s->kb, o->rather_than);
    if (!w.cause)
        return false;
    if (s->report->nverdicts || o->verdict) {
        w.verdict = ikw_ask_verdict(s, o->verdict ? o->verdict : 1);
        w.view.inquiry = w.verdict ? ikw_ask_inquiry(s, w.verdict) : NULL;
        if (!w.view.inquiry)
            return false;
        w.set = w.verdict->set;
        w.view.subject = w.verdict->subject;
    } else {
        want_a_set(s);
        if (!open_set(&w, 0)) {
            ikw_complain("the log is too large to ask about: give a part of "
                         "it");
            return false;
        }
    }
    bool ok = true;
    if (o->json)
        ok = answer_json(&w);
    else
        show_all(&w);
    ikw_inquiry_close(w.view.inquiry);
    ikw_followed_clear(&followed);
    return ok;
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
