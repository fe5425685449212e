/* sums.c - see sums.h.  Owns class_years and pupil_years; may call schoolyear, base.c and the seam.
 *
 * In C rather than by triggers on the insert: a statement that has one keeps a copy of each page it changes,
 * and that was a tenth of a text's cost. */
#include "store/sums.h"

#include "store/internal.h"
#include "store/schoolyear.h"

enum { Q_DAY, Q_DAY_ADD, Q_ABSENCE, Q_N };
static const char *const sql[Q_N] = {
	[Q_DAY] = "UPDATE class_years SET listed = listed + $1, rated = rated + $2, missed = missed + $3, "
		  "places = places + $4 WHERE school = $5 AND class_name = $6 AND year = $7",
	[Q_DAY_ADD] = "INSERT INTO class_years (listed, rated, missed, places, school, class_name, year) "
		      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
	[Q_ABSENCE] = "INSERT INTO pupil_years (school, class_name, year, pupil, absent, unexcused) "
		      "VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT (school, class_name, year, pupil) "
		      "DO UPDATE SET absent = pupil_years.absent + 1, "
		      "unexcused = pupil_years.unexcused + excluded.unexcused",
};
const struct sql_family sums_family = { "sums", sql, Q_N };

struct year_sums {
	int64_t listed, rated, missed, places;
};

static void count(struct year_sums *y, const struct day_sums *d, int sign)
{
	if (!d)
		return;
	y->listed += sign * d->listed;
	y->rated += sign * (d->places > 0);
	y->missed += sign * (d->places > 0 ? d->missed : 0);
	y->places += sign * d->places;
}

static struct db_stmt *bound(struct store *st, int query, const struct year_sums *y, const char *school,
			     const char *class_name, int year)
{
	struct db_stmt *s = st->q[FAM_SUMS][query];
	db_bind_int(s, 1, y->listed);
	db_bind_int(s, 2, y->rated);
	db_bind_int(s, 3, y->missed);
	db_bind_int(s, 4, y->places);
	db_bind_text(s, 5, school, 12);
	db_bind_text(s, 6, class_name, 12);
	db_bind_int(s, 7, year);
	return s;
}

int sums_day(struct store *st, const char *school, const char *class_name, const char *day,
	     const struct day_sums *was, const struct day_sums *is)
{
	struct year_sums change = { 0 };
	int year = schoolyear_of(day);
	count(&change, was, -1);
	count(&change, is, 1);
	int rc = db_run(bound(st, Q_DAY, &change, school, class_name, year));
	if (rc == STORE_OK && db_changes(st->db) == 0 && is && !was)
		rc = db_run(bound(st, Q_DAY_ADD, &change, school, class_name, year));
	return base_db(st, rc);
}

int sums_absence(struct store *st, const char *school, const char *class_name, const char *day, int pupil,
		 bool unexcused)
{
	struct db_stmt *s = st->q[FAM_SUMS][Q_ABSENCE];
	db_bind_text(s, 1, school, 12);
	db_bind_text(s, 2, class_name, 12);
	db_bind_int(s, 3, schoolyear_of(day));
	db_bind_int(s, 4, pupil);
	db_bind_int(s, 5, unexcused);
	return base_db(st, db_run(s));
}
