/* attendance.c - class-days and absences.  Nothing is deleted: a newer fact supersedes, an undone
 * one gives back what it had superseded.  Owns class_days and absences; may call sums, base.c and the seam.
 *
 * A class-day has one id for good, that of its first row; absences hang on that id, so a class-day
 * reported again keeps them. */
#include "store/attendance.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/sums.h"

enum {
	Q_STANDING, Q_FIRST, Q_DAY_ADD, Q_DAY_SAME, Q_DAY_SUPERSEDE, Q_DAY_OF_MESSAGE, Q_DAY_UNDO, Q_PLACES,
	Q_DAY_BEFORE, Q_DAY_RESTORE, Q_ABS_STANDING, Q_ABS_ADD, Q_ABS_CLEAR, Q_ABS_HIDE, Q_ABS_LINK, Q_ABS_OF_MESSAGE, Q_ABS_UNDO,
	Q_ABS_RESTORE, Q_ABS_RELINK, Q_DAY_OF, Q_DAY_COUNTED, Q_DAY_COUNT, Q_DAY_TALLY, Q_RECENT, Q_DAY_REPORTED, Q_PUPILS, Q_N
};
#define ABSENT "NOT IN ('late', 'left_early')"
/* Of a class-day: how many are away, and whether any report of it gave numbers. */
#define COUNTED(first)                                                                                  \
	"(SELECT count(*) FROM absences a WHERE a.class_day = " first " AND a.state = 'stands' "        \
	"AND a.category " ABSENT "), EXISTS (SELECT 1 FROM class_days l WHERE l.first = " first " "     \
	"AND l.state <> 'undone' AND l.count <= 0)"
