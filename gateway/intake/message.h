/* message.h - one whole text: read, acted upon, answered, settled.
 * Calls casework/effects, outbox/post, the parser and the store. */
#ifndef GATEWAY_INTAKE_MESSAGE_H
#define GATEWAY_INTAKE_MESSAGE_H
#include <stdbool.h>
#include "gateway/casework/desk.h"

int message_process(struct desk *d, int64_t message, char *words, size_t max);
/* The same for who waits at the other end: the reply comes back in out (700 octets, "" when there is none)
 * and goes out as an SMS only where sms is set. */
#define MESSAGE_REPLY 700
int message_answer(struct desk *d, int64_t message, bool sms, char out[MESSAGE_REPLY], char *words,
		   size_t max);
#endif
