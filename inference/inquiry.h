/*
 * Questions after the report: how, why, why not, what if.
 * A dossier keeps copies of the fact sets a report was made of, so that they
 * can be reasoned over again. An inquiry is one of them with its engine and
 * the problems in it.
 */
#ifndef IKW_INFERENCE_INQUIRY_H
#define IKW_INFERENCE_INQUIRY_H

#include "inference/report.h"
#include "inference/weigh.h"

/* ---- dossier ----------------------------------------------------------- */

struct ikw_dossier;

/* `max_facts`: facts kept in all; 0: 2000000. Borrows `kb`. Caller frees. */
struct ikw_dossier *ikw_dossier_new(const struct ikw_kb *kb, size_t max_facts);
void ikw_dossier_free(struct ikw_dossier *d);
/* Keeps a copy. False if that is too much: no later set is kept either, so
 * that set number n is the n-th that was added. */
bool ikw_dossier_add(struct ikw_dossier *d, const struct ikw_fact_set *fs);
size_t ikw_dossier_nsets(const struct ikw_dossier *d);
/* Sets that were not kept. */
size_t ikw_dossier_dropped(const struct ikw_dossier *d);
/* Borrowed. Facts may be added to it while no inquiry is open on it. */
struct ikw_fact_set *ikw_dossier_set(struct ikw_dossier *d, size_t i);
/* The rules made ready, shared by what is asked of the dossier. Borrowed. */
const struct ikw_program *ikw_dossier_program(struct ikw_dossier *d);
/* The report of all sets, as they are now. Caller frees it. */
struct ikw_report *ikw_dossier_report(struct ikw_dossier *d,
                                      const struct ikw_report_opts *o,
                                      struct ikw_diags *ds);

/* ---- inquiry ----------------------------------------------------------- */

struct ikw_inquiry;

/* Reasons over set `i`; NULL if there is none. With diagnostics if a limit
 * was hit. Caller closes; the dossier must outlive it. */
struct ikw_inquiry *ikw_inquiry_open(struct ikw_dossier *d, size_t i,
                                     struct ikw_diags *ds);
void ikw_inquiry_close(struct ikw_inquiry *q);
struct ikw_engine *ikw_inquiry_engine(struct ikw_inquiry *q);
struct ikw_fact_set *ikw_inquiry_set(struct ikw_inquiry *q);

/* A problem of the set, by time. */
struct ikw_question {
    int64_t subject;
    const char *kind; /* NULL: none given */
    bool symptom;     /* explained by that of `upstream` */
    int64_t upstream;
    uint32_t line; /* of its first evidence; 0: none */
    unsigned file;
    const struct ikw_contest *contest; /* empty for a symptom */
};
size_t ikw_inquiry_nquestions(const struct ikw_inquiry *q);
struct ikw_question ikw_inquiry_question(const struct ikw_inquiry *q, size_t i);
/* The one of that subject; false if it has no problem. */
bool ikw_inquiry_about(const struct ikw_inquiry *q, int64_t subject,
                       struct ikw_question *out);

/* ---- what rests on a line (rests.c) ------------------------------------ */

/* A conclusion that some fact of the line supports, directly or not. */
struct ikw_rest_on {
    const struct ikw_derivation *why;
    const struct ikw_fact *fact;     /* derived; NULL: a weight */
    const struct ikw_weight *weight; /* or NULL */
};
/* Is the line among the evidence of the fact: its first, its last? */
bool ikw_fact_at(const struct ikw_fact *f, unsigned file, uint32_t line);
/* Conclusions in the order of the engine, derived facts before weights. The
 * list lives until the inquiry is closed. */
size_t ikw_inquiry_rests_on(struct ikw_inquiry *q, unsigned file, uint32_t line,
                            struct ikw_rest_on **out);

#endif
