/*
 * Facts out of a recognised line, as its message's data says, and facts of
 * the tracker's own making. Values are built in fixed buffers: what is too
 * long is cut, what does not fit its slot's kind is left unset.
 */
#include "facts/packet/isakmp.h"
#include "facts/log/track_internal.h"

#include <stdio.h>
#include <string.h>

/* ---- expressions ------------------------------------------------------- */

static size_t put(char *out, size_t at, struct ikw_slice s)
{
    size_t n = s.len < VALUE_MAX - 1 - at ? s.len : VALUE_MAX - 1 - at;
    if (n)
        memcpy(out + at, s.ptr, n);
    return at + n;
}

static bool capture_text(const struct ikw_match *m,
                         const struct ikw_expr_part *p, struct ikw_slice *out)
{
    if (p->text[0] == '@' && !p->text[1]) {
        *out = ikw_slice_of(m->says ? m->says : "");
        return true;
    }
    const struct ikw_capture *c = ikw_match_capture(m, p->text);
    if (!c || !ikw_capture_part(c, p->part, out))
        return false;
    *out = ikw_slice_trim(*out);
    return true;
}

/* False if the expression is empty: nothing was captured. */
static bool evaluate(const struct ikw_expr *e, const struct ikw_match *m,
                     char out[VALUE_MAX])
{
    size_t at = 0;
    bool captured = false, wanted = false;
    for (size_t i = 0; i < e->nparts; i++) {
        struct ikw_slice s = { "", 0 };
        if (!e->parts[i].capture) {
            at = put(out, at, ikw_slice_of(e->parts[i].text));
            continue;
        }
        wanted = true;
        if (capture_text(m, &e->parts[i], &s) && s.len) {
            captured = true;
            at = put(out, at, s);
        }
    }
    out[at] = '\0';
    return at > 0 && (captured || !wanted);
}

static bool cond_holds(const struct ikw_cond *c, const struct ikw_match *m)
{
    char left[VALUE_MAX], right[VALUE_MAX];
    evaluate(&c->left, m, left);
    evaluate(&c->right, m, right);
    return (strcmp(left, right) == 0) != c->negated;
}

static bool conds_hold(const struct ikw_emit *e, const struct ikw_match *m)
{
    for (size_t i = 0; i < e->nconds; i++) {
        if (!cond_holds(&e->conds[i], m))
            return false;
    }
    return true;
}

/* ---- values ------------------------------------------------------------ */

static bool is_hex_number(const char *s)
{
    return s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && s[2] &&
           strlen(s) <= 17;
}

static struct ikw_value number_value(const char *s)
{
    int64_t v = 0;
    if (ikw_slice_int(ikw_slice_of(s), &v))
        return ikw_value_int(v);
    if (!is_hex_number(s))
        return (struct ikw_value){ .kind = IKW_NIL };
    for (s += 2; *s; s++) {
        const char *digits = "0123456789abcdef";
        const char *d = strchr(digits, *s | 0x20);
        if (!d)
            return (struct ikw_value){ .kind = IKW_NIL };
        v = v << 4 | (d - digits);
    }
    return ikw_value_int(v);
}

static struct ikw_value word_value(const struct ikw_slot *slot, const char *s)
{
    for (size_t i = 0; i < slot->nwords; i++) {
        if (slot->words[i][0] == s[0] && strcmp(slot->words[i], s) == 0)
            return slot->values[i];
    }
    return (struct ikw_value){ .kind = IKW_NIL };
}

static struct ikw_value slot_value(const struct ikw_slot *slot, const char *s)
{
    if (slot->kind == IKW_SLOT_TEXT)
        return ikw_value_str(s);
    if (slot->kind == IKW_SLOT_WORD)
        return word_value(slot, s);
    return number_value(s);
}

/* ---- evidence ---------------------------------------------------------- */

/* Of a line that holds a secret only what is the same in every such line. */
static struct ikw_slice redact(const struct ikw_line *line,
                               const struct ikw_match *m)
{
    if (!m->ncaptures)
        return line->text;
    const char *from = m->captures[0].text.ptr;
    if (from < line->text.ptr || from > line->text.ptr + line->text.len)
        return ikw_slice_sub(line->text, 0, 0);
    return ikw_slice_sub(line->text, 0, (size_t)(from - line->text.ptr));
}

struct ikw_evidence ikw_evidence_of(struct ikw_tracker *tr,
                                    const struct ikw_line *line,
                                    const struct ikw_match *m)
{
    static const char hidden[] = "[redacted]";
    const struct ikw_message *msg = m->tmpl ? m->tmpl->message : NULL;
    bool secret = msg && msg->action == IKW_DO_SECRET;
    struct ikw_slice text = secret ? redact(line, m) : line->text;
    size_t room = IKW_TEXT_MAX - (secret ? sizeof hidden - 1 : 0);
    size_t n = text.len < room ? text.len : room;
    if (n)
        memcpy(tr->evidence_text, text.ptr, n);
    ikw_hex_hide(tr->evidence_text, n);
    if (secret && m->ncaptures) {
        memcpy(tr->evidence_text + n, hidden, sizeof hidden - 1);
        n += sizeof hidden - 1;
    }
    tr->evidence_text[n] = '\0';
    return (struct ikw_evidence){ .file = tr->file,
                                  .line = line->number,
                                  .t_ms = line->t_ms,
                                  .text = tr->evidence_text,
                                  .message = msg };
}

