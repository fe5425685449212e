/* typed.c - see typed.h. */
#include "gateway/pin/typed.h"

#include "parser/fold.h"

static bool keep(const struct fold *f, bool letters, char out[PIN_SECRET])
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		unsigned char c = (unsigned char)f->s[i];
		bool digit = c >= '0' && c <= '9';
		bool letter = c >= 0x80 || (c >= 'a' && c <= 'z');
		if (!digit && !letters)
			n = PIN_SECRET; /* no PIN */
		if (n >= PIN_SECRET - 1)
			break;
		if (digit || letter)
			out[n++] = f->s[i];
	}
	bool ok = n > 0 && n < PIN_SECRET - 1 && !f->cut;
	out[ok ? n : 0] = '\0';
	return ok;
}

static bool typed(const char *text, size_t len, bool letters, char out[PIN_SECRET])
{
	static struct fold f; /* 24 KB; called by one thread */

	fold_text(&f, text, len);
	bool ok = keep(&f, letters, out);
	pin_wipe(&f, sizeof(f));
	return ok;
}

bool typed_pin(const char *text, size_t len, char out[PIN_SECRET])
{
	return typed(text, len, false, out);
}

bool typed_codeword(const char *text, size_t len, char out[PIN_SECRET])
{
	return typed(text, len, true, out);
}
