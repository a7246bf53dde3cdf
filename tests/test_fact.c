#include "facts/fact.h"

#include "tests/track_kit.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static struct ikw_kb *load(void)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = track_kb(&ds);
    CU_ASSERT_EQUAL(ds.count, 0);
    ikw_diags_release(&ds);
    return kb;
}

static struct ikw_fact *add(struct ikw_fact_set *fs, int64_t id,
                            const char *what, const struct ikw_evidence *ev)
{
    const struct ikw_type *type = ikw_kb_type(fs->kb, "sign");
    struct ikw_value slots[IKW_MAX_SLOTS] = { { 0 } };
    slots[0] = ikw_value_int(id);
    if (what)
        slots[1] = ikw_value_str(what);
    return ikw_fact_add(fs, type, IKW_SOURCE_LOCAL, slots, ev);
}

static void counts_equal_facts_instead_of_keeping_them(void)
{
    struct ikw_kb *kb = load();
    struct ikw_fact_set fs;
    ikw_fact_set_init(&fs, kb);
    char text[64];
    for (uint32_t i = 1; i <= 1000; i++) {
        snprintf(text, sizeof text, "line %u", i);
        struct ikw_evidence ev = { 0, i, i * 1000, text, NULL };
        add(&fs, 7, "same", &ev);
    }
    CU_ASSERT_EQUAL(fs.nfacts, 1);
    CU_ASSERT_EQUAL(fs.facts[0]->count, 1000);
    CU_ASSERT_EQUAL(fs.facts[0]->first.line, 1);
    CU_ASSERT_STRING_EQUAL(fs.facts[0]->first.text, "line 1");
    CU_ASSERT_EQUAL(fs.facts[0]->last.line, 1000);
    CU_ASSERT_STRING_EQUAL(fs.facts[0]->last.text, "line 1000");
    CU_ASSERT(fs.arena.used_bytes < 2048);
    ikw_fact_set_release(&fs);
    ikw_kb_free(kb);
}

static void tells_facts_apart_by_any_slot(void)
{
    struct ikw_kb *kb = load();
    struct ikw_fact_set fs;
    ikw_fact_set_init(&fs, kb);
    char text[16];
    for (int i = 0; i < 500; i++) {
        snprintf(text, sizeof text, "w%d", i / 2);
        add(&fs, i % 2, text, NULL);
    }
    add(&fs, 0, NULL, NULL);
    CU_ASSERT_EQUAL(fs.nfacts, 501);
    struct ikw_value slots[IKW_MAX_SLOTS] = { { 0 } };
    slots[0] = ikw_value_int(1);
    slots[1] = ikw_value_str("w100");
    const struct ikw_type *type = ikw_kb_type(kb, "sign");
    struct ikw_fact *f = ikw_fact_find(&fs, type, IKW_SOURCE_LOCAL, slots);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(f->id, 202);
    CU_ASSERT_PTR_NULL(ikw_fact_find(&fs, type, IKW_SOURCE_PEER, slots));
    CU_ASSERT_STRING_EQUAL(ikw_fact_get(f, "what").u.str, "w100");
    CU_ASSERT_EQUAL(ikw_fact_get(f, "nonsense").kind, IKW_NIL);
    ikw_fact_set_release(&fs);
    ikw_kb_free(kb);
}

static void stops_at_the_limit(void)
{
    struct ikw_kb *kb = load();
    struct ikw_fact_set fs;
    ikw_fact_set_init(&fs, kb);
    fs.limit = 3;
    for (int i = 0; i < 5; i++)
        add(&fs, i, NULL, NULL);
    CU_ASSERT_EQUAL(fs.nfacts, 3);
    CU_ASSERT_EQUAL(fs.dropped, 2);
    CU_ASSERT_PTR_NOT_NULL(add(&fs, 2, NULL, NULL));
    ikw_fact_set_release(&fs);
    ikw_kb_free(kb);
}

/* ---- text -------------------------------------------------------------- */

static void print_again(void *arg, struct ikw_fact_set *fs)
{
    ikw_fact_set_print(fs, arg);
}

static bool parse(const struct ikw_kb *kb, const char *text,
                  struct ikw_buf *again, struct ikw_diags *ds)
{
    return ikw_facts_parse(kb, "x.facts", ikw_slice_of(text), print_again,
                           again, ds);
}

