/* agenda.c - what the group has on its table.  See agenda.h. */
#include "gateway/casework/agenda.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/meetings.h"
#include "gateway/casework/progress.h"
#include "gateway/casework/tasks.h"
#include "gateway/hub/clock.h"

#define BATCH 32
#define RULE_OFFICE "A3" /* A3, and what a season makes of it: A3x */

/* ---- words ---------------------------------------------------------------------------------- */

bool agenda_is_late(const struct agenda *a, const struct task *t)
{
	return !t->closed && t->due[0] && strcmp(t->due, a->today) < 0;
}

const char *agenda_state(const struct agenda *a, const struct task *t)
{
	return agenda_is_late(a, t) ? "late" : t->state;
}

void agenda_count(int n, char out[16])
{
	if (n > 0 && n < AGENDA_SMALL)
		snprintf(out, 16, "<%d", AGENDA_SMALL);
	else
		snprintf(out, 16, "%d", n);
}

/* ---- which meeting -------------------------------------------------------------------------- */

static int find(struct desk *d, const char *day, struct meeting *m)
{
	int rc = day[0] ? meetings_of_day(d, day, m)
			: meetings_next(d, d->now - MEETING_HALF_DAY, m);

	return rc == STORE_NONE && !day[0] ? meetings_last(d, m) : rc;
}

static int64_t since(const struct agenda *a)
{
	return a->last.id ? a->last.at : 0;
}

/* ---- the parts ------------------------------------------------------------------------------ */

static void *rows_of(size_t size)
{
	return calloc(AGENDA_ROWS, size);
}

/* Of a meeting that is over it is what stood on the table then, as far as the rows still tell. */
static int64_t until(const struct desk *d, const struct agenda *a)
{
	return a->m.at + MEETING_HALF_DAY < d->now ? a->m.at + MEETING_HALF_DAY : d->now + 1;
}

static int put_tasks(struct desk *d, struct agenda *a)
{
	a->tasks = rows_of(sizeof(*a->tasks));
	if (!a->tasks)
		return STORE_FAIL;
	int rc = task_alive(d->st, since(a), until(d, a), 0, a->tasks, AGENDA_ROWS, &a->n_tasks);
	a->cut |= a->n_tasks == AGENDA_ROWS;
	return rc;
}

