/*
 * A reference for the engine, slow and plain: naive iteration to the fixed
 * point stratum by stratum, heights by relaxation, the canonical derivation
 * by comparing all. It shares no code with the engine.
 */
#ifndef IKW_TESTS_ENGINE_REFERENCE_H
#define IKW_TESTS_ENGINE_REFERENCE_H

#include "tests/engine_kit.h"

#include <stdint.h>

enum { MAX_FACTS = 600, MAX_P = 8, MAX_V = 16 };

/* ---- the reference ----------------------------------------------------- */

struct rfact {
    const struct ikw_type *type;
    struct ikw_value slots[IKW_MAX_SLOTS];
    enum ikw_source source;
    const struct ikw_fact *seen; /* NULL: derived */
    uint32_t height;
    char *why; /* of the canonical derivation, as kit_derivation prints it */
    uint32_t why_height;
    const struct ikw_rule *why_rule;
    unsigned why_then;
    int why_facts[MAX_P];
};

struct rweight {
    const struct ikw_then *then;
    const struct ikw_rule *rule;
    int64_t subject;
};

struct model {
    const struct ikw_kb *kb;
    const struct ikw_fact_set *fs;
    struct rfact *facts;
    size_t n;
    struct ikw_buf *out[4096]; /* weights and blind, as text */
    size_t nout;
    size_t derivations; /* of derived facts, all */
    bool overflow;
};

/* One firing while it is put together. */
struct combo {
    struct model *m;
    const struct ikw_rule *rule;
    int facts[MAX_P];
    struct ikw_value vars[MAX_V];
    enum ikw_source source;
    uint32_t unknown;
};

typedef void combo_fn(struct combo *c);

static struct ikw_value r_slot(const struct rfact *f, unsigned slot)
{
    struct ikw_value nil = { .kind = IKW_NIL };
    if (slot < IKW_PSEUDO_T)
        return f->slots[slot];
    if (!f->seen)
        return nil; /* never asked: see add_tests */
    bool t = f->seen->first.t_ms != IKW_NO_TIME;
    if (slot == IKW_PSEUDO_T)
        return t ? ikw_value_int(f->seen->first.t_ms) : nil;
    if (slot == IKW_PSEUDO_LAST)
        return t ? ikw_value_int(f->seen->last.t_ms) : nil;
    if (slot == IKW_PSEUDO_COUNT)
        return ikw_value_int(f->seen->count);
    return f->seen->first.line ? ikw_value_int(f->seen->first.line) : nil;
}

/* Unbound equality holds, and binds elsewhere. */
static bool r_test(const struct ikw_test *t, struct ikw_value v,
                   const struct ikw_value *vars)
{
    bool in = false;
    for (size_t i = 0; i < t->nalts; i++)
        in = in || ikw_value_eq(t->alts[i], v);
    if (t->op == IKW_TEST_EQ)
        return in;
    if (t->op == IKW_TEST_NE)
        return !in;
    if (t->op == IKW_TEST_SET || t->op == IKW_TEST_UNSET)
        return (v.kind == IKW_NIL) == (t->op == IKW_TEST_UNSET);
    struct ikw_value o = t->var >= 0 ? vars[t->var] : t->alts[0];
    if (t->op == IKW_TEST_VAR_EQ)
        return v.kind != IKW_NIL && ikw_value_eq(v, o);
    if (t->op == IKW_TEST_VAR_NE)
        return !ikw_value_eq(v, o);
    if (v.kind != IKW_INT || o.kind != IKW_INT)
        return false;
    return t->op == IKW_TEST_LT   ? v.u.i < o.u.i
           : t->op == IKW_TEST_LE ? v.u.i <= o.u.i
           : t->op == IKW_TEST_GT ? v.u.i > o.u.i
                                  : v.u.i >= o.u.i;
}

/* Is a after b, within w? */
static bool r_after(const struct ikw_fact *fa, const struct ikw_evidence *a,
                    const struct ikw_fact *fb, const struct ikw_evidence *b,
                    int64_t w)
{
    bool lines = a->line > 0 && b->line > 0 && a->line > b->line;
    if (a->t_ms == IKW_NO_TIME || b->t_ms == IKW_NO_TIME)
        return fa->source == fb->source && lines;
    if (a->t_ms != b->t_ms)
        return a->t_ms > b->t_ms && (w < 0 || a->t_ms <= b->t_ms + w);
    return fa->source != fb->source || lines;
}

