/*
 * From facts to reports, over a small knowledge base of its own: clues of a
 * negotiation weigh the causes that their names say. Facts are written as
 * text, so a test reads like a log.
 */
#include "inference/report.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the knowledge base ------------------------------------------------ */

static const char vocabulary[] =
    "<vocabulary>"
    "<type name='negotiation' means='A negotiation.'><slot name='id' "
    "kind='id'/>"
    "<slot name='phase' kind='int'/><slot name='role' kind='word' words='I R'/>"
    "<slot name='exchange' kind='word' words='main quick'/>"
    "<slot name='parent' kind='id'/><slot name='outcome' kind='word' "
    "words='pending established expired failed'/><slot name='icookie' "
    "kind='text'/>"
    "<slot name='rcookie' kind='text'/>"
    "<slot name='carried' kind='word' words='yes no'/></type>"
    "<type name='clue' means='A clue.'><slot name='negotiation' kind='id'/>"
    "<slot name='what' kind='text'/></type>"
    "<type name='follows' means='Explained by another.'>"
    "<slot name='negotiation' kind='id'/><slot name='of' kind='id'/></type>"
    "<type name='timeout' means='A timer ran out.'>"
    "<slot name='negotiation' kind='id'/></type>"
    "<type name='daemon' means='The daemon.'><slot name='event' kind='text'/>"
    "</type>"
    "<type name='sa-established' means='An SA came up.'>"
    "<slot name='negotiation' kind='id'/><slot name='kind' kind='word' "
    "words='isakmp ipsec'/><slot name='carried' kind='word' words='yes no'/>"
    "</type>"
    "<type name='problem' derived='yes' means='A problem.'>"
    "<slot name='subject' kind='id'/><slot name='kind' kind='word' "
    "words='phase1-failed phase2-failed daemon suspicion'/>"
    "<slot name='phase' kind='int'/></type>"
    "<type name='symptom' derived='yes' means='A symptom.'>"
    "<slot name='subject' kind='id'/><slot name='of' kind='id'/></type>"
    "<type name='recovered' derived='yes' means='Better.'>"
    "<slot name='subject' kind='id'/></type>"
    "<type name='note' derived='yes' means='A note.'>"
    "<slot name='subject' kind='id'/><slot name='cause' kind='text'/></type>"
    "<type name='finding' derived='yes' means='A finding.'>"
    "<slot name='subject' kind='id'/><slot name='what' kind='text'/></type>"
    "</vocabulary>";

static const char weights[] =
    "<weights suffice='25'><weight word='strong' db='20'/>"
    "<band word='established' at-least='95'/>"
    "<band word='very likely' at-least='80'/>"
    "<band word='likely' at-least='50'/><band word='possible' at-least='20'/>"
    "<band word='unlikely' at-least='0'/></weights>";

#define CAUSE(id, attrs)                                                       \
    "<cause id='" id "' severity='high' fixer='them' " attrs ">"               \
    "<title>Title of " id "</title><explanation>x</explanation>"               \
    "<remedy for='racoon.conf'>x</remedy><verify>x</verify>"                   \
    "<settle>x</settle></cause>"

/* clang-format off */
static const char causes[] =
    "<causes family='all'>"
    CAUSE("key", "prior='-10' phase='1'")
    CAUSE("path", "prior='-10' phase='1'")
    CAUSE("path-out", "prior='-10' phase='1' parent='path'")
    CAUSE("path-in", "prior='-10' phase='1' parent='path'")
    CAUSE("net", "prior='-10' phase='2'")
    CAUSE("scan", "prior='-10' noise='yes'")
    CAUSE("calm", "prior='-10' benign='yes'")
    CAUSE("port", "prior='-10'")
    "</causes>";

#define RULE(id, when, then, because)                                          \
    "<rule id='" id "'><when>" when "</when><then>" then "</then><because>"    \
    because "</because></rule>"
#define PROBLEM "<fact type='problem' as='p' subject='?n'/>"
#define CLUE(word)                                                             \
    "<fact type='clue' as='c' negotiation='?n' what='" word "'/>"
#define WEIGH(cause, db)                                                       \
    "<weigh cause='" cause "' for='?n' evidence='" db "' group='" cause "'/>"

