#include "cli/session.h"

#include "cli/inputs.h"
#include "cli/kbfind.h"
#include "cli/when.h"
#include "cli/progress.h"
#include "facts/join.h"
#include "facts/packet/isakmp.h"

#include <stdlib.h>
#include <string.h>

/* ---- options that name something in the knowledge base ------------------ */

static const char *form_name(const struct ikw_kb *kb, size_t i, bool dialect)
{
    return dialect ? kb->envelopes[i].dialect : kb->envelopes[i].id;
}

/* Names what there is, each once. */
static bool no_such(const struct ikw_kb *kb, const char *option,
                    const char *word, bool dialect)
{
    struct ikw_buf known = { 0 };
    for (size_t i = 0; i < kb->nenvelopes; i++) {
        const char *name = form_name(kb, i, dialect);
        size_t k = 0;
        while (k < i && strcmp(form_name(kb, k, dialect), name) != 0)
            k++;
        if (k == i)
            ikw_buf_addf(&known, " %s", name);
    }
    ikw_complain("%s: no %s; there are:%s", option, word, ikw_buf_str(&known));
    ikw_buf_release(&known);
    return false;
}

/* The form of the line heads that the options ask for. A dialect stands for
 * its first form: a line that does not fit is tried on the others. */
static bool choose_envelope(struct ikw_session *s, const struct ikw_options *o)
{
    const struct ikw_kb *kb = s->kb;
    for (size_t i = 0; i < kb->nenvelopes && !s->envelope; i++) {
        const struct ikw_envelope *e = &kb->envelopes[i];
        if ((o->envelope && !strcmp(e->id, o->envelope)) ||
            (!o->envelope && o->dialect && !strcmp(e->dialect, o->dialect)))
            s->envelope = e->id;
    }
    if (o->envelope && !s->envelope)
        return no_such(kb, "--envelope", o->envelope, false);
    if (o->dialect && !s->envelope)
        return no_such(kb, "--dialect", o->dialect, true);
    return true;
}

/* What is readable of an archive is read. */
static bool add_source(struct ikw_session *s, const char *path)
{
    size_t before = s->sources.n;
    if (ikw_log_sources_add(&s->sources, path, &s->diags))
        return true;
    s->damaged = s->sources.n > before && s->sources.v[before].depth;
    return s->damaged;
}

/* A log that cannot be opened should not cost the time to read the others:
 * all of them are tried first. */
static bool add_sources(struct ikw_session *s, const char **files, size_t n)
{
    size_t from = s->sources.n;
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok = add_source(s, files[i]) && ok;
    if (ok)
        ikw_log_sources_order(&s->sources, from);
    return ok;
}

static bool find_logs(struct ikw_session *s, const struct ikw_options *o)
{
    static const char *standard_input[] = { "-" };
    bool ok;
    if (o->facts)
        return true;
    s->sources.kb = s->kb;
    ok = add_sources(s, o->nfiles ? o->files : standard_input,
                     o->nfiles ? o->nfiles : 1);
    s->nlocal = s->sources.n;
    return add_sources(s, o->peer_logs, o->npeer_logs) && ok;
}

/* What is cut of this run, and of no other, is told with it. */
static void set_limits(struct ikw_session *s, const struct ikw_options *o)
{
    s->diags.limits = IKW_ARENA_NEW(&s->arena, struct ikw_limits);
    *s->diags.limits = o->limits;
}

bool ikw_session_open(struct ikw_session *s, const struct ikw_options *o)
{
    struct ikw_kb *kb = ikw_kb_open(o);
    bool ok = ikw_session_open_with(s, o, kb);
    s->kb_borrowed = false;
    return ok;
}

bool ikw_session_open_with(struct ikw_session *s, const struct ikw_options *o,
                           struct ikw_kb *kb)
{
    *s = (struct ikw_session){ .year_given = o->year != 0,
                               .kb = kb,
                               .kb_borrowed = true };
    set_limits(s, o);
    return s->kb && choose_envelope(s, o) && find_logs(s, o) &&
           ikw_configs_read(&s->configs, o, (unsigned)s->sources.n,
                            &s->diags) &&
           ikw_captures_read(&s->captures, o,
                             (unsigned)(s->sources.n + s->configs.nfiles),
                             &s->diags);
}

bool ikw_session_begin(struct ikw_session *s, const struct ikw_options *o,
                       struct ikw_kb *kb, unsigned configs_first)
{
    *s = (struct ikw_session){ .year_given = o->year != 0,
                               .kb = kb,
                               .kb_borrowed = true };
    set_limits(s, o);
    return kb && choose_envelope(s, o) &&
           ikw_configs_read(&s->configs, o, configs_first, &s->diags);
}

