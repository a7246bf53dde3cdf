#include "tests/engine_kit.h"

#include <limits.h>

/* ---- single patterns --------------------------------------------------- */

#define ONE(tests) KIT_RULE("r", "<fact type='ev' n='?n' " tests "/>", HIT)
#define FACTS                                                                  \
    "ev n=1 k=p v=5 @local at=0:1:1000\n"                                      \
    "ev n=2 k=q v=7 @local count=3 at=0:2:2000 last=0:9:9000\n"                \
    "ev n=3 s=text @local\n"                                                   \
    "ev k=r v=5 @local at=0:4:4000\n"

static void tests_of_slots_select_facts(void)
{
    static const struct kit_case cases[] = {
        { ONE("k='p'"), FACTS, "hit(1,x,-)" },
        { ONE("k='p|q'"), FACTS, "hit(1,x,-) hit(2,x,-)" },
        { ONE("k='!p|q'"), FACTS, "hit(3,x,-)" },
        { ONE("k='*'"), FACTS, "hit(1,x,-) hit(2,x,-)" },
        { ONE("k='-'"), FACTS, "hit(3,x,-)" },
        { ONE("v='&lt;7'"), FACTS, "hit(1,x,-)" },
        { ONE("v='&lt;=7'"), FACTS, "hit(1,x,-) hit(2,x,-)" },
        { ONE("v='>5'"), FACTS, "hit(2,x,-)" },
        { ONE("v='>=5'"), FACTS, "hit(1,x,-) hit(2,x,-)" },
        { ONE("s='text'"), FACTS, "hit(3,x,-)" },
        { ONE("count='>=2'"), FACTS, "hit(2,x,-)" },
        { ONE("count='1'"), FACTS, "hit(1,x,-) hit(3,x,-)" },
        { ONE("t='1000'"), FACTS, "hit(1,x,-)" },
        { ONE("last='>8000'"), FACTS, "hit(2,x,-)" },
        { ONE("line='-'"), FACTS, "hit(3,x,-)" },
        { ONE("v='*' k='!q'"), FACTS, "hit(1,x,-)" },
    };
    KIT_CHECK(cases);
}

static void unknown_values_join_nothing(void)
{
    static const struct kit_case cases[] = {
        { KIT_RULE("r",
                   "<fact type='ev' n='?n' v='?v'/><fact type='mark' v='?v'/>",
                   HIT),
          "ev n=1 @local\nev n=2 v=4 @local\nmark n=1 @local\n"
          "mark n=2 v=4 @local\n",
          "hit(2,x,-)" },
        { KIT_RULE("r",
                   "<fact type='ev' n='?n' v='?v'/>"
                   "<fact type='mark' v='!?v'/>",
                   HIT),
          "ev n=1 v=3 @local\nmark n=1 @local\n", "hit(1,x,-)" },
        { KIT_RULE("r",
                   "<fact type='ev' n='?n' v='?v'/>"
                   "<fact type='mark' n='?n' v='>?v'/>",
                   HIT),
          "ev n=1 v=3 @local\nev n=2 v=3 @local\nmark n=1 v=4 @local\n"
          "mark n=2 v=3 @local\n",
          "hit(1,x,-)" },
    };
    KIT_CHECK(cases);
}

static void a_variable_twice_in_a_pattern_must_agree(void)
{
    static const struct kit_case cases[] = {
        { KIT_RULE("r", "<fact type='edge' x='?a' y='?a'/>",
                   "<derive type='path' x='?a' y='?a'/>"),
          "edge x=1 y=1 @local\nedge x=1 y=2 @local\n", "path(1,1)" },
        { KIT_RULE("r",
                   "<fact type='mark' n='?n' v='?v'/>"
                   "<absent type='edge' visible-at='error' x='?a' y='?a'/>",
                   HIT),
          "set @local level=info\nmark n=1 v=1 @local\nedge x=1 y=2 @local\n",
          "hit(1,x,-)" },
        { KIT_RULE("r",
                   "<fact type='mark' n='?n' v='?v'/>"
                   "<absent type='edge' visible-at='error' x='?a' y='?a'/>",
                   HIT),
          "set @local level=info\nmark n=1 v=1 @local\nedge x=2 y=2 @local\n",
          "" },
    };
    KIT_CHECK(cases);
}

