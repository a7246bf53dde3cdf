/*
 * What the reader shares with whoever opens archives: which kinds of
 * compression are taken, and how to get at the bytes.
 */
#ifndef IKW_FACTS_LOG_READER_H
#define IKW_FACTS_LOG_READER_H

#include "base/limits.h"

#include <sys/types.h>

struct archive; /* of libarchive */

/* Lets the archive, not yet open, undo gzip, bzip2, compress, lzma, xz, lz4
 * and zstd; never through another program. */
void ikw_input_filters(struct archive *a);
/* Up to `room` bytes of the entry that the archive stands on; 0 at its end, -1
 * where it is damaged. `block` is what is left of the last block: empty before
 * the first call, untouched between them. */
ssize_t ikw_archive_take(struct archive *a, struct ikw_slice *block, char *to,
                         size_t room);
/* archive_read_open, which goes on where there is no memory for `arg`. */
int ikw_archive_open(struct archive *a, void *arg,
                     ssize_t (*feed)(struct archive *a, void *arg,
                                     const void **out));
/* `in` octets gave `out`: more than any log would, or than is wanted. Notes
 * the limit. */
bool ikw_expands_too_much(struct ikw_limits *l, uint64_t in, uint64_t out);

#endif
