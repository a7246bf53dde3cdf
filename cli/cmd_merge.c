/*
 * ikewhy merge: the reports of many hosts as one. Hosts stand in the order of
 * their names, the verdicts of each in the order in which they came.
 */
#include "cli/drop.h"
#include "cli/hosts.h"
#include "cli/jsonl.h"
#include "cli/render.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR_CHARS = 13 }; /* 2026-11-24T05 */

struct merge {
    json_t *hosts; /* name -> { "verdicts": {id}, "outcomes": {log} } */
    json_t *ends;  /* "address address" of a tunnel -> its verdicts */
    struct ikw_diags diags;
    const char **names; /* of the hosts, sorted; borrowed from them */
    size_t nnames;
};

/* ---- taking in ------------------------------------------------------------
 */

static json_t *host_of(struct merge *m, const char *name)
{
    json_t *h = json_object_get(m->hosts, name);
    if (h)
        return h;
    h = json_object();
    json_object_set_new(h, "verdicts", json_object());
    json_object_set_new(h, "outcomes", json_object());
    json_object_set_new(m->hosts, name, h);
    return h;
}

/* False if it is no event of ours. */
static bool take_event(struct merge *m, json_t *o, const char *host)
{
    const char *own = ikw_json_word(o, "host");
    const char *event = ikw_json_word(o, "event"), *id = ikw_json_word(o, "id");
    if (strcmp(ikw_json_word(o, "schema"), IKW_JSONL_SCHEMA) != 0)
        return false;
    json_t *h = host_of(m, *own ? own : host);
    json_t *verdicts = json_object_get(h, "verdicts");
    if (!strcmp(event, "outcome"))
        json_object_set(json_object_get(h, "outcomes"), ikw_json_word(o, "log"),
                        o);
    else if (!strcmp(event, "withdrawn"))
        json_object_del(verdicts, id);
    else if ((!strcmp(event, "verdict") || !strcmp(event, "revised")) && *id)
        json_object_set(verdicts, id, o);
    else
        return !strcmp(event, "mark");
    return true;
}

static json_t *outcome_of_report(const json_t *report, const char *host)
{
    json_t *o = ikw_jsonl_event("outcome", NULL, host), *t;
    json_t *tunnels = json_object();
    size_t i;
    json_array_foreach(json_object_get(report, "tunnels"), i, t)
    {
        const char *word = ikw_json_word(t, "outcome");
        json_int_t n = json_integer_value(json_object_get(tunnels, word));
        json_object_set_new(tunnels, word, json_integer(n + 1));
    }
    json_object_set(o, "outcome", json_object_get(report, "outcome"));
    json_object_set_new(o, "verdicts",
                        json_integer((json_int_t)json_array_size(
                            json_object_get(report, "verdicts"))));
    json_object_set_new(o, "tunnels", tunnels);
    return o;
}

static void take_report(struct merge *m, json_t *report, const char *host)
{
    json_t *list = json_array(), *v;
    size_t i;
    json_array_foreach(json_object_get(report, "verdicts"), i, v)
    {
        ikw_jsonl_add(list, v, host);
    }
    json_array_append_new(list, outcome_of_report(report, host));
    json_array_foreach(list, i, v)
    {
        take_event(m, v, host);
    }
    json_decref(list);
}

/* Its lines, each an object. */
static bool take_lines(struct merge *m, struct ikw_slice text, const char *path,
                       const char *host)
{
    for (unsigned line = 1; text.len; line++) {
        const char *nl = memchr(text.ptr, '\n', text.len);
        size_t len = nl ? (size_t)(nl - text.ptr) : text.len;
        struct ikw_slice one = ikw_slice_trim(ikw_slice_sub(text, 0, len));
        struct ikw_pos pos = { path, line };
        text = ikw_slice_sub(text, len + (nl != NULL), text.len);
        json_t *o = one.len ? json_loadb(one.ptr, one.len, 0, NULL) : NULL;
        bool ok = !one.len || (json_is_object(o) && take_event(m, o, host));
        json_decref(o);
        if (!ok)
            return ikw_diag_add(&m->diags, pos, IKW_DIAG_USAGE,
                                "is no report of ikewhy");
    }
    return true;
}

/* The name of the file without its folder and suffix. */
static void host_of_file(struct ikw_buf *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    bool suffix =
        dot && dot != base && (!strcmp(dot, ".json") || !strcmp(dot, ".jsonl"));
    ikw_buf_add(out, base, suffix ? (size_t)(dot - base) : strlen(base));
}

