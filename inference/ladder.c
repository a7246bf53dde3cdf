/*
 * Drawing a ladder from the facts of one problem's negotiation. At a level
 * that shows packets every message is there. Below it only the first is
 * implied by the line that opens the negotiation; that there were others is
 * said, not guessed.
 */
#include "inference/ladder_draft.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 48, GATHER_MAX = 4096, JOINED_TEXT_MAX = 100 };

/* ---- whose negotiation -------------------------------------------------- */

static int64_t number_in(const struct ikw_fact *f, const char *slot)
{
    int64_t n = 0;
    ikw_fact_int(f, slot, &n);
    return n;
}

static bool same_text(const struct ikw_fact *a, const struct ikw_fact *b,
                      const char *slot)
{
    struct ikw_value v = ikw_fact_get(a, slot), w = ikw_fact_get(b, slot);
    return v.kind == IKW_STR && ikw_value_eq(v, w);
}

/* The same negotiation as the other gateway's log has it. */
static bool same_negotiation(const struct ikw_fact *a, const struct ikw_fact *b)
{
    return a->source != b->source && same_text(a, b, "icookie") &&
           number_in(a, "phase") == number_in(b, "phase") &&
           (number_in(a, "phase") != 2 || same_text(a, b, "msgid"));
}

static void find_negotiations(struct ikw_ladder_draft *d)
{
    const struct ikw_scene *s = d->scene;
    const struct ikw_fact *own = d->problem->negotiation;
    d->teller = own ? own->source : IKW_SOURCE_LOCAL;
    if (!own && d->nsights)
        d->teller = d->sights[0].fact->source;
    d->lane =
        own && ikw_fact_says(own, "role", "I") ? IKW_LANE_LEFT : IKW_LANE_RIGHT;
    if (!own)
        return;
    d->of[d->nof++] = own;
    for (size_t i = 0; i < s->nnegotiations && d->nof < IKW_LADDER_IDS; i++)
        if (same_negotiation(own, s->negotiations[i]))
            d->of[d->nof++] = s->negotiations[i];
}

static bool concerns(const struct ikw_ladder_draft *d, const struct ikw_fact *f)
{
    int64_t id;
    if (f->type->negotiation < 0 || !ikw_fact_int(f, "negotiation", &id))
        return false;
    if (id == d->problem->subject)
        return true;
    for (size_t i = 0; i < d->nof; i++)
        if (number_in(d->of[i], "id") == id)
            return true;
    return false;
}

static enum ikw_lane other(enum ikw_lane lane)
{
    return lane == IKW_LANE_LEFT ? IKW_LANE_RIGHT : IKW_LANE_LEFT;
}

static enum ikw_lane lane_of(const struct ikw_ladder_draft *d,
                             enum ikw_source source)
{
    return source == d->teller ? d->lane : other(d->lane);
}

/* ---- words ------------------------------------------------------------- */

/* What the messages of an exchange carry, by number. */
static const struct {
    const char *exchange;
    const char *carries[6];
} exchanges[] = {
    { "main",
      { "SA", "SA", "KE, nonce", "KE, nonce", "identity, proof",
        "identity, proof" } },
    { "aggressive",
      { "SA, KE, nonce, identity", "SA, KE, nonce, identity, proof",
        "proof" } },
    { "base",
      { "SA, nonce", "SA, nonce", "KE, identity, proof",
        "KE, identity, proof" } },
    { "quick", { "SA, nonce, selectors", "SA, nonce, selectors", "hash" } },
};

static const char *carries(const char *exchange, int64_t number)
{
    for (size_t i = 0; exchange && i < sizeof exchanges / sizeof *exchanges;
         i++)
        if (!strcmp(exchanges[i].exchange, exchange) && number >= 1 &&
            number <= 6)
            return exchanges[i].carries[number - 1];
    return NULL;
}

static const char *keep(const struct ikw_ladder_draft *d, struct ikw_buf *b)
{
    const char *s = ikw_arena_strndup(d->arena, ikw_buf_str(b), b->len);
    ikw_buf_release(b);
    return s;
}

