/*
 * A ladder in text: time, the initiator's lane, what passes between, the
 * responder's lane, the line of the log. Only ASCII where the terminal can
 * show no more.
 */
#include "cli/ask.h"

#include <string.h>

enum { CLOCK = 8, SPAN_LEAST = 24, TEXT_LINES = 3 };

struct strokes {
    const char *lane, *dash, *gap, *failing, *evidence, *cross, *dot;
};

static const struct strokes *strokes(const struct ikw_page *page)
{
    static const struct strokes ascii = { "|", "-", " ", "x", "*", "x", "." };
    static const struct strokes drawn = {
        "\xe2\x94\x82", "\xe2\x94\x80", " ",       "\xe2\x9c\x97",
        "\xe2\x97\x8f", "\xe2\x9c\x97", "\xc2\xb7"
    };
    return page->utf8 ? &drawn : &ascii;
}

struct drawing {
    struct ikw_page *page;
    const struct ikw_session *session;
    const struct ikw_ladder *ladder;
    const struct strokes *ink;
    size_t clock, span, place; /* columns; clock 0: no times */
    bool name_files;
    int64_t last_ms; /* of the row before */
};

/* ---- rows -------------------------------------------------------------- */

static void repeat(struct ikw_buf *out, const char *s, size_t n)
{
    while (n--)
        ikw_buf_adds(out, s);
}

/* Between the lanes: padded to the span, or as it is if it is longer. */
static void add_span(const struct drawing *d, const char *text, bool right)
{
    size_t cols = ikw_columns(text, strlen(text));
    size_t pad = cols < d->span ? d->span - cols : 0;
    if (right)
        ikw_page_spaces(d->page, pad);
    ikw_buf_adds(&d->page->out, text);
    if (!right)
        ikw_page_spaces(d->page, pad);
}

static void trim_end(struct ikw_buf *b)
{
    while (b->len && b->ptr[b->len - 1] == ' ')
        b->ptr[--b->len] = '\0';
}

/* Marks on the lanes; `time`: the clock is told, if it changed. */
struct row {
    const char *left, *right; /* NULL: the plain lane */
    enum ikw_style style;
    const char *text;
    bool to_right;
    int64_t t_ms;
    const char *place;
};

static void put_row(struct drawing *d, const struct row *r)
{
    struct ikw_buf clock = { 0 };
    if (d->clock && r->t_ms != IKW_NO_TIME && r->t_ms / 1000 != d->last_ms) {
        ikw_when_clock(&clock, r->t_ms);
        d->last_ms = r->t_ms / 1000;
    }
    if (d->clock) {
        ikw_buf_adds(&d->page->out, ikw_buf_str(&clock));
        ikw_page_spaces(d->page, d->clock - clock.len);
    }
    ikw_page_styled(d->page, r->left ? r->style : IKW_PLAIN,
                    r->left ? r->left : d->ink->lane);
    size_t before = d->page->out.len;
    add_span(d, r->text, r->to_right);
    if (r->style != IKW_PLAIN && d->page->colour) {
        struct ikw_buf text = { 0 };
        ikw_buf_adds(&text, d->page->out.ptr + before);
        d->page->out.len = before;
        ikw_page_styled(d->page, r->style, ikw_buf_str(&text));
        ikw_buf_release(&text);
    }
    ikw_page_styled(d->page, r->right ? r->style : IKW_PLAIN,
                    r->right ? r->right : d->ink->lane);
    if (r->place)
        ikw_buf_addf(&d->page->out, "  %s", r->place);
    trim_end(&d->page->out);
    ikw_buf_addc(&d->page->out, '\n');
    ikw_buf_release(&clock);
}

static struct row plain_row(const char *text)
{
    return (struct row){ .text = text, .t_ms = IKW_NO_TIME };
}

/* ---- steps ------------------------------------------------------------- */

/* "12", or "b:12" for a line of the second log */
static void add_place(const struct drawing *d, const struct ikw_step *s,
                      struct ikw_buf *out)
{
    if (d->name_files && s->first.file < 26)
        ikw_buf_addf(out, "%c:", (char)('a' + s->first.file));
    ikw_buf_addf(out, "%u", s->first.line);
}

static void add_text(const struct ikw_step *s, struct ikw_buf *out)
{
    ikw_buf_adds(out, s->text);
    if (s->count > 1)
        ikw_buf_addf(out, " (%u times)", s->count);
    if (s->lost)
        ikw_buf_adds(out, " (never seen there)");
}

