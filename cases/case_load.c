/*
 * case.xml -> struct ikw_case. The schema says what a file may look like and
 * is checked first, so that the walk over the tree can trust it.
 */
#include "cases/case.h"

#include "facts/log/log.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdlib.h>
#include <string.h>

#if LIBXML_VERSION >= 21200
typedef const xmlError *error_arg;
#else
typedef xmlErrorPtr error_arg;
#endif

struct load {
    struct ikw_case *c;
    struct ikw_diags *ds;
    const char *file;
};

/* ---- the document ------------------------------------------------------ */

static void on_error(void *arg, error_arg e)
{
    struct load *ld = arg;
    const char *text = e && e->message ? e->message : "not well-formed";
    size_t len = strlen(text);
    while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
        len--;
    struct ikw_pos pos = { ld->file, e && e->line > 0 ? (unsigned)e->line : 0 };
    ikw_diag_add(ld->ds, pos, IKW_DIAG_XML_SCHEMA, "%.*s", (int)len, text);
}

static bool slurp(const char *path, struct ikw_buf *out, struct ikw_diags *ds)
{
    struct ikw_input *in = ikw_input_open(path, NULL, ds);
    if (!in)
        return false;
    for (;;) {
        struct ikw_slice run = ikw_input_next(in, ds);
        if (!run.len)
            break;
        ikw_buf_add(out, run.ptr, run.len);
    }
    bool ok = !ikw_input_failed(in);
    ikw_input_close(in);
    return ok;
}

static xmlDocPtr parse(struct load *ld)
{
    struct ikw_buf xml = { 0 };
    xmlDocPtr doc = NULL;
    xmlParserCtxtPtr ctxt = xmlNewParserCtxt();
    if (ctxt && slurp(ld->file, &xml, ld->ds)) {
        doc = xmlCtxtReadMemory(ctxt, ikw_buf_str(&xml), (int)xml.len, ld->file,
                                NULL,
                                XML_PARSE_NONET | XML_PARSE_BIG_LINES |
                                    XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
        if (!doc)
            on_error(ld, xmlCtxtGetLastError(ctxt));
    }
    xmlFreeParserCtxt(ctxt);
    ikw_buf_release(&xml);
    return doc;
}

static bool valid(struct load *ld, const char *kb_dir, xmlDocPtr doc)
{
    struct ikw_buf path = { 0 };
    ikw_buf_addf(&path, "%s/schema/case.xsd", kb_dir);
    xmlSchemaPtr schema = NULL;
    xmlSchemaValidCtxtPtr ctxt = NULL;
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(ikw_buf_str(&path));
    size_t before = ld->ds->errors;
    if (parser) {
        xmlSchemaSetParserStructuredErrors(parser, on_error, ld);
        schema = xmlSchemaParse(parser);
        xmlSchemaFreeParserCtxt(parser);
    }
    if (schema)
        ctxt = xmlSchemaNewValidCtxt(schema);
    if (ctxt) {
        xmlSchemaSetValidStructuredErrors(ctxt, on_error, ld);
        xmlSchemaValidateDoc(ctxt, doc);
    } else if (ld->ds->errors == before) {
        ikw_diag_add(ld->ds, (struct ikw_pos){ ikw_buf_str(&path), 0 },
                     IKW_DIAG_XML_SCHEMA, "no schema can be read here");
    }
    xmlSchemaFreeValidCtxt(ctxt);
    xmlSchemaFree(schema);
    ikw_buf_release(&path);
    return ld->ds->errors == before;
}

/* ---- parts of the tree ------------------------------------------------- */

static bool is(const xmlNode *n, const char *tag)
{
    return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, tag);
}

static size_t count(const xmlNode *parent, const char *tag)
{
    size_t n = 0;
    for (const xmlNode *k = parent->children; k; k = k->next)
        n += is(k, tag);
    return n;
}

/* One line: runs of blanks become one; an empty line parts paragraphs. */
static const char *flow(struct ikw_arena *a, const char *s)
{
    char *out = ikw_arena_strdup(a, s), *to = out;
    while (*s) {
        size_t blanks = strspn(s, " \t\r\n"), lines = 0;
        for (size_t i = 0; i < blanks; i++)
            lines += s[i] == '\n';
        s += blanks;
        if (blanks && to != out && *s)
            *to++ = lines > 1 ? '\n' : ' ';
        size_t len = strcspn(s, " \t\r\n");
        memmove(to, s, len);
        to += len;
        s += len;
    }
    *to = '\0';
    return out;
}

static const char *text(struct load *ld, xmlNode *n)
{
    xmlChar *s = xmlNodeGetContent(n);
    const char *out = flow(&ld->c->arena, s ? (const char *)s : "");
    xmlFree(s);
    return out;
}

