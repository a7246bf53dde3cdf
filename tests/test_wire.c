/* Captures: link layers, IP, fragments, ICMP and flows, from frames that are
 * built here, whole and cut. */
#include "facts/wire/wire.h"
#include "facts/packet/inet_sum.h"

#include <CUnit/CUnit.h>
#include <string.h>

enum {
    FRAMES_MAX = 1 << 17,
    ETHERNET = 1,
    RAW = 101,
    UDP = 17,
    ICMP = 1,
    ICMP6 = 58,
    ESP = 50,
    AH = 51,
    IKE_LEN = 28
};

/* ---- building ---------------------------------------------------------- */

struct bytes {
    char at[1600];
    size_t len;
};

struct capture {
    char at[FRAMES_MAX];
    size_t len;
    uint32_t s, us;
    struct ikw_diags ds;
    struct ikw_wire *w;
};

static void put(struct bytes *b, const void *p, size_t n)
{
    memcpy(b->at + b->len, p, n);
    b->len += n;
}

static void put_8(struct bytes *b, unsigned v)
{
    b->at[b->len++] = (char)v;
}

static void put_16(struct bytes *b, unsigned v)
{
    put_8(b, v >> 8 & 255);
    put_8(b, v & 255);
}

static void put_32(struct bytes *b, uint32_t v)
{
    put_16(b, v >> 16);
    put_16(b, v & 0xffff);
}

static void put_all(struct bytes *b, const struct bytes *of)
{
    put(b, of->at, of->len);
}

/* The header of a first message of main mode. */
static struct bytes ike(const char cookie[8])
{
    struct bytes b = { .len = 0 };
    put(&b, cookie, 8);
    put(&b, "\0\0\0\0\0\0\0\0\0\x10\x02", 11);
    put_8(&b, 0);
    put_32(&b, 0);
    put_32(&b, IKE_LEN);
    return b;
}

static struct bytes udp(unsigned from, unsigned to, const struct bytes *of)
{
    struct bytes b = { .len = 0 };
    put_16(&b, from);
    put_16(&b, to);
    put_16(&b, (unsigned)of->len + 8);
    put_16(&b, 0);
    put_all(&b, of);
    return b;
}

struct piece { /* of a datagram; all zero: the whole of one */
    unsigned id, offset;
    bool more;
};

static struct bytes ip4(unsigned protocol, struct piece p,
                        const struct bytes *of)
{
    struct bytes b = { .len = 0 };
    put_16(&b, 0x4500);
    put_16(&b, (unsigned)of->len + 20);
    put_16(&b, p.id);
    put_16(&b, p.offset / 8 | (p.more ? 0x2000 : 0));
    put_8(&b, 64);
    put_8(&b, protocol);
    put_16(&b, 0);
    put(&b, "\xc0\x00\x02\x01\xc6\x33\x64\x02", 8);
    put_all(&b, of);
    return b;
}

static struct bytes ip6(unsigned next, const struct bytes *of)
{
    static const char ends[32] = {
        [0] = 0x20, [15] = 1, [16] = 0x20, [31] = 2
    };
    struct bytes b = { .len = 0 };
    put_32(&b, 0x60000000);
    put_16(&b, (unsigned)of->len);
    put_8(&b, next);
    put_8(&b, 64);
    put(&b, ends, sizeof ends);
    put_all(&b, of);
    return b;
}

static struct bytes datagram(bool v6)
{
    struct bytes m = ike("cookie-1"), u = udp(500, 500, &m);
    return v6 ? ip6(UDP, &u) : ip4(UDP, (struct piece){ 0 }, &u);
}

static void capture_add(struct capture *c, const void *p, size_t n)
{
    memcpy(c->at + c->len, p, n);
    c->len += n;
}

static void capture_begin(struct capture *c, uint32_t link)
{
    uint32_t head[] = { 0xa1b2c3d4, 4u << 16 | 2u, 0, 0, 65535, link };
    const uint16_t version[] = { 2, 4 };
    memcpy(&head[1], version, sizeof version);
    c->len = 0;
    c->s = 1700000000;
    c->us = 0;
    capture_add(c, head, sizeof head);
}

