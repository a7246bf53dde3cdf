/* The excerpt: the lines that the page speaks of, as far as they are safe. */
#include "cli/html.h"

#include <stdlib.h>
#include <string.h>

static int cmp_line(const void *x, const void *y)
{
    const struct ikw_html_line *a = x, *b = y;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return strcmp(a->text ? a->text : "", b->text ? b->text : "");
}

static void put_line(struct ikw_html *h, const struct ikw_html_line *l,
                     bool anchor)
{
    enum ikw_level level = l->message ? l->message->level : IKW_LEVEL_NONE;
    const char *word = ikw_level_word(level);
    ikw_html_raw(h, "<li");
    if (anchor)
        ikw_html_f(h, " id=\"l%u-%u\"", l->file, l->line);
    ikw_html_f(h, "><span class=\"num\">%u</span>", l->line);
    ikw_html_raw(h, "<span>");
    ikw_html_time(h, l->t_ms, false);
    ikw_html_f(h, "</span><span class=\"line%s%s\">",
               level == IKW_LEVEL_ERROR || level == IKW_LEVEL_WARNING ? " "
                                                                      : "",
               level == IKW_LEVEL_ERROR     ? "error"
               : level == IKW_LEVEL_WARNING ? "warning"
                                            : "");
    if (word)
        ikw_html_f(h, "%s: ", word);
    ikw_html_text(h, l->text);
    ikw_html_raw(h, "</span></li>");
}

static void put_file(struct ikw_html *h, unsigned file, size_t from, size_t to)
{
    uint32_t last = 0;
    ikw_html_raw(h, "<h3>");
    ikw_html_text(h, ikw_session_file(h->session, file));
    ikw_html_raw(h, "</h3><ol class=\"lines\">");
    for (size_t i = from; i < to; i++) {
        const struct ikw_html_line *l = &h->lines[i];
        if (i > from && !cmp_line(l, l - 1))
            continue;
        if (last && l->line > last + 1)
            ikw_html_raw(h, "<li class=\"gap\">\xe2\x80\xa6</li>");
        put_line(h, l, l->line != last);
        last = l->line;
    }
    ikw_html_raw(h, "</ol>");
}

void ikw_html_lines(struct ikw_html *h)
{
    if (!h->nlines)
        return;
    qsort(h->lines, h->nlines, sizeof *h->lines, cmp_line);
    ikw_html_raw(h,
                 "<section class=\"card from-log\" aria-labelledby=\"lines\">"
                 "<h2 id=\"lines\">Lines of the log</h2>"
                 "<p class=\"dim\">Only those that this page speaks of; "
                 "secrets are left out.</p>");
    for (size_t i = 0; i < h->nlines;) {
        size_t to = i;
        while (to < h->nlines && h->lines[to].file == h->lines[i].file)
            to++;
        put_file(h, h->lines[i].file, i, to);
        i = to;
    }
    ikw_html_raw(h, "</section>");
}
