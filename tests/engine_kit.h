/*
 * A bed for the engine's tests: a small vocabulary, rules as XML, facts as
 * text, and one line that says everything the engine concluded.
 */
#ifndef IKW_TESTS_ENGINE_KIT_H
#define IKW_TESTS_ENGINE_KIT_H

#include "inference/engine.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char kit_vocabulary[] =
    "<vocabulary>"
    "<type name='ev' means='seen'><slot name='n' kind='id'/>"
    "<slot name='k' kind='word' words='p q r s'/>"
    "<slot name='v' kind='int'/><slot name='s' kind='text'/></type>"
    "<type name='mark' means='seen'><slot name='n' kind='id'/>"
    "<slot name='v' kind='int'/></type>"
    "<type name='edge' means='seen'><slot name='x' kind='int'/>"
    "<slot name='y' kind='int'/></type>"
    "<type name='path' derived='yes' means='found'>"
    "<slot name='x' kind='int'/><slot name='y' kind='int'/></type>"
    "<type name='hit' derived='yes' means='found'>"
    "<slot name='n' kind='id'/><slot name='what' kind='text'/>"
    "<slot name='at' kind='time'/></type>"
    "<type name='sum' derived='yes' means='found'>"
    "<slot name='n' kind='id'/><slot name='what' kind='text'/></type>"
    "</vocabulary>";

static const char kit_weights[] =
    "<weights suffice='25'><weight word='strong' db='20'/>"
    "<band word='yes' at-least='50'/><band word='no' at-least='0'/></weights>";

#define KIT_CAUSE(id)                                                          \
    "<cause id='" id "' prior='-10' severity='low' phase='1' "                 \
    "phase-text='x' fixer='x'><title>x</title>"                                \
    "<explanation>x</explanation><remedy for='x'>x</remedy>"                   \
    "<verify>x</verify><settle>x</settle><reference>x</reference></cause>"

static const char kit_causes[] =
    "<causes family='f'>" KIT_CAUSE("c1") KIT_CAUSE("c2") "</causes>";

struct bed {
    struct ikw_kb *kb;
    struct ikw_diags ds;
    struct ikw_fact_set fs;
    struct ikw_engine *e;
    bool ok; /* what the run said */
};

static inline void kit_complain(const struct ikw_diags *ds)
{
    for (const struct ikw_diag *d = ds->head; d; d = d->next) {
        struct ikw_buf b = { 0 };
        ikw_diag_format(d, &b);
        fprintf(stderr, "%s\n", ikw_buf_str(&b));
        ikw_buf_release(&b);
    }
}

/* `rules`: the inside of <rules>. NULL with diagnostics. */
static inline struct ikw_kb *kit_kb(const char *rules, struct ikw_diags *ds)
{
    struct ikw_buf b = { 0 };
    ikw_buf_adds(&b, "<rules layer='finding'>");
    ikw_buf_adds(&b, rules);
    ikw_buf_adds(&b, "</rules>");
    const struct ikw_doc docs[] = {
        { "vocabulary.xml", ikw_slice_of(kit_vocabulary) },
        { "weights.xml", ikw_slice_of(kit_weights) },
        { "causes/x.xml", ikw_slice_of(kit_causes) },
        { "rules/x.xml", ikw_slice_of(ikw_buf_str(&b)) },
    };
    struct ikw_kb *kb =
        ikw_kb_load_docs(docs, sizeof docs / sizeof docs[0], ds);
    ikw_buf_release(&b);
    return kb;
}

static inline void kit_take(void *arg, struct ikw_fact_set *fs)
{
    struct bed *bed = arg;
    bed->fs = *fs; /* moved: what is left behind is empty */
    ikw_fact_set_init(fs, bed->kb);
}

/* Loads and runs. `opts` may be NULL. */
static inline void kit_open(struct bed *bed, const char *rules,
                            const char *facts,
                            const struct ikw_engine_opts *opts)
{
    *bed = (struct bed){ 0 };
    bed->kb = kit_kb(rules, &bed->ds);
    bool loaded =
        bed->kb && ikw_facts_parse(bed->kb, "facts", ikw_slice_of(facts),
                                   kit_take, bed, &bed->ds);
    if (!loaded) {
        kit_complain(&bed->ds);
        CU_ASSERT_FATAL(loaded);
    }
    bed->e = ikw_engine_new(bed->kb, &bed->fs, opts);
    bed->ok = ikw_engine_run(bed->e, &bed->ds);
}

static inline void kit_close(struct bed *bed)
{
    ikw_engine_free(bed->e);
    ikw_fact_set_release(&bed->fs);
    ikw_kb_free(bed->kb);
    ikw_diags_release(&bed->ds);
}

