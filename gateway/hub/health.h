/* health.h - what the hub knows of its modems beyond their workers: the rung of the recovery ladder,
 * a refused PIN, network, full memories; kept in the store, told to people once.
 *
 * Owns h->health and the power-cycle program while it runs.  Calls the store, outbox/post, supervise's
 * views and settings.
 */
#ifndef GATEWAY_HUB_HEALTH_H
#define GATEWAY_HUB_HEALTH_H
#include "gateway/hub/state.h"

void health_load(struct hub *h); /* for the modems of h->cf; those known stay as they are */
/* The first frame of a new worker; the step of the ladder counts as done. */
void health_settings(struct hub *h, const struct config_modem *m, bool safe, struct wire_pairs *out);
/* The same without what changes from start to start, to compare. */
void health_settings_plain(struct hub *h, const struct config_modem *m, struct wire_pairs *out);

void health_ready(struct hub *h, int worker);
void health_down(struct hub *h, int worker);
const char *health_rung(struct hub *h, const char *modem); /* "reopen" ..., "" when all is well */
int health_before(void *hub, int worker); /* milliseconds to wait: a power cycle runs */

/* Inside a turn: what a worker told; and whatever is to be written or told. */
int health_note(struct hub *h, struct desk *d, int worker, const char *name,
		const struct wire_pairs *p);
int health_stage(struct hub *h, struct desk *d);
void health_committed(struct hub *h);
void health_end(struct hub *h);               /* ends a power cycle that still runs */
#endif
