/* gsm7.c - the GSM 7-bit default alphabet, its extension and the national language tables.
 *
 * Owns the tables of 3GPP TS 23.038: 6.2.1 (default), 6.2.1.1 (extension), A.2.1 to A.2.3 (Turkish,
 * Spanish and Portuguese single shift), A.3.1 and A.3.3 (Turkish and Portuguese locking shift;
 * there is no Spanish one).  The tables of the Indian languages are not here: such an identifier
 * falls back to the default tables, as 23.038 6.2.1.2.4 asks of a receiver that does not know it.
 * May call libc and utf8proc.
 */
#include "parser/gsm7.h"
#include <string.h>
#include <utf8proc.h>

#define ESC 0x1b

struct code {
	uint8_t septet;
	uint16_t ucs;
};

/* Index is the septet; 0x1b (escape) is a space for whoever does not follow it: 23.038 6.2.1
 * note 1. */
static const uint16_t basic[128] = {
    '@',    0x00a3, '$',    0x00a5, 0x00e8, 0x00e9, 0x00f9, 0x00ec, /* 00 */
    0x00f2, 0x00c7, '\n',   0x00d8, 0x00f8, '\r',   0x00c5, 0x00e5, /* 08 */
    0x0394, '_',    0x03a6, 0x0393, 0x039b, 0x03a9, 0x03a0, 0x03a8, /* 10 */
    0x03a3, 0x0398, 0x039e, ' ',    0x00c6, 0x00e6, 0x00df, 0x00c9, /* 18 */
    ' ',    '!',    '"',    '#',    0x00a4, '%',    '&',    '\'',   /* 20 */
    '(',    ')',    '*',    '+',    ',',    '-',    '.',    '/',    /* 28 */
    '0',    '1',    '2',    '3',    '4',    '5',    '6',    '7',    /* 30 */
    '8',    '9',    ':',    ';',    '<',    '=',    '>',    '?',    /* 38 */
    0x00a1, 'A',    'B',    'C',    'D',    'E',    'F',    'G',    /* 40 */
    'H',    'I',    'J',    'K',    'L',    'M',    'N',    'O',    /* 48 */
    'P',    'Q',    'R',    'S',    'T',    'U',    'V',    'W',    /* 50 */
    'X',    'Y',    'Z',    0x00c4, 0x00d6, 0x00d1, 0x00dc, 0x00a7, /* 58 */
    0x00bf, 'a',    'b',    'c',    'd',    'e',    'f',    'g',    /* 60 */
    'h',    'i',    'j',    'k',    'l',    'm',    'n',    'o',    /* 68 */
    'p',    'q',    'r',    's',    't',    'u',    'v',    'w',    /* 70 */
    'x',    'y',    'z',    0x00e4, 0x00f6, 0x00f1, 0x00fc, 0x00e0, /* 78 */
};

/* Tables end with ucs 0.  U+0000 is in none of them. */
static const struct code extension[] = {
    {0x0a, '\f'}, {0x14, '^'}, {0x28, '{'}, {0x29, '}'},    {0x2f, '\\'}, {0x3c, '['},
    {0x3d, '~'},  {0x3e, ']'}, {0x40, '|'}, {0x65, 0x20ac}, {0, 0},
};

/* National single shift tables hold these ten too (23.038 A.2), so only the additions stand here.
 */
static const struct code turkish_single[] = {
    {0x47, 0x011e}, {0x49, 0x0130}, {0x53, 0x015e}, {0x63, 0x00e7},
    {0x67, 0x011f}, {0x69, 0x0131}, {0x73, 0x015f}, {0, 0},
};
static const struct code spanish_single[] = {
    {0x09, 0x00e7}, {0x41, 0x00c1}, {0x49, 0x00cd}, {0x4f, 0x00d3}, {0x55, 0x00da},
    {0x61, 0x00e1}, {0x69, 0x00ed}, {0x6f, 0x00f3}, {0x75, 0x00fa}, {0, 0},
};
static const struct code portuguese_single[] = {
    {0x05, 0x00ea}, {0x09, 0x00e7}, {0x0b, 0x00d4}, {0x0c, 0x00f4}, {0x0e, 0x00c1}, {0x0f, 0x00e1},
    {0x12, 0x03a6}, {0x13, 0x0393}, {0x15, 0x03a9}, {0x16, 0x03a0}, {0x17, 0x03a8}, {0x18, 0x03a3},
    {0x19, 0x0398}, {0x1f, 0x00ca}, {0x41, 0x00c0}, {0x49, 0x00cd}, {0x4f, 0x00d3}, {0x55, 0x00da},
    {0x5b, 0x00c3}, {0x5c, 0x00d5}, {0x61, 0x00c2}, {0x69, 0x00ed}, {0x6f, 0x00f3}, {0x75, 0x00fa},
    {0x7b, 0x00e3}, {0x7c, 0x00f5}, {0x7f, 0x00e2}, {0, 0},
};

