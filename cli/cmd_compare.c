/* ikewhy compare: would these two gateways agree? */
#include "cli/json.h"
#include "cli/render.h"

#include <string.h>

struct comparison {
    struct ikw_session session;
    struct ikw_conf_trials trials;
    struct ikw_fact_set facts;
};

/* ---- which file belongs to whom ---------------------------------------- */

static enum ikw_conf_kind kind_of(const char *path, struct ikw_diags *ds)
{
    struct ikw_buf text = { 0 };
    enum ikw_conf_kind kind = IKW_CONF_UNKNOWN;
    if (ikw_configs_slurp(path, &text, ds))
        kind =
            ikw_config_kind((struct ikw_slice){ ikw_buf_str(&text), text.len });
    ikw_buf_release(&text);
    return kind;
}

/* Where the second gateway begins: at the second file with sections for
 * IKE; where there is none, at the second file. */
static size_t second_gateway(const struct ikw_options *o)
{
    size_t ike = 0;
    struct ikw_diags ds = { .head = NULL };
    size_t at = 1;
    for (size_t i = 0; i < o->nfiles; i++) {
        enum ikw_conf_kind kind = kind_of(o->files[i], &ds);
        if (kind == IKW_CONF_SETKEY || kind == IKW_CONF_UNKNOWN)
            continue;
        if (++ike == 2) {
            at = i;
            break;
        }
    }
    ikw_diags_release(&ds);
    return at;
}

static bool share_out(const struct ikw_options *o, struct ikw_options *out)
{
    *out = *o;
    if (o->nfiles && (o->nconfigs || o->npeer_configs)) {
        ikw_complain("compare: files, or --config and --peer-config");
        return false;
    }
    if (o->nfiles) {
        size_t at = o->split != SIZE_MAX ? o->split : 0;
        if (!at && o->split == SIZE_MAX)
            at = second_gateway(o);
        out->configs = o->files;
        out->nconfigs = at < o->nfiles ? at : o->nfiles;
        out->peer_configs = o->files + out->nconfigs;
        out->npeer_configs = o->nfiles - out->nconfigs;
        out->nfiles = 0;
    }
    if (out->nconfigs && out->npeer_configs)
        return true;
    ikw_complain("compare: give the configurations of two gateways "
                 "(see ikewhy compare --help)");
    return false;
}

/* ---- what comes of it -------------------------------------------------- */

static int exit_of(const struct ikw_conf_trials *ts)
{
    bool agrees = false, open = false;
    for (size_t i = 0; i < ts->n; i++) {
        switch (ts->v[i]->outcome) {
        case IKW_TRIAL_FAILS:
            return IKW_EXIT_FAULT;
        case IKW_TRIAL_AGREES:
            agrees = true;
            break;
        case IKW_TRIAL_OPEN:
            open = true;
            break;
        case IKW_TRIAL_IDLE:
            break;
        }
    }
    return agrees && !open ? IKW_EXIT_HEALTHY : IKW_EXIT_UNDECIDED;
}

static const char *outcome_word(int status)
{
    return status == IKW_EXIT_HEALTHY ? "agree"
           : status == IKW_EXIT_FAULT ? "fail"
                                      : "undecided";
}

static const char *const trial_words[] = { "agrees", "fails", "open", "idle" };
static const char *const result_words[] = { "equal", "tolerated", "fatal",
                                            "open" };

/* ---- JSON -------------------------------------------------------------- */

static json_t *value_json(const struct ikw_session *s, const char *value,
                          struct ikw_conf_at at)
{
    json_t *o = json_object();
    ikw_json_text(o, "value", value);
    if (at.line) {
        ikw_json_text(o, "file", ikw_session_file(s, at.file));
        json_object_set_new(o, "line", json_integer(at.line));
        ikw_json_text(o, "text", at.text);
    }
    return o;
}

