#include "cli/term.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 80, WIDTH_LEAST = 40, WIDTH_MOST = 100 };

static bool is_set(const char *name)
{
    const char *v = getenv(name);
    return v && *v;
}

static unsigned terminal_width(void)
{
    struct winsize ws = { 0 };
    unsigned w = WIDTH_DEFAULT;
    if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) &&
        ws.ws_col)
        w = ws.ws_col;
    return w < WIDTH_LEAST ? WIDTH_LEAST : w > WIDTH_MOST ? WIDTH_MOST : w;
}

static bool want_colour(enum ikw_colour_when when)
{
    const char *term = getenv("TERM");
    if (when != IKW_COLOUR_AUTO)
        return when == IKW_COLOUR_ALWAYS;
    return isatty(STDOUT_FILENO) && !is_set("NO_COLOR") && term &&
           strcmp(term, "dumb") != 0;
}

void ikw_page_init(struct ikw_page *page, enum ikw_colour_when colour)
{
    *page = (struct ikw_page){ 0 };
    page->width = terminal_width();
    page->colour = want_colour(colour);
    page->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
}

void ikw_page_release(struct ikw_page *page)
{
    ikw_buf_release(&page->out);
}

/* ---- escaping ---------------------------------------------------------- */

/* Code points that change how the text around them looks, or that cannot be
 * seen: controls, bidirectional marks, invisible blanks and separators. */
static bool is_harmful(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        { 0x00, 0x1f },     { 0x7f, 0x9f },     { 0xad, 0xad },
        { 0x61c, 0x61c },   { 0x180e, 0x180e }, { 0x200b, 0x200f },
        { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfe00, 0xfe0f },
        { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

void ikw_escape(struct ikw_buf *out, const char *s, size_t len, bool utf8)
{
    const unsigned char *u = (const unsigned char *)s;
    for (size_t i = 0; i < len;) {
        uint32_t c = 0;
        size_t n = ikw_utf8_decode(u + i, len - i, &c);
        bool fine = n && !is_harmful(c) && (utf8 || n == 1);
        if (fine)
            ikw_buf_add(out, s + i, n);
        for (size_t k = 0; !fine && k < (n ? n : 1); k++)
            ikw_buf_addf(out, "\\x%02x", u[i + k]);
        i += n ? n : 1;
    }
}

/* ---- printing ---------------------------------------------------------- */

void ikw_page_styled(struct ikw_page *page, enum ikw_style style,
                     const char *text)
{
    static const char *const sgr[] = { "0", "1", "2", "1;31", "1;32", "1;33" };
    bool on = page->colour && style != IKW_PLAIN;
    if (on)
        ikw_buf_addf(&page->out, "\033[%sm", sgr[style]);
    ikw_buf_adds(&page->out, text);
    if (on)
        ikw_buf_adds(&page->out, "\033[0m");
}

const char *ikw_page_dot(const struct ikw_page *page)
{
    return page->utf8 ? " \xc2\xb7 " : " - ";
}

void ikw_page_spaces(struct ikw_page *page, size_t n)
{
    while (n--)
        ikw_buf_addc(&page->out, ' ');
}

struct wrap {
    struct ikw_page *page;
    size_t width, col, indent;
    unsigned line, max_lines;
    bool at_start; /* no word on this line yet */
    bool full;
};

/* Goes to the next line, or ends the text where that was the last. */
static void wrap_break(struct wrap *w)
{
    if (w->max_lines && w->line == w->max_lines) {
        ikw_buf_adds(&w->page->out, " ...");
        w->full = true;
        return;
    }
    ikw_buf_addc(&w->page->out, '\n');
    ikw_page_spaces(w->page, w->indent);
    w->col = w->indent;
    w->line++;
    w->at_start = true;
}

/* Columns to leave free on this line: a last line that cannot take all of
 * the `rest` has to hold its "..." */
static size_t wrap_keep(const struct wrap *w, size_t rest)
{
    bool last = w->max_lines && w->line == w->max_lines;
    return last && w->col + !w->at_start + rest > w->width ? 4 : 0;
}

/* A word longer than a line is cut where the line ends. */
static void wrap_long_word(struct wrap *w, const char *s, size_t len,
                           size_t rest)
{
    size_t cols = ikw_columns(s, len);
    while (w->col + cols > w->width && !w->full) {
        size_t keep = wrap_keep(w, rest);
        size_t room = w->col + keep < w->width ? w->width - keep - w->col : 1;
        size_t n = ikw_columns_fit(s, len, room);
        if (!n) /* wider than the room: rather too long than endless */
            n = ikw_columns_fit(s, len, 2);
        ikw_buf_add(&w->page->out, s, n);
        s += n;
        len -= n;
        rest -= ikw_columns(s - n, n);
        cols = ikw_columns(s, len);
        wrap_break(w);
    }
    if (w->full)
        return;
    ikw_buf_add(&w->page->out, s, len);
    w->col += cols;
}

/* `rest`: columns from this word to the end of the text */
static void wrap_word(struct wrap *w, const char *s, size_t len, size_t rest)
{
    size_t cols = ikw_columns(s, len);
    if (!w->at_start && w->col + 1 + cols + wrap_keep(w, rest) > w->width)
        wrap_break(w);
    if (w->full)
        return;
    if (!w->at_start) {
        ikw_buf_addc(&w->page->out, ' ');
        w->col++;
    }
    wrap_long_word(w, s, len, rest);
    w->at_start = false;
}

/* Escaped, with one blank between words and none at the ends. */
static void normalise(struct ikw_buf *out, const char *text, bool utf8)
{
    const char *blanks = " \t\r\n";
    for (const char *p = text + strspn(text, blanks); *p;) {
        size_t len = strcspn(p, blanks);
        if (out->len)
            ikw_buf_addc(out, ' ');
        ikw_escape(out, p, len, utf8);
        p += len;
        p += strspn(p, blanks);
    }
}

void ikw_page_wrap(struct ikw_page *page, size_t col, size_t indent,
                   unsigned max_lines, const char *text)
{
    struct wrap w = { .page = page, .col = col, .indent = indent };
    w.width = page->width ? page->width : SIZE_MAX / 2;
    w.line = 1;
    w.max_lines = max_lines;
    w.at_start = true;
    struct ikw_buf b = { 0 };
    normalise(&b, text, page->utf8);
    size_t rest = ikw_columns(ikw_buf_str(&b), b.len);
    for (const char *p = ikw_buf_str(&b); *p && !w.full;) {
        size_t len = strcspn(p, " ");
        wrap_word(&w, p, len, rest);
        rest -= ikw_columns(p, len) + (p[len] == ' ');
        p += len + (p[len] == ' ');
    }
    ikw_buf_addc(&page->out, '\n');
    ikw_buf_release(&b);
}
