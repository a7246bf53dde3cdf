/*
 * Trials as facts. A value of this side is the evidence of the comparison
 * itself; where the other side's value stands is a fact of its own, since it
 * is another line of another file. Each log that there is gets the trials
 * from its own point of view.
 */
#include "facts/config/emit.h"

#include "facts/config/match.h"
#include "facts/config/offer.h"

#include <string.h>

struct emit {
    struct ikw_fact_set *fs;
    const struct ikw_type *trial, *compared, *value;
    int64_t trials, values; /* numbers given out */
    bool paper;
};

static bool emit_init(struct emit *e, struct ikw_fact_set *fs, bool paper)
{
    *e = (struct emit){ .fs = fs, .paper = paper };
    e->trial = ikw_kb_type(fs->kb, "config-trial");
    e->compared = ikw_kb_type(fs->kb, "config-compared");
    e->value = ikw_kb_type(fs->kb, "config-value");
    return e->trial && e->compared && e->value;
}

static void set_text(const struct ikw_type *type, struct ikw_value *slots,
                     const char *name, const char *text)
{
    if (text && *text)
        ikw_slot_put(type, slots, name, ikw_value_str(text));
}

static struct ikw_evidence evidence(struct ikw_conf_at at)
{
    return (struct ikw_evidence){ at.file, at.line, IKW_NO_TIME, at.text,
                                  NULL };
}

/* ---- one attribute ----------------------------------------------------- */

/* The other side's value, where it stands in a file; its number, or 0. */
static int64_t emit_value(struct emit *e, enum ikw_source source,
                          unsigned phase, const struct ikw_conf_diff *d,
                          const char *value, struct ikw_conf_at at)
{
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    struct ikw_evidence ev = evidence(at);
    if (!at.line)
        return 0;
    ikw_slot_put(e->value, slots, "id", ikw_value_int(++e->values));
    ikw_slot_put(e->value, slots, "phase", ikw_value_int((int64_t)phase));
    set_text(e->value, slots, "attr", d->attr);
    set_text(e->value, slots, "value", value);
    ikw_fact_add(e->fs, e->value, source, slots, &ev);
    return e->values;
}

/* When in the course of things it would show. */
static const char *stage_of(const struct ikw_conf_trial *t,
                            const struct ikw_conf_diff *d)
{
    static const char *const later[] = { "id",        "id-type",   "id-nat",
                                         "cert",      "send-cert", "login",
                                         "ambiguous", "natt" };
    if (t->phase == 2)
        return "phase2";
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (!strcmp(d->attr, later[i]))
            return "identity";
    return "offer";
}

static void emit_diff(struct emit *e, enum ikw_source source,
                      const struct ikw_conf_trial *t,
                      const struct ikw_conf_diff *d, int64_t trial)
{
    static const char *const results[] = { "equal", "tolerated", "fatal",
                                           "open" };
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    bool ini = t->outward == (source == IKW_SOURCE_LOCAL);
    enum ikw_source other =
        source == IKW_SOURCE_LOCAL ? IKW_SOURCE_PEER : IKW_SOURCE_LOCAL;
    const char *mine = ini ? d->ini : d->res, *peers = ini ? d->res : d->ini;
    struct ikw_conf_at mine_at = ini ? d->ini_at : d->res_at;
    struct ikw_conf_at peers_at = ini ? d->res_at : d->ini_at;
    struct ikw_evidence ev = evidence(mine_at.line ? mine_at : peers_at);
    int64_t at = emit_value(e, other, t->phase, d, peers, peers_at);
    ikw_slot_put(e->compared, slots, "trial", ikw_value_int(trial));
    ikw_slot_put(e->compared, slots, "phase", ikw_value_int((int64_t)t->phase));
    set_text(e->compared, slots, "stage", stage_of(t, d));
    set_text(e->compared, slots, "attr", d->attr);
    set_text(e->compared, slots, "field", d->field);
    set_text(e->compared, slots, "mine", *mine ? mine : "none");
    set_text(e->compared, slots, "peers", *peers ? peers : "none");
    set_text(e->compared, slots, "result", results[d->result]);
    set_text(e->compared, slots, "first", d->first ? "yes" : "no");
    set_text(e->compared, slots, "check", d->check);
    set_text(e->compared, slots, "refused-by", d->refused);
    if (at)
        ikw_slot_put(e->compared, slots, "peers-at", ikw_value_int(at));
    ikw_fact_add(e->fs, e->compared, source, slots, ev.line ? &ev : NULL);
}

