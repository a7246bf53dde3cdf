/*
 * A proof as a tree of sentences, and its bill. What stands on the same thing
 * twice points to where it was shown.
 */
#include "cli/ask.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 40 };

/* Nodes already shown, by the number they got. */
struct shown {
    const struct ikw_proof **v;
    size_t n, cap;
};

struct tree {
    struct ikw_page *page;
    const struct ikw_session *session;
    const struct ikw_verdict *verdict;
    unsigned depth; /* levels to show */
    struct shown rules, lines;
    struct ikw_buf first, next; /* prefixes of the node in hand */
};

/* ---- branches ---------------------------------------------------------- */

struct branch {
    const char *fork, *end, *through, *blank;
};

static const struct branch *branches(const struct ikw_page *page)
{
    static const struct branch ascii = { "|- ", "`- ", "|  ", "   " };
    static const struct branch drawn = { "\xe2\x94\x9c\xe2\x94\x80 ",
                                         "\xe2\x94\x94\xe2\x94\x80 ",
                                         "\xe2\x94\x82  ", "   " };
    return page->utf8 ? &drawn : &ascii;
}

static size_t find(const struct shown *s, const struct ikw_proof *p)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->v[i] == p)
            return i + 1;
    return 0;
}

static size_t note(struct shown *s, const struct ikw_proof *p)
{
    IKW_GROW(s->v, s->cap, s->n + 1);
    s->v[s->n++] = p;
    return s->n;
}

/* ---- nodes ------------------------------------------------------------- */

/* Under a node's first line: what the tree goes on with. */
static void flow_below(struct tree *t, const struct ikw_proof *p,
                       enum ikw_style style, const char *text)
{
    const struct branch *b = branches(t->page);
    struct ikw_buf prefix = { 0 };
    ikw_buf_adds(&prefix, ikw_buf_str(&t->next));
    ikw_buf_adds(&prefix, p->nchildren ? b->through : b->blank);
    ikw_page_flow(t->page, prefix.ptr, prefix.ptr, style, 0, text);
    ikw_buf_release(&prefix);
}

static const struct ikw_bill_row *row_of(const struct ikw_verdict *v,
                                         const struct ikw_proof *p)
{
    for (size_t i = 0; i < v->nbill; i++)
        if (v->bill[i].proof == p)
            return &v->bill[i];
    return NULL;
}

static void show_rule(struct tree *t, const struct ikw_proof *p)
{
    const struct ikw_bill_row *row = row_of(t->verdict, p);
    struct ikw_buf b = { 0 };
    size_t known = find(&t->rules, p);
    if (known) {
        ikw_buf_addf(&b, "as in [%zu]: %s", known,
                     p->words && *p->words ? p->words : p->sentence);
        ikw_page_flow(t->page, ikw_buf_str(&t->first), ikw_buf_str(&t->next),
                      IKW_DIM, 1, b.ptr);
        ikw_buf_release(&b);
        return;
    }
    ikw_buf_addf(&b, "[%zu] %s", note(&t->rules, p), p->sentence);
    struct ikw_buf next = { 0 };
    ikw_buf_adds(&next, ikw_buf_str(&t->next));
    ikw_buf_adds(&next, p->nchildren ? branches(t->page)->through
                                     : branches(t->page)->blank);
    ikw_page_flow(t->page, ikw_buf_str(&t->first), next.ptr, IKW_PLAIN, 0,
                  b.ptr);
    ikw_buf_release(&next);
    ikw_buf_clear(&b);
    if (p->words && *p->words)
        ikw_buf_addf(&b, "so: %s%s", p->words, ikw_page_dot(t->page));
    if (row && row->kind == IKW_THEN_SUFFICE)
        ikw_buf_addf(&b, "sufficient, lifts by %d dB%s", row->db,
                     ikw_page_dot(t->page));
    else if (row)
        ikw_buf_addf(&b, "%+d dB, group %s%s", row->db, row->group,
                     ikw_page_dot(t->page));
    ikw_buf_addf(&b, "rule %s", p->rule->id);
    flow_below(t, p, IKW_DIM, b.ptr);
    ikw_buf_release(&b);
}

static void show_absent(struct tree *t, const struct ikw_proof *p)
{
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "%s: %s", ikw_absent_lead(t->session, p), p->words);
    if (p->window && *p->window)
        ikw_buf_addf(&b, ", %s", p->window);
    ikw_page_flow(t->page, ikw_buf_str(&t->first), ikw_buf_str(&t->next),
                  IKW_PLAIN, 0, b.ptr);
    ikw_buf_release(&b);
}

