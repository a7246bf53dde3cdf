/* Trials: their making, and the order of the two directions. */
#include "facts/config/match.h"

#include <stdarg.h>
#include <string.h>

/* ---- attributes -------------------------------------------------------- */

struct ikw_conf_diff *ikw_conf_diff_add(struct ikw_conf_trial *t,
                                        const char *attr,
                                        enum ikw_conf_result result)
{
    size_t i = t->n < IKW_CONF_DIFFS ? t->n++ : IKW_CONF_DIFFS - 1;
    t->v[i] = (struct ikw_conf_diff){
        .attr = attr, .result = result, .ini = "", .res = ""
    };
    return &t->v[i];
}

bool ikw_conf_refuses(const char *list, const char *check)
{
    size_t len = check ? strlen(check) : 0;
    for (const char *p = list; len && p && *p;) {
        size_t n = strcspn(p, " ");
        if (n == len && !memcmp(p, check, n))
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

const char *ikw_conf_says(const struct ikw_conf_remote *rm,
                          enum ikw_conf_setting_id id)
{
    return rm && rm->set[id].word ? rm->set[id].word : "";
}

struct ikw_conf_at ikw_conf_at_or(struct ikw_conf_at at,
                                  struct ikw_conf_at section)
{
    return at.line ? at : section;
}

const char *ikw_conf_format(struct ikw_arena *a, const char *fmt, ...)
{
    struct ikw_buf b = { 0 };
    va_list ap;
    va_start(ap, fmt);
    ikw_buf_addv(&b, fmt, ap);
    va_end(ap);
    const char *s = ikw_arena_strndup(a, ikw_buf_str(&b), b.len);
    ikw_buf_release(&b);
    return s;
}

/* ---- how it ends ------------------------------------------------------- */

/* Attributes of a phase 1 proposal are compared all at once. */
static bool in_proposal(const struct ikw_conf_trial *t,
                        const struct ikw_conf_diff *d)
{
    static const char *const attrs[] = { "enc", "keylen", "hash",
                                         "dh",  "auth",   "lifetime" };
    for (size_t i = 0; t->phase == 1 && i < sizeof attrs / sizeof *attrs; i++)
        if (!strcmp(d->attr, attrs[i]))
            return true;
    return false;
}

static void mark_first(struct ikw_conf_trial *t)
{
    struct ikw_conf_diff *first = NULL;
    for (size_t i = 0; i < t->n; i++) {
        struct ikw_conf_diff *d = &t->v[i];
        if (d->result != IKW_CONF_FATAL)
            continue;
        if (first && in_proposal(t, first) && in_proposal(t, d))
            first->first = false;
        if (!first) {
            first = d;
            d->first = true;
        }
    }
}

void ikw_conf_trial_close(struct ikw_conf_trial *t)
{
    bool open = false, fatal = false;
    for (size_t i = 0; i < t->n; i++) {
        open = open || t->v[i].result == IKW_CONF_OPEN;
        fatal = fatal || t->v[i].result == IKW_CONF_FATAL;
    }
    mark_first(t);
    t->outcome = fatal  ? IKW_TRIAL_FAILS
                 : open ? IKW_TRIAL_OPEN
                        : IKW_TRIAL_AGREES;
}

/* ---- one direction ----------------------------------------------------- */

struct ends {
    struct ikw_arena *arena;
    struct ikw_conf_meet ini, res;
    bool outward;
};

static struct ikw_conf_trial *trial_new(struct ends *e,
                                        struct ikw_conf_trials *out,
                                        unsigned phase, const char *title)
{
    if (out->n == IKW_CONF_TRIALS)
        return NULL;
    struct ikw_conf_trial *t = IKW_ARENA_NEW(e->arena, struct ikw_conf_trial);
    t->outward = e->outward;
    t->phase = phase;
    t->title = title;
    out->v[out->n++] = t;
    return t;
}

/* A side that is told to wait, or that knows nobody to call. */
static bool idle(const struct ikw_conf_meet *m,
                 const struct ikw_conf_remote *rm)
{
    struct ikw_conf_pair2 any;
    if (rm &&
        (!rm->has_address || !strcmp(ikw_conf_says(rm, IKW_SET_PASSIVE), "on")))
        return true;
    return m->c->spd && !ikw_conf_pairs(m, &any, 1);
}

static void try_pairs(struct ends *e, struct ikw_conf_trials *out,
                      const struct ikw_conf_remote *ini,
                      const struct ikw_conf_remote *res)
{
    struct ikw_conf_pair2 pairs[IKW_CONF_TRIALS / 4];
    size_t n = ikw_conf_pairs(&e->ini, pairs, sizeof pairs / sizeof *pairs);
    for (size_t i = 0; i < n; i++) {
        struct ikw_buf b = { 0 };
        ikw_selector_add(&b, &pairs[i].src);
        ikw_buf_adds(&b, " -> ");
        ikw_selector_add(&b, &pairs[i].dst);
        struct ikw_conf_trial *t = trial_new(
            e, out, 2, ikw_conf_format(e->arena, "%s", ikw_buf_str(&b)));
        ikw_buf_release(&b);
        if (!t)
            return;
        ikw_conf_phase2(e->arena, t, &pairs[i], &e->ini, ini, &e->res, res);
        ikw_conf_trial_close(t);
    }
}

static void try_direction(struct ends *e, struct ikw_conf_trials *out)
{
    const struct ikw_conf_remote *ini = ikw_conf_begins(&e->ini), *res;
    struct ikw_conf_trial *t = trial_new(e, out, 1, "phase 1");
    if (!t)
        return;
    res = ikw_conf_phase1(e->arena, t, ini, &e->ini, &e->res);
    ikw_conf_trial_close(t);
    try_pairs(e, out, ini, res);
    if (idle(&e->ini, ini))
        for (size_t i = 0; i < out->n; i++)
            if (out->v[i]->outward == e->outward)
                out->v[i]->outcome = IKW_TRIAL_IDLE;
}

/* ---- both -------------------------------------------------------------- */

/* A failing phase 2 is this one if no other of its direction can fail, or
 * all of them fail for the same reason. */
static const char *reason(const struct ikw_conf_trial *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->v[i].first)
            return t->v[i].attr;
    return "";
}

static bool stands_alone(const struct ikw_conf_trials *ts,
                         const struct ikw_conf_trial *t)
{
    for (size_t i = 0; i < ts->n; i++) {
        const struct ikw_conf_trial *o = ts->v[i];
        if (o == t || o->outward != t->outward || o->phase != t->phase ||
            o->outcome == IKW_TRIAL_AGREES)
            continue;
        if (o->outcome != t->outcome || strcmp(reason(o), reason(t)))
            return false;
    }
    if (t->outcome == IKW_TRIAL_FAILS)
        return true;
    for (size_t i = 0; i < ts->n; i++)
        if (ts->v[i]->outward == t->outward && ts->v[i]->phase == t->phase &&
            ts->v[i]->outcome != t->outcome)
            return false;
    return true;
}

/* If both wait for the other, nothing ever happens. */
static void both_wait(const struct ends *e, struct ikw_conf_trials *out)
{
    const struct ikw_conf_remote *a = ikw_conf_begins(&e->ini);
    const struct ikw_conf_remote *b = ikw_conf_begins(&e->res);
    if (!a || !b || strcmp(ikw_conf_says(a, IKW_SET_PASSIVE), "on") ||
        strcmp(ikw_conf_says(b, IKW_SET_PASSIVE), "on"))
        return;
    for (size_t i = 0; i < out->n; i++) {
        struct ikw_conf_trial *t = out->v[i];
        if (t->phase != 1)
            continue;
        const struct ikw_conf_remote *ini = t->outward == e->outward ? a : b;
        const struct ikw_conf_remote *res = ini == a ? b : a;
        struct ikw_conf_diff *d =
            ikw_conf_diff_add(t, "passive", IKW_CONF_FATAL);
        d->ini = d->res = "on";
        d->ini_at = ini->set[IKW_SET_PASSIVE].at;
        d->res_at = res->set[IKW_SET_PASSIVE].at;
        ikw_conf_trial_close(t);
    }
}

/* With one configuration only: is there a section for the other side? */
static void try_alone(struct ikw_arena *a, const struct ikw_conf_pair *pair,
                      struct ikw_conf_trials *out)
{
    struct ends e = { .arena = a };
    if (!pair->local || !pair->local->ike || !pair->peer_addr.family)
        return;
    e.ini = ikw_conf_meet(pair->local, NULL, &pair->peer_addr, pair->seen);
    for (int outward = 1; outward >= 0; outward--) {
        e.outward = outward;
        struct ikw_conf_trial *t = trial_new(&e, out, 1, "phase 1");
        ikw_conf_sections(a, t, &e.ini, e.outward);
        ikw_conf_trial_close(t);
        if (t->outcome == IKW_TRIAL_AGREES)
            t->outcome = IKW_TRIAL_OPEN;
        t->alone = true;
    }
}

void ikw_config_compare(struct ikw_arena *a, const struct ikw_conf_pair *pair,
                        struct ikw_conf_trials *out)
{
    *out = (struct ikw_conf_trials){ .n = 0 };
    if (!pair->local || !pair->peer || !pair->local->ike || !pair->peer->ike) {
        try_alone(a, pair, out);
        return;
    }
    struct ends e = { .arena = a, .outward = true };
    e.ini =
        ikw_conf_meet(pair->local, pair->peer, &pair->peer_addr, pair->seen);
    e.res = ikw_conf_meet(pair->peer, pair->local, &pair->local_addr, false);
    try_direction(&e, out);
    struct ends back = { a, e.res, e.ini, false };
    try_direction(&back, out);
    both_wait(&e, out);
    for (size_t i = 0; i < out->n; i++)
        out->v[i]->alone = stands_alone(out, out->v[i]);
}
