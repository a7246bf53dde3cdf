/*
 * Who the two say they are. A responder that verifies compares the caller's
 * identifier with those it expects. An initiator has chosen its section by
 * address and compares nothing; but in aggressive mode it then looks for the
 * pre-shared key by identifier alone, and what the key file has is not known
 * here. With a pre-shared key main mode knows no identifier but an address.
 */
#include "facts/config/match.h"

#include <string.h>

struct check {
    struct ikw_arena *arena;
    struct ikw_conf_trial *t;
    const struct ikw_conf_remote *ini, *res;
    const struct ikw_conf_meet *ini_meet, *res_meet;
    const char *mode, *auth;
};

/* The method of the proposals that came together, or came closest. */
static const char *auth_of(const struct ikw_conf_trial *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (!strcmp(t->v[i].attr, "auth"))
            return t->v[i].ini;
    return "";
}

static bool on(const struct ikw_conf_remote *rm, enum ikw_conf_setting_id id)
{
    return !strcmp(ikw_conf_says(rm, id), "on");
}

static bool signs(const char *auth)
{
    return !strcmp(auth, "rsasig") || !strcmp(auth, "dsssig");
}

/* ---- identifiers ------------------------------------------------------- */

/* The value that is sent; "" if only a certificate or the wire tells. */
static const char *sent(const struct check *c, const struct ikw_conf_id *id,
                        const struct ikw_conf_meet *mine)
{
    struct ikw_buf b = { 0 };
    if (id && id->value)
        return id->value;
    if ((id && strcmp(id->kind, "address")) || mine->c->nown != 1)
        return "";
    ikw_addr_add(&b, &mine->c->own[0]);
    const char *s = ikw_conf_format(c->arena, "%s", ikw_buf_str(&b));
    ikw_buf_release(&b);
    return s;
}

static bool same_value(const char *kind, const char *a, const char *b)
{
    struct ikw_addr x, y;
    if (!strcmp(kind, "address") && ikw_addr_parse(ikw_slice_of(a), &x, NULL) &&
        ikw_addr_parse(ikw_slice_of(b), &y, NULL))
        return ikw_addr_eq(&x, &y);
    return !strcmp(a, b);
}

static enum ikw_conf_result judge(const struct ikw_conf_id *want,
                                  const char *kind, const char *value)
{
    enum ikw_conf_result best = IKW_CONF_FATAL;
    for (; want; want = want->next) {
        if (!want->value && !strcmp(want->kind, kind))
            return IKW_CONF_EQUAL;
        if (strcmp(want->kind, kind))
            continue;
        if (!*value || !strcmp(kind, "asn1dn"))
            best = IKW_CONF_OPEN;
        else if (same_value(kind, value, want->value))
            return IKW_CONF_EQUAL;
    }
    return best;
}

static const char *id_text(const struct check *c, const char *kind,
                           const char *value)
{
    return ikw_conf_format(c->arena, "%s%s%s", kind, value && *value ? " " : "",
                           value ? value : "");
}

/* The expected address is that of a translator if it is the one the section
 * is for, and not the sender's own. */
static bool translated(const struct ikw_conf_id *want, const char *kind,
                       const struct ikw_conf_meet *from,
                       const struct ikw_conf_remote *to)
{
    struct ikw_addr a;
    return !strcmp(kind, "address") && want->value && to->has_address &&
           ikw_addr_parse(ikw_slice_of(want->value), &a, NULL) &&
           ikw_addr_eq(&a, &to->address) && from->c->nown &&
           !ikw_config_owns(from->c, &a);
}

/* `from` sends, `to` expects. `by_key`: an initiator needs the identifier
 * to find the key. */
static void compare_id(const struct check *c,
                       const struct ikw_conf_remote *from,
                       const struct ikw_conf_meet *from_meet,
                       const struct ikw_conf_remote *to, bool by_key)
{
    bool ini_sends = from == c->ini;
    const struct ikw_conf_id *id = from->my_id, *want = to->peer_ids;
    const char *kind = id ? id->kind : "address";
    const char *value = sent(c, id, from_meet);
    if (!want || !on(to, IKW_SET_VERIFY_ID))
        return;
    enum ikw_conf_result result = judge(want, kind, value);
    if (result == IKW_CONF_EQUAL)
        return;
    if (!ini_sends)
        result = by_key ? IKW_CONF_OPEN : IKW_CONF_TOLERATED;
    bool nat = translated(want, kind, from_meet, to);
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(c->t, nat ? "id-nat" : "id", result);
    const char *sends = id_text(c, kind, value);
    const char *wants = id_text(c, want->kind, want->value);
    d->ini = ini_sends ? sends : wants;
    d->res = ini_sends ? wants : sends;
    *(ini_sends ? &d->ini_at : &d->res_at) =
        id ? ikw_conf_at_or(id->at, from->at) : from->at;
    *(ini_sends ? &d->res_at : &d->ini_at) = ikw_conf_at_or(want->at, to->at);
}

