/* What the files of this folder share. */
#ifndef IKW_FACTS_WIRE_INTERNAL_H
#define IKW_FACTS_WIRE_INTERNAL_H

#include "facts/wire/wire.h"

/* One IP packet, borrowed from the reader. */
struct ip_packet {
    uint32_t number;
    int64_t t_ms;
    struct ikw_addr from, to;
    unsigned protocol;
    uint32_t id;     /* of fragments */
    unsigned offset; /* in octets, of the fragment */
    bool more;       /* fragments follow */
    bool fragmented;
    uint8_t ttl;
    enum ikw_wire_way way;
    struct ikw_slice payload; /* captured part */
    size_t size;              /* as on the wire */
};

struct wire_reader {
    struct ikw_wire *w;
    struct ip_pieces *pieces;
};

/* The IP packet in a frame of that link layer; `out` has number and time. */
bool ikw_wire_link(int link, struct ikw_slice frame, struct ip_packet *out);
/* Is the link layer one of those that are read? */
bool ikw_wire_link_known(int link);
/* Reads addresses and what follows the header out of `ip`. */
bool ikw_wire_ip(struct ikw_slice ip, struct ip_packet *out);
/* The same for the head of a packet that an ICMP error quotes. */
bool ikw_wire_ip_quoted(struct ikw_slice ip, struct ip_packet *out);

/* A whole datagram, or the beginning of one that lacks fragments. */
struct datagram {
    struct ip_packet ip;
    unsigned fragments;
    bool complete;
};
typedef void (*ikw_wire_datagram_fn)(void *arg, const struct datagram *d);

struct ip_pieces *ikw_wire_pieces_new(void);
void ikw_wire_pieces_free(struct ip_pieces *p);
/* Takes a fragment; calls `each` for what it completes or pushes out. */
void ikw_wire_pieces_add(struct ip_pieces *p, const struct ip_packet *ip,
                         ikw_wire_datagram_fn each, void *arg);
/* What is left. Returns how many never had a first fragment. */
uint32_t ikw_wire_pieces_end(struct ip_pieces *p, ikw_wire_datagram_fn each,
                             void *arg);

/* Sorts a datagram in: IKE, ESP, or an error about them. */
void ikw_wire_datagram(void *arg, const struct datagram *d);

/* Milliseconds between two times; 0 where one is unknown. */
int64_t ikw_wire_since(int64_t t_ms, int64_t from_ms);

static inline unsigned ikw_wire_16(const char *p)
{
    return (unsigned)(uint8_t)p[0] << 8 | (uint8_t)p[1];
}

static inline uint32_t ikw_wire_32(const char *p)
{
    return (uint32_t)ikw_wire_16(p) << 16 | ikw_wire_16(p + 2);
}

#endif
