#include "cli/jsonl.h"

#include "cli/render.h"

#include <string.h>

enum { ID_ROOM = 40 };

const char *ikw_json_word(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? text : "";
}

/* ---- ids ---------------------------------------------------------------- */

static uint64_t mix(uint64_t h, const char *text)
{
    do {
        h ^= (unsigned char)*text;
        h *= UINT64_C(1099511628211);
    } while (*text++);
    return h;
}

static const char *tunnel_key(const json_t *verdict)
{
    const json_t *t = json_object_get(verdict, "tunnel");
    const char *peer = ikw_json_word(t, "peer");
    return *peer ? peer : ikw_json_word(t, "name");
}

/* Without a time the first line of evidence tells one from another. */
static void make_id(const json_t *verdict, unsigned nth, char id[ID_ROOM])
{
    const char *first = ikw_json_word(verdict, "first");
    uint64_t h =
        mix(UINT64_C(14695981039346656037), ikw_json_word(verdict, "cause"));
    h = mix(mix(h, tunnel_key(verdict)), first);
    if (!*first) {
        char line[24];
        json_t *ev = json_array_get(json_object_get(verdict, "evidence"), 0);
        snprintf(line, sizeof line, "%lld",
                 (long long)json_integer_value(json_object_get(ev, "line")));
        h = mix(h, line);
    }
    snprintf(id, ID_ROOM, "v%016llx", (unsigned long long)h);
    if (nth > 1)
        snprintf(id + 17, ID_ROOM - 17, "-%u", nth);
}

static bool taken(const json_t *list, const char *id, const char *host)
{
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o)
    {
        if (!strcmp(ikw_json_word(o, "id"), id) &&
            !strcmp(ikw_json_word(o, "host"), host ? host : ""))
            return true;
    }
    return false;
}

/* ---- objects ------------------------------------------------------------ */

json_t *ikw_jsonl_event(const char *event, const char *id, const char *host)
{
    json_t *o = json_object();
    ikw_json_text(o, "schema", IKW_JSONL_SCHEMA);
    ikw_json_text(o, "event", event);
    ikw_json_text(o, "id", id);
    ikw_json_text(o, "host", host);
    return o;
}

void ikw_jsonl_add(json_t *list, json_t *verdict, const char *host)
{
    char id[ID_ROOM];
    unsigned nth = 0;
    do
        make_id(verdict, ++nth, id);
    while (taken(list, id, host));
    json_t *o = ikw_jsonl_event("verdict", id, host);
    const char *key;
    json_t *value;
    json_object_foreach(verdict, key, value)
    {
        if (strcmp(key, "proof") != 0 && !json_object_get(o, key))
            json_object_set(o, key, value);
    }
    json_array_append_new(list, o);
}

json_t *ikw_jsonl_verdicts(const struct ikw_session *s, const char *host)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->report->nverdicts; i++) {
        json_t *v = ikw_json_verdict(s, s->report->verdicts[i], false);
        ikw_jsonl_add(list, v, host);
        json_decref(v);
    }
    return list;
}

json_t *ikw_jsonl_outcome(const struct ikw_session *s, const char *host)
{
    const struct ikw_report *r = s->report;
    json_t *o = ikw_jsonl_event("outcome", NULL, host);
    json_t *tunnels = json_object();
    for (size_t i = 0; i < r->ntunnels; i++) {
        const char *word = ikw_outcome_name(r->tunnels[i]->outcome);
        json_int_t n = json_integer_value(json_object_get(tunnels, word));
        json_object_set_new(tunnels, word, json_integer(n + 1));
    }
    ikw_json_text(o, "outcome", ikw_outcome_name(r->outcome));
    json_object_set_new(o, "verdicts", json_integer((json_int_t)r->nverdicts));
    json_object_set_new(o, "tunnels", tunnels);
    return o;
}

bool ikw_jsonl_line(struct ikw_buf *out, const json_t *o)
{
    return ikw_json_dump(out, o, JSON_COMPACT);
}

bool ikw_render_jsonl(struct ikw_buf *out, const struct ikw_session *s,
                      const char *host)
{
    json_t *list = ikw_jsonl_verdicts(s, host), *o;
    size_t i;
    bool ok = true;
    json_array_append_new(list, ikw_jsonl_outcome(s, host));
    json_array_foreach(list, i, o)
    {
        ok = ikw_jsonl_line(out, o) && ok;
    }
    json_decref(list);
    return ok;
}
