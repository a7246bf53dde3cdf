/*
 * Which form a log has: the one that fits most lines of its head. Lines that
 * no head can have (blank, of a hex dump, of an indented block) do not count,
 * and lines of other programs only help if there are no own ones.
 */
#include "facts/log/envelope.h"

#include <string.h>

enum { HEAD_BYTES = 64 * 1024, MINOR_RATIO = 5 };

struct tally {
    size_t lines;   /* that could have a head */
    size_t foreign; /* of other programs */
    size_t *fits;   /* by form */
    size_t ups, downs;
    int64_t first, last;
};

static struct ikw_slice line_of(struct ikw_slice *rest)
{
    const char *nl = memchr(rest->ptr, '\n', rest->len);
    size_t len = nl ? (size_t)(nl - rest->ptr) : rest->len;
    struct ikw_slice line = { rest->ptr, len };
    *rest = ikw_slice_sub(*rest, nl ? len + 1 : len, rest->len);
    return line;
}

static void tally_time(struct tally *ta, int64_t t)
{
    if (t == IKW_NO_TIME)
        return;
    if (ta->first == IKW_NO_TIME)
        ta->first = t;
    else if (t > ta->last)
        ta->ups++;
    else if (t < ta->last)
        ta->downs++;
    ta->last = t;
}

/* A line counts for the first own form that fits, else for the first foreign
 * one: the forms stand in the order of how much they say. */
static void tally_line(struct ikw_envelope_reader *er, struct tally *ta,
                       struct ikw_slice line, bool indented)
{
    size_t fits = SIZE_MAX;
    struct ikw_head found = { .t_ms = IKW_NO_TIME };
    ikw_stamp_forget(&er->cache);
    for (size_t i = 0; i < er->nforms; i++) {
        const struct ikw_form *f = &er->forms[i];
        struct ikw_head head = { .cal = er->cal };
        struct ikw_try how = { line.ptr, 0 };
        bool other = f->foreign && fits != SIZE_MAX;
        if (f->bare || other || !ikw_in_set(f->firsts, line.ptr[0]) ||
            !ikw_form_match(f, &er->words, &er->cache, line, false, &head,
                            &how))
            continue;
        fits = i;
        found = head;
        if (!f->foreign)
            break;
    }
    ta->lines += fits != SIZE_MAX || !indented;
    if (fits == SIZE_MAX)
        return;
    ta->fits[fits]++;
    ta->foreign += er->forms[fits].foreign;
    tally_time(ta, found.t_ms);
    er->cal = found.cal;
}

static void tally_head(struct ikw_envelope_reader *er, struct tally *ta,
                       struct ikw_slice head)
{
    if (head.len > HEAD_BYTES)
        head.len = HEAD_BYTES;
    while (head.len) {
        struct ikw_slice raw = line_of(&head);
        struct ikw_slice line = ikw_slice_trim(raw);
        if (line.len && !ikw_is_dump(line))
            tally_line(er, ta, line, line.ptr > raw.ptr);
    }
}

enum kind { LEVELLED, OWN, FOREIGN };

static bool is_kind(const struct ikw_form *f, enum kind kind)
{
    return kind == FOREIGN ? f->foreign
                           : !f->foreign && (kind == OWN || f->has_level);
}

static const struct ikw_form *best(const struct ikw_envelope_reader *er,
                                   const struct tally *ta, enum kind kind)
{
    const struct ikw_form *b = NULL;
    for (size_t i = 0; i < er->nforms; i++) {
        const struct ikw_form *f = &er->forms[i];
        if (is_kind(f, kind) && ta->fits[i] &&
            (!b || ta->fits[i] > ta->fits[b - er->forms]))
            b = f;
    }
    return b;
}

/* The daemon also writes lines without a level, which must not outvote. */
static const struct ikw_form *best_own(const struct ikw_envelope_reader *er,
                                       const struct tally *ta)
{
    const struct ikw_form *all = best(er, ta, OWN);
    const struct ikw_form *levelled = best(er, ta, LEVELLED);
    if (!levelled || ta->fits[levelled - er->forms] * MINOR_RATIO <
                         ta->fits[all - er->forms])
        return all;
    return levelled;
}

/* The own form that starts as a foreign one does. */
static const struct ikw_form *own_of(const struct ikw_envelope_reader *er,
                                     const struct ikw_form *foreign)
{
    for (size_t i = 0; i < er->nforms; i++)
        if (!er->forms[i].foreign && !er->forms[i].bare &&
            !strcmp(er->forms[i].env->dialect, foreign->env->dialect))
            return &er->forms[i];
    return foreign;
}

static void say(struct ikw_buf *why, const struct ikw_form *f,
                const struct tally *ta, size_t fits)
{
    if (!why)
        return;
    if (!ta->lines) {
        ikw_buf_adds(why, "there is no line to judge by");
        return;
    }
    if (f->bare) {
        ikw_buf_addf(why, "most of the first %zu lines have no head known",
                     ta->lines);
        return;
    }
    ikw_buf_addf(why, "%zu of the first %zu lines have the head '%s'", fits,
                 ta->lines, f->env->title);
    if (ta->foreign)
        ikw_buf_addf(why, ", %zu are of other programs", ta->foreign);
}

static const struct ikw_form *decide(const struct ikw_envelope_reader *er,
                                     const struct tally *ta,
                                     struct ikw_buf *why)
{
    const struct ikw_form *f = best_own(er, ta);
    size_t own = ta->lines - ta->foreign;
    size_t fits = f ? ta->fits[f - er->forms] : 0;
    const struct ikw_form *foreign = best(er, ta, FOREIGN);
    if (!fits && foreign && ta->foreign * 2 > ta->lines)
        f = own_of(er, foreign);
    else if (er->bare && (!f || fits * MINOR_RATIO < own))
        f = er->bare;
    if (f)
        say(why, f, ta, fits);
    return f;
}

static const struct ikw_form *by_id(const struct ikw_envelope_reader *er,
                                    const char *id)
{
    for (size_t i = 0; i < er->nforms; i++)
        if (!strcmp(er->forms[i].env->id, id))
            return &er->forms[i];
    return NULL;
}

/* Most stamps go down, and so does the whole. */
static bool falls(const struct tally *ta)
{
    return ta->downs > 4 * ta->ups && ta->last < ta->first;
}

const struct ikw_envelope *ikw_envelope_detect(struct ikw_envelope_reader *er,
                                               struct ikw_slice head,
                                               struct ikw_buf *why)
{
    struct ikw_arena a = { 0 };
    struct tally ta = { .first = IKW_NO_TIME, .last = IKW_NO_TIME };
    const struct ikw_form *f;
    ta.fits = IKW_ARENA_ARRAY(&a, size_t, er->nforms);
    ikw_envelope_restart(er);
    tally_head(er, &ta, head);
    if (!er->forced)
        f = decide(er, &ta, why);
    else if ((f = by_id(er, er->forced)) && why)
        ikw_buf_adds(why, "the form was given");
    ikw_arena_release(&a);
    ikw_envelope_restart(er);
    if (!f)
        return NULL;
    er->newest_first = falls(&ta) && f->env->newest_first_possible;
    er->cal.backwards = er->newest_first;
    ikw_envelope_choose(er, f);
    return f->env;
}

bool ikw_envelope_newest_first(const struct ikw_envelope_reader *er)
{
    return er->newest_first;
}
