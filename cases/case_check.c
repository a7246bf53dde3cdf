/*
 * The case against itself (files, lines, causes) and against the knowledge
 * base: what is true must come out, what is false must not.
 */
#include "cases/case.h"

#include <string.h>

struct check {
    const struct ikw_kb *kb;
    const struct ikw_case *c;
    struct ikw_diags *ds;
    struct ikw_case_text texts[IKW_CASE_FILES];
};

static bool fault(struct check *k, struct ikw_pos pos, const char *what,
                  const char *name)
{
    return ikw_diag_add(k->ds, pos, IKW_DIAG_CASE, "%s: %s", what, name);
}

/* ---- against itself ---------------------------------------------------- */

static void check_cause(struct check *k, struct ikw_pos pos, const char *id)
{
    if (!ikw_kb_cause(k->kb, id))
        ikw_diag_add(k->ds, pos, IKW_DIAG_UNKNOWN_CAUSE, "no cause '%s'", id);
}

static void check_causes(struct check *k, struct ikw_pos pos,
                         const struct ikw_case_causes *set)
{
    for (size_t i = 0; i < set->n; i++)
        check_cause(k, pos, set->ids[i]);
}

static bool holds(struct ikw_slice line, const char *words)
{
    size_t len = strlen(words);
    for (size_t i = 0; i + len <= line.len; i++)
        if (!memcmp(line.ptr + i, words, len))
            return true;
    return false;
}

static void check_line(struct check *k, const struct ikw_case_line *l,
                       bool says)
{
    const struct ikw_case_text *t = &k->texts[l->file];
    const char *name = k->c->files[l->file].name;
    if (l->to < l->from || l->to > t->n) {
        ikw_diag_add(k->ds, l->pos, IKW_DIAG_CASE,
                     "%s has no lines %u to %u (it has %u)", name, l->from,
                     l->to, t->n);
        return;
    }
    for (uint32_t n = l->from; says && n <= l->to; n++)
        if (holds(t->lines[n - 1], l->says))
            return;
    if (says)
        ikw_diag_add(k->ds, l->pos, IKW_DIAG_CASE,
                     "%s: no line from %u to %u says '%s'", name, l->from,
                     l->to, l->says);
}

static void check_links(struct check *k, const struct ikw_case_expect *e)
{
    for (size_t i = 0; i < e->nverdicts; i++) {
        check_cause(k, e->verdicts[i].pos, e->verdicts[i].cause);
        check_causes(k, e->verdicts[i].pos, &e->verdicts[i].same);
        check_causes(k, e->verdicts[i].pos, &e->verdicts[i].open);
    }
    check_causes(k, e->pos, &e->never);
    check_causes(k, e->pos, &e->notes);
    for (size_t i = 0; i < e->nlines; i++)
        check_line(k, &e->lines[i], true);
    for (size_t i = 0; i < e->nrivals; i++) {
        check_cause(k, e->rivals[i].line.pos, e->rivals[i].cause);
        check_line(k, &e->rivals[i].line, false);
    }
}

static bool read_texts(struct check *k)
{
    bool ok = true;
    for (unsigned i = 0; i < k->c->nfiles; i++)
        if (!ikw_case_text_read(&k->texts[i], k->c, i, k->ds))
            ok = fault(k, k->c->files[i].pos, "cannot be read",
                       k->c->files[i].name);
    return ok;
}

/* ---- against the knowledge base ---------------------------------------- */

static int band_rank(const struct ikw_kb *kb, const char *word)
{
    for (size_t i = 0; i < kb->nbands; i++)
        if (!strcmp(kb->bands[i].word, word))
            return (int)i; /* highest first */
    return -1;
}

static bool band_fits(const struct ikw_kb *kb, const struct ikw_verdict *v,
                      const struct ikw_case_verdict *want)
{
    int got = band_rank(kb, v->band->word);
    return (!want->at_least || got <= band_rank(kb, want->at_least)) &&
           (!want->at_most || got >= band_rank(kb, want->at_most));
}

/* The verdict names it, or names another that cannot be told from it and
 * keeps it among the rivals. */
