/* A tunnel's life as a bar over the time of the whole log. */
#include "cli/html.h"

static const struct {
    const char *sign, *class, *words;
} kinds[IKW_MARK_KINDS] = {
    [IKW_MARK_FAILED] = { "\xe2\x9c\x95", "x", "attempt failed" },
    [IKW_MARK_DONE] = { "\xe2\x97\x8f", "o", "attempt came up" },
    [IKW_MARK_OPEN] = { "\xe2\x97\x8b", "w", "attempt not finished" },
    [IKW_MARK_EXPIRED] = { "\xe2\x96\xbe", "k", "SA expired" },
    [IKW_MARK_REMOVED] = { "\xe2\x96\xbf", "w", "SA removed" },
    [IKW_MARK_REKEY] = { "\xe2\x97\x86", "k", "rekey" },
};

/* Ten thousandths of the width, 0 to 10000. */
static int at(const struct ikw_html *h, int64_t t_ms)
{
    int64_t span = h->to_ms - h->from_ms, from = t_ms - h->from_ms;
    if (span <= 0 || from <= 0)
        return 0;
    if (from >= span)
        return 10000;
    return (int)((double)from / (double)span * 10000);
}

static void put_up(struct ikw_html *h, const struct ikw_up *u)
{
    int from = at(h, u->from_ms) < 9950 ? at(h, u->from_ms) : 9950;
    int to = u->to_ms == IKW_NO_TIME ? 10000 : at(h, u->to_ms);
    if (to < from)
        to = from;
    ikw_html_f(h,
               "<span class=\"up\" style=\"left:%d.%02d%%;width:%d.%02d%%\">"
               "</span>",
               from / 100, from % 100, (to - from) / 100, (to - from) % 100);
}

/* How long an attempt took that did not come up. */
static void put_stretch(struct ikw_html *h, const struct ikw_mark *m)
{
    int from = at(h, m->from_ms), to = at(h, m->to_ms);
    if (to > from)
        ikw_html_f(h,
                   "<span class=\"t %s\" style=\"left:%d.%02d%%;"
                   "width:%d.%02d%%\"></span>",
                   kinds[m->kind].class, from / 100, from % 100,
                   (to - from) / 100, (to - from) % 100);
}

static void put_mark(struct ikw_html *h, const struct ikw_mark *m)
{
    /* what fails does so in the end; a little in from the ends, so that the
     * sign is seen whole */
    int64_t t_ms = m->kind == IKW_MARK_FAILED ? m->to_ms : m->from_ms;
    int x = 150 + at(h, t_ms) * 97 / 100;
    struct ikw_buf clock = { 0 };
    ikw_when_clock(&clock, t_ms);
    ikw_html_f(h,
               "<span class=\"m %s\" style=\"left:%d.%02d%%\" title=\"%s "
               "%s%s",
               kinds[m->kind].class, x / 100, x % 100, clock.ptr,
               m->phase == 1   ? "phase 1 "
               : m->phase == 2 ? "phase 2 "
                               : "",
               kinds[m->kind].words);
    if (m->count > 1)
        ikw_html_f(h, ", %u times", m->count);
    ikw_html_f(h, "\">%s</span>", kinds[m->kind].sign);
    ikw_buf_release(&clock);
}

/* What the bar shows, for those who cannot see it. */
static void put_label(struct ikw_html *h, const struct ikw_timeline *t)
{
    uint64_t n[IKW_MARK_KINDS] = { 0 };
    bool any = false;
    for (size_t i = 0; i < t->nmarks; i++)
        n[t->marks[i].kind] += t->marks[i].count;
    for (size_t i = 0; i < IKW_MARK_KINDS; i++) {
        if (!n[i])
            continue;
        ikw_html_f(h, "%s%s: %llu", any ? ", " : "", kinds[i].words,
                   (unsigned long long)n[i]);
        any = true;
    }
    ikw_html_f(h, "%speriods up: %zu", any ? ", " : "", t->nups);
}

void ikw_html_timeline(struct ikw_html *h, const struct ikw_tunnel *t)
{
    const struct ikw_timeline *l = t->timeline;
    if (!l)
        return;
    ikw_html_raw(h, "<div class=\"tl\" role=\"img\" aria-label=\"");
    put_label(h, l);
    ikw_html_raw(h, "\">");
    for (size_t i = 0; i < l->nups; i++)
        put_up(h, &l->ups[i]);
    for (size_t i = 0; i < l->nmarks; i++)
        if (l->marks[i].kind == IKW_MARK_FAILED ||
            l->marks[i].kind == IKW_MARK_OPEN)
            put_stretch(h, &l->marks[i]);
    for (size_t i = 0; i < l->nmarks; i++)
        put_mark(h, &l->marks[i]);
    ikw_html_raw(h, "</div>");
}

void ikw_html_axis(struct ikw_html *h)
{
    int64_t middle = h->from_ms + (h->to_ms - h->from_ms) / 2;
    bool day = ikw_when_same_day(h->from_ms, h->to_ms);
    ikw_html_raw(h, "<div class=\"axis dim\">");
    ikw_html_time(h, h->from_ms, !day);
    if (day && h->to_ms - h->from_ms > 1000)
        ikw_html_time(h, middle, false);
    ikw_html_time(h, h->to_ms, !day);
    ikw_html_raw(h, "</div>");
}

static bool has_kind(const struct ikw_timeline *l, size_t kind)
{
    for (size_t i = 0; l && i < l->nmarks; i++)
        if (l->marks[i].kind == kind)
            return true;
    return !l;
}

void ikw_html_timeline_legend(struct ikw_html *h, const struct ikw_timeline *l)
{
    ikw_html_raw(h, "<p class=\"key dim\">");
    if (!l || l->nups)
        ikw_html_raw(h, "<span><span class=\"box\"></span> up</span>");
    for (size_t i = 0; i < IKW_MARK_KINDS; i++)
        if (has_kind(l, i))
            ikw_html_f(h, "<span><strong class=\"%s\">%s</strong> %s</span>",
                       kinds[i].class, kinds[i].sign, kinds[i].words);
    ikw_html_raw(h, "</p>");
}
