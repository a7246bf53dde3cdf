#include "cli/kbfind.h"

#include "cli/cli.h"
#include "kb/image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool holds_kb(const char *dir)
{
    struct ikw_buf path = { 0 };
    ikw_buf_addf(&path, "%s/vocabulary.xml", dir);
    bool found = !access(path.ptr, R_OK);
    ikw_buf_release(&path);
    return found;
}

/* Folder of this binary, without a slash at the end; empty if unknown. */
static void binary_folder(struct ikw_buf *out)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    if (n <= 0 || (size_t)n >= sizeof path)
        return;
    while (n > 0 && path[n - 1] != '/')
        n--;
    if (n > 1)
        ikw_buf_add(out, path, (size_t)n - 1);
}

void ikw_kb_find(const char *given, struct ikw_buf *dir)
{
    /* beside the binary, beside build/VARIANT/, in its prefix */
    static const char *const beside[] = { "/kb", "/../../kb",
                                          "/../share/ikewhy/kb" };
    const char *named = given ? given : getenv("IKEWHY_KB");
    ikw_buf_clear(dir);
    if (named && *named) {
        ikw_buf_adds(dir, named);
        return;
    }
    struct ikw_buf folder = { 0 };
    binary_folder(&folder);
    for (size_t i = 0; folder.len && i < 3; i++) {
        ikw_buf_clear(dir);
        ikw_buf_addf(dir, "%s%s", folder.ptr, beside[i]);
        if (holds_kb(dir->ptr))
            break;
        ikw_buf_clear(dir);
    }
    ikw_buf_release(&folder);
    if (!dir->len)
        ikw_buf_adds(dir, IKW_KB_DIR);
}

/* cli/image.S; no bytes where the program was built without. */
extern const char ikw_kb_image[], ikw_kb_image_end[];

struct ikw_slice ikw_kb_built_in(void)
{
    uintptr_t from = (uintptr_t)ikw_kb_image, to = (uintptr_t)ikw_kb_image_end;
    return (struct ikw_slice){ ikw_kb_image, to - from };
}

struct ikw_kb *ikw_kb_open(const struct ikw_options *o)
{
    struct ikw_buf dir = { 0 };
    struct ikw_limits limits = o->limits;
    struct ikw_diags ds = { .limits = &limits };
    ikw_kb_find(o->kb, &dir);
    struct ikw_kb *kb = ikw_kb_image_load(ikw_kb_built_in(), dir.ptr, &limits);
    if (!kb)
        kb = ikw_kb_load(dir.ptr, &ds);
    if (!kb || ds.count)
        ikw_print_diags(stderr, &ds);
    if (!kb)
        ikw_complain("no usable knowledge base in %s", dir.ptr);
    ikw_diags_release(&ds);
    ikw_buf_release(&dir);
    return kb;
}
