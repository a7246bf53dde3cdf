#include "cli/packets.h"

#include "cli/when.h"
#include "facts/fact.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { FLAG_COMMIT = 2, FLAG_AUTH_ONLY = 4, FLAGS_KNOWN = 7, VERSION = 0x10 };

static void add_hex(struct ikw_buf *out, const uint8_t *octets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ikw_buf_addf(out, "%02x", octets[i]);
}

static void add_escaped(struct ikw_buf *out, const char *text)
{
    ikw_escape(out, text, strlen(text), true);
}

static bool zero_cookie(const uint8_t cookie[8])
{
    static const uint8_t zero[8];
    return memcmp(cookie, zero, sizeof zero) == 0;
}

/* ---- names ------------------------------------------------------------- */

/* NULL or a number where there is no name. */
static const char *named(const char *name, unsigned number, char spare[16])
{
    if (name)
        return name;
    snprintf(spare, 16, "%u", number);
    return spare;
}

static const char *protocol_name(uint8_t protocol, char spare[16])
{
    static const char *const names[] = { "isakmp", "ah", "esp", "ipcomp" };
    return named(protocol >= 1 && protocol <= 4 ? names[protocol - 1] : NULL,
                 protocol, spare);
}

/* ---- one line ---------------------------------------------------------- */

static void add_payloads(struct ikw_buf *out, const struct ikw_isakmp *k)
{
    char spare[16];
    for (size_t i = 0, n; i < k->npayloads; i += n) {
        uint8_t type = k->payloads[i].type;
        for (n = 1; i + n < k->npayloads && k->payloads[i + n].type == type;)
            n++;
        ikw_buf_addf(out, " %s",
                     named(ikw_isakmp_payload_name(type), type, spare));
        if (n > 1)
            ikw_buf_addf(out, "*%zu", n);
    }
}

static void add_flags(struct ikw_buf *out, const struct ikw_isakmp *k)
{
    if (k->encrypted)
        ikw_buf_adds(out, " encrypted");
    if (k->flags & FLAG_COMMIT)
        ikw_buf_adds(out, " commit");
    if (k->flags & FLAG_AUTH_ONLY)
        ikw_buf_adds(out, " auth-only");
    if (k->flags & ~FLAGS_KNOWN)
        ikw_buf_addf(out, " flags=0x%02x", k->flags);
    if (k->version != VERSION)
        ikw_buf_addf(out, " version=%u.%u", k->version >> 4, k->version & 15u);
}

static void add_contents(struct ikw_buf *out, const struct ikw_datagram *g)
{
    const struct ikw_isakmp *k = &g->isakmp;
    char spare[16];
    add_flags(out, k);
    add_payloads(out, k);
    if (k->has_notify)
        ikw_buf_addf(out, " %s",
                     named(ikw_isakmp_notify_name(k->notify_type),
                           k->notify_type, spare));
    if (k->has_delete)
        ikw_buf_addf(out, " %s", protocol_name(k->delete_protocol, spare));
    if (g->fragment)
        ikw_buf_addf(out, " %u%s", g->fragment,
                     g->last_fragment ? " (last)" : "");
    if (k->length != g->size)
        ikw_buf_addf(out, " length=%lu", (unsigned long)k->length);
    if (k->malformed)
        ikw_buf_adds(out, " (malformed)");
}

static void add_ike(struct ikw_buf *out, const struct ikw_datagram *g)
{
    const struct ikw_isakmp *k = &g->isakmp;
    char spare[16], number[16] = "", msgid[16] = "";
    if (g->number)
        snprintf(number, sizeof number, "%d", g->number);
    if (k->msgid)
        snprintf(msgid, sizeof msgid, "%08lx", (unsigned long)k->msgid);
    ikw_buf_addf(
        out, " %-10s %1s %8s",
        named(ikw_isakmp_exchange_name(k->exchange), k->exchange, spare),
        number, msgid);
    add_contents(out, g);
}

