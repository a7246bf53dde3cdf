/*
 * Fuzzes the way from bytes to output: the report of any log is clean UTF-8
 * as text, JSON that can be read again, and HTML whose elements close in
 * order and can do nothing.
 */
#include "cli/ask.h"
#include "cli/html.h"
#include "cli/render.h"
#include "tests/fuzz_kit.h"
#include "tests/session_kit.h"

#include <jansson.h>

/* ---- HTML -------------------------------------------------------------- */

enum { OPEN_MAX = 256, NAME_MAX_LEN = 24 };

struct page {
    const char *at;
    char open[OPEN_MAX][NAME_MAX_LEN];
    size_t nopen;
};

static void name_of(const char *p, char out[NAME_MAX_LEN])
{
    size_t n = strcspn(p, " \n/>");
    must(n > 0 && n < NAME_MAX_LEN);
    memcpy(out, p, n);
    out[n] = '\0';
}

static bool never_closed(const char *name)
{
    return !strcmp(name, "meta") || !strcmp(name, "br");
}

/* Attributes are quoted, none of them acts, and references are local. */
static const char *attributes(const char *p)
{
    while (*p && *p != '>' && *p != '/') {
        p += strspn(p, " \n");
        if (*p == '>' || *p == '/')
            break;
        size_t n = strcspn(p, "= />\n");
        must(n > 0 && strncmp(p, "on", 2) != 0 && strncmp(p, "src", 3) != 0);
        bool link = !strncmp(p, "href", 4);
        p += n;
        if (*p != '=')
            continue;
        must(p[1] == '"');
        must(!link || p[2] == '#');
        p += 2 + strcspn(p + 2, "\"<");
        must(*p == '"');
        p++;
    }
    must(*p == '>' || (*p == '/' && p[1] == '>'));
    return p;
}

static void element(struct page *g)
{
    char name[NAME_MAX_LEN];
    if (g->at[0] == '!') {
        g->at = strchr(g->at, '>');
        must(g->at != NULL);
    } else if (g->at[0] == '/') {
        name_of(g->at + 1, name);
        must(g->nopen > 0 && !strcmp(name, g->open[g->nopen - 1]));
        g->nopen--;
        g->at = strchr(g->at, '>');
    } else {
        name_of(g->at, name);
        must(strcmp(name, "script") && strcmp(name, "img") &&
             strcmp(name, "iframe") && strcmp(name, "object"));
        const char *end = attributes(g->at + strlen(name));
        if (*end == '>' && !never_closed(name)) {
            must(g->nopen < OPEN_MAX);
            memcpy(g->open[g->nopen++], name, sizeof name);
        }
        g->at = strchr(end, '>');
    }
}

static void well_formed(const char *html)
{
    struct page g = { .at = html };
    while ((g.at = strchr(g.at, '<'))) {
        g.at++;
        element(&g);
    }
    must(g.nopen == 0);
}

/* ---- all of them ------------------------------------------------------- */

static void text_of(const struct ikw_session *s)
{
    struct ikw_page page = { .width = 80 };
    ikw_render_text(&page, s);
    fuzz_clean(ikw_buf_str(&page.out), page.out.len);
    ikw_buf_clear(&page.out);
    ikw_render_brief(&page, s);
    fuzz_clean(ikw_buf_str(&page.out), page.out.len);
    ikw_buf_release(&page.out);
}

static void json_of(const struct ikw_session *s)
{
    struct ikw_buf out = { 0 };
    json_error_t e;
    must(ikw_render_json(&out, s));
    fuzz_clean(ikw_buf_str(&out), out.len);
    json_t *j = json_loadb(out.ptr, out.len, JSON_REJECT_DUPLICATES, &e);
    must(j != NULL);
    json_decref(j);
    ikw_buf_release(&out);
}

static void html_of(const struct ikw_session *s)
{
    struct ikw_buf out = { 0 };
    ikw_render_html(&out, s);
    fuzz_clean(ikw_buf_str(&out), out.len);
    well_formed(ikw_buf_str(&out));
    ikw_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ikw_matcher *m;
    struct ikw_session s;
    if (!m)
        m = ikw_matcher_new(fuzz_kb());
    session_kit_open(&s, fuzz_kb(), m, "x<\x1b[1m&.log",
                     (struct ikw_slice){ (const char *)data, size }, true);
    text_of(&s);
    json_of(&s);
    html_of(&s);
    session_kit_close(&s);
    return 0;
}
