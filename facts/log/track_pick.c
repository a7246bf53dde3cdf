/*
 * Which negotiation, once the tunnel is known or the line says nothing but
 * its phase. Newest first within a tunnel; oldest first over all tunnels,
 * because what has been silent longest is what a timer ends.
 */
#include "facts/log/track_internal.h"

#include <string.h>

unsigned ikw_phase_of(const struct ikw_message *msg)
{
    return msg->act_phase ? msg->act_phase : msg->phase;
}

static bool within(int64_t from, int64_t to, int64_t ms)
{
    return from == IKW_NO_TIME || to == IKW_NO_TIME ||
           (to - from <= ms && from - to <= ms);
}

static bool role_fits(const struct neg *n, const struct ikw_message *msg)
{
    return !msg->role || !n->role || n->role == msg->role;
}

/* What a walk over the tunnel's negotiations of one phase found. */
struct found {
    struct neg *open, *oldest_open, *live, *newest;
};

static struct found walk(const struct tunnel *t, unsigned phase,
                         const struct ikw_message *msg)
{
    struct found f = { 0 };
    for (struct neg *n = t->last; n; n = n->prev) {
        if (n->phase != phase || !role_fits(n, msg))
            continue;
        if (!f.newest)
            f.newest = n;
        if (n->where == OPEN) {
            f.oldest_open = n;
            if (!f.open)
                f.open = n;
        }
        if (!f.live && n->where == LIVE)
            f.live = n;
    }
    return f;
}

/* The negotiation of the lines just above, if it fits. */
static struct neg *in_hand(const struct ikw_tracker *tr, const struct tunnel *t,
                           unsigned phase, const struct ikw_message *msg)
{
    struct neg *n = tr->ctx.neg;
    if (!n || n->tunnel != t || (phase && n->phase != phase) ||
        !role_fits(n, msg) || !within(tr->ctx.t_ms, tr->now_ms, 0))
        return NULL;
    return n;
}

static struct neg *pick_phase1(const struct ikw_tracker *tr,
                               const struct tunnel *t,
                               const struct ikw_message *msg)
{
    struct neg *n = in_hand(tr, t, 1, msg);
    if (n && (n->where != NOWHERE || within(n->touched_ms, tr->now_ms, 0)))
        return n;
    struct found f = walk(t, 1, msg);
    if (f.open)
        return f.open;
    if (f.newest && within(f.newest->touched_ms, tr->now_ms, NEAR_MS))
        return f.newest;
    return f.live ? f.live : f.newest;
}

/* A timer ends the oldest; a refused packet the one in hand or newest. */
static struct neg *open_phase2(const struct ikw_tracker *tr,
                               const struct found *f,
                               const struct ikw_message *msg)
{
    enum { TIMER_MS = 25 * 1000 };
    if (f->open && msg->action == IKW_DO_END &&
        f->oldest_open->opened_ms != IKW_NO_TIME &&
        tr->now_ms - f->oldest_open->opened_ms >= TIMER_MS)
        return f->oldest_open;
    return f->open;
}

/* While phase 1 runs or has just failed, a phase 2 that waits for it has
 * no record of its own: what is said of it is said of the phase 1. */
static struct neg *phase1_waited_for(const struct ikw_tracker *tr,
                                     const struct tunnel *t)
{
    static const struct ikw_message any = { 0 };
    struct found f = walk(t, 1, &any);
    if (f.open)
        return f.open;
    if (f.newest && f.newest->where == NOWHERE &&
        within(f.newest->touched_ms, tr->now_ms, CALLER_MS))
        return f.newest;
    return NULL;
}

static struct neg *pick_phase2(const struct ikw_tracker *tr,
                               const struct tunnel *t,
                               const struct ikw_message *msg)
{
    struct neg *n = in_hand(tr, t, 2, msg);
    if (n && n->where == OPEN)
        return n;
    struct found f = walk(t, 2, msg);
    if (f.open)
        return open_phase2(tr, &f, msg);
    if (f.newest && within(f.newest->touched_ms, tr->now_ms, NEAR_MS))
        return f.newest;
    struct neg *p1 = phase1_waited_for(tr, t);
    if (p1)
        return p1;
    bool grave =
        msg->level == IKW_LEVEL_ERROR || msg->level == IKW_LEVEL_WARNING;
    return grave ? NULL : f.newest;
}

