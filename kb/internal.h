/*
 * Shared by the files of kb/: documents as trees of checked elements, and
 * the state of one load. Nothing here outlives the load except what is put
 * on the KB's arena.
 */
#ifndef IKW_KB_INTERNAL_H
#define IKW_KB_INTERNAL_H

#include "kb/kb.h"

/* ---- names: text -> pointer -------------------------------------------- */

struct ikw_names {
    struct ikw_name {
        const char *key; /* borrowed */
        void *value;
        uint32_t hash;
    } * slots;
    size_t n, cap;
};

void *ikw_names_get(const struct ikw_names *t, const char *key);
/* False if the key is there already; the old value stays. */
bool ikw_names_add(struct ikw_names *t, const char *key, void *value);
void ikw_names_release(struct ikw_names *t);

/* ---- lists of pointers ------------------------------------------------- */

struct ikw_list {
    void **items;
    size_t n, cap;
};

void ikw_list_add(struct ikw_list *l, void *item);
/* Copies the items to the arena, NULL-terminated, and empties the list. */
void *ikw_list_detach(struct ikw_list *l, struct ikw_arena *a);

/* ---- documents --------------------------------------------------------- */

enum { IKW_HOLDS_TEXT = 1, IKW_HOLDS_SLOTS = 2 };

enum ikw_elem {
    IKW_ELEM_ROOT,
#define IKW_ELEM(name, parent, tag, required, optional, flags) IKW_ELEM_##name,
#include "kb/elements.def"
#undef IKW_ELEM
    IKW_ELEM_COUNT_
};

struct ikw_attr {
    const char *name;  /* valid during the load */
    const char *value; /* on the KB's arena */
    unsigned line;
};

struct ikw_node {
    enum ikw_elem elem;
    unsigned line;
    struct ikw_attr *attrs;
    size_t nattrs;
    const char *text; /* of a text element, as written; never NULL there */
    struct ikw_node *child, *last, *next;
};

/* ---- files ------------------------------------------------------------- */

struct ikw_kb_file {
    enum ikw_elem root;
    const char *name;     /* as printed; the path */
    struct ikw_slice xml; /* of a document in memory */
};

struct ikw_kb_files { /* sorted: see files.c */
    struct ikw_arena arena;
    struct ikw_kb_file *v;
    size_t n, cap;
};

bool ikw_kb_files_list(struct ikw_kb_files *l, const char *dir,
                       struct ikw_diags *ds);
void ikw_kb_files_docs(struct ikw_kb_files *l, const struct ikw_doc *docs,
                       size_t ndocs, struct ikw_diags *ds);
void ikw_kb_files_release(struct ikw_kb_files *l);
/* Says that the document passes a limit. Always false. */
bool ikw_kb_refuse(struct ikw_diags *ds, struct ikw_pos pos,
                   enum ikw_limit limit);
/* `out` borrows from the document or from `bytes`. */
bool ikw_kb_file_read(const struct ikw_kb_file *f, struct ikw_buf *bytes,
                      struct ikw_slice *out, struct ikw_diags *ds);

/* ---- one load ---------------------------------------------------------- */

struct ikw_loader {
    struct ikw_kb *kb;
    struct ikw_diags *ds;
    struct ikw_arena scratch; /* the tree of the document in hand */
    struct ikw_xml *xml;      /* parser, reused for every document */
    const char *file;         /* of the document in hand */
    struct ikw_names types, messages, rules, causes, weights;
    struct ikw_list type_list, message_list, rule_list, cause_list;
    struct ikw_list links;                /* struct ikw_cause_link */
    bool no_types, no_causes, no_weights; /* a file of theirs is broken: do
                                 not complain of what it may have held */
    size_t faults;
};

/* Complains at a line of the document in hand. Always false. */
bool ikw_load_fault(struct ikw_loader *ld, unsigned line,
                    enum ikw_diag_code code, const char *fmt, ...)
    IKW_PRINTF(4, 5);

struct ikw_pos ikw_load_pos(const struct ikw_loader *ld, unsigned line);
/* For a member of what stays on the KB's arena. */
void ikw_load_at(struct ikw_pos *pos, const struct ikw_loader *ld,
                 unsigned line);

/* Parses; every element and attribute of the tree is one of elements.def,
 * the root is `root`, required attributes are there. NULL if nothing can be
 * used; `*broken` if the XML is not well-formed. */
struct ikw_node *ikw_xml_parse(struct ikw_loader *ld, struct ikw_slice xml,
                               enum ikw_elem root, bool *broken);
void ikw_xml_free(struct ikw_loader *ld);
const char *ikw_elem_tag(enum ikw_elem elem);
/* Whether elements.def gives the element this attribute. */
bool ikw_elem_takes(enum ikw_elem elem, const char *attr);

/* ---- attributes -------------------------------------------------------- */

struct ikw_word {
    const char *word;
    int value;
};

const struct ikw_attr *ikw_attr_find(const struct ikw_node *n,
                                     const char *name);
/* NULL if absent. */
const char *ikw_attr(const struct ikw_node *n, const char *name);
/* These complain of a bad value and give `otherwise` for it and for none. */
int ikw_attr_word(struct ikw_loader *ld, const struct ikw_node *n,
                  const char *name, const struct ikw_word *words,
                  int otherwise);
bool ikw_attr_yes(struct ikw_loader *ld, const struct ikw_node *n,
                  const char *name, bool otherwise);
int64_t ikw_attr_int(struct ikw_loader *ld, const struct ikw_node *n,
                     const char *name, int64_t least, int64_t most,
                     int64_t otherwise);
