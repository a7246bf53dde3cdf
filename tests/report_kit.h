/*
 * From facts to reports, over a small knowledge base of its own: clues of a
 * negotiation weigh the causes that their names say. Facts are written as
 * text, so a test reads like a log.
 */
#ifndef IKW_TESTS_REPORT_KIT_H
#define IKW_TESTS_REPORT_KIT_H

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
    "<type name='timeout' means='A timer ran out.' consequence='yes'>"
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
    MESSAGE("moan", "ERROR", "consequence='yes'")
    "</messages>";
/* clang-format on */

static inline void complain(const struct ikw_diags *ds)
{
    for (const struct ikw_diag *d = ds->head; d; d = d->next)
        CU_assertImplementation(CU_FALSE, d->pos.line, d->text,
                                d->pos.file ? d->pos.file : "", "", CU_FALSE);
}

static inline struct ikw_kb *load(void)
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

static inline struct bench start_with(const struct ikw_report_opts *opts)
{
    struct bench b = { .kb = load() };
    b.rb = ikw_report_begin(b.kb, opts);
    return b;
}

static inline struct bench start(void)
{
    return start_with(NULL);
}

static inline void add_set(void *arg, struct ikw_fact_set *fs)
{
    struct bench *b = arg;
    CU_ASSERT_TRUE(ikw_report_add(b->rb, fs, &b->ds));
}

/* Feeds the set under construction. */
static inline void flush(struct bench *b)
{
    struct ikw_slice text = { ikw_buf_str(&b->set), b->set.len };
    CU_ASSERT_TRUE(ikw_facts_parse(b->kb, "test", text, add_set, b, &b->ds));
    complain(&b->ds);
    ikw_buf_clear(&b->set);
}

static inline void open_set(struct bench *b, const char *peer,
                            const char *level)
{
    if (b->set.len)
        flush(b);
    ikw_buf_addf(&b->set,
                 "set local=192.0.2.1 %s%s next=1 @local level=%s "
                 "from=0 to=999999999999\n",
                 peer ? "peer=" : "", peer ? peer : "", level);
}

/* One fact of line b->line, at `t` seconds. */
static inline void fact(struct bench *b, int t, const char *message,
                        const char *text)
{
    b->line++;
    ikw_buf_addf(&b->set, "%s @local at=0:%u:%d000%s%s \"%s 10.0.0.%u\"\n",
                 text, b->line, t, message ? "=" : "", message ? message : "",
                 message ? message : "line", b->line % 200);
}

static inline void clue(struct bench *b, int id, int t, const char *what)
{
    char text[128];
    snprintf(text, sizeof text, "clue negotiation=%d what=%s", id, what);
    fact(b, t, "fine", text);
}

static inline void negotiation(struct bench *b, int id, int phase, int t,
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
static inline void failure(struct bench *b, int id, int t, const char *what)
{
    negotiation(b, id, 1, t, "failed");
    clue(b, id, t + 1, what);
}

static inline void success(struct bench *b, int id, int t)
{
    char text[128];
    negotiation(b, id, 2, t, "established");
    snprintf(text, sizeof text, "sa-established negotiation=%d kind=ipsec", id);
    fact(b, t, "fine", text);
}

static inline struct ikw_report *finish(struct bench *b)
{
    if (b->set.len)
        flush(b);
    b->r = ikw_report_end(b->rb);
    return b->r;
}

static inline void stop(struct bench *b)
{
    ikw_report_free(b->r);
    ikw_kb_free(b->kb);
    ikw_buf_release(&b->set);
    ikw_diags_release(&b->ds);
}

/* "cause:count ..." of all verdicts, best first. */
static inline const char *verdicts(const struct ikw_report *r,
                                   struct ikw_buf *out)
{
    ikw_buf_clear(out);
    for (size_t i = 0; i < r->nverdicts; i++)
        ikw_buf_addf(out, "%s%s:%u%s", i ? " " : "", r->verdicts[i]->cause->id,
                     r->verdicts[i]->count,
                     r->verdicts[i]->recovered ? "r" : "");
    return ikw_buf_str(out);
}

#define SAME(actual, expected) CU_ASSERT_STRING_EQUAL(actual, expected)

#define TEST(name)                                                             \
    {                                                                          \
#name, name                                                            \
    }

#endif
