#include "cases/redact.h"

#include "facts/packet/isakmp.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES_MAX = 100000, NETS_MAX = 515, WORDS_MAX = 2000 };
enum { SECRETS_MAX = 256, PACKETS_MAX = 32, WORD_MAX = 128, DAYS_BACK = 1477 };

/* What the dump below a heading is. Only of a packet may anything stay. */
enum dump { DUMP_BLANK, DUMP_PACKET, DUMP_PLAIN };

struct packet_text {
    const char *text;
    enum dump dump;
};

struct ikw_redactor {
    const struct ikw_kb *kb;
    uint64_t seed;
    struct ikw_buf literals;          /* all fixed text of all messages */
    const char *secrets[SECRETS_MAX]; /* fixed beginnings of secret lines */
    size_t nsecrets;
    struct packet_text packets[PACKETS_MAX]; /* fixed parts of headings */
    size_t npackets;
    uint32_t *seen; /* IPv4 addresses of the originals */
    size_t nseen, cap;
    uint32_t nets[NETS_MAX]; /* public /24s in order of appearance */
    size_t nnets;
    bool own_docs;  /* the originals are of the documentation ranges */
    size_t dump_at; /* octets of the packet dump so far */
    enum dump dump;
    bool dump_keep;
    char **words;
    size_t nwords, words_cap;
    struct ikw_arena arena;
};

static uint64_t mix(const struct ikw_redactor *r, uint64_t v)
{
    v += r->seed * 0x9e3779b97f4a7c15u + 0x9e3779b97f4a7c15u;
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
    v = (v ^ v >> 27) * 0x94d049bb133111ebu;
    return v ^ v >> 31;
}

/* ---- what the knowledge base says itself ------------------------------- */

static void add_secret(struct ikw_redactor *r, const struct ikw_template *t)
{
    if (!t->ntoks || t->toks[0].kind != IKW_TOK_LIT || t->toks[0].len < 4 ||
        r->nsecrets == SECRETS_MAX)
        return;
    r->secrets[r->nsecrets++] =
        ikw_arena_strndup(&r->arena, t->toks[0].text, t->toks[0].len);
}

/* The longest fixed text of a heading over a packet. */
static void add_packet(struct ikw_redactor *r, const struct ikw_template *t,
                       enum dump dump)
{
    const struct ikw_tok *best = NULL;
    for (size_t k = 0; k < t->ntoks; k++)
        if (t->toks[k].kind == IKW_TOK_LIT &&
            (!best || t->toks[k].len > best->len))
            best = &t->toks[k];
    if (!best || best->len < 4 || r->npackets == PACKETS_MAX)
        return;
    struct packet_text *p = &r->packets[r->npackets++];
    p->text = ikw_arena_strndup(&r->arena, best->text, best->len);
    p->dump = dump;
}

static void learn(struct ikw_redactor *r, const struct ikw_message *m)
{
    for (size_t i = 0; i < m->ntemplates; i++) {
        const struct ikw_template *t = &m->templates[i];
        for (size_t k = 0; k < t->ntoks; k++)
            if (t->toks[k].kind == IKW_TOK_LIT) {
                ikw_buf_add(&r->literals, t->toks[k].text, t->toks[k].len);
                ikw_buf_addc(&r->literals, '\n');
            }
        if (m->action == IKW_DO_SECRET)
            add_secret(r, t);
        else if (m->action == IKW_DO_PLAIN)
            add_packet(r, t, DUMP_PLAIN);
        else if (m->action == IKW_DO_PACKET_IN ||
                 m->action == IKW_DO_PACKET_OUT)
            add_packet(r, t, DUMP_PACKET);
    }
}

struct ikw_redactor *ikw_redactor_new(const struct ikw_kb *kb, uint64_t seed)
{
    struct ikw_redactor *r = ikw_xcalloc(1, sizeof *r);
    r->kb = kb;
    r->seed = seed;
    for (size_t i = 0; i < kb->nmessages; i++)
        learn(r, kb->messages[i]);
    for (size_t i = 0; i < kb->nlevel_words; i++)
        ikw_buf_addf(&r->literals, "%s\n", kb->level_words[i].word);
    return r;
}

void ikw_redactor_free(struct ikw_redactor *r)
{
    if (!r)
        return;
    ikw_buf_release(&r->literals);
    ikw_arena_release(&r->arena);
    free(r->seen);
    free(r->words);
    free(r);
}

