/* breaker.h - circuit breakers: whoever fails again and again is left in peace, then tried with one
 * delivery, ever less often.  An agency or SMS provider under repair is not helped by a queue that knocks
 * at once; a modem that answers but sends nothing must not keep texts from another way.
 * Owns nothing; calls the store and what people are told by. */
#ifndef GATEWAY_OUTBOX_BREAKER_H
#define GATEWAY_OUTBOX_BREAKER_H
#include "gateway/casework/desk.h"
#include "store/circuits.h"

/* It failed; jitter 0..999, drawn by the caller. */
int breaker_failed(struct desk *d, enum circuit_kind kind, const char *name, unsigned jitter);
/* It took something, or at least answered: whatever was open closes, and whoever was told hears so. */
int breaker_worked(struct desk *d, enum circuit_kind kind, const char *name);

/* Pure: what may be handed to it now, by its circuit; NULL: it has none. */
enum breaker_state {
	BREAKER_OPEN,  /* nothing */
	BREAKER_PROBE, /* one, to see whether it works again */
	BREAKER_CLOSED /* as much as it takes */
};
enum breaker_state breaker_state(const struct circuit *c, int64_t now);
#endif
