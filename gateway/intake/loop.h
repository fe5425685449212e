/* loop.h - a guard against machines that answer machines: a sender whose texts are not understood
 * is told so a few times an hour; after that his texts are kept for a person in silence.  Reports
 * that are understood do not count.  Calls the store; kept in its small facts. */
#ifndef GATEWAY_INTAKE_LOOP_H
#define GATEWAY_INTAKE_LOOP_H
#include <stdbool.h>
#include "gateway/casework/desk.h"

/* Counts one text of a reporter that was not understood.  *silent: it is not to be answered. */
int loop_guard(struct desk *d, const char *reporter, bool *silent);
/* A sender is over the quota of texts: the coordinators hear it, once an hour for all senders. */
int loop_flood(struct desk *d, const char *reporter);
/* Counts one reply to a number off the roster.  *silent: there were as many as are allowed this hour, and
 * the coordinators heard it: else many numbers, which cost nothing to forge, would use up the day's SMS and
 * keep the staff's replies waiting behind theirs. */
int loop_strangers(struct desk *d, bool *silent);
#endif
