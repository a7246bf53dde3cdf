/* Names of rotated logs, their order, and the words of the progress bar. */
#include "cli/progress.h"
#include "facts/input/rotation.h"

#include <CUnit/CUnit.h>

#include <string.h>

static void a_rotated_name_is_taken_apart(void)
{
    static const struct {
        const char *name, *stem;
        int64_t number, date;
    } rows[] = {
        { "racoon.log", "racoon.log", 0, 0 },
        { "racoon.log.1", "racoon.log", 2, 0 },
        { "a/racoon.log.12.gz", "a/racoon.log", 13, 0 },
        { "racoon.log.0.xz", "racoon.log", 1, 0 },
        { "racoon.log-20260114", "racoon.log", 0, 20260114 },
        { "racoon.log-20260114.bz2", "racoon.log", 0, 20260114 },
        { "racoon.log.20260114.1", "racoon.log", 2, 20260114 },
        { "messages-2026011403.zst", "messages", 0, 2026011403 },
        { "gw10", "gw10", 0, 0 },
        { "10.0.0.1", "10.0.0.1", 0, 0 },
        { "logs/10.0.0.1", "logs/10.0.0.1", 0, 0 },
        { "racoon.log.123456", "racoon.log.123456", 0, 0 },
        { ".1", ".1", 0, 0 },
        { "", "", 0, 0 },
        { ".gz", ".gz", 0, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ikw_rotated r = ikw_rotated_parse(rows[i].name);
        CU_ASSERT(ikw_slice_is(r.stem, rows[i].stem));
        CU_ASSERT_EQUAL(r.number, rows[i].number);
        CU_ASSERT_EQUAL(r.date, rows[i].date);
    }
}

static void names_are_ordered_oldest_first(void)
{
    static const char *const order[] = {
        "l-20251231", "l-20260101", "l.10.gz", "l.2", "l.1", "l.0", "l",
    };
    enum { N = sizeof order / sizeof order[0] };
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++) {
            struct ikw_rotated a = ikw_rotated_parse(order[i]);
            struct ikw_rotated b = ikw_rotated_parse(order[k]);
            int c = ikw_rotated_cmp(&a, &b);
            CU_ASSERT_EQUAL((c > 0) - (c < 0), (i > k) - (i < k));
        }
}

static void the_bar_says_rate_and_time_left(void)
{
    static const struct {
        uint64_t total, done;
        int64_t after_ms;
        const char *words;
    } rows[] = {
        { 400 << 20, 100 << 20, 2000,
          "[######..................]  25 %  100 MiB, 50.0 MiB/s, 0:06 left" },
        { 400 << 20, 400 << 20, 8000,
          "[########################] 100 %  400 MiB, 50.0 MiB/s, 0:00 left" },
        { 400 << 20, 500 << 20, 10000,
          "[########################] 100 %  500 MiB, 50.0 MiB/s, 0:00 left" },
        { 0, 3 << 20, 1500, "3 MiB, 2.0 MiB/s" },
        { 1 << 20, 0, 0, "[........................]   0 %  0 MiB, 0.0 MiB/s" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ikw_progress p = { .total = rows[i].total,
                                  .done = rows[i].done };
        struct ikw_buf b = { 0 };
        ikw_progress_words(&p, rows[i].after_ms, &b);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), rows[i].words);
        ikw_buf_release(&b);
    }
}

CU_TestInfo ikw_test_inputs[] = {
    { "a_rotated_name_is_taken_apart", a_rotated_name_is_taken_apart },
    { "names_are_ordered_oldest_first", names_are_ordered_oldest_first },
    { "the_bar_says_rate_and_time_left", the_bar_says_rate_and_time_left },
    CU_TEST_INFO_NULL,
};
