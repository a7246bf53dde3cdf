/*
 * Building one verdict. All that counts for it hangs on *contributions*: the
 * winning weights and the sufficient gate of the cause, and of its children
 * where it speaks for them. The bill adds up to the score; evidence,
 * absences and proof are what the contributions stand on.
 */
#include "inference/verdict.h"

#include <stdlib.h>
#include <string.h>

struct contribution {
    const struct ikw_weight *weight;
    int db;
};

struct contributions {
    struct contribution *v;
    size_t n, cap;
};

/* ---- contributions ----------------------------------------------------- */

/* Two weights of one firing: the same facts speak for parent and child. */
static bool same_firing(const struct ikw_weight *a, const struct ikw_weight *b)
{
    const struct ikw_derivation *x = a->why, *y = b->why;
    return x->rule == y->rule &&
           memcmp(x->facts, y->facts, x->rule->npatterns * sizeof *x->facts) ==
               0;
}

static void contribute(struct contributions *cs, const struct ikw_weight *w,
                       int db)
{
    if (!w->why)
        return;
    for (size_t i = 0; i < cs->n; i++) {
        if (same_firing(cs->v[i].weight, w))
            return;
    }
    IKW_GROW(cs->v, cs->cap, cs->n + 1);
    cs->v[cs->n++] = (struct contribution){ w, db };
}

static void contribute_all(struct contributions *cs,
                           const struct ikw_candidate *c)
{
    if (c->suffice)
        contribute(cs, c->suffice, c->lift_db);
    for (size_t i = 0; i < c->nwins; i++)
        contribute(cs, c->wins[i], c->wins[i]->db);
}

/* Caller frees cs.v. The verdict's own come first. */
static struct contributions contributions_of(const struct ikw_contest *contest)
{
    struct contributions cs = { 0 };
    const struct ikw_candidate *winner = contest->ranked[0];
    if (winner->own)
        contribute_all(&cs, winner);
    for (size_t i = 1; i < contest->n; i++) {
        const struct ikw_candidate *c = contest->ranked[i];
        if (!c->exclude && ikw_cause_within(c->cause, winner->cause))
            contribute_all(&cs, c);
    }
    return cs;
}

/* ---- evidence ---------------------------------------------------------- */

struct sights {
    struct ikw_sight *v;
    size_t n;
    const char *group;
    int db;
};

static void see(void *arg, const struct ikw_fact *f)
{
    struct sights *s = arg;
    size_t i = 0;
    while (i < s->n && s->v[i].fact != f)
        i++;
    if (i == s->n) {
        if (s->n == IKW_SIGHTS_MAX)
            return;
        s->n++;
    } else if (abs(s->v[i].db) >= abs(s->db)) {
        return;
    }
    s->v[i] = (struct ikw_sight){ f, s->group, s->db };
}

static int cmp_sight(const void *x, const void *y)
{
    const struct ikw_fact *a = ((const struct ikw_sight *)x)->fact;
    const struct ikw_fact *b = ((const struct ikw_sight *)y)->fact;
    if (a->first.file != b->first.file)
        return a->first.file < b->first.file ? -1 : 1;
    if (a->first.line != b->first.line)
        return a->first.line < b->first.line ? -1 : 1;
    int c = strcmp(a->type->name, b->type->name);
    return c ? c : (a->id > b->id) - (a->id < b->id);
}

size_t ikw_verdict_sights(const struct ikw_engine *e,
                          const struct ikw_contest *contest,
                          const struct ikw_type *problem, struct ikw_arena *a,
                          struct ikw_sight **out)
{
    struct contributions cs = contributions_of(contest);
    struct sights s = { .v = IKW_ARENA_ARRAY(a, struct ikw_sight,
                                             IKW_SIGHTS_MAX) };
    struct ikw_walker w = { .stop = problem, .leaf = see, .arg = &s };
    for (size_t i = 0; i < cs.n; i++) {
        s.group = ikw_weight_group(cs.v[i].weight);
        s.db = cs.v[i].db;
        ikw_proof_walk(e, cs.v[i].weight->why, &w);
    }
    w.stop = NULL;
    s.group = NULL;
    s.db = 0;
    for (size_t i = 0; problem && i < cs.n; i++)
        ikw_proof_walk(e, cs.v[i].weight->why, &w);
    free(cs.v);
    if (s.n)
        qsort(s.v, s.n, sizeof *s.v, cmp_sight);
    *out = s.v;
    return s.n;
}