static void show_fact(struct tree *t, const struct ikw_proof *p)
{
    struct ikw_buf b = { 0 };
    if (!p->first.line) {
        ikw_page_flow(t->page, ikw_buf_str(&t->first), ikw_buf_str(&t->next),
                      IKW_PLAIN, 0, p->words);
        return;
    }
    if (find(&t->lines, p)) {
        ikw_buf_adds(&b, ikw_buf_str(&t->first));
        ikw_add_place(&b, t->page, t->session, &p->first);
        ikw_buf_adds(&b, "  ");
        ikw_page_flow(t->page, b.ptr, ikw_buf_str(&t->next), IKW_DIM, 1,
                      p->words);
        ikw_buf_release(&b);
        return;
    }
    note(&t->lines, p);
    ikw_buf_addf(&b, "%s    ", ikw_buf_str(&t->next));
    ikw_show_line(t->page, t->session, ikw_buf_str(&t->first), b.ptr, &p->first,
                  p->count, &p->last);
    ikw_buf_clear(&b);
    ikw_buf_addf(&b, "= %s", p->words);
    flow_below(t, p, IKW_DIM, b.ptr);
    ikw_buf_release(&b);
}

/* ---- the walk ---------------------------------------------------------- */

static void show(struct tree *t, const struct ikw_proof *p, unsigned level);

static void show_children(struct tree *t, const struct ikw_proof *p,
                          unsigned level)
{
    const struct branch *b = branches(t->page);
    struct ikw_buf before = { 0 };
    ikw_buf_adds(&before, ikw_buf_str(&t->next));
    for (size_t i = 0; i < p->nchildren; i++) {
        bool last = i + 1 == p->nchildren;
        ikw_buf_clear(&t->first);
        ikw_buf_clear(&t->next);
        ikw_buf_addf(&t->first, "%s%s", ikw_buf_str(&before),
                     last ? b->end : b->fork);
        ikw_buf_addf(&t->next, "%s%s", ikw_buf_str(&before),
                     last ? b->blank : b->through);
        show(t, p->children[i], level);
    }
    ikw_buf_release(&before);
}

static void show(struct tree *t, const struct ikw_proof *p, unsigned level)
{
    bool again = p->rule && find(&t->rules, p);
    if (p->rule)
        show_rule(t, p);
    else if (p->absent)
        show_absent(t, p);
    else
        show_fact(t, p);
    if (!again && level < t->depth)
        show_children(t, p, level + 1);
    else if (!again && p->nchildren)
        ikw_page_flow(t->page, ikw_buf_str(&t->next), ikw_buf_str(&t->next),
                      IKW_DIM, 1, "...");
}

void ikw_render_proof(struct ikw_page *page, const struct ikw_session *s,
                      const struct ikw_verdict *v, unsigned depth)
{
    struct tree t = { .page = page, .session = s, .verdict = v };
    t.depth = depth && depth < DEPTH_MAX ? depth : DEPTH_MAX;
    if (v->proof)
        show_children(&t, v->proof, 1);
    free(t.rules.v);
    free(t.lines.v);
    ikw_buf_release(&t.first);
    ikw_buf_release(&t.next);
}

/* ---- the bill ---------------------------------------------------------- */

static const char *row_name(const struct ikw_bill_row *row)
{
    if (!row->group)
        return "prior";
    return row->kind == IKW_THEN_SUFFICE ? "sufficient" : row->group;
}

static void show_row(struct ikw_page *page, const struct ikw_bill_row *row,
                     size_t name_width)
{
    struct ikw_buf first = { 0 }, next = { 0 }, text = { 0 };
    const char *name = row_name(row);
    ikw_buf_addf(&first, "  %+4d  %-*s  ", row->db, (int)name_width, name);
    ikw_buf_addf(&next, "%*s", (int)(10 + name_width), "");
    if (row->proof)
        ikw_buf_adds(&text, row->proof->sentence);
    else if (!row->group)
        ikw_buf_adds(&text, "how common the cause is, before any line is read");
    if (row->rule)
        ikw_buf_addf(&text, " (rule %s)", row->rule->id);
    ikw_page_flow(page, first.ptr, next.ptr, IKW_PLAIN, 0, text.ptr);
    ikw_buf_release(&first);
    ikw_buf_release(&next);
    ikw_buf_release(&text);
}

/* What else has a share: the percentage is not of this cause alone. */
static void show_shares(struct ikw_page *page, const struct ikw_verdict *v)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < v->nrivals; i++)
        if (!v->rivals[i].excluded && v->rivals[i].certainty > 0)
            ikw_buf_addf(&b, "%s%s %d dB, %d %%",
                         b.len ? "; " : "it shares the probability with: ",
                         v->rivals[i].cause->id, v->rivals[i].db,
                         v->rivals[i].certainty);
    if (b.len)
        ikw_page_flow(page, "  ", "  ", IKW_DIM, 0, b.ptr);
    ikw_buf_release(&b);
}

void ikw_render_bill(struct ikw_page *page, const struct ikw_session *s,
                     const struct ikw_verdict *v)
{
    size_t width = 5;
    int sum = 0;
    (void)s;
    for (size_t i = 0; i < v->nbill; i++) {
        size_t n = strlen(row_name(&v->bill[i]));
        width = n > width && n < 24 ? n : width;
        sum += v->bill[i].db;
    }
    for (size_t i = 0; i < v->nbill; i++)
        show_row(page, &v->bill[i], width);
    ikw_buf_adds(&page->out, "  ----\n");
    ikw_buf_addf(&page->out, "  %+4d dB = %d %%, %s\n", sum, v->certainty,
                 v->band ? v->band->word : "");
    show_shares(page, v);
}
