/* The trie over templates: what wins, what each kind of capture takes. */
#include "tests/log_kit.h"

static struct ikw_matcher *matcher(const struct ikw_kb **kb,
                                   const char *const *texts, size_t n)
{
    *kb = kit_templates(texts, n);
    return ikw_matcher_new(*kb);
}

static void drop(struct ikw_matcher *m, const struct ikw_kb *kb)
{
    ikw_matcher_free(m);
    ikw_kb_free((struct ikw_kb *)(uintptr_t)kb);
}

/* Id of the message that `text` is, "" if none. */
static const char *id_of(const struct ikw_matcher *m, const char *text,
                         struct ikw_match *out)
{
    return ikw_matcher_match(m, ikw_slice_of(text), out)
               ? out->tmpl->message->id
               : "";
}

static const char *part_of(const struct ikw_match *m, const char *name,
                           const char *part)
{
    static char text[KIT_TEXT];
    const struct ikw_capture *c = ikw_match_capture(m, name);
    struct ikw_slice s;
    if (!c || !ikw_capture_part(c, part, &s))
        return "(none)";
    kit_copy(text, s);
    return text;
}

/* ---- which template ---------------------------------------------------- */

static void the_most_literal_template_wins(void)
{
    static const char *const texts[] = {
        "{x:text}",
        "failed to {what:rest}",
        "failed to get sainfo.",
        "failed to get {what:text} now",
        "pfkey {what:word} failed: {errno:rest}",
        "pfkey ADD failed: {errno:rest}",
        "{a:text}: {b:rest}",
        "{n:int} bytes",
        "{who:ip} is away",
        "(a=b c={n:int})",
        "Attribute {attr:rest}",
        "Attribute {attr:text}, len {n:int}",
    };
    static const struct {
        const char *text, *id;
    } rows[] = {
        { "failed to get sainfo.", "m2" },
        { "failed to get sainfo!", "m1" },
        { "failed to get tea now", "m3" },
        { "failed to get tea", "m1" },
        { "pfkey ADD failed: x", "m5" },
        { "pfkey UPDATE failed: x", "m4" },
        { "pfkey UPDATE gone: x", "m6" },
        { "12 bytes", "m7" },
        { "10.0.0.1 is away", "m8" },
        { "x.x.x.x is away", "m8" },
        { " (a=b c=12)", "m9" },
        { "Attribute 7", "m10" },
        { "Attribute 7, len 4", "m11" },
        { "quite another thing", "m0" },
        { "failed to get sainfo.  \t", "m2" },
    };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, sizeof texts / sizeof texts[0]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ikw_match got;
        CU_ASSERT_STRING_EQUAL(id_of(m, rows[i].text, &got), rows[i].id);
    }
    drop(m, kb);
}

static void the_whole_text_must_fit(void)
{
    static const char *const texts[] = { "begin {mode:text} mode.", "up" };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 2);
    struct ikw_match got;
    CU_ASSERT_STRING_EQUAL(id_of(m, "begin Aggressive mode.", &got), "m0");
    CU_ASSERT_STRING_EQUAL(id_of(m, "begin Aggressive mode. Then", &got), "");
    CU_ASSERT_STRING_EQUAL(id_of(m, "up and down", &got), "");
    CU_ASSERT_STRING_EQUAL(id_of(m, "", &got), "");
    CU_ASSERT_STRING_EQUAL(id_of(m, "   ", &got), "");
    CU_ASSERT_PTR_NULL(got.tmpl);
    CU_ASSERT_EQUAL(got.ncaptures, 0);
    drop(m, kb);
}

static void backtracking_finds_the_later_end(void)
{
    static const char *const texts[] = {
        "{file:text}:{line:int}: \"{token:text}\" {what:rest}",
        "{a:word}: {b:word}: end",
        "x{h:hex}y{n:int}",
        "to {p:ip}.",
        "from {p:ip}: gone",
        "say {t:text} twice",
    };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 6);
    struct ikw_match got;
    CU_ASSERT_STRING_EQUAL(id_of(m, "/a:b:c.conf:33: \"x: \"y\"\" bad", &got),
                           "m0");
    CU_ASSERT_STRING_EQUAL(part_of(&got, "file", NULL), "/a:b:c.conf");
    CU_ASSERT_STRING_EQUAL(part_of(&got, "line", NULL), "33");
    CU_ASSERT_STRING_EQUAL(id_of(m, "a:b: c:d: end", &got), "m1");
    CU_ASSERT_STRING_EQUAL(part_of(&got, "a", NULL), "a:b");
    CU_ASSERT_STRING_EQUAL(id_of(m, "xab12y7", &got), "m2");
    CU_ASSERT_STRING_EQUAL(id_of(m, "to x.x.x.x.", &got), "m3");
    CU_ASSERT_STRING_EQUAL(part_of(&got, "p", NULL), "x.x.x.x");
    CU_ASSERT_STRING_EQUAL(id_of(m, "from 2001:db8::1: gone", &got), "m4");
    CU_ASSERT_STRING_EQUAL(part_of(&got, "p", NULL), "2001:db8::1");
    CU_ASSERT_STRING_EQUAL(id_of(m, "say a twice twice", &got), "m5");
    CU_ASSERT_STRING_EQUAL(part_of(&got, "t", NULL), "a twice");
    drop(m, kb);
}

