/*
 * ikewhy case new: a case out of real logs. One tunnel is cut out, all is
 * redacted with one set of replacements, both steps are proven to change
 * nothing, and a draft is written from the proof.
 */
#include "cases/cut.h"
#include "cases/redact.h"
#include "cases/redact_same.h"
#include "cli/cases.h"
#include "cli/kbfind.h"
#include "facts/log/log.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES = IKW_CASE_FILES };

struct source {
    const char *path; /* as given */
    char name[32];    /* in the case's folder */
    bool peer, config;
    struct ikw_buf before, after;
};

struct making {
    const struct ikw_options *o;
    const char *dir;
    struct ikw_kb *kb;
    struct source files[FILES]; /* 0 is our log */
    size_t nfiles;
    struct ikw_diags ds;
};

/* ---- reading ----------------------------------------------------------- */

static void add(struct making *mk, const char *path, const char *name,
                bool peer, bool config)
{
    if (mk->nfiles == FILES)
        return;
    struct source *s = &mk->files[mk->nfiles++];
    *s = (struct source){ .path = path, .peer = peer, .config = config };
    snprintf(s->name, sizeof s->name, "%s", name);
}

static void add_configs(struct making *mk, const char **paths, size_t n,
                        bool peer)
{
    for (size_t i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s%.0zu.conf", peer ? "peer" : "our", i);
        add(mk, paths[i], name, peer, true);
    }
}

static bool read_all(struct making *mk)
{
    const struct ikw_options *o = mk->o;
    if (o->npeer_logs > 1 || o->nconfigs + o->npeer_configs + 2 > FILES) {
        ikw_complain("case new: one log of each side, and not more than %d "
                     "configurations",
                     FILES - 2);
        return false;
    }
    add(mk, o->files[1], "our.log", false, false);
    if (o->npeer_logs)
        add(mk, o->peer_logs[0], "peer.log", true, false);
    add_configs(mk, o->configs, o->nconfigs, false);
    add_configs(mk, o->peer_configs, o->npeer_configs, true);
    bool ok = true;
    for (size_t i = 0; i < mk->nfiles; i++)
        ok = ikw_slurp(mk->files[i].path, &mk->files[i].before, &mk->ds) && ok;
    return ok;
}

static struct ikw_slice bytes(const struct ikw_buf *b)
{
    return (struct ikw_slice){ ikw_buf_str(b), b->len };
}

/* ---- cutting and redacting --------------------------------------------- */

static bool cut(struct making *mk)
{
    struct ikw_cut c;
    struct ikw_buf why = { 0 };
    struct source *our = &mk->files[0];
    if (!mk->o->tunnel)
        return true;
    bool ok =
        ikw_cut_tunnel(mk->kb, bytes(&our->before), mk->o->tunnel, &c, &why);
    if (ok) {
        ikw_buf_clear(&our->before);
        ikw_buf_add(&our->before, ikw_buf_str(&c.text), c.text.len);
        printf("tunnel %u: %u lines of %s\n", mk->o->tunnel, c.n, our->path);
    } else {
        ikw_complain("tunnel %u alone does not say the same: %s", mk->o->tunnel,
                     ikw_buf_str(&why));
    }
    ikw_cut_release(&c);
    ikw_buf_release(&why);
    return ok;
}

static bool redact(struct making *mk)
{
    struct ikw_slice before[2] = { { 0 } }, after[2] = { { 0 } };
    struct ikw_buf why = { 0 };
    struct ikw_redactor *r =
        ikw_redactor_new(mk->kb, ikw_redact_seed(mk->o->seed));
    for (size_t i = 0; i < mk->nfiles; i++)
        ikw_redact_note(r, bytes(&mk->files[i].before));
    for (size_t i = 0; i < mk->nfiles; i++) {
        struct source *s = &mk->files[i];
        ikw_redact(r, bytes(&s->before), &s->after);
        if (s->config)
            continue;
        before[s->peer] = bytes(&s->before);
        after[s->peer] = bytes(&s->after);
    }
    bool same = ikw_redact_same_two(mk->kb, before, after, &why);
    if (!same)
        ikw_complain("the redacted logs do not say the same: %s",
                     ikw_buf_str(&why));
    ikw_redact_tell_unsure(r);
    ikw_redactor_free(r);
    ikw_buf_release(&why);
    return same;
}

/* ---- the draft --------------------------------------------------------- */

