/*
 * The row of a tunnel: who, how often, how it stands. Negotiations are told
 * from the log of this side where there is one, else from the peer's.
 */
#include "inference/builder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- who --------------------------------------------------------------- */

static char *dup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(ikw_xmalloc(n), s, n);
}

static bool is_loopback(const char *s)
{
    return strncmp(s, "127.", 4) == 0 || strcmp(s, "::1") == 0;
}

/* A proxy in front of the daemon shows it a loopback address: any other
 * tells more. */
static void learn_names(struct ikw_tunnel_state *t,
                        const struct ikw_fact_set *fs)
{
    if (fs->peer && !t->peer)
        t->peer = dup(fs->peer);
    if (fs->tunnel_name && !t->name)
        t->name = dup(fs->tunnel_name);
    if (!fs->local)
        return;
    if (t->local && is_loopback(t->local) && !is_loopback(fs->local)) {
        free(t->local);
        t->local = NULL;
    }
    if (!t->local)
        t->local = dup(fs->local);
}

/* ---- negotiations ------------------------------------------------------ */

static enum ikw_source teller(const struct ikw_scene *s)
{
    for (size_t i = 0; i < s->nnegotiations; i++) {
        if (s->negotiations[i]->source == IKW_SOURCE_LOCAL)
            return IKW_SOURCE_LOCAL;
    }
    return IKW_SOURCE_PEER;
}

static int64_t last_time(const struct ikw_fact *f)
{
    return f->last.line ? f->last.t_ms : f->first.t_ms;
}

static void set_cookies(struct ikw_tunnel_row *r, const struct ikw_fact *f)
{
    struct ikw_value i = ikw_fact_get(f, "icookie");
    struct ikw_value k = ikw_fact_get(f, "rcookie");
    if (i.kind == IKW_STR)
        snprintf(r->cookies, sizeof r->cookies, "%.16s:%.16s", i.u.str,
                 k.kind == IKW_STR ? k.u.str : "");
}

static char role_of(const struct ikw_fact *f)
{
    bool mine = f->source == IKW_SOURCE_LOCAL;
    if (ikw_fact_says(f, "role", "I"))
        return mine ? 'I' : 'R';
    if (ikw_fact_says(f, "role", "R"))
        return mine ? 'R' : 'I';
    return '\0';
}

static void read_row(struct ikw_tunnel_row *r, const struct ikw_fact *f)
{
    int64_t phase = 0;
    *r = (struct ikw_tunnel_row){ .id = 0 };
    ikw_fact_int(f, "id", &r->id);
    ikw_fact_int(f, "phase", &phase);
    r->row.phase = phase == 1 || phase == 2 ? (unsigned)phase : 0;
    r->row.role = role_of(f);
    r->row.exchange = ikw_fact_word(f, "exchange");
    r->row.outcome = ikw_fact_word(f, "outcome");
    r->row.first_ms = f->first.t_ms;
    r->row.last_ms = last_time(f);
    r->row.first_line = f->first.line;
    set_cookies(r, f);
}

static struct ikw_tunnel_row *row_at(const struct ikw_tunnel_state *t, size_t i)
{
    return &t->rows[i < IKW_ROWS ? i : IKW_ROWS + i % IKW_ROWS];
}

/* Most tunnels have a row or two. */
static void add_row(struct ikw_tunnel_state *t, const struct ikw_tunnel_row *r)
{
    if (t->nrows < 2 * IKW_ROWS && t->nrows == t->rows_cap) {
        t->rows_cap = t->nrows ? t->nrows * 2 : 1;
        t->rows = ikw_xrealloc(t->rows, t->rows_cap * sizeof *t->rows);
    }
    *row_at(t, t->nrows) = *r;
    t->nrows++;
}

/* A carried negotiation is known: only how it stands is news. */
static bool update(struct ikw_tunnel_state *t, const struct ikw_tunnel_row *r)
{
    size_t kept = t->nrows < 2 * IKW_ROWS ? t->nrows : 2 * IKW_ROWS;
    for (size_t i = 0; i < kept; i++) {
        struct ikw_tunnel_row *old = row_at(t, i);
        if (old->id != r->id)
            continue;
        if (r->row.outcome)
            old->row.outcome = r->row.outcome;
        if (r->row.last_ms > old->row.last_ms)
            old->row.last_ms = r->row.last_ms;
        return true;
    }
    return t->nrows > kept; /* its row is no longer kept */
}

