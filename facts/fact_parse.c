/*
 * Facts files back into fact sets: the inverse of fact_print.c. A line is a
 * row of tokens: a bare word, a quoted text, or key=value. What is unknown
 * or out of place is a complaint with its line; reading goes on after it.
 */
#include "facts/fact.h"
#include "facts/fact_text.h"

#include <string.h>

struct token {
    struct ikw_slice key;  /* of key=value; empty for a lone text */
    struct ikw_slice text; /* unescaped, in the scratch buffer or the file */
    bool quoted;
};

struct parser {
    const struct ikw_kb *kb;
    struct ikw_diags *ds;
    struct ikw_pos pos;
    struct ikw_slice rest; /* of the line */
    struct ikw_buf scratch;
    struct ikw_fact_set set;
    bool open, failed;
    bool bad; /* this line; one complaint is enough */
    ikw_fact_set_fn each;
    void *arg;
};

static bool fail(struct parser *p, const char *what, struct ikw_slice which)
{
    if (p->bad)
        return false;
    p->bad = p->failed = true;
    int n = which.len > 60 ? 60 : (int)which.len;
    return ikw_diag_add(p->ds, p->pos, IKW_DIAG_FACTS_SYNTAX, "%s: \"%.*s\"",
                        what, n, n ? which.ptr : "");
}

/* ---- tokens ------------------------------------------------------------ */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* One escape behind a backslash; how many bytes it took, 0 if none. */
static size_t unescape(struct ikw_slice s, char *out)
{
    if (s.len && (s.ptr[0] == '"' || s.ptr[0] == '\\')) {
        *out = s.ptr[0];
        return 1;
    }
    if (s.len >= 3 && s.ptr[0] == 'x' && hex_digit(s.ptr[1]) >= 0 &&
        hex_digit(s.ptr[2]) >= 0) {
        *out = (char)(hex_digit(s.ptr[1]) << 4 | hex_digit(s.ptr[2]));
        return 3;
    }
    return 0;
}

/* p->rest starts behind the quote. The text goes to the scratch buffer,
 * which never moves during a line: it was made as large as the line. */
static bool read_quoted(struct parser *p, struct ikw_slice *out)
{
    size_t from = p->scratch.len, i = 0;
    while (i < p->rest.len && p->rest.ptr[i] != '"') {
        char c = p->rest.ptr[i++];
        if (c == '\\') {
            size_t n = unescape(ikw_slice_sub(p->rest, i, p->rest.len), &c);
            if (!n)
                return fail(p, "bad escape in", p->rest);
            i += n;
        }
        ikw_buf_addc(&p->scratch, c);
    }
    if (i == p->rest.len)
        return fail(p, "quote is not closed in", p->rest);
    p->rest = ikw_slice_sub(p->rest, i + 1, p->rest.len);
    *out = (struct ikw_slice){ p->scratch.ptr + from, p->scratch.len - from };
    ikw_buf_addc(&p->scratch, '\0');
    return true;
}

static void skip_blanks(struct parser *p)
{
    while (p->rest.len && (p->rest.ptr[0] == ' ' || p->rest.ptr[0] == '\r'))
        p->rest = ikw_slice_sub(p->rest, 1, p->rest.len);
}

static struct ikw_slice read_until(struct parser *p, const char *stops)
{
    size_t n = 0, nstops = strlen(stops); /* a NUL of the input is none */
    while (n < p->rest.len && !memchr(stops, p->rest.ptr[n], nstops))
        n++;
    struct ikw_slice s = ikw_slice_sub(p->rest, 0, n);
    p->rest = ikw_slice_sub(p->rest, n, p->rest.len);
    return s;
}

static bool value_follows(const struct parser *p)
{
    return p->rest.len && p->rest.ptr[0] == '"';
}

/* False at the end of the line or on a fault. */
static bool next_token(struct parser *p, struct token *t)
{
    *t = (struct token){ 0 };
    skip_blanks(p);
    if (p->rest.len == 0)
        return false;
    if (!value_follows(p)) {
        t->text = read_until(p, " =\r");
        if (!p->rest.len || p->rest.ptr[0] != '=')
            return true;
        t->key = t->text;
        p->rest = ikw_slice_sub(p->rest, 1, p->rest.len);
    }
    if (value_follows(p)) {
        t->quoted = true;
        p->rest = ikw_slice_sub(p->rest, 1, p->rest.len);
        return read_quoted(p, &t->text);
    }
    t->text = read_until(p, " \r");
    return true;
}

/* ---- set lines --------------------------------------------------------- */

static int find_word(const char *const *words, size_t n, struct ikw_slice s)
{
    for (size_t i = 0; i < n; i++) {
        if (ikw_slice_is(s, words[i]))
            return (int)i;
    }
    return -1;
}

static int find_source(const struct token *t)
{
    if (t->key.len || t->quoted || !ikw_slice_starts(t->text, "@"))
        return -1;
    return find_word(ikw_source_words, 2,
                     ikw_slice_sub(t->text, 1, t->text.len));
}

