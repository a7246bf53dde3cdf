/* Which logs `kb coverage` reads: alone, and two by two. */
#ifndef IKW_CLI_COVERAGE_H
#define IKW_CLI_COVERAGE_H

#include "cli/cli.h"

enum { IKW_TRIAL_CONFIGS = 3 };

struct ikw_trial {
    char *log, *peer; /* peer: NULL if read alone. log: NULL on paper */
    char *facts;      /* printed ones, instead of a log */
    const char *configs[IKW_TRIAL_CONFIGS], *peer_configs[IKW_TRIAL_CONFIGS];
    size_t nconfigs, npeer_configs; /* all owned */
};

struct ikw_trials {
    struct ikw_trial *v;
    size_t n, cap;
};

/* All logs of a file or folder, at most a few folders deep. Pairs are those
 * of an INDEX.tsv, X.log with X.peer.log, and our.log or input.log with
 * peer.log. Where SIDE.racoon.conf, .setkey.conf or .tmsh.conf stand beside
 * SIDE.*, all is read once more with them and those of the other side, and
 * the configurations of both without a log. X.facts is what `facts` printed.
 * False, with a message, if it cannot be read. */
bool ikw_trials_add(struct ikw_trials *t, const char *path);
/* Quick ones first: by size. */
void ikw_trials_sort(struct ikw_trials *t);
void ikw_trials_release(struct ikw_trials *t);

/* ikewhy kb coverage [PATH...] */
int ikw_kb_coverage(const struct ikw_options *o);

#endif
