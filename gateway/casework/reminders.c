/* reminders.c - what the clock does about tasks and meetings.  See reminders.h. */
#include "gateway/casework/reminders.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/meetings.h"
#include "gateway/casework/tasks.h"
#include "gateway/hub/clock.h"
#include "gateway/outbox/notice.h"
#include "parser/calendar.h"

#define BATCH 32
#define LOOK_AGAIN 3600
#define TASKS_MAX 64 /* of one person in one text: the rest are counted */
#define TASKS_TEXT 91

/* The hour of reminders on the local day `step` days from day. */
static int64_t at_hour(const struct desk *d, const char *day, int step)
{
	char iso[CLOCK_DAY], at[32];
	int32_t n;

	if (!day_from_iso(day, &n))
		return INT64_MAX;
	day_to_iso(n + step, iso);
	snprintf(at, sizeof(at), "%sT%02d:00", iso, d->cf->remind_hour);
	return clock_utc_of(at);
}

#define QUIET_FROM 21 /* local hour; until the hour of reminders nobody is texted for a task */

/* When something that is due from `at` on may go out: then, or now, or when people are awake again. */
static int64_t awake(const struct desk *d, int64_t at)
{
	char today[CLOCK_DAY];
	int hour, minute, weekday;

	if (at > d->now)
		return at;
	clock_day(d->now, today);
	clock_local(d->now, &hour, &minute, &weekday);
	if (hour >= QUIET_FROM)
		return at_hour(d, today, 1);
	return hour < d->cf->remind_hour ? at_hour(d, today, 0) : d->now;
}

static int64_t before_meeting(const struct desk *d, const struct meeting *m, int days)
{
	char day[CLOCK_DAY];

	clock_day(m->at, day);
	return awake(d, at_hour(d, day, -days));
}

/* ---- one SMS a person ----------------------------------------------------------------------- */

typedef bool pick_fn(const struct task *t, const char *today);
struct digest {
	pick_fn *pick;
	const char *today, *verb;
	const struct meeting *m;  /* NULL: of overdue tasks */
	int sent;
};

static bool any(const struct task *t, const char *today)
{
	(void)t, (void)today;
	return true;
}

static bool newly_late(const struct task *t, const char *today)
{
	return t->due[0] && strcmp(t->due, today) < 0 && strcmp(t->due, t->overdue_told) != 0;
}

static int days_late(const struct task *t, const char *today)
{
	int32_t a, b;

	return day_from_iso(t->due, &a) && day_from_iso(today, &b) ? (int)(b - a) : 0;
}

static int send_to(struct desk *d, struct digest *g, const struct reporter *to,
		   const struct task *t, size_t n)
{
	char list[TASKS_TEXT], name[24], late[16], day[8] = "", hour[8];
	bool told;

	tasks_words(t, n, list, sizeof(list));
	snprintf(name, sizeof(name), "T%" PRId64, t[0].number);
	snprintf(late, sizeof(late), "%d", days_late(&t[0], g->today));
	if (g->m)
		meetings_words(g->m, day, hour);
	const struct message_fill fills[] = { { "date", day }, { "tasks", list }, { "task", name },
					      { "n", late } };
	const char *id = g->m ? "meeting_digest" : n == 1 ? "task_overdue" : "tasks_late";
	int rc = notice_one(d, to, id, fills, 4, 0, false, &told);
	g->sent += told;
	return rc == STORE_OK && told ? desk_audit(d, "system", g->verb, to->id, list, "T1") : rc;
}

static int remind_one(struct desk *d, struct digest *g, const struct reporter *to)
{
	struct task all[TASKS_MAX], picked[TASKS_MAX];
	size_t n = 0, k = 0;

	/* The municipality's own tasks are read out to its coordinators, not to its duty officers. */
	bool duty = strcmp(to->role, "duty") == 0;
	int rc = tasks_of(d, to, all, TASKS_MAX, &n);
	for (size_t i = 0; i < n; i++) {
		bool shared = !all[i].assignee[0] && strcmp(all[i].agency, "MUN") == 0;
		if (g->pick(&all[i], g->today) && !(duty && shared))
			picked[k++] = all[i];
	}
	return rc == STORE_OK && k ? send_to(d, g, to, picked, k) : rc;
}

