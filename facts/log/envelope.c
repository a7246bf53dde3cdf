/*
 * Physical lines to logical ones. Most lines of a debug log are either hex,
 * known from their first bytes, or begin with the very same head as one of
 * the few lines before them: those are compared with remembered heads and
 * not parsed again. A head is only remembered if no byte behind it was looked
 * at to find it, so that the comparison gives what parsing would give.
 */
#include "facts/log/envelope.h"

#include <string.h>

enum {
    GLUED_LEAST = 24, /* a stamp and a level */
    GLUED_MOST = 64,  /* pieces of one line */
    NEWLINES_MOST = 65536,
    FAILED_MOST = 12
};

struct out {
    struct ikw_envelope_reader *er;
    ikw_line_fn each;
    void *arg;
};

/* ---- bytes ------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Nothing but hex digits and blanks, starting as a dump. */
static bool is_all_dump(struct ikw_slice s)
{
    if (!ikw_is_dump(s))
        return false;
    for (size_t i = 8; i < s.len; i++)
        if (!ikw_is_hex(s.ptr[i]) && s.ptr[i] != ' ')
            return false;
    return true;
}

/* What a text may hold, found in one pass; the slow way makes sure. Texts
 * shorter than this are too short for any of it. */
enum { SCAN_STEP = 16, SCAN_AHEAD = 3, SCAN_LEAST = SCAN_STEP + SCAN_AHEAD };
enum { MAY_GLUE = 1, MAY_REST = 2 };

#if defined(__GNUC__)
typedef unsigned char bytes16 __attribute__((vector_size(16)));

