/*
 * The trainee's progress: a file of JSON lines that only grows. A line is
 * written whole, under a lock, and is on disk before the trainee sees the
 * answer. A line that a kill cut off is taken away by the next writer.
 */
#ifndef IKW_CLI_TRAIN_LOG_H
#define IKW_CLI_TRAIN_LOG_H

#include "base/diag.h"

#include <jansson.h>

/* $XDG_STATE_HOME/ikewhy/progress.jsonl, or below ~/.local/state. False,
 * with a message, if there is no place for it. */
bool ikw_train_path(struct ikw_buf *out);

/* Appends one event and frees it. False, with a message, if it is not on
 * disk. */
bool ikw_train_append(const char *path, json_t *event);

/* All events of a file in order, as a JSON array that the caller frees;
 * empty if there is no file. Lines that are no events are left out. */
json_t *ikw_train_read(const char *path);

/* One trainee's attempt at one case. */
struct ikw_attempt {
    const char *session, *user, *id, *subject; /* borrowed from the events */
    const json_t *close;                       /* NULL: not finished */
    int64_t opened, closed;                    /* seconds */
};
/* In order of their opening; caller frees the array. */
struct ikw_attempt *ikw_train_attempts(const json_t *events, size_t *n);

/* ---- repetition -------------------------------------------------------- */

/* What is known of one subject and one trainee. */
struct ikw_review {
    const char *subject;
    unsigned level; /* 0: failed last time */
    int64_t last, due;
    int score;
};
/* Of all subjects that `user` has finished; caller frees. */
struct ikw_review *ikw_train_reviews(const struct ikw_attempt *a, size_t n,
                                     const char *user, size_t *nout);

/* ---- report (train_report.c) ------------------------------------------- */

enum ikw_train_form { IKW_TRAIN_TEXT, IKW_TRAIN_CSV, IKW_TRAIN_HTML };
void ikw_train_report(const struct ikw_attempt *a, size_t n,
                      enum ikw_train_form form, struct ikw_buf *out);

#endif
