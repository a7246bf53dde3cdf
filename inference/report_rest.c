/*
 * What the verdicts leave over: error lines that none of them explains, what
 * the log could not show, and harmless conditions worth telling.
 */
#include "inference/builder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BLIND_MAX = 64, SURE_PERCENT = 95, PLACES_MAX = 16384 };

void ikw_rest_init(struct ikw_rest *r, const struct ikw_kb *kb)
{
    r->noted = ikw_xcalloc(kb->ncauses, sizeof *r->noted);
    r->noted_alone = ikw_xcalloc(kb->ncauses, sizeof *r->noted_alone);
}

void ikw_rest_release(struct ikw_rest *r)
{
    for (size_t i = 0; i < r->nblind; i++)
        free(r->blind[i]);
    free(r->blind);
    free(r->noted);
    free(r->noted_alone);
    free(r->daemon.v);
    for (size_t i = 0; i < r->nerrors; i++) {
        char *text;
        memcpy(&text, &r->errors[i].ev.text, sizeof text);
        free(text);
    }
}

/* ---- places already counted -------------------------------------------- */

bool ikw_places_add(struct ikw_places *ps, unsigned file, uint32_t line)
{
    uint64_t place = (uint64_t)file << 32 | line;
    size_t lo = 0, hi = ps->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (ps->v[mid] < place)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (line && lo < ps->n && ps->v[lo] == place)
        return false;
    if (!line || ps->n >= PLACES_MAX)
        return true;
    IKW_GROW(ps->v, ps->cap, ps->n + 1);
    memmove(&ps->v[lo + 1], &ps->v[lo], (ps->n - lo) * sizeof *ps->v);
    ps->v[lo] = place;
    ps->n++;
    return true;
}

/* ---- error lines ------------------------------------------------------- */

static uint32_t error_key(const char *tunnel, const struct ikw_evidence *ev)
{
    const char *what = ev->message ? ev->message->id : ev->text;
    uint32_t h = ikw_hash_bytes(what ? what : "", what ? strlen(what) : 0);
    if (tunnel)
        h = h * 31 + ikw_hash_bytes(tunnel, strlen(tunnel));
    return h;
}

static int cmp_place(const struct ikw_evidence *a, const struct ikw_evidence *b)
{
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static char *dup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(ikw_xmalloc(n), s, n);
}

static void drop_at(struct ikw_rest *r, size_t i)
{
    char *text;
    memcpy(&text, &r->errors[i].ev.text, sizeof text);
    free(text);
    r->nerrors--;
    memmove(&r->errors[i], &r->errors[i + 1],
            (r->nerrors - i) * sizeof *r->errors);
}

static void insert(struct ikw_rest *r, uint32_t key,
                   const struct ikw_evidence *ev)
{
    size_t i = r->nerrors;
    if (r->nerrors == IKW_UNEXPLAINED_MAX) {
        if (cmp_place(ev, &r->errors[r->nerrors - 1].ev) >= 0)
            return;
        drop_at(r, r->nerrors - 1);
        i = r->nerrors;
    }
    while (i && cmp_place(ev, &r->errors[i - 1].ev) < 0)
        i--;
    memmove(&r->errors[i + 1], &r->errors[i],
            (r->nerrors - i) * sizeof *r->errors);
    r->nerrors++;
    r->errors[i] = (struct ikw_error_line){ key, *ev };
    r->errors[i].ev.text = dup(ev->text ? ev->text : "");
}

/* Keeps the first places, one for each message and tunnel: so it does not
 * matter in what order the tunnels come. */
void ikw_rest_error(struct ikw_rest *r, const char *tunnel,
                    const struct ikw_evidence *ev, uint32_t count)
{
    uint32_t key = error_key(tunnel, ev);
    r->total = UINT32_MAX - r->total < count ? UINT32_MAX : r->total + count;
    for (size_t i = 0; i < r->nerrors; i++) {
        if (r->errors[i].key != key)
            continue;
        if (cmp_place(ev, &r->errors[i].ev) >= 0)
            return;
        drop_at(r, i);
        break;
    }
    insert(r, key, ev);
}

/* ---- which lines are explained ----------------------------------------- */

struct places {
    struct place {
        unsigned file;
        uint32_t line;
    } * v;
    size_t n, cap;
};

static void add_place(struct places *ps, const struct ikw_evidence *ev)
{
    if (!ev->line)
        return;
    IKW_GROW(ps->v, ps->cap, ps->n + 1);
    ps->v[ps->n++] = (struct place){ ev->file, ev->line };
}