/* Locking shift tables: what differs from the default alphabet. */
static const struct code turkish_locking[] = {
    {0x04, 0x20ac}, {0x07, 0x0131}, {0x0b, 0x011e}, {0x0c, 0x011f}, {0x1c, 0x015e},
    {0x1d, 0x015f}, {0x40, 0x0130}, {0x60, 0x00e7}, {0, 0},
};
static const struct code portuguese_locking[] = {
    {0x04, 0x00ea}, {0x06, 0x00fa}, {0x07, 0x00ed}, {0x08, 0x00f3}, {0x09, 0x00e7}, {0x0b, 0x00d4},
    {0x0c, 0x00f4}, {0x0e, 0x00c1}, {0x0f, 0x00e1}, {0x12, 0x00aa}, {0x13, 0x00c7}, {0x14, 0x00c0},
    {0x15, 0x221e}, {0x16, '^'},    {0x17, '\\'},   {0x18, 0x20ac}, {0x19, 0x00d3}, {0x1a, '|'},
    {0x1c, 0x00c2}, {0x1d, 0x00e2}, {0x1e, 0x00ca}, {0x24, 0x00ba}, {0x40, 0x00cd}, {0x5b, 0x00c3},
    {0x5c, 0x00d5}, {0x5d, 0x00da}, {0x60, '~'},    {0x7b, 0x00e3}, {0x7c, 0x00f5}, {0x7d, '`'},
    {0, 0},
};

enum { TURKISH = 1, SPANISH = 2, PORTUGUESE = 3 };

static const struct code *single_table(int id)
{
	switch (id) {
	case TURKISH:
		return turkish_single;
	case SPANISH:
		return spanish_single;
	case PORTUGUESE:
		return portuguese_single;
	default:
		return NULL;
	}
}

static const struct code *locking_table(int id)
{
	switch (id) {
	case TURKISH:
		return turkish_locking;
	case PORTUGUESE:
		return portuguese_locking;
	default:
		return NULL;
	}
}

static uint16_t table_ucs(const struct code *t, uint8_t septet)
{
	for (; t && t->ucs; t++)
		if (t->septet == septet)
			return t->ucs;
	return 0;
}

static uint16_t locked_ucs(const struct code *locking, uint8_t septet)
{
	uint16_t ucs = table_ucs(locking, septet);
	return ucs ? ucs : basic[septet];
}

/* One code point to one or two septets; 0 = it has none. */
static size_t code_point(int32_t cp, uint8_t out[2])
{
	if (cp > 0 && cp < 128 && basic[cp] == cp &&
	    cp != ESC) { /* most of ASCII stands where it does there */
		out[0] = (uint8_t)cp;
		return 1;
	}
	for (uint8_t i = 0; i < 128; i++) {
		if (basic[i] == cp && i != ESC) {
			out[0] = i;
			return 1;
		}
	}
	for (const struct code *e = extension; e->ucs; e++) {
		if (e->ucs == cp) {
			out[0] = ESC;
			out[1] = e->septet;
			return 2;
		}
	}
	return 0;
}

static utf8proc_ssize_t next_char(const char *s, size_t len, int32_t *cp)
{
	return utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, cp);
}

/* How many octets from s on are plain. */
static size_t plain_run(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && gsm7_is_plain(s[n]))
		n++;
	return n;
}