/* At most `max` bytes, and only what needs no thought in XML. */
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

static const char *name_of(const struct making *mk, unsigned file)
{
    size_t logs = 0;
    for (size_t i = 0; i < mk->nfiles; i++)
        if (!mk->files[i].config && logs++ == file)
            return mk->files[i].name;
    return mk->files[0].name;
}

static void put_lines(const struct making *mk, const struct ikw_verdict *v,
                      struct ikw_buf *out)
{
    for (size_t i = 0; i < v->nevidence && i < 16; i++) {
        const struct ikw_evidence_item *e = &v->evidence[i];
        if (!e->first.line)
            continue;
        ikw_buf_addf(out, "    <line file=\"%s\" n=\"%u\"",
                     name_of(mk, e->first.file), e->first.line);
        if (e->last.line > e->first.line && e->last.file == e->first.file)
            ikw_buf_addf(out, " to=\"%u\"", e->last.line);
        ikw_buf_addc(out, '>');
        put_xml(out, e->first.text, 60);
        ikw_buf_adds(out, "</line>\n");
    }
}

static void put_rivals(const struct making *mk, const struct ikw_verdict *v,
                       struct ikw_buf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < v->nrivals && n < 8; i++) {
        const struct ikw_rival *r = &v->rivals[i];
        if (!r->excluded || !r->excluded_line)
            continue;
        n++;
        ikw_buf_addf(out, "    <rival cause=\"%s\" file=\"%s\" n=\"%u\">",
                     r->cause->id, mk->files[0].name, r->excluded_line);
        ikw_buf_adds(out, "Why this line rules it out.</rival>\n");
    }
}

static void put_expect(const struct making *mk, const char *given,
                       const struct ikw_report *rep, struct ikw_buf *out)
{
    const struct ikw_verdict *v = rep->nverdicts ? rep->verdicts[0] : NULL;
    ikw_buf_addf(out, "  <expect given=\"%s\" outcome=\"%s\">\n", given,
                 ikw_outcome_name(rep->outcome));
    if (v) {
        ikw_buf_addf(out, "    <verdict cause=\"%s\" at-least=\"%s\">\n",
                     v->cause->id, v->band->word);
        for (size_t i = 0; i < v->nrivals; i++)
            if (!v->rivals[i].excluded && v->rivals[i].certainty > 0)
                ikw_buf_addf(out, "      <open cause=\"%s\"/>\n",
                             v->rivals[i].cause->id);
        ikw_buf_adds(out, "    </verdict>\n");
    }
    for (size_t i = 0; i < rep->nnotes && i < 4; i++)
        ikw_buf_addf(out, "    <note cause=\"%s\"/>\n", rep->notes[i]->id);
    size_t at = out->len;
    if (v)
        put_lines(mk, v, out);
    if (out->len == at) {
        const char *text = ikw_buf_str(&mk->files[0].after);
        ikw_buf_adds(out, "    <line file=\"our.log\" n=\"1\" engine=\"no\">");
        put_xml(out, text, strcspn(text, "\n") < 60 ? strcspn(text, "\n") : 60);
        ikw_buf_adds(out, "</line>\n");
    }
    if (v)
        put_rivals(mk, v, out);
    ikw_buf_adds(out, "  </expect>\n");
}

static void put_files(const struct making *mk, struct ikw_buf *out)
{
    for (size_t i = 0; i < mk->nfiles; i++) {
        const struct source *s = &mk->files[i];
        ikw_buf_addf(out, "  <%s file=\"%s\" side=\"%s\" title=\"%s %s\"",
                     s->config ? "config" : "log", s->name,
                     s->peer ? "peer" : "local", s->peer ? "The peer's" : "Our",
                     s->config ? "configuration" : "log");
        if (s->peer || s->config)
            ikw_buf_addf(out, " cost=\"%d\"", s->peer && !s->config ? 3 : 1);
        ikw_buf_adds(out, "/>\n");
    }
}

static void put_role(const struct ikw_verdict *v, struct ikw_buf *out)
{
    static const char us[] = "We are", peer[] = "The peer is";
    if (!v || !v->role)
        return;
    bool i = v->role == 'I';
    ikw_buf_addf(out,
                 "  <question about=\"role\">\n"
                 "    <ask>Who started this negotiation?</ask>\n"
                 "    <right>%s</right>\n"
                 "    <wrong why=\"The first line of the negotiation says who "
                 "began.\">%s</wrong>\n"
                 "  </question>\n",
                 i ? us : peer, i ? peer : us);
}

