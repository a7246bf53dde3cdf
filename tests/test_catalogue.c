/*
 * Every message of the catalogue (tests/data/messages.tsv: the formats of
 * three versions of the daemon), with sample arguments, is recognised as
 * itself, bare and in sampled envelopes.
 *
 * A format does not say what a %s will be, so several samples are tried; one
 * must be recognised as the message, and none as an equal that is not
 * declared so.
 */
#include "tests/log_kit.h"

enum {
    MAX_ARGS = 24,
    MAX_PARTS = 2 * MAX_ARGS + 2,
    MAX_TRIES = 4096,
    FIELD_ID = 0,
    FIELD_LEVEL = 1,
    FIELD_FORMAT = 4,
    FIELDS = 9
};

static const char *const strings[] = {
    "sample",
    "192.0.2.1[500]",
    "192.0.2.1",
    "two words",
    "0123456789abcdef:fedcba9876543210",
    "77",
    "10.0.0.0/24[0] 10.1.0.0/24[0] proto=any dir=out",
    "ESP/Tunnel 192.0.2.1[500]->198.51.100.1[500] spi=77(0x4d)",
    "192.0.2.1[500]->198.51.100.1[500]",
    "192.0.2.1[500]<->198.51.100.1[500]",
    "from 192.0.2.1[500] to 198.51.100.1[500]",
    "not detected ",
    "",
};
static const char *const ints[] = { "7" };
static const char *const hexes[] = { "2a" };
static const char *const pointers[] = { "0x55d0c0de" };

/* What passes through a bare %s: the texts of a library, a banner, a part of
 * a dump. Such a line is known by its text. */
#define OPENSSL "0:error:0B080074:x509 certificate routines:a:key mismatch"
static const struct {
    const char *id, *text;
} passed_through[] = {
    { "x--cfparse-expand-isakmpspec", "AES-CBC(7)" },
    { "x--crypto-openssl-eay-str2asn1dn", OPENSSL },
    { "x--crypto-openssl-eay-check-x509cert", OPENSSL },
    { "x--crypto-openssl-eay-get-x509asn1subjectname", OPENSSL },
    { "x--crypto-openssl-eay-get-x509subjectaltname", OPENSSL },
    { "x--crypto-openssl-eay-get-x509asn1issuername", OPENSSL },
    { "x--crypto-openssl-eay-get-x509text", OPENSSL },
    { "x--crypto-openssl-eay-rsa-verify", OPENSSL },
    { "x--crypto-openssl-base64-decode", OPENSSL },
    { "x--gssapi-gssapi-error", "An invalid name was supplied" },
    { "x--main-main", "@(#)ipsec-tools 0.8.2 (http://ipsec-tools.example)" },
    { "x--oakley-oakley-savecert", "Certificate:" },
    { "x--oakley-get-cert-fromlocal", "Certificate:" },
    { "x--pfkey-pk-checkalg", "unsupported algorithm." },
    { "x--plog-plogdump", "" }, /* bytes: no text of their own */
    { "x--remoteconf-dump-peers-identifiers", "peers_identifier fqdn;" },
    { "x--remoteconf-dump-rmconf-single", "remote anonymous {" },
    { "x--remoteconf-dump-rmconf-single--info2", "proposal {" },
    { "x--remoteconf-dump-rmconf-single--info3", "exchange_mode main;" },
    { "checkisakmpsa-authmethod", "authmethod: 1 / 3" }, /* second line */
    { "x--sockmisc-newsaddr", "Cannot allocate memory" },
    { "x--sockmisc-dupsaddr", "Cannot allocate memory" },
    { "x--isakmp-frag-isakmp-frag-extract", "Duplicate fragment number" },
};

/* A piece of a format: literal text, or a choice of samples. */
struct part {
    char lit[512];
    const char *const *samples; /* NULL: literal */
    size_t nsamples;
};

struct row {
    char id[128], level[16];
    struct part parts[MAX_PARTS];
    size_t nparts;
};

/* ---- the catalogue ----------------------------------------------------- */

