/*
 * Listings of a BIG-IP: a traffic-selector with its ipsec-policy is what
 * racoon calls a sainfo, and a policy of the kernel. The two may stand in
 * different files, so they are linked at the end.
 */
#include "facts/config/tmsh.h"

#include <string.h>

/* ---- what links later -------------------------------------------------- */

struct esp_policy {
    const char *name;
    struct ikw_conf_alg enc, auth, pfs;
    struct ikw_conf_setting lifetime, bytes;
    const char *mode, *protocol;
    bool compress;
    struct ikw_addr local, remote;
    struct ikw_conf_at at;
    struct esp_policy *next;
};

struct traffic {
    const char *name, *policy;
    struct ikw_selector src, dst;
    int64_t order;
    bool in, out, protect;
    struct ikw_conf_at at;
    struct traffic *next;
};

struct ikw_conf_draft {
    struct esp_policy *policies;
    struct traffic *traffic;
};

static struct ikw_conf_draft *draft(struct ikw_config *c)
{
    if (!c->draft)
        c->draft = IKW_ARENA_NEW(&c->arena, struct ikw_conf_draft);
    return c->draft;
}

/* ---- ipsec-policy ------------------------------------------------------ */

enum policy_property {
    POL_ENC,
    POL_AUTH,
    POL_PFS,
    POL_LIFETIME,
    POL_BYTES,
    POL_MODE,
    POL_PROTOCOL,
    POL_COMPRESS,
    POL_LOCAL,
    POL_REMOTE
};

/* The object in hand heads its list. */
static struct esp_policy *policy_in_hand(struct ikw_conf_read *r)
{
    return draft(r->c)->policies;
}

static struct traffic *traffic_in_hand(struct ikw_conf_read *r)
{
    return draft(r->c)->traffic;
}

static void set_bytes(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    int64_t v;
    if (ikw_slice_int(ikw_tmsh_value(n), &v) && v > 0)
        ikw_conf_set_number(&policy_in_hand(r)->bytes, v, ikw_conf_at(r, n));
}

static void set_words(struct ikw_conf_read *r, struct ikw_conf_node *n,
                      enum policy_property p)
{
    struct esp_policy *pol = policy_in_hand(r);
    struct ikw_slice v = ikw_tmsh_value(n);
    if (p == POL_MODE) /* interface and isession tunnels are tunnels */
        pol->mode = ikw_slice_is(v, "transport") ? "transport" : "tunnel";
    else if (p == POL_PROTOCOL)
        pol->protocol = ikw_slice_is(v, "ah") ? "ah" : "esp";
    else
        pol->compress = ikw_slice_is(v, "deflate");
}

static void take_policy(struct ikw_conf_read *r, struct ikw_conf_node *n, int p)
{
    struct esp_policy *pol = policy_in_hand(r);
    switch ((enum policy_property)p) {
    case POL_ENC:
        ikw_conf_alg(r, n, 1, IKW_ALG_ESP, &pol->enc);
        break;
    case POL_AUTH:
        ikw_conf_alg(r, n, 1, IKW_ALG_HMAC, &pol->auth);
        break;
    case POL_PFS:
        ikw_conf_alg(r, n, 1, IKW_ALG_DH, &pol->pfs);
        break;
    case POL_LIFETIME:
        ikw_tmsh_minutes(r, n, &pol->lifetime);
        break;
    case POL_BYTES:
        set_bytes(r, n);
        break;
    case POL_LOCAL:
        ikw_addr_parse(ikw_tmsh_value(n), &pol->local, NULL);
        break;
    case POL_REMOTE:
        ikw_addr_parse(ikw_tmsh_value(n), &pol->remote, NULL);
        break;
    case POL_MODE:
    case POL_PROTOCOL:
    case POL_COMPRESS:
        set_words(r, n, (enum policy_property)p);
        break;
    }
}