void ikw_session_close(struct ikw_session *s)
{
    ikw_print_diags(stderr, &s->diags);
    ikw_diags_release(&s->diags);
    ikw_report_free(s->report);
    ikw_dossier_free(s->dossier);
    ikw_log_sources_release(&s->sources);
    free(s->inputs);
    ikw_configs_release(&s->configs);
    ikw_captures_release(&s->captures);
    ikw_arena_release(&s->arena);
    if (!s->kb_borrowed)
        ikw_kb_free(s->kb);
    *s = (struct ikw_session){ .damaged = s->damaged };
}

size_t ikw_session_files(const struct ikw_session *s)
{
    return s->ninputs + s->configs.nfiles + s->captures.nfiles;
}

const char *ikw_session_file(const struct ikw_session *s, unsigned file)
{
    const struct ikw_configs_file *c = ikw_configs_file(&s->configs, file);
    const struct ikw_captures_file *w = ikw_captures_file(&s->captures, file);
    if (c)
        return c->name;
    if (w)
        return w->name;
    return file < s->ninputs && s->inputs[file].file ? s->inputs[file].file
                                                     : "";
}

const char *ikw_session_base(const struct ikw_session *s, unsigned file)
{
    const char *name = ikw_session_file(s, file);
    const char *until = name + strlen(name);
    if (file < s->sources.n && s->sources.v[file].depth)
        until = name + strlen(s->sources.v[file].path);
    while (until > name && until[-1] != '/')
        until--;
    return until;
}

/* ---- reading ----------------------------------------------------------- */

struct run {
    struct ikw_session *session;
    const struct ikw_session_hooks *hooks;
    struct ikw_envelope_opts envelope;
    struct ikw_tracker *tracker;
    struct ikw_progress progress;
};

static void on_set(void *arg, struct ikw_fact_set *fs)
{
    struct run *r = arg;
    if (r->hooks->set)
        r->hooks->set(r->hooks->arg, fs);
}

static void on_unrecognised(void *arg, const struct ikw_line *line)
{
    struct run *r = arg;
    unsigned file = (unsigned)r->session->ninputs - 1;
    r->hooks->unrecognised(r->hooks->arg, file, line);
}

static void on_silent(void *arg, const struct ikw_evidence *line)
{
    struct run *r = arg;
    r->hooks->silent(r->hooks->arg, line);
}

static void on_packet(void *arg, const struct ikw_dump *packet)
{
    struct run *r = arg;
    r->hooks->packet(r->hooks->arg, packet);
}

static const char *keep(struct ikw_session *s, const char *text)
{
    return text ? ikw_arena_strdup(&s->arena, text) : NULL;
}

static struct ikw_input *open_source(struct run *r,
                                     const struct ikw_log_source *source,
                                     struct ikw_buf *edited)
{
    struct ikw_session *s = r->session;
    struct ikw_input_opts opts = { .tick = ikw_progress_tick,
                                   .tick_arg = &r->progress,
                                   .ahead = true };
    struct ikw_input *in = ikw_log_source_open(source, &opts, &s->diags);
    return ikw_drops_apply(s->drops, source->name, in, edited, &s->diags);
}

static bool read_file(struct run *r, const struct ikw_log_source *from,
                      enum ikw_source source)
{
    struct ikw_session *s = r->session;
    struct ikw_buf edited = { 0 };
    struct ikw_input *in = open_source(r, from, &edited);
    if (!in)
        return false;
    unsigned file = (unsigned)s->ninputs++;
    struct ikw_log_summary *sum = &s->inputs[file];
    const char *name = keep(s, ikw_input_name(in));
    sum->file = name;
    if (!ikw_log_read(r->tracker, s->kb, in, file, source, &r->envelope, sum,
                      &s->diags))
        s->damaged = true;
    sum->file = name;
    sum->source = source;
    sum->dialect = keep(s, sum->dialect);
    sum->envelope = keep(s, sum->envelope);
    sum->why = keep(s, sum->why);
    ikw_input_close(in);
    ikw_buf_release(&edited);
    return true;
}

static bool read_all(struct run *r)
{
    struct ikw_session *s = r->session;
    const struct ikw_log_sources *ss = &s->sources;
    bool ok = true;
    s->inputs = ikw_xcalloc(ss->n, sizeof *s->inputs);
    ikw_progress_begin(&r->progress, ss);
    for (size_t i = 0; i < ss->n && ok; i++)
        ok = read_file(r, &ss->v[i],
                       i < s->nlocal ? IKW_SOURCE_LOCAL : IKW_SOURCE_PEER);
    ikw_progress_end(&r->progress);
    return ok;
}

