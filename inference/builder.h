/*
 * The parts of the report builder. It reasons over one fact set at a time (a
 * scene) and keeps only what the report needs: for each tunnel its row and
 * its spells. Shared by inference/report*.c.
 *
 * A spell is a verdict in the making: problems of one tunnel that have one
 * cause. It keeps the proof of its strongest problem only, so the memory of
 * a report grows with the number of different faults, not with the log.
 */
#ifndef IKW_INFERENCE_BUILDER_H
#define IKW_INFERENCE_BUILDER_H

#include "inference/verdict.h"

enum {
    IKW_UNDECIDED_PERCENT = 20, /* below: no fault, but undecided */
    IKW_CUT_PERCENT = 60,       /* no more is sure where a limit cut */
    IKW_DOUBTFUL_PERCENT = 79,  /* nor by a line that may be another tunnel's */
    IKW_UNEXPLAINED_MAX = 100,
    IKW_ROWS = 8,   /* first and last negotiations kept, each */
    IKW_RECENT = 64 /* subjects remembered of a tunnel */
};

/* ---- types the report reads (report_problem.c) ------------------------- */

struct ikw_report_types {
    const struct ikw_type *problem, *symptom, *recovered, *note;
    const struct ikw_type *negotiation, *established, *removed, *expired,
        *rekey;
};
void ikw_report_types_init(struct ikw_report_types *t, const struct ikw_kb *kb);

/* ---- problems of one fact set (report_problem.c) ----------------------- */

struct ikw_problem {
    int64_t subject;
    const char *kind; /* word of the KB; NULL: none given */
    unsigned phase;
    char role;
    const struct ikw_fact *negotiation; /* NULL: none */
    bool carried;                       /* it is older than this fact set */
    bool recovered;
    bool daemon;    /* of the daemon, whatever the tunnel */
    bool suspicion; /* worth telling, no fault */
    int64_t first_ms, last_ms;
    unsigned file;
    uint32_t line;    /* of the first evidence */
    int64_t upstream; /* explained by that subject's problem */
    bool symptom;
    uint32_t doubtful; /* line that keeps its verdict down; 0: none */
    struct ikw_contest contest;
};

struct ikw_scene {
    const struct ikw_kb *kb;
    const struct ikw_report_types *types;
    struct ikw_fact_set *fs;
    const struct ikw_engine *engine;
    struct ikw_arena arena; /* until the set is done */
    size_t number;          /* of the set among all */
    bool all, ladders, timelines;
    bool cut; /* a limit ended the reasoning, or left facts out */
    const struct ikw_weight **weights; /* by subject */
    size_t nweights;
    const struct ikw_fact **negotiations; /* by id */
    size_t nnegotiations;
    struct ikw_problem *problems; /* by time; symptoms are not ranked */
    size_t nproblems;
    struct ikw_problem **by_subject;
};

/* Fills the scene from its engine. */
void ikw_scene_read(struct ikw_scene *s);
/* Borrowed; NULL if that subject has no problem. */
const struct ikw_problem *ikw_scene_problem(const struct ikw_scene *s,
                                            int64_t subject);
/* Number in slot `slot` of a fact; false if it is none. */
bool ikw_fact_int(const struct ikw_fact *f, const char *slot, int64_t *out);
/* Word of the vocabulary in slot `slot`; NULL if unknown. Lives in the KB. */
const char *ikw_fact_word(const struct ikw_fact *f, const char *slot);
bool ikw_fact_says(const struct ikw_fact *f, const char *slot,
                   const char *word);
/* All facts of a type; none if the KB does not know the type. */
size_t ikw_scene_facts(const struct ikw_scene *s, const struct ikw_type *type,
                       const struct ikw_fact *const **out);

/* ---- pictures (ladder.c, timeline.c) ----------------------------------- */

/* The ladder of a problem's negotiation, in `a`; NULL if there is nothing to
 * draw. `sights`: what its verdict stands on. */
const struct ikw_ladder *ikw_ladder_draw(const struct ikw_scene *s,
                                         const struct ikw_problem *p,
                                         const struct ikw_sight *sights,
                                         size_t nsights, struct ikw_arena *a);

/* A timeline in the making: made when first read into; free() it. */
struct ikw_life;
void ikw_timeline_read(struct ikw_life **life, const struct ikw_scene *s,
                       enum ikw_source source);
const struct ikw_timeline *ikw_timeline_close(const struct ikw_life *l,
                                              struct ikw_arena *a);

/* ---- spells (report_spell.c) ------------------------------------------- */

struct ikw_spell_item {
    struct ikw_evidence_item item;
    const struct ikw_type *type;
    uint32_t key;    /* hash of the text without its numbers */
    uint32_t recent; /* first line of the latest sighting joined */
    char *last_text; /* item.last.text, rewritten in place; NULL: none yet */
    size_t last_room;
};