/* ---- conclusions ------------------------------------------------------- */

static void conclusions_carry_values_and_times(void)
{
    static const struct kit_case cases[] = {
        { KIT_RULE("r", "<fact type='ev' n='?n' s='?s' as='e'/>",
                   "<derive type='hit' n='?n' what='?s' at='e.last'/>"),
          "ev n=4 s=abc @local count=2 at=0:1:1000 last=0:2:2000\n",
          "hit(4,abc,2000)" },
        { KIT_RULE("r", "<fact type='ev' n='?n' as='e'/>",
                   "<derive type='hit' n='?n' at='e.t'/>"),
          "ev n=4 @local\n", "hit(4,-,-)" },
    };
    KIT_CHECK(cases);
}

/* A fact that is only asked to be there stands for all like it, but not if
 * something depends on which one it is. */
static void every_fact_that_matters_is_tried(void)
{
    static const struct kit_case cases[] = {
        { KIT_RULE("r",
                   "<fact type='edge' x='?x'/><fact type='mark' v='?v'/>"
                   "<fact type='ev' v='?v'/>",
                   "<derive type='hit' n='?x'/>"),
          "edge x=1 @local\nmark v=1 @local\nmark v=2 @local\n"
          "ev v=2 @local\n",
          "hit(1,-,-)" },
        { KIT_RULE("r",
                   "<fact type='edge' x='?x'/><fact type='ev' as='e'/>"
                   "<fact type='mark' n='?x' after='e'/>",
                   "<derive type='hit' n='?x'/>"),
          "edge x=1 @local\nmark n=1 v=1 @local at=0:1:1\n"
          "mark n=1 v=2 @local at=0:9:9\nev v=2 @local at=0:5:5\n",
          "hit(1,-,-)" },
        { KIT_RULE("r",
                   "<fact type='edge' x='?x'/>"
                   "<fact type='mark' n='?x' as='m'/>",
                   "<derive type='hit' n='?x' at='m.t'/>"),
          "edge x=1 @local\nmark n=1 v=1 @local at=0:1:1\n"
          "mark n=1 v=2 @local at=0:9:9\n",
          "hit(1,-,1) hit(1,-,9)" },
        { KIT_RULE("r",
                   "<fact type='edge' x='?x'/><fact type='mark' as='m'/>"
                   "<count type='ev' after='m' at-least='1'/>",
                   "<derive type='hit' n='?x'/>"),
          "edge x=1 @local\nmark v=1 @local at=0:9:9\n"
          "mark v=2 @local at=1:1:1\nev v=2 @local at=1:5:5\n",
          "hit(1,-,-)" },
    };
    KIT_CHECK(cases);
}

static void a_derived_fact_spans_its_evidence(void)
{
    struct bed bed;
    kit_open(&bed,
             KIT_RULE("a",
                      "<fact type='ev' n='?n' k='p'/>"
                      "<fact type='ev' n='?n' k='q'/>",
                      HIT)
                 KIT_RULE("b",
                          "<fact type='hit' n='?n' as='h'/>"
                          "<fact type='mark' n='?n' after='h' within='2s'/>",
                          "<derive type='sum' n='?n'/>"),
             "ev n=1 k=q @local at=0:3:3000\n"
             "ev n=1 k=p @local count=2 at=0:5:5000 last=0:7:7000\n"
             "mark n=1 @local at=0:5:5000\n",
             NULL);
    const struct ikw_fact *f = ikw_engine_derived(bed.e, 0);
    CU_ASSERT_FATAL(ikw_engine_nderived(bed.e) == 2);
    CU_ASSERT(f->first.line == 3 && f->last.line == 7);
    CU_ASSERT(f->first.t_ms == 3000 && f->last.t_ms == 7000);
    kit_close(&bed);
}