static const char *attr(struct load *ld, xmlNode *n, const char *name)
{
    xmlChar *s = xmlGetNoNsProp(n, (const xmlChar *)name);
    const char *out = s ? ikw_arena_strdup(&ld->c->arena, (char *)s) : NULL;
    xmlFree(s);
    return out;
}

static int number(struct load *ld, xmlNode *n, const char *name, int otherwise)
{
    int64_t v = 0;
    const char *s = attr(ld, n, name);
    if (!s || !ikw_slice_int(ikw_slice_of(s), &v) || v > INT32_MAX)
        return otherwise;
    return (int)v;
}

static struct ikw_pos pos_of(const struct load *ld, const xmlNode *n)
{
    return (struct ikw_pos){ ld->file, (unsigned)xmlGetLineNo(n) };
}

static int file_named(const struct ikw_case *c, const char *name)
{
    for (size_t i = 0; name && i < c->nfiles; i++)
        if (!strcmp(c->files[i].name, name))
            return (int)i;
    return -1;
}

/* The schema has seen to it that there is one. */
static unsigned file_index(struct load *ld, xmlNode *n)
{
    int i = file_named(ld->c, attr(ld, n, "file"));
    return i < 0 ? 0 : (unsigned)i;
}

static void load_file(struct load *ld, xmlNode *n)
{
    const char *side = attr(ld, n, "side");
    if (ld->c->nfiles == IKW_CASE_FILES)
        return;
    ld->c->files[ld->c->nfiles++] = (struct ikw_case_file){
        .name = attr(ld, n, "file"),
        .title = attr(ld, n, "title"),
        .config = is(n, "config"),
        .peer = !strcmp(side, "peer"),
        .cost = number(ld, n, "cost", 0),
        .replaces = file_named(ld->c, attr(ld, n, "replaces")),
        .pos = pos_of(ld, n),
    };
}

static struct ikw_case_line load_line(struct load *ld, xmlNode *n)
{
    const char *engine = attr(ld, n, "engine");
    int from = number(ld, n, "n", 0);
    return (struct ikw_case_line){
        .file = file_index(ld, n),
        .from = (uint32_t)from,
        .to = (uint32_t)number(ld, n, "to", from),
        .says = text(ld, n),
        .engine = !engine || strcmp(engine, "no") != 0,
        .pos = pos_of(ld, n),
    };
}

static struct ikw_case_causes load_causes(struct load *ld, xmlNode *parent,
                                          const char *tag)
{
    struct ikw_case_causes set = { 0 };
    set.ids = IKW_ARENA_ARRAY(&ld->c->arena, const char *, count(parent, tag));
    for (xmlNode *k = parent->children; k; k = k->next)
        if (is(k, tag))
            set.ids[set.n++] = attr(ld, k, "cause");
    return set;
}

static struct ikw_case_verdict load_verdict(struct load *ld, xmlNode *n)
{
    return (struct ikw_case_verdict){
        .cause = attr(ld, n, "cause"),
        .at_least = attr(ld, n, "at-least"),
        .at_most = attr(ld, n, "at-most"),
        .same = load_causes(ld, n, "same"),
        .open = load_causes(ld, n, "open"),
        .pos = pos_of(ld, n),
    };
}

static void load_expect(struct load *ld, xmlNode *n, struct ikw_case_expect *e)
{
    struct ikw_arena *a = &ld->c->arena;
    e->all = !strcmp(attr(ld, n, "given"), "all");
    e->outcome = attr(ld, n, "outcome");
    e->gap = attr(ld, n, "gap");
    e->pos = pos_of(ld, n);
    e->verdicts =
        IKW_ARENA_ARRAY(a, struct ikw_case_verdict, count(n, "verdict"));
    e->lines = IKW_ARENA_ARRAY(a, struct ikw_case_line, count(n, "line"));
    e->rivals = IKW_ARENA_ARRAY(a, struct ikw_case_rival, count(n, "rival"));
    e->never = load_causes(ld, n, "never");
    e->notes = load_causes(ld, n, "note");
    for (xmlNode *k = n->children; k; k = k->next) {
        if (is(k, "verdict"))
            e->verdicts[e->nverdicts++] = load_verdict(ld, k);
        else if (is(k, "line"))
            e->lines[e->nlines++] = load_line(ld, k);
        else if (is(k, "rival"))
            e->rivals[e->nrivals++] =
                (struct ikw_case_rival){ attr(ld, k, "cause"), load_line(ld, k),
                                         text(ld, k) };
    }
}

/* The right answer would always stand first: it is moved to a place that
 * depends on the question alone. */
