/* pins.h - who may try a PIN, what came of it, and what is done about wrong ones.
 *
 * A try is counted before it is hashed, so that neither a crash nor a flood gives one away free; five
 * wrong ones lock for half an hour (safety.pin_tries, pin_lock_min) and the coordinators are told.  The
 * second PIN is right to look at, shows nothing, and calls the duty officer without a word to the phone.
 * Where a PIN stands in a text is the parser's to say; it is read out of the text here, goes into the
 * checker's locked memory, and its digits are overwritten by noughts before anything is stored.
 * Calls gateway/pin, alerts, the store.
 */
#ifndef GATEWAY_CASEWORK_PINS_H
#define GATEWAY_CASEWORK_PINS_H
#include "gateway/casework/effects.h"
#include "gateway/pin/checker.h"

enum pins_verdict {
	PINS_UNASKED,  /* none was typed, or it is being checked */
	PINS_RIGHT,
	PINS_SECOND,   /* typed under duress */
	PINS_WRONG,
	PINS_LOCKED,   /* too many wrong ones lately: not looked at */
	PINS_NONE,     /* he has none yet */
	PINS_ONCE,     /* right, but it must be changed before it opens anything */
	PINS_BUSY      /* it could not be checked now */
};
bool pins_may(const char *intent);    /* a PIN that is typed with it is checked */
bool pins_must(const char *intent);   /* ... and without one nothing is shown or done */
bool pins_shows(const char *intent);  /* ... and what it does is to show */

/* The nth secret of a text as its digits in ASCII; false: there is none, or it was cut out before. */
bool pins_typed(const struct message *m, const struct reading *r, unsigned nth, char out[PIN_SECRET]);
/* Noughts in place of every secret of the text. */
void pins_blank(struct message *m, const struct reading *r);
void pins_blank_at(struct message *m, size_t at, size_t len);

/* Stages a check: PINS_UNASKED, its try counted; or why not. */
int pins_try(struct desk *d, const struct reporter *from, struct checker_job *job, enum pins_verdict *v);
/* What the hash says; counts, unlocks, locks and tells. */
int pins_judge(struct desk *d, const struct reporter *from, const struct checker_job *job,
	       enum pins_verdict *v);
/* Of one that a command hashed with the salt it was given. */
int pins_prove(struct desk *d, const struct reporter *from, const uint8_t hash[PIN_HASH], enum pins_verdict *v);
/* Catalogue id of the reply, NULL: the request's own. */
const char *pins_reply(enum pins_verdict v);
/* Under duress: the duty officers are called, and it stands in the record for the security role. */
int pins_alarm(struct desk *d, const struct reporter *from, int64_t message);
/* PIN old new, both hashed. */
int pins_change(struct desk *d, const struct reporter *from, const struct checker_job *job,
		enum pins_verdict v, struct effect *out);
#endif