static void equal_weights_are_one(void)
{
#define WEIGH(id, attrs)                                                       \
    KIT_RULE(id, "<fact type='ev' n='?n' v='?v'/>",                            \
             "<weigh cause='c1' for='?n' " attrs "/>")
    static const char facts[] = "ev n=1 v=1 @local\nev n=1 v=2 @local\n"
                                "ev n=2 v=2 @local\n";
    static const struct kit_case cases[] = {
        { WEIGH("r", "evidence='strong' group='g'"), facts,
          "weigh:c1@1:20/g weigh:c1@2:20/g" },
        { WEIGH("r", "evidence='-3'") WEIGH("q", "evidence='-3' group='r'"),
          "ev n=1 v=1 @local\n", "weigh:c1@1:-3/r weigh:c1@1:-3/r" },
        { KIT_RULE("r", "<fact type='ev' n='?n'/>",
                   "<suffice cause='c2' for='?n'/>"
                   "<exclude cause='c1' for='?n'/>"),
          "ev n=7 v=1 @local\nev n=7 v=2 @local\n",
          "exclude:c1@7 suffice:c2@7" },
    };
    KIT_CHECK(cases);
#undef WEIGH
}

/* ---- derivations ------------------------------------------------------- */

static void the_canonical_derivation_is_least(void)
{
    static const struct {
        const char *rules, *facts, *answer;
    } cases[] = {
        /* height before rule id */
        { KIT_RULE("a", "<fact type='sum' n='?n'/>", HIT)
              KIT_RULE("b", "<fact type='ev' n='?n'/>",
                       "<derive type='sum' n='?n' what='y'/>")
                  KIT_RULE("z", "<fact type='mark' n='?n'/>", HIT),
          "ev n=1 @local\nmark n=1 @local\n",
          "hit(1,x,-)<z.0/1 mark(1,-)> sum(1,y)<b.0/1 ev(1,-,-,-)>" },
        /* rule id before line */
        { KIT_RULE("b", "<fact type='ev' n='?n'/>", HIT)
              KIT_RULE("a", "<fact type='mark' n='?n'/>", HIT),
          "ev n=1 @local at=0:1:1\nmark n=1 @local at=0:2:2\n",
          "hit(1,x,-)<a.0/1 mark(1,-)>" },
        /* earliest line; then the second support */
        { KIT_RULE("a",
                   "<fact type='ev' n='?n' v='?v'/>"
                   "<fact type='mark' n='?n' v='?w'/>",
                   HIT),
          "mark n=1 v=9 @local at=0:5:1\nmark n=1 v=8 @local at=0:6:1\n"
          "ev n=1 v=4 @local at=0:3:9\nev n=1 v=3 @local at=0:2:9\n",
          "hit(1,x,-)<a.0/1 ev(1,-,3,-) mark(1,9)>" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_buf b = { 0 };
        struct bed bed;
        kit_open(&bed, cases[i].rules, cases[i].facts, NULL);
        kit_answer(bed.e, true, &b);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), cases[i].answer);
        CU_ASSERT(kit_proofs_hold(bed.e));
        ikw_buf_release(&b);
        kit_close(&bed);
    }
}

static void all_derivations_are_kept_when_asked(void)
{
    struct ikw_engine_opts opts = { .all_derivations = true };
    struct bed bed;
    size_t n = 0;
    kit_open(&bed,
             KIT_RULE("a", "<fact type='ev' n='?n' v='?v'/>", HIT)
                 KIT_RULE("b", "<fact type='mark' n='?n'/>", HIT),
             "ev n=1 v=1 @local\nev n=1 v=2 @local\nmark n=1 @local\n", &opts);
    for (const struct ikw_derivation *d =
             ikw_engine_why(bed.e, ikw_engine_derived(bed.e, 0));
         d; d = d->next) {
        CU_ASSERT(ikw_proof_check(bed.e, d, NULL));
        n++;
    }
    CU_ASSERT(n == 3);
    kit_close(&bed);
}

#define BASE                                                                   \
    KIT_RULE("base", "<fact type='edge' x='?x' y='?y'/>",                      \
             "<derive type='path' x='?x' y='?y'/>")
