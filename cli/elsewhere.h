/*
 * The log of another daemon as the peer's: nothing is concluded from it, but
 * its lines of the time in question are shown, by its own clock.
 */
#ifndef IKW_CLI_ELSEWHERE_H
#define IKW_CLI_ELSEWHERE_H

#include "facts/fact.h"

enum { IKW_ELSEWHERE_MOST = 24 };

struct ikw_session;

/* Lines live in the session's arena. All-zero: there is no such log. */
struct ikw_elsewhere {
    struct ikw_evidence v[IKW_ELSEWHERE_MOST];
    size_t n;
    size_t more;     /* lines of that time that are not kept */
    unsigned nfiles; /* logs that were not understood */
    int64_t from_ms, to_ms;
};

/* Is this input such a log: of the peer, and next to nothing of it known? */
bool ikw_elsewhere_is(const struct ikw_session *s, unsigned file);
/* Looks for the time of the report in each such log. */
void ikw_elsewhere_read(struct ikw_session *s);
/* One sentence that says so; appends nothing if there is none. */
void ikw_elsewhere_words(struct ikw_buf *out, const struct ikw_session *s);

#endif