struct ikw_spell {
    struct ikw_arena body; /* ranking and proof: replaced by a stronger */
    struct ikw_arena kept; /* evidence */
    struct ikw_verdict v;
    const char *kind;
    unsigned file;
    uint32_t line;                /* of the first evidence */
    struct ikw_spell_item *items; /* heap; at most IKW_SIGHTS_MAX */
    size_t nitems, items_cap;
    uint32_t pending;    /* problems not recovered */
    uint32_t real;       /* problems that are no mere suspicions */
    bool last_recovered; /* the latest of them is */
    bool full;           /* body and evidence are there */
};

struct ikw_spells {
    struct ikw_spell **v;
    size_t n, cap;
    struct ikw_spell *latest; /* of the last problem */
};

/* The problem has a winner. Joins it to a spell or opens one. `again`: it
 * was counted before. */
void ikw_spells_add(struct ikw_spells *ss, const struct ikw_scene *s,
                    const struct ikw_problem *p, bool again);
/* An SA came up at `t_ms`; what failed before works again. */
void ikw_spells_recover(struct ikw_spells *ss, int64_t t_ms, bool ipsec);
/* Lets go of the body and the evidence: the verdict stays, and so do the
 * rivals by which later problems join it. */
void ikw_spell_condense(struct ikw_spell *sp);
/* How the spell stands now: recovered, or a mere suspicion. */
void ikw_spell_judge(struct ikw_spell *sp);
/* Judges, and lays out what was joined in `v`. */
void ikw_spell_close(struct ikw_spell *sp);
void ikw_spells_release(struct ikw_spells *ss);

/* ---- tunnels (report_tunnel.c) ----------------------------------------- */

struct ikw_tunnel_row {
    struct ikw_negotiation_row row;
    char cookies[36];
    int64_t id;
};

struct ikw_tunnel_state {
    struct ikw_tunnel_state *next; /* of the same hash */
    char *local, *peer, *name;     /* heap; NULL unknown */
    uint32_t key;
    struct ikw_tunnel_row *rows; /* heap: the first ones, then the last in a
                                    ring; as many as there are */
    size_t rows_cap, nrows;      /* nrows: all ever added */
    uint32_t as[2];              /* negotiations as initiator, as responder */
    char first_role;
    bool success, tried, undecided;
    const char *state;
    int64_t first_ms, last_ms;
    unsigned file;
    uint32_t line;
    struct ikw_spells spells;
    struct ikw_life *life; /* NULL: none asked for */
    int64_t *recent;       /* heap: subjects with problems, a ring */
    size_t recent_cap, nrecent;
};

void ikw_tunnel_read(struct ikw_tunnel_state *t, const struct ikw_scene *s);
/* Remembers the subject; true if it was there already. */
bool ikw_tunnel_knows(struct ikw_tunnel_state *t, int64_t subject);
void ikw_tunnel_close(const struct ikw_tunnel_state *t, struct ikw_arena *a,
                      struct ikw_tunnel *out);
void ikw_tunnel_release(struct ikw_tunnel_state *t);

/* ---- places already counted (report_rest.c) ---------------------------- */

/* The daemon's facts come with the set of every tunnel; a line of its own
 * must not count again with each. All-zero is empty. */
struct ikw_places {
    uint64_t *v; /* sorted */
    size_t n, cap;
};
/* True if the place is new. Line 0 always is. */
bool ikw_places_add(struct ikw_places *ps, unsigned file, uint32_t line);

/* ---- what is left over (report_rest.c) --------------------------------- */

struct ikw_error_line {
    uint32_t key; /* of tunnel and message */
    struct ikw_evidence ev;
};

struct ikw_rest {
    struct ikw_error_line errors[IKW_UNEXPLAINED_MAX]; /* by place */
    size_t nerrors;
    uint32_t total;
    struct ikw_places daemon; /* alarms of the daemon itself */
    char **blind;             /* sorted; heap */
    size_t nblind, blind_cap;
    bool *noted;               /* by cause index */
    bool *noted_alone;         /* the same, true only if no tunnel is seen */
    bool weak;                 /* some problem is below established */
    enum ikw_level weak_level; /* least level of a log with one */
};

void ikw_rest_init(struct ikw_rest *r, const struct ikw_kb *kb);
void ikw_rest_release(struct ikw_rest *r);
void ikw_rest_error(struct ikw_rest *r, const char *tunnel,
                    const struct ikw_evidence *ev, uint32_t count);
/* Error lines of the scene that no proof stands on. */
void ikw_rest_unexplained(struct ikw_rest *r, const struct ikw_scene *s);
/* What the log could not show, for problems still open. */
void ikw_rest_blind(struct ikw_rest *r, const struct ikw_scene *s);
void ikw_rest_notes(struct ikw_rest *r, const struct ikw_scene *s);
void ikw_rest_close(const struct ikw_rest *r, struct ikw_report *out);

#endif
