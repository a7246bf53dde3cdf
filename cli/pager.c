/*
 * A pager on a terminal: $IKEWHY_PAGER, $PAGER, else less. Only for a text
 * that does not fit on the screen; never where output is not a terminal.
 */
#include "cli/cli.h"
#include "cli/flow.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

bool ikw_page_show(const struct ikw_page *page)
{
    const char *command = pager(), *term = getenv("TERM");
    bool dumb = !term || !strcmp(term, "dumb");
    if (!isatty(STDOUT_FILENO) || dumb || !*command ||
        !strcmp(command, "cat") || fits(&page->out))
        return ikw_write_out(ikw_buf_str(&page->out), page->out.len);
    fflush(stdout);
    signal(SIGPIPE, SIG_IGN); /* who leaves the pager early has seen enough */
    FILE *to = popen(command, "w");
    if (!to)
        return ikw_write_out(ikw_buf_str(&page->out), page->out.len);
    fwrite(page->out.ptr, 1, page->out.len, to);
    if (pclose(to) == 127 << 8) /* no such command */
        return ikw_write_out(ikw_buf_str(&page->out), page->out.len);
    return true;
}
