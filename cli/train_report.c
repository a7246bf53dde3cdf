/* What an instructor wants to know of all attempts. */
#include "cli/train_log.h"

#include "cli/term.h"

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

/* Strings, then numbers; a table's head has strings only. */
static void line(struct ikw_buf *out, enum ikw_train_form form,
                 const char *const *words, size_t nwords, const int64_t *nums,
                 size_t nnums, bool head)
{
    const char *tag = head ? "th" : "td";
    if (form == IKW_TRAIN_HTML)
        ikw_buf_adds(out, "<tr>");
    for (size_t i = 0; i < nwords + nnums; i++) {
        char num[32];
        if (i >= nwords)
            snprintf(num, sizeof num, "%lld", (long long)nums[i - nwords]);
        const char *s = i < nwords ? words[i] : num;
        if (form == IKW_TRAIN_HTML)
            ikw_buf_addf(out, "<%s>", tag);
        else if (i)
            ikw_buf_adds(out, form == IKW_TRAIN_CSV ? "," : "  ");
        if (form == IKW_TRAIN_CSV)
            ikw_buf_addc(out, '"');
        size_t from = out->len;
        cell(out, s, form);
        for (size_t w = out->len - from;
             form == IKW_TRAIN_TEXT && w < (i < 2 ? 26 : 8); w++)
            ikw_buf_addc(out, ' ');
        if (form == IKW_TRAIN_CSV)
            ikw_buf_addc(out, '"');
        if (form == IKW_TRAIN_HTML)
            ikw_buf_addf(out, "</%s>", tag);
    }
    ikw_buf_adds(out, form == IKW_TRAIN_HTML ? "</tr>\n" : "\n");
}

static void table(struct ikw_buf *out, enum ikw_train_form form,
                  const char *title, const char *const *head, size_t n)
{
    if (form == IKW_TRAIN_HTML)
        ikw_buf_addf(out, "<h2>%s</h2>\n<table>\n", title);
    else if (form == IKW_TRAIN_TEXT)
        ikw_buf_addf(out, "%s\n", title);
    line(out, form, head, n, NULL, 0, true);
}

static void table_end(struct ikw_buf *out, enum ikw_train_form form)
{
    ikw_buf_adds(out, form == IKW_TRAIN_HTML ? "</table>\n" : "\n");
}

static void put_rows(const struct ikw_attempt *a, size_t n,
                     enum ikw_train_form form, struct ikw_buf *out)
{
    static const char *const head[] = { "trainee", "cause", "attempts",
                                        "passed",  "best",  "hints",
                                        "minutes" };
    size_t nrows;
    struct row *rows = rows_of(a, n, &nrows);
    table(out, form, "Trainees by causes", head, 7);
    for (size_t i = 0; i < nrows; i++) {
        const char *const words[] = { rows[i].user, rows[i].subject };
        const int64_t nums[] = { rows[i].attempts, rows[i].passed, rows[i].best,
                                 rows[i].hints, rows[i].seconds / 60 };
        line(out, form, words, 2, nums, 5, false);
    }
    table_end(out, form);
    free(rows);
}

static void put_wrong(const struct ikw_attempt *a, size_t n,
                      enum ikw_train_form form, struct ikw_buf *out)
{
    static const char *const head[] = { "cause", "taken for", "times" };
    size_t count_of;
    struct tally *t = wrong_of(a, n, &count_of);
    table(out, form, "Commonest wrong answers", head, 3);
    for (size_t i = 0; i < count_of && i < 20; i++) {
        const char *const words[] = { t[i].subject, t[i].answer };
        const int64_t nums[] = { t[i].n };
        line(out, form, words, 2, nums, 1, false);
    }
    table_end(out, form);
    free(t);
}

void ikw_train_report(const struct ikw_attempt *a, size_t n,
                      enum ikw_train_form form, struct ikw_buf *out)
{
    if (form == IKW_TRAIN_HTML)
        ikw_buf_adds(out,
                     "<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
                     "charset=\"utf-8\"><title>Training report</title>\n"
                     "<style>body{font-family:sans-serif}table{border-"
                     "collapse:collapse}td,th{border:1px solid #999;padding:"
                     "2px 8px;text-align:left}</style></head><body>\n"
                     "<h1>Training report</h1>\n");
    put_rows(a, n, form, out);
    put_wrong(a, n, form, out);
    if (form == IKW_TRAIN_HTML)
        ikw_buf_adds(out, "</body></html>\n");
}
