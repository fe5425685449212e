/* traffic.h - what came in and is not committed, what goes out after the commit, jobs in hand. */
#ifndef GATEWAY_HUB_TRAFFIC_H
#define GATEWAY_HUB_TRAFFIC_H
#include "gateway/hub/state.h"
#include "store/outbox.h"

#define TRAFFIC_SEGMENTS 64 /* offered at once by a worker: the most that modems[].credit may say */

struct desk hub_desk(struct hub *h);      /* for one turn: its time is now */
/* The environment may mend itself: the same turn is tried again.  Anything else is one row's fault. */
bool traffic_environment(int rc);

/* A frame to send once the turn is committed; NULL when memory is out.  Owned by the hub. */
struct departure *traffic_depart(struct hub *h, int worker, const struct wire_frame *f);
void traffic_drop_departures(struct hub *h);
/* A frame of a worker (raw NULL: the worker is gone), in order behind the others. */
void traffic_arrive(struct hub *h, int worker, const char *name, const uint8_t *raw, size_t len);
void traffic_forget_first(struct hub *h);

struct job *traffic_job(struct slot *s, int64_t id);
/* Jobs whose outcome is still awaited: what ended in this turn leaves room in this turn. */
int traffic_jobs(const struct slot *s);
void traffic_unend(struct hub *h);        /* the turn was taken back: none of its jobs has ended */
void traffic_job_ended(struct hub *h, int worker, int64_t id);
bool traffic_has_room(struct hub *h, int worker, enum worker_kind kind);
bool traffic_leg_has_room(struct hub *h, enum outbox_leg leg);
bool traffic_in_hand(struct hub *h);
#endif
