/*
 * One verdict in full: what, on what evidence, rather than what else, and
 * what to do. Labels stand in a column of their own.
 */
#include "cli/render.h"

#include <stdlib.h>
#include <string.h>

enum {
    INDENT = 7,        /* where text begins beside a label */
    EVIDENCE_MOST = 5, /* lines of a log */
    EVIDENCE_ALL = 9,  /* with those of configurations */
    EVIDENCE_A_GROUP = 2,
    ABSENCES_MOST = 3,
    RIVALS_MOST = 3,
    RIVALS_LEAST = 2,
    LINES_OF_TEXT = 3, /* of one evidence line */
    ESTABLISHED = 95
};

static void label(struct ikw_page *page, const char *text)
{
    ikw_page_styled(page, IKW_BOLD, text);
    ikw_page_spaces(page, INDENT - strlen(text));
}

/* ---- head -------------------------------------------------------------- */

/* The title, and the certainty at the right edge where both fit, else before
 * the id. */
static void print_title(struct ikw_page *page, const struct ikw_verdict *v)
{
    enum ikw_style style;
    const char *word = ikw_verdict_label(v, &style);
    struct ikw_buf b = { 0 };
    size_t col = strlen(word) + 2;
    size_t title = ikw_columns(v->cause->title, strlen(v->cause->title));
    ikw_buf_addf(&b, "%s, %d %%", v->band ? v->band->word : "", v->certainty);
    bool beside = col + title + 2 + b.len <= page->width;
    ikw_page_styled(page, style, word);
    ikw_page_spaces(page, 2);
    if (beside) {
        ikw_page_styled(page, IKW_BOLD, v->cause->title);
        ikw_page_spaces(page, page->width - col - title - b.len);
        ikw_buf_addf(&page->out, "%s\n", b.ptr);
        ikw_buf_clear(&b);
    } else {
        ikw_page_wrap(page, col, INDENT, 0, v->cause->title);
    }
    ikw_buf_addf(&b, "%s%s", b.len ? ikw_page_dot(page) : "", v->cause->id);
    ikw_page_spaces(page, INDENT);
    ikw_page_wrap(page, INDENT, INDENT, 0, b.ptr);
    ikw_buf_release(&b);
}

static void print_subject(struct ikw_page *page, const struct ikw_verdict *v)
{
    struct ikw_buf b = { 0 };
    if (v->peer || v->local || v->tunnel_name) {
        ikw_buf_adds(&b, "tunnel ");
        ikw_tunnel_words(&b, v->local, v->peer, v->tunnel_name);
    } else {
        ikw_buf_adds(&b, ikw_nobody_words(v));
    }
    if (v->role)
        ikw_buf_addf(&b, "%swe are the %s", ikw_page_dot(page),
                     v->role == 'I' ? "initiator" : "responder");
    ikw_page_spaces(page, INDENT);
    ikw_page_wrap(page, INDENT, INDENT, 0, b.ptr);
    ikw_buf_release(&b);
}

static void print_times(struct ikw_page *page, const struct ikw_session *s,
                        const struct ikw_verdict *v)
{
    struct ikw_buf b = { 0 };
    bool known = v->first_ms != IKW_NO_TIME;
    if (known)
        ikw_when_date_time(&b, v->first_ms, ikw_no_year(s, v->first_ms));
    if (v->count > 1)
        ikw_buf_addf(&b, "%s%u times", b.len ? ", " : "", v->count);
    if (v->count > 1 && known && v->last_ms > v->first_ms) {
        ikw_buf_adds(&b, " in ");
        ikw_when_span(&b, v->last_ms - v->first_ms);
    }
    if (v->recovered)
        ikw_buf_addf(&b, "%srecovered later", b.len ? ", " : "");
    if (b.len) {
        ikw_page_spaces(page, INDENT);
        ikw_page_wrap(page, INDENT, INDENT, 0, b.ptr);
    }
    ikw_buf_release(&b);
}

/* ---- evidence ---------------------------------------------------------- */

struct evidence_page {
    struct ikw_page *page;
    const struct ikw_session *session;
    const struct ikw_verdict *v;
    bool name_files; /* more than one input */
    size_t where;    /* width of the column of line numbers */
    unsigned n;      /* printed so far */
    const struct ikw_evidence *printed[EVIDENCE_ALL];
};

