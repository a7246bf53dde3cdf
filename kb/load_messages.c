/*
 * messages/: every line the daemon can write, what it means, and the facts
 * and the step of a negotiation that it stands for.
 */
#include "kb/internal.h"

#include <string.h>

static const struct ikw_word ties[] = { { "cookies", IKW_TIE_COOKIES },
                                        { "msgid", IKW_TIE_MSGID },
                                        { "spi", IKW_TIE_SPI },
                                        { "peer", IKW_TIE_PEER },
                                        { "context", IKW_TIE_CONTEXT },
                                        { "open", IKW_TIE_OPEN },
                                        { "recent", IKW_TIE_RECENT },
                                        { "global", IKW_TIE_GLOBAL },
                                        { NULL, 0 } };

static const struct ikw_word actions[] = { { "open", IKW_DO_OPEN },
                                           { "mode", IKW_DO_MODE },
                                           { "progress", IKW_DO_PROGRESS },
                                           { "establish", IKW_DO_ESTABLISH },
                                           { "end", IKW_DO_END },
                                           { "packet-in", IKW_DO_PACKET_IN },
                                           { "packet-out", IKW_DO_PACKET_OUT },
                                           { "plain", IKW_DO_PLAIN },
                                           { "secret", IKW_DO_SECRET },
                                           { "group-end", IKW_DO_GROUP_END },
                                           { "restart", IKW_DO_RESTART },
                                           { NULL, 0 } };

_Static_assert(sizeof actions / sizeof actions[0] == IKW_DO_COUNT,
               "one word an action; doing nothing has none");

/* ---- track ------------------------------------------------------------- */

static void load_tie(struct ikw_loader *ld, const struct ikw_attr *at,
                     const char *word, struct ikw_message *m)
{
    size_t k = 0;
    while (ties[k].word && strcmp(ties[k].word, word) != 0)
        k++;
    if (!ties[k].word)
        ikw_load_fault(ld, at->line, IKW_DIAG_UNKNOWN_WORD,
                       "tie=\"%s\" is none of: cookies, msgid, spi, peer, "
                       "context, open, recent, global",
                       word);
    else if (m->nties == IKW_MAX_TIES)
        ikw_load_fault(ld, at->line, IKW_DIAG_LIMIT, "more than %d ties",
                       IKW_MAX_TIES);
    else
        m->ties[m->nties++] = (enum ikw_tie)ties[k].value;
}

static void load_ties(struct ikw_loader *ld, const struct ikw_node *n,
                      struct ikw_message *m)
{
    const struct ikw_attr *at = ikw_attr_find(n, "tie");
    size_t count;
    if (!at)
        return;
    m->nties = 0;
    const char **words = ikw_words_split(&ld->scratch, at->value, &count);
    for (size_t i = 0; i < count; i++)
        load_tie(ld, at, words[i], m);
    if (!count)
        ikw_load_fault(ld, at->line, IKW_DIAG_BAD_VALUE, "tie is empty");
}

/* A word of the vocabulary's own type for negotiations. */
static const char *negotiation_word(struct ikw_loader *ld,
                                    const struct ikw_node *n, const char *name)
{
    const struct ikw_type *t = ikw_names_get(&ld->types, "negotiation");
    const struct ikw_attr *at = ikw_attr_find(n, name);
    int slot = t ? ikw_type_slot(t, name) : -1;
    struct ikw_value v;
    if (at && slot >= 0)
        ikw_load_constant(ld, at, &t->slots[slot], ikw_slice_of(at->value), &v);
    return at ? at->value : NULL;
}

static void check_track(struct ikw_loader *ld, const struct ikw_node *n,
                        const struct ikw_message *m)
{
    if (m->action == IKW_DO_END && !m->outcome)
        ikw_load_fault(ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "do=\"end\" needs the attribute 'outcome'");
    if (m->action == IKW_DO_MODE && !m->exchange)
        ikw_load_fault(ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "do=\"mode\" needs the attribute 'exchange'");
    if (m->action == IKW_DO_OPEN && !m->act_phase && !m->phase)
        ikw_load_fault(ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "do=\"open\" needs the attribute 'phase'");
    for (size_t i = 0; i < m->nties; i++) {
        bool cookies =
            m->ties[i] == IKW_TIE_COOKIES || m->ties[i] == IKW_TIE_MSGID;
        if (cookies && !ikw_message_captures(m, NULL, IKW_TOK_COOKIES))
            ikw_load_fault(ld, n->line, IKW_DIAG_UNKNOWN_CAPTURE,
                           "no text of '%s' captures cookies to tie it by",
                           m->id);
        if (m->ties[i] == IKW_TIE_SPI &&
            !ikw_message_captures(m, "spi", IKW_TOK_KINDS))
            ikw_load_fault(ld, n->line, IKW_DIAG_UNKNOWN_CAPTURE,
                           "no text of '%s' has a capture 'spi'", m->id);
    }
}

