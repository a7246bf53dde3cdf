/* What the parts of the redactor share. */
#ifndef IKW_CASES_REDACT_INTERNAL_H
#define IKW_CASES_REDACT_INTERNAL_H

#include "cases/redact.h"
#include "cases/redact_packet.h"

enum { NETS_MAX = 515, WORDS_MAX = 2000 };
enum { SECRETS_MAX = 256, PACKETS_MAX = 32, WORD_MAX = 128 };

/* What the dump below a heading is. Only of a packet may anything stay. */
enum dump { DUMP_BLANK, DUMP_PACKET, DUMP_PLAIN };

struct packet_text {
    const char *text;
    enum dump dump;
};

struct ikw_redactor {
    const struct ikw_kb *kb;
    uint64_t seed;
    struct ikw_buf literals;          /* all fixed text of all messages */
    const char *secrets[SECRETS_MAX]; /* fixed beginnings of secret lines */
    size_t nsecrets;
    struct packet_text packets[PACKETS_MAX]; /* fixed parts of headings */
    size_t npackets;
    uint32_t *seen; /* IPv4 addresses of the originals */
    size_t nseen, cap;
    uint32_t nets[NETS_MAX]; /* public /24s in order of appearance */
    size_t nnets;
    int year;       /* of the first date that has one */
    bool own_docs;  /* the originals are of the documentation ranges */
    size_t dump_at; /* octets of the packet dump so far */
    enum dump dump;
    struct ikw_packet_sieve sieve;
    char **words;
    size_t nwords, words_cap;
    struct ikw_arena arena;
};

/* A number that hangs on the seed and `v` alone. */
uint64_t ikw_redact_mix(const struct ikw_redactor *r, uint64_t v);

/* ---- addresses (redact_address.c) -------------------------------------- */

/* Replaces the address at `s`: its length there, 0 if there is none. */
size_t ikw_redact_address(struct ikw_redactor *r, const char *s, size_t len,
                          struct ikw_buf *out);

#endif
