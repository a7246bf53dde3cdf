/*
 * The knowledge base in memory: what the XML under kb/ says, linked.
 * Read-only once loaded; one may serve any number of sessions. Everything
 * hangs on the KB's arena and lives until ikw_kb_free.
 */
#ifndef IKW_KB_KB_H
#define IKW_KB_KB_H

#include "base/diag.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- vocabulary -------------------------------------------------------- */

enum ikw_slot_kind {
    IKW_SLOT_TEXT,
    IKW_SLOT_INT,
    IKW_SLOT_TIME, /* milliseconds */
    IKW_SLOT_WORD, /* one of `words` */
    IKW_SLOT_ID    /* number of a negotiation or another subject */
};

struct ikw_slot {
    const char *name;
    enum ikw_slot_kind kind;
    const char **words;       /* IKW_SLOT_WORD only */
    struct ikw_value *values; /* of the words */
    size_t nwords;
};

enum { IKW_MAX_SLOTS = 16 };

/* How a fact stands in the picture of a negotiation. */
enum ikw_draw {
    IKW_DRAW_NOT,
    IKW_DRAW_ARROW,   /* a message; slot dir or by tells from whom */
    IKW_DRAW_ARRIVES, /* a message of the peer */
    IKW_DRAW_HERE     /* an event on the side whose log says it */
};

struct ikw_type {
    const char *name;
    const char *means;
    struct ikw_slot *slots;
    size_t nslots;
    bool derived;        /* produced by rules, never by a log */
    const char *made_by; /* produced-by: "tracker", "packet", ... or NULL */
    const char *read_by; /* if not by rules: "report", "tracker", "person" */
    const char *says;    /* a fact in words (facts/fact_words.c), or NULL */
    enum ikw_draw draw;
    bool consequence; /* as of a message, of all that yield it */
    int negotiation;  /* index of the slot of that name, or -1 */
    unsigned index;   /* in ikw_kb.types */
    struct ikw_pos pos;
};

/* ---- values ------------------------------------------------------------ */

enum ikw_value_kind { IKW_NIL, IKW_INT, IKW_STR };

/* NIL is "unknown". Strings are compared by bytes; `str` is borrowed from
 * the KB or from the fact set's arena and is NUL-terminated. */
struct ikw_value {
    enum ikw_value_kind kind;
    uint32_t len, hash; /* IKW_STR */
    uint32_t zero;      /* in place of padding: kb/image_make.c compares */
    union {
        int64_t i;
        const char *str;
    } u;
};

struct ikw_value ikw_value_int(int64_t i);
struct ikw_value ikw_value_str(const char *nul_terminated);
bool ikw_value_eq(struct ikw_value a, struct ikw_value b);
/* Total order: NIL, ints, strings. */
int ikw_value_cmp(struct ikw_value a, struct ikw_value b);

/* ---- messages ---------------------------------------------------------- */

enum ikw_level {
    IKW_LEVEL_NONE,
    IKW_LEVEL_ERROR,
    IKW_LEVEL_WARNING,
    IKW_LEVEL_NOTIFY,
    IKW_LEVEL_INFO,
    IKW_LEVEL_DEBUG,
    IKW_LEVEL_DEBUG2
};

enum ikw_tok_kind {
    IKW_TOK_LIT,
    IKW_TOK_TEXT,    /* any text, shortest that lets the rest match */
    IKW_TOK_WORD,    /* no blank */
    IKW_TOK_INT,     /* decimal, sign allowed */
    IKW_TOK_HEX,     /* hex digits, 0x allowed */
    IKW_TOK_IP,      /* IPv4, IPv6, or a masked/placeholder host word */
    IKW_TOK_ADDR,    /* IP[port], IP/port, IP; parts .ip .port */
    IKW_TOK_COOKIES, /* 16hex:16hex with an optional :msgid; .i .r .msgid */
    IKW_TOK_SPI,     /* 123(0x7b) or 123; part .dec */
    IKW_TOK_REST,    /* any text up to the end, may be empty; last only */
    IKW_TOK_KINDS
};

struct ikw_tok {
    enum ikw_tok_kind kind;
    const char *text; /* literal, or the capture's name */
    uint32_t len;
};

