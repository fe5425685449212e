/* schoolyear.c - see schoolyear.h.  Owns pupil_returns, enrolments and absence_starts; reads
 * class_days, absences and their sums.  May call base.c and the seam. */
#include "store/schoolyear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

#define FIRST_MONTH 8

/* Spelt as in the partial indexes, or SQLite would not use them. */
#define ABSENT "state = 'stands' AND category NOT IN ('late', 'left_early')"
enum {
	Q_LISTED, Q_ABSENCES, Q_ABSENT, Q_BEFORE, Q_LAST, Q_CLASS_YEAR, Q_PUPIL_YEARS,
	Q_RETURN_ADD, Q_RETURNS, Q_RETURN_OF, Q_RETURN_UNDO, Q_ENROL_GET, Q_ENROL_ADD, Q_ENROL_END,
	Q_ENROL_RESUME, Q_ENROL_OF, Q_ENROL_BY, Q_START_PUT, Q_START_CLASS, Q_START_ZONE, Q_N
};
static const char *const sql[Q_N] = {
	[Q_LISTED] = "SELECT day, '' FROM class_days WHERE school = $1 AND class_name = $2 "
		     "AND day BETWEEN $3 AND $4 AND state = 'stands' AND listed = 1 "
		     "ORDER BY day LIMIT $5",
	[Q_ABSENCES] = "SELECT day, category FROM absences WHERE school = $1 AND class_name = $2 "
		       "AND pupil = $3 AND day BETWEEN $4 AND $5 AND " ABSENT " ORDER BY day LIMIT $6",
	[Q_ABSENT] = "SELECT a.pupil FROM class_days d JOIN absences a ON a.class_day = d.first "
		     "WHERE d.school = $1 AND d.class_name = $2 AND d.day = $3 AND d.state = 'stands' "
		     "AND a.state = 'stands' AND a.category NOT IN ('late', 'left_early') "
		     "ORDER BY a.pupil LIMIT $4",
	[Q_BEFORE] = "SELECT day FROM class_days WHERE school = $1 AND class_name = $2 AND day < $3 "
		     "AND state = 'stands' AND listed = 1 ORDER BY day DESC LIMIT 1",
	[Q_LAST] = "SELECT day FROM class_days WHERE school = $1 AND class_name = $2 AND day <= $3 "
		   "AND state = 'stands' ORDER BY day DESC LIMIT 1",
	[Q_CLASS_YEAR] = "SELECT listed, rated, missed, places FROM class_years WHERE school = $1 "
			 "AND class_name = $2 AND year = $3",
	[Q_PUPIL_YEARS] = "SELECT pupil, absent, unexcused FROM pupil_years WHERE school = $1 "
			  "AND class_name = $2 AND year = $3 AND absent >= $4 ORDER BY pupil LIMIT $5",
	[Q_RETURN_ADD] = "INSERT INTO pupil_returns (id, school, class_name, pupil, day, message, at) "
			 "VALUES ($1, $2, $3, $4, $5, $6, $7)",
	[Q_RETURNS] = "SELECT day, '' FROM pupil_returns WHERE school = $1 AND class_name = $2 "
		      "AND pupil = $3 AND day BETWEEN $4 AND $5 AND undone IS NULL ORDER BY day LIMIT $6",
	[Q_RETURN_OF] = "SELECT id, school, class_name, day, pupil FROM pupil_returns "
			"WHERE message = $1 AND undone IS NULL ORDER BY id LIMIT 1",
	[Q_RETURN_UNDO] = "UPDATE pupil_returns SET undone = $1 WHERE id = $2 AND undone IS NULL",
	[Q_ENROL_GET] = "SELECT id, state FROM enrolments WHERE school = $1 AND class_name = $2 "
			"AND year = $3 AND pupil = $4",
	[Q_ENROL_ADD] = "INSERT INTO enrolments (id, school, class_name, year, pupil, state, ended, "
			"reason, message, at) VALUES ($1, $2, $3, $4, $5, 'left', $6, $7, $8, $9)",
	[Q_ENROL_END] = "UPDATE enrolments SET state = 'left', ended = $1, reason = $2, message = $3, "
			"at = $4 WHERE id = $5 AND state = 'enrolled'",
	[Q_ENROL_RESUME] = "UPDATE enrolments SET state = 'enrolled', ended = '', reason = '', at = $1 "
			   "WHERE id = $2 AND state = 'left'",
	[Q_ENROL_OF] = "SELECT id, school, class_name, ended, pupil FROM enrolments "
		       "WHERE message = $1 AND state = 'left' ORDER BY id LIMIT 1",
	/* the word that he is back and the enrolment it resumed are of one instant */
	[Q_ENROL_BY] = "SELECT e.id, e.state FROM enrolments e JOIN pupil_returns r ON r.school = e.school AND "
		       "r.class_name = e.class_name AND r.pupil = e.pupil AND r.at = e.at "
		       "WHERE r.message = $1 AND e.school = $2 AND e.class_name = $3 AND e.year = $4 AND "
		       "e.pupil = $5 AND e.state = 'enrolled' LIMIT 1",
	[Q_START_PUT] = "INSERT INTO absence_starts (school, class_name, day, pupil, zone) "
			"VALUES ($1, $2, $3, $4, $5) ON CONFLICT (school, class_name, day, pupil) "
			"DO UPDATE SET zone = excluded.zone",
	[Q_START_CLASS] = "SELECT school, class_name, day, pupil, zone FROM absence_starts WHERE school = $1 "
			  "AND class_name = $2 AND day BETWEEN $3 AND $4 ORDER BY day, pupil LIMIT $5",
	[Q_START_ZONE] = "SELECT school, class_name, day, pupil, zone FROM absence_starts WHERE zone = $1 "
			 "AND zone <> '' AND day BETWEEN $2 AND $3 "
			 "ORDER BY day, school, class_name, pupil LIMIT $4",
};
const struct sql_family schoolyear_family = { "schoolyear", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_SCHOOLYEAR][i];
}

