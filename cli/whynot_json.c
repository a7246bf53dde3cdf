#include "cli/whynot_json.h"

#include "cli/json.h"
#include "inference/verdict.h"

#include <string.h>

/* ---- the cause ----------------------------------------------------------- */

static json_t *verdict_json(const struct ikw_session *s,
                            const struct ikw_verdict *v)
{
    json_t *o = json_object();
    json_object_set_new(o, "number",
                        json_integer((json_int_t)ikw_verdict_number(s, v)));
    ikw_json_text(o, "cause", v->cause->id);
    json_object_set_new(o, "certainty", json_integer(v->certainty));
    json_object_set_new(o, "db", json_integer(v->db));
    json_object_set_new(o, "subject", json_integer(v->subject));
    return o;
}

static void set_candidate(json_t *o, const struct ikw_candidate *c)
{
    json_object_set_new(o, "db", json_integer(c->db));
    json_object_set_new(o, "certainty", json_integer(c->certainty));
    if (!c->exclude)
        return;
    json_t *by = json_object();
    if (c->exclude->why) {
        struct ikw_buf b = { 0 };
        ikw_because(c->exclude->why, &b);
        ikw_json_text(by, "rule", c->exclude->why->rule->id);
        ikw_json_text(by, "sentence", ikw_buf_str(&b));
        ikw_buf_release(&b);
    }
    json_object_set_new(o, "excluded_by", by);
}

json_t *ikw_whynot_head_json(const struct ikw_session *s,
                             const struct ikw_cause *cause,
                             const struct ikw_verdict *v,
                             const struct ikw_candidate *c)
{
    json_t *o = json_object();
    ikw_json_text(o, "schema", "ikewhy-why-not/1");
    ikw_json_text(o, "cause", cause->id);
    ikw_json_text(o, "title", cause->title);
    ikw_json_text(o, "outcome", ikw_outcome_name(s->report->outcome));
    if (v)
        json_object_set_new(o, "verdict", verdict_json(s, v));
    if (c)
        set_candidate(o, c);
    return o;
}

/* ---- a rule ------------------------------------------------------------- */

/* "kb/rules/phase1.xml:12" */
static void set_position(json_t *o, struct ikw_pos pos)
{
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "%s:%u", pos.file ? pos.file : "", pos.line);
    ikw_json_text(o, "kb", b.ptr);
    ikw_buf_release(&b);
}

/* The fact without its lines, and the line where it was first seen. */
static void set_fact(json_t *o, const struct ikw_session *s,
                     const struct ikw_fact *f)
{
    struct ikw_buf b = { 0 };
    ikw_fact_print_claim(f, &b);
    ikw_json_text(o, "fact", b.ptr);
    ikw_buf_release(&b);
    if (f->first.line)
        ikw_json_line(o, s, &f->first);
}

static json_t *holds_json(const struct ikw_session *s,
                          const struct ikw_whynot *w)
{
    json_t *list = json_array();
    for (size_t i = 0; i < w->rule->npatterns; i++) {
        if (!w->partial[i])
            continue;
        json_t *o = json_object();
        json_object_set_new(o, "condition", json_integer((json_int_t)i + 1));
        set_fact(o, s, w->partial[i]);
        json_array_append_new(list, o);
    }
    return list;
}

static void set_refuter(json_t *o, const struct ikw_session *s,
                        const struct ikw_whynot *w)
{
    const struct ikw_pattern *p = &w->rule->patterns[w->failed];
    const struct ikw_fact *f = w->refuted_by;
    set_fact(o, s, f);
    if (w->refuted_test < p->ntests &&
        p->tests[w->refuted_test].slot < f->type->nslots)
        ikw_json_text(o, "slot",
                      f->type->slots[p->tests[w->refuted_test].slot].name);
}

static json_t *failure_json(const struct ikw_session *s,
                            const struct ikw_whynot *w)
{
    const struct ikw_pattern *p = &w->rule->patterns[w->failed];
    struct ikw_derivation d = { .rule = w->rule, .facts = w->partial };
    struct ikw_buf says = { 0 };
    json_t *o = json_object();
    ikw_pattern_says(w->rule, w->failed, &d, &says);
    json_object_set_new(o, "condition",
                        json_integer((json_int_t)w->failed + 1));
    set_position(o, p->pos);
    json_object_set_new(o, "must_be", json_boolean(!p->absent));
    ikw_json_text(o, "sentence", ikw_buf_str(&says));
    json_object_set_new(o, "observable", json_boolean(!w->unobservable));
    if (w->refuted_by)
        set_refuter(o, s, w);
    ikw_buf_release(&says);
    return o;
}

json_t *ikw_whynot_rule_json(const struct ikw_whynot_view *view,
                             const struct ikw_rule *rule,
                             const struct ikw_then *then, size_t set)
{
    const struct ikw_whynot *w = ikw_engine_whynot(
        ikw_inquiry_engine(view->inquiry), rule, view->subject);
    json_t *o = json_object();
    ikw_json_text(o, "rule", rule->id);
    set_position(o, rule->pos);
    json_object_set_new(o, "set", json_integer((json_int_t)set + 1));
    if (then->kind == IKW_THEN_WEIGH)
        json_object_set_new(o, "db", json_integer(then->db));
    ikw_json_text(o, "effect",
                  then->kind == IKW_THEN_WEIGH     ? "weigh"
                  : then->kind == IKW_THEN_SUFFICE ? "suffice"
                                                   : "exclude");
    json_object_set_new(o, "fires", json_boolean(w->fires));
    if (ikw_whynot_wants_config(view, rule))
        json_object_set_new(o, "wants_config", json_true());
    json_object_set_new(o, "holds", holds_json(view->session, w));
    if (!w->fires && w->failed < rule->npatterns)
        json_object_set_new(o, "fails", failure_json(view->session, w));
    return o;
}
