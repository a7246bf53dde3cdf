/*
 * Reading a tunnel's life out of its fact sets, which come in order of time.
 * SAs are followed by SPI: a tunnel is up while one of them lives.
 */
#include "inference/builder.h"

#include <stdlib.h>
#include <string.h>

enum { LIVE_MAX = 32 };

struct ikw_life {
    struct ikw_mark marks[IKW_MARKS_MAX];
    size_t nmarks;
    int64_t step_ms; /* marks of one kind within this are one; 0: at once */
    struct ikw_up ups[IKW_UPS_MAX];
    size_t nups;
    uint32_t live[LIVE_MAX]; /* hashes of SPIs */
    size_t nlive;
};

/* ---- marks ------------------------------------------------------------- */

static bool close_by(const struct ikw_life *l, const struct ikw_mark *a,
                     const struct ikw_mark *b)
{
    return a->kind == b->kind && a->phase == b->phase &&
           b->from_ms >= a->from_ms && b->from_ms - a->from_ms <= l->step_ms;
}

static void join(struct ikw_mark *a, const struct ikw_mark *b)
{
    a->count += b->count;
    if (b->to_ms > a->to_ms)
        a->to_ms = b->to_ms;
}

/* The latest of its kind, if it is near enough. */
static struct ikw_mark *near(struct ikw_life *l, const struct ikw_mark *m,
                             size_t n)
{
    for (size_t i = n; i > 0; i--)
        if (l->marks[i - 1].kind == m->kind &&
            l->marks[i - 1].phase == m->phase)
            return close_by(l, &l->marks[i - 1], m) ? &l->marks[i - 1] : NULL;
    return NULL;
}

/* Doubles the step until a quarter of the room is free. */
static void thin(struct ikw_life *l)
{
    while (l->nmarks > IKW_MARKS_MAX * 3 / 4) {
        size_t n = 0;
        l->step_ms = l->step_ms ? l->step_ms * 2 : 1000;
        for (size_t i = 0; i < l->nmarks; i++) {
            struct ikw_mark m = l->marks[i];
            struct ikw_mark *to = near(l, &m, n);
            if (to)
                join(to, &m);
            else
                l->marks[n++] = m;
        }
        l->nmarks = n;
        if (l->step_ms > INT64_MAX / 4)
            return;
    }
}

static void mark(struct ikw_life *l, enum ikw_mark_kind kind, unsigned phase,
                 const struct ikw_fact *f)
{
    struct ikw_mark m = { .kind = kind,
                          .phase = phase,
                          .from_ms = f->first.t_ms,
                          .to_ms = f->last.t_ms,
                          .file = f->first.file,
                          .line = f->first.line,
                          .count = 1 };
    if (m.from_ms == IKW_NO_TIME || !m.line)
        return;
    if (m.to_ms < m.from_ms)
        m.to_ms = m.from_ms;
    struct ikw_mark *to = l->step_ms ? near(l, &m, l->nmarks) : NULL;
    if (to) {
        join(to, &m);
        return;
    }
    if (l->nmarks == IKW_MARKS_MAX)
        thin(l);
    if (l->nmarks < IKW_MARKS_MAX)
        l->marks[l->nmarks++] = m;
}

/* ---- up and down ------------------------------------------------------- */

static uint32_t spi_of(const struct ikw_fact *f)
{
    struct ikw_value v = ikw_fact_get(f, "spi");
    int64_t id = 0;
    if (v.kind == IKW_STR)
        return v.hash;
    ikw_fact_int(f, "negotiation", &id);
    return (uint32_t)id;
}

static void came_up(struct ikw_life *l, const struct ikw_fact *f)
{
    uint32_t spi = spi_of(f);
    for (size_t i = 0; i < l->nlive; i++)
        if (l->live[i] == spi)
            return;
    if (l->nlive == LIVE_MAX)
        memmove(l->live, l->live + 1, --l->nlive * sizeof l->live[0]);
    l->live[l->nlive++] = spi;
    if (l->nlive > 1 && l->nups && l->ups[l->nups - 1].to_ms == IKW_NO_TIME)
        return;
    if (l->nups == IKW_UPS_MAX) /* the last takes in what comes after */
        l->ups[l->nups - 1].to_ms = IKW_NO_TIME;
    else
        l->ups[l->nups++] = (struct ikw_up){ f->first.t_ms, IKW_NO_TIME };
}

