/* ikewhy kb: checks, lists, covers and exports the knowledge base. */
#include "cli/clips.h"
#include "cli/coverage.h"
#include "cli/kbfind.h"
#include "kb/kb.h"

#include <stdlib.h>
#include <string.h>

/* ---- check ------------------------------------------------------------- */

/* Every fault of every file in one run: the schema's, the loader's and the
 * checker's. */
static int check(const struct ikw_options *o)
{
    struct ikw_buf dir = { 0 };
    struct ikw_limits limits = o->limits;
    struct ikw_diags ds = { .limits = &limits };
    ikw_kb_find(o->kb, &dir);
    ikw_kb_validate(dir.ptr, &ds);
    struct ikw_kb *kb = ikw_kb_load(dir.ptr, &ds);
    if (kb)
        ikw_kb_check(kb, &ds);
    bool clean = kb && !ds.count;
    ikw_print_diags(stdout, &ds);
    if (clean)
        printf("%s: %zu messages, %zu fact types, %zu rules, %zu causes: "
               "no fault\n",
               dir.ptr, kb->nmessages, kb->ntypes, kb->nrules, kb->ncauses);
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
    ikw_buf_release(&dir);
    return clean ? 0 : IKW_EXIT_ERROR;
}

/* ---- list -------------------------------------------------------------- */

/* Text of the XML on one line. */
static void add_text(struct ikw_buf *out, const char *text)
{
    bool blank = false;
    for (const char *p = text ? text : ""; *p; p++) {
        bool is_blank = strchr(" \t\r\n", *p) != NULL;
        if (!is_blank && blank && out->len && out->ptr[out->len - 1] != '\t')
            ikw_buf_addc(out, ' ');
        if (!is_blank)
            ikw_buf_addc(out, *p);
        blank = is_blank;
    }
}

static void list_messages(const struct ikw_kb *kb, struct ikw_buf *out)
{
    for (size_t i = 0; i < kb->nmessages; i++) {
        const struct ikw_message *m = kb->messages[i];
        for (size_t t = 0; t < m->ntemplates; t++)
            ikw_buf_addf(out, "%s\t%s\t%s\n", m->id, m->area ? m->area : "",
                         m->templates[t].source);
    }
}

static void list_rules(const struct ikw_kb *kb, struct ikw_buf *out)
{
    for (size_t i = 0; i < kb->nrules; i++) {
        ikw_buf_addf(out, "%s\t", kb->rules[i]->id);
        add_text(out, kb->rules[i]->because);
        ikw_buf_addc(out, '\n');
    }
}

static void list_causes(const struct ikw_kb *kb, struct ikw_buf *out)
{
    for (size_t i = 0; i < kb->ncauses; i++) {
        ikw_buf_addf(out, "%s\t", kb->causes[i]->id);
        add_text(out, kb->causes[i]->title);
        ikw_buf_addc(out, '\n');
    }
}

static void list_types(const struct ikw_kb *kb, struct ikw_buf *out)
{
    for (size_t i = 0; i < kb->ntypes; i++) {
        const struct ikw_type *t = kb->types[i];
        ikw_buf_addf(out, "%s\t", t->name);
        for (size_t k = 0; k < t->nslots; k++)
            ikw_buf_addf(out, "%s%s", k ? " " : "", t->slots[k].name);
        ikw_buf_addc(out, '\t');
        add_text(out, t->means);
        ikw_buf_addc(out, '\n');
    }
}

static const struct {
    const char *name;
    void (*list)(const struct ikw_kb *kb, struct ikw_buf *out);
} lists[] = {
    { "messages", list_messages },
    { "rules", list_rules },
    { "causes", list_causes },
    { "types", list_types },
};

enum { NLISTS = sizeof lists / sizeof lists[0] };

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted by line, so that the order in the files is no matter. */
static bool print_sorted(struct ikw_buf *b)
{
    size_t n = 0, cap = 0;
    const char **lines = NULL;
    for (char *p = b->ptr; p && *p;) {
        char *end = strchr(p, '\n');
        IKW_GROW(lines, cap, n + 1);
        lines[n++] = p;
        *end = '\0';
        p = end + 1;
    }
    if (n)
        qsort(lines, n, sizeof *lines, compare_lines);
    struct ikw_buf sorted = { 0 };
    for (size_t i = 0; i < n; i++)
        ikw_buf_addf(&sorted, "%s\n", lines[i]);
    free(lines);
    bool ok = ikw_write_out(ikw_buf_str(&sorted), sorted.len);
    ikw_buf_release(&sorted);
    return ok;
}

static int list(const struct ikw_options *o)
{
    const char *what = o->nfiles > 1 ? o->files[1] : "causes";
    size_t i = 0;
    while (i < NLISTS && strcmp(lists[i].name, what) != 0)
        i++;
    if (i == NLISTS || o->nfiles > 2) {
        ikw_complain("kb list: one of messages, rules, causes, types");
        return IKW_EXIT_ERROR;
    }
    struct ikw_kb *kb = ikw_kb_open(o);
    if (!kb)
        return IKW_EXIT_ERROR;
    struct ikw_buf out = { 0 };
    lists[i].list(kb, &out);
    bool ok = print_sorted(&out);
    ikw_buf_release(&out);
    ikw_kb_free(kb);
    return ok ? 0 : IKW_EXIT_ERROR;
}

int ikw_cmd_kb(const struct ikw_options *o)
{
    const char *what = o->nfiles ? o->files[0] : "";
    if (!strcmp(what, "check") && o->nfiles == 1)
        return check(o);
    if (!strcmp(what, "list"))
        return list(o);
    if (!strcmp(what, "coverage"))
        return ikw_kb_coverage(o);
    if (!strcmp(what, "export"))
        return ikw_kb_export(o);
    ikw_complain("kb: check, list, coverage or export (see ikewhy kb --help)");
    return IKW_EXIT_ERROR;
}
