/* loop.c - a guard against machines that answer machines.  See loop.h. */
#include "gateway/intake/loop.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PERIOD_S 3600
#define ANSWERS 3

int loop_guard(struct desk *d, const char *reporter, bool *silent)
{
	char name[32], value[48] = "", *end = value;

	snprintf(name, sizeof(name), "unread.%.23s", reporter);
	int rc = store_meta_get(d->st, name, value, sizeof(value));
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	int64_t since = strtoll(value, &end, 10);
	long n = strtol(end, NULL, 10);
	if (d->now - since >= PERIOD_S || d->now < since) {
		since = d->now;
		n = 0;
	}
	n++;
	*silent = n > ANSWERS;
	snprintf(value, sizeof(value), "%" PRId64 " %ld", since, n);
	return store_meta_put(d->st, name, value);
}
