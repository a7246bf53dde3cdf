/*
 * Phase 2 on paper, in the daemon's order: a section here, a section there,
 * a policy there, then lifetimes and PFS, protocols, mode, and at last the
 * algorithms.
 */
#include "facts/config/match.h"

#include <inttypes.h>
#include <string.h>

static const char all_but_obey[] = "strict claim exact";
static const char strict_exact[] = "strict exact";
static const char only_exact[] = "exact";

struct bundle {
    struct ikw_arena *arena;
    struct ikw_conf_trial *t;
    const struct ikw_conf_sainfo *ini, *res;
    const struct ikw_conf_policy *ini_policy, *res_policy;
    const char *check;
    bool no_check; /* see config.h */
};

/* Without the responder's remote section its check is not known. */
static void judge(const struct bundle *b, struct ikw_conf_diff *d,
                  const char *refused)
{
    if (b->no_check) {
        d->result = refused ? IKW_CONF_TOLERATED : IKW_CONF_EQUAL;
        return;
    }
    d->check = *b->check ? b->check : NULL;
    d->refused = refused;
    d->result = !refused                              ? IKW_CONF_EQUAL
                : !*b->check                          ? IKW_CONF_OPEN
                : ikw_conf_refuses(refused, b->check) ? IKW_CONF_FATAL
                                                      : IKW_CONF_TOLERATED;
}

static void judge_alg(const struct bundle *b, struct ikw_conf_diff *d,
                      const char *refused)
{
    judge(b, d, refused);
    if (refused && b->no_check)
        d->result = IKW_CONF_FATAL;
}

/* ---- lifetimes, PFS ---------------------------------------------------- */

static void compare_lifetime(const struct bundle *b)
{
    const struct ikw_conf_setting *x = &b->ini->lifetime,
                                  *y = &b->res->lifetime;
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(b->t, "lifetime", IKW_CONF_EQUAL);
    d->ini = ikw_conf_format(b->arena, "%" PRId64 " s", x->number);
    d->res = ikw_conf_format(b->arena, "%" PRId64 " s", y->number);
    d->ini_at = ikw_conf_at_or(x->at, b->ini->at);
    d->res_at = ikw_conf_at_or(y->at, b->res->at);
    judge(b, d,
          x->number > y->number   ? strict_exact
          : x->number < y->number ? only_exact
                                  : NULL);
}

static const char *bytes_text(struct ikw_arena *a,
                              const struct ikw_conf_setting *s)
{
    return s->set ? ikw_conf_format(a, "%" PRId64 " KB", s->number)
                  : "unlimited";
}

/* Unlimited is not said on the wire, and arrives as 0: never more than the
 * responder's, but never equal to it either. */
static void compare_bytes(const struct bundle *b)
{
    const struct ikw_conf_setting *x = &b->ini->bytes, *y = &b->res->bytes;
    bool equal = x->set && y->set && x->number == y->number;
    bool longer = x->set && y->set && x->number > y->number;
    if (equal || (!x->set && !y->set && strcmp(b->check, "exact")))
        return;
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(b->t, "lifebytes", IKW_CONF_EQUAL);
    d->ini = bytes_text(b->arena, x);
    d->res = bytes_text(b->arena, y);
    d->ini_at = ikw_conf_at_or(x->at, b->ini->at);
    d->res_at = ikw_conf_at_or(y->at, b->res->at);
    judge(b, d, longer ? strict_exact : only_exact);
}

static void compare_pfs(const struct bundle *b)
{
    const struct ikw_conf_alg *x = &b->ini->pfs, *y = &b->res->pfs;
    struct ikw_conf_diff *d = ikw_conf_diff_add(b->t, "pfs", IKW_CONF_EQUAL);
    bool equal = !strcmp(x->word, y->word);
    d->ini = x->word;
    d->res = y->word;
    d->ini_at = ikw_conf_at_or(x->at, b->ini->at);
    d->res_at = ikw_conf_at_or(y->at, b->res->at);
    judge_alg(b, d,
              equal                     ? NULL
              : strcmp(y->word, "none") ? all_but_obey
                                        : only_exact);
}

/* ---- protocols, mode --------------------------------------------------- */

static bool has_protocol(const struct ikw_conf_policy *p, const char *protocol)
{
    for (size_t i = 0; i < p->n; i++)
        if (!strcmp(p->v[i].protocol, protocol))
            return true;
    return false;
}

