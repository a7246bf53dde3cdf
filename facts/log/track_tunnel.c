/*
 * Tunnels: a hash by peer address, and a turn of each to be looked at again
 * (track_queue.c). Touching a tunnel only notes the time, so a line costs
 * nothing here.
 */
#include "facts/log/track_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- local addresses --------------------------------------------------- */

bool ikw_is_local(const struct ikw_tracker *tr, struct ikw_slice ip)
{
    for (size_t i = 0; i < tr->nlocals; i++) {
        if (ip.len == tr->local_lens[i] &&
            memcmp(ip.ptr, tr->locals[i], ip.len) == 0)
            return true;
    }
    return false;
}

static void add_local(struct ikw_tracker *tr, struct ikw_slice ip)
{
    if (ip.len == 0 || ip.len >= sizeof tr->locals[0] || ikw_is_local(tr, ip) ||
        ikw_tunnel_find(tr, ip))
        return;
    size_t i = tr->nlocals < LOCALS_MAX ? tr->nlocals++
                                        : tr->next_local++ % LOCALS_MAX;
    memcpy(tr->locals[i], ip.ptr, ip.len);
    tr->local_lens[i] = (uint8_t)ip.len;
}

static char *dup_slice(struct ikw_slice s)
{
    char *p = ikw_xmalloc(s.len + 1);
    memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return p;
}

void ikw_tunnel_set_local(struct ikw_tracker *tr, struct tunnel *t,
                          struct ikw_slice local)
{
    if (local.len == 0 || local.len > 63)
        return;
    if (t->local && ikw_slice_is(local, t->local))
        return;
    add_local(tr, local);
    free(t->local);
    t->local = dup_slice(local);
}

struct tunnel *ikw_tunnel_only(const struct ikw_tracker *tr)
{
    size_t at = 0;
    return tr->ntunnels + (tr->nameless != NULL) == 1 ? ikw_turn_each(tr, &at)
                                                      : NULL;
}

/* ---- table ------------------------------------------------------------- */

static void grow_table(struct ikw_tracker *tr)
{
    size_t n = tr->tunnel_buckets ? tr->tunnel_buckets * 2 : 64;
    struct tunnel **v = ikw_xcalloc(n, sizeof(struct tunnel *));
    for (size_t i = 0; i < tr->tunnel_buckets; i++)
        for (struct tunnel *t = tr->tunnels[i], *next; t; t = next) {
            next = t->hnext;
            t->hnext = v[t->hash & (n - 1)];
            v[t->hash & (n - 1)] = t;
        }
    free(tr->tunnels);
    tr->tunnels = v;
    tr->tunnel_buckets = n;
}

struct tunnel *ikw_tunnel_find(const struct ikw_tracker *tr,
                               struct ikw_slice peer)
{
    if (!tr->tunnel_buckets)
        return NULL;
    uint32_t h = ikw_hash_bytes(peer.ptr, peer.len);
    struct tunnel *t = tr->tunnels[h & (tr->tunnel_buckets - 1)];
    while (t && !(t->hash == h && ikw_slice_is(peer, t->peer)))
        t = t->hnext;
    return t;
}

static void table_add(struct ikw_tracker *tr, struct tunnel *t,
                      struct ikw_slice peer)
{
    if (tr->ntunnels >= tr->tunnel_buckets)
        grow_table(tr);
    t->peer = dup_slice(peer);
    t->hash = ikw_hash_bytes(peer.ptr, peer.len);
    struct tunnel **p = &tr->tunnels[t->hash & (tr->tunnel_buckets - 1)];
    t->hnext = *p;
    *p = t;
    tr->ntunnels++;
}

static void table_remove(struct ikw_tracker *tr, struct tunnel *t)
{
    if (!t->peer)
        return;
    struct tunnel **p = &tr->tunnels[t->hash & (tr->tunnel_buckets - 1)];
    while (*p != t)
        p = &(*p)->hnext;
    *p = t->hnext;
    tr->ntunnels--;
}

static void tunnel_free(struct ikw_tracker *tr, struct tunnel *t)
{
    ikw_packet_forget(tr, t, NULL);
    ikw_wait_forget(tr, t, NULL);
    while (t->last)
        ikw_neg_free(tr, t->last);
    if (tr->ctx.tunnel == t)
        tr->ctx = (struct context){ .t_ms = IKW_NO_TIME };
    if (tr->nameless == t)
        tr->nameless = NULL;
    table_remove(tr, t);
    ikw_turn_remove(tr, t);
    free(t->peer);
    free(t->local);
    free(t->name);
    free(t);
}

/* Closes the stretch, and forgets the tunnel (true) if nothing of it
 * lives. */
static bool settle(struct ikw_tracker *tr, struct tunnel *t)
{
    ikw_stretch_close(tr, t);
    if (t->nlive || t->nopen)
        return false;
    tunnel_free(tr, t);
    return true;
}

/* Bounded memory before bounded knowledge. */
static void make_place(struct ikw_tracker *tr)
{
    struct tunnel *t = NULL;
    if (ikw_limit_full(tr->limits, IKW_LIMIT_TUNNELS_HELD, tr->ntunnels))
        t = ikw_turn_first(tr);
    if (!t)
        return;
    ikw_stretch_close(tr, t);
    tunnel_free(tr, t);
}

static struct tunnel *new_tunnel(struct ikw_tracker *tr)
{
    make_place(tr);
    struct tunnel *t = ikw_xcalloc(1, sizeof *t);
    t->start_ms = t->touched_ms = tr->now_ms;
    ikw_turn_add(tr, t);
    return t;
}

