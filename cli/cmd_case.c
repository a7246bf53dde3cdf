/* ikewhy case: checks, lists and drafts cases of the course. */
#include "cli/case_results.h"
#include "cli/cases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void keep_faults(struct ikw_case_result *r, struct ikw_diags *ds)
{
    for (const struct ikw_diag *d = ds->head; d; d = d->next) {
        ikw_diag_format(d, &r->faults);
        ikw_buf_addc(&r->faults, '\n');
    }
}

/* Every case, and one for those that cannot be loaded, if there are any. */
static size_t check_all(struct ikw_course *co, struct ikw_case_result *r)
{
    size_t n = co->cases.n;
    for (size_t i = 0; i < n; i++) {
        struct ikw_diags ds = { 0 };
        r[i].name = co->cases.v[i]->id;
        r[i].ok = ikw_case_check(co->kb, co->cases.v[i], &ds);
        keep_faults(&r[i], &ds);
        ikw_diags_release(&ds);
    }
    if (co->diags.errors) {
        r[n].name = "cases that cannot be loaded";
        keep_faults(&r[n++], &co->diags);
    }
    return n;
}

/* One line a case that fails, then its faults, then a count. */
static void tell(const struct ikw_case_result *r, size_t n)
{
    size_t failed = 0;
    for (size_t i = 0; i < n; i++) {
        failed += !r[i].ok;
        if (!r[i].ok)
            printf("not ok %s\n%s", r[i].name, ikw_buf_str(&r[i].faults));
    }
    printf("%zu passed, %zu failed\n", n - failed, failed);
}

static bool put_junit(const char *path, const struct ikw_case_result *r,
                      size_t n)
{
    struct ikw_buf out = { 0 };
    ikw_case_results_junit(r, n, &out);
    FILE *f = fopen(path, "w");
    bool ok = f && fwrite(ikw_buf_str(&out), 1, out.len, f) == out.len;
    if (f)
        ok = !fclose(f) && ok;
    if (!ok)
        ikw_complain("cannot write %s: %s", path, strerror(errno));
    ikw_buf_release(&out);
    return ok;
}

static bool put_results(const struct ikw_options *o,
                        const struct ikw_case_result *r, size_t n)
{
    struct ikw_buf out = { 0 };
    bool ok = !o->junit || put_junit(o->junit, r, n);
    if (o->tap) {
        ikw_case_results_tap(r, n, &out);
        ok = ikw_write_out(ikw_buf_str(&out), out.len) && ok;
        ikw_buf_release(&out);
    } else {
        tell(r, n);
    }
    for (size_t i = 0; i < n; i++)
        ok = r[i].ok && ok;
    return ok;
}

static int check(const struct ikw_options *o)
{
    struct ikw_course co;
    const char *dir = o->nfiles > 1 ? o->files[1] : o->cases;
    bool ok = ikw_course_open(&co, o, dir);
    if (ok) {
        struct ikw_case_result *r = ikw_xcalloc(co.cases.n + 1, sizeof *r);
        size_t n = check_all(&co, r);
        ok = put_results(o, r, n);
        for (size_t i = 0; i < n; i++)
            ikw_buf_release(&r[i].faults);
        free(r);
    }
    ikw_course_close(&co);
    return ok ? 0 : IKW_EXIT_ERROR;
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
    if (!strcmp(what, "new") && o->nfiles == 3)
        return ikw_case_new(o);
    ikw_complain("case check [DIR], case list [DIR] or case new LOG DIR");
    return IKW_EXIT_ERROR;
}
