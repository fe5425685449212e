/* safety.c - words of immediate danger.  See safety.h.  May call the store and alerts. */
#include "gateway/casework/safety.h"
#include <inttypes.h>
#include <stdio.h>
#include "gateway/casework/alerts.h"
#include "gateway/casework/hourly.h"
#include "gateway/outbox/notice.h"

#define EVENT "emergency"
#define STRANGERS_AN_HOUR 30 /* calls of duty for all numbers off the roster, which cost nothing to forge */
#define ANSWERS_AN_HOUR 120  /* ... and answers: a robot with ever new numbers does not use up the credit */

/* Of its calls alone: who wrote about other things before calls for the first time all the same. */
int safety_calls(struct desk *d, const char *sender, int64_t *n)
{
	return inbox_recent_of(d->st, sender, d->now - 3600, "emergency", n);
}

/* Each stranger is answered with the numbers to ring; beyond so many an hour the duty officer hears once that
 * more wait, and can still see whom among them to ring first. */
static int enough(struct desk *d, struct effect *out, bool *silent)
{
	struct message_fill who = { "owner", "?" };
	long n;

	int rc = hourly_count(d, "danger.hour", &n);
	*silent = n > STRANGERS_AN_HOUR;
	out->mute = n > ANSWERS_AN_HOUR;
	if (rc != STORE_OK || n != STRANGERS_AN_HOUR + 1)
		return rc;
	rc = desk_audit(d, "system", "flood", "emergency", "told", "");
	return rc == STORE_OK ? notice_role(d, "duty", "flood", &who, 1, 0, true, NULL) : rc;
}

int safety_emergency(struct desk *d, const struct message *m, const struct reporter *from,
		     const struct reading *r, struct effect *out)
{
	char subject[40], window[24];
	struct alerts_about about = { .subject = subject,
				      .window = window,
				      .message = m->id,
				      .owner = "",
				      .who = from ? from->id : "unknown" };
	int64_t lately = 0;
	int raised = 0;

	(void)r;
	out->queue = true; /* a person reads what was written, and rings back */
	int rc = safety_calls(d, m->sender, &lately);
	if (rc != STORE_OK || lately > SAFETY_CALLS_AN_HOUR)
		return rc;
	bool silent = false;
	rc = from ? STORE_OK : enough(d, out, &silent);
	if (rc != STORE_OK || silent)
		return rc;
	snprintf(subject, sizeof(subject), "mo %" PRId64, m->id);
	snprintf(window, sizeof(window), "%" PRId64, m->id);
	about.facts = (struct post_event){ .age = -1, .n_children = -1, .pupil = -1, .days = -1 };
	return alerts_raise_event(d, EVENT, &about, &raised);
}
