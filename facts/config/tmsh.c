/*
 * Listings of a BIG-IP: the ike-peer. What a listing leaves out has its
 * default; lifetimes are in minutes.
 */
#include "facts/config/tmsh.h"

#include <string.h>

const char *ikw_tmsh_name(struct ikw_conf_read *r, struct ikw_slice s)
{
    for (size_t i = s.len; i > 0; i--)
        if (s.ptr[i - 1] == '/') {
            s = ikw_slice_sub(s, i, s.len);
            break;
        }
    return ikw_conf_dup(r, s);
}

/* ---- properties -------------------------------------------------------- */

struct ikw_slice ikw_tmsh_value(const struct ikw_conf_node *n)
{
    if (n->block && n->children && n->children->nwords)
        return ikw_conf_word(n->children, 0);
    return ikw_conf_word(n, 1);
}

static bool none(struct ikw_slice v)
{
    return !v.len || ikw_slice_is(v, "none");
}

static void set_alg(struct ikw_conf_read *r, struct ikw_conf_node *n,
                    enum ikw_alg_class c, struct ikw_conf_alg *out)
{
    ikw_conf_alg(r, n, 1, c, out);
}

void ikw_tmsh_minutes(struct ikw_conf_read *r, struct ikw_conf_node *n,
                      struct ikw_conf_setting *s)
{
    int64_t v;
    if (ikw_slice_int(ikw_tmsh_value(n), &v) && v >= 0 && v < INT32_MAX)
        ikw_conf_set_number(s, v * 60, ikw_conf_at(r, n));
    else
        ikw_conf_fault(r, n, "a number must follow");
}

/* ---- ike-peer ---------------------------------------------------------- */

enum peer_property {
    PEER_ADDRESS,
    PEER_MODE,
    PEER_CHECK,
    PEER_LIFETIME,
    PEER_ENC,
    PEER_HASH,
    PEER_DH,
    PEER_AUTH,
    PEER_NATT,
    PEER_PASSIVE,
    PEER_GENERATE,
    PEER_DPD,
    PEER_VERIFY_CERT,
    PEER_CERT,
    PEER_PEERS_CERT,
    PEER_MY_TYPE,
    PEER_MY_VALUE,
    PEER_PEERS_TYPE,
    PEER_PEERS_VALUE,
    PEER_STATE,
    PEER_VERSION
};

static void set_switch(struct ikw_conf_read *r, struct ikw_conf_node *n,
                       enum ikw_conf_setting_id id)
{
    static const struct {
        const char *as_written, *word;
    } words[] = {
        { "true", "on" },       { "false", "off" },    { "on", "on" },
        { "off", "off" },       { "force", "force" },  { "unique", "unique" },
        { "enabled", "on" },    { "disabled", "off" }, { "obey", "obey" },
        { "strict", "strict" }, { "claim", "claim" },  { "exact", "exact" },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ikw_slice_is(ikw_tmsh_value(n), words[i].as_written)) {
            ikw_conf_set_word(&r->remote->set[id], words[i].word,
                              ikw_conf_at(r, n));
            return;
        }
    ikw_conf_fault(r, n, "no such value");
}

static void set_mode(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    bool main = ikw_slice_is(ikw_tmsh_value(n), "main");
    if (!main && !ikw_slice_is(ikw_tmsh_value(n), "aggressive")) {
        ikw_conf_fault(r, n, "no such value");
        return;
    }
    r->remote->modes[0] = main ? "main" : "aggressive";
    r->remote->modes_at = ikw_conf_at(r, n);
}

static void set_id_kind(struct ikw_conf_read *r, struct ikw_conf_node *n,
                        struct ikw_conf_id **id)
{
    static const struct {
        const char *as_written, *kind;
    } kinds[] = {
        { "address", "address" },     { "asn1dn", "asn1dn" },
        { "fqdn", "fqdn" },           { "keyid-tag", "keyid" },
        { "user-fqdn", "user_fqdn" }, { "override", "address" },
    };
    if (!*id)
        *id = IKW_ARENA_NEW(&r->c->arena, struct ikw_conf_id);
    (*id)->at = ikw_conf_at(r, n);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (ikw_slice_is(ikw_tmsh_value(n), kinds[i].as_written))
            (*id)->kind = kinds[i].kind;
}

static void set_id_value(struct ikw_conf_read *r, struct ikw_conf_node *n,
                         struct ikw_conf_id **id)
{
    if (none(ikw_tmsh_value(n)))
        return;
    if (!*id)
        *id = IKW_ARENA_NEW(&r->c->arena, struct ikw_conf_id);
    (*id)->at = ikw_conf_at(r, n);
    (*id)->value = ikw_conf_dup(r, ikw_tmsh_value(n));
}

