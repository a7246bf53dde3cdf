/*
 * Statements by table. A statement that runs into the next line's directive
 * lacks its semicolon: it is said, and both are used.
 */
#include "facts/config/internal.h"

#include <string.h>

bool ikw_conf_fault(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                    const char *what)
{
    struct ikw_pos pos = { r->text->name, ikw_conf_line(n) };
    struct ikw_slice name = ikw_conf_word(n, 0);
    if (!ikw_conf_plain(name))
        return ikw_diag_add(r->ds, pos, IKW_DIAG_CONF_SYNTAX, "%s", what);
    return ikw_diag_add(r->ds, pos, IKW_DIAG_CONF_SYNTAX, "%.*s: %s",
                        (int)name.len, name.ptr, what);
}

void ikw_conf_dropped(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                      const char *what)
{
    r->c->complete = false;
    ikw_conf_fault(r, n, what);
}

/* A directive by another name may be anything: only a plain one is repeated,
 * and beside secrets only one that is made like a name. */
static void unknown(struct ikw_conf_read *r, const struct ikw_conf_node *n)
{
    struct ikw_pos pos = { r->text->name, ikw_conf_line(n) };
    struct ikw_slice name = ikw_conf_word(n, 0);
    bool hyphen = name.len && memchr(name.ptr, '-', name.len);
    if (!ikw_conf_plain(name) || n->words[0].quoted || (r->secrets && !hyphen))
        name = (struct ikw_slice){ "", 0 };
    ikw_diag_add(r->ds, pos, IKW_DIAG_CONF_UNKNOWN,
                 "unknown directive%s%.*s: not used", name.len ? " " : "",
                 (int)name.len, name.ptr);
}

static const struct ikw_conf_row *find(const struct ikw_conf_row *rows,
                                       struct ikw_slice name)
{
    for (; rows->name; rows++)
        if (ikw_slice_is(name, rows->name))
            return rows;
    return NULL;
}

/* Cuts what begins at word i off into a statement of its own. */
static void split(struct ikw_conf_read *r, struct ikw_conf_node *n, size_t i)
{
    struct ikw_conf_node *tail =
        IKW_ARENA_NEW(r->scratch, struct ikw_conf_node);
    *tail = *n;
    tail->words += i;
    tail->nwords -= i;
    n->nwords = i;
    n->next = tail;
    n->block = false;
    n->children = n->last_child = NULL;
}

static void split_at_directive(struct ikw_conf_read *r, struct ikw_conf_node *n,
                               const struct ikw_conf_row *rows)
{
    for (size_t i = 1; i < n->nwords; i++)
        if (n->words[i].first && !n->words[i].quoted &&
            find(rows, n->words[i].text)) {
            ikw_conf_fault(r, n, "';' is missing at its end");
            split(r, n, i);
            return;
        }
}

static void take(struct ikw_conf_read *r, struct ikw_conf_node *n,
                 const struct ikw_conf_row *row)
{
    size_t args = n->nwords - 1;
    if (row->block == 'y' && !n->block) {
        ikw_conf_fault(r, n, "a block in braces must follow");
        return;
    }
    if (row->block == 'n' && n->block)
        ikw_conf_fault(r, n, "no block may follow");
    if (args < row->least) {
        ikw_conf_fault(r, n, "something is missing after it");
        return;
    }
    if (args > row->most)
        ikw_conf_fault(r, n, "too much follows");
    if (row->take)
        row->take(r, n, row->arg);
}

void ikw_conf_take(struct ikw_conf_read *r, struct ikw_conf_node *block,
                   const struct ikw_conf_row *rows)
{
    for (struct ikw_conf_node *n = block->children; n; n = n->next) {
        if (!n->nwords)
            continue;
        split_at_directive(r, n, rows);
        const struct ikw_conf_row *row = find(rows, ikw_conf_word(n, 0));
        if (row && !n->words[0].quoted)
            take(r, n, row);
        else
            unknown(r, n);
    }
}

/* ---- values ------------------------------------------------------------ */

