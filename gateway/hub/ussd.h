/* ussd.h - the one code that is being dialled, and who waits for its answer.
 * Owns h->ussd; calls control, supervise and the store (the record that it was dialled). */
#ifndef GATEWAY_HUB_USSD_H
#define GATEWAY_HUB_USSD_H
#include "gateway/hub/state.h"

/* Starts it and returns NULL: the answer follows; or an answer at once (why not). */
json_t *ussd_ask(struct hub *h, int client, int uid, const json_t *rq);
void ussd_done(struct hub *h, int worker, const struct wire_done_ussd *d);
void ussd_lost(struct hub *h, int worker); /* its worker ended: it may have been dialled */
#endif
