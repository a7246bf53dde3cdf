/*
 * Which files a knowledge base consists of, and what each of them is: by
 * the name of its folder, or else by its own. They are read in the order of
 * elements.def, words before what uses them, and by name within a kind; so
 * neither the order of a directory nor that of a caller changes the result.
 */
#include "kb/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool folder;
    enum ikw_elem root;
} kinds[] = {
    { "causes", true, IKW_ELEM_CAUSES },
    { "messages", true, IKW_ELEM_MESSAGES },
    { "rules", true, IKW_ELEM_RULES },
    { "vocabulary.xml", false, IKW_ELEM_VOCABULARY },
    { "weights.xml", false, IKW_ELEM_WEIGHTS },
    { "envelopes.xml", false, IKW_ELEM_ENVELOPES },
};

enum { NKINDS = sizeof kinds / sizeof kinds[0] };

/* By the last two parts of its path; IKW_ELEM_ROOT if it is none of ours. */
static enum ikw_elem root_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *from = slash ? slash : path;
    while (from > path && from[-1] != '/')
        from--;
    struct ikw_slice folder = { from, slash ? (size_t)(slash - from) : 0 };
    for (size_t k = 0; k < NKINDS; k++)
        if (kinds[k].folder ? ikw_slice_is(folder, kinds[k].name)
                            : !strcmp(base, kinds[k].name))
            return kinds[k].root;
    return IKW_ELEM_ROOT;
}

/* `within` is the path without the directory of the knowledge base. */
static void add(struct ikw_kb_files *l, const char *path, const char *within,
                struct ikw_slice xml, struct ikw_diags *ds)
{
    enum ikw_elem root = root_of(within);
    if (root == IKW_ELEM_ROOT) {
        ikw_diag_add(ds, (struct ikw_pos){ path, 0 }, IKW_DIAG_UNKNOWN_ELEMENT,
                     "no file of a knowledge base has this name");
        return;
    }
    IKW_GROW(l->v, l->cap, l->n + 1);
    l->v[l->n++] = (struct ikw_kb_file){
        .root = root,
        .name = ikw_arena_strdup(&l->arena, path),
        .xml = xml,
    };
}

static int by_root(const void *pa, const void *pb)
{
    const struct ikw_kb_file *a = pa, *b = pb;
    if (a->root != b->root)
        return a->root < b->root ? -1 : 1;
    return strcmp(a->name, b->name);
}

static void sort(struct ikw_kb_files *l)
{
    if (l->n > 1)
        qsort(l->v, l->n, sizeof *l->v, by_root);
}

/* ---- a directory ------------------------------------------------------- */

static bool is_xml(const char *name)
{
    size_t len = strlen(name);
    return len > 4 && name[0] != '.' && !strcmp(name + len - 4, ".xml");
}

/* `skip` bytes of `dir` are the knowledge base's own directory. */
static bool list_folder(struct ikw_kb_files *l, const char *dir, size_t skip,
                        struct ikw_diags *ds)
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
        add(l, path.ptr, path.ptr + skip + 1, (struct ikw_slice){ 0 }, ds);
        ikw_buf_release(&path);
    }
    closedir(d);
    return true;
}

bool ikw_kb_files_list(struct ikw_kb_files *l, const char *dir,
                       struct ikw_diags *ds)
{
    if (!list_folder(l, dir, strlen(dir), ds))
        return ikw_diag_add(ds, (struct ikw_pos){ dir, 0 }, IKW_DIAG_NO_KB,
                            "no knowledge base: %s", strerror(errno));
    for (size_t k = 0; k < NKINDS; k++) {
        if (!kinds[k].folder)
            continue;
        struct ikw_buf path = { 0 };
        ikw_buf_addf(&path, "%s/%s", dir, kinds[k].name);
        list_folder(l, ikw_buf_str(&path), strlen(dir), ds);
        ikw_buf_release(&path);
    }
    sort(l);
    return true;
}

/* ---- documents --------------------------------------------------------- */

void ikw_kb_files_docs(struct ikw_kb_files *l, const struct ikw_doc *docs,
                       size_t ndocs, struct ikw_diags *ds)
{
    for (size_t i = 0; i < ndocs; i++) {
        struct ikw_slice xml = docs[i].xml;
        add(l, docs[i].name, docs[i].name, xml.ptr ? xml : IKW_SLICE_LIT(""),
            ds);
    }
    sort(l);
}

void ikw_kb_files_release(struct ikw_kb_files *l)
{
    free(l->v);
    ikw_arena_release(&l->arena);
    *l = (struct ikw_kb_files){ 0 };
}

/* ---- reading ----------------------------------------------------------- */

static bool read_all(const char *path, struct ikw_buf *out, uint64_t most)
{
    FILE *f = fopen(path, "rb");
    char chunk[16384];
    size_t n;
    if (!f)
        return false;
    while (out->len <= most && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        ikw_buf_add(out, chunk, n);
    int bad = ferror(f) ? errno : 0;
    fclose(f);
    errno = bad;
    return !bad;
}

bool ikw_kb_refuse(struct ikw_diags *ds, struct ikw_pos pos,
                   enum ikw_limit limit)
{
    const struct ikw_limit_row *row = ikw_limit_row(limit);
    return ikw_diag_add(ds, pos, IKW_DIAG_LIMIT,
                        "more than %llu %s: %s (--limit %s=N takes more)",
                        (unsigned long long)ikw_limit_most(ds->limits, limit),
                        row->of, row->rest, row->name);
}

bool ikw_kb_file_read(const struct ikw_kb_file *f, struct ikw_buf *bytes,
                      struct ikw_slice *out, struct ikw_diags *ds)
{
    struct ikw_pos pos = { f->name, 0 };
    uint64_t most = ikw_limit_most(ds->limits, IKW_LIMIT_XML_OCTETS);
    *out = f->xml;
    if (!f->xml.ptr) {
        if (!read_all(f->name, bytes, most))
            return ikw_diag_add(ds, pos, IKW_DIAG_NO_KB, "cannot be read: %s",
                                strerror(errno));
        *out = (struct ikw_slice){ ikw_buf_str(bytes), bytes->len };
    }
    if (out->len > most)
        return ikw_kb_refuse(ds, pos, IKW_LIMIT_XML_OCTETS);
    return true;
}
