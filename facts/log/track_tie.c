/*
 * Tying a line to its tunnel and negotiation. What the line names itself
 * (cookies, SPI, peer) is certain. The rest is told by neighbours: at debug
 * every packet announces itself, so the packet in hand decides; without
 * that, a line must wait for the one that closes its group.
 */
#include "facts/log/track_internal.h"

#include <string.h>

/* ---- captures ---------------------------------------------------------- */

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool cookie_bytes(struct ikw_slice s, uint8_t out[8])
{
    if (s.len != 16)
        return false;
    for (size_t i = 0; i < 8; i++) {
        int hi = digit(s.ptr[2 * i]), lo = digit(s.ptr[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}

static const struct ikw_capture *cookies_capture(const struct ikw_match *m)
{
    for (size_t i = 0; i < m->ncaptures; i++) {
        if (m->captures[i].tok->kind == IKW_TOK_COOKIES)
            return &m->captures[i];
    }
    return NULL;
}

bool ikw_tie_cookies(const struct ikw_match *m, uint8_t icookie[8],
                     uint8_t rcookie[8])
{
    const struct ikw_capture *c = cookies_capture(m);
    struct ikw_slice i, r;
    return c && ikw_capture_part(c, "i", &i) && ikw_capture_part(c, "r", &r) &&
           cookie_bytes(i, icookie) && cookie_bytes(r, rcookie);
}

static bool msgid_of(const struct ikw_match *m, uint32_t *msgid)
{
    const struct ikw_capture *c = cookies_capture(m);
    struct ikw_slice s;
    *msgid = 0;
    if (!c || !ikw_capture_part(c, "msgid", &s) || s.len == 0 || s.len > 8)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (digit(s.ptr[i]) < 0)
            return false;
        *msgid = *msgid << 4 | (uint32_t)digit(s.ptr[i]);
    }
    return *msgid != 0;
}

bool ikw_tie_spi(const struct ikw_match *m, uint32_t *spi)
{
    const struct ikw_capture *c = ikw_match_capture(m, "spi");
    struct ikw_slice s;
    int64_t v;
    if (!c || !ikw_capture_part(c, "dec", &s) || !ikw_slice_int(s, &v) ||
        v <= 0 || v > UINT32_MAX)
        return false;
    *spi = (uint32_t)v;
    return true;
}

static struct ikw_slice address_of(const struct ikw_match *m, const char *name)
{
    const struct ikw_capture *c = ikw_match_capture(m, name);
    struct ikw_slice s = { "", 0 };
    if (!c)
        return s;
    if (!ikw_capture_part(c, "ip", &s))
        s = c->text;
    return s.len < 64 && !memchr(s.ptr, ' ', s.len) ? s
                                                    : ikw_slice_sub(s, 0, 0);
}

/* Some lines print an SA as source and destination: which end is ours is
 * known from other lines. */
static bool ends_are_swapped(const struct ikw_tracker *tr,
                             struct ikw_slice local, struct ikw_slice peer)
{
    if (local.len == 0 || ikw_is_local(tr, local))
        return false;
    return ikw_is_local(tr, peer) ||
           (!ikw_tunnel_find(tr, peer) && ikw_tunnel_find(tr, local));
}

struct ikw_slice ikw_tie_peer(const struct ikw_tracker *tr,
                              const struct ikw_line *line,
                              const struct ikw_match *m,
                              struct ikw_slice *local)
{
    struct ikw_slice peer = address_of(m, "peer");
    *local = address_of(m, "local");
    if (peer.len) {
        if (!ends_are_swapped(tr, *local, peer))
            return peer;
        struct ikw_slice other = *local;
        *local = peer;
        return other;
    }
    if (line->peer.len && line->peer.len < 64 && !ikw_is_local(tr, line->peer))
        return line->peer;
    return ikw_slice_sub(line->text, 0, 0);
}

/* ---- ties one by one --------------------------------------------------- */

struct question {
    struct ikw_tracker *tr;
    const struct ikw_line *line;
    const struct ikw_match *m;
    const struct ikw_message *msg;
};

static bool answer(struct target *out, struct tunnel *t, struct neg *n,
                   bool direct)
{
    *out = (struct target){ .tunnel = t, .neg = n, .direct = direct };
    return true;
}

/* Touching a tunnel may end its stretch, and with it dead negotiations. */
static struct neg *touch(struct ikw_tracker *tr, const struct neg *n)
{
    struct tunnel *t = n->tunnel;
    uint32_t id = n->id;
    ikw_tunnel_touch(tr, t);
    struct neg *p = t->last;
    while (p && p->id != id)
        p = p->prev;
    return p;
}

/* A phase 2 line may name its phase 1 only. */
static struct neg *child_of(const struct question *q, struct neg *p1)
{
    uint32_t msgid;
    struct neg *n = msgid_of(q->m, &msgid) ? ikw_neg_by_msgid(p1, msgid) : NULL;
    if (n)
        return n;
    return ikw_phase_of(q->msg) == 2 ? ikw_pick(q->tr, p1->tunnel, q->msg) : p1;
}

static bool by_cookies(const struct question *q, struct target *out)
{
    uint8_t i[8], r[8];
    if (!ikw_tie_cookies(q->m, i, r))
        return false;
    struct neg *n = ikw_neg_by_cookies(q->tr, i, r);
    n = n ? touch(q->tr, n) : NULL;
    return n && answer(out, n->tunnel, child_of(q, n), true);
}

static bool by_spi(const struct question *q, struct target *out)
{
    uint32_t spi;
    struct ikw_slice local, peer = ikw_tie_peer(q->tr, q->line, q->m, &local);
    if (!ikw_tie_spi(q->m, &spi))
        return false;
    const struct tunnel *t = peer.len ? ikw_tunnel_find(q->tr, peer) : NULL;
    if (peer.len && !t)
        return false;
    struct neg *n = ikw_neg_by_spi(q->tr, spi, t);
    n = n ? touch(q->tr, n) : NULL;
    return n && answer(out, n->tunnel, n, true);
}

/* A line that names both cookies is of no negotiation with others: it is of
 * one from before the log. */
static struct neg *unless_other(const struct question *q, struct neg *n)
{
    uint8_t i[8], r[8];
    if (!n || n->phase != 1 || !n->has_icookie || !n->has_rcookie ||
        !ikw_tie_cookies(q->m, i, r) || ikw_cookie_zero(r))
        return n;
    return memcmp(n->icookie, i, 8) || memcmp(n->rcookie, r, 8) ? NULL : n;
}

static bool by_peer(const struct question *q, struct target *out)
{
    struct ikw_slice local, peer = ikw_tie_peer(q->tr, q->line, q->m, &local);
    if (!peer.len)
        return false;
    struct tunnel *t = ikw_tunnel_get(q->tr, peer);
    ikw_tunnel_touch(q->tr, t);
    return answer(out, t, unless_other(q, ikw_pick(q->tr, t, q->msg)), true);
}

/* The packet in hand is a quick mode one or a phase 1 one: a line about the
 * other phase is about its child or parent. */
static struct neg *pick_in_context(const struct ikw_tracker *tr,
                                   const struct ikw_message *msg)
{
    struct neg *n = tr->ctx.neg;
    unsigned phase = ikw_phase_of(msg);
    if (n && (phase == 0 || n->phase == phase))
        return n;
    if (n && phase == 1) {
        for (struct neg *p = n->tunnel->last; p; p = p->prev) {
            if (p->id == n->parent)
                return p;
        }
    }
    return ikw_pick(tr, tr->ctx.tunnel, msg);
}

static bool is_near(const struct ikw_tracker *tr, int64_t ms)
{
    return tr->ctx.t_ms == IKW_NO_TIME || tr->now_ms == IKW_NO_TIME ||
           (tr->now_ms >= tr->ctx.t_ms && tr->now_ms - tr->ctx.t_ms <= ms);
}

static bool packet_in_hand(const struct ikw_tracker *tr, struct ikw_slice peer)
{
    const struct tunnel *t = tr->ctx.tunnel;
    return t && tr->exact && is_near(tr, NEAR_MS) &&
           (!peer.len || (t->peer && ikw_slice_is(peer, t->peer)));
}

static bool use_tunnel(const struct question *q, struct tunnel *t,
                       struct target *out)
{
    ikw_tunnel_touch(q->tr, t);
    return answer(out, t, ikw_pick(q->tr, t, q->msg), false);
}

static bool by_context(const struct question *q, struct target *out,
                       bool *must_wait)
{
    struct ikw_tracker *tr = q->tr;
    struct ikw_slice local, peer = ikw_tie_peer(tr, q->line, q->m, &local);
    struct tunnel *t = ikw_tunnel_only(tr);
    if (packet_in_hand(tr, peer)) {
        ikw_tunnel_touch(tr, tr->ctx.tunnel);
        return answer(out, tr->ctx.tunnel, pick_in_context(tr, q->msg),
                      peer.len > 0);
    }
    if (peer.len)
        return by_peer(q, out);
    if (t && t->peer && tr->ctx.tunnel == t)
        return use_tunnel(q, t, out);
    *must_wait = true;
    return false;
}

void ikw_tie_blur(struct ikw_tracker *tr)
{
    tr->blurred_ms = tr->now_ms;
}

bool ikw_tie_blurred(const struct ikw_tracker *tr)
{
    return tr->blurred_ms != IKW_NO_TIME && tr->now_ms >= tr->blurred_ms &&
           tr->now_ms - tr->blurred_ms <= BLUR_MS;
}

static bool by_open(const struct question *q, struct target *out)
{
    uint8_t i[8], r[8];
    bool known = ikw_tie_cookies(q->m, i, r);
    bool sure = false;
    struct neg *n = ikw_pick_open(q->tr, q->msg, known ? r : NULL, &sure);
    n = n ? touch(q->tr, n) : NULL;
    if (!n)
        return false;
    answer(out, n->tunnel, n, false);
    out->guessed = !sure;
    out->unsure =
        !sure && ikw_pick_others(q->tr, q->msg, n->tunnel, PENDING_MS);
    if (out->unsure)
        ikw_tie_blur(q->tr);
    return true;
}

static bool by_recent(const struct question *q, struct target *out)
{
    struct neg *n = ikw_pick_recent(q->tr, ikw_phase_of(q->msg));
    n = n ? touch(q->tr, n) : NULL;
    if (!n)
        return false;
    answer(out, n->tunnel, n, false);
    out->unsure = ikw_pick_others(q->tr, q->msg, n->tunnel, 0);
    return true;
}

static bool try_tie(const struct question *q, enum ikw_tie tie,
                    struct target *out, bool *must_wait)
{
    switch (tie) {
    case IKW_TIE_COOKIES:
    case IKW_TIE_MSGID:
        return by_cookies(q, out);
    case IKW_TIE_SPI:
        return by_spi(q, out);
    case IKW_TIE_PEER:
        return by_peer(q, out);
    case IKW_TIE_CONTEXT:
        return by_context(q, out, must_wait);
    case IKW_TIE_OPEN:
        return by_open(q, out);
    case IKW_TIE_RECENT:
        return by_recent(q, out);
    case IKW_TIE_GLOBAL:
        return answer(out, NULL, NULL, false);
    }
    return false;
}

/* ---- all of them ------------------------------------------------------- */

static bool daemon_only(const struct ikw_message *msg)
{
    for (size_t i = 0; i < msg->nemits; i++) {
        if (msg->emits[i].type->negotiation >= 0)
            return false;
    }
    return msg->action == IKW_DO_NOTHING || msg->action == IKW_DO_RESTART ||
           msg->action == IKW_DO_SECRET;
}

struct tunnel *ikw_tie_guess(struct ikw_tracker *tr)
{
    struct tunnel *t = ikw_tunnel_only(tr);
    if (t)
        return t;
    if (tr->ctx.tunnel && is_near(tr, tr->exact ? NEAR_MS : 0))
        return tr->ctx.tunnel;
    return ikw_tunnel_nameless(tr);
}

static void give_up(struct ikw_tracker *tr, const struct ikw_message *msg,
                    struct target *out)
{
    struct tunnel *t = ikw_tunnel_only(tr);
    if (!t && tr->ctx.tunnel)
        t = tr->ctx.tunnel;
    if (!t)
        t = ikw_tunnel_nameless(tr);
    ikw_tunnel_touch(tr, t);
    answer(out, t, ikw_pick(tr, t, msg), false);
    out->unsure = t->peer && tr->several_peers;
}

enum ikw_resolved ikw_tie_resolve(struct ikw_tracker *tr,
                                  const struct ikw_line *line,
                                  const struct ikw_match *m, struct target *out)
{
    static const enum ikw_tie usual[] = { IKW_TIE_PEER, IKW_TIE_CONTEXT };
    const struct ikw_message *msg = m->tmpl->message;
    struct question q = { tr, line, m, msg };
    const enum ikw_tie *ties = msg->nties ? msg->ties : usual;
    size_t n = msg->nties ? msg->nties : 2;
    bool must_wait = false;
    *out = (struct target){ 0 };
    if (daemon_only(msg))
        return IKW_FOUND;
    for (size_t i = 0; i < n && !must_wait; i++) {
        if (try_tie(&q, ties[i], out, &must_wait))
            return IKW_FOUND;
    }
    if (must_wait)
        return IKW_MUST_WAIT;
    give_up(tr, msg, out);
    return IKW_FOUND;
}

void ikw_tie_fallback(struct ikw_tracker *tr, const struct ikw_line *line,
                      const struct ikw_match *m, struct target *out)
{
    const struct ikw_message *msg = m->tmpl->message;
    struct question q = { tr, line, m, msg };
    if (tr->ctx.tunnel && is_near(tr, 0)) {
        use_tunnel(&q, tr->ctx.tunnel, out);
        out->unsure = out->tunnel->peer && tr->several_peers;
        return;
    }
    for (size_t i = 0; i < msg->nties; i++) {
        bool wait;
        if (msg->ties[i] != IKW_TIE_CONTEXT && msg->ties[i] != IKW_TIE_PEER &&
            try_tie(&q, msg->ties[i], out, &wait))
            return;
    }
    give_up(tr, msg, out);
}
