/* screen.c - see screen.h. */
#include "gateway/ussd/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/gsm7.h"

#define PAGES_MAX 64

static bool is_sign(const struct screen_signs *s, int n)
{
	char mine[12];
	snprintf(mine, sizeof mine, "%d", n);
	return strcmp(mine, s->back) == 0 || strcmp(mine, s->main) == 0 || strcmp(mine, s->more) == 0 ||
	       strcmp(mine, s->back_open) == 0 || strcmp(mine, s->skip) == 0;
}

int screen_number(const struct screen_signs *s, int i)
{
	int n = 1;
	for (;; n++) {
		if (is_sign(s, n))
			continue;
		if (i-- == 0)
			return n;
	}
}

int screen_choice(const struct screen_signs *s, int n, const char *typed)
{
	char mine[12];
	for (int i = 0; i < n; i++) {
		snprintf(mine, sizeof mine, "%d", screen_number(s, i));
		if (strcmp(mine, typed) == 0)
			return i;
	}
	return -1;
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

static int septets(const char *s, size_t len)
{
	long n = gsm7_count(s, len);
	return n < 0 ? (int)len : (int)n; /* texts are plain GSM-7 before they come here */
}

/* How much of s fits in `room` septets: whole lines, or of a first line that is too long as many words,
 * or of a first word that is too long as many characters. */
static size_t fitting(const char *s, int room)
{
	size_t lines = 0, words = 0, chars = 0;
	for (size_t i = 0; s[i];) {
		size_t n = 1;
		while (((unsigned char)s[i + n] & 0xc0) == 0x80)
			n++;
		room -= septets(s + i, n);
		if (room < 0)
			break;
		i += n;
		chars = i;
		if (s[i] == '\n' || s[i] == '\0')
			lines = i;
		if (s[i] == ' ')
			words = i;
	}
	return lines ? lines : words ? words : chars;
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

int screen_cut(const char *text, const char *more, const char *foot, int limit, int k, struct screen_page *out)
{
	const char *at = text;
	int foot_room = foot[0] ? septets(foot, strlen(foot)) + 1 : 0;
	int more_room = septets(more, strlen(more)) + 1;
	for (int page = 0; page < PAGES_MAX; page++) {
		size_t n = fitting(at, limit - foot_room);
		bool last = at[n] == '\0';
		if (!last)
			n = fitting(at, limit - foot_room - more_room);
		if (page == k || (last && page < k)) {
			if (page < k)
				return screen_cut(text, more, foot, limit, 0, out);
			out->more = !last;
			join(out->text, at, n, last ? "" : more, foot);
			return page;
		}
		at += n;
		at += strspn(at, "\n ");
	}
	return screen_cut(text, more, foot, limit, 0, out);
}
