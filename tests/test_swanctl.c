/* swanctl.conf: what is read of a connection, and how its daemon judges. */
#include "tests/config_kit.h"

#define CHILD                                                                  \
    "children {\n net {\n  local_ts = 10.2.0.0/16\n"                           \
    "  remote_ts = 10.1.0.0/16\n  esp_proposals = aes128-sha1-modp1024\n"      \
    "  mode = tunnel\n  rekey_time = 30m\n }\n}\n"
#define GATES "local_addrs = 198.51.100.1\nremote_addrs = 192.0.2.1\n"
#define PSK "local { auth = psk }\nremote { auth = psk }\n"
#define CONNECTION(items) "connections {\n site {\n" items " }\n}\n"

static void a_connection_is_read_whole(void)
{
    struct kit k = { 0 };
    kit_read(
        &k, CONNECTION(
                "version = 1\naggressive = yes\n" GATES
                "proposals = aes256-sha256-modp2048, 3des-sha1-modp1024 # old\n"
                "rekey_time = 4h\n"
                "local {\n auth = psk\n id = gw@example.net\n}\n"
                "remote {\n auth = psk\n id = \"C=CH, CN=peer\"\n}\n" CHILD));
    const struct ikw_conf_remote *rm = k.c.remotes;
    IKW_SAME("faults", kit_faults(&k), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(rm);
    IKW_SAME("title", rm->title, "connection site");
    IKW_SAME("mode", rm->modes[0], "aggressive");
    CU_ASSERT_EQUAL(rm->set[IKW_SET_VERSION].number, 1);
    CU_ASSERT_EQUAL(rm->set[IKW_SET_LIFETIME].number, 15840);
    CU_ASSERT_EQUAL(rm->set[IKW_SET_LIFETIME].at.line, 8);
    IKW_SAME("mine", rm->my_id->kind, "user_fqdn");
    IKW_SAME("theirs", rm->peer_ids->kind, "asn1dn");
    IKW_SAME("value", rm->peer_ids->value, "C=CH, CN=peer");
    CU_ASSERT_PTR_NOT_NULL_FATAL(rm->proposals);
    IKW_SAME("cipher", rm->proposals->enc.word, "aes");
    CU_ASSERT_EQUAL(rm->proposals->enc.keylen, 256);
    CU_ASSERT_EQUAL(rm->proposals->enc.at.line, 7);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rm->proposals->next);
    IKW_SAME("second", rm->proposals->next->dh.word, "modp1024");
    IKW_SAME("method", rm->proposals->next->auth.word, "pre_shared_key");
    CU_ASSERT_PTR_NOT_NULL_FATAL(k.c.sainfos);
    IKW_SAME("child", k.c.sainfos->title, "child net 10.2.0.0/16 10.1.0.0/16");
    IKW_SAME("pfs", k.c.sainfos->pfs.word, "modp1024");
    CU_ASSERT_EQUAL(k.c.sainfos->lifetime.number, 1980);
    kit_release(&k);
}

static void several_algorithms_make_all_combinations(void)
{
    struct kit k = { 0 };
    size_t n = 0;
    kit_read(&k, CONNECTION(GATES
                            "proposals = aes128-3des-sha1-md5-modp1024\n" PSK));
    CU_ASSERT_PTR_NOT_NULL_FATAL(k.c.remotes);
    for (struct ikw_conf_proposal *p = k.c.remotes->proposals; p; p = p->next)
        n++;
    CU_ASSERT_EQUAL(n, 4);
    kit_release(&k);
}

static void methods_follow_the_rounds(void)
{
    static const struct {
        const char *rounds, *method;
    } t[] = {
        { PSK, "pre_shared_key" },
        { "", "rsasig" },
        { "local { auth = pubkey }\nremote { auth = pubkey }\n", "rsasig" },
        { PSK "remote-2 { auth = xauth }\n", "xauth_psk" },
        { "local { auth = rsa }\nremote { auth = rsa }\n"
          "remote2 { auth = xauth-pam }\n",
          "xauth_rsa" },
        { "local { auth = pubkey }\nremote { auth = xauth }\n", "hybrid_rsa" },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct kit k = { 0 };
        struct ikw_buf b = { 0 };
        ikw_buf_addf(&b,
                     "connections {\n s {\n%sproposals = 3des-md5-modp768\n"
                     "%s}\n}\n",
                     GATES, t[i].rounds);
        kit_read(&k, ikw_buf_str(&b));
        CU_ASSERT_PTR_NOT_NULL_FATAL(k.c.remotes);
        IKW_SAME(t[i].rounds, k.c.remotes->proposals->auth.word, t[i].method);
        ikw_buf_release(&b);
        kit_release(&k);
    }
}

static void what_is_not_known_leaves_it_open(void)
{
    static const struct {
        const char *text, *faults;
    } t[] = {
        /* the daemon's own proposals go by its version */
        { CONNECTION(GATES PSK), "2:CFG001" },
        { CONNECTION(GATES "proposals = default\n" PSK), "2:CFG001 5:CFG001" },
        { CONNECTION(GATES "proposals = aes128-sha1-x25519\n" PSK),
          "2:CFG001 5:CFG001" },
        { CONNECTION("remote_addrs = gw.example.net\n"
                     "proposals = 3des-md5-modp768\n" PSK),
          "2:CFG001" },
        { CONNECTION(GATES "proposals = 3des-md5-modp768\n" PSK
                           "children {\n c {\n }\n}\n"),
          "9:CFG001" },
        { "connections {\n a : base {\n }\n}\n", "2:CFG001" },
        { "connections {\n}\ninclude conf.d/*.conf\n", "3:CFG001" },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct kit k = { 0 };
        kit_read(&k, t[i].text);
        IKW_SAME(t[i].text, kit_faults(&k), t[i].faults);
        CU_ASSERT_FALSE(k.c.complete);
        kit_release(&k);
    }
}

