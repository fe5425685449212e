/* credit.h - credit and validity of the SIMs: asked on a schedule while a modem is idle, kept in the
 * store, told to people once when they run low.
 *
 * A question is written down before it is dialled, so that neither a restart nor a crash dials it
 * anew; one without a known outcome waits for its next time.  Owns h->credit and takes h->news.
 * Calls ussd, credit_value, the store, outbox/post and notice, and the clock.
 */
#ifndef GATEWAY_HUB_CREDIT_H
#define GATEWAY_HUB_CREDIT_H
#include "gateway/hub/state.h"

void credit_load(struct hub *h); /* for the modems of h->cf; those known stay as they are */
/* Inside a turn: what a dialled code came to, what runs low, what is to be asked now. */
int credit_stage(struct hub *h, struct desk *d);
void credit_committed(struct hub *h); /* dials what was written down */
json_t *credit_json(struct hub *h, const char *modem); /* for status; NULL: not asked */
#endif