/* ---- one trial --------------------------------------------------------- */

static void emit_trial(struct emit *e, enum ikw_source source,
                       const struct ikw_conf_trial *t)
{
    static const char *const outcomes[] = { "agrees", "fails", "open", "idle" };
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    int64_t id = ++e->trials;
    bool out = t->outward == (source == IKW_SOURCE_LOCAL);
    ikw_slot_put(e->trial, slots, "id", ikw_value_int(id));
    if (t->negotiation)
        ikw_slot_put(e->trial, slots, "negotiation",
                     ikw_value_int(t->negotiation));
    ikw_slot_put(e->trial, slots, "phase", ikw_value_int((int64_t)t->phase));
    set_text(e->trial, slots, "direction", out ? "out" : "in");
    set_text(e->trial, slots, "pair", t->title);
    set_text(e->trial, slots, "outcome", outcomes[t->outcome]);
    set_text(e->trial, slots, "alone", t->alone ? "yes" : "no");
    set_text(e->trial, slots, "paper", e->paper ? "yes" : "no");
    ikw_fact_add(e->fs, e->trial, source, slots, NULL);
    for (size_t i = 0; i < t->n; i++)
        emit_diff(e, source, t, &t->v[i], id);
}

static void emit_all(struct emit *e, enum ikw_source source,
                     const struct ikw_conf_trials *ts)
{
    for (size_t i = 0; i < ts->n; i++)
        emit_trial(e, source, ts->v[i]);
}

/* ---- settings of this side --------------------------------------------- */

static void emit_setting(struct emit *e, enum ikw_source source,
                         const struct ikw_conf_remote *rm, const char *attr,
                         enum ikw_conf_setting_id id)
{
    struct ikw_conf_diff d = { .attr = attr };
    const struct ikw_conf_setting *s = &rm->set[id];
    if (s->set && s->word)
        emit_value(e, source, 1, &d, s->word, ikw_conf_at_or(s->at, rm->at));
}

/* Of the first policy that leads to the other side. */
static void emit_protocol(struct emit *e, enum ikw_source source,
                          const struct ikw_conf_meet *m)
{
    struct ikw_conf_pair2 pair;
    struct ikw_conf_diff d = { .attr = "protocol" };
    if (m->addr.family && ikw_conf_pairs(m, &pair, 1) && pair.policy)
        emit_value(e, source, 2, &d, pair.policy->v[0].protocol,
                   pair.policy->at);
}

static void emit_settings(struct emit *e, enum ikw_source source,
                          const struct ikw_conf_meet *m)
{
    const struct ikw_conf_remote *rm = m->n ? m->v[0] : NULL;
    if (!rm)
        return;
    emit_setting(e, source, rm, "passive", IKW_SET_PASSIVE);
    emit_setting(e, source, rm, "check", IKW_SET_CHECK);
    emit_setting(e, source, rm, "natt", IKW_SET_NATT);
    emit_setting(e, source, rm, "generate", IKW_SET_GENERATE);
    emit_protocol(e, source, m);
}

/* ---- whose ------------------------------------------------------------- */

static bool loopback(const struct ikw_addr *a)
{
    return (a->family == 4 && a->bytes[0] == 127) ||
           (a->family == 6 && a->bytes[15] == 1 && !a->bytes[0] &&
            !memcmp(a->bytes, a->bytes + 1, 14));
}

static struct ikw_addr addr_of(const char *text)
{
    struct ikw_addr a = { 0 };
    if (text)
        ikw_addr_parse(ikw_slice_of(text), &a, NULL);
    if (loopback(&a))
        a = (struct ikw_addr){ 0 };
    return a;
}

/* The one that has the peer's address; else the only one given, unless its
 * addresses are those of another tunnel of ours. */