static void explain(void *arg, const struct ikw_fact *f)
{
    add_place(arg, &f->first);
    add_place(arg, &f->last);
}

static int cmp_places(const void *x, const void *y)
{
    const struct place *a = x, *b = y;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static bool has_place(const struct places *ps, const struct ikw_evidence *ev)
{
    struct place p = { ev->file, ev->line };
    return ps->n && bsearch(&p, ps->v, ps->n, sizeof p, cmp_places);
}

/* Does a verdict cover the problem: its own, or that of its upstream? */
static bool covered(const struct ikw_problem *p)
{
    return p && (p->symptom || ikw_contest_winner(&p->contest));
}

/* All that was weighed for the verdict, also what a stronger line of its
 * group made superfluous, and what excludes a rival. */
static void explain_weights(const struct ikw_scene *s,
                            const struct ikw_walker *w)
{
    const struct ikw_problem *p = NULL;
    for (size_t i = 0; i < s->nweights; i++) {
        const struct ikw_weight *g = s->weights[i];
        if (!i || g->subject != s->weights[i - 1]->subject)
            p = ikw_scene_problem(s, g->subject);
        const struct ikw_candidate *c =
            p ? ikw_contest_winner(&p->contest) : NULL;
        if (c && g->why &&
            (g->kind == IKW_THEN_EXCLUDE ||
             ikw_cause_within(g->cause, c->cause)))
            ikw_proof_walk(s->engine, g->why, w);
    }
}

/* What made it a problem, a symptom, recovered or a note. */
static void explain_derived(const struct ikw_scene *s,
                            const struct ikw_type *type, bool any,
                            const struct ikw_walker *w)
{
    const struct ikw_fact *const *facts = NULL;
    size_t n = ikw_scene_facts(s, type, &facts);
    for (size_t i = 0; i < n; i++) {
        const struct ikw_derivation *why = ikw_engine_why(s->engine, facts[i]);
        int64_t subject;
        if (!why || (!any && (!ikw_fact_int(facts[i], "subject", &subject) ||
                              !covered(ikw_scene_problem(s, subject)))))
            continue;
        ikw_proof_walk(s->engine, why, w);
    }
}

static bool is_alarm(const struct ikw_evidence *ev)
{
    const struct ikw_message *m = ev->message;
    return ev->line && m && !m->benign &&
           (m->level == IKW_LEVEL_ERROR || m->level == IKW_LEVEL_WARNING);
}

static int cmp_fact_place(const void *x, const void *y)
{
    const struct ikw_fact *a = *(const struct ikw_fact *const *)x;
    const struct ikw_fact *b = *(const struct ikw_fact *const *)y;
    int c = cmp_place(&a->first, &b->first);
    return c ? c : (a->id > b->id) - (a->id < b->id);
}

static bool is_carried(const struct ikw_fact *f)
{
    return ikw_type_slot(f->type, "carried") >= 0 &&
           ikw_fact_says(f, "carried", "yes");
}

static bool is_of_daemon(const struct ikw_fact *f)
{
    int at = f->type->negotiation;
    return at < 0 || f->slots[at].kind != IKW_INT;
}

static void tell_alarm(struct ikw_rest *r, const struct ikw_scene *s,
                       const struct ikw_fact *f)
{
    if (!is_of_daemon(f))
        ikw_rest_error(r, s->fs->peer, &f->first, f->count);
    else if (ikw_places_add(&r->daemon, f->first.file, f->first.line))
        ikw_rest_error(r, NULL, &f->first, f->count);
}

/* What only repeats that a negotiation went wrong is explained by a verdict on
 * it, or on the one it follows from. */
static bool is_consequence(const struct ikw_scene *s, const struct ikw_fact *f)
{
    const struct ikw_message *m = f->first.message;
    int64_t subject;
    return (f->type->consequence || (m && m->consequence)) &&
           ikw_fact_int(f, "negotiation", &subject) &&
           covered(ikw_scene_problem(s, subject));
}

/* One line may have made several facts: it counts once. */
static void tell_alarms(struct ikw_rest *r, const struct ikw_scene *s,
                        const struct places *ps)
{
    const struct ikw_fact **v;
    struct ikw_fact_set *fs = s->fs;
    struct ikw_arena scratch = { 0 };
    size_t n = 0;
    v = IKW_ARENA_ARRAY(&scratch, const struct ikw_fact *, fs->nfacts);
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_fact *f = fs->facts[i];
        if (is_alarm(&f->first) && !is_carried(f) &&
            !has_place(ps, &f->first) && !has_place(ps, &f->last))
            v[n++] = f;
    }
    if (n)
        qsort(v, n, sizeof *v, cmp_fact_place);
    for (size_t i = 0; i < n; i++) {
        if (!i || cmp_place(&v[i]->first, &v[i - 1]->first) != 0)
            tell_alarm(r, s, v[i]);
    }
    ikw_arena_release(&scratch);
}

