/*
 * Templates, functions and facts of the CLIPS program. A type of fact is a
 * template with the slots of the vocabulary and, in names that begin with
 * "@", what every fact has. Types that rules derive have only the source:
 * equal facts must be one, and the times of derived facts are those of a
 * proof, which CLIPS does not choose.
 */
#include "cli/clips.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ------------------------------------------------------------ */

static void put_text(struct ikw_buf *out, const char *s, size_t len)
{
    ikw_buf_addc(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '"' || s[i] == '\\')
            ikw_buf_addc(out, '\\');
        ikw_buf_addc(out, s[i]);
    }
    ikw_buf_addc(out, '"');
}

void ikw_clips_value(struct ikw_buf *out, struct ikw_value v)
{
    if (v.kind == IKW_INT)
        ikw_buf_addf(out, "%" PRId64, v.u.i);
    else if (v.kind == IKW_STR)
        put_text(out, v.u.str, v.len);
    else
        ikw_buf_adds(out, "nil");
}

/* ---- what all programs have -------------------------------------------- */

static const char head[] =
    "; Rules of ikewhy for CLIPS; run it with: clips -f2 FILE\n"
    ";\n"
    "; Texts are strings, numbers integers, what is unknown is nil. Slots:\n"
    ";   @source  whose log: local or peer\n"
    ";   @count   sightings\n"
    ";   @t @last @line   time of the first and last, line of the first\n"
    ";   @from @to        first and last: source, time, file, line\n\n"
    "; How far a log reaches. Levels: 0 none, 1 error, 2 warning, 3 notify,\n"
    "; 4 info, 5 debug, 6 debug2.\n"
    "(deftemplate @log (slot source) (slot present) (slot level) (slot begin)\n"
    "  (slot end))\n"
    "; What a rule says of a cause; the weighing itself is not part of this.\n"
    "(deftemplate @weight (slot rule) (slot cause) (slot subject) (slot kind)\n"
    "  (slot db) (slot group))\n"
    "; All observed facts are there: counts may be taken.\n"
    "(deftemplate @loaded)\n"
    "(defrule @begin (declare (salience 1)) => (assert (@loaded)))\n\n";

/* Windows of time, and absences: as in inference/match.c and absent.c. */
static const char functions[] =
    "; The second of two sightings comes later in its file.\n"
    "(deffunction later-line (?a ?b)\n"
    "  (bind ?la (nth$ 4 ?a))\n"
    "  (bind ?lb (nth$ 4 ?b))\n"
    "  (if (or (eq ?la nil) (eq ?lb nil)) then FALSE\n"
    "   else (if (= (nth$ 3 ?a) (nth$ 3 ?b)) then (> ?la ?lb)\n"
    "         else (> (nth$ 3 ?a) (nth$ 3 ?b)))))\n"
    "; ?a is after ?b, by no more than ?within (-1: at all).\n"
    "(deffunction follows (?a ?b ?within)\n"
    "  (bind ?ta (nth$ 2 ?a))\n"
    "  (bind ?tb (nth$ 2 ?b))\n"
    "  (bind ?same (eq (nth$ 1 ?a) (nth$ 1 ?b)))\n"
    "  (if (or (eq ?ta nil) (eq ?tb nil)) then (and ?same (later-line ?a ?b))\n"
    "   else (if (= ?ta ?tb) then (or (not ?same) (later-line ?a ?b))\n"
    "         else (and (> ?ta ?tb)\n"
    "                   (or (< ?within 0) (<= (- ?ta ?tb) ?within))))))\n"
    "(deffunction fits (?at ?after ?before ?within)\n"
    "  (and (or (= (length$ ?after) 0) (follows ?at ?after ?within))\n"
    "       (or (= (length$ ?before) 0) (follows ?before ?at ?within))))\n"
    "(deffunction in-window (?from ?to ?after ?before ?within)\n"
    "  (or (fits ?from ?after ?before ?within)\n"
    "      (fits ?to ?after ?before ?within)))\n"
    "; The log covers the window to its end.\n"
    "(deffunction reaches-on (?end ?after ?before ?within)\n"
    "  (bind ?ta (nth$ 2 ?after))\n"
    "  (bind ?tb (nth$ 2 ?before))\n"
    "  (if (or (eq ?ta nil) (eq ?end nil)) then TRUE\n"
    "   else (if (and (neq ?tb nil) (< ?tb (+ ?ta ?within)))\n"
    "         then (>= ?end ?tb) else (>= ?end (+ ?ta ?within)))))\n"
    "(deffunction reaches-back (?begin ?before ?within)\n"
    "  (bind ?tb (nth$ 2 ?before))\n"
    "  (or (eq ?tb nil) (eq ?begin nil) (<= ?begin (- ?tb ?within))))\n"
    "(deffunction reaches (?begin ?end ?after ?before ?within)\n"
    "  (if (< ?within 0) then TRUE\n"
    "   else (if (> (length$ ?after) 0)\n"
    "         then (reaches-on ?end ?after ?before ?within)\n"
    "         else (reaches-back ?begin ?before ?within))))\n"
    "; The log would have shown it; ?unlogged: the answer without a log.\n"
    "(deffunction shows (?present ?level ?begin ?end ?needed ?unlogged ?after\n"
    "                    ?before ?within)\n"
    "  (if (eq ?present no) then ?unlogged\n"
    "   else (and (>= ?level ?needed)\n"
    "             (reaches ?begin ?end ?after ?before ?within))))\n"
    "(deffunction say (?f)\n"
    "  (printout t \"(\" (fact-relation ?f))\n"
    "  (progn$ (?s (fact-slot-names ?f))\n"
    "    (bind ?v (fact-slot-value ?f ?s))\n"
    "    (if (neq ?v nil) then\n"
    "      (printout t \" (\" ?s \" \" (implode$ (create$ ?v)) \")\")))\n"
    "  (printout t \")\" crlf))\n";

