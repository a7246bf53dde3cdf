/*
 * Random rules and facts for the engine's tests, as text: any test, join,
 * window, absence, count and conclusion that the loader takes. The dice are
 * seeded, so that a round can be played again.
 */
#ifndef IKW_TESTS_ENGINE_DICE_H
#define IKW_TESTS_ENGINE_DICE_H

#include "tests/engine_kit.h"

#include <stdint.h>

/* ---- dice -------------------------------------------------------------- */

static uint64_t dice;
static const uint8_t *dice_bytes; /* used up first: a fuzzer's */
static size_t dice_left;

static unsigned roll(unsigned n)
{
    if (dice_left) {
        dice_left--;
        return *dice_bytes++ % n;
    }
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((dice >> 33) % n);
}

static bool chance(unsigned percent)
{
    return roll(100) < percent;
}

/* ---- random rules ------------------------------------------------------ */

struct slot_spec {
    const char *name;
    char kind; /* n number, w word, s text */
};

static const struct type_spec {
    const char *name;
    bool derived;
    struct slot_spec slots[4];
} types[] = {
    { "ev", false, { { "n", 'n' }, { "k", 'w' }, { "v", 'n' }, { "s", 's' } } },
    { "mark", false, { { "n", 'n' }, { "v", 'n' } } },
    { "edge", false, { { "x", 'n' }, { "y", 'n' } } },
    { "path", true, { { "x", 'n' }, { "y", 'n' } } },
    { "hit", true, { { "n", 'n' }, { "what", 's' } } },
    { "sum", true, { { "n", 'n' }, { "what", 's' } } },
};

enum { NTYPES = sizeof types / sizeof types[0], FIRST_DERIVED = 3 };

static unsigned range = 3; /* numbers are below it, in this round */

/* Variables a rule has bound so far: "abc" numbers, "uw" texts. */
struct draft {
    char bound[8];
    size_t nbound;
    unsigned naliases; /* aliases f0, f1, .. of observed facts */
};

static void add_constant(struct ikw_buf *b, char kind)
{
    if (kind == 'n')
        ikw_buf_addf(b, "%u", roll(range));
    else
        ikw_buf_addc(b, kind == 'w' ? "pqr"[roll(3)] : "AB"[roll(2)]);
}

static char bound_var(const struct draft *d, char kind)
{
    const char *of_kind = kind == 'n' ? "abc" : "uw";
    for (size_t i = 0; i < d->nbound; i++) {
        char v = d->bound[(i + roll(2)) % d->nbound];
        if (strchr(of_kind, v))
            return v;
    }
    return 0;
}

static void bind_new(struct draft *d, char v)
{
    if (!memchr(d->bound, v, d->nbound))
        d->bound[d->nbound++] = v;
}

static void add_test(struct ikw_buf *b, const struct slot_spec *s,
                     const struct draft *known, struct draft *d)
{
    static const char *const orders[] = { "&lt;", "&lt;=", ">", ">=" };
    unsigned what = roll(12);
    char v = bound_var(known, s->kind);
    ikw_buf_addf(b, " %s='", s->name);
    if (what < 5) {
        v = s->kind == 'n' ? "abc"[roll(3)] : "uw"[roll(2)];
        ikw_buf_addf(b, "?%c", v);
        bind_new(d, v);
    } else if (what == 5 && v) {
        ikw_buf_addf(b, "!?%c", v);
    } else if (what == 6 && s->kind == 'n') {
        ikw_buf_adds(b, orders[roll(4)]);
        if (v && chance(60))
            ikw_buf_addf(b, "?%c", v);
        else
            add_constant(b, 'n');
    } else if (what == 7) {
        ikw_buf_addc(b, "*-"[roll(2)]);
    } else {
        ikw_buf_adds(b, what == 8 ? "!" : "");
        add_constant(b, s->kind);
        if (chance(30)) {
            ikw_buf_addc(b, '|');
            add_constant(b, s->kind);
        }
    }
    ikw_buf_addc(b, '\'');
}

static void add_tests(struct ikw_buf *b, const struct type_spec *t,
                      const struct draft *known, struct draft *d)
{
    static const char *const pseudo[] = {
        " t='>4000'", " count='>=2'", " last='&lt;9000'",
        " line='*'",  " t='?b'",
    };
    for (size_t i = 0; i < 4 && t->slots[i].name; i++)
        if (chance(33))
            add_test(b, &t->slots[i], known, d);
    if (!t->derived && chance(12)) {
        size_t i = roll(5);
        ikw_buf_adds(b, pseudo[i]);
        if (i == 4)
            bind_new(d, 'b');
    }
}

static void add_window(struct ikw_buf *b, const struct draft *d)
{
    unsigned way = roll(3);
    if (d->naliases == 0 || chance(40))
        return;
    if (way != 1)
        ikw_buf_addf(b, " after='f%u'", roll(d->naliases));
    if (way != 0)
        ikw_buf_addf(b, " before='f%u'", roll(d->naliases));
    if (chance(60))
        ikw_buf_addf(b, " within='%us'", 1 + roll(9));
}

