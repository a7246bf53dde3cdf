/*
 * Which packets belong to which negotiation. Cookies decide; the clock of the
 * capture follows from those that were joined by them.
 */
#include "facts/wire/joining.h"

#include <stdlib.h>
#include <string.h>

enum {
    NEAR_MS = 3000,
    QUARTER_MS = 15 * 60 * 1000,
    EXCHANGE_BASE = 1,
    EXCHANGE_MAIN = 2,
    EXCHANGE_AGGRESSIVE = 4,
    EXCHANGE_QUICK = 32
};

/* ---- negotiations of the set ------------------------------------------- */

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

static bool read_hex(const char *text, uint8_t *out, size_t n)
{
    bool any = false;
    if (!text || strlen(text) != 2 * n ||
        strspn(text, "0123456789abcdef") != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char pair[3] = { text[2 * i], text[2 * i + 1], '\0' };
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
        any = any || out[i];
    }
    return any;
}

static struct known *known_of(struct joining *g, int64_t id)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->v[i].id == id)
            return &g->v[i];
    IKW_GROW(g->v, g->cap, g->n + 1);
    struct known *k = &g->v[g->n++];
    *k = (struct known){ .id = id, .from_ms = IKW_NO_TIME };
    return k;
}

static void take_times(struct known *k, const struct ikw_fact *f)
{
    if (f->first.t_ms == IKW_NO_TIME ||
        (k->from_ms != IKW_NO_TIME && f->source == IKW_SOURCE_PEER))
        return;
    k->from_ms = f->first.t_ms;
    k->to_ms = f->last.t_ms;
}

static void take_negotiation(struct joining *g, const struct ikw_fact *f)
{
    uint8_t msgid[4];
    struct known *k = known_of(g, int_of(f, "id"));
    k->phase = int_of(f, "phase");
    k->parent = int_of(f, "parent") ? int_of(f, "parent") : k->parent;
    k->roles[f->source] = text_of(f, "role");
    k->local[f->source] = text_of(f, "local");
    k->peer[f->source] = text_of(f, "peer");
    k->has_cookie =
        read_hex(text_of(f, "icookie"), k->icookie, 8) || k->has_cookie;
    k->has_rcookie =
        read_hex(text_of(f, "rcookie"), k->rcookie, 8) || k->has_rcookie;
    if (read_hex(text_of(f, "msgid"), msgid, 4)) {
        k->has_msgid = true;
        k->msgid = (uint32_t)msgid[0] << 24 | (uint32_t)msgid[1] << 16 |
                   (uint32_t)msgid[2] << 8 | msgid[3];
    }
    take_times(k, f);
}

static void take_negotiations(struct joining *g)
{
    const struct ikw_type *type = ikw_kb_type(g->fs->kb, "negotiation");
    for (size_t i = 0; type && i < g->fs->nfacts; i++)
        if (g->fs->facts[i]->type == type)
            take_negotiation(g, g->fs->facts[i]);
}

/* ---- phase 1 ----------------------------------------------------------- */

static bool is_zero(const uint8_t cookie[8])
{
    static const uint8_t zero[8];
    return memcmp(cookie, zero, 8) == 0;
}

static void push(struct known *k, const struct ikw_wire_packet *p)
{
    IKW_GROW(k->packets, k->cap, k->npackets + 1);
    k->packets[k->npackets++] = p;
}

/* A responder that refused several copies of one first message may have made
 * a negotiation of each: they share its cookie. */
static bool has_cookies(const struct known *k, const struct ikw_wire_packet *p)
{
    return k->has_cookie && !memcmp(k->icookie, p->icookie, 8) &&
           (!k->has_rcookie || is_zero(p->rcookie) ||
            !memcmp(k->rcookie, p->rcookie, 8));
}

/* A first message shows who began. */
static void learn_ends(struct known *k, const struct ikw_wire_packet *p)
{
    bool phase1 = p->exchange == EXCHANGE_BASE ||
                  p->exchange == EXCHANGE_MAIN ||
                  p->exchange == EXCHANGE_AGGRESSIVE;
    if (k->ends_known || !phase1 || !is_zero(p->rcookie))
        return;
    k->ends_known = true;
    k->initiator = p->from.addr;
    k->responder = p->to.addr;
}

