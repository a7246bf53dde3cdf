/* ikewhy case: checks, lists and drafts cases of the course. */
#include "cli/cases.h"

#include "cli/kbfind.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* One TAP-like line a case, then its faults, then a count. */
static int check(const struct ikw_options *o)
{
    struct ikw_course co;
    size_t failed = 0;
    const char *dir = o->nfiles > 1 ? o->files[1] : o->cases;
    if (!ikw_course_open(&co, o, dir)) {
        ikw_course_close(&co);
        return IKW_EXIT_ERROR;
    }
    for (size_t i = 0; i < co.cases.n; i++) {
        struct ikw_diags ds = { 0 };
        if (!ikw_case_check(co.kb, co.cases.v[i], &ds)) {
            failed++;
            printf("not ok %s\n", co.cases.v[i]->id);
            ikw_print_diags(stdout, &ds);
        }
        ikw_diags_release(&ds);
    }
    size_t broken = co.diags.errors;
    printf("%zu passed, %zu failed\n", co.cases.n - failed, failed + broken);
    ikw_course_close(&co);
    return failed || broken ? IKW_EXIT_ERROR : 0;
}

static int list(const struct ikw_options *o)
{
    struct ikw_course co;
    struct ikw_buf out = { 0 };
    const char *dir = o->nfiles > 1 ? o->files[1] : o->cases;
    bool ok = ikw_course_open(&co, o, dir);
    for (size_t i = 0; i < co.cases.n; i++) {
        const struct ikw_case *c = co.cases.v[i];
        ikw_buf_addf(&out, "%d\t%s\t%d\t%d\t%s\t%s\n", c->lesson, c->id,
                     c->difficulty, c->minutes, ikw_case_subject(c), c->title);
    }
    ok = ok && ikw_write_out(ikw_buf_str(&out), out.len);
    ikw_buf_release(&out);
    ikw_course_close(&co);
    return ok ? 0 : IKW_EXIT_ERROR;
}

/* ---- a new case from a log --------------------------------------------- */

static bool put_file(const char *dir, const char *name,
                     const struct ikw_buf *text)
{
    struct ikw_buf path = { 0 };
    ikw_buf_addf(&path, "%s/%s", dir, name);
    FILE *f = fopen(path.ptr, "wx");
    bool ok = f && fwrite(ikw_buf_str(text), 1, text->len, f) == text->len;
    if (f)
        ok = !fclose(f) && ok;
    if (!ok)
        ikw_complain("cannot write %s: %s", path.ptr, strerror(errno));
    ikw_buf_release(&path);
    return ok;
}

static void put_xml(struct ikw_buf *out, const char *s, size_t max)
{
    for (size_t i = 0; s && s[i] && i < max; i++)
        if (strchr("<>&\"", s[i]))
            ikw_buf_addf(out, "&#%d;", s[i]);
        else if ((unsigned char)s[i] >= ' ' && (unsigned char)s[i] < 0x7f)
            ikw_buf_addc(out, s[i]);
        else
            break;
}

static void draft_verdict(const struct ikw_verdict *v, struct ikw_buf *out)
{
    ikw_buf_addf(out, "    <verdict cause=\"%s\" at-least=\"%s\"/>\n",
                 v->cause->id, v->band->word);
    for (size_t i = 0; i < v->nevidence && i < 16; i++) {
        const struct ikw_evidence_item *e = &v->evidence[i];
        if (!e->first.line)
            continue;
        ikw_buf_addf(out, "    <line file=\"our.log\" n=\"%u\"", e->first.line);
        if (e->last.line > e->first.line)
            ikw_buf_addf(out, " to=\"%u\"", e->last.line);
        ikw_buf_addc(out, '>');
        put_xml(out, e->first.text, 60);
        ikw_buf_adds(out, "</line>\n");
    }
}

static void draft(const struct ikw_report *rep, struct ikw_buf *out)
{
    bool initiator = rep->nverdicts && rep->verdicts[0]->role == 'I';
    ikw_buf_addf(out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<case lesson=\"1\" difficulty=\"3\" minutes=\"10\">\n"
                 "  <title>A draft</title>\n"
                 "  <ticket>What the customer wrote.</ticket>\n"
                 "  <setting role=\"%s\">Topology, whose log.</setting>\n"
                 "  <log file=\"our.log\" side=\"local\" "
                 "title=\"Our racoon.log\"/>\n"
                 "  <expect given=\"start\" outcome=\"%s\">\n",
                 rep->nverdicts ? initiator ? "initiator" : "responder"
                                : "none",
                 ikw_outcome_name(rep->outcome));
    if (rep->nverdicts)
        draft_verdict(rep->verdicts[0], out);
    else
        ikw_buf_adds(out, "    <line file=\"our.log\" n=\"1\" "
                          "engine=\"no\">: </line>\n");
    ikw_buf_adds(out, "  </expect>\n"
                      "  <question about=\"step\">\n"
                      "    <ask>What next?</ask>\n"
                      "    <right>The right step</right>\n"
                      "    <wrong why=\"Why it is wrong.\">A wrong step"
                      "</wrong>\n"
                      "  </question>\n"
                      "  <hint>A vague hint.</hint>\n"
                      "  <origin kind=\"redacted\" of=\"a real log\"/>\n"
                      "</case>\n");
}

/* The redacted log and a draft of what the engine made of it: the truth is
 * still the author's to write. */
static int make_new(const struct ikw_options *o)
{
    struct ikw_buf log = { 0 }, xml = { 0 };
    struct ikw_diags ds = { 0 };
    const char *dir = o->files[2];
    struct ikw_case c = { .dir = dir, .nfiles = 1 };
    struct ikw_report *rep = NULL;
    c.files[0] = (struct ikw_case_file){ .name = "our.log", .replaces = -1 };
    struct ikw_kb *kb = ikw_kb_open(o->kb);
    bool ok = kb && ikw_redact_file(kb, o->files[1], o->seed, &log);
    if (ok && mkdir(dir, 0755) && errno != EEXIST)
        ikw_complain("cannot make %s: %s", dir, strerror(errno));
    ok = ok && put_file(dir, "our.log", &log);
    if (ok && (rep = ikw_case_diagnose(kb, &c, 1, &ds)))
        draft(rep, &xml);
    ok = rep && put_file(dir, "case.xml", &xml);
    if (ok)
        printf("%s/case.xml: a draft. Write down what is true, not what the "
               "program says.\n",
               dir);
    ikw_print_diags(stderr, &ds);
    ikw_diags_release(&ds);
    ikw_report_free(rep);
    ikw_buf_release(&log);
    ikw_buf_release(&xml);
    ikw_kb_free(kb);
    return ok ? 0 : IKW_EXIT_ERROR;
}

int ikw_cmd_case(const struct ikw_options *o)
{
    const char *what = o->nfiles ? o->files[0] : "";
    if (!strcmp(what, "check") && o->nfiles <= 2)
        return check(o);
    if (!strcmp(what, "list") && o->nfiles <= 2)
        return list(o);
    if (!strcmp(what, "new") && o->nfiles == 3)
        return make_new(o);
    ikw_complain("case check [DIR], case list [DIR] or case new LOG DIR");
    return IKW_EXIT_ERROR;
}