static void literal(struct row *r, char c)
{
    struct part *p = r->nparts ? &r->parts[r->nparts - 1] : NULL;
    if (!p || p->samples)
        p = &r->parts[r->nparts++];
    size_t n = strlen(p->lit);
    CU_ASSERT_FATAL(n + 1 < sizeof p->lit);
    p->lit[n] = c;
}

static void sample(struct row *r, char conversion)
{
    struct part *p = &r->parts[r->nparts++];
    CU_ASSERT_FATAL(r->nparts < MAX_PARTS);
    switch (conversion) {
    case 's':
        p->samples = strings;
        p->nsamples = sizeof strings / sizeof strings[0];
        break;
    case 'x':
    case 'X':
        p->samples = hexes;
        p->nsamples = 1;
        break;
    case 'p':
        p->samples = pointers;
        p->nsamples = 1;
        break;
    default:
        p->samples = ints;
        p->nsamples = 1;
    }
}

static char unescaped(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c;
}

/* The format as written in C source. */
static void parse_format(struct row *r, struct ikw_slice f)
{
    for (size_t i = 0; i < f.len; i++) {
        char c = f.ptr[i];
        if (c == '\\' && i + 1 < f.len) {
            literal(r, unescaped(f.ptr[++i]));
        } else if (c != '%' || i + 1 == f.len) {
            literal(r, c);
        } else if (f.ptr[i + 1] == '%') {
            literal(r, f.ptr[++i]);
        } else {
            while (++i < f.len && strchr("-+ #.*0123456789hlzjt", f.ptr[i]))
                ;
            sample(r, i < f.len ? f.ptr[i] : 'd');
        }
    }
}

static bool parse_row(struct row *r, struct ikw_slice line)
{
    struct ikw_slice f[FIELDS];
    size_t n = 0, from = 0;
    for (size_t i = 0; i <= line.len && n < FIELDS; i++)
        if (i == line.len || line.ptr[i] == '\t') {
            f[n++] = ikw_slice_sub(line, from, i);
            from = i + 1;
        }
    memset(r, 0, sizeof *r);
    if (n <= FIELD_FORMAT || ikw_slice_is(f[FIELD_ID], "id"))
        return false;
    snprintf(r->id, sizeof r->id, "%.*s", (int)f[FIELD_ID].len,
             f[FIELD_ID].ptr);
    snprintf(r->level, sizeof r->level, "%.*s", (int)f[FIELD_LEVEL].len,
             f[FIELD_LEVEL].ptr);
    parse_format(r, f[FIELD_FORMAT]);
    return true;
}

/* ---- instances --------------------------------------------------------- */

/* How many instances to try: all of them if they are few. */
static size_t ntries(const struct row *r)
{
    size_t n = 1;
    for (size_t i = 0; i < r->nparts; i++)
        if (r->parts[i].samples && n < MAX_TRIES)
            n *= r->parts[i].nsamples;
    return n < MAX_TRIES ? n : MAX_TRIES;
}

/* Instance number `k`: the first line of it, as a log has it. */
static struct ikw_slice instance(const struct row *r, size_t k,
                                 struct ikw_buf *out)
{
    size_t all = ntries(r), mixed = k;
    ikw_buf_clear(out);
    for (size_t i = 0; i < r->nparts; i++) {
        const struct part *p = &r->parts[i];
        size_t n = p->samples ? p->nsamples : 1;
        ikw_buf_adds(out, p->samples ? p->samples[mixed % n] : p->lit);
        if (n == 1)
            continue;
        mixed /= n;
        if (all == MAX_TRIES) /* too many to try all: mix */
            mixed += (k + i) * 2654435761u % 40961;
    }
    struct ikw_slice s =
        ikw_slice_trim((struct ikw_slice){ ikw_buf_str(out), out->len });
    const char *end = s.len ? memchr(s.ptr, '\n', s.len) : NULL;
    return end ? ikw_slice_trim(ikw_slice_sub(s, 0, (size_t)(end - s.ptr))) : s;
}

static const char *passing_text(const struct row *r)
{
    for (size_t i = 0; i < sizeof passed_through / sizeof passed_through[0];
         i++)
        if (!strcmp(passed_through[i].id, r->id))
            return passed_through[i].text;
    return NULL;
}

