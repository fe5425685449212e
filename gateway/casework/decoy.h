/* decoy.h - what a telephone shows under duress: the ordinary reply's shape and length, and nothing of a
 * case.
 *
 * Codes are invented: well formed, of no case, the same ones each time for the same person, so that one
 * that was listed can be asked about.  Calls the store (is there such a case?) and answer. */
#ifndef GATEWAY_CASEWORK_DECOY_H
#define GATEWAY_CASEWORK_DECOY_H
#include "gateway/casework/effects.h"
#include "parser/parser.h"

#define DECOY_CODES 8

/* *n of them; fewer only where no number is left for one. */
int decoy_codes(struct desk *d, const struct reporter *to, char codes[DECOY_CODES][CASE_CODE_MAX], size_t *n);
bool decoy_is(struct desk *d, const struct reporter *to, const char *code);
/* Every case code in a text becomes an invented one, every day of a date and every other number another
 * of as many digits. */
int decoy_text(struct desk *d, const struct reporter *to, char *text);
/* Words for a case's state and risk, and a number of tasks, that are as long as these together and say
 * something else where the language has such. */
void decoy_status(const struct desk *d, const struct reporter *to, const char *state, const char *risk, int n,
		  struct effect *out);
#endif
