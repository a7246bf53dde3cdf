/* Cases of a folder, and small questions about one case. */
#include "cases/case.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool holds_case(const char *dir)
{
    struct ikw_buf path = { 0 };
    ikw_buf_addf(&path, "%s/case.xml", dir);
    bool yes = !access(path.ptr, F_OK);
    ikw_buf_release(&path);
    return yes;
}

static void add(struct ikw_case_list *l, const struct ikw_kb *kb,
                const char *dir, struct ikw_diags *ds)
{
    struct ikw_case *c = ikw_case_load(kb, dir, ds);
    if (!c)
        return;
    IKW_GROW(l->v, l->cap, l->n + 1);
    l->v[l->n++] = c;
}

static int by_lesson(const void *pa, const void *pb)
{
    const struct ikw_case *a = *(struct ikw_case *const *)pa;
    const struct ikw_case *b = *(struct ikw_case *const *)pb;
    if (a->lesson != b->lesson)
        return a->lesson < b->lesson ? -1 : 1;
    if (a->difficulty != b->difficulty)
        return a->difficulty < b->difficulty ? -1 : 1;
    return strcmp(a->id, b->id);
}

void ikw_case_list_load(struct ikw_case_list *l, const struct ikw_kb *kb,
                        const char *dir, struct ikw_diags *ds)
{
    *l = (struct ikw_case_list){ 0 };
    if (holds_case(dir)) {
        add(l, kb, dir, ds);
        return;
    }
    DIR *d = opendir(dir);
    if (!d) {
        ikw_diag_add(ds, (struct ikw_pos){ dir, 0 }, IKW_DIAG_CASE,
                     "no such folder");
        return;
    }
    for (struct dirent *e; (e = readdir(d));) {
        struct ikw_buf path = { 0 };
        ikw_buf_addf(&path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] != '.' && holds_case(path.ptr))
            add(l, kb, path.ptr, ds);
        ikw_buf_release(&path);
    }
    closedir(d);
    if (l->n)
        qsort(l->v, l->n, sizeof *l->v, by_lesson);
}

void ikw_case_list_release(struct ikw_case_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        ikw_case_free(l->v[i]);
    free(l->v);
    *l = (struct ikw_case_list){ 0 };
}

static bool named(const struct ikw_case *c, const char *name, int64_t number)
{
    int64_t n = 0;
    size_t digits = strspn(c->id, "0123456789");
    return !strcmp(c->id, name) ||
           (number >= 0 &&
            ikw_slice_int((struct ikw_slice){ c->id, digits }, &n) &&
            n == number);
}

const struct ikw_case *ikw_case_list_find(const struct ikw_case_list *l,
                                          const char *name)
{
    const struct ikw_case *found = NULL;
    int64_t number = -1;
    if (!ikw_slice_int(ikw_slice_of(name), &number))
        number = -1;
    for (size_t i = 0; i < l->n; i++)
        if (named(l->v[i], name, number)) {
            if (found)
                return NULL;
            found = l->v[i];
        }
    return found;
}

const struct ikw_case_expect *ikw_case_expected(const struct ikw_case *c,
                                                bool all)
{
    for (size_t i = 0; i < c->nexpects; i++)
        if (c->expects[i].all == all)
            return &c->expects[i];
    return &c->expects[0];
}

const char *ikw_case_subject(const struct ikw_case *c)
{
    const struct ikw_case_expect *e = ikw_case_expected(c, true);
    return e->nverdicts ? e->verdicts[0].cause
           : e->notes.n ? e->notes.ids[0]
                        : e->outcome;
}

bool ikw_case_has(const struct ikw_case_causes *set, const char *id)
{
    for (size_t i = 0; i < set->n; i++)
        if (!strcmp(set->ids[i], id))
            return true;
    return false;
}
