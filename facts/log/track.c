/*
 * The tracker: one matched line after the other into facts. Its hot path is
 * a line that means nothing to it: continuations of dumps nobody asked for
 * and messages without facts return at once.
 */
#include "facts/log/track_internal.h"

#include <stdlib.h>
#include <string.h>

enum { DAEMON_FACTS_MAX = 256, QUIET_LINES = 50, HEX_GROUP = 8 };

static const struct {
    const char *name;
    size_t offset;
} own_types[] = {
    { "negotiation", offsetof(struct ikw_tracker, t_negotiation) },
    { "log-quality", offsetof(struct ikw_tracker, t_quality) },
    { "message", offsetof(struct ikw_tracker, t_message) },
    { "notify", offsetof(struct ikw_tracker, t_notify) },
    { "delete", offsetof(struct ikw_tracker, t_delete) },
    { "decrypt", offsetof(struct ikw_tracker, t_decrypt) },
    { "proposal-offered", offsetof(struct ikw_tracker, t_offer) },
    { "demand", offsetof(struct ikw_tracker, t_demand) },
    { "progress", offsetof(struct ikw_tracker, t_progress) },
    { "sa-established", offsetof(struct ikw_tracker, t_sa_up) },
};

static void reset_sum(struct ikw_tracker *tr)
{
    tr->sum = (struct ikw_log_summary){ .from_ms = IKW_NO_TIME,
                                        .to_ms = IKW_NO_TIME };
}

static void reset_source(struct ikw_tracker *tr)
{
    ikw_fact_set_init(&tr->daemon, tr->kb);
    tr->daemon.limit = DAEMON_FACTS_MAX;
    tr->ctx = (struct context){ .t_ms = IKW_NO_TIME };
    tr->packet.held = tr->packet.decoded = tr->packet.out = false;
    tr->want = DUMP_NONE;
    tr->in_dump = tr->reads_dump = tr->skip_more = tr->exact = tr->event =
        false;
    tr->any_negotiation = tr->starts_mid = false;
    tr->several_peers = false;
    tr->one_peer[0] = '\0';
    tr->nlocals = tr->next_local = 0;
    tr->now_ms = tr->blurred_ms = IKW_NO_TIME;
    tr->before =
        (struct ikw_visibility){ .from_ms = IKW_NO_TIME, .to_ms = IKW_NO_TIME };
    reset_sum(tr);
    tr->first_line = (struct ikw_evidence){ .t_ms = IKW_NO_TIME };
}

struct ikw_tracker *ikw_tracker_new(const struct ikw_kb *kb,
                                    const struct ikw_matcher *m,
                                    const struct ikw_log_sink *sink)
{
    struct ikw_tracker *tr = ikw_xcalloc(1, sizeof *tr);
    tr->kb = kb;
    tr->matcher = m;
    tr->memo = ikw_match_memo_new();
    tr->sink = *sink;
    tr->next_id = 1;
    for (size_t i = 0; i < sizeof own_types / sizeof own_types[0]; i++) {
        const struct ikw_type *type = ikw_kb_type(kb, own_types[i].name);
        memcpy((char *)tr + own_types[i].offset, &type, sizeof type);
    }
    reset_source(tr);
    return tr;
}

void ikw_tracker_bound(struct ikw_tracker *tr, struct ikw_limits *limits)
{
    tr->limits = limits;
}

static void drop_set(void *arg, struct ikw_fact_set *fs)
{
    (void)arg;
    (void)fs;
}

void ikw_tracker_free(struct ikw_tracker *tr)
{
    if (!tr)
        return;
    tr->sink.set = drop_set;
    ikw_tunnels_close_all(tr);
    ikw_fact_set_release(&tr->daemon);
    ikw_match_memo_free(tr->memo);
    ikw_index_release(&tr->cookies);
    ikw_index_release(&tr->spis);
    ikw_turns_release(tr);
    ikw_note_release(&tr->packet.note);
    ikw_note_release(&tr->plain);
    ikw_buf_release(&tr->bytes);
    ikw_buf_release(&tr->why);
    free(tr->wait.items);
    free(tr->tunnels);
    free(tr);
}

/* ---- the stream of lines ----------------------------------------------- */

/* An ERROR or WARNING that the knowledge base knows but draws nothing from
 * is still worth telling. */
