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

static struct ikw_trial *push(struct ikw_trials *t, const char *log,
                              const char *peer)
{
    IKW_GROW(t->v, t->cap, t->n + 1);
    t->v[t->n] = (struct ikw_trial){ .log = log ? copy(log) : NULL,
                                     .peer = peer ? copy(peer) : NULL };
    return &t->v[t->n++];
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

/* ---- configurations ---------------------------------------------------- */

static size_t find_configs(const char **out, const char *stem)
{
    static const char *const kinds[IKW_TRIAL_CONFIGS] = { "racoon", "setkey",
                                                          "tmsh" };
    char path[PATH_BYTES];
    size_t n = 0;
    for (size_t i = 0; i < IKW_TRIAL_CONFIGS; i++) {
        int len = snprintf(path, sizeof path, "%s.%s.conf", stem, kinds[i]);
        if (len > 0 && (size_t)len < sizeof path && is_file(path))
            out[n++] = copy(path);
    }
    return n;
}

/* DIR/SIDE of a log DIR/SIDE.info.log; of the other side if `other`. */
static bool stem_of(char *out, const char *log, bool other)
{
    static const char *const sides[][2] = { { "initiator", "responder" },
                                            { "responder", "initiator" },
                                            { "our", "peer" },
                                            { "input", "peer" },
                                            { "peer", "our" } };
    const char *slash = strrchr(log, '/'), *name = slash ? slash + 1 : log;
    int dir = (int)(name - log), side = (int)strcspn(name, ".");
    const char *who = NULL;
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
        if (strlen(sides[i][0]) == (size_t)side &&
            !memcmp(sides[i][0], name, (size_t)side))
            who = sides[i][1];
    int n = !other ? snprintf(out, PATH_BYTES, "%.*s", dir + side, log)
            : who  ? snprintf(out, PATH_BYTES, "%.*s%s", dir, log, who)
                   : snprintf(out, PATH_BYTES, "%.*s.peer", dir + side, log);
    return n > 0 && n < PATH_BYTES;
}

/* The trial once more, with configurations, if there are any. */
static void with_configs(struct ikw_trials *t, const char *stem_log,
                         const char *log, const char *peer, bool both)
{
    char ours[PATH_BYTES], theirs[PATH_BYTES];
    struct ikw_trial more = { 0 };
    if (!stem_of(ours, stem_log, false) || !stem_of(theirs, stem_log, true))
        return;
    more.nconfigs = find_configs(more.configs, ours);
    if (both)
        more.npeer_configs = find_configs(more.peer_configs, theirs);
    if (!more.nconfigs && !more.npeer_configs)
        return;
    struct ikw_trial *v = push(t, log, peer);
    more.log = v->log;
    more.peer = v->peer;
    *v = more;
}

static void add(struct ikw_trials *t, const char *log, const char *peer)
{
    push(t, log, peer);
    with_configs(t, log, log, peer, true);
    if (!peer)
        with_configs(t, log, log, NULL, false);
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
    if (ends(name, ".facts"))
        push(t, NULL, NULL)->facts = copy(path);
    if (ends(name, ".racoon.conf"))
        with_configs(t, path, NULL, NULL, true); /* on paper */
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

static const char *name_of(const struct ikw_trial *t)
{
    return t->log        ? t->log
           : t->facts    ? t->facts
           : t->nconfigs ? t->configs[0]
                         : "";
}

static int compare(const void *a, const void *b)
{
    const struct ikw_trial *x = a, *y = b;
    long long n = size_of(x->log) + size_of(x->peer) + size_of(x->facts);
    long long m = size_of(y->log) + size_of(y->peer) + size_of(y->facts);
    int by_name = strcmp(name_of(x), name_of(y));
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

static void release_all(const char **v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free((char *)(uintptr_t)v[i]);
}

void ikw_trials_release(struct ikw_trials *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->v[i].log);
        free(t->v[i].peer);
        free(t->v[i].facts);
        release_all(t->v[i].configs, t->v[i].nconfigs);
        release_all(t->v[i].peer_configs, t->v[i].npeer_configs);
    }
    free(t->v);
    *t = (struct ikw_trials){ 0 };
}
