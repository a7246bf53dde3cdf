/*
 * The tracker: one matched line after the other into facts. Its hot path is
 * a line that means nothing to it: continuations of dumps nobody asked for
 * and messages without facts return at once.
 */
#include "facts/log/track_internal.h"

#include <stdlib.h>
#include <string.h>

enum { DAEMON_FACTS_MAX = 256, QUIET_LINES = 50, HEX_GROUP = 8 };

static const struct {
    const char *name;
    size_t offset;
} own_types[] = {
    { "negotiation", offsetof(struct ikw_tracker, t_negotiation) },
    { "log-quality", offsetof(struct ikw_tracker, t_quality) },
    { "message", offsetof(struct ikw_tracker, t_message) },
    { "notify", offsetof(struct ikw_tracker, t_notify) },
    { "delete", offsetof(struct ikw_tracker, t_delete) },
    { "decrypt", offsetof(struct ikw_tracker, t_decrypt) },
    { "proposal-offered", offsetof(struct ikw_tracker, t_offer) },
    { "demand", offsetof(struct ikw_tracker, t_demand) },
    { "progress", offsetof(struct ikw_tracker, t_progress) },
    { "sa-established", offsetof(struct ikw_tracker, t_sa_up) },
};

static void reset_sum(struct ikw_tracker *tr)
{
    tr->sum = (struct ikw_log_summary){ .from_ms = IKW_NO_TIME,
                                        .to_ms = IKW_NO_TIME };
}

static void reset_source(struct ikw_tracker *tr)
{
    ikw_fact_set_init(&tr->daemon, tr->kb);
    tr->daemon.limit = DAEMON_FACTS_MAX;
    tr->ctx = (struct context){ .t_ms = IKW_NO_TIME };
    tr->packet.held = tr->packet.decoded = tr->packet.out = false;
    tr->want = DUMP_NONE;
    tr->in_dump = tr->skip_more = tr->exact = false;
    tr->any_negotiation = tr->starts_mid = false;
    tr->nlocals = tr->next_local = 0;
    tr->now_ms = IKW_NO_TIME;
    tr->before = (struct ikw_visibility){ .from_ms = IKW_NO_TIME,
                                          .to_ms = IKW_NO_TIME };
    reset_sum(tr);
    tr->first_line = (struct ikw_evidence){ .t_ms = IKW_NO_TIME };
}

struct ikw_tracker *ikw_tracker_new(const struct ikw_kb *kb,
                                    const struct ikw_matcher *m,
                                    const struct ikw_log_sink *sink)
{
    struct ikw_tracker *tr = ikw_xcalloc(1, sizeof *tr);
    tr->kb = kb;
    tr->matcher = m;
    tr->sink = *sink;
    tr->next_id = 1;
    for (size_t i = 0; i < sizeof own_types / sizeof own_types[0]; i++) {
        const struct ikw_type *type = ikw_kb_type(kb, own_types[i].name);
        memcpy((char *)tr + own_types[i].offset, &type, sizeof type);
    }
    reset_source(tr);
    return tr;
}

static void drop_set(void *arg, struct ikw_fact_set *fs)
{
    (void)arg;
    (void)fs;
}

void ikw_tracker_free(struct ikw_tracker *tr)
{
    if (!tr)
        return;
    tr->sink.set = drop_set;
    ikw_tunnels_close_all(tr);
    ikw_fact_set_release(&tr->daemon);
    ikw_index_release(&tr->cookies);
    ikw_index_release(&tr->spis);
    ikw_note_release(&tr->packet.note);
    ikw_note_release(&tr->plain);
    ikw_buf_release(&tr->bytes);
    ikw_buf_release(&tr->why);
    free(tr->wait.items);
    free(tr->tunnels);
    free(tr);
}

/* ---- what a message does ----------------------------------------------- */

static unsigned act_phase(const struct ikw_message *msg)
{
    return msg->act_phase ? msg->act_phase : msg->phase;
}

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
    unsigned phase = act_phase(msg);
    if (!phase || n->phase == phase)
        ikw_neg_end(tr, n, msg->outcome);
}