static void load_track(struct ikw_loader *ld, const struct ikw_node *n,
                       struct ikw_message *m)
{
    static const struct ikw_word roles[] = { { "I", 'I' },
                                             { "R", 'R' },
                                             { NULL, 0 } };
    load_ties(ld, n, m);
    m->action =
        (enum ikw_do)ikw_attr_word(ld, n, "do", actions, IKW_DO_NOTHING);
    m->act_phase = (unsigned)ikw_attr_int(ld, n, "phase", 0, 2, 0);
    m->role = (char)ikw_attr_word(ld, n, "role", roles, 0);
    m->outcome = negotiation_word(ld, n, "outcome");
    m->exchange = negotiation_word(ld, n, "exchange");
    check_track(ld, n, m);
}

/* ---- facts ------------------------------------------------------------- */

static bool is_constant(const struct ikw_expr *e)
{
    return e->nparts == 1 && !e->parts[0].capture;
}

static void load_slot(struct ikw_loader *ld, const struct ikw_attr *at,
                      const struct ikw_message *m, struct ikw_emit *e)
{
    struct ikw_slice text = ikw_slice_of(at->value);
    int slot = ikw_type_slot(e->type, at->name);
    struct ikw_expr value;
    struct ikw_value v;
    if (slot < 0 || slot == e->type->negotiation) {
        ikw_load_fault(ld, at->line, IKW_DIAG_UNKNOWN_SLOT,
                       slot < 0 ? "type '%s' has no slot '%s'"
                                : "type '%s': the tracker fills slot '%s'",
                       e->type->name, at->name);
        return;
    }
    if (!text.len) {
        ikw_load_fault(ld, at->line, IKW_DIAG_BAD_VALUE, "%s is empty",
                       at->name);
        return;
    }
    if (!ikw_expr_parse(ld, at->line, text, &value))
        return;
    if (is_constant(&value))
        ikw_load_constant(ld, at, &e->type->slots[slot], text, &v);
    ikw_captures_check(ld, m, &value, at->line);
    e->slots[e->nslots].slot = (unsigned)slot;
    e->slots[e->nslots++].value = value;
}

static void load_emit(struct ikw_loader *ld, const struct ikw_node *n,
                      struct ikw_message *m)
{
    struct ikw_emit *e = &m->emits[m->nemits];
    e->type = ikw_load_type(ld, n);
    ikw_load_at(&e->pos, ld, n->line);
    if (!e->type)
        return;
    if (e->type->derived)
        ikw_load_fault(ld, n->line, IKW_DIAG_BAD_VALUE,
                       "'%s' is derived: rules conclude it, no message says it",
                       e->type->name);
    m->nemits++;
    e->slots = ikw_arena_alloc(&ld->kb->arena, n->nattrs * sizeof *e->slots);
    for (size_t i = 0; i < n->nattrs; i++) {
        const struct ikw_attr *at = &n->attrs[i];
        if (!ikw_elem_takes(IKW_ELEM_EMIT, at->name))
            load_slot(ld, at, m, e);
        else if (!strcmp(at->name, "if") && ikw_conds_parse(ld, at, e))
            for (size_t k = 0; k < e->nconds; k++) {
                ikw_captures_check(ld, m, &e->conds[k].left, at->line);
                ikw_captures_check(ld, m, &e->conds[k].right, at->line);
            }
    }
}

/* ---- message ----------------------------------------------------------- */

static void load_means(struct ikw_loader *ld, const struct ikw_node *n,
                       struct ikw_message *m)
{
    if (m->means)
        ikw_load_fault(ld, n->line, IKW_DIAG_DUPLICATE_ID,
                       "a second <means> of one message");
    m->means = ikw_text_flow(&ld->kb->arena, n->text);
}