static void add_where(struct ikw_buf *b, const struct evidence_page *ep,
                      const struct ikw_evidence *ev)
{
    if (ep->name_files) {
        const char *file = ikw_session_base(ep->session, ev->file);
        ikw_escape(b, file, strlen(file), ep->page->utf8);
        ikw_buf_addc(b, ':');
    }
    ikw_buf_addf(b, "%u", ev->line);
}

static size_t where_width(const struct evidence_page *ep)
{
    size_t most = 0;
    for (size_t i = 0; i < ep->v->nevidence; i++) {
        struct ikw_buf b = { 0 };
        add_where(&b, ep, &ep->v->evidence[i].first);
        if (b.len > most)
            most = b.len;
        ikw_buf_release(&b);
    }
    return most;
}

/* Below the text of a line, unless names of files push that too far. */
static size_t text_column(const struct evidence_page *ep)
{
    size_t col = INDENT + ep->where + 2;
    return col < 2 * INDENT ? col : INDENT + 2;
}

/*   [1]  812  text of the line   (5 times) */
static void print_evidence_line(struct evidence_page *ep,
                                const struct ikw_evidence_item *item)
{
    struct ikw_buf where = { 0 }, text = { 0 };
    char number[16];
    ep->printed[ep->n] = &item->first;
    snprintf(number, sizeof number, "  [%u]  ", ++ep->n);
    add_where(&where, ep, &item->first);
    size_t col = strlen(number) + ep->where + 2;
    ikw_buf_adds(&ep->page->out, number);
    ikw_page_spaces(ep->page, ep->where - where.len);
    ikw_buf_addf(&ep->page->out, "%s  ", ikw_buf_str(&where));
    ikw_line_words(&text, &item->first);
    if (item->count > 1)
        ikw_buf_addf(&text, " (%u times)", item->count);
    ikw_page_wrap(ep->page, col, text_column(ep), LINES_OF_TEXT,
                  ikw_buf_str(&text));
    ikw_buf_release(&where);
    ikw_buf_release(&text);
}

