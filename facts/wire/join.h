/*
 * A capture joined with fact sets: what it shows of their negotiations, as
 * facts. Negotiations are the same if their cookies are; those of phase 2 if
 * their message ids are, or, where the log has none, their times. A capture
 * that shares no cookie with the logs gives no fact.
 */
#ifndef IKW_FACTS_WIRE_JOIN_H
#define IKW_FACTS_WIRE_JOIN_H

#include "facts/fact.h"
#include "facts/wire/wire.h"

struct ikw_wire_join;

struct ikw_wire_summary {
    size_t negotiations; /* of phase 1, in the capture */
    size_t joined;       /* of them, those in the logs */
    int64_t offset_ms;   /* capture's clock minus the log's */
    int64_t spread_ms;
    bool offset_known;
    bool turned; /* it was taken at the other side than is said */
};

/* Never NULL. Borrows `w`. `file` is the number of the capture among the
 * inputs, `side` the gateway it is said to be taken at. */
struct ikw_wire_join *ikw_wire_join_new(const struct ikw_wire *w, unsigned file,
                                        enum ikw_source side);
void ikw_wire_join_free(struct ikw_wire_join *j);
/* Adds what the capture shows of the negotiations of this set. */
void ikw_wire_join_add(struct ikw_wire_join *j, struct ikw_fact_set *fs);
/* Of all sets so far. */
struct ikw_wire_summary ikw_wire_join_sum(const struct ikw_wire_join *j);

#endif