static void dialects_may_differ_in_capital_and_period(void)
{
    static const char *const texts[] = {
        "queued due to {what:text}.",
        "begin.",
        "received Vendor ID: {id:rest}",
        "(odd)",
        "{x:text}",
    };
    static const struct {
        const char *text, *id;
    } rows[] = {
        { "queued due to rain", "m0" },
        { "Queued due to rain.", "m0" },
        { "Queued due to rain", "m0" },
        { "Begin", "m1" },
        { "begin", "m1" },
        { "Received Vendor ID: DPD", "m2" },
        { "(odd).", "m3" },
        { "BEGIN", "m4" },
    };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 5);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ikw_match got;
        CU_ASSERT_STRING_EQUAL(id_of(m, rows[i].text, &got), rows[i].id);
    }
    drop(m, kb);
}

static void blanks_at_the_ends_of_a_template_do_not_count(void)
{
    static const char *const texts[] = { "  enctype = {x:word}", "recv() " };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 2);
    struct ikw_match got;
    CU_ASSERT_STRING_EQUAL(id_of(m, "enctype = AES", &got), "m0");
    CU_ASSERT_STRING_EQUAL(id_of(m, "  enctype = AES\r\n", &got), "m0");
    CU_ASSERT_STRING_EQUAL(id_of(m, "recv()", &got), "m1");
    drop(m, kb);
}

static void a_rest_may_be_empty(void)
{
    static const char *const texts[] = { "id:{x:rest}", "'{x:text}' given" };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 2);
    struct ikw_match got;
    CU_ASSERT_STRING_EQUAL(id_of(m, "id:", &got), "m0");
    CU_ASSERT_STRING_EQUAL(part_of(&got, "x", NULL), "");
    CU_ASSERT_STRING_EQUAL(id_of(m, "'' given", &got), "m1");
    drop(m, kb);
}

/* ---- captures ---------------------------------------------------------- */

static const char *const kind_texts[] = {
    "int {x:int}.",      "hex {x:hex}.",         "ip {x:ip}!",
    "addr {x:addr}!",    "cookies {x:cookies}.", "spi {x:spi}.",
    "word {x:word} end",
};

