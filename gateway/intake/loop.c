/* loop.c - a guard against machines that answer machines.  See loop.h. */
#include "gateway/intake/loop.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/hourly.h"
#include "gateway/outbox/notice.h"

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

int loop_strangers(struct desk *d, bool *silent)
{
	long n;

	int rc = hourly_count(d, "strangers.hour", &n);
	*silent = n > d->cf->strangers_per_hour;
	return rc == STORE_OK && *silent ? loop_flood(d, "") : rc;
}

int loop_flood(struct desk *d, const char *reporter)
{
	char hour[24], told[48] = "";
	struct message_fill fills[] = { { "owner", reporter && reporter[0] ? reporter : "?" } };

	snprintf(hour, sizeof(hour), "%" PRId64, d->now / PERIOD_S);
	int rc = store_meta_get(d->st, "flood.hour", told, sizeof(told));
	if ((rc != STORE_OK && rc != STORE_NONE) || strcmp(told, hour) == 0)
		return rc;
	rc = store_meta_put(d->st, "flood.hour", hour);
	if (rc == STORE_OK)
		rc = desk_audit(d, "system", "flood", fills[0].value, "told", "");
	return rc == STORE_OK ? notice_role(d, "coordinator", "flood", fills, 1, 0, false, NULL) : rc;
}
