/*
 * The captures of a run: read from files, and turned into facts of each
 * tunnel. Their files are numbered after logs and configurations.
 */
#ifndef IKW_CLI_CAPTURES_H
#define IKW_CLI_CAPTURES_H

#include "cli/cli.h"
#include "facts/wire/join.h"

struct ikw_captures_file {
    const char *name; /* borrowed of the options */
    enum ikw_source source;
    struct ikw_wire *wire;
    struct ikw_wire_join *join;
};

struct ikw_captures {
    struct ikw_captures_file *files;
    size_t nfiles;
    unsigned first; /* number of files[0] */
};

/* Reads those that the options name. False with diagnostics if one cannot be
 * read or is none. */
bool ikw_captures_read(struct ikw_captures *cs, const struct ikw_options *o,
                       unsigned first, struct ikw_diags *ds);
void ikw_captures_release(struct ikw_captures *cs);
/* Adds the facts to the set of a tunnel. */
void ikw_captures_apply(const struct ikw_captures *cs, struct ikw_fact_set *fs);
/* Says on stderr how each fits the logs, once all sets were given facts. */
void ikw_captures_tell(const struct ikw_captures *cs);
/* NULL if that number is not one of a capture. */
const struct ikw_captures_file *ikw_captures_file(const struct ikw_captures *cs,
                                                  unsigned file);

#endif
