/*
 * What a firing leaves behind: a derived fact, a weight, a blind record,
 * each once, with its canonical derivation. Every further derivation of the
 * same thing is compared with the one kept and replaces it if it is less.
 */
#include "inference/internal.h"

#include <stdlib.h>

/* ---- sets of pointers -------------------------------------------------- */

void *ikw_table_next(const struct table *t, uint32_t hash, size_t *at)
{
    if (t->cap == 0)
        return NULL;
    for (size_t i = *at & (t->cap - 1); t->v[i].p; i = (i + 1) & (t->cap - 1))
        if (t->v[i].hash == hash) {
            *at = i + 1;
            return t->v[i].p;
        }
    return NULL;
}

static void table_store(struct table *t, uint32_t hash, void *p)
{
    size_t i = hash & (t->cap - 1);
    while (t->v[i].p)
        i = (i + 1) & (t->cap - 1);
    t->v[i] = (struct table_entry){ p, hash };
}

void ikw_table_put(struct table *t, uint32_t hash, void *p)
{
    if (4 * (t->n + 1) > 3 * t->cap) {
        struct table old = *t;
        t->cap = old.cap ? 2 * old.cap : 64;
        t->v = ikw_xcalloc(t->cap, sizeof *t->v);
        for (size_t i = 0; i < old.cap; i++)
            if (old.v[i].p)
                table_store(t, old.v[i].hash, old.v[i].p);
        free(old.v);
    }
    table_store(t, hash, p);
    t->n++;
}

/* ---- derivations ------------------------------------------------------- */

static void fill(struct ikw_engine *e, struct ikw_derivation *to,
                 const struct ikw_derivation *from)
{
    const struct ikw_rule *r = from->rule;
    const struct ikw_fact **facts = to->facts;
    struct ikw_value *vars = to->vars;
    if (to->rule != r) { /* else the old arrays fit */
        facts =
            IKW_ARENA_ARRAY(&e->arena, const struct ikw_fact *, r->npatterns);
        vars = IKW_ARENA_ARRAY(&e->arena, struct ikw_value, r->nvars);
    }
    if (r->npatterns)
        memcpy(facts, from->facts, r->npatterns * sizeof *facts);
    if (r->nvars)
        memcpy(vars, from->vars, r->nvars * sizeof *vars);
    *to = *from;
    to->facts = facts;
    to->vars = vars;
    to->next = NULL;
}

/* Keeps `d`, which lives on the stack, if it is wanted. True if it became
 * the canonical one. */
static bool keep(struct ikw_engine *e, const struct ikw_derivation *d,
                 struct ikw_derivation **why, struct ikw_derivation **all)
{
    if (e->opts.all_derivations) {
        struct ikw_derivation *n =
            IKW_ARENA_NEW(&e->arena, struct ikw_derivation);
        fill(e, n, d);
        n->next = *all;
        *all = n;
        if (*why && ikw_order_derivations(e, n, *why) >= 0)
            return false;
        *why = n;
        return true;
    }
    if (*why && ikw_order_derivations(e, d, *why) >= 0)
        return false;
    if (!*why)
        *why = IKW_ARENA_NEW(&e->arena, struct ikw_derivation);
    fill(e, *why, d);
    return true;
}

/* ---- facts ------------------------------------------------------------- */

static uint32_t mix(uint32_t h, uint64_t x)
{
    x = (x ^ h) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(x >> 32) ^ (uint32_t)(x << 7);
}

static uint32_t fact_hash(const struct ikw_type *type, enum ikw_source source,
                          const struct ikw_value *slots)
{
    uint32_t h = type->index * 2 + (source == IKW_SOURCE_PEER);
    for (size_t i = 0; i < type->nslots; i++)
        h = mix(h, slots[i].kind == IKW_INT   ? (uint64_t)slots[i].u.i
                   : slots[i].kind == IKW_STR ? slots[i].hash
                                              : 77);
    return h;
}

static struct ikw_fact *fact_known(const struct ikw_engine *e, uint32_t hash,
                                   const struct ikw_type *type,
                                   enum ikw_source source,
                                   const struct ikw_value *slots)
{
    size_t at = hash;
    struct ikw_fact *f;
    while ((f = ikw_table_next(&e->known, hash, &at))) {
        size_t i = 0;
        if (f->type != type || f->source != source)
            continue;
        while (i < type->nslots && same_value(&f->slots[i], &slots[i]))
            i++;
        if (i == type->nslots)
            return f;
    }
    return NULL;
}

