/* schoolday.c - see schoolday.h.  May call parser/schooldays, parser/calendar and the clock. */
#include "gateway/casework/schoolday.h"
#include <stdio.h>
#include "gateway/hub/clock.h"
#include "parser/calendar.h"
#include "parser/schooldays.h"

bool schoolday_is(const struct config *cf, const char *school, const char *class_name,
		  const char *day)
{
	int32_t n;

	return day_from_iso(day, &n) && world_lessons(cf->world, school, class_name, n);
}

int64_t schoolday_deadline(const struct config *cf, const char *school, const char *class_name,
			   const char *day)
{
	char at[32];

	if (!schoolday_is(cf, school, class_name, day))
		return -1;
	int minutes = world_deadline(cf->world, school, class_name);
	if (minutes < 0)
		return -1;
	/* by the wall clock of that day: an hour of summer time more or less is the zone's matter */
	snprintf(at, sizeof(at), "%.10sT%02d:%02d", day, minutes / 60 % 24, minutes % 60);
	return clock_utc_of(at);
}

bool schoolday_step(const struct config *cf, const char *school, const char *class_name,
		    const char *day, int step, char out[SCHOOLDAY])
{
	int32_t n;

	if (!day_from_iso(day, &n) ||
	    !world_step_school_day(cf->world, school, class_name, n, step, &n))
		return false;
	day_to_iso(n, out);
	return true;
}

void schoolday_off(const struct config *cf, const char *school, const char *day, int days, int step,
		   char out[SCHOOLDAY])
{
	int32_t n;

	snprintf(out, SCHOOLDAY, "%.10s", day);
	if (!day_from_iso(day, &n))
		return;
	while (days-- > 0 && world_step_school_day(cf->world, school, NULL, n, step, &n))
		;
	day_to_iso(n, out);
}

int schoolday_count(const struct config *cf, const char *school, const char *class_name,
		    const char *from, const char *to)
{
	int32_t a, b;
	int count = 0;

	if (!day_from_iso(from, &a) || !day_from_iso(to, &b))
		return 0;
	for (; a <= b; a++)
		count += world_lessons(cf->world, school, class_name, a);
	return count;
}
