/* turn.h - one turn of the hub: begin, take, decide, commit; then acknowledge and hand out. */
#ifndef GATEWAY_HUB_TURN_H
#define GATEWAY_HUB_TURN_H
#include "gateway/hub/state.h"

#define TURN_RETRY_MS 1000 /* a turn that failed is tried again after so long */
#define TURN_CAREFUL_S 600 /* after an unclean end, one text a transaction for so long */

/* Does what there is to do; true also when there was nothing.  False: it was rolled back, nothing was
 * acknowledged, and the same frames are taken again at h->retry_at_ms. */
bool turn_run(struct hub *h);
/* After an unclean end: one text a transaction, its attempt committed before it is read, so that a
 * text that kills the hub is known by its count and set aside.  *idle: nothing waits. */
bool turn_careful_step(struct hub *h, bool *idle);
/* Between turns: what one of them destroyed goes out of the store's log too.  A reader in the way (a backup's
 * snapshot) holds each try up, so that they are TURN_RETRY_MS apart. */
void turn_scrub(struct hub *h);
#endif
