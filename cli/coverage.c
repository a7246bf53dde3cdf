/*
 * ikewhy kb coverage: which rules no log fires, which of their conditions no
 * log shows to fail, which causes no log has and which messages none shows.
 * A rule is left alone once both are seen.
 */
#include "cli/coverage.h"

#include "cli/configs.h"
#include "cli/kbfind.h"
#include "facts/join.h"
#include "facts/log/log.h"
#include "inference/report.h"

#include <stdlib.h>
#include <string.h>

struct shown {
    const struct ikw_message *message;
    bool seen;
};

struct coverage {
    struct ikw_kb *kb;
    struct ikw_program *program;
    struct ikw_matcher *matcher;
    struct ikw_cover *rules; /* by index */
    bool *causes;            /* by index: some log has it as a verdict */
    struct shown *messages;  /* by address of the message */
    size_t nopen;            /* rules */
    size_t nsets, nlogs, npairs, nconfigs;
    bool all;                           /* name the messages, too */
    struct ikw_report_builder *builder; /* of the trial in hand */
    struct ikw_joiner *joiner;
    struct ikw_configs *configs;
    struct ikw_diags diags;
};

static uint64_t all_patterns(const struct ikw_rule *r)
{
    return r->npatterns < 64 ? ((uint64_t)1 << r->npatterns) - 1 : UINT64_MAX;
}

static bool is_open(const struct coverage *c, const struct ikw_rule *r)
{
    const struct ikw_cover *seen = &c->rules[r->index];
    return !seen->fired || seen->failed != all_patterns(r);
}

/* ---- one fact set ------------------------------------------------------ */

static void mark_derivations(struct coverage *c, const struct ikw_engine *e)
{
    for (size_t i = 0; i < ikw_engine_nderived(e); i++) {
        const struct ikw_fact *f = ikw_engine_derived(e, i);
        c->rules[ikw_engine_why(e, f)->rule->index].fired = true;
    }
    for (size_t i = 0; i < ikw_engine_nweights(e); i++)
        c->rules[ikw_engine_weight(e, i)->why->rule->index].fired = true;
}

static void look_at(void *arg, struct ikw_fact_set *fs)
{
    struct coverage *c = arg;
    c->nsets++;
    if (c->configs)
        ikw_configs_apply(c->configs, fs);
    if (c->nopen) {
        struct ikw_engine_opts opts = { .program = c->program };
        struct ikw_engine *e = ikw_engine_new(c->kb, fs, &opts);
        ikw_engine_run(e, &c->diags);
        mark_derivations(c, e);
        c->nopen = 0;
        for (size_t i = 0; i < c->kb->nrules; i++) {
            const struct ikw_rule *r = c->kb->rules[i];
            if (is_open(c, r))
                ikw_engine_cover(e, r, &c->rules[r->index]);
            c->nopen += is_open(c, r);
        }
        ikw_engine_free(e);
    }
    if (c->builder)
        ikw_report_add(c->builder, fs, &c->diags);
}

static void hold(void *arg, struct ikw_fact_set *fs)
{
    struct coverage *c = arg;
    ikw_joiner_add(c->joiner, fs);
}

/* ---- one trial --------------------------------------------------------- */

static bool read_log(struct coverage *c, struct ikw_tracker *tr,
                     const char *path, unsigned file, enum ikw_source source)
{
    struct ikw_envelope_opts opts = { 0 };
    struct ikw_input *in = ikw_input_open(path, NULL, &c->diags);
    if (!in)
        return false;
    bool ok = ikw_log_read(tr, c->kb, in, file, source, &opts, NULL, &c->diags);
    ikw_input_close(in);
    return ok;
}

static void note_verdicts(struct coverage *c)
{
    struct ikw_report *r = ikw_report_end(c->builder);
    c->builder = NULL;
    for (size_t i = 0; i < r->nverdicts; i++)
        for (const struct ikw_cause *k = r->verdicts[i]->cause; k;
             k = k->parent)
            c->causes[k->index] = true;
    for (size_t i = 0; i < r->nnotes; i++)
        c->causes[r->notes[i]->index] = true;
    ikw_report_free(r);
}

static bool try_paper(struct coverage *c)
{
    struct ikw_fact_set fs;
    struct ikw_configs *cs = c->configs;
    ikw_fact_set_init(&fs, c->kb);
    ikw_config_paper(&fs, &cs->local, cs->npeers ? cs->peers[0] : NULL, NULL);
    c->configs = NULL;
    look_at(c, &fs);
    ikw_fact_set_release(&fs);
    return true;
}

