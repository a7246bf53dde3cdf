/*
 * Packets as a debug log dumps them, read like a capture: who sent it, what
 * it is, whether it was sent before. What the line above the dump leaves out
 * is filled in from the packets before it.
 */
#ifndef IKW_FACTS_DUMP_H
#define IKW_FACTS_DUMP_H

#include "facts/packet/isakmp.h"

struct ikw_endpoint {
    char ip[64];  /* empty: unknown */
    int64_t port; /* -1: unknown */
};

/* As the log has it. Borrowed for the call. */
struct ikw_dump {
    unsigned file; /* input number */
    uint32_t line; /* that announces it */
    int64_t t_ms;  /* IKW_NO_TIME */
    bool out;      /* sent by the daemon that wrote the log */
    struct ikw_endpoint from, to;
    int64_t size;  /* as the line says, -1: it does not */
    int64_t times; /* sent so often; 1 at least */
    struct ikw_slice bytes;
};

enum ikw_datagram_kind {
    IKW_DATAGRAM_IKE,
    IKW_DATAGRAM_KEEPALIVE,
    IKW_DATAGRAM_OTHER
};

/* Read. `payload` points into the dump. */
struct ikw_datagram {
    enum ikw_datagram_kind kind;
    unsigned file, times;
    uint32_t line;
    int64_t t_ms;
    bool out;
    struct ikw_endpoint from, to;
    bool guessed; /* an endpoint is that of the packets before */
    bool marker;  /* on the wire, a non-ESP marker stands before it */
    bool again;   /* the same bytes as the one before, in its exchange */
    struct ikw_slice payload; /* without the marker */
    size_t size;              /* of the whole payload; may be more */
    struct ikw_isakmp isakmp; /* of kind IKE */
    int number;               /* of the message in its exchange, 0 unknown */
    unsigned fragment;        /* 1, 2, ...; 0: it is none */
    bool last_fragment;
};

struct ikw_dumps; /* what is remembered, of bounded size */
struct ikw_dumps *ikw_dumps_new(void);
void ikw_dumps_free(struct ikw_dumps *ds);
void ikw_dumps_read(struct ikw_dumps *ds, const struct ikw_dump *in,
                    struct ikw_datagram *out);

#endif
