#include "cli/flow.h"

#include <string.h>

void ikw_page_flow(struct ikw_page *page, const char *first, const char *next,
                   enum ikw_style style, unsigned max_lines, const char *text)
{
    enum { LEAST = 24 };
    size_t used = ikw_columns(first, strlen(first));
    size_t more = ikw_columns(next, strlen(next));
    struct ikw_page part = { .utf8 = page->utf8 };
    used = used > more ? used : more;
    if (page->width)
        part.width =
            page->width > used + LEAST ? page->width - (unsigned)used : LEAST;
    ikw_page_wrap(&part, 0, 0, max_lines, text);
    const char *p = ikw_buf_str(&part.out);
    for (bool begun = false; *p; begun = true) {
        size_t n = strcspn(p, "\n");
        struct ikw_buf line = { 0 };
        ikw_buf_add(&line, p, n);
        ikw_buf_adds(&page->out, begun ? next : first);
        ikw_page_styled(page, style, ikw_buf_str(&line));
        ikw_buf_addc(&page->out, '\n');
        ikw_buf_release(&line);
        p += n + (p[n] == '\n');
    }
    ikw_page_release(&part);
}

void ikw_page_heading(struct ikw_page *page, const char *text)
{
    ikw_page_flow(page, "", "       ", IKW_BOLD, 0, text);
}
