/* ikewhy why FILE:LINE: what the line means here, and what rests on it. */
#include "cli/why.h"

#include "inference/verdict.h"

#include <stdlib.h>
#include <string.h>

enum { CONCLUSIONS_SHOWN = 24, SETS_ASKED = 3 };

struct asked {
    struct ikw_drop at; /* file and line */
    const char *path;   /* of the log with the line */
    unsigned file;      /* its index */
    struct ikw_found found;
};

/* ---- the line itself ---------------------------------------------------- */

static bool find_file(const struct ikw_session *s, struct asked *a)
{
    for (size_t i = 0; i < s->ninputs; i++) {
        const char *name = ikw_session_file(s, (unsigned)i);
        if (a->at.file.len && !ikw_file_named(name, a->at.file))
            continue;
        a->path = name;
        a->file = (unsigned)i;
        return true;
    }
    ikw_complain("no log %.*s among those given", (int)a->at.file.len,
                 a->at.file.len ? a->at.file.ptr : "");
    return false;
}

static bool read_line(struct ikw_session *s, const struct ikw_options *o,
                      struct asked *a)
{
    struct ikw_line_reader r = { .kb = s->kb };
    struct ikw_matcher *m = ikw_matcher_new(s->kb);
    r.matcher = m;
    r.envelope = (struct ikw_envelope_opts){ s->envelope, o->year };
    bool ok = ikw_line_find(&r, a->path, a->at.from, &a->found, &s->diags);
    ikw_matcher_free(m);
    if (ok && !a->found.there)
        ikw_complain("%s has no line %u", a->path, a->at.from);
    return ok && a->found.there;
}

static void show_line(struct ikw_page *page, const struct ikw_session *s,
                      const struct asked *a)
{
    struct ikw_evidence place = { .file = a->file, .line = a->at.from };
    struct ikw_buf head = { 0 }, text = { 0 };
    const char *level =
        a->found.whole ? ikw_level_word(a->found.line.level) : NULL;
    ikw_add_place(&head, page, s, &place);
    ikw_buf_adds(&head, "  ");
    for (const char *p = level; p && *p; p++)
        ikw_buf_addc(&text, (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p));
    ikw_buf_adds(&text, level ? ": " : "");
    ikw_found_words(&a->found, &text);
    ikw_page_flow(page, head.ptr, "          ", IKW_BOLD, 0, text.ptr);
    ikw_buf_addc(&page->out, '\n');
    ikw_buf_release(&head);
    ikw_buf_release(&text);
}

static void show_meaning(struct ikw_page *page, const struct ikw_session *s,
                         const struct asked *a)
{
    const char *says = NULL;
    if (!a->found.whole)
        says = a->found.dump
                   ? "It is part of a dump that the line before it heads."
                   : "It is empty.";
    else if (a->found.line.foreign)
        says = "Another program wrote it.";
    else if (!a->found.match.tmpl)
        says = "No message of the knowledge base matches it.";
    if (says)
        ikw_page_flow(page, "", "", IKW_PLAIN, 0, says);
    else
        ikw_show_message(page, s->kb, a->found.match.tmpl->message, false);
}

/* ---- facts that stand on it ---------------------------------------------- */

/* A fact seen many times keeps its first and last line only; of those in
 * between it is known that the same message was counted. */
static bool between(const struct ikw_fact *f, const struct asked *a)
{
    const struct ikw_message *m =
        a->found.match.tmpl ? a->found.match.tmpl->message : NULL;
    return m && a->found.whole && f->first.message == m && f->count > 2 &&
           f->first.file == a->file && f->last.file == a->file &&
           f->first.line < a->at.from && f->last.line > a->at.from;
}

static bool stands(const struct ikw_fact *f, const struct asked *a)
{
    return ikw_fact_at(f, a->file, a->at.from) || between(f, a);
}

static bool daemon_fact(const struct ikw_fact *f)
{
    return f->type->negotiation < 0 && ikw_type_slot(f->type, "id") < 0;
}

static void show_fact(struct ikw_page *page, const struct ikw_fact *f,
                      const struct asked *a, bool first)
{
    struct ikw_buf b = { 0 };
    ikw_fact_words(f, &b);
    if (f->count > 1)
        ikw_buf_addf(&b, " (%u times, lines %u to %u)", f->count, f->first.line,
                     f->last.line);
    if (between(f, a))
        ikw_buf_adds(&b, ", this line probably among them");
    ikw_page_flow(page, first ? "HERE      " : "          ", "          ",
                  IKW_PLAIN, 0, b.ptr);
    ikw_buf_release(&b);
}