/* The texts first: everything else refers to their captures. */
static void load_children(struct ikw_loader *ld, const struct ikw_node *n,
                          struct ikw_message *m)
{
    unsigned track = 0;
    const struct ikw_cause *cause;
    for (const struct ikw_node *c = n->child; c; c = c->next)
        if (c->elem == IKW_ELEM_TEXT &&
            ikw_template_parse(ld, c->line, c->text,
                               &m->templates[m->ntemplates]))
            m->templates[m->ntemplates++].message = m;
    for (const struct ikw_node *c = n->child; c; c = c->next) {
        if (c->elem == IKW_ELEM_MEANS)
            load_means(ld, c, m);
        else if (c->elem == IKW_ELEM_TRACK && track++)
            ikw_load_fault(ld, c->line, IKW_DIAG_DUPLICATE_ID,
                           "a second <track> of one message");
        else if (c->elem == IKW_ELEM_TRACK)
            load_track(ld, c, m);
        else if (c->elem == IKW_ELEM_EMIT)
            load_emit(ld, c, m);
        else if (c->elem == IKW_ELEM_POINTS_TO &&
                 (cause = ikw_load_cause(ld, c)) != NULL)
            m->causes[m->ncauses++] = cause->id;
    }
    if (!ikw_node_count(n, IKW_ELEM_TEXT) || !m->means || !*m->means)
        ikw_load_fault(ld, n->line, IKW_DIAG_MISSING_ATTR,
                       "message '%s' has no <%s>", m->id,
                       m->means && *m->means ? "text" : "means");
}

static void load_attrs(struct ikw_loader *ld, const struct ikw_node *n,
                       struct ikw_message *m)
{
    static const struct ikw_word healthy[] = {
        { "no", 0 }, { "yes", 1 }, { "depends", -1 }, { NULL, 0 }
    };
    const char *also = ikw_attr(n, "also");
    m->level = ikw_attr_level(ld, n, "level", IKW_LEVEL_NONE);
    m->phase = (unsigned)ikw_attr_int(ld, n, "phase", 0, 2, 0);
    m->versions = ikw_attr(n, "versions");
    m->source = ikw_attr(n, "source");
    m->says = ikw_attr(n, "says");
    m->healthy = ikw_attr_word(ld, n, "healthy", healthy, -1);
    m->benign = ikw_attr_yes(ld, n, "benign", false);
    m->consequence = ikw_attr_yes(ld, n, "consequence", false);
    if (also)
        m->also = ikw_words_split(&ld->kb->arena, also, &m->nalso);
}

static bool claim_id(struct ikw_loader *ld, unsigned line, const char *id,
                     struct ikw_message *m)
{
    if (ikw_names_add(&ld->messages, id, m))
        return true;
    const struct ikw_message *old = ikw_names_get(&ld->messages, id);
    return ikw_load_fault(ld, line, IKW_DIAG_DUPLICATE_ID,
                          "there is a message '%s' already (%s:%u)", id,
                          old->pos.file, old->pos.line);
}

static void load_message(struct ikw_loader *ld, const struct ikw_node *n,
                         const char *area)
{
    struct ikw_arena *a = &ld->kb->arena;
    struct ikw_message *m = IKW_ARENA_NEW(a, struct ikw_message);
    m->id = ikw_attr(n, "id");
    m->area = area;
    ikw_load_at(&m->pos, ld, n->line);
    if (!m->id)
        return;
    m->ties[0] = IKW_TIE_PEER;
    m->ties[1] = IKW_TIE_CONTEXT;
    m->nties = 2;
    load_attrs(ld, n, m);
    m->templates = IKW_ARENA_ARRAY(a, struct ikw_template,
                                   ikw_node_count(n, IKW_ELEM_TEXT));
    m->emits =
        IKW_ARENA_ARRAY(a, struct ikw_emit, ikw_node_count(n, IKW_ELEM_EMIT));
    m->causes =
        IKW_ARENA_ARRAY(a, const char *, ikw_node_count(n, IKW_ELEM_POINTS_TO));
    load_children(ld, n, m);
    if (claim_id(ld, n->line, m->id, m))
        ikw_list_add(&ld->message_list, m);
    for (size_t i = 0; i < m->nalso; i++)
        claim_id(ld, n->line, m->also[i], m);
}

void ikw_load_messages(struct ikw_loader *ld, const struct ikw_node *root)
{
    const char *area = ikw_attr(root, "area");
    for (const struct ikw_node *c = root->child; c; c = c->next)
        load_message(ld, c, area ? area : "");
}
