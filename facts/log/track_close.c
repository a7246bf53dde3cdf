/*
 * The end of a stretch: the facts about whole negotiations are added, the
 * daemon's facts are copied in, the set goes out, and what is alive is
 * carried into the next one.
 */
#include "facts/log/track_internal.h"
#include "facts/fact_text.h"

#include <stdlib.h>
#include <string.h>

static void hex8(const uint8_t v[8], char out[17])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 8; i++) {
        out[2 * i] = digits[v[i] >> 4];
        out[2 * i + 1] = digits[v[i] & 15];
    }
    out[16] = '\0';
}

static void hex4(uint32_t v, char out[9])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 8; i++)
        out[i] = digits[v >> (28 - 4 * i) & 15];
    out[8] = '\0';
}

static void put_names(struct maker *mk, const struct neg *n)
{
    static const uint8_t zero[8];
    char hex[17];
    if (n->has_icookie) {
        hex8(n->icookie, hex);
        ikw_make_str(mk, "icookie", hex);
        hex8(n->has_rcookie ? n->rcookie : zero, hex);
        ikw_make_str(mk, "rcookie", hex);
    }
    if (n->has_msgid) {
        hex4(n->msgid, hex);
        ikw_make_str(mk, "msgid", hex);
    }
}

static void emit_negotiation(struct ikw_tracker *tr, struct neg *n)
{
    struct maker mk;
    char role[2] = { n->role, '\0' };
    ikw_make_begin(&mk, tr, tr->t_negotiation);
    ikw_make_int(&mk, "id", n->id);
    ikw_make_int(&mk, "phase", n->phase);
    if (n->role)
        ikw_make_str(&mk, "role", role);
    if (n->exchange)
        ikw_make_str(&mk, "exchange", n->exchange);
    if (n->parent)
        ikw_make_int(&mk, "parent", n->parent);
    ikw_make_str(&mk, "outcome", n->outcome);
    put_names(&mk, n);
    if (n->tunnel->local)
        ikw_make_str(&mk, "local", n->tunnel->local);
    if (n->tunnel->peer)
        ikw_make_str(&mk, "peer", n->tunnel->peer);
    ikw_make_str(&mk, "carried", n->carried ? "yes" : "no");
    if (n->restarted)
        ikw_make_str(&mk, "cut", "restart");
    struct ikw_fact *f = ikw_make_end(&mk, n->tunnel->fs, &n->first.ev);
    if (!f || n->last.ev.line == n->first.ev.line)
        return;
    f->last = n->last.ev;
    if (f->last.text)
        f->last.text = ikw_arena_strdup(&n->tunnel->fs->arena, n->last.ev.text);
    f->last_room = 0;
}

/* An SA of an earlier stretch that still lives: said again. */
static void emit_carried_up(struct ikw_tracker *tr, const struct neg *n,
                            const struct sa_up *up)
{
    if (!up)
        return;
    struct ikw_value slots[IKW_MAX_SLOTS];
    int carried = ikw_type_slot(up->type, "carried");
    memcpy(slots, up->slots, up->type->nslots * sizeof *slots);
    if (carried >= 0)
        slots[carried] = ikw_value_str("yes");
    ikw_fact_add(n->tunnel->fs, up->type, tr->source, slots, &up->note.ev);
}

static bool stays(const struct ikw_tracker *tr, const struct neg *n)
{
    if (n->where == LIVE)
        return true;
    return n->where == OPEN && tr->now_ms != IKW_NO_TIME &&
           n->touched_ms != IKW_NO_TIME &&
           tr->now_ms - n->touched_ms <= PENDING_MS;
}

static void drop_dead(struct ikw_tracker *tr, struct tunnel *t)
{
    struct neg *next;
    t->nnegs = 0;
    for (struct neg *n = t->first; n; n = next) {
        next = n->next;
        n->carried = true;
        if (!stays(tr, n))
            ikw_neg_free(tr, n);
    }
}

/* ---- what is said of the log ------------------------------------------- */

static void emit_quality(struct ikw_tracker *tr, struct ikw_fact_set *fs)
{
    struct maker mk;
    ikw_make_begin(&mk, tr, tr->t_quality);
    ikw_make_str(&mk, "level", ikw_level_words[ikw_track_see(tr).level]);
    ikw_make_str(&mk, "starts-mid", tr->starts_mid ? "yes" : "no");
    ikw_make_end(&mk, fs, tr->first_line.line ? &tr->first_line : NULL);
}

static void set_see(const struct ikw_tracker *tr, struct ikw_fact_set *fs)
{
    fs->see[tr->source] = ikw_track_see(tr);
    fs->next_subject = tr->next_id;
}

static void copy_daemon(const struct ikw_tracker *tr, struct ikw_fact_set *fs)
{
    for (size_t i = 0; i < tr->daemon.nfacts; i++) {
        const struct ikw_fact *f = tr->daemon.facts[i];
        if (f->type->negotiation >= 0)
            continue; /* of a negotiation nobody can name: not of this one */
        struct ikw_fact *g =
            ikw_fact_add(fs, f->type, f->source, f->slots, &f->first);
        if (!g)
            return;
        g->count += f->count - 1; /* it may be there from an earlier run */
        g->last = f->last;
        if (g->last.text) /* the daemon's set may go first */
            g->last.text = ikw_arena_strdup(&fs->arena, g->last.text);
        g->last_room = 0;
    }
}

static const char *keep(struct ikw_fact_set *fs, const char *s)
{
    return s ? ikw_arena_strdup(&fs->arena, s) : NULL;
}

static void hand_over(struct ikw_tracker *tr, struct ikw_fact_set *fs)
{
    set_see(tr, fs);
    if (tr->t_quality)
        emit_quality(tr, fs);
    tr->sink.set(tr->sink.arg, fs);
    ikw_fact_set_release(fs);
}

void ikw_stretch_close(struct ikw_tracker *tr, struct tunnel *t)
{
    struct ikw_fact_set *fs = t->fs;
    if (!fs)
        return;
    for (struct neg *n = t->first; n; n = n->next) {
        for (size_t i = 0; n->carried && i < 2; i++)
            emit_carried_up(tr, n, n->ups[i]);
        if (tr->t_negotiation)
            emit_negotiation(tr, n);
    }
    copy_daemon(tr, fs);
    fs->local = keep(fs, t->local);
    fs->peer = keep(fs, t->peer);
    fs->tunnel_name = keep(fs, t->name);
    hand_over(tr, fs);
    free(fs);
    t->fs = NULL;
    tr->nstretches--;
    drop_dead(tr, t);
}

void ikw_daemon_deliver(struct ikw_tracker *tr)
{
    hand_over(tr, &tr->daemon);
    ikw_fact_set_init(&tr->daemon, tr->kb);
}

void ikw_daemon_run_ends(struct ikw_tracker *tr)
{
    if (!tr->daemon.nfacts)
        return;
    struct tunnel *t;
    for (size_t at = 0; (t = ikw_turn_each(tr, &at));) {
        if (t->fs)
            copy_daemon(tr, t->fs);
    }
    ikw_daemon_deliver(tr);
}
