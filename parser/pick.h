/* pick.h - an amount or a day out of an operator's answer, by an expression of the configuration.
 *
 * The expression is a POSIX extended one (letters of either case) with exactly one group, which takes
 * the figure; it is bounded, without references back, so that no text can make it run long.  Pure;
 * calls libc.  Nothing is guessed: what the group took must be an amount or a day as a whole.
 */
#ifndef PARSER_PICK_H
#define PARSER_PICK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PICK_PATTERN 160 /* bytes of an expression at most */
#define PICK_TEXT 1024   /* of a text that is searched; the rest is not looked at */
#define PICK_TAKEN 48    /* of what the group takes */

enum pick_error {
	PICK_OK = 0,
	PICK_PATTERN_BAD = -1,
	PICK_NO_MATCH = -2, /* the expression is not in the text */
	PICK_NO_FIGURE = -3 /* what its group takes is no amount, no day */
};

/* Is an expression usable?  False with words. */
bool pick_check(const char *pattern, char *why, size_t max);
/* In hundredths: "350.50", "1 350,50", "1.350", "-12".  A point or comma before one or two last digits
 * is the decimal one; before three it parts thousands. */
int pick_amount(const char *pattern, const char *text, int64_t *hundredths);
/* In days since 1970: "31.12.2026", "31/12/26", "2026-12-31", "31122026", or a number of days that are
 * left ("25"), counted from today.  The day stands before the month. */
int pick_day(const char *pattern, const char *text, int64_t today, int64_t *day);
/* "2026-11-18" to days since 1970, or -1. */
int64_t pick_day_number(const char *iso);
#endif
