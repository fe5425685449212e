/* progress.c - places in classes and scores.  Owns case_slots and progress; may call base.c and the
 * seam. */
#include "store/progress.h"

#include <string.h>

#include "store/internal.h"

#define SLOT "id, case_id, at, who, message, school, class_name, pupil, was_school, was_class, was_pupil"
#define SCORES "id, case_id, at, day, who, message, score, school, family, community, flags"

enum {
	Q_SLOT_OLD, Q_SLOT_ADD, Q_SLOT_OF, Q_SLOT_UNDO, Q_SLOT_BACK, Q_OLD, Q_ADD, Q_LIST, Q_OF, Q_UNDO,
	Q_BACK, Q_N
};
static const char *const sql[Q_N] = {
	[Q_SLOT_OLD] = "UPDATE case_slots SET state = 'superseded' WHERE case_id = $1 AND state = 'stands'",
	[Q_SLOT_ADD] = "INSERT INTO case_slots (" SLOT ", state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
		       "$9, $10, $11, 'stands')",
	[Q_SLOT_OF] = "SELECT " SLOT " FROM case_slots WHERE message = $1 AND state = 'stands'",
	[Q_SLOT_UNDO] = "UPDATE case_slots SET state = 'undone' WHERE id = $1 AND state = 'stands'",
	[Q_SLOT_BACK] = "UPDATE case_slots SET state = 'stands' WHERE id = (SELECT max(id) FROM case_slots "
			"WHERE case_id = $1 AND state = 'superseded')",
	[Q_OLD] = "UPDATE progress SET state = 'superseded' WHERE case_id = $1 AND who = $2 AND day = $3 "
		  "AND state = 'stands'",
	[Q_ADD] = "INSERT INTO progress (" SCORES ", state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
		  "$10, $11, 'stands')",
	[Q_LIST] = "SELECT " SCORES " FROM progress WHERE case_id = $1 AND at <= $2 AND state = 'stands' "
		   "ORDER BY id DESC LIMIT $3",
	[Q_OF] = "SELECT " SCORES " FROM progress WHERE message = $1 AND state = 'stands'",
	[Q_UNDO] = "UPDATE progress SET state = 'undone' WHERE id = $1 AND state = 'stands'",
	[Q_BACK] = "UPDATE progress SET state = 'stands' WHERE id = (SELECT max(id) FROM progress "
		   "WHERE case_id = $1 AND who = $2 AND day = $3 AND state = 'superseded')",
};
const struct sql_family progress_family = { "progress", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_PROGRESS][i];
}

/* ---- places ---------------------------------------------------------------------------------- */

int slot_put(struct store *st, struct slot *o, int64_t now)
{
	struct db_stmt *s = q(st, Q_SLOT_OLD);
	db_bind_int(s, 1, o->case_id);
	int rc = base_db(st, db_run(s));
	if (rc == STORE_OK)
		rc = base_next_id(st, SEQ_SLOT, &o->id);
	if (rc != STORE_OK)
		return rc;
	o->at = now;
	s = q(st, Q_SLOT_ADD);
	db_bind_int(s, 1, o->id);
	db_bind_int(s, 2, o->case_id);
	db_bind_int(s, 3, now);
	db_bind_text(s, 4, o->who, sizeof o->who);
	db_bind_ref(s, 5, o->message);
	db_bind_text(s, 6, o->school, sizeof o->school);
	db_bind_text(s, 7, o->class_name, sizeof o->class_name);
	db_bind_int(s, 8, o->pupil);
	db_bind_text(s, 9, o->was_school, sizeof o->was_school);
	db_bind_text(s, 10, o->was_class, sizeof o->was_class);
	db_bind_int(s, 11, o->was_pupil);
	return base_db(st, db_run(s));
}

