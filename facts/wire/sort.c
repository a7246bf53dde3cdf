/*
 * Datagrams sorted: IKE by its header, wherever it is spoken; ESP by what the
 * ports and protocols say; errors of ICMP that quote one of these.
 */
#include "facts/packet/inet_sum.h"
#include "facts/wire/internal.h"

#include <string.h>

enum {
    ICMP = 1,
    UDP = 17,
    ESP = 50,
    AH = 51,
    ICMP6 = 58,
    UDP_HEADER = 8,
    PORT_IKE = 500,
    PORT_NATT = 4500,
    MARKER = 4,
    HEADER = 28,
    EXCHANGE_QUICK = 32,
    EXCHANGE_NEW_GROUP = 33,
    ICMPS_MOST = 10000,
    FLOWS_MOST = 4096,
    TWICE_MS = 50,
    LOOK_BACK = 400
};

/* ---- checksums --------------------------------------------------------- */

/* A sum that the card was left to work out holds that of the addresses only:
 * such a packet never was on a wire, and tells nothing. */
static enum ikw_wire_sum check_sum(const struct datagram *d)
{
    const struct ip_packet *ip = &d->ip;
    size_t n = ip->from.family == 4 ? 4 : 16;
    if (!d->complete || ip->payload.len != ip->size || ip->size < UDP_HEADER ||
        ikw_wire_16(ip->payload.ptr + 4) != ip->size ||
        !ikw_wire_16(ip->payload.ptr + 6))
        return IKW_SUM_UNKNOWN;
    uint32_t head = ikw_inet_sum((uint32_t)ip->size + UDP, ip->from.bytes, n);
    head = ikw_inet_sum(head, ip->to.bytes, n);
    if (ikw_inet_sum(head, ip->payload.ptr, ip->size) == 0xffff)
        return IKW_SUM_GOOD;
    return ikw_wire_16(ip->payload.ptr + 6) == head ? IKW_SUM_UNKNOWN
                                                    : IKW_SUM_BAD;
}

/* ---- IKE --------------------------------------------------------------- */

static struct ikw_wire_packet *same_before(struct ikw_wire *w,
                                           const struct ikw_wire_packet *p)
{
    for (size_t i = 0; i < w->npackets && i < LOOK_BACK; i++) {
        struct ikw_wire_packet *q = &w->packets[w->npackets - 1 - i];
        if (q->hash == p->hash && q->size == p->size && q->msgid == p->msgid &&
            !memcmp(q->icookie, p->icookie, 8) &&
            ikw_addr_eq(&q->from.addr, &p->from.addr))
            return q;
    }
    return NULL;
}

/* A host with several interfaces may show one packet on each of them. */
static void keep(struct ikw_wire *w, struct ikw_wire_packet *p)
{
    const struct ikw_wire_packet *q = same_before(w, p);
    if (q && ikw_wire_since(p->t_ms, q->t_ms) <= TWICE_MS &&
        p->complete == q->complete)
        return;
    p->again = q != NULL;
    if (ikw_limit_full(w->limits, IKW_LIMIT_CAPTURE_PACKETS, w->npackets)) {
        w->dropped++;
        return;
    }
    IKW_GROW(w->packets, w->packets_cap, w->npackets + 1);
    w->packets[w->npackets++] = *p;
}

