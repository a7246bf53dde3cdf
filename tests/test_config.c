/* Reading the three languages: what is understood, what is complained of,
 * what is never kept. */
#include "tests/config_kit.h"

/* ---- values and addresses ---------------------------------------------- */

static void every_spelling_of_an_algorithm_is_one_word(void)
{
    static const struct {
        enum ikw_alg_class c;
        const char *spelling, *word;
        int keylen;
    } t[] = {
        { IKW_ALG_ENC, "aes", "aes", 0 },
        { IKW_ALG_ENC, "rijndael", "aes", 0 },
        { IKW_ALG_ENC, "AES-CBC", "aes", 0 },
        { IKW_ALG_ENC, "aes256", "aes", 256 },
        { IKW_ALG_ENC, "7", "aes", 0 },
        { IKW_ALG_ENC, "3DES-CBC", "3des", 0 },
        { IKW_ALG_ENC, "Blowfish-CBC", "blowfish", 0 },
        { IKW_ALG_ESP, "12", "aes", 0 },
        { IKW_ALG_ESP, "aes-gcm128", "aes-gcm", 128 },
        { IKW_ALG_ESP, "none", "null", 0 },
        { IKW_ALG_HASH, "sha", "sha1", 0 },
        { IKW_ALG_HASH, "SHA256", "sha256", 0 },
        { IKW_ALG_HASH, "sha2_512", "sha512", 0 },
        { IKW_ALG_DH, "2", "modp1024", 0 },
        { IKW_ALG_DH, "modp1024", "modp1024", 0 },
        { IKW_ALG_DH, "1024-bit MODP group", "modp1024", 0 },
        { IKW_ALG_DH, "14", "modp2048", 0 },
        { IKW_ALG_DH, "none", "none", 0 },
        { IKW_ALG_AUTH, "pre-shared key", "pre_shared_key", 0 },
        { IKW_ALG_AUTH, "rsa-signature", "rsasig", 0 },
        { IKW_ALG_AUTH, "xauth_psk_server", "xauth_psk", 0 },
        { IKW_ALG_AUTH, "xauth_psk_client", "xauth_psk", 0 },
        { IKW_ALG_HMAC, "hmac-sha", "hmac_sha1", 0 },
        { IKW_ALG_HMAC, "sha1", "hmac_sha1", 0 },
        { IKW_ALG_HMAC, "hmac_sha2_256", "hmac_sha256", 0 },
        { IKW_ALG_COMP, "deflate", "deflate", 0 },
        { IKW_ALG_ENC, "aes-256-gcm", NULL, 0 },
        { IKW_ALG_ENC, "", NULL, 0 },
        { IKW_ALG_DH, "23", NULL, 0 },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        int64_t keylen = -1;
        const char *word =
            ikw_alg_word(t[i].c, ikw_slice_of(t[i].spelling), &keylen);
        IKW_SAME(t[i].spelling, word ? word : "-", t[i].word ? t[i].word : "-");
        CU_ASSERT_EQUAL(keylen, t[i].keylen);
    }
}

static void addresses_are_compared_as_bytes(void)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } t[] = {
        { "2001:db8::1", "2001:0DB8:0:0::1", true },
        { "192.0.2.1", "192.0.2.1[500]", true },
        { "fe80::1%eth0", "fe80::1", true },
        { "192.0.2.1", "192.0.2.2", false },
        { "192.0.2.1", "::ffff:192.0.2.1", false },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct ikw_addr a = { 0 }, b = { 0 };
        CU_ASSERT(ikw_addr_parse(ikw_slice_of(t[i].a), &a, NULL));
        CU_ASSERT(ikw_addr_parse(ikw_slice_of(t[i].b), &b, NULL));
        CU_ASSERT_EQUAL(ikw_addr_eq(&a, &b), t[i].equal);
    }
}

static void what_is_no_address_is_refused(void)
{
    static const char *const t[] = {
        "",
        "192.0.2",
        "192.0.2.256",
        "host.example",
        "192.0.2.1[",
        "192.0.2.1[x]",
        "192.0.2.1/33",
        "2001:db8::/129",
        "10.0.0.0/",
        "10.0.0.9-::1",
        "10.0.0.0/8/8",
        "10.0.0.1-",
        "%eth0",
        "10.0.0.0/8[80",
        "10.0.0.0/-1",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct ikw_selector s;
        IKW_SAME(t[i],
                 ikw_selector_parse(ikw_slice_of(t[i]), &s) ? "taken" : "no",
                 "no");
    }
}

