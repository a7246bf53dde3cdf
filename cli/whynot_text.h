/* Why a rule does not fire, in words. Shared by why-not and why --rather-than.
 */
#ifndef IKW_CLI_WHYNOT_TEXT_H
#define IKW_CLI_WHYNOT_TEXT_H

#include "cli/ask.h"

/* Missing conclusions that were followed to the rules below them. */
struct ikw_followed {
    struct {
        char *what; /* as it was said */
        unsigned level;
    } * v;
    size_t n, cap;
};
void ikw_followed_clear(struct ikw_followed *f);

struct ikw_whynot_view {
    struct ikw_page *page;
    const struct ikw_session *session;
    struct ikw_inquiry *inquiry;
    int64_t subject;               /* -1: any */
    struct ikw_followed *followed; /* so that none is followed twice; or NULL */
};

/* The rule's head, what of it holds, and the first condition that fails. A
 * condition that other rules conclude is followed to them. */
void ikw_show_whynot(const struct ikw_whynot_view *view,
                     const struct ikw_rule *rule, const char *head);
/* How far it is from firing: conditions that hold. UINT_MAX: it fires. `miss`,
 * if not NULL: some fact comes near to the condition that fails. */
unsigned ikw_whynot_progress(const struct ikw_whynot_view *view,
                             const struct ikw_rule *rule, bool *miss);

/* What a rule would do for a cause; NULL if nothing. */
const struct ikw_then *ikw_rule_for(const struct ikw_rule *rule,
                                    const struct ikw_cause *cause,
                                    bool against);
/* "+20 dB", "sufficient", "rules it out" */
void ikw_add_then(struct ikw_buf *out, const struct ikw_then *then);

/* True if the rule cannot fire because no configuration was given. */
bool ikw_whynot_wants_config(const struct ikw_whynot_view *view,
                             const struct ikw_rule *rule);

#endif
