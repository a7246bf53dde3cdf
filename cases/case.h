/*
 * Case files: a ticket, the logs that belong to it, and what is true. A case
 * teaches (cases/tutor.h) and tests the knowledge base (ikw_case_check).
 * The form is described in cases/README.md and by kb/schema/case.xsd.
 */
#ifndef IKW_CASES_CASE_H
#define IKW_CASES_CASE_H

#include "base/diag.h"
#include "inference/report.h"

enum { IKW_CASE_FILES = 8 };

/* A log or a configuration. What costs nothing is at hand from the start. */
struct ikw_case_file {
    const char *name; /* in the case's folder */
    const char *title;
    bool config, peer;
    int cost;
    int replaces; /* the same log at a lower level, or -1 */
    struct ikw_pos pos;
};

/* Lines `from` to `to` of a file say one thing; any of them will do. */
struct ikw_case_line {
    unsigned file; /* index into files */
    uint32_t from, to;
    const char *says; /* must stand in every line of the range */
    bool engine;      /* the verdict must rest on it */
    struct ikw_pos pos;
};

struct ikw_case_causes {
    const char **ids;
    size_t n;
};

struct ikw_case_verdict {
    const char *cause;
    const char *at_least, *at_most; /* bands; NULL: any */
    struct ikw_case_causes same;    /* names that are equally right */
    struct ikw_case_causes open;    /* these logs cannot exclude them */
    struct ikw_pos pos;
};

/* A rival that can be ruled out, and by what. */
struct ikw_case_rival {
    const char *cause;
    struct ikw_case_line line;
    const char *why;
};

/* What is true as far as the logs at hand can show it. */
struct ikw_case_expect {
    bool all;        /* given every log, not only those at hand */
    const char *gap; /* known to fail, and why; NULL: none */
    const char *outcome;
    struct ikw_case_verdict *verdicts; /* the first leads */
    size_t nverdicts;
    struct ikw_case_causes never;
    struct ikw_case_causes notes; /* no faults, but worth telling */
    struct ikw_case_line *lines;
    size_t nlines;
    struct ikw_case_rival *rivals;
    size_t nrivals;
    struct ikw_pos pos;
};

struct ikw_case_choice {
    const char *text;
    const char *why; /* NULL: the right one */
};

enum { IKW_CASE_CHOICES = 6 };

struct ikw_case_question {
    const char *about; /* role, phase, line, cause, reading, step, who */
    const char *ask;
    struct ikw_case_choice choices[IKW_CASE_CHOICES];
    size_t nchoices;
    unsigned right;
    struct ikw_pos pos;
};

struct ikw_case {
    struct ikw_arena arena;
    const char *id;  /* the folder's name */
    const char *dir; /* its path */
    int lesson, difficulty, minutes;
    bool capstone;
    const char *title, *ticket;
    const char *role, *setting;
    struct ikw_case_file files[IKW_CASE_FILES];
    size_t nfiles;
    struct ikw_case_expect *expects; /* one or two */
    size_t nexpects;
    struct ikw_case_question *questions;
    size_t nquestions;
    const char **hints; /* vague first */
    size_t nhints;
    const char **references;
    size_t nreferences;
    const char *expert;             /* NULL: none */
    const char *origin, *origin_of; /* kind; where from */
    struct ikw_pos pos;
};

/* Loads DIR/case.xml and validates it against the schema beside the
 * knowledge base. NULL with diagnostics. Caller frees. */
struct ikw_case *ikw_case_load(const struct ikw_kb *kb, const char *dir,
                               struct ikw_diags *ds);
void ikw_case_free(struct ikw_case *c);

/* The expectation for what is at hand: the one for all logs if `all` and
 * there is one, else the other. */
const struct ikw_case_expect *ikw_case_expected(const struct ikw_case *c,
                                                bool all);
/* What the case teaches: the leading cause; where there is no verdict, the
 * note, or the outcome's name. */
const char *ikw_case_subject(const struct ikw_case *c);
bool ikw_case_has(const struct ikw_case_causes *set, const char *id);

/* A folder of cases: all subfolders that hold a case.xml, sorted by lesson,
 * difficulty and name. A folder that is itself a case is a list of one.
 * Cases that cannot be loaded are left out, with diagnostics. */
struct ikw_case_list {
    struct ikw_case **v;
    size_t n, cap;
};
void ikw_case_list_load(struct ikw_case_list *l, const struct ikw_kb *kb,
                        const char *dir, struct ikw_diags *ds);
void ikw_case_list_release(struct ikw_case_list *l);
/* By folder name or by its number; NULL if there is none, or two. */
const struct ikw_case *ikw_case_list_find(const struct ikw_case_list *l,
                                          const char *name);

/* ---- the logs of a case ------------------------------------------------ */

/* One file as lines, without their ends. */
struct ikw_case_text {
    struct ikw_buf bytes;
    struct ikw_slice *lines;
    uint32_t n;
};
bool ikw_case_text_read(struct ikw_case_text *t, const struct ikw_case *c,
                        unsigned file, struct ikw_diags *ds);
void ikw_case_text_release(struct ikw_case_text *t);

/* Fact sets of the files in `files` (a bit each; configurations are left
 * out), one after the other. Evidence carries the index of the file. */
bool ikw_case_facts(const struct ikw_kb *kb, const struct ikw_case *c,
                    unsigned files, ikw_fact_set_fn each, void *arg,
                    struct ikw_diags *ds);
/* Diagnoses them. Caller frees. NULL with diagnostics. */
struct ikw_report *ikw_case_diagnose(const struct ikw_kb *kb,
                                     const struct ikw_case *c, unsigned files,
                                     struct ikw_diags *ds);
/* The logs at hand from the start, or all. */
unsigned ikw_case_logs(const struct ikw_case *c, bool all);
/* Without configurations and without what another of `files` replaces. */
unsigned ikw_case_readable(const struct ikw_case *c, unsigned files);

/* ---- check (case_check.c) ---------------------------------------------- */

/* Whether the case is sound and the knowledge base finds what is true. An
 * expectation with a known gap must fail: one that holds is a fault too. */
bool ikw_case_check(const struct ikw_kb *kb, const struct ikw_case *c,
                    struct ikw_diags *ds);

#endif
