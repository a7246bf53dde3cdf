/* Points, and the end of a session: what an expert reads out of the case. */
#include "cases/tutor.h"

#include <string.h>

enum { CAUSE = 40, CAUSE_OPEN = 30, EVIDENCE = 25, LINES_MAX = 256 };
enum { HINT_COST = 5, WRONG_COST = 3 };

const struct ikw_case_expect *ikw_tutor_expect(const struct ikw_tutor *t)
{
    unsigned all = ikw_case_logs(t->c, true);
    return ikw_case_expected(t->c, (t->released & all) == all &&
                                       all != ikw_case_logs(t->c, false));
}

/* ---- lines ------------------------------------------------------------- */

static unsigned first_log(const struct ikw_tutor *t)
{
    unsigned files = ikw_case_readable(t->c, t->released);
    for (unsigned i = 0; i < t->c->nfiles; i++)
        if (files >> i & 1)
            return i;
    return 0;
}

/* Takes "name:" off the front of a word, if a released file has that name. */
static unsigned take_file(const struct ikw_tutor *t, struct ikw_slice *w)
{
    for (unsigned i = 0; i < t->c->nfiles; i++) {
        size_t len = strlen(t->c->files[i].name);
        if (t->released >> i & 1 && w->len > len && w->ptr[len] == ':' &&
            !memcmp(w->ptr, t->c->files[i].name, len)) {
            *w = ikw_slice_sub(*w, len + 1, w->len);
            return i;
        }
    }
    return first_log(t);
}

static bool take_range(struct ikw_slice w, int64_t *from, int64_t *to)
{
    const char *dash = w.len ? memchr(w.ptr, '-', w.len) : NULL;
    size_t cut = dash ? (size_t)(dash - w.ptr) : w.len;
    if (!ikw_slice_int(ikw_slice_sub(w, 0, cut), from))
        return false;
    *to = *from;
    return !dash || ikw_slice_int(ikw_slice_sub(w, cut + 1, w.len), to);
}

size_t ikw_tutor_lines(const struct ikw_tutor *t, const char *words,
                       struct ikw_tutor_line_no *out, size_t max)
{
    static const char blanks[] = " \t,;";
    size_t n = 0;
    for (const char *p = words + strspn(words, blanks); *p;
         p += strspn(p, blanks)) {
        struct ikw_slice w = { p, strcspn(p, blanks) };
        int64_t from, to;
        p += w.len;
        unsigned file = take_file(t, &w);
        if (!take_range(w, &from, &to) || from < 1 || to < from)
            continue;
        to = to < t->texts[file].n ? to : t->texts[file].n;
        for (int64_t i = from; i <= to && n < max; i++)
            out[n++] = (struct ikw_tutor_line_no){ file, (uint32_t)i };
    }
    return n;
}

/* ---- points ------------------------------------------------------------ */

int ikw_tutor_score_cause(const struct ikw_tutor *t, const char *guess)
{
    const struct ikw_case_expect *e = ikw_tutor_expect(t);
    if (!e->nverdicts)
        return strstr(e->outcome, guess) || ikw_case_has(&e->notes, guess)
                   ? CAUSE
                   : 0;
    const struct ikw_case_verdict *v = &e->verdicts[0];
    if (!strcmp(v->cause, guess) || ikw_case_has(&v->same, guess))
        return CAUSE;
    return ikw_case_has(&v->open, guess) ? CAUSE_OPEN : 0;
}

static bool in(const struct ikw_case_line *l, const struct ikw_tutor_line_no *n)
{
    return l->file == n->file && n->line >= l->from && n->line <= l->to;
}

/* A range of the chain is one thing, however many of its lines are named. */
int ikw_tutor_score_evidence(const struct ikw_tutor *t,
                             const struct ikw_tutor_line_no *lines, size_t n)
{
    const struct ikw_case_expect *e = ikw_tutor_expect(t);
    size_t found = 0, stray = 0;
    for (size_t i = 0; i < e->nlines; i++)
        for (size_t j = 0; j < n; j++)
            if (in(&e->lines[i], &lines[j])) {
                found++;
                break;
            }
    for (size_t j = 0; j < n; j++) {
        bool hit = false;
        for (size_t i = 0; i < e->nlines && !hit; i++)
            hit = in(&e->lines[i], &lines[j]);
        stray += !hit;
    }
    size_t sum = 2 * found + stray + (e->nlines - found);
    return sum ? (int)((2 * found * EVIDENCE + sum / 2) / sum) : 0;
}

/* ---- the end ----------------------------------------------------------- */

/* Whether the trainee named a line of the range. */
static bool named(const struct ikw_tutor *t, const struct ikw_case_line *l)
{
    for (size_t i = 0; i < t->nnamed; i++)
        if (in(l, &t->named[i]))
            return true;
    return false;
}

