#include "cli/whynot_text.h"

#include "inference/verdict.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 2, RULES_BELOW = 3, HOLDS_SHOWN = 6 };

/* ---- rules and causes --------------------------------------------------- */

const struct ikw_then *ikw_rule_for(const struct ikw_rule *rule,
                                    const struct ikw_cause *cause, bool against)
{
    for (size_t i = 0; i < rule->nthens; i++) {
        const struct ikw_then *t = &rule->thens[i];
        if (t->kind == IKW_THEN_DERIVE || t->cause != cause)
            continue;
        bool con = t->kind == IKW_THEN_EXCLUDE ||
                   (t->kind == IKW_THEN_WEIGH && t->db < 0);
        if (con == against)
            return t;
    }
    return NULL;
}

void ikw_add_then(struct ikw_buf *out, const struct ikw_then *then)
{
    if (then->kind == IKW_THEN_SUFFICE)
        ikw_buf_adds(out, "sufficient");
    else if (then->kind == IKW_THEN_EXCLUDE)
        ikw_buf_adds(out, "rules it out");
    else
        ikw_buf_addf(out, "%+d dB", then->db);
}

/* ---- a condition -------------------------------------------------------- */

static const char *level_here(const struct ikw_whynot_view *view)
{
    const struct ikw_fact_set *fs = ikw_inquiry_set(view->inquiry);
    const struct ikw_visibility *see = &fs->see[IKW_SOURCE_LOCAL];
    if (!see->present)
        see = &fs->see[IKW_SOURCE_PEER];
    const char *word = ikw_level_word(see->level);
    return word ? word : "unknown";
}

static void add_value(struct ikw_buf *out, struct ikw_value v)
{
    if (v.kind == IKW_INT)
        ikw_buf_addf(out, "%lld", (long long)v.u.i);
    else if (v.kind == IKW_STR)
        ikw_buf_add(out, v.u.str, v.len);
    else
        ikw_buf_adds(out, "unknown");
}

/* What is wrong with the nearest fact: the slot that differs. */
static void add_difference(struct ikw_buf *out, const struct ikw_pattern *p,
                           const struct ikw_whynot *w)
{
    const struct ikw_fact *f = w->refuted_by;
    if (w->refuted_test >= p->ntests) {
        ikw_buf_adds(out, "at another time, or in the other log");
        return;
    }
    unsigned slot = p->tests[w->refuted_test].slot;
    if (slot >= f->type->nslots) {
        ikw_buf_adds(out, slot == IKW_PSEUDO_COUNT ? "as often as that is not"
                                                   : "another time or line");
        return;
    }
    if (f->type->slots[slot].kind == IKW_SLOT_ID) {
        ikw_buf_adds(out, "of another negotiation");
        return;
    }
    ikw_buf_addf(out, "%s is ", f->type->slots[slot].name);
    add_value(out, f->slots[slot]);
}

/* A fact with its place. What was concluded is told by the sentence of its
 * rule, which names its own lines. */
static void show_fact(const struct ikw_whynot_view *view, const char *first,
                      const char *next, const struct ikw_fact *f)
{
    struct ikw_buf head = { 0 }, words = { 0 };
    const struct ikw_derivation *why =
        ikw_engine_why(ikw_inquiry_engine(view->inquiry), f);
    ikw_buf_addf(&head, "%s%s", first, why ? ": " : " ");
    if (f->first.line && !why) {
        ikw_add_place(&head, view->page, view->session, &f->first);
        ikw_buf_adds(&head, "  ");
    }
    if (why)
        ikw_because(why, &words);
    else
        ikw_fact_words(f, &words);
    ikw_page_flow(view->page, head.ptr, next, IKW_PLAIN, 0, words.ptr);
    ikw_buf_release(&head);
    ikw_buf_release(&words);
}