#define STEP                                                                   \
    KIT_RULE("step",                                                           \
             "<fact type='path' x='?x' y='?y'/><fact type='edge' x='?y' "      \
             "y='?z'/>",                                                       \
             "<derive type='path' x='?x' y='?z'/>")
#define CLOSURE                                                                \
    BASE STEP KIT_RULE("twice",                                                \
                       "<fact type='path' x='?x' y='?y'/>"                     \
                       "<fact type='path' x='?y' y='?z'/>",                    \
                       "<derive type='path' x='?x' y='?z'/>")

static void circles_of_rules_reach_their_fixed_point(void)
{
    struct ikw_buf facts = { 0 };
    struct bed bed;
    for (int i = 0; i < 24; i++)
        ikw_buf_addf(&facts, "edge x=%d y=%d @local\n", i, (i + 1) % 24);
    kit_open(&bed, CLOSURE, ikw_buf_str(&facts), NULL);
    CU_ASSERT(bed.ok && ikw_engine_nderived(bed.e) == 24 * 24);
    CU_ASSERT(kit_proofs_hold(bed.e));
    for (size_t i = 0; i < ikw_engine_nderived(bed.e);
         i++) { /* doubling: log2 of the distance */
        const struct ikw_fact *f = ikw_engine_derived(bed.e, i);
        int64_t d = (f->slots[1].u.i - f->slots[0].u.i + 23) % 24 + 1;
        uint32_t h = 1;
        while (d > (int64_t)1 << (h - 1))
            h++;
        CU_ASSERT(ikw_engine_why(bed.e, f)->height == h);
    }
    ikw_buf_release(&facts);
    kit_close(&bed);
}

/* path(1,2) is there at height 4 before the circle runs, which finds it at
 * height 2: what stands on it must follow, once. */
static void a_circle_may_find_a_shorter_way(void)
{
    static const char rules[] = KIT_RULE("e", "<fact type='ev' n='?n'/>", HIT)
        KIT_RULE("h", "<fact type='hit' n='?n'/>",
                 "<derive type='sum' n='?n'/>")
            KIT_RULE("i", "<fact type='sum' n='?n' what='-'/>",
                     "<derive type='sum' n='?n' what='y'/>")
                KIT_RULE("j", "<fact type='sum' n='?n' what='y'/>",
                         "<derive type='path' x='1' y='?n'/>") BASE STEP;
    struct ikw_engine_opts opts = { .all_derivations = true };
    struct ikw_buf b = { 0 };
    struct bed bed;
    kit_open(&bed, rules,
             "ev n=2 @local\nedge x=1 y=3 @local\nedge x=3 y=2 @local\n"
             "edge x=2 y=7 @local\n",
             &opts);
    for (size_t i = 0; i < ikw_engine_nderived(bed.e); i++) {
        const struct ikw_fact *f = ikw_engine_derived(bed.e, i);
        const struct ikw_derivation *d = ikw_engine_why(bed.e, f);
        if (strcmp(f->type->name, "path") != 0)
            continue;
        kit_fact(&b, f);
        for (; d; d = d->next)
            ikw_buf_addf(&b, "%u ", d->height);
    }
    CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b),
                           "path(1,2)2 4 path(1,3)1 path(1,7)3 "
                           "path(2,7)1 path(3,2)1 path(3,7)2 ");
    CU_ASSERT(kit_proofs_hold(bed.e));
    ikw_buf_release(&b);
    kit_close(&bed);
}

