/*
 * Phase 1 on paper. A responder takes the first proposal of the caller that
 * equals one of its own in cipher, hash, group and method; key length and
 * lifetime it judges by its proposal_check.
 */
#include "facts/config/match.h"

#include <inttypes.h>
#include <string.h>

/* ---- one offer against one proposal ------------------------------------ */

static const char all_but_obey[] = "strict claim exact";
static const char only_exact[] = "exact";

struct pairing {
    struct ikw_arena *arena;
    const struct ikw_conf_offer *offer;
    const struct ikw_conf_proposal *mine;
    const struct ikw_conf_remote *section;
};

static void compare_alg(const struct pairing *p, struct ikw_conf_trial *t,
                        const char *attr, const struct ikw_conf_alg *theirs,
                        const struct ikw_conf_alg *mine)
{
    if (!theirs->word || !mine->word)
        return;
    struct ikw_conf_diff *d = ikw_conf_diff_add(
        t, attr,
        strcmp(theirs->word, mine->word) ? IKW_CONF_FATAL : IKW_CONF_EQUAL);
    d->ini = theirs->word;
    d->res = mine->word;
    d->ini_at = theirs->at;
    d->res_at = ikw_conf_at_or(mine->at, p->mine->at);
}

/* Fills in what the responder's check says of a difference. */
static void judge(const struct pairing *p, struct ikw_conf_diff *d,
                  const char *refused)
{
    if (p->section->no_check) {
        d->result = refused ? IKW_CONF_TOLERATED : IKW_CONF_EQUAL;
        return;
    }
    d->check = ikw_conf_says(p->section, IKW_SET_CHECK);
    d->refused = refused;
    d->result = !refused                              ? IKW_CONF_EQUAL
                : ikw_conf_refuses(refused, d->check) ? IKW_CONF_FATAL
                                                      : IKW_CONF_TOLERATED;
}

static void compare_keylen(const struct pairing *p, struct ikw_conf_trial *t)
{
    const struct ikw_conf_alg *a = &p->offer->enc, *b = &p->mine->enc;
    if (!a->word || strcmp(a->word, b->word) || !a->keylen || !b->keylen)
        return;
    struct ikw_conf_diff *d = ikw_conf_diff_add(t, "keylen", IKW_CONF_EQUAL);
    d->ini = ikw_conf_format(p->arena, "%s %" PRId64, a->word, a->keylen);
    d->res = ikw_conf_format(p->arena, "%s %" PRId64, b->word, b->keylen);
    d->ini_at = a->at;
    d->res_at = ikw_conf_at_or(b->at, p->mine->at);
    judge(p, d,
          a->keylen < b->keylen   ? all_but_obey
          : a->keylen > b->keylen ? only_exact
                                  : NULL);
    if (p->section->no_check && d->result != IKW_CONF_EQUAL)
        d->result = IKW_CONF_FATAL;
}

static const struct ikw_conf_setting *
lifetime_of(const struct ikw_conf_proposal *p, const struct ikw_conf_remote *rm)
{
    return p->lifetime.set ? &p->lifetime : &rm->set[IKW_SET_LIFETIME];
}

static void compare_lifetime(const struct pairing *p, struct ikw_conf_trial *t)
{
    const struct ikw_conf_setting *mine = lifetime_of(p->mine, p->section);
    int64_t theirs = p->offer->lifetime;
    if (theirs < 0 || !mine->set)
        return;
    struct ikw_conf_diff *d = ikw_conf_diff_add(t, "lifetime", IKW_CONF_EQUAL);
    d->ini = ikw_conf_format(p->arena, "%" PRId64 " s", theirs);
    d->res = ikw_conf_format(p->arena, "%" PRId64 " s", mine->number);
    d->ini_at = p->offer->lifetime_at;
    d->res_at = ikw_conf_at_or(mine->at, p->section->at);
    judge(p, d,
          theirs > mine->number   ? all_but_obey
          : theirs < mine->number ? only_exact
                                  : NULL);
}

static unsigned compare_pair(const struct pairing *p, struct ikw_conf_trial *t)
{
    unsigned fatal = 0;
    compare_alg(p, t, "enc", &p->offer->enc, &p->mine->enc);
    compare_keylen(p, t);
    compare_alg(p, t, "hash", &p->offer->hash, &p->mine->hash);
    compare_alg(p, t, "dh", &p->offer->dh, &p->mine->dh);
    compare_alg(p, t, "auth", &p->offer->auth, &p->mine->auth);
    compare_lifetime(p, t);
    for (size_t i = 0; i < t->n; i++)
        fatal += t->v[i].result == IKW_CONF_FATAL;
    return fatal;
}

/* ---- all offers against all sections ----------------------------------- */

