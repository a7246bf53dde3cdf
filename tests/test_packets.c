#include "facts/packet/pcap_write.h"

#include "facts/fact.h"
#include "tests/track_kit.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define I "1122334455667788"
#define R "99aabbccddeeff00"
#define NO "0000000000000000"
#define SA                                                                     \
    "00000038 00000001 00000001 0000002c 01010001 00000024 01010000"           \
    "800b0001 800c7080 80010007 800e0100 80030001 80020002 80040002"
#define KE "00000008 01020304"
#define HEADER(next, exchange, flags, msgid, len)                              \
    next "10" exchange flags msgid len
#define MAIN_1 I NO HEADER("01", "02", "00", "00000000", "00000054") SA
#define MAIN_2 I R HEADER("01", "02", "00", "00000000", "00000054") SA
#define MAIN_3 I R HEADER("04", "02", "00", "00000000", "00000024") KE
#define MAIN_5 I R HEADER("05", "02", "01", "00000000", "00000024") KE
#define QUICK(len) I R HEADER("08", "20", "01", "0000abcd", len) KE
#define FRAGMENT                                                               \
    I R HEADER("84", "02", "00", "00000000", "00000024") "00000008 00010201"

/* ---- a bed ------------------------------------------------------------- */

struct bed {
    struct ikw_dumps *dumps;
    struct ikw_buf bytes;
    struct ikw_datagram g;
};

static struct bed open_bed(void)
{
    return (struct bed){ .dumps = ikw_dumps_new() };
}

static void close_bed(struct bed *b)
{
    ikw_dumps_free(b->dumps);
    ikw_buf_release(&b->bytes);
}

static struct ikw_endpoint end(const char *ip, int64_t port)
{
    struct ikw_endpoint e = { .port = port };
    memcpy(e.ip, ip, strlen(ip));
    return e;
}

/* Reads a dump between 192.0.2.1 (us) and 198.51.100.1. */
static const struct ikw_datagram *read_hex(struct bed *b, bool out,
                                           const char *hex)
{
    struct ikw_endpoint us = end("192.0.2.1", 500);
    struct ikw_endpoint them = end("198.51.100.1", 500);
    ikw_buf_clear(&b->bytes);
    CU_ASSERT(ikw_hex_append(ikw_slice_of(hex), &b->bytes));
    struct ikw_dump d = { .line = 1,
                          .out = out,
                          .size = -1,
                          .times = 1,
                          .from = out ? us : them,
                          .to = out ? them : us,
                          .t_ms = 1000500 };
    d.bytes = (struct ikw_slice){ b->bytes.ptr, b->bytes.len };
    ikw_dumps_read(b->dumps, &d, &b->g);
    return &b->g;
}

/* ---- reading ----------------------------------------------------------- */

static void numbers_the_messages_of_both_sides(void)
{
    static const struct {
        bool out;
        const char *hex;
        int number;
    } cases[] = {
        { true, MAIN_1, 1 },
        { false, MAIN_2, 2 },
        { true, MAIN_3, 3 },
        { false, MAIN_3, 4 },
        { true, MAIN_5, 5 },
        { false, MAIN_5, 6 },
        { false, QUICK("0000012c"), 1 },
        { true, QUICK("0000012c"), 2 },
        { false, QUICK("0000003c"), 3 },
        { true, FRAGMENT, 0 },
    };
    struct bed b = open_bed();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(read_hex(&b, cases[i].out, cases[i].hex)->number,
                        cases[i].number);
    close_bed(&b);
}

static void a_log_from_the_middle_gives_no_number_it_cannot_know(void)
{
    struct bed b = open_bed();
    CU_ASSERT_EQUAL(read_hex(&b, true, MAIN_3)->number, 0);
    CU_ASSERT_EQUAL(read_hex(&b, true, MAIN_2)->number, 2);
    CU_ASSERT_EQUAL(read_hex(&b, true, MAIN_3)->number, 4);
    close_bed(&b);
}

