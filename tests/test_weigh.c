/*
 * Weighing without an engine: causes and weights are laid out by hand, and
 * all arithmetic is checked against tables worked out on paper.
 */
#include "inference/weigh.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 16 };

/* A contest under construction. Causes get their index as they come. */
struct ring {
    struct ikw_kb kb;
    struct ikw_cause causes[MAX], *list[MAX];
    struct ikw_rule rules[MAX];
    struct ikw_derivation whys[MAX * 4];
    struct ikw_weight weights[MAX * 4];
    const struct ikw_weight *w[MAX * 4];
    size_t n;
    struct ikw_arena arena;
    struct ikw_contest contest;
};

static struct ikw_cause *cause(struct ring *r, const char *id, int prior,
                               const struct ikw_cause *parent)
{
    struct ikw_cause *c = &r->causes[r->kb.ncauses];
    *c = (struct ikw_cause){ .id = id,
                             .prior_db = prior,
                             .parent = parent,
                             .index = (unsigned)r->kb.ncauses };
    r->list[r->kb.ncauses++] = c;
    r->kb.causes = r->list;
    r->kb.suffice_db = 25;
    return c;
}

static void add(struct ring *r, const struct ikw_cause *c,
                enum ikw_then_kind kind, int db, const char *group,
                const char *rule)
{
    struct ikw_derivation *d = &r->whys[r->n];
    struct ikw_rule *made_by = &r->rules[r->n % MAX];
    made_by->id = rule;
    *d = (struct ikw_derivation){ .rule = made_by, .height = 1 };
    r->weights[r->n] = (struct ikw_weight){
        .cause = c, .kind = kind, .db = db, .group = group, .why = d
    };
    r->w[r->n] = &r->weights[r->n];
    r->n++;
}

/* Gives the cause a score of prior + `db`. Only evidence for it makes it a
 * candidate, so the weight is 1 and the rest goes into the prior. */
static void weigh(struct ring *r, const struct ikw_cause *c, int db)
{
    r->causes[c->index].prior_db += db - 1;
    add(r, c, IKW_THEN_WEIGH, 1, "g", "r");
}

static void run(struct ring *r)
{
    ikw_arena_release(&r->arena);
    ikw_weigh(&r->kb, r->w, r->n, &r->arena, &r->contest);
}

static const struct ikw_candidate *find(const struct ring *r, const char *id)
{
    for (size_t i = 0; i < r->contest.n; i++) {
        if (strcmp(r->contest.ranked[i]->cause->id, id) == 0)
            return r->contest.ranked[i];
    }
    return NULL;
}

static const char *winner(const struct ring *r)
{
    const struct ikw_candidate *c = ikw_contest_winner(&r->contest);
    return c ? c->cause->id : "none";
}

static int certainty(const struct ring *r, const char *id)
{
    const struct ikw_candidate *c = find(r, id);
    return c ? c->certainty : -1;
}

static void done(struct ring *r)
{
    ikw_arena_release(&r->arena);
}

/* ---- the scale --------------------------------------------------------- */

