/* tasks.c - tasks and their append-only history.  Owns tasks and task_events; may call base.c and
 * the seam. */
#include "store/tasks.h"

#include <string.h>

#include "store/internal.h"

#define COLUMNS "t.number, t.case_id, coalesce(c.code, ''), t.agency, t.assignee, t.service, t.set_by, " \
	"t.set_at, t.meeting, t.message, t.due, t.due_meeting, t.state, t.carries, t.counted, " \
	"t.overdue_told, t.changed, t.closed"
#define FROM " FROM tasks t LEFT JOIN cases c ON c.id = t.case_id "
#define DEDUPE_MAX 64

enum {
	Q_ADD, Q_GET, Q_BY_DEDUPE, Q_OF_MESSAGE, Q_MOVE, Q_OPEN, Q_COUNT, Q_ALIVE, Q_TO_CARRY, Q_OVERDUE,
	Q_FIRST_UNTOLD, Q_TOLD, Q_DUE_AT, Q_FOLLOW, Q_TO_CASE, Q_EVENT, Q_EVENTS, Q_BETWEEN, Q_N
};
static const char *const sql[Q_N] = {
	[Q_ADD] = "INSERT INTO tasks (number, dedupe, case_id, agency, assignee, service, set_by, "
		  "set_at, meeting, message, due, due_meeting, state, carries, counted, overdue_told, "
		  "changed, closed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', "
		  "0, NULL, '', $8, NULL)",
	[Q_GET] = "SELECT " COLUMNS FROM "WHERE t.number = $1",
	[Q_BY_DEDUPE] = "SELECT " COLUMNS FROM "WHERE t.dedupe = $1",
	[Q_OF_MESSAGE] = "SELECT " COLUMNS FROM "WHERE t.message = $1 ORDER BY t.number LIMIT 1",
	[Q_MOVE] = "UPDATE tasks SET state = $1, due = $2, due_meeting = $3, carries = $4, "
		   "counted = $5, changed = $6, closed = $7 WHERE number = $8 AND state = $9",
	[Q_OPEN] = "SELECT " COLUMNS FROM "WHERE t.closed IS NULL AND ($1 = '' OR t.agency = $1) "
		   "AND ($2 = 0 OR t.case_id = $2) ORDER BY CASE WHEN t.due = '' THEN 1 ELSE 0 END, "
		   "t.due, t.number LIMIT $3 OFFSET $4",
	[Q_COUNT] = "SELECT count(*) FROM tasks WHERE case_id = $1 AND closed IS NULL",
	[Q_ALIVE] = "SELECT " COLUMNS FROM "WHERE t.number > $1 AND t.set_at < $2 "
		    "AND (t.closed IS NULL OR t.closed >= $3) ORDER BY t.number LIMIT $4",
	[Q_TO_CARRY] = "SELECT " COLUMNS FROM "WHERE t.number > $1 AND t.closed IS NULL "
		       "AND t.due <> '' AND t.due <= $2 AND coalesce(t.counted, 0) <> $3 "
		       "ORDER BY t.number LIMIT $4",
	[Q_OVERDUE] = "SELECT " COLUMNS FROM "WHERE t.number > $1 AND t.closed IS NULL "
		      "AND t.due <> '' AND t.due < $2 AND t.overdue_told <> t.due "
		      "ORDER BY t.number LIMIT $3",
	[Q_FIRST_UNTOLD] = "SELECT coalesce(min(due), '') FROM tasks WHERE closed IS NULL "
			   "AND due <> '' AND overdue_told <> due",
	[Q_TOLD] = "UPDATE tasks SET overdue_told = $1 WHERE number = $2 AND due = $1",
	[Q_DUE_AT] = "SELECT " COLUMNS FROM "WHERE t.due_meeting = $1 AND t.closed IS NULL "
		     "ORDER BY t.number LIMIT $2",
	[Q_FOLLOW] = "UPDATE tasks SET due = $1, due_meeting = $2, changed = $3 WHERE number = $4 "
		     "AND closed IS NULL",
	[Q_TO_CASE] = "UPDATE tasks SET case_id = $1, changed = $2 WHERE case_id = $3 "
		      "AND closed IS NULL",
	[Q_EVENT] = "INSERT INTO task_events (id, task, at, who, what, due) "
		    "VALUES ($1, $2, $3, $4, $5, $6)",
	[Q_EVENTS] = "SELECT id, task, at, who, what, due FROM task_events WHERE task = $1 "
		     "ORDER BY id LIMIT $2",
	[Q_BETWEEN] = "SELECT id, task, at, who, what, due FROM task_events WHERE at >= $1 AND at < $2 "
		      "AND id > $3 ORDER BY id LIMIT $4",
};
const struct sql_family tasks_family = { "tasks", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_TASKS][i];
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct task *t = row;
	(void)st;
	memset(t, 0, sizeof *t);
	t->number = db_int(s, 0);
	t->case_id = db_int(s, 1);
	db_text(s, 2, t->case_code, sizeof t->case_code);
	db_text(s, 3, t->agency, sizeof t->agency);
	db_text(s, 4, t->assignee, sizeof t->assignee);
	db_text(s, 5, t->service, sizeof t->service);
	db_text(s, 6, t->set_by, sizeof t->set_by);
	t->set_at = db_int(s, 7);
	t->meeting = db_int(s, 8);
	t->message = db_int(s, 9);
	db_text(s, 10, t->due, sizeof t->due);
	t->due_meeting = db_int(s, 11);
	db_text(s, 12, t->state, sizeof t->state);
	t->carries = (int)db_int(s, 13);
	t->counted = db_int(s, 14);
	db_text(s, 15, t->overdue_told, sizeof t->overdue_told);
	t->changed = db_int(s, 16);
	t->closed = db_int(s, 17);
	return db_row(s);
}

