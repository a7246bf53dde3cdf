/* One verdict of the page. */
#include "cli/html.h"

#include <string.h>

/* signs before rivals: a cross, and "about equal" */
#define RULED_OUT "\xe2\x9c\x95"
#define OPEN "\xe2\x89\x88"

enum { LINES_A_GROUP = 4, RIVALS_MOST = 8, ESTABLISHED = 95 };

/* ---- head -------------------------------------------------------------- */

static void row(struct ikw_html *h, const char *name)
{
    ikw_html_f(h, "<li><span>%s</span> ", name);
}

static void part(struct ikw_html *h, size_t index, const char *id,
                 const char *words)
{
    ikw_html_f(h, "<h4 id=\"v%zu-%s\">%s</h4>", index + 1, id, words);
}

static void put_times(struct ikw_html *h, const struct ikw_verdict *v)
{
    if (v->first_ms == IKW_NO_TIME)
        return;
    row(h, "when");
    ikw_html_time(h, v->first_ms, true);
    if (v->last_ms > v->first_ms) {
        ikw_html_raw(h, " to ");
        ikw_html_time(h, v->last_ms,
                      !ikw_when_same_day(v->first_ms, v->last_ms));
    }
    if (v->count > 1)
        ikw_html_f(h, ", %u times", v->count);
    if (v->recovered)
        ikw_html_raw(h, ", recovered later");
    ikw_html_raw(h, "</li>");
}

/* Where the head of the page says it all, the section says what it means. */
static void put_title(struct ikw_html *h, const struct ikw_verdict *v,
                      size_t index)
{
    enum ikw_style style;
    const char *word = ikw_verdict_label(v, &style);
    ikw_html_f(h, "<h3 id=\"v%zu\">", index + 1);
    if (h->report->nverdicts == 1) {
        ikw_html_raw(h, "What this means</h3>");
        return;
    }
    ikw_html_badge(h,
                   style == IKW_RED      ? "fault"
                   : style == IKW_YELLOW ? "past"
                                         : "plain",
                   word);
    ikw_html_raw(h, " ");
    ikw_html_text(h, v->cause->title);
    ikw_html_raw(h, "</h3>");
}

void ikw_html_facts(struct ikw_html *h, const struct ikw_verdict *v,
                    size_t index)
{
    ikw_html_raw(h, "<ul class=\"who\"><li>");
    ikw_html_certainty(h, v);
    ikw_html_raw(h, "</li>");
    if (v->cause->fixer) {
        row(h, "who acts");
        ikw_html_prose(h, v->cause->fixer);
        ikw_html_raw(h, "</li>");
    }
    if (v->role) {
        row(h, "we are the");
        ikw_html_raw(h, v->role == 'I' ? "initiator</li>" : "responder</li>");
    }
    put_times(h, v);
    ikw_html_f(h, "<li><span>verdict %zu</span> <code>", index + 1);
    ikw_html_text(h, v->cause->id);
    ikw_html_raw(h, "</code></li></ul>");
}

static void put_what(struct ikw_html *h, const struct ikw_verdict *v,
                     size_t index)
{
    bool alone = h->report->nverdicts == 1;
    put_title(h, v, index);
    if (!alone)
        ikw_html_facts(h, v, index);
    if (!alone && v->summary && *v->summary) {
        ikw_html_raw(h, "<p class=\"here\">");
        ikw_html_text(h, v->summary);
        ikw_html_raw(h, "</p>");
    }
    ikw_html_raw(h, "<p>");
    ikw_html_prose(h, v->cause->explanation);
    ikw_html_raw(h, "</p>");
}

/* ---- evidence ---------------------------------------------------------- */

static void put_item(struct ikw_html *h, const struct ikw_evidence_item *e)
{
    ikw_html_place(h, &e->first);
    if (e->count > 1)
        ikw_html_f(h, ", %u times", e->count);
    if (e->count > 1 && e->last.line && e->last.line != e->first.line) {
        ikw_html_raw(h, ", to ");
        ikw_html_place(h, &e->last);
    }
    ikw_html_log(h, &e->first);
}

static bool same(const char *a, const char *b)
{
    return a && b && !strcmp(a, b);
}

/* One group has one row, though a gate may have one more. */
static bool group_shown(const struct ikw_verdict *v, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same(v->bill[k].group, v->bill[i].group))
            return true;
    return false;
}

