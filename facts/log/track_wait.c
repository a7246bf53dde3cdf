/*
 * Lines that wait. Without packets in the log, lines about one packet stand
 * together; those without an address come first and the one with it closes
 * the group. A request for an SA waits for the negotiation that it starts.
 */
#include "facts/log/track_internal.h"

#include <stdlib.h>
#include <string.h>

static bool is_grave(const struct ikw_line *line, const struct ikw_message *m)
{
    enum ikw_level l = line->level ? line->level : m->level;
    return l == IKW_LEVEL_ERROR || l == IKW_LEVEL_WARNING;
}

static void at_neg(struct neg *n, struct target *out)
{
    *out = (struct target){ .tunnel = n->tunnel, .neg = n };
}

static void at_tunnel(struct ikw_tracker *tr, struct tunnel *t,
                      const struct ikw_message *msg, struct target *out)
{
    ikw_tunnel_touch(tr, t);
    *out = (struct target){ .tunnel = t, .neg = ikw_pick(tr, t, msg) };
}

/* A harmless line that nothing claimed is most often about an answer to an
 * initiator. Between several candidates none is better than the wrong one. */
static bool place_harmless(struct ikw_tracker *tr, const struct ikw_line *line,
                           const struct ikw_match *m, struct target *out)
{
    struct neg *unanswered = tr->wait.unanswered;
    const struct ikw_message *msg = m->tmpl->message;
    bool about_answer = ikw_phase_of(msg) == 1 && msg->role != 'R';
    if (about_answer && unanswered)
        at_neg(unanswered, out);
    else if (about_answer && tr->wait.candidates > 1)
        return false;
    else
        ikw_tie_fallback(tr, line, m, out);
    return true;
}

/* An error that nothing claimed: of the only one it can be about; between
 * several it is told of the daemon, where it accuses nobody. */
static void place_grave(struct ikw_tracker *tr, const struct ikw_line *line,
                        const struct ikw_match *m, struct target *out)
{
    const struct ikw_message *msg = m->tmpl->message;
    size_t count;
    struct neg *n = ikw_pick_only(tr, msg, &count);
    if (n) {
        at_neg(n, out);
        out->unsure =
            ikw_tie_blurred(tr) && !(tr->exact && n->moved_ms == line->t_ms);
    } else if (count > 1 && ikw_phase_of(msg)) {
        *out = (struct target){ 0 };
        ikw_tie_blur(tr);
    } else
        ikw_tie_fallback(tr, line, m, out);
}

/* Is the line of the packet that the line with the peer is of? One packet is
 * handled after the other: so it is if the peer's negotiation opened just
 * before, or if that line says that the packet failed. */
static bool closes(const struct ikw_tracker *tr, const struct waiting *w,
                   const struct tunnel *t)
{
    return tr->wait.closed_by_error || (w->near && w->near->tunnel == t);
}

static bool place(struct ikw_tracker *tr, const struct waiting *w,
                  const struct ikw_line *line, const struct ikw_match *m,
                  struct tunnel *t, struct target *out)
{
    const struct ikw_message *msg = m->tmpl->message;
    bool grave = is_grave(line, msg);
    if (w->near && !grave && w->near->role == 'R')
        at_neg(w->near, out);
    else if (t) {
        at_tunnel(tr, t, msg, out);
        out->unsure = grave && !closes(tr, w, t) &&
                      ikw_pick_others(tr, msg, t, PENDING_MS);
    } else if (w->near && grave) {
        at_neg(w->near, out);
        out->unsure = ikw_pick_others(tr, msg, w->near->tunnel, PENDING_MS);
    } else if (grave)
        place_grave(tr, line, m, out);
    else
        return place_harmless(tr, line, m, out);
    return true;
}

/* ---- the list ---------------------------------------------------------- */

static bool rematch(struct ikw_tracker *tr, struct waiting *w,
                    struct ikw_match *m)
{
    w->line.text.ptr = w->text;
    m->says = w->says;
    return ikw_matcher_match(tr->matcher, w->line.text, m) && m->tmpl;
}

/* False: it must wait on, for a negotiation to open. */
static bool release_one(struct ikw_tracker *tr, struct waiting *w,
                        struct tunnel *t)
{
    struct ikw_match m;
    struct target at;
    if (!rematch(tr, w, &m) || !place(tr, w, &w->line, &m, t, &at))
        return true;
    if (ikw_track_unsettled(tr, &m, &at)) {
        w->await = at.tunnel;
        w->unsure = at.unsure;
        return false;
    }
    ikw_track_apply(tr, &w->line, &m, &at);
    return true;
}

