/* intake.h - the way of one text: segment -> message -> reading -> effect -> reply.
 *
 * Everything runs inside the caller's turn.  intake_take stores a segment as the modem gave it, and
 * the message it is when it has but one part;
 * intake_peek names the oldest thing that waits (a segment to decode, a message to read) and
 * intake_process does it, effects and reply included.  The caller may commit in between: a text that
 * kills the hub is counted first (intake_count) and quarantined after two deaths.
 */
#ifndef GATEWAY_INTAKE_INTAKE_H
#define GATEWAY_INTAKE_INTAKE_H
#include "gateway/casework/desk.h"
#include "gateway/hub/wire.h"
#include "gateway/pin/checker.h"

/* STORE_OK: committed with the turn; acknowledge with WIRE_STORED after it. *fresh as in inbox.  unread:
 * its octets are not looked at, so that nothing in them can end the hub before it is counted. */
int intake_take(struct desk *d, const char *modem, const struct wire_segment *s, bool unread,
		int64_t *segment, bool *fresh);

struct intake_item {
	enum { INTAKE_SEGMENT, INTAKE_MESSAGE } kind;
	int64_t id;
	int attempts;
};
int intake_peek(struct desk *d, struct intake_item *out); /* STORE_NONE: nothing waits */
int intake_count(struct desk *d, const struct intake_item *it);
/* words: one line for the log, ids and codes only ("mo=42 from=+355*****0001 intent=absence ..."). */
int intake_process(struct desk *d, const struct intake_item *it, char *words, size_t max);
/* The hash of a PIN or codeword is there: what waited for it is done.  *message: which text that was, 0
 * none; reply (MESSAGE_REPLY octets): its answer, "" none. */
int intake_verdict(struct desk *d, const struct checker_job *job, int64_t *message, char *reply, char *words,
		   size_t max);
int intake_quarantine(struct desk *d, const struct intake_item *it, const char *reason);
/* Messages whose missing parts are overdue: released with their gap. *n how many. */
int intake_release(struct desk *d, int64_t *n);
/* A text that came another way (control socket `send --as`, later HTTP). */
int intake_text(struct desk *d, const char *channel, const char *sender, const char *text, size_t len,
		const char *dedupe, int64_t *message);
#endif
