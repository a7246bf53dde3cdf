/*
 * Reading a proof that still lies in the engine. A derivation holds one fact
 * for each pattern; what counts and absences stand on is found again here.
 */
#include "inference/internal.h"
#include "inference/verdict.h"

#include <inttypes.h>
#include <stdlib.h>

enum { WALK_MAX = 4096 };

/* ---- supports ---------------------------------------------------------- */

static enum ikw_from from_of(const struct ikw_derivation *d, size_t pattern,
                             const struct ikw_fact *f)
{
    const struct ikw_fact *anchor = NULL;
    for (size_t i = 0; i < d->rule->npatterns && !anchor; i++)
        anchor = d->facts[i];
    enum ikw_from want = d->rule->patterns[pattern].from;
    if (!anchor || want == IKW_FROM_ANY)
        return want;
    return anchor->source == f->source ? IKW_FROM_SAME : IKW_FROM_OTHER;
}

/* Variables of a count alone have no value in the derivation: they fit. */
static bool counts(const struct ikw_derivation *d, size_t pattern,
                   const struct ikw_fact *f)
{
    const struct ikw_pattern *p = &d->rule->patterns[pattern];
    if (from_of(d, pattern, f) != p->from)
        return false;
    for (size_t i = 0; i < p->ntests; i++) {
        const struct ikw_test *t = &p->tests[i];
        if (t->var >= 0 && (!d->vars || d->vars[t->var].kind == IKW_NIL))
            continue;
        if (!ikw_match_test(t, ikw_match_slot(f, t->slot), d->vars))
            return false;
    }
    return ikw_match_window(p, f, d->facts);
}

size_t ikw_proof_counted(const struct ikw_engine *e,
                         const struct ikw_derivation *d, size_t pattern,
                         const struct ikw_fact *out[IKW_COUNTED_MAX])
{
    const struct ikw_pattern *p = &d->rule->patterns[pattern];
    const struct ikw_fact *const *facts;
    size_t n = 0;
    if (p->absent || d->facts[pattern])
        return 0;
    size_t all = ikw_engine_facts_of(e, p->type, &facts);
    for (size_t i = 0; i < all && n < IKW_COUNTED_MAX; i++) {
        if (counts(d, pattern, facts[i]))
            out[n++] = facts[i];
    }
    return n;
}

/* ---- walking ----------------------------------------------------------- */

struct walk {
    const struct ikw_engine *engine;
    const struct ikw_walker *user;
    struct ikw_ptrmap seen;
    const struct ikw_derivation **queue;
    size_t head, n, cap;
};

static void push(struct walk *w, const struct ikw_derivation *d)
{
    void **seen = ikw_ptrmap_at(&w->seen, d);
    if (*seen || w->n >= WALK_MAX)
        return;
    *seen = w;
    IKW_GROW(w->queue, w->cap, w->n + 1);
    w->queue[w->n++] = d;
}

static void meet(struct walk *w, const struct ikw_fact *f)
{
    const struct ikw_derivation *why = ikw_engine_why(w->engine, f);
    if (why) {
        if (f->type != w->user->stop)
            push(w, why);
        return;
    }
    void **seen = ikw_ptrmap_at(&w->seen, f);
    if (*seen)
        return;
    *seen = w;
    if (w->user->leaf)
        w->user->leaf(w->user->arg, f);
}

static void visit(struct walk *w, const struct ikw_derivation *d)
{
    const struct ikw_fact *counted[IKW_COUNTED_MAX];
    for (size_t i = 0; i < d->rule->npatterns; i++) {
        if (d->facts[i]) {
            meet(w, d->facts[i]);
        } else if (d->rule->patterns[i].absent) {
            if (w->user->absent)
                w->user->absent(w->user->arg, d, i);
        } else {
            size_t n = ikw_proof_counted(w->engine, d, i, counted);
            for (size_t k = 0; k < n; k++)
                meet(w, counted[k]);
        }
    }
}

