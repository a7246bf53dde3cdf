#include "cases/redact_internal.h"
#include "cases/redact_date.h"

#include "facts/packet/isakmp.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

uint64_t ikw_redact_mix(const struct ikw_redactor *r, uint64_t v)
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
        ikw_buf_addc(out,
                     zero ? '0'
                          : "0123456789abcdef"[ikw_redact_mix(r, v + i) & 15]);
}

static uint32_t map_spi(const struct ikw_redactor *r, uint32_t spi)
{
    return spi < 256 ? spi
                     : (uint32_t)(ikw_redact_mix(r, spi) % 0x0ffffff0u) + 256;
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

/* ---- names ------------------------------------------------------------- */

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || strchr("._-@", c);
}

/* host.example.net, user@host: has a dot or an at, and ends in letters. */
static size_t name_at(const char *s, size_t len)
{
    size_t n = 0, last = 0;
    if (!len || !isalnum((unsigned char)*s))
        return 0;
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
    ikw_buf_addf(out, "%s%06x%s", before,
                 (unsigned)(ikw_redact_mix(r, h) & 0xffffff), after);
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

/* The name of a tunnel in "[name]: ". */
static size_t label_at(const char *line, size_t len, size_t at)
{
    size_t n = 0;
    if (!at || line[at - 1] != '[' || !isalpha((unsigned char)line[at]))
        return 0;
    while (at + n < len && line[at + n] != ']' && n < WORD_MAX - 1)
        n++;
    return at + n + 2 < len && !memcmp(line + at + n, "]: ", 3) ? n : 0;
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

/* A decrypted dump is a packet only if its head says so: octet 17 is the
 * version. */
static void look_at_head(struct ikw_redactor *r, const char *s, size_t len)
{
    char hex[64];
    size_t n = 0;
    for (size_t i = 0; i < len && n < sizeof hex; i++)
        if (!blank(s[i]))
            hex[n++] = s[i];
    if (r->dump == DUMP_PLAIN && (n < 56 || memcmp(hex + 34, "10", 2) != 0))
        r->dump = DUMP_BLANK;
    ikw_packet_sieve_begin(&r->sieve, r->dump == DUMP_PLAIN);
}

static uint8_t nibble(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* Two digits. */
static void put_octet(struct ikw_redactor *r, const char *s,
                      struct ikw_buf *out)
{
    uint8_t octet = (uint8_t)(nibble(s[0]) << 4 | nibble(s[1]));
    bool keep =
        r->dump != DUMP_BLANK && ikw_packet_sieve_keeps(&r->sieve, octet);
    ikw_buf_add(out, keep ? s : "00", 2);
    ikw_packet_sieve_take(&r->sieve, octet);
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
            for (; half < 32; half += 2)
                ikw_packet_sieve_take(&r->sieve, 0);
            i += 35;
            continue;
        }
        if (i + 1 < len && isxdigit((unsigned char)s[i]) &&
            isxdigit((unsigned char)s[i + 1])) {
            put_octet(r, s + i, out);
            half += 2;
            i += 2;
            continue;
        }
        ikw_buf_addc(out, blank(s[i]) ? s[i] : '0');
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
    size_t n = spi ? put_spi(r, s, len, out) : 0;
    if (n)
        return n;
    if ((n = ikw_hex_groups((struct ikw_slice){ s, len }))) {
        put_blanked(s, n, out);
        return n;
    }
    if ((n = ikw_redact_date(s, len, out)))
        return n;
    if ((n = ikw_redact_address(r, s, len, out)))
        return n;
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
    size_t n = label_at(line, len, i);
    if (n && !is_literal(r, s, n)) {
        put_name(r, s, n, "tunnel", "", out);
        return n;
    }
    n = dn_value(line, len, i);
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
        bool spi = (i >= 4 && !memcmp(line + i - 4, "spi=", 4)) ||
                   (i >= 6 && !memcmp(line + i - 6, "spi_p=", 6));
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
    /* without a host it is the program's name */
    if (n > at && s[n - 1] == ':')
        return 0;
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
    size_t day = ikw_redact_day(line, len, r->year, out);
    size_t from = host_end(line, len, &host);
    if (from) {
        put_line(r, line + day, host - day, out);
        put_name(r, line + host, from - host, "gw", "", out);
        day = from;
    }
    line += day;
    len -= day;
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
