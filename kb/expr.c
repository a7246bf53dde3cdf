/*
 * What a message's facts are made of: constants and captures, `{name}` or
 * `{name.part}`, and the conditions of `if`.
 */
#include "kb/internal.h"

#include <string.h>

enum { MAX_PARTS = 16, MAX_CONDS = 8 };

static const struct {
    const char *part;
    enum ikw_tok_kind kind;
} parts[] = {
    { "ip", IKW_TOK_ADDR },       { "port", IKW_TOK_ADDR },
    { "i", IKW_TOK_COOKIES },     { "r", IKW_TOK_COOKIES },
    { "msgid", IKW_TOK_COOKIES }, { "dec", IKW_TOK_SPI },
};

enum { NPARTS = sizeof parts / sizeof parts[0] };

static bool bad_expr(struct ikw_loader *ld, unsigned line,
                     struct ikw_slice text)
{
    return ikw_load_fault(ld, line, IKW_DIAG_BAD_VALUE,
                          "'%.*s' is no text with {captures}",
                          text.len > 80 ? 80 : (int)text.len, text.ptr);
}

static bool add_constant(struct ikw_loader *ld, struct ikw_expr *e,
                         struct ikw_slice text)
{
    struct ikw_expr_part *p = &e->parts[e->nparts++];
    p->text = ikw_arena_strndup(&ld->kb->arena, text.ptr, text.len);
    return true;
}

static bool add_capture(struct ikw_loader *ld, unsigned line,
                        struct ikw_expr *e, struct ikw_slice inner)
{
    struct ikw_expr_part *p = &e->parts[e->nparts++];
    const char *dot = memchr(inner.ptr, '.', inner.len);
    size_t at = dot ? (size_t)(dot - inner.ptr) : inner.len;
    struct ikw_slice part = ikw_slice_sub(inner, at + 1, inner.len);
    size_t k = 0;
    p->capture = true;
    p->text = ikw_arena_strndup(&ld->kb->arena, inner.ptr, at);
    if (!at)
        return bad_expr(ld, line, inner);
    if (!dot)
        return true;
    while (k < NPARTS && !ikw_slice_is(part, parts[k].part))
        k++;
    if (k == NPARTS)
        return ikw_load_fault(ld, line, IKW_DIAG_UNKNOWN_CAPTURE,
                              "captures have no part '%.*s'", (int)part.len,
                              part.ptr);
    p->part = ikw_arena_strdup(&ld->kb->arena, parts[k].part);
    return true;
}

bool ikw_expr_parse(struct ikw_loader *ld, unsigned line, struct ikw_slice text,
                    struct ikw_expr *out)
{
    struct ikw_expr_part buf[MAX_PARTS] = { { 0 } };
    struct ikw_expr e = { .parts = buf };
    size_t i = 0;
    while (i < text.len && e.nparts < MAX_PARTS) {
        const char *from = text.ptr + i;
        const char *brace =
            memchr(from, *from == '{' ? '}' : '{', text.len - i);
        size_t to = brace ? (size_t)(brace - text.ptr) : text.len;
        if (*from != '{')
            add_constant(ld, &e, ikw_slice_sub(text, i, to));
        else if (!brace)
            return bad_expr(ld, line, text);
        else if (!add_capture(ld, line, &e, ikw_slice_sub(text, i + 1, to++)))
            return false;
        i = to;
    }
    if (i < text.len)
        return bad_expr(ld, line, text);
    out->nparts = e.nparts;
    out->parts =
        IKW_ARENA_ARRAY(&ld->kb->arena, struct ikw_expr_part, e.nparts);
    memcpy(out->parts, buf, e.nparts * sizeof buf[0]);
    return true;
}

/* ---- conditions -------------------------------------------------------- */

static bool parse_cond(struct ikw_loader *ld, unsigned line,
                       struct ikw_slice text, struct ikw_cond *c)
{
    const char *eq = memchr(text.ptr, '=', text.len);
    if (!eq)
        return ikw_load_fault(ld, line, IKW_DIAG_BAD_VALUE,
                              "'%.*s' is no condition of the form A = B",
                              (int)text.len, text.ptr);
    size_t at = (size_t)(eq - text.ptr);
    c->negated = at > 0 && eq[-1] == '!';
    struct ikw_slice left = ikw_slice_sub(text, 0, at - c->negated);
    struct ikw_slice right = ikw_slice_sub(text, at + 1, text.len);
    return ikw_expr_parse(ld, line, ikw_slice_trim(left), &c->left) &&
           ikw_expr_parse(ld, line, ikw_slice_trim(right), &c->right);
}

bool ikw_conds_parse(struct ikw_loader *ld, const struct ikw_attr *at,
                     struct ikw_emit *out)
{
    struct ikw_slice rest = ikw_slice_of(at->value);
    struct ikw_cond conds[MAX_CONDS];
    size_t n = 0;
    bool ok = true;
    memset(conds, 0, sizeof conds);
    while (n < MAX_CONDS) {
        const char *semi = memchr(rest.ptr, ';', rest.len);
        size_t to = semi ? (size_t)(semi - rest.ptr) : rest.len;
        ok &= parse_cond(ld, at->line, ikw_slice_sub(rest, 0, to), &conds[n]);
        n++;
        rest = ikw_slice_sub(rest, to + 1, rest.len);
        if (!semi)
            break;
    }
    if (n == MAX_CONDS && rest.len)
        ok = ikw_load_fault(ld, at->line, IKW_DIAG_LIMIT,
                            "more than %d conditions", MAX_CONDS);
    out->conds = IKW_ARENA_ARRAY(&ld->kb->arena, struct ikw_cond, n);
    memcpy(out->conds, conds, n * sizeof conds[0]);
    out->nconds = n;
    return ok;
}

/* ---- captures ---------------------------------------------------------- */

bool ikw_message_captures(const struct ikw_message *m, const char *name,
                          enum ikw_tok_kind kind)
{
    for (size_t i = 0; i < m->ntemplates; i++) {
        const struct ikw_template *t = &m->templates[i];
        for (size_t k = 0; k < t->ntoks; k++)
            if (t->toks[k].kind != IKW_TOK_LIT &&
                (!name || !strcmp(t->toks[k].text, name)) &&
                (kind == IKW_TOK_KINDS || t->toks[k].kind == kind))
                return true;
    }
    return false;
}

static enum ikw_tok_kind kind_of_part(const char *part)
{
    for (size_t k = 0; part && k < NPARTS; k++)
        if (!strcmp(parts[k].part, part))
            return parts[k].kind;
    return IKW_TOK_KINDS;
}

void ikw_captures_check(struct ikw_loader *ld, const struct ikw_message *m,
                        const struct ikw_expr *e, unsigned line)
{
    for (size_t i = 0; i < e->nparts; i++) {
        const struct ikw_expr_part *p = &e->parts[i];
        if (!p->capture || strcmp(p->text, "@") == 0)
            continue;
        if (!ikw_message_captures(m, p->text, IKW_TOK_KINDS))
            ikw_load_fault(ld, line, IKW_DIAG_UNKNOWN_CAPTURE,
                           "no text of '%s' has a capture '%s'", m->id,
                           p->text);
        else if (!ikw_message_captures(m, p->text, kind_of_part(p->part)))
            ikw_load_fault(ld, line, IKW_DIAG_UNKNOWN_CAPTURE,
                           "the capture '%s' has no part '%s'", p->text,
                           p->part);
    }
}
