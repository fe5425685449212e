/* returns.h - assisted voluntary return of a child from abroad: announced with what has to be ready, the
 * family assessed before, seen within 48 hours after, visited for six months, then a count of no case.
 *
 * Each step is a dated task of the office whose duty it is; the clock looks at the rows of `returns`.
 * Calls cases, dues, tasks, referrals, alerts, outbox/post and the store. */
#ifndef GATEWAY_CASEWORK_RETURNS_H
#define GATEWAY_CASEWORK_RETURNS_H
#include "gateway/casework/casefile.h"

/* A return of a child not known yet opens its case; said again with another day, it is moved. */
int returns_new(struct desk *d, const struct message *m, const struct reporter *from,
		const struct reading *r, struct effect *out);
/* Arrived, or not: by who may see the case, and by who has a task of the return. */
int returns_arrived(struct desk *d, const struct message *m, const struct reporter *from,
		    const struct reading *r, struct effect *out);
/* *undone false: the message announced none, or it has gone too far. */
int returns_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		     struct effect *out);

/* What is done for a case with a return under way; without one nothing happens.  The family is no safe
 * place: a shelter is asked at once, by its mandate. */
int returns_unsafe(struct desk *d, struct case_row *c, const char *who);
int returns_enrolled(struct desk *d, struct case_row *c, const char *who);
int returns_visited(struct desk *d, struct case_row *c, const char *who);
/* A task was done: was it the family's assessment? */
int returns_task_done(struct desk *d, int64_t case_id, const char *who, bool unsafe);

/* What has fallen due by the clock; *n looked at. */
int returns_due(struct desk *d, int *n);
#endif
