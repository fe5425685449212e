/* safety.h - words of immediate danger.  The sender, known or not, gets the fixed reply with the
 * emergency numbers (the parser's), and the duty officer is called.  This is not an emergency
 * service and calls no police by itself. */
#ifndef GATEWAY_CASEWORK_SAFETY_H
#define GATEWAY_CASEWORK_SAFETY_H
#include "gateway/casework/effects.h"

/* One number is answered, and duty called for it, so often an hour; its texts are all kept. */
#define SAFETY_CALLS_AN_HOUR 3
/* Calls of a number in the last hour, the one in hand too once its reading is recorded. */
int safety_calls(struct desk *d, const char *sender, int64_t *n);
/* from may be NULL.  Never fails for what the sender is. */
int safety_emergency(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out);
#endif