static void show_absent(const struct ikw_whynot_view *view,
                        const struct ikw_whynot *w, const char *indent,
                        const char *what)
{
    const struct ikw_pattern *p = &w->rule->patterns[w->failed];
    struct ikw_buf b = { 0 }, in = { 0 }, first = { 0 };
    ikw_buf_addf(&in, "%s        ", indent);
    if (w->refuted_by) {
        ikw_buf_addf(&b, "must not be there: %s", what);
        ikw_buf_addf(&first, "%s  fails ", indent);
        ikw_page_flow(view->page, first.ptr, in.ptr, IKW_PLAIN, 0, b.ptr);
        ikw_buf_clear(&first);
        ikw_buf_addf(&first, "%sbut", in.ptr);
        show_fact(view, first.ptr, in.ptr, w->refuted_by);
    } else {
        const char *needs = ikw_level_word(p->visible);
        ikw_buf_addf(&first, "%s  not observable ", indent);
        ikw_buf_addf(&b, "at this log level (%s): that it is not there: %s%s%s",
                     level_here(view), what, needs ? "; it takes " : "",
                     needs ? needs : "");
        ikw_page_flow(view->page, first.ptr, in.ptr, IKW_YELLOW, 0, b.ptr);
    }
    ikw_buf_release(&b);
    ikw_buf_release(&in);
    ikw_buf_release(&first);
}

static void show_missing(const struct ikw_whynot_view *view,
                         const struct ikw_whynot *w, const char *indent,
                         const char *what)
{
    const struct ikw_pattern *p = &w->rule->patterns[w->failed];
    struct ikw_buf first = { 0 }, next = { 0 }, b = { 0 };
    ikw_buf_addf(&first, "%s  fails ", indent);
    ikw_buf_addf(&next, "%s        ", indent);
    ikw_buf_addf(&b, "there must be: %s", what);
    ikw_page_flow(view->page, first.ptr, next.ptr, IKW_PLAIN, 0, b.ptr);
    ikw_buf_clear(&b);
    if (w->unobservable) {
        ikw_buf_addf(&b, "not observable at this log level (%s)",
                     level_here(view));
        ikw_page_flow(view->page, next.ptr, next.ptr, IKW_YELLOW, 0, b.ptr);
    } else if (!w->refuted_by) {
        ikw_buf_adds(&b, p->type->derived
                             ? "there is none: no rule concludes it here"
                         : ikw_dossier_nsets(view->session->dossier) > 1
                             ? "there is none here"
                             : "there is none in this log");
        ikw_page_flow(view->page, next.ptr, next.ptr, IKW_PLAIN, 0, b.ptr);
    } else {
        ikw_buf_clear(&first);
        ikw_buf_addf(&first, "%snearest", next.ptr);
        show_fact(view, first.ptr, next.ptr, w->refuted_by);
        if (!p->type->derived) {
            add_difference(&b, p, w);
            ikw_buf_clear(&first);
            ikw_buf_addf(&first, "%swhere ", next.ptr);
            ikw_page_flow(view->page, first.ptr, next.ptr, IKW_PLAIN, 0, b.ptr);
        }
    }
    ikw_buf_release(&first);
    ikw_buf_release(&next);
    ikw_buf_release(&b);
}

/* ---- what holds --------------------------------------------------------- */

static void show_holds(const struct ikw_whynot_view *view,
                       const struct ikw_whynot *w, const char *indent)
{
    struct ikw_buf b = { 0 }, first = { 0 }, next = { 0 };
    unsigned n = 0;
    for (size_t i = 0; i < w->rule->npatterns; i++) {
        const struct ikw_fact *f = w->partial[i];
        if (!f || n++ >= HOLDS_SHOWN)
            continue;
        ikw_buf_adds(&b, b.len ? "; " : "");
        ikw_fact_words(f, &b);
        if (f->first.line) {
            ikw_buf_adds(&b, " [");
            ikw_add_place(&b, view->page, view->session, &f->first);
            ikw_buf_addc(&b, ']');
        }
    }
    ikw_buf_addf(&first, "%s  holds ", indent);
    ikw_buf_addf(&next, "%s        ", indent);
    if (b.len)
        ikw_page_flow(view->page, first.ptr, next.ptr, IKW_DIM, 0, b.ptr);
    ikw_buf_release(&b);
    ikw_buf_release(&first);
    ikw_buf_release(&next);
}

/* ---- rules below a missing conclusion ------------------------------------ */

static bool value_fits(const struct ikw_test *t, struct ikw_value v)
{
    if (t->op != IKW_TEST_EQ)
        return true;
    for (size_t i = 0; i < t->nalts; i++)
        if (ikw_value_eq(t->alts[i], v))
            return true;
    return false;
}

