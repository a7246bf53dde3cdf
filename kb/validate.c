/*
 * Every file against its XML Schema. The schemas serve editors and say what
 * a file may look like; the loader, which is faster and stricter, does not
 * read them.
 */
#include "kb/internal.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <string.h>

#if LIBXML_VERSION >= 21200
typedef const xmlError *error_arg;
#else
typedef xmlErrorPtr error_arg;
#endif

struct report {
    struct ikw_diags *ds;
    const char *file;
};

static void add(struct report *r, enum ikw_diag_code code, error_arg e)
{
    const char *text = e && e->message ? e->message : "not well-formed";
    size_t len = strlen(text);
    while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
        len--;
    struct ikw_pos pos = { r->file, e && e->line > 0 ? (unsigned)e->line : 0 };
    ikw_diag_add(r->ds, pos, code, "%.*s", (int)len, text);
}

static void on_error(void *arg, error_arg e)
{
    add(arg, IKW_DIAG_XML_SCHEMA, e);
}

/* NULL with a complaint. Caller frees. */
static xmlSchemaPtr read_schema(const char *dir, enum ikw_elem root,
                                struct ikw_diags *ds)
{
    struct ikw_buf path = { 0 };
    ikw_buf_addf(&path, "%s/schema/%s.xsd", dir, ikw_elem_tag(root));
    struct report r = { ds, ikw_buf_str(&path) };
    xmlSchemaPtr schema = NULL;
    xmlSchemaParserCtxtPtr ctxt = xmlSchemaNewParserCtxt(r.file);
    size_t before = ds->count;
    if (ctxt) {
        xmlSchemaSetParserStructuredErrors(ctxt, on_error, &r);
        schema = xmlSchemaParse(ctxt);
        xmlSchemaFreeParserCtxt(ctxt);
    }
    if (!schema && ds->count == before)
        ikw_diag_add(ds, (struct ikw_pos){ r.file, 0 }, IKW_DIAG_XML_SCHEMA,
                     "no schema can be read here");
    ikw_buf_release(&path);
    return schema;
}

static xmlDocPtr read_doc(const struct ikw_kb_file *f, struct report *r)
{
    struct ikw_buf bytes = { 0 };
    struct ikw_slice xml;
    xmlDocPtr doc = NULL;
    if (!ikw_kb_file_read(f, &bytes, &xml, r->ds))
        return NULL;
    xmlParserCtxtPtr ctxt = xmlNewParserCtxt();
    if (ctxt)
        doc = xmlCtxtReadMemory(ctxt, xml.ptr, (int)xml.len, f->name, NULL,
                                XML_PARSE_NONET | XML_PARSE_BIG_LINES |
                                    XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!doc)
        add(r, IKW_DIAG_XML_SYNTAX, ctxt ? xmlCtxtGetLastError(ctxt) : NULL);
    xmlFreeParserCtxt(ctxt);
    ikw_buf_release(&bytes);
    return doc;
}

static void validate(const struct ikw_kb_file *f, xmlSchemaPtr schema,
                     struct ikw_diags *ds)
{
    struct report r = { ds, f->name };
    xmlDocPtr doc = read_doc(f, &r);
    xmlSchemaValidCtxtPtr ctxt = doc ? xmlSchemaNewValidCtxt(schema) : NULL;
    if (doc && doc->intSubset) {
        ikw_diag_add(ds, (struct ikw_pos){ f->name, 0 }, IKW_DIAG_XML_SYNTAX,
                     "a document type declaration is not allowed here");
    } else if (ctxt) {
        xmlSchemaSetValidStructuredErrors(ctxt, on_error, &r);
        xmlSchemaValidateDoc(ctxt, doc);
    }
    xmlSchemaFreeValidCtxt(ctxt);
    xmlFreeDoc(doc);
}

bool ikw_kb_validate(const char *dir, struct ikw_diags *ds)
{
    struct ikw_kb_files files = { 0 };
    size_t before = ds->errors;
    xmlSchemaPtr schema = NULL;
    enum ikw_elem root = IKW_ELEM_ROOT;
    ikw_kb_files_list(&files, dir, ds);
    for (size_t i = 0; i < files.n; i++) {
        if (files.v[i].root != root) {
            root = files.v[i].root;
            xmlSchemaFree(schema);
            schema = read_schema(dir, root, ds);
        }
        if (schema)
            validate(&files.v[i], schema, ds);
    }
    xmlSchemaFree(schema);
    ikw_kb_files_release(&files);
    return ds->errors == before;
}
