/* fold.h - text to its plain form: NFKC, lower case, no diacritics, no invisible characters, ASCII
 * digits of whatever script, straight quotes, one kind of dash and space.
 *
 * Pure, allocates nothing.  Source: Unicode UAX #15 (NFKD), UAX #44 (Nd, casefold) by utf8proc.
 */
#ifndef PARSER_FOLD_H
#define PARSER_FOLD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLD_MAX 6144 /* a compatibility form may be longer than what it stands for */
enum { FOLD_UPPER = 1, FOLD_CEDILLA = 2 }; /* what a folded byte was before */

struct fold {
	uint16_t n;
	bool cut;               /* the text was longer than fits */
	char s[FOLD_MAX];
	uint16_t at[FOLD_MAX];  /* offset in the source of the character this byte came from */
	uint8_t was[FOLD_MAX];
};
void fold_text(struct fold *f, const char *text, size_t len);
#endif
