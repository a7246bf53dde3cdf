/* Addresses of a redacted log, with their prefix relations. */
#include "cases/redact_date.h"
#include "cases/redact_internal.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES_MAX = 100000 };

/* Length of a dotted quad at `s`, 0 if there is none. */
static size_t quad(const char *s, size_t len, uint32_t *out)
{
    uint32_t value = 0;
    size_t i = 0;
    for (int part = 0; part < 4; part++) {
        unsigned v = 0;
        size_t digits = 0;
        if (part && (i >= len || s[i++] != '.'))
            return 0;
        for (; i < len && isdigit((unsigned char)s[i]) && digits < 3;
             i++, digits++)
            v = v * 10 + (unsigned)(s[i] - '0');
        if (!digits || v > 255)
            return 0;
        value = value << 8 | v;
    }
    if (i < len &&
        (isalnum((unsigned char)s[i]) ||
         (s[i] == '.' && i + 1 < len && isdigit((unsigned char)s[i + 1]))))
        return 0;
    *out = value;
    return i;
}

/* Bits below `fixed` flipped, each by the bits before it. */
static uint32_t flip(const struct ikw_redactor *r, uint32_t a, unsigned fixed)
{
    uint32_t out = a;
    for (unsigned bit = fixed; bit < 32; bit++) {
        uint64_t before = bit ? a >> (32 - bit) : 0;
        out ^= (uint32_t)(ikw_redact_mix(r, before << 8 | bit) & 1)
               << (31 - bit);
    }
    return out;
}

static const uint32_t docs[] = { 0xc0000200, 0xc6336400, 0xcb007100 };

static uint32_t public_net(struct ikw_redactor *r, uint32_t net)
{
    size_t i = 0;
    while (i < r->nnets && r->nets[i] != net)
        i++;
    if (i == r->nnets && i < NETS_MAX)
        r->nets[r->nnets++] = net;
    /* a log of the documentation ranges must not map into itself */
    if (i < 3 && !r->own_docs)
        return docs[i];
    return 0xc6120000 + (uint32_t)((i + r->seed) % 512 << 8);
}

static uint32_t map4(struct ikw_redactor *r, uint32_t a)
{
    if (a >> 24 == 0 || a >> 24 == 127 || a >> 28 >= 14)
        return a; /* any, loopback, multicast, masks */
    if (a >> 24 == 10)
        return flip(r, a, 8);
    if (a >> 20 == 0xac1)
        return flip(r, a, 12);
    if (a >> 16 == 0xc0a8)
        return flip(r, a, 16);
    return public_net(r, a & 0xffffff00) | (flip(r, a, 24) & 0xff);
}

/* 203.0.113.xxx: somebody has masked it before us. Length, or 0. */
static size_t masked(const char *s, size_t len)
{
    size_t n = 0, masks = 0;
    for (int part = 0; part < 4; part++) {
        size_t from = n;
        if (part && (n >= len || s[n] != '.'))
            return 0;
        from = n += part > 0;
        bool digit = n < len && isdigit((unsigned char)s[n]);
        while (n < len && n < from + 3 &&
               (digit ? isdigit((unsigned char)s[n])
                      : strchr("xX*", s[n]) && s[n]))
            n++;
        if (n == from || (!part && !digit))
            return 0;
        masks += !digit;
    }
    return masks && (n == len || !isalnum((unsigned char)s[n])) ? n : 0;
}

/* What is masked stays so; the rest is of the benchmark range. */
static void put_masked(const struct ikw_redactor *r, const char *s, size_t len,
                       struct ikw_buf *out)
{
    uint64_t h = ikw_redact_mix(r, ikw_hash_bytes(s, len));
    for (size_t i = 0, part = 0; i < len; part++) {
        size_t n = 0;
        while (i + n < len && s[i + n] != '.')
            n++;
        if (!isdigit((unsigned char)s[i]))
            ikw_buf_add(out, s + i, n);
        else
            ikw_buf_addf(out, "%u",
                         part == 0   ? 198
                         : part == 1 ? 18 + (unsigned)(h & 1)
                                     : (unsigned)(h >> 8 & 255));
        i += n;
        if (i < len)
            ikw_buf_addc(out, s[i++]);
    }
}

static bool was_there(const struct ikw_redactor *r, uint32_t a)
{
    for (size_t i = 0; i < r->nseen; i++)
        if (r->seen[i] == a)
            return true;
    return false;
}