static void widen(struct ikw_tunnel_state *t, const struct ikw_fact *f)
{
    int64_t last = last_time(f);
    if (f->first.t_ms != IKW_NO_TIME &&
        (t->first_ms == IKW_NO_TIME || f->first.t_ms < t->first_ms))
        t->first_ms = f->first.t_ms;
    if (last != IKW_NO_TIME && (t->last_ms == IKW_NO_TIME || last > t->last_ms))
        t->last_ms = last;
    if (f->first.line &&
        (!t->line || f->first.file < t->file ||
         (f->first.file == t->file && f->first.line < t->line))) {
        t->file = f->first.file;
        t->line = f->first.line;
    }
}

static void read_negotiation(struct ikw_tunnel_state *t,
                             const struct ikw_fact *f)
{
    struct ikw_tunnel_row r;
    read_row(&r, f);
    if (r.row.role || !ikw_fact_says(f, "outcome", "pending"))
        t->tried = true; /* else a stray line made it */
    if (ikw_fact_says(f, "carried", "yes") && update(t, &r))
        return;
    widen(t, f);
    add_row(t, &r);
    if (!r.row.role)
        return;
    t->as[r.row.role == 'R']++;
    if (!t->first_role)
        t->first_role = r.row.role;
}

/* ---- how it stands ----------------------------------------------------- */

static bool gone(const struct ikw_scene *s, const struct ikw_type *type,
                 int64_t id)
{
    const struct ikw_fact *const *facts = NULL;
    size_t n = ikw_scene_facts(s, type, &facts);
    for (size_t i = 0; i < n; i++) {
        int64_t of;
        if (ikw_fact_int(facts[i], "negotiation", &of) && of == id)
            return true;
    }
    return false;
}

static bool lives(const struct ikw_scene *s, const struct ikw_fact *f)
{
    int64_t id = 0;
    ikw_fact_int(f, "id", &id);
    return ikw_fact_says(f, "outcome", "established") &&
           !ikw_fact_says(f, "cut", "restart") &&
           !gone(s, s->types->removed, id) && !gone(s, s->types->expired, id);
}

static const char *state_after(const struct ikw_scene *s,
                               const struct ikw_fact *f)
{
    static const char *const failures[] = { "failed", "refused", "expired",
                                            "half" };
    if (ikw_fact_says(f, "cut", "restart"))
        return "unknown";
    if (ikw_fact_says(f, "outcome", "established"))
        return lives(s, f) ? "up" : "down";
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (ikw_fact_says(f, "outcome", failures[i]))
            return "down";
    }
    return "unknown";
}

static bool later(const struct ikw_fact *a, const struct ikw_fact *b)
{
    int64_t x = last_time(a), y = last_time(b);
    if (x != y)
        return x > y;
    return a->last.line > b->last.line;
}

static bool begun_later(const struct ikw_fact *a, const struct ikw_fact *b)
{
    if (a->first.file != b->first.file)
        return a->first.file > b->first.file;
    return a->first.line > b->first.line;
}

/* An SA that ran its course leaves the tunnel up if another of its phase,
 * begun later, took its place. */
static bool replaced(const struct ikw_scene *s, const struct ikw_fact *f)
{
    int64_t phase = 0, other = 0;
    ikw_fact_int(f, "phase", &phase);
    if (ikw_fact_says(f, "outcome", "failed") ||
        ikw_fact_says(f, "outcome", "refused"))
        return false;
    for (size_t i = 0; i < s->nnegotiations; i++) {
        const struct ikw_fact *g = s->negotiations[i];
        if (g->source == f->source && ikw_fact_int(g, "phase", &other) &&
            other == phase && begun_later(g, f) && lives(s, g))
            return true;
    }
    return false;
}

/* By the last negotiation, in order of time, then of line and number. */
static void read_state(struct ikw_tunnel_state *t, const struct ikw_scene *s,
                       enum ikw_source source)
{
    const struct ikw_fact *last = NULL;
    for (size_t i = 0; i < s->nnegotiations; i++) {
        const struct ikw_fact *f = s->negotiations[i];
        if (f->source == source && (!last || !later(last, f)))
            last = f;
    }
    if (last)
        t->state = replaced(s, last) ? "up" : state_after(s, last);
}

