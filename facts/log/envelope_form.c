/*
 * One compiled form against one line: op by op, and back to the last optional
 * group when one does not fit. Patterns are short and come from the KB; the
 * line can only make a step fail, and captures look no further than REACH.
 */
#include "facts/log/envelope.h"
#include "facts/log/match.h"

#include <string.h>

enum { REACH = 256, MAX_CHOICES = 16 };

struct run {
    struct ikw_cursor c;
    struct ikw_head *head;
    const struct ikw_form_words *words;
    struct ikw_stamp_cache *cache;
    const char *line_end; /* TEXT may end before it */
    bool may_hold;
};

static int at(struct run *r)
{
    if (r->c.far <= r->c.p)
        r->c.far = r->c.p + 1;
    return r->c.p < r->c.end ? (unsigned char)*r->c.p : -1;
}

/* `c` is a byte, or -1 for the end. */
static inline bool is_blank(int c)
{
    return c == ' ' || c == '\t';
}

static inline bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_alnum(int c)
{
    int low = c | 32;
    return is_digit(c) || (low >= 'a' && low <= 'z' && c > 0);
}

static inline bool is_name(int c)
{
    return is_alnum(c) || (c >= '-' && c <= '/') || c == '_' || c == '@' ||
           c == '+' || c == '$';
}

/* The bytes at the cursor, as far as a capture may look. */
static struct ikw_slice ahead(const struct run *r)
{
    size_t len = (size_t)(r->c.end - r->c.p);
    return (struct ikw_slice){ r->c.p, len > REACH ? REACH : len };
}

static void looked(struct run *r, size_t len)
{
    if (r->c.far < r->c.p + len)
        r->c.far = r->c.p + len;
}

static bool starts(struct run *r, struct ikw_slice word)
{
    struct ikw_slice s = ahead(r);
    for (size_t i = 0; i < word.len; i++) {
        looked(r, i + 1);
        if (i >= s.len || s.ptr[i] != word.ptr[i])
            return false;
    }
    return true;
}

/* ---- words ------------------------------------------------------------- */

static struct ikw_slice tag_at(struct run *r)
{
    struct ikw_slice s = ahead(r);
    size_t n = 0;
    while (n < s.len && is_name((unsigned char)s.ptr[n]))
        n++;
    looked(r, n + 1);
    return ikw_slice_sub(s, 0, n);
}

/* /usr/sbin/name -> name */
static struct ikw_slice base_name(struct ikw_slice s)
{
    size_t from = s.len;
    while (from && s.ptr[from - 1] != '/')
        from--;
    return (struct ikw_slice){ s.ptr + from, s.len - from };
}

static bool is_one_of(struct ikw_slice s, const struct ikw_word *words,
                      size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s.len == words[i].text.len &&
            !memcmp(s.ptr, words[i].text.ptr, s.len))
            return true;
    return false;
}

static bool take_tag(struct run *r, const struct ikw_op *op)
{
    struct ikw_slice tag = tag_at(r);
    bool known =
        op->kind == IKW_OP_TAG
            ? is_one_of(base_name(tag), op->words, op->nwords)
            : !is_one_of(base_name(tag), r->words->tags, r->words->ntags);
    if (!tag.len || !known)
        return false;
    r->c.p += tag.len;
    r->head->foreign |= op->kind == IKW_OP_OTHER;
    return true;
}

static const struct ikw_word *word_at(struct run *r,
                                      const struct ikw_word *words, size_t n)
{
    int first = at(r);
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)words[i].text.ptr[0] != first ||
            !starts(r, words[i].text))
            continue;
        r->c.p += words[i].text.len;
        if (!is_alnum(at(r)) && at(r) != '_')
            return &words[i];
        r->c.p -= words[i].text.len;
    }
    return NULL;
}

static bool take_level(struct run *r, const struct ikw_op *op)
{
    const struct ikw_word *w =
        op->nwords ? word_at(r, op->words, op->nwords)
                   : word_at(r, r->words->levels, r->words->nlevels);
    if (w)
        r->head->level = w->level;
    return w != NULL;
}

static enum ikw_level level_of(const struct run *r, struct ikw_slice word)
{
    for (size_t i = 0; i < r->words->nlevels; i++)
        if (ikw_slice_eq(word, r->words->levels[i].text))
            return r->words->levels[i].level;
    return IKW_LEVEL_NONE;
}

/* The last word of a list that stands for a level. */
static void set_topic_level(struct run *r, struct ikw_slice list)
{
    size_t from = 0;
    for (size_t i = 0; i <= list.len; i++) {
        if (i < list.len && list.ptr[i] != ',' && list.ptr[i] != ' ')
            continue;
        enum ikw_level level = level_of(r, ikw_slice_sub(list, from, i));
        if (level != IKW_LEVEL_NONE)
            r->head->level = level;
        from = i + 1;
    }
}