/* Columns: line, time, direction, octets, exchange, number, message id. */
static void add_line(struct ikw_buf *out, const struct ikw_datagram *g)
{
    struct ikw_buf clock = { 0 };
    if (g->t_ms != IKW_NO_TIME)
        ikw_when_clock(&clock, g->t_ms);
    ikw_buf_addf(out, "%6u %-8s %s %5zu", g->line, ikw_buf_str(&clock),
                 g->out ? "->" : "<-", g->size);
    ikw_buf_release(&clock);
    if (g->kind == IKW_DATAGRAM_IKE)
        add_ike(out, g);
    else if (g->kind == IKW_DATAGRAM_KEEPALIVE)
        ikw_buf_adds(out, " NAT keepalive");
    else
        ikw_buf_adds(out, " not IKE");
    if (g->payload.len < g->size)
        ikw_buf_adds(out, " (cut)");
    if (g->again)
        ikw_buf_adds(out, " (again)");
    if (g->times > 1)
        ikw_buf_addf(out, " (%u times)", g->times);
    ikw_buf_addc(out, '\n');
}

/* ---- headings ---------------------------------------------------------- */

static const struct ikw_endpoint *local_of(const struct ikw_datagram *g)
{
    return g->out ? &g->from : &g->to;
}

static const struct ikw_endpoint *peer_of(const struct ikw_datagram *g)
{
    return g->out ? &g->to : &g->from;
}

static bool same_end(const struct ikw_endpoint *a, const struct ikw_endpoint *b)
{
    return a->port == b->port && strcmp(a->ip, b->ip) == 0;
}

static bool same_day(int64_t a, int64_t b)
{
    if (a == IKW_NO_TIME || b == IKW_NO_TIME)
        return a == b;
    return ikw_when_same_day(a, b);
}

static bool needs_heading(const struct ikw_packet_list *list,
                          const struct ikw_datagram *g)
{
    bool ike = g->kind == IKW_DATAGRAM_IKE;
    return !list->begun || list->file != g->file ||
           !same_day(list->t_ms, g->t_ms) ||
           !same_end(&list->local, local_of(g)) ||
           !same_end(&list->peer, peer_of(g)) ||
           (ike && memcmp(list->icookie, g->isakmp.icookie, 8));
}

static void add_end(struct ikw_buf *out, const struct ikw_endpoint *e)
{
    add_escaped(out, e->ip[0] ? e->ip : "?");
    if (e->port >= 0)
        ikw_buf_addf(out, "[%lld]", (long long)e->port);
}

static void remember(struct ikw_packet_list *list, const struct ikw_datagram *g)
{
    if (!same_end(&list->local, local_of(g)) ||
        !same_end(&list->peer, peer_of(g)))
        memset(list->icookie, 0, sizeof list->icookie); /* of other ends */
    list->begun = true;
    list->file = g->file;
    list->t_ms = g->t_ms;
    list->local = *local_of(g);
    list->peer = *peer_of(g);
    if (g->kind == IKW_DATAGRAM_IKE)
        memcpy(list->icookie, g->isakmp.icookie, sizeof list->icookie);
}

static void add_heading(struct ikw_buf *out, const struct ikw_packet_list *list,
                        const struct ikw_session *s)
{
    struct ikw_buf date = { 0 };
    if (s->ninputs > 1) {
        add_escaped(out, ikw_session_base(s, list->file));
        ikw_buf_addc(out, ' ');
    }
    if (list->t_ms != IKW_NO_TIME) {
        ikw_when_iso(&date, list->t_ms);
        ikw_buf_addf(out, "%.*s ", (int)strcspn(ikw_buf_str(&date), "T"),
                     ikw_buf_str(&date));
    }
    ikw_buf_release(&date);
    add_end(out, &list->local);
    ikw_buf_adds(out, " <-> ");
    add_end(out, &list->peer);
    if (!zero_cookie(list->icookie)) {
        ikw_buf_addc(out, ' ');
        add_hex(out, list->icookie, sizeof list->icookie);
    }
    ikw_buf_addc(out, '\n');
}

void ikw_packet_text(struct ikw_buf *out, struct ikw_packet_list *list,
                     const struct ikw_session *s, const struct ikw_datagram *g)
{
    bool heading = needs_heading(list, g);
    remember(list, g);
    if (heading)
        add_heading(out, list, s);
    add_line(out, g);
}

/* ---- JSON -------------------------------------------------------------- */

static void set_text(json_t *o, const char *key, const char *text)
{
    struct ikw_buf b = { 0 };
    if (!text || !*text)
        return;
    add_escaped(&b, text);
    json_object_set_new(o, key, json_string(ikw_buf_str(&b)));
    ikw_buf_release(&b);
}