static bool r_window(const struct combo *c, const struct ikw_pattern *p,
                     const struct rfact *f)
{
    bool ok = false;
    if (p->after < 0 && p->before < 0)
        return true;
    for (int end = 0; end < 2; end++) {
        const struct ikw_evidence *at = end ? &f->seen->last : &f->seen->first;
        bool fits = true;
        if (p->after >= 0) {
            const struct ikw_fact *u = c->m->facts[c->facts[p->after]].seen;
            fits = r_after(f->seen, at, u, &u->first, p->within_ms);
        }
        if (fits && p->before >= 0) {
            const struct ikw_fact *u = c->m->facts[c->facts[p->before]].seen;
            fits = r_after(u, &u->first, f->seen, at, p->within_ms);
        }
        ok = ok || fits;
    }
    return ok;
}

static bool r_source(const struct combo *c, const struct ikw_pattern *p,
                     enum ikw_source s)
{
    return p->from == IKW_FROM_ANY ||
           (p->from == IKW_FROM_SAME ? s == c->source : s != c->source);
}

/* Matches under c->vars, binding what is new into `vars`. */
static bool r_match(const struct combo *c, const struct ikw_pattern *p,
                    const struct rfact *f, struct ikw_value *vars)
{
    if (f->type != p->type)
        return false;
    for (size_t i = 0; i < p->ntests; i++) {
        const struct ikw_test *t = &p->tests[i];
        if (t->op == IKW_TEST_VAR_EQ && vars[t->var].kind == IKW_NIL)
            vars[t->var] = r_slot(f, t->slot);
    }
    for (size_t i = 0; i < p->ntests; i++)
        if (!r_test(&p->tests[i], r_slot(f, p->tests[i].slot), vars))
            return false;
    return r_window(c, p, f);
}

static bool r_is_neg(const struct ikw_pattern *p)
{
    return p->absent || p->least_count > 0 || p->most_count >= 0;
}

static bool r_shown(const struct combo *c, const struct ikw_pattern *p,
                    int source)
{
    const struct ikw_visibility *see = &c->m->fs->see[source];
    if (!see->present)
        return p->visible == IKW_LEVEL_NONE && p->from != IKW_FROM_OTHER;
    if (see->level < p->visible)
        return false;
    if (p->within_ms < 0)
        return true;
    const struct ikw_fact *a =
        p->after >= 0 ? c->m->facts[c->facts[p->after]].seen : NULL;
    const struct ikw_fact *b =
        p->before >= 0 ? c->m->facts[c->facts[p->before]].seen : NULL;
    if (a) {
        if (a->first.t_ms == IKW_NO_TIME)
            return true;
        int64_t end = a->first.t_ms + p->within_ms;
        if (b && b->first.t_ms != IKW_NO_TIME && b->first.t_ms < end)
            end = b->first.t_ms;
        return see->to_ms >= end;
    }
    return b->first.t_ms == IKW_NO_TIME ||
           b->first.t_ms - p->within_ms >= see->from_ms;
}

/* 1 holds, 0 refuted, -1 unknown. */
static int r_neg(const struct combo *c, const struct ikw_pattern *p)
{
    const struct ikw_visibility *see = c->m->fs->see;
    int64_t sum = 0;
    for (size_t i = 0; i < c->m->n; i++) {
        struct ikw_value vars[MAX_V];
        const struct rfact *f = &c->m->facts[i];
        memcpy(vars, c->vars, sizeof vars);
        if (r_source(c, p, f->source) && r_match(c, p, f, vars))
            sum += f->seen ? f->seen->count : 1;
    }
    if (!p->absent)
        return sum >= p->least_count &&
               (p->most_count < 0 || sum <= p->most_count);
    if (sum > 0)
        return 0;
    for (int s = 0; s < 2; s++) {
        bool skip =
            p->from == IKW_FROM_ANY && !see[s].present && see[1 - s].present;
        enum ikw_source src = s ? IKW_SOURCE_PEER : IKW_SOURCE_LOCAL;
        if (!skip && r_source(c, p, src) && !r_shown(c, p, s))
            return -1;
    }
    return 1;
}

/* All combinations, in the order of the rule, from pattern `at` on. Depth is
 * that of the rule. */
static void r_each(struct combo *c, size_t at, bool first, combo_fn *fn)
{
    if (at == c->rule->npatterns) {
        c->unknown = 0;
        for (size_t i = 0; i < at; i++) {
            int t = r_is_neg(&c->rule->patterns[i])
                        ? r_neg(c, &c->rule->patterns[i])
                        : 1;
            if (t == 0)
                return;
            c->unknown |= t < 0 ? (uint32_t)1 << i : 0;
        }
        fn(c);
        return;
    }
    const struct ikw_pattern *p = &c->rule->patterns[at];
    c->facts[at] = -1;
    if (r_is_neg(p)) {
        r_each(c, at + 1, first, fn);
        return;
    }
    size_t n = c->m->n;
    for (size_t i = 0; i < n; i++) {
        struct combo next = *c;
        if (first)
            next.source = c->m->facts[i].source;
        else if (!r_source(c, p, c->m->facts[i].source))
            continue;
        if (!r_match(&next, p, &c->m->facts[i], next.vars))
            continue;
        next.facts[at] = (int)i;
        r_each(&next, at + 1, false, fn);
    }
}

