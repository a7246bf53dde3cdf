/*
 * vocabulary.xml and weights.xml: the words that all other files are made
 * of. A slot may not be named like an attribute that <fact>, <absent> or
 * <count> have already.
 */
#include "kb/internal.h"

#include <string.h>

static const struct ikw_word slot_kinds[] = {
    { "text", IKW_SLOT_TEXT }, { "int", IKW_SLOT_INT },
    { "time", IKW_SLOT_TIME }, { "word", IKW_SLOT_WORD },
    { "id", IKW_SLOT_ID },     { NULL, 0 }
};

static const struct ikw_slot pseudo_slots[] = {
    { .name = "t", .kind = IKW_SLOT_TIME },
    { .name = "last", .kind = IKW_SLOT_TIME },
    { .name = "count", .kind = IKW_SLOT_INT },
    { .name = "line", .kind = IKW_SLOT_INT },
};

enum { NPSEUDO = sizeof pseudo_slots / sizeof pseudo_slots[0] };

int ikw_slot_find(const struct ikw_type *type, struct ikw_slice name,
                  bool pseudo)
{
    for (size_t i = 0; i < type->nslots; i++)
        if (ikw_slice_is(name, type->slots[i].name))
            return (int)i;
    for (int i = 0; pseudo && i < NPSEUDO; i++)
        if (ikw_slice_is(name, pseudo_slots[i].name))
            return IKW_PSEUDO_T + i;
    return -1;
}

const struct ikw_slot *ikw_slot_of(const struct ikw_type *type, int slot)
{
    return slot >= IKW_PSEUDO_T ? &pseudo_slots[slot - IKW_PSEUDO_T]
                                : &type->slots[slot];
}

/* ---- vocabulary -------------------------------------------------------- */

static bool name_taken(const struct ikw_type *t, const char *name)
{
    return ikw_slot_find(t, ikw_slice_of(name), true) >= 0;
}

static bool name_reserved(const char *name)
{
    return ikw_elem_takes(IKW_ELEM_FACT, name) ||
           ikw_elem_takes(IKW_ELEM_ABSENT, name) ||
           ikw_elem_takes(IKW_ELEM_COUNT, name) ||
           ikw_elem_takes(IKW_ELEM_EMIT, name);
}

static void load_words(struct ikw_loader *ld, const struct ikw_node *n,
                       struct ikw_slot *s)
{
    const char *words = ikw_attr(n, "words");
    if (words)
        s->words = ikw_words_split(&ld->kb->arena, words, &s->nwords);
    s->values = IKW_ARENA_ARRAY(&ld->kb->arena, struct ikw_value, s->nwords);
    for (size_t i = 0; i < s->nwords; i++)
        s->values[i] = ikw_value_str(s->words[i]);
    if (s->kind == IKW_SLOT_WORD && !s->nwords)
        ikw_load_fault(ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "slot '%s' is a word and lists no words", s->name);
    if (s->kind != IKW_SLOT_WORD && words)
        ikw_load_fault(ld, n->line, IKW_DIAG_BAD_VALUE,
                       "slot '%s' has words and is no word", s->name);
}

static void load_slot(struct ikw_loader *ld, const struct ikw_node *n,
                      struct ikw_type *t)
{
    const char *name = ikw_attr(n, "name");
    if (!name)
        return;
    if (t->nslots == IKW_MAX_SLOTS) {
        ikw_load_fault(ld, n->line, IKW_DIAG_LIMIT,
                       "more than %d slots in type '%s'", IKW_MAX_SLOTS,
                       t->name);
        return;
    }
    if (name_reserved(name)) {
        ikw_load_fault(ld, n->line, IKW_DIAG_BAD_VALUE,
                       "a slot cannot be named '%s': rules use that word",
                       name);
        return;
    }
    if (name_taken(t, name)) {
        ikw_load_fault(ld, n->line, IKW_DIAG_DUPLICATE_ID,
                       "type '%s' has a slot '%s' already", t->name, name);
        return;
    }
    struct ikw_slot *s = &t->slots[t->nslots];
    s->name = name;
    s->kind = (enum ikw_slot_kind)ikw_attr_word(ld, n, "kind", slot_kinds,
                                                IKW_SLOT_TEXT);
    load_words(ld, n, s);
    if (!strcmp(name, "negotiation"))
        t->negotiation = (int)t->nslots;
    t->nslots++;
}

/* Every {slot} and [slot=word: names what there is, and all is closed. */
static void check_says(struct ikw_loader *ld, const struct ikw_node *n,
                       const struct ikw_type *t)
{
    for (const char *p = t->says + strcspn(t->says, "{["); *p;
         p += strcspn(p, "{[")) {
        const char *ends = *p == '{' ? "}" : "=]{";
        size_t len = strcspn(++p, ends);
        struct ikw_slice name = { p, len };
        bool choice = ends[0] == '=' && p[len] == '=';
        if (!p[len])
            ikw_load_fault(ld, n->line, IKW_DIAG_BAD_VALUE,
                           "says of '%s' ends in the middle", t->name);
        else if ((*ends == '}' || choice) && ikw_slot_find(t, name, false) < 0)
            ikw_load_fault(ld, n->line, IKW_DIAG_UNKNOWN_SLOT,
                           "says: type '%s' has no slot '%.*s'", t->name,
                           (int)len, p);
        p += ends[0] == '}' || choice ? len : 0;
    }
}

