/*
 * A rule for CLIPS: facts in the order written, then absences and counts,
 * which need all variables. A stratum runs before those above it: its
 * salience is higher.
 */
#include "cli/clips.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    const struct ikw_clips *c;
    const struct ikw_rule *rule;
    struct ikw_buf *out;
    struct ikw_diags *ds;
    int first;          /* pattern that gives the rule its source */
    const char **names; /* by variable: what stands for it; NULL: unbound */
    struct ikw_arena arena;
};

static bool is_count(const struct ikw_pattern *p)
{
    return !p->absent && (p->least_count > 0 || p->most_count >= 0);
}

static bool is_fact(const struct ikw_pattern *p)
{
    return !p->absent && !is_count(p);
}

static bool derivable(const struct writer *w, const struct ikw_pattern *p)
{
    return w->c->derivable[p->type->index];
}

/* ---- what cannot be said ----------------------------------------------- */

static bool refuse(const struct writer *w, struct ikw_pos pos, const char *what)
{
    return ikw_diag_add(w->ds, pos, IKW_DIAG_EXPORT,
                        "rule '%s': not in CLIPS: %s", w->rule->id, what);
}

static bool anchor_ok(const struct writer *w, const struct ikw_pattern *p,
                      int at)
{
    if (at < 0)
        return true;
    if (!is_fact(&w->rule->patterns[at]))
        return refuse(w, p->pos, "a window on a fact that is not there");
    return !derivable(w, &w->rule->patterns[at]) ||
           refuse(w, p->pos, "a window on a fact that rules derive");
}

static bool pattern_ok(const struct writer *w, const struct ikw_pattern *p)
{
    bool ok = anchor_ok(w, p, p->after);
    ok &= anchor_ok(w, p, p->before);
    if (!derivable(w, p))
        return ok;
    if (p->after >= 0 || p->before >= 0)
        ok = refuse(w, p->pos, "a window for a fact that rules derive");
    if (is_count(p))
        ok = refuse(w, p->pos, "the count of facts that rules derive");
    for (size_t i = 0; i < p->ntests; i++)
        if (p->tests[i].slot >= IKW_PSEUDO_T)
            ok = refuse(w, p->pos,
                        "time, line or count of a fact that rules "
                        "derive");
    return ok;
}

static bool then_ok(const struct writer *w, const struct ikw_then *t)
{
    bool ok = true;
    for (size_t i = 0; i < t->nslots; i++)
        if (t->slots[i].var < 0 && t->slots[i].pattern >= 0 &&
            derivable(w, &w->rule->patterns[t->slots[i].pattern]))
            ok = refuse(w, t->pos,
                        "time, line or count of a fact that rules "
                        "derive");
    return ok;
}

static bool rule_ok(const struct writer *w)
{
    bool ok = true;
    for (size_t i = 0; i < w->rule->npatterns; i++)
        ok &= pattern_ok(w, &w->rule->patterns[i]);
    for (size_t i = 0; i < w->rule->nthens; i++)
        ok &= then_ok(w, &w->rule->thens[i]);
    return ok;
}

/* ---- names ------------------------------------------------------------- */

static const char *slot_name(const struct ikw_type *type, unsigned slot)
{
    static const char *const pseudo[] = { "@t", "@last", "@count", "@line" };
    return slot < IKW_PSEUDO_T ? type->slots[slot].name
                               : pseudo[slot - IKW_PSEUDO_T];
}

/* A variable's name may hold what CLIPS reads otherwise. */
static const char *var_name(struct writer *w, int var)
{
    const char *name = w->rule->vars[var];
    struct ikw_buf b = { 0 };
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")])
        ikw_buf_addf(&b, "?v.%d", var);
    else
        ikw_buf_addf(&b, "?v-%s", name);
    name = ikw_arena_strdup(&w->arena, ikw_buf_str(&b));
    ikw_buf_release(&b);
    return name;
}

