/* The two questions of `ikewhy why`; exit status. */
#ifndef IKW_CLI_WHY_H
#define IKW_CLI_WHY_H

#include "cli/ask.h"

int ikw_why_line(const struct ikw_options *o);
int ikw_why_cause(const struct ikw_options *o);

/* ---- a line of a log, found and read (line_find.c) ---------------------- */

struct ikw_found {
    bool there; /* the log has such a line */
    bool whole; /* a logical line begins on it: `line` and `match` hold */
    bool dump;  /* all of it belongs to the line before: a dump */
    struct ikw_line line;
    struct ikw_match match;
    struct ikw_buf text; /* what `line` and `match` point into */
};

struct ikw_line_reader {
    const struct ikw_kb *kb;
    const struct ikw_matcher *matcher;
    struct ikw_envelope_opts envelope;
};

/* Line `number` of a log. False, with a diagnostic, if it cannot be read.
 * Release `out` in any case. */
bool ikw_line_find(const struct ikw_line_reader *r, const char *path,
                   uint32_t number, struct ikw_found *out,
                   struct ikw_diags *ds);
/* The same of a text that is no log: any line of one, whole or in parts. */
void ikw_line_read(const struct ikw_line_reader *r, struct ikw_slice text,
                   struct ikw_found *out);
void ikw_found_release(struct ikw_found *f);
/* Its text without secrets and bytes of dumps. Not escaped. */
void ikw_found_words(const struct ikw_found *f, struct ikw_buf *out);

/* ---- what a message means (message_text.c) ------------------------------- */

void ikw_show_message(struct ikw_page *page, const struct ikw_kb *kb,
                      const struct ikw_message *m, bool at_length);

#endif