static inline bytes16 load(const char *p)
{
    bytes16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline bytes16 all(char c)
{
    return (bytes16){ 0 } + (unsigned char)c;
}

static inline bool any(bytes16 v)
{
    uint64_t half[2];
    memcpy(half, &v, sizeof half);
    return (half[0] | half[1]) != 0;
}

/* A date (dash, two bytes, dash), the first two bytes of a strip, #0 of a
 * folded newline, or `.c:` near the start. */
static inline unsigned scan(struct ikw_slice s, const char strip[2])
{
    bytes16 glue = { 0 }, rest = { 0 };
    bytes16 a = all(strip[0]), b = all(strip[1]);
    if (s.len < SCAN_LEAST)
        return 0;
    size_t last = s.len - SCAN_LEAST;
    for (size_t i = 0;; i = i + SCAN_STEP > last ? last : i + SCAN_STEP) {
        bytes16 x = load(s.ptr + i), y = load(s.ptr + i + 1);
        bytes16 z = load(s.ptr + i + 3);
        glue |= (bytes16)((x == all('-')) & (z == all('-')));
        rest |= (bytes16)((x == a) & (y == b));
        rest |= (bytes16)((x == all('#')) & (y == all('0')));
        if (i == last)
            break;
    }
    rest |=
        (bytes16)((load(s.ptr) == all('.')) & (load(s.ptr + 2) == all(':')));
    if (!any(glue | rest))
        return 0;
    return (any(glue) ? MAY_GLUE : 0) | (any(rest) ? MAY_REST : 0);
}
#else
static unsigned scan(struct ikw_slice s, const char strip[2])
{
    unsigned may = 0;
    for (size_t i = 0; i + SCAN_AHEAD < s.len; i++) {
        char c = s.ptr[i], next = s.ptr[i + 1];
        if (c == '-' && s.ptr[i + 3] == '-')
            may |= MAY_GLUE;
        if ((c == strip[0] && next == strip[1]) || (c == '#' && next == '0') ||
            (c == '.' && s.ptr[i + 2] == ':' && i < SCAN_STEP))
            may |= MAY_REST;
    }
    return may;
}
#endif

static void emit(struct out *o, const struct ikw_line *line)
{
    o->er->t_ms = line->t_ms;
    o->er->level = line->level;
    o->er->foreign = line->foreign;
    o->each(o->arg, line);
}

static void emit_continuation(struct out *o, uint32_t number,
                              struct ikw_slice text)
{
    struct ikw_line line = {
        .number = number,
        .t_ms = o->er->t_ms,
        .level = o->er->level,
        .text = text,
        .continuation = true,
        .foreign = o->er->foreign,
    };
    o->each(o->arg, &line);
}

/* A text that a syslog daemon made one line of: #012 for each newline. */
static void emit_folded(struct out *o, struct ikw_line *line)
{
    struct ikw_slice rest = line->text;
    const char *cut = ikw_find(rest, "#012");
    for (int i = 0; cut && i < NEWLINES_MOST; i++) {
        struct ikw_slice piece = { rest.ptr, (size_t)(cut - rest.ptr) };
        if (i == 0) {
            line->text = piece;
            emit(o, line);
        } else {
            emit_continuation(o, line->number, piece);
        }
        rest = ikw_slice_sub(rest, piece.len + 4, rest.len);
        cut = ikw_find(rest, "#012");
    }
    if (rest.len)
        emit_continuation(o, line->number, rest);
}

/* Whether the mark stands for a newline of the daemon's own: behind a text
 * that is its alone, or before nothing but a dump. A peer may write the mark
 * into its name, and what follows it there is no line. */
static bool is_folded(struct ikw_envelope_reader *er, struct ikw_slice s)
{
    const char *cut = ikw_find(s, "#012");
    if (!cut)
        return false;
    size_t at = (size_t)(cut - s.ptr);
    if (ikw_envelope_whole(er, ikw_slice_sub(s, 0, at)))
        return true;
    for (int i = 0; cut && i < NEWLINES_MOST; i++) {
        s = ikw_slice_sub(s, at + 4, s.len);
        cut = ikw_find(s, "#012");
        at = cut ? (size_t)(cut - s.ptr) : s.len;
        struct ikw_slice piece = ikw_slice_trim(ikw_slice_sub(s, 0, at));
        if (piece.len && !is_all_dump(piece))
            return false;
    }
    return true;
}

static void emit_plain(struct out *o, struct ikw_line *line)
{
    line->continuation = is_all_dump(line->text);
    emit(o, line);
}

static void emit_text(struct out *o, struct ikw_line *line,
                      const struct ikw_form *f)
{
    struct ikw_slice *s = &line->text;
    size_t func = ikw_location_len(*s);
    if (func)
        *s = ikw_slice_sub(*s, func, s->len);
    *s = ikw_text_strip(o->er, *s, f->env->dialect);
    if (f->has_tag && is_folded(o->er, *s))
        emit_folded(o, line);
    else
        emit_plain(o, line);
}

/* ---- glued lines ------------------------------------------------------- */

/* Where a dddd-dd-dd may stand, from `from` on; SIZE_MAX: nowhere. */
static size_t next_date(struct ikw_slice s, size_t from)
{
    for (size_t i = from; i + GLUED_LEAST <= s.len; i++) {
        const char *p = s.ptr + i;
        if (p[4] == '-' && p[7] == '-' && is_digit(p[0]) && is_digit(p[3]) &&
            is_digit(p[5]) && is_digit(p[9]))
            return i;
    }
    return SIZE_MAX;
}

/* The form of the line that starts inside `s`, at *at; NULL: none does. */
static const struct ikw_form *glued(struct ikw_envelope_reader *er,
                                    struct ikw_slice s, size_t *at,
                                    struct ikw_head *head)
{
    size_t from = 0;
    for (int tries = 0; tries < GLUED_MOST; tries++) {
        *at = next_date(s, from);
        if (*at == SIZE_MAX)
            return NULL;
        struct ikw_slice tail = ikw_slice_sub(s, *at, s.len);
        ikw_stamp_forget(&er->cache);
        for (size_t i = 0; i < er->nforms; i++) {
            struct ikw_try how = { tail.ptr, 0 };
            head->cal = er->cal;
            if (er->forms[i].glues &&
                ikw_form_match(&er->forms[i], &er->words, &er->cache, tail,
                               false, head, &how))
                return &er->forms[i];
        }
        from = *at + 1;
    }
    return NULL;
}

static void set_head(struct ikw_line *line, const struct ikw_head *head)
{
    line->t_ms = head->t_ms;
    line->level = head->level;
    line->peer = head->peer;
    line->tunnel = head->tunnel;
    line->foreign = head->foreign;
    line->text = head->text;
    line->continuation = false;
}

/* A line is glued to one whose text has no newline of its own. Only a text
 * that is the daemon's alone is split there: what a peer put into its name or
 * certificate must not pass for a line of the log. */
static void emit_split(struct out *o, struct ikw_line *line,
                       const struct ikw_form *f)
{
    for (int i = 0; i < GLUED_MOST; i++) {
        struct ikw_slice all = line->text;
        struct ikw_head head;
        size_t at;
        const struct ikw_form *next = glued(o->er, all, &at, &head);
        if (!next || !ikw_envelope_whole(o->er, ikw_slice_sub(all, 0, at)))
            break;
        line->text = ikw_slice_sub(all, 0, at);
        if (at > 0)
            emit_text(o, line, f);
        set_head(line, &head);
        o->er->cal = head.cal;
        f = next;
    }
    emit_text(o, line, f);
}

static inline void emit_line(struct out *o, struct ikw_line *line,
                             const struct ikw_form *f)
{
    unsigned may = scan(line->text, o->er->strip_first);
    if (f->has_tag && line->text.len < SCAN_LEAST)
        may = MAY_REST; /* a short dump may be folded into it */
    if (line->foreign) {
        emit(o, line);
    } else if (may & MAY_GLUE) {
        emit_split(o, line, f);
    } else if (may || o->er->strip_always) {
        emit_text(o, line, f);
    } else {
        line->bland = true;
        emit_plain(o, line);
    }
}

/* ---- remembered heads -------------------------------------------------- */

static inline bool same(const char *a, const char *b, size_t len)
{
    uint64_t x, y;
    size_t i = 0;
    if (len < 8)
        return !memcmp(a, b, len);
    for (; i + 8 < len; i += 8) {
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y)
            return false;
    }
    memcpy(&x, a + len - 8, 8);
    memcpy(&y, b + len - 8, 8);
    return x == y;
}

