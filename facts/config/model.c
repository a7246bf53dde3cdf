/* Putting sections into a configuration, and its life. */
#include "facts/config/internal.h"

#include <string.h>

enum { DEFAULT_LIFETIME_S = 28800, SECTIONS_MAX = 8192, ITEMS_MAX = 64 };

void ikw_config_init(struct ikw_config *c)
{
    *c = (struct ikw_config){ .complete = true };
}

void ikw_config_release(struct ikw_config *c)
{
    ikw_arena_release(&c->arena);
    ikw_config_init(c);
}

void ikw_conf_set_word(struct ikw_conf_setting *s, const char *word,
                       struct ikw_conf_at at)
{
    *s = (struct ikw_conf_setting){ .set = true, .word = word, .at = at };
}

void ikw_conf_set_number(struct ikw_conf_setting *s, int64_t number,
                         struct ikw_conf_at at)
{
    *s = (struct ikw_conf_setting){ .set = true, .number = number, .at = at };
}

/* ---- remote ------------------------------------------------------------ */

struct ikw_conf_remote *ikw_conf_remote_new(struct ikw_config *c)
{
    static const struct {
        enum ikw_conf_setting_id id;
        const char *word;
    } defaults[] = {
        { IKW_SET_CHECK, "strict" },  { IKW_SET_PASSIVE, "off" },
        { IKW_SET_NATT, "off" },      { IKW_SET_GENERATE, "off" },
        { IKW_SET_VERIFY_ID, "off" }, { IKW_SET_VERIFY_CERT, "on" },
        { IKW_SET_SEND_CERT, "on" },  { IKW_SET_MODE_CFG, "off" },
        { IKW_SET_CERT, "no" },       { IKW_SET_PEERS_CERT, "no" },
        { IKW_SET_LOGIN, "no" },
    };
    static const struct ikw_conf_at nowhere = { 0, 0, NULL };
    struct ikw_conf_remote *rm =
        IKW_ARENA_NEW(&c->arena, struct ikw_conf_remote);
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        ikw_conf_set_word(&rm->set[defaults[i].id], defaults[i].word, nowhere);
    ikw_conf_set_number(&rm->set[IKW_SET_LIFETIME], DEFAULT_LIFETIME_S,
                        nowhere);
    ikw_conf_set_number(&rm->set[IKW_SET_VERSION], 1, nowhere);
    return rm;
}

/* Sections are few; a file with more is not a real one. */
static bool room(struct ikw_config *c)
{
    if (c->nsections == SECTIONS_MAX) {
        c->complete = false;
        return false;
    }
    c->nsections++;
    return true;
}

void ikw_conf_remote_add(struct ikw_config *c, struct ikw_conf_remote *rm)
{
    struct ikw_conf_remote **at = &c->remotes;
    c->ike = true;
    if (!room(c))
        return;
    while (*at)
        at = &(*at)->next;
    *at = rm;
}

void ikw_conf_proposal_add(struct ikw_conf_remote *rm,
                           struct ikw_conf_proposal *p)
{
    struct ikw_conf_proposal **at = &rm->proposals;
    size_t n = 0;
    for (; *at; n++)
        at = &(*at)->next;
    if (n < ITEMS_MAX)
        *at = p;
}

void ikw_conf_id_add(struct ikw_conf_id **list, struct ikw_conf_id *id)
{
    size_t n = 0;
    for (; *list; n++)
        list = &(*list)->next;
    if (n < ITEMS_MAX)
        *list = id;
}

/* ---- sainfo ------------------------------------------------------------ */

struct ikw_conf_sainfo *ikw_conf_sainfo_new(struct ikw_config *c)
{
    static const struct ikw_conf_at nowhere = { 0, 0, NULL };
    struct ikw_conf_sainfo *sa =
        IKW_ARENA_NEW(&c->arena, struct ikw_conf_sainfo);
    sa->pfs.word = "none";
    ikw_conf_set_number(&sa->lifetime, DEFAULT_LIFETIME_S, nowhere);
    return sa;
}

static int rank(const struct ikw_conf_sainfo *sa)
{
    return (sa->remote_id ? 3 : 0) + (sa->from ? 3 : 0) + !sa->local.any +
           (!sa->remote.any || sa->client);
}

void ikw_conf_sainfo_add(struct ikw_config *c, struct ikw_conf_sainfo *sa)
{
    struct ikw_conf_sainfo **at = &c->sainfos;
    c->ike = true;
    if (!room(c))
        return;
    while (*at && rank(*at) >= rank(sa))
        at = &(*at)->next;
    sa->next = *at;
    *at = sa;
}

/* ---- the rest ---------------------------------------------------------- */

void ikw_conf_policy_add(struct ikw_config *c, struct ikw_conf_policy *p)
{
    struct ikw_conf_policy **at = &c->policies;
    if (!room(c))
        return;
    while (*at)
        at = &(*at)->next;
    *at = p;
}

