/*
 * What a recognised line does: it opens, moves or ends a negotiation, sets
 * the context of the lines behind it, and gives facts.
 */
#include "facts/log/track_internal.h"

#include <string.h>

/* ---- what a message does ----------------------------------------------- */

static void learn_names(struct ikw_tracker *tr, const struct ikw_match *m,
                        struct neg *n)
{
    uint8_t i[8], r[8];
    uint32_t spi;
    enum ikw_do action = m->tmpl->message->action;
    bool sure = action == IKW_DO_ESTABLISH || action == IKW_DO_END ||
                action == IKW_DO_PROGRESS || action == IKW_DO_OPEN;
    if (n->phase == 1 && sure && ikw_tie_cookies(m, i, r))
        ikw_neg_set_cookies(tr, n, i, r);
    if (n->phase == 2 && ikw_tie_spi(m, &spi))
        ikw_neg_add_spi(tr, n, spi);
}

static void end_by(struct ikw_tracker *tr, const struct ikw_message *msg,
                   struct neg *n)
{
    unsigned phase = ikw_phase_of(msg);
    if (phase && n->phase != phase)
        return;
    ikw_neg_end(tr, n, msg->outcome);
    if (tr->ctx.opened == n)
        tr->ctx.opened = NULL; /* no more is said of its packet */
}

/* Some lines say on which side of the exchange the daemon was. */
static void learn_side(const struct ikw_match *m, struct neg *n)
{
    const struct ikw_capture *c = ikw_match_capture(m, "side");
    unsigned phase = ikw_phase_of(m->tmpl->message);
    int64_t side;
    if (!c || !(n->implicit || !n->role) || (phase && n->phase != phase) ||
        !ikw_slice_int(c->text, &side) || side < 0 || side > 1)
        return;
    n->role = side ? 'R' : 'I';
}

static void act(struct ikw_tracker *tr, const struct ikw_match *m,
                const struct target *at)
{
    struct neg *n = at->neg;
    const struct ikw_message *msg = m->tmpl->message;
    bool same = !ikw_phase_of(msg) || n->phase == ikw_phase_of(msg);
    if (msg->exchange && n->phase == 1 && !n->exchange)
        n->exchange = msg->exchange;
    learn_side(m, n);
    if (same && n->where == OPEN && !at->guessed)
        learn_names(tr, m, n);
    if (msg->action == IKW_DO_ESTABLISH && same) {
        if (msg->outcome && !n->nup)
            n->nup = 1; /* the line speaks of both SAs */
        ikw_neg_establish(tr, n);
    } else if (msg->action == IKW_DO_END)
        end_by(tr, msg, n);
    else if (msg->action == IKW_DO_PROGRESS) {
        n->answered = true;
        ikw_neg_moved(tr, n);
    }
}

/* ---- unknown negotiations ---------------------------------------------- */

static bool wants_negotiation(const struct ikw_tracker *tr,
                              const struct ikw_message *msg)
{
    for (size_t i = 0; i < msg->nemits; i++) {
        const struct ikw_type *type = msg->emits[i].type;
        if (type->negotiation >= 0 && type != tr->t_demand)
            return true;
    }
    return msg->action == IKW_DO_ESTABLISH || msg->action == IKW_DO_END;
}

/* Debug lines are also printed without any negotiation. */
bool ikw_track_implies(const struct ikw_tracker *tr,
                       const struct ikw_message *msg)
{
    return wants_negotiation(tr, msg) &&
           (msg->level < IKW_LEVEL_DEBUG || msg->action != IKW_DO_NOTHING);
}

/* A line about a negotiation that began before the log, or that the daemon
 * refused to begin. */
static struct neg *implied(struct ikw_tracker *tr,
                           const struct ikw_message *msg, struct tunnel *t,
                           const struct ikw_evidence *ev)
{
    unsigned phase = ikw_phase_of(msg);
    if ((phase != 1 && phase != 2) || !ikw_track_implies(tr, msg))
        return NULL;
    if (!tr->any_negotiation && (msg->action || msg->level > IKW_LEVEL_WARNING))
        tr->starts_mid = true;
    ikw_tunnel_make_room(tr, t, phase);
    ikw_tunnel_facts(tr, t);
    char role = msg->role;
    if (!role && phase == 2 && msg->action == IKW_DO_NOTHING)
        role = 'I'; /* a responder's phase 2 announces itself */
    struct neg *n = ikw_neg_open(tr, t, phase, role, ev);
    n->implicit = true;
    return n;
}