/* The head that the bytes begin with; they may go on behind the line. */
static inline const struct ikw_head_memo *
remembered(struct ikw_envelope_reader *er, struct ikw_slice line)
{
    unsigned i = er->last_memo;
    for (unsigned n = 0; n < er->nmemos; n++) {
        const struct ikw_head_memo *m = &er->memos[i];
        if (line.len >= m->len && same(line.ptr, m->bytes, m->len)) {
            er->last_memo = i;
            return m;
        }
        i = i + 1 < er->nmemos ? i + 1 : 0;
    }
    return NULL;
}

static bool fits_memo(struct ikw_slice line, const struct ikw_head *h,
                      size_t len, const char *far)
{
    size_t looked = (size_t)(far - line.ptr);
    return len && len <= IKW_HEAD_MAX && looked <= len && !h->hold &&
           !h->held &&
           (!h->peer.len || h->peer.ptr + h->peer.len <= line.ptr + len);
}

/* What is `part` of the line's head, in the memory of it. */
static struct ikw_slice in_memo(const struct ikw_head_memo *m,
                                struct ikw_slice line, struct ikw_slice part)
{
    const char *p = part.len ? m->bytes + (part.ptr - line.ptr) : m->bytes;
    return (struct ikw_slice){ p, part.len };
}

static void remember(struct ikw_envelope_reader *er, struct ikw_slice line,
                     const struct ikw_form *f, const struct ikw_head *h,
                     const char *far)
{
    size_t len = (size_t)(h->text.ptr - line.ptr);
    if (!f->cacheable || !fits_memo(line, h, len, far))
        return;
    if (h->t_ms != er->memo_t) /* time went on: the others are history */
        er->nmemos = 0;
    er->memo_t = h->t_ms;
    if (er->nmemos == IKW_HEADS)
        er->last_memo = (er->last_memo + 1) % IKW_HEADS;
    else
        er->last_memo = er->nmemos++;
    struct ikw_head_memo *m = &er->memos[er->last_memo];
    memcpy(m->bytes, line.ptr, len);
    m->len = len;
    m->form = f;
    m->line = (struct ikw_line){
        .t_ms = h->t_ms,
        .level = h->level,
        .peer = in_memo(m, line, h->peer),
        .tunnel = in_memo(m, line, h->tunnel),
        .foreign = h->foreign,
    };
}

