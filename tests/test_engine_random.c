/*
 * The engine against the reference, on random rules and facts. Whatever is
 * concluded, and why, must be the same; the same again after shuffling rules
 * and facts; and every proof must pass the checker.
 */
#include "tests/engine_dice.h"
#include "tests/engine_reference.h"

enum { ROUNDS = 600 };

/* ---- comparing --------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    return strcmp(ikw_buf_str(*(struct ikw_buf *const *)a),
                  ikw_buf_str(*(struct ikw_buf *const *)b));
}

static struct ikw_buf *join_sorted(struct ikw_buf **v, size_t n)
{
    struct ikw_buf *all = ikw_xcalloc(1, sizeof *all);
    if (n > 1)
        qsort(v, n, sizeof(struct ikw_buf *), by_text);
    for (size_t i = 0; i < n; i++) {
        ikw_buf_adds(all, ikw_buf_str(v[i]));
        ikw_buf_addc(all, '\n');
        ikw_buf_release(v[i]);
        free(v[i]);
    }
    return all;
}

static struct ikw_buf *reference_text(struct model *m)
{
    for (size_t i = 0; i < m->n; i++) {
        struct ikw_buf *b = ikw_xcalloc(1, sizeof *b);
        r_print(b, &m->facts[i]);
        if (m->facts[i].seen) {
            ikw_buf_release(b);
            free(b);
            continue;
        }
        r_print_why(m, b, &m->facts[i]);
        m->out[m->nout++] = b;
    }
    for (size_t i = 0; i < nweights; i++) {
        struct ikw_buf *b = ikw_xcalloc(1, sizeof *b);
        const struct rweight *w = &weights[i].of;
        struct ikw_weight x = { w->then->cause, w->subject,     w->then->kind,
                                w->then->db,    w->then->group, NULL };
        kit_weight(b, &x);
        r_print_why(m, b, &weights[i].why);
        m->out[m->nout++] = b;
    }
    return join_sorted(m->out, m->nout);
}

static struct ikw_buf *engine_text(const struct ikw_engine *e)
{
    size_t n = 0;
    static struct ikw_buf *v[8192];
    for (size_t i = 0; i < ikw_engine_nderived(e); i++, n++) {
        v[n] = ikw_xcalloc(1, sizeof *v[n]);
        kit_fact(v[n], ikw_engine_derived(e, i));
        kit_derivation(v[n], ikw_engine_why(e, ikw_engine_derived(e, i)));
    }
    for (size_t i = 0; i < ikw_engine_nweights(e); i++, n++) {
        v[n] = ikw_xcalloc(1, sizeof *v[n]);
        kit_weight(v[n], ikw_engine_weight(e, i));
        kit_derivation(v[n], ikw_engine_weight(e, i)->why);
    }
    for (size_t i = 0; i < ikw_engine_nblind(e); i++, n++) {
        const struct ikw_blind *b = ikw_engine_blind(e, i);
        v[n] = ikw_xcalloc(1, sizeof *v[n]);
        ikw_buf_addf(v[n], "blind:%s.%u@%lld", b->rule->id, b->pattern,
                     (long long)b->subject);
    }
    return join_sorted(v, n);
}

static size_t count_derivations(const struct ikw_engine *e)
{
    size_t n = 0;
    for (size_t i = 0; i < ikw_engine_nderived(e); i++)
        for (const struct ikw_derivation *d =
                 ikw_engine_why(e, ikw_engine_derived(e, i));
             d; d = d->next)
            n++;
    return n;
}

/* A rule that some derivation uses fires, says why-not; and one that fires,
 * it says, concluded something (or what was observed already). */
