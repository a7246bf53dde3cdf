/*
 * Negotiations: birth, names (cookies, message id, SPIs), end. The lists
 * and indexes of the tracker are kept here and nowhere else.
 */
#include "facts/log/track_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists ------------------------------------------------------------- */

static struct neg_list *list_of(struct ikw_tracker *tr, enum where w)
{
    return w == OPEN ? &tr->open : &tr->live;
}

static void unlink_global(struct ikw_tracker *tr, struct neg *n)
{
    if (n->where == NOWHERE)
        return;
    struct neg_list *l = list_of(tr, n->where);
    *(n->gprev ? &n->gprev->gnext : &l->head) = n->gnext;
    *(n->gnext ? &n->gnext->gprev : &l->tail) = n->gprev;
    n->gprev = n->gnext = NULL;
    if (n->where == OPEN)
        n->tunnel->nopen--;
    else
        n->tunnel->nlive--;
    n->where = NOWHERE;
    ikw_turn_wake(tr, n->tunnel);
}

static void link_global(struct ikw_tracker *tr, struct neg *n, enum where w)
{
    unlink_global(tr, n);
    struct neg_list *l = list_of(tr, w);
    n->gprev = l->tail;
    *(l->tail ? &l->tail->gnext : &l->head) = n;
    l->tail = n;
    n->where = w;
    if (w == OPEN)
        n->tunnel->nopen++;
    else
        n->tunnel->nlive++;
    ikw_turn_wake(tr, n->tunnel);
}

static void link_tunnel(struct tunnel *t, struct neg *n)
{
    n->prev = t->last;
    *(t->last ? &t->last->next : &t->first) = n;
    t->last = n;
    t->nnegs++;
}

/* ---- life -------------------------------------------------------------- */

/* Newest established phase 1, else the newest open one, else the newest. */
static uint32_t find_parent(const struct tunnel *t)
{
    uint32_t open = 0, any = 0;
    for (const struct neg *n = t->last; n; n = n->prev) {
        if (n->phase != 1)
            continue;
        if (n->where == LIVE)
            return n->id;
        if (!open && n->where == OPEN)
            open = n->id;
        if (!any)
            any = n->id;
    }
    return open ? open : any;
}

/* Phase 2 cannot begin before phase 1 is up, said or not. */
static void prove_parent(struct ikw_tracker *tr, const struct neg *n)
{
    for (struct neg *p = n->tunnel->last; p; p = p->prev) {
        if (p->id == n->parent && p->where == OPEN) {
            ikw_neg_establish(tr, p);
            return;
        }
    }
}

/* A daemon that started anew begins with a phase 1: that one is it. */
static void forget_cut(struct tunnel *t)
{
    for (struct neg *n = t->first; n && t->ncut; n = n->next)
        n->cut = NOWHERE;
    t->ncut = 0;
}

struct neg *ikw_neg_open(struct ikw_tracker *tr, struct tunnel *t,
                         unsigned phase, char role,
                         const struct ikw_evidence *ev)
{
    struct neg *n = ikw_xcalloc(1, sizeof *n);
    n->id = tr->next_id++;
    n->tunnel = t;
    n->phase = phase;
    n->role = role;
    n->outcome = "pending";
    n->opened_ms = n->moved_ms = n->touched_ms = tr->now_ms;
    if (phase == 2) {
        n->exchange = "quick";
        n->parent = find_parent(t);
    }
    if (phase == 1)
        forget_cut(t);
    link_tunnel(t, n);
    link_global(tr, n, OPEN);
    ikw_note_set(&n->first, ev);
    ikw_note_set(&n->last, ev);
    tr->any_negotiation = true;
    return n;
}

void ikw_neg_touch(struct ikw_tracker *tr, struct neg *n,
                   const struct ikw_evidence *ev)
{
    n->touched_ms = tr->now_ms;
    ikw_note_set(&n->last, ev);
}

void ikw_neg_moved(struct ikw_tracker *tr, struct neg *n)
{
    n->moved_ms = tr->now_ms;
    if (n->where == OPEN)
        link_global(tr, n, OPEN);
}

/* Too many live SAs mean that their ends are not logged: the oldest goes. */
static void bound_live(struct ikw_tracker *tr, struct tunnel *t)
{
    if (t->nlive == 0 ||
        !ikw_limit_full(tr->limits, IKW_LIMIT_LIVE_SAS, t->nlive - 1))
        return;
    for (struct neg *n = t->first; n; n = n->next) {
        if (n->where == LIVE) {
            unlink_global(tr, n);
            return;
        }
    }
}

void ikw_neg_establish(struct ikw_tracker *tr, struct neg *n)
{
    n->answered = true;
    if (n->phase == 2)
        prove_parent(tr, n);
    if (n->phase == 2 && ++n->nup == 1) {
        n->outcome = "half";
        ikw_neg_moved(tr, n);
        return;
    }
    n->outcome = "established";
    n->moved_ms = tr->now_ms;
    if (n->where != LIVE)
        link_global(tr, n, LIVE);
    bound_live(tr, n->tunnel);
}

