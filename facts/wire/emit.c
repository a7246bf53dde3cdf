/* What a capture shows of the negotiations of a set, as facts. */
#include "facts/wire/internal.h"
#include "facts/wire/joining.h"

#include <stdlib.h>
#include <string.h>

enum {
    LATE_MS = 1500,
    /* two messages that are sent again stand no further apart */
    REPEAT_MS = 15 * 1000,
    ICMP_MS = 5 * 1000,
    EXCHANGE_INFO = 5,
    PORT_NATT = 4500,
    SPIS_MOST = 16
};

struct emit {
    struct joining *g;
    const struct ikw_type *message, *exchange, *icmp, *traffic;
};

static bool emit_init(struct emit *e, struct joining *g)
{
    const struct ikw_kb *kb = g->fs->kb;
    *e = (struct emit){ g, ikw_kb_type(kb, "wire-message"),
                        ikw_kb_type(kb, "wire-exchange"),
                        ikw_kb_type(kb, "wire-icmp"),
                        ikw_kb_type(kb, "wire-traffic") };
    return e->message && e->exchange && e->icmp && e->traffic;
}

static void set_text(const struct ikw_type *type, struct ikw_value *slots,
                     const char *name, const char *text)
{
    ikw_slot_put(type, slots, name, ikw_value_str(text));
}

static void set_int(const struct ikw_type *type, struct ikw_value *slots,
                    const char *name, int64_t v)
{
    ikw_slot_put(type, slots, name, ikw_value_int(v));
}

static void add_end(struct ikw_buf *out, const struct ikw_wire_end *e)
{
    ikw_addr_add(out, &e->addr);
    ikw_buf_addf(out, "[%u]", e->port);
}

/* ---- one packet -------------------------------------------------------- */

static const char *exchange_word(unsigned exchange)
{
    static const char *const words[] = {
        [1] = "base", [2] = "main",   [4] = "aggressive",
        [5] = "info", [6] = "config", [32] = "quick"
    };
    const char *w =
        exchange < sizeof words / sizeof *words ? words[exchange] : NULL;
    return w ? w : "other";
}

static int number_of(const struct known *k, const struct ikw_wire_packet *p)
{
    if (!k->ends_known)
        return 0;
    return p->numbers[ikw_addr_eq(&p->from.addr, &k->initiator)];
}

static bool natt(const struct ikw_wire_packet *p)
{
    return p->from.port == PORT_NATT || p->to.port == PORT_NATT;
}

static void add_words(struct ikw_buf *b, const struct known *k,
                      const struct ikw_wire_packet *p)
{
    int number = number_of(k, p);
    add_end(b, &p->from);
    ikw_buf_adds(b, " > ");
    add_end(b, &p->to);
    ikw_buf_addf(b, " %s", exchange_word(p->exchange));
    if (number)
        ikw_buf_addf(b, " %d", number);
    ikw_buf_addf(b, ", %zu bytes", p->size);
    if (p->marker)
        ikw_buf_adds(b, ", behind the marker");
    if (p->fragments > 1 || !p->complete)
        ikw_buf_addf(b, ", %s%u IP fragment%s", p->complete ? "" : "only ",
                     p->fragments, p->fragments == 1 ? "" : "s");
    if (p->again)
        ikw_buf_adds(b, ", again");
}

static struct ikw_evidence evidence_of(const struct joining *g, uint32_t number,
                                       int64_t t_ms, const struct ikw_buf *text)
{
    return (struct ikw_evidence){ g->j->file, number, ikw_wire_shifted(g, t_ms),
                                  ikw_buf_str(text), NULL };
}

/* Others' answers may come from an address that nobody called. */
static void set_elsewhere(struct emit *e, struct ikw_value *slots,
                          const struct known *k,
                          const struct ikw_wire_packet *p, struct ikw_buf *text)
{
    if (!k->ends_known || ikw_addr_eq(&p->from.addr, &k->initiator) ||
        ikw_addr_eq(&p->from.addr, &k->responder))
        return;
    ikw_addr_add(text, &p->from.addr);
    set_text(e->message, slots, "elsewhere", ikw_buf_str(text));
}