static inline void from_memo(struct out *o, const struct ikw_head_memo *m,
                             uint32_t number, struct ikw_slice s)
{
    struct ikw_line line = m->line;
    line.number = number;
    line.text = (struct ikw_slice){ s.ptr + m->len, s.len - m->len };
    emit_line(o, &line, m->form);
}

/* ---- a line ------------------------------------------------------------ */

/* Forms that did not fit the line at hand. One that has its first ops in
 * common with such a form fails like it, if that did not get beyond them. */
struct failed {
    unsigned n;
    struct {
        unsigned char form, deepest;
    } v[FAILED_MOST];
};

/* What earlier forms found out about the line, or the lack of a waiting head,
 * can rule a form out at once. */
static inline bool ruled_out(const struct ikw_envelope_reader *er, size_t i,
                             const char *line, const struct failed *failed,
                             struct ikw_try *how)
{
    const struct ikw_form *f = &er->forms[i];
    const struct ikw_op *op = f->start;
    if (op->kind == IKW_OP_HELD)
        return !er->waiting_form;
    for (unsigned k = 0; k < failed->n; k++)
        if (failed->v[k].deepest <
            er->common[failed->v[k].form * er->nforms + i])
            return true;
    if (op->kind != IKW_OP_TIME || er->cache.none[op->stamp].at != line ||
        ikw_in_set(f->prefix, line[0]))
        return false;
    if (how->far < er->cache.none[op->stamp].far)
        how->far = er->cache.none[op->stamp].far;
    return true;
}

static void note_failed(struct failed *failed, size_t form, unsigned deepest)
{
    if (failed->n == FAILED_MOST)
        return;
    failed->v[failed->n].form = (unsigned char)form;
    failed->v[failed->n++].deepest = (unsigned char)deepest;
}

/* The form that fits, or NULL; commits nothing. */
static const struct ikw_form *try_forms(struct ikw_envelope_reader *er,
                                        struct ikw_slice line,
                                        struct ikw_head *head,
                                        struct ikw_try *how)
{
    const struct ikw_form_order *order = &er->order[(unsigned char)line.ptr[0]];
    struct failed failed;
    failed.n = 0;
    ikw_stamp_forget(&er->cache);
    for (size_t i = 0; i < order->n; i++) {
        const struct ikw_form *f = &er->forms[order->forms[i]];
        if (ruled_out(er, order->forms[i], line.ptr, &failed, how))
            continue;
        bool may_hold =
            er->waiting_form &&
            !strcmp(er->waiting_form->env->dialect, f->env->dialect);
        head->cal = er->cal;
        if (ikw_form_match(f, &er->words, &er->cache, line, may_hold, head,
                           how))
            return f;
        note_failed(&failed, order->forms[i], how->deepest);
    }
    return NULL;
}

/* Time, level and whose line it is come from the head that waited. */
static void resume(struct ikw_envelope_reader *er, struct ikw_head *head)
{
    head->t_ms = er->waiting.t_ms;
    if (head->level == IKW_LEVEL_NONE)
        head->level = er->waiting.level;
    head->foreign |= er->waiting.foreign;
    er->waiting_form = NULL;
}

/* False if no form fits. */
static bool parse(struct out *o, uint32_t number, struct ikw_slice s)
{
    struct ikw_envelope_reader *er = o->er;
    struct ikw_head head;
    struct ikw_try how = { s.ptr, 0 };
    const struct ikw_form *f = try_forms(er, s, &head, &how);
    if (!f)
        return false;
    er->cal = head.cal;
    if (head.hold) {
        er->waiting = head;
        er->waiting_form = f;
        return true;
    }
    if (head.held)
        resume(er, &head);
    else
        remember(er, s, f, &head, how.far);
    struct ikw_line line = { .number = number };
    set_head(&line, &head);
    emit_line(o, &line, f);
    return true;
}

