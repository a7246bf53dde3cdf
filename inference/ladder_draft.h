/*
 * A ladder in the making. Shared by inference/ladder*.c.
 */
#ifndef IKW_INFERENCE_LADDER_DRAFT_H
#define IKW_INFERENCE_LADDER_DRAFT_H

#include "inference/builder.h"

enum { IKW_LADDER_IDS = 8 };

/* A step while it is gathered. */
struct ikw_ladder_item {
    struct ikw_step step;
    const struct ikw_fact *fact;
    unsigned order; /* among those of one line */
    int db;         /* of the evidence */
    bool gone;
    size_t waits_for; /* 1 + the step that must come before it; 0: none */
};

struct ikw_ladder_draft {
    const struct ikw_scene *scene;
    const struct ikw_problem *problem;
    const struct ikw_sight *sights;
    size_t nsights;
    struct ikw_arena *arena;
    const struct ikw_fact
        *of[IKW_LADDER_IDS]; /* the negotiation, by both logs */
    size_t nof;
    enum ikw_source teller; /* whose log tells of it */
    enum ikw_lane lane;     /* of the teller */
    bool packets;           /* some message is seen */
    struct ikw_ladder_item *v;
    size_t n, cap;
};

/* Brings the steps into order: by time and line, and where both logs tell of
 * one message, nothing that came of it stands before it. What one sent and
 * the other got becomes one step. */
void ikw_ladder_order(struct ikw_ladder_draft *d);
/* Drops what is gone, keeps the order. */
void ikw_ladder_tidy(struct ikw_ladder_draft *d);

#endif