static bool is_literal(const struct ikw_redactor *r, const char *s, size_t len)
{
    char word[WORD_MAX];
    if (len >= sizeof word)
        return false;
    memcpy(word, s, len);
    word[len] = '\0';
    return strstr(ikw_buf_str(&r->literals), word) != NULL;
}

/* ---- addresses --------------------------------------------------------- */

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
        out ^= (uint32_t)(mix(r, before << 8 | bit) & 1) << (31 - bit);
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
        before = mix(r, before << 16 | g);
        if (!g)
            continue;
        m.s6_addr[i] = (unsigned char)(before >> 8);
        m.s6_addr[i + 1] = (unsigned char)(before | 1);
    }
    ikw_buf_adds(out, inet_ntop(AF_INET6, &m, text, sizeof text) ? text : "::");
}

/* ---- numbers that name ------------------------------------------------- */

static size_t hex_run(const char *s, size_t len)
{
    size_t n = 0;
    while (n < len && isxdigit((unsigned char)s[n]))
        n++;
    return n;
}

/* As many digits, the same for the same; zeros stay zeros. */
static void put_hex(const struct ikw_redactor *r, const char *s, size_t len,
                    struct ikw_buf *out)
{
    uint64_t v = 0;
    bool zero = true;
    for (size_t i = 0; i < len; i++) {
        zero = zero && s[i] == '0';
        v = v << 4 ^ (uint64_t)tolower((unsigned char)s[i]) ^ v >> 60;
    }
    for (size_t i = 0; i < len; i++)
        ikw_buf_addc(out, zero ? '0' : "0123456789abcdef"[mix(r, v + i) & 15]);
}

static uint32_t map_spi(const struct ikw_redactor *r, uint32_t spi)
{
    return spi < 256 ? spi : (uint32_t)(mix(r, spi) % 0x0ffffff0u) + 256;
}

/* After "spi=": 123(0x7b), 123, or eight hex digits. */
static size_t put_spi(const struct ikw_redactor *r, const char *s, size_t len,
                      struct ikw_buf *out)
{
    size_t digits = 0, hex = hex_run(s, len);
    uint64_t v = 0;
    if (hex == 8 && hex < len && s[hex] == ' ') {
        char text[9] = { 0 };
        memcpy(text, s, 8);
        uint32_t spi = (uint32_t)strtoul(text, NULL, 16);
        ikw_buf_addf(out, "%08x", map_spi(r, spi));
        return 8;
    }
    for (; digits < len && digits < 10 && isdigit((unsigned char)s[digits]);
         digits++)
        v = v * 10 + (uint64_t)(s[digits] - '0');
    if (!digits || hex != digits)
        return 0;
    uint32_t m = map_spi(r, (uint32_t)v);
    ikw_buf_addf(out, "%u", m);
    if (digits + 3 < len && !memcmp(s + digits, "(0x", 3)) {
        size_t in = hex_run(s + digits + 3, len - digits - 3);
        ikw_buf_addf(out, "(0x%x", m);
        return digits + 3 + in;
    }
    return digits;
}

/* ---- dates ------------------------------------------------------------- */

static int64_t to_days(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = y / 400, yoe = y % 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy;
}

static void put_date(int64_t days, struct ikw_buf *out)
{
    int64_t era = days / 146097, doe = days % 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int64_t m = mp < 10 ? mp + 3 : mp - 9;
    ikw_buf_addf(out, "%04d-%02d-%02d", (int)(yoe + era * 400 + (m <= 2)),
                 (int)m, (int)(doy - (153 * mp + 2) / 5 + 1));
}

/* 2026-11-24 at `s` */
static bool iso_date(const char *s, size_t len, int64_t *days)
{
    int64_t v[3];
    static const size_t from[] = { 0, 5, 8 }, to[] = { 4, 7, 10 };
    if (len < 10 || s[4] != '-' || s[7] != '-')
        return false;
    for (int i = 0; i < 3; i++)
        if (!ikw_slice_int((struct ikw_slice){ s + from[i], to[i] - from[i] },
                           &v[i]))
            return false;
    if (v[0] < 1975 || v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31)
        return false;
    *days = to_days(v[0], v[1], v[2]);
    return true;
}

/* ---- names ------------------------------------------------------------- */

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || strchr("._-@", c);
}

