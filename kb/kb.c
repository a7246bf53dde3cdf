/*
 * Loading of a knowledge base, and lookups in it. Documents are read by
 * kind, words before what uses them, and by name within a kind; so neither
 * the order of a directory nor that of the caller changes the result.
 */
#include "kb/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILE_BYTES = 16 * 1024 * 1024, MAX_FAULTS = 10000 };

typedef void load_fn(struct ikw_loader *ld, const struct ikw_node *root);

/* In the order of reading. */
static const struct kind {
    const char *name; /* of the file, or of the folder if `folder` */
    bool folder;
    enum ikw_elem root;
    load_fn *load;
} kinds[] = {
    { "vocabulary.xml", false, IKW_ELEM_VOCABULARY, ikw_load_vocabulary },
    { "weights.xml", false, IKW_ELEM_WEIGHTS, ikw_load_weights },
    { "envelopes.xml", false, IKW_ELEM_ENVELOPES, ikw_load_envelopes },
    { "causes", true, IKW_ELEM_CAUSES, ikw_load_causes },
    { "messages", true, IKW_ELEM_MESSAGES, ikw_load_messages },
    { "rules", true, IKW_ELEM_RULES, ikw_load_rules },
};

enum { NKINDS = sizeof kinds / sizeof kinds[0] };

struct entry {
    size_t kind;
    const char *name;     /* as printed */
    struct ikw_slice xml; /* of a document in memory */
};

/* ---- complaints -------------------------------------------------------- */

struct ikw_pos ikw_load_pos(const struct ikw_loader *ld, unsigned line)
{
    return (struct ikw_pos){ ld->file, line };
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

/* ---- what a document is ------------------------------------------------ */

/* By the last two parts of its name; NKINDS if it is none of ours. */
static size_t kind_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    const char *from = slash ? slash : name;
    while (from > name && from[-1] != '/')
        from--;
    size_t len = slash ? (size_t)(slash - from) : 0;
    struct ikw_slice folder = { from, len };
    for (size_t k = 0; k < NKINDS; k++)
        if (kinds[k].folder && ikw_slice_is(folder, kinds[k].name))
            return k;
    for (size_t k = 0; k < NKINDS; k++)
        if (!kinds[k].folder && !strcmp(base, kinds[k].name))
            return k;
    return NKINDS;
}

