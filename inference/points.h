/*
 * Where knowledge leads without a log: the causes that the facts of a message
 * can speak for, through the rules that read them.
 */
#ifndef IKW_INFERENCE_POINTS_H
#define IKW_INFERENCE_POINTS_H

#include "kb/kb.h"

struct ikw_pointer {
    const struct ikw_cause *cause;
    const struct ikw_rule *rule; /* the strongest; NULL: the message says so */
    int db;                      /* of it; a gate counts as 100 */
};

enum { IKW_POINTERS_MAX = 64 };

/* The message's own first, then by strength and id. */
size_t ikw_message_points(const struct ikw_kb *kb, const struct ikw_message *m,
                          struct ikw_pointer out[IKW_POINTERS_MAX]);
/* Could a fact that the message yields satisfy the condition? */
bool ikw_emit_fits(const struct ikw_emit *e, const struct ikw_pattern *p);
/* Could the conclusion? */
bool ikw_then_fits(const struct ikw_then *t, const struct ikw_pattern *p);

#endif