/* host.example.net, user@host: has a dot or an at, and ends in letters. */
static size_t name_at(const char *s, size_t len)
{
    size_t n = 0, last = 0;
    while (n < len && s[n] && name_char(s[n]))
        n++;
    while (n && s[n - 1] == '.')
        n--;
    for (size_t i = 0; i < n; i++)
        if (s[i] == '.' || s[i] == '@')
            last = i + 1;
    if (!last || n < last + 2)
        return 0;
    for (size_t i = last; i < n; i++)
        if (!isalpha((unsigned char)s[i]))
            return 0;
    return n;
}

static void put_name(const struct ikw_redactor *r, const char *s, size_t len,
                     const char *before, const char *after, struct ikw_buf *out)
{
    uint32_t h = ikw_hash_bytes(s, len);
    ikw_buf_addf(out, "%s%06x%s", before, (unsigned)(mix(r, h) & 0xffffff),
                 after);
}

/* Value of CN=, O= ... : up to the next separator. */
static size_t dn_value(const char *line, size_t len, size_t at)
{
    static const char *const keys[] = { "CN=", "OU=", "O=",  "L=",
                                        "ST=", "C=",  "DC=", "emailAddress=" };
    bool found = false;
    if (!at || line[at - 1] != '=')
        return 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !found; i++) {
        size_t k = strlen(keys[i]);
        found = at >= k && !memcmp(line + at - k, keys[i], k) &&
                (at == k || strchr("/, '\"(:", line[at - k - 1]));
    }
    size_t n = 0;
    while (found && at + n < len && line[at + n] &&
           !strchr("/,'\")\n", line[at + n]))
        n++;
    return n;
}

/* ---- packets ----------------------------------------------------------- */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A line of a dump: pairs of hex digits and blanks, nothing else. */
static bool is_dump(const char *s, size_t len)
{
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        if (isxdigit((unsigned char)s[i]))
            digits++;
        else if (!blank(s[i]))
            return false;
    }
    return digits >= 2 && digits % 2 == 0;
}

/* Octet `n` of the packet may stay: the header behind the cookies, and a
 * short informational message whole. */
static bool may_stay(const struct ikw_redactor *r, size_t n)
{
    return r->dump != DUMP_BLANK && n >= 16 && (n < 28 || r->dump_keep);
}

static void look_at_head(struct ikw_redactor *r, const char *s, size_t len)
{
    char hex[64];
    size_t n = 0;
    for (size_t i = 0; i < len && n < sizeof hex; i++)
        if (!blank(s[i]))
            hex[n++] = s[i];
    /* octet 17 is the version, 18 the exchange, 24 to 27 the length */
    if (r->dump == DUMP_PLAIN && (n < 56 || memcmp(hex + 34, "10", 2) != 0))
        r->dump = DUMP_BLANK;
    r->dump_keep =
        n >= 56 && !memcmp(hex + 36, "05", 2) && !memcmp(hex + 48, "000000", 6);
}

/* Two cookies in four groups of a dump. */
static void put_cookies(struct ikw_redactor *r, const char *s,
                        struct ikw_buf *out)
{
    char c[32];
    struct ikw_buf m = { 0 };
    for (size_t g = 0; g < 4; g++)
        memcpy(c + 8 * g, s + 9 * g, 8);
    put_hex(r, c, 16, &m);
    put_hex(r, c + 16, 16, &m);
    for (size_t g = 0; g < 4; g++)
        ikw_buf_addf(out, "%s%.8s", g ? " " : "", m.ptr + 8 * g);
    ikw_buf_release(&m);
}

static void put_dump(struct ikw_redactor *r, const char *s, size_t len,
                     struct ikw_buf *out)
{
    static const char marker[] = "00000000 "; /* of NAT traversal */
    size_t i = 0;
    if (!r->dump_at && r->dump == DUMP_PACKET && len > 9 &&
        !memcmp(s, marker, 9)) {
        ikw_buf_adds(out, marker);
        i = 9;
    }
    if (!r->dump_at)
        look_at_head(r, s + i, len - i);
    size_t half = r->dump_at * 2;
    while (i < len) {
        if (half == 0 && r->dump != DUMP_BLANK && i + 35 <= len &&
            hex_run(s + i, len - i) == 8) {
            put_cookies(r, s + i, out);
            i += 35;
            half += 32;
            continue;
        }
        if (blank(s[i]))
            ikw_buf_addc(out, s[i]);
        else
            ikw_buf_addc(out, may_stay(r, half++ / 2) ? s[i] : '0');
        i++;
    }
    r->dump_at = half / 2;
}

