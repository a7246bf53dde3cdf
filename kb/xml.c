/*
 * A document as a tree of elements that elements.def knows. libxml2 only
 * tokenizes (SAX); the tree is ours, because building it on an arena costs
 * a quarter of xmlReadMemory and keeps the line of each attribute.
 * Invariant: stack[depth - 1] is the element being read, and nothing of a
 * subtree is kept whose head was refused (`skip` > 0).
 */
#include "kb/internal.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64 }; /* that a limit allows */

struct ikw_xml {
    xmlParserCtxtPtr ctxt;
    struct ikw_loader *ld;
    enum ikw_elem root_elem;
    struct ikw_node *root;
    struct ikw_node *stack[DEEPEST];
    size_t depth, skip, nnodes;
    struct ikw_buf text; /* of the innermost element */
    bool broken;
};

static const struct {
    enum ikw_elem parent;
    const char *tag, *required, *optional;
    unsigned flags;
} elements[] = {
    { IKW_ELEM_COUNT_, "", "", "", 0 },
#define IKW_ELEM(name, parent, tag, required, optional, flags)                 \
    { IKW_ELEM_##parent, tag, required, optional, flags },
#include "kb/elements.def"
#undef IKW_ELEM
};

_Static_assert(sizeof elements / sizeof elements[0] == IKW_ELEM_COUNT_,
               "one row an element");

const char *ikw_elem_tag(enum ikw_elem elem)
{
    return elements[elem].tag;
}

/* Whether `word` is one of the blank-separated words of `list`. */
static bool listed(const char *list, const char *word)
{
    while (*list) {
        const char *w = word;
        while (*w && *w == *list) {
            w++;
            list++;
        }
        if (!*w && (!*list || *list == ' '))
            return true;
        while (*list && *list++ != ' ')
            ;
    }
    return false;
}

bool ikw_elem_takes(enum ikw_elem elem, const char *attr)
{
    return listed(elements[elem].required, attr) ||
           listed(elements[elem].optional, attr);
}

static enum ikw_elem find_element(const struct ikw_xml *x, const char *tag)
{
    enum ikw_elem parent =
        x->depth ? x->stack[x->depth - 1]->elem : IKW_ELEM_ROOT;
    for (int i = 1; i < IKW_ELEM_COUNT_; i++)
        if (elements[i].parent == parent && !strcmp(elements[i].tag, tag))
            return parent || i == (int)x->root_elem ? (enum ikw_elem)i
                                                    : IKW_ELEM_ROOT;
    return IKW_ELEM_ROOT;
}

/* ---- lines ------------------------------------------------------------- */

/* Where the tag in hand begins. A raw '<' cannot stand inside a tag, so the
 * nearest one is it; the input keeps at least the whole tag. */
static const xmlChar *tag_start(const xmlParserCtxt *c, unsigned *line)
{
    const xmlChar *p = c->input->cur, *base = c->input->base;
    unsigned up = 0, last = c->input->line > 0 ? (unsigned)c->input->line : 0;
    while (p > base && *p != '<')
        up += *--p == '\n';
    *line = last > up ? last - up : last;
    return p;
}

/* Counts lines through a tag from attribute to attribute. */
struct walk {
    const xmlChar *at, *end;
    unsigned line;
    bool one_line;
};

static unsigned line_at(struct walk *w, const xmlChar *p)
{
    if (w->one_line || (uintptr_t)p < (uintptr_t)w->at ||
        (uintptr_t)p >= (uintptr_t)w->end)
        return w->line; /* or a normalised copy */
    for (; w->at < p; w->at++)
        w->line += *w->at == '\n';
    return w->line;
}

/* ---- attributes -------------------------------------------------------- */

/* The parser leaves an ampersand as its character reference. */
static char *take_value(struct ikw_arena *a, const xmlChar *from,
                        const xmlChar *to)
{
    static const char amp[] = "&#38;";
    size_t len = (size_t)(to - from), out = 0;
    char *s = ikw_arena_strndup(a, (const char *)from, len);
    if (!memchr(s, '&', len))
        return s;
    for (size_t i = 0; i < len; out++) {
        bool ref = len - i >= 5 && memcmp(s + i, amp, 5) == 0;
        s[out] = s[i];
        i += ref ? 5 : 1;
    }
    s[out] = '\0';
    return s;
}

static void complain_attr(struct ikw_loader *ld, enum ikw_elem elem,
                          const char *name, unsigned line)
{
    ikw_load_fault(ld, line, IKW_DIAG_UNKNOWN_ATTR,
                   "<%s> has no attribute '%s'", elements[elem].tag, name);
}

/* `attrs` holds five pointers an attribute: name, prefix, URI, value, end. */
static void take_attrs(struct ikw_xml *x, struct ikw_node *n, size_t count,
                       const xmlChar **attrs, const xmlChar *start)
{
    struct ikw_loader *ld = x->ld;
    struct walk walk = { start, x->ctxt->input->cur, n->line,
                         (int)n->line == x->ctxt->input->line };
    n->attrs = IKW_ARENA_ARRAY(&ld->scratch, struct ikw_attr, count);
    for (size_t i = 0; i < count; i++) {
        const xmlChar **v = attrs + 5 * i;
        const char *name = (const char *)v[0];
        unsigned line = line_at(&walk, v[3]);
        if (v[2] && n->elem == x->root_elem)
            continue; /* xsi:noNamespaceSchemaLocation, for editors */
        if (v[2] || (!(elements[n->elem].flags & IKW_HOLDS_SLOTS) &&
                     !ikw_elem_takes(n->elem, name))) {
            complain_attr(ld, n->elem, name, line);
            continue;
        }
        n->attrs[n->nattrs++] = (struct ikw_attr){
            .name = name,
            .value = take_value(&ld->kb->arena, v[3], v[4]),
            .line = line,
        };
    }
}

static void check_required(struct ikw_xml *x, const struct ikw_node *n)
{
    const char *list = elements[n->elem].required;
    while (*list) {
        size_t len = strcspn(list, " ");
        bool found = false;
        for (size_t i = 0; i < n->nattrs && !found; i++)
            found = strlen(n->attrs[i].name) == len &&
                    memcmp(n->attrs[i].name, list, len) == 0;
        if (!found)
            ikw_load_fault(x->ld, n->line, IKW_DIAG_MISSING_ATTR,
                           "<%s> needs the attribute '%.*s'",
                           elements[n->elem].tag, (int)len, list);
        list += len + (list[len] == ' ');
    }
}

/* ---- events ------------------------------------------------------------ */

static bool is_blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

/* Gives the text read so far to the innermost element. */
static void flush_text(struct ikw_xml *x, unsigned line)
{
    struct ikw_node *n = x->depth ? x->stack[x->depth - 1] : NULL;
    const char *text = ikw_buf_str(&x->text);
    if (n && (elements[n->elem].flags & IKW_HOLDS_TEXT))
        n->text = ikw_arena_strndup(&x->ld->scratch, text, x->text.len);
    else if (n && x->text.len && !is_blank(text))
        ikw_load_fault(x->ld, line, IKW_DIAG_UNKNOWN_ELEMENT,
                       "<%s> holds no text", elements[n->elem].tag);
    ikw_buf_clear(&x->text);
}

static void append(struct ikw_xml *x, struct ikw_node *n)
{
    if (!x->depth) {
        x->root = n;
        return;
    }
    struct ikw_node *parent = x->stack[x->depth - 1];
    if (parent->last)
        parent->last->next = n;
    else
        parent->child = n;
    parent->last = n;
}

/* What the element is; IKW_ELEM_ROOT with a complaint if it is refused. */
static enum ikw_elem admit(struct ikw_xml *x, const char *tag, bool foreign,
                           unsigned line)
{
    enum ikw_elem elem = foreign ? IKW_ELEM_ROOT : find_element(x, tag);
    enum ikw_limit limit = IKW_LIMIT_XML_ELEMENTS;
    const struct ikw_limits *l = x->ld->ds->limits;
    if (x->depth >= ikw_limit_most(l, IKW_LIMIT_XML_DEPTH))
        limit = IKW_LIMIT_XML_DEPTH;
    if (limit == IKW_LIMIT_XML_DEPTH || x->nnodes >= ikw_limit_most(l, limit)) {
        ikw_kb_refuse(x->ld->ds, ikw_load_pos(x->ld, line), limit);
        xmlStopParser(x->ctxt);
        return IKW_ELEM_ROOT;
    }
    if (elem != IKW_ELEM_ROOT)
        return elem;
    if (x->depth)
        ikw_load_fault(x->ld, line, IKW_DIAG_UNKNOWN_ELEMENT,
                       "no element <%s> in <%s>", tag,
                       elements[x->stack[x->depth - 1]->elem].tag);
    else
        ikw_load_fault(x->ld, line, IKW_DIAG_UNKNOWN_ELEMENT,
                       "the file must begin with <%s>, not <%s>",
                       elements[x->root_elem].tag, tag);
    return IKW_ELEM_ROOT;
}

static void on_start(void *arg, const xmlChar *tag, const xmlChar *prefix,
                     const xmlChar *uri, int nns, const xmlChar **ns,
                     int nattrs, int ndefaulted, const xmlChar **attrs)
{
    struct ikw_xml *x = arg;
    (void)prefix, (void)nns, (void)ns, (void)ndefaulted;
    unsigned line;
    const xmlChar *start = tag_start(x->ctxt, &line);
    if (x->skip) {
        x->skip++;
        return;
    }
    flush_text(x, line);
    enum ikw_elem elem = admit(x, (const char *)tag, uri != NULL, line);
    if (elem == IKW_ELEM_ROOT) {
        x->skip++;
        return;
    }
    struct ikw_node *n = IKW_ARENA_NEW(&x->ld->scratch, struct ikw_node);
    n->elem = elem;
    n->line = line;
    n->text = "";
    take_attrs(x, n, (size_t)nattrs, attrs, start);
    check_required(x, n);
    append(x, n);
    x->stack[x->depth++] = n;
    x->nnodes++;
}

static void on_end(void *arg, const xmlChar *tag, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct ikw_xml *x = arg;
    (void)tag, (void)prefix, (void)uri;
    if (x->skip) {
        x->skip--;
        return;
    }
    flush_text(x, (unsigned)x->ctxt->input->line);
    if (x->depth)
        x->depth--;
}

static void on_text(void *arg, const xmlChar *text, int len)
{
    struct ikw_xml *x = arg;
    if (!x->skip && len > 0)
        ikw_buf_add(&x->text, (const char *)text, (size_t)len);
}

/* A document type can declare entities; ours have no use for one. */
static void on_doctype(void *arg, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    struct ikw_xml *x = arg;
    (void)name, (void)external, (void)system;
    x->broken = true;
    ikw_load_fault(x->ld, (unsigned)x->ctxt->input->line, IKW_DIAG_XML_SYNTAX,
                   "a document type declaration is not allowed here");
    xmlStopParser(x->ctxt);
}

#if LIBXML_VERSION >= 21200
typedef const xmlError *error_arg;
#else
typedef xmlErrorPtr error_arg;
#endif

static void on_error(void *arg, error_arg error)
{
    struct ikw_xml *x = arg;
    const char *text = error->message ? error->message : "not well-formed";
    size_t len = strlen(text);
    if (error->level < XML_ERR_ERROR || error->code == XML_ERR_USER_STOP)
        return;
    while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
        len--;
    x->broken = true;
    ikw_load_fault(x->ld, error->line > 0 ? (unsigned)error->line : 0,
                   IKW_DIAG_XML_SYNTAX, "%.*s", (int)len, text);
}

/* ---- the parser -------------------------------------------------------- */

static struct ikw_xml *parser_new(struct ikw_loader *ld)
{
    struct ikw_xml *x = ikw_xcalloc(1, sizeof *x);
    x->ctxt = xmlNewParserCtxt();
    if (!x->ctxt)
        abort();
    xmlSAXHandler *sax = x->ctxt->sax;
    memset(sax, 0, sizeof *sax);
    sax->initialized = XML_SAX2_MAGIC;
    sax->startElementNs = on_start;
    sax->endElementNs = on_end;
    sax->characters = on_text;
    sax->cdataBlock = on_text;
    sax->internalSubset = on_doctype;
    sax->serror = on_error;
    x->ctxt->userData = x;
    x->ld = ld;
    return x;
}

void ikw_xml_free(struct ikw_loader *ld)
{
    if (!ld->xml)
        return;
    xmlFreeParserCtxt(ld->xml->ctxt);
    ikw_buf_release(&ld->xml->text);
    free(ld->xml);
    ld->xml = NULL;
}

struct ikw_node *ikw_xml_parse(struct ikw_loader *ld, struct ikw_slice xml,
                               enum ikw_elem root, bool *broken)
{
    if (!ld->xml)
        ld->xml = parser_new(ld);
    struct ikw_xml *x = ld->xml;
    x->root_elem = root;
    x->root = NULL;
    x->depth = x->skip = x->nnodes = 0;
    x->broken = false;
    ikw_buf_clear(&x->text);
    xmlDocPtr doc = xmlCtxtReadMemory(
        x->ctxt, xml.len ? xml.ptr : " ", xml.len ? (int)xml.len : 1, ld->file,
        NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    xmlFreeDoc(doc);
    *broken = x->broken || !x->root;
    return x->root;
}
