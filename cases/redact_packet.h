/*
 * What may stay of a packet that a log dumps: its form, not its contents.
 * Headers of payloads, proposals, types of notifications and identities stay;
 * keys, nonces, hashes, identities, certificates and SPIs go. Octets come one
 * by one, so a dump may be cut into lines anywhere.
 */
#ifndef IKW_CASES_REDACT_PACKET_H
#define IKW_CASES_REDACT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ikw_packet_sieve {
    size_t at;      /* octets so far */
    bool readable;  /* behind the header: clear, or decrypted */
    bool decrypted; /* the dump is of a decrypted message */
    bool noise;     /* an informational one that decrypts to noise at first */
    uint8_t exchange;
    size_t size;  /* of the packet, as its header says */
    uint8_t next; /* type of the payload that follows */
    uint8_t type; /* of the payload at hand */
    size_t pos, len;
    /* proposals inside of an SA payload */
    size_t prop_pos, prop_len, spi_len;
};

void ikw_packet_sieve_begin(struct ikw_packet_sieve *s, bool decrypted);
/* Whether the next octet may stay. The cookies (0 to 15) are the caller's. */
bool ikw_packet_sieve_keeps(const struct ikw_packet_sieve *s, uint8_t octet);
/* Takes the next octet, as it was. */
void ikw_packet_sieve_take(struct ikw_packet_sieve *s, uint8_t octet);

#endif