void ikw_known_add(struct ikw_engine *e, struct ikw_fact *f)
{
    ikw_table_put(&e->known, fact_hash(f->type, f->source, f->slots), f);
}

static void fresh_add(struct ikw_engine *e, const struct ikw_fact *f)
{
    if (!e->circle)
        return;
    IKW_GROW(e->fresh, e->fresh_cap, e->nfresh + 1);
    e->fresh[e->nfresh++] = f;
}

static struct derived *fact_new(struct ikw_engine *e, uint32_t hash,
                                const struct ikw_type *type,
                                enum ikw_source source,
                                const struct ikw_value *slots)
{
    struct derived *d = IKW_ARENA_NEW(&e->arena, struct derived);
    d->fact.type = type;
    d->fact.slots = IKW_ARENA_ARRAY(&e->arena, struct ikw_value, type->nslots);
    if (type->nslots)
        memcpy(d->fact.slots, slots, type->nslots * sizeof *slots);
    d->fact.source = source;
    d->fact.count = 1;
    d->fact.hash = hash;
    d->fact.first.t_ms = d->fact.last.t_ms = IKW_NO_TIME;
    IKW_GROW(e->derived, e->derived_cap, e->nderived + 1);
    e->derived[e->nderived++] = d;
    d->fact.id = (uint32_t)(e->nobserved + e->nderived);
    ikw_table_put(&e->known, hash, &d->fact);
    ikw_relation_add(e, relation_of(e, type, source), &d->fact);
    return d;
}

static void slot_values(const struct ikw_then *t, const struct firing *f,
                        struct ikw_value *slots)
{
    memset(slots, 0, IKW_MAX_SLOTS * sizeof *slots);
    for (size_t i = 0; i < t->nslots; i++) {
        const struct ikw_then_slot *s = &t->slots[i];
        if (s->var >= 0)
            slots[s->slot] = f->vars[s->var];
        else if (s->pattern < 0)
            slots[s->slot] = s->value;
        else if (f->facts[s->pattern])
            slots[s->slot] = ikw_match_slot(f->facts[s->pattern], s->pseudo);
    }
}

static void derive(struct ikw_engine *e, const struct firing *f,
                   const struct ikw_then *t, const struct ikw_derivation *why)
{
    struct ikw_value slots[IKW_MAX_SLOTS];
    slot_values(t, f, slots);
    uint32_t hash = fact_hash(t->type, f->source, slots);
    struct ikw_fact *known = fact_known(e, hash, t->type, f->source, slots);
    struct derived *d;
    if (known && !is_derived(e, known))
        return; /* seen: needs no derivation */
    if (known) {
        d = (struct derived *)(void *)known;
        if (why->height < d->height)
            fresh_add(e, known);
    } else if (e->nderived >= e->opts.max_facts) {
        ikw_engine_stop(e, f->plan->rule, IKW_LIMIT_DERIVED);
        return;
    } else {
        d = fact_new(e, hash, t->type, f->source, slots);
        fresh_add(e, &d->fact);
    }
    if (keep(e, why, &d->why, &d->all))
        ikw_derived_span(d);
    d->height = d->why->height;
}

/* ---- weights ----------------------------------------------------------- */

static int64_t subject_of(int var, const struct ikw_value *vars)
{
    return var >= 0 && vars[var].kind == IKW_INT ? vars[var].u.i : 0;
}

