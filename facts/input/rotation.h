/*
 * Names of rotated logs: racoon.log, racoon.log.1, racoon.log.2.gz, and
 * racoon.log-20260114.xz.
 */
#ifndef IKW_FACTS_INPUT_ROTATION_H
#define IKW_FACTS_INPUT_ROTATION_H

#include "base/slice.h"

struct ikw_rotated {
    struct ikw_slice stem; /* the name without what rotation added */
    int64_t number;        /* 0: none; the higher the older */
    int64_t date;          /* as a number, 20260114; 0: none */
};

/* Slices of `name`. */
struct ikw_rotated ikw_rotated_parse(const char *name);
/* Less than 0 if `a` is older by its name. */
int ikw_rotated_cmp(const struct ikw_rotated *a, const struct ikw_rotated *b);

#endif
