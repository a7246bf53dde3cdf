/*
 * Texts that the daemon writes word for word. They are few beside the lines
 * of a log and looked for only where a line seems to be glued to another.
 */
#include "facts/log/envelope.h"

#include <stdlib.h>
#include <string.h>

static int cmp(const void *x, const void *y)
{
    const struct ikw_slice *a = x, *b = y;
    size_t n = a->len < b->len ? a->len : b->len;
    int c = n ? memcmp(a->ptr, b->ptr, n) : 0;
    return c ? c : (a->len > b->len) - (a->len < b->len);
}

static const struct ikw_tok *only_literal(const struct ikw_template *t)
{
    return t->ntoks == 1 && t->toks[0].kind == IKW_TOK_LIT ? &t->toks[0] : NULL;
}

static void gather(struct ikw_envelope_reader *er)
{
    const struct ikw_kb *kb = er->kb;
    size_t n = 1;
    for (size_t i = 0; i < kb->nmessages; i++)
        n += kb->messages[i]->ntemplates;
    er->whole = IKW_ARENA_ARRAY(&er->arena, struct ikw_slice, n);
    for (size_t i = 0; i < kb->nmessages; i++)
        for (size_t k = 0; k < kb->messages[i]->ntemplates; k++) {
            const struct ikw_tok *t =
                only_literal(&kb->messages[i]->templates[k]);
            if (t)
                er->whole[er->nwhole++] =
                    ikw_slice_trim((struct ikw_slice){ t->text, t->len });
        }
    if (er->nwhole)
        qsort(er->whole, er->nwhole, sizeof *er->whole, cmp);
}

bool ikw_envelope_whole(struct ikw_envelope_reader *er, struct ikw_slice text)
{
    struct ikw_slice bare = ikw_slice_trim(text);
    if (!er->whole)
        gather(er);
    return !bare.len || (er->nwhole && bsearch(&bare, er->whole, er->nwhole,
                                               sizeof bare, cmp));
}
