#include "cli/when.h"

struct civil {
    int64_t year;
    int month, day, hour, minute, second; /* month from 1 */
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970 to a date, by eras of 400 years that begin in March. */
static void date_of_days(int64_t days, struct civil *c)
{
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c->year = yoe + era * 400 + (c->month <= 2);
}

static struct civil civil_of(int64_t t_ms)
{
    struct civil c = { 0 };
    int64_t s = floor_div(t_ms, 1000);
    int64_t days = floor_div(s, 86400);
    int rest = (int)(s - days * 86400);
    date_of_days(days, &c);
    c.hour = rest / 3600;
    c.minute = rest / 60 % 60;
    c.second = rest % 60;
    return c;
}

void ikw_when_clock(struct ikw_buf *out, int64_t t_ms)
{
    struct civil c = civil_of(t_ms);
    ikw_buf_addf(out, "%02d:%02d:%02d", c.hour, c.minute, c.second);
}

void ikw_when_iso(struct ikw_buf *out, int64_t t_ms)
{
    struct civil c = civil_of(t_ms);
    ikw_buf_addf(out, "%04lld-%02d-%02dT", (long long)c.year, c.month, c.day);
    ikw_when_clock(out, t_ms);
}

void ikw_when_date_time(struct ikw_buf *out, int64_t t_ms, bool no_year)
{
    static const char months[][4] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun",
        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    struct civil c = civil_of(t_ms);
    if (no_year)
        ikw_buf_addf(out, "%s %d ", months[c.month - 1], c.day);
    else
        ikw_buf_addf(out, "%04lld-%02d-%02d ", (long long)c.year, c.month,
                     c.day);
    ikw_when_clock(out, t_ms);
}

bool ikw_when_same_day(int64_t a_ms, int64_t b_ms)
{
    return floor_div(a_ms, 86400000) == floor_div(b_ms, 86400000);
}

void ikw_when_span(struct ikw_buf *out, int64_t ms)
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = { { 172800000, "days" }, { 7200000, "h" }, { 120000, "min" } };
    static const int64_t divisor[] = { 86400000, 3600000, 60000 };
    for (size_t i = 0; i < 3; i++)
        if (ms >= units[i].ms) {
            ikw_buf_addf(out, "%lld %s", (long long)(ms / divisor[i]),
                         units[i].unit);
            return;
        }
    ikw_buf_addf(out, "%lld s", (long long)(ms / 1000));
}
