/*
 * Runs every suite of tests/suites.def under CUnit and prints only what
 * failed, then one line: "N passed, N failed" (tests, not assertions).
 * Usage: check [SUITE...]
 */
#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <CUnit/TestRun.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IKW_SUITE(module) extern CU_TestInfo ikw_test_##module[];
#include "tests/suites.def"
#undef IKW_SUITE

static const struct {
    const char *name;
    CU_TestInfo *tests;
} suites[] = {
#define IKW_SUITE(module) { #module, ikw_test_##module },
#include "tests/suites.def"
#undef IKW_SUITE
    { NULL, NULL },
};

static bool wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], name))
            return true;
    return argc < 2;
}

static bool add_suite(size_t i)
{
    CU_pSuite suite = CU_add_suite(suites[i].name, NULL, NULL);
    if (!suite)
        return false;
    for (CU_TestInfo *t = suites[i].tests; t->pName; t++)
        if (!CU_add_test(suite, t->pName, t->pTestFunc))
            return false;
    return true;
}

static void print_failures(void)
{
    for (CU_pFailureRecord f = CU_get_failure_list(); f; f = f->pNext)
        printf("%s:%u: %s/%s: %s\n", f->strFileName ? f->strFileName : "?",
               f->uiLineNumber, f->pSuite ? f->pSuite->pName : "?",
               f->pTest ? f->pTest->pName : "?",
               f->strCondition ? f->strCondition : "?");
}

int main(int argc, char **argv)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    for (size_t i = 0; suites[i].name; i++)
        if (wanted(suites[i].name, argc, argv) && !add_suite(i)) {
            fprintf(stderr, "%s: %s\n", suites[i].name, CU_get_error_msg());
            return 2;
        }
    CU_run_all_tests();
    print_failures();
    unsigned failed = CU_get_number_of_tests_failed();
    unsigned passed = CU_get_number_of_tests_run() - failed;
    printf("%u passed, %u failed\n", passed, failed);
    CU_cleanup_registry();
    return failed || !passed;
}
