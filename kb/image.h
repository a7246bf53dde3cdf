/*
 * Images: what loading builds of a knowledge base, as bytes to be copied and
 * relocated, with the XML it was built of. An image serves the program it was
 * built into and no other: the bytes are those of its structs.
 */
#ifndef IKW_KB_IMAGE_H
#define IKW_KB_IMAGE_H

#include "kb/kb.h"

/* Appends to `out` an image of DIR. False with diagnostics if DIR does not
 * load without any, or holds what an image cannot. */
bool ikw_kb_image_make(const char *dir, struct ikw_buf *out,
                       struct ikw_diags *ds);

/* What ikw_kb_load(dir) would return, if the files of DIR are, name by name
 * and byte by byte, those that `image` was made of; NULL if they are not,
 * there is no image (no bytes), or `limits` (NULL: the defaults) allow a
 * document less than the defaults, with which it was made. Caller frees; the
 * image is not kept. */
struct ikw_kb *ikw_kb_image_load(struct ikw_slice image, const char *dir,
                                 const struct ikw_limits *limits);

#endif