/* ---- years ----------------------------------------------------------------------------------- */

int schoolyear_of(const char *day)
{
	int year = (int)strtol(day, NULL, 10);
	int month = strlen(day) > 5 ? (int)strtol(day + 5, NULL, 10) : FIRST_MONTH;
	return month < FIRST_MONTH ? year - 1 : year;
}

void schoolyear_begin(int year, char out[11])
{
	snprintf(out, 11, "%04u-%02d-01", (unsigned)year % 10000u, FIRST_MONTH);
}

void schoolyear_end(int year, char out[11])
{
	snprintf(out, 11, "%04u-%02d-31", (unsigned)(year + 1) % 10000u, FIRST_MONTH - 1);
}

/* ---- days ------------------------------------------------------------------------------------ */

static void bind_class(struct db_stmt *s, const char *school, const char *class_name)
{
	db_bind_text(s, 1, school, 12);
	db_bind_text(s, 2, class_name, 12);
}

static void bind_pupil(struct db_stmt *s, const struct pupil_key *p)
{
	bind_class(s, p->school, p->class_name);
	db_bind_int(s, 3, p->pupil);
}

static void bind_span(struct db_stmt *s, int i, const char *from, const char *to, size_t max)
{
	db_bind_text(s, i, from, 11);
	db_bind_text(s, i + 1, to, 11);
	db_bind_int(s, i + 2, (int64_t)max);
}

static int load_mark(struct store *st, struct db_stmt *s, void *row)
{
	struct day_mark *m = row;
	(void)st;
	db_text(s, 0, m->day, sizeof m->day);
	db_text(s, 1, m->category, sizeof m->category);
	return db_row(s);
}

int class_listed(struct store *st, const char *school, const char *class_name, const char *from,
		 const char *to, struct day_mark *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_LISTED);
	bind_class(s, school, class_name);
	bind_span(s, 3, from, to, max);
	return base_many(st, s, load_mark, out, sizeof *out, max, n);
}

int pupil_absences(struct store *st, const struct pupil_key *p, const char *from, const char *to,
		   struct day_mark *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_ABSENCES);
	bind_pupil(s, p);
	bind_span(s, 4, from, to, max);
	return base_many(st, s, load_mark, out, sizeof *out, max, n);
}

static int load_int(struct store *st, struct db_stmt *s, void *row)
{
	(void)st;
	*(int *)row = (int)db_int(s, 0);
	return STORE_OK;
}

int class_absent(struct store *st, const char *school, const char *class_name, const char *day,
		 int *pupils, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_ABSENT);
	bind_class(s, school, class_name);
	db_bind_text(s, 3, day, 11);
	db_bind_int(s, 4, (int64_t)max);
	return base_many(st, s, load_int, pupils, sizeof *pupils, max, n);
}

static int load_day(struct store *st, struct db_stmt *s, void *row)
{
	(void)st;
	db_text(s, 0, row, 11);
	return db_row(s);
}

static int one_day(struct store *st, int query, const char *school, const char *class_name,
		   const char *day, char out[11])
{
	struct db_stmt *s = q(st, query);
	out[0] = '\0';
	bind_class(s, school, class_name);
	db_bind_text(s, 3, day, 11);
	return base_one(st, s, load_day, out);
}

int class_listed_before(struct store *st, const char *school, const char *class_name,
			const char *day, char out[11])
{
	return one_day(st, Q_BEFORE, school, class_name, day, out);
}

