/*
 * A ladder as SVG, drawn for a phone and scaled up from there, and the same
 * steps as a list for those who cannot see it or want the links.
 */
#include "cli/html.h"

#include <string.h>

enum {
    WIDTH = 420,
    LEFT = 60,
    RIGHT = 362,
    ROW = 14, /* height of a line of text */
    CHARS = 44,
    CHARS_BOLD = 40,
    LINES = 3,
    HEAD_CHARS = 66 /* both addresses in one row */
};

struct canvas {
    struct ikw_html *h;
    const struct ikw_ladder *l;
    int y;
    int64_t last_s;
};

/* ---- words ----------------------------------------------------------------
 */

static const char *role_words(const struct ikw_ladder *l, enum ikw_lane lane)
{
    if (!l->roles_known)
        return l->side[lane].ours ? "this side" : "the peer";
    return lane == IKW_LANE_LEFT ? "initiator" : "responder";
}

static const char *log_words(const struct ikw_ladder_side *side)
{
    if (!side->log)
        return "no log of it";
    return side->ours ? "this log" : "its log";
}

static const char *holds_words(const struct ikw_ladder_side *side)
{
    return side->holds ? side->holds : side->log ? "?" : "not known";
}

static void step_words(const struct ikw_step *s, struct ikw_buf *out)
{
    ikw_buf_adds(out, s->text);
    if (s->count > 1)
        ikw_buf_addf(out, " (%u times)", s->count);
    if (s->lost)
        ikw_buf_adds(out, " (never seen there)");
}

/* ---- strokes --------------------------------------------------------------
 */

static int lane_x(enum ikw_lane lane)
{
    return lane == IKW_LANE_LEFT ? LEFT : RIGHT;
}

static void mark(struct canvas *c, const struct ikw_step *s, int y)
{
    int x = lane_x(s->lane);
    if (s->failing)
        ikw_html_f(c->h,
                   "<circle class=\"fm\" cx=\"%d\" cy=\"%d\" r=\"7\"/>"
                   "<path class=\"fx\" d=\"M%d %dl6 6m0-6l-6 6\"/>",
                   x, y, x - 3, y - 3);
    else if (s->evidence)
        ikw_html_f(c->h, "<circle class=\"ev\" cx=\"%d\" cy=\"%d\" r=\"4\"/>",
                   x, y);
}

static void put_text(struct canvas *c, int x, int y, const char *anchor,
                     const char *class, const char *text, size_t len)
{
    struct ikw_buf part = { 0 };
    ikw_buf_add(&part, text, len);
    ikw_html_f(c->h, "<text x=\"%d\" y=\"%d\"", x, y);
    if (*anchor)
        ikw_html_f(c->h, " text-anchor=\"%s\"", anchor);
    if (*class)
        ikw_html_f(c->h, " class=\"%s\"", class);
    ikw_html_raw(c->h, ">");
    ikw_html_text(c->h, ikw_buf_str(&part));
    ikw_html_raw(c->h, "</text>");
    ikw_buf_release(&part);
}

/* The text in lines; returns how many. */
static int put_lines(struct canvas *c, int x, const char *anchor,
                     const char *class, const char *text)
{
    struct ikw_page page = { .width = *class ? CHARS_BOLD : CHARS,
                             .utf8 = true };
    int n = 0;
    ikw_page_wrap(&page, 0, 0, LINES, text);
    for (const char *p = ikw_buf_str(&page.out); *p; n++) {
        size_t len = strcspn(p, "\n");
        put_text(c, x, c->y + n * ROW, anchor, class, p, len);
        p += len + (p[len] == '\n');
    }
    ikw_page_release(&page);
    return n;
}

static void put_margins(struct canvas *c, const struct ikw_step *s, int y)
{
    struct ikw_buf b = { 0 };
    if (s->first.t_ms != IKW_NO_TIME && s->first.t_ms / 1000 != c->last_s) {
        ikw_when_clock(&b, s->first.t_ms);
        put_text(c, 0, y, "", "d", b.ptr, b.len);
        c->last_s = s->first.t_ms / 1000;
    }
    ikw_buf_clear(&b);
    if (c->h->session->ninputs > 1)
        ikw_buf_addf(&b, "%c:", (char)('a' + s->first.file % 26));
    ikw_buf_addf(&b, "%u", s->first.line);
    put_text(c, WIDTH, y, "end", "d", b.ptr, b.len);
    ikw_buf_release(&b);
}

