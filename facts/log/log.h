/*
 * From log bytes to fact sets.
 *
 *   reader   bytes -> physical lines, any size, bounded memory
 *   envelope physical line -> stamp, level, peer, text (one or more logical
 *            lines: glued lines are split, continuations marked)
 *   match    text -> message and captures (one trie over all templates)
 *   track    messages -> negotiations of tunnels -> fact sets
 */
#ifndef IKW_FACTS_LOG_H
#define IKW_FACTS_LOG_H

#include "facts/fact.h"
#include "facts/packet/dump.h"

#include <sys/types.h>

/* ---- match ------------------------------------------------------------- */

struct ikw_capture {
    const struct ikw_tok *tok;
    struct ikw_slice text;
};

enum { IKW_MAX_CAPTURES = 16 };

struct ikw_match {
    const struct ikw_template *tmpl; /* NULL: not recognised */
    struct ikw_capture captures[IKW_MAX_CAPTURES];
    size_t ncaptures;
    const char *says; /* by the heading above, if any; set by the tracker */
};

struct ikw_matcher;
/* Compiles all templates of the KB. Borrows `kb`. Caller frees. */
struct ikw_matcher *ikw_matcher_new(const struct ikw_kb *kb);
void ikw_matcher_free(struct ikw_matcher *m);
/* True if the whole text is an instance of a template. Captures point into
 * `text`. The most literal template wins; a `{x:text}` only as last resort.
 * Re-entrant: the matcher is read-only. */
bool ikw_matcher_match(const struct ikw_matcher *m, struct ikw_slice text,
                       struct ikw_match *out);
/* The same, with the outcomes for recent texts kept in `memo`, which serves
 * one reader of one matcher: the fast way through a debug log. */
struct ikw_match_memo;
struct ikw_match_memo *ikw_match_memo_new(void);
void ikw_match_memo_free(struct ikw_match_memo *memo);
bool ikw_matcher_match_memo(const struct ikw_matcher *m,
                            struct ikw_match_memo *memo, struct ikw_slice text,
                            struct ikw_match *out);
/* The text just looked up, and any of its shape, need not be looked up again:
 * ikw_match_memo_skim knows it at `text`, with a newline behind it, and gives
 * its length and what was said of it in `how`, never 0. Returns 0 if it does
 * not. It reads no byte from `end` on. */
void ikw_match_memo_hush(struct ikw_match_memo *memo, unsigned char how);
size_t ikw_match_memo_skim(struct ikw_match_memo *memo, const char *text,
                           const char *end, unsigned char *how);
/* Part of a capture ("ip", "port", "i", "r", "msgid", "dec"); NULL part:
 * the whole. False if there is no such part. */
bool ikw_capture_part(const struct ikw_capture *c, const char *part,
                      struct ikw_slice *out);
/* By name; NULL if the template has none of that name. */
const struct ikw_capture *ikw_match_capture(const struct ikw_match *m,
                                            const char *name);

/* ---- envelope ---------------------------------------------------------- */

struct ikw_line {
    uint32_t number;         /* physical line, 1-based */
    int64_t t_ms;            /* IKW_NO_TIME */
    enum ikw_level level;    /* NONE where the form has no level */
    struct ikw_slice peer;   /* [peer] prefix; empty if none */
    struct ikw_slice tunnel; /* pfSense name; empty if none */
    struct ikw_slice text;
    bool continuation; /* belongs to the line before it */
    bool foreign;      /* another program's line in a shared syslog */
    bool bland; /* a text of this shape is handed on as it stands: no line is
                   glued or folded into it, nothing is stripped from it */
};

struct ikw_envelope_reader; /* detection state and the chosen form */
struct ikw_envelope_opts {
    const char *envelope; /* force this form; NULL: detect */
    int year;             /* for stamps without one; 0: 2000 */
};
struct ikw_envelope_reader *
ikw_envelope_new(const struct ikw_kb *kb, const struct ikw_envelope_opts *opts);
void ikw_envelope_free(struct ikw_envelope_reader *er);
/* Looks at the head of the log (up to 64 KiB) and chooses; every line is
 * still tried on the other forms if the chosen one does not fit. Says what
 * and why in `why` (may be NULL). NULL if the form forced by the options does
 * not exist. */
const struct ikw_envelope *ikw_envelope_detect(struct ikw_envelope_reader *er,
                                               struct ikw_slice head,
                                               struct ikw_buf *why);
bool ikw_envelope_newest_first(const struct ikw_envelope_reader *er);
/* Splits a physical line into logical ones, calls `each` for every one. The
 * line is only valid during the call. A line of a hex dump is a continuation,
 * whether or not a line with empty text stands before the dump. */
typedef void (*ikw_line_fn)(void *arg, const struct ikw_line *line);
void ikw_envelope_line(struct ikw_envelope_reader *er, uint32_t number,
                       struct ikw_slice physical, ikw_line_fn each, void *arg);
/* The same for a run of whole lines (see ikw_input_next), the first of which
 * is number `first`: the fast way. Returns how many there were. */
uint32_t ikw_envelope_run(struct ikw_envelope_reader *er, uint32_t first,
                          struct ikw_slice run, ikw_line_fn each, void *arg);
/* Leaves out, from the lines that are handed on, those of dumps in lower case
 * while *wanted is false: most of a debug log. Borrows `wanted`. */