struct ikw_message;

struct ikw_template {
    struct ikw_tok *toks;
    size_t ntoks;
    const struct ikw_message *message;
    struct ikw_pos pos;
    const char *source; /* as written */
};

/* A constant, a capture ("{name}" or "{name.part}"), or both joined. */
struct ikw_expr_part {
    bool capture;
    const char *text; /* constant, or capture name */
    const char *part; /* "ip", "port", "i", "r", "msgid", "dec" or NULL */
};

struct ikw_expr {
    struct ikw_expr_part *parts;
    size_t nparts;
};

/* `if`: conditions on captures, all must hold. */
struct ikw_cond {
    struct ikw_expr left;
    bool negated; /* != instead of = */
    struct ikw_expr right;
};

struct ikw_emit {
    const struct ikw_type *type;
    struct ikw_emit_slot {
        unsigned slot;
        struct ikw_expr value;
    } * slots;
    size_t nslots;
    struct ikw_cond *conds;
    size_t nconds;
    struct ikw_pos pos;
};

/* How a message finds its negotiation; tried in the order written. */
enum ikw_tie {
    IKW_TIE_COOKIES, /* a capture of kind cookies */
    IKW_TIE_MSGID,   /* the msgid part of such a capture */
    IKW_TIE_SPI,     /* a capture named spi */
    IKW_TIE_PEER,    /* capture named peer, else the [peer] prefix */
    IKW_TIE_CONTEXT, /* the packet in hand (debug) or the neighbour lines */
    IKW_TIE_OPEN,    /* oldest open negotiation of the phase that fits */
    IKW_TIE_RECENT,  /* latest negotiation of the phase, whoever the peer */
    IKW_TIE_GLOBAL   /* the daemon as a whole */
};

enum { IKW_MAX_TIES = 5 };

/* What a message does to the tracked negotiation. */
enum ikw_do {
    IKW_DO_NOTHING,
    IKW_DO_OPEN,       /* a negotiation starts (phase, role) */
    IKW_DO_MODE,       /* its exchange becomes known */
    IKW_DO_PROGRESS,   /* a packet of the peer was accepted */
    IKW_DO_ESTABLISH,  /* phase 1 up, or one IPsec SA of a phase 2 up */
    IKW_DO_END,        /* ends (outcome) */
    IKW_DO_PACKET_IN,  /* N bytes received: sets the context; dump follows */
    IKW_DO_PACKET_OUT, /* N bytes sent; dump follows */
    IKW_DO_PLAIN,      /* dump of the decrypted packet follows */
    IKW_DO_SECRET,     /* dump or text that must not be kept */
    IKW_DO_GROUP_END,  /* last line of a group of lines about one packet */
    IKW_DO_RESTART,    /* the daemon started: nothing from before lives */
    IKW_DO_COUNT
};

struct ikw_message {
    const char *id;
    const char *area; /* file of messages it stands in */
    enum ikw_level level;
    unsigned phase; /* 0 none, 1, 2 */
    const char *versions;
    const char *source; /* "isakmp.c:isakmp_ph1resend" */
    const char **also;  /* other catalogue ids with the same words */
    size_t nalso;
    const char *means;
    int healthy;      /* 1 seen in healthy logs, 0 not, -1 depends */
    const char *says; /* a heading: `{@}` in the lines below it; or NULL */
    bool benign;      /* an ERROR/WARNING that needs no explanation */
    bool consequence; /* it only repeats that its negotiation went wrong */
    struct ikw_template *templates;
    size_t ntemplates;
    enum ikw_tie ties[IKW_MAX_TIES];
    size_t nties;
    enum ikw_do action;
    unsigned act_phase;   /* of the action; 0: as `phase` */
    char role;            /* 'I', 'R' or 0 */
    const char *outcome;  /* IKW_DO_END: failed, expired, deleted, refused */
    const char *exchange; /* IKW_DO_MODE / OPEN: main, aggressive, ... */
    struct ikw_emit *emits;
    size_t nemits;
    const char **causes; /* it can point to; for explain */
    size_t ncauses;
    struct ikw_pos pos;
};