int class_last_report(struct store *st, const char *school, const char *class_name, const char *day,
		      char out[11])
{
	return one_day(st, Q_LAST, school, class_name, day, out);
}

/* ---- sums ------------------------------------------------------------------------------------ */

static int load_class_year(struct store *st, struct db_stmt *s, void *row)
{
	struct class_year *y = row;
	(void)st;
	y->listed = (int)db_int(s, 0);
	y->rated = (int)db_int(s, 1);
	y->missed = (int)db_int(s, 2);
	y->places = (int)db_int(s, 3);
	return STORE_OK;
}

int class_year_get(struct store *st, const char *school, const char *class_name, int year,
		   struct class_year *out)
{
	struct db_stmt *s = q(st, Q_CLASS_YEAR);
	memset(out, 0, sizeof *out);
	bind_class(s, school, class_name);
	db_bind_int(s, 3, year);
	int rc = base_one(st, s, load_class_year, out);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int load_pupil_year(struct store *st, struct db_stmt *s, void *row)
{
	struct pupil_year *y = row;
	(void)st;
	y->pupil = (int)db_int(s, 0);
	y->absent = (int)db_int(s, 1);
	y->unexcused = (int)db_int(s, 2);
	return STORE_OK;
}

int pupil_years(struct store *st, const char *school, const char *class_name, int year, int least,
		struct pupil_year *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_PUPIL_YEARS);
	bind_class(s, school, class_name);
	db_bind_int(s, 3, year);
	db_bind_int(s, 4, least);
	db_bind_int(s, 5, (int64_t)max);
	return base_many(st, s, load_pupil_year, out, sizeof *out, max, n);
}

/* ---- returns --------------------------------------------------------------------------------- */

int return_put(struct store *st, const struct pupil_key *p, const char *day, int64_t message,
	       int64_t now)
{
	struct day_mark have;
	size_t n;
	int64_t id;
	int rc = pupil_returns(st, p, day, day, &have, 1, &n);
	if (rc == STORE_OK && n)
		return base_say(st, STORE_EXISTS, "said before");
	if (rc == STORE_OK)
		rc = base_next_id(st, SEQ_RETURN, &id);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_RETURN_ADD);
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, p->school, 12);
	db_bind_text(s, 3, p->class_name, 12);
	db_bind_int(s, 4, p->pupil);
	db_bind_text(s, 5, day, 11);
	db_bind_ref(s, 6, message);
	db_bind_int(s, 7, now);
	return base_db(st, db_run(s));
}

int pupil_returns(struct store *st, const struct pupil_key *p, const char *from, const char *to,
		  struct day_mark *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_RETURNS);
	bind_pupil(s, p);
	bind_span(s, 4, from, to, max);
	return base_many(st, s, load_mark, out, sizeof *out, max, n);
}

struct found {
	int64_t id;
	struct taken_back who;
};

static int load_found(struct store *st, struct db_stmt *s, void *row)
{
	struct found *f = row;
	(void)st;
	f->id = db_int(s, 0);
	db_text(s, 1, f->who.school, sizeof f->who.school);
	db_text(s, 2, f->who.class_name, sizeof f->who.class_name);
	db_text(s, 3, f->who.day, sizeof f->who.day);
	f->who.pupil = (int)db_int(s, 4);
	return db_row(s);
}

/* All rows of the message that `of` finds, moved by `undo`, one after the other. */
static int undo_all(struct store *st, int of, int undo, int64_t message, int64_t now,
		    struct taken_back *out, size_t max, size_t *n)
{
	struct found f;
	int rc;
	memset(&f, 0, sizeof f);
	for (;;) {
		struct db_stmt *s = q(st, of);
		db_bind_int(s, 1, message);
		rc = base_one(st, s, load_found, &f);
		if (rc != STORE_OK)
			return rc == STORE_NONE ? STORE_OK : rc;
		s = q(st, undo);
		db_bind_int(s, 1, now);
		db_bind_int(s, 2, f.id);
		rc = base_transition(st, s, "return or enrolment");
		if (rc != STORE_OK)
			return rc;
		if (*n < max)
			out[(*n)++] = f.who;
	}
}

int return_undo(struct store *st, int64_t message, int64_t now, struct taken_back *out, size_t max,
		size_t *n)
{
	*n = 0;
	return undo_all(st, Q_RETURN_OF, Q_RETURN_UNDO, message, now, out, max, n);
}

/* ---- enrolments ------------------------------------------------------------------------------ */

struct enrolment {
	int64_t id;
	char state[12];
};

static int load_enrolment(struct store *st, struct db_stmt *s, void *row)
{
	struct enrolment *e = row;
	(void)st;
	e->id = db_int(s, 0);
	db_text(s, 1, e->state, sizeof e->state);
	return db_row(s);
}

