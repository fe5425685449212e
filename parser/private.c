/* private.c - what must be neither kept nor echoed: telephone numbers, identity numbers, addresses,
 * names.  May call scan, msisdn. */
#include "parser/slots.h"
#include <string.h>

/* Digits that run on over blanks and dashes from token i: how many tokens, and how many digits. */
static int digit_run(const struct scan *s, int i, int *digits)
{
	int k = i;
	*digits = 0;
	while (k < s->ts.n && s->ts.t[k].number && *digits <= 15) {
		if (k > i && s->ts.t[k].pre & ~(unsigned)(SEP_SPACE | SEP_DASH | SEP_SLASH | SEP_DOT))
			break;
		*digits += s->ts.t[k].digits;
		k++;
	}
	return k - i;
}

/* "ndrysho PIN 0612 7305": as long as PINs and behind the word for them, an old one and a new one, also
 * when noughts stand in their place. */
static bool are_pins(const struct scan *s, int i, int n)
{
	for (int k = i; k < i + n; k++)
		if (s->ts.t[k].digits < 4 || s->ts.t[k].digits > 6)
			return false;
	while (i > 0 && s->ts.t[i - 1].number)
		i--;
	return scan_is(s, i - 1, C_PIN, NULL) == 1 || scan_is(s, i - 2, C_PIN, NULL) == 2;
}

static int telephone(struct scan *s, int i)
{
	const struct token *t = &s->ts.t[i];
	if (!t->number || (scan_glued(s, i) && i > 0 && s->ts.t[i - 1].n == 1))
		return 0;
	const char *d = token_text(&s->ts, i);
	int digits, n = digit_run(s, i, &digits);
	bool start = (t->pre & SEP_PLUS) || (t->n >= 3 && d[0] == '0' && (d[1] == '6' || d[1] == '0' ||
		     d[1] == '5')) || (t->n >= 3 && memcmp(d, "355", 3) == 0) ||
		     (t->n == 2 && d[0] == '6' && d[1] >= '7' && digits == 9);
	bool labelled = i > 0 && scan_is(s, i - 1, C_PHONE_WORD, NULL);
	if (t->n >= 7 && n >= 1 && t->digits >= 7)
		n = t->digits >= 8 ? 1 : n;
	else if (!(start || labelled) || digits < 8 || are_pins(s, i, n))
		return 0;
	for (int k = i; k < i + n; k++)
		s->plain[k] = true;
	scan_add(s, U_PHONE, i, n);
	return n;
}

/* Identity number: a letter, eight digits, a letter. */
static int national_id(struct scan *s, int i)
{
	if (i + 2 >= s->ts.n || s->ts.t[i].n != 1 || !s->ts.t[i + 1].number || s->ts.t[i + 1].n != 8 ||
	    s->ts.t[i + 2].n != 1 || !scan_glued(s, i + 1) || !scan_glued(s, i + 2))
		return 0;
	scan_add(s, U_NATIONAL_ID, i, 3);
	return 3;
}

static int address(struct scan *s, int i)
{
	int n = scan_is(s, i, C_ADDRESS_WORD, NULL), words = 0;
	if (!n)
		return 0;
	int k = i + n;
	while (k < s->ts.n && words < 3 && !s->ts.t[k].number &&
	       (s->phrase[k].n ? scan_is(s, k, C_OF, NULL) || scan_is(s, k, C_FILLER, NULL) ||
		scan_is(s, k, C_GIVEN_NAME, NULL) || scan_is(s, k, C_PLACE, NULL) : s->ts.t[k].n > 1)) {
		if (scan_is(s, k, C_NUMBER_LABEL, NULL))
			break;
		words++;
		k++;
	}
	int label = scan_is(s, k, C_NUMBER_LABEL, NULL);
	if (k + label < s->ts.n && s->ts.t[k + label].number) {
		k += label + 1;
		if (k < s->ts.n && scan_glued(s, k) && s->ts.t[k].n == 1)
			k++;
	}
	if (k == i + n)
		return 0;
	scan_add(s, U_ADDRESS, i, k - i);
	return k - i;
}

int private_units(struct scan *s, int i)
{
	int n = national_id(s, i);
	if (!n)
		n = telephone(s, i);
	return n ? n : address(s, i);
}

static bool unknown_word(const struct scan *s, int i)
{
	return i >= 0 && i < s->ts.n && !s->ts.t[i].number && !s->phrase[i].n && s->ts.t[i].n > 1;
}

static bool capital(const struct scan *s, int i)
{
	return unknown_word(s, i) && (s->ts.t[i].flags & TOK_TITLE);
}

/* A word of the vocabulary that it was only taken for by its likeness, or a town. */
static bool perhaps_family(const struct scan *s, int i)
{
	return unknown_word(s, i) || (i < s->ts.n && !s->ts.t[i].number && s->phrase[i].n == 1 &&
				      (s->ts.t[i].dist || scan_is(s, i, C_PLACE, NULL)));
}

bool private_named(const struct scan *s, int i)
{
	if (scan_is(s, i, C_GIVEN_NAME, NULL))
		return true;
	/* families are called after towns, and like other words: "arben permeti" */
	if (perhaps_family(s, i) && scan_is(s, i - 1, C_GIVEN_NAME, NULL))
		return true;
	if (scan_is(s, i - 1, C_FAMILY_WORD, NULL) &&
	    (scan_is(s, i, C_PLACE, NULL) || (perhaps_family(s, i) && scan_is(s, i, C_FILLER, NULL))))
		return true;
	if (!unknown_word(s, i))
		return false;
	/* "shoku i ardianit", "arbeni i bardhoshit" */
	if (i > 1 && s->ts.t[i - 1].n <= 2 && scan_is(s, i - 1, C_FILLER, NULL) &&
	    (scan_is(s, i - 2, C_WORKED, NULL) || scan_is(s, i - 2, C_NAME_CUE, NULL) ||
	     scan_is(s, i - 2, C_GIVEN_NAME, NULL)))
		return true;
	/* "familja gjoka", "hoxha arben" */
	if (scan_is(s, i - 1, C_NAME_CUE, NULL) || scan_is(s, i - 1, C_FAMILY_WORD, NULL) ||
	    scan_is(s, i + 1, C_GIVEN_NAME, NULL))
		return true;
	/* "quhet arben hoxha" */
	return unknown_word(s, i - 1) && (scan_is(s, i - 2, C_NAME_CUE, NULL) ||
					  scan_is(s, i - 2, C_FAMILY_WORD, NULL));
}

bool private_name(const struct scan *s, int i)
{
	/* after "named" any capital is a name, a word of the vocabulary too */
	if (i > 0 && (s->ts.t[i].flags & TOK_TITLE) && !s->ts.t[i].number &&
	    scan_is(s, i - 1, C_NAME_CUE, NULL))
		return true;
	if (capital(s, i) && scan_is(s, i - 1, C_IN_PLACE, NULL) && !capital(s, i + 1) && !private_named(s, i))
		return false; /* "ne" and a capital: a town */
	return private_named(s, i) || (capital(s, i) && (!(s->ts.t[i].flags & TOK_START) || capital(s, i + 1)));
}
