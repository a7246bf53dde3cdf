/* Files, streams and bytes in memory to runs of whole lines. */
#include "tests/log_kit.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];

static void temporary(const void *bytes, size_t len)
{
    snprintf(path, sizeof path, "/tmp/ikw-test-XXXXXX");
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT(write(fd, bytes, len) == (ssize_t)len);
    close(fd);
}

/* All runs of the input one after the other. */
static void read_all(struct ikw_input *in, struct ikw_buf *out,
                     struct ikw_diags *ds)
{
    struct ikw_slice run;
    while ((run = ikw_input_next(in, ds)).len) {
        ikw_buf_add(out, run.ptr, run.len);
        CU_ASSERT(run.len <= 1024 * 1024 + 1);
    }
    CU_ASSERT_EQUAL(ikw_input_next(in, ds).len, 0);
}

static void lines_into(struct ikw_buf *b, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++)
        ikw_buf_addf(b, "2018-03-20 09:38:16: INFO: line %zu of many\n", i);
}

static void check_read(const struct ikw_buf *file, const struct ikw_buf *want)
{
    struct ikw_diags ds = { 0 };
    struct ikw_buf got = { 0 };
    temporary(file->ptr, file->len);
    struct ikw_input *in = ikw_input_open(path, NULL, &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    CU_ASSERT_STRING_EQUAL(ikw_input_name(in), path);
    read_all(in, &got, &ds);
    CU_ASSERT(!ikw_input_failed(in));
    CU_ASSERT_EQUAL(got.len, want->len);
    CU_ASSERT(got.len == want->len && !memcmp(got.ptr, want->ptr, got.len));
    CU_ASSERT_EQUAL(ds.count, 0);
    ikw_input_close(in);
    ikw_buf_release(&got);
    ikw_diags_release(&ds);
    unlink(path);
}

static void a_file_is_handed_out_whole(void)
{
    struct ikw_buf b = { 0 };
    lines_into(&b, 0, 40000); /* 1.6 MB: several pieces */
    ikw_buf_adds(&b, "the last line has no newline");
    check_read(&b, &b);
    ikw_buf_release(&b);
}

static void every_run_ends_with_a_line(void)
{
    struct ikw_buf b = { 0 };
    struct ikw_diags ds = { 0 };
    lines_into(&b, 0, 20000);
    temporary(b.ptr, b.len);
    struct ikw_input *in = ikw_input_open(path, NULL, &ds);
    struct ikw_slice run;
    size_t runs = 0;
    while ((run = ikw_input_next(in, &ds)).len) {
        CU_ASSERT_EQUAL(run.ptr[run.len - 1], '\n');
        runs++;
    }
    CU_ASSERT(runs > 1);
    ikw_input_close(in);
    ikw_buf_release(&b);
    unlink(path);
}

/* ---- compressed -------------------------------------------------------- */

static la_ssize_t keep(struct archive *a, void *arg, const void *p, size_t n)
{
    (void)a;
    ikw_buf_add(arg, p, n);
    return (la_ssize_t)n;
}

static void compress(const struct ikw_buf *in, const char *filter,
                     struct ikw_buf *out)
{
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    archive_write_set_format_raw(a);
    CU_ASSERT_EQUAL_FATAL(archive_write_add_filter_by_name(a, filter),
                          ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(a, 1);
    archive_write_open(a, out, NULL, keep, NULL);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_pathname(e, "x");
    archive_write_header(a, e);
    archive_write_data(a, in->ptr, in->len);
    archive_entry_free(e);
    archive_write_close(a);
    archive_write_free(a);
}

static const char *const filters[] = { "gzip", "xz", "zstd", "bzip2" };

static void compressed_files_are_read_in_place(void)
{
    struct ikw_buf b = { 0 };
    lines_into(&b, 0, 20000);
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct ikw_buf packed = { 0 };
        compress(&b, filters[i], &packed);
        check_read(&packed, &b);
        ikw_buf_release(&packed);
    }
    ikw_buf_release(&b);
}

static void small_compressed_files_too(void)
{
    struct ikw_buf b = { 0 };
    ikw_buf_adds(&b, "2018-03-20 09:38:16: INFO: a\n");
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct ikw_buf packed = { 0 };
        compress(&b, filters[i], &packed);
        check_read(&packed, &b);
        ikw_buf_release(&packed);
    }
    ikw_buf_release(&b);
}

