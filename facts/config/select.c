/*
 * Which section, which policy: the searches of the daemon and of the kernel,
 * and what came closest where a search ends with nothing.
 */
#include "facts/config/match.h"

#include <string.h>

/* ---- remote sections --------------------------------------------------- */

static size_t sections_for(const struct ikw_config *c,
                           const struct ikw_addr *addr, struct ikw_conf_meet *m)
{
    for (const struct ikw_conf_remote *rm = c->remotes; rm; rm = rm->next)
        if (rm->has_address && ikw_addr_eq(&rm->address, addr) &&
            m->n < IKW_MEET_MAX)
            m->v[m->n++] = rm;
    return m->n;
}

static void add_anonymous(struct ikw_conf_meet *m)
{
    m->nexact = m->n;
    for (const struct ikw_conf_remote *rm = m->c->remotes; rm; rm = rm->next)
        if (rm->anonymous && m->n < IKW_MEET_MAX)
            m->v[m->n++] = rm;
}

static const struct ikw_conf_remote *only_section(const struct ikw_config *c)
{
    const struct ikw_conf_remote *only = NULL;
    for (const struct ikw_conf_remote *rm = c->remotes; rm; rm = rm->next) {
        if (!rm->has_address)
            continue;
        if (only)
            return NULL;
        only = rm;
    }
    return only;
}

/* Does a tunnel of its own policies end at that address? */
static bool tunnels_to(const struct ikw_config *c, const struct ikw_addr *a)
{
    for (const struct ikw_conf_policy *p = c->policies; p; p = p->next)
        for (size_t i = 0; p->direction == 'o' && i < p->n; i++)
            if (p->v[i].remote.family && ikw_addr_eq(&p->v[i].remote, a))
                return true;
    return false;
}

/* None of its sections is about the addresses the other has. A translated
 * address explains that, unless its own policies say otherwise. */
static void without_section(struct ikw_conf_meet *m,
                            const struct ikw_addr *tries, size_t n, bool sure)
{
    const struct ikw_conf_remote *only = only_section(m->c);
    for (size_t i = 0; i < n; i++)
        sure = sure || tunnels_to(m->c, &tries[i]);
    if (sure || !m->c->complete)
        return;
    m->doubtful = true;
    if (!only)
        return;
    m->v[0] = only;
    m->n = m->nexact = 1;
    m->addr = only->address;
    m->doubtful = n > 0;
}

struct ikw_conf_meet ikw_conf_meet(const struct ikw_config *c,
                                   const struct ikw_config *other,
                                   const struct ikw_addr *seen, bool sure)
{
    struct ikw_conf_meet m = { .c = c };
    struct ikw_addr tries[1 + sizeof other->own / sizeof *other->own];
    size_t n = 0;
    if (seen->family)
        tries[n++] = *seen;
    for (size_t i = 0; other && !(sure && n) && i < other->nown; i++)
        tries[n++] = other->own[i];
    if (n)
        m.addr = tries[0];
    for (size_t i = 0; i < n; i++)
        if (sections_for(c, &tries[i], &m)) {
            m.addr = tries[i];
            break;
        }
    add_anonymous(&m);
    if (!m.n)
        without_section(&m, tries, n, sure);
    return m;
}

const struct ikw_conf_remote *ikw_conf_begins(const struct ikw_conf_meet *m)
{
    if (m->nexact)
        return m->nexact == 1 ? m->v[0] : NULL;
    return m->n == 1 ? m->v[0] : NULL;
}

bool ikw_config_owns(const struct ikw_config *c, const struct ikw_addr *addr)
{
    for (size_t i = 0; i < c->nown; i++)
        if (ikw_addr_eq(&c->own[i], addr))
            return true;
    return false;
}

/* ---- sainfo ------------------------------------------------------------ */

static bool one_fits(const struct ikw_conf_sainfo *sa,
                     const struct ikw_selector *have,
                     const struct ikw_selector *want)
{
    return have->any || ikw_selector_same(have, want) ||
           (sa->narrows && ikw_selector_overlap(have, want));
}

static bool fits(const struct ikw_conf_sainfo *sa,
                 const struct ikw_selector *local,
                 const struct ikw_selector *remote, int64_t remote_id)
{
    return sa->remote_id == remote_id && one_fits(sa, &sa->local, local) &&
           one_fits(sa, &sa->remote, remote);
}

const struct ikw_conf_sainfo *
ikw_conf_sainfo_for(const struct ikw_config *c,
                    const struct ikw_selector *local,
                    const struct ikw_selector *remote, int64_t remote_id)
{
    for (const struct ikw_conf_sainfo *sa = c->sainfos; sa; sa = sa->next)
        if (fits(sa, local, remote, remote_id))
            return sa;
    return NULL;
}

