/*
 * What questions after the report stand on: facts in words, ladders,
 * timelines, kept sets, comparisons, columns. A small knowledge base of its
 * own; facts are written as text.
 */
#include "cli/drop.h"
#include "cli/utf8.h"
#include "inference/compare.h"
#include "inference/inquiry.h"
#include "inference/points.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the knowledge base ------------------------------------------------ */

static const char vocabulary[] =
    "<vocabulary>"
    "<type name='negotiation' produced-by='tracker' means='One.' "
    "says='phase {phase}[role=I: by us][outcome=failed:, failed]'>"
    "<slot name='id' kind='id'/><slot name='phase' kind='int'/>"
    "<slot name='role' kind='word' words='I R'/>"
    "<slot name='exchange' kind='word' words='main quick'/>"
    "<slot name='parent' kind='id'/><slot name='outcome' kind='word' "
    "words='pending established failed'/><slot name='icookie' kind='text'/>"
    "<slot name='rcookie' kind='text'/><slot name='local' kind='text'/>"
    "<slot name='peer' kind='text'/>"
    "<slot name='carried' kind='word' words='yes no'/></type>"
    "<type name='message' produced-by='packet' means='A packet.' draw='arrow' "
    "says='[exchange=main:main mode][ {number}][, {size} bytes]'>"
    "<slot name='negotiation' kind='id'/>"
    "<slot name='dir' kind='word' words='in out'/>"
    "<slot name='exchange' kind='word' words='main quick info'/>"
    "<slot name='number' kind='int'/><slot name='size' kind='int'/></type>"
    "<type name='notify' produced-by='packet' means='A notification.' "
    "draw='arrow' says='notify[ {name}]'><slot name='negotiation' kind='id'/>"
    "<slot name='dir' kind='word' words='in out'/>"
    "<slot name='name' kind='text'/></type>"
    "<type name='clue' means='A clue.' draw='here' says='a clue[: {what}]'>"
    "<slot name='negotiation' kind='id'/><slot name='what' kind='text'/>"
    "</type>"
    "<type name='quiet' means='Not drawn.'><slot name='negotiation' "
    "kind='id'/><slot name='n' kind='int'/></type>"
    "<type name='sa-established' produced-by='tracker' means='Up.' draw='here' "
    "says='[kind=isakmp:phase 1 is up]'><slot name='negotiation' kind='id'/>"
    "<slot name='kind' kind='word' words='isakmp ipsec'/>"
    "<slot name='spi' kind='text'/>"
    "<slot name='carried' kind='word' words='yes no'/></type>"
    "<type name='sa-expired' produced-by='tracker' means='Old.'>"
    "<slot name='negotiation' kind='id'/>"
    "<slot name='kind' kind='word' words='isakmp ipsec'/>"
    "<slot name='spi' kind='text'/></type>"
    "<type name='rekey' produced-by='tracker' means='Again.'>"
    "<slot name='negotiation' kind='id'/></type>"
    "<type name='problem' derived='yes' means='A problem.'>"
    "<slot name='subject' kind='id'/><slot name='kind' kind='word' "
    "words='phase1-failed phase2-failed'/>"
    "<slot name='phase' kind='int'/></type>"
    "</vocabulary>";

static const char weights[] =
    "<weights suffice='25'><weight word='strong' db='20'/>"
    "<band word='sure' at-least='50'/><band word='weak' at-least='0'/>"
    "</weights>";

#define CAUSE(id)                                                              \
    "<cause id='" id "' severity='high' fixer='them' prior='-10'>"             \
    "<title>Title of " id "</title><explanation>x</explanation>"               \
    "<remedy for='racoon.conf'>x</remedy><verify>x</verify>"                   \
    "<settle>x</settle></cause>"
static const char causes[] =
    "<causes family='all'>" CAUSE("key") CAUSE("path") "</causes>";