static void a_damaged_compressed_file_is_reported(void)
{
    struct ikw_buf b = { 0 }, packed = { 0 }, got = { 0 };
    struct ikw_diags ds = { 0 };
    lines_into(&b, 0, 20000);
    compress(&b, "gzip", &packed);
    temporary(packed.ptr, packed.len / 2);
    struct ikw_input *in = ikw_input_open(path, NULL, &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    read_all(in, &got, &ds);
    CU_ASSERT(ikw_input_failed(in));
    CU_ASSERT_EQUAL(ds.count, 1);
    CU_ASSERT(got.len > 0 && got.len < b.len);
    ikw_input_close(in);
    ikw_buf_release(&b);
    ikw_buf_release(&packed);
    ikw_buf_release(&got);
    ikw_diags_release(&ds);
    unlink(path);
}

/* ---- unpacked ahead, in a thread of its own ---------------------------- */

struct told {
    struct ikw_buf text, said;
    size_t octets;
    bool failed;
};

static void tick(void *arg, size_t octets)
{
    struct told *t = arg;
    t->octets += octets;
}

/* What the file gives; no more than `runs` runs of it. */
static void read_ahead(bool ahead, size_t runs, struct told *t)
{
    struct ikw_input_opts opts = { .ahead = ahead,
                                   .tick = tick,
                                   .tick_arg = t };
    struct ikw_diags ds = { 0 };
    struct ikw_slice run;
    struct ikw_input *in = ikw_input_open(path, &opts, &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    while (runs-- && (run = ikw_input_next(in, &ds)).len)
        ikw_buf_add(&t->text, run.ptr, run.len);
    t->failed = ikw_input_failed(in);
    ikw_input_close(in);
    for (const struct ikw_diag *d = ds.head; d; d = d->next)
        ikw_buf_addf(&t->said, "%s: %s\n", d->pos.file, d->text);
    ikw_diags_release(&ds);
}

static bool same(const struct ikw_buf *a, const struct ikw_buf *b)
{
    return a->len == b->len && (!a->len || !memcmp(a->ptr, b->ptr, a->len));
}

static void release(struct told *t)
{
    ikw_buf_release(&t->text);
    ikw_buf_release(&t->said);
}

/* In the thread as without it: text, errors, octets told of. */
static void check_ahead(const struct ikw_buf *file, bool fails)
{
    struct told with = { 0 }, without = { 0 };
    temporary(file->ptr, file->len);
    read_ahead(true, SIZE_MAX, &with);
    read_ahead(false, SIZE_MAX, &without);
    unlink(path);
    CU_ASSERT(with.text.len > 2 * 1024 * 1024);
    CU_ASSERT(same(&with.text, &without.text));
    CU_ASSERT(same(&with.said, &without.said));
    CU_ASSERT_EQUAL(with.octets, without.octets);
    CU_ASSERT_EQUAL(with.failed, fails);
    CU_ASSERT_EQUAL(without.failed, fails);
    CU_ASSERT_EQUAL(with.said.len > 0, fails);
    release(&with);
    release(&without);
}

static void a_thread_gives_what_one_would_read_without(void)
{
    struct ikw_buf b = { 0 };
    lines_into(&b, 0, 70000);
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct ikw_buf packed = { 0 };
        compress(&b, filters[i], &packed);
        check_ahead(&packed, false);
        ikw_buf_release(&packed);
    }
    ikw_buf_release(&b);
}

static void damage_far_in_is_told_as_without_a_thread(void)
{
    struct ikw_buf b = { 0 };
    lines_into(&b, 0, 100000);
    for (size_t i = 0; i < 2; i++) {
        struct ikw_buf packed = { 0 };
        compress(&b, "gzip", &packed);
        packed.len -= packed.len / 4;
        if (i) /* not cut off but spoilt */
            memset(packed.ptr + packed.len - 5000, 0xff, 5000);
        check_ahead(&packed, true);
        ikw_buf_release(&packed);
    }
    ikw_buf_release(&b);
}

/* The ring is full then, or about to be. */
static void who_stops_early_ends_the_thread(void)
{
    struct ikw_buf b = { 0 }, packed = { 0 };
    lines_into(&b, 0, 150000);
    compress(&b, "gzip", &packed);
    temporary(packed.ptr, packed.len);
    for (size_t runs = 1; runs < 12; runs += 2) {
        struct told t = { 0 };
        read_ahead(true, runs, &t);
        CU_ASSERT(t.text.len < b.len && !t.failed && !t.said.len);
        CU_ASSERT(!memcmp(t.text.ptr, b.ptr, t.text.len));
        release(&t);
    }
    unlink(path);
    ikw_buf_release(&packed);
    ikw_buf_release(&b);
}

/* ---- what cannot be read ----------------------------------------------- */

static void check_refused(const char *name, const char *word)
{
    struct ikw_diags ds = { 0 };
    struct ikw_input *in = ikw_input_open(name, NULL, &ds);
    CU_ASSERT_PTR_NULL(in);
    CU_ASSERT_EQUAL_FATAL(ds.count, 1);
    CU_ASSERT_EQUAL(ds.head->code, IKW_DIAG_IO);
    CU_ASSERT_STRING_EQUAL(ds.head->pos.file, name);
    CU_ASSERT_PTR_NOT_NULL(strstr(ds.head->text, word));
    ikw_diags_release(&ds);
}

static void each_thing_that_is_no_log_is_named(void)
{
    char noise[4096], tar[1024] = "name";
    unsigned x = 1;
    check_refused("/no/such/file", "cannot open");
    check_refused("/tmp", "directory");
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)((x = x * 1103515245 + 12345) >> 16);
    temporary(noise, sizeof noise);
    check_refused(path, "binary");
    unlink(path);
    memset(noise, 0, sizeof noise);
    memcpy(noise, "\177ELF", 4);
    temporary(noise, sizeof noise);
    check_refused(path, "binary");
    unlink(path);
    memcpy(tar + 257, "ustar", 5);
    temporary(tar, sizeof tar);
    check_refused(path, "tar");
    unlink(path);
}

