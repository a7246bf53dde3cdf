/*
 * ikewhy why A --rather-than B: what speaks for one cause of a problem and
 * not for the other. What says the same of both is left out.
 */
#include "cli/whynot_text.h"
#include "cli/why.h"

#include <limits.h>
#include <string.h>

enum { UNSAID = INT_MIN }; /* the numbers stand in the row above */

struct pair {
    struct ikw_page *page;
    struct ikw_session *session;
    const struct ikw_cause *a, *b;
    const struct ikw_candidate *ca, *cb; /* NULL: nothing speaks for it */
};

static const struct ikw_candidate *candidate(const struct ikw_contest *c,
                                             const struct ikw_cause *cause)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->ranked[i]->cause == cause)
            return c->ranked[i];
    return NULL;
}

/* ---- which problem ------------------------------------------------------- */

static bool lists(const struct ikw_verdict *v, const struct ikw_cause *c)
{
    if (v->cause == c)
        return true;
    for (size_t i = 0; i < v->nrivals; i++)
        if (v->rivals[i].cause == c)
            return true;
    return false;
}

/* The first verdict that knows both, else that knows A. */
static const struct ikw_verdict *choose(const struct ikw_session *s,
                                        const struct pair *p)
{
    const struct ikw_verdict *of_a = NULL;
    for (size_t i = 0; i < s->report->nverdicts; i++) {
        const struct ikw_verdict *v = s->report->verdicts[i];
        if (lists(v, p->a) && lists(v, p->b))
            return v;
        if (!of_a && lists(v, p->a))
            of_a = v;
    }
    return of_a ? of_a : ikw_ask_verdict(s, 1);
}

/* ---- what differs -------------------------------------------------------- */

static const struct ikw_weight *same_group(const struct ikw_candidate *c,
                                           const struct ikw_weight *w)
{
    for (size_t i = 0; c && i < c->nwins; i++)
        if (!strcmp(ikw_weight_group(c->wins[i]), ikw_weight_group(w)))
            return c->wins[i];
    return NULL;
}

static bool same_for(const struct ikw_weight *w, const struct ikw_weight *other)
{
    return other && other->db == w->db && w->why && other->why &&
           w->why->rule == other->why->rule;
}

static void show_weight(struct pair *p, int db_a, int db_b,
                        const struct ikw_derivation *why, const char *note)
{
    struct ikw_buf b = { 0 };
    char first[32], next[] = "                ";
    if (db_a == UNSAID)
        snprintf(first, sizeof first, "%s", next);
    else
        snprintf(first, sizeof first, "  %+5d  %+5d  ", db_a, db_b);
    if (why)
        ikw_because(why, &b);
    ikw_buf_addf(&b, "%s%s", b.len && *note ? " " : "", note);
    if (why)
        ikw_buf_addf(&b, " (rule %s)", why->rule->id);
    ikw_page_flow(p->page, first, next, IKW_PLAIN, 0, ikw_buf_str(&b));
    ikw_buf_release(&b);
}

/* Rows of one side; those of a group that both have are shown with A's. */
static unsigned show_wins(struct pair *p, bool of_a)
{
    const struct ikw_candidate *mine = of_a ? p->ca : p->cb;
    const struct ikw_candidate *far = of_a ? p->cb : p->ca;
    unsigned same = 0;
    for (size_t i = 0; mine && i < mine->nwins; i++) {
        const struct ikw_weight *w = mine->wins[i];
        const struct ikw_weight *x = same_group(far, w);
        if (same_for(w, x)) {
            same += of_a;
        } else if (of_a) {
            show_weight(p, w->db, x ? x->db : 0, w->why, "");
        } else if (!x) {
            show_weight(p, 0, w->db, w->why, "");
        }
        /* another rule speaks for the other in the same group */
        if (of_a && x && !same_for(w, x) && x->why && w->why &&
            x->why->rule != w->why->rule)
            show_weight(p, UNSAID, UNSAID, x->why, "");
    }
    return same;
}

static void show_gates(struct pair *p)
{
    const struct ikw_candidate *v[] = { p->ca, p->cb };
    for (size_t i = 0; i < 2; i++) {
        const struct ikw_weight *sure = v[i] ? v[i]->suffice : NULL;
        const struct ikw_weight *out = v[i] ? v[i]->exclude : NULL;
        struct ikw_buf b = { 0 };
        if (sure && sure->why) {
            ikw_buf_addf(&b, "[sufficient for %s]", v[i]->cause->id);
            show_weight(p, i ? 0 : v[i]->lift_db, i ? v[i]->lift_db : 0,
                        sure->why, b.ptr);
        }
        ikw_buf_clear(&b);
        if (out && out->why) {
            ikw_because(out->why, &b);
            ikw_buf_addf(&b, " (rule %s)", out->why->rule->id);
            ikw_page_flow(p->page, i ? "          out   " : "    out         ",
                          "                ", IKW_RED, 0, b.ptr);
        }
        ikw_buf_release(&b);
    }
}

