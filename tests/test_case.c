#include "cases/case.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char log_text[] =
    "2026-11-24 05:55:48: INFO: IPsec-SA request for 198.51.100.1 queued due "
    "to no phase1 found.\n"
    "2026-11-24 05:55:48: INFO: initiate new phase 1 negotiation: "
    "192.0.2.1[500]<=>198.51.100.1[500]\n"
    "2026-11-24 05:55:48: INFO: begin Identity Protection mode.\n"
    "2026-11-24 05:55:48: ERROR: couldn't find the pskey for 198.51.100.1.\n"
    "2026-11-24 05:55:48: [198.51.100.1] ERROR: failed to process ph1 packet "
    "(side: 0, status: 6).\n"
    "2026-11-24 05:55:48: [198.51.100.1] ERROR: phase1 negotiation failed.\n";

static const char head[] =
    "<case lesson=\"8\" difficulty=\"1\" minutes=\"5\">\n"
    "<title>A test</title><ticket>It is down.</ticket>\n"
    "<setting role=\"initiator\">Two gateways.</setting>\n"
    "<log file=\"our.log\" side=\"local\" title=\"Our log\"/>\n";
static const char tail[] =
    "<question about=\"step\"><ask>What next?</ask><right>File a key</right>\n"
    "<wrong why=\"The key is missing after it "
    "too.\">Restart</wrong></question>\n"
    "<hint>Read.</hint><origin kind=\"lab\" of=\"a test\"/></case>\n";
static const char right[] =
    "<expect given=\"start\" outcome=\"fault\">"
    "<verdict cause=\"psk-missing\"/><never cause=\"psk-mismatch\"/>\n"
    "<line file=\"our.log\" n=\"4\">find the pskey</line></expect>\n";

struct kit {
    char dir[64];
    struct ikw_kb *kb;
    struct ikw_diags ds;
    struct ikw_case *c;
};

static void put(const char *dir, const char *name, const char *const *parts)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    for (; *parts; parts++)
        fputs(*parts, f);
    fclose(f);
}

static void kit_open(struct kit *k, const char *expect)
{
    *k = (struct kit){ .dir = "/tmp/ikwcaseXXXXXX" };
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(k->dir));
    const char *const log[] = { log_text, NULL };
    const char *const xml[] = { head, expect, tail, NULL };
    put(k->dir, "our.log", log);
    put(k->dir, "case.xml", xml);
    k->kb = ikw_kb_load("kb", &k->ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(k->kb);
    k->c = ikw_case_load(k->kb, k->dir, &k->ds);
}

