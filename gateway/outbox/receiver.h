/* receiver.h - how the systems that agencies run are told: one interface, one file a system.
 *
 * A delivery is one exchange or several (a login, the delivery, a look at what was kept).  `build`
 * makes the next exchange of a row in its phase, `judge` reads the answer; both are pure, know no
 * store, and repeat nothing of an answer in words.  What must never be sent twice is held or looked
 * up (RECEIVER_HOLD, a phase "lookup"), never simply repeated.
 *
 * Facts behind each file: the systems' own interfaces, Primero 2, DHIS2 2.38 and later, CHT 4,
 * RapidPro's API 2.
 */
#ifndef GATEWAY_OUTBOX_RECEIVER_H
#define GATEWAY_OUTBOX_RECEIVER_H
#include "config/config.h"
#include "gateway/hub/wire.h"
#include "gateway/outbox/post.h"
#include "store/outbox.h"

#define RECEIVER_URL 1400
#define RECEIVER_TOKEN 2048

struct receiver_source {     /* what a body is made of */
	const struct post_event *event;
	const struct config_mandate *row;   /* its keys alone may leave */
	const struct config_agency *agency;
	const char *uid;                    /* the delivery's, the same over all tries */
	char site;
	int64_t now;
};
struct receiver_exchange {
	const char *method;
	char url[RECEIVER_URL];
	const char *type;            /* of the body, "" none */
	char auth[RECEIVER_TOKEN + 32]; /* value of Authorization, "" none; wiped after use */
	const char *want;            /* header of the answer that is wanted back, "" none */
	bool is_signed;              /* by the agency's secrets, as a webhook */
	const void *body;            /* points into the row or into text */
	size_t len;
	char text[2048];
};
enum receiver_verdict {
	RECEIVER_DELIVERED,
	RECEIVER_ALREADY,    /* it had this one: as good */
	RECEIVER_NEXT,       /* go on with `phase` */
	RECEIVER_RETRY,      /* our own schedule */
	RECEIVER_RETRY_ASKED, /* not before Retry-After */
	RECEIVER_REJECTED,   /* for good: this delivery will never be taken */
	RECEIVER_LOGIN,      /* the token is no good any more */
	RECEIVER_STOP,       /* 410: the address is done with */
	RECEIVER_HOLD        /* perhaps delivered; a repeat would be a second one: a person looks */
};
struct receiver_outcome {
	enum receiver_verdict verdict;
	char phase[16];
	char why[96];        /* our own words and codes, for the row and the log */
	bool warn;           /* delivered, and yet people must know why */
};
struct receiver {
	const char *name;
	/* The bytes that are stored and sent on every try; 0 when they cannot be made. */
	size_t (*write)(const struct receiver_source *src, char *out, size_t max);
	/* NULL, or why it can never be sent.  token "": none is known. */
	const char *(*build)(const struct config_agency *a, const struct outbox_item *item,
			     const char *token, int64_t now, struct receiver_exchange *x);
	void (*judge)(const struct config_agency *a, const struct outbox_item *item,
		      const struct wire_done_http *r, struct receiver_outcome *out);
	/* A login is wanted first: its exchange, and the token of its answer.  NULL: none is. */
	const char *(*login)(const struct config_agency *a, struct receiver_exchange *x);
	/* false: refused, out->verdict says how to go on.  until: seconds for which it holds. */
	bool (*token)(const struct wire_done_http *r, char token[RECEIVER_TOKEN], int *lasts_s,
		      struct receiver_outcome *out);
	/* A call that changes nothing and shows whether address and credentials are right. */
	void (*probe)(const struct config_agency *a, const char *token, struct receiver_exchange *x);
};
const struct receiver *receiver_of(const struct config_agency *a); /* never NULL */

extern const struct receiver receiver_webhook, receiver_primero, receiver_dhis2, receiver_cht,
	receiver_rapidpro;
#endif
