/* closing.h - closing a case with a second person's approval, and opening it again.
 *
 * What is open for it (referrals without an answer, tasks) keeps it open unless he writes
 * MEGJITHATE.  Calls casefile, lifecycle, confirms, referrals, dues. */
#ifndef GATEWAY_CASEWORK_CLOSING_H
#define GATEWAY_CASEWORK_CLOSING_H
#include "gateway/casework/effects.h"
#include "store/confirms.h"

/* How much still stands open for a case: each kind of work adds its own line in closing.c. */
int cases_open_work(struct desk *d, int64_t case_id, int *n);
int closing_ask(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out);
int closing_answer(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct confirmation *q, bool yes, struct effect *out);
int closing_reopen(struct desk *d, const struct message *m, const struct reporter *from,
		   const struct reading *r, struct effect *out);
#endif
