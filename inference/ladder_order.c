/*
 * Two logs, one ladder. Clocks of two machines tell seconds, not the order
 * within them; but a message was sent before it arrived. So each log's steps
 * stay in the order of its lines, and a step that the other log's message
 * must precede waits for it.
 */
#include "inference/ladder_draft.h"

#include <stdlib.h>
#include <string.h>

/* ---- the same message in both logs ------------------------------------- */

static bool sent(const struct ikw_ladder_item *it)
{
    return ikw_fact_says(it->fact, "dir", "out") ||
           ikw_fact_says(it->fact, "by", "us");
}

static bool same_slot(const struct ikw_fact *a, const struct ikw_fact *b,
                      const char *slot)
{
    struct ikw_value v = ikw_fact_get(a, slot), w = ikw_fact_get(b, slot);
    return v.kind == w.kind && (v.kind == IKW_NIL || ikw_value_eq(v, w));
}

/* `a` was sent, `b` was got. */
static bool same_message(const struct ikw_ladder_item *a,
                         const struct ikw_ladder_item *b)
{
    static const char *const slots[] = { "number", "exchange", "size", "name" };
    if (b->step.kind != IKW_STEP_MESSAGE || b->step.implied ||
        a->fact->type != b->fact->type || a->step.lane != b->step.lane ||
        a->fact->source == b->fact->source || sent(b))
        return false;
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (!same_slot(a->fact, b->fact, slots[i]))
            return false;
    return true;
}

static bool would_show(const struct ikw_ladder_draft *d,
                       const struct ikw_ladder_item *it)
{
    enum ikw_source far = it->fact->source == IKW_SOURCE_LOCAL
                              ? IKW_SOURCE_PEER
                              : IKW_SOURCE_LOCAL;
    const struct ikw_visibility *see = &d->scene->fs->see[far];
    int64_t number;
    return see->present && see->level >= IKW_LEVEL_DEBUG && d->nof > 1 &&
           ikw_fact_int(it->fact, "number", &number);
}

/* The sent one takes in what the other log says of it. */
static void absorb(struct ikw_ladder_item *to, struct ikw_ladder_item *from,
                   size_t at)
{
    to->step.evidence |= from->step.evidence;
    if (abs(from->db) > abs(to->db))
        to->db = from->db;
    from->waits_for = at + 1;
    from->gone = true;
}

static void pair_messages(struct ikw_ladder_draft *d)
{
    for (size_t i = 0; i < d->n; i++) {
        struct ikw_ladder_item *it = &d->v[i];
        bool met = false;
        if (it->step.kind != IKW_STEP_MESSAGE || it->step.implied || !sent(it))
            continue;
        for (size_t k = 0; k < d->n; k++) {
            if (!same_message(it, &d->v[k]))
                continue;
            met = true;
            if (!d->v[k].gone)
                absorb(it, &d->v[k], i);
        }
        it->step.lost = !met && would_show(d, it);
    }
}

/* ---- what says nothing more -------------------------------------------- */

/* A packet without a number, where something tells what was in it. */
static void drop_wrappers(struct ikw_ladder_draft *d)
{
    for (size_t i = 0; i < d->n; i++) {
        struct ikw_ladder_item *it = &d->v[i];
        int64_t number;
        if (it->step.kind != IKW_STEP_MESSAGE || it->step.implied ||
            it->step.evidence || ikw_type_slot(it->fact->type, "number") < 0 ||
            ikw_fact_int(it->fact, "number", &number))
            continue;
        for (size_t k = 0; k < d->n && !it->gone; k++)
            it->gone = d->v[k].step.kind == IKW_STEP_MESSAGE &&
                       d->v[k].step.lane == it->step.lane &&
                       d->v[k].fact->type != it->fact->type &&
                       !d->v[k].step.implied;
    }
}

/* ---- order ------------------------------------------------------------- */

static int cmp_u(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int cmp_time(const struct ikw_ladder_item *a,
                    const struct ikw_ladder_item *b)
{
    int64_t t = a->step.first.t_ms, u = b->step.first.t_ms;
    return (t > u) - (t < u);
}

/* Within a log by its lines. */
static int cmp_line(const void *x, const void *y)
{
    const struct ikw_ladder_item *a = x, *b = y;
    int c = cmp_u(a->fact->source, b->fact->source);
    if (!c)
        c = cmp_time(a, b);
    if (!c)
        c = cmp_u(a->step.first.file, b->step.first.file);
    if (!c)
        c = cmp_u(a->step.first.line, b->step.first.line);
    if (!c)
        c = cmp_u(a->order, b->order);
    return c ? c : cmp_u(a->fact->id, b->fact->id);
}

void ikw_ladder_tidy(struct ikw_ladder_draft *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        if (!d->v[i].gone)
            d->v[n++] = d->v[i];
    d->n = n;
}

static bool blocked(const struct ikw_ladder_draft *d, size_t i,
                    const bool *done)
{
    return d->v[i].waits_for && !done[d->v[i].waits_for - 1];
}

/* Merges the local steps [0, cut) with the peer's [cut, n). */
static void merge(struct ikw_ladder_draft *d, size_t cut)
{
    size_t a = 0, b = cut, n = 0;
    bool *done = ikw_xcalloc(d->n + 1, sizeof *done);
    struct ikw_ladder_item *out = ikw_xcalloc(d->n + 1, sizeof *out);
    while (a < cut || b < d->n) {
        bool take_a =
            a < cut && (b == d->n || cmp_time(&d->v[a], &d->v[b]) <= 0);
        bool stuck_a = a == cut || blocked(d, a, done);
        bool stuck_b = b == d->n || blocked(d, b, done);
        if (stuck_a != stuck_b)
            take_a = stuck_b;
        size_t i = take_a ? a++ : b++;
        done[i] = true;
        out[n++] = d->v[i];
    }
    memcpy(d->v, out, n * sizeof *out);
    free(out);
    free(done);
}

void ikw_ladder_order(struct ikw_ladder_draft *d)
{
    size_t cut = 0;
    if (!d->n)
        return;
    qsort(d->v, d->n, sizeof *d->v, cmp_line);
    while (cut < d->n && d->v[cut].fact->source == IKW_SOURCE_LOCAL)
        cut++;
    pair_messages(d);
    drop_wrappers(d);
    merge(d, cut);
    ikw_ladder_tidy(d);
}
