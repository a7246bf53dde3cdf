/*
 * A folder with the logs of many hosts: a folder a host, or files named after
 * it (gw1.log, gw1.log.1.gz, gw2.qkview).
 */
#ifndef IKW_CLI_HOSTS_H
#define IKW_CLI_HOSTS_H

#include "cli/session.h"

/* Diagnoses each host by itself, in the order of their names. Exit status: 2
 * if one could not be read, else 1 if one has a fault, else 3, else 0. */
int ikw_diagnose_hosts(const struct ikw_options *o, struct ikw_kb *kb);

/* cmd_diagnose.c: one host, or all logs of the options as one. */
int ikw_diagnose_with(const struct ikw_options *o, struct ikw_kb *kb);
int ikw_exit_of(enum ikw_outcome outcome);
/* The worse of two exit statuses. */
int ikw_worse_exit(int a, int b);

#endif
