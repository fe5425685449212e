/* payload.h - the body of an event: minimal JSON with exactly the keys a mandate row names.
 *
 * Standard Webhooks 1.0.0 shape: {"type":event,"timestamp":ISO 8601,"data":{...}}, keys sorted, no
 * white space, under 20 kB.  What the event does not know is left out; a key that no event has is
 * never made up.  Pure; the one file here that includes jansson. */
#ifndef GATEWAY_OUTBOX_PAYLOAD_H
#define GATEWAY_OUTBOX_PAYLOAD_H
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"
#include "gateway/outbox/post.h"

/* Returns the body's length, or 0 when it cannot be written (not UTF-8, too long). */
size_t payload_write(const struct post_event *e, const struct config_mandate *row, int64_t now,
		     char *out, size_t max);
/* The same keys as a CloudEvents 1.0.2 event in its structured JSON form.  id: the delivery's, the
 * same over all tries; site: the letter that begins its case codes. */
size_t payload_cloudevent(const struct post_event *e, const struct config_mandate *row, int64_t now,
			  const char *id, char site, char *out, size_t max);
#endif
