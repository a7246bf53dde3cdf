/* Loading of the knowledge base: what is read, and in which order. */
#include "kb/kb.h"
#include "tests/kb_docs.h"
#include "tests/kb_faults.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <stdlib.h>
#include <string.h>

extern CU_TestInfo ikw_test_kb[];

enum { NBASE = 6, MAX_DOCS = 12 };

static const struct {
    const char *name, *xml;
} base[NBASE] = {
    SOUND_BASE,
};

static size_t base_docs(struct ikw_doc *docs)
{
    for (size_t i = 0; i < NBASE; i++)
        docs[i] = (struct ikw_doc){ base[i].name, ikw_slice_of(base[i].xml) };
    return NBASE;
}

/* The base with one document replaced, or added if there is none such. */
static size_t swap_doc(struct ikw_doc *docs, const char *name, const char *xml)
{
    size_t n = base_docs(docs), i = 0;
    while (i < n && strcmp(docs[i].name, name) != 0)
        i++;
    docs[i] = (struct ikw_doc){ name, ikw_slice_of(xml) };
    return i == n ? n + 1 : n;
}

static struct ikw_kb *load_with(const char *name, const char *xml,
                                struct ikw_diags *ds)
{
    struct ikw_doc docs[MAX_DOCS];
    size_t n = swap_doc(docs, name, xml);
    return ikw_kb_load_docs(docs, n, ds);
}

static void print_all(const struct ikw_diags *ds, struct ikw_buf *out)
{
    for (const struct ikw_diag *d = ds->head; d; d = d->next) {
        ikw_diag_format(d, out);
        ikw_buf_addc(out, '\n');
    }
}

/* ---- planted faults ---------------------------------------------------- */

/* The diagnostic sought, and no other. */
static bool found(const struct fault *f, const struct ikw_diags *ds)
{
    const struct ikw_diag *d = ds->head;
    return d && !d->next && d->pos.file && !strcmp(d->pos.file, f->doc) &&
           d->pos.line == f->line &&
           !strcmp(ikw_diag_code_text(d->code), f->code) &&
           strstr(d->text, f->says);
}

static void expect(const struct fault *f, const struct ikw_diags *ds)
{
    struct ikw_buf b = { 0 };
    if (found(f, ds))
        return;
    ikw_buf_addf(&b, "%s: want %s:%u %s, got\n", f->claim, f->doc, f->line,
                 f->code);
    print_all(ds, &b);
    CU_assertImplementation(CU_FALSE, __LINE__, ikw_buf_str(&b), __FILE__, "",
                            CU_FALSE);
    ikw_buf_release(&b);
}

static void every_planted_fault_is_found_at_its_line(void)
{
    for (size_t i = 0; i < sizeof load_faults / sizeof load_faults[0]; i++) {
        struct ikw_diags ds = { 0 };
        struct ikw_kb *kb =
            load_with(load_faults[i].doc, load_faults[i].xml, &ds);
        CU_ASSERT_PTR_NULL(kb);
        expect(&load_faults[i], &ds);
        ikw_kb_free(kb);
        ikw_diags_release(&ds);
    }
}

static void every_fault_of_the_whole_is_found(void)
{
    for (size_t i = 0; i < sizeof check_faults / sizeof check_faults[0]; i++) {
        struct ikw_diags ds = { 0 };
        struct ikw_kb *kb =
            load_with(check_faults[i].doc, check_faults[i].xml, &ds);
        CU_ASSERT_PTR_NOT_NULL(kb);
        if (kb)
            ikw_kb_check(kb, &ds);
        expect(&check_faults[i], &ds);
        ikw_kb_free(kb);
        ikw_diags_release(&ds);
    }
}