static void put_blanked(const char *s, size_t len, struct ikw_buf *out)
{
    for (size_t i = 0; i < len; i++)
        ikw_buf_addc(out, s[i] == ' ' ? ' ' : '0');
}

/* ---- lines ------------------------------------------------------------- */

static bool secret_from(const struct ikw_redactor *r, const char *line,
                        size_t len, size_t *from)
{
    for (size_t i = 0; i < r->nsecrets; i++) {
        size_t n = strlen(r->secrets[i]);
        for (size_t at = 0; at + n <= len; at++)
            if (!memcmp(line + at, r->secrets[i], n)) {
                *from = at + n;
                return true;
            }
    }
    return false;
}

/* The line over a dump that holds nothing but a head. */
static bool says_nothing(const struct ikw_redactor *r, const char *line,
                         size_t len)
{
    while (len && (line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    if (len >= 2 && line[len - 1] == ' ' && line[len - 2] == ':')
        return true;
    for (size_t i = 0; len && i < r->kb->nlevel_words; i++) {
        const char *word = r->kb->level_words[i].word;
        size_t n = strlen(word);
        if (line[len - 1] == ':' && len > n + 1 &&
            !memcmp(line + len - n - 1, word, n))
            return true;
    }
    return len == 0;
}

static bool holds(const char *line, size_t len, const char *text)
{
    size_t n = strlen(text);
    for (size_t at = 0; at + n <= len; at++)
        if (!memcmp(line + at, text, n))
            return true;
    return false;
}

/* What this line says of a dump below it. */
static void note_heading(struct ikw_redactor *r, const char *line, size_t len,
                         bool secret)
{
    enum dump dump = DUMP_BLANK;
    for (size_t i = 0; i < r->npackets && dump == DUMP_BLANK; i++)
        if (holds(line, len, r->packets[i].text))
            dump = r->packets[i].dump;
    if (secret)
        r->dump = DUMP_BLANK;
    else if (dump != DUMP_BLANK || !says_nothing(r, line, len))
        r->dump = dump;
}

static void unsure(struct ikw_redactor *r, const char *s, size_t len)
{
    size_t digits = 0;
    while (digits < len && isdigit((unsigned char)s[digits]))
        digits++;
    if (len < 3 || digits == len || len >= WORD_MAX || r->nwords >= WORDS_MAX ||
        is_literal(r, s, len))
        return;
    for (size_t i = 0; i < r->nwords; i++)
        if (strlen(r->words[i]) == len && !memcmp(r->words[i], s, len))
            return;
    IKW_GROW(r->words, r->words_cap, r->nwords + 1);
    r->words[r->nwords++] = ikw_arena_strndup(&r->arena, s, len);
}

static size_t put_number(struct ikw_redactor *r, const char *s, size_t len,
                         bool spi, struct ikw_buf *out)
{
    uint32_t a;
    struct in6_addr a6;
    int64_t days;
    size_t n = spi ? put_spi(r, s, len, out) : 0;
    if (n)
        return n;
    if ((n = ikw_hex_groups((struct ikw_slice){ s, len }))) {
        put_blanked(s, n, out);
        return n;
    }
    if (iso_date(s, len, &days)) {
        put_date(days - DAYS_BACK, out);
        return 10;
    }
    if ((n = quad(s, len, &a))) {
        size_t d = n < len && s[n] == '/' ? n + 1 : len;
        int64_t mask = 32;
        size_t digits = 0;
        while (d + digits < len && isdigit((unsigned char)s[d + digits]))
            digits++;
        if (digits && digits < 3)
            ikw_slice_int((struct ikw_slice){ s + d, digits }, &mask);
        put4(r, a, mask > 32 ? 32 : (unsigned)mask, out);
        return n;
    }
    if ((n = six(s, len, &a6))) {
        put6(r, &a6, out);
        return n;
    }
    n = hex_run(s, len);
    if (n == 16 || (n > 16 && n % 2 == 0)) {
        put_hex(r, s, n, out);
        return n;
    }
    return 0;
}

static size_t put_word(struct ikw_redactor *r, const char *line, size_t len,
                       size_t i, struct ikw_buf *out)
{
    const char *s = line + i;
    size_t n = dn_value(line, len, i);
    if (n) {
        put_name(r, s, n, "x", "", out);
        return n;
    }
    n = name_at(s, len - i);
    bool path = i && line[i - 1] == '/';
    if (n && !path && !is_literal(r, s, n)) {
        put_name(r, s, n, memchr(s, '@', n) ? "u" : "h",
                 memchr(s, '@', n) ? "@example.net" : ".example.net", out);
        return n;
    }
    if (i && line[i - 1] == '"') {
        const char *end = memchr(s, '"', len - i);
        n = end ? (size_t)(end - s) : 0;
        if (n && *s != '/' && !is_literal(r, s, n)) {
            put_name(r, s, n, "q", "", out);
            return n;
        }
    }
    n = 0;
    while (i + n < len &&
           (isalnum((unsigned char)s[n]) || s[n] == '_' || (n && s[n] == '-')))
        n++;
    if (n)
        unsure(r, s, n);
    ikw_buf_add(out, s, n ? n : 1);
    return n ? n : 1;
}

static void put_line(struct ikw_redactor *r, const char *line, size_t len,
                     struct ikw_buf *out)
{
    for (size_t i = 0; i < len;) {
        bool spi = i >= 4 && !memcmp(line + i - 4, "spi=", 4);
        bool start =
            !i || (!isalnum((unsigned char)line[i - 1]) && line[i - 1] != '_');
        size_t n =
            start || spi ? put_number(r, line + i, len - i, spi, out) : 0;
        i += n ? n : put_word(r, line, len, i, out);
    }
}

static const char newline_mark[] = "#012"; /* as syslog writes it */

/* Length up to the next mark. */
static size_t piece(const char *s, size_t len)
{
    for (size_t i = 0; i + 4 <= len; i++)
        if (!memcmp(s + i, newline_mark, 4))
            return i;
    return len;
}

/* Dumps that syslog has put into the line. */
static void put_pieces(struct ikw_redactor *r, const char *s, size_t len,
                       struct ikw_buf *out)
{
    while (len) {
        ikw_buf_adds(out, newline_mark);
        s += 4;
        len -= 4;
        size_t n = piece(s, len);
        if (is_dump(s, n)) {
            put_dump(r, s, n, out);
        } else {
            r->dump_at = 0;
            put_line(r, s, n, out);
        }
        s += n;
        len -= n;
    }
}

/* Head of a syslog line up to and with the host's name; 0 if it is none. */
static size_t host_end(const char *s, size_t len, size_t *host)
{
    size_t at = 0;
    if (len > 16 && isupper((unsigned char)s[0]) && s[3] == ' ' &&
        s[6] == ' ' && s[9] == ':' && s[12] == ':' && s[15] == ' ')
        at = 16;
    else if (len > 20 && s[4] == '-' && s[10] == 'T' && memchr(s, ' ', len))
        at = (size_t)((const char *)memchr(s, ' ', len) - s) + 1;
    size_t n = at;
    while (at && n < len && s[n] != ' ')
        n++;
    *host = at;
    return n > at && n < len ? n : 0;
}

static void one_line(struct ikw_redactor *r, const char *line, size_t len,
                     struct ikw_buf *out)
{
    size_t secret = 0, host = 0;
    if (is_dump(line, len)) {
        put_dump(r, line, len, out);
        return;
    }
    size_t from = host_end(line, len, &host);
    if (from) {
        put_line(r, line, host, out);
        put_name(r, line + host, from - host, "gw", "", out);
        line += from;
        len -= from;
    }
    if (from && is_dump(line, len)) {
        put_dump(r, line, len, out);
        return;
    }
    size_t own = piece(line, len);
    r->dump_at = 0;
    bool hidden = secret_from(r, line, own, &secret);
    note_heading(r, line, own, hidden);
    put_line(r, line, hidden ? secret : own, out);
    if (hidden && secret < own)
        ikw_buf_adds(out, "(blanked)");
    put_pieces(r, line + own, len - own, out);
}

void ikw_redact(struct ikw_redactor *r, struct ikw_slice log,
                struct ikw_buf *out)
{
    for (size_t i = 0; i < log.len;) {
        const char *nl = memchr(log.ptr + i, '\n', log.len - i);
        size_t len = nl ? (size_t)(nl - log.ptr) - i : log.len - i;
        one_line(r, log.ptr + i, len, out);
        ikw_buf_addc(out, '\n');
        i += len + 1;
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

size_t ikw_redact_unsure(struct ikw_redactor *r, const char *const **out)
{
    if (r->nwords)
        qsort(r->words, r->nwords, sizeof *r->words, by_text);
    *out = (const char *const *)r->words;
    return r->nwords;
}
