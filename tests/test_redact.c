#include "cases/redact.h"
#include "cases/redact_packet.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static void redact(const char *text, struct ikw_buf *out)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = ikw_kb_load("kb", &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    struct ikw_redactor *r = ikw_redactor_new(kb, 42);
    ikw_redact_note(r, ikw_slice_of(text));
    ikw_redact(r, ikw_slice_of(text), out);
    ikw_redactor_free(r);
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

static void nothing_that_names_is_left(void)
{
    static const struct {
        const char *text, *gone;
    } cases[] = {
        { "2026-11-24 05:55:48: INFO: x\n", "2026-11-24" },
        { "to 10.1.2.3[500]\n", "10.1.2.3" },
        { "to 8.8.4.4.\n", "8.8.4.4" },
        { "net 192.168.7.0/24 x\n", "192.168.7." },
        { "to 2001:db8:1::7[500]\n", "2001:db8:1::7" },
        { "spi:a1cd829f71ffadea:c9fb78497354672e\n", "a1cd829f71ffadea" },
        { "spi=168426088(0xa09fa68)\n", "a09fa68" },
        { "spi=12345678.\n", "12345678" },
        { "spi=f09440cf spi_p\n", "f09440cf" },
        { "identity gw-a.customer.net.\n", "customer" },
        { "user joe@customer.net x\n", "joe" },
        { "SubjectName:/C=DE/O=Big Customer/CN=gw 1\n", "Big Customer" },
        { "Nov 24 07:22:27 hostname racoon: x\n", "hostname" },
        { "a DEBUG: \ndeadbeef 01020304 05060708\n", "deadbeef" },
        /* a key: the head that stands over its dump is no heading */
        { "x: DEBUG: SKEYID computed:\nx: DEBUG: \n"
          "2e8c9c04 e794be4b 2531e55f 585c6b45 18215418\n",
          "18215418" },
        { "x: DEBUG2: psk: x: DEBUG2: \n416e42\n", "416e42" },
        { "x: DEBUG: KEYMAT computed.\nx: DEBUG: \r\n"
          "2e8c9c04 e794be4b 2531e55f 585c6b45 182154AB\r\n",
          "182154AB" },
        { "> 2e8c9c04 e794be4b 2531e55f\n", "2e8c9c04" },
        { "Nov 24 07:22:27 racoon: x\n", "Nov 24" },
        { "Nov 24 07:22:27 hostname racoon: x\n", "Nov 24" },
        { "racoon: [Big Customer]: [8.8.4.xxx] INFO: x\n", "Big" },
        { "racoon: [Big Customer]: [8.8.4.xxx] INFO: x\n", "8.8." },
        { "x #012deadbeef 01020304 05060708\n", "deadbeef" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_buf out = { 0 };
        redact(cases[i].text, &out);
        if (strstr(ikw_buf_str(&out), cases[i].gone))
            printf("left: %s in %s", cases[i].gone, ikw_buf_str(&out));
        CU_ASSERT_PTR_NULL(strstr(ikw_buf_str(&out), cases[i].gone));
        ikw_buf_release(&out);
    }
}

static void the_same_becomes_the_same(void)
{
    struct ikw_buf out = { 0 };
    char a[64], b[64], c[64];
    redact("10.1.2.3 10.1.2.3 10.1.2.0/24\n", &out);
    CU_ASSERT_EQUAL(sscanf(ikw_buf_str(&out), "%63s %63s %63s", a, b, c), 3);
    CU_ASSERT_STRING_EQUAL(a, b);
    /* still inside its network */
    char *dot = strrchr(c, '.');
    CU_ASSERT(dot && !strncmp(a, c, (size_t)(dot - c) + 1));
    CU_ASSERT_STRING_EQUAL(dot, ".0/24");
    ikw_buf_release(&out);
}

static void words_of_the_daemon_stay(void)
{
    static const char *const lines[] = {
        "INFO: begin Identity Protection mode.\n",
        "ERROR: no suitable proposal found.\n",
        ("ERROR: ignore information because the message is too short - 76 "
         "byte(s).\n"),
        "0.0.0.0 127.0.0.1 255.255.255.0 ::\n",
        "",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct ikw_buf out = { 0 };
        redact(lines[i], &out);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&out), lines[i]);
        ikw_buf_release(&out);
    }
}

