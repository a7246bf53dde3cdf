/*
 * ikewhy train: a session with a case at the prompt. Every line of the trainee
 * is in the journal before its answer is shown; a session that was cut off is
 * played again from there.
 */
#include "cases/tutor.h"
#include "cli/cases.h"
#include "cli/train_log.h"
#include "cli/utf8.h"

#include <histedit.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- the prompt -------------------------------------------------------- */

struct prompt {
    EditLine *el; /* NULL: plain input */
    History *history;
    const char *text;
    char *line;
    size_t cap;
};

static char *prompt_text(EditLine *el)
{
    static char none[] = "";
    struct prompt *p = NULL;
    el_get(el, EL_CLIENTDATA, &p);
    if (!p)
        return none;
    union {
        const char *in;
        char *out;
    } text = { p->text };
    return text.out;
}

static void prompt_open(struct prompt *p)
{
    HistEvent ev;
    *p = (struct prompt){ 0 };
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return;
    p->el = el_init("ikewhy", stdin, stdout, stderr);
    p->history = history_init();
    if (!p->el || !p->history)
        return;
    history(p->history, &ev, H_SETSIZE, 200);
    el_set(p->el, EL_CLIENTDATA, p);
    el_set(p->el, EL_PROMPT, prompt_text);
    el_set(p->el, EL_EDITOR, "emacs");
    el_set(p->el, EL_SIGNAL, 1); /* a ^C leaves the terminal as it was */
    el_set(p->el, EL_HIST, history, p->history);
}

/* NULL at the end of input. Borrowed until the next call. */
static const char *prompt_read(struct prompt *p, const char *text)
{
    HistEvent ev;
    int n = 0;
    p->text = text;
    if (p->el) {
        const char *s = el_gets(p->el, &n);
        if (s && n > 1)
            history(p->history, &ev, H_ENTER, s);
        return n > 0 ? s : NULL;
    }
    return getline(&p->line, &p->cap, stdin) > 0 ? p->line : NULL;
}

static void prompt_close(struct prompt *p)
{
    if (p->history)
        history_end(p->history);
    if (p->el)
        el_end(p->el);
    free(p->line);
}

/* ---- the screen -------------------------------------------------------- */

/* Lines of a log stand as they are, prose is wrapped. */
static bool say(const struct ikw_buf *text)
{
    struct ikw_page page;
    ikw_page_init(&page, IKW_COLOUR_NEVER);
    for (const char *p = ikw_buf_str(text); *p;) {
        size_t len = strcspn(p, "\n");
        bool choice = len > 5 && !memcmp(p, "  ", 2) && p[2] >= 'a' &&
                      p[2] <= 'z' && p[3] == ' ';
        if ((*p == ' ' && !choice) || !len) {
            ikw_escape(&page.out, p, len, page.utf8);
            ikw_buf_addc(&page.out, '\n');
        } else {
            struct ikw_buf one = { 0 };
            ikw_buf_add(&one, p, len);
            if (choice)
                ikw_escape(&page.out, p, 5, page.utf8);
            ikw_page_wrap(&page, choice ? 5 : 0, choice ? 5 : 2, 0,
                          ikw_buf_str(&one) + (choice ? 5 : 0));
            ikw_buf_release(&one);
        }
        p += len + (p[len] == '\n');
    }
    bool ok = ikw_write_out(ikw_buf_str(&page.out), page.out.len);
    ikw_page_release(&page);
    return ok;
}

/* ---- the journal ------------------------------------------------------- */

struct train {
    struct ikw_course course;
    struct ikw_buf path, name;
    json_t *events;
    struct ikw_attempt *attempts;
    size_t nattempts;
    const char *user; /* the name, UTF-8 whatever the environment holds */
    char session[64];
    int64_t opened;
};

static const char *user_name(void)
{
    static const char *const names[] = { "IKEWHY_TRAINEE", "LOGNAME", "USER" };
    for (size_t i = 0; i < 3; i++) {
        const char *s = getenv(names[i]);
        if (s && *s)
            return s;
    }
    return "trainee";
}

static void train_close(struct train *tr)
{
    free(tr->attempts);
    json_decref(tr->events);
    ikw_buf_release(&tr->path);
    ikw_buf_release(&tr->name);
    ikw_course_close(&tr->course);
}