static void the_same_bytes_again_are_a_retransmission(void)
{
    struct bed b = open_bed();
    CU_ASSERT_FALSE(read_hex(&b, true, MAIN_1)->again);
    CU_ASSERT_TRUE(read_hex(&b, true, MAIN_1)->again);
    CU_ASSERT_FALSE(read_hex(&b, false, MAIN_2)->again);
    CU_ASSERT_FALSE(read_hex(&b, true, MAIN_3)->again);
    CU_ASSERT_FALSE(read_hex(&b, true, MAIN_1)->again);
    close_bed(&b);
}

static void fragments_are_counted(void)
{
    struct bed b = open_bed();
    const struct ikw_datagram *g = read_hex(&b, true, FRAGMENT);
    CU_ASSERT_EQUAL(g->fragment, 2);
    CU_ASSERT_TRUE(g->last_fragment);
    close_bed(&b);
}

static void the_marker_is_no_part_of_the_packet(void)
{
    struct bed b = open_bed();
    const struct ikw_datagram *g = read_hex(&b, true, "00000000" MAIN_5);
    CU_ASSERT_TRUE(g->marker);
    CU_ASSERT_EQUAL(g->kind, IKW_DATAGRAM_IKE);
    CU_ASSERT_EQUAL(g->size, 36);
    g = read_hex(&b, true, "ff");
    CU_ASSERT_EQUAL(g->kind, IKW_DATAGRAM_KEEPALIVE);
    CU_ASSERT_FALSE(g->marker);
    CU_ASSERT_EQUAL(read_hex(&b, true, "0102")->kind, IKW_DATAGRAM_OTHER);
    close_bed(&b);
}

static void a_missing_end_is_that_of_the_packets_before(void)
{
    struct bed b = open_bed();
    struct ikw_dump d = { .out = true,
                          .size = -1,
                          .times = 1,
                          .from = { .port = -1 },
                          .to = end("198.51.100.1", 500) };
    ikw_dumps_read(b.dumps, &d, &b.g);
    CU_ASSERT_STRING_EQUAL(b.g.from.ip, "");
    CU_ASSERT_FALSE(b.g.guessed);
    read_hex(&b, false, MAIN_1);
    ikw_dumps_read(b.dumps, &d, &b.g);
    CU_ASSERT_STRING_EQUAL(b.g.from.ip, "192.0.2.1");
    CU_ASSERT_EQUAL(b.g.from.port, 500);
    CU_ASSERT_TRUE(b.g.guessed);
    d.to.port = 4500; /* another port may be another port here too */
    ikw_dumps_read(b.dumps, &d, &b.g);
    CU_ASSERT_EQUAL(b.g.from.port, -1);
    close_bed(&b);
}

/* ---- the capture ------------------------------------------------------- */

static unsigned at(const struct ikw_buf *b, size_t i)
{
    return i < b->len ? (uint8_t)b->ptr[i] : 0;
}

static unsigned at16(const struct ikw_buf *b, size_t i)
{
    return at(b, i) << 8 | at(b, i + 1);
}

static unsigned little(const struct ikw_buf *b, size_t i)
{
    return at(b, i) | at(b, i + 1) << 8 | at(b, i + 2) << 16 |
           at(b, i + 3) << 24;
}

