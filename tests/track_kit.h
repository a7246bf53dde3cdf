/*
 * A daemon invented for the tests of facts/: its vocabulary, its messages
 * and a way to run a log of it through the tracker. Lines look like
 * "SECONDS LEVEL [peer] text"; level E, W, I or D; a line that starts with a
 * blank continues the one above.
 */
#ifndef IKW_TESTS_TRACK_KIT_H
#define IKW_TESTS_TRACK_KIT_H

#include "facts/log/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char track_vocabulary[] =
    "<vocabulary>"
    "<type name='sign' means='x'><slot name='negotiation' kind='id'/>"
    "<slot name='what' kind='text'/>"
    "<slot name='kind' kind='word' words='small large'/>"
    "<slot name='n' kind='int'/></type>"
    "<type name='engine' means='x'><slot name='event' kind='text'/></type>"
    "<type name='demand' means='x'><slot name='negotiation' kind='id'/></type>"
    "<type name='progress' means='x'><slot name='negotiation' kind='id'/>"
    "</type>"
    "<type name='sa-established' means='x'>"
    "<slot name='negotiation' kind='id'/>"
    "<slot name='spi' kind='text'/>"
    "<slot name='carried' kind='word' words='yes no'/></type>"
    "<type name='log-quality' produced-by='log' means='x'>"
    "<slot name='level' kind='word' words='none error warning info debug'/>"
    "<slot name='starts-mid' kind='word' words='yes no'/></type>"
    "<type name='negotiation' produced-by='tracker' means='x'>"
    "<slot name='id' kind='id'/><slot name='phase' kind='int'/>"
    "<slot name='role' kind='word' words='I R'/>"
    "<slot name='exchange' kind='word' words='main aggressive quick'/>"
    "<slot name='parent' kind='id'/>"
    "<slot name='outcome' kind='word' words='pending established failed "
    "refused expired deleted superseded half'/>"
    "<slot name='rcookie' kind='text'/>"
    "<slot name='msgid' kind='text'/>"
    "<slot name='carried' kind='word' words='yes no'/>"
    "<slot name='cut' kind='word' words='restart'/></type>"
    "<type name='message' produced-by='packet' means='x'>"
    "<slot name='negotiation' kind='id'/>"
    "<slot name='dir' kind='word' words='in out'/>"
    "<slot name='exchange' kind='word' words='main aggressive quick info'/>"
    "<slot name='number' kind='int'/></type>"
    "<type name='notify' produced-by='packet' means='x'>"
    "<slot name='negotiation' kind='id'/><slot name='name' kind='text'/>"
    "<slot name='code' kind='int'/></type>"
    "<type name='decrypt' produced-by='packet' means='x'>"
    "<slot name='negotiation' kind='id'/>"
    "<slot name='result' kind='word' words='sense noise'/></type>"
    "</vocabulary>";

static const char track_weights[] =
    "<weights suffice='25'><weight word='strong' db='20'/>"
    "<band word='yes' at-least='50'/><band word='no' at-least='0'/></weights>";

#define MSG(id, level, text, rest)                                             \
    "<message id='" id "' level='" level "'><text>" text "</text>"             \
    "<means>x</means>" rest "</message>"
#define SIGN(what) "<fact type='sign' what='" what "'/>"