static const char rules[] =
    "<rules layer='cause'>"
    RULE("failed1", "<fact type='negotiation' as='n' id='?n' phase='1' "
         "outcome='failed'/>",
         "<derive type='problem' subject='?n' kind='phase1-failed' "
         "phase='1'/>", "Phase 1 failed.")
    RULE("failed2", "<fact type='negotiation' as='n' id='?n' phase='2' "
         "outcome='failed'/>",
         "<derive type='problem' subject='?n' kind='phase2-failed' "
         "phase='2'/>", "Phase 2 failed.")
    RULE("failed0", "<fact type='daemon' as='d' event='bind'/>",
         "<derive type='problem' subject='0' kind='daemon' phase='0'/>",
         "The daemon is in trouble.")
    RULE("odd", "<fact type='negotiation' as='n' id='?n' "
         "outcome='established'/>" CLUE("odd"),
         "<derive type='problem' subject='?n' kind='suspicion'/>", "Odd.")
    RULE("follows", "<fact type='follows' as='f' negotiation='?n' of='?m'/>",
         "<derive type='symptom' subject='?n' of='?m'/>", "It follows.")
    RULE("better", CLUE("better"), "<derive type='recovered' subject='?n'/>",
         "It got better.")
    RULE("noted", CLUE("calm-note"),
         "<derive type='note' subject='?n' cause='calm'/>", "Calm.")
    RULE("key", PROBLEM CLUE("key"), WEIGH("key", "30"),
         "The key is wrong ({c}).")
    RULE("key-maybe", PROBLEM CLUE("key-or-net"),
         WEIGH("key", "14") WEIGH("net", "12"), "Key or net.")
    RULE("net-maybe", PROBLEM CLUE("net-or-key"),
         WEIGH("net", "30") WEIGH("key", "20"), "Net or key.")
    RULE("net", PROBLEM CLUE("net"), WEIGH("net", "30"), "The net.")
    RULE("path-out", PROBLEM CLUE("path-out"), WEIGH("path-out", "30"),
         "The way out.")
    RULE("path-any", PROBLEM CLUE("path-any"),
         WEIGH("path-out", "12") WEIGH("path-in", "12"), "Some way.")
    RULE("scan", PROBLEM CLUE("scan"), WEIGH("scan", "40"), "A scan.")
    RULE("calm", PROBLEM CLUE("calm"), WEIGH("calm", "40"), "Calm.")
    RULE("thin", PROBLEM CLUE("thin"), WEIGH("net", "1"), "Thin.")
    RULE("not-key", PROBLEM CLUE("not-key"),
         "<exclude cause='key' for='?n'/>", "Not the key.")
    "</rules>";

static const char more_rules[] =
    "<rules layer='cause'>"
    RULE("sure", PROBLEM CLUE("sure"), "<suffice cause='net' for='?n'/>",
         "It must be the net.")
    RULE("deep", CLUE("deep"),
         "<derive type='finding' subject='?n' what='deep'/>", "Deep down.")
    RULE("from-deep", PROBLEM
         "<fact type='finding' as='f' subject='?n' what='deep'/>",
         WEIGH("key", "25"), "From deep down.")
    RULE("many", PROBLEM "<count type='clue' negotiation='?n' what='many' "
         "at-least='2'/>", WEIGH("net", "22"), "Many times.")
    RULE("none", PROBLEM CLUE("none")
         "<absent type='clue' negotiation='?n' what='answer' "
         "visible-at='info' after='c' within='60s'/>",
         WEIGH("path-in", "30"), "No answer.")
    RULE("blind", PROBLEM CLUE("net-or-key")
         "<absent type='clue' negotiation='?n' what='dump' "
         "visible-at='debug'/>", WEIGH("key", "9"), "No dump.")
    RULE("port", "<fact type='problem' as='p' subject='?n' kind='daemon'/>",
         "<suffice cause='port' for='?n'/>", "The port is taken.")
    "</rules>";

#define MESSAGE(id, level, attrs)                                              \
    "<message id='" id "' level='" level "' healthy='no' versions='1' "        \
    "source='x' " attrs "><text>" id " {a:text}</text><means>x</means>"        \
    "</message>"

static const char messages[] =
    "<messages area='all'>"
    MESSAGE("bad", "ERROR", "")
    MESSAGE("odd", "WARNING", "")
    MESSAGE("fine", "INFO", "")
    MESSAGE("shrug", "ERROR", "benign='yes'")
    "</messages>";
/* clang-format on */

static void complain(const struct ikw_diags *ds)
{
    for (const struct ikw_diag *d = ds->head; d; d = d->next)
        CU_assertImplementation(CU_FALSE, d->pos.line, d->text,
                                d->pos.file ? d->pos.file : "", "", CU_FALSE);
}

static struct ikw_kb *load(void)
{
    struct ikw_doc docs[] = {
        { "vocabulary.xml", { vocabulary, sizeof vocabulary - 1 } },
        { "weights.xml", { weights, sizeof weights - 1 } },
        { "causes/all.xml", { causes, sizeof causes - 1 } },
        { "rules/a.xml", { rules, sizeof rules - 1 } },
        { "rules/b.xml", { more_rules, sizeof more_rules - 1 } },
        { "messages/all.xml", { messages, sizeof messages - 1 } },
    };
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = ikw_kb_load_docs(docs, sizeof docs / sizeof *docs, &ds);
    complain(&ds);
    ikw_diags_release(&ds);
    return kb;
}

