/*
 * Scores are prior + strongest weight of each group, lifted by a sufficient
 * gate. Causes form families along `parent`. A family's odds are those of
 * its head or of its members together, whichever is greater, and families
 * share the probability: p = F / (1 + sum F).
 *
 * Odds are integers, relative to the greatest score `base` of the contest:
 * so neither 200 dB nor -200 dB leave the range, and nothing is rounded by
 * a floating point unit.
 */
#include "inference/weigh.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 16, CERTAIN = 99, HALF = 50, UNIT_DB = 60 };

struct node {
    struct ikw_candidate c; /* first: a candidate is its node */
    struct node *parent, *best;
    unsigned depth;
    uint64_t odds, kids, family;
    size_t live_kids;
    bool live, above; /* above: the family speaks through one below */
};

struct contest {
    const struct ikw_kb *kb;
    struct ikw_arena *arena;
    struct node **at;    /* by cause index */
    struct node **nodes; /* in use */
    size_t n;
    int base;
    uint64_t total; /* 1 + sum F, scaled */
};

/* ---- odds -------------------------------------------------------------- */

/* 10^12 * 10^(-i/10) */
static const uint64_t tenths[10] = {
    1000000000000, 794328234724, 630957344480, 501187233627, 398107170553,
    316227766017,  251188643151, 199526231497, 158489319246, 125892541179,
};

uint64_t ikw_odds(int db)
{
    if (db <= -130)
        return 0;
    if (db > UNIT_DB)
        db = UNIT_DB;
    uint64_t v = tenths[(130 - db) % 10];
    for (int i = db; i <= -10; i += 10)
        v /= 10;
    for (int i = db; i > 0; i -= 10)
        v *= 10;
    return v;
}

/* Greatest score whose odds do not exceed `odds`. */
static int odds_db(uint64_t odds)
{
    int db = UNIT_DB;
    while (db > -120 && ikw_odds(db) > odds)
        db--;
    return db;
}

static int percent(uint64_t part, uint64_t whole)
{
    uint64_t p = whole ? (part * 100 + whole / 2) / whole : 0;
    return p > CERTAIN ? CERTAIN : (int)p;
}

/* ---- which weight of a group counts ------------------------------------ */

static uint32_t first_line(const struct ikw_weight *w)
{
    const struct ikw_derivation *d = w->why;
    uint32_t line = UINT32_MAX;
    for (size_t i = 0; d && i < d->rule->npatterns; i++) {
        if (d->facts && d->facts[i] && d->facts[i]->first.line &&
            d->facts[i]->first.line < line)
            line = d->facts[i]->first.line;
    }
    return line;
}

