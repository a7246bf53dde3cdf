/*
 * Inside of the envelope: stamps, the compiled forms of line heads, and how
 * one of them is matched. See kb/envelopes.xml for the language of patterns.
 */
#ifndef IKW_FACTS_LOG_ENVELOPE_H
#define IKW_FACTS_LOG_ENVELOPE_H

#include "facts/log/log.h"

/* A place in a line. `far` is behind the furthest byte that was looked at, so
 * that what was found out holds for every line that is the same up to there. */
struct ikw_cursor {
    const char *p, *end, *far;
};

/* ---- stamps ------------------------------------------------------------ */

enum ikw_stamp {
    IKW_STAMP_ISO,   /* 2018-03-20 09:38:16, T, fraction, zone */
    IKW_STAMP_BSD,   /* Mar 20 09:38:16, with or without a year */
    IKW_STAMP_CTIME, /* Tue Mar 20 09:38:16 2018(GMT): with a year */
    IKW_STAMP_US,    /* 3/20/18 9:38:16.123 AM */
    IKW_STAMP_MD,    /* 03-20 09:38:16.123 */
    IKW_STAMP_BRIEF, /* mar/20/2018 09:38:16, 03-20 09:38:16, 09:38:16 */
    IKW_STAMP_CLOCK, /* 09:38:16.123+0100 */
    IKW_STAMP_EPOCH, /* 1521538696.123 */
    IKW_STAMP_EPOCH_US,
    IKW_STAMP_UPTIME, /* 12.345 */
    IKW_STAMP_KINDS
};

/* What earlier stamps tell about one that lacks the year or the day. */
struct ikw_calendar {
    int year, first_year;
    unsigned month;        /* of the last stamp; 0: none yet */
    int64_t day, clock_ms; /* of the last stamp without a date */
    bool clocked, backwards;
};

/* The last whole second of the two kinds that come by the million, and where
 * in the line at hand there is no stamp of a kind. */
struct ikw_stamp_cache {
    char iso[19], bsd[15];
    int64_t iso_ms, bsd_ms;
    int iso_year, bsd_year;
    unsigned iso_month, bsd_month;
    struct ikw_no_stamp {
        const char *at, *far;
    } none[IKW_STAMP_KINDS];
};

void ikw_calendar_init(struct ikw_calendar *cal, int year);
int ikw_stamp_kind(struct ikw_slice name); /* or -1 */
/* Must be called before another line is looked at. */
void ikw_stamp_forget(struct ikw_stamp_cache *cache);
/* Moves the cursor behind the stamp. UTC arithmetic. */
bool ikw_stamp_read(struct ikw_cursor *c, enum ikw_stamp kind,
                    struct ikw_calendar *cal, struct ikw_stamp_cache *cache,
                    int64_t *t_ms);

/* ---- forms ------------------------------------------------------------- */

enum ikw_op_kind {
    IKW_OP_END,
    IKW_OP_LITERAL,
    IKW_OP_BLANK,      /* one or more blanks */
    IKW_OP_LAST_BLANK, /* one, or the end of the line */
    IKW_OP_OPTIONAL,   /* what is up to `next` may be missing */
    IKW_OP_TIME,
    IKW_OP_LEVEL,
    IKW_OP_TAG,   /* a program name of `words` */
    IKW_OP_OTHER, /* a program name no form has */
    IKW_OP_TOPICS,
    IKW_OP_ONE_OF,
    IKW_OP_WORD,
    IKW_OP_INT,
    IKW_OP_HEX,
    IKW_OP_UNTIL,   /* whatever, up to the literal that follows */
    IKW_OP_BRACKET, /* whatever but `]` */
    IKW_OP_FACILITY,
    IKW_OP_DATA,
    IKW_OP_LENGTH,
    IKW_OP_HOST,
    IKW_OP_IP,
    IKW_OP_HOLD,
    IKW_OP_HELD,
    IKW_OP_FOREIGN,
    IKW_OP_TEXT
};

enum ikw_op_field { IKW_FIELD_NONE, IKW_FIELD_PEER, IKW_FIELD_TUNNEL };

struct ikw_word {
    struct ikw_slice text;
    enum ikw_level level;
};

struct ikw_op {
    enum ikw_op_kind kind;
    enum ikw_op_field field;
    enum ikw_stamp stamp;
    unsigned next;      /* OPTIONAL: where it ends */
    uint64_t firsts[4]; /* OPTIONAL: bytes it can start with */
    struct ikw_slice text;
    const struct ikw_word *words;
    size_t nwords;
};

struct ikw_form {
    const struct ikw_envelope *env;
    const struct ikw_op *ops;
    const struct ikw_op *start; /* first op that is not optional */
    unsigned nops;              /* with the END */
    bool has_level, has_tag, foreign;
    bool needs_level; /* not within a group */
    bool glues;       /* starts with a full stamp: may follow on one line */
    bool bare;        /* nothing but the text */
    bool cacheable;
    uint64_t firsts[4]; /* bytes that a line of it can start with */
    uint64_t prefix[4]; /* the same of the groups before `start` */
};

