/* The shipped forms of line heads, and what the reader makes of lines. */
#include "tests/log_kit.h"

#define T 1521538696000 /* 2018-03-20 09:38:16 UTC */

enum { OWN, OTHER, MORE }; /* the daemon's, foreign, continuation */

static const struct row {
    const char *line, *form;
    int64_t t_ms;
    enum ikw_level level;
    const char *peer, *tunnel, *text;
    int kind;
} rows[] = {
    /* the daemon's own file */
    { "2018-03-20 09:38:16: DEBUG: hello", "file", T, IKW_LEVEL_DEBUG, "", "",
      "hello", OWN },
    { "2018-03-20 09:38:16: [198.51.100.1] INFO: hello", "file", T,
      IKW_LEVEL_INFO, "198.51.100.1", "", "hello", OWN },
    { "2018-03-20 09:38:16: [fe80::1%eth0] ERROR: hello", "file", T,
      IKW_LEVEL_ERROR, "fe80::1%eth0", "", "hello", OWN },
    { "2018-03-20 09:38:16: [::ffff:192.0.2.1] ERROR: hello", "file", T,
      IKW_LEVEL_ERROR, "192.0.2.1", "", "hello", OWN },
    { "2018-03-20 09:38:16: DEBUG2:  (a=b)", "file", T, IKW_LEVEL_DEBUG2, "",
      "", " (a=b)", OWN },
    { "2018-03-20 09:38:16: WARNING:", "file", T, IKW_LEVEL_WARNING, "", "", "",
      OWN },
    { "   2018-03-20 09:38:16: NOTIFY: hello", "file", T, IKW_LEVEL_NOTIFY, "",
      "", "hello", OWN },
    { "2018-03-20 09:38:16: INFO: pfkey.c:209:pfkey_handler(): hello there",
      "file", T, IKW_LEVEL_INFO, "", "", "hello there", OWN },
    { "2018-03-20 09:38:16: DEBUG: a1cd829f 71ffadea 00000000", "file", T,
      IKW_LEVEL_DEBUG, "", "", "a1cd829f 71ffadea 00000000", MORE },
    /* ISO stamps */
    { "2018-03-20T09:38:16.250+00:00 gw racoon: [xx.xx.xx.xx] INFO: hello",
      "iso-syslog", T + 250, IKW_LEVEL_INFO, "xx.xx.xx.xx", "", "hello", OWN },
    { "2018-03-20T10:38:16+0100 gw racoon[12]: INFO: hello", "iso-syslog", T,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "2018-03-20T09:38:16Z gw racoon[12]: hello", "iso-bare", T,
      IKW_LEVEL_NONE, "", "", "hello", OWN },
    { "Tue 2018-03-20 09:38:16 UTC gw racoon[12]: INFO: hello", "iso-syslog", T,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "2018-03-20T09:38:16Z gw racoon: 2018-03-20 09:38:15: INFO: hello",
      "iso-foreground", T - 1000, IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "<30>1 2018-03-20T09:38:16Z gw racoon 12 - [a@1 k=\"v] w\"] "
      "[2001:db8::1] INFO: hello",
      "rfc5424", T, IKW_LEVEL_INFO, "2001:db8::1", "", "hello", OWN },
    { "<30>1 2018-03-20T09:38:16Z gw racoon 12 - - hello", "rfc5424-bare", T,
      IKW_LEVEL_NONE, "", "", "hello", OWN },
    { "2018-03-20T09:38:16Z gw sshd[9]: hello", "file", T, IKW_LEVEL_NONE, "",
      "", "hello", OTHER },
    /* BSD stamps */
    { "Mar 20 09:38:16 gw racoon[12]: [192.0.2.1] ERROR: hello", "syslog", T,
      IKW_LEVEL_ERROR, "192.0.2.1", "", "hello", OWN },
    { "Mar 20 09:38:16.125 gw racoon: INFO: hello", "syslog", T + 125,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "<30>Mar 20 09:38:16 gw racoon: INFO: hello", "syslog", T, IKW_LEVEL_INFO,
      "", "", "hello", OWN },
    { "Mar 20 09:38:16 gw daemon.info racoon: INFO: hello", "syslog", T,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "Tue Mar 20 09:38:16 2018 daemon.info racoon[9]: INFO: hello", "syslog",
      T, IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "Mar 20 2018 09:38:16 gw racoon: INFO: hello", "syslog", T,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "Mar 20 09:38:16 gw /usr/sbin/racoon[9]: INFO: hello", "syslog", T,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "Mar 20 09:38:16 bigip1 info racoon[9]: INFO: hello", "syslog", T,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "Mar 20 09:38:16 vm racoon: 2018-03-20 09:38:15: INFO: hello",
      "syslog-foreground", T - 1000, IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "Mar 20 09:38:16 vm racoon: phase1(ident I msg1): 0.000767",
      "syslog-bare", T, IKW_LEVEL_NONE, "", "",
      "phase1(ident I msg1): 0.000767", OWN },
    { "Mar 20 09:38:16 gw racoon: message repeated 3 times: [ INFO: hello]",
      "syslog-repeated", T, IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "Mar 20 09:38:16 gw last message repeated 2 times", "file", T,
      IKW_LEVEL_NONE, "", "", "gw last message repeated 2 times", OTHER },
    { "Mar 20 09:38:16 gw systemd[1]: Started racoon.", "file", T,
      IKW_LEVEL_NONE, "", "", "Started racoon.", OTHER },
    /* pfSense */
    { "Mar 20 09:38:16 pfs racoon: [Self]: INFO: hello", "pfsense", T,
      IKW_LEVEL_INFO, "", "Self", "hello", OWN },
    { "Mar 20 09:38:16 racoon: []: ERROR: hello", "pfsense", T, IKW_LEVEL_ERROR,
      "", "", "hello", OWN },
    { "Mar 20 09:38:16\tracoon: [DC VPN]: [103.2.xxx.xxx] ERROR: hello",
      "pfsense", T, IKW_LEVEL_ERROR, "103.2.xxx.xxx", "DC VPN", "hello", OWN },
    { "Mar 20 09:38:16 racoon: INFO: hello", "pfsense-page", T, IKW_LEVEL_INFO,
      "", "", "hello", OWN },
    { "Mar 20 09:38:16 racoon: ERROR: no luck [Check Phase 1 settings, "
      "lifetime, algorithm] (side: 1).",
      "pfsense-page", T, IKW_LEVEL_ERROR, "", "", "no luck (side: 1).", OWN },
    { "Mar 20 09:38:16 racoon: ERROR: time up waiting for phase1 [Remote Side "
      "not responding]. ESP 10.0.0.1[0]->10.0.0.2[0]",
      "pfsense-page", T, IKW_LEVEL_ERROR, "", "",
      "time up waiting for phase1. ESP 10.0.0.1[0]->10.0.0.2[0]", OWN },
    { "racoon: ERROR: no luck [Check Phase 2 settings, networks] (side: 1).",
      "snippet-tag", IKW_NO_TIME, IKW_LEVEL_ERROR, "", "", "no luck (side: 1).",
      OWN },
    /* RouterOS */
    { "mar/20/2018 09:38:16 ipsec,debug hello", "mikrotik", T, IKW_LEVEL_DEBUG,
      "", "", "hello", OWN },
    { "mar/20 09:38:16 ipsec,error hello", "mikrotik", T, IKW_LEVEL_ERROR, "",
      "", "hello", OWN },
    { "09:38:16 ipsec hello", "mikrotik", 1514799496000, IKW_LEVEL_NONE, "", "",
      "hello", OWN },
    { "2018-03-20 09:38:16 ipsec,debug,packet hello", "mikrotik-iso", T,
      IKW_LEVEL_DEBUG, "", "", "hello", OWN },
    { "Mar/20/2018 09:38:16\tmemory\tipsec, error\thello", "mikrotik", T,
      IKW_LEVEL_ERROR, "", "", "hello", OWN },
    { "12 mar/20/2018 09:38:16 memory ipsec, info hello", "mikrotik-table", T,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "Mar 20 09:38:16 router ipsec,info hello", "mikrotik-syslog", T,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "ipsec,error hello", "mikrotik-bare", IKW_NO_TIME, IKW_LEVEL_ERROR, "",
      "", "hello", OWN },
    { "x.x.x.x failed to say hello.", "bare", IKW_NO_TIME, IKW_LEVEL_NONE, "",
      "", "x.x.x.x failed to say hello.", OWN },
    { "mar/20/2018 09:38:16 ipsec,debug,packet 414c343c 1027c4d1", "mikrotik",
      T, IKW_LEVEL_DEBUG, "", "", "414c343c 1027c4d1", MORE },
    /* Meraki */
    { "1521538696.123456789 appliance events Site-to-site VPN: hello", "meraki",
      T + 123, IKW_LEVEL_NONE, "", "", "hello", OWN },
    { "<134>1 1521538696.5 Branch_MX events Site-to-site VPN: hello", "meraki",
      T + 500, IKW_LEVEL_NONE, "", "", "hello", OWN },
    { "Site-to-site VPN: hello", "meraki-bare", IKW_NO_TIME, IKW_LEVEL_NONE, "",
      "", "hello", OWN },
    { "Mar 20 09:38:16 10.0.0.1 1 1521538696.5 MX events Site-to-site VPN: "
      "hello",
      "meraki-syslog", T + 500, IKW_LEVEL_NONE, "", "", "hello", OWN },
    { "Mar 20 09:38:16\t\tNon-Meraki / Client VPN negotiation\tmsg: hello",
      "meraki-page", T, IKW_LEVEL_NONE, "", "", "hello", OWN },
    { "1521538696.5 MX flows src=10.0.0.1", "meraki", T + 500, IKW_LEVEL_NONE,
      "", "", "src=10.0.0.1", OTHER },
    /* Apple */
    { "3/20/18 9:38:16.250 AM racoon[12]: hello", "apple-console", T + 250,
      IKW_LEVEL_NONE, "", "", "hello", OWN },
    { "3/20/18 9:38:16.250 PM racoon[12]: hello", "apple-console",
      T + 250 + 12 * 3600 * 1000, IKW_LEVEL_NONE, "", "", "hello", OWN },
    { "Mar 20 09:38:16 mac racoon[12] <Notice>: hello", "apple-syslog", T,
      IKW_LEVEL_NOTIFY, "", "", "hello", OWN },
    { "Mar 20 09:38:16 racoon(libx.dylib)[12] <Info>: hello", "apple-syslog", T,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "2018-03-20 09:38:16.250000+0000 0x10dab    Info        0x0  8543   "
      "racoon: (lib) [com.apple.x:y] hello",
      "apple-unified", T + 250, IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "2018-03-20 09:38:16.250000+0000  localhost racoon[12]: "
      "[com.apple.networkextension:] hello",
      "apple-syslog-subsystem", T + 250, IKW_LEVEL_NONE, "", "", "hello", OWN },
    { "default\t09:38:16.250000+0000\tracoon\thello", "apple-table",
      1514799496250, IKW_LEVEL_NOTIFY, "", "", "hello", OWN },
    { "racoon: [com.apple.networkextension:] hello", "snippet-apple",
      IKW_NO_TIME, IKW_LEVEL_NONE, "", "", "hello", OWN },
    /* Android */
    { "I/racoon  ( 1234): hello", "android-brief", IKW_NO_TIME, IKW_LEVEL_INFO,
      "", "", "hello", OWN },
    { "03-20 09:38:16.250 W/racoon  ( 1234): hello", "android-time", T + 250,
      IKW_LEVEL_WARNING, "", "", "hello", OWN },
    { "03-20 09:38:16.250 23750 23750 E racoon  : hello", "android-threadtime",
      T + 250, IKW_LEVEL_ERROR, "", "", "hello", OWN },
    { "03-20 09:38:16.250 22794 23270 W KeyStore: KeyStore exception",
      "android-threadtime", T + 250, IKW_LEVEL_NONE, "", "",
      "22794 23270 W KeyStore: KeyStore exception", OTHER },
    /* HP-UX */
    { "Msg: 1131 From: IKMPD Lvl: ERROR Date: Tue Mar 20 09:38:16 2018 Event: "
      "hello",
      "hp-ux", T, IKW_LEVEL_ERROR, "", "", "hello", OWN },
    { "Msg: 2 From: SECPOLICYD Lvl: ERROR Date: Tue Mar 20 09:38:16 2018 "
      "Event: hello",
      "hp-ux", T, IKW_LEVEL_NONE, "", "", "hello", OTHER },
    /* D-Link */
    { "VPN Information [Tue Mar 20 09:38:16 2018(GMT)] [DSR-250] [2.11] [VPN] "
      "[Information] [IPSEC] [hello [x]]",
      "d-link", T, IKW_LEVEL_INFO, "", "", "hello [x]", OWN },
    { "VPN Error [Tue Mar 20 10:38:16 2018 (GMT +0100)] [DSR-1000N] "
      "[1.08B44_WW] [VPN] [Error] [IKE] [hello]",
      "d-link", T, IKW_LEVEL_ERROR, "", "", "hello", OWN },
    /* front ends */
    { "error: [racoon tail err] 2018-03-20 09:38:16: ERROR: hello", "kvpnc", T,
      IKW_LEVEL_ERROR, "", "", "hello", OWN },
    { "error: [racoon err raw] racoon: hello", "kvpnc-raw", IKW_NO_TIME,
      IKW_LEVEL_ERROR, "", "", "hello", OWN },
    { "info: racoon started.", "kvpnc", IKW_NO_TIME, IKW_LEVEL_INFO, "", "",
      "racoon started.", OTHER },
    { "2018-03-20T09:38:17.5Z stdout F 2018-03-20 09:38:16: INFO: hello",
      "container", T, IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "vpn_1  | 2018-03-20 09:38:16: [10.1.1.1] INFO: hello", "compose", T,
      IKW_LEVEL_INFO, "10.1.1.1", "", "hello", OWN },
    /* quoted lines */
    { "ERROR: hello", "snippet", IKW_NO_TIME, IKW_LEVEL_ERROR, "", "", "hello",
      OWN },
    { "[10.1.1.1] ERROR: hello", "snippet", IKW_NO_TIME, IKW_LEVEL_ERROR,
      "10.1.1.1", "", "hello", OWN },
    { "racoon: ERROR: hello", "snippet-tag", IKW_NO_TIME, IKW_LEVEL_ERROR, "",
      "", "hello", OWN },
    { "racoon[PRIV]:  ERROR: hello", "snippet-tag", IKW_NO_TIME,
      IKW_LEVEL_ERROR, "", "", "hello", OWN },
    { "racoon: [DC VPN]: [<gateway-ip>] ERROR: hello", "snippet-tag",
      IKW_NO_TIME, IKW_LEVEL_ERROR, "<gateway-ip>", "DC VPN", "hello", OWN },
    { "racoon: phase1(ident I msg1): 0.000767", "snippet-bare", IKW_NO_TIME,
      IKW_LEVEL_NONE, "", "", "phase1(ident I msg1): 0.000767", OWN },
    /* the journal */
    { "1521538696.250000 gw racoon[12]: INFO: hello", "journal-unix", T + 250,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
    { "[   12.345678] gw racoon[12]: INFO: hello", "journal-monotonic", 12345,
      IKW_LEVEL_INFO, "", "", "hello", OWN },
};

static bool same_line(const struct row *r, const struct kit_line *l)
{
    return l->line.t_ms == r->t_ms && l->line.level == r->level &&
           !strcmp(l->peer, r->peer) && !strcmp(l->tunnel, r->tunnel) &&
           !strcmp(l->text, r->text) && l->line.foreign == (r->kind == OTHER) &&
           l->line.continuation == (r->kind == MORE);
}

static void every_form_of_head_is_read(void)
{
    static struct kit_lines got;
    struct ikw_kb *kb = kit_envelopes();
    struct ikw_envelope_opts opts = { NULL, 2018 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const char *form = kit_lines_of(kb, &opts, ikw_slice_of(r->line), &got);
        bool ok = got.n == 1 && same_line(r, &got.v[0]);
        CU_ASSERT(ok);
        CU_ASSERT(r->kind == OTHER || !strcmp(form, r->form));
        if (!ok || (r->kind != OTHER && strcmp(form, r->form) != 0))
            printf("%s\n  form %s, t %lld, level %d, [%s] [%s] [%s]\n", r->line,
                   form, (long long)got.v[0].line.t_ms,
                   (int)got.v[0].line.level, got.v[0].peer, got.v[0].tunnel,
                   got.v[0].text);
    }
    ikw_kb_free(kb);
}

static void every_shipped_pattern_compiles(void)
{
    struct ikw_kb *kb = kit_envelopes();
    struct ikw_buf why = { 0 };
    for (size_t i = 0; i < kb->nenvelopes; i++)
        if (!ikw_envelope_check(kb, &kb->envelopes[i], &why)) {
            CU_FAIL("pattern");
            printf("%s: %s\n", kb->envelopes[i].id, ikw_buf_str(&why));
        }
    ikw_buf_release(&why);
    ikw_kb_free(kb);
}

static void a_wrong_pattern_is_explained(void)
{
    static const char *const bad[] = {
        "{time:moon}: ",  "{?{level}: ", "{level}?}: ",
        "{peer}",         "{skip:text}", "{tag}",
        "{level=LOUD}: ", "{nothing}",   "{text}{level}: ",
    };
    struct ikw_kb *kb = kit_envelopes();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ikw_envelope e = {
            .id = "x", .title = "x", .dialect = "x", .pattern = bad[i]
        };
        struct ikw_buf why = { 0 };
        CU_ASSERT(!ikw_envelope_check(kb, &e, &why));
        CU_ASSERT(why.len > 0);
        ikw_buf_release(&why);
    }
    ikw_kb_free(kb);
}

