/* meetings.h - the meetings of the group: when the next is, who comes, moving and cancelling one.
 *
 * A meeting is set by a person or reckoned from the configuration (meetings.first, every_months); one
 * set by a person stands in place of the reckoned one.  Calls the store, answer and outbox/notice. */
#ifndef GATEWAY_CASEWORK_MEETINGS_H
#define GATEWAY_CASEWORK_MEETINGS_H
#include "gateway/casework/effects.h"
#include "store/meetings.h"

#define MEETING_HALF_DAY (12 * 3600) /* so long after its beginning a meeting is still today's */

/* The first that begins at `from` or later, reckoned and written down if need be; STORE_NONE. */
int meetings_next(struct desk *d, int64_t from, struct meeting *out);
/* The last that has begun, STORE_NONE; that of a local day, cancelled ones left out, STORE_NONE. */
int meetings_last(struct desk *d, struct meeting *out);
int meetings_of_day(struct desk *d, const char *day, struct meeting *out);
/* "10.12" and "10:00" */
void meetings_words(const struct meeting *m, char day[8], char hour[8]);

enum meetings_answer {
	MEETINGS_SET, MEETINGS_MOVED, MEETINGS_SAME, MEETINGS_PAST, MEETINGS_NONE, MEETINGS_HELD
};
/* Sets one, at a UTC time, place "" = the configured one.  The next reckoned one, or one of the same
 * day, is moved there: tasks due at it follow, those who said they come hear of it, it is reminded of
 * anew. */
int meetings_set(struct desk *d, int64_t at, const char *place, const char *who,
		 struct meeting *out, enum meetings_answer *answer);
int meetings_cancel(struct desk *d, const char *day, const char *who, struct meeting *out,
		    enum meetings_answer *answer);

int meetings_info(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out);
int meetings_rsvp(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out);
#endif