static void put_tell(const struct ikw_clips *c, struct ikw_buf *out)
{
    ikw_buf_adds(out, "(deffunction tell ()\n");
    for (size_t i = 0; i < c->kb->ntypes; i++)
        if (c->derivable[i])
            ikw_buf_addf(out, "  (do-for-all-facts ((?f %s)) TRUE (say ?f))\n",
                         c->kb->types[i]->name);
    ikw_buf_adds(out, "  (do-for-all-facts ((?f @weight)) TRUE (say ?f)))\n\n");
}

/* ---- templates --------------------------------------------------------- */

/* Words that begin something else than a pattern. */
static bool is_reserved(const char *name)
{
    static const char *const words[] = { "and",         "or",      "not",
                                         "test",        "exists",  "forall",
                                         "object",      "logical", "declare",
                                         "initial-fact" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!strcmp(name, words[i]))
            return true;
    return false;
}

static bool put_template(const struct ikw_clips *c, const struct ikw_type *t,
                         struct ikw_buf *out, struct ikw_diags *ds)
{
    if (is_reserved(t->name))
        return ikw_diag_add(ds, t->pos, IKW_DIAG_EXPORT,
                            "type '%s': the name means something else in "
                            "CLIPS",
                            t->name);
    ikw_buf_addf(out, "(deftemplate %s (slot @source)", t->name);
    for (size_t i = 0; i < t->nslots; i++)
        ikw_buf_addf(out, " (slot %s)", t->slots[i].name);
    if (!c->derivable[t->index])
        ikw_buf_adds(out, "\n  (slot @count) (slot @t) (slot @last) "
                          "(slot @line) (multislot @from) (multislot @to)");
    ikw_buf_adds(out, ")\n");
    return true;
}

void ikw_clips_init(struct ikw_clips *c, const struct ikw_kb *kb)
{
    c->kb = kb;
    c->derivable = ikw_xcalloc(kb->ntypes + 1, sizeof *c->derivable);
    for (size_t i = 0; i < kb->nrules; i++)
        for (size_t k = 0; k < kb->rules[i]->nthens; k++)
            if (kb->rules[i]->thens[k].kind == IKW_THEN_DERIVE)
                c->derivable[kb->rules[i]->thens[k].type->index] = true;
}

void ikw_clips_release(struct ikw_clips *c)
{
    free(c->derivable);
    c->derivable = NULL;
}

