/*
 * Shared by the files of the tracker.
 *
 * A *tunnel* is a peer address. Its *stretch* is the fact set being filled,
 * made when the first fact or negotiation needs it. A negotiation is on the
 * tunnel's list until its stretch is closed, longer if it is alive: open (a
 * result is due) or live (an SA that the daemon holds). The open ones of all
 * tunnels are on one list, the one that moved on longest ago first; that
 * list is what ties a line that names neither peer nor known cookies.
 */
#ifndef IKW_FACTS_LOG_TRACK_INTERNAL_H
#define IKW_FACTS_LOG_TRACK_INTERNAL_H

#include "facts/log/log.h"
#include "facts/packet/isakmp.h"

enum {
    IDLE_MS = 120 * 1000,    /* a stretch without lines ends */
    PENDING_MS = 300 * 1000, /* an open negotiation is given up waiting */
    STRETCH_MS = 600 * 1000, /* ends at the next phase 1 */
    STRETCH_NEGS = 64,       /* the same */
    STRETCH_NEGS_HARD = 256, /* ends at the next negotiation */
    STRETCH_FACTS = 4096,    /* ends at the next phase 1 */
    STRETCHES_MAX = 4096,
    SPIS_MAX = 4,
    WAIT_TEXT = 512,
    LOCALS_MAX = 64,
    SCAN_MAX = 1000,       /* steps along the list of open ones */
    NEAR_MS = 2 * 1000,    /* lines about one packet are this close */
    CALLER_MS = 60 * 1000, /* a refused caller comes again */
    BLUR_MS = 120 * 1000,  /* what a guess hid is over by then */
    PHASE2_MS = 35 * 1000, /* the timer of a phase 2, and a little */
    SAYS_LINES = 4,        /* a heading stands for this many lines */
    VALUE_MAX = 512        /* longest slot value */
};

struct neg;
struct tunnel;

/* ---- evidence that outlives a stretch ---------------------------------- */

struct note {
    struct ikw_evidence ev; /* its text is `text`, or NULL */
    char *text;
    size_t room;
};

void ikw_note_set(struct note *n, const struct ikw_evidence *ev);
void ikw_note_release(struct note *n);

/* ---- index: 64-bit key -> negotiations, newest first ------------------- */

struct node {
    uint64_t key;
    struct neg *neg; /* NULL: not in the index */
    struct node *next;
};

struct index {
    struct node **buckets;
    size_t nbuckets, count;
};

void ikw_index_add(struct index *ix, struct node *n, uint64_t key,
                   struct neg *neg);
void ikw_index_remove(struct index *ix, struct node *n);
/* First node of the key, or the next one behind `after`; NULL: none. */
struct node *ikw_index_find(const struct index *ix, uint64_t key,
                            const struct node *after);
void ikw_index_release(struct index *ix);

/* ---- negotiations ------------------------------------------------------ */

/* One line that said an SA came up, for carrying over. An SA may live as
 * long as the log, so it is as small as its type allows. */
struct sa_up {
    const struct ikw_type *type;
    struct note note;
    struct ikw_value slots[]; /* of the type; texts lie behind them */
};

enum where { NOWHERE, OPEN, LIVE };

struct neg {
    uint32_t id, parent;
    unsigned phase;
    char role; /* 'I', 'R', 0 unknown */
    bool carried, implicit, answered;
    bool refused_caller; /* turned away before it began */
    bool has_icookie, has_rcookie, has_msgid;
    const char *exchange; /* NULL unknown */
    const char *outcome;
    uint8_t icookie[8], rcookie[8];
    uint32_t msgid;
    unsigned nup;                     /* SAs of a phase 2 that came up */
    const struct ikw_message *opener; /* NULL: not opened by its own line */
    int64_t opened_ms, moved_ms, touched_ms;
    enum where where;
    enum where cut; /* where a restart found it; see ikw_neg_cut */
    const char *cut_outcome;
    bool restarted; /* ended by one */
    struct tunnel *tunnel;
    struct neg *prev, *next;   /* of the tunnel, oldest first */
    struct neg *gprev, *gnext; /* open or live ones of all tunnels */
    struct node by_cookie, by_spi[SPIS_MAX];
    size_t nspis;
    struct note first, last;
    struct sa_up *ups[2]; /* NULL: none */
};

