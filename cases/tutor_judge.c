/*
 * What the engine says of a hypothesis, given what the trainee has seen.
 * Facts are kept if one of their lines was seen; a negotiation is kept if any
 * of its facts is.
 */
#include "cases/tutor.h"

#include <string.h>

struct judge {
    struct ikw_tutor *t;
    const struct ikw_cause *cause;
    struct ikw_judged *out;
    bool everything; /* seen or not */
    bool blind;      /* absence counts for nothing */
    bool supported, refuted, excluded, refuted_at;
    unsigned want_file;
    uint32_t want_line;
};

/* ---- what was seen ----------------------------------------------------- */

static bool seen(const struct judge *g, const struct ikw_evidence *ev)
{
    const struct ikw_tutor *t = g->t;
    if (g->everything)
        return true;
    return ev->line && ev->file < t->c->nfiles && t->seen[ev->file] &&
           ev->line <= t->texts[ev->file].n && t->seen[ev->file][ev->line - 1];
}

static bool fact_seen(const struct judge *g, const struct ikw_fact *f)
{
    return seen(g, &f->first) || seen(g, &f->last);
}

static bool is_negotiation(const struct ikw_fact *f)
{
    return ikw_type_slot(f->type, "id") >= 0 && f->type->negotiation < 0;
}

/* Whether a seen fact speaks of the negotiation. */
static bool spoken_of(const struct judge *g, const struct ikw_fact_set *fs,
                      int64_t id)
{
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_fact *f = fs->facts[i];
        int slot = f->type->negotiation;
        if (slot >= 0 && f->slots[slot].kind == IKW_INT &&
            f->slots[slot].u.i == id && fact_seen(g, f))
            return true;
    }
    return false;
}

static bool keep(const struct judge *g, const struct ikw_fact_set *fs,
                 const struct ikw_fact *f)
{
    if (fact_seen(g, f) || !f->first.line)
        return true;
    if (!is_negotiation(f))
        return false;
    struct ikw_value id = ikw_fact_get(f, "id");
    return id.kind == IKW_INT && spoken_of(g, fs, id.u.i);
}

static void restrict_set(const struct judge *g, const struct ikw_fact_set *from,
                         struct ikw_fact_set *to)
{
    ikw_fact_set_init(to, from->kb);
    to->local = from->local;
    to->peer = from->peer;
    to->tunnel_name = from->tunnel_name;
    to->next_subject = from->next_subject;
    for (int s = 0; s < 2; s++) {
        to->see[s] = from->see[s];
        if (g->blind)
            to->see[s].level = IKW_LEVEL_NONE;
    }
    for (size_t i = 0; i < from->nfacts; i++) {
        const struct ikw_fact *f = from->facts[i];
        if (!keep(g, from, f))
            continue;
        struct ikw_fact *copy = ikw_fact_add(to, f->type, f->source, f->slots,
                                             f->first.line ? &f->first : NULL);
        if (!copy)
            return;
        copy->count = f->count;
        copy->last = f->last;
        copy->last_room = 0;
        if (f->unsure)
            ikw_fact_doubt(to, copy);
    }
}

/* ---- what the engine says ---------------------------------------------- */

static bool speaks_for(const struct ikw_cause *of, const struct ikw_cause *c)
{
    for (unsigned depth = 0; of && depth < 8; of = of->parent, depth++)
        if (of == c)
            return true;
    return false;
}

enum { WALK = 256 };

/* The latest line of the observed facts that a derivation rests on; notes
 * whether the wanted line is among them. */
