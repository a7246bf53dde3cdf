/* Verdicts: evidence, proof, rivals, order, and what is left over. */
#include "tests/report_kit.h"

/* ---- one verdict ------------------------------------------------------- */

static void a_verdict_tells_who_when_and_what(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 1, 100, "key");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    const struct ikw_verdict *v = r->verdicts[0];
    SAME(v->cause->id, "key");
    SAME(v->band->word, "established");
    CU_ASSERT_EQUAL(v->db, 20);
    CU_ASSERT_EQUAL(v->certainty, 99);
    CU_ASSERT_EQUAL(v->phase, 1);
    CU_ASSERT_EQUAL(v->role, 'I');
    SAME(v->local, "192.0.2.1");
    SAME(v->peer, "198.51.100.7");
    CU_ASSERT_EQUAL(v->count, 1);
    CU_ASSERT_EQUAL(v->first_ms, 100000);
    CU_ASSERT_EQUAL(v->last_ms, 100000);
    CU_ASSERT_FALSE(v->recovered);
    CU_ASSERT_EQUAL(v->tunnel, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(v->summary, "The key is wrong"));
    CU_ASSERT_EQUAL(r->outcome, IKW_OUTCOME_FAULT);
    stop(&b);
}

static void evidence_is_what_the_weights_stand_on(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 1, 100, "key");
    clue(&b, 1, 102, "beside-the-point");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    const struct ikw_verdict *v = r->verdicts[0];
    CU_ASSERT_EQUAL_FATAL(v->nevidence, 2);
    /* what makes it a problem speaks for no cause */
    SAME(v->evidence[0].fact, "negotiation");
    CU_ASSERT_PTR_NULL(v->evidence[0].group);
    CU_ASSERT_EQUAL(v->evidence[0].db, 0);
    SAME(v->evidence[1].fact, "clue");
    SAME(v->evidence[1].group, "key");
    CU_ASSERT_EQUAL(v->evidence[1].db, 30);
    CU_ASSERT_EQUAL(v->evidence[1].first.line, 2);
    SAME(v->evidence[1].first.text, "fine 10.0.0.2");
    stop(&b);
}

static void the_proof_goes_down_to_the_lines(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 1, 100, "deep");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    const struct ikw_proof *p = r->verdicts[0]->proof;
    CU_ASSERT_PTR_NULL(p->rule);
    SAME(p->sentence, "Title of key");
    CU_ASSERT_EQUAL_FATAL(p->nchildren, 1);
    p = p->children[0];
    SAME(p->rule->id, "from-deep");
    SAME(p->fact, "");
    CU_ASSERT_EQUAL_FATAL(p->nchildren, 2);
    SAME(p->children[0]->fact_type, "problem");
    p = p->children[1];
    SAME(p->rule->id, "deep");
    SAME(p->sentence, "Deep down.");
    CU_ASSERT_PTR_NOT_NULL(strstr(p->fact, "finding subject=1 what=deep"));
    CU_ASSERT_EQUAL_FATAL(p->nchildren, 1);
    p = p->children[0];
    CU_ASSERT_PTR_NULL(p->rule);
    SAME(p->sentence, "A clue.");
    CU_ASSERT_EQUAL(p->first.line, 2);
    CU_ASSERT_EQUAL(p->nchildren, 0);
    stop(&b);
}

static void what_was_counted_is_evidence(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 1, 100, "many");
    clue(&b, 1, 105, "many");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    SAME(r->verdicts[0]->cause->id, "net");
    CU_ASSERT_EQUAL_FATAL(r->verdicts[0]->nevidence, 2);
    CU_ASSERT_EQUAL(r->verdicts[0]->evidence[1].count, 2);
    CU_ASSERT_EQUAL(r->verdicts[0]->evidence[1].last.line, 3);
    stop(&b);
}

