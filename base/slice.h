/*
 * Text: borrowed slices and growing strings.
 * A slice is never assumed to end in NUL. A buffer always is.
 */
#ifndef IKW_BASE_SLICE_H
#define IKW_BASE_SLICE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define IKW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define IKW_PRINTF(fmt, args)
#endif

struct ikw_slice {
    const char *ptr;
    size_t len;
};

#define IKW_SLICE_LIT(s) ((struct ikw_slice){ (s), sizeof(s) - 1 })

struct ikw_slice ikw_slice_of(const char *nul_terminated);
bool ikw_slice_eq(struct ikw_slice a, struct ikw_slice b);
bool ikw_slice_is(struct ikw_slice a, const char *nul_terminated);
bool ikw_slice_starts(struct ikw_slice a, const char *prefix);
struct ikw_slice ikw_slice_sub(struct ikw_slice a, size_t from, size_t to);
struct ikw_slice ikw_slice_trim(struct ikw_slice a); /* blanks, both ends */
/* Whole slice as a decimal number; false if it is anything else. */
bool ikw_slice_int(struct ikw_slice a, int64_t *out);
uint32_t ikw_hash_bytes(const void *p, size_t len);

/* Growing string. All-zero is empty; `ptr` is NULL until the first byte. */
struct ikw_buf {
    char *ptr;
    size_t len, cap;
};

void ikw_buf_add(struct ikw_buf *b, const char *s, size_t len);
void ikw_buf_adds(struct ikw_buf *b, const char *nul_terminated);
void ikw_buf_addc(struct ikw_buf *b, char c);
void ikw_buf_addf(struct ikw_buf *b, const char *fmt, ...) IKW_PRINTF(2, 3);
void ikw_buf_addv(struct ikw_buf *b, const char *fmt, va_list ap)
    IKW_PRINTF(2, 0);
void ikw_buf_clear(struct ikw_buf *b);            /* keeps the memory */
void ikw_buf_release(struct ikw_buf *b);          /* frees; usable again */
const char *ikw_buf_str(const struct ikw_buf *b); /* never NULL */

#endif