static void an_empty_file_is_a_warning(void)
{
    static const char hole[2048];
    for (size_t len = 0; len <= sizeof hole; len += sizeof hole) {
        struct ikw_diags ds = { 0 };
        temporary(hole, len);
        struct ikw_input *in = ikw_input_open(path, NULL, &ds);
        CU_ASSERT_PTR_NOT_NULL_FATAL(in);
        CU_ASSERT_EQUAL(ikw_input_next(in, &ds).len, 0);
        CU_ASSERT(!ikw_input_failed(in));
        CU_ASSERT_EQUAL_FATAL(ds.count, 1);
        CU_ASSERT_EQUAL(ds.head->code, IKW_DIAG_IO_EMPTY);
        CU_ASSERT_EQUAL(ds.errors, 0);
        ikw_input_close(in);
        ikw_diags_release(&ds);
        unlink(path);
    }
}

static void a_hole_and_a_mark_before_the_text_are_passed(void)
{
    struct ikw_buf b = { 0 }, file = { 0 };
    static const char hole[300000];
    lines_into(&b, 0, 10);
    ikw_buf_add(&file, hole, sizeof hole);
    ikw_buf_adds(&file, "\xef\xbb\xbf");
    ikw_buf_add(&file, b.ptr, b.len);
    check_read(&file, &b);
    ikw_buf_release(&b);
    ikw_buf_release(&file);
}

static void a_few_nuls_do_not_make_it_binary(void)
{
    struct ikw_buf b = { 0 };
    lines_into(&b, 0, 10);
    ikw_buf_add(&b, "x\0y\xff\xfe\n", 6);
    check_read(&b, &b);
    ikw_buf_release(&b);
}

/* ---- long lines -------------------------------------------------------- */

static void long_line(struct ikw_buf *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ikw_buf_addc(b, (char)('a' + i % 26));
    ikw_buf_addc(b, '\n');
}

static void check_cut(struct ikw_input *in, size_t most)
{
    struct ikw_diags ds = { 0 };
    size_t lines = 0, longest = 0, at = 0;
    struct ikw_slice run;
    while ((run = ikw_input_next(in, &ds)).len) {
        for (size_t i = 0; i < run.len; i++, at++) {
            if (run.ptr[i] != '\n')
                continue;
            longest = at > longest ? at : longest;
            lines++;
            at = (size_t)-1;
        }
        if (run.ptr[run.len - 1] != '\n') { /* cut */
            longest = at > longest ? at : longest;
            lines++;
            at = 0;
        }
    }
    CU_ASSERT_EQUAL(lines, 5);
    CU_ASSERT_EQUAL(longest, most);
    CU_ASSERT_EQUAL_FATAL(ds.count, 1);
    CU_ASSERT_EQUAL(ds.head->code, IKW_DIAG_IO_LIMIT);
    CU_ASSERT(!ikw_input_failed(in));
    ikw_diags_release(&ds);
}