static const struct {
    const char *text;
    bool fits;
    const char *part, *want;
} kind_rows[] = {
    { "int 12.", true, NULL, "12" },
    { "int -1.", true, NULL, "-1" },
    { "int 1a.", false, NULL, "" },
    { "hex 0x1fA.", true, NULL, "0x1fA" },
    { "hex 12ab.", true, NULL, "12ab" },
    { "hex 0x.", false, NULL, "" },
    { "ip 10.0.0.1!", true, "ip", "10.0.0.1" },
    { "ip 2001:db8::1!", true, NULL, "2001:db8::1" },
    { "ip ::1!", true, NULL, "::1" },
    { "ip ::!", true, NULL, "::" },
    { "ip fe80::1%eth0!", true, NULL, "fe80::1%eth0" },
    { "ip ::ffff:192.0.2.1!", true, "ip", "192.0.2.1" },
    { "ip 1:2:3:4:5:6:7:8!", true, NULL, "1:2:3:4:5:6:7:8" },
    { "ip x.x.x.x!", true, NULL, "x.x.x.x" },
    { "ip 103.2.xxx.xxx!", true, NULL, "103.2.xxx.xxx" },
    { "ip __.__.__.__!", true, NULL, "__.__.__.__" },
    { "ip ***.***.***.***!", true, NULL, "***.***.***.***" },
    { "ip <gateway-ip>!", true, NULL, "<gateway-ip>" },
    { "ip Mikrotik_IP!", true, NULL, "Mikrotik_IP" },
    { "ip PEER!", true, NULL, "PEER" },
    { "ip vpn.example.com!", true, NULL, "vpn.example.com" },
    { "ip word!", false, NULL, "" },
    { "ip <a b>!", false, NULL, "" },
    { "addr 10.0.0.1[500]!", true, "ip", "10.0.0.1" },
    { "addr 10.0.0.1[500]!", true, "port", "500" },
    { "addr 10.1.1.1/500!", true, "port", "500" },
    { "addr 10.1.1.1/500!", true, "ip", "10.1.1.1" },
    { "addr 10.1.1.1!", true, "port", "(none)" },
    { "addr 10.0.0.0/24[0]!", true, "port", "0" },
    { "addr 10.0.0.0/24[0]!", true, "ip", "10.0.0.0" },
    { "addr 2001:db8::1[4500]!", true, "ip", "2001:db8::1" },
    { "addr <gw>[4500]!", true, "ip", "<gw>" },
    { "addr x.x.x.x[xxxx]!", true, "port", "xxxx" },
    { "addr ::ffff:192.0.2.1[500]!", true, "ip", "192.0.2.1" },
    { "addr 10.0.0.1[500]!", true, "msgid", "(none)" },
    { "cookies f73e81d0affb696c:0000000000000000.", true, "i",
      "f73e81d0affb696c" },
    { "cookies f73e81d0affb696c:0000000000000000.", true, "r",
      "0000000000000000" },
    { "cookies f73e81d0affb696c:0000000000000000.", true, "msgid", "(none)" },
    { "cookies f73e81d0affb696c:1111111111111111:0000abcd.", true, "msgid",
      "0000abcd" },
    { "cookies f73e81d0affb696:1111111111111111.", false, NULL, "" },
    { "spi 110257653(0x69265f5).", true, "dec", "110257653" },
    { "spi 110257653(0x69265f5).", true, NULL, "110257653(0x69265f5)" },
    { "spi 110257653.", true, "dec", "110257653" },
    { "spi 0x69265f5.", true, NULL, "0x69265f5" },
    { "spi none.", false, NULL, "" },
    { "word ESP/Tunnel end", true, NULL, "ESP/Tunnel" },
    { "word a b end", false, NULL, "" },
    { "word  end", false, NULL, "" },
};

static void each_kind_takes_what_it_stands_for(void)
{
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, kind_texts, 7);
    for (size_t i = 0; i < sizeof kind_rows / sizeof kind_rows[0]; i++) {
        struct ikw_match got;
        bool fits = ikw_matcher_match(m, ikw_slice_of(kind_rows[i].text), &got);
        const char *x = fits ? part_of(&got, "x", kind_rows[i].part) : "";
        bool ok = fits == kind_rows[i].fits && !strcmp(x, kind_rows[i].want);
        CU_ASSERT(ok);
        if (!ok)
            printf("%s: %d '%s'\n", kind_rows[i].text, fits, x);
    }
    drop(m, kb);
}

static void pairs_of_addresses_are_told_apart(void)
{
    static const char *const texts[] = {
        "new: {local:addr}<=>{peer:addr}",
        "up {local:addr}-{peer:addr} spi:{c:cookies}",
        "{proto:word} {from:addr}->{to:addr} spi={s:spi}",
    };
    static const struct {
        const char *text, *first, *second;
    } rows[] = {
        { "new: 10.0.0.1[500]<=>10.0.0.2[500]", "10.0.0.1", "10.0.0.2" },
        { "new: 100.64.0.1[4500]<=><gateway-ip>[4500]", "100.64.0.1",
          "<gateway-ip>" },
        { "new: <a>[1]<=><b>[2]", "<a>", "<b>" },
        { "new: x.x.x.x<=>y.y.y.y", "x.x.x.x", "y.y.y.y" },
        { "new: 10.1.1.1/500<=>203.0.113.12/500", "10.1.1.1", "203.0.113.12" },
        { "up 10.0.0.1[500]-10.0.0.2[500] "
          "spi:f73e81d0affb696c:0000000000000000",
          "10.0.0.1", "10.0.0.2" },
        { "up aa.aa.aa.aa-bb.bb.bb.bb spi:f73e81d0affb696c:0000000000000000",
          "aa.aa.aa.aa", "bb.bb.bb.bb" },
        { "up 2001:db8::1[500]-2001:db8::2[500] "
          "spi:f73e81d0affb696c:0000000000000000",
          "2001:db8::1", "2001:db8::2" },
        { "ESP/Tunnel 10.0.0.1[0]->10.0.0.2[0] spi=1(0x1)", "10.0.0.1",
          "10.0.0.2" },
        { "ESP/Tunnel xx.xx.xx.xx->yy.yy.yy.yy spi=1(0x1)", "xx.xx.xx.xx",
          "yy.yy.yy.yy" },
    };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 3);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ikw_match got;
        bool esp = rows[i].text[0] == 'E';
        CU_ASSERT_FATAL(ikw_matcher_match(m, ikw_slice_of(rows[i].text), &got));
        CU_ASSERT_STRING_EQUAL(part_of(&got, esp ? "from" : "local", "ip"),
                               rows[i].first);
        CU_ASSERT_STRING_EQUAL(part_of(&got, esp ? "to" : "peer", "ip"),
                               rows[i].second);
    }
    drop(m, kb);
}