static int put_high(struct desk *d, struct agenda *a)
{
	a->high = rows_of(sizeof(*a->high));
	if (!a->high)
		return STORE_FAIL;
	int rc = case_high_since(d->st, since(a), a->high, AGENDA_ROWS, &a->n_high);
	a->cut |= a->n_high == AGENDA_ROWS;
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int code_of(struct desk *d, int64_t id, char code[24])
{
	struct case_row c;

	int rc = case_by_id(d->st, id, &c);
	if (rc == STORE_OK)
		desk_cut(code, 24, c.code);
	return rc;
}

static int put_referrals(struct desk *d, struct agenda *a)
{
	struct referral rows[BATCH];
	int64_t after = 0;
	size_t n = BATCH;
	int rc = STORE_OK;

	a->referrals = rows_of(sizeof(*a->referrals));
	if (!a->referrals)
		return STORE_FAIL;
	while (rc == STORE_OK && n == BATCH && a->n_referrals < AGENDA_ROWS) {
		rc = referral_unanswered(d->st, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n && a->n_referrals < AGENDA_ROWS; i++) {
			struct agenda_referral *one = &a->referrals[a->n_referrals++];
			after = rows[i].number;
			one->r = rows[i];
			rc = code_of(d, rows[i].case_id, one->code);
		}
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int put_closures(struct desk *d, struct agenda *a)
{
	struct confirmation rows[BATCH];
	int64_t after = 0;
	size_t n = BATCH;
	int rc = STORE_OK;

	a->closures = rows_of(sizeof(*a->closures));
	if (!a->closures)
		return STORE_FAIL;
	while (rc == STORE_OK && n == BATCH && a->n_closures < AGENDA_ROWS) {
		rc = confirm_waiting(d->st, "close", after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n && a->n_closures < AGENDA_ROWS; i++) {
			struct agenda_closure *one = &a->closures[a->n_closures++];
			after = rows[i].number;
			one->q = rows[i];
			rc = code_of(d, rows[i].case_id, one->code);
		}
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int put_absences(struct desk *d, struct agenda *a)
{
	struct alert_row *all = rows_of(sizeof(*all));
	size_t n = 0;

	a->absences = rows_of(sizeof(*a->absences));
	if (!all || !a->absences) {
		free(all);
		return STORE_FAIL;
	}
	int rc = alert_list(d->st, true, all, AGENDA_ROWS, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		if (strncmp(all[i].rule, RULE_OFFICE, strlen(RULE_OFFICE)) == 0)
			a->absences[a->n_absences++] = all[i];
	}
	a->cut |= n == AGENDA_ROWS;
	free(all);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int put_falls(struct desk *d, struct agenda *a)
{
	a->falls = rows_of(sizeof(*a->falls));
	if (!a->falls)
		return STORE_FAIL;
	size_t n = 0;

	int rc = agenda_events(d->st, "fall", since(a), 0, a->falls, AGENDA_ROWS, &n);
	for (size_t i = 0; rc == STORE_OK && i < n; i++) {
		char which[PROGRESS_FELL];
		rc = progress_fell(d, a->falls[i].case_id, a->falls[i].at, which);
		if (which[0])
			a->falls[a->n_falls++] = a->falls[i];
	}
	return rc;
}

/* ---- the trend ------------------------------------------------------------------------------ */

static void count_one(struct agenda *a, const char *month, const char *concern)
{
	size_t i = 0;

	while (i < a->n_trend && (strcmp(a->trend[i].month, month) != 0 ||
				  strcmp(a->trend[i].concern, concern) != 0))
		i++;
	if (i == AGENDA_ROWS)
		return;
	if (i == a->n_trend) {
		a->n_trend++;
		desk_cut(a->trend[i].month, sizeof(a->trend[i].month), month);
		desk_cut(a->trend[i].concern, sizeof(a->trend[i].concern), concern);
	}
	a->trend[i].n++;
}

/* A case of two concerns counts in both, so no sum over them says how many there were. */
static void count_case(struct agenda *a, const struct agenda_case *c)
{
	char day[CLOCK_DAY], month[8], concern[16];
	const char *at = c->concerns;

	clock_day(c->opened, day);
	snprintf(month, sizeof(month), "%.7s", day);
	while (*at) {
		size_t n = strcspn(at, ",");
		snprintf(concern, sizeof(concern), "%.*s", (int)n, at);
		if (concern[0])
			count_one(a, month, concern);
		at += n + (at[n] == ',');
	}
}

static int by_month(const void *x, const void *y)
{
	const struct agenda_cell *a = x, *b = y;
	int order = strcmp(a->month, b->month);

	return order ? order : strcmp(a->concern, b->concern);
}

/* From the first of the month, AGENDA_MONTHS of them with that of the meeting. */
static int64_t trend_from(int64_t when)
{
	char day[CLOCK_DAY], first[32];

	clock_day(when, day);
	long month = strtol(day, NULL, 10) * 12 + strtol(day + 5, NULL, 10) - 1 - (AGENDA_MONTHS - 1);
	snprintf(first, sizeof(first), "%04ld-%02ld-01T00:00", month / 12 % 10000, month % 12 + 1);
	return clock_utc_of(first);
}

static int put_trend(struct desk *d, struct agenda *a)
{
	struct agenda_case rows[BATCH];
	int64_t after = 0, from = trend_from(d->now < a->m.at ? d->now : a->m.at);
	size_t n = BATCH;
	int rc = STORE_OK;

	a->trend = rows_of(sizeof(*a->trend));
	if (!a->trend)
		return STORE_FAIL;
	while (rc == STORE_OK && n == BATCH) {
		rc = agenda_cases(d->st, from, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++) {
			after = rows[i].id;
			count_case(a, &rows[i]);
		}
	}
	if (a->n_trend)
		qsort(a->trend, a->n_trend, sizeof(*a->trend), by_month);
	return rc;
}

/* ---- who comes ------------------------------------------------------------------------------ */

static struct agenda_seat *seat_of(struct agenda *a, const char *agency)
{
	for (size_t i = 0; i < a->n_seats; i++) {
		if (strcmp(a->seats[i].agency, agency) == 0)
			return &a->seats[i];
	}
	if (a->n_seats == AGENDA_ROWS)
		return &a->seats[AGENDA_ROWS - 1];
	desk_cut(a->seats[a->n_seats].agency, sizeof(a->seats[0].agency), agency);
	return &a->seats[a->n_seats++];
}

/* Everybody who is asked to a meeting: not the teachers. */
static void seat(struct agenda *a, const struct reporter *r, const struct rsvp *said, size_t n)
{
	struct agenda_seat *s;

	if (!r->active || strcmp(r->role, "teacher") == 0)
		return;
	s = seat_of(a, r->agency[0] ? r->agency : strcmp(r->role, "head") == 0 ? r->school : "MUN");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(said[i].reporter, r->id) == 0) {
			*(said[i].attending ? &s->yes : &s->no) += 1;
			return;
		}
	}
	s->silent++;
}

static int by_agency(const void *x, const void *y)
{
	const struct agenda_seat *a = x, *b = y;

	return strcmp(a->agency, b->agency);
}

static int put_seats(struct desk *d, struct agenda *a)
{
	struct rsvp *said = rows_of(sizeof(*said));
	struct reporter rows[BATCH];
	char after[ROSTER_ID] = "";
	size_t n = BATCH, n_said = 0;

	a->seats = rows_of(sizeof(*a->seats));
	int rc = said && a->seats ? rsvp_list(d->st, a->m.id, said, AGENDA_ROWS, &n_said)
				  : STORE_FAIL;
	while (rc == STORE_OK && n == BATCH) {
		rc = roster_list(d->st, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++)
			seat(a, &rows[i], said, n_said);
		if (n)
			memcpy(after, rows[n - 1].id, sizeof(after));
	}
	free(said);
	if (a->seats && a->n_seats)
		qsort(a->seats, a->n_seats, sizeof(*a->seats), by_agency);
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- all of it ------------------------------------------------------------------------------ */

void agenda_free(struct agenda *a)
{
	if (!a)
		return;
	free(a->tasks);
	free(a->high);
	free(a->referrals);
	free(a->absences);
	free(a->closures);
	free(a->falls);
	free(a->trend);
	free(a->seats);
	free(a);
}

int agenda_build(struct desk *d, const char *day, struct agenda **out)
{
	static int (*const parts[])(struct desk *d, struct agenda *a) = {
		put_tasks,    put_high,  put_referrals, put_absences,
		put_closures, put_falls, put_trend,	put_seats
	};
	struct agenda *a = calloc(1, sizeof(*a));

	*out = NULL;
	int rc = a ? find(d, day, &a->m) : STORE_FAIL;
	if (rc == STORE_OK)
		rc = meeting_last(d->st, a->m.at, &a->last);
	if (rc == STORE_NONE && a->m.id)
		rc = STORE_OK;
	if (rc == STORE_OK)
		clock_day(a->m.at + MEETING_HALF_DAY < d->now ? a->m.at : d->now, a->today);
	for (size_t i = 0; rc == STORE_OK && i < sizeof(parts) / sizeof(parts[0]); i++)
		rc = parts[i](d, a);
	if (rc == STORE_OK)
		*out = a;
	else
		agenda_free(a);
	return rc;
}
