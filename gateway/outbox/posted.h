/* posted.h - screens of providers that take them in a request of their own instead of in the answer to theirs.
 *
 * The body is made of the block's template when the screen is, stored in the outbox in the same turn, and sent
 * byte for byte on every try.  A provider waits for a screen for some seconds only: later it is dropped, and
 * that is noted.  One that perhaps came through is not sent again: who saw nothing dials again and goes on.
 * Calls the configuration, parser/template, the store and casework/desk.
 */
#ifndef GATEWAY_OUTBOX_POSTED_H
#define GATEWAY_OUTBOX_POSTED_H
#include "gateway/casework/desk.h"
#include "gateway/hub/wire.h"
#include "store/outbox.h"

#define POSTED_AGENCY "ussd" /* no office's code: those are capitals */

/* fields: of the call; "in.NAME" and "raw.NAME" are what the template repeats.  message: the report it ends, or 0. */
int posted_add(struct desk *d, const struct config_provider *p, const struct wire_pairs *fields, const char *text,
	       bool end, int64_t message);
bool posted_is(const struct outbox_item *item);
/* The request into w, which points into item and into room that holds until the next call.  NULL, or why not. */
const char *posted_request(const struct desk *d, const struct outbox_item *item, struct wire_work_http *w);
/* A row that ends without having been taken: its state, and a line of the audit. */
int posted_drop(struct desk *d, const struct outbox_item *item, const char *state, int code, const char *why);
int posted_settle(struct desk *d, const struct wire_done_http *r, const struct outbox_item *item, char what[96]);
#endif
