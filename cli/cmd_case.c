/* ikewhy case: checks and lists the cases of the course. */
#include "cli/cases.h"

#include <string.h>

/* One TAP-like line a case, then its faults, then a count. */
static int check(const struct ikw_options *o)
{
    struct ikw_course co;
    size_t failed = 0;
    const char *dir = o->nfiles > 1 ? o->files[1] : o->cases;
    if (!ikw_course_open(&co, o, dir)) {
        ikw_course_close(&co);
        return IKW_EXIT_ERROR;
    }
    for (size_t i = 0; i < co.cases.n; i++) {
        struct ikw_diags ds = { 0 };
        if (!ikw_case_check(co.kb, co.cases.v[i], &ds)) {
            failed++;
            printf("not ok %s\n", co.cases.v[i]->id);
            ikw_print_diags(stdout, &ds);
        }
        ikw_diags_release(&ds);
    }
    size_t broken = co.diags.errors;
    printf("%zu passed, %zu failed\n", co.cases.n - failed, failed + broken);
    ikw_course_close(&co);
    return failed || broken ? IKW_EXIT_ERROR : 0;
}

static int list(const struct ikw_options *o)
{
    struct ikw_course co;
    struct ikw_buf out = { 0 };
    const char *dir = o->nfiles > 1 ? o->files[1] : o->cases;
    bool ok = ikw_course_open(&co, o, dir);
    for (size_t i = 0; i < co.cases.n; i++) {
        const struct ikw_case *c = co.cases.v[i];
        ikw_buf_addf(&out, "%d\t%s\t%d\t%d\t%s\t%s\n", c->lesson, c->id,
                     c->difficulty, c->minutes, ikw_case_subject(c), c->title);
    }
    ok = ok && ikw_write_out(ikw_buf_str(&out), out.len);
    ikw_buf_release(&out);
    ikw_course_close(&co);
    return ok ? 0 : IKW_EXIT_ERROR;
}

int ikw_cmd_case(const struct ikw_options *o)
{
    const char *what = o->nfiles ? o->files[0] : "";
    if (!strcmp(what, "check") && o->nfiles <= 2)
        return check(o);
    if (!strcmp(what, "list") && o->nfiles <= 2)
        return list(o);
    ikw_complain("case check | list, then a folder of cases");
    return IKW_EXIT_ERROR;
}