static bool take_file(struct merge *m, const char *path)
{
    struct ikw_buf text = { 0 }, host = { 0 };
    struct ikw_input *in = ikw_input_open(path, NULL, &m->diags);
    bool ok = in && ikw_input_slurp(in, &text, &m->diags);
    json_t *whole =
        ok ? json_loadb(ikw_buf_str(&text), text.len, 0, NULL) : NULL;
    host_of_file(&host, path);
    if (whole && !strcmp(ikw_json_word(whole, "schema"), "ikewhy-report/1"))
        take_report(m, whole, host.ptr);
    else if (ok)
        ok = take_lines(m, (struct ikw_slice){ ikw_buf_str(&text), text.len },
                        path, host.ptr);
    json_decref(whole);
    ikw_buf_release(&text);
    ikw_buf_release(&host);
    return ok;
}

static int cmp_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In `m->names`, which the caller frees. */
static void sort_hosts(struct merge *m)
{
    const char *name;
    json_t *h;
    m->names = ikw_xcalloc(json_object_size(m->hosts) + 1, sizeof *m->names);
    json_object_foreach(m->hosts, name, h)
    {
        m->names[m->nnames++] = name;
    }
    qsort(m->names, m->nnames, sizeof *m->names, cmp_name);
}

/* ---- both ends of a tunnel ------------------------------------------------
 */

static bool tunnel_pair(const json_t *v, struct ikw_buf *key, bool turned)
{
    const json_t *t = json_object_get(v, "tunnel");
    const char *local = ikw_json_word(t, "local");
    const char *peer = ikw_json_word(t, "peer");
    ikw_buf_addf(key, "%s %s", turned ? peer : local, turned ? local : peer);
    return *local && *peer;
}

/* Clocks differ: to the hour is near enough. Unknown times fit any. */
static bool at_one_time(const json_t *a, const json_t *b)
{
    const char *from = ikw_json_word(a, "first"),
               *to = ikw_json_word(b, "last");
    return !*from || !*to || strncmp(from, to, HOUR_CHARS) <= 0;
}

static void index_host(struct merge *m, const char *host)
{
    json_t *verdicts =
        json_object_get(json_object_get(m->hosts, host), "verdicts");
    const char *id;
    json_t *v;
    json_object_foreach(verdicts, id, v)
    {
        struct ikw_buf key = { 0 };
        json_object_set_new(v, "event", json_string("verdict"));
        json_object_set_new(v, "host", json_string(host));
        json_object_del(v, "changed");
        if (tunnel_pair(v, &key, false)) {
            json_t *list = json_object_get(m->ends, key.ptr);
            if (!list)
                json_object_set_new(m->ends, key.ptr, list = json_array());
            json_array_append(list, v);
        }
        ikw_buf_release(&key);
    }
}

static json_t *other_ends(const struct merge *m, const json_t *v)
{
    struct ikw_buf key = { 0 };
    json_t *found = json_array(), *o;
    size_t i;
    tunnel_pair(v, &key, true);
    json_array_foreach(json_object_get(m->ends, key.ptr), i, o)
    {
        if (at_one_time(v, o) && at_one_time(o, v) &&
            strcmp(ikw_json_word(v, "host"), ikw_json_word(o, "host")) != 0)
            json_array_append(found, o);
    }
    ikw_buf_release(&key);
    return found;
}

/* ---- outcomes --------------------------------------------------------------
 */

static const char *const outcome_words[] = { "fault", "undecided",
                                             "no-negotiation", "healthy" };
enum { OUTCOMES = sizeof outcome_words / sizeof outcome_words[0] };

/* Index of the worst of a host's logs; OUTCOMES: none is known. */
static size_t outcome_of(const json_t *host)
{
    const char *log;
    json_t *o;
    size_t worst = OUTCOMES;
    json_object_foreach(json_object_get(host, "outcomes"), log, o)
    {
        for (size_t i = 0; i < worst; i++)
            if (!strcmp(ikw_json_word(o, "outcome"), outcome_words[i]))
                worst = i;
    }
    return worst;
}

static int exit_of_hosts(const struct merge *m)
{
    const char *name;
    json_t *h;
    int status = IKW_EXIT_HEALTHY;
    json_object_foreach(m->hosts, name, h)
    {
        size_t i = outcome_of(h);
        int one = i == 0              ? IKW_EXIT_FAULT
                  : i == OUTCOMES - 1 ? IKW_EXIT_HEALTHY
                                      : IKW_EXIT_UNDECIDED;
        status = ikw_worse_exit(status, one);
    }
    return status;
}

/* ---- giving out ------------------------------------------------------------
 */

static void print_lines(const struct merge *m, const char *name, json_t *h,
                        struct ikw_buf *out)
{
    const char *key;
    json_t *v, *o;
    json_object_foreach(json_object_get(h, "verdicts"), key, v)
    {
        json_t *ends = other_ends(m, v), *names = json_array();
        size_t i;
        json_array_foreach(ends, i, o)
        {
            json_array_append_new(names, json_sprintf("%s:%s",
                                                      ikw_json_word(o, "host"),
                                                      ikw_json_word(o, "id")));
        }
        if (json_array_size(names))
            json_object_set(v, "other_end", names);
        ikw_jsonl_line(out, v);
        json_decref(ends);
        json_decref(names);
    }
    json_object_foreach(json_object_get(h, "outcomes"), key, v)
    {
        json_object_set_new(v, "host", json_string(name));
        ikw_jsonl_line(out, v);
    }
}