/* a,b,c (or `a, b`), one of which must be a word of the op. */
static bool take_topics(struct run *r, const struct ikw_op *op)
{
    const char *from = r->c.p;
    bool fits = false;
    for (int i = 0; i < 8; i++) {
        struct ikw_slice word = tag_at(r);
        if (!word.len)
            return false;
        fits |= is_one_of(word, op->words, op->nwords);
        r->c.p += word.len;
        if (at(r) != ',')
            break;
        r->c.p++;
        if (is_blank(at(r)))
            r->c.p++;
    }
    if (fits)
        set_topic_level(r, (struct ikw_slice){ from, (size_t)(r->c.p - from) });
    return fits;
}

/* ---- extents ----------------------------------------------------------- */

static bool take(struct run *r, size_t len, size_t seen)
{
    looked(r, seen);
    r->c.p += len;
    return len > 0;
}

static bool literal_here(struct ikw_slice s, size_t i, const struct ikw_op *op)
{
    return op->kind == IKW_OP_LITERAL && op->text.len <= s.len - i &&
           !memcmp(s.ptr + i, op->text.ptr, op->text.len);
}

static bool take_word(struct run *r, const struct ikw_op *next)
{
    struct ikw_slice s = ahead(r);
    bool to_blank = next->kind != IKW_OP_LITERAL;
    size_t n = 0;
    while (n < s.len && !is_blank((unsigned char)s.ptr[n]) &&
           (to_blank || !literal_here(s, n, next)))
        n++;
    return take(r, n, n + 1);
}

static bool take_until(struct run *r, const struct ikw_op *next)
{
    struct ikw_slice s = ahead(r);
    size_t n = 0;
    while (n < s.len && !literal_here(s, n, next))
        n++;
    looked(r, n + next->text.len);
    r->c.p += n;
    return n < s.len;
}

static bool take_run(struct run *r, const struct ikw_op *op)
{
    struct ikw_slice s = ahead(r);
    size_t n = 0;
    for (; n < s.len; n++) {
        int c = (unsigned char)s.ptr[n];
        bool hex = is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
        if (op->kind == IKW_OP_BRACKET ? c == ']'
            : op->kind == IKW_OP_INT   ? !is_digit(c)
                                       : !hex)
            break;
        if (op->kind == IKW_OP_HEX && n == 0 && c == '0' && s.len > 2 &&
            s.ptr[1] == 'x')
            n++;
    }
    take(r, n, n + 1);
    return n > 0 || op->kind == IKW_OP_BRACKET;
}