static void print_sentence(struct evidence_page *ep, const char *sign,
                           const char *sentence)
{
    size_t col = text_column(ep);
    if (!sentence || !*sentence)
        return;
    ikw_page_spaces(ep->page, col);
    ikw_buf_addf(&ep->page->out, "%s ", sign);
    ikw_page_wrap(ep->page, col + 2, col + 2, 0, sentence);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* One line can be evidence for several facts. */
static bool already_printed(const struct evidence_page *ep,
                            const struct ikw_evidence *ev)
{
    for (unsigned i = 0; i < ep->n; i++)
        if (ep->printed[i]->file == ev->file &&
            ep->printed[i]->line == ev->line)
            return true;
    return false;
}

static bool configured(const struct evidence_page *ep,
                       const struct ikw_evidence *ev)
{
    return ikw_configs_file(&ep->session->configs, ev->file) != NULL;
}

/* A row of the bill: its lines of the log, then what they mean. The lines of
 * configurations are those to be changed: logs do not crowd them out. */
static void print_row(struct evidence_page *ep, const struct ikw_bill_row *row)
{
    unsigned shown[2] = { 0, 0 };
    for (size_t i = 0; i < ep->v->nevidence; i++) {
        const struct ikw_evidence_item *item = &ep->v->evidence[i];
        bool config = configured(ep, &item->first);
        if (!same(item->group, row->group) || !item->first.line ||
            shown[config] == EVIDENCE_A_GROUP || ep->n == EVIDENCE_ALL ||
            (!config && ep->n >= EVIDENCE_MOST) ||
            already_printed(ep, &item->first))
            continue;
        print_evidence_line(ep, item);
        shown[config]++;
    }
    print_sentence(ep, row->db < 0 ? "but" : "=",
                   row->proof ? row->proof->sentence : NULL);
}

static int strength(const struct ikw_bill_row *row)
{
    return row->kind == IKW_THEN_SUFFICE ? 1000 : row->db;
}

static int stronger_first(const void *pa, const void *pb)
{
    const struct ikw_bill_row *a = *(const struct ikw_bill_row *const *)pa;
    const struct ikw_bill_row *b = *(const struct ikw_bill_row *const *)pb;
    if (strength(a) != strength(b))
        return strength(a) > strength(b) ? -1 : 1;
    return a < b ? -1 : a > b; /* same array: the order of the report */
}

static bool says_something(const struct ikw_bill_row *row)
{
    return row->group && row->proof && (row->db || strength(row) > 0);
}

const char *ikw_absence_says(const struct ikw_session *s,
                             const struct ikw_absence *a)
{
    const struct ikw_type *type = a->fact ? ikw_kb_type(s->kb, a->fact) : NULL;
    return a->says && *a->says && !(type && type->derived) ? a->says : NULL;
}

const char *ikw_absent_lead(const struct ikw_session *s,
                            const struct ikw_proof *p)
{
    const struct ikw_type *type =
        p->fact_type ? ikw_kb_type(s->kb, p->fact_type) : NULL;
    return type && type->derived ? "not concluded" : "not in the log";
}

static bool said_earlier(const struct ikw_session *s,
                         const struct ikw_verdict *v, size_t n)
{
    const char *says = ikw_absence_says(s, &v->absent[n]);
    for (size_t i = 0; i < n; i++)
        if (same(ikw_absence_says(s, &v->absent[i]), says))
            return true;
    return false;
}

/* What is not in the log counts where a line of it would be. */
static void print_absences(struct evidence_page *ep)
{
    struct ikw_buf b = { 0 };
    unsigned n = 0;
    for (size_t i = 0; i < ep->v->nabsent && n < ABSENCES_MOST; i++) {
        const struct ikw_absence *a = &ep->v->absent[i];
        const char *says = ikw_absence_says(ep->session, a);
        if (!says || !a->observable || said_earlier(ep->session, ep->v, i))
            continue;
        ikw_buf_addf(&b, "%s%s", n++ ? "; " : "not in the log: ", says);
    }
    if (b.len) {
        ikw_buf_addf(&b, " (this log would show %s)", n > 1 ? "them" : "it");
        ikw_page_spaces(ep->page, INDENT);
        ikw_page_wrap(ep->page, INDENT, INDENT + 2, 0, b.ptr);
    }
    ikw_buf_release(&b);
}

/* One conclusion may both suffice and weigh. */
static bool said_before(const struct ikw_bill_row *const *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (same(rows[i]->proof->sentence, rows[n]->proof->sentence))
            return true;
    return false;
}

static void print_evidence(struct ikw_page *page, const struct ikw_session *s,
                           const struct ikw_verdict *v)
{
    struct evidence_page ep = { .page = page, .session = s, .v = v };
    const struct ikw_bill_row **rows = ikw_xcalloc(v->nbill + 1, sizeof *rows);
    size_t n = 0;
    ep.name_files =
        ikw_session_files(s) > 1 || (s->sources.n && s->sources.v[0].depth);
    ep.where = where_width(&ep);
    for (size_t i = 0; i < v->nbill; i++)
        if (says_something(&v->bill[i]))
            rows[n++] = &v->bill[i];
    if (n)
        qsort(rows, n, sizeof *rows, stronger_first);
    ikw_page_styled(page, IKW_BOLD, "EVIDENCE");
    ikw_buf_addc(&page->out, '\n');
    for (size_t i = 0; i < n && i < EVIDENCE_MOST; i++)
        if (!said_before(rows, i))
            print_row(&ep, rows[i]);
    print_absences(&ep);
    if (v->condensed) {
        ikw_page_spaces(page, INDENT);
        ikw_page_wrap(page, INDENT, INDENT, 0,
                      "of a log this large earlier lines are not kept");
    }
    free(rows);
}

/* ---- rivals ------------------------------------------------------------ */

static void add_exclusion(struct ikw_buf *b, const struct ikw_rival *r)
{
    const char *why = r->excluded_proof ? r->excluded_proof->sentence : NULL;
    ikw_buf_adds(b, "ruled out");
    if (r->excluded_line)
        ikw_buf_addf(b, " by line %u", r->excluded_line);
    if (why && *why)
        ikw_buf_addf(b, ": %s", why);
}

static void print_rival(struct ikw_page *page, const struct ikw_rival *r)
{
    static const char head[] = "RATHER THAN  ";
    size_t col = sizeof head - 1;
    struct ikw_buf b = { 0 };
    ikw_page_styled(page, IKW_BOLD, head);
    ikw_buf_addf(&b, "%s (%s)", r->cause->title, r->cause->id);
    if (!r->excluded)
        ikw_buf_addf(&b, ", not ruled out: %d %%", r->certainty);
    ikw_page_wrap(page, col, col, 0, b.ptr);
    if (r->excluded) {
        ikw_buf_clear(&b);
        add_exclusion(&b, r);
        ikw_page_spaces(page, col);
        ikw_page_wrap(page, col, col, 0, b.ptr);
    }
    ikw_buf_release(&b);
}

static bool is_listed(const struct ikw_verdict *v, const struct ikw_cause *c)
{
    for (size_t i = 0; i < v->nrivals; i++)
        if (v->rivals[i].cause == c)
            return true;
    return false;
}

/* Causes that the knowledge base knows to look alike, of which this log shows
 * nothing. */
static size_t print_lookalikes(struct ikw_page *page,
                               const struct ikw_verdict *v, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < v->cause->nrivals && n < most; i++) {
        const struct ikw_cause *c = v->cause->rivals[i];
        if (is_listed(v, c))
            continue;
        ikw_page_styled(page, IKW_BOLD, "RATHER THAN  ");
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b, "%s (%s), under 1 %%", c->title, c->id);
        ikw_page_wrap(page, 13, 13, 0, b.ptr);
        ikw_buf_release(&b);
        n++;
    }
    return n;
}

