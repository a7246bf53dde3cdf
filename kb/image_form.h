/*
 * The form of an image: a head, then five arrays, each 16-aligned. The body
 * is struct ikw_kb and after it the blocks of its arena; a pointer in it is
 * the offset of its target from the body's start.
 */
#ifndef IKW_KB_IMAGE_FORM_H
#define IKW_KB_IMAGE_FORM_H

#include "kb/internal.h"

/* `size` elements, at `from` octets from the image's start */
struct image_array {
    uint32_t from, size;
};

struct image_head {
    char magic[8];
    uint32_t kb_bytes;           /* sizeof(struct ikw_kb) */
    uint32_t bytes;              /* of the whole */
    struct image_array body;     /* octets */
    struct image_array pointers; /* uint32_t: where in the body one stands */
    struct image_array places;   /* struct image_place */
    struct image_array files;    /* struct image_file, in order of loading */
    struct image_array text;     /* octets: names and XML of the files */
};

/* A pointer in the body to the path of a file, which is made anew. */
struct image_place {
    uint32_t at, file;
};

/* Both in `text`; the name is within the knowledge base and ends in NUL. */
struct image_file {
    uint32_t name, xml, xml_len;
};

#define IMAGE_MAGIC "ikwkb\0\0\1"

enum { IMAGE_ALIGN = 16 };

#endif
