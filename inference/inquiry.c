#include "inference/builder.h"
#include "inference/inquiry.h"

#include <stdlib.h>

struct ikw_inquiry {
    struct ikw_report_types types;
    struct ikw_engine *engine;
    struct ikw_scene scene;
    struct ikw_arena arena; /* of answers */
};

struct ikw_inquiry *ikw_inquiry_open(struct ikw_dossier *d, size_t i,
                                     struct ikw_diags *ds)
{
    struct ikw_fact_set *fs = ikw_dossier_set(d, i);
    if (!fs)
        return NULL;
    struct ikw_inquiry *q = ikw_xcalloc(1, sizeof *q);
    struct ikw_engine_opts opts = { .all_derivations = true,
                                    .program = ikw_dossier_program(d) };
    ikw_report_types_init(&q->types, fs->kb);
    q->engine = ikw_engine_new(fs->kb, fs, &opts);
    ikw_engine_run(q->engine, ds);
    q->scene = (struct ikw_scene){
        .kb = fs->kb, .types = &q->types, .fs = fs, .engine = q->engine
    };
    ikw_scene_read(&q->scene);
    return q;
}

void ikw_inquiry_close(struct ikw_inquiry *q)
{
    if (!q)
        return;
    ikw_arena_release(&q->scene.arena);
    ikw_arena_release(&q->arena);
    ikw_engine_free(q->engine);
    free(q);
}

struct ikw_engine *ikw_inquiry_engine(struct ikw_inquiry *q)
{
    return q->engine;
}

struct ikw_fact_set *ikw_inquiry_set(struct ikw_inquiry *q)
{
    return q->scene.fs;
}

/* ---- problems ---------------------------------------------------------- */

static struct ikw_question question(const struct ikw_problem *p)
{
    return (struct ikw_question){ .subject = p->subject,
                                  .kind = p->kind,
                                  .symptom = p->symptom,
                                  .upstream = p->upstream,
                                  .line = p->line,
                                  .file = p->file,
                                  .contest = &p->contest };
}

size_t ikw_inquiry_nquestions(const struct ikw_inquiry *q)
{
    return q->scene.nproblems;
}

struct ikw_question ikw_inquiry_question(const struct ikw_inquiry *q, size_t i)
{
    return question(&q->scene.problems[i]);
}

bool ikw_inquiry_about(const struct ikw_inquiry *q, int64_t subject,
                       struct ikw_question *out)
{
    const struct ikw_problem *p = ikw_scene_problem(&q->scene, subject);
    if (p)
        *out = question(p);
    return p != NULL;
}

/* ---- what rests on a line ---------------------------------------------- */

static bool is_at(const struct ikw_evidence *ev, unsigned file, uint32_t line)
{
    return ev->line == line && ev->file == file;
}

bool ikw_fact_at(const struct ikw_fact *f, unsigned file, uint32_t line)
{
    return line &&
           (is_at(&f->first, file, line) || is_at(&f->last, file, line));
}

struct looking {
    unsigned file;
    uint32_t line;
    bool found;
};

static void look(void *arg, const struct ikw_fact *f)
{
    struct looking *l = arg;
    l->found = l->found || ikw_fact_at(f, l->file, l->line);
}

static bool rests(const struct ikw_inquiry *q, const struct ikw_derivation *d,
                  struct looking l)
{
    struct ikw_walker w = { .leaf = look, .arg = &l };
    ikw_proof_walk(q->engine, d, &w);
    return l.found;
}

size_t ikw_inquiry_rests_on(struct ikw_inquiry *q, unsigned file, uint32_t line,
                            struct ikw_rest_on **out)
{
    size_t nd = ikw_engine_nderived(q->engine);
    size_t nw = ikw_engine_nweights(q->engine), n = 0;
    struct looking l = { file, line, false };
    struct ikw_rest_on *v =
        IKW_ARENA_ARRAY(&q->arena, struct ikw_rest_on, nd + nw);
    for (size_t i = 0; i < nd; i++) {
        const struct ikw_fact *f = ikw_engine_derived(q->engine, i);
        const struct ikw_derivation *d = ikw_engine_why(q->engine, f);
        if (d && rests(q, d, l))
            v[n++] = (struct ikw_rest_on){ d, f, NULL };
    }
    for (size_t i = 0; i < nw; i++) {
        const struct ikw_weight *w = ikw_engine_weight(q->engine, i);
        if (w->why && rests(q, w->why, l))
            v[n++] = (struct ikw_rest_on){ w->why, NULL, w };
    }
    *out = v;
    return n;
}