struct neg_list {
    struct neg *head, *tail;
};

/* ---- tunnels ----------------------------------------------------------- */

struct tunnel {
    char *peer, *local, *name; /* NULL unknown */
    uint32_t hash;
    struct ikw_fact_set *fs; /* NULL: no stretch */
    struct neg *first, *last;
    unsigned nnegs; /* of this stretch */
    unsigned nopen, nlive;
    unsigned ncut; /* ended by a restart, and nothing began since */
    int64_t start_ms, touched_ms;
    struct tunnel *hnext;
    uint32_t seat; /* in the queue of turns */
};

/* ---- turns ------------------------------------------------------------- */

struct turn {
    int64_t due_ms;
    uint32_t seat;
};

struct turn_queue {
    struct turn *ring; /* `cap` of them, a power of two */
    size_t cap, head, tail;
    struct tunnel **tunnels; /* by seat */
    unsigned char *states;   /* the same */
    size_t nseats, tunnels_cap, states_cap;
    uint32_t *spare; /* seats */
    size_t nspare, spare_cap;
};

/* ---- lines in hand ----------------------------------------------------- */

/* An unprefixed line that waits for the line that names its peer. */
struct waiting {
    struct ikw_line line;
    struct tunnel *await; /* for the next negotiation of this tunnel */
    struct neg *near;     /* opened just before, by the same packet if 'R' */
    bool unsure;          /* with `await`: it may be another tunnel's */
    const char *says;     /* of the match */
    char text[WAIT_TEXT];
};

struct wait_list {
    struct waiting *items; /* as many as may wait */
    size_t n;
    struct neg *unanswered; /* while flushing: see ikw_pick_unanswered */
    size_t candidates;
    bool closed_by_error; /* while flushing: the line that names the peer */
};

enum dump { DUMP_NONE, DUMP_IN, DUMP_OUT, DUMP_PLAIN, DUMP_SECRET };

struct packet { /* the datagram being handled, from its log line */
    bool out;
    struct ikw_endpoint from, to;
    int64_t size, times;
    struct note note;
    struct ikw_isakmp isakmp;
    bool decoded; /* isakmp is filled */
    bool held;    /* its facts wait for the negotiation it opens */
};

struct context {
    struct tunnel *tunnel;
    struct neg *neg;
    int64_t t_ms;
    struct neg *opened; /* by the group of lines in hand, or NULL */
};

/* Where a line belongs. */
struct target {
    struct tunnel *tunnel; /* NULL: the daemon */
    struct neg *neg;       /* NULL: the tunnel as a whole */
    bool direct;           /* the line names it */
    bool guessed;          /* others would fit as well */
    bool unsure;           /* some of them of another tunnel */
};

/* ---- the tracker ------------------------------------------------------- */

struct ikw_tracker {
    const struct ikw_kb *kb;
    const struct ikw_matcher *matcher;
    struct ikw_match_memo *memo;
    struct ikw_log_sink sink;
    struct ikw_limits *limits;    /* NULL: the defaults */
    struct ikw_log_summary sum;   /* of this input */
    struct ikw_visibility before; /* of earlier inputs of this source */
    struct ikw_buf why;
    unsigned file;
    enum ikw_source source;
    bool begun;
    int64_t now_ms;
    uint32_t next_id;
    bool any_negotiation, starts_mid;
    struct ikw_evidence first_line;

    struct tunnel **tunnels; /* hash of peers */
    size_t ntunnels, tunnel_buckets, nstretches;
    struct turn_queue turns;
    struct tunnel *nameless; /* the tunnel of lines without any peer */
    char one_peer[64];       /* the only peer so far; empty: none or several */
    bool several_peers;
    struct neg_list open, live;
    struct index cookies, spis;
    struct ikw_fact_set daemon;