/* Could this conclusion be what the pattern asks for? */
static bool concludes(const struct ikw_then *t, const struct ikw_pattern *p)
{
    if (t->kind != IKW_THEN_DERIVE || t->type != p->type)
        return false;
    for (size_t i = 0; i < p->ntests; i++)
        for (size_t s = 0; s < t->nslots; s++)
            if (t->slots[s].slot == p->tests[i].slot && t->slots[s].var < 0 &&
                t->slots[s].pattern < 0 &&
                !value_fits(&p->tests[i], t->slots[s].value))
                return false;
    return true;
}

static bool concluded_by(const struct ikw_rule *rule,
                         const struct ikw_pattern *p)
{
    for (size_t i = 0; i < rule->nthens; i++)
        if (concludes(&rule->thens[i], p))
            return true;
    return false;
}

static bool needs_config(const struct ikw_kb *kb, const struct ikw_rule *rule,
                         unsigned level);

/* Only rules that read configurations conclude it. */
static bool only_from_config(const struct ikw_kb *kb,
                             const struct ikw_pattern *p, unsigned level)
{
    bool any = false;
    for (size_t i = 0; i < kb->nrules; i++) {
        if (!concluded_by(kb->rules[i], p))
            continue;
        if (!needs_config(kb, kb->rules[i], level + 1))
            return false;
        any = true;
    }
    return any;
}

static bool needs_config(const struct ikw_kb *kb, const struct ikw_rule *rule,
                         unsigned level)
{
    enum { DEPTH_MAX = 5 };
    for (size_t i = 0; i < rule->npatterns && level < DEPTH_MAX; i++) {
        const struct ikw_pattern *p = &rule->patterns[i];
        const char *by = p->type->made_by;
        if (p->absent)
            continue;
        if (by && !strcmp(by, "config"))
            return true;
        if (p->type->derived && only_from_config(kb, p, level))
            return true;
    }
    return false;
}

bool ikw_whynot_wants_config(const struct ikw_whynot_view *view,
                             const struct ikw_rule *rule)
{
    const struct ikw_session *s = view->session;
    return !s->configs.given && !s->from_facts && needs_config(s->kb, rule, 0);
}

static void show(const struct ikw_whynot_view *view,
                 const struct ikw_rule *rule, const char *head,
                 const char *indent, unsigned level);

void ikw_followed_clear(struct ikw_followed *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->v[i].what);
    free(f->v);
    *f = (struct ikw_followed){ 0 };
}

/* Was it followed before, and as deep? Remembers it. */
static bool followed(struct ikw_followed *f, const char *what, unsigned level)
{
    if (!f)
        return false;
    for (size_t i = 0; i < f->n; i++)
        if (f->v[i].level <= level && !strcmp(f->v[i].what, what))
            return true;
    IKW_GROW(f->v, f->cap, f->n + 1);
    size_t size = strlen(what) + 1;
    f->v[f->n].what = memcpy(ikw_xmalloc(size), what, size);
    f->v[f->n++].level = level;
    return false;
}

static void show_below(const struct ikw_whynot_view *view,
                       const struct ikw_pattern *p, const char *indent,
                       unsigned level)
{
    const struct ikw_kb *kb = view->session->kb;
    struct ikw_buf in = { 0 };
    unsigned n = 0, more = 0;
    ikw_buf_addf(&in, "%s        ", indent);
    for (size_t i = 0; i < kb->nrules; i++) {
        if (!concluded_by(kb->rules[i], p) ||
            ikw_whynot_wants_config(view, kb->rules[i]))
            continue;
        if (n++ < RULES_BELOW)
            show(view, kb->rules[i], "would conclude it", in.ptr, level + 1);
        else
            more++;
    }
    if (more) {
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b, "and %u more rules that could conclude it", more);
        ikw_page_flow(view->page, in.ptr, in.ptr, IKW_DIM, 0, b.ptr);
        ikw_buf_release(&b);
    }
    ikw_buf_release(&in);
}

/* ---- a rule ------------------------------------------------------------- */

