/* Two configurations against each other: what stops a negotiation, from
 * either side, and what only some proposal_check would refuse. */
#include "tests/config_kit.h"

/* What one side has beside what both have; NULL: as usual. */
struct side {
    const char *remote;   /* directives of the section */
    const char *proposal; /* instead of the usual */
    const char *sainfo;   /* its head, or several sections ending in '}' */
    const char *algs;     /* of the usual sainfo */
    const char *policies; /* instead of the usual; "": none at all */
    const char *address;  /* by which it knows the other */
};

static void add_sainfo(struct ikw_buf *b, const struct side *s, bool a)
{
    const char *usual = a ? "address 10.1.0.0/16 any address 10.2.0.0/16 any"
                          : "address 10.2.0.0/16 any address 10.1.0.0/16 any";
    if (s->sainfo && strchr(s->sainfo, '}'))
        ikw_buf_adds(b, s->sainfo);
    else
        ikw_buf_addf(b, "sainfo %s { %s }\n", s->sainfo ? s->sainfo : usual,
                     s->algs ? s->algs : ALGORITHMS);
}

static void read_side(struct kit *k, const struct side *s, bool a)
{
    struct ikw_buf b = { 0 };
    const char *me = a ? "192.0.2.1" : "198.51.100.1";
    const char *other = a ? "198.51.100.1" : "192.0.2.1";
    ikw_buf_addf(&b,
                 "listen { isakmp %s; }\nremote %s { exchange_mode main; %s\n"
                 "proposal { %s } }\n",
                 me, s->address ? s->address : other,
                 s->remote ? s->remote : "",
                 s->proposal ? s->proposal : PROPOSAL);
    add_sainfo(&b, s, a);
    struct ikw_conf_text conf = { a ? "a" : "b", a, { b.ptr, b.len } };
    ikw_config_init(&k->c);
    CU_ASSERT(ikw_config_read(&k->c, &conf, NULL, &k->ds));
    ikw_buf_clear(&b);
    ikw_buf_adds(&b, "spdflush;\n");
    if (s->policies)
        ikw_buf_adds(&b, s->policies);
    else
        ikw_buf_addf(&b,
                     "spdadd 10.%d.0.0/16 10.%d.0.0/16 any -P out ipsec"
                     " esp/tunnel/%s-%s/require;\n"
                     "spdadd 10.%d.0.0/16 10.%d.0.0/16 any -P in ipsec"
                     " esp/tunnel/%s-%s/require;\n",
                     a ? 1 : 2, a ? 2 : 1, me, other, a ? 2 : 1, a ? 1 : 2,
                     other, me);
    struct ikw_conf_text spd = { a ? "a" : "b", 2 + a, { b.ptr, b.len } };
    CU_ASSERT(ikw_config_read(&k->c, &spd, NULL, &k->ds));
    ikw_config_finish(&k->c);
    ikw_buf_release(&b);
}

/* "agrees", "fails enc", "fails" if several do, "open section", "idle" */
static void say(struct ikw_buf *b, const struct ikw_conf_trials *ts,
                bool outward, unsigned phase)
{
    static const char *const words[] = { "agrees", "fails", "open", "idle" };
    const struct ikw_conf_trial *t = NULL;
    ikw_buf_clear(b);
    for (size_t i = 0; i < ts->n && !t; i++)
        if (ts->v[i]->outward == outward && ts->v[i]->phase == phase)
            t = ts->v[i];
    ikw_buf_adds(b, t ? words[t->outcome] : "none");
    for (size_t i = 0; t && i < t->n; i++)
        if ((t->outcome == IKW_TRIAL_FAILS && t->v[i].first) ||
            (t->outcome == IKW_TRIAL_OPEN && t->v[i].result == IKW_CONF_OPEN)) {
            ikw_buf_addf(b, " %s", t->v[i].attr);
            if (t->v[i].field)
                ikw_buf_addf(b, " %s", t->v[i].field);
            return;
        }
}