/* ---- lines ------------------------------------------------------------- */

struct piece {
    const char *text;
    bool continuation;
};

static void check_pieces(const char *log, const struct piece *want, size_t n)
{
    static struct kit_lines got;
    struct ikw_kb *kb = kit_envelopes();
    kit_lines_of(kb, NULL, ikw_slice_of(log), &got);
    CU_ASSERT_EQUAL(got.n, n);
    for (size_t i = 0; i < n && i < got.n; i++) {
        CU_ASSERT_STRING_EQUAL(got.v[i].text, want[i].text);
        CU_ASSERT_EQUAL(got.v[i].line.continuation, want[i].continuation);
    }
    ikw_kb_free(kb);
}

#define CHECK_PIECES(log, want)                                                \
    check_pieces((log), (want), sizeof(want) / sizeof((want)[0]))

static void glued_lines_are_split(void)
{
    static const struct piece want[] = {
        { "nonce 1: ", false },        { "", false },
        { "e39c67a5 dd2d7da6", true }, { "psk: ", false },
        { "a-b-c d", false },
    };
    CHECK_PIECES("2018-03-20 09:38:16: DEBUG: nonce 1: 2018-03-20 09:38:16: "
                 "DEBUG: \n"
                 "e39c67a5 dd2d7da6\n"
                 "2018-03-20 09:38:16: DEBUG2: psk: 2018-03-20 09:38:17: "
                 "[192.0.2.1] DEBUG: a-b-c d\n",
                 want);
}