static void set_version(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    int64_t v = 0;
    const struct ikw_conf_node *in = n->block ? n->children : n;
    for (size_t i = 0; in && i < in->nwords; i++) {
        if (ikw_slice_is(in->words[i].text, "v1"))
            v |= 1;
        if (ikw_slice_is(in->words[i].text, "v2"))
            v |= 2;
    }
    if (v)
        ikw_conf_set_number(&r->remote->set[IKW_SET_VERSION], v,
                            ikw_conf_at(r, n));
}

static void set_address(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    static const struct ikw_addr any = { 0 };
    struct ikw_conf_remote *rm = r->remote;
    struct ikw_slice v = ikw_tmsh_value(n);
    rm->has_address = ikw_addr_parse(v, &rm->address, NULL);
    rm->anonymous = ikw_slice_is(v, "any") || ikw_slice_is(v, "any6") ||
                    (rm->has_address &&
                     !memcmp(rm->address.bytes, any.bytes, sizeof any.bytes));
    if (rm->anonymous)
        rm->has_address = false;
    else if (!rm->has_address)
        ikw_conf_fault(r, n, "no such address");
}

static void set_yes(struct ikw_conf_read *r, struct ikw_conf_node *n,
                    enum ikw_conf_setting_id id)
{
    if (!none(ikw_tmsh_value(n)))
        ikw_conf_set_word(&r->remote->set[id], "yes", ikw_conf_at(r, n));
}

/* A peer that is switched off is as good as absent. */
static void set_state(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    if (ikw_slice_is(ikw_tmsh_value(n), "disabled"))
        r->remote->nmodes = 0;
}

static void set_alg_or_dpd(struct ikw_conf_read *r, struct ikw_conf_node *n,
                           enum peer_property p)
{
    int64_t v;
    switch (p) {
    case PEER_ENC:
        set_alg(r, n, IKW_ALG_ENC, &r->proposal->enc);
        break;
    case PEER_HASH:
        set_alg(r, n, IKW_ALG_HASH, &r->proposal->hash);
        break;
    case PEER_DH:
        set_alg(r, n, IKW_ALG_DH, &r->proposal->dh);
        break;
    case PEER_AUTH:
        set_alg(r, n, IKW_ALG_AUTH, &r->proposal->auth);
        break;
    default:
        if (ikw_slice_int(ikw_tmsh_value(n), &v))
            ikw_conf_set_number(&r->remote->set[IKW_SET_DPD_DELAY], v,
                                ikw_conf_at(r, n));
        break;
    }
}

static void take_peer(struct ikw_conf_read *r, struct ikw_conf_node *n, int p)
{
    switch ((enum peer_property)p) {
    case PEER_ADDRESS:
        set_address(r, n);
        break;
    case PEER_MODE:
        set_mode(r, n);
        break;
    case PEER_CHECK:
        set_switch(r, n, IKW_SET_CHECK);
        break;
    case PEER_LIFETIME:
        ikw_tmsh_minutes(r, n, &r->remote->set[IKW_SET_LIFETIME]);
        break;
    case PEER_NATT:
        set_switch(r, n, IKW_SET_NATT);
        break;
    case PEER_PASSIVE:
        set_switch(r, n, IKW_SET_PASSIVE);
        break;
    case PEER_GENERATE:
        set_switch(r, n, IKW_SET_GENERATE);
        break;
    case PEER_VERIFY_CERT:
        set_switch(r, n, IKW_SET_VERIFY_CERT);
        break;
    case PEER_CERT:
        set_yes(r, n, IKW_SET_CERT);
        break;
    case PEER_PEERS_CERT:
        set_yes(r, n, IKW_SET_PEERS_CERT);
        break;
    case PEER_MY_TYPE:
        set_id_kind(r, n, &r->remote->my_id);
        break;
    case PEER_MY_VALUE:
        set_id_value(r, n, &r->remote->my_id);
        break;
    case PEER_PEERS_TYPE:
        set_id_kind(r, n, &r->remote->peer_ids);
        break;
    case PEER_PEERS_VALUE:
        set_id_value(r, n, &r->remote->peer_ids);
        break;
    case PEER_STATE:
        set_state(r, n);
        break;
    case PEER_VERSION:
        set_version(r, n);
        break;
    case PEER_ENC:
    case PEER_HASH:
    case PEER_DH:
    case PEER_AUTH:
    case PEER_DPD:
        set_alg_or_dpd(r, n, (enum peer_property)p);
        break;
    }
}

