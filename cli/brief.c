/* One line a tunnel: outcome, tunnel, cause, certainty, count. */
#include "cli/render.h"

#include <string.h>

enum { OUTCOME_WIDTH = 14 };

static void add_cell(struct ikw_page *page, const char *text, size_t width)
{
    size_t before = page->out.len;
    ikw_escape(&page->out, text, strlen(text), page->utf8);
    size_t cols = ikw_columns(page->out.ptr + before, page->out.len - before);
    ikw_page_spaces(page, 2 + (cols < width ? width - cols : 0));
}

static void add_outcome(struct ikw_page *page, enum ikw_outcome o)
{
    enum ikw_style style;
    const char *word = ikw_outcome_label(o, &style);
    ikw_page_styled(page, style, word);
    ikw_page_spaces(page, OUTCOME_WIDTH + 2 - strlen(word));
}

static void add_verdict(struct ikw_page *page, const struct ikw_verdict *v)
{
    ikw_buf_addf(&page->out, "%s %d %%", v->cause->id, v->certainty);
    if (v->count > 1)
        ikw_buf_addf(&page->out, ", %u times", v->count);
    if (v->recovered)
        ikw_buf_adds(&page->out, ", recovered");
}

static void add_tunnel_name(struct ikw_buf *out, const struct ikw_tunnel *t)
{
    ikw_tunnel_words(out, t->local, t->peer, t->name);
}

static size_t widest(const struct ikw_report *r)
{
    size_t most = 0;
    for (size_t i = 0; i < r->ntunnels; i++) {
        struct ikw_buf b = { 0 };
        add_tunnel_name(&b, r->tunnels[i]);
        size_t cols = ikw_columns(b.ptr, b.len);
        most = cols > most && cols < 60 ? cols : most;
        ikw_buf_release(&b);
    }
    return most;
}

static void print_tunnel(struct ikw_page *page, const struct ikw_report *r,
                         const struct ikw_tunnel *t, size_t width)
{
    struct ikw_buf name = { 0 };
    add_tunnel_name(&name, t);
    add_outcome(page, t->outcome);
    add_cell(page, name.ptr, width);
    if (t->nverdicts && t->verdicts[0] < r->nverdicts)
        add_verdict(page, r->verdicts[t->verdicts[0]]);
    else if (t->state)
        ikw_buf_adds(&page->out, t->state);
    if (t->nverdicts > 1)
        ikw_buf_addf(&page->out, ", and %zu more", t->nverdicts - 1);
    ikw_buf_addc(&page->out, '\n');
    ikw_buf_release(&name);
}

void ikw_render_brief(struct ikw_page *page, const struct ikw_session *s)
{
    const struct ikw_report *r = s->report;
    size_t width = widest(r);
    for (size_t i = 0; i < r->nverdicts; i++)
        if (r->verdicts[i]->tunnel >= r->ntunnels) {
            add_outcome(page, r->outcome);
            add_cell(page, ikw_nobody_words(r->verdicts[i]), width);
            add_verdict(page, r->verdicts[i]);
            ikw_buf_addc(&page->out, '\n');
        }
    for (size_t i = 0; i < r->ntunnels; i++)
        print_tunnel(page, r, r->tunnels[i], width);
    if (!page->out.len) {
        enum ikw_style style;
        ikw_page_styled(page, IKW_PLAIN, ikw_outcome_label(r->outcome, &style));
        ikw_buf_addc(&page->out, '\n');
    }
}