static void compare(const char *what, const struct side *a,
                    const struct side *b, const char *const want[4])
{
    struct kit x = { 0 }, y = { 0 };
    struct ikw_arena arena = { 0 };
    struct ikw_conf_trials ts;
    struct ikw_buf got = { 0 };
    read_side(&x, a, true);
    read_side(&y, b, false);
    struct ikw_conf_pair pair = { .local = &x.c, .peer = &y.c };
    ikw_config_compare(&arena, &pair, &ts);
    for (unsigned i = 0; i < 4; i++) {
        say(&got, &ts, i < 2, i % 2 + 1);
        IKW_SAME(what, ikw_buf_str(&got), want[i]);
    }
    ikw_buf_release(&got);
    ikw_arena_release(&arena);
    kit_release(&x);
    kit_release(&y);
}

struct row {
    const char *what;
    struct side a, b;
    const char *want[4]; /* A begins: phase 1, 2; B begins: phase 1, 2 */
};

static void compare_all(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        compare(rows[i].what, &rows[i].a, &rows[i].b, rows[i].want);
}

#define ALL(rows) compare_all(rows, sizeof rows / sizeof *rows)
#define FINE "agrees", "agrees", "agrees", "agrees"
#define P1(enc, hash, dh, auth)                                                \
    "encryption_algorithm " enc "; hash_algorithm " hash "; dh_group " dh      \
    "; authentication_method " auth ";"

/* ---- phase 1 ----------------------------------------------------------- */

static void each_attribute_of_phase1_is_named(void)
{
    static const struct row rows[] = {
        { "nothing", { 0 }, { 0 }, { FINE } },
        { "cipher",
          { 0 },
          { .proposal = P1("3des", "sha1", "2", "pre_shared_key") },
          { "fails enc", "agrees", "fails enc", "agrees" } },
        { "hash",
          { 0 },
          { .proposal = P1("aes 128", "md5", "2", "pre_shared_key") },
          { "fails hash", "agrees", "fails hash", "agrees" } },
        { "group",
          { 0 },
          { .proposal = P1("aes 128", "sha1", "modp2048", "pre_shared_key") },
          { "fails dh", "agrees", "fails dh", "agrees" } },
        { "method, and the certificate it wants",
          { 0 },
          { .proposal = P1("aes 128", "sha1", "2", "rsasig") },
          { "fails auth", "agrees", "fails auth", "agrees" } },
        { "the same in other words",
          { .proposal = P1("aes", "sha256", "modp1024", "pre_shared_key") },
          { .proposal = P1("rijndael 128", "sha2_256", "2", "pre_shared_key") },
          { FINE } },
        { "two ends of extended authentication",
          { .proposal = P1("aes 128", "sha1", "2", "xauth_psk_client"),
            .remote = "xauth_login \"u\";" },
          { .proposal = P1("aes 128", "sha1", "2", "xauth_psk_server"),
            .remote = "passive on;" },
          { "agrees", "agrees", "idle", "idle" } },
        { "two of them: no first",
          { 0 },
          { .proposal = P1("3des", "md5", "2", "pre_shared_key") },
          { "fails", "agrees", "fails", "agrees" } },
        { "the closest proposal counts",
          { .proposal = P1("3des", "md5", "5", "rsasig") " } proposal { " P1(
                "aes 128", "md5", "2", "pre_shared_key") },
          { 0 },
          { "fails hash", "agrees", "fails hash", "agrees" } },
        { "one of several is enough",
          { .proposal =
                P1("3des", "md5", "5", "rsasig") " } proposal { " PROPOSAL },
          { 0 },
          { FINE } },
    };
    ALL(rows);
}

