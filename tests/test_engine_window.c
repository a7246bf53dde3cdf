/* What the engine asks of time and of the logs: sources, windows, absence,
 * counts. */
#include "tests/engine_kit.h"

/* ---- sources ----------------------------------------------------------- */

static void patterns_keep_to_one_log_unless_told(void)
{
#define TWO(from)                                                              \
    KIT_RULE("r",                                                              \
             "<fact type='ev' n='?n'/><fact type='mark' n='?n' " from "/>",    \
             HIT)
    static const char facts[] = "ev n=1 @local\nev n=2 @peer\n"
                                "mark n=1 @peer\nmark n=2 @peer\n";
    static const struct kit_case cases[] = {
        { TWO(""), facts, "hit(2,x,-)'" },
        { TWO("from='other'"), facts, "hit(1,x,-)" },
        { TWO("from='any'"), facts, "hit(1,x,-) hit(2,x,-)'" },
    };
    KIT_CHECK(cases);
#undef TWO
}

/* ---- windows ----------------------------------------------------------- */

#define WINDOW(attrs)                                                          \
    KIT_RULE("r",                                                              \
             "<fact type='mark' n='?n' as='m'/><fact type='ev' " attrs "/>",   \
             HIT)
#define MARK "mark n=1 @local at=0:10:10000\n"

static void windows_are_open_at_the_anchor_and_closed_at_the_end(void)
{
    static const struct kit_case cases[] = {
        { WINDOW("after='m'"), MARK "ev v=1 @local at=0:11:10001\n",
          "hit(1,x,-)" },
        { WINDOW("after='m'"), MARK "ev v=1 @local at=0:9:10001\n",
          "hit(1,x,-)" },
        { WINDOW("after='m'"), MARK "ev v=1 @local at=0:11:10000\n",
          "hit(1,x,-)" },
        { WINDOW("after='m'"), MARK "ev v=1 @local at=0:9:10000\n", "" },
        { WINDOW("after='m'"), MARK "ev v=1 @local at=0:12:9999\n", "" },
        { WINDOW("after='m' within='5s'"), MARK "ev v=1 @local at=0:12:15000\n",
          "hit(1,x,-)" },
        { WINDOW("after='m' within='5s'"), MARK "ev v=1 @local at=0:12:15001\n",
          "" },
        { WINDOW("before='m' within='5s'"), MARK "ev v=1 @local at=0:2:5000\n",
          "hit(1,x,-)" },
        { WINDOW("before='m' within='5s'"), MARK "ev v=1 @local at=0:2:4999\n",
          "" },
        { WINDOW("before='m'"), MARK "ev v=1 @local at=0:9:10000\n",
          "hit(1,x,-)" },
        { WINDOW("before='m'"), MARK "ev v=1 @local at=0:11:10000\n", "" },
    };
    KIT_CHECK(cases);
}

static void a_repeated_fact_fits_with_either_end(void)
{
    static const struct kit_case cases[] = {
        { WINDOW("after='m' within='5s'"),
          MARK "ev v=1 @local count=2 at=0:1:1000 last=0:12:12000\n",
          "hit(1,x,-)" },
        { WINDOW("after='m' within='5s'"),
          MARK "ev v=1 @local count=2 at=0:1:1000 last=0:12:22000\n", "" },
        { WINDOW("before='m' within='5s'"),
          MARK "ev v=1 @local count=2 at=0:6:6000 last=0:12:22000\n",
          "hit(1,x,-)" },
        { KIT_RULE("r",
                   "<fact type='mark' n='?n' as='m'/>"
                   "<fact type='mark' after='m'/>",
                   HIT),
          "mark n=1 @local count=2 at=0:1:1000 last=0:2:2000\n", "hit(1,x,-)" },
    };
    KIT_CHECK(cases);
}

static void without_stamps_the_order_of_lines_decides(void)
{
    static const struct kit_case cases[] = {
        { WINDOW("after='m' within='5s'"),
          "mark n=1 @local at=0:10\nev v=1 @local at=0:11\n", "hit(1,x,-)" },
        { WINDOW("after='m' within='5s'"),
          "mark n=1 @local at=0:10\nev v=1 @local at=0:9\n", "" },
        { WINDOW("before='m'"),
          "mark n=1 @local at=1:10\nev v=1 @local at=0:90\n", "hit(1,x,-)" },
        { WINDOW("after='m'"), "mark n=1 @local\nev v=1 @local\n", "" },
    };
    KIT_CHECK(cases);
}

