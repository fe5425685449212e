/* quota.h - how many SMS may leave in a day, and to one number in an hour: guards the SIM's credit against a mistake or an
 * attack. Urgent ones always leave, and take nothing of the day's allowance.  Kept in the store, so that a restart does not begin anew. */
#ifndef GATEWAY_OUTBOX_QUOTA_H
#define GATEWAY_OUTBOX_QUOTA_H
#include "gateway/casework/desk.h"

/* Takes parts of the local day's allowance and of this number's hour.  *until 0: they may leave; else
 * when to try again, and *why (static text).  The first one held back in an hour is audited, and the
 * coordinators hear of it, once an hour for all numbers together.  owner: roster id or "". */
int quota_take(struct desk *d, const char *number, const char *owner, int parts, bool urgent,
	       int64_t *until, const char **why);
#endif