/* A window of nothing, or a variable that holds a sighting. */
static void put_anchor(struct writer *w, int at)
{
    if (at < 0)
        ikw_buf_adds(w->out, " (create$)");
    else
        ikw_buf_addf(w->out, " ?from%d", at);
}

static void put_window(struct writer *w, const struct ikw_pattern *p)
{
    put_anchor(w, p->after);
    put_anchor(w, p->before);
    ikw_buf_addf(w->out, " %" PRId64, p->within_ms);
}

static bool has_window(const struct ikw_pattern *p)
{
    return p->after >= 0 || p->before >= 0;
}

static void put_alts(struct writer *w, const struct ikw_test *t,
                     const char *before, const char *between)
{
    for (size_t i = 0; i < t->nalts; i++) {
        ikw_buf_adds(w->out, i ? between : before);
        ikw_clips_value(w->out, t->alts[i]);
    }
}

static const char *sign(enum ikw_test_op op)
{
    return op == IKW_TEST_LT   ? "<"
           : op == IKW_TEST_LE ? "<="
           : op == IKW_TEST_GT ? ">"
                               : ">=";
}

/* `term` is more, or less, than a constant or a variable. */
static void put_order(struct writer *w, const struct ikw_test *t,
                      const char *term)
{
    ikw_buf_addf(w->out, "(and (integerp %s) (%s %s ", term, sign(t->op), term);
    if (t->var >= 0)
        ikw_buf_adds(w->out, w->names[t->var]);
    else
        ikw_clips_value(w->out, t->alts[0]);
    ikw_buf_adds(w->out, "))");
}

/* A test as an expression, the variable bound. */
static void put_condition(struct writer *w, const struct ikw_test *t,
                          const char *term)
{
    switch (t->op) {
    case IKW_TEST_EQ:
    case IKW_TEST_NE:
        ikw_buf_addf(w->out, "%s %s",
                     t->op == IKW_TEST_EQ ? "(not (neq" : "(neq", term);
        put_alts(w, t, " ", " ");
        ikw_buf_adds(w->out, t->op == IKW_TEST_EQ ? "))" : ")");
        break;
    case IKW_TEST_VAR_EQ:
    case IKW_TEST_VAR_NE:
        ikw_buf_addf(w->out, "(%s %s %s)",
                     t->op == IKW_TEST_VAR_EQ ? "eq" : "neq", term,
                     w->names[t->var]);
        break;
    case IKW_TEST_SET:
    case IKW_TEST_UNSET:
        ikw_buf_addf(w->out, "(%s %s nil)",
                     t->op == IKW_TEST_SET ? "neq" : "eq", term);
        break;
    case IKW_TEST_LT:
    case IKW_TEST_LE:
    case IKW_TEST_GT:
    case IKW_TEST_GE:
        put_order(w, t, term);
        break;
    }
}

/* ---- tests in a pattern ------------------------------------------------ */

static void put_join(struct writer *w, const struct ikw_test *t)
{
    bool binds = !w->names[t->var];
    if (binds)
        w->names[t->var] = var_name(w, t->var);
    ikw_buf_addf(w->out, "%s%s", w->names[t->var], binds ? "&~nil" : "");
}

/* What a test asks of its slot, `own` being a name for the slot's value. */
static void put_constraint(struct writer *w, const struct ikw_test *t,
                           const char *own)
{
    switch (t->op) {
    case IKW_TEST_EQ:
        put_alts(w, t, "", "|");
        break;
    case IKW_TEST_NE:
        put_alts(w, t, "~", "&~");
        break;
    case IKW_TEST_VAR_EQ:
        put_join(w, t);
        break;
    case IKW_TEST_VAR_NE:
        ikw_buf_addf(w->out, "~%s", w->names[t->var]);
        break;
    case IKW_TEST_SET:
        ikw_buf_adds(w->out, "~nil");
        break;
    case IKW_TEST_UNSET:
        ikw_buf_adds(w->out, "nil");
        break;
    case IKW_TEST_LT:
    case IKW_TEST_LE:
    case IKW_TEST_GT:
    case IKW_TEST_GE:
        ikw_buf_addf(w->out, "%s&:", own);
        put_order(w, t, own);
        break;
    }
}