static void a_line_in_what_a_peer_says_does_not_split_it(void)
{
    static const struct piece want[] = {
        { "SubjectName:/CN=x 2018-03-20 09:38:16: ERROR: fake", false },
        { "psk: x2018-03-20 09:38:16: ERROR: fake", false },
        { "psk:", false },
        { "SubjectName:2018-03-20 09:38:16: ERROR: fake", false },
    };
    CHECK_PIECES("2018-03-20 09:38:16: ERROR: SubjectName:/CN=x 2018-03-20 "
                 "09:38:16: ERROR: fake\n"
                 "2018-03-20 09:38:16: ERROR: psk: x2018-03-20 09:38:16: "
                 "ERROR: fake\n"
                 "2018-03-20 09:38:16: ERROR: psk:2018-03-20 09:38:16: ERROR: "
                 "SubjectName:2018-03-20 09:38:16: ERROR: fake\n",
                 want);
}

static void a_date_inside_a_text_does_not_split_it(void)
{
    static const struct piece want[] = {
        { "Next update 2018-03-20 09:38:16 is near", false },
        { "see file-2018-03-20 09:38:16: for more", false },
    };
    CHECK_PIECES("2018-03-20 09:38:16: INFO: Next update 2018-03-20 09:38:16 "
                 "is near\n"
                 "2018-03-20 09:38:16: INFO: see file-2018-03-20 09:38:16: "
                 "for more\n",
                 want);
}