/* clang-format off: one message after the other, not one in another */
static const char track_messages[] =
    "<messages area='x'>"
    MSG("call", "INFO", "calling {local:addr} to {peer:addr}",
        "<track do='open' phase='1' role='I' tie='peer'/>")
    MSG("called", "INFO", "called {local:addr} by {peer:addr}",
        "<track do='open' phase='1' role='R' tie='peer'/>")
    MSG("soon", "INFO", "about to call {peer:ip}",
        "<track do='open' phase='1' role='I' tie='peer'/>")
    MSG("up-too", "INFO", "so one is up",
        "<track do='establish' phase='1' tie='context open recent'/>"
        "<fact type='sa-established'/>")
    MSG("both", "INFO", "both of two are up",
        "<track do='establish' phase='2' outcome='established' tie='context "
        "open recent'/>")
    MSG("mode", "INFO", "main way",
        "<track do='mode' phase='1' exchange='main' tie='context'/>")
    MSG("up", "INFO", "one is up {local:addr} {peer:addr} {c:cookies}",
        "<track do='establish' phase='1' tie='cookies peer'/>"
        "<fact type='sa-established' spi='{c.i}'/>")
    MSG("over", "ERROR", "one timed out {c:cookies}",
        "<track do='end' phase='1' outcome='failed' tie='cookies peer open'/>"
        SIGN("timeout")
        "<fact type='sign' what='silent' if='{c.r} = 0000000000000000'/>")
    MSG("gone", "INFO", "one is gone {c:cookies}",
        "<track do='end' phase='1' outcome='deleted' tie='cookies'/>")
    MSG("open2", "INFO", "two to {peer:addr}",
        "<track do='open' phase='2' role='I' tie='peer'/>")
    MSG("opened2", "INFO", "two by {peer:addr}",
        "<track do='open' phase='2' role='R' tie='peer'/>")
    MSG("up2", "INFO", "two is up {local:addr} {peer:addr} {spi:spi}",
        "<track do='establish' phase='2' tie='spi peer'/>"
        "<fact type='sa-established' spi='{spi.dec}'/>")
    MSG("part", "ERROR", "no part for {side:int}",
        "<track phase='2' tie='peer'/>"
        SIGN("part"))
    MSG("late2", "ERROR", "{peer:ip} took too long",
        "<track do='end' phase='2' outcome='failed' tie='peer'/>"
        SIGN("late"))
    MSG("aged2", "INFO", "two is old {spi:spi}",
        "<track phase='2' tie='spi'/>"
        SIGN("old"))
    MSG("bad", "ERROR", "bad offer",
        "<track phase='1' tie='context'/>"
        SIGN("bad"))
    MSG("hint", "INFO", "hint {n:int}",
        "<track phase='1' tie='context' do='progress'/><fact type='progress'/>")
    MSG("refused", "ERROR", "refused",
        "<track do='end' phase='1' outcome='refused' tie='peer context'/>"
        SIGN("refused"))
    MSG("away", "ERROR", "turned away",
        "<track do='open' phase='1' role='R' outcome='refused' tie='peer'/>"
        SIGN("away"))
    MSG("again", "NOTIFY", "again from {peer:addr}",
        "<track phase='1' tie='peer'/>"
        SIGN("again"))
    MSG("want", "INFO", "want {peer:ip}",
        "<track phase='1' tie='peer'/><fact type='demand'/>")
    MSG("start", "INFO", "engine starts {v:rest}",
        "<track do='restart' tie='global'/><fact type='engine' event='{v}'/>")
    MSG("key", "DEBUG", "key is {k:text}",
        "<track do='secret' tie='context' phase='1'/>"
        SIGN("key"))
    MSG("in", "DEBUG", "got {size:int} of {from:addr} at {to:addr}",
        "<track do='packet-in' tie='context'/>")
    MSG("out", "DEBUG", "sent {size:int} to {to:addr}",
        "<track do='packet-out' tie='context'/>")
    MSG("plain", "DEBUG", "clear now",
        "<track do='plain' tie='context'/>")
    MSG("look", "DEBUG", "looking at {what:word}",
        "<track phase='1' tie='context'/><fact type='sign' what='{what}'/>")
    MSG("quiet", "ERROR", "nothing known of this",
        "")
    MSG("kinds", "INFO", "kinds {k:word} {n:word} {t:text}.",
        "<track tie='context' phase='1'/>"
        "<fact type='sign' kind='{k}' n='{n}' what='{t}'/>")
    "</messages>";
/* clang-format on */

#undef MSG
#undef SIGN

static inline struct ikw_kb *track_kb(struct ikw_diags *ds)
{
    const struct ikw_doc docs[] = {
        { "vocabulary.xml", ikw_slice_of(track_vocabulary) },
        { "weights.xml", ikw_slice_of(track_weights) },
        { "messages/x.xml", ikw_slice_of(track_messages) },
    };
    return ikw_kb_load_docs(docs, sizeof docs / sizeof docs[0], ds);
}

struct track_bed {
    struct ikw_kb *kb;
    struct ikw_matcher *m;
    struct ikw_tracker *tr;
    struct ikw_diags ds;
    struct ikw_buf out; /* every set as text, without what is global */
    size_t sets, unrecognised, silent;
};

