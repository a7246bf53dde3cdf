/*
 * The life of a tunnel over the time of the log: when it was tried, up,
 * renewed. However long the log, a timeline is small: once it is full, equal
 * marks that lie close together become one with a count.
 */
#ifndef IKW_INFERENCE_TIMELINE_H
#define IKW_INFERENCE_TIMELINE_H

#include "facts/fact.h"

enum ikw_mark_kind {
    IKW_MARK_FAILED,  /* an attempt that came to nothing */
    IKW_MARK_DONE,    /* an attempt that came up */
    IKW_MARK_OPEN,    /* one that was still under way */
    IKW_MARK_EXPIRED, /* an SA reached the end of its life */
    IKW_MARK_REMOVED, /* an SA was removed before that */
    IKW_MARK_REKEY,
    IKW_MARK_KINDS
};

struct ikw_mark {
    enum ikw_mark_kind kind;
    unsigned phase; /* 0 unknown */
    int64_t from_ms, to_ms;
    unsigned file;
    uint32_t line; /* of the first */
    uint32_t count;
};

/* A time with at least one IPsec SA. */
struct ikw_up {
    int64_t from_ms, to_ms; /* to: IKW_NO_TIME if it was never seen to end */
};

enum { IKW_MARKS_MAX = 96, IKW_UPS_MAX = 48 };

struct ikw_timeline {
    struct ikw_mark *marks; /* by time */
    size_t nmarks;
    struct ikw_up *ups;
    size_t nups;
};

#endif