static void set_form(struct emit *e, struct ikw_value *slots,
                     const struct ikw_wire_packet *p, bool out)
{
    const struct ikw_type *t = e->message;
    set_text(t, slots, "natt", natt(p) ? "yes" : "no");
    set_text(t, slots, "marker",
             natt(p) == p->marker ? (p->marker ? "yes" : "no")
             : p->marker          ? "misplaced"
                                  : "missing");
    if (p->fragments > 1 || !p->complete)
        set_int(t, slots, "fragments", p->fragments);
    set_text(t, slots, "complete", p->complete ? "yes" : "no");
    /* what is sent gets its sum from the card, behind the capture */
    if (!out && p->sum != IKW_SUM_UNKNOWN)
        set_text(t, slots, "sum", p->sum == IKW_SUM_GOOD ? "good" : "bad");
    if (p->notify)
        set_int(t, slots, "notify", p->notify);
}

static void emit_message(struct emit *e, const struct known *k,
                         const struct ikw_wire_packet *p)
{
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    struct ikw_buf text = { 0 }, elsewhere = { 0 };
    int out = ikw_wire_outward(e->g, k, p), number = number_of(k, p);
    if (out < 0)
        return;
    set_int(e->message, slots, "negotiation", k->id);
    set_text(e->message, slots, "dir", out ? "out" : "in");
    set_text(e->message, slots, "exchange", exchange_word(p->exchange));
    if (number)
        set_int(e->message, slots, "number", number);
    set_int(e->message, slots, "size", (int64_t)p->size);
    set_form(e, slots, p, out);
    if (!out)
        set_elsewhere(e, slots, k, p, &elsewhere);
    add_words(&text, k, p);
    struct ikw_evidence ev = evidence_of(e->g, p->number, p->t_ms, &text);
    ikw_fact_add(e->g->fs, e->message, e->g->side, slots, &ev);
    ikw_buf_release(&text);
    ikw_buf_release(&elsewhere);
}

/* ---- one negotiation --------------------------------------------------- */

struct counts {
    int64_t sent, received, sent_natt, received_natt, notices;
    const struct ikw_wire_packet *first, *last;
};

static struct counts count(const struct emit *e, const struct known *k)
{
    struct counts c = { 0 };
    for (size_t i = 0; i < k->npackets; i++) {
        const struct ikw_wire_packet *p = k->packets[i];
        int out = ikw_wire_outward(e->g, k, p);
        if (out < 0)
            continue;
        c.first = c.first ? c.first : p;
        c.last = p;
        if (p->exchange == EXCHANGE_INFO) {
            c.notices += out == 0;
            continue;
        }
        /* those sent again are no others */
        c.sent += out && !p->again;
        c.received += !out && !p->again && p->complete;
        c.sent_natt += out && !p->again && natt(p);
        c.received_natt += !out && !p->again && natt(p);
    }
    return c;
}

/* Nothing of it can have passed unseen. */
static bool is_whole(const struct joining *g, const struct known *k)
{
    const struct ikw_wire *w = g->j->w;
    int64_t from = ikw_wire_shifted(g, w->from_ms),
            to = ikw_wire_shifted(g, w->to_ms);
    return g->clock_sure && !w->dropped && k->from_ms != IKW_NO_TIME &&
           from != IKW_NO_TIME && from <= k->from_ms + LATE_MS &&
           to >= k->to_ms - REPEAT_MS;
}

static void emit_exchange(struct emit *e, const struct known *k)
{
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    struct counts c = count(e, k);
    struct ikw_buf text = { 0 };
    const struct ikw_type *t = e->exchange;
    set_int(t, slots, "negotiation", k->id);
    set_int(t, slots, "phase", k->phase);
    set_int(t, slots, "sent", c.sent);
    set_int(t, slots, "received", c.received);
    set_int(t, slots, "sent-natt", c.sent_natt);
    set_int(t, slots, "received-natt", c.received_natt);
    set_int(t, slots, "notices", c.notices);
    set_text(t, slots, "whole", is_whole(e->g, k) ? "yes" : "no");
    set_text(t, slots, "trailing", e->g->j->w->trailing ? "yes" : "no");
    set_text(t, slots, "began",
             ikw_wire_began(e->g, k) == 1   ? "here"
             : ikw_wire_began(e->g, k) == 0 ? "there"
                                            : NULL);
    struct ikw_evidence ev = { 0 };
    if (c.last) {
        add_words(&text, k, c.last);
        ev = evidence_of(e->g, c.last->number, c.last->t_ms, &text);
    }
    ikw_fact_add(e->g->fs, t, e->g->side, slots, c.last ? &ev : NULL);
    ikw_buf_release(&text);
}

/* ---- errors of ICMP ---------------------------------------------------- */

static bool same_end(const struct ikw_wire_end *a, const struct ikw_wire_end *b)
{
    return a->port == b->port && ikw_addr_eq(&a->addr, &b->addr);
}

