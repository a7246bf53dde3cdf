#include "cases/cut.h"

#include "cases/redact_same.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { OTHERS_MAX = 4096 };
enum { OURS = 1, THEIRS = 2 };

struct cutting {
    const struct ikw_tunnel *tunnel;
    uint32_t first, last;
    uint8_t *whose; /* of lines: OURS, THEIRS, by the facts they give */
    uint32_t nlines;
    const char **others; /* addresses of other peers, in the arena */
    size_t nothers, cap;
    struct ikw_arena arena;
};

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void mark(struct cutting *c, const struct ikw_evidence *ev,
                 uint8_t whose)
{
    if (!ev->line || ev->line > c->nlines)
        return;
    c->whose[ev->line] |= whose;
    if (whose != OURS)
        return;
    if (!c->first || ev->line < c->first)
        c->first = ev->line;
    if (ev->line > c->last)
        c->last = ev->line;
}

static void on_set(void *arg, struct ikw_fact_set *fs)
{
    struct cutting *c = arg;
    bool ours = same_text(fs->peer, c->tunnel->peer);
    if (!fs->peer)
        return;
    for (size_t i = 0; i < fs->nfacts; i++) {
        const struct ikw_type *type = fs->facts[i]->type;
        if (type->negotiation < 0 && ikw_type_slot(type, "id") < 0)
            continue; /* of the log or the daemon as a whole */
        mark(c, &fs->facts[i]->first, ours ? OURS : THEIRS);
        mark(c, &fs->facts[i]->last, ours ? OURS : THEIRS);
    }
    if (!ours && c->nothers < OTHERS_MAX) {
        IKW_GROW(c->others, c->cap, c->nothers + 1);
        c->others[c->nothers++] = ikw_arena_strdup(&c->arena, fs->peer);
    }
}

static uint32_t count_lines(struct ikw_slice log)
{
    uint32_t n = 1;
    for (size_t i = 0; i < log.len; i++)
        n += log.ptr[i] == '\n';
    return n;
}

static bool names(struct ikw_slice line, const char *address)
{
    size_t n = strlen(address);
    for (size_t i = 0; n && i + n <= line.len; i++)
        if (!memcmp(line.ptr + i, address, n) &&
            (i + n == line.len || !isxdigit((unsigned char)line.ptr[i + n])) &&
            (!i || !isxdigit((unsigned char)line.ptr[i - 1])))
            return true;
    return false;
}

static bool of_another(const struct cutting *c, struct ikw_slice line)
{
    for (size_t i = 0; i < c->nothers; i++)
        if (names(line, c->others[i]))
            return true;
    return false;
}

static void cut_lines(const struct cutting *c, struct ikw_slice log,
                      struct ikw_cut *cut)
{
    size_t cap = 0;
    uint32_t n = 1;
    for (size_t i = 0; i < log.len; n++) {
        const char *nl = memchr(log.ptr + i, '\n', log.len - i);
        size_t len = nl ? (size_t)(nl - log.ptr) - i : log.len - i;
        struct ikw_slice line = { log.ptr + i, len };
        i += len + 1;
        if (n < c->first || n > c->last ||
            (!(c->whose[n] & OURS) &&
             (c->whose[n] & THEIRS || of_another(c, line))))
            continue;
        ikw_buf_add(&cut->text, line.ptr, line.len);
        ikw_buf_addc(&cut->text, '\n');
        IKW_GROW(cut->lines, cap, (size_t)cut->n + 1);
        cut->lines[cut->n++] = n;
    }
}

bool ikw_cut_tunnel(const struct ikw_kb *kb, struct ikw_slice log,
                    unsigned number, struct ikw_cut *cut,
                    struct ikw_buf *why_not)
{
    struct ikw_slice none = { 0 };
    struct cutting c = { 0 };
    *cut = (struct ikw_cut){ 0 };
    struct ikw_report *whole = ikw_redact_diagnose(kb, log, none, NULL, NULL);
    if (!number || number > whole->ntunnels) {
        ikw_buf_addf(why_not, "there are %zu tunnels in this log",
                     whole->ntunnels);
        ikw_report_free(whole);
        return false;
    }
    c.tunnel = whole->tunnels[number - 1];
    c.nlines = count_lines(log);
    c.whose = ikw_xcalloc((size_t)c.nlines + 1, 1);
    ikw_report_free(ikw_redact_diagnose(kb, log, none, on_set, &c));
    cut_lines(&c, log, cut);
    struct ikw_slice text = { ikw_buf_str(&cut->text), cut->text.len };
    struct ikw_report *part = ikw_redact_diagnose(kb, text, none, NULL, NULL);
    bool same = ikw_redact_compare(whole, number - 1, part, cut->lines, cut->n,
                                   why_not);
    ikw_report_free(part);
    ikw_report_free(whole);
    free(c.whose);
    free(c.others);
    ikw_arena_release(&c.arena);
    return same;
}

void ikw_cut_release(struct ikw_cut *cut)
{
    ikw_buf_release(&cut->text);
    free(cut->lines);
    *cut = (struct ikw_cut){ 0 };
}
