/* erasing.h - erasing a case for good, on the word of two persons.
 *
 * A coordinator asks, somebody else who is told says PO; the store carries it out after the turn.  A case that
 * is open, or kept by a hold of the law, is refused, on record.  Calls confirms and the store. */
#ifndef GATEWAY_CASEWORK_ERASING_H
#define GATEWAY_CASEWORK_ERASING_H
#include "gateway/casework/effects.h"
#include "store/cases.h"
#include "store/confirms.h"

/* *why: what stands in the way, "" when it was asked; *number: what the other person answers, PO 41. */
int erasing_ask(struct desk *d, const struct reporter *from, const struct case_row *c, int64_t *number, char why[64]);
int erasing_answer(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct confirmation *q, bool yes, struct effect *out);
/* The reply to a yes, for who is made to say it: nothing is done. */
int erasing_pretend(struct desk *d, const struct confirmation *q, struct effect *out);
#endif
