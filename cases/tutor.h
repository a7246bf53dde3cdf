/*
 * One session with one case, as a machine without input or output: a line of
 * the trainee in, text for the trainee out. The same lines give the same
 * session, so a journal of the lines is all that has to be kept.
 *
 * Hypotheses are judged by the engine over the facts whose lines the trainee
 * has seen. While something at hand was not looked at, nothing is refuted by
 * an absence.
 */
#ifndef IKW_CASES_TUTOR_H
#define IKW_CASES_TUTOR_H

#include "cases/case.h"

enum ikw_tutor_stage {
    IKW_TUTOR_LOOK,     /* until a hypothesis stands */
    IKW_TUTOR_EVIDENCE, /* which lines say so */
    IKW_TUTOR_SURE,
    IKW_TUTOR_RIVAL,
    IKW_TUTOR_QUESTIONS,
    IKW_TUTOR_DONE
};

struct ikw_tutor_score {
    int cause, evidence, rival, step; /* of 40, 25, 15, 20 */
    int costs;                        /* hints, evidence bought, guesses */
    int total;
};

/* A line that the trainee names. */
struct ikw_tutor_line_no {
    unsigned file;
    uint32_t line;
};

enum { IKW_TUTOR_NAMED = 64 };

struct ikw_tutor {
    const struct ikw_kb *kb;
    const struct ikw_case *c;
    struct ikw_case_text texts[IKW_CASE_FILES];
    uint8_t *seen[IKW_CASE_FILES]; /* one byte a line */
    unsigned released;             /* files, a bit each */
    enum ikw_tutor_stage stage;
    unsigned question;
    unsigned hints, wrong, right_answers;
    int bought; /* points */
    int sure;   /* percent; 0: not asked yet */
    char guess[64];
    struct ikw_tutor_line_no named[IKW_TUTOR_NAMED]; /* as evidence */
    size_t nnamed;
    struct ikw_buf wrong_guesses; /* with blanks between */
    struct ikw_tutor_score score;
    struct ikw_diags diags;
};

/* False with diagnostics (in t->diags) if a log cannot be read. Borrows both.
 * Release in any case. */
bool ikw_tutor_init(struct ikw_tutor *t, const struct ikw_kb *kb,
                    const struct ikw_case *c);
void ikw_tutor_release(struct ikw_tutor *t);

/* The ticket and what is at hand. Text is not escaped. */
void ikw_tutor_open(const struct ikw_tutor *t, struct ikw_buf *out);
/* What is asked for now: "train> " or a question's prompt. */
const char *ikw_tutor_prompt(const struct ikw_tutor *t);
/* Takes one line. False if the session is over (done, or "quit"). */
bool ikw_tutor_line(struct ikw_tutor *t, const char *line, struct ikw_buf *out);

/* ---- judging (tutor_judge.c) ------------------------------------------- */

enum ikw_judgement {
    IKW_JUDGE_NO_CAUSE,     /* no such name */
    IKW_JUDGE_CONTRADICTED, /* by `line` */
    IKW_JUDGE_UNSUPPORTED,
    IKW_JUDGE_CONSISTENT
};

struct ikw_judged {
    enum ikw_judgement what;
    unsigned file;
    uint32_t line;      /* 0: none to name */
    struct ikw_buf why; /* the rule's sentence; release it */
    bool all_seen;
};
/* Over the facts seen. */
void ikw_tutor_judge(struct ikw_tutor *t, const char *cause,
                     struct ikw_judged *j);
/* Whether the engine rules `cause` out by what is at hand, and whether that
 * line is among the reasons (line 0: any). */
bool ikw_tutor_ruled_out(struct ikw_tutor *t, const char *cause, unsigned file,
                         uint32_t line, struct ikw_judged *j);

/* ---- scoring (tutor_score.c) ------------------------------------------- */

/* "4 5", "our.log:4-7 peer.log:3": at most `max`; the first log at hand where
 * no file is named. */
size_t ikw_tutor_lines(const struct ikw_tutor *t, const char *words,
                       struct ikw_tutor_line_no *out, size_t max);
const struct ikw_case_expect *ikw_tutor_expect(const struct ikw_tutor *t);
/* 40 for the truth or its equals, 30 for what these logs cannot exclude. */
int ikw_tutor_score_cause(const struct ikw_tutor *t, const char *guess);
/* 25 times F1 against the chain. */
int ikw_tutor_score_evidence(const struct ikw_tutor *t,
                             const struct ikw_tutor_line_no *lines, size_t n);
void ikw_tutor_close(struct ikw_tutor *t, struct ikw_buf *out);

#endif
