/*
 * Two logs, one story: joins the fact sets of this side's log with those of
 * the peer's. Negotiations are the same if their cookies are; where a log
 * shows no cookies, if addresses, roles and times fit. Nothing else joins: two
 * logs of one gateway have the same cookies in the same role, and do not.
 * In a joined set a negotiation has one number for both sides, and the
 * peer's facts have its source and this side's clock.
 */
#ifndef IKW_FACTS_JOIN_H
#define IKW_FACTS_JOIN_H

#include "facts/fact.h"

struct ikw_joiner;

struct ikw_join_side {
    char local[64], peer[64]; /* empty: unknown */
    int64_t from_ms, to_ms;   /* of all sets; IKW_NO_TIME */
};

struct ikw_join_summary {
    size_t local_sets, peer_sets; /* with a tunnel */
    size_t joined;                /* of the local ones */
    size_t by_cookies;            /* negotiations paired by their cookies */
    size_t own;                   /* the same on one and the same side */
    struct ikw_join_side side[2]; /* what the first set of each is about */
    int64_t offset_ms;            /* peer's clock minus ours */
    int64_t spread_ms;            /* greatest difference from it */
    bool offset_known;
};

/* Never NULL. Borrows `kb`. */
struct ikw_joiner *ikw_joiner_new(const struct ikw_kb *kb);
/* Takes the contents of the set; the caller's is empty afterwards. */
void ikw_joiner_add(struct ikw_joiner *j, struct ikw_fact_set *fs);
/* Joins all and delivers each set once; it is released after the call. */
void ikw_joiner_end(struct ikw_joiner *j, ikw_fact_set_fn each, void *arg,
                    struct ikw_join_summary *out);
void ikw_joiner_free(struct ikw_joiner *j);

#endif
