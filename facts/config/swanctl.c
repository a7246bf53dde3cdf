/*
 * swanctl.conf: the connections of strongSwan's charon, a common peer.
 * What its daemon does in another way than racoon: it takes no proposal that
 * differs in key length or PFS, accepts any lifetime, narrows selectors that
 * overlap, and makes its policies itself. Its default proposals depend on the
 * version, so a connection without proposals is left open.
 */
#include "facts/config/internal.h"

#include <string.h>

enum {
    EACH_MAX = 4,
    IKE_REKEY_S = 4 * 3600,
    CHILD_REKEY_S = 3600,
    TIME_MAX_S = 10 * 365 * 86400
};

static const struct ikw_conf_at nowhere = { 0, 0, NULL };

/* ---- values ------------------------------------------------------------ */

/* "3600", "60m", "4h", "1d"; -1: not given. */
static int64_t seconds(struct ikw_conf_read *r, const struct ikw_conf_node *n)
{
    static const char units[] = "smhd";
    static const int64_t sizes[] = { 1, 60, 3600, 86400 };
    struct ikw_slice w = ikw_conf_word(n, 1);
    const char *unit =
        w.len ? memchr(units, w.ptr[w.len - 1], sizeof units - 1) : NULL;
    int64_t v;
    if (!ikw_slice_int(ikw_slice_sub(w, 0, w.len - (unit != NULL)), &v) ||
        v < 0 || v > TIME_MAX_S) {
        ikw_conf_fault(r, n, "a time must follow");
        return -1;
    }
    return v * sizes[unit ? unit - units : 0];
}

static bool begins(struct ikw_slice s, const char *with)
{
    size_t n = strlen(with);
    return s.len >= n && !memcmp(s.ptr, with, n);
}

/* ---- proposals --------------------------------------------------------- */

/* "aes128-aes256-sha1-modp1024": all combinations. */
struct suite {
    struct ikw_conf_alg enc[EACH_MAX], hash[EACH_MAX], dh[EACH_MAX];
    size_t nenc, nhash, ndh;
};

static bool take_alg(enum ikw_alg_class c, struct ikw_slice token,
                     struct ikw_conf_at at, struct ikw_conf_alg *list,
                     size_t *n)
{
    int64_t keylen;
    const char *word = ikw_alg_word(c, token, &keylen);
    bool cipher = c == IKW_ALG_ENC || c == IKW_ALG_ESP;
    if (!word || *n == EACH_MAX)
        return false;
    if (!keylen)
        keylen = ikw_alg_default_keylen(word);
    list[(*n)++] = (struct ikw_conf_alg){ word, cipher ? keylen : 0, at };
    return true;
}

static bool take_token(struct suite *s, struct ikw_slice token, bool ike,
                       struct ikw_conf_at at)
{
    return take_alg(ike ? IKW_ALG_ENC : IKW_ALG_ESP, token, at, s->enc,
                    &s->nenc) ||
           take_alg(ike ? IKW_ALG_HASH : IKW_ALG_HMAC, token, at, s->hash,
                    &s->nhash) ||
           take_alg(IKW_ALG_DH, token, at, s->dh, &s->ndh) ||
           begins(token, "prf") || begins(token, "noesn");
}

/* Word i of the statement; false if it holds what has no IKEv1 name here. */
static bool read_suite(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                       size_t i, bool ike, struct suite *s)
{
    struct ikw_slice word = ikw_conf_word(n, i);
    struct ikw_conf_at at = ikw_conf_at(r, n);
    *s = (struct suite){ .nenc = 0 };
    while (word.len) {
        const char *dash = memchr(word.ptr, '-', word.len);
        size_t len = dash ? (size_t)(dash - word.ptr) : word.len;
        if (!take_token(s, ikw_slice_sub(word, 0, len), ike, at))
            return false;
        word = ikw_slice_sub(word, len + (dash != NULL), word.len);
    }
    return s->nenc > 0;
}

static void add_suite(struct ikw_conf_read *r, const struct suite *s)
{
    for (size_t e = 0; e < s->nenc; e++)
        for (size_t h = 0; h < s->nhash; h++)
            for (size_t d = 0; d < s->ndh; d++) {
                struct ikw_conf_proposal *p =
                    IKW_ARENA_NEW(&r->c->arena, struct ikw_conf_proposal);
                p->enc = s->enc[e];
                p->hash = s->hash[h];
                p->dh = s->dh[d];
                p->at = s->enc[e].at;
                ikw_conf_proposal_add(r->remote, p);
            }
}

static void read_proposals(struct ikw_conf_read *r,
                           const struct ikw_conf_node *n)
{
    struct suite s;
    for (size_t i = 1; i < n->nwords; i++)
        if (read_suite(r, n, i, true, &s))
            add_suite(r, &s);
        else
            ikw_conf_dropped(r, n, "a proposal that is not known here");
}