/* A frame of which `got` octets were captured; a second after the last. */
static void capture_frame(struct capture *c, const struct bytes *frame,
                          size_t got)
{
    uint32_t head[] = { c->s++, c->us, (uint32_t)got, (uint32_t)frame->len };
    capture_add(c, head, sizeof head);
    capture_add(c, frame->at, got);
}

static void capture_add_ip4(struct capture *c, unsigned protocol,
                            struct piece p, const struct bytes *of)
{
    struct bytes b = ip4(protocol, p, of);
    capture_frame(c, &b, b.len);
}

static void capture_read(struct capture *c)
{
    FILE *f = fmemopen(c->at, c->len, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    c->w = ikw_wire_read("capture", f, &c->ds);
}

static void capture_end(struct capture *c)
{
    ikw_wire_free(c->w);
    ikw_diags_release(&c->ds);
    c->w = NULL;
}

/* What one frame alone holds. */
static void capture_one(struct capture *c, uint32_t link,
                        const struct bytes *frame, size_t got)
{
    capture_begin(c, link);
    capture_frame(c, frame, got);
    capture_read(c);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c->w);
}

static struct capture it; /* too large for a stack */

/* ---- link layers ------------------------------------------------------- */

static const struct {
    uint32_t link;
    const char *head;
    size_t len;
    bool v6, read;
    enum ikw_wire_way way;
} layers[] = {
    { ETHERNET, "aaaaaabbbbbb\x08\x00", 14, false, true, IKW_WAY_UNKNOWN },
    { ETHERNET, "aaaaaabbbbbb\x86\xdd", 14, true, true, IKW_WAY_UNKNOWN },
    { ETHERNET, "aaaaaabbbbbb\x81\x00\x00\x07\x08\x00", 18, false, true,
      IKW_WAY_UNKNOWN },
    { ETHERNET, "aaaaaabbbbbb\x88\xa8\x00\x07\x81\x00\x00\x08\x86\xdd", 22,
      true, true, IKW_WAY_UNKNOWN },
    { ETHERNET, "aaaaaabbbbbb\x88\x64\x11\x00\x00\x01\x00\x30\x00\x21", 22,
      false, true, IKW_WAY_UNKNOWN },
    { ETHERNET, "aaaaaabbbbbb\x88\x64\x11\x00\x00\x01\x00\x30\x00\x57", 22,
      true, true, IKW_WAY_UNKNOWN },
    { ETHERNET, "aaaaaabbbbbb\x88\x64\x11\x00\x00\x01\x00\x30\xc0\x21", 22,
      false, false, IKW_WAY_UNKNOWN },
    { ETHERNET, "aaaaaabbbbbb\x08\x06", 14, false, false, IKW_WAY_UNKNOWN },
    { 113,
      "\x00\x00\x00\x01\x00\x06"
      "aaaaaa\x00\x00\x08\x00",
      16, false, true, IKW_WAY_IN },
    { 113,
      "\x00\x04\x00\x01\x00\x06"
      "aaaaaa\x00\x00\x08\x00",
      16, false, true, IKW_WAY_OUT },
    { 113,
      "\x00\x03\x00\x01\x00\x06"
      "aaaaaa\x00\x00\x08\x00",
      16, false, true, IKW_WAY_UNKNOWN },
    { 276,
      "\x86\xdd\x00\x00\x00\x00\x00\x01\x00\x01\x04\x06"
      "aaaaaaaa",
      20, true, true, IKW_WAY_OUT },
    { 0, "\x02\x00\x00\x00", 4, false, true, IKW_WAY_UNKNOWN },
    { 108, "\x00\x00\x00\x02", 4, false, true, IKW_WAY_UNKNOWN },
    { RAW, "", 0, false, true, IKW_WAY_UNKNOWN },
    { RAW, "", 0, true, true, IKW_WAY_UNKNOWN },
    { 228, "", 0, false, true, IKW_WAY_UNKNOWN },
    { 229, "", 0, true, true, IKW_WAY_UNKNOWN },
};

