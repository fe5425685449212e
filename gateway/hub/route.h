/* route.h - by which way a text leaves: a modem, or a provider of SMS.
 *
 * The best modem is one whose texts do not fail, then the one whose configured prefix fits the number
 * best, then the healthy one, then the one that has sent least.  A modem without network is no candidate,
 * so that its numbers fall to the others; one whose circuit is open is tried by a routine text from time
 * to time, and by urgent ones that have no other way.
 * A provider is taken for numbers of its own prefixes, for all where there are no modems, and else for
 * what has waited long enough while no modem does its work.
 * Reads the hub's state and the store, changes nothing. */
#ifndef GATEWAY_HUB_ROUTE_H
#define GATEWAY_HUB_ROUTE_H
#include "gateway/hub/state.h"
#include "store/circuits.h"
#include "store/outbox.h"

#define ROUTE_SKIP 60 /* numbers that may be passed over in one turn */
#define ROUTE_WAYS 32

/* Pure: how well a list of prefixes fits: length of the longest that does, 0 no list, -1 none does. */
int route_fit(const char *const *prefixes, const char *number);

struct route_look { /* the circuits, as one turn sees them */
	int64_t now;
	struct circuit modem[ROUTE_WAYS], provider[ROUTE_WAYS];
	size_t n_modem, n_provider;
};
int route_look(struct hub *h, int64_t now, struct route_look *look);

/* May any text leave now; urgent: may an urgent one? */
bool route_open(struct hub *h, const struct route_look *look, bool urgent);

struct route {
	int worker;                                 /* the modem's, or the courier */
	const struct config_sms_provider *provider; /* NULL: by the modem */
};
/* False: it waits, for a modem, for room or for its time. */
bool route_pick(struct hub *h, const struct route_look *look, const struct outbox_item *item, struct route *to);
#endif