/* ---- racoon.conf ------------------------------------------------------- */

static void a_remote_section_is_read_whole(void)
{
    struct kit k = { 0 };
    kit_read(&k, "# a comment\n"
                 "remote 198.51.100.1 [500] {\n"
                 " exchange_mode main,aggressive;\n"
                 " my_identifier fqdn \"a.example\";\n"
                 " peers_identifier address 198.51.100.1;\n"
                 " verify_identifier on; proposal_check obey;\n"
                 " lifetime time 8 hour; passive off; nat_traversal force;\n"
                 " proposal { encryption_algorithm aes 256;\n"
                 "  hash_algorithm sha256; dh_group modp2048;\n"
                 "  authentication_method rsasig; lifetime time 30 min; }\n"
                 " proposal { encryption_algorithm 3des; hash_algorithm md5;\n"
                 "  dh_group 2; authentication_method pre_shared_key; }\n"
                 "}\n");
    const struct ikw_conf_remote *rm = k.c.remotes;
    CU_ASSERT_PTR_NOT_NULL_FATAL(rm);
    IKW_SAME("title", rm->title, "remote 198.51.100.1");
    CU_ASSERT_EQUAL(rm->nmodes, 2);
    IKW_SAME("id", rm->my_id->value, "a.example");
    IKW_SAME("their id", rm->peer_ids->value, "198.51.100.1");
    IKW_SAME("check", rm->set[IKW_SET_CHECK].word, "obey");
    IKW_SAME("natt", rm->set[IKW_SET_NATT].word, "force");
    CU_ASSERT_EQUAL(rm->set[IKW_SET_LIFETIME].number, 28800);
    const struct ikw_conf_proposal *p = rm->proposals;
    CU_ASSERT_EQUAL(p->enc.keylen, 256);
    IKW_SAME("group", p->dh.word, "modp2048");
    CU_ASSERT_EQUAL(p->lifetime.number, 1800);
    CU_ASSERT_EQUAL(p->enc.at.line, 8);
    IKW_SAME("text", p->enc.at.text, "encryption_algorithm aes 256");
    IKW_SAME("second", p->next->enc.word, "3des");
    CU_ASSERT_FALSE(p->next->lifetime.set);
    IKW_SAME("faults", kit_faults(&k), "");
    kit_release(&k);
}

static void what_is_not_written_has_its_default(void)
{
    struct kit k = { 0 };
    kit_read(&k, "remote anonymous { proposal { " PROPOSAL " } }\n");
    const struct ikw_conf_remote *rm = k.c.remotes;
    CU_ASSERT_PTR_NOT_NULL_FATAL(rm);
    CU_ASSERT(rm->anonymous);
    IKW_SAME("check", rm->set[IKW_SET_CHECK].word, "strict");
    CU_ASSERT_EQUAL(rm->set[IKW_SET_LIFETIME].number, 28800);
    CU_ASSERT_EQUAL(rm->set[IKW_SET_LIFETIME].at.line, 0);
    CU_ASSERT_EQUAL(rm->proposals->enc.keylen, 128);
    kit_release(&k);
}

