/*
 * The picture of one negotiation as a ladder: two lanes, the initiator's on
 * the left, and what happened between them from top to bottom. Renderers draw
 * it; nothing here knows of text or SVG.
 */
#ifndef IKW_INFERENCE_LADDER_H
#define IKW_INFERENCE_LADDER_H

#include "facts/fact.h"

enum ikw_lane { IKW_LANE_LEFT, IKW_LANE_RIGHT }; /* initiator, responder */

enum ikw_step_kind {
    IKW_STEP_MESSAGE, /* from `lane` to the other */
    IKW_STEP_EVENT,   /* on `lane` */
    IKW_STEP_HIDDEN   /* messages there must be that this log does not show */
};

struct ikw_step {
    enum ikw_step_kind kind;
    enum ikw_lane lane;
    const char *text;
    bool implied;  /* not a line of its own: it follows from that line */
    bool lost;     /* the other side's log, which would show it, does not */
    bool evidence; /* the verdict stands on it */
    bool failing;  /* here it goes wrong */
    uint32_t count;
    enum ikw_source source; /* whose log says it */
    struct ikw_evidence first, last;
};

struct ikw_ladder_side {
    const char *address; /* NULL unknown */
    bool log;            /* there is a log of this side */
    bool ours;           /* it is the log that was given first */
    const char *holds;   /* outcome as this side has it; NULL unknown */
};

struct ikw_ladder {
    unsigned phase;                 /* 0 unknown */
    const char *exchange;           /* NULL unknown */
    bool roles_known;               /* else the peer's lane is the left one */
    struct ikw_ladder_side side[2]; /* by lane */
    struct ikw_step *steps;
    size_t nsteps;
    size_t dropped; /* beyond the limit */
};

#endif