static void a_lone_cause_gets_the_odds_of_its_score(void)
{
    static const struct {
        int db, percent;
    } rows[] = {
        { -200, 0 }, { -30, 0 }, { -20, 1 }, { -10, 9 }, { -3, 33 },
        { 0, 50 },   { 3, 67 },  { 6, 80 },  { 10, 91 }, { 13, 95 },
        { 17, 98 },  { 20, 99 }, { 25, 99 }, { 60, 99 }, { 900, 99 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring r = { 0 };
        weigh(&r, cause(&r, "a", 0, NULL), rows[i].db);
        run(&r);
        CU_ASSERT_EQUAL(certainty(&r, "a"), rows[i].percent);
        CU_ASSERT_EQUAL(find(&r, "a")->db, rows[i].db);
        done(&r);
    }
}

static void rivals_share_the_probability(void)
{
    static const struct {
        int a, b, pa, pb;
    } rows[] = {
        { 0, 0, 33, 33 },   { 10, 10, 48, 48 },  { 20, 10, 90, 9 },
        { 30, 30, 50, 50 }, { 90, 80, 91, 9 },   { 200, 200, 50, 50 },
        { 10, -10, 90, 1 }, { -20, -20, 1, 1 },  { 300, -300, 99, 0 },
        { 3, 0, 50, 25 },   { -10, -400, 9, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring r = { 0 };
        weigh(&r, cause(&r, "a", 0, NULL), rows[i].a);
        weigh(&r, cause(&r, "b", 0, NULL), rows[i].b);
        run(&r);
        CU_ASSERT_STRING_EQUAL(winner(&r), "a");
        CU_ASSERT_EQUAL(certainty(&r, "a"), rows[i].pa);
        CU_ASSERT_EQUAL(certainty(&r, "b"), rows[i].pb);
        done(&r);
    }
}

static void odds_are_powers_of_ten(void)
{
    CU_ASSERT_EQUAL(ikw_odds(0), 1000000000000u);
    CU_ASSERT_EQUAL(ikw_odds(10), 10000000000000u);
    CU_ASSERT_EQUAL(ikw_odds(-120), 1u);
    CU_ASSERT_EQUAL(ikw_odds(-130), 0u);
    CU_ASSERT_EQUAL(ikw_odds(-500), 0u);
    CU_ASSERT_EQUAL(ikw_odds(500), ikw_odds(60));
    for (int db = -120; db < 60; db++)
        CU_ASSERT_TRUE(ikw_odds(db) < ikw_odds(db + 1) || db < -110);
}

/* ---- groups ------------------------------------------------------------ */

static void only_the_strongest_of_a_group_counts(void)
{
    static const struct {
        int db[3];
        const char *group[3];
        int score;
        size_t wins;
    } rows[] = {
        { { 20, 10, 5 }, { "g", "g", "g" }, 10, 1 },
        { { 20, 10, 5 }, { "g", "h", "i" }, 25, 3 },
        { { 20, 10, 5 }, { "g", "h", "g" }, 20, 2 },
        { { -20, 10, 5 }, { "g", "g", "h" }, -25, 2 },
        { { -20, 20, 5 }, { "g", "g", "g" }, 10, 1 }, /* a tie: for */
        { { 5, 5, 5 }, { "g", "g", "g" }, -5, 1 },
        { { 5, 6, 7 }, { NULL, NULL, NULL }, 8, 3 }, /* each its own */
    };
    static const char *const rule[] = { "r1", "r2", "r3" };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring r = { 0 };
        struct ikw_cause *c = cause(&r, "a", -10, NULL);
        for (size_t k = 0; k < 3; k++)
            add(&r, c, IKW_THEN_WEIGH, rows[i].db[k], rows[i].group[k],
                rule[k]);
        run(&r);
        CU_ASSERT_EQUAL(find(&r, "a")->db, rows[i].score);
        CU_ASSERT_EQUAL(find(&r, "a")->nwins, rows[i].wins);
        done(&r);
    }
}

static void of_equal_weights_the_least_rule_speaks(void)
{
    struct ring r = { 0 };
    struct ikw_cause *c = cause(&r, "a", 0, NULL);
    add(&r, c, IKW_THEN_WEIGH, 10, "g", "zeta");
    add(&r, c, IKW_THEN_WEIGH, 10, "g", "alpha");
    add(&r, c, IKW_THEN_WEIGH, 10, "g", "mu");
    run(&r);
    CU_ASSERT_STRING_EQUAL(find(&r, "a")->wins[0]->why->rule->id, "alpha");
    done(&r);
}

/* ---- gates ------------------------------------------------------------- */

static void a_sufficient_gate_is_a_floor(void)
{
    static const struct {
        int prior, db, score, lift;
    } rows[] = {
        { -20, 0, 25, 45 }, { -20, 10, 25, 35 },  { 10, 30, 40, 0 },
        { 0, 25, 25, 0 },   { -20, -30, 25, 75 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring r = { 0 };
        struct ikw_cause *c = cause(&r, "a", rows[i].prior, NULL);
        if (rows[i].db)
            weigh(&r, c, rows[i].db);
        add(&r, c, IKW_THEN_SUFFICE, 0, NULL, "s");
        add(&r, c, IKW_THEN_SUFFICE, 0, NULL, "t");
        run(&r);
        CU_ASSERT_EQUAL(find(&r, "a")->db, rows[i].score);
        CU_ASSERT_EQUAL(find(&r, "a")->lift_db, rows[i].lift);
        CU_ASSERT_EQUAL(certainty(&r, "a"), 99);
        done(&r);
    }
}

static void an_excluded_cause_stays_as_a_rival_only(void)
{
    struct ring r = { 0 };
    struct ikw_cause *a = cause(&r, "a", 0, NULL);
    struct ikw_cause *b = cause(&r, "b", 0, NULL);
    weigh(&r, a, 30);
    weigh(&r, b, 0);
    add(&r, a, IKW_THEN_EXCLUDE, 0, NULL, "x");
    run(&r);
    CU_ASSERT_STRING_EQUAL(winner(&r), "b");
    CU_ASSERT_EQUAL(certainty(&r, "b"), 50);
    CU_ASSERT_EQUAL(r.contest.n, 2);
    CU_ASSERT_PTR_NOT_NULL(find(&r, "a")->exclude);
    CU_ASSERT_EQUAL(certainty(&r, "a"), 0);
    done(&r);
}

static void exclusion_alone_makes_no_candidate(void)
{
    struct ring r = { 0 };
    add(&r, cause(&r, "a", 0, NULL), IKW_THEN_EXCLUDE, 0, NULL, "x");
    run(&r);
    CU_ASSERT_STRING_EQUAL(winner(&r), "none");
    CU_ASSERT_EQUAL(r.contest.n, 0);
    done(&r);
}

static void evidence_against_alone_makes_no_candidate(void)
{
    static const struct {
        int db;
        size_t n;
    } rows[] = { { -20, 0 }, { 0, 0 }, { 1, 1 } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring r = { 0 };
        add(&r, cause(&r, "a", 0, NULL), IKW_THEN_WEIGH, rows[i].db, "g", "r");
        run(&r);
        CU_ASSERT_EQUAL(r.contest.n, rows[i].n);
        done(&r);
    }
}

static void if_all_are_excluded_nobody_wins(void)
{
    struct ring r = { 0 };
    struct ikw_cause *a = cause(&r, "a", 0, NULL);
    weigh(&r, a, 30);
    add(&r, a, IKW_THEN_EXCLUDE, 0, NULL, "x");
    run(&r);
    CU_ASSERT_STRING_EQUAL(winner(&r), "none");
    CU_ASSERT_EQUAL(r.contest.n, 1);
    done(&r);
}

static void no_weights_no_contest(void)
{
    struct ring r = { 0 };
    run(&r);
    CU_ASSERT_EQUAL(r.contest.n, 0);
    CU_ASSERT_PTR_NULL(ikw_contest_winner(&r.contest));
    done(&r);
}

/* ---- families ---------------------------------------------------------- */

/* Parent p with children a and b, and a stranger s. NONE: no weight. */
enum { NONE = -9999 };

static void a_family_speaks_through_its_head_or_a_child(void)
{
    static const struct {
        int p, a, b, s;
        const char *winner;
        int percent; /* of the winner */
    } rows[] = {
        /* one child passes one half: it has the word */
        { 0, 10, NONE, NONE, "a", 91 },
        { 0, 10, 0, NONE, "a", 83 },
        { 5, 10, NONE, 0, "a", 83 },
        /* none does: the head speaks for all of them */
        { 0, 0, 0, NONE, "p", 67 },
        { NONE, 10, 10, NONE, "p", 95 },
        { NONE, 13, 13, 3, "p", 93 },
        /* a head without evidence does not speak for a single child */
        { NONE, -3, NONE, NONE, "a", 33 },
        { NONE, -3, NONE, -10, "a", 31 },
        /* the head's own evidence is more than the children's */
        { 20, 0, NONE, NONE, "p", 99 },
        { 10, 0, 0, NONE, "p", 91 },
        /* families compete as wholes */
        { NONE, 10, 10, 11, "p", 60 },
        { NONE, 3, 3, 10, "s", 67 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring r = { 0 };
        struct ikw_cause *p = cause(&r, "p", 0, NULL);
        struct ikw_cause *c[] = { p, cause(&r, "a", 0, p), cause(&r, "b", 0, p),
                                  cause(&r, "s", 0, NULL) };
        const int db[] = { rows[i].p, rows[i].a, rows[i].b, rows[i].s };
        for (size_t k = 0; k < 4; k++) {
            if (db[k] != NONE)
                weigh(&r, c[k], db[k]);
        }
        run(&r);
        CU_ASSERT_STRING_EQUAL(winner(&r), rows[i].winner);
        CU_ASSERT_EQUAL(certainty(&r, rows[i].winner), rows[i].percent);
        done(&r);
    }
}

static void a_head_keeps_only_what_no_child_holds(void)
{
    struct ring r = { 0 };
    struct ikw_cause *p = cause(&r, "p", 0, NULL);
    weigh(&r, p, 10);
    weigh(&r, cause(&r, "a", 0, p), 9);
    run(&r);
    CU_ASSERT_STRING_EQUAL(winner(&r), "a");
    CU_ASSERT_EQUAL(certainty(&r, "a"), 72);
    CU_ASSERT_EQUAL(certainty(&r, "p"), 19);
    CU_ASSERT_EQUAL(find(&r, "p")->db, 10);
    done(&r);
}

static void an_excluded_head_leaves_the_word_to_a_child(void)
{
    struct ring r = { 0 };
    struct ikw_cause *p = cause(&r, "p", 0, NULL);
    weigh(&r, p, 10);
    weigh(&r, cause(&r, "a", 0, p), 0);
    weigh(&r, cause(&r, "b", 0, p), 0);
    add(&r, p, IKW_THEN_EXCLUDE, 0, NULL, "x");
    run(&r);
    CU_ASSERT_STRING_EQUAL(winner(&r), "a");
    CU_ASSERT_EQUAL(certainty(&r, "a"), 33);
    done(&r);
}

static void grandchildren_are_family_too(void)
{
    struct ring r = { 0 };
    struct ikw_cause *g = cause(&r, "g", 0, NULL);
    struct ikw_cause *p = cause(&r, "p", 0, g);
    struct ikw_cause *a = cause(&r, "a", 0, p);
    weigh(&r, a, 10);
    weigh(&r, cause(&r, "b", 0, p), 10);
    weigh(&r, cause(&r, "q", 0, g), 0);
    run(&r);
    CU_ASSERT_STRING_EQUAL(winner(&r), "p");
    CU_ASSERT_EQUAL(certainty(&r, "p"), 91);
    CU_ASSERT_EQUAL(find(&r, "p")->db, 13);
    CU_ASSERT_PTR_EQUAL(find(&r, "p")->through->cause, a);
    CU_ASSERT_PTR_NULL(find(&r, "g"));
    CU_ASSERT_TRUE(ikw_cause_within(a, g));
    CU_ASSERT_FALSE(ikw_cause_within(g, a));
    done(&r);
}

static void a_circle_of_parents_is_survived(void)
{
    struct ring r = { 0 };
    struct ikw_cause *a = cause(&r, "a", 0, NULL);
    struct ikw_cause *b = cause(&r, "b", 0, a);
    a->parent = b;
    weigh(&r, a, 200);
    weigh(&r, b, 190);
    run(&r);
    CU_ASSERT_NOT_EQUAL(r.contest.n, 0);
    CU_ASSERT_FALSE(ikw_cause_within(a, &r.causes[MAX - 1]));
    done(&r);
}

/* ---- properties -------------------------------------------------------- */

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void random_ring(struct ring *r, uint32_t *seed)
{
    static const char *const ids[] = { "a", "b", "c", "d", "e", "f" };
    static const char *const groups[] = { "g", "h", NULL };
    static const char *const rules[] = { "r", "s", "t", "u" };
    for (size_t i = 0; i < 6; i++)
        cause(r, ids[i], -(int)(next(seed) % 30),
              i && next(seed) % 2 ? r->list[next(seed) % i] : NULL);
    size_t n = next(seed) % 24;
    for (size_t i = 0; i < n; i++) {
        static const enum ikw_then_kind kinds[] = {
            IKW_THEN_WEIGH, IKW_THEN_WEIGH, IKW_THEN_WEIGH,   IKW_THEN_WEIGH,
            IKW_THEN_WEIGH, IKW_THEN_WEIGH, IKW_THEN_SUFFICE, IKW_THEN_EXCLUDE,
        };
        add(r, r->list[next(seed) % 6], kinds[next(seed) % 8],
            (int)(next(seed) % 101) - 50, groups[next(seed) % 3],
            rules[next(seed) % 4]);
    }
}

static void shuffle(struct ring *r, uint32_t *seed)
{
    for (size_t i = r->n; i > 1; i--) {
        size_t k = next(seed) % i;
        const struct ikw_weight *w = r->w[i - 1];
        r->w[i - 1] = r->w[k];
        r->w[k] = w;
    }
}

static void the_order_of_weights_is_no_matter(void)
{
    uint32_t seed = 7;
    for (int round = 0; round < 500; round++) {
        struct ring r = { 0 };
        random_ring(&r, &seed);
        run(&r);
        char ids[MAX] = "";
        int percents[MAX] = { 0 };
        size_t n = r.contest.n;
        for (size_t i = 0; i < n; i++) {
            ids[i] = r.contest.ranked[i]->cause->id[0];
            percents[i] = r.contest.ranked[i]->certainty;
        }
        shuffle(&r, &seed);
        run(&r);
        CU_ASSERT_EQUAL(r.contest.n, n);
        for (size_t i = 0; i < r.contest.n && i < n; i++) {
            CU_ASSERT_EQUAL(r.contest.ranked[i]->cause->id[0], ids[i]);
            CU_ASSERT_EQUAL(r.contest.ranked[i]->certainty, percents[i]);
        }
        done(&r);
    }
}

static void the_parts_of_a_score_add_up(void)
{
    uint32_t seed = 99;
    for (int round = 0; round < 500; round++) {
        struct ring r = { 0 };
        random_ring(&r, &seed);
        run(&r);
        for (size_t i = 0; i < r.contest.n; i++) {
            const struct ikw_candidate *c = r.contest.ranked[i];
            int sum = c->cause->prior_db + c->lift_db;
            for (size_t k = 0; k < c->nwins; k++)
                sum += c->wins[k]->db;
            CU_ASSERT_TRUE(!c->own || sum == c->own_db);
            CU_ASSERT_TRUE(c->certainty >= 0 && c->certainty <= 99);
            CU_ASSERT_TRUE(!c->suffice || c->own_db >= 25);
        }
        done(&r);
    }
}

static void equals_are_ranked_by_name(void)
{
    struct ring r = { 0 };
    weigh(&r, cause(&r, "c", 0, NULL), 5);
    weigh(&r, cause(&r, "a", 0, NULL), 5);
    weigh(&r, cause(&r, "b", 0, NULL), 5);
    run(&r);
    CU_ASSERT_STRING_EQUAL(r.contest.ranked[0]->cause->id, "a");
    CU_ASSERT_STRING_EQUAL(r.contest.ranked[1]->cause->id, "b");
    CU_ASSERT_STRING_EQUAL(r.contest.ranked[2]->cause->id, "c");
    done(&r);
}

#define TEST(name)                                                             \
    {                                                                          \
#name, name                                                            \
    }

extern CU_TestInfo ikw_test_weigh[];
CU_TestInfo ikw_test_weigh[] = {
    TEST(a_lone_cause_gets_the_odds_of_its_score),
    TEST(rivals_share_the_probability),
    TEST(odds_are_powers_of_ten),
    TEST(only_the_strongest_of_a_group_counts),
    TEST(of_equal_weights_the_least_rule_speaks),
    TEST(a_sufficient_gate_is_a_floor),
    TEST(an_excluded_cause_stays_as_a_rival_only),
    TEST(exclusion_alone_makes_no_candidate),
    TEST(evidence_against_alone_makes_no_candidate),
    TEST(if_all_are_excluded_nobody_wins),
    TEST(no_weights_no_contest),
    TEST(a_family_speaks_through_its_head_or_a_child),
    TEST(a_head_keeps_only_what_no_child_holds),
    TEST(an_excluded_head_leaves_the_word_to_a_child),
    TEST(grandchildren_are_family_too),
    TEST(a_circle_of_parents_is_survived),
    TEST(the_order_of_weights_is_no_matter),
    TEST(the_parts_of_a_score_add_up),
    TEST(equals_are_ranked_by_name),
    { NULL, NULL },
};