/* Lines about a new attempt stand before the line that opens it: those of
 * the kernel's request, and a caller's examination. */
bool ikw_track_unsettled(const struct ikw_tracker *tr,
                         const struct ikw_match *m, const struct target *at)
{
    const struct ikw_message *msg = m->tmpl->message;
    unsigned phase = ikw_phase_of(msg);
    if (msg->action != IKW_DO_NOTHING || !at->tunnel || !phase ||
        !wants_negotiation(tr, msg))
        return false;
    if (!at->neg)
        return true;
    return tr->event && at->neg->where != OPEN && msg->level >= IKW_LEVEL_DEBUG;
}

/* ---- applying ---------------------------------------------------------- */

static void set_context(struct ikw_tracker *tr, const struct target *at)
{
    struct context *c = &tr->ctx;
    bool other = c->tunnel != at->tunnel;
    if (other || c->t_ms != tr->now_ms)
        c->opened = NULL;
    if (other || !tr->exact || !c->neg)
        c->neg = at->neg;
    c->tunnel = at->tunnel;
    c->t_ms = tr->now_ms;
}

void ikw_track_apply(struct ikw_tracker *tr, const struct ikw_line *line,
                     const struct ikw_match *m, struct target *at)
{
    const struct ikw_message *msg = m->tmpl->message;
    struct ikw_evidence ev = ikw_evidence_of(tr, line, m);
    if (at->tunnel && !at->neg) {
        at->neg = implied(tr, msg, at->tunnel, &ev);
        /* an attempt of which nothing else is told */
        at->unsure |= at->neg && at->neg->phase == 2 && at->tunnel->peer &&
                      !at->direct && !tr->exact;
    }
    if (at->tunnel && !at->neg && !at->tunnel->peer)
        return; /* about nothing that can be named */
    if (at->tunnel)
        set_context(tr, at);
    if (at->neg) {
        ikw_tunnel_facts(tr, at->tunnel);
        ikw_neg_touch(tr, at->neg, &ev);
        act(tr, m, at);
    }
    ikw_emit_all(tr, m, at, &ev);
}

/* ---- opening ----------------------------------------------------------- */

/* A caller that was turned away comes again every few seconds: one record. */
static struct neg *caller_again(const struct ikw_tracker *tr,
                                const struct tunnel *t,
                                const struct ikw_message *msg)
{
    struct neg *n = t->last;
    if (!msg->outcome || !n || !n->refused_caller || n->phase != 1 ||
        (tr->now_ms != IKW_NO_TIME && n->touched_ms != IKW_NO_TIME &&
         tr->now_ms - n->touched_ms > CALLER_MS))
        return NULL;
    return n;
}

/* A daemon may announce the attempt it is about to open: one attempt. */
static struct neg *announced(const struct ikw_tracker *tr,
                             const struct tunnel *t,
                             const struct ikw_message *msg)
{
    struct neg *n = t->last;
    if (!n || msg->role != 'I' || n->role != 'I' || msg->outcome ||
        ikw_phase_of(msg) != 1 || n->phase != 1 || n->where != OPEN ||
        n->answered || n->has_icookie || !n->opener || n->opener == msg ||
        (tr->now_ms != IKW_NO_TIME && n->opened_ms != IKW_NO_TIME &&
         tr->now_ms - n->opened_ms > NEAR_MS))
        return NULL;
    n->opener = NULL; /* only once: the next one is another attempt */
    return n;
}

static struct neg *open_in(struct ikw_tracker *tr, struct tunnel *t,
                           const struct ikw_match *m,
                           const struct ikw_evidence *ev)
{
    const struct ikw_message *msg = m->tmpl->message;
    unsigned phase = ikw_phase_of(msg) == 2 ? 2 : 1;
    struct neg *n = caller_again(tr, t, msg);
    if (!n)
        n = announced(tr, t, msg);
    if (phase == 2 && t->ncut)
        ikw_neg_resume(tr, t); /* no phase 2 without a phase 1 */
    if (!n) {
        ikw_tunnel_make_room(tr, t, phase);
        ikw_tunnel_facts(tr, t);
        n = ikw_neg_open(tr, t, phase, msg->role, ev);
        n->refused_caller = msg->outcome != NULL;
        n->opener = msg;
    }
    ikw_neg_touch(tr, n, ev);
    if (msg->exchange)
        n->exchange = msg->exchange;
    return n;
}

