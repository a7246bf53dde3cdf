/* Spellings come from racoon.conf, from BIG-IP, from logs and as numbers of
 * the wire; each row is one algorithm. */
#include "facts/config/value.h"

#include <string.h>

enum { SPELLINGS = 5, NUMBERS = 2 };

struct alg {
    enum ikw_alg_class c;
    const char *word;
    const char *spellings[SPELLINGS]; /* besides the word */
    int numbers[NUMBERS];             /* 0: none */
};

static const struct alg algs[] = {
    { IKW_ALG_ENC, "des", { "DES-CBC" }, { 1 } },
    { IKW_ALG_ENC, "idea", { "IDEA-CBC" }, { 2 } },
    { IKW_ALG_ENC, "blowfish", { "Blowfish-CBC" }, { 3 } },
    { IKW_ALG_ENC, "rc5", { "RC5-R16-B64-CBC" }, { 4 } },
    { IKW_ALG_ENC, "3des", { "3DES-CBC" }, { 5 } },
    { IKW_ALG_ENC, "cast128", { "CAST-CBC", "cast" }, { 6 } },
    { IKW_ALG_ENC, "aes", { "AES-CBC", "rijndael" }, { 7 } },
    { IKW_ALG_ENC, "camellia", { "CAMELLIA-CBC" }, { 8 } },
    { IKW_ALG_ENC, "twofish", { NULL }, { 65005 } },

    { IKW_ALG_HASH, "md5", { NULL }, { 1 } },
    { IKW_ALG_HASH, "sha1", { "sha" }, { 2 } },
    { IKW_ALG_HASH, "tiger", { NULL }, { 3 } },
    { IKW_ALG_HASH, "sha256", { "sha2_256", "sha2-256" }, { 4 } },
    { IKW_ALG_HASH, "sha384", { "sha2_384", "sha2-384" }, { 5 } },
    { IKW_ALG_HASH, "sha512", { "sha2_512", "sha2-512" }, { 6 } },

    { IKW_ALG_DH, "none", { "0" }, { 0 } },
    { IKW_ALG_DH, "modp768", { "768-bit MODP group" }, { 1 } },
    { IKW_ALG_DH, "modp1024", { "1024-bit MODP group" }, { 2 } },
    { IKW_ALG_DH, "ec2n155", { "EC2N group on GP[2^155]" }, { 3 } },
    { IKW_ALG_DH, "ec2n185", { "EC2N group on GP[2^185]" }, { 4 } },
    { IKW_ALG_DH, "modp1536", { "1536-bit MODP group" }, { 5 } },
    { IKW_ALG_DH, "modp2048", { "2048-bit MODP group" }, { 14 } },
    { IKW_ALG_DH, "modp3072", { "3072-bit MODP group" }, { 15 } },
    { IKW_ALG_DH, "modp4096", { "4096-bit MODP group" }, { 16 } },
    { IKW_ALG_DH, "modp6144", { "6144-bit MODP group" }, { 17 } },
    { IKW_ALG_DH, "modp8192", { "8192-bit MODP group" }, { 18 } },
    { IKW_ALG_DH, "ecp256", { "ecp-256" }, { 19 } },
    { IKW_ALG_DH, "ecp384", { "ecp-384" }, { 20 } },
    { IKW_ALG_DH, "ecp521", { "ecp-521" }, { 21 } },

    { IKW_ALG_AUTH,
      "pre_shared_key",
      { "pre-shared key", "pre-shared-key" },
      { 1 } },
    { IKW_ALG_AUTH, "dsssig", { "DSS signatures", "dss" }, { 2 } },
    { IKW_ALG_AUTH, "rsasig", { "RSA signatures", "rsa-signature" }, { 3 } },
    { IKW_ALG_AUTH, "rsaenc", { "Encryption with RSA" }, { 4 } },
    { IKW_ALG_AUTH, "rsarev", { "Revised encryption with RSA" }, { 5 } },
    { IKW_ALG_AUTH, "gssapi_krb", { "GSS-API on Kerberos 5" }, { 65001 } },
    /* both ends of one method are one word, as the daemon compares them */
    { IKW_ALG_AUTH,
      "xauth_psk",
      { "xauth_psk_client", "xauth_psk_server", "XAuth pskey client",
        "XAuth pskey server" },
      { 65001, 65002 } },
    { IKW_ALG_AUTH,
      "xauth_rsa",
      { "xauth_rsa_client", "xauth_rsa_server", "XAuth RSASIG client",
        "XAuth RSASIG server" },
      { 65005, 65006 } },
    { IKW_ALG_AUTH,
      "hybrid_rsa",
      { "hybrid_rsa_client", "hybrid_rsa_server", "Hybrid RSA client",
        "Hybrid RSA server" },
      { 64221, 64222 } },
    { IKW_ALG_AUTH,
      "hybrid_dss",
      { "hybrid_dss_client", "hybrid_dss_server", "Hybrid DSS client",
        "Hybrid DSS server" },
      { 64223, 64224 } },

    { IKW_ALG_ESP, "des_iv64", { "DES_IV64", "des-iv64" }, { 1 } },
    { IKW_ALG_ESP, "des", { "DES-CBC" }, { 2 } },
    { IKW_ALG_ESP, "3des", { "3DES-CBC" }, { 3 } },
    { IKW_ALG_ESP, "rc5", { NULL }, { 4 } },
    { IKW_ALG_ESP, "idea", { NULL }, { 5 } },
    { IKW_ALG_ESP, "cast128", { "CAST" }, { 6 } },
    { IKW_ALG_ESP, "blowfish", { NULL }, { 7 } },
    { IKW_ALG_ESP, "3idea", { NULL }, { 8 } },
    { IKW_ALG_ESP, "des_iv32", { "DES_IV32", "des-iv32" }, { 9 } },
    { IKW_ALG_ESP, "rc4", { NULL }, { 10 } },
    { IKW_ALG_ESP, "null", { "null_enc", "none" }, { 11 } },
    { IKW_ALG_ESP, "aes", { "AES-CBC", "rijndael" }, { 12 } },
    { IKW_ALG_ESP, "camellia", { NULL }, { 22 } },
    { IKW_ALG_ESP, "twofish", { NULL }, { 253 } },
    { IKW_ALG_ESP, "aes-gcm", { NULL }, { 20 } },
    { IKW_ALG_ESP, "aes-gmac", { NULL }, { 23 } },

    { IKW_ALG_HMAC, "hmac_md5", { "hmac-md5", "md5" }, { 1 } },
    { IKW_ALG_HMAC, "hmac_sha1", { "hmac-sha", "hmac-sha1", "sha1" }, { 2 } },
    { IKW_ALG_HMAC, "des_mac", { "des-mac" }, { 3 } },
    { IKW_ALG_HMAC, "kpdk", { NULL }, { 4 } },
    { IKW_ALG_HMAC,
      "hmac_sha256",
      { "hmac_sha2_256", "hmac-sha256", "sha256" },
      { 5 } },
    { IKW_ALG_HMAC,
      "hmac_sha384",
      { "hmac_sha2_384", "hmac-sha384", "sha384" },
      { 6 } },
    { IKW_ALG_HMAC,
      "hmac_sha512",
      { "hmac_sha2_512", "hmac-sha512", "sha512" },
      { 7 } },
    { IKW_ALG_HMAC, "non_auth", { "none", "aes-gcm", "254" }, { 0 } },
    { IKW_ALG_HMAC, "aes-gmac", { NULL }, { 11 } },

    { IKW_ALG_COMP, "oui", { NULL }, { 1 } },
    { IKW_ALG_COMP, "deflate", { NULL }, { 2 } },
    { IKW_ALG_COMP, "lzs", { NULL }, { 3 } },
};

