/* Lines that were broken at a margin. See unwrap.h. */
#include "facts/log/unwrap.h"

#include "facts/log/envelope.h"

#include <stdlib.h>
#include <string.h>

enum { PIECES = 5, HELD_BYTES = 4096 };

struct ikw_unwrap {
    const struct ikw_matcher *matcher;
    struct ikw_envelope_reader *er; /* reads on trial, apart from the real */
    struct ikw_buf held;            /* pieces, one behind the other */
    size_t ends[PIECES];            /* of each piece in `held` */
    size_t n;
    uint32_t number; /* of the first piece */
    struct ikw_buf joined;
    bool mended; /* some line was put together */
};

/* ---- reading on trial -------------------------------------------------- */

struct trial {
    const struct ikw_matcher *matcher;
    bool head_only; /* ask no more of a line that has a head */
    unsigned lines;
    bool headed;              /* the line has a head of its own */
    struct ikw_match matched; /* .tmpl NULL: means nothing */
};

static void judge(void *arg, const struct ikw_line *line)
{
    struct trial *t = arg;
    if (t->lines++)
        return;
    t->headed = !line->continuation &&
                (line->level != IKW_LEVEL_NONE || line->t_ms != IKW_NO_TIME);
    if (t->headed && t->head_only)
        return;
    if (!ikw_matcher_match(t->matcher, line->text, &t->matched))
        t->matched.tmpl = NULL;
}

static struct trial try_head(struct ikw_unwrap *u, struct ikw_slice line)
{
    struct trial t = { .matcher = u->matcher, .head_only = true };
    ikw_envelope_line(u->er, 1, line, judge, &t);
    return t;
}

static struct trial try_line(struct ikw_unwrap *u, struct ikw_slice line)
{
    struct trial t = { .matcher = u->matcher };
    ikw_envelope_line(u->er, 1, line, judge, &t);
    return t;
}

static bool ends_in_anything(const struct ikw_template *t)
{
    enum ikw_tok_kind last = t->toks[t->ntoks - 1].kind;
    return last == IKW_TOK_REST || last == IKW_TOK_TEXT;
}

/* ---- the pieces at hand ------------------------------------------------ */

static struct ikw_slice piece(const struct ikw_unwrap *u, size_t i)
{
    size_t from = i ? u->ends[i - 1] : 0;
    return (struct ikw_slice){ u->held.ptr + from, u->ends[i] - from };
}

static void hold(struct ikw_unwrap *u, struct ikw_slice line)
{
    ikw_buf_add(&u->held, line.ptr, line.len);
    u->ends[u->n++] = u->held.len;
}

static struct ikw_slice join(struct ikw_unwrap *u, size_t pieces)
{
    ikw_buf_clear(&u->joined);
    for (size_t i = 0; i < pieces; i++) {
        struct ikw_slice s = ikw_slice_trim(piece(u, i));
        if (i)
            ikw_buf_addc(&u->joined, ' ');
        ikw_buf_add(&u->joined, s.ptr, s.len);
    }
    return (struct ikw_slice){ ikw_buf_str(&u->joined), u->joined.len };
}

/* How many pieces make a line that means something. Where fewer do, more
 * must not be mere filling of its end: what follows may be prose. */
static size_t pieces_of_line(struct ikw_unwrap *u)
{
    size_t best = 1;
    bool known = try_line(u, piece(u, 0)).matched.tmpl != NULL;
    for (size_t n = 2; n <= u->n; n++) {
        struct trial t = try_line(u, join(u, n));
        if (t.lines != 1 || !t.matched.tmpl ||
            (known && ends_in_anything(t.matched.tmpl)))
            continue;
        known = true;
        best = n;
    }
    return best;
}

static void flush(struct ikw_unwrap *u, ikw_unwrap_fn each, void *arg)
{
    size_t first = u->n > 1 ? pieces_of_line(u) : u->n;
    if (first > 1)
        u->mended = true;
    if (first && each)
        each(arg, u->number, first > 1 ? join(u, first) : piece(u, 0));
    for (size_t i = first; i < u->n && each; i++)
        each(arg, u->number + (uint32_t)i, piece(u, i));
    ikw_buf_clear(&u->held);
    u->n = 0;
}

/* Whether there is room for the line behind the one that is held. */
static bool fits(const struct ikw_unwrap *u, struct ikw_slice line)
{
    return u->n && u->n < PIECES && u->held.len + line.len <= HELD_BYTES;
}

void ikw_unwrap_line(struct ikw_unwrap *u, uint32_t number,
                     struct ikw_slice line, ikw_unwrap_fn each, void *arg)
{
    struct ikw_slice s = ikw_slice_trim(line);
    bool words = s.len && s.len <= HELD_BYTES && !ikw_is_dump(s);
    struct trial t = { 0 };
    if (words)
        t = try_head(u, line);
    if (words && !t.headed && !t.matched.tmpl && fits(u, line)) {
        hold(u, line);
        return;
    }
    flush(u, each, arg);
    if (t.headed) {
        u->number = number;
        hold(u, line);
    } else if (each) {
        each(arg, number, line);
    }
}

void ikw_unwrap_end(struct ikw_unwrap *u, ikw_unwrap_fn each, void *arg)
{
    flush(u, each, arg);
}

bool ikw_unwrap_needed(struct ikw_unwrap *u, struct ikw_slice head)
{
    uint32_t number = 0;
    ikw_envelope_detect(u->er, head, NULL);
    while (head.len && !u->mended) {
        const char *nl = memchr(head.ptr, '\n', head.len);
        size_t n = nl ? (size_t)(nl - head.ptr) : head.len;
        ikw_unwrap_line(u, ++number, ikw_slice_sub(head, 0, n), NULL, NULL);
        head = ikw_slice_sub(head, n + (nl != NULL), head.len);
    }
    ikw_unwrap_end(u, NULL, NULL);
    return u->mended;
}

struct ikw_unwrap *ikw_unwrap_new(const struct ikw_kb *kb,
                                  const struct ikw_matcher *m,
                                  const struct ikw_envelope_opts *opts)
{
    struct ikw_unwrap *u = ikw_xcalloc(1, sizeof *u);
    u->matcher = m;
    u->er = ikw_envelope_new(kb, opts);
    return u;
}

void ikw_unwrap_free(struct ikw_unwrap *u)
{
    if (!u)
        return;
    ikw_envelope_free(u->er);
    ikw_buf_release(&u->held);
    ikw_buf_release(&u->joined);
    free(u);
}