static void take_ike(struct ikw_wire *w, const struct datagram *d,
                     struct ikw_slice ike, size_t size, bool marker)
{
    struct ikw_isakmp k;
    const struct ip_packet *ip = &d->ip;
    if (!ikw_isakmp_decode(ike, false, &k))
        return;
    struct ikw_wire_packet p = {
        .number = ip->number,
        .t_ms = ip->t_ms,
        .from = { ip->from, (uint16_t)ikw_wire_16(ip->payload.ptr) },
        .to = { ip->to, (uint16_t)ikw_wire_16(ip->payload.ptr + 2) },
        .msgid = k.msgid,
        .hash = ikw_hash_bytes(ike.ptr, ike.len),
        .size = size,
        .notify = k.has_notify ? k.notify_type : 0,
        .ip_id = (uint16_t)(ip->id & 0xffff),
        .exchange = k.exchange,
        .version = k.version,
        .fragments = (uint8_t)(d->fragments < 255 ? d->fragments : 255),
        .ttl = ip->ttl,
        .complete = d->complete,
        .marker = marker,
        .sum = check_sum(d),
        .way = ip->way,
    };
    memcpy(p.icookie, k.icookie, 8);
    memcpy(p.rcookie, k.rcookie, 8);
    for (int ini = 0; ini < 2; ini++)
        p.numbers[ini] = (uint8_t)ikw_isakmp_message_number(&k, ini);
    keep(w, &p);
}

/* Nothing else looks like this: the length in the header is the right one. */
static bool looks_like_ike(struct ikw_slice s, size_t size)
{
    static const char zero[8];
    if (s.len < HEADER || memcmp(s.ptr, zero, 8) == 0)
        return false;
    unsigned exchange = (uint8_t)s.ptr[18];
    return (uint8_t)s.ptr[17] == 0x10 && ikw_wire_32(s.ptr + 24) == size &&
           ((exchange > 0 && exchange <= 6) ||
            (exchange >= EXCHANGE_QUICK && exchange <= EXCHANGE_NEW_GROUP));
}

/* ---- ESP --------------------------------------------------------------- */

static void take_flow(struct ikw_wire *w, const struct ip_packet *ip,
                      uint32_t spi, bool udp)
{
    size_t i = 0;
    for (; i < w->nflows; i++) {
        struct ikw_wire_flow *f = &w->flows[i];
        if (f->spi != spi || f->udp != udp ||
            !ikw_addr_eq(&f->from, &ip->from) || !ikw_addr_eq(&f->to, &ip->to))
            continue;
        f->packets++;
        f->last_ms = ip->t_ms;
        return;
    }
    if (i == FLOWS_MOST) {
        w->dropped++;
        return;
    }
    IKW_GROW(w->flows, w->flows_cap, w->nflows + 1);
    w->flows[w->nflows++] =
        (struct ikw_wire_flow){ ip->from, ip->to,     spi,      1,
                                udp,      ip->number, ip->t_ms, ip->t_ms };
}

/* ---- UDP --------------------------------------------------------------- */

static bool is_port(unsigned port, const char *udp)
{
    return ikw_wire_16(udp) == port || ikw_wire_16(udp + 2) == port;
}

static void take_udp(struct ikw_wire *w, const struct datagram *d)
{
    static const char zero[MARKER];
    struct ikw_slice s = d->ip.payload;
    if (s.len < UDP_HEADER)
        return;
    const char *udp = s.ptr;
    size_t size = ikw_wire_16(udp + 4);
    if (size < UDP_HEADER)
        size = d->ip.size;
    size -= size < UDP_HEADER ? size : UDP_HEADER;
    s = ikw_slice_sub(s, UDP_HEADER, s.len);
    if (s.len > size)
        s.len = size;
    bool natt = is_port(PORT_NATT, udp), ike = is_port(PORT_IKE, udp);
    bool marker =
        s.len > MARKER && size > MARKER && memcmp(s.ptr, zero, MARKER) == 0;
    if (marker)
        s = ikw_slice_sub(s, MARKER, s.len);
    size -= marker ? MARKER : 0;
    if (((natt && marker) || ike || looks_like_ike(s, size)) && s.len >= HEADER)
        take_ike(w, d, s, size, marker);
    else if (natt && !marker && s.len > MARKER)
        take_flow(w, &d->ip, ikw_wire_32(s.ptr), true);
}

/* ---- ICMP -------------------------------------------------------------- */