enum ikw_level ikw_attr_level(struct ikw_loader *ld, const struct ikw_node *n,
                              const char *name, enum ikw_level otherwise);
/* "60s", "500ms", "5min", "1h", "2d" or milliseconds. */
bool ikw_duration_parse(const char *s, int64_t *ms);
/* Blank-separated words on the arena, NULL-terminated. */
const char **ikw_words_split(struct ikw_arena *a, const char *s, size_t *n);
/* Text in one line: runs of blanks become one, both ends trimmed. */
const char *ikw_text_flow(struct ikw_arena *a, const char *s);
size_t ikw_node_count(const struct ikw_node *n, enum ikw_elem elem);
/* "a, b, c" for complaints. */
const char *ikw_words_join(struct ikw_loader *ld, const char *const *words,
                           size_t n);

/* ---- the files --------------------------------------------------------- */

void ikw_load_vocabulary(struct ikw_loader *ld, const struct ikw_node *root);
void ikw_load_weights(struct ikw_loader *ld, const struct ikw_node *root);
void ikw_load_envelopes(struct ikw_loader *ld, const struct ikw_node *root);
void ikw_load_causes(struct ikw_loader *ld, const struct ikw_node *root);
void ikw_load_messages(struct ikw_loader *ld, const struct ikw_node *root);
void ikw_load_rules(struct ikw_loader *ld, const struct ikw_node *root);
/* Sorts, numbers and ties together what the files gave. */
void ikw_load_link(struct ikw_loader *ld);

/* A parent or a rival by name, resolved when all causes are known. */
struct ikw_cause_link {
    struct ikw_pos pos;
    const char *id;
    const struct ikw_cause **place;
};

/* ---- parts ------------------------------------------------------------- */

/* The type that attribute `type` names; NULL with a complaint. */
const struct ikw_type *ikw_load_type(struct ikw_loader *ld,
                                     const struct ikw_node *n);
/* The cause that attribute `cause` names; NULL with a complaint. */
const struct ikw_cause *ikw_load_cause(struct ikw_loader *ld,
                                       const struct ikw_node *n);
/* A constant of that slot's kind; complains at the attribute. */
bool ikw_load_constant(struct ikw_loader *ld, const struct ikw_attr *at,
                       const struct ikw_slot *slot, struct ikw_slice text,
                       struct ikw_value *out);
/* Index, IKW_PSEUDO_* if `pseudo` allows, or -1. */
int ikw_slot_find(const struct ikw_type *type, struct ikw_slice name,
                  bool pseudo);
/* The slot of that index; pseudo slots have one too. */
const struct ikw_slot *ikw_slot_of(const struct ikw_type *type, int slot);

bool ikw_template_parse(struct ikw_loader *ld, unsigned line, const char *text,
                        struct ikw_template *out);
bool ikw_expr_parse(struct ikw_loader *ld, unsigned line, struct ikw_slice text,
                    struct ikw_expr *out);
bool ikw_conds_parse(struct ikw_loader *ld, const struct ikw_attr *at,
                     struct ikw_emit *out);
/* Complains of captures that no template of the message has. */
void ikw_captures_check(struct ikw_loader *ld, const struct ikw_message *m,
                        const struct ikw_expr *e, unsigned line);
/* A track needs the captures that its ties read. */
bool ikw_message_captures(const struct ikw_message *m, const char *name,
                          enum ikw_tok_kind kind);

/* One rule in the making. */
enum { IKW_MAX_PATTERNS = 16, IKW_MAX_VARS = 32, IKW_MAX_THENS = 16 };
struct ikw_rule_draft {
    struct ikw_loader *ld;
    struct ikw_rule *rule;
    struct ikw_draft_var {
        const char *name;
        bool number, text; /* what it stands for */
    } vars[IKW_MAX_VARS];
    size_t nvars;
    size_t nfacts; /* patterns that are neither absent nor count */
    bool broken;   /* a pattern is missing: what binds is not known */
};

/* Index of the variable of that name (without '?'), added if new; it takes
 * on the slot's kind. -1 with a complaint. */
int ikw_draft_var(struct ikw_rule_draft *d, unsigned line,
                  struct ikw_slice name, const struct ikw_slot *slot);
/* A variable that some fact binds; `slot` may be NULL. -1 with a
 * complaint. */
int ikw_draft_bound(struct ikw_rule_draft *d, unsigned line,
                    struct ikw_slice name, const struct ikw_slot *slot);
/* The pattern of that alias, or -1. */
int ikw_draft_alias(const struct ikw_rule_draft *d, struct ikw_slice alias);
void ikw_draft_patterns(struct ikw_rule_draft *d, const struct ikw_node *when);
/* Reads one slot's test of a pattern. */
void ikw_draft_test(struct ikw_rule_draft *d, const struct ikw_attr *at,
                    struct ikw_pattern *p);
/* Complains of variables that are compared before a fact binds them. */
void ikw_draft_check_vars(struct ikw_rule_draft *d);
void ikw_draft_thens(struct ikw_rule_draft *d, const struct ikw_node *then);
void ikw_draft_because(struct ikw_rule_draft *d, const struct ikw_node *n);

/* ---- checks ------------------------------------------------------------ */

bool ikw_may_derive(const struct ikw_then *d, const struct ikw_pattern *p);
bool ikw_may_emit(const struct ikw_emit *e, const struct ikw_pattern *p);
/* Templates of which the one takes every line of the other. */
void ikw_check_clashes(const struct ikw_kb *kb, struct ikw_diags *ds);

#endif