static int remind_all(struct desk *d, struct digest *g)
{
	struct reporter rows[BATCH];
	char after[ROSTER_ID] = "";
	size_t n = BATCH;
	int rc = STORE_OK;

	while (rc == STORE_OK && n == BATCH) {
		rc = roster_list(d->st, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++) {
			if (rows[i].active)
				rc = remind_one(d, g, &rows[i]);
		}
		if (n)
			memcpy(after, rows[n - 1].id, sizeof(after));
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- before a meeting ----------------------------------------------------------------------- */

/* Of two that are due the nearer one goes out, and stands for both. */
static int remind_meeting(struct desk *d, const struct meeting *m, const char *today, int *n)
{
	bool week = m->week_told == 0 && d->now >= before_meeting(d, m, 7);
	bool day = m->day_told == 0 && d->now >= before_meeting(d, m, 1);
	struct digest g = { .pick = any, .today = today, .m = m,
			    .verb = day ? "remind.day" : "remind.week" };
	int rc = STORE_OK;

	if (!week && !day)
		return rc;
	if (week)
		rc = meeting_told_week(d->st, m->id, d->now);
	if (rc == STORE_OK && day)
		rc = meeting_told_day(d->st, m->id, d->now);
	if (rc == STORE_OK)
		rc = remind_all(d, &g);
	*n += 1 + g.sent;
	return rc;
}

/* ---- overdue -------------------------------------------------------------------------------- */

/* Tasks of the hour: those whose day is over.  Told of once for each day that was set. */
static int remind_late(struct desk *d, const char *today, int *n)
{
	struct digest g = { .pick = newly_late, .today = today, .verb = "remind.late" };
	struct task rows[BATCH];
	char first[TASK_DAY];
	size_t got = BATCH;

	int rc = task_first_untold(d->st, first);
	if (rc != STORE_OK || !first[0] || d->now < awake(d, at_hour(d, first, 1)))
		return rc;
	rc = remind_all(d, &g);
	*n += g.sent;
	while (rc == STORE_OK && got == BATCH) {
		rc = task_overdue(d->st, today, 0, rows, BATCH, &got);
		for (size_t i = 0; rc == STORE_OK && i < got; i++)
			rc = task_told_overdue(d->st, rows[i].number, rows[i].due);
	}
	return rc;
}

/* ---- the end of a meeting ------------------------------------------------------------------- */

static int carry(struct desk *d, const struct meeting *m, const struct meeting *next,
		 const char *who, int *carried)
{
	char day[CLOCK_DAY], to[CLOCK_DAY];
	struct task rows[BATCH];
	enum tasks_answer answer;
	int64_t after = 0;
	size_t n = BATCH;
	int rc = STORE_OK;

	clock_day(m->at, day);
	clock_day(next->at, to);
	while (rc == STORE_OK && n == BATCH) {
		rc = task_to_carry(d->st, day, m->id, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++) {
			after = rows[i].number;
			rc = tasks_move(d, &rows[i], TASKS_CARRY, who, to, next->id, m->id, &answer);
			*carried += answer == TASKS_DONE;
		}
	}
	return rc;
}

int reminders_close(struct desk *d, const struct meeting *m, const char *who, int *carried)
{
	struct meeting next;
	char object[32], result[32];

	*carried = 0;
	if (strcmp(m->state, "planned") != 0)
		return STORE_OK;
	int rc = meeting_close(d->st, m->id, d->now);
	if (rc == STORE_OK)
		rc = meetings_next(d, d->now > m->at ? d->now : m->at + 1, &next);
	if (rc == STORE_OK)
		rc = carry(d, m, &next, who, carried);
	else if (rc == STORE_NONE)
		rc = STORE_OK; /* no next one is known: what is late stays late, and is shown so */
	snprintf(object, sizeof(object), "meeting %" PRId64, m->id);
	snprintf(result, sizeof(result), "%d carried", *carried);
	return rc == STORE_OK ? desk_audit(d, who, "meeting.close", object, result, "") : rc;
}

static int64_t closes_at(const struct desk *d, const struct meeting *m)
{
	return m->at + (int64_t)d->cf->meeting_close_h * 3600;
}

static int close_old(struct desk *d, int *n)
{
	struct meeting m;
	int carried;
	int rc;

	while ((rc = meeting_unclosed(d->st, d->now, &m)) == STORE_OK && d->now >= closes_at(d, &m)) {
		rc = reminders_close(d, &m, "system", &carried);
		if (rc != STORE_OK)
			return rc;
		(*n)++;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- the clock ------------------------------------------------------------------------------ */

int reminders_due(struct desk *d, int *n)
{
	struct meeting next;
	char today[CLOCK_DAY];

	*n = 0;
	clock_day(d->now, today);
	int rc = close_old(d, n);
	if (rc == STORE_OK)
		rc = meetings_next(d, d->now, &next);
	if (rc == STORE_OK)
		rc = remind_meeting(d, &next, today, n);
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = remind_late(d, today, n);
	return rc;
}

static void sooner(int64_t *at, int64_t when)
{
	if (when < *at)
		*at = when;
}

int reminders_next(struct desk *d, int64_t *at)
{
	char first[TASK_DAY];
	struct meeting m;

	*at = INT64_MAX;
	int rc = meeting_next(d->st, d->now, &m);
	if (rc == STORE_OK) {
		if (!m.week_told)
			sooner(at, before_meeting(d, &m, 7));
		if (!m.day_told)
			sooner(at, before_meeting(d, &m, 1));
		sooner(at, m.at + 1); /* then the one after it is reckoned */
	} else if (rc == STORE_NONE && d->cf->meeting_first[0]) {
		sooner(at, d->now + LOOK_AGAIN); /* the reckoning found none */
	}
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = meeting_unclosed(d->st, d->now, &m);
	if (rc == STORE_OK)
		sooner(at, closes_at(d, &m));
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = task_first_untold(d->st, first);
	if (rc == STORE_OK && first[0])
		sooner(at, awake(d, at_hour(d, first, 1)));
	if (rc != STORE_OK)
		return rc;
	return *at == INT64_MAX ? STORE_NONE : STORE_OK;
}
