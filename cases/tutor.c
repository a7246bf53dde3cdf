#include "cases/tutor.h"

#include <stdlib.h>
#include <string.h>

enum { SHOW_MAX = 200, GREP_MAX = 40, WRONG_MAX = 6, LINE_MAX_CHARS = 400 };
enum { EASY = 2 };

/* ---- life -------------------------------------------------------------- */

static bool release_file(struct ikw_tutor *t, unsigned i)
{
    if (t->released >> i & 1)
        return true;
    if (!ikw_case_text_read(&t->texts[i], t->c, i, &t->diags))
        return false;
    t->seen[i] = ikw_xcalloc(t->texts[i].n + 1, 1);
    t->released |= 1u << i;
    return true;
}

bool ikw_tutor_init(struct ikw_tutor *t, const struct ikw_kb *kb,
                    const struct ikw_case *c)
{
    bool ok = true;
    *t = (struct ikw_tutor){ .kb = kb, .c = c };
    for (unsigned i = 0; i < c->nfiles; i++)
        if (!c->files[i].cost)
            ok = release_file(t, i) && ok;
    return ok;
}

void ikw_tutor_release(struct ikw_tutor *t)
{
    for (unsigned i = 0; i < IKW_CASE_FILES; i++) {
        ikw_case_text_release(&t->texts[i]);
        free(t->seen[i]);
    }
    ikw_buf_release(&t->wrong_guesses);
    ikw_diags_release(&t->diags);
    *t = (struct ikw_tutor){ 0 };
}

/* ---- what is at hand --------------------------------------------------- */

static void list_files(const struct ikw_tutor *t, struct ikw_buf *out)
{
    for (unsigned i = 0; i < t->c->nfiles; i++) {
        const struct ikw_case_file *f = &t->c->files[i];
        if (t->released >> i & 1)
            ikw_buf_addf(out, "You have:   %s (%s), %u lines\n", f->name,
                         f->title, t->texts[i].n);
        else
            ikw_buf_addf(out, "On request: %s (%s), costs %d\n", f->name,
                         f->title, f->cost);
    }
}

void ikw_tutor_open(const struct ikw_tutor *t, struct ikw_buf *out)
{
    const struct ikw_case *c = t->c;
    ikw_buf_addf(out, "--- Case %s  \"%s\"  difficulty %d/5, about %d min\n",
                 c->id, c->title, c->difficulty, c->minutes);
    ikw_buf_addf(out, "Ticket: %s\n", c->ticket);
    ikw_buf_addf(out, "Where: %s\n", c->setting);
    list_files(t, out);
    ikw_buf_adds(out, "Look around (show 1-20, grep WORDS, ask FILE), then "
                      "guess CAUSE. `help` tells more.\n");
}

const char *ikw_tutor_prompt(const struct ikw_tutor *t)
{
    switch (t->stage) {
    case IKW_TUTOR_LOOK:
    case IKW_TUTOR_DONE:
        break;
    case IKW_TUTOR_EVIDENCE:
        return "lines> ";
    case IKW_TUTOR_SURE:
        return "percent> ";
    case IKW_TUTOR_RIVAL:
        return "rival and line> ";
    case IKW_TUTOR_QUESTIONS:
        return "a, b, ...> ";
    }
    return "train> ";
}

/* ---- looking ----------------------------------------------------------- */

static void show_line(struct ikw_tutor *t, unsigned file, uint32_t n, bool name,
                      struct ikw_buf *out)
{
    struct ikw_slice s = t->texts[file].lines[n - 1];
    int len = (int)(s.len > LINE_MAX_CHARS ? LINE_MAX_CHARS : s.len);
    t->seen[file][n - 1] = 1;
    if (name)
        ikw_buf_addf(out, "  %s:%u  %.*s\n", t->c->files[file].name, n, len,
                     s.ptr);
    else
        ikw_buf_addf(out, "%5u  %.*s\n", n, len, s.ptr);
}

static void show(struct ikw_tutor *t, const char *arg, struct ikw_buf *out)
{
    struct ikw_tutor_line_no *lines = ikw_xcalloc(SHOW_MAX, sizeof *lines);
    size_t n = ikw_tutor_lines(t, *arg ? arg : "1-20", lines, SHOW_MAX);
    if (!n && !*arg)
        n = ikw_tutor_lines(t, "1", lines, SHOW_MAX);
    if (!n)
        ikw_buf_adds(out, "No such lines. `show 4-9`, or `show FILE:4-9`.\n");
    for (size_t i = 0; i < n; i++)
        show_line(t, lines[i].file, lines[i].line, false, out);
    free(lines);
}