static const char *const sql[Q_N] = {
	[Q_STANDING] = "SELECT id, first, message, listed, missed, places FROM class_days WHERE school = $1 "
		       "AND class_name = $2 AND day = $3 AND state = 'stands'",
	[Q_PLACES] = "SELECT register_size FROM classes WHERE school = $1 AND name = $2",
	[Q_FIRST] = "SELECT first FROM class_days WHERE school = $1 AND class_name = $2 AND day = $3 "
		    "ORDER BY id LIMIT 1",
	/* With its sums: listed $11, missed $12, places $13. */
	[Q_DAY_ADD] = "INSERT INTO class_days (id, first, school, class_name, day, reporter, message, "
		      "count, enrolled, at, state, listed, missed, places) "
		      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'stands', $11, $12, $13)",
	[Q_DAY_SAME] = "UPDATE class_days SET reporter = $1, count = $2, enrolled = $3, at = $4 "
		       "WHERE id = $5",
	[Q_DAY_SUPERSEDE] = "UPDATE class_days SET state = 'superseded' WHERE id = $1 "
			    "AND state = 'stands'",
	[Q_DAY_OF_MESSAGE] = "SELECT id, first, state, school, class_name, day, listed, missed, places FROM class_days "
			     "WHERE message = $1 AND state <> 'undone' ORDER BY id DESC LIMIT 1",
	[Q_DAY_UNDO] = "UPDATE class_days SET state = 'undone', undone = $1 WHERE id = $2",
	[Q_DAY_BEFORE] = "SELECT id, listed, missed, places FROM class_days "
			 "WHERE first = $1 AND state = 'superseded' ORDER BY id DESC LIMIT 1",
	[Q_DAY_RESTORE] = "UPDATE class_days SET state = 'stands' WHERE id = $1 AND state = 'superseded'",
	[Q_ABS_STANDING] = "SELECT id, category, reason, country FROM absences WHERE class_day = $1 "
			   "AND pupil = $2 AND state = 'stands'",
	/* Nothing, where one of the pupil stands. */
	[Q_ABS_ADD] = "INSERT INTO absences (id, class_day, message, pupil, category, reason, country, "
		      "at, state, school, class_name, day) "
		      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'stands', $9, $10, $11) "
		      "ON CONFLICT (class_day, pupil) WHERE state = 'stands' DO NOTHING",
	[Q_DAY_OF] = "SELECT school, class_name, day FROM class_days WHERE id = $1",
	[Q_ABS_CLEAR] = "UPDATE absences SET state = 'undone', undone = $1 WHERE class_day = $2 "
			"AND pupil = $3 AND state = 'stands'",
	/* Undone for a moment: only one row may stand, and superseded_by must name a row that is there. */
	[Q_ABS_HIDE] = "UPDATE absences SET state = 'undone' WHERE id = $1 AND state = 'stands'",
	[Q_ABS_LINK] = "UPDATE absences SET state = 'superseded', superseded_by = $1 WHERE id = $2",
	[Q_ABS_OF_MESSAGE] = "SELECT a.id, a.state, a.superseded_by, a.pupil, d.school, d.class_name, "
			     "d.day, a.class_day FROM absences a JOIN class_days d ON d.id = a.class_day "
			     "WHERE a.message = $1 AND a.state <> 'undone' ORDER BY a.id DESC LIMIT 1",
	[Q_ABS_UNDO] = "UPDATE absences SET state = 'undone', undone = $1, superseded_by = NULL "
		       "WHERE id = $2",
	[Q_ABS_RESTORE] = "UPDATE absences SET state = 'stands', superseded_by = NULL "
			  "WHERE superseded_by = $1 AND state = 'superseded'",
	[Q_ABS_RELINK] = "UPDATE absences SET superseded_by = $1 "
			 "WHERE superseded_by = $2 AND state = 'superseded'",
	[Q_DAY_COUNTED] = "SELECT d.id, d.count, d.listed, d.missed, d.places, " COUNTED("d.first") ", "
			  "CASE WHEN d.enrolled > 0 THEN d.enrolled ELSE coalesce((SELECT c.register_size "
			  "FROM classes c WHERE c.school = d.school AND c.name = d.class_name), 0) END, "
			  "d.school, d.class_name, d.day "
			  "FROM class_days d WHERE d.first = $1 AND d.state = 'stands'",
	[Q_DAY_COUNT] = "SELECT " COUNTED("$1"),
	[Q_DAY_TALLY] = "UPDATE class_days SET listed = $1, missed = $2, places = $3 WHERE id = $4",
	[Q_RECENT] = "SELECT d.day, a.category, d.listed FROM class_days d LEFT JOIN absences a "
		     "ON a.class_day = d.first AND a.pupil = $1 AND a.state = 'stands' "
		     "WHERE d.school = $2 AND d.class_name = $3 AND d.day <= $4 AND d.state = 'stands' "
		     "ORDER BY d.day DESC LIMIT $5",
	[Q_DAY_REPORTED] = "SELECT first FROM class_days WHERE school = $1 AND class_name = $2 "
			   "AND day = $3 AND state = 'stands'",
	[Q_PUPILS] = "SELECT pupil FROM absences WHERE class_day = $1 AND state = 'stands' "
		     "AND category " ABSENT " ORDER BY pupil LIMIT $2",
};
const struct sql_family attendance_family = { "attendance", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_ATTENDANCE][i];
}

static void bind_class_day(struct db_stmt *s, int i, const char *school, const char *class_name,
			   const char *day)
{
	db_bind_text(s, i, school, 12);
	db_bind_text(s, i + 1, class_name, 12);
	db_bind_text(s, i + 2, day, 11);
}

/* ---- class-days ------------------------------------------------------------------------------ */

struct day_name {
	char school[12], class_name[12], day[11];
};

static bool same_sums(const struct day_sums *a, const struct day_sums *b)
{
	return a->listed == b->listed && a->missed == b->missed && a->places == b->places;
}

/* Numbers were sent when some report that was not undone gave no bare count, or when as many stand as
 * were counted. */
static struct day_sums sums_of(int64_t count, int64_t absent, bool numbers, int64_t places)
{
	return (struct day_sums){ absent >= count || numbers, absent >= count ? absent : count, places };
}

/* The sums of the class-day after a change to what stands for it, written when they are other; nothing
 * may stand any more.  How many could have come: as said, else as the register has it. */
static int tally(struct store *st, int64_t first)
{
	struct db_stmt *s = q(st, Q_DAY_COUNTED);
	db_bind_int(s, 1, first);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
	int64_t id = db_int(s, 0);
	const struct day_sums was = { db_int(s, 2), db_int(s, 3), db_int(s, 4) };
	const struct day_sums is = sums_of(db_int(s, 1), db_int(s, 5), db_int(s, 6) != 0, db_int(s, 7));
	struct day_name of;
	db_text(s, 8, of.school, sizeof of.school);
	db_text(s, 9, of.class_name, sizeof of.class_name);
	db_text(s, 10, of.day, sizeof of.day);
	rc = base_db(st, db_row(s));
	db_reset(s);
	if (rc != STORE_OK || same_sums(&was, &is))
		return rc;
	s = q(st, Q_DAY_TALLY);
	db_bind_int(s, 1, is.listed);
	db_bind_int(s, 2, is.missed);
	db_bind_int(s, 3, is.places);
	db_bind_int(s, 4, id);
	rc = base_db(st, db_run(s));
	return rc == STORE_OK ? sums_day(st, of.school, of.class_name, of.day, &was, &is) : rc;
}

