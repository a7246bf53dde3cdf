/*
 * The report for a person at three in the morning: what is wrong first, in
 * 80 columns, and nothing that has to be scrolled past to reach it.
 */
#include "cli/render.h"

#include <string.h>

enum {
    FULL_MOST = 3,     /* verdicts printed whole */
    SHORT_MOST = 20,   /* further ones, a line each */
    TUNNELS_MOST = 10, /* tunnels without a fault, a line each */
    UNEXPLAINED_MOST = 5
};

/* ---- words ------------------------------------------------------------- */

const char *ikw_outcome_label(enum ikw_outcome o, enum ikw_style *style)
{
    static const struct {
        const char *word;
        enum ikw_style style;
    } labels[] = {
        [IKW_OUTCOME_HEALTHY] = { "HEALTHY", IKW_GREEN },
        [IKW_OUTCOME_FAULT] = { "FAULT", IKW_RED },
        [IKW_OUTCOME_UNDECIDED] = { "UNDECIDED", IKW_YELLOW },
        [IKW_OUTCOME_NO_NEGOTIATION] = { "NO NEGOTIATION", IKW_YELLOW },
    };
    *style = labels[o].style;
    return labels[o].word;
}

const char *ikw_verdict_label(const struct ikw_verdict *v,
                              enum ikw_style *style)
{
    enum { POSSIBLE = 20 };
    *style = IKW_YELLOW;
    if (v->cause->noise)
        return "NOISE";
    if (v->cause->benign)
        return "NOTE";
    if (v->suspicion)
        return "WATCH";
    if (v->certainty < POSSIBLE)
        return "UNDECIDED";
    if (!v->recovered)
        *style = IKW_RED;
    return "FAULT";
}

void ikw_tunnel_words(struct ikw_buf *out, const char *local, const char *peer,
                      const char *name)
{
    if (name)
        ikw_buf_addf(out, "%s: ", name);
    ikw_buf_addf(out, "%s <-> %s", local ? local : "?", peer ? peer : "?");
}

const char *ikw_nobody_words(const struct ikw_verdict *v)
{
    return v->subject ? "a peer that the log does not name"
                      : "the daemon itself";
}

bool ikw_no_year(const struct ikw_session *s, int64_t t_ms)
{
    /* stamps without a year are read as of 2000, and 2001 once it turns */
    const int64_t from = 946684800000, to = 1009843200000;
    return !s->year_given && t_ms >= from && t_ms < to;
}

const char *ikw_level_word(enum ikw_level level)
{
    static const char *const words[] = { NULL,   "error", "warning", "notify",
                                         "info", "debug", "debug2" };
    return words[level];
}

void ikw_line_words(struct ikw_buf *out, const struct ikw_evidence *ev)
{
    const char *word = ev->message ? ikw_level_word(ev->message->level) : NULL;
    for (const char *p = word; p && *p; p++)
        ikw_buf_addc(out, (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p));
    ikw_buf_addf(out, "%s%s", word ? ": " : "", ev->text ? ev->text : "");
}

static void newline(struct ikw_page *page)
{
    ikw_buf_addc(&page->out, '\n');
}

/* ---- verdicts ---------------------------------------------------------- */

/* FAULT  title (id), likely, 61 % · tunnel · 5 times */
static void print_short(struct ikw_page *page, const struct ikw_verdict *v)
{
    enum ikw_style style;
    const char *word = ikw_verdict_label(v, &style);
    const char *dot = ikw_page_dot(page);
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "%s (%s), %d %%%s", v->cause->title, v->cause->id,
                 v->certainty, dot);
    ikw_tunnel_words(&b, v->local, v->peer, v->tunnel_name);
    if (v->count > 1)
        ikw_buf_addf(&b, "%s%u times", dot, v->count);
    if (v->recovered)
        ikw_buf_addf(&b, "%srecovered later", dot);
    ikw_page_styled(page, style, word);
    ikw_page_spaces(page, 2);
    ikw_page_wrap(page, strlen(word) + 2, 7, 2, b.ptr);
    ikw_buf_release(&b);
}

/* Number, from 1, of the verdict before number `i` (from 0) that tells the same
 * cause; 0 if there is none. */
static size_t told_before(const struct ikw_report *r, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (r->verdicts[k]->cause == r->verdicts[i]->cause)
            return k + 1;
    return 0;
}

