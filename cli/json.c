/*
 * The report as JSON: docs/report.schema.json says what it looks like. Keys
 * come in a fixed order, unknown values are left out, and text of the log is
 * escaped as on a terminal, so that nobody who prints it is harmed.
 */
#include "cli/json.h"
#include "cli/render.h"

#include <stdlib.h>
#include <string.h>

enum { PROOF_DEPTH = 32, PROOF_NODES = 500 };

/* ---- values that may be unknown ---------------------------------------- */

static void set_text(json_t *o, const char *key, const char *text)
{
    if (!text)
        return;
    struct ikw_buf b = { 0 };
    ikw_escape(&b, text, strlen(text), true);
    json_object_set_new(o, key, json_string(ikw_buf_str(&b)));
    ikw_buf_release(&b);
}

bool ikw_json_dump(struct ikw_buf *out, const json_t *value, size_t flags)
{
    char *text = json_dumps(value, flags);
    if (!text)
        return false;
    ikw_buf_adds(out, text);
    ikw_buf_addc(out, '\n');
    free(text);
    return true;
}

void ikw_json_text(json_t *o, const char *key, const char *text)
{
    set_text(o, key, text);
}

/* Text of the knowledge base: its line breaks are only layout. */
static json_t *prose(const char *text)
{
    struct ikw_page page = { .width = 0, .utf8 = true };
    ikw_page_wrap(&page, 0, 0, 0, text ? text : "");
    json_t *j = json_stringn(page.out.ptr, page.out.len - 1);
    ikw_page_release(&page);
    return j;
}

static void set_prose(json_t *o, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(o, key, prose(text));
}

static void set_int(json_t *o, const char *key, int64_t value)
{
    json_object_set_new(o, key, json_integer(value));
}

static void set_count(json_t *o, const char *key, int64_t value)
{
    if (value > 0)
        set_int(o, key, value);
}

static void set_time(json_t *o, const char *key, int64_t t_ms)
{
    if (t_ms == IKW_NO_TIME)
        return;
    struct ikw_buf b = { 0 };
    ikw_when_iso(&b, t_ms);
    json_object_set_new(o, key, json_string(b.ptr));
    ikw_buf_release(&b);
}

static void set_true(json_t *o, const char *key, bool value)
{
    if (value)
        json_object_set_new(o, key, json_true());
}

static void set_role(json_t *o, char role)
{
    if (role == 'I' || role == 'R')
        json_object_set_new(
            o, "role", json_string(role == 'I' ? "initiator" : "responder"));
}

static void set_gateways(json_t *o, const char *local, const char *peer,
                         const char *name)
{
    set_text(o, "local", local);
    set_text(o, "peer", peer);
    set_text(o, "name", name);
}

void ikw_json_line(json_t *o, const struct ikw_session *s,
                   const struct ikw_evidence *ev)
{
    const char *file = ikw_session_file(s, ev->file);
    set_text(o, "file", *file ? file : NULL);
    set_count(o, "line", ev->line);
    if (ev->message)
        set_text(o, "level", ikw_level_word(ev->message->level));
    set_text(o, "text", ev->text);
}

/* ---- proof ------------------------------------------------------------- */

static json_t *proof(const struct ikw_session *s, const struct ikw_proof *p,
                     unsigned depth, unsigned *nodes)
{
    json_t *o = json_object();
    ++*nodes;
    set_text(o, "rule", p->rule ? p->rule->id : NULL);
    set_prose(o, "sentence", p->sentence);
    set_text(o, "fact", p->fact && *p->fact ? p->fact : NULL);
    set_true(o, "absent", p->absent);
    set_prose(o, "window", p->window);
    if (p->first.line)
        ikw_json_line(o, s, &p->first);
    set_count(o, "count", p->first.line ? p->count : 0);
    if (!p->nchildren)
        return o;
    json_t *children = json_array();
    for (size_t i = 0; i < p->nchildren; i++) {
        if (depth == PROOF_DEPTH || *nodes >= PROOF_NODES) {
            json_object_set_new(o, "cut", json_true());
            break;
        }
        json_array_append_new(children,
                              proof(s, p->children[i], depth + 1, nodes));
    }
    json_object_set_new(o, "children", children);
    return o;
}