static int find_enrolment(struct store *st, const struct pupil_key *p, int year, struct enrolment *e)
{
	struct db_stmt *s = q(st, Q_ENROL_GET);
	bind_class(s, p->school, p->class_name);
	db_bind_int(s, 3, year);
	db_bind_int(s, 4, p->pupil);
	return base_one(st, s, load_enrolment, e);
}

static int add_enrolment(struct store *st, const struct pupil_key *p, const char *day,
			 const char *reason, int64_t message, int64_t now)
{
	int64_t id;
	int rc = base_next_id(st, SEQ_ENROLMENT, &id);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ENROL_ADD);
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, p->school, 12);
	db_bind_text(s, 3, p->class_name, 12);
	db_bind_int(s, 4, schoolyear_of(day));
	db_bind_int(s, 5, p->pupil);
	db_bind_text(s, 6, day, 11);
	db_bind_text(s, 7, reason, 32);
	db_bind_ref(s, 8, message);
	db_bind_int(s, 9, now);
	return base_db(st, db_run(s));
}

int enrolment_end(struct store *st, const struct pupil_key *p, const char *day, const char *reason,
		  int64_t message, int64_t now)
{
	struct enrolment e = { .id = 0 };
	int rc = find_enrolment(st, p, schoolyear_of(day), &e);
	if (rc == STORE_NONE)
		return add_enrolment(st, p, day, reason, message, now);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ENROL_END);
	db_bind_text(s, 1, day, 11);
	db_bind_text(s, 2, reason, 32);
	db_bind_ref(s, 3, message);
	db_bind_int(s, 4, now);
	db_bind_int(s, 5, e.id);
	return base_transition(st, s, "enrolment");
}

int enrolment_resume(struct store *st, const struct pupil_key *p, int year, int64_t now)
{
	struct enrolment e = { .id = 0 };
	int rc = find_enrolment(st, p, year, &e);
	if (rc == STORE_NONE)
		return base_say(st, STORE_STATE, "had not left");
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ENROL_RESUME);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, e.id);
	return base_transition(st, s, "enrolment");
}

int enrolment_resumed_by(struct store *st, const struct pupil_key *p, int year, int64_t message, bool *yes)
{
	struct enrolment e;
	struct db_stmt *s = q(st, Q_ENROL_BY);
	db_bind_int(s, 1, message);
	db_bind_text(s, 2, p->school, 12);
	db_bind_text(s, 3, p->class_name, 12);
	db_bind_int(s, 4, year);
	db_bind_int(s, 5, p->pupil);
	int rc = base_one(st, s, load_enrolment, &e);
	*yes = rc == STORE_OK;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int enrolment_left(struct store *st, const struct pupil_key *p, int year, bool *left)
{
	struct enrolment e = { .id = 0 };
	int rc = find_enrolment(st, p, year, &e);
	*left = rc == STORE_OK && strcmp(e.state, "left") == 0;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int enrolment_undo(struct store *st, int64_t message, int64_t now, struct taken_back *out, size_t max,
		   size_t *n)
{
	*n = 0;
	return undo_all(st, Q_ENROL_OF, Q_ENROL_RESUME, message, now, out, max, n);
}

/* ---- starts ---------------------------------------------------------------------------------- */

int start_put(struct store *st, const struct pupil_key *p, const char *day, const char *zone)
{
	struct db_stmt *s = q(st, Q_START_PUT);
	bind_class(s, p->school, p->class_name);
	db_bind_text(s, 3, day, 11);
	db_bind_int(s, 4, p->pupil);
	db_bind_text(s, 5, zone, 12);
	return base_db(st, db_run(s));
}

static int load_start(struct store *st, struct db_stmt *s, void *row)
{
	struct absence_start *a = row;
	(void)st;
	db_text(s, 0, a->school, sizeof a->school);
	db_text(s, 1, a->class_name, sizeof a->class_name);
	db_text(s, 2, a->day, sizeof a->day);
	a->pupil = (int)db_int(s, 3);
	db_text(s, 4, a->zone, sizeof a->zone);
	return db_row(s);
}

int start_list_class(struct store *st, const char *school, const char *class_name, const char *from,
		     const char *to, struct absence_start *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_START_CLASS);
	bind_class(s, school, class_name);
	bind_span(s, 3, from, to, max);
	return base_many(st, s, load_start, out, sizeof *out, max, n);
}

int start_list_zone(struct store *st, const char *zone, const char *from, const char *to,
		    struct absence_start *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_START_ZONE);
	db_bind_text(s, 1, zone, 12);
	bind_span(s, 2, from, to, max);
	return base_many(st, s, load_start, out, sizeof *out, max, n);
}