static void went_down(struct ikw_life *l, const struct ikw_fact *f)
{
    uint32_t spi = spi_of(f);
    for (size_t i = 0; i < l->nlive; i++) {
        if (l->live[i] != spi)
            continue;
        l->live[i] = l->live[--l->nlive];
        if (!l->nlive && l->nups)
            l->ups[l->nups - 1].to_ms = f->first.t_ms;
        return;
    }
}

/* ---- reading a set ----------------------------------------------------- */

static enum ikw_mark_kind attempt_kind(const struct ikw_fact *f)
{
    static const char *const done[] = { "established", "expired", "deleted",
                                        "superseded", "half" };
    for (size_t i = 0; i < sizeof done / sizeof *done; i++)
        if (ikw_fact_says(f, "outcome", done[i]))
            return IKW_MARK_DONE;
    return ikw_fact_says(f, "outcome", "pending") ? IKW_MARK_OPEN
                                                  : IKW_MARK_FAILED;
}

static unsigned phase_of(const struct ikw_fact *f)
{
    int64_t phase = 0;
    if (ikw_fact_int(f, "phase", &phase))
        return phase == 1 || phase == 2 ? (unsigned)phase : 0;
    if (ikw_fact_says(f, "kind", "isakmp"))
        return 1;
    return ikw_fact_says(f, "kind", "ipsec") ? 2 : 0;
}

static void read_fact(struct ikw_life *l, const struct ikw_scene *s,
                      const struct ikw_fact *f)
{
    const struct ikw_report_types *t = s->types;
    bool ipsec = ikw_fact_says(f, "kind", "ipsec");
    if (ikw_fact_says(f, "carried", "yes"))
        return;
    if (f->type == t->negotiation) {
        mark(l, attempt_kind(f), phase_of(f), f);
    } else if (f->type == t->established && ipsec) {
        came_up(l, f);
    } else if (f->type == t->expired || f->type == t->removed) {
        mark(l, f->type == t->expired ? IKW_MARK_EXPIRED : IKW_MARK_REMOVED,
             phase_of(f), f);
        if (ipsec)
            went_down(l, f);
    } else if (f->type == t->rekey) {
        mark(l, IKW_MARK_REKEY, phase_of(f), f);
    }
}

static int cmp_fact(const void *x, const void *y)
{
    const struct ikw_fact *a = *(const struct ikw_fact *const *)x;
    const struct ikw_fact *b = *(const struct ikw_fact *const *)y;
    int64_t t = a->first.t_ms, u = b->first.t_ms;
    if (t != u)
        return t < u ? -1 : 1;
    if (a->first.line != b->first.line)
        return a->first.line < b->first.line ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Both logs tell of the same SAs: those of one of them count. */
void ikw_timeline_read(struct ikw_life **life, const struct ikw_scene *s,
                       enum ikw_source source)
{
    size_t n = 0;
    struct ikw_arena scratch = { 0 };
    if (!*life)
        *life = ikw_xcalloc(1, sizeof **life);
    const struct ikw_fact **v =
        IKW_ARENA_ARRAY(&scratch, const struct ikw_fact *, s->fs->nfacts);
    for (size_t i = 0; i < s->fs->nfacts; i++)
        if (s->fs->facts[i]->source == source &&
            s->fs->facts[i]->first.t_ms != IKW_NO_TIME)
            v[n++] = s->fs->facts[i];
    if (n)
        qsort(v, n, sizeof *v, cmp_fact);
    for (size_t i = 0; i < n; i++)
        read_fact(*life, s, v[i]);
    ikw_arena_release(&scratch);
}

/* ---- the end ----------------------------------------------------------- */

static int cmp_mark(const void *x, const void *y)
{
    const struct ikw_mark *a = x, *b = y;
    if (a->from_ms != b->from_ms)
        return a->from_ms < b->from_ms ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (int)a->kind - (int)b->kind;
}

const struct ikw_timeline *ikw_timeline_close(const struct ikw_life *l,
                                              struct ikw_arena *a)
{
    struct ikw_timeline *t = IKW_ARENA_NEW(a, struct ikw_timeline);
    t->marks = IKW_ARENA_ARRAY(a, struct ikw_mark, l->nmarks);
    memcpy(t->marks, l->marks, l->nmarks * sizeof *t->marks);
    t->nmarks = l->nmarks;
    if (t->nmarks)
        qsort(t->marks, t->nmarks, sizeof *t->marks, cmp_mark);
    t->ups = IKW_ARENA_ARRAY(a, struct ikw_up, l->nups);
    memcpy(t->ups, l->ups, l->nups * sizeof *t->ups);
    t->nups = l->nups;
    return t;
}