static void folded_newlines_are_unfolded(void)
{
    static const struct piece want[] = {
        { "", false },
        { "02120000 1c000000", true },
        { "2c3b056b", true },
        { "checkisakmpsa:", false },
        { "authmethod: 1 / 1", true },
    };
    CHECK_PIECES("Mar 20 09:38:16 gw racoon: DEBUG2: #01202120000 1c000000"
                 "#0122c3b056b#012\n"
                 "Mar 20 09:38:16 gw racoon: DEBUG2: checkisakmpsa:#012"
                 "authmethod: 1 / 1\n",
                 want);
}

static void newlines_a_peer_makes_up_are_not_unfolded(void)
{
    static const struct piece want[] = {
        { "SubjectName:/CN=#012psk:", false },
        { "Vendor ID: x", false },
        { "psk:", false },
        { "x: ", true },
        { "psk:", true },
    };
    CHECK_PIECES("Mar 20 09:38:16 gw racoon: ERROR: SubjectName:/CN=#012psk:\n"
                 "Mar 20 09:38:16 gw racoon: INFO: Vendor ID: x#012\n"
                 "Mar 20 09:38:16 gw racoon: INFO: psk:#012x: #012psk:\n",
                 want);
}

static void lines_without_a_head_continue_the_one_before(void)
{
    static const struct piece want[] = {
        { "CERT saved:", false },      { "Certificate:", true },
        { "    Data:", true },         { "", true },
        { "414c343c1027c4d1 ", true }, { "next", false },
    };
    CHECK_PIECES("2018-03-20 09:38:16: DEBUG: CERT saved:\n"
                 "Certificate:\n    Data:\n\n414c343c1027c4d1 \n"
                 "2018-03-20 09:38:16: DEBUG: next\n",
                 want);
}

