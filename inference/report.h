/*
 * From weights to verdicts. A hypothesis is a cause of one problem (subject:
 * a negotiation, or a tunnel). Scores are decibels of log-odds:
 * prior + the strongest weight of each observation group, with gates.
 * Rivals of one problem share the probability: p(c) = o(c) / (1 + sum o).
 * A parent speaks for its children until one of them passes one half.
 */
#ifndef IKW_INFERENCE_REPORT_H
#define IKW_INFERENCE_REPORT_H

#include "inference/engine.h"
#include "inference/ladder.h"
#include "inference/timeline.h"

enum ikw_outcome {
    IKW_OUTCOME_HEALTHY,
    IKW_OUTCOME_FAULT,
    IKW_OUTCOME_UNDECIDED,
    IKW_OUTCOME_NO_NEGOTIATION
};
const char *ikw_outcome_name(enum ikw_outcome o); /* as in the JSON */

/* A node of a proof, copied out of the engine so that it outlives it. */
struct ikw_proof {
    const struct ikw_rule *rule; /* NULL: an observed fact */
    const char *sentence;        /* because, or what the type means */
    const char *words;           /* the fact, or the absence, in short */
    const char *fact;            /* the fact as printed, "" for a weight */
    const char *fact_type;
    struct ikw_evidence first, last; /* observed */
    uint32_t count;
    bool absent;        /* stands for an absence */
    const char *window; /* absent: what was watched, in words */
    struct ikw_proof **children;
    size_t nchildren;
};

/* The rows add up to the verdict's db. The prior of a cause that speaks for
 * several of its children is that of the family: it holds what the others
 * add to the best of them. */
struct ikw_bill_row {
    const char *group;           /* NULL: the prior */
    int db;                      /* of a sufficient gate: what it lifted */
    const struct ikw_rule *rule; /* NULL: the prior */
    enum ikw_then_kind kind;
    const struct ikw_proof *proof;
};

struct ikw_rival {
    const struct ikw_cause *cause;
    int certainty; /* percent */
    int db;
    bool excluded;
    const struct ikw_rule *excluded_by; /* NULL: merely less likely */
    uint32_t excluded_line;
    const struct ikw_proof *excluded_proof;
};

struct ikw_evidence_item {
    struct ikw_evidence first, last;
    uint32_t count;
    const char *fact; /* type */
    const char *group;
    int db;
};

struct ikw_absence {
    const char *fact;
    const char *what; /* as the rule asks for it */
    const char *says; /* as a person would say it */
    bool observable;
};

struct ikw_verdict {
    const struct ikw_cause *cause;
    int db, certainty; /* percent, 0-99 */
    const struct ikw_band *band;
    unsigned phase;
    char role;                              /* 'I', 'R', 0 unknown */
    const char *local, *peer, *tunnel_name; /* NULL unknown */
    uint32_t count;                         /* problems (attempts) joined */
    int64_t first_ms, last_ms;
    bool recovered;
    bool suspicion; /* worth telling, but no fault: changes no outcome */
    bool condensed; /* evidence, bill and proof were let go, or some of it */
    const char *summary;
    struct ikw_evidence_item *evidence;
    size_t nevidence;
    struct ikw_absence *absent;
    size_t nabsent;
    struct ikw_rival *rivals;
    size_t nrivals;
    struct ikw_bill_row *bill;
    size_t nbill;
    struct ikw_proof *proof; /* root: the cause */
    unsigned tunnel;         /* index into tunnels, UINT_MAX none */
    /* The problem that speaks: its subject, and the number of its fact set
     * among those added, from 0. */
    int64_t subject;
    size_t set;
    const struct ikw_ladder *ladder; /* of it; NULL unless asked for */
};

struct ikw_negotiation_row {
    unsigned phase;
    char role;
    const char *exchange, *cookies, *outcome;
    int64_t first_ms, last_ms;
    uint32_t first_line;
};

struct ikw_tunnel {
    const char *local, *peer, *name;
    char role;
    enum ikw_outcome outcome;
    const char *state; /* up, down, unknown */
    unsigned *verdicts;
    size_t nverdicts;
    struct ikw_negotiation_row *negotiations; /* the first and last few */
    size_t nnegotiations;
    uint32_t attempts; /* all */
    int64_t first_ms, last_ms;
    const struct ikw_timeline *timeline; /* NULL unless asked for */
};

struct ikw_blind_spot {
    const char *text;
};

struct ikw_report {
    struct ikw_arena arena;
    const struct ikw_kb *kb;
    enum ikw_outcome outcome;
    struct ikw_verdict **verdicts; /* best first */
    size_t nverdicts;
    struct ikw_tunnel **tunnels;
    size_t ntunnels;
    struct ikw_evidence *unexplained; /* first 100, one a message, tunnel */
    size_t nunexplained;
    uint32_t unexplained_total; /* all lines */
    const char **blind_spots;
    size_t nblind_spots;
    const struct ikw_cause **notes; /* benign conditions seen */
    size_t nnotes;
    struct ikw_limits limits; /* with what was cut until the end */
};

struct ikw_report_builder;
struct ikw_report_opts {
    struct ikw_engine_opts engine;
    bool keep_proofs_all;      /* every derivation, for `how --all` */
    bool ladders;              /* draw each verdict's negotiation */
    bool timelines;            /* and each tunnel's life */
    struct ikw_limits *limits; /* borrowed; NULL: the defaults */
    size_t full_most; /* verdicts kept in full, the best; the others leave a
                         summary. Memory is bounded by it. 0: all */
};
struct ikw_report_builder *ikw_report_begin(const struct ikw_kb *kb,
                                            const struct ikw_report_opts *o);
/* Reasons over one fact set and adds what it finds; the set may be released
 * afterwards. False, with a diagnostic the first time, if a limit was hit. */
bool ikw_report_add(struct ikw_report_builder *rb, struct ikw_fact_set *fs,
                    struct ikw_diags *ds);
/* An ERROR or WARNING line that no fact stands for, unrecognised ones too:
 * it goes to `unexplained`, unless its message is benign. */
void ikw_report_error_line(struct ikw_report_builder *rb,
                           const struct ikw_evidence *ev);
/* Merges spells, ranks, decides outcomes. Frees the builder. Caller frees
 * the report. */
struct ikw_report *ikw_report_end(struct ikw_report_builder *rb);
void ikw_report_free(struct ikw_report *r);

#endif
