/*
 * Joining the problems of one tunnel over time. Problems come in order.
 * - The same cause within a day is one spell, whatever lies between.
 * - A problem read differently from the one just before it (same kind, no
 *   success between them) joins it if the surer reading is one the other
 *   had not excluded. The surer reading then speaks for both.
 */
#include "inference/builder.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)

enum { NEAR_HOURS = 1, SAME_HOURS = 24, LIVE_PERCENT = 5, LONG_RUN = 7 };

/* ---- evidence ---------------------------------------------------------- */

static bool in_number(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F') || c == '.' || c == ':';
}

/* Hash of a text whose addresses, cookies, SPIs and the like do not count,
 * so that the same complaint about the next attempt is the same. */
static uint32_t text_key(const char *text)
{
    char plain[IKW_TEXT_MAX + 1];
    size_t n = 0;
    while (*text && n < IKW_TEXT_MAX) {
        bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
        size_t run = hex ? 2 : 0;
        bool digit = hex;
        while (in_number(text[run])) {
            digit = digit || (text[run] >= '0' && text[run] <= '9');
            run++;
        }
        if (digit && (hex || run >= LONG_RUN)) {
            plain[n++] = '#';
            text += run;
            continue;
        }
        for (size_t i = 0; (i < run || i == 0) && n < IKW_TEXT_MAX; i++)
            plain[n++] = *text++;
    }
    return ikw_hash_bytes(plain, n);
}

static void set_last(struct ikw_spell *sp, struct ikw_spell_item *it,
                     const struct ikw_evidence *ev)
{
    it->item.last = *ev;
    it->item.last.text = NULL;
    if (!ev->text)
        return;
    size_t n = strlen(ev->text);
    if (n > IKW_TEXT_MAX)
        n = IKW_TEXT_MAX;
    if (n >= it->last_room) {
        it->last_room = n + 1 > it->last_room * 2 ? n + 1 : it->last_room * 2;
        it->last_text = ikw_arena_alloc(&sp->kept, it->last_room);
    }
    memcpy(it->last_text, ev->text, n);
    it->last_text[n] = '\0';
    it->item.last.text = it->last_text;
}

static const struct ikw_evidence *latest_of(const struct ikw_fact *f)
{
    return f->last.line ? &f->last : &f->first;
}

static void new_item(struct ikw_spell *sp, const struct ikw_sight *s,
                     uint32_t key)
{
    if (sp->nitems == IKW_SIGHTS_MAX)
        return;
    const struct ikw_fact *f = s->fact;
    IKW_GROW(sp->items, sp->items_cap, sp->nitems + 1);
    struct ikw_spell_item *it = &sp->items[sp->nitems++];
    *it = (struct ikw_spell_item){ .type = f->type,
                                   .key = key,
                                   .recent = f->first.line };
    it->item = (struct ikw_evidence_item){
        .first = ikw_evidence_copy(&sp->kept, &f->first),
        .count = f->count,
        .fact = f->type->name,
        .group = s->group,
        .db = s->db,
    };
    it->item.last = it->item.first;
    if (latest_of(f)->line != f->first.line)
        set_last(sp, it, latest_of(f));
}

/* A fact that bears on several problems, or was carried on from the stretch
 * before, comes again with the same line: it is no new sighting. */
static void join_item(struct ikw_spell *sp, struct ikw_spell_item *it,
                      const struct ikw_sight *s)
{
    const struct ikw_fact *f = s->fact;
    if (abs(s->db) > abs(it->item.db)) {
        it->item.db = s->db;
        it->item.group = s->group;
    }
    if (f->first.file == it->item.first.file &&
        (f->first.line == it->item.first.line || f->first.line == it->recent))
        return;
    it->recent = f->first.line;
    it->item.count += f->count;
    set_last(sp, it, latest_of(f));
}

/* Facts of one problem are all kept; later ones join those of `old` items
 * that say the same. */
static void join_evidence(struct ikw_spell *sp, const struct ikw_sight *s,
                          size_t n)
{
    size_t old = sp->nitems;
    for (size_t i = 0; i < n; i++) {
        const struct ikw_fact *f = s[i].fact;
        uint32_t key = text_key(f->first.text ? f->first.text : "");
        struct ikw_spell_item *it = NULL;
        for (size_t k = 0; k < old && !it; k++) {
            if (sp->items[k].type == f->type && sp->items[k].key == key)
                it = &sp->items[k];
        }
        if (it)
            join_item(sp, it, &s[i]);
        else
            new_item(sp, &s[i], key);
    }
}