static void types_without_use_are_found(void)
{
    static const struct fault faults[] = {
        { "nothing makes it", "vocabulary.xml", "", 22, "KB015", "'x'" },
        { "nobody reads it", "vocabulary.xml", "", 22, "KB016", "'x'" },
    };
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = load_with(
        "vocabulary.xml", VOCABULARY("<type name='x' means='m'/>\n"), &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    CU_ASSERT_FALSE(ikw_kb_check(kb, &ds));
    ikw_diags_sort(&ds);
    CU_ASSERT_EQUAL(ds.count, 2);
    struct ikw_diags one = { .head = ds.head };
    const struct ikw_diag *second = ds.head->next;
    ds.head->next = NULL;
    expect(&faults[0], &one);
    CU_ASSERT_STRING_EQUAL(ikw_diag_code_text(second->code), faults[1].code);
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

static void all_faults_of_all_files_come_in_one_run(void)
{
    struct ikw_doc docs[MAX_DOCS];
    struct ikw_diags ds = { 0 };
    size_t n = swap_doc(
        docs, "rules/r.xml",
        RULES(RULE("a", "<fact type='x'/>\n", "<derive type='y'/>\n", "So.")));
    docs[4].xml = ikw_slice_of(SAYS("a", "<fact type='z'/>\n<track q=''/>\n"));
    docs[n++] = (struct ikw_doc){ "causes/x.xml", ikw_slice_of("<causes>") };
    CU_ASSERT_PTR_NULL(ikw_kb_load_docs(docs, n, &ds));
    struct ikw_buf b = { 0 };
    ikw_diags_sort(&ds);
    print_all(&ds, &b);
    CU_ASSERT_EQUAL(ds.count, 5);
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&b), "causes/x.xml:1: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&b), "messages/m.xml:4: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&b), "messages/m.xml:5: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&b), "rules/r.xml:3: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&b), "rules/r.xml:5: "));
    ikw_buf_release(&b);
    ikw_diags_release(&ds);
}

static void a_broken_file_does_not_blame_others(void)
{
    static const char *const broken[] = { "vocabulary.xml", "causes/c.xml",
                                          "weights.xml" };
    for (size_t i = 0; i < 3; i++) {
        struct ikw_diags ds = { 0 };
        CU_ASSERT_PTR_NULL(load_with(broken[i], "<!-- -- -->", &ds));
        for (const struct ikw_diag *d = ds.head; d; d = d->next)
            CU_ASSERT_STRING_EQUAL(d->pos.file, broken[i]);
        CU_ASSERT_TRUE(ds.count > 0);
        ikw_diags_release(&ds);
    }
}

static void lines_beyond_65535_are_counted(void)
{
    struct ikw_buf b = { 0 };
    struct ikw_diags ds = { 0 };
    ikw_buf_adds(&b, "<causes>");
    for (int i = 0; i < 70000; i++)
        ikw_buf_addc(&b, '\n');
    ikw_buf_adds(&b, "<effect/></causes>");
    struct fault f = { "far down", "causes/x.xml", "", 70001, "KB004", "" };
    CU_ASSERT_PTR_NULL(load_with(f.doc, ikw_buf_str(&b), &ds));
    expect(&f, &ds);
    ikw_buf_release(&b);
    ikw_diags_release(&ds);
}

static void sizes_and_depths_have_limits(void)
{
    struct fault big = {
        "too big", "causes/x.xml", "", 0, "KB021", "more than"
    };
    struct ikw_diags ds = { 0 };
    struct ikw_buf b = { 0 };
    ikw_buf_adds(&b, "<causes>");
    while (b.len <= 16 * 1024 * 1024)
        ikw_buf_adds(&b, "                                          ");
    CU_ASSERT_PTR_NULL(load_with(big.doc, ikw_buf_str(&b), &ds));
    expect(&big, &ds);
    ikw_diags_release(&ds);
    ikw_buf_clear(&b);
    ikw_buf_adds(&b, "<causes>");
    for (int i = 0; i < 50000; i++)
        ikw_buf_adds(&b, "<a>");
    CU_ASSERT_PTR_NULL(load_with(big.doc, ikw_buf_str(&b), &ds));
    CU_ASSERT_TRUE(ds.count < 10);
    ikw_buf_release(&b);
    ikw_diags_release(&ds);
}