static void shuffle(struct ikw_case_question *q)
{
    uint32_t h = ikw_hash_bytes(q->ask, strlen(q->ask));
    struct ikw_case_choice right = q->choices[0];
    q->right = h % (unsigned)q->nchoices;
    for (unsigned i = 0; i < q->right; i++)
        q->choices[i] = q->choices[i + 1];
    q->choices[q->right] = right;
}

static void load_question(struct load *ld, xmlNode *n,
                          struct ikw_case_question *q)
{
    q->about = attr(ld, n, "about");
    q->pos = pos_of(ld, n);
    for (xmlNode *k = n->children; k; k = k->next) {
        if (is(k, "ask"))
            q->ask = text(ld, k);
        else if ((is(k, "right") || is(k, "wrong")) &&
                 q->nchoices < IKW_CASE_CHOICES)
            q->choices[q->nchoices++] = (struct ikw_case_choice){
                text(ld, k),
                is(k, "wrong") ? flow(&ld->c->arena, attr(ld, k, "why")) : NULL
            };
    }
    shuffle(q);
}

/* ---- the whole --------------------------------------------------------- */

static void load_head(struct load *ld, xmlNode *root)
{
    struct ikw_case *c = ld->c;
    const char *lesson = attr(ld, root, "lesson");
    c->pos = pos_of(ld, root);
    c->capstone = !strcmp(lesson, "capstone");
    c->lesson = c->capstone ? 19 : number(ld, root, "lesson", 0);
    c->difficulty = number(ld, root, "difficulty", 1);
    c->minutes = number(ld, root, "minutes", 1);
    c->expects = IKW_ARENA_ARRAY(&c->arena, struct ikw_case_expect,
                                 count(root, "expect"));
    c->questions = IKW_ARENA_ARRAY(&c->arena, struct ikw_case_question,
                                   count(root, "question"));
    c->hints = IKW_ARENA_ARRAY(&c->arena, const char *, count(root, "hint"));
    c->references =
        IKW_ARENA_ARRAY(&c->arena, const char *, count(root, "reference"));
}

static void load_words(struct load *ld, xmlNode *n)
{
    struct ikw_case *c = ld->c;
    if (is(n, "title"))
        c->title = text(ld, n);
    else if (is(n, "ticket"))
        c->ticket = text(ld, n);
    else if (is(n, "hint"))
        c->hints[c->nhints++] = text(ld, n);
    else if (is(n, "expert"))
        c->expert = text(ld, n);
    else if (is(n, "reference"))
        c->references[c->nreferences++] = text(ld, n);
}

static void load_child(struct load *ld, xmlNode *n)
{
    struct ikw_case *c = ld->c;
    load_words(ld, n);
    if (is(n, "setting")) {
        c->role = attr(ld, n, "role");
        c->setting = text(ld, n);
    } else if (is(n, "log") || is(n, "config")) {
        load_file(ld, n);
    } else if (is(n, "expect")) {
        load_expect(ld, n, &c->expects[c->nexpects++]);
    } else if (is(n, "question")) {
        load_question(ld, n, &c->questions[c->nquestions++]);
    } else if (is(n, "origin")) {
        c->origin = attr(ld, n, "kind");
        c->origin_of = attr(ld, n, "of");
    }
}

static const char *base_name(struct ikw_arena *a, const char *dir)
{
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    size_t from = len;
    while (from && dir[from - 1] != '/')
        from--;
    return ikw_arena_strndup(a, dir + from, len - from);
}

struct ikw_case *ikw_case_load(const struct ikw_kb *kb, const char *dir,
                               struct ikw_diags *ds)
{
    struct ikw_case *c = ikw_xcalloc(1, sizeof *c);
    struct load ld = { c, ds, NULL };
    struct ikw_buf path = { 0 };
    ikw_buf_addf(&path, "%s/case.xml", dir);
    ld.file = ikw_arena_strdup(&c->arena, ikw_buf_str(&path));
    ikw_buf_release(&path);
    c->dir = ikw_arena_strdup(&c->arena, dir);
    c->id = base_name(&c->arena, dir);
    xmlDocPtr doc = parse(&ld);
    bool ok = doc && valid(&ld, kb->dir, doc);
    if (ok) {
        xmlNode *root = xmlDocGetRootElement(doc);
        load_head(&ld, root);
        for (xmlNode *n = root->children; n; n = n->next)
            load_child(&ld, n);
    }
    xmlFreeDoc(doc);
    if (ok)
        return c;
    ikw_case_free(c);
    return NULL;
}

void ikw_case_free(struct ikw_case *c)
{
    if (!c)
        return;
    ikw_arena_release(&c->arena);
    free(c);
}
