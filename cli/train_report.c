/* What an instructor wants to know of all attempts. */
#include "cli/train_log.h"

#include "cli/html.h"
#include "cli/term.h"
#include "cli/utf8.h"

#include <stdlib.h>
#include <string.h>

/* One trainee and one subject. */
struct row {
    const char *user, *subject;
    unsigned attempts, passed;
    int64_t best, hints, seconds, sure, hits;
};

static int64_t number(const json_t *close, const char *key)
{
    return json_integer_value(json_object_get(close, key));
}

static int by_name(const void *pa, const void *pb)
{
    const struct row *a = pa, *b = pb;
    int c = strcmp(a->user, b->user);
    return c ? c : strcmp(a->subject, b->subject);
}

static void count(struct row *r, const json_t *close)
{
    int64_t score = number(close, "score");
    r->attempts++;
    r->passed += score >= 70;
    r->best = score > r->best ? score : r->best;
    r->hints += number(close, "hints");
    r->seconds += number(close, "seconds");
}

static struct row *rows_of(const struct ikw_attempt *a, size_t n, size_t *nrows)
{
    struct row *rows = ikw_xcalloc(n + 1, sizeof *rows);
    *nrows = 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        if (!a[i].close)
            continue;
        while (k < *nrows && (strcmp(rows[k].user, a[i].user) != 0 ||
                              strcmp(rows[k].subject, a[i].subject) != 0))
            k++;
        if (k == *nrows)
            rows[(*nrows)++] =
                (struct row){ .user = a[i].user, .subject = a[i].subject };
        count(&rows[k], a[i].close);
    }
    qsort(rows, *nrows, sizeof *rows, by_name);
    return rows;
}

/* ---- commonest wrong answers ------------------------------------------- */

struct tally {
    const char *subject, *answer;
    unsigned n;
};

static int by_count(const void *pa, const void *pb)
{
    const struct tally *a = pa, *b = pb;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    int c = strcmp(a->subject, b->subject);
    return c ? c : strcmp(a->answer, b->answer);
}

static struct tally *wrong_of(const struct ikw_attempt *a, size_t n,
                              size_t *nout)
{
    struct tally *t = NULL;
    size_t cap = 0, k, i, j;
    const json_t *one;
    *nout = 0;
    for (i = 0; i < n; i++)
        json_array_foreach(json_object_get(a[i].close, "wrong"), j, one)
        {
            const char *s = json_string_value(one);
            for (k = 0; s && k < *nout; k++)
                if (!strcmp(t[k].answer, s) &&
                    !strcmp(t[k].subject, a[i].subject))
                    break;
            IKW_GROW(t, cap, *nout + 1);
            if (s && k == *nout)
                t[(*nout)++] = (struct tally){ a[i].subject, s, 0 };
            if (s)
                t[k].n++;
        }
    if (*nout)
        qsort(t, *nout, sizeof *t, by_count);
    return t;
}

/* ---- forms ------------------------------------------------------------- */

/* In text, a column of words is padded to the right, of numbers to the left;
 * all fit into 80 columns as long as names do. */
struct column {
    const char *head, *brief;
    unsigned width;
    bool number;
};

static const struct column by_cause[] = {
    { "trainee", "trainee", 18, false }, { "cause", "cause", 27, false },
    { "attempts", "tries", 5, true },    { "passed", "passed", 6, true },
    { "best", "best", 4, true },         { "hints", "hints", 5, true },
    { "minutes", "min", 3, true },
};
static const struct column by_answer[] = {
    { "cause", "cause", 27, false },
    { "taken for", "taken for", 27, false },
    { "times", "times", 5, true },
};

static void cell(struct ikw_buf *out, const char *s, enum ikw_train_form form)
{
    struct ikw_buf e = { 0 };
    ikw_escape(&e, s, strlen(s), true);
    for (const char *p = ikw_buf_str(&e); *p; p++) {
        if (form == IKW_TRAIN_HTML && strchr("<>&\"'", *p))
            ikw_buf_addf(out, "&#%d;", *p);
        else if (form == IKW_TRAIN_CSV && *p == '"')
            ikw_buf_adds(out, "\"\"");
        else
            ikw_buf_addc(out, *p);
    }
    ikw_buf_release(&e);
}

static void pad(struct ikw_buf *out, size_t used, size_t width)
{
    for (; used < width; used++)
        ikw_buf_addc(out, ' ');
}

static void text_cell(struct ikw_buf *out, const struct column *c,
                      const char *word, bool last)
{
    struct ikw_buf b = { 0 };
    cell(&b, word, IKW_TRAIN_TEXT);
    size_t used = ikw_columns(ikw_buf_str(&b), b.len);
    if (c->number)
        pad(out, used, c->width);
    ikw_buf_add(out, ikw_buf_str(&b), b.len);
    if (!c->number && !last)
        pad(out, used, c->width);
    ikw_buf_adds(out, last ? "\n" : "  ");
    ikw_buf_release(&b);
}

static void html_cell(struct ikw_buf *out, const struct column *c,
                      const char *word, bool head, bool first)
{
    const char *scope = head ? " scope=\"col\"" : first ? " scope=\"row\"" : "";
    const char *tag = head || first ? "th" : "td";
    ikw_buf_addf(out, "<%s%s%s>", tag, scope,
                 c->number ? " class=\"number\"" : "");
    cell(out, word, IKW_TRAIN_HTML);
    ikw_buf_addf(out, "</%s>", tag);
}