static void lengths_and_lifetimes_go_by_the_responders_check(void)
{
#define LONG .proposal = P1("aes 256", "sha1", "2", "pre_shared_key")
    static const struct row rows[] = {
        { "obey takes a shorter key",
          { LONG, .remote = "proposal_check obey;" },
          { .remote = "proposal_check obey;" },
          { FINE } },
        { "strict takes a longer key only",
          { LONG, .remote = "proposal_check strict;" },
          { .remote = "proposal_check strict;" },
          { "agrees", "agrees", "fails keylen", "agrees" } },
        { "claim does as strict",
          { LONG, .remote = "proposal_check claim;" },
          { .remote = "proposal_check claim;" },
          { "agrees", "agrees", "fails keylen", "agrees" } },
        { "exact takes its own only",
          { LONG, .remote = "proposal_check exact;" },
          { .remote = "proposal_check obey;" },
          { "agrees", "agrees", "fails keylen", "fails lifebytes" } },
        { "strict takes a shorter life only",
          { .remote = "lifetime time 1 hour;" },
          { .remote = "lifetime time 2 hour;" },
          { "agrees", "agrees", "fails lifetime", "agrees" } },
        { "claim in phase 1 as strict",
          { .remote = "lifetime time 1 hour; proposal_check claim;" },
          { .remote = "lifetime time 2 hour;" },
          { "agrees", "agrees", "fails lifetime", "agrees" } },
        { "obey takes any life",
          { .remote = "lifetime time 1 hour; proposal_check obey;" },
          { .remote = "lifetime time 2 hour; proposal_check obey;" },
          { FINE } },
        { "a life of the proposal's own counts",
          { .proposal = PROPOSAL " lifetime time 60 min;" },
          { .remote = "lifetime time 3600 sec;" },
          { FINE } },
    };
    ALL(rows);
}

static void sections_and_modes_come_first(void)
{
    static const struct row rows[] = {
        { "mode",
          { .remote = "exchange_mode aggressive;" },
          { 0 },
          { "fails mode", "agrees", "fails mode", "agrees" } },
        { "the first mode is used, any is allowed",
          { .remote = "exchange_mode aggressive, main;" },
          { 0 },
          { "fails mode", "agrees", "agrees", "agrees" } },
        { "passive on one side",
          { .remote = "passive on;" },
          { 0 },
          { "idle", "idle", "agrees", "agrees" } },
        { "passive on both",
          { .remote = "passive on;" },
          { .remote = "passive on;" },
          { "fails passive", "idle", "fails passive", "idle" } },
        { "a section for anybody cannot begin",
          { 0 },
          { .address = "anonymous" },
          { "agrees", "agrees", "idle", "idle" } },
        { "a section for another, and a policy for this one",
          { 0 },
          { .address = "203.0.113.9" },
          { "fails section", "agrees", "fails own-section", "agrees" } },
        { "a section for another, maybe a translated address",
          { 0 },
          { .address = "203.0.113.9",
            .policies = "",
            .remote = "generate_policy on; passive on;" },
          { "open section", "agrees", "idle", "none" } },
        { "two sections",
          { 0 },
          { .proposal = PROPOSAL
            " } }\nremote \"x\" { remote_address "
            "192.0.2.1; exchange_mode main; proposal { " PROPOSAL },
          { "fails ambiguous", "agrees", "fails own-ambiguous", "agrees" } },
        { "two sections that the offer tells apart",
          { 0 },
          { .proposal = PROPOSAL
            " } }\nremote \"x\" { remote_address "
            "192.0.2.1; exchange_mode main; proposal { " P1("3des", "md5", "5",
                                                            "rsasig") },
          { "agrees", "agrees", "fails own-ambiguous", "agrees" } },
    };
    ALL(rows);
}