static void an_absence_says_what_and_where(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 1, 100, "none");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    const struct ikw_verdict *v = r->verdicts[0];
    SAME(v->cause->id, "path-in");
    CU_ASSERT_EQUAL_FATAL(v->nabsent, 1);
    SAME(v->absent[0].fact, "clue");
    SAME(v->absent[0].what, "clue what=answer, 60 s after line 2");
    CU_ASSERT_TRUE(v->absent[0].observable);
    const struct ikw_proof *p = v->proof->children[0];
    CU_ASSERT_EQUAL_FATAL(p->nchildren, 3);
    CU_ASSERT_TRUE(p->children[2]->absent);
    SAME(p->children[2]->sentence, "no clue what=answer");
    SAME(p->children[2]->window, "60 s after line 2");
    stop(&b);
}

static void what_the_level_hides_is_told(void)
{
    static const struct {
        const char *level;
        size_t spots, absent;
        bool observable;
    } rows[] = {
        { "info", 2, 1, false },
        { "debug", 1, 1, true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b = start();
        open_set(&b, "198.51.100.7", rows[i].level);
        failure(&b, 1, 100, "net-or-key");
        clue(&b, 1, 101, "key-or-net");
        clue(&b, 1, 101, "deep");
        struct ikw_report *r = finish(&b);
        CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
        CU_ASSERT_TRUE(r->verdicts[0]->certainty < 95);
        CU_ASSERT_EQUAL(r->nblind_spots, rows[i].spots);
        CU_ASSERT_PTR_NOT_NULL(strstr(r->blind_spots[0], "log level"));
        if (r->nblind_spots > 1)
            SAME(r->blind_spots[1], "Title of key: not visible at level "
                                    "info, needs debug");
        stop(&b);
    }
}

/* As clue(), of a line that may be another tunnel's. */
static void unsure_clue(struct bench *b, int id, int t, const char *what)
{
    b->line++;
    ikw_buf_addf(&b->set,
                 "clue negotiation=%d what=%s @local unsure=yes "
                 "at=0:%u:%d000=fine \"fine\"\n",
                 id, what, b->line, t);
}

static void a_line_of_unsure_place_establishes_nothing(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "debug2");
    negotiation(&b, 1, 1, 100, "failed");
    unsure_clue(&b, 1, 101, "key");
    const struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    SAME(r->verdicts[0]->cause->id, "key");
    SAME(r->verdicts[0]->band->word, "likely");
    CU_ASSERT_EQUAL_FATAL(r->nblind_spots, 1);
    SAME(r->blind_spots[0], "line 2 names no peer and may be about another "
                            "tunnel than that of 198.51.100.7");
    stop(&b);
}

static void what_stands_without_the_unsure_line_stays(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "debug2");
    failure(&b, 1, 100, "key");
    unsure_clue(&b, 1, 101, "key-or-net");
    const struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    SAME(r->verdicts[0]->band->word, "established");
    CU_ASSERT_EQUAL(r->nblind_spots, 0);
    stop(&b);
}

static void an_unseen_absence_is_marked(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 1, 100, "net-or-key");
    clue(&b, 1, 101, "key");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    const struct ikw_verdict *v = r->verdicts[0];
    SAME(v->cause->id, "key");
    CU_ASSERT_EQUAL_FATAL(v->nabsent, 1);
    CU_ASSERT_FALSE(v->absent[0].observable);
    SAME(v->absent[0].what, "clue what=dump");
    stop(&b);
}

/* ---- rivals and bill --------------------------------------------------- */

static void a_ruled_out_rival_names_rule_and_line(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 1, 100, "net-or-key");
    clue(&b, 1, 102, "not-key");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    const struct ikw_verdict *v = r->verdicts[0];
    SAME(v->cause->id, "net");
    CU_ASSERT_EQUAL(v->certainty, 99);
    CU_ASSERT_EQUAL_FATAL(v->nrivals, 1);
    SAME(v->rivals[0].cause->id, "key");
    CU_ASSERT_TRUE(v->rivals[0].excluded);
    SAME(v->rivals[0].excluded_by->id, "not-key");
    CU_ASSERT_EQUAL(v->rivals[0].excluded_line, 1);
    SAME(v->rivals[0].excluded_proof->sentence, "Not the key.");
    stop(&b);
}

static int bill_sum(const struct ikw_verdict *v)
{
    int sum = 0;
    for (size_t i = 0; i < v->nbill; i++)
        sum += v->bill[i].db;
    return sum;
}

