/* codes.c - case codes: making, checking, reading (ISO/IEC 7064 MOD 37,36).  Pure; calls libc only. */
#include "parser/parser.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "parser/codes.h"

static int value_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return -1;
}

char code_check(const char *s, size_t len)
{
	int p = 36;
	for (size_t i = 0; i < len; i++) {
		int v = value_of(s[i]);
		if (v < 0)
			return 0;
		p = (p + v) % 36;
		p = (p ? p : 36) * 2 % 37;
	}
	int c = (37 - p) % 36;
	return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[c];
}

bool code_make(char site, int year, int64_t number, char out[CASE_CODE_MAX])
{
	out[0] = 0;
	if (site < 'A' || site > 'Z' || year < 0 || number < 0 || number > 999999999)
		return false;
	char plain[CASE_CODE_MAX];
	int n = snprintf(plain, sizeof(plain), "%c%02d%04lld", site, year % 100, (long long)number);
	if (n < 7 || (size_t)n >= sizeof(plain))
		return false;
	char check = code_check(plain, (size_t)n);
	/* Letters that a hand or an eye takes for digits are never given out. */
	if (strchr("ILOU", check))
		return false;
	snprintf(out, CASE_CODE_MAX, "%.3s-%.9s-%c", plain, plain + 3, check);
	return true;
}

static char as_digit(char c)
{
	return c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
}

bool code_read(const char *s, size_t len, char out[CASE_CODE_MAX])
{
	char c[CASE_CODE_MAX];
	size_t n = 0;
	out[0] = 0;
	for (size_t i = 0; i < len; i++) {
		if (strchr(" .-", s[i]) && s[i])
			continue;
		if (n >= 16 || !isalnum((unsigned char)s[i]))
			return false;
		c[n++] = (char)toupper((unsigned char)s[i]);
	}
	if (n < 8 || c[0] < 'A' || c[0] > 'Z')
		return false;
	for (size_t i = 1; i < n; i++)
		c[i] = as_digit(c[i]);
	for (size_t i = 1; i + 1 < n; i++)
		if (c[i] < '0' || c[i] > '9')
			return false;
	if (n > 8 && c[3] == '0') /* a number of five digits or more has no leading nought */
		return false;
	if (code_check(c, n - 1) != c[n - 1])
		return false;
	snprintf(out, CASE_CODE_MAX, "%.3s-%.*s-%c", c, (int)(n - 4), c + 3, c[n - 1]);
	return true;
}
