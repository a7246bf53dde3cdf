#include "cli/train_log.h"

#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 1 << 16 };

/* ---- where ------------------------------------------------------------- */

/* Every folder above the last slash. */
static void make_folders(char *path)
{
    for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        mkdir(path, 0700);
        *p = '/';
    }
}

bool ikw_train_path(struct ikw_buf *out)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    ikw_buf_clear(out);
    if (state && *state == '/')
        ikw_buf_addf(out, "%s/ikewhy/progress.jsonl", state);
    else if (home && *home == '/')
        ikw_buf_addf(out, "%s/.local/state/ikewhy/progress.jsonl", home);
    if (!out->len) {
        ikw_complain("no place for the progress: neither XDG_STATE_HOME nor "
                     "HOME is set");
        return false;
    }
    make_folders(out->ptr);
    return true;
}

/* ---- writing ----------------------------------------------------------- */

static bool lock(int fd, short how)
{
    struct flock fl = { .l_type = how, .l_whence = SEEK_SET };
    int r;
    do
        r = fcntl(fd, F_SETLKW, &fl);
    while (r < 0 && errno == EINTR);
    return r == 0;
}

/* Cuts the file behind its last whole line. */
static bool mend(int fd)
{
    char tail[4096];
    off_t size = lseek(fd, 0, SEEK_END), end = size;
    while (end > 0) {
        size_t want = end > (off_t)sizeof tail ? sizeof tail : (size_t)end;
        ssize_t got = pread(fd, tail, want, end - (off_t)want);
        if (got != (ssize_t)want)
            return false;
        while (want && tail[want - 1] != '\n')
            want--, end--;
        if (want)
            break;
    }
    return end == size || ftruncate(fd, end) == 0;
}

static bool put(int fd, const char *s, size_t len)
{
    while (len) {
        ssize_t n = write(fd, s, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s += n;
        len -= (size_t)n;
    }
    return true;
}

static bool append(const char *path, const char *line, size_t len)
{
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool ok =
        lock(fd, F_WRLCK) && mend(fd) && put(fd, line, len) && fsync(fd) == 0;
    int error = errno;
    close(fd); /* and with it the lock */
    errno = error;
    return ok;
}

bool ikw_train_append(const char *path, json_t *event)
{
    struct ikw_buf line = { 0 };
    char *text = json_dumps(event, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(event);
    bool ok = text != NULL;
    if (ok) {
        ikw_buf_addf(&line, "%s\n", text);
        ok = line.len <= LINE_BYTES_MAX && append(path, line.ptr, line.len);
    }
    if (!ok)
        ikw_complain("cannot write %s: %s", path, strerror(errno));
    free(text);
    ikw_buf_release(&line);
    return ok;
}

/* ---- reading ----------------------------------------------------------- */

json_t *ikw_train_read(const char *path)
{
    json_t *all = json_array();
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t n; f && (n = getline(&line, &cap, f)) > 0;) {
        if (line[n - 1] != '\n' || n > LINE_BYTES_MAX)
            continue;
        json_t *event = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        if (json_is_object(event))
            json_array_append(all, event);
        json_decref(event);
    }
    free(line);
    if (f)
        fclose(f);
    return all;
}

static const char *word(const json_t *event, const char *key)
{
    const char *s = json_string_value(json_object_get(event, key));
    return s ? s : "";
}

static int64_t when(const json_t *event)
{
    return json_integer_value(json_object_get(event, "at"));
}

static struct ikw_attempt *find(struct ikw_attempt *a, size_t n,
                                const char *session)
{
    while (n)
        if (!strcmp(a[--n].session, session))
            return &a[n];
    return NULL;
}

struct ikw_attempt *ikw_train_attempts(const json_t *events, size_t *n)
{
    size_t count = json_array_size(events);
    struct ikw_attempt *a = ikw_xcalloc(count + 1, sizeof *a);
    *n = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *e = json_array_get(events, i);
        struct ikw_attempt *old = find(a, *n, word(e, "session"));
        if (!strcmp(word(e, "event"), "open") && !old)
            a[(*n)++] = (struct ikw_attempt){
                .session = word(e, "session"),
                .user = word(e, "user"),
                .id = word(e, "case"),
                .subject = word(e, "subject"),
                .opened = when(e),
            };
        else if (!strcmp(word(e, "event"), "close") && old) {
            old->close = e;
            old->closed = when(e);
        }
    }
    return a;
}

/* ---- repetition -------------------------------------------------------- */

enum { PASS = 70, DAY = 86400 };

static int64_t interval(unsigned level)
{
    static const int days[] = { 1, 1, 3, 7, 16, 35 };
    size_t most = sizeof days / sizeof days[0] - 1;
    return (int64_t)days[level < most ? level : most] * DAY;
}

static struct ikw_review *review_of(struct ikw_review *r, size_t *n,
                                    const char *subject)
{
    for (size_t i = 0; i < *n; i++)
        if (!strcmp(r[i].subject, subject))
            return &r[i];
    r[*n] = (struct ikw_review){ .subject = subject };
    return &r[(*n)++];
}

struct ikw_review *ikw_train_reviews(const struct ikw_attempt *a, size_t n,
                                     const char *user, size_t *nout)
{
    struct ikw_review *r = ikw_xcalloc(n + 1, sizeof *r);
    *nout = 0;
    for (size_t i = 0; i < n; i++) {
        if (!a[i].close || strcmp(a[i].user, user) != 0)
            continue;
        struct ikw_review *one = review_of(r, nout, a[i].subject);
        one->score =
            (int)json_integer_value(json_object_get(a[i].close, "score"));
        /* what is repeated before its day proves nothing about memory */
        one->level = one->score < PASS                      ? 0
                     : a[i].closed < one->due && one->level ? one->level
                                                            : one->level + 1;
        one->last = a[i].closed;
        one->due = one->last + interval(one->level);
    }
    return r;
}
