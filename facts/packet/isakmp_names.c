/* Names of ISAKMP numbers (RFC 2408, 2407, 2409, 3706, 3947). */
#include "facts/packet/isakmp.h"

static const struct {
    uint16_t number;
    const char *name;
} notifies[] = {
    { 1, "INVALID-PAYLOAD-TYPE" },
    { 2, "DOI-NOT-SUPPORTED" },
    { 3, "SITUATION-NOT-SUPPORTED" },
    { 4, "INVALID-COOKIE" },
    { 5, "INVALID-MAJOR-VERSION" },
    { 6, "INVALID-MINOR-VERSION" },
    { 7, "INVALID-EXCHANGE-TYPE" },
    { 8, "INVALID-FLAGS" },
    { 9, "INVALID-MESSAGE-ID" },
    { 10, "INVALID-PROTOCOL-ID" },
    { 11, "INVALID-SPI" },
    { 12, "INVALID-TRANSFORM-ID" },
    { 13, "ATTRIBUTES-NOT-SUPPORTED" },
    { 14, "NO-PROPOSAL-CHOSEN" },
    { 15, "BAD-PROPOSAL-SYNTAX" },
    { 16, "PAYLOAD-MALFORMED" },
    { 17, "INVALID-KEY-INFORMATION" },
    { 18, "INVALID-ID-INFORMATION" },
    { 19, "INVALID-CERT-ENCODING" },
    { 20, "INVALID-CERTIFICATE" },
    { 21, "CERT-TYPE-UNSUPPORTED" },
    { 22, "INVALID-CERT-AUTHORITY" },
    { 23, "INVALID-HASH-INFORMATION" },
    { 24, "AUTHENTICATION-FAILED" },
    { 25, "INVALID-SIGNATURE" },
    { 26, "ADDRESS-NOTIFICATION" },
    { 27, "NOTIFY-SA-LIFETIME" },
    { 28, "CERTIFICATE-UNAVAILABLE" },
    { 29, "UNSUPPORTED-EXCHANGE-TYPE" },
    { 30, "UNEQUAL-PAYLOAD-LENGTHS" },
    { 16384, "CONNECTED" },
    { 24576, "RESPONDER-LIFETIME" },
    { 24577, "REPLAY-STATUS" },
    { 24578, "INITIAL-CONTACT" },
    { 36136, "R-U-THERE" },
    { 36137, "R-U-THERE-ACK" },
    { 40501, "UNITY-LOAD-BALANCE" },
};

const char *ikw_isakmp_notify_name(uint16_t type)
{
    for (size_t i = 0; i < sizeof notifies / sizeof notifies[0]; i++) {
        if (notifies[i].number == type)
            return notifies[i].name;
    }
    return NULL;
}

const char *ikw_isakmp_exchange_name(uint8_t exchange)
{
    switch (exchange) {
    case 1:
        return "base";
    case 2:
        return "main";
    case 4:
        return "aggressive";
    case 5:
        return "info";
    case 6:
        return "config";
    case 32:
        return "quick";
    default:
        return NULL;
    }
}

static const char *const payloads[] = {
    "none", "sa",  "proposal", "transform", "ke",     "id",  "cert", "cr",
    "hash", "sig", "nonce",    "notify",    "delete", "vid", "attr",
};

const char *ikw_isakmp_payload_name(uint8_t type)
{
    if (type < sizeof payloads / sizeof payloads[0])
        return payloads[type];
    switch (type) {
    case 15: /* drafts of NAT traversal */
    case 20:
    case 130:
        return "nat-d";
    case 16:
    case 21:
    case 131:
        return "nat-oa";
    case 17:
        return "gap";
    case 132:
        return "fragment";
    default:
        return NULL;
    }
}
