/* What the suites about configurations share. */
#ifndef IKW_TESTS_CONFIG_KIT_H
#define IKW_TESTS_CONFIG_KIT_H

#include "facts/config/compare.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#define PROPOSAL                                                               \
    "encryption_algorithm aes 128; hash_algorithm sha1; dh_group 2;"           \
    " authentication_method pre_shared_key;"
#define ALGORITHMS                                                             \
    "encryption_algorithm aes 128; authentication_algorithm hmac_sha1;"        \
    " compression_algorithm deflate;"

/* Says which row of a table it was. */
#define IKW_SAME(what, got, want)                                              \
    do {                                                                       \
        const char *got_ = (got), *want_ = (want);                             \
        if (strcmp(got_, want_))                                               \
            printf("\n%s: \"%s\", not \"%s\"\n", what, got_, want_);           \
        CU_ASSERT_STRING_EQUAL(got_, want_);                                   \
    } while (0)

struct kit {
    struct ikw_config c;
    struct ikw_diags ds;
    struct ikw_buf faults;
};

static inline void kit_read_bytes(struct kit *k, struct ikw_slice bytes)
{
    struct ikw_conf_text text = { "conf", 3, bytes };
    ikw_config_init(&k->c);
    ikw_config_read(&k->c, &text, NULL, &k->ds);
    ikw_config_finish(&k->c);
}

static inline void kit_read(struct kit *k, const char *text)
{
    kit_read_bytes(k, ikw_slice_of(text));
}

/* "2:CFG001 5:CFG002", by line. */
static inline const char *kit_faults(struct kit *k)
{
    ikw_buf_clear(&k->faults);
    ikw_diags_sort(&k->ds);
    for (const struct ikw_diag *d = k->ds.head; d; d = d->next)
        ikw_buf_addf(&k->faults, "%s%u:%s", k->faults.len ? " " : "",
                     d->pos.line, ikw_diag_code_text(d->code));
    return ikw_buf_str(&k->faults);
}

/* True if some text that was kept or is said has the word. */
static inline bool kit_holds(struct kit *k, const char *word)
{
    bool found = false;
    for (const struct ikw_diag *d = k->ds.head; d; d = d->next)
        found = found || strstr(d->text, word);
    for (struct ikw_conf_remote *rm = k->c.remotes; rm; rm = rm->next) {
        found = found || strstr(rm->at.text, word) || strstr(rm->title, word);
        for (size_t i = 0; i < IKW_SET_COUNT; i++)
            found = found ||
                    (rm->set[i].at.text && strstr(rm->set[i].at.text, word));
    }
    for (struct ikw_conf_policy *p = k->c.policies; p; p = p->next)
        found = found || strstr(p->at.text, word);
    return found;
}

static inline void kit_release(struct kit *k)
{
    ikw_config_release(&k->c);
    ikw_diags_release(&k->ds);
    ikw_buf_release(&k->faults);
}

#endif
