/*
 * The problems of one fact set: which subjects have one, which of them are
 * mere symptoms, when they happened, and how their causes rank.
 */
#include "inference/builder.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading facts ----------------------------------------------------- */

void ikw_report_types_init(struct ikw_report_types *t, const struct ikw_kb *kb)
{
    t->problem = ikw_kb_type(kb, "problem");
    t->symptom = ikw_kb_type(kb, "symptom");
    t->recovered = ikw_kb_type(kb, "recovered");
    t->note = ikw_kb_type(kb, "note");
    t->negotiation = ikw_kb_type(kb, "negotiation");
    t->established = ikw_kb_type(kb, "sa-established");
    t->removed = ikw_kb_type(kb, "sa-removed");
    t->expired = ikw_kb_type(kb, "sa-expired");
    t->rekey = ikw_kb_type(kb, "rekey");
}

bool ikw_fact_int(const struct ikw_fact *f, const char *slot, int64_t *out)
{
    struct ikw_value v = ikw_fact_get(f, slot);
    if (v.kind != IKW_INT)
        return false;
    *out = v.u.i;
    return true;
}

const char *ikw_fact_word(const struct ikw_fact *f, const char *slot)
{
    struct ikw_value v = ikw_fact_get(f, slot);
    int at = ikw_type_slot(f->type, slot);
    if (v.kind != IKW_STR || at < 0)
        return NULL;
    const struct ikw_slot *s = &f->type->slots[at];
    for (size_t i = 0; i < s->nwords; i++) {
        if (strcmp(s->words[i], v.u.str) == 0)
            return s->words[i];
    }
    return NULL;
}

bool ikw_fact_says(const struct ikw_fact *f, const char *slot, const char *word)
{
    struct ikw_value v = ikw_fact_get(f, slot);
    return v.kind == IKW_STR && strcmp(v.u.str, word) == 0;
}

size_t ikw_scene_facts(const struct ikw_scene *s, const struct ikw_type *type,
                       const struct ikw_fact *const **out)
{
    return type ? ikw_engine_facts_of(s->engine, type, out) : 0;
}

/* ---- weights and negotiations by number -------------------------------- */

static int cmp_i(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int cmp_subject(const void *x, const void *y)
{
    const struct ikw_weight *a = *(const struct ikw_weight *const *)x;
    const struct ikw_weight *b = *(const struct ikw_weight *const *)y;
    return cmp_i(a->subject, b->subject);
}

static void read_weights(struct ikw_scene *s)
{
    s->nweights = ikw_engine_nweights(s->engine);
    s->weights =
        IKW_ARENA_ARRAY(&s->arena, const struct ikw_weight *, s->nweights);
    for (size_t i = 0; i < s->nweights; i++)
        s->weights[i] = ikw_engine_weight(s->engine, i);
    if (s->nweights)
        qsort(s->weights, s->nweights, sizeof *s->weights, cmp_subject);
}

/* First weight of the subject, and how many there are. */
static size_t weights_of(const struct ikw_scene *s, int64_t subject,
                         const struct ikw_weight *const **out)
{
    size_t lo = 0, hi = s->nweights;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->weights[mid]->subject < subject)
            lo = mid + 1;
        else
            hi = mid;
    }
    *out = s->weights + lo;
    size_t n = 0;
    while (lo + n < s->nweights && s->weights[lo + n]->subject == subject)
        n++;
    return n;
}

static int64_t id_of(const struct ikw_fact *f)
{
    int64_t id = 0;
    ikw_fact_int(f, "id", &id);
    return id;
}

static int cmp_id(const void *x, const void *y)
{
    const struct ikw_fact *a = *(const struct ikw_fact *const *)x;
    const struct ikw_fact *b = *(const struct ikw_fact *const *)y;
    int c = cmp_i(id_of(a), id_of(b));
    return c ? c : (a->id > b->id) - (a->id < b->id);
}

static void read_negotiations(struct ikw_scene *s)
{
    const struct ikw_fact *const *facts = NULL;
    size_t n = ikw_scene_facts(s, s->types->negotiation, &facts);
    s->negotiations = IKW_ARENA_ARRAY(&s->arena, const struct ikw_fact *, n);
    for (size_t i = 0; i < n; i++)
        s->negotiations[i] = facts[i];
    if (n)
        qsort(s->negotiations, n, sizeof *s->negotiations, cmp_id);
    s->nnegotiations = n;
}

