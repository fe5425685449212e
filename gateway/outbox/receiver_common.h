/* receiver_common.h - what the receivers share: addresses, credentials, the mapped keys of an event,
 * and the classes of an answer that all HTTP systems have in common.  Includes jansson; for files of
 * outbox/ alone. */
#ifndef GATEWAY_OUTBOX_RECEIVER_COMMON_H
#define GATEWAY_OUTBOX_RECEIVER_COMMON_H
#include <jansson.h>
#include "gateway/outbox/receiver.h"

/* The agency's url and a path below it.  False: too long. */
bool receiver_url(const struct config_agency *a, const char *path, char out[RECEIVER_URL]);
bool receiver_basic(const struct config_agency *a, char *out, size_t max); /* "Basic ..." */
/* The keys of the row as the agency's own fields name them; a new reference, or NULL. */
json_t *receiver_fields(const struct receiver_source *src);
/* Writes and releases. */
size_t receiver_dump(json_t *body, char *out, size_t max);
json_t *receiver_answer(const struct wire_done_http *r); /* a new reference, or NULL */

void receiver_say(struct receiver_outcome *out, enum receiver_verdict v, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* True when the answer is none of the receiver's own: not answered, 3xx, 408, 410, 425, 429, 5xx. */
bool receiver_usual(const struct wire_done_http *r, struct receiver_outcome *out);
/* Perhaps taken: for those that would keep a repeat as a second one. */
bool receiver_unsure(const struct wire_done_http *r);
#endif
