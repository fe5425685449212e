/* quiet.c - see quiet.h. */
#include "gateway/outbox/quiet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/hub/clock.h"
#include "store/routine.h"

#define AWAKE_S 3600 /* who texted so long ago may sleep by now */
#define LATER_S 1800 /* when the calendar cannot tell the end */

static int minutes(const char *hhmm)
{
	return (int)strtol(hhmm, NULL, 10) * 60 + (int)strtol(hhmm + 3, NULL, 10);
}

/* The local day after the one of now: by way of noon, which no change of the clock moves to another
 * day. */
static void day_after(int64_t now, char day[CLOCK_DAY])
{
	char noon[24];

	clock_day(now, day);
	snprintf(noon, sizeof(noon), "%sT12:00", day);
	clock_day(clock_utc_of(noon) + 86400, day);
}

int64_t quiet_until(const struct config *cf, int64_t now)
{
	char day[CLOCK_DAY], iso[24];
	int hour, minute, weekday;

	if (!cf->quiet_from[0])
		return 0;
	int from = minutes(cf->quiet_from), to = minutes(cf->quiet_to);
	clock_local(now, &hour, &minute, &weekday);
	int at = hour * 60 + minute;
	bool night = from > to; /* over midnight */
	bool in = night ? at >= from || at < to : at >= from && at < to;
	if (!in)
		return 0;
	if (night && at >= from)
		day_after(now, day);
	else
		clock_day(now, day);
	snprintf(iso, sizeof(iso), "%sT%s", day, cf->quiet_digest[0] ? cf->quiet_digest : cf->quiet_to);
	int64_t until = clock_utc_of(iso);
	return until > now ? until : now + LATER_S;
}

int64_t quiet_leaves(const struct config *cf, int64_t now)
{
	int64_t until = quiet_until(cf, now);

	return until ? until : now;
}

bool quiet_routine(const struct outbox_item *item)
{
	return !item->urgent && strcmp(item->kind, "reply") != 0;
}

/* A try that failed has its own waiting time; and a last one in the future is of a wrong clock. */
static int too_soon(struct desk *d, const struct outbox_item *item, int64_t *until)
{
	int64_t last = 0, gap = (int64_t)d->cf->sms_gap_min * 60;

	if (!gap || !quiet_routine(item) || item->attempts > 0)
		return STORE_OK;
	int rc = routine_last(d->st, item->number, &last);
	if (rc == STORE_OK && last <= d->now && last + gap > d->now)
		*until = last + gap;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int quiet_holds(struct desk *d, const struct outbox_item *item, int64_t *until, char why[QUIET_REASON])
{
	bool awake = !quiet_routine(item) && d->now - item->created < AWAKE_S;

	*until = 0;
	if (item->urgent)
		return STORE_OK;
	if (!awake)
		*until = quiet_until(d->cf, d->now);
	if (*until) {
		snprintf(why, QUIET_REASON, "quiet hours");
		return STORE_OK;
	}
	snprintf(why, QUIET_REASON, "one routine SMS in %d minutes", d->cf->sms_gap_min);
	return too_soon(d, item, until);
}
