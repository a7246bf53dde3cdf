/*
 * What a capture file shows of IKE and IPsec: the packets of IKE, errors of
 * ICMP about them, and flows of ESP. Read once, kept small whatever the
 * capture's size; times are the capture's own.
 */
#ifndef IKW_FACTS_WIRE_H
#define IKW_FACTS_WIRE_H

#include "base/diag.h"
#include "facts/config/address.h"
#include "facts/packet/isakmp.h"

#include <stdio.h>

struct ikw_wire_end {
    struct ikw_addr addr;
    uint16_t port;
};

enum ikw_wire_way { IKW_WAY_UNKNOWN, IKW_WAY_IN, IKW_WAY_OUT };
enum ikw_wire_sum { IKW_SUM_UNKNOWN, IKW_SUM_GOOD, IKW_SUM_BAD };

/* One datagram of IKE. */
struct ikw_wire_packet {
    uint32_t number; /* in the file, 1-based; of its first IP fragment */
    int64_t t_ms;
    struct ikw_wire_end from, to;
    uint8_t icookie[8], rcookie[8];
    uint32_t msgid, hash;
    size_t size;               /* of the IKE message, as the wire had it */
    uint16_t notify;           /* type of a clear notification; 0: none */
    uint16_t ip_id;            /* 0: none */
    uint8_t exchange, version; /* as in the header */
    uint8_t numbers[2];        /* of the message, if sent by the responder,
                                  by the initiator; 0 unknown */
    uint8_t fragments;         /* of IP; 0: not fragmented */
    uint8_t ttl;
    bool complete; /* all IP fragments are there */
    bool marker;   /* a non-ESP marker stands before it */
    bool again;    /* the same bytes were sent before */
    enum ikw_wire_sum sum;
    enum ikw_wire_way way; /* as the capturing host says */
};

/* An error about a datagram of IKE, as the wire had it. */
struct ikw_wire_icmp {
    uint32_t number;
    int64_t t_ms;
    const char *kind; /* word of the vocabulary */
    struct ikw_addr by;
    struct ikw_wire_end from, to; /* of the datagram it is about */
    uint16_t ip_id;
    bool has_cookie;
    uint8_t icookie[8];
};

struct ikw_wire_flow { /* of ESP or AH, one way */
    struct ikw_addr from, to;
    uint32_t spi, packets;
    bool udp;
    uint32_t number; /* of the first packet */
    int64_t first_ms, last_ms;
};

struct ikw_wire {
    struct ikw_wire_packet *packets;
    size_t npackets, packets_cap;
    struct ikw_wire_icmp *icmps;
    size_t nicmps, icmps_cap;
    struct ikw_wire_flow *flows;
    size_t nflows, flows_cap;
    uint32_t total;            /* packets of any kind in the file */
    uint32_t cut;              /* shorter than they were on the wire */
    uint32_t orphans;          /* IP fragments whose first never came */
    uint32_t trailing;         /* IP fragments that are not a first one */
    int64_t from_ms, to_ms;    /* of all packets; INT64_MIN: none */
    size_t dropped;            /* beyond what is kept */
    struct ikw_limits *limits; /* while it is read */
};

/* Reads a capture (pcap, pcapng) to its end and closes `f`. NULL with a
 * diagnostic if it is none, or of a link layer that is not read; one that
 * breaks off is read up to there, with a warning. */
struct ikw_wire *ikw_wire_read(const char *name, FILE *f, struct ikw_diags *ds);
void ikw_wire_free(struct ikw_wire *w);

/* How many different negotiations of phase 1 it shows, by the initiator's
 * cookie, in packets of IKE and in errors that quote one. */
size_t ikw_wire_negotiations(const struct ikw_wire *w);

#endif
