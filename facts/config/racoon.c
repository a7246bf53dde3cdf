/* racoon.conf: what stands outside remote and sainfo sections. Most of it
 * is only checked, since it bears on no negotiation. */
#include "facts/config/internal.h"

#include <string.h>

enum { INCLUDE_DEPTH = 8, INCLUDED_MAX = 64 };

/* ---- sections that are only checked ------------------------------------ */

static const struct ikw_conf_row privsep_rows[] = {
    { "user", 1, 1, 'n', NULL, 0 },
    { "group", 1, 1, 'n', NULL, 0 },
    { "chroot", 1, 1, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

static const struct ikw_conf_row padding_rows[] = {
    { "randomize", 1, 1, 'n', NULL, 0 },
    { "randomize_length", 1, 1, 'n', NULL, 0 },
    { "maximum_length", 1, 1, 'n', NULL, 0 },
    { "strict_check", 1, 1, 'n', NULL, 0 },
    { "exclusive_tail", 1, 1, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

static const struct ikw_conf_row timer_rows[] = {
    { "counter", 1, 1, 'n', NULL, 0 }, { "interval", 1, 2, 'n', NULL, 0 },
    { "persend", 1, 1, 'n', NULL, 0 }, { "phase1", 1, 2, 'n', NULL, 0 },
    { "phase2", 1, 2, 'n', NULL, 0 },  { "natt_keepalive", 1, 2, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

static const struct ikw_conf_row radius_rows[] = {
    { "auth", 2, 3, 'n', NULL, 0 },    { "acct", 2, 3, 'n', NULL, 0 },
    { "timeout", 1, 1, 'n', NULL, 0 }, { "retries", 1, 1, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

static const struct ikw_conf_row ldap_rows[] = {
    { "version", 1, 1, 'n', NULL, 0 },     { "debug", 1, 1, 'n', NULL, 0 },
    { "timeout", 1, 1, 'n', NULL, 0 },     { "uri", 1, 1, 'n', NULL, 0 },
    { "host", 1, 1, 'n', NULL, 0 },        { "port", 1, 1, 'n', NULL, 0 },
    { "base", 1, 1, 'n', NULL, 0 },        { "subtree", 1, 1, 'n', NULL, 0 },
    { "bind_dn", 1, 1, 'n', NULL, 0 },     { "bind_pw", 1, 1, 'n', NULL, 0 },
    { "attr_user", 1, 1, 'n', NULL, 0 },   { "attr_addr", 1, 1, 'n', NULL, 0 },
    { "attr_mask", 1, 1, 'n', NULL, 0 },   { "attr_group", 1, 1, 'n', NULL, 0 },
    { "attr_member", 1, 1, 'n', NULL, 0 }, { NULL, 0, 0, 0, NULL, 0 },
};

static const struct ikw_conf_row modecfg_rows[] = {
    { "network4", 1, 1, 'n', NULL, 0 },
    { "netmask4", 1, 1, 'n', NULL, 0 },
    { "dns4", 1, 16, 'n', NULL, 0 },
    { "nbns4", 1, 16, 'n', NULL, 0 },
    { "wins4", 1, 16, 'n', NULL, 0 },
    { "default_domain", 1, 1, 'n', NULL, 0 },
    { "auth_source", 1, 1, 'n', NULL, 0 },
    { "auth_groups", 1, 64, 'n', NULL, 0 },
    { "group_source", 1, 1, 'n', NULL, 0 },
    { "conf_source", 1, 1, 'n', NULL, 0 },
    { "accounting", 1, 1, 'n', NULL, 0 },
    { "pool_size", 1, 1, 'n', NULL, 0 },
    { "banner", 1, 1, 'n', NULL, 0 },
    { "auth_throttle", 1, 1, 'n', NULL, 0 },
    { "split_network", 2, 64, 'n', NULL, 0 },
    { "split_dns", 1, 64, 'n', NULL, 0 },
    { "pfs_group", 1, 1, 'n', NULL, 0 },
    { "save_passwd", 1, 1, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

/* ---- listen ------------------------------------------------------------ */

static void take_listen_address(struct ikw_conf_read *r,
                                struct ikw_conf_node *n, int arg)
{
    struct ikw_addr a;
    (void)arg;
    if (ikw_addr_parse(ikw_conf_word(n, 1), &a, NULL))
        ikw_conf_own_add(r->c, &a);
    else
        ikw_conf_fault(r, n, "no such address");
}

static const struct ikw_conf_row listen_rows[] = {
    { "isakmp", 1, 2, 'n', take_listen_address, 0 },
    { "isakmp_natt", 1, 2, 'n', take_listen_address, 0 },
    { "admin", 1, 2, 'n', NULL, 0 },
    { "adminsock", 1, 4, 'n', NULL, 0 },
    { "strict_address", 0, 0, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

/* ---- include ----------------------------------------------------------- */

static void read_included(struct ikw_conf_read *r,
                          const struct ikw_conf_text *text)
{
    struct ikw_conf_read sub = *r;
    sub.text = text;
    sub.depth++;
    ikw_racoon_read(&sub);
}

/* What an include brings may hold the very section that matters: if it
 * cannot be read the configuration is not complete. */
static void take_include(struct ikw_conf_read *r, struct ikw_conf_node *n,
                         int arg)
{
    struct ikw_conf_text found[INCLUDED_MAX];
    struct ikw_slice word = ikw_conf_word(n, 1);
    size_t k = 0;
    (void)arg;
    if (r->inc && r->depth < INCLUDE_DEPTH) {
        char *pattern = ikw_arena_strndup(r->scratch, word.ptr, word.len);
        k = r->inc->find(r->inc->arg, r->text, pattern, found, INCLUDED_MAX);
    }
    if (!k) {
        r->c->complete = false;
        ikw_conf_fault(r, n, "the file it names is not there to be read");
    }
    for (size_t i = 0; i < k; i++)
        read_included(r, &found[i]);
}

/* ---- the file ---------------------------------------------------------- */

static const struct ikw_conf_row *const plain[] = {
    privsep_rows, padding_rows, timer_rows,  radius_rows,
    ldap_rows,    modecfg_rows, listen_rows,
};

enum { PRIVSEP, PADDING, TIMER, RADIUS, LDAP, MODECFG, LISTEN };

static void take_plain(struct ikw_conf_read *r, struct ikw_conf_node *n,
                       int arg)
{
    r->secrets = arg == RADIUS || arg == LDAP;
    ikw_conf_take(r, n, plain[arg]);
    r->secrets = false;
}

static const struct ikw_conf_row top_rows[] = {
    { "remote", 1, 6, 'm', ikw_racoon_remote, 0 },
    { "sainfo", 1, 16, 'y', ikw_racoon_sainfo, 0 },
    { "privsep", 0, 0, 'y', take_plain, PRIVSEP },
    { "path", 2, 2, 'n', NULL, 0 },
    { "include", 1, 1, 'n', take_include, 0 },
    { "pfkey_buffer", 1, 1, 'n', NULL, 0 },
    { "complex_bundle", 1, 1, 'n', NULL, 0 },
    { "log", 1, 1, 'n', NULL, 0 },
    { "padding", 0, 0, 'y', take_plain, PADDING },
    { "listen", 0, 0, 'y', take_plain, LISTEN },
    { "radiuscfg", 0, 0, 'y', take_plain, RADIUS },
    { "ldapcfg", 0, 0, 'y', take_plain, LDAP },
    { "mode_cfg", 0, 0, 'y', take_plain, MODECFG },
    { "timer", 0, 0, 'y', take_plain, TIMER },
    { "gss_id_enc", 1, 1, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

bool ikw_racoon_top(struct ikw_slice word)
{
    static const char *const words[] = { "remote",  "sainfo",  "listen",
                                         "padding", "timer",   "path",
                                         "include", "privsep", "radiuscfg",
                                         "ldapcfg" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ikw_slice_is(word, words[i]))
            return true;
    return false;
}

void ikw_racoon_read(struct ikw_conf_read *r)
{
    struct ikw_conf_node *root = ikw_conf_tree(r->scratch, IKW_CONF_RACOON,
                                               r->text, ikw_racoon_top, r->ds);
    r->c->ike = true;
    ikw_conf_take(r, root, top_rows);
}