static const struct ikw_config *peer_of(const struct ikw_conf_known *k,
                                        const struct ikw_addr *addr)
{
    for (size_t i = 0; i < k->npeers; i++)
        if (addr->family && ikw_config_owns(k->peers[i], addr))
            return k->peers[i];
    if (k->npeers != 1)
        return NULL;
    for (const struct ikw_conf_remote *rm = k->local ? k->local->remotes : NULL;
         rm; rm = rm->next)
        if (addr->family && rm->has_address &&
            !ikw_addr_eq(&rm->address, addr) &&
            ikw_config_owns(k->peers[0], &rm->address))
            return NULL;
    return k->peers[0];
}

static bool has_negotiation(const struct ikw_fact_set *fs,
                            const struct ikw_type *type)
{
    for (size_t i = 0; i < fs->nfacts; i++)
        if (fs->facts[i]->type == type)
            return true;
    return false;
}

static void emit_offers(struct emit *e, struct ikw_arena *a,
                        const struct ikw_conf_meet *m, enum ikw_source source)
{
    struct ikw_conf_trials ts;
    ikw_config_offers(a, e->fs, source, m, &ts);
    emit_all(e, source, &ts);
}

/* From one side's log: what its own configuration says of it. */
static void emit_side(struct emit *e, struct ikw_arena *a,
                      const struct ikw_conf_pair *pair, enum ikw_source source)
{
    bool local = source == IKW_SOURCE_LOCAL;
    const struct ikw_config *own = local ? pair->local : pair->peer;
    const struct ikw_config *other = local ? pair->peer : pair->local;
    if (!own || !own->ike)
        return;
    struct ikw_conf_meet m =
        ikw_conf_meet(own, other, local ? &pair->peer_addr : &pair->local_addr,
                      pair->seen && local);
    emit_settings(e, source, &m);
    if (e->fs->see[source].present)
        emit_offers(e, a, &m, source);
}

void ikw_config_facts(struct ikw_fact_set *fs,
                      const struct ikw_conf_known *known)
{
    struct emit e;
    struct ikw_conf_trials ts;
    struct ikw_conf_pair pair = { .local = known->local };
    struct ikw_arena a = { 0 };
    const struct ikw_type *negotiation = ikw_kb_type(fs->kb, "negotiation");
    if (!emit_init(&e, fs, false) || !has_negotiation(fs, negotiation))
        return;
    pair.peer_addr = addr_of(fs->peer);
    pair.local_addr = addr_of(fs->local);
    pair.seen = pair.peer_addr.family != 0;
    pair.peer = peer_of(known, &pair.peer_addr);
    ikw_config_compare(&a, &pair, &ts);
    for (int s = IKW_SOURCE_LOCAL; s <= IKW_SOURCE_PEER; s++)
        if (fs->see[s].present) {
            emit_all(&e, (enum ikw_source)s, &ts);
            emit_side(&e, &a, &pair, (enum ikw_source)s);
        }
    ikw_arena_release(&a);
}

/* The tunnel by the addresses the two know each other by. */
static void name_tunnel(struct ikw_fact_set *fs, const struct ikw_conf_pair *p)
{
    static const struct ikw_addr unknown = { 0 };
    if (!p->local || !p->peer)
        return;
    struct ikw_conf_meet a = ikw_conf_meet(p->local, p->peer, &unknown, false);
    struct ikw_conf_meet b = ikw_conf_meet(p->peer, p->local, &unknown, false);
    struct ikw_buf text = { 0 };
    if (a.addr.family) {
        ikw_addr_add(&text, &a.addr);
        fs->peer = ikw_conf_format(&fs->arena, "%s", ikw_buf_str(&text));
    }
    ikw_buf_clear(&text);
    if (b.addr.family) {
        ikw_addr_add(&text, &b.addr);
        fs->local = ikw_conf_format(&fs->arena, "%s", ikw_buf_str(&text));
    }
    ikw_buf_release(&text);
}

void ikw_config_paper(struct ikw_fact_set *fs, const struct ikw_config *local,
                      const struct ikw_config *peer,
                      struct ikw_conf_trials *trials)
{
    struct emit e;
    struct ikw_conf_trials ts;
    struct ikw_conf_pair pair = { .local = local, .peer = peer };
    ikw_config_compare(&fs->arena, &pair, &ts);
    name_tunnel(fs, &pair);
    if (emit_init(&e, fs, true))
        emit_all(&e, IKW_SOURCE_LOCAL, &ts);
    if (trials)
        *trials = ts;
}