    struct context ctx;
    bool exact;           /* packets set the context */
    bool event;           /* a kernel event is in hand, not a packet */
    unsigned since_debug; /* lines without one */
    const char *says;     /* of the heading above */
    unsigned says_left;   /* lines that it still heads */
    struct packet packet;
    enum dump want;
    bool in_dump, skip_more;
    bool reads_dump; /* in_dump, and more of it matters */
    struct ikw_buf bytes;
    struct note plain; /* the line above a decrypted dump */
    struct wait_list wait;
    char locals[LOCALS_MAX][64];
    uint8_t local_lens[LOCALS_MAX];
    size_t nlocals, next_local;
    int64_t blurred_ms; /* when a guess last took one negotiation for another */

    const struct ikw_type *t_negotiation, *t_quality, *t_message, *t_notify,
        *t_delete, *t_decrypt, *t_offer, *t_demand, *t_progress, *t_sa_up;
    char values[IKW_MAX_SLOTS][VALUE_MAX];
    char evidence_text[IKW_TEXT_MAX + 1];
};

/* track_neg.c */
struct neg *ikw_neg_open(struct ikw_tracker *tr, struct tunnel *t,
                         unsigned phase, char role,
                         const struct ikw_evidence *ev);
void ikw_neg_touch(struct ikw_tracker *tr, struct neg *n,
                   const struct ikw_evidence *ev);
void ikw_neg_moved(struct ikw_tracker *tr, struct neg *n);
void ikw_neg_establish(struct ikw_tracker *tr, struct neg *n);
void ikw_neg_end(struct ikw_tracker *tr, struct neg *n, const char *outcome);
/* A restart ends it, unless a later line shows that it goes on. */
void ikw_neg_cut(struct ikw_tracker *tr, struct neg *n);
/* It goes on, so another daemon writes to this log too: what a restart ended
 * of this tunnel is as it was. */
void ikw_neg_resume(struct ikw_tracker *tr, struct tunnel *t);
void ikw_neg_set_cookies(struct ikw_tracker *tr, struct neg *n,
                         const uint8_t icookie[8], const uint8_t rcookie[8]);
void ikw_neg_add_spi(struct ikw_tracker *tr, struct neg *n, uint32_t spi);
void ikw_neg_free(struct ikw_tracker *tr, struct neg *n);
struct neg *ikw_neg_by_cookies(const struct ikw_tracker *tr,
                               const uint8_t icookie[8],
                               const uint8_t rcookie[8]);
struct neg *ikw_neg_by_msgid(const struct neg *parent, uint32_t msgid);
/* Of the tunnel `t`, or of any if it is NULL. */
struct neg *ikw_neg_by_spi(const struct ikw_tracker *tr, uint32_t spi,
                           const struct tunnel *t);
const struct neg *ikw_neg_parent(const struct neg *n);
bool ikw_cookie_zero(const uint8_t cookie[8]);

/* track_tunnel.c */
struct tunnel *ikw_tunnel_find(const struct ikw_tracker *tr,
                               struct ikw_slice peer);
struct tunnel *ikw_tunnel_get(struct ikw_tracker *tr, struct ikw_slice peer);
struct tunnel *ikw_tunnel_nameless(struct ikw_tracker *tr);
/* The one tunnel there is; NULL: there are others, or none. */
struct tunnel *ikw_tunnel_only(const struct ikw_tracker *tr);
/* Call before picking a negotiation: an idle stretch ends here. */
void ikw_tunnel_touch(struct ikw_tracker *tr, struct tunnel *t);
void ikw_tunnel_set_local(struct ikw_tracker *tr, struct tunnel *t,
                          struct ikw_slice local);
bool ikw_is_local(const struct ikw_tracker *tr, struct ikw_slice ip);
struct ikw_fact_set *ikw_tunnel_facts(struct ikw_tracker *tr, struct tunnel *t);
/* Before a negotiation opens: closes the stretch if it is old enough. */
void ikw_tunnel_make_room(struct ikw_tracker *tr, struct tunnel *t,
                          unsigned phase);