/* Likewise, where a conclusion needs the value: only the first variable of a
 * slot is bound. */
static void put_named(struct writer *w, const struct ikw_test *t,
                      const char *own)
{
    ikw_buf_addf(w->out, "%s&", own);
    if (t->op == IKW_TEST_VAR_EQ && !w->names[t->var]) {
        w->names[t->var] = ikw_arena_strdup(&w->arena, own);
        ikw_buf_adds(w->out, "~nil");
    } else {
        ikw_buf_addc(w->out, ':');
        put_condition(w, t, own);
    }
}

/* Does some conclusion use the time, line or count of this pattern? */
static bool is_told(const struct writer *w, size_t at, unsigned pseudo)
{
    for (size_t i = 0; i < w->rule->nthens; i++) {
        const struct ikw_then *t = &w->rule->thens[i];
        for (size_t k = 0; k < t->nslots; k++)
            if (t->slots[k].var < 0 && t->slots[k].pattern == (int)at &&
                t->slots[k].pseudo == pseudo)
                return true;
    }
    return false;
}

static bool has_test(const struct ikw_pattern *p, unsigned slot)
{
    for (size_t i = 0; i < p->ntests; i++)
        if (p->tests[i].slot == slot)
            return true;
    return false;
}

static void put_slot(struct writer *w, size_t at, const struct ikw_test *t)
{
    const struct ikw_pattern *p = &w->rule->patterns[at];
    char own[32];
    snprintf(own, sizeof own, "?own%zu-%u", at, t->slot);
    ikw_buf_addf(w->out, " (%s ", slot_name(p->type, t->slot));
    if (t->slot >= IKW_PSEUDO_T && is_told(w, at, t->slot))
        put_named(w, t, own);
    else
        put_constraint(w, t, own);
    ikw_buf_addc(w->out, ')');
}

/* Variables are bound before other tests of the fact use them. */
static void put_tests(struct writer *w, size_t at)
{
    const struct ikw_pattern *p = &w->rule->patterns[at];
    for (size_t i = 0; i < p->ntests; i++)
        if (p->tests[i].op == IKW_TEST_VAR_EQ)
            put_slot(w, at, &p->tests[i]);
    for (size_t i = 0; i < p->ntests; i++)
        if (p->tests[i].op != IKW_TEST_VAR_EQ)
            put_slot(w, at, &p->tests[i]);
}

static void put_source(struct writer *w, size_t at)
{
    const struct ikw_pattern *p = &w->rule->patterns[at];
    if ((int)at == w->first || p->from == IKW_FROM_SAME)
        ikw_buf_adds(w->out, " (@source ?source)");
    else if (p->from == IKW_FROM_OTHER)
        ikw_buf_adds(w->out, " (@source ~?source)");
}

static bool is_anchor(const struct ikw_rule *r, size_t at)
{
    for (size_t i = 0; i < r->npatterns; i++)
        if (r->patterns[i].after == (int)at || r->patterns[i].before == (int)at)
            return true;
    return false;
}

static void put_pattern(struct writer *w, size_t at)
{
    const struct ikw_pattern *p = &w->rule->patterns[at];
    ikw_buf_addf(w->out, "(%s", p->type->name);
    put_source(w, at);
    put_tests(w, at);
    if (has_window(p) || is_anchor(w->rule, at))
        ikw_buf_addf(w->out, " (@from $?from%zu)", at);
    if (has_window(p)) {
        ikw_buf_addf(w->out, " (@to $?to%zu&:(in-window ?from%zu ?to%zu", at,
                     at, at);
        put_window(w, p);
        ikw_buf_adds(w->out, "))");
    }
    for (unsigned s = IKW_PSEUDO_T; is_fact(p) && s <= IKW_PSEUDO_LINE; s++)
        if (is_told(w, at, s) && !has_test(p, s))
            ikw_buf_addf(w->out, " (%s ?own%zu-%u)", slot_name(p->type, s), at,
                         s);
    ikw_buf_addc(w->out, ')');
}