bool ikw_session_read(struct ikw_session *s, const struct ikw_options *o,
                      const struct ikw_session_hooks *hooks)
{
    struct run r = { .session = s, .hooks = hooks };
    struct ikw_log_sink sink = { .arg = &r, .set = on_set };
    if (hooks->unrecognised)
        sink.unrecognised = on_unrecognised;
    if (hooks->silent)
        sink.silent = on_silent;
    if (hooks->packet)
        sink.packet = on_packet;
    struct ikw_matcher *matcher = ikw_matcher_new(s->kb);
    r.envelope = (struct ikw_envelope_opts){ s->envelope, o->year };
    r.tracker = ikw_tracker_new(s->kb, matcher, &sink);
    ikw_tracker_bound(r.tracker, s->diags.limits);
    bool ok = read_all(&r);
    if (ok)
        ikw_tracker_end(r.tracker);
    ikw_tracker_free(r.tracker);
    ikw_matcher_free(matcher);
    return ok;
}

/* ---- reasoning --------------------------------------------------------- */

void ikw_session_apply(const struct ikw_session *s, struct ikw_fact_set *fs)
{
    ikw_configs_apply(&s->configs, fs);
    ikw_captures_apply(&s->captures, fs);
}

struct reasoning {
    struct ikw_report_builder *builder;
    struct ikw_diags *diags;
    struct ikw_dossier *dossier; /* NULL: keep no sets */
    const struct ikw_session *session;
};

static void reason_over(void *arg, struct ikw_fact_set *fs)
{
    struct reasoning *g = arg;
    ikw_session_apply(g->session, fs);
    if (g->dossier)
        ikw_dossier_add(g->dossier, fs);
    ikw_report_add(g->builder, fs, g->diags);
}

/* Errors that are no facts are errors that no verdict can explain. */
static void count_silent(void *arg, const struct ikw_evidence *line)
{
    struct reasoning *g = arg;
    ikw_report_error_line(g->builder, line);
}

static void count_unknown(void *arg, unsigned file, const struct ikw_line *line)
{
    struct reasoning *g = arg;
    char text[IKW_TEXT_MAX + 1];
    size_t len = line->text.len < IKW_TEXT_MAX ? line->text.len : IKW_TEXT_MAX;
    if (line->level != IKW_LEVEL_ERROR && line->level != IKW_LEVEL_WARNING)
        return;
    if (len)
        memcpy(text, line->text.ptr, len);
    ikw_hex_hide(text, len);
    text[len] = '\0';
    struct ikw_evidence ev = { file, line->number, line->t_ms, text, NULL };
    ikw_report_error_line(g->builder, &ev);
}

static bool reason_over_facts(struct ikw_session *s, const char *path,
                              struct reasoning *g)
{
    struct ikw_buf text = { 0 };
    struct ikw_input *in = ikw_input_open(path, NULL, &s->diags);
    bool ok = in && ikw_input_slurp(in, &text, &s->diags);
    struct ikw_slice all = { ikw_buf_str(&text), text.len };
    ikw_inputs_parse(s, all);
    ok = ok && ikw_facts_parse(s->kb, path, all, reason_over, g, &s->diags);
    ikw_buf_release(&text);
    return ok;
}

/* ---- two logs ----------------------------------------------------------- */

struct join {
    const struct ikw_session_hooks *hooks;
    struct ikw_joiner *joiner;
};

static void add_side(struct ikw_buf *b, const char *whose,
                     const struct ikw_join_side *side)
{
    ikw_buf_addf(b, "%s: %s <-> %s", whose,
                 *side->local ? side->local : "unknown",
                 *side->peer ? side->peer : "unknown");
    if (side->from_ms == IKW_NO_TIME)
        return;
    ikw_buf_adds(b, ", ");
    ikw_when_date_time(b, side->from_ms, false);
    ikw_buf_adds(b, " to ");
    if (ikw_when_same_day(side->from_ms, side->to_ms))
        ikw_when_clock(b, side->to_ms);
    else
        ikw_when_date_time(b, side->to_ms, false);
}

/* Both tunnels and times, to see whether it is another's or of another day. */
static void tell_unjoined(const struct ikw_join_summary *sum)
{
    struct ikw_buf b = { 0 };
    add_side(&b, "here", &sum->side[IKW_SOURCE_LOCAL]);
    if (sum->peer_sets) {
        ikw_buf_adds(&b, "; ");
        add_side(&b, "there", &sum->side[IKW_SOURCE_PEER]);
    }
    if (sum->own)
        ikw_complain("the peer's log is of this same gateway (equal cookies "
                     "in the same role): it was not used");
    else if (sum->peer_sets)
        ikw_complain("the peer's log has no negotiation in common with this "
                     "one: it was not used (%s)",
                     ikw_buf_str(&b));
    else
        ikw_complain("the peer's log has no negotiation, and is not of the "
                     "time of this one: it was not used (%s)",
                     ikw_buf_str(&b));
    ikw_buf_release(&b);
}

