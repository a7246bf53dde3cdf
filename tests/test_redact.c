#include "cases/redact.h"

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

CU_TestInfo ikw_test_redact[] = {
    { "nothing that names is left", nothing_that_names_is_left },
    { "the same becomes the same", the_same_becomes_the_same },
    { "words of the daemon stay", words_of_the_daemon_stay },
    CU_TEST_INFO_NULL,
};