static void identifiers_are_held_against_what_is_expected(void)
{
    static const struct row rows[] = {
        { "expected and sent",
          { .remote = "my_identifier address;" },
          { .remote = "verify_identifier on;"
                      " peers_identifier address 192.0.2.1;" },
          { FINE } },
        { "another address",
          { 0 },
          { .remote = "verify_identifier on;"
                      " peers_identifier address 192.0.2.9;" },
          { "fails id", "agrees", "agrees", "agrees" } },
        { "not verified",
          { 0 },
          { .remote = "peers_identifier address 192.0.2.9;" },
          { FINE } },
        { "any of the kind",
          { 0 },
          { .remote = "verify_identifier on; peers_identifier address;" },
          { FINE } },
        { "one of several",
          { 0 },
          { .remote = "verify_identifier on; peers_identifier fqdn \"x\";"
                      " peers_identifier address 192.0.2.1;" },
          { FINE } },
        { "a name in main mode with a shared key",
          { .remote = "my_identifier fqdn \"a.example\";" },
          { 0 },
          { "fails id-type", "agrees", "fails id-type", "agrees" } },
        { "a name in aggressive mode",
          { .remote = "exchange_mode aggressive;"
                      " my_identifier fqdn \"a.example\";" },
          { .remote = "exchange_mode aggressive; verify_identifier on;"
                      " peers_identifier fqdn \"b.example\";" },
          { "fails id", "agrees", "open id", "agrees" } },
        { "the name of a certificate is not known here",
          { .remote = "my_identifier asn1dn; certificate_type x509 \"a\" "
                      "\"k\";",
            .proposal = P1("aes", "sha1", "2", "rsasig") },
          { .remote = "verify_identifier on; peers_identifier asn1dn \"C=X\";"
                      " certificate_type x509 \"a\" \"k\";",
            .proposal = P1("aes", "sha1", "2", "rsasig") },
          { "open id", "agrees", "agrees", "agrees" } },
        { "a certificate that is not sent",
          { .remote = "certificate_type x509 \"a\" \"k\"; send_cert off;",
            .proposal = P1("aes", "sha1", "2", "rsasig") },
          { .remote = "certificate_type x509 \"a\" \"k\";",
            .proposal = P1("aes", "sha1", "2", "rsasig") },
          { "fails send-cert", "agrees", "fails send-cert", "agrees" } },
        { "a certificate that is on file",
          { .remote = "certificate_type x509 \"a\" \"k\"; send_cert off;",
            .proposal = P1("aes", "sha1", "2", "rsasig") },
          { .remote = "certificate_type x509 \"a\" \"k\";"
                      " peers_certfile x509 \"b\";",
            .proposal = P1("aes", "sha1", "2", "rsasig") },
          { FINE } },
    };
    ALL(rows);
}

/* ---- phase 2 ----------------------------------------------------------- */

#define P2(enc, auth, rest)                                                    \
    "encryption_algorithm " enc "; authentication_algorithm " auth             \
    "; compression_algorithm deflate; " rest

static void each_attribute_of_phase2_is_named(void)
{
    static const struct row rows[] = {
        { "cipher",
          { 0 },
          { .algs = P2("3des", "hmac_sha1", "") },
          { "agrees", "fails enc", "agrees", "fails enc" } },
        { "authentication",
          { 0 },
          { .algs = P2("aes 128", "hmac_md5", "") },
          { "agrees", "fails auth", "agrees", "fails auth" } },
        { "lists with something in common",
          { .algs = P2("blowfish 128, aes 128", "hmac_md5, hmac_sha1", "") },
          { 0 },
          { FINE } },
        { "a shorter key",
          { .algs = P2("aes 256", "hmac_sha1", "") },
          { 0 },
          { "agrees", "agrees", "agrees", "fails keylen" } },
        { "group wanted by the responder",
          { 0 },
          { .algs = P2("aes 128", "hmac_sha1", "pfs_group 2;") },
          { "agrees", "fails pfs", "agrees", "agrees" } },
        { "life",
          { .algs = P2("aes 128", "hmac_sha1", "lifetime time 1 hour;") },
          { .algs = P2("aes 128", "hmac_sha1", "lifetime time 2 hour;") },
          { "agrees", "agrees", "agrees", "fails lifetime" } },
        { "claim shortens a life",
          { .algs = P2("aes 128", "hmac_sha1", "lifetime time 1 hour;"),
            .remote = "proposal_check claim;" },
          { .algs = P2("aes 128", "hmac_sha1", "lifetime time 2 hour;") },
          { FINE } },
        { "obey takes all of that",
          { .algs = P2("aes 256", "hmac_sha1", "lifetime time 1 hour;"),
            .remote = "proposal_check obey;" },
          { .algs = P2("aes 128", "hmac_sha1",
                       "lifetime time 2 hour; pfs_group 5;"),
            .remote = "proposal_check obey;" },
          { FINE } },
        { "an unlimited volume under exact",
          { .remote = "proposal_check exact;" },
          { 0 },
          { "agrees", "agrees", "agrees", "fails lifebytes" } },
        { "the group hides the cipher",
          { 0 },
          { .algs = P2("3des", "hmac_sha1", "pfs_group 2;") },
          { "agrees", "fails pfs", "agrees", "fails enc" } },
    };
    ALL(rows);
}