static void an_unknown_capture_is_null(void)
{
    static const char *const texts[] = { "a {x:int}" };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 1);
    struct ikw_match got;
    CU_ASSERT_STRING_EQUAL(id_of(m, "a 1", &got), "m0");
    CU_ASSERT_PTR_NOT_NULL(ikw_match_capture(&got, "x"));
    CU_ASSERT_PTR_NULL(ikw_match_capture(&got, "y"));
    drop(m, kb);
}

/* ---- limits ------------------------------------------------------------ */

static void a_hostile_text_is_given_up(void)
{
    static const char *const texts[] = {
        "{a:text}, {b:text}, {c:text}, {d:text}, {e:text}, {f:text} end",
    };
    enum { LEN = 200000 };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 1);
    struct ikw_match got;
    char *text = ikw_xmalloc(LEN);
    for (size_t i = 0; i < LEN; i++)
        text[i] = ", "[i % 2];
    CU_ASSERT(!ikw_matcher_match(m, (struct ikw_slice){ text, LEN }, &got));
    memset(text, 'x', LEN);
    CU_ASSERT(!ikw_matcher_match(m, (struct ikw_slice){ text, LEN }, &got));
    free(text);
    drop(m, kb);
}

static void odd_bytes_are_only_bytes(void)
{
    static const char *const texts[] = { "a {x:text} b", "{p:ip} c" };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 2);
    struct ikw_match got;
    CU_ASSERT(
        ikw_matcher_match(m, (struct ikw_slice){ "a \0\xff b", 6 }, &got));
    CU_ASSERT(!ikw_matcher_match(m, (struct ikw_slice){ "\0\xff c", 4 }, &got));
    drop(m, kb);
}

static void random_texts_stay_inside_their_bounds(void)
{
    static const char *const texts[] = {
        "{p:addr}-{q:addr} spi:{c:cookies}",
        "{n:int}({h:hex}) {s:spi}",
        "{a:word} {b:text}: {i:ip}.",
        "x{t:text}.",
        "{c:cookies}:{r:rest}",
    };
    static const char alphabet[] = "0123456789abcdefx:.[]()-<>%/ ";
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 5);
    unsigned x = 7;
    for (int round = 0; round < 20000; round++) {
        size_t len = (size_t)round % 60;
        char *text = ikw_xmalloc(len);
        for (size_t i = 0; i < len; i++) {
            x = x * 1103515245 + 12345;
            text[i] = alphabet[(x >> 16) % (sizeof alphabet - 1)];
        }
        struct ikw_match got;
        ikw_matcher_match(m, (struct ikw_slice){ text, len }, &got);
        for (size_t i = 0; i < got.ncaptures; i++) {
            struct ikw_slice c = got.captures[i].text;
            CU_ASSERT(c.ptr >= text && c.ptr + c.len <= text + len);
        }
        free(text);
    }
    drop(m, kb);
}

/* ---- memo -------------------------------------------------------------- */

static bool same_match(const struct ikw_match *a, const struct ikw_match *b)
{
    if (a->tmpl != b->tmpl || a->ncaptures != b->ncaptures)
        return false;
    for (size_t i = 0; i < a->ncaptures; i++)
        if (a->captures[i].tok != b->captures[i].tok ||
            a->captures[i].text.ptr != b->captures[i].text.ptr ||
            a->captures[i].text.len != b->captures[i].text.len)
            return false;
    return true;
}