static struct tunnel *tunnel_to_open(struct ikw_tracker *tr,
                                     const struct ikw_line *line,
                                     const struct ikw_match *m)
{
    struct ikw_slice local, peer = ikw_tie_peer(tr, line, m, &local);
    struct tunnel *t = peer.len ? ikw_tunnel_get(tr, peer) : ikw_tie_guess(tr);
    ikw_tunnel_touch(tr, t);
    ikw_tunnel_set_local(tr, t, local);
    return t;
}

static void open_negotiation(struct ikw_tracker *tr,
                             const struct ikw_line *line,
                             const struct ikw_match *m)
{
    const struct ikw_message *msg = m->tmpl->message;
    ikw_wait_flush(tr, NULL);
    struct tunnel *t = tunnel_to_open(tr, line, m);
    struct ikw_evidence ev = ikw_evidence_of(tr, line, m);
    struct neg *n = open_in(tr, t, m, &ev);
    if (tr->ctx.tunnel != t || msg->role == 'I')
        ikw_packet_settle(tr);
    tr->ctx = (struct context){ t, n, tr->now_ms, n };
    tr->event = false;
    ikw_packet_opened(tr, n);
    learn_names(tr, m, n);
    ikw_wait_opened(tr, n);
    ev = ikw_evidence_of(tr, line, m);
    struct target at = { .tunnel = t, .neg = n, .direct = true };
    ikw_emit_all(tr, m, &at, &ev);
    if (msg->outcome) {
        ikw_neg_end(tr, n, msg->outcome);
        tr->ctx.opened = NULL; /* no more is said of its packet */
    }
}

/* ---- establishing ------------------------------------------------------ */

/* What came up is never a negotiation that is over, whatever the ties. */
static void correct_establish(struct ikw_tracker *tr, const struct ikw_match *m,
                              struct target *at)
{
    unsigned phase = ikw_phase_of(m->tmpl->message);
    uint8_t i[8], r[8];
    bool known = ikw_tie_cookies(m, i, r);
    struct neg *n = known ? ikw_neg_by_cookies(tr, i, r) : at->neg;
    uint32_t spi;
    if (phase == 2)
        n = ikw_tie_spi(m, &spi) ? ikw_neg_by_spi(tr, spi, at->tunnel) : NULL;
    if (n && n->tunnel == at->tunnel && n->phase == phase && n->where == OPEN) {
        at->neg = n;
        return;
    }
    at->neg = ikw_pick_establish(tr, at->tunnel, phase, known ? i : NULL);
}

/* ---- lines ------------------------------------------------------------- */

static bool starts_demand(const struct ikw_tracker *tr,
                          const struct ikw_message *msg,
                          const struct target *at)
{
    if (!tr->t_demand || !at->tunnel || !at->direct)
        return false;
    for (const struct neg *n = at->tunnel->last; n; n = n->prev) {
        if (n->phase == 1 && n->where == OPEN)
            return false;
    }
    for (size_t i = 0; i < msg->nemits; i++) {
        if (msg->emits[i].type == tr->t_demand)
            return true;
    }
    return false;
}

/* The line that names the peer is the last about its packet. */
static bool closes_group(const struct ikw_tracker *tr,
                         const struct ikw_line *line,
                         const struct ikw_message *msg, const struct target *at)
{
    if (!at->direct || !tr->wait.n)
        return false;
    return msg->action == IKW_DO_ESTABLISH || msg->action == IKW_DO_GROUP_END ||
           starts_demand(tr, msg, at) ||
           (line->peer.len && !ikw_is_local(tr, line->peer));
}

static void set_tunnel_name(struct tunnel *t, struct ikw_slice name)
{
    if (name.len == 0 || name.len > 255 || t->name)
        return;
    t->name = ikw_xmalloc(name.len + 1);
    memcpy(t->name, name.ptr, name.len);
    t->name[name.len] = '\0';
}

