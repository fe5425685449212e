/* ladder.c - see ladder.h.  Calls libc only. */
#include "gateway/hub/ladder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REOPENS 3          /* workers that failed before the modem is restarted */
#define ABSENT 6           /* looks for a device that is not there before its power is switched */
#define AFTER_RESTART 4    /* workers given a chance after it; the restart itself ends one */
#define AFTER_POWER 3      /* workers given a chance after it */
#define POWER_EVERY 600
#define DOWN_EVERY 300
#define STEADY 600

const char *ladder_name(enum ladder_rung r)
{
	static const char *const names[] = {"reopen", "restart", "power", "down"};
	return names[r];
}

static void climb(struct ladder *l, enum ladder_rung to)
{
	l->rung = to;
	l->failures = 0;
}

/* Seconds since; a stamp of the future (the clock went back) is taken for now. */
static int64_t since(int64_t *stamp, int64_t now)
{
	if (*stamp > now)
		*stamp = now;
	return *stamp ? now - *stamp : INT64_MAX;
}

void ladder_failed(struct ladder *l, enum ladder_fault fault, bool has_power, int64_t now)
{
	(void)now;
	l->ready_at = 0;
	l->fault = fault;
	l->failures++;
	if (fault == LADDER_PERSON) {
		climb(l, LADDER_DOWN);
		return;
	}
	switch (l->rung) {
	case LADDER_REOPEN:
		if (fault == LADDER_MODEM && l->failures >= REOPENS)
			climb(l, LADDER_RESTART);
		else if (l->failures >= ABSENT)
			climb(l, has_power ? LADDER_POWER : LADDER_DOWN);
		break;
	case LADDER_RESTART:
		if (l->failures >= (fault == LADDER_MODEM ? AFTER_RESTART : ABSENT))
			climb(l, has_power ? LADDER_POWER : LADDER_DOWN);
		break;
	case LADDER_POWER:
		if (l->failures >= AFTER_POWER)
			climb(l, LADDER_DOWN);
		break;
	case LADDER_DOWN:
		break;
	}
}

void ladder_ready(struct ladder *l, int64_t now)
{
	l->ready_at = now;
}

enum ladder_rung ladder_step(struct ladder *l, bool has_power, int64_t now)
{
	bool power = has_power && since(&l->power_at, now) >= POWER_EVERY;
	bool person = l->fault == LADDER_PERSON;
	int64_t rested = since(&l->restart_at, now);

	if (l->rung == LADDER_POWER && l->failures == 0 && power) {
		l->power_at = now;
		return LADDER_POWER;
	}
	if (l->rung == LADDER_RESTART && l->failures == 0 && rested > 0) {
		l->restart_at = now;
		return LADDER_RESTART;
	}
	if (l->rung != LADDER_DOWN || person || rested < DOWN_EVERY ||
	    since(&l->power_at, now) < DOWN_EVERY)
		return LADDER_REOPEN;
	if (power) {
		l->power_at = now;
		return LADDER_POWER;
	}
	if (l->fault == LADDER_DEVICE) /* nobody there to be restarted */
		return LADDER_REOPEN;
	l->restart_at = now;
	return LADDER_RESTART;
}

bool ladder_mended(struct ladder *l, int64_t now)
{
	if (!l->ready_at || since(&l->ready_at, now) < STEADY)
		return false;
	bool trouble = l->rung != LADDER_REOPEN || l->failures > 0 || l->told;
	int64_t power_at = l->power_at, ready_at = l->ready_at;
	if (trouble)
		*l = (struct ladder){.power_at = power_at, .ready_at = ready_at};
	return trouble;
}

bool ladder_alarm(struct ladder *l)
{
	if (l->rung != LADDER_DOWN || l->told)
		return false;
	l->told = true;
	return true;
}

void ladder_write(const struct ladder *l, char out[LADDER_TEXT])
{
	snprintf(out, LADDER_TEXT, "%d %d %lld %lld %d %d", (int)l->rung, l->failures,
		 (long long)l->restart_at, (long long)l->power_at, l->told, (int)l->fault);
}

bool ladder_read(struct ladder *l, const char *text)
{
	long long v[6];
	char *end;

	*l = (struct ladder){.rung = LADDER_REOPEN};
	for (int i = 0; i < 6; i++) {
		errno = 0;
		v[i] = strtoll(text, &end, 10);
		if (errno || end == text || v[i] < 0)
			return false;
		text = end;
	}
	if (*text || v[0] > LADDER_DOWN || v[1] > 1000000 || v[4] > 1 || v[5] > LADDER_PERSON)
		return false;
	*l = (struct ladder){.rung = (enum ladder_rung)v[0],
			     .failures = (int)v[1],
			     .restart_at = v[2],
			     .power_at = v[3],
			     .told = v[4] != 0,
			     .fault = (enum ladder_fault)v[5]};
	return true;
}