static void a_memo_changes_nothing(void)
{
    static const char *const texts[] = {
        "send packet to {peer:addr}",
        "begin.",
        "{n:int} bytes from {p:addr}",
        "type={t:text}, flag={f:hex}, lorv={v:rest}",
    };
    static const char *const lines[] = {
        "begin.",
        "begin.",
        "send packet to 10.0.0.1[500]",
        "unknown",
        "begin.",
        "send packet to 10.0.0.1[500]",
        "unknown",
        "12 bytes from ::1",
        "type=Life, flag=0x8000, lorv=seconds",
        "",
        "x",
        "x",
        "type=Life, flag=0x8000, lorv=seconds",
        "send packet to 10.0.0.2[500]",
        ("type=a very long text that does not fit into a place of the memo, "
         "flag=0x1, lorv=1"),
    };
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, 4);
    struct ikw_match_memo *memo = ikw_match_memo_new();
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct ikw_match plain, kept;
        struct ikw_slice s = ikw_slice_of(lines[i]);
        CU_ASSERT_EQUAL(ikw_matcher_match(m, s, &plain),
                        ikw_matcher_match_memo(m, memo, s, &kept));
        CU_ASSERT(same_match(&plain, &kept));
    }
    ikw_match_memo_free(memo);
    drop(m, kb);
}

/* Whatever digits and letters change places in texts of one shape, the memo
 * says what the search says. */
static void a_memo_goes_by_shape_only_where_the_search_does(void)
{
    static const char *const texts[] = {
        "seen {n:int} of {what:text}",
        "seen 5 of five",
        "seen {n:int}{unit:word} left",
        "spi={s:spi}",
        "resend {c:cookies}",
        "at {p:hex} by {who:addr}",
        "{n:int} bytes to {who:addr}",
        "3DES {x:rest}",
        "phase1 {a:ip} up",
        "phase{n:int} {a:text} up",
        "{who:ip} is away for {n:int}s",
        "x{h:hex} of {h2:hex}",
    };
    static const char *const lines[] = {
        "seen 7 of five",
        "seen 12ab left",
        "spi=1234(0x4d2)",
        "spi=0x04d2",
        "resend 0011223344556677:8899aabbccddeeff",
        "at 0x1f00 by 10.0.0.1[500]",
        "at a0x1f0 by f00:1::2[500]",
        "28 bytes to 10.11.12.13[4500]",
        "3DES 128",
        "phase1 10.0.0.1 up",
        "10.0.xx.9 is away for 20s",
        "x00 of 0x0a",
    };
    static const char digits[] = "0123456789abcdef";
    const struct ikw_kb *kb;
    struct ikw_matcher *m = matcher(&kb, texts, sizeof texts / sizeof texts[0]);
    struct ikw_match_memo *memo = ikw_match_memo_new();
    uint32_t x = 7;
    for (size_t round = 0; round < 20000; round++) {
        char text[KIT_TEXT];
        struct ikw_match plain, kept;
        size_t n = sizeof lines / sizeof lines[0];
        strcpy(text, lines[round % n]);
        for (char *p = text; *p; p++) {
            x = x * 1103515245 + 12345;
            if (strchr(digits, *p) && (x >> 16) % 4 == 0)
                *p = digits[(x >> 20) % 16];
        }
        struct ikw_slice s = ikw_slice_of(text);
        CU_ASSERT_EQUAL_FATAL(ikw_matcher_match(m, s, &plain),
                              ikw_matcher_match_memo(m, memo, s, &kept));
        CU_ASSERT_FATAL(same_match(&plain, &kept));
    }
    ikw_match_memo_free(memo);
    drop(m, kb);
}

#define TEST(f)                                                                \
    {                                                                          \
#f, f                                                                  \
    }

extern CU_TestInfo ikw_test_match[];
CU_TestInfo ikw_test_match[] = {
    TEST(the_most_literal_template_wins),
    TEST(the_whole_text_must_fit),
    TEST(backtracking_finds_the_later_end),
    TEST(dialects_may_differ_in_capital_and_period),
    TEST(blanks_at_the_ends_of_a_template_do_not_count),
    TEST(a_rest_may_be_empty),
    TEST(each_kind_takes_what_it_stands_for),
    TEST(pairs_of_addresses_are_told_apart),
    TEST(an_unknown_capture_is_null),
    TEST(a_hostile_text_is_given_up),
    TEST(odd_bytes_are_only_bytes),
    TEST(random_texts_stay_inside_their_bounds),
    TEST(a_memo_changes_nothing),
    TEST(a_memo_goes_by_shape_only_where_the_search_does),
    CU_TEST_INFO_NULL,
};
