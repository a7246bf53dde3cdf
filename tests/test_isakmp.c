#include "facts/packet/isakmp.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

/* A cookie pair, then: next, version, exchange, flags, msgid, length. */
#define I "1122334455667788"
#define R "99aabbccddeeff00"
#define NO "0000000000000000"
#define SA_BODY                                                                \
    "00000038 00000001 00000001 0000002c 01010001 00000024 01010000"           \
    "800b0001 800c7080 80010007 800e0100 80030001 80020002 80040002"
#define MAIN_1 I NO "01100200 00000000 00000054" SA_BODY
#define NOTIFY(type) "0000000c 00000001 0100" type
#define INFO_CLEAR I R "0b100500 0000abcd 00000028" NOTIFY("0004")

static struct ikw_buf hex(const char *text)
{
    struct ikw_buf b = { 0 };
    CU_ASSERT(ikw_hex_append(ikw_slice_of(text), &b));
    return b;
}

static bool decode(const char *text, bool plain, struct ikw_isakmp *p,
                   struct ikw_buf *keep)
{
    *keep = hex(text);
    return ikw_isakmp_decode((struct ikw_slice){ keep->ptr, keep->len }, plain,
                             p);
}

static void reads_hex_up_to_the_first_stranger(void)
{
    static const struct {
        const char *in, *out;
        bool ok;
    } cases[] = {
        { "", "", true },
        { "41", "A", true },
        { " 41424344 45 \r", "ABCDE", true },
        { "4a4B4b", "JKK", true },
        { "414", "A", false },
        { "41 4 2", "A", false },
        { "41 xx", "A", false },
        { "4142 INFO", "AB", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_buf b = { 0 };
        CU_ASSERT_EQUAL(ikw_hex_append(ikw_slice_of(cases[i].in), &b),
                        cases[i].ok);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), cases[i].out);
        ikw_buf_release(&b);
    }
}

/* Eight digits are read at once: whatever byte stands among them. */
static void no_byte_but_a_digit_passes_in_a_group(void)
{
    for (int c = 1; c < 256; c++)
        for (size_t at = 0; at < 8; at++) {
            char text[] = "0189afAFcafe";
            struct ikw_buf b = { 0 };
            text[at] = (char)c;
            bool digit = strchr("0123456789abcdefABCDEF", c) != NULL;
            bool blank = strchr(" \t\r\n", c) != NULL;
            bool ok = ikw_hex_append(ikw_slice_of(text), &b);
            CU_ASSERT(digit ? ok && b.len == 6 : !ok);
            CU_ASSERT(digit || blank || b.len == at / 2);
            ikw_buf_release(&b);
        }
}

static void reads_the_header_and_the_offer(void)
{
    struct ikw_isakmp p;
    struct ikw_buf b;
    CU_ASSERT_FATAL(decode(MAIN_1, false, &p, &b));
    CU_ASSERT_EQUAL(p.exchange, 2);
    CU_ASSERT_EQUAL(p.version, 0x10);
    CU_ASSERT_EQUAL(p.icookie[7], 0x88);
    CU_ASSERT(!p.encrypted && !p.truncated && !p.malformed);
    CU_ASSERT_EQUAL(p.npayloads, 1);
    CU_ASSERT_EQUAL(p.nattrs, 7);
    CU_ASSERT_EQUAL(p.attrs[1].type, 12);
    CU_ASSERT_EQUAL(p.attrs[1].value, 28800);
    CU_ASSERT_EQUAL(p.attrs[3].type, 14);
    CU_ASSERT_EQUAL(p.attrs[3].value, 256);
    CU_ASSERT_EQUAL(ikw_isakmp_message_number(&p, true), 1);
    ikw_buf_release(&b);
}

static void reads_clear_notifications_and_deletes(void)
{
    struct ikw_isakmp p;
    struct ikw_buf b;
    CU_ASSERT_FATAL(decode(INFO_CLEAR, false, &p, &b));
    CU_ASSERT(p.has_notify && !p.malformed);
    CU_ASSERT_EQUAL(p.notify_type, 4);
    CU_ASSERT_STRING_EQUAL(ikw_isakmp_notify_name(p.notify_type),
                           "INVALID-COOKIE");
    ikw_buf_release(&b);
    CU_ASSERT_FATAL(decode(I R "0c100500 0000abcd 0000002c"
                               "00000010 00000001 03040001 0badcafe",
                           false, &p, &b));
    CU_ASSERT(p.has_delete);
    CU_ASSERT_EQUAL(p.delete_protocol, 3);
    CU_ASSERT_EQUAL(p.delete_spi, 0x0badcafe);
    ikw_buf_release(&b);
}

static void tells_sense_from_noise(void)
{
    struct ikw_isakmp p;
    struct ikw_buf b;
    CU_ASSERT_FATAL(decode(I R "05100201 00000000 0000003c"
                               "0800000c 011101f4 c0000201"
                               "0000000c 11223344 55667788 d8fa0c07",
                           true, &p, &b));
    CU_ASSERT(ikw_isakmp_makes_sense(&p));
    CU_ASSERT(p.has_id);
    CU_ASSERT_EQUAL(p.id_data.len, 4);
    ikw_buf_release(&b);
    CU_ASSERT_FATAL(decode(I R "05100201 00000000 0000004c b14ea1b7"
                               "2c233a91 85fe1e45 eab3bff4 c3d4d60f",
                           true, &p, &b));
    CU_ASSERT(!ikw_isakmp_makes_sense(&p));
    ikw_buf_release(&b);
}

