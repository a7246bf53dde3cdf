/* Shared by the parsers of facts/config/. */
#ifndef IKW_FACTS_CONFIG_INTERNAL_H
#define IKW_FACTS_CONFIG_INTERNAL_H

#include "facts/config/tree.h"

/* One text being read into a configuration. */
struct ikw_conf_read {
    struct ikw_config *c;
    const struct ikw_conf_text *text;
    const struct ikw_conf_includer *inc;
    struct ikw_diags *ds;
    struct ikw_arena *scratch; /* trees */
    unsigned depth;            /* of includes */
    bool secrets;              /* a word here may be one */
    /* the section in hand */
    struct ikw_conf_remote *remote;
    struct ikw_conf_proposal *proposal;
    struct ikw_conf_sainfo *sainfo;
};

/* A directive: how many words follow its name, whether it has a block, and
 * what takes it (NULL: it is only checked). */
struct ikw_conf_row {
    const char *name;
    unsigned least, most;
    char block; /* 'n' never, 'y' always, 'm' either */
    void (*take)(struct ikw_conf_read *r, struct ikw_conf_node *n, int arg);
    int arg;
};

/* Takes all statements of a block by a table that ends in a NULL name. */
void ikw_conf_take(struct ikw_conf_read *r, struct ikw_conf_node *block,
                   const struct ikw_conf_row *rows);
/* Diagnostics at a statement; always false. */
bool ikw_conf_fault(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                    const char *what);
/* The same where it costs a section: what is missing may be in it. */
void ikw_conf_dropped(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                      const char *what);
struct ikw_conf_at ikw_conf_at(struct ikw_conf_read *r,
                               const struct ikw_conf_node *n);
char *ikw_conf_dup(struct ikw_conf_read *r, struct ikw_slice s);
/* The text of a buffer, which is released, in the configuration's arena. */
const char *ikw_conf_keep(struct ikw_arena *a, struct ikw_buf *b);

/* "3600 sec", "1 hour" from word i on, in seconds. */
bool ikw_conf_time(const struct ikw_conf_node *n, size_t i, int64_t *seconds);
/* Word i as an algorithm, with a key length in word i + 1 or none. A wrong
 * one is a diagnostic and false. */
bool ikw_conf_alg(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                  size_t i, enum ikw_alg_class c, struct ikw_conf_alg *out);
/* An identifier from word i on; NULL, with a diagnostic, if it is none. */
struct ikw_conf_id *ikw_conf_id(struct ikw_conf_read *r,
                                const struct ikw_conf_node *n, size_t i);

/* ---- building the model ------------------------------------------------ */

struct ikw_conf_remote *ikw_conf_remote_new(struct ikw_config *c);
void ikw_conf_remote_add(struct ikw_config *c, struct ikw_conf_remote *rm);
void ikw_conf_proposal_add(struct ikw_conf_remote *rm,
                           struct ikw_conf_proposal *p);
void ikw_conf_id_add(struct ikw_conf_id **list, struct ikw_conf_id *id);
struct ikw_conf_sainfo *ikw_conf_sainfo_new(struct ikw_config *c);
/* In the order of the search: more exact sections first. */
void ikw_conf_sainfo_add(struct ikw_config *c, struct ikw_conf_sainfo *sa);
void ikw_conf_policy_add(struct ikw_config *c, struct ikw_conf_policy *p);
void ikw_conf_own_add(struct ikw_config *c, const struct ikw_addr *a);
void ikw_conf_set_word(struct ikw_conf_setting *s, const char *word,
                       struct ikw_conf_at at);
void ikw_conf_set_number(struct ikw_conf_setting *s, int64_t number,
                         struct ikw_conf_at at);

/* ---- the languages ----------------------------------------------------- */

void ikw_racoon_read(struct ikw_conf_read *r);
bool ikw_racoon_top(struct ikw_slice word);
void ikw_racoon_remote(struct ikw_conf_read *r, struct ikw_conf_node *n,
                       int arg);
void ikw_racoon_sainfo(struct ikw_conf_read *r, struct ikw_conf_node *n,
                       int arg);
void ikw_setkey_read(struct ikw_conf_read *r);
void ikw_tmsh_read(struct ikw_conf_read *r);
void ikw_swanctl_read(struct ikw_conf_read *r);
void ikw_tmsh_finish(struct ikw_config *c);

#endif
