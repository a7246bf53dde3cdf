#include "cases/tutor.h"

#include <CUnit/CUnit.h>
#include <string.h>

struct kit {
    struct ikw_kb *kb;
    struct ikw_case *c;
    struct ikw_tutor t;
    struct ikw_buf out;
    struct ikw_diags ds;
    bool more;
};

static void kit_open(struct kit *k, const char *dir)
{
    *k = (struct kit){ 0 };
    k->kb = ikw_kb_load("kb", &k->ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(k->kb);
    k->c = ikw_case_load(k->kb, dir, &k->ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(k->c);
    CU_ASSERT(ikw_tutor_init(&k->t, k->kb, k->c));
}

static void kit_close(struct kit *k)
{
    ikw_tutor_release(&k->t);
    ikw_case_free(k->c);
    ikw_kb_free(k->kb);
    ikw_buf_release(&k->out);
    ikw_diags_release(&k->ds);
}

static const char *say(struct kit *k, const char *line)
{
    ikw_buf_clear(&k->out);
    k->more = ikw_tutor_line(&k->t, line, &k->out);
    return ikw_buf_str(&k->out);
}

#define SAYS(k, line, words) CU_ASSERT_PTR_NOT_NULL(strstr(say(k, line), words))

static void an_early_guess_is_told_so_and_costs_nothing(void)
{
    struct kit k;
    kit_open(&k, "cases/081-wrong-key-initiator");
    SAYS(&k, "show 1-2", "initiate new phase 1");
    SAYS(&k, "guess p1-proposal-mismatch", "Not yet supported");
    CU_ASSERT_EQUAL(k.t.wrong, 0);
    CU_ASSERT_EQUAL(k.t.stage, IKW_TUTOR_LOOK);
    kit_close(&k);
}

static void a_wrong_guess_is_contradicted_by_a_line(void)
{
    struct kit k;
    kit_open(&k, "cases/001-final-message-refused");
    say(&k, "show 1-99");
    SAYS(&k, "guess psk-mismatch", "Contradicted");
    SAYS(&k, "guess psk-mismatch", "input.log:6");
    CU_ASSERT_EQUAL(k.t.wrong, 2);
    kit_close(&k);
}

static void a_guess_may_fit_and_still_be_beaten(void)
{
    struct kit k;
    kit_open(&k, "cases/121-fqdn-in-main-mode");
    say(&k, "show 1-99");
    SAYS(&k, "guess no-such-cause", "No cause of that name");
    SAYS(&k, "guess id-type-not-address", "Consistent");
    CU_ASSERT_EQUAL(k.t.stage, IKW_TUTOR_EVIDENCE);
    kit_close(&k);
}

static void answer_all(struct kit *k, bool right)
{
    while (k->t.stage == IKW_TUTOR_QUESTIONS) {
        const struct ikw_case_question *q = &k->c->questions[k->t.question];
        unsigned i = right ? q->right : (q->right + 1) % (unsigned)q->nchoices;
        char line[2] = { (char)('a' + i), '\0' };
        SAYS(k, line, right ? "Right." : "No. ");
    }
}

static void the_right_way_earns_all_points(void)
{
    struct kit k;
    kit_open(&k, "cases/001-final-message-refused");
    say(&k, "show");
    SAYS(&k, "guess p1-final-message-refused", "Consistent");
    SAYS(&k, "6 7", "How sure");
    SAYS(&k, "nonsense", "A number");
    SAYS(&k, "90", "Rule out");
    SAYS(&k, "p1-final-message-lost 7", "Yes:");
    answer_all(&k, true);
    CU_ASSERT(!k.more);
    CU_ASSERT_EQUAL(k.t.score.total, 100);
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&k.out), "What an expert reads"));
    kit_close(&k);
}

static void hints_bought_logs_and_wrong_answers_cost(void)
{
    struct kit k;
    kit_open(&k, "cases/001-final-message-refused");
    say(&k, "show");
    say(&k, "hint");
    SAYS(&k, "ask peer-log", "Here it is");
    SAYS(&k, "ask peer-log", "Nothing of that kind");
    say(&k, "show peer.log:1-40");
    SAYS(&k, "guess cert-ca-untrusted", "Consistent");
    say(&k, "peer.log:5 input.log:7 input.log:1");
    say(&k, "80");
    say(&k, "none");
    answer_all(&k, false);
    CU_ASSERT_EQUAL(k.t.score.cause, 40);
    CU_ASSERT_EQUAL(k.t.score.evidence, 20); /* F1 of 2 hits, 1 stray */
    CU_ASSERT_EQUAL(k.t.score.rival, 0);
    CU_ASSERT_EQUAL(k.t.score.step, 0);
    CU_ASSERT_EQUAL(k.t.score.costs, 8);
    CU_ASSERT_EQUAL(k.t.score.total, 52);
    kit_close(&k);
}

