/* Where the cases of the course are, and the commands that need them. */
#ifndef IKW_CLI_CASES_H
#define IKW_CLI_CASES_H

#include "cases/case.h"
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

/* Reads and redacts a log, tells what a person should look at. False if it
 * cannot be read or no longer says the same. A seed below 0: by chance. */
bool ikw_redact_file(const struct ikw_kb *kb, const char *path, int64_t seed,
                     struct ikw_buf *out);

#endif