static const char rules[] =
    "<rules layer='cause'>"
    "<rule id='failed'><when><fact type='negotiation' as='n' id='?n' "
    "outcome='failed' phase='1'/></when>"
    "<then><derive type='problem' subject='?n' kind='phase1-failed' "
    "phase='1'/></then><because>It failed ({n}).</because></rule>"
    "<rule id='by-clue'><when><fact type='problem' as='p' subject='?n'/>"
    "<fact type='clue' as='c' negotiation='?n' what='key|both'/></when>"
    "<then><weigh cause='key' for='?n' evidence='30' group='g'/></then>"
    "<because>A clue ({c}).</because></rule>"
    "<rule id='by-silence'><when><fact type='problem' as='p' subject='?n'/>"
    "<absent type='clue' negotiation='?n' visible-at='info'/></when>"
    "<then><weigh cause='path' for='?n' evidence='20' group='s'/></then>"
    "<because>Nothing came.</because></rule>"
    "</rules>";

static const char messages[] =
    "<messages area='test'><message id='m-key' level='ERROR'>"
    "<text>no key for {peer:ip}</text><means>x</means>"
    "<fact type='clue' what='key'/></message>"
    "<message id='m-other' level='ERROR'><text>something else</text>"
    "<means>x</means><fact type='clue' what='other'/></message></messages>";

static struct ikw_kb *load(void)
{
    const struct ikw_doc docs[] = {
        { "vocabulary.xml", ikw_slice_of(vocabulary) },
        { "weights.xml", ikw_slice_of(weights) },
        { "causes/x.xml", ikw_slice_of(causes) },
        { "rules/x.xml", ikw_slice_of(rules) },
        { "messages/x.xml", ikw_slice_of(messages) },
    };
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = ikw_kb_load_docs(docs, 5, &ds);
    for (const struct ikw_diag *d = ds.head; d; d = d->next)
        fprintf(stderr, "%s:%u: %s\n", d->pos.file, d->pos.line, d->text);
    ikw_diags_release(&ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    return kb;
}

/* ---- a bed -------------------------------------------------------------- */

struct bed {
    struct ikw_kb *kb;
    struct ikw_dossier *dossier;
    struct ikw_report *report;
    struct ikw_diags ds;
};

static void keep(void *arg, struct ikw_fact_set *fs)
{
    struct bed *b = arg;
    ikw_dossier_add(b->dossier, fs);
}

static void open_bed(struct bed *b, const char *facts)
{
    struct ikw_report_opts opts = { .ladders = true, .timelines = true };
    *b = (struct bed){ .kb = load() };
    b->dossier = ikw_dossier_new(b->kb, 0);
    bool ok =
        ikw_facts_parse(b->kb, "facts", ikw_slice_of(facts), keep, b, &b->ds);
    for (const struct ikw_diag *d = b->ds.head; d; d = d->next)
        fprintf(stderr, "%u: %s\n", d->pos.line, d->text);
    CU_ASSERT(ok);
    b->report = ikw_dossier_report(b->dossier, &opts, &b->ds);
}

static void close_bed(struct bed *b)
{
    ikw_report_free(b->report);
    ikw_dossier_free(b->dossier);
    ikw_diags_release(&b->ds);
    ikw_kb_free(b->kb);
}

#define SET(level)                                                             \
    "set peer=192.0.2.1 next=9 @local level=" level " from=1000 to=90000\n"
#define FAILED                                                                 \
    "negotiation id=1 phase=1 role=I exchange=main outcome=failed "            \
    "icookie=0000000000000001 rcookie=0000000000000002 local=192.0.2.9 "       \
    "peer=192.0.2.1 carried=no @local at=0:1:1000 \"open\" "                   \
    "last=0:9:9000 \"end\"\n"

/* ---- words -------------------------------------------------------------- */

static void facts_are_said_in_the_words_of_their_type(void)
{
    static const struct {
        const char *fact, *words;
    } table[] = {
        { "negotiation id=1 phase=1 role=I outcome=failed @local",
          "phase 1 by us, failed" },
        { "negotiation id=1 phase=2 role=R @local", "phase 2" },
        { "negotiation id=1 @local", "phase ?" },
        { "message exchange=main number=3 size=9 @local",
          "main mode 3, 9 bytes" },
        { "message exchange=quick size=9 @local", ", 9 bytes" },
        { "clue @local", "a clue" },
        { "clue what=\"a [b] {c}\" @local", "a clue: a [b] {c}" },
        { "quiet negotiation=1 n=7 @local", "quiet n=7" },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct bed b;
        struct ikw_buf got = { 0 };
        open_bed(&b, table[i].fact);
        struct ikw_fact_set *fs = ikw_dossier_set(b.dossier, 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(fs);
        ikw_fact_words(fs->facts[0], &got);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&got), table[i].words);
        ikw_buf_release(&got);
        close_bed(&b);
    }
}