static bool names(const struct ikw_verdict *v,
                  const struct ikw_case_verdict *want)
{
    const char *id = v->cause->id;
    if (!strcmp(id, want->cause) || ikw_case_has(&want->same, id))
        return true;
    if (!ikw_case_has(&want->open, id))
        return false;
    for (size_t i = 0; i < v->nrivals; i++) {
        const char *rival = v->rivals[i].cause->id;
        if (!v->rivals[i].excluded &&
            (!strcmp(rival, want->cause) || ikw_case_has(&want->same, rival)))
            return true;
    }
    return false;
}

static void list_verdicts(const struct ikw_report *rep, struct ikw_buf *out)
{
    for (size_t i = 0; i < rep->nverdicts; i++)
        ikw_buf_addf(out, "%s%s (%s)", i ? ", " : "",
                     rep->verdicts[i]->cause->id, rep->verdicts[i]->band->word);
    if (!rep->nverdicts)
        ikw_buf_adds(out, "none");
}

static const struct ikw_verdict *
check_verdict(struct check *k, const struct ikw_report *rep,
              const struct ikw_case_verdict *want, bool first)
{
    size_t among = first && rep->nverdicts ? 1 : rep->nverdicts;
    for (size_t i = 0; i < among; i++)
        if (names(rep->verdicts[i], want) &&
            band_fits(k->kb, rep->verdicts[i], want))
            return rep->verdicts[i];
    struct ikw_buf got = { 0 };
    list_verdicts(rep, &got);
    ikw_diag_add(k->ds, want->pos, IKW_DIAG_CASE,
                 "%sverdict %s (%s to %s) expected; got %s",
                 first ? "first " : "", want->cause,
                 want->at_least ? want->at_least : "any",
                 want->at_most ? want->at_most : "any", ikw_buf_str(&got));
    ikw_buf_release(&got);
    return NULL;
}

enum { PREFIX = 16 };

/* Whether line `n` says what the evidence says, but for its numbers. */
static bool alike(struct ikw_slice line, const char *text)
{
    char start[PREFIX + 1];
    size_t len = text ? strcspn(text, "0123456789") : 0;
    len = len < PREFIX ? len : PREFIX;
    if (!len)
        return false;
    memcpy(start, text, len);
    start[len] = '\0';
    return holds(line, start);
}

/* A fact that was seen often has its first and last line only; between them
 * its lines are those that say the same. */
static bool hits(const struct check *k, const struct ikw_case_line *l,
                 const struct ikw_evidence *a, const struct ikw_evidence *b)
{
    uint32_t last = b->line > a->line ? b->line : a->line;
    if (!a->line || a->file != l->file)
        return false;
    for (uint32_t n = l->from; n <= l->to; n++)
        if (n == a->line || n == last ||
            (n > a->line && n < last &&
             alike(k->texts[l->file].lines[n - 1], a->text)))
            return true;
    return false;
}

static bool proof_hits(const struct check *k, const struct ikw_proof *p,
                       const struct ikw_case_line *l, unsigned depth)
{
    if (!p || depth > 32)
        return false;
    if (hits(k, l, &p->first, &p->last))
        return true;
    for (size_t i = 0; i < p->nchildren; i++)
        if (proof_hits(k, p->children[i], l, depth + 1))
            return true;
    return false;
}

static bool rests_on(const struct check *k, const struct ikw_verdict *v,
                     const struct ikw_case_line *l)
{
    for (size_t i = 0; i < v->nevidence; i++)
        if (hits(k, l, &v->evidence[i].first, &v->evidence[i].last))
            return true;
    return proof_hits(k, v->proof, l, 0);
}

/* Lines may belong to any verdict the case expects. */
static void check_chain(struct check *k, const struct ikw_case_expect *e,
                        const struct ikw_report *rep)
{
    for (size_t i = 0; i < e->nlines; i++) {
        bool found = !e->lines[i].engine || !e->nverdicts;
        for (size_t j = 0; j < rep->nverdicts && !found; j++)
            found = rests_on(k, rep->verdicts[j], &e->lines[i]);
        if (!found)
            fault(k, e->lines[i].pos, "no verdict rests on this line",
                  e->lines[i].says);
    }
}