static void put_chain_line(const struct ikw_tutor *t,
                           const struct ikw_case_line *l, struct ikw_buf *out)
{
    struct ikw_slice s = t->texts[l->file].lines[l->from - 1];
    const char *mark = !t->nnamed ? "" : named(t, l) ? "+ " : "- ";
    ikw_buf_addf(out, "  %s%s:%u", mark, t->c->files[l->file].name, l->from);
    if (l->to != l->from)
        ikw_buf_addf(out, "-%u", l->to);
    ikw_buf_addf(out, "  %.*s\n", (int)(s.len > 400 ? 400 : s.len), s.ptr);
}

/* What the trainee named and the chain does not need. */
static void put_strays(const struct ikw_tutor *t,
                       const struct ikw_case_expect *e, struct ikw_buf *out)
{
    size_t n = 0;
    for (size_t j = 0; j < t->nnamed; j++) {
        bool hit = false;
        for (size_t i = 0; i < e->nlines && !hit; i++)
            hit = in(&e->lines[i], &t->named[j]);
        if (!hit)
            ikw_buf_addf(out, "%s%s:%u",
                         n++ ? ", " : "You named too, and nothing rests on: ",
                         t->c->files[t->named[j].file].name, t->named[j].line);
    }
    if (n)
        ikw_buf_addc(out, '\n');
}

static void chain(const struct ikw_tutor *t, struct ikw_buf *out)
{
    const struct ikw_case_expect *e = ikw_tutor_expect(t);
    ikw_buf_addf(out, "What an expert reads%s:\n",
                 t->nnamed ? " (+ you named it, - you did not)" : "");
    for (size_t i = 0; i < e->nlines; i++)
        put_chain_line(t, &e->lines[i], out);
    put_strays(t, e, out);
    if (t->c->expert)
        ikw_buf_addf(out, "%s\n", t->c->expert);
    if (t->released != (1u << t->c->nfiles) - 1)
        ikw_buf_adds(out, "There was more to ask for; it was not needed to "
                          "pass.\n");
}

static void name_notes(const struct ikw_tutor *t,
                       const struct ikw_case_expect *e, struct ikw_buf *out)
{
    for (size_t i = 0; i < e->notes.n; i++) {
        const struct ikw_cause *c = ikw_kb_cause(t->kb, e->notes.ids[i]);
        ikw_buf_addf(out, "No fault, but worth telling: %s (%s)\n",
                     c ? c->title : "", e->notes.ids[i]);
    }
}

static void name_truth(const struct ikw_tutor *t, struct ikw_buf *out)
{
    const struct ikw_case_expect *e = ikw_tutor_expect(t);
    if (!e->nverdicts) {
        ikw_buf_addf(out, "The truth: %s\n", e->outcome);
        name_notes(t, e, out);
        return;
    }
    const struct ikw_case_verdict *v = &e->verdicts[0];
    const struct ikw_cause *c = ikw_kb_cause(t->kb, v->cause);
    ikw_buf_addf(out, "The truth: %s (%s)\n", c ? c->title : v->cause,
                 v->cause);
    if (v->open.n)
        ikw_buf_adds(out, "These logs alone cannot exclude:");
    for (size_t i = 0; i < v->open.n; i++)
        ikw_buf_addf(out, " %s", v->open.ids[i]);
    if (v->open.n)
        ikw_buf_addc(out, '\n');
}

/* Brier: the square of the distance from what was true. */
static void confidence(const struct ikw_tutor *t, struct ikw_buf *out)
{
    if (!t->sure)
        return;
    double p = t->sure / 100.0, hit = t->score.cause > 0;
    ikw_buf_addf(out,
                 "You were %d %% sure: Brier score %.2f (0 is perfect, 0.25 "
                 "is tossing a coin)\n",
                 t->sure, (p - hit) * (p - hit));
}

void ikw_tutor_close(struct ikw_tutor *t, struct ikw_buf *out)
{
    struct ikw_tutor_score *s = &t->score;
    t->stage = IKW_TUTOR_DONE;
    if (t->c->nquestions)
        s->step = (int)(20 * t->right_answers / t->c->nquestions);
    int hints = (int)t->hints * HINT_COST, wrong = (int)t->wrong * WRONG_COST;
    s->costs = hints + wrong + t->bought;
    s->total = s->cause + s->evidence + s->rival + s->step - s->costs;
    s->total = s->total < 0 ? 0 : s->total;
    ikw_buf_addf(out,
                 "--- %d/100\n"
                 "  cause %d/40, evidence %d/25, rival %d/15, questions %d/20\n"
                 "  hints -%d, bought -%d, guesses -%d\n",
                 s->total, s->cause, s->evidence, s->rival, s->step, hints,
                 t->bought, wrong);
    name_truth(t, out);
    confidence(t, out);
    chain(t, out);
    for (size_t i = 0; i < t->c->nreferences; i++)
        ikw_buf_addf(out, "Read on: %s\n", t->c->references[i]);
}