/* Rule d finds its fact by time in an index that is older than the fact. */
static void derived_facts_join_by_their_time(void)
{
    static const char rules[] = KIT_RULE("a", "<fact type='ev' n='?n'/>", HIT)
        KIT_RULE("b",
                 "<fact type='mark' t='?t'/>"
                 "<fact type='hit' what='x' n='?n' t='?t'/>",
                 "<derive type='sum' n='?n'/>")
            KIT_RULE("c", "<fact type='sum' n='?n' what='-'/>",
                     "<derive type='hit' n='?n' what='late'/>")
                KIT_RULE("d",
                         "<fact type='mark' t='?t'/>"
                         "<fact type='hit' what='late' n='?n' t='?t'/>",
                         "<derive type='sum' n='?n' what='end'/>")
                    KIT_RULE("e", "<fact type='sum' n='?n' what='end'/>",
                             "<derive type='hit' n='?n' what='more'/>");
    struct ikw_buf facts = { 0 }, b = { 0 };
    struct bed bed;
    for (int i = 1; i <= 12; i++)
        ikw_buf_addf(&facts, "ev n=%d @local at=0:%d:%d000\n", i, i, i);
    ikw_buf_adds(&facts, "mark v=1 @local at=0:20:7000\n");
    kit_open(&bed, rules, ikw_buf_str(&facts), NULL);
    kit_answer(bed.e, false, &b);
    CU_ASSERT_PTR_NOT_NULL(strstr(
        ikw_buf_str(&b), "hit(7,late,-) hit(7,more,-) hit(7,x,-) hit(8,x,-)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&b), "sum(7,-) sum(7,end)"));
    CU_ASSERT(kit_proofs_hold(bed.e));
    ikw_buf_release(&facts);
    ikw_buf_release(&b);
    kit_close(&bed);
}

static void an_unset_slot_feeds_a_test_for_difference(void)
{
    static const struct kit_case cases[] = {
        { KIT_RULE("a",
                   "<fact type='ev' n='?n' s='?s'/>"
                   "<fact type='hit' n='?n' what='!?s'/>",
                   "<derive type='sum' n='?n'/>")
              KIT_RULE("b", "<fact type='mark' n='?n'/>",
                       "<derive type='hit' n='?n'/>"),
          "ev n=1 s=A @local\nmark n=1 @local\n", "hit(1,-,-) sum(1,-)" },
    };
    KIT_CHECK(cases);
}

/* ---- proofs ------------------------------------------------------------ */

static void a_tampered_proof_is_refused(void)
{
    struct bed bed;
    const struct ikw_fact *swap[4];
    struct ikw_value vars[4];
    kit_open(&bed,
             KIT_RULE("r",
                      "<fact type='ev' n='?n' k='p' as='e'/>"
                      "<fact type='mark' n='?n' v='?v' after='e' within='5s'/>"
                      "<absent type='ev' n='?n' k='s' visible-at='info'/>",
                      HIT),
             "set @local level=info\n"
             "ev n=1 k=p @local at=0:1:1000\nev n=2 k=q @local at=0:2:2000\n"
             "mark n=1 v=3 @local at=0:3:3000\nmark n=2 v=3 @local\n"
             "mark n=1 v=4 @local at=0:9:9000\nev n=1 k=p @peer\n",
             NULL);
    CU_ASSERT_FATAL(ikw_engine_nderived(bed.e) == 1);
    const struct ikw_derivation *d =
        ikw_engine_why(bed.e, ikw_engine_derived(bed.e, 0));
    CU_ASSERT(ikw_proof_check(bed.e, d, NULL));
    static const struct {
        unsigned pattern;
        size_t fact; /* of the set, by order above */
    } swaps[] = { { 0, 1 }, { 0, 5 }, { 0, 2 }, { 1, 3 }, { 1, 4 }, { 2, 1 } };
    for (size_t i = 0; i < sizeof swaps / sizeof swaps[0]; i++) {
        struct ikw_derivation bad = *d;
        memcpy(swap, d->facts, 3 * sizeof swap[0]);
        swap[swaps[i].pattern] = bed.fs.facts[swaps[i].fact];
        bad.facts = swap;
        struct ikw_buf why = { 0 };
        CU_ASSERT(!ikw_proof_check(bed.e, &bad, &why) && why.len > 0);
        ikw_buf_release(&why);
    }
    struct ikw_derivation bad = *d;
    bad.height = 2;
    CU_ASSERT(!ikw_proof_check(bed.e, &bad, NULL));
    bad = *d;
    memcpy(vars, d->vars, d->rule->nvars * sizeof vars[0]);
    vars[0] = ikw_value_int(9);
    bad.vars = vars;
    CU_ASSERT(!ikw_proof_check(bed.e, &bad, NULL));
    bad = *d;
    bad.then = 1;
    CU_ASSERT(!ikw_proof_check(bed.e, &bad, NULL));
    bed.fs.see[0].level = IKW_LEVEL_ERROR; /* the absence shows no longer */
    CU_ASSERT(!ikw_proof_check(bed.e, d, NULL));
    kit_close(&bed);
}

/* ---- limits ------------------------------------------------------------ */

static void every_limit_stops_and_names_the_rule(void)
{
    static const struct ikw_engine_opts limits[] = { { .max_firings = 5 },
                                                     { .max_facts = 5 },
                                                     { .max_steps = 20 } };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct bed bed;
        kit_open(&bed, CLOSURE,
                 "edge x=1 y=2 @local\nedge x=2 y=3 @local\n"
                 "edge x=3 y=4 @local\nedge x=4 y=5 @local\n"
                 "edge x=5 y=1 @local\n",
                 &limits[i]);
        CU_ASSERT(!bed.ok && bed.ds.count == 1);
        CU_ASSERT(bed.ds.head->code == IKW_DIAG_ENGINE_LIMIT);
        CU_ASSERT_PTR_NOT_NULL(strstr(bed.ds.head->text, "rule '"));
        CU_ASSERT(ikw_engine_nderived(bed.e) > 0);
        kit_close(&bed);
    }
}

/* ---- why not ----------------------------------------------------------- */

static void why_not_finds_the_nearest_miss(void)
{
#define WHY                                                                    \
    KIT_RULE("r",                                                              \
             "<fact type='mark' n='?n' v='1' as='m'/>"                         \
             "<fact type='ev' n='?n' k='p' v='>3' after='m'/>"                 \
             "<absent type='edge' x='?n' visible-at='info'/>",                 \
             "<weigh cause='c1' for='?n' evidence='strong'/>")
    static const struct {
        const char *facts;
        int64_t subject;
        bool fires;
        unsigned failed;
        const char *by; /* "" for none */
        unsigned test;
        bool unobservable;
    } cases[] = {
        { "set @local level=info\n", -1, false, 0, "", UINT_MAX, false },
        { "set @local level=info\nmark n=1 v=2 @local\n", -1, false, 0,
          "mark(1,2)", 1, false },
        { "set @local level=info\nmark n=1 v=1 @local at=0:1:1\n"
          "ev n=1 k=p v=2 @local at=0:2:2\nev n=2 k=q v=2 @local at=0:3:3\n",
          -1, false, 1, "ev(1,p,2,-)", 2, false },
        { "set @local level=info\nmark n=1 v=1 @local at=0:5:5\n"
          "ev n=1 k=p v=9 @local at=0:2:2\n",
          -1, false, 1, "ev(1,p,9,-)", UINT_MAX, false },
        { "set @local level=info\nmark n=1 v=1 @local at=0:1:1\n"
          "ev n=1 k=p v=9 @local at=0:2:2\nedge x=1 y=4 @local\n",
          -1, false, 2, "edge(1,4)", UINT_MAX, false },
        { "set @local level=error\nmark n=1 v=1 @local at=0:1:1\n"
          "ev n=1 k=p v=9 @local at=0:2:2\n",
          -1, false, 2, "", UINT_MAX, true },
        { "set @local level=info\nmark n=1 v=1 @local at=0:1:1\n"
          "ev n=1 k=p v=9 @local at=0:2:2\n",
          -1, true, 3, "", UINT_MAX, false },
        { "set @local level=info\nmark n=1 v=1 @local at=0:1:1\n"
          "mark n=2 v=1 @local at=0:1:1\nev n=1 k=p v=9 @local at=0:2:2\n",
          2, false, 1, "ev(1,p,9,-)", 0, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_buf b = { 0 };
        struct bed bed;
        kit_open(&bed, WHY, cases[i].facts, NULL);
        const struct ikw_whynot *w = ikw_engine_whynot(
            bed.e, ikw_kb_rule(bed.kb, "r"), cases[i].subject);
        if (w->refuted_by)
            kit_fact(&b, w->refuted_by);
        CU_ASSERT(w->fires == cases[i].fires);
        CU_ASSERT(w->failed == cases[i].failed);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), cases[i].by);
        CU_ASSERT(w->refuted_test == cases[i].test);
        CU_ASSERT(w->unobservable == cases[i].unobservable);
        for (unsigned p = 0; p < w->failed && p < 2; p++)
            CU_ASSERT_PTR_NOT_NULL(w->partial[p]);
        ikw_buf_release(&b);
        kit_close(&bed);
    }
}

