/*
 * The joiner keeps all sets until the end, for either log may be read first.
 * Invariant: a set is of one source until it is joined.
 */
#include "facts/join.h"

#include <stdlib.h>
#include <string.h>

enum {
    NEAR_MS = 2000,
    IDLE_MS = 120 * 1000,
    HOUR_MS = 60 * 60 * 1000,
    MAX_OFFSETS = 256
};

struct sets {
    struct ikw_fact_set *v;
    size_t n, cap;
};

struct ikw_joiner {
    const struct ikw_kb *kb;
    const struct ikw_type *negotiation;
    struct sets tunnels[2], daemons[2]; /* by source */
    int64_t offsets[MAX_OFFSETS];
    size_t noffsets;
    size_t own; /* pairs of one and the same side */
};

struct ikw_joiner *ikw_joiner_new(const struct ikw_kb *kb)
{
    struct ikw_joiner *j = ikw_xcalloc(1, sizeof *j);
    j->kb = kb;
    j->negotiation = ikw_kb_type(kb, "negotiation");
    return j;
}

static void push(struct sets *s, struct ikw_fact_set *fs)
{
    IKW_GROW(s->v, s->cap, s->n + 1);
    s->v[s->n++] = *fs;
}

void ikw_joiner_add(struct ikw_joiner *j, struct ikw_fact_set *fs)
{
    enum ikw_source source =
        fs->see[IKW_SOURCE_PEER].present ? IKW_SOURCE_PEER : IKW_SOURCE_LOCAL;
    bool tunnel = fs->peer || fs->local;
    for (size_t i = 0; i < fs->nfacts && !tunnel; i++)
        tunnel = fs->facts[i]->type == j->negotiation;
    push(tunnel ? &j->tunnels[source] : &j->daemons[source], fs);
    ikw_fact_set_init(fs, j->kb);
}

static void release(struct sets *s)
{
    for (size_t i = 0; i < s->n; i++)
        ikw_fact_set_release(&s->v[i]);
    free(s->v);
}

void ikw_joiner_free(struct ikw_joiner *j)
{
    for (size_t i = 0; j && i < 2; i++) {
        release(&j->tunnels[i]);
        release(&j->daemons[i]);
    }
    free(j);
}

/* ---- negotiations ------------------------------------------------------ */

static const char *text_of(const struct ikw_fact *f, const char *slot)
{
    struct ikw_value v = ikw_fact_get(f, slot);
    return v.kind == IKW_STR ? v.u.str : NULL;
}

static int64_t int_of(const struct ikw_fact *f, const char *slot)
{
    struct ikw_value v = ikw_fact_get(f, slot);
    return v.kind == IKW_INT ? v.u.i : 0;
}

static bool is_zero(const char *cookie)
{
    return strspn(cookie, "0") == strlen(cookie);
}

/* 1 the same, 0 cannot be told, -1 different. */
static int same_text(const char *a, const char *b)
{
    if (!a || !b)
        return 0;
    return strcmp(a, b) == 0 ? 1 : -1;
}

static int same_cookies(const struct ikw_fact *a, const struct ikw_fact *b)
{
    int i = same_text(text_of(a, "icookie"), text_of(b, "icookie"));
    const char *ra = text_of(a, "rcookie"), *rb = text_of(b, "rcookie");
    if (i <= 0)
        return i;
    if (!ra || !rb || is_zero(ra) || is_zero(rb))
        return 1;
    return same_text(ra, rb);
}

static bool roles_fit(const struct ikw_fact *a, const struct ikw_fact *b)
{
    return same_text(text_of(a, "role"), text_of(b, "role")) <= 0;
}

static bool inside(const struct ikw_fact *outer, int64_t t_ms)
{
    if (outer->first.t_ms == IKW_NO_TIME || t_ms == IKW_NO_TIME)
        return false;
    return t_ms >= outer->first.t_ms - NEAR_MS &&
           t_ms <= outer->last.t_ms + NEAR_MS;
}

static int64_t shifted(int64_t t_ms, int64_t offset_ms)
{
    return t_ms == IKW_NO_TIME ? t_ms : t_ms - offset_ms;
}

/* ---- which sets belong together ---------------------------------------- */

static bool each_negotiation(const struct ikw_joiner *j,
                             const struct ikw_fact_set *fs, size_t *at,
                             const struct ikw_fact **out)
{
    while (*at < fs->nfacts) {
        const struct ikw_fact *f = fs->facts[(*at)++];
        if (f->type == j->negotiation) {
            *out = f;
            return true;
        }
    }
    return false;
}