static bool holds(struct ikw_slice line, const char *words)
{
    size_t len = strlen(words);
    for (size_t i = 0; i + len <= line.len; i++)
        if (!memcmp(line.ptr + i, words, len))
            return true;
    return false;
}

static void grep(struct ikw_tutor *t, const char *words, struct ikw_buf *out)
{
    size_t hits = 0;
    for (unsigned i = 0; i < t->c->nfiles && *words; i++) {
        if (!(t->released >> i & 1))
            continue;
        for (uint32_t n = 1; n <= t->texts[i].n; n++) {
            if (!holds(t->texts[i].lines[n - 1], words) || hits++ >= GREP_MAX)
                continue;
            show_line(t, i, n, true, out);
        }
    }
    if (hits > GREP_MAX)
        ikw_buf_addf(out, "... and %zu more\n", hits - GREP_MAX);
    if (!hits)
        ikw_buf_adds(out, "No line at hand says that.\n");
}

/* "peer-log", "config", "debug", or the file's name. */
static bool asked_for(const struct ikw_case_file *f, const char *what)
{
    if (!strcmp(f->name, what))
        return true;
    if (!strcmp(what, "peer-log"))
        return f->peer && !f->config;
    if (!strcmp(what, "peer-config"))
        return f->peer && f->config;
    if (!strcmp(what, "debug"))
        return !f->peer && f->replaces >= 0;
    return !strcmp(what, "config") && !f->peer && f->config;
}

static void ask(struct ikw_tutor *t, const char *what, struct ikw_buf *out)
{
    for (unsigned i = 0; i < t->c->nfiles; i++) {
        if (t->released >> i & 1 || !asked_for(&t->c->files[i], what))
            continue;
        if (!release_file(t, i))
            break;
        t->bought += t->c->files[i].cost;
        ikw_buf_addf(out, "Here it is: %s, %u lines (cost %d).\n",
                     t->c->files[i].name, t->texts[i].n, t->c->files[i].cost);
        return;
    }
    ikw_buf_adds(out, "Nothing of that kind is to be had.\n");
    list_files(t, out);
}

static void hint(struct ikw_tutor *t, struct ikw_buf *out)
{
    if (t->hints >= t->c->nhints) {
        ikw_buf_adds(out, "No more hints.\n");
        return;
    }
    t->hints++;
    ikw_buf_addf(out, "Hint %u of %zu: %s\n", t->hints, t->c->nhints,
                 t->c->hints[t->hints - 1]);
}

static void causes(const struct ikw_tutor *t, const char *part,
                   struct ikw_buf *out)
{
    ikw_buf_adds(out, "  healthy, undecided\n");
    for (size_t i = 0; i < t->kb->ncauses; i++)
        if (strstr(t->kb->causes[i]->id, part))
            ikw_buf_addf(out, "  %-28s %s\n", t->kb->causes[i]->id,
                         t->kb->causes[i]->title);
}

static void help(struct ikw_buf *out)
{
    ikw_buf_adds(
        out,
        "  show A-B        lines of the log; show FILE:A-B of another file\n"
        "  grep WORDS      lines that hold these words\n"
        "  ask WHAT        peer-log, peer-config, config, debug; it costs "
        "points\n"
        "  hint            costs 5\n"
        "  causes [PART]   the names you can guess\n"
        "  guess CAUSE     a hypothesis; also `guess healthy`, `guess "
        "undecided`.\n"
        "                  A wrong one costs 3. Until the questions come you "
        "may\n"
        "                  change your mind with another guess\n"
        "  ticket          the ticket again\n"
        "  giveup          the solution, without points\n"
        "  quit            a break; the same command takes the case up "
        "again\n");
}

/* ---- the hypothesis ---------------------------------------------------- */

static void ask_evidence(struct ikw_tutor *t, struct ikw_buf *out)
{
    t->stage = IKW_TUTOR_EVIDENCE;
    ikw_buf_adds(out, "Which lines say so? (numbers, for instance 4 5 or "
                      "peer.log:3)\n");
}