/* Success in this stretch also heals what failed in earlier ones. */
static void read_success(struct ikw_tunnel_state *t, const struct ikw_scene *s)
{
    const struct ikw_fact *const *facts = NULL;
    size_t n = ikw_scene_facts(s, s->types->established, &facts);
    for (size_t i = 0; i < n; i++) {
        const struct ikw_fact *f = facts[i];
        t->success = true;
        if (!ikw_fact_says(f, "carried", "yes"))
            ikw_spells_recover(&t->spells, last_time(f),
                               ikw_fact_says(f, "kind", "ipsec"));
    }
    for (size_t i = 0; i < s->nnegotiations && !t->success; i++)
        t->success =
            ikw_fact_says(s->negotiations[i], "outcome", "established");
}

void ikw_tunnel_read(struct ikw_tunnel_state *t, const struct ikw_scene *s)
{
    enum ikw_source source = teller(s);
    learn_names(t, s->fs);
    read_success(t, s);
    for (size_t i = 0; i < s->nnegotiations; i++) {
        if (s->negotiations[i]->source == source)
            read_negotiation(t, s->negotiations[i]);
    }
    read_state(t, s, source);
    if (s->timelines)
        ikw_timeline_read(&t->life, s, source);
}

bool ikw_tunnel_knows(struct ikw_tunnel_state *t, int64_t subject)
{
    size_t kept = t->nrecent < IKW_RECENT ? t->nrecent : IKW_RECENT;
    for (size_t i = 0; i < kept; i++) {
        if (t->recent[i] == subject)
            return true;
    }
    if (t->nrecent < IKW_RECENT)
        IKW_GROW(t->recent, t->recent_cap, t->nrecent + 1);
    t->recent[t->nrecent++ % IKW_RECENT] = subject;
    return false;
}

/* ---- the end ----------------------------------------------------------- */

static void copy_row(struct ikw_arena *a, const struct ikw_tunnel_row *r,
                     struct ikw_negotiation_row *out)
{
    *out = r->row;
    out->cookies = r->cookies[0] ? ikw_arena_strdup(a, r->cookies) : NULL;
}

static void close_rows(const struct ikw_tunnel_state *t, struct ikw_arena *a,
                       struct ikw_tunnel *out)
{
    size_t head = t->nrows < IKW_ROWS ? t->nrows : IKW_ROWS;
    size_t tail = t->nrows - head < IKW_ROWS ? t->nrows - head : IKW_ROWS;
    out->negotiations =
        IKW_ARENA_ARRAY(a, struct ikw_negotiation_row, head + tail);
    for (size_t i = 0; i < head; i++)
        copy_row(a, row_at(t, i), &out->negotiations[i]);
    for (size_t i = 0; i < tail; i++)
        copy_row(a, row_at(t, t->nrows - tail + i),
                 &out->negotiations[head + i]);
    out->nnegotiations = head + tail;
}

static char main_role(const struct ikw_tunnel_state *t)
{
    if (t->as[0] == t->as[1])
        return t->first_role;
    return t->as[0] > t->as[1] ? 'I' : 'R';
}

void ikw_tunnel_close(const struct ikw_tunnel_state *t, struct ikw_arena *a,
                      struct ikw_tunnel *out)
{
    out->local = t->local;
    out->peer = t->peer;
    out->name = t->name;
    out->role = main_role(t);
    out->state = t->state ? t->state : "unknown";
    out->attempts = t->nrows > UINT32_MAX ? UINT32_MAX : (uint32_t)t->nrows;
    out->first_ms = t->first_ms;
    out->last_ms = t->last_ms;
    if (t->life)
        out->timeline = ikw_timeline_close(t->life, a);
    close_rows(t, a, out);
}

void ikw_tunnel_release(struct ikw_tunnel_state *t)
{
    free(t->local);
    free(t->peer);
    free(t->name);
    free(t->rows);
    free(t->recent);
    free(t->life);
    ikw_spells_release(&t->spells);
}
