/* hand.h - handing rows of the outbox to workers, and settling what comes back. */
#ifndef GATEWAY_OUTBOX_HAND_H
#define GATEWAY_OUTBOX_HAND_H
#include "gateway/casework/desk.h"
#include "gateway/hub/wire.h"
#include "gateway/outbox/receiver.h"
#include "store/outbox.h"

/* Claims the next due row of a leg inside the turn and builds its frame.  The frame points into
 * *held, which the caller keeps until the frame was sent.  A row that can never be sent (no such
 * agency any more, a body that does not encode) is settled as failed and the next one is tried.
 * STORE_NONE: nothing due. */
struct hand_held {
	struct outbox_item item;
	uint8_t octets[WIRE_PARTS_MAX][280];
	char header[WIRE_HEADERS_MAX][512], auth[RECEIVER_TOKEN + 64];
	struct receiver_exchange exchange; /* of the http leg */
	int64_t busy_until; /* hub's use */
};
int hand_sms(struct desk *d, const char *modem, const char *skip_numbers, struct hand_held *held,
	     struct wire_frame *f);
/* The same for the first row alone: not *handed, it was settled or put off. */
int hand_one_sms(struct desk *d, const char *modem, const char *skip_numbers, struct hand_held *held,
		 struct wire_frame *f, bool *handed);
/* The same of a row that leaves through a provider, by the courier. */
int hand_one_by_provider(struct desk *d, const struct config_sms_provider *p, const char *skip_numbers,
			 struct hand_held *held, struct wire_frame *f, bool *handed);
/* hold_agencies: of those urgent rows alone. */
int hand_http(struct desk *d, const char *skip_agencies, const char *hold_agencies,
	      struct hand_held *held, struct wire_frame *f);

/* Settles an outcome: sent, delivered, deferred with back-off, failed, dead, uncertain; raises what
 * follows (dead letter -> coordinator), and moves the circuit of whoever had it (breaker.h).  An outcome for a row that is not in flight is logged by the
 * caller and changes nothing (STORE_STATE). words: one line for the log. */
int settle_sms(struct desk *d, const char *modem, const struct wire_done_sms *r, char *words, size_t max);
int settle_http(struct desk *d, const struct wire_done_http *r, char *words, size_t max);
/* Deliveries whose first hour failed: the duty officer hears, once each. */
int settle_overdue(struct desk *d, int *n);

/* Pure: seconds to wait before try number `attempts`+1 of a delivery of this age; -1 = give up.
 * 0, 5 s, 30 s, 2 min, 10 min, 30 min, then hourly (HTTP); jitter is a number 0..999 the caller draws.
 * Standard Webhooks 1.0.0 leaves the schedule to the sender. */
int64_t settle_backoff_http(int attempts, int64_t age, int64_t expires_after, unsigned jitter);
int64_t settle_backoff_sms(int attempts, int code, int max_attempts, unsigned jitter);
#endif