/* ---- verdicts ---------------------------------------------------------- */

static json_t *evidence(const struct ikw_session *s,
                        const struct ikw_verdict *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->nevidence; i++) {
        const struct ikw_evidence_item *item = &v->evidence[i];
        if (!item->first.line)
            continue;
        json_t *o = json_object();
        ikw_json_line(o, s, &item->first);
        set_text(o, "fact", item->fact);
        set_text(o, "group", item->group);
        set_int(o, "db", item->db);
        set_count(o, "count", item->count);
        if (item->count > 1)
            set_count(o, "last_line", item->last.line);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *absences(const struct ikw_verdict *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->nabsent; i++) {
        json_t *o = json_object();
        set_text(o, "fact", v->absent[i].fact);
        set_prose(o, "what", v->absent[i].what);
        json_object_set_new(o, "observable",
                            json_boolean(v->absent[i].observable));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *rivals(const struct ikw_verdict *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->nrivals; i++) {
        const struct ikw_rival *r = &v->rivals[i];
        json_t *o = json_object();
        set_text(o, "cause", r->cause->id);
        set_prose(o, "title", r->cause->title);
        set_int(o, "certainty", r->certainty);
        if (r->excluded_by) {
            json_t *by = json_object();
            set_text(by, "rule", r->excluded_by->id);
            set_count(by, "line", r->excluded_line);
            if (r->excluded_proof)
                set_prose(by, "sentence", r->excluded_proof->sentence);
            json_object_set_new(o, "excluded_by", by);
        } else {
            set_int(o, "db", r->db);
        }
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *remedies(const struct ikw_session *s,
                        const struct ikw_verdict *v)
{
    const struct ikw_cause *c = v->cause;
    json_t *list = json_array();
    struct ikw_buf lines = { 0 };
    ikw_configs_lines(&s->configs, v, &lines);
    if (lines.len)
        json_array_append_new(list, prose(lines.ptr));
    ikw_buf_release(&lines);
    for (size_t i = 0; i < c->nremedies; i++) {
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b, "%s: %s", c->remedies[i].for_what,
                     c->remedies[i].text);
        json_array_append_new(list, prose(b.ptr));
        ikw_buf_release(&b);
    }
    return list;
}

static json_t *texts(const char **v, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, prose(v[i]));
    return list;
}

/* What is decided: the cause, how surely, of whom. */
static void set_finding(json_t *o, const struct ikw_verdict *v)
{
    json_t *tunnel = json_object();
    set_text(o, "cause", v->cause->id);
    set_prose(o, "title", v->cause->title);
    set_int(o, "certainty", v->certainty);
    set_int(o, "db", v->db);
    set_text(o, "band", v->band ? v->band->word : NULL);
    set_text(o, "severity", v->cause->severity);
    set_text(o, "parent", v->cause->parent ? v->cause->parent->id : NULL);
    set_true(o, "noise", v->cause->noise);
    set_count(o, "phase", v->phase);
    set_gateways(tunnel, v->local, v->peer, v->tunnel_name);
    json_object_set_new(o, "tunnel", tunnel);
    set_role(o, v->role);
    set_count(o, "count", v->count);
    set_time(o, "first", v->first_ms);
    set_time(o, "last", v->last_ms);
    set_true(o, "recovered", v->recovered);
    set_true(o, "suspicion", v->suspicion);
    set_text(o, "fixer", v->cause->fixer);
    set_prose(o, "summary", v->summary);
}

json_t *ikw_json_verdict(const struct ikw_session *s,
                         const struct ikw_verdict *v, bool with_proof)
{
    json_t *o = json_object();
    unsigned nodes = 0;
    set_finding(o, v);
    json_object_set_new(o, "evidence", evidence(s, v));
    json_object_set_new(o, "absent", absences(v));
    json_object_set_new(o, "rivals", rivals(v));
    json_object_set_new(o, "remedy", remedies(s, v));
    json_object_set_new(o, "verify",
                        texts(v->cause->verify, v->cause->nverify));
    set_prose(o, "settle", v->cause->settle);
    if (v->proof && with_proof)
        json_object_set_new(o, "proof", proof(s, v->proof, 0, &nodes));
    return o;
}

/* ---- the rest ---------------------------------------------------------- */

static void set_counts(json_t *o, const struct ikw_log_summary *in)
{
    set_text(o, "dialect", in->dialect);
    set_text(o, "envelope", in->envelope);
    set_int(o, "lines", in->lines);
    set_int(o, "recognised", in->recognised);
    set_int(o, "unrecognised", in->unrecognised);
    set_count(o, "foreign", in->foreign);
    set_text(o, "level", ikw_level_word(in->level));
    set_time(o, "from", in->from_ms);
    set_time(o, "to", in->to_ms);
    set_true(o, "newest_first", in->newest_first);
}

static json_t *capture(const struct ikw_captures_file *f)
{
    struct ikw_wire_summary sum = ikw_wire_join_sum(f->join);
    json_t *o = json_object(), *c = json_object();
    bool peer = (f->source == IKW_SOURCE_PEER) != sum.turned;
    set_text(o, "file", f->name);
    set_text(o, "side", peer ? "peer" : "local");
    set_int(c, "packets", f->wire->total);
    set_int(c, "ike", (json_int_t)f->wire->npackets);
    set_int(c, "negotiations", (json_int_t)sum.negotiations);
    set_int(c, "joined", (json_int_t)sum.joined);
    if (sum.offset_known)
        set_int(c, "clock_ms", sum.offset_ms);
    json_object_set_new(o, "capture", c);
    return o;
}

json_t *ikw_json_inputs(const struct ikw_session *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->ninputs; i++) {
        const struct ikw_log_summary *in = &s->inputs[i];
        json_t *o = json_object();
        set_text(o, "file", in->file);
        set_text(o, "side", in->source == IKW_SOURCE_PEER ? "peer" : "local");
        if (!s->from_facts)
            set_counts(o, in);
        json_array_append_new(list, o);
    }
    for (size_t i = 0; i < s->configs.nfiles; i++) {
        const struct ikw_configs_file *f = &s->configs.files[i];
        json_t *o = json_object();
        set_text(o, "file", f->name);
        set_text(o, "side", f->source == IKW_SOURCE_PEER ? "peer" : "local");
        set_text(o, "config", ikw_conf_kind_name(f->kind));
        json_array_append_new(list, o);
    }
    for (size_t i = 0; i < s->captures.nfiles; i++)
        json_array_append_new(list, capture(&s->captures.files[i]));
    return list;
}