static void every_link_layer_leads_to_the_packet(void)
{
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        struct bytes frame = { .len = 0 }, ip = datagram(layers[i].v6);
        put(&frame, layers[i].head, layers[i].len);
        put_all(&frame, &ip);
        capture_one(&it, layers[i].link, &frame, frame.len);
        CU_ASSERT_EQUAL(it.w->npackets, layers[i].read);
        if (it.w->npackets) {
            const struct ikw_wire_packet *p = &it.w->packets[0];
            CU_ASSERT_EQUAL(p->way, layers[i].way);
            CU_ASSERT_EQUAL(p->from.addr.family, layers[i].v6 ? 6 : 4);
            CU_ASSERT_EQUAL(p->from.port, 500);
            CU_ASSERT_EQUAL(p->ttl, 64);
            CU_ASSERT_EQUAL(p->size, IKE_LEN);
        }
        capture_end(&it);
    }
}

static void a_frame_cut_anywhere_gives_no_packet_and_counts_as_cut(void)
{
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        struct bytes frame = { .len = 0 }, ip = datagram(layers[i].v6);
        put(&frame, layers[i].head, layers[i].len);
        put_all(&frame, &ip);
        capture_begin(&it, layers[i].link);
        for (size_t got = 0; got < frame.len; got++)
            capture_frame(&it, &frame, got);
        capture_read(&it);
        CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
        CU_ASSERT_EQUAL(it.w->npackets, 0);
        CU_ASSERT_EQUAL(it.w->cut, frame.len);
        capture_end(&it);
    }
}

static void what_is_no_capture_is_refused(void)
{
    static const struct {
        uint32_t link;
        size_t len;
        bool read;
    } t[] = { { RAW, 24, true },
              { RAW, 3, false },
              { 105, 24, false },
              { 60000, 24, false } };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        capture_begin(&it, t[i].link);
        it.len = t[i].len;
        capture_read(&it);
        CU_ASSERT_EQUAL(it.w != NULL, t[i].read);
        CU_ASSERT_EQUAL(it.ds.errors, !t[i].read);
        capture_end(&it);
    }
}

static void one_that_breaks_off_is_read_up_to_there(void)
{
    struct bytes ip = datagram(false);
    capture_begin(&it, RAW);
    capture_frame(&it, &ip, ip.len);
    capture_frame(&it, &ip, ip.len);
    it.len -= 5;
    capture_read(&it);
    CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
    CU_ASSERT_EQUAL(it.w->npackets, 1);
    CU_ASSERT_EQUAL(it.ds.count, 1);
    CU_ASSERT_EQUAL(it.ds.errors, 0);
    capture_end(&it);
}

static void a_time_no_clock_shows_is_unknown(void)
{
    struct bytes ip = datagram(false);
    capture_begin(&it, RAW);
    it.us = 2000000000;
    capture_frame(&it, &ip, ip.len);
    capture_read(&it);
    CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
    CU_ASSERT_EQUAL(it.w->packets[0].t_ms, INT64_MIN);
    CU_ASSERT_EQUAL(it.w->from_ms, INT64_MIN);
    capture_end(&it);
}

/* ---- IP ---------------------------------------------------------------- */

static void a_header_that_contradicts_itself_is_no_packet(void)
{
    static const struct {
        size_t at;
        unsigned value;
        size_t packets;
    } t[] = {
        { 0, 0x45, 1 }, { 0, 0x44, 0 }, { 0, 0x55, 0 }, { 0, 0x4f, 0 },
        { 3, 10, 0 },   { 3, 0, 1 }, /* to be cut up by the card */
        { 9, 6, 0 },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct bytes ip = datagram(false);
        ip.at[t[i].at] = (char)t[i].value;
        capture_one(&it, RAW, &ip, ip.len);
        CU_ASSERT_EQUAL(it.w->npackets, t[i].packets);
        capture_end(&it);
    }
}