static void load_type(struct ikw_loader *ld, const struct ikw_node *n)
{
    static const struct ikw_word makers[] = { { "tracker", 0 }, { "config", 1 },
                                              { "packet", 2 },  { "log", 3 },
                                              { "capture", 4 }, { NULL, 0 } };
    static const struct ikw_word readers[] = {
        { "report", 0 }, { "tracker", 1 }, { "person", 2 }, { NULL, 0 }
    };
    static const struct ikw_word draws[] = { { "arrow", IKW_DRAW_ARROW },
                                             { "arrives", IKW_DRAW_ARRIVES },
                                             { "here", IKW_DRAW_HERE },
                                             { NULL, 0 } };
    struct ikw_arena *a = &ld->kb->arena;
    struct ikw_type *t = IKW_ARENA_NEW(a, struct ikw_type);
    t->name = ikw_attr(n, "name");
    if (!t->name)
        return;
    const char *means = ikw_attr(n, "means");
    t->means = means ? means : "";
    t->derived = ikw_attr_yes(ld, n, "derived", false);
    t->made_by = ikw_attr(n, "produced-by");
    t->read_by = ikw_attr(n, "read-by");
    ikw_attr_word(ld, n, "produced-by", makers, 0);
    ikw_attr_word(ld, n, "read-by", readers, 0);
    if (t->derived && t->made_by)
        ikw_load_fault(ld, n->line, IKW_DIAG_BAD_VALUE,
                       "type '%s' is derived, so only rules produce it",
                       t->name);
    t->negotiation = -1;
    ikw_load_at(&t->pos, ld, n->line);
    t->slots = IKW_ARENA_ARRAY(a, struct ikw_slot, IKW_MAX_SLOTS);
    for (const struct ikw_node *c = n->child; c; c = c->next)
        load_slot(ld, c, t);
    t->says = ikw_attr(n, "says");
    t->draw = (enum ikw_draw)ikw_attr_word(ld, n, "draw", draws, IKW_DRAW_NOT);
    t->consequence = ikw_attr_yes(ld, n, "consequence", false);
    if (t->says)
        check_says(ld, n, t);
    t->index = (unsigned)ld->type_list.n;
    if (ikw_names_add(&ld->types, t->name, t))
        ikw_list_add(&ld->type_list, t);
    else
        ikw_load_fault(ld, n->line, IKW_DIAG_DUPLICATE_ID,
                       "there is a type '%s' already", t->name);
}

void ikw_load_vocabulary(struct ikw_loader *ld, const struct ikw_node *root)
{
    for (const struct ikw_node *c = root->child; c; c = c->next)
        load_type(ld, c);
}

const struct ikw_type *ikw_load_type(struct ikw_loader *ld,
                                     const struct ikw_node *n)
{
    const struct ikw_attr *at = ikw_attr_find(n, "type");
    if (!at)
        return NULL;
    const struct ikw_type *t = ikw_names_get(&ld->types, at->value);
    if (!t && !ld->no_types)
        ikw_load_fault(ld, at->line, IKW_DIAG_UNKNOWN_FACT,
                       "no fact type '%s' in the vocabulary", at->value);
    return t;
}

/* ---- weights ----------------------------------------------------------- */

enum { MAX_DB = 100 };

static void load_weight(struct ikw_loader *ld, const struct ikw_node *n)
{
    const char *word = ikw_attr(n, "word");
    int *db = IKW_ARENA_NEW(&ld->kb->arena, int);
    *db = (int)ikw_attr_int(ld, n, "db", -MAX_DB, MAX_DB, 0);
    if (word && !ikw_names_add(&ld->weights, word, db))
        ikw_load_fault(ld, n->line, IKW_DIAG_DUPLICATE_ID,
                       "there is a weight '%s' already", word);
}

static void load_band(struct ikw_loader *ld, const struct ikw_node *n)
{
    struct ikw_kb *kb = ld->kb;
    struct ikw_band *b = &kb->bands[kb->nbands];
    b->word = ikw_attr(n, "word");
    b->at_least_percent = (int)ikw_attr_int(ld, n, "at-least", 0, 100, 0);
    if (kb->nbands && b->at_least_percent >= b[-1].at_least_percent)
        ikw_load_fault(ld, n->line, IKW_DIAG_BAD_VALUE,
                       "the bands must run from the highest down");
    if (b->word)
        kb->nbands++;
}

void ikw_load_weights(struct ikw_loader *ld, const struct ikw_node *root)
{
    struct ikw_kb *kb = ld->kb;
    kb->suffice_db = (int)ikw_attr_int(ld, root, "suffice", 0, MAX_DB, 0);
    kb->bands = IKW_ARENA_ARRAY(&kb->arena, struct ikw_band,
                                ikw_node_count(root, IKW_ELEM_BAND) + 1);
    for (const struct ikw_node *c = root->child; c; c = c->next) {
        if (c->elem == IKW_ELEM_WEIGHT)
            load_weight(ld, c);
        else
            load_band(ld, c);
    }
    if (!kb->nbands || kb->bands[kb->nbands - 1].at_least_percent != 0)
        ikw_load_fault(ld, root->line, IKW_DIAG_BAD_VALUE,
                       "the last band must begin at 0");
}
