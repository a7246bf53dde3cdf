#include "tests/track_kit.h"

#include <CUnit/CUnit.h>

#define US "192.0.2.1[500]"
#define A "198.51.100.1[500]"
#define B "198.51.100.2[500]"
#define C1 "1111111111111111:2222222222222222"
#define C2 "3333333333333333:4444444444444444"
#define NONE "5555555555555555:0000000000000000"

struct claim {
    const char *log;
    const char *facts[8]; /* must be there, whole lines; "!": must not */
};

static bool has_line(const char *text, const char *line)
{
    size_t n = strlen(line);
    for (const char *p = text; (p = strstr(p, line)); p++) {
        if ((p == text || p[-1] == '\n') && p[n] == '\n')
            return true;
    }
    return false;
}

static void check(const struct claim *c)
{
    struct track_bed bed;
    track_run(&bed, c->log);
    for (size_t i = 0; i < 8 && c->facts[i]; i++) {
        bool absent = c->facts[i][0] == '!';
        bool there = has_line(ikw_buf_str(&bed.out), c->facts[i] + absent);
        if (there == absent)
            fprintf(stderr, "claim: %s\nin:\n%s\nof:\n%s\n", c->facts[i],
                    ikw_buf_str(&bed.out), c->log);
        CU_ASSERT_EQUAL(there, !absent);
    }
    track_close(&bed);
}

#define CHECK_ALL(claims)                                                      \
    for (size_t k = 0; k < sizeof(claims) / sizeof(claims)[0]; k++)            \
    check(&(claims)[k])

static void follows_one_negotiation(void)
{
    static const struct claim claims[] = {
        { "0 I calling " US " to " A "\n0 I main way\n0 I hint 1\n"
          "50 E one timed out " C1 "\n",
          { "sign negotiation=1 what=timeout", "progress negotiation=1",
            "!sign negotiation=1 what=silent",
            "negotiation id=1 phase=1 role=I exchange=main outcome=failed "
            "rcookie=2222222222222222 carried=no" } },
        { "0 I calling " US " to " A "\n50 E one timed out " NONE "\n",
          { "sign negotiation=1 what=silent" } },
        { "0 I called " US " by " A "\n0 I one is up " US " " A " " C1 "\n"
          "9 I one is gone " C1 "\n",
          { "sa-established negotiation=1 spi=1111111111111111",
            "negotiation id=1 phase=1 role=R outcome=deleted "
            "rcookie=2222222222222222 carried=no" } },
        { "0 I want 198.51.100.1\n0 I calling " US " to " A "\n",
          { "demand negotiation=1",
            "negotiation id=1 phase=1 role=I outcome=pending carried=no" } },
        { "0 I want 198.51.100.1\n", { "demand" } },
        { "0 E [198.51.100.1] turned away\n9 E [198.51.100.1] turned away\n",
          { "sign negotiation=1 what=away x2",
            "negotiation id=1 phase=1 role=R outcome=refused carried=no",
            "!negotiation id=2 phase=1 role=R outcome=refused carried=no" } },
    };
    CHECK_ALL(claims);
}

static void takes_what_is_said_twice_as_one(void)
{
    static const struct claim claims[] = {
        { "0 I about to call 198.51.100.1\n0 I calling " US " to " A "\n"
          "1 I one is up " US " " A " " C1 "\n1 I so one is up\n",
          { "negotiation id=1 phase=1 role=I outcome=established "
            "rcookie=2222222222222222 carried=no",
            "!sa-established negotiation=2" } },
        { "0 I calling " US " to " A "\n1 I calling " US " to " A "\n",
          { "negotiation id=2 phase=1 role=I outcome=pending carried=no" } },
        { "0 I about to call 198.51.100.1\n9 I calling " US " to " A "\n",
          { "negotiation id=2 phase=1 role=I outcome=pending carried=no" } },
        { "0 I calling " US " to " A "\n1 I one is up " US " " A " " C1 "\n"
          "9 I two to " A "\n9 I both of two are up\n",
          { "negotiation id=2 phase=2 role=I exchange=quick parent=1 "
            "outcome=established carried=no" } },
    };
    CHECK_ALL(claims);
}

