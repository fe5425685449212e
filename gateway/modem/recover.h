/* recover.h - what to try next when the modem does not do as asked: the soft steps of the ladder.
 *
 * Pure: events and times in, a step out; the worker carries it out.  The harder steps (a new
 * process, a restart of the modem, a power cycle) are the hub's (gateway/hub/ladder.h), which sees
 * the worker end with its reason.
 */
#ifndef GATEWAY_MODEM_RECOVER_H
#define GATEWAY_MODEM_RECOVER_H
#include <stdbool.h>
#include <stdint.h>

enum recover_step {
	RECOVER_RETRY,  /* the same call once more, after a second */
	RECOVER_CHECK,  /* AT, and whether its settings still stand */
	RECOVER_RADIO,  /* radio off and on */
	RECOVER_REPLACE /* end the worker; a new one opens the device afresh */
};

struct recover {
	int network_ms;       /* without network for so long: radio off and on */
	int failures;         /* calls failed in a row */
	int64_t unregistered; /* since when, mono ms; 0 = registered */
	int64_t radio_at;     /* when the radio was last switched off and on; 0 = never */
	int radios;           /* so often since it was last registered */
};

void recover_ok(struct recover *r); /* a call succeeded */
enum recover_step recover_failed(struct recover *r);

enum recover_network { NETWORK_WAIT, NETWORK_RADIO, NETWORK_REPLACE };
/* Tells whether the radio is to be switched off and on: without network for network_ms, and not
 * done in three times that.  After the second time without success: a new worker. */
enum recover_network recover_radio(struct recover *r, bool registered, int64_t now);
#endif