void ikw_neg_end(struct ikw_tracker *tr, struct neg *n, const char *outcome)
{
    bool failed = outcome && (strcmp(outcome, "failed") == 0 ||
                              strcmp(outcome, "refused") == 0);
    bool was_up = n->where == LIVE || n->nup > 1;
    if (n->where == NOWHERE)
        return; /* the first end counts */
    if (!was_up || !failed)
        n->outcome = n->nup == 1 && n->phase == 2 ? "half"
                     : outcome                    ? outcome
                                                  : "failed";
    unlink_global(tr, n);
}

void ikw_neg_cut(struct ikw_tracker *tr, struct neg *n)
{
    n->cut = n->where;
    n->cut_outcome = n->outcome;
    n->tunnel->ncut += n->cut != NOWHERE;
    n->restarted = true;
    ikw_neg_end(tr, n, n->where == LIVE ? n->outcome : "superseded");
}

void ikw_neg_resume(struct ikw_tracker *tr, struct tunnel *t)
{
    for (struct neg *n = t->first; n; n = n->next) {
        if (n->cut == NOWHERE)
            continue;
        n->outcome = n->cut_outcome;
        link_global(tr, n, n->cut);
        n->cut = NOWHERE;
        n->restarted = false;
    }
    t->ncut = 0;
}

void ikw_neg_free(struct ikw_tracker *tr, struct neg *n)
{
    struct tunnel *t = n->tunnel;
    unlink_global(tr, n);
    t->ncut -= n->cut != NOWHERE;
    *(n->prev ? &n->prev->next : &t->first) = n->next;
    *(n->next ? &n->next->prev : &t->last) = n->prev;
    ikw_index_remove(&tr->cookies, &n->by_cookie);
    for (size_t i = 0; i < SPIS_MAX; i++)
        ikw_index_remove(&tr->spis, &n->by_spi[i]);
    ikw_note_release(&n->first);
    ikw_note_release(&n->last);
    for (size_t i = 0; i < 2 && n->ups[i]; i++) {
        ikw_note_release(&n->ups[i]->note);
        free(n->ups[i]);
    }
    ikw_packet_forget(tr, NULL, n);
    ikw_wait_forget(tr, NULL, n);
    if (tr->ctx.neg == n)
        tr->ctx.neg = NULL;
    if (tr->ctx.opened == n)
        tr->ctx.opened = NULL;
    free(n);
}

/* ---- names ------------------------------------------------------------- */

bool ikw_cookie_zero(const uint8_t cookie[8])
{
    static const uint8_t zero[8];
    return memcmp(cookie, zero, 8) == 0;
}

static uint64_t cookie_key(const uint8_t cookie[8])
{
    uint64_t k;
    memcpy(&k, cookie, 8);
    return k;
}

void ikw_neg_set_cookies(struct ikw_tracker *tr, struct neg *n,
                         const uint8_t icookie[8], const uint8_t rcookie[8])
{
    if (n->phase != 1)
        return;
    if (!n->has_icookie) {
        n->has_icookie = true;
        memcpy(n->icookie, icookie, 8);
        ikw_index_add(&tr->cookies, &n->by_cookie, cookie_key(icookie), n);
    }
    if (!n->has_rcookie && !ikw_cookie_zero(rcookie)) {
        n->has_rcookie = true;
        memcpy(n->rcookie, rcookie, 8);
    }
}

struct neg *ikw_neg_by_cookies(const struct ikw_tracker *tr,
                               const uint8_t icookie[8],
                               const uint8_t rcookie[8])
{
    uint64_t key = cookie_key(icookie);
    struct neg *half = NULL;
    bool zero = ikw_cookie_zero(rcookie);
    for (struct node *k = ikw_index_find(&tr->cookies, key, NULL); k;
         k = ikw_index_find(&tr->cookies, key, k)) {
        struct neg *n = k->neg;
        if (!zero && n->has_rcookie && memcmp(n->rcookie, rcookie, 8) == 0)
            return n;
        if (!half && (zero || !n->has_rcookie))
            half = n;
    }
    return half;
}

struct neg *ikw_neg_by_msgid(const struct neg *parent, uint32_t msgid)
{
    for (struct neg *n = parent->tunnel->last; n; n = n->prev) {
        if (n->phase == 2 && n->has_msgid && n->msgid == msgid &&
            (n->parent == parent->id || n->parent == 0))
            return n;
    }
    return NULL;
}

void ikw_neg_add_spi(struct ikw_tracker *tr, struct neg *n, uint32_t spi)
{
    if (spi == 0 || ikw_neg_by_spi(tr, spi, n->tunnel) == n)
        return;
    struct node *k = &n->by_spi[n->nspis++ % SPIS_MAX];
    ikw_index_remove(&tr->spis, k);
    ikw_index_add(&tr->spis, k, spi, n);
}

struct neg *ikw_neg_by_spi(const struct ikw_tracker *tr, uint32_t spi,
                           const struct tunnel *t)
{
    for (struct node *k = ikw_index_find(&tr->spis, spi, NULL); k;
         k = ikw_index_find(&tr->spis, spi, k)) {
        if (!t || k->neg->tunnel == t)
            return k->neg;
    }
    return NULL;
}

const struct neg *ikw_neg_parent(const struct neg *n)
{
    for (const struct neg *p = n->tunnel->last; p; p = p->prev) {
        if (p->id == n->parent)
            return p;
    }
    return NULL;
}
