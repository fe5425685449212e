/* message.h - one whole text: read, acted upon, answered, settled.
 * Calls casework/effects, outbox/post, the parser and the store. */
#ifndef GATEWAY_INTAKE_MESSAGE_H
#define GATEWAY_INTAKE_MESSAGE_H
#include <stdbool.h>
#include "gateway/casework/desk.h"
#include "gateway/casework/pins.h"
#include "gateway/pin/checker.h"

int message_process(struct desk *d, int64_t message, char *words, size_t max);
/* The same for who waits at the other end: the reply comes back in out (700 octets, "" when there is none)
 * and goes out as an SMS only where sms is set.  *parked: a PIN is in it that must be hashed first, which
 * no turn waits for; there is no reply yet, and message_resume gives it in a later turn.  proved: what a PIN
 * that he typed earlier in the same dialogue came to, else PINS_UNASKED: it opens what only shows. */
#define MESSAGE_REPLY 700
int message_answer(struct desk *d, int64_t message, bool sms, enum pins_verdict proved, char out[MESSAGE_REPLY],
		   bool *parked, char *words, size_t max);
/* The hash is there (checker_done): the parked text is read with what it says, acted upon and answered.
 * out: the reply, for who waits at a menu.  A spoiled job: it is handed out again, as a text whose PIN
 * is not known any more. */
int message_resume(struct desk *d, const struct checker_job *job, char out[MESSAGE_REPLY], char *words,
		   size_t max);
#endif
