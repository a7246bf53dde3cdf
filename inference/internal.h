/*
 * What the files of the engine share. Tests do not include this.
 *
 * Order of work: units (strongly connected parts of the graph of rules) run
 * after all they need, so whatever a rule can match is complete before it
 * runs, unless it is derived in its own circle.
 */
#ifndef IKW_INFERENCE_INTERNAL_H
#define IKW_INFERENCE_INTERNAL_H

#include "inference/engine.h"

#include <string.h>

enum {
    MAX_PATTERNS = 64, /* of one rule: one bit each in a mask */
    MAX_VARS = 64,     /* likewise */
    SCAN_AT_MOST = 8,  /* shorter vectors are scanned, not indexed */
    PSEUDO_BIT = 16    /* of IKW_PSEUDO_T in a mask of slots */
};

/* ---- program (program.c, plan.c) --------------------------------------- */

/* A test that the index did not settle. */
struct check {
    const struct ikw_test *test;
    uint8_t pattern; /* whose fact is tested */
    bool bind;       /* first place of the variable: store, not compare */
};

/* How to find the facts of one pattern when some variables are known. */
struct probe {
    const struct ikw_pattern *pattern;
    uint8_t at;    /* its index in the rule */
    bool windowed; /* has an anchor that is matched earlier */
    bool decided;  /* all its anchors are: the window can be tested */
    uint32_t mask; /* slots settled by the index, one bit each */
    const struct ikw_test **keys; /* by bit */
    size_t nkeys;
    struct check *checks;
    size_t nchecks;
};

struct step {
    struct probe probe;
    enum ikw_from from; /* as it counts: the first pattern is "same" */
    bool sets_source;   /* the rule's source is not known before */
    bool lone;          /* nothing else depends on which fact it is */
    struct check *late; /* tests of earlier patterns, now decidable */
    size_t nlate;
    uint8_t *windows; /* earlier patterns whose anchor is this one */
    size_t nwindows;
    uint8_t *negs; /* indexes into plan.negs, now decidable */
    size_t nnegs;
};

struct order {
    struct step *steps;
    size_t nsteps;
};

/* One rule. orders[i] starts with the i-th positive pattern. */
struct plan {
    const struct ikw_rule *rule;
    unsigned id_rank; /* of the rule's id among all */
    uint8_t *positive;
    size_t npositive;
    uint64_t vars; /* bound by them, one bit each */
    struct order *orders;
    struct probe *negs;
    size_t nnegs;
    bool too_big; /* refused: more patterns or variables than a mask holds */
};

struct unit {
    bool recursive;
    const struct plan **plans;
    size_t nplans;
    const struct ikw_type **types; /* complete once this unit is done */
    size_t ntypes;
};

struct ikw_program {
    struct ikw_arena arena;
    const struct ikw_kb *kb;
    struct plan *plans; /* by index in kb->rules */
    struct unit *units; /* in order of evaluation */
    size_t nunits;
    /* Of each unit the types without which it finds nothing, one bit each;
     * so many words of them. One after the other: most units are passed. */
    uint64_t *needs;
    size_t nwords;
    unsigned *type_rank;   /* by type index: rank of its name */
    bool *derivable;       /* by type index: some rule derives it */
    enum ikw_level *shown; /* by type index: least level of a message that
                              yields it; NONE if none does */
};

void ikw_plan_compile(struct ikw_program *prog, struct plan *plan);
bool ikw_pattern_is_count(const struct ikw_pattern *p);

/* ---- values and tests (match.c) ---------------------------------------- */

struct ikw_value ikw_match_pseudo(const struct ikw_fact *f, unsigned slot);

/* `slot` is one of the fact's type, or a pseudo slot. */
static inline struct ikw_value ikw_match_slot(const struct ikw_fact *f,
                                              unsigned slot)
{
    return slot < IKW_MAX_SLOTS ? f->slots[slot] : ikw_match_pseudo(f, slot);
}

/* The test on a value, the variable known. */
bool ikw_match_test(const struct ikw_test *t, struct ikw_value v,
                    const struct ikw_value *vars);