static json_t *diff_json(const struct ikw_session *s,
                         const struct ikw_conf_trial *t,
                         const struct ikw_conf_diff *d)
{
    json_t *o = json_object();
    json_t *ini = value_json(s, d->ini, d->ini_at);
    json_t *res = value_json(s, d->res, d->res_at);
    ikw_json_text(o, "attribute", d->attr);
    ikw_json_text(o, "field", d->field);
    ikw_json_text(o, "result", result_words[d->result]);
    if (d->first)
        json_object_set_new(o, "first", json_true());
    json_object_set_new(o, "a", t->outward ? ini : res);
    json_object_set_new(o, "b", t->outward ? res : ini);
    ikw_json_text(o, "proposal_check", d->check);
    ikw_json_text(o, "refused_by", d->refused);
    return o;
}

static json_t *trial_json(const struct ikw_session *s,
                          const struct ikw_conf_trial *t)
{
    json_t *o = json_object(), *list = json_array();
    ikw_json_text(o, "initiator", t->outward ? "a" : "b");
    json_object_set_new(o, "phase", json_integer((json_int_t)t->phase));
    if (t->phase == 2)
        ikw_json_text(o, "selectors", t->title);
    ikw_json_text(o, "outcome", trial_words[t->outcome]);
    for (size_t i = 0; i < t->n; i++)
        json_array_append_new(list, diff_json(s, t, &t->v[i]));
    json_object_set_new(o, "attributes", list);
    return o;
}

static bool render_json(struct ikw_buf *out, const struct comparison *c)
{
    json_t *o = json_object(), *list = json_array();
    ikw_json_text(o, "schema", "ikewhy-compare/1");
    json_object_set_new(o, "inputs", ikw_json_inputs(&c->session));
    ikw_json_text(o, "outcome", outcome_word(exit_of(&c->trials)));
    for (size_t i = 0; i < c->trials.n; i++)
        json_array_append_new(list, trial_json(&c->session, c->trials.v[i]));
    json_object_set_new(o, "trials", list);
    json_object_set_new(o, "verdicts", ikw_json_verdicts(&c->session));
    bool ok = ikw_json_dump(out, o, JSON_INDENT(1));
    json_decref(o);
    return ok;
}

/* ---- text -------------------------------------------------------------- */

static void print_side(struct ikw_page *page, const struct ikw_session *s,
                       enum ikw_source source)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < s->configs.nfiles; i++)
        if (s->configs.files[i].source == source)
            ikw_buf_addf(&b, "%s%s", b.len ? ", " : "",
                         s->configs.files[i].name);
    ikw_page_styled(page, IKW_BOLD, source == IKW_SOURCE_LOCAL ? "A" : "B");
    ikw_page_spaces(page, 2);
    ikw_page_wrap(page, 3, 3, 0, ikw_buf_str(&b));
    ikw_buf_release(&b);
}

static void add_value(struct ikw_buf *b, const struct ikw_session *s,
                      const char *who, const char *value, struct ikw_conf_at at)
{
    ikw_buf_addf(b, "%s %s", who, *value ? value : "nothing");
    if (at.line)
        ikw_buf_addf(b, " (%s:%u)", ikw_session_base(s, at.file), at.line);
}

static void add_judgement(struct ikw_buf *b, const struct ikw_conf_trial *t,
                          const struct ikw_conf_diff *d)
{
    const char *res = t->outward ? "B" : "A";
    if (d->result == IKW_CONF_FATAL)
        ikw_buf_adds(b, ": refused");
    else
        ikw_buf_adds(b, d->result == IKW_CONF_OPEN ? ": not known here"
                                                   : ": accepted");
    if (d->check)
        ikw_buf_addf(b, ", %s has proposal_check %s", res, d->check);
    if (d->refused && d->result != IKW_CONF_FATAL)
        ikw_buf_addf(b, " (refused under: %s)", d->refused);
}

static void print_diff(struct ikw_page *page, const struct ikw_session *s,
                       const struct ikw_conf_trial *t,
                       const struct ikw_conf_diff *d)
{
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "%s", d->attr);
    if (d->field)
        ikw_buf_addf(&b, " (%s)", d->field);
    ikw_buf_adds(&b, ": ");
    add_value(&b, s, "A", t->outward ? d->ini : d->res,
              t->outward ? d->ini_at : d->res_at);
    ikw_buf_adds(&b, ", ");
    add_value(&b, s, "B", t->outward ? d->res : d->ini,
              t->outward ? d->res_at : d->ini_at);
    add_judgement(&b, t, d);
    ikw_page_spaces(page, 5);
    ikw_page_styled(page, d->result == IKW_CONF_FATAL ? IKW_RED : IKW_DIM,
                    d->result == IKW_CONF_FATAL ? "x " : "- ");
    ikw_page_wrap(page, 7, 7, 0, b.ptr);
    ikw_buf_release(&b);
}

