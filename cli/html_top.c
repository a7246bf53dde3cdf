/*
 * What stands at the top of the page: the verdict in one look, what was read,
 * and the ways to the parts.
 */
#include "cli/html.h"

#include <stdlib.h>

enum { TUNNELS_OF_A_CAUSE = 6, CAUSES_MOST = 60, MANY = 100 };

static size_t with_outcome(const struct ikw_report *r, enum ikw_outcome o)
{
    size_t n = 0;
    for (size_t i = 0; i < r->ntunnels; i++)
        n += r->tunnels[i]->outcome == o;
    return n;
}

/* ---- head -----------------------------------------------------------------
 */

static void put_title(struct ikw_html *h)
{
    enum ikw_style style;
    ikw_html_text(h, ikw_outcome_label(h->report->outcome, &style));
    for (unsigned i = 0; i < h->session->ninputs && i < 3; i++) {
        ikw_html_raw(h, i ? ", " : ": ");
        ikw_html_text(h, ikw_session_base(h->session, i));
    }
}

static void put_document(struct ikw_html *h)
{
    ikw_html_raw(h, "<!DOCTYPE html>\n<html lang=\"en\"><head>"
                    "<meta charset=\"utf-8\"/>"
                    "<meta http-equiv=\"Content-Security-Policy\" "
                    "content=\"default-src 'none'; style-src "
                    "'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>"
                    "<meta name=\"viewport\" content=\"width=device-width, "
                    "initial-scale=1\"/><meta name=\"generator\" "
                    "content=\"ikewhy " IKW_VERSION "\"/><title>");
    put_title(h);
    ikw_html_raw(h, "</title><style>");
    for (size_t i = 0; ikw_html_style[i]; i++)
        ikw_html_raw(h, ikw_html_style[i]);
    ikw_html_f(h, "</style></head>\n<body%s>",
               h->report->ntunnels > MANY ? " class=\"many\"" : "");
    ikw_html_raw(h, "<a class=\"skip\" href=\"#main\">To the verdicts</a>");
}

static void put_headline(struct ikw_html *h)
{
    const struct ikw_report *r = h->report;
    size_t faults = with_outcome(r, IKW_OUTCOME_FAULT);
    ikw_html_f(h, "<header class=\"%s\">", ikw_outcome_name(r->outcome));
    ikw_html_outcome(h, r->outcome);
    ikw_html_raw(h, "<h1>");
    if (faults > 1)
        ikw_html_f(h, "%zu of %zu tunnels have a fault", faults, r->ntunnels);
    else if (r->nverdicts)
        ikw_html_text(h, r->verdicts[0]->cause->title);
    else
        ikw_html_text(h, ikw_outcome_says(h->session));
    ikw_html_raw(h, "</h1>");
}

/* The only verdict, in short. */
static void put_lead(struct ikw_html *h, const struct ikw_verdict *v)
{
    if (v->summary && *v->summary) {
        ikw_html_raw(h, "<p class=\"lead\">");
        ikw_html_text(h, v->summary);
        ikw_html_raw(h, "</p>");
    }
    ikw_html_facts(h, v, 0);
}

static void put_tiles(struct ikw_html *h)
{
    static const struct {
        enum ikw_outcome outcome;
        const char *class, *words;
    } tiles[] = {
        { IKW_OUTCOME_FAULT, "is-fault", "with a fault" },
        { IKW_OUTCOME_UNDECIDED, "is-undecided", "undecided" },
        { IKW_OUTCOME_NO_NEGOTIATION, "is-undecided", "not negotiated" },
        { IKW_OUTCOME_HEALTHY, "is-healthy", "healthy" },
    };
    ikw_html_raw(h, "<ul class=\"tiles\">");
    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
        size_t n = with_outcome(h->report, tiles[i].outcome);
        if (n)
            ikw_html_f(h, "<li class=\"%s\"><strong>%zu</strong>%s</li>",
                       tiles[i].class, n, tiles[i].words);
    }
    ikw_html_raw(h, "</ul>");
}

static void put_input(struct ikw_html *h, const struct ikw_log_summary *in)
{
    const char *level = ikw_level_word(in->level);
    ikw_html_raw(h, "<li><code>");
    ikw_html_text(h, in->file);
    ikw_html_raw(h, "</code>");
    if (in->source == IKW_SOURCE_PEER)
        ikw_html_raw(h, ", the peer's log");
    if (!h->session->from_facts) {
        ikw_html_f(h, ", %u lines", in->lines);
        if (level)
            ikw_html_f(h, ", level %s", level);
        if (in->from_ms != IKW_NO_TIME && in->to_ms != IKW_NO_TIME) {
            ikw_html_raw(h, ", ");
            ikw_html_time(h, in->from_ms, true);
            ikw_html_raw(h, " to ");
            ikw_html_time(h, in->to_ms,
                          !ikw_when_same_day(in->from_ms, in->to_ms));
        }
    }
    ikw_html_raw(h, "</li>");
}

static void put_other(struct ikw_html *h, const char *name, bool peer,
                      const char *what)
{
    ikw_html_raw(h, "<li><code>");
    ikw_html_text(h, name);
    ikw_html_raw(h, peer ? "</code>, the peer's " : "</code>, ");
    ikw_html_text(h, what);
    ikw_html_raw(h, "</li>");
}