static void pairs_the_lines_of_phase_2(void)
{
    static const struct claim claims[] = {
        { "0 I calling " US " to " A "\n0 I one is up " US " " A " " C1 "\n"
          "1 I two to " A "\n1 I two is up " US " " A " 7(0x7)\n"
          "1 I two is up " US " " A " 8(0x8)\n3 I two is old 8(0x8)\n",
          { "sa-established negotiation=2 spi=7",
            "sa-established negotiation=2 spi=8", "sign negotiation=2 what=old",
            "negotiation id=2 phase=2 role=I exchange=quick parent=1 "
            "outcome=established carried=no" } },
        { "0 I two by " A "\n1 I two is up " US " " A " 7(0x7)\n"
          "31 E 198.51.100.1 took too long\n",
          { "sign negotiation=1 what=late",
            "negotiation id=1 phase=2 role=R exchange=quick outcome=half "
            "carried=no" } },
        /* an SA proves the phase 1 above it, and a line may name our side */
        { "0 I calling " US " to " A "\n1 I two to " A "\n"
          "1 I two is up " US " " A " 7(0x7)\n",
          { "negotiation id=1 phase=1 role=I outcome=established carried=no",
            "!sa-established negotiation=1 spi=7" } },
        { "0 E [198.51.100.1] no part for 1\n",
          { "sign negotiation=1 what=part",
            "negotiation id=1 phase=2 role=R exchange=quick outcome=pending "
            "carried=no" } },
        /* a timer ends the oldest of two */
        { "0 I two to " A "\n20 I two to " A "\n"
          "30 E 198.51.100.1 took too long\n",
          { "sign negotiation=1 what=late" } },
        /* the direction of an SA is told by who we are known to be */
        { "0 I calling " US " to " A "\n1 I two to " A "\n"
          "1 I two is up " A " " US " 7(0x7)\n",
          { "sa-established negotiation=2 spi=7", "!192.0.2.1:" } },
        /* while phase 1 runs, a phase 2 that waits has no other record */
        { "0 I calling " US " to " A "\n31 E 198.51.100.1 took too long\n",
          { "sign negotiation=1 what=late",
            "negotiation id=1 phase=1 role=I outcome=pending carried=no" } },
    };
    CHECK_ALL(claims);
}

static void keeps_interleaved_peers_apart(void)
{
    static const struct claim claims[] = {
        /* the line with the address closes the group */
        { "0 I called " US " by " A "\n0 I called " US " by " B "\n"
          "5 E bad offer\n5 E [198.51.100.1] refused\n",
          { "sign negotiation=1 what=bad", "sign negotiation=1 what=refused",
            "!sign negotiation=2 what=bad" } },
        /* behind the line that opens it, before the next one */
        { "0 I called " US " by " A "\n0 E bad offer\n"
          "0 I called " US " by " B "\n",
          { "sign negotiation=1 what=bad" } },
        /* between two that it may be about, nobody is accused */
        { "0 I called " US " by " A "\n0 I called " US " by " B "\n"
          "5 E bad offer\n",
          { "sign what=bad", "!sign negotiation=1 what=bad",
            "!sign negotiation=2 what=bad" } },
        /* an answer goes to the only one that waits for one */
        { "0 I calling " US " to " A "\n0 I one is up " US " " A " " C1 "\n"
          "1 I calling " US " to " B "\n2 I hint 1\n",
          { "progress negotiation=2" } },
        { "0 I calling " US " to " A "\n0 I calling " US " to " B "\n"
          "2 I hint 1\n",
          { "!progress negotiation=1", "!progress negotiation=2" } },
        /* timeouts without an address: the one that is due */
        { "0 I calling " US " to " A "\n20 I calling " US " to " B "\n"
          "50 E one timed out " C1 "\n70 E one timed out " C2 "\n",
          { "negotiation id=1 phase=1 role=I outcome=failed "
            "rcookie=2222222222222222 carried=no",
            "negotiation id=2 phase=1 role=I outcome=failed "
            "rcookie=4444444444444444 carried=no" } },
        /* no cookie of the responder: never a responder's negotiation */
        { "0 I called " US " by " A "\n0 I calling " US " to " B "\n"
          "50 E one timed out " NONE "\n",
          { "sign negotiation=2 what=silent" } },
    };
    CHECK_ALL(claims);
}

