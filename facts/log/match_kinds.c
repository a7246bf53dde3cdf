/*
 * What a typed capture may look like. Logs that people publish are masked,
 * so a host is an address or any word that can stand for one: 103.2.xxx.xxx,
 * <gateway-ip>, My_IP. Each kind offers its readings one after the other, the
 * longest sensible first; the trie tries the next one when the rest fails.
 */
#include "facts/log/match.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    char low = (char)(c | 32);
    return low >= 'a' && low <= 'z';
}

static bool is_hex(char c)
{
    char low = (char)(c | 32);
    return is_digit(c) || (low >= 'a' && low <= 'f');
}

static bool is_name(char c)
{
    return is_digit(c) || is_alpha(c) || c == '_';
}

/* ---- runs of digits ---------------------------------------------------- */

static size_t digits(struct ikw_slice s, size_t pos)
{
    while (pos < s.len && is_digit(s.ptr[pos]))
        pos++;
    return pos;
}

static size_t hexes(struct ikw_slice s, size_t pos)
{
    while (pos < s.len && is_hex(s.ptr[pos]))
        pos++;
    return pos;
}

static bool has_0x(struct ikw_slice s, size_t pos)
{
    return pos + 2 < s.len && s.ptr[pos] == '0' && (s.ptr[pos + 1] | 32) == 'x';
}

static size_t int_end(struct ikw_slice s, size_t pos)
{
    size_t from = pos;
    if (from < s.len && (s.ptr[from] == '-' || s.ptr[from] == '+'))
        from++;
    size_t end = digits(s, from);
    return end > from ? end : 0;
}

static size_t hex_end(struct ikw_slice s, size_t pos)
{
    size_t from = has_0x(s, pos) ? pos + 2 : pos;
    size_t end = hexes(s, from);
    return end > from ? end : 0;
}

/* 123(0x7b), then 123; or 0x7b. */
static size_t spi_end(struct ikw_slice s, size_t pos, unsigned nth)
{
    if (has_0x(s, pos))
        return nth ? 0 : hex_end(s, pos);
    size_t end = digits(s, pos);
    if (end == pos)
        return 0;
    if (end < s.len && s.ptr[end] == '(' && has_0x(s, end + 1)) {
        size_t close = hexes(s, end + 3);
        if (close < s.len && s.ptr[close] == ')' && nth-- == 0)
            return close + 1;
    }
    return nth ? 0 : end;
}

/* 16 hex digits, colon, 16 hex digits; a colon and up to 8 more first. */
static size_t cookies_end(struct ikw_slice s, size_t pos, unsigned nth)
{
    size_t end = hexes(s, pos);
    if (end != pos + 16 || end >= s.len || s.ptr[end] != ':')
        return 0;
    size_t second = end + 1;
    end = hexes(s, second);
    if (end != second + 16)
        return 0;
    if (end < s.len && s.ptr[end] == ':') {
        size_t third = end + 1, stop = hexes(s, third);
        if (stop > third && stop <= third + 8 && nth-- == 0)
            return stop;
    }
    return nth ? 0 : end;
}

/* ---- hosts ------------------------------------------------------------- */

static size_t ipv4_end(struct ikw_slice s, size_t pos)
{
    for (int octet = 0; octet < 4; octet++) {
        size_t end = digits(s, pos);
        if (end == pos || end > pos + 3)
            return 0;
        pos = end;
        if (octet < 3 && (pos >= s.len || s.ptr[pos++] != '.'))
            return 0;
    }
    if (pos < s.len && is_name(s.ptr[pos]))
        return 0;
    bool more = pos + 1 < s.len && s.ptr[pos] == '.' && is_name(s.ptr[pos + 1]);
    return more ? 0 : pos;
}

static size_t scope_end(struct ikw_slice s, size_t pos)
{
    if (pos >= s.len || s.ptr[pos] != '%')
        return pos;
    size_t end = pos + 1;
    while (end < s.len && (is_name(s.ptr[end]) || s.ptr[end] == '.'))
        end++;
    return end > pos + 1 ? end : pos;
}

/* Groups of up to four hex digits with colons, `::` at most once, an IPv4
 * address as the last group. Not more exact than a log line needs. */
