/*
 * The command line: options, and what all subcommands share. The only layer
 * that prints, exits and reads the environment.
 */
#ifndef IKW_CLI_CLI_H
#define IKW_CLI_CLI_H

#include "base/diag.h"
#include "cli/term.h"

#include <stdio.h>

enum ikw_exit {
    IKW_EXIT_HEALTHY = 0,
    IKW_EXIT_FAULT = 1,
    IKW_EXIT_ERROR = 2,
    IKW_EXIT_UNDECIDED = 3
};

enum ikw_cmd_id {
#define IKW_CMD(name, id, function, args, summary, help) IKW_CMD_##id,
#include "cli/cmd.def"
#undef IKW_CMD
    IKW_CMD_COUNT
};

struct ikw_options {
    enum ikw_cmd_id command;
    bool json, html, jsonl, brief, unrecognised, help;
    bool by_host;
    const char *host;  /* NULL: not given */
    const char *state; /* folder; NULL: none */
    unsigned every;    /* lines; 0: by time */
    bool all, bill, ladder;
    unsigned depth, verdict; /* 0: not given */
    enum ikw_colour_when colour;
    const char *kb, *facts, *envelope, *dialect, *cases;
    const char *pcap;   /* capture file to write; NULL: none */
    int report_form;    /* of train report */
    int year;           /* 0: not given */
    unsigned tunnel;    /* of case new; 0: not given */
    bool tap;           /* case check: as TAP */
    const char *junit;  /* case check: file; NULL: none */
    int64_t seed;       /* -1: not given */
    const char **files; /* as given; never empty for logs: "-" */
    size_t nfiles;
    const char **peer_logs;
    size_t npeer_logs;
    const char *rather_than;
    const char **drops, **assumes;
    size_t ndrops, nassumes;
    const char **configs, **peer_configs;
    size_t nconfigs, npeer_configs;
    const char **captures, **peer_captures;
    size_t ncaptures, npeer_captures;
    struct ikw_limits limits;
    size_t split; /* files before a "--"; SIZE_MAX: there is none */
};

/* Parses what follows the command's name. False, with a message on stderr,
 * if it makes no sense. Borrows argv; release frees the lists. */
bool ikw_options_parse(struct ikw_options *o, enum ikw_cmd_id command, int argc,
                       char **argv);
void ikw_options_release(struct ikw_options *o);
/* Help of all commands, or of one. */
void ikw_help_all(FILE *to);
void ikw_help_command(FILE *to, enum ikw_cmd_id command);
void ikw_help_limits(FILE *to);
/* True if there is a subcommand of that name, with its id. */
bool ikw_command_find(const char *name, enum ikw_cmd_id *id);

/* The tables themselves. `commands` has the bit 1 << id of each command that
 * takes the option; `arg` is NULL if it takes no value. */
struct ikw_option_row {
    const char *name, *arg;
    unsigned commands;
    const char *help;
};
bool ikw_option_get(size_t i, struct ikw_option_row *out);
const char *ikw_command_name(enum ikw_cmd_id id);
const char *ikw_command_args(enum ikw_cmd_id id);
const char *ikw_command_summary(enum ikw_cmd_id id);

/* The subcommands: exit status. */
int ikw_cmd_completion(const struct ikw_options *o);
int ikw_cmd_diagnose(const struct ikw_options *o);
int ikw_cmd_watch(const struct ikw_options *o);
int ikw_cmd_merge(const struct ikw_options *o);
int ikw_cmd_how(const struct ikw_options *o);
int ikw_cmd_why(const struct ikw_options *o);
int ikw_cmd_whynot(const struct ikw_options *o);
int ikw_cmd_whatif(const struct ikw_options *o);
int ikw_cmd_explain(const struct ikw_options *o);
int ikw_cmd_packets(const struct ikw_options *o);
int ikw_cmd_facts(const struct ikw_options *o);
int ikw_cmd_compare(const struct ikw_options *o);
int ikw_cmd_kb(const struct ikw_options *o);
int ikw_cmd_case(const struct ikw_options *o);
int ikw_cmd_train(const struct ikw_options *o);
int ikw_cmd_redact(const struct ikw_options *o);

/* One line on stderr, escaped, after "ikewhy: ". */
void ikw_complain(const char *fmt, ...) IKW_PRINTF(1, 2);
/* Sorted, without duplicates, escaped, one a line; with what limits cut. */
void ikw_print_diags(FILE *to, struct ikw_diags *ds);
/* Writes and flushes; false, with a message, if the bytes did not get out. */
bool ikw_write_out(const char *bytes, size_t len);

#endif