void ikw_proof_walk(const struct ikw_engine *e, const struct ikw_derivation *d,
                    const struct ikw_walker *user)
{
    struct walk w = { .engine = e, .user = user };
    push(&w, d);
    while (w.head < w.n)
        visit(&w, w.queue[w.head++]);
    ikw_ptrmap_release(&w.seen);
    free(w.queue);
}

/* ---- a pattern in words ------------------------------------------------ */

static const char *const signs[] = {
    [IKW_TEST_EQ] = "=",       [IKW_TEST_NE] = " not ",
    [IKW_TEST_VAR_EQ] = "=",   [IKW_TEST_VAR_NE] = " not ",
    [IKW_TEST_LT] = " < ",     [IKW_TEST_LE] = " <= ",
    [IKW_TEST_GT] = " > ",     [IKW_TEST_GE] = " >= ",
    [IKW_TEST_SET] = " known", [IKW_TEST_UNSET] = " unknown",
};

static void add_value(struct ikw_buf *out, struct ikw_value v)
{
    if (v.kind == IKW_INT)
        ikw_buf_addf(out, "%" PRId64, v.u.i);
    else if (v.kind == IKW_STR)
        ikw_buf_add(out, v.u.str, v.len);
}

/* Which negotiation is meant goes without saying: ids are left out. */
static bool worth_saying(const struct ikw_type *type, const struct ikw_test *t,
                         const struct ikw_derivation *d)
{
    if (t->slot >= type->nslots || type->slots[t->slot].kind == IKW_SLOT_ID)
        return false;
    if (t->var < 0)
        return true;
    return d && d->vars && d->vars[t->var].kind != IKW_NIL;
}

void ikw_pattern_words(const struct ikw_rule *rule, size_t pattern,
                       const struct ikw_derivation *d, struct ikw_buf *out)
{
    const struct ikw_pattern *p = &rule->patterns[pattern];
    ikw_buf_adds(out, p->type->name);
    for (size_t i = 0; i < p->ntests; i++) {
        const struct ikw_test *t = &p->tests[i];
        if (!worth_saying(p->type, t, d))
            continue;
        ikw_buf_addf(out, " %s%s", p->type->slots[t->slot].name, signs[t->op]);
        if (t->op == IKW_TEST_SET || t->op == IKW_TEST_UNSET)
            continue;
        if (t->var >= 0)
            add_value(out, d->vars[t->var]);
        for (size_t k = 0; t->var < 0 && k < t->nalts; k++) {
            if (k)
                ikw_buf_adds(out, " or ");
            add_value(out, t->alts[k]);
        }
    }
}

static void add_anchor(const struct ikw_rule *rule, int anchor,
                       const struct ikw_derivation *d, const char *word,
                       struct ikw_buf *out)
{
    if (anchor < 0)
        return;
    const struct ikw_fact *f = d && d->facts ? d->facts[anchor] : NULL;
    const struct ikw_pattern *p = &rule->patterns[anchor];
    if (out->len)
        ikw_buf_addc(out, ' ');
    if (f && f->first.line)
        ikw_buf_addf(out, "%s line %" PRIu32, word, f->first.line);
    else
        ikw_buf_addf(out, "%s %s", word, p->as ? p->as : p->type->name);
}

void ikw_pattern_window(const struct ikw_rule *rule, size_t pattern,
                        const struct ikw_derivation *d, struct ikw_buf *out)
{
    const struct ikw_pattern *p = &rule->patterns[pattern];
    struct ikw_buf b = { 0 };
    if (p->within_ms >= 0 && (p->after >= 0 || p->before >= 0)) {
        if (p->within_ms % 1000)
            ikw_buf_addf(&b, "%" PRId64 " ms", p->within_ms);
        else
            ikw_buf_addf(&b, "%" PRId64 " s", p->within_ms / 1000);
    }
    add_anchor(rule, p->after, d, "after", &b);
    if (p->after >= 0 && p->before >= 0)
        ikw_buf_adds(&b, " and");
    add_anchor(rule, p->before, d, "before", &b);
    ikw_buf_add(out, ikw_buf_str(&b), b.len);
    ikw_buf_release(&b);
}