static int load_event(struct store *st, struct db_stmt *s, void *row)
{
	struct task_event *e = row;
	(void)st;
	memset(e, 0, sizeof *e);
	e->id = db_int(s, 0);
	e->task = db_int(s, 1);
	e->at = db_int(s, 2);
	db_text(s, 3, e->who, sizeof e->who);
	db_text(s, 4, e->what, sizeof e->what);
	db_text(s, 5, e->due, sizeof e->due);
	return db_row(s);
}

static int add_event(struct store *st, int64_t task, const char *who, const char *what,
		     const char *due, int64_t now)
{
	int64_t id;
	int rc = base_next_id(st, SEQ_TASK_EVENT, &id);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_EVENT);
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, task);
	db_bind_int(s, 3, now);
	db_bind_text(s, 4, who, ROSTER_ID);
	db_bind_text(s, 5, what, 12);
	db_bind_text(s, 6, due, TASK_DAY);
	return base_db(st, db_run(s));
}

/* ---- setting --------------------------------------------------------------------------------- */

static int by_dedupe(struct store *st, const char *dedupe, struct task *out)
{
	struct db_stmt *s = q(st, Q_BY_DEDUPE);
	db_bind_text(s, 1, dedupe, DEDUPE_MAX);
	return base_one(st, s, load_row, out);
}

static int insert(struct store *st, struct task *t, const char *dedupe, int64_t now)
{
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, t->number);
	if (dedupe)
		db_bind_text(s, 2, dedupe, DEDUPE_MAX);
	else
		db_bind_ref(s, 2, 0);
	db_bind_ref(s, 3, t->case_id);
	db_bind_text(s, 4, t->agency, sizeof t->agency);
	db_bind_text(s, 5, t->assignee, sizeof t->assignee);
	db_bind_text(s, 6, t->service, sizeof t->service);
	db_bind_text(s, 7, t->set_by, sizeof t->set_by);
	db_bind_int(s, 8, now);
	db_bind_ref(s, 9, t->meeting);
	db_bind_ref(s, 10, t->message);
	db_bind_text(s, 11, t->due, sizeof t->due);
	db_bind_ref(s, 12, t->due_meeting);
	return base_db(st, db_run(s));
}

int task_add(struct store *st, struct task *t, const char *dedupe, int64_t now)
{
	struct task there;
	int rc = dedupe ? by_dedupe(st, dedupe, &there) : STORE_NONE;
	if (rc == STORE_OK) {
		*t = there;
		return base_say(st, STORE_EXISTS, "task T%lld is there already",
				(long long)t->number);
	}
	/* The number is taken only now: people type it, so none is wasted. */
	if (rc == STORE_NONE)
		rc = base_next_id(st, SEQ_TASK, &t->number);
	if (rc == STORE_OK)
		rc = insert(st, t, dedupe, now);
	if (rc == STORE_OK)
		rc = add_event(st, t->number, t->set_by, "set", t->due, now);
	return rc == STORE_OK ? task_get(st, t->number, t) : rc;
}

int task_get(struct store *st, int64_t number, struct task *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_int(s, 1, number);
	return base_one(st, s, load_row, out);
}

int task_of_message(struct store *st, int64_t message, struct task *out)
{
	struct db_stmt *s = q(st, Q_OF_MESSAGE);
	db_bind_int(s, 1, message);
	return base_one(st, s, load_row, out);
}

/* ---- moving ---------------------------------------------------------------------------------- */

