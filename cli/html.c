/*
 * The page as a whole: what is wrong first, then each tunnel with a fault,
 * then the table of all, then the lines. However many tunnels there are the
 * page stays small: details stop at a budget, the table does not.
 */
#include "cli/html.h"

#include <stdlib.h>
#include <string.h>

enum {
    DETAIL_BYTES = 5 << 19, /* of sections with a proof: 2.5 MiB */
    TIMELINES = 60,
    UNEXPLAINED_MOST = 40
};

/* One tunnel with a verdict has a section that says all of it. */
bool ikw_html_overview(const struct ikw_html *h)
{
    const struct ikw_report *r = h->report;
    return r->ntunnels > 1 || (r->ntunnels && !r->tunnels[0]->nverdicts);
}

/* ---- timelines -------------------------------------------------------------
 */

static bool has_fault(const struct ikw_tunnel *t)
{
    return t->nverdicts > 0;
}

static void put_time_row(struct ikw_html *h, const struct ikw_tunnel *t)
{
    ikw_html_raw(h, "<div class=\"tlrow\"><div>");
    ikw_html_tunnel(h, t->local, t->peer, t->name);
    ikw_html_raw(h, "</div>");
    ikw_html_timeline(h, t);
    ikw_html_raw(h, "</div>");
}

static void put_timelines(struct ikw_html *h)
{
    const struct ikw_report *r = h->report;
    size_t shown = 0;
    if (!ikw_html_overview(h))
        return;
    ikw_html_raw(h, "<section class=\"card\" aria-labelledby=\"time\">"
                    "<h2 id=\"time\">Timeline</h2>");
    if (h->from_ms == IKW_NO_TIME) {
        ikw_html_raw(h, "<p>The lines of this log have no time.</p></section>");
        return;
    }
    for (int faulty = 1; faulty >= 0; faulty--)
        for (size_t i = 0; i < r->ntunnels && shown < TIMELINES; i++)
            if (has_fault(r->tunnels[i]) == faulty) {
                put_time_row(h, r->tunnels[i]);
                shown++;
            }
    ikw_html_raw(h, "<div class=\"tlrow\"><div></div>");
    ikw_html_axis(h);
    ikw_html_raw(h, "</div>");
    ikw_html_timeline_legend(h, NULL);
    if (shown < r->ntunnels)
        ikw_html_f(h, "<p class=\"dim\">The first %zu of %zu tunnels.</p>",
                   shown, r->ntunnels);
    ikw_html_raw(h, "</section>");
}

/* ---- tunnels ----------------------------------------------------------------
 */

static const char *state_class(const struct ikw_tunnel *t)
{
    if (!strcmp(t->state, "up"))
        return "healthy";
    return strcmp(t->state, "down") ? "past" : "fault";
}

static void put_state(struct ikw_html *h, const struct ikw_tunnel *t)
{
    ikw_html_badge(h, state_class(t),
                   strcmp(t->state, "unknown") ? t->state : "state unknown");
}

static void put_tunnel_head(struct ikw_html *h, const struct ikw_tunnel *t,
                            size_t index)
{
    ikw_html_f(h,
               "<section class=\"card tunnel\" aria-labelledby=\"t%zu\">"
               "<h2 id=\"t%zu\">",
               index + 1, index + 1);
    ikw_html_tunnel(h, t->local, t->peer, t->name);
    ikw_html_raw(h, " ");
    put_state(h, t);
    ikw_html_f(h, "</h2><p class=\"dim\">%u negotiation%s", t->attempts,
               t->attempts == 1 ? "" : "s");
    if (t->first_ms != IKW_NO_TIME) {
        ikw_html_raw(h, " \xc2\xb7 ");
        ikw_html_time(h, t->first_ms, true);
        ikw_html_raw(h, " to ");
        ikw_html_time(h, t->last_ms,
                      !ikw_when_same_day(t->first_ms, t->last_ms));
    }
    ikw_html_raw(h, "</p>");
    ikw_html_timeline(h, t);
    if (t->timeline && h->from_ms != IKW_NO_TIME) {
        ikw_html_axis(h);
        ikw_html_timeline_legend(h, t->timeline);
    }
}