/* ---- absences ---------------------------------------------------------- */

/* The log of `source`; its answer is given by put_shows. */
static void put_log(struct writer *w, size_t at, char which, const char *source)
{
    ikw_buf_addf(w->out,
                 "  (@log (source %s) (present ?here%zu%c) "
                 "(level ?level%zu%c)\n"
                 "    (begin ?begin%zu%c) (end ?end%zu%c",
                 source, at, which, at, which, at, which, at, which);
}

static void put_shows(struct writer *w, size_t at, char which,
                      const char *unlogged)
{
    const struct ikw_pattern *p = &w->rule->patterns[at];
    ikw_buf_addf(w->out, "(shows ?here%zu%c ?level%zu%c ?begin%zu%c ?end%zu%c",
                 at, which, at, which, at, which, at, which);
    ikw_buf_addf(w->out, " %d %s", (int)p->visible, unlogged);
    put_window(w, p);
    ikw_buf_addc(w->out, ')');
}

/* Of either log: the one that is there answers. */
static void put_sight_any(struct writer *w, size_t at)
{
    bool none = w->rule->patterns[at].visible == IKW_LEVEL_NONE;
    char other[2][64];
    for (int i = 0; i < 2; i++)
        snprintf(other[i], sizeof other[i], "(eq ?here%zu%c yes)", at,
                 i ? 'a' : 'b');
    put_log(w, at, 'a', "local");
    ikw_buf_adds(w->out, "))\n");
    put_log(w, at, 'b', "peer");
    ikw_buf_adds(w->out, "&:(and ");
    put_shows(w, at, 'a', none ? "TRUE" : other[0]);
    ikw_buf_addc(w->out, ' ');
    put_shows(w, at, 'b', none ? "TRUE" : other[1]);
    ikw_buf_adds(w->out, ")))\n");
}

/* The log would have shown the fact that is not there. */
static void put_sight(struct writer *w, size_t at)
{
    const struct ikw_pattern *p = &w->rule->patterns[at];
    bool none = p->visible == IKW_LEVEL_NONE && p->from != IKW_FROM_OTHER;
    if (none && p->within_ms < 0)
        return;
    if (p->from == IKW_FROM_ANY) {
        put_sight_any(w, at);
        return;
    }
    put_log(w, at, 'a', p->from == IKW_FROM_OTHER ? "~?source" : "?source");
    ikw_buf_adds(w->out, "&:");
    put_shows(w, at, 'a', none ? "TRUE" : "FALSE");
    ikw_buf_adds(w->out, "))\n");
}

/* Variables bound in it are its own. */
static void put_absent(struct writer *w, size_t at)
{
    const char **before =
        IKW_ARENA_ARRAY(&w->arena, const char *, w->rule->nvars + 1);
    memcpy(before, w->names, w->rule->nvars * sizeof *before);
    put_sight(w, at);
    ikw_buf_adds(w->out, "  (not ");
    put_pattern(w, at);
    ikw_buf_adds(w->out, ")\n");
    memcpy(w->names, before, w->rule->nvars * sizeof *before);
}

/* ---- counts: a function that adds up, before the rule ------------------ */

/* The slot of the fact in hand, in a query. */
static const char *term_of(struct writer *w, const struct ikw_pattern *p,
                           const struct ikw_test *t)
{
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "?f:%s", slot_name(p->type, t->slot));
    const char *term = ikw_arena_strdup(&w->arena, ikw_buf_str(&b));
    ikw_buf_release(&b);
    return term;
}

