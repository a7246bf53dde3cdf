/* Lines that are passed over: what comes out of a log must be what comes out
 * of it line by line, whatever stands in it. */
#include "tests/log_kit.h"

/* ---- the memo ---------------------------------------------------------- */

static uint32_t dice(uint32_t *x)
{
    *x = *x * 1103515245 + 12345;
    return *x >> 16 & 0x7fff;
}

static void change(char *text, uint32_t *x)
{
    static const char digits[] = "0123456789abcdef";
    for (char *p = text; *p; p++)
        if (strchr(digits, *p) && dice(x) % 4 == 0)
            *p = digits[dice(x) % 16];
        else if (dice(x) % 200 == 0)
            *p = "#0-.\r A"[dice(x) % 7];
}

/* What was said of the messages: by the number in their ids. */
static unsigned char how_of(const struct ikw_match *m)
{
    return (unsigned char)(1 + atoi(m->tmpl->message->id + 1));
}

static void what_is_skimmed_is_what_the_search_finds(void)
{
    static const char *const texts[] = {
        "===",
        "begin.",
        "seen {n:int} of {what:text}",
        "at {p:hex} by {who:addr}",
        "phase1 {a:ip} up",
        "phase{n:int} {a:text} up",
        "mark #{n:int} of {m:int}",
        "it is a longer text of {n:int} bytes with {h:hex} in it",
    };
    static const char *const lines[] = {
        "===",
        "begin.",
        "seen 7 of five",
        "at 0x1f00 by 10.0.0.1[500]",
        "phase1 10.0.0.1 up",
        "mark #1 of 2",
        "it is a longer text of 17 bytes with 0x7ffd64ec18d0 in it",
        "12345678 9abcdef0",
    };
    size_t n = sizeof lines / sizeof lines[0], skimmed = 0;
    const struct ikw_kb *kb =
        kit_templates(texts, sizeof texts / sizeof texts[0]);
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_match_memo *memo = ikw_match_memo_new();
    uint32_t x = 3;
    for (size_t round = 0; round < 30000; round++) {
        char text[KIT_TEXT * 2];
        struct ikw_match plain, kept;
        unsigned char how = 0;
        strcpy(text, lines[dice(&x) % 3 ? round % n : dice(&x) % n]);
        change(text, &x);
        struct ikw_slice s = ikw_slice_of(text);
        memset(text + s.len, '\n', sizeof text - s.len);
        bool known = ikw_matcher_match(m, s, &plain);
        size_t len = ikw_match_memo_skim(memo, text, text + sizeof text, &how);
        skimmed += len > 0;
        if (len) {
            CU_ASSERT_EQUAL_FATAL(len, s.len);
            CU_ASSERT_FATAL(known && how == how_of(&plain));
            CU_ASSERT_PTR_NULL(memchr(text, '#', len));
        } else if (ikw_matcher_match_memo(m, memo, s, &kept)) {
            CU_ASSERT_PTR_EQUAL_FATAL(kept.tmpl, plain.tmpl);
            ikw_match_memo_hush(memo, how_of(&kept));
        }
    }
    CU_ASSERT(skimmed > 5000);
    ikw_match_memo_free(memo);
    ikw_matcher_free(m);
    ikw_kb_free((struct ikw_kb *)(uintptr_t)kb);
}

static void nothing_is_read_behind_the_end(void)
{
    static const char *const texts[] = { "begin.", "{n:int} bytes" };
    const struct ikw_kb *kb = kit_templates(texts, 2);
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_match_memo *memo = ikw_match_memo_new();
    struct ikw_match match;
    unsigned char how;
    char room[256];
    ikw_matcher_match_memo(m, memo, ikw_slice_of("begin."), &match);
    ikw_match_memo_hush(memo, 1);
    memset(room, 'x', sizeof room);
    memcpy(room, "begin.\n", 7);
    CU_ASSERT_EQUAL(ikw_match_memo_skim(memo, room, room + 256, &how), 6);
    for (size_t n = 0; n < 129; n++) { /* too near the end to look at */
        char *exact = ikw_xmalloc(n + 1);
        memcpy(exact, room, n);
        CU_ASSERT_EQUAL(ikw_match_memo_skim(memo, exact, exact + n, &how), 0);
        free(exact);
    }
    ikw_match_memo_free(memo);
    ikw_matcher_free(m);
    ikw_kb_free((struct ikw_kb *)(uintptr_t)kb);
}

/* ---- a log ------------------------------------------------------------- */

static void take_set(void *arg, struct ikw_fact_set *fs)
{
    struct ikw_buf *out = arg;
    ikw_buf_addf(out, "%s:\n", fs->peer ? fs->peer : "-");
    for (size_t i = 0; i < fs->nfacts; i++) {
        ikw_fact_print(fs->facts[i], out);
        ikw_buf_addf(out, " x%u\n", fs->facts[i]->count);
    }
}

static void take_unrecognised(void *arg, const struct ikw_line *line)
{
    ikw_buf_addf(arg, "? %u %.*s\n", line->number, (int)line->text.len,
                 line->text.ptr);
}

static void take_silent(void *arg, const struct ikw_evidence *line)
{
    ikw_buf_addf(arg, "! %u %s\n", line->line, line->text);
}

static void take_packet(void *arg, const struct ikw_dump *packet)
{
    ikw_buf_addf(arg, "> %u %zu\n", packet->line, packet->bytes.len);
}

static void each_line(void *arg, const struct ikw_line *line)
{
    ikw_tracker_line(arg, line);
}

