/* quiet.h - when a routine SMS may leave: not in the quiet hours, and not too soon after the last one.
 * Owns nothing; calls the clock, the configuration and the store. */
#ifndef GATEWAY_OUTBOX_QUIET_H
#define GATEWAY_OUTBOX_QUIET_H
#include "gateway/casework/desk.h"
#include "store/outbox.h"

#define QUIET_REASON 96

/* When what is made at `now` leaves, if `now` lies in the quiet hours; else 0.  Local time: on the day
 * on which the clock changes, too, it is the hour on the wall that counts. */
int64_t quiet_until(const struct config *cf, int64_t now);
/* When a routine SMS of now would leave: now, or the end of the quiet hours. */
int64_t quiet_leaves(const struct config *cf, int64_t now);
/* Whether a row about to be handed out must wait still, until when and why; a row that is urgent, or a
 * reply to a text that has just come, never does.  *until 0: it goes. */
int quiet_holds(struct desk *d, const struct outbox_item *item, int64_t *until, char why[QUIET_REASON]);
bool quiet_routine(const struct outbox_item *item);
#endif