static void without_words_there_is_no_base(void)
{
    struct ikw_diags ds = { 0 };
    CU_ASSERT_PTR_NULL(ikw_kb_load_docs(NULL, 0, &ds));
    CU_ASSERT_EQUAL(ds.count, 2);
    CU_ASSERT_EQUAL(ds.head->code, IKW_DIAG_NO_KB);
    ikw_diags_release(&ds);
    CU_ASSERT_PTR_NULL(ikw_kb_load("tests/no-such-folder", &ds));
    CU_ASSERT_EQUAL(ds.count, 1);
    CU_ASSERT_EQUAL(ds.head->code, IKW_DIAG_NO_KB);
    ikw_diags_release(&ds);
    ikw_kb_free(NULL);
}

/* ---- what is loaded ---------------------------------------------------- */

static struct ikw_kb *load_base(void)
{
    struct ikw_doc docs[MAX_DOCS];
    struct ikw_diags ds = { 0 };
    struct ikw_buf b = { 0 };
    struct ikw_kb *kb = ikw_kb_load_docs(docs, base_docs(docs), &ds);
    print_all(&ds, &b);
    CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), "");
    ikw_buf_release(&b);
    ikw_diags_release(&ds);
    return kb;
}

static void a_sound_base_has_no_faults(void)
{
    struct ikw_kb *kb = load_base();
    struct ikw_diags ds = { 0 };
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    CU_ASSERT_TRUE(ikw_kb_check(kb, &ds));
    CU_ASSERT_EQUAL(ds.count, 0);
    CU_ASSERT_EQUAL(kb->nenvelopes, 1);
    CU_ASSERT_STRING_EQUAL(kb->envelopes[0].pattern, "{time:iso} ");
    CU_ASSERT_EQUAL(kb->level_words[0].level, IKW_LEVEL_ERROR);
    CU_ASSERT_STRING_EQUAL(kb->strips[0].to, "]");
    CU_ASSERT_EQUAL(kb->suffice_db, 25);
    CU_ASSERT_PTR_EQUAL(kb->causes[0]->rivals[0], kb->causes[0]);
    ikw_diags_release(&ds);
    ikw_kb_free(kb);
}

static void a_template_is_read_into_parts(void)
{
    static const struct {
        enum ikw_tok_kind kind;
        const char *text;
    } want[] = {
        { IKW_TOK_INT, "n" },     { IKW_TOK_LIT, " pongs of " },
        { IKW_TOK_ADDR, "peer" }, { IKW_TOK_LIT, " (" },
        { IKW_TOK_COOKIES, "c" }, { IKW_TOK_LIT, ")" },
    };
    struct ikw_kb *kb = load_base();
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    const struct ikw_message *m = ikw_kb_message(kb, "pong");
    const struct ikw_template *t = &m->templates[0];
    CU_ASSERT_EQUAL_FATAL(t->ntoks, 6);
    for (size_t i = 0; i < 6; i++) {
        CU_ASSERT_EQUAL(t->toks[i].kind, want[i].kind);
        CU_ASSERT_STRING_EQUAL(t->toks[i].text, want[i].text);
    }
    CU_ASSERT_PTR_EQUAL(t->message, m);
    CU_ASSERT_EQUAL(t->pos.line, 2);
    CU_ASSERT_EQUAL(m->nties, 2);
    CU_ASSERT_EQUAL(m->ties[0], IKW_TIE_PEER);
    CU_ASSERT_EQUAL(m->nemits, 2);
    CU_ASSERT_STRING_EQUAL(m->emits[0].slots[2].value.parts[0].part, "ip");
    CU_ASSERT_EQUAL(m->emits[1].nconds, 2);
    CU_ASSERT_TRUE(m->emits[1].conds[0].negated);
    CU_ASSERT_STRING_EQUAL(m->emits[1].conds[1].right.parts[0].text, "3");
    ikw_kb_free(kb);
}