static void bad_words_are_faults_of_the_vocabulary(void)
{
    static const char *const bad[] = { "{nonsense}", "[nonsense=x:y]", "a {n",
                                       "[n" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ikw_diags ds = { 0 };
        struct ikw_buf xml = { 0 };
        ikw_buf_addf(&xml,
                     "<vocabulary><type name='t' means='x' says='%s'>"
                     "<slot name='n' kind='int'/></type></vocabulary>",
                     bad[i]);
        const struct ikw_doc docs[] = {
            { "vocabulary.xml", ikw_slice_of(xml.ptr) },
            { "weights.xml", ikw_slice_of(weights) },
        };
        CU_ASSERT_PTR_NULL(ikw_kb_load_docs(docs, 2, &ds));
        CU_ASSERT(ds.errors > 0);
        ikw_diags_release(&ds);
        ikw_buf_release(&xml);
    }
}

/* ---- ladders ------------------------------------------------------------ */

/* ">text" from the left, "<text" from the right, "(text" and ")text" events,
 * "~" hidden; with "!" failing, "*" evidence, "?" implied, "x" lost. */
static void draw(const struct ikw_ladder *l, struct ikw_buf *out)
{
    for (size_t i = 0; l && i < l->nsteps; i++) {
        const struct ikw_step *s = &l->steps[i];
        bool left = s->lane == IKW_LANE_LEFT;
        ikw_buf_addf(out, "%s%s%s%s%s%s", i ? " | " : "",
                     s->kind == IKW_STEP_HIDDEN    ? "~"
                     : s->kind == IKW_STEP_MESSAGE ? (left ? ">" : "<")
                                                   : (left ? "(" : ")"),
                     s->failing    ? "!"
                     : s->evidence ? "*"
                                   : "",
                     s->implied && s->kind == IKW_STEP_MESSAGE ? "?" : "",
                     s->lost ? "x" : "",
                     s->kind == IKW_STEP_HIDDEN ? "" : s->text);
        if (s->count > 1)
            ikw_buf_addf(out, " %ux", s->count);
    }
}

static void check_ladder(const char *facts, const char *want)
{
    struct bed b;
    struct ikw_buf got = { 0 };
    open_bed(&b, facts);
    if (b.report->nverdicts)
        draw(b.report->verdicts[0]->ladder, &got);
    CU_ASSERT_STRING_EQUAL(ikw_buf_str(&got), want);
    if (strcmp(ikw_buf_str(&got), want) != 0)
        fprintf(stderr, "%s\n", ikw_buf_str(&got));
    ikw_buf_release(&got);
    close_bed(&b);
}

static void an_info_log_implies_the_first_message_only(void)
{
    check_ladder(SET("info") FAILED
                 "clue negotiation=1 what=key @local at=0:5:5000 \"x\"\n",
                 ">?1 SA | ~ | (!a clue: key");
}

static void nobody_answered_means_nothing_is_hidden(void)
{
    check_ladder(SET("info") "negotiation id=1 phase=1 role=I exchange=main "
                             "outcome=failed rcookie=0000000000000000 @local "
                             "at=0:1:1000 "
                             "\"open\"\n",
                 ">?1 SA");
}