static void doubts_a_line_that_others_may_claim(void)
{
    static const struct claim claims[] = {
        /* the only one open, but a guess may have ended the right one */
        { "0 I calling " US " to " A "\n0 I calling " US " to " B "\n"
          "50 E one timed out " C1 "\n60 E bad offer\n",
          { "sign negotiation=2 what=bad unsure" } },
        /* nothing was guessed */
        { "0 I calling " US " to " A "\n0 I one is up " US " " A " " C1 "\n"
          "1 I calling " US " to " B "\n2 E bad offer\n",
          { "sign negotiation=2 what=bad" } },
        /* the line with the address need not be of the same packet ... */
        { "0 I called " US " by " A "\n0 I calling " US " to " B "\n"
          "5 E bad offer\n5 I [198.51.100.1] hint 1\n",
          { "sign negotiation=1 what=bad unsure" } },
        /* ... but is if it says that the packet failed */
        { "0 I called " US " by " A "\n0 I called " US " by " B "\n"
          "5 E bad offer\n5 E [198.51.100.1] refused\n",
          { "sign negotiation=1 what=bad" } },
        /* what an initiator cannot send is said as it opens */
        { "0 I called " US " by " A "\n1 I calling " US " to " A "\n"
          "5 I calling " US " to " B "\n5 E one timed out " NONE "\n",
          { "sign negotiation=3 what=silent" } },
        /* what stands before any peer is named */
        { "0 E bad offer\n5 I called " US " by " A "\n",
          { "sign negotiation=1 what=bad unsure" } },
    };
    CHECK_ALL(claims);
}

static void begins_in_the_middle(void)
{
    static const struct claim claims[] = {
        { "0 I one is up " US " " A " " C1 "\n",
          { "log-quality level=info starts-mid=yes",
            "negotiation id=1 phase=1 outcome=established "
            "rcookie=2222222222222222 carried=no" } },
        { "0 E one timed out " C1 "\n5 E [198.51.100.1] refused\n",
          { "198.51.100.1:", "sign negotiation=1 what=timeout unsure" } },
        /* a snippet without stamps and addresses is one tunnel */
        { "E bad offer\nE one timed out " NONE "\n",
          { "-:", "sign negotiation=1 what=bad",
            "sign negotiation=1 what=timeout" } },
        /* what names nobody is of the only peer that the log names */
        { "0 I called " US " by " A "\n900 E bad offer\n",
          { "sign negotiation=2 what=bad" } },
        { "", { "-:", "log-quality level=none starts-mid=no" } },
    };
    CHECK_ALL(claims);
}

#define HEAD(next, exchange, flags, msgid)                                     \
    " 11111111 11111111 22222222 22222222 " next "10" exchange flags " " msgid \
    " 0000001c\n"

static void reads_the_packets_of_a_debug_log(void)
{
    static const struct claim claims[] = {
        /* the packet comes before the line that opens, and is its */
        { "0 D got 28 of " A " at " US "\n0 D\n"
          " 11111111 11111111 00000000 00000000 01100200 00000000 0000001c\n"
          "0 D looking at it\n0 I called " US " by " A "\n",
          { "message negotiation=1 dir=in exchange=main number=1",
            "sign negotiation=1 what=it" } },
        /* what no line opens is still told */
        { "0 D got 28 of " A " at " US "\n0 D\n"
          " 11111111 11111111 00000000 00000000 01100200 00000000 0000001c\n"
          "0 D got 28 of " B " at " US "\n",
          { "message dir=in exchange=main number=1" } },
        /* lines belong to the packet above, whoever spoke in between */
        { "0 I called " US " by " A "\n0 D sent 28 to " A "\n0 D\n" HEAD(
              "00", "02", "00",
              "00000000") "0 I called " US " by " B "\n"
                          "1 D got 28 of " A " at " US "\n1 D\n" HEAD(
                              "00", "02", "01", "00000000") "1 E bad offer\n",
          { "message negotiation=1 dir=in exchange=main number=5",
            "sign negotiation=1 what=bad" } },
        { "0 I one is up " US " " A " " C1 "\n"
          "1 D got 28 of " A " at " US
          "\n1 D\n" HEAD("08", "20", "01", "0000abcd") "1 I two by " A "\n",
          { "message negotiation=2 dir=in exchange=quick number=3",
            "negotiation id=2 phase=2 role=R exchange=quick parent=1 "
            "outcome=pending msgid=0000abcd carried=no" } },
        { "0 I one is up " US " " A " " C1 "\n"
          "1 D got 40 of " A " at " US "\n1 D\n"
          " 11111111 11111111 22222222 22222222 0b100500 00000000 00000028\n"
          " 0000000c 00000001 01000004\n",
          { "notify negotiation=1 name=INVALID-COOKIE code=4" } },
        { "0 I one is up " US " " A " " C1 "\n"
          "1 D got 28 of " A " at " US
          "\n1 D\n" HEAD("05", "02", "01",
                         "00000000") "1 D clear now\n1 D\n"
                                     " 11111111 11111111 22222222 22222222 "
                                     "05100201 00000000 00000024\n"
                                     " ffffffff ffffffff\n",
          { "decrypt negotiation=1 result=noise" } },
    };
    CHECK_ALL(claims);
}

