/*
 * ISAKMP packets out of dumps. Every length is checked against the bytes at
 * hand before it is believed; loops are bounded by the output arrays and by
 * the packet. What does not parse sets `malformed` and ends the reading.
 */
#include "facts/packet/isakmp.h"

#include <string.h>

enum {
    HEADER = 28,
    GENERIC = 4,
    PAYLOAD_SA = 1,
    PAYLOAD_KE = 4,
    PAYLOAD_ID = 5,
    PAYLOAD_HASH = 8,
    PAYLOAD_NOTIFY = 11,
    PAYLOAD_DELETE = 12,
    PADDING_MAX = 255
};

/* ---- octets ------------------------------------------------------------ */

static uint8_t get8(struct ikw_slice b, size_t at)
{
    return at < b.len ? (uint8_t)b.ptr[at] : 0;
}

static uint16_t get16(struct ikw_slice b, size_t at)
{
    return (uint16_t)(get8(b, at) << 8 | get8(b, at + 1));
}

static uint32_t get32(struct ikw_slice b, size_t at)
{
    return (uint32_t)get16(b, at) << 16 | get16(b, at + 2);
}

/* ---- single payloads; `body` is without the generic header ------------- */

static void read_notify(struct ikw_slice body, struct ikw_isakmp *out)
{
    if (body.len < 8 || out->has_notify)
        return;
    out->has_notify = true;
    out->notify_protocol = get8(body, 4);
    out->notify_type = get16(body, 6);
}

static void read_delete(struct ikw_slice body, struct ikw_isakmp *out)
{
    if (body.len < 8 || out->has_delete)
        return;
    out->has_delete = true;
    out->delete_protocol = get8(body, 4);
    out->delete_count = get16(body, 6);
    if (get8(body, 5) == 4 && body.len >= 12)
        out->delete_spi = get32(body, 8);
}

static void read_id(struct ikw_slice body, struct ikw_isakmp *out)
{
    if (body.len < 4 || out->has_id)
        return;
    out->has_id = true;
    out->id_type = get8(body, 0);
    out->id_data = ikw_slice_sub(body, 4, body.len);
}

static uint64_t long_value(struct ikw_slice body, size_t at, size_t len)
{
    uint64_t v = 0;
    for (size_t i = 0; i < len && i < 8; i++)
        v = v << 8 | get8(body, at + i);
    return v;
}

static void add_attr(struct ikw_isakmp *out, struct ikw_isakmp_attr a)
{
    if (out->nattrs < IKW_ISAKMP_MAX_ATTRS)
        out->attrs[out->nattrs++] = a;
}

/* Attributes of one transform, from `at` to the end of `t`. */
static void read_attrs(struct ikw_slice t, size_t at,
                       struct ikw_isakmp_attr like, struct ikw_isakmp *out)
{
    while (at + 4 <= t.len) {
        uint16_t type = get16(t, at);
        like.type = type & 0x7fff;
        if (type & 0x8000) {
            like.value = get16(t, at + 2);
            at += 4;
        } else {
            size_t len = get16(t, at + 2);
            if (len > t.len - at - 4)
                break;
            like.value = long_value(t, at + 4, len);
            at += 4 + len;
        }
        add_attr(out, like);
    }
}

/* Transforms of one proposal; a proposal's body starts at number. */
static void read_transforms(struct ikw_slice prop, struct ikw_isakmp *out)
{
    struct ikw_isakmp_attr like = { .proposal = get8(prop, 0),
                                    .protocol = get8(prop, 1) };
    size_t at = 4 + (size_t)get8(prop, 2);
    while (at + 8 <= prop.len) {
        size_t len = get16(prop, at + 2);
        if (len < 8 || len > prop.len - at)
            break;
        struct ikw_slice t = ikw_slice_sub(prop, at, at + len);
        like.transform = get8(t, 4);
        like.transform_id = get8(t, 5);
        read_attrs(t, 8, like, out);
        at += len;
    }
}

static void read_sa(struct ikw_slice body, struct ikw_isakmp *out)
{
    size_t at = 8; /* DOI and situation */
    if (out->nattrs)
        return;
    while (at + 8 <= body.len) {
        size_t len = get16(body, at + 2);
        if (len < 8 || len > body.len - at)
            break;
        read_transforms(ikw_slice_sub(body, at + GENERIC, at + len), out);
        at += len;
    }
}

static void read_payload(uint8_t type, struct ikw_slice body,
                         struct ikw_isakmp *out)
{
    if (type == PAYLOAD_SA)
        read_sa(body, out);
    else if (type == PAYLOAD_ID)
        read_id(body, out);
    else if (type == PAYLOAD_NOTIFY)
        read_notify(body, out);
    else if (type == PAYLOAD_DELETE)
        read_delete(body, out);
}

/* ---- the chain --------------------------------------------------------- */