static struct neg *pick_any(const struct ikw_tracker *tr,
                            const struct tunnel *t,
                            const struct ikw_message *msg)
{
    struct neg *n = in_hand(tr, t, 0, msg), *live = NULL;
    if (n)
        return n;
    for (n = t->last; n; n = n->prev) {
        if (n->where == OPEN && role_fits(n, msg))
            return n;
        if (!live && n->where == LIVE && n->phase == 1 && role_fits(n, msg))
            live = n;
    }
    return live ? live : t->last;
}

struct neg *ikw_pick(const struct ikw_tracker *tr, const struct tunnel *t,
                     const struct ikw_message *msg)
{
    unsigned phase = ikw_phase_of(msg);
    if (phase == 1)
        return pick_phase1(tr, t, msg);
    if (phase == 2)
        return pick_phase2(tr, t, msg);
    return pick_any(tr, t, msg);
}

/* ---- over all tunnels -------------------------------------------------- */

static bool could_end(const struct neg *n, const uint8_t *rcookie)
{
    if (!rcookie)
        return true;
    if (n->has_icookie)
        return false;
    return !ikw_cookie_zero(rcookie) || (n->role != 'R' && !n->answered);
}

/* Default timers give up 50 s after the last new message; a responder's
 * cookie proves that the peer had answered. */
static int fitness(const struct ikw_tracker *tr, const struct neg *n,
                   const uint8_t *rcookie)
{
    int64_t age = tr->now_ms == IKW_NO_TIME || n->moved_ms == IKW_NO_TIME
                      ? 0
                      : tr->now_ms - n->moved_ms;
    int score = age >= 45 * 1000 && age <= 60 * 1000 ? 4 : 0;
    if (rcookie && !ikw_cookie_zero(rcookie) && (n->role == 'R' || n->answered))
        score += 2;
    return score;
}

/* The first message of an initiator is sent as it opens: what fails of it at
 * once is said before anything else is. */
static struct neg *just_opened(const struct ikw_tracker *tr,
                               const struct ikw_message *msg,
                               const uint8_t *rcookie)
{
    struct neg *n = tr->ctx.opened;
    bool first = rcookie && ikw_cookie_zero(rcookie) && n && n->role == 'I' &&
                 n->phase == 1 && ikw_phase_of(msg) == 1;
    return first && n->where == OPEN && !n->answered && !n->has_icookie &&
                   tr->ctx.t_ms == tr->now_ms
               ? n
               : NULL;
}

struct neg *ikw_pick_open(const struct ikw_tracker *tr,
                          const struct ikw_message *msg, const uint8_t *rcookie,
                          bool *sure)
{
    unsigned phase = ikw_phase_of(msg), steps = 0;
    struct neg *best = just_opened(tr, msg, rcookie);
    int best_score = -1;
    *sure = best != NULL;
    if (best)
        return best;
    for (struct neg *n = tr->open.head; n && steps < SCAN_MAX;
         n = n->gnext, steps++) {
        if ((phase && n->phase != phase) || !role_fits(n, msg) ||
            !could_end(n, phase == 1 ? rcookie : NULL))
            continue;
        int score = fitness(tr, n, rcookie);
        if (score == best_score)
            *sure = false;
        if (score <= best_score)
            continue;
        best_score = score;
        best = n;
        *sure = true;
    }
    return best;
}

struct neg *ikw_pick_only(const struct ikw_tracker *tr,
                          const struct ikw_message *msg, size_t *count)
{
    unsigned phase = ikw_phase_of(msg), steps = 0;
    struct neg *only = NULL;
    *count = 0;
    for (struct neg *n = tr->open.head; n && steps < SCAN_MAX;
         n = n->gnext, steps++) {
        if ((phase && n->phase != phase) || !role_fits(n, msg))
            continue;
        only = n;
        ++*count;
    }
    return *count == 1 ? only : NULL;
}

