/*
 * Most lines of a debug log say what one of the few hundred before them said,
 * but for numbers. A memo keeps the outcome for short texts by their *shape*:
 * the text with any digit for a digit. Where the search had to know a byte
 * itself (see enum ikw_look) the byte counts, and where it only asked for hex
 * digits any of those will do. So what fits a place would be matched in the
 * same way, its captures lying where they lie there. A text that falls on
 * others' places takes over one of them.
 */
#include "facts/log/match.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEP = 16, /* bytes compared at once */
    TEXT_MOST = 8 * STEP,
    CAPTURES_MOST = 8,
    WAYS = 4,
    HASH_BITS = 9,
    FOLLOW_BITS = 12
};

struct place {
    unsigned char text[TEXT_MOST];
    unsigned char digit[TEXT_MOST];  /* 0xff: any digit will do */
    unsigned char hex[TEXT_MOST];    /* 0xff: any lower-case hex digit */
    const struct ikw_template *tmpl; /* NULL: not recognised */
    unsigned char len, ncaptures;    /* len 0: free */
    unsigned char hush;              /* 0: the text must be handed on */
    unsigned char tok[CAPTURES_MOST];
    unsigned char from[CAPTURES_MOST], size[CAPTURES_MOST];
};

struct ikw_match_memo {
    unsigned turn;
    uint16_t at, before; /* places of the last two texts */
    bool kept;           /* the last one has a place */
    /* What came after two texts, by their places: as a rule it comes again,
     * and so a text is most often found without its hash. */
    uint16_t follow[1 << FOLLOW_BITS];
    uint32_t tags[WAYS << HASH_BITS]; /* of the places' texts */
    struct place places[WAYS << HASH_BITS];
};

struct ikw_match_memo *ikw_match_memo_new(void)
{
    return ikw_xcalloc(1, sizeof(struct ikw_match_memo));
}

void ikw_match_memo_free(struct ikw_match_memo *memo)
{
    free(memo);
}

/* ---- sixteen bytes at once --------------------------------------------- */

#if defined(__GNUC__)
typedef unsigned char bytes16 __attribute__((vector_size(STEP)));