/* "-- 1 SA ---->" to a span's width */
static void draw_arrow(const struct drawing *d, const struct ikw_step *s,
                       const char *text, struct ikw_buf *out)
{
    bool right = s->lane == IKW_LANE_LEFT;
    size_t cols = ikw_columns(text, strlen(text)), used = cols + 6;
    size_t line = d->span > used ? d->span - used : 0;
    size_t tail = s->lost ? (line > 3 ? 3 : 0) : 0;
    const char *dash = s->implied ? d->ink->dot : d->ink->dash;
    const char *gap = cols ? " " : dash;
    if (right) {
        repeat(out, dash, 2);
        ikw_buf_addf(out, "%s%s%s", gap, text, gap);
        repeat(out, dash, line + 1 - tail);
        ikw_buf_adds(out, s->lost ? d->ink->cross : ">");
        repeat(out, " ", tail);
    } else {
        repeat(out, " ", tail);
        ikw_buf_adds(out, s->lost ? d->ink->cross : "<");
        repeat(out, dash, 1);
        ikw_buf_addf(out, "%s%s%s", gap, text, gap);
        repeat(out, dash, line + 2 - tail);
    }
}

/* Text in lines of at most `width` columns. */
static void break_text(const struct drawing *d, const char *text, size_t width,
                       struct ikw_page *out)
{
    *out = (struct ikw_page){ .width = (unsigned)width, .utf8 = d->page->utf8 };
    ikw_page_wrap(out, 0, 0, TEXT_LINES, text);
}

static void draw_lines(struct drawing *d, const struct ikw_step *s,
                       struct row *r, const char *lines, bool arrow)
{
    for (const char *p = lines; *p;) {
        size_t n = strcspn(p, "\n");
        bool last = !p[n] || !p[n + 1];
        struct ikw_buf part = { 0 }, text = { 0 };
        ikw_buf_add(&part, p, n);
        if (arrow && last)
            draw_arrow(d, s, ikw_buf_str(&part), &text);
        else
            ikw_buf_addf(&text, " %s%s ", arrow ? "  " : "",
                         ikw_buf_str(&part));
        r->text = ikw_buf_str(&text);
        put_row(d, r);
        *r = (struct row){ .style = r->style,
                           .to_right = r->to_right,
                           .t_ms = IKW_NO_TIME };
        ikw_buf_release(&part);
        ikw_buf_release(&text);
        p += n + (p[n] == '\n');
    }
}

static void draw_hidden(struct drawing *d, const struct ikw_step *s)
{
    struct ikw_buf b = { 0 };
    size_t cols = ikw_columns(s->text, strlen(s->text));
    size_t side = d->span > cols + 2 ? (d->span - cols - 2) / 2 : 0;
    repeat(&b, d->ink->dot, side);
    ikw_buf_addf(&b, " %s ", s->text);
    repeat(&b, d->ink->dot,
           d->span > side + cols + 2 ? d->span - side - cols - 2 : 0);
    struct row r = plain_row(ikw_buf_str(&b));
    r.style = IKW_DIM;
    put_row(d, &r);
    ikw_buf_release(&b);
}

static void draw_step(struct drawing *d, const struct ikw_step *s)
{
    struct ikw_buf text = { 0 }, place = { 0 };
    struct ikw_page lines;
    bool arrow = s->kind == IKW_STEP_MESSAGE;
    const char *mark = s->failing    ? d->ink->failing
                       : s->evidence ? d->ink->evidence
                                     : NULL;
    if (s->kind == IKW_STEP_HIDDEN) {
        draw_hidden(d, s);
        return;
    }
    add_text(s, &text);
    add_place(d, s, &place);
    break_text(d, ikw_buf_str(&text), d->span - (arrow ? 8 : 2), &lines);
    struct row r = { .style = s->failing ? IKW_RED : IKW_PLAIN,
                     .to_right = s->lane == IKW_LANE_RIGHT && !arrow,
                     .t_ms = s->first.t_ms,
                     .place = ikw_buf_str(&place) };
    if (s->lane == IKW_LANE_LEFT)
        r.left = mark;
    else
        r.right = mark;
    draw_lines(d, s, &r, ikw_buf_str(&lines.out), arrow);
    ikw_page_release(&lines);
    ikw_buf_release(&text);
    ikw_buf_release(&place);
}

/* ---- head and foot ------------------------------------------------------ */

/* Two texts over the lanes: one from the left, one to the right. */
static void put_pair(struct drawing *d, const char *left, const char *right,
                     enum ikw_style style)
{
    struct ikw_page *page = d->page;
    struct ikw_buf b = { 0 };
    size_t width = d->span + 2, l, r;
    ikw_escape(&b, left, strlen(left), page->utf8);
    l = ikw_columns(ikw_buf_str(&b), b.len);
    struct ikw_buf c = { 0 };
    ikw_escape(&c, right, strlen(right), page->utf8);
    r = ikw_columns(ikw_buf_str(&c), c.len);
    for (size_t i = l + r < width ? width - l - r : 1; i; i--)
        ikw_buf_addc(&b, ' ');
    ikw_buf_adds(&b, ikw_buf_str(&c));
    trim_end(&b);
    ikw_page_spaces(page, d->clock);
    ikw_page_styled(page, style, ikw_buf_str(&b));
    ikw_buf_addc(&page->out, '\n');
    ikw_buf_release(&b);
    ikw_buf_release(&c);
}