static int places_of(struct store *st, const struct class_day *d, int64_t *places)
{
	*places = d->enrolled;
	if (d->enrolled > 0)
		return STORE_OK;
	struct db_stmt *s = q(st, Q_PLACES);
	db_bind_text(s, 1, d->school, 12);
	db_bind_text(s, 2, d->class_name, 12);
	int rc = db_step(s);
	*places = rc == STORE_OK ? db_int(s, 0) : 0;
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

/* first: the class-day's, 0 = this row becomes it.  was: of the row that stood until now, NULL = none. */
static int add_day(struct store *st, const struct class_day *d, int64_t now, int64_t first,
		   const struct day_sums *was, struct day_sums *sums, int64_t *id)
{
	int64_t row;
	int rc = base_next_id(st, SEQ_ATTENDANCE, &row);
	if (rc == STORE_OK)
		rc = places_of(st, d, &sums->places);
	if (rc != STORE_OK)
		return rc;
	*id = first ? first : row;
	struct db_stmt *s = q(st, Q_DAY_ADD);
	db_bind_int(s, 1, row);
	db_bind_int(s, 2, *id);
	bind_class_day(s, 3, d->school, d->class_name, d->day);
	db_bind_text(s, 6, d->reporter, 24);
	db_bind_ref(s, 7, d->message);
	db_bind_int(s, 8, d->count);
	db_bind_int(s, 9, d->enrolled);
	db_bind_int(s, 10, now);
	db_bind_int(s, 11, sums->listed);
	db_bind_int(s, 12, sums->missed);
	db_bind_int(s, 13, sums->places);
	rc = base_db(st, db_run(s));
	return rc == STORE_OK ? sums_day(st, d->school, d->class_name, d->day, was, sums) : rc;
}

static int same_day(struct store *st, const struct class_day *d, int64_t now, int64_t row)
{
	struct db_stmt *s = q(st, Q_DAY_SAME);
	db_bind_text(s, 1, d->reporter, 24);
	db_bind_int(s, 2, d->count);
	db_bind_int(s, 3, d->enrolled);
	db_bind_int(s, 4, now);
	db_bind_int(s, 5, row);
	return base_db(st, db_run(s));
}

static int first_of_day(struct store *st, const struct class_day *d, int64_t *first)
{
	struct db_stmt *s = q(st, Q_FIRST);
	bind_class_day(s, 1, d->school, d->class_name, d->day);
	*first = 0;
	int rc = db_step(s);
	if (rc == STORE_OK)
		*first = db_int(s, 0);
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

/* What absences hang on must be there before them: the first row of a class-day is written now, with
 * sums that are right if as many are put as were said to be away. */
static int begin_fresh(struct store *st, const struct class_day *d, int64_t now, struct class_day_list *l)
{
	struct day_sums sums = sums_of(d->count, d->away, d->count <= 0, 0);
	l->fresh = true;
	int rc = first_of_day(st, d, &l->id);
	l->as = l->id ? LIST_LATER : LIST_FIRST;
	return rc == STORE_OK && !l->id ? add_day(st, d, now, 0, NULL, &sums, &l->id) : rc;
}

int class_day_begin(struct store *st, const struct class_day *d, int64_t now, struct class_day_list *l)
{
	*l = (struct class_day_list){ .of = d };
	struct db_stmt *s = q(st, Q_STANDING);
	bind_class_day(s, 1, d->school, d->class_name, d->day);
	int rc = db_step(s);
	if (rc == STORE_NONE)
		return begin_fresh(st, d, now, l);
	if (rc != STORE_OK)
		return base_db(st, rc);
	l->standing = db_int(s, 0);
	l->id = db_int(s, 1);
	int64_t message = db_int(s, 2);
	l->was = (struct day_sums){ db_int(s, 3), db_int(s, 4), db_int(s, 5) };
	l->listed = l->was.listed != 0;
	db_reset(s);
	l->as = d->message && message == d->message ? LIST_SAME : LIST_LATER;
	return l->as == LIST_SAME ? same_day(st, d, now, l->standing) : STORE_OK;
}

/* A row behind the first: it takes over the absences of those before it, so its sums are counted. */
static int end_later(struct store *st, const struct class_day_list *l, int64_t now)
{
	int64_t unused;
	struct db_stmt *s = q(st, Q_DAY_COUNT);
	db_bind_int(s, 1, l->id);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	struct day_sums sums = sums_of(l->of->count, db_int(s, 0), db_int(s, 1) != 0 || l->of->count <= 0, 0);
	db_reset(s);
	if (l->standing) {
		s = q(st, Q_DAY_SUPERSEDE);
		db_bind_int(s, 1, l->standing);
		rc = base_transition(st, s, "class-day");
	}
	return rc == STORE_OK ? add_day(st, l->of, now, l->id, l->standing ? &l->was : NULL, &sums, &unused) : rc;
}

int class_day_end(struct store *st, struct class_day_list *l, int64_t now)
{
	if (l->as == LIST_LATER)
		return end_later(st, l, now);
	return l->as == LIST_SAME || l->moved || l->away != l->of->away ? tally(st, l->id) : STORE_OK;
}

int class_day_put(struct store *st, const struct class_day *d, int64_t now, int64_t *id,
		  bool *fresh)
{
	struct class_day_list l;
	int rc = class_day_begin(st, d, now, &l);
	*id = l.id;
	*fresh = l.fresh;
	return rc == STORE_OK ? class_day_end(st, &l, now) : rc;
}

/* ---- absences -------------------------------------------------------------------------------- */

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

struct standing {
	int64_t id;
	char category[12], reason[32], country[4];
};

static int standing_absence(struct store *st, const struct absence *a, struct standing *old)
{
	struct db_stmt *s = q(st, Q_ABS_STANDING);
	db_bind_int(s, 1, a->class_day);
	db_bind_int(s, 2, a->pupil);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	old->id = db_int(s, 0);
	db_text(s, 1, old->category, sizeof old->category);
	db_text(s, 2, old->reason, sizeof old->reason);
	db_text(s, 3, old->country, sizeof old->country);
	rc = db_row(s);
	db_reset(s);
	return base_db(st, rc);
}

/* What the newer report says, over what stands: 'unknown' takes back no category, and where the
 * category stays, a reason not repeated stays too.  False when nothing is new. */
static bool newer_facts(const struct standing *old, const struct absence *a, struct absence *newer)
{
	*newer = *a;
	newer->reason = or_empty(a->reason);
	newer->country = or_empty(a->country);
	if (strcmp(newer->category, "unknown") == 0)
		newer->category = old->category;
	bool same = strcmp(newer->category, old->category) == 0;
	if (same && !*newer->reason)
		newer->reason = old->reason;
	if (same && !*newer->country)
		newer->country = old->country;
	return !same || strcmp(newer->reason, old->reason) != 0 ||
	       strcmp(newer->country, old->country) != 0;
}

/* The class and day of a class-day, which each absence names itself. */
static int class_of_day(struct store *st, const struct absence *a, struct absence_ref *out)
{
	if (a->list) {
		const struct class_day *d = a->list->of;
		base_cut(out->school, sizeof out->school, d->school);
		base_cut(out->class_name, sizeof out->class_name, d->class_name);
		base_cut(out->day, sizeof out->day, d->day);
		return STORE_OK;
	}
	struct db_stmt *s = q(st, Q_DAY_OF);
	db_bind_int(s, 1, a->class_day);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? base_say(st, rc, "no such class-day") : base_db(st, rc);
	db_text(s, 0, out->school, sizeof out->school);
	db_text(s, 1, out->class_name, sizeof out->class_name);
	db_text(s, 2, out->day, sizeof out->day);
	rc = db_row(s);
	db_reset(s);
	return base_db(st, rc);
}

static bool is_away(const char *category)
{
	return strcmp(category, "late") != 0 && strcmp(category, "left_early") != 0;
}

/* STORE_EXISTS: one of the pupil stands already. */
static int add_absence(struct store *st, const struct absence *a, const struct absence_ref *of, int64_t now,
		       int64_t *id)
{
	int rc = base_next_id(st, SEQ_ATTENDANCE, id);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ABS_ADD);
	db_bind_int(s, 1, *id);
	db_bind_int(s, 2, a->class_day);
	db_bind_ref(s, 3, a->message);
	db_bind_int(s, 4, a->pupil);
	db_bind_text(s, 5, a->category, 12);
	db_bind_text(s, 6, or_empty(a->reason), 32);
	db_bind_text(s, 7, or_empty(a->country), 3);
	db_bind_int(s, 8, now);
	bind_class_day(s, 9, of->school, of->class_name, of->day);
	rc = base_db(st, db_run(s));
	if (rc != STORE_OK || db_changes(st->db) == 0)
		return rc == STORE_OK ? STORE_EXISTS : rc;
	return is_away(a->category) ? sums_absence(st, of->school, of->class_name, of->day, a->pupil,
						   strcmp(a->category, "excused") != 0)
				    : STORE_OK;
}

static int supersede_absence(struct store *st, const struct absence *a, const struct absence_ref *of,
			     int64_t now, int64_t *id)
{
	struct standing old = { .id = 0 };
	struct absence newer;
	int rc = standing_absence(st, a, &old);
	if (rc != STORE_OK)
		return rc;
	*id = old.id;
	if (!newer_facts(&old, a, &newer))
		return base_say(st, STORE_EXISTS, "the absence stands already");
	struct db_stmt *s = q(st, Q_ABS_HIDE);
	db_bind_int(s, 1, old.id);
	rc = base_transition(st, s, "absence");
	if (rc == STORE_OK)
		rc = add_absence(st, &newer, of, now, id);
	if (rc != STORE_OK)
		return rc;
	s = q(st, Q_ABS_LINK);
	db_bind_int(s, 1, *id);
	db_bind_int(s, 2, old.id);
	return base_db(st, db_run(s));
}

int absence_put(struct store *st, const struct absence *a, int64_t now, int64_t *id)
{
	struct absence_ref of;
	int rc = class_of_day(st, a, &of);
	if (rc == STORE_OK)
		rc = add_absence(st, a, &of, now, id);
	bool stood = rc == STORE_EXISTS;
	if (stood)
		rc = supersede_absence(st, a, &of, now, id);
	if (rc != STORE_OK)
		return rc;
	if (!a->list)
		return tally(st, a->class_day);
	a->list->moved |= stood;
	a->list->away += is_away(a->category);
	return STORE_OK;
}

int absence_clear(struct store *st, int64_t class_day, int pupil, int64_t now)
{
	struct db_stmt *s = q(st, Q_ABS_CLEAR);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, class_day);
	db_bind_int(s, 3, pupil);
	int rc = base_db(st, db_run(s));
	if (rc == STORE_OK && db_changes(st->db) == 0)
		rc = base_say(st, STORE_NONE, "no absence of pupil %d stands", pupil);
	return rc == STORE_OK ? tally(st, class_day) : rc;
}

