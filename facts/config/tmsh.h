/* Shared by the two halves that read listings of a BIG-IP. */
#ifndef IKW_FACTS_CONFIG_TMSH_H
#define IKW_FACTS_CONFIG_TMSH_H

#include "facts/config/internal.h"

/* "/Common/site" and "site" are one. */
const char *ikw_tmsh_name(struct ikw_conf_read *r, struct ikw_slice s);
/* Value of a property: the next word, or the first of its block. */
struct ikw_slice ikw_tmsh_value(const struct ikw_conf_node *n);
void ikw_tmsh_minutes(struct ikw_conf_read *r, struct ikw_conf_node *n,
                      struct ikw_conf_setting *s);

void ikw_tmsh_peer(struct ikw_conf_read *r, struct ikw_conf_node *n);

#endif