static void a_section_inherits_all_but_the_name(void)
{
    struct kit k = { 0 };
    kit_read(&k, "remote \"base\" { remote_address 192.0.2.1;\n"
                 " exchange_mode aggressive; proposal_check exact;\n"
                 " proposal { " PROPOSAL " } }\n"
                 "remote \"other\" inherit \"base\" {\n"
                 " remote_address 192.0.2.2; proposal_check claim; }\n"
                 "remote 192.0.2.3 inherit 192.0.2.1;\n"
                 "remote 192.0.2.4 inherit 192.0.2.9 { }\n");
    const struct ikw_conf_remote *a = k.c.remotes, *b = a ? a->next : NULL;
    CU_ASSERT_PTR_NOT_NULL_FATAL(b);
    IKW_SAME("name", b->name, "other");
    IKW_SAME("mode", b->modes[0], "aggressive");
    IKW_SAME("check", b->set[IKW_SET_CHECK].word, "claim");
    IKW_SAME("of the first", a->set[IKW_SET_CHECK].word, "exact");
    CU_ASSERT_PTR_NOT_NULL_FATAL(b->next);
    IKW_SAME("third", b->next->title, "remote 192.0.2.3");
    IKW_SAME("its cipher", b->next->proposals->enc.word, "aes");
    CU_ASSERT_PTR_NULL(b->next->next);
    IKW_SAME("faults", kit_faults(&k), "7:CFG001 7:CFG001");
    kit_release(&k);
}

static void every_head_of_a_sainfo_is_understood(void)
{
    static const struct {
        const char *head, *title;
    } t[] = {
        { "anonymous", "sainfo anonymous" },
        { "address 10.0.0.0/8 any address 10.1.0.0/16 any",
          "sainfo 10.0.0.0/8 10.1.0.0/16" },
        { "subnet 10.0.0.0/8[80] tcp address 10.1.0.1 tcp",
          "sainfo 10.0.0.0/8[80] tcp 10.1.0.1/32 tcp" },
        { "address 10.0.0.0 /8 [any] any anonymous",
          "sainfo 10.0.0.0/8 anonymous" },
        { "anonymous address 2001:db8::/32 any",
          "sainfo anonymous 2001:db8::/32" },
        { "address 10.0.0.1-10.0.0.9 any address 10.1.0.0/16 17",
          "sainfo 10.0.0.1-10.0.0.9 10.1.0.0/16 udp" },
        { "anonymous clientaddr", "sainfo anonymous" },
        { "address 10.0.0.0/8 any clientaddr", "sainfo 10.0.0.0/8 anonymous" },
        { "anonymous from address 192.0.2.1", "sainfo anonymous" },
        { "address 10.0.0.0/8 any address 10.1.0.0/16 any from fqdn \"a\"",
          "sainfo 10.0.0.0/8 10.1.0.0/16" },
        { "fqdn \"a.example\" address 10.1.0.0/16 any",
          "sainfo a name 10.1.0.0/16" },
        { "anonymous group \"g\"", "sainfo anonymous" },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct kit k = { 0 };
        char text[400];
        snprintf(text, sizeof text, "sainfo %s { " ALGORITHMS " }\n",
                 t[i].head);
        kit_read(&k, text);
        IKW_SAME(t[i].head, k.c.sainfos ? k.c.sainfos->title : "-", t[i].title);
        IKW_SAME(t[i].head, kit_faults(&k), "");
        kit_release(&k);
    }
}

static void exact_sections_are_searched_first(void)
{
    struct kit k = { 0 };
    kit_read(&k,
             "sainfo anonymous { " ALGORITHMS " }\n"
             "sainfo address 10.0.0.0/8 any anonymous { " ALGORITHMS " }\n"
             "sainfo address 10.0.0.0/8 any address 10.1.0.0/16 any\n"
             " { " ALGORITHMS " }\n"
             "sainfo anonymous from address 192.0.2.1 { " ALGORITHMS " }\n");
    const struct ikw_conf_sainfo *sa = k.c.sainfos;
    CU_ASSERT_PTR_NOT_NULL_FATAL(sa);
    CU_ASSERT_PTR_NOT_NULL(sa->from);
    CU_ASSERT_EQUAL(sa->next->at.line, 3);
    CU_ASSERT_EQUAL(sa->next->next->at.line, 2);
    CU_ASSERT_EQUAL(sa->next->next->next->at.line, 1);
    kit_release(&k);
}

