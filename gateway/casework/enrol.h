/* enrol.h - a child of a case gets a place in a class: school, class and register number, which is all that
 * the school has of it.  From then on its first missed day reaches who leads the case (watch.h).
 * Calls casefile, lifecycle, dues, returns and the store. */
#ifndef GATEWAY_CASEWORK_ENROL_H
#define GATEWAY_CASEWORK_ENROL_H
#include "gateway/casework/effects.h"

/* Without a number the place is kept, and the number is asked for. */
int enrol_case(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out);
/* What stood before a message stands again; *undone false: it enrolled none. */
int enrol_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		   struct effect *out);
#endif