static void print_rivals(struct ikw_page *page, const struct ikw_verdict *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->nrivals && n < RIVALS_MOST; i++)
        if (v->rivals[i].excluded || v->rivals[i].certainty > 0) {
            print_rival(page, &v->rivals[i]);
            n++;
        }
    if (n < RIVALS_LEAST)
        n += print_lookalikes(page, v, RIVALS_LEAST - n);
    if (n)
        ikw_buf_addc(&page->out, '\n');
}

/* ---- what to do -------------------------------------------------------- */

static void print_item(struct ikw_page *page, const char *head, size_t i,
                       const char *text)
{
    if (i)
        ikw_page_spaces(page, INDENT);
    else
        label(page, head);
    ikw_page_wrap(page, INDENT, INDENT + 2, 0, text);
}

static void print_advice(struct ikw_page *page, const struct ikw_session *s,
                         const struct ikw_verdict *v)
{
    const struct ikw_cause *c = v->cause;
    struct ikw_buf b = { 0 };
    size_t n = 0;
    if (c->fixer) {
        ikw_buf_addf(&b, "who: %s", c->fixer);
        print_item(page, "DO", n++, b.ptr);
        ikw_buf_clear(&b);
    }
    ikw_configs_lines(&s->configs, v, &b);
    if (b.len)
        print_item(page, "DO", n++, b.ptr);
    for (size_t i = 0; i < c->nremedies; i++) {
        ikw_buf_clear(&b);
        ikw_buf_addf(&b, "%s: %s", c->remedies[i].for_what,
                     c->remedies[i].text);
        print_item(page, "DO", n++, b.ptr);
    }
    for (size_t i = 0; i < c->nverify; i++)
        print_item(page, "CHECK", i, c->verify[i]);
    if (c->settle && v->certainty < ESTABLISHED)
        print_item(page, "SETTLE", 0, c->settle);
    ikw_buf_release(&b);
}

void ikw_render_verdict(struct ikw_page *page, const struct ikw_session *s,
                        const struct ikw_verdict *v)
{
    print_title(page, v);
    print_subject(page, v);
    print_times(page, s, v);
    ikw_buf_addc(&page->out, '\n');
    label(page, "WHAT");
    ikw_page_wrap(page, INDENT, INDENT, 0,
                  v->cause->explanation ? v->cause->explanation
                                        : v->cause->title);
    ikw_buf_addc(&page->out, '\n');
    print_evidence(page, s, v);
    ikw_buf_addc(&page->out, '\n');
    print_rivals(page, v);
    print_advice(page, s, v);
}

void ikw_render_verdict_again(struct ikw_page *page,
                              const struct ikw_session *s,
                              const struct ikw_verdict *v, size_t like)
{
    struct ikw_buf b = { 0 };
    print_title(page, v);
    print_subject(page, v);
    print_times(page, s, v);
    ikw_buf_addc(&page->out, '\n');
    print_evidence(page, s, v);
    ikw_buf_addc(&page->out, '\n');
    ikw_buf_addf(&b, "as for verdict %zu above", like);
    print_item(page, "DO", 0, b.ptr);
    ikw_buf_release(&b);
}
