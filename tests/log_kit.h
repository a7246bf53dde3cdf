/*
 * For the tests of facts/log/: a knowledge base of the shipped envelopes and
 * of templates given as lines, and the logical lines of a text.
 */
#ifndef IKW_TESTS_LOG_KIT_H
#define IKW_TESTS_LOG_KIT_H

#include "facts/log/log.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIT_VOCABULARY                                                         \
    "<vocabulary><type name='negotiation' produced-by='tracker' means='m'>"    \
    "<slot name='id' kind='id'/></type></vocabulary>"
#define KIT_WEIGHTS                                                            \
    "<weights suffice='25'><weight word='strong' db='20'/>"                    \
    "<band word='sure' at-least='0'/></weights>"

enum { KIT_LINES = 64, KIT_TEXT = 256 };

/* A whole file. */
static inline void kit_read_path(const char *path, struct ikw_buf *out)
{
    char piece[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    while (f && (n = fread(piece, 1, sizeof piece, f)) > 0)
        ikw_buf_add(out, piece, n);
    if (f)
        fclose(f);
}

/* A file of the knowledge base that stands in the source tree. */
static inline void kit_read(const char *name, struct ikw_buf *out)
{
    const char *dir = getenv("IKEWHY_KB");
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir ? dir : "kb", name);
    kit_read_path(path, out);
}

/* The knowledge base of the source tree. */
static inline struct ikw_kb *kit_shipped(void)
{
    const char *dir = getenv("IKEWHY_KB");
    struct ikw_diags ds = { 0 };
    struct ikw_kb *kb = ikw_kb_load(dir ? dir : "kb", &ds);
    ikw_diags_release(&ds);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    return kb;
}

static inline struct ikw_doc kit_doc(const char *name, const char *xml)
{
    return (struct ikw_doc){ name, ikw_slice_of(xml) };
}

static inline struct ikw_kb *kit_load(const char *envelopes,
                                      const char *messages)
{
    struct ikw_diags ds = { 0 };
    struct ikw_doc docs[] = {
        kit_doc("vocabulary.xml", KIT_VOCABULARY),
        kit_doc("weights.xml", KIT_WEIGHTS),
        kit_doc("envelopes.xml", envelopes),
        kit_doc("messages/test.xml", messages ? messages : ""),
    };
    struct ikw_kb *kb = ikw_kb_load_docs(docs, messages ? 4 : 3, &ds);
    for (const struct ikw_diag *d = ds.head; d; d = d->next)
        printf("%s:%u: %s\n", d->pos.file ? d->pos.file : "?", d->pos.line,
               d->text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    ikw_diags_release(&ds);
    return kb;
}

/* Texts without a newline of their own: the next line is glued to them. */
#define KIT_HEADINGS                                                           \
    "<messages area='test'>"                                                   \
    "<message id='m0' level='DEBUG'><text>nonce 1:</text>"                     \
    "<means>x</means></message>"                                               \
    "<message id='m2' level='DEBUG'><text>checkisakmpsa:</text>"               \
    "<means>x</means></message>"                                               \
    "<message id='m1' level='DEBUG'><text>psk:</text>"                         \
    "<means>x</means></message></messages>"

/* The shipped forms, and no more messages than those. */
static inline struct ikw_kb *kit_envelopes(void)
{
    struct ikw_buf xml = { 0 };
    kit_read("envelopes.xml", &xml);
    struct ikw_kb *kb = kit_load(ikw_buf_str(&xml), KIT_HEADINGS);
    ikw_buf_release(&xml);
    return kb;
}

/* Templates as one would write them in a <text>; message ids are m0, m1... */
static inline struct ikw_kb *kit_templates(const char *const *texts, size_t n)
{
    struct ikw_buf xml = { 0 };
    ikw_buf_adds(&xml, "<messages area='test'>");
    for (size_t i = 0; i < n; i++) {
        ikw_buf_addf(&xml, "<message id='m%zu' level='INFO'><text>", i);
        for (const char *p = texts[i]; *p; p++)
            switch (*p) {
            case '<':
                ikw_buf_adds(&xml, "&lt;");
                break;
            case '&':
                ikw_buf_adds(&xml, "&amp;");
                break;
            default:
                ikw_buf_addc(&xml, *p);
            }
        ikw_buf_adds(&xml, "</text><means>Something.</means></message>");
    }
    ikw_buf_adds(&xml, "</messages>");
    struct ikw_kb *kb = kit_load("<envelopes/>", ikw_buf_str(&xml));
    ikw_buf_release(&xml);
    return kb;
}

/* Copies of logical lines: those that come live only during the call. */
struct kit_line {
    struct ikw_line line;
    char peer[KIT_TEXT], tunnel[KIT_TEXT], text[KIT_TEXT];
};

struct kit_lines {
    size_t n;
    struct kit_line v[KIT_LINES];
};

static inline void kit_copy(char *to, struct ikw_slice s)
{
    size_t n = s.len < KIT_TEXT ? s.len : KIT_TEXT - 1;
    if (n)
        memcpy(to, s.ptr, n);
    to[n] = '\0';
}

static inline void kit_each(void *arg, const struct ikw_line *line)
{
    struct kit_lines *out = arg;
    if (out->n == KIT_LINES)
        return;
    struct kit_line *l = &out->v[out->n++];
    l->line = *line;
    kit_copy(l->peer, line->peer);
    kit_copy(l->tunnel, line->tunnel);
    kit_copy(l->text, line->text);
}

/* Detects and reads `text`; the id of the form, "" if there is none. */
static inline const char *kit_lines_of(const struct ikw_kb *kb,
                                       const struct ikw_envelope_opts *opts,
                                       struct ikw_slice text,
                                       struct kit_lines *out)
{
    struct ikw_envelope_reader *er = ikw_envelope_new(kb, opts);
    const struct ikw_envelope *e = ikw_envelope_detect(er, text, NULL);
    out->n = 0;
    ikw_envelope_run(er, 1, text, kit_each, out);
    ikw_envelope_free(er);
    return e ? e->id : "";
}

#endif
