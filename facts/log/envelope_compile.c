/* Patterns of kb/envelopes.xml to lists of operations. */
#include "facts/log/envelope.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_OPS = 96,
    MAX_WORDS = 32,
    MAX_DEPTH = 6,
    MAX_FORMS = 255,
    MAX_TAGS = 64
};

struct compiler {
    struct ikw_arena *arena;
    const struct ikw_kb *kb;
    const struct ikw_envelope *env;
    struct ikw_buf *why;
    struct ikw_op ops[MAX_OPS];
    unsigned nops;
    unsigned open[MAX_DEPTH]; /* groups not closed yet */
    unsigned depth;
    bool failed;
};

enum words { NO_WORDS, MAY_WORDS, NEEDS_WORDS };

static const struct capture {
    const char *name, *kind;
    enum ikw_op_kind op;
    enum ikw_op_field field;
    enum words words;
} captures[] = {
    { "level", "", IKW_OP_LEVEL, IKW_FIELD_NONE, MAY_WORDS },
    { "tag", "", IKW_OP_TAG, IKW_FIELD_NONE, NEEDS_WORDS },
    { "other", "", IKW_OP_OTHER, IKW_FIELD_NONE, NO_WORDS },
    { "topics", "", IKW_OP_TOPICS, IKW_FIELD_NONE, NEEDS_WORDS },
    { "peer", "host", IKW_OP_HOST, IKW_FIELD_PEER, NO_WORDS },
    { "peer", "ip", IKW_OP_IP, IKW_FIELD_PEER, NO_WORDS },
    { "tunnel", "", IKW_OP_BRACKET, IKW_FIELD_TUNNEL, NO_WORDS },
    { "host", "", IKW_OP_WORD, IKW_FIELD_NONE, NO_WORDS },
    { "pid", "", IKW_OP_WORD, IKW_FIELD_NONE, NO_WORDS },
    { "skip", "", IKW_OP_ONE_OF, IKW_FIELD_NONE, NEEDS_WORDS },
    { "skip", "word", IKW_OP_WORD, IKW_FIELD_NONE, NO_WORDS },
    { "skip", "int", IKW_OP_INT, IKW_FIELD_NONE, NO_WORDS },
    { "skip", "hex", IKW_OP_HEX, IKW_FIELD_NONE, NO_WORDS },
    { "skip", "text", IKW_OP_UNTIL, IKW_FIELD_NONE, NO_WORDS },
    { "skip", "bracket", IKW_OP_BRACKET, IKW_FIELD_NONE, NO_WORDS },
    { "skip", "facility", IKW_OP_FACILITY, IKW_FIELD_NONE, NO_WORDS },
    { "skip", "data", IKW_OP_DATA, IKW_FIELD_NONE, NO_WORDS },
    { "skip", "length", IKW_OP_LENGTH, IKW_FIELD_NONE, NO_WORDS },
    { "hold", "", IKW_OP_HOLD, IKW_FIELD_NONE, NO_WORDS },
    { "held", "", IKW_OP_HELD, IKW_FIELD_NONE, NO_WORDS },
    { "foreign", "", IKW_OP_FOREIGN, IKW_FIELD_NONE, NO_WORDS },
    { "text", "", IKW_OP_TEXT, IKW_FIELD_NONE, NO_WORDS },
};

static void wrong(struct compiler *c, const char *what, struct ikw_slice at)
{
    if (!c->failed && c->why)
        ikw_buf_addf(c->why, "%s: '%.*s'", what, (int)at.len, at.ptr);
    c->failed = true;
}

static struct ikw_op *add(struct compiler *c, enum ikw_op_kind kind)
{
    static const struct ikw_slice all = { "", 0 };
    if (c->nops == MAX_OPS - 1) {
        wrong(c, "the pattern is too long", all);
        c->nops--;
    }
    struct ikw_op *op = &c->ops[c->nops++];
    *op = (struct ikw_op){ .kind = kind };
    return op;
}

static struct ikw_slice take_to(struct ikw_slice *s, char stop)
{
    const char *p = memchr(s->ptr, stop, s->len);
    size_t len = p ? (size_t)(p - s->ptr) : s->len;
    struct ikw_slice head = { s->ptr, len };
    *s = ikw_slice_sub(*s, p ? len + 1 : len, s->len);
    return head;
}

/* ---- words ------------------------------------------------------------- */

static int longer_first(const void *pa, const void *pb)
{
    const struct ikw_word *a = pa, *b = pb;
    if (a->text.len != b->text.len)
        return a->text.len > b->text.len ? -1 : 1;
    return memcmp(a->text.ptr, b->text.ptr, a->text.len);
}

