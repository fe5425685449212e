/* answer.h - the reply of an effect: which message of the catalogue, filled with what.
 * Calls outbox/notice for the catalogue's words; owns nothing. */
#ifndef GATEWAY_CASEWORK_ANSWER_H
#define GATEWAY_CASEWORK_ANSWER_H
#include "gateway/casework/effects.h"

/* Replaces the reading's own reply by catalogue message id. */
void answer_with(struct effect *out, const char *id);
/* A value of that message, "due" "25.11"; cut to what it holds, the newest of a name counts. */
void answer_fill(struct effect *out, const char *name, const char *value);
void answer_int(struct effect *out, const char *name, int64_t value);
/* The local day of a time as people read it: "25.11". */
void answer_day(struct effect *out, const char *name, int64_t when);
/* A word of the catalogue in the language of `to` ("risk_high"), "" when there is none. */
const char *answer_word(const struct desk *d, const struct reporter *to, const char *id,
			char word[64]);
/* A person reads it; the reply says so. */
int answer_later(struct effect *out);
#endif