static const struct ikw_conf_row policy_rows[] = {
    { "ike-phase2-encrypt-algorithm", 1, 1, 'n', take_policy, POL_ENC },
    { "ike-phase2-auth-algorithm", 1, 1, 'n', take_policy, POL_AUTH },
    { "ike-phase2-perfect-forward-secrecy", 1, 1, 'n', take_policy, POL_PFS },
    { "ike-phase2-lifetime", 1, 1, 'n', take_policy, POL_LIFETIME },
    { "ike-phase2-lifetime-kilobytes", 1, 1, 'n', take_policy, POL_BYTES },
    { "mode", 1, 1, 'n', take_policy, POL_MODE },
    { "protocol", 1, 1, 'n', take_policy, POL_PROTOCOL },
    { "ipcomp", 1, 1, 'n', take_policy, POL_COMPRESS },
    { "tunnel-local-address", 1, 1, 'n', take_policy, POL_LOCAL },
    { "tunnel-remote-address", 1, 1, 'n', take_policy, POL_REMOTE },
    { "app-service", 0, 1, 'n', NULL, 0 },
    { "description", 0, 1, 'n', NULL, 0 },
    { "partition", 0, 1, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

static void read_policy(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    static const struct ikw_conf_at nowhere = { 0, 0, NULL };
    struct esp_policy *p = IKW_ARENA_NEW(&r->c->arena, struct esp_policy);
    p->name = ikw_tmsh_name(r, ikw_conf_word(n, 3));
    p->at = ikw_conf_at(r, n);
    p->enc = (struct ikw_conf_alg){ "aes-gcm", 128, nowhere };
    p->auth = (struct ikw_conf_alg){ "non_auth", 0, nowhere };
    p->pfs = (struct ikw_conf_alg){ "modp1024", 0, nowhere };
    p->mode = "transport";
    p->protocol = "esp";
    ikw_conf_set_number(&p->lifetime, 1440 * 60, nowhere);
    p->next = draft(r->c)->policies;
    draft(r->c)->policies = p;
    ikw_conf_take(r, n, policy_rows);
}

/* ---- traffic-selector -------------------------------------------------- */

enum traffic_property {
    TS_SRC,
    TS_DST,
    TS_SPORT,
    TS_DPORT,
    TS_PROTO,
    TS_POLICY,
    TS_ORDER,
    TS_DIRECTION,
    TS_ACTION
};

static void set_net(struct ikw_conf_read *r, struct ikw_conf_node *n,
                    struct ikw_selector *s)
{
    struct ikw_selector got;
    if (!ikw_selector_parse(ikw_tmsh_value(n), &got)) {
        ikw_conf_fault(r, n, "no such address or network");
        return;
    }
    got.port = s->port;
    got.proto = s->proto;
    *s = got;
}

static void set_number(struct ikw_conf_node *n, int64_t *out)
{
    int64_t v;
    if (ikw_slice_int(ikw_tmsh_value(n), &v) && v > 0)
        *out = v;
}

static void set_proto(struct ikw_conf_node *n, struct traffic *t)
{
    int64_t v;
    if (ikw_proto_parse(ikw_tmsh_value(n), &v))
        t->src.proto = t->dst.proto = v;
}

static void take_traffic(struct ikw_conf_read *r, struct ikw_conf_node *n,
                         int p)
{
    struct traffic *t = traffic_in_hand(r);
    struct ikw_slice v = ikw_tmsh_value(n);
    switch ((enum traffic_property)p) {
    case TS_SRC:
        set_net(r, n, &t->src);
        break;
    case TS_DST:
        set_net(r, n, &t->dst);
        break;
    case TS_SPORT:
        set_number(n, &t->src.port);
        break;
    case TS_DPORT:
        set_number(n, &t->dst.port);
        break;
    case TS_PROTO:
        set_proto(n, t);
        break;
    case TS_POLICY:
        t->policy = ikw_tmsh_name(r, v);
        break;
    case TS_ORDER:
        set_number(n, &t->order);
        break;
    case TS_DIRECTION:
        t->in = !ikw_slice_is(v, "out");
        t->out = !ikw_slice_is(v, "in");
        break;
    case TS_ACTION:
        t->protect = ikw_slice_is(v, "protect");
        break;
    }
}

static const struct ikw_conf_row traffic_rows[] = {
    { "source-address", 1, 1, 'n', take_traffic, TS_SRC },
    { "destination-address", 1, 1, 'n', take_traffic, TS_DST },
    { "source-port", 1, 1, 'n', take_traffic, TS_SPORT },
    { "destination-port", 1, 1, 'n', take_traffic, TS_DPORT },
    { "ip-protocol", 1, 1, 'n', take_traffic, TS_PROTO },
    { "ipsec-policy", 1, 1, 'n', take_traffic, TS_POLICY },
    { "order", 1, 1, 'n', take_traffic, TS_ORDER },
    { "direction", 1, 1, 'n', take_traffic, TS_DIRECTION },
    { "action", 1, 1, 'n', take_traffic, TS_ACTION },
    { "app-service", 0, 1, 'n', NULL, 0 },
    { "description", 0, 1, 'n', NULL, 0 },
    { "partition", 0, 1, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

/* By order, the lower first, as they are searched. */
static void read_traffic(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    struct traffic *t = IKW_ARENA_NEW(&r->c->arena, struct traffic);
    struct traffic **at = &draft(r->c)->traffic;
    t->name = ikw_tmsh_name(r, ikw_conf_word(n, 3));
    t->at = ikw_conf_at(r, n);
    t->in = t->out = t->protect = true;
    t->src = t->dst = (struct ikw_selector){ .port = -1, .proto = -1 };
    t->next = *at;
    *at = t;
    ikw_conf_take(r, n, traffic_rows);
    *at = t->next;
    while (*at && (*at)->order <= t->order)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
}

/* ---- linking ----------------------------------------------------------- */

static void add_sainfo(struct ikw_config *c, const struct traffic *t,
                       const struct esp_policy *p)
{
    struct ikw_conf_sainfo *sa = ikw_conf_sainfo_new(c);
    struct ikw_buf b = { 0 };
    sa->local = t->src;
    sa->remote = t->dst;
    sa->enc.v[sa->enc.n++] = p->enc;
    sa->auth.v[sa->auth.n++] = p->auth;
    sa->comp.v[sa->comp.n++] =
        (struct ikw_conf_alg){ "deflate", 0, { 0, 0, NULL } };
    sa->pfs = p->pfs;
    sa->lifetime = p->lifetime;
    sa->bytes = p->bytes;
    sa->at = p->at;
    ikw_buf_addf(&b, "traffic-selector %s ", t->name);
    ikw_selector_add(&b, &sa->local);
    ikw_buf_addc(&b, ' ');
    ikw_selector_add(&b, &sa->remote);
    sa->title = ikw_conf_keep(&c->arena, &b);
    ikw_conf_sainfo_add(c, sa);
}

static void add_policy(struct ikw_config *c, const struct traffic *t,
                       const struct esp_policy *p, char direction)
{
    struct ikw_conf_policy *pol =
        IKW_ARENA_NEW(&c->arena, struct ikw_conf_policy);
    bool out = direction == 'o';
    pol->src = out ? t->src : t->dst;
    pol->dst = out ? t->dst : t->src;
    pol->direction = direction;
    pol->protect = t->protect;
    pol->at = t->at;
    if (p->compress)
        pol->v[pol->n++] =
            (struct ikw_conf_request){ "ipcomp", p->mode, p->local, p->remote };
    pol->v[pol->n++] = (struct ikw_conf_request){
        p->protocol,
        p->mode,
        out ? p->local : p->remote,
        out ? p->remote : p->local,
    };
    ikw_conf_policy_add(c, pol);
}

static const struct esp_policy *policy_named(struct ikw_config *c,
                                             const char *name)
{
    for (struct esp_policy *p = c->draft->policies; p && name; p = p->next)
        if (!strcmp(p->name, name))
            return p;
    return NULL;
}

/* A selector whose policy was not listed says nothing of algorithms. */
void ikw_tmsh_finish(struct ikw_config *c)
{
    if (!c->draft)
        return;
    for (const struct traffic *t = c->draft->traffic; t; t = t->next) {
        const struct esp_policy *p = policy_named(c, t->policy);
        if (!p || !t->src.addr.family || !t->dst.addr.family) {
            c->complete = false;
            continue;
        }
        c->spd = true;
        if (t->protect)
            add_sainfo(c, t, p);
        if (t->out)
            add_policy(c, t, p, 'o');
        if (t->in)
            add_policy(c, t, p, 'i');
        if (p->local.family)
            ikw_conf_own_add(c, &p->local);
    }
}

/* ---- the listing ------------------------------------------------------- */

static bool is_stanza(const struct ikw_conf_node *n, const char *what)
{
    return n->block && n->nwords >= 4 &&
           ikw_slice_is(ikw_conf_word(n, 0), "net") &&
           ikw_slice_is(ikw_conf_word(n, 1), "ipsec") &&
           ikw_slice_is(ikw_conf_word(n, 2), what);
}

/* Other stanzas of a configuration are none of our business. */
void ikw_tmsh_read(struct ikw_conf_read *r)
{
    struct ikw_conf_node *root =
        ikw_conf_tree(r->scratch, IKW_CONF_TMSH, r->text, NULL, r->ds);
    for (struct ikw_conf_node *n = root->children; n; n = n->next) {
        if (is_stanza(n, "ike-peer"))
            ikw_tmsh_peer(r, n);
        else if (is_stanza(n, "ipsec-policy"))
            read_policy(r, n);
        else if (is_stanza(n, "traffic-selector"))
            read_traffic(r, n);
    }
}
