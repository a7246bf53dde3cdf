/*
 * Loading of a knowledge base. Every file is read, checked and loaded even
 * if one before it is at fault, so that one run finds all faults.
 */
#include "kb/internal.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FAULTS = 10000 };

/* ---- complaints -------------------------------------------------------- */

struct ikw_pos ikw_load_pos(const struct ikw_loader *ld, unsigned line)
{
    return (struct ikw_pos){ ld->file, line };
}

/* By member: padding that is copied with the rest differs from load to load,
 * and an image takes no word that does (kb/image_make.c). */
void ikw_load_at(struct ikw_pos *pos, const struct ikw_loader *ld,
                 unsigned line)
{
    pos->file = ld->file;
    pos->line = line;
}

bool ikw_load_fault(struct ikw_loader *ld, unsigned line,
                    enum ikw_diag_code code, const char *fmt, ...)
{
    struct ikw_buf b = { 0 };
    va_list ap;
    if (++ld->faults == MAX_FAULTS)
        ikw_diag_add(ld->ds, ikw_load_pos(ld, 0), IKW_DIAG_LIMIT,
                     "more than %d faults", MAX_FAULTS);
    if (ld->faults >= MAX_FAULTS)
        return false;
    va_start(ap, fmt);
    ikw_buf_addv(&b, fmt, ap);
    va_end(ap);
    ikw_diag_add(ld->ds, ikw_load_pos(ld, line), code, "%s", ikw_buf_str(&b));
    ikw_buf_release(&b);
    return false;
}

/* ---- one file ---------------------------------------------------------- */

static void load_root(struct ikw_loader *ld, const struct ikw_node *root)
{
    static void (*const loaders[IKW_ELEM_COUNT_])(struct ikw_loader *,
                                                  const struct ikw_node *) = {
        [IKW_ELEM_VOCABULARY] = ikw_load_vocabulary,
        [IKW_ELEM_WEIGHTS] = ikw_load_weights,
        [IKW_ELEM_ENVELOPES] = ikw_load_envelopes,
        [IKW_ELEM_CAUSES] = ikw_load_causes,
        [IKW_ELEM_MESSAGES] = ikw_load_messages,
        [IKW_ELEM_RULES] = ikw_load_rules,
    };
    loaders[root->elem](ld, root);
}

static void load_file(struct ikw_loader *ld, const struct ikw_kb_file *f)
{
    struct ikw_buf bytes = { 0 };
    struct ikw_slice xml;
    bool broken = true;
    ld->file = ikw_arena_strdup(&ld->kb->arena, f->name);
    struct ikw_node *root = NULL;
    if (ikw_kb_file_read(f, &bytes, &xml, ld->ds))
        root = ikw_xml_parse(ld, xml, f->root, &broken);
    ld->no_types |= broken && f->root == IKW_ELEM_VOCABULARY;
    ld->no_causes |= broken && f->root == IKW_ELEM_CAUSES;
    ld->no_weights |= broken && f->root == IKW_ELEM_WEIGHTS;
    if (root)
        load_root(ld, root);
    ikw_arena_release(&ld->scratch);
    ikw_buf_release(&bytes);
}

/* ---- all of them ------------------------------------------------------- */

static bool have(const struct ikw_kb_files *files, enum ikw_elem root)
{
    for (size_t i = 0; i < files->n; i++)
        if (files->v[i].root == root)
            return true;
    return false;
}

static void check_needed(struct ikw_loader *ld,
                         const struct ikw_kb_files *files)
{
    static const enum ikw_elem needed[] = { IKW_ELEM_VOCABULARY,
                                            IKW_ELEM_WEIGHTS };
    ld->file = *ld->kb->dir ? ld->kb->dir : NULL;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!have(files, needed[i]))
            ikw_load_fault(ld, 0, IKW_DIAG_NO_KB,
                           "no knowledge base: %s.xml is missing",
                           ikw_elem_tag(needed[i]));
    ld->no_types = !have(files, IKW_ELEM_VOCABULARY);
    ld->no_weights = !have(files, IKW_ELEM_WEIGHTS);
}

static void release(struct ikw_loader *ld)
{
    ikw_xml_free(ld);
    ikw_arena_release(&ld->scratch);
    ikw_names_release(&ld->types);
    ikw_names_release(&ld->messages);
    ikw_names_release(&ld->rules);
    ikw_names_release(&ld->causes);
    ikw_names_release(&ld->weights);
    free(ld->links.items);
}

/* NULL if any complaint has been added since `before`. */
static struct ikw_kb *load(const char *dir, const struct ikw_kb_files *files,
                           size_t before, struct ikw_diags *ds)
{
    struct ikw_kb *kb = ikw_xcalloc(1, sizeof *kb);
    struct ikw_loader ld = { .kb = kb, .ds = ds };
    kb->arena.large = true;
    kb->dir = ikw_arena_strdup(&kb->arena, dir);
    check_needed(&ld, files);
    for (size_t i = 0; i < files->n; i++)
        load_file(&ld, &files->v[i]);
    ikw_load_link(&ld);
    ikw_kb_stratify(kb, ds);
    release(&ld);
    if (ds->errors == before)
        return kb;
    ikw_kb_free(kb);
    return NULL;
}

struct ikw_kb *ikw_kb_load(const char *dir, struct ikw_diags *ds)
{
    struct ikw_kb_files files = { 0 };
    struct ikw_kb *kb = NULL;
    size_t before = ds->errors;
    if (ikw_kb_files_list(&files, dir, ds))
        kb = load(dir, &files, before, ds);
    ikw_kb_files_release(&files);
    return kb;
}

struct ikw_kb *ikw_kb_load_docs(const struct ikw_doc *docs, size_t ndocs,
                                struct ikw_diags *ds)
{
    struct ikw_kb_files files = { 0 };
    size_t before = ds->errors;
    ikw_kb_files_docs(&files, docs, ndocs, ds);
    struct ikw_kb *kb = load("", &files, before, ds);
    ikw_kb_files_release(&files);
    return kb;
}

void ikw_kb_free(struct ikw_kb *kb)
{
    if (!kb)
        return;
    ikw_arena_release(&kb->arena);
    free(kb);
}