/* True if there was room for it. */
static bool put_tunnel(struct ikw_html *h, size_t index, size_t start)
{
    const struct ikw_tunnel *t = h->report->tunnels[index];
    if (h->out->len - start > DETAIL_BYTES)
        return false;
    put_tunnel_head(h, t, index);
    for (size_t k = 0; k < t->nverdicts; k++)
        ikw_html_verdict(h, t->verdicts[k]);
    ikw_html_raw(h, "</section>");
    return true;
}

static void put_daemon(struct ikw_html *h)
{
    const struct ikw_report *r = h->report;
    bool any = false;
    for (size_t i = 0; i < r->nverdicts; i++) {
        if (r->verdicts[i]->tunnel < r->ntunnels)
            continue;
        if (!any)
            ikw_html_raw(h, "<section class=\"card tunnel\" "
                            "aria-labelledby=\"daemon\"><h2 id=\"daemon\">"
                            "The daemon itself</h2>");
        any = true;
        ikw_html_verdict(h, i);
    }
    if (any)
        ikw_html_raw(h, "</section>");
}

/* In the order of their best verdicts. */
static void put_details(struct ikw_html *h)
{
    const struct ikw_report *r = h->report;
    size_t start = h->out->len, left = 0;
    put_daemon(h);
    bool *done = ikw_xcalloc(r->ntunnels + 1, sizeof *done);
    for (size_t i = 0; i < r->nverdicts; i++) {
        size_t t = r->verdicts[i]->tunnel;
        if (t >= r->ntunnels || done[t])
            continue;
        done[t] = true;
        left += !put_tunnel(h, t, start);
    }
    free(done);
    if (left)
        ikw_html_f(h,
                   "<p class=\"card\">%zu more tunnels with a verdict stand in "
                   "the table "
                   "only; diagnose a part of the log to see their "
                   "details.</p>",
                   left);
}

/* ---- the table
 * --------------------------------------------------------------- */

static void put_table_row(struct ikw_html *h, const struct ikw_tunnel *t)
{
    const struct ikw_report *r = h->report;
    ikw_html_raw(h, "<tr><td>");
    ikw_html_outcome(h, t->outcome);
    ikw_html_raw(h, "</td><td>");
    ikw_html_tunnel(h, t->local, t->peer, t->name);
    ikw_html_f(h, "</td><td>%s</td><td class=\"n\">%u</td><td>", t->state,
               t->attempts);
    if (t->first_ms != IKW_NO_TIME)
        ikw_html_time(h, t->first_ms, true);
    ikw_html_raw(h, "</td><td>");
    if (t->nverdicts) {
        size_t i = t->verdicts[0];
        if (h->detailed[i])
            ikw_html_f(h, "<a href=\"#v%zu\">", i + 1);
        ikw_html_text(h, r->verdicts[i]->cause->title);
        if (h->detailed[i])
            ikw_html_raw(h, "</a>");
        if (t->nverdicts > 1)
            ikw_html_f(h, " and %zu more", t->nverdicts - 1);
    }
    ikw_html_raw(h, "</td></tr>\n");
}

static void put_table(struct ikw_html *h)
{
    const struct ikw_report *r = h->report;
    if (!ikw_html_overview(h))
        return;
    ikw_html_raw(h, "<section class=\"card\" aria-labelledby=\"tunnels\">"
                    "<h2 id=\"tunnels\">All tunnels</h2>");
    ikw_html_f(h,
               "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
               "aria-label=\"Table of tunnels\"><table><caption>%zu tunnel%s"
               "</caption><thead><tr><th scope=\"col\">Outcome</th>"
               "<th scope=\"col\">Tunnel</th><th scope=\"col\">State</th>"
               "<th scope=\"col\" class=\"n\">Tried</th>"
               "<th scope=\"col\">First</th><th scope=\"col\">Verdict</th>"
               "</tr></thead><tbody>\n",
               r->ntunnels, r->ntunnels == 1 ? "" : "s");
    for (size_t i = 0; i < r->ntunnels; i++)
        put_table_row(h, r->tunnels[i]);
    ikw_html_raw(h, "</tbody></table></div></section>");
}

/* ---- what remains
 * ------------------------------------------------------------ */