static void two_anchors_make_one_window(void)
{
#define BETWEEN                                                                \
    KIT_RULE("r",                                                              \
             "<fact type='mark' n='?n' v='1' as='a'/>"                         \
             "<fact type='mark' n='?n' v='2' as='b'/>"                         \
             "<fact type='ev' after='a' before='b'/>",                         \
             HIT)
#define ENDS                                                                   \
    "mark n=1 v=1 @local at=0:10:10000\n"                                      \
    "mark n=1 v=2 @local at=0:20:20000\n"
    static const struct kit_case cases[] = {
        { BETWEEN, ENDS "ev v=1 @local at=0:15:15000\n", "hit(1,x,-)" },
        { BETWEEN, ENDS "ev v=1 @local at=0:5:5000\n", "" },
        { BETWEEN, ENDS "ev v=1 @local at=0:25:25000\n", "" },
        { BETWEEN, ENDS "ev v=1 @local count=2 at=0:5:5000 last=0:25:25000\n",
          "" },
    };
    KIT_CHECK(cases);
}

static void long_vectors_have_the_same_windows(void)
{
    static const struct {
        const char *window;
        size_t matches;
    } cases[] = {
        { "after='m' within='3s'", 3 },     { "after='m'", 10 },
        { "before='m' within='3s'", 3 },    { "before='m'", 9 },
        { "after='m' within='2999ms'", 2 },
    };
    struct ikw_buf facts = { 0 };
    for (int i = 1; i <= 20; i++)
        ikw_buf_addf(&facts, "ev n=%d @local at=0:%d:%d000\n", i, i, i);
    ikw_buf_adds(&facts, "mark v=1 @local at=0:10:10000\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_buf rule = { 0 };
        struct bed bed;
        ikw_buf_addf(&rule,
                     "<rule id='r'><when><fact type='mark' as='m'/>"
                     "<fact type='ev' n='?n' %s/></when><then>" HIT
                     "</then><because>x</because></rule>",
                     cases[i].window);
        kit_open(&bed, ikw_buf_str(&rule), ikw_buf_str(&facts), NULL);
        CU_ASSERT(ikw_engine_nderived(bed.e) == cases[i].matches);
        ikw_buf_release(&rule);
        kit_close(&bed);
    }
    ikw_buf_release(&facts);
}

/* ---- absence ----------------------------------------------------------- */

#define ABSENT(attrs)                                                          \
    KIT_RULE("r",                                                              \
             "<fact type='mark' n='?n' as='m'/>"                               \
             "<absent type='ev' n='?n' visible-at='info' " attrs "/>",         \
             HIT)

static void absence_has_three_answers(void)
{
    static const struct kit_case cases[] = {
        /* there is one: refuted, whatever the log shows */
        { ABSENT(""), "set @local level=info\n" MARK "ev n=1 @local\n", "" },
        { ABSENT(""), "set @local level=error\n" MARK "ev n=1 @local\n", "" },
        /* none, and it would have shown */
        { ABSENT(""), "set @local level=info\n" MARK "ev n=2 @local\n",
          "hit(1,x,-)" },
        { ABSENT(""), "set @local level=debug\n" MARK, "hit(1,x,-)" },
        /* none, but this level hides it */
        { ABSENT(""), "set @local level=notify\n" MARK, "blind:r.1@1" },
        /* there is no log at all */
        { ABSENT(""), MARK, "blind:r.1@1:nolog" },
    };
    KIT_CHECK(cases);
}

static void absence_needs_the_log_to_cover_the_window(void)
{
    static const struct kit_case cases[] = {
        { ABSENT("after='m' within='5s'"),
          "set @local level=info from=0 to=15000\n" MARK, "hit(1,x,-)" },
        { ABSENT("after='m' within='5s'"),
          "set @local level=info from=0 to=14999\n" MARK,
          "blind:r.1@1:window" },
        { ABSENT("after='m' within='5s'"),
          "set @local level=error from=0 to=14999\n" MARK, "blind:r.1@1" },
        { ABSENT("after='m' within='5s'"),
          "set @local level=info from=0 to=11000\n" MARK
          "ev n=1 @local at=0:11:11000\n",
          "" },
        { ABSENT("after='m'"), "set @local level=info from=0 to=10000\n" MARK,
          "hit(1,x,-)" },
        { ABSENT("before='m' within='5s'"),
          "set @local level=info from=5000 to=15000\n" MARK, "hit(1,x,-)" },
        { ABSENT("before='m' within='5s'"),
          "set @local level=info from=5001 to=15000\n" MARK,
          "blind:r.1@1:window" },
        { ABSENT("before='m'"),
          "set @local level=info from=10000 to=15000\n" MARK, "hit(1,x,-)" },
        { ABSENT("after='m' within='5s'"),
          "set @local level=info from=0 to=11000\nmark n=1 @local at=0:10\n",
          "hit(1,x,-)" },
    };
    KIT_CHECK(cases);
}