static const struct ikw_conf_row peer_rows[] = {
    { "remote-address", 1, 1, 'n', take_peer, PEER_ADDRESS },
    { "mode", 1, 1, 'n', take_peer, PEER_MODE },
    { "proposal-check", 1, 1, 'n', take_peer, PEER_CHECK },
    { "lifetime", 1, 1, 'n', take_peer, PEER_LIFETIME },
    { "phase1-encrypt-algorithm", 1, 1, 'n', take_peer, PEER_ENC },
    { "phase1-hash-algorithm", 1, 1, 'n', take_peer, PEER_HASH },
    { "phase1-perfect-forward-secrecy", 1, 1, 'n', take_peer, PEER_DH },
    { "phase1-auth-method", 1, 1, 'n', take_peer, PEER_AUTH },
    { "nat-traversal", 1, 1, 'n', take_peer, PEER_NATT },
    { "passive", 1, 1, 'n', take_peer, PEER_PASSIVE },
    { "generate-policy", 1, 1, 'n', take_peer, PEER_GENERATE },
    { "dpd-delay", 1, 1, 'n', take_peer, PEER_DPD },
    { "verify-cert", 1, 1, 'n', take_peer, PEER_VERIFY_CERT },
    { "my-cert-file", 1, 1, 'n', take_peer, PEER_CERT },
    { "peers-cert-file", 1, 1, 'n', take_peer, PEER_PEERS_CERT },
    { "my-id-type", 1, 1, 'n', take_peer, PEER_MY_TYPE },
    { "my-id-value", 1, 1, 'n', take_peer, PEER_MY_VALUE },
    { "peers-id-type", 1, 1, 'n', take_peer, PEER_PEERS_TYPE },
    { "peers-id-value", 1, 1, 'n', take_peer, PEER_PEERS_VALUE },
    { "state", 1, 1, 'n', take_peer, PEER_STATE },
    { "version", 0, 2, 'm', take_peer, PEER_VERSION },
    /* of no weight here, or secret */
    { "app-service", 0, 1, 'n', NULL, 0 },
    { "ca-cert-file", 0, 1, 'n', NULL, 0 },
    { "crl-file", 0, 1, 'n', NULL, 0 },
    { "description", 0, 1, 'n', NULL, 0 },
    { "my-cert-key-file", 0, 1, 'n', NULL, 0 },
    { "my-cert-key-passphrase", 0, 8, 'n', NULL, 0 },
    { "partition", 0, 1, 'n', NULL, 0 },
    { "peers-cert-type", 0, 1, 'n', NULL, 0 },
    { "preshared-key", 0, 8, 'n', NULL, 0 },
    { "preshared-key-encrypted", 0, 8, 'n', NULL, 0 },
    { "prf", 0, 1, 'n', NULL, 0 },
    { "replay-window-size", 0, 1, 'n', NULL, 0 },
    { "traffic-selector", 0, 64, 'm', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

static void peer_defaults(struct ikw_conf_read *r)
{
    static const struct ikw_conf_at nowhere = { 0, 0, NULL };
    struct ikw_conf_remote *rm = r->remote;
    rm->modes[0] = "main";
    rm->nmodes = 1;
    ikw_conf_set_word(&rm->set[IKW_SET_CHECK], "obey", nowhere);
    ikw_conf_set_word(&rm->set[IKW_SET_VERIFY_CERT], "off", nowhere);
    ikw_conf_set_number(&rm->set[IKW_SET_LIFETIME], 1440 * 60, nowhere);
    r->proposal->enc.word = "3des";
    r->proposal->hash.word = "sha256";
    r->proposal->dh.word = "modp1024";
    r->proposal->auth.word = "rsasig";
}

static void id_defaults(struct ikw_conf_id *id, struct ikw_conf_at at)
{
    if (id && !id->kind)
        id->kind = "address";
    if (id && !id->at.line)
        id->at = at;
}

void ikw_tmsh_peer(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    struct ikw_conf_remote *rm = r->remote = ikw_conf_remote_new(r->c);
    struct ikw_buf b = { 0 };
    r->proposal = IKW_ARENA_NEW(&r->c->arena, struct ikw_conf_proposal);
    rm->at = ikw_conf_at(r, n);
    r->proposal->at = rm->modes_at = rm->at;
    rm->name = ikw_tmsh_name(r, ikw_conf_word(n, 3));
    ikw_buf_addf(&b, "ike-peer %s", rm->name);
    rm->title = ikw_conf_keep(&r->c->arena, &b);
    peer_defaults(r);
    r->secrets = true;
    ikw_conf_take(r, n, peer_rows);
    r->secrets = false;
    id_defaults(rm->my_id, rm->at);
    id_defaults(rm->peer_ids, rm->at);
    ikw_conf_proposal_add(rm, r->proposal);
    if (rm->nmodes && (rm->has_address || rm->anonymous))
        ikw_conf_remote_add(r->c, rm);
}
