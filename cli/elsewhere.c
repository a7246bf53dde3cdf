#include "cli/elsewhere.h"

#include "cli/session.h"
#include "cli/when.h"

#include <string.h>

enum {
    BEFORE_MS = 2000,
    AFTER_MS = 5000,
    DAY_MS = 24 * 60 * 60 * 1000,
    TEXT_MOST = 200,
    STAMP_MOST = 48,
    LINES_MOST = 2000000
};

struct look {
    struct ikw_session *s;
    struct ikw_elsewhere *e;
    unsigned file;
    uint32_t lines;
};

bool ikw_elsewhere_is(const struct ikw_session *s, unsigned file)
{
    const struct ikw_log_summary *in = &s->inputs[file];
    return in->source == IKW_SOURCE_PEER && in->lines &&
           (uint64_t)in->recognised * 20 < in->lines;
}

/* ---- the time in question ---------------------------------------------- */

static void widen(struct ikw_elsewhere *e, int64_t first_ms, int64_t last_ms)
{
    if (first_ms == IKW_NO_TIME || last_ms == IKW_NO_TIME)
        return;
    if (e->from_ms == IKW_NO_TIME || first_ms < e->from_ms)
        e->from_ms = first_ms;
    if (e->to_ms == IKW_NO_TIME || last_ms > e->to_ms)
        e->to_ms = last_ms;
}

/* Of the first verdict; where there is none, of all tunnels. */
static bool find_time(struct ikw_elsewhere *e, const struct ikw_report *r)
{
    e->from_ms = e->to_ms = IKW_NO_TIME;
    if (r->nverdicts)
        widen(e, r->verdicts[0]->first_ms, r->verdicts[0]->last_ms);
    for (size_t i = 0; e->from_ms == IKW_NO_TIME && i < r->ntunnels; i++)
        widen(e, r->tunnels[i]->first_ms, r->tunnels[i]->last_ms);
    if (e->from_ms == IKW_NO_TIME)
        return false;
    e->from_ms -= BEFORE_MS;
    e->to_ms += AFTER_MS;
    return true;
}

/* ---- its lines --------------------------------------------------------- */

static bool digits(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] < '0' || p[i] > '9')
            return false;
    return true;
}

static int64_t two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* A form that is not known still has an hour: 06:03:04. The day is the one
 * that makes it nearest. */
static int64_t clock_of(struct ikw_slice line, int64_t near_ms)
{
    for (size_t i = 0; i + 8 <= line.len && i < STAMP_MOST; i++) {
        const char *p = line.ptr + i;
        if (!digits(p, 2) || p[2] != ':' || !digits(p + 3, 2) || p[5] != ':' ||
            !digits(p + 6, 2))
            continue;
        int64_t clock = ((two(p) * 60 + two(p + 3)) * 60 + two(p + 6)) * 1000;
        int64_t t = near_ms - near_ms % DAY_MS + clock;
        if (t - near_ms > DAY_MS / 2)
            t -= DAY_MS;
        else if (near_ms - t > DAY_MS / 2)
            t += DAY_MS;
        return t;
    }
    return IKW_NO_TIME;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
}

/* Nobody knows what another daemon dumps: perhaps a key. */
static size_t hide_dumps(char *text, size_t len)
{
    enum { DUMP_DIGITS = 16 };
    size_t i = 0;
    while (i < len) {
        size_t from = i, n = 0;
        while (i < len &&
               (is_hex(text[i]) || (n && (text[i] == ' ' || text[i] == ':')))) {
            n += is_hex(text[i]);
            i++;
        }
        if (n >= DUMP_DIGITS)
            memset(text + from, '.', i - from);
        i += i == from;
    }
    return len;
}

static void keep_line(struct look *l, const struct ikw_line *line, int64_t t)
{
    char text[TEXT_MOST + 1];
    size_t len = line->text.len < TEXT_MOST ? line->text.len : TEXT_MOST;
    struct ikw_elsewhere *e = l->e;
    if (e->n == IKW_ELSEWHERE_MOST) {
        e->more++;
        return;
    }
    memcpy(text, line->text.ptr, len);
    len = hide_dumps(text, len);
    e->v[e->n++] =
        (struct ikw_evidence){ l->file, line->number, t,
                               ikw_arena_strndup(&l->s->arena, text, len),
                               NULL };
}

static void each_line(void *arg, const struct ikw_line *line)
{
    struct look *l = arg;
    int64_t t = line->t_ms;
    l->lines++;
    if (t == IKW_NO_TIME && !line->continuation)
        t = clock_of(line->text, l->e->from_ms);
    if (line->text.len && t != IKW_NO_TIME && t >= l->e->from_ms &&
        t <= l->e->to_ms)
        keep_line(l, line, t);
}

static int year_of(int64_t t_ms)
{
    struct ikw_buf iso = { 0 };
    int64_t year = 0;
    ikw_when_iso(&iso, t_ms);
    ikw_slice_int((struct ikw_slice){ iso.ptr, 4 }, &year);
    ikw_buf_release(&iso);
    return (int)year;
}

static void read_one(struct look *l, const char *name)
{
    struct ikw_envelope_opts opts = { .year = year_of(l->e->from_ms) };
    struct ikw_diags ignored = { 0 };
    struct ikw_input *in = ikw_log_open_named(name, &ignored);
    if (in) {
        struct ikw_envelope_reader *er = ikw_envelope_new(l->s->kb, &opts);
        struct ikw_slice run = ikw_input_next(in, &ignored);
        ikw_envelope_detect(er, run, NULL);
        for (uint32_t at = 1; run.len && l->lines < LINES_MOST;
             run = ikw_input_next(in, &ignored))
            at += ikw_envelope_run(er, at, run, each_line, l);
        ikw_envelope_free(er);
        ikw_input_close(in);
    }
    ikw_diags_release(&ignored);
}

void ikw_elsewhere_read(struct ikw_session *s)
{
    struct ikw_elsewhere *e = &s->elsewhere;
    bool timed = find_time(e, s->report);
    for (unsigned i = 0; i < s->ninputs; i++) {
        if (!ikw_elsewhere_is(s, i))
            continue;
        struct look l = { s, e, i, 0 };
        e->nfiles++;
        if (timed && strcmp(s->inputs[i].file, "-") != 0)
            read_one(&l, s->inputs[i].file);
    }
}

void ikw_elsewhere_words(struct ikw_buf *out, const struct ikw_session *s)
{
    const struct ikw_elsewhere *e = &s->elsewhere;
    const char *and = "";
    if (!e->nfiles)
        return;
    for (unsigned i = 0; i < s->ninputs; i++)
        if (ikw_elsewhere_is(s, i)) {
            ikw_buf_addf(out, "%s%s", and, ikw_session_base(s, i));
            and = ", ";
        }
    ikw_buf_adds(out, e->nfiles == 1 ? " is" : " are");
    ikw_buf_adds(out, " of another daemon: nothing is concluded from it. ");
    if (!e->n) {
        ikw_buf_adds(out, "No line of it is of that time.");
        return;
    }
    ikw_buf_adds(out, "Its lines from ");
    ikw_when_clock(out, e->from_ms);
    ikw_buf_adds(out, " to ");
    ikw_when_clock(out, e->to_ms);
    ikw_buf_adds(out, ", by its own clock");
    if (e->more)
        ikw_buf_addf(out, " (the first %zu of %zu)", e->n, e->n + e->more);
    ikw_buf_addc(out, ':');
}
