/* Diagnosing logs in memory, and comparing what came out. */
#ifndef IKW_CASES_REDACT_SAME_H
#define IKW_CASES_REDACT_SAME_H

#include "inference/report.h"

/* Diagnoses a log, with the peer's if there is one. `each`, if given, sees
 * every fact set first. Caller frees. */
struct ikw_report *ikw_redact_diagnose(const struct ikw_kb *kb,
                                       struct ikw_slice ours,
                                       struct ikw_slice peer,
                                       ikw_fact_set_fn each, void *arg);

/* Whether `b` says of the tunnel `tunnel` of `a` (UINT_MAX: of everything)
 * what `a` says, on the same lines. Line n of b is line lines[n - 1] of a;
 * NULL: the lines are the same. Of a tunnel alone the chain may have more
 * lines than in company, and noise may be left. */
bool ikw_redact_compare(const struct ikw_report *a, unsigned tunnel,
                        const struct ikw_report *b, const uint32_t *lines,
                        uint32_t nlines, struct ikw_buf *why_not);

/* The same for two logs each, before and after. */
bool ikw_redact_same_two(const struct ikw_kb *kb,
                         const struct ikw_slice before[2],
                         const struct ikw_slice after[2],
                         struct ikw_buf *why_not);

#endif
