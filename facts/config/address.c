/* Addresses are compared as bytes: a name is never looked up. */
#include "facts/config/address.h"

#include <arpa/inet.h>
#include <string.h>

enum { TEXT_MAX = 64 };

static unsigned bits_of(const struct ikw_addr *a)
{
    return a->family == 4 ? 32 : 128;
}

/* ---- one address ------------------------------------------------------- */

static bool parse_bare(struct ikw_slice s, struct ikw_addr *out)
{
    char text[TEXT_MAX];
    struct ikw_addr a = { 0 };
    const char *zone = s.len ? memchr(s.ptr, '%', s.len) : NULL;
    if (zone)
        s.len = (size_t)(zone - s.ptr);
    if (!s.len || s.len >= sizeof text || memchr(s.ptr, '\0', s.len))
        return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    if (inet_pton(AF_INET, text, a.bytes) == 1)
        a.family = 4;
    else if (inet_pton(AF_INET6, text, a.bytes) == 1)
        a.family = 6;
    else
        return false;
    *out = a;
    return true;
}

/* Cuts "[port]" off the end. False if it is no port. */
static bool cut_port(struct ikw_slice *s, int64_t *port)
{
    const char *open = s->len ? memchr(s->ptr, '[', s->len) : NULL;
    *port = -1;
    if (!open)
        return true;
    size_t at = (size_t)(open - s->ptr);
    struct ikw_slice in = ikw_slice_sub(*s, at + 1, s->len);
    if (!in.len || in.ptr[in.len - 1] != ']')
        return false;
    in.len--;
    *s = ikw_slice_sub(*s, 0, at);
    return ikw_slice_is(in, "any") || (ikw_slice_int(in, port) && *port >= 0);
}

bool ikw_addr_parse(struct ikw_slice s, struct ikw_addr *out, int64_t *port)
{
    int64_t p;
    if (!cut_port(&s, &p) || !parse_bare(s, out))
        return false;
    if (port)
        *port = p;
    return true;
}

bool ikw_addr_eq(const struct ikw_addr *a, const struct ikw_addr *b)
{
    return a->family == b->family &&
           !memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

void ikw_addr_add(struct ikw_buf *b, const struct ikw_addr *a)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (a->family)
        inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, text,
                  sizeof text);
    ikw_buf_adds(b, *text ? text : "any");
}

unsigned ikw_addr_common_bits(const struct ikw_addr *a,
                              const struct ikw_addr *b)
{
    unsigned n = 0;
    if (a->family != b->family || !a->family)
        return 0;
    while (n < bits_of(a) &&
           !((a->bytes[n / 8] ^ b->bytes[n / 8]) >> (7 - n % 8) & 1))
        n++;
    return n;
}

/* ---- selectors --------------------------------------------------------- */

static bool parse_range(struct ikw_slice s, struct ikw_selector *out)
{
    const char *dash = s.len ? memchr(s.ptr, '-', s.len) : NULL;
    size_t at = dash ? (size_t)(dash - s.ptr) : 0;
    if (!dash || !parse_bare(ikw_slice_sub(s, 0, at), &out->addr) ||
        !parse_bare(ikw_slice_sub(s, at + 1, s.len), &out->high))
        return false;
    out->prefix = bits_of(&out->addr);
    return out->addr.family == out->high.family;
}

static bool parse_net(struct ikw_slice s, struct ikw_selector *out)
{
    const char *slash = s.len ? memchr(s.ptr, '/', s.len) : NULL;
    size_t at = slash ? (size_t)(slash - s.ptr) : s.len;
    int64_t prefix = 0;
    if (!parse_bare(ikw_slice_sub(s, 0, at), &out->addr))
        return false;
    out->prefix = bits_of(&out->addr);
    if (!slash)
        return true;
    if (!ikw_slice_int(ikw_slice_sub(s, at + 1, s.len), &prefix) ||
        prefix < 0 || prefix > out->prefix)
        return false;
    out->prefix = (unsigned)prefix;
    return true;
}

bool ikw_selector_parse(struct ikw_slice s, struct ikw_selector *out)
{
    struct ikw_selector sel = { .port = -1, .proto = -1 };
    if (!cut_port(&s, &sel.port))
        return false;
    if (!parse_net(s, &sel) && !parse_range(s, &sel))
        return false;
    *out = sel;
    return true;
}

static const struct {
    const char *name;
    int number;
} protocols[] = {
    { "any", -1 },   { "icmp", 1 },     { "ip4", 4 },  { "tcp", 6 },
    { "udp", 17 },   { "gre", 47 },     { "esp", 50 }, { "ah", 51 },
    { "icmp6", 58 }, { "ipcomp", 108 },
};

bool ikw_proto_parse(struct ikw_slice s, int64_t *out)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        if (ikw_slice_is(s, protocols[i].name)) {
            *out = protocols[i].number;
            return true;
        }
    if (!ikw_slice_int(s, out) || *out < 0 || *out > 255)
        return false;
    if (*out == 0 || *out == 255)
        *out = -1;
    return true;
}

static void add_proto(struct ikw_buf *b, int64_t proto)
{
    for (size_t i = 1; i < sizeof protocols / sizeof *protocols; i++)
        if (protocols[i].number == proto) {
            ikw_buf_addf(b, " %s", protocols[i].name);
            return;
        }
    if (proto >= 0)
        ikw_buf_addf(b, " protocol %d", (int)proto);
}

void ikw_selector_add(struct ikw_buf *b, const struct ikw_selector *s)
{
    if (s->any || s->named) {
        ikw_buf_adds(b, s->any ? "anonymous" : "a name");
        return;
    }
    ikw_addr_add(b, &s->addr);
    if (s->high.family) {
        ikw_buf_addc(b, '-');
        ikw_addr_add(b, &s->high);
    } else {
        ikw_buf_addf(b, "/%u", s->prefix);
    }
    if (s->port >= 0)
        ikw_buf_addf(b, "[%d]", (int)s->port);
    add_proto(b, s->proto);
}

/* ---- comparing --------------------------------------------------------- */

bool ikw_selector_same(const struct ikw_selector *a,
                       const struct ikw_selector *b)
{
    return !a->named && !b->named && ikw_addr_eq(&a->addr, &b->addr) &&
           ikw_addr_eq(&a->high, &b->high) && a->prefix == b->prefix &&
           a->proto == b->proto;
}

bool ikw_selector_masked(const struct ikw_selector *inner,
                         const struct ikw_selector *outer)
{
    if (inner->addr.family != outer->addr.family || inner->named ||
        outer->named)
        return false;
    return (outer->proto < 0 || outer->proto == inner->proto) &&
           ikw_addr_common_bits(&inner->addr, &outer->addr) >= outer->prefix;
}

bool ikw_selector_overlap(const struct ikw_selector *a,
                          const struct ikw_selector *b)
{
    unsigned least = a->prefix < b->prefix ? a->prefix : b->prefix;
    if (a->any || b->any)
        return true;
    return !a->named && !b->named && a->addr.family == b->addr.family &&
           ikw_addr_common_bits(&a->addr, &b->addr) >= least;
}
