/* Conditions and sentences in words: counts, orders, moments and spans. */
#include "inference/compare.h"
#include "inference/verdict.h"
#include "tests/engine_kit.h"

static void a_condition_says_what_it_asks(void)
{
    static const struct {
        const char *condition, *says;
    } t[] = {
        { "<count type='ev' at-least='3'/>", "ev, at least 3 times" },
        { "<count type='ev' at-most='2'/>", "ev, at most 2 times" },
        { "<count type='ev' at-least='2' at-most='9'/>",
          "ev, at least 2 times, at most 9 times" },
        { "<fact type='ev' k='p'/>", "ev k=p" },
        { "<fact type='ev' k='p|q'/>", "ev k=p or q" },
        { "<fact type='ev' k='!p'/>", "ev (k not p)" },
        { "<fact type='ev' v='&gt;=3' s='!a'/>", "ev (v at least 3, s not a)" },
        { "<fact type='ev' v='&lt;?x'/>", "ev" },
        { "<fact type='ev' from='other'/>", "ev, in the other side's log" },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct ikw_buf rule = { 0 }, b = { 0 };
        struct ikw_diags ds = { 0 };
        ikw_buf_addf(&rule,
                     "<rule id='r'><when><fact type='mark' v='?x'/>%s</when>"
                     "<then><derive type='hit'/></then>"
                     "<because>So.</because></rule>",
                     t[i].condition);
        struct ikw_kb *kb = kit_kb(ikw_buf_str(&rule), &ds);
        kit_complain(&ds);
        CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
        ikw_pattern_says(kb->rules[0], 1, NULL, &b);
        if (strcmp(ikw_buf_str(&b), t[i].says))
            printf("\n%s: \"%s\"\n", t[i].condition, ikw_buf_str(&b));
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), t[i].says);
        ikw_buf_release(&b);
        ikw_buf_release(&rule);
        ikw_kb_free(kb);
        ikw_diags_release(&ds);
    }
}

/* A slot of kind time holds either; a year tells them apart. */
static void a_moment_is_said_as_a_clock_and_a_span_as_a_number(void)
{
    static const struct {
        const char *fact, *says;
    } t[] = {
        { "mark n=1 @local at=0:1:1700000000000\n", "22:13:20" },
        { "mark n=1 @local at=0:1:60000\n", "60000" },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct ikw_buf b = { 0 };
        struct bed bed;
        kit_open(&bed,
                 "<rule id='q'><when><fact type='mark' n='?n' as='m'/></when>"
                 "<then><derive type='hit' n='?n' at='m.t'/></then>"
                 "<because>So.</because></rule>"
                 "<rule id='r'><when><fact type='hit' n='?n' as='h'/></when>"
                 "<then><derive type='sum' n='?n'/></then>"
                 "<because>{h.at}</because></rule>",
                 t[i].fact, NULL);
        CU_ASSERT_EQUAL_FATAL(ikw_engine_nderived(bed.e), 2);
        for (size_t k = 0; k < 2; k++) {
            const struct ikw_fact *f = ikw_engine_derived(bed.e, k);
            if (!strcmp(f->type->name, "sum"))
                ikw_because(ikw_engine_why(bed.e, f), &b);
        }
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), t[i].says);
        ikw_buf_release(&b);
        kit_close(&bed);
    }
}

/* ---- two reports ------------------------------------------------------- */

static enum ikw_change_kind change(struct ikw_verdict *a, struct ikw_verdict *b,
                                   size_t n)
{
    struct ikw_verdict *va[] = { a }, *vb[] = { b };
    struct ikw_report before = { .nverdicts = 1 }, after = { .nverdicts = 1 };
    size_t got = 0;
    before.verdicts = va;
    after.verdicts = vb;
    struct ikw_change *v = ikw_report_compare(&before, &after, &got);
    enum ikw_change_kind kind = v[0].kind;
    CU_ASSERT_EQUAL(got, n);
    free(v);
    return kind;
}

static void a_verdict_moves_if_anything_told_of_it_does(void)
{
    struct ikw_cause c = { .id = "c" }, d = { .id = "d" };
    struct ikw_verdict a = {
        .cause = &c, .peer = "192.0.2.1", .certainty = 60, .db = 3, .count = 1
    };
    struct ikw_verdict b = a;
    CU_ASSERT_EQUAL(change(&a, &b, 1), IKW_CHANGE_SAME);
    b.certainty = 61;
    CU_ASSERT_EQUAL(change(&a, &b, 1), IKW_CHANGE_MOVED);
    b = a;
    b.db = 4;
    CU_ASSERT_EQUAL(change(&a, &b, 1), IKW_CHANGE_MOVED);
    b = a;
    b.count = 2;
    CU_ASSERT_EQUAL(change(&a, &b, 1), IKW_CHANGE_MOVED);
    b = a;
    b.recovered = true;
    CU_ASSERT_EQUAL(change(&a, &b, 1), IKW_CHANGE_MOVED);
    b = a;
    b.cause = &d;
    CU_ASSERT_EQUAL(change(&a, &b, 2), IKW_CHANGE_GONE);
    b = a;
    b.peer = NULL;
    CU_ASSERT_EQUAL(change(&a, &b, 2), IKW_CHANGE_GONE);
    CU_ASSERT_EQUAL(change(&b, &a, 2), IKW_CHANGE_GONE);
    b = a;
    b.tunnel_name = "t";
    CU_ASSERT_EQUAL(change(&a, &b, 2), IKW_CHANGE_GONE);
}

CU_TestInfo ikw_test_says[] = {
    { "a_condition_says_what_it_asks", a_condition_says_what_it_asks },
    { "a_moment_is_said_as_a_clock_and_a_span_as_a_number",
      a_moment_is_said_as_a_clock_and_a_span_as_a_number },
    { "a_verdict_moves_if_anything_told_of_it_does",
      a_verdict_moves_if_anything_told_of_it_does },
    CU_TEST_INFO_NULL,
};
