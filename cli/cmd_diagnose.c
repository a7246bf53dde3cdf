/* ikewhy diagnose: what is wrong, and who must act. */
#include "cli/flow.h"
#include "cli/hosts.h"
#include "cli/html.h"
#include "cli/kbfind.h"

enum { FULL_MOST = 512 };

int ikw_exit_of(enum ikw_outcome outcome)
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
    else if (o->jsonl)
        ok = ikw_render_jsonl(&page.out, s, o->host);
    else if (o->html)
        ikw_render_html(&page.out, s);
    else if (o->brief)
        ikw_render_brief(&page, s);
    else
        ikw_render_text(&page, s);
    if (!ok)
        ikw_complain("cannot encode the report");
    if (ok && (o->json || o->html || o->jsonl))
        ok = ikw_write_out(ikw_buf_str(&page.out), page.out.len);
    else if (ok)
        ok = ikw_page_show(&page);
    ikw_page_release(&page);
    return ok;
}

static bool usage_ok(const struct ikw_options *o)
{
    if (o->facts && (o->nfiles || o->npeer_logs || o->nconfigs ||
                     o->npeer_configs || o->ncaptures || o->npeer_captures)) {
        ikw_complain("--facts stands instead of logs: give one or the other");
        return false;
    }
    if ((o->json || o->html || o->jsonl) && o->brief) {
        ikw_complain("--brief is a form of text: leave out --format");
        return false;
    }
    if (o->by_host && (o->facts || o->npeer_logs || o->json || o->html)) {
        ikw_complain("--by-host goes with text, --brief and --format=jsonl, "
                     "and without --facts and --peer-log");
        return false;
    }
    return true;
}

int ikw_diagnose_with(const struct ikw_options *o, struct ikw_kb *kb)
{
    struct ikw_session s;
    int status = IKW_EXIT_ERROR;
    if (ikw_session_open_with(&s, o, kb)) {
        s.report_opts.ladders = s.report_opts.timelines = o->html;
        /* text shows few verdicts in full, whatever the size of the log */
        s.report_opts.full_most =
            o->json || o->jsonl || o->html ? 0 : FULL_MOST;
        if (ikw_session_diagnose(&s, o) && render(&s, o))
            status = ikw_exit_of(s.report->outcome);
    }
    ikw_session_close(&s);
    return s.damaged ? IKW_EXIT_ERROR : status;
}

int ikw_cmd_diagnose(const struct ikw_options *o)
{
    if (!usage_ok(o))
        return IKW_EXIT_ERROR;
    struct ikw_kb *kb = ikw_kb_open(o);
    int status = IKW_EXIT_ERROR;
    if (kb)
        status =
            o->by_host ? ikw_diagnose_hosts(o, kb) : ikw_diagnose_with(o, kb);
    ikw_kb_free(kb);
    return status;
}