/* ---- steps ----------------------------------------------------------------
 */

static void draw_arrow(struct canvas *c, const struct ikw_step *s, int y)
{
    bool right = s->lane == IKW_LANE_LEFT;
    int from = right ? LEFT : RIGHT, to = right ? RIGHT : LEFT;
    int sign = right ? 1 : -1;
    if (s->lost)
        to -= sign * 60;
    ikw_html_f(c->h, "<path class=\"a%s%s\" d=\"M%d %dH%d\"/>",
               s->implied ? " i" : "", s->failing ? " fa" : "", from, y,
               to - sign * 7);
    if (s->lost)
        ikw_html_f(c->h, "<path class=\"lx\" d=\"M%d %dl10 10m0-10l-10 10\"/>",
                   to - 5, y - 5);
    else
        ikw_html_f(c->h, "<path class=\"hd\" d=\"M%d %dl%d -4v8z\"/>", to, y,
                   -sign * 8);
}

static void draw_message(struct canvas *c, const struct ikw_step *s,
                         const char *text)
{
    bool right = s->lane == IKW_LANE_LEFT;
    c->y += ROW;
    put_margins(c, s, c->y);
    int n = put_lines(c, right ? LEFT + 12 : RIGHT - 12, right ? "" : "end",
                      s->failing ? "f" : "", text);
    c->y += (n - 1) * ROW + 6;
    draw_arrow(c, s, c->y);
    mark(c, s, c->y);
    c->y += 6;
}

static void draw_event(struct canvas *c, const struct ikw_step *s,
                       const char *text)
{
    bool left = s->lane == IKW_LANE_LEFT;
    c->y += ROW + 2;
    put_margins(c, s, c->y);
    mark(c, s, c->y - 4);
    int n = put_lines(c, left ? LEFT + 12 : RIGHT - 12, left ? "" : "end",
                      s->failing ? "f" : "", text);
    c->y += (n - 1) * ROW + 4;
}

static void draw_hidden(struct canvas *c, const struct ikw_step *s)
{
    c->y += ROW + 2;
    put_text(c, (LEFT + RIGHT) / 2, c->y, "middle", "d", s->text,
             strlen(s->text));
    ikw_html_f(c->h, "<path class=\"a i\" d=\"M%d %dH%d\"/>", LEFT + 10,
               c->y + 6, RIGHT - 10);
    c->y += 10;
}

static void draw_step(struct canvas *c, const struct ikw_step *s)
{
    struct ikw_buf text = { 0 };
    step_words(s, &text);
    if (s->kind == IKW_STEP_HIDDEN)
        draw_hidden(c, s);
    else if (s->kind == IKW_STEP_MESSAGE)
        draw_message(c, s, text.ptr);
    else
        draw_event(c, s, text.ptr);
    ikw_buf_release(&text);
}

/* ---- frame ----------------------------------------------------------------
 */

static const char *address(const struct ikw_ladder_side *side)
{
    return side->address ? side->address : "?";
}

static void draw_head(struct canvas *c)
{
    const struct ikw_ladder_side *s = c->l->side;
    struct ikw_buf a = { 0 }, b = { 0 };
    bool one_row = strlen(address(&s[0])) + strlen(address(&s[1])) < HEAD_CHARS;
    ikw_buf_addf(&a, "%s, %s", role_words(c->l, IKW_LANE_LEFT),
                 log_words(&s[0]));
    ikw_buf_addf(&b, "%s, %s", role_words(c->l, IKW_LANE_RIGHT),
                 log_words(&s[1]));
    c->y = 12;
    put_text(c, 0, c->y, "", "h", address(&s[0]), strlen(address(&s[0])));
    if (!one_row)
        c->y += ROW;
    put_text(c, WIDTH, c->y, "end", "h", address(&s[1]),
             strlen(address(&s[1])));
    c->y += ROW - 1;
    put_text(c, 0, c->y, "", "d", a.ptr, a.len);
    put_text(c, WIDTH, c->y, "end", "d", b.ptr, b.len);
    c->y += 8;
    ikw_buf_release(&a);
    ikw_buf_release(&b);
}

static void draw_foot(struct canvas *c)
{
    for (int i = 0; i < 2; i++) {
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b, "holds: %s", holds_words(&c->l->side[i]));
        put_text(c, i ? WIDTH : 0, c->y + ROW + 4, i ? "end" : "", "h", b.ptr,
                 b.len);
        ikw_buf_release(&b);
    }
}

