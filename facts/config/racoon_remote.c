/* racoon.conf: remote sections and their proposals. */
#include "facts/config/internal.h"

#include <string.h>

/* ---- settings ---------------------------------------------------------- */

static void take_word(struct ikw_conf_read *r, struct ikw_conf_node *n, int id)
{
    static const char *const words[] = { "on",     "off",     "force",
                                         "unique", "require", "obey",
                                         "strict", "claim",   "exact" };
    struct ikw_slice word = ikw_conf_word(n, 1);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ikw_slice_is(word, words[i])) {
            bool level = i >= 5;
            if (level != (id == IKW_SET_CHECK))
                break;
            ikw_conf_set_word(&r->remote->set[id], words[i], ikw_conf_at(r, n));
            return;
        }
    ikw_conf_fault(r, n, "no such value");
}

static void take_number(struct ikw_conf_read *r, struct ikw_conf_node *n,
                        int id)
{
    int64_t v;
    if (ikw_slice_int(ikw_conf_word(n, 1), &v))
        ikw_conf_set_number(&r->remote->set[id], v, ikw_conf_at(r, n));
    else
        ikw_conf_fault(r, n, "a number must follow");
}

static void take_yes(struct ikw_conf_read *r, struct ikw_conf_node *n, int id)
{
    ikw_conf_set_word(&r->remote->set[id], "yes", ikw_conf_at(r, n));
}

static bool read_lifetime(struct ikw_conf_read *r, struct ikw_conf_node *n,
                          struct ikw_conf_setting *out)
{
    int64_t seconds;
    struct ikw_slice kind = ikw_conf_word(n, 1);
    if (ikw_slice_is(kind, "byte"))
        return true; /* of no effect in phase 1 */
    if (!ikw_slice_is(kind, "time") || !ikw_conf_time(n, 2, &seconds))
        return ikw_conf_fault(r, n, "no such time");
    ikw_conf_set_number(out, seconds, ikw_conf_at(r, n));
    return true;
}

static void take_lifetime(struct ikw_conf_read *r, struct ikw_conf_node *n,
                          int id)
{
    read_lifetime(r, n, &r->remote->set[id]);
}

static void take_modes(struct ikw_conf_read *r, struct ikw_conf_node *n,
                       int arg)
{
    static const char *const modes[] = { "main", "aggressive", "base" };
    struct ikw_conf_remote *rm = r->remote;
    (void)arg;
    rm->nmodes = 0;
    rm->modes_at = ikw_conf_at(r, n);
    for (size_t i = 1; i < n->nwords; i++) {
        size_t k = 0;
        while (k < 3 && !ikw_slice_is(n->words[i].text, modes[k]))
            k++;
        if (k == 3)
            ikw_conf_fault(r, n, "no such exchange mode");
        else if (rm->nmodes < 3)
            rm->modes[rm->nmodes++] = modes[k];
    }
}

static void take_address(struct ikw_conf_read *r, struct ikw_conf_node *n,
                         int arg)
{
    (void)arg;
    if (ikw_addr_parse(ikw_conf_word(n, 1), &r->remote->address, NULL))
        r->remote->has_address = true;
    else
        ikw_conf_fault(r, n, "no such address");
}

static void take_my_id(struct ikw_conf_read *r, struct ikw_conf_node *n,
                       int arg)
{
    struct ikw_conf_id *id = ikw_conf_id(r, n, 1);
    (void)arg;
    if (id)
        r->remote->my_id = id;
}

static void take_peers_id(struct ikw_conf_read *r, struct ikw_conf_node *n,
                          int arg)
{
    struct ikw_conf_id *id = ikw_conf_id(r, n, 1);
    (void)arg;
    if (id)
        ikw_conf_id_add(&r->remote->peer_ids, id);
}

/* ---- proposals --------------------------------------------------------- */

static void take_enc(struct ikw_conf_read *r, struct ikw_conf_node *n, int arg)
{
    (void)arg;
    ikw_conf_alg(r, n, 1, IKW_ALG_ENC, &r->proposal->enc);
}

static void take_hash(struct ikw_conf_read *r, struct ikw_conf_node *n, int arg)
{
    (void)arg;
    ikw_conf_alg(r, n, 1, IKW_ALG_HASH, &r->proposal->hash);
}

static void take_dh(struct ikw_conf_read *r, struct ikw_conf_node *n, int arg)
{
    (void)arg;
    ikw_conf_alg(r, n, 1, IKW_ALG_DH, &r->proposal->dh);
}