static void read_chain(struct ikw_slice bytes, struct ikw_isakmp *out)
{
    uint8_t type = out->next_payload;
    size_t at = HEADER;
    while (type && out->npayloads < IKW_ISAKMP_MAX_PAYLOADS) {
        size_t len = get16(bytes, at + 2);
        if (at + GENERIC > bytes.len || len < GENERIC || len > bytes.len - at ||
            get8(bytes, at + 1) != 0) {
            out->malformed = true;
            return;
        }
        out->payloads[out->npayloads++] =
            (struct ikw_isakmp_payload){ type, (uint32_t)at, (uint32_t)len };
        read_payload(type, ikw_slice_sub(bytes, at + GENERIC, at + len), out);
        type = get8(bytes, at);
        at += len;
    }
    if (type || bytes.len - at > PADDING_MAX)
        out->malformed = true;
}

bool ikw_isakmp_sealed(struct ikw_slice bytes)
{
    return bytes.len >= HEADER && (get8(bytes, 19) & 1);
}

bool ikw_isakmp_decode(struct ikw_slice bytes, bool plain,
                       struct ikw_isakmp *out)
{
    *out = (struct ikw_isakmp){ 0 };
    if (bytes.len < HEADER)
        return false;
    memcpy(out->icookie, bytes.ptr, 8);
    memcpy(out->rcookie, bytes.ptr + 8, 8);
    out->next_payload = get8(bytes, 16);
    out->version = get8(bytes, 17);
    out->exchange = get8(bytes, 18);
    out->flags = get8(bytes, 19);
    out->msgid = get32(bytes, 20);
    out->length = get32(bytes, 24);
    out->size = bytes.len;
    out->encrypted = out->flags & 1;
    out->truncated = out->length > bytes.len;
    if (out->length >= HEADER && out->length < bytes.len)
        bytes.len = out->length;
    if (plain || !out->encrypted)
        read_chain(bytes, out);
    return true;
}

static bool has_payload(const struct ikw_isakmp *p, uint8_t type)
{
    for (size_t i = 0; i < p->npayloads; i++) {
        if (p->payloads[i].type == type)
            return true;
    }
    return false;
}

static bool cookie_is_zero(const uint8_t cookie[8])
{
    static const uint8_t zero[8];
    return memcmp(cookie, zero, 8) == 0;
}

static int main_number(const struct ikw_isakmp *p, bool from_initiator)
{
    if (cookie_is_zero(p->rcookie))
        return 1;
    if (p->encrypted)
        return from_initiator ? 5 : 6;
    if (has_payload(p, PAYLOAD_SA) || p->next_payload == PAYLOAD_SA)
        return from_initiator ? 1 : 2;
    if (has_payload(p, PAYLOAD_KE))
        return from_initiator ? 3 : 4;
    return 0;
}

static int aggressive_number(const struct ikw_isakmp *p, bool from_initiator)
{
    if (cookie_is_zero(p->rcookie))
        return 1;
    if (!from_initiator)
        return 2;
    return p->encrypted || !has_payload(p, PAYLOAD_SA) ? 3 : 1;
}

/* Message 3 holds nothing but a hash; message 1 a proposal, a nonce and
 * mostly identities. */
static int quick_number(const struct ikw_isakmp *p, bool from_initiator)
{
    enum { HASH_ONLY_MAX = 108 };
    if (!from_initiator)
        return 2;
    return p->length <= HASH_ONLY_MAX ? 3 : 1;
}

int ikw_isakmp_message_number(const struct ikw_isakmp *p, bool from_initiator)
{
    switch (p->exchange) {
    case 2:
        return main_number(p, from_initiator);
    case 4:
        return aggressive_number(p, from_initiator);
    case 32:
        return quick_number(p, from_initiator);
    default:
        return 0;
    }
}

/* ---- reading through noise --------------------------------------------- */

static bool looks_like_notify(struct ikw_slice b, size_t at, uint16_t *type)
{
    size_t len = get16(b, at + 2);
    uint8_t protocol = get8(b, at + 8), spi_size = get8(b, at + 9);
    *type = get16(b, at + 10);
    return get8(b, at + 1) == 0 && len >= 12 && len <= b.len - at &&
           get32(b, at + 4) == 1 && protocol <= 4 && spi_size <= 16 &&
           len >= 12u + spi_size && ikw_isakmp_notify_name(*type);
}

bool ikw_isakmp_find_notify(struct ikw_slice plain, uint16_t *type)
{
    for (size_t at = HEADER; at + 12 <= plain.len; at += 4) {
        if (looks_like_notify(plain, at, type))
            return true;
    }
    return false;
}

bool ikw_isakmp_makes_sense(const struct ikw_isakmp *plain)
{
    if (plain->malformed || plain->npayloads == 0)
        return false;
    for (size_t i = 0; i < plain->npayloads; i++) {
        if (!ikw_isakmp_payload_name(plain->payloads[i].type))
            return false;
    }
    return true;
}
