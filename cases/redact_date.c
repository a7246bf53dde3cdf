#include "cases/redact_date.h"

#include <ctype.h>
#include <string.h>

/* Four years and some days, so that neither year nor day stay. */
enum { DAYS_BACK = 1477 };

static int64_t to_days(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = y / 400, yoe = y % 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy;
}

static void from_days(int64_t days, int *y, int *m, int *d)
{
    int64_t era = days / 146097, doe = days % 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (int)(yoe + era * 400) + (*m <= 2);
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
}

/* 2026-11-24 at `s` */
static bool iso_date(const char *s, size_t len, int64_t *days)
{
    int64_t v[3];
    static const size_t from[] = { 0, 5, 8 }, to[] = { 4, 7, 10 };
    if (len < 10 || s[4] != '-' || s[7] != '-')
        return false;
    for (int i = 0; i < 3; i++)
        if (!ikw_slice_int((struct ikw_slice){ s + from[i], to[i] - from[i] },
                           &v[i]))
            return false;
    if (v[0] < 1975 || v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31)
        return false;
    *days = to_days(v[0], v[1], v[2]);
    return true;
}

int ikw_redact_year(const char *s, size_t len)
{
    int64_t days;
    int y, m, d;
    if (!iso_date(s, len, &days))
        return 0;
    from_days(days, &y, &m, &d);
    return y;
}

size_t ikw_redact_date(const char *s, size_t len, struct ikw_buf *out)
{
    int64_t days;
    int y, m, d;
    if (!iso_date(s, len, &days))
        return 0;
    from_days(days - DAYS_BACK, &y, &m, &d);
    ikw_buf_addf(out, "%04d-%02d-%02d", y, m, d);
    return 10;
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* 1 to 12; 0 if it is none. */
static int month_at(const char *s)
{
    for (int m = 0; m < 12; m++)
        if (!memcmp(months + 3 * m, s, 3))
            return m + 1;
    return 0;
}

size_t ikw_redact_day(const char *s, size_t len, int year, struct ikw_buf *out)
{
    int y, m, d;
    if (len < 6 || !(m = month_at(s)) || s[3] != ' ' ||
        !isdigit((unsigned char)s[5]) ||
        (s[4] != ' ' && !isdigit((unsigned char)s[4])) ||
        (len > 6 && isalnum((unsigned char)s[6])))
        return 0;
    d = (s[4] == ' ' ? 0 : (s[4] - '0') * 10) + s[5] - '0';
    if (d < 1 || d > 31)
        return 0;
    from_days(to_days(year ? year : 2025, m, d) - DAYS_BACK, &y, &m, &d);
    ikw_buf_addf(out, "%.3s %2d", months + 3 * (m - 1), d);
    return 6;
}
