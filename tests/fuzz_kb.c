/*
 * Fuzzes the loader: the first byte chooses the document, the rest is its
 * text; all other documents are sound. A base that loads is checked too.
 */
#include "kb/kb.h"
#include "tests/kb_docs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *name, *xml;
    } base[] = {
        SOUND_BASE,
    };
    enum { N = sizeof base / sizeof base[0] };
    struct ikw_doc docs[N];
    struct ikw_diags ds = { 0 };
    if (!size)
        return 0;
    for (size_t i = 0; i < N; i++)
        docs[i] = (struct ikw_doc){ base[i].name, ikw_slice_of(base[i].xml) };
    docs[data[0] % N].xml =
        (struct ikw_slice){ (const char *)data + 1, size - 1 };
    struct ikw_kb *kb = ikw_kb_load_docs(docs, N, &ds);
    if (kb)
        ikw_kb_check(kb, &ds);
    if (!kb && !ds.errors)
        abort();
    ikw_kb_free(kb);
    ikw_diags_release(&ds);
    return 0;
}