static void a_continuation_has_time_and_level_of_its_line(void)
{
    static struct kit_lines got;
    struct ikw_kb *kb = kit_envelopes();
    kit_lines_of(kb, NULL,
                 ikw_slice_of("2018-03-20 09:38:16: DEBUG2: \n"
                              "02120000 1c000000\nrest\n"),
                 &got);
    CU_ASSERT_EQUAL_FATAL(got.n, 3);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(got.v[i].line.t_ms, T);
        CU_ASSERT_EQUAL(got.v[i].line.level, IKW_LEVEL_DEBUG2);
        CU_ASSERT_EQUAL(got.v[i].line.number, i + 1);
    }
    ikw_kb_free(kb);
}

static void what_follows_another_programs_line_is_foreign(void)
{
    static struct kit_lines got;
    struct ikw_kb *kb = kit_envelopes();
    kit_lines_of(kb, NULL,
                 ikw_slice_of("Mar 20 09:38:16 gw racoon: INFO: a\n"
                              "Mar 20 09:38:16 gw java[7]: Exception\n"
                              "    at x.y\n"
                              "Mar 20 09:38:16 gw racoon: INFO: b\n"),
                 &got);
    CU_ASSERT_EQUAL_FATAL(got.n, 4);
    CU_ASSERT(!got.v[0].line.foreign);
    CU_ASSERT(got.v[1].line.foreign && !got.v[1].line.continuation);
    CU_ASSERT(got.v[2].line.foreign && got.v[2].line.continuation);
    CU_ASSERT(!got.v[3].line.foreign);
    ikw_kb_free(kb);
}

static void carriage_returns_and_nuls_do_no_harm(void)
{
    static const char log[] = "2018-03-20 09:38:16: INFO: a\r\n"
                              "2018-03-20 09:38:16: INFO: b\0c\xff\r\n"
                              "\0\0\0\r\n\r\n"
                              "2018-03-20 09:38:16: INFO: d";
    static struct kit_lines got;
    struct ikw_kb *kb = kit_envelopes();
    const char *form =
        kit_lines_of(kb, NULL, (struct ikw_slice){ log, sizeof log - 1 }, &got);
    CU_ASSERT_STRING_EQUAL(form, "file");
    CU_ASSERT_EQUAL_FATAL(got.n, 5);
    CU_ASSERT_STRING_EQUAL(got.v[0].text, "a");
    CU_ASSERT_EQUAL(got.v[1].line.text.len, 4);
    CU_ASSERT(got.v[2].line.continuation && got.v[3].line.continuation);
    CU_ASSERT_STRING_EQUAL(got.v[4].text, "d");
    ikw_kb_free(kb);
}

