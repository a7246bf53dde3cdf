/* One verdict of the page. */
#include "cli/html.h"

#include <string.h>

enum { EVIDENCE_MOST = 16, RIVALS_MOST = 8, ESTABLISHED = 95 };

/* ---- head -----------------------------------------------------------------
 */

static void row(struct ikw_html *h, const char *name)
{
    ikw_html_f(h, "<dt>%s</dt><dd>", name);
}

static void put_times(struct ikw_html *h, const struct ikw_verdict *v)
{
    if (v->first_ms == IKW_NO_TIME)
        return;
    row(h, "When");
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
    ikw_html_raw(h, "</dd>");
}

static void put_head(struct ikw_html *h, const struct ikw_verdict *v,
                     size_t index)
{
    enum ikw_style style;
    const char *word = ikw_verdict_label(v, &style);
    ikw_html_f(h, "<h3 id=\"v%zu\">", index + 1);
    ikw_html_badge(h,
                   style == IKW_RED      ? "fault"
                   : style == IKW_YELLOW ? "past"
                                         : "plain",
                   word);
    ikw_html_raw(h, " ");
    ikw_html_text(h, v->cause->title);
    ikw_html_raw(h, "</h3><dl>");
    row(h, "Certainty");
    if (v->band)
        ikw_html_f(h, "%s, ", v->band->word);
    ikw_html_f(h, "%d %%</dd>", v->certainty);
    row(h, "Verdict");
    ikw_html_f(h, "%zu, <code>", index + 1);
    ikw_html_text(h, v->cause->id);
    ikw_html_raw(h, "</code></dd>");
    if (v->role) {
        row(h, "Our role");
        ikw_html_raw(h, v->role == 'I' ? "initiator</dd>" : "responder</dd>");
    }
    put_times(h, v);
    if (v->cause->fixer) {
        row(h, "Who acts");
        ikw_html_prose(h, v->cause->fixer);
        ikw_html_raw(h, "</dd>");
    }
    ikw_html_raw(h, "</dl>");
}

static void put_what(struct ikw_html *h, const struct ikw_verdict *v)
{
    ikw_html_raw(h, "<p>");
    ikw_html_prose(h, v->cause->explanation);
    ikw_html_raw(h, "</p>");
    if (v->summary && *v->summary) {
        ikw_html_raw(h, "<p><strong>Here:</strong> ");
        ikw_html_text(h, v->summary);
        ikw_html_raw(h, "</p>");
    }
}

/* ---- evidence --------------------------------------------------------------
 */

static void put_item(struct ikw_html *h, const struct ikw_evidence_item *e)
{
    struct ikw_buf b = { 0 };
    ikw_html_raw(h, "<li>");
    ikw_html_place(h, &e->first);
    if (e->count > 1)
        ikw_html_f(h, ", %u times", e->count);
    if (e->count > 1 && e->last.line && e->last.line != e->first.line) {
        ikw_html_raw(h, ", to ");
        ikw_html_place(h, &e->last);
    }
    ikw_line_words(&b, &e->first);
    ikw_html_element(h, "span", "log", ikw_buf_str(&b));
    ikw_html_raw(h, "</li>");
    ikw_buf_release(&b);
}

static void put_evidence(struct ikw_html *h, const struct ikw_verdict *v)
{
    size_t shown = 0;
    ikw_html_raw(h, "<h4>Evidence</h4><ul>");
    for (size_t i = 0; i < v->nevidence && shown < EVIDENCE_MOST; i++) {
        if (!v->evidence[i].group || !v->evidence[i].first.line)
            continue;
        put_item(h, &v->evidence[i]);
        shown++;
    }
    for (size_t i = 0; i < v->nabsent; i++) {
        const struct ikw_absence *a = &v->absent[i];
        const struct ikw_type *type =
            a->fact ? ikw_kb_type(h->session->kb, a->fact) : NULL;
        if (!a->says || (type && type->derived))
            continue; /* what no rule concluded says nothing to a reader */
        ikw_html_raw(h, "<li>not in the log: ");
        ikw_html_text(h, a->says);
        if (!a->observable)
            ikw_html_raw(h, " (this log could not show it)");
        ikw_html_raw(h, "</li>");
    }
    ikw_html_raw(h, "</ul>");
}

static void put_bill(struct ikw_html *h, const struct ikw_verdict *v)
{
    int sum = 0;
    ikw_html_raw(h, "<details><summary>The bill</summary><table><caption>"
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

/* ---- rivals -----------------------------------------------------------------
 */

static void put_rival(struct ikw_html *h, const struct ikw_rival *r)
{
    ikw_html_raw(h, "<li>");
    ikw_html_text(h, r->cause->title);
    ikw_html_raw(h, " (<code>");
    ikw_html_text(h, r->cause->id);
    ikw_html_raw(h, "</code>): ");
    if (!r->excluded) {
        ikw_html_f(h, "not ruled out, %d %%</li>", r->certainty);
        return;
    }
    ikw_html_raw(h, "ruled out");
    if (r->excluded_proof && r->excluded_proof->sentence) {
        ikw_html_raw(h, ": ");
        ikw_html_text(h, r->excluded_proof->sentence);
    }
    ikw_html_raw(h, "</li>");
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
    ikw_html_raw(h, "<li>");
    for (size_t i = first; i < v->nrivals; i++) {
        if (!same_exclusion(&v->rivals[first], &v->rivals[i]))
            continue;
        ikw_html_raw(h, i == first ? "" : "; ");
        ikw_html_text(h, v->rivals[i].cause->title);
    }
    ikw_html_raw(h, ": ruled out. ");
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
            ikw_html_raw(h, "<h4>Rather than</h4><ul>");
        if (r->excluded && r->excluded_proof)
            put_excluded(h, v, i);
        else
            put_rival(h, r);
    }
    if (n)
        ikw_html_raw(h, "</ul>");
}

/* ---- what to do
 * -------------------------------------------------------------- */

static void put_advice(struct ikw_html *h, const struct ikw_verdict *v)
{
    const struct ikw_cause *c = v->cause;
    struct ikw_buf lines = { 0 };
    if (c->nremedies || c->nverify)
        ikw_html_raw(h, "<h4>What to do</h4><dl>");
    ikw_configs_lines(&h->session->configs, v, &lines);
    if (lines.len && (c->nremedies || c->nverify)) {
        ikw_html_raw(h, "<dt>here</dt><dd>");
        ikw_html_text(h, lines.ptr);
        ikw_html_raw(h, "</dd>");
    }
    ikw_buf_release(&lines);
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
    if (c->nremedies || c->nverify)
        ikw_html_raw(h, "</dl>");
}

void ikw_html_verdict(struct ikw_html *h, size_t index)
{
    const struct ikw_verdict *v = h->report->verdicts[index];
    h->detailed[index] = true;
    ikw_html_raw(h, "<div class=\"verdict\">");
    put_head(h, v, index);
    put_what(h, v);
    put_advice(h, v);
    if (v->ladder) {
        ikw_html_raw(h, "<h4>The negotiation</h4>");
        ikw_html_ladder(h, v->ladder);
    }
    put_evidence(h, v);
    put_rivals(h, v);
    ikw_html_proof(h, v, index);
    put_bill(h, v);
    ikw_html_raw(h, "</div>");
}
