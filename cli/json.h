/* Parts of JSON output that more than one command has. */
#ifndef IKW_CLI_JSON_H
#define IKW_CLI_JSON_H

#include "cli/session.h"

#include <jansson.h>

/* The value as text, with JSON_INDENT or JSON_COMPACT, and a newline. False if
 * it cannot be encoded. */
bool ikw_json_dump(struct ikw_buf *out, const json_t *value, size_t flags);
/* Escaped; nothing where `text` is NULL. */
void ikw_json_text(json_t *o, const char *key, const char *text);
/* File, line, level and text of a line of a log. */
void ikw_json_line(json_t *o, const struct ikw_session *s,
                   const struct ikw_evidence *ev);
json_t *ikw_json_inputs(const struct ikw_session *s);
json_t *ikw_json_verdict(const struct ikw_session *s,
                         const struct ikw_verdict *v, bool with_proof);
json_t *ikw_json_verdicts(const struct ikw_session *s);

#endif