static void deliver(struct parser *p)
{
    if (!p->open)
        return;
    p->each(p->arg, &p->set);
    ikw_fact_set_release(&p->set);
    p->open = false;
}

static void open_set(struct parser *p)
{
    deliver(p);
    ikw_fact_set_init(&p->set, p->kb);
    p->set.limits = p->ds->limits;
    p->open = true;
}

static const char *keep(struct parser *p, struct ikw_slice s)
{
    return ikw_arena_strndup(&p->set.arena, s.ptr, s.len);
}

static bool set_number(struct parser *p, const struct token *t)
{
    int64_t n;
    if (!ikw_slice_int(t->text, &n) || n < 0)
        return fail(p, "not a number", t->text);
    if (ikw_slice_is(t->key, "next") && n <= UINT32_MAX)
        p->set.next_subject = (uint32_t)n;
    else if (ikw_slice_is(t->key, "dropped"))
        p->set.dropped = (size_t)n;
    else
        return fail(p, "unknown key", t->key);
    return true;
}

static bool set_see(struct parser *p, const struct token *t, unsigned source)
{
    struct ikw_visibility *see = &p->set.see[source];
    if (ikw_slice_is(t->key, "level")) {
        int i = find_word(ikw_level_words, IKW_LEVEL_DEBUG2 + 1, t->text);
        if (i < 0)
            return fail(p, "unknown level", t->text);
        see->level = (enum ikw_level)i;
        return true;
    }
    int64_t *at = ikw_slice_is(t->key, "from") ? &see->from_ms
                  : ikw_slice_is(t->key, "to") ? &see->to_ms
                                               : NULL;
    if (!at)
        return fail(p, "unknown key", t->key);
    return ikw_slice_int(t->text, at) || fail(p, "not a time", t->text);
}

static bool set_key(struct parser *p, const struct token *t)
{
    if (ikw_slice_is(t->key, "local"))
        p->set.local = keep(p, t->text);
    else if (ikw_slice_is(t->key, "peer"))
        p->set.peer = keep(p, t->text);
    else if (ikw_slice_is(t->key, "tunnel"))
        p->set.tunnel_name = keep(p, t->text);
    else
        return set_number(p, t);
    return true;
}

static void read_set(struct parser *p)
{
    struct token t;
    int source = -1;
    open_set(p);
    while (next_token(p, &t)) {
        int s = find_source(&t);
        if (s >= 0) {
            source = s;
            p->set.see[s].present = true;
        } else if (source >= 0) {
            set_see(p, &t, (unsigned)source);
        } else {
            set_key(p, &t);
        }
    }
}

/* ---- fact lines -------------------------------------------------------- */

struct reading {
    const struct ikw_type *type;
    struct ikw_value slots[IKW_MAX_SLOTS];
    enum ikw_source source;
    int64_t count;
    bool unsure;
    struct ikw_evidence first, last;
    struct ikw_evidence *at; /* gets the next lone text */
};

static bool known_word(const struct ikw_slot *slot, struct ikw_slice s)
{
    for (size_t i = 0; i < slot->nwords; i++) {
        if (ikw_slice_is(s, slot->words[i]))
            return true;
    }
    return false;
}

static bool fact_slot(struct parser *p, struct reading *r,
                      const struct token *t)
{
    char name[64];
    if (t->key.len == 0)
        return fail(p, "out of place", t->text);
    if (t->key.len >= sizeof name)
        return fail(p, "unknown slot", t->key);
    memcpy(name, t->key.ptr, t->key.len);
    name[t->key.len] = '\0';
    int i = ikw_type_slot(r->type, name);
    if (i < 0)
        return fail(p, "unknown slot", t->key);
    const struct ikw_slot *slot = &r->type->slots[i];
    int64_t n;
    if (slot->kind == IKW_SLOT_TEXT || slot->kind == IKW_SLOT_WORD) {
        if (slot->kind == IKW_SLOT_WORD && !known_word(slot, t->text))
            return fail(p, "unknown word", t->text);
        r->slots[i] = ikw_value_str(keep(p, t->text));
        return true;
    }
    if (!ikw_slice_int(t->text, &n))
        return fail(p, "not a number", t->text);
    r->slots[i] = ikw_value_int(n);
    return true;
}