/* A line that no remembered head fits. Indentation is not part of a head. */
static void other_line(struct out *o, uint32_t number, struct ikw_slice s)
{
    struct ikw_slice inner = s;
    while (inner.len && is_blank(inner.ptr[0]))
        inner = ikw_slice_sub(inner, 1, inner.len);
    if (ikw_is_dump(inner))
        emit_continuation(o, number, inner);
    else if (!inner.len || !parse(o, number, inner))
        emit_continuation(o, number, s);
}

static inline struct ikw_slice without_return(struct ikw_slice s)
{
    while (s.len && s.ptr[s.len - 1] == '\r')
        s.len--;
    return s;
}

static inline void one(struct out *o, uint32_t number, struct ikw_slice s)
{
    const struct ikw_head_memo *m;
    unsigned dump;
    s = without_return(s);
    if ((dump = ikw_dump_kind(s)) != 0) {
        if (!o->er->dumps || *o->er->dumps || !(dump & 1))
            emit_continuation(o, number, s);
    } else if ((m = remembered(o->er, s))) {
        from_memo(o, m, number, s);
    } else {
        other_line(o, number, s);
    }
}

/* Has the skimmer take the line at `p`, or a dump that nobody wants. Returns
 * what is behind it; NULL: the line must be handed on, with the head `*m`. */
static inline const char *skim(struct out *o, uint32_t number, const char *p,
                               const char *end, const struct ikw_head_memo **m)
{
    struct ikw_envelope_reader *er = o->er;
    struct ikw_slice rest = { p, (size_t)(end - p) };
    unsigned dump = ikw_dump_kind(rest);
    if (dump && (dump & 1) && er->dumps && !*er->dumps) {
        const char *nl = memchr(p, '\n', rest.len);
        return nl ? nl + 1 : end;
    }
    *m = dump ? NULL : remembered(er, rest);
    if (!*m || !er->skim)
        return NULL;
    p += (*m)->len;
    size_t n = er->skim(o->arg, number, &(*m)->line, p, end);
    if (!n)
        return NULL;
    er->t_ms = (*m)->line.t_ms;
    er->level = (*m)->line.level;
    er->foreign = (*m)->line.foreign;
    return p + n;
}

/* The next line of a run; returns what is behind it. */
static inline const char *one_of_run(struct out *o, uint32_t number,
                                     const char *p, const char *end)
{
    const struct ikw_head_memo *m = NULL;
    const char *next = skim(o, number, p, end, &m);
    if (next)
        return next;
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    const char *stop = nl ? nl : end;
    struct ikw_slice s =
        without_return((struct ikw_slice){ p, (size_t)(stop - p) });
    if (m && m->len <= s.len)
        from_memo(o, m, number, s);
    else
        one(o, number, s);
    return stop + 1;
}

void ikw_envelope_dumps(struct ikw_envelope_reader *er, const bool *wanted)
{
    er->dumps = wanted;
}

void ikw_envelope_skim(struct ikw_envelope_reader *er, ikw_skim_fn fn)
{
    er->skim = er->strip_always ? NULL : fn;
}

void ikw_envelope_line(struct ikw_envelope_reader *er, uint32_t number,
                       struct ikw_slice physical, ikw_line_fn each, void *arg)
{
    struct out o = { er, each, arg };
    one(&o, number, physical);
}

uint32_t ikw_envelope_run(struct ikw_envelope_reader *er, uint32_t first,
                          struct ikw_slice run, ikw_line_fn each, void *arg)
{
    struct out o = { er, each, arg };
    const char *p = run.ptr, *end = run.ptr + run.len;
    uint32_t number = first;
    while (p < end)
        p = one_of_run(&o, number++, p, end);
    return number - first;
}
