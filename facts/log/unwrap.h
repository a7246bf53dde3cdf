/*
 * Lines that a mail or forum program broke at its margin, made whole again.
 * A broken line is one whose text means nothing until the lines behind it,
 * which have no head of their own, are put to it.
 */
#ifndef IKW_FACTS_LOG_UNWRAP_H
#define IKW_FACTS_LOG_UNWRAP_H

#include "facts/log/log.h"

struct ikw_unwrap;

/* Borrows `kb` and `m`. Caller frees. */
struct ikw_unwrap *ikw_unwrap_new(const struct ikw_kb *kb,
                                  const struct ikw_matcher *m,
                                  const struct ikw_envelope_opts *opts);
void ikw_unwrap_free(struct ikw_unwrap *u);
/* Whether the head of a log (whole lines) has a broken line. To be asked
 * before the first line is given. */
bool ikw_unwrap_needed(struct ikw_unwrap *u, struct ikw_slice head);
/* Takes a physical line; calls `each` for those that are complete, in order,
 * with the number of their first piece. The slices are valid during the
 * call. */
typedef void (*ikw_unwrap_fn)(void *arg, uint32_t number,
                              struct ikw_slice line);
void ikw_unwrap_line(struct ikw_unwrap *u, uint32_t number,
                     struct ikw_slice line, ikw_unwrap_fn each, void *arg);
/* The end: gives out what is held back. */
void ikw_unwrap_end(struct ikw_unwrap *u, ikw_unwrap_fn each, void *arg);

#endif
