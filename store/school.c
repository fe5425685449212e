/* school.c - classes over time and the calendar.  Owns classes (with roster.c, which adds them),
 * class_sizes and calendar; may call base.c and the seam. */
#include "store/school.h"

#include <stdio.h>
#include <string.h>

#include "store/internal.h"

#define CLASS_COLUMNS "school, name, shift, zone, register_size, closed"
#define DAY_COLUMNS "id, at, kind, from_day, to_day, school, why, who"
#define EVER "0001-01-01" /* from the beginning */

enum {
	Q_LIST, Q_GET, Q_SCHOOL, Q_CHANGE, Q_CLOSE, Q_SIZE_FIRST, Q_SIZE, Q_SIZES, Q_DAY_GET, Q_DAY_ADD,
	Q_DAY_END, Q_DAYS, Q_N
};
static const char *const sql[Q_N] = {
	[Q_LIST] = "SELECT " CLASS_COLUMNS " FROM classes WHERE (school, name) > ($1, $2) "
		   "ORDER BY school, name LIMIT $3",
	[Q_GET] = "SELECT " CLASS_COLUMNS " FROM classes WHERE school = $1 AND name = $2",
	[Q_SCHOOL] = "INSERT INTO schools (id) VALUES ($1) ON CONFLICT (id) DO NOTHING",
	[Q_CHANGE] = "INSERT INTO classes (school, name, register_size, shift, zone, closed) "
		     "VALUES ($1, $2, $3, $4, $5, NULL) ON CONFLICT (school, name) DO UPDATE SET "
		     "register_size = excluded.register_size, shift = excluded.shift, "
		     "zone = excluded.zone, closed = NULL",
	[Q_CLOSE] = "UPDATE classes SET closed = $1 WHERE school = $2 AND name = $3 AND closed IS NULL",
	[Q_SIZE_FIRST] = "INSERT INTO class_sizes (school, name, day, size) VALUES ($1, $2, $3, $4) "
			 "ON CONFLICT (school, name, day) DO NOTHING",
	[Q_SIZE] = "INSERT INTO class_sizes (school, name, day, size) VALUES ($1, $2, $3, $4) "
		   "ON CONFLICT (school, name, day) DO UPDATE SET size = excluded.size",
	[Q_SIZES] = "SELECT day, size FROM class_sizes WHERE school = $1 AND name = $2 ORDER BY day LIMIT $3",
	[Q_DAY_GET] = "SELECT " DAY_COLUMNS " FROM calendar WHERE kind = $1 AND school = $2 "
		      "AND from_day = $3 AND ended IS NULL",
	[Q_DAY_ADD] = "INSERT INTO calendar (id, kind, from_day, to_day, school, why, who, at, ended_by) "
		      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '')",
	[Q_DAY_END] = "UPDATE calendar SET ended = $1, ended_by = $2 WHERE id = $3 AND ended IS NULL",
	[Q_DAYS] = "SELECT " DAY_COLUMNS " FROM calendar WHERE ended IS NULL ORDER BY from_day, id LIMIT $1",
};
const struct sql_family school_family = { "school", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_SCHOOL][i];
}

/* ---- classes --------------------------------------------------------------------------------- */

static int load_class(struct store *st, struct db_stmt *s, void *row)
{
	struct class_info *c = row;
	(void)st;
	memset(c, 0, sizeof *c);
	db_text(s, 0, c->school, sizeof c->school);
	db_text(s, 1, c->name, sizeof c->name);
	db_text(s, 2, c->shift, sizeof c->shift);
	db_text(s, 3, c->zone, sizeof c->zone);
	c->size = (int)db_int(s, 4);
	if (!db_null(s, 5))
		db_text(s, 5, c->closed, sizeof c->closed);
	return db_row(s);
}

int class_list(struct store *st, const struct class_info *after, struct class_info *out, size_t max,
	       size_t *n)
{
	char school[12] = "", name[12] = "";
	struct db_stmt *s = q(st, Q_LIST);
	if (after) { /* a copy: *after may be an element of out */
		memcpy(school, after->school, sizeof school);
		memcpy(name, after->name, sizeof name);
	}
	db_bind_text(s, 1, school, sizeof school);
	db_bind_text(s, 2, name, sizeof name);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_class, out, sizeof *out, max, n);
}

static void bind_class(struct db_stmt *s, int i, const char *school, const char *name)
{
	db_bind_text(s, i, school, 12);
	db_bind_text(s, i + 1, name, 12);
}

int class_get(struct store *st, const char *school, const char *name, struct class_info *out)
{
	struct db_stmt *s = q(st, Q_GET);
	bind_class(s, 1, school, name);
	return base_one(st, s, load_class, out);
}

