/*
 * What input may cost. A run has one table: how much of each thing is taken,
 * and of which there was more. Whoever bounds a loop asks the table, and
 * notes there what was cut; whoever tells the answer tells that, too.
 */
#ifndef IKW_BASE_LIMITS_H
#define IKW_BASE_LIMITS_H

#include "base/slice.h"

enum ikw_limit {
#define IKW_LIMIT(id, name, normal, least, most, of, rest) IKW_LIMIT_##id,
#include "base/limits.def"
#undef IKW_LIMIT
    IKW_LIMIT_COUNT
};

struct ikw_limit_row {
    const char *name;
    uint64_t normal, least, most; /* default, and what may be set */
    const char *of, *rest;
};

struct ikw_limits {
    uint64_t most[IKW_LIMIT_COUNT];
    bool cut[IKW_LIMIT_COUNT]; /* there was more */
};

const struct ikw_limit_row *ikw_limit_row(enum ikw_limit id);
/* All of them at their defaults, nothing cut. */
void ikw_limits_init(struct ikw_limits *l);
/* "name=number", the number with k, M or G (1024 each) behind it or without.
 * False, with what is wrong with it in `why`. */
bool ikw_limits_set(struct ikw_limits *l, const char *setting,
                    struct ikw_buf *why);
/* `l` may be NULL in these two: the default, and nobody to tell. */
uint64_t ikw_limit_most(const struct ikw_limits *l, enum ikw_limit id);
void ikw_limit_cut(struct ikw_limits *l, enum ikw_limit id);
/* Notes it and returns true if there are `n` or more already. */
bool ikw_limit_full(struct ikw_limits *l, enum ikw_limit id, uint64_t n);
/* What was cut, in one sentence, and how to have more; false if nothing was.
 */
bool ikw_limit_words(const struct ikw_limits *l, enum ikw_limit id,
                     struct ikw_buf *out);

#endif