static bool train_open(struct train *tr, const struct ikw_options *o)
{
    const char *name = user_name();
    *tr = (struct train){ 0 };
    ikw_escape(&tr->name, name, strlen(name), true);
    tr->user = ikw_buf_str(&tr->name);
    if (!ikw_course_open(&tr->course, o, o->cases) ||
        !ikw_train_path(&tr->path))
        return false;
    tr->events = ikw_train_read(tr->path.ptr);
    tr->attempts = ikw_train_attempts(tr->events, &tr->nattempts);
    return true;
}

/* What was typed may be no UTF-8; JSON takes nothing else. */
static json_t *text_value(const char *s)
{
    struct ikw_buf clean = { 0 };
    ikw_escape(&clean, s, strlen(s), true);
    json_t *v = json_string(ikw_buf_str(&clean));
    ikw_buf_release(&clean);
    return v ? v : json_string("");
}

static bool journal(struct train *tr, const char *line)
{
    return ikw_train_append(tr->path.ptr,
                            json_pack("{s:s, s:s, s:I, s:o}", "event", "line",
                                      "session", tr->session, "at",
                                      (json_int_t)time(NULL), "text",
                                      text_value(line)));
}

static bool journal_open(struct train *tr, const struct ikw_case *c)
{
    tr->opened = (int64_t)time(NULL);
    snprintf(tr->session, sizeof tr->session, "%lld-%ld", (long long)tr->opened,
             (long)getpid());
    return ikw_train_append(
        tr->path.ptr,
        json_pack("{s:s, s:s, s:I, s:s, s:s, s:s}", "event", "open", "session",
                  tr->session, "at", (json_int_t)tr->opened, "user", tr->user,
                  "case", c->id, "subject", ikw_case_subject(c)));
}

static json_t *wrong_guesses(const struct ikw_tutor *t)
{
    json_t *list = json_array();
    for (const char *p = ikw_buf_str(&t->wrong_guesses); *p;) {
        size_t len = strcspn(p, " ");
        json_array_append_new(list, json_stringn(p, len));
        p += len + (p[len] == ' ');
    }
    return list;
}

static bool journal_close(struct train *tr, const struct ikw_tutor *t)
{
    const struct ikw_tutor_score *s = &t->score;
    int64_t now = (int64_t)time(NULL);
    return ikw_train_append(
        tr->path.ptr,
        json_pack("{s:s, s:s, s:I, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, "
                  "s:i, s:I, s:o}",
                  "event", "close", "session", tr->session, "at",
                  (json_int_t)now, "guess", t->guess, "score", s->total,
                  "cause", s->cause, "evidence", s->evidence, "rival", s->rival,
                  "step", s->step, "sure", t->sure, "hints", (int)t->hints,
                  "bought", t->bought, "seconds",
                  (json_int_t)(now - tr->opened), "wrong", wrong_guesses(t)));
}

/* ---- a session --------------------------------------------------------- */

static const struct ikw_attempt *unfinished(const struct train *tr,
                                            const struct ikw_case *c)
{
    for (size_t i = tr->nattempts; i--;) {
        const struct ikw_attempt *a = &tr->attempts[i];
        if (!strcmp(a->id, c->id) && !strcmp(a->user, tr->user))
            return a->close ? NULL : a;
    }
    return NULL;
}

/* Plays the lines of an unfinished session again. */
static size_t resume(struct train *tr, struct ikw_tutor *t,
                     const struct ikw_attempt *a)
{
    struct ikw_buf out = { 0 };
    size_t played = 0, i;
    const json_t *e;
    snprintf(tr->session, sizeof tr->session, "%s", a->session);
    tr->opened = a->opened;
    json_array_foreach(tr->events, i, e)
    {
        const char *s = json_string_value(json_object_get(e, "session"));
        const char *text = json_string_value(json_object_get(e, "text"));
        if (!s || !text || strcmp(s, tr->session) != 0)
            continue;
        ikw_buf_clear(&out);
        ikw_tutor_line(t, text, &out);
        played++;
    }
    if (played)
        say(&out);
    ikw_buf_release(&out);
    return played;
}

static bool begin(struct train *tr, struct ikw_tutor *t,
                  const struct ikw_case *c)
{
    struct ikw_buf out = { 0 };
    const struct ikw_attempt *a = unfinished(tr, c);
    ikw_tutor_open(t, &out);
    bool ok = say(&out);
    ikw_buf_release(&out);
    if (!a)
        return ok && journal_open(tr, c);
    size_t n = resume(tr, t, a);
    printf("(taken up again after %zu lines)\n", n);
    return ok;
}

