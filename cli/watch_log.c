#include "cli/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* As ikw_log_read looks at the head; configurations number their files from
 * where no log will come. */
enum { HEAD_BYTES = 64 * 1024, CONFIGS_FIRST = 1000000 };

bool ikw_watch_open(struct ikw_watch_log *w, const struct ikw_options *o,
                    const char *path, struct ikw_kb *kb)
{
    *w = (struct ikw_watch_log){ .path = path, .options = o };
    ikw_follow_init(&w->follow, path, o->limits.most[IKW_LIMIT_LINE]);
    w->known = json_object();
    w->told = json_object();
    w->marks = json_array();
    w->from_ms = IKW_NO_TIME;
    if (!ikw_session_begin(&w->session, o, kb, CONFIGS_FIRST))
        return false;
    w->live = ikw_live_new(&w->session);
    return true;
}

bool ikw_watch_renew(struct ikw_watch_log *w)
{
    struct ikw_kb *kb = w->session.kb;
    ikw_live_free(w->live);
    ikw_envelope_free(w->envelope);
    ikw_session_close(&w->session);
    ikw_buf_release(&w->head);
    w->live = NULL;
    w->envelope = NULL;
    w->open = false;
    w->inputs_cap = 0;
    w->from_ms = IKW_NO_TIME;
    if (!ikw_session_begin(&w->session, w->options, kb, CONFIGS_FIRST))
        return false;
    w->live = ikw_live_new(&w->session);
    return true;
}

void ikw_watch_close(struct ikw_watch_log *w)
{
    ikw_follow_release(&w->follow);
    ikw_live_free(w->live);
    ikw_envelope_free(w->envelope);
    ikw_buf_release(&w->head);
    ikw_session_close(&w->session);
    json_decref(w->known);
    json_decref(w->outcome);
    json_decref(w->told);
    json_decref(w->marks);
}

/* ---- lines -------------------------------------------------------------- */

static void each_line(void *arg, const struct ikw_line *line)
{
    ikw_tracker_line(arg, line);
}

static void give(struct ikw_watch_log *w, struct ikw_slice run)
{
    if (w->follow.cut)
        ikw_limit_cut(w->session.diags.limits, IKW_LIMIT_LINE);
    w->follow.cut = false;
    w->line += ikw_envelope_run(w->envelope, w->line + 1, run, each_line,
                                ikw_live_tracker(w->live));
}

static unsigned file_of(const struct ikw_watch_log *w)
{
    return (unsigned)w->session.ninputs - 1;
}

static struct ikw_envelope_opts envelope_opts(const struct ikw_watch_log *w)
{
    return (struct ikw_envelope_opts){ w->session.envelope, w->options->year };
}

/* The head is complete: it decides the form, and the lines in it go on. */
static void settle_form(struct ikw_watch_log *w)
{
    struct ikw_envelope_opts opts = envelope_opts(w);
    struct ikw_slice head = { ikw_buf_str(&w->head), w->head.len };
    w->envelope = ikw_envelope_new(w->session.kb, &opts);
    ikw_envelope_detect(w->envelope, ikw_slice_sub(head, 0, HEAD_BYTES), NULL);
    if (ikw_envelope_newest_first(w->envelope))
        ikw_complain("%s: its newest lines come first: it cannot be followed, "
                     "only diagnosed",
                     w->path);
    ikw_tracker_begin(ikw_live_tracker(w->live), file_of(w), IKW_SOURCE_LOCAL);
    give(w, head);
    ikw_buf_release(&w->head);
}

/* Closes the input. */
static bool read_input(struct ikw_watch_log *w, struct ikw_input *in)
{
    struct ikw_envelope_opts opts = envelope_opts(w);
    struct ikw_log_summary sum;
    bool ok =
        ikw_log_read(ikw_live_tracker(w->live), w->session.kb, in, file_of(w),
                     IKW_SOURCE_LOCAL, &opts, &sum, &w->session.diags);
    ikw_input_close(in);
    return ok;
}

/* Reads the head as a log that ends with it. */
static void read_head(struct ikw_watch_log *w)
{
    struct ikw_slice head = { ikw_buf_str(&w->head), w->head.len };
    read_input(w, ikw_input_bytes(w->path, head));
}

