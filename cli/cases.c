#include "cli/cases.h"

#include "cli/kbfind.h"

#include <stdlib.h>
#include <string.h>

void ikw_cases_find(const char *given, const char *kb_dir, struct ikw_buf *dir)
{
    const char *named = given ? given : getenv("IKEWHY_CASES");
    ikw_buf_clear(dir);
    if (named && *named) {
        ikw_buf_adds(dir, named);
        return;
    }
    const char *slash = strrchr(kb_dir, '/');
    if (slash)
        ikw_buf_addf(dir, "%.*s/cases", (int)(slash - kb_dir), kb_dir);
    else
        ikw_buf_adds(dir, "cases");
}

bool ikw_course_open(struct ikw_course *c, const struct ikw_options *o,
                     const char *cases_dir)
{
    struct ikw_buf dir = { 0 };
    *c = (struct ikw_course){ 0 };
    c->kb = ikw_kb_open(o);
    if (!c->kb)
        return false;
    ikw_cases_find(cases_dir, c->kb->dir, &dir);
    ikw_case_list_load(&c->cases, c->kb, dir.ptr, &c->diags);
    if (!c->cases.n)
        ikw_complain("no cases in %s", dir.ptr);
    ikw_buf_release(&dir);
    return c->cases.n > 0;
}

void ikw_course_close(struct ikw_course *c)
{
    ikw_print_diags(stderr, &c->diags);
    ikw_diags_release(&c->diags);
    ikw_case_list_release(&c->cases);
    ikw_kb_free(c->kb);
}