void ikw_tunnels_reap(struct ikw_tracker *tr);
void ikw_tunnels_close_all(struct ikw_tracker *tr);
void ikw_tunnels_restart(struct ikw_tracker *tr);

/* track_queue.c */
/* The tunnel's turn comes in IDLE_MS. */
void ikw_turn_add(struct ikw_tracker *tr, struct tunnel *t);
void ikw_turn_remove(struct ikw_tracker *tr, const struct tunnel *t);
/* When anything of it changes that must be seen to at its turn. */
void ikw_turn_wake(struct ikw_tracker *tr, const struct tunnel *t);
/* Whose turn comes first, due or not; NULL: there is no tunnel. */
struct tunnel *ikw_turn_first(struct ikw_tracker *tr);
/* Whose turn it is, of those awake; NULL: nobody's. */
struct tunnel *ikw_turn_due(struct ikw_tracker *tr);
/* The first one had its turn. `sleeps`: it need not be seen until it wakes. */
void ikw_turn_over(struct ikw_tracker *tr, bool sleeps);
/* All of them one by one, the next due first, from *at 0 on; then NULL. */
struct tunnel *ikw_turn_each(const struct ikw_tracker *tr, size_t *at);
void ikw_turns_release(struct ikw_tracker *tr);

/* track_close.c */
void ikw_stretch_close(struct ikw_tracker *tr, struct tunnel *t);
/* A run of the daemon is over: what is known of it goes to the stretches
 * that saw it and to no other. */
void ikw_daemon_run_ends(struct ikw_tracker *tr);
void ikw_daemon_deliver(struct ikw_tracker *tr);

/* track_tie.c */
enum ikw_resolved { IKW_FOUND, IKW_MUST_WAIT };
enum ikw_resolved ikw_tie_resolve(struct ikw_tracker *tr,
                                  const struct ikw_line *line,
                                  const struct ikw_match *m,
                                  struct target *out);
/* Where an unprefixed line goes that nothing claimed. */
void ikw_tie_fallback(struct ikw_tracker *tr, const struct ikw_line *line,
                      const struct ikw_match *m, struct target *out);
/* Address of the peer in the captures or the prefix; empty if none. */
struct ikw_slice ikw_tie_peer(const struct ikw_tracker *tr,
                              const struct ikw_line *line,
                              const struct ikw_match *m,
                              struct ikw_slice *local);
bool ikw_tie_cookies(const struct ikw_match *m, uint8_t icookie[8],
                     uint8_t rcookie[8]);
bool ikw_tie_spi(const struct ikw_match *m, uint32_t *spi);

/* The tunnel of a line without an address. */
struct tunnel *ikw_tie_guess(struct ikw_tracker *tr);
/* From now on, for a while, what seems to be the only one that fits may not
 * be. */
void ikw_tie_blur(struct ikw_tracker *tr);
bool ikw_tie_blurred(const struct ikw_tracker *tr);

/* track_pick.c */
unsigned ikw_phase_of(const struct ikw_message *msg);
/* The negotiation of a tunnel that a line of this message is about. */
struct neg *ikw_pick(const struct ikw_tracker *tr, const struct tunnel *t,
                     const struct ikw_message *msg);
/* For a line that names no peer: an open negotiation that fits; not `sure`
 * if others fit as well. */
struct neg *ikw_pick_open(const struct ikw_tracker *tr,
                          const struct ikw_message *msg, const uint8_t *rcookie,
                          bool *sure);
/* The only open one of that phase and role that there is; `count` of them. */
struct neg *ikw_pick_only(const struct ikw_tracker *tr,
                          const struct ikw_message *msg, size_t *count);
/* Does an open one of another tunnel than `t` fit as well, of those that
 * moved on within `ms`? */
bool ikw_pick_others(const struct ikw_tracker *tr,
                     const struct ikw_message *msg, const struct tunnel *t,
                     int64_t ms);