/* When the files at hand begin. */
static void note_from(struct ikw_watch_log *w)
{
    struct ikw_log_summary sum;
    ikw_tracker_summary(ikw_live_tracker(w->live), &sum);
    if (sum.from_ms != IKW_NO_TIME &&
        (w->from_ms == IKW_NO_TIME || sum.from_ms < w->from_ms))
        w->from_ms = sum.from_ms;
}

void ikw_watch_file(struct ikw_watch_log *w, const char *name)
{
    struct ikw_session *s = &w->session;
    if (w->open && !w->envelope)
        read_head(w);
    if (w->open)
        note_from(w);
    ikw_envelope_free(w->envelope);
    w->envelope = NULL;
    w->line = 0;
    w->open = true;
    ikw_buf_clear(&w->head);
    IKW_GROW(s->inputs, w->inputs_cap, s->ninputs + 1);
    s->inputs[s->ninputs] = (struct ikw_log_summary){ 0 };
    s->inputs[s->ninputs++].file = ikw_arena_strdup(&s->arena, name);
}

bool ikw_watch_whole(struct ikw_watch_log *w, const char *name,
                     struct ikw_input *in)
{
    ikw_watch_file(w, name);
    bool ok = read_input(w, in);
    note_from(w);
    w->open = false;
    return ok;
}

static uint64_t count_lines(struct ikw_slice run)
{
    uint64_t n = 0;
    const char *end = run.ptr + run.len;
    for (const char *p = run.ptr; p < end; n++) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        p = nl ? nl + 1 : end;
    }
    return n;
}

void ikw_watch_lines(struct ikw_watch_log *w, struct ikw_slice run)
{
    w->lines += count_lines(run);
    if (w->envelope) {
        give(w, run);
        return;
    }
    ikw_buf_add(&w->head, run.ptr, run.len);
    if (w->head.len >= HEAD_BYTES)
        settle_form(w);
}

/* ---- what they decide --------------------------------------------------- */

static json_t *diagnostics(struct ikw_diags *ds)
{
    json_t *list = json_array();
    for (const struct ikw_diag *d = ds->head; d; d = d->next) {
        struct ikw_buf b = { 0 }, safe = { 0 };
        ikw_diag_format(d, &b);
        ikw_escape(&safe, b.ptr, b.len, true);
        json_array_append_new(list, json_string(safe.ptr));
        ikw_buf_release(&b);
        ikw_buf_release(&safe);
    }
    return list;
}

/* In the child: the log ends here. */
static void end_and_tell(struct ikw_watch_log *w, int to)
{
    if (w->open && !w->envelope)
        read_head(w);
    note_from(w);
    ikw_live_end(w->live);
    json_t *all = json_object();
    json_object_set_new(all, "changes", ikw_watch_diff(w));
    json_object_set_new(all, "diagnostics", diagnostics(&w->session.diags));
    _exit(json_dumpfd(all, to, JSON_COMPACT) ? 1 : 0);
}

static void print_once(struct ikw_watch_log *w, const json_t *all)
{
    const json_t *list = json_object_get(all, "diagnostics");
    size_t i;
    json_t *d;
    json_array_foreach(list, i, d)
    {
        const char *text = json_string_value(d);
        if (!text || json_object_get(w->told, text))
            continue;
        fprintf(stderr, "%s\n", text);
        json_object_set_new(w->told, text, json_true());
    }
}

static json_t *hear(struct ikw_watch_log *w, int from, pid_t child)
{
    json_error_t error;
    int status = 0;
    json_t *all = json_loadfd(from, 0, &error), *changes = NULL;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (all && status == 0) {
        print_once(w, all);
        changes = json_incref(json_object_get(all, "changes"));
    } else {
        ikw_complain("%s: could not reason over the lines so far", w->path);
    }
    json_decref(all);
    return changes;
}

json_t *ikw_watch_judge(struct ikw_watch_log *w)
{
    int ends[2];
    w->judged = w->lines;
    w->waiting_ms = 0;
    fflush(NULL);
    if (pipe(ends)) {
        ikw_complain("cannot make a pipe: %s", strerror(errno));
        return NULL;
    }
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        end_and_tell(w, ends[1]);
    }
    close(ends[1]);
    json_t *changes = NULL;
    if (child > 0)
        changes = hear(w, ends[0], child);
    else
        ikw_complain("cannot fork: %s", strerror(errno));
    close(ends[0]);
    return changes;
}