/* Points of unlikeness of one side, and the word for it. */
static unsigned distance(const struct ikw_selector *have,
                         const struct ikw_selector *want, const char *net,
                         const char *mask, const char **field)
{
    if (have->any || ikw_selector_same(have, want))
        return 0;
    if (!*field)
        *field = net;
    if (have->named || have->addr.family != want->addr.family)
        return 300;
    unsigned common = ikw_addr_common_bits(&have->addr, &want->addr);
    unsigned least = have->prefix < want->prefix ? have->prefix : want->prefix;
    if (common < least)
        return 160 - common;
    if (*field == net)
        *field = have->prefix != want->prefix ? mask : "proto";
    return have->prefix != want->prefix
               ? 1 + (have->prefix > want->prefix ? have->prefix - want->prefix
                                                  : want->prefix - have->prefix)
               : 1;
}

static bool swapped(const struct ikw_conf_sainfo *sa,
                    const struct ikw_selector *local,
                    const struct ikw_selector *remote)
{
    return !sa->local.any && !sa->remote.any &&
           ikw_selector_same(&sa->local, remote) &&
           ikw_selector_same(&sa->remote, local);
}

const struct ikw_conf_sainfo *
ikw_conf_nearest(const struct ikw_config *c, const struct ikw_selector *local,
                 const struct ikw_selector *remote, int64_t remote_id,
                 const char **field)
{
    const struct ikw_conf_sainfo *best = NULL;
    unsigned least = UINT32_MAX;
    *field = NULL;
    for (const struct ikw_conf_sainfo *sa = c->sainfos; sa; sa = sa->next) {
        const char *f = NULL;
        unsigned d =
            distance(&sa->local, local, "local-net", "local-mask", &f) +
            distance(&sa->remote, remote, "remote-net", "remote-mask", &f);
        if (swapped(sa, local, remote)) {
            d = 2;
            f = "swapped";
        }
        if (sa->remote_id != remote_id) {
            d += 50;
            f = f ? f : "remote-id";
        }
        if (d < least) {
            least = d;
            best = sa;
            *field = f;
        }
    }
    return best;
}

/* ---- policies ---------------------------------------------------------- */

const struct ikw_conf_policy *
ikw_conf_policy_for(const struct ikw_config *c, const struct ikw_selector *src,
                    const struct ikw_selector *dst, char direction)
{
    const struct ikw_conf_policy *wide = NULL;
    for (const struct ikw_conf_policy *p = c->policies; p; p = p->next) {
        if (p->direction != direction)
            continue;
        if (ikw_selector_same(&p->src, src) && ikw_selector_same(&p->dst, dst))
            return p;
        if (!wide && ikw_selector_masked(src, &p->src) &&
            ikw_selector_masked(dst, &p->dst))
            wide = p;
    }
    return wide;
}

/* ---- what an initiator would ask for ----------------------------------- */

static bool leads_to(const struct ikw_conf_policy *p,
                     const struct ikw_addr *addr)
{
    if (p->direction != 'o' || !p->protect || !p->n)
        return false;
    for (size_t i = 0; i < p->n; i++)
        if (p->v[i].remote.family)
            return !addr->family || ikw_addr_eq(&p->v[i].remote, addr);
    /* transport mode: the selector is the peer */
    return !addr->family || ikw_addr_eq(&p->dst.addr, addr) ||
           ikw_addr_common_bits(&p->dst.addr, addr) >= p->dst.prefix;
}

static size_t pairs_of_sainfos(const struct ikw_config *c,
                               struct ikw_conf_pair2 *out, size_t most)
{
    size_t n = 0;
    for (const struct ikw_conf_sainfo *sa = c->sainfos; sa && n < most;
         sa = sa->next)
        if (!sa->local.any && !sa->remote.any && !sa->local.named &&
            !sa->remote.named)
            out[n++] =
                (struct ikw_conf_pair2){ sa->local, sa->remote, NULL, sa->at };
    return n;
}

/* Policies decide; without them, sections that name both networks, if there
 * is one peer only. */
size_t ikw_conf_pairs(const struct ikw_conf_meet *ini,
                      struct ikw_conf_pair2 *out, size_t most)
{
    size_t n = 0;
    const struct ikw_config *c = ini->c;
    if (!c->spd)
        return c->remotes && !c->remotes->next ? pairs_of_sainfos(c, out, most)
                                               : 0;
    for (const struct ikw_conf_policy *p = c->policies; p && n < most;
         p = p->next)
        if (leads_to(p, &ini->addr))
            out[n++] = (struct ikw_conf_pair2){ p->src, p->dst, p, p->at };
    return n;
}
