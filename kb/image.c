/*
 * Takes a knowledge base from an image instead of its XML. Invariant: that is
 * done only after the files have been read and compared; so nothing but time
 * tells the two apart.
 */
#include "kb/image.h"

#include "kb/image_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the files --------------------------------------------------------- */

/* Whether what is left of `f` is `want` and no more. */
static bool reads_as(FILE *f, struct ikw_slice want)
{
    char chunk[64 * 1024];
    size_t n;
    setvbuf(f, NULL, _IONBF, 0);
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) {
        if (n > want.len || memcmp(chunk, want.ptr, n) != 0)
            return false;
        want = ikw_slice_sub(want, n, want.len);
    }
    return !ferror(f) && !want.len;
}

static bool holds(const char *path, struct ikw_slice want)
{
    FILE *f = fopen(path, "rb");
    bool same = f && reads_as(f, want);
    if (f)
        fclose(f);
    return same;
}

static bool same_file(const char *image, const struct image_head *h,
                      const struct image_file *file, const char *path,
                      size_t skip)
{
    const char *text = image + h->text.from;
    struct ikw_slice xml = { text + file->xml, file->xml_len };
    return !strcmp(path + skip, text + file->name) && holds(path, xml);
}

static bool same_files(const char *image, const struct image_head *h,
                       const struct ikw_kb_files *files, const char *dir)
{
    const struct image_file *made_of = (const void *)(image + h->files.from);
    bool same = files->n == h->files.size;
    for (size_t i = 0; i < files->n && same; i++)
        same =
            same_file(image, h, &made_of[i], files->v[i].name, strlen(dir) + 1);
    return same;
}

/* ---- the body ---------------------------------------------------------- */

static void point(char *at, const void *to)
{
    memcpy(at, &to, sizeof to);
}

static void relocate(const char *image, const struct image_head *h, char *body)
{
    const uint32_t *at = (const void *)(image + h->pointers.from);
    for (size_t i = 0; i < h->pointers.size; i++) {
        uintptr_t offset;
        memcpy(&offset, body + at[i], sizeof offset);
        point(body + at[i], body + offset);
    }
}

static void name_places(const char *image, const struct image_head *h,
                        const struct ikw_kb_files *files, char *body,
                        struct ikw_arena *a)
{
    const struct image_place *place = (const void *)(image + h->places.from);
    const char **names = IKW_ARENA_ARRAY(a, const char *, files->n);
    for (size_t i = 0; i < files->n; i++)
        names[i] = ikw_arena_strdup(a, files->v[i].name);
    for (size_t i = 0; i < h->places.size; i++)
        point(body + place[i].at, names[place[i].file]);
}

static struct ikw_kb *revive(const char *image, const struct image_head *h,
                             const struct ikw_kb_files *files, const char *dir)
{
    struct ikw_arena a = { .large = true };
    struct ikw_kb *kb = ikw_xmalloc(sizeof *kb);
    char *body = ikw_arena_dup(&a, image + h->body.from, h->body.size);
    relocate(image, h, body);
    name_places(image, h, files, body, &a);
    memcpy(kb, body, sizeof *kb);
    kb->dir = ikw_arena_strdup(&a, dir);
    kb->arena = a;
    return kb;
}

/* ---- both -------------------------------------------------------------- */

/* NULL: no image, or none of this program. */
static const struct image_head *head_of(struct ikw_slice image)
{
    const struct image_head *h = (const void *)image.ptr;
    bool ours = image.len >= sizeof *h &&
                !memcmp(h->magic, IMAGE_MAGIC, sizeof h->magic) &&
                h->kb_bytes == sizeof(struct ikw_kb) && h->bytes == image.len;
    return ours ? h : NULL;
}

/* Whether no document is refused that was not when the image was made. */
static bool limits_allow(const struct ikw_limits *limits)
{
    static const enum ikw_limit of_documents[] = { IKW_LIMIT_XML_OCTETS,
                                                   IKW_LIMIT_XML_DEPTH,
                                                   IKW_LIMIT_XML_ELEMENTS };
    bool allow = true;
    for (size_t i = 0; i < sizeof of_documents / sizeof *of_documents; i++)
        allow &= ikw_limit_most(limits, of_documents[i]) >=
                 ikw_limit_row(of_documents[i])->normal;
    return allow;
}

struct ikw_kb *ikw_kb_image_load(struct ikw_slice image, const char *dir,
                                 const struct ikw_limits *limits)
{
    const struct image_head *h = head_of(image);
    struct ikw_kb_files files = { 0 };
    struct ikw_diags unsaid = { 0 }; /* whoever reads the XML says it */
    struct ikw_kb *kb = NULL;
    if (h && limits_allow(limits) && ikw_kb_files_list(&files, dir, &unsaid) &&
        !unsaid.count && same_files(image.ptr, h, &files, dir))
        kb = revive(image.ptr, h, &files, dir);
    ikw_kb_files_release(&files);
    ikw_diags_release(&unsaid);
    return kb;
}
