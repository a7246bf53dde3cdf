/*
 * Reading a log as if some of its lines were not there. A dropped line
 * becomes an empty one, so that the others keep their numbers.
 */
#ifndef IKW_CLI_DROP_H
#define IKW_CLI_DROP_H

#include "base/diag.h"
#include "base/slice.h"

struct ikw_input;

struct ikw_drop {
    struct ikw_slice file; /* its name, or the end of it; empty: the first */
    uint32_t from, to;     /* lines */
};

struct ikw_drops {
    struct ikw_drop *v;
    size_t n;
    const char *first_file; /* of the inputs */
};

/* LINE, FROM-TO, FILE:LINE or FILE:FROM-TO. False if it is none of these. */
bool ikw_drop_parse(const char *text, struct ikw_drop *out);
/* True if drop number `i` is of this input. */
bool ikw_drop_concerns(const struct ikw_drops *drops, size_t i,
                       const char *path);
/* `file` is the name as given, or what comes behind a slash of it. */
bool ikw_file_named(const char *path, struct ikw_slice file);

/* The input without those lines: `in`, or another in its place. `edited` holds
 * its bytes, if any line is dropped from it; release it after the input.
 * `drops` may be NULL. NULL with a diagnostic if it cannot be read. */
struct ikw_input *ikw_drops_apply(const struct ikw_drops *drops,
                                  const char *path, struct ikw_input *in,
                                  struct ikw_buf *edited, struct ikw_diags *ds);
/* Appends all bytes of an input; false if that failed. Closes it. */
bool ikw_input_slurp(struct ikw_input *in, struct ikw_buf *out,
                     struct ikw_diags *ds);

#endif