int task_move(struct store *st, int64_t number, const struct task_move *m, int64_t now)
{
	bool ends = strcmp(m->to, "done") == 0 || strcmp(m->to, "cancelled") == 0;
	struct db_stmt *s = q(st, Q_MOVE);
	db_bind_text(s, 1, m->to, 12);
	db_bind_text(s, 2, m->due, TASK_DAY);
	db_bind_ref(s, 3, m->due_meeting);
	db_bind_int(s, 4, m->carries);
	db_bind_ref(s, 5, m->counted);
	db_bind_int(s, 6, now);
	db_bind_ref(s, 7, ends ? now : 0);
	db_bind_int(s, 8, number);
	db_bind_text(s, 9, m->from, 12);
	int rc = base_transition(st, s, "task");
	return rc == STORE_OK ? add_event(st, number, m->who, m->what, m->due, now) : rc;
}

int task_told_overdue(struct store *st, int64_t number, const char *day)
{
	struct db_stmt *s = q(st, Q_TOLD);
	db_bind_text(s, 1, day, TASK_DAY);
	db_bind_int(s, 2, number);
	return base_transition(st, s, "task");
}

static int follow_one(struct store *st, int64_t number, int64_t to_meeting, const char *day,
		      const char *who, int64_t now)
{
	struct db_stmt *s = q(st, Q_FOLLOW);
	db_bind_text(s, 1, day, TASK_DAY);
	db_bind_ref(s, 2, to_meeting);
	db_bind_int(s, 3, now);
	db_bind_int(s, 4, number);
	int rc = base_transition(st, s, "task");
	return rc == STORE_OK ? add_event(st, number, who, "moved", day, now) : rc;
}

int task_follow(struct store *st, int64_t meeting, int64_t to_meeting, const char *day,
		const char *who, int64_t now, int64_t *moved)
{
	struct task rows[16];
	size_t n = 0;
	int rc;
	*moved = 0;
	do {
		struct db_stmt *s = q(st, Q_DUE_AT);
		db_bind_int(s, 1, meeting);
		db_bind_int(s, 2, 16);
		rc = base_many(st, s, load_row, rows, sizeof rows[0], 16, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++)
			rc = follow_one(st, rows[i].number, to_meeting, day, who, now);
		*moved += (int64_t)n;
	} while (rc == STORE_OK && n == 16);
	return rc;
}

int task_to_case(struct store *st, int64_t from_case, int64_t to_case, int64_t now)
{
	struct db_stmt *s = q(st, Q_TO_CASE);
	db_bind_int(s, 1, to_case);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, from_case);
	return base_db(st, db_run(s)); /* none is no fault */
}

/* ---- lists ----------------------------------------------------------------------------------- */

int task_open(struct store *st, const char *agency, int64_t case_id, size_t after, struct task *out,
	      size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_OPEN);
	db_bind_text(s, 1, agency, sizeof out->agency);
	db_bind_int(s, 2, case_id);
	db_bind_int(s, 3, (int64_t)max);
	db_bind_int(s, 4, (int64_t)after);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int task_open_count(struct store *st, int64_t case_id, int64_t *n)
{
	struct db_stmt *s = q(st, Q_COUNT);
	db_bind_int(s, 1, case_id);
	return base_least(st, s, n);
}

int task_alive(struct store *st, int64_t from, int64_t to, int64_t after, struct task *out,
	       size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_ALIVE);
	db_bind_int(s, 1, after);
	db_bind_int(s, 2, to);
	db_bind_int(s, 3, from);
	db_bind_int(s, 4, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int task_to_carry(struct store *st, const char *day, int64_t meeting, int64_t after,
		  struct task *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_TO_CARRY);
	db_bind_int(s, 1, after);
	db_bind_text(s, 2, day, TASK_DAY);
	db_bind_int(s, 3, meeting);
	db_bind_int(s, 4, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int task_overdue(struct store *st, const char *day, int64_t after, struct task *out, size_t max,
		 size_t *n)
{
	struct db_stmt *s = q(st, Q_OVERDUE);
	db_bind_int(s, 1, after);
	db_bind_text(s, 2, day, TASK_DAY);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int task_first_untold(struct store *st, char day[TASK_DAY])
{
	struct db_stmt *s = q(st, Q_FIRST_UNTOLD);
	int rc = db_step(s);
	day[0] = '\0';
	if (rc == STORE_OK) {
		db_text(s, 0, day, TASK_DAY);
		rc = db_row(s);
	}
	db_reset(s);
	return base_db(st, rc);
}

int task_events(struct store *st, int64_t task, struct task_event *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_EVENTS);
	db_bind_int(s, 1, task);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_event, out, sizeof *out, max, n);
}

int task_events_between(struct store *st, int64_t from, int64_t to, int64_t after,
			struct task_event *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_BETWEEN);
	db_bind_int(s, 1, from);
	db_bind_int(s, 2, to);
	db_bind_int(s, 3, after);
	db_bind_int(s, 4, (int64_t)max);
	return base_many(st, s, load_event, out, sizeof *out, max, n);
}
