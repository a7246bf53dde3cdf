/*
 * Speed of what stands before the tracker. Not part of `make check`:
 *   cc -O2 -I. -o bench_log tests/bench/bench_log.c \
 *      build/release/libikewhy.a LIBS
 *   bench_log KB LOG [rounds]
 * Prints MiB/s (of processor time) of the reader, of reader and envelope, and
 * of all with the matcher; then the time to build the matcher, and counts to
 * check them by.
 */
#include "facts/log/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum stage { READ, ENVELOPE, MATCH, MEMO, STAGES };

struct totals {
    const struct ikw_matcher *m;
    struct ikw_match_memo *memo;
    size_t lines, continued, foreign, matched, unmatched;
    bool print;
};

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void each_line(void *arg, const struct ikw_line *line)
{
    struct totals *t = arg;
    struct ikw_match match;
    t->lines++;
    t->continued += line->continuation;
    t->foreign += line->foreign;
    if (!t->m || line->continuation || line->foreign)
        return;
    bool found = t->memo
                     ? ikw_matcher_match_memo(t->m, t->memo, line->text, &match)
                     : ikw_matcher_match(t->m, line->text, &match);
    t->matched += found;
    t->unmatched += !found && line->text.len > 0;
    if (t->print && !found && line->text.len > 0)
        printf("%u: %.*s\n", (unsigned)line->number, (int)line->text.len,
               line->text.ptr);
}

static size_t read_log(const struct ikw_kb *kb, const char *path,
                       enum stage stage, struct totals *t)
{
    struct ikw_diags ds = { 0 };
    size_t bytes = 0;
    uint32_t line = 1;
    struct ikw_input *in = ikw_input_open(path, NULL, &ds);
    if (!in)
        return 0;
    struct ikw_envelope_reader *er = ikw_envelope_new(kb, NULL);
    struct ikw_slice run = ikw_input_next(in, &ds);
    struct ikw_buf why = { 0 };
    const struct ikw_envelope *e = ikw_envelope_detect(er, run, &why);
    if (t->print)
        printf("form %s: %s\n", e ? e->id : "none", ikw_buf_str(&why));
    for (; run.len; run = ikw_input_next(in, &ds)) {
        bytes += run.len;
        if (stage != READ)
            line += ikw_envelope_run(er, line, run, each_line, t);
    }
    ikw_buf_release(&why);
    ikw_envelope_free(er);
    ikw_input_close(in);
    ikw_diags_release(&ds);
    return bytes;
}

static void measure(const struct ikw_kb *kb, const char *path, int rounds,
                    const struct ikw_matcher *m)
{
    static const char *const names[STAGES] = { "reader", "+ envelope",
                                               "+ matcher", "with memo" };
    for (int s = 0; s < STAGES; s++) {
        double least = 1e9;
        size_t bytes = 0;
        struct totals t;
        for (int i = 0; i < rounds; i++) {
            t = (struct totals){ .m = s >= MATCH ? m : NULL };
            t.memo = s == MEMO ? ikw_match_memo_new() : NULL;
            double from = now();
            bytes = read_log(kb, path, (enum stage)s, &t);
            double took = now() - from;
            least = took < least ? took : least;
            ikw_match_memo_free(t.memo);
        }
        printf("%-11s %7.0f MiB/s  %zu lines, %zu continued, %zu foreign, "
               "%zu matched, %zu not\n",
               names[s], (double)bytes / least / 1048576, t.lines, t.continued,
               t.foreign, t.matched, t.unmatched);
    }
}

int main(int argc, char **argv)
{
    struct ikw_diags ds = { 0 };
    if (argc < 3)
        return 2;
    struct ikw_kb *kb = ikw_kb_load(argv[1], &ds);
    if (!kb) {
        struct ikw_buf b = { 0 };
        for (struct ikw_diag *d = ds.head; d; d = d->next) {
            ikw_diag_format(d, &b);
            ikw_buf_addc(&b, '\n');
        }
        fputs(ikw_buf_str(&b), stderr);
        return 1;
    }
    double from = now();
    struct ikw_matcher *m = ikw_matcher_new(kb);
    printf("matcher built in %.2f ms\n", (now() - from) * 1e3);
    if (argc > 3 && !strcmp(argv[3], "-u")) {
        struct totals t = { .m = m, .print = true };
        read_log(kb, argv[2], MATCH, &t);
    } else {
        measure(kb, argv[2], argc > 3 ? atoi(argv[3]) : 5, m);
    }
    ikw_matcher_free(m);
    ikw_kb_free(kb);
    return 0;
}
