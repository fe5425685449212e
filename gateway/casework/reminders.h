/* reminders.h - what the clock does about tasks and meetings: seven days and one day before a meeting,
 * and the day after a due day, one SMS a person; and the end of a meeting, which carries what was not done
 * to the next.
 *
 * What went out is written down in the turn that puts it into the outbox: a restart neither repeats nor
 * skips.  One that was missed while the gateway was down goes out late, unless a later one is due as well.
 * Calls tasks, meetings, the outbox and the store. */
#ifndef GATEWAY_CASEWORK_REMINDERS_H
#define GATEWAY_CASEWORK_REMINDERS_H
#include "gateway/casework/desk.h"
#include "store/meetings.h"

/* What is due, *n texts and meetings closed; when the next is, STORE_NONE. */
int reminders_due(struct desk *d, int *n);
int reminders_next(struct desk *d, int64_t *at);
/* Closes a meeting that has begun: each open task due by its day that it has not put off already is
 * carried to the next one.  *carried how many.  Once: STORE_OK and 0 when it was closed. */
int reminders_close(struct desk *d, const struct meeting *m, const char *who, int *carried);
#endif