/* The lines of one observation, then what they mean. */
static void put_group(struct ikw_html *h, const struct ikw_verdict *v,
                      const struct ikw_bill_row *r)
{
    size_t shown = 0, more = 0;
    ikw_html_raw(h, "<li>");
    for (size_t i = 0; i < v->nevidence; i++) {
        const struct ikw_evidence_item *e = &v->evidence[i];
        if (!e->first.line || !same(e->group, r->group))
            continue;
        if (shown == LINES_A_GROUP) {
            more++;
            continue;
        }
        put_item(h, e);
        shown++;
    }
    if (more)
        ikw_html_f(h, "<p class=\"says\">and %zu more</p>", more);
    if (r->proof && r->proof->sentence && *r->proof->sentence)
        ikw_html_element(h, "p", "says", r->proof->sentence);
    ikw_html_raw(h, "</li>");
}

static bool absence_shown(struct ikw_html *h, const struct ikw_verdict *v,
                          size_t i)
{
    const char *says = ikw_absence_says(h->session, &v->absent[i]);
    for (size_t k = 0; k < i; k++)
        if (same(ikw_absence_says(h->session, &v->absent[k]), says))
            return true;
    return false;
}

static void put_absences(struct ikw_html *h, const struct ikw_verdict *v)
{
    for (size_t i = 0; i < v->nabsent; i++) {
        const struct ikw_absence *a = &v->absent[i];
        const char *says = ikw_absence_says(h->session, a);
        if (!says || absence_shown(h, v, i))
            continue;
        ikw_html_raw(h, "<li>not in the log: ");
        ikw_html_text(h, says);
        ikw_html_raw(h, a->observable
                            ? " <small>(this log would show it)</small>"
                            : " <small>(this log could not show it)"
                              "</small>");
        ikw_html_raw(h, "</li>");
    }
}

static void put_evidence(struct ikw_html *h, const struct ikw_verdict *v,
                         size_t index)
{
    part(h, index, "seen", "Evidence");
    ikw_html_raw(h, "<ul class=\"ev\">");
    for (size_t i = 0; i < v->nbill; i++)
        if (v->bill[i].group && !group_shown(v, i))
            put_group(h, v, &v->bill[i]);
    put_absences(h, v);
    ikw_html_raw(h, "</ul>");
}

static void put_bill(struct ikw_html *h, const struct ikw_verdict *v)
{
    int sum = 0;
    ikw_html_raw(h, "<details class=\"fold\"><summary>The bill: how the "
                    "certainty adds up</summary><table><caption>"
                    "Decibels of log-odds; they add up to the score</caption>"
                    "<thead><tr><th scope=\"col\" class=\"n\">dB</th>"
                    "<th scope=\"col\">Observation</th></tr></thead><tbody>");
    for (size_t i = 0; i < v->nbill; i++) {
        const struct ikw_bill_row *r = &v->bill[i];
        sum += r->db;
        ikw_html_f(h, "<tr><td class=\"n\">%+d</td><td>", r->db);
        if (!r->group)
            ikw_html_raw(h, "prior: how common the cause is");
        else if (r->proof)
            ikw_html_text(h, r->proof->sentence);
        else
            ikw_html_text(h, r->group);
        ikw_html_raw(h, "</td></tr>");
    }
    ikw_html_f(h,
               "</tbody><tfoot><tr><td class=\"n\">%+d</td><td>= %d %%"
               "</td></tr></tfoot></table></details>",
               sum, v->certainty);
}

/* ---- rivals ------------------------------------------------------------ */

static void put_rival(struct ikw_html *h, const struct ikw_rival *r)
{
    ikw_html_f(h, "<li><span class=\"sign\">%s</span><strong>",
               r->excluded ? RULED_OUT : OPEN);
    ikw_html_text(h, r->cause->title);
    ikw_html_raw(h, "</strong> (<code>");
    ikw_html_text(h, r->cause->id);
    ikw_html_raw(h, "</code>): ");
    if (!r->excluded)
        ikw_html_f(h, "not ruled out, %d&#160;%%</li>", r->certainty);
    else
        ikw_html_raw(h, "ruled out</li>");
}

static bool same_exclusion(const struct ikw_rival *a, const struct ikw_rival *b)
{
    return a->excluded && b->excluded && a->excluded_proof &&
           b->excluded_proof && a->excluded_by == b->excluded_by &&
           !strcmp(a->excluded_proof->sentence, b->excluded_proof->sentence);
}

