/* ikewhy explain: teaches a cause, a line, a rule or a fact, without a log. */
#include "cli/why.h"
#include "cli/whynot_text.h"

#include "cli/kbfind.h"
#include "inference/points.h"
#include "inference/verdict.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGES_SHOWN = 12, NEAR_SHOWN = 3, RULES_SHOWN = 20 };

static void item(struct ikw_page *page, const char *label, const char *text)
{
    char first[32];
    snprintf(first, sizeof first, "%-10s", label);
    if (text && *text)
        ikw_page_flow(page, first, "          ", IKW_PLAIN, 0, text);
}

/* ---- sentences without a log ----------------------------------------------
 */

static const struct ikw_pattern *pattern_named(const struct ikw_rule *r,
                                               const char *name, size_t len)
{
    for (size_t i = 0; i < r->npatterns; i++)
        if (r->patterns[i].as && strlen(r->patterns[i].as) == len &&
            !memcmp(r->patterns[i].as, name, len))
            return &r->patterns[i];
    return NULL;
}

/* {alias} would be a line: "(line 12)" goes, elsewhere it is named by its
 * type; of {alias.slot} and {?var} the name is said. */
static void add_place(struct ikw_buf *out, const struct ikw_rule *r,
                      const char *place, size_t len)
{
    const char *dot = memchr(place, '.', len);
    if (*place == '?') {
        ikw_buf_addf(out, "<%.*s>", (int)len - 1, place + 1);
    } else if (dot) {
        ikw_buf_addf(out, "<%.*s>", (int)(len - (size_t)(dot + 1 - place)),
                     dot + 1);
    } else {
        const struct ikw_pattern *p = pattern_named(r, place, len);
        ikw_buf_addf(out, "<%s>", p ? p->type->name : "line");
    }
}

static void add_because(struct ikw_buf *out, const struct ikw_rule *r)
{
    for (const char *s = r->because ? r->because : ""; *s;) {
        size_t n = strcspn(s, "{");
        ikw_buf_add(out, s, n);
        s += n;
        if (!*s)
            break;
        size_t len = strcspn(s + 1, "}");
        bool aside = s[1 + len] == '}' && s[2 + len] == ')' && out->len > 1 &&
                     out->ptr[out->len - 1] == '(';
        if (aside) {
            out->len--;
            while (out->len && strchr(" \n", out->ptr[out->len - 1]))
                out->len--;
            out->ptr[out->len] = '\0';
            s += 1 + len + 2;
            continue;
        }
        add_place(out, r, s + 1, len);
        s += 1 + len + (s[1 + len] == '}');
    }
}

/* ---- causes ----------------------------------------------------------------
 */

static int stronger(const void *x, const void *y)
{
    const struct ikw_then *a = *(const struct ikw_then *const *)x;
    const struct ikw_then *b = *(const struct ikw_then *const *)y;
    bool gate_a = a->kind != IKW_THEN_WEIGH, gate_b = b->kind != IKW_THEN_WEIGH;
    if (gate_a != gate_b)
        return gate_a ? -1 : 1;
    if (abs(a->db) != abs(b->db))
        return abs(a->db) > abs(b->db) ? -1 : 1;
    return strcmp(a->pos.file ? a->pos.file : "",
                  b->pos.file ? b->pos.file : "")
               ? strcmp(a->pos.file, b->pos.file)
               : (int)a->pos.line - (int)b->pos.line;
}

static const struct ikw_rule *rule_of(const struct ikw_kb *kb,
                                      const struct ikw_then *t)
{
    for (size_t i = 0; i < kb->nrules; i++)
        if (t >= kb->rules[i]->thens &&
            t < kb->rules[i]->thens + kb->rules[i]->nthens)
            return kb->rules[i];
    return NULL;
}

