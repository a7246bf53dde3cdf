/*
 * The engine as its callers see it: loads the facts into relations, runs the
 * units of the program in order, sorts what came out.
 */
#include "inference/internal.h"

#include <stdlib.h>

static void set_limits(struct ikw_engine_opts *o, const struct ikw_limits *l)
{
    if (o->max_firings == 0)
        o->max_firings = ikw_limit_most(l, IKW_LIMIT_FIRINGS);
    if (o->max_facts == 0)
        o->max_facts = ikw_limit_most(l, IKW_LIMIT_DERIVED);
    if (o->max_steps == 0)
        o->max_steps = ikw_limit_most(l, IKW_LIMIT_STEPS);
}

/* One vector for all relations, each a slice of it. */
static void load_facts(struct ikw_engine *e)
{
    const struct ikw_fact_set *fs = e->fs;
    const struct ikw_fact **v =
        IKW_ARENA_ARRAY(&e->arena, const struct ikw_fact *, fs->nfacts);
    for (size_t i = 0; i < fs->nfacts; i++)
        relation_of(e, fs->facts[i]->type, fs->facts[i]->source)->cap++;
    for (size_t t = 0; t < 2 * e->kb->ntypes; t++) {
        e->relations[t].v = v;
        v += e->relations[t].cap;
    }
    for (size_t i = 0; i < fs->nfacts; i++) {
        struct ikw_fact *f = fs->facts[i];
        struct relation *r = relation_of(e, f->type, f->source);
        r->v[r->n++] = f;
        ikw_type_bit(e->present, f->type);
        if (e->prog->derivable[f->type->index])
            ikw_known_add(e, f);
    }
    for (size_t t = 0; t < 2 * e->kb->ntypes; t++) {
        e->relations[t].open = e->prog->derivable[t / 2];
        if (!e->relations[t].open && e->relations[t].n > 0)
            ikw_relation_close(e, &e->relations[t]);
    }
}

struct ikw_engine *ikw_engine_new(const struct ikw_kb *kb,
                                  struct ikw_fact_set *fs,
                                  const struct ikw_engine_opts *opts)
{
    struct ikw_engine *e = ikw_xcalloc(1, sizeof *e);
    if (opts)
        e->opts = *opts;
    set_limits(&e->opts, fs->limits);
    e->kb = kb;
    e->fs = fs;
    e->prog = e->opts.program;
    if (!e->prog)
        e->prog = e->own = ikw_program_new(kb);
    e->nobserved = fs->nfacts;
    e->relations = IKW_ARENA_ARRAY(&e->arena, struct relation, 2 * kb->ntypes);
    e->by_type = IKW_ARENA_ARRAY(&e->arena, struct facts_of, kb->ntypes);
    e->present = IKW_ARENA_ARRAY(&e->arena, uint64_t, e->prog->nwords);
    load_facts(e);
    return e;
}

void ikw_engine_free(struct ikw_engine *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->kb->ntypes; i++) {
        ikw_relation_release(&e->relations[2 * i]);
        ikw_relation_release(&e->relations[2 * i + 1]);
        free(e->by_type[i].v);
    }
    ikw_program_free(e->own);
    ikw_arena_release(&e->arena);
    free(e->derived);
    free(e->weights);
    free(e->blind);
    free(e->known.v);
    free(e->weighed.v);
    free(e->blinded.v);
    free(e->fresh);
    free(e);
}

/* ---- running ----------------------------------------------------------- */

/* Earlier in time, else in the files. Evidence of nothing is never less. */
static bool earlier(const struct ikw_evidence *a, const struct ikw_evidence *b)
{
    int64_t ta = ikw_match_time(a), tb = ikw_match_time(b);
    if (ta != IKW_NO_TIME && tb != IKW_NO_TIME && ta != tb)
        return ta < tb;
    if (a->file != b->file)
        return a->file < b->file;
    return a->line < b->line;
}

static bool is_evidence(const struct ikw_evidence *ev)
{
    return ev->line != 0 || ikw_match_time(ev) != IKW_NO_TIME;
}

void ikw_derived_span(struct derived *d)
{
    struct ikw_fact *f = &d->fact;
    f->first = f->last = (struct ikw_evidence){ .t_ms = IKW_NO_TIME };
    for (size_t i = 0; i < d->why->rule->npatterns; i++) {
        const struct ikw_fact *s = d->why->facts[i];
        if (!s || s->source != f->source)
            continue;
        if (is_evidence(&s->first) &&
            (!is_evidence(&f->first) || earlier(&s->first, &f->first)))
            f->first = s->first;
        if (is_evidence(&s->last) &&
            (!is_evidence(&f->last) || earlier(&f->last, &s->last)))
            f->last = s->last;
    }
}