/* ---- envelopes --------------------------------------------------------- */

/* One form of line head, e.g. the daemon's own log file. Captures named
 * time, host, tag, pid, peer, tunnel, level, func, topics are understood;
 * `text` is what remains. Kinds besides ikw_tok_kind are named `time:FORMAT`.
 */
struct ikw_envelope {
    const char *id;
    const char *title;
    const char *dialect;
    const char *pattern; /* as written; compiled by facts/log/envelope.c */
    bool newest_first_possible;
    unsigned order; /* earlier wins a tie in detection */
    struct ikw_pos pos;
};

/* A word that stands for a level in some envelope: ERROR, I/, ipsec,error */
struct ikw_level_word {
    const char *word;
    enum ikw_level level;
};

/* Text that a dialect puts inside messages (pfSense's hints): removed. */
struct ikw_strip {
    const char *dialect; /* NULL: any */
    const char *from, *to;
};

/* ---- rules ------------------------------------------------------------- */

enum ikw_test_op {
    IKW_TEST_EQ,     /* one of `alts` (constants) */
    IKW_TEST_NE,     /* none of `alts`; NIL passes */
    IKW_TEST_VAR_EQ, /* binds or joins the variable; NIL never matches */
    IKW_TEST_VAR_NE,
    IKW_TEST_LT, /* ints; against a constant or a variable */
    IKW_TEST_LE,
    IKW_TEST_GT,
    IKW_TEST_GE,
    IKW_TEST_SET,  /* "*": known */
    IKW_TEST_UNSET /* "-": unknown */
};

enum {                     /* pseudo slots every fact has */
       IKW_PSEUDO_T = 100, /* time of the first evidence, ms */
       IKW_PSEUDO_LAST,    /* time of the last */
       IKW_PSEUDO_COUNT,   /* how often it was seen */
       IKW_PSEUDO_LINE     /* line of the first evidence */
};

struct ikw_test {
    unsigned slot; /* index, or IKW_PSEUDO_* */
    enum ikw_test_op op;
    struct ikw_value *alts;
    size_t nalts;
    int var; /* index of the rule's variable, or -1 */
};

enum ikw_from { IKW_FROM_SAME, IKW_FROM_OTHER, IKW_FROM_ANY };

/* A condition of a rule. `after`/`before` name an earlier pattern. */
struct ikw_pattern {
    bool absent;
    const struct ikw_type *type;
    struct ikw_test *tests;
    size_t ntests;
    const char *as;         /* NULL: unnamed */
    int after, before;      /* pattern index, or -1 */
    int64_t within_ms;      /* -1: no window */
    int64_t least_count;    /* sum of `count` over matches; 0: no count */
    int64_t most_count;     /* -1: no upper bound */
    enum ikw_level visible; /* absent: log level that would show it */
    enum ikw_from from;     /* which source's facts, seen from the rule */
    struct ikw_pos pos;
};

enum ikw_then_kind {
    IKW_THEN_DERIVE,
    IKW_THEN_WEIGH,   /* decibels for or against, in an evidence group */
    IKW_THEN_SUFFICE, /* gate: floor of the score */
    IKW_THEN_EXCLUDE  /* gate: ruled out */
};

struct ikw_cause;

struct ikw_then {
    enum ikw_then_kind kind;
    /* derive */
    const struct ikw_type *type;
    struct ikw_then_slot {
        unsigned slot;
        int var;     /* >= 0: the variable's value */
        int pattern; /* >= 0: pseudo slot of that pattern */
        unsigned pseudo;
        struct ikw_value value; /* otherwise this constant */
    } * slots;
    size_t nslots;
    /* weigh, suffice, exclude */
    const struct ikw_cause *cause;
    int subject_var; /* variable that holds the subject's id */
    int db;
    const char *group;
    struct ikw_pos pos;
};

struct ikw_rule {
    const char *id;
    unsigned layer; /* from the file; for people only */
    struct ikw_pattern *patterns;
    size_t npatterns;
    const char **vars; /* names without '?' */
    size_t nvars;
    struct ikw_then *thens;
    size_t nthens;
    const char *because; /* with {alias} {alias.slot} {?var} */
    unsigned stratum;    /* set by the linker (stratify) */
    unsigned index;
    struct ikw_pos pos;
};