static void show_rules(struct ikw_page *page, const struct ikw_kb *kb,
                       const struct ikw_cause *c, bool against)
{
    const struct ikw_then **v = ikw_xcalloc(kb->nrules + 1, sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < kb->nrules; i++) {
        const struct ikw_then *t = ikw_rule_for(kb->rules[i], c, against);
        if (t)
            v[n++] = t;
    }
    if (n) {
        qsort(v, n, sizeof *v, stronger);
        ikw_buf_addc(&page->out, '\n');
        ikw_page_heading(page, against ? "What speaks against it"
                                       : "What speaks for it");
    }
    for (size_t i = 0; i < n && i < RULES_SHOWN; i++) {
        const struct ikw_rule *r = rule_of(kb, v[i]);
        struct ikw_buf b = { 0 }, first = { 0 }, db = { 0 };
        ikw_add_then(&db, v[i]);
        ikw_buf_addf(&first, "  %-12s  ", db.ptr);
        add_because(&b, r);
        ikw_buf_addf(&b, " (%s)", r->id);
        ikw_page_flow(page, first.ptr, "                ", IKW_PLAIN, 0, b.ptr);
        ikw_buf_release(&b);
        ikw_buf_release(&first);
        ikw_buf_release(&db);
    }
    if (n > RULES_SHOWN)
        ikw_buf_addf(&page->out, "  and %zu more\n", n - RULES_SHOWN);
    free(v);
}

static void show_family(struct ikw_page *page, const struct ikw_kb *kb,
                        const struct ikw_cause *c)
{
    struct ikw_buf b = { 0 };
    if (c->parent)
        ikw_buf_addf(&b, "%s (%s)", c->parent->title, c->parent->id);
    item(page, "KIND OF", ikw_buf_str(&b));
    ikw_buf_clear(&b);
    for (size_t i = 0; i < kb->ncauses; i++)
        if (kb->causes[i]->parent == c)
            ikw_buf_addf(&b, "%s%s (%s)", b.len ? "; " : "",
                         kb->causes[i]->title, kb->causes[i]->id);
    item(page, "KINDS", ikw_buf_str(&b));
    ikw_buf_clear(&b);
    for (size_t i = 0; i < c->nrivals; i++)
        ikw_buf_addf(&b, "%s%s (%s)", b.len ? "; " : "", c->rivals[i]->title,
                     c->rivals[i]->id);
    item(page, "RIVALS", ikw_buf_str(&b));
    ikw_buf_release(&b);
}

static void show_advice(struct ikw_page *page, const struct ikw_cause *c)
{
    struct ikw_buf b = { 0 };
    item(page, "WHO", c->fixer);
    for (size_t i = 0; i < c->nremedies; i++) {
        ikw_buf_clear(&b);
        ikw_buf_addf(&b, "%s: %s", c->remedies[i].for_what,
                     c->remedies[i].text);
        item(page, i ? "" : "DO", b.ptr);
    }
    for (size_t i = 0; i < c->nverify; i++)
        item(page, i ? "" : "CHECK", c->verify[i]);
    item(page, "SETTLE", c->settle);
    for (size_t i = 0; i < c->nreferences; i++)
        item(page, i ? "" : "SEE", c->references[i]);
    ikw_buf_release(&b);
}

/* Messages that say themselves that they can point to it, or whose facts a
 * rule takes as sufficient. */
static void show_messages(struct ikw_page *page, const struct ikw_kb *kb,
                          const struct ikw_cause *c)
{
    size_t n = 0;
    for (size_t i = 0; i < kb->nmessages; i++) {
        const struct ikw_message *m = kb->messages[i];
        struct ikw_pointer v[IKW_POINTERS_MAX];
        size_t np = m->ncauses || m->nemits ? ikw_message_points(kb, m, v) : 0;
        bool points = false;
        for (size_t k = 0; k < np; k++)
            points = points || (v[k].cause == c && !v[k].rule);
        if (!points || n++ >= MESSAGES_SHOWN)
            continue;
        if (n == 1) {
            ikw_buf_addc(&page->out, '\n');
            ikw_page_heading(page, "Lines that can point to it");
        }
        ikw_page_flow(page, "  ", "      ", IKW_PLAIN, 2,
                      m->ntemplates ? m->templates[0].source : m->id);
    }
    if (n > MESSAGES_SHOWN)
        ikw_buf_addf(&page->out, "  and %zu more\n", n - MESSAGES_SHOWN);
}

