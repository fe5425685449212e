/* screen.h - what fits on one screen: septets counted, pages cut on lines, signs that lead on and back.
 *
 * A provider's limit is in septets of GSM-7; a text that needs more becomes pages.  A page ends at a
 * line's end, a line too long for a page at a word's, a word at a character's: never half of one.
 * Pure; calls parser/gsm7.
 */
#ifndef GATEWAY_USSD_SCREEN_H
#define GATEWAY_USSD_SCREEN_H
#include <stdbool.h>
#include <stddef.h>

#define SCREEN_TEXT 800  /* bytes of one screen, NUL included: 182 septets are at most 4 bytes each */
#define SCREEN_ALL 6144  /* bytes of a text before it is cut into pages */
#define SCREEN_LEAST 60  /* septets a provider must allow, or no page could move on */

struct screen_signs { /* what a caller types to move; no choice has their number */
	const char *back, *main, *more; /* "0" "00" "98" */
	const char *back_open, *skip;   /* where a number is asked for: "*" "#" */
};
/* Number of the i-th choice (from 0), passing the signs. */
int screen_number(const struct screen_signs *s, int i);
/* Which of n choices was typed, or -1. */
int screen_choice(const struct screen_signs *s, int n, const char *typed);

struct screen_page {
	char text[SCREEN_TEXT];
	bool more;        /* there is another page */
};
/* Page k (from 0) of text.  Its last page ends with the line `foot` ("" none); the others with `more`
 * and then `foot`.  Behind the last page: the first.  line_end: septets of a line's end, 2 where a provider
 * wants CR LF.  Returns the page's number. */
int screen_cut(const char *text, const char *more, const char *foot, int limit, int line_end, int k,
	       struct screen_page *out);
/* A line more: a choice's number and words.  What does not fit is left out whole. */
void screen_add_line(char *text, size_t max, int number, const char *words);
/* Appends; what does not fit is left out whole. */
void screen_add(char *text, size_t max, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
#endif
