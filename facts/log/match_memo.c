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
    TEXT_MOST = 6 * STEP,
    CAPTURES_MOST = 8,
    WAYS = 4,
    HASH_BITS = 9
};

struct place {
    unsigned char text[TEXT_MOST];
    unsigned char digit[TEXT_MOST];  /* 0xff: any digit will do */
    unsigned char hex[TEXT_MOST];    /* 0xff: any lower-case hex digit */
    const struct ikw_template *tmpl; /* NULL: not recognised */
    unsigned char len, ncaptures;    /* len 0: free */
    unsigned char tok[CAPTURES_MOST];
    unsigned char from[CAPTURES_MOST], size[CAPTURES_MOST];
};

struct ikw_match_memo {
    unsigned turn;
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
    uint64_t h = len;
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

/* The place of the text, or one that it may take over: WAYS of them stand
 * open to each text. */
static inline struct place *place_of(struct ikw_match_memo *memo,
                                     const unsigned char *text, size_t len,
                                     size_t padded, bool *found)
{
    uint64_t h = hash(text, padded);
    size_t first = (size_t)(h >> (64 - HASH_BITS)) * WAYS, free = WAYS;
    uint32_t tag = (uint32_t)h;
    *found = true;
    for (size_t i = first; i < first + WAYS; i++)
        if (memo->tags[i] == tag && memo->places[i].len == len &&
            fits(&memo->places[i], text, padded))
            return &memo->places[i];
    *found = false;
    for (size_t i = WAYS; i > 0; i--)
        if (!memo->places[first + i - 1].len)
            free = i - 1;
    if (free == WAYS)
        free = memo->turn++ % WAYS;
    memo->tags[first + free] = tag;
    return &memo->places[first + free];
}

bool ikw_matcher_match_memo(const struct ikw_matcher *m,
                            struct ikw_match_memo *memo, struct ikw_slice text,
                            struct ikw_match *out)
{
    unsigned char few[STEP] = { 0 };
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    size_t padded = text.len < STEP ? STEP : text.len;
    bool found;
    if (text.len == 0 || text.len > TEXT_MOST)
        return ikw_matcher_match(m, text, out);
    if (text.len < STEP) {
        memcpy(few, text.ptr, text.len);
        bytes = few;
    }
    struct place *p = place_of(memo, bytes, text.len, padded, &found);
    if (found)
        return recall(p, text.ptr, out);
    unsigned char looks[TEXT_MOST] = { 0 };
    found = ikw_matcher_trace(m, text, looks, out);
    keep(p, text, looks, out);
    return found;
}
