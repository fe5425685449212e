/* gsm7.h - the GSM 7-bit default alphabet, its extension and the national language tables.
 *
 * Pure: bytes in, bytes out; no allocation, no state.  A text is UTF-8 outside, septets inside (one
 * septet a byte, 0..127, unpacked).  Rules: 3GPP TS 23.038 6.2.1 (alphabet), A.2/A.3 (national
 * locking and single shift tables).
 */
#ifndef PARSER_GSM7_H
#define PARSER_GSM7_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GSM7_ERR_CHAR = -1, GSM7_ERR_SPACE = -2, GSM7_ERR_INPUT = -3 };

/* ASCII that is one septet, the same whichever way it is asked: most of any text. */
static inline bool gsm7_is_plain(char c)
{
	return (c >= ' ' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '\n' || c == '_';
}

/* Septets that text needs (an extension character counts 2), or GSM7_ERR_CHAR if one does not map. */
long gsm7_count(const char *utf8, size_t len);

/* UTF-8 to unpacked septets.  Returns the number written or a negative error. */
long gsm7_encode(const char *utf8, size_t len, uint8_t *septets, size_t max);

/* Unpacked septets to UTF-8 (NUL added).  locking and single are national language identifiers
 * (23.038 6.2.1.2.4; 0 = default; unknown ones fall back to the default table, as the standard says).
 * Returns bytes written without the NUL, or GSM7_ERR_SPACE; 4 bytes a septet are always enough. */
long gsm7_decode(const uint8_t *septets, size_t n, int locking, int single, char *utf8, size_t max);

/* 7-bit packing (23.038 6.1.2.1) with fill bits 0..6 before the first septet. */
long gsm7_pack(const uint8_t *septets, size_t n, unsigned fill, uint8_t *out, size_t max);
long gsm7_unpack(const uint8_t *in, size_t len, unsigned fill, size_t n, uint8_t *septets, size_t max);

/* ASCII-folds what GSM-7 has no septet for (e with two dots to e, c with a cedilla to c, curly quotes,
 * dashes, no-break space ...); what still does not map becomes '?'.  So the result always encodes.
 * Returns bytes written without the NUL, or GSM7_ERR_SPACE. */
long gsm7_plain(const char *utf8, size_t len, char *out, size_t max);
#endif
