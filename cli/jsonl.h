/*
 * Verdicts as objects of their own, with ids that stay: what diagnose
 * --format=jsonl, watch and merge have in common. docs/verdict.schema.json
 * says what they look like.
 */
#ifndef IKW_CLI_JSONL_H
#define IKW_CLI_JSONL_H

#include "cli/json.h"

#define IKW_JSONL_SCHEMA "ikewhy-verdict/1"

/* Makes an object of this event; `id` and `host` may be NULL. */
json_t *ikw_jsonl_event(const char *event, const char *id, const char *host);
/* Adds the verdict (of a report, or one of these objects) as an object of the
 * list. Its id is made of its cause, tunnel and first time; a second one that
 * would have the same gets a number. Borrows `verdict`. */
void ikw_jsonl_add(json_t *list, json_t *verdict, const char *host);
/* All verdicts of the session, best first. */
json_t *ikw_jsonl_verdicts(const struct ikw_session *s, const char *host);
/* The outcome of the whole. */
json_t *ikw_jsonl_outcome(const struct ikw_session *s, const char *host);
/* Appends it as a line. False if it cannot be encoded. */
bool ikw_jsonl_line(struct ikw_buf *out, const json_t *o);
/* Text of a key; "" if there is none. */
const char *ikw_json_word(const json_t *o, const char *key);

#endif