bool ikw_clips_program(const struct ikw_clips *c, struct ikw_buf *out,
                       struct ikw_diags *ds)
{
    bool ok = true;
    ikw_buf_adds(out, head);
    for (size_t i = 0; i < c->kb->ntypes; i++)
        ok &= put_template(c, c->kb->types[i], out, ds);
    ikw_buf_addc(out, '\n');
    ikw_buf_adds(out, functions);
    put_tell(c, out);
    for (size_t i = 0; i < c->kb->nrules; i++)
        ok &= ikw_clips_rule(c, c->kb->rules[i], out, ds);
    return ok;
}

/* ---- facts ------------------------------------------------------------- */

static const char *source_word(enum ikw_source s)
{
    return s == IKW_SOURCE_PEER ? "peer" : "local";
}

/* Evidence of nothing has no time. */
static int64_t time_of(const struct ikw_evidence *ev)
{
    return ev->line == 0 && ev->t_ms == 0 ? IKW_NO_TIME : ev->t_ms;
}

static void put_number(struct ikw_buf *out, bool known, int64_t n)
{
    ikw_clips_value(out, known ? ikw_value_int(n)
                               : (struct ikw_value){ .kind = IKW_NIL });
}

static void put_time(struct ikw_buf *out, int64_t t_ms)
{
    put_number(out, t_ms != IKW_NO_TIME, t_ms);
}

static void put_place(struct ikw_buf *out, const char *slot,
                      enum ikw_source source, const struct ikw_evidence *ev)
{
    ikw_buf_addf(out, " (%s %s ", slot, source_word(source));
    put_time(out, time_of(ev));
    ikw_buf_addf(out, " %u ", ev->file);
    put_number(out, ev->line != 0, ev->line);
    ikw_buf_addc(out, ')');
}

static void put_sightings(struct ikw_buf *out, const struct ikw_fact *f)
{
    ikw_buf_addf(out, " (@count %" PRIu32 ") (@t ", f->count);
    put_time(out, time_of(&f->first));
    ikw_buf_adds(out, ") (@last ");
    put_time(out, time_of(&f->last));
    ikw_buf_adds(out, ") (@line ");
    put_number(out, f->first.line != 0, f->first.line);
    ikw_buf_addc(out, ')');
    put_place(out, "@from", f->source, &f->first);
    put_place(out, "@to", f->source, &f->last);
}

static void put_fact(const struct ikw_clips *c, const struct ikw_fact *f,
                     struct ikw_buf *out)
{
    ikw_buf_addf(out, "(assert (%s (@source %s)", f->type->name,
                 source_word(f->source));
    for (size_t i = 0; i < f->type->nslots; i++) {
        if (f->slots[i].kind == IKW_NIL)
            continue;
        ikw_buf_addf(out, " (%s ", f->type->slots[i].name);
        ikw_clips_value(out, f->slots[i]);
        ikw_buf_addc(out, ')');
    }
    if (!c->derivable[f->type->index])
        put_sightings(out, f);
    ikw_buf_adds(out, "))\n");
}

static void put_log(struct ikw_buf *out, enum ikw_source source,
                    const struct ikw_visibility *see)
{
    ikw_buf_addf(out, "(assert (@log (source %s) (present %s) (level %d)",
                 source_word(source), see->present ? "yes" : "no",
                 (int)see->level);
    ikw_buf_adds(out, " (begin ");
    put_time(out, see->from_ms);
    ikw_buf_adds(out, ") (end ");
    put_time(out, see->to_ms);
    ikw_buf_adds(out, ")))\n");
}

void ikw_clips_set(const struct ikw_clips *c, const struct ikw_fact_set *fs,
                   struct ikw_buf *out)
{
    ikw_buf_adds(out, "(reset)\n");
    put_log(out, IKW_SOURCE_LOCAL, &fs->see[IKW_SOURCE_LOCAL]);
    put_log(out, IKW_SOURCE_PEER, &fs->see[IKW_SOURCE_PEER]);
    for (size_t i = 0; i < fs->nfacts; i++)
        put_fact(c, fs->facts[i], out);
    ikw_buf_adds(out, "(run)\n(tell)\n");
}
