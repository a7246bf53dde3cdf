/*
 * Walking through tar archives, archives in archives among them, without
 * unpacking anything: a walk is a stack of open archives, and what it stands
 * on is the data of one entry, decompressed.
 */
#ifndef IKW_FACTS_INPUT_ARCHIVE_H
#define IKW_FACTS_INPUT_ARCHIVE_H

#include "facts/input/source.h"

struct ikw_walk;

enum ikw_step {
    IKW_STEP_FILE,   /* on a regular file: its data may be read */
    IKW_STEP_END,    /* nothing more */
    IKW_STEP_DAMAGED /* nothing more can be read; ikw_walk_why */
};

/* NULL if the file is no tar archive, compressed or not, or cannot be
 * opened: then the reader knows what to say. `limits` (may be NULL) bounds
 * what it gives. */
struct ikw_walk *ikw_walk_open(const char *path, struct ikw_limits *limits);
/* To the next file; archives among them are walked into. */
enum ikw_step ikw_walk_next(struct ikw_walk *w);
/* To a file that was seen before. */
enum ikw_step ikw_walk_to(struct ikw_walk *w, const uint32_t *at, size_t depth);
/* Where it stands. Appends the names, with slashes between. */
void ikw_walk_name(const struct ikw_walk *w, struct ikw_buf *out);
size_t ikw_walk_place(const struct ikw_walk *w,
                      uint32_t at[IKW_ARCHIVE_DEEPEST]);
/* Borrowed until the walk goes on. */
const char *ikw_walk_why(const struct ikw_walk *w);
/* Bytes of the file it stands on; closes the walk if `owned`. */
struct ikw_byte_source ikw_walk_source(struct ikw_walk *w, bool owned);
void ikw_walk_close(struct ikw_walk *w);

#endif
