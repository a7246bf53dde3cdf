/* Why a rule does not fire, as docs/why-not.schema.json has it. */
#ifndef IKW_CLI_WHYNOT_JSON_H
#define IKW_CLI_WHYNOT_JSON_H

#include "cli/whynot_text.h"

#include <jansson.h>

/* How the cause stands beside the verdict. `v` and `c` may be NULL: there is
 * no verdict, nothing speaks for the cause. The caller owns the object. */
json_t *ikw_whynot_head_json(const struct ikw_session *s,
                             const struct ikw_cause *cause,
                             const struct ikw_verdict *v,
                             const struct ikw_candidate *c);
/* What `then` of the rule would do, what of the rule holds, and the first
 * condition that fails. `set`: number of the fact set that is asked, from 0.
 * The caller owns the object. */
json_t *ikw_whynot_rule_json(const struct ikw_whynot_view *view,
                             const struct ikw_rule *rule,
                             const struct ikw_then *then, size_t set);

#endif
