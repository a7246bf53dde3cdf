/* Renderers: a session with its report in, text out. */
#ifndef IKW_CLI_RENDER_H
#define IKW_CLI_RENDER_H

#include "cli/session.h"
#include "cli/when.h"

/* For a person: verdicts first, then what remains to be said. */
void ikw_render_text(struct ikw_page *page, const struct ikw_session *s);
/* One line a tunnel. */
void ikw_render_brief(struct ikw_page *page, const struct ikw_session *s);
/* The report of docs/report.schema.json. False if it cannot be encoded. */
bool ikw_render_json(struct ikw_buf *out, const struct ikw_session *s);
/* One object a verdict, each on a line: docs/verdict.schema.json. `host` may
 * be NULL. False if it cannot be encoded. */
bool ikw_render_jsonl(struct ikw_buf *out, const struct ikw_session *s,
                      const char *host);

/* One verdict in full, as part of the text. */
void ikw_render_verdict(struct ikw_page *page, const struct ikw_session *s,
                        const struct ikw_verdict *v);

/* Another of the same cause as number `like`, from 1: what is told there is not
 * told again. */
void ikw_render_verdict_again(struct ikw_page *page,
                              const struct ikw_session *s,
                              const struct ikw_verdict *v, size_t like);

/* ---- shared by text and brief ------------------------------------------ */

/* "198.51.100.1 <-> 192.0.2.1", with a name if there is one; `any` of them
 * may be NULL. Not escaped. */
void ikw_tunnel_words(struct ikw_buf *out, const char *local, const char *peer,
                      const char *name);
/* Whose the verdict is, where no address is known. */
const char *ikw_nobody_words(const struct ikw_verdict *v);
/* Word and colour that a verdict opens with. */
const char *ikw_verdict_label(const struct ikw_verdict *v,
                              enum ikw_style *style);
const char *ikw_outcome_label(enum ikw_outcome o, enum ikw_style *style);
/* What to say where there is no verdict to open with. */
const char *ikw_outcome_says(const struct ikw_session *s);
/* The outcome as a heading: its label and what it says. */
void ikw_show_outcome(struct ikw_page *page, const struct ikw_session *s);
/* An absence as a person would say it; NULL if it says nothing to a reader:
 * what no rule concluded, and what has no words. */
const char *ikw_absence_says(const struct ikw_session *s,
                             const struct ikw_absence *a);
/* What a node that stands for an absence opens with. */
const char *ikw_absent_lead(const struct ikw_session *s,
                            const struct ikw_proof *p);
/* "error"; NULL for none */
const char *ikw_level_word(enum ikw_level level);
/* A line of a log as evidence, with its level. Not escaped. */
void ikw_line_words(struct ikw_buf *out, const struct ikw_evidence *ev);
/* True if the log's stamps have no year and none was given. */
bool ikw_no_year(const struct ikw_session *s, int64_t t_ms);

#endif