static void tell_join(const struct ikw_session *s,
                      const struct ikw_join_summary *sum)
{
    bool known = false; /* one that is of another daemon is told elsewhere */
    for (unsigned i = 0; i < s->ninputs; i++)
        known = known || (s->inputs[i].source == IKW_SOURCE_PEER &&
                          !ikw_elsewhere_is(s, i));
    if (sum->local_sets && !sum->joined && known)
        tell_unjoined(sum);
    if (sum->offset_known && sum->offset_ms)
        ikw_complain("the peer's clock is %+.1f s against ours (within %.1f s, "
                     "from %zu negotiations)",
                     (double)sum->offset_ms / 1000,
                     (double)sum->spread_ms / 1000, sum->by_cookies);
}

static void keep_set(void *arg, struct ikw_fact_set *fs)
{
    struct join *j = arg;
    ikw_joiner_add(j->joiner, fs);
}

static void pass_unrecognised(void *arg, unsigned file,
                              const struct ikw_line *line)
{
    struct join *j = arg;
    j->hooks->unrecognised(j->hooks->arg, file, line);
}

static void pass_silent(void *arg, const struct ikw_evidence *line)
{
    struct join *j = arg;
    j->hooks->silent(j->hooks->arg, line);
}

bool ikw_session_read_joined(struct ikw_session *s, const struct ikw_options *o,
                             const struct ikw_session_hooks *hooks)
{
    struct ikw_join_summary sum;
    struct join j = { hooks, ikw_joiner_new(s->kb) };
    struct ikw_session_hooks mine = { .arg = &j, .set = keep_set };
    if (hooks->unrecognised)
        mine.unrecognised = pass_unrecognised;
    if (hooks->silent)
        mine.silent = pass_silent;
    bool ok = ikw_session_read(s, o, &mine);
    if (ok) {
        ikw_joiner_end(j.joiner, hooks->set, hooks->arg, &sum);
        tell_join(s, &sum);
    }
    ikw_joiner_free(j.joiner);
    return ok;
}

bool ikw_session_diagnose(struct ikw_session *s, const struct ikw_options *o)
{
    s->report_opts.limits = s->diags.limits;
    struct reasoning g = { .builder = ikw_report_begin(s->kb, &s->report_opts),
                           .diags = &s->diags,
                           .session = s };
    if (s->keep_sets)
        g.dossier = s->dossier = ikw_dossier_new(s->kb, 0);
    struct ikw_session_hooks hooks = { &g, reason_over, count_unknown,
                                       count_silent, NULL };
    bool ok = o->facts        ? reason_over_facts(s, o->facts, &g)
              : o->npeer_logs ? ikw_session_read_joined(s, o, &hooks)
                              : ikw_session_read(s, o, &hooks);
    if (ok)
        ikw_captures_tell(&s->captures);
    s->report = ikw_report_end(g.builder);
    if (ok && o->npeer_logs && !o->facts)
        ikw_elsewhere_read(s);
    return ok;
}

/* ---- a log that grows --------------------------------------------------- */

struct ikw_live {
    struct reasoning reasoning;
    struct ikw_session_hooks hooks;
    struct run run;
    struct ikw_matcher *matcher;
};

struct ikw_live *ikw_live_new(struct ikw_session *s)
{
    struct ikw_live *l = ikw_xcalloc(1, sizeof *l);
    struct ikw_log_sink sink = { .arg = &l->run,
                                 .set = on_set,
                                 .unrecognised = on_unrecognised,
                                 .silent = on_silent };
    s->report_opts.limits = s->diags.limits;
    l->reasoning.builder = ikw_report_begin(s->kb, &s->report_opts);
    l->reasoning.diags = &s->diags;
    l->reasoning.session = s;
    l->hooks = (struct ikw_session_hooks){ &l->reasoning, reason_over,
                                           count_unknown, count_silent, NULL };
    l->run.session = s;
    l->run.hooks = &l->hooks;
    l->matcher = ikw_matcher_new(s->kb);
    l->run.tracker = ikw_tracker_new(s->kb, l->matcher, &sink);
    ikw_tracker_bound(l->run.tracker, s->diags.limits);
    return l;
}

struct ikw_tracker *ikw_live_tracker(const struct ikw_live *l)
{
    return l->run.tracker;
}

void ikw_live_end(struct ikw_live *l)
{
    ikw_tracker_end(l->run.tracker);
    l->run.session->report = ikw_report_end(l->reasoning.builder);
    l->reasoning.builder = NULL;
}

void ikw_live_free(struct ikw_live *l)
{
    if (!l)
        return;
    ikw_tracker_free(l->run.tracker);
    ikw_matcher_free(l->matcher);
    if (l->reasoning.builder)
        ikw_report_free(ikw_report_end(l->reasoning.builder));
    free(l);
}