static size_t ipv6_end(struct ikw_slice s, size_t pos)
{
    unsigned colons = 0;
    bool gap = false;
    size_t p = pos;
    while (p < s.len && p < pos + 46) {
        size_t v4 = colons ? ipv4_end(s, p) : 0;
        size_t end = v4 ? v4 : hexes(s, p);
        if (end > p + 4 && !v4)
            return 0;
        bool group = end > p;
        p = end;
        if (v4 || p >= s.len || s.ptr[p] != ':')
            break;
        bool two = p + 1 < s.len && s.ptr[p + 1] == ':';
        if (two ? gap : !group || p + 1 >= s.len || !is_hex(s.ptr[p + 1]))
            break;
        gap |= two;
        colons += two ? 2 : 1;
        p += two ? 2 : 1;
    }
    bool whole = colons >= 2 && (gap || colons >= 5);
    if (!whole || (p < s.len && is_name(s.ptr[p])))
        return 0;
    return scope_end(s, p);
}

static bool is_host_char(char c)
{
    return is_name(c) || c == '.' || c == ':' || c == '-' || c == '*' ||
           c == '%';
}

/* <anything without blanks> */
static size_t angle_end(struct ikw_slice s, size_t pos)
{
    for (size_t p = pos + 1; p < s.len && p < pos + 64; p++) {
        if (s.ptr[p] == '>')
            return p > pos + 1 ? p + 1 : 0;
        if (s.ptr[p] == ' ' || s.ptr[p] == '[' || s.ptr[p] == '<')
            return 0;
    }
    return 0;
}

/* A word only counts as a masked host if it does not look like plain text. */
static bool host_like(const char *p, size_t len)
{
    size_t upper = 0;
    for (size_t i = 0; i < len; i++) {
        if (is_digit(p[i]) || strchr("._:*%", p[i]))
            return true;
        upper += p[i] >= 'A' && p[i] <= 'Z';
    }
    return upper >= 2 && upper == len;
}

static size_t masked_end(struct ikw_slice s, size_t pos, size_t limit)
{
    size_t end = pos;
    while (end < limit && end < pos + 64 && is_host_char(s.ptr[end]))
        end++;
    while (end > pos && strchr(".:-", s.ptr[end - 1]))
        end--;
    return end > pos && host_like(s.ptr + pos, end - pos) ? end : 0;
}

/* Up to four different ends, best first; returns how many. */
static unsigned host_ends(struct ikw_slice s, size_t pos, size_t ends[4])
{
    unsigned n = 0;
    if (pos >= s.len)
        return 0;
    if (s.ptr[pos] == '<') {
        ends[0] = angle_end(s, pos);
        return ends[0] ? 1 : 0;
    }
    size_t end = ipv4_end(s, pos);
    if (!end)
        end = ipv6_end(s, pos);
    if (end)
        ends[n++] = end;
    end = masked_end(s, pos, s.len);
    if (end && (n == 0 || ends[0] != end))
        ends[n++] = end;
    const char *dash = end ? memchr(s.ptr + pos, '-', end - pos) : NULL;
    if (dash) {
        end = masked_end(s, pos, (size_t)(dash - s.ptr));
        if (end && (n == 0 || ends[0] != end))
            ends[n++] = end;
    }
    return n;
}

/* [port], or `end` itself. Ports are masked as well. */
static size_t bracket_end(struct ikw_slice s, size_t end)
{
    if (end >= s.len || s.ptr[end] != '[')
        return end;
    size_t p = end + 1;
    while (p < s.len && p < end + 9 && (is_name(s.ptr[p]) || s.ptr[p] == '*'))
        p++;
    return p > end + 1 && p < s.len && s.ptr[p] == ']' ? p + 1 : end;
}

static size_t slash_end(struct ikw_slice s, size_t end)
{
    if (end >= s.len || s.ptr[end] != '/')
        return end;
    size_t p = digits(s, end + 1);
    return p > end + 1 && p <= end + 6 ? p : end;
}

static size_t addr_end(struct ikw_slice s, size_t pos, unsigned nth)
{
    size_t ends[4];
    unsigned n = host_ends(s, pos, ends);
    for (unsigned i = 0; i < n; i++) {
        size_t slash = slash_end(s, ends[i]);
        size_t whole = bracket_end(s, slash);
        if (nth-- == 0)
            return whole;
        if (whole != ends[i] && nth-- == 0)
            return ends[i];
    }
    return 0;
}

