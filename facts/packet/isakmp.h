/*
 * ISAKMP on the wire (RFC 2408), IKEv1 only, bounds-checked. Pure: bytes in,
 * structure out, no allocation, no I/O.
 */
#ifndef IKW_FACTS_ISAKMP_H
#define IKW_FACTS_ISAKMP_H

#include "base/slice.h"

enum { IKW_ISAKMP_MAX_PAYLOADS = 24, IKW_ISAKMP_MAX_ATTRS = 96 };

struct ikw_isakmp_payload {
    uint8_t type;    /* RFC 2408 3.1 numbers */
    uint32_t offset; /* of its generic header in the packet */
    uint32_t len;    /* with the generic header */
};

struct ikw_isakmp_attr { /* one attribute of one transform offered */
    uint8_t proposal, protocol, transform, transform_id;
    uint16_t type;
    uint64_t value;
};

struct ikw_isakmp {
    uint8_t icookie[8], rcookie[8];
    uint8_t next_payload, version, exchange, flags;
    uint32_t msgid, length; /* as the header says */
    size_t size;            /* bytes at hand */
    bool encrypted;         /* flags bit 0 */
    bool truncated;         /* fewer bytes than `length` */
    struct ikw_isakmp_payload payloads[IKW_ISAKMP_MAX_PAYLOADS];
    size_t npayloads; /* readable ones; 0 if encrypted */
    bool malformed;   /* the chain does not add up */
    /* first notification, if any */
    bool has_notify;
    uint16_t notify_type;
    uint8_t notify_protocol;
    /* first delete, if any */
    bool has_delete;
    uint8_t delete_protocol;
    uint32_t delete_count;
    uint32_t delete_spi; /* first 4-octet SPI */
    /* identification payload, if any */
    bool has_id;
    uint8_t id_type;
    struct ikw_slice id_data; /* into the bytes */
    /* SA payload */
    struct ikw_isakmp_attr attrs[IKW_ISAKMP_MAX_ATTRS];
    size_t nattrs;
};

/* Whether these, the first octets of a packet as it is on the wire, hold its
 * header, and the header says that what follows is encrypted. */
bool ikw_isakmp_sealed(struct ikw_slice bytes);
/* False if there is not even a header. `plain`: the bytes are a decrypted
 * dump (the encryption flag is still set but the payloads are readable). */
bool ikw_isakmp_decode(struct ikw_slice bytes, bool plain,
                       struct ikw_isakmp *out);
/* Message number in its exchange (main 1-6, aggressive 1-3, quick 1-3) as
 * far as the packet alone tells; 0 if it does not. `from_initiator`: who
 * sent it. */
int ikw_isakmp_message_number(const struct ikw_isakmp *p, bool from_initiator);
/* The first cipher block of a packet decrypted with the wrong IV is noise
 * but the rest may be readable: finds a notification by its shape (DOI 1,
 * protocol, SPI size, type) at any 4-octet step past the header. */
bool ikw_isakmp_find_notify(struct ikw_slice plain, uint16_t *type);
/* True if the payload chain of a decrypted dump makes sense. */
bool ikw_isakmp_makes_sense(const struct ikw_isakmp *plain);

/* Names; NULL if unassigned. */
const char *ikw_isakmp_exchange_name(uint8_t exchange);
const char *ikw_isakmp_payload_name(uint8_t type);
const char *ikw_isakmp_notify_name(uint16_t type);

/* Hex dump text as racoon prints it (groups of four octets) into bytes.
 * Appends; false at the first character that does not belong. */
bool ikw_hex_append(struct ikw_slice line, struct ikw_buf *out);
/* Length of a dump at the start of `s`: groups of eight digits parted by a
 * blank, at least two, of which the last may be shorter. 0 if it is none. */
size_t ikw_hex_groups(struct ikw_slice s);
/* Puts a `*` in the place of every digit of such a dump within a line: what
 * stands in one may be a key. */
void ikw_hex_hide(char *text, size_t len);

#endif
