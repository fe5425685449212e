/* ucs2.c - UTF-16BE to and from UTF-8, one code point at a time.  Pure; may call libc and utf8proc.
 */
#include "parser/ucs2.h"
#include <string.h>
#include <utf8proc.h>

static utf8proc_ssize_t next_char(const char *s, size_t len, int32_t *cp)
{
	return utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, cp);
}

long ucs2_units(const char *utf8, size_t len)
{
	long units = 0;

	for (size_t i = 0; i < len;) {
		int32_t cp;
		utf8proc_ssize_t took = next_char(utf8 + i, len - i, &cp);
		if (took <= 0)
			return UCS2_ERR_INPUT;
		units += cp > 0xffff ? 2 : 1;
		i += (size_t)took;
	}
	return units;
}

static void put_unit(uint8_t *be, uint32_t unit)
{
	be[0] = (uint8_t)(unit >> 8);
	be[1] = (uint8_t)unit;
}

long ucs2_encode(const char *utf8, size_t len, uint8_t *be, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		int32_t cp;
		utf8proc_ssize_t took = next_char(utf8 + i, len - i, &cp);
		if (took <= 0)
			return UCS2_ERR_INPUT;
		size_t need = cp > 0xffff ? 4 : 2;
		if (need > max - n)
			return UCS2_ERR_SPACE;
		if (need == 4) {
			uint32_t v = (uint32_t)cp - 0x10000;
			put_unit(be + n, 0xd800 | v >> 10);
			put_unit(be + n + 2, 0xdc00 | (v & 0x3ff));
		} else {
			put_unit(be + n, (uint32_t)cp);
		}
		n += need;
		i += (size_t)took;
	}
	return (long)n;
}

static uint32_t unit_at(const uint8_t *be, size_t len, size_t i)
{
	if (i + 1 >= len)
		return 0; /* past the end: never a surrogate */
	return (uint32_t)be[i] << 8 | be[i + 1];
}

long ucs2_decode(const uint8_t *be, size_t len, char *utf8, size_t max)
{
	size_t w = 0;

	if (max == 0)
		return UCS2_ERR_SPACE;
	for (size_t i = 0; i < len; i += 2) {
		uint32_t cp = i + 1 < len ? unit_at(be, len, i) : 0xfffd; /* half a unit */
		if (cp >= 0xd800 && cp <= 0xdfff) {
			uint32_t low = unit_at(be, len, i + 2);
			if (cp < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
				cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			} else {
				cp = 0xfffd;
			}
		}
		utf8proc_uint8_t buf[4];
		size_t n = (size_t)utf8proc_encode_char((int32_t)cp, buf);
		if (n == 0 || n >= max - w)
			return UCS2_ERR_SPACE;
		memcpy(utf8 + w, buf, n);
		w += n;
	}
	utf8[w] = '\0';
	return (long)w;
}

bool utf8_valid(const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		int32_t cp;
		if ((unsigned char)s[i] < 0x80) {
			i++;
			continue;
		}
		utf8proc_ssize_t took = next_char(s + i, len - i, &cp);
		if (took <= 0)
			return false;
		i += (size_t)took;
	}
	return true;
}
