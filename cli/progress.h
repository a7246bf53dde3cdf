/*
 * A bar with rate and time left on standard error: only if that is a
 * terminal, and only once the reading has taken a second.
 */
#ifndef IKW_CLI_PROGRESS_H
#define IKW_CLI_PROGRESS_H

#include "facts/input/source.h"

struct ikw_progress {
    bool on, drawn;
    uint64_t total, done; /* octets; total 0: unknown */
    int64_t begun_ms, drawn_ms;
};

/* What is to be read; sizes are known of plain files only. */
void ikw_progress_begin(struct ikw_progress *p,
                        const struct ikw_log_sources *ss);
/* `arg` is the progress: fits struct ikw_input_opts. */
void ikw_progress_tick(void *arg, size_t octets);
/* Takes the bar away. */
void ikw_progress_end(struct ikw_progress *p);
/* The bar in words. `after_ms`: since the beginning. For tests. */
void ikw_progress_words(const struct ikw_progress *p, int64_t after_ms,
                        struct ikw_buf *out);

#endif