/* When the subject comes back: the journal has just grown. */
static void say_due(struct train *tr, const struct ikw_case *c)
{
    size_t n, nreviews;
    json_t *events = ikw_train_read(tr->path.ptr);
    struct ikw_attempt *a = ikw_train_attempts(events, &n);
    struct ikw_review *r = ikw_train_reviews(a, n, tr->user, &nreviews);
    for (size_t i = 0; i < nreviews; i++)
        if (!strcmp(r[i].subject, ikw_case_subject(c))) {
            int days = (int)((r[i].due - r[i].last) / 86400);
            printf("This comes back in %d day%s. `ikewhy train` goes on, "
                   "`ikewhy train due` tells what waits.\n",
                   days, days == 1 ? "" : "s");
        }
    free(r);
    free(a);
    json_decref(events);
}

static int session(struct train *tr, const struct ikw_case *c)
{
    struct ikw_tutor t;
    struct prompt p;
    struct ikw_buf out = { 0 }, said = { 0 };
    bool ok = ikw_tutor_init(&t, tr->course.kb, c) && begin(tr, &t, c);
    bool more = ok && t.stage != IKW_TUTOR_DONE;
    if (ok && !more) /* cut off between the last answer and its record */
        ok = journal_close(tr, &t);
    prompt_open(&p);
    while (more) {
        const char *line = prompt_read(&p, ikw_tutor_prompt(&t));
        if (!line)
            break;
        ikw_buf_clear(&said);
        ikw_buf_add(&said, line, strcspn(line, "\r\n"));
        ok = journal(tr, ikw_buf_str(&said));
        ikw_buf_clear(&out);
        more = ok && ikw_tutor_line(&t, ikw_buf_str(&said), &out);
        if (ok && t.stage == IKW_TUTOR_DONE)
            ok = journal_close(tr, &t);
        ok = say(&out) && ok;
    }
    if (ok && t.stage == IKW_TUTOR_DONE)
        say_due(tr, c);
    prompt_close(&p);
    ikw_print_diags(stderr, &t.diags);
    ikw_buf_release(&out);
    ikw_buf_release(&said);
    ikw_tutor_release(&t);
    return ok ? 0 : IKW_EXIT_ERROR;
}

/* ---- which case -------------------------------------------------------- */

static const struct ikw_attempt *last_of(const struct train *tr,
                                         const struct ikw_case *c)
{
    for (size_t i = tr->nattempts; i--;)
        if (tr->attempts[i].close && !strcmp(tr->attempts[i].id, c->id) &&
            !strcmp(tr->attempts[i].user, tr->user))
            return &tr->attempts[i];
    return NULL;
}

/* Of the cases that teach it the one not seen for longest. */
static const struct ikw_case *case_for(const struct train *tr,
                                       const char *subject)
{
    const struct ikw_case *best = NULL;
    int64_t best_at = INT64_MAX;
    for (size_t i = 0; i < tr->course.cases.n; i++) {
        const struct ikw_case *c = tr->course.cases.v[i];
        const struct ikw_attempt *a = last_of(tr, c);
        if (strcmp(ikw_case_subject(c), subject) != 0)
            continue;
        if ((a ? a->closed : 0) < best_at) {
            best_at = a ? a->closed : 0;
            best = c;
        }
    }
    return best;
}

static const struct ikw_case *next_case(const struct train *tr)
{
    size_t n;
    int64_t now = (int64_t)time(NULL);
    const struct ikw_case *found = NULL;
    struct ikw_review *r =
        ikw_train_reviews(tr->attempts, tr->nattempts, tr->user, &n);
    for (size_t i = 0; i < tr->course.cases.n && !found; i++)
        if (unfinished(tr, tr->course.cases.v[i]))
            found = tr->course.cases.v[i];
    for (size_t i = 0; i < n && !found; i++)
        if (r[i].due <= now)
            found = case_for(tr, r[i].subject);
    for (size_t i = 0; i < tr->course.cases.n && !found; i++)
        if (!last_of(tr, tr->course.cases.v[i]))
            found = tr->course.cases.v[i];
    free(r);
    return found;
}

/* ---- lists ------------------------------------------------------------- */