static void add_algs(struct ikw_conf_algs *to, const struct ikw_conf_alg *v,
                     size_t n)
{
    for (size_t i = 0; i < n && to->n < IKW_CONF_ALGS; i++)
        to->v[to->n++] = v[i];
}

static void read_esp(struct ikw_conf_read *r, const struct ikw_conf_node *n)
{
    struct suite s;
    for (size_t i = 1; i < n->nwords; i++) {
        if (!read_suite(r, n, i, false, &s)) {
            ikw_conf_dropped(r, n, "a proposal that is not known here");
            continue;
        }
        add_algs(&r->sainfo->enc, s.enc, s.nenc);
        add_algs(&r->sainfo->auth, s.hash, s.nhash);
        if (s.ndh)
            r->sainfo->pfs = s.dh[0];
    }
}

/* ---- who: local, remote ------------------------------------------------ */

struct auth_round {
    const char *method; /* psk, rsa, xauth; NULL: not given */
    struct ikw_conf_id *id;
    bool certs, local;
};

static const char *id_kind(struct ikw_slice s)
{
    struct ikw_addr a;
    if (ikw_addr_parse(s, &a, NULL))
        return "address";
    if (memchr(s.ptr, '=', s.len))
        return "asn1dn";
    return memchr(s.ptr, '@', s.len) ? "user_fqdn" : "fqdn";
}

static void read_id(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                    struct auth_round *a)
{
    struct ikw_slice v = ikw_conf_word(n, 1);
    if (!v.len || v.ptr[0] == '%')
        return;
    if (v.ptr[0] == '@' && v.len > 1)
        v = ikw_slice_sub(v, 1, v.len);
    a->id = IKW_ARENA_NEW(&r->c->arena, struct ikw_conf_id);
    a->id->kind = id_kind(v);
    a->id->value = ikw_conf_dup(r, v);
    a->id->at = ikw_conf_at(r, n);
}

static void read_round(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                       struct auth_round *a)
{
    for (const struct ikw_conf_node *c = n->children; c; c = c->next) {
        struct ikw_slice name = ikw_conf_word(c, 0), v = ikw_conf_word(c, 1);
        if (ikw_slice_is(name, "auth"))
            a->method = begins(v, "psk")     ? "psk"
                        : begins(v, "xauth") ? "xauth"
                                             : "rsa";
        else if (ikw_slice_is(name, "id"))
            read_id(r, c, a);
        else if (ikw_slice_is(name, "certs"))
            a->certs = c->nwords > 1;
    }
}

struct peer {
    const char *local, *remote; /* methods of the first round */
    bool login;                 /* a round of xauth, of either side */
};

static void take_round(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                       struct peer *p)
{
    struct auth_round a = { .method = "rsa",
                            .local = begins(ikw_conf_word(n, 0), "local") };
    struct ikw_conf_remote *rm = r->remote;
    read_round(r, n, &a);
    if (!strcmp(a.method, "xauth")) {
        p->login = true;
    } else if (a.local) {
        p->local = a.method;
        rm->my_id = a.id;
    } else {
        p->remote = a.method;
        if (a.id)
            ikw_conf_id_add(&rm->peer_ids, a.id);
    }
    if (a.local && a.certs)
        ikw_conf_set_word(&rm->set[IKW_SET_CERT], "yes", ikw_conf_at(r, n));
}

static const char *method(const struct peer *p)
{
    bool psk = p->local && !strcmp(p->local, "psk");
    if (p->login && (!p->local || !p->remote))
        return "hybrid_rsa";
    if (p->login)
        return psk ? "xauth_psk" : "xauth_rsa";
    return psk ? "pre_shared_key" : "rsasig";
}

/* ---- children ---------------------------------------------------------- */

struct child {
    struct ikw_selector local, remote;
    int64_t rekey, life;
    const char *mode;
    struct ikw_conf_at at, life_at;
};

static void read_child_item(struct ikw_conf_read *r,
                            const struct ikw_conf_node *n, struct child *c)
{
    struct ikw_slice name = ikw_conf_word(n, 0), v = ikw_conf_word(n, 1);
    bool life = ikw_slice_is(name, "life_time");
    if (life || (ikw_slice_is(name, "rekey_time") && c->life < 0))
        c->life_at = ikw_conf_at(r, n);
    if (ikw_slice_is(name, "local_ts"))
        ikw_selector_parse(v, &c->local);
    else if (ikw_slice_is(name, "remote_ts"))
        ikw_selector_parse(v, &c->remote);
    else if (ikw_slice_is(name, "rekey_time"))
        c->rekey = seconds(r, n);
    else if (life)
        c->life = seconds(r, n);
    else if (ikw_slice_is(name, "mode"))
        c->mode = ikw_slice_is(v, "transport") ? "transport"
                  : ikw_slice_is(v, "tunnel")  ? "tunnel"
                                               : NULL;
}