static bool why_not_agrees(struct ikw_engine *e, const struct ikw_kb *kb)
{
    bool ok = true, used[16] = { false };
    for (size_t i = 0; i < ikw_engine_nderived(e); i++)
        for (const struct ikw_derivation *d =
                 ikw_engine_why(e, ikw_engine_derived(e, i));
             d; d = d->next)
            used[d->rule->index] = true;
    for (size_t i = 0; i < ikw_engine_nweights(e); i++)
        used[ikw_engine_weight(e, i)->why->rule->index] = true;
    for (size_t r = 0; r < kb->nrules; r++) {
        const struct ikw_rule *rule = kb->rules[r];
        bool fires = ikw_engine_whynot(e, rule, -1)->fires;
        const struct ikw_fact *const *v;
        size_t n = 1;
        if (rule->thens[0].kind == IKW_THEN_DERIVE)
            n = ikw_engine_facts_of(e, rule->thens[0].type, &v);
        ok = ok && (fires || !used[r]) && (!fires || n > 0);
    }
    return ok;
}

/* ---- one round --------------------------------------------------------- */

struct round {
    struct ikw_buf rules[16], lines[64], header;
    unsigned nrules, nlines;
    struct ikw_buf all_rules, all_facts;
};

/* Circles proper are rare among random rules: some rounds get one. */
static void add_circle(struct round *r)
{
    static const char *const circle[] = {
        KIT_RULE("r3a", "<fact type='edge' x='?x' y='?y'/>",
                 "<derive type='path' x='?x' y='?y'/>"),
        KIT_RULE("r1a",
                 "<fact type='path' x='?x' y='?y'/>"
                 "<fact type='path' x='?y' y='?z'/>",
                 "<derive type='path' x='?x' y='?z'/>"),
        KIT_RULE("r1b",
                 "<fact type='edge' x='?y' y='?z'/>"
                 "<fact type='path' x='?x' y='?y'/>",
                 "<derive type='path' x='?x' y='?z'/>"),
        KIT_RULE("r3b",
                 "<fact type='path' x='?x' y='?y'/>"
                 "<fact type='ev' v='?x' n='?n'/>",
                 "<derive type='hit' n='?y'/>"
                 "<derive type='path' x='?n' y='?y'/>"),
    };
    for (size_t i = 0; i < sizeof circle / sizeof circle[0]; i++)
        if (chance(75))
            ikw_buf_adds(&r->rules[r->nrules++], circle[i]);
}

static void round_roll(struct round *r)
{
    *r = (struct round){ 0 };
    range = 3 + roll(chance(50) ? 1 : 7);
    r->nlines = 6 + roll(chance(50) ? 20 : 50);
    if (chance(35))
        add_circle(r);
    for (unsigned i = 3 + roll(6); i > 0; i--)
        add_rule(&r->rules[r->nrules++], i);
    for (unsigned i = 0; i < r->nlines; i++)
        add_fact_line(&r->lines[i], 1 + roll(40));
    add_header(&r->header);
}

static void shuffle(struct ikw_buf *v, unsigned n)
{
    for (unsigned i = n; i > 1; i--) {
        unsigned k = roll(i);
        struct ikw_buf b = v[k];
        v[k] = v[i - 1];
        v[i - 1] = b;
    }
}

static void round_text(struct round *r)
{
    ikw_buf_clear(&r->all_rules);
    ikw_buf_clear(&r->all_facts);
    for (unsigned i = 0; i < r->nrules; i++)
        ikw_buf_adds(&r->all_rules, ikw_buf_str(&r->rules[i]));
    ikw_buf_adds(&r->all_facts, ikw_buf_str(&r->header));
    for (unsigned i = 0; i < r->nlines; i++)
        ikw_buf_adds(&r->all_facts, ikw_buf_str(&r->lines[i]));
}

static void round_release(struct round *r)
{
    for (size_t i = 0; i < 16; i++)
        ikw_buf_release(&r->rules[i]);
    for (size_t i = 0; i < 64; i++)
        ikw_buf_release(&r->lines[i]);
    ikw_buf_release(&r->header);
    ikw_buf_release(&r->all_rules);
    ikw_buf_release(&r->all_facts);
}

