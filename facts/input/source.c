#include "facts/input/source.h"

#include "facts/input/archive.h"
#include "facts/input/rotation.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- telling a log by its content --------------------------------------- */

struct look {
    const struct ikw_matcher *m;
    int64_t first_ms;
    bool found;
};

static void look_at(void *arg, const struct ikw_line *line)
{
    struct look *l = arg;
    struct ikw_match match;
    if (l->first_ms == IKW_NO_TIME)
        l->first_ms = line->t_ms;
    if (l->found || line->foreign || line->continuation ||
        line->t_ms == IKW_NO_TIME)
        return;
    l->found = ikw_matcher_match(l->m, line->text, &match) && match.tmpl;
}

bool ikw_log_looks(const struct ikw_kb *kb, const struct ikw_matcher *m,
                   struct ikw_input *in, int64_t *first_ms)
{
    enum { HEAD = 64 * 1024 };
    struct look l = { .m = m, .first_ms = IKW_NO_TIME };
    struct ikw_envelope_opts opts = { 0 };
    struct ikw_diags unsaid = { 0 };
    struct ikw_envelope_reader *er = ikw_envelope_new(kb, &opts);
    struct ikw_slice run = ikw_input_next(in, &unsaid);
    uint32_t line = 1;
    ikw_envelope_detect(er, ikw_slice_sub(run, 0, HEAD), NULL);
    for (; run.len && !l.found; run = ikw_input_next(in, &unsaid))
        line += ikw_envelope_run(er, line, run, look_at, &l);
    ikw_envelope_free(er);
    ikw_input_close(in);
    ikw_diags_release(&unsaid);
    *first_ms = l.first_ms;
    return l.found;
}

static const struct ikw_matcher *matcher_of(struct ikw_log_sources *ss)
{
    if (!ss->matcher)
        ss->matcher = ikw_matcher_new(ss->kb);
    return ss->matcher;
}

/* ---- adding ------------------------------------------------------------ */

static struct ikw_log_source *add(struct ikw_log_sources *ss, const char *path)
{
    IKW_GROW(ss->v, ss->cap, ss->n + 1);
    struct ikw_log_source *s = &ss->v[ss->n++];
    *s = (struct ikw_log_source){ 0 };
    s->path = s->name = ikw_arena_strdup(&ss->arena, path);
    return s;
}

/* The file that the walk stands on, if it is a log. */
static void add_member(struct ikw_log_sources *ss, const char *path,
                       struct ikw_walk *w, struct ikw_limits *limits)
{
    struct ikw_diags unsaid = { .limits = limits };
    struct ikw_byte_source bytes = ikw_walk_source(w, false);
    struct ikw_input *in = ikw_input_from(path, &bytes, NULL, &unsaid);
    int64_t first_ms;
    ikw_diags_release(&unsaid);
    if (!in || !ikw_log_looks(ss->kb, matcher_of(ss), in, &first_ms))
        return;
    struct ikw_buf name = { 0 };
    ikw_buf_addf(&name, "%s/", path);
    ikw_walk_name(w, &name);
    struct ikw_log_source *s = add(ss, path);
    s->name = ikw_arena_strdup(&ss->arena, name.ptr);
    s->depth = ikw_walk_place(w, s->at);
    ikw_buf_release(&name);
}

static bool add_members(struct ikw_log_sources *ss, const char *path,
                        struct ikw_walk *w, struct ikw_diags *ds)
{
    size_t before = ss->n;
    enum ikw_step step;
    struct ikw_pos pos = { path, 0 };
    while ((step = ikw_walk_next(w)) == IKW_STEP_FILE) {
        if (ikw_limit_full(ds->limits, IKW_LIMIT_ARCHIVE_LOGS, ss->n - before))
            break;
        add_member(ss, path, w, ds->limits);
    }
    if (step == IKW_STEP_DAMAGED)
        return ikw_diag_add(ds, pos, IKW_DIAG_IO,
                            "cannot read the archive to its end: %s",
                            ikw_walk_why(w));
    if (ss->n == before)
        return ikw_diag_add(ds, pos, IKW_DIAG_IO,
                            "is an archive without a log of the daemon");
    return true;
}

/* May be opened more than once. */
static bool is_regular(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && !stat(path, &st) && S_ISREG(st.st_mode);
}

/* The archive of path/member: the longest part that is a file. */
static char *archive_part(const char *name)
{
    char *path = ikw_xmalloc(strlen(name) + 1);
    strcpy(path, name);
    for (char *slash = strrchr(path, '/'); slash && slash != path;
         slash = strrchr(path, '/')) {
        *slash = '\0';
        if (is_regular(path))
            return path;
    }
    free(path);
    return NULL;
}

static bool stands_on(const struct ikw_walk *w, const char *member)
{
    struct ikw_buf name = { 0 };
    ikw_walk_name(w, &name);
    bool is = !strcmp(ikw_buf_str(&name), member);
    ikw_buf_release(&name);
    return is;
}

/* The walk to path/member, and the length of the path; NULL: not such a name.
 */
static struct ikw_walk *walk_to_named(const char *name, size_t *path_len,
                                      struct ikw_limits *limits)
{
    struct stat st;
    char *path =
        strcmp(name, "-") && stat(name, &st) ? archive_part(name) : NULL;
    struct ikw_walk *w = path ? ikw_walk_open(path, limits) : NULL;
    *path_len = path ? strlen(path) : 0;
    free(path);
    while (w && ikw_walk_next(w) == IKW_STEP_FILE)
        if (stands_on(w, name + *path_len + 1))
            return w;
    ikw_walk_close(w);
    return NULL;
}

