/* A capture and one fact set, while they are joined. */
#ifndef IKW_FACTS_WIRE_JOINING_H
#define IKW_FACTS_WIRE_JOINING_H

#include "facts/wire/join.h"

enum { WIRE_OFFSETS = 256, WIRE_COOKIES = 4096 };

struct ikw_wire_join {
    const struct ikw_wire *w;
    const struct ikw_wire_packet **sorted; /* by cookie, then as they came */
    unsigned file;
    enum ikw_source side;
    int64_t offsets[WIRE_OFFSETS];
    size_t noffsets;
    uint8_t (*found)[8]; /* cookies that were joined */
    size_t nfound, found_cap;
    unsigned as_said, turned; /* packets that tell where it was taken */
};

/* A negotiation of the set, whichever log tells of it. */
struct known {
    int64_t id, phase, parent;
    const char *roles[2]; /* by source; NULL: that log does not tell */
    const char *local[2], *peer[2];
    bool has_cookie, has_rcookie, has_msgid;
    uint8_t icookie[8], rcookie[8];
    uint32_t msgid;
    int64_t from_ms, to_ms;

    /* what the capture has of it */
    const struct ikw_wire_packet **packets;
    size_t npackets, cap;
    bool ends_known;
    struct ikw_addr initiator, responder;
};

struct joining {
    struct ikw_wire_join *j;
    struct ikw_fact_set *fs;
    struct known *v;
    size_t n, cap;
    enum ikw_source side; /* where the capture was taken */
    int64_t offset_ms;
    bool clock_known, clock_sure;
};

/* Finds the packets of each negotiation. False if there is none. */
bool ikw_wire_match(struct joining *g);
/* The packets with that cookie: how many from *first on. */
size_t ikw_wire_with_cookie(const struct ikw_wire_join *j,
                            const uint8_t cookie[8],
                            const struct ikw_wire_packet *const **first);
/* 1 sent by the gateway the capture is of, 0 received, -1 not known. */
int ikw_wire_outward(const struct joining *g, const struct known *k,
                     const struct ikw_wire_packet *p);
/* The gateway the capture is of began it: 1, 0, -1 not known. */
int ikw_wire_began(const struct joining *g, const struct known *k);
int64_t ikw_wire_shifted(const struct joining *g, int64_t t_ms);
/* The facts of what was matched. */
void ikw_wire_emit(struct joining *g);

#endif