static bool is_address(const struct ikw_conf_id *id)
{
    return !id || !strcmp(id->kind, "address") || !strcmp(id->kind, "subnet");
}

static void check_id_type(const struct check *c,
                          const struct ikw_conf_remote *rm)
{
    if (strcmp(c->mode, "main") || strcmp(c->auth, "pre_shared_key") ||
        is_address(rm->my_id))
        return;
    bool ini = rm == c->ini;
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(c->t, "id-type", IKW_CONF_FATAL);
    *(ini ? &d->ini : &d->res) = id_text(c, rm->my_id->kind, rm->my_id->value);
    *(ini ? &d->res : &d->ini) = "address";
    *(ini ? &d->ini_at : &d->res_at) = ikw_conf_at_or(rm->my_id->at, rm->at);
}

/* ---- certificates and logins ------------------------------------------- */

static void check_cert(const struct check *c, const struct ikw_conf_remote *rm,
                       const struct ikw_conf_remote *other)
{
    bool ini = rm == c->ini;
    bool unsent = !strcmp(ikw_conf_says(rm, IKW_SET_SEND_CERT), "off");
    bool none = !strcmp(ikw_conf_says(rm, IKW_SET_CERT), "no");
    bool known = !strcmp(ikw_conf_says(other, IKW_SET_PEERS_CERT), "yes");
    if (!signs(c->auth) || (!none && (!unsent || known)))
        return;
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(c->t, none ? "cert" : "send-cert", IKW_CONF_FATAL);
    *(ini ? &d->ini : &d->res) = none ? "none" : "not sent";
    *(ini ? &d->res : &d->ini) = "wanted";
    *(ini ? &d->ini_at : &d->res_at) = ikw_conf_at_or(
        rm->set[none ? IKW_SET_CERT : IKW_SET_SEND_CERT].at, rm->at);
    *(ini ? &d->res_at : &d->ini_at) = other->at;
}

static void check_login(const struct check *c)
{
    bool xauth = !strncmp(c->auth, "xauth", 5) || !strncmp(c->auth, "hyb", 3);
    if (!xauth || strcmp(ikw_conf_says(c->ini, IKW_SET_LOGIN), "no"))
        return;
    struct ikw_conf_diff *d = ikw_conf_diff_add(c->t, "login", IKW_CONF_FATAL);
    d->ini = "none";
    d->res = "wanted";
    d->ini_at = c->ini->at;
    d->res_at = c->res->proposals
                    ? ikw_conf_at_or(c->res->proposals->auth.at, c->res->at)
                    : c->res->at;
}

/* On one side only it matters as soon as an address is translated. */
static void check_natt(const struct check *c)
{
    const char *a = ikw_conf_says(c->ini, IKW_SET_NATT);
    const char *b = ikw_conf_says(c->res, IKW_SET_NATT);
    if (!strcmp(a, "off") == !strcmp(b, "off"))
        return;
    struct ikw_conf_diff *d =
        ikw_conf_diff_add(c->t, "natt", IKW_CONF_TOLERATED);
    d->ini = a;
    d->res = b;
    d->ini_at = ikw_conf_at_or(c->ini->set[IKW_SET_NATT].at, c->ini->at);
    d->res_at = ikw_conf_at_or(c->res->set[IKW_SET_NATT].at, c->res->at);
}

void ikw_conf_identity(struct ikw_arena *a, struct ikw_conf_trial *t,
                       const struct ikw_conf_remote *ini,
                       const struct ikw_conf_meet *ini_meet,
                       const struct ikw_conf_remote *res,
                       const struct ikw_conf_meet *res_meet)
{
    struct check c = { a,
                       t,
                       ini,
                       res,
                       ini_meet,
                       res_meet,
                       ini->nmodes ? ini->modes[0] : "main",
                       auth_of(t) };
    check_id_type(&c, ini);
    check_id_type(&c, res);
    compare_id(&c, ini, ini_meet, res, false);
    compare_id(&c, res, res_meet, ini,
               !strcmp(c.mode, "aggressive") &&
                   !strcmp(c.auth, "pre_shared_key"));
    check_cert(&c, ini, res);
    check_cert(&c, res, ini);
    check_login(&c);
    check_natt(&c);
}