/* What the case's author knows of a rival, if its line was seen. */
static const struct ikw_case_rival *seen_rival(const struct ikw_tutor *t,
                                               const char *cause, uint32_t *at)
{
    const struct ikw_case_expect *e = ikw_tutor_expect(t);
    for (size_t i = 0; i < e->nrivals; i++) {
        const struct ikw_case_line *l = &e->rivals[i].line;
        if (strcmp(e->rivals[i].cause, cause) != 0 || !t->seen[l->file])
            continue;
        for (*at = l->from; *at <= l->to; ++*at)
            if (t->seen[l->file][*at - 1])
                return &e->rivals[i];
    }
    return NULL;
}

static void say_judgement(const struct ikw_tutor *t, const struct ikw_judged *j,
                          struct ikw_buf *out)
{
    if (j->what == IKW_JUDGE_CONTRADICTED && j->line)
        ikw_buf_addf(out, "Contradicted by what you have seen: %s:%u. %s\n",
                     t->c->files[j->file].name, j->line, ikw_buf_str(&j->why));
    else if (j->what == IKW_JUDGE_CONTRADICTED)
        ikw_buf_addf(out, "Contradicted by what you have seen. %s\n",
                     ikw_buf_str(&j->why));
    else if (j->what == IKW_JUDGE_CONSISTENT)
        ikw_buf_adds(out, "Consistent with all you have seen.\n");
    else if (j->all_seen)
        ikw_buf_adds(out, "Not contradicted, and nothing at hand supports "
                          "it. What would you expect to see if it were so?\n");
    else
        ikw_buf_adds(out, "Not yet supported by the lines you have seen. "
                          "What would you expect to see, and where?\n");
}

static void note_wrong(struct ikw_tutor *t, const char *guess)
{
    t->wrong++;
    ikw_buf_addf(&t->wrong_guesses, "%s%s", t->wrong_guesses.len ? " " : "",
                 guess);
}

/* healthy, undecided: outcomes are no causes, the case knows them, and what
 * is worth telling of a tunnel without a fault. */
static bool is_outcome(const struct ikw_tutor *t, const char *guess)
{
    return ikw_case_has(&ikw_tutor_expect(t)->notes, guess) ||
           !strcmp(guess, "healthy") || !strcmp(guess, "undecided") ||
           !strcmp(guess, "no-negotiation");
}

static bool guess_outcome(struct ikw_tutor *t, const char *name,
                          struct ikw_buf *out)
{
    bool right = ikw_tutor_score_cause(t, name) > 0;
    ikw_buf_adds(out, right ? "Nothing you can see speaks against it.\n"
                            : "Something at hand speaks against it: look for "
                              "what should not be there, or for what is "
                              "missing.\n");
    return right;
}

/* True if the hypothesis stands. `*fair`: enough was seen to know better. */
static bool judge(struct ikw_tutor *t, const char *name, bool *fair,
                  struct ikw_buf *out)
{
    struct ikw_judged j;
    uint32_t at;
    ikw_tutor_judge(t, name, &j);
    const struct ikw_case_rival *r = seen_rival(t, name, &at);
    if (r && j.what != IKW_JUDGE_CONTRADICTED) {
        j.what = IKW_JUDGE_CONTRADICTED;
        j.file = r->line.file;
        j.line = at;
        ikw_buf_clear(&j.why);
        ikw_buf_adds(&j.why, r->why);
    }
    say_judgement(t, &j, out);
    *fair = j.all_seen || j.what == IKW_JUDGE_CONTRADICTED;
    bool right = ikw_tutor_score_cause(t, name) > 0;
    bool stands = j.what == IKW_JUDGE_CONSISTENT || (right && j.all_seen);
    if (stands && !right)
        ikw_buf_adds(out, "But something fits better. Keep looking.\n");
    ikw_buf_release(&j.why);
    return stands && right;
}

static void guess(struct ikw_tutor *t, const char *name, struct ikw_buf *out)
{
    if (!is_outcome(t, name) && !ikw_kb_cause(t->kb, name)) {
        ikw_buf_adds(out, "No cause of that name; `causes PART` lists them.\n");
        return;
    }
    bool fair = true;
    bool stands = is_outcome(t, name) ? guess_outcome(t, name, out)
                                      : judge(t, name, &fair, out);
    if (stands) {
        size_t len = strlen(name);
        len = len < sizeof t->guess ? len : sizeof t->guess - 1;
        memcpy(t->guess, name, len);
        t->guess[len] = '\0';
        t->score.cause = ikw_tutor_score_cause(t, name);
        ask_evidence(t, out);
    } else if (fair && ikw_tutor_score_cause(t, name) == 0) {
        note_wrong(t, name);
    }
    if (t->wrong == WRONG_MAX)
        ikw_buf_adds(out, "`giveup` shows the solution, whenever you like.\n");
}

