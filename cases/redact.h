/*
 * A log without the names of those it comes from: addresses, names,
 * identities, cookies and SPIs are replaced, the same by the same; dates are
 * moved; keys, passwords and packets are blanked. What the log says of a
 * fault stays.
 *
 * Addresses keep their prefix relations: two that share n leading bits
 * still share n, within the documentation and benchmark ranges (public ones
 * by their /24), 10/8, 172.16/12, 192.168/16 and 2001:db8::/32.
 */
#ifndef IKW_CASES_REDACT_H
#define IKW_CASES_REDACT_H

#include "base/diag.h"
#include "kb/kb.h"

struct ikw_redactor;

/* `seed` decides all replacements: the same seed and logs give the same
 * text. Caller frees. Borrows `kb`. */
struct ikw_redactor *ikw_redactor_new(const struct ikw_kb *kb, uint64_t seed);
void ikw_redactor_free(struct ikw_redactor *r);

/* Takes note of the addresses of a log, so that none of them comes out as a
 * replacement. Call it for all logs before the first ikw_redact. */
void ikw_redact_note(struct ikw_redactor *r, struct ikw_slice log);
/* Appends the redacted log. */
void ikw_redact(struct ikw_redactor *r, struct ikw_slice log,
                struct ikw_buf *out);

/* Words that came through and are no words of the knowledge base: for a
 * person to look at. Sorted; borrowed until the next call. */
size_t ikw_redact_unsure(struct ikw_redactor *r, const char *const **out);

/* Whether both logs give the same verdicts on the same lines; `why_not`
 * names the first difference. */
bool ikw_redact_same(const struct ikw_kb *kb, struct ikw_slice before,
                     struct ikw_slice after, struct ikw_buf *why_not);

#endif