static void a_debug_log_shows_each_message_once(void)
{
    check_ladder(
        SET("debug") FAILED
        "message negotiation=1 dir=out exchange=main number=1 size=10 @local "
        "count=3 at=0:2:1000 \"m\"\n"
        "message negotiation=1 dir=in exchange=main number=2 size=11 @local "
        "at=0:3:1000 \"m\"\n"
        "quiet negotiation=1 n=1 @local at=0:4:1000 \"q\"\n"
        "clue negotiation=1 what=key @local at=0:5:5000 \"x\"\n",
        ">1 SA, 10 bytes 3x | <2 SA, 11 bytes | (!a clue: key");
}

static void what_both_logs_tell_is_one_arrow_in_causal_order(void)
{
    check_ladder(
        SET("debug") "set peer=192.0.2.1 next=9 @local level=debug from=1000 "
                     "to=90000 "
                     "@peer level=debug from=1000 to=90000\n" FAILED
                     "negotiation id=2 phase=1 role=R exchange=main "
                     "outcome=failed "
                     "icookie=0000000000000001 rcookie=0000000000000002 @peer "
                     "at=1:1:1000 "
                     "\"open\"\n"
                     "message negotiation=1 dir=out exchange=main number=1 "
                     "@local "
                     "at=0:2:1000 \"m\"\n"
                     "message negotiation=1 dir=in exchange=main number=2 "
                     "@local "
                     "at=0:3:1000 \"m\"\n"
                     "message negotiation=1 dir=out exchange=main number=3 "
                     "@local "
                     "at=0:4:1000 \"m\"\n"
                     "message negotiation=2 dir=in exchange=main number=1 "
                     "@peer "
                     "at=1:2:1000 \"m\"\n"
                     "message negotiation=2 dir=out exchange=main number=2 "
                     "@peer "
                     "at=1:3:1000 \"m\"\n"
                     "clue negotiation=1 what=key @local at=0:5:1000 \"x\"\n",
        ">1 SA | <2 SA | >x3 KE, nonce | (!a clue: key");
}

static void a_packet_whose_content_is_told_is_not_told_twice(void)
{
    check_ladder(SET("debug") FAILED
                 "message negotiation=1 dir=in exchange=info size=76 @local "
                 "at=0:2:1000 \"m\"\n"
                 "notify negotiation=1 dir=in name=N @local at=0:3:1000 \"m\"\n"
                 "message negotiation=1 dir=out exchange=main number=1 @local "
                 "at=0:4:2000 \"m\"\n"
                 "clue negotiation=1 what=key @local at=0:5:5000 \"x\"\n",
                 "<notify N | >1 SA | (!a clue: key");
}

static void long_ladders_keep_their_evidence(void)
{
    struct ikw_buf facts = { 0 };
    struct bed b;
    bool failing = false;
    ikw_buf_adds(&facts, SET("debug") FAILED);
    for (int i = 0; i < 200; i++)
        ikw_buf_addf(&facts,
                     "notify negotiation=1 dir=in name=n%d @local "
                     "at=0:%d:%d \"m\"\n",
                     i, 10 + i, 1000 + i);
    ikw_buf_adds(&facts, "clue negotiation=1 what=key @local at=0:400:5000 "
                         "\"x\"\n");
    open_bed(&b, facts.ptr);
    CU_ASSERT_EQUAL_FATAL(b.report->nverdicts, 1);
    const struct ikw_ladder *l = b.report->verdicts[0]->ladder;
    CU_ASSERT_PTR_NOT_NULL_FATAL(l);
    CU_ASSERT(l->nsteps <= 50);
    CU_ASSERT_EQUAL(l->nsteps + l->dropped, 202);
    for (size_t i = 0; i < l->nsteps; i++)
        failing = failing || l->steps[i].failing;
    CU_ASSERT(failing);
    ikw_buf_release(&facts);
    close_bed(&b);
}

/* ---- timelines ----------------------------------------------------------- */

#define UP(line, t, spi)                                                       \
    "sa-established negotiation=3 kind=ipsec spi=" spi                         \
    " carried=no @local at=0:" line ":" t " \"u\"\n"
