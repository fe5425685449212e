/* pick.c - see pick.h. */
#include "parser/pick.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPEAT_MAX 64  /* of {n,m} */
#define DIGITS_MAX 12
#define DAYS_LEFT_MAX 9999
#define YEAR_MIN 2000
#define YEAR_MAX 2199

static bool refuse(char *why, size_t max, const char *words)
{
	snprintf(why, max, "%s", words);
	return false;
}

/* regexec is quick but for references back; regcomp unrolls repetitions, so these have a bound. */
static bool bounded(const char *p, char *why, size_t max)
{
	bool set = false;

	for (; *p; p++) {
		if ((unsigned char)*p >= 0x80 || (unsigned char)*p < ' ')
			return refuse(why, max, "takes ASCII characters only");
		if (*p == '\\' && isdigit((unsigned char)p[1]) && !set)
			return refuse(why, max, "refers back (\\1), which is not allowed");
		if (*p == '\\' && p[1] && !set) {
			p++;
			continue;
		}
		if (*p == '[' && !set)
			set = true;
		else if (*p == ']')
			set = false;
		if (*p != '{' || set)
			continue;
		char *end;
		long n = strtol(p + 1, &end, 10);
		if (*end == ',' && isdigit((unsigned char)end[1]))
			n = strtol(end + 1, &end, 10);
		if (n > REPEAT_MAX)
			return refuse(why, max, "repeats more than 64 times");
		end = strchr(p, '}');
		if (end && strchr("*+?{", end[1]) && end[1])
			return refuse(why, max, "repeats a repetition");
	}
	return true;
}

static bool compile(const char *pattern, regex_t *re, char *why, size_t max)
{
	if (!*pattern || strlen(pattern) > PICK_PATTERN)
		return refuse(why, max, "is empty, or longer than 160 bytes");
	if (!bounded(pattern, why, max))
		return false;
	int rc = regcomp(re, pattern, REG_EXTENDED | REG_ICASE);
	if (rc != 0) {
		char words[96];
		regerror(rc, re, words, sizeof(words));
		snprintf(why, max, "is no expression: %s", words);
		return false;
	}
	if (re->re_nsub == 1)
		return true;
	snprintf(why, max, "has %zu groups ( ); one is wanted, around the figure", re->re_nsub);
	regfree(re);
	return false;
}

bool pick_check(const char *pattern, char *why, size_t max)
{
	regex_t re;

	if (!compile(pattern, &re, why, max))
		return false;
	regfree(&re);
	return true;
}

/* What the group takes, without blanks around it. */
static int take(const char *pattern, const char *text, char out[PICK_TAKEN])
{
	regmatch_t m[2];
	regex_t re;
	char why[128], searched[PICK_TEXT + 1];

	if (!compile(pattern, &re, why, sizeof(why)))
		return PICK_PATTERN_BAD;
	snprintf(searched, sizeof(searched), "%s", text);
	int rc = regexec(&re, searched, 2, m, 0);
	regfree(&re);
	if (rc != 0 || m[1].rm_so < 0)
		return PICK_NO_MATCH;
	const char *from = searched + m[1].rm_so, *to = searched + m[1].rm_eo;
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	size_t n = (size_t)(to - from);
	if (n == 0 || n >= PICK_TAKEN)
		return PICK_NO_FIGURE;
	memcpy(out, from, n);
	out[n] = '\0';
	return PICK_OK;
}

/* ---- amounts --------------------------------------------------------------------------------- */

static bool separator(char c)
{
	return c == '.' || c == ',' || c == ' ' || c == '\'';
}

static size_t digits_of(const char *p)
{
	return strspn(p, "0123456789");
}

/* The last point or comma is the decimal one when one or two digits follow, or when nothing but a
 * nought stands before it (0.500). */
static const char *decimal_mark(const char *s)
{
	const char *mark = NULL;

	for (const char *p = s; *p; p++)
		if (*p == '.' || *p == ',')
			mark = p;
	if (!mark || !mark[1])
		return NULL;
	return strlen(mark + 1) <= 2 || (mark == s + 1 && s[0] == '0') ? mark : NULL;
}

