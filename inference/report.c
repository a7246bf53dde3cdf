/*
 * The report builder: reasons over fact sets as they come, then ranks what
 * is left. A tunnel's sets come in order of time; the tunnels in any order.
 * The builder becomes the report at the end: what the report points to lies
 * in the tunnels' spells and in the report's arena.
 */
#include "inference/builder.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024 }; /* to begin with; a power of two */

struct ikw_report_builder {
    struct ikw_report r; /* first: a report is its builder */
    struct ikw_report_opts opts;
    struct ikw_report_types types;
    struct ikw_program *program; /* made here, or NULL */
    struct ikw_tunnel_state **buckets;
    size_t nbuckets;
    struct ikw_tunnel_state **tunnels;
    size_t ntunnels, cap;
    struct ikw_tunnel_state daemon;
    size_t nsets;
    size_t joined; /* problems since spells were last condensed */
    struct ikw_places daemon_seen; /* of its problems */
    struct ikw_rest rest;
};

const char *ikw_outcome_name(enum ikw_outcome o)
{
    static const char *const names[] = {
        [IKW_OUTCOME_HEALTHY] = "healthy",
        [IKW_OUTCOME_FAULT] = "fault",
        [IKW_OUTCOME_UNDECIDED] = "undecided",
        [IKW_OUTCOME_NO_NEGOTIATION] = "no-negotiation",
    };
    return names[o];
}

struct ikw_report_builder *ikw_report_begin(const struct ikw_kb *kb,
                                            const struct ikw_report_opts *o)
{
    struct ikw_report_builder *rb = ikw_xcalloc(1, sizeof *rb);
    rb->r.kb = kb;
    rb->nbuckets = BUCKETS;
    rb->buckets = ikw_xcalloc(rb->nbuckets, sizeof(struct ikw_tunnel_state *));
    if (o)
        rb->opts = *o;
    if (!rb->opts.engine.program) {
        rb->program = ikw_program_new(kb);
        rb->opts.engine.program = rb->program;
    }
    if (rb->opts.keep_proofs_all)
        rb->opts.engine.all_derivations = true;
    ikw_report_types_init(&rb->types, kb);
    ikw_rest_init(&rb->rest, kb);
    rb->daemon.first_ms = rb->daemon.last_ms = IKW_NO_TIME;
    return rb;
}

/* ---- tunnels ----------------------------------------------------------- */

/* The peer's address names a tunnel; without one its own name does. The
 * local address does not: it may be hidden behind a proxy's. */
static const char *key_of(const char *peer, const char *name)
{
    return peer ? peer : name;
}

static void grow_buckets(struct ikw_report_builder *rb)
{
    size_t n = rb->nbuckets * 2;
    struct ikw_tunnel_state **v =
        ikw_xcalloc(n, sizeof(struct ikw_tunnel_state *));
    for (size_t i = 0; i < rb->ntunnels; i++) {
        struct ikw_tunnel_state *t = rb->tunnels[i];
        t->next = v[t->key & (n - 1)];
        v[t->key & (n - 1)] = t;
    }
    free(rb->buckets);
    rb->buckets = v;
    rb->nbuckets = n;
}

static struct ikw_tunnel_state *new_tunnel(struct ikw_report_builder *rb,
                                           uint32_t hash)
{
    struct ikw_tunnel_state *t = ikw_xcalloc(1, sizeof *t);
    if (rb->ntunnels == rb->nbuckets)
        grow_buckets(rb);
    t->key = hash;
    t->first_ms = t->last_ms = IKW_NO_TIME;
    t->next = rb->buckets[hash & (rb->nbuckets - 1)];
    rb->buckets[hash & (rb->nbuckets - 1)] = t;
    IKW_GROW(rb->tunnels, rb->cap, rb->ntunnels + 1);
    rb->tunnels[rb->ntunnels++] = t;
    return t;
}

