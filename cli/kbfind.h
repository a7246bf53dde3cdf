/* Where the knowledge base is. */
#ifndef IKW_CLI_KBFIND_H
#define IKW_CLI_KBFIND_H

#include "base/diag.h"

struct ikw_kb;
struct ikw_options;

/* The folder: `given` (--kb), IKEWHY_KB, beside the binary, in the share
 * folder of the binary's prefix, in the prefix it was built for. The first
 * that holds a knowledge base; a named one is not checked. */
void ikw_kb_find(const char *given, struct ikw_buf *dir);

/* The image that was built into the program; of no bytes if none was. */
struct ikw_slice ikw_kb_built_in(void);

/* Finds and loads, from the image if it is of the same files; NULL after
 * printing what is wrong. Caller frees. */
struct ikw_kb *ikw_kb_open(const struct ikw_options *o);

#endif
