/*
 * Watching logs. Each log is followed and tracked by itself. To know what the
 * lines so far decide, the process forks: the child ends the log there and
 * then, as diagnose would, and tells what has changed; the parent goes on
 * with a log that has not ended. So both agree by construction.
 */
#ifndef IKW_CLI_WATCH_H
#define IKW_CLI_WATCH_H

#include "cli/follow.h"
#include "cli/jsonl.h"

struct ikw_watch_log {
    const char *path;
    const struct ikw_options *options;
    struct ikw_follow follow;
    struct ikw_session session;
    struct ikw_live *live;
    size_t inputs_cap;
    struct ikw_envelope_reader *envelope; /* NULL: the form is not decided */
    struct ikw_buf head;                  /* lines of this file until then */
    uint32_t line;      /* of this file, given to the tracker */
    uint64_t lines;     /* of all files */
    uint64_t judged;    /* of these, at the last look */
    int64_t from_ms;    /* first stamp of the files at hand */
    bool open;          /* a file was begun */
    bool caught_up;     /* all that was there at the start was read */
    bool complained;    /* that it cannot be read */
    int64_t waiting_ms; /* since when lines wait to be judged; 0: none */
    int64_t quiet_ms;   /* not before then */
    json_t *known;      /* id -> digest of the verdict last told */
    json_t *outcome;    /* last told; NULL: none */
    json_t *told;       /* diagnostics */
    json_t *marks;      /* of the files read, oldest first */
};

/* ---- watch_log.c --------------------------------------------------------- */

/* `kb` is borrowed. False after a message. */
bool ikw_watch_open(struct ikw_watch_log *w, const struct ikw_options *o,
                    const char *path, struct ikw_kb *kb);
void ikw_watch_close(struct ikw_watch_log *w);
/* All that was read is forgotten, but not what was told. */
bool ikw_watch_renew(struct ikw_watch_log *w);
/* A file begins. */
void ikw_watch_file(struct ikw_watch_log *w, const char *name);
/* Whole lines of it. */
void ikw_watch_lines(struct ikw_watch_log *w, struct ikw_slice run);
/* A whole file, in place of what can be followed. False: damaged. */
bool ikw_watch_whole(struct ikw_watch_log *w, const char *name,
                     struct ikw_input *in);
/* What the lines so far decide, as against what is known: a list of objects
 * {"event": ..., "digest": ...}. NULL after a message. */
json_t *ikw_watch_judge(struct ikw_watch_log *w);

/* ---- watch_diff.c -------------------------------------------------------- */

/* Of the report of the session against what is known. */
json_t *ikw_watch_diff(const struct ikw_watch_log *w);
/* Whether the digest is of a time before the files at hand. */
bool ikw_watch_is_history(const struct ikw_watch_log *w, const json_t *gone);
/* Notes in w->known and w->outcome what was told. */
void ikw_watch_note(struct ikw_watch_log *w, const json_t *change);

/* ---- watch_text.c -------------------------------------------------------- */

/* What is to be told, to standard output: a line of JSON, or words for a
 * person, who is spared what is only another of the same. False, with a
 * message, if it did not get out. */
bool ikw_watch_tell(const struct ikw_watch_log *w, const json_t *change);

/* ---- watch_state.c ------------------------------------------------------- */

/* Reads what was told before, from the folder of --state. False after a
 * message. */
bool ikw_watch_restore(struct ikw_watch_log *w);
/* Writes it. False after a message. */
bool ikw_watch_save(const struct ikw_watch_log *w);
/* Reads those rotated files again whose marks are known, and what came after
 * them, up to the file that is followed. */
void ikw_watch_replay(struct ikw_watch_log *w);
/* Notes the mark of the file that is followed. `begins`: it is another. */
void ikw_watch_mark(struct ikw_watch_log *w, bool begins);
/* Forgets what was told of times before the files at hand, and the marks of
 * all but the last `keep` files. */
void ikw_watch_prune(struct ikw_watch_log *w, size_t keep);

#endif
