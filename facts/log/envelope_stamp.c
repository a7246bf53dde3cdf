/*
 * Time stamps to milliseconds since 1970, in UTC unless an offset is given.
 * Own arithmetic: no locale, no time zone data, no surprise. Stamps without a
 * year, or without a date, take it from the calendar, which follows the log.
 */
#include "facts/log/envelope.h"

#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000 };

static int at(struct ikw_cursor *c)
{
    if (c->far <= c->p)
        c->far = c->p + 1;
    return c->p < c->end ? (unsigned char)*c->p : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool eat(struct ikw_cursor *c, char ch)
{
    if (at(c) != ch)
        return false;
    c->p++;
    return true;
}

static bool blanks(struct ikw_cursor *c)
{
    const char *from = c->p;
    while (at(c) == ' ' || at(c) == '\t')
        c->p++;
    return c->p > from;
}

/* Between `least` and `most` digits, and no more. */
static bool number(struct ikw_cursor *c, unsigned least, unsigned most,
                   int64_t *out)
{
    unsigned n = 0;
    for (*out = 0; n < most && is_digit(at(c)); n++)
        *out = *out * 10 + (*c->p++ - '0');
    return n >= least && !is_digit(at(c));
}

/* ---- dates ------------------------------------------------------------- */

/* Days since 1970-01-01 of a Gregorian date. A year is counted from March, so
 * that the leap day is its last. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           719468;
}

static bool date(int64_t year, int64_t month, int64_t day, int64_t *out)
{
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *out = days(year, month, day) * DAY_MS;
    return true;
}

static bool month_name(struct ikw_cursor *c, int64_t *month)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    char low[3];
    for (int i = 0; i < 3; i++) {
        if (!is_alpha(at(c)))
            return false;
        low[i] = (char)(*c->p++ | 32);
    }
    for (int i = 0; i < 12; i++)
        if (!memcmp(low, names + 3 * i, 3)) {
            *month = i + 1;
            return !is_alpha(at(c));
        }
    return false;
}

/* `Tue ` or `Tue, `, if there. */
static void weekday(struct ikw_cursor *c)
{
    static const char names[] = "montuewedthufrisatsun";
    const char *from = c->p;
    char low[3];
    for (int i = 0; i < 3; i++) {
        if (!is_alpha(at(c)))
            goto none;
        low[i] = (char)(*c->p++ | 32);
    }
    eat(c, ',');
    for (int i = 0; i < 7; i++)
        if (!memcmp(low, names + 3 * i, 3) && blanks(c))
            return;
none:
    c->p = from;
}

/* ---- calendar ---------------------------------------------------------- */

void ikw_calendar_init(struct ikw_calendar *cal, int year)
{
    *cal = (struct ikw_calendar){ .year = year, .first_year = year };
}

/* A full date was seen: later short ones go on from it. */
static void anchor(struct ikw_calendar *cal, int64_t year, int64_t month)
{
    cal->year = (int)year;
    cal->month = (unsigned)month;
}

/* The year of a stamp that has none. */
static int64_t year_of(struct ikw_calendar *cal, int64_t month)
{
    int64_t step = cal->month ? month - (int64_t)cal->month : 0;
    if (step < -6)
        cal->year++;
    else if (step > 6 && (cal->backwards || cal->year > cal->first_year))
        cal->year--;
    cal->month = (unsigned)month;
    return cal->year;
}

/* The day of a stamp that has no date. */
static int64_t day_of(struct ikw_calendar *cal, int64_t clock_ms)
{
    int64_t step = cal->clocked ? clock_ms - cal->clock_ms : 0;
    if (step < -DAY_MS / 2)
        cal->day++;
    else if (step > DAY_MS / 2 && (cal->backwards || cal->day > 0))
        cal->day--;
    cal->clocked = true;
    cal->clock_ms = clock_ms;
    return (days(cal->year, 1, 1) + cal->day) * DAY_MS;
}

/* ---- pieces ------------------------------------------------------------ */

/* .123456 or ,123: milliseconds of it. */
static int64_t fraction(struct ikw_cursor *c)
{
    int64_t ms = 0, unit = 100;
    if (at(c) != '.' && at(c) != ',')
        return 0;
    struct ikw_cursor ahead = *c;
    ahead.p++;
    for (; is_digit(at(&ahead)); ahead.p++, unit /= 10)
        ms += (*ahead.p - '0') * unit;
    bool any = ahead.p > c->p + 1;
    c->far = ahead.far;
    if (any)
        c->p = ahead.p;
    return ms;
}

static bool clock_seconds(struct ikw_cursor *c, int64_t *ms)
{
    int64_t h, m, s;
    if (!number(c, 1, 2, &h) || !eat(c, ':') || !number(c, 2, 2, &m) ||
        !eat(c, ':') || !number(c, 2, 2, &s))
        return false;
    *ms = ((h * 60 + m) * 60 + s) * 1000;
    return h < 24 && m < 60 && s <= 60;
}

static bool clock_time(struct ikw_cursor *c, int64_t *ms)
{
    if (!clock_seconds(c, ms))
        return false;
    *ms += fraction(c);
    return true;
}

static bool offset(struct ikw_cursor *c, int64_t *ms)
{
    int64_t h, m = 0;
    bool west = at(c) == '-';
    if (!west && at(c) != '+')
        return false;
    c->p++;
    if (!is_digit(at(c)))
        return false;
    const char *from = c->p;
    if (number(c, 4, 4, &h)) {
        m = h % 100;
        h /= 100;
    } else {
        c->p = from;
        if (!number(c, 2, 2, &h) || (eat(c, ':') && !number(c, 2, 2, &m)))
            return false;
    }
    *ms = (h * 60 + m) * 60000 * (west ? -1 : 1);
    return h <= 14 && m < 60;
}

static bool utc_name(struct ikw_cursor *c)
{
    static const char *const names[] = { "UTC", "GMT" };
    for (int i = 0; i < 2; i++) {
        struct ikw_cursor ahead = *c;
        const char *p = names[i];
        while (*p && at(&ahead) == *p) {
            ahead.p++;
            p++;
        }
        c->far = ahead.far;
        if (!*p && !is_alpha(at(&ahead))) {
            *c = ahead;
            return true;
        }
    }
    return false;
}

/* Z, +0100, +01:00, ` UTC`, ` GMT`, ` +0100`: what is to be subtracted. */
static int64_t zone(struct ikw_cursor *c)
{
    int64_t ms = 0;
    const char *from = c->p;
    if (eat(c, 'Z'))
        return 0;
    blanks(c);
    if (utc_name(c))
        return 0;
    if (offset(c, &ms))
        return ms;
    c->p = from;
    return 0;
}

/* ` (GMT)`, ` (GMT +0200)`, `(GMT-0500)`, or nothing. */
static int64_t zone_in_parentheses(struct ikw_cursor *c)
{
    int64_t ms = 0;
    const char *from = c->p;
    blanks(c);
    if (eat(c, '(') && utc_name(c)) {
        blanks(c);
        if ((eat(c, ')') || (offset(c, &ms) && eat(c, ')'))))
            return ms;
    }
    c->p = from;
    return 0;
}

/* ---- kinds ------------------------------------------------------------- */

static bool ymd(struct ikw_cursor *c, struct ikw_calendar *cal, int64_t *ms)
{
    int64_t y, m, d;
    if (!number(c, 4, 4, &y))
        return false;
    char sep = at(c) == '/' ? '/' : '-';
    if (!eat(c, sep) || !number(c, 2, 2, &m) || !eat(c, sep) ||
        !number(c, 2, 2, &d) || !date(y, m, d, ms))
        return false;
    anchor(cal, y, m);
    return true;
}

/* Up to the second. */
static bool iso(struct ikw_cursor *c, struct ikw_calendar *cal, int64_t *t)
{
    int64_t day, ms;
    if (is_alpha(at(c)))
        weekday(c);
    if (!ymd(c, cal, &day) || (!eat(c, 'T') && !blanks(c)) ||
        !clock_seconds(c, &ms))
        return false;
    *t = day + ms;
    return true;
}

/* A year from 1970 to 2099, if there. */
static bool year(struct ikw_cursor *c, int64_t *y)
{
    const char *from = c->p;
    if (number(c, 4, 4, y) && *y >= 1970 && *y < 2100)
        return true;
    c->p = from;
    return false;
}

static bool month_first(struct ikw_cursor *c, struct ikw_calendar *cal,
                        bool need_year, int64_t *t)
{
    int64_t m, d, y = 0, ms, day;
    weekday(c);
    if (!month_name(c, &m) || !blanks(c) || !number(c, 1, 2, &d))
        return false;
    eat(c, ',');
    if (!blanks(c))
        return false;
    bool full = year(c, &y) && blanks(c);
    if (!clock_time(c, &ms))
        return false;
    if (!full) { /* the year may stand at the end */
        struct ikw_cursor ahead = *c;
        if (blanks(&ahead) && year(&ahead, &y) && !is_alpha(at(&ahead))) {
            c->p = ahead.p;
            full = true;
        }
        c->far = ahead.far;
    }
    if (need_year && !full)
        return false;
    if (full)
        anchor(cal, y, m);
    else
        y = year_of(cal, m);
    *t = ms - (need_year ? zone_in_parentheses(c) : 0);
    if (!date(y, m, d, &day))
        return false;
    *t += day;
    return true;
}

/* ` AM` or ` PM`: its first letter; 0 if neither is there. */
static char half_day(struct ikw_cursor *c)
{
    struct ikw_cursor ahead = *c;
    int half = blanks(&ahead) ? at(&ahead) & ~32 : 0;
    bool fits = half == 'A' || half == 'P';
    ahead.p += fits;
    fits = fits && (at(&ahead) & ~32) == 'M';
    ahead.p += fits;
    fits = fits && !is_alpha(at(&ahead));
    if (fits)
        c->p = ahead.p;
    c->far = ahead.far;
    return fits ? (char)half : 0;
}

static bool us(struct ikw_cursor *c, struct ikw_calendar *cal, int64_t *t)
{
    int64_t m, d, y, ms, day;
    if (!number(c, 1, 2, &m) || !eat(c, '/') || !number(c, 1, 2, &d) ||
        !eat(c, '/') || !number(c, 2, 4, &y))
        return false;
    if (m > 12) { /* day first */
        int64_t swap = m;
        m = d;
        d = swap;
    }
    y += y < 100 ? 2000 : 0;
    eat(c, ',');
    if (!blanks(c) || !clock_time(c, &ms) || !date(y, m, d, &day))
        return false;
    char half = half_day(c);
    bool twelve = ms / 3600000 == 12;
    if (half == 'P' && !twelve)
        ms += DAY_MS / 2;
    if (half == 'A' && twelve)
        ms -= DAY_MS / 2;
    anchor(cal, y, m);
    *t = day + ms;
    return true;
}

static bool md(struct ikw_cursor *c, struct ikw_calendar *cal, int64_t *t)
{
    int64_t m, d, ms, day;
    const char *from = c->p;
    if (!ymd(c, cal, &day)) {
        c->p = from;
        if (!number(c, 2, 2, &m) || !eat(c, '-') || !number(c, 2, 2, &d) ||
            m > 12 || !date(year_of(cal, m), m, d, &day))
            return false;
    }
    if (!blanks(c) || !clock_time(c, &ms))
        return false;
    *t = day + ms;
    return true;
}

/* mar/20/2018 or mar/20, and a blank. */
static bool name_slash(struct ikw_cursor *c, struct ikw_calendar *cal,
                       int64_t *day)
{
    int64_t m, d, y;
    if (!month_name(c, &m) || !eat(c, '/') || !number(c, 1, 2, &d))
        return false;
    if (eat(c, '/')) {
        if (!year(c, &y))
            return false;
        anchor(cal, y, m);
    } else {
        y = year_of(cal, m);
    }
    return blanks(c) && date(y, m, d, day);
}

static bool clock_only(struct ikw_cursor *c, struct ikw_calendar *cal,
                       int64_t *t)
{
    int64_t ms;
    if (!clock_time(c, &ms))
        return false;
    *t = day_of(cal, ms) + ms;
    return true;
}

static bool brief(struct ikw_cursor *c, struct ikw_calendar *cal, int64_t *t)
{
    int64_t day, ms;
    if (is_alpha(at(c))) {
        if (!name_slash(c, cal, &day) || !clock_time(c, &ms))
            return false;
        *t = day + ms;
        return true;
    }
    struct ikw_cursor start = *c;
    if (md(c, cal, t))
        return true;
    start.far = c->far;
    *c = start;
    return clock_only(c, cal, t);
}

static bool seconds(struct ikw_cursor *c, unsigned least, unsigned most,
                    int64_t *t)
{
    int64_t s;
    if (!number(c, least, most, &s))
        return false;
    *t = s * 1000 + fraction(c);
    return true;
}

/* ---- cache ------------------------------------------------------------- */

static bool starts(const struct ikw_cursor *c, const char *key, size_t len)
{
    return (size_t)(c->end - c->p) > len && !memcmp(c->p, key, len);
}

static void move(struct ikw_cursor *c, size_t len)
{
    c->p += len;
    if (c->far < c->p)
        c->far = c->p;
}

static bool iso_cached(struct ikw_cursor *c, struct ikw_calendar *cal,
                       struct ikw_stamp_cache *cache, int64_t *t)
{
    size_t len = sizeof cache->iso;
    const char *from = c->p;
    if (starts(c, cache->iso, len)) {
        move(c, len);
        *t = cache->iso_ms;
        anchor(cal, cache->iso_year, cache->iso_month);
    } else if (!iso(c, cal, t)) {
        return false;
    } else if (c->p == from + len) {
        memcpy(cache->iso, from, len);
        cache->iso_ms = *t;
        cache->iso_year = cal->year;
        cache->iso_month = cal->month;
    }
    *t += fraction(c);
    *t -= zone(c);
    return true;
}

static bool bsd_cached(struct ikw_cursor *c, struct ikw_calendar *cal,
                       struct ikw_stamp_cache *cache, int64_t *t)
{
    size_t len = sizeof cache->bsd;
    if (starts(c, cache->bsd, len) &&
        year_of(cal, cache->bsd_month) == cache->bsd_year) {
        move(c, len);
        *t = cache->bsd_ms + fraction(c);
        return true;
    }
    const char *from = c->p;
    if (!month_first(c, cal, false, t))
        return false;
    bool plain = c->p == from + len && from[len - 3] == ':';
    if (plain) {
        memcpy(cache->bsd, from, len);
        cache->bsd_ms = *t;
        cache->bsd_year = cal->year;
        cache->bsd_month = cal->month;
    }
    return true;
}

static bool stamp_read(struct ikw_cursor *c, enum ikw_stamp kind,
                       struct ikw_calendar *cal, struct ikw_stamp_cache *cache,
                       int64_t *t_ms)
{
    int64_t us_value;
    switch (kind) {
    case IKW_STAMP_ISO:
        return iso_cached(c, cal, cache, t_ms);
    case IKW_STAMP_BSD:
        return bsd_cached(c, cal, cache, t_ms);
    case IKW_STAMP_CTIME:
        return month_first(c, cal, true, t_ms);
    case IKW_STAMP_US:
        return us(c, cal, t_ms);
    case IKW_STAMP_MD:
        return md(c, cal, t_ms);
    case IKW_STAMP_BRIEF:
        return brief(c, cal, t_ms);
    case IKW_STAMP_CLOCK:
        if (!clock_only(c, cal, t_ms))
            return false;
        *t_ms -= zone(c);
        return true;
    case IKW_STAMP_EPOCH:
        return seconds(c, 9, 11, t_ms);
    case IKW_STAMP_EPOCH_US:
        if (!number(c, 14, 17, &us_value))
            return false;
        *t_ms = us_value / 1000;
        return true;
    case IKW_STAMP_UPTIME:
        return seconds(c, 1, 9, t_ms);
    case IKW_STAMP_KINDS:
        break;
    }
    return false;
}

bool ikw_stamp_read(struct ikw_cursor *c, enum ikw_stamp kind,
                    struct ikw_calendar *cal, struct ikw_stamp_cache *cache,
                    int64_t *t_ms)
{
    struct ikw_no_stamp *none = &cache->none[kind];
    const char *from = c->p;
    if (none->at == from) {
        c->far = c->far > none->far ? c->far : none->far;
        return false;
    }
    if (stamp_read(c, kind, cal, cache, t_ms))
        return true;
    none->at = from;
    none->far = c->far;
    return false;
}

void ikw_stamp_forget(struct ikw_stamp_cache *cache)
{
    memset(cache->none, 0, sizeof cache->none);
}

int ikw_stamp_kind(struct ikw_slice name)
{
    static const char *const names[IKW_STAMP_KINDS] = {
        [IKW_STAMP_ISO] = "iso",         [IKW_STAMP_BSD] = "bsd",
        [IKW_STAMP_CTIME] = "ctime",     [IKW_STAMP_US] = "us",
        [IKW_STAMP_MD] = "md",           [IKW_STAMP_BRIEF] = "brief",
        [IKW_STAMP_CLOCK] = "clock",     [IKW_STAMP_EPOCH] = "epoch",
        [IKW_STAMP_EPOCH_US] = "micros", [IKW_STAMP_UPTIME] = "uptime",
    };
    for (int i = 0; i < IKW_STAMP_KINDS; i++)
        if (ikw_slice_is(name, names[i]))
            return i;
    return -1;
}
