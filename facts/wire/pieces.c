/*
 * IP fragments put together again. A bounded table: the oldest datagram is
 * pushed out for a new one, and given on as far as it came.
 */
#include "facts/wire/internal.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 64, DATAGRAM_MAX = 65536, UNIT = 8, WAIT_MS = 60 * 1000 };

struct room {
    char bytes[DATAGRAM_MAX];
    uint8_t have[DATAGRAM_MAX / UNIT];     /* there was such a unit */
    uint8_t captured[DATAGRAM_MAX / UNIT]; /* all of it */
};

struct pieces {
    bool used, has_first;
    struct ip_packet ip; /* of the first fragment, or the first that came */
    size_t whole;        /* octets in all; 0: the last is not there yet */
    unsigned fragments;
    struct room *room; /* NULL until there is a fragment to put */
};

struct ip_pieces {
    struct pieces slots[SLOTS];
    uint32_t orphans;
};

struct ip_pieces *ikw_wire_pieces_new(void)
{
    return ikw_xcalloc(1, sizeof(struct ip_pieces));
}

void ikw_wire_pieces_free(struct ip_pieces *p)
{
    for (size_t i = 0; p && i < SLOTS; i++)
        free(p->slots[i].room);
    free(p);
}

static bool same(const struct ip_packet *a, const struct ip_packet *b)
{
    return a->id == b->id && a->protocol == b->protocol &&
           ikw_addr_eq(&a->from, &b->from) && ikw_addr_eq(&a->to, &b->to);
}

/* Octets from the start without a gap. */
static size_t run_of(const uint8_t *units, size_t most)
{
    size_t n = 0;
    while (n < DATAGRAM_MAX / UNIT && n * UNIT < most && units[n])
        n++;
    return n * UNIT < most ? n * UNIT : most;
}

static bool is_complete(const struct pieces *s)
{
    return s->whole && run_of(s->room->have, s->whole) == s->whole;
}

static void give(struct ip_pieces *p, struct pieces *s,
                 ikw_wire_datagram_fn each, void *arg)
{
    struct datagram d = { s->ip, s->fragments, is_complete(s) };
    size_t most = s->whole ? s->whole : DATAGRAM_MAX;
    struct room *room = s->room;
    d.ip.payload = (struct ikw_slice){ NULL, 0 };
    if (room)
        d.ip.payload =
            (struct ikw_slice){ room->bytes, run_of(room->captured, most) };
    d.ip.size = s->whole ? s->whole : d.ip.payload.len;
    if (s->has_first)
        each(arg, &d);
    else
        p->orphans += s->fragments;
    memset(s, 0, sizeof *s);
    s->room = room;
    if (room) {
        memset(room->have, 0, sizeof room->have);
        memset(room->captured, 0, sizeof room->captured);
    }
}

static struct pieces *slot_for(struct ip_pieces *p, const struct ip_packet *ip,
                               ikw_wire_datagram_fn each, void *arg)
{
    struct pieces *spare = &p->slots[0];
    for (size_t i = 0; i < SLOTS; i++) {
        struct pieces *s = &p->slots[i];
        if (s->used && same(&s->ip, ip)) {
            if (ikw_wire_since(ip->t_ms, s->ip.t_ms) <= WAIT_MS)
                return s;
            give(p, s, each, arg);
        }
        if (!s->used || (spare->used && s->ip.number < spare->ip.number))
            spare = s;
    }
    if (spare->used)
        give(p, spare, each, arg);
    spare->used = true;
    spare->ip = *ip;
    return spare;
}

static void put(struct pieces *s, const struct ip_packet *ip)
{
    size_t end = ip->offset + ip->size;
    size_t got = ip->offset + ip->payload.len;
    if (end > DATAGRAM_MAX)
        return;
    if (!s->room)
        s->room = ikw_xcalloc(1, sizeof *s->room);
    memcpy(s->room->bytes + ip->offset, ip->payload.ptr, ip->payload.len);
    for (size_t at = ip->offset; at < end; at += UNIT) {
        s->room->have[at / UNIT] = 1;
        if (at < got)
            s->room->captured[at / UNIT] = at + UNIT <= got || got == end;
    }
    if (!ip->more)
        s->whole = end;
}

void ikw_wire_pieces_add(struct ip_pieces *p, const struct ip_packet *ip,
                         ikw_wire_datagram_fn each, void *arg)
{
    struct pieces *s = slot_for(p, ip, each, arg);
    s->fragments++;
    if (ip->offset == 0 && !s->has_first) {
        s->ip = *ip;
        s->has_first = true;
    }
    if (ip->payload.len)
        put(s, ip);
    if (s->has_first && is_complete(s))
        give(p, s, each, arg);
}

uint32_t ikw_wire_pieces_end(struct ip_pieces *p, ikw_wire_datagram_fn each,
                             void *arg)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (p->slots[i].used)
            give(p, &p->slots[i], each, arg);
    return p->orphans;
}
