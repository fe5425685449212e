/* progress.h - how a child gets on: scores of 1 to 5, altogether or at school, in the family, in the
 * community.
 *
 * Two falls in a row of one score are told to who leads the case and to the coordinators, and stand on the
 * agenda of the next meeting.  A family without income: the coordinator is asked whether the offices that
 * help families may be asked.  Calls casefile, lifecycle, confirms, referrals, returns, the store. */
#ifndef GATEWAY_CASEWORK_PROGRESS_H
#define GATEWAY_CASEWORK_PROGRESS_H
#include "gateway/casework/effects.h"

#define PROGRESS_FELL 96
/* Which scores fell twice in a row with the word of that time, by what stands of the words now; "" none: it, or
 * one it hung on, was taken back or put right since. */
int progress_fell(struct desk *d, int64_t case_id, int64_t at, char which[PROGRESS_FELL]);
int progress_new(struct desk *d, const struct message *m, const struct reporter *from,
		 const struct reading *r, struct effect *out);
/* *undone false: the message recorded none. */
int progress_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone);
#endif
