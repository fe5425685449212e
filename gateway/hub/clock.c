/* clock.c - see clock.h.  The only file that asks the system for the time. */
#include "gateway/hub/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define JUMP_S 10

struct clock {
	bool scaled;
	double scale;
	int64_t base_wall_ms; /* wall time at base_mono_ms */
	int64_t base_mono_ms;
	bool held;
	int64_t last_wall_ms, last_mono_ms; /* for jump detection */
};

static int64_t ms_of(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_mono_ms(void)
{
	return ms_of(CLOCK_MONOTONIC);
}

int clock_zone(const char *zone)
{
	char path[256];
	int n = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
	bool plain = strncmp(zone, "UTC", 3) == 0;
	if (n < 0 || (size_t)n >= sizeof path || strstr(zone, "..") ||
	    (!plain && access(path, R_OK) != 0))
		return -1;
	/* A POSIX TZ string with ':' names a zone file; a plain "UTC" needs none. */
	snprintf(path, sizeof path, "%s%s", plain ? "" : ":", zone);
	if (setenv("TZ", path, 1) != 0)
		return -1;
	tzset();
	return 0;
}

struct clock *clock_new(void)
{
	struct clock *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	c->scale = 1;
	c->last_wall_ms = ms_of(CLOCK_REALTIME);
	c->last_mono_ms = clock_mono_ms();
	return c;
}

struct clock *clock_new_scaled(int64_t start, double scale)
{
	struct clock *c = clock_new();
	if (!c)
		return NULL;
	c->scaled = true;
	c->scale = scale;
	c->base_wall_ms = start * 1000;
	c->base_mono_ms = clock_mono_ms();
	return c;
}

void clock_free(struct clock *c)
{
	free(c);
}

static int64_t wall_ms(struct clock *c)
{
	if (!c->scaled)
		return ms_of(CLOCK_REALTIME);
	if (c->held)
		return c->base_wall_ms;
	return c->base_wall_ms +
	       (int64_t)((double)(clock_mono_ms() - c->base_mono_ms) * c->scale);
}

int64_t clock_now(struct clock *c)
{
	return wall_ms(c) / 1000;
}

void clock_hold(struct clock *c, bool hold)
{
	if (!c->scaled || c->held == hold)
		return;
	/* Both edges re-base: time passed until now counts, time held does not. */
	c->base_wall_ms = wall_ms(c);
	c->base_mono_ms = clock_mono_ms();
	c->held = hold;
}

int64_t clock_wait_ms(struct clock *c, int64_t at, int64_t max_ms)
{
	int64_t ahead = at * 1000 - wall_ms(c);
	if (ahead <= 0)
		return 0;
	if (c->scaled && c->held)
		return max_ms;
	double real = c->scaled ? (double)ahead / c->scale : (double)ahead;
	return real >= (double)max_ms ? max_ms : (int64_t)real + 1;
}

/* Seconds by which the wall clock moved since it was last looked at; 0: no jump. */
static int64_t jumped(const struct clock *c, int64_t wall, int64_t mono)
{
	int64_t drift = (wall - c->last_wall_ms) - (mono - c->last_mono_ms);
	return c->scaled || (drift < JUMP_S * 1000 && drift > -JUMP_S * 1000) ? 0 : drift / 1000;
}

int64_t clock_jump(struct clock *c)
{
	int64_t wall = ms_of(CLOCK_REALTIME), mono = clock_mono_ms();
	int64_t seconds = jumped(c, wall, mono);
	c->last_wall_ms = wall;
	c->last_mono_ms = mono;
	return seconds;
}

bool clock_moved(const struct clock *c)
{
	return jumped(c, ms_of(CLOCK_REALTIME), clock_mono_ms()) != 0;
}

void clock_day(int64_t utc, char out[CLOCK_DAY])
{
	struct tm tm;
	time_t t = (time_t)utc;
	if (!localtime_r(&t, &tm) || strftime(out, CLOCK_DAY, "%Y-%m-%d", &tm) != CLOCK_DAY - 1)
		memcpy(out, "1970-01-01", CLOCK_DAY);
}

void clock_local(int64_t utc, int *hour, int *minute, int *weekday)
{
	struct tm tm = {0};
	time_t t = (time_t)utc;
	localtime_r(&t, &tm);
	*hour = tm.tm_hour;
	*minute = tm.tm_min;
	*weekday = (tm.tm_wday + 6) % 7;
}

int64_t clock_utc_of(const char *iso)
{
	struct tm tm = {0};
	tm.tm_isdst = -1;
	const char *rest = strptime(iso, "%Y-%m-%d", &tm);
	if (!rest)
		return -1;
	if (*rest == 'T') {
		const char *time = rest + 1;
		rest = strptime(time, "%H:%M:%S", &tm);
		if (!rest)
			rest = strptime(time, "%H:%M", &tm);
		if (!rest)
			return -1;
	}
	if (strcmp(rest, "Z") == 0)
		return (int64_t)timegm(&tm);
	return *rest == '\0' ? (int64_t)mktime(&tm) : -1;
}

void clock_iso(int64_t utc, char *out, size_t max)
{
	struct tm tm;
	time_t t = (time_t)utc;
	if (!gmtime_r(&t, &tm) || strftime(out, max, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, max, "1970-01-01T00:00:00Z");
}
