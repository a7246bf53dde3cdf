/*
 * Copies of fact sets. A set the tracker delivers is gone after the call and
 * some of its texts are borrowed, so it is copied fact by fact; ids stay, as
 * facts are added in the order of theirs.
 */
#include "inference/inquiry.h"

#include <stdlib.h>

enum { MAX_FACTS = 2000000 };

struct ikw_dossier {
    const struct ikw_kb *kb;
    struct ikw_program *program; /* made on demand */
    struct ikw_fact_set **sets;
    size_t nsets, cap;
    size_t nfacts, max_facts, dropped;
};

struct ikw_dossier *ikw_dossier_new(const struct ikw_kb *kb, size_t max_facts)
{
    struct ikw_dossier *d = ikw_xcalloc(1, sizeof *d);
    d->kb = kb;
    d->max_facts = max_facts ? max_facts : MAX_FACTS;
    return d;
}

void ikw_dossier_free(struct ikw_dossier *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->nsets; i++) {
        ikw_fact_set_release(d->sets[i]);
        free(d->sets[i]);
    }
    ikw_program_free(d->program);
    free(d->sets);
    free(d);
}

static const char *keep(struct ikw_fact_set *fs, const char *s)
{
    return s ? ikw_arena_strdup(&fs->arena, s) : NULL;
}

static void copy_facts(struct ikw_fact_set *to, const struct ikw_fact_set *fs)
{
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_fact *f = fs->facts[i];
        struct ikw_fact *g =
            ikw_fact_add(to, f->type, f->source, f->slots, &f->first);
        if (!g)
            return;
        g->count = f->count;
        g->last = f->last;
        g->last.text = keep(to, f->last.text);
        g->last_room = 0;
        if (f->unsure)
            ikw_fact_doubt(to, g);
    }
}

bool ikw_dossier_add(struct ikw_dossier *d, const struct ikw_fact_set *fs)
{
    if (d->dropped || d->nfacts + fs->nfacts > d->max_facts) {
        d->dropped++;
        return false;
    }
    struct ikw_fact_set *to = ikw_xcalloc(1, sizeof *to);
    ikw_fact_set_init(to, d->kb);
    to->limit = fs->limit;
    to->limits = fs->limits;
    copy_facts(to, fs);
    to->see[0] = fs->see[0];
    to->see[1] = fs->see[1];
    to->local = keep(to, fs->local);
    to->peer = keep(to, fs->peer);
    to->tunnel_name = keep(to, fs->tunnel_name);
    to->next_subject = fs->next_subject;
    to->dropped = fs->dropped;
    IKW_GROW(d->sets, d->cap, d->nsets + 1);
    d->sets[d->nsets++] = to;
    d->nfacts += fs->nfacts;
    return true;
}

size_t ikw_dossier_nsets(const struct ikw_dossier *d)
{
    return d->nsets;
}

size_t ikw_dossier_dropped(const struct ikw_dossier *d)
{
    return d->dropped;
}

struct ikw_fact_set *ikw_dossier_set(struct ikw_dossier *d, size_t i)
{
    return i < d->nsets ? d->sets[i] : NULL;
}

const struct ikw_program *ikw_dossier_program(struct ikw_dossier *d)
{
    if (!d->program)
        d->program = ikw_program_new(d->kb);
    return d->program;
}

struct ikw_report *ikw_dossier_report(struct ikw_dossier *d,
                                      const struct ikw_report_opts *o,
                                      struct ikw_diags *ds)
{
    struct ikw_report_builder *rb = ikw_report_begin(d->kb, o);
    for (size_t i = 0; i < d->nsets; i++)
        ikw_report_add(rb, d->sets[i], ds);
    return ikw_report_end(rb);
}
