/* hourly.h - how often something happened in this hour.  Kept among the store's small facts. */
#ifndef GATEWAY_CASEWORK_HOURLY_H
#define GATEWAY_CASEWORK_HOURLY_H
#include "gateway/casework/desk.h"

/* Counts one of `name` (24 octets at most): *n, this one too. */
int hourly_count(struct desk *d, const char *name, long *n);
#endif