/* Its packets belong to the first of those that share the cookies. */
static bool has_elder(const struct joining *g, const struct known *k,
                      const struct ikw_wire_packet *p)
{
    for (const struct known *e = g->v; e < k; e++)
        if (e->phase == 1 && has_cookies(e, p))
            return true;
    return false;
}

static void match_phase1(struct joining *g, struct known *k)
{
    const struct ikw_wire_packet *const *p;
    size_t n = k->has_cookie ? ikw_wire_with_cookie(g->j, k->icookie, &p) : 0;
    for (size_t i = 0; i < n; i++) {
        if (!has_cookies(k, p[i]) || has_elder(g, k, p[i]))
            continue;
        if (p[i]->exchange != EXCHANGE_QUICK)
            push(k, p[i]);
        learn_ends(k, p[i]);
    }
}

/* ---- who is who -------------------------------------------------------- */

static bool is_addr(const char *text, const struct ikw_addr *a)
{
    struct ikw_addr b;
    return text && ikw_addr_parse(ikw_slice_of(text), &b, NULL) &&
           ikw_addr_eq(a, &b);
}

int ikw_wire_began(const struct joining *g, const struct known *k)
{
    enum ikw_source other =
        g->side == IKW_SOURCE_LOCAL ? IKW_SOURCE_PEER : IKW_SOURCE_LOCAL;
    if (k->roles[g->side])
        return k->roles[g->side][0] == 'I';
    if (k->roles[other])
        return k->roles[other][0] != 'I';
    return -1;
}

/* By the addresses that this side's log gives the two. */
static int by_names(const struct joining *g, const struct known *k,
                    const struct ikw_wire_packet *p)
{
    enum ikw_source s = k->local[g->side]             ? g->side
                        : g->side == IKW_SOURCE_LOCAL ? IKW_SOURCE_PEER
                                                      : IKW_SOURCE_LOCAL;
    bool from_local =
        is_addr(k->local[s], &p->from.addr) || is_addr(k->peer[s], &p->to.addr);
    bool to_local =
        is_addr(k->local[s], &p->to.addr) || is_addr(k->peer[s], &p->from.addr);
    if (from_local == to_local)
        return -1;
    return from_local == (s == g->side);
}

int ikw_wire_outward(const struct joining *g, const struct known *k,
                     const struct ikw_wire_packet *p)
{
    int began = ikw_wire_began(g, k);
    if (!k->ends_known || began < 0 ||
        ikw_addr_eq(&k->initiator, &k->responder))
        return by_names(g, k, p);
    if (ikw_addr_eq(&p->from.addr, &k->initiator))
        return began;
    if (ikw_addr_eq(&p->to.addr, &k->initiator) ||
        ikw_addr_eq(&p->from.addr, &k->responder))
        return !began;
    return -1;
}

/* ---- clocks ------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t middle(const int64_t *v, size_t n, int64_t *spread)
{
    int64_t sorted[WIRE_OFFSETS];
    memcpy(sorted, v, n * sizeof *v);
    qsort(sorted, n, sizeof *sorted, compare);
    int64_t mid = sorted[n / 2];
    int64_t low = mid - sorted[0], high = sorted[n - 1] - mid;
    *spread = low > high ? low : high;
    return mid;
}

static void take_offset(struct ikw_wire_join *j, const struct known *k)
{
    const struct ikw_wire_packet *p = k->npackets ? k->packets[0] : NULL;
    if (!p || p->again || !is_zero(p->rcookie) || p->t_ms == IKW_NO_TIME ||
        k->from_ms == IKW_NO_TIME || j->noffsets == WIRE_OFFSETS)
        return;
    j->offsets[j->noffsets++] = p->t_ms - k->from_ms;
}

/* A capture made on the gateway itself has its clock, perhaps in another
 * zone. Otherwise, several negotiations must agree: one alone cannot tell a
 * clock that is wrong from a capture that began late. */