static void lists_of_algorithms_keep_their_key_lengths(void)
{
    struct kit k = { 0 };
    kit_read(&k, "sainfo anonymous { encryption_algorithm aes 256,\n"
                 " 3des , blowfish 448;\n"
                 " authentication_algorithm hmac_sha1, hmac_md5;\n"
                 " compression_algorithm deflate; pfs_group 14;\n"
                 " lifetime time 1 hour; }\n");
    const struct ikw_conf_sainfo *sa = k.c.sainfos;
    CU_ASSERT_PTR_NOT_NULL_FATAL(sa);
    CU_ASSERT_EQUAL(sa->enc.n, 3);
    CU_ASSERT_EQUAL(sa->enc.v[0].keylen, 256);
    CU_ASSERT_EQUAL(sa->enc.v[1].keylen, 0);
    CU_ASSERT_EQUAL(sa->enc.v[2].keylen, 448);
    CU_ASSERT_EQUAL(sa->auth.n, 2);
    IKW_SAME("group", sa->pfs.word, "modp2048");
    CU_ASSERT_EQUAL(sa->lifetime.number, 3600);
    kit_release(&k);
}

static void the_whole_grammar_passes_without_a_word(void)
{
    struct kit k = { 0 };
    kit_read(
        &k, "path pre_shared_key \"/etc/psk.txt\"; log debug2;\n"
            "path certificate \"/etc/certs\"; complex_bundle on;\n"
            "pfkey_buffer 1024; gss_id_enc utf-16le;\n"
            "privsep { user \"nobody\"; group 65534; chroot \"/x\"; }\n"
            "padding { maximum_length 20; randomize off;\n"
            " strict_check off; exclusive_tail off; randomize_length on; }\n"
            "listen { isakmp 192.0.2.1 [500]; isakmp_natt 192.0.2.1[4500];\n"
            " adminsock \"/a.sock\" \"root\" \"root\" 0660; strict_address; }\n"
            "timer { counter 5; interval 20 sec; persend 1; phase1 30 sec;\n"
            " phase2 15sec; natt_keepalive 15 sec; }\n"
            "mode_cfg { network4 10.9.0.1; netmask4 255.255.255.0;\n"
            " pool_size 9; auth_source system; dns4 10.0.0.1, 10.0.0.2;\n"
            " split_network include 10.0.0.0/8; banner \"/etc/motd\"; }\n"
            "radiuscfg { auth \"r.example\" 1812 \"hush\"; retries 3; }\n"
            "ldapcfg { uri \"ldap://l\"; bind_dn \"x\"; bind_pw \"hush\"; }\n"
            "remote anonymous { doi ipsec_doi; situation identity_only;\n"
            " certificate_type x509 \"a.crt\" \"a.key\"; ca_type x509 \"ca\";\n"
            " peers_certfile x509 \"b.crt\"; verify_cert on; send_cr off;\n"
            " send_cert on; match_empty_cr on; nonce_size 16; ike_frag force;\n"
            " esp_frag 552; script \"/up\" phase1_up; mode_cfg on;\n"
            " weak_phase1_check on; generate_policy unique; support_proxy on;\n"
            " initial_contact on; dpd on; dpd_delay 20; dpd_retry 5;\n"
            " dpd_maxfail 5; rekey force; ph1id 7; xauth_login \"u\";\n"
            " my_identifier keyid tag \"k\"; peers_identifier asn1dn;\n"
            " lifetime byte 10 MB; proposal { gss_id \"g\"; " PROPOSAL " } }\n"
            "sainfo anonymous { remoteid 7; my_identifier address;\n"
            " lifetime byte 50 MB; " ALGORITHMS " }\n");
    IKW_SAME("faults", kit_faults(&k), "");
    CU_ASSERT_EQUAL(k.c.nown, 1);
    CU_ASSERT_EQUAL(k.c.remotes->set[IKW_SET_PH1ID].number, 7);
    CU_ASSERT_EQUAL(k.c.sainfos->remote_id, 7);
    kit_release(&k);
}

/* ---- broken files ------------------------------------------------------ */

