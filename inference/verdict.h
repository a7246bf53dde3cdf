/*
 * From a contest to a verdict: the bill, the rivals, the evidence, the
 * absences and the proof, all copied into an arena, so that a verdict
 * outlives its engine and fact set. Shared by inference/verdict*.c and
 * report*.c; users of the library see inference/report.h only.
 */
#ifndef IKW_INFERENCE_VERDICT_H
#define IKW_INFERENCE_VERDICT_H

#include "inference/report.h"
#include "inference/weigh.h"

/* ---- walking a proof (verdict_walk.c) ---------------------------------- */

/* Either may be NULL. `leaf` gets every observed fact of the proof once;
 * `absent` every pattern that stands for an absence. What stands below a
 * derived fact of type `stop` is left out. */
struct ikw_walker {
    const struct ikw_type *stop; /* NULL: none */
    void (*leaf)(void *arg, const struct ikw_fact *f);
    void (*absent)(void *arg, const struct ikw_derivation *d, size_t pattern);
    void *arg;
};
/* Down to the observed facts, breadth first. */
void ikw_proof_walk(const struct ikw_engine *e, const struct ikw_derivation *d,
                    const struct ikw_walker *w);

enum { IKW_COUNTED_MAX = 8 };
/* The first facts that a count pattern counted. */
size_t ikw_proof_counted(const struct ikw_engine *e,
                         const struct ikw_derivation *d, size_t pattern,
                         const struct ikw_fact *out[IKW_COUNTED_MAX]);

/* What a pattern looks for: `negotiation phase=2`. `d` may be NULL. */
void ikw_pattern_words(const struct ikw_rule *rule, size_t pattern,
                       const struct ikw_derivation *d, struct ikw_buf *out);
/* The same as a person would say it, by the words of the type. */
void ikw_pattern_says(const struct ikw_rule *rule, size_t pattern,
                      const struct ikw_derivation *d, struct ikw_buf *out);
/* Where it looked: `60 s after line 4`; nothing if it looked everywhere. */
void ikw_pattern_window(const struct ikw_rule *rule, size_t pattern,
                        const struct ikw_derivation *d, struct ikw_buf *out);

/* ---- copying a proof (verdict_proof.c) --------------------------------- */

/* A set of pointers, each with a value. All-zero is empty. */
struct ikw_ptrmap {
    struct ikw_ptrmap_entry {
        const void *key;
        void *value;
    } * entries;
    size_t n, cap;
};
/* The place of `key`'s value, made NULL if it is new. Valid until the next
 * call. */
void **ikw_ptrmap_at(struct ikw_ptrmap *m, const void *key);
void ikw_ptrmap_release(struct ikw_ptrmap *m);

struct ikw_proof_copier {
    struct ikw_arena *arena; /* of the copies */
    const struct ikw_engine *engine;
    bool all;                  /* every derivation, not only the canonical */
    struct ikw_limits *limits; /* may be NULL */
    struct ikw_ptrmap done;
};
/* Equal parts are shared. Never NULL. */
struct ikw_proof *ikw_proof_copy(struct ikw_proof_copier *pc,
                                 const struct ikw_derivation *d);
struct ikw_evidence ikw_evidence_copy(struct ikw_arena *a,
                                      const struct ikw_evidence *ev);

/* ---- the verdict (verdict.c) ------------------------------------------- */

/* An observed fact that bears on a verdict. Borrowed from the fact set. */
struct ikw_sight {
    const struct ikw_fact *fact;
    const char *group;
    int db;
};

enum { IKW_SIGHTS_MAX = 48, IKW_RIVALS_MAX = 20 };

/* The facts under the weights that count for the verdict, in order of the
 * log. Those that only make it a problem (below a fact of type `problem`)
 * come with group NULL and 0 dB. Lives in `a`. */
size_t ikw_verdict_sights(const struct ikw_engine *e,
                          const struct ikw_contest *contest,
                          const struct ikw_type *problem, struct ikw_arena *a,
                          struct ikw_sight **out);

struct ikw_verdict_job {
    const struct ikw_kb *kb;
    const struct ikw_engine *engine;
    const struct ikw_contest *contest;
    int64_t subject;
    bool all;
    struct ikw_limits *limits; /* may be NULL */
};
/* Fills cause, scores, bill, rivals, absences, proof and summary of `v` in
 * `a`; the rest of `v` is the caller's. The contest must have a winner. */
void ikw_verdict_fill(const struct ikw_verdict_job *job, struct ikw_arena *a,
                      struct ikw_verdict *v);

#endif