#define OLD(line, t, spi)                                                      \
    "sa-expired negotiation=3 kind=ipsec spi=" spi " @local at=0:" line ":" t  \
    " \"o\"\n"

static void a_tunnel_is_up_while_one_sa_lives(void)
{
    struct bed b;
    open_bed(&b, SET("info") FAILED UP("2", "2000", "a") UP("3", "3000", "b")
                     OLD("4", "4000", "a") OLD("5", "5000", "b")
                         UP("6", "6000", "c"));
    CU_ASSERT_EQUAL_FATAL(b.report->ntunnels, 1);
    const struct ikw_timeline *t = b.report->tunnels[0]->timeline;
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL_FATAL(t->nups, 2);
    CU_ASSERT_EQUAL(t->ups[0].from_ms, 2000);
    CU_ASSERT_EQUAL(t->ups[0].to_ms, 5000);
    CU_ASSERT_EQUAL(t->ups[1].from_ms, 6000);
    CU_ASSERT_EQUAL(t->ups[1].to_ms, IKW_NO_TIME);
    CU_ASSERT_EQUAL(t->nmarks, 3); /* one attempt, two expiries */
    close_bed(&b);
}

static void timelines_stay_small_and_lose_no_count(void)
{
    struct ikw_buf facts = { 0 };
    struct bed b;
    enum { ATTEMPTS = 3000 };
    uint64_t count = 0;
    ikw_buf_adds(&facts, SET("info"));
    for (int i = 1; i <= ATTEMPTS; i++)
        ikw_buf_addf(&facts,
                     "negotiation id=%d phase=1 outcome=failed @local "
                     "at=0:%d:%d \"x\"\n",
                     i, i, i * 7000);
    open_bed(&b, facts.ptr);
    CU_ASSERT_EQUAL_FATAL(b.report->ntunnels, 1);
    const struct ikw_timeline *t = b.report->tunnels[0]->timeline;
    CU_ASSERT(t->nmarks <= IKW_MARKS_MAX);
    CU_ASSERT(t->nmarks > 8);
    for (size_t i = 0; i < t->nmarks; i++) {
        count += t->marks[i].count;
        CU_ASSERT(t->marks[i].from_ms <= t->marks[i].to_ms);
    }
    CU_ASSERT_EQUAL(count, ATTEMPTS);
    CU_ASSERT_EQUAL(t->marks[0].from_ms, 7000);
    ikw_buf_release(&facts);
    close_bed(&b);
}

/* ---- kept sets ----------------------------------------------------------- */

static void kept_sets_are_the_sets(void)
{
    struct bed b;
    const char *facts = SET("info") FAILED
        "clue negotiation=1 what=key @local count=3 at=0:5:5000 \"x\" "
        "last=0:7:7000 \"y\"\n";
    struct ikw_buf got = { 0 };
    open_bed(&b, facts);
    ikw_fact_set_print(ikw_dossier_set(b.dossier, 0), &got);
    CU_ASSERT_STRING_EQUAL(ikw_buf_str(&got), facts);
    CU_ASSERT_PTR_NULL(ikw_dossier_set(b.dossier, 1));
    ikw_buf_release(&got);
    close_bed(&b);
}

static void a_full_dossier_keeps_no_later_set(void)
{
    struct ikw_kb *kb = load();
    struct ikw_dossier *d = ikw_dossier_new(kb, 3);
    struct ikw_fact_set fs;
    const struct ikw_type *type = ikw_kb_type(kb, "quiet");
    ikw_fact_set_init(&fs, kb);
    for (int i = 0; i < 2; i++) {
        struct ikw_value slots[2] = { ikw_value_int(1), ikw_value_int(i) };
        ikw_fact_add(&fs, type, IKW_SOURCE_LOCAL, slots, NULL);
    }
    CU_ASSERT(ikw_dossier_add(d, &fs));
    CU_ASSERT(!ikw_dossier_add(d, &fs));
    CU_ASSERT(!ikw_dossier_add(d, &fs));
    CU_ASSERT_EQUAL(ikw_dossier_nsets(d), 1);
    CU_ASSERT_EQUAL(ikw_dossier_dropped(d), 2);
    ikw_fact_set_release(&fs);
    ikw_dossier_free(d);
    ikw_kb_free(kb);
}