static void keeps_secrets_out(void)
{
    struct track_bed bed;
    track_open(&bed);
    ikw_tracker_begin(bed.tr, 0, IKW_SOURCE_LOCAL);
    track_feed(&bed, "0 I calling " US " to " A "\n0 D key is hunter2\n"
                     "0 D\n 68756e74 657232\n hunter2\n");
    struct ikw_buf all = { 0 };
    ikw_buf_adds(&all, ikw_buf_str(&bed.out));
    ikw_tracker_end(bed.tr);
    CU_ASSERT(has_line(ikw_buf_str(&bed.out), "sign negotiation=1 what=key"));
    CU_ASSERT_PTR_NULL(strstr(ikw_buf_str(&bed.out), "hunter2"));
    ikw_buf_release(&all);
    track_close(&bed);
}

static void print_whole(void *arg, struct ikw_fact_set *fs)
{
    ikw_fact_set_print(fs, arg);
}

static void redacts_evidence(void)
{
    struct track_bed bed;
    track_open(&bed);
    struct ikw_buf all = { 0 };
    struct ikw_log_sink sink = { .arg = &all, .set = print_whole };
    struct ikw_tracker *tr = ikw_tracker_new(bed.kb, bed.m, &sink);
    struct ikw_tracker *mine = bed.tr;
    bed.tr = tr;
    ikw_tracker_begin(tr, 0, IKW_SOURCE_LOCAL);
    track_feed(&bed, "0 I calling " US " to " A "\n0 D key is hunter2\n");
    ikw_tracker_end(tr);
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&all), "key is [redacted]"));
    CU_ASSERT_PTR_NULL(strstr(ikw_buf_str(&all), "hunter2"));
    ikw_tracker_free(tr);
    bed.tr = mine;
    ikw_buf_release(&all);
    track_close(&bed);
}

static void fills_slots_by_their_kind(void)
{
    static const struct claim claims[] = {
        { "0 I calling " US " to " A "\n0 I kinds small 12 a b.\n"
          "0 I kinds huge 0x1f c.\n0 I kinds large x d.\n",
          { "sign negotiation=1 what=\"a b\" kind=small n=12",
            "sign negotiation=1 what=c n=31",
            "sign negotiation=1 what=d kind=large" } },
    };
    CHECK_ALL(claims);
}

static void counts_what_it_does_not_know(void)
{
    struct track_bed bed;
    track_run(&bed, "0 I what is this\n0 E nothing known of this\n"
                    "0 I main way\n something on a second line\n");
    CU_ASSERT_EQUAL(bed.unrecognised, 1);
    CU_ASSERT_EQUAL(bed.silent, 1);
    track_close(&bed);
}

/* ---- stretches --------------------------------------------------------- */

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
        n++;
    return n;
}

static void carries_live_sas_over_silence(void)
{
    struct track_bed bed;
    track_run(&bed, "0 I calling " US " to " A "\n0 I one is up " US " " A
                    " " C1 "\n1000 I two to " A "\n");
    const char *out = ikw_buf_str(&bed.out);
    CU_ASSERT_EQUAL(bed.sets, 3);
    CU_ASSERT(has_line(out, "sa-established negotiation=1 "
                            "spi=1111111111111111 carried=yes"));
    CU_ASSERT(has_line(out, "negotiation id=1 phase=1 role=I "
                            "outcome=established rcookie=2222222222222222 "
                            "carried=yes"));
    CU_ASSERT(has_line(out, "negotiation id=2 phase=2 role=I exchange=quick "
                            "parent=1 outcome=pending carried=no"));
    track_close(&bed);
}