static void day(struct ikw_buf *out, int64_t at)
{
    char text[32];
    time_t t = (time_t)at;
    struct tm tm;
    if (!gmtime_r(&t, &tm) || !strftime(text, sizeof text, "%Y-%m-%d", &tm))
        return;
    ikw_buf_adds(out, text);
}

/* As much of it as fits into the line. */
static void add_title(struct ikw_buf *out, const char *title, size_t room)
{
    size_t len = strlen(title);
    if (ikw_columns(title, len) <= room)
        ikw_buf_addf(out, "%s\n", title);
    else
        ikw_buf_addf(out, "%.*s...\n",
                     (int)ikw_columns_fit(title, len, room - 3), title);
}

static int list(const struct train *tr)
{
    enum { LIST_COLUMNS = 80 };
    struct ikw_buf out = { 0 };
    for (size_t i = 0; i < tr->course.cases.n; i++) {
        const struct ikw_case *c = tr->course.cases.v[i];
        const struct ikw_attempt *a = last_of(tr, c);
        size_t from = out.len;
        ikw_buf_addf(&out, " %-31s %d/5 %2d min  ", c->id, c->difficulty,
                     c->minutes);
        if (a)
            ikw_buf_addf(
                &out, "%3d  ",
                (int)json_integer_value(json_object_get(a->close, "score")));
        else
            ikw_buf_adds(&out, unfinished(tr, c) ? "open " : "new  ");
        add_title(&out, c->title, LIST_COLUMNS - (out.len - from));
    }
    bool ok = say(&out);
    ikw_buf_release(&out);
    return ok ? 0 : IKW_EXIT_ERROR;
}

static int due(const struct train *tr)
{
    size_t n;
    struct ikw_buf out = { 0 };
    int64_t now = (int64_t)time(NULL);
    struct ikw_review *r =
        ikw_train_reviews(tr->attempts, tr->nattempts, tr->user, &n);
    for (size_t i = 0; i < n; i++) {
        ikw_buf_addf(&out, "  %-4s %-28s last ", r[i].due <= now ? "due" : "",
                     r[i].subject);
        day(&out, r[i].last);
        ikw_buf_addf(&out, " (%d)  next ", r[i].score);
        day(&out, r[i].due);
        ikw_buf_addc(&out, '\n');
    }
    if (!n)
        ikw_buf_adds(&out, "Nothing was trained yet.\n");
    bool ok = say(&out);
    free(r);
    ikw_buf_release(&out);
    return ok ? 0 : IKW_EXIT_ERROR;
}

/* Several trainees' files as one. */
static int report(const struct ikw_options *o)
{
    json_t *all = json_array();
    struct ikw_buf out = { 0 }, own = { 0 };
    size_t n;
    for (size_t i = 1; i < o->nfiles; i++) {
        json_t *one = ikw_train_read(o->files[i]);
        if (access(o->files[i], R_OK))
            ikw_complain("cannot read %s", o->files[i]);
        json_array_extend(all, one);
        json_decref(one);
    }
    if (o->nfiles == 1 && ikw_train_path(&own)) {
        json_t *one = ikw_train_read(own.ptr);
        json_array_extend(all, one);
        json_decref(one);
    }
    struct ikw_attempt *a = ikw_train_attempts(all, &n);
    ikw_train_report(a, n, (enum ikw_train_form)o->report_form, &out);
    bool ok = ikw_write_out(ikw_buf_str(&out), out.len);
    free(a);
    json_decref(all);
    ikw_buf_release(&out);
    ikw_buf_release(&own);
    return ok ? 0 : IKW_EXIT_ERROR;
}

static int one_case(struct train *tr, const char *name)
{
    const struct ikw_case *c =
        name ? ikw_case_list_find(&tr->course.cases, name) : next_case(tr);
    if (c)
        return session(tr, c);
    if (name) {
        ikw_complain("no case %s (ikewhy train list)", name);
        return IKW_EXIT_ERROR;
    }
    puts("No case is new and no review is due. Well done.");
    return 0;
}

int ikw_cmd_train(const struct ikw_options *o)
{
    struct train tr;
    int status = IKW_EXIT_ERROR;
    const char *what = o->nfiles ? o->files[0] : NULL;
    if (what && !strcmp(what, "report"))
        return report(o);
    if (train_open(&tr, o)) {
        if (what && !strcmp(what, "list"))
            status = list(&tr);
        else if (what && !strcmp(what, "due"))
            status = due(&tr);
        else
            status = one_case(&tr, what);
    }
    train_close(&tr);
    return status;
}