static struct ikw_evidence deepest(struct judge *g, const struct ikw_engine *e,
                                   const struct ikw_derivation *d)
{
    const struct ikw_derivation *todo[WALK] = { d };
    struct ikw_evidence best = { 0 };
    size_t n = 1;
    while (n) {
        d = todo[--n];
        for (size_t i = 0; i < d->rule->npatterns; i++) {
            const struct ikw_fact *f = d->facts[i];
            const struct ikw_derivation *why = f ? ikw_engine_why(e, f) : NULL;
            if (why && n < WALK)
                todo[n++] = why;
            if (!f || why || !f->first.line)
                continue;
            uint32_t last =
                f->last.line > f->first.line ? f->last.line : f->first.line;
            if (f->first.file == g->want_file &&
                g->want_line >= f->first.line && g->want_line <= last)
                g->refuted_at = true;
            if (f->first.line > best.line)
                best = f->first;
        }
    }
    return best;
}

static void note_against(struct judge *g, const struct ikw_engine *e,
                         const struct ikw_weight *w)
{
    struct ikw_evidence at = deepest(g, e, w->why);
    if (!g->refuted) {
        g->out->file = at.file;
        g->out->line = at.line;
        ikw_buf_clear(&g->out->why);
        ikw_because(w->why, &g->out->why);
    }
    g->refuted = true;
    g->excluded |= w->kind == IKW_THEN_EXCLUDE;
}

static void weigh(struct judge *g, const struct ikw_engine *e)
{
    for (size_t i = 0; i < ikw_engine_nweights(e); i++) {
        const struct ikw_weight *w = ikw_engine_weight(e, i);
        bool against = w->kind == IKW_THEN_EXCLUDE || w->db <= -15;
        if (against && w->kind != IKW_THEN_SUFFICE && w->cause == g->cause)
            note_against(g, e, w);
        else if (!against && speaks_for(w->cause, g->cause))
            g->supported = true;
    }
}

static void on_set(void *arg, struct ikw_fact_set *fs)
{
    struct judge *g = arg;
    struct ikw_fact_set few;
    struct ikw_engine_opts opts = { 0 };
    restrict_set(g, fs, &few);
    struct ikw_engine *e = ikw_engine_new(g->t->kb, &few, &opts);
    ikw_engine_run(e, &g->t->diags);
    weigh(g, e);
    ikw_engine_free(e);
    ikw_fact_set_release(&few);
}

static bool all_seen(const struct ikw_tutor *t, unsigned files)
{
    for (unsigned i = 0; i < t->c->nfiles; i++)
        if (files >> i & 1 && t->seen[i] &&
            memchr(t->seen[i], 0, t->texts[i].n))
            return false;
    return true;
}

static void run(struct judge *g)
{
    struct ikw_tutor *t = g->t;
    unsigned files = ikw_case_readable(t->c, t->released);
    g->out->all_seen = all_seen(t, files);
    ikw_case_facts(t->kb, t->c, files, on_set, g, &t->diags);
}

/* What was seen refutes only by what is there; it supports as if the log
 * ended where the trainee has stopped reading. */
void ikw_tutor_judge(struct ikw_tutor *t, const char *cause,
                     struct ikw_judged *j)
{
    *j = (struct ikw_judged){ 0 };
    struct judge g = { .t = t, .cause = ikw_kb_cause(t->kb, cause), .out = j };
    if (!g.cause)
        return;
    run(&g);
    if (!j->all_seen) {
        bool supported = g.supported;
        ikw_buf_clear(&j->why);
        g.supported = g.refuted = g.excluded = false;
        g.blind = true;
        run(&g);
        g.supported = supported;
    }
    bool consistent = g.supported && !g.excluded;
    j->what = consistent  ? IKW_JUDGE_CONSISTENT
              : g.refuted ? IKW_JUDGE_CONTRADICTED
                          : IKW_JUDGE_UNSUPPORTED;
}

bool ikw_tutor_ruled_out(struct ikw_tutor *t, const char *cause, unsigned file,
                         uint32_t line, struct ikw_judged *j)
{
    *j = (struct ikw_judged){ 0 };
    struct judge g = { .t = t,
                       .cause = ikw_kb_cause(t->kb, cause),
                       .out = j,
                       .everything = true,
                       .want_file = file,
                       .want_line = line };
    if (!g.cause)
        return false;
    run(&g);
    return g.refuted && (!line || g.refuted_at);
}
