/* inquiry.h - `kujdestar agency test`: one call to an agency that changes nothing, and in words what is
 * wrong.  Goes through the courier under a job below zero, which no row of the outbox has. */
#ifndef GATEWAY_HUB_INQUIRY_H
#define GATEWAY_HUB_INQUIRY_H
#include <jansson.h>
#include "gateway/hub/state.h"

/* NULL: it runs, and client gets its answer later. */
json_t *inquiry_ask(struct hub *h, int client, const json_t *rq);
/* True: the outcome was a probe's. */
bool inquiry_done(struct hub *h, int worker, const struct wire_done_http *d);
void inquiry_lost(struct hub *h, int worker);
#endif
