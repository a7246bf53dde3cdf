/* Results of `case check` for machines. */
#ifndef IKW_CLI_CASE_RESULTS_H
#define IKW_CLI_CASE_RESULTS_H

#include "cli/cli.h"

struct ikw_case_result {
    const char *name; /* borrowed */
    bool ok;
    struct ikw_buf faults; /* lines; the owner releases it */
};
void ikw_case_results_tap(const struct ikw_case_result *r, size_t n,
                          struct ikw_buf *out);
void ikw_case_results_junit(const struct ikw_case_result *r, size_t n,
                            struct ikw_buf *out);

#endif