/* NULL if there are as many as a report holds. */
static struct ikw_tunnel_state *tunnel_of(struct ikw_report_builder *rb,
                                          const struct ikw_fact_set *fs)
{
    const char *key = key_of(fs->peer, fs->tunnel_name);
    if (!key)
        return &rb->daemon;
    uint32_t hash = ikw_hash_bytes(key, strlen(key));
    for (struct ikw_tunnel_state *t = rb->buckets[hash & (rb->nbuckets - 1)]; t;
         t = t->next) {
        const char *k = key_of(t->peer, t->name);
        if (t->key == hash && !t->peer == !fs->peer && strcmp(k, key) == 0)
            return t;
    }
    if (ikw_limit_full(rb->opts.limits, IKW_LIMIT_TUNNELS, rb->ntunnels))
        return NULL;
    return new_tunnel(rb, hash);
}

/* ---- order of verdicts -------------------------------------------------- */

struct ranked {
    struct ikw_spell *spell;
    const struct ikw_tunnel_state *tunnel;
    size_t band;
};

static int cmp_i(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int cmp_str(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : !a - !b;
}

/* Faults before harmless conditions, strangers after all. */
static int class_of(const struct ikw_verdict *v)
{
    return v->cause->noise ? 2 : v->cause->benign || v->suspicion ? 1 : 0;
}

static int cmp_ranked(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    const struct ikw_verdict *v = &a->spell->v, *w = &b->spell->v;
    const int64_t keys[][2] = {
        { class_of(v), class_of(w) },
        { v->recovered, w->recovered },
        { (int64_t)a->band, (int64_t)b->band },
        { v->phase, w->phase },
        { v->first_ms, w->first_ms },
        { a->spell->file, b->spell->file },
        { a->spell->line, b->spell->line },
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        int c = cmp_i(keys[i][0], keys[i][1]);
        if (c)
            return c;
    }
    int c = strcmp(v->cause->id, w->cause->id);
    if (!c)
        c = cmp_str(a->tunnel->peer, b->tunnel->peer);
    return c ? c : cmp_str(a->tunnel->name, b->tunnel->name);
}

static struct ranked ranked_of(const struct ikw_report_builder *rb,
                               const struct ikw_tunnel_state *t,
                               struct ikw_spell *sp)
{
    const struct ikw_band *band = sp->v.band, *bands = rb->r.kb->bands;
    size_t i = band ? (size_t)(band - bands) : rb->r.kb->nbands;
    return (struct ranked){ sp, t, i };
}

/* ---- memory ------------------------------------------------------------- */

struct crowd {
    struct ranked *v;
    size_t n, cap;
};

static void gather_full(const struct ikw_report_builder *rb,
                        const struct ikw_tunnel_state *t, struct crowd *c)
{
    for (size_t i = 0; i < t->spells.n; i++) {
        struct ikw_spell *sp = t->spells.v[i];
        if (!sp->full)
            continue;
        ikw_spell_judge(sp);
        IKW_GROW(c->v, c->cap, c->n + 1);
        c->v[c->n++] = ranked_of(rb, t, sp);
    }
}

/* A report shows its best verdicts in full: no more of them are kept so. */
static void condense(struct ikw_report_builder *rb)
{
    size_t most = rb->opts.full_most;
    struct crowd c = { 0 };
    if (!most || ++rb->joined < most)
        return;
    rb->joined = 0;
    gather_full(rb, &rb->daemon, &c);
    for (size_t i = 0; i < rb->ntunnels; i++)
        gather_full(rb, rb->tunnels[i], &c);
    if (c.n > most)
        qsort(c.v, c.n, sizeof *c.v, cmp_ranked);
    for (size_t i = most; i < c.n; i++)
        ikw_spell_condense(c.v[i].spell);
    free(c.v);
}

/* ---- one fact set ------------------------------------------------------ */

static void add_problem(struct ikw_report_builder *rb,
                        struct ikw_tunnel_state *t, const struct ikw_scene *s,
                        const struct ikw_problem *p)
{
    if (p->symptom)
        return;
    if (p->daemon)
        t = &rb->daemon;
    if (!ikw_contest_winner(&p->contest)) {
        t->undecided = t->undecided || !p->suspicion;
        return;
    }
    bool again;
    if (p->daemon)
        again = !ikw_places_add(&rb->daemon_seen, p->file, p->line);
    else
        again = ikw_tunnel_knows(t, p->subject) && p->carried;
    ikw_spells_add(&t->spells, s, p, again);
    condense(rb);
}

/* Rules that did not run could have excluded a cause, and facts that were left
 * out have refuted an absence: nothing is sure then. */
static void doubt(struct ikw_tunnel_state *t, struct ikw_scene *s)
{
    t->undecided = true;
    for (size_t i = 0; i < s->nproblems; i++) {
        const struct ikw_contest *c = &s->problems[i].contest;
        for (size_t k = 0; k < c->n; k++)
            if (c->ranked[k]->certainty > IKW_CUT_PERCENT)
                c->ranked[k]->certainty = IKW_CUT_PERCENT;
    }
}

static void add_scene(struct ikw_report_builder *rb, struct ikw_tunnel_state *t,
                      struct ikw_scene *s)
{
    ikw_scene_read(s);
    if (s->cut)
        doubt(t, s);
    ikw_tunnel_read(t, s);
    for (size_t i = 0; i < s->nproblems; i++)
        add_problem(rb, t, s, &s->problems[i]);
    ikw_rest_unexplained(&rb->rest, s);
    ikw_rest_blind(&rb->rest, s);
    ikw_rest_notes(&rb->rest, s);
}

bool ikw_report_add(struct ikw_report_builder *rb, struct ikw_fact_set *fs,
                    struct ikw_diags *ds)
{
    struct ikw_tunnel_state *t = tunnel_of(rb, fs);
    if (!t)
        return false;
    struct ikw_engine *e = ikw_engine_new(rb->r.kb, fs, &rb->opts.engine);
    bool ok = ikw_engine_run(e, ds);
    struct ikw_scene s = { .kb = rb->r.kb,
                           .types = &rb->types,
                           .fs = fs,
                           .engine = e,
                           .number = rb->nsets++,
                           .all = rb->opts.keep_proofs_all,
                           .ladders = rb->opts.ladders,
                           .timelines = rb->opts.timelines,
                           .cut = !ok || fs->dropped };
    add_scene(rb, t, &s);
    ikw_arena_release(&s.arena);
    ikw_engine_free(e);
    return ok;
}

void ikw_report_error_line(struct ikw_report_builder *rb,
                           const struct ikw_evidence *ev)
{
    if (!ev->message || !ev->message->benign)
        ikw_rest_error(&rb->rest, NULL, ev, 1);
}

/* ---- ranking ----------------------------------------------------------- */

static int cmp_tunnel(const void *x, const void *y)
{
    const struct ikw_tunnel_state *a = *(struct ikw_tunnel_state *const *)x;
    const struct ikw_tunnel_state *b = *(struct ikw_tunnel_state *const *)y;
    int c = cmp_i(a->first_ms, b->first_ms);
    if (!c)
        c = cmp_i(a->file, b->file);
    if (!c)
        c = cmp_i(a->line, b->line);
    if (!c)
        c = cmp_str(a->peer, b->peer);
    return c ? c : cmp_str(a->name, b->name);
}

static void close_spells(const struct ikw_report_builder *rb,
                         struct ikw_tunnel_state *t, unsigned index,
                         struct ranked *out, size_t *n)
{
    for (size_t i = 0; i < t->spells.n; i++) {
        struct ikw_spell *sp = t->spells.v[i];
        ikw_spell_close(sp);
        sp->v.tunnel = index;
        sp->v.local = t->local;
        sp->v.peer = t->peer;
        sp->v.tunnel_name = t->name;
        out[(*n)++] = ranked_of(rb, t, sp);
    }
}

static void rank(struct ikw_report_builder *rb)
{
    struct ikw_report *r = &rb->r;
    size_t n = rb->daemon.spells.n, k = 0;
    for (size_t i = 0; i < rb->ntunnels; i++)
        n += rb->tunnels[i]->spells.n;
    struct ranked *v = ikw_xcalloc(n, sizeof *v);
    close_spells(rb, &rb->daemon, UINT32_MAX, v, &k);
    for (size_t i = 0; i < rb->ntunnels; i++)
        close_spells(rb, rb->tunnels[i], (unsigned)i, v, &k);
    if (n)
        qsort(v, n, sizeof *v, cmp_ranked);
    r->verdicts = IKW_ARENA_ARRAY(&r->arena, struct ikw_verdict *, n);
    for (size_t i = 0; i < n; i++)
        r->verdicts[i] = &v[i].spell->v;
    r->nverdicts = n;
    free(v);
}

/* ---- outcomes ---------------------------------------------------------- */

/* Noise and harmless conditions are no faults. */
static enum ikw_outcome outcome_of(const struct ikw_tunnel_state *t)
{
    bool undecided = t->undecided, noise = false;
    for (size_t i = 0; i < t->spells.n; i++) {
        const struct ikw_verdict *v = &t->spells.v[i]->v;
        if (v->cause->noise)
            noise = true;
        else if (v->cause->benign || v->suspicion)
            continue;
        else if (v->certainty >= IKW_UNDECIDED_PERCENT)
            return IKW_OUTCOME_FAULT;
        else
            undecided = true;
    }
    if (undecided)
        return IKW_OUTCOME_UNDECIDED;
    if (t->success)
        return IKW_OUTCOME_HEALTHY;
    return t->tried && !noise ? IKW_OUTCOME_UNDECIDED
                              : IKW_OUTCOME_NO_NEGOTIATION;
}

static void tell_outcomes(struct ikw_report_builder *rb)
{
    static const enum ikw_outcome order[] = { IKW_OUTCOME_FAULT,
                                              IKW_OUTCOME_UNDECIDED,
                                              IKW_OUTCOME_HEALTHY };
    struct ikw_report *r = &rb->r;
    bool any[IKW_OUTCOME_NO_NEGOTIATION + 1] = { false };
    any[outcome_of(&rb->daemon)] = true;
    for (size_t i = 0; i < r->ntunnels; i++)
        any[r->tunnels[i]->outcome] = true;
    r->outcome = IKW_OUTCOME_NO_NEGOTIATION;
    for (size_t i = sizeof order / sizeof *order; i > 0; i--) {
        if (any[order[i - 1]])
            r->outcome = order[i - 1];
    }
    if (r->limits.cut[IKW_LIMIT_TUNNELS] && r->outcome != IKW_OUTCOME_FAULT)
        r->outcome = IKW_OUTCOME_UNDECIDED;
}

/* ---- the end ----------------------------------------------------------- */

static void close_tunnels(struct ikw_report_builder *rb)
{
    struct ikw_report *r = &rb->r;
    r->tunnels = IKW_ARENA_ARRAY(&r->arena, struct ikw_tunnel *, rb->ntunnels);
    for (size_t i = 0; i < rb->ntunnels; i++) {
        struct ikw_tunnel *t = IKW_ARENA_NEW(&r->arena, struct ikw_tunnel);
        ikw_tunnel_close(rb->tunnels[i], &r->arena, t);
        t->outcome = outcome_of(rb->tunnels[i]);
        t->verdicts =
            IKW_ARENA_ARRAY(&r->arena, unsigned, rb->tunnels[i]->spells.n);
        r->tunnels[i] = t;
    }
    r->ntunnels = rb->ntunnels;
    for (size_t i = 0; i < r->nverdicts; i++) {
        if (r->verdicts[i]->tunnel >= r->ntunnels)
            continue;
        struct ikw_tunnel *t = r->tunnels[r->verdicts[i]->tunnel];
        t->verdicts[t->nverdicts++] = (unsigned)i;
    }
}

struct ikw_report *ikw_report_end(struct ikw_report_builder *rb)
{
    if (rb->ntunnels)
        qsort(rb->tunnels, rb->ntunnels, sizeof *rb->tunnels, cmp_tunnel);
    rank(rb);
    if (rb->opts.limits)
        rb->r.limits = *rb->opts.limits;
    close_tunnels(rb);
    tell_outcomes(rb);
    ikw_rest_close(&rb->rest, &rb->r);
    return &rb->r;
}

void ikw_report_free(struct ikw_report *r)
{
    if (!r)
        return;
    struct ikw_report_builder *rb = (struct ikw_report_builder *)r;
    for (size_t i = 0; i < rb->ntunnels; i++) {
        ikw_tunnel_release(rb->tunnels[i]);
        free(rb->tunnels[i]);
    }
    ikw_tunnel_release(&rb->daemon);
    ikw_rest_release(&rb->rest);
    ikw_program_free(rb->program);
    ikw_arena_release(&rb->r.arena);
    free(rb->tunnels);
    free(rb->buckets);
    free(rb->daemon_seen.v);
    free(rb);
}