static size_t ip_end(struct ikw_slice s, size_t pos, unsigned nth)
{
    size_t ends[4];
    return nth < host_ends(s, pos, ends) ? ends[nth] : 0;
}

size_t ikw_host_len(struct ikw_slice s)
{
    return ip_end(s, 0, 0);
}

size_t ikw_capture_end(enum ikw_tok_kind kind, struct ikw_slice s, size_t pos,
                       unsigned nth)
{
    switch (kind) {
    case IKW_TOK_COOKIES:
        return cookies_end(s, pos, nth);
    case IKW_TOK_SPI:
        return spi_end(s, pos, nth);
    case IKW_TOK_ADDR:
        return addr_end(s, pos, nth);
    case IKW_TOK_IP:
        return ip_end(s, pos, nth);
    case IKW_TOK_INT:
        return nth ? 0 : int_end(s, pos);
    case IKW_TOK_HEX:
        return nth ? 0 : hex_end(s, pos);
    case IKW_TOK_LIT:
    case IKW_TOK_TEXT:
    case IKW_TOK_WORD:
    case IKW_TOK_REST:
    case IKW_TOK_KINDS:
        break;
    }
    return 0;
}

/* ---- parts ------------------------------------------------------------- */

struct ikw_slice ikw_unmapped(struct ikw_slice ip)
{
    static const char prefix[] = "::ffff:";
    size_t n = sizeof prefix - 1;
    if (ip.len <= n)
        return ip;
    for (size_t i = 0; i < n; i++)
        if ((ip.ptr[i] | 32) != prefix[i])
            return ip;
    return ipv4_end(ip, n) == ip.len ? ikw_slice_sub(ip, n, ip.len) : ip;
}

static bool part_of_addr(struct ikw_slice s, const char *part,
                         struct ikw_slice *out)
{
    size_t host = s.len;
    for (size_t i = 0; i < s.len && host == s.len; i++)
        if (s.ptr[i] == '[' || s.ptr[i] == '/')
            host = i;
    if (!strcmp(part, "ip")) {
        *out = ikw_unmapped(ikw_slice_sub(s, 0, host));
        return true;
    }
    if (strcmp(part, "port") != 0 || host == s.len)
        return false;
    const char *open = memchr(s.ptr, '[', s.len);
    if (open)
        *out = ikw_slice_sub(s, (size_t)(open - s.ptr) + 1, s.len - 1);
    else
        *out = ikw_slice_sub(s, host + 1, s.len);
    return true;
}

static bool part_of_cookies(struct ikw_slice s, const char *part,
                            struct ikw_slice *out)
{
    if (!strcmp(part, "i"))
        *out = ikw_slice_sub(s, 0, 16);
    else if (!strcmp(part, "r"))
        *out = ikw_slice_sub(s, 17, 33);
    else if (!strcmp(part, "msgid") && s.len > 34)
        *out = ikw_slice_sub(s, 34, s.len);
    else
        return false;
    return true;
}

static bool part_of_spi(struct ikw_slice s, const char *part,
                        struct ikw_slice *out)
{
    if (strcmp(part, "dec") != 0 || has_0x(s, 0))
        return false;
    *out = ikw_slice_sub(s, 0, digits(s, 0));
    return true;
}

bool ikw_capture_part(const struct ikw_capture *c, const char *part,
                      struct ikw_slice *out)
{
    *out = c->text;
    if (!part)
        return true;
    switch (c->tok->kind) {
    case IKW_TOK_IP:
        *out = ikw_unmapped(c->text);
        return !strcmp(part, "ip");
    case IKW_TOK_ADDR:
        return part_of_addr(c->text, part, out);
    case IKW_TOK_COOKIES:
        return part_of_cookies(c->text, part, out);
    case IKW_TOK_SPI:
        return part_of_spi(c->text, part, out);
    case IKW_TOK_LIT:
    case IKW_TOK_TEXT:
    case IKW_TOK_WORD:
    case IKW_TOK_INT:
    case IKW_TOK_HEX:
    case IKW_TOK_REST:
    case IKW_TOK_KINDS:
        break;
    }
    return false;
}