static int by_kind(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* ---- reading ----------------------------------------------------------- */

static bool read_file(struct ikw_loader *ld, const char *path,
                      struct ikw_buf *out)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return ikw_load_fault(ld, 0, IKW_DIAG_NO_KB, "cannot be read: %s",
                              strerror(errno));
    char chunk[16384];
    size_t n;
    while (out->len <= MAX_FILE_BYTES &&
           (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        ikw_buf_add(out, chunk, n);
    bool bad = ferror(f) != 0;
    fclose(f);
    if (bad)
        return ikw_load_fault(ld, 0, IKW_DIAG_NO_KB, "cannot be read");
    if (out->len > MAX_FILE_BYTES)
        return ikw_load_fault(ld, 0, IKW_DIAG_LIMIT, "larger than %d bytes",
                              MAX_FILE_BYTES);
    return true;
}

static void mark_broken(struct ikw_loader *ld, size_t kind)
{
    ld->no_types |= kinds[kind].root == IKW_ELEM_VOCABULARY;
    ld->no_causes |= kinds[kind].root == IKW_ELEM_CAUSES;
}

static void load_entry(struct ikw_loader *ld, const struct entry *e)
{
    struct ikw_buf file = { 0 };
    struct ikw_slice xml = e->xml;
    bool broken = false;
    ld->file = ikw_arena_strdup(&ld->kb->arena, e->name);
    if (!xml.ptr) {
        broken = !read_file(ld, e->name, &file);
        xml = (struct ikw_slice){ ikw_buf_str(&file), file.len };
    } else if (xml.len > MAX_FILE_BYTES) {
        broken = !ikw_load_fault(ld, 0, IKW_DIAG_LIMIT,
                                 "larger than %d bytes", MAX_FILE_BYTES);
    }
    struct ikw_node *root = NULL;
    if (!broken)
        root = ikw_xml_parse(ld, xml, kinds[e->kind].root, &broken);
    if (broken)
        mark_broken(ld, e->kind);
    if (root)
        kinds[e->kind].load(ld, root);
    ikw_arena_release(&ld->scratch);
    ikw_buf_release(&file);
}

static bool have(const struct entry *entries, size_t n, enum ikw_elem root)
{
    for (size_t i = 0; i < n; i++)
        if (kinds[entries[i].kind].root == root)
            return true;
    return false;
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

static void load_all(struct ikw_loader *ld, struct entry *entries, size_t n)
{
    static const enum ikw_elem needed[] = { IKW_ELEM_VOCABULARY,
                                            IKW_ELEM_WEIGHTS };
    ld->file = ld->kb->dir;
    for (size_t i = 0; i < 2; i++)
        if (!have(entries, n, needed[i]))
            ikw_load_fault(ld, 0, IKW_DIAG_NO_KB,
                           "no knowledge base: %s.xml is missing",
                           ikw_elem_tag(needed[i]));
    ld->no_types = !have(entries, n, IKW_ELEM_VOCABULARY);
    qsort(entries, n, sizeof *entries, by_kind);
    for (size_t i = 0; i < n; i++)
        load_entry(ld, &entries[i]);
    ikw_load_link(ld);
}

/* Takes the entries, which may be reordered. */
static struct ikw_kb *load(const char *dir, struct entry *entries, size_t n,
                           struct ikw_diags *ds)
{
    size_t before = ds->errors;
    struct ikw_kb *kb = ikw_xcalloc(1, sizeof *kb);
    struct ikw_loader ld = { .kb = kb, .ds = ds };
    kb->dir = ikw_arena_strdup(&kb->arena, dir);
    load_all(&ld, entries, n);
    ikw_kb_stratify(kb, ds);
    release(&ld);
    if (ds->errors == before)
        return kb;
    ikw_kb_free(kb);
    return NULL;
}

/* ---- a directory ------------------------------------------------------- */

struct listing {
    struct ikw_arena arena;
    struct entry *entries;
    size_t n, cap;
    struct ikw_diags *ds;
};

static bool is_xml(const char *name)
{
    size_t len = strlen(name);
    return len > 4 && name[0] != '.' && !strcmp(name + len - 4, ".xml");
}

static void list_add(struct listing *l, const char *path)
{
    size_t kind = kind_of(path);
    if (kind == NKINDS) {
        ikw_diag_add(l->ds, (struct ikw_pos){ path, 0 },
                     IKW_DIAG_UNKNOWN_ELEMENT,
                     "no file of a knowledge base has this name");
        return;
    }
    IKW_GROW(l->entries, l->cap, l->n + 1);
    l->entries[l->n++] = (struct entry){ .kind = kind, .name = path };
}

static bool list_dir(struct listing *l, const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    if (!d)
        return false;
    while ((e = readdir(d)) != NULL) {
        if (!is_xml(e->d_name))
            continue;
        struct ikw_buf path = { 0 };
        ikw_buf_addf(&path, "%s/%s", dir, e->d_name);
        list_add(l, ikw_arena_strdup(&l->arena, ikw_buf_str(&path)));
        ikw_buf_release(&path);
    }
    closedir(d);
    return true;
}

static void list_folders(struct listing *l, const char *dir)
{
    for (size_t k = 0; k < NKINDS; k++) {
        if (!kinds[k].folder)
            continue;
        struct ikw_buf path = { 0 };
        ikw_buf_addf(&path, "%s/%s", dir, kinds[k].name);
        list_dir(l, ikw_buf_str(&path));
        ikw_buf_release(&path);
    }
}

struct ikw_kb *ikw_kb_load(const char *dir, struct ikw_diags *ds)
{
    struct listing l = { .ds = ds };
    struct ikw_kb *kb = NULL;
    if (list_dir(&l, dir)) {
        list_folders(&l, dir);
        kb = load(dir, l.entries, l.n, ds);
    } else {
        ikw_diag_add(ds, (struct ikw_pos){ dir, 0 }, IKW_DIAG_NO_KB,
                     "no knowledge base: %s", strerror(errno));
    }
    free(l.entries);
    ikw_arena_release(&l.arena);
    return kb;
}

struct ikw_kb *ikw_kb_load_docs(const struct ikw_doc *docs, size_t ndocs,
                                struct ikw_diags *ds)
{
    struct listing l = { .ds = ds };
    for (size_t i = 0; i < ndocs; i++) {
        size_t before = l.n;
        list_add(&l, docs[i].name);
        if (l.n > before) {
            l.entries[before].xml = docs[i].xml;
            if (!docs[i].xml.ptr)
                l.entries[before].xml = IKW_SLICE_LIT("");
        }
    }
    struct ikw_kb *kb = load("", l.entries, l.n, ds);
    free(l.entries);
    return kb;
}

void ikw_kb_free(struct ikw_kb *kb)
{
    if (!kb)
        return;
    struct ikw_arena arena = kb->arena;
    free(kb);
    ikw_arena_release(&arena);
}
