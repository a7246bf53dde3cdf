#include "cli/ask.h"

#include <stdlib.h>
#include <string.h>

/* ---- running ----------------------------------------------------------- */

struct ikw_options ikw_without_operand(const struct ikw_options *o)
{
    struct ikw_options rest = *o;
    if (rest.nfiles) {
        rest.files++;
        rest.nfiles--;
    }
    return rest;
}

int ikw_ask(const struct ikw_options *o, const struct ikw_ask *ask)
{
    struct ikw_session s;
    struct ikw_page page;
    bool ok = false;
    if (o->facts && (o->nfiles || o->npeer_logs)) {
        ikw_complain("--facts stands instead of logs: give one or the other");
        return IKW_EXIT_ERROR;
    }
    ikw_page_init(&page, o->colour);
    if (ikw_session_open(&s, o)) {
        s.report_opts = ask->report;
        s.keep_sets = ask->keep_sets;
        s.drops = ask->drops;
        ok = ikw_session_diagnose(&s, o) && ask->answer(&s, o, &page);
    }
    ok = ok && ikw_page_show(&page);
    ikw_page_release(&page);
    ikw_session_close(&s);
    return ok && !s.damaged ? 0 : IKW_EXIT_ERROR;
}

/* ---- what is asked for -------------------------------------------------- */

const struct ikw_verdict *ikw_ask_verdict(const struct ikw_session *s,
                                          unsigned n)
{
    const struct ikw_report *r = s->report;
    if (n >= 1 && n <= r->nverdicts)
        return r->verdicts[n - 1];
    if (!r->nverdicts)
        ikw_complain("there is no verdict: the outcome is %s",
                     ikw_outcome_name(r->outcome));
    else
        ikw_complain("no verdict %u: there %s %zu", n,
                     r->nverdicts == 1 ? "is" : "are", r->nverdicts);
    return NULL;
}

size_t ikw_verdict_number(const struct ikw_session *s,
                          const struct ikw_verdict *v)
{
    for (size_t i = 0; i < s->report->nverdicts; i++)
        if (s->report->verdicts[i] == v)
            return i + 1;
    return 0;
}

struct ikw_inquiry *ikw_ask_inquiry(struct ikw_session *s,
                                    const struct ikw_verdict *v)
{
    struct ikw_inquiry *q = ikw_inquiry_open(s->dossier, v->set, &s->diags);
    if (!q)
        ikw_complain("the log is too large to ask about this verdict: give "
                     "the part of it with this tunnel");
    return q;
}

/* Common letters from the start, and how many words of an id are shared. */
static size_t likeness(const char *a, const char *b)
{
    size_t n = 0, shared = 0;
    while (a[n] && a[n] == b[n])
        n++;
    for (const char *p = a; *p;) {
        size_t len = strcspn(p, "-_ ");
        const char *at = b;
        char word[64];
        if (len >= 2 && len < sizeof word) {
            memcpy(word, p, len);
            word[len] = '\0';
            at = strstr(b, word);
            shared += at ? len : 0;
        }
        p += len;
        p += *p != '\0';
    }
    return n + 2 * shared;
}

const struct ikw_cause *ikw_ask_cause(const struct ikw_kb *kb, const char *id)
{
    const struct ikw_cause *c = ikw_kb_cause(kb, id);
    struct ikw_buf b = { 0 };
    size_t best = 0;
    if (c)
        return c;
    for (size_t i = 0; i < kb->ncauses; i++) {
        size_t n = likeness(id, kb->causes[i]->id);
        best = n > best ? n : best;
    }
    for (size_t i = 0; i < kb->ncauses && best >= 6; i++)
        if (likeness(id, kb->causes[i]->id) == best && b.len < 200)
            ikw_buf_addf(&b, "%s %s",
                         b.len ? "," : "; near it:", kb->causes[i]->id);
    ikw_complain("no cause %s%s (see ikewhy kb list causes)", id,
                 ikw_buf_str(&b));
    ikw_buf_release(&b);
    return NULL;
}

/* ---- lines and heads ---------------------------------------------------- */

void ikw_add_place(struct ikw_buf *out, const struct ikw_page *page,
                   const struct ikw_session *s, const struct ikw_evidence *ev)
{
    const char *base = ikw_session_base(s, ev->file);
    ikw_escape(out, base, strlen(base), page->utf8);
    ikw_buf_addf(out, "%s%u", *base ? ":" : "line ", ev->line);
}

static void add_count(struct ikw_buf *out, const struct ikw_evidence *first,
                      uint32_t count, const struct ikw_evidence *last)
{
    if (count <= 1)
        return;
    ikw_buf_addf(out, " (%u times", count);
    if (last && last->line && last->line != first->line)
        ikw_buf_addf(out, ", to line %u", last->line);
    ikw_buf_addc(out, ')');
}

void ikw_show_line(struct ikw_page *page, const struct ikw_session *s,
                   const char *first, const char *next,
                   const struct ikw_evidence *first_ev, uint32_t count,
                   const struct ikw_evidence *last_ev)
{
    enum { LINES_MOST = 4 };
    struct ikw_buf head = { 0 }, text = { 0 };
    ikw_buf_adds(&head, first);
    ikw_add_place(&head, page, s, first_ev);
    ikw_buf_adds(&head, "  ");
    ikw_line_words(&text, first_ev);
    add_count(&text, first_ev, count, last_ev);
    ikw_page_flow(page, head.ptr, next, IKW_PLAIN, LINES_MOST,
                  ikw_buf_str(&text));
    ikw_buf_release(&head);
    ikw_buf_release(&text);
}

void ikw_add_whose(struct ikw_buf *out, const struct ikw_verdict *v)
{
    if (v->peer || v->local || v->tunnel_name)
        ikw_tunnel_words(out, v->local, v->peer, v->tunnel_name);
    else
        ikw_buf_adds(out, ikw_nobody_words(v));
}

void ikw_show_head(struct ikw_page *page, const struct ikw_session *s,
                   const struct ikw_verdict *v)
{
    enum ikw_style style;
    struct ikw_buf b = { 0 };
    const char *dot = ikw_page_dot(page);
    const char *word = ikw_verdict_label(v, &style);
    ikw_page_styled(page, style, word);
    ikw_page_flow(page, "  ", "       ", IKW_BOLD, 0, v->cause->title);
    ikw_buf_addf(&b, "%s, %d %%%s%s", v->band ? v->band->word : "",
                 v->certainty, dot, v->cause->id);
    ikw_page_flow(page, "       ", "       ", IKW_PLAIN, 0, b.ptr);
    ikw_buf_clear(&b);
    ikw_add_whose(&b, v);
    if (s->report->nverdicts > 1)
        ikw_buf_addf(&b, "%sverdict %zu of %zu", dot, ikw_verdict_number(s, v),
                     s->report->nverdicts);
    ikw_page_flow(page, "       ", "       ", IKW_PLAIN, 0, b.ptr);
    ikw_buf_addc(&page->out, '\n');
    ikw_buf_release(&b);
}

void ikw_add_db(struct ikw_buf *out, int db)
{
    ikw_buf_addf(out, "%+d", db);
}