#define OUT_B(rest)                                                            \
    "spdadd 10.2.0.0/16 10.1.0.0/16 any -P out ipsec " rest ";\n"              \
    "spdadd 10.1.0.0/16 10.2.0.0/16 any -P in ipsec " rest ";\n"

static void policies_decide_protocol_and_mode(void)
{
    static const struct row rows[] = {
        { "mode",
          { 0 },
          { .policies = OUT_B("esp/transport/198.51.100.1-192.0.2.1/require") },
          { "agrees", "fails encmode", "agrees", "fails encmode" } },
        { "protocol",
          { 0 },
          { .policies = OUT_B("ah/tunnel/198.51.100.1-192.0.2.1/require") },
          { "agrees", "fails protocol", "agrees", "fails protocol" } },
        { "one more protocol",
          { 0 },
          { .policies = OUT_B("ipcomp/tunnel/198.51.100.1-192.0.2.1/use"
                              " esp/tunnel/198.51.100.1-192.0.2.1/require") },
          { "agrees", "fails protocol", "agrees", "fails protocol" } },
        { "no policy",
          { 0 },
          { .policies = "" },
          { "agrees", "fails policy", "idle", "none" } },
        { "no policy, but it is made",
          { 0 },
          { .policies = "", .remote = "generate_policy on;" },
          { "agrees", "agrees", "idle", "none" } },
        { "a narrower policy is found by its mask",
          { .sainfo = "anonymous" },
          { .sainfo = "anonymous",
            .policies = "spdadd 10.2.0.0/16 10.1.0.0/17 any -P out ipsec "
                        "esp/tunnel/198.51.100.1-192.0.2.1/require;\n"
                        "spdadd 10.1.0.0/17 10.2.0.0/16 any -P in ipsec "
                        "esp/tunnel/192.0.2.1-198.51.100.1/require;\n" },
          { FINE } },
        { "a policy that lets pass in clear",
          { 0 },
          { .policies = "spdadd 10.1.0.0/16 10.2.0.0/16 any -P in none;\n" },
          { "agrees", "fails policy", "idle", "none" } },
    };
    ALL(rows);
}

static void the_nearest_section_and_its_field_are_named(void)
{
    static const struct row rows[] = {
        { "mask",
          { 0 },
          { .sainfo = "address 10.2.0.0/17 any address 10.1.0.0/16 any" },
          { "agrees", "fails selector local-mask", "agrees",
            "fails sainfo local-mask" } },
        { "network",
          { 0 },
          { .sainfo = "address 10.2.0.0/16 any address 10.9.0.0/16 any" },
          { "agrees", "fails selector remote-net", "agrees",
            "fails sainfo remote-net" } },
        { "protocol",
          { 0 },
          { .sainfo = "address 10.2.0.0/16 tcp address 10.1.0.0/16 tcp" },
          { "agrees", "fails selector proto", "agrees",
            "fails sainfo proto" } },
        { "the wrong way round",
          { 0 },
          { .sainfo = "address 10.1.0.0/16 any address 10.2.0.0/16 any" },
          { "agrees", "fails selector swapped", "agrees",
            "fails sainfo swapped" } },
        { "anything", { 0 }, { .sainfo = "anonymous" }, { FINE } },
        { "a host is a network of one",
          { .sainfo = "address 10.1.0.0/16 any address 10.2.0.0/16[80] any" },
          { 0 },
          { FINE } },
        { "a wide section before the one that was meant",
          { 0 },
          { .sainfo = "sainfo anonymous { " P2(
                "3des", "hmac_md5",
                "") " }\n"
                    "sainfo address 10.2.0.0/15 any anonymous { " ALGORITHMS
                    " }\n" },
          { "agrees", "fails overlap", "agrees", "fails overlap" } },
    };
    ALL(rows);
}

