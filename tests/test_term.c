#include "cli/term.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void escapes_what_can_harm_a_terminal(void)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "plain text", "plain text" },
        { "\033[31mred", "\\x1b[31mred" },
        { "bell\a tab\t nl\n", "bell\\x07 tab\\x09 nl\\x0a" },
        { "del\x7f", "del\\x7f" },
        { "c1 \xc2\x9b"
          "31m",
          "c1 \\xc2\\x9b31m" },
        { "rtl \xe2\x80\xae x", "rtl \\xe2\\x80\\xae x" },
        { "iso \xe2\x81\xa6", "iso \\xe2\\x81\\xa6" },
        { "lrm \xe2\x80\x8e", "lrm \\xe2\\x80\\x8e" },
        { "bom \xef\xbb\xbf", "bom \\xef\\xbb\\xbf" },
        { "f\xc3\xbcr", "f\xc3\xbcr" },
        { "cut \xc3", "cut \\xc3" },
        { "overlong \xc0\xaf", "overlong \\xc0\\xaf" },
        { "surrogate \xed\xa0\x80", "surrogate \\xed\\xa0\\x80" },
        { "beyond \xf4\x90\x80\x80", "beyond \\xf4\\x90\\x80\\x80" },
        { "stray \x80\xff", "stray \\x80\\xff" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_buf b = { 0 };
        ikw_escape(&b, cases[i].in, strlen(cases[i].in), true);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), cases[i].out);
        ikw_buf_release(&b);
    }
}

static void escapes_nul_and_all_high_bytes_where_utf8_cannot_be_shown(void)
{
    struct ikw_buf b = { 0 };
    ikw_escape(&b, "a\0\xc3\xbc", 4, false);
    CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), "a\\x00\\xc3\\xbc");
    ikw_buf_release(&b);
}

/* No line is wider than the page, and no byte of the words gets lost. */
static void wraps_within_the_width(void)
{
    static const char *const texts[] = {
        "",
        "one",
        "some words that need more than a single line of this page",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "mixed aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and words",
        "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (unsigned lines = 0; lines < 4; lines++) {
            struct ikw_page page = { .width = 20, .utf8 = true };
            ikw_page_spaces(&page, 6);
            ikw_page_wrap(&page, 6, 4, lines, texts[i]);
            unsigned n = 0;
            for (const char *p = page.out.ptr; *p; n++) {
                size_t len = strcspn(p, "\n");
                CU_ASSERT(ikw_columns(p, len) <= 20);
                p += len + 1;
            }
            CU_ASSERT(!lines || n <= lines);
            ikw_page_release(&page);
        }
}

static void says_that_text_was_cut(void)
{
    struct ikw_page page = { .width = 20, .utf8 = true };
    ikw_page_wrap(&page, 0, 0, 1, "the end fits here ok");
    ikw_page_wrap(&page, 0, 0, 1, "but here it does not, no");
    CU_ASSERT_STRING_EQUAL(ikw_buf_str(&page.out),
                           "the end fits here ok\nbut here it does ...\n");
    ikw_page_release(&page);
}

CU_TestInfo ikw_test_term[] = {
    { "escapes_what_can_harm_a_terminal", escapes_what_can_harm_a_terminal },
    { "escapes_nul_and_all_high_bytes_where_utf8_cannot_be_shown",
      escapes_nul_and_all_high_bytes_where_utf8_cannot_be_shown },
    { "wraps_within_the_width", wraps_within_the_width },
    { "says_that_text_was_cut", says_that_text_was_cut },
    CU_TEST_INFO_NULL,
};