static void report_silent(struct ikw_tracker *tr, const struct ikw_line *line,
                          const struct ikw_match *m)
{
    const struct ikw_message *msg = m->tmpl->message;
    enum ikw_level l = line->level ? line->level : msg->level;
    if (!tr->sink.silent || msg->nemits || msg->benign || msg->action ||
        (l != IKW_LEVEL_ERROR && l != IKW_LEVEL_WARNING))
        return;
    struct ikw_evidence ev = ikw_evidence_of(tr, line, m);
    tr->sink.silent(tr->sink.arg, &ev);
}

static void note_level(struct ikw_tracker *tr, enum ikw_level level)
{
    if (level > tr->sum.level)
        tr->sum.level = level;
    if (level >= IKW_LEVEL_DEBUG)
        tr->since_debug = 0;
    else if (++tr->since_debug > QUIET_LINES)
        tr->exact = false;
}

/* A daemon that prints as a notice what others print as information shows
 * both. */
static enum ikw_level shown_by(const struct ikw_line *line,
                               const struct ikw_message *msg)
{
    if (!line->level)
        return msg->level;
    return line->level == IKW_LEVEL_NOTIFY && msg->level == IKW_LEVEL_INFO
               ? IKW_LEVEL_INFO
               : line->level;
}

/* A heading is remembered for the few lines it heads. */
static void note_heading(struct ikw_tracker *tr, struct ikw_match *m)
{
    const char *says = m->tmpl->message->says;
    m->says = tr->says_left ? tr->says : NULL;
    if (tr->says_left)
        tr->says_left--;
    if (says) {
        tr->says = says;
        tr->says_left = SAYS_LINES;
    }
}

/* What is all that a line of debugging does: see ikw_tracker_skim. */
enum { LOUD, SAYS_NOTHING, HEADS_SECRET };

static unsigned char hush_of(const struct ikw_message *msg)
{
    if (msg->nemits || msg->says)
        return LOUD;
    if (msg->action == IKW_DO_SECRET)
        return HEADS_SECRET;
    return msg->action == IKW_DO_NOTHING ? SAYS_NOTHING : LOUD;
}

static void match_line(struct ikw_tracker *tr, const struct ikw_line *line)
{
    struct ikw_match m;
    if (!ikw_matcher_match_memo(tr->matcher, tr->memo, line->text, &m) ||
        !m.tmpl) {
        if (line->continuation)
            return;
        note_level(tr, line->level);
        tr->sum.unrecognised++;
        if (tr->sink.unrecognised)
            tr->sink.unrecognised(tr->sink.arg, line);
        return;
    }
    note_heading(tr, &m);
    tr->sum.recognised += !line->continuation;
    if (line->peer.len && !tr->exact && m.tmpl->message->action != IKW_DO_OPEN)
        ikw_wait_prefixed(tr, line);
    note_level(tr, shown_by(line, m.tmpl->message));
    ikw_track_recognised(tr, line, &m);
    report_silent(tr, line, &m);
    unsigned char hush = hush_of(m.tmpl->message);
    if (hush && line->bland && !line->continuation)
        ikw_match_memo_hush(tr->memo, hush);
}