/* Pairs with equal cookies; each tells the difference of the clocks. */
static size_t common_cookies(struct ikw_joiner *j, const struct ikw_fact_set *l,
                             const struct ikw_fact_set *p)
{
    const struct ikw_fact *a, *b;
    size_t n = 0, i = 0;
    while (each_negotiation(j, l, &i, &a)) {
        size_t k = 0;
        while (int_of(a, "phase") == 1 && each_negotiation(j, p, &k, &b)) {
            if (int_of(b, "phase") != 1 || same_cookies(a, b) != 1)
                continue;
            if (!roles_fit(a, b)) {
                j->own++;
                continue;
            }
            n++;
            if (a->first.t_ms != IKW_NO_TIME && b->first.t_ms != IKW_NO_TIME &&
                j->noffsets < MAX_OFFSETS)
                j->offsets[j->noffsets++] = b->first.t_ms - a->first.t_ms;
        }
    }
    return n;
}

static void span_of(const struct ikw_fact_set *fs, int64_t *from, int64_t *to)
{
    *from = *to = IKW_NO_TIME;
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_fact *f = fs->facts[i];
        if (f->type->negotiation < 0 || f->first.t_ms == IKW_NO_TIME)
            continue;
        if (*from == IKW_NO_TIME || f->first.t_ms < *from)
            *from = f->first.t_ms;
        if (*to == IKW_NO_TIME || f->last.t_ms > *to)
            *to = f->last.t_ms;
    }
}

static bool overlap(const struct ikw_fact_set *l, const struct ikw_fact_set *p,
                    int64_t offset_ms)
{
    int64_t lf, lt, pf, pt;
    span_of(l, &lf, &lt);
    span_of(p, &pf, &pt);
    if (lf == IKW_NO_TIME || pf == IKW_NO_TIME)
        return false;
    pf = shifted(pf, offset_ms);
    pt = shifted(pt, offset_ms);
    return pf <= lt + IDLE_MS && pt >= lf - IDLE_MS;
}

/* A NAT may hide one of the ends, not both. */
static bool ends_fit(const struct ikw_fact_set *l, const struct ikw_fact_set *p)
{
    int there = same_text(l->peer, p->local);
    int here = same_text(l->local, p->peer);
    return there == 1 || here == 1;
}

/* ---- the clocks -------------------------------------------------------- */

