/*
 * The configurations of a run: read from files, with what they include, and
 * turned into facts of each tunnel. Their files are numbered after the logs.
 */
#ifndef IKW_CLI_CONFIGS_H
#define IKW_CLI_CONFIGS_H

#include "cli/cli.h"
#include "facts/config/emit.h"

struct ikw_configs_file {
    char *name;
    enum ikw_source source;
    enum ikw_conf_kind kind;
    struct ikw_buf text; /* until all is read */
};

struct ikw_configs {
    struct ikw_config local;
    struct ikw_config **peers; /* gateways that may be the other */
    size_t npeers, peers_cap;
    struct ikw_configs_file *files;
    size_t nfiles, files_cap;
    unsigned first; /* number of files[0] */
    bool given;
};

/* Reads the files of both sides that the options name. Of the peer's, a file
 * with sections for IKE begins another gateway where the one before has some
 * already, unless two gateways are compared. False with diagnostics if a file
 * cannot be read or is no configuration. */
bool ikw_configs_read(struct ikw_configs *cs, const struct ikw_options *o,
                      unsigned first, struct ikw_diags *ds);
void ikw_configs_release(struct ikw_configs *cs);
/* Adds the facts to the set of a tunnel. */
void ikw_configs_apply(const struct ikw_configs *cs, struct ikw_fact_set *fs);
/* A whole file, plain or compressed, of a size that a configuration may have.
 * False with a diagnostic if it cannot be read. */
bool ikw_configs_slurp(const char *path, struct ikw_buf *out,
                       struct ikw_diags *ds);
struct ikw_verdict;
/* Where the verdict rests on configurations: their lines that must agree.
 * Appends nothing if there is none. */
void ikw_configs_lines(const struct ikw_configs *cs,
                       const struct ikw_verdict *v, struct ikw_buf *out);
/* NULL if that number is not one of a configuration. */
const struct ikw_configs_file *ikw_configs_file(const struct ikw_configs *cs,
                                                unsigned file);

#endif