/* ---- from other points of view ----------------------------------------- */

static void one_configuration_tells_whether_there_is_a_section(void)
{
    static const struct {
        const char *addr, *out, *in;
        bool seen;
    } t[] = {
        { "198.51.100.1", "open", "open", true },
        { "203.0.113.9", "fails own-section", "fails section", true },
        { "203.0.113.9", "open own-section", "open section", false },
    };
    static const struct side usual = { 0 };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct kit x = { 0 };
        struct ikw_arena arena = { 0 };
        struct ikw_conf_trials ts;
        struct ikw_buf got = { 0 };
        read_side(&x, &usual, true);
        struct ikw_conf_pair pair = { .local = &x.c, .seen = t[i].seen };
        CU_ASSERT(
            ikw_addr_parse(ikw_slice_of(t[i].addr), &pair.peer_addr, NULL));
        ikw_config_compare(&arena, &pair, &ts);
        say(&got, &ts, true, 1);
        IKW_SAME(t[i].addr, ikw_buf_str(&got), t[i].out);
        say(&got, &ts, false, 1);
        IKW_SAME(t[i].addr, ikw_buf_str(&got), t[i].in);
        ikw_buf_release(&got);
        ikw_arena_release(&arena);
        kit_release(&x);
    }
}

static void values_stand_where_they_are_written(void)
{
    static const struct side a = { 0 },
                             b = { .remote = "lifetime time 1 hour;" };
    struct kit x = { 0 }, y = { 0 };
    struct ikw_arena arena = { 0 };
    struct ikw_conf_trials ts;
    const struct ikw_conf_diff *d = NULL;
    read_side(&x, &a, true);
    read_side(&y, &b, false);
    struct ikw_conf_pair pair = { .local = &x.c, .peer = &y.c };
    ikw_config_compare(&arena, &pair, &ts);
    for (size_t i = 0; i < ts.v[0]->n; i++)
        if (!strcmp(ts.v[0]->v[i].attr, "lifetime"))
            d = &ts.v[0]->v[i];
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    IKW_SAME("offered", d->ini, "28800 s");
    IKW_SAME("wanted", d->res, "3600 s");
    IKW_SAME("check", d->check, "strict");
    IKW_SAME("by others", d->refused, "strict claim exact");
    IKW_SAME("written", d->res_at.text, "lifetime time 1 hour");
    CU_ASSERT_EQUAL(d->res_at.line, 2);
    CU_ASSERT_EQUAL(d->ini_at.line, 2); /* a default: the section */
    ikw_arena_release(&arena);
    kit_release(&x);
    kit_release(&y);
}

CU_TestInfo ikw_test_compare[] = {
    { "each_attribute_of_phase1_is_named", each_attribute_of_phase1_is_named },
    { "lengths_and_lifetimes_go_by_the_responders_check",
      lengths_and_lifetimes_go_by_the_responders_check },
    { "sections_and_modes_come_first", sections_and_modes_come_first },
    { "identifiers_are_held_against_what_is_expected",
      identifiers_are_held_against_what_is_expected },
    { "each_attribute_of_phase2_is_named", each_attribute_of_phase2_is_named },
    { "policies_decide_protocol_and_mode", policies_decide_protocol_and_mode },
    { "the_nearest_section_and_its_field_are_named",
      the_nearest_section_and_its_field_are_named },
    { "one_configuration_tells_whether_there_is_a_section",
      one_configuration_tells_whether_there_is_a_section },
    { "values_stand_where_they_are_written",
      values_stand_where_they_are_written },
    CU_TEST_INFO_NULL,
};
