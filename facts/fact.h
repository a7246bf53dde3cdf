/*
 * Facts: what was seen, in the daemon-independent words of the vocabulary.
 * A fact set is the universe of one run of the engine: all facts about one
 * tunnel (pair of gateways) over one stretch of time, with the daemon's own
 * facts. Equal facts are one fact with a count and a first and last
 * evidence, so a set stays small however long a failure repeats.
 */
#ifndef IKW_FACTS_FACT_H
#define IKW_FACTS_FACT_H

#include "kb/kb.h"

#define IKW_NO_TIME INT64_MIN

enum ikw_source { IKW_SOURCE_LOCAL, IKW_SOURCE_PEER };

/* One line of a log. `text` is redacted, control bytes kept (renderers
 * escape), cut to IKW_TEXT_MAX; it lives in the set's arena. */
enum { IKW_TEXT_MAX = 400 };
struct ikw_evidence {
    unsigned file; /* index into the report's inputs */
    uint32_t line; /* 1-based; 0: none */
    int64_t t_ms;  /* IKW_NO_TIME: no stamp */
    const char *text;
    const struct ikw_message *message; /* NULL: from a facts file, config */
};

struct ikw_fact {
    const struct ikw_type *type;
    struct ikw_value *slots; /* type->nslots of them */
    enum ikw_source source;
    uint32_t id;    /* 1-based in its set, in order of first addition */
    uint32_t count; /* sightings */
    struct ikw_evidence first, last; /* observed facts only */
    uint32_t hash;
    uint32_t last_room; /* bytes behind last.text; 0: it is first.text */
    bool unsure; /* no line of it says whose it is, and others would fit */
};

/* How far absence may be trusted, per source. */
struct ikw_visibility {
    enum ikw_level level;   /* highest level seen in this log */
    int64_t from_ms, to_ms; /* stretch the log covers */
    bool present;           /* there is a log of this source at all */
};

struct ikw_fact_set {
    const struct ikw_kb *kb;
    struct ikw_arena arena;
    struct ikw_fact **facts;
    size_t nfacts, cap;
    uint32_t *index; /* open-addressed, fact ids */
    size_t index_cap;
    struct ikw_visibility see[2]; /* by ikw_source */
    /* the tunnel, or NULLs for the daemon as a whole */
    const char *local, *peer, *tunnel_name;
    uint32_t next_subject;     /* ids of negotiations handed out */
    size_t limit;              /* most facts; 0: as `limits` say */
    struct ikw_limits *limits; /* borrowed; NULL: the defaults */
    size_t dropped;            /* beyond the limit */
    bool doubts;               /* there were unsure facts */
};

void ikw_fact_set_init(struct ikw_fact_set *fs, const struct ikw_kb *kb);
void ikw_fact_set_release(struct ikw_fact_set *fs);
/* Puts a value into the slot of that name, if the type has one. */
void ikw_slot_put(const struct ikw_type *type, struct ikw_value *slots,
                  const char *name, struct ikw_value v);
/* Adds or counts. `slots` (type->nslots values) is copied, strings too.
 * `ev` may be NULL. Returns the fact, borrowed until release; NULL if the
 * limit was hit. */
struct ikw_fact *ikw_fact_add(struct ikw_fact_set *fs,
                              const struct ikw_type *type,
                              enum ikw_source source,
                              const struct ikw_value *slots,
                              const struct ikw_evidence *ev);
/* Calls a fact of the set unsure. */
void ikw_fact_doubt(struct ikw_fact_set *fs, struct ikw_fact *f);
/* Borrowed; NULL if absent. */
struct ikw_fact *ikw_fact_find(const struct ikw_fact_set *fs,
                               const struct ikw_type *type,
                               enum ikw_source source,
                               const struct ikw_value *slots);
/* By slot name; NIL if unset or unknown. */
struct ikw_value ikw_fact_get(const struct ikw_fact *f, const char *slot);

/* The fact in words, as its type says; for people, not to be read back. Not
 * escaped. */
void ikw_fact_words(const struct ikw_fact *f, struct ikw_buf *out);
/* The same for any slots of the type: those that a rule asks for. What is
 * unknown and cannot be left out is said as `unknown`. */
void ikw_slots_words(const struct ikw_type *type, const struct ikw_value *slots,
                     const char *unknown, struct ikw_buf *out);

/* The printable boundary. One fact a line:
 *   type slot=value ... @source count=n unsure=yes
 *   at=file:line:ms=message "text"
 *   last=file:line:ms=message "text"
 * (one line; what is unknown or 1 is left out) under set headers
 *   set local=.. peer=.. tunnel=.. next=n @source level=.. from=ms to=ms
 * Values are quoted where needed; print and parse are inverse. */
void ikw_fact_print(const struct ikw_fact *f, struct ikw_buf *out);
/* Without its lines. */
void ikw_fact_print_claim(const struct ikw_fact *f, struct ikw_buf *out);
void ikw_fact_set_print(const struct ikw_fact_set *fs, struct ikw_buf *out);

/* Reads what was printed. Calls `each` for every set in turn (the set is
 * released after the call). False with diagnostics on a fault. */
typedef void (*ikw_fact_set_fn)(void *arg, struct ikw_fact_set *fs);
bool ikw_facts_parse(const struct ikw_kb *kb, const char *name,
                     struct ikw_slice text, ikw_fact_set_fn each, void *arg,
                     struct ikw_diags *ds);

#endif
