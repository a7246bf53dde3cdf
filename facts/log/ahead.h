/*
 * Bytes that a thread of its own makes ahead of whoever takes them, through a
 * ring of a few buffers: unpacking beside reading.
 */
#ifndef IKW_FACTS_LOG_AHEAD_H
#define IKW_FACTS_LOG_AHEAD_H

#include <stddef.h>
#include <sys/types.h>

/* Up to `room` bytes; 0 at the end, -1 on an error. Adds to `octets` what it
 * took to make them. Called in the thread alone, and not again after either. */
typedef ssize_t (*ikw_make_fn)(void *arg, char *to, size_t room,
                               size_t *octets);

struct ikw_ahead;

/* Until ikw_ahead_stop everything that `make` touches is the thread's; after
 * its end or error was taken it may be read. NULL, and nothing was made, if no
 * thread can be had. */
struct ikw_ahead *ikw_ahead_start(ikw_make_fn make, void *arg);
/* An ikw_make_fn over what the thread makes; waits for it. */
ssize_t ikw_ahead_take(void *ahead, char *to, size_t room, size_t *octets);
/* Ends the thread, at the latest when its call of `make` returns. */
void ikw_ahead_stop(struct ikw_ahead *a);

#endif
