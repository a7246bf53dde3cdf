/* Lines that a mail program broke, and those that only look broken. */
#include "facts/log/unwrap.h"
#include "tests/log_kit.h"

#define HEAD "Nov 20 10:39:09 gw racoon: INFO: "

struct row {
    const char *in;  /* physical lines */
    const char *out; /* "number line|", each; NULL: no line is broken */
};

static const struct row rows[] = {
    /* at a blank, once and twice */
    { HEAD "begin\nIdentity Protection mode.\n",
      "1 " HEAD "begin Identity Protection mode.|" },
    { HEAD "initiate new phase 1\n\tnegotiation:\n"
           " 192.0.2.1[500]<=>192.0.2.2[500]\n" HEAD "caught signal 15\n",
      "1 " HEAD "initiate new phase 1 negotiation: "
      "192.0.2.1[500]<=>192.0.2.2[500]|4 " HEAD "caught signal 15|" },
    /* what means something may still lack its end */
    { HEAD "ISAKMP-SA established 192.0.2.1[500]-192.0.2.2[500]\n"
           "spi:cd885fae0caa622a:5a98090539dd218e\n",
      "1 " HEAD "ISAKMP-SA established 192.0.2.1[500]-192.0.2.2[500] "
      "spi:cd885fae0caa622a:5a98090539dd218e|" },
    /* prose behind a broken line stays prose */
    { HEAD "begin\nIdentity Protection mode.\nDoes anybody know?\n",
      "1 " HEAD "begin Identity Protection mode.|3 Does anybody know?|" },
    /* nothing is broken */
    { HEAD "begin Identity Protection mode.\nDoes anybody know?\n", NULL },
    { HEAD "begin\n\nIdentity Protection mode.\n", NULL },
    { HEAD "begin\n" HEAD "Identity Protection mode.\n", NULL },
    /* prose is no end of a text that may end in anything */
    { HEAD "phase2 negotiation failed due to time up waiting for phase1. "
           "ESP 192.0.2.2[0]->192.0.2.1[0]\nDoes anybody know?\n",
      NULL },
    /* a dump is no text */
    { HEAD "begin\n01100200 00000000\n", NULL },
};

static void note(void *arg, uint32_t number, struct ikw_slice line)
{
    ikw_buf_addf(arg, "%u %.*s|", (unsigned)number, (int)line.len, line.ptr);
}

static void give_lines(struct ikw_unwrap *u, const char *p, struct ikw_buf *out)
{
    uint32_t number = 0;
    for (const char *nl; (nl = strchr(p, '\n')); p = nl + 1) {
        struct ikw_slice line = { p, (size_t)(nl - p) };
        ikw_unwrap_line(u, ++number, line, note, out);
    }
    ikw_unwrap_end(u, note, out);
}

static void try_row(const struct ikw_kb *kb, const struct ikw_matcher *m,
                    const struct row *r)
{
    struct ikw_buf out = { 0 };
    struct ikw_unwrap *u = ikw_unwrap_new(kb, m, NULL);
    bool needed = ikw_unwrap_needed(u, ikw_slice_of(r->in));
    CU_ASSERT_EQUAL(needed, r->out != NULL);
    if (needed && r->out) {
        give_lines(u, r->in, &out);
        CU_ASSERT_STRING_EQUAL(ikw_buf_str(&out), r->out);
    }
    ikw_unwrap_free(u);
    ikw_buf_release(&out);
}

static void broken_lines_are_made_whole(void)
{
    struct ikw_kb *kb = kit_shipped();
    struct ikw_matcher *m = ikw_matcher_new(kb);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        try_row(kb, m, &rows[i]);
    ikw_matcher_free(m);
    ikw_kb_free(kb);
}

/* As long a line as there is, and more pieces than are held. */
static void nothing_is_lost_at_the_limits(void)
{
    struct ikw_kb *kb = kit_shipped();
    struct ikw_matcher *m = ikw_matcher_new(kb);
    struct ikw_unwrap *u = ikw_unwrap_new(kb, m, NULL);
    struct ikw_buf in = { 0 }, out = { 0 };
    ikw_buf_addf(&in, HEAD "begin\nIdentity Protection mode.\n");
    for (int i = 0; i < 20; i++)
        ikw_buf_addf(&in, "%s%0*d\n", i % 7 ? "piece " : HEAD, i * 400, i);
    CU_ASSERT(
        ikw_unwrap_needed(u, (struct ikw_slice){ ikw_buf_str(&in), in.len }));
    give_lines(u, ikw_buf_str(&in), &out);
    size_t lines = 0;
    for (size_t i = 0; i < out.len; i++)
        lines += out.ptr[i] == '|';
    CU_ASSERT_EQUAL(lines, 21);
    ikw_buf_release(&in);
    ikw_buf_release(&out);
    ikw_unwrap_free(u);
    ikw_matcher_free(m);
    ikw_kb_free(kb);
}

CU_TestInfo ikw_test_unwrap[] = {
    { "broken lines are made whole", broken_lines_are_made_whole },
    { "nothing is lost at the limits", nothing_is_lost_at_the_limits },
    CU_TEST_INFO_NULL,
};