static bool about(const struct ikw_wire_icmp *x,
                  const struct ikw_wire_packet *p)
{
    if (!same_end(&x->from, &p->from) || !same_end(&x->to, &p->to))
        return false;
    if (x->has_cookie && !memcmp(x->icookie, p->icookie, 8))
        return true;
    int64_t after = ikw_wire_since(x->t_ms, p->t_ms);
    return !x->has_cookie && after >= 0 && after <= ICMP_MS &&
           (!x->ip_id || x->ip_id == p->ip_id);
}

/* The latest packet before it that it can be about. */
static const struct ikw_wire_packet *subject_of(const struct emit *e,
                                                const struct ikw_wire_icmp *x,
                                                const struct known **whose)
{
    const struct ikw_wire_packet *best = NULL;
    for (size_t i = 0; i < e->g->n; i++) {
        const struct known *k = &e->g->v[i];
        for (size_t n = 0; n < k->npackets; n++) {
            const struct ikw_wire_packet *p = k->packets[n];
            if (!about(x, p) || p->number > x->number ||
                (best && best->number > p->number))
                continue;
            best = p;
            *whose = k;
        }
    }
    return best;
}

/* The packet itself may not be in the capture: it never left, or it is said on
 * another interface. */
static const struct known *by_cookie(const struct emit *e,
                                     const struct ikw_wire_icmp *x)
{
    for (size_t i = 0; x->has_cookie && i < e->g->n; i++) {
        const struct known *k = &e->g->v[i];
        if (k->phase == 1 && k->has_cookie &&
            !memcmp(k->icookie, x->icookie, 8))
            return k;
    }
    return NULL;
}

static void set_icmp(struct emit *e, struct ikw_value *slots,
                     const struct ikw_wire_icmp *x,
                     const struct ikw_wire_packet *p)
{
    const struct ikw_type *t = e->icmp;
    set_text(t, slots, "kind", x->kind);
    set_text(t, slots, "place",
             ikw_addr_eq(&x->by, &x->to.addr)     ? "receiver"
             : ikw_addr_eq(&x->by, &x->from.addr) ? "sender"
                                                  : "between");
    set_text(t, slots, "natt", natt(p) ? "yes" : "no");
    if (p->size)
        set_int(t, slots, "size", (int64_t)p->size);
}

static void emit_icmp(struct emit *e, const struct ikw_wire_icmp *x)
{
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    struct ikw_wire_packet unseen = { .from = x->from, .to = x->to };
    const struct known *k = NULL;
    const struct ikw_wire_packet *seen = subject_of(e, x, &k);
    const struct ikw_wire_packet *p = seen ? seen : &unseen;
    struct ikw_buf text = { 0 }, by = { 0 };
    k = k ? k : by_cookie(e, x);
    int out = k ? ikw_wire_outward(e->g, k, p) : -1;
    if (out < 0)
        return;
    ikw_addr_add(&by, &x->by);
    set_int(e->icmp, slots, "negotiation", k->id);
    set_text(e->icmp, slots, "dir", out ? "out" : "in");
    set_text(e->icmp, slots, "by", ikw_buf_str(&by));
    set_icmp(e, slots, x, p);
    ikw_buf_addf(&text, "%s: ICMP %s about ", ikw_buf_str(&by), x->kind);
    if (seen) {
        if (number_of(k, p))
            set_int(e->icmp, slots, "number", number_of(k, p));
        ikw_buf_addf(&text, "packet %u, ", p->number);
        add_words(&text, k, p);
    } else {
        add_end(&text, &x->from);
        ikw_buf_adds(&text, " > ");
        add_end(&text, &x->to);
    }
    struct ikw_evidence ev = evidence_of(e->g, x->number, x->t_ms, &text);
    ikw_fact_add(e->g->fs, e->icmp, e->g->side, slots, &ev);
    ikw_buf_release(&text);
    ikw_buf_release(&by);
}

/* ---- ESP --------------------------------------------------------------- */

struct traffic {
    int64_t id; /* of phase 2 */
    int64_t packets[2];
    const struct ikw_wire_flow *flow; /* with the most packets */
    bool udp;
};

static bool spi_of(const struct ikw_fact *f, uint32_t *spi)
{
    struct ikw_value v = ikw_fact_get(f, "spi");
    int64_t n = 0;
    if (v.kind != IKW_STR || !ikw_slice_int(ikw_slice_of(v.u.str), &n) ||
        n <= 0 || n > UINT32_MAX)
        return false;
    *spi = (uint32_t)n;
    return true;
}

static const struct known *known_by_id(const struct joining *g, int64_t id)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->v[i].id == id)
            return &g->v[i];
    return NULL;
}