static void waits_for_what_is_open(void)
{
    static const struct claim claims[] = {
        { "0 I calling " US " to " A "\n"
          "200 E one timed out " C1 "\n",
          { "negotiation id=1 phase=1 role=I outcome=failed "
            "rcookie=2222222222222222 carried=no" } },
    };
    CHECK_ALL(claims);
    struct track_bed bed;
    track_run(&bed,
              "0 I calling " US " to " A "\n900 I calling " US " to " A "\n");
    CU_ASSERT_EQUAL(bed.sets, 3);
    track_close(&bed);
}

static void forgets_all_when_the_daemon_starts(void)
{
    static const struct claim claims[] = {
        { "0 I calling " US " to " A "\n0 I one is up " US " " A " " C1 "\n"
          "5 I engine starts 1\n6 I called " US " by " A "\n",
          { "engine event=1",
            "negotiation id=1 phase=1 role=I outcome=established "
            "rcookie=2222222222222222 carried=no cut=restart" } },
        { "0 I calling " US " to " A "\n5 I engine starts 1\n",
          { "negotiation id=1 phase=1 role=I outcome=superseded "
            "carried=no cut=restart" } },
    };
    CHECK_ALL(claims);
}

static void takes_up_what_goes_on_after_another_daemon_starts(void)
{
    static const struct claim claims[] = {
        { "0 I calling " US " to " A "\n0 I one is up " US " " A " " C1 "\n"
          "5 I engine starts 1\n6 I one is gone " C1 "\n",
          { "negotiation id=1 phase=1 role=I outcome=deleted "
            "rcookie=2222222222222222 carried=no" } },
        { "0 I calling " US " to " A "\n0 I one is up " US " " A " " C1 "\n"
          "5 I engine starts 1\n6 I two to " A "\n",
          { "negotiation id=1 phase=1 role=I outcome=established "
            "rcookie=2222222222222222 carried=no" } },
    };
    CHECK_ALL(claims);
}

static void tells_no_tunnel_of_an_earlier_run(void)
{
    struct track_bed bed;
    track_run(&bed, "0 I engine starts 7\n1 I called " US " by " A
                    "\n5 I engine starts 8\n6 I called " US " by " B "\n");
    const char *out = ikw_buf_str(&bed.out);
    CU_ASSERT_EQUAL(bed.sets, 4); /* each run, each tunnel */
    CU_ASSERT_EQUAL(count(out, "engine event=7"), 2);
    CU_ASSERT_EQUAL(count(out, "engine event=8"), 3);
    track_close(&bed);
}

static void tells_every_tunnel_of_the_daemon(void)
{
    struct track_bed bed;
    track_run(&bed, "0 I engine starts 1\n1 I called " US " by " A
                    "\n1 I called " US " by " B "\n");
    CU_ASSERT_EQUAL(bed.sets, 3);
    CU_ASSERT_EQUAL(count(ikw_buf_str(&bed.out), "engine event=1\n"), 3);
    track_close(&bed);
}

static void keeps_two_sources_apart(void)
{
    struct track_bed bed;
    track_open(&bed);
    ikw_tracker_begin(bed.tr, 0, IKW_SOURCE_LOCAL);
    track_feed(&bed, "0 I calling " US " to " A "\n");
    ikw_tracker_begin(bed.tr, 1, IKW_SOURCE_PEER);
    track_feed(&bed, "0 I called " A " by " US "\n");
    ikw_tracker_end(bed.tr);
    const char *out = ikw_buf_str(&bed.out);
    CU_ASSERT_EQUAL(bed.sets, 4);
    CU_ASSERT(has_line(out, "negotiation id=1 phase=1 role=I "
                            "outcome=pending carried=no"));
    CU_ASSERT(has_line(out, "192.0.2.1:"));
    CU_ASSERT(has_line(out, "negotiation id=2 phase=1 role=R "
                            "outcome=pending carried=no"));
    track_close(&bed);
}

