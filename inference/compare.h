/* Two reports of nearly the same facts: what became of the verdicts. */
#ifndef IKW_INFERENCE_COMPARE_H
#define IKW_INFERENCE_COMPARE_H

#include "inference/report.h"

enum ikw_change_kind {
    IKW_CHANGE_GONE,
    IKW_CHANGE_NEW,
    IKW_CHANGE_MOVED, /* other certainty, score or count */
    IKW_CHANGE_SAME
};

struct ikw_change {
    enum ikw_change_kind kind;
    const struct ikw_verdict *before, *after; /* NULL where there is none */
};

/* One entry a verdict of either, in the order of `before`, then those that
 * are new. A verdict is known by its tunnel and its cause; several of one
 * cause on one tunnel in their order. Caller frees the list. */
struct ikw_change *ikw_report_compare(const struct ikw_report *before,
                                      const struct ikw_report *after,
                                      size_t *n);

#endif