void ikw_rest_unexplained(struct ikw_rest *r, const struct ikw_scene *s)
{
    struct places ps = { 0 };
    struct ikw_walker w = { .leaf = explain, .arg = &ps };
    explain_weights(s, &w);
    explain_derived(s, s->types->problem, false, &w);
    explain_derived(s, s->types->symptom, false, &w);
    explain_derived(s, s->types->recovered, false, &w);
    explain_derived(s, s->types->note, true, &w);
    for (size_t i = 0; i < s->fs->nfacts; i++) {
        if (is_consequence(s, s->fs->facts[i]))
            explain(&ps, s->fs->facts[i]);
    }
    if (ps.n)
        qsort(ps.v, ps.n, sizeof *ps.v, cmp_places);
    tell_alarms(r, s, &ps);
    free(ps.v);
}

/* ---- blind spots ------------------------------------------------------- */

static const char *level_name(enum ikw_level level)
{
    static const char *const names[] = { "unknown", "error", "warning",
                                         "notify",  "info",  "debug",
                                         "debug2" };
    return (size_t)level < sizeof names / sizeof *names ? names[level]
                                                        : names[0];
}

static void add_blind(struct ikw_rest *r, const char *text)
{
    size_t i = 0;
    while (i < r->nblind && strcmp(r->blind[i], text) < 0)
        i++;
    if (i < r->nblind && strcmp(r->blind[i], text) == 0)
        return;
    IKW_GROW(r->blind, r->blind_cap, r->nblind + 1);
    memmove(&r->blind[i + 1], &r->blind[i], (r->nblind - i) * sizeof *r->blind);
    r->blind[i] = dup(text);
    r->nblind++;
    if (r->nblind > BLIND_MAX) /* keeps the first in order */
        free(r->blind[--r->nblind]);
}

static void tell_blind(struct ikw_rest *r, const struct ikw_scene *s,
                       const struct ikw_blind *b, const struct ikw_cause *c)
{
    struct ikw_buf text = { 0 };
    const struct ikw_visibility *see = &s->fs->see[IKW_SOURCE_LOCAL];
    if (!see->present && s->fs->see[IKW_SOURCE_PEER].present)
        see = &s->fs->see[IKW_SOURCE_PEER];
    ikw_buf_addf(&text, "%s: ", c->title ? c->title : c->id);
    if (b->no_log)
        ikw_buf_adds(&text, "only the log of the other side would show it");
    else if (b->window)
        ikw_buf_adds(&text, "the log ends too early to tell");
    else
        ikw_buf_addf(&text, "not visible at level %s, needs %s",
                     level_name(see->level), level_name(b->needed));
    add_blind(r, text.ptr);
    ikw_buf_release(&text);
}

static bool is_open(const struct ikw_problem *p)
{
    const struct ikw_candidate *c = ikw_contest_winner(&p->contest);
    return !p->symptom && !p->suspicion && (!c || c->certainty < SURE_PERCENT);
}

static void read_level(struct ikw_rest *r, const struct ikw_scene *s)
{
    for (size_t i = 0; i < 2; i++) {
        const struct ikw_visibility *see = &s->fs->see[i];
        if (see->present && see->level != IKW_LEVEL_NONE &&
            (r->weak_level == IKW_LEVEL_NONE || see->level < r->weak_level))
            r->weak_level = see->level;
    }
}

/* A problem no cause has evidence for: said by its kind. */
static void tell_nameless(struct ikw_rest *r, const struct ikw_problem *p)
{
    struct ikw_buf text = { 0 };
    ikw_buf_addf(&text, "%s: the log holds no evidence for any cause",
                 p->kind ? p->kind : "problem");
    add_blind(r, text.ptr);
    ikw_buf_release(&text);
}