static inline bytes16 load(const void *p)
{
    bytes16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline bytes16 digits_of(bytes16 v)
{
    return (bytes16)(v - '0' <= 9);
}

static inline bytes16 letters_of(bytes16 v) /* a to f */
{
    return (bytes16)(v - 'a' <= 5);
}

/* The shape, by which a place is found: coarser than any place asks. */
static inline uint64_t fold(const unsigned char *text)
{
    bytes16 v = load(text);
    bytes16 any = digits_of(v) | letters_of(v);
    uint64_t half[2];
    v = (v & ~any) | (any & '0');
    memcpy(half, &v, sizeof half);
    return half[0] * 0x9e3779b97f4a7c15u ^ half[1] * 0xc2b2ae3d27d4eb4fu;
}

/* Zero if the bytes fit the place from `i` on. */
static inline uint64_t misfit(const struct place *p, const unsigned char *text,
                              size_t i)
{
    bytes16 v = load(text), hex = load(p->hex + i);
    bytes16 fits = (bytes16)(v == load(p->text + i));
    uint64_t half[2];
    fits |= digits_of(v) & (load(p->digit + i) | hex);
    fits |= letters_of(v) & hex;
    fits = ~fits;
    memcpy(half, &fits, sizeof half);
    return half[0] | half[1];
}
#else
static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(unsigned char c)
{
    return c >= 'a' && c <= 'f';
}

static uint64_t fold(const unsigned char *text)
{
    uint64_t h = 0;
    for (size_t i = 0; i < STEP; i++) {
        bool any = is_digit(text[i]) || is_letter(text[i]);
        h = h * 0x100000001b3u ^ (any ? '0' : text[i]);
    }
    return h;
}

static uint64_t misfit(const struct place *p, const unsigned char *text,
                       size_t i)
{
    for (size_t k = 0; k < STEP; k++) {
        unsigned char c = text[k];
        if (c != p->text[i + k] &&
            !(is_digit(c) && (p->digit[i + k] | p->hex[i + k])) &&
            !(is_letter(c) && p->hex[i + k]))
            return 1;
    }
    return 0;
}
#endif

/* Steps start at 0, 16, ... and the last one ends where the text does; a
 * shorter text is padded to one of them. */
static inline size_t next_step(size_t i, size_t last)
{
    return i + STEP < last ? i + STEP : last;
}

static inline uint64_t hash(const unsigned char *text, size_t len)
{
    size_t last = len - STEP;
    uint64_t h = len ^ (uint64_t)text[0] << 32; /* always looked at */
    for (size_t i = 0;; i = next_step(i, last)) {
        h = (h ^ h >> 31) + fold(text + i);
        if (i == last)
            break;
    }
    return h * 0xff51afd7ed558ccdu;
}

static inline bool fits(const struct place *p, const unsigned char *text,
                        size_t len)
{
    size_t last = len - STEP;
    for (size_t i = 0;; i = next_step(i, last)) {
        if (misfit(p, text + i, i))
            return false;
        if (i == last)
            return true;
    }
}

/* Short texts are padded. Not to be read behind `room` bytes. */
static inline const unsigned char *padded(const char *text, size_t len,
                                          unsigned char few[STEP])
{
    if (len >= STEP)
        return (const unsigned char *)text;
    memset(few, 0, STEP);
    memcpy(few, text, len);
    return few;
}

static inline bool is_at(const struct place *p, const char *text, size_t len)
{
    unsigned char few[STEP];
    return p->len == len &&
           fits(p, padded(text, len, few), len < STEP ? STEP : len);
}

/* ---- places ------------------------------------------------------------ */

static inline bool recall(const struct place *p, const char *text,
                          struct ikw_match *out)
{
    out->tmpl = p->tmpl;
    out->says = NULL;
    out->ncaptures = p->ncaptures;
    for (size_t i = 0; i < p->ncaptures; i++) {
        out->captures[i].tok = &p->tmpl->toks[p->tok[i]];
        out->captures[i].text =
            (struct ikw_slice){ text + p->from[i], p->size[i] };
    }
    return p->tmpl != NULL;
}

static bool is_x(const unsigned char *text, size_t len, size_t i)
{
    return i < len && (text[i] | 32) == 'x';
}

/* Which bytes may be others. A zero before an x is not any digit. */
static void relax(struct place *p, const unsigned char *looks)
{
    memset(p->digit, 0, sizeof p->digit);
    memset(p->hex, 0, sizeof p->hex);
    for (size_t i = 0; i < p->len; i++) {
        unsigned char c = p->text[i];
        bool digit = c >= '0' && c <= '9';
        bool hex = digit || (c >= 'a' && c <= 'f');
        if ((looks[i] & IKW_LOOK_BYTE) || is_x(p->text, p->len, i + 1))
            continue;
        if (digit)
            p->digit[i] = 0xff;
        if (hex && looks[i] == IKW_LOOK_HEX)
            p->hex[i] = 0xff;
    }
}

static void keep(struct place *p, struct ikw_slice text,
                 const unsigned char *looks, const struct ikw_match *m)
{
    p->len = 0;
    p->hush = 0;
    if (m->ncaptures > CAPTURES_MOST || (m->tmpl && m->tmpl->ntoks > UINT8_MAX))
        return;
    memset(p->text, 0, sizeof p->text);
    memcpy(p->text, text.ptr, text.len);
    p->tmpl = m->tmpl;
    p->len = (unsigned char)text.len;
    p->ncaptures = (unsigned char)m->ncaptures;
    relax(p, looks);
    for (size_t i = 0; i < m->ncaptures; i++) {
        struct ikw_slice c = m->captures[i].text;
        p->tok[i] = (unsigned char)(m->captures[i].tok - m->tmpl->toks);
        p->from[i] = (unsigned char)(c.ptr - text.ptr);
        p->size[i] = (unsigned char)c.len;
    }
}

static inline struct place *find(struct ikw_match_memo *memo, const char *text,
                                 size_t len, size_t *first, uint32_t *tag)
{
    unsigned char few[STEP];
    const unsigned char *bytes = padded(text, len, few);
    size_t whole = len < STEP ? STEP : len;
    uint64_t h = hash(bytes, whole);
    *first = (size_t)(h >> (64 - HASH_BITS)) * WAYS;
    *tag = (uint32_t)h;
    for (size_t i = *first; i < *first + WAYS; i++)
        if (memo->tags[i] == *tag && memo->places[i].len == len &&
            fits(&memo->places[i], bytes, whole))
            return &memo->places[i];
    return NULL;
}

/* A place for a text that has none, of the WAYS from `first` on. */
static struct place *take_over(struct ikw_match_memo *memo, size_t first,
                               uint32_t tag)
{
    size_t free = WAYS;
    for (size_t i = WAYS; i > 0; i--)
        if (!memo->places[first + i - 1].len)
            free = i - 1;
    if (free == WAYS)
        free = memo->turn++ % WAYS;
    memo->tags[first + free] = tag;
    return &memo->places[first + free];
}

/* ---- what comes next --------------------------------------------------- */

static inline uint16_t *follower(struct ikw_match_memo *memo)
{
    unsigned i = memo->at * 5u ^ memo->before;
    return &memo->follow[i & ((1u << FOLLOW_BITS) - 1)];
}

static inline void step(struct ikw_match_memo *memo, const struct place *p)
{
    memo->before = memo->at;
    memo->at = (uint16_t)(p - memo->places);
    memo->kept = true;
}

/* No search: octets, each text another. They would push out the others. */
static bool was_searched(const unsigned char *looks, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (looks[i])
            return true;
    return false;
}

bool ikw_matcher_match_memo(const struct ikw_matcher *m,
                            struct ikw_match_memo *memo, struct ikw_slice text,
                            struct ikw_match *out)
{
    size_t first;
    uint32_t tag;
    memo->kept = false;
    if (text.len == 0 || text.len > TEXT_MOST)
        return ikw_matcher_match(m, text, out);
    uint16_t *next = follower(memo);
    struct place *p = &memo->places[*next];
    if (!is_at(p, text.ptr, text.len))
        p = find(memo, text.ptr, text.len, &first, &tag);
    if (p) {
        *next = (uint16_t)(p - memo->places);
        step(memo, p);
        return recall(p, text.ptr, out);
    }
    unsigned char looks[TEXT_MOST] = { 0 };
    bool found = ikw_matcher_trace(m, text, looks, out);
    if (found || was_searched(looks, text.len)) {
        p = take_over(memo, first, tag);
        keep(p, text, looks, out);
        *next = (uint16_t)(p - memo->places);
        step(memo, p);
    }
    return found;
}

/* ---- texts that are passed over ---------------------------------------- */

/* The mark of a folded newline is no matter of shape. */
static bool has_mark(const struct place *p)
{
    for (size_t i = 0; i + 1 < p->len; i++)
        if (p->text[i] == '#' && (p->digit[i + 1] | p->hex[i + 1]))
            return true;
    return false;
}

void ikw_match_memo_hush(struct ikw_match_memo *memo, unsigned char how)
{
    struct place *p = &memo->places[memo->at];
    if (memo->kept && p->hush != how && p->len && !has_mark(p))
        p->hush = how;
}

/* The place of the text that ends at the next newline; NULL: it has none. */
static struct place *look_up(struct ikw_match_memo *memo, const char *text)
{
    size_t first;
    uint32_t tag;
    const char *nl = memchr(text, '\n', TEXT_MOST + 1);
    return nl && nl > text ? find(memo, text, (size_t)(nl - text), &first, &tag)
                           : NULL;
}

size_t ikw_match_memo_skim(struct ikw_match_memo *memo, const char *text,
                           const char *end, unsigned char *how)
{
    if ((size_t)(end - text) <= TEXT_MOST)
        return 0;
    uint16_t *next = follower(memo);
    struct place *p = &memo->places[*next];
    if (!p->len || text[p->len] != '\n' || !is_at(p, text, p->len)) {
        p = look_up(memo, text);
        if (!p)
            return 0;
        *next = (uint16_t)(p - memo->places);
    }
    if (!p->hush)
        return 0;
    step(memo, p);
    *how = p->hush;
    return p->len;
}