static const char *protocols_of(struct ikw_arena *a,
                                const struct ikw_conf_policy *p)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < p->n; i++)
        ikw_buf_addf(&b, "%s%s", i ? "+" : "", p->v[i].protocol);
    const char *s = ikw_conf_format(a, "%s", ikw_buf_str(&b));
    ikw_buf_release(&b);
    return s;
}

static const char *mode_of(const struct ikw_conf_policy *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (!strcmp(p->v[i].mode, "tunnel"))
            return "tunnel";
    return "transport";
}

static void add_policies(const struct bundle *b, const char *attr, bool equal,
                         const char *ini, const char *res)
{
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(b->t, attr, equal ? IKW_CONF_EQUAL : IKW_CONF_FATAL);
    d->ini = ini;
    d->res = res;
    d->ini_at = b->ini_policy->at;
    d->res_at = b->res_policy->at;
}

static void compare_policies(const struct bundle *b)
{
    const struct ikw_conf_policy *x = b->ini_policy, *y = b->res_policy;
    bool equal = true;
    if (!x || !y || !x->n || !y->n)
        return;
    equal = x->n == y->n;
    for (size_t i = 0; i < x->n; i++)
        equal = equal && has_protocol(y, x->v[i].protocol);
    add_policies(b, "protocol", equal, protocols_of(b->arena, x),
                 protocols_of(b->arena, y));
    if (equal)
        add_policies(b, "encmode", !strcmp(mode_of(x), mode_of(y)), mode_of(x),
                     mode_of(y));
}

/* ---- algorithms -------------------------------------------------------- */

static const struct ikw_conf_alg *common(const struct ikw_conf_algs *a,
                                         const struct ikw_conf_algs *b,
                                         const struct ikw_conf_alg **other)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            if (!strcmp(a->v[i].word, b->v[k].word)) {
                *other = &b->v[k];
                return &a->v[i];
            }
    *other = NULL;
    return NULL;
}

static const char *list_algs(struct ikw_arena *a,
                             const struct ikw_conf_algs *algs)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < algs->n; i++)
        ikw_buf_addf(&b, "%s%s", i ? ", " : "", algs->v[i].word);
    const char *s = ikw_conf_format(a, "%s", ikw_buf_str(&b));
    ikw_buf_release(&b);
    return s;
}

static void compare_lists(const struct bundle *b, const char *attr,
                          const struct ikw_conf_algs *x,
                          const struct ikw_conf_algs *y)
{
    const struct ikw_conf_alg *p, *q = NULL;
    p = common(x, y, &q);
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(b->t, attr, p ? IKW_CONF_EQUAL : IKW_CONF_FATAL);
    d->ini = p ? p->word : list_algs(b->arena, x);
    d->res = q ? q->word : list_algs(b->arena, y);
    d->ini_at = ikw_conf_at_or((p ? p : &x->v[0])->at, b->ini->at);
    d->res_at = ikw_conf_at_or((q ? q : &y->v[0])->at, b->res->at);
}

/* Of all pairs of one cipher the one whose key lengths suit best. */
static void compare_keylen(const struct bundle *b)
{
    const struct ikw_conf_alg *p = NULL, *q = NULL;
    const char *refused = NULL;
    for (size_t i = 0; i < b->ini->enc.n; i++)
        for (size_t k = 0; k < b->res->enc.n; k++) {
            const struct ikw_conf_alg *x = &b->ini->enc.v[i];
            const struct ikw_conf_alg *y = &b->res->enc.v[k];
            const char *r = x->keylen < y->keylen   ? all_but_obey
                            : x->keylen > y->keylen ? only_exact
                                                    : NULL;
            if (strcmp(x->word, y->word) ||
                (p && (!refused || (r && strlen(r) >= strlen(refused)))))
                continue;
            p = x;
            q = y;
            refused = r;
        }
    if (!p || !p->keylen || !q->keylen)
        return;
    struct ikw_conf_diff *d = ikw_conf_diff_add(b->t, "keylen", IKW_CONF_EQUAL);
    d->ini = ikw_conf_format(b->arena, "%s %" PRId64, p->word, p->keylen);
    d->res = ikw_conf_format(b->arena, "%s %" PRId64, q->word, q->keylen);
    d->ini_at = ikw_conf_at_or(p->at, b->ini->at);
    d->res_at = ikw_conf_at_or(q->at, b->res->at);
    judge_alg(b, d, refused);
}