static unsigned sum_of(const struct ikw_buf *b, size_t from, size_t n,
                       unsigned sum)
{
    for (size_t i = 0; i < n; i += 2)
        sum += at(b, from + i) << 8 | (i + 1 < n ? at(b, from + i + 1) : 0);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

enum { FILE_HEADER = 24, RECORD = 16, IP4 = 20, IP6 = 40, UDP = 8 };

static void a_packet_becomes_ip_and_udp(void)
{
    struct bed b = open_bed();
    struct ikw_buf out = { 0 };
    ikw_pcap_begin(&out);
    CU_ASSERT_EQUAL(out.len, FILE_HEADER);
    CU_ASSERT_EQUAL(little(&out, 0), 0xa1b2c3d4);
    CU_ASSERT_EQUAL(little(&out, 20), 101);
    CU_ASSERT(ikw_pcap_add(&out, read_hex(&b, true, MAIN_1)));
    size_t r = FILE_HEADER, ip = r + RECORD, udp = ip + IP4;
    CU_ASSERT_EQUAL(little(&out, r), 1000);
    CU_ASSERT_EQUAL(little(&out, r + 4), 500000);
    CU_ASSERT_EQUAL(little(&out, r + 8), IP4 + UDP + 84);
    CU_ASSERT_EQUAL(little(&out, r + 12), IP4 + UDP + 84);
    CU_ASSERT_EQUAL(at16(&out, ip + 2), IP4 + UDP + 84);
    CU_ASSERT_EQUAL(sum_of(&out, ip, IP4, 0), 0xffff);
    CU_ASSERT_EQUAL(at(&out, ip + 12), 192);
    CU_ASSERT_EQUAL(at(&out, ip + 16), 198);
    CU_ASSERT_EQUAL(at16(&out, udp), 500);
    CU_ASSERT_EQUAL(at16(&out, udp + 4), UDP + 84);
    /* with the pseudo header */
    CU_ASSERT_EQUAL(sum_of(&out, ip + 12, 8 + UDP + 84, 17 + UDP + 84), 0xffff);
    ikw_buf_release(&out);
    close_bed(&b);
}

static void ip6_and_the_marker_have_right_sums_too(void)
{
    struct bed b = open_bed();
    struct ikw_buf out = { 0 };
    read_hex(&b, false, "00000000" MAIN_5);
    b.g.from = end("2001:db8::1", 4500);
    b.g.to = end("fe80::2%eth0", 4500);
    CU_ASSERT(ikw_pcap_add(&out, &b.g));
    size_t ip = RECORD, len = UDP + 4 + 36;
    CU_ASSERT_EQUAL(out.len, RECORD + IP6 + len);
    CU_ASSERT_EQUAL(at16(&out, ip + 4), len);
    CU_ASSERT_EQUAL(at16(&out, ip + IP6 + UDP), 0);
    CU_ASSERT_EQUAL(sum_of(&out, ip + 8, 32 + len, 17 + (unsigned)len), 0xffff);
    ikw_buf_release(&out);
    close_bed(&b);
}

static void half_a_dump_is_a_packet_that_was_cut(void)
{
    struct bed b = open_bed();
    struct ikw_buf out = { 0 };
    read_hex(&b, true, MAIN_1);
    b.g.size = 500;
    CU_ASSERT(ikw_pcap_add(&out, &b.g));
    CU_ASSERT_EQUAL(little(&out, 8), IP4 + UDP + 84);
    CU_ASSERT_EQUAL(little(&out, 12), IP4 + UDP + 500);
    CU_ASSERT_EQUAL(at16(&out, RECORD + IP4 + 6), 0);
    ikw_buf_release(&out);
    close_bed(&b);
}

static void what_is_no_address_is_left_out(void)
{
    static const struct {
        const char *from, *to;
        bool ok;
    } cases[] = {
        { "192.0.2.1", "", true },
        { "", "2001:db8::1", true },
        { "", "", false },
        { "192.0.2.1", "2001:db8::1", false },
        { "name", "192.0.2.1", false },
        { "192.0.2.1", "1.2.3.400", false },
    };
    struct bed b = open_bed();
    read_hex(&b, true, MAIN_1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_buf out = { 0 };
        b.g.from = end(cases[i].from, -1);
        b.g.to = end(cases[i].to, 70000);
        CU_ASSERT_EQUAL(ikw_pcap_add(&out, &b.g), cases[i].ok);
        CU_ASSERT_EQUAL(out.len != 0, cases[i].ok);
        ikw_buf_release(&out);
    }
    close_bed(&b);
}

static void sent_three_times_is_in_it_three_times(void)
{
    struct bed b = open_bed();
    struct ikw_buf out = { 0 };
    read_hex(&b, true, MAIN_1);
    b.g.times = 3;
    ikw_pcap_add(&out, &b.g);
    CU_ASSERT_EQUAL(out.len, 3 * (RECORD + IP4 + UDP + 84));
    ikw_buf_release(&out);
    close_bed(&b);
}

/* ---- the hook ---------------------------------------------------------- */

struct seen {
    size_t n, out;
    size_t len;
    uint32_t line;
    int64_t size;
    char from[64], to[64];
};

static void see(void *arg, const struct ikw_dump *d)
{
    struct seen *s = arg;
    s->n++;
    s->out += d->out;
    s->len = d->bytes.len;
    s->line = d->line;
    s->size = d->size;
    memcpy(s->from, d->from.ip, sizeof s->from);
    memcpy(s->to, d->to.ip, sizeof s->to);
}

static void no_set(void *arg, struct ikw_fact_set *fs)
{
    (void)arg;
    (void)fs;
}

static struct seen watch(const char *log)
{
    struct seen s = { 0 };
    struct track_bed bed;
    struct ikw_log_sink sink = { .arg = &s, .set = no_set, .packet = see };
    track_open(&bed);
    ikw_tracker_free(bed.tr);
    bed.tr = ikw_tracker_new(bed.kb, bed.m, &sink);
    ikw_tracker_begin(bed.tr, 0, IKW_SOURCE_LOCAL);
    track_feed(&bed, log);
    ikw_tracker_end(bed.tr);
    track_close(&bed);
    return s;
}

static void the_tracker_tells_packets_of_both_directions(void)
{
    struct seen s = watch("1 D got 84 of 198.51.100.1[500] at 192.0.2.1[500]\n"
                          "1 D\n"
                          " 11223344 55667788 00000000 00000000\n"
                          "2 D sent 84 to 198.51.100.1[500]\n"
                          "2 D\n"
                          " 11223344 55667788\n"
                          " 99aabbcc ddeeff\n");
    CU_ASSERT_EQUAL(s.n, 2);
    CU_ASSERT_EQUAL(s.out, 1);
    CU_ASSERT_EQUAL(s.line, 4);
    CU_ASSERT_EQUAL(s.len, 15);
    CU_ASSERT_EQUAL(s.size, 84);
    CU_ASSERT_STRING_EQUAL(s.to, "198.51.100.1");
}

static void decrypted_dumps_and_keys_are_no_packets(void)
{
    struct seen s = watch("1 D clear now\n"
                          "1 D\n"
                          " 11223344 55667788 99aabbcc ddeeff00\n"
                          "1 D key is x\n"
                          "1 D\n"
                          " 11223344 55667788\n"
                          "1 D sent 84 to 198.51.100.1[500]\n"
                          "1 D key is x\n"
                          "1 D\n"
                          " 11223344 55667788\n");
    CU_ASSERT_EQUAL(s.n, 0);
}

CU_TestInfo ikw_test_packets[] = {
    { "messages of both sides are numbered",
      numbers_the_messages_of_both_sides },
    { "a log from the middle gives no number it cannot know",
      a_log_from_the_middle_gives_no_number_it_cannot_know },
    { "the same bytes again are a retransmission",
      the_same_bytes_again_are_a_retransmission },
    { "fragments are counted", fragments_are_counted },
    { "the marker is no part of the packet",
      the_marker_is_no_part_of_the_packet },
    { "a missing end is that of the packets before",
      a_missing_end_is_that_of_the_packets_before },
    { "a packet becomes IP and UDP", a_packet_becomes_ip_and_udp },
    { "IPv6 and the marker have right sums too",
      ip6_and_the_marker_have_right_sums_too },
    { "half a dump is a packet that was cut",
      half_a_dump_is_a_packet_that_was_cut },
    { "what is no address is left out", what_is_no_address_is_left_out },
    { "sent three times is in it three times",
      sent_three_times_is_in_it_three_times },
    { "the tracker tells packets of both directions",
      the_tracker_tells_packets_of_both_directions },
    { "decrypted dumps and keys are no packets",
      decrypted_dumps_and_keys_are_no_packets },
    CU_TEST_INFO_NULL,
};
