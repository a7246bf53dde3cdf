/* Text in lines that begin with a prefix: trees, lists, quotations. */
#ifndef IKW_CLI_FLOW_H
#define IKW_CLI_FLOW_H

#include "cli/term.h"

/* `text`, escaped, in lines no wider than the page. The first begins with
 * `first`, the others with `next`; these are not escaped. At most `max_lines`
 * lines (0: any). */
void ikw_page_flow(struct ikw_page *page, const char *first, const char *next,
                   enum ikw_style style, unsigned max_lines, const char *text);
/* A heading in bold on a line of its own. */
void ikw_page_heading(struct ikw_page *page, const char *text);

/* Out to standard output: through a pager if that is a terminal and the text
 * is longer than its screen. False, with a message, if it did not get out. */
bool ikw_page_show(const struct ikw_page *page);
/* Before the process is confined: makes a pager possible. */
void ikw_pager_prepare(void);

#endif