static void act(struct ikw_tracker *tr, const struct ikw_match *m,
                struct neg *n)
{
    const struct ikw_message *msg = m->tmpl->message;
    bool same = !act_phase(msg) || n->phase == act_phase(msg);
    if (msg->exchange && n->phase == 1 && !n->exchange)
        n->exchange = msg->exchange;
    if (same && n->where == OPEN)
        learn_names(tr, m, n);
    if (msg->action == IKW_DO_ESTABLISH && same)
        ikw_neg_establish(tr, n);
    else if (msg->action == IKW_DO_END)
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

/* A line about a negotiation that began before the log, or that the daemon
 * refused to begin. */
static struct neg *implied(struct ikw_tracker *tr,
                           const struct ikw_message *msg, struct tunnel *t,
                           const struct ikw_evidence *ev)
{
    unsigned phase = act_phase(msg);
    if ((phase != 1 && phase != 2) || !wants_negotiation(tr, msg))
        return NULL;
    if (!tr->any_negotiation)
        tr->starts_mid = true;
    ikw_tunnel_make_room(tr, t, phase);
    ikw_tunnel_facts(tr, t);
    struct neg *n = ikw_neg_open(tr, t, phase, msg->role, ev);
    n->implicit = true;
    return n;
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
    if (at->tunnel && !at->neg)
        at->neg = implied(tr, msg, at->tunnel, &ev);
    if (at->tunnel)
        set_context(tr, at);
    if (at->neg) {
        ikw_tunnel_facts(tr, at->tunnel);
        ikw_neg_touch(tr, at->neg, &ev);
        act(tr, m, at->neg);
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

static struct neg *open_in(struct ikw_tracker *tr, struct tunnel *t,
                           const struct ikw_match *m,
                           const struct ikw_evidence *ev)
{
    const struct ikw_message *msg = m->tmpl->message;
    unsigned phase = act_phase(msg) == 2 ? 2 : 1;
    struct neg *n = caller_again(tr, t, msg);
    if (!n) {
        ikw_tunnel_make_room(tr, t, phase);
        ikw_tunnel_facts(tr, t);
        n = ikw_neg_open(tr, t, phase, msg->role, ev);
        n->refused_caller = msg->outcome != NULL;
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
    struct tunnel *t = peer.len         ? ikw_tunnel_get(tr, peer)
                       : tr->ctx.tunnel ? tr->ctx.tunnel
                                        : ikw_tunnel_nameless(tr);
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
    ikw_packet_opened(tr, n);
    learn_names(tr, m, n);
    ikw_wait_opened(tr, n);
    ev = ikw_evidence_of(tr, line, m);
    struct target at = { t, n, true };
    ikw_emit_all(tr, m, &at, &ev);
    if (msg->outcome)
        ikw_neg_end(tr, n, msg->outcome);
}

/* ---- establishing ------------------------------------------------------ */

/* What came up is never a negotiation that is over, whatever the ties. */
static void correct_establish(struct ikw_tracker *tr,
                              const struct ikw_match *m, struct target *at)
{
    unsigned phase = act_phase(m->tmpl->message);
    uint8_t i[8], r[8];
    bool known = ikw_tie_cookies(m, i, r);
    struct neg *n = known ? ikw_neg_by_cookies(tr, i, r) : at->neg;
    uint32_t spi;
    if (phase == 2)
        n = ikw_tie_spi(m, &spi) ? ikw_neg_by_spi(tr, spi, at->tunnel) : NULL;
    if (n && n->tunnel == at->tunnel && n->phase == phase &&
        n->where == OPEN) {
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
                         const struct ikw_message *msg,
                         const struct target *at)
{
    if (!at->direct || !tr->wait.n)
        return false;
    return msg->action == IKW_DO_ESTABLISH ||
           msg->action == IKW_DO_GROUP_END ||
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

static void tie_and_apply(struct ikw_tracker *tr, const struct ikw_line *line,
                          const struct ikw_match *m)
{
    const struct ikw_message *msg = m->tmpl->message;
    struct target at;
    if (ikw_tie_resolve(tr, line, m, &at) == IKW_MUST_WAIT) {
        ikw_wait_add(tr, line, NULL);
        return;
    }
    if (at.tunnel && ikw_packet_holds(tr, at.tunnel)) {
        ikw_wait_add(tr, line, at.tunnel);
        return;
    }
    if (starts_demand(tr, msg, &at)) {
        ikw_wait_flush(tr, NULL);
        ikw_wait_add(tr, line, at.tunnel);
        return;
    }
    if (closes_group(tr, line, msg, &at)) {
        ikw_wait_flush(tr, at.tunnel);
        ikw_tie_resolve(tr, line, m, &at);
    }
    if (at.tunnel)
        learn_ends(tr, line, m, at.tunnel);
    if (at.tunnel && msg->action == IKW_DO_ESTABLISH)
        correct_establish(tr, m, &at);
    ikw_track_apply(tr, line, m, &at);
}

static bool changes_state(enum ikw_do action)
{
    return action == IKW_DO_PROGRESS || action == IKW_DO_ESTABLISH ||
           action == IKW_DO_END || action == IKW_DO_GROUP_END;
}

static void recognised(struct ikw_tracker *tr, const struct ikw_line *line,
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
    default:
        break;
    }
    if (m->tmpl->message->nemits || changes_state(m->tmpl->message->action))
        tie_and_apply(tr, line, m);
}

/* ---- the stream of lines ----------------------------------------------- */

/* An ERROR or WARNING that the knowledge base knows but draws nothing from
 * is still worth telling. */
static void report_silent(struct ikw_tracker *tr, const struct ikw_line *line,
                          const struct ikw_match *m)
{
    const struct ikw_message *msg = m->tmpl->message;
    enum ikw_level l = line->level ? line->level : msg->level;
    if (!tr->sink.silent || msg->nemits || msg->benign || msg->action ||
        (l != IKW_LEVEL_ERROR && l != IKW_LEVEL_WARNING))
        return;
    struct ikw_evidence ev = ikw_evidence_of(tr, line, m);
    tr->sink.silent(tr->sink.arg, &ev);
}

static void note_level(struct ikw_tracker *tr, enum ikw_level level)
{
    if (level > tr->sum.level)
        tr->sum.level = level;
    if (level >= IKW_LEVEL_DEBUG)
        tr->since_debug = 0;
    else if (++tr->since_debug > QUIET_LINES)
        tr->exact = false;
}

static void match_line(struct ikw_tracker *tr, const struct ikw_line *line)
{
    struct ikw_match m;
    if (!ikw_matcher_match(tr->matcher, line->text, &m) || !m.tmpl) {
        if (line->continuation)
            return;
        note_level(tr, line->level);
        tr->sum.unrecognised++;
        if (tr->sink.unrecognised)
            tr->sink.unrecognised(tr->sink.arg, line);
        return;
    }
    tr->sum.recognised += !line->continuation;
    note_level(tr, line->level ? line->level : m.tmpl->message->level);
    recognised(tr, line, &m);
    report_silent(tr, line, &m);
}

static bool is_hex(struct ikw_slice s)
{
    size_t n = s.len < HEX_GROUP ? s.len : HEX_GROUP;
    for (size_t i = 0; i < n; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

/* Mostly hex; some messages have their words behind an inner newline. */
static void continue_line(struct ikw_tracker *tr, const struct ikw_line *line)
{
    if (tr->in_dump)
        ikw_packet_more(tr, line->text);
    else if (!tr->skip_more && !is_hex(line->text))
        match_line(tr, line);
}

static void new_time(struct ikw_tracker *tr, int64_t t_ms)
{
    tr->now_ms = t_ms;
    if (tr->sum.from_ms == IKW_NO_TIME || t_ms < tr->sum.from_ms)
        tr->sum.from_ms = t_ms;
    if (tr->sum.to_ms == IKW_NO_TIME || t_ms > tr->sum.to_ms)
        tr->sum.to_ms = t_ms;
    ikw_wait_grow_old(tr);
    ikw_tunnels_reap(tr);
}

static void first_line(struct ikw_tracker *tr, const struct ikw_line *line)
{
    if (tr->first_line.line)
        return;
    tr->first_line.file = tr->file;
    tr->first_line.line = line->number;
    tr->first_line.t_ms = line->t_ms;
}

void ikw_tracker_line(struct ikw_tracker *tr, const struct ikw_line *line)
{
    if (line->continuation) {
        continue_line(tr, line);
        return;
    }
    if (line->number > tr->sum.lines)
        tr->sum.lines = line->number;
    if (line->foreign) {
        tr->sum.foreign++;
        return;
    }
    if (tr->in_dump)
        ikw_packet_dump_end(tr);
    if (line->t_ms != IKW_NO_TIME && line->t_ms != tr->now_ms)
        new_time(tr, line->t_ms);
    if (line->text.len == 0) {
        tr->in_dump = tr->want != DUMP_NONE && tr->want != DUMP_SECRET;
        ikw_buf_clear(&tr->bytes);
        return;
    }
    tr->want = DUMP_NONE;
    tr->skip_more = false;
    first_line(tr, line);
    match_line(tr, line);
}

/* ---- inputs ------------------------------------------------------------ */

static void finish_lines(struct ikw_tracker *tr)
{
    if (tr->in_dump)
        ikw_packet_dump_end(tr);
    ikw_packet_settle(tr);
    ikw_wait_flush(tr, NULL);
    ikw_wait_opened(tr, NULL);
}

static void finish_source(struct ikw_tracker *tr)
{
    if (!tr->begun)
        return;
    finish_lines(tr);
    ikw_tunnels_close_all(tr);
    ikw_daemon_deliver(tr);
    reset_source(tr);
    tr->begun = false;
}

static int64_t earlier(int64_t a, int64_t b)
{
    if (a == IKW_NO_TIME || b == IKW_NO_TIME)
        return a == IKW_NO_TIME ? b : a;
    return a < b ? a : b;
}

struct ikw_visibility ikw_track_see(const struct ikw_tracker *tr)
{
    struct ikw_visibility see = tr->before;
    see.present = true;
    if (tr->sum.level > see.level)
        see.level = tr->sum.level;
    see.from_ms = earlier(see.from_ms, tr->sum.from_ms);
    if (tr->sum.to_ms > see.to_ms) /* IKW_NO_TIME is the smallest */
        see.to_ms = tr->sum.to_ms;
    return see;
}

void ikw_tracker_begin(struct ikw_tracker *tr, unsigned file,
                       enum ikw_source source)
{
    if (tr->begun && tr->source != source)
        finish_source(tr);
    else if (tr->begun)
        finish_lines(tr);
    tr->begun = true;
    tr->file = file;
    tr->source = source;
    tr->before = ikw_track_see(tr);
    reset_sum(tr);
}

void ikw_tracker_end(struct ikw_tracker *tr)
{
    if (!tr->begun)
        ikw_tracker_begin(tr, 0, IKW_SOURCE_LOCAL);
    finish_source(tr);
}

void ikw_tracker_summary(const struct ikw_tracker *tr,
                         struct ikw_log_summary *out)
{
    *out = tr->sum;
    out->source = tr->source;
}
