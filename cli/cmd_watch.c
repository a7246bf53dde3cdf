/*
 * ikewhy watch: verdicts as the lines come. One process, one thread: it waits
 * for the kernel to say that a file grew, was renamed or made anew, reads
 * what there is, and looks what it decides as soon as it has caught up. While
 * lines keep coming it looks often enough to stay below a tenth of a second,
 * and rests in proportion to what a look costs.
 */
#include "cli/hosts.h"
#include "cli/kbfind.h"
#include "cli/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum {
    PIECES = 32,    /* read of one log before the others have their turn */
    LOOK_MS = 40,   /* lines wait no longer while more are coming */
    REST_MOST = 50, /* after a look */
    IDLE_MS = 1000, /* files that the kernel says nothing about (NFS) */
    FILES_MOST = 8, /* rotated files behind which memory is let go */
    FILES_KEPT = 3
};

struct watcher {
    const struct ikw_options *options;
    struct ikw_kb *kb;
    struct ikw_watch_log *logs;
    size_t n;
    int signals, notify;
    bool stop, ended, failed;
};

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- telling --------------------------------------------------------------
 */

static void tell(struct watcher *wr, struct ikw_watch_log *w, json_t *changes)
{
    size_t i;
    json_t *c;
    json_array_foreach(changes, i, c)
    {
        if (!ikw_watch_tell(w, c)) {
            wr->failed = true;
            return;
        }
        ikw_watch_note(w, c);
    }
}

static void look(struct watcher *wr, struct ikw_watch_log *w)
{
    int64_t begun = now_ms();
    json_t *changes = ikw_watch_judge(w);
    if (!changes) {
        wr->failed = true;
        return;
    }
    tell(wr, w, changes);
    if (!wr->failed && json_array_size(changes))
        wr->failed = !ikw_watch_save(w);
    json_decref(changes);
    int64_t now = now_ms(), rest = 2 * (now - begun);
    w->quiet_ms = now + (rest < REST_MOST ? rest : REST_MOST);
}

static void mark(struct watcher *wr, struct ikw_watch_log *w)
{
    json_t *o = ikw_jsonl_event("mark", NULL, wr->options->host);
    json_t *change = json_object();
    ikw_json_text(o, "log", w->path);
    json_object_set_new(o, "lines", json_integer((json_int_t)w->lines));
    json_object_set_new(change, "event", o);
    if (wr->options->jsonl && !ikw_watch_tell(w, change))
        wr->failed = true;
    json_decref(change);
}

/* ---- reading --------------------------------------------------------------
 */

/* With --every: as many lines at a time, and a look after each. */
static void take_by_count(struct watcher *wr, struct ikw_watch_log *w,
                          struct ikw_slice run)
{
    while (run.len && !wr->failed) {
        uint64_t want = wr->options->every - w->lines % wr->options->every;
        const char *p = run.ptr, *end = run.ptr + run.len;
        for (; want && p < end; want--) {
            const char *nl = memchr(p, '\n', (size_t)(end - p));
            p = nl ? nl + 1 : end;
        }
        size_t len = (size_t)(p - run.ptr);
        ikw_watch_lines(w, ikw_slice_sub(run, 0, len));
        run = ikw_slice_sub(run, len, run.len);
        if (w->lines % wr->options->every == 0) {
            look(wr, w);
            mark(wr, w);
        }
    }
}

static void take(struct watcher *wr, struct ikw_watch_log *w,
                 struct ikw_slice run, int64_t now)
{
    if (!w->open)
        ikw_watch_file(w, w->path);
    if (wr->options->every)
        take_by_count(wr, w, run);
    else
        ikw_watch_lines(w, run);
    if (w->lines > w->judged && !w->waiting_ms)
        w->waiting_ms = now;
}

/* What changes the file itself is seen on it, what happens to its name on the
 * folder. */
static void listen_to(const struct watcher *wr, const struct ikw_watch_log *w)
{
    char fd[40];
    const char *slash = strrchr(w->path, '/');
    struct ikw_buf dir = { 0 };
    ikw_buf_add(&dir, slash ? w->path : ".",
                slash ? (size_t)(slash - w->path) + 1 : 1);
    inotify_add_watch(wr->notify, dir.ptr,
                      IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);
    ikw_buf_release(&dir);
    if (w->follow.fd < 0)
        return;
    snprintf(fd, sizeof fd, "/proc/self/fd/%d", w->follow.fd);
    inotify_add_watch(wr->notify, fd, IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF);
}

/* Weeks of rotated files: begin again with the last few of them. */
static void let_go(struct watcher *wr, struct ikw_watch_log *w)
{
    ikw_watch_prune(w, FILES_KEPT);
    if (!ikw_watch_renew(w)) {
        wr->failed = true;
        return;
    }
    ikw_watch_replay(w);
}

static void begin_file(struct watcher *wr, struct ikw_watch_log *w)
{
    if (w->session.ninputs >= FILES_MOST)
        let_go(wr, w);
    ikw_watch_file(w, w->path);
    ikw_watch_mark(w, true);
    listen_to(wr, w);
}

static void complain_once(struct ikw_watch_log *w)
{
    if (!w->complained)
        ikw_complain("%s: cannot read: %s", w->path, strerror(errno));
    w->complained = true;
}

