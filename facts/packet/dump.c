/*
 * Dumps read like a capture. The memory of exchanges and of local endpoints
 * is a table each, where the new takes the place of the old: a log may hold
 * any number of them.
 */
#include "facts/packet/dump.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

enum {
    EXCHANGES = 1024,
    LOCALS = 256,
    TIMES_MAX = 32,
    PORT_NATT = 4500,
    MARKER = 4,
    UDP_MAX = 65507,
    KEEPALIVE = 0xff,
    EXCHANGE_MAIN = 2,
    EXCHANGE_QUICK = 32,
    PAYLOAD_SA = 1,
    PAYLOAD_FRAGMENT = 132,
    HEADER = 28
};

struct exchange {
    bool used, initiator_known, by_us;
    uint8_t icookie[8];
    uint32_t msgid;
    uint32_t last[2]; /* hash of the last packet in and out */
};

struct local { /* where we speak to this peer from */
    struct ikw_endpoint peer, self;
};

struct ikw_dumps {
    struct exchange exchanges[EXCHANGES];
    struct local locals[LOCALS];
};

struct ikw_dumps *ikw_dumps_new(void)
{
    return ikw_xcalloc(1, sizeof(struct ikw_dumps));
}

void ikw_dumps_free(struct ikw_dumps *ds)
{
    free(ds);
}

/* ---- endpoints --------------------------------------------------------- */

static struct local *local_of(struct ikw_dumps *ds, const char *peer)
{
    return &ds->locals[ikw_hash_bytes(peer, strlen(peer)) % LOCALS];
}

/* The line above a packet that is sent again names only where it goes. */
static void fill_ends(struct ikw_dumps *ds, struct ikw_datagram *g)
{
    struct ikw_endpoint *self = g->out ? &g->from : &g->to;
    const struct ikw_endpoint *peer = g->out ? &g->to : &g->from;
    if (!peer->ip[0])
        return;
    struct local *l = local_of(ds, peer->ip);
    if (self->ip[0]) {
        *l = (struct local){ *peer, *self };
    } else if (strcmp(l->peer.ip, peer->ip) == 0) {
        bool same_port = l->peer.port == peer->port;
        *self = l->self;
        if (!same_port)
            self->port = -1;
        g->guessed = true;
    }
}

/* ---- markers ----------------------------------------------------------- */

/* Those received have lost it before they are dumped, those sent have it. */
static void take_marker(struct ikw_datagram *g)
{
    static const char zero[MARKER];
    bool there =
        g->payload.len > MARKER && memcmp(g->payload.ptr, zero, MARKER) == 0;
    if (there) {
        g->payload = ikw_slice_sub(g->payload, MARKER, g->payload.len);
        if (g->size >= MARKER)
            g->size -= MARKER;
    }
    g->marker = there || (g->payload.len > 1 && (g->from.port == PORT_NATT ||
                                                 g->to.port == PORT_NATT));
}

/* ---- exchanges --------------------------------------------------------- */

static struct exchange *exchange_of(struct ikw_dumps *ds,
                                    const struct ikw_isakmp *k)
{
    char key[12];
    memcpy(key, k->icookie, 8);
    memcpy(key + 8, &k->msgid, 4);
    struct exchange *x =
        &ds->exchanges[ikw_hash_bytes(key, sizeof key) % EXCHANGES];
    if (x->used && x->msgid == k->msgid && !memcmp(x->icookie, k->icookie, 8))
        return x;
    *x = (struct exchange){ .used = true, .msgid = k->msgid };
    memcpy(x->icookie, k->icookie, 8);
    return x;
}

static bool zero_cookie(const uint8_t cookie[8])
{
    static const uint8_t zero[8];
    return memcmp(cookie, zero, 8) == 0;
}

/* Who began a phase 1 shows in the cookies; a phase 2, by speaking first. */
static void learn_initiator(struct exchange *x, const struct ikw_datagram *g)
{
    const struct ikw_isakmp *k = &g->isakmp;
    if (zero_cookie(k->rcookie)) {
        x->initiator_known = true;
        x->by_us = g->out;
    } else if (!x->initiator_known && k->exchange == EXCHANGE_QUICK) {
        x->initiator_known = true;
        x->by_us = g->out;
    } else if (!x->initiator_known && k->exchange == EXCHANGE_MAIN &&
               k->next_payload == PAYLOAD_SA) {
        x->initiator_known = true;
        x->by_us = !g->out;
    }
}

static void read_fragment(struct ikw_datagram *g)
{
    enum { AT = HEADER + 4, NUMBER = AT + 2, FLAGS = AT + 3 };
    if (g->isakmp.next_payload != PAYLOAD_FRAGMENT || g->payload.len <= FLAGS)
        return;
    g->fragment = (uint8_t)g->payload.ptr[NUMBER];
    g->last_fragment = g->payload.ptr[FLAGS] & 1;
}

static void place(struct ikw_dumps *ds, struct ikw_datagram *g)
{
    struct exchange *x = exchange_of(ds, &g->isakmp);
    uint32_t hash = ikw_hash_bytes(g->payload.ptr, g->payload.len);
    hash += hash == 0; /* 0: none yet */
    read_fragment(g);
    learn_initiator(x, g);
    if (x->initiator_known && !g->fragment)
        g->number = ikw_isakmp_message_number(&g->isakmp, x->by_us == g->out);
    g->again = x->last[g->out] == hash;
    x->last[g->out] = hash;
}

void ikw_dumps_read(struct ikw_dumps *ds, const struct ikw_dump *in,
                    struct ikw_datagram *out)
{
    *out = (struct ikw_datagram){ .kind = IKW_DATAGRAM_OTHER,
                                  .file = in->file,
                                  .line = in->line,
                                  .t_ms = in->t_ms,
                                  .out = in->out,
                                  .from = in->from,
                                  .to = in->to,
                                  .payload = in->bytes,
                                  .size = in->bytes.len,
                                  .times = 1 };
    if (in->times > 1)
        out->times = in->times < TIMES_MAX ? (unsigned)in->times : TIMES_MAX;
    if (in->size > (int64_t)out->size && in->size <= UDP_MAX)
        out->size = (size_t)in->size;
    fill_ends(ds, out);
    take_marker(out);
    if (ikw_isakmp_decode(out->payload, false, &out->isakmp)) {
        out->kind = IKW_DATAGRAM_IKE;
        place(ds, out);
    } else if (out->payload.len == 1 && out->size == 1 &&
               (uint8_t)out->payload.ptr[0] == KEEPALIVE) {
        out->kind = IKW_DATAGRAM_KEEPALIVE;
    }
}
