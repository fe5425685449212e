/* provider.h - a text as a provider of SMS wants it asked over HTTP, and what its answer means.
 *
 * All of it is in the provider's block: address, body and headers are templates, success is an expression or
 * a value of the answer's JSON.  Calls the configuration and parser/template; owns the room of one request.
 */
#ifndef GATEWAY_OUTBOX_PROVIDER_H
#define GATEWAY_OUTBOX_PROVIDER_H
#include "config/config.h"
#include "gateway/hub/wire.h"
#include "store/outbox.h"

#define PROVIDER_ID 201

/* Our own id of this try. */
void provider_own_id(const struct outbox_item *item, char out[PROVIDER_ID]);
/* The request into w, which points into room that holds until the next call.  NULL, or why it cannot be
 * made. */
const char *provider_request(const struct config *cf, const struct config_sms_provider *p,
			     const struct outbox_item *item, struct wire_work_http *w);

enum provider_verdict {
	PROVIDER_SENT,
	PROVIDER_REFUSED, /* surely not taken */
	PROVIDER_RETRY,   /* surely not taken, and it may be the next time */
	PROVIDER_UNSURE   /* perhaps taken: never sent again by itself */
};
struct provider_outcome {
	enum provider_verdict verdict;
	char id[PROVIDER_ID]; /* its own number of it, "" none */
	char why[96];         /* our own words and codes */
};
/* p NULL: it is no longer configured. */
void provider_judge(const struct config_sms_provider *p, const struct wire_done_http *r,
		    struct provider_outcome *out);
#endif
