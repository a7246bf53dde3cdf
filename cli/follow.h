/*
 * Following a file by name, as it grows, is renamed and made anew, or is
 * truncated: runs of whole lines, and where another file begins. Standard
 * input ("-") is followed to its end.
 */
#ifndef IKW_CLI_FOLLOW_H
#define IKW_CLI_FOLLOW_H

#include "base/slice.h"

#include <sys/types.h>

enum { IKW_MARK_BYTES = 64 };

/* What tells one file from the next that has its name. */
struct ikw_file_mark {
    char bytes[IKW_MARK_BYTES]; /* the first of it */
    size_t len;
};

struct ikw_follow {
    const char *path; /* borrowed */
    int fd;           /* -1: not open */
    dev_t dev;
    ino_t ino;
    uint64_t at; /* octets read */
    struct ikw_file_mark mark;
    struct ikw_buf part; /* read, but not handed out */
    size_t done;         /* of it, handed out */
    bool begun, skipping, ended;
    size_t line_most;   /* octets; longer lines are cut */
    bool cut;           /* one was */
    int64_t renamed_ms; /* since when another file has the name; 0: not */
};

enum ikw_followed {
    IKW_FOLLOW_NONE,  /* nothing new */
    IKW_FOLLOW_LINES, /* a run of whole lines */
    IKW_FOLLOW_FILE,  /* another file begins: what follows is of that */
    IKW_FOLLOW_END,   /* of standard input */
    IKW_FOLLOW_ERROR  /* errno */
};

void ikw_follow_init(struct ikw_follow *f, const char *path, size_t line_most);
/* The next thing that happened. `now_ms` is of any clock that does not go
 * backwards. The run is borrowed until the next call. */
enum ikw_followed ikw_follow_next(struct ikw_follow *f, int64_t now_ms,
                                  struct ikw_slice *run);
/* What stands behind the last newline, once no more will come. */
struct ikw_slice ikw_follow_rest(struct ikw_follow *f);
void ikw_follow_release(struct ikw_follow *f);

#endif
