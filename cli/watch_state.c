/*
 * What survives a restart: what was told, and the marks of the files that it
 * came from. The lines themselves are read again, so the state cannot be
 * wrong about them; a rotated file is known by its first octets, whatever its
 * name and compression are by then.
 */
#include "cli/watch.h"

#include "facts/input/rotation.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_SCHEMA "ikewhy-watch-state/1"

enum { MARKS_MAX = 64 };

/* ---- marks --------------------------------------------------------------- */

static void add_hex(struct ikw_buf *out, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ikw_buf_addf(out, "%02x", (unsigned char)bytes[i]);
}

void ikw_watch_mark(struct ikw_watch_log *w, bool begins)
{
    const struct ikw_file_mark *m = &w->follow.mark;
    struct ikw_buf hex = { 0 };
    size_t n = json_array_size(w->marks);
    const char *last =
        json_string_value(json_array_get(w->marks, n ? n - 1 : 0));
    if (n && !begins && last && strlen(last) == 2 * m->len)
        return;
    add_hex(&hex, m->bytes, m->len);
    json_t *mark = json_string(ikw_buf_str(&hex));
    if (begins || !n)
        json_array_append_new(w->marks, mark);
    else
        json_array_set_new(w->marks, n - 1, mark);
    while (json_array_size(w->marks) > MARKS_MAX)
        json_array_remove(w->marks, 0);
    ikw_buf_release(&hex);
}

/* A mark taken when the file was short is a shorter one. */
static bool is_known(const json_t *marks, struct ikw_slice head)
{
    struct ikw_buf hex = { 0 };
    size_t i;
    bool known = false;
    json_t *m;
    add_hex(&hex, head.ptr,
            head.len < IKW_MARK_BYTES ? head.len : IKW_MARK_BYTES);
    json_array_foreach(marks, i, m)
    {
        const char *text = json_string_value(m);
        known = known || (text && *text &&
                          !strncmp(ikw_buf_str(&hex), text, strlen(text)));
    }
    ikw_buf_release(&hex);
    return known;
}

/* ---- rotated files --------------------------------------------------------
 */

static void split_path(const char *path, struct ikw_buf *dir, const char **base)
{
    const char *slash = strrchr(path, '/');
    *base = slash ? slash + 1 : path;
    ikw_buf_add(dir, slash ? path : ".", slash ? (size_t)(slash - path) : 1);
    if (slash == path)
        ikw_buf_adds(dir, "/");
}

/* The set that the log is of, oldest first. */
static void find_set(const struct ikw_watch_log *w, struct ikw_log_sources *ss)
{
    struct ikw_buf dir = { 0 };
    struct ikw_diags unsaid = { 0 };
    const char *base;
    const struct dirent *e;
    split_path(w->path, &dir, &base);
    struct ikw_slice stem = ikw_rotated_parse(base).stem;
    DIR *d = opendir(dir.ptr);
    while (d && (e = readdir(d))) {
        struct ikw_buf path = { 0 };
        size_t before = ss->n;
        ikw_buf_addf(&path, "%s/%s", dir.ptr, e->d_name);
        if (ikw_slice_eq(ikw_rotated_parse(e->d_name).stem, stem) &&
            !ikw_log_sources_add(ss, path.ptr, &unsaid))
            ss->n = before;
        ikw_buf_release(&path);
    }
    if (d)
        closedir(d);
    ikw_diags_release(&unsaid);
    ikw_log_sources_order(ss, 0);
    ikw_buf_release(&dir);
}

