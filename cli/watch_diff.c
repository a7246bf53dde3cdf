/*
 * What has changed since the last look. Of each verdict that was told a
 * digest is kept: short values as they are, of the others a hash, so that
 * memory does not grow with what was told.
 */
#include "cli/watch.h"
#include "cli/when.h"

#include <stdlib.h>
#include <string.h>

enum { SHORT_TEXT = 100 };

static json_t *hash_of(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    json_t *h = json_integer(text ? ikw_hash_bytes(text, strlen(text)) : 0);
    free(text);
    return h;
}

static bool is_short(const json_t *value)
{
    if (json_is_string(value))
        return json_string_length(value) <= SHORT_TEXT;
    return !json_is_array(value);
}

static bool is_head(const char *key)
{
    return !strcmp(key, "schema") || !strcmp(key, "event") ||
           !strcmp(key, "host") || !strcmp(key, "log");
}

static json_t *digest_of(json_t *verdict)
{
    json_t *d = json_object(), *value;
    const char *key;
    json_object_foreach(verdict, key, value)
    {
        if (is_head(key))
            continue;
        json_object_set_new(
            d, key, is_short(value) ? json_copy(value) : hash_of(value));
    }
    return d;
}

static json_t *change_of(json_t *event, json_t *digest)
{
    json_t *c = json_object();
    json_object_set_new(c, "event", event);
    if (digest)
        json_object_set_new(c, "digest", digest);
    return c;
}

/* Keys in which two digests differ; NULL: none. */
static json_t *differences(json_t *old, json_t *new)
{
    json_t *list = json_array(), *value;
    const char *key;
    json_object_foreach(new, key, value)
    {
        if (!json_equal(value, json_object_get(old, key)))
            json_array_append_new(list, json_string(key));
    }
    json_object_foreach(old, key, value)
    {
        if (!json_object_get(new, key))
            json_array_append_new(list, json_string(key));
    }
    if (json_array_size(list))
        return list;
    json_decref(list);
    return NULL;
}

static void set_log(const struct ikw_watch_log *w, json_t *event)
{
    ikw_json_text(event, "log", w->path);
}

/* ---- withdrawn ----------------------------------------------------------- */

/* A new verdict of the same tunnel; the one that begins with it, if any. */
static const json_t *replacement(const json_t *list, const json_t *gone,
                                 const json_t *known)
{
    const json_t *best = NULL;
    size_t i;
    json_t *v;
    json_array_foreach(list, i, v)
    {
        bool same = json_equal(json_object_get(v, "tunnel"),
                               json_object_get(gone, "tunnel"));
        bool start =
            !strcmp(ikw_json_word(v, "first"), ikw_json_word(gone, "first"));
        if (same && (!best || start) &&
            !json_object_get(known, ikw_json_word(v, "id")))
            best = v;
    }
    return best;
}

/* What lies before the logs at hand cannot be judged again. */
bool ikw_watch_is_history(const struct ikw_watch_log *w, const json_t *gone)
{
    const char *last = ikw_json_word(gone, "last");
    struct ikw_buf from = { 0 };
    if (!*last || w->from_ms == IKW_NO_TIME)
        return false;
    ikw_when_iso(&from, w->from_ms);
    bool before = strcmp(last, from.ptr) < 0;
    ikw_buf_release(&from);
    return before;
}

static void add_withdrawn(const struct ikw_watch_log *w, const json_t *list,
                          json_t *out)
{
    const char *id;
    json_t *gone, *v;
    json_object_foreach(w->known, id, gone)
    {
        size_t i;
        bool stands = false;
        json_array_foreach(list, i, v)
        {
            stands = stands || !strcmp(ikw_json_word(v, "id"), id);
        }
        if (stands || ikw_watch_is_history(w, gone))
            continue;
        json_t *event = ikw_jsonl_event("withdrawn", id, w->options->host);
        const json_t *next = replacement(list, gone, w->known);
        set_log(w, event);
        json_object_set(event, "cause", json_object_get(gone, "cause"));
        json_object_set(event, "tunnel", json_object_get(gone, "tunnel"));
        if (next)
            json_object_set(event, "replaced_by", json_object_get(next, "id"));
        json_array_append_new(out, change_of(event, NULL));
    }
}

/* ---- all of it ----------------------------------------------------------- */

static void add_verdict(const struct ikw_watch_log *w, json_t *v, json_t *out)
{
    json_t *old = json_object_get(w->known, ikw_json_word(v, "id"));
    json_t *digest = digest_of(v), *changed = NULL;
    set_log(w, v);
    if (old && !(changed = differences(old, digest))) {
        json_decref(digest);
        return;
    }
    if (changed) {
        json_object_set_new(v, "event", json_string("revised"));
        json_object_set_new(v, "changed", changed);
    }
    json_array_append_new(out, change_of(json_incref(v), digest));
}

json_t *ikw_watch_diff(const struct ikw_watch_log *w)
{
    json_t *list = ikw_jsonl_verdicts(&w->session, w->options->host);
    json_t *out = json_array(), *v;
    json_t *outcome = ikw_jsonl_outcome(&w->session, w->options->host);
    size_t i;
    add_withdrawn(w, list, out);
    json_array_foreach(list, i, v)
    {
        add_verdict(w, v, out);
    }
    set_log(w, outcome);
    if (!w->outcome || !json_equal(w->outcome, outcome))
        json_array_append_new(out, change_of(json_incref(outcome), NULL));
    json_decref(outcome);
    json_decref(list);
    return out;
}

void ikw_watch_note(struct ikw_watch_log *w, const json_t *change)
{
    json_t *event = json_object_get(change, "event");
    json_t *digest = json_object_get(change, "digest");
    const char *id = ikw_json_word(event, "id");
    if (digest) {
        json_object_set(w->known, id, digest);
    } else if (*id) {
        json_object_del(w->known, id);
    } else {
        json_decref(w->outcome);
        w->outcome = json_incref(event);
    }
}