static void forms_may_be_mixed(void)
{
    static const struct piece want[] = {
        { "a", false }, { "b", false }, { "c", false },
        { "d", false }, { "e", false },
    };
    CHECK_PIECES("2018-03-20 09:38:16: INFO: a\n"
                 "2018-03-20 09:38:16: INFO: b\n"
                 "Mar 20 09:38:16 gw racoon: INFO: c\n"
                 "ERROR: d\n"
                 "2018-03-20 09:38:17: [192.0.2.1] INFO: e\n",
                 want);
}

/* The memory of heads must not be seen from outside: neither a head that is
 * the beginning of another, nor an optional part behind one. */
static void heads_that_begin_alike_are_told_apart(void)
{
    static const struct piece want[] = {
        { "stats: 1", false }, { "a", false },        { "stats: 2", false },
        { "b", false },        { "INFO: c", false },  { "d e f g h", false },
        { "stats: 3", false }, { "x.c:y: z", false },
    };
    CHECK_PIECES("Mar 20 09:38:16 gw racoon: stats: 1\n"
                 "Mar 20 09:38:16 gw racoon: INFO: a\n"
                 "Mar 20 09:38:16 gw racoon: stats: 2\n"
                 "Mar 20 09:38:16 gw racoon: [192.0.2.1] INFO: b\n"
                 "Mar 20 09:38:16 gw racoon: INFO: INFO: c\n"
                 "Mar 20 09:38:16 gw racoon: INFO: main.c:12:main(): d e f g "
                 "h\n"
                 "Mar 20 09:38:16 gw racoon: stats: 3\n"
                 "Mar 20 09:38:16 gw racoon: INFO: x.c:y: z\n",
                 want);
}

static void an_event_may_stand_on_the_next_line(void)
{
    static struct kit_lines got;
    struct ikw_kb *kb = kit_envelopes();
    kit_lines_of(
        kb, NULL,
        ikw_slice_of("Msg: 125 From: IKMPD Lvl: INFORMATIVE Date: Tue Mar 20 "
                     "09:38:16 2018\nEvent: hello\n"
                     "Msg: 126 From: OTHERD Lvl: ERROR Date: Tue Mar 20 "
                     "09:38:17 2018\nEvent: not ours\n"),
        &got);
    CU_ASSERT_EQUAL_FATAL(got.n, 2);
    CU_ASSERT_STRING_EQUAL(got.v[0].text, "hello");
    CU_ASSERT_EQUAL(got.v[0].line.number, 2);
    CU_ASSERT_EQUAL(got.v[0].line.t_ms, T);
    CU_ASSERT_EQUAL(got.v[0].line.level, IKW_LEVEL_INFO);
    CU_ASSERT(got.v[1].line.foreign);
    ikw_kb_free(kb);
}

static void a_journal_export_is_read(void)
{
    static struct kit_lines got;
    struct ikw_kb *kb = kit_envelopes();
    kit_lines_of(kb, NULL,
                 ikw_slice_of("__CURSOR=s=1\n"
                              "__REALTIME_TIMESTAMP=1521538696250000\n"
                              "_HOSTNAME=gw\nSYSLOG_IDENTIFIER=racoon\n"
                              "MESSAGE=[192.0.2.1] INFO: hello\n\n"
                              "__REALTIME_TIMESTAMP=1521538697000000\n"
                              "MESSAGE=bye\n"),
                 &got);
    size_t own = 0;
    for (size_t i = 0; i < got.n; i++)
        if (!got.v[i].line.foreign && !got.v[i].line.continuation)
            got.v[own++] = got.v[i];
    CU_ASSERT_EQUAL_FATAL(own, 2);
    CU_ASSERT_STRING_EQUAL(got.v[0].text, "hello");
    CU_ASSERT_STRING_EQUAL(got.v[0].peer, "192.0.2.1");
    CU_ASSERT_EQUAL(got.v[0].line.t_ms, T + 250);
    CU_ASSERT_STRING_EQUAL(got.v[1].text, "bye");
    ikw_kb_free(kb);
}

static void long_logcat_is_read(void)
{
    static const struct piece want[] = { { "hello", false },
                                         { "", true },
                                         { "bye", false } };
    CHECK_PIECES("[ 03-20 09:38:16.250 23750:23750 I/racoon   ]\nhello\n\n"
                 "[ 03-20 09:38:16.300 23750: 1234 E/racoon   ]\nbye\n",
                 want);
}

/* ---- stamps ------------------------------------------------------------ */

static void times_of(const char *log, int year, int64_t *t, size_t n)
{
    static struct kit_lines got;
    struct ikw_kb *kb = kit_envelopes();
    struct ikw_envelope_opts opts = { NULL, year };
    kit_lines_of(kb, &opts, ikw_slice_of(log), &got);
    CU_ASSERT_EQUAL_FATAL(got.n, n);
    for (size_t i = 0; i < n; i++)
        t[i] = got.v[i].line.t_ms;
    ikw_kb_free(kb);
}