static void r_rule(struct model *m, const struct ikw_rule *r, combo_fn *fn)
{
    struct combo c = { .m = m, .rule = r };
    r_each(&c, 0, true, fn);
}

static void r_conclusion(const struct combo *c, const struct ikw_then *t,
                         struct rfact *f)
{
    *f = (struct rfact){ .type = t->type, .source = c->source };
    for (size_t i = 0; i < t->nslots; i++)
        f->slots[t->slots[i].slot] =
            t->slots[i].var >= 0 ? c->vars[t->slots[i].var] : t->slots[i].value;
}

static struct rfact *r_find(struct model *m, const struct rfact *f)
{
    for (size_t i = 0; i < m->n; i++) {
        struct rfact *g = &m->facts[i];
        size_t s = 0;
        while (s < f->type->nslots && ikw_value_eq(f->slots[s], g->slots[s]))
            s++;
        if (g->type == f->type && g->source == f->source &&
            s == f->type->nslots)
            return g;
    }
    return NULL;
}

static void fire_facts(struct combo *c)
{
    for (size_t i = 0; i < c->rule->nthens && !c->unknown; i++) {
        const struct ikw_then *t = &c->rule->thens[i];
        struct rfact f;
        if (t->kind != IKW_THEN_DERIVE)
            continue;
        r_conclusion(c, t, &f);
        f.height = UINT32_MAX;
        if (r_find(c->m, &f))
            continue;
        if (c->m->n == MAX_FACTS)
            c->m->overflow = true;
        else
            c->m->facts[c->m->n++] = f;
    }
}

static uint32_t r_height(const struct combo *c)
{
    uint32_t h = 0;
    for (size_t i = 0; i < c->rule->npatterns; i++)
        if (c->facts[i] >= 0 && c->m->facts[c->facts[i]].height > h)
            h = c->m->facts[c->facts[i]].height;
    return h == UINT32_MAX ? h : h + 1;
}

static void fire_heights(struct combo *c)
{
    uint32_t h = r_height(c);
    for (size_t i = 0; i < c->rule->nthens && !c->unknown; i++) {
        struct rfact f, *g;
        if (c->rule->thens[i].kind != IKW_THEN_DERIVE)
            continue;
        r_conclusion(c, &c->rule->thens[i], &f);
        g = r_find(c->m, &f);
        if (!g->seen && h < g->height) {
            g->height = h;
            c->m->overflow = true; /* here: something changed */
        }
    }
}

/* ---- canonical derivations of the reference ---------------------------- */

static int r_order(const struct rfact *a, const struct rfact *b)
{
    int c = !a->seen - !b->seen;
    if (c == 0 && a->seen) {
        c = (int)a->seen->first.file - (int)b->seen->first.file;
        if (c == 0)
            c = (int)a->seen->first.line - (int)b->seen->first.line;
    }
    if (c == 0)
        c = strcmp(a->type->name, b->type->name);
    for (size_t i = 0; c == 0 && i < a->type->nslots; i++)
        c = ikw_value_cmp(a->slots[i], b->slots[i]);
    return c ? c : (int)a->source - (int)b->source;
}

static int r_order_why(const struct combo *c, unsigned then, uint32_t h,
                       const struct rfact *f)
{
    int o = (h > f->why_height) - (h < f->why_height);
    if (o == 0)
        o = strcmp(c->rule->id, f->why_rule->id);
    for (size_t i = 0; o == 0 && i < c->rule->npatterns; i++)
        if (c->facts[i] >= 0)
            o = r_order(&c->m->facts[c->facts[i]],
                        &c->m->facts[f->why_facts[i]]);
    return o ? o : (int)then - (int)f->why_then;
}

static void r_keep(const struct combo *c, unsigned then, struct rfact *f)
{
    uint32_t h = r_height(c);
    if (f->why_rule && r_order_why(c, then, h, f) >= 0)
        return;
    f->why_rule = c->rule;
    f->why_then = then;
    f->why_height = h;
    memcpy(f->why_facts, c->facts, sizeof f->why_facts);
}

static void r_print(struct ikw_buf *b, const struct rfact *f)
{
    struct ikw_value slots[IKW_MAX_SLOTS];
    memcpy(slots, f->slots, sizeof slots);
    struct ikw_fact g = { .type = f->type,
                          .slots = slots,
                          .source = f->source };
    kit_fact(b, &g);
}

