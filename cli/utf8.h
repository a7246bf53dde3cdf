/* UTF-8 of unknown quality, and how wide it is on a terminal. */
#ifndef IKW_CLI_UTF8_H
#define IKW_CLI_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Length of the valid sequence at `s`, its code point in *cp; 0 if it is cut,
 * overlong, a surrogate or beyond Unicode. */
size_t ikw_utf8_decode(const unsigned char *s, size_t len, uint32_t *cp);
/* Columns of escaped text: two for a wide character, none for a mark that
 * combines with the one before it. */
size_t ikw_columns(const char *s, size_t len);
/* Bytes of `s` that fill at most `columns` columns. */
size_t ikw_columns_fit(const char *s, size_t len, size_t columns);

#endif