static void host(const struct ikw_addr *a, struct ikw_selector *s)
{
    if (s->addr.family || !a->family)
        return;
    *s = (struct ikw_selector){
        .addr = *a, .prefix = a->family == 4 ? 32 : 128, .port = -1, .proto = -1
    };
}

static void add_policy(struct ikw_conf_read *r, const struct child *c)
{
    struct ikw_conf_policy *p =
        IKW_ARENA_NEW(&r->c->arena, struct ikw_conf_policy);
    p->src = c->local;
    p->dst = c->remote;
    p->direction = 'o';
    p->protect = true;
    p->at = c->at;
    p->v[p->n++] = (struct ikw_conf_request){ .protocol = "esp",
                                              .mode = c->mode,
                                              .remote = r->remote->address };
    ikw_conf_policy_add(r->c, p);
}

static void title(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                  const struct child *c)
{
    struct ikw_slice name = ikw_conf_word(n, 0);
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "child %.*s ", (int)name.len, name.ptr);
    ikw_selector_add(&b, &c->local);
    ikw_buf_addc(&b, ' ');
    ikw_selector_add(&b, &c->remote);
    r->sainfo->title = ikw_conf_keep(&r->c->arena, &b);
}

static void read_child(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    struct child c = {
        .rekey = -1, .life = -1, .mode = "tunnel", .at = ikw_conf_at(r, n)
    };
    struct ikw_conf_sainfo *sa = r->sainfo = ikw_conf_sainfo_new(r->c);
    for (struct ikw_conf_node *i = n->children; i; i = i->next)
        if (ikw_slice_is(ikw_conf_word(i, 0), "esp_proposals"))
            read_esp(r, i);
        else
            read_child_item(r, i, &c);
    host(r->c->nown ? &r->c->own[0] : &c.local.addr, &c.local);
    host(&r->remote->address, &c.remote);
    if (!c.mode)
        return;
    if (!sa->enc.n || !c.local.addr.family || !c.remote.addr.family) {
        ikw_conf_dropped(r, n, "its proposals or selectors are not known here");
        return;
    }
    int64_t rekey = c.rekey < 0 ? CHILD_REKEY_S : c.rekey;
    ikw_conf_set_number(&sa->lifetime, c.life > 0 ? c.life : rekey + rekey / 10,
                        c.life_at);
    sa->local = c.local;
    sa->remote = c.remote;
    sa->narrows = true;
    sa->at = c.at;
    title(r, n, &c);
    ikw_conf_sainfo_add(r->c, sa);
    add_policy(r, &c);
}

/* ---- connections ------------------------------------------------------- */

struct times {
    int64_t rekey, reauth, over;
    struct ikw_conf_at at;
};

static void read_addresses(struct ikw_conf_read *r,
                           const struct ikw_conf_node *n, bool own)
{
    struct ikw_addr a;
    for (size_t i = 1; i < n->nwords; i++) {
        struct ikw_slice w = ikw_conf_word(n, i);
        if (!own && (begins(w, "%any") || ikw_slice_is(w, "0.0.0.0/0")))
            r->remote->anonymous = true;
        else if (!ikw_addr_parse(w, &a, NULL))
            continue;
        else if (own)
            ikw_conf_own_add(r->c, &a);
        else if (!r->remote->has_address) {
            r->remote->has_address = true;
            r->remote->address = a;
        }
    }
}

static void read_version(struct ikw_conf_read *r, const struct ikw_conf_node *n)
{
    int64_t v;
    if (ikw_slice_int(ikw_conf_word(n, 1), &v) && v >= 0 && v <= 2)
        ikw_conf_set_number(&r->remote->set[IKW_SET_VERSION], v ? v : 3,
                            ikw_conf_at(r, n));
    else
        ikw_conf_fault(r, n, "no such value");
}

static void read_mode(struct ikw_conf_read *r, const struct ikw_conf_node *n)
{
    struct ikw_slice v = ikw_conf_word(n, 1);
    bool yes = ikw_slice_is(v, "yes") || ikw_slice_is(v, "true") ||
               ikw_slice_is(v, "1");
    r->remote->modes[0] = yes ? "aggressive" : "main";
    r->remote->modes_at = ikw_conf_at(r, n);
}