/* Of those from `from` on that tell this cause: how many, all but noise. */
static size_t count_cause(const struct ikw_report *r, size_t from, size_t i)
{
    size_t n = 0;
    for (size_t k = from; k < r->nverdicts; k++)
        n += r->verdicts[k]->cause == r->verdicts[i]->cause;
    return n;
}

static bool first_of_cause(const struct ikw_report *r, size_t from, size_t i)
{
    for (size_t k = from; k < i; k++)
        if (r->verdicts[k]->cause == r->verdicts[i]->cause)
            return false;
    return true;
}

/* Too many for a line each: a line a cause. */
static void print_causes(struct ikw_page *page, const struct ikw_report *r,
                         size_t from)
{
    ikw_buf_addf(&page->out, "%zu more verdicts, by cause:\n",
                 r->nverdicts - from);
    for (size_t i = from; i < r->nverdicts; i++) {
        const struct ikw_verdict *v = r->verdicts[i];
        enum ikw_style style;
        struct ikw_buf b = { 0 };
        const char *word = ikw_verdict_label(v, &style);
        if (!first_of_cause(r, from, i))
            continue;
        ikw_buf_addf(&b, "%zu x %s (%s)%s", count_cause(r, from, i),
                     v->cause->title, v->cause->id, ikw_page_dot(page));
        ikw_tunnel_words(&b, v->local, v->peer, v->tunnel_name);
        if (count_cause(r, from, i) > 1)
            ikw_buf_adds(&b, " and others");
        ikw_page_styled(page, style, word);
        ikw_page_spaces(page, 2);
        ikw_page_wrap(page, strlen(word) + 2, 7, 2, b.ptr);
        ikw_buf_release(&b);
    }
}

static void print_verdicts(struct ikw_page *page, const struct ikw_session *s)
{
    const struct ikw_report *r = s->report;
    for (size_t i = 0; i < r->nverdicts && i < FULL_MOST; i++) {
        size_t like = told_before(r, i);
        if (like)
            ikw_render_verdict_again(page, s, r->verdicts[i], like);
        else
            ikw_render_verdict(page, s, r->verdicts[i]);
        newline(page);
    }
    if (r->nverdicts > FULL_MOST + SHORT_MOST)
        print_causes(page, r, FULL_MOST);
    for (size_t i = FULL_MOST;
         i < r->nverdicts && r->nverdicts <= FULL_MOST + SHORT_MOST; i++)
        print_short(page, r->verdicts[i]);
    if (r->nverdicts > FULL_MOST)
        newline(page);
}

/* Of many tunnels: how many have a fault, before the first of them. */
static void print_tally(struct ikw_page *page, const struct ikw_report *r)
{
    size_t n[IKW_OUTCOME_NO_NEGOTIATION + 1] = { 0 };
    enum ikw_style style;
    for (size_t i = 0; i < r->ntunnels; i++)
        n[r->tunnels[i]->outcome]++;
    if (n[IKW_OUTCOME_FAULT] < 2)
        return;
    ikw_page_styled(page, IKW_RED,
                    ikw_outcome_label(IKW_OUTCOME_FAULT, &style));
    ikw_buf_addf(&page->out, "  %zu of %zu tunnels", n[IKW_OUTCOME_FAULT],
                 r->ntunnels);
    if (n[IKW_OUTCOME_UNDECIDED])
        ikw_buf_addf(&page->out, ", %zu undecided", n[IKW_OUTCOME_UNDECIDED]);
    if (n[IKW_OUTCOME_HEALTHY])
        ikw_buf_addf(&page->out, ", %zu healthy", n[IKW_OUTCOME_HEALTHY]);
    ikw_buf_adds(&page->out, "\n\n");
}

/* ---- where there is no verdict to open with ------------------------------ */

static bool nothing_recognised(const struct ikw_session *s)
{
    bool lines = false;
    for (size_t i = 0; i < s->ninputs; i++) {
        if (s->inputs[i].recognised)
            return false;
        lines = lines || s->inputs[i].lines;
    }
    return lines;
}

const char *ikw_outcome_says(const struct ikw_session *s)
{
    static const char *const says[] = {
        [IKW_OUTCOME_HEALTHY] = "No failure in this log",
        [IKW_OUTCOME_FAULT] = "Something is wrong, but nothing can be named",
        [IKW_OUTCOME_UNDECIDED] = "This log shows too little to name a cause",
        [IKW_OUTCOME_NO_NEGOTIATION] = "No IKE negotiation in this log",
    };
    enum ikw_outcome o = s->report->outcome;
    if (o == IKW_OUTCOME_NO_NEGOTIATION && nothing_recognised(s))
        return "This is not the log of an IKE daemon that is known here";
    return says[o];
}