static void verdicts_name_the_set_and_subject_that_speak(void)
{
    struct bed b;
    struct ikw_question q;
    open_bed(&b, SET("info") FAILED
             "set peer=192.0.2.7 next=9 @local level=info from=1000 to=90000\n"
             "negotiation id=4 phase=1 outcome=failed @local at=0:20:20000 "
             "\"x\"\n"
             "clue negotiation=4 what=key @local at=0:21:21000 \"x\"\n");
    CU_ASSERT_EQUAL_FATAL(b.report->nverdicts, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct ikw_verdict *v = b.report->verdicts[i];
        bool second = !strcmp(v->peer, "192.0.2.7");
        CU_ASSERT_EQUAL(v->set, second);
        CU_ASSERT_EQUAL(v->subject, second ? 4 : 1);
        struct ikw_inquiry *in = ikw_inquiry_open(b.dossier, v->set, &b.ds);
        CU_ASSERT_PTR_NOT_NULL_FATAL(in);
        CU_ASSERT(ikw_inquiry_about(in, v->subject, &q));
        CU_ASSERT_PTR_EQUAL(ikw_contest_winner(q.contest)->cause, v->cause);
        ikw_inquiry_close(in);
    }
    close_bed(&b);
}

static void conclusions_lead_back_to_their_lines(void)
{
    static const struct {
        uint32_t line;
        size_t conclusions;
    } table[] = { { 1, 2 }, { 5, 1 }, { 9, 2 }, { 2, 0 }, { 0, 0 } };
    struct bed b;
    open_bed(&b, SET("info") FAILED
             "clue negotiation=1 what=key @local at=0:5:5000 \"x\"\n"
             "quiet negotiation=1 n=1 @local at=0:2:2000 \"x\"\n");
    struct ikw_inquiry *q = ikw_inquiry_open(b.dossier, 0, &b.ds);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct ikw_rest_on *v;
        CU_ASSERT_EQUAL(ikw_inquiry_rests_on(q, 0, table[i].line, &v),
                        table[i].conclusions);
    }
    ikw_inquiry_close(q);
    close_bed(&b);
}

/* ---- comparing ----------------------------------------------------------- */

static void comparing_reports_names_what_became_of_each(void)
{
    struct bed a, b;
    size_t n;
    open_bed(&a, SET("info") FAILED);
    open_bed(&b, SET("info") FAILED
             "clue negotiation=1 what=key @local at=0:5:5000 \"x\"\n");
    struct ikw_change *v = ikw_report_compare(a.report, a.report, &n);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(v[0].kind, IKW_CHANGE_SAME);
    free(v);
    v = ikw_report_compare(a.report, b.report, &n);
    CU_ASSERT_EQUAL_FATAL(n, 2);
    CU_ASSERT_EQUAL(v[0].kind, IKW_CHANGE_GONE);
    CU_ASSERT_STRING_EQUAL(v[0].before->cause->id, "path");
    CU_ASSERT_EQUAL(v[1].kind, IKW_CHANGE_NEW);
    CU_ASSERT_STRING_EQUAL(v[1].after->cause->id, "key");
    free(v);
    close_bed(&a);
    close_bed(&b);
}

/* ---- knowledge alone ------------------------------------------------------
 */

static void messages_point_to_what_their_facts_speak_for(void)
{
    struct ikw_kb *kb = load();
    struct ikw_pointer v[IKW_POINTERS_MAX];
    size_t n = ikw_message_points(kb, ikw_kb_message(kb, "m-key"), v);
    CU_ASSERT_EQUAL_FATAL(n, 1);
    CU_ASSERT_STRING_EQUAL(v[0].cause->id, "key");
    CU_ASSERT_STRING_EQUAL(v[0].rule->id, "by-clue");
    CU_ASSERT_EQUAL(v[0].db, 30);
    CU_ASSERT_EQUAL(ikw_message_points(kb, ikw_kb_message(kb, "m-other"), v),
                    0);
    ikw_kb_free(kb);
}

