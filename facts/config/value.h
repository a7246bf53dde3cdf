/*
 * Names of algorithms: one word for every spelling, so that "aes 128",
 * "aes128", "AES-CBC" and 7 can be compared.
 */
#ifndef IKW_FACTS_CONFIG_VALUE_H
#define IKW_FACTS_CONFIG_VALUE_H

#include "base/slice.h"

enum ikw_alg_class {
    IKW_ALG_ENC,  /* cipher of phase 1 */
    IKW_ALG_HASH, /* of phase 1 */
    IKW_ALG_DH,   /* group, also of PFS */
    IKW_ALG_AUTH, /* method of phase 1 */
    IKW_ALG_ESP,  /* cipher of phase 2 */
    IKW_ALG_HMAC, /* authentication of phase 2 */
    IKW_ALG_COMP
};

/* The word for a spelling: of a configuration, of a log, or a number. NULL
 * if there is none. Static. A key length in the spelling goes to `keylen`
 * (else 0), which may be NULL. */
const char *ikw_alg_word(enum ikw_alg_class c, struct ikw_slice spelling,
                         int64_t *keylen);
/* Key length a cipher has if none is given; 0: it has no choice. */
int64_t ikw_alg_default_keylen(const char *word);
bool ikw_alg_keylen_ok(const char *word, int64_t keylen);

#endif
