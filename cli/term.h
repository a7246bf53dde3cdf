/*
 * Text for a terminal. Everything that comes from a log, a fact or a file
 * name passes ikw_escape before it is printed: control bytes, bidirectional
 * and invisible marks and invalid UTF-8 come out as \xNN.
 */
#ifndef IKW_CLI_TERM_H
#define IKW_CLI_TERM_H

#include "base/slice.h"
#include "cli/utf8.h"

enum ikw_colour_when { IKW_COLOUR_AUTO, IKW_COLOUR_ALWAYS, IKW_COLOUR_NEVER };

enum ikw_style { IKW_PLAIN, IKW_BOLD, IKW_DIM, IKW_RED, IKW_GREEN, IKW_YELLOW };

/* Where text output goes and what the far end can show. */
struct ikw_page {
    struct ikw_buf out;
    unsigned width; /* columns, 0: never wrap */
    bool colour, utf8;
};

/* For standard output, from the terminal and the environment. */
void ikw_page_init(struct ikw_page *page, enum ikw_colour_when colour);
void ikw_page_release(struct ikw_page *page);

/* Without `utf8` every byte above 0x7e is escaped as well. */
void ikw_escape(struct ikw_buf *out, const char *s, size_t len, bool utf8);

void ikw_page_styled(struct ikw_page *page, enum ikw_style style,
                     const char *text);
/* " · ", or " - " where that cannot be shown. */
const char *ikw_page_dot(const struct ikw_page *page);

/* Text in words, escaped, in lines no wider than the page. The first line
 * continues at column `col`; the others begin at `indent`. At most
 * `max_lines` lines (0: any), the last then ends in "...". Ends in a
 * newline. */
void ikw_page_wrap(struct ikw_page *page, size_t col, size_t indent,
                   unsigned max_lines, const char *text);
void ikw_page_spaces(struct ikw_page *page, size_t n);

#endif
