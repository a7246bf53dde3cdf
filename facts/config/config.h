/*
 * Configurations: what one gateway would propose and accept.
 *
 *   tree    bytes -> statements and blocks, of any of the four languages
 *   racoon, setkey, tmsh, swanctl   statements -> the model below
 *   compare the models of two gateways -> trials: what agrees, what differs
 *   facts   trials -> facts for the rules
 *
 * A configuration is untrusted text: what does not parse is a diagnostic
 * with its line, the rest is used. Keys and passwords are never stored.
 */
#ifndef IKW_FACTS_CONFIG_CONFIG_H
#define IKW_FACTS_CONFIG_CONFIG_H

#include "facts/config/address.h"
#include "facts/config/value.h"
#include "facts/fact.h"

enum ikw_conf_kind {
    IKW_CONF_UNKNOWN,
    IKW_CONF_RACOON, /* racoon.conf */
    IKW_CONF_SETKEY, /* policies of the kernel, as setkey reads them */
    IKW_CONF_TMSH,   /* a listing of a BIG-IP */
    IKW_CONF_SWANCTL /* swanctl.conf of strongSwan */
};

/* Where something stands. `text` is the statement on one line, cut; NULL
 * with line 0: nowhere. */
struct ikw_conf_at {
    unsigned file;
    uint32_t line;
    const char *text;
};

/* The settings of a remote section that are one word or number. */
enum ikw_conf_setting_id {
    IKW_SET_CHECK, /* obey strict claim exact */
    IKW_SET_LIFETIME,
    IKW_SET_PASSIVE,
    IKW_SET_NATT,
    IKW_SET_GENERATE,
    IKW_SET_VERIFY_ID,
    IKW_SET_VERIFY_CERT,
    IKW_SET_SEND_CERT,
    IKW_SET_MODE_CFG,
    IKW_SET_CERT,       /* own certificate named: yes */
    IKW_SET_PEERS_CERT, /* the peer's certificate is on file: yes */
    IKW_SET_LOGIN,      /* a name for extended authentication: yes */
    IKW_SET_DPD_DELAY,
    IKW_SET_INITIAL_CONTACT,
    IKW_SET_FRAG,
    IKW_SET_REKEY,
    IKW_SET_PH1ID,
    IKW_SET_VERSION, /* 1, 2, or 3 for both */
    IKW_SET_COUNT
};

struct ikw_conf_setting {
    bool set;         /* written, or known by default (at.line 0) */
    const char *word; /* NULL: a number; static */
    int64_t number;
    struct ikw_conf_at at;
};

/* An algorithm; `word` NULL: not given. */
struct ikw_conf_alg {
    const char *word; /* as value.h spells it */
    int64_t keylen;   /* 0: fixed by the algorithm */
    struct ikw_conf_at at;
};

struct ikw_conf_proposal {
    struct ikw_conf_alg enc, hash, dh, auth;
    struct ikw_conf_setting lifetime; /* seconds; not set: the section's */
    struct ikw_conf_at at;
    struct ikw_conf_proposal *next;
};

/* An identifier; `value` NULL: whatever fits the type. */
struct ikw_conf_id {
    const char *kind; /* address, fqdn, user_fqdn, keyid, asn1dn, subnet */
    const char *value;
    struct ikw_conf_at at;
    struct ikw_conf_id *next;
};

struct ikw_conf_remote {
    const char *title; /* "remote 192.0.2.1" */
    const char *name;  /* quoted name, or NULL */
    bool anonymous, has_address;
    bool no_check; /* its daemon knows no proposal_check: key length and PFS
                      must be equal, any lifetime will do */
    struct ikw_addr address;
    const char *modes[3]; /* main aggressive base, in order */
    size_t nmodes;
    struct ikw_conf_at at, modes_at;
    struct ikw_conf_proposal *proposals;
    struct ikw_conf_id *my_id, *peer_ids;
    struct ikw_conf_setting set[IKW_SET_COUNT];
    struct ikw_conf_remote *next;
};

enum { IKW_CONF_ALGS = 32 };

struct ikw_conf_algs {
    struct ikw_conf_alg v[IKW_CONF_ALGS];
    size_t n;
};

struct ikw_conf_sainfo {
    const char *title; /* "sainfo 10.0.0.0/8 10.1.0.0/16" */
    struct ikw_selector local, remote;
    struct ikw_conf_id *from; /* NULL: of any peer */
    bool narrows;             /* takes selectors that overlap */
    bool client;              /* remote side is the client's address */
    int64_t remote_id;
    struct ikw_conf_algs enc, auth, comp;
    struct ikw_conf_alg pfs;          /* word "none" or a group */
    struct ikw_conf_setting lifetime; /* seconds */
    struct ikw_conf_setting bytes;    /* kilobytes; not set: unlimited */
    struct ikw_conf_at at;
    struct ikw_conf_sainfo *next;
};

enum { IKW_CONF_REQUESTS = 4 };

struct ikw_conf_request {
    const char *protocol; /* esp ah ipcomp */
    const char *mode;     /* tunnel transport */
    struct ikw_addr local, remote;
};

struct ikw_conf_policy {
    struct ikw_selector src, dst;
    char direction; /* 'o' out, 'i' in, 'f' forward */
    bool protect;   /* ipsec, not discard or none */
    struct ikw_conf_request v[IKW_CONF_REQUESTS];
    size_t n;
    struct ikw_conf_at at;
    struct ikw_conf_policy *next;
};

struct ikw_config {
    struct ikw_arena arena;
    struct ikw_conf_remote *remotes;
    struct ikw_conf_sainfo *sainfos; /* in the order of the search */
    struct ikw_conf_policy *policies;
    struct ikw_addr own[16]; /* addresses it listens on */
    size_t nown;
    size_t nsections;
    bool ike;                     /* sections were given */
    bool spd;                     /* policies were given, were it none */
    bool complete;                /* nothing was left out for want of a file */
    struct ikw_conf_draft *draft; /* until finished */
};

/* One text. `name` is for diagnostics, `file` for evidence. */
struct ikw_conf_text {
    const char *name;
    unsigned file;
    struct ikw_slice bytes;
};

/* Finds what an include names. Returns how many texts there are, at most
 * `most`; they live as long as the read. */
struct ikw_conf_includer {
    void *arg;
    size_t (*find)(void *arg, const struct ikw_conf_text *from,
                   const char *pattern, struct ikw_conf_text *out, size_t most);
};

/* All-zero is an empty configuration; release frees. */
void ikw_config_init(struct ikw_config *c);
void ikw_config_release(struct ikw_config *c);
/* From the words statements begin with. */
enum ikw_conf_kind ikw_config_kind(struct ikw_slice bytes);
const char *ikw_conf_kind_name(enum ikw_conf_kind kind);
/* Adds a text of whatever kind to the configuration of one gateway. False
 * with a diagnostic if it is none of the four. `inc` may be NULL. */
bool ikw_config_read(struct ikw_config *c, const struct ikw_conf_text *text,
                     const struct ikw_conf_includer *inc, struct ikw_diags *ds);
/* After the last text: links what one file says of another. */
void ikw_config_finish(struct ikw_config *c);

#endif
