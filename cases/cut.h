/*
 * One tunnel out of a log: the lines between its first and its last, without
 * those that name the peer of another tunnel or that its facts stand on.
 */
#ifndef IKW_CASES_CUT_H
#define IKW_CASES_CUT_H

#include "inference/report.h"

struct ikw_cut {
    struct ikw_buf text;
    uint32_t *lines; /* line n of the text was line lines[n - 1] */
    uint32_t n;
};

/* Tunnel `number` from 1, as diagnose counts them. False with the reason if
 * there is none, or if the lines alone do not give the same verdicts on
 * the same lines. Release in any case. */
bool ikw_cut_tunnel(const struct ikw_kb *kb, struct ikw_slice log,
                    unsigned number, struct ikw_cut *cut,
                    struct ikw_buf *why_not);
void ikw_cut_release(struct ikw_cut *cut);

#endif
