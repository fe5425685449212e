/* decoy.c - see decoy.h. */
#include "gateway/casework/decoy.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/hub/clock.h"
#include "store/cases.h"

#define TRIES 40

/* FNV-1a: the same for the same person and place. */
static unsigned draw(const struct reporter *to, unsigned nth)
{
	uint32_t h = 2166136261u;

	for (const char *p = to->id; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (int i = 0; i < 4; i++, nth >>= 8)
		h = (h ^ (nth & 0xff)) * 16777619u;
	return h >> 8;
}

/* ---- codes ---------------------------------------------------------------------------------- */

/* Of the year's later numbers: the running ones have not come so far.  STORE_NONE: none was free. */
static int invent(struct desk *d, const struct reporter *to, unsigned nth, char code[CASE_CODE_MAX])
{
	char day[CLOCK_DAY];
	struct case_row c;

	clock_day(d->now, day);
	int year = (int)strtol(day, NULL, 10) % 100;
	for (unsigned i = 0; i < TRIES; i++) {
		int64_t number = 5000 + (int64_t)(draw(to, nth * TRIES + i) % 5000);
		if (!code_make(d->cf->site_letter, year, number, code))
			continue;
		int rc = case_by_code(d->st, code, &c);
		if (rc == STORE_NONE)
			return STORE_OK;
		if (rc != STORE_OK)
			return rc;
	}
	return STORE_NONE;
}

int decoy_codes(struct desk *d, const struct reporter *to, char codes[DECOY_CODES][CASE_CODE_MAX], size_t *n)
{
	*n = 0;
	for (unsigned i = 0; i < DECOY_CODES; i++) {
		int rc = invent(d, to, i, codes[*n]);
		if (rc != STORE_OK && rc != STORE_NONE)
			return rc;
		*n += rc == STORE_OK;
	}
	return STORE_OK;
}

bool decoy_is(struct desk *d, const struct reporter *to, const char *code)
{
	char codes[DECOY_CODES][CASE_CODE_MAX];
	size_t n = 0;

	if (decoy_codes(d, to, codes, &n) != STORE_OK)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(codes[i], code) == 0)
			return true;
	}
	return false;
}

/* ---- texts ---------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
}

/* Another number of as many digits, none that begins with a nought. */
static void other_number(char *s, size_t n, unsigned h)
{
	for (size_t i = 0; i < n; i++, h = h * 1103515245u + 12345u) {
		unsigned was = (unsigned)(s[i] - '0'), low = i == 0 && n > 1 ? 1 : 0, span = 10 - low;
		unsigned now = low + (h >> 8) % span;
		s[i] = (char)('0' + (now == was ? low + (now - low + 1) % span : now));
	}
}

/* "20.11": another day of the month. */
static bool other_day(char *s, unsigned h)
{
	if (!is_digit(s[0]) || !is_digit(s[1]) || s[2] != '.' || !is_digit(s[3]) || !is_digit(s[4]) ||
	    is_digit(s[5]))
		return false;
	unsigned was = (unsigned)(s[0] - '0') * 10 + (unsigned)(s[1] - '0'), day = 1 + h % 28;
	day = day == was ? 1 + day % 28 : day;
	s[0] = (char)('0' + day / 10);
	s[1] = (char)('0' + day % 10);
	return true;
}

int decoy_text(struct desk *d, const struct reporter *to, char *text)
{
	char codes[DECOY_CODES][CASE_CODE_MAX], real[CASE_CODE_MAX];
	size_t n_codes = 0, used = 0;
	unsigned nth = 1000;

	int rc = decoy_codes(d, to, codes, &n_codes);
	for (char *p = text; rc == STORE_OK && *p;) {
		size_t n = 0;
		while (is_word(p[n]))
			n++;
		if (n && code_read(p, n, real)) {
			const char *code = n_codes ? codes[used++ % n_codes] : "";
			if (strlen(code) == n)
				memcpy(p, code, n);
			else
				memset(p, '-', n);
		} else if (n > 1 && is_digit(p[0]) && other_day(p, draw(to, nth++))) {
			n = 5;
		} else {
			for (size_t i = 0; i < n; i++) {
				size_t k = 0;
				while (i + k < n && is_digit(p[i + k]))
					k++;
				if (k)
					other_number(p + i, k, draw(to, nth++));
				i += k;
			}
		}
		p += n ? n : 1;
	}
	return rc;
}

/* ---- a case's state ------------------------------------------------------------------------- */

struct saying {
	char state[64], risk[64], number[16];
};

static size_t length(const struct saying *s)
{
	return strlen(s->state) + strlen(s->risk) + strlen(s->number);
}

static void fill(struct effect *out, const struct saying *s)
{
	answer_fill(out, "status", s->state);
	answer_fill(out, "risk", s->risk);
	answer_fill(out, "n", s->number);
	answer_with(out, "case_status_ok");
}

void decoy_status(const struct desk *d, const struct reporter *to, const char *state, const char *risk, int n,
		  struct effect *out)
{
	static const char *const states[] = { "assessment", "plan", "services", "new", "closed", "duplicate" };
	static const char *const risks[] = { "medium", "low", "high", "" };
	static const char *const numbers[] = { "1", "12", "103" };
	struct saying real = { "", "", "" }, s;
	char id[24], word[64];

	snprintf(id, sizeof(id), "state_%.15s", state);
	desk_cut(real.state, sizeof(real.state), answer_word(d, to, id, word));
	snprintf(id, sizeof(id), "risk_%.7s", risk);
	desk_cut(real.risk, sizeof(real.risk), risk[0] ? answer_word(d, to, id, word) : "-");
	snprintf(real.number, sizeof(real.number), "%d", n);
	/* First what differs in both words, then in either; the least likely is that none is left. */
	for (int differ = 2; differ > 0; differ--) {
		for (size_t i = 0; i < 6 * 4 * 3; i++) {
			const char *r = risks[i / 6 % 4];
			snprintf(id, sizeof(id), "state_%.15s", states[i % 6]);
			desk_cut(s.state, sizeof(s.state), answer_word(d, to, id, word));
			snprintf(id, sizeof(id), "risk_%.7s", r);
			desk_cut(s.risk, sizeof(s.risk), r[0] ? answer_word(d, to, id, word) : "-");
			desk_cut(s.number, sizeof(s.number), numbers[i / 24]);
			int differs = (strcmp(states[i % 6], state) != 0) + (strcmp(r, risk) != 0);
			if (differs >= differ && length(&s) == length(&real)) {
				fill(out, &s);
				return;
			}
		}
	}
	other_number(real.number, strlen(real.number), draw(to, 0));
	fill(out, &real);
}
