/*
 * A debug log prints what the peer offers, value by value and without saying
 * which belong together. So every combination is tried: if the closest one
 * still differs, that difference is real.
 */
#include "facts/config/offer.h"

#include <string.h>

enum { VALUES_MAX = 6, OFFERS_MAX = 64 };

/* Different values of each attribute of one negotiation. */
struct offered {
    struct ikw_conf_alg enc[VALUES_MAX], hash[VALUES_MAX], dh[VALUES_MAX],
        auth[VALUES_MAX];
    int64_t keylen[VALUES_MAX], lifetime[VALUES_MAX];
    size_t nenc, nhash, ndh, nauth, nkeylen, nlifetime;
};

static int64_t slot_int(const struct ikw_fact *f, const char *slot)
{
    struct ikw_value v = ikw_fact_get(f, slot);
    return v.kind == IKW_INT ? v.u.i : 0;
}

static struct ikw_slice slot_text(const struct ikw_fact *f, const char *slot)
{
    struct ikw_value v = ikw_fact_get(f, slot);
    if (v.kind != IKW_STR)
        return (struct ikw_slice){ "", 0 };
    return (struct ikw_slice){ v.u.str, v.len };
}

/* ---- gathering --------------------------------------------------------- */

static void add_alg(struct ikw_conf_alg *v, size_t *n, enum ikw_alg_class c,
                    struct ikw_slice text)
{
    const char *word = ikw_alg_word(c, text, NULL);
    for (size_t i = 0; i < *n; i++)
        if (word && !strcmp(v[i].word, word))
            return;
    if (word && *n < VALUES_MAX)
        v[(*n)++] = (struct ikw_conf_alg){ .word = word };
}

static void add_number(int64_t *v, size_t *n, struct ikw_slice text)
{
    int64_t number;
    if (!ikw_slice_int(text, &number))
        return;
    for (size_t i = 0; i < *n; i++)
        if (v[i] == number)
            return;
    if (*n < VALUES_MAX)
        v[(*n)++] = number;
}

static void add_offered(struct offered *o, const struct ikw_fact *f)
{
    struct ikw_slice attr = slot_text(f, "attr"), v = slot_text(f, "value");
    if (ikw_slice_is(attr, "enc"))
        add_alg(o->enc, &o->nenc, IKW_ALG_ENC, v);
    else if (ikw_slice_is(attr, "hash"))
        add_alg(o->hash, &o->nhash, IKW_ALG_HASH, v);
    else if (ikw_slice_is(attr, "dh"))
        add_alg(o->dh, &o->ndh, IKW_ALG_DH, v);
    else if (ikw_slice_is(attr, "auth"))
        add_alg(o->auth, &o->nauth, IKW_ALG_AUTH, v);
    else if (ikw_slice_is(attr, "keylen"))
        add_number(o->keylen, &o->nkeylen, v);
    else if (ikw_slice_is(attr, "lifetime"))
        add_number(o->lifetime, &o->nlifetime, v);
}

/* ---- combining --------------------------------------------------------- */

static size_t at_least_one(size_t n)
{
    return n ? n : 1;
}

static int64_t keylen_of(const struct offered *o, const char *enc, size_t i)
{
    if (!enc || !ikw_alg_default_keylen(enc) || !o->nkeylen)
        return 0;
    return o->keylen[i];
}

/* The k-th combination; the sizes of the lists are its digits. */
static struct ikw_conf_offer combination(const struct offered *o, size_t k)
{
    struct ikw_conf_offer c = { .lifetime = -1 };
    size_t digit[6];
    const size_t sizes[6] = { o->nenc, o->nkeylen, o->nhash,
                              o->ndh,  o->nauth,   o->nlifetime };
    for (size_t i = 0; i < 6; i++) {
        digit[i] = k % at_least_one(sizes[i]);
        k /= at_least_one(sizes[i]);
    }
    if (o->nenc)
        c.enc = o->enc[digit[0]];
    c.enc.keylen = keylen_of(o, c.enc.word, digit[1]);
    if (o->nhash)
        c.hash = o->hash[digit[2]];
    if (o->ndh)
        c.dh = o->dh[digit[3]];
    if (o->nauth)
        c.auth = o->auth[digit[4]];
    if (o->nlifetime)
        c.lifetime = o->lifetime[digit[5]];
    return c;
}

static size_t combine(const struct offered *o, struct ikw_conf_offer *out)
{
    size_t n = at_least_one(o->nenc) * at_least_one(o->nkeylen) *
               at_least_one(o->nhash) * at_least_one(o->ndh) *
               at_least_one(o->nauth) * at_least_one(o->nlifetime);
    if (!o->nenc && !o->nhash && !o->ndh && !o->nauth)
        return 0;
    if (n > OFFERS_MAX)
        n = OFFERS_MAX;
    for (size_t i = 0; i < n; i++)
        out[i] = combination(o, i);
    return n;
}

/* ---- phase 1 ----------------------------------------------------------- */