/* What a head says. Slices point into the line. */
struct ikw_head {
    int64_t t_ms;
    enum ikw_level level;
    struct ikw_slice peer, tunnel, text;
    bool foreign, hold, held;
    struct ikw_calendar cal;
};

static inline bool ikw_in_set(const uint64_t set[4], char c)
{
    return set[(unsigned char)c / 64] >> ((unsigned char)c % 64) & 1;
}

/* Words for levels and names of programs, gathered from all of the KB. */
struct ikw_form_words {
    const struct ikw_word *levels; /* longest first */
    size_t nlevels;
    const struct ikw_word *tags;
    size_t ntags;
};

/* False, and says why, if the pattern is wrong. */
bool ikw_form_compile(struct ikw_arena *a, const struct ikw_kb *kb,
                      const struct ikw_envelope *env, struct ikw_form *out,
                      struct ikw_buf *why);
/* All forms of the KB that compile, in its order; sets *n. */
struct ikw_form *ikw_forms_compile(struct ikw_arena *a, const struct ikw_kb *kb,
                                   struct ikw_form_words *words, size_t *n);
/* How an attempt went. */
struct ikw_try {
    const char *far;  /* as in the cursor */
    unsigned deepest; /* furthest op that was tried */
};

/* `head` must hold the calendar. `may_hold` says whether a held head waits
 * for its text. */
bool ikw_form_match(const struct ikw_form *f,
                    const struct ikw_form_words *words,
                    struct ikw_stamp_cache *cache, struct ikw_slice line,
                    bool may_hold, struct ikw_head *head, struct ikw_try *how);

/* ---- the reader -------------------------------------------------------- */

enum { IKW_HEAD_MAX = 96, IKW_HEADS = 8 };

/* A head of the chosen order of forms, byte for byte. */
struct ikw_head_memo {
    char bytes[IKW_HEAD_MAX];
    size_t len;
    const struct ikw_form *form;
    struct ikw_line line; /* peer and tunnel in `bytes`, no text */
};

struct ikw_envelope_reader {
    struct ikw_arena arena;
    const struct ikw_kb *kb;
    struct ikw_form *forms;
    size_t nforms;
    struct ikw_form_words words;
    const struct ikw_form *chosen, *bare;
    /* By a line's first byte: forms to be tried, as indexes. */
    struct ikw_form_order {
        unsigned char *forms;
        size_t n;
    } order[256];
    unsigned char *common; /* ops that two forms have in common, by pair */
    const char *forced;
    int year;
    bool newest_first;

    struct ikw_calendar cal;
    struct ikw_stamp_cache cache;
    struct ikw_head_memo memos[IKW_HEADS];
    unsigned nmemos, last_memo;
    int64_t memo_t;

    /* of the line before */
    int64_t t_ms;
    enum ikw_level level;
    bool foreign;
    /* a head whose text is on the next line */
    struct ikw_head waiting;
    const struct ikw_form *waiting_form; /* NULL: none */

    const bool *dumps; /* whether dumps are wanted; NULL: always */
    ikw_skim_fn skim;  /* NULL: every line is handed on */

    struct ikw_slice *whole; /* texts without a capture, sorted; on demand */
    size_t nwhole;
    char strip_first[2]; /* how every strip begins */
    bool strip_always;   /* there is no such common way */
    struct ikw_buf clean;
};

/* Tries the forms that start as `chosen` does first. */
void ikw_envelope_choose(struct ikw_envelope_reader *er,
                         const struct ikw_form *chosen);
/* Back to the state before the first line. */
void ikw_envelope_restart(struct ikw_envelope_reader *er);

/* Is it a text of the daemon from end to end, nothing in it from outside? */
bool ikw_envelope_whole(struct ikw_envelope_reader *er, struct ikw_slice text);

/* First place of `needle`, or NULL. */
const char *ikw_find(struct ikw_slice s, const char *needle);
/* Length of a `file.c:123:function(): ` that the text starts with, or 0. */
size_t ikw_location_len(struct ikw_slice s);
/* The text without what the dialect put into it; it may be in er->clean. */
struct ikw_slice ikw_text_strip(struct ikw_envelope_reader *er,
                                struct ikw_slice s, const char *dialect);

/* 2: a hex digit, 1 more: not a capital. */
extern const unsigned char ikw_hex_digits[256];

static inline bool ikw_is_hex(char c)
{
    return ikw_hex_digits[(unsigned char)c];
}

/* Whether the line starts as a hex dump does, with a group of eight digits:
 * 0, or what they have in common. */
static inline unsigned ikw_dump_kind(struct ikw_slice s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    const unsigned char *hex = ikw_hex_digits;
    if (s.len < 8 || !hex[p[4]] || (s.len > 8 && p[8] != ' '))
        return 0;
    return hex[p[0]] & hex[p[1]] & hex[p[2]] & hex[p[3]] & hex[p[4]] &
           hex[p[5]] & hex[p[6]] & hex[p[7]];
}

static inline bool ikw_is_dump(struct ikw_slice s)
{
    return ikw_dump_kind(s);
}

#endif