static bool try_logs(struct coverage *c, const struct ikw_trial *t)
{
    struct ikw_log_sink sink = { .arg = c, .set = t->peer ? hold : look_at };
    struct ikw_tracker *tr = ikw_tracker_new(c->kb, c->matcher, &sink);
    c->joiner = t->peer ? ikw_joiner_new(c->kb) : NULL;
    bool ok = read_log(c, tr, t->log, 0, IKW_SOURCE_LOCAL) &&
              (!t->peer || read_log(c, tr, t->peer, 1, IKW_SOURCE_PEER));
    if (ok)
        ikw_tracker_end(tr);
    if (ok && t->peer) {
        struct ikw_join_summary sum;
        ikw_joiner_end(c->joiner, look_at, c, &sum);
    }
    if (t->peer)
        ikw_joiner_free(c->joiner);
    ikw_tracker_free(tr);
    c->nlogs += !t->peer;
    c->npairs += t->peer != NULL;
    return ok;
}

static bool try_facts(struct coverage *c, const char *path)
{
    struct ikw_buf text = { 0 };
    bool ok = ikw_configs_slurp(path, &text, &c->diags);
    struct ikw_slice all = { ikw_buf_str(&text), text.len };
    ok = ok && ikw_facts_parse(c->kb, path, all, look_at, c, &c->diags);
    ikw_buf_release(&text);
    c->nlogs++;
    return ok;
}

static bool try_one(struct coverage *c, const struct ikw_trial *t)
{
    struct ikw_report_opts opts = { .engine = { .program = c->program } };
    struct ikw_configs configs = { .given = false };
    struct ikw_trial mine = *t;
    struct ikw_options o = { .command = IKW_CMD_DIAGNOSE,
                             .configs = mine.configs,
                             .nconfigs = mine.nconfigs,
                             .peer_configs = mine.peer_configs,
                             .npeer_configs = mine.npeer_configs };
    bool ok = true;
    if (t->nconfigs || t->npeer_configs) {
        ok = ikw_configs_read(&configs, &o, 2, &c->diags);
        c->configs = &configs;
        c->nconfigs++;
    }
    c->builder = ikw_report_begin(c->kb, &opts);
    if (ok)
        ok = t->facts ? try_facts(c, t->facts)
             : t->log ? try_logs(c, t)
                      : try_paper(c);
    note_verdicts(c);
    if (t->nconfigs || t->npeer_configs)
        ikw_configs_release(&configs);
    c->configs = NULL;
    return ok;
}

/* ---- messages ---------------------------------------------------------- */

static int compare_shown(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const struct shown *)a)->message;
    uintptr_t y = (uintptr_t)((const struct shown *)b)->message;
    return (x > y) - (x < y);
}

static void list_messages(struct coverage *c)
{
    c->messages = ikw_xcalloc(c->kb->nmessages, sizeof *c->messages);
    for (size_t i = 0; i < c->kb->nmessages; i++)
        c->messages[i].message = c->kb->messages[i];
    if (c->kb->nmessages)
        qsort(c->messages, c->kb->nmessages, sizeof *c->messages,
              compare_shown);
}

static struct shown *find_shown(const struct coverage *c,
                                const struct ikw_message *m)
{
    struct shown key = { .message = m };
    return bsearch(&key, c->messages, c->kb->nmessages, sizeof key,
                   compare_shown);
}

struct reading {
    struct coverage *c;
    struct ikw_match_memo *memo;
};

static void note_message(void *arg, const struct ikw_line *line)
{
    struct reading *r = arg;
    struct ikw_match m;
    if (ikw_matcher_match_memo(r->c->matcher, r->memo, line->text, &m))
        find_shown(r->c, m.tmpl->message)->seen = true;
}

static void note_messages(struct coverage *c, const char *path)
{
    struct ikw_envelope_opts opts = { 0 };
    struct ikw_input *in = ikw_input_open(path, NULL, &c->diags);
    if (!in)
        return;
    struct reading r = { c, ikw_match_memo_new() };
    struct ikw_envelope_reader *er = ikw_envelope_new(c->kb, &opts);
    struct ikw_slice run = ikw_input_next(in, &c->diags);
    ikw_envelope_detect(er, run, NULL);
    for (uint32_t at = 1; run.len; run = ikw_input_next(in, &c->diags))
        at += ikw_envelope_run(er, at, run, note_message, &r);
    ikw_envelope_free(er);
    ikw_match_memo_free(r.memo);
    ikw_input_close(in);
}