static inline void kit_value(struct ikw_buf *b, struct ikw_value v)
{
    if (v.kind == IKW_STR)
        ikw_buf_add(b, v.u.str, v.len);
    else if (v.kind == IKW_INT)
        ikw_buf_addf(b, "%lld", (long long)v.u.i);
    else
        ikw_buf_addc(b, '-');
}

/* type(slots)[', for the peer's]: what a fact is, without its evidence. */
static inline void kit_fact(struct ikw_buf *b, const struct ikw_fact *f)
{
    ikw_buf_adds(b, f->type->name);
    for (size_t i = 0; i < f->type->nslots; i++) {
        ikw_buf_addc(b, i ? ',' : '(');
        kit_value(b, f->slots[i]);
    }
    ikw_buf_adds(b, f->source == IKW_SOURCE_PEER ? ")'" : ")");
}

/* Rule, height and supports. */
static inline void kit_derivation(struct ikw_buf *b,
                                  const struct ikw_derivation *d)
{
    ikw_buf_addf(b, "<%s.%u/%u", d->rule->id, d->then, d->height);
    for (size_t i = 0; i < d->rule->npatterns; i++) {
        ikw_buf_addc(b, ' ');
        if (d->facts[i])
            kit_fact(b, d->facts[i]);
        else
            ikw_buf_addc(b, '~');
    }
    ikw_buf_addc(b, '>');
}

static inline void kit_weight(struct ikw_buf *b, const struct ikw_weight *w)
{
    static const char *const kinds[] = { "derive", "weigh", "suffice",
                                         "exclude" };
    ikw_buf_addf(b, "%s:%s@%lld", kinds[w->kind], w->cause->id,
                 (long long)w->subject);
    if (w->kind == IKW_THEN_WEIGH)
        ikw_buf_addf(b, ":%d/%s", w->db, w->group);
}

static inline void kit_blind(struct ikw_buf *b, const struct ikw_blind *x)
{
    ikw_buf_addf(b, "blind:%s.%u@%lld%s%s", x->rule->id, x->pattern,
                 (long long)x->subject, x->window ? ":window" : "",
                 x->no_log ? ":nolog" : "");
}

/* Everything, blank between. `proofs`: with canonical derivations. */
static inline void kit_answer(const struct ikw_engine *e, bool proofs,
                              struct ikw_buf *b)
{
    for (size_t i = 0; i < ikw_engine_nderived(e); i++) {
        ikw_buf_adds(b, b->len ? " " : "");
        kit_fact(b, ikw_engine_derived(e, i));
        if (proofs)
            kit_derivation(b, ikw_engine_why(e, ikw_engine_derived(e, i)));
    }
    for (size_t i = 0; i < ikw_engine_nweights(e); i++) {
        ikw_buf_adds(b, b->len ? " " : "");
        kit_weight(b, ikw_engine_weight(e, i));
        if (proofs)
            kit_derivation(b, ikw_engine_weight(e, i)->why);
    }
    for (size_t i = 0; i < ikw_engine_nblind(e); i++) {
        ikw_buf_adds(b, b->len ? " " : "");
        kit_blind(b, ikw_engine_blind(e, i));
    }
}

/* All derivations re-checked; the first complaint is printed. */
static inline bool kit_proofs_hold(const struct ikw_engine *e)
{
    struct ikw_buf why = { 0 };
    bool ok = true;
    for (size_t i = 0; ok && i < ikw_engine_nderived(e); i++)
        ok = ikw_proof_check(e, ikw_engine_why(e, ikw_engine_derived(e, i)),
                             &why);
    for (size_t i = 0; ok && i < ikw_engine_nweights(e); i++)
        ok = ikw_proof_check(e, ikw_engine_weight(e, i)->why, &why);
    if (!ok)
        fprintf(stderr, "%s\n", ikw_buf_str(&why));
    ikw_buf_release(&why);
    return ok;
}

struct kit_case {
    const char *rules, *facts, *answer;
};

static inline void kit_check(const struct kit_case *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ikw_buf b = { 0 };
        struct bed bed;
        kit_open(&bed, c[i].rules, c[i].facts, NULL);
        kit_answer(bed.e, false, &b);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&b), c[i].answer);
        if (strcmp(ikw_buf_str(&b), c[i].answer) != 0)
            fprintf(stderr, "case %zu: %s\nnot       %s\n", i, ikw_buf_str(&b),
                    c[i].answer);
        CU_ASSERT(bed.ok && kit_proofs_hold(bed.e));
        ikw_buf_release(&b);
        kit_close(&bed);
    }
}

#define KIT_CHECK(cases) kit_check(cases, sizeof cases / sizeof cases[0])
#define HIT "<derive type='hit' n='?n' what='x'/>"
#define KIT_RULE(id, when, then)                                               \
    "<rule id='" id "'><when>" when "</when><then>" then                       \
    "</then><because>x</because></rule>"

#endif
