/* risk.h - a case's risk: raised at once by whoever may see it, lowered with a PIN or by a second
 * person's PO.  Calls casefile, lifecycle, dues, confirms. */
#ifndef GATEWAY_CASEWORK_RISK_H
#define GATEWAY_CASEWORK_RISK_H
#include "gateway/casework/effects.h"
#include "store/confirms.h"

int risk_change(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out);
/* A coordinator's PO or JO to lowering it. */
int risk_answer(struct desk *d, const struct message *m, const struct reporter *from,
		const struct confirmation *q, bool yes, struct effect *out);
#endif