/* So many headers of IPv6, each of eight octets, before the datagram. */
static struct bytes extended(const unsigned *kinds, size_t n)
{
    struct bytes b = { .len = 0 }, m = ike("cookie-1"), u = udp(500, 500, &m);
    for (size_t i = 0; i < n; i++) {
        put_8(&b, i + 1 < n ? kinds[i + 1] : UDP);
        put(&b, "\0\0\0\0\0\0\0", 7);
    }
    put_all(&b, &u);
    return ip6(n ? kinds[0] : UDP, &b);
}

static void headers_of_ipv6_are_stepped_over(void)
{
    static const unsigned kinds[9] = { 0, 43, 60, 44, 60, 60, 60, 60, 60 };
    for (size_t n = 0; n <= 9; n++) {
        struct bytes ip = extended(kinds, n);
        capture_one(&it, RAW, &ip, ip.len);
        CU_ASSERT_EQUAL(it.w->npackets, n < 9); /* a bound on the chain */
        capture_end(&it);
        capture_begin(&it, RAW);
        for (size_t got = 0; got < ip.len; got++)
            capture_frame(&it, &ip, got);
        capture_read(&it);
        CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
        CU_ASSERT_EQUAL(it.w->npackets, 0);
        capture_end(&it);
    }
}

static void a_chain_longer_than_the_packet_is_none(void)
{
    static const unsigned kinds[] = { 0, 60 };
    struct bytes ip = extended(kinds, 2);
    ip.at[5] = 10; /* the payload would end amid the second header */
    capture_one(&it, RAW, &ip, ip.len);
    CU_ASSERT_EQUAL(it.w->npackets, 0);
    capture_end(&it);
}

/* ---- fragments --------------------------------------------------------- */

static struct bytes part(const struct bytes *of, size_t from, size_t to)
{
    struct bytes b = { .len = 0 };
    put(&b, of->at + from, to - from);
    return b;
}

/* The two parts of a datagram, the second first if it says so. */
static void add_in_two(unsigned id, bool turned, bool both)
{
    struct bytes m = ike("cookie-1"), u = udp(500, 500, &m);
    struct bytes a = part(&u, 0, 24), b = part(&u, 24, u.len);
    for (int i = 0; i < (both ? 2 : 1); i++)
        if ((i == 0) != turned)
            capture_add_ip4(&it, UDP, (struct piece){ id, 0, true }, &a);
        else
            capture_add_ip4(&it, UDP, (struct piece){ id, 24, false }, &b);
}

static void fragments_are_put_together_in_any_order(void)
{
    for (int turned = 0; turned < 2; turned++) {
        capture_begin(&it, RAW);
        add_in_two(7, turned, true);
        capture_read(&it);
        CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
        CU_ASSERT_EQUAL_FATAL(it.w->npackets, 1);
        CU_ASSERT(it.w->packets[0].complete);
        CU_ASSERT_EQUAL(it.w->packets[0].fragments, 2);
        CU_ASSERT_EQUAL(it.w->packets[0].size, IKE_LEN);
        CU_ASSERT_EQUAL(it.w->trailing, 1);
        CU_ASSERT_EQUAL(it.w->orphans, 0);
        capture_end(&it);
    }
}

static void fragments_of_ipv6_are_put_together(void)
{
    struct bytes m = ike("cookie-1"), u = udp(500, 500, &m);
    capture_begin(&it, RAW);
    for (size_t at = 0; at < u.len; at += 24) {
        struct bytes b = { .len = 0 };
        size_t end = at + 24 < u.len ? at + 24 : u.len;
        put_16(&b, UDP << 8);
        put_16(&b, (unsigned)at | (end < u.len));
        put_32(&b, 0x12345678);
        put(&b, u.at + at, end - at);
        struct bytes ip = ip6(44, &b);
        capture_frame(&it, &ip, ip.len);
    }
    capture_read(&it);
    CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
    CU_ASSERT_EQUAL_FATAL(it.w->npackets, 1);
    CU_ASSERT(it.w->packets[0].complete);
    CU_ASSERT_EQUAL(it.w->packets[0].fragments, 2);
    capture_end(&it);
}