static const char *words_of(const struct ikw_ladder_draft *d,
                            const struct ikw_fact *f)
{
    struct ikw_buf b = { 0 };
    int64_t number = number_in(f, "number"), size;
    const char *what = NULL;
    if (f->type->draw == IKW_DRAW_ARROW)
        what = carries(ikw_fact_word(f, "exchange"), number);
    if (!what) {
        ikw_fact_words(f, &b);
        return keep(d, &b);
    }
    ikw_buf_addf(&b, "%d %s", (int)number, what);
    if (ikw_fact_says(f, "encrypted", "yes"))
        ikw_buf_adds(&b, ", encrypted");
    if (ikw_fact_int(f, "size", &size))
        ikw_buf_addf(&b, ", %lld bytes", (long long)size);
    return keep(d, &b);
}

/* ---- gathering --------------------------------------------------------- */

static struct ikw_ladder_item *add(struct ikw_ladder_draft *d,
                                   const struct ikw_fact *f,
                                   enum ikw_step_kind kind, enum ikw_lane lane)
{
    IKW_GROW(d->v, d->cap, d->n + 1);
    struct ikw_ladder_item *it = &d->v[d->n++];
    *it = (struct ikw_ladder_item){ .fact = f, .order = 1 };
    it->step = (struct ikw_step){ .kind = kind,
                                  .lane = lane,
                                  .count = f->count,
                                  .source = f->source,
                                  .first = f->first,
                                  .last = f->last };
    return it;
}

static const struct ikw_sight *sight_of(const struct ikw_ladder_draft *d,
                                        const struct ikw_fact *f)
{
    for (size_t i = 0; i < d->nsights; i++)
        if (d->sights[i].fact == f && d->sights[i].group)
            return &d->sights[i];
    return NULL;
}

static bool from_teller(const struct ikw_fact *f)
{
    return ikw_fact_says(f, "dir", "out") || ikw_fact_says(f, "by", "us");
}

static void add_drawn(struct ikw_ladder_draft *d, const struct ikw_fact *f)
{
    enum ikw_lane here = lane_of(d, f->source);
    enum ikw_draw draw = f->type->draw;
    enum ikw_step_kind kind = IKW_STEP_EVENT;
    if (draw == IKW_DRAW_ARROW || draw == IKW_DRAW_ARRIVES) {
        kind = IKW_STEP_MESSAGE;
        here = from_teller(f) ? here : other(here);
    }
    struct ikw_ladder_item *it = add(d, f, kind, here);
    const struct ikw_sight *s = sight_of(d, f);
    it->step.text = words_of(d, f);
    it->step.evidence = s != NULL;
    it->db = s ? s->db : 0;
    if (kind == IKW_STEP_MESSAGE && ikw_fact_int(f, "number", &(int64_t){ 0 }))
        d->packets = true;
}

static void gather(struct ikw_ladder_draft *d)
{
    const struct ikw_fact_set *fs = d->scene->fs;
    int64_t parent = 0;
    if (d->problem->negotiation)
        parent = number_in(d->problem->negotiation, "parent");
    for (size_t i = 0; i < fs->nfacts && d->n < GATHER_MAX; i++) {
        const struct ikw_fact *f = fs->facts[i];
        bool mine = concerns(d, f) && f->type->draw != IKW_DRAW_NOT;
        bool base = parent && f->type == d->scene->types->established &&
                    number_in(f, "negotiation") == parent;
        if (f->type == d->scene->types->negotiation || !f->first.line)
            continue;
        if (mine || base || sight_of(d, f))
            add_drawn(d, f);
    }
}

/* ---- what is implied --------------------------------------------------- */

static enum ikw_level level_of(const struct ikw_ladder_draft *d)
{
    return d->scene->fs->see[d->teller].level;
}