static enum ikw_level level_of(const struct ikw_kb *kb, struct ikw_slice word)
{
    for (size_t i = 0; i < kb->nlevel_words; i++)
        if (ikw_slice_is(word, kb->level_words[i].word))
            return kb->level_words[i].level;
    return IKW_LEVEL_NONE;
}

static void add_words(struct compiler *c, struct ikw_op *op,
                      struct ikw_slice list)
{
    struct ikw_word words[MAX_WORDS];
    size_t n = 0;
    while (list.len && n < MAX_WORDS) {
        struct ikw_slice w = take_to(&list, '|');
        words[n].text = w;
        words[n].level = level_of(c->kb, w);
        if (!w.len)
            wrong(c, "there is an empty word", list);
        if (op->kind == IKW_OP_LEVEL && words[n].level == IKW_LEVEL_NONE)
            wrong(c, "there is no such word for a level", w);
        n++;
    }
    if (list.len)
        wrong(c, "there are too many words", list);
    qsort(words, n, sizeof words[0], longer_first);
    struct ikw_word *v = IKW_ARENA_ARRAY(c->arena, struct ikw_word, n);
    memcpy(v, words, n * sizeof words[0]);
    op->words = v;
    op->nwords = n;
}

/* ---- captures ---------------------------------------------------------- */

static const struct capture *capture_of(struct ikw_slice name,
                                        struct ikw_slice kind, bool words)
{
    for (size_t i = 0; i < sizeof captures / sizeof captures[0]; i++) {
        const struct capture *k = &captures[i];
        bool fits = words ? k->words != NO_WORDS : k->words != NEEDS_WORDS;
        if (fits && ikw_slice_is(name, k->name) && ikw_slice_is(kind, k->kind))
            return k;
    }
    return NULL;
}

static void add_time(struct compiler *c, struct ikw_slice kind)
{
    int stamp = ikw_stamp_kind(kind);
    if (stamp < 0)
        wrong(c, "there is no such kind of stamp", kind);
    else
        add(c, IKW_OP_TIME)->stamp = (enum ikw_stamp)stamp;
}

/* name, name:kind or name=word|word */
static void add_capture(struct compiler *c, struct ikw_slice inside)
{
    struct ikw_slice words = inside;
    struct ikw_slice name = take_to(&words, '=');
    struct ikw_slice kind = name;
    name = take_to(&kind, ':');
    if (ikw_slice_is(name, "time")) {
        add_time(c, kind);
        return;
    }
    const struct capture *k = capture_of(name, kind, words.len > 0);
    if (!k) {
        wrong(c, "there is no such capture", inside);
        return;
    }
    struct ikw_op *op = add(c, k->op);
    op->field = k->field;
    if (words.len)
        add_words(c, op, words);
}

/* ---- the pattern ------------------------------------------------------- */

static void open_group(struct compiler *c, struct ikw_slice at)
{
    if (c->depth == MAX_DEPTH) {
        wrong(c, "too many groups in one another", at);
        return;
    }
    c->open[c->depth++] = c->nops;
    add(c, IKW_OP_OPTIONAL);
}

static void close_group(struct compiler *c, struct ikw_slice at)
{
    if (c->depth == 0)
        wrong(c, "nothing is open that could be closed", at);
    else
        c->ops[c->open[--c->depth]].next = c->nops;
}

static size_t literal_len(struct ikw_slice s)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] != ' ' && s.ptr[n] != '{' &&
           !(s.ptr[n] == '?' && n + 1 < s.len && s.ptr[n + 1] == '}'))
        n++;
    return n;
}

static void piece(struct compiler *c, struct ikw_slice *s)
{
    struct ikw_slice all = *s;
    size_t used = 1;
    if (ikw_slice_starts(*s, "{{")) {
        add(c, IKW_OP_LITERAL)->text = ikw_slice_sub(*s, 0, 1);
        used = 2;
    } else if (ikw_slice_starts(*s, "{?")) {
        open_group(c, all);
        used = 2;
    } else if (ikw_slice_starts(*s, "?}")) {
        close_group(c, all);
        used = 2;
    } else if (s->ptr[0] == '{') {
        struct ikw_slice inside = ikw_slice_sub(*s, 1, s->len);
        inside = take_to(&inside, '}');
        used = inside.len + 2;
        add_capture(c, inside);
    } else if (s->ptr[0] == ' ') {
        while (used < s->len && s->ptr[used] == ' ')
            used++;
        add(c, IKW_OP_BLANK);
    } else {
        used = literal_len(*s);
        add(c, IKW_OP_LITERAL)->text = ikw_slice_sub(*s, 0, used);
    }
    *s = ikw_slice_sub(*s, used, s->len);
}