static void check_notes(struct check *k, const struct ikw_case_expect *e,
                        const struct ikw_report *rep)
{
    for (size_t i = 0; i < e->notes.n; i++) {
        bool found = false;
        for (size_t j = 0; j < rep->nnotes && !found; j++)
            found = !strcmp(rep->notes[j]->id, e->notes.ids[i]);
        if (!found)
            fault(k, e->pos, "this note is not there", e->notes.ids[i]);
    }
}

static bool outcome_fits(const char *words, const char *got)
{
    for (const char *p = words; *p;) {
        size_t len = strcspn(p, " ");
        if (len == strlen(got) && !memcmp(p, got, len))
            return true;
        p += len + (p[len] == ' ');
    }
    return false;
}

static void check_expect(struct check *k, const struct ikw_case_expect *e)
{
    struct ikw_report *rep =
        ikw_case_diagnose(k->kb, k->c, ikw_case_logs(k->c, e->all), k->ds);
    if (!rep)
        return;
    if (!outcome_fits(e->outcome, ikw_outcome_name(rep->outcome)))
        ikw_diag_add(k->ds, e->pos, IKW_DIAG_CASE,
                     "outcome %s expected; got %s", e->outcome,
                     ikw_outcome_name(rep->outcome));
    for (size_t i = 0; i < e->nverdicts; i++)
        check_verdict(k, rep, &e->verdicts[i], i == 0);
    for (size_t i = 0; i < rep->nverdicts; i++)
        if (ikw_case_has(&e->never, rep->verdicts[i]->cause->id))
            fault(k, e->pos, "this verdict must not be there",
                  rep->verdicts[i]->cause->id);
    check_chain(k, e, rep);
    check_notes(k, e, rep);
    ikw_report_free(rep);
}

/* ---- whose log it is --------------------------------------------------- */

struct roles {
    bool any, initiator, responder;
};

static void note_roles(void *arg, struct ikw_fact_set *fs)
{
    struct roles *r = arg;
    for (size_t i = 0; i < fs->nfacts; i++) {
        struct ikw_value role = ikw_fact_get(fs->facts[i], "role");
        struct ikw_value phase = ikw_fact_get(fs->facts[i], "phase");
        if (role.kind != IKW_STR || phase.kind != IKW_INT || phase.u.i != 1)
            continue;
        r->initiator |= !strcmp(role.u.str, "I");
        r->responder |= !strcmp(role.u.str, "R");
        r->any = true;
    }
}

/* A log in the wrong drawer is a case that teaches nonsense. */
static void check_role(struct check *k)
{
    struct roles r = { 0 };
    unsigned files = 0;
    bool us = !strcmp(k->c->role, "initiator");
    if (!us && strcmp(k->c->role, "responder") != 0)
        return;
    for (unsigned i = 0; i < k->c->nfiles; i++)
        if (!k->c->files[i].peer && !k->c->files[i].cost)
            files |= 1u << i;
    ikw_case_facts(k->kb, k->c, files, note_roles, &r, k->ds);
    if (r.any && !(us ? r.initiator : r.responder))
        fault(k, k->c->pos, "the log is not of this role", k->c->role);
}

static void check_gap(struct check *k, const struct ikw_case_expect *e)
{
    struct ikw_diags hidden = { 0 };
    struct check inner = *k;
    inner.ds = &hidden;
    check_expect(&inner, e);
    if (!hidden.errors)
        fault(k, e->pos, "this gap is closed, take it out", e->gap);
    ikw_diags_release(&hidden);
}

bool ikw_case_check(const struct ikw_kb *kb, const struct ikw_case *c,
                    struct ikw_diags *ds)
{
    struct check k = { .kb = kb, .c = c, .ds = ds };
    size_t before = ds->errors;
    if (read_texts(&k))
        for (size_t i = 0; i < c->nexpects; i++)
            check_links(&k, &c->expects[i]);
    check_role(&k);
    for (size_t i = 0; i < c->nexpects && ds->errors == before; i++)
        if (c->expects[i].gap)
            check_gap(&k, &c->expects[i]);
        else
            check_expect(&k, &c->expects[i]);
    for (unsigned i = 0; i < c->nfiles; i++)
        ikw_case_text_release(&k.texts[i]);
    return ds->errors == before;
}