static const struct ikw_fact *negotiation_of(const struct ikw_scene *s,
                                             int64_t id)
{
    size_t lo = 0, hi = s->nnegotiations;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (id_of(s->negotiations[mid]) < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    bool found =
        id != 0 && lo < s->nnegotiations && id_of(s->negotiations[lo]) == id;
    return found ? s->negotiations[lo] : NULL;
}

/* ---- problems ---------------------------------------------------------- */

static struct ikw_problem *problem_of(const struct ikw_scene *s,
                                      int64_t subject)
{
    size_t lo = 0, hi = s->nproblems;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->problems[mid].subject < subject)
            lo = mid + 1;
        else
            hi = mid;
    }
    bool found = lo < s->nproblems && s->problems[lo].subject == subject;
    return found ? &s->problems[lo] : NULL;
}

static int cmp_problem_subject(const void *x, const void *y)
{
    const struct ikw_problem *a = x, *b = y;
    int c = cmp_i(a->subject, b->subject);
    if (!c)
        c = cmp_i(a->suspicion, b->suspicion);
    /* of several of one subject the first the engine names counts */
    return c ? c : cmp_i(a->line, b->line);
}

static void read_problems(struct ikw_scene *s)
{
    const struct ikw_fact *const *facts = NULL;
    size_t n = ikw_scene_facts(s, s->types->problem, &facts), k = 0;
    s->problems = IKW_ARENA_ARRAY(&s->arena, struct ikw_problem, n);
    for (size_t i = 0; i < n; i++) {
        struct ikw_problem p = { .line = (uint32_t)i };
        int64_t phase = 0;
        if (!ikw_fact_int(facts[i], "subject", &p.subject))
            continue;
        p.kind = ikw_fact_word(facts[i], "kind");
        p.daemon = ikw_fact_says(facts[i], "kind", "daemon");
        p.suspicion = ikw_fact_says(facts[i], "kind", "suspicion");
        ikw_fact_int(facts[i], "phase", &phase);
        p.phase = phase > 0 && phase < 3 ? (unsigned)phase : 0;
        s->problems[k++] = p;
    }
    if (k)
        qsort(s->problems, k, sizeof *s->problems, cmp_problem_subject);
    for (size_t i = 0; i < k; i++) {
        if (!s->nproblems ||
            s->problems[s->nproblems - 1].subject != s->problems[i].subject)
            s->problems[s->nproblems++] = s->problems[i];
    }
}

static void read_recovered(struct ikw_scene *s)
{
    const struct ikw_fact *const *facts = NULL;
    size_t n = ikw_scene_facts(s, s->types->recovered, &facts);
    for (size_t i = 0; i < n; i++) {
        int64_t subject;
        struct ikw_problem *p = NULL;
        if (ikw_fact_int(facts[i], "subject", &subject))
            p = problem_of(s, subject);
        if (p)
            p->recovered = true;
    }
}

/* ---- symptoms ---------------------------------------------------------- */

/* Of several the earliest subject is upstream. */
static void read_upstream(struct ikw_scene *s)
{
    const struct ikw_fact *const *facts = NULL;
    size_t n = ikw_scene_facts(s, s->types->symptom, &facts);
    for (size_t i = 0; i < n; i++) {
        int64_t subject, of;
        if (!ikw_fact_int(facts[i], "subject", &subject) ||
            !ikw_fact_int(facts[i], "of", &of) || subject == of)
            continue;
        struct ikw_problem *p = problem_of(s, subject);
        if (!p || !problem_of(s, of) || (p->symptom && p->upstream <= of))
            continue;
        p->symptom = true;
        p->upstream = of;
    }
}

/* Where symptoms lead round in a circle, its first subject stays a problem.
 * `mark[i]`: the walk that met problem i, or 0. */