/* What of a packet stays, as hex: what goes is 00. */
static void sift(const char *hex, bool decrypted, char *out)
{
    struct ikw_packet_sieve s;
    ikw_packet_sieve_begin(&s, decrypted);
    for (; *hex; hex += 2, out += 2) {
        unsigned octet = 0;
        CU_ASSERT_EQUAL_FATAL(sscanf(hex, "%2x", &octet), 1);
        bool keep = ikw_packet_sieve_keeps(&s, (uint8_t)octet);
        snprintf(out, 3, "%02x", keep ? octet : 0);
        ikw_packet_sieve_take(&s, (uint8_t)octet);
    }
}

#define COOKIES "11111111111111112222222222222222"
#define GONE "00000000000000000000000000000000"

static void of_a_packet_the_form_stays(void)
{
    static const struct {
        const char *name, *in, *out;
        bool decrypted;
    } packets[] = {
        { "key exchange and nonce",
          COOKIES "04100200000000000000002c"
                  "0a000008abcdef01"
                  "00000008abcdef01",
          GONE "04100200000000000000002c"
               "0a00000800000000"
               "0000000800000000",
          false },
        { "a proposal without its SPI",
          COOKIES "01100200000000000000003c"
                  "000000200000000100000001"
                  "0000001401030401deadbeef"
                  "0000000801010000",
          GONE "01100200000000000000003c"
               "000000200000000100000001"
               "000000140103040100000000"
               "0000000801010000",
          false },
        { "a notification without its cookies",
          COOKIES "0b1005000000000000000028"
                  "0000001000000001"
                  "01100004aabbccdd",
          GONE "0b1005000000000000000028"
               "0000001000000001"
               "0110000400000000",
          false },
        { "nothing of what is encrypted",
          COOKIES "081005010000000100000024"
                  "0000000800000001",
          GONE "081005010000000100000024"
               "0000000000000000",
          false },
        { "an identity's type",
          COOKIES "051002010000000000000028"
                  "0000000c011101f4c0000207",
          GONE "051002010000000000000028"
               "0000000c011101f400000000",
          true },
        { "small octets of noise",
          COOKIES "081005010000000100000030"
                  "ef93be872f6ec58b"
                  "0000000c0000000101000016",
          GONE "081005010000000100000030"
               "ef93be8700000000"
               "0000000c0000000101000016",
          true },
    };
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        char out[256];
        sift(packets[i].in, packets[i].decrypted, out);
        if (strcmp(out, packets[i].out) != 0)
            printf("%s: %s\n", packets[i].name, out);
        CU_ASSERT_STRING_EQUAL(out, packets[i].out);
    }
}

static void days_move_with_dates(void)
{
    struct ikw_buf out = { 0 };
    redact("Nov 24 07:00:00 gw racoon: 2026-11-24 07:00:00: INFO: x\n"
           "Jan  5 07:00:00 gw racoon: 2027-01-05 07:00:00: INFO: x\n",
           &out);
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&out), "Nov  8 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&out), "2022-11-08"));
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&out), "Dec 20 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&out), "2022-12-20"));
    ikw_buf_release(&out);
}

CU_TestInfo ikw_test_redact[] = {
    { "nothing that names is left", nothing_that_names_is_left },
    { "the same becomes the same", the_same_becomes_the_same },
    { "words of the daemon stay", words_of_the_daemon_stay },
    { "of a packet the form stays", of_a_packet_the_form_stays },
    { "days move with dates", days_move_with_dates },
    CU_TEST_INFO_NULL,
};