static void add_negotiation(struct ikw_fact_set *fs, const struct ikw_fact *f,
                            struct ikw_buf *out)
{
    struct ikw_value id = ikw_fact_get(f, "negotiation");
    for (size_t i = 0; id.kind == IKW_INT && i < fs->nfacts; i++)
        if (ikw_value_eq(ikw_fact_get(fs->facts[i], "id"), id)) {
            ikw_fact_words(fs->facts[i], out);
            ikw_buf_addf(out, " (line %u)", fs->facts[i]->first.line);
            return;
        }
}

static void show_whose(struct ikw_page *page, struct ikw_fact_set *fs,
                       const struct ikw_fact *f)
{
    struct ikw_buf b = { 0 };
    if (fs->local || fs->peer)
        ikw_tunnel_words(&b, fs->local, fs->peer, fs->tunnel_name);
    else
        ikw_buf_adds(&b, "the daemon itself");
    size_t before = b.len;
    ikw_buf_adds(&b, ": ");
    add_negotiation(fs, f, &b);
    if (b.len == before + 2)
        b.len = before;
    b.ptr[b.len] = '\0';
    ikw_page_flow(page, "BELONGS   ", "          ", IKW_PLAIN, 0, b.ptr);
    ikw_buf_release(&b);
}

/* True if the set has any. */
static bool show_facts(struct ikw_page *page, struct ikw_fact_set *fs,
                       const struct asked *a)
{
    bool any = false;
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_fact *f = fs->facts[i];
        if (!stands(f, a))
            continue;
        if (!any && !daemon_fact(f))
            show_whose(page, fs, f);
        show_fact(page, f, a, !any);
        any = true;
    }
    return any;
}

/* ---- conclusions ----------------------------------------------------------
 */

static void add_conclusion(struct ikw_buf *b, const struct ikw_rest_on *r)
{
    if (r->fact) {
        ikw_fact_words(r->fact, b);
    } else if (r->weight->kind == IKW_THEN_WEIGH) {
        ikw_buf_addf(b, "%+d dB for %s", r->weight->db, r->weight->cause->id);
    } else {
        ikw_buf_addf(b, "%s %s",
                     r->weight->kind == IKW_THEN_SUFFICE ? "sufficient for"
                                                         : "rules out",
                     r->weight->cause->id);
    }
}

/* One firing may weigh many causes: they share its sentence. */
static void show_conclusions(struct ikw_page *page, const struct ikw_rest_on *v,
                             size_t n)
{
    size_t shown = 0;
    for (size_t i = 0; i < n && shown < CONCLUSIONS_SHOWN; shown++) {
        const struct ikw_derivation *d = v[i].why;
        struct ikw_buf b = { 0 }, so = { 0 };
        ikw_because(d, &b);
        ikw_page_flow(page, shown ? "          " : "SO        ", "          ",
                      IKW_PLAIN, 0, ikw_buf_str(&b));
        for (; i < n && v[i].why->rule == d->rule &&
               !memcmp(v[i].why->facts, d->facts,
                       d->rule->npatterns * sizeof *d->facts);
             i++) {
            ikw_buf_adds(&so, so.len ? "; " : "");
            add_conclusion(&so, &v[i]);
        }
        ikw_buf_addf(&so, " (rule %s)", d->rule->id);
        ikw_page_flow(page, "            = ", "              ", IKW_DIM, 0,
                      so.ptr);
        ikw_buf_release(&b);
        ikw_buf_release(&so);
    }
    if (shown == CONCLUSIONS_SHOWN)
        ikw_buf_adds(&page->out, "          and more\n");
}

static int by_firing(const void *x, const void *y)
{
    const struct ikw_rest_on *a = x, *b = y;
    int c = strcmp(a->why->rule->id, b->why->rule->id);
    if (!a->fact != !b->fact)
        return a->fact ? -1 : 1;
    if (c)
        return c;
    c = memcmp(a->why->facts, b->why->facts,
               a->why->rule->npatterns * sizeof *a->why->facts);
    return c ? c : (a > b) - (a < b);
}

static void ask_set(struct ikw_page *page, struct ikw_session *s, size_t set,
                    const struct asked *a)
{
    struct ikw_rest_on *v = NULL;
    struct ikw_inquiry *q = ikw_inquiry_open(s->dossier, set, &s->diags);
    uint32_t line = a->at.from;
    struct ikw_fact_set *fs = ikw_inquiry_set(q);
    for (size_t i = 0; i < fs->nfacts; i++)
        if (between(fs->facts[i], a))
            line = fs->facts[i]->first.line; /* what the fact rests on */
    size_t n = ikw_inquiry_rests_on(q, a->file, line, &v);
    if (n)
        qsort(v, n, sizeof *v, by_firing);
    show_conclusions(page, v, n);
    if (!n)
        ikw_page_flow(page, "SO        ", "          ", IKW_PLAIN, 0,
                      "no rule concludes anything from it here");
    ikw_inquiry_close(q);
}