/* A line that says what another says would be counted, not kept apart. */
static void drop_doubles(struct round *r)
{
    unsigned n = 0;
    for (unsigned i = 0; i < r->nlines; i++) {
        size_t len = strcspn(ikw_buf_str(&r->lines[i]), "@") + 2;
        unsigned k = 0;
        while (k < n && strncmp(ikw_buf_str(&r->lines[k]),
                                ikw_buf_str(&r->lines[i]), len) != 0)
            k++;
        if (k < n) {
            ikw_buf_release(&r->lines[i]);
        } else {
            struct ikw_buf b = r->lines[i];
            r->lines[i] = (struct ikw_buf){ 0 };
            r->lines[n++] = b;
        }
    }
    r->nlines = n;
}

/* Negation in a circle is refused, as it should be. */
static bool refused(const struct round *r)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = kit_kb(ikw_buf_str(&r->all_rules), &ds);
    bool circle = !kb && ds.head && ds.head->code == IKW_DIAG_NEGATION_CIRCLE;
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
    return circle;
}

static bool same_as_reference(const struct round *r, const struct bed *bed,
                              size_t *derivations)
{
    struct model m = { .kb = bed->kb, .fs = &bed->fs };
    m.facts = ikw_xcalloc(MAX_FACTS, sizeof *m.facts);
    model_run(&m);
    struct ikw_buf *want = reference_text(&m);
    struct ikw_buf *have = engine_text(bed->e);
    bool same = !strcmp(ikw_buf_str(want), ikw_buf_str(have));
    if (!same && !m.overflow)
        fprintf(stderr, "%s\n%s\nreference:\n%sengine:\n%s\n",
                ikw_buf_str(&r->all_rules), ikw_buf_str(&r->all_facts),
                ikw_buf_str(want), ikw_buf_str(have));
    same = same || m.overflow;
    *derivations = m.overflow ? SIZE_MAX : m.derivations;
    ikw_buf_release(want);
    ikw_buf_release(have);
    free(want);
    free(have);
    free(m.facts);
    return same;
}

static bool round_check(struct round *r)
{
    struct ikw_engine_opts all = { .all_derivations = true };
    struct ikw_buf one = { 0 }, other = { 0 }, third = { 0 };
    struct bed bed;
    size_t derivations;
    kit_open(&bed, ikw_buf_str(&r->all_rules), ikw_buf_str(&r->all_facts),
             NULL);
    bool ok = bed.ok && same_as_reference(r, &bed, &derivations) &&
              kit_proofs_hold(bed.e) && why_not_agrees(bed.e, bed.kb);
    kit_answer(bed.e, true, &one);
    kit_close(&bed);
    shuffle(r->rules, r->nrules);
    shuffle(r->lines, r->nlines);
    round_text(r);
    kit_open(&bed, ikw_buf_str(&r->all_rules), ikw_buf_str(&r->all_facts),
             NULL);
    kit_answer(bed.e, true, &other);
    kit_close(&bed);
    kit_open(&bed, ikw_buf_str(&r->all_rules), ikw_buf_str(&r->all_facts),
             &all);
    kit_answer(bed.e, true, &third);
    ok = ok &&
         (derivations == SIZE_MAX || derivations == count_derivations(bed.e));
    kit_close(&bed);
    ok = ok && !strcmp(ikw_buf_str(&one), ikw_buf_str(&other)) &&
         !strcmp(ikw_buf_str(&one), ikw_buf_str(&third));
    ikw_buf_release(&one);
    ikw_buf_release(&other);
    ikw_buf_release(&third);
    return ok;
}

static void random_rules_agree_with_the_reference(void)
{
    unsigned ran = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct round r;
        dice = 1000003u * (i + 1);
        round_roll(&r);
        drop_doubles(&r);
        round_text(&r);
        if (!refused(&r)) {
            bool ok = round_check(&r);
            CU_ASSERT(ok);
            if (!ok)
                fprintf(stderr, "round %u\n", i);
            ran++;
        }
        round_release(&r);
    }
    CU_ASSERT(ran > ROUNDS / 2);
}

CU_TestInfo ikw_test_engine_random[] = {
    { "random_rules_agree_with_the_reference",
      random_rules_agree_with_the_reference },
    CU_TEST_INFO_NULL,
};
