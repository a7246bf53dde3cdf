/*
 * Two gateways on paper: if this one began, would the other accept? A trial
 * is one negotiation thought through as the daemon would, with every
 * attribute that both sides have a say in.
 */
#ifndef IKW_FACTS_CONFIG_COMPARE_H
#define IKW_FACTS_CONFIG_COMPARE_H

#include "facts/config/config.h"

enum ikw_conf_result {
    IKW_CONF_EQUAL,
    IKW_CONF_TOLERATED, /* differs, and is accepted */
    IKW_CONF_FATAL,
    IKW_CONF_OPEN /* cannot be told from what was given */
};

enum ikw_conf_outcome {
    IKW_TRIAL_AGREES,
    IKW_TRIAL_FAILS,
    IKW_TRIAL_OPEN,
    IKW_TRIAL_IDLE /* this side never begins */
};

/* One attribute, as the initiator offers it and the responder wants it. */
struct ikw_conf_diff {
    const char *attr; /* word of the vocabulary */
    enum ikw_conf_result result;
    bool first;        /* what stops it, where several differ */
    const char *field; /* of a selector: what differs in it; or NULL */
    const char *ini;   /* value; "" if there is none */
    const char *res;
    struct ikw_conf_at ini_at, res_at;
    const char *check;   /* the responder's, where it decides; or NULL */
    const char *refused; /* by which checks it would be refused; or NULL */
};

enum { IKW_CONF_DIFFS = 24 };

struct ikw_conf_trial {
    bool outward; /* the local side is the initiator */
    unsigned phase;
    const char *title;   /* what it is about */
    int64_t negotiation; /* of the log whose offers were used; 0: none */
    bool alone;          /* a failure of this kind can only be this one */
    enum ikw_conf_outcome outcome;
    struct ikw_conf_diff v[IKW_CONF_DIFFS];
    size_t n;
};

enum { IKW_CONF_TRIALS = 64 };

struct ikw_conf_trials {
    struct ikw_conf_trial *v[IKW_CONF_TRIALS];
    size_t n;
};

/* What a log shows of a negotiation; its values may be NULL or -1. */
struct ikw_conf_offer {
    struct ikw_conf_alg enc, hash, dh, auth;
    int64_t lifetime; /* seconds; -1 unknown */
    struct ikw_conf_at lifetime_at;
};

/* The two sides. `local` or `peer` may be NULL. The addresses are those by
 * which each side knows the other, family 0 where unknown. `seen`: the log of
 * the local side shows the peer's, so no address translation hides it. */
struct ikw_conf_pair {
    const struct ikw_config *local, *peer;
    struct ikw_addr local_addr, peer_addr;
    bool seen;
};

/* Both directions, phase 1 and every pair of selectors. Texts live in `a`. */
void ikw_config_compare(struct ikw_arena *a, const struct ikw_conf_pair *pair,
                        struct ikw_conf_trials *out);
/* True if the configuration may be that of the gateway at `addr`, given what
 * it says of its own addresses. */
bool ikw_config_owns(const struct ikw_config *c, const struct ikw_addr *addr);

#endif
