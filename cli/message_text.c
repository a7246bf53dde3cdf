/* What a message of the daemon means, for a person. */
#include "cli/why.h"

#include "inference/points.h"

#include <string.h>

enum { INDENT = 10, CAUSES_SHOWN = 6, CAUSES_AT_LENGTH = 14 };

static void item(struct ikw_page *page, const char *label, const char *text)
{
    char first[32], next[] = "          ";
    snprintf(first, sizeof first, "%-*s", INDENT, label);
    if (*text)
        ikw_page_flow(page, first, next, IKW_PLAIN, 0, text);
}

static const char *healthy(const struct ikw_message *m)
{
    if (m->healthy == 1)
        return "seen in healthy logs too";
    if (m->healthy == 0)
        return m->benign ? "not in a healthy log, but harmless"
                         : "not in a healthy log";
    return "depends on what is around it";
}

/* ---- what it does in the tracker ----------------------------------------- */

static const char *const ties[] = {
    [IKW_TIE_COOKIES] = "the cookies in it",
    [IKW_TIE_MSGID] = "the message id in it",
    [IKW_TIE_SPI] = "the SPI in it",
    [IKW_TIE_PEER] = "the peer's address in it",
    [IKW_TIE_CONTEXT] = "the packet in hand, or the lines next to it",
    [IKW_TIE_OPEN] = "the oldest open negotiation that fits",
    [IKW_TIE_RECENT] = "the latest negotiation",
    [IKW_TIE_GLOBAL] = "the daemon as a whole",
};

static const char *const actions[IKW_DO_COUNT] = {
    [IKW_DO_NOTHING] = "",
    [IKW_DO_OPEN] = "a negotiation begins with it",
    [IKW_DO_MODE] = "tells the exchange",
    [IKW_DO_PROGRESS] = "the negotiation moves on",
    [IKW_DO_ESTABLISH] = "an SA is up with it",
    [IKW_DO_END] = "the negotiation ends with it",
    [IKW_DO_PACKET_IN] = "heads the dump of a packet received",
    [IKW_DO_PACKET_OUT] = "heads the dump of a packet sent",
    [IKW_DO_PLAIN] = "heads the dump of a decrypted packet",
    [IKW_DO_SECRET] = "holds or heads a secret: never repeated",
    [IKW_DO_GROUP_END] = "last of a group of lines about one packet",
    [IKW_DO_RESTART] = "the daemon started: nothing from before lives",
};

static void show_ties(struct ikw_page *page, const struct ikw_message *m)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < m->nties; i++)
        ikw_buf_addf(&b, "%s%s", i ? ", else " : "by ", ties[m->ties[i]]);
    item(page, "TIED", ikw_buf_str(&b));
    ikw_buf_clear(&b);
    ikw_buf_adds(&b, actions[m->action]);
    if (m->action == IKW_DO_END && m->outcome)
        ikw_buf_addf(&b, ": %s", m->outcome);
    item(page, "DOES", ikw_buf_str(&b));
    ikw_buf_release(&b);
}

/* ---- facts --------------------------------------------------------------- */

static void add_expr(struct ikw_buf *out, const struct ikw_expr *x)
{
    for (size_t i = 0; i < x->nparts; i++) {
        const struct ikw_expr_part *p = &x->parts[i];
        if (!p->capture)
            ikw_buf_adds(out, p->text);
        else
            ikw_buf_addf(out, "<%s%s%s>", p->text, p->part ? "." : "",
                         p->part ? p->part : "");
    }
}

static void add_emit(struct ikw_buf *out, const struct ikw_emit *e,
                     struct ikw_arena *a)
{
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    for (size_t i = 0; i < e->nslots; i++) {
        struct ikw_buf v = { 0 };
        add_expr(&v, &e->slots[i].value);
        slots[e->slots[i].slot] =
            ikw_value_str(ikw_arena_strndup(a, ikw_buf_str(&v), v.len));
        ikw_buf_release(&v);
    }
    ikw_slots_words(e->type, slots, "?", out);
    for (size_t i = 0; i < e->nconds; i++) {
        ikw_buf_adds(out, i ? " and " : ", if ");
        add_expr(out, &e->conds[i].left);
        ikw_buf_adds(out, e->conds[i].negated ? " is not " : " is ");
        add_expr(out, &e->conds[i].right);
    }
}

static void show_facts(struct ikw_page *page, const struct ikw_message *m)
{
    struct ikw_arena scratch = { 0 };
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < m->nemits; i++) {
        ikw_buf_clear(&b);
        add_emit(&b, &m->emits[i], &scratch);
        item(page, i ? "" : "SAYS", ikw_buf_str(&b));
    }
    ikw_buf_release(&b);
    ikw_arena_release(&scratch);
}

static void show_causes(struct ikw_page *page, const struct ikw_kb *kb,
                        const struct ikw_message *m, size_t most)
{
    struct ikw_pointer v[IKW_POINTERS_MAX];
    size_t n = ikw_message_points(kb, m, v);
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < n && i < most; i++) {
        ikw_buf_clear(&b);
        ikw_buf_addf(&b, "%s: %s", v[i].cause->id, v[i].cause->title);
        item(page, i ? "" : "POINTS TO", b.ptr);
    }
    ikw_buf_clear(&b);
    if (n > most) {
        ikw_buf_addf(&b, "and %zu more", n - most);
        item(page, "", b.ptr);
    }
    ikw_buf_release(&b);
}

/* ---- all of it ----------------------------------------------------------- */

static void show_texts(struct ikw_page *page, const struct ikw_message *m)
{
    for (size_t i = 0; i < m->ntemplates; i++)
        item(page, i ? "" : "TEXT", m->templates[i].source);
}

static void show_origin(struct ikw_page *page, const struct ikw_message *m)
{
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "%s%s%s", m->source ? m->source : "",
                 m->source && m->versions ? ", in " : "",
                 m->versions ? m->versions : "");
    item(page, "FROM", ikw_buf_str(&b));
    ikw_buf_release(&b);
}

void ikw_show_message(struct ikw_page *page, const struct ikw_kb *kb,
                      const struct ikw_message *m, bool at_length)
{
    struct ikw_buf b = { 0 };
    const char *level = ikw_level_word(m->level);
    ikw_buf_addf(&b, "%s%s%s", m->id, level ? ", level " : "",
                 level ? level : "");
    if (m->phase)
        ikw_buf_addf(&b, ", phase %u", m->phase);
    item(page, "MESSAGE", b.ptr);
    if (at_length)
        show_texts(page, m);
    item(page, "MEANS", m->means ? m->means : "");
    item(page, "NORMAL?", healthy(m));
    if (at_length)
        show_origin(page, m);
    show_ties(page, m);
    show_facts(page, m);
    show_causes(page, kb, m, at_length ? CAUSES_AT_LENGTH : CAUSES_SHOWN);
    ikw_buf_release(&b);
}
