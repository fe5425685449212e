/* ucs2.h - UTF-16BE, as TP-DCS "UCS2" carries it, to and from UTF-8.  Pure.  3GPP TS 23.038 6.2.3;
 * handsets send surrogate pairs, so UTF-16 is what is read; a lone surrogate becomes U+FFFD. */
#ifndef PARSER_UCS2_H
#define PARSER_UCS2_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UCS2_ERR_SPACE = -1, UCS2_ERR_INPUT = -2 };
long ucs2_units(const char *utf8, size_t len); /* UTF-16 units a text needs, or UCS2_ERR_INPUT */
long ucs2_encode(const char *utf8, size_t len, uint8_t *be, size_t max);
long ucs2_decode(const uint8_t *be, size_t len, char *utf8, size_t max);
bool utf8_valid(const char *s, size_t len); /* RFC 3629: no surrogates, no overlong forms, <= U+10FFFF */
#endif