static bool is_itself(const struct ikw_message *m, const char *id)
{
    if (!strcmp(m->id, id))
        return true;
    for (size_t i = 0; i < m->nalso; i++)
        if (!strcmp(m->also[i], id))
            return true;
    return false;
}

/* The first instance that is recognised as the row's message. */
static bool recognised(const struct ikw_matcher *m, const struct row *r,
                       struct ikw_buf *out, struct ikw_slice *text,
                       const char **other)
{
    struct ikw_match match;
    const char *passing = passing_text(r);
    *other = "nothing";
    for (size_t k = 0; k < (passing ? 1 : ntries(r)); k++) {
        *text = passing ? ikw_slice_of(passing) : instance(r, k, out);
        if (!text->len)
            return true; /* a blank line is nobody's */
        if (!ikw_matcher_match(m, *text, &match))
            continue;
        *other = match.tmpl->message->id;
        if (is_itself(match.tmpl->message, r->id))
            return true;
    }
    *text = instance(r, 0, out);
    return false;
}

/* ---- envelopes --------------------------------------------------------- */

static const char *const heads[] = {
    "2026-11-24 05:54:39: %s: ",
    "2026-11-24 05:54:39: [198.51.100.1] %s: ",
    "Nov 24 05:54:39 gw racoon[77]: %s: ",
    "Nov 24 05:54:39 gw racoon: [198.51.100.1] %s: ",
    "Nov 24 05:54:39 gw racoon: 2026-11-24 05:54:39: %s: ",
    "2026-11-24T05:54:39.064245+00:00 gw racoon: [198.51.100.1] %s: ",
    "<30>1 2026-11-24T05:54:39Z gw racoon 77 - - %s: ",
    "Nov 24 05:54:39 racoon: [office]: [198.51.100.1] %s: ",
    "Nov 24 05:54:39 racoon: []: %s: ",
    "Tue Nov 24 05:54:39 2026 gw racoon[77]: %s: ",
    "%s: ",
    "racoon: %s: ",
};

enum { NHEADS = sizeof heads / sizeof heads[0] };

struct seen {
    const struct ikw_matcher *matcher;
    const char *id;
    size_t lines, itself;
};

static void see(void *arg, const struct ikw_line *line)
{
    struct seen *s = arg;
    struct ikw_match match;
    if (!line->text.len)
        return;
    s->lines++;
    s->itself += ikw_matcher_match(s->matcher, line->text, &match) &&
                 is_itself(match.tmpl->message, s->id);
}

static void add_head(struct ikw_buf *out, const char *head, const char *level)
{
    const char *at = strstr(head, "%s");
    ikw_buf_add(out, head, (size_t)(at - head));
    ikw_buf_adds(out, level);
    ikw_buf_adds(out, at + 2);
}

static bool recognised_in(const struct ikw_kb *kb, const struct ikw_matcher *m,
                          const struct row *r, const char *head,
                          struct ikw_slice text)
{
    static const struct ikw_envelope_opts opts = { NULL, 2026 };
    struct seen s = { m, r->id, 0, 0 };
    struct ikw_buf line = { 0 };
    struct ikw_envelope_reader *er = ikw_envelope_new(kb, &opts);
    add_head(&line, head, r->level);
    ikw_buf_add(&line, text.ptr, text.len);
    ikw_buf_addc(&line, '\n');
    struct ikw_slice all = { line.ptr, line.len };
    ikw_envelope_detect(er, all, NULL);
    ikw_envelope_run(er, 1, all, see, &s);
    ikw_envelope_free(er);
    if (s.itself != 1 || s.lines != 1)
        printf("%s: not recognised in: %s", r->id, line.ptr);
    ikw_buf_release(&line);
    return s.itself == 1 && s.lines == 1;
}

/* ---- the test ---------------------------------------------------------- */

struct tally {
    size_t rows, bare, wrapped;
};

