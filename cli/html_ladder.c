/*
 * A ladder as SVG, drawn for a phone and scaled up from there, and the same
 * steps as a list for those who cannot see it or want the links.
 */
#include "cli/html.h"

#include <string.h>

enum {
    WIDTH = 380,
    LEFT = 58,
    RIGHT = 334,
    ROW = 15,   /* height of a line of text */
    CHARS = 40, /* between the lanes */
    CHARS_BOLD = 36,
    LINES = 3,
    HALF = 184,     /* width of a box */
    HALF_CHARS = 25 /* of an address that fits into one */
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
                   "<circle class=\"fm\" cx=\"%d\" cy=\"%d\" r=\"8.5\"/>"
                   "<path class=\"fx\" d=\"M%d %dl7 7m0-7l-7 7\"/>",
                   x, y, x - 3, y - 3);
    else if (s->evidence)
        ikw_html_f(c->h, "<circle class=\"dot\" cx=\"%d\" cy=\"%d\" r=\"6\"/>",
                   x, y);
    else if (s->kind == IKW_STEP_EVENT)
        ikw_html_f(c->h, "<circle class=\"pt\" cx=\"%d\" cy=\"%d\" r=\"3.5\"/>",
                   x, y);
}

/* Behind the step that fails. */
static void band(struct canvas *c, const struct ikw_step *s, int top, int end)
{
    if (s->failing)
        ikw_html_f(c->h,
                   "<rect class=\"band\" x=\"%d\" y=\"%d\" width=\"%d\" "
                   "height=\"%d\" rx=\"5\"/>",
                   LEFT - 5, top, RIGHT - LEFT + 10, end - top);
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

/* How many lines the text takes; draws them if `x` is one. */
static int put_lines(struct canvas *c, int x, const char *anchor,
                     const char *class, const char *text)
{
    struct ikw_page page = { .width = *class ? CHARS_BOLD : CHARS,
                             .utf8 = true };
    int n = 0;
    ikw_page_wrap(&page, 0, 0, LINES, text);
    for (const char *p = ikw_buf_str(&page.out); *p; n++) {
        size_t len = strcspn(p, "\n");
        if (x)
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
    ikw_html_f(c->h, "<a href=\"#l%u-%u\">", s->first.file, s->first.line);
    put_text(c, WIDTH, y, "end", "d", b.ptr, b.len);
    ikw_html_raw(c->h, "</a>");
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
        to -= sign * 56;
    ikw_html_f(c->h, "<path class=\"a%s%s\" d=\"M%d %dH%d\"/>",
               s->implied ? " i" : "", s->failing ? " fa" : "", from, y,
               to - sign * 7);
    if (s->lost)
        ikw_html_f(c->h, "<path class=\"lx\" d=\"M%d %dl10 10m0-10l-10 10\"/>",
                   to - 5, y - 5);
    else
        ikw_html_f(c->h, "<path class=\"hd%s\" d=\"M%d %dl%d -4.5v9z\"/>",
                   s->failing ? " fa" : "", to, y, -sign * 9);
}

static void draw_message(struct canvas *c, const struct ikw_step *s,
                         const char *text)
{
    bool right = s->lane == IKW_LANE_LEFT;
    const char *class = s->failing ? "f" : "";
    int n = put_lines(c, 0, "", class, text);
    c->y += 4;
    band(c, s, c->y, c->y + n * ROW + 15);
    c->y += ROW;
    put_margins(c, s, c->y);
    put_lines(c, right ? LEFT + 14 : RIGHT - 14, right ? "" : "end", class,
              text);
    c->y += (n - 1) * ROW + 7;
    draw_arrow(c, s, c->y);
    mark(c, s, c->y);
    c->y += 6;
}

static void draw_event(struct canvas *c, const struct ikw_step *s,
                       const char *text)
{
    bool left = s->lane == IKW_LANE_LEFT;
    const char *class = s->failing ? "f" : "";
    int n = put_lines(c, 0, "", class, text);
    c->y += 5;
    band(c, s, c->y, c->y + n * ROW + 7);
    c->y += ROW;
    put_margins(c, s, c->y);
    mark(c, s, c->y - 4);
    put_lines(c, left ? LEFT + 14 : RIGHT - 14, left ? "" : "end", class, text);
    c->y += (n - 1) * ROW + 6;
}

static void draw_hidden(struct canvas *c, const struct ikw_step *s)
{
    c->y += ROW + 5;
    put_text(c, (LEFT + RIGHT) / 2, c->y, "middle", "d", s->text,
             strlen(s->text));
    ikw_html_f(c->h, "<path class=\"a i\" d=\"M%d %dH%d\"/>", LEFT + 10,
               c->y + 6, RIGHT - 10);
    c->y += 12;
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

/* A box of two lines of text over a lane, or under it. */
static void draw_box(struct canvas *c, enum ikw_lane lane, bool whole,
                     const char *bold, const char *dim)
{
    bool left = lane == IKW_LANE_LEFT;
    int width = whole ? WIDTH : HALF, x = left ? 0 : WIDTH - width;
    const char *anchor = left ? "" : "end";
    ikw_html_f(c->h,
               "<rect class=\"bx\" x=\"%d\" y=\"%d\" width=\"%d\" "
               "height=\"38\" rx=\"6\"/>",
               x, c->y, width);
    x = left ? 10 : WIDTH - 10;
    put_text(c, x, c->y + 16, anchor, "h", bold, strlen(bold));
    put_text(c, x, c->y + 31, anchor, "d", dim, strlen(dim));
}

static void draw_head(struct canvas *c)
{
    const struct ikw_ladder_side *s = c->l->side;
    bool whole = strlen(address(&s[0])) > HALF_CHARS ||
                 strlen(address(&s[1])) > HALF_CHARS;
    for (int i = 0; i < 2; i++) {
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b, "%s, %s", role_words(c->l, (enum ikw_lane)i),
                     log_words(&s[i]));
        draw_box(c, (enum ikw_lane)i, whole, address(&s[i]), b.ptr);
        ikw_buf_release(&b);
        if (whole && !i)
            c->y += 42;
    }
    c->y += 38;
}

static void draw_foot(struct canvas *c)
{
    for (int i = 0; i < 2; i++)
        draw_box(c, (enum ikw_lane)i, false, holds_words(&c->l->side[i]),
                 "in the end");
    c->y += 38;
}

/* The lanes come first in the file so that they lie below the rest; how long
 * they are is known last. So the steps are drawn aside. */
static void draw(struct ikw_html *h, const struct ikw_ladder *l)
{
    struct ikw_buf aside = { 0 }, *out = h->out;
    struct canvas c = { .h = h, .l = l, .y = 1, .last_s = INT64_MIN };
    unsigned id = ++h->ladders;
    h->out = &aside;
    draw_head(&c);
    int top = c.y;
    c.y += 4;
    for (size_t i = 0; i < l->nsteps; i++)
        draw_step(&c, &l->steps[i]);
    c.y += 10;
    int end = c.y;
    draw_foot(&c);
    h->out = out;
    ikw_html_f(h,
               "<svg class=\"ladder\" viewBox=\"-1 0 %d %d\" "
               "role=\"group\" aria-labelledby=\"s%u\"><title id=\"s%u\">",
               WIDTH + 2, c.y + 2, id, id);
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

/* What the signs mean: of those that are there. */
static void legend(struct ikw_html *h, const struct ikw_ladder *l)
{
    bool failing = false, evidence = false, implied = false;
    for (size_t i = 0; i < l->nsteps; i++) {
        const struct ikw_step *s = &l->steps[i];
        failing = failing || s->failing;
        evidence = evidence || (s->evidence && !s->failing);
        implied = implied || s->implied;
    }
    if (failing)
        ikw_html_raw(h, "The cross marks where it goes wrong. ");
    if (evidence)
        ikw_html_raw(h, "A full dot is evidence. ");
    if (implied)
        ikw_html_raw(h, "Dashes: what only follows from a line. ");
    ikw_html_raw(h, "The number is that of the line.");
}

static void caption(struct ikw_html *h, const struct ikw_ladder *l)
{
    ikw_html_raw(h, "<figcaption>");
    if (l->phase)
        ikw_html_f(h, "Phase %u", l->phase);
    if (l->exchange && l->phase)
        ikw_html_f(h, ", %s mode", l->exchange);
    if (l->phase)
        ikw_html_raw(h, ". ");
    legend(h, l);
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
    ikw_html_raw(h, "</figure><details class=\"fold\"><summary>The same as "
                    "a list</summary>"
                    "<ol>");
    for (size_t i = 0; i < l->nsteps; i++)
        list_step(h, l, &l->steps[i]);
    ikw_html_f(h, "<li>In the end the %s holds: ", role_words(l, 0));
    ikw_html_text(h, holds_words(&l->side[0]));
    ikw_html_f(h, "; the %s: ", role_words(l, 1));
    ikw_html_text(h, holds_words(&l->side[1]));
    ikw_html_raw(h, ".</li></ol></details>");
}
