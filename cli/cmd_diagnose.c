/* ikewhy diagnose: what is wrong, and who must act. */
#include "cli/flow.h"
#include "cli/html.h"

static int exit_of(enum ikw_outcome outcome)
{
    switch (outcome) {
    case IKW_OUTCOME_HEALTHY:
        return IKW_EXIT_HEALTHY;
    case IKW_OUTCOME_FAULT:
        return IKW_EXIT_FAULT;
    case IKW_OUTCOME_UNDECIDED:
    case IKW_OUTCOME_NO_NEGOTIATION:
        break;
    }
    return IKW_EXIT_UNDECIDED;
}

static bool render(const struct ikw_session *s, const struct ikw_options *o)
{
    struct ikw_page page;
    bool ok = true;
    ikw_page_init(&page, o->colour);
    if (o->json)
        ok = ikw_render_json(&page.out, s);
    else if (o->html)
        ikw_render_html(&page.out, s);
    else if (o->brief)
        ikw_render_brief(&page, s);
    else
        ikw_render_text(&page, s);
    if (!ok)
        ikw_complain("cannot encode the report");
    if (ok && (o->json || o->html))
        ok = ikw_write_out(ikw_buf_str(&page.out), page.out.len);
    else if (ok)
        ok = ikw_page_show(&page);
    ikw_page_release(&page);
    return ok;
}

static bool usage_ok(const struct ikw_options *o)
{
    if (o->facts &&
        (o->nfiles || o->npeer_logs || o->nconfigs || o->npeer_configs)) {
        ikw_complain("--facts stands instead of logs: give one or the other");
        return false;
    }
    if ((o->json || o->html) && o->brief) {
        ikw_complain("--brief is a form of text: leave out --format");
        return false;
    }
    return true;
}

int ikw_cmd_diagnose(const struct ikw_options *o)
{
    struct ikw_session s;
    int status = IKW_EXIT_ERROR;
    if (!usage_ok(o))
        return status;
    if (ikw_session_open(&s, o)) {
        s.report_opts.ladders = s.report_opts.timelines = o->html;
        if (ikw_session_diagnose(&s, o) && render(&s, o))
            status = exit_of(s.report->outcome);
    }
    ikw_session_close(&s);
    return status;
}
