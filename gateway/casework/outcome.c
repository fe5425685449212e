/* outcome.c - what came of a meeting.  See agenda.h. */
#include <stdlib.h>
#include <string.h>
#include "gateway/casework/agenda.h"
#include "gateway/casework/meetings.h"
#include "gateway/hub/clock.h"

#define AGENCIES 65
#define BATCH 32
#define WAITS 2000 /* of a period between two meetings */

static struct outcome_row *row_of(struct outcome *o, const char *agency)
{
	for (size_t i = 0; i < o->n_rows; i++) {
		if (strcmp(o->rows[i].agency, agency) == 0)
			return &o->rows[i];
	}
	if (o->n_rows == AGENCIES)
		return &o->rows[AGENCIES - 1];
	desk_cut(o->rows[o->n_rows].agency, sizeof(o->rows[0].agency), agency);
	return &o->rows[o->n_rows++];
}

static void count(struct outcome *o, const struct task *t, const char *today)
{
	struct outcome_row *r = row_of(o, t->agency);

	r->set++;
	if (strcmp(t->state, "done") == 0)
		r->done++;
	else if (strcmp(t->state, "cancelled") == 0)
		r->cancelled++;
	else
		r->open++;
	r->carried += t->carries > 0 && !t->closed;
	r->late += !t->closed && t->due[0] && strcmp(t->due, today) < 0;
}

static int put_tasks(struct desk *d, struct outcome *o)
{
	struct task rows[BATCH];
	char today[CLOCK_DAY];
	int64_t after = 0;
	size_t n = BATCH;
	int rc = STORE_OK;

	clock_day(d->now, today);
	while (rc == STORE_OK && n == BATCH) {
		rc = task_alive(d->st, o->from, o->to, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++) {
			after = rows[i].number;
			if (rows[i].set_at >= o->from)
				count(o, &rows[i], today);
		}
	}
	return rc;
}

static int by_length(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return a < b ? -1 : a > b;
}

static int64_t median(int64_t *waits, size_t n)
{
	if (n == 0)
		return -1;
	qsort(waits, n, sizeof(*waits), by_length);
	return n % 2 ? waits[n / 2] : (waits[n / 2 - 1] + waits[n / 2]) / 2;
}

static int put_answers(struct desk *d, struct outcome *o, int64_t *waits)
{
	struct referral rows[BATCH];
	int64_t after = 0;
	size_t n = BATCH, k = 0;
	int rc = STORE_OK;

	while (rc == STORE_OK && n == BATCH) {
		rc = referral_between(d->st, o->from, o->to, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++) {
			bool answer = strcmp(rows[i].state, "accepted") == 0 ||
				      strcmp(rows[i].state, "declined") == 0 ||
				      strcmp(rows[i].state, "completed") == 0;
			after = rows[i].number;
			if (answer && k < WAITS)
				waits[k++] = rows[i].answered - rows[i].created;
			else
				o->unanswered += !answer;
		}
	}
	o->answers = (int)k;
	o->answer_s = median(waits, k);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int put_waits(struct desk *d, struct outcome *o)
{
	int64_t *waits = calloc(WAITS, sizeof(*waits));
	size_t n = 0;

	if (!waits)
		return STORE_FAIL;
	int rc = agenda_contacts(d->st, o->from, o->to, waits, WAITS, &n);
	o->contacts = (int)n;
	o->contact_s = median(waits, n);
	if (rc == STORE_OK)
		rc = put_answers(d, o, waits);
	free(waits);
	return rc;
}

static int by_agency(const void *x, const void *y)
{
	const struct outcome_row *a = x, *b = y;

	return strcmp(a->agency, b->agency);
}

static int find(struct desk *d, const char *day, struct outcome *o)
{
	int rc = day[0] ? meetings_of_day(d, day, &o->m) : meetings_last(d, &o->m);

	if (rc != STORE_OK)
		return rc;
	rc = meeting_next(d->st, o->m.at + 1, &o->next);
	if (rc == STORE_NONE || o->next.at > d->now)
		memset(&o->next, 0, sizeof(o->next));
	o->from = o->m.at;
	o->to = o->next.id ? o->next.at : d->now + 1;
	return rc == STORE_NONE ? STORE_OK : rc;
}

void outcome_free(struct outcome *o)
{
	if (o)
		free(o->rows);
	free(o);
}

int outcome_build(struct desk *d, const char *day, struct outcome **out)
{
	struct outcome *o = calloc(1, sizeof(*o));

	*out = NULL;
	if (o)
		o->rows = calloc(AGENCIES, sizeof(*o->rows));
	int rc = o && o->rows ? find(d, day, o) : STORE_FAIL;
	if (rc == STORE_OK)
		rc = put_tasks(d, o);
	if (rc == STORE_OK)
		rc = put_waits(d, o);
	if (rc != STORE_OK) {
		outcome_free(o);
		return rc;
	}
	if (o->n_rows)
		qsort(o->rows, o->n_rows, sizeof(*o->rows), by_agency);
	*out = o;
	return STORE_OK;
}