void ikw_show_outcome(struct ikw_page *page, const struct ikw_session *s)
{
    enum ikw_style style;
    const char *word = ikw_outcome_label(s->report->outcome, &style);
    ikw_page_styled(page, style, word);
    ikw_page_spaces(page, 2);
    ikw_page_wrap(page, strlen(word) + 2, 7, 0, ikw_outcome_says(s));
}

/* How each input was read: the first question where nothing came of it. */
static void print_inputs(struct ikw_page *page, const struct ikw_session *s)
{
    for (size_t i = 0; i < s->ninputs && !s->from_facts; i++) {
        const struct ikw_log_summary *in = &s->inputs[i];
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b, "%s: %u lines, %u recognised", in->file, in->lines,
                     in->recognised);
        if (in->foreign)
            ikw_buf_addf(&b, ", %u of other programs", in->foreign);
        if (in->envelope && in->recognised)
            ikw_buf_addf(&b, "; read as %s (%s)", in->dialect, in->envelope);
        ikw_page_spaces(page, 7);
        ikw_page_wrap(page, 7, 9, 0, b.ptr);
        ikw_buf_release(&b);
    }
}

/* ---- tunnels ----------------------------------------------------------- */

/* All logs lie within one day: the hour is enough. */
static bool one_day(const struct ikw_session *s)
{
    for (size_t i = 0; i < s->ninputs; i++)
        if (!ikw_when_same_day(s->inputs[0].from_ms, s->inputs[i].to_ms))
            return false;
    return s->ninputs > 0;
}

static void print_tunnel(struct ikw_page *page, const struct ikw_session *s,
                         const struct ikw_tunnel *t)
{
    enum ikw_style style;
    const char *word = ikw_outcome_label(t->outcome, &style);
    const char *dot = ikw_page_dot(page);
    struct ikw_buf b = { 0 };
    ikw_tunnel_words(&b, t->local, t->peer, t->name);
    if (t->state)
        ikw_buf_addf(&b, "%s%s", dot, t->state);
    if (t->attempts)
        ikw_buf_addf(&b, "%s%u negotiation%s", dot, t->attempts,
                     t->attempts == 1 ? "" : "s");
    if (t->first_ms != IKW_NO_TIME) {
        ikw_buf_adds(&b, dot);
        if (one_day(s))
            ikw_when_clock(&b, t->first_ms);
        else
            ikw_when_date_time(&b, t->first_ms, ikw_no_year(s, t->first_ms));
    }
    ikw_page_styled(page, style, word);
    ikw_page_spaces(page, 2);
    ikw_page_wrap(page, strlen(word) + 2, 9, 0, b.ptr);
    ikw_buf_release(&b);
}

/* Those that no verdict speaks of. */
static void print_tunnels(struct ikw_page *page, const struct ikw_session *s)
{
    const struct ikw_report *r = s->report;
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < r->ntunnels; i++) {
        const struct ikw_tunnel *t = r->tunnels[i];
        if (t->nverdicts)
            continue;
        if (shown == TUNNELS_MOST) {
            more++;
            continue;
        }
        print_tunnel(page, s, t);
        shown++;
    }
    if (more)
        ikw_buf_addf(&page->out, "and %zu more tunnels without a fault\n",
                     more);
    if (shown)
        newline(page);
}

/* ---- what remains to be said ------------------------------------------- */

static void print_notes(struct ikw_page *page, const struct ikw_report *r)
{
    for (size_t i = 0; i < r->nnotes; i++) {
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b, "%s (%s)", r->notes[i]->title, r->notes[i]->id);
        ikw_buf_adds(&page->out, "not a fault: ");
        ikw_page_wrap(page, 13, 13, 0, b.ptr);
        ikw_buf_release(&b);
    }
}

static void print_error_line(struct ikw_page *page, const struct ikw_session *s,
                             const struct ikw_evidence *ev)
{
    struct ikw_buf b = { 0 };
    if (ikw_session_files(s) > 1 || (s->sources.n && s->sources.v[0].depth))
        ikw_buf_addf(&b, "%s:", ikw_session_base(s, ev->file));
    ikw_buf_addf(&b, "%u  ", ev->line);
    ikw_line_words(&b, ev);
    ikw_page_spaces(page, 2);
    ikw_page_wrap(page, 2, 6, 2, b.ptr);
    ikw_buf_release(&b);
}

