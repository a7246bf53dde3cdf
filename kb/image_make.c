/*
 * Makes an image without knowing any of the structs in it. The knowledge base
 * is loaded twice, into two arenas: a word that leads to the same place of
 * both is a pointer, a word that is the same in both is a value. Any other
 * word is refused, and so is a value that is an address of the program itself;
 * so an image that was made is complete.
 */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include "kb/image.h"
#include "kb/image_form.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PARTS = 64, WORD = sizeof(uintptr_t) };

/* No XML can hold this octet: a text that begins with it is a path. */
#define PATH_MARK "\1/"
enum { PATH_MARK_LEN = sizeof PATH_MARK - 1 };

/* ---- what is to be kept ------------------------------------------------ */

struct part {
    const char *ptr;
    size_t len, at; /* `at`: in the body */
};

struct copy {                /* one load */
    struct ikw_kb *kb, head; /* `head`: the struct without its arena */
    struct part parts[MAX_PARTS];
    size_t nparts, len;
};

struct maker {
    struct copy a, b;
    struct ikw_buf body, pointers, places, files, text;
    size_t nfiles, npointers, nplaces;
};

static size_t aligned(size_t n)
{
    return (n + IMAGE_ALIGN - 1) / IMAGE_ALIGN * IMAGE_ALIGN;
}

static void add_part(struct copy *c, const void *ptr, size_t len)
{
    c->parts[c->nparts++] = (struct part){ ptr, len, c->len };
    c->len += aligned(len);
}

static bool copy_of(struct copy *c, const struct ikw_doc *docs, size_t n,
                    struct ikw_diags *ds)
{
    struct ikw_arena_part blocks[MAX_PARTS - 1];
    c->kb = ikw_kb_load_docs(docs, n, ds);
    if (!c->kb)
        return false;
    size_t nblocks = ikw_arena_parts(&c->kb->arena, blocks, MAX_PARTS - 1);
    c->head = *c->kb;
    c->head.arena = (struct ikw_arena){ 0 };
    c->head.dir = NULL;
    add_part(c, &c->head, sizeof c->head);
    for (size_t i = 0; i < nblocks && i < MAX_PARTS - 1; i++)
        add_part(c, blocks[i].ptr, blocks[i].len);
    return nblocks < MAX_PARTS && c->len < UINT32_MAX / 2;
}

/* Where in the body an address of this load leads. */
static bool leads_to(const struct copy *c, uintptr_t address, size_t *at)
{
    for (size_t i = 0; i < c->nparts; i++) {
        uintptr_t from = (uintptr_t)c->parts[i].ptr;
        if (address >= from && address - from <= c->parts[i].len) {
            *at = c->parts[i].at + (address - from);
            return true;
        }
    }
    return false;
}

/* ---- words ------------------------------------------------------------- */

static int spans(struct dl_phdr_info *info, size_t size, void *arg)
{
    uintptr_t address = *(const uintptr_t *)arg;
    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && address >= from &&
            address - from < info->dlpi_phdr[i].p_memsz)
            return 1;
    }
    return 0;
}

static bool of_the_program(uintptr_t address)
{
    enum { LEAST = 0x10000 }; /* most values are small */
    return address >= LEAST && dl_iterate_phdr(spans, &address) != 0;
}

static void add_u32(struct ikw_buf *b, size_t n)
{
    uint32_t u = (uint32_t)n;
    ikw_buf_add(b, (const char *)&u, sizeof u);
}

static const char *name_of(const struct maker *m, size_t file)
{
    const struct image_file *files = (const void *)m->files.ptr;
    return m->text.ptr + files[file].name;
}

/* `path` begins with the mark. */
static void add_place(struct maker *m, size_t at, const char *path)
{
    size_t i = 0;
    while (i < m->nfiles && strcmp(path + PATH_MARK_LEN, name_of(m, i)) != 0)
        i++;
    add_u32(&m->places, at);
    add_u32(&m->places, i);
    m->nplaces++;
}

/* The word at `at` of the body; it is `x` and `y` in the two loads. */
static bool add_word(struct maker *m, size_t at, uintptr_t x, uintptr_t y)
{
    size_t to_x, to_y;
    bool pointer = leads_to(&m->a, x, &to_x);
    if (pointer && (!leads_to(&m->b, y, &to_y) || to_x != to_y))
        return false;
    if (!pointer && (x != y || of_the_program(x)))
        return false;
    const char *text = pointer ? (const char *)x : "";
    uintptr_t word = pointer ? to_x : x;
    if (pointer && !strncmp(text, PATH_MARK, PATH_MARK_LEN)) {
        word = 0;
        add_place(m, at, text);
    } else if (pointer) {
        add_u32(&m->pointers, at);
        m->npointers++;
    }
    ikw_buf_add(&m->body, (const char *)&word, sizeof word);
    return true;
}