static bool ends_head(enum ikw_op_kind kind)
{
    return kind == IKW_OP_END || kind == IKW_OP_TEXT || kind == IKW_OP_HELD ||
           kind == IKW_OP_HOLD || kind == IKW_OP_FOREIGN;
}

static void check(struct compiler *c)
{
    static const struct ikw_slice none = { "", 0 };
    if (c->depth)
        wrong(c, "an optional group is not closed", none);
    for (unsigned i = 0; i + 1 < c->nops; i++) {
        struct ikw_op *op = &c->ops[i];
        enum ikw_op_kind next = c->ops[i + 1].kind;
        if (op->kind == IKW_OP_BLANK && ends_head(next))
            op->kind = IKW_OP_LAST_BLANK;
        if (op->kind == IKW_OP_UNTIL && next != IKW_OP_LITERAL)
            wrong(c, "skip:text needs literal text behind it", none);
        if (op->kind == IKW_OP_TEXT && next != IKW_OP_END &&
            next != IKW_OP_LITERAL)
            wrong(c, "only literal text may follow the text", none);
    }
}

static void describe(struct ikw_form *f)
{
    const struct ikw_op *op = f->ops, *group_end = op;
    bool inner = false;
    while (op->kind == IKW_OP_OPTIONAL)
        op = f->ops + op->next;
    f->start = op;
    f->bare = op->kind == IKW_OP_TEXT && op[1].kind == IKW_OP_END;
    f->cacheable = true;
    for (op = f->ops; op->kind != IKW_OP_END; op++) {
        if (op->kind == IKW_OP_OPTIONAL && op >= group_end)
            group_end = f->ops + op->next;
        f->has_level |= op->kind == IKW_OP_LEVEL;
        f->needs_level |= op->kind == IKW_OP_LEVEL && op >= group_end;
        f->has_tag |= op->kind == IKW_OP_TAG || op->kind == IKW_OP_TOPICS;
        f->foreign |= op->kind == IKW_OP_FOREIGN || op->kind == IKW_OP_OTHER;
        inner |= op->kind == IKW_OP_OTHER || op->kind == IKW_OP_WORD;
        if (op->kind == IKW_OP_TEXT || op->kind == IKW_OP_HOLD ||
            op->kind == IKW_OP_HELD)
            f->cacheable = false;
    }
    f->glues = f->ops->kind == IKW_OP_TIME && f->ops->stamp == IKW_STAMP_ISO &&
               f->has_level && !f->has_tag && !inner;
}

/* ---- first bytes ------------------------------------------------------- */

static void may_start(uint64_t set[4], const char *bytes)
{
    for (; *bytes; bytes++) {
        unsigned char c = (unsigned char)*bytes;
        set[c / 64] |= (uint64_t)1 << (c % 64);
    }
}

static void may_start_stamp(uint64_t set[4], enum ikw_stamp stamp)
{
    if (stamp != IKW_STAMP_BSD && stamp != IKW_STAMP_CTIME)
        may_start(set, "0123456789");
    if (stamp == IKW_STAMP_BRIEF)
        may_start(set, "JFMASONDjfmasond");
    if (stamp == IKW_STAMP_BSD || stamp == IKW_STAMP_CTIME)
        may_start(set, "JFMASOND");
    if (stamp == IKW_STAMP_BSD || stamp == IKW_STAMP_CTIME ||
        stamp == IKW_STAMP_ISO)
        may_start(set, "MTWFS");
}

static void may_start_word(uint64_t set[4], const struct ikw_word *words,
                           size_t n)
{
    for (size_t i = 0; i < n; i++)
        may_start(set, (char[]){ words[i].text.ptr[0], '\0' });
}

/* Adds the bytes `op` can start with. */
static void may_start_op(uint64_t set[4], const struct ikw_op *op,
                         const struct ikw_kb *kb)
{
    bool all_levels = op->kind == IKW_OP_LEVEL && !op->nwords;
    if (op->kind == IKW_OP_LITERAL) {
        may_start(set, (char[]){ op->text.ptr[0], '\0' });
    } else if (op->kind == IKW_OP_BLANK) {
        may_start(set, " \t");
    } else if (op->kind == IKW_OP_TIME) {
        may_start_stamp(set, op->stamp);
    } else if (op->kind == IKW_OP_INT) {
        may_start(set, "0123456789");
    } else if (all_levels) {
        for (size_t i = 0; i < kb->nlevel_words; i++)
            may_start(set, (char[]){ kb->level_words[i].word[0], '\0' });
    } else if (op->nwords && op->kind != IKW_OP_TOPICS) {
        if (op->kind == IKW_OP_TAG)
            may_start(set, "/");
        may_start_word(set, op->words, op->nwords);
    } else {
        memset(set, 0xff, 4 * sizeof set[0]);
    }
}

