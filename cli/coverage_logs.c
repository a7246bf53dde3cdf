#include "cli/coverage.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEEPEST = 4, PATH_BYTES = 4096 };

static char *copy(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(ikw_xmalloc(n), s, n);
}

static void add(struct ikw_trials *t, const char *log, const char *peer)
{
    IKW_GROW(t->v, t->cap, t->n + 1);
    t->v[t->n++] = (struct ikw_trial){ copy(log), peer ? copy(peer) : NULL };
}

static bool ends(const char *s, const char *tail)
{
    size_t n = strlen(s), m = strlen(tail);
    return n >= m && !strcmp(s + n - m, tail);
}

static bool is_file(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* DIR/NAME, or its compressed form. */
static bool find_log(char *out, const char *dir, const char *name, size_t len)
{
    int n = snprintf(out, PATH_BYTES, "%s/%.*s", dir, (int)len, name);
    if (n < 0 || n + 4 > PATH_BYTES)
        return false;
    if (is_file(out))
        return true;
    strcat(out, ".xz");
    return is_file(out);
}

/* ---- pairs ------------------------------------------------------------- */

static void pair(struct ikw_trials *t, const char *dir, const char *ours,
                 const char *peers)
{
    char log[PATH_BYTES], peer[PATH_BYTES];
    if (find_log(log, dir, ours, strlen(ours)) &&
        find_log(peer, dir, peers, strlen(peers)))
        add(t, log, peer);
}

/* X.peer.log belongs to X.log; peer.log to our.log or input.log. */
static void pair_with(struct ikw_trials *t, const char *dir, const char *name)
{
    char ours[256];
    const char *tail = strstr(name, ".peer.log");
    if (tail && (size_t)(tail - name) + 5 < sizeof ours) {
        snprintf(ours, sizeof ours, "%.*s.log", (int)(tail - name), name);
        pair(t, dir, ours, name);
    } else if (!strcmp(name, "peer.log") || !strcmp(name, "peer.log.xz")) {
        pair(t, dir, "our.log", "peer.log");
        pair(t, dir, "input.log", "peer.log");
    }
}

/* One row of INDEX.tsv: case, view, level, logs, ... */
static void index_row(struct ikw_trials *t, const char *dir, char *row)
{
    char folder[PATH_BYTES], log[PATH_BYTES], peer[PATH_BYTES];
    char *logs = row;
    for (int i = 0; logs && i < 3; i++)
        if ((logs = strchr(logs, '\t')))
            *logs++ = '\0';
    char *end = logs ? strchr(logs, '\t') : NULL;
    char *comma = logs ? strchr(logs, ',') : NULL;
    if (!end || !comma || comma > end)
        return;
    int n = snprintf(folder, sizeof folder, "%s/%s", dir, row);
    if (n > 0 && (size_t)n < sizeof folder &&
        find_log(log, folder, logs, (size_t)(comma - logs)) &&
        find_log(peer, folder, comma + 1, (size_t)(end - comma - 1)))
        add(t, log, peer);
}

static void read_index(struct ikw_trials *t, const char *dir, const char *path)
{
    char row[PATH_BYTES];
    FILE *f = fopen(path, "r");
    while (f && fgets(row, sizeof row, f))
        index_row(t, dir, row);
    if (f)
        fclose(f);
}

/* ---- folders ----------------------------------------------------------- */

static bool is_log(const char *name)
{
    return ends(name, ".log") || ends(name, ".log.xz") ||
           !strcmp(name, "log.txt");
}

static bool add_at(struct ikw_trials *t, const char *path, int depth);

static bool add_entry(struct ikw_trials *t, const char *dir, const char *name,
                      int depth)
{
    char path[PATH_BYTES];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (name[0] == '.' || n < 0 || (size_t)n >= sizeof path || stat(path, &st))
        return true;
    if (S_ISDIR(st.st_mode))
        return depth == DEEPEST || add_at(t, path, depth + 1);
    if (!strcmp(name, "INDEX.tsv"))
        read_index(t, dir, path);
    if (!is_log(name) || !st.st_size)
        return true;
    add(t, path, NULL);
    pair_with(t, dir, name);
    return true;
}

static bool add_at(struct ikw_trials *t, const char *path, int depth)
{
    DIR *d = opendir(path);
    bool ok = d != NULL;
    for (struct dirent *e; ok && (e = readdir(d));)
        ok = add_entry(t, path, e->d_name, depth);
    if (!d)
        ikw_complain("%s: %s", path, strerror(errno));
    else
        closedir(d);
    return ok;
}

bool ikw_trials_add(struct ikw_trials *t, const char *path)
{
    struct stat st;
    if (stat(path, &st)) {
        ikw_complain("%s: %s", path, strerror(errno));
        return false;
    }
    if (S_ISDIR(st.st_mode))
        return add_at(t, path, 0);
    add(t, path, NULL);
    return true;
}

/* ---- order ------------------------------------------------------------- */

/* A compressed log counts as what it holds, roughly. */
static long long size_of(const char *path)
{
    struct stat st;
    if (!path || stat(path, &st))
        return 0;
    return (long long)st.st_size * (ends(path, ".xz") ? 16 : 1);
}

static int compare(const void *a, const void *b)
{
    const struct ikw_trial *x = a, *y = b;
    long long n = size_of(x->log) + size_of(x->peer);
    long long m = size_of(y->log) + size_of(y->peer);
    int by_name = strcmp(x->log, y->log);
    if (n != m)
        return n < m ? -1 : 1;
    if (by_name)
        return by_name;
    return strcmp(x->peer ? x->peer : "", y->peer ? y->peer : "");
}

void ikw_trials_sort(struct ikw_trials *t)
{
    if (t->n)
        qsort(t->v, t->n, sizeof *t->v, compare);
}

void ikw_trials_release(struct ikw_trials *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->v[i].log);
        free(t->v[i].peer);
    }
    free(t->v);
    *t = (struct ikw_trials){ 0 };
}
