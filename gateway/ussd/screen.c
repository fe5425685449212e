/* screen.c - see screen.h. */
#include "gateway/ussd/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/gsm7.h"

#define PAGES_MAX 64

/* What a sign takes away from the choices: its number, or -1 when no choice could have it ("00", "*"). */
static int number_of(const char *sign)
{
	int n = 0;
	for (const char *p = sign; *p; p++) {
		if (*p < '0' || *p > '9' || (n == 0 && *p == '0') || p - sign > 5)
			return -1;
		n = n * 10 + (*p - '0');
	}
	return n ? n : -1;
}

#define SIGNS 5

/* The numbers that are signs, each once: two may be the same, where they stand on different screens. */
static int sign_numbers(const struct screen_signs *s, int out[SIGNS])
{
	const char *const all[SIGNS] = {s->back, s->main, s->more, s->back_open, s->skip};
	int count = 0;
	for (int k = 0; k < SIGNS; k++) {
		int n = number_of(all[k]), j = 0;
		while (j < count && out[j] != n)
			j++;
		if (n > 0 && j == count)
			out[count++] = n;
	}
	return count;
}

/* How many of 1..n are signs. */
static int signs_to(const int *sign, int signs, int n)
{
	int count = 0;
	for (int k = 0; k < signs; k++)
		count += sign[k] <= n;
	return count;
}

int screen_number(const struct screen_signs *s, int i)
{
	int sign[SIGNS], signs = sign_numbers(s, sign), n = i + 1, passed = 0, now;
	/* each sign passed moves the number on, maybe over the next one */
	while ((now = signs_to(sign, signs, n)) > passed) {
		n += now - passed;
		passed = now;
	}
	return n;
}

int screen_choice(const struct screen_signs *s, int n, const char *typed)
{
	int sign[SIGNS], mine = number_of(typed);
	if (mine < 0)
		return -1;
	int i = mine - 1 - signs_to(sign, sign_numbers(s, sign), mine);
	return i >= 0 && i < n && screen_number(s, i) == mine ? i : -1;
}

void screen_add(char *text, size_t max, const char *fmt, ...)
{
	size_t at = strlen(text);
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text + at, max - at, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= max - at)
		text[at] = '\0';
}

void screen_add_line(char *text, size_t max, int number, const char *words)
{
	char digits[12];
	size_t at = strlen(text), n = strlen(words), d = sizeof digits;
	digits[--d] = ' ';
	do
		digits[--d] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	if (at > 0)
		digits[--d] = '\n';
	size_t head = sizeof digits - d;
	if (head + n >= max - at)
		return;
	memcpy(text + at, digits + d, head);
	memcpy(text + at + head, words, n + 1);
}

static int septets(const char *s, size_t len)
{
	long n = gsm7_count(s, len);
	return n < 0 ? (int)len : (int)n; /* texts are plain GSM-7 before they come here */
}

struct cut { /* octets of a text that fit */
	size_t lines, words, chars;
};

/* Whole lines, or of a first line that is too long as many words, or of a first word that is too long
 * as many characters. */
static size_t best(const struct cut *c)
{
	return c->lines ? c->lines : c->words ? c->words : c->chars;
}

/* What of the text up to i can be kept. */
static void note_cut(struct cut *c, const char *s, size_t i)
{
	c->chars = i;
	if (s[i] == '\n' || s[i] == '\0')
		c->lines = i;
	if (s[i] == ' ')
		c->words = i;
}

/* How much of s fits in room septets, and *less: when as many of them are wanted for something else. */
static size_t fitting(const char *s, int room, int wanted, int line_end, size_t *less)
{
	struct cut c = {0};
	bool noted = false;
	for (size_t i = 0; s[i];) {
		size_t n = 0;
		/* a word, or what of it comes before a bound: most of a text */
		while (room - (int)n > wanted && s[i + n] > ' ' && gsm7_is_plain(s[i + n]))
			n++;
		if (n > 0) {
			room -= (int)n;
			i += n;
			note_cut(&c, s, i);
			continue;
		}
		n = 1;
		while (((unsigned char)s[i + n] & 0xc0) == 0x80)
			n++;
		room -= s[i] == '\n' ? line_end : n == 1 && gsm7_is_plain(s[i]) ? 1 : septets(s + i, n);
		if (!noted && room < wanted) {
			*less = best(&c);
			noted = true;
		}
		if (room < 0)
			break;
		i += n;
		note_cut(&c, s, i);
	}
	if (!noted)
		*less = best(&c);
	return best(&c);
}

static void join(char *out, const char *text, size_t n, const char *a, const char *b)
{
	const char *parts[2] = {a, b};
	size_t at = n < SCREEN_TEXT ? n : SCREEN_TEXT - 1;
	memcpy(out, text, at);
	out[at] = '\0';
	for (int i = 0; i < 2; i++)
		if (parts[i][0])
			screen_add(out, SCREEN_TEXT, "%s%s", out[0] ? "\n" : "", parts[i]);
}

int screen_cut(const char *text, const char *more, const char *foot, int limit, int line_end, int k,
	       struct screen_page *out)
{
	const char *at = text;
	int foot_room = foot[0] ? septets(foot, strlen(foot)) + line_end : 0;
	int more_room = septets(more, strlen(more)) + line_end;
	for (int page = 0; page < PAGES_MAX; page++) {
		size_t less, n = fitting(at, limit - foot_room, more_room, line_end, &less);
		bool last = at[n] == '\0';
		if (!last)
			n = less;
		if (page == k || (last && page < k)) {
			if (page < k)
				return screen_cut(text, more, foot, limit, line_end, 0, out);
			out->more = !last;
			join(out->text, at, n, last ? "" : more, foot);
			return page;
		}
		at += n;
		at += strspn(at, "\n ");
	}
	return screen_cut(text, more, foot, limit, line_end, 0, out);
}