void ikw_conf_own_add(struct ikw_config *c, const struct ikw_addr *a)
{
    for (size_t i = 0; i < c->nown; i++)
        if (ikw_addr_eq(&c->own[i], a))
            return;
    if (c->nown < sizeof c->own / sizeof *c->own)
        c->own[c->nown++] = *a;
}

/* ---- reading ----------------------------------------------------------- */

static void read_by_kind(struct ikw_conf_read *r, enum ikw_conf_kind kind)
{
    switch (kind) {
    case IKW_CONF_RACOON:
        ikw_racoon_read(r);
        break;
    case IKW_CONF_SETKEY:
        ikw_setkey_read(r);
        break;
    case IKW_CONF_TMSH:
        ikw_tmsh_read(r);
        break;
    case IKW_CONF_SWANCTL:
        ikw_swanctl_read(r);
        break;
    case IKW_CONF_UNKNOWN:
        break;
    }
}

bool ikw_config_read(struct ikw_config *c, const struct ikw_conf_text *text,
                     const struct ikw_conf_includer *inc, struct ikw_diags *ds)
{
    enum ikw_conf_kind kind = ikw_config_kind(text->bytes);
    struct ikw_pos pos = { text->name, 0 };
    struct ikw_arena scratch = { 0 };
    struct ikw_conf_read r = {
        .c = c, .text = text, .inc = inc, .ds = ds, .scratch = &scratch
    };
    if (kind == IKW_CONF_UNKNOWN)
        return ikw_diag_add(
            ds, pos, IKW_DIAG_CONF_UNKNOWN,
            "no configuration of racoon, setkey, a BIG-IP or swanctl");
    read_by_kind(&r, kind);
    ikw_arena_release(&scratch);
    return true;
}

void ikw_config_finish(struct ikw_config *c)
{
    ikw_tmsh_finish(c);
    c->draft = NULL;
}

/* ---- what kind --------------------------------------------------------- */

const char *ikw_conf_kind_name(enum ikw_conf_kind kind)
{
    static const char *const names[] = { "unknown", "racoon.conf",
                                         "setkey.conf", "tmsh listing",
                                         "swanctl.conf" };
    return names[kind];
}

static const struct {
    enum ikw_conf_kind kind;
    const char *word;
} openers[] = {
    { IKW_CONF_RACOON, "remote" },
    { IKW_CONF_RACOON, "sainfo" },
    { IKW_CONF_RACOON, "path" },
    { IKW_CONF_RACOON, "listen" },
    { IKW_CONF_RACOON, "log" },
    { IKW_CONF_RACOON, "timer" },
    { IKW_CONF_RACOON, "padding" },
    { IKW_CONF_RACOON, "include" },
    { IKW_CONF_RACOON, "mode_cfg" },
    { IKW_CONF_RACOON, "privsep" },
    { IKW_CONF_SETKEY, "spdadd" },
    { IKW_CONF_SETKEY, "spdflush" },
    { IKW_CONF_SETKEY, "flush" },
    { IKW_CONF_SETKEY, "spdupdate" },
    { IKW_CONF_SETKEY, "add" },
    { IKW_CONF_SETKEY, "spddelete" },
    { IKW_CONF_SETKEY, "spddump" },
    { IKW_CONF_SETKEY, "dump" },
    { IKW_CONF_TMSH, "net ipsec" },
    { IKW_CONF_SWANCTL, "connections" },
    { IKW_CONF_SWANCTL, "secrets" },
    { IKW_CONF_SWANCTL, "include" },
    { IKW_CONF_SWANCTL, "remote_addrs" },
    { IKW_CONF_SWANCTL, "children" },
    { IKW_CONF_SWANCTL, "esp_proposals" },
};

static bool opens(struct ikw_slice line, const char *word)
{
    size_t n = strlen(word);
    return line.len >= n && !memcmp(line.ptr, word, n) &&
           (line.len == n || line.ptr[n] == ' ' || line.ptr[n] == '\t' ||
            line.ptr[n] == ';' || line.ptr[n] == '{' || line.ptr[n] == '\r');
}

enum ikw_conf_kind ikw_config_kind(struct ikw_slice bytes)
{
    size_t votes[IKW_CONF_SWANCTL + 1] = { 0 };
    enum ikw_conf_kind best = IKW_CONF_UNKNOWN;
    while (bytes.len) {
        const char *nl = memchr(bytes.ptr, '\n', bytes.len);
        size_t len = nl ? (size_t)(nl - bytes.ptr) : bytes.len;
        struct ikw_slice line = ikw_slice_trim(ikw_slice_sub(bytes, 0, len));
        for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
            votes[openers[i].kind] += opens(line, openers[i].word);
        bytes = ikw_slice_sub(bytes, len + (nl != NULL), bytes.len);
    }
    for (size_t k = IKW_CONF_RACOON; k <= IKW_CONF_SWANCTL; k++)
        if (votes[k] > votes[best])
            best = (enum ikw_conf_kind)k;
    return best;
}