static bool add_words(struct maker *m, const struct part *a,
                      const struct part *b)
{
    bool ok = a->len == b->len && a->len % WORD == 0;
    for (size_t i = 0; i < a->len && ok; i += WORD) {
        uintptr_t x, y;
        memcpy(&x, a->ptr + i, WORD);
        memcpy(&y, b->ptr + i, WORD);
        ok = add_word(m, a->at + i, x, y);
    }
    while (ok && m->body.len % IMAGE_ALIGN)
        ikw_buf_addc(&m->body, '\0');
    return ok;
}

static bool add_body(struct maker *m)
{
    bool ok = m->a.nparts == m->b.nparts;
    for (size_t i = 0; i < m->a.nparts && ok; i++)
        ok = add_words(m, &m->a.parts[i], &m->b.parts[i]);
    return ok;
}

/* ---- files ------------------------------------------------------------- */

static bool add_file(struct maker *m, const struct ikw_kb_file *f, size_t skip,
                     struct ikw_diags *ds)
{
    struct ikw_buf bytes = { 0 };
    struct ikw_slice xml;
    bool ok = ikw_kb_file_read(f, &bytes, &xml, ds);
    if (ok) {
        add_u32(&m->files, m->text.len);
        ikw_buf_add(&m->text, f->name + skip, strlen(f->name + skip) + 1);
        add_u32(&m->files, m->text.len);
        add_u32(&m->files, xml.len);
        ikw_buf_add(&m->text, xml.ptr, xml.len);
        m->nfiles++;
    }
    ikw_buf_release(&bytes);
    return ok;
}

static bool add_files(struct maker *m, const char *dir, struct ikw_diags *ds)
{
    struct ikw_kb_files files = { 0 };
    bool ok = ikw_kb_files_list(&files, dir, ds);
    for (size_t i = 0; i < files.n && ok; i++)
        ok = add_file(m, &files.v[i], strlen(dir) + 1, ds);
    ikw_kb_files_release(&files);
    return ok && m->text.len < UINT32_MAX / 2;
}

static bool load_twice(struct maker *m, struct ikw_diags *ds)
{
    struct ikw_arena a = { 0 };
    struct ikw_doc *docs = IKW_ARENA_ARRAY(&a, struct ikw_doc, m->nfiles);
    const struct image_file *files = (const void *)m->files.ptr;
    for (size_t i = 0; i < m->nfiles; i++) {
        struct ikw_buf name = { 0 };
        ikw_buf_addf(&name, PATH_MARK "%s", name_of(m, i));
        docs[i].name = ikw_arena_strdup(&a, ikw_buf_str(&name));
        docs[i].xml =
            (struct ikw_slice){ m->text.ptr + files[i].xml, files[i].xml_len };
        ikw_buf_release(&name);
    }
    bool ok = copy_of(&m->a, docs, m->nfiles, ds) &&
              copy_of(&m->b, docs, m->nfiles, ds);
    ikw_arena_release(&a);
    return ok && !ds->count;
}

/* ---- the whole --------------------------------------------------------- */

static struct image_array place_array(size_t *at, size_t bytes, size_t n)
{
    struct image_array array = { (uint32_t)*at, (uint32_t)n };
    *at += aligned(bytes);
    return array;
}

static void append(struct ikw_buf *out, size_t start, const struct ikw_buf *b)
{
    ikw_buf_add(out, ikw_buf_str(b), b->len);
    while ((out->len - start) % IMAGE_ALIGN)
        ikw_buf_addc(out, '\0');
}

static void write_image(struct maker *m, struct ikw_buf *out)
{
    struct image_head h = { .magic = IMAGE_MAGIC,
                            .kb_bytes = sizeof(struct ikw_kb) };
    const struct ikw_buf head = { (char *)&h, sizeof h, 0 };
    size_t at = aligned(sizeof h), start = out->len;
    h.body = place_array(&at, m->body.len, m->body.len);
    h.pointers = place_array(&at, m->pointers.len, m->npointers);
    h.places = place_array(&at, m->places.len, m->nplaces);
    h.files = place_array(&at, m->files.len, m->nfiles);
    h.text = place_array(&at, m->text.len, m->text.len);
    h.bytes = (uint32_t)at;
    append(out, start, &head);
    append(out, start, &m->body);
    append(out, start, &m->pointers);
    append(out, start, &m->places);
    append(out, start, &m->files);
    append(out, start, &m->text);
}

static void release(struct maker *m)
{
    ikw_kb_free(m->a.kb);
    ikw_kb_free(m->b.kb);
    ikw_buf_release(&m->body);
    ikw_buf_release(&m->pointers);
    ikw_buf_release(&m->places);
    ikw_buf_release(&m->files);
    ikw_buf_release(&m->text);
    free(m);
}

bool ikw_kb_image_make(const char *dir, struct ikw_buf *out,
                       struct ikw_diags *ds)
{
    struct maker *m = ikw_xcalloc(1, sizeof *m);
    bool ok = add_files(m, dir, ds) && load_twice(m, ds);
    if (ok && !add_body(m))
        ok = ikw_diag_add(ds, (struct ikw_pos){ dir, 0 }, IKW_DIAG_NO_KB,
                          "what loading builds of it cannot be moved");
    if (ok)
        write_image(m, out);
    release(m);
    return ok;
}