/* Rivals that one observation excludes share its sentence. */
static void put_excluded(struct ikw_html *h, const struct ikw_verdict *v,
                         size_t first)
{
    ikw_html_raw(h, "<li><span class=\"sign\">" RULED_OUT "</span><strong>");
    for (size_t i = first; i < v->nrivals; i++) {
        if (!same_exclusion(&v->rivals[first], &v->rivals[i]))
            continue;
        ikw_html_raw(h, i == first ? "" : "; ");
        ikw_html_text(h, v->rivals[i].cause->title);
    }
    ikw_html_raw(h, "</strong> ruled out: ");
    ikw_html_text(h, v->rivals[first].excluded_proof->sentence);
    ikw_html_raw(h, "</li>");
}

static bool shown_before(const struct ikw_verdict *v, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same_exclusion(&v->rivals[k], &v->rivals[i]))
            return true;
    return false;
}

static void put_rivals(struct ikw_html *h, const struct ikw_verdict *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->nrivals && n < RIVALS_MOST; i++) {
        const struct ikw_rival *r = &v->rivals[i];
        if ((!r->excluded && r->certainty < 1) || shown_before(v, i))
            continue;
        if (!n++)
            ikw_html_raw(h, "<h4>Rather than</h4><ul class=\"out\">");
        if (r->excluded && r->excluded_proof)
            put_excluded(h, v, i);
        else
            put_rival(h, r);
    }
    if (n)
        ikw_html_raw(h, "</ul>");
}

/* ---- what to do -------------------------------------------------------- */

static bool has_advice(const struct ikw_cause *c)
{
    return c->nremedies || c->nverify;
}

/* Where configurations were given. */
static void put_lines_to_change(struct ikw_html *h, const struct ikw_verdict *v)
{
    struct ikw_buf lines = { 0 };
    ikw_configs_lines(&h->session->configs, v, &lines);
    if (lines.len) {
        ikw_html_raw(h, "<dt>here</dt><dd>");
        ikw_html_text(h, lines.ptr);
        ikw_html_raw(h, "</dd>");
    }
    ikw_buf_release(&lines);
}

static void put_advice(struct ikw_html *h, const struct ikw_verdict *v,
                       size_t index)
{
    const struct ikw_cause *c = v->cause;
    if (!has_advice(c))
        return;
    part(h, index, "do", "What to do");
    ikw_html_raw(h, "<dl class=\"do\">");
    put_lines_to_change(h, v);
    for (size_t i = 0; i < c->nremedies; i++) {
        ikw_html_raw(h, "<dt>");
        ikw_html_text(h, c->remedies[i].for_what);
        ikw_html_raw(h, "</dt><dd>");
        ikw_html_prose(h, c->remedies[i].text);
        ikw_html_raw(h, "</dd>");
    }
    for (size_t i = 0; i < c->nverify; i++) {
        ikw_html_raw(h, "<dt>check</dt><dd>");
        ikw_html_prose(h, c->verify[i]);
        ikw_html_raw(h, "</dd>");
    }
    if (c->settle && v->certainty < ESTABLISHED) {
        ikw_html_raw(h, "<dt>would settle it</dt><dd>");
        ikw_html_prose(h, c->settle);
        ikw_html_raw(h, "</dd>");
    }
    ikw_html_raw(h, "</dl>");
}

bool ikw_html_has_part(const struct ikw_html *h, const char *part)
{
    const struct ikw_verdict *v = h->report->verdicts[0];
    if (!h->detailed[0])
        return false;
    if (!strcmp(part, "do"))
        return has_advice(v->cause);
    if (!strcmp(part, "way"))
        return v->ladder != NULL;
    return strcmp(part, "how") ? true : v->proof && v->proof->nchildren;
}

void ikw_html_verdict(struct ikw_html *h, size_t index)
{
    const struct ikw_verdict *v = h->report->verdicts[index];
    h->detailed[index] = true;
    ikw_html_raw(h, "<div class=\"verdict\">");
    put_what(h, v, index);
    put_advice(h, v, index);
    if (v->ladder) {
        part(h, index, "way", "The negotiation");
        ikw_html_ladder(h, v->ladder);
    }
    put_evidence(h, v, index);
    put_rivals(h, v);
    ikw_html_proof(h, v, index);
    put_bill(h, v);
    ikw_html_raw(h, "</div>");
}