static bool is_severity(struct ikw_slice word)
{
    static const char *const names[] = { "emerg", "alert",   "crit", "err",
                                         "error", "warning", "warn", "notice",
                                         "info",  "debug" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (ikw_slice_is(word, names[i]))
            return true;
    return false;
}

/* daemon.info, or the severity alone */
static bool take_facility(struct run *r)
{
    struct ikw_slice s = ahead(r);
    size_t n = 0, dot = 0;
    for (; n < s.len; n++) {
        if (s.ptr[n] == '.' && n && !dot)
            dot = n;
        else if (!is_alnum((unsigned char)s.ptr[n]))
            break;
    }
    bool fits = dot ? dot + 1 < n : is_severity(ikw_slice_sub(s, 0, n));
    return take(r, n, n + 1) && fits;
}

/* `-`, or elements in brackets, with quoted brackets in them. */
static bool take_data(struct run *r)
{
    struct ikw_slice s = ahead(r);
    size_t n = 0;
    if (s.len && s.ptr[0] == '-')
        return take(r, 1, 1);
    while (n < s.len && s.ptr[n] == '[') {
        bool quoted = false;
        for (n++; n < s.len && (quoted || s.ptr[n] != ']'); n++) {
            if (s.ptr[n] == '\\' && n + 1 < s.len)
                n++;
            else if (s.ptr[n] == '"')
                quoted = !quoted;
        }
        if (n == s.len)
            return false;
        n++;
    }
    return take(r, n, n + 1);
}

/* A length of eight bytes before the text, as in a journal's export. */
static bool take_length(struct run *r)
{
    struct ikw_slice s = ahead(r);
    static const char zeros[5];
    if (s.len < 8 || memcmp(s.ptr + 3, zeros, 5) != 0)
        return false;
    return take(r, 8, 8);
}

/* ---- the peer ---------------------------------------------------------- */

static bool take_host(struct run *r, const struct ikw_op *op)
{
    struct ikw_slice s = ahead(r);
    size_t n = 0;
    if (op->kind == IKW_OP_IP) {
        n = ikw_host_len(s);
    } else {
        while (n < s.len && !is_blank((unsigned char)s.ptr[n]) &&
               s.ptr[n] != '[' && s.ptr[n] != ']')
            n++;
    }
    if (!n)
        return false;
    struct ikw_slice host = ikw_unmapped(ikw_slice_sub(s, 0, n));
    if (op->field == IKW_FIELD_PEER)
        r->head->peer = host;
    return take(r, n, n + 2);
}

/* ---- ends -------------------------------------------------------------- */

static bool take_blank(struct run *r, const struct ikw_op *op)
{
    if (op->kind == IKW_OP_LAST_BLANK && at(r) < 0)
        return true;
    if (!is_blank(at(r)))
        return false;
    r->c.p++;
    while (op->kind == IKW_OP_BLANK && is_blank(at(r)))
        r->c.p++;
    return true;
}

static bool take_text(struct run *r, const struct ikw_op *next)
{
    const char *end = r->line_end;
    if (next->kind == IKW_OP_LITERAL) {
        size_t len = next->text.len;
        while (end > r->c.p && is_blank((unsigned char)end[-1]))
            end--;
        if ((size_t)(end - r->c.p) < len ||
            memcmp(end - len, next->text.ptr, len) != 0)
            return false;
        end -= len;
    }
    r->line_end = end;
    return true;
}

static bool take_held(struct run *r)
{
    r->head->held = true;
    return r->may_hold;
}

static bool step(struct run *r, const struct ikw_op *op)
{
    const char *from = r->c.p;
    bool ok;
    switch (op->kind) {
    case IKW_OP_LITERAL:
        ok = starts(r, op->text);
        r->c.p += ok ? op->text.len : 0;
        return ok;
    case IKW_OP_BLANK:
    case IKW_OP_LAST_BLANK:
        return take_blank(r, op);
    case IKW_OP_TIME:
        return ikw_stamp_read(&r->c, op->stamp, &r->head->cal, r->cache,
                              &r->head->t_ms);
    case IKW_OP_LEVEL:
        return take_level(r, op);
    case IKW_OP_TAG:
    case IKW_OP_OTHER:
        return take_tag(r, op);
    case IKW_OP_TOPICS:
        return take_topics(r, op);
    case IKW_OP_ONE_OF:
        return word_at(r, op->words, op->nwords) != NULL;
    case IKW_OP_WORD:
        return take_word(r, op + 1);
    case IKW_OP_UNTIL:
        return take_until(r, op + 1);
    case IKW_OP_INT:
    case IKW_OP_HEX:
    case IKW_OP_BRACKET:
        ok = take_run(r, op);
        if (op->field == IKW_FIELD_TUNNEL)
            r->head->tunnel =
                (struct ikw_slice){ from, (size_t)(r->c.p - from) };
        return ok;
    case IKW_OP_FACILITY:
        return take_facility(r);
    case IKW_OP_DATA:
        return take_data(r);
    case IKW_OP_LENGTH:
        return take_length(r);
    case IKW_OP_HOST:
    case IKW_OP_IP:
        return take_host(r, op);
    case IKW_OP_HOLD:
        return r->head->hold = true;
    case IKW_OP_HELD:
        return take_held(r);
    case IKW_OP_FOREIGN:
        return r->head->foreign = true;
    case IKW_OP_TEXT:
        return take_text(r, op + 1);
    case IKW_OP_END:
    case IKW_OP_OPTIONAL:
        break;
    }
    return false;
}

struct choice {
    const struct ikw_op *op; /* behind the group */
    const char *p;
    struct ikw_head head;
};

static bool run(struct run *r, const struct ikw_op *ops,
                const struct ikw_op **deepest)
{
    struct choice stack[MAX_CHOICES];
    unsigned depth = 0;
    const struct ikw_op *op = ops;
    while (op->kind != IKW_OP_END) {
        if (*deepest < op)
            *deepest = op;
        if (op->kind == IKW_OP_OPTIONAL) {
            int c = at(r);
            if (c < 0 || !ikw_in_set(op->firsts, (char)c)) {
                op = ops + op->next;
                continue;
            }
            if (depth < MAX_CHOICES)
                stack[depth++] =
                    (struct choice){ ops + op->next, r->c.p, *r->head };
            op++;
        } else if (step(r, op)) {
            if (op->kind == IKW_OP_TEXT)
                return true; /* took what follows with it */
            op++;
        } else if (depth) {
            const struct choice *back = &stack[--depth];
            op = back->op;
            r->c.p = back->p;
            *r->head = back->head;
        } else {
            return false;
        }
    }
    return true;
}

bool ikw_form_match(const struct ikw_form *f,
                    const struct ikw_form_words *words,
                    struct ikw_stamp_cache *cache, struct ikw_slice line,
                    bool may_hold, struct ikw_head *head, struct ikw_try *how)
{
    const char *end = line.ptr + line.len;
    struct run r = {
        { line.ptr, end, how->far }, head, words, cache, end, may_hold
    };
    head->t_ms = IKW_NO_TIME;
    head->level = IKW_LEVEL_NONE;
    head->peer = head->tunnel = (struct ikw_slice){ line.ptr, 0 };
    head->foreign = head->hold = head->held = false;
    const struct ikw_op *deepest = f->ops;
    bool ok = run(&r, f->ops, &deepest);
    how->deepest = (unsigned)(deepest - f->ops);
    how->far = r.c.far;
    if (ok)
        head->text = (struct ikw_slice){
            r.c.p, r.line_end > r.c.p ? (size_t)(r.line_end - r.c.p) : 0
        };
    return ok;
}
