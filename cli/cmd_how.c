/* ikewhy how: the proof of a verdict, its bill, its ladder. */
#include "cli/ask.h"

static bool answer(struct ikw_session *s, const struct ikw_options *o,
                   struct ikw_page *page)
{
    const struct ikw_verdict *v = ikw_ask_verdict(s, o->verdict);
    bool proof = !o->bill && !o->ladder;
    if (!v)
        return false;
    ikw_show_head(page, s, v);
    if (proof || o->depth || o->all)
        ikw_render_proof(page, s, v, o->depth);
    if (o->bill) {
        if (o->depth || o->all)
            ikw_buf_addc(&page->out, '\n');
        ikw_render_bill(page, s, v);
    }
    if (o->ladder) {
        if (!proof && page->out.len && (o->bill || o->depth || o->all))
            ikw_buf_addc(&page->out, '\n');
        ikw_render_ladder(page, s, v);
    }
    return true;
}

int ikw_cmd_how(const struct ikw_options *o)
{
    struct ikw_options rest = ikw_without_operand(o);
    struct ikw_ask ask = { .answer = answer };
    int64_t n = 0;
    if (!o->nfiles || !ikw_slice_int(ikw_slice_of(o->files[0]), &n) || n < 1 ||
        n > INT32_MAX) {
        ikw_complain("how: which verdict? give its number (see ikewhy how "
                     "--help)");
        return IKW_EXIT_ERROR;
    }
    rest.verdict = (unsigned)n;
    ask.report.keep_proofs_all = o->all;
    ask.report.ladders = o->ladder;
    return ikw_ask(&rest, &ask);
}
