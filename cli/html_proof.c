/* The proof as a tree that folds. */
#include "cli/html.h"

#include <stdlib.h>

enum { DEPTH_MAX = 40, OPEN_LEVELS = 3, NODES_MAX = 400 };

struct tree {
    struct ikw_html *h;
    const struct ikw_verdict *v;
    size_t index;
    const struct ikw_proof **shown; /* rules, by their number */
    size_t nshown, cap;
    const struct ikw_proof **told; /* facts whose line was quoted */
    size_t ntold, told_cap;
    unsigned nodes;
};

static size_t number_of(const struct tree *t, const struct ikw_proof *p)
{
    for (size_t i = 0; i < t->nshown; i++)
        if (t->shown[i] == p)
            return i + 1;
    return 0;
}

static const struct ikw_bill_row *row_of(const struct ikw_verdict *v,
                                         const struct ikw_proof *p)
{
    for (size_t i = 0; i < v->nbill; i++)
        if (v->bill[i].proof == p)
            return &v->bill[i];
    return NULL;
}

/* True the first time. */
static bool tell(struct tree *t, const struct ikw_proof *p)
{
    for (size_t i = 0; i < t->ntold; i++)
        if (t->told[i] == p)
            return false;
    IKW_GROW(t->told, t->told_cap, t->ntold + 1);
    t->told[t->ntold++] = p;
    return true;
}

static void put_fact(struct tree *t, const struct ikw_proof *p)
{
    struct ikw_html *h = t->h;
    ikw_html_raw(h, "<li>");
    ikw_html_text(h, p->words);
    if (p->count > 1)
        ikw_html_f(h, " (%u times)", p->count);
    if (p->first.line) {
        ikw_html_raw(h, ", ");
        ikw_html_place(h, &p->first);
        if (p->last.line && p->last.line != p->first.line) {
            ikw_html_raw(h, " to ");
            ikw_html_place(h, &p->last);
        }
    }
    if (p->first.line && tell(t, p))
        ikw_html_log(h, &p->first);
    ikw_html_raw(h, "</li>");
}

static void put_absent(struct tree *t, const struct ikw_proof *p)
{
    ikw_html_f(t->h, "<li>%s: ", ikw_absent_lead(t->h->session, p));
    ikw_html_text(t->h, p->words);
    if (p->window && *p->window) {
        ikw_html_raw(t->h, ", ");
        ikw_html_text(t->h, p->window);
    }
    ikw_html_raw(t->h, "</li>");
}

static void put_rule_head(struct tree *t, const struct ikw_proof *p, size_t n)
{
    const struct ikw_bill_row *row = row_of(t->v, p);
    ikw_html_f(t->h, "<span id=\"v%zup%zu\">[%zu] ", t->index + 1, n, n);
    ikw_html_text(t->h, p->sentence);
    ikw_html_raw(t->h, "</span> <small>");
    if (p->words && *p->words) {
        ikw_html_raw(t->h, "so: ");
        ikw_html_text(t->h, p->words);
        ikw_html_raw(t->h, " \xc2\xb7 ");
    }
    if (row && row->kind == IKW_THEN_SUFFICE)
        ikw_html_raw(t->h, "sufficient \xc2\xb7 ");
    else if (row)
        ikw_html_f(t->h, "%+d dB \xc2\xb7 ", row->db);
    ikw_html_raw(t->h, "rule ");
    ikw_html_text(t->h, p->rule->id);
    ikw_html_raw(t->h, "</small>");
}

static void put_node(struct tree *t, const struct ikw_proof *p, unsigned level);

static void put_children(struct tree *t, const struct ikw_proof *p,
                         unsigned level)
{
    ikw_html_raw(t->h, "<ul>");
    for (size_t i = 0; i < p->nchildren && t->nodes < NODES_MAX; i++)
        put_node(t, p->children[i], level);
    ikw_html_raw(t->h, "</ul>");
}

static void put_rule(struct tree *t, const struct ikw_proof *p, unsigned level)
{
    size_t known = number_of(t, p);
    ikw_html_raw(t->h, "<li>");
    if (known) {
        ikw_html_f(t->h,
                   "as in <a href=\"#v%zup%zu\">[%zu]</a>: ", t->index + 1,
                   known, known);
        ikw_html_text(t->h, p->words && *p->words ? p->words : p->sentence);
    } else {
        IKW_GROW(t->shown, t->cap, t->nshown + 1);
        t->shown[t->nshown++] = p;
        ikw_html_f(t->h, "<details%s><summary>",
                   level <= OPEN_LEVELS ? " open=\"open\"" : "");
        put_rule_head(t, p, t->nshown);
        ikw_html_raw(t->h, "</summary>");
        if (p->nchildren && level < DEPTH_MAX)
            put_children(t, p, level + 1);
        ikw_html_raw(t->h, "</details>");
    }
    ikw_html_raw(t->h, "</li>");
}

static void put_node(struct tree *t, const struct ikw_proof *p, unsigned level)
{
    t->nodes++;
    if (p->rule)
        put_rule(t, p, level);
    else if (p->absent)
        put_absent(t, p);
    else
        put_fact(t, p);
}

void ikw_html_proof(struct ikw_html *h, const struct ikw_verdict *v,
                    size_t index)
{
    struct tree t = { .h = h, .v = v, .index = index };
    if (!v->proof || !v->proof->nchildren)
        return;
    ikw_html_f(h,
               "<h4 id=\"v%zu-how\">How this follows</h4>"
               "<div class=\"proof\">",
               index + 1);
    put_children(&t, v->proof, 1);
    ikw_html_raw(h, "</div>");
    free(t.shown);
    free(t.told);
}