static void a_line_that_is_too_long_is_cut_once(void)
{
    static const size_t limits[] = { 2048, 300000, 0 };
    for (size_t i = 0; i < 3; i++) {
        struct ikw_limits bounds;
        size_t most = limits[i] ? limits[i] : 1024 * 1024;
        struct ikw_diags ds = { .limits = &bounds };
        struct ikw_buf b = { 0 };
        ikw_buf_adds(&b, "first\n");
        long_line(&b, most + 5);
        ikw_buf_adds(&b, "second\n");
        long_line(&b, 3 * most);
        ikw_buf_adds(&b, "last\n");
        temporary(b.ptr, b.len);
        ikw_limits_init(&bounds);
        bounds.most[IKW_LIMIT_LINE] = most;
        struct ikw_input *in = ikw_input_open(path, NULL, &ds);
        CU_ASSERT_PTR_NOT_NULL_FATAL(in);
        check_cut(in, most);
        CU_ASSERT(bounds.cut[IKW_LIMIT_LINE]);
        ikw_input_close(in);
        unlink(path);
        if (!limits[i]) {
            struct ikw_slice bytes = { b.ptr, b.len };
            in = ikw_input_bytes("memory", bytes);
            check_cut(in, most);
            ikw_input_close(in);
        }
        ikw_buf_release(&b);
    }
}

static void a_line_of_the_longest_length_is_whole(void)
{
    struct ikw_buf b = { 0 };
    ikw_buf_adds(&b, "first\n");
    long_line(&b, 1024 * 1024 - 1);
    ikw_buf_adds(&b, "last\n");
    check_read(&b, &b);
    ikw_buf_release(&b);
}

/* ---- memory and streams ------------------------------------------------ */

static void bytes_in_memory_are_not_copied(void)
{
    static const char text[] = "one\ntwo\nthree";
    struct ikw_diags ds = { 0 };
    struct ikw_input *in = ikw_input_bytes("x", IKW_SLICE_LIT(text));
    struct ikw_slice run = ikw_input_next(in, &ds);
    CU_ASSERT_PTR_EQUAL(run.ptr, text);
    CU_ASSERT_EQUAL(run.len, sizeof text - 1);
    CU_ASSERT_EQUAL(ikw_input_next(in, &ds).len, 0);
    CU_ASSERT_STRING_EQUAL(ikw_input_name(in), "x");
    ikw_input_close(in);
    in = ikw_input_bytes("nothing", (struct ikw_slice){ "", 0 });
    CU_ASSERT_EQUAL(ikw_input_next(in, &ds).len, 0);
    ikw_input_close(in);
    ikw_input_close(NULL);
}

static void a_stream_may_come_in_small_pieces(void)
{
    struct ikw_diags ds = { 0 };
    struct ikw_buf got = { 0 }, want = { 0 };
    snprintf(path, sizeof path, "/tmp/ikw-test-fifo-%ld", (long)getpid());
    CU_ASSERT_FATAL(mkfifo(path, 0600) == 0);
    lines_into(&want, 0, 200);
    pid_t child = fork();
    if (child == 0) {
        int fd = open(path, O_WRONLY);
        for (size_t i = 0; i < want.len; i += 7)
            if (write(fd, want.ptr + i, want.len - i < 7 ? want.len - i : 7) <
                0)
                _exit(1);
        _exit(0);
    }
    struct ikw_input *in = ikw_input_open(path, NULL, &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    read_all(in, &got, &ds);
    CU_ASSERT_EQUAL(got.len, want.len);
    CU_ASSERT(got.len == want.len && !memcmp(got.ptr, want.ptr, got.len));
    ikw_input_close(in);
    ikw_buf_release(&got);
    ikw_buf_release(&want);
    unlink(path);
}

#define TEST(f)                                                                \
    {                                                                          \
#f, f                                                                  \
    }

extern CU_TestInfo ikw_test_reader[];
CU_TestInfo ikw_test_reader[] = {
    TEST(a_file_is_handed_out_whole),
    TEST(every_run_ends_with_a_line),
    TEST(compressed_files_are_read_in_place),
    TEST(small_compressed_files_too),
    TEST(a_damaged_compressed_file_is_reported),
    TEST(a_thread_gives_what_one_would_read_without),
    TEST(damage_far_in_is_told_as_without_a_thread),
    TEST(who_stops_early_ends_the_thread),
    TEST(each_thing_that_is_no_log_is_named),
    TEST(an_empty_file_is_a_warning),
    TEST(a_hole_and_a_mark_before_the_text_are_passed),
    TEST(a_few_nuls_do_not_make_it_binary),
    TEST(a_line_that_is_too_long_is_cut_once),
    TEST(a_line_of_the_longest_length_is_whole),
    TEST(bytes_in_memory_are_not_copied),
    TEST(a_stream_may_come_in_small_pieces),
    CU_TEST_INFO_NULL,
};