static void explain_cause(struct ikw_page *page, const struct ikw_kb *kb,
                          const struct ikw_cause *c)
{
    struct ikw_buf b = { 0 };
    ikw_page_heading(page, c->title);
    ikw_buf_addf(
        &b, "%s, severity %s, %s%s, prior %+d dB%s%s", c->id,
        c->severity ? c->severity : "unknown", c->phase_text ? "" : "any phase",
        c->phase_text ? c->phase_text : "", c->prior_db,
        c->noise ? ", noise of strangers" : "", c->benign ? ", harmless" : "");
    ikw_page_flow(page, "          ", "          ", IKW_DIM, 0, b.ptr);
    ikw_buf_addc(&page->out, '\n');
    item(page, "WHAT", c->explanation);
    show_family(page, kb, c);
    show_advice(page, c);
    show_rules(page, kb, c, false);
    show_rules(page, kb, c, true);
    show_messages(page, kb, c);
    ikw_buf_release(&b);
}

/* ---- rules and facts --------------------------------------------------------
 */

static void show_condition(struct ikw_page *page, const struct ikw_rule *r,
                           size_t i)
{
    const struct ikw_pattern *p = &r->patterns[i];
    struct ikw_buf b = { 0 }, window = { 0 };
    const char *level = p->absent ? ikw_level_word(p->visible) : NULL;
    if (p->absent)
        ikw_buf_adds(&b, "not: ");
    ikw_pattern_says(r, i, NULL, &b);
    ikw_pattern_window(r, i, NULL, &window);
    if (window.len)
        ikw_buf_addf(&b, ", %s", window.ptr);
    if (level)
        ikw_buf_addf(&b, " (a log at level %s would show it)", level);
    item(page, i ? "" : "WHEN", b.ptr);
    ikw_buf_release(&b);
    ikw_buf_release(&window);
}

static void show_then(struct ikw_page *page, const struct ikw_then *t,
                      bool first)
{
    struct ikw_buf b = { 0 };
    if (t->kind == IKW_THEN_DERIVE) {
        struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
        for (size_t i = 0; i < t->nslots; i++)
            if (t->slots[i].var < 0 && t->slots[i].pattern < 0)
                slots[t->slots[i].slot] = t->slots[i].value;
        ikw_slots_words(t->type, slots, "any", &b);
    } else {
        ikw_add_then(&b, t);
        ikw_buf_addf(&b, " %s: %s", t->cause->id, t->cause->title);
        if (t->group)
            ikw_buf_addf(&b, " (group %s)", t->group);
    }
    item(page, first ? "THEN" : "", b.ptr);
    ikw_buf_release(&b);
}

static void explain_rule(struct ikw_page *page, const struct ikw_rule *r)
{
    struct ikw_buf b = { 0 };
    ikw_page_heading(page, r->id);
    ikw_buf_addc(&page->out, '\n');
    for (size_t i = 0; i < r->npatterns; i++)
        show_condition(page, r, i);
    for (size_t i = 0; i < r->nthens; i++)
        show_then(page, &r->thens[i], i == 0);
    add_because(&b, r);
    item(page, "BECAUSE", ikw_buf_str(&b));
    ikw_buf_release(&b);
}

static void show_slots(struct ikw_page *page, const struct ikw_type *t)
{
    for (size_t i = 0; i < t->nslots; i++) {
        struct ikw_buf b = { 0 };
        ikw_buf_adds(&b, t->slots[i].name);
        for (size_t k = 0; k < t->slots[i].nwords; k++)
            ikw_buf_addf(&b, "%s%s", k ? " | " : ": ", t->slots[i].words[k]);
        item(page, i ? "" : "SLOTS", b.ptr);
        ikw_buf_release(&b);
    }
}

static void explain_type(struct ikw_page *page, const struct ikw_kb *kb,
                         const struct ikw_type *t)
{
    struct ikw_buf b = { 0 };
    ikw_page_heading(page, t->name);
    ikw_buf_addc(&page->out, '\n');
    item(page, "MEANS", t->means);
    show_slots(page, t);
    for (size_t i = 0; i < kb->nrules; i++)
        for (size_t k = 0; k < kb->rules[i]->npatterns; k++)
            if (kb->rules[i]->patterns[k].type == t) {
                ikw_buf_addf(&b, "%s%s", b.len ? ", " : "", kb->rules[i]->id);
                break;
            }
    item(page, "READ BY", ikw_buf_str(&b));
    ikw_buf_release(&b);
}

/* ---- lines ------------------------------------------------------------------
 */