static void put_tail(const struct ikw_verdict *v, struct ikw_buf *out)
{
    ikw_buf_adds(out, "  <question about=\"step\">\n"
                      "    <ask>What next?</ask>\n    <right>");
    put_xml(out, v && v->cause->settle ? v->cause->settle : "The right step",
            400);
    ikw_buf_adds(out, "</right>\n"
                      "    <wrong why=\"A sentence that says why it is "
                      "wrong.\">A wrong step</wrong>\n"
                      "  </question>\n"
                      "  <hint>A vague hint.</hint>\n"
                      "  <expert>How an expert reads it.</expert>\n");
    for (size_t i = 0; v && i < v->cause->nreferences && i < 8; i++) {
        ikw_buf_adds(out, "  <reference>");
        put_xml(out, v->cause->references[i], 200);
        ikw_buf_adds(out, "</reference>\n");
    }
    ikw_buf_adds(out, "  <origin kind=\"redacted\" of=\"a real log\"/>\n"
                      "</case>\n");
}

static void draft(const struct making *mk, const struct ikw_report *start,
                  const struct ikw_report *all, struct ikw_buf *out)
{
    const struct ikw_verdict *v = start->nverdicts ? start->verdicts[0] : NULL;
    ikw_buf_addf(out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<case lesson=\"1\" difficulty=\"3\" minutes=\"10\">\n"
                 "  <title>A draft</title>\n"
                 "  <ticket>What the customer wrote.</ticket>\n"
                 "  <setting role=\"%s\">Topology, whose log.</setting>\n",
                 v && v->role == 'I'   ? "initiator"
                 : v && v->role == 'R' ? "responder"
                                       : "none");
    put_files(mk, out);
    put_expect(mk, "start", start, out);
    if (all)
        put_expect(mk, "all", all, out);
    put_role(v, out);
    put_tail(v, out);
}

/* ---- writing ----------------------------------------------------------- */

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

static bool put_all(const struct making *mk, const struct ikw_buf *xml)
{
    if (mkdir(mk->dir, 0755) && errno != EEXIST) {
        ikw_complain("cannot make %s: %s", mk->dir, strerror(errno));
        return false;
    }
    bool ok = put_file(mk->dir, "case.xml", xml);
    for (size_t i = 0; ok && i < mk->nfiles; i++)
        ok = put_file(mk->dir, mk->files[i].name, &mk->files[i].after);
    return ok;
}

/* The draft must be a case that passes. */
static bool prove(struct making *mk)
{
    struct ikw_case *c = ikw_case_load(mk->kb, mk->dir, &mk->ds);
    bool ok = c && ikw_case_check(mk->kb, c, &mk->ds);
    ikw_case_free(c);
    if (ok)
        printf("%s/case.xml: a draft that passes `case check`. Write down what "
               "is true, not what the program says.\n",
               mk->dir);
    return ok;
}

static bool write_draft(struct making *mk)
{
    struct ikw_slice log[2] = { bytes(&mk->files[0].after), { 0 } };
    struct ikw_buf xml = { 0 };
    struct ikw_report *all = NULL;
    struct ikw_report *start =
        ikw_redact_diagnose(mk->kb, log[0], log[1], NULL, NULL);
    if (mk->nfiles > 1 && !mk->files[1].config)
        all = ikw_redact_diagnose(mk->kb, log[0], bytes(&mk->files[1].after),
                                  NULL, NULL);
    draft(mk, start, all, &xml);
    bool ok = put_all(mk, &xml) && prove(mk);
    ikw_buf_release(&xml);
    ikw_report_free(start);
    ikw_report_free(all);
    return ok;
}

int ikw_case_new(const struct ikw_options *o)
{
    struct making mk = { .o = o, .dir = o->files[2] };
    mk.kb = ikw_kb_open(o);
    bool ok =
        mk.kb && read_all(&mk) && cut(&mk) && redact(&mk) && write_draft(&mk);
    ikw_print_diags(stderr, &mk.ds);
    ikw_diags_release(&mk.ds);
    for (size_t i = 0; i < mk.nfiles; i++) {
        ikw_buf_release(&mk.files[i].before);
        ikw_buf_release(&mk.files[i].after);
    }
    ikw_kb_free(mk.kb);
    return ok ? 0 : IKW_EXIT_ERROR;
}