static void break_circles(struct ikw_scene *s)
{
    size_t *mark = IKW_ARENA_ARRAY(&s->arena, size_t, s->nproblems);
    for (size_t i = 0; i < s->nproblems; i++) {
        struct ikw_problem *p = &s->problems[i];
        while (p && p->symptom && !mark[p - s->problems]) {
            mark[p - s->problems] = i + 1;
            p = problem_of(s, p->upstream);
        }
        if (!p || !p->symptom || mark[p - s->problems] != i + 1)
            continue;
        struct ikw_problem *least = p, *q = p;
        do {
            q = problem_of(s, q->upstream);
            if (q->subject < least->subject)
                least = q;
        } while (q != p);
        least->symptom = false;
    }
}

/* ---- when and who ------------------------------------------------------ */

struct span {
    int64_t after_ms; /* evidence up to here does not count */
    int64_t first_ms, last_ms;
    unsigned file;
    uint32_t line;
};

static void widen(struct span *s, const struct ikw_evidence *ev)
{
    if (s->after_ms != IKW_NO_TIME && ev->t_ms <= s->after_ms)
        return;
    if (ev->line && (!s->line || ev->file < s->file ||
                     (ev->file == s->file && ev->line < s->line))) {
        s->file = ev->file;
        s->line = ev->line;
    }
    if (!ev->line || ev->t_ms == IKW_NO_TIME)
        return;
    if (s->first_ms == IKW_NO_TIME || ev->t_ms < s->first_ms)
        s->first_ms = ev->t_ms;
    if (s->last_ms == IKW_NO_TIME || ev->t_ms > s->last_ms)
        s->last_ms = ev->t_ms;
}

static void widen_by_fact(void *arg, const struct ikw_fact *f)
{
    widen(arg, &f->first);
    widen(arg, &f->last);
}

static struct span span_of_weights(const struct ikw_scene *s,
                                   const struct ikw_problem *p,
                                   int64_t after_ms)
{
    struct span sp = { .after_ms = after_ms,
                       .first_ms = IKW_NO_TIME,
                       .last_ms = IKW_NO_TIME };
    struct ikw_walker w = { .leaf = widen_by_fact, .arg = &sp };
    const struct ikw_weight *const *v;
    size_t n = weights_of(s, p->subject, &v);
    for (size_t i = 0; i < n; i++) {
        if (v[i]->why)
            ikw_proof_walk(s->engine, v[i]->why, &w);
    }
    return sp;
}

/* A negotiation tells when. One carried in from before does not: its SA may
 * have lived for hours; what came after it does. */
static void place(const struct ikw_scene *s, struct ikw_problem *p)
{
    struct span own = { .after_ms = IKW_NO_TIME,
                        .first_ms = IKW_NO_TIME,
                        .last_ms = IKW_NO_TIME };
    if (p->negotiation)
        widen_by_fact(&own, p->negotiation);
    if (!p->negotiation || p->carried || !own.line) {
        struct span sp = span_of_weights(s, p, own.last_ms);
        if (sp.line)
            own = sp;
    }
    p->first_ms = own.first_ms;
    p->last_ms = own.last_ms;
    p->file = own.file;
    p->line = own.line;
}

/* Our role is the opposite of the one the peer's log gives itself. */
static char role_of(const struct ikw_fact *negotiation)
{
    struct ikw_value v = ikw_fact_get(negotiation, "role");
    if (v.kind != IKW_STR || v.len != 1)
        return 0;
    char role = v.u.str[0];
    if (negotiation->source == IKW_SOURCE_PEER)
        role = role == 'I' ? 'R' : 'I';
    return role == 'I' || role == 'R' ? role : '\0';
}

static void describe(const struct ikw_scene *s, struct ikw_problem *p)
{
    const struct ikw_fact *f = negotiation_of(s, p->subject);
    int64_t phase;
    p->negotiation = f;
    if (f) {
        p->carried = ikw_fact_says(f, "carried", "yes");
        p->role = role_of(f);
        if (ikw_fact_int(f, "phase", &phase) && (phase == 1 || phase == 2))
            p->phase = (unsigned)phase;
    }
    place(s, p);
}

static int cmp_time(const void *x, const void *y)
{
    const struct ikw_problem *a = x, *b = y;
    int c = cmp_i(a->first_ms, b->first_ms);
    if (!c)
        c = cmp_i(a->file, b->file);
    if (!c)
        c = cmp_i(a->line, b->line);
    return c ? c : cmp_i(a->subject, b->subject);
}