bool ikw_pick_others(const struct ikw_tracker *tr,
                     const struct ikw_message *msg, const struct tunnel *t,
                     int64_t ms)
{
    unsigned phase = ikw_phase_of(msg), steps = 0;
    for (const struct neg *n = tr->open.head; n && steps < SCAN_MAX;
         n = n->gnext, steps++) {
        if (n->tunnel != t && (!phase || n->phase == phase) &&
            role_fits(n, msg) && within(n->moved_ms, tr->now_ms, ms))
            return true;
    }
    return false;
}

struct neg *ikw_pick_recent(const struct ikw_tracker *tr, unsigned phase)
{
    unsigned steps = 0;
    for (struct neg *n = tr->open.tail; n && steps < SCAN_MAX;
         n = n->gprev, steps++) {
        if (!phase || n->phase == phase)
            return n;
    }
    for (struct neg *n = tr->live.tail; n && steps < 2 * SCAN_MAX;
         n = n->gprev, steps++) {
        if (!phase || n->phase == phase)
            return n;
    }
    return NULL;
}

static bool same_attempt(const struct neg *n, const uint8_t *icookie)
{
    return !n->has_icookie || !icookie || memcmp(n->icookie, icookie, 8) == 0;
}

/* A phase 2 does not outlive its phase 1 while it is being negotiated. */
static bool parent_gone(const struct neg *n)
{
    for (const struct neg *p = n->tunnel->last; p; p = p->prev) {
        if (p->id == n->parent)
            return p->where == NOWHERE;
    }
    return false;
}

/* Half up and close: the second SA of a pair. Else the oldest open one that
 * the 30 s timer has not overtaken, else the newest; else one just completed
 * (bundles bring up four). */
static struct neg *establish_phase2(const struct ikw_tracker *tr,
                                    const struct tunnel *t)
{
    struct neg *open = NULL, *done = NULL, *half = NULL, *newest = NULL;
    for (struct neg *n = t->last; n; n = n->prev) {
        if (n->phase != 2)
            continue;
        bool near = within(n->moved_ms, tr->now_ms, NEAR_MS);
        if (n->where == OPEN && n->nup == 1 && near)
            half = n;
        if (n->where == OPEN && n->nup == 0) {
            if (!newest)
                newest = n;
            if (within(n->opened_ms, tr->now_ms, PHASE2_MS) && !parent_gone(n))
                open = n;
        }
        if (!done && n->where == LIVE && near)
            done = n;
    }
    if (half)
        return half;
    return open ? open : newest ? newest : done;
}

/* A line without cookies may say again what one with them has just said. */
static struct neg *just_up(const struct ikw_tracker *tr, const struct tunnel *t)
{
    struct neg *n = t->last;
    while (n && n->phase != 1)
        n = n->prev;
    return n && n->where == LIVE && within(n->moved_ms, tr->now_ms, NEAR_MS)
               ? n
               : NULL;
}

struct neg *ikw_pick_establish(const struct ikw_tracker *tr,
                               const struct tunnel *t, unsigned phase,
                               const uint8_t *icookie)
{
    if (phase == 2)
        return establish_phase2(tr, t);
    for (struct neg *n = t->last; n; n = n->prev) {
        if (n->phase == 1 && n->where == OPEN && same_attempt(n, icookie))
            return n;
    }
    return icookie ? NULL : just_up(tr, t);
}

struct neg *ikw_pick_unanswered(const struct ikw_tracker *tr, size_t *count)
{
    unsigned steps = 0;
    struct neg *only = NULL;
    *count = 0;
    for (struct neg *n = tr->open.head; n && steps < SCAN_MAX;
         n = n->gnext, steps++) {
        if (n->phase != 1 || n->role == 'R' || n->answered)
            continue;
        only = n;
        ++*count;
    }
    return *count == 1 ? only : NULL;
}