static void every_fault_names_its_line_and_the_rest_is_used(void)
{
    static const struct {
        const char *text, *faults;
        unsigned remotes, sainfos;
    } t[] = {
        /* a directive that is not known */
        { "remote 192.0.2.1 {\n shiny on;\n proposal { " PROPOSAL " } }\n",
          "2:CFG002", 1, 0 },
        /* a semicolon forgotten at the end of a line */
        { "remote 192.0.2.1 {\n exchange_mode main\n passive on;\n"
          " proposal { " PROPOSAL " } }\n",
          "2:CFG001", 1, 0 },
        /* a brace forgotten before the next section */
        { "remote 192.0.2.1 {\n proposal { " PROPOSAL " }\n"
          "sainfo anonymous { " ALGORITHMS " }\n",
          "3:CFG001", 1, 1 },
        /* one too many */
        { "remote 192.0.2.1 { proposal { " PROPOSAL " } }\n}\n"
          "sainfo anonymous { " ALGORITHMS " }\n",
          "2:CFG001", 1, 1 },
        /* a quote that is not closed */
        { "path certificate \"/etc/certs;\n"
          "remote 192.0.2.1 { proposal { " PROPOSAL " } }\n",
          "1:CFG001", 1, 0 },
        /* values that do not exist */
        { "remote 192.0.2.1 { proposal_check lax; passive maybe;\n"
          " proposal { " PROPOSAL " } }\n",
          "1:CFG001 1:CFG001", 1, 0 },
        { "remote 192.0.2.1 { lifetime time 5 weeks;\n"
          " proposal { " PROPOSAL " } }\n",
          "1:CFG001", 1, 0 },
        { "remote 192.0.2.1 {\n proposal { encryption_algorithm rot 13;\n"
          " hash_algorithm md5; dh_group 2;\n"
          " authentication_method pre_shared_key; }\n"
          " proposal { " PROPOSAL " } }\n",
          "2:CFG001 2:CFG001", 1, 0 },
        { "remote 192.0.2.1 { proposal { encryption_algorithm aes 111;\n"
          " hash_algorithm md5; dh_group 2;\n"
          " authentication_method pre_shared_key; } }\n",
          "1:CFG001 1:CFG001 1:CFG001", 0, 0 },
        /* sections that cannot be used */
        { "remote nowhere { proposal { " PROPOSAL " } }\n"
          "sainfo anonymous { " ALGORITHMS " }\n",
          "1:CFG001", 0, 1 },
        { "sainfo anonymous { authentication_algorithm hmac_md5; }\n",
          "1:CFG001", 0, 0 },
        { "sainfo address ten any anonymous { " ALGORITHMS " }\n", "1:CFG001",
          0, 0 },
        { "remote 192.0.2.1;\nremote\n", "1:CFG001 2:CFG001 3:CFG001", 0, 0 },
        /* the end of the file comes early */
        { "remote 192.0.2.1 { proposal { " PROPOSAL, "1:CFG001", 1, 0 },
        { "remote 192.0.2.1 { proposal { " PROPOSAL " } }\nlog info",
          "2:CFG001", 1, 0 },
        /* included and not there */
        { "include \"more.conf\";\nremote 192.0.2.1 { proposal { " PROPOSAL
          " } }\n",
          "1:CFG001", 1, 0 },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct kit k = { 0 };
        unsigned remotes = 0, sainfos = 0;
        kit_read(&k, t[i].text);
        for (struct ikw_conf_remote *p = k.c.remotes; p; p = p->next)
            remotes++;
        for (struct ikw_conf_sainfo *p = k.c.sainfos; p; p = p->next)
            sainfos++;
        IKW_SAME(t[i].text, kit_faults(&k), t[i].faults);
        CU_ASSERT_EQUAL(remotes, t[i].remotes);
        CU_ASSERT_EQUAL(sainfos, t[i].sainfos);
        kit_release(&k);
    }
}

/* Cut anywhere, with any byte wrong: nothing but diagnostics. */
static void no_prefix_and_no_flipped_byte_does_harm(void)
{
    static const char text[] =
        "remote \"a\" { remote_address 192.0.2.1; exchange_mode main;\n"
        " proposal { " PROPOSAL " } }\n"
        "remote \"b\" inherit \"a\" { remote_address 192.0.2.2; }\n"
        "sainfo address 10.0.0.0/8[any] any address 10.1.0.0/16 any {\n"
        " " ALGORITHMS " }\n";
    static const char odd[] = "{};\"#,\n[]/\0\xff";
    for (size_t n = 0; n < sizeof text; n++) {
        char copy[sizeof text];
        struct kit k = { 0 };
        memcpy(copy, text, sizeof text);
        kit_read_bytes(&k, (struct ikw_slice){ copy, n });
        kit_release(&k);
        copy[n] = odd[n % (sizeof odd - 1)];
        kit_read_bytes(&k, (struct ikw_slice){ copy, sizeof copy });
        kit_release(&k);
    }
}

