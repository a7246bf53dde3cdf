/*
 * A pager on a terminal: $IKEWHY_PAGER, $PAGER, else less. Only for a text
 * that does not fit on the screen; never where output is not a terminal.
 */
#include "cli/cli.h"
#include "cli/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *pager(void)
{
    const char *names[] = { "IKEWHY_PAGER", "PAGER" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *v = getenv(names[i]);
        if (v)
            return v;
    }
    return "less -FRX";
}

static bool fits(const struct ikw_buf *b)
{
    struct winsize ws = { 0 };
    size_t lines = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || !ws.ws_row)
        return true;
    for (size_t i = 0; i < b->len; i++)
        lines += b->ptr[i] == '\n';
    return lines < ws.ws_row;
}

/* ---- the one that waits --------------------------------------------------
 * The pager is another program, and a confined process starts none: whoever
 * starts it is there beforehand, and ends if nothing comes.
 */

static pid_t waiting = -1;
static int to_pager = -1;

static void wait_and_run(int from, const char *command)
{
    struct pollfd p = { .fd = from, .events = POLLIN };
    while (poll(&p, 1, -1) < 0 && errno == EINTR)
        continue;
    if (!(p.revents & POLLIN) || dup2(from, STDIN_FILENO) < 0)
        _exit(0);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static bool is_wanted(const char *command)
{
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
           *command && strcmp(command, "cat") != 0;
}

void ikw_pager_prepare(void)
{
    const char *command = pager();
    int ends[2];
    if (!is_wanted(command) || pipe(ends))
        return;
    waiting = fork();
    if (waiting == 0) {
        close(ends[1]);
        wait_and_run(ends[0], command);
    }
    close(ends[0]);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    to_pager = ends[1];
}

/* False if there is no such program. */
static bool show_paged(const struct ikw_page *page)
{
    int status = 0;
    FILE *to = fdopen(to_pager, "w");
    if (!to)
        return false;
    signal(SIGPIPE, SIG_IGN); /* who leaves the pager early has seen enough */
    fwrite(page->out.ptr, 1, page->out.len, to);
    fclose(to);
    to_pager = -1;
    while (waitpid(waiting, &status, 0) < 0 && errno == EINTR)
        continue;
    return status != 127 << 8;
}

bool ikw_page_show(const struct ikw_page *page)
{
    fflush(stdout);
    return (waiting > 0 && to_pager >= 0 && !fits(&page->out) &&
            show_paged(page)) ||
           ikw_write_out(ikw_buf_str(&page->out), page->out.len);
}