/* Found by fuzzing: a sign without a name before it was no word at all. */
static void a_value_without_a_name_is_passed_over(void)
{
    struct kit k = { 0 };
    kit_read(&k, "= 1\n==\nconnections {\n = 2\n a = = b = c;\n ; d\n}\n=");
    CU_ASSERT_PTR_NULL(k.c.remotes);
    kit_release(&k);
}

static void secrets_are_not_kept(void)
{
    struct kit k = { 0 };
    kit_read(&k,
             CONNECTION(
                 GATES
                 "proposals = 3des-md5-modp768\n" PSK) "secrets {\n ike-1 {\n  "
                                                       "secret = hunter2\n  "
                                                       "hunter2 hunter2\n"
                                                       " }\n}\n");
    CU_ASSERT_PTR_NOT_NULL(k.c.remotes);
    CU_ASSERT_FALSE(kit_holds(&k, "hunter2"));
    kit_release(&k);
}

/* ---- against racoon ---------------------------------------------------- */

#define RACOON(proposal, pfs, keylen, net)                                     \
    "listen { isakmp 192.0.2.1; }\nremote 198.51.100.1 {\n"                    \
    "exchange_mode main; proposal_check obey;\nproposal { " proposal " } }\n"  \
    "sainfo address " net " any address 10.2.0.0/16 any {\n" pfs               \
    "encryption_algorithm aes " keylen "; lifetime time 1 hour;\n"             \
    "authentication_algorithm hmac_sha1; compression_algorithm deflate; }\n"
#define AES128 PROPOSAL
#define AES256                                                                 \
    "encryption_algorithm aes 256; hash_algorithm sha1; dh_group 2;"           \
    " authentication_method pre_shared_key;"
#define USUAL "pfs_group 2;"
#define NET "10.1.0.0/16"

/* "fails dh" of the trials that racoon begins, or that charon begins. */
static void expect(const char *racoon, bool racoon_begins, const char *want)
{
    struct kit a = { 0 }, b = { 0 };
    struct ikw_arena arena = { 0 };
    struct ikw_conf_trials ts;
    struct ikw_buf said = { 0 };
    kit_read(&a, racoon);
    kit_read(&b, CONNECTION("version = 1\n" GATES
                            "proposals = aes128-sha1-modp1024\n" PSK CHILD));
    struct ikw_conf_pair pair = { .local = &a.c, .peer = &b.c };
    ikw_config_compare(&arena, &pair, &ts);
    for (size_t i = 0; i < ts.n; i++)
        for (size_t k = 0; k < ts.v[i]->n; k++)
            if (ts.v[i]->v[k].result == IKW_CONF_FATAL &&
                ts.v[i]->outward == racoon_begins)
                ikw_buf_addf(&said, "%s%s", said.len ? " " : "",
                             ts.v[i]->v[k].attr);
    IKW_SAME(racoon, ikw_buf_str(&said), want);
    ikw_buf_release(&said);
    ikw_arena_release(&arena);
    kit_release(&a);
    kit_release(&b);
}

static void it_takes_only_its_own_algorithms(void)
{
    expect(RACOON(AES128, USUAL, "128", NET), true, "");
    expect(RACOON(AES128, USUAL, "128", NET), false, "");
    /* racoon with obey takes any key length and group, charon none other */
    expect(RACOON(AES256, USUAL, "128", NET), true, "keylen");
    expect(RACOON(AES256, USUAL, "128", NET), false, "");
    expect(RACOON(AES128, "", "128", NET), true, "pfs");
    expect(RACOON(AES128, "", "128", NET), false, "");
    expect(RACOON(AES128, USUAL, "256", NET), true, "keylen");
}

static void it_narrows_what_overlaps(void)
{
    expect(RACOON(AES128, USUAL, "128", "10.1.2.0/24"), true, "");
    expect(RACOON(AES128, USUAL, "128", "10.9.0.0/16"), true, "selector");
    /* racoon as the responder narrows nothing */
    expect(RACOON(AES128, USUAL, "128", "10.1.2.0/24"), false, "selector");
}

CU_TestInfo ikw_test_swanctl[] = {
    { "a_connection_is_read_whole", a_connection_is_read_whole },
    { "several_algorithms_make_all_combinations",
      several_algorithms_make_all_combinations },
    { "methods_follow_the_rounds", methods_follow_the_rounds },
    { "what_is_not_known_leaves_it_open", what_is_not_known_leaves_it_open },
    { "a_value_without_a_name_is_passed_over",
      a_value_without_a_name_is_passed_over },
    { "secrets_are_not_kept", secrets_are_not_kept },
    { "it_takes_only_its_own_algorithms", it_takes_only_its_own_algorithms },
    { "it_narrows_what_overlaps", it_narrows_what_overlaps },
    CU_TEST_INFO_NULL,
};
