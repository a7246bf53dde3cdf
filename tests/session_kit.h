/*
 * A diagnosis over bytes in memory, for the fuzzers and the mutation test:
 * what `ikewhy diagnose` does with a file, over one loaded knowledge base.
 */
#ifndef IKW_TESTS_SESSION_KIT_H
#define IKW_TESTS_SESSION_KIT_H

#include "cli/session.h"

#include <stdlib.h>
#include <string.h>

struct session_kit {
    struct ikw_session *s;
    struct ikw_report_builder *builder;
};

static void session_kit_set(void *arg, struct ikw_fact_set *fs)
{
    struct session_kit *k = arg;
    if (k->s->dossier)
        ikw_dossier_add(k->s->dossier, fs);
    ikw_report_add(k->builder, fs, &k->s->diags);
}

static void session_kit_silent(void *arg, const struct ikw_evidence *line)
{
    struct session_kit *k = arg;
    ikw_report_error_line(k->builder, line);
}

static void session_kit_unknown(void *arg, const struct ikw_line *line)
{
    struct session_kit *k = arg;
    char text[IKW_TEXT_MAX + 1];
    size_t len = line->text.len < IKW_TEXT_MAX ? line->text.len : IKW_TEXT_MAX;
    if (line->level != IKW_LEVEL_ERROR && line->level != IKW_LEVEL_WARNING)
        return;
    if (len)
        memcpy(text, line->text.ptr, len);
    text[len] = '\0';
    struct ikw_evidence ev = { 0, line->number, line->t_ms, text, NULL };
    ikw_report_error_line(k->builder, &ev);
}

static const char *session_kit_keep(struct ikw_session *s, const char *text)
{
    return text ? ikw_arena_strdup(&s->arena, text) : NULL;
}

/* Fills `s`: its report, and its dossier if `keep_sets`. Borrows `kb`, which
 * session_kit_close leaves alone. */
static inline void session_kit_open(struct ikw_session *s, struct ikw_kb *kb,
                                    const struct ikw_matcher *m,
                                    const char *name, struct ikw_slice bytes,
                                    bool whole)
{
    struct ikw_envelope_opts env = { 0 };
    struct session_kit k = { .s = s };
    struct ikw_log_sink sink = { &k, session_kit_set, session_kit_unknown,
                                 session_kit_silent, NULL };
    *s = (struct ikw_session){ .kb = kb, .ninputs = 1, .keep_sets = whole };
    s->report_opts.keep_proofs_all = whole;
    s->report_opts.ladders = s->report_opts.timelines = whole;
    s->inputs = ikw_xcalloc(1, sizeof *s->inputs);
    if (whole)
        s->dossier = ikw_dossier_new(kb, 0);
    k.builder = ikw_report_begin(kb, &s->report_opts);
    struct ikw_tracker *tr = ikw_tracker_new(kb, m, &sink);
    struct ikw_input *in = ikw_input_bytes(name, bytes);
    if (ikw_log_read(tr, kb, in, 0, IKW_SOURCE_LOCAL, &env, s->inputs,
                     &s->diags))
        ikw_tracker_end(tr);
    s->inputs->file = name;
    s->inputs->dialect = session_kit_keep(s, s->inputs->dialect);
    s->inputs->envelope = session_kit_keep(s, s->inputs->envelope);
    s->inputs->why = session_kit_keep(s, s->inputs->why);
    ikw_tracker_free(tr);
    ikw_input_close(in);
    s->report = ikw_report_end(k.builder);
}

static inline void session_kit_close(struct ikw_session *s)
{
    ikw_diags_release(&s->diags);
    ikw_report_free(s->report);
    ikw_dossier_free(s->dossier);
    free(s->inputs);
    ikw_arena_release(&s->arena);
}

#endif
