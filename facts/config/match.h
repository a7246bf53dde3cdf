/* Parts of the comparison: which section, and phase by phase. */
#ifndef IKW_FACTS_CONFIG_MATCH_H
#define IKW_FACTS_CONFIG_MATCH_H

#include "facts/config/compare.h"

enum { IKW_MEET_MAX = 8 };

/* The remote sections of one side that are about the other. */
struct ikw_conf_meet {
    const struct ikw_config *c;
    struct ikw_addr addr; /* by which it knows the other; family 0 unknown */
    const struct ikw_conf_remote *v[IKW_MEET_MAX]; /* exact ones first */
    size_t n, nexact;
    bool doubtful; /* a translated address may hide the other */
};

struct ikw_conf_meet ikw_conf_meet(const struct ikw_config *c,
                                   const struct ikw_config *other,
                                   const struct ikw_addr *seen, bool sure);
/* The section that begins a negotiation; NULL: none, or several. */
const struct ikw_conf_remote *ikw_conf_begins(const struct ikw_conf_meet *m);

/* Adds an attribute to the trial; later ones than it can hold are dropped. */
struct ikw_conf_diff *ikw_conf_diff_add(struct ikw_conf_trial *t,
                                        const char *attr,
                                        enum ikw_conf_result result);
void ikw_conf_trial_close(struct ikw_conf_trial *t);
bool ikw_conf_refuses(const char *list, const char *check);
/* A setting's word, "" if it is a number or not set. */
const char *ikw_conf_says(const struct ikw_conf_remote *rm,
                          enum ikw_conf_setting_id id);
/* Where a setting stands; the section where it is a default. */
struct ikw_conf_at ikw_conf_at_or(struct ikw_conf_at at,
                                  struct ikw_conf_at section);
const char *ikw_conf_format(struct ikw_arena *a, const char *fmt, ...)
    IKW_PRINTF(2, 3);

/* Is there one section for the other side? One that begins must be the only
 * one of its kind. */
bool ikw_conf_sections(struct ikw_arena *a, struct ikw_conf_trial *t,
                       const struct ikw_conf_meet *m, bool initiator);
/* Phase 1. Returns the section of the responder that takes it, or the one
 * that comes closest; NULL if there is none. */
const struct ikw_conf_remote *
ikw_conf_phase1(struct ikw_arena *a, struct ikw_conf_trial *t,
                const struct ikw_conf_remote *ini,
                const struct ikw_conf_meet *ini_meet,
                const struct ikw_conf_meet *res);
/* The proposals alone, against one offer or several. */
const struct ikw_conf_remote *
ikw_conf_offers(struct ikw_arena *a, struct ikw_conf_trial *t,
                const struct ikw_conf_offer *offers, size_t noffers,
                const struct ikw_conf_meet *res);
/* Identities, certificates, logins. */
void ikw_conf_identity(struct ikw_arena *a, struct ikw_conf_trial *t,
                       const struct ikw_conf_remote *ini,
                       const struct ikw_conf_meet *ini_meet,
                       const struct ikw_conf_remote *res,
                       const struct ikw_conf_meet *res_meet);

/* A pair of selectors, local first, as the initiator sees it. */
struct ikw_conf_pair2 {
    struct ikw_selector src, dst;
    const struct ikw_conf_policy *policy; /* NULL: not known */
    struct ikw_conf_at at;
};
size_t ikw_conf_pairs(const struct ikw_conf_meet *ini,
                      struct ikw_conf_pair2 *out, size_t most);
void ikw_conf_phase2(struct ikw_arena *a, struct ikw_conf_trial *t,
                     const struct ikw_conf_pair2 *pair,
                     const struct ikw_conf_meet *ini,
                     const struct ikw_conf_remote *ini_rm,
                     const struct ikw_conf_meet *res,
                     const struct ikw_conf_remote *res_rm);
/* Adds that no section of `c` fits the pair, and which comes closest. */
void ikw_conf_no_section(struct ikw_arena *a, struct ikw_conf_trial *t,
                         const char *attr, const struct ikw_conf_pair2 *pair,
                         const struct ikw_config *c,
                         const struct ikw_conf_remote *rm, bool at_initiator);
/* Algorithms, PFS and lifetimes of two sections. */
void ikw_conf_bundle(struct ikw_arena *a, struct ikw_conf_trial *t,
                     const struct ikw_conf_sainfo *ini,
                     const struct ikw_conf_sainfo *res,
                     const struct ikw_conf_policy *ini_policy,
                     const struct ikw_conf_policy *res_policy,
                     const struct ikw_conf_remote *res_rm);
/* The section the search ends at; NULL: none. */
const struct ikw_conf_sainfo *
ikw_conf_sainfo_for(const struct ikw_config *c,
                    const struct ikw_selector *local,
                    const struct ikw_selector *remote, int64_t remote_id);
const struct ikw_conf_policy *
ikw_conf_policy_for(const struct ikw_config *c, const struct ikw_selector *src,
                    const struct ikw_selector *dst, char direction);
/* The section that comes closest, and the field that differs: a word of the
 * vocabulary, or NULL if there is no section at all. */
const struct ikw_conf_sainfo *
ikw_conf_nearest(const struct ikw_config *c, const struct ikw_selector *local,
                 const struct ikw_selector *remote, int64_t remote_id,
                 const char **field);

#endif