static void blocks_without_end_are_cut_off(void)
{
    struct kit k = { 0 };
    struct ikw_buf b = { 0 };
    ikw_buf_adds(&b, "remote ");
    for (int i = 0; i < 5000; i++)
        ikw_buf_adds(&b, "x {");
    kit_read(&k, ikw_buf_str(&b));
    CU_ASSERT_PTR_NULL(k.c.remotes);
    CU_ASSERT(k.ds.count > 0 && k.ds.count < 10);
    ikw_buf_release(&b);
    kit_release(&k);
}

/* ---- secrets ----------------------------------------------------------- */

static void secrets_are_in_no_text_that_is_kept(void)
{
    static const char *const t[] = {
        "remote anonymous { proposal { " PROPOSAL " } }\n"
        "radiuscfg { auth \"r\" \"hunter2\" }\nldapcfg { bind_pw \"hunter2\" "
        "\"x\"; hunter2 }\n",
        "spdadd 10.0.0.0/8 10.1.0.0/16 any -P out none;\n"
        "add 192.0.2.1 192.0.2.2 esp 0x1 -E 3des-cbc \"hunter2\";\n",
        "net ipsec ike-peer a {\n preshared-key hunter2\n"
        " preshared-key-encrypted \"hunter2\"\n remote-address 192.0.2.1\n"
        " my-cert-key-passphrase hunter2 {\n}\n",
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct kit k = { 0 };
        kit_read(&k, t[i]);
        CU_ASSERT_FALSE(kit_holds(&k, "hunter2"));
        kit_release(&k);
    }
}

/* ---- setkey.conf ------------------------------------------------------- */

static void policies_are_read_and_added_keys_passed_over(void)
{
    struct kit k = { 0 };
    kit_read(&k,
             "flush;\nspdflush; # all\n"
             "add 192.0.2.1 192.0.2.2 ah 24500 -A hmac-md5 0x123456;\n"
             "spdadd 10.0.0.0/8[any] 10.1.0.0/16[80] tcp -P out ipsec\n"
             " esp/tunnel/192.0.2.1-198.51.100.1/require\n"
             " ah/transport//use;\n"
             "spdadd -6 2001:db8:1::/48 2001:db8:2::/48 any -P in prio low +1\n"
             " ipsec esp/tunnel/2001:db8::1-2001:db8::2/unique:7;\n"
             "spdadd 10.3.0.0/16 10.4.0.0/16 any -P in discard;\n");
    const struct ikw_conf_policy *p = k.c.policies;
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    CU_ASSERT(k.c.spd);
    CU_ASSERT_EQUAL(p->direction, 'o');
    CU_ASSERT_EQUAL(p->n, 2);
    CU_ASSERT_EQUAL(p->dst.port, 80);
    CU_ASSERT_EQUAL(p->src.proto, 6);
    IKW_SAME("second", p->v[1].protocol, "ah");
    IKW_SAME("mode", p->v[1].mode, "transport");
    CU_ASSERT_EQUAL(p->next->v[0].remote.family, 6);
    CU_ASSERT_FALSE(p->next->next->protect);
    CU_ASSERT_EQUAL(k.c.nown, 1);
    IKW_SAME("faults", kit_faults(&k), "");
    kit_release(&k);
}