static void reads_back_what_it_prints(void)
{
    static const char *const words[] = {
        "plain",         "with blank", "quote\"and\\slash", "",  "a=b @local",
        "\x01\x1b[31m!", "f\xc3\xbcr", "\xff\x80",          "#", "[4500]",
    };
    struct ikw_kb *kb = load();
    struct ikw_buf once = { 0 }, twice = { 0 };
    struct ikw_diags ds = { 0 };
    struct ikw_fact_set fs;
    ikw_fact_set_init(&fs, kb);
    fs.peer = "2001:db8::1";
    fs.tunnel_name = "to the \"office\"";
    fs.next_subject = 12;
    fs.see[1] = (struct ikw_visibility){ IKW_LEVEL_DEBUG2, -5, 9000, true };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct ikw_evidence ev = { 1, (uint32_t)i, -1000, words[i],
                                   kb->messages[0] };
        add(&fs, -(int64_t)i, words[i], i % 3 ? &ev : NULL);
        ev.t_ms = IKW_NO_TIME;
        ev.line++;
        if (i % 2)
            add(&fs, -(int64_t)i, words[i], &ev);
    }
    ikw_fact_set_print(&fs, &once);
    CU_ASSERT(parse(kb, ikw_buf_str(&once), &twice, &ds));
    CU_ASSERT_STRING_EQUAL(ikw_buf_str(&once), ikw_buf_str(&twice));
    CU_ASSERT_EQUAL(ds.count, 0);
    ikw_buf_release(&once);
    ikw_buf_release(&twice);
    ikw_fact_set_release(&fs);
    ikw_diags_release(&ds);
    ikw_kb_free(kb);
}

static void every_fault_names_its_line(void)
{
    static const char *const faults[] = {
        "nonsense @local",
        "sign nonsense=1 @local",
        "sign negotiation=x @local",
        "sign kind=huge @local",
        "sign what=\"open",
        "sign what=\"\\q\" @local",
        "sign what=a",
        "sign what=a @nowhere",
        "sign @local at=1",
        "sign @local at=1:x",
        "sign @local at=-1:1",
        "sign @local count=0",
        "sign @local stray",
        "set nonsense=1",
        "set @local level=loud",
        "set @local from=noon",
        "=",
    };
    struct ikw_kb *kb = load();
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct ikw_diags ds = { 0 };
        struct ikw_buf text = { 0 }, again = { 0 };
        ikw_buf_addf(&text, "# a comment\n\n%s\nsign what=fine @local\n",
                     faults[i]);
        CU_ASSERT(!parse(kb, ikw_buf_str(&text), &again, &ds));
        CU_ASSERT_EQUAL(ds.errors, 1);
        CU_ASSERT_EQUAL(ds.head ? ds.head->pos.line : 0, 3);
        CU_ASSERT_PTR_NOT_NULL(strstr(ikw_buf_str(&again), "what=fine"));
        ikw_buf_release(&text);
        ikw_buf_release(&again);
        ikw_diags_release(&ds);
    }
    ikw_kb_free(kb);
}

static void keeps_sets_apart(void)
{
    struct ikw_kb *kb = load();
    struct ikw_diags ds = { 0 };
    struct ikw_buf again = { 0 };
    CU_ASSERT(parse(kb,
                    "set peer=a next=1\nsign what=x @local\r\n"
                    "set peer=b next=2 @peer level=info\nsign what=x @peer "
                    "count=3 unsure=yes at=0:5:10 \"t\"",
                    &again, &ds));
    CU_ASSERT_STRING_EQUAL(ikw_buf_str(&again),
                           "set peer=a next=1\nsign what=x @local\n"
                           "set peer=b next=2 @peer level=info\n"
                           "sign what=x @peer count=3 unsure=yes at=0:5:10 "
                           "\"t\"\n");
    ikw_buf_release(&again);
    ikw_diags_release(&ds);
    ikw_kb_free(kb);
}

/* A NUL once held the reader fast: it is no end of a word, and no blank. */
static void gets_past_a_nul(void)
{
    static const char text[] = "set peer=a next=1 @local level=inf\r\0o\n"
                               "sign what=x @local\n";
    struct ikw_kb *kb = load();
    struct ikw_diags ds = { 0 };
    struct ikw_buf again = { 0 };
    CU_ASSERT_FALSE(ikw_facts_parse(kb, "x.facts",
                                    (struct ikw_slice){ text, sizeof text - 1 },
                                    print_again, &again, &ds));
    CU_ASSERT_PTR_NOT_NULL_FATAL(ds.head);
    CU_ASSERT_EQUAL(ds.head->pos.line, 1);
    ikw_buf_release(&again);
    ikw_diags_release(&ds);
    ikw_kb_free(kb);
}

CU_TestInfo ikw_test_fact[] = {
    { "counts_equal_facts_instead_of_keeping_them",
      counts_equal_facts_instead_of_keeping_them },
    { "tells_facts_apart_by_any_slot", tells_facts_apart_by_any_slot },
    { "stops_at_the_limit", stops_at_the_limit },
    { "reads_back_what_it_prints", reads_back_what_it_prints },
    { "every_fault_names_its_line", every_fault_names_its_line },
    { "keeps_sets_apart", keeps_sets_apart },
    { "gets_past_a_nul", gets_past_a_nul },
    CU_TEST_INFO_NULL,
};