static int load_slot(struct store *st, struct db_stmt *s, void *row)
{
	struct slot *o = row;
	(void)st;
	memset(o, 0, sizeof *o);
	o->id = db_int(s, 0);
	o->case_id = db_int(s, 1);
	o->at = db_int(s, 2);
	db_text(s, 3, o->who, sizeof o->who);
	o->message = db_int(s, 4);
	db_text(s, 5, o->school, sizeof o->school);
	db_text(s, 6, o->class_name, sizeof o->class_name);
	o->pupil = (int)db_int(s, 7);
	db_text(s, 8, o->was_school, sizeof o->was_school);
	db_text(s, 9, o->was_class, sizeof o->was_class);
	o->was_pupil = (int)db_int(s, 10);
	return db_row(s);
}

int slot_of_message(struct store *st, int64_t message, struct slot *out)
{
	struct db_stmt *s = q(st, Q_SLOT_OF);
	db_bind_int(s, 1, message);
	return base_one(st, s, load_slot, out);
}

int slot_undo(struct store *st, const struct slot *o)
{
	struct db_stmt *s = q(st, Q_SLOT_UNDO);
	db_bind_int(s, 1, o->id);
	int rc = base_transition(st, s, "slot");
	if (rc != STORE_OK)
		return rc;
	s = q(st, Q_SLOT_BACK);
	db_bind_int(s, 1, o->case_id);
	return base_db(st, db_run(s));
}

/* ---- scores ---------------------------------------------------------------------------------- */

static int supersede(struct store *st, int i, const struct progress *p)
{
	struct db_stmt *s = q(st, i);
	db_bind_int(s, 1, p->case_id);
	db_bind_text(s, 2, p->who, sizeof p->who);
	db_bind_text(s, 3, p->day, sizeof p->day);
	return base_db(st, db_run(s));
}

int progress_put(struct store *st, struct progress *p, int64_t now)
{
	int rc = supersede(st, Q_OLD, p);
	if (rc == STORE_OK)
		rc = base_next_id(st, SEQ_PROGRESS, &p->id);
	if (rc != STORE_OK)
		return rc;
	p->at = now;
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, p->id);
	db_bind_int(s, 2, p->case_id);
	db_bind_int(s, 3, now);
	db_bind_text(s, 4, p->day, sizeof p->day);
	db_bind_text(s, 5, p->who, sizeof p->who);
	db_bind_ref(s, 6, p->message);
	db_bind_int(s, 7, p->score);
	db_bind_int(s, 8, p->school);
	db_bind_int(s, 9, p->family);
	db_bind_int(s, 10, p->community);
	db_bind_text(s, 11, p->flags, sizeof p->flags);
	return base_db(st, db_run(s));
}

static int load_progress(struct store *st, struct db_stmt *s, void *row)
{
	struct progress *p = row;
	(void)st;
	memset(p, 0, sizeof *p);
	p->id = db_int(s, 0);
	p->case_id = db_int(s, 1);
	p->at = db_int(s, 2);
	db_text(s, 3, p->day, sizeof p->day);
	db_text(s, 4, p->who, sizeof p->who);
	p->message = db_int(s, 5);
	p->score = (int)db_int(s, 6);
	p->school = (int)db_int(s, 7);
	p->family = (int)db_int(s, 8);
	p->community = (int)db_int(s, 9);
	db_text(s, 10, p->flags, sizeof p->flags);
	return db_row(s);
}

int progress_list(struct store *st, int64_t case_id, int64_t until, struct progress *out, size_t max,
		  size_t *n)
{
	struct db_stmt *s = q(st, Q_LIST);
	db_bind_int(s, 1, case_id);
	db_bind_int(s, 2, until);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_progress, out, sizeof *out, max, n);
}

int progress_undo(struct store *st, int64_t message, int64_t *case_id)
{
	struct progress p;
	struct db_stmt *s = q(st, Q_OF);
	*case_id = 0;
	db_bind_int(s, 1, message);
	int rc = base_one(st, s, load_progress, &p);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	s = q(st, Q_UNDO);
	db_bind_int(s, 1, p.id);
	rc = base_transition(st, s, "progress");
	if (rc != STORE_OK)
		return rc;
	*case_id = p.case_id;
	return supersede(st, Q_BACK, &p);
}