static bool wants(const struct bundle *b, const char *protocol)
{
    const struct ikw_conf_policy *p =
        b->res_policy ? b->res_policy : b->ini_policy;
    if (!p || !p->n)
        return !strcmp(protocol, "esp");
    return has_protocol(p, protocol);
}

void ikw_conf_bundle(struct ikw_arena *a, struct ikw_conf_trial *t,
                     const struct ikw_conf_sainfo *ini,
                     const struct ikw_conf_sainfo *res,
                     const struct ikw_conf_policy *ini_policy,
                     const struct ikw_conf_policy *res_policy,
                     const struct ikw_conf_remote *res_rm)
{
    struct bundle b = { a,
                        t,
                        ini,
                        res,
                        ini_policy,
                        res_policy,
                        ikw_conf_says(res_rm, IKW_SET_CHECK),
                        res_rm && res_rm->no_check };
    compare_lifetime(&b);
    compare_bytes(&b);
    compare_pfs(&b);
    compare_policies(&b);
    if (wants(&b, "esp"))
        compare_lists(&b, "enc", &ini->enc, &res->enc);
    if (wants(&b, "esp") || wants(&b, "ah"))
        compare_lists(&b, "auth", &ini->auth, &res->auth);
    if (wants(&b, "esp"))
        compare_keylen(&b);
    if (wants(&b, "ipcomp") && ini->comp.n && res->comp.n)
        compare_lists(&b, "ipcomp", &ini->comp, &res->comp);
}

/* ---- sections and policies --------------------------------------------- */

static const char *pair_text(struct ikw_arena *a, const struct ikw_selector *x,
                             const struct ikw_selector *y)
{
    struct ikw_buf b = { 0 };
    ikw_selector_add(&b, x);
    ikw_buf_addc(&b, ' ');
    ikw_selector_add(&b, y);
    const char *s = ikw_conf_format(a, "%s", ikw_buf_str(&b));
    ikw_buf_release(&b);
    return s;
}

static int64_t ph1id(const struct ikw_conf_remote *rm)
{
    return rm && rm->set[IKW_SET_PH1ID].set ? rm->set[IKW_SET_PH1ID].number : 0;
}

static const char *field_words(const char *field)
{
    static const struct {
        const char *field, *words;
    } t[] = {
        { "local-net", "the local network" },
        { "local-mask", "the mask of the local network" },
        { "remote-net", "the remote network" },
        { "remote-mask", "the mask of the remote network" },
        { "proto", "the protocol" },
        { "remote-id", "the remoteid" },
        { "swapped", "the order of the two" },
    };
    for (size_t i = 0; field && i < sizeof t / sizeof *t; i++)
        if (!strcmp(field, t[i].field))
            return t[i].words;
    return "something";
}

/* The nearest one, and the field that differs. */
void ikw_conf_no_section(struct ikw_arena *a, struct ikw_conf_trial *t,
                         const char *attr, const struct ikw_conf_pair2 *pair,
                         const struct ikw_config *c,
                         const struct ikw_conf_remote *rm, bool at_initiator)
{
    const struct ikw_selector *local = at_initiator ? &pair->src : &pair->dst;
    const struct ikw_selector *remote = at_initiator ? &pair->dst : &pair->src;
    const char *field;
    const struct ikw_conf_sainfo *near =
        ikw_conf_nearest(c, local, remote, ph1id(rm), &field);
    struct ikw_conf_diff *d = ikw_conf_diff_add(
        t, attr, c->complete ? IKW_CONF_FATAL : IKW_CONF_OPEN);
    d->field = field;
    d->ini = pair_text(a, local, remote);
    d->res = near ? ikw_conf_format(a, "%s (%s differs)", near->title,
                                    field_words(field))
                  : "no section";
    d->ini_at = pair->at;
    if (near)
        d->res_at = near->at;
}

static bool agrees(struct ikw_arena *a, const struct ikw_conf_sainfo *ini,
                   const struct ikw_conf_sainfo *res,
                   const struct ikw_conf_remote *res_rm)
{
    struct ikw_conf_trial t = { .phase = 2 };
    ikw_conf_bundle(a, &t, ini, res, NULL, NULL, res_rm);
    for (size_t i = 0; i < t.n; i++)
        if (t.v[i].result == IKW_CONF_FATAL)
            return false;
    return true;
}

struct choice {
    const struct ikw_config *c;
    const struct ikw_conf_sainfo *hit, *other; /* ours, the other side's */
    const struct ikw_conf_remote *res_rm;
    bool initiator;
};