static void the_bill_adds_up(void)
{
    static const char *const clues[] = {
        "key",      "key-or-net", "net-or-key", "net",  "path-out",
        "path-any", "scan",       "calm",       "thin", "not-key",
        "sure",     "deep",       "many",       "none",
    };
    uint32_t seed = 1;
    for (int round = 0; round < 60; round++) {
        struct bench b = start();
        open_set(&b, "198.51.100.7", "info");
        negotiation(&b, 1, 1, 100, "failed");
        for (size_t i = 0; i < sizeof clues / sizeof *clues; i++) {
            seed = seed * 1664525u + 1013904223u;
            if (seed >> 16 & 1)
                clue(&b, 1, 101, clues[i]);
        }
        struct ikw_report *r = finish(&b);
        for (size_t i = 0; i < r->nverdicts; i++) {
            CU_ASSERT_EQUAL(bill_sum(r->verdicts[i]), r->verdicts[i]->db);
            CU_ASSERT_PTR_NULL(r->verdicts[i]->bill[0].group);
        }
        stop(&b);
    }
}

static void a_parent_speaks_with_the_bill_of_its_best_child(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 1, 100, "path-any");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    const struct ikw_verdict *v = r->verdicts[0];
    SAME(v->cause->id, "path");
    CU_ASSERT_EQUAL(v->certainty, 76); /* 2 * 1.585 / 4.17 */
    CU_ASSERT_EQUAL(v->db, 5);
    CU_ASSERT_EQUAL_FATAL(v->nbill, 2);
    CU_ASSERT_EQUAL(v->bill[0].db, -7);
    CU_ASSERT_EQUAL(v->bill[1].db, 12);
    CU_ASSERT_EQUAL_FATAL(v->nrivals, 2);
    SAME(v->rivals[0].cause->id, "path-in");
    CU_ASSERT_EQUAL(v->rivals[0].certainty, 38);
    CU_ASSERT_EQUAL(v->nevidence, 2);
    CU_ASSERT_EQUAL(v->proof->nchildren, 1);
    stop(&b);
}

static void a_sufficient_clue_shows_its_lift(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 1, 100, "sure");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    const struct ikw_verdict *v = r->verdicts[0];
    CU_ASSERT_EQUAL(v->db, 25);
    CU_ASSERT_EQUAL_FATAL(v->nbill, 2);
    CU_ASSERT_EQUAL(v->bill[1].kind, IKW_THEN_SUFFICE);
    CU_ASSERT_EQUAL(v->bill[1].db, 35);
    SAME(v->bill[1].group, v->evidence[1].group);
    stop(&b);
}

/* ---- symptoms ---------------------------------------------------------- */

