/*
 * Rules and fact sets as a program for CLIPS (6.30 and later), which derives
 * and weighs what our engine does: a check of the engine by another one, and
 * a way out for who wants to reason over our knowledge elsewhere.
 */
#ifndef IKW_CLI_CLIPS_H
#define IKW_CLI_CLIPS_H

#include "cli/cli.h"
#include "facts/fact.h"

struct ikw_clips {
    const struct ikw_kb *kb;
    bool *derivable; /* by type index: some rule derives it; heap */
};

void ikw_clips_init(struct ikw_clips *c, const struct ikw_kb *kb);
void ikw_clips_release(struct ikw_clips *c);

/* Appends templates, functions and rules. False with a diagnostic for each
 * thing CLIPS cannot be told. */
bool ikw_clips_program(const struct ikw_clips *c, struct ikw_buf *out,
                       struct ikw_diags *ds);
/* Appends commands that load the set, run, and print what was derived. */
void ikw_clips_set(const struct ikw_clips *c, const struct ikw_fact_set *fs,
                   struct ikw_buf *out);

/* A number, a quoted text, or nil. */
void ikw_clips_value(struct ikw_buf *out, struct ikw_value v);

/* One rule (clips_rule.c). */
bool ikw_clips_rule(const struct ikw_clips *c, const struct ikw_rule *rule,
                    struct ikw_buf *out, struct ikw_diags *ds);

/* ikewhy kb export [FACTS...] */
int ikw_kb_export(const struct ikw_options *o);

#endif