/* ---- after the hypothesis ---------------------------------------------- */

static void ask_question(struct ikw_tutor *t, struct ikw_buf *out)
{
    if (t->question >= t->c->nquestions) {
        ikw_tutor_close(t, out);
        return;
    }
    const struct ikw_case_question *q = &t->c->questions[t->question];
    t->stage = IKW_TUTOR_QUESTIONS;
    ikw_buf_addf(out, "%s\n", q->ask);
    for (size_t i = 0; i < q->nchoices; i++)
        ikw_buf_addf(out, "  %c  %s\n", (int)('a' + i), q->choices[i].text);
}

static void take_evidence(struct ikw_tutor *t, const char *line,
                          struct ikw_buf *out)
{
    t->nnamed = ikw_tutor_lines(t, line, t->named, IKW_TUTOR_NAMED);
    if (!t->nnamed) {
        ikw_buf_adds(out, "Line numbers, please.\n");
        return;
    }
    t->score.evidence = ikw_tutor_score_evidence(t, t->named, t->nnamed);
    t->stage = IKW_TUTOR_SURE;
    ikw_buf_adds(out, "How sure are you, in percent?\n");
}

/* In the easy cases the names are given: which line it is, is the question. */
static void name_rivals(const struct ikw_tutor *t, struct ikw_buf *out)
{
    const struct ikw_case_expect *e = ikw_tutor_expect(t);
    for (size_t i = 0; i < e->nrivals && t->c->difficulty <= EASY; i++) {
        const struct ikw_cause *c = ikw_kb_cause(t->kb, e->rivals[i].cause);
        ikw_buf_addf(out, "  %-28s %s\n", e->rivals[i].cause,
                     c ? c->title : "");
    }
}

static void take_sure(struct ikw_tutor *t, const char *line,
                      struct ikw_buf *out)
{
    int64_t v = 0;
    if (!ikw_slice_int(ikw_slice_trim(ikw_slice_of(line)), &v) || v < 1 ||
        v > 99) {
        ikw_buf_adds(out, "A number from 1 to 99.\n");
        return;
    }
    t->sure = (int)v;
    t->stage = IKW_TUTOR_RIVAL;
    ikw_buf_adds(out, "Rule out one rival, with the line that does it (CAUSE "
                      "LINE), or say: none\n");
    name_rivals(t, out);
}

static const struct ikw_case_rival *
known_rival(const struct ikw_tutor *t, const char *cause,
            const struct ikw_tutor_line_no *at)
{
    const struct ikw_case_expect *e = ikw_tutor_expect(t);
    for (size_t i = 0; i < e->nrivals; i++) {
        const struct ikw_case_line *l = &e->rivals[i].line;
        if (!strcmp(e->rivals[i].cause, cause) && l->file == at->file &&
            at->line >= l->from && at->line <= l->to)
            return &e->rivals[i];
    }
    return NULL;
}

static void judge_rival(struct ikw_tutor *t, const char *cause,
                        const struct ikw_tutor_line_no *at, struct ikw_buf *out)
{
    struct ikw_judged j = { 0 };
    const struct ikw_case_rival *r = known_rival(t, cause, at);
    if (r) {
        t->score.rival = 15;
        ikw_buf_addf(out, "Yes: %s\n", r->why);
    } else if (ikw_tutor_ruled_out(t, cause, at->file, at->line, &j)) {
        t->score.rival = 15;
        ikw_buf_addf(out, "Yes: %s\n", ikw_buf_str(&j.why));
    } else if (ikw_buf_str(&j.why)[0]) {
        t->score.rival = 8;
        ikw_buf_addf(out, "It is ruled out, by another line: %s:%u. %s\n",
                     t->c->files[j.file].name, j.line, ikw_buf_str(&j.why));
    } else {
        ikw_buf_adds(out, "What is at hand does not rule it out.\n");
    }
    ikw_buf_release(&j.why);
}

