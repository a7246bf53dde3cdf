/*
 * One run over logs: knowledge, inputs, report. The renderers take a session
 * and know nothing of how it came about.
 */
#ifndef IKW_CLI_SESSION_H
#define IKW_CLI_SESSION_H

#include "cli/cli.h"
#include "cli/captures.h"
#include "cli/configs.h"
#include "cli/elsewhere.h"
#include "facts/input/source.h"
#include "cli/drop.h"
#include "inference/inquiry.h"

/* Callbacks of a run; each may be NULL. `file` is the input in hand. */
struct ikw_session_hooks {
    void *arg;
    void (*set)(void *arg, struct ikw_fact_set *fs);
    void (*unrecognised)(void *arg, unsigned file, const struct ikw_line *line);
    /* an error that is recognised but is no fact */
    void (*silent)(void *arg, const struct ikw_evidence *line);
    /* a packet that the log dumps */
    void (*packet)(void *arg, const struct ikw_dump *packet);
};

struct ikw_session {
    struct ikw_kb *kb;
    bool kb_borrowed;
    struct ikw_log_sources sources; /* to be read, in order */
    size_t nlocal;                  /* of these; the others are the peer's */
    bool damaged; /* some could not be read to their end: exit status 2 */
    struct ikw_log_summary *inputs; /* one a file; strings in `arena` */
    size_t ninputs;
    const char *envelope; /* forced; NULL: detected */
    struct ikw_configs configs;
    struct ikw_captures captures;
    struct ikw_elsewhere elsewhere;
    bool year_given;
    bool from_facts;                    /* inputs have names only */
    struct ikw_report_opts report_opts; /* set before diagnosing */
    bool keep_sets;                     /* likewise: fill `dossier` */
    const struct ikw_drops *drops;      /* likewise: lines to leave out */
    struct ikw_report *report;          /* NULL until ikw_session_diagnose */
    struct ikw_dossier *dossier;        /* NULL unless asked for */
    struct ikw_arena arena;
    struct ikw_diags diags;
};

/* Loads the knowledge base, checks the options that name things of it, looks
 * at the logs, reads configurations and captures. False after printing what is
 * wrong; release in any case. */
bool ikw_session_open(struct ikw_session *s, const struct ikw_options *o);
/* The same with a knowledge base that stays the caller's. */
bool ikw_session_open_with(struct ikw_session *s, const struct ikw_options *o,
                           struct ikw_kb *kb);
/* Without any log: whoever calls brings the lines. Configurations number their
 * files from `configs_first`. */
bool ikw_session_begin(struct ikw_session *s, const struct ikw_options *o,
                       struct ikw_kb *kb, unsigned configs_first);
/* Reads all logs. False if one could not be read; of one that is damaged on
 * the way the rest is left out. */
bool ikw_session_read(struct ikw_session *s, const struct ikw_options *o,
                      const struct ikw_session_hooks *hooks);
/* The same, with the sets of two sides joined, and their fit said on stderr. */
bool ikw_session_read_joined(struct ikw_session *s, const struct ikw_options *o,
                             const struct ikw_session_hooks *hooks);
/* Reads logs, or a facts file, and reasons: fills `report`. */
bool ikw_session_diagnose(struct ikw_session *s, const struct ikw_options *o);

/* A log that grows: for `watch`. Whoever feeds the tracker counts the inputs
 * (session.inputs, .ninputs). End makes the report, once. */
struct ikw_live;
struct ikw_live *ikw_live_new(struct ikw_session *s);
struct ikw_tracker *ikw_live_tracker(const struct ikw_live *l);
void ikw_live_end(struct ikw_live *l);
void ikw_live_free(struct ikw_live *l); /* without a report, if none was made */

/* Prints the diagnostics on stderr and frees everything. */
void ikw_session_close(struct ikw_session *s);

/* Adds what configurations and captures say to the set of a tunnel. */
void ikw_session_apply(const struct ikw_session *s, struct ikw_fact_set *fs);

/* How many files there are: logs, configurations, captures. */
size_t ikw_session_files(const struct ikw_session *s);
/* Name of file number `file`, "" if there is no such. */
const char *ikw_session_file(const struct ikw_session *s, unsigned file);
/* Without its folder; of a member of an archive, with the archive's name. */
const char *ikw_session_base(const struct ikw_session *s, unsigned file);

#endif