static int cmp_u(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* Simplest proof first, then by rule and line. */
static int cmp_proof(const struct ikw_weight *a, const struct ikw_weight *b)
{
    if (!a->why || !b->why)
        return !a->why - !b->why;
    int c = cmp_u(a->why->height, b->why->height);
    if (!c)
        c = strcmp(a->why->rule->id, b->why->rule->id);
    if (!c)
        c = cmp_u(a->why->then, b->why->then);
    return c ? c : cmp_u(first_line(a), first_line(b));
}

/* Stronger first; for before against. */
static int cmp_strength(const struct ikw_weight *a, const struct ikw_weight *b)
{
    int x = abs(a->db), y = abs(b->db);
    if (x != y)
        return x > y ? -1 : 1;
    if (a->db != b->db)
        return a->db > b->db ? -1 : 1;
    return 0;
}

const char *ikw_weight_group(const struct ikw_weight *w)
{
    if (w->group)
        return w->group;
    if (w->kind == IKW_THEN_SUFFICE)
        return "sufficient";
    return w->why ? w->why->rule->id : "";
}

static int cmp_weight(const void *x, const void *y)
{
    const struct ikw_weight *a = *(const struct ikw_weight *const *)x;
    const struct ikw_weight *b = *(const struct ikw_weight *const *)y;
    int c = strcmp(a->cause->id, b->cause->id);
    if (!c)
        c = cmp_u(a->kind, b->kind);
    if (!c && a->kind == IKW_THEN_WEIGH)
        c = strcmp(ikw_weight_group(a), ikw_weight_group(b));
    if (!c && a->kind == IKW_THEN_WEIGH)
        c = cmp_strength(a, b);
    return c ? c : cmp_proof(a, b);
}

static int cmp_win(const void *x, const void *y)
{
    const struct ikw_weight *a = *(const struct ikw_weight *const *)x;
    const struct ikw_weight *b = *(const struct ikw_weight *const *)y;
    int c = cmp_strength(a, b);
    return c ? c : strcmp(ikw_weight_group(a), ikw_weight_group(b));
}

/* ---- candidates -------------------------------------------------------- */

static struct node *node_of(struct contest *k, const struct ikw_cause *cause)
{
    struct node *n = k->at[cause->index];
    if (n)
        return n;
    n = IKW_ARENA_NEW(k->arena, struct node);
    n->c.cause = cause;
    k->at[cause->index] = n;
    k->nodes[k->n++] = n;
    return n;
}

/* Takes one weight; those of a cause come sorted, so the first of a group,
 * or of a gate, is the one that counts. */
static void take(struct node *n, const struct ikw_weight *w)
{
    struct ikw_candidate *c = &n->c;
    if (w->kind == IKW_THEN_SUFFICE) {
        c->own = true;
        if (!c->suffice)
            c->suffice = w;
    } else if (w->kind == IKW_THEN_EXCLUDE) {
        if (!c->exclude)
            c->exclude = w;
    } else if (w->kind == IKW_THEN_WEIGH) {
        c->own = c->own || w->db > 0; /* evidence against makes no candidate */
        if (!c->nwins || strcmp(ikw_weight_group(c->wins[c->nwins - 1]),
                                ikw_weight_group(w)) != 0)
            c->wins[c->nwins++] = w;
    }
}

static void collect(struct contest *k, const struct ikw_weight **w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct node *node = node_of(k, w[i]->cause);
        if (!node->c.wins) {
            size_t end = i;
            while (end < n && w[end]->cause == w[i]->cause)
                end++;
            node->c.wins =
                IKW_ARENA_ARRAY(k->arena, const struct ikw_weight *, end - i);
        }
        take(node, w[i]);
    }
}

static void score(const struct ikw_kb *kb, struct ikw_candidate *c)
{
    c->own_db = c->cause->prior_db;
    for (size_t i = 0; i < c->nwins; i++)
        c->own_db += c->wins[i]->db;
    if (c->suffice && c->own_db < kb->suffice_db) {
        c->lift_db = kb->suffice_db - c->own_db;
        c->own_db = kb->suffice_db;
    }
    if (c->nwins)
        qsort(c->wins, c->nwins, sizeof *c->wins, cmp_win);
}

/* General causes come in with their children. */
static void add_parents(struct contest *k)
{
    for (size_t i = 0; i < k->n; i++) { /* k->n grows */
        struct node *n = k->nodes[i];
        if (n->c.cause->parent && n->c.cause->parent != n->c.cause)
            n->parent = node_of(k, n->c.cause->parent);
    }
    for (size_t i = 0; i < k->n; i++) {
        struct node *p = k->nodes[i]->parent;
        unsigned depth = 0;
        for (; p && depth < MAX_DEPTH; p = p->parent)
            depth++;
        k->nodes[i]->depth = p ? 0 : depth;
        if (p) /* too deep to be a family: stands alone */
            k->nodes[i]->parent = NULL;
    }
}

/* ---- families ---------------------------------------------------------- */

static bool better(const struct node *a, const struct node *b)
{
    if (!b)
        return true;
    if (a->family != b->family)
        return a->family > b->family;
    if (a->c.db != b->c.db)
        return a->c.db > b->c.db;
    return strcmp(a->c.cause->id, b->c.cause->id) < 0;
}

static bool competes(const struct node *n)
{
    return n->c.own && !n->c.exclude;
}

static void settle_base(struct contest *k)
{
    k->base = 0;
    for (size_t i = 0; i < k->n; i++) {
        if (competes(k->nodes[i]) && k->nodes[i]->c.own_db > k->base)
            k->base = k->nodes[i]->c.own_db;
    }
}

/* All below `n` is done: closes it and tells its parent. */
static void fold(struct contest *k, struct node *n)
{
    n->live = competes(n) || n->live_kids > 0;
    n->odds = competes(n) ? ikw_odds(n->c.own_db - k->base) : 0;
    n->c.db = n->c.own_db;
    n->family = n->odds;
    if (n->best && (n->kids > n->odds || !competes(n))) {
        n->family = n->kids;
        n->c.db = k->base + odds_db(n->kids);
        n->c.through = &n->best->c;
    }
    struct node *p = n->parent;
    if (!n->live || !p)
        return;
    p->live_kids++;
    p->kids += n->family;
    if (better(n, p->best))
        p->best = n;
}