static void a_later_policy_replaces_and_a_flush_empties(void)
{
    struct kit k = { 0 };
    kit_read(&k, "spdadd 10.0.0.0/8 10.1.0.0/16 any -P out none;\n"
                 "spdflush;\n"
                 "spdadd 10.2.0.0/16 10.1.0.0/16 any -P out none;\n"
                 "spdupdate 10.2.0.0/16 10.1.0.0/16 any -P out ipsec\n"
                 " esp/tunnel/192.0.2.1-198.51.100.1/require;\n"
                 "spdadd 10.5.0.0/16 10.1.0.0/16 any -P in none;\n"
                 "spddelete 10.5.0.0/16 10.1.0.0/16 any -P in;\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(k.c.policies);
    CU_ASSERT(k.c.policies->protect);
    CU_ASSERT_PTR_NULL(k.c.policies->next);
    kit_release(&k);
}

static void broken_policies_are_named(void)
{
    struct kit k = { 0 };
    kit_read(&k,
             "spdadd 10.0.0.0/8 10.1.0.0/16 any out ipsec esp/tunnel/;\n"
             "spdadd ten 10.1.0.0/16 any -P out none;\n"
             "spdadd 10.0.0.0/8 10.1.0.0/16 any -P up none;\n"
             "spdadd 10.0.0.0/8 10.1.0.0/16 any -P out ipsec esp/warp/a-b/x;\n"
             "spdadd 10.0.0.0/8 10.1.0.0/16 any -P in none\n");
    IKW_SAME("faults", kit_faults(&k),
             "1:CFG001 2:CFG001 3:CFG001 4:CFG001 6:CFG001");
    CU_ASSERT_FALSE(k.c.complete);
    CU_ASSERT_PTR_NOT_NULL(k.c.policies);
    kit_release(&k);
}

/* ---- BIG-IP ------------------------------------------------------------ */

static const char listing[] =
    "net ipsec ike-peer /Common/site-b {\n"
    "    app-service none\n"
    "    lifetime 480\n"
    "    my-id-type fqdn\n"
    "    my-id-value \"a b.example\"\n"
    "    phase1-auth-method pre-shared-key\n"
    "    phase1-encrypt-algorithm aes256\n"
    "    phase1-perfect-forward-secrecy modp2048\n"
    "    preshared-key-encrypted $M$hush\n"
    "    proposal-check strict\n"
    "    remote-address 198.51.100.1\n"
    "    version { v1 v2 }\n"
    "}\n"
    "net ipsec ike-peer anonymous {\n    remote-address any6\n"
    "    state disabled\n}\n"
    "ltm pool p { members { 10.0.0.1:80 { address 10.0.0.1 } } }\n"
    "net ipsec traffic-selector b {\n    order 2\n"
    "    source-address 10.0.0.0/8\n    destination-address 10.1.0.0/16\n"
    "    ipsec-policy /Common/pol\n}\n"
    "net ipsec traffic-selector a {\n    order 1\n"
    "    source-address 10.2.0.0/16\n    destination-address 10.1.0.0/16\n"
    "    ip-protocol 6\n    ipsec-policy pol\n}\n"
    "net ipsec ipsec-policy pol {\n"
    "    ike-phase2-auth-algorithm sha1\n"
    "    ike-phase2-encrypt-algorithm aes128\n"
    "    ike-phase2-lifetime 60\n"
    "    ike-phase2-perfect-forward-secrecy none\n"
    "    mode tunnel\n"
    "    tunnel-local-address 192.0.2.1\n"
    "    tunnel-remote-address 198.51.100.1\n"
    "}\n";

static void a_listing_becomes_sections_and_policies(void)
{
    struct kit k = { 0 };
    kit_read(&k, listing);
    const struct ikw_conf_remote *rm = k.c.remotes;
    const struct ikw_conf_sainfo *sa = k.c.sainfos;
    CU_ASSERT_PTR_NOT_NULL_FATAL(rm);
    CU_ASSERT_PTR_NULL(rm->next); /* a peer that is off */
    IKW_SAME("title", rm->title, "ike-peer site-b");
    CU_ASSERT_EQUAL(rm->set[IKW_SET_LIFETIME].number, 480 * 60);
    CU_ASSERT_EQUAL(rm->set[IKW_SET_VERSION].number, 3);
    IKW_SAME("id", rm->my_id->value, "a b.example");
    IKW_SAME("hash, by default", rm->proposals->hash.word, "sha256");
    CU_ASSERT_EQUAL(rm->proposals->enc.keylen, 256);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sa);
    IKW_SAME("by order", sa->title,
             "traffic-selector a 10.2.0.0/16 tcp 10.1.0.0/16 tcp");
    CU_ASSERT_EQUAL(sa->lifetime.number, 3600);
    IKW_SAME("group", sa->pfs.word, "none");
    CU_ASSERT_EQUAL(sa->enc.v[0].keylen, 128);
    CU_ASSERT_PTR_NOT_NULL_FATAL(k.c.policies);
    CU_ASSERT_EQUAL(k.c.policies->direction, 'o');
    IKW_SAME("mode", k.c.policies->v[0].mode, "tunnel");
    CU_ASSERT_EQUAL(k.c.nown, 1);
    IKW_SAME("faults", kit_faults(&k), "");
    kit_release(&k);
}