static bool add_named(struct ikw_log_sources *ss, const char *name,
                      struct ikw_limits *limits)
{
    size_t len;
    struct ikw_walk *w = walk_to_named(name, &len, limits);
    if (!w)
        return false;
    struct ikw_log_source *s = add(ss, name);
    s->path = ikw_arena_strndup(&ss->arena, name, len);
    s->depth = ikw_walk_place(w, s->at);
    ikw_walk_close(w);
    return true;
}

bool ikw_log_sources_add(struct ikw_log_sources *ss, const char *path,
                         struct ikw_diags *ds)
{
    struct ikw_walk *w =
        is_regular(path) ? ikw_walk_open(path, ds->limits) : NULL;
    if (w) {
        bool ok = add_members(ss, path, w, ds);
        ikw_walk_close(w);
        return ok;
    }
    if (add_named(ss, path, ds->limits))
        return true;
    struct stat st;
    struct ikw_input *in = NULL;
    bool openable =
        is_regular(path) ||
        (strcmp(path, "-") != 0 && (stat(path, &st) || S_ISDIR(st.st_mode)));
    add(ss, path);
    if (openable && !(in = ikw_input_open(path, NULL, ds)))
        return false;
    ikw_input_close(in);
    return true;
}

/* ---- order ------------------------------------------------------------- */

struct ranked {
    struct ikw_log_source source;
    struct ikw_rotated name;
    int64_t first_ms;
    size_t set, was; /* index of the first of its set; its own */
    bool by_time;
};

/* A stamp without a year gives no order over years: names do. */
static bool dated(int64_t t_ms)
{
    const int64_t from = INT64_C(946684800000), to = INT64_C(978307200000);
    return t_ms != IKW_NO_TIME && (t_ms < from || t_ms >= to);
}

static void find_sets(struct ranked *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        v[i].name = ikw_rotated_parse(v[i].source.name);
        v[i].was = v[i].set = i;
        for (size_t k = 0; k < i; k++)
            if (ikw_slice_eq(v[k].name.stem, v[i].name.stem)) {
                v[i].set = v[k].set;
                break;
            }
    }
}

static void find_stamps(struct ikw_log_sources *ss, struct ranked *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t members = 0;
        struct ikw_diags unsaid = { 0 };
        struct ikw_input *in = NULL;
        v[i].first_ms = IKW_NO_TIME;
        for (size_t k = 0; k < n; k++)
            members += v[k].set == v[i].set;
        if (members > 1 && (v[i].source.depth || is_regular(v[i].source.path)))
            in = ikw_log_source_open(&v[i].source, NULL, &unsaid);
        if (in)
            ikw_log_looks(ss->kb, matcher_of(ss), in, &v[i].first_ms);
        ikw_diags_release(&unsaid);
    }
}

/* Stamps decide if all of a set have one and no two are the same. What holds
 * for a set is noted with its first. */
static void choose_keys(struct ranked *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        v[i].by_time = true;
    for (size_t i = 0; i < n; i++) {
        bool good = dated(v[i].first_ms);
        for (size_t k = v[i].set; k < i && good; k++)
            good = v[k].set != v[i].set || v[k].first_ms != v[i].first_ms;
        v[v[i].set].by_time = v[v[i].set].by_time && good;
    }
    for (size_t i = 0; i < n; i++)
        v[i].by_time = v[v[i].set].by_time;
}

static int cmp_ranked(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    int c = 0;
    if (a->set != b->set)
        return a->set < b->set ? -1 : 1;
    if (a->by_time)
        c = (a->first_ms > b->first_ms) - (a->first_ms < b->first_ms);
    else
        c = ikw_rotated_cmp(&a->name, &b->name);
    return c ? c : a->was < b->was ? -1 : 1;
}

void ikw_log_sources_order(struct ikw_log_sources *ss, size_t from)
{
    size_t n = ss->n - from;
    if (n < 2)
        return;
    struct ranked *v = ikw_xcalloc(n, sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[i].source = ss->v[from + i];
    find_sets(v, n);
    find_stamps(ss, v, n);
    choose_keys(v, n);
    qsort(v, n, sizeof *v, cmp_ranked);
    for (size_t i = 0; i < n; i++)
        ss->v[from + i] = v[i].source;
    free(v);
}

/* ---- opening ----------------------------------------------------------- */

struct ikw_input *ikw_log_source_open(const struct ikw_log_source *s,
                                      const struct ikw_input_opts *opts,
                                      struct ikw_diags *ds)
{
    struct ikw_pos pos = { s->name, 0 };
    if (!s->depth)
        return ikw_input_open(s->path, opts, ds);
    struct ikw_walk *w = ikw_walk_open(s->path, ds->limits);
    if (w && ikw_walk_to(w, s->at, s->depth) == IKW_STEP_FILE) {
        struct ikw_byte_source bytes = ikw_walk_source(w, true);
        return ikw_input_from(s->name, &bytes, opts, ds);
    }
    ikw_diag_add(ds, pos, IKW_DIAG_IO, "cannot be read out of the archive: %s",
                 w && *ikw_walk_why(w) ? ikw_walk_why(w) : "it has changed");
    ikw_walk_close(w);
    return NULL;
}

struct ikw_input *ikw_log_open_named(const char *name, struct ikw_diags *ds)
{
    size_t len;
    struct ikw_walk *w = walk_to_named(name, &len, ds->limits);
    if (!w)
        return ikw_input_open(name, NULL, ds);
    struct ikw_byte_source bytes = ikw_walk_source(w, true);
    return ikw_input_from(name, &bytes, NULL, ds);
}

void ikw_log_sources_release(struct ikw_log_sources *ss)
{
    ikw_matcher_free(ss->matcher);
    free(ss->v);
    ikw_arena_release(&ss->arena);
    *ss = (struct ikw_log_sources){ 0 };
}