/* "1>2" says problem 1 follows from 2; ids up to `n` have a problem. */
static void symptoms_give_way_to_what_they_follow_from(void)
{
    static const struct {
        int n;
        const char *follows, *left; /* counts: all are cause key */
    } rows[] = {
        { 2, "", "key:2" },
        { 2, "2>1", "key:1" },
        { 2, "1>2", "key:1" },
        { 3, "3>2 2>1", "key:1" },
        { 2, "2>7", "key:2" },
        { 3, "3>2 2>7", "key:2" },
        { 2, "1>2 2>1", "key:1" },
        { 3, "1>2 2>3 3>1", "key:1" },
        { 4, "1>2 2>1 4>2", "key:2" },
        { 2, "1>1 2>2", "key:2" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b = start();
        struct ikw_buf out = { 0 };
        open_set(&b, "198.51.100.7", "info");
        for (int id = 1; id <= rows[i].n; id++)
            failure(&b, id, id * 10, "key");
        for (const char *p = rows[i].follows; *p; p += p[3] ? 4 : 3) {
            char text[64];
            snprintf(text, sizeof text, "follows negotiation=%c of=%c", p[0],
                     p[2]);
            fact(&b, 99, NULL, text);
        }
        struct ikw_report *r = finish(&b);
        SAME(verdicts(r, &out), rows[i].left);
        ikw_buf_release(&out);
        stop(&b);
    }
}

/* ---- order ------------------------------------------------------------- */

static void verdicts_are_ranked(void)
{
    struct bench b = start();
    struct ikw_buf out = { 0 };
    open_set(&b, "198.51.100.1", "info");
    failure(&b, 1, 10, "scan");
    open_set(&b, "198.51.100.2", "info");
    failure(&b, 2, 20, "path-any"); /* likely */
    open_set(&b, "198.51.100.3", "info");
    failure(&b, 3, 30, "net"); /* recovered */
    clue(&b, 3, 31, "better");
    open_set(&b, "198.51.100.4", "info");
    negotiation(&b, 4, 2, 35, "failed"); /* phase 2 */
    clue(&b, 4, 36, "net");
    open_set(&b, "198.51.100.5", "info");
    failure(&b, 5, 60, "key"); /* later */
    open_set(&b, "198.51.100.6", "info");
    failure(&b, 6, 50, "path-out");
    open_set(&b, "198.51.100.7", "info");
    failure(&b, 7, 1, "calm");
    struct ikw_report *r = finish(&b);
    SAME(verdicts(r, &out),
         "path-out:1 key:1 net:1 path:1 net:1r calm:1 scan:1");
    CU_ASSERT_EQUAL(r->ntunnels, 7);
    for (size_t i = 0; i < r->ntunnels; i++) {
        CU_ASSERT_EQUAL_FATAL(r->tunnels[i]->nverdicts, 1);
        CU_ASSERT_EQUAL(r->verdicts[r->tunnels[i]->verdicts[0]]->tunnel, i);
    }
    ikw_buf_release(&out);
    stop(&b);
}

/* All that a report says, for comparing two. */
static void print(const struct ikw_report *r, struct ikw_buf *out)
{
    verdicts(r, out);
    for (size_t i = 0; i < r->nverdicts; i++)
        ikw_buf_addf(out, "\n%s %d %zu %u", r->verdicts[i]->peer,
                     r->verdicts[i]->certainty, r->verdicts[i]->nevidence,
                     r->verdicts[i]->tunnel);
    for (size_t i = 0; i < r->ntunnels; i++)
        ikw_buf_addf(out, "\n%s %u", r->tunnels[i]->peer,
                     r->tunnels[i]->attempts);
    for (size_t i = 0; i < r->nunexplained; i++)
        ikw_buf_addf(out, "\n%u %s", r->unexplained[i].line,
                     r->unexplained[i].text);
    for (size_t i = 0; i < r->nblind_spots; i++)
        ikw_buf_addf(out, "\n%s", r->blind_spots[i]);
    ikw_buf_addf(out, "\n%u", r->unexplained_total);
}

static void tunnel_set(struct bench *b, int k)
{
    static const char *const clues[] = { "key", "net-or-key", "path-any" };
    char peer[32];
    snprintf(peer, sizeof peer, "198.51.100.%d", k);
    open_set(b, peer, "info");
    b->line = (unsigned)k * 10;
    failure(b, k + 1, k % 4, clues[k % 3]);
    char text[64];
    snprintf(text, sizeof text, "clue negotiation=%d what=riddle", k + 1);
    fact(b, k, "bad", text);
    b->line = 1000;
    fact(b, 5, "bad", "daemon event=bind");
    fact(b, 6, "odd", "daemon event=hiccup");
}

static void the_order_of_tunnels_is_no_matter(void)
{
    enum { N = 130 };
    struct ikw_buf first = { 0 }, second = { 0 };
    for (int round = 0; round < 2; round++) {
        struct bench b = start();
        for (int k = 0; k < N; k++)
            tunnel_set(&b, round ? (k * 37 + 11) % N : k);
        struct ikw_report *r = finish(&b);
        print(r, round ? &second : &first);
        CU_ASSERT_EQUAL(r->nunexplained, 100);
        CU_ASSERT_EQUAL(r->unexplained_total, N + 1);
        stop(&b);
    }
    SAME(first.ptr, second.ptr);
    ikw_buf_release(&first);
    ikw_buf_release(&second);
}

/* Who, what and how often does not change; the best are kept in full. */
static void a_bounded_report_keeps_the_best_in_full(void)
{
    enum { N = 40, FULL = 4 };
    struct ikw_buf all = { 0 }, bounded = { 0 };
    for (int round = 0; round < 2; round++) {
        struct ikw_report_opts opts = { .full_most = round ? FULL : 0 };
        struct bench b = start_with(&opts);
        for (int k = 0; k < N; k++)
            tunnel_set(&b, k);
        for (int k = 0; k < N; k++) /* join what is a summary by now */
            tunnel_set(&b, k);
        struct ikw_report *r = finish(&b);
        verdicts(r, round ? &bounded : &all);
        size_t full = 0;
        for (size_t i = 0; i < r->nverdicts; i++)
            full += r->verdicts[i]->proof != NULL;
        CU_ASSERT_TRUE(round ? full >= FULL && full <= 2 * FULL
                             : full == r->nverdicts);
        CU_ASSERT_PTR_NOT_NULL(r->verdicts[0]->proof);
        CU_ASSERT_TRUE(r->verdicts[0]->nevidence > 0);
        stop(&b);
    }
    SAME(all.ptr, bounded.ptr);
    ikw_buf_release(&all);
    ikw_buf_release(&bounded);
}

/* ---- the daemon -------------------------------------------------------- */

static void trouble_of_the_daemon_is_told_once(void)
{
    struct bench b = start();
    struct ikw_buf out = { 0 };
    for (int k = 0; k < 3; k++) {
        char peer[32];
        snprintf(peer, sizeof peer, "198.51.100.%d", k);
        open_set(&b, k ? peer : NULL, "info");
        b.line = 0;
        fact(&b, 1, "bad", "daemon event=bind");
    }
    struct ikw_report *r = finish(&b);
    SAME(verdicts(r, &out), "port:1");
    CU_ASSERT_EQUAL_FATAL(r->nverdicts, 1);
    CU_ASSERT_EQUAL(r->verdicts[0]->tunnel, UINT32_MAX);
    CU_ASSERT_PTR_NULL(r->verdicts[0]->peer);
    CU_ASSERT_EQUAL(r->ntunnels, 2);
    CU_ASSERT_EQUAL(r->outcome, IKW_OUTCOME_FAULT);
    CU_ASSERT_EQUAL(r->unexplained_total, 0);
    ikw_buf_release(&out);
    stop(&b);
}

/* ---- what is left over ------------------------------------------------- */

static void alarms_without_a_verdict_are_unexplained(void)
{
    static const struct {
        const char *message, *text;
        uint32_t total;
    } rows[] = {
        { "bad", "clue negotiation=1 what=riddle", 1 },
        { "odd", "clue negotiation=1 what=riddle", 1 },
        { "fine", "clue negotiation=1 what=riddle", 0 },
        { "shrug", "clue negotiation=1 what=riddle", 0 },
        { "bad", "clue negotiation=1 what=key", 0 },
        { "bad", "clue negotiation=1 what=deep", 0 },
        { "bad", "clue negotiation=1 what=better", 0 },
        { "bad", "clue negotiation=1 what=calm-note", 0 },
        { "bad", "clue negotiation=2 what=key", 1 },
        { "bad", "timeout negotiation=1", 0 }, /* says nothing new */
        { "bad", "timeout negotiation=2", 1 },
        { "moan", "clue negotiation=1 what=riddle", 0 }, /* nor does this */
        { "moan", "clue negotiation=2 what=riddle", 1 },
        { "bad", "clue negotiation=1 what=path-out", 1 }, /* a rival's */
        { "bad", "clue negotiation=1 what=not-key", 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b = start();
        open_set(&b, "198.51.100.7", "info");
        negotiation(&b, 1, 1, 10, "failed");
        clue(&b, 1, 10, "key");
        clue(&b, 1, 10, "deep");
        fact(&b, 11, rows[i].message, rows[i].text);
        struct ikw_report *r = finish(&b);
        /* the last row rules out the only cause: nothing is explained */
        CU_ASSERT_EQUAL(r->unexplained_total, rows[i].total);
        CU_ASSERT_EQUAL(r->nunexplained, rows[i].total);
        stop(&b);
    }
}

static void lines_without_a_fact_are_unexplained_too(void)
{
    struct bench b = start();
    struct ikw_evidence ev = { .t_ms = IKW_NO_TIME, .text = "what is this" };
    for (uint32_t i = 300; i > 0; i--) {
        char text[32];
        snprintf(text, sizeof text, "riddle %c%c", 'a' + (int)(i % 26),
                 'a' + (int)(i / 26));
        ev.line = i;
        ev.text = text;
        ikw_report_error_line(b.rb, &ev);
    }
    ev.text = "riddle ba"; /* said on line 1 already */
    ev.line = 500;
    ikw_report_error_line(b.rb, &ev);
    ev.message = ikw_kb_message(b.kb, "shrug");
    ikw_report_error_line(b.rb, &ev);
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL(r->unexplained_total, 301);
    CU_ASSERT_EQUAL_FATAL(r->nunexplained, 100);
    CU_ASSERT_EQUAL(r->unexplained[0].line, 1);
    SAME(r->unexplained[0].text, "riddle ba");
    CU_ASSERT_EQUAL(r->unexplained[99].line, 100);
    stop(&b);
}

static void a_problem_without_a_cause_is_said(void)
{
    struct bench b = start();
    open_set(&b, "198.51.100.7", "debug2");
    negotiation(&b, 1, 1, 10, "failed");
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL(r->nverdicts, 0);
    CU_ASSERT_EQUAL_FATAL(r->nblind_spots, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r->blind_spots[0], "phase1-failed"));
    stop(&b);
}

static void notes_are_told_once(void)
{
    struct bench b = start();
    for (int i = 0; i < 3; i++) {
        open_set(&b, "198.51.100.7", "info");
        success(&b, i + 1, i * 10);
        clue(&b, i + 1, i * 10, "calm-note");
    }
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL_FATAL(r->nnotes, 1);
    SAME(r->notes[0]->id, "calm");
    CU_ASSERT_EQUAL(r->outcome, IKW_OUTCOME_HEALTHY);
    stop(&b);
}

static void nothing_at_all_makes_an_empty_report(void)
{
    struct bench b = start();
    struct ikw_report *r = finish(&b);
    CU_ASSERT_EQUAL(r->outcome, IKW_OUTCOME_NO_NEGOTIATION);
    CU_ASSERT_EQUAL(r->nverdicts + r->ntunnels + r->nunexplained, 0);
    CU_ASSERT_EQUAL(r->nblind_spots + r->nnotes, 0);
    stop(&b);
    ikw_report_free(NULL);
}

extern CU_TestInfo ikw_test_report[];
CU_TestInfo ikw_test_report[] = {
    TEST(a_verdict_tells_who_when_and_what),
    TEST(evidence_is_what_the_weights_stand_on),
    TEST(the_proof_goes_down_to_the_lines),
    TEST(what_was_counted_is_evidence),
    TEST(an_absence_says_what_and_where),
    TEST(what_the_level_hides_is_told),
    TEST(a_line_of_unsure_place_establishes_nothing),
    TEST(what_stands_without_the_unsure_line_stays),
    TEST(an_unseen_absence_is_marked),
    TEST(a_ruled_out_rival_names_rule_and_line),
    TEST(the_bill_adds_up),
    TEST(a_parent_speaks_with_the_bill_of_its_best_child),
    TEST(a_sufficient_clue_shows_its_lift),
    TEST(symptoms_give_way_to_what_they_follow_from),
    TEST(verdicts_are_ranked),
    TEST(the_order_of_tunnels_is_no_matter),
    TEST(a_bounded_report_keeps_the_best_in_full),
    TEST(trouble_of_the_daemon_is_told_once),
    TEST(alarms_without_a_verdict_are_unexplained),
    TEST(lines_without_a_fact_are_unexplained_too),
    TEST(a_problem_without_a_cause_is_said),
    TEST(notes_are_told_once),
    TEST(nothing_at_all_makes_an_empty_report),
    { NULL, NULL },
};
