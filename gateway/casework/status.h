/* status.h - what may be read of a case from a telephone: after a PIN (which intake demands), by who may
 * see it, and every reading is written down.  Calls casefile, closing and answer. */
#ifndef GATEWAY_CASEWORK_STATUS_H
#define GATEWAY_CASEWORK_STATUS_H
#include "gateway/casework/effects.h"

int status_of_case(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
int status_list(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out);
#endif
