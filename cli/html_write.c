#include "cli/html.h"

#include <string.h>

void ikw_html_raw(struct ikw_html *h, const char *markup)
{
    ikw_buf_adds(h->out, markup);
}

void ikw_html_f(struct ikw_html *h, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    ikw_buf_addv(h->out, fmt, ap);
    va_end(ap);
}

static void add_markup_free(struct ikw_buf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        switch (s[i]) {
        case '&':
            ikw_buf_adds(out, "&amp;");
            break;
        case '<':
            ikw_buf_adds(out, "&lt;");
            break;
        case '>':
            ikw_buf_adds(out, "&gt;");
            break;
        case '"':
            ikw_buf_adds(out, "&quot;");
            break;
        case '\'':
            ikw_buf_adds(out, "&#39;");
            break;
        default:
            ikw_buf_addc(out, s[i]);
        }
    }
}

static void add_text(struct ikw_html *h, const char *s, size_t len)
{
    struct ikw_buf safe = { 0 };
    ikw_escape(&safe, s, len, true);
    add_markup_free(h->out, ikw_buf_str(&safe), safe.len);
    ikw_buf_release(&safe);
}

void ikw_html_text(struct ikw_html *h, const char *text)
{
    if (text)
        add_text(h, text, strlen(text));
}

/* Blanks and line ends of the XML are layout: one blank each. */
static void add_words(struct ikw_html *h, const char *s, size_t len, bool start)
{
    bool blank = false, any = !start;
    for (size_t i = 0; i < len;) {
        size_t n = 0;
        while (i + n < len && !strchr(" \t\r\n", s[i + n]))
            n++;
        if (n) {
            if (blank)
                ikw_buf_addc(h->out, ' ');
            add_text(h, s + i, n);
            any = true;
            blank = false;
        }
        i += n;
        while (i < len && strchr(" \t\r\n", s[i])) {
            blank = any;
            i++;
        }
    }
    if (blank)
        ikw_buf_addc(h->out, ' ');
}

void ikw_html_prose(struct ikw_html *h, const char *text)
{
    bool code = false;
    for (const char *p = text ? text : ""; *p;) {
        size_t n = strcspn(p, "`");
        bool closes = p[n] && (code || strchr(p + n + 1, '`'));
        add_words(h, p, closes || !p[n] ? n : n + 1, p == text);
        p += n + (p[n] == '`');
        if (!closes)
            continue;
        ikw_html_raw(h, code ? "</code>" : "<code>");
        code = !code;
    }
}

void ikw_html_element(struct ikw_html *h, const char *tag, const char *class,
                      const char *text)
{
    if (class)
        ikw_html_f(h, "<%s class=\"%s\">", tag, class);
    else
        ikw_html_f(h, "<%s>", tag);
    ikw_html_text(h, text);
    ikw_html_f(h, "</%s>", tag);
}

static void note_line(struct ikw_html *h, const struct ikw_evidence *ev)
{
    IKW_GROW(h->lines, h->lines_cap, h->nlines + 1);
    h->lines[h->nlines++] =
        (struct ikw_html_line){ ev->file, ev->line, ev->t_ms, ev->text,
                                ev->message };
}

void ikw_html_place(struct ikw_html *h, const struct ikw_evidence *ev)
{
    if (!ev->line)
        return;
    note_line(h, ev);
    ikw_html_f(h, "<a href=\"#l%u-%u\">", ev->file, ev->line);
    if (ikw_session_files(h->session) > 1) {
        ikw_html_text(h, ikw_session_base(h->session, ev->file));
        ikw_html_f(h, ":%u</a>", ev->line);
    } else {
        ikw_html_f(h, "line %u</a>", ev->line);
    }
}

void ikw_html_time(struct ikw_html *h, int64_t t_ms, bool date)
{
    struct ikw_buf iso = { 0 }, shown = { 0 };
    bool no_year = ikw_no_year(h->session, t_ms);
    if (t_ms == IKW_NO_TIME)
        return;
    ikw_when_iso(&iso, t_ms);
    if (date)
        ikw_when_date_time(&shown, t_ms, no_year);
    else
        ikw_when_clock(&shown, t_ms);
    if (no_year)
        ikw_html_f(h, "<time>%s</time>", shown.ptr);
    else
        ikw_html_f(h, "<time datetime=\"%s\">%s</time>", iso.ptr, shown.ptr);
    ikw_buf_release(&iso);
    ikw_buf_release(&shown);
}

void ikw_html_tunnel(struct ikw_html *h, const char *local, const char *peer,
                     const char *name)
{
    if (!local && !peer && !name) {
        ikw_html_raw(h, "the daemon itself");
        return;
    }
    if (name) {
        ikw_html_text(h, name);
        ikw_html_raw(h, " ");
    }
    ikw_html_text(h, local ? local : "?");
    ikw_html_raw(h, " \xe2\x86\x94 ");
    ikw_html_text(h, peer ? peer : "?");
}

void ikw_html_badge(struct ikw_html *h, const char *class, const char *word)
{
    ikw_html_f(h, "<span class=\"badge %s\">%s</span>", class, word);
}

void ikw_html_outcome(struct ikw_html *h, enum ikw_outcome o)
{
    enum ikw_style style;
    ikw_html_badge(h, ikw_outcome_name(o), ikw_outcome_label(o, &style));
}

void ikw_html_log(struct ikw_html *h, const struct ikw_evidence *ev)
{
    enum ikw_level level = ev->message ? ev->message->level : IKW_LEVEL_NONE;
    struct ikw_buf b = { 0 };
    ikw_line_words(&b, ev);
    ikw_html_element(h, "span",
                     level == IKW_LEVEL_ERROR     ? "log error"
                     : level == IKW_LEVEL_WARNING ? "log warning"
                                                  : "log",
                     ikw_buf_str(&b));
    ikw_buf_release(&b);
}

void ikw_html_certainty(struct ikw_html *h, const struct ikw_verdict *v)
{
    ikw_html_f(h,
               "<span class=\"sure\" aria-hidden=\"true\"><span style=\""
               "width:%d%%\"></span></span>",
               v->certainty);
    ikw_html_f(h, "<strong>%s%s%d&#160;%%</strong>",
               v->band ? v->band->word : "", v->band ? ", " : "", v->certainty);
}