static void put_unexplained(struct ikw_html *h)
{
    const struct ikw_report *r = h->report;
    ikw_html_f(h, "<h3>Error lines that no verdict explains: %u</h3>",
               r->unexplained_total);
    if (!r->nunexplained)
        return;
    ikw_html_raw(h, "<ul class=\"ev\">");
    for (size_t i = 0; i < r->nunexplained && i < UNEXPLAINED_MOST; i++) {
        ikw_html_raw(h, "<li>");
        ikw_html_place(h, &r->unexplained[i]);
        ikw_html_log(h, &r->unexplained[i]);
        ikw_html_raw(h, "</li>");
    }
    ikw_html_raw(h, "</ul>");
}

static void put_elsewhere(struct ikw_html *h)
{
    const struct ikw_elsewhere *e = &h->session->elsewhere;
    struct ikw_buf b = { 0 };
    ikw_elsewhere_words(&b, h->session);
    if (b.len) {
        ikw_html_raw(h, "<h3>The peer's log</h3>");
        ikw_html_element(h, "p", NULL, b.ptr);
        ikw_html_raw(h, e->n ? "<ul>" : "");
    }
    for (size_t i = 0; i < e->n; i++) {
        ikw_html_raw(h, "<li>");
        ikw_html_place(h, &e->v[i]);
        ikw_html_raw(h, " ");
        ikw_html_element(h, "code", NULL, e->v[i].text);
        ikw_html_raw(h, "</li>");
    }
    if (e->n)
        ikw_html_raw(h, "</ul>");
    ikw_buf_release(&b);
}

static void put_rest(struct ikw_html *h)
{
    const struct ikw_report *r = h->report;
    ikw_html_raw(h, "<section class=\"card rest\" aria-labelledby=\"rest\">"
                    "<h2 id=\"rest\">What remains</h2>");
    if (r->nnotes)
        ikw_html_raw(h, "<h3>Worth knowing, no fault</h3><ul>");
    for (size_t i = 0; i < r->nnotes; i++)
        ikw_html_element(h, "li", NULL, r->notes[i]->title);
    if (r->nnotes)
        ikw_html_raw(h, "</ul>");
    put_unexplained(h);
    put_elsewhere(h);
    if (r->nblind_spots)
        ikw_html_raw(h, "<h3>What this log could not show</h3><ul>");
    for (size_t i = 0; i < r->nblind_spots; i++)
        ikw_html_element(h, "li", NULL, r->blind_spots[i]);
    if (r->nblind_spots)
        ikw_html_raw(h, "</ul>");
    ikw_html_raw(h, "</section>");
}

/* ---- all of it
 * --------------------------------------------------------------- */

static void find_span(struct ikw_html *h)
{
    const struct ikw_session *s = h->session;
    h->from_ms = h->to_ms = IKW_NO_TIME;
    for (size_t i = 0; i < h->report->ntunnels; i++) {
        const struct ikw_tunnel *t = h->report->tunnels[i];
        if (t->first_ms == IKW_NO_TIME)
            continue;
        if (h->from_ms == IKW_NO_TIME || t->first_ms < h->from_ms)
            h->from_ms = t->first_ms;
        if (h->to_ms == IKW_NO_TIME || t->last_ms > h->to_ms)
            h->to_ms = t->last_ms;
    }
    for (size_t i = 0; i < s->ninputs && !s->from_facts; i++) {
        const struct ikw_log_summary *in = &s->inputs[i];
        if (in->from_ms == IKW_NO_TIME || h->from_ms == IKW_NO_TIME)
            continue;
        h->from_ms = in->from_ms < h->from_ms ? in->from_ms : h->from_ms;
        h->to_ms = in->to_ms > h->to_ms ? in->to_ms : h->to_ms;
    }
}

/* What has details is known once they are written; the list of verdicts, which
 * stands before them, links to them. So they are written aside. */
void ikw_render_html(struct ikw_buf *out, const struct ikw_session *s)
{
    struct ikw_buf aside = { 0 };
    struct ikw_html h = { .out = &aside, .session = s, .report = s->report };
    h.detailed = ikw_xcalloc(s->report->nverdicts + 1, sizeof *h.detailed);
    find_span(&h);
    put_details(&h);
    h.out = out;
    ikw_html_top(&h);
    ikw_html_causes(&h);
    put_timelines(&h);
    ikw_buf_add(out, ikw_buf_str(&aside), aside.len);
    put_table(&h);
    put_rest(&h);
    ikw_html_lines(&h);
    ikw_html_raw(&h, "</main></body></html>\n");
    free(h.detailed);
    free(h.lines);
    ikw_buf_release(&aside);
}