static void a_part_that_never_comes_is_told(void)
{
    capture_begin(&it, RAW);
    add_in_two(1, false, false);
    add_in_two(2, true, false);
    capture_read(&it);
    CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
    CU_ASSERT_EQUAL(it.w->npackets, 0); /* less than a header of IKE */
    CU_ASSERT_EQUAL(it.w->orphans, 1);
    capture_end(&it);
}

static void what_waits_too_long_or_too_many_is_given_up(void)
{
    capture_begin(&it, RAW);
    add_in_two(1, true, false);
    it.s += 61;
    add_in_two(1, false, false); /* another datagram by now */
    for (unsigned id = 100; id < 180; id++)
        add_in_two(id, true, false);
    capture_read(&it);
    CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
    CU_ASSERT_EQUAL(it.w->npackets, 0);
    CU_ASSERT_EQUAL(it.w->orphans, 81);
    capture_end(&it);
}

static void a_fragment_beyond_every_datagram_is_left_out(void)
{
    struct bytes m = ike("cookie-1"), u = udp(500, 500, &m),
                 none = { .len = 0 };
    struct bytes a = part(&u, 0, 24);
    capture_begin(&it, RAW);
    capture_add_ip4(&it, UDP, (struct piece){ 3, 0, true }, &a);
    capture_add_ip4(&it, UDP, (struct piece){ 3, 65528, true }, &u);
    capture_add_ip4(&it, UDP, (struct piece){ 4, 0, true }, &none);
    capture_read(&it);
    CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
    CU_ASSERT_EQUAL(it.w->npackets, 0);
    capture_end(&it);
}

/* ---- IKE --------------------------------------------------------------- */

static void ike_is_known_by_its_port_or_by_its_header(void)
{
    static const struct {
        unsigned port, exchange;
        bool marker, packet, flow;
    } t[] = {
        { 500, 2, false, true, false },    { 4500, 2, true, true, false },
        { 4500, 2, false, true, false },   { 4500, 77, false, false, true },
        { 9999, 2, false, true, false },   { 9999, 33, false, true, false },
        { 9999, 0, false, false, false },  { 9999, 7, false, false, false },
        { 9999, 34, false, false, false }, { 500, 2, true, true, false },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct bytes b = { .len = 0 }, m = ike("cookie-1");
        m.at[18] = (char)t[i].exchange;
        put(&b, "\0\0\0\0", t[i].marker ? 4 : 0);
        put_all(&b, &m);
        struct bytes u = udp(t[i].port, t[i].port, &b);
        struct bytes ip = ip4(UDP, (struct piece){ 0 }, &u);
        capture_one(&it, RAW, &ip, ip.len);
        CU_ASSERT_EQUAL(it.w->npackets, t[i].packet);
        CU_ASSERT_EQUAL(it.w->nflows, t[i].flow);
        if (it.w->npackets)
            CU_ASSERT_EQUAL(it.w->packets[0].marker, t[i].marker);
        capture_end(&it);
    }
}

static void the_same_bytes_later_are_sent_again(void)
{
    struct bytes ip = datagram(false);
    capture_begin(&it, RAW);
    capture_frame(&it, &ip, ip.len);
    it.s--;
    it.us = 20000; /* another interface's view of it */
    capture_frame(&it, &ip, ip.len);
    capture_frame(&it, &ip, ip.len);
    capture_read(&it);
    CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
    CU_ASSERT_EQUAL_FATAL(it.w->npackets, 2);
    CU_ASSERT_FALSE(it.w->packets[0].again);
    CU_ASSERT(it.w->packets[1].again);
    CU_ASSERT_EQUAL(ikw_wire_negotiations(it.w), 1);
    capture_end(&it);
}