/* ---- undo ------------------------------------------------------------------------------------ */

static int undo_row(struct store *st, int undo, int64_t now, int64_t id)
{
	struct db_stmt *s = q(st, undo);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, id);
	return base_db(st, db_run(s));
}

/* The newest absence of the message still to be undone; STORE_NONE when all are. */
static int undo_absence(struct store *st, int64_t message, int64_t now, struct absence_ref *ref)
{
	char state[12];
	struct db_stmt *s = q(st, Q_ABS_OF_MESSAGE);
	db_bind_int(s, 1, message);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	int64_t id = db_int(s, 0), by = db_int(s, 2);
	db_text(s, 1, state, sizeof state);
	ref->pupil = (int)db_int(s, 3);
	db_text(s, 4, ref->school, sizeof ref->school);
	db_text(s, 5, ref->class_name, sizeof ref->class_name);
	db_text(s, 6, ref->day, sizeof ref->day);
	int64_t class_day = db_int(s, 7);
	rc = db_row(s);
	db_reset(s);
	if (rc == STORE_OK)
		rc = undo_row(st, Q_ABS_UNDO, now, id);
	if (rc != STORE_OK)
		return base_db(st, rc);
	/* Out of the middle of a chain its neighbours are tied together; off its end the one before
	 * stands again. */
	bool middle = strcmp(state, "superseded") == 0;
	s = q(st, middle ? Q_ABS_RELINK : Q_ABS_RESTORE);
	db_bind_int(s, 1, middle ? by : id);
	if (middle)
		db_bind_int(s, 2, id);
	rc = base_db(st, db_run(s));
	return rc == STORE_OK ? tally(st, class_day) : rc;
}

