/* correct.h - "KORRIGJO 5A 13 17", "13 jo 12", "5B, not 5A": a class-day as it should have been
 * reported. Calls attendance, streak, last and the store. */
#ifndef GATEWAY_CASEWORK_CORRECT_H
#define GATEWAY_CASEWORK_CORRECT_H
#include "gateway/casework/effects.h"

int correct_apply(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out);
#endif