/* What was said before any peer was named need not be of the first. */
static void doubt_all(struct tunnel *t)
{
    for (size_t i = 0; t->fs && i < t->fs->nfacts; i++)
        ikw_fact_doubt(t->fs, t->fs->facts[i]);
}

/* Lines that came before the first address are of the first peer if they
 * are close to it: then the nameless tunnel becomes that peer's. */
static struct tunnel *adopt_nameless(struct ikw_tracker *tr)
{
    struct tunnel *t = tr->nameless;
    bool close = t && tr->ntunnels == 0 &&
                 (tr->now_ms == IKW_NO_TIME || t->touched_ms == IKW_NO_TIME ||
                  tr->now_ms - t->touched_ms < IDLE_MS / 2);
    if (!close)
        return NULL;
    tr->nameless = NULL;
    doubt_all(t);
    return t;
}

static void note_peer(struct ikw_tracker *tr, struct ikw_slice peer)
{
    if (tr->several_peers || ikw_slice_is(peer, tr->one_peer))
        return;
    tr->several_peers = tr->one_peer[0] || peer.len >= sizeof tr->one_peer;
    size_t n = tr->several_peers ? 0 : peer.len;
    memcpy(tr->one_peer, peer.ptr, n);
    tr->one_peer[n] = '\0';
}

struct tunnel *ikw_tunnel_get(struct ikw_tracker *tr, struct ikw_slice peer)
{
    struct tunnel *t = ikw_tunnel_find(tr, peer);
    if (t)
        return t;
    t = adopt_nameless(tr);
    if (!t)
        t = new_tunnel(tr);
    table_add(tr, t, peer);
    note_peer(tr, peer);
    return t;
}

struct tunnel *ikw_tunnel_nameless(struct ikw_tracker *tr)
{
    if (tr->one_peer[0])
        return ikw_tunnel_get(tr, ikw_slice_of(tr->one_peer));
    if (!tr->nameless)
        tr->nameless = new_tunnel(tr);
    return tr->nameless;
}

/* ---- stretches --------------------------------------------------------- */

static bool waits_for_result(const struct ikw_tracker *tr,
                             const struct tunnel *t)
{
    return t->nopen && t->touched_ms != IKW_NO_TIME &&
           tr->now_ms - t->touched_ms <= PENDING_MS;
}

static bool is_idle(const struct ikw_tracker *tr, const struct tunnel *t)
{
    return tr->now_ms != IKW_NO_TIME && t->touched_ms != IKW_NO_TIME &&
           tr->now_ms - t->touched_ms > IDLE_MS && !waits_for_result(tr, t);
}

void ikw_tunnel_touch(struct ikw_tracker *tr, struct tunnel *t)
{
    if (t->touched_ms == tr->now_ms)
        return;
    if (t->fs && is_idle(tr, t))
        ikw_stretch_close(tr, t);
    t->touched_ms = tr->now_ms;
}

struct ikw_fact_set *ikw_tunnel_facts(struct ikw_tracker *tr, struct tunnel *t)
{
    if (t->fs)
        return t->fs;
    ikw_turn_wake(tr, t);
    t->fs = ikw_xmalloc(sizeof *t->fs);
    ikw_fact_set_init(t->fs, tr->kb);
    t->fs->limits = tr->limits;
    t->start_ms = tr->now_ms;
    tr->nstretches++;
    return t->fs;
}

/* Those whose end was never logged must not hold the stretch open. */
static void stop_waiting(struct ikw_tracker *tr, struct tunnel *t)
{
    struct neg *n = t->first;
    for (; n && t->nopen && tr->now_ms != IKW_NO_TIME; n = n->next) {
        if (n->where == OPEN && n->touched_ms != IKW_NO_TIME &&
            tr->now_ms - n->touched_ms > PENDING_MS)
            ikw_neg_end(tr, n, n->outcome);
    }
}

void ikw_tunnel_make_room(struct ikw_tracker *tr, struct tunnel *t,
                          unsigned phase)
{
    stop_waiting(tr, t);
    bool old = tr->now_ms != IKW_NO_TIME && t->start_ms != IKW_NO_TIME &&
               tr->now_ms - t->start_ms > STRETCH_MS;
    bool full =
        t->nnegs >= STRETCH_NEGS || (t->fs && t->fs->nfacts > STRETCH_FACTS);
    bool soft = phase == 1 && t->nopen == 0 && (old || full);
    if (t->fs && (soft || t->nnegs >= STRETCH_NEGS_HARD))
        ikw_stretch_close(tr, t);
}

/* Not while a line is being handled: tunnels are freed. */
void ikw_tunnels_reap(struct ikw_tracker *tr)
{
    struct tunnel *t;
    while ((t = ikw_turn_due(tr))) {
        bool over = tr->nstretches > STRETCHES_MAX && t->fs;
        bool idle = is_idle(tr, t);
        if ((idle || over) && settle(tr, t))
            continue;
        ikw_turn_over(tr, idle && !t->nopen);
    }
}

void ikw_tunnels_close_all(struct ikw_tracker *tr)
{
    struct tunnel *t;
    while ((t = ikw_turn_first(tr))) {
        ikw_stretch_close(tr, t);
        tunnel_free(tr, t);
    }
}

static void supersede(struct ikw_tracker *tr, struct neg *n)
{
    ikw_neg_cut(tr, n);
    if (!n->tunnel->fs)
        ikw_neg_free(tr, n);
}

void ikw_tunnels_restart(struct ikw_tracker *tr)
{
    if (tr->open.head)
        ikw_tie_blur(tr);
    while (tr->open.head)
        supersede(tr, tr->open.head);
    while (tr->live.head)
        supersede(tr, tr->live.head);
    ikw_daemon_run_ends(tr);
}