static void finds_a_notification_behind_a_spoilt_block(void)
{
    struct ikw_buf b = hex(I R "08100501 0000abcd 0000004c"
                               "b14ea1b7 2c233a91 85fe1e45 eab3bff4 c3d4d60f"
                               "00000010 00000001 01040018 0badcafe");
    struct ikw_slice bytes = { b.ptr, b.len };
    uint16_t type = 0;
    CU_ASSERT(ikw_isakmp_find_notify(bytes, &type));
    CU_ASSERT_EQUAL(type, 24);
    bytes.len -= 20;
    CU_ASSERT(!ikw_isakmp_find_notify(bytes, &type));
    ikw_buf_release(&b);
}

static void numbers_messages(void)
{
    static const struct {
        const char *packet;
        bool from_initiator;
        int number;
    } cases[] = {
        { MAIN_1, true, 1 },
        { I R "01100200 00000000 00000054" SA_BODY, false, 2 },
        { I R "04100200 00000000 00000024 00000008 aabbccdd", true, 3 },
        { I R "04100200 00000000 00000024 00000008 aabbccdd", false, 4 },
        { I R "05100201 00000000 00000020 00000000", true, 5 },
        { I R "05100201 00000000 00000020 00000000", false, 6 },
        { I R "0d100200 00000000 00000024 00000008 aabbccdd", true, 0 },
        { I NO "01100400 00000000 00000054" SA_BODY, true, 1 },
        { I R "01100400 00000000 00000054" SA_BODY, false, 2 },
        { I R "08100401 00000000 00000020 00000000", true, 3 },
        { I R "08102001 0000abcd 0000012c 00000000", true, 1 },
        { I R "08102001 0000abcd 0000012c 00000000", false, 2 },
        { I R "08102001 0000abcd 0000003c 00000000", true, 3 },
        { INFO_CLEAR, true, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_isakmp p;
        struct ikw_buf b;
        CU_ASSERT_FATAL(decode(cases[i].packet, false, &p, &b));
        CU_ASSERT_EQUAL(ikw_isakmp_message_number(&p, cases[i].from_initiator),
                        cases[i].number);
        ikw_buf_release(&b);
    }
}

/* Every prefix, and every octet turned over, must be survived. */
static void survives_any_damage(void)
{
    static const char *const packets[] = { MAIN_1, INFO_CLEAR };
    for (size_t k = 0; k < sizeof packets / sizeof packets[0]; k++) {
        struct ikw_buf b = hex(packets[k]);
        struct ikw_isakmp p;
        uint16_t type;
        for (size_t n = 0; n <= b.len; n++) {
            struct ikw_slice cut = { b.ptr, n };
            CU_ASSERT_EQUAL(ikw_isakmp_decode(cut, true, &p), n >= 28);
            ikw_isakmp_find_notify(cut, &type);
        }
        for (size_t n = 0; n < b.len; n++) {
            b.ptr[n] = (char)~b.ptr[n];
            struct ikw_slice all = { b.ptr, b.len };
            CU_ASSERT(ikw_isakmp_decode(all, true, &p));
            CU_ASSERT(p.npayloads <= IKW_ISAKMP_MAX_PAYLOADS);
            CU_ASSERT(p.nattrs <= IKW_ISAKMP_MAX_ATTRS);
            b.ptr[n] = (char)~b.ptr[n];
        }
        ikw_buf_release(&b);
    }
}

static void ends_a_chain_without_end(void)
{
    struct ikw_buf b = hex(I R "0d100200 00000000 00000400");
    for (int i = 0; i < 200; i++)
        ikw_hex_append(IKW_SLICE_LIT("0d000004"), &b);
    struct ikw_isakmp p;
    struct ikw_slice bytes = { b.ptr, b.len };
    CU_ASSERT(ikw_isakmp_decode(bytes, false, &p));
    CU_ASSERT(p.malformed);
    CU_ASSERT_EQUAL(p.npayloads, IKW_ISAKMP_MAX_PAYLOADS);
    ikw_buf_release(&b);
}

static void a_dump_within_a_line_is_hidden(void)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        { "psk: 416e3074 6865722e 4b6579", "psk: ******** ******** ******" },
        { "416e3074 68 x", "******** ** x" },
        { "416e3074 686 x", "416e3074 686 x" },
        { "416e3074 x", "416e3074 x" },
        { "x416e3074 6865722e", "x416e3074 6865722e" },
        { "416e3074  6865722e", "416e3074  6865722e" },
        { "0123456789abcdef 01234567", "0123456789abcdef 01234567" },
        { "192.0.2.1 2026-11-24", "192.0.2.1 2026-11-24" },
        { "416e3074 ", "416e3074 " },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", cases[i].text);
        ikw_hex_hide(text, strlen(text));
        CU_ASSERT_STRING_EQUAL(text, cases[i].shown);
    }
}

CU_TestInfo ikw_test_isakmp[] = {
    { "reads_hex_up_to_the_first_stranger",
      reads_hex_up_to_the_first_stranger },
    { "no_byte_but_a_digit_passes_in_a_group",
      no_byte_but_a_digit_passes_in_a_group },
    { "reads_the_header_and_the_offer", reads_the_header_and_the_offer },
    { "reads_clear_notifications_and_deletes",
      reads_clear_notifications_and_deletes },
    { "tells_sense_from_noise", tells_sense_from_noise },
    { "finds_a_notification_behind_a_spoilt_block",
      finds_a_notification_behind_a_spoilt_block },
    { "numbers_messages", numbers_messages },
    { "survives_any_damage", survives_any_damage },
    { "ends_a_chain_without_end", ends_a_chain_without_end },
    { "a_dump_within_a_line_is_hidden", a_dump_within_a_line_is_hidden },
    CU_TEST_INFO_NULL,
};