static void gather(const struct ikw_fact_set *fs, enum ikw_source source,
                   int64_t negotiation, struct offered *o)
{
    const struct ikw_type *type = ikw_kb_type(fs->kb, "proposal-offered");
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_fact *f = fs->facts[i];
        if (f->type == type && f->source == source &&
            slot_int(f, "negotiation") == negotiation &&
            slot_int(f, "phase") == 1 &&
            ikw_slice_is(slot_text(f, "by"), "peer"))
            add_offered(o, f);
    }
}

static struct ikw_conf_trial *trial_of(struct ikw_arena *a,
                                       struct ikw_conf_trials *out,
                                       const struct ikw_fact *f,
                                       enum ikw_source source, unsigned phase)
{
    struct ikw_conf_trial *t = IKW_ARENA_NEW(a, struct ikw_conf_trial);
    t->outward = source == IKW_SOURCE_PEER; /* the owner of the log responds */
    t->phase = phase;
    t->title = "an offer in the log";
    t->negotiation = slot_int(f, "negotiation");
    t->alone = true;
    out->v[out->n++] = t;
    return t;
}

/* With several values of one attribute a combination that fits may never
 * have been offered: then nothing is known. */
static void try_offer(struct ikw_arena *a, const struct ikw_fact_set *fs,
                      enum ikw_source source, const struct ikw_fact *refused,
                      const struct ikw_conf_meet *own,
                      struct ikw_conf_trials *out)
{
    struct offered o = { .nenc = 0 };
    struct ikw_conf_offer offers[OFFERS_MAX];
    gather(fs, source, slot_int(refused, "negotiation"), &o);
    size_t n = combine(&o, offers);
    if (!n || !own->n)
        return;
    struct ikw_conf_trial *t = trial_of(a, out, refused, source, 1);
    ikw_conf_offers(a, t, offers, n, own);
    ikw_conf_trial_close(t);
    if (t->outcome == IKW_TRIAL_AGREES)
        t->outcome = IKW_TRIAL_OPEN;
}

/* ---- phase 2 ----------------------------------------------------------- */

/* The selectors of a negotiation, from whichever fact has both. */
static bool selectors_of(const struct ikw_fact_set *fs, enum ikw_source source,
                         int64_t negotiation, struct ikw_conf_pair2 *out)
{
    const struct ikw_type *type = ikw_kb_type(fs->kb, "selector-proposed");
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_fact *f = fs->facts[i];
        if (f->type == type && f->source == source &&
            slot_int(f, "negotiation") == negotiation &&
            ikw_selector_parse(slot_text(f, "local"), &out->dst) &&
            ikw_selector_parse(slot_text(f, "remote"), &out->src))
            return true;
    }
    return false;
}

static bool we_began(const struct ikw_fact_set *fs, enum ikw_source source,
                     int64_t negotiation)
{
    const struct ikw_type *type = ikw_kb_type(fs->kb, "negotiation");
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_fact *f = fs->facts[i];
        if (f->type == type && f->source == source &&
            slot_int(f, "id") == negotiation)
            return ikw_slice_is(slot_text(f, "role"), "I");
    }
    return false;
}

static void try_selectors(struct ikw_arena *a, const struct ikw_fact_set *fs,
                          enum ikw_source source, const struct ikw_fact *none,
                          const struct ikw_conf_meet *own,
                          struct ikw_conf_trials *out)
{
    struct ikw_conf_pair2 pair = { .policy = NULL };
    if (!selectors_of(fs, source, slot_int(none, "negotiation"), &pair))
        return;
    const struct ikw_conf_remote *rm = own->n ? own->v[0] : NULL;
    struct ikw_conf_trial *t = trial_of(a, out, none, source, 2);
    bool ours = we_began(fs, source, t->negotiation);
    ikw_conf_no_section(a, t, ours ? "sainfo" : "selector", &pair, own->c, rm,
                        false);
    ikw_conf_trial_close(t);
}

/* ---- all --------------------------------------------------------------- */

void ikw_config_offers(struct ikw_arena *a, const struct ikw_fact_set *fs,
                       enum ikw_source source, const struct ikw_conf_meet *own,
                       struct ikw_conf_trials *out)
{
    const struct ikw_type *refused = ikw_kb_type(fs->kb, "proposal-refused");
    const struct ikw_type *search = ikw_kb_type(fs->kb, "selector-result");
    *out = (struct ikw_conf_trials){ .n = 0 };
    for (size_t i = 0; i < fs->nfacts && out->n < IKW_CONF_TRIALS; i++) {
        const struct ikw_fact *f = fs->facts[i];
        if (f->source != source)
            continue;
        if (f->type == refused && slot_int(f, "phase") == 1 &&
            ikw_slice_is(slot_text(f, "by"), "us"))
            try_offer(a, fs, source, f, own, out);
        if (f->type == search && ikw_slice_is(slot_text(f, "found"), "no"))
            try_selectors(a, fs, source, f, own, out);
    }
}