static void kit_close(struct kit *k)
{
    char path[128];
    snprintf(path, sizeof path, "%s/our.log", k->dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/case.xml", k->dir);
    unlink(path);
    rmdir(k->dir);
    ikw_case_free(k->c);
    ikw_kb_free(k->kb);
    ikw_diags_release(&k->ds);
}

static bool says(const struct ikw_diags *ds, const char *words)
{
    for (const struct ikw_diag *d = ds->head; d; d = d->next)
        if (strstr(d->text, words))
            return true;
    return false;
}

static void a_true_case_passes(void)
{
    struct kit k;
    kit_open(&k, right);
    CU_ASSERT_PTR_NOT_NULL_FATAL(k.c);
    CU_ASSERT_EQUAL(k.c->lesson, 8);
    CU_ASSERT_STRING_EQUAL(ikw_case_subject(k.c), "psk-missing");
    CU_ASSERT(ikw_case_check(k.kb, k.c, &k.ds));
    kit_close(&k);
}

static void a_log_of_the_other_side_is_found(void)
{
    struct kit k;
    kit_open(&k, right);
    CU_ASSERT_PTR_NOT_NULL_FATAL(k.c);
    k.c->role = "responder";
    CU_ASSERT(!ikw_case_check(k.kb, k.c, &k.ds));
    CU_ASSERT(says(&k.ds, "not of this role"));
    kit_close(&k);
}

static void every_untruth_is_found(void)
{
    static const struct {
        const char *expect, *says;
    } cases[] = {
        { "<expect given=\"start\" outcome=\"healthy\"><line file=\"our.log\" "
          "n=\"4\">pskey</line></expect>",
          "outcome healthy expected" },
        { "<expect given=\"start\" outcome=\"fault\"><verdict cause=\"psk-"
          "mismatch\"/><line file=\"our.log\" n=\"4\">pskey</line></expect>",
          "verdict psk-mismatch" },
        { "<expect given=\"start\" outcome=\"fault\"><never cause=\"psk-"
          "missing\"/><line file=\"our.log\" n=\"4\">pskey</line></expect>",
          "must not be there" },
        { "<expect given=\"start\" outcome=\"fault\"><verdict cause=\"no-such\""
          "/><line file=\"our.log\" n=\"4\">pskey</line></expect>",
          "no cause 'no-such'" },
        { "<expect given=\"start\" outcome=\"fault\"><line file=\"our.log\" "
          "n=\"4\">other words</line></expect>",
          "no line from 4 to 4 says" },
        { "<expect given=\"start\" outcome=\"fault\"><line file=\"our.log\" "
          "n=\"40\">pskey</line></expect>",
          "has no lines 40" },
        { "<expect given=\"start\" outcome=\"fault\"><verdict cause=\"psk-"
          "missing\"/><line file=\"our.log\" n=\"3\">begin</line></expect>",
          "no verdict rests" },
        { "<expect given=\"start\" outcome=\"fault\"><note cause=\"rekey-"
          "collision\"/><line file=\"our.log\" n=\"4\">pskey</line></expect>",
          "note is not there" },
        { "<expect given=\"start\" outcome=\"fault\" gap=\"none at all\">"
          "<line file=\"our.log\" n=\"4\">pskey</line></expect>",
          "gap is closed" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kit k;
        kit_open(&k, cases[i].expect);
        CU_ASSERT_PTR_NOT_NULL_FATAL(k.c);
        CU_ASSERT(!ikw_case_check(k.kb, k.c, &k.ds));
        CU_ASSERT(says(&k.ds, cases[i].says));
        kit_close(&k);
    }
}

static void the_schema_refuses_what_it_does_not_know(void)
{
    static const char *const bad[] = {
        "<expect given=\"start\" outcome=\"broken\"><line file=\"our.log\" "
        "n=\"4\">pskey</line></expect>",
        "<expect given=\"start\" outcome=\"fault\"><line file=\"other.log\" "
        "n=\"4\">pskey</line></expect>",
        "<expect given=\"later\" outcome=\"fault\"><line file=\"our.log\" "
        "n=\"4\">pskey</line></expect>",
        "<surprise/>",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct kit k;
        kit_open(&k, bad[i]);
        CU_ASSERT_PTR_NULL(k.c);
        CU_ASSERT(k.ds.errors > 0);
        kit_close(&k);
    }
}

static void a_missing_folder_is_a_complaint(void)
{
    struct ikw_case_list l;
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = ikw_kb_load("kb", &ds);
    ikw_case_list_load(&l, kb, "/nowhere/at/all", &ds);
    CU_ASSERT_EQUAL(l.n, 0);
    CU_ASSERT(ds.errors > 0);
    ikw_case_list_release(&l);
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

static void the_course_is_complete(void)
{
    struct ikw_case_list l;
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = ikw_kb_load("kb", &ds);
    unsigned lessons[20] = { 0 };
    ikw_case_list_load(&l, kb, "cases", &ds);
    CU_ASSERT_EQUAL(ds.errors, 0);
    CU_ASSERT(l.n >= 40);
    for (size_t i = 0; i < l.n; i++)
        lessons[l.v[i]->lesson]++;
    for (int i = 1; i <= 18; i++)
        CU_ASSERT(lessons[i] >= 2);
    CU_ASSERT(lessons[19] >= 1);
    CU_ASSERT_PTR_NOT_NULL(ikw_case_list_find(&l, "2"));
    CU_ASSERT_PTR_NULL(ikw_case_list_find(&l, "999"));
    ikw_case_list_release(&l);
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
}

CU_TestInfo ikw_test_case[] = {
    { "a true case passes", a_true_case_passes },
    { "every untruth is found", every_untruth_is_found },
    { "a log of the other side is found", a_log_of_the_other_side_is_found },
    { "the schema refuses what it does not know",
      the_schema_refuses_what_it_does_not_know },
    { "a missing folder is a complaint", a_missing_folder_is_a_complaint },
    { "the course is complete", the_course_is_complete },
    CU_TEST_INFO_NULL,
};