/* A network keeps its zero host part. */
static void put4(struct ikw_redactor *r, uint32_t a, unsigned mask,
                 struct ikw_buf *out)
{
    uint32_t m = map4(r, a);
    if (mask < 32)
        m &= mask ? ~0u << (32 - mask) : 0;
    ikw_buf_addf(out, "%u.%u.%u.%u", m >> 24, m >> 16 & 255, m >> 8 & 255,
                 m & 255);
}

static void note(struct ikw_redactor *r, uint32_t a)
{
    if (r->nseen >= ADDRESSES_MAX || was_there(r, a))
        return;
    IKW_GROW(r->seen, r->cap, r->nseen + 1);
    r->seen[r->nseen++] = a;
    for (size_t i = 0; i < 3; i++)
        r->own_docs |= (a & 0xffffff00) == docs[i];
}

static bool collides(struct ikw_redactor *r)
{
    for (size_t i = 0; i < r->nseen; i++) {
        uint32_t m = map4(r, r->seen[i]);
        if (m != r->seen[i] ? was_there(r, m)
                            : r->seen[i] >> 24 != 0 && r->seen[i] >> 24 != 127)
            return true;
    }
    return false;
}

void ikw_redact_note(struct ikw_redactor *r, struct ikw_slice log)
{
    for (size_t i = 0; i < log.len; i++) {
        uint32_t a;
        if (!r->year && (!i || log.ptr[i - 1] == '\n' || log.ptr[i - 1] == ' '))
            r->year = ikw_redact_year(log.ptr + i, log.len - i);
        size_t n = i && isalnum((unsigned char)log.ptr[i - 1])
                       ? 0
                       : quad(log.ptr + i, log.len - i, &a);
        if (n) {
            note(r, a);
            i += n - 1;
        }
    }
    for (int tries = 0; tries < 5000 && collides(r); tries++)
        r->seed++;
}

/* Length of an IPv6 address at `s`. */
static size_t six(const char *s, size_t len, struct in6_addr *out)
{
    char text[INET6_ADDRSTRLEN];
    size_t n = 0, colons = 0;
    while (n < len && (isxdigit((unsigned char)s[n]) || s[n] == ':'))
        colons += s[n++] == ':';
    while (n && s[n - 1] == ':' && (n < 2 || s[n - 2] != ':'))
        n--;
    if (n < 4 || n >= sizeof text || colons < 2)
        return 0;
    memcpy(text, s, n);
    text[n] = '\0';
    return inet_pton(AF_INET6, text, out) == 1 ? n : 0;
}

static void put6(struct ikw_redactor *r, const struct in6_addr *a,
                 struct ikw_buf *out)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr m = *a;
    bool local = a->s6_addr[0] == 0xfe;
    uint64_t before = 0;
    if (!local)
        memcpy(m.s6_addr, "\x20\x01\x0d\xb8", 4);
    /* whole groups, so that :: stays where zeros are */
    for (unsigned i = local ? 2 : 4; i < 16; i += 2) {
        unsigned g = (unsigned)a->s6_addr[i] << 8 | a->s6_addr[i + 1];
        before = ikw_redact_mix(r, before << 16 | g);
        if (!g)
            continue;
        m.s6_addr[i] = (unsigned char)(before >> 8);
        m.s6_addr[i + 1] = (unsigned char)(before | 1);
    }
    ikw_buf_adds(out, inet_ntop(AF_INET6, &m, text, sizeof text) ? text : "::");
}

/* Octets of the mask behind an address; 32 if there is none. */
static unsigned mask_at(const char *s, size_t len)
{
    size_t digits = 0;
    int64_t mask = 32;
    if (!len || *s != '/')
        return 32;
    while (digits + 1 < len && isdigit((unsigned char)s[digits + 1]))
        digits++;
    if (digits && digits < 3)
        ikw_slice_int((struct ikw_slice){ s + 1, digits }, &mask);
    return mask > 32 ? 32 : (unsigned)mask;
}

size_t ikw_redact_address(struct ikw_redactor *r, const char *s, size_t len,
                          struct ikw_buf *out)
{
    uint32_t a;
    struct in6_addr a6;
    size_t n = quad(s, len, &a);
    if (n)
        put4(r, a, mask_at(s + n, len - n), out);
    else if ((n = masked(s, len)))
        put_masked(r, s, n, out);
    else if ((n = six(s, len, &a6)))
        put6(r, &a6, out);
    return n;
}