/* ---- one spell --------------------------------------------------------- */

static void rank_by(struct ikw_spell *sp, const struct ikw_scene *s,
                    const struct ikw_problem *p, const struct ikw_sight *sights,
                    size_t nsights)
{
    struct ikw_verdict_job job = { .kb = s->kb,
                                   .limits = s->fs->limits,
                                   .engine = s->engine,
                                   .contest = &p->contest,
                                   .subject = p->subject,
                                   .all = s->all };
    ikw_arena_release(&sp->body);
    sp->full = true;
    ikw_verdict_fill(&job, &sp->body, &sp->v);
    sp->kind = p->kind;
    sp->v.phase = p->phase ? p->phase : sp->v.cause->phase;
    if (p->role)
        sp->v.role = p->role;
    sp->v.subject = p->subject;
    sp->v.set = s->number;
    if (s->ladders)
        sp->v.ladder = ikw_ladder_draw(s, p, sights, nsights, &sp->body);
}

static void widen(struct ikw_spell *sp, const struct ikw_problem *p)
{
    struct ikw_verdict *v = &sp->v;
    if (p->first_ms != IKW_NO_TIME &&
        (v->first_ms == IKW_NO_TIME || p->first_ms < v->first_ms))
        v->first_ms = p->first_ms;
    if (p->last_ms != IKW_NO_TIME &&
        (v->last_ms == IKW_NO_TIME || p->last_ms > v->last_ms))
        v->last_ms = p->last_ms;
    if (p->line && (!sp->line || p->file < sp->file ||
                    (p->file == sp->file && p->line < sp->line))) {
        sp->file = p->file;
        sp->line = p->line;
    }
}

static struct ikw_spell *open_spell(struct ikw_spells *ss)
{
    struct ikw_spell *sp = ikw_xcalloc(1, sizeof *sp);
    sp->v.first_ms = sp->v.last_ms = IKW_NO_TIME;
    IKW_GROW(ss->v, ss->cap, ss->n + 1);
    ss->v[ss->n++] = sp;
    return sp;
}

static bool surer(const struct ikw_candidate *a, const struct ikw_verdict *b)
{
    if (a->certainty != b->certainty)
        return a->certainty > b->certainty;
    return a->cause == b->cause && a->db > b->db;
}

/* Of two equals the earlier speaks, whichever came first to us. */
static bool leads(const struct ikw_spell *sp, const struct ikw_problem *p)
{
    const struct ikw_candidate *c = p->contest.ranked[0];
    if (!sp->v.cause || surer(c, &sp->v))
        return true;
    return p->daemon && c->certainty == sp->v.certainty && c->db == sp->v.db &&
           p->file == sp->file && p->line < sp->line;
}

/* A summary that a surer problem joins begins to gather anew. */
static void join_in_full(struct ikw_spell *sp, const struct ikw_scene *s,
                         const struct ikw_problem *p)
{
    struct ikw_sight *sights;
    struct ikw_arena scratch = { 0 };
    size_t n = ikw_verdict_sights(s->engine, &p->contest, s->types->problem,
                                  &scratch, &sights);
    if (leads(sp, p))
        rank_by(sp, s, p, sights, n);
    join_evidence(sp, sights, n);
    ikw_arena_release(&scratch);
}

static void join(struct ikw_spells *ss, struct ikw_spell *sp,
                 const struct ikw_scene *s, const struct ikw_problem *p,
                 bool again)
{
    if (sp->full || leads(sp, p))
        join_in_full(sp, s, p);
    widen(sp, p);
    if (!again || !sp->v.count)
        sp->v.count++;
    sp->pending += !p->recovered;
    sp->real += !p->suspicion;
    sp->last_recovered = p->recovered;
    ss->latest = sp;
}

/* ---- which spell ------------------------------------------------------- */

static bool within(const struct ikw_spell *sp, const struct ikw_problem *p,
                   int64_t hours)
{
    if (sp->v.last_ms == IKW_NO_TIME || p->first_ms == IKW_NO_TIME)
        return true;
    return p->first_ms <= sp->v.last_ms ||
           (uint64_t)p->first_ms - (uint64_t)sp->v.last_ms <=
               (uint64_t)(hours * HOUR_MS);
}

