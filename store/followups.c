/* followups.c - visits and calls, and what a case is due next.  Owns followups and case_dues; may
 * call base.c and the seam. */
#include "store/followups.h"

#include <string.h>

#include "store/internal.h"

#define COLUMNS "id, case_id, at, who, message, type, outcome, in_school, next_due"
#define DUE "case_id, kind, due, look_at, step, state"

enum { Q_ADD, Q_LIST, Q_SET, Q_GET, Q_LOOKED, Q_DONE, Q_ALL_DONE, Q_NEXT, Q_NEXT_AT, Q_N };
static const char *const sql[Q_N] = {
	[Q_ADD] = "INSERT INTO followups (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	[Q_LIST] = "SELECT " COLUMNS " FROM followups WHERE case_id = $1 ORDER BY id LIMIT $2",
	[Q_SET] = "INSERT INTO case_dues (" DUE ") VALUES ($1, $2, $3, $4, 0, 'open') "
		  "ON CONFLICT (case_id, kind) DO UPDATE SET due = excluded.due, "
		  "look_at = excluded.look_at, step = 0, state = 'open'",
	[Q_GET] = "SELECT " DUE " FROM case_dues WHERE case_id = $1 AND kind = $2",
	[Q_LOOKED] = "UPDATE case_dues SET step = $1, look_at = $2 WHERE case_id = $3 AND kind = $4 "
		     "AND state = 'open'",
	[Q_DONE] = "UPDATE case_dues SET state = 'done', look_at = 0 WHERE case_id = $1 AND "
		   "kind = $2 AND state = 'open'",
	[Q_ALL_DONE] = "UPDATE case_dues SET state = 'done', look_at = 0 WHERE case_id = $1 AND "
		       "state = 'open'",
	[Q_NEXT] = "SELECT " DUE " FROM case_dues WHERE state = 'open' AND look_at > 0 AND "
		   "look_at <= $1 ORDER BY look_at, case_id LIMIT 1",
	[Q_NEXT_AT] = "SELECT min(look_at) FROM case_dues WHERE state = 'open' AND look_at > 0",
};
const struct sql_family followups_family = { "followups", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_FOLLOWUPS][i];
}

int followup_add(struct store *st, const struct followup *f, int64_t now, int64_t *id)
{
	int rc = base_next_id(st, SEQ_FOLLOWUP, id);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, *id);
	db_bind_int(s, 2, f->case_id);
	db_bind_int(s, 3, now);
	db_bind_text(s, 4, f->who, sizeof f->who);
	db_bind_ref(s, 5, f->message);
	db_bind_text(s, 6, f->type, sizeof f->type);
	db_bind_text(s, 7, f->outcome, sizeof f->outcome);
	db_bind_int(s, 8, f->in_school);
	db_bind_int(s, 9, f->next_due);
	return base_db(st, db_run(s));
}

static int load_followup(struct store *st, struct db_stmt *s, void *row)
{
	struct followup *f = row;
	(void)st;
	memset(f, 0, sizeof *f);
	f->id = db_int(s, 0);
	f->case_id = db_int(s, 1);
	f->at = db_int(s, 2);
	db_text(s, 3, f->who, sizeof f->who);
	f->message = db_int(s, 4);
	db_text(s, 5, f->type, sizeof f->type);
	db_text(s, 6, f->outcome, sizeof f->outcome);
	f->in_school = (int)db_int(s, 7);
	f->next_due = db_int(s, 8);
	return db_row(s);
}

int followup_list(struct store *st, int64_t case_id, struct followup *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_LIST);
	db_bind_int(s, 1, case_id);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_followup, out, sizeof *out, max, n);
}

static int load_due(struct store *st, struct db_stmt *s, void *row)
{
	struct case_due *d = row;
	char state[12];
	(void)st;
	memset(d, 0, sizeof *d);
	d->case_id = db_int(s, 0);
	db_text(s, 1, d->kind, sizeof d->kind);
	d->due = db_int(s, 2);
	d->look_at = db_int(s, 3);
	d->step = (int)db_int(s, 4);
	db_text(s, 5, state, sizeof state);
	d->open = strcmp(state, "open") == 0;
	return db_row(s);
}

int due_set(struct store *st, int64_t case_id, const char *kind, int64_t due, int64_t look_at)
{
	struct db_stmt *s = q(st, Q_SET);
	db_bind_int(s, 1, case_id);
	db_bind_text(s, 2, kind, 12);
	db_bind_int(s, 3, due);
	db_bind_int(s, 4, look_at);
	return base_db(st, db_run(s));
}

int due_get(struct store *st, int64_t case_id, const char *kind, struct case_due *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_int(s, 1, case_id);
	db_bind_text(s, 2, kind, sizeof out->kind);
	return base_one(st, s, load_due, out);
}

int due_looked(struct store *st, int64_t case_id, const char *kind, int step, int64_t look_at)
{
	struct db_stmt *s = q(st, Q_LOOKED);
	db_bind_int(s, 1, step);
	db_bind_int(s, 2, look_at);
	db_bind_int(s, 3, case_id);
	db_bind_text(s, 4, kind, 12);
	return base_transition(st, s, "due");
}

int due_done(struct store *st, int64_t case_id, const char *kind)
{
	struct db_stmt *s = q(st, Q_DONE);
	db_bind_int(s, 1, case_id);
	db_bind_text(s, 2, kind, 12);
	return base_db(st, db_run(s));
}

int due_all_done(struct store *st, int64_t case_id)
{
	struct db_stmt *s = q(st, Q_ALL_DONE);
	db_bind_int(s, 1, case_id);
	return base_db(st, db_run(s));
}

int due_next(struct store *st, int64_t now, struct case_due *out)
{
	struct db_stmt *s = q(st, Q_NEXT);
	db_bind_int(s, 1, now);
	return base_one(st, s, load_due, out);
}

int due_next_at(struct store *st, int64_t *at)
{
	return base_least(st, q(st, Q_NEXT_AT), at);
}
