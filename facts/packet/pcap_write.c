/*
 * A datagram of a log as a packet of a capture. The IP and UDP headers hold
 * what the log says (addresses, ports, size) and right checksums; the rest of
 * them is the plainest there is. A dump that was cut becomes a packet that
 * was cut.
 */
#include "facts/packet/pcap_write.h"

#include "facts/fact.h"
#include "facts/packet/inet_sum.h"

#include <arpa/inet.h>
#include <string.h>

enum {
    SNAPLEN = 262144,
    LINKTYPE_RAW_IP = 101,
    UDP = 17,
    TTL = 64,
    UDP_HEADER = 8,
    IP4_HEADER = 20,
    IP6_HEADER = 40,
    HEADERS_MAX = IP6_HEADER + UDP_HEADER + 4,
    PORT_IKE = 500,
    PORT_NATT = 4500
};

/* ---- octets ------------------------------------------------------------ */

static void little16(struct ikw_buf *out, uint16_t v)
{
    ikw_buf_addc(out, (char)(v & 0xff));
    ikw_buf_addc(out, (char)(v >> 8));
}

static void little32(struct ikw_buf *out, uint32_t v)
{
    little16(out, (uint16_t)(v & 0xffff));
    little16(out, (uint16_t)(v >> 16));
}

static void big16(uint8_t *at, size_t v)
{
    at[0] = (uint8_t)(v >> 8 & 0xff);
    at[1] = (uint8_t)(v & 0xff);
}

/* ---- addresses --------------------------------------------------------- */

struct address {
    int family; /* 0: none */
    uint8_t octets[16];
};

/* An interface may stand behind a local address. False: not an address. */
static bool read_address(const char *text, struct address *out)
{
    char bare[64] = { 0 };
    size_t len = strcspn(text, "%");
    *out = (struct address){ 0 };
    if (len == 0)
        return true;
    if (len >= sizeof bare)
        return false;
    memcpy(bare, text, len);
    out->family = strchr(bare, ':') ? AF_INET6 : AF_INET;
    return inet_pton(out->family, bare, out->octets) == 1;
}

/* Both of one family; the one that is unknown is all zeros. */
static bool read_addresses(const struct ikw_datagram *g, struct address *from,
                           struct address *to)
{
    if (!read_address(g->from.ip, from) || !read_address(g->to.ip, to))
        return false;
    if (!from->family)
        from->family = to->family;
    if (!to->family)
        to->family = from->family;
    return from->family && from->family == to->family;
}

/* ---- headers ----------------------------------------------------------- */

static size_t port_of(const struct ikw_datagram *g, int64_t port)
{
    if (port >= 0 && port <= UINT16_MAX)
        return (size_t)port;
    return g->marker ? PORT_NATT : PORT_IKE;
}

static void ip4_header(uint8_t *h, const struct address *from,
                       const struct address *to, size_t len)
{
    h[0] = 0x45;
    big16(h + 2, IP4_HEADER + len);
    h[8] = TTL;
    h[9] = UDP;
    memcpy(h + 12, from->octets, 4);
    memcpy(h + 16, to->octets, 4);
    big16(h + 10, ~ikw_inet_sum(0, h, IP4_HEADER) & 0xffff);
}

static void ip6_header(uint8_t *h, const struct address *from,
                       const struct address *to, size_t len)
{
    h[0] = 0x60;
    big16(h + 4, len);
    h[6] = UDP;
    h[7] = TTL;
    memcpy(h + 8, from->octets, 16);
    memcpy(h + 24, to->octets, 16);
}

/* Zero, which says that there is none, if not all of it is at hand. */
static size_t udp_sum(const struct address *from, const struct address *to,
                      const uint8_t *udp, size_t len, struct ikw_slice payload,
                      bool whole)
{
    size_t n = from->family == AF_INET ? 4 : 16;
    uint32_t sum = UDP + (uint32_t)len;
    if (!whole)
        return 0;
    sum = ikw_inet_sum(sum, from->octets, n);
    sum = ikw_inet_sum(sum, to->octets, n);
    /* the headers are of even size, with the marker too */
    sum = ikw_inet_sum(sum, udp, len - payload.len);
    sum = ~ikw_inet_sum(sum, payload.ptr, payload.len) & 0xffff;
    return sum ? sum : 0xffff;
}

/* ---- packets ----------------------------------------------------------- */

static void add_record(struct ikw_buf *out, int64_t t_ms,
                       struct ikw_slice headers, struct ikw_slice payload,
                       size_t cut)
{
    int64_t t = t_ms == IKW_NO_TIME || t_ms < 0 ? 0 : t_ms;
    uint32_t len = (uint32_t)(headers.len + payload.len);
    little32(out, (uint32_t)(t / 1000));
    little32(out, (uint32_t)(t % 1000 * 1000));
    little32(out, len);
    little32(out, len + (uint32_t)cut);
    ikw_buf_add(out, headers.ptr, headers.len);
    ikw_buf_add(out, payload.ptr, payload.len);
}

void ikw_pcap_begin(struct ikw_buf *out)
{
    little32(out, 0xa1b2c3d4);
    little16(out, 2);
    little16(out, 4);
    little32(out, 0);
    little32(out, 0);
    little32(out, SNAPLEN);
    little32(out, LINKTYPE_RAW_IP);
}

bool ikw_pcap_add(struct ikw_buf *out, const struct ikw_datagram *g)
{
    enum { PAYLOAD_MAX = UINT16_MAX - HEADERS_MAX };
    uint8_t h[HEADERS_MAX] = { 0 };
    struct address from, to;
    if (!read_addresses(g, &from, &to) || g->size > PAYLOAD_MAX ||
        g->payload.len > g->size)
        return false;
    size_t ip = from.family == AF_INET ? IP4_HEADER : IP6_HEADER;
    size_t marker = g->marker ? 4 : 0;
    size_t len = UDP_HEADER + marker + g->size;
    uint8_t *udp = h + ip;
    if (from.family == AF_INET)
        ip4_header(h, &from, &to, len);
    else
        ip6_header(h, &from, &to, len);
    big16(udp, port_of(g, g->from.port));
    big16(udp + 2, port_of(g, g->to.port));
    big16(udp + 4, len);
    big16(udp + 6,
          udp_sum(&from, &to, udp, len, g->payload, g->payload.len == g->size));
    struct ikw_slice headers = { (const char *)h, ip + UDP_HEADER + marker };
    for (unsigned i = 0; i < g->times; i++)
        add_record(out, g->t_ms, headers, g->payload, g->size - g->payload.len);
    return true;
}
