#include "cli/hosts.h"

#include "facts/input/rotation.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_MAX = 100000 };

struct host_file {
    char *path, *host;
};

struct host_files {
    struct host_file *v;
    size_t n, cap;
};

static char *dup_len(const char *s, size_t len)
{
    char *p = ikw_xmalloc(len + 1);
    memcpy(p, s, len);
    p[len] = '\0';
    return p;
}

/* gw1.log.2.gz is of gw1: what rotation added, then one more suffix. */
static char *host_of(const char *name)
{
    static const char *const ends[] = { ".log", ".qkview", ".ucs",
                                        ".tar", ".tgz",    ".txt" };
    struct ikw_slice s = ikw_rotated_parse(name).stem;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t n = strlen(ends[i]);
        if (s.len > n && !memcmp(s.ptr + s.len - n, ends[i], n)) {
            s.len -= n;
            break;
        }
    }
    return dup_len(s.ptr, s.len);
}

static void add_file(struct host_files *hf, const char *dir, const char *name,
                     const char *host)
{
    struct ikw_buf path = { 0 };
    IKW_GROW(hf->v, hf->cap, hf->n + 1);
    ikw_buf_addf(&path, "%s/%s", dir, name);
    hf->v[hf->n].path = path.ptr;
    hf->v[hf->n++].host = host ? dup_len(host, strlen(host)) : host_of(name);
}

/* Files of a folder, and of the folders in it (one step down, `host`). */
static bool list(struct host_files *hf, const char *dir, const char *host)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    bool ok = true;
    if (!d) {
        ikw_complain("%s: cannot open: %s", dir, strerror(errno));
        return false;
    }
    while (ok && (e = readdir(d))) {
        struct stat st;
        struct ikw_buf path = { 0 };
        ikw_buf_addf(&path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] == '.' || stat(path.ptr, &st))
            ok = true; /* hidden, or a link to nothing */
        else if (S_ISREG(st.st_mode) && hf->n < FILES_MAX)
            add_file(hf, dir, e->d_name, host);
        else if (S_ISDIR(st.st_mode) && !host)
            ok = list(hf, path.ptr, e->d_name);
        ikw_buf_release(&path);
    }
    closedir(d);
    return ok;
}

static int cmp_file(const void *x, const void *y)
{
    const struct host_file *a = x, *b = y;
    int c = strcmp(a->host, b->host);
    return c ? c : strcmp(a->path, b->path);
}

/* Beside the logs a folder may hold anything: what holds no line of the
 * daemon is passed over, unless it is named as a log. */
static bool is_log(const struct ikw_kb *kb, const struct ikw_matcher *m,
                   const char *path)
{
    struct ikw_log_sources ss = { .kb = kb };
    struct ikw_diags unsaid = { 0 };
    int64_t first_ms;
    bool ok = ikw_log_sources_add(&ss, path, &unsaid) || ss.n > 1;
    if (strstr(strrchr(path, '/'), ".log"))
        ok = true;
    else if (ok && !ss.v[0].depth)
        ok = ikw_log_looks(kb, m, ikw_input_open(path, NULL, &unsaid),
                           &first_ms);
    ikw_log_sources_release(&ss);
    ikw_diags_release(&unsaid);
    return ok;
}

int ikw_worse_exit(int a, int b)
{
    static const int rank[] = { [IKW_EXIT_HEALTHY] = 0,
                                [IKW_EXIT_UNDECIDED] = 1,
                                [IKW_EXIT_FAULT] = 2,
                                [IKW_EXIT_ERROR] = 3 };
    return rank[a] >= rank[b] ? a : b;
}

static int diagnose_host(const struct ikw_options *o, struct ikw_kb *kb,
                         const struct host_file *v, size_t n, bool first)
{
    struct ikw_options one = *o;
    one.files = ikw_xcalloc(n, sizeof *one.files);
    one.nfiles = n;
    one.host = v->host;
    for (size_t i = 0; i < n; i++)
        one.files[i] = v[i].path;
    if (!o->jsonl) {
        struct ikw_buf head = { 0 };
        ikw_buf_adds(&head, first ? "== " : "\n== ");
        ikw_escape(&head, v->host, strlen(v->host), true);
        ikw_buf_adds(&head, " ==\n");
        ikw_write_out(head.ptr, head.len);
        ikw_buf_release(&head);
    }
    int status = ikw_diagnose_with(&one, kb);
    free(one.files);
    return status;
}

static int diagnose_all(const struct ikw_options *o, struct ikw_kb *kb,
                        struct host_files *hf)
{
    struct ikw_matcher *m = ikw_matcher_new(kb);
    int status = IKW_EXIT_HEALTHY;
    size_t kept = 0, hosts = 0;
    for (size_t i = 0; i < hf->n; i++) {
        struct host_file swap = hf->v[kept];
        if (!is_log(kb, m, hf->v[i].path))
            continue;
        hf->v[kept++] = hf->v[i];
        hf->v[i] = swap;
    }
    qsort(hf->v, kept, sizeof *hf->v, cmp_file);
    for (size_t i = 0, n; i < kept; i += n, hosts++) {
        for (n = 1; i + n < kept && !strcmp(hf->v[i + n].host, hf->v[i].host);)
            n++;
        status = ikw_worse_exit(status,
                                diagnose_host(o, kb, hf->v + i, n, hosts == 0));
    }
    ikw_matcher_free(m);
    if (hosts)
        return status;
    ikw_complain("no log of a host there");
    return IKW_EXIT_ERROR;
}

int ikw_diagnose_hosts(const struct ikw_options *o, struct ikw_kb *kb)
{
    struct host_files hf = { 0 };
    bool ok = o->nfiles > 0;
    int status = IKW_EXIT_ERROR;
    if (!ok)
        ikw_complain("--by-host: which folder?");
    for (size_t i = 0; i < o->nfiles && ok; i++)
        ok = list(&hf, o->files[i], NULL);
    if (ok)
        status = diagnose_all(o, kb, &hf);
    for (size_t i = 0; i < hf.n; i++) {
        free(hf.v[i].path);
        free(hf.v[i].host);
    }
    free(hf.v);
    return status;
}