/* Of a whole form, and of each of its groups; a group that starts with
 * another may start with anything. */
static void find_firsts(struct ikw_op *ops, struct ikw_form *f,
                        const struct ikw_kb *kb)
{
    struct ikw_op *op;
    for (op = ops; op->kind != IKW_OP_END; op++)
        if (op->kind == IKW_OP_OPTIONAL)
            may_start_op(op->firsts, op + 1, kb);
    for (op = ops; op->kind == IKW_OP_OPTIONAL; op = ops + op->next)
        may_start_op(f->prefix, op + 1, kb);
    may_start_op(f->firsts, op, kb);
    for (int i = 0; i < 4; i++)
        f->firsts[i] |= f->prefix[i];
}

bool ikw_form_compile(struct ikw_arena *a, const struct ikw_kb *kb,
                      const struct ikw_envelope *env, struct ikw_form *out,
                      struct ikw_buf *why)
{
    struct compiler c = { .arena = a, .kb = kb, .env = env, .why = why };
    struct ikw_slice s = ikw_slice_of(env->pattern);
    while (s.len && !c.failed)
        piece(&c, &s);
    add(&c, IKW_OP_END);
    check(&c);
    if (c.failed)
        return false;
    struct ikw_op *ops = IKW_ARENA_ARRAY(a, struct ikw_op, c.nops);
    memcpy(ops, c.ops, c.nops * sizeof *ops);
    *out = (struct ikw_form){ .env = env, .ops = ops, .nops = c.nops };
    describe(out);
    find_firsts(ops, out, kb);
    return true;
}

/* ---- all of them ------------------------------------------------------- */

static void gather_levels(struct ikw_arena *a, const struct ikw_kb *kb,
                          struct ikw_form_words *words)
{
    struct ikw_word *v = IKW_ARENA_ARRAY(a, struct ikw_word, kb->nlevel_words);
    for (size_t i = 0; i < kb->nlevel_words; i++) {
        v[i].text = ikw_slice_of(kb->level_words[i].word);
        v[i].level = kb->level_words[i].level;
    }
    if (kb->nlevel_words)
        qsort(v, kb->nlevel_words, sizeof *v, longer_first);
    words->levels = v;
    words->nlevels = kb->nlevel_words;
}

static void add_tag(struct ikw_form_words *words, struct ikw_word *v,
                    struct ikw_word tag)
{
    for (size_t i = 0; i < words->ntags; i++)
        if (ikw_slice_eq(v[i].text, tag.text))
            return;
    if (words->ntags < MAX_TAGS)
        v[words->ntags++] = tag;
}

static void gather_tags(struct ikw_arena *a, const struct ikw_form *forms,
                        size_t nforms, struct ikw_form_words *words)
{
    struct ikw_word *v = IKW_ARENA_ARRAY(a, struct ikw_word, MAX_TAGS);
    words->ntags = 0;
    for (size_t i = 0; i < nforms; i++)
        for (const struct ikw_op *op = forms[i].ops; op->kind != IKW_OP_END;
             op++)
            for (size_t j = 0; op->kind == IKW_OP_TAG && j < op->nwords; j++)
                add_tag(words, v, op->words[j]);
    words->tags = v;
}

struct ikw_form *ikw_forms_compile(struct ikw_arena *a, const struct ikw_kb *kb,
                                   struct ikw_form_words *words, size_t *n)
{
    struct ikw_form *forms =
        IKW_ARENA_ARRAY(a, struct ikw_form, kb->nenvelopes);
    *n = 0;
    for (size_t i = 0; i < kb->nenvelopes && *n < MAX_FORMS; i++)
        if (ikw_form_compile(a, kb, &kb->envelopes[i], &forms[*n], NULL))
            ++*n;
    gather_levels(a, kb, words);
    gather_tags(a, forms, *n, words);
    return forms;
}

bool ikw_envelope_check(const struct ikw_kb *kb, const struct ikw_envelope *e,
                        struct ikw_buf *why)
{
    struct ikw_arena a = { 0 };
    struct ikw_form form;
    bool ok = ikw_form_compile(&a, kb, e, &form, why);
    ikw_arena_release(&a);
    return ok;
}