/* Ends are those of a phase 1 that was seen. */
static int flow_outward(const struct joining *g, const struct ikw_wire_flow *f)
{
    struct ikw_wire_packet p = { .from = { .addr = f->from },
                                 .to = { .addr = f->to } };
    for (size_t i = 0; i < g->n; i++) {
        const struct known *k = &g->v[i];
        if (!k->npackets || !k->ends_known)
            continue;
        if ((ikw_addr_eq(&f->from, &k->initiator) &&
             ikw_addr_eq(&f->to, &k->responder)) ||
            (ikw_addr_eq(&f->to, &k->initiator) &&
             ikw_addr_eq(&f->from, &k->responder)))
            return ikw_wire_outward(g, k, &p);
    }
    return -1;
}

static void emit_traffic(struct emit *e, const struct traffic *tr)
{
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    const struct ikw_wire_flow *f = tr->flow;
    struct ikw_buf text = { 0 };
    set_int(e->traffic, slots, "negotiation", tr->id);
    set_text(e->traffic, slots, "kind", tr->udp ? "udp" : "esp");
    set_int(e->traffic, slots, "sent", tr->packets[1]);
    set_int(e->traffic, slots, "received", tr->packets[0]);
    ikw_addr_add(&text, &f->from);
    ikw_buf_adds(&text, " > ");
    ikw_addr_add(&text, &f->to);
    ikw_buf_addf(&text, " ESP%s spi=%u, %u packets", f->udp ? " in UDP" : "",
                 f->spi, f->packets);
    struct ikw_evidence ev = evidence_of(e->g, f->number, f->first_ms, &text);
    ikw_fact_add(e->g->fs, e->traffic, e->g->side, slots, &ev);
    ikw_buf_release(&text);
}

static void add_flow(struct traffic *tr, const struct ikw_wire_flow *f, int out)
{
    tr->packets[out] += f->packets;
    tr->udp = f->udp;
    if (!tr->flow || f->packets > tr->flow->packets)
        tr->flow = f;
}

static void add_flows(const struct emit *e, struct traffic *tr, uint32_t spi)
{
    const struct ikw_wire *w = e->g->j->w;
    for (size_t i = 0; i < w->nflows; i++) {
        int out =
            w->flows[i].spi == spi ? flow_outward(e->g, &w->flows[i]) : -1;
        if (out >= 0)
            add_flow(tr, &w->flows[i], out);
    }
}

/* By the SPIs that the log names for it. Both logs may name the same. */
static void traffic_of(struct emit *e, const struct known *k)
{
    const struct ikw_fact_set *fs = e->g->fs;
    const struct ikw_type *up = ikw_kb_type(fs->kb, "sa-established");
    struct traffic tr = { .id = k->id };
    uint32_t seen[SPIS_MOST], spi;
    size_t nseen = 0;
    for (size_t n = 0; up && n < fs->nfacts && nseen < SPIS_MOST; n++) {
        const struct ikw_fact *f = fs->facts[n];
        struct ikw_value id = ikw_fact_get(f, "negotiation");
        size_t i = 0;
        if (f->type != up || id.kind != IKW_INT || id.u.i != k->id ||
            !spi_of(f, &spi))
            continue;
        while (i < nseen && seen[i] != spi)
            i++;
        if (i < nseen)
            continue;
        seen[nseen++] = spi;
        add_flows(e, &tr, spi);
    }
    if (tr.flow)
        emit_traffic(e, &tr);
}

/* ---- the set ----------------------------------------------------------- */

/* One of which nothing was seen counts where it must have shown. */
static bool worth_saying(const struct joining *g, const struct known *k)
{
    const struct known *p = k->phase == 2 ? known_by_id(g, k->parent) : NULL;
    if (k->npackets)
        return true;
    if (!is_whole(g, k))
        return false;
    return k->phase == 1 ? k->has_cookie : k->has_msgid && p && p->npackets;
}

void ikw_wire_emit(struct joining *g)
{
    struct emit e;
    if (!emit_init(&e, g))
        return;
    for (size_t i = 0; i < g->n; i++) {
        const struct known *k = &g->v[i];
        for (size_t n = 0; n < k->npackets; n++)
            emit_message(&e, k, k->packets[n]);
        if (worth_saying(g, k))
            emit_exchange(&e, k);
        if (k->phase == 2)
            traffic_of(&e, k);
    }
    for (size_t i = 0; i < g->j->w->nicmps; i++)
        emit_icmp(&e, &g->j->w->icmps[i]);
}