long gsm7_count(const char *utf8, size_t len)
{
	uint8_t pair[2];
	long n = 0;

	for (size_t i = 0; i < len;) {
		int32_t cp;
		size_t run = plain_run(utf8 + i, len - i);
		n += (long)run;
		i += run;
		if (i == len)
			break;
		utf8proc_ssize_t took = next_char(utf8 + i, len - i, &cp);
		size_t septets = took > 0 ? code_point(cp, pair) : 0;
		if (!septets)
			return GSM7_ERR_CHAR;
		n += (long)septets;
		i += (size_t)took;
	}
	return n;
}

long gsm7_encode(const char *utf8, size_t len, uint8_t *septets, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		int32_t cp;
		uint8_t pair[2];
		utf8proc_ssize_t took = next_char(utf8 + i, len - i, &cp);
		size_t need = took > 0 ? code_point(cp, pair) : 0;
		if (!need)
			return GSM7_ERR_CHAR;
		if (need > max - n)
			return GSM7_ERR_SPACE;
		memcpy(septets + n, pair, need);
		n += need;
		i += (size_t)took;
	}
	return (long)n;
}

/* Appends cp and keeps room for the NUL. */
static bool put_utf8(int32_t cp, char *utf8, size_t max, size_t *n)
{
	utf8proc_uint8_t buf[4];
	size_t len = (size_t)utf8proc_encode_char(cp, buf);
	if (len == 0 || *n >= max || len >= max - *n)
		return false;
	memcpy(utf8 + *n, buf, len);
	*n += len;
	return true;
}

long gsm7_decode(const uint8_t *septets, size_t n, int locking, int single, char *utf8, size_t max)
{
	const struct code *lock = locking_table(locking);
	const struct code *shift = single_table(single);
	size_t w = 0;

	if (max == 0)
		return GSM7_ERR_SPACE;
	for (size_t i = 0; i < n; i++) {
		uint8_t s = septets[i] & 0x7f;
		uint16_t cp = locked_ucs(lock, s);
		if (s == ESC && i + 1 < n) {
			uint8_t e = septets[++i] & 0x7f;
			cp = table_ucs(shift, e);
			if (!cp)
				cp = table_ucs(extension, e);
			if (!cp) /* not in the table: the main table's character, 23.038 6.2.1.1 */
				cp = locked_ucs(lock, e);
		}
		if (!put_utf8(cp, utf8, max, &w))
			return GSM7_ERR_SPACE;
	}
	utf8[w] = '\0';
	return (long)w;
}

long gsm7_pack(const uint8_t *septets, size_t n, unsigned fill, uint8_t *out, size_t max)
{
	if (fill > 6)
		return GSM7_ERR_INPUT;
	if (n > SIZE_MAX / 7 - 2)
		return GSM7_ERR_SPACE;
	size_t need = n ? (n * 7 + fill + 7) / 8 : 0;
	if (need > max)
		return GSM7_ERR_SPACE;
	memset(out, 0, need);
	for (size_t i = 0; i < n; i++) {
		size_t bit = i * 7 + fill;
		unsigned v = (unsigned)(septets[i] & 0x7f) << (bit % 8);
		out[bit / 8] = (uint8_t)(out[bit / 8] | v);
		if (v > 0xff)
			out[bit / 8 + 1] = (uint8_t)(v >> 8);
	}
	return (long)need;
}

long gsm7_unpack(const uint8_t *in, size_t len, unsigned fill, size_t n, uint8_t *septets,
		 size_t max)
{
	if (fill > 6)
		return GSM7_ERR_INPUT;
	if (n > max)
		return GSM7_ERR_SPACE;
	if (n && (len > SIZE_MAX / 8 || len * 8 < fill || (len * 8 - fill) / 7 < n))
		return GSM7_ERR_INPUT;
	for (size_t i = 0; i < n; i++) {
		size_t bit = i * 7 + fill;
		unsigned v = in[bit / 8];
		if (bit % 8 >
		    1) /* the septet crosses into the next octet, which is there: see above */
			v |= (unsigned)in[bit / 8 + 1] << 8;
		septets[i] = (v >> (bit % 8)) & 0x7f;
	}
	return (long)n;
}

struct fold {
	uint16_t ucs;
	char ascii[4];
};