/* What stood before the class-day's last row was taken back stands again. */
static int restore_day(struct store *st, int64_t first, const struct absence_ref *of)
{
	struct db_stmt *s = q(st, Q_DAY_BEFORE);
	db_bind_int(s, 1, first);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
	int64_t id = db_int(s, 0);
	const struct day_sums is = { db_int(s, 1), db_int(s, 2), db_int(s, 3) };
	db_reset(s);
	s = q(st, Q_DAY_RESTORE);
	db_bind_int(s, 1, id);
	rc = base_transition(st, s, "class-day");
	return rc == STORE_OK ? sums_day(st, of->school, of->class_name, of->day, NULL, &is) : rc;
}

static int undo_day(struct store *st, int64_t message, int64_t now, struct absence_ref *ref)
{
	char state[12];
	struct db_stmt *s = q(st, Q_DAY_OF_MESSAGE);
	db_bind_int(s, 1, message);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	int64_t id = db_int(s, 0), first = db_int(s, 1);
	db_text(s, 2, state, sizeof state);
	ref->pupil = -1;
	db_text(s, 3, ref->school, sizeof ref->school);
	db_text(s, 4, ref->class_name, sizeof ref->class_name);
	db_text(s, 5, ref->day, sizeof ref->day);
	const struct day_sums was = { db_int(s, 6), db_int(s, 7), db_int(s, 8) };
	rc = base_db(st, db_row(s));
	db_reset(s);
	if (rc == STORE_OK)
		rc = undo_row(st, Q_DAY_UNDO, now, id);
	bool stood = strcmp(state, "stands") == 0;
	if (rc == STORE_OK && stood)
		rc = sums_day(st, ref->school, ref->class_name, ref->day, &was, NULL);
	if (rc == STORE_OK && stood)
		rc = restore_day(st, first, ref);
	return rc == STORE_OK ? tally(st, first) : rc;
}