/* "none" is right where nothing at hand can be ruled out. */
static void take_rival(struct ikw_tutor *t, const char *line,
                       struct ikw_buf *out)
{
    char cause[64];
    struct ikw_tutor_line_no at;
    size_t len = strcspn(line, " \t");
    const struct ikw_case_expect *e = ikw_tutor_expect(t);
    if (!strcmp(line, "none")) {
        t->score.rival = e->nrivals ? 0 : 15;
        if (e->nrivals)
            ikw_buf_addf(out, "One can be: %s. %s\n", e->rivals[0].cause,
                         e->rivals[0].why);
        ask_question(t, out);
        return;
    }
    if (len >= sizeof cause || !ikw_tutor_lines(t, line + len, &at, 1)) {
        ikw_buf_adds(out, "a cause id and a line number, please\n");
        return;
    }
    memcpy(cause, line, len);
    cause[len] = '\0';
    if (!ikw_kb_cause(t->kb, cause)) {
        ikw_buf_adds(out, "No cause of that name; `causes PART` lists them.\n");
        return;
    }
    judge_rival(t, cause, &at, out);
    ask_question(t, out);
}

static void take_answer(struct ikw_tutor *t, const char *line,
                        struct ikw_buf *out)
{
    const struct ikw_case_question *q = &t->c->questions[t->question];
    unsigned i = (unsigned)((line[0] | 0x20) - 'a');
    if (line[0] == '\0' || line[1] || i >= q->nchoices) {
        ikw_buf_adds(out, "One of the letters.\n");
        return;
    }
    if (i == q->right) {
        t->right_answers++;
        ikw_buf_adds(out, "Right.\n");
    } else {
        ikw_buf_addf(out, "No. %s\nRight would be: %s\n", q->choices[i].why,
                     q->choices[q->right].text);
    }
    t->question++;
    ask_question(t, out);
}

/* ---- lines of the trainee ---------------------------------------------- */

static bool starts(const char *line, const char *word, const char **rest)
{
    size_t len = strlen(word);
    if (strncmp(line, word, len) || (line[len] && line[len] != ' '))
        return false;
    *rest = line + len + strspn(line + len, " ");
    return true;
}

/* Commands that are understood at any stage. */
static bool common(struct ikw_tutor *t, const char *line, struct ikw_buf *out)
{
    const char *rest;
    if (starts(line, "show", &rest))
        show(t, rest, out);
    else if (starts(line, "grep", &rest))
        grep(t, rest, out);
    else if (starts(line, "ask", &rest))
        ask(t, rest, out);
    else if (starts(line, "causes", &rest))
        causes(t, rest, out);
    else if (!strcmp(line, "hint"))
        hint(t, out);
    else if (!strcmp(line, "help"))
        help(out);
    else if (!strcmp(line, "ticket"))
        ikw_tutor_open(t, out);
    else
        return false;
    return true;
}

/* Until the questions come, a mind may be changed. */
static bool takes_guess(const struct ikw_tutor *t)
{
    return t->stage != IKW_TUTOR_QUESTIONS && t->stage != IKW_TUTOR_DONE;
}

static void by_stage(struct ikw_tutor *t, const char *line, struct ikw_buf *out)
{
    const char *rest;
    if (takes_guess(t) && starts(line, "guess", &rest) && *rest) {
        t->stage = IKW_TUTOR_LOOK;
        t->score.cause = 0;
        guess(t, rest, out);
        return;
    }
    switch (t->stage) {
    case IKW_TUTOR_LOOK:
        ikw_buf_adds(out, "`help` lists the commands.\n");
        break;
    case IKW_TUTOR_EVIDENCE:
        take_evidence(t, line, out);
        break;
    case IKW_TUTOR_SURE:
        take_sure(t, line, out);
        break;
    case IKW_TUTOR_RIVAL:
        take_rival(t, line, out);
        break;
    case IKW_TUTOR_QUESTIONS:
        take_answer(t, line, out);
        break;
    case IKW_TUTOR_DONE:
        break;
    }
}

bool ikw_tutor_line(struct ikw_tutor *t, const char *line, struct ikw_buf *out)
{
    char clean[512];
    struct ikw_slice s = ikw_slice_trim(ikw_slice_of(line));
    size_t len = s.len < sizeof clean - 1 ? s.len : sizeof clean - 1;
    if (len)
        memcpy(clean, s.ptr, len);
    clean[len] = '\0';
    if (t->stage == IKW_TUTOR_DONE || !strcmp(clean, "quit"))
        return false;
    if (!strcmp(clean, "giveup"))
        ikw_tutor_close(t, out);
    else if (len && !common(t, clean, out))
        by_stage(t, clean, out);
    return t->stage != IKW_TUTOR_DONE;
}