static void a_checksum_left_to_the_card_tells_nothing(void)
{
    struct bytes plain = datagram(false);
    uint32_t head = ikw_inet_sum(UDP + IKE_LEN + 8, plain.at + 12, 8);
    uint32_t sum = ikw_inet_sum(head, plain.at + 20, IKE_LEN + 8) ^ 0xffff;
    const struct {
        uint32_t sum;
        enum ikw_wire_sum is;
    } t[] = { { 0, IKW_SUM_UNKNOWN },
              { sum, IKW_SUM_GOOD },
              { head, IKW_SUM_UNKNOWN },
              { sum ^ 1, IKW_SUM_BAD } };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct bytes ip = plain;
        ip.at[26] = (char)(t[i].sum >> 8);
        ip.at[27] = (char)t[i].sum;
        capture_one(&it, RAW, &ip, ip.len);
        CU_ASSERT_EQUAL_FATAL(it.w->npackets, 1);
        CU_ASSERT_EQUAL(it.w->packets[0].sum, t[i].is);
        capture_end(&it);
    }
}

/* ---- ESP and AH -------------------------------------------------------- */

static void flows_are_counted_by_spi_and_ends(void)
{
    static const struct {
        unsigned protocol;
        const char *bytes;
        size_t len;
    } t[] = { { ESP, "\0\0\1\1----", 8 }, { ESP, "\0\0\1\1----", 8 },
              { ESP, "\0\0\1\2----", 8 }, { AH, "\4\4\0\0\0\0\1\1", 8 },
              { ESP, "\0\0\1", 3 },       { AH, "\4\4\0\0\0\0\1", 7 } };
    capture_begin(&it, RAW);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct bytes b = { .len = 0 };
        put(&b, t[i].bytes, t[i].len);
        capture_add_ip4(&it, t[i].protocol, (struct piece){ 0 }, &b);
    }
    capture_read(&it);
    CU_ASSERT_PTR_NOT_NULL_FATAL(it.w);
    CU_ASSERT_EQUAL_FATAL(it.w->nflows, 2);
    CU_ASSERT_EQUAL(it.w->flows[0].spi, 0x101);
    CU_ASSERT_EQUAL(it.w->flows[0].packets, 3);
    CU_ASSERT_EQUAL(it.w->flows[1].spi, 0x102);
    CU_ASSERT_EQUAL(it.w->flows[1].packets, 1);
    capture_end(&it);
}

/* ---- ICMP -------------------------------------------------------------- */

static struct bytes error_about(unsigned type, unsigned code,
                                const struct bytes *of)
{
    struct bytes b = { .len = 0 };
    put_8(&b, type);
    put_8(&b, code);
    put_16(&b, 0);
    put_32(&b, 0);
    put_all(&b, of);
    return b;
}

static void every_kind_of_error_about_ike_has_its_word(void)
{
    static const struct {
        bool v6;
        unsigned type, code;
        const char *kind;
    } t[] = {
        { false, 3, 0, "net-unreachable" },
        { false, 3, 3, "port-unreachable" },
        { false, 3, 4, "too-big" },
        { false, 3, 13, "prohibited" },
        { false, 11, 1, "reassembly-timeout" },
        { false, 8, 0, NULL },
        { false, 3, 200, NULL },
        { true, 1, 3, "host-unreachable" },
        { true, 2, 0, "too-big" },
        { true, 3, 0, "hops-exceeded" },
        { true, 128, 0, NULL },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct bytes quoted = datagram(t[i].v6);
        struct bytes e = error_about(t[i].type, t[i].code, &quoted);
        struct bytes ip =
            t[i].v6 ? ip6(ICMP6, &e) : ip4(ICMP, (struct piece){ 0 }, &e);
        capture_one(&it, RAW, &ip, ip.len);
        CU_ASSERT_EQUAL(it.w->nicmps, t[i].kind != NULL);
        if (it.w->nicmps && t[i].kind) {
            CU_ASSERT_STRING_EQUAL(it.w->icmps[0].kind, t[i].kind);
            CU_ASSERT(it.w->icmps[0].has_cookie);
            CU_ASSERT_EQUAL(it.w->icmps[0].from.port, 500);
        }
        CU_ASSERT_EQUAL(ikw_wire_negotiations(it.w), t[i].kind != NULL);
        capture_end(&it);
    }
}