static bool live_in_contest(const struct ikw_contest *c,
                            const struct ikw_cause *cause)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->ranked[i]->cause == cause)
            return !c->ranked[i]->exclude &&
                   c->ranked[i]->certainty >= LIVE_PERCENT;
    }
    return false;
}

static bool live_in_spell(const struct ikw_spell *sp,
                          const struct ikw_cause *cause)
{
    for (size_t i = 0; i < sp->v.nrivals; i++) {
        const struct ikw_rival *r = &sp->v.rivals[i];
        if (r->cause == cause)
            return !r->excluded && r->certainty >= LIVE_PERCENT;
    }
    return false;
}

/* May the surer of the two readings speak for both? */
static bool compatible(const struct ikw_spell *sp, const struct ikw_problem *p)
{
    const struct ikw_candidate *c = p->contest.ranked[0];
    if (sp->kind != p->kind || sp->last_recovered || !within(sp, p, NEAR_HOURS))
        return false;
    if (p->phase && sp->v.phase && p->phase != sp->v.phase)
        return false;
    if (surer(c, &sp->v))
        return live_in_spell(sp, c->cause);
    return live_in_contest(&p->contest, sp->v.cause);
}

static struct ikw_spell *same_cause(const struct ikw_spells *ss,
                                    const struct ikw_problem *p)
{
    for (size_t i = ss->n; i > 0; i--) {
        struct ikw_spell *sp = ss->v[i - 1];
        if (sp->v.cause == p->contest.ranked[0]->cause)
            return within(sp, p, p->daemon ? INT32_MAX : SAME_HOURS) ? sp
                                                                     : NULL;
    }
    return NULL;
}

/* ---- two spells become one --------------------------------------------- */

static void free_spell(struct ikw_spell *sp)
{
    ikw_arena_release(&sp->body);
    ikw_arena_release(&sp->kept);
    free(sp->items);
    free(sp);
}

/* Evidence of `from` goes over as if it were facts seen again. */
static void absorb_evidence(struct ikw_spell *to, const struct ikw_spell *from)
{
    for (size_t i = 0; i < from->nitems; i++) {
        const struct ikw_spell_item *it = &from->items[i];
        struct ikw_fact f = { .type = it->type,
                              .count = it->item.count,
                              .first = it->item.first,
                              .last = it->item.last };
        struct ikw_sight s = { &f, it->item.group, it->item.db };
        join_evidence(to, &s, 1);
    }
}

static void absorb(struct ikw_spell *to, struct ikw_spell *from)
{
    bool condensed = to->v.condensed || from->v.condensed;
    if (from->v.certainty > to->v.certainty) {
        struct ikw_verdict old = to->v;
        struct ikw_arena body = to->body;
        to->v = from->v;
        to->body = from->body;
        from->body = body;
        to->full = from->full;
        to->v.count = old.count;
        to->v.first_ms = old.first_ms;
        to->v.last_ms = old.last_ms;
    }
    struct ikw_problem p = { .first_ms = from->v.first_ms,
                             .last_ms = from->v.last_ms,
                             .file = from->file,
                             .line = from->line };
    widen(to, &p);
    to->v.count += from->v.count;
    to->pending += from->pending;
    to->real += from->real;
    to->last_recovered = from->last_recovered;
    to->kind = from->kind;
    to->v.condensed = condensed;
    absorb_evidence(to, from);
}

/* After a spell took another's cause there may be an older one of it. */
static void unite(struct ikw_spells *ss)
{
    struct ikw_spell *last = ss->latest;
    for (size_t i = 0; i < ss->n; i++) {
        struct ikw_spell *sp = ss->v[i];
        struct ikw_problem start = { .first_ms = last->v.first_ms };
        if (sp == last || sp->v.cause != last->v.cause ||
            !within(sp, &start, SAME_HOURS))
            continue;
        absorb(sp, last);
        size_t k = 0;
        for (size_t j = 0; j < ss->n; j++) {
            if (ss->v[j] != last)
                ss->v[k++] = ss->v[j];
        }
        ss->n = k;
        ss->latest = sp;
        free_spell(last);
        return;
    }
}

