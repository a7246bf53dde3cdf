/*
 * Inside of the matcher: the trie, shared by match.c and match_build.c.
 * Built once, read-only afterwards; it borrows the KB's strings as labels.
 */
#ifndef IKW_FACTS_LOG_MATCH_H
#define IKW_FACTS_LOG_MATCH_H

#include "facts/log/log.h"

struct ikw_trie_node;

/* Literal bytes to the next node. No two edges of a node share the first. */
struct ikw_trie_edge {
    const char *label;
    uint32_t len;
    unsigned char first; /* label[0], beside the others for the search */
    struct ikw_trie_node *to;
    struct ikw_trie_edge *next; /* while building */
};

/* A capture; those of a node stand in order of preference. */
struct ikw_trie_capture {
    enum ikw_tok_kind kind;
    struct ikw_trie_node *to;
    struct ikw_trie_capture *next; /* while building */
};

struct ikw_trie_node {
    const struct ikw_trie_edge *edges;
    const struct ikw_trie_capture *captures;
    uint16_t nedges, ncaptures;
    const struct ikw_template *tmpl; /* one that ends here, or NULL */
    const uint64_t *firsts;          /* 256 bits: first bytes of `edges` */
    struct ikw_trie_edge *edge_list; /* while building */
    struct ikw_trie_capture *capture_list; /* while building */
    struct ikw_trie_node *all;             /* while building */
};

struct ikw_matcher {
    struct ikw_arena arena;
    struct ikw_trie_node *root, *all;
    const struct ikw_trie_edge *by_first[256]; /* the root's edges */
    const struct ikw_template *last_resort;    /* nothing but text */
    bool wordless; /* some template could be hex digits and colons alone */
};

/* End of the nth (0, 1, ...) way to read a capture of this kind at `pos`, the
 * best first; 0: there is none. Not for TEXT, WORD and REST. */
size_t ikw_capture_end(enum ikw_tok_kind kind, struct ikw_slice s, size_t pos,
                       unsigned nth);

/* What a search wanted to know of a byte of the text. A text that has another
 * digit where only digits were asked for is matched in the same way. */
enum ikw_look {
    IKW_LOOK_HEX = 1,   /* whether it is a hex digit */
    IKW_LOOK_CLASS = 2, /* whether it is a digit, a letter, ... */
    IKW_LOOK_BYTE = 4   /* which byte it is */
};

/* As ikw_matcher_match; marks in `looks`, one byte for each of the text and
 * zero before, what was asked of it. */
bool ikw_matcher_trace(const struct ikw_matcher *m, struct ikw_slice text,
                       unsigned char *looks, struct ikw_match *out);

/* End of a strict or masked host (IKW_TOK_IP) at the start of `s`, or 0. */
size_t ikw_host_len(struct ikw_slice s);

/* `::ffff:192.0.2.1` -> `192.0.2.1`; anything else stays. */
struct ikw_slice ikw_unmapped(struct ikw_slice ip);

#endif