/* What neither decomposition nor the alphabet covers. */
static const struct fold folds[] = {
    {'`', "'"},    {'\t', " "},     {0x00a0, " "},  {0x00ab, "\""}, {0x00bb, "\""}, {0x00b0, "o"},
    {0x00b4, "'"}, {0x00b7, "."},   {0x00d0, "D"},  {0x00d7, "x"},  {0x00de, "Th"}, {0x00f0, "d"},
    {0x00f7, "/"}, {0x00fe, "th"},  {0x0110, "D"},  {0x0111, "d"},  {0x0131, "i"},  {0x0141, "L"},
    {0x0142, "l"}, {0x0152, "OE"},  {0x0153, "oe"}, {0x02bc, "'"},  {0x2010, "-"},  {0x2011, "-"},
    {0x2012, "-"}, {0x2013, "-"},   {0x2014, "-"},  {0x2015, "-"},  {0x2018, "'"},  {0x2019, "'"},
    {0x201a, "'"}, {0x201b, "'"},   {0x201c, "\""}, {0x201d, "\""}, {0x201e, "\""}, {0x201f, "\""},
    {0x2022, "-"}, {0x2026, "..."}, {0x2028, "\n"}, {0x2029, "\n"}, {0x2032, "'"},  {0x2033, "\""},
    {0x2039, "'"}, {0x203a, "'"},   {0x2044, "/"},  {0x2190, "<-"}, {0x2192, "->"}, {0x2212, "-"},
};

static const char *fold_of(int32_t cp)
{
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++)
		if (folds[i].ucs == cp)
			return folds[i].ascii;
	return NULL;
}

static bool invisible(int32_t cp)
{
	return (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) || cp == 0x00ad ||
	       cp == 0x2060 || cp == 0xfeff || (cp >= 0xfe00 && cp <= 0xfe0f) ||
	       utf8proc_category(cp) == UTF8PROC_CATEGORY_MN;
}

static bool put_ascii(const char *s, char *out, size_t max, size_t *n)
{
	for (; *s; s++)
		if (!put_utf8(*s, out, max, n))
			return false;
	return true;
}

/* The character without its marks: compatibility decomposition, whatever maps of it. */
static bool put_base(int32_t cp, char *out, size_t max, size_t *n)
{
	utf8proc_int32_t parts[24];
	int boundary = 0;
	uint8_t pair[2];
	utf8proc_ssize_t count = utf8proc_decompose_char(
	    cp, parts, 24, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK, &boundary);
	bool some = false;

	for (utf8proc_ssize_t i = 0; i < count && count <= 24; i++) {
		const char *ascii = fold_of(parts[i]);
		if (ascii) {
			if (!put_ascii(ascii, out, max, n))
				return false;
			some = true;
		} else if (code_point(parts[i], pair)) {
			if (!put_utf8(parts[i], out, max, n))
				return false;
			some = true;
		}
	}
	return some || put_ascii("?", out, max, n);
}

long gsm7_plain(const char *utf8, size_t len, char *out, size_t max)
{
	size_t n = 0;

	if (max == 0)
		return GSM7_ERR_SPACE;
	for (size_t i = 0; i < len;) {
		int32_t cp;
		uint8_t pair[2];
		size_t run = plain_run(utf8 + i, len - i);
		if (run >= max - n)
			return GSM7_ERR_SPACE;
		memcpy(out + n, utf8 + i, run);
		n += run;
		i += run;
		if (i == len)
			break;
		utf8proc_ssize_t took = next_char(utf8 + i, len - i, &cp);
		bool ok;
		if (took <= 0) { /* a byte that is no UTF-8 */
			took = 1;
			ok = put_ascii("?", out, max, &n);
		} else if (code_point(cp, pair)) {
			ok = put_utf8(cp, out, max, &n);
		} else if (invisible(cp)) {
			ok = true;
		} else {
			const char *ascii = fold_of(cp);
			ok = ascii ? put_ascii(ascii, out, max, &n) : put_base(cp, out, max, &n);
		}
		if (!ok)
			return GSM7_ERR_SPACE;
		i += (size_t)took;
	}
	out[n] = '\0';
	return (long)n;
}
