/* report_attendance.c - see report_attendance.h.  Reads class_days, absences (attendance.c's) and alerts
 * (alerts.c's); may call base.c and the seam. */
#include "store/report_attendance.h"

#include <stdio.h>

#include "store/internal.h"
#include "store/schoolyear.h"

enum { Q_DAYS, Q_MARKS, Q_LAST, Q_LEFT, Q_ALERTS, Q_N };
static const char *const sql[Q_N] = {
	[Q_DAYS] = "SELECT day, missed, places, listed, enrolled FROM class_days WHERE school = $1 "
		   "AND class_name = $2 AND day BETWEEN $3 AND $4 AND state = 'stands' ORDER BY day",
	[Q_MARKS] = "SELECT d.day, a.pupil, a.category, a.reason FROM class_days d JOIN absences a "
		    "ON a.class_day = d.first AND a.state = 'stands' WHERE d.school = $1 "
		    "AND d.class_name = $2 AND d.day BETWEEN $3 AND $4 AND d.state = 'stands' "
		    "ORDER BY d.day, a.pupil",
	[Q_LAST] = "SELECT day FROM class_days WHERE school = $1 AND class_name = $2 AND day <= $3 "
		   "AND state = 'stands' ORDER BY day DESC LIMIT 1",
	[Q_LEFT] = "SELECT pupil, ended, year FROM enrolments WHERE school = $1 AND class_name = $2 "
		   "AND year BETWEEN $3 AND $4 AND state = 'left' ORDER BY year, pupil",
	/* '!' comes after the blank: between them lie the pupils of this class and of no other */
	[Q_ALERTS] = "SELECT rule, subject, span, state, raised FROM alerts WHERE rule = $1 "
		     "AND subject >= $2 AND subject < $3 AND state <> 'withdrawn' "
		     "AND raised >= $4 AND raised < $5 ORDER BY subject, span",
};
const struct sql_family report_family = { "report", sql, Q_N };

static struct db_stmt *span(struct store *st, int i, const char *school, const char *class_name,
			    const char *from, const char *to)
{
	struct db_stmt *s = st->q[FAM_REPORT][i];
	db_bind_text(s, 1, school, 12);
	db_bind_text(s, 2, class_name, 12);
	db_bind_text(s, 3, from, 11);
	db_bind_text(s, 4, to, 11);
	return s;
}

/* All of them, or STORE_BOUND: a report that leaves rows out without a word would be wrong. */
static int all(struct store *st, struct db_stmt *s, base_load_fn *load, void *rows, size_t size,
	       size_t max, size_t *n)
{
	int rc;
	*n = 0;
	while ((rc = db_step(s)) == STORE_OK) {
		if (*n == max)
			rc = base_say(st, STORE_BOUND, "more than %zu rows", max);
		else
			rc = load(st, s, (char *)rows + *n * size);
		if (rc != STORE_OK)
			break;
		++*n;
	}
	db_reset(s);
	if (rc == STORE_BOUND)
		return rc;
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

static int load_day(struct store *st, struct db_stmt *s, void *row)
{
	struct report_day *d = row;
	(void)st;
	db_text(s, 0, d->day, sizeof d->day);
	d->absent = (int)db_int(s, 1);
	d->enrolled = (int)db_int(s, 2);
	d->list = db_int(s, 3) != 0;
	d->said = db_int(s, 4) > 0;
	return db_row(s);
}

int report_days(struct store *st, const char *school, const char *class_name, const char *from,
		const char *to, struct report_day *out, size_t max, size_t *n)
{
	return all(st, span(st, Q_DAYS, school, class_name, from, to), load_day, out, sizeof *out, max,
		   n);
}

static int load_mark(struct store *st, struct db_stmt *s, void *row)
{
	struct report_mark *m = row;
	(void)st;
	db_text(s, 0, m->day, sizeof m->day);
	m->pupil = (int)db_int(s, 1);
	db_text(s, 2, m->category, sizeof m->category);
	db_text(s, 3, m->reason, sizeof m->reason);
	return db_row(s);
}

int report_marks(struct store *st, const char *school, const char *class_name, const char *from,
		 const char *to, struct report_mark *out, size_t max, size_t *n)
{
	return all(st, span(st, Q_MARKS, school, class_name, from, to), load_mark, out, sizeof *out, max,
		   n);
}

int report_last(struct store *st, const char *school, const char *class_name, const char *to,
		char day[11])
{
	struct db_stmt *s = st->q[FAM_REPORT][Q_LAST];
	db_bind_text(s, 1, school, 12);
	db_bind_text(s, 2, class_name, 12);
	db_bind_text(s, 3, to, 11);
	day[0] = '\0';
	int rc = db_step(s);
	if (rc == STORE_OK)
		db_text(s, 0, day, 11);
	db_reset(s);
	return base_db(st, rc);
}

static int load_left(struct store *st, struct db_stmt *s, void *row)
{
	struct report_left *l = row;
	(void)st;
	l->pupil = (int)db_int(s, 0);
	db_text(s, 1, l->from, sizeof l->from);
	schoolyear_end((int)db_int(s, 2), l->until);
	return db_row(s);
}

int report_left(struct store *st, const char *school, const char *class_name, const char *from,
		const char *to, struct report_left *out, size_t max, size_t *n)
{
	struct db_stmt *s = st->q[FAM_REPORT][Q_LEFT];
	db_bind_text(s, 1, school, 12);
	db_bind_text(s, 2, class_name, 12);
	db_bind_int(s, 3, schoolyear_of(from));
	db_bind_int(s, 4, schoolyear_of(to));
	return all(st, s, load_left, out, sizeof *out, max, n);
}

static int load_alert(struct store *st, struct db_stmt *s, void *row)
{
	struct report_alert *a = row;
	(void)st;
	db_text(s, 0, a->rule, sizeof a->rule);
	db_text(s, 1, a->subject, sizeof a->subject);
	db_text(s, 2, a->span, sizeof a->span);
	db_text(s, 3, a->state, sizeof a->state);
	a->raised = db_int(s, 4);
	return db_row(s);
}

int report_alerts(struct store *st, const char *rule, const char *school, const char *class_name,
		  int64_t from, int64_t until, struct report_alert *out, size_t max, size_t *n)
{
	char low[32], high[32];
	snprintf(low, sizeof low, "%.11s %.11s", school, class_name);
	snprintf(high, sizeof high, "%.11s %.11s!", school, class_name);
	struct db_stmt *s = st->q[FAM_REPORT][Q_ALERTS];
	db_bind_text(s, 1, rule, 8);
	db_bind_text(s, 2, low, sizeof low);
	db_bind_text(s, 3, high, sizeof high);
	db_bind_int(s, 4, from);
	db_bind_int(s, 5, until);
	return all(st, s, load_alert, out, sizeof *out, max, n);
}