int attendance_undo(struct store *st, int64_t message, int64_t now, struct absence_ref *refs,
		    size_t max, size_t *n)
{
	struct absence_ref ref;
	int rc;
	*n = 0;
	memset(&ref, 0, sizeof ref);
	while ((rc = undo_absence(st, message, now, &ref)) == STORE_OK) {
		if (*n < max)
			refs[(*n)++] = ref;
	}
	while (rc == STORE_NONE && (rc = undo_day(st, message, now, &ref)) == STORE_OK) {
		if (*n < max)
			refs[(*n)++] = ref;
		rc = STORE_NONE;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* ---- reading --------------------------------------------------------------------------------- */

int attendance_recent(struct store *st, const char *school, const char *class_name, int pupil,
		      const char *day, struct attendance_mark *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_RECENT);
	int rc = STORE_OK;
	*n = 0;
	db_bind_int(s, 1, pupil);
	bind_class_day(s, 2, school, class_name, day);
	db_bind_int(s, 5, (int64_t)max);
	while (*n < max && (rc = db_step(s)) == STORE_OK) {
		struct attendance_mark *m = &out[*n];
		db_text(s, 0, m->day, sizeof m->day);
		db_text(s, 1, m->category, sizeof m->category);
		m->list = db_int(s, 2) != 0;
		m->absent = *m->category && is_away(m->category);
		++*n;
	}
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

int attendance_of_day(struct store *st, const char *school, const char *class_name, const char *day,
		      int *pupils, size_t max, size_t *n, bool *reported)
{
	struct db_stmt *s = q(st, Q_DAY_REPORTED);
	*n = 0;
	bind_class_day(s, 1, school, class_name, day);
	int rc = db_step(s);
	*reported = rc == STORE_OK;
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
	int64_t first = db_int(s, 0);
	db_reset(s);
	s = q(st, Q_PUPILS);
	db_bind_int(s, 1, first);
	db_bind_int(s, 2, (int64_t)max);
	while (*n < max && (rc = db_step(s)) == STORE_OK)
		pupils[(*n)++] = (int)db_int(s, 0);
	db_reset(s);
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}