static void take_auth(struct ikw_conf_read *r, struct ikw_conf_node *n, int arg)
{
    (void)arg;
    ikw_conf_alg(r, n, 1, IKW_ALG_AUTH, &r->proposal->auth);
}

static void take_own_lifetime(struct ikw_conf_read *r, struct ikw_conf_node *n,
                              int arg)
{
    (void)arg;
    read_lifetime(r, n, &r->proposal->lifetime);
}

static const struct ikw_conf_row proposal_rows[] = {
    { "encryption_algorithm", 1, 2, 'n', take_enc, 0 },
    { "hash_algorithm", 1, 1, 'n', take_hash, 0 },
    { "dh_group", 1, 1, 'n', take_dh, 0 },
    { "authentication_method", 1, 1, 'n', take_auth, 0 },
    { "lifetime", 2, 3, 'n', take_own_lifetime, 0 },
    { "gss_id", 1, 1, 'n', NULL, 0 },
    { "gssapi_id", 1, 1, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

static void take_proposal(struct ikw_conf_read *r, struct ikw_conf_node *n,
                          int arg)
{
    (void)arg;
    r->proposal = IKW_ARENA_NEW(&r->c->arena, struct ikw_conf_proposal);
    r->proposal->at = ikw_conf_at(r, n);
    ikw_conf_take(r, n, proposal_rows);
    if (r->proposal->enc.word && r->proposal->hash.word &&
        r->proposal->dh.word && r->proposal->auth.word)
        ikw_conf_proposal_add(r->remote, r->proposal);
    else
        ikw_conf_fault(r, n, "an algorithm is missing in it: not used");
}

/* ---- the section ------------------------------------------------------- */

static const struct ikw_conf_row remote_rows[] = {
    { "remote_address", 1, 2, 'n', take_address, 0 },
    { "exchange_mode", 1, 3, 'n', take_modes, 0 },
    { "doi", 1, 1, 'n', NULL, 0 },
    { "situation", 1, 1, 'n', NULL, 0 },
    { "certificate_type", 2, 3, 'n', take_yes, IKW_SET_CERT },
    { "peers_certfile", 1, 2, 'n', take_yes, IKW_SET_PEERS_CERT },
    { "ca_type", 2, 2, 'n', NULL, 0 },
    { "verify_cert", 1, 1, 'n', take_word, IKW_SET_VERIFY_CERT },
    { "send_cert", 1, 1, 'n', take_word, IKW_SET_SEND_CERT },
    { "send_cr", 1, 1, 'n', NULL, 0 },
    { "match_empty_cr", 1, 1, 'n', NULL, 0 },
    { "my_identifier", 1, 3, 'n', take_my_id, 0 },
    { "xauth_login", 1, 1, 'n', take_yes, IKW_SET_LOGIN },
    { "peers_identifier", 1, 3, 'n', take_peers_id, 0 },
    { "verify_identifier", 1, 1, 'n', take_word, IKW_SET_VERIFY_ID },
    { "nonce_size", 1, 1, 'n', NULL, 0 },
    { "dh_group", 1, 1, 'n', NULL, 0 },
    { "keepalive", 0, 1, 'n', NULL, 0 },
    { "passive", 1, 1, 'n', take_word, IKW_SET_PASSIVE },
    { "ike_frag", 1, 1, 'n', take_word, IKW_SET_FRAG },
    { "esp_frag", 1, 1, 'n', NULL, 0 },
    { "script", 2, 2, 'n', NULL, 0 },
    { "mode_cfg", 1, 1, 'n', take_word, IKW_SET_MODE_CFG },
    { "weak_phase1_check", 1, 1, 'n', NULL, 0 },
    { "generate_policy", 1, 1, 'n', take_word, IKW_SET_GENERATE },
    { "support_proxy", 1, 1, 'n', NULL, 0 },
    { "initial_contact", 1, 1, 'n', take_word, IKW_SET_INITIAL_CONTACT },
    { "nat_traversal", 1, 1, 'n', take_word, IKW_SET_NATT },
    { "dpd", 1, 1, 'n', NULL, 0 },
    { "dpd_delay", 1, 1, 'n', take_number, IKW_SET_DPD_DELAY },
    { "dpd_retry", 1, 1, 'n', NULL, 0 },
    { "dpd_maxfail", 1, 1, 'n', NULL, 0 },
    { "rekey", 1, 1, 'n', take_word, IKW_SET_REKEY },
    { "ph1id", 1, 1, 'n', take_number, IKW_SET_PH1ID },
    { "lifetime", 2, 3, 'n', take_lifetime, IKW_SET_LIFETIME },
    { "proposal_check", 1, 1, 'n', take_word, IKW_SET_CHECK },
    { "proposal", 0, 0, 'y', take_proposal, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

static struct ikw_conf_remote *find_named(struct ikw_conf_read *r,
                                          const struct ikw_conf_word *w)
{
    struct ikw_addr a;
    bool address = !w->quoted && ikw_addr_parse(w->text, &a, NULL);
    for (struct ikw_conf_remote *rm = r->c->remotes; rm; rm = rm->next) {
        if (w->quoted && rm->name && ikw_slice_is(w->text, rm->name))
            return rm;
        if (address && rm->has_address && ikw_addr_eq(&a, &rm->address))
            return rm;
        if (!w->quoted && rm->anonymous && ikw_slice_is(w->text, "anonymous"))
            return rm;
    }
    return NULL;
}

static void copy_lists(struct ikw_config *c, struct ikw_conf_remote *rm,
                       const struct ikw_conf_remote *from)
{
    rm->proposals = NULL;
    rm->peer_ids = NULL;
    for (const struct ikw_conf_proposal *p = from->proposals; p; p = p->next) {
        struct ikw_conf_proposal *q =
            IKW_ARENA_NEW(&c->arena, struct ikw_conf_proposal);
        *q = *p;
        q->next = NULL;
        ikw_conf_proposal_add(rm, q);
    }
    for (const struct ikw_conf_id *i = from->peer_ids; i; i = i->next) {
        struct ikw_conf_id *k = IKW_ARENA_NEW(&c->arena, struct ikw_conf_id);
        *k = *i;
        k->next = NULL;
        ikw_conf_id_add(&rm->peer_ids, k);
    }
}

/* "inherit OTHER" in word i: everything of the other but its name. */
static struct ikw_conf_remote *inherit(struct ikw_conf_read *r,
                                       struct ikw_conf_node *n, size_t i)
{
    struct ikw_conf_remote *rm = ikw_conf_remote_new(r->c);
    if (!ikw_slice_is(ikw_conf_word(n, i), "inherit"))
        return rm;
    const struct ikw_conf_remote *from =
        i + 1 < n->nwords ? find_named(r, &n->words[i + 1]) : NULL;
    if (!from) {
        ikw_conf_fault(r, n, "it inherits from a section that is not there");
        return rm;
    }
    *rm = *from;
    rm->next = NULL;
    rm->name = NULL;
    rm->has_address = rm->anonymous = false;
    copy_lists(r->c, rm, from);
    return rm;
}

static void set_title(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    struct ikw_conf_remote *rm = r->remote;
    struct ikw_buf b = { 0 };
    ikw_buf_adds(&b, "remote ");
    if (rm->name)
        ikw_buf_addf(&b, "\"%s\"", rm->name);
    else if (rm->anonymous)
        ikw_buf_adds(&b, "anonymous");
    else
        ikw_addr_add(&b, &rm->address);
    rm->title = ikw_conf_keep(&r->c->arena, &b);
    rm->at = ikw_conf_at(r, n);
}

/* After the name there may be a port in a word of its own. */
static size_t after_name(const struct ikw_conf_node *n)
{
    struct ikw_slice w = ikw_conf_word(n, 2);
    return w.len && *w.ptr == '[' ? 3 : 2;
}

void ikw_racoon_remote(struct ikw_conf_read *r, struct ikw_conf_node *n,
                       int arg)
{
    const struct ikw_conf_word *name = &n->words[1];
    struct ikw_conf_remote *rm = inherit(r, n, after_name(n));
    (void)arg;
    r->remote = rm;
    if (name->quoted)
        rm->name = ikw_conf_dup(r, name->text);
    else if (ikw_slice_is(name->text, "anonymous") ||
             ikw_slice_starts(name->text, "anonymous["))
        rm->anonymous = true;
    else if (ikw_addr_parse(name->text, &rm->address, NULL))
        rm->has_address = true;
    else {
        ikw_conf_dropped(r, n, "no such address");
        return;
    }
    ikw_conf_take(r, n, remote_rows);
    set_title(r, n);
    if (!rm->has_address && !rm->anonymous)
        ikw_conf_dropped(r, n, "no address for this section: not used");
    else if (!rm->proposals)
        ikw_conf_dropped(r, n, "no usable proposal in this section: not used");
    else
        ikw_conf_remote_add(r->c, rm);
}
