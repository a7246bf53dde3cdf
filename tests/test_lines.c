/*
 * tests/lines/: real lines without their heads, each with the id of the
 * message it is (the text, the id, a blank line).
 */
#include "tests/log_kit.h"

struct files {
    const struct ikw_matcher *matcher;
    size_t pairs, right;
};

static const char *const names[] = {
    "tests/lines/racoon-a.lines",
    "tests/lines/racoon-b.lines",
};

/* Cuts the next line off `rest`; false at the end. */
static bool next_line(struct ikw_slice *rest, struct ikw_slice *line)
{
    const char *nl = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    size_t len = nl ? (size_t)(nl - rest->ptr) : rest->len;
    bool some = rest->len > 0;
    *line = ikw_slice_sub(*rest, 0, len);
    *rest = ikw_slice_sub(*rest, nl ? len + 1 : len, rest->len);
    return some;
}

static bool is(const struct ikw_message *m, struct ikw_slice id)
{
    for (size_t i = 0; i < m->nalso; i++)
        if (ikw_slice_is(id, m->also[i]))
            return true;
    return ikw_slice_is(id, m->id);
}

static void try_pair(struct files *f, const char *file, struct ikw_slice text,
                     struct ikw_slice id)
{
    struct ikw_match match;
    bool known = ikw_matcher_match(f->matcher, text, &match);
    f->pairs++;
    if (known && is(match.tmpl->message, id))
        f->right++;
    else
        printf("%s: %.*s: is %s, not %.*s\n", file, (int)text.len, text.ptr,
               known ? match.tmpl->message->id : "nothing", (int)id.len,
               id.ptr);
}

static void try_file(struct files *f, const char *name)
{
    struct ikw_buf all = { 0 };
    struct ikw_slice text, id;
    kit_read_path(name, &all);
    struct ikw_slice rest = { ikw_buf_str(&all), all.len };
    CU_ASSERT_FATAL(rest.len > 0);
    while (next_line(&rest, &text)) {
        if (!text.len)
            continue;
        CU_ASSERT_FATAL(next_line(&rest, &id));
        try_pair(f, name, text, id);
    }
    ikw_buf_release(&all);
}

static void real_lines_are_the_messages_they_are(void)
{
    struct ikw_kb *kb = kit_shipped();
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct files f = { .matcher = m };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        try_file(&f, names[i]);
    CU_ASSERT_TRUE(f.pairs > 300);
    CU_ASSERT_EQUAL(f.right, f.pairs);
    ikw_matcher_free(m);
    ikw_kb_free(kb);
}

CU_TestInfo ikw_test_lines[] = {
    { "real lines are the messages they are",
      real_lines_are_the_messages_they_are },
    CU_TEST_INFO_NULL,
};