/* The lanes come first in the file so that they lie below the rest; how long
 * they are is known last. So the steps are drawn aside. */
static void draw(struct ikw_html *h, const struct ikw_ladder *l)
{
    struct ikw_buf aside = { 0 }, *out = h->out;
    struct canvas c = { .h = h, .l = l, .last_s = INT64_MIN };
    unsigned id = ++h->ladders;
    h->out = &aside;
    draw_head(&c);
    int top = c.y;
    for (size_t i = 0; i < l->nsteps; i++)
        draw_step(&c, &l->steps[i]);
    c.y += 10;
    int end = c.y;
    draw_foot(&c);
    h->out = out;
    ikw_html_f(h,
               "<svg viewBox=\"-2 0 %d %d\" role=\"img\" "
               "aria-labelledby=\"s%u\"><title id=\"s%u\">",
               WIDTH + 4, end + ROW + 14, id, id);
    ikw_html_raw(h, "The messages between ");
    ikw_html_text(h, address(&l->side[0]));
    ikw_html_raw(h, " and ");
    ikw_html_text(h, address(&l->side[1]));
    ikw_html_f(h, "</title><path class=\"r\" d=\"M%d %dV%dM%d %dV%d\"/>", LEFT,
               top, end, RIGHT, top, end);
    ikw_buf_add(out, ikw_buf_str(&aside), aside.len);
    ikw_html_raw(h, "</svg>");
    ikw_buf_release(&aside);
}

/* ---- the list -------------------------------------------------------------
 */

static void list_step(struct ikw_html *h, const struct ikw_ladder *l,
                      const struct ikw_step *s)
{
    struct ikw_buf text = { 0 };
    enum ikw_lane to =
        s->lane == IKW_LANE_LEFT ? IKW_LANE_RIGHT : IKW_LANE_LEFT;
    step_words(s, &text);
    ikw_html_raw(h, "<li>");
    if (s->kind == IKW_STEP_MESSAGE)
        ikw_html_f(h, "%s to %s: ", role_words(l, s->lane), role_words(l, to));
    else if (s->kind == IKW_STEP_EVENT)
        ikw_html_f(h, "at the %s: ", role_words(l, s->lane));
    ikw_html_text(h, text.ptr);
    if (s->kind != IKW_STEP_HIDDEN) {
        ikw_html_raw(h, s->implied ? ", implied by " : ", ");
        ikw_html_place(h, &s->first);
    }
    if (s->failing)
        ikw_html_raw(h, " <strong class=\"error\">here it goes wrong</strong>");
    else if (s->evidence)
        ikw_html_raw(h, " <em>evidence</em>");
    ikw_html_raw(h, "</li>");
    ikw_buf_release(&text);
}

static void caption(struct ikw_html *h, const struct ikw_ladder *l)
{
    ikw_html_raw(h, "<figcaption>");
    if (l->phase)
        ikw_html_f(h, "Phase %u", l->phase);
    if (l->exchange && l->phase)
        ikw_html_f(h, ", %s mode. ", l->exchange);
    ikw_html_raw(h, "A red cross marks where it goes wrong, a dot the other "
                    "evidence; dashes what only follows from a line.");
    if (l->dropped)
        ikw_html_f(h, " %zu more steps are not shown.", l->dropped);
    for (unsigned i = 0;
         h->session->ninputs > 1 && i < h->session->ninputs && i < 26; i++) {
        ikw_html_f(h, " %c: ", (char)('a' + i));
        ikw_html_text(h, ikw_session_base(h->session, i));
        ikw_html_raw(h, ".");
    }
    ikw_html_raw(h, "</figcaption>");
}

void ikw_html_ladder(struct ikw_html *h, const struct ikw_ladder *l)
{
    ikw_html_raw(h, "<figure>");
    draw(h, l);
    caption(h, l);
    ikw_html_raw(h, "</figure><details><summary>The same as a list</summary>"
                    "<ol>");
    for (size_t i = 0; i < l->nsteps; i++)
        list_step(h, l, &l->steps[i]);
    ikw_html_f(h, "<li>In the end the %s holds: ", role_words(l, 0));
    ikw_html_text(h, holds_words(&l->side[0]));
    ikw_html_f(h, "; the %s: ", role_words(l, 1));
    ikw_html_text(h, holds_words(&l->side[1]));
    ikw_html_raw(h, ".</li></ol></details>");
}