static inline void track_set(void *arg, struct ikw_fact_set *fs)
{
    struct track_bed *bed = arg;
    struct ikw_buf line = { 0 };
    bed->sets++;
    ikw_buf_addf(&bed->out, "%s:\n", fs->peer ? fs->peer : "-");
    for (size_t i = 0; i < fs->nfacts; i++) {
        ikw_buf_clear(&line);
        ikw_fact_print(fs->facts[i], &line);
        char *cut = line.ptr ? strstr(line.ptr, " @") : NULL;
        size_t n = cut ? (size_t)(cut - line.ptr) : line.len;
        ikw_buf_add(&bed->out, ikw_buf_str(&line), n);
        if (fs->facts[i]->count > 1)
            ikw_buf_addf(&bed->out, " x%u", fs->facts[i]->count);
        if (fs->facts[i]->unsure)
            ikw_buf_adds(&bed->out, " unsure");
        ikw_buf_addc(&bed->out, '\n');
    }
    ikw_buf_release(&line);
}

static inline void track_unrecognised(void *arg, const struct ikw_line *line)
{
    (void)line;
    ((struct track_bed *)arg)->unrecognised++;
}

static inline void track_silent(void *arg, const struct ikw_evidence *line)
{
    (void)line;
    ((struct track_bed *)arg)->silent++;
}

static inline void track_open(struct track_bed *bed)
{
    *bed = (struct track_bed){ 0 };
    bed->kb = track_kb(&bed->ds);
    for (const struct ikw_diag *d = bed->ds.head; d; d = d->next)
        fprintf(stderr, "track_kit:%u: %s\n", d->pos.line, d->text);
    if (!bed->kb)
        abort();
    bed->m = ikw_matcher_new(bed->kb);
    struct ikw_log_sink sink = { bed, track_set, track_unrecognised,
                                 track_silent, NULL };
    bed->tr = ikw_tracker_new(bed->kb, bed->m, &sink);
}

static inline void track_close(struct track_bed *bed)
{
    ikw_tracker_free(bed->tr);
    ikw_matcher_free(bed->m);
    ikw_kb_free(bed->kb);
    ikw_buf_release(&bed->out);
    ikw_diags_release(&bed->ds);
}

static inline enum ikw_level track_level(char c)
{
    return c == 'E'   ? IKW_LEVEL_ERROR
           : c == 'W' ? IKW_LEVEL_WARNING
           : c == 'I' ? IKW_LEVEL_INFO
                      : IKW_LEVEL_DEBUG;
}

static inline void track_line(struct track_bed *bed, uint32_t number,
                              struct ikw_slice s)
{
    struct ikw_line line = { .number = number, .t_ms = IKW_NO_TIME };
    if (s.len && s.ptr[0] == ' ') {
        line.continuation = true;
        line.text = ikw_slice_trim(s);
        ikw_tracker_line(bed->tr, &line);
        return;
    }
    size_t i = 0;
    int64_t t = 0;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
        t = t * 10 + (s.ptr[i] - '0');
    if (i)
        line.t_ms = t * 1000;
    s = ikw_slice_trim(ikw_slice_sub(s, i, s.len));
    line.level = track_level(s.len ? s.ptr[0] : 'D');
    s = ikw_slice_trim(ikw_slice_sub(s, 1, s.len));
    if (s.len && s.ptr[0] == '[') {
        size_t end = 1;
        while (end < s.len && s.ptr[end] != ']')
            end++;
        line.peer = ikw_slice_sub(s, 1, end);
        s = ikw_slice_trim(ikw_slice_sub(s, end + 1, s.len));
    }
    line.text = s;
    ikw_tracker_line(bed->tr, &line);
}

static inline void track_feed(struct track_bed *bed, const char *log)
{
    uint32_t number = 0;
    while (*log) {
        size_t n = strcspn(log, "\n");
        track_line(bed, ++number, (struct ikw_slice){ log, n });
        log += n + (log[n] == '\n');
    }
}

/* The whole log in one go; the text of all sets in bed->out. */
static inline void track_run(struct track_bed *bed, const char *log)
{
    track_open(bed);
    ikw_tracker_begin(bed->tr, 0, IKW_SOURCE_LOCAL);
    track_feed(bed, log);
    ikw_tracker_end(bed->tr);
}

#endif
