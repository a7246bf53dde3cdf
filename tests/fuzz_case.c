/*
 * Fuzzes the loader of cases: the input is a case.xml beside a log. A case
 * that loads is checked as well; one that does not has a fault that is named.
 */
#include "cases/case.h"
#include "tests/fuzz_kit.h"

#include <stdio.h>
#include <unistd.h>

static const char log_text[] =
    "2026-11-24 05:55:28: INFO: respond new phase 1 negotiation: "
    "198.51.100.1[500]<=>192.0.2.1[500]\n"
    "2026-11-24 05:56:28: ERROR: phase1 negotiation failed due to time up. "
    "856346453f9c2bbc:544d26f3e0127a95\n";

static char dir[64];

static void put(const char *name, const void *bytes, size_t len)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    must(f && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
}

static void clean_up(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/case.xml", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/input.log", dir);
    unlink(path);
    rmdir(dir);
}

static void make_folder(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/ikewhy-case-XXXXXX", base ? base : "/tmp");
    must(mkdtemp(dir) != NULL && atexit(clean_up) == 0);
    put("input.log", log_text, sizeof log_text - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ikw_diags ds = { 0 };
    if (!*dir)
        make_folder();
    put("case.xml", data, size);
    struct ikw_case *c = ikw_case_load(fuzz_kb(), dir, &ds);
    must(c || ds.errors > 0);
    if (c)
        ikw_case_check(fuzz_kb(), c, &ds);
    ikw_case_free(c);
    ikw_diags_release(&ds);
    return 0;
}
