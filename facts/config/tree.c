/*
 * One scanner for four languages. They differ in what ends a statement (a
 * semicolon, the end of the line) and in what brackets mean. Caps: depth,
 * statements; the text itself bounds the rest.
 */
#include "facts/config/tree.h"

#include <string.h>

enum { PLACE_MAX = 160 };

struct scan {
    struct ikw_arena *arena;
    enum ikw_conf_kind kind;
    const struct ikw_conf_text *text;
    bool (*top)(struct ikw_slice word);
    struct ikw_diags *ds;
    const char *p, *end;
    uint32_t line;
    bool line_start; /* no word on this line yet */
    bool comma;      /* before the next word */
    struct ikw_conf_node *root, *block, *statement;
    unsigned depth;
    size_t nodes;
};

static bool fault(struct scan *s, uint32_t line, const char *what)
{
    struct ikw_pos pos = { s->text->name, line };
    return ikw_diag_add(s->ds, pos, IKW_DIAG_CONF_SYNTAX, "%s", what);
}

/* ---- nodes ------------------------------------------------------------- */

static struct ikw_conf_node *open_statement(struct scan *s)
{
    if (s->statement)
        return s->statement;
    struct ikw_conf_node *n = IKW_ARENA_NEW(s->arena, struct ikw_conf_node);
    n->parent = s->block;
    if (s->block->last_child)
        s->block->last_child->next = n;
    else
        s->block->children = n;
    s->block->last_child = n;
    s->nodes++;
    return s->statement = n;
}

static void grow_words(struct scan *s, struct ikw_conf_node *n)
{
    if (n->nwords < n->cap)
        return;
    size_t cap = n->cap ? n->cap * 2 : 4;
    struct ikw_conf_word *v =
        IKW_ARENA_ARRAY(s->arena, struct ikw_conf_word, cap);
    if (n->nwords)
        memcpy(v, n->words, n->nwords * sizeof *v);
    n->words = v;
    n->cap = cap;
}

/* A word that can only stand outside all blocks closes them. */
static void close_forgotten(struct scan *s, struct ikw_slice word, bool quoted)
{
    if (!s->depth || s->statement || quoted || !s->top || !s->top(word))
        return;
    fault(s, s->line, "'}' is missing before this line");
    while (s->block->parent)
        s->block = s->block->parent;
    s->depth = 0;
}

static void add_word(struct scan *s, struct ikw_slice text, uint32_t line,
                     bool quoted)
{
    close_forgotten(s, text, quoted);
    struct ikw_conf_node *n = open_statement(s);
    grow_words(s, n);
    n->words[n->nwords++] = (struct ikw_conf_word){
        text, line, quoted, s->line_start, s->comma,
    };
    s->line_start = s->comma = false;
}

static void end_statement(struct scan *s)
{
    s->statement = NULL;
    s->comma = false;
}

static void open_block(struct scan *s)
{
    struct ikw_conf_node *n = open_statement(s);
    if (!n->nwords)
        fault(s, s->line, "'{' without a name before it");
    n->block = true;
    end_statement(s);
    s->line_start = false;
    s->block = n;
    s->depth++;
}

static void close_block(struct scan *s)
{
    if (s->statement && s->kind == IKW_CONF_RACOON)
        fault(s, s->line, "';' is missing before '}'");
    end_statement(s);
    s->line_start = false;
    if (!s->depth) {
        fault(s, s->line, "'}' without a '{'");
        return;
    }
    s->block = s->block->parent;
    s->depth--;
}

/* ---- words ------------------------------------------------------------- */

/* Statements that end with their line. */
static bool by_line(const struct scan *s)
{
    return s->kind == IKW_CONF_TMSH || s->kind == IKW_CONF_SWANCTL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' ||
           c == '\0';
}

static bool ends_word(const struct scan *s, char c)
{
    if (is_blank(c) || c == '\n' || c == '"')
        return true;
    if (s->kind == IKW_CONF_TMSH)
        return c == '{' || c == '}';
    if (s->kind == IKW_CONF_SWANCTL && c == '=')
        return !s->statement || !s->statement->nwords;
    if (c == ';')
        return !by_line(s);
    if (c == ',' || c == '#')
        return true;
    return s->kind != IKW_CONF_SETKEY && (c == '{' || c == '}');
}

/* A quote that is not closed ends with its line, so that one of them does
 * not swallow the file. */
static void quoted_word(struct scan *s)
{
    const char *from = ++s->p;
    uint32_t line = s->line, lines = 0;
    const char *p = from;
    while (p < s->end && *p != '"') {
        lines += *p == '\n';
        if (*p == '\\' && s->kind == IKW_CONF_TMSH && p + 1 < s->end)
            lines += *++p == '\n';
        p++;
    }
    if (p == s->end) {
        fault(s, line, "a quote is not closed");
        for (p = from; p < s->end && *p != '\n' && *p != ';';)
            p++;
        lines = 0;
    }
    struct ikw_slice text = { from, (size_t)(p - from) };
    s->p = p < s->end && *p == '"' ? p + 1 : p;
    add_word(s, text, line, true);
    s->line += lines;
}

