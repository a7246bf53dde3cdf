/*
 * Where logs come from: files, standard input, and the logs inside of tar
 * archives (a BIG-IP's qkview or UCS), which are read in place. A list of
 * sources is filled from paths; rotated sets in it are put in order of time.
 */
#ifndef IKW_FACTS_INPUT_SOURCE_H
#define IKW_FACTS_INPUT_SOURCE_H

#include "facts/log/log.h"

enum { IKW_ARCHIVE_DEEPEST = 8 }; /* of archives in archives */

struct ikw_log_source {
    const char *path; /* as given */
    const char *name; /* for line references: the path, or path/member */
    /* Numbers of the entries, from 1, an archive in an archive each. */
    uint32_t at[IKW_ARCHIVE_DEEPEST];
    size_t depth; /* 0: no archive */
};

/* Strings live in the arena. All-zero is empty. */
struct ikw_log_sources {
    struct ikw_arena arena;
    struct ikw_log_source *v;
    size_t n, cap;
    const struct ikw_kb *kb;     /* set it first: tells logs by content */
    struct ikw_matcher *matcher; /* made when needed */
};

/* Adds the file, or those logs of an archive that hold a line of the daemon.
 * "-" and pipes are taken as they are and never opened here. False with a
 * diagnostic if the path cannot be read, or is an archive without a log or
 * damaged (the logs before the damage are added). */
bool ikw_log_sources_add(struct ikw_log_sources *ss, const char *path,
                         struct ikw_diags *ds);
/* Puts the rotated sets among v[from] and what follows in order, oldest
 * first; everything else stays where it is. */
void ikw_log_sources_order(struct ikw_log_sources *ss, size_t from);
void ikw_log_sources_release(struct ikw_log_sources *ss);

/* NULL with a diagnostic. Closing is ikw_input_close. */
struct ikw_input *ikw_log_source_open(const struct ikw_log_source *s,
                                      const struct ikw_input_opts *opts,
                                      struct ikw_diags *ds);
/* The same for the name of a source: a path, or path/member. */
struct ikw_input *ikw_log_open_named(const char *name, struct ikw_diags *ds);

/* Reads the input until a stamped line of the daemon comes, and closes it.
 * False if there is none. `first_ms`: the first stamp, IKW_NO_TIME if
 * there is none. */
bool ikw_log_looks(const struct ikw_kb *kb, const struct ikw_matcher *m,
                   struct ikw_input *in, int64_t *first_ms);

#endif