static bool is_hex(struct ikw_slice s)
{
    size_t n = s.len < HEX_GROUP ? s.len : HEX_GROUP;
    for (size_t i = 0; i < n; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

/* Mostly hex; some messages have their words behind an inner newline. */
static void continue_line(struct ikw_tracker *tr, const struct ikw_line *line)
{
    if (tr->in_dump)
        ikw_packet_more(tr, line->text);
    else if (!tr->skip_more && !is_hex(line->text)) {
        struct ikw_line stamped = *line;
        stamped.t_ms = tr->now_ms;
        match_line(tr, &stamped);
    }
}

static void new_time(struct ikw_tracker *tr, int64_t t_ms)
{
    tr->now_ms = t_ms;
    if (tr->sum.from_ms == IKW_NO_TIME || t_ms < tr->sum.from_ms)
        tr->sum.from_ms = t_ms;
    if (tr->sum.to_ms == IKW_NO_TIME || t_ms > tr->sum.to_ms)
        tr->sum.to_ms = t_ms;
    ikw_wait_grow_old(tr);
    ikw_tunnels_reap(tr);
}

static void first_line(struct ikw_tracker *tr, const struct ikw_line *line)
{
    if (tr->first_line.line)
        return;
    tr->first_line.file = tr->file;
    tr->first_line.line = line->number;
    tr->first_line.t_ms = line->t_ms;
}

void ikw_tracker_line(struct ikw_tracker *tr, const struct ikw_line *line)
{
    if (line->continuation) {
        continue_line(tr, line);
        return;
    }
    if (line->number > tr->sum.lines)
        tr->sum.lines = line->number;
    if (line->foreign) {
        tr->sum.foreign++;
        return;
    }
    if (tr->in_dump)
        ikw_packet_dump_end(tr);
    if (line->t_ms != IKW_NO_TIME && line->t_ms != tr->now_ms)
        new_time(tr, line->t_ms);
    if (line->text.len == 0) {
        tr->in_dump = tr->want != DUMP_NONE && tr->want != DUMP_SECRET;
        tr->reads_dump = tr->in_dump;
        ikw_buf_clear(&tr->bytes);
        return;
    }
    tr->want = DUMP_NONE;
    tr->skip_more = false;
    first_line(tr, line);
    match_line(tr, line);
}

/* Nothing is in hand that such a line would end. */
static bool may_skim(const struct ikw_tracker *tr, const struct ikw_line *head)
{
    return head->level >= IKW_LEVEL_DEBUG && !head->foreign && !tr->in_dump &&
           (head->t_ms == tr->now_ms || head->t_ms == IKW_NO_TIME) &&
           (!head->peer.len || tr->exact) && tr->first_line.line;
}

static void count_skimmed(struct ikw_tracker *tr, unsigned char how,
                          enum ikw_level level)
{
    tr->want = how == HEADS_SECRET ? DUMP_SECRET : DUMP_NONE;
    tr->skip_more = how == HEADS_SECRET;
    if (tr->says_left)
        tr->says_left--;
    tr->sum.recognised++;
    tr->since_debug = 0;
    if (level > tr->sum.level)
        tr->sum.level = level;
}

/* Does what ikw_tracker_line would do with a line of debugging of which no
 * more is to be said, or with an empty one behind it. */
size_t ikw_tracker_skim(void *tracker, uint32_t number,
                        const struct ikw_line *head, const char *text,
                        const char *end)
{
    struct ikw_tracker *tr = tracker;
    unsigned char how;
    size_t len = 0;
    if (!may_skim(tr, head))
        return 0;
    if (text < end && *text == '\n') {
        if (tr->want != DUMP_NONE && tr->want != DUMP_SECRET)
            return 0;
        ikw_buf_clear(&tr->bytes);
    } else {
        len = ikw_match_memo_skim(tr->memo, text, end, &how);
        if (!len)
            return 0;
        count_skimmed(tr, how, head->level);
    }
    if (number > tr->sum.lines)
        tr->sum.lines = number;
    return len + 1;
}

/* ---- inputs ------------------------------------------------------------ */

static void finish_lines(struct ikw_tracker *tr)
{
    if (tr->in_dump)
        ikw_packet_dump_end(tr);
    ikw_packet_settle(tr);
    ikw_wait_flush(tr, NULL);
    ikw_wait_opened(tr, NULL);
}

static void finish_source(struct ikw_tracker *tr)
{
    if (!tr->begun)
        return;
    finish_lines(tr);
    ikw_tunnels_close_all(tr);
    ikw_daemon_deliver(tr);
    reset_source(tr);
    tr->begun = false;
}

static int64_t earlier(int64_t a, int64_t b)
{
    if (a == IKW_NO_TIME || b == IKW_NO_TIME)
        return a == IKW_NO_TIME ? b : a;
    return a < b ? a : b;
}

struct ikw_visibility ikw_track_see(const struct ikw_tracker *tr)
{
    struct ikw_visibility see = tr->before;
    see.present = true;
    if (tr->sum.level > see.level)
        see.level = tr->sum.level;
    see.from_ms = earlier(see.from_ms, tr->sum.from_ms);
    if (tr->sum.to_ms > see.to_ms) /* IKW_NO_TIME is the smallest */
        see.to_ms = tr->sum.to_ms;
    return see;
}

void ikw_tracker_begin(struct ikw_tracker *tr, unsigned file,
                       enum ikw_source source)
{
    if (tr->begun && tr->source != source)
        finish_source(tr);
    else if (tr->begun)
        finish_lines(tr);
    tr->begun = true;
    tr->file = file;
    tr->source = source;
    tr->before = ikw_track_see(tr);
    reset_sum(tr);
}

void ikw_tracker_end(struct ikw_tracker *tr)
{
    if (!tr->begun)
        ikw_tracker_begin(tr, 0, IKW_SOURCE_LOCAL);
    finish_source(tr);
}

void ikw_tracker_summary(const struct ikw_tracker *tr,
                         struct ikw_log_summary *out)
{
    *out = tr->sum;
    out->source = tr->source;
}