struct closest {
    struct ikw_conf_trial rows; /* of the pair */
    unsigned fatal;
    const struct ikw_conf_remote *section;
};

static void try_section(struct ikw_arena *a, const struct ikw_conf_offer *offer,
                        const struct ikw_conf_remote *section,
                        struct closest *best)
{
    for (const struct ikw_conf_proposal *p = section->proposals; p;
         p = p->next) {
        struct ikw_conf_trial rows = { .phase = 1 };
        struct pairing pair = { a, offer, p, section };
        unsigned fatal = compare_pair(&pair, &rows);
        if (!best->section || fatal < best->fatal)
            *best = (struct closest){ rows, fatal, section };
    }
}

static bool accepts(struct ikw_arena *a, const struct ikw_conf_offer *offers,
                    size_t n, const struct ikw_conf_remote *section)
{
    struct closest best = { .section = NULL };
    for (size_t i = 0; i < n; i++)
        try_section(a, &offers[i], section, &best);
    return best.section && !best.fatal;
}

/* Two sections for one address that both would take the offer cannot be told
 * apart, unless identities do it. */
static void check_ambiguous(struct ikw_arena *a, struct ikw_conf_trial *t,
                            const struct ikw_conf_offer *offers, size_t n,
                            const struct ikw_conf_meet *res)
{
    const struct ikw_conf_remote *taken[2] = { NULL, NULL };
    size_t k = 0;
    size_t most = res->nexact ? res->nexact : res->n;
    for (size_t i = 0; i < most && k < 2; i++) {
        const struct ikw_conf_remote *rm = res->v[i];
        if (!strcmp(ikw_conf_says(rm, IKW_SET_VERIFY_ID), "on") && rm->peer_ids)
            continue;
        if (accepts(a, offers, n, rm))
            taken[k++] = rm;
    }
    if (k < 2)
        return;
    struct ikw_conf_diff *d = ikw_conf_diff_add(t, "ambiguous", IKW_CONF_FATAL);
    d->ini = taken[0]->title;
    d->res = taken[1]->title;
    d->ini_at = taken[0]->at;
    d->res_at = taken[1]->at;
}

static void append(struct ikw_conf_trial *t, const struct ikw_conf_trial *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        if (t->n < IKW_CONF_DIFFS)
            t->v[t->n++] = rows->v[i];
}

const struct ikw_conf_remote *
ikw_conf_offers(struct ikw_arena *a, struct ikw_conf_trial *t,
                const struct ikw_conf_offer *offers, size_t noffers,
                const struct ikw_conf_meet *res)
{
    struct closest best = { .section = NULL };
    for (size_t i = 0; i < noffers; i++)
        for (size_t k = 0; k < res->n; k++)
            try_section(a, &offers[i], res->v[k], &best);
    if (!best.section)
        return NULL;
    if (!best.fatal)
        check_ambiguous(a, t, offers, noffers, res);
    append(t, &best.rows);
    return best.section;
}

/* ---- section and mode -------------------------------------------------- */

static bool allows(const struct ikw_conf_remote *rm, const char *mode)
{
    for (size_t i = 0; i < rm->nmodes; i++)
        if (!strcmp(rm->modes[i], mode))
            return true;
    return false;
}

static const char *list_modes(struct ikw_arena *a,
                              const struct ikw_conf_remote *rm)
{
    return ikw_conf_format(
        a, "%s%s%s%s%s", rm->modes[0], rm->nmodes > 1 ? ", " : "",
        rm->nmodes > 1 ? rm->modes[1] : "", rm->nmodes > 2 ? ", " : "",
        rm->nmodes > 2 ? rm->modes[2] : "");
}

/* Sections that do not allow the mode are out. True if one is left. */
static bool check_mode(struct ikw_arena *a, struct ikw_conf_trial *t,
                       const struct ikw_conf_remote *ini,
                       struct ikw_conf_meet *res)
{
    struct ikw_conf_meet left = *res;
    const struct ikw_conf_remote *rm = res->v[0];
    if (!ini->nmodes || !rm->nmodes)
        return true;
    left.n = left.nexact = 0;
    for (size_t i = 0; i < res->n; i++)
        if (allows(res->v[i], ini->modes[0])) {
            left.v[left.n++] = res->v[i];
            left.nexact += i < res->nexact;
        }
    if (left.n)
        rm = left.v[0];
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(t, "mode", left.n ? IKW_CONF_EQUAL : IKW_CONF_FATAL);
    d->ini = ini->modes[0];
    d->res = list_modes(a, rm);
    d->ini_at = ikw_conf_at_or(ini->modes_at, ini->at);
    d->res_at = ikw_conf_at_or(rm->modes_at, rm->at);
    if (left.n)
        *res = left;
    return left.n > 0;
}

