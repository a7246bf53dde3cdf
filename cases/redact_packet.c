#include "cases/redact_packet.h"

enum { HEAD = 28, PAYLOAD_HEAD = 4, SA_HEAD = 12, PROPOSAL_HEAD = 8 };
enum { SA = 1, IDENTITY = 5, NOTIFY = 11, DELETE = 12 };
enum { NEXT_AT = 16, EXCHANGE_AT = 18, FLAGS_AT = 19, SIZE_AT = 24 };
enum { ENCRYPTED = 1, INFORMATIONAL = 5, SMALL = 32 };
enum { CONNECTED = 0x40, STATUS = 0x60 }; /* of types of notifications */

void ikw_packet_sieve_begin(struct ikw_packet_sieve *s, bool decrypted)
{
    *s = (struct ikw_packet_sieve){ .decrypted = decrypted };
}

/* Octets of a payload that say what kind it is, counted with its header. */
static size_t kind_octets(uint8_t type)
{
    switch (type) {
    case NOTIFY: /* DOI, protocol, size of the SPI, type */
    case DELETE: /* DOI, protocol, size and number of the SPIs */
        return PAYLOAD_HEAD + 8;
    case IDENTITY: /* type, protocol, port */
        return PAYLOAD_HEAD + 4;
    default:
        return PAYLOAD_HEAD;
    }
}

/* In noise a notification may hide behind the first block: its numbers are
 * small, and nothing else that is small means anything. */
bool ikw_packet_sieve_keeps(const struct ikw_packet_sieve *s, uint8_t octet)
{
    if (s->at < HEAD)
        return s->at >= NEXT_AT;
    if (s->noise)
        return octet < SMALL || octet == STATUS || octet == CONNECTED;
    if (!s->readable)
        return false;
    if (s->type == SA && s->pos >= SA_HEAD && s->pos < s->len)
        return s->prop_pos < PROPOSAL_HEAD ||
               s->prop_pos >= PROPOSAL_HEAD + s->spi_len;
    if (s->type == SA && s->pos < SA_HEAD)
        return true;
    return s->pos < kind_octets(s->type);
}

static void take_head(struct ikw_packet_sieve *s, uint8_t octet)
{
    if (s->at == NEXT_AT)
        s->type = octet;
    else if (s->at == EXCHANGE_AT)
        s->exchange = octet;
    else if (s->at >= SIZE_AT)
        s->size = s->size << 8 | octet;
    else if (s->at == FLAGS_AT)
        s->readable = s->decrypted || !(octet & ENCRYPTED);
}

/* A proposal: next, 0, length (2), number, protocol, size of SPI, transforms.
 */
static void take_proposal(struct ikw_packet_sieve *s, uint8_t octet)
{
    if (s->prop_pos == 2)
        s->prop_len = (size_t)octet << 8;
    else if (s->prop_pos == 3)
        s->prop_len |= octet;
    else if (s->prop_pos == 6)
        s->spi_len = octet;
    s->prop_pos++;
    if (s->prop_pos >= PROPOSAL_HEAD && s->prop_pos >= s->prop_len)
        s->prop_pos = s->spi_len = s->prop_len = 0;
}

static void take_payload(struct ikw_packet_sieve *s, uint8_t octet)
{
    if (s->pos == 0)
        s->next = octet;
    else if (s->pos == 2)
        s->len = (size_t)octet << 8;
    else if (s->pos == 3)
        s->len |= octet;
    else if (s->type == SA && s->pos >= SA_HEAD)
        take_proposal(s, octet);
    s->pos++;
    if (s->at == HEAD + PAYLOAD_HEAD - 1)
        s->noise = s->decrypted && s->exchange == INFORMATIONAL &&
                   (s->len < PAYLOAD_HEAD || s->len > s->size - HEAD);
    if (s->pos < PAYLOAD_HEAD || s->pos < s->len)
        return;
    /* a length that cannot be: noise, or the padding behind the last one */
    s->readable = s->len >= PAYLOAD_HEAD && s->next != 0;
    s->type = s->next;
    s->pos = s->len = s->prop_pos = s->prop_len = s->spi_len = 0;
}

void ikw_packet_sieve_take(struct ikw_packet_sieve *s, uint8_t octet)
{
    if (s->at < HEAD)
        take_head(s, octet);
    else if (s->readable)
        take_payload(s, octet);
    s->at++;
}