static json_t *negotiations(const struct ikw_tunnel *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->nnegotiations; i++) {
        const struct ikw_negotiation_row *n = &t->negotiations[i];
        json_t *o = json_object();
        set_count(o, "phase", n->phase);
        set_role(o, n->role);
        set_text(o, "exchange", n->exchange);
        set_text(o, "cookies", n->cookies);
        set_text(o, "outcome", n->outcome);
        set_time(o, "first", n->first_ms);
        set_time(o, "last", n->last_ms);
        set_count(o, "line", n->first_line);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *tunnels(const struct ikw_report *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->ntunnels; i++) {
        const struct ikw_tunnel *t = r->tunnels[i];
        json_t *o = json_object(), *of = json_array();
        set_gateways(o, t->local, t->peer, t->name);
        set_role(o, t->role);
        set_text(o, "outcome", ikw_outcome_name(t->outcome));
        set_text(o, "state", t->state);
        for (size_t k = 0; k < t->nverdicts; k++)
            json_array_append_new(of, json_integer(t->verdicts[k]));
        json_object_set_new(o, "verdicts", of);
        set_int(o, "attempts", t->attempts);
        set_time(o, "first", t->first_ms);
        set_time(o, "last", t->last_ms);
        json_object_set_new(o, "negotiations", negotiations(t));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *unexplained(const struct ikw_session *s)
{
    const struct ikw_report *r = s->report;
    json_t *list = json_array();
    for (size_t i = 0; i < r->nunexplained; i++) {
        json_t *o = json_object();
        ikw_json_line(o, s, &r->unexplained[i]);
        json_array_append_new(list, o);
    }
    return list;
}

/* Logs of other daemons: their lines of that time, unread. */
static json_t *unread(const struct ikw_session *s)
{
    json_t *o = json_object(), *files = json_array(), *lines = json_array();
    for (unsigned i = 0; i < s->ninputs; i++)
        if (ikw_elsewhere_is(s, i))
            json_array_append_new(files, json_string(s->inputs[i].file));
    for (size_t i = 0; i < s->elsewhere.n; i++) {
        json_t *line = json_object();
        ikw_json_line(line, s, &s->elsewhere.v[i]);
        set_time(line, "time", s->elsewhere.v[i].t_ms);
        json_array_append_new(lines, line);
    }
    json_object_set_new(o, "files", files);
    json_object_set_new(o, "lines", lines);
    set_count(o, "more", (uint32_t)s->elsewhere.more);
    return o;
}

static json_t *notes(const struct ikw_report *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->nnotes; i++) {
        json_t *o = json_object();
        set_text(o, "cause", r->notes[i]->id);
        set_prose(o, "title", r->notes[i]->title);
        json_array_append_new(list, o);
    }
    return list;
}

json_t *ikw_json_verdicts(const struct ikw_session *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->report->nverdicts; i++)
        json_array_append_new(
            list, ikw_json_verdict(s, s->report->verdicts[i], true));
    return list;
}

