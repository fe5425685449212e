/* quota.c - how many SMS may leave in a day.  See quota.h.  Calls the store and the clock. */
#include "gateway/outbox/quota.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/hub/clock.h"
#include "gateway/outbox/notice.h"
#include "store/outbox.h"

#define HOUR 3600
#define HOUR_NAME "sms.hour" /* value: UTC hour in which the coordinators were told */
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

static int tell_hour(struct desk *d, const char *owner)
{
	char hour[24], last[64] = "";
	const char *who = owner[0] ? owner : "?";
	struct message_fill fills[] = {{"owner", who}};

	snprintf(hour, sizeof(hour), "%lld", (long long)(d->now / HOUR));
	int rc = desk_audit(d, "system", "sms.hour_limit", who, "held", "");
	if (rc == STORE_OK)
		rc = store_meta_get(d->st, HOUR_NAME, last, sizeof(last));
	if ((rc != STORE_OK && rc != STORE_NONE) || strcmp(last, hour) == 0)
		return rc;
	rc = store_meta_put(d->st, HOUR_NAME, hour);
	return rc == STORE_OK ? notice_role(d, "coordinator", "hour_limit", fills, 1, 0, false, NULL) : rc;
}

/* A text of more parts than the limit goes as the first of its hour, or it never would. */
static int hour_room(struct desk *d, const char *number, const char *owner, int parts, bool *room)
{
	int64_t used;
	bool held;

	int rc = outbox_hour(d->st, number, d->now, &used, &held);
	if (rc != STORE_OK)
		return rc;
	*room = used == 0 || used + parts <= d->cf->sms_recipient_hour_limit;
	if (*room || held)
		return STORE_OK;
	rc = outbox_hour_add(d->st, number, d->now, 0, true);
	return rc == STORE_OK ? tell_hour(d, owner) : rc;
}

/* Takes parts of today's allowance, or says until when they wait. */
static int day_take(struct desk *d, int parts, int64_t *until)
{
	char today[CLOCK_DAY], value[64];
	long used;

	clock_day(d->now, today);
	int rc = used_today(d, today, &used);
	if (rc != STORE_OK)
		return rc;
	if (used + parts > d->cf->sms_day_limit) {
		*until = next_day(d);
		return STORE_OK;
	}
	snprintf(value, sizeof(value), "%s %ld", today, used + parts);
	return store_meta_put(d->st, NAME, value);
}

int quota_take(struct desk *d, const char *number, const char *owner, int parts, bool urgent,
	       int64_t *until, const char **why)
{
	bool room = true;

	*until = 0;
	*why = "the day's allowance of SMS is used up";
	int rc = urgent ? STORE_OK : hour_room(d, number, owner, parts, &room);
	if (rc != STORE_OK)
		return rc;
	if (!room) {
		*why = "this number's allowance of SMS in an hour is used up";
		*until = (d->now / HOUR + 1) * HOUR;
		return STORE_OK;
	}
	/* Urgent ones would leave without room, too: counted, a few thousand forged cries for help would
	 * take from everybody else the answers of the day. */
	rc = urgent ? STORE_OK : day_take(d, parts, until);
	return rc == STORE_OK && *until == 0 ? outbox_hour_add(d->st, number, d->now, parts, false) : rc;
}