/* ASCII letters of either case. */
static bool same_word(struct ikw_slice s, const char *word)
{
    if (strlen(word) != s.len)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char a = s.ptr[i], b = word[i];
        a = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a;
        b = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
        if (a != b)
            return false;
    }
    return true;
}

static bool spelled(const struct alg *a, struct ikw_slice s, int64_t number)
{
    if (same_word(s, a->word))
        return true;
    for (size_t i = 0; i < SPELLINGS && a->spellings[i]; i++)
        if (same_word(s, a->spellings[i]))
            return true;
    for (size_t i = 0; number > 0 && i < NUMBERS; i++)
        if (a->numbers[i] == number)
            return true;
    return false;
}

static const char *find(enum ikw_alg_class c, struct ikw_slice s)
{
    int64_t number = 0;
    if (!ikw_slice_int(s, &number))
        number = 0;
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
        if (algs[i].c == c && spelled(&algs[i], s, number))
            return algs[i].word;
    return NULL;
}

/* "aes256" -> "aes" and 256 */
static struct ikw_slice cut_keylen(struct ikw_slice s, int64_t *keylen)
{
    static const char *const tails[] = { "128", "192", "256" };
    for (size_t i = 0; s.len > 3 && i < 3; i++) {
        struct ikw_slice tail = ikw_slice_sub(s, s.len - 3, s.len);
        if (ikw_slice_is(tail, tails[i]) && ikw_slice_int(tail, keylen))
            return ikw_slice_sub(s, 0, s.len - 3);
    }
    return s;
}

const char *ikw_alg_word(enum ikw_alg_class c, struct ikw_slice spelling,
                         int64_t *keylen)
{
    int64_t len = 0;
    const char *word = find(c, spelling);
    if (!word && (c == IKW_ALG_ENC || c == IKW_ALG_ESP || c == IKW_ALG_HMAC))
        word = find(c, cut_keylen(spelling, &len));
    if (keylen)
        *keylen = len;
    return word;
}

/* ---- key lengths ------------------------------------------------------- */

static const struct {
    const char *word;
    int least, most;
} variable[] = {
    { "aes", 128, 256 },      { "blowfish", 40, 448 },  { "cast128", 40, 128 },
    { "camellia", 128, 256 }, { "rc5", 40, 2040 },      { "twofish", 1, 256 },
    { "aes-gcm", 128, 256 },  { "aes-gmac", 128, 256 },
};

int64_t ikw_alg_default_keylen(const char *word)
{
    for (size_t i = 0; i < sizeof variable / sizeof *variable; i++)
        if (!strcmp(word, variable[i].word))
            return 128;
    return 0;
}

bool ikw_alg_keylen_ok(const char *word, int64_t keylen)
{
    for (size_t i = 0; i < sizeof variable / sizeof *variable; i++)
        if (!strcmp(word, variable[i].word))
            return keylen >= variable[i].least && keylen <= variable[i].most &&
                   (variable[i].least != 128 || keylen % 64 == 0);
    return false;
}
