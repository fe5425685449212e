/* base64.c - see base64.h. */
#include "gateway/outbox/base64.h"
#include <string.h>

bool base64_text(const void *in, size_t len, char *out, size_t max)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = in;
	size_t at = 0;

	if ((len + 2) / 3 * 4 >= max)
		return false;
	for (size_t i = 0; i < len; i += 3) {
		unsigned v = (unsigned)p[i] << 16;
		v |= i + 1 < len ? (unsigned)p[i + 1] << 8 : 0;
		v |= i + 2 < len ? p[i + 2] : 0;
		out[at++] = digits[v >> 18];
		out[at++] = digits[v >> 12 & 63];
		out[at++] = i + 1 < len ? digits[v >> 6 & 63] : '=';
		out[at++] = i + 2 < len ? digits[v & 63] : '=';
	}
	out[at] = '\0';
	return true;
}

void base64_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}
