/*
 * Link layers and IP headers. Every step takes a slice and gives a shorter
 * one; what does not fit is no IP packet.
 */
#include "facts/wire/internal.h"

#include <string.h>

enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW_BSD = 12,
    LINK_RAW_OPENBSD = 14,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_SLL2 = 276,
    TYPE_IPV4 = 0x0800,
    TYPE_VLAN = 0x8100,
    TYPE_IPV6 = 0x86dd,
    TYPE_QINQ = 0x88a8,
    TYPE_PPPOE = 0x8864,
    PPP_IPV4 = 0x0021,
    PPP_IPV6 = 0x0057,
    TAGS_MOST = 4,
    HEADERS_MOST = 8
};

/* ---- link layers ------------------------------------------------------- */

static bool typed(unsigned type, struct ikw_slice s, struct ikw_slice *out)
{
    for (int i = 0; i < TAGS_MOST && (type == TYPE_VLAN || type == TYPE_QINQ);
         i++) {
        if (s.len < 4)
            return false;
        type = ikw_wire_16(s.ptr + 2);
        s = ikw_slice_sub(s, 4, s.len);
    }
    if (type == TYPE_PPPOE && s.len >= 8) {
        unsigned ppp = ikw_wire_16(s.ptr + 6);
        type = ppp == PPP_IPV4 ? TYPE_IPV4 : ppp == PPP_IPV6 ? TYPE_IPV6 : 0;
        s = ikw_slice_sub(s, 8, s.len);
    }
    *out = s;
    return type == TYPE_IPV4 || type == TYPE_IPV6;
}

/* The type stands at `at`, what it is of begins at `begin`. */
static bool headed(struct ikw_slice frame, size_t at, size_t begin,
                   struct ikw_slice *out)
{
    if (frame.len < begin)
        return false;
    return typed(ikw_wire_16(frame.ptr + at),
                 ikw_slice_sub(frame, begin, frame.len), out);
}

static enum ikw_wire_way way_of(unsigned packet_type)
{
    enum { TO_US = 0, FROM_US = 4 };
    return packet_type == TO_US     ? IKW_WAY_IN
           : packet_type == FROM_US ? IKW_WAY_OUT
                                    : IKW_WAY_UNKNOWN;
}

bool ikw_wire_link_known(int link)
{
    static const int known[] = { LINK_NULL, LINK_ETHERNET,    LINK_RAW,
                                 LINK_LOOP, LINK_RAW_OPENBSD, LINK_RAW_BSD,
                                 LINK_SLL,  LINK_IPV4,        LINK_IPV6,
                                 LINK_SLL2 };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i] == link)
            return true;
    return false;
}

bool ikw_wire_link(int link, struct ikw_slice frame, struct ip_packet *out)
{
    struct ikw_slice ip = frame;
    bool ok = true;
    out->way = IKW_WAY_UNKNOWN;
    if (link == LINK_ETHERNET) {
        ok = headed(frame, 12, 14, &ip);
    } else if (link == LINK_SLL) {
        ok = headed(frame, 14, 16, &ip);
        if (ok)
            out->way = way_of(ikw_wire_16(frame.ptr));
    } else if (link == LINK_SLL2) {
        ok = headed(frame, 0, 20, &ip);
        if (ok)
            out->way = way_of((uint8_t)frame.ptr[10]);
    } else if (link == LINK_NULL || link == LINK_LOOP) {
        ip = ikw_slice_sub(frame, 4, frame.len);
    }
    return ok && ikw_wire_ip(ip, out);
}

/* ---- IP ---------------------------------------------------------------- */

static void take_payload(struct ikw_slice ip, size_t header, size_t end,
                         struct ip_packet *out)
{
    out->size = end - header;
    if (ip.len > end) /* padding of the link layer */
        ip.len = end;
    out->payload = ikw_slice_sub(ip, header, ip.len);
}

static bool ip4(struct ikw_slice ip, bool quoted, struct ip_packet *out)
{
    enum { LEAST = 20, MORE = 0x2000, OFFSET = 0x1fff };
    size_t header = ip.len ? ((uint8_t)ip.ptr[0] & 15u) * 4u : 0;
    if (header < LEAST || ip.len < header)
        return false;
    size_t end = ikw_wire_16(ip.ptr + 2);
    if (end == 0) /* the card cuts it up later */
        end = ip.len;
    if (end < header)
        return false;
    unsigned fragment = ikw_wire_16(ip.ptr + 6);
    out->from = out->to = (struct ikw_addr){ .family = 4 };
    memcpy(out->from.bytes, ip.ptr + 12, 4);
    memcpy(out->to.bytes, ip.ptr + 16, 4);
    out->protocol = (uint8_t)ip.ptr[9];
    out->ttl = (uint8_t)ip.ptr[8];
    out->id = ikw_wire_16(ip.ptr + 4);
    out->offset = (fragment & OFFSET) * 8;
    out->more = fragment & MORE;
    out->fragmented = !quoted && (out->more || out->offset);
    take_payload(ip, header, end, out);
    return true;
}

struct chain { /* of IPv6 extension headers */
    size_t at;
    unsigned next;
};

static bool is_extension(unsigned next)
{
    enum { HOP = 0, ROUTING = 43, FRAGMENT = 44, OPTIONS = 60 };
    return next == HOP || next == ROUTING || next == FRAGMENT ||
           next == OPTIONS;
}

static bool ip6_step(struct ikw_slice ip, struct chain *c,
                     struct ip_packet *out)
{
    enum { FRAGMENT = 44 };
    if (ip.len < c->at + 8)
        return false;
    const char *h = ip.ptr + c->at;
    if (c->next == FRAGMENT) {
        unsigned f = ikw_wire_16(h + 2);
        out->offset = f & 0xfff8;
        out->more = f & 1;
        out->fragmented = out->more || out->offset;
        out->id = ikw_wire_32(h + 4);
        c->at += 8;
    } else {
        c->at += 8 + (uint8_t)h[1] * 8u;
    }
    c->next = (uint8_t)h[0];
    return ip.len >= c->at;
}

static bool ip6(struct ikw_slice ip, struct ip_packet *out)
{
    enum { HEADER = 40 };
    if (ip.len < HEADER)
        return false;
    struct chain c = { HEADER, (uint8_t)ip.ptr[6] };
    size_t end = HEADER + ikw_wire_16(ip.ptr + 4);
    out->from = out->to = (struct ikw_addr){ .family = 6 };
    memcpy(out->from.bytes, ip.ptr + 8, 16);
    memcpy(out->to.bytes, ip.ptr + 24, 16);
    out->ttl = (uint8_t)ip.ptr[7];
    out->id = out->offset = 0;
    out->more = out->fragmented = false;
    for (int i = 0; i < HEADERS_MOST && is_extension(c.next); i++) {
        unsigned was_offset = out->offset;
        if (was_offset || !ip6_step(ip, &c, out))
            break;
    }
    if (end < c.at || is_extension(c.next))
        return false;
    out->protocol = c.next;
    take_payload(ip, c.at, end, out);
    return true;
}

static bool any_ip(struct ikw_slice ip, bool quoted, struct ip_packet *out)
{
    unsigned version = ip.len ? (uint8_t)ip.ptr[0] >> 4 : 0;
    return version == 4 ? ip4(ip, quoted, out) : version == 6 && ip6(ip, out);
}

bool ikw_wire_ip(struct ikw_slice ip, struct ip_packet *out)
{
    return any_ip(ip, false, out);
}

bool ikw_wire_ip_quoted(struct ikw_slice ip, struct ip_packet *out)
{
    return any_ip(ip, true, out);
}
