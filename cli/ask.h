/* What the commands that ask questions of a report share. */
#ifndef IKW_CLI_ASK_H
#define IKW_CLI_ASK_H

#include "cli/flow.h"
#include "cli/render.h"

/* Fills the page; false, after a complaint, if there is no answer. */
typedef bool (*ikw_answer_fn)(struct ikw_session *s,
                              const struct ikw_options *o,
                              struct ikw_page *page);
struct ikw_ask {
    struct ikw_report_opts report;
    bool keep_sets;
    const struct ikw_drops *drops;
    ikw_answer_fn answer;
};
/* Diagnoses what the options name, has it answered and shows the answer.
 * Exit status. */
int ikw_ask(const struct ikw_options *o, const struct ikw_ask *ask);
/* The options without their first operand. Shares all memory. */
struct ikw_options ikw_without_operand(const struct ikw_options *o);

/* Verdict `n` from 1; NULL after a complaint if there is none. */
const struct ikw_verdict *ikw_ask_verdict(const struct ikw_session *s,
                                          unsigned n);
/* The set a verdict was found in, with its engine run; NULL after a complaint
 * if it was not kept. */
struct ikw_inquiry *ikw_ask_inquiry(struct ikw_session *s,
                                    const struct ikw_verdict *v);
/* A cause by id; NULL after a complaint, with the nearest names. */
const struct ikw_cause *ikw_ask_cause(const struct ikw_kb *kb, const char *id);

/* ---- shared by the answers ---------------------------------------------- */

/* "input.log:12", escaped */
void ikw_add_place(struct ikw_buf *out, const struct ikw_page *page,
                   const struct ikw_session *s, const struct ikw_evidence *ev);
/* Line of a log after its place, wrapped between prefixes. */
void ikw_show_line(struct ikw_page *page, const struct ikw_session *s,
                   const char *first, const char *next,
                   const struct ikw_evidence *first_ev, uint32_t count,
                   const struct ikw_evidence *last_ev);
/* Title, certainty, id, tunnel: the head of an answer about a verdict. */
void ikw_show_head(struct ikw_page *page, const struct ikw_session *s,
                   const struct ikw_verdict *v);
/* Whose it is: the tunnel, or the daemon. */
void ikw_add_whose(struct ikw_buf *out, const struct ikw_verdict *v);
/* "+20" or "-3" */
void ikw_add_db(struct ikw_buf *out, int db);
/* "verdict 2 of 5", from 1 */
size_t ikw_verdict_number(const struct ikw_session *s,
                          const struct ikw_verdict *v);

/* ---- renderers of a verdict's parts ------------------------------------- */

/* The proof as a tree; `depth` 0: all of it. */
void ikw_render_proof(struct ikw_page *page, const struct ikw_session *s,
                      const struct ikw_verdict *v, unsigned depth);
void ikw_render_bill(struct ikw_page *page, const struct ikw_session *s,
                     const struct ikw_verdict *v);
void ikw_render_ladder(struct ikw_page *page, const struct ikw_session *s,
                       const struct ikw_verdict *v);

#endif