/* True if there may be more at once. */
static bool read_log(struct watcher *wr, struct ikw_watch_log *w)
{
    for (int i = 0; i < PIECES && !wr->failed; i++) {
        struct ikw_slice run;
        int64_t now = now_ms();
        switch (ikw_follow_next(&w->follow, now, &run)) {
        case IKW_FOLLOW_LINES:
            take(wr, w, run, now);
            ikw_watch_mark(w, false);
            break;
        case IKW_FOLLOW_FILE:
            w->complained = false;
            begin_file(wr, w);
            break;
        case IKW_FOLLOW_END:
            run = ikw_follow_rest(&w->follow);
            if (run.len)
                take(wr, w, run, now);
            wr->ended = w->caught_up = true;
            return false;
        case IKW_FOLLOW_ERROR:
            complain_once(w);
            if (w->follow.fd < 0 && errno != EACCES)
                wr->failed = true;
            return false;
        case IKW_FOLLOW_NONE:
            w->caught_up = true;
            return false;
        }
    }
    return true;
}

/* ---- the loop -------------------------------------------------------------
 */

static bool is_due(const struct ikw_watch_log *w, int64_t now, bool more)
{
    if (w->lines == w->judged || !w->caught_up || now < w->quiet_ms)
        return false;
    return !more || now - w->waiting_ms >= LOOK_MS;
}

static int turn(struct watcher *wr)
{
    int wait = IDLE_MS;
    for (size_t i = 0; i < wr->n && !wr->failed; i++) {
        struct ikw_watch_log *w = &wr->logs[i];
        bool more = read_log(wr, w);
        if (!wr->failed && is_due(w, now_ms(), more))
            look(wr, w);
        int64_t left = w->quiet_ms - now_ms();
        if (more)
            wait = 0;
        else if (w->lines > w->judged && left < wait)
            wait = left > 0 ? (int)left : 0;
    }
    return wr->ended ? 0 : wait;
}

static void drain(int fd)
{
    char events[4096];
    while (read(fd, events, sizeof events) > 0)
        continue;
}

static void wait_for(struct watcher *wr, int timeout_ms)
{
    bool piped = !strcmp(wr->logs[0].path, "-");
    struct pollfd p[] = { { wr->signals, POLLIN, 0 },
                          { wr->notify, POLLIN, 0 },
                          { piped ? STDIN_FILENO : -1, POLLIN, 0 } };
    poll(p, 3, timeout_ms);
    wr->stop = wr->stop || (p[0].revents & POLLIN);
    if (p[1].revents & POLLIN)
        drain(wr->notify);
}

/* What came is judged before the end, and kept. */
static void finish(struct watcher *wr)
{
    for (size_t i = 0; i < wr->n && !wr->failed; i++) {
        struct ikw_watch_log *w = &wr->logs[i];
        if (w->lines > w->judged || !w->outcome)
            look(wr, w);
        if (wr->options->every && !wr->failed)
            mark(wr, w);
        if (!wr->failed && !ikw_watch_save(w))
            wr->failed = true;
    }
}

static bool open_logs(struct watcher *wr)
{
    static const char *standard_input[] = { "-" };
    const struct ikw_options *o = wr->options;
    const char **files = o->nfiles ? o->files : standard_input;
    size_t n = o->nfiles ? o->nfiles : 1;
    wr->logs = ikw_xcalloc(n, sizeof *wr->logs);
    for (size_t i = 0; i < n; i++) {
        struct ikw_watch_log *w = &wr->logs[wr->n++];
        if (n > 1 && !strcmp(files[i], "-")) {
            ikw_complain("standard input is watched alone");
            return false;
        }
        if (!ikw_watch_open(w, o, files[i], wr->kb) || !ikw_watch_restore(w))
            return false;
        ikw_watch_replay(w);
        listen_to(wr, w);
    }
    return true;
}

static bool open_kernel(struct watcher *wr)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    wr->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    wr->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (wr->signals >= 0)
        return true;
    ikw_complain("cannot wait for signals: %s", strerror(errno));
    return false;
}

static int status_of(const struct watcher *wr)
{
    static const char *const words[] = { "healthy", "fault" };
    int status = IKW_EXIT_HEALTHY;
    if (wr->failed)
        return IKW_EXIT_ERROR;
    for (size_t i = 0; i < wr->n && wr->ended; i++) {
        const char *word = ikw_json_word(wr->logs[i].outcome, "outcome");
        int one = !strcmp(word, words[0])   ? IKW_EXIT_HEALTHY
                  : !strcmp(word, words[1]) ? IKW_EXIT_FAULT
                                            : IKW_EXIT_UNDECIDED;
        status = ikw_worse_exit(status, one);
    }
    return status;
}

int ikw_cmd_watch(const struct ikw_options *o)
{
    struct watcher wr = { .options = o, .signals = -1, .notify = -1 };
    wr.kb = ikw_kb_open(o);
    if (!wr.kb || !open_kernel(&wr) || !open_logs(&wr))
        wr.failed = true;
    while (!wr.failed && !wr.stop && !wr.ended)
        wait_for(&wr, turn(&wr));
    if (!wr.failed)
        finish(&wr);
    int status = status_of(&wr);
    for (size_t i = 0; i < wr.n; i++)
        ikw_watch_close(&wr.logs[i]);
    free(wr.logs);
    if (wr.signals >= 0)
        close(wr.signals);
    if (wr.notify >= 0)
        close(wr.notify);
    ikw_kb_free(wr.kb);
    return status;
}
