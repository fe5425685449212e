/* recover.h - what to try next when the modem does not do as asked: the soft steps of the ladder.
 *
 * Pure: events and times in, a step out; the worker carries it out.  The harder steps (a new
 * process, a reset of the device, a power cycle) are the hub's, which sees the worker end with its
 * reason.
 */
#ifndef GATEWAY_MODEM_RECOVER_H
#define GATEWAY_MODEM_RECOVER_H
#include <stdbool.h>
#include <stdint.h>

enum recover_step {
	RECOVER_RETRY,  /* the same call once more, after a second */
	RECOVER_REPLACE /* end the worker; a new one opens the device afresh */
};

struct recover {
	int failures;         /* calls failed in a row */
	int64_t unregistered; /* since when, mono ms; 0 = registered */
	int64_t radio_at;     /* when the radio was last switched off and on; 0 = never */
};

void recover_ok(struct recover *r); /* a call succeeded */
enum recover_step recover_failed(struct recover *r);

/* Tells whether the radio is to be switched off and on: unregistered for three minutes, and not
 * done in the last ten. */
bool recover_radio(struct recover *r, bool registered, int64_t now);
#endif
