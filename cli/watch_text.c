#include "cli/watch.h"

#include "cli/render.h"

#include <string.h>

enum { WORD_WIDTH = 11, POSSIBLE = 20 };

/* What a person wants to hear of again. */
static bool is_news(const json_t *event)
{
    static const char *const keys[] = { "band", "recovered", "suspicion",
                                        "noise", "role" };
    const json_t *changed = json_object_get(event, "changed");
    size_t k;
    json_t *c;
    if (strcmp(ikw_json_word(event, "event"), "revised") != 0)
        return true;
    json_array_foreach(changed, k, c)
    {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
            if (!strcmp(json_string_value(c), keys[i]))
                return true;
    }
    return false;
}

static bool is_set(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

static const char *label_of(const struct ikw_kb *kb, const json_t *event,
                            enum ikw_style *style)
{
    const struct ikw_cause *c = ikw_kb_cause(kb, ikw_json_word(event, "cause"));
    *style = IKW_YELLOW;
    if (!strcmp(ikw_json_word(event, "event"), "withdrawn"))
        return "WITHDRAWN";
    if (is_set(event, "noise"))
        return "NOISE";
    if (c && c->benign)
        return "NOTE";
    if (is_set(event, "suspicion"))
        return "WATCH";
    if (json_integer_value(json_object_get(event, "certainty")) < POSSIBLE)
        return "UNDECIDED";
    *style = is_set(event, "recovered") ? IKW_GREEN : IKW_RED;
    return is_set(event, "recovered") ? "RECOVERED" : "FAULT";
}

static const char *maybe(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static void add_tunnel(struct ikw_buf *out, const json_t *event)
{
    const json_t *t = json_object_get(event, "tunnel");
    if (json_object_size(t))
        ikw_tunnel_words(out, maybe(t, "local"), maybe(t, "peer"),
                         maybe(t, "name"));
    else
        ikw_buf_adds(out, "the daemon itself");
}

static void add_number(struct ikw_buf *out, const json_t *event)
{
    json_int_t n = json_integer_value(json_object_get(event, "count"));
    if (json_object_get(event, "certainty"))
        ikw_buf_addf(
            out, " %d %%",
            (int)json_integer_value(json_object_get(event, "certainty")));
    if (n > 1)
        ikw_buf_addf(out, ", %lld times", (long long)n);
    if (*ikw_json_word(event, "replaced_by"))
        ikw_buf_adds(out, ": another verdict stands instead");
    if (!strcmp(ikw_json_word(event, "event"), "revised"))
        ikw_buf_adds(out, " (revised)");
}

static void add_head(const struct ikw_watch_log *w, struct ikw_page *page,
                     const json_t *event)
{
    const char *last = ikw_json_word(event, "last");
    if (w->options->nfiles > 1) {
        ikw_escape(&page->out, w->path, strlen(w->path), page->utf8);
        ikw_buf_adds(&page->out, ": ");
    }
    if (*last)
        ikw_buf_addf(&page->out, "%.10s %s  ", last, last + 11);
}

static void add_outcome(struct ikw_page *page, const json_t *event)
{
    const char *word;
    const char *sep = ": ";
    json_t *n;
    ikw_buf_adds(&page->out, ikw_json_word(event, "outcome"));
    json_object_foreach(json_object_get(event, "tunnels"), word, n)
    {
        long long many = json_integer_value(n);
        ikw_buf_addf(&page->out, "%s%lld tunnel%s %s", sep, many,
                     many == 1 ? "" : "s", word);
        sep = ", ";
    }
    ikw_buf_addc(&page->out, '\n');
}

static void add_verdict(const struct ikw_kb *kb, struct ikw_page *page,
                        const json_t *event)
{
    enum ikw_style style;
    struct ikw_buf b = { 0 };
    const char *word = label_of(kb, event, &style);
    ikw_page_styled(page, style, word);
    ikw_page_spaces(page, WORD_WIDTH - strlen(word));
    add_tunnel(&b, event);
    ikw_buf_addf(&b, "  %s", ikw_json_word(event, "cause"));
    add_number(&b, event);
    ikw_escape(&page->out, b.ptr, b.len, page->utf8);
    ikw_buf_addc(&page->out, '\n');
    if (!strcmp(ikw_json_word(event, "event"), "verdict")) {
        ikw_buf_clear(&b);
        ikw_buf_adds(&b, ikw_json_word(event, "title"));
        if (*ikw_json_word(event, "fixer"))
            ikw_buf_addf(&b, " (to act: %s)", ikw_json_word(event, "fixer"));
        ikw_page_spaces(page, WORD_WIDTH);
        ikw_page_wrap(page, WORD_WIDTH, WORD_WIDTH, 0, b.ptr);
    }
    ikw_buf_release(&b);
}

static bool same_outcome(const struct ikw_watch_log *w, const json_t *event)
{
    return w->outcome && !strcmp(ikw_json_word(w->outcome, "outcome"),
                                 ikw_json_word(event, "outcome"));
}

bool ikw_watch_tell(const struct ikw_watch_log *w, const json_t *change)
{
    const json_t *event = json_object_get(change, "event");
    struct ikw_page page;
    bool ok = true;
    ikw_page_init(&page, w->options->colour);
    if (w->options->jsonl) {
        ok = ikw_jsonl_line(&page.out, event);
    } else if (!strcmp(ikw_json_word(event, "event"), "outcome")) {
        if (!same_outcome(w, event)) {
            add_head(w, &page, event);
            add_outcome(&page, event);
        }
    } else if (is_news(event)) {
        add_head(w, &page, event);
        add_verdict(w->session.kb, &page, event);
    }
    if (ok && page.out.len)
        ok = ikw_write_out(page.out.ptr, page.out.len);
    ikw_page_release(&page);
    return ok;
}