static struct ikw_whynot *ask(const struct ikw_whynot_view *view,
                              const struct ikw_rule *rule)
{
    return ikw_engine_whynot(ikw_inquiry_engine(view->inquiry), rule,
                             view->subject);
}

static void show_failure(const struct ikw_whynot_view *view,
                         const struct ikw_whynot *w, const char *indent,
                         unsigned level)
{
    const struct ikw_pattern *p = &w->rule->patterns[w->failed];
    struct ikw_buf what = { 0 };
    struct ikw_derivation d = { .rule = w->rule, .facts = w->partial };
    ikw_pattern_says(w->rule, w->failed, &d, &what);
    size_t before = what.len;
    ikw_buf_adds(&what, ", ");
    ikw_pattern_window(w->rule, w->failed, &d, &what);
    if (what.len == before + 2)
        what.ptr[what.len = before] = '\0';
    if (p->absent) {
        show_absent(view, w, indent, what.ptr);
    } else {
        show_missing(view, w, indent, what.ptr);
        if (p->type->derived && !w->refuted_by && level < LEVELS &&
            !followed(view->followed, what.ptr, level))
            show_below(view, p, indent, level);
    }
    ikw_buf_release(&what);
}

/* It is a rule about another kind of problem than this one. */
static bool other_problem(const struct ikw_whynot *w)
{
    const struct ikw_pattern *p = &w->rule->patterns[w->failed];
    return !p->absent && w->refuted_by && p->type->derived &&
           p->type->read_by && w->refuted_test < p->ntests &&
           p->tests[w->refuted_test].slot < p->type->nslots &&
           p->type->slots[p->tests[w->refuted_test].slot].kind == IKW_SLOT_WORD;
}

static void show_other_problem(const struct ikw_whynot_view *view,
                               const struct ikw_whynot *w, const char *indent)
{
    struct ikw_buf b = { 0 }, first = { 0 }, next = { 0 };
    ikw_buf_addf(&first, "%s  fails ", indent);
    ikw_buf_addf(&next, "%s        ", indent);
    ikw_buf_adds(&b, "it is about ");
    ikw_pattern_says(w->rule, w->failed, NULL, &b);
    ikw_buf_adds(&b, "; this is ");
    ikw_fact_words(w->refuted_by, &b);
    if (w->refuted_by->first.line) {
        ikw_buf_adds(&b, " [");
        ikw_add_place(&b, view->page, view->session, &w->refuted_by->first);
        ikw_buf_addc(&b, ']');
    }
    ikw_page_flow(view->page, first.ptr, next.ptr, IKW_PLAIN, 0, b.ptr);
    ikw_buf_release(&b);
    ikw_buf_release(&first);
    ikw_buf_release(&next);
}

static void show(const struct ikw_whynot_view *view,
                 const struct ikw_rule *rule, const char *head,
                 const char *indent, unsigned level)
{
    const struct ikw_whynot *w = ask(view, rule);
    struct ikw_buf b = { 0 }, next = { 0 };
    ikw_buf_addf(&b, "%s, %s", rule->id, head);
    ikw_buf_addf(&next, "%s  ", indent);
    ikw_page_flow(view->page, indent, next.ptr, IKW_BOLD, 0, b.ptr);
    if (w->fires) {
        ikw_page_flow(view->page, next.ptr, next.ptr, IKW_GREEN, 0,
                      "all of its conditions hold");
    } else if (w->failed < rule->npatterns && other_problem(w)) {
        show_other_problem(view, w, indent);
    } else if (w->failed < rule->npatterns) {
        show_holds(view, w, indent);
        show_failure(view, w, indent, level);
    }
    ikw_buf_release(&b);
    ikw_buf_release(&next);
}

void ikw_show_whynot(const struct ikw_whynot_view *view,
                     const struct ikw_rule *rule, const char *head)
{
    show(view, rule, head, "  ", 0);
}

unsigned ikw_whynot_progress(const struct ikw_whynot_view *view,
                             const struct ikw_rule *rule, bool *miss)
{
    const struct ikw_whynot *w = ask(view, rule);
    unsigned n = 0;
    if (miss)
        *miss = w->refuted_by != NULL;
    if (w->fires)
        return UINT_MAX;
    for (size_t i = 0; i < rule->npatterns; i++)
        n += w->partial[i] != NULL;
    return n;
}