static void learn_ends(struct ikw_tracker *tr, const struct ikw_line *line,
                       const struct ikw_match *m, struct tunnel *t)
{
    struct ikw_slice local;
    struct ikw_slice peer = ikw_tie_peer(tr, line, m, &local);
    if (local.len && t->peer && ikw_slice_is(peer, t->peer) &&
        m->tmpl->message->action == IKW_DO_ESTABLISH)
        ikw_tunnel_set_local(tr, t, local);
    set_tunnel_name(t, line->tunnel);
}

static void mode(struct ikw_tracker *tr, const struct ikw_message *msg)
{
    struct neg *n = tr->ctx.opened ? tr->ctx.opened : tr->ctx.neg;
    if (n && n->phase == 1 && msg->exchange)
        n->exchange = msg->exchange;
}

/* A daemon that started anew knows nothing of what it did before. A line on
 * how that goes on is another daemon's, whose lines stand in the same log. */
static bool goes_on(const struct ikw_message *msg, const struct target *at)
{
    return at->tunnel && at->tunnel->ncut && at->direct &&
           (msg->action == IKW_DO_PROGRESS || msg->action == IKW_DO_ESTABLISH ||
            msg->action == IKW_DO_END);
}

static void tie_and_apply(struct ikw_tracker *tr, const struct ikw_line *line,
                          const struct ikw_match *m)
{
    const struct ikw_message *msg = m->tmpl->message;
    struct target at;
    if (ikw_tie_resolve(tr, line, m, &at) == IKW_MUST_WAIT) {
        ikw_wait_add(tr, line, m, NULL);
        return;
    }
    if (goes_on(msg, &at)) {
        ikw_neg_resume(tr, at.tunnel);
        ikw_tie_resolve(tr, line, m, &at);
    }
    if (closes_group(tr, line, msg, &at)) {
        ikw_wait_flush(tr, at.tunnel);
        ikw_tie_resolve(tr, line, m, &at);
    }
    if (at.tunnel &&
        (ikw_packet_holds(tr, at.tunnel) || starts_demand(tr, msg, &at) ||
         ikw_track_unsettled(tr, m, &at))) {
        ikw_wait_add(tr, line, m, at.tunnel);
        return;
    }
    if (at.tunnel)
        learn_ends(tr, line, m, at.tunnel);
    if (at.tunnel && msg->action == IKW_DO_ESTABLISH)
        correct_establish(tr, m, &at);
    ikw_track_apply(tr, line, m, &at);
}

/* Nothing of the packet in hand is said any more. */
static void kernel_event(struct ikw_tracker *tr)
{
    ikw_packet_settle(tr);
    ikw_wait_flush(tr, NULL);
    tr->ctx.tunnel = NULL;
    tr->ctx.neg = tr->ctx.opened = NULL;
    tr->event = true;
}

static bool daemon_event(const struct ikw_message *msg)
{
    return msg->nties == 1 && msg->ties[0] == IKW_TIE_GLOBAL;
}

static bool changes_state(enum ikw_do action)
{
    return action == IKW_DO_PROGRESS || action == IKW_DO_ESTABLISH ||
           action == IKW_DO_END || action == IKW_DO_GROUP_END;
}

void ikw_track_recognised(struct ikw_tracker *tr, const struct ikw_line *line,
                          const struct ikw_match *m)
{
    struct ikw_evidence ev;
    switch (m->tmpl->message->action) {
    case IKW_DO_PACKET_IN:
    case IKW_DO_PACKET_OUT:
        ikw_packet_line(tr, line, m);
        return;
    case IKW_DO_OPEN:
        open_negotiation(tr, line, m);
        return;
    case IKW_DO_MODE:
        mode(tr, m->tmpl->message);
        break;
    case IKW_DO_PLAIN:
        ev = ikw_evidence_of(tr, line, m);
        ikw_packet_plain(tr, &ev);
        break;
    case IKW_DO_SECRET:
        tr->want = DUMP_SECRET;
        tr->skip_more = true;
        break;
    case IKW_DO_RESTART:
        ikw_tunnels_restart(tr);
        break;
    case IKW_DO_GROUP_END:
        if (daemon_event(m->tmpl->message))
            kernel_event(tr);
        break;
    default:
        break;
    }
    if (m->tmpl->message->nemits || changes_state(m->tmpl->message->action))
        tie_and_apply(tr, line, m);
}