static void stamps_without_a_year_roll_over(void)
{
    int64_t t[4];
    times_of("Dec 31 23:59:59 gw racoon: INFO: a\n"
             "Jan  1 00:00:01 gw racoon: INFO: b\n"
             "Dec 31 23:59:59 gw racoon: INFO: late\n"
             "Jan  1 00:00:02 gw racoon: INFO: c\n",
             2017, t, 4);
    CU_ASSERT_EQUAL(t[0], 1514764799000); /* 2017-12-31 23:59:59 */
    CU_ASSERT_EQUAL(t[1] - t[0], 2000);
    CU_ASSERT_EQUAL(t[2], t[0]);
    CU_ASSERT_EQUAL(t[3] - t[0], 3000);
}

static void stamps_without_a_date_pass_midnight(void)
{
    int64_t t[3];
    times_of("23:59:59 ipsec a\n00:00:01 ipsec b\n00:00:00 ipsec c\n", 2018, t,
             3);
    CU_ASSERT_EQUAL(t[1] - t[0], 2000);
    CU_ASSERT_EQUAL(t[2] - t[0], 1000);
}

static void a_full_stamp_gives_the_year_to_short_ones(void)
{
    int64_t t[2];
    times_of("Mar 20 09:38:16 vm racoon: 2018-03-20 09:38:16: INFO: a\n"
             "Mar 20 09:38:17 vm racoon: stats: 1\n",
             0, t, 2);
    CU_ASSERT_EQUAL(t[0], T);
    CU_ASSERT_EQUAL(t[1], T + 1000);
}

static void leap_days_and_centuries_are_right(void)
{
    int64_t t[4];
    times_of("2000-02-29 00:00:00: INFO: a\n2000-03-01 00:00:00: INFO: b\n"
             "1970-01-01 00:00:00: INFO: c\n2100-03-01 00:00:00: INFO: d\n",
             0, t, 4);
    CU_ASSERT_EQUAL(t[0], 951782400000);
    CU_ASSERT_EQUAL(t[1] - t[0], 86400000);
    CU_ASSERT_EQUAL(t[2], 0);
    CU_ASSERT_EQUAL(t[3], 4107542400000);
}

static void impossible_stamps_are_no_stamps(void)
{
    static struct kit_lines got;
    struct ikw_kb *kb = kit_envelopes();
    kit_lines_of(kb, NULL,
                 ikw_slice_of("2018-03-20 09:38:16: INFO: a\n"
                              "2018-13-20 09:38:16: INFO: b\n"
                              "2018-03-20 29:38:16: INFO: c\n"),
                 &got);
    CU_ASSERT_EQUAL_FATAL(got.n, 3);
    CU_ASSERT(got.v[1].line.continuation && got.v[2].line.continuation);
    ikw_kb_free(kb);
}

/* ---- detection --------------------------------------------------------- */

struct found {
    char form[64], why[256];
    bool newest_first;
};

static void detect(const char *log, const char *forced, struct found *out)
{
    struct ikw_kb *kb = kit_envelopes();
    struct ikw_envelope_opts opts = { forced, 2018 };
    struct ikw_buf why = { 0 };
    struct ikw_envelope_reader *er = ikw_envelope_new(kb, &opts);
    const struct ikw_envelope *e =
        ikw_envelope_detect(er, ikw_slice_of(log), &why);
    snprintf(out->form, sizeof out->form, "%s", e ? e->id : "");
    snprintf(out->why, sizeof out->why, "%s", ikw_buf_str(&why));
    out->newest_first = ikw_envelope_newest_first(er);
    ikw_envelope_free(er);
    ikw_buf_release(&why);
    ikw_kb_free(kb);
}

static void the_form_of_most_lines_wins_and_says_why(void)
{
    struct found f;
    detect("Mar 20 09:38:16 gw racoon: INFO: a\n"
           "Mar 20 09:38:16 gw racoon: stats\n"
           "Mar 20 09:38:16 gw racoon: INFO: b\n"
           "Mar 20 09:38:16 gw sshd[1]: c\n",
           NULL, &f);
    CU_ASSERT_STRING_EQUAL(f.form, "syslog");
    CU_ASSERT_STRING_EQUAL(f.why, "2 of the first 4 lines have the head "
                                  "'syslog', 1 are of other programs");
    detect("some text\nERROR: a\nsome text\nsome text\nsome text\n"
           "more text\nyet more\n",
           NULL, &f);
    CU_ASSERT_STRING_EQUAL(f.form, "bare");
    detect("", NULL, &f);
    CU_ASSERT_STRING_EQUAL(f.form, "bare");
}

static void lines_of_other_programs_alone_do_not_make_a_bare_log(void)
{
    struct found f;
    detect("Mar 20 09:38:16 gw sshd[1]: a\nMar 20 09:38:16 gw sshd[1]: b\n",
           NULL, &f);
    CU_ASSERT_STRING_NOT_EQUAL(f.form, "bare");
}

static void a_form_can_be_forced(void)
{
    struct found f;
    detect("2018-03-20 09:38:16: INFO: a\n", "syslog", &f);
    CU_ASSERT_STRING_EQUAL(f.form, "syslog");
    detect("2018-03-20 09:38:16: INFO: a\n", "no such form", &f);
    CU_ASSERT_STRING_EQUAL(f.form, "");
}