static void add_from(struct ikw_buf *b)
{
    if (chance(15))
        ikw_buf_adds(b, chance(50) ? " from='any'" : " from='other'");
}

static void add_fact(struct ikw_buf *b, struct draft *d, bool first)
{
    const struct type_spec *t = &types[roll(NTYPES)];
    struct draft known = *d;
    ikw_buf_addf(b, "<fact type='%s'", t->name);
    add_tests(b, t, &known, d);
    if (!t->derived)
        add_window(b, d);
    if (!first)
        add_from(b);
    if (!t->derived && chance(70))
        ikw_buf_addf(b, " as='f%u'", d->naliases++);
    ikw_buf_adds(b, "/>");
}

static void add_neg(struct ikw_buf *b, struct draft *d)
{
    const struct type_spec *t = &types[roll(chance(30) ? NTYPES : 3)];
    struct draft local = *d;
    bool absent = chance(60);
    ikw_buf_addf(b, "<%s type='%s'", absent ? "absent" : "count", t->name);
    add_tests(b, t, d, &local);
    if (!t->derived)
        add_window(b, d);
    add_from(b);
    if (absent && (!t->derived || chance(20)))
        ikw_buf_addf(b, " visible-at='%s'", chance(70) ? "info" : "debug");
    if (!absent && chance(50))
        ikw_buf_addf(b, " at-most='%u'", roll(3));
    else if (!absent)
        ikw_buf_addf(b, " at-least='%u'", 1 + roll(3));
    ikw_buf_adds(b, "/>");
}

static void add_derive(struct ikw_buf *b, const struct draft *d)
{
    const struct type_spec *t =
        &types[FIRST_DERIVED + roll(NTYPES - FIRST_DERIVED)];
    ikw_buf_addf(b, "<derive type='%s'", t->name);
    for (size_t i = 0; i < 2; i++) {
        char v = bound_var(d, t->slots[i].kind);
        if (chance(10))
            continue;
        ikw_buf_addf(b, " %s='", t->slots[i].name);
        if (v && chance(88))
            ikw_buf_addf(b, "?%c", v);
        else
            add_constant(b, t->slots[i].kind);
        ikw_buf_addc(b, '\'');
    }
    ikw_buf_adds(b, "/>");
}

static void add_thens(struct ikw_buf *b, const struct draft *d)
{
    for (unsigned n = 1 + roll(2); n > 0; n--) {
        char v = bound_var(d, 'n');
        if (v && chance(30))
            ikw_buf_addf(b, "<%s cause='c%u' for='?%c'/>",
                         chance(50) ? "suffice" : "exclude", 1 + roll(2), v);
        else
            add_derive(b, d);
    }
}

static void add_rule(struct ikw_buf *b, unsigned id)
{
    struct draft d = { .nbound = 0 };
    unsigned nfacts = 1 + roll(3), nnegs = roll(5) / 2;
    ikw_buf_addf(b, "<rule id='r%02u'><when>", id);
    for (unsigned i = 0; i < nfacts; i++)
        add_fact(b, &d, i == 0);
    for (unsigned i = 0; i < nnegs; i++)
        add_neg(b, &d);
    ikw_buf_adds(b, "</when><then>");
    add_thens(b, &d);
    ikw_buf_adds(b, "</then><because>x</because></rule>");
}

/* ---- random facts ------------------------------------------------------ */

static void add_fact_line(struct ikw_buf *b, unsigned line)
{
    unsigned which = chance(40)   ? 0 /* many of one type: indexes, windows */
                     : chance(92) ? roll(FIRST_DERIVED)
                                  : roll(NTYPES);
    const struct type_spec *t = &types[which];
    unsigned last = line + 1 + roll(30), ms = 1000 * roll(12);
    ikw_buf_adds(b, t->name);
    for (size_t i = 0; i < 4 && t->slots[i].name; i++)
        if (chance(85)) {
            ikw_buf_addf(b, " %s=", t->slots[i].name);
            add_constant(b, t->slots[i].kind);
        }
    ikw_buf_adds(b, chance(80) ? " @local" : " @peer");
    bool again = chance(25), stamped = chance(90);
    if (again)
        ikw_buf_addf(b, " count=%u", 2 + roll(3));
    if (stamped)
        ikw_buf_addf(b, " at=0:%u:%u", line, ms);
    else if (chance(80))
        ikw_buf_addf(b, " at=0:%u", line);
    if (again && stamped)
        ikw_buf_addf(b, " last=0:%u:%u", last, ms + 1000 * roll(9));
    ikw_buf_addc(b, '\n');
}

static void add_header(struct ikw_buf *b)
{
    static const char *const levels[] = { "error", "info", "debug" };
    ikw_buf_adds(b, "set");
    if (chance(90))
        ikw_buf_addf(b, " @local level=%s from=%u to=%u", levels[roll(3)],
                     1000 * roll(4), 8000 + 1000 * roll(12));
    if (chance(40))
        ikw_buf_addf(b, " @peer level=%s from=%u to=%u", levels[roll(3)],
                     1000 * roll(4), 8000 + 1000 * roll(12));
    ikw_buf_addc(b, '\n');
}

#endif
