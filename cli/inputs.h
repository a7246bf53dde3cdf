/*
 * The names of the inputs at the head of printed facts, as comments, so that
 * evidence read back can name its files:
 *   # input local racoon.log
 */
#ifndef IKW_CLI_INPUTS_H
#define IKW_CLI_INPUTS_H

#include "cli/session.h"

/* Logs, configurations and captures, in the order of their indexes. */
void ikw_inputs_print(const struct ikw_session *s, struct ikw_buf *out);
/* Fills the session's inputs from the head of a facts file. */
void ikw_inputs_parse(struct ikw_session *s, struct ikw_slice text);

#endif