static bool answered(const struct ikw_ladder_draft *d)
{
    struct ikw_value r = ikw_fact_get(d->of[0], "rcookie");
    if (r.kind == IKW_STR && strspn(r.u.str, "0") < r.len)
        return true;
    for (size_t i = 0; i < d->n; i++)
        if (d->v[i].step.kind == IKW_STEP_MESSAGE &&
            d->v[i].step.lane == IKW_LANE_RIGHT)
            return true;
    return ikw_fact_says(d->of[0], "outcome", "established");
}

static void add_hidden(struct ikw_ladder_draft *d)
{
    struct ikw_ladder_item *it = add(d, d->of[0], IKW_STEP_HIDDEN, d->lane);
    it->order = 1;
    it->step.implied = true;
    it->step.count = 1;
    it->step.last = it->step.first;
    it->step.text = "further messages; this log level does not show them";
}

/* The line that opens the negotiation stands for its first message. */
static void add_opening(struct ikw_ladder_draft *d)
{
    const struct ikw_fact *f = d->nof ? d->of[0] : NULL;
    struct ikw_buf b = { 0 };
    if (!f || !f->first.line || (d->packets && !d->problem->carried))
        return;
    const char *what = carries(ikw_fact_word(f, "exchange"), 1);
    bool role = ikw_fact_word(f, "role") != NULL;
    bool sent = role && !d->problem->carried;
    struct ikw_ladder_item *it =
        add(d, f, sent ? IKW_STEP_MESSAGE : IKW_STEP_EVENT,
            sent ? IKW_LANE_LEFT : d->lane);
    it->order = 0;
    it->step.count = 1;
    it->step.last = it->step.first;
    it->step.implied = sent;
    if (sent)
        ikw_buf_addf(&b, "1%s%s", what ? " " : "", what ? what : "");
    else
        ikw_fact_words(f, &b);
    it->step.text = keep(d, &b);
    if (sent && level_of(d) < IKW_LEVEL_DEBUG && answered(d))
        add_hidden(d);
}

static bool joins(const struct ikw_ladder_item *a,
                  const struct ikw_ladder_item *b)
{
    const struct ikw_step *s = &a->step, *t = &b->step;
    return s->kind == IKW_STEP_EVENT && t->kind == IKW_STEP_EVENT &&
           s->lane == t->lane && s->first.line == t->first.line &&
           s->first.file == t->first.file &&
           strlen(s->text) + strlen(t->text) < JOINED_TEXT_MAX;
}

/* What one line says of one side is one event. */
static void join_lines(struct ikw_ladder_draft *d)
{
    for (size_t i = 1, k = 0; i < d->n; i++) {
        struct ikw_ladder_item *a = &d->v[k], *b = &d->v[i];
        if (!joins(a, b)) {
            k = i;
            continue;
        }
        struct ikw_buf text = { 0 };
        ikw_buf_adds(&text, a->step.text);
        if (!strstr(a->step.text, b->step.text))
            ikw_buf_addf(&text, "; %s", b->step.text);
        a->step.text = keep(d, &text);
        a->step.evidence |= b->step.evidence;
        a->db = abs(b->db) > abs(a->db) ? b->db : a->db;
        b->gone = true;
    }
    ikw_ladder_tidy(d);
}

/* ---- where it fails ---------------------------------------------------- */

/* How loudly its line complains: an error most. */
static unsigned alarm_of(const struct ikw_ladder_item *it)
{
    const struct ikw_message *m = it->step.first.message;
    enum ikw_level level = m ? m->level : IKW_LEVEL_NONE;
    return level == IKW_LEVEL_NONE ? 0 : IKW_LEVEL_DEBUG2 - level;
}

static bool fails_more(const struct ikw_ladder_item *a,
                       const struct ikw_ladder_item *b)
{
    if (a->db != b->db)
        return a->db > b->db;
    if (alarm_of(a) != alarm_of(b))
        return alarm_of(a) > alarm_of(b);
    return a->step.kind == IKW_STEP_EVENT && b->step.kind != IKW_STEP_EVENT;
}