/* A variable that no fact of the rule binds is that slot's own. */
static void put_count_tests(struct writer *w, const struct ikw_pattern *p)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < p->ntests; i++) {
            const struct ikw_test *t = &p->tests[i];
            const char *term = term_of(w, p, t);
            if ((t->op == IKW_TEST_VAR_EQ) == (pass == 1))
                continue;
            ikw_buf_addc(w->out, ' ');
            if (pass == 0 && !w->names[t->var]) {
                w->names[t->var] = term;
                ikw_buf_addf(w->out, "(neq %s nil)", term);
            } else {
                put_condition(w, t, term);
            }
        }
}

/* What the count needs of the rule. */
static void put_arguments(struct writer *w, const struct ikw_pattern *p,
                          bool *met)
{
    memset(met, 0, w->rule->nvars * sizeof *met);
    ikw_buf_adds(w->out, "?source");
    if (p->after >= 0)
        ikw_buf_addf(w->out, " ?from%d", p->after);
    if (p->before >= 0 && p->before != p->after)
        ikw_buf_addf(w->out, " ?from%d", p->before);
    for (size_t i = 0; i < p->ntests; i++) {
        int v = p->tests[i].var;
        if (v < 0 || met[v] || !w->names[v])
            continue;
        met[v] = true;
        ikw_buf_addf(w->out, " %s", w->names[v]);
    }
}

static void put_count_function(struct writer *w, size_t at, bool *met)
{
    const struct ikw_pattern *p = &w->rule->patterns[at];
    ikw_buf_addf(w->out, "(deffunction %s@%zu (", w->rule->id, at);
    put_arguments(w, p, met);
    ikw_buf_addf(w->out,
                 ")\n  (bind ?sum 0)\n  (do-for-all-facts ((?f %s)) (and TRUE",
                 p->type->name);
    if (p->from != IKW_FROM_ANY)
        ikw_buf_addf(w->out, " (%s ?f:@source ?source)",
                     p->from == IKW_FROM_SAME ? "eq" : "neq");
    put_count_tests(w, p);
    if (has_window(p)) {
        ikw_buf_adds(w->out, " (in-window ?f:@from ?f:@to");
        put_window(w, p);
        ikw_buf_addc(w->out, ')');
    }
    ikw_buf_adds(w->out, ")\n    (bind ?sum (+ ?sum ?f:@count)))\n  ?sum)\n");
}

static void name_all(struct writer *w)
{
    for (size_t i = 0; i < w->rule->npatterns; i++) {
        const struct ikw_pattern *p = &w->rule->patterns[i];
        for (size_t k = 0; is_fact(p) && k < p->ntests; k++)
            if (p->tests[k].op == IKW_TEST_VAR_EQ)
                w->names[p->tests[k].var] = var_name(w, p->tests[k].var);
    }
}

static void put_count_functions(struct writer *w, bool *met)
{
    for (size_t i = 0; i < w->rule->npatterns; i++) {
        if (!is_count(&w->rule->patterns[i]))
            continue;
        name_all(w);
        put_count_function(w, i, met);
        memset(w->names, 0, w->rule->nvars * sizeof *w->names);
    }
}

static void put_count(struct writer *w, size_t at, bool *met)
{
    const struct ikw_pattern *p = &w->rule->patterns[at];
    ikw_buf_addf(w->out, "  (@loaded)\n  (test (<= %" PRId64 " (%s@%zu ",
                 p->least_count, w->rule->id, at);
    put_arguments(w, p, met);
    ikw_buf_addc(w->out, ')');
    if (p->most_count >= 0)
        ikw_buf_addf(w->out, " %" PRId64, p->most_count);
    ikw_buf_adds(w->out, "))\n");
}

/* ---- conclusions ------------------------------------------------------- */