/* ---- text -----------------------------------------------------------------
 */

static void columns_count_what_a_terminal_shows(void)
{
    static const struct {
        const char *text;
        size_t columns;
    } table[] = {
        { "", 0 },
        { "abc", 3 },
        { "\xc3\xa4\xc2\xb7", 2 },
        { "\xe6\xbc\xa2\xe5\xad\x97", 4 },
        { "e\xcc\x81", 1 },
        { "\xf0\x9f\x98\x80", 2 },
        { "\xff\xc0", 2 },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        CU_ASSERT_EQUAL(ikw_columns(table[i].text, strlen(table[i].text)),
                        table[i].columns);
    CU_ASSERT_EQUAL(ikw_columns_fit("\xe6\xbc\xa2\xe5\xad\x97", 6, 3), 3);
    CU_ASSERT_EQUAL(ikw_columns_fit("e\xcc\x81x", 4, 1), 3);
    CU_ASSERT_EQUAL(ikw_columns_fit("\xe6\xbc\xa2", 3, 1), 0);
}

static void lines_to_drop_are_numbers_ranges_and_places(void)
{
    static const struct {
        const char *text;
        const char *file; /* NULL: refused */
        uint32_t from, to;
    } table[] = {
        { "7", "", 7, 7 },
        { "7-9", "", 7, 9 },
        { "a.log:7", "a.log", 7, 7 },
        { "d/a:b:1-2", "d/a:b", 1, 2 },
        { "", NULL, 0, 0 },
        { "x", NULL, 0, 0 },
        { "0", NULL, 0, 0 },
        { "9-7", NULL, 0, 0 },
        { "-3", NULL, 0, 0 },
        { "3-", NULL, 0, 0 },
        { ":3", NULL, 0, 0 },
        { "5000000000", NULL, 0, 0 },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct ikw_drop d;
        bool ok = ikw_drop_parse(table[i].text, &d);
        CU_ASSERT_EQUAL(ok, table[i].file != NULL);
        if (!ok)
            continue;
        CU_ASSERT(ikw_slice_is(d.file, table[i].file));
        CU_ASSERT_EQUAL(d.from, table[i].from);
        CU_ASSERT_EQUAL(d.to, table[i].to);
    }
    CU_ASSERT(ikw_file_named("x/a.log", ikw_slice_of("a.log")));
    CU_ASSERT(ikw_file_named("a.log", ikw_slice_of("a.log")));
    CU_ASSERT(!ikw_file_named("xa.log", ikw_slice_of("a.log")));
}

#define TEST(name)                                                             \
    {                                                                          \
#name, name                                                            \
    }

extern CU_TestInfo ikw_test_explain[];
CU_TestInfo ikw_test_explain[] = {
    TEST(facts_are_said_in_the_words_of_their_type),
    TEST(bad_words_are_faults_of_the_vocabulary),
    TEST(an_info_log_implies_the_first_message_only),
    TEST(nobody_answered_means_nothing_is_hidden),
    TEST(a_debug_log_shows_each_message_once),
    TEST(what_both_logs_tell_is_one_arrow_in_causal_order),
    TEST(a_packet_whose_content_is_told_is_not_told_twice),
    TEST(long_ladders_keep_their_evidence),
    TEST(a_tunnel_is_up_while_one_sa_lives),
    TEST(timelines_stay_small_and_lose_no_count),
    TEST(kept_sets_are_the_sets),
    TEST(a_full_dossier_keeps_no_later_set),
    TEST(verdicts_name_the_set_and_subject_that_speak),
    TEST(conclusions_lead_back_to_their_lines),
    TEST(comparing_reports_names_what_became_of_each),
    TEST(messages_point_to_what_their_facts_speak_for),
    TEST(columns_count_what_a_terminal_shows),
    TEST(lines_to_drop_are_numbers_ranges_and_places),
    CU_TEST_INFO_NULL,
};