static void set_int(json_t *o, const char *key, int64_t value)
{
    json_object_set_new(o, key, json_integer(value));
}

static void set_true(json_t *o, const char *key, bool value)
{
    if (value)
        json_object_set_new(o, key, json_true());
}

static void set_cookie(json_t *o, const char *key, const uint8_t cookie[8])
{
    struct ikw_buf b = { 0 };
    add_hex(&b, cookie, 8);
    json_object_set_new(o, key, json_string(b.ptr));
    ikw_buf_release(&b);
}

static void set_end(json_t *o, const char *key, const struct ikw_endpoint *e)
{
    json_t *end = json_object();
    set_text(end, "address", e->ip);
    if (e->port >= 0)
        set_int(end, "port", e->port);
    json_object_set_new(o, key, end);
}

static void set_payloads(json_t *o, const struct ikw_isakmp *k)
{
    char spare[16];
    json_t *list = json_array();
    for (size_t i = 0; i < k->npayloads; i++) {
        uint8_t type = k->payloads[i].type;
        const char *name = named(ikw_isakmp_payload_name(type), type, spare);
        json_array_append_new(list, json_string(name));
    }
    json_object_set_new(o, "payloads", list);
}

static void set_notify(json_t *o, const struct ikw_isakmp *k)
{
    if (!k->has_notify)
        return;
    json_t *notify = json_object();
    set_int(notify, "type", k->notify_type);
    set_text(notify, "name", ikw_isakmp_notify_name(k->notify_type));
    set_int(notify, "protocol", k->notify_protocol);
    json_object_set_new(o, "notify", notify);
}

static void set_delete(json_t *o, const struct ikw_isakmp *k)
{
    if (!k->has_delete)
        return;
    json_t *gone = json_object();
    set_int(gone, "protocol", k->delete_protocol);
    set_int(gone, "count", k->delete_count);
    json_object_set_new(o, "delete", gone);
}

static void set_exchange(json_t *o, const struct ikw_datagram *g)
{
    const struct ikw_isakmp *k = &g->isakmp;
    set_cookie(o, "icookie", k->icookie);
    set_cookie(o, "rcookie", k->rcookie);
    set_int(o, "version", k->version);
    set_int(o, "exchange_type", k->exchange);
    set_text(o, "exchange", ikw_isakmp_exchange_name(k->exchange));
    set_int(o, "flags", k->flags);
    set_int(o, "message_id", k->msgid);
    set_int(o, "length", k->length);
    if (g->number)
        set_int(o, "number", g->number);
    set_payloads(o, k);
    set_notify(o, k);
    set_delete(o, k);
    if (g->fragment)
        set_int(o, "fragment", g->fragment);
    set_true(o, "last_fragment", g->last_fragment);
    set_true(o, "malformed", k->malformed);
}

static void set_place(json_t *o, const struct ikw_session *s,
                      const struct ikw_datagram *g)
{
    struct ikw_buf when = { 0 };
    set_text(o, "file", ikw_session_file(s, g->file));
    set_int(o, "line", g->line);
    if (g->t_ms != IKW_NO_TIME)
        ikw_when_iso(&when, g->t_ms);
    set_text(o, "time", ikw_buf_str(&when));
    ikw_buf_release(&when);
    set_text(o, "direction", g->out ? "out" : "in");
    set_end(o, "from", &g->from);
    set_end(o, "to", &g->to);
    set_true(o, "endpoint_guessed", g->guessed);
}

void ikw_packet_json(struct ikw_buf *out, const struct ikw_session *s,
                     const struct ikw_datagram *g)
{
    static const char *const kinds[] = { "ike", "keepalive", "other" };
    json_t *o = json_object();
    set_place(o, s, g);
    set_int(o, "size", (int64_t)g->size);
    set_int(o, "times", g->times);
    set_text(o, "kind", kinds[g->kind]);
    if (g->kind == IKW_DATAGRAM_IKE)
        set_exchange(o, g);
    set_true(o, "cut", g->payload.len < g->size);
    set_true(o, "again", g->again);
    char *text = json_dumps(o, JSON_COMPACT);
    ikw_buf_adds(out, text ? text : "{}");
    free(text);
    json_decref(o);
}