/* ---- the sentence ------------------------------------------------------ */

static void the_sentence_is_filled_in(void)
{
    struct ikw_buf b = { 0 };
    struct bed bed;
    kit_open(&bed,
             "<rule id='r'><when>"
             "<fact type='ev' n='?n' s='?s' t='?t' as='e'/>"
             "<fact type='mark' n='?n' as='m'/></when><then>" HIT "</then>"
             "<because>At {e.t} ({e}, {?t}) no. {?n} said {?s}, {e.k}; "
             "{m}, {m.count} times to {m.last}.</because></rule>",
             "ev n=1 s=\"a b\" @local at=0:12:86399000\n"
             "mark n=1 @local count=2 at=0:13:3600000 last=0:20:3661000\n",
             NULL);
    CU_ASSERT_FATAL(ikw_engine_nderived(bed.e) == 1);
    ikw_because(ikw_engine_why(bed.e, ikw_engine_derived(bed.e, 0)), &b);
    CU_ASSERT_STRING_EQUAL(
        ikw_buf_str(&b),
        "At 23:59:59 (line 12, 23:59:59) no. 1 said a b, unknown; "
        "lines 13 to 20, 2 times to 01:01:01.");
    ikw_buf_release(&b);
    kit_close(&bed);
}

/* ---- sharing ----------------------------------------------------------- */

