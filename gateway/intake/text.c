/* text.c - the parts of a message become its text.  See text.h. */
#include "gateway/intake/text.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/pins.h"
#include "gateway/pin/typed.h"
#include "parser/gsm7.h"
#include "parser/tpdu.h"
#include "parser/ucs2.h"

#define PARTS 255
#define UNITS_MAX (24 * 140) /* octets of UTF-16 gathered before they are decoded */

struct joiner {
	char *out;
	size_t len;
	bool full;
	uint8_t units[UNITS_MAX];
	size_t n_units;
};

static void append(struct joiner *j, const char *s, size_t n)
{
	if (j->full)
		return;
	size_t room = TEXT_MAX - 1 - j->len;
	if (n > room) {
		n = room;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
		j->full = true;
	}
	memcpy(j->out + j->len, s, n);
	j->len += n;
	j->out[j->len] = '\0';
}

static void flush(struct joiner *j)
{
	char utf8[UNITS_MAX * 2 + 4];

	if (j->n_units == 0)
		return;
	long n = ucs2_decode(j->units, j->n_units & ~(size_t)1, utf8, sizeof(utf8));
	if (n > 0)
		append(j, utf8, (size_t)n);
	j->n_units = 0;
}

static void add_part(struct joiner *j, const struct tpdu *t)
{
	char utf8[TPDU_TEXT_MAX];

	if (t->alphabet == TPDU_UCS2) {
		/* A character's two units may lie in two gatherings only when the buffer ran out,
		 * which a text this long does not survive whole anyway. */
		if (j->n_units + t->data_len > sizeof(j->units))
			flush(j);
		memcpy(j->units + j->n_units, t->data, t->data_len);
		j->n_units += t->data_len;
		return;
	}
	flush(j);
	long n = gsm7_decode(t->data, t->data_len, t->locking, t->single, utf8, sizeof(utf8));
	if (n > 0)
		append(j, utf8, (size_t)n);
}

static void add_gap(struct joiner *j, int seq, char *gaps, size_t gmax)
{
	char one[12];

	flush(j);
	append(j, TEXT_GAP, strlen(TEXT_GAP));
	snprintf(one, sizeof(one), "%d", seq);
	desk_join(gaps, gmax, ",", one);
}

int text_join(struct desk *d, const struct message *m, char out[TEXT_MAX], size_t *len, char *gaps,
	      size_t gmax)
{
	struct joiner j = { .out = out };
	struct segment s;
	struct tpdu t;
	bool missing = false;

	out[0] = gaps[0] = '\0';
	for (int seq = 1; seq <= m->total && seq <= PARTS; seq++) {
		int rc = inbox_part(d->st, m->id, seq, &s);
		if (rc != STORE_OK && rc != STORE_NONE)
			return rc;
		if (rc == STORE_OK && tpdu_decode(s.octets, s.len, false, &t, NULL) == TPDU_OK)
			add_part(&j, &t);
		else if (!missing)
			add_gap(&j, seq, gaps, gmax);
		missing = rc != STORE_OK; /* one mark for a run of missing parts */
	}
	flush(&j);
	*len = j.len;
	return STORE_OK;
}

/* ---- halves --------------------------------------------------------------------------------- */

#define PIN_DIGITS_MIN 4

static bool is_inner(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static bool are_digits(const char *s, size_t len)
{
	char digits[PIN_SECRET];

	bool yes = s[0] != ' ' && s[len - 1] != ' ' && typed_pin(s, len, digits);
	pin_wipe(digits, sizeof(digits));
	return yes;
}

/* Octets of the digits, of whatever script, that end before `end`, or begin at it. */
static size_t digits_before(const char *text, size_t end)
{
	size_t n = 0;

	for (size_t at = end; at > 0;) {
		do
			at--;
		while (at > 0 && is_inner(text[at]));
		if (!are_digits(text + at, end - at))
			break;
		n = end - at;
	}
	return n;
}

static size_t digits_after(const char *text, size_t at, size_t len)
{
	size_t n = 0;

	for (size_t end = at; end < len;) {
		do
			end++;
		while (end < len && is_inner(text[end]));
		if (!are_digits(text + at, end - at))
			break;
		n = end - at;
	}
	return n;
}

static bool blank_half(struct message *m, size_t at, size_t n, bool touches)
{
	if (n == 0 || (!touches && n < PIN_DIGITS_MIN))
		return false;
	pins_blank_at(m, at, n);
	return true;
}

bool text_blank_halves(struct message *m)
{
	const size_t gap = strlen(TEXT_GAP);
	bool found = false;

	for (const char *p = m->text; (p = strstr(p, TEXT_GAP)) != NULL; p += gap) {
		size_t left = (size_t)(p - m->text), right = left + gap, l = left, r = right;
		while (l > 0 && m->text[l - 1] == ' ')
			l--;
		while (r < m->text_len && m->text[r] == ' ')
			r++;
		size_t n = digits_before(m->text, l);
		found |= blank_half(m, l - n, n, l == left);
		found |= blank_half(m, r, digits_after(m->text, r, m->text_len), r == right);
	}
	return found;
}
