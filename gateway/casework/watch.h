/* watch.h - a pupil of an open case who is absent: whoever leads the case hears of the first day, by the
 * code alone.  Nothing of it reaches the school.  Calls the store and alerts. */
#ifndef GATEWAY_CASEWORK_WATCH_H
#define GATEWAY_CASEWORK_WATCH_H
#include "gateway/casework/streak.h"

/* Of one day: tells when the pupil stands absent on it, takes back when he does not. */
int watch_day(struct desk *d, const struct pupil_view *v, const char *day, const struct cause *c);
#endif