/* Those that cut something. */
static void set_limits(json_t *o, const struct ikw_limits *l)
{
    json_t *list = json_array();
    struct ikw_buf b = { 0 };
    for (int i = 0; i < IKW_LIMIT_COUNT; i++) {
        ikw_buf_clear(&b);
        if (!ikw_limit_words(l, (enum ikw_limit)i, &b))
            continue;
        json_t *row = json_object();
        set_text(row, "name", ikw_limit_row((enum ikw_limit)i)->name);
        set_int(row, "most", (int64_t)l->most[i]);
        set_text(row, "text", b.ptr);
        json_array_append_new(list, row);
    }
    ikw_buf_release(&b);
    if (json_array_size(list))
        json_object_set_new(o, "limits", list);
    else
        json_decref(list);
}

static json_t *report(const struct ikw_session *s)
{
    const struct ikw_report *r = s->report;
    json_t *o = json_object();
    set_text(o, "schema", "ikewhy-report/1");
    json_object_set_new(o, "inputs", ikw_json_inputs(s));
    set_text(o, "outcome", ikw_outcome_name(r->outcome));
    json_object_set_new(o, "verdicts", ikw_json_verdicts(s));
    json_object_set_new(o, "tunnels", tunnels(r));
    json_object_set_new(o, "notes", notes(r));
    json_object_set_new(o, "unexplained", unexplained(s));
    set_int(o, "unexplained_total", r->unexplained_total);
    if (s->elsewhere.nfiles)
        json_object_set_new(o, "unread", unread(s));
    json_object_set_new(o, "blind_spots",
                        texts(r->blind_spots, r->nblind_spots));
    set_limits(o, &r->limits);
    return o;
}

bool ikw_render_json(struct ikw_buf *out, const struct ikw_session *s)
{
    json_t *root = report(s);
    bool ok = ikw_json_dump(out, root, JSON_INDENT(1));
    json_decref(root);
    return ok;
}