static bool is_followed(const struct ikw_watch_log *w, const char *path)
{
    struct stat a, b;
    return !stat(path, &a) && !stat(w->path, &b) && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool holds_known(const struct ikw_log_source *s, const json_t *marks)
{
    struct ikw_diags unsaid = { 0 };
    struct ikw_input *in = ikw_log_source_open(s, NULL, &unsaid);
    bool known = false;
    if (in)
        known = is_known(marks, ikw_input_next(in, &unsaid));
    ikw_input_close(in);
    ikw_diags_release(&unsaid);
    return known;
}

static void replay_one(struct ikw_watch_log *w, const struct ikw_log_source *s)
{
    struct ikw_input *in = ikw_log_source_open(s, NULL, &w->session.diags);
    if (!in)
        return;
    struct ikw_input *head = ikw_log_source_open(s, NULL, &w->session.diags);
    struct ikw_buf hex = { 0 };
    if (head) {
        struct ikw_slice run = ikw_input_next(head, &w->session.diags);
        add_hex(&hex, run.ptr,
                run.len < IKW_MARK_BYTES ? run.len : IKW_MARK_BYTES);
    }
    ikw_input_close(head);
    json_array_append_new(w->marks, json_string(ikw_buf_str(&hex)));
    ikw_buf_release(&hex);
    ikw_watch_whole(w, s->name, in);
}

void ikw_watch_replay(struct ikw_watch_log *w)
{
    json_t *marks = w->marks;
    struct ikw_log_sources ss = { .kb = w->session.kb };
    bool from = false;
    w->marks = json_array();
    if (json_array_size(marks))
        find_set(w, &ss);
    for (size_t i = 0; i < ss.n; i++) {
        if (is_followed(w, ss.v[i].path))
            continue;
        from = from || holds_known(&ss.v[i], marks);
        if (from)
            replay_one(w, &ss.v[i]);
    }
    ikw_log_sources_release(&ss);
    json_decref(marks);
}

void ikw_watch_prune(struct ikw_watch_log *w, size_t keep)
{
    const char *id;
    json_t *v;
    void *next;
    while (json_array_size(w->marks) > keep)
        json_array_remove(w->marks, 0);
    json_object_foreach_safe(w->known, next, id, v)
    {
        if (ikw_watch_is_history(w, v))
            json_object_del(w->known, id);
    }
}

/* ---- the file -------------------------------------------------------------
 */

/* DIR/NAME.json: the path with what a file name cannot hold replaced. */
static void state_path(const struct ikw_watch_log *w, struct ikw_buf *out)
{
    ikw_buf_addf(out, "%s/", w->options->state);
    for (const char *p = w->path; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || *p == '.' || *p == '-';
        if (plain)
            ikw_buf_addc(out, *p);
        else
            ikw_buf_addf(out, "_%02x", (unsigned char)*p);
    }
    ikw_buf_adds(out, ".json");
}

bool ikw_watch_restore(struct ikw_watch_log *w)
{
    struct ikw_buf path = { 0 };
    json_error_t error;
    if (!w->options->state)
        return true;
    state_path(w, &path);
    bool ok = true;
    if (!access(path.ptr, F_OK)) {
        json_t *o = json_load_file(path.ptr, 0, &error);
        ok = o && !strcmp(ikw_json_word(o, "schema"), STATE_SCHEMA) &&
             json_is_object(json_object_get(o, "known")) &&
             json_is_array(json_object_get(o, "marks"));
        if (ok) {
            json_object_update(w->known, json_object_get(o, "known"));
            json_array_extend(w->marks, json_object_get(o, "marks"));
            w->outcome = json_incref(json_object_get(o, "outcome"));
        } else {
            ikw_complain("%s: is no state of ikewhy watch: %s", path.ptr,
                         o ? "another form" : error.text);
        }
        json_decref(o);
    }
    ikw_buf_release(&path);
    return ok;
}

/* Written beside it, then renamed over it: never half a state. */
static bool write_state(const char *path, const json_t *o)
{
    struct ikw_buf temp = { 0 };
    ikw_buf_addf(&temp, "%s.new", path);
    FILE *f = fopen(temp.ptr, "w");
    bool ok = f && !json_dumpf(o, f, JSON_INDENT(1)) && !fflush(f) &&
              !fsync(fileno(f));
    if (f && fclose(f))
        ok = false;
    ok = ok && !rename(temp.ptr, path);
    if (!ok)
        ikw_complain("%s: cannot write: %s", path, strerror(errno));
    ikw_buf_release(&temp);
    return ok;
}

bool ikw_watch_save(const struct ikw_watch_log *w)
{
    struct ikw_buf path = { 0 };
    if (!w->options->state)
        return true;
    state_path(w, &path);
    json_t *o = json_object();
    ikw_json_text(o, "schema", STATE_SCHEMA);
    ikw_json_text(o, "log", w->path);
    json_object_set(o, "marks", w->marks);
    json_object_set(o, "known", w->known);
    if (w->outcome)
        json_object_set(o, "outcome", w->outcome);
    bool ok = write_state(path.ptr, o);
    json_decref(o);
    ikw_buf_release(&path);
    return ok;
}
