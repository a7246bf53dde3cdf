#include "cli/progress.h"

#include "base/slice.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_MS = 1000, EVERY_MS = 200, WIDTH = 24, MIB = 1024 * 1024 };

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void ikw_progress_begin(struct ikw_progress *p,
                        const struct ikw_log_sources *ss)
{
    bool known = true;
    *p = (struct ikw_progress){ .on = isatty(STDERR_FILENO) };
    if (!p->on)
        return;
    for (size_t i = 0; i < ss->n && known; i++) {
        struct stat st;
        known = !ss->v[i].depth && strcmp(ss->v[i].path, "-") != 0 &&
                !stat(ss->v[i].path, &st) && S_ISREG(st.st_mode);
        if (known)
            p->total += (uint64_t)st.st_size;
    }
    if (!known)
        p->total = 0;
    p->begun_ms = now_ms();
}

static void add_bar(const struct ikw_progress *p, struct ikw_buf *out)
{
    uint64_t done = p->done < p->total ? p->done : p->total;
    size_t full = (size_t)((double)done / (double)p->total * WIDTH);
    ikw_buf_addc(out, '[');
    for (size_t i = 0; i < WIDTH; i++)
        ikw_buf_addc(out, i < full ? '#' : '.');
    ikw_buf_addf(out, "] %3u %%  ",
                 (unsigned)((double)done / (double)p->total * 100));
}

void ikw_progress_words(const struct ikw_progress *p, int64_t after_ms,
                        struct ikw_buf *out)
{
    double seconds = after_ms > 0 ? (double)after_ms / 1000 : 0.001;
    double rate = (double)p->done / seconds;
    if (p->total)
        add_bar(p, out);
    ikw_buf_addf(out, "%.0f MiB, %.1f MiB/s", (double)p->done / MIB,
                 rate / MIB);
    if (p->total && rate > 0) {
        double left =
            p->done < p->total ? (double)(p->total - p->done) / rate : 0;
        unsigned s = left < 360000 ? (unsigned)(left + 0.5) : 360000;
        ikw_buf_addf(out, ", %u:%02u left", s / 60, s % 60);
    }
}

void ikw_progress_tick(void *arg, size_t octets)
{
    struct ikw_progress *p = arg;
    if (!p->on)
        return;
    p->done += octets;
    int64_t now = now_ms();
    if (now - p->begun_ms < FIRST_MS || now - p->drawn_ms < EVERY_MS)
        return;
    struct ikw_buf line = { 0 };
    ikw_progress_words(p, now - p->begun_ms, &line);
    fprintf(stderr, "\r%s\033[K", line.ptr);
    fflush(stderr);
    ikw_buf_release(&line);
    p->drawn = true;
    p->drawn_ms = now;
}

void ikw_progress_end(struct ikw_progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->on = p->drawn = false;
}
