/*
 * Least privilege: what the process will not need it gives away before it
 * reads a byte of a log (docs/adr/0004-confined-by-seccomp.md).
 */
#ifndef IKW_CLI_CONFINE_H
#define IKW_CLI_CONFINE_H

#include "cli/cli.h"

/* Sets of system calls (syscalls.def); each has those of READ. */
enum ikw_confinement {
    IKW_CONFINE_READ = 1,  /* files are opened for reading only */
    IKW_CONFINE_WRITE = 2, /* and for writing */
    IKW_CONFINE_FOLLOW = 4 /* and fork, inotify */
};

/* What the command needs: a set of the above. */
unsigned ikw_confine_needs(const struct ikw_options *o);
/* No new privileges, and from now on no system call but those of the sets.
 * Cannot be undone. False, with errno, if the kernel does not do it; true
 * where the program was built without (ikw_confine_built). */
bool ikw_confine(unsigned sets);
/* For --version: how it was built, a static text. */
const char *ikw_confine_built(void);
/* Confines the process as the command needs, unless IKEWHY_CONFINE=no.
 * False, with a message, if it cannot and IKEWHY_CONFINE=must. */
bool ikw_confine_for(const struct ikw_options *o);

#endif
