/* route.h - which modem sends a text: the one whose configured prefix fits the number best, then the
 * healthy one, then the one that has sent least.  Reads the hub's state, changes nothing. */
#ifndef GATEWAY_HUB_ROUTE_H
#define GATEWAY_HUB_ROUTE_H
#include "gateway/hub/state.h"
#include "store/outbox.h"

#define ROUTE_SKIP 60 /* numbers that may be passed over in one turn */

/* Pure: how well a list of prefixes fits: length of the longest that does, 0 no list, -1 none does. */
int route_fit(const char *const *prefixes, const char *number);
/* A worker's index, or -1: the best has its hands full, or there is none.  A modem without network is
 * no candidate, so that its numbers fall to the others. */
bool route_open(struct hub *h); /* some modem has room */
int route_pick(struct hub *h, const char *number);
/* May the text leave by a provider now?  NULL: it waits, for a modem or for room.  *worker: the courier.
 * Only while no modem works: an urgent one once it has waited, another if that is configured, each at once
 * where there are no modems.  After a try that went wrong the next provider has its turn. */
const struct config_sms_provider *route_provider(struct hub *h, const struct outbox_item *item, int64_t now,
						 int *worker);
bool route_provider_open(struct hub *h); /* one is configured, and the courier has room */
#endif
