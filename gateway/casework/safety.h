/* safety.h - words of immediate danger.  The sender, known or not, gets the fixed reply with the
 * emergency numbers (the parser's), and the duty officer is called.  This is not an emergency
 * service and calls no police by itself. */
#ifndef GATEWAY_CASEWORK_SAFETY_H
#define GATEWAY_CASEWORK_SAFETY_H
#include "gateway/casework/effects.h"

/* from may be NULL.  Never fails for what the sender is. */
int safety_emergency(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out);
#endif
