/* Results of `case check` for machines: TAP and JUnit. */
#include "cli/case_results.h"

#include <string.h>

static void xml_text(const char *s, struct ikw_buf *out)
{
    struct ikw_buf clean = { 0 };
    ikw_escape(&clean, s, strlen(s), true);
    for (const char *p = ikw_buf_str(&clean); *p; p++)
        if (strchr("<>&\"", *p))
            ikw_buf_addf(out, "&#%d;", *p);
        else
            ikw_buf_addc(out, *p);
    ikw_buf_release(&clean);
}

/* Each line of `text` behind `mark`. */
static void indented(const char *text, const char *mark, struct ikw_buf *out)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        ikw_buf_adds(out, mark);
        ikw_escape(out, text, len, true);
        ikw_buf_addc(out, '\n');
        text += len + (text[len] == '\n');
    }
}

void ikw_case_results_tap(const struct ikw_case_result *r, size_t n,
                          struct ikw_buf *out)
{
    ikw_buf_addf(out, "TAP version 13\n1..%zu\n", n);
    for (size_t i = 0; i < n; i++) {
        ikw_buf_addf(out, "%s %zu - %s\n", r[i].ok ? "ok" : "not ok", i + 1,
                     r[i].name);
        indented(ikw_buf_str(&r[i].faults), "# ", out);
    }
}

void ikw_case_results_junit(const struct ikw_case_result *r, size_t n,
                            struct ikw_buf *out)
{
    size_t failed = 0;
    for (size_t i = 0; i < n; i++)
        failed += !r[i].ok;
    ikw_buf_addf(out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<testsuite name=\"cases\" tests=\"%zu\" failures=\"%zu\">\n",
                 n, failed);
    for (size_t i = 0; i < n; i++) {
        ikw_buf_adds(out, "  <testcase classname=\"cases\" name=\"");
        xml_text(r[i].name, out);
        if (r[i].ok) {
            ikw_buf_adds(out, "\"/>\n");
            continue;
        }
        struct ikw_buf lines = { 0 };
        ikw_buf_adds(out, "\">\n    <failure message=\"the case has faults\">");
        indented(ikw_buf_str(&r[i].faults), "", &lines);
        for (const char *p = ikw_buf_str(&lines); *p; p++)
            if (*p == '\n') {
                ikw_buf_addc(out, '\n');
            } else {
                char one[2] = { *p, '\0' };
                if (strchr("<>&\"", *p))
                    xml_text(one, out);
                else
                    ikw_buf_addc(out, *p);
            }
        ikw_buf_release(&lines);
        ikw_buf_adds(out, "</failure>\n  </testcase>\n");
    }
    ikw_buf_adds(out, "</testsuite>\n");
}