struct ikw_conf_at ikw_conf_at(struct ikw_conf_read *r,
                               const struct ikw_conf_node *n)
{
    return ikw_conf_place(&r->c->arena, r->text, n);
}

char *ikw_conf_dup(struct ikw_conf_read *r, struct ikw_slice s)
{
    return ikw_arena_strndup(&r->c->arena, s.ptr, s.len);
}

const char *ikw_conf_keep(struct ikw_arena *a, struct ikw_buf *b)
{
    const char *s = ikw_arena_strndup(a, ikw_buf_str(b), b->len);
    ikw_buf_release(b);
    return s;
}

static const struct {
    const char *word;
    int seconds;
} units[] = {
    { "sec", 1 },     { "secs", 1 },     { "second", 1 },  { "seconds", 1 },
    { "min", 60 },    { "mins", 60 },    { "minute", 60 }, { "minutes", 60 },
    { "hour", 3600 }, { "hours", 3600 },
};

bool ikw_conf_time(const struct ikw_conf_node *n, size_t i, int64_t *seconds)
{
    struct ikw_slice number = ikw_conf_word(n, i), unit = number;
    size_t digits = 0;
    while (digits < number.len && number.ptr[digits] >= '0' &&
           number.ptr[digits] <= '9')
        digits++;
    unit = digits < number.len ? ikw_slice_sub(number, digits, number.len)
                               : ikw_conf_word(n, i + 1);
    number.len = digits;
    if (digits > 9 || !ikw_slice_int(number, seconds))
        return false;
    for (size_t k = 0; k < sizeof units / sizeof *units; k++)
        if (ikw_slice_is(unit, units[k].word)) {
            *seconds *= units[k].seconds;
            return true;
        }
    return false;
}

bool ikw_conf_alg(struct ikw_conf_read *r, const struct ikw_conf_node *n,
                  size_t i, enum ikw_alg_class c, struct ikw_conf_alg *out)
{
    int64_t keylen = 0, given;
    const char *word = ikw_alg_word(c, ikw_conf_word(n, i), &keylen);
    bool cipher = c == IKW_ALG_ENC || c == IKW_ALG_ESP;
    if (!word)
        return ikw_conf_fault(r, n, "no such algorithm");
    if (cipher && i + 1 < n->nwords && !n->words[i + 1].listed) {
        if (!ikw_slice_int(ikw_conf_word(n, i + 1), &given) ||
            !ikw_alg_keylen_ok(word, given))
            return ikw_conf_fault(r, n, "no such key length");
        keylen = given;
    }
    if (cipher && !keylen)
        keylen = ikw_alg_default_keylen(word);
    *out =
        (struct ikw_conf_alg){ word, cipher ? keylen : 0, ikw_conf_at(r, n) };
    return true;
}

static const char *const id_kinds[] = { "address", "fqdn",   "user_fqdn",
                                        "keyid",   "asn1dn", "subnet" };

struct ikw_conf_id *ikw_conf_id(struct ikw_conf_read *r,
                                const struct ikw_conf_node *n, size_t i)
{
    const char *kind = NULL;
    struct ikw_slice word = ikw_conf_word(n, i);
    for (size_t k = 0; k < sizeof id_kinds / sizeof *id_kinds; k++)
        if (ikw_slice_is(word, id_kinds[k]))
            kind = id_kinds[k];
    if (!kind) {
        ikw_conf_fault(r, n, "no such kind of identifier");
        return NULL;
    }
    struct ikw_conf_id *id = IKW_ARENA_NEW(&r->c->arena, struct ikw_conf_id);
    bool qualified = ikw_slice_is(ikw_conf_word(n, i + 1), "tag") ||
                     ikw_slice_is(ikw_conf_word(n, i + 1), "file");
    bool of_file = ikw_slice_is(ikw_conf_word(n, i + 1), "file") &&
                   !n->words[i + 1].quoted;
    size_t at = i + 1 + (qualified && !n->words[i + 1].quoted);
    id->kind = kind;
    id->at = ikw_conf_at(r, n);
    if (at < n->nwords && !of_file)
        id->value = ikw_conf_dup(r, ikw_conf_word(n, at));
    return id;
}