static void close_types(struct ikw_engine *e, const struct unit *u)
{
    for (size_t i = 0; i < u->ntypes; i++)
        for (int s = 0; s < 2; s++)
            ikw_relation_close(e, &e->relations[2 * u->types[i]->index + s]);
}

void ikw_engine_stop(struct ikw_engine *e, const struct ikw_rule *rule,
                     enum ikw_limit limit)
{
    if (e->stopped)
        return;
    e->stopped = rule;
    e->limit = limit;
}

static void run_rule(struct ikw_engine *e, const struct plan *plan)
{
    struct sweep s = { .plan = plan, .delta = -1 };
    if (!plan->too_big) {
        ikw_join_run(e, &s);
    } else {
        ikw_engine_stop(e, plan->rule, IKW_LIMIT_COUNT);
    }
}

static bool report_limit(const struct ikw_engine *e, struct ikw_diags *ds)
{
    const struct ikw_rule *r = e->stopped;
    struct ikw_limits *l = e->fs->limits;
    if (!r)
        return true;
    if (l && e->limit != IKW_LIMIT_COUNT && l->cut[e->limit])
        return false; /* told of another tunnel */
    if (e->limit != IKW_LIMIT_COUNT)
        ikw_limit_cut(l, e->limit);
    return ikw_diag_add(ds, r->pos, IKW_DIAG_ENGINE_LIMIT,
                        "rule '%s': too many %s; reasoning stopped here", r->id,
                        e->limit == IKW_LIMIT_COUNT
                            ? "patterns or variables"
                            : ikw_limit_row(e->limit)->of);
}

/* Some fact of each type that the unit cannot do without. */
static bool may_find(const struct ikw_engine *e, size_t unit)
{
    const struct ikw_program *prog = e->prog;
    const uint64_t *needs = &prog->needs[unit * prog->nwords];
    uint64_t lacks = 0;
    for (size_t i = 0; i < prog->nwords; i++)
        lacks |= needs[i] & ~e->present[i];
    return !lacks;
}

bool ikw_engine_run(struct ikw_engine *e, struct ikw_diags *ds)
{
    const struct ikw_program *prog = e->prog;
    for (size_t i = 0; i < prog->nunits && !e->stopped; i++) {
        const struct unit *u = &prog->units[i];
        if (u->recursive)
            ikw_circle_run(e, u);
        else if (may_find(e, i))
            run_rule(e, u->plans[0]);
        close_types(e, u);
    }
    ikw_order_results(e);
    return report_limit(e, ds);
}

/* ---- results ----------------------------------------------------------- */

size_t ikw_engine_nderived(const struct ikw_engine *e)
{
    return e->nderived;
}

const struct ikw_fact *ikw_engine_derived(const struct ikw_engine *e, size_t i)
{
    return i < e->nderived ? &e->derived[i]->fact : NULL;
}

const struct ikw_derivation *ikw_engine_why(const struct ikw_engine *e,
                                            const struct ikw_fact *f)
{
    return is_derived(e, f) ? as_derived(f)->why : NULL;
}

size_t ikw_engine_nweights(const struct ikw_engine *e)
{
    return e->nweights;
}

const struct ikw_weight *ikw_engine_weight(const struct ikw_engine *e, size_t i)
{
    return i < e->nweights ? &e->weights[i]->weight : NULL;
}

size_t ikw_engine_nblind(const struct ikw_engine *e)
{
    return e->nblind;
}

const struct ikw_blind *ikw_engine_blind(const struct ikw_engine *e, size_t i)
{
    return i < e->nblind ? e->blind[i] : NULL;
}

/* qsort takes no context: it travels with each element. */
struct keyed_fact {
    const struct ikw_engine *e;
    const struct ikw_fact *f;
};

static int by_order(const void *a, const void *b)
{
    const struct keyed_fact *x = a, *y = b;
    return ikw_order_facts(x->e, x->f, y->f);
}

static void gather(const struct ikw_engine *e, const struct ikw_type *type,
                   struct facts_of *of)
{
    const struct relation *r = &e->relations[2 * type->index];
    size_t n = r[0].n + r[1].n;
    struct keyed_fact *v = ikw_xmalloc(n * sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[i] = (struct keyed_fact){ e, i < r[0].n ? r[0].v[i]
                                                  : r[1].v[i - r[0].n] };
    if (n > 1)
        qsort(v, n, sizeof *v, by_order);
    of->v = ikw_xcalloc(n, sizeof(const struct ikw_fact *));
    for (size_t i = 0; i < n; i++)
        of->v[i] = v[i].f;
    of->n = n;
    free(v);
}

size_t ikw_engine_facts_of(const struct ikw_engine *e,
                           const struct ikw_type *type,
                           const struct ikw_fact *const **out)
{
    struct facts_of *of = &e->by_type[type->index];
    if (!of->v)
        gather(e, type, of);
    *out = of->v;
    return of->n;
}