static void put_other_inputs(struct ikw_html *h)
{
    const struct ikw_session *s = h->session;
    for (size_t i = 0; i < s->configs.nfiles; i++) {
        const struct ikw_configs_file *f = &s->configs.files[i];
        put_other(h, f->name, f->source == IKW_SOURCE_PEER,
                  ikw_conf_kind_name(f->kind));
    }
    for (size_t i = 0; i < s->captures.nfiles; i++) {
        const struct ikw_captures_file *f = &s->captures.files[i];
        struct ikw_wire_summary sum = ikw_wire_join_sum(f->join);
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b, "capture, %zu packets of IKE", f->wire->npackets);
        if (!sum.joined)
            ikw_buf_adds(&b, ", none of a negotiation in the logs: not used");
        put_other(h, f->name, (f->source == IKW_SOURCE_PEER) != sum.turned,
                  ikw_buf_str(&b));
        ikw_buf_release(&b);
    }
}

static void put_nav(struct ikw_html *h)
{
    static const struct {
        const char *id, *words;
        bool alone; /* of the only verdict, else of the page */
    } ways[] = {
        { "v1-do", "What to do", true }, { "v1-way", "Negotiation", true },
        { "v1-seen", "Evidence", true }, { "v1-how", "Proof", true },
        { "wrong", "Verdicts", false },  { "time", "Timeline", false },
        { "tunnels", "Tunnels", false },
    };
    bool alone = h->report->nverdicts == 1;
    ikw_html_raw(h, "<nav aria-label=\"Parts\"><ul>");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *id = ways[i].id;
        bool there = ways[i].alone ? alone && ikw_html_has_part(h, id + 3)
                     : *id == 'w'  ? !alone && h->report->nverdicts
                                   : ikw_html_overview(h);
        if (there)
            ikw_html_f(h, "<li><a href=\"#%s\">%s</a></li>", id, ways[i].words);
    }
    ikw_html_raw(h, "<li><a href=\"#rest\">What remains</a></li></ul></nav>");
}

void ikw_html_top(struct ikw_html *h)
{
    const struct ikw_report *r = h->report;
    put_document(h);
    put_headline(h);
    if (r->nverdicts == 1)
        put_lead(h, r->verdicts[0]);
    if (r->ntunnels > 1)
        put_tiles(h);
    ikw_html_raw(h, "<ul class=\"from\">");
    for (size_t i = 0; i < h->session->ninputs; i++)
        put_input(h, &h->session->inputs[i]);
    put_other_inputs(h);
    ikw_html_raw(h, "</ul></header>");
    put_nav(h);
    ikw_html_raw(h, "<main id=\"main\">");
}

/* ---- verdicts by cause ------------------------------------------------------
 */

static void put_where(struct ikw_html *h, size_t i)
{
    const struct ikw_verdict *v = h->report->verdicts[i];
    if (h->detailed[i])
        ikw_html_f(h, "<a href=\"#v%zu\">", i + 1);
    ikw_html_tunnel(h, v->local, v->peer, v->tunnel_name);
    if (h->detailed[i])
        ikw_html_raw(h, "</a>");
    if (v->count > 1)
        ikw_html_f(h, " (%u times)", v->count);
    if (v->recovered)
        ikw_html_raw(h, " (recovered later)");
}

static bool same_again(const struct ikw_report *r, size_t first)
{
    const struct ikw_verdict *v = r->verdicts[first];
    for (size_t i = first + 1; i < r->nverdicts; i++)
        if (r->verdicts[i]->cause == v->cause &&
            r->verdicts[i]->certainty != v->certainty)
            return true;
    return false;
}

/* The verdicts from `first` on that say the same; marks them as told. */
static void put_cause(struct ikw_html *h, size_t first, bool *told)
{
    const struct ikw_report *r = h->report;
    const struct ikw_verdict *v = r->verdicts[first];
    enum ikw_style style;
    const char *word = ikw_verdict_label(v, &style);
    size_t n = 0;
    ikw_html_raw(h, "<li>");
    ikw_html_badge(h, style == IKW_RED ? "fault" : "past", word);
    ikw_html_raw(h, "<div><strong>");
    ikw_html_text(h, v->cause->title);
    ikw_html_f(h, "</strong> <small>%s%s%s%d&#160;%% \xc2\xb7 ",
               v->band ? v->band->word : "", v->band ? ", " : "",
               same_again(r, first) ? "up to " : "", v->certainty);
    for (size_t i = first; i < r->nverdicts; i++) {
        enum ikw_style other;
        if (told[i] || r->verdicts[i]->cause != v->cause ||
            ikw_verdict_label(r->verdicts[i], &other) != word)
            continue;
        told[i] = true;
        if (n++ >= TUNNELS_OF_A_CAUSE)
            continue;
        ikw_html_raw(h, n > 1 ? ", " : "");
        put_where(h, i);
    }
    if (n > TUNNELS_OF_A_CAUSE)
        ikw_html_f(h, " and %zu more", n - TUNNELS_OF_A_CAUSE);
    ikw_html_raw(h, "</small></div></li>");
}

void ikw_html_causes(struct ikw_html *h)
{
    size_t n = h->report->nverdicts, shown = 0;
    if (n < 2)
        return;
    bool *told = ikw_xcalloc(n, sizeof *told);
    ikw_html_raw(h, "<section class=\"card\" aria-labelledby=\"wrong\">"
                    "<h2 id=\"wrong\">Verdicts</h2><ol class=\"list\">");
    for (size_t i = 0; i < n && shown < CAUSES_MOST; i++)
        if (!told[i]) {
            put_cause(h, i, told);
            shown++;
        }
    ikw_html_raw(h, "</ol></section>");
    free(told);
}