/* Where no step is evidence: the last one that gives up with an error. */
static struct ikw_ladder_item *last_error(const struct ikw_ladder_draft *d)
{
    for (size_t i = d->n; i > 0; i--) {
        struct ikw_ladder_item *it = &d->v[i - 1];
        const struct ikw_message *m = it->step.first.message;
        if (it->step.kind == IKW_STEP_EVENT && m && m->level == IKW_LEVEL_ERROR)
            return it;
    }
    return NULL;
}

/* The step with the strongest evidence; of equals the one that complains
 * most, an event before a message. */
static void mark_failing(struct ikw_ladder_draft *d)
{
    struct ikw_ladder_item *best = NULL;
    for (size_t i = 0; i < d->n; i++) {
        struct ikw_ladder_item *it = &d->v[i];
        if (!it->step.evidence || it->db <= 0 || it->step.implied)
            continue;
        if (!best || fails_more(it, best))
            best = it;
    }
    best = best ? best : last_error(d);
    if (best)
        best->step.failing = true;
}

/* ---- the end ----------------------------------------------------------- */

static const char *text_in(const struct ikw_ladder_draft *d,
                           const struct ikw_fact *f, const char *slot,
                           const char *otherwise)
{
    struct ikw_value v = { .kind = IKW_NIL };
    if (f)
        v = ikw_fact_get(f, slot);
    if (v.kind == IKW_STR)
        return ikw_arena_strndup(d->arena, v.u.str, v.len);
    return otherwise ? ikw_arena_strdup(d->arena, otherwise) : NULL;
}

static void tell_sides(const struct ikw_ladder_draft *d, struct ikw_ladder *l)
{
    const struct ikw_fact_set *fs = d->scene->fs;
    const struct ikw_fact *own = d->nof ? d->of[0] : NULL;
    struct ikw_ladder_side *here = &l->side[d->lane];
    struct ikw_ladder_side *there = &l->side[other(d->lane)];
    here->address = text_in(d, own, "local", fs->local);
    there->address = text_in(d, own, "peer", fs->peer);
    for (size_t i = 0; i < d->nof; i++)
        l->side[lane_of(d, d->of[i]->source)].holds =
            ikw_fact_word(d->of[i], "outcome");
    for (size_t i = 0; i < d->n; i++)
        l->side[lane_of(d, d->v[i].fact->source)].log = true;
    l->side[lane_of(d, IKW_SOURCE_LOCAL)].ours = true;
}

/* Too many: those in the middle that prove nothing go. */
static void copy_steps(const struct ikw_ladder_draft *d, struct ikw_ladder *l)
{
    size_t over = d->n > STEPS_MAX ? d->n - STEPS_MAX : 0;
    l->steps = IKW_ARENA_ARRAY(d->arena, struct ikw_step, d->n);
    for (size_t i = 0; i < d->n; i++) {
        struct ikw_step *s = &d->v[i].step;
        if (over && i >= STEPS_MAX / 2 && !s->evidence) {
            over--;
            l->dropped++;
            continue;
        }
        s->first = ikw_evidence_copy(d->arena, &s->first);
        s->last = ikw_evidence_copy(d->arena, &s->last);
        l->steps[l->nsteps++] = *s;
    }
}

const struct ikw_ladder *ikw_ladder_draw(const struct ikw_scene *s,
                                         const struct ikw_problem *p,
                                         const struct ikw_sight *sights,
                                         size_t nsights, struct ikw_arena *a)
{
    struct ikw_ladder_draft d = { .scene = s,
                                  .problem = p,
                                  .sights = sights,
                                  .nsights = nsights,
                                  .arena = a };
    struct ikw_ladder *l = NULL;
    find_negotiations(&d);
    gather(&d);
    add_opening(&d);
    ikw_ladder_order(&d);
    join_lines(&d);
    mark_failing(&d);
    if (d.n && !p->daemon) {
        l = IKW_ARENA_NEW(a, struct ikw_ladder);
        l->phase = p->phase;
        l->exchange = d.nof ? ikw_fact_word(d.of[0], "exchange") : NULL;
        l->roles_known = d.nof && ikw_fact_word(d.of[0], "role");
        tell_sides(&d, l);
        copy_steps(&d, l);
    }
    free(d.v);
    return l;
}
