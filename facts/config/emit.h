/* Configurations as facts for the rules. */
#ifndef IKW_FACTS_CONFIG_EMIT_H
#define IKW_FACTS_CONFIG_EMIT_H

#include "facts/config/compare.h"

/* The gateways whose configurations are known: this one, and any number that
 * may be the other. */
struct ikw_conf_known {
    const struct ikw_config *local; /* NULL: none */
    const struct ikw_config *const *peers;
    size_t npeers;
};

/* Adds to the facts of a tunnel what the configurations say of it: trials of
 * both directions, and of every refused offer that the log shows. Nothing
 * for a set without negotiations. */
void ikw_config_facts(struct ikw_fact_set *fs,
                      const struct ikw_conf_known *known);
/* Two configurations alone: every trial is a subject of its own, from 1 on.
 * `trials` may be NULL; its texts live in the set's arena. */
void ikw_config_paper(struct ikw_fact_set *fs, const struct ikw_config *local,
                      const struct ikw_config *peer,
                      struct ikw_conf_trials *trials);

#endif