/* The report holds one line of each kind. */
static void print_unexplained(struct ikw_page *page,
                              const struct ikw_session *s)
{
    const struct ikw_report *r = s->report;
    size_t shown =
        r->nunexplained < UNEXPLAINED_MOST ? r->nunexplained : UNEXPLAINED_MOST;
    ikw_buf_addf(&page->out, "unexplained error lines: %u",
                 r->unexplained_total);
    if (r->unexplained_total > shown)
        ikw_buf_addf(&page->out, ", of %zu kind%s", r->nunexplained,
                     r->nunexplained == 1 ? "" : "s");
    newline(page);
    for (size_t i = 0; i < shown; i++)
        print_error_line(page, s, &r->unexplained[i]);
    if (r->nunexplained > shown)
        ikw_buf_addf(&page->out, "  and %zu more kinds\n",
                     r->nunexplained - shown);
}

/* What another daemon wrote at that time. */
static void print_elsewhere(struct ikw_page *page, const struct ikw_session *s)
{
    struct ikw_buf b = { 0 };
    ikw_elsewhere_words(&b, s);
    if (b.len) {
        ikw_buf_adds(&page->out, "the peer's log: ");
        ikw_page_wrap(page, 16, 6, 0, b.ptr);
    }
    for (size_t i = 0; i < s->elsewhere.n; i++)
        print_error_line(page, s, &s->elsewhere.v[i]);
    ikw_buf_release(&b);
}

static void print_blind_spots(struct ikw_page *page, const struct ikw_report *r)
{
    for (size_t i = 0; i < r->nblind_spots; i++) {
        ikw_buf_adds(&page->out, "not visible: ");
        ikw_page_wrap(page, 13, 13, 0, r->blind_spots[i]);
    }
}

static bool has_peer_log(const struct ikw_session *s)
{
    for (size_t i = 0; i < s->ninputs; i++)
        if (s->inputs[i].source == IKW_SOURCE_PEER)
            return true;
    return false;
}

/* " · ikewhy COMMAND REST", if there is such a command (cmd.def); on a line of
 * its own if it does not fit. */
static void add_hint(struct ikw_page *page, size_t *col, const char *command,
                     const char *rest)
{
    enum { START = 6 };
    struct ikw_buf b = { 0 };
    enum ikw_cmd_id id;
    if (!ikw_command_find(command, &id))
        return;
    ikw_buf_addf(&b, "ikewhy %s %s", command, rest);
    if (!*col) {
        ikw_buf_adds(&page->out, "more: ");
        *col = START;
    } else if (*col + 3 + b.len > page->width) {
        newline(page);
        ikw_page_spaces(page, START);
        *col = START;
    } else {
        ikw_buf_adds(&page->out, ikw_page_dot(page));
        *col += 3;
    }
    ikw_buf_add(&page->out, b.ptr, b.len);
    *col += b.len;
    ikw_buf_release(&b);
}

static void print_more(struct ikw_page *page, const struct ikw_session *s)
{
    const struct ikw_report *r = s->report;
    size_t col = 0;
    if (r->nverdicts) {
        add_hint(page, &col, "how", "1 FILE");
        add_hint(page, &col, "why-not", "CAUSE FILE");
        add_hint(page, &col, "explain", r->verdicts[0]->cause->id);
    }
    if (r->nverdicts && !has_peer_log(s) && !s->from_facts)
        add_hint(page, &col, "diagnose", "FILE --peer-log FILE");
    if (!s->from_facts)
        add_hint(page, &col, "facts", "FILE");
    if (col)
        newline(page);
}

void ikw_render_text(struct ikw_page *page, const struct ikw_session *s)
{
    const struct ikw_report *r = s->report;
    if (!r->nverdicts) {
        ikw_show_outcome(page, s);
        print_inputs(page, s);
        newline(page);
    }
    print_tally(page, r);
    print_verdicts(page, s);
    print_tunnels(page, s);
    print_notes(page, r);
    print_unexplained(page, s);
    print_elsewhere(page, s);
    print_blind_spots(page, r);
    print_more(page, s);
}