/* What lies next to it in time first, then an older spell of its cause. */
void ikw_spells_add(struct ikw_spells *ss, const struct ikw_scene *s,
                    const struct ikw_problem *p, bool again)
{
    struct ikw_spell *same = same_cause(ss, p), *latest = ss->latest;
    if (latest && latest != same && !p->daemon && compatible(latest, p)) {
        join(ss, latest, s, p, again);
        unite(ss);
        return;
    }
    join(ss, same ? same : open_spell(ss), s, p, again);
}

/* ---- the end ----------------------------------------------------------- */

/* Kinds of problem that a new SA ends. The others (an SA that is up but
 * useless) it does not. */
static const struct {
    const char *kind;
    bool isakmp; /* a new phase 1 is enough */
} cured[] = {
    { "phase1-failed", true },  { "phase1-refused-caller", true },
    { "local-send", true },     { "phase1-one-sided", false },
    { "phase2-failed", false }, { "sa-lost", false },
    { "sa-stale", false },
};

static bool cures(const char *kind, bool ipsec)
{
    for (size_t i = 0; kind && i < sizeof cured / sizeof *cured; i++) {
        if (strcmp(cured[i].kind, kind) == 0)
            return ipsec || cured[i].isakmp;
    }
    return false;
}

void ikw_spells_recover(struct ikw_spells *ss, int64_t t_ms, bool ipsec)
{
    for (size_t i = 0; i < ss->n; i++) {
        struct ikw_spell *sp = ss->v[i];
        if (!cures(sp->kind, ipsec) ||
            (t_ms != IKW_NO_TIME && sp->v.last_ms != IKW_NO_TIME &&
             t_ms <= sp->v.last_ms))
            continue;
        sp->pending = 0;
        sp->last_recovered = true;
    }
}

static int cmp_item(const void *x, const void *y)
{
    const struct ikw_evidence *a =
        &((const struct ikw_evidence_item *)x)->first;
    const struct ikw_evidence *b =
        &((const struct ikw_evidence_item *)y)->first;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return strcmp(((const struct ikw_evidence_item *)x)->fact,
                  ((const struct ikw_evidence_item *)y)->fact);
}

void ikw_spell_condense(struct ikw_spell *sp)
{
    struct ikw_verdict *v = &sp->v;
    struct ikw_arena few = { 0 };
    struct ikw_rival *rivals =
        IKW_ARENA_ARRAY(&few, struct ikw_rival, v->nrivals);
    for (size_t i = 0; i < v->nrivals; i++)
        rivals[i] = (struct ikw_rival){ .cause = v->rivals[i].cause,
                                        .certainty = v->rivals[i].certainty,
                                        .db = v->rivals[i].db,
                                        .excluded = v->rivals[i].excluded };
    ikw_arena_release(&sp->body);
    ikw_arena_release(&sp->kept);
    free(sp->items);
    sp->items = NULL;
    sp->nitems = sp->items_cap = 0;
    sp->body = few;
    sp->full = false;
    v->rivals = rivals;
    v->nbill = v->nabsent = 0;
    v->bill = NULL;
    v->absent = NULL;
    v->proof = NULL;
    v->ladder = NULL;
    v->summary = v->cause->title ? v->cause->title : v->cause->id;
    v->condensed = true;
}

void ikw_spell_judge(struct ikw_spell *sp)
{
    sp->v.suspicion = sp->real == 0;
    sp->v.recovered = sp->pending == 0;
}

void ikw_spell_close(struct ikw_spell *sp)
{
    ikw_spell_judge(sp);
    struct ikw_evidence_item *v =
        IKW_ARENA_ARRAY(&sp->kept, struct ikw_evidence_item, sp->nitems);
    for (size_t i = 0; i < sp->nitems; i++)
        v[i] = sp->items[i].item;
    if (sp->nitems)
        qsort(v, sp->nitems, sizeof *v, cmp_item);
    sp->v.evidence = v;
    sp->v.nevidence = sp->nitems;
}

void ikw_spells_release(struct ikw_spells *ss)
{
    for (size_t i = 0; i < ss->n; i++)
        free_spell(ss->v[i]);
    free(ss->v);
    *ss = (struct ikw_spells){ 0 };
}