/* Does `f` lie in the pattern's window? Anchors not in `facts` (NULL) fail
 * it. */
bool ikw_match_window(const struct ikw_pattern *p, const struct ikw_fact *f,
                      const struct ikw_fact *const *facts);
int64_t ikw_match_time(const struct ikw_evidence *ev);

static inline bool same_value(const struct ikw_value *a,
                              const struct ikw_value *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind != IKW_STR)
        return a->kind == IKW_NIL || a->u.i == b->u.i;
    return a->hash == b->hash && a->len == b->len &&
           (a->u.str == b->u.str || memcmp(a->u.str, b->u.str, a->len) == 0);
}

/* ---- relations (relation.c) -------------------------------------------- */

/* Facts with the same values in some slots. Two keys may share a group if
 * their hashes agree: a probe tests every candidate. */
struct group {
    uint32_t first, n; /* closed: a range of `entries`; open: newest + 1 */
};

/* Groups by hash. Lives on the heap: an arena would clear it for nothing. */
struct index {
    struct index *next;
    uint32_t mask;
    struct index_slot {
        uint32_t hash, group; /* group + 1; 0: free */
    } * table;
    size_t table_cap;
    struct group *groups;
    size_t ngroups, groups_cap;
    uint32_t largest;                /* closed: facts in the largest group */
    const struct ikw_fact **entries; /* closed: in order of time */
    uint32_t *older; /* open: next in the chain + 1, by position in `v` */
    size_t older_cap;
};

/* The facts of one type and one source. Open while rules may still add to
 * it; closed it is sorted by time. */
struct relation {
    const struct ikw_fact **v;
    size_t n, cap;
    struct index *indexes;
    bool open;
    bool unstamped;  /* some fact has no time */
    int64_t span_ms; /* longest first..last */
    uint32_t max_height;
};

/* A run of candidates. */
struct cursor {
    const struct ikw_fact *const *v;
    size_t i, n;
    const struct relation *chain_of; /* not NULL: follow the chain of `ix` */
    const struct index *ix;
};

struct ikw_engine;
void ikw_relation_add(struct ikw_engine *e, struct relation *r,
                      const struct ikw_fact *f);
void ikw_relation_release(struct relation *r);
/* Sorts by time; indexes are made anew on demand. */
void ikw_relation_close(struct ikw_engine *e, struct relation *r);
/* Candidates of a probe in `r`. */
void ikw_relation_seek(struct relation *r, const struct probe *p,
                       const struct ikw_value *vars,
                       const struct ikw_fact *const *facts, struct cursor *c);

static inline const struct ikw_fact *cursor_next(struct cursor *c)
{
    if (!c->chain_of)
        return c->i < c->n ? c->v[c->i++] : NULL;
    if (!c->i)
        return NULL;
    const struct ikw_fact *f = c->chain_of->v[c->i - 1];
    c->i = c->ix->older[c->i - 1];
    return f;
}

/* ---- engine (engine.c, derive.c, order.c) ------------------------------ */

struct derived {
    struct ikw_fact fact; /* first: a fact pointer is a derived pointer */
    uint32_t height;
    struct ikw_derivation *why;
    struct ikw_derivation *all; /* all_derivations: unsorted */
};

struct weighed {
    struct ikw_weight weight; /* first */
    struct ikw_derivation *why, *all;
};

/* Open-addressed set of pointers. */
struct table {
    struct table_entry {
        void *p;
        uint32_t hash;
    } * v;
    size_t n, cap;
};
/* The place of the first entry with this hash at or after *at; steps on. */
void *ikw_table_next(const struct table *t, uint32_t hash, size_t *at);
void ikw_table_put(struct table *t, uint32_t hash, void *p);