static void add_side(const struct ikw_ladder *l, enum ikw_lane lane,
                     struct ikw_buf *out)
{
    const struct ikw_ladder_side *side = &l->side[lane];
    bool left = lane == IKW_LANE_LEFT;
    if (l->roles_known)
        ikw_buf_adds(out, left ? "initiator" : "responder");
    else
        ikw_buf_adds(out, side->ours ? "this side" : "the peer");
    if (side->log)
        ikw_buf_adds(out, side->ours ? ", this log" : ", its log");
    else
        ikw_buf_adds(out, ", no log of it");
}

static const char *holds(const struct ikw_ladder_side *side)
{
    if (side->holds)
        return side->holds;
    return side->log ? "?" : "not known";
}

static void draw_frame(struct drawing *d, bool head)
{
    const struct ikw_ladder_side *s = d->ladder->side;
    struct ikw_buf a = { 0 }, b = { 0 };
    if (!head) {
        ikw_buf_addf(&a, "holds: %s", holds(&s[0]));
        ikw_buf_addf(&b, "holds: %s", holds(&s[1]));
        put_pair(d, a.ptr, b.ptr, IKW_BOLD);
    } else {
        put_pair(d, s[0].address ? s[0].address : "?",
                 s[1].address ? s[1].address : "?", IKW_BOLD);
        add_side(d->ladder, IKW_LANE_LEFT, &a);
        add_side(d->ladder, IKW_LANE_RIGHT, &b);
        put_pair(d, a.ptr, b.ptr, IKW_PLAIN);
    }
    ikw_buf_release(&a);
    ikw_buf_release(&b);
}

static void measure(struct drawing *d)
{
    size_t most = 1, width = d->page->width ? d->page->width : 80;
    for (size_t i = 0; i < d->ladder->nsteps; i++) {
        const struct ikw_step *s = &d->ladder->steps[i];
        struct ikw_buf b = { 0 };
        add_place(d, s, &b);
        size_t cols = ikw_columns(ikw_buf_str(&b), b.len);
        most = cols > most ? cols : most;
        ikw_buf_release(&b);
        if (s->first.t_ms != IKW_NO_TIME)
            d->clock = CLOCK + 2;
    }
    d->place = most;
    size_t used = d->clock + 2 + 2 + most;
    d->span = width > used + SPAN_LEAST ? width - used : SPAN_LEAST;
}

static void add_files(const struct drawing *d, struct ikw_buf *out)
{
    bool used[26] = { false };
    for (size_t i = 0; i < d->ladder->nsteps; i++)
        if (d->ladder->steps[i].first.file < 26)
            used[d->ladder->steps[i].first.file] = true;
    for (unsigned i = 0; i < 26 && d->name_files; i++)
        if (used[i])
            ikw_buf_addf(out, "%s%c: %s", out->len ? ikw_page_dot(d->page) : "",
                         (char)('a' + i), ikw_session_base(d->session, i));
}

static void add_marks(const struct drawing *d, struct ikw_buf *out)
{
    const char *dot = ikw_page_dot(d->page);
    bool evidence = false, failing = false, implied = false;
    for (size_t i = 0; i < d->ladder->nsteps; i++) {
        const struct ikw_step *s = &d->ladder->steps[i];
        failing = failing || s->failing;
        evidence = evidence || (s->evidence && !s->failing);
        implied = implied || (s->implied && s->kind == IKW_STEP_MESSAGE);
    }
    if (failing)
        ikw_buf_addf(out, "%s here it goes wrong", d->ink->failing);
    if (evidence)
        ikw_buf_addf(out, "%s%s evidence", out->len ? dot : "",
                     d->ink->evidence);
    if (implied)
        ikw_buf_addf(out, "%s%s%s implied by that line", out->len ? dot : "",
                     d->ink->dot, d->ink->dot);
    if (d->ladder->dropped)
        ikw_buf_addf(out, "%s%zu more steps are not shown", out->len ? dot : "",
                     d->ladder->dropped);
}

static void draw_legend(struct drawing *d)
{
    struct ikw_buf b = { 0 };
    add_marks(d, &b);
    if (b.len)
        ikw_page_flow(d->page, "", "", IKW_DIM, 0, b.ptr);
    ikw_buf_clear(&b);
    add_files(d, &b);
    if (b.len)
        ikw_page_flow(d->page, "", "", IKW_DIM, 0, b.ptr);
    ikw_buf_release(&b);
}

void ikw_render_ladder(struct ikw_page *page, const struct ikw_session *s,
                       const struct ikw_verdict *v)
{
    struct drawing d = { .page = page, .session = s, .ladder = v->ladder };
    if (!v->ladder) {
        ikw_buf_adds(&page->out, "There is no negotiation to draw.\n");
        return;
    }
    d.ink = strokes(page);
    d.name_files = s->ninputs > 1;
    d.last_ms = INT64_MIN;
    measure(&d);
    draw_frame(&d, true);
    struct row space = plain_row("");
    put_row(&d, &space);
    for (size_t i = 0; i < v->ladder->nsteps; i++)
        draw_step(&d, &v->ladder->steps[i]);
    put_row(&d, &space);
    draw_frame(&d, false);
    draw_legend(&d);
}