static void healthy_and_undecided_are_answers(void)
{
    static const struct {
        const char *dir, *wrong, *right;
    } cases[] = {
        { "cases/002-healthy-main", "guess undecided", "guess healthy" },
        { "cases/113-page-too-short", "guess healthy", "guess undecided" },
    };
    for (size_t i = 0; i < 2; i++) {
        struct kit k;
        kit_open(&k, cases[i].dir);
        say(&k, "show");
        say(&k, cases[i].wrong);
        CU_ASSERT_EQUAL(k.t.stage, IKW_TUTOR_LOOK);
        say(&k, cases[i].right);
        CU_ASSERT_EQUAL(k.t.stage, IKW_TUTOR_EVIDENCE);
        kit_close(&k);
    }
}

static void a_mind_may_be_changed_until_the_questions(void)
{
    struct kit k;
    kit_open(&k, "cases/001-final-message-refused");
    say(&k, "show 1-99");
    say(&k, "guess p1-final-message-refused");
    SAYS(&k, "guess psk-mismatch", "Contradicted");
    CU_ASSERT_EQUAL(k.t.stage, IKW_TUTOR_LOOK);
    CU_ASSERT_EQUAL(k.t.score.cause, 0);
    say(&k, "guess p1-final-message-refused");
    say(&k, "6 7");
    SAYS(&k, "guess p1-final-message-refused", "Which lines");
    say(&k, "3 7");
    say(&k, "99");
    say(&k, "none");
    CU_ASSERT_EQUAL(k.t.stage, IKW_TUTOR_QUESTIONS);
    SAYS(&k, "guess psk-mismatch", "One of the letters");
    SAYS(&k, "giveup", "- input.log:6");
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&k.out), "+ input.log:7-15"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(ikw_buf_str(&k.out), "nothing rests on: input.log:3"));
    kit_close(&k);
}

static void what_is_worth_telling_is_an_answer(void)
{
    struct kit k;
    kit_open(&k, "cases/183-nobody-asked");
    CU_ASSERT_STRING_EQUAL(ikw_case_subject(k.c), "no-traffic-trigger");
    say(&k, "show");
    SAYS(&k, "guess path-udp500-blocked", "nothing at hand supports");
    SAYS(&k, "guess no-traffic-trigger", "Which lines");
    CU_ASSERT_EQUAL(k.t.score.cause, 40);
    SAYS(&k, "giveup", "worth telling");
    kit_close(&k);
}

static void easy_cases_name_the_rivals(void)
{
    struct kit k;
    kit_open(&k, "cases/002-healthy-main");
    say(&k, "show");
    say(&k, "guess healthy");
    say(&k, "5 8");
    SAYS(&k, "90", "p2-selector-mismatch");
    kit_close(&k);
    kit_open(&k, "cases/001-final-message-refused");
    say(&k, "show");
    say(&k, "guess p1-final-message-refused");
    say(&k, "6 7");
    CU_ASSERT_PTR_NULL(strstr(say(&k, "90"), "psk-mismatch"));
    kit_close(&k);
}

static void odd_lines_do_no_harm(void)
{
    static const char *const lines[] = {
        "",
        "   ",
        "show 0",
        "show 9-1",
        "show 99999999999999999999",
        "show nofile:3",
        "grep",
        "grep %s%n",
        "ask",
        "ask ../../etc/passwd",
        "guess",
        "a",
        "show -",
        "show 1-",
        "causes zzz",
        "hint",
        "hint",
        "hint",
        "hint",
        "hint",
        "hint",
        "ticket",
        "help",
    };
    struct kit k;
    kit_open(&k, "cases/081-wrong-key-initiator");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        say(&k, lines[i]);
    CU_ASSERT(k.more);
    CU_ASSERT_EQUAL(k.t.stage, IKW_TUTOR_LOOK);
    SAYS(&k, "giveup", "The truth");
    CU_ASSERT(!k.more);
    CU_ASSERT(!ikw_tutor_line(&k.t, "show", &k.out));
    kit_close(&k);
}

CU_TestInfo ikw_test_tutor[] = {
    { "an early guess is told so and costs nothing",
      an_early_guess_is_told_so_and_costs_nothing },
    { "a wrong guess is contradicted by a line",
      a_wrong_guess_is_contradicted_by_a_line },
    { "a guess that fits stands", a_guess_may_fit_and_still_be_beaten },
    { "the right way earns all points", the_right_way_earns_all_points },
    { "hints, bought logs and wrong answers cost",
      hints_bought_logs_and_wrong_answers_cost },
    { "healthy and undecided are answers", healthy_and_undecided_are_answers },
    { "a mind may be changed until the questions",
      a_mind_may_be_changed_until_the_questions },
    { "what is worth telling is an answer",
      what_is_worth_telling_is_an_answer },
    { "easy cases name the rivals", easy_cases_name_the_rivals },
    { "odd lines do no harm", odd_lines_do_no_harm },
    CU_TEST_INFO_NULL,
};