/* ---- verdicts -------------------------------------------------------------
 */

static bool proof_at(const struct ikw_proof *p, const struct asked *a,
                     struct ikw_ptrmap *seen, unsigned depth)
{
    void **known = ikw_ptrmap_at(seen, p);
    if (*known || depth > 40)
        return false;
    *known = seen;
    if (p->first.line && p->first.file == a->file &&
        (p->first.line == a->at.from ||
         (p->first.line < a->at.from && p->last.line >= a->at.from &&
          p->first.message && a->found.match.tmpl &&
          p->first.message == a->found.match.tmpl->message)))
        return true;
    for (size_t i = 0; i < p->nchildren; i++)
        if (proof_at(p->children[i], a, seen, depth + 1))
            return true;
    return false;
}

static void show_verdicts(struct ikw_page *page, const struct ikw_session *s,
                          const struct asked *a)
{
    bool any = false;
    for (size_t i = 0; i < s->report->nverdicts; i++) {
        const struct ikw_verdict *v = s->report->verdicts[i];
        struct ikw_ptrmap seen = { 0 };
        struct ikw_buf b = { 0 };
        if (v->proof && proof_at(v->proof, a, &seen, 0)) {
            ikw_buf_addf(&b, "%zu, %s: %s, %d %%", i + 1, v->cause->id,
                         v->cause->title, v->certainty);
            ikw_page_flow(page, any ? "          " : "VERDICT   ", "          ",
                          IKW_BOLD, 0, b.ptr);
            any = true;
        }
        ikw_ptrmap_release(&seen);
        ikw_buf_release(&b);
    }
    if (!any)
        ikw_page_flow(page, "VERDICT   ", "          ", IKW_PLAIN, 0,
                      "none stands on this line");
}

/* ---- the answer -----------------------------------------------------------
 */

static void show_use(struct ikw_page *page, struct ikw_session *s,
                     const struct asked *a)
{
    unsigned sets = 0;
    for (size_t i = 0; i < ikw_dossier_nsets(s->dossier); i++) {
        struct ikw_fact_set *fs = ikw_dossier_set(s->dossier, i);
        bool here = false, own = false;
        for (size_t k = 0; k < fs->nfacts; k++) {
            here = here || stands(fs->facts[k], a);
            own =
                own || (stands(fs->facts[k], a) && !daemon_fact(fs->facts[k]));
        }
        /* the daemon's facts are in every set: one of them is enough */
        if (!here || (sets && !own) || sets >= SETS_ASKED)
            continue;
        sets++;
        ikw_buf_addc(&page->out, '\n');
        if (show_facts(page, fs, a))
            ask_set(page, s, i, a);
    }
    if (!sets) {
        ikw_buf_addc(&page->out, '\n');
        ikw_page_flow(page, "HERE      ", "          ", IKW_PLAIN, 0,
                      "no fact was read from it, so nothing rests on it");
    }
}

/* The answer function gets the operand through the options. */
static bool answer(struct ikw_session *s, const struct ikw_options *o,
                   struct ikw_page *page)
{
    struct asked a = { 0 };
    if (!ikw_drop_parse(o->rather_than, &a.at)) {
        ikw_complain("not FILE:LINE: %s", o->rather_than);
        return false;
    }
    bool ok = find_file(s, &a) && read_line(s, o, &a);
    if (ok) {
        show_line(page, s, &a);
        show_meaning(page, s, &a);
        show_use(page, s, &a);
        show_verdicts(page, s, &a);
    }
    ikw_found_release(&a.found);
    return ok;
}

int ikw_why_line(const struct ikw_options *o)
{
    struct ikw_options rest = ikw_without_operand(o);
    struct ikw_ask ask = { .answer = answer, .keep_sets = true };
    struct ikw_drop at;
    char *file = NULL;
    const char *only[1];
    if (!ikw_drop_parse(o->files[0], &at) || at.from != at.to) {
        ikw_complain("why: not FILE:LINE: %s (of causes: --rather-than)",
                     o->files[0]);
        return IKW_EXIT_ERROR;
    }
    if (!rest.nfiles && !rest.facts && at.file.len) {
        file = ikw_xcalloc(at.file.len + 1, 1);
        memcpy(file, at.file.ptr, at.file.len);
        only[0] = file;
        rest.files = only;
        rest.nfiles = 1;
    }
    rest.rather_than = o->files[0];
    int status = ikw_ask(&rest, &ask);
    free(file);
    return status;
}