static void add_verdict(struct ikw_buf *b, const json_t *v)
{
    json_int_t n = json_integer_value(json_object_get(v, "count"));
    ikw_buf_addf(b, "%s %d %%", ikw_json_word(v, "cause"),
                 (int)json_integer_value(json_object_get(v, "certainty")));
    if (n > 1)
        ikw_buf_addf(b, ", %lld times", (long long)n);
    if (json_is_true(json_object_get(v, "recovered")))
        ikw_buf_adds(b, ", recovered");
}

static void add_tunnel(struct ikw_buf *b, const json_t *v)
{
    const json_t *t = json_object_get(v, "tunnel");
    if (!json_object_size(t)) {
        ikw_buf_adds(b, "the daemon itself");
        return;
    }
    ikw_tunnel_words(b, json_string_value(json_object_get(t, "local")),
                     json_string_value(json_object_get(t, "peer")),
                     json_string_value(json_object_get(t, "name")));
}

static void print_words(const struct merge *m, const char *name, json_t *h,
                        struct ikw_page *page)
{
    struct ikw_buf b = { 0 };
    const char *id;
    json_t *v, *o;
    size_t which = outcome_of(h), i;
    ikw_buf_addf(&b, "%s: %s", name,
                 which < OUTCOMES ? outcome_words[which] : "no outcome");
    ikw_page_wrap(page, 0, 2, 0, b.ptr);
    json_object_foreach(json_object_get(h, "verdicts"), id, v)
    {
        json_t *ends = other_ends(m, v);
        ikw_buf_clear(&b);
        add_tunnel(&b, v);
        ikw_buf_adds(&b, "  ");
        add_verdict(&b, v);
        ikw_page_spaces(page, 2);
        ikw_page_wrap(page, 2, 6, 0, b.ptr);
        json_array_foreach(ends, i, o)
        {
            ikw_buf_clear(&b);
            ikw_buf_addf(&b, "the other end, %s: ", ikw_json_word(o, "host"));
            add_verdict(&b, o);
            ikw_page_spaces(page, 6);
            ikw_page_wrap(page, 6, 8, 0, b.ptr);
        }
        json_decref(ends);
    }
    ikw_buf_release(&b);
}

static void print_sum(const struct merge *m, struct ikw_page *page)
{
    size_t counts[OUTCOMES + 1] = { 0 }, n = json_object_size(m->hosts);
    const char *name, *sep = ": ";
    json_t *h;
    json_object_foreach(m->hosts, name, h)
    {
        counts[outcome_of(h)]++;
    }
    ikw_buf_addf(&page->out, "%zu host%s", n, n == 1 ? "" : "s");
    for (size_t i = 0; i < OUTCOMES; i++)
        if (counts[i]) {
            ikw_buf_addf(&page->out, "%s%zu %s", sep, counts[i],
                         outcome_words[i]);
            sep = ", ";
        }
    ikw_buf_addc(&page->out, '\n');
}

static bool give_out(const struct merge *m, bool jsonl)
{
    struct ikw_page page;
    ikw_page_init(&page, IKW_COLOUR_NEVER);
    if (!jsonl)
        print_sum(m, &page);
    for (size_t i = 0; i < m->nnames; i++) {
        json_t *h = json_object_get(m->hosts, m->names[i]);
        if (jsonl)
            print_lines(m, m->names[i], h, &page.out);
        else
            print_words(m, m->names[i], h, &page);
    }
    bool ok = ikw_write_out(ikw_buf_str(&page.out), page.out.len);
    ikw_page_release(&page);
    return ok;
}

int ikw_cmd_merge(const struct ikw_options *o)
{
    static const char *standard_input[] = { "-" };
    const char **files = o->nfiles ? o->files : standard_input;
    struct ikw_limits limits = o->limits;
    struct merge m = { .hosts = json_object(),
                       .ends = json_object(),
                       .diags.limits = &limits };
    bool ok = true;
    for (size_t i = 0; i < (o->nfiles ? o->nfiles : 1); i++)
        ok = take_file(&m, files[i]) && ok;
    sort_hosts(&m);
    for (size_t i = 0; i < m.nnames; i++)
        index_host(&m, m.names[i]);
    ok = give_out(&m, o->jsonl) && ok;
    int status = ok ? exit_of_hosts(&m) : IKW_EXIT_ERROR;
    ikw_print_diags(stderr, &m.diags);
    ikw_diags_release(&m.diags);
    free(m.names);
    json_decref(m.ends);
    json_decref(m.hosts);
    return status;
}