static void print_trial(struct ikw_page *page, const struct ikw_session *s,
                        const struct ikw_conf_trial *t)
{
    static const char *const says[] = { "agrees", "would fail",
                                        "cannot be decided",
                                        "is never begun by this side" };
    struct ikw_buf b = { 0 };
    ikw_buf_addf(&b, "%s", t->phase == 2 ? "phase 2 " : "");
    ikw_buf_addf(&b, "%s %s", t->title, says[t->outcome]);
    ikw_page_spaces(page, 3);
    ikw_page_wrap(page, 3, 5, 0, b.ptr);
    ikw_buf_release(&b);
    for (size_t i = 0; i < t->n && t->outcome != IKW_TRIAL_IDLE; i++)
        if (t->v[i].result != IKW_CONF_EQUAL)
            print_diff(page, s, t, &t->v[i]);
}

static void print_direction(struct ikw_page *page, const struct comparison *c,
                            bool outward)
{
    ikw_page_styled(page, IKW_BOLD, outward ? "A begins" : "B begins");
    ikw_buf_addc(&page->out, '\n');
    for (size_t i = 0; i < c->trials.n; i++)
        if (c->trials.v[i]->outward == outward)
            print_trial(page, &c->session, c->trials.v[i]);
    ikw_buf_addc(&page->out, '\n');
}

static void render_text(struct ikw_page *page, const struct comparison *c)
{
    static const char *const says[] = { "They agree", "They would fail", "",
                                        "What was given does not decide it" };
    static const enum ikw_style styles[] = { IKW_GREEN, IKW_RED, IKW_PLAIN,
                                             IKW_YELLOW };
    int status = exit_of(&c->trials);
    const struct ikw_report *r = c->session.report;
    print_side(page, &c->session, IKW_SOURCE_LOCAL);
    print_side(page, &c->session, IKW_SOURCE_PEER);
    ikw_page_styled(page, styles[status], says[status]);
    ikw_buf_adds(&page->out, "\n\n");
    print_direction(page, c, true);
    print_direction(page, c, false);
    for (size_t i = 0; i < r->nverdicts; i++) {
        ikw_render_verdict(page, &c->session, r->verdicts[i]);
        ikw_buf_addc(&page->out, '\n');
    }
}

/* ---- all --------------------------------------------------------------- */

static bool render(const struct comparison *c, const struct ikw_options *o)
{
    struct ikw_page page;
    bool ok = true;
    ikw_page_init(&page, o->colour);
    if (o->json)
        ok = render_json(&page.out, c);
    else
        render_text(&page, c);
    ok = ok && ikw_write_out(ikw_buf_str(&page.out), page.out.len);
    ikw_page_release(&page);
    return ok;
}

static bool reason(struct comparison *c)
{
    struct ikw_session *s = &c->session;
    struct ikw_report_opts opts = { 0 };
    struct ikw_report_builder *rb = ikw_report_begin(s->kb, &opts);
    ikw_fact_set_init(&c->facts, s->kb);
    ikw_config_paper(&c->facts, &s->configs.local,
                     s->configs.npeers ? s->configs.peers[0] : NULL,
                     &c->trials);
    bool ok = ikw_report_add(rb, &c->facts, &s->diags);
    s->report = ikw_report_end(rb);
    return ok;
}

int ikw_cmd_compare(const struct ikw_options *o)
{
    struct comparison c = { .trials = { .n = 0 } };
    struct ikw_options shared;
    int status = IKW_EXIT_ERROR;
    if (o->html)
        ikw_complain("compare: text or json");
    if (o->html || !share_out(o, &shared))
        return status;
    bool open = ikw_session_open(&c.session, &shared);
    if (open && reason(&c) && render(&c, o))
        status = exit_of(&c.trials);
    if (open)
        ikw_fact_set_release(&c.facts);
    ikw_session_close(&c.session);
    return status;
}
