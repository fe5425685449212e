/* message.h - one whole text: read, acted upon, answered, settled.
 * Calls casework/effects, outbox/post, the parser and the store. */
#ifndef GATEWAY_INTAKE_MESSAGE_H
#define GATEWAY_INTAKE_MESSAGE_H
#include "gateway/casework/desk.h"

int message_process(struct desk *d, int64_t message, char *words, size_t max);
#endif