static int cmp_i64(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static void estimate_offset(struct ikw_joiner *j, struct ikw_join_summary *out)
{
    if (!j->noffsets)
        return;
    qsort(j->offsets, j->noffsets, sizeof *j->offsets, cmp_i64);
    int64_t mid = j->offsets[j->noffsets / 2];
    int64_t low = mid - j->offsets[0];
    int64_t high = j->offsets[j->noffsets - 1] - mid;
    out->offset_known = true;
    out->offset_ms = mid;
    out->spread_ms = low > high ? low : high;
}

/* ---- joining two sets -------------------------------------------------- */

struct pair {
    int64_t peer_id, id;
};

struct merge {
    const struct ikw_joiner *j;
    struct ikw_fact_set *to;
    const struct ikw_fact_set *from;
    int64_t offset_ms;
    struct pair *pairs;
    size_t npairs, cap;
};

static int64_t known_id(const struct merge *m, int64_t peer_id)
{
    for (size_t i = 0; i < m->npairs; i++) {
        if (m->pairs[i].peer_id == peer_id)
            return m->pairs[i].id;
    }
    return 0;
}

static void set_pair(struct merge *m, int64_t peer_id, int64_t id)
{
    IKW_GROW(m->pairs, m->cap, m->npairs + 1);
    m->pairs[m->npairs++] = (struct pair){ peer_id, id };
}

/* The peer may have refused several copies of one first message: each was a
 * negotiation there, all belong to the one here. */
static bool is_same(const struct merge *m, const struct ikw_fact *a,
                    const struct ikw_fact *b, bool by_time)
{
    if (a->source == b->source || int_of(a, "phase") != int_of(b, "phase"))
        return false;
    if (int_of(a, "phase") == 2) {
        int64_t parent = known_id(m, int_of(b, "parent"));
        if (parent && int_of(a, "parent") && parent != int_of(a, "parent"))
            return false;
        int msgid = same_text(text_of(a, "msgid"), text_of(b, "msgid"));
        if (msgid)
            return msgid > 0 && !by_time;
    } else {
        int cookies = same_cookies(a, b);
        if (cookies)
            return cookies > 0 && !by_time && roles_fit(a, b);
    }
    return by_time && roles_fit(a, b) &&
           inside(a, shifted(b->first.t_ms, m->offset_ms));
}

/* The one that fits; by time, of several the one that starts nearest. */
static const struct ikw_fact *find_same(const struct merge *m,
                                        const struct ikw_fact *b, bool by_time)
{
    const struct ikw_fact *a, *best = NULL;
    int64_t least = INT64_MAX, from = shifted(b->first.t_ms, m->offset_ms);
    size_t i = 0;
    while (each_negotiation(m->j, m->to, &i, &a)) {
        if (!is_same(m, a, b, by_time))
            continue;
        if (!by_time)
            return a;
        int64_t off = llabs(a->first.t_ms - from); /* both have a time */
        if (off < least) {
            best = a;
            least = off;
        }
    }
    return best;
}

static void pair_up(struct merge *m, int64_t phase, bool by_time)
{
    const struct ikw_fact *a, *b;
    size_t k = 0;
    while (each_negotiation(m->j, m->from, &k, &b)) {
        if (int_of(b, "phase") != phase || known_id(m, int_of(b, "id")))
            continue;
        a = find_same(m, b, by_time);
        if (a)
            set_pair(m, int_of(b, "id"), int_of(a, "id"));
    }
}

static void number_rest(struct merge *m)
{
    const struct ikw_fact *b;
    size_t k = 0;
    while (each_negotiation(m->j, m->from, &k, &b)) {
        if (!known_id(m, int_of(b, "id")))
            set_pair(m, int_of(b, "id"), m->to->next_subject++);
    }
}

static void shift(struct ikw_evidence *ev, int64_t offset_ms)
{
    ev->t_ms = shifted(ev->t_ms, offset_ms);
}

static void copy_fact(struct merge *m, const struct ikw_fact *f)
{
    struct ikw_value slots[IKW_MAX_SLOTS];
    struct ikw_evidence first = f->first;
    for (size_t i = 0; i < f->type->nslots; i++) {
        slots[i] = f->slots[i];
        int64_t id = slots[i].kind == IKW_INT ? slots[i].u.i : 0;
        if (f->type->slots[i].kind == IKW_SLOT_ID && id > 0 && known_id(m, id))
            slots[i] = ikw_value_int(known_id(m, id));
    }
    shift(&first, m->offset_ms);
    struct ikw_fact *g = ikw_fact_add(m->to, f->type, f->source, slots, &first);
    if (!g)
        return;
    if (g->count == 1)
        g->count = f->count;
    if (f->unsure)
        ikw_fact_doubt(m->to, g);
    g->last = f->last;
    g->last_room = 0;
    if (f->last.text)
        g->last.text = ikw_arena_strdup(&m->to->arena, f->last.text);
    shift(&g->last, m->offset_ms);
}

static void see_peer(struct merge *m, enum ikw_source source)
{
    struct ikw_visibility *see = &m->to->see[source];
    if (see->present)
        return;
    *see = m->from->see[source];
    see->from_ms = shifted(see->from_ms, m->offset_ms);
    see->to_ms = shifted(see->to_ms, m->offset_ms);
}

static void merge_sets(const struct ikw_joiner *j, struct ikw_fact_set *to,
                       const struct ikw_fact_set *from, int64_t offset_ms,
                       enum ikw_source source)
{
    struct merge m = { .j = j, .to = to, .from = from, .offset_ms = offset_ms };
    for (int64_t phase = 1; phase <= 2; phase++) {
        pair_up(&m, phase, false);
        pair_up(&m, phase, true);
    }
    number_rest(&m);
    for (size_t i = 0; i < from->nfacts; i++)
        copy_fact(&m, from->facts[i]);
    see_peer(&m, source);
    free(m.pairs);
}

/* ---- the whole --------------------------------------------------------- */

/* The other log may have nothing but the daemon's own lines: then it shows
 * at least that nothing arrived. */
static void add_daemon(const struct ikw_joiner *j, struct ikw_fact_set *to,
                       enum ikw_source source, int64_t offset_ms)
{
    for (size_t i = 0; i < j->daemons[source].n; i++)
        merge_sets(j, to, &j->daemons[source].v[i], offset_ms, source);
}

static bool all_cookies(const struct ikw_joiner *j,
                        const struct ikw_fact_set *fs)
{
    const struct ikw_fact *f;
    size_t i = 0;
    while (each_negotiation(j, fs, &i, &f))
        if (int_of(f, "phase") == 1 && !text_of(f, "icookie"))
            return false;
    return true;
}

/* Where both show every cookie and the logs have none in common, they tell of
 * different negotiations, however well addresses and times fit. */
static bool may_be_same(const struct ikw_joiner *j,
                        const struct ikw_fact_set *l,
                        const struct ikw_fact_set *p,
                        const struct ikw_join_summary *sum)
{
    if (!sum->by_cookies && all_cookies(j, l) && all_cookies(j, p))
        return false;
    return ends_fit(l, p) && overlap(l, p, sum->offset_ms);
}

/* A log of another day says nothing of this one. One that ends before may be
 * of a daemon that had nothing to tell since; clocks may differ. */
static bool covers(const struct ikw_fact_set *l,
                   const struct ikw_visibility *see)
{
    int64_t from, to;
    span_of(l, &from, &to);
    if (see->level == IKW_LEVEL_NONE) /* no line of it was understood */
        return false;
    if (from == IKW_NO_TIME || see->from_ms == IKW_NO_TIME)
        return true;
    return see->from_ms <= to + HOUR_MS && see->to_ms >= from - 12 * HOUR_MS;
}

static bool daemon_covers(const struct ikw_joiner *j,
                          const struct ikw_fact_set *l)
{
    const struct sets *d = &j->daemons[IKW_SOURCE_PEER];
    for (size_t i = 0; i < d->n; i++)
        if (covers(l, &d->v[i].see[IKW_SOURCE_PEER]))
            return true;
    return false;
}

static bool join_one(struct ikw_joiner *j, struct ikw_fact_set *l,
                     const bool *cookies, struct ikw_join_summary *out)
{
    const struct sets *peers = &j->tunnels[IKW_SOURCE_PEER];
    bool any = false;
    for (size_t i = 0; i < peers->n; i++) {
        const struct ikw_fact_set *p = &peers->v[i];
        if (!cookies[i] && !may_be_same(j, l, p, out))
            continue;
        merge_sets(j, l, p, out->offset_ms, IKW_SOURCE_PEER);
        any = true;
    }
    if (!any && !peers->n && daemon_covers(j, l)) {
        add_daemon(j, l, IKW_SOURCE_PEER, out->offset_ms);
        any = l->see[IKW_SOURCE_PEER].present;
    }
    return any;
}

static bool *cookie_table(struct ikw_joiner *j, struct ikw_join_summary *out)
{
    const struct sets *l = &j->tunnels[IKW_SOURCE_LOCAL];
    const struct sets *p = &j->tunnels[IKW_SOURCE_PEER];
    bool *t = ikw_xcalloc(l->n * p->n, sizeof *t);
    for (size_t i = 0; i < l->n; i++) {
        for (size_t k = 0; k < p->n; k++) {
            size_t n = common_cookies(j, &l->v[i], &p->v[k]);
            t[i * p->n + k] = n > 0;
            out->by_cookies += n;
        }
    }
    return t;
}

static void deliver(struct sets *s, ikw_fact_set_fn each, void *arg)
{
    for (size_t i = 0; i < s->n; i++)
        each(arg, &s->v[i]);
}

static void copy_text(char *out, size_t size, const char *text)
{
    size_t n = text ? strlen(text) : 0;
    n = n < size ? n : size - 1;
    memcpy(out, text ? text : "", n);
    out[n] = '\0';
}

static void describe(const struct sets *s, struct ikw_join_side *out)
{
    out->from_ms = out->to_ms = IKW_NO_TIME;
    if (s->n) {
        copy_text(out->local, sizeof out->local, s->v[0].local);
        copy_text(out->peer, sizeof out->peer, s->v[0].peer);
    }
    for (size_t i = 0; i < s->n; i++) {
        int64_t from, to;
        span_of(&s->v[i], &from, &to);
        if (from == IKW_NO_TIME)
            continue;
        if (out->from_ms == IKW_NO_TIME || from < out->from_ms)
            out->from_ms = from;
        if (out->to_ms == IKW_NO_TIME || to > out->to_ms)
            out->to_ms = to;
    }
}

void ikw_joiner_end(struct ikw_joiner *j, ikw_fact_set_fn each, void *arg,
                    struct ikw_join_summary *out)
{
    struct sets *local = &j->tunnels[IKW_SOURCE_LOCAL];
    struct sets *peer = &j->tunnels[IKW_SOURCE_PEER];
    *out = (struct ikw_join_summary){ .local_sets = local->n,
                                      .peer_sets = peer->n };
    describe(local, &out->side[IKW_SOURCE_LOCAL]);
    describe(peer, &out->side[IKW_SOURCE_PEER]);
    bool *cookies = cookie_table(j, out);
    out->own = j->own;
    estimate_offset(j, out);
    for (size_t i = 0; i < local->n; i++)
        out->joined += join_one(j, &local->v[i], cookies + i * peer->n, out);
    free(cookies);
    /* Nothing here but the daemon: what the peer tells stands alone. */
    for (size_t i = 0; !local->n && i < peer->n; i++)
        add_daemon(j, &peer->v[i], IKW_SOURCE_LOCAL, 0);
    deliver(local, each, arg);
    if (!local->n)
        deliver(peer, each, arg);
    deliver(&j->daemons[IKW_SOURCE_LOCAL], each, arg);
}