static void a_selector_without_its_policy_leaves_it_open(void)
{
    struct kit k = { 0 };
    kit_read(&k, "net ipsec traffic-selector a {\n"
                 "  source-address 10.2.0.0/16\n"
                 "  destination-address 10.1.0.0/16\n  ipsec-policy gone\n}\n");
    CU_ASSERT_FALSE(k.c.complete);
    CU_ASSERT_PTR_NULL(k.c.sainfos);
    kit_release(&k);
}

/* ---- what kind --------------------------------------------------------- */

static void the_kind_is_told_from_the_content(void)
{
    static const struct {
        const char *text;
        enum ikw_conf_kind kind;
    } t[] = {
        { "path include \"/x\";\nremote anonymous {\n}\n", IKW_CONF_RACOON },
        { "#!/usr/sbin/setkey -f\nflush;\nspdflush;\n", IKW_CONF_SETKEY },
        { "#TMSH-VERSION: 15.1\nnet ipsec ike-peer a {\n}\n", IKW_CONF_TMSH },
        { "2026-11-24 05:54:39: INFO: remote answers\n", IKW_CONF_UNKNOWN },
        { "# charon\nconnections {\n s {\n }\n}\n", IKW_CONF_SWANCTL },
        { "192.0.2.1 hunter2\n", IKW_CONF_UNKNOWN },
        { "", IKW_CONF_UNKNOWN },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        IKW_SAME(t[i].text,
                 ikw_conf_kind_name(ikw_config_kind(ikw_slice_of(t[i].text))),
                 ikw_conf_kind_name(t[i].kind));
}

CU_TestInfo ikw_test_config[] = {
    { "every_spelling_of_an_algorithm_is_one_word",
      every_spelling_of_an_algorithm_is_one_word },
    { "addresses_are_compared_as_bytes", addresses_are_compared_as_bytes },
    { "what_is_no_address_is_refused", what_is_no_address_is_refused },
    { "a_remote_section_is_read_whole", a_remote_section_is_read_whole },
    { "what_is_not_written_has_its_default",
      what_is_not_written_has_its_default },
    { "a_section_inherits_all_but_the_name",
      a_section_inherits_all_but_the_name },
    { "every_head_of_a_sainfo_is_understood",
      every_head_of_a_sainfo_is_understood },
    { "exact_sections_are_searched_first", exact_sections_are_searched_first },
    { "lists_of_algorithms_keep_their_key_lengths",
      lists_of_algorithms_keep_their_key_lengths },
    { "the_whole_grammar_passes_without_a_word",
      the_whole_grammar_passes_without_a_word },
    { "every_fault_names_its_line_and_the_rest_is_used",
      every_fault_names_its_line_and_the_rest_is_used },
    { "no_prefix_and_no_flipped_byte_does_harm",
      no_prefix_and_no_flipped_byte_does_harm },
    { "blocks_without_end_are_cut_off", blocks_without_end_are_cut_off },
    { "secrets_are_in_no_text_that_is_kept",
      secrets_are_in_no_text_that_is_kept },
    { "policies_are_read_and_added_keys_passed_over",
      policies_are_read_and_added_keys_passed_over },
    { "a_later_policy_replaces_and_a_flush_empties",
      a_later_policy_replaces_and_a_flush_empties },
    { "broken_policies_are_named", broken_policies_are_named },
    { "a_listing_becomes_sections_and_policies",
      a_listing_becomes_sections_and_policies },
    { "a_selector_without_its_policy_leaves_it_open",
      a_selector_without_its_policy_leaves_it_open },
    { "the_kind_is_told_from_the_content", the_kind_is_told_from_the_content },
    CU_TEST_INFO_NULL,
};