void ikw_envelope_dumps(struct ikw_envelope_reader *er, const bool *wanted);
/* Lets `skim` have the lines of ikw_envelope_run first, their heads known and
 * their texts not yet cut: `text` ends at the first newline before `end`, or
 * there. It returns how many bytes it took, with the newline, or 0: the line
 * is then handed on. It may take only texts whose shape it saw in a line that
 * was bland. `arg` is that of the run. */
typedef size_t (*ikw_skim_fn)(void *arg, uint32_t number,
                              const struct ikw_line *head, const char *text,
                              const char *end);
void ikw_envelope_skim(struct ikw_envelope_reader *er, ikw_skim_fn skim);
/* Whether the pattern of a form can be compiled; if not, `why` says what is
 * wrong with it. */
bool ikw_envelope_check(const struct ikw_kb *kb, const struct ikw_envelope *e,
                        struct ikw_buf *why);

/* ---- reader ------------------------------------------------------------ */

struct ikw_input;
struct ikw_input_opts {
    bool ahead; /* what is long and packed, in a file, may be unpacked, and a
                   byte source read, in a thread of its own */
    /* Told of octets taken, before they are decompressed; may be NULL. */
    void (*tick)(void *arg, size_t octets);
    void *tick_arg;
};
/* Opens a plain or compressed file, or standard input for "-". NULL with a
 * diagnostic if it cannot be read, is a directory, or is binary. */
struct ikw_input *ikw_input_open(const char *path,
                                 const struct ikw_input_opts *opts,
                                 struct ikw_diags *ds);
/* Bytes from elsewhere, such as a member of an archive. `read` gives up to
 * `room` of them, 0 at the end, -1 with the reason in `why` (borrowed until
 * the next call). `close` may be NULL. */
struct ikw_byte_source {
    void *arg;
    ssize_t (*read)(void *arg, char *to, size_t room, const char **why);
    void (*close)(void *arg);
};
/* The same from there; plain or compressed. Closes the source in any case. */
struct ikw_input *ikw_input_from(const char *name,
                                 const struct ikw_byte_source *source,
                                 const struct ikw_input_opts *opts,
                                 struct ikw_diags *ds);
/* The same over bytes in memory (borrowed until close). */
struct ikw_input *ikw_input_bytes(const char *name, struct ikw_slice bytes);
/* Next run of whole lines, up to about 1 MiB; empty at the end. Borrowed
 * until the next call. */
struct ikw_slice ikw_input_next(struct ikw_input *in, struct ikw_diags *ds);
bool ikw_input_failed(const struct ikw_input *in);
const char *ikw_input_name(const struct ikw_input *in);
void ikw_input_close(struct ikw_input *in);

/* ---- track ------------------------------------------------------------- */

struct ikw_unexplained { /* an ERROR or WARNING line; see the report */
    struct ikw_evidence line;
};

/* What was read out of one input. */
struct ikw_log_summary {
    const char *file;
    const char *dialect, *envelope, *why;
    enum ikw_source source;
    uint32_t lines, recognised, unrecognised, foreign;
    enum ikw_level level;
    int64_t from_ms, to_ms;
    bool newest_first;
};

struct ikw_log_sink {
    void *arg;
    /* A stretch of a tunnel's life is complete. The callee may reason over
     * it; it is released afterwards. Daemon facts are in every set; the set
     * without a peer (last) holds them alone. */
    void (*set)(void *arg, struct ikw_fact_set *fs);
    /* A line no template matches (not foreign, not a continuation); may be
     * NULL. */
    void (*unrecognised)(void *arg, const struct ikw_line *line);
    /* An ERROR or WARNING that is recognised but gives no fact and is not
     * marked benign; may be NULL. */
    void (*silent)(void *arg, const struct ikw_evidence *line);
    /* A packet that was dumped as it is on the wire, never one decrypted;
     * may be NULL. */
    void (*packet)(void *arg, const struct ikw_dump *packet);
};

struct ikw_tracker;
struct ikw_tracker *ikw_tracker_new(const struct ikw_kb *kb,
                                    const struct ikw_matcher *m,
                                    const struct ikw_log_sink *sink);
void ikw_tracker_free(struct ikw_tracker *tr);
/* What it holds at most, instead of the defaults; before the first line. */
void ikw_tracker_bound(struct ikw_tracker *tr, struct ikw_limits *limits);
/* Starts input number `file` (its evidence carries it). */
void ikw_tracker_begin(struct ikw_tracker *tr, unsigned file,
                       enum ikw_source source);
void ikw_tracker_line(struct ikw_tracker *tr, const struct ikw_line *line);
/* An ikw_skim_fn; `tracker` is the tracker. */
size_t ikw_tracker_skim(void *tracker, uint32_t number,
                        const struct ikw_line *head, const char *text,
                        const char *end);
/* End of all inputs: closes what is open and delivers it. */
void ikw_tracker_end(struct ikw_tracker *tr);
void ikw_tracker_summary(const struct ikw_tracker *tr,
                         struct ikw_log_summary *out);

/* Reader, envelope and tracker in one go over one input. False with
 * diagnostics if it cannot be read. */
bool ikw_log_read(struct ikw_tracker *tr, const struct ikw_kb *kb,
                  struct ikw_input *in, unsigned file, enum ikw_source source,
                  const struct ikw_envelope_opts *opts,
                  struct ikw_log_summary *summary, struct ikw_diags *ds);

#endif