static void bare_word(struct scan *s)
{
    const char *from = s->p;
    do /* whatever it is, it is passed */
        s->p++;
    while (s->p < s->end && !ends_word(s, *s->p));
    struct ikw_slice text = { from, (size_t)(s->p - from) };
    add_word(s, text, s->line, false);
}

static void skip_comment(struct scan *s)
{
    while (s->p < s->end && *s->p != '\n')
        s->p++;
}

static void newline(struct scan *s)
{
    s->p++;
    s->line++;
    s->line_start = true;
    if (by_line(s))
        end_statement(s);
}

static bool comments(const struct scan *s)
{
    return *s->p == '#' && (s->kind != IKW_CONF_TMSH || s->line_start);
}

static void step(struct scan *s)
{
    char c = *s->p;
    bool braces = s->kind != IKW_CONF_SETKEY;
    if (c == '\n') {
        newline(s);
    } else if (is_blank(c)) {
        s->p++;
    } else if (comments(s)) {
        skip_comment(s);
    } else if (c == '"') {
        quoted_word(s);
    } else if (c == '{' && braces) {
        s->p++;
        open_block(s);
    } else if (c == '}' && braces) {
        s->p++;
        close_block(s);
    } else if (c == '=' && s->kind == IKW_CONF_SWANCTL &&
               (!s->statement || s->statement->nwords <= 1)) {
        s->p++; /* between a name and its value */
    } else if (c == ';' && !by_line(s)) {
        s->p++;
        end_statement(s);
    } else if (c == ',' && s->kind != IKW_CONF_TMSH) {
        s->p++;
        s->comma = true;
    } else {
        bare_word(s);
    }
}

static bool too_much(struct scan *s)
{
    struct ikw_limits *l = s->ds->limits;
    return ikw_limit_full(l, IKW_LIMIT_CONFIG_DEPTH, s->depth) ||
           ikw_limit_full(l, IKW_LIMIT_CONFIG_STATEMENTS, s->nodes);
}

struct ikw_conf_node *ikw_conf_tree(struct ikw_arena *a,
                                    enum ikw_conf_kind kind,
                                    const struct ikw_conf_text *text,
                                    bool (*top)(struct ikw_slice word),
                                    struct ikw_diags *ds)
{
    struct scan s = { .arena = a,
                      .kind = kind,
                      .text = text,
                      .top = top,
                      .ds = ds,
                      .line = 1,
                      .line_start = true };
    s.p = text->bytes.ptr;
    s.end = s.p + text->bytes.len;
    s.root = s.block = IKW_ARENA_NEW(a, struct ikw_conf_node);
    while (s.p < s.end && !too_much(&s))
        step(&s);
    if (s.p < s.end)
        fault(&s, s.line, "too deep or too long: the rest is not read");
    else if (s.depth)
        fault(&s, s.line, "'}' is missing at the end");
    else if (s.statement && !by_line(&s))
        fault(&s, s.line, "';' is missing at the end");
    return s.root;
}

/* ---- reading a tree ---------------------------------------------------- */

struct ikw_slice ikw_conf_word(const struct ikw_conf_node *n, size_t i)
{
    return i < n->nwords ? n->words[i].text : (struct ikw_slice){ "", 0 };
}

uint32_t ikw_conf_line(const struct ikw_conf_node *n)
{
    return n->nwords ? n->words[0].line : 0;
}

bool ikw_conf_plain(struct ikw_slice w)
{
    if (!w.len || w.len > 40)
        return false;
    for (size_t i = 0; i < w.len; i++) {
        char c = w.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
            !(c >= '0' && c <= '9') && c != '_' && c != '-')
            return false;
    }
    return true;
}

static void add_text(struct ikw_buf *b, const struct ikw_conf_word *w,
                     bool first)
{
    if (!first)
        ikw_buf_adds(b, w->listed ? ", " : " ");
    if (w->quoted)
        ikw_buf_addc(b, '"');
    ikw_buf_add(b, w->text.ptr, w->text.len);
    if (w->quoted)
        ikw_buf_addc(b, '"');
}

struct ikw_conf_at ikw_conf_place(struct ikw_arena *a,
                                  const struct ikw_conf_text *text,
                                  const struct ikw_conf_node *n)
{
    struct ikw_buf b = { 0 };
    struct ikw_conf_at at = { text->file, ikw_conf_line(n), NULL };
    for (size_t i = 0; i < n->nwords && b.len < PLACE_MAX; i++)
        add_text(&b, &n->words[i], i == 0);
    if (b.len > PLACE_MAX)
        b.len = PLACE_MAX;
    at.text = ikw_arena_strndup(a, ikw_buf_str(&b), b.len);
    ikw_buf_release(&b);
    return at;
}