static int cmp_pointed(const void *x, const void *y)
{
    const struct ikw_problem *a = *(struct ikw_problem *const *)x;
    const struct ikw_problem *b = *(struct ikw_problem *const *)y;
    return cmp_i(a->subject, b->subject);
}

/* From here on problems lie by time. */
static void sort_by_time(struct ikw_scene *s)
{
    size_t n = s->nproblems;
    s->by_subject = IKW_ARENA_ARRAY(&s->arena, struct ikw_problem *, n);
    if (!n)
        return;
    qsort(s->problems, n, sizeof *s->problems, cmp_time);
    for (size_t i = 0; i < n; i++)
        s->by_subject[i] = &s->problems[i];
    qsort(s->by_subject, n, sizeof *s->by_subject, cmp_pointed);
}

const struct ikw_problem *ikw_scene_problem(const struct ikw_scene *s,
                                            int64_t subject)
{
    size_t lo = 0, hi = s->nproblems;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->by_subject[mid]->subject < subject)
            lo = mid + 1;
        else
            hi = mid;
    }
    bool found = lo < s->nproblems && s->by_subject[lo]->subject == subject;
    return found ? s->by_subject[lo] : NULL;
}

/* ---- doubt ------------------------------------------------------------- */

/* The earliest line of unsure place that a proof stands on. */
static void note_doubt(void *arg, const struct ikw_fact *f)
{
    uint32_t *line = arg;
    if (f->unsure && (!*line || f->first.line < *line))
        *line = f->first.line;
}

static uint32_t doubt_of(const struct ikw_scene *s, const struct ikw_weight *w)
{
    uint32_t line = 0;
    struct ikw_walker walker = { .leaf = note_doubt, .arg = &line };
    if (w->why)
        ikw_proof_walk(s->engine, w->why, &walker);
    return line;
}

/* Without the weights that rest on such lines: how sure is the same cause? */
static int sure_without(const struct ikw_scene *s, const struct ikw_cause *c,
                        const struct ikw_weight *const *w, size_t n)
{
    struct ikw_contest contest;
    struct ikw_arena arena = { 0 };
    ikw_weigh(s->kb, w, n, &arena, &contest);
    const struct ikw_candidate *winner = ikw_contest_winner(&contest);
    int sure = winner && winner->cause == c ? winner->certainty : 0;
    ikw_arena_release(&arena);
    return sure;
}

/* A line that may be another tunnel's establishes nothing about this one. */
static void hold_down(const struct ikw_scene *s, struct ikw_problem *p,
                      const struct ikw_weight *const *w, size_t n)
{
    struct ikw_candidate *winner = p->contest.n ? p->contest.ranked[0] : NULL;
    if (!s->fs->doubts || !winner || winner->certainty <= IKW_DOUBTFUL_PERCENT)
        return;
    const struct ikw_weight **sure =
        ikw_xcalloc(n, sizeof(const struct ikw_weight *));
    size_t k = 0;
    uint32_t line = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t doubt = doubt_of(s, w[i]);
        if (!doubt)
            sure[k++] = w[i];
        else if (!line || doubt < line)
            line = doubt;
    }
    int most = winner->certainty;
    if (line)
        most = sure_without(s, winner->cause, sure, k);
    free(sure);
    if (most < IKW_DOUBTFUL_PERCENT)
        most = IKW_DOUBTFUL_PERCENT;
    if (most >= winner->certainty)
        return;
    winner->certainty = most;
    p->doubtful = line;
}

void ikw_scene_read(struct ikw_scene *s)
{
    read_weights(s);
    read_negotiations(s);
    read_problems(s);
    read_recovered(s);
    read_upstream(s);
    break_circles(s);
    for (size_t i = 0; i < s->nproblems; i++) {
        struct ikw_problem *p = &s->problems[i];
        const struct ikw_weight *const *v;
        describe(s, p);
        size_t n = weights_of(s, p->subject, &v);
        if (p->symptom)
            continue;
        ikw_weigh(s->kb, v, n, &s->arena, &p->contest);
        hold_down(s, p, v, n);
    }
    sort_by_time(s);
}
