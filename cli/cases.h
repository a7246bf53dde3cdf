/* Where the cases of the course are, and the commands that need them. */
#ifndef IKW_CLI_CASES_H
#define IKW_CLI_CASES_H

#include "cases/case.h"
#include "cases/redact.h"
#include "cli/cli.h"

/* The folder: `given`, IKEWHY_CASES, or beside the knowledge base. */
void ikw_cases_find(const char *given, const char *kb_dir, struct ikw_buf *dir);

/* Knowledge base and cases. False after printing what is wrong; release in
 * any case. */
struct ikw_course {
    struct ikw_kb *kb;
    struct ikw_case_list cases;
    struct ikw_diags diags;
};
bool ikw_course_open(struct ikw_course *c, const struct ikw_options *o,
                     const char *cases_dir);
void ikw_course_close(struct ikw_course *c);

/* Reads a file, plain or compressed; "-" is standard input. */
bool ikw_slurp(const char *path, struct ikw_buf *out, struct ikw_diags *ds);
/* Tells of the words that a person should look at. */
void ikw_redact_tell_unsure(struct ikw_redactor *r);
/* As given, or by chance if it is below 0. */
uint64_t ikw_redact_seed(int64_t given);

/* case new: status for exit. */
int ikw_case_new(const struct ikw_options *o);

#endif