static void read_time(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                      struct times *t)
{
    struct ikw_slice name = ikw_conf_word(n, 0);
    int64_t *to = ikw_slice_is(name, "rekey_time")    ? &t->rekey
                  : ikw_slice_is(name, "reauth_time") ? &t->reauth
                  : ikw_slice_is(name, "over_time")   ? &t->over
                                                      : NULL;
    if (!to)
        return;
    *to = seconds(r, n);
    t->at = ikw_conf_at(r, n);
}

static void read_item(struct ikw_conf_read *r, struct ikw_conf_node *n,
                      struct peer *p, struct times *t)
{
    struct ikw_slice name = ikw_conf_word(n, 0);
    if (n->block && (begins(name, "local") || begins(name, "remote")))
        take_round(r, n, p);
    else if (ikw_slice_is(name, "version"))
        read_version(r, n);
    else if (ikw_slice_is(name, "aggressive"))
        read_mode(r, n);
    else if (ikw_slice_is(name, "local_addrs"))
        read_addresses(r, n, true);
    else if (ikw_slice_is(name, "remote_addrs"))
        read_addresses(r, n, false);
    else if (ikw_slice_is(name, "proposals"))
        read_proposals(r, n);
    else
        read_time(r, n, t);
}

/* What it offers is the time to the renewal and the grace after it. */
static void set_lifetime(struct ikw_conf_remote *rm, const struct times *t)
{
    int64_t rekey = t->rekey < 0 ? IKE_REKEY_S : t->rekey;
    int64_t reauth = t->reauth < 0 ? 0 : t->reauth;
    int64_t longer = rekey > reauth ? rekey : reauth;
    int64_t over = t->over < 0 ? longer / 10 : t->over;
    ikw_conf_set_number(&rm->set[IKW_SET_LIFETIME],
                        (reauth ? reauth : rekey) + over, t->at);
}

static void new_connection(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    struct ikw_slice name = ikw_conf_word(n, 0);
    struct ikw_conf_remote *rm = r->remote = ikw_conf_remote_new(r->c);
    struct ikw_buf b = { 0 };
    rm->at = rm->modes_at = ikw_conf_at(r, n);
    rm->modes[0] = "main";
    rm->nmodes = 1;
    rm->no_check = true;
    rm->name = ikw_conf_dup(r, name);
    ikw_buf_addf(&b, "connection %s", rm->name);
    rm->title = ikw_conf_keep(&r->c->arena, &b);
    rm->set[IKW_SET_CHECK] = (struct ikw_conf_setting){ .set = false };
    ikw_conf_set_word(&rm->set[IKW_SET_GENERATE], "on", nowhere);
    ikw_conf_set_word(&rm->set[IKW_SET_NATT], "on", nowhere);
    ikw_conf_set_word(&rm->set[IKW_SET_VERIFY_ID], "on", nowhere);
    ikw_conf_set_number(&rm->set[IKW_SET_VERSION], 3, nowhere);
}

static void read_children(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    for (struct ikw_conf_node *i = n->children; i; i = i->next)
        if (i->block && ikw_slice_is(ikw_conf_word(i, 0), "children"))
            for (struct ikw_conf_node *c = i->children; c; c = c->next)
                if (c->block)
                    read_child(r, c);
}

static void read_connection(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    struct times t = { -1, -1, -1, nowhere };
    struct peer p = { NULL, NULL, false };
    new_connection(r, n);
    for (struct ikw_conf_node *i = n->children; i; i = i->next)
        read_item(r, i, &p, &t);
    set_lifetime(r->remote, &t);
    for (struct ikw_conf_proposal *q = r->remote->proposals; q; q = q->next)
        q->auth = (struct ikw_conf_alg){ method(&p), 0, r->remote->at };
    if (p.login)
        ikw_conf_set_word(&r->remote->set[IKW_SET_LOGIN], "yes", nowhere);
    if (!r->remote->proposals ||
        (!r->remote->has_address && !r->remote->anonymous)) {
        ikw_conf_dropped(r, n, "its proposals or address are not known here");
        return;
    }
    ikw_conf_remote_add(r->c, r->remote);
    read_children(r, n);
}

void ikw_swanctl_read(struct ikw_conf_read *r)
{
    struct ikw_conf_node *root =
        ikw_conf_tree(r->scratch, IKW_CONF_SWANCTL, r->text, NULL, r->ds);
    r->c->spd = true;
    for (struct ikw_conf_node *n = root->children; n; n = n->next) {
        struct ikw_slice name = ikw_conf_word(n, 0);
        if (ikw_slice_is(name, "include"))
            ikw_conf_dropped(r, n, "included files are not read");
        if (!n->block || !ikw_slice_is(name, "connections"))
            continue;
        for (struct ikw_conf_node *c = n->children; c; c = c->next)
            if (c->block && c->nwords == 1)
                read_connection(r, c);
            else
                ikw_conf_dropped(r, c, "what it refers to is not read");
    }
}
