/*
 * Messages that no line can tell apart: their templates are the same text
 * but for the names and kinds of the captures. One entry must hold both.
 */
#include "kb/internal.h"

/* Captures become one control byte, which no literal holds. */
static const char *skeleton(const struct ikw_template *t, struct ikw_arena *a)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < t->ntoks; i++) {
        if (t->toks[i].kind == IKW_TOK_LIT)
            ikw_buf_add(&b, t->toks[i].text, t->toks[i].len);
        else
            ikw_buf_addc(&b, '\001');
    }
    const char *s = ikw_arena_strdup(a, ikw_buf_str(&b));
    ikw_buf_release(&b);
    return s;
}

void ikw_check_clashes(const struct ikw_kb *kb, struct ikw_diags *ds)
{
    struct ikw_names seen = { 0 };
    struct ikw_arena a = { 0 };
    for (size_t i = 0; i < kb->nmessages; i++)
        for (size_t k = 0; k < kb->messages[i]->ntemplates; k++) {
            struct ikw_template *t = &kb->messages[i]->templates[k];
            const char *key = skeleton(t, &a);
            if (ikw_names_add(&seen, key, t))
                continue;
            const struct ikw_template *first = ikw_names_get(&seen, key);
            ikw_diag_add(ds, t->pos, IKW_DIAG_TEMPLATE_CLASH,
                         "'%s' of message '%s' matches the lines of message "
                         "'%s' (%s:%u)",
                         t->source, t->message->id, first->message->id,
                         first->pos.file, first->pos.line);
        }
    ikw_names_release(&seen);
    ikw_arena_release(&a);
}