static bool same_group(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_weight(const struct weighed *w, const struct ikw_then *t,
                        const struct ikw_rule *rule, int64_t subject)
{
    const struct ikw_weight *x = &w->weight;
    return w->why->rule == rule && x->cause == t->cause &&
           x->subject == subject && x->kind == t->kind && x->db == t->db &&
           same_group(x->group, t->group);
}

static struct weighed *weight_get(struct ikw_engine *e,
                                  const struct ikw_then *t,
                                  const struct ikw_rule *rule, int64_t subject)
{
    uint32_t hash = mix(mix(rule->index, (uint64_t)subject),
                        (uint64_t)(t->cause->index * 4 + t->kind));
    size_t at = hash;
    struct weighed *w;
    while ((w = ikw_table_next(&e->weighed, hash, &at)))
        if (same_weight(w, t, rule, subject))
            return w;
    w = IKW_ARENA_NEW(&e->arena, struct weighed);
    w->weight = (struct ikw_weight){ t->cause, subject,  t->kind,
                                     t->db,    t->group, NULL };
    IKW_GROW(e->weights, e->weights_cap, e->nweights + 1);
    e->weights[e->nweights++] = w;
    ikw_table_put(&e->weighed, hash, w);
    return w;
}

static void weigh(struct ikw_engine *e, const struct firing *f,
                  const struct ikw_then *t, const struct ikw_derivation *why)
{
    struct weighed *w =
        weight_get(e, t, f->plan->rule, subject_of(t->subject_var, f->vars));
    keep(e, why, &w->why, &w->all);
    w->weight.why = w->why;
}

/* ---- blind records ----------------------------------------------------- */

int ikw_rule_subject_var(const struct ikw_rule *rule)
{
    for (size_t i = 0; i < rule->nthens; i++)
        if (rule->thens[i].kind != IKW_THEN_DERIVE &&
            rule->thens[i].subject_var >= 0)
            return rule->thens[i].subject_var;
    for (size_t i = 0; i < rule->nthens; i++) {
        const struct ikw_then *t = &rule->thens[i];
        for (size_t s = 0; t->kind == IKW_THEN_DERIVE && s < t->nslots; s++)
            if (t->slots[s].var >= 0 &&
                t->type->slots[t->slots[s].slot].kind == IKW_SLOT_ID)
                return t->slots[s].var;
    }
    return -1;
}

static void blind_add(struct ikw_engine *e, const struct firing *f, unsigned at)
{
    const struct ikw_rule *rule = f->plan->rule;
    int64_t subject = subject_of(ikw_rule_subject_var(rule), f->vars);
    uint32_t hash = mix(mix(rule->index, (uint64_t)subject), at);
    struct sight s = ikw_neg_sight(e, &rule->patterns[at], f->facts, f->source);
    size_t pos = hash;
    struct ikw_blind *b;
    while ((b = ikw_table_next(&e->blinded, hash, &pos)))
        if (b->rule == rule && b->pattern == at && b->subject == subject) {
            b->window = b->window && s.level && s.log; /* the graver stays */
            b->no_log = b->no_log || !s.log;
            return;
        }
    b = IKW_ARENA_NEW(&e->arena, struct ikw_blind);
    *b = (struct ikw_blind){
        rule, at, rule->patterns[at].visible, s.level && s.log, !s.log, subject
    };
    IKW_GROW(e->blind, e->blind_cap, e->nblind + 1);
    e->blind[e->nblind++] = b;
    ikw_table_put(&e->blinded, hash, b);
}

/* ---- firing ------------------------------------------------------------ */

static uint32_t height_above(const struct ikw_engine *e, const struct firing *f)
{
    uint32_t h = 0;
    for (size_t i = 0; i < f->plan->rule->npatterns; i++)
        if (f->facts[i] && height_of(e, f->facts[i]) > h)
            h = height_of(e, f->facts[i]);
    return h + 1;
}

void ikw_fire(struct ikw_engine *e, const struct firing *f)
{
    const struct ikw_rule *rule = f->plan->rule;
    if (++e->firings > e->opts.max_firings) {
        ikw_engine_stop(e, rule, IKW_LIMIT_FIRINGS);
        return;
    }
    for (unsigned p = 0; f->unknown >> p; p++) {
        if (f->unknown >> p & 1)
            blind_add(e, f, p);
        if (p + 1 == MAX_PATTERNS)
            return;
    }
    if (f->unknown)
        return;
    struct ikw_derivation d = { .rule = rule,
                                .facts = f->facts,
                                .height = height_above(e, f) };
    struct ikw_value vars[MAX_VARS];
    memcpy(vars, f->vars, rule->nvars * sizeof *vars);
    d.vars = vars;
    for (size_t i = 0; i < rule->nthens && !e->stopped; i++) {
        d.then = (unsigned)i;
        if (rule->thens[i].kind == IKW_THEN_DERIVE)
            derive(e, f, &rule->thens[i], &d);
        else
            weigh(e, f, &rule->thens[i], &d);
    }
}