static void r_print_why(const struct model *m, struct ikw_buf *b,
                        const struct rfact *f)
{
    ikw_buf_addf(b, "<%s.%u/%u", f->why_rule->id, f->why_then, f->why_height);
    for (size_t i = 0; i < f->why_rule->npatterns; i++) {
        ikw_buf_addc(b, ' ');
        if (f->why_facts[i] >= 0)
            r_print(b, &m->facts[f->why_facts[i]]);
        else
            ikw_buf_addc(b, '~');
    }
    ikw_buf_addc(b, '>');
}

/* Weights carry a pseudo fact each, so that they have a derivation too. */
struct rweights {
    struct rweight of;
    struct rfact why;
};

static struct rweights weights[512];
static size_t nweights;

static void fire_weight(struct combo *c, unsigned then)
{
    const struct ikw_then *t = &c->rule->thens[then];
    int64_t subject = c->vars[t->subject_var].u.i;
    size_t i = 0;
    while (i < nweights && !(weights[i].of.rule == c->rule &&
                             weights[i].of.subject == subject &&
                             weights[i].of.then->kind == t->kind &&
                             weights[i].of.then->cause == t->cause))
        i++;
    if (i == sizeof weights / sizeof weights[0])
        return;
    if (i == nweights)
        weights[nweights++] =
            (struct rweights){ { t, c->rule, subject }, { 0 } };
    r_keep(c, then, &weights[i].why);
}

static void add_out(struct model *m, struct ikw_buf *b)
{
    for (size_t i = 0; i < m->nout; i++)
        if (!strcmp(ikw_buf_str(m->out[i]), ikw_buf_str(b))) {
            ikw_buf_release(b);
            free(b);
            return;
        }
    m->out[m->nout++] = b;
}

/* Only which rule, pattern and subject: the reason is a matter of words. */
static void fire_blind(struct combo *c, unsigned pattern)
{
    int64_t subject = 0;
    int var = -1;
    for (size_t i = 0; var < 0 && i < c->rule->nthens; i++)
        if (c->rule->thens[i].kind != IKW_THEN_DERIVE)
            var = c->rule->thens[i].subject_var;
    for (size_t i = 0; var < 0 && i < c->rule->nthens; i++) {
        const struct ikw_then *t = &c->rule->thens[i];
        for (size_t s = 0; var < 0 && t->type && s < t->nslots; s++)
            if (t->type->slots[t->slots[s].slot].kind == IKW_SLOT_ID)
                var = t->slots[s].var;
    }
    if (var >= 0)
        subject = c->vars[var].u.i;
    struct ikw_buf *b = ikw_xcalloc(1, sizeof *b);
    ikw_buf_addf(b, "blind:%s.%u@%lld", c->rule->id, pattern,
                 (long long)subject);
    if (c->m->nout < 4000)
        add_out(c->m, b);
}

static void fire_all(struct combo *c)
{
    for (unsigned i = 0; i < c->rule->npatterns; i++)
        if (c->unknown >> i & 1)
            fire_blind(c, i);
    for (unsigned i = 0; i < c->rule->nthens && !c->unknown; i++) {
        struct rfact f, *g;
        if (c->rule->thens[i].kind != IKW_THEN_DERIVE) {
            fire_weight(c, i);
            continue;
        }
        r_conclusion(c, &c->rule->thens[i], &f);
        g = r_find(c->m, &f);
        if (g->seen)
            continue;
        c->m->derivations++;
        r_keep(c, i, g);
    }
}

static void model_run(struct model *m)
{
    const struct ikw_kb *kb = m->kb;
    for (size_t i = 0; i < m->fs->nfacts; i++) {
        struct rfact f = { .type = m->fs->facts[i]->type,
                           .source = m->fs->facts[i]->source,
                           .seen = m->fs->facts[i] };
        memcpy(f.slots, f.seen->slots, f.type->nslots * sizeof f.slots[0]);
        m->facts[m->n++] = f;
    }
    for (unsigned s = 0; s < kb->nstrata; s++)
        for (size_t before = SIZE_MAX; before != m->n && !m->overflow;) {
            before = m->n;
            for (size_t r = 0; r < kb->nrules; r++)
                if (kb->rules[r]->stratum == s)
                    r_rule(m, kb->rules[r], fire_facts);
        }
    if (m->overflow)
        return;
    do {
        m->overflow = false;
        for (size_t r = 0; r < kb->nrules; r++)
            r_rule(m, kb->rules[r], fire_heights);
    } while (m->overflow);
    nweights = 0;
    for (size_t r = 0; r < kb->nrules; r++)
        r_rule(m, kb->rules[r], fire_all);
}

#endif
