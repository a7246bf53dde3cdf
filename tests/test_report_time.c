/* Reports over time: failures joined into spells, tunnels and their outcomes.
 */
#include "tests/report_kit.h"

/* ---- over time --------------------------------------------------------- */

enum { HOUR = 3600 };

/* One set for each failure: time and clue. A clue "ok" is a success. */
static void failures_join_into_spells(void)
{
    static const struct {
        const char *why;
        struct {
            int t;
            const char *clue;
        } steps[6];
        const char *verdicts;
    } rows[] = {
        { "equal failures are one",
          { { 0, "key" }, { 60, "key" }, { 120, "key" } },
          "key:3" },
        { "another cause is another",
          { { 0, "key" }, { 60, "net" } },
          "key:1 net:1" },
        { "the surer reading speaks for both",
          { { 0, "key-or-net" }, { 60, "key" } },
          "key:2" },
        { "also when it came first",
          { { 0, "key" }, { 60, "key-or-net" } },
          "key:2" },
        { "also against the earlier leader",
          { { 0, "key-or-net" }, { 60, "net" } },
          "net:2" },
        { "but not an hour later",
          { { 0, "key-or-net" }, { 2 * HOUR, "net" } },
          "net:1 key:1" },
        { "a child joins its parent",
          { { 0, "path-any" }, { 60, "path-out" } },
          "path-out:2" },
        { "a cause that returns within a day is one spell",
          { { 0, "key" }, { 60, "net" }, { 23 * HOUR, "key" } },
          "key:2 net:1" },
        { "after a day it is a new one",
          { { 0, "key" }, { 25 * HOUR, "key" } },
          "key:1 key:1" },
        { "steady failures over days are one spell",
          { { 0, "key" }, { 20 * HOUR, "key" }, { 40 * HOUR, "key" } },
          "key:3" },
        { "a success heals what was before",
          { { 0, "key" }, { 60, "ok" } },
          "key:1r" },
        { "the same cause after a success is the same spell",
          { { 0, "key" }, { 60, "ok" }, { 120, "key" } },
          "key:2" },
        { "another reading after a success is another spell",
          { { 0, "key-or-net" }, { 60, "ok" }, { 120, "net" } },
          "net:1 key:1r" },
        { "a spell whose reading changed unites with an older one",
          { { 0, "net" },
            { 2 * HOUR, "key-or-net" },
            { 2 * HOUR + 60, "net" } },
          "net:3" },
        { "what was sure is not read anew",
          { { 0, "net" },
            { 60, "key-or-net" },
            { 120, "key" },
            { 180, "net" } },
          "net:3 key:1" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b = start();
        struct ikw_buf out = { 0 };
        for (int k = 0; k < 6 && rows[i].steps[k].clue; k++) {
            open_set(&b, "198.51.100.7", "info");
            if (strcmp(rows[i].steps[k].clue, "ok") == 0)
                success(&b, k + 1, rows[i].steps[k].t);
            else
                failure(&b, k + 1, rows[i].steps[k].t, rows[i].steps[k].clue);
        }
        struct ikw_report *r = finish(&b);
        if (strcmp(verdicts(r, &out), rows[i].verdicts) != 0)
            CU_FAIL(rows[i].why);
        SAME(ikw_buf_str(&out), rows[i].verdicts);
        ikw_buf_release(&out);
        stop(&b);
    }
}

static void joined_evidence_is_counted_and_spans_the_spell(void)
{
    struct bench b = start();
    for (int i = 0; i < 50; i++) {
        open_set(&b, "198.51.100.7", "info");
        failure(&b, i + 1, i * 60, "key");
    }
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    const struct ikw_verdict *v = r->verdicts[0];
    CU_ASSERT_EQUAL(v->count, 50);
    CU_ASSERT_EQUAL(v->first_ms, 0);
    CU_ASSERT_EQUAL(v->last_ms, 49 * 60000);
    CU_ASSERT_EQUAL_FATAL(v->nevidence, 2);
    CU_ASSERT_EQUAL(v->evidence[1].count, 50);
    CU_ASSERT_EQUAL(v->evidence[1].first.line, 2);
    CU_ASSERT_EQUAL(v->evidence[1].last.line, 100);
    SAME(v->evidence[1].last.text, "fine 10.0.0.100");
    stop(&b);
}

static void a_spell_is_recovered_only_if_all_of_it_is(void)
{
    static const struct {
        bool better[2], recovered;
    } rows[] = {
        { { false, false }, false },
        { { true, false }, false },
        { { false, true }, false },
        { { true, true }, true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b = start();
        open_set(&b, "198.51.100.7", "info");
        for (int k = 0; k < 2; k++) {
            failure(&b, k + 1, k * 60, "key");
            if (rows[i].better[k])
                clue(&b, k + 1, k * 60 + 5, "better");
        }
        struct ikw_report *r = finish(&b);
        CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
        CU_ASSERT_EQUAL(r->verdicts[0]->recovered, rows[i].recovered);
        CU_ASSERT_EQUAL(r->outcome, IKW_OUTCOME_FAULT);
        stop(&b);
    }
}

static void a_carried_problem_is_counted_once(void)
{
    struct bench b = start();
    for (int i = 0; i < 3; i++) {
        open_set(&b, "198.51.100.7", "info");
        b.line = 0;
        fact(&b, 10, "fine",
             "negotiation id=1 phase=1 role=I outcome=failed "
             "carried=yes");
        clue(&b, 1, 20, "key");
    }
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    CU_ASSERT_EQUAL(r->verdicts[0]->count, 1);
    CU_ASSERT_EQUAL(r->verdicts[0]->first_ms, 20000);
    CU_ASSERT_EQUAL(r->verdicts[0]->evidence[1].count, 1);
    CU_ASSERT_EQUAL(r->tunnels[0]->attempts, 1);
    stop(&b);
}

/* ---- tunnels and outcomes ---------------------------------------------- */

static void an_outcome_follows_from_problems_and_success(void)
{
    static const struct {
        const char *clue; /* of a failed phase 1; NULL: none */
        bool pending, success;
        enum ikw_outcome outcome;
        const char *state;
    } rows[] = {
        { "key", false, false, IKW_OUTCOME_FAULT, "down" },
        { "key", false, true, IKW_OUTCOME_FAULT, "up" },
        { NULL, false, true, IKW_OUTCOME_HEALTHY, "up" },
        { NULL, true, false, IKW_OUTCOME_UNDECIDED, "unknown" },
        { NULL, false, false, IKW_OUTCOME_NO_NEGOTIATION, "unknown" },
        { "thin", false, false, IKW_OUTCOME_UNDECIDED, "down" },
        { "nothing", false, false, IKW_OUTCOME_UNDECIDED, "down" },
        { "scan", false, false, IKW_OUTCOME_NO_NEGOTIATION, "down" },
        { "calm", false, true, IKW_OUTCOME_HEALTHY, "up" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b = start();
        open_set(&b, "198.51.100.7", "info");
        if (rows[i].clue)
            failure(&b, 1, 10, rows[i].clue);
        if (rows[i].pending)
            negotiation(&b, 2, 1, 20, "pending");
        if (rows[i].success)
            success(&b, 3, 30);
        struct ikw_report *r = finish(&b);
        CU_ASSERT_EQUAL_FATAL(r->ntunnels, 1);
        SAME(ikw_outcome_name(r->tunnels[0]->outcome),
             ikw_outcome_name(rows[i].outcome));
        CU_ASSERT_EQUAL(r->outcome, rows[i].outcome);
        SAME(r->tunnels[0]->state, rows[i].state);
        stop(&b);
    }
}

static void a_renewed_tunnel_is_up_after_the_old_sa_is_gone(void)
{
    for (int renewed = 0; renewed < 2; renewed++) {
        struct bench b = start();
        open_set(&b, "198.51.100.7", "info");
        ikw_buf_adds(&b.set, "negotiation id=1 phase=1 role=I outcome=expired "
                             "@local at=0:1:10000 last=0:90:99000\n");
        b.line = 1;
        if (renewed)
            negotiation(&b, 2, 1, 50, "established");
        struct ikw_report *r = finish(&b);
        CU_ASSERT_EQUAL_FATAL(r->ntunnels, 1);
        SAME(r->tunnels[0]->state, renewed ? "up" : "down");
        stop(&b);
    }
}

static void a_suspicion_is_told_and_changes_no_outcome(void)
{
    static const char *const clues[] = { "key", "nothing" };
    for (size_t i = 0; i < 2; i++) {
        struct bench b = start();
        open_set(&b, "198.51.100.7", "info");
        success(&b, 1, 10);
        clue(&b, 1, 11, "odd");
        clue(&b, 1, 12, clues[i]);
        struct ikw_report *r = finish(&b);
        CU_ASSERT_EQUAL(r->outcome, IKW_OUTCOME_HEALTHY);
        CU_ASSERT_EQUAL(r->nverdicts, i == 0);
        CU_ASSERT_TRUE(!r->nverdicts || r->verdicts[0]->suspicion);
        CU_ASSERT_EQUAL(r->nblind_spots, 0);
        stop(&b);
    }
}

static void a_fault_outranks_a_suspicion_of_its_cause(void)
{
    struct bench b = start();
    struct ikw_buf out = { 0 };
    open_set(&b, "198.51.100.7", "info");
    success(&b, 1, 10);
    clue(&b, 1, 11, "odd");
    clue(&b, 1, 12, "key");
    failure(&b, 2, 60, "key");
    struct ikw_report *r = finish(&b);
    SAME(verdicts(r, &out), "key:2");
    CU_ASSERT_FALSE(r->verdicts[0]->suspicion);
    CU_ASSERT_EQUAL(r->outcome, IKW_OUTCOME_FAULT);
    ikw_buf_release(&out);
    stop(&b);
}

static void the_worst_tunnel_decides_the_whole(void)
{
    static const struct {
        const char *clues[3]; /* "ok": success; one tunnel each */
        enum ikw_outcome outcome;
    } rows[] = {
        { { "ok", "ok", "key" }, IKW_OUTCOME_FAULT },
        { { "thin", "ok", "ok" }, IKW_OUTCOME_UNDECIDED },
        { { "ok", "scan", "scan" }, IKW_OUTCOME_HEALTHY },
        { { "scan", "scan", "scan" }, IKW_OUTCOME_NO_NEGOTIATION },
        { { NULL, NULL, NULL }, IKW_OUTCOME_NO_NEGOTIATION },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b = start();
        for (int k = 0; k < 3 && rows[i].clues[k]; k++) {
            char peer[32];
            snprintf(peer, sizeof peer, "198.51.100.%d", k);
            open_set(&b, peer, "info");
            if (strcmp(rows[i].clues[k], "ok") == 0)
                success(&b, k + 1, 10);
            else
                failure(&b, k + 1, 10, rows[i].clues[k]);
        }
        CU_ASSERT_EQUAL(finish(&b)->outcome, rows[i].outcome);
        stop(&b);
    }
}

static void long_tunnels_keep_the_first_and_last_rows(void)
{
    struct bench b = start();
    for (int i = 0; i < 30; i++) {
        if (i % 10 == 0)
            open_set(&b, "198.51.100.7", "info");
        negotiation(&b, i + 1, 1, i * 10, "established");
    }
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->ntunnels, 1);
    const struct ikw_tunnel *t = r->tunnels[0];
    CU_ASSERT_EQUAL(t->attempts, 30);
    CU_ASSERT_EQUAL_FATAL(t->nnegotiations, 16);
    CU_ASSERT_EQUAL(t->negotiations[7].first_line, 8);
    CU_ASSERT_EQUAL(t->negotiations[8].first_line, 23);
    CU_ASSERT_EQUAL(t->negotiations[15].first_line, 30);
    SAME(t->negotiations[15].outcome, "established");
    SAME(t->negotiations[15].cookies, "0000000000000030:0000000000000001");
    CU_ASSERT_EQUAL(t->role, 'I');
    CU_ASSERT_EQUAL(t->first_ms, 0);
    CU_ASSERT_EQUAL(t->last_ms, 290000);
    stop(&b);
}

extern CU_TestInfo ikw_test_report_time[];
CU_TestInfo ikw_test_report_time[] = {
    TEST(failures_join_into_spells),
    TEST(joined_evidence_is_counted_and_spans_the_spell),
    TEST(a_spell_is_recovered_only_if_all_of_it_is),
    TEST(a_carried_problem_is_counted_once),
    TEST(an_outcome_follows_from_problems_and_success),
    TEST(a_renewed_tunnel_is_up_after_the_old_sa_is_gone),
    TEST(a_suspicion_is_told_and_changes_no_outcome),
    TEST(a_fault_outranks_a_suspicion_of_its_cause),
    TEST(the_worst_tunnel_decides_the_whole),
    TEST(long_tunnels_keep_the_first_and_last_rows),
    { NULL, NULL },
};
