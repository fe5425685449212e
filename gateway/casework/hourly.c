/* hourly.c - see hourly.h.  Calls the store. */
#include "gateway/casework/hourly.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int hourly_count(struct desk *d, const char *name, long *n)
{
	char value[48] = "", *end = value;
	int64_t hour = d->now / 3600;

	int rc = store_meta_get(d->st, name, value, sizeof(value));
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	bool same = strtoll(value, &end, 10) == hour;
	*n = (same ? strtol(end, NULL, 10) : 0) + 1;
	snprintf(value, sizeof(value), "%" PRId64 " %ld", hour, *n);
	return store_meta_put(d->st, name, value);
}