/* Letters in words of four and more that both have. */
static size_t shared(const char *text, const char *source)
{
    size_t n = 0;
    for (const char *p = text; *p;) {
        size_t len = strcspn(p, " :,.()[]'\"");
        char word[40];
        if (len >= 4 && len < sizeof word) {
            memcpy(word, p, len);
            word[len] = '\0';
            n += strstr(source, word) ? len : 0;
        }
        p += len;
        p += *p != '\0';
    }
    return n;
}

struct near {
    const struct ikw_template *tmpl;
    size_t score;
};

static void rank(struct near *best, struct near one)
{
    for (size_t i = 0; i < NEAR_SHOWN; i++)
        if (one.score > best[i].score) {
            struct near old = best[i];
            best[i] = one;
            one = old;
        }
}

static bool show_near(struct ikw_page *page, const struct ikw_kb *kb,
                      const char *text)
{
    struct near best[NEAR_SHOWN] = { { NULL, 5 }, { NULL, 5 }, { NULL, 5 } };
    for (size_t i = 0; i < kb->nmessages; i++) {
        const struct ikw_message *m = kb->messages[i];
        struct near one = { NULL, 0 };
        for (size_t k = 0; k < m->ntemplates; k++) {
            size_t n = shared(text, m->templates[k].source);
            if (n > one.score)
                one = (struct near){ &m->templates[k], n };
        }
        rank(best, one);
    }
    if (!best[0].tmpl)
        return false;
    ikw_buf_adds(&page->out, "No message matches. Nearest:\n");
    for (size_t i = 0; i < NEAR_SHOWN && best[i].tmpl; i++) {
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b, "%s (%s)", best[i].tmpl->source,
                     best[i].tmpl->message->id);
        ikw_page_flow(page, "  ", "      ", IKW_PLAIN, 2, b.ptr);
        ikw_buf_release(&b);
    }
    return true;
}

/* 0 explained, -1 only something near, -2 nothing. */
static int explain_line(struct ikw_page *page, const struct ikw_kb *kb,
                        const char *text)
{
    struct ikw_found found;
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_line_reader r = { .kb = kb, .matcher = m };
    int result = 0;
    ikw_line_read(&r, ikw_slice_of(text), &found);
    if (found.whole && found.match.tmpl)
        ikw_show_message(page, kb, found.match.tmpl->message, true);
    else
        result = show_near(page, kb, text) ? -1 : -2;
    ikw_found_release(&found);
    ikw_matcher_free(m);
    return result;
}

/* ---- which of them ----------------------------------------------------------
 */

static bool explain(struct ikw_page *page, const struct ikw_kb *kb,
                    const char *what)
{
    const struct ikw_cause *c = ikw_kb_cause(kb, what);
    const struct ikw_message *m = ikw_kb_message(kb, what);
    const struct ikw_rule *r = ikw_kb_rule(kb, what);
    const struct ikw_type *t = ikw_kb_type(kb, what);
    if (c)
        explain_cause(page, kb, c);
    else if (m)
        ikw_show_message(page, kb, m, true);
    else if (r)
        explain_rule(page, r);
    else if (t)
        explain_type(page, kb, t);
    else if (!strchr(what, ' ') && !strchr(what, ':'))
        return ikw_ask_cause(kb, what) != NULL;
    else {
        int result = explain_line(page, kb, what);
        if (result == -2)
            ikw_complain("no message of the knowledge base is like it");
        return result > -2;
    }
    return true;
}

int ikw_cmd_explain(const struct ikw_options *o)
{
    struct ikw_buf what = { 0 };
    struct ikw_page page;
    bool ok = false;
    for (size_t i = 0; i < o->nfiles; i++)
        ikw_buf_addf(&what, "%s%s", i ? " " : "", o->files[i]);
    if (!what.len) {
        ikw_complain("explain: what? give a cause or a line of a log");
        return IKW_EXIT_ERROR;
    }
    struct ikw_kb *kb = ikw_kb_open(o);
    ikw_page_init(&page, o->colour);
    ok = kb && explain(&page, kb, what.ptr) && ikw_page_show(&page);
    ikw_page_release(&page);
    ikw_kb_free(kb);
    ikw_buf_release(&what);
    return ok ? 0 : IKW_EXIT_ERROR;
}