static bool would_agree(struct ikw_arena *a, const struct choice *k,
                        const struct ikw_conf_sainfo *sa)
{
    return k->initiator ? agrees(a, sa, k->other, k->res_rm)
                        : agrees(a, k->other, sa, k->res_rm);
}

static bool was_meant(struct ikw_arena *a, const struct choice *k,
                      const struct ikw_conf_pair2 *pair,
                      const struct ikw_conf_sainfo *sa)
{
    const struct ikw_selector *local = k->initiator ? &pair->src : &pair->dst;
    const struct ikw_selector *remote = k->initiator ? &pair->dst : &pair->src;
    return sa != k->hit && (!sa->local.any || !sa->remote.any) &&
           ikw_selector_overlap(&sa->local, local) &&
           ikw_selector_overlap(&sa->remote, remote) && would_agree(a, k, sa);
}

/* A wide section was chosen and its algorithms do not fit, while another one
 * for these networks has the right ones: the wrong section was hit. */
static void check_overlap(struct ikw_arena *a, struct ikw_conf_trial *t,
                          const struct ikw_conf_pair2 *pair,
                          const struct choice *k)
{
    if ((!k->hit->local.any && !k->hit->remote.any) ||
        would_agree(a, k, k->hit))
        return;
    for (const struct ikw_conf_sainfo *sa = k->c->sainfos; sa; sa = sa->next) {
        if (!was_meant(a, k, pair, sa))
            continue;
        struct ikw_conf_diff *d =
            ikw_conf_diff_add(t, "overlap", IKW_CONF_FATAL);
        d->ini = k->initiator ? k->hit->title : sa->title;
        d->res = k->initiator ? sa->title : k->hit->title;
        d->ini_at = k->initiator ? k->hit->at : sa->at;
        d->res_at = k->initiator ? sa->at : k->hit->at;
        return;
    }
}

static const struct ikw_conf_policy *
find_policy(struct ikw_arena *a, struct ikw_conf_trial *t,
            const struct ikw_conf_pair2 *pair, const struct ikw_conf_meet *res,
            const struct ikw_conf_remote *res_rm)
{
    const struct ikw_config *c = res->c;
    const struct ikw_conf_policy *p =
        ikw_conf_policy_for(c, &pair->src, &pair->dst, 'i');
    bool makes = res_rm && *ikw_conf_says(res_rm, IKW_SET_GENERATE) &&
                 strcmp(ikw_conf_says(res_rm, IKW_SET_GENERATE), "off");
    if (!c->spd || (p && p->protect) || (!p && makes))
        return p;
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(t, "policy", res_rm ? IKW_CONF_FATAL : IKW_CONF_OPEN);
    d->ini = pair_text(a, &pair->src, &pair->dst);
    d->res = p ? "a policy without IPsec" : "no policy";
    d->ini_at = pair->at;
    d->res_at = p            ? p->at
                : res_rm     ? res_rm->at
                : c->remotes ? c->remotes->at
                             : d->res_at;
    return NULL;
}

void ikw_conf_phase2(struct ikw_arena *a, struct ikw_conf_trial *t,
                     const struct ikw_conf_pair2 *pair,
                     const struct ikw_conf_meet *ini,
                     const struct ikw_conf_remote *ini_rm,
                     const struct ikw_conf_meet *res,
                     const struct ikw_conf_remote *res_rm)
{
    const struct ikw_conf_sainfo *mine =
        ikw_conf_sainfo_for(ini->c, &pair->src, &pair->dst, ph1id(ini_rm));
    const struct ikw_conf_sainfo *theirs =
        ikw_conf_sainfo_for(res->c, &pair->dst, &pair->src, ph1id(res_rm));
    if (!mine)
        ikw_conf_no_section(a, t, "sainfo", pair, ini->c, ini_rm, true);
    if (!theirs)
        ikw_conf_no_section(a, t, "selector", pair, res->c, res_rm, false);
    const struct ikw_conf_policy *policy = find_policy(a, t, pair, res, res_rm);
    if (!mine || !theirs)
        return;
    struct choice there = { res->c, theirs, mine, res_rm, false };
    struct choice here = { ini->c, mine, theirs, res_rm, true };
    check_overlap(a, t, pair, &there);
    check_overlap(a, t, pair, &here);
    ikw_conf_bundle(a, t, mine, theirs, pair->policy, policy, res_rm);
}
