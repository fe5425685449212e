/* quota.h - how many SMS may leave in a day: guards the SIM's credit against a mistake or an
 * attack. Urgent ones always leave.  Kept in the store, so that a restart does not begin anew. */
#ifndef GATEWAY_OUTBOX_QUOTA_H
#define GATEWAY_OUTBOX_QUOTA_H
#include "gateway/casework/desk.h"

/* Takes parts of the local day's allowance.  *until 0: they may leave; else when to try again. */
int quota_take(struct desk *d, int parts, bool urgent, int64_t *until);
#endif
