/* msisdn.c - telephone numbers in one canonical form.  Pure; may call libc. */
#include "parser/msisdn.h"
#include <string.h>

#define E164_MAX 15 /* ITU-T E.164 6.1: at most 15 digits, country code included */
#define E164_MIN 7  /* shorter ones are short codes, or a slip of the hand */

static bool separator(const char *s, size_t len, size_t *took)
{
	*took = 1;
	if (strchr(" -./()\t", s[0]) && s[0])
		return true;
	*took = 2; /* U+00A0, which phones put into numbers copied from a contact */
	return len >= 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] == 0xa0;
}

/* Digits only into out; *plus when a '+' stood before the first.  Negative on anything else. */
static int collect(const char *s, size_t len, char *out, size_t max, bool *plus)
{
	size_t n = 0, took;

	*plus = false;
	for (size_t i = 0; i < len;) {
		if (s[i] >= '0' && s[i] <= '9') {
			if (n + 1 >= max)
				return MSISDN_LENGTH;
			out[n++] = s[i++];
		} else if (s[i] == '+' && n == 0 && !*plus) {
			*plus = true;
			i++;
		} else if (separator(s + i, len - i, &took)) {
			i += took;
		} else {
			return MSISDN_NOT_A_NUMBER;
		}
	}
	out[n] = '\0';
	return n ? (int)n : MSISDN_NOT_A_NUMBER;
}

static const char *after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);
	return n && strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

static bool national(const struct msisdn_plan *plan, const char *digits)
{
	int n = (int)strlen(digits);
	return n >= plan->national_min && n <= plan->national_max;
}

static int put(const char *country, const char *rest, char out[MSISDN_MAX])
{
	size_t a = strlen(country), b = strlen(rest);

	if (a + b < E164_MIN || a + b > E164_MAX)
		return MSISDN_LENGTH;
	out[0] = '+';
	memcpy(out + 1, country, a);
	memcpy(out + 1 + a, rest, b);
	out[1 + a + b] = '\0';
	return out[1] == '0' ? MSISDN_NOT_A_NUMBER : MSISDN_OK;
}

/* digits begin with some country's code. */
static int international(const struct msisdn_plan *plan, const char *digits, char out[MSISDN_MAX])
{
	const char *rest = after(digits, plan->country);

	if (!rest)
		return put("", digits, out);
	const char *bare =
	    after(rest, plan->trunk); /* "+355 (0)69 ...": the trunk prefix does not belong */
	if (bare && national(plan, bare))
		rest = bare;
	return national(plan, rest) ? put(plan->country, rest, out) : MSISDN_LENGTH;
}

int msisdn_normalise(const struct msisdn_plan *plan, const char *s, size_t len,
		     char out[MSISDN_MAX])
{
	char digits[32];
	bool plus;
	const char *rest;

	int rc =
	    collect(s, len, digits, sizeof(digits), &plus); /* s may be out: all is read first */
	out[0] = '\0';
	if (rc < 0)
		return rc;
	if (plus)
		rc = international(plan, digits, out);
	else if ((rest = after(digits, plan->international)) != NULL)
		rc = international(plan, rest, out);
	else if ((rest = after(digits, plan->trunk)) != NULL)
		rc = national(plan, rest) ? put(plan->country, rest, out) : MSISDN_LENGTH;
	else if ((rest = after(digits, plan->country)) != NULL && national(plan, rest))
		rc = put(plan->country, rest, out);
	else
		rc = national(plan, digits) ? put(plan->country, digits, out) : MSISDN_LENGTH;
	if (rc != MSISDN_OK)
		out[0] = '\0';
	return rc;
}

void msisdn_mask(const char *number, char out[MSISDN_MAX])
{
	size_t len = strnlen(number, MSISDN_MAX - 1);
	size_t head = len > 9 ? 4 : 0;
	size_t tail = len > 9 ? 4 : (len > 3 ? 2 : 0);

	for (size_t i = 0; i < len; i++) {
		bool shown = i < head || i >= len - tail;
		char c = number[i]; /* outside ASCII nothing is shown: half a character would be no
				       text */
		out[i] = shown && c > ' ' && c < 0x7f ? c : '*';
	}
	out[len] = '\0';
}