static void show_sums(struct pair *p)
{
    const struct ikw_candidate *v[] = { p->ca, p->cb };
    ikw_buf_adds(&p->page->out, "  -----  -----\n");
    for (size_t i = 0; i < 2; i++) {
        int db = v[i] ? v[i]->own_db : (i ? p->b : p->a)->prior_db;
        ikw_buf_addf(&p->page->out, "  %+5d", db);
    }
    ikw_buf_adds(&p->page->out, "  dB");
    for (size_t i = 0; i < 2; i++)
        ikw_buf_addf(&p->page->out, "%s%d %%", i ? ", and " : ": ",
                     v[i] ? v[i]->certainty : 0);
    ikw_buf_addc(&p->page->out, '\n');
}

static void show_titles(struct pair *p)
{
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "%s: %s", p->a->id, p->a->title);
    ikw_page_flow(p->page, "  left   ", "         ", IKW_BOLD, 0, b.ptr);
    ikw_buf_clear(&b);
    ikw_buf_addf(&b, "%s: %s", p->b->id, p->b->title);
    ikw_page_flow(p->page, "  right  ", "         ", IKW_BOLD, 0, b.ptr);
    ikw_buf_addc(&p->page->out, '\n');
    ikw_buf_release(&b);
}

/* Nothing speaks for the other: the nearest of its rules, and what it lacks. */
static void show_nearest(struct pair *p, struct ikw_inquiry *q, int64_t subject)
{
    const struct ikw_kb *kb = p->session->kb;
    struct ikw_whynot_view view = { p->page, p->session, q, subject, NULL };
    const struct ikw_rule *best = NULL;
    unsigned most = 0;
    for (size_t i = 0; i < kb->nrules; i++) {
        if (!ikw_rule_for(kb->rules[i], p->b, false))
            continue;
        unsigned n = ikw_whynot_progress(&view, kb->rules[i], NULL);
        if (n != UINT_MAX && (!best || n > most)) {
            best = kb->rules[i];
            most = n;
        }
    }
    if (!best)
        return;
    struct ikw_buf head = { 0 };
    ikw_buf_addf(&p->page->out, "\nNearest rule for %s\n", p->b->id);
    ikw_add_then(&head, ikw_rule_for(best, p->b, false));
    ikw_show_whynot(&view, best, head.ptr);
    ikw_buf_release(&head);
}

static void show_pair(struct pair *p)
{
    show_titles(p);
    ikw_buf_adds(&p->page->out, "   left  right\n");
    if (p->a->prior_db != p->b->prior_db)
        show_weight(p, p->a->prior_db, p->b->prior_db, NULL,
                    "how common each is, before any line is read");
    show_gates(p);
    unsigned same = show_wins(p, true);
    show_wins(p, false);
    show_sums(p);
    if (same)
        ikw_buf_addf(&p->page->out, "  %u group%s the same for both\n", same,
                     same == 1 ? " says" : "s say");
}

static bool answer(struct ikw_session *s, const struct ikw_options *o,
                   struct ikw_page *page)
{
    struct pair p = { .page = page, .session = s };
    struct ikw_question asked = { 0 };
    p.a = ikw_ask_cause(s->kb, o->assumes[0]);
    p.b = p.a ? ikw_ask_cause(s->kb, o->rather_than) : NULL;
    if (!p.b)
        return false;
    const struct ikw_verdict *v =
        o->verdict ? ikw_ask_verdict(s, o->verdict) : choose(s, &p);
    struct ikw_inquiry *q = v ? ikw_ask_inquiry(s, v) : NULL;
    if (!q)
        return false;
    ikw_show_head(page, s, v);
    if (ikw_inquiry_about(q, v->subject, &asked)) {
        p.ca = candidate(asked.contest, p.a);
        p.cb = candidate(asked.contest, p.b);
    }
    show_pair(&p);
    if (!p.cb)
        show_nearest(&p, q, v->subject);
    ikw_inquiry_close(q);
    return true;
}

int ikw_why_cause(const struct ikw_options *o)
{
    struct ikw_options rest = ikw_without_operand(o);
    struct ikw_ask ask = { .answer = answer, .keep_sets = true };
    const char *first[] = { o->files[0] };
    rest.assumes = first;
    return ikw_ask(&rest, &ask);
}