static void engines_share_a_program(void)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = kit_kb(CLOSURE, &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    struct ikw_program *prog = ikw_program_new(kb);
    struct ikw_engine_opts opts = { .program = prog };
    for (int round = 0; round < 2; round++) {
        struct ikw_fact_set fs;
        struct ikw_value xy[2] = { ikw_value_int(1), ikw_value_int(2) };
        const struct ikw_fact *const *v;
        ikw_fact_set_init(&fs, kb);
        ikw_fact_add(&fs, ikw_kb_type(kb, "edge"), IKW_SOURCE_LOCAL, xy, NULL);
        struct ikw_engine *e = ikw_engine_new(kb, &fs, &opts);
        CU_ASSERT(ikw_engine_run(e, &ds));
        CU_ASSERT(ikw_engine_facts_of(e, ikw_kb_type(kb, "path"), &v) == 1);
        CU_ASSERT(v[0] == ikw_engine_derived(e, 0));
        CU_ASSERT(ikw_engine_facts_of(e, ikw_kb_type(kb, "edge"), &v) == 1);
        CU_ASSERT_PTR_NULL(ikw_engine_why(e, v[0]));
        ikw_engine_free(e);
        ikw_fact_set_release(&fs);
    }
    ikw_program_free(prog);
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

#define T(name)                                                                \
    {                                                                          \
#name, name                                                            \
    }

CU_TestInfo ikw_test_engine[] = {
    T(tests_of_slots_select_facts),
    T(unknown_values_join_nothing),
    T(a_variable_twice_in_a_pattern_must_agree),
    T(conclusions_carry_values_and_times),
    T(every_fact_that_matters_is_tried),
    T(a_derived_fact_spans_its_evidence),
    T(equal_weights_are_one),
    T(the_canonical_derivation_is_least),
    T(all_derivations_are_kept_when_asked),
    T(circles_of_rules_reach_their_fixed_point),
    T(a_circle_may_find_a_shorter_way),
    T(derived_facts_join_by_their_time),
    T(an_unset_slot_feeds_a_test_for_difference),
    T(a_tampered_proof_is_refused),
    T(every_limit_stops_and_names_the_rule),
    T(why_not_finds_the_nearest_miss),
    T(the_sentence_is_filled_in),
    T(engines_share_a_program),
    CU_TEST_INFO_NULL,
};