/* ---- causes ------------------------------------------------------------ */

struct ikw_remedy {
    const char *for_what; /* "racoon.conf", "big-ip", ... */
    const char *text;
};

struct ikw_cause {
    const char *id;
    const char *title;
    const char *explanation;
    const char *severity; /* info, low, medium, high, critical */
    const char *phase_text;
    unsigned phase; /* 0, 1, 2 */
    int prior_db;
    const char *fixer;
    struct ikw_remedy *remedies;
    size_t nremedies;
    const char **verify;
    size_t nverify;
    const char **references;
    size_t nreferences;
    const char *settle; /* the next observation that would decide */
    const char *parent_id;
    const struct ikw_cause *parent; /* NULL: none */
    const struct ikw_cause **rivals;
    size_t nrivals;
    bool benign; /* a condition worth telling that is not a fault */
    bool noise;  /* strangers: ranked after everything else */
    bool in_log; /* false: no log can show it, so no rule concludes it */
    unsigned index;
    struct ikw_pos pos;
};

/* ---- the scale --------------------------------------------------------- */

struct ikw_band {
    const char *word; /* "established" */
    int at_least_percent;
};

/* ---- the whole --------------------------------------------------------- */

struct ikw_kb {
    struct ikw_arena arena;
    const char *dir;
    struct ikw_type **types;
    size_t ntypes;
    struct ikw_message **messages;
    size_t nmessages;
    struct ikw_envelope *envelopes;
    size_t nenvelopes;
    struct ikw_level_word *level_words;
    size_t nlevel_words;
    struct ikw_strip *strips;
    size_t nstrips;
    struct ikw_rule **rules; /* by id, so that file order is no matter */
    size_t nrules;
    unsigned nstrata;
    struct ikw_cause **causes; /* by id */
    size_t ncauses;
    struct ikw_band *bands; /* highest first */
    size_t nbands;
    int suffice_db; /* floor of a sufficient cause */
};

/* Loads and links DIR (vocabulary.xml, weights.xml, envelopes.xml,
 * messages, rules, causes). NULL with diagnostics on any fault; every fault of
 * every file is reported. Caller frees. */
struct ikw_kb *ikw_kb_load(const char *dir, struct ikw_diags *ds);
/* The same from XML text in memory, for tests and fuzzers: `names` decide
 * what each document is ("rules/x.xml"). */
struct ikw_doc {
    const char *name;
    struct ikw_slice xml;
};
struct ikw_kb *ikw_kb_load_docs(const struct ikw_doc *docs, size_t ndocs,
                                struct ikw_diags *ds);
void ikw_kb_free(struct ikw_kb *kb);

/* What a schema and the loader cannot see: see kb/check.c. Adds to `ds`;
 * true if nothing but warnings was found. */
bool ikw_kb_check(const struct ikw_kb *kb, struct ikw_diags *ds);
/* Validates every file of DIR against the schemas in DIR/schema. */
bool ikw_kb_validate(const char *dir, struct ikw_diags *ds);
/* Assigns strata to the rules (a rule's stratum is that of its conditions;
 * rules that only weigh are in the topmost) and sets kb->nstrata. False,
 * with every circle of types and rules named, if negation runs in one.
 * ikw_kb_load calls it. */
bool ikw_kb_stratify(struct ikw_kb *kb, struct ikw_diags *ds);

/* Borrowed; NULL if unknown. */
const struct ikw_type *ikw_kb_type(const struct ikw_kb *kb, const char *name);
int ikw_type_slot(const struct ikw_type *type, const char *name); /* or -1 */
const struct ikw_cause *ikw_kb_cause(const struct ikw_kb *kb, const char *id);
const struct ikw_rule *ikw_kb_rule(const struct ikw_kb *kb, const char *id);
const struct ikw_message *ikw_kb_message(const struct ikw_kb *kb,
                                         const char *id);
/* Band of a certainty in percent. */
const struct ikw_band *ikw_kb_band(const struct ikw_kb *kb, int percent);

#endif
