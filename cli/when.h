/* Log times in words. Logs have no zone, so neither have these. */
#ifndef IKW_CLI_WHEN_H
#define IKW_CLI_WHEN_H

#include "base/slice.h"

/* 2026-11-24T05:58:12 */
void ikw_when_iso(struct ikw_buf *out, int64_t t_ms);
/* 2026-11-24 05:58:12; Nov 24 05:58:12 where `no_year` */
void ikw_when_date_time(struct ikw_buf *out, int64_t t_ms, bool no_year);
/* 05:58:12 */
void ikw_when_clock(struct ikw_buf *out, int64_t t_ms);
bool ikw_when_same_day(int64_t a_ms, int64_t b_ms);
/* "40 s", "12 min", "3 h", "5 days": two figures at least, rounded down */
void ikw_when_span(struct ikw_buf *out, int64_t ms);

#endif