static void set_clock(struct joining *g)
{
    struct ikw_wire_join *j = g->j;
    int64_t spread;
    for (size_t i = 0; i < g->n; i++)
        if (g->v[i].phase == 1)
            take_offset(j, &g->v[i]);
    g->clock_known = j->noffsets > 0;
    if (!g->clock_known)
        return;
    g->offset_ms = middle(j->offsets, j->noffsets, &spread);
    int64_t odd = (g->offset_ms % QUARTER_MS + QUARTER_MS) % QUARTER_MS;
    g->clock_sure = odd <= NEAR_MS || odd >= QUARTER_MS - NEAR_MS ||
                    (j->noffsets >= 3 && spread <= NEAR_MS);
}

int64_t ikw_wire_shifted(const struct joining *g, int64_t t_ms)
{
    return t_ms == IKW_NO_TIME || !g->clock_known ? IKW_NO_TIME
                                                  : t_ms - g->offset_ms;
}

/* ---- phase 2 ----------------------------------------------------------- */

static const struct known *parent_of(const struct joining *g,
                                     const struct known *k)
{
    for (size_t i = 0; k->parent && i < g->n; i++)
        if (g->v[i].id == k->parent)
            return &g->v[i];
    return NULL;
}

static bool in_phase1(const struct known *parent,
                      const struct ikw_wire_packet *p)
{
    return p->exchange == EXCHANGE_QUICK && has_cookies(parent, p);
}

static bool taken(const struct joining *g, const struct known *parent,
                  uint32_t msgid)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->v[i].phase == 2 && g->v[i].has_msgid && g->v[i].msgid == msgid &&
            g->v[i].parent == parent->id)
            return true;
    return false;
}

/* The one exchange that began at that time under that phase 1, if there is
 * no other. */
static void guess_msgid(struct joining *g, const struct known *parent,
                        struct known *k)
{
    const struct ikw_wire_packet *const *of, *only = NULL;
    size_t n = ikw_wire_with_cookie(g->j, parent->icookie, &of);
    for (size_t i = 0; i < n; i++) {
        const struct ikw_wire_packet *p = of[i];
        int64_t t = ikw_wire_shifted(g, p->t_ms);
        if (!in_phase1(parent, p) || p->again || t == IKW_NO_TIME ||
            t < k->from_ms - NEAR_MS || t > k->from_ms + NEAR_MS ||
            taken(g, parent, p->msgid))
            continue;
        if (only && only->msgid != p->msgid)
            return;
        only = only ? only : p;
    }
    if (!only)
        return;
    k->has_msgid = true;
    k->msgid = only->msgid;
}

static void match_phase2(struct joining *g, struct known *k)
{
    const struct ikw_wire_packet *const *p;
    const struct known *parent = parent_of(g, k);
    if (!parent || !parent->has_cookie)
        return;
    if (!k->has_msgid && k->from_ms != IKW_NO_TIME)
        guess_msgid(g, parent, k);
    size_t n = ikw_wire_with_cookie(g->j, parent->icookie, &p);
    for (size_t i = 0; k->has_msgid && i < n; i++)
        if (in_phase1(parent, p[i]) && p[i]->msgid == k->msgid)
            push(k, p[i]);
    k->ends_known = k->npackets > 0;
    if (!k->ends_known)
        return;
    k->initiator = k->packets[0]->from.addr;
    k->responder = k->packets[0]->to.addr;
}

/* ---- where it was taken ------------------------------------------------ */

static bool is_first_ttl(uint8_t ttl)
{
    return ttl == 64 || ttl == 128 || ttl == 255;
}

/* The host that made the capture says which packets it sent; else a packet
 * that passed a router is from elsewhere. */
static void judge_place(struct joining *g, const struct known *k)
{
    for (size_t i = 0; i < k->npackets; i++) {
        const struct ikw_wire_packet *p = k->packets[i];
        int out = ikw_wire_outward(g, k, p);
        if (out < 0)
            continue;
        if (p->way != IKW_WAY_UNKNOWN) {
            bool fits = (p->way == IKW_WAY_OUT) == (out == 1);
            g->j->as_said += fits;
            g->j->turned += !fits;
        } else if (out && !is_first_ttl(p->ttl)) {
            g->j->turned++;
        } else if (!out && !is_first_ttl(p->ttl)) {
            g->j->as_said++;
        }
    }
}

/* ---- all --------------------------------------------------------------- */