/* Its verdict would be surer if a line named its peer. */
static void tell_doubtful(struct ikw_rest *r, const struct ikw_scene *s,
                          const struct ikw_problem *p)
{
    struct ikw_buf text = { 0 };
    ikw_buf_addf(&text,
                 "line %" PRIu32 " names no peer and may be about another "
                 "tunnel than that of %s",
                 p->doubtful, s->fs->peer ? s->fs->peer : "this verdict");
    add_blind(r, text.ptr);
    ikw_buf_release(&text);
}

static const struct ikw_cause *cause_of(const struct ikw_rule *rule)
{
    for (size_t i = 0; i < rule->nthens; i++) {
        if (rule->thens[i].kind != IKW_THEN_DERIVE && rule->thens[i].cause)
            return rule->thens[i].cause;
    }
    return NULL;
}

void ikw_rest_blind(struct ikw_rest *r, const struct ikw_scene *s)
{
    for (size_t i = 0; i < s->nproblems; i++) {
        const struct ikw_problem *p = &s->problems[i];
        if (!is_open(p))
            continue;
        r->weak = true;
        read_level(r, s);
        if (!p->contest.n)
            tell_nameless(r, p);
        if (p->doubtful)
            tell_doubtful(r, s, p);
    }
    size_t n = r->weak ? ikw_engine_nblind(s->engine) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct ikw_blind *b = ikw_engine_blind(s->engine, i);
        const struct ikw_problem *p = ikw_scene_problem(s, b->subject);
        const struct ikw_cause *c = cause_of(b->rule);
        if (p && c && is_open(p))
            tell_blind(r, s, b, c);
    }
}

/* ---- notes ------------------------------------------------------------- */

/* The daemon's own set knows of no tunnel: what it misses there may have
 * happened in one. */
void ikw_rest_notes(struct ikw_rest *r, const struct ikw_scene *s)
{
    bool *noted = s->fs->peer ? r->noted : r->noted_alone;
    const struct ikw_fact *const *facts = NULL;
    size_t n = ikw_scene_facts(s, s->types->note, &facts);
    for (size_t i = 0; i < n; i++) {
        struct ikw_value id = ikw_fact_get(facts[i], "cause");
        const struct ikw_cause *c =
            id.kind == IKW_STR ? ikw_kb_cause(s->kb, id.u.str) : NULL;
        if (c)
            noted[c->index] = true;
    }
}

/* ---- the end ----------------------------------------------------------- */

static void close_limits(struct ikw_report *out)
{
    struct ikw_buf b = { 0 };
    for (int i = 0; i < IKW_LIMIT_COUNT; i++) {
        ikw_buf_clear(&b);
        if (ikw_limit_words(&out->limits, (enum ikw_limit)i, &b))
            out->blind_spots[out->nblind_spots++] =
                ikw_arena_strdup(&out->arena, b.ptr);
    }
    ikw_buf_release(&b);
}

static void close_blind(const struct ikw_rest *r, struct ikw_report *out)
{
    out->blind_spots = IKW_ARENA_ARRAY(&out->arena, const char *,
                                       r->nblind + 1 + IKW_LIMIT_COUNT);
    if (r->weak && r->weak_level != IKW_LEVEL_NONE &&
        r->weak_level < IKW_LEVEL_DEBUG2) {
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b,
                     "log level %s: what is only written at %s is not "
                     "visible",
                     level_name(r->weak_level),
                     r->weak_level < IKW_LEVEL_DEBUG ? "debug or debug2"
                                                     : "debug2");
        out->blind_spots[out->nblind_spots++] =
            ikw_arena_strdup(&out->arena, b.ptr);
        ikw_buf_release(&b);
    }
    close_limits(out);
    for (size_t i = 0; i < r->nblind; i++)
        out->blind_spots[out->nblind_spots++] =
            ikw_arena_strdup(&out->arena, r->blind[i]);
}

void ikw_rest_close(const struct ikw_rest *r, struct ikw_report *out)
{
    size_t n = r->nerrors;
    out->unexplained = IKW_ARENA_ARRAY(&out->arena, struct ikw_evidence, n);
    for (size_t i = 0; i < n; i++)
        out->unexplained[i] = ikw_evidence_copy(&out->arena, &r->errors[i].ev);
    out->nunexplained = n;
    out->unexplained_total = r->total;
    close_blind(r, out);
    out->notes = IKW_ARENA_ARRAY(&out->arena, const struct ikw_cause *,
                                 out->kb->ncauses);
    for (size_t i = 0; i < out->kb->ncauses; i++) {
        if (r->noted[i] || (r->noted_alone[i] && !out->ntunnels))
            out->notes[out->nnotes++] = out->kb->causes[i];
    }
}