static void check_version(struct ikw_conf_trial *t,
                          const struct ikw_conf_remote *ini,
                          const struct ikw_conf_remote *res)
{
    static const char *const names[] = { "", "IKEv1", "IKEv2",
                                         "IKEv1 and IKEv2" };
    int64_t a = ini->set[IKW_SET_VERSION].number & 3;
    int64_t b = res->set[IKW_SET_VERSION].number & 3;
    if (a & b)
        return;
    struct ikw_conf_diff *d = ikw_conf_diff_add(t, "version", IKW_CONF_FATAL);
    d->ini = names[a];
    d->res = names[b];
    d->ini_at = ikw_conf_at_or(ini->set[IKW_SET_VERSION].at, ini->at);
    d->res_at = ikw_conf_at_or(res->set[IKW_SET_VERSION].at, res->at);
}

static const char *addr_text(struct ikw_arena *a, const struct ikw_addr *addr)
{
    struct ikw_buf b = { 0 };
    ikw_addr_add(&b, addr);
    const char *s = ikw_conf_format(a, "%s", ikw_buf_str(&b));
    ikw_buf_release(&b);
    return s;
}

/* Is there a section for the other at all? */
static bool check_section(struct ikw_arena *a, struct ikw_conf_trial *t,
                          const struct ikw_conf_meet *m, const char *attr,
                          bool initiator)
{
    enum ikw_conf_result result = m->doubtful || !m->c->complete ? IKW_CONF_OPEN
                                  : m->n ? IKW_CONF_EQUAL
                                         : IKW_CONF_FATAL;
    struct ikw_conf_diff *d = ikw_conf_diff_add(t, attr, result);
    const char *addr = addr_text(a, &m->addr);
    const char *title = m->n ? m->v[0]->title : "";
    struct ikw_conf_at at = { 0, 0, NULL };
    if (m->n)
        at = m->v[0]->at;
    else if (m->c->remotes)
        at = m->c->remotes->at;
    if (!m->n && m->c->remotes)
        title = m->c->remotes->title;
    d->ini = initiator ? title : addr;
    d->res = initiator ? addr : title;
    *(initiator ? &d->ini_at : &d->res_at) = at;
    return m->n > 0;
}

static size_t offers_of(const struct ikw_conf_remote *rm,
                        struct ikw_conf_offer *out, size_t most)
{
    size_t n = 0;
    for (const struct ikw_conf_proposal *p = rm->proposals; p && n < most;
         p = p->next) {
        const struct ikw_conf_setting *life = lifetime_of(p, rm);
        struct ikw_conf_offer *o = &out[n++];
        *o = (struct ikw_conf_offer){ p->enc,
                                      p->hash,
                                      p->dh,
                                      p->auth,
                                      life->set ? life->number : -1,
                                      ikw_conf_at_or(life->at, rm->at) };
        o->enc.at = ikw_conf_at_or(o->enc.at, p->at);
        o->hash.at = ikw_conf_at_or(o->hash.at, p->at);
        o->dh.at = ikw_conf_at_or(o->dh.at, p->at);
        o->auth.at = ikw_conf_at_or(o->auth.at, p->at);
    }
    return n;
}

static void check_begins(struct ikw_conf_trial *t,
                         const struct ikw_conf_meet *m)
{
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(t, "own-ambiguous", IKW_CONF_FATAL);
    d->ini = m->v[0]->title;
    d->ini_at = m->v[0]->at;
    d->res = m->v[1]->title;
    d->res_at = m->v[1]->at;
}

bool ikw_conf_sections(struct ikw_arena *a, struct ikw_conf_trial *t,
                       const struct ikw_conf_meet *m, bool initiator)
{
    const char *attr = initiator ? "own-section" : "section";
    if (!check_section(a, t, m, attr, initiator))
        return false;
    if (!initiator || m->nexact < 2)
        return true;
    check_begins(t, m);
    return false;
}

const struct ikw_conf_remote *
ikw_conf_phase1(struct ikw_arena *a, struct ikw_conf_trial *t,
                const struct ikw_conf_remote *ini,
                const struct ikw_conf_meet *ini_meet,
                const struct ikw_conf_meet *res)
{
    struct ikw_conf_offer offers[16];
    struct ikw_conf_meet left = *res;
    if (!ikw_conf_sections(a, t, ini_meet, true) || !ini ||
        !ikw_conf_sections(a, t, res, false))
        return NULL;
    check_version(t, ini, res->v[0]);
    bool mode = check_mode(a, t, ini, &left);
    size_t n = offers_of(ini, offers, sizeof offers / sizeof *offers);
    const struct ikw_conf_remote *rm = ikw_conf_offers(a, t, offers, n, &left);
    if (rm && mode)
        ikw_conf_identity(a, t, ini, ini_meet, rm, res);
    return rm;
}