static void note_found(struct ikw_wire_join *j, const uint8_t cookie[8])
{
    for (size_t i = 0; i < j->nfound; i++)
        if (!memcmp(j->found[i], cookie, 8))
            return;
    if (j->nfound == WIRE_COOKIES)
        return;
    IKW_GROW(j->found, j->found_cap, j->nfound + 1);
    memcpy(j->found[j->nfound++], cookie, 8);
}

/* An error may quote a message that is not in the capture. */
static bool quoted(const struct joining *g)
{
    const struct ikw_wire *w = g->j->w;
    bool any = false;
    for (size_t i = 0; i < w->nicmps; i++)
        for (size_t k = 0; w->icmps[i].has_cookie && k < g->n; k++)
            if (g->v[k].phase == 1 && g->v[k].has_cookie &&
                !memcmp(g->v[k].icookie, w->icmps[i].icookie, 8)) {
                note_found(g->j, g->v[k].icookie);
                any = true;
            }
    return any;
}

bool ikw_wire_match(struct joining *g)
{
    take_negotiations(g);
    bool any = quoted(g);
    for (size_t i = 0; i < g->n; i++) {
        if (g->v[i].phase == 1)
            match_phase1(g, &g->v[i]);
        if (!g->v[i].npackets)
            continue;
        any = true;
        note_found(g->j, g->v[i].icookie);
        judge_place(g, &g->v[i]);
    }
    set_clock(g);
    if (g->j->turned && !g->j->as_said)
        g->side =
            g->side == IKW_SOURCE_LOCAL ? IKW_SOURCE_PEER : IKW_SOURCE_LOCAL;
    for (size_t i = 0; i < g->n; i++)
        if (g->v[i].phase == 2)
            match_phase2(g, &g->v[i]);
    return any;
}

static int by_cookie(const void *a, const void *b)
{
    const struct ikw_wire_packet *p = *(const struct ikw_wire_packet *const *)a;
    const struct ikw_wire_packet *q = *(const struct ikw_wire_packet *const *)b;
    int order = memcmp(p->icookie, q->icookie, 8);
    return order ? order : (p > q) - (p < q);
}

static void sort(struct ikw_wire_join *j)
{
    j->sorted = ikw_xcalloc(j->w->npackets + 1, sizeof *j->sorted);
    for (size_t i = 0; i < j->w->npackets; i++)
        j->sorted[i] = &j->w->packets[i];
    qsort(j->sorted, j->w->npackets, sizeof *j->sorted, by_cookie);
}

size_t ikw_wire_with_cookie(const struct ikw_wire_join *j,
                            const uint8_t cookie[8],
                            const struct ikw_wire_packet *const **first)
{
    size_t low = 0, high = j->w->npackets, n = 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (memcmp(j->sorted[mid]->icookie, cookie, 8) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    *first = j->sorted + low;
    while (low + n < j->w->npackets &&
           !memcmp(j->sorted[low + n]->icookie, cookie, 8))
        n++;
    return n;
}

struct ikw_wire_join *ikw_wire_join_new(const struct ikw_wire *w, unsigned file,
                                        enum ikw_source side)
{
    struct ikw_wire_join *j = ikw_xcalloc(1, sizeof *j);
    j->w = w;
    j->file = file;
    j->side = side;
    sort(j);
    return j;
}

void ikw_wire_join_free(struct ikw_wire_join *j)
{
    if (!j)
        return;
    free(j->found);
    free(j->sorted);
    free(j);
}

void ikw_wire_join_add(struct ikw_wire_join *j, struct ikw_fact_set *fs)
{
    struct joining g = { .j = j, .fs = fs, .side = j->side };
    if (ikw_wire_match(&g))
        ikw_wire_emit(&g);
    for (size_t i = 0; i < g.n; i++)
        free(g.v[i].packets);
    free(g.v);
}

struct ikw_wire_summary ikw_wire_join_sum(const struct ikw_wire_join *j)
{
    struct ikw_wire_summary s = { .negotiations = ikw_wire_negotiations(j->w),
                                  .joined = j->nfound,
                                  .offset_known = j->noffsets > 0,
                                  .turned = j->turned && !j->as_said };
    if (s.offset_known)
        s.offset_ms = middle(j->offsets, j->noffsets, &s.spread_ms);
    return s;
}
