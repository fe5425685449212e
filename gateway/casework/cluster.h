/* cluster.h - several pupils of a class or of a zone who begin to be absent within days, and the rate of
 * a class as a whole.
 *
 * Where an absence began is kept as a hint (absence_starts) when it has lasted as long as a rule wants;
 * each hint is proved against the days before it counts.  The zone of a pupil is that of his open case,
 * else that of his class.  Calls the store, streak and alerts. */
#ifndef GATEWAY_CASEWORK_CLUSTER_H
#define GATEWAY_CASEWORK_CLUSTER_H
#include "gateway/casework/streak.h"

const char *cluster_zone(const struct desk *d, const struct class_view *v); /* of the class, "" */
/* Keeps where the pupil's present absence began, if some rule may want it; zone: his class's. */
int cluster_note(struct desk *d, const struct pupil_view *v, const char *zone);
/* Takes back what does not hold; tells what does, up to the class's newest known day. */
int cluster_settle(struct desk *d, const struct class_view *v, const struct cause *c);
int cluster_raise(struct desk *d, const struct class_view *v, const struct cause *c);
#endif