/* ---- the bench --------------------------------------------------------- */

struct bench {
    struct ikw_kb *kb;
    struct ikw_report_builder *rb;
    struct ikw_report *r;
    struct ikw_buf set; /* under construction */
    unsigned line;
    struct ikw_diags ds;
};

static struct bench start_with(const struct ikw_report_opts *opts)
{
    struct bench b = { .kb = load() };
    b.rb = ikw_report_begin(b.kb, opts);
    return b;
}

static struct bench start(void)
{
    return start_with(NULL);
}

static void add_set(void *arg, struct ikw_fact_set *fs)
{
    struct bench *b = arg;
    CU_ASSERT_TRUE(ikw_report_add(b->rb, fs, &b->ds));
}

/* Feeds the set under construction. */
static void flush(struct bench *b)
{
    struct ikw_slice text = { ikw_buf_str(&b->set), b->set.len };
    CU_ASSERT_TRUE(ikw_facts_parse(b->kb, "test", text, add_set, b, &b->ds));
    complain(&b->ds);
    ikw_buf_clear(&b->set);
}

static void open_set(struct bench *b, const char *peer, const char *level)
{
    if (b->set.len)
        flush(b);
    ikw_buf_addf(&b->set,
                 "set local=192.0.2.1 %s%s next=1 @local level=%s "
                 "from=0 to=999999999999\n",
                 peer ? "peer=" : "", peer ? peer : "", level);
}

/* One fact of line b->line, at `t` seconds. */
static void fact(struct bench *b, int t, const char *message, const char *text)
{
    b->line++;
    ikw_buf_addf(&b->set, "%s @local at=0:%u:%d000%s%s \"%s 10.0.0.%u\"\n",
                 text, b->line, t, message ? "=" : "", message ? message : "",
                 message ? message : "line", b->line % 200);
}

static void clue(struct bench *b, int id, int t, const char *what)
{
    char text[128];
    snprintf(text, sizeof text, "clue negotiation=%d what=%s", id, what);
    fact(b, t, "fine", text);
}

static void negotiation(struct bench *b, int id, int phase, int t,
                        const char *outcome)
{
    char text[200];
    snprintf(text, sizeof text,
             "negotiation id=%d phase=%d role=I exchange=%s outcome=%s "
             "icookie=%016d rcookie=%016d",
             id, phase, phase == 1 ? "main" : "quick", outcome, id, phase);
    fact(b, t, "fine", text);
}

/* A failed phase 1 with one clue. */
static void failure(struct bench *b, int id, int t, const char *what)
{
    negotiation(b, id, 1, t, "failed");
    clue(b, id, t + 1, what);
}

static void success(struct bench *b, int id, int t)
{
    char text[128];
    negotiation(b, id, 2, t, "established");
    snprintf(text, sizeof text, "sa-established negotiation=%d kind=ipsec", id);
    fact(b, t, "fine", text);
}

static struct ikw_report *finish(struct bench *b)
{
    if (b->set.len)
        flush(b);
    b->r = ikw_report_end(b->rb);
    return b->r;
}

static void stop(struct bench *b)
{
    ikw_report_free(b->r);
    ikw_kb_free(b->kb);
    ikw_buf_release(&b->set);
    ikw_diags_release(&b->ds);
}

/* "cause:count ..." of all verdicts, best first. */
static const char *verdicts(const struct ikw_report *r, struct ikw_buf *out)
{
    ikw_buf_clear(out);
    for (size_t i = 0; i < r->nverdicts; i++)
        ikw_buf_addf(out, "%s%s:%u%s", i ? " " : "", r->verdicts[i]->cause->id,
                     r->verdicts[i]->count,
                     r->verdicts[i]->recovered ? "r" : "");
    return ikw_buf_str(out);
}

#define SAME(actual, expected) CU_ASSERT_STRING_EQUAL(actual, expected)

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

#define TEST(name)                                                             \
    {                                                                          \
#name, name                                                            \
    }

extern CU_TestInfo ikw_test_report[];
CU_TestInfo ikw_test_report[] = {
    TEST(a_verdict_tells_who_when_and_what),
    TEST(evidence_is_what_the_weights_stand_on),
    TEST(the_proof_goes_down_to_the_lines),
    TEST(what_was_counted_is_evidence),
    TEST(an_absence_says_what_and_where),
    TEST(what_the_level_hides_is_told),
    TEST(an_unseen_absence_is_marked),
    TEST(a_ruled_out_rival_names_rule_and_line),
    TEST(the_bill_adds_up),
    TEST(a_parent_speaks_with_the_bill_of_its_best_child),
    TEST(a_sufficient_clue_shows_its_lift),
    TEST(symptoms_give_way_to_what_they_follow_from),
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
