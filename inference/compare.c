#include "inference/compare.h"

#include <stdlib.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Causes by id: the reports may be of two knowledge bases. */
static bool same_verdict(const struct ikw_verdict *a,
                         const struct ikw_verdict *b)
{
    return same_text(a->cause->id, b->cause->id) &&
           same_text(a->peer, b->peer) &&
           same_text(a->tunnel_name, b->tunnel_name);
}

static enum ikw_change_kind kind_of(const struct ikw_verdict *a,
                                    const struct ikw_verdict *b)
{
    if (!a)
        return IKW_CHANGE_NEW;
    if (!b)
        return IKW_CHANGE_GONE;
    bool same = a->certainty == b->certainty && a->db == b->db &&
                a->count == b->count && a->recovered == b->recovered;
    return same ? IKW_CHANGE_SAME : IKW_CHANGE_MOVED;
}

struct ikw_change *ikw_report_compare(const struct ikw_report *before,
                                      const struct ikw_report *after, size_t *n)
{
    struct ikw_change *v =
        ikw_xcalloc(before->nverdicts + after->nverdicts + 1, sizeof *v);
    bool *met = ikw_xcalloc(after->nverdicts + 1, sizeof *met);
    *n = 0;
    for (size_t i = 0; i < before->nverdicts; i++) {
        const struct ikw_verdict *a = before->verdicts[i], *b = NULL;
        for (size_t k = 0; k < after->nverdicts && !b; k++) {
            if (met[k] || !same_verdict(a, after->verdicts[k]))
                continue;
            b = after->verdicts[k];
            met[k] = true;
        }
        v[(*n)++] = (struct ikw_change){ kind_of(a, b), a, b };
    }
    for (size_t k = 0; k < after->nverdicts; k++)
        if (!met[k])
            v[(*n)++] =
                (struct ikw_change){ IKW_CHANGE_NEW, NULL, after->verdicts[k] };
    free(met);
    return v;
}