static void absence_in_the_other_log_needs_that_log(void)
{
    static const struct kit_case cases[] = {
        { ABSENT("from='other'"), "set @local level=info\n" MARK,
          "blind:r.1@1:nolog" },
        { ABSENT("from='other'"),
          "set @local level=info @peer level=info\n" MARK "ev n=1 @local\n",
          "hit(1,x,-)" },
        { ABSENT("from='other'"),
          "set @local level=info @peer level=info\n" MARK "ev n=1 @peer\n",
          "" },
        { ABSENT("from='other'"),
          "set @local level=info @peer level=error\n" MARK, "blind:r.1@1" },
        { ABSENT("from='any'"), "set @local level=info\n" MARK, "hit(1,x,-)" },
        { ABSENT("from='any'"),
          "set @local level=info @peer level=info\n" MARK "ev n=1 @peer\n",
          "" },
        { ABSENT("from='any'"),
          "set @local level=info @peer level=error\n" MARK, "blind:r.1@1" },
    };
    KIT_CHECK(cases);
}

static void a_blind_rule_needs_all_else_to_hold(void)
{
#define BLIND                                                                  \
    KIT_RULE("r",                                                              \
             "<fact type='mark' n='?n'/><absent type='ev' visible-at='debug' " \
             "n='?n'/><fact type='edge' x='?x'/>",                             \
             HIT)
    static const struct kit_case cases[] = {
        { BLIND, "set @local level=info\n" MARK, "" },
        { BLIND, "set @local level=info\n" MARK "edge x=1 @local\n",
          "blind:r.1@1" },
        { BLIND,
          "set @local level=info\n" MARK "edge x=1 @local\nedge x=2 @local\n",
          "blind:r.1@1" },
    };
    KIT_CHECK(cases);
#undef BLIND
}

static void absence_of_a_derived_fact_waits_for_its_rules(void)
{
    static const char rules[] =
        KIT_RULE("a", "<fact type='mark' n='?n'/><absent type='hit' n='?n'/>",
                 "<derive type='sum' n='?n' what='none'/>")
            KIT_RULE("b", "<fact type='ev' n='?n'/>", HIT)
                KIT_RULE("c",
                         "<fact type='mark' n='?n'/>"
                         "<absent type='sum' n='?n' what='none'/>",
                         "<derive type='sum' n='?n' what='some'/>");
    static const struct kit_case cases[] = {
        { rules,
          "set @local level=error\nmark n=1 @local\nmark n=2 @local\n"
          "ev n=2 @local\n",
          "hit(2,x,-) sum(1,none) sum(2,some)" },
    };
    KIT_CHECK(cases);
}

/* ---- counts ------------------------------------------------------------ */

static void counts_add_up_sightings(void)
{
#define COUNT(attrs)                                                           \
    KIT_RULE("r",                                                              \
             "<fact type='mark' n='?n' as='m'/>"                               \
             "<count type='ev' n='?n' " attrs "/>",                            \
             HIT)
    static const char facts[] = MARK "ev n=1 v=1 @local count=2 at=0:11:11000"
                                     " last=0:12:12000\n"
                                     "ev n=1 v=2 @local at=0:13:13000\n"
                                     "ev n=2 v=2 @local count=9\n";
    static const struct kit_case cases[] = {
        { COUNT("at-least='3'"), facts, "hit(1,x,-)" },
        { COUNT("at-least='4'"), facts, "" },
        { COUNT("at-most='3'"), facts, "hit(1,x,-)" },
        { COUNT("at-most='2'"), facts, "" },
        { COUNT("at-least='3' at-most='3'"), facts, "hit(1,x,-)" },
        { COUNT("at-most='0'"), MARK, "hit(1,x,-)" },
        { COUNT("at-least='1'"), MARK, "" },
        { COUNT("at-least='2' v='1'"), facts, "hit(1,x,-)" },
        { COUNT("at-least='2' after='m' within='2s'"), facts, "hit(1,x,-)" },
        { COUNT("at-least='3' after='m' within='2s'"), facts, "" },
    };
    KIT_CHECK(cases);
#undef COUNT
}

#define T(name)                                                                \
    {                                                                          \
#name, name                                                            \
    }

CU_TestInfo ikw_test_engine_window[] = {
    T(patterns_keep_to_one_log_unless_told),
    T(windows_are_open_at_the_anchor_and_closed_at_the_end),
    T(a_repeated_fact_fits_with_either_end),
    T(without_stamps_the_order_of_lines_decides),
    T(two_anchors_make_one_window),
    T(long_vectors_have_the_same_windows),
    T(absence_has_three_answers),
    T(absence_needs_the_log_to_cover_the_window),
    T(absence_in_the_other_log_needs_that_log),
    T(a_blind_rule_needs_all_else_to_hold),
    T(absence_of_a_derived_fact_waits_for_its_rules),
    T(counts_add_up_sightings),
    CU_TEST_INFO_NULL,
};