static void try_row(const struct ikw_kb *kb, const struct ikw_matcher *m,
                    const struct row *r, struct tally *t)
{
    struct ikw_buf out = { 0 };
    struct ikw_slice text;
    const char *other;
    bool ok = recognised(m, r, &out, &text, &other);
    if (!ok)
        printf("%s: recognised as %s: %.*s\n", r->id, other, (int)text.len,
               text.ptr);
    t->bare += ok;
    if (ok && text.len)
        ok = recognised_in(kb, m, r, heads[0], text) &&
             recognised_in(kb, m, r, heads[1 + t->rows % (NHEADS - 1)], text);
    t->wrapped += ok;
    t->rows++;
    ikw_buf_release(&out);
}

static void each_row(const struct ikw_kb *kb, const struct ikw_matcher *m,
                     struct ikw_slice all, struct tally *t)
{
    static struct row row;
    for (size_t from = 0; from < all.len;) {
        const char *nl = memchr(all.ptr + from, '\n', all.len - from);
        size_t to = nl ? (size_t)(nl - all.ptr) : all.len;
        if (parse_row(&row, ikw_slice_sub(all, from, to)))
            try_row(kb, m, &row, t);
        from = to + 1;
    }
}

static void every_message_is_recognised_as_itself(void)
{
    struct ikw_kb *kb = kit_shipped();
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_buf all = { 0 };
    struct tally t = { 0 };
    kit_read_path("tests/data/messages.tsv", &all);
    each_row(kb, m, (struct ikw_slice){ all.ptr, all.len }, &t);
    CU_ASSERT_EQUAL(t.rows, 2318);
    CU_ASSERT_EQUAL(t.bare, t.rows);
    CU_ASSERT_EQUAL(t.wrapped, t.rows);
    ikw_buf_release(&all);
    ikw_matcher_free(m);
    ikw_kb_free(kb);
}

/* ---- the templates themselves ------------------------------------------ */

/* A line that a template could have been written from. */
static void line_of(const struct ikw_template *t, struct ikw_buf *out)
{
    static const char *const values[IKW_TOK_KINDS] = {
        [IKW_TOK_TEXT] = "sample",
        [IKW_TOK_WORD] = "sample",
        [IKW_TOK_INT] = "7",
        [IKW_TOK_HEX] = "2a",
        [IKW_TOK_IP] = "192.0.2.1",
        [IKW_TOK_ADDR] = "192.0.2.1[500]",
        [IKW_TOK_COOKIES] = "0123456789abcdef:fedcba9876543210",
        [IKW_TOK_SPI] = "77(0x4d)",
        [IKW_TOK_REST] = "sample",
    };
    ikw_buf_clear(out);
    for (size_t i = 0; i < t->ntoks; i++) {
        const struct ikw_tok *k = &t->toks[i];
        if (k->kind == IKW_TOK_LIT)
            ikw_buf_add(out, k->text, k->len);
        else
            ikw_buf_adds(out, values[k->kind]);
    }
}

static bool is_recognised(const struct ikw_matcher *m,
                          const struct ikw_template *t, struct ikw_buf *line)
{
    struct ikw_match match;
    line_of(t, line);
    struct ikw_slice text =
        ikw_slice_trim((struct ikw_slice){ ikw_buf_str(line), line->len });
    if (ikw_matcher_match(m, text, &match) && match.tmpl->message == t->message)
        return true;
    printf("%s: not recognised as itself: %.*s\n", t->message->id,
           (int)text.len, text.ptr);
    return false;
}

static void every_spelling_is_recognised_as_its_message(void)
{
    struct ikw_kb *kb = kit_shipped();
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_buf line = { 0 };
    for (size_t i = 0; i < kb->nmessages; i++)
        for (size_t k = 0; k < kb->messages[i]->ntemplates; k++)
            CU_ASSERT_TRUE(
                is_recognised(m, &kb->messages[i]->templates[k], &line));
    ikw_buf_release(&line);
    ikw_matcher_free(m);
    ikw_kb_free(kb);
}

CU_TestInfo ikw_test_catalogue[] = {
    { "every spelling is recognised as its message",
      every_spelling_is_recognised_as_its_message },
    { "every message is recognised as itself",
      every_message_is_recognised_as_itself },
    CU_TEST_INFO_NULL,
};
