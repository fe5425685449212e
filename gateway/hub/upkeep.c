/* upkeep.c - see upkeep.h. */
#include "gateway/hub/upkeep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/hub/clock.h"
#include "gateway/hub/log.h"
#include "store/erase.h"
#include "store/inbox.h"
#include "store/keys.h"

#define DAY_S 86400
#define AGAIN_S 600 /* after a failure */

/* ---- what is old ------------------------------------------------------------------------------- */

static int64_t midnight(int year, int month, int day)
{
	char iso[40];
	snprintf(iso, sizeof iso, "%04d-%02d-%02dT00:00", year, month, day);
	return clock_utc_of(iso);
}

static int part(const char *iso, size_t at, size_t n)
{
	char digits[8] = "";
	memcpy(digits, iso + at, n);
	return (int)strtol(digits, NULL, 10);
}

/* A large file takes seconds to be written anew: at the hour of retention, in the night, nobody waits for them. */
static int64_t compact_max(const struct config *cf, int64_t now)
{
	int hour, minute, weekday;
	clock_local(now, &hour, &minute, &weekday);
	return hour == cf->retention.hour ? STORE_COMPACT_MAX : STORE_COMPACT_TURN;
}

void upkeep_terms(const struct config *cf, int64_t now, struct retain_terms *out)
{
	char day[CLOCK_DAY];
	memset(out, 0, sizeof *out);
	clock_day(now, day);
	int year = part(day, 0, 4), month = part(day, 5, 2), d = part(day, 8, 2);
	int m = year * 12 + month - 1 - cf->retention.case_months;
	/* A school year runs from August to July and is named by its first calendar year. */
	int school_year = year - (month < 8) - cf->retention.attendance_years;
	out->before[RETAIN_UNREAD] = now - (int64_t)cf->retention.unread_days * DAY_S;
	out->before[RETAIN_TEXTS] = now - (int64_t)cf->raw_days * DAY_S;
	out->before[RETAIN_SENDERS] = now - (int64_t)cf->retention.delivery_days * DAY_S;
	out->before[RETAIN_DELIVERIES] = now - (int64_t)cf->retention.delivery_days * DAY_S;
	out->before[RETAIN_LEAVERS] = now - (int64_t)cf->retention.leaver_days * DAY_S;
	out->before[RETAIN_CASES] = midnight(m / 12, m % 12 + 1, d < 28 ? d : 28);
	/* A row at a time would sign a checkpoint a day: by whole months. */
	out->before[RETAIN_AUDIT] = midnight(year - cf->audit_keep_years, month, 1);
	out->before[RETAIN_ATTENDANCE] = midnight(school_year, 8, 1);
	out->year = school_year;
	out->compact_max = compact_max(cf, now);
	clock_day(out->before[RETAIN_ATTENDANCE], out->day);
}

void upkeep_asked(struct upkeep *u, const struct config *cf, const json_t *request, const json_t *answer, int64_t now)
{
	struct retain_terms t;
	const char *verb = json_string_value(json_object_get(request, "verb"));
	u->not_before = 0; /* whoever asks wants to see what comes of it */
	if (!verb || strcmp(verb, "retention.run") != 0 || json_is_true(json_object_get(request, "dry_run")) ||
	    !json_is_true(json_object_get(answer, "ok")))
		return;
	upkeep_terms(cf, now, &t);
	retain_begin(&u->run, &t);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

/* A run of retention ends with it by itself. */
static bool compact_due(const struct upkeep *u, const struct store *st, int64_t now)
{
	return store_needs_compact(st) && now >= u->compact_at && !u->run.on;
}

bool upkeep_busy(struct upkeep *u, struct store *st, int64_t now)
{
	int64_t id;
	if (now < u->not_before)
		return false;
	u->notes = !u->noted && reading_notes_wait(st);
	u->noted = !u->notes;
	return keys_busy(st) || erasure_next(st, &id) == STORE_OK || compact_due(u, st, now) || u->run.on || u->notes;
}

static int erase_piece(struct store *st, int64_t now)
{
	char code[24] = "";
	int rc = erasure_step(st, now, code);
	if (rc == STORE_STATE) {
		log_line(LOG_WARNING, "case=%s erasure=refused reason=\"%s\"", code, store_errmsg(st));
		return STORE_OK;
	}
	if (rc == STORE_OK)
		log_line(LOG_INFO, "case=%s erasure=done", code);
	return rc;
}

static int compact_piece(struct upkeep *u, struct store *st, int64_t now)
{
	int rc = store_compact(st, now, u->cf ? compact_max(u->cf, now) : STORE_COMPACT_MAX);
	u->compact_at = rc == STORE_BOUND ? now + AGAIN_S : 0;
	return rc == STORE_BOUND ? STORE_OK : rc;
}

static int retain_piece(struct upkeep *u, struct store *st, int64_t now)
{
	int rc = retain_step(st, &u->run, now);
	for (int i = 0; rc == STORE_OK && !u->run.on && i < RETAIN_RULES; i++) {
		if (u->run.taken[i])
			log_line(LOG_INFO, "retention=%s rows=%lld", retain_name((enum retain_rule)i),
				 (long long)u->run.taken[i]);
	}
	return rc;
}

int upkeep_step(struct upkeep *u, struct store *st, int64_t now)
{
	int64_t id;
	const char *what = "keys";
	int rc = STORE_OK;
	if (keys_busy(st)) {
		rc = keys_step(st, now);
		if (rc == STORE_OK && !keys_busy(st))
			log_line(LOG_INFO, "keys=changed");
	} else if (erasure_next(st, &id) == STORE_OK) {
		what = "erasure";
		rc = erase_piece(st, now);
	} else if (u->notes) {
		what = "notes";
		rc = reading_notes_step(st);
	} else if (compact_due(u, st, now)) {
		what = "compacting";
		rc = compact_piece(u, st, now);
	} else if (u->run.on) {
		what = "retention";
		rc = retain_piece(u, st, now);
	}
	if (rc == STORE_OK)
		return rc;
	log_line(LOG_ERROR, "%s=failed reason=\"%s: %s\"", what, store_rc_name(rc), store_errmsg(st));
	u->not_before = now + AGAIN_S;
	return rc;
}
