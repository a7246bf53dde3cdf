/*
 * Weighing: from the weights of one subject to a ranking of its causes.
 * Decibels are integers and odds are scaled integers, so the same weights
 * give the same ranking on every machine and in whatever order they come.
 */
#ifndef IKW_INFERENCE_WEIGH_H
#define IKW_INFERENCE_WEIGH_H

#include "inference/engine.h"

/* A cause in a contest. One with `own` false has no evidence for it: it is a
 * general cause that speaks for several of its children. */
struct ikw_candidate {
    const struct ikw_cause *cause;
    bool own;
    int db;        /* score; of the family, where `through` is set */
    int certainty; /* percent, 0-99; 0 if excluded */
    int own_db;    /* prior + wins + lift */
    int lift_db;   /* what the sufficient gate added */
    const struct ikw_weight **wins; /* strongest of each group */
    size_t nwins;                   /* greatest first, then by group */
    const struct ikw_weight *suffice, *exclude; /* NULL: none */
    /* The child whose score carries the family, where the children together
     * outweigh this cause itself; else NULL. */
    const struct ikw_candidate *through;
};

/* `ranked[0]` is the verdict, unless `n` is 0 or even that one is excluded.
 * Then the rivals by certainty, then the excluded ones. */
struct ikw_contest {
    struct ikw_candidate **ranked;
    size_t n;
};

/* `w`: all weights of one subject, in any order. The contest lives in `a`;
 * it borrows the weights. */
void ikw_weigh(const struct ikw_kb *kb, const struct ikw_weight *const *w,
               size_t n, struct ikw_arena *a, struct ikw_contest *out);

/* The verdict of a contest; NULL if there is none. */
const struct ikw_candidate *ikw_contest_winner(const struct ikw_contest *c);

/* The group a weight speaks for, never NULL: a weight that names none has
 * its rule for a group, a gate its own. */
const char *ikw_weight_group(const struct ikw_weight *w);

/* True if `cause` is `of` or stands below it. */
bool ikw_cause_within(const struct ikw_cause *cause,
                      const struct ikw_cause *of);

/* 10^(db/10) * 10^12, rounded down; 0 below -120. At most 60 dB. */
uint64_t ikw_odds(int db);

#endif
