/* followups.h - visits and calls: what was found, and when the next one is due.
 * Calls casefile, lifecycle, dues and the store. */
#ifndef GATEWAY_CASEWORK_FOLLOWUPS_H
#define GATEWAY_CASEWORK_FOLLOWUPS_H
#include "gateway/casework/effects.h"

/* A child that was not found, a family that moved nobody knows where: told at once. */
int followups_new(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out);
#endif