void ikw_wait_flush(struct ikw_tracker *tr, struct tunnel *t)
{
    struct wait_list *l = &tr->wait;
    size_t kept = 0, n = l->n;
    if (n && !t)
        l->unanswered = ikw_pick_unanswered(tr, &l->candidates);
    for (size_t i = 0; i < n; i++) {
        if (!l->items[i].await && release_one(tr, &l->items[i], t))
            continue;
        if (kept != i)
            l->items[kept] = l->items[i];
        kept++;
    }
    l->n = kept;
}

static void release_awaiting(struct ikw_tracker *tr, struct waiting *w,
                             const struct ikw_match *m, struct neg *n)
{
    const struct ikw_message *msg = m->tmpl->message;
    struct target at = {
        .tunnel = w->await, .neg = n, .direct = true, .unsure = w->unsure
    };
    unsigned phase = ikw_phase_of(msg);
    if (!n)
        ikw_tunnel_touch(tr, w->await);
    if ((!n && phase) || (n && phase && n->phase != phase))
        at.neg = ikw_pick(tr, w->await, msg);
    if (!n && !at.neg)
        at.neg = w->await->last; /* the request that came to nothing */
    ikw_track_apply(tr, &w->line, m, &at);
}

void ikw_wait_prefixed(struct ikw_tracker *tr, const struct ikw_line *line)
{
    const struct neg *n = tr->ctx.opened;
    if (n && !(n->tunnel->peer && ikw_slice_is(line->peer, n->tunnel->peer)))
        tr->ctx.opened = NULL;
    if (!tr->wait.n || ikw_is_local(tr, line->peer))
        return;
    struct tunnel *t = ikw_tunnel_find(tr, line->peer);
    tr->wait.closed_by_error =
        line->level == IKW_LEVEL_ERROR || line->level == IKW_LEVEL_WARNING;
    if (t)
        ikw_wait_flush(tr, t);
    tr->wait.closed_by_error = false;
}

/* `proofs`: only those that prove a negotiation; the rest is kept. */
static void release_await(struct ikw_tracker *tr, struct neg *n, bool proofs)
{
    struct wait_list *l = &tr->wait;
    size_t kept = 0, all = l->n;
    for (size_t i = 0; i < all; i++) {
        struct waiting *w = &l->items[i];
        struct ikw_match m;
        bool due = w->await && (!n || w->await == n->tunnel);
        if (due && rematch(tr, w, &m) &&
            (!proofs || ikw_track_implies(tr, m.tmpl->message))) {
            release_awaiting(tr, w, &m, n);
            continue;
        }
        if (kept != i)
            l->items[kept] = *w;
        kept++;
    }
    l->n = kept;
}

void ikw_wait_opened(struct ikw_tracker *tr, struct neg *n)
{
    if (!tr->wait.n)
        return;
    if (!n)
        release_await(tr, NULL, true);
    release_await(tr, n, false);
}

void ikw_wait_add(struct ikw_tracker *tr, const struct ikw_line *line,
                  const struct ikw_match *m, struct tunnel *await)
{
    struct wait_list *l = &tr->wait;
    if (!l->items)
        l->items = ikw_xcalloc(ikw_limit_most(tr->limits, IKW_LIMIT_WAITING),
                               sizeof *l->items);
    if (ikw_limit_full(tr->limits, IKW_LIMIT_WAITING, l->n)) {
        ikw_wait_flush(tr, NULL);
        ikw_wait_opened(tr, NULL);
    }
    struct waiting *w = &l->items[l->n++];
    w->line = *line;
    w->line.peer = w->line.tunnel = (struct ikw_slice){ "", 0 };
    w->await = await;
    w->unsure = false;
    w->says = m->says;
    w->near = tr->ctx.t_ms == tr->now_ms ? tr->ctx.opened : NULL;
    if (w->line.text.len > WAIT_TEXT)
        w->line.text.len = WAIT_TEXT;
    memcpy(w->text, line->text.ptr, w->line.text.len);
}

void ikw_wait_grow_old(struct ikw_tracker *tr)
{
    if (!tr->wait.n)
        return;
    ikw_wait_flush(tr, NULL);
    if (!tr->wait.n)
        return;
    int64_t since = tr->wait.items[0].line.t_ms;
    if (since != IKW_NO_TIME && tr->now_ms >= since &&
        tr->now_ms - since <= NEAR_MS)
        return;
    ikw_packet_settle(tr);
    ikw_wait_opened(tr, NULL);
}

void ikw_wait_forget(struct ikw_tracker *tr, const struct tunnel *t,
                     const struct neg *n)
{
    for (size_t i = 0; i < tr->wait.n; i++) {
        struct waiting *w = &tr->wait.items[i];
        if (t && w->await == t)
            w->await = NULL;
        if (n && w->near == n)
            w->near = NULL;
    }
    if (n && tr->wait.unanswered == n)
        tr->wait.unanswered = NULL;
}