static void put_derive(struct writer *w, const struct ikw_then *t)
{
    ikw_buf_addf(w->out, "\n  (assert (%s (@source ?source)", t->type->name);
    for (size_t i = 0; i < t->nslots; i++) {
        const struct ikw_then_slot *s = &t->slots[i];
        const char *slot = t->type->slots[s->slot].name;
        if (s->var >= 0) {
            if (w->names[s->var])
                ikw_buf_addf(w->out, " (%s %s)", slot, w->names[s->var]);
        } else if (s->pattern < 0) {
            ikw_buf_addf(w->out, " (%s ", slot);
            ikw_clips_value(w->out, s->value);
            ikw_buf_addc(w->out, ')');
        } else if (is_fact(&w->rule->patterns[s->pattern])) {
            ikw_buf_addf(w->out, " (%s ?own%d-%u)", slot, s->pattern,
                         s->pseudo);
        }
    }
    ikw_buf_adds(w->out, "))");
}

static void put_weight(struct writer *w, const struct ikw_then *t)
{
    static const char *const kinds[] = { [IKW_THEN_WEIGH] = "weigh",
                                         [IKW_THEN_SUFFICE] = "suffice",
                                         [IKW_THEN_EXCLUDE] = "exclude" };
    const char *subject = t->subject_var >= 0 ? w->names[t->subject_var] : NULL;
    ikw_buf_addf(w->out,
                 "\n  (assert (@weight (rule \"%s\") (cause \"%s\") "
                 "(subject %s)\n    (kind %s) (db %d)",
                 w->rule->id, t->cause->id, subject ? subject : "0",
                 kinds[t->kind], t->db);
    if (t->group) {
        ikw_buf_adds(w->out, " (group ");
        ikw_clips_value(w->out, ikw_value_str(t->group));
        ikw_buf_addc(w->out, ')');
    }
    ikw_buf_adds(w->out, "))");
}

/* ---- the rule ---------------------------------------------------------- */

static void put_conditions(struct writer *w, bool *met)
{
    const struct ikw_rule *r = w->rule;
    for (size_t i = 0; i < r->npatterns; i++) {
        if (!is_fact(&r->patterns[i]))
            continue;
        ikw_buf_adds(w->out, "  ");
        put_pattern(w, i);
        ikw_buf_addc(w->out, '\n');
    }
    for (size_t i = 0; i < r->npatterns; i++) {
        if (r->patterns[i].absent)
            put_absent(w, i);
        else if (is_count(&r->patterns[i]))
            put_count(w, i, met);
    }
}

static void put_rule(struct writer *w, bool *met)
{
    const struct ikw_rule *r = w->rule;
    ikw_buf_addf(w->out, "\n; %s:%u\n", r->pos.file, r->pos.line);
    put_count_functions(w, met);
    ikw_buf_addf(w->out, "(defrule %s (declare (salience -%u))\n", r->id,
                 r->stratum);
    put_conditions(w, met);
    ikw_buf_adds(w->out, "  =>");
    for (size_t i = 0; i < r->nthens; i++)
        if (r->thens[i].kind == IKW_THEN_DERIVE)
            put_derive(w, &r->thens[i]);
        else
            put_weight(w, &r->thens[i]);
    ikw_buf_adds(w->out, ")\n");
}

bool ikw_clips_rule(const struct ikw_clips *c, const struct ikw_rule *rule,
                    struct ikw_buf *out, struct ikw_diags *ds)
{
    struct writer w = { .c = c, .rule = rule, .out = out, .ds = ds };
    if (!rule_ok(&w))
        return false;
    bool *met = IKW_ARENA_ARRAY(&w.arena, bool, rule->nvars + 1);
    w.names = IKW_ARENA_ARRAY(&w.arena, const char *, rule->nvars + 1);
    while (!is_fact(&rule->patterns[w.first]))
        w.first++;
    put_rule(&w, met);
    ikw_arena_release(&w.arena);
    return true;
}
