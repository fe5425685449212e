/* fold.c - see fold.h.  May call utf8proc (the only file that includes it) and libc. */
#include "parser/fold.h"
#include <string.h>
#include <utf8proc.h>

static const char *const special[] = { "\xc4\xb1" "i", "\xc3\xb8" "o", "\xc5\x82" "l", "\xc4\x91" "d" };

/* Letters that no decomposition brings to ASCII, as code point and letter. */
static int32_t plain_letter(int32_t c)
{
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		const unsigned char *u = (const unsigned char *)special[i];
		if (c == ((u[0] & 0x1f) << 6 | (u[1] & 0x3f)))
			return u[2];
	}
	return c;
}

/* Decimal digits stand in runs of ten from zero; compatibility forms were already resolved, so the
 * distance to the start of the run is the value. */
static int digit_value(int32_t c)
{
	int n = 0;
	while (n < 50 && utf8proc_category(c - n - 1) == UTF8PROC_CATEGORY_ND)
		n++;
	return n % 10;
}

static void put(struct fold *f, const char *bytes, size_t n, size_t at, uint8_t was)
{
	if (f->n + n > FOLD_MAX) {
		f->cut = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		f->s[f->n] = bytes[i];
		f->at[f->n] = (uint16_t)at;
		f->was[f->n++] = was;
	}
}

static void put_char(struct fold *f, char c, size_t at, uint8_t was)
{
	put(f, &c, 1, at, was);
}

static char plain_mark(int32_t c, int cat)
{
	switch (c) {
	case 0x2018: case 0x2019: case 0x201a: case 0x201b: case 0x2032: case 0x02bc: case 0xb4:
	case '`':
		return '\'';
	case 0x201c: case 0x201d: case 0x201e: case 0x201f: case 0x2033: case 0xab: case 0xbb:
		return '"';
	case 0x2212:
		return '-';
	case '\n': case '\r': case 0x85: case 0x2028: case 0x2029:
		return '\n';
	default:
		return cat == UTF8PROC_CATEGORY_PD ? '-' : ' ';
	}
}

/* One code point that is final: decomposed, folded. */
static void emit(struct fold *f, int32_t c, size_t at, uint8_t was)
{
	c = plain_letter(c);
	if (c < 0x80) {
		char ch = (char)c;
		if (c == '`' || c == '\r' || c == '\n')
			ch = plain_mark(c, 0);
		else if (c < 0x20 || c == 0x7f)
			ch = ' ';
		else if (c >= 'A' && c <= 'Z') {
			ch = (char)(c + 32);
			was |= FOLD_UPPER;
		}
		put_char(f, ch, at, was);
		return;
	}
	int cat = (int)utf8proc_category(c);
	char mark = plain_mark(c, cat);
	if (mark != ' ') {
		put_char(f, mark, at, was);
	} else if (cat == UTF8PROC_CATEGORY_ND) {
		put_char(f, (char)('0' + digit_value(c)), at, was);
	} else if (cat == UTF8PROC_CATEGORY_MN || cat == UTF8PROC_CATEGORY_ME ||
		   cat == UTF8PROC_CATEGORY_CF || cat == UTF8PROC_CATEGORY_MC) {
		return;
	} else if (cat >= UTF8PROC_CATEGORY_LU && cat <= UTF8PROC_CATEGORY_LO) {
		utf8proc_uint8_t b[4];
		utf8proc_ssize_t n = utf8proc_encode_char(c, b);
		put(f, (const char *)b, (size_t)n, at, was);
	} else {
		put_char(f, plain_mark(c, cat), at, was);
	}
}

#define DECOMPOSE (UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)

static void emit_folded(struct fold *f, int32_t c, size_t at)
{
	utf8proc_int32_t once[32], twice[32];
	int last = 0;
	int cat = (int)utf8proc_category(c);
	/* Spacing accents and curly quotes decompose to a blank and a mark: read them before that. */
	if (plain_mark(c, cat) != ' ') {
		put_char(f, plain_mark(c, cat), at, 0);
		return;
	}
	uint8_t was = cat == UTF8PROC_CATEGORY_LU ? FOLD_UPPER : 0;
	utf8proc_ssize_t n = utf8proc_decompose_char(c, once, 32, (utf8proc_option_t)DECOMPOSE, &last);
	if (n < 0 || n > 32)
		return;
	for (utf8proc_ssize_t i = 0; i < n; i++)
		if (once[i] == 0x327)
			was |= FOLD_CEDILLA;
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		/* Case folding can give a character that decomposes again; twice is stable. */
		utf8proc_ssize_t m = utf8proc_decompose_char(once[i], twice, 32,
							     (utf8proc_option_t)DECOMPOSE, &last);
		if (m < 0 || m > 32)
			continue;
		for (utf8proc_ssize_t k = 0; k < m; k++)
			emit(f, twice[k], at, was);
	}
}

/* Most texts are ASCII letters, digits and blanks from end to end: those fold to themselves, but for
 * capitals. */
static size_t plain_run(struct fold *f, const char *text, size_t i, size_t len)
{
	size_t end = len - i < (size_t)(FOLD_MAX - f->n) ? len : i + (size_t)(FOLD_MAX - f->n);
	uint16_t n = f->n;
	for (; i < end; i++, n++) {
		unsigned char b = (unsigned char)text[i];
		bool upper = b >= 'A' && b <= 'Z';
		if (b < 0x20 || b >= 0x7f || b == '`')
			break;
		f->s[n] = (char)(upper ? b + 32 : b);
		f->at[n] = (uint16_t)i;
		f->was[n] = (uint8_t)(upper ? FOLD_UPPER : 0);
	}
	f->n = n;
	return i;
}

void fold_text(struct fold *f, const char *text, size_t len)
{
	f->n = 0;
	f->cut = false;
	for (size_t i = 0; i < len && !f->cut;) {
		i = plain_run(f, text, i, len);
		if (i == len)
			break;
		unsigned char b = (unsigned char)text[i];
		if (b < 0x80) {
			emit(f, b, i, 0);
			i++;
			continue;
		}
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text + i,
						      (utf8proc_ssize_t)(len - i), &c);
		if (n < 1) {
			put_char(f, ' ', i, 0);
			i++;
			continue;
		}
		emit_folded(f, c, i);
		i += (size_t)n;
	}
}
