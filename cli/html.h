/*
 * The report as one HTML file: no script, no network, nothing from outside.
 * All text of a log passes ikw_html_text: control bytes, bidirectional marks
 * and invalid UTF-8 come out as \xNN, and markup as itself.
 * Shared by cli/html*.c.
 */
#ifndef IKW_CLI_HTML_H
#define IKW_CLI_HTML_H

#include "cli/ask.h"

/* A line of a log that the page shows in its excerpt. */
struct ikw_html_line {
    unsigned file;
    uint32_t line;
    int64_t t_ms;
    const char *text; /* borrowed from the report */
    const struct ikw_message *message;
};

struct ikw_html {
    struct ikw_buf *out;
    const struct ikw_session *session;
    const struct ikw_report *report;
    int64_t from_ms, to_ms; /* of all inputs */
    struct ikw_html_line *lines;
    size_t nlines, lines_cap;
    bool *detailed;   /* by verdict: it has a section */
    unsigned ladders; /* drawn so far: ids of their parts */
};

/* The whole page. */
void ikw_render_html(struct ikw_buf *out, const struct ikw_session *s);

/* Parts of the style sheet, then NULL. */
extern const char *const ikw_html_style[];

/* ---- writing (html_write.c) --------------------------------------------- */

void ikw_html_raw(struct ikw_html *h, const char *markup);
void ikw_html_f(struct ikw_html *h, const char *fmt, ...) IKW_PRINTF(2, 3);
void ikw_html_text(struct ikw_html *h, const char *text);
/* Text of the knowledge base: `like this` is code. */
void ikw_html_prose(struct ikw_html *h, const char *text);
/* <tag class="...">text</tag>; class may be NULL */
void ikw_html_element(struct ikw_html *h, const char *tag, const char *class,
                      const char *text);
/* The place of a line, as a link to it in the excerpt. */
void ikw_html_place(struct ikw_html *h, const struct ikw_evidence *ev);
/* <time>: date and time, or the time of the day alone. */
void ikw_html_time(struct ikw_html *h, int64_t t_ms, bool date);
void ikw_html_tunnel(struct ikw_html *h, const char *local, const char *peer,
                     const char *name);
/* Word for the outcome as a class name: fault, healthy, ... */
void ikw_html_badge(struct ikw_html *h, const char *class, const char *word);

void ikw_html_outcome(struct ikw_html *h, enum ikw_outcome o);
/* A line of a log with its level, in a box. */
void ikw_html_log(struct ikw_html *h, const struct ikw_evidence *ev);
/* "very likely, 94 %", with a bar. */
void ikw_html_certainty(struct ikw_html *h, const struct ikw_verdict *v);

/* ---- parts ----------------------------------------------------------------
 */

/* From the document's start to <main> (html_top.c). */
void ikw_html_top(struct ikw_html *h);
/* The list of verdicts by cause, if there is more than one verdict. */
void ikw_html_causes(struct ikw_html *h);
/* Whether a timeline and a table of all tunnels are shown. */
bool ikw_html_overview(const struct ikw_html *h);

/* Of a verdict, as a section with headings of level 3 (html_verdict.c). */
void ikw_html_verdict(struct ikw_html *h, size_t index);
/* How sure, who acts, our role, when, which. */
void ikw_html_facts(struct ikw_html *h, const struct ikw_verdict *v,
                    size_t index);
/* Whether the first verdict has the part "do", "way", "seen" or "how". */
bool ikw_html_has_part(const struct ikw_html *h, const char *part);
void ikw_html_proof(struct ikw_html *h, const struct ikw_verdict *v,
                    size_t index);
void ikw_html_ladder(struct ikw_html *h, const struct ikw_ladder *l);
/* A bar over the time of the whole log. */
void ikw_html_timeline(struct ikw_html *h, const struct ikw_tunnel *t);
/* What stands under bars: the log's start and end. */
void ikw_html_axis(struct ikw_html *h);
/* What the signs mean: those of `l`, or all. */
void ikw_html_timeline_legend(struct ikw_html *h, const struct ikw_timeline *l);
/* The lines linked to so far, by file and number. */
void ikw_html_lines(struct ikw_html *h);

#endif