static void fold_all(struct contest *k)
{
    k->total = ikw_odds(-k->base);
    for (int depth = MAX_DEPTH; depth >= 0; depth--) {
        for (size_t i = 0; i < k->n; i++) {
            if (k->nodes[i]->depth == (unsigned)depth)
                fold(k, k->nodes[i]);
        }
    }
    for (size_t i = 0; i < k->n; i++) {
        if (!k->nodes[i]->parent)
            k->total += k->nodes[i]->family;
    }
}

/* ---- the verdict ------------------------------------------------------- */

static bool may_speak(const struct node *n)
{
    return !n->c.exclude && (n->c.own || n->live_kids > 1);
}

/* A general cause speaks until one of its children passes one half. */
static struct node *speaker(const struct contest *k, struct node *root)
{
    struct node *n = root;
    while (n->best &&
           (!may_speak(n) || percent(n->best->family, k->total) >= HALF))
        n = n->best;
    for (struct node *p = n->parent; p; p = p->parent)
        p->above = true;
    return n;
}

static struct node *elect(struct contest *k)
{
    struct node *winner = NULL;
    for (size_t i = 0; i < k->n; i++) {
        struct node *n = k->nodes[i];
        if (n->parent || !n->live)
            continue;
        struct node *s = speaker(k, n);
        if (better(s, winner))
            winner = s;
    }
    return winner;
}

/* What is left for a general cause whose child has the word: the share that
 * none of its children holds. */
static void rate(const struct contest *k, struct node *n)
{
    uint64_t share = n->family;
    if (n->above) {
        share -= n->kids < share ? n->kids : share;
        n->c.db = n->c.own_db;
        n->c.through = NULL;
    }
    n->c.certainty = n->c.exclude ? 0 : percent(share, k->total);
}

static int cmp_rank(const void *x, const void *y)
{
    const struct ikw_candidate *a = *(struct ikw_candidate *const *)x;
    const struct ikw_candidate *b = *(struct ikw_candidate *const *)y;
    if (!a->exclude != !b->exclude)
        return a->exclude ? 1 : -1;
    if (a->certainty != b->certainty)
        return a->certainty > b->certainty ? -1 : 1;
    if (a->db != b->db)
        return a->db > b->db ? -1 : 1;
    return strcmp(a->cause->id, b->cause->id);
}

static void rank(struct contest *k, struct node *winner,
                 struct ikw_contest *out)
{
    size_t n = 0;
    out->ranked = IKW_ARENA_ARRAY(k->arena, struct ikw_candidate *, k->n + 1);
    if (winner)
        out->ranked[n++] = &winner->c;
    for (size_t i = 0; i < k->n; i++) {
        rate(k, k->nodes[i]);
        if (k->nodes[i] != winner && k->nodes[i]->c.own)
            out->ranked[n++] = &k->nodes[i]->c;
    }
    size_t from = winner ? 1 : 0;
    if (n > from)
        qsort(out->ranked + from, n - from, sizeof *out->ranked, cmp_rank);
    out->n = n;
}

void ikw_weigh(const struct ikw_kb *kb, const struct ikw_weight *const *w,
               size_t n, struct ikw_arena *a, struct ikw_contest *out)
{
    *out = (struct ikw_contest){ 0 };
    if (!n)
        return;
    struct contest k = { .kb = kb, .arena = a };
    k.at = IKW_ARENA_ARRAY(a, struct node *, kb->ncauses);
    k.nodes = IKW_ARENA_ARRAY(a, struct node *, kb->ncauses);
    const struct ikw_weight **sorted =
        IKW_ARENA_ARRAY(a, const struct ikw_weight *, n);
    memcpy(sorted, w, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, cmp_weight);
    collect(&k, sorted, n);
    for (size_t i = 0; i < k.n; i++)
        score(kb, &k.nodes[i]->c);
    add_parents(&k);
    settle_base(&k);
    fold_all(&k);
    rank(&k, elect(&k), out);
}

const struct ikw_candidate *ikw_contest_winner(const struct ikw_contest *c)
{
    return c->n && !c->ranked[0]->exclude ? c->ranked[0] : NULL;
}

bool ikw_cause_within(const struct ikw_cause *cause, const struct ikw_cause *of)
{
    for (int i = 0; cause && i <= MAX_DEPTH; i++, cause = cause->parent) {
        if (cause == of)
            return true;
    }
    return false;
}
