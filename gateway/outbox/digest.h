/* digest.h - routine SMS to one person that are due together leave in one text, a line each, in as few
 * segments as they need.  Nothing is lost: each stays a row of its own, with its alert, and shares the
 * fate of the row it left with (store/routine.h).
 * Owns nothing; calls the store, parts and trouble. */
#ifndef GATEWAY_OUTBOX_DIGEST_H
#define GATEWAY_OUTBOX_DIGEST_H
#include "gateway/casework/desk.h"
#include "store/outbox.h"

/* leader was just claimed: takes along what fits, and adds its text.  Without sms.gap_min nothing. */
int digest_join(struct desk *d, const char *modem, struct outbox_item *leader);
/* leader as it was loaded: adds the texts that left with it. */
int digest_text(struct desk *d, struct outbox_item *leader);

/* What became of the leader becomes of those that left with it. */
int digest_sent(struct desk *d, int64_t leader, const char *detail);
int digest_deferred(struct desk *d, int64_t leader, int64_t until, int code, const char *why);
int digest_failed(struct desk *d, int64_t leader, const char *state, int code, const char *why);
int digest_reported(struct desk *d, int64_t leader, int status);
#endif
