/* safety.c - words of immediate danger.  See safety.h.  May call the store and alerts. */
#include "gateway/casework/safety.h"
#include <inttypes.h>
#include <stdio.h>
#include "gateway/casework/alerts.h"

#define EVENT "emergency"

/* Of its calls alone: who wrote about other things before calls for the first time all the same. */
int safety_calls(struct desk *d, const char *sender, int64_t *n)
{
	return inbox_recent_of(d->st, sender, d->now - 3600, "emergency", n);
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
	snprintf(subject, sizeof(subject), "mo %" PRId64, m->id);
	snprintf(window, sizeof(window), "%" PRId64, m->id);
	about.facts = (struct post_event){ .age = -1, .n_children = -1, .pupil = -1, .days = -1 };
	return alerts_raise_event(d, EVENT, &about, &raised);
}