/* ---- absences ---------------------------------------------------------- */

struct absences {
    struct ikw_arena *arena;
    struct ikw_absence *v;
    size_t n, cap;
};

static void add_absence(struct absences *as, const struct ikw_rule *rule,
                        size_t pattern, const struct ikw_derivation *d)
{
    struct ikw_buf b = { 0 }, window = { 0 };
    ikw_pattern_words(rule, pattern, d, &b);
    ikw_pattern_window(rule, pattern, d, &window);
    if (window.len)
        ikw_buf_addf(&b, ", %s", window.ptr);
    size_t i = 0;
    while (i < as->n && strcmp(as->v[i].what, b.ptr) != 0)
        i++;
    if (i == as->n) {
        struct ikw_buf says = { 0 };
        ikw_pattern_says(rule, pattern, d, &says);
        if (window.len)
            ikw_buf_addf(&says, ", %s", window.ptr);
        IKW_GROW(as->v, as->cap, as->n + 1);
        as->v[as->n++] = (struct ikw_absence){
            .fact = rule->patterns[pattern].type->name,
            .what = ikw_arena_strdup(as->arena, b.ptr),
            .says = ikw_arena_strdup(as->arena, ikw_buf_str(&says)),
            .observable = d != NULL,
        };
        ikw_buf_release(&says);
    }
    ikw_buf_release(&b);
    ikw_buf_release(&window);
}

static void absent_here(void *arg, const struct ikw_derivation *d,
                        size_t pattern)
{
    add_absence(arg, d->rule, pattern, d);
}

static bool rule_touches(const struct ikw_rule *rule,
                         const struct ikw_cause *cause)
{
    for (size_t i = 0; i < rule->nthens; i++) {
        if (rule->thens[i].kind != IKW_THEN_DERIVE &&
            rule->thens[i].cause == cause)
            return true;
    }
    return false;
}

/* What would have told, could it be seen. */
static void add_unseen(const struct ikw_verdict_job *job, struct absences *as)
{
    const struct ikw_cause *cause = job->contest->ranked[0]->cause;
    size_t n = ikw_engine_nblind(job->engine);
    for (size_t i = 0; i < n; i++) {
        const struct ikw_blind *b = ikw_engine_blind(job->engine, i);
        if (b->subject == job->subject && rule_touches(b->rule, cause))
            add_absence(as, b->rule, b->pattern, NULL);
    }
}

static void fill_absent(const struct ikw_verdict_job *job,
                        const struct contributions *cs, struct ikw_arena *a,
                        struct ikw_verdict *v)
{
    struct absences as = { .arena = a };
    struct ikw_walker w = { .absent = absent_here, .arg = &as };
    for (size_t i = 0; i < cs->n; i++)
        ikw_proof_walk(job->engine, cs->v[i].weight->why, &w);
    add_unseen(job, &as);
    v->absent = IKW_ARENA_ARRAY(a, struct ikw_absence, as.n);
    v->nabsent = as.n;
    if (as.n)
        memcpy(v->absent, as.v, as.n * sizeof *as.v);
    free(as.v);
}

/* ---- the bill ---------------------------------------------------------- */

static void add_row(struct ikw_verdict *v, struct ikw_proof_copier *pc,
                    const struct ikw_weight *w, int db)
{
    struct ikw_bill_row *row = &v->bill[v->nbill++];
    row->group = ikw_weight_group(w);
    row->db = db;
    row->kind = w->kind;
    if (w->why) {
        row->rule = w->why->rule;
        row->proof = ikw_proof_copy(pc, w->why);
    }
}

/* Where a cause speaks for its children, the bill is that of the best of
 * them, and the prior is the family's: what the others add stands there. */
static void fill_bill(const struct ikw_candidate *winner,
                      struct ikw_proof_copier *pc, struct ikw_verdict *v)
{
    const struct ikw_candidate *c = winner;
    while (c->through)
        c = c->through;
    v->bill = IKW_ARENA_ARRAY(pc->arena, struct ikw_bill_row, c->nwins + 2);
    v->bill[v->nbill++] = (struct ikw_bill_row){
        .db = c->cause->prior_db + winner->db - c->own_db,
        .kind = IKW_THEN_WEIGH,
    };
    for (size_t i = 0; i < c->nwins; i++)
        add_row(v, pc, c->wins[i], c->wins[i]->db);
    if (c->suffice)
        add_row(v, pc, c->suffice, c->lift_db);
}

/* ---- rivals ------------------------------------------------------------ */