struct neg *ikw_pick_recent(const struct ikw_tracker *tr, unsigned phase);
/* The one that an SA came up for; NULL: it began before the log. */
struct neg *ikw_pick_establish(const struct ikw_tracker *tr,
                               const struct tunnel *t, unsigned phase,
                               const uint8_t *icookie);
/* The only open initiator that nobody answered yet, if it is the only. */
struct neg *ikw_pick_unanswered(const struct ikw_tracker *tr, size_t *count);

/* track_wait.c */
void ikw_wait_add(struct ikw_tracker *tr, const struct ikw_line *line,
                  const struct ikw_match *m, struct tunnel *await);
/* The group of lines turned out to be of `t` (NULL: it ended unresolved). */
void ikw_wait_flush(struct ikw_tracker *tr, struct tunnel *t);
/* Those that waited for a negotiation of its tunnel get this one; NULL: it
 * did not come. */
void ikw_wait_opened(struct ikw_tracker *tr, struct neg *n);
/* A line with a prefix, whatever it says, tells whose packet is in hand. */
void ikw_wait_prefixed(struct ikw_tracker *tr, const struct ikw_line *line);
/* The clock moved on: groups of lines end. */
void ikw_wait_grow_old(struct ikw_tracker *tr);
void ikw_wait_forget(struct ikw_tracker *tr, const struct tunnel *t,
                     const struct neg *n);

/* track_emit.c */
struct ikw_evidence ikw_evidence_of(struct ikw_tracker *tr,
                                    const struct ikw_line *line,
                                    const struct ikw_match *m);
void ikw_emit_all(struct ikw_tracker *tr, const struct ikw_match *m,
                  const struct target *at, const struct ikw_evidence *ev);
/* A fact of the tracker's own making. Slots are set by name. */
struct maker {
    struct ikw_tracker *tr;
    const struct ikw_type *type;
    struct ikw_value slots[IKW_MAX_SLOTS];
};
void ikw_make_begin(struct maker *mk, struct ikw_tracker *tr,
                    const struct ikw_type *type);
void ikw_make_int(struct maker *mk, const char *slot, int64_t value);
void ikw_make_str(struct maker *mk, const char *slot, const char *value);
struct ikw_fact *ikw_make_end(struct maker *mk, struct ikw_fact_set *fs,
                              const struct ikw_evidence *ev);

/* track_apply.c */
/* Handles a matched line whose place is known. */
void ikw_track_apply(struct ikw_tracker *tr, const struct ikw_line *line,
                     const struct ikw_match *m, struct target *at);
/* True if it is about a negotiation that is yet to open. */
bool ikw_track_unsettled(const struct ikw_tracker *tr,
                         const struct ikw_match *m, const struct target *at);
/* True if the message proves a negotiation by itself. */
bool ikw_track_implies(const struct ikw_tracker *tr,
                       const struct ikw_message *msg);
/* A line that the KB recognised. */
void ikw_track_recognised(struct ikw_tracker *tr, const struct ikw_line *line,
                          const struct ikw_match *m);

/* track.c */
/* All inputs of this source so far. */
struct ikw_visibility ikw_track_see(const struct ikw_tracker *tr);

/* track_packet.c */
void ikw_packet_line(struct ikw_tracker *tr, const struct ikw_line *line,
                     const struct ikw_match *m);
void ikw_packet_plain(struct ikw_tracker *tr, const struct ikw_evidence *ev);
void ikw_packet_more(struct ikw_tracker *tr, struct ikw_slice hex);
void ikw_packet_dump_end(struct ikw_tracker *tr);
/* A negotiation opened while a packet was in hand: it takes its cookies and
 * its facts. */
void ikw_packet_opened(struct ikw_tracker *tr, struct neg *n);
/* The first packet of a phase 1 is in hand and its negotiation not open. */
bool ikw_packet_holds(const struct ikw_tracker *tr, const struct tunnel *t);
/* The packet in hand will open nothing: emit what was held. */
void ikw_packet_settle(struct ikw_tracker *tr);
void ikw_packet_forget(struct ikw_tracker *tr, const struct tunnel *t,
                       const struct neg *n);

#endif