int pick_amount(const char *pattern, const char *text, int64_t *hundredths)
{
	char s[PICK_TAKEN];
	int rc = take(pattern, text, s);
	if (rc != PICK_OK)
		return rc;
	const char *p = s + (s[0] == '-' || s[0] == '+');
	size_t len = strlen(p);
	if (len && (p[len - 1] == '.' || p[len - 1] == ',')) /* the sentence's, not the figure's */
		s[strlen(s) - 1] = '\0';
	const char *mark = decimal_mark(p);
	int64_t whole = 0, part = 0;
	int n = 0;
	bool digit = false;
	if (!isdigit((unsigned char)*p))
		return PICK_NO_FIGURE;
	for (const char *c = p; *c && c != mark; c++) {
		bool is = isdigit((unsigned char)*c) != 0;
		/* A separator parts three digits from what is before it. */
		if (!is && (!separator(*c) || !digit || digits_of(c + 1) != 3))
			return PICK_NO_FIGURE;
		if (is && ++n > DIGITS_MAX)
			return PICK_NO_FIGURE;
		if (is)
			whole = whole * 10 + (*c - '0');
		digit = is;
	}
	if (mark) {
		if (digits_of(mark + 1) != strlen(mark + 1))
			return PICK_NO_FIGURE;
		part = (mark[1] - '0') * 10 + (mark[2] ? mark[2] - '0' : 0);
	}
	*hundredths = (whole * 100 + part) * (s[0] == '-' ? -1 : 1);
	return PICK_OK;
}

/* ---- days ------------------------------------------------------------------------------------ */

/* Days of the Gregorian calendar since 1970-01-01, or -1. */
static int64_t day_of(int y, int m, int d)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	if (y < YEAR_MIN || y > YEAR_MAX || m < 1 || m > 12 || d < 1 ||
	    d > days[m - 1] + (m == 2 && leap))
		return -1;
	int64_t n = d - 1;
	for (int i = 1; i < m; i++)
		n += days[i - 1] + (i == 2 && leap);
	int64_t before = y - 1;
	return n + (int64_t)(y - 1970) * 365 + (before / 4 - 1969 / 4) - (before / 100 - 1969 / 100) +
	       (before / 400 - 1969 / 400);
}

int64_t pick_day_number(const char *iso)
{
	if (strlen(iso) != 10 || digits_of(iso) != 4 || iso[4] != '-' || digits_of(iso + 5) != 2 ||
	    iso[7] != '-' || digits_of(iso + 8) != 2)
		return -1;
	return day_of((int)strtol(iso, NULL, 10), (int)strtol(iso + 5, NULL, 10),
		      (int)strtol(iso + 8, NULL, 10));
}

/* Eight digits in a row: the year first when they begin with one. */
static int64_t packed_day(const char *s)
{
	int v = (int)strtol(s, NULL, 10);

	if (v / 10000 >= YEAR_MIN && v / 10000 <= YEAR_MAX && v / 100 % 100 <= 12)
		return day_of(v / 10000, v / 100 % 100, v % 100);
	return day_of(v % 10000, v / 10000 % 100, v / 1000000);
}

/* Three numbers parted by the same mark. */
static int64_t parted_day(const char *s)
{
	int v[3];
	size_t len[3];
	char mark = '\0';

	for (int i = 0; i < 3; i++) {
		len[i] = digits_of(s);
		if (len[i] == 0 || len[i] > 4)
			return -1;
		v[i] = (int)strtol(s, NULL, 10);
		s += len[i];
		if (i < 2 && (!strchr("./-", *s) || !*s || (mark && *s != mark)))
			return -1;
		if (i < 2)
			mark = *s++;
	}
	if (*s)
		return -1;
	if (len[0] == 4)
		return day_of(v[0], v[1], v[2]);
	return len[2] == 4 || len[2] == 2 ? day_of(len[2] == 2 ? 2000 + v[2] : v[2], v[1], v[0]) : -1;
}

int pick_day(const char *pattern, const char *text, int64_t today, int64_t *day)
{
	char s[PICK_TAKEN];
	int rc = take(pattern, text, s);
	if (rc != PICK_OK)
		return rc;
	size_t len = strlen(s);
	if (len > 1 && s[len - 1] == '.')
		s[--len] = '\0';
	if (digits_of(s) == len && len == 8) {
		*day = packed_day(s);
	} else if (digits_of(s) == len) {
		long left = len <= 4 ? strtol(s, NULL, 10) : -1;
		*day = left >= 0 && left <= DAYS_LEFT_MAX ? today + left : -1;
	} else {
		*day = parted_day(s);
	}
	return *day >= 0 ? PICK_OK : PICK_NO_FIGURE;
}
