/* quota.c - how many SMS may leave in a day.  See quota.h.  Calls the store and the clock. */
#include "gateway/outbox/quota.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/hub/clock.h"

#define NAME "sms.day" /* value: local day, a blank, parts sent */

static int used_today(struct desk *d, const char *today, long *used)
{
	char value[64];

	*used = 0;
	int rc = store_meta_get(d->st, NAME, value, sizeof(value));
	if (rc == STORE_OK && strncmp(value, today, 10) == 0 && value[10] == ' ')
		*used = strtol(value + 11, NULL, 10);
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* The next local midnight; when the calendar cannot tell, an hour from now. */
static int64_t next_day(const struct desk *d)
{
	char day[CLOCK_DAY], iso[24];

	clock_day(d->now + 86400, day);
	snprintf(iso, sizeof(iso), "%sT00:00", day);
	int64_t at = clock_utc_of(iso);
	return at > d->now ? at : d->now + 3600;
}

int quota_take(struct desk *d, int parts, bool urgent, int64_t *until)
{
	char today[CLOCK_DAY], value[64];
	long used;

	*until = 0;
	clock_day(d->now, today);
	int rc = used_today(d, today, &used);
	if (rc != STORE_OK)
		return rc;
	if (!urgent && used + parts > d->cf->sms_day_limit) {
		*until = next_day(d);
		return STORE_OK;
	}
	snprintf(value, sizeof(value), "%s %ld", today, used + parts);
	return store_meta_put(d->st, NAME, value);
}
