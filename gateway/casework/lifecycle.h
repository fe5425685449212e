/* lifecycle.h - the states of a case: one table of state, event, next state, and who may.
 *
 * What the table does not hold is refused, and the reply says what is possible.  Calls casefile,
 * answer and the store. */
#ifndef GATEWAY_CASEWORK_LIFECYCLE_H
#define GATEWAY_CASEWORK_LIFECYCLE_H
#include "gateway/casework/casefile.h"

enum life_event {
	LIFE_AMEND,    /* facts added */
	LIFE_CONTACT,  /* seen, visited, spoken to */
	LIFE_RISK,
	LIFE_REFER,    /* a referral leaves */
	LIFE_ACCEPTED, /* an agency took it */
	LIFE_TASK,     /* the group assigned something */
	LIFE_ENROL,
	LIFE_PROGRESS,
	LIFE_ASK,      /* closing is asked for */
	LIFE_CLOSE,    /* ... and approved */
	LIFE_REOPEN,
	LIFE_MERGE,    /* it was another one's duplicate */
	LIFE_UNDO,     /* its reporter takes it back */
	LIFE_EVENTS
};
/* May he, in the state the case is in?  from NULL: the gateway itself. */
bool life_may(const struct case_row *c, enum life_event e, const struct reporter *from);
/* Moves it (and c->state), with a line of history when the state changes.  STORE_STATE: not from
 * there; into: of LIFE_MERGE, the case it becomes. */
int life_move(struct desk *d, struct case_row *c, enum life_event e, const char *who,
	      int64_t into);
/* The reply to what was refused. */
void life_refuse(const struct desk *d, const struct case_row *c, const struct reporter *from,
		 struct effect *out);
/* Of a case that ends: nothing is due any more, nothing waits for a PO; open alerts are withdrawn,
 * those told hear it by catalogue message `notice`, "" = nobody does. */
int life_wind_up(struct desk *d, const struct case_row *c, const char *who, const char *reason,
		 const char *notice);
#endif
