/* cluster.h - several pupils of a class or of a zone who begin to be absent within days, and the rate of
 * a class as a whole.
 *
 * Where an absence began is kept as a hint (absence_starts) when it has lasted as long as a rule wants;
 * each hint is proved against the days before it counts.  The zone of a pupil is that of his open case,
 * else that of his class.  Calls the store, streak and alerts. */
#ifndef GATEWAY_CASEWORK_CLUSTER_H
#define GATEWAY_CASEWORK_CLUSTER_H
#include "gateway/casework/streak.h"

#define CLUSTER_ZONES 8
struct cluster_look {        /* what settling and raising both go by */
	struct class_year year;
	char zone[CLUSTER_ZONES][12]; /* in which pupils of the class have begun to be absent of late */
	size_t n_zones;
};

/* Keeps where the pupil's present absence began, if some rule may want it. */
int cluster_note(struct desk *d, const struct class_view *c, const struct pupil_view *v);
/* After all notes; fills the zones, the year is the caller's. */
int cluster_zones(struct desk *d, const struct class_view *v, struct cluster_look *out);
/* Takes back what does not hold; tells what does, up to the class's newest known day. */
int cluster_settle(struct desk *d, const struct class_view *v, const struct cluster_look *l,
		   const struct cause *c);
int cluster_raise(struct desk *d, const struct class_view *v, const struct cluster_look *l,
		  const struct cause *c);
#endif