/* A tunnel of which only SAs live is left alone until it is heard of. */
static void wakes_what_slept(void)
{
#define UP                                                                     \
    "0 I calling " US " to " A "\n0 I one is up " US " " A " " C1 "\n"         \
    "0 I two to " A "\n0 I two is up " US " " A " 7(0x7)\n"                    \
    "0 I two is up " US " " A " 8(0x8)\n"
#define OTHERS                                                                 \
    "200 E [198.51.100.2] refused\n400 E [198.51.100.2] refused\n"             \
    "600 E [198.51.100.2] refused\n800 E [198.51.100.2] refused\n"
    static const struct claim claims[] = {
        { UP OTHERS "900 I one is gone " C1 "\n",
          { "sa-established negotiation=1 spi=1111111111111111 carried=yes",
            "negotiation id=1 phase=1 role=I outcome=deleted "
            "rcookie=2222222222222222 carried=yes" } },
        { UP OTHERS "900 I two is old 8(0x8)\n900 I one is gone " C1 "\n"
                    "1300 E [198.51.100.2] refused\n1310 I two to " A "\n",
          { "sign negotiation=2 what=old",
            "sa-established negotiation=2 spi=7 carried=yes" } },
        { UP OTHERS "900 I calling " US " to " A "\n950 E one timed out " NONE
                    "\n",
          { "sign negotiation=7 what=timeout",
            "negotiation id=7 phase=1 role=I outcome=failed "
            "rcookie=0000000000000000 carried=no" } },
        { UP OTHERS "900 I engine starts 2\n1200 E [198.51.100.2] refused\n"
                    "1400 I one is gone " C1 "\n",
          { "!sa-established negotiation=1 spi=1111111111111111 "
            "carried=yes" } },
    };
    CHECK_ALL(claims);
#undef UP
#undef OTHERS
}

/* What is kept depends on what is alive, not on how long the log is. */
static void stays_small_over_a_long_log(void)
{
    struct track_bed bed;
    track_open(&bed);
    ikw_tracker_begin(bed.tr, 0, IKW_SOURCE_LOCAL);
    char log[256];
    for (int i = 0; i < 20000; i++) {
        snprintf(log, sizeof log,
                 "%d I called " US " by 10.0.%d.%d[500]\n%d E bad offer\n"
                 "%d E [10.0.%d.%d] refused\n",
                 i, i / 250, i % 250, i, i, i / 250, i % 250);
        track_feed(&bed, log);
        ikw_buf_clear(&bed.out);
    }
    CU_ASSERT(bed.sets > 19000);
    ikw_tracker_end(bed.tr);
    CU_ASSERT_EQUAL(bed.sets, 20001);
    track_close(&bed);
}

CU_TestInfo ikw_test_track[] = {
    { "follows_one_negotiation", follows_one_negotiation },
    { "takes_what_is_said_twice_as_one", takes_what_is_said_twice_as_one },
    { "pairs_the_lines_of_phase_2", pairs_the_lines_of_phase_2 },
    { "keeps_interleaved_peers_apart", keeps_interleaved_peers_apart },
    { "doubts_a_line_that_others_may_claim",
      doubts_a_line_that_others_may_claim },
    { "begins_in_the_middle", begins_in_the_middle },
    { "reads_the_packets_of_a_debug_log", reads_the_packets_of_a_debug_log },
    { "keeps_secrets_out", keeps_secrets_out },
    { "redacts_evidence", redacts_evidence },
    { "fills_slots_by_their_kind", fills_slots_by_their_kind },
    { "counts_what_it_does_not_know", counts_what_it_does_not_know },
    { "carries_live_sas_over_silence", carries_live_sas_over_silence },
    { "waits_for_what_is_open", waits_for_what_is_open },
    { "forgets_all_when_the_daemon_starts",
      forgets_all_when_the_daemon_starts },
    { "takes_up_what_goes_on_after_another_daemon_starts",
      takes_up_what_goes_on_after_another_daemon_starts },
    { "tells_no_tunnel_of_an_earlier_run", tells_no_tunnel_of_an_earlier_run },
    { "tells_every_tunnel_of_the_daemon", tells_every_tunnel_of_the_daemon },
    { "keeps_two_sources_apart", keeps_two_sources_apart },
    { "wakes_what_slept", wakes_what_slept },
    { "stays_small_over_a_long_log", stays_small_over_a_long_log },
    CU_TEST_INFO_NULL,
};