static void an_error_about_something_else_is_none(void)
{
    struct bytes m = ike("cookie-1"), natt = { .len = 0 };
    put(&natt, "\0\0\0\0", 4);
    put_all(&natt, &m);
    const struct {
        unsigned from, to, protocol, offset;
        const struct bytes *of;
        size_t keep; /* octets of the quoted payload */
        bool is, cookie;
    } t[] = {
        { 500, 500, UDP, 0, &m, 36, true, true },
        { 9, 4500, UDP, 0, &natt, 40, true, true },
        { 500, 500, UDP, 0, &m, 8, true, false },
        { 500, 500, UDP, 0, &m, 15, true, false },
        { 500, 500, UDP, 0, &m, 7, false, false },
        { 9, 9, UDP, 0, &m, 36, false, false },
        { 500, 500, 6, 0, &m, 36, false, false },
        { 500, 500, UDP, 64, &m, 36, false, false },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct bytes u = udp(t[i].from, t[i].to, t[i].of);
        u.len = t[i].keep;
        struct bytes q =
            ip4(t[i].protocol, (struct piece){ 5, t[i].offset, false }, &u);
        struct bytes e = error_about(3, 3, &q);
        struct bytes ip = ip4(ICMP, (struct piece){ 0 }, &e);
        capture_one(&it, RAW, &ip, ip.len);
        CU_ASSERT_EQUAL(it.w->nicmps, t[i].is);
        CU_ASSERT_EQUAL(it.w->nicmps && it.w->icmps[0].has_cookie, t[i].cookie);
        capture_end(&it);
    }
}

static void an_error_that_is_cut_is_none_or_lacks_the_cookie(void)
{
    struct bytes quoted = datagram(false), e = error_about(3, 3, &quoted);
    struct bytes ip = ip4(ICMP, (struct piece){ 0 }, &e);
    for (size_t got = 0; got < ip.len; got++) {
        capture_one(&it, RAW, &ip, got);
        CU_ASSERT_EQUAL(it.w->nicmps, got >= 20 + 8 + 20 + 8);
        CU_ASSERT_EQUAL(it.w->nicmps && it.w->icmps[0].has_cookie,
                        got >= 20 + 8 + 20 + 8 + 8);
        capture_end(&it);
    }
}

#define T(name)                                                                \
    {                                                                          \
#name, name                                                            \
    }
CU_TestInfo ikw_test_wire[] = {
    T(every_link_layer_leads_to_the_packet),
    T(a_frame_cut_anywhere_gives_no_packet_and_counts_as_cut),
    T(what_is_no_capture_is_refused),
    T(one_that_breaks_off_is_read_up_to_there),
    T(a_time_no_clock_shows_is_unknown),
    T(a_header_that_contradicts_itself_is_no_packet),
    T(headers_of_ipv6_are_stepped_over),
    T(a_chain_longer_than_the_packet_is_none),
    T(fragments_are_put_together_in_any_order),
    T(fragments_of_ipv6_are_put_together),
    T(a_part_that_never_comes_is_told),
    T(what_waits_too_long_or_too_many_is_given_up),
    T(a_fragment_beyond_every_datagram_is_left_out),
    T(ike_is_known_by_its_port_or_by_its_header),
    T(the_same_bytes_later_are_sent_again),
    T(a_checksum_left_to_the_card_tells_nothing),
    T(flows_are_counted_by_spi_and_ends),
    T(every_kind_of_error_about_ike_has_its_word),
    T(an_error_about_something_else_is_none),
    T(an_error_that_is_cut_is_none_or_lacks_the_cookie),
    CU_TEST_INFO_NULL,
};
