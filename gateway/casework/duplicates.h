/* duplicates.h - two cases that may be one child: the coordinator is asked, and says BASHKO or JO.
 * The younger case becomes a duplicate of the older; both histories stay.
 * Calls casefile, lifecycle, confirms and the store. */
#ifndef GATEWAY_CASEWORK_DUPLICATES_H
#define GATEWAY_CASEWORK_DUPLICATES_H
#include "gateway/casework/effects.h"
#include "store/cases.h"
#include "store/confirms.h"

/* Is there another of the same zone, sex and about the same age? */
int duplicates_hint(struct desk *d, const struct case_row *c, int64_t message);
/* "BASHKO" alone, or with both codes. */
int duplicates_merge(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out);
int duplicates_answer(struct desk *d, const struct message *m, const struct reporter *from,
		      const struct confirmation *q, bool yes, struct effect *out);
/* The reply to a yes, for who is made to say it: nothing is done. */
int duplicates_pretend(struct desk *d, const struct confirmation *q, struct effect *out);
#endif
