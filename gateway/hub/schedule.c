/* schedule.c - see schedule.h. */
#include "gateway/hub/schedule.h"

#include <string.h>

#include "gateway/casework/effects.h"
#include "gateway/hub/jump.h"
#include "gateway/hub/log.h"
#include "gateway/hub/traffic.h"
#include "gateway/intake/intake.h"
#include "gateway/outbox/attendance_report.h"
#include "gateway/outbox/hand.h"
#include "gateway/ussd/session.h"
#include "store/keys.h"
#include "store/outbox.h"

#define MAINTAIN_S 60
#define DAY_S 86400
#define STUCK_MS 60000
#define DAILY_LOOK_S 600 /* and after a failure */

int schedule_outbox(struct hub *h)
{
	for (int leg = 0; leg < LEGS; leg++) {
		int64_t at;
		int rc = outbox_next_due(h->st, (enum outbox_leg)leg, &at);
		if (rc != STORE_OK && rc != STORE_NONE)
			return rc;
		h->due_at[leg] = rc == STORE_OK ? at : INT64_MAX;
	}
	return STORE_OK;
}

int schedule_look(struct hub *h)
{
	int64_t at;
	int rc = schedule_outbox(h);
	if (rc != STORE_OK)
		return rc;
	struct desk d = hub_desk(h);
	rc = effects_next(&d, &at);
	if (rc == STORE_OK)
		h->effects_at = at ? at : INT64_MAX;
	return rc;
}

static int maintain(struct hub *h, struct desk *d)
{
	int64_t released = 0, expired = 0, walks = 0;
	int told = 0, made = 0;
	int rc = intake_release(d, &released);
	h->work_waits |= released > 0;
	if (rc == STORE_OK)
		rc = outbox_expire(h->st, d->now, &expired);
	if (rc == STORE_OK)
		rc = settle_overdue(d, &told);
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = session_expire(d, &walks);
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = attendance_report_due(d, &made);
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = jump_seen(h, d->now);
	h->touched |= expired > 0 || told > 0 || made > 0;
	h->maintain_at = d->now + MAINTAIN_S;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int schedule_run(struct hub *h, struct desk *d)
{
	int rc = STORE_OK;
	if (jump_doubted(h)) {
		h->maintain_at = d->now + MAINTAIN_S;
		h->effects_at = d->now + MAINTAIN_S;
		return STORE_OK;
	}
	if (d->now >= h->maintain_at)
		rc = maintain(h, d);
	if (rc == STORE_OK && d->now >= h->effects_at) {
		int n = 0;
		int64_t at = 0;
		rc = effects_due(d, &n, &at);
		h->effects_at = at ? at : INT64_MAX;
		h->touched |= n > 0;
	}
	return rc;
}

/* The local day on which retention last began stands in the store: once a day, whatever was restarted. */
static int begin_retention(struct hub *h, int64_t now)
{
	struct retain_terms terms;
	char day[CLOCK_DAY], last[CLOCK_DAY] = "";
	int hour, minute, weekday;
	clock_day(now, day);
	clock_local(now, &hour, &minute, &weekday);
	int rc = store_meta_get(h->st, "retained", last, sizeof last);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (h->upkeep.run.on || hour < h->cf->retention.hour || strcmp(day, last) <= 0)
		return STORE_OK;
	rc = store_begin(h->st);
	if (rc != STORE_OK)
		return rc;
	rc = store_meta_put(h->st, "retained", day);
	if (rc != STORE_OK) {
		store_rollback(h->st);
		return rc;
	}
	rc = store_commit(h->st);
	if (rc == STORE_OK) {
		upkeep_terms(h->cf, now, &terms);
		retain_begin(&h->upkeep.run, &terms);
	}
	return rc;
}

static int expire_keys(struct hub *h, int64_t now)
{
	int64_t renewed = 0, keys = 0, spent = 0;
	int rc = store_expire_days(h->st, now - (int64_t)h->cf->raw_days * DAY_S, now, &renewed, &keys);
	if (rc == STORE_OK)
		rc = keys_expire(h->st, now - (int64_t)h->cf->backup.keep_days * DAY_S, now, &spent);
	if (rc == STORE_OK && (renewed || keys || spent))
		log_line(LOG_INFO, "expiry=ok keys=%lld renewed=%lld", (long long)keys + spent, (long long)renewed);
	return rc;
}

void schedule_daily(struct hub *h)
{
	int64_t now = clock_now(h->clock);
	if (now < h->daily_at || jump_keeps(h) || clock_moved(h->clock))
		return;
	int rc = STORE_OK;
	if (now >= h->expiry_at) {
		rc = expire_keys(h, now);
		if (rc == STORE_OK)
			h->expiry_at = now + DAY_S;
	}
	if (rc == STORE_OK)
		rc = begin_retention(h, now);
	h->daily_at = now + DAILY_LOOK_S;
	if (rc != STORE_OK)
		log_line(LOG_ERROR, "expiry=failed reason=\"%s: %s\"", store_rc_name(rc), store_errmsg(h->st));
}

void schedule_forget(struct hub *h)
{
	h->effects_at = h->maintain_at = h->credit_at = 0;
	for (int leg = 0; leg < LEGS; leg++)
		h->due_at[leg] = 0;
}

/* A row that is due while nobody can take it is no reason to turn. */
static int64_t leg_at(struct hub *h, int leg)
{
	return traffic_leg_has_room(h, (enum outbox_leg)leg) ? h->due_at[leg] : INT64_MAX;
}

int64_t schedule_next(struct hub *h)
{
	int64_t at = h->effects_at < h->maintain_at ? h->effects_at : h->maintain_at;
	at = h->credit_at < at ? h->credit_at : at;
	for (int leg = 0; leg < LEGS; leg++) {
		int64_t due = leg_at(h, leg);
		if (due < at)
			at = due;
	}
	return at;
}

bool schedule_is_due(struct hub *h, int64_t now)
{
	return now >= schedule_next(h);
}

bool schedule_moves(struct hub *h)
{
	int64_t now = clock_now(h->clock), now_ms = clock_mono_ms();
	bool moves = true;
	for (int leg = 0; leg < LEGS; leg++) {
		if (now < leg_at(h, leg))
			h->stuck_since_ms[leg] = 0;
		else if (h->stuck_since_ms[leg] == 0)
			h->stuck_since_ms[leg] = now_ms;
		else
			moves &= now_ms - h->stuck_since_ms[leg] < STUCK_MS;
	}
	return moves;
}
