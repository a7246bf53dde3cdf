/* Addresses and selectors, as configurations write them. */
#ifndef IKW_FACTS_CONFIG_ADDRESS_H
#define IKW_FACTS_CONFIG_ADDRESS_H

#include "base/slice.h"

struct ikw_addr {
    unsigned family; /* 4, 6, or 0: none */
    uint8_t bytes[16];
};

/* What a policy or a phase 2 is about. */
struct ikw_selector {
    bool any;                   /* anonymous: fits everything */
    bool named;                 /* an identifier that is no address */
    struct ikw_addr addr, high; /* high.family: a range */
    unsigned prefix;
    int64_t port;  /* -1: any */
    int64_t proto; /* -1: any */
};

/* "192.0.2.1", "2001:db8::1", "192.0.2.1[500]", "192.0.2.1%1"; false, `out`
 * untouched, for anything else. `port` may be NULL; -1: none. */
bool ikw_addr_parse(struct ikw_slice s, struct ikw_addr *out, int64_t *port);
bool ikw_addr_eq(const struct ikw_addr *a, const struct ikw_addr *b);
void ikw_addr_add(struct ikw_buf *b, const struct ikw_addr *a);

/* "10.0.0.0/8", "10.0.0.1", "10.0.0.0/8[80]", "10.0.0.1-10.0.0.9". */
bool ikw_selector_parse(struct ikw_slice s, struct ikw_selector *out);
/* Protocol by name or number; -1 any. */
bool ikw_proto_parse(struct ikw_slice s, int64_t *out);
void ikw_selector_add(struct ikw_buf *b, const struct ikw_selector *s);

/* The same addresses and protocol: what the search for a section asks. */
bool ikw_selector_same(const struct ikw_selector *a,
                       const struct ikw_selector *b);
/* Every address of `inner` under the mask of `outer` is in `outer`, as the
 * search for a policy sees it. */
bool ikw_selector_masked(const struct ikw_selector *inner,
                         const struct ikw_selector *outer);
/* True if they share an address. */
bool ikw_selector_overlap(const struct ikw_selector *a,
                          const struct ikw_selector *b);
/* Leading bits the two have in common; 0 across families. */
unsigned ikw_addr_common_bits(const struct ikw_addr *a,
                              const struct ikw_addr *b);

#endif
