/* Offers that a log shows, tried on a configuration. */
#ifndef IKW_FACTS_CONFIG_OFFER_H
#define IKW_FACTS_CONFIG_OFFER_H

#include "facts/config/match.h"

/* One trial for every negotiation of that source whose offer was refused
 * here, as far as the log shows what was offered. */
void ikw_config_offers(struct ikw_arena *a, const struct ikw_fact_set *fs,
                       enum ikw_source source, const struct ikw_conf_meet *own,
                       struct ikw_conf_trials *out);

#endif
