#include "cli/when.h"

#include <CUnit/CUnit.h>

static void prints_dates_on_both_sides_of_1970(void)
{
    static const struct {
        int64_t t_ms;
        const char *iso;
    } cases[] = {
        { 0, "1970-01-01T00:00:00" },
        { -1, "1969-12-31T23:59:59" },
        { 951782400000, "2000-02-29T00:00:00" },
        { 1795500892999, "2026-11-24T06:14:52" },
        { 4107542399000, "2100-02-28T23:59:59" },
        { 4107542400000, "2100-03-01T00:00:00" },
        { -62135596800000, "0001-01-01T00:00:00" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_buf b = { 0 };
        ikw_when_iso(&b, cases[i].t_ms);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), cases[i].iso);
        ikw_buf_release(&b);
    }
}

static void survives_the_ends_of_the_scale(void)
{
    struct ikw_buf b = { 0 };
    ikw_when_iso(&b, INT64_MAX);
    ikw_when_iso(&b, INT64_MIN);
    ikw_when_date_time(&b, INT64_MIN, true);
    CU_ASSERT(b.len > 0);
    ikw_buf_release(&b);
}

static void leaves_out_an_unknown_year(void)
{
    struct ikw_buf b = { 0 };
    ikw_when_date_time(&b, 951782400000, true);
    CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), "Feb 29 00:00:00");
    ikw_buf_release(&b);
}

static void names_spans_in_a_unit_that_suits(void)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        { 40000, "40 s" },       { 119999, "119 s" }, { 120000, "2 min" },
        { 7199000, "119 min" },  { 7200000, "2 h" },  { 172799000, "47 h" },
        { 172800000, "2 days" }, { 0, "0 s" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_buf b = { 0 };
        ikw_when_span(&b, cases[i].ms);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), cases[i].text);
        ikw_buf_release(&b);
    }
}

CU_TestInfo ikw_test_when[] = {
    { "prints_dates_on_both_sides_of_1970",
      prints_dates_on_both_sides_of_1970 },
    { "survives_the_ends_of_the_scale", survives_the_ends_of_the_scale },
    { "leaves_out_an_unknown_year", leaves_out_an_unknown_year },
    { "names_spans_in_a_unit_that_suits", names_spans_in_a_unit_that_suits },
    CU_TEST_INFO_NULL,
};