/* ---- emission ---------------------------------------------------------- */

/* Remembers the line that said an SA came up, to say it again later. */
static void remember_up(struct neg *n, const struct ikw_type *type,
                        const struct ikw_value *slots,
                        const struct ikw_evidence *ev)
{
    enum { TEXT_ROOM = 24 };
    size_t size = type->nslots * sizeof *slots, texts = 0;
    if (n->ups[1])
        return;
    for (size_t i = 0; i < type->nslots; i++)
        texts += type->slots[i].kind == IKW_SLOT_TEXT;
    struct sa_up *up = ikw_xcalloc(1, sizeof *up + size + texts * TEXT_ROOM);
    char *text = (char *)up->slots + size;
    n->ups[n->ups[0] != NULL] = up;
    up->type = type;
    for (size_t i = 0; i < type->nslots; i++) {
        up->slots[i] = slots[i];
        if (type->slots[i].kind != IKW_SLOT_TEXT || slots[i].kind != IKW_STR)
            continue; /* words are the KB's */
        snprintf(text, TEXT_ROOM, "%s", slots[i].u.str);
        up->slots[i] = ikw_value_str(text);
        text += TEXT_ROOM;
    }
    ikw_note_set(&up->note, ev);
}

static struct ikw_fact_set *set_for(struct ikw_tracker *tr,
                                    const struct ikw_type *type,
                                    const struct target *at)
{
    if (!at->tunnel || type->negotiation < 0)
        return &tr->daemon;
    return ikw_tunnel_facts(tr, at->tunnel);
}

static void emit_one(struct ikw_tracker *tr, const struct ikw_emit *e,
                     const struct ikw_match *m, const struct target *at,
                     const struct ikw_evidence *ev)
{
    struct ikw_value slots[IKW_MAX_SLOTS] = { { 0 } };
    const struct ikw_type *type = e->type;
    for (size_t i = 0; i < e->nslots; i++) {
        unsigned k = e->slots[i].slot;
        if (k < IKW_MAX_SLOTS && evaluate(&e->slots[i].value, m, tr->values[k]))
            slots[k] = slot_value(&type->slots[k], tr->values[k]);
    }
    if (type->negotiation >= 0 && at->neg)
        slots[type->negotiation] = ikw_value_int(at->neg->id);
    struct ikw_fact_set *fs = set_for(tr, type, at);
    struct ikw_fact *f = ikw_fact_add(fs, type, tr->source, slots, ev);
    if (f && !at->unsure)
        f->unsure = false;
    else if (f && f->count == 1 && fs != &tr->daemon)
        ikw_fact_doubt(fs, f);
    if (at->neg && type == tr->t_sa_up)
        remember_up(at->neg, type, slots, ev);
    if (at->neg && type == tr->t_progress)
        ikw_neg_moved(tr, at->neg);
}

void ikw_emit_all(struct ikw_tracker *tr, const struct ikw_match *m,
                  const struct target *at, const struct ikw_evidence *ev)
{
    const struct ikw_message *msg = m->tmpl->message;
    for (size_t i = 0; i < msg->nemits; i++) {
        if (conds_hold(&msg->emits[i], m))
            emit_one(tr, &msg->emits[i], m, at, ev);
    }
}

/* ---- facts of the tracker's own ---------------------------------------- */

void ikw_make_begin(struct maker *mk, struct ikw_tracker *tr,
                    const struct ikw_type *type)
{
    *mk = (struct maker){ .tr = tr, .type = type };
}

void ikw_make_int(struct maker *mk, const char *slot, int64_t value)
{
    int i = ikw_type_slot(mk->type, slot);
    if (i >= 0)
        mk->slots[i] = ikw_value_int(value);
}

void ikw_make_str(struct maker *mk, const char *slot, const char *value)
{
    int i = ikw_type_slot(mk->type, slot);
    if (i < 0)
        return;
    char *text = mk->tr->values[i];
    text[put(text, 0, ikw_slice_of(value))] = '\0';
    mk->slots[i] = slot_value(&mk->type->slots[i], mk->tr->values[i]);
}

struct ikw_fact *ikw_make_end(struct maker *mk, struct ikw_fact_set *fs,
                              const struct ikw_evidence *ev)
{
    return ikw_fact_add(fs, mk->type, mk->tr->source, mk->slots, ev);
}
