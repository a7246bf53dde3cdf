/* kbimage DIR: writes the image of a knowledge base to standard output. */
#include "kb/image.h"

#include <stdio.h>

static void complain(const struct ikw_diags *ds)
{
    for (const struct ikw_diag *d = ds->head; d; d = d->next) {
        struct ikw_buf line = { 0 };
        ikw_diag_format(d, &line);
        fprintf(stderr, "%s\n", ikw_buf_str(&line));
        ikw_buf_release(&line);
    }
}

int main(int argc, char **argv)
{
    struct ikw_buf image = { 0 };
    struct ikw_diags ds = { 0 };
    bool ok = argc == 2 && ikw_kb_image_make(argv[1], &image, &ds) &&
              fwrite(image.ptr, 1, image.len, stdout) == image.len &&
              !fflush(stdout);
    complain(&ds);
    ikw_diags_release(&ds);
    ikw_buf_release(&image);
    return ok ? 0 : 2;
}