static void line_by_line(struct ikw_tracker *tr, const struct ikw_kb *kb,
                         struct ikw_slice log)
{
    struct ikw_envelope_reader *er = ikw_envelope_new(kb, NULL);
    ikw_envelope_detect(er, ikw_slice_sub(log, 0, 65536), NULL);
    ikw_tracker_begin(tr, 0, IKW_SOURCE_LOCAL);
    for (uint32_t number = 1; log.len; number++) {
        const char *nl = memchr(log.ptr, '\n', log.len);
        size_t n = nl ? (size_t)(nl - log.ptr) : log.len;
        ikw_envelope_line(er, number, ikw_slice_sub(log, 0, n), each_line, tr);
        log = ikw_slice_sub(log, n + (nl != NULL), log.len);
    }
    ikw_envelope_free(er);
}

/* All that comes out of a log, and the sums. */
static void read_log(const struct ikw_kb *kb, const struct ikw_matcher *m,
                     struct ikw_slice log, bool skims, struct ikw_buf *out)
{
    struct ikw_log_sink sink = { out, take_set, take_unrecognised, take_silent,
                                 take_packet };
    struct ikw_tracker *tr = ikw_tracker_new(kb, m, &sink);
    struct ikw_log_summary sum;
    struct ikw_diags ds = { 0 };
    if (skims) {
        struct ikw_input *in = ikw_input_bytes("log", log);
        CU_ASSERT(
            ikw_log_read(tr, kb, in, 0, IKW_SOURCE_LOCAL, NULL, NULL, &ds));
        ikw_input_close(in);
    } else {
        line_by_line(tr, kb, log);
    }
    ikw_tracker_summary(tr, &sum);
    ikw_buf_addf(out, "%u %u %u %u %d %lld %lld\n", sum.lines, sum.recognised,
                 sum.unrecognised, sum.foreign, (int)sum.level,
                 (long long)sum.from_ms, (long long)sum.to_ms);
    ikw_tracker_end(tr);
    ikw_tracker_free(tr);
    ikw_diags_release(&ds);
}

static void add_log(const char *path, struct ikw_buf *all)
{
    struct ikw_diags ds = { 0 };
    struct ikw_input *in = ikw_input_open(path, NULL, &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    struct ikw_slice run;
    while ((run = ikw_input_next(in, &ds)).len)
        ikw_buf_add(all, run.ptr, run.len);
    ikw_input_close(in);
    ikw_diags_release(&ds);
}

/* Lines of a real debug log, some of them changed, left out or out of order. */
static void spoil(struct ikw_slice log, uint32_t x, struct ikw_buf *out)
{
    static const char *const odd[] = {
        "\n",
        "0123abcd\n",
        "0123ABCD 01234567\n",
        "2018-03-20 09:00:05: DEBUG: 2018-03-20 09:00:05: DEBUG: begin.\n",
        "2018-03-20 09:00:05: DEBUG: begin. #012 ===\n",
        "2018-03-20 09:00:05: DEBUG: isakmp.c:12:f(): ===\n",
        "2018-03-20 09:00:05: DEBUG: hmac(hmac_sha1)\r\n",
        "2018-03-20 09:00:05: INFO: ===\n",
        "2018-03-20 09:00:05: DEBUG:\n",
        "2018-03-20 09:00:05: DEBUG: === [Check Phase 1 x]\n",
    };
    struct ikw_slice back = log;
    while (log.len) {
        const char *nl = memchr(log.ptr, '\n', log.len);
        size_t n = nl ? (size_t)(nl - log.ptr) + 1 : log.len;
        unsigned d = dice(&x) % 400;
        if (d > 1)
            ikw_buf_add(out, log.ptr, n);
        if (d == 2)
            ikw_buf_adds(out, odd[dice(&x) % 10]);
        if (d == 3) { /* a byte is another */
            size_t at = out->len - 1 - dice(&x) % n;
            out->ptr[at] = " 0#-.a\r"[dice(&x) % 7];
        }
        if (d == 4 && dice(&x) % 4 == 0)
            log = ikw_slice_sub(back, 0, log.len); /* time runs back */
        log = ikw_slice_sub(log, n, log.len);
        back = d == 5 ? log : back;
    }
}

static void a_log_gives_the_same_line_by_line(void)
{
    struct ikw_kb *kb = kit_shipped();
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_buf log = { 0 }, spoilt = { 0 }, fast = { 0 }, slow = { 0 };
    add_log("tests/lab/psk-wrong-main/responder.debug2.log.xz", &log);
    add_log("tests/lab/cert-healthy-main/initiator.debug2.log.xz", &log);
    struct ikw_slice all = { ikw_buf_str(&log), log.len };
    for (uint32_t round = 0; round < 12; round++) {
        ikw_buf_clear(&spoilt);
        ikw_buf_clear(&fast);
        ikw_buf_clear(&slow);
        spoil(all, round, &spoilt);
        struct ikw_slice s = { ikw_buf_str(&spoilt), spoilt.len };
        read_log(kb, m, s, true, &fast);
        read_log(kb, m, s, false, &slow);
        CU_ASSERT_STRING_EQUAL_FATAL(ikw_buf_str(&fast), ikw_buf_str(&slow));
        CU_ASSERT(strstr(ikw_buf_str(&fast), "message ") != NULL);
    }
    ikw_buf_release(&log);
    ikw_buf_release(&spoilt);
    ikw_buf_release(&fast);
    ikw_buf_release(&slow);
    ikw_matcher_free(m);
    ikw_kb_free(kb);
}

extern CU_TestInfo ikw_test_skim[];
CU_TestInfo ikw_test_skim[] = {
    { "what_is_skimmed_is_what_the_search_finds",
      what_is_skimmed_is_what_the_search_finds },
    { "nothing_is_read_behind_the_end", nothing_is_read_behind_the_end },
    { "a_log_gives_the_same_line_by_line", a_log_gives_the_same_line_by_line },
    CU_TEST_INFO_NULL,
};