static void earliest(void *arg, const struct ikw_fact *f)
{
    uint32_t *line = arg;
    if (f->first.line && (!*line || f->first.line < *line))
        *line = f->first.line;
}

static void fill_rival(const struct ikw_candidate *c,
                       struct ikw_proof_copier *pc, struct ikw_rival *r)
{
    *r = (struct ikw_rival){ .cause = c->cause,
                             .certainty = c->certainty,
                             .db = c->db };
    if (!c->exclude)
        return;
    r->excluded = true;
    if (!c->exclude->why)
        return;
    struct ikw_walker w = { .leaf = earliest, .arg = &r->excluded_line };
    ikw_proof_walk(pc->engine, c->exclude->why, &w);
    r->excluded_by = c->exclude->why->rule;
    r->excluded_proof = ikw_proof_copy(pc, c->exclude->why);
}

static void fill_rivals(const struct ikw_contest *contest,
                        struct ikw_proof_copier *pc, struct ikw_verdict *v)
{
    size_t most =
        contest->n - 1 < IKW_RIVALS_MAX ? contest->n - 1 : IKW_RIVALS_MAX;
    v->rivals = IKW_ARENA_ARRAY(pc->arena, struct ikw_rival, most);
    for (size_t i = 1; i < contest->n && v->nrivals < IKW_RIVALS_MAX; i++) {
        const struct ikw_candidate *c = contest->ranked[i];
        if (c->certainty >= 1 || c->exclude)
            fill_rival(c, pc, &v->rivals[v->nrivals++]);
    }
}

/* ---- proof and summary ------------------------------------------------- */

static int cmp_contribution(const void *x, const void *y)
{
    const struct contribution *a = x, *b = y;
    if (abs(a->db) != abs(b->db))
        return abs(a->db) > abs(b->db) ? -1 : 1;
    int c = strcmp(a->weight->why->rule->id, b->weight->why->rule->id);
    if (c)
        return c;
    unsigned i = a->weight->why->then, k = b->weight->why->then;
    return (i > k) - (i < k);
}

static void fill_proof(const struct contributions *cs,
                       struct ikw_proof_copier *pc, struct ikw_verdict *v)
{
    struct ikw_proof *root = IKW_ARENA_NEW(pc->arena, struct ikw_proof);
    root->sentence = v->cause->title ? v->cause->title : v->cause->id;
    root->words = root->fact = root->fact_type = "";
    root->count = 1;
    root->children = IKW_ARENA_ARRAY(pc->arena, struct ikw_proof *, cs->n);
    for (size_t i = 0; i < cs->n; i++) {
        struct ikw_proof *p = ikw_proof_copy(pc, cs->v[i].weight->why);
        root->children[root->nchildren++] = p;
    }
    v->proof = root;
}

/* The sentence of the rule that says most for the cause. */
static void fill_summary(const struct contributions *cs, struct ikw_arena *a,
                         struct ikw_verdict *v)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < cs->n && !b.len; i++) {
        const struct ikw_weight *w = cs->v[i].weight;
        if (w->kind == IKW_THEN_SUFFICE || cs->v[i].db > 0)
            ikw_because(w->why, &b);
    }
    if (!b.len)
        ikw_buf_adds(&b, v->cause->title ? v->cause->title : v->cause->id);
    v->summary = ikw_arena_strndup(a, ikw_buf_str(&b), b.len);
    ikw_buf_release(&b);
}

void ikw_verdict_fill(const struct ikw_verdict_job *job, struct ikw_arena *a,
                      struct ikw_verdict *v)
{
    const struct ikw_candidate *winner = job->contest->ranked[0];
    struct ikw_proof_copier pc = { .arena = a,
                                   .limits = job->limits,
                                   .engine = job->engine,
                                   .all = job->all };
    v->cause = winner->cause;
    v->db = winner->db;
    v->certainty = winner->certainty;
    v->band = ikw_kb_band(job->kb, winner->certainty);
    v->nbill = v->nrivals = 0;
    struct contributions cs = contributions_of(job->contest);
    if (cs.n)
        qsort(cs.v, cs.n, sizeof *cs.v, cmp_contribution);
    fill_bill(winner, &pc, v);
    fill_rivals(job->contest, &pc, v);
    fill_absent(job, &cs, a, v);
    fill_proof(&cs, &pc, v);
    fill_summary(&cs, a, v);
    free(cs.v);
    ikw_ptrmap_release(&pc.done);
}