static void line(struct ikw_buf *out, enum ikw_train_form form,
                 const struct column *columns, size_t n,
                 const char *const *words)
{
    if (form == IKW_TRAIN_HTML)
        ikw_buf_adds(out, "<tr>");
    for (size_t i = 0; i < n; i++) {
        const struct column *c = &columns[i];
        const char *head = form == IKW_TRAIN_TEXT ? c->brief : c->head;
        const char *word = words ? words[i] : head;
        if (form == IKW_TRAIN_TEXT) {
            text_cell(out, c, word, i + 1 == n);
        } else if (form == IKW_TRAIN_HTML) {
            html_cell(out, c, word, !words, i == 0);
        } else {
            ikw_buf_adds(out, i ? ",\"" : "\"");
            cell(out, word, form);
            ikw_buf_adds(out, i + 1 == n ? "\"\n" : "\"");
        }
    }
    if (form == IKW_TRAIN_HTML)
        ikw_buf_adds(out, "</tr>\n");
}

static void table(struct ikw_buf *out, enum ikw_train_form form,
                  const char *title, const struct column *columns, size_t n)
{
    if (form == IKW_TRAIN_HTML)
        ikw_buf_addf(out,
                     "<section class=\"card\"><h2>%s</h2>\n<div class=\"wide\" "
                     "tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n"
                     "<table><thead>\n",
                     title, title);
    else if (form == IKW_TRAIN_TEXT)
        ikw_buf_addf(out, "%s\n", title);
    line(out, form, columns, n, NULL);
    if (form == IKW_TRAIN_HTML)
        ikw_buf_adds(out, "</thead><tbody>\n");
}

static void table_end(struct ikw_buf *out, enum ikw_train_form form, bool empty)
{
    if (empty && form == IKW_TRAIN_TEXT)
        ikw_buf_adds(out, "none\n");
    if (form == IKW_TRAIN_HTML)
        ikw_buf_addf(out, "</tbody></table></div>%s</section>\n",
                     empty ? "<p>None.</p>" : "");
    else
        ikw_buf_addc(out, '\n');
}

static const char *digits(char *out, size_t size, int64_t n)
{
    snprintf(out, size, "%lld", (long long)n);
    return out;
}

static void put_rows(const struct row *rows, size_t n, enum ikw_train_form form,
                     struct ikw_buf *out)
{
    table(out, form, "Trainees by causes", by_cause, 7);
    for (size_t i = 0; i < n; i++) {
        const struct row *r = &rows[i];
        const int64_t nums[] = { r->attempts, r->passed, r->best, r->hints,
                                 (r->seconds + 30) / 60 };
        char d[5][24];
        const char *words[7] = { r->user, r->subject };
        for (size_t k = 0; k < 5; k++)
            words[k + 2] = digits(d[k], sizeof d[k], nums[k]);
        line(out, form, by_cause, 7, words);
    }
    table_end(out, form, !n);
}

static void put_wrong(const struct tally *t, size_t n, enum ikw_train_form form,
                      struct ikw_buf *out)
{
    enum { MOST = 20 };
    table(out, form, "Commonest wrong answers", by_answer, 3);
    for (size_t i = 0; i < n && i < MOST; i++) {
        char d[24];
        const char *words[] = { t[i].subject, t[i].answer,
                                digits(d, sizeof d, t[i].n) };
        line(out, form, by_answer, 3, words);
    }
    table_end(out, form, !n);
}

/* "3 trainees, 12 attempts, 9 of them passed" */
static void put_sum(const struct row *rows, size_t n, enum ikw_train_form form,
                    struct ikw_buf *out)
{
    unsigned trainees = 0, attempts = 0, passed = 0;
    for (size_t i = 0; i < n; i++) {
        trainees += !i || strcmp(rows[i].user, rows[i - 1].user) != 0;
        attempts += rows[i].attempts;
        passed += rows[i].passed;
    }
    if (form == IKW_TRAIN_CSV)
        return;
    ikw_buf_addf(out, "%s%u trainee%s, %u attempt%s, %u of them passed%s",
                 form == IKW_TRAIN_HTML ? "<p class=\"lead\">" : "", trainees,
                 trainees == 1 ? "" : "s", attempts, attempts == 1 ? "" : "s",
                 passed,
                 form == IKW_TRAIN_HTML ? "</p></header>\n<main>\n" : "\n\n");
}

static void put_top(struct ikw_buf *out)
{
    ikw_buf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\"><head>"
                      "<meta charset=\"utf-8\"/>"
                      "<meta name=\"viewport\" content=\"width=device-width, "
                      "initial-scale=1\"/>"
                      "<title>Training report</title>\n<style>");
    for (const char *const *part = ikw_html_style; *part; part++)
        ikw_buf_adds(out, *part);
    ikw_buf_adds(out, "th,td{white-space:nowrap}.number{text-align:right;"
                      "font-variant-numeric:tabular-nums}"
                      "tbody th{color:var(--fg);font-weight:600}"
                      "</style></head>\n"
                      "<body><header><h1>Training report</h1>\n");
}

void ikw_train_report(const struct ikw_attempt *a, size_t n,
                      enum ikw_train_form form, struct ikw_buf *out)
{
    size_t nrows, nwrong;
    struct row *rows = rows_of(a, n, &nrows);
    struct tally *wrong = wrong_of(a, n, &nwrong);
    if (form == IKW_TRAIN_HTML)
        put_top(out);
    put_sum(rows, nrows, form, out);
    put_rows(rows, nrows, form, out);
    put_wrong(wrong, nwrong, form, out);
    if (form == IKW_TRAIN_HTML)
        ikw_buf_adds(out, "</main></body></html>\n");
    free(rows);
    free(wrong);
}
