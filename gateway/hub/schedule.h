/* schedule.h - what falls due, and when the hub must look next.  Times are the wall clock's. */
#ifndef GATEWAY_HUB_SCHEDULE_H
#define GATEWAY_HUB_SCHEDULE_H
#include "gateway/hub/state.h"

/* Inside a turn: carries out what is due by now - escalations, overdue deliveries, missing segments. */
int schedule_run(struct hub *h, struct desk *d);
/* Inside a turn: when the next row of each leg falls due; schedule_look asks for the casework too. */
int schedule_outbox(struct hub *h);
int schedule_look(struct hub *h);
/* Outside a turn, once a day: texts older than store.raw_days become unreadable, here and in every
 * backup, as the key of their day is destroyed; and from retention.hour what is old begins to be taken out. */
void schedule_daily(struct hub *h);
void schedule_forget(struct hub *h);         /* nothing known: the next turn asks the store */
int64_t schedule_next(struct hub *h);        /* the earliest time at which a turn has something to do */
bool schedule_is_due(struct hub *h, int64_t now);
/* False: a row of some leg has been due for a minute while a worker had room for it. */
bool schedule_moves(struct hub *h);
#endif