/* ---- the result -------------------------------------------------------- */

static size_t tell_rule(const struct coverage *c, const struct ikw_rule *r)
{
    const struct ikw_cover *seen = &c->rules[r->index];
    size_t n = !seen->fired;
    if (!seen->fired)
        printf("%s:%u: rule '%s' never fired\n", r->pos.file, r->pos.line,
               r->id);
    for (size_t i = 0; i < r->npatterns; i++) {
        const struct ikw_pattern *p = &r->patterns[i];
        if (seen->failed >> i & 1)
            continue;
        n++;
        printf("%s:%u: rule '%s': this %s never failed\n", p->pos.file,
               p->pos.line, r->id, p->type->name);
    }
    return n;
}

static size_t tell_causes(const struct coverage *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->kb->ncauses; i++) {
        const struct ikw_cause *k = c->kb->causes[i];
        if (c->causes[k->index])
            continue;
        n++;
        printf("%s:%u: no case of cause '%s'\n", k->pos.file, k->pos.line,
               k->id);
    }
    return n;
}

static size_t tell_messages(const struct coverage *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->kb->nmessages; i++) {
        const struct ikw_message *m = c->kb->messages[i];
        if (find_shown(c, m)->seen)
            continue;
        n++;
        if (c->all)
            printf("%s:%u: no log shows message '%s'\n", m->pos.file,
                   m->pos.line, m->id);
    }
    return n;
}

static int tell(const struct coverage *c)
{
    size_t conditions = 0, open = 0;
    for (size_t i = 0; i < c->kb->nrules; i++) {
        conditions += c->kb->rules[i]->npatterns;
        open += tell_rule(c, c->kb->rules[i]);
    }
    size_t causes = tell_causes(c), messages = tell_messages(c);
    printf("%zu of %zu causes in no case, %zu of %zu messages in no log%s\n",
           causes, c->kb->ncauses, messages, c->kb->nmessages,
           c->all ? "" : " (--all names them)");
    printf("%zu rules with %zu conditions over %zu logs and %zu pairs of logs, "
           "%zu times with configurations (%zu fact sets): %zu uncovered\n",
           c->kb->nrules, conditions, c->nlogs, c->npairs, c->nconfigs,
           c->nsets, open);
    return open ? 1 : 0;
}

/* ---- the command ------------------------------------------------------- */

static bool find_trials(struct ikw_trials *t, const struct ikw_options *o)
{
    bool ok = o->nfiles > 1;
    if (!ok)
        ikw_complain("kb coverage: which logs?");
    for (size_t i = 1; i < o->nfiles && ok; i++)
        ok = ikw_trials_add(t, o->files[i]);
    ikw_trials_sort(t);
    return ok;
}

static bool run_trials(struct coverage *c, const struct ikw_trials *t)
{
    bool ok = true;
    c->nopen = c->kb->nrules;
    for (size_t i = 0; i < t->n && ok; i++) {
        ok = try_one(c, &t->v[i]);
        if (t->v[i].log && !t->v[i].peer && !t->v[i].nconfigs)
            note_messages(c, t->v[i].log);
    }
    return ok;
}

int ikw_kb_coverage(const struct ikw_options *o)
{
    struct ikw_trials trials = { 0 };
    struct coverage c = { .all = o->all };
    int status = IKW_EXIT_ERROR;
    if (find_trials(&trials, o) && (c.kb = ikw_kb_open(o))) {
        c.program = ikw_program_new(c.kb);
        c.matcher = ikw_matcher_new(c.kb);
        c.rules = ikw_xcalloc(c.kb->nrules, sizeof *c.rules);
        c.causes = ikw_xcalloc(c.kb->ncauses, sizeof *c.causes);
        list_messages(&c);
        if (run_trials(&c, &trials))
            status = tell(&c);
        else
            ikw_print_diags(stderr, &c.diags);
        free(c.rules);
        free(c.causes);
        free(c.messages);
        ikw_matcher_free(c.matcher);
        ikw_program_free(c.program);
        ikw_kb_free(c.kb);
    }
    ikw_diags_release(&c.diags);
    ikw_trials_release(&trials);
    return status;
}