struct ikw_engine {
    struct ikw_arena arena;
    const struct ikw_kb *kb;
    struct ikw_fact_set *fs;
    const struct ikw_program *prog;
    struct ikw_program *own; /* made here */
    struct ikw_engine_opts opts;
    struct relation *relations; /* 2 a type: [2 * index + source] */
    uint64_t *present;          /* types with a fact, as program.needs */
    size_t nobserved;
    struct derived **derived;
    size_t nderived, derived_cap;
    struct weighed **weights;
    size_t nweights, weights_cap;
    struct ikw_blind **blind;
    size_t nblind, blind_cap;
    struct table known, weighed, blinded;
    struct facts_of {
        const struct ikw_fact **v; /* heap */
        size_t n;
    } * by_type; /* of ikw_engine_facts_of, on demand */
    /* work done */
    uint64_t firings;
    uint64_t steps;
    const struct ikw_rule *stopped; /* the rule that hit a limit */
    enum ikw_limit limit;           /* which; COUNT: what a plan can hold */
    /* of the circle being run: facts whose height is new, by height */
    const struct ikw_fact **fresh;
    size_t nfresh, fresh_cap;
    bool circle;
};

/* A limit was hit; the first one counts. */
void ikw_engine_stop(struct ikw_engine *e, const struct ikw_rule *rule,
                     enum ikw_limit limit);

static inline struct relation *relation_of(const struct ikw_engine *e,
                                           const struct ikw_type *type,
                                           enum ikw_source source)
{
    return &e->relations[2 * type->index + (source == IKW_SOURCE_PEER)];
}

static inline void ikw_type_bit(uint64_t *bits, const struct ikw_type *type)
{
    bits[type->index / 64] |= (uint64_t)1 << type->index % 64;
}

static inline bool is_derived(const struct ikw_engine *e,
                              const struct ikw_fact *f)
{
    return f->id > e->nobserved;
}

/* A fact pointer whose fact is known to be derived, seen whole. */
static inline const struct derived *as_derived(const struct ikw_fact *f)
{
    return (const struct derived *)(const void *)f;
}

static inline uint32_t height_of(const struct ikw_engine *e,
                                 const struct ikw_fact *f)
{
    return is_derived(e, f) ? as_derived(f)->height : 0;
}

/* What one firing found. */
struct firing {
    const struct plan *plan;
    const struct ikw_fact **facts; /* by pattern */
    const struct ikw_value *vars;
    enum ikw_source source;
    uint64_t unknown; /* absent patterns this log could not show */
};
void ikw_fire(struct ikw_engine *e, const struct firing *f);
/* An observed fact of a type that rules derive too. */
void ikw_known_add(struct ikw_engine *e, struct ikw_fact *f);

/* Runs a circle of rules to its fixed point (circle.c). */
void ikw_circle_run(struct ikw_engine *e, const struct unit *u);

/* All ways to satisfy a rule. `delta` < 0: over everything; else the
 * circle's step: positive pattern `delta` runs over `v`, and heights are
 * bounded by `level` (below it for the patterns before). */
struct sweep {
    const struct plan *plan;
    int delta;
    const struct ikw_fact *const *v;
    size_t n;
    uint32_t level;
};
void ikw_join_run(struct ikw_engine *e, const struct sweep *s);

enum tri { REFUTED, HOLDS, UNKNOWN };
/* An absent or count pattern under the bindings. `found` (may be NULL): the
 * fact that refutes an absent one. */
enum tri ikw_neg_eval(struct ikw_engine *e, const struct probe *p,
                      struct ikw_value *vars,
                      const struct ikw_fact *const *facts,
                      enum ikw_source source, const struct ikw_fact **found);
/* Could this log have shown the pattern? */
struct sight {
    bool level, window, log; /* true: enough */
};
struct sight ikw_neg_sight(const struct ikw_engine *e,
                           const struct ikw_pattern *p,
                           const struct ikw_fact *const *facts,
                           enum ikw_source source);

/* The variable that holds the subject of what the rule says, or -1. */
int ikw_rule_subject_var(const struct ikw_rule *rule);

/* Canonical orders. */
int ikw_order_facts(const struct ikw_engine *e, const struct ikw_fact *a,
                    const struct ikw_fact *b);
int ikw_order_derivations(const struct ikw_engine *e,
                          const struct ikw_derivation *a,
                          const struct ikw_derivation *b);
void ikw_order_results(struct ikw_engine *e);
/* Sets first and last of a derived fact from its derivation, whose supports
 * have theirs. */
void ikw_derived_span(struct derived *d);

#endif
