/*
 * The common shape of the four languages: statements of words, some of
 * which open a block. Words are slices of the text, so a tree lives no
 * longer than the text, and nothing secret is copied.
 */
#ifndef IKW_FACTS_CONFIG_TREE_H
#define IKW_FACTS_CONFIG_TREE_H

#include "facts/config/config.h"

struct ikw_conf_word {
    struct ikw_slice text; /* without quotes */
    uint32_t line;
    bool quoted;
    bool first;  /* of its line */
    bool listed; /* a comma stands before it */
};

struct ikw_conf_node {
    struct ikw_conf_word *words;
    size_t nwords, cap;
    bool block;
    struct ikw_conf_node *children, *last_child;
    struct ikw_conf_node *parent, *next;
};

/* Statements of the text as children of a root without words. What does not
 * fit is a diagnostic; the tree holds the rest. `top` says which words only
 * begin a statement outside all blocks: one inside a block means that a
 * brace is missing before it. May be NULL. */
struct ikw_conf_node *ikw_conf_tree(struct ikw_arena *a,
                                    enum ikw_conf_kind kind,
                                    const struct ikw_conf_text *text,
                                    bool (*top)(struct ikw_slice word),
                                    struct ikw_diags *ds);

/* Word i; an empty one past the end. */
struct ikw_slice ikw_conf_word(const struct ikw_conf_node *n, size_t i);
uint32_t ikw_conf_line(const struct ikw_conf_node *n);
/* True if it looks like a name of the language: fit to be printed. */
bool ikw_conf_plain(struct ikw_slice word);
/* The statement on one line, cut, in `a`. */
struct ikw_conf_at ikw_conf_place(struct ikw_arena *a,
                                  const struct ikw_conf_text *text,
                                  const struct ikw_conf_node *n);

#endif
