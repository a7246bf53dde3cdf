/* Dates of a redacted log: all moved back by the same number of days. */
#ifndef IKW_CASES_REDACT_DATE_H
#define IKW_CASES_REDACT_DATE_H

#include "base/diag.h"

/* Year of a date like 2026-11-24 at `s`; 0 if there is none. */
int ikw_redact_year(const char *s, size_t len);
/* Appends the date at `s` (2026-11-24, or "Nov 24" and "Nov  4", which is of
 * `year`; 0: unknown) moved back, in its own form. Length of the date in `s`,
 * 0 if there is none. */
size_t ikw_redact_date(const char *s, size_t len, struct ikw_buf *out);
size_t ikw_redact_day(const char *s, size_t len, int year, struct ikw_buf *out);

#endif
