/* payload_json.h - an event's keys as a JSON object.  For files of outbox/ alone. */
#ifndef GATEWAY_OUTBOX_PAYLOAD_JSON_H
#define GATEWAY_OUTBOX_PAYLOAD_JSON_H
#include <jansson.h>
#include "gateway/outbox/payload.h"

/* Exactly the row's keys that the event knows; a new reference, or NULL. */
json_t *payload_data(const struct post_event *e, const struct config_mandate *row, int64_t now);
#endif
