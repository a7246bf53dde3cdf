#include "cli/follow.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 64 * 1024,
    GRACE_MS = 1000 /* the writer may still hold the renamed file */
};

void ikw_follow_init(struct ikw_follow *f, const char *path, size_t line_most)
{
    *f = (struct ikw_follow){ .path = path, .fd = -1, .line_most = line_most };
    if (!strcmp(path, "-"))
        f->fd = STDIN_FILENO;
}

static void forget_file(struct ikw_follow *f)
{
    if (f->fd > STDIN_FILENO)
        close(f->fd);
    f->fd = -1;
    f->at = 0;
    f->renamed_ms = 0;
    f->begun = f->skipping = false;
    f->mark.len = 0;
    ikw_buf_clear(&f->part);
    f->done = 0;
}

void ikw_follow_release(struct ikw_follow *f)
{
    forget_file(f);
    ikw_buf_release(&f->part);
}

/* ---- which file --------------------------------------------------------- */

static enum ikw_followed no_file(struct ikw_follow *f, int why)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    errno = why;
    return why == ENOENT ? IKW_FOLLOW_NONE : IKW_FOLLOW_ERROR;
}

static enum ikw_followed open_file(struct ikw_follow *f)
{
    struct stat st;
    f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (f->fd < 0 || fstat(f->fd, &st) < 0)
        return no_file(f, errno);
    if (!S_ISREG(st.st_mode))
        return no_file(f, S_ISDIR(st.st_mode) ? EISDIR : ESPIPE);
    f->dev = st.st_dev;
    f->ino = st.st_ino;
    return IKW_FOLLOW_FILE;
}

/* Shorter than what was read of it, or another beginning. */
static bool is_truncated(struct ikw_follow *f)
{
    struct stat st;
    char now[IKW_MARK_BYTES];
    if (fstat(f->fd, &st) < 0 || (uint64_t)st.st_size < f->at)
        return true;
    ssize_t n = pread(f->fd, now, sizeof now, 0);
    if (n < (ssize_t)f->mark.len ||
        (f->mark.len && memcmp(now, f->mark.bytes, f->mark.len) != 0))
        return true;
    return false;
}

/* Another file has the name, and what is written goes there. */
static bool is_replaced(struct ikw_follow *f, int64_t now_ms)
{
    struct stat st;
    if (stat(f->path, &st) < 0 ||
        (st.st_dev == f->dev && st.st_ino == f->ino)) {
        f->renamed_ms = 0;
        return false;
    }
    if (!f->renamed_ms)
        f->renamed_ms = now_ms;
    return st.st_size > 0 || now_ms - f->renamed_ms > GRACE_MS;
}

/* ---- its lines ---------------------------------------------------------- */

static void shift(struct ikw_follow *f)
{
    if (!f->done)
        return;
    f->part.len -= f->done;
    memmove(f->part.ptr, f->part.ptr + f->done, f->part.len);
    f->done = 0;
}

/* A log truncated under its writer begins with a hole. */
static void drop_hole(struct ikw_follow *f)
{
    size_t n = 0;
    while (n < f->part.len && f->part.ptr[n] == '\0')
        n++;
    if (f->part.len - n >= 3 && !memcmp(f->part.ptr + n, "\xef\xbb\xbf", 3))
        n += 3;
    f->done = n;
    shift(f);
    f->begun = f->part.len > 0;
}

static bool take_run(struct ikw_follow *f, struct ikw_slice *run)
{
    const char *p = f->part.ptr, *nl = NULL;
    for (size_t n = f->part.len; n && !nl; n--)
        if (p[n - 1] == '\n')
            nl = p + n - 1;
    if (f->skipping) { /* the rest of a line that was cut */
        const char *first = nl ? memchr(p, '\n', f->part.len) : NULL;
        f->done = first ? (size_t)(first - p) + 1 : f->part.len;
        f->skipping = !first;
        shift(f);
        return !f->skipping && take_run(f, run);
    }
    size_t len = nl ? (size_t)(nl - p) + 1 : 0;
    if (!len && f->part.len > f->line_most) {
        len = f->line_most;
        f->cut = true;
        f->skipping = true;
    }
    *run = (struct ikw_slice){ p, len };
    f->done = len;
    return len > 0;
}

/* It holds what was read first. */
static void add_mark(struct ikw_file_mark *m, const char *bytes, size_t len)
{
    size_t room = sizeof m->bytes - m->len;
    memcpy(m->bytes + m->len, bytes, len < room ? len : room);
    m->len += len < room ? len : room;
}

static bool pipe_is_silent(const struct ikw_follow *f)
{
    struct pollfd p = { f->fd, POLLIN, 0 };
    return f->fd == STDIN_FILENO && poll(&p, 1, 0) == 0;
}

/* Octets read; 0: none now; -1: errno. */
static ssize_t read_more(struct ikw_follow *f)
{
    char piece[PIECE];
    ssize_t n;
    if (pipe_is_silent(f))
        return 0;
    do
        n = read(f->fd, piece, sizeof piece);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        return 0;
    if (n <= 0) {
        f->ended = n == 0 && f->fd == STDIN_FILENO;
        return n;
    }
    ikw_buf_add(&f->part, piece, (size_t)n);
    add_mark(&f->mark, piece, (size_t)n);
    f->at += (uint64_t)n;
    if (!f->begun)
        drop_hole(f);
    return n;
}

enum ikw_followed ikw_follow_next(struct ikw_follow *f, int64_t now_ms,
                                  struct ikw_slice *run)
{
    bool piped = f->fd == STDIN_FILENO;
    shift(f);
    if (f->fd < 0)
        return open_file(f);
    if (!piped && is_truncated(f)) {
        f->ended = true; /* of this file */
    } else {
        ssize_t n;
        while ((n = read_more(f)) > 0)
            if (take_run(f, run))
                return IKW_FOLLOW_LINES;
        if (n < 0)
            return IKW_FOLLOW_ERROR;
        if (piped)
            return f->ended ? IKW_FOLLOW_END : IKW_FOLLOW_NONE;
        if (!is_replaced(f, now_ms) || read_more(f) > 0)
            return take_run(f, run) ? IKW_FOLLOW_LINES : IKW_FOLLOW_NONE;
        f->ended = true;
    }
    *run = ikw_follow_rest(f);
    if (run->len) /* first the last line of the old one */
        return IKW_FOLLOW_LINES;
    forget_file(f);
    f->ended = false;
    return open_file(f);
}

struct ikw_slice ikw_follow_rest(struct ikw_follow *f)
{
    shift(f);
    if (f->skipping)
        ikw_buf_clear(&f->part);
    f->done = f->part.len;
    return (struct ikw_slice){ f->part.ptr, f->part.len };
}