static void braces_and_blanks_of_a_template(void)
{
    static const struct {
        const char *xml, *literal;
    } cases[] = {
        { SAYS("a {{b}} &amp;&lt; c ", ""), "a {b}} &< c" },
        { SAYS("  two  blanks", ""), "  two  blanks" },
        { SAYS("<![CDATA[<a>]]>", ""), "<a>" },
        { SAYS("a<!-- not this -->b", ""), "ab" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ikw_diags ds = { 0 };
        struct ikw_kb *kb = load_with("messages/m.xml", cases[i].xml, &ds);
        CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
        const struct ikw_message *m = ikw_kb_message(kb, "m");
        CU_ASSERT_EQUAL(m->templates[0].ntoks, 1);
        CU_ASSERT_STRING_EQUAL(m->templates[0].toks[0].text, cases[i].literal);
        ikw_kb_free(kb);
        ikw_diags_release(&ds);
    }
}

static void a_message_is_found_by_its_other_ids(void)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb =
        load_with("messages/m.xml",
                  MESSAGES("<message id='m' level='INFO' also=' one  two '>"
                           "<text>a</text><means>s</means></message>\n" PONG),
                  &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    CU_ASSERT_PTR_NOT_NULL(ikw_kb_message(kb, "m"));
    CU_ASSERT_PTR_EQUAL(ikw_kb_message(kb, "two"), ikw_kb_message(kb, "m"));
    CU_ASSERT_PTR_NULL(ikw_kb_message(kb, "three"));
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

/* An ampersand in an attribute is one character however it is written. */
static void attributes_are_unescaped(void)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = load_with(
        "messages/m.xml",
        SAYS("a", "<fact type='ping' what='a&amp;b &#38;#38; &lt;&quot;'/>\n"),
        &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    const struct ikw_message *m = ikw_kb_message(kb, "m");
    CU_ASSERT_STRING_EQUAL(m->emits[0].slots[0].value.parts[0].text,
                           "a&b &#38; <\"");
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

#define TESTED                                                                 \
    RULES(RULE(                                                                \
        "r",                                                                   \
        "<fact type='negotiation' as='n' id='?n' outcome='!failed'/>\n"        \
        "<fact type='ping' as='p' size='&gt;=3' kind='small|large' what='*'"   \
        " negotiation='?n' after='n' within='5min' from='other'/>\n"           \
        "<fact type='ping' what='-' t='&lt;?t' line='?l' last='?t'/>\n"        \
        "<absent type='ping' negotiation='!?n' visible-at='debug2' "           \
        "before='p'/>\n"                                                       \
        "<count type='ping' size='?local' at-least='2' at-most='9'/>\n",       \
        "<weigh cause='wire-cut' for='0' evidence='slight-against' "           \
        "group='g'/>\n<suffice cause='wire-cut' for='?n'/>\n",                 \
        "So.") PING_SEEN)

static void a_rule_is_read_into_tests(void)
{
    static const struct {
        unsigned pattern, slot;
        enum ikw_test_op op;
        size_t nalts;
        const char *var;
    } want[] = {
        { 0, 0, IKW_TEST_VAR_EQ, 0, "n" },
        { 0, 1, IKW_TEST_NE, 1, NULL },
        { 1, 1, IKW_TEST_EQ, 2, NULL },
        { 1, 3, IKW_TEST_SET, 0, NULL },
        { 1, 0, IKW_TEST_VAR_EQ, 0, "n" },
        { 1, 2, IKW_TEST_GE, 1, NULL },
        { 2, 3, IKW_TEST_UNSET, 0, NULL },
        { 2, IKW_PSEUDO_LINE, IKW_TEST_VAR_EQ, 0, "l" },
        { 2, IKW_PSEUDO_LAST, IKW_TEST_VAR_EQ, 0, "t" },
        { 2, IKW_PSEUDO_T, IKW_TEST_LT, 0, "t" },
        { 3, 0, IKW_TEST_VAR_NE, 0, "n" },
        { 4, 2, IKW_TEST_VAR_EQ, 0, "local" },
    };
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = load_with("rules/r.xml", TESTED, &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    const struct ikw_rule *r = ikw_kb_rule(kb, "r");
    unsigned at[5] = { 0 };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        unsigned p = want[i].pattern;
        const struct ikw_test *t = &r->patterns[p].tests[at[p]++];
        CU_ASSERT_EQUAL(t->slot, want[i].slot);
        CU_ASSERT_EQUAL(t->op, want[i].op);
        CU_ASSERT_EQUAL(t->nalts, want[i].nalts);
        CU_ASSERT_EQUAL(t->var >= 0, want[i].var != NULL);
        if (want[i].var && t->var >= 0)
            CU_ASSERT_STRING_EQUAL(r->vars[t->var], want[i].var);
    }
    CU_ASSERT_EQUAL(r->npatterns, 5);
    CU_ASSERT_EQUAL(r->patterns[1].tests[3].alts[0].u.i, 3);
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

static void a_rule_is_read_into_windows_and_gates(void)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = load_with("rules/r.xml", TESTED, &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    const struct ikw_rule *r = ikw_kb_rule(kb, "r");
    CU_ASSERT_EQUAL(r->patterns[1].after, 0);
    CU_ASSERT_EQUAL(r->patterns[1].before, -1);
    CU_ASSERT_EQUAL(r->patterns[1].within_ms, 300000);
    CU_ASSERT_EQUAL(r->patterns[1].from, IKW_FROM_OTHER);
    CU_ASSERT_EQUAL(r->patterns[1].most_count, -1);
    CU_ASSERT_TRUE(r->patterns[3].absent);
    CU_ASSERT_EQUAL(r->patterns[3].before, 1);
    CU_ASSERT_EQUAL(r->patterns[3].visible, IKW_LEVEL_DEBUG2);
    CU_ASSERT_EQUAL(r->patterns[4].least_count, 2);
    CU_ASSERT_EQUAL(r->patterns[4].most_count, 9);
    CU_ASSERT_EQUAL(r->thens[0].db, -5);
    CU_ASSERT_EQUAL(r->thens[0].subject_var, -1);
    CU_ASSERT_STRING_EQUAL(r->thens[0].group, "g");
    CU_ASSERT_EQUAL(r->thens[1].kind, IKW_THEN_SUFFICE);
    CU_ASSERT_STRING_EQUAL(r->vars[r->thens[1].subject_var], "n");
    r = ikw_kb_rule(kb, "ping-seen");
    CU_ASSERT_EQUAL(r->thens[0].slots[2].pattern, 0);
    CU_ASSERT_EQUAL(r->thens[0].slots[2].pseudo, IKW_PSEUDO_LAST);
    CU_ASSERT_EQUAL(r->thens[0].slots[1].value.kind, IKW_STR);
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

/* ---- order ------------------------------------------------------------- */

#define LAYERED                                                                \
    RULES(RULE("above",                                                        \
               "<fact type='ping' negotiation='?n'/>\n"                        \
               "<absent type='finding' what='seen' subject='?n'/>\n",          \
               "<derive type='finding' subject='?n' what='unseen'/>\n", "So.") \
              RULE("beside", "<fact type='finding' what='unseen'/>\n",         \
                   "<derive type='note' cause='wire-cut'/>\n", "So."))

static void negation_is_over_completed_strata(void)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = load_with("rules/x.xml", LAYERED, &ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    CU_ASSERT_EQUAL(kb->nstrata, 2);
    CU_ASSERT_EQUAL(ikw_kb_rule(kb, "ping-seen")->stratum, 0);
    CU_ASSERT_EQUAL(ikw_kb_rule(kb, "above")->stratum, 1);
    CU_ASSERT_EQUAL(ikw_kb_rule(kb, "beside")->stratum, 1);
    CU_ASSERT_EQUAL(ikw_kb_rule(kb, "finding-counts")->stratum, 1);
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

static void dump(const struct ikw_kb *kb, struct ikw_buf *out)
{
    for (size_t i = 0; i < kb->ntypes; i++)
        ikw_buf_addf(out, "type %s %zu\n", kb->types[i]->name,
                     kb->types[i]->nslots);
    for (size_t i = 0; i < kb->nmessages; i++)
        ikw_buf_addf(out, "message %s %s:%u\n", kb->messages[i]->id,
                     kb->messages[i]->pos.file, kb->messages[i]->pos.line);
    for (size_t i = 0; i < kb->nrules; i++)
        ikw_buf_addf(out, "rule %s %u %u\n", kb->rules[i]->id,
                     kb->rules[i]->index, kb->rules[i]->stratum);
    for (size_t i = 0; i < kb->ncauses; i++)
        ikw_buf_addf(out, "cause %s %u %s\n", kb->causes[i]->id,
                     kb->causes[i]->index,
                     kb->causes[i]->parent ? kb->causes[i]->parent->id : "-");
}

static size_t many_docs(struct ikw_doc *docs)
{
    static const struct {
        const char *name, *xml;
    } more[] = {
        { "causes/a.xml",
          "<causes>\n" CAUSE("x", " parent='z'") CAUSE("y", "") "</causes>" },
        { "causes/b.xml", "<causes>\n" CAUSE("z", "") "</causes>" },
        { "messages/a.xml", SAYS("a", "<points-to cause='x'/>\n") },
        { "rules/a.xml", LAYERED },
    };
    size_t n = base_docs(docs);
    docs[4].xml = ikw_slice_of(MESSAGES(MESSAGE("b", "b", "")));
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        docs[n++] = (struct ikw_doc){ more[i].name, ikw_slice_of(more[i].xml) };
    return n;
}

/* Fisher and Yates with a fixed generator. */
static void shuffle(struct ikw_doc *docs, size_t n, unsigned seed)
{
    for (size_t i = n; i > 1; i--) {
        seed = seed * 1103515245u + 12345u;
        size_t k = (seed >> 16) % i;
        struct ikw_doc d = docs[k];
        docs[k] = docs[i - 1];
        docs[i - 1] = d;
    }
}

static void the_order_of_files_changes_nothing(void)
{
    struct ikw_doc docs[MAX_DOCS];
    struct ikw_buf first = { 0 }, again = { 0 };
    struct ikw_diags ds = { 0 };
    size_t n = many_docs(docs);
    for (unsigned seed = 0; seed < 20; seed++) {
        struct ikw_kb *kb = ikw_kb_load_docs(docs, n, &ds);
        CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
        ikw_buf_clear(&again);
        dump(kb, seed ? &again : &first);
        if (seed)
            CU_ASSERT_STRING_EQUAL(ikw_buf_str(&first), ikw_buf_str(&again));
        ikw_kb_free(kb);
        shuffle(docs, n, seed);
    }
    ikw_buf_release(&first);
    ikw_buf_release(&again);
    ikw_diags_release(&ds);
}

/* ---- values and lookups ------------------------------------------------ */

static void values_have_a_total_order(void)
{
    struct ikw_value v[] = {
        { .kind = IKW_NIL }, ikw_value_int(-3),   ikw_value_int(12),
        ikw_value_str(""),   ikw_value_str("ab"), ikw_value_str("abc"),
        ikw_value_str("b"),
    };
    size_t n = sizeof v / sizeof v[0];
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            CU_ASSERT_EQUAL(ikw_value_cmp(v[i], v[k]), (i > k) - (i < k));
            CU_ASSERT_EQUAL(ikw_value_eq(v[i], v[k]), i == k);
        }
    char copy[] = "abc";
    CU_ASSERT_TRUE(ikw_value_eq(v[5], ikw_value_str(copy)));
}

static void bands_cover_every_percentage(void)
{
    struct ikw_kb *kb = load_base();
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    CU_ASSERT_STRING_EQUAL(ikw_kb_band(kb, 99)->word, "sure");
    CU_ASSERT_STRING_EQUAL(ikw_kb_band(kb, 50)->word, "sure");
    CU_ASSERT_STRING_EQUAL(ikw_kb_band(kb, 49)->word, "thin");
    CU_ASSERT_STRING_EQUAL(ikw_kb_band(kb, -1)->word, "thin");
    CU_ASSERT_EQUAL(ikw_type_slot(ikw_kb_type(kb, "ping"), "size"), 2);
    CU_ASSERT_EQUAL(ikw_type_slot(ikw_kb_type(kb, "ping"), "mood"), -1);
    CU_ASSERT_EQUAL(ikw_kb_type(kb, "ping")->negotiation, 0);
    CU_ASSERT_PTR_NULL(ikw_kb_type(kb, "pong"));
    CU_ASSERT_PTR_NULL(ikw_kb_cause(kb, "wire"));
    CU_ASSERT_PTR_NULL(ikw_kb_rule(kb, "wire"));
    ikw_kb_free(kb);
}

/* ---- schemas ----------------------------------------------------------- */

static void the_schemas_name_file_and_line(void)
{
    static const char *const want[] = {
        "tests/kb-faults/causes/c.xml:4: Element 'cause', attribute 'severity'",
        "tests/kb-faults/envelopes.xml:3: ",
        "tests/kb-faults/messages/m.xml:3: ",
        "tests/kb-faults/messages/m.xml:8: ",
        "tests/kb-faults/rules/r.xml:7: ",
        "tests/kb-faults/vocabulary.xml:4: ",
        "tests/kb-faults/weights.xml:3: ",
    };
    struct ikw_diags ds = { 0 };
    struct ikw_buf b = { 0 };
    CU_ASSERT_FALSE(ikw_kb_validate("tests/kb-faults", &ds));
    ikw_diags_sort(&ds);
    print_all(&ds, &b);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        if (!strstr(ikw_buf_str(&b), want[i]))
            CU_assertImplementation(CU_FALSE, __LINE__, want[i], __FILE__, "",
                                    CU_FALSE);
    CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&b), "[KB002]"));
    ikw_buf_release(&b);
    ikw_diags_release(&ds);
}

static void a_folder_is_read_like_documents(void)
{
    struct ikw_diags ds = { 0 };
    CU_ASSERT_PTR_NULL(ikw_kb_load("tests/kb-faults", &ds));
    CU_ASSERT_TRUE(ds.count >= 7);
    for (const struct ikw_diag *d = ds.head; d; d = d->next)
        CU_ASSERT_TRUE(d->pos.file &&
                       !strncmp(d->pos.file, "tests/kb-faults/", 16));
    ikw_diags_release(&ds);
}

CU_TestInfo ikw_test_kb[] = {
    { "every_planted_fault_is_found_at_its_line",
      every_planted_fault_is_found_at_its_line },
    { "every_fault_of_the_whole_is_found", every_fault_of_the_whole_is_found },
    { "types_without_use_are_found", types_without_use_are_found },
    { "all_faults_of_all_files_come_in_one_run",
      all_faults_of_all_files_come_in_one_run },
    { "a_broken_file_does_not_blame_others",
      a_broken_file_does_not_blame_others },
    { "lines_beyond_65535_are_counted", lines_beyond_65535_are_counted },
    { "sizes_and_depths_have_limits", sizes_and_depths_have_limits },
    { "without_words_there_is_no_base", without_words_there_is_no_base },
    { "a_sound_base_has_no_faults", a_sound_base_has_no_faults },
    { "a_template_is_read_into_parts", a_template_is_read_into_parts },
    { "braces_and_blanks_of_a_template", braces_and_blanks_of_a_template },
    { "a_message_is_found_by_its_other_ids",
      a_message_is_found_by_its_other_ids },
    { "attributes_are_unescaped", attributes_are_unescaped },
    { "a_rule_is_read_into_tests", a_rule_is_read_into_tests },
    { "a_rule_is_read_into_windows_and_gates",
      a_rule_is_read_into_windows_and_gates },
    { "negation_is_over_completed_strata", negation_is_over_completed_strata },
    { "the_order_of_files_changes_nothing",
      the_order_of_files_changes_nothing },
    { "values_have_a_total_order", values_have_a_total_order },
    { "bands_cover_every_percentage", bands_cover_every_percentage },
    { "the_schemas_name_file_and_line", the_schemas_name_file_and_line },
    { "a_folder_is_read_like_documents", a_folder_is_read_like_documents },
    CU_TEST_INFO_NULL,
};
