/* envelopes.xml: forms of line heads, words for levels, text to strip. */
#include "kb/internal.h"

#include <string.h>

static void load_level_word(struct ikw_loader *ld, const struct ikw_node *n)
{
    struct ikw_level_word *w = &ld->kb->level_words[ld->kb->nlevel_words++];
    w->word = ikw_attr(n, "word");
    w->level = ikw_attr_level(ld, n, "is", IKW_LEVEL_NONE);
}

static void load_strip(struct ikw_loader *ld, const struct ikw_node *n)
{
    struct ikw_strip *s = &ld->kb->strips[ld->kb->nstrips++];
    s->dialect = ikw_attr(n, "dialect");
    s->from = ikw_attr(n, "from");
    s->to = ikw_attr(n, "to");
    if (s->from && s->to && (!*s->from || !*s->to))
        ikw_load_fault(ld, n->line, IKW_DIAG_BAD_VALUE,
                       "a strip needs text at both ends");
}

static void load_envelope(struct ikw_loader *ld, const struct ikw_node *n)
{
    struct ikw_kb *kb = ld->kb;
    struct ikw_envelope *e = &kb->envelopes[kb->nenvelopes];
    e->id = ikw_attr(n, "id");
    e->title = ikw_attr(n, "title");
    e->dialect = ikw_attr(n, "dialect");
    e->pattern = ikw_attr(n, "pattern");
    e->newest_first_possible = ikw_attr_yes(ld, n, "newest-first", false);
    e->order = (unsigned)kb->nenvelopes;
    ikw_load_at(&e->pos, ld, n->line);
    if (!e->id || !e->title || !e->dialect || !e->pattern)
        return;
    for (size_t i = 0; i < kb->nenvelopes; i++)
        if (!strcmp(kb->envelopes[i].id, e->id))
            ikw_load_fault(ld, n->line, IKW_DIAG_DUPLICATE_ID,
                           "there is an envelope '%s' already", e->id);
    kb->nenvelopes++;
}

void ikw_load_envelopes(struct ikw_loader *ld, const struct ikw_node *root)
{
    struct ikw_kb *kb = ld->kb;
    struct ikw_arena *a = &kb->arena;
    kb->envelopes = IKW_ARENA_ARRAY(
        a, struct ikw_envelope, ikw_node_count(root, IKW_ELEM_ENVELOPE) + 1);
    kb->level_words = IKW_ARENA_ARRAY(a, struct ikw_level_word,
                                      ikw_node_count(root, IKW_ELEM_LEVEL) + 1);
    kb->strips = IKW_ARENA_ARRAY(a, struct ikw_strip,
                                 ikw_node_count(root, IKW_ELEM_STRIP) + 1);
    for (const struct ikw_node *c = root->child; c; c = c->next) {
        if (c->elem == IKW_ELEM_LEVEL)
            load_level_word(ld, c);
        else if (c->elem == IKW_ELEM_STRIP)
            load_strip(ld, c);
        else
            load_envelope(ld, c);
    }
}
