/*
 * Forward chaining: stratified, semi-naive, provenance always on.
 * One engine serves one fact set. No globals, no I/O, no clock: the same
 * facts and rules give the same result in whatever order they come.
 *
 * A derived fact has no evidence of its own; it stands on a derivation: a
 * rule and the facts that matched its patterns. The canonical derivation is
 * the one of least height, then least rule id, then least supports.
 *
 * The time of a derived fact: `first` and `last` span the evidence of its
 * canonical supports of the same source; `count` is 1.
 */
#ifndef IKW_INFERENCE_ENGINE_H
#define IKW_INFERENCE_ENGINE_H

#include "facts/fact.h"

struct ikw_engine;

/* The rules of a KB, made ready to run: the order of evaluation and a plan
 * of joins for each rule. Read-only, so that any number of engines may use
 * one at once. Never NULL. Caller owns it. Borrows `kb`. */
struct ikw_program;
struct ikw_program *ikw_program_new(const struct ikw_kb *kb);
void ikw_program_free(struct ikw_program *prog);

/* Work limits. Zero: as the limits of the fact set say. */
struct ikw_engine_opts {
    uint64_t max_firings;
    uint64_t max_facts;   /* derived */
    uint64_t max_steps;   /* facts looked at in joins */
    bool all_derivations; /* keep every one, not only the canonical */
    const struct ikw_program *program; /* of the same KB; NULL: the engine
                                          makes one of its own */
};

/* How a derived fact, or a weight, came about. */
struct ikw_derivation {
    const struct ikw_rule *rule;
    unsigned then;                     /* index into rule->thens */
    const struct ikw_fact **facts;     /* one a pattern; NULL for absent ones
                                          and for counts */
    uint32_t height;                   /* 1 + greatest of the supports */
    struct ikw_value *vars;            /* rule->nvars bindings */
    const struct ikw_derivation *next; /* further derivations of the same */
};

/* One firing of a weigh, suffice or exclude. */
struct ikw_weight {
    const struct ikw_cause *cause;
    int64_t subject;
    enum ikw_then_kind kind;
    int db;
    const char *group;
    const struct ikw_derivation *why;
};

/* A rule all of whose conditions hold but an `absent` that this log could
 * not have shown. */
struct ikw_blind {
    const struct ikw_rule *rule;
    unsigned pattern;      /* the absent one */
    enum ikw_level needed; /* level that would show it */
    bool window;           /* level is enough, the log ends too early */
    bool no_log;           /* there is no log of that source at all */
    int64_t subject;       /* of its first weight; 0 if none */
};

/* Never NULL. Caller owns it. Borrows `fs`, which must outlive it and must
 * not change. */
struct ikw_engine *ikw_engine_new(const struct ikw_kb *kb,
                                  struct ikw_fact_set *fs,
                                  const struct ikw_engine_opts *opts);
void ikw_engine_free(struct ikw_engine *e);

/* Runs to the fixed point. False, with a diagnostic the first time in a run,
 * if a limit was hit; what was derived so far stands. */
bool ikw_engine_run(struct ikw_engine *e, struct ikw_diags *ds);

/* Derived facts, in canonical order. Borrowed until free. */
size_t ikw_engine_nderived(const struct ikw_engine *e);
const struct ikw_fact *ikw_engine_derived(const struct ikw_engine *e, size_t i);
/* NULL for an observed fact. */
const struct ikw_derivation *ikw_engine_why(const struct ikw_engine *e,
                                            const struct ikw_fact *f);
size_t ikw_engine_nweights(const struct ikw_engine *e);
const struct ikw_weight *ikw_engine_weight(const struct ikw_engine *e,
                                           size_t i);
size_t ikw_engine_nblind(const struct ikw_engine *e);
const struct ikw_blind *ikw_engine_blind(const struct ikw_engine *e, size_t i);
/* All facts of a type, observed and derived, in canonical order. */
size_t ikw_engine_facts_of(const struct ikw_engine *e,
                           const struct ikw_type *type,
                           const struct ikw_fact *const **out);

/* Why a rule did not fire: the longest run of its patterns that can be
 * satisfied together and the first that cannot. */
struct ikw_whynot {
    const struct ikw_rule *rule;
    bool fires;
    unsigned failed;                   /* index of the failing pattern */
    const struct ikw_fact **partial;   /* facts of the patterns before it */
    const struct ikw_fact *refuted_by; /* absent: the fact that is there;
                                          else the nearest miss, or NULL */
    unsigned refuted_test;             /* its failing test, or UINT_MAX: its
                                          time or source is what fails */
    bool unobservable; /* absent or present: not at this level */
};
/* Lives in the engine's arena. `subject` >= 0 fixes the variable of the
 * rule's weights. */
struct ikw_whynot *ikw_engine_whynot(struct ikw_engine *e,
                                     const struct ikw_rule *rule,
                                     int64_t subject);

/* What the facts show of a rule's conditions, over any number of engines. */
struct ikw_cover {
    bool fired;
    uint64_t failed; /* a bit a pattern: seen to fail while those before it
                        held; an absence only if it was refuted */
};
/* Adds what this engine's facts show. */
void ikw_engine_cover(struct ikw_engine *e, const struct ikw_rule *rule,
                      struct ikw_cover *cover);

/* Re-checks a derivation against the rule and the facts with code of its
 * own (inference/proof.c shares nothing with the join). */
bool ikw_proof_check(const struct ikw_engine *e, const struct ikw_derivation *d,
                     struct ikw_buf *why_not);

/* The rule's sentence with slots filled in. */
void ikw_because(const struct ikw_derivation *d, struct ikw_buf *out);

#endif