static void newest_first_is_noticed(void)
{
    struct found f;
    detect("Nov 21 08:32:41 racoon: INFO: d\nNov 21 08:32:41 racoon: INFO: c\n"
           "Nov 21 08:32:37 racoon: INFO: b\nNov 21 08:32:10 racoon: INFO: a\n",
           NULL, &f);
    CU_ASSERT(f.newest_first);
    detect("Nov 21 08:32:10 racoon: INFO: a\nNov 21 08:32:37 racoon: INFO: b\n"
           "Nov 21 08:32:36 racoon: INFO: c\nNov 21 08:32:41 racoon: INFO: d\n",
           NULL, &f);
    CU_ASSERT(!f.newest_first);
    detect("Nov 21 08:32:10 racoon: INFO: a\nNov 21 08:32:10 racoon: INFO: b\n",
           NULL, &f);
    CU_ASSERT(!f.newest_first);
}

/* ---- hostile input ----------------------------------------------------- */

static void count_line(void *arg, const struct ikw_line *line)
{
    (void)line;
    ++*(size_t *)arg;
}

static void no_line_is_too_odd(void)
{
    static const char seeds[] =
        "2018-03-20 09:38:16: [1.2.3.4] DEBUG: a 2018-03-20 09:38:16: INFO: "
        "#012 [Check Phase ] a.c:1:f(): Mar 20 09:38:16 gw racoon[1]: [x]: "
        "VPN Information [Tue Mar 20 09:38:16 2018(GMT)] [a] [b] [IPSEC] [c]";
    struct ikw_kb *kb = kit_envelopes();
    struct ikw_envelope_reader *er = ikw_envelope_new(kb, NULL);
    char line[200];
    unsigned x = 1;
    size_t count = 0;
    for (int round = 0; round < 20000; round++) {
        size_t len = 0;
        while (len < sizeof line && (x = x * 1103515245 + 12345) >> 28) {
            size_t from = (x >> 8) % (sizeof seeds - 1);
            size_t n = (x >> 20) % 24;
            for (size_t i = 0; i < n && len < sizeof line; i++)
                line[len++] = seeds[(from + i) % (sizeof seeds - 1)];
            if (len && x % 7 == 0)
                line[len - 1] = (char)(x >> 16);
        }
        char *copy = malloc(len ? len : 1); /* so that a sanitizer sees ends */
        memcpy(copy, line, len);
        ikw_envelope_line(er, 1, (struct ikw_slice){ copy, len }, count_line,
                          &count);
        free(copy);
    }
    CU_ASSERT(count > 0);
    ikw_envelope_free(er);
    ikw_kb_free(kb);
}

static void a_run_gives_what_its_lines_give(void)
{
    static const char log[] = "2018-03-20 09:38:16: INFO: a\n"
                              "02120000 1c000000\n\n"
                              "2018-03-20 09:38:17: INFO: b\nrest";
    struct ikw_kb *kb = kit_envelopes();
    struct ikw_envelope_reader *er = ikw_envelope_new(kb, NULL);
    size_t count = 0;
    uint32_t n = ikw_envelope_run(er, 1, ikw_slice_of(log), count_line, &count);
    CU_ASSERT_EQUAL(n, 5);
    CU_ASSERT_EQUAL(count, 5);
    CU_ASSERT_EQUAL(ikw_envelope_run(er, 6, (struct ikw_slice){ log, 0 },
                                     count_line, &count),
                    0);
    ikw_envelope_free(er);
    ikw_kb_free(kb);
}

#define TEST(f)                                                                \
    {                                                                          \
#f, f                                                                  \
    }

extern CU_TestInfo ikw_test_envelope[];
CU_TestInfo ikw_test_envelope[] = {
    TEST(every_form_of_head_is_read),
    TEST(every_shipped_pattern_compiles),
    TEST(a_wrong_pattern_is_explained),
    TEST(glued_lines_are_split),
    TEST(a_line_in_what_a_peer_says_does_not_split_it),
    TEST(a_date_inside_a_text_does_not_split_it),
    TEST(folded_newlines_are_unfolded),
    TEST(newlines_a_peer_makes_up_are_not_unfolded),
    TEST(lines_without_a_head_continue_the_one_before),
    TEST(a_continuation_has_time_and_level_of_its_line),
    TEST(what_follows_another_programs_line_is_foreign),
    TEST(carriage_returns_and_nuls_do_no_harm),
    TEST(forms_may_be_mixed),
    TEST(heads_that_begin_alike_are_told_apart),
    TEST(an_event_may_stand_on_the_next_line),
    TEST(a_journal_export_is_read),
    TEST(long_logcat_is_read),
    TEST(stamps_without_a_year_roll_over),
    TEST(stamps_without_a_date_pass_midnight),
    TEST(a_full_stamp_gives_the_year_to_short_ones),
    TEST(leap_days_and_centuries_are_right),
    TEST(impossible_stamps_are_no_stamps),
    TEST(the_form_of_most_lines_wins_and_says_why),
    TEST(lines_of_other_programs_alone_do_not_make_a_bare_log),
    TEST(a_form_can_be_forced),
    TEST(newest_first_is_noticed),
    TEST(no_line_is_too_odd),
    TEST(a_run_gives_what_its_lines_give),
    CU_TEST_INFO_NULL,
};