/* FILE:LINE[:TIME][=MESSAGE] */
static bool fact_place(struct parser *p, struct reading *r, struct ikw_slice s,
                       struct ikw_evidence *ev)
{
    struct ikw_slice whole = s, part[4] = { { 0 } };
    size_t n = 0, from = 0;
    for (size_t i = 0; i <= s.len && n < 4; i++) {
        bool id = i < s.len && s.ptr[i] == '=';
        if (i < s.len && s.ptr[i] != ':' && !id)
            continue;
        part[n++] = ikw_slice_sub(s, from, i);
        from = i + 1;
        if (id)
            break;
    }
    int64_t file, line;
    ev->t_ms = IKW_NO_TIME;
    if (n < 2 || !ikw_slice_int(part[0], &file) || file < 0 || file > 0xffff ||
        !ikw_slice_int(part[1], &line) || line < 0 || line > UINT32_MAX ||
        (n > 2 && !ikw_slice_int(part[2], &ev->t_ms)))
        return fail(p, "not a place", whole);
    ev->file = (unsigned)file;
    ev->line = (uint32_t)line;
    if (from < s.len)
        ev->message =
            ikw_kb_message(p->kb, keep(p, ikw_slice_sub(s, from, s.len)));
    r->at = ev;
    return true;
}

static bool fact_count(struct parser *p, struct reading *r, struct ikw_slice s)
{
    if (!ikw_slice_int(s, &r->count) || r->count < 1 || r->count > UINT32_MAX)
        return fail(p, "not a count", s);
    return true;
}

/* Behind the @source. */
static bool fact_tail(struct parser *p, struct reading *r,
                      const struct token *t)
{
    if (ikw_slice_is(t->key, "count"))
        return fact_count(p, r, t->text);
    if (ikw_slice_is(t->key, "unsure")) {
        r->unsure = ikw_slice_is(t->text, "yes");
        return r->unsure || fail(p, "not yes", t->text);
    }
    if (ikw_slice_is(t->key, "at")) {
        bool ok = fact_place(p, r, t->text, &r->first);
        r->last = r->first;
        return ok;
    }
    if (ikw_slice_is(t->key, "last")) {
        r->last = (struct ikw_evidence){ .t_ms = IKW_NO_TIME };
        return fact_place(p, r, t->text, &r->last);
    }
    if (t->key.len || !t->quoted || !r->at)
        return fail(p, "out of place", t->key.len ? t->key : t->text);
    r->at->text = keep(p, t->text);
    if (r->at == &r->first)
        r->last.text = r->first.text;
    return true;
}

static void add_fact(struct parser *p, const struct reading *r)
{
    uint32_t before = (uint32_t)p->set.nfacts;
    struct ikw_fact *f =
        ikw_fact_add(&p->set, r->type, r->source, r->slots, &r->first);
    if (!f)
        return;
    if (p->set.nfacts == before)
        f->count += (uint32_t)r->count - 1;
    else
        f->count = (uint32_t)r->count;
    if (r->unsure)
        ikw_fact_doubt(&p->set, f);
    f->last = r->last;
    f->last_room = 0;
}

static void read_fact(struct parser *p, struct ikw_slice name)
{
    struct reading r = { .count = 1,
                         .first.t_ms = IKW_NO_TIME,
                         .last.t_ms = IKW_NO_TIME };
    struct token t;
    bool tail = false, ok = true;
    if (!p->open)
        open_set(p);
    r.type = ikw_kb_type(p->kb, keep(p, name));
    if (!r.type) {
        fail(p, "unknown fact type", name);
        return;
    }
    while (ok && next_token(p, &t)) {
        int s = find_source(&t);
        if (s >= 0 && !tail) {
            r.source = (enum ikw_source)s;
            tail = true;
        } else {
            ok = tail ? fact_tail(p, &r, &t) : fact_slot(p, &r, &t);
        }
    }
    if (ok && !tail)
        fail(p, "fact without a source", name);
    if (!p->bad)
        add_fact(p, &r);
}

/* ---- lines ------------------------------------------------------------- */

static void read_line(struct parser *p, struct ikw_slice line)
{
    struct token t;
    p->rest = ikw_slice_trim(line);
    p->bad = false;
    if (p->rest.len == 0 || p->rest.ptr[0] == '#')
        return;
    ikw_buf_clear(&p->scratch);
    IKW_GROW(p->scratch.ptr, p->scratch.cap, 2 * p->rest.len + 2);
    if (!next_token(p, &t))
        return;
    if (t.key.len || t.quoted || t.text.len == 0)
        fail(p, "not the name of a fact", t.text);
    else if (ikw_slice_is(t.text, "set"))
        read_set(p);
    else
        read_fact(p, t.text);
}

bool ikw_facts_parse(const struct ikw_kb *kb, const char *name,
                     struct ikw_slice text, ikw_fact_set_fn each, void *arg,
                     struct ikw_diags *ds)
{
    struct parser p = { .kb = kb, .ds = ds, .each = each, .arg = arg };
    p.pos.file = name;
    while (text.len) {
        const char *nl = memchr(text.ptr, '\n', text.len);
        size_t n = nl ? (size_t)(nl - text.ptr) : text.len;
        p.pos.line++;
        read_line(&p, ikw_slice_sub(text, 0, n));
        text = ikw_slice_sub(text, n + (nl != NULL), text.len);
    }
    deliver(&p);
    ikw_buf_release(&p.scratch);
    return !p.failed;
}