static const struct {
    unsigned family, type, code;
    const char *kind;
} kinds[] = {
    { 4, 3, 0, "net-unreachable" },
    { 4, 3, 1, "host-unreachable" },
    { 4, 3, 3, "port-unreachable" },
    { 4, 3, 4, "too-big" },
    { 4, 3, 5, "net-unreachable" },
    { 4, 3, 6, "net-unreachable" },
    { 4, 3, 7, "host-unreachable" },
    { 4, 3, 9, "prohibited" },
    { 4, 3, 10, "prohibited" },
    { 4, 3, 13, "prohibited" },
    { 4, 11, 0, "hops-exceeded" },
    { 4, 11, 1, "reassembly-timeout" },
    { 6, 1, 0, "net-unreachable" },
    { 6, 1, 1, "prohibited" },
    { 6, 1, 3, "host-unreachable" },
    { 6, 1, 4, "port-unreachable" },
    { 6, 1, 5, "prohibited" },
    { 6, 1, 6, "prohibited" },
    { 6, 2, 0, "too-big" },
    { 6, 3, 0, "hops-exceeded" },
    { 6, 3, 1, "reassembly-timeout" },
};

static const char *kind_of(unsigned family, struct ikw_slice s)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].family == family && kinds[i].type == (uint8_t)s.ptr[0] &&
            kinds[i].code == (uint8_t)s.ptr[1])
            return kinds[i].kind;
    return NULL;
}

/* The cookie of the message that is quoted, if so much of it is. */
static void take_cookie(struct ikw_wire_icmp *e, struct ikw_slice udp)
{
    static const char zero[8];
    struct ikw_slice s = ikw_slice_sub(udp, UDP_HEADER, udp.len);
    if (s.len >= 12 && memcmp(s.ptr, zero, MARKER) == 0)
        s = ikw_slice_sub(s, MARKER, s.len);
    if (s.len < 8 || memcmp(s.ptr, zero, 8) == 0)
        return;
    e->has_cookie = true;
    memcpy(e->icookie, s.ptr, 8);
}

static void take_icmp(struct ikw_wire *w, const struct ip_packet *ip)
{
    struct ip_packet in = { .number = ip->number };
    struct ikw_slice s = ip->payload;
    if (s.len < 8)
        return;
    const char *kind = kind_of(ip->from.family, s);
    if (!kind || !ikw_wire_ip_quoted(ikw_slice_sub(s, 8, s.len), &in) ||
        in.protocol != UDP || in.offset || in.payload.len < UDP_HEADER)
        return;
    const char *udp = in.payload.ptr;
    if (!is_port(PORT_IKE, udp) && !is_port(PORT_NATT, udp))
        return;
    struct ikw_wire_icmp e = { .number = ip->number,
                               .t_ms = ip->t_ms,
                               .kind = kind,
                               .by = ip->from,
                               .from = { in.from, (uint16_t)ikw_wire_16(udp) },
                               .to = { in.to, (uint16_t)ikw_wire_16(udp + 2) },
                               .ip_id = (uint16_t)(in.id & 0xffff) };
    take_cookie(&e, in.payload);
    if (w->nicmps == ICMPS_MOST) {
        w->dropped++;
        return;
    }
    IKW_GROW(w->icmps, w->icmps_cap, w->nicmps + 1);
    w->icmps[w->nicmps++] = e;
}

void ikw_wire_datagram(void *arg, const struct datagram *d)
{
    struct wire_reader *r = arg;
    const struct ip_packet *ip = &d->ip;
    if (ip->protocol == UDP)
        take_udp(r->w, d);
    else if (ip->protocol == ESP && ip->payload.len >= 4)
        take_flow(r->w, ip, ikw_wire_32(ip->payload.ptr), false);
    else if (ip->protocol == AH && ip->payload.len >= 8)
        take_flow(r->w, ip, ikw_wire_32(ip->payload.ptr + 4), false);
    else if (ip->protocol == ICMP || ip->protocol == ICMP6)
        take_icmp(r->w, ip);
}