static int put_size(struct store *st, int which, const struct class_info *c, const char *day, int size)
{
	struct db_stmt *s = q(st, which);
	bind_class(s, 1, c->school, c->name);
	db_bind_text(s, 3, day, 11);
	db_bind_int(s, 4, size);
	return base_db(st, db_run(s));
}

int class_change(struct store *st, const struct class_info *c, const char *day)
{
	struct class_info old;
	int rc = class_get(st, c->school, c->name, &old);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	bool resized = rc == STORE_OK && old.size != c->size;
	struct db_stmt *s = q(st, Q_SCHOOL);
	db_bind_text(s, 1, c->school, sizeof c->school);
	rc = base_db(st, db_run(s));
	if (rc != STORE_OK)
		return rc;
	s = q(st, Q_CHANGE);
	bind_class(s, 1, c->school, c->name);
	db_bind_int(s, 3, c->size);
	db_bind_text(s, 4, c->shift, sizeof c->shift);
	db_bind_text(s, 5, c->zone, sizeof c->zone);
	rc = base_db(st, db_run(s));
	if (rc != STORE_OK || !resized)
		return rc;
	rc = put_size(st, Q_SIZE_FIRST, c, EVER, old.size);
	return rc == STORE_OK ? put_size(st, Q_SIZE, c, day, c->size) : rc;
}

int class_close(struct store *st, const char *school, const char *name, const char *day)
{
	struct db_stmt *s = q(st, Q_CLOSE);
	db_bind_text(s, 1, day, 11);
	bind_class(s, 2, school, name);
	return base_transition(st, s, "class");
}

static int load_size(struct store *st, struct db_stmt *s, void *row)
{
	struct class_size *c = row;
	(void)st;
	db_text(s, 0, c->day, sizeof c->day);
	c->size = (int)db_int(s, 1);
	return db_row(s);
}

int class_sizes(struct store *st, const char *school, const char *name, struct class_size *out,
		size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_SIZES);
	bind_class(s, 1, school, name);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_size, out, sizeof *out, max, n);
}

/* ---- calendar -------------------------------------------------------------------------------- */

static int load_day(struct store *st, struct db_stmt *s, void *row)
{
	struct calendar_row *r = row;
	(void)st;
	r->id = db_int(s, 0);
	r->at = db_int(s, 1);
	db_text(s, 2, r->kind, sizeof r->kind);
	db_text(s, 3, r->from, sizeof r->from);
	db_text(s, 4, r->to, sizeof r->to);
	db_text(s, 5, r->school, sizeof r->school);
	db_text(s, 6, r->why, sizeof r->why);
	db_text(s, 7, r->who, sizeof r->who);
	return db_row(s);
}

static int add_day(struct store *st, const struct calendar_row *r, int64_t now)
{
	int64_t id;
	int rc = base_next_id(st, SEQ_CALENDAR, &id);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_DAY_ADD);
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, r->kind, sizeof r->kind);
	db_bind_text(s, 3, r->from, sizeof r->from);
	db_bind_text(s, 4, r->to, sizeof r->to);
	db_bind_text(s, 5, r->school, sizeof r->school);
	db_bind_text(s, 6, r->why, sizeof r->why);
	db_bind_text(s, 7, r->who, sizeof r->who);
	db_bind_int(s, 8, now);
	return base_db(st, db_run(s));
}

int calendar_put(struct store *st, const struct calendar_row *r, int64_t now, bool *added,
		 bool *changed)
{
	struct calendar_row old;
	struct db_stmt *s = q(st, Q_DAY_GET);
	*added = *changed = false;
	db_bind_text(s, 1, r->kind, sizeof r->kind);
	db_bind_text(s, 2, r->school, sizeof r->school);
	db_bind_text(s, 3, r->from, sizeof r->from);
	int rc = base_one(st, s, load_day, &old);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (rc == STORE_OK && strcmp(old.to, r->to) == 0 && strcmp(old.why, r->why) == 0)
		return STORE_OK;
	if (rc == STORE_OK) {
		*changed = true;
		rc = calendar_end(st, old.id, r->who, now);
		if (rc != STORE_OK)
			return rc;
	}
	*added = !*changed;
	return add_day(st, r, now);
}

int calendar_end(struct store *st, int64_t id, const char *who, int64_t now)
{
	struct db_stmt *s = q(st, Q_DAY_END);
	db_bind_int(s, 1, now);
	db_bind_text(s, 2, who, 32);
	db_bind_int(s, 3, id);
	return base_transition(st, s, "calendar");
}

int calendar_list(struct store *st, struct calendar_row *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_DAYS);
	db_bind_int(s, 1, (int64_t)max);
	return base_many(st, s, load_day, out, sizeof *out, max, n);
}
