/* meetings.c - meetings, who comes, decisions carried out.  Owns meetings, rsvps and
 * meeting_decisions; may call base.c and the seam. */
#include "store/meetings.h"

#include <string.h>

#include "store/internal.h"

#define COLUMNS "id, at, place, state, source, week_told, day_told, minutes, closed, created"
#define DECISION_MAX 128

enum {
	Q_ADD, Q_GET, Q_NEXT, Q_LAST, Q_UNCLOSED, Q_LIST, Q_CHANGE, Q_CANCEL, Q_CLOSE, Q_WEEK, Q_DAY,
	Q_MINUTED, Q_RSVP, Q_RSVPS, Q_DECIDED, Q_DECIDE, Q_N
};
static const char *const sql[Q_N] = {
	[Q_ADD] = "INSERT INTO meetings (" COLUMNS ") VALUES ($1, $2, $3, 'planned', $4, 0, 0, 0, NULL, "
		  "$5)",
	[Q_GET] = "SELECT " COLUMNS " FROM meetings WHERE id = $1",
	[Q_NEXT] = "SELECT " COLUMNS " FROM meetings WHERE at >= $1 AND state <> 'cancelled' "
		   "ORDER BY at LIMIT 1",
	[Q_LAST] = "SELECT " COLUMNS " FROM meetings WHERE at < $1 AND state <> 'cancelled' "
		   "ORDER BY at DESC LIMIT 1",
	[Q_UNCLOSED] = "SELECT " COLUMNS " FROM meetings WHERE at <= $1 AND state = 'planned' "
		       "ORDER BY at LIMIT 1",
	[Q_LIST] = "SELECT " COLUMNS " FROM meetings ORDER BY at DESC, id DESC LIMIT $1",
	[Q_CHANGE] = "UPDATE meetings SET at = $1, place = $2, source = 'person' WHERE id = $3 "
		     "AND state = 'planned'",
	[Q_CANCEL] = "UPDATE meetings SET state = 'cancelled' WHERE id = $1 AND state = 'planned'",
	[Q_CLOSE] = "UPDATE meetings SET state = 'held', closed = $1 WHERE id = $2 "
		    "AND state = 'planned'",
	[Q_WEEK] = "UPDATE meetings SET week_told = $1 WHERE id = $2 AND week_told = 0",
	[Q_DAY] = "UPDATE meetings SET day_told = $1 WHERE id = $2 AND day_told = 0",
	[Q_MINUTED] = "UPDATE meetings SET minutes = minutes + 1 WHERE id = $1",
	[Q_RSVP] = "INSERT INTO rsvps (meeting, reporter, agency, attending, at) "
		   "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (meeting, reporter) DO UPDATE SET "
		   "agency = excluded.agency, attending = excluded.attending, at = excluded.at",
	[Q_RSVPS] = "SELECT reporter, agency, attending, at FROM rsvps WHERE meeting = $1 "
		    "ORDER BY agency, reporter LIMIT $2",
	[Q_DECIDED] = "SELECT task FROM meeting_decisions WHERE meeting = $1 AND decision = $2",
	[Q_DECIDE] = "INSERT INTO meeting_decisions (meeting, decision, task, at) "
		     "VALUES ($1, $2, $3, $4)",
};
const struct sql_family meetings_family = { "meetings", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_MEETINGS][i];
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct meeting *m = row;
	(void)st;
	memset(m, 0, sizeof *m);
	m->id = db_int(s, 0);
	m->at = db_int(s, 1);
	db_text(s, 2, m->place, sizeof m->place);
	db_text(s, 3, m->state, sizeof m->state);
	db_text(s, 4, m->source, sizeof m->source);
	m->week_told = db_int(s, 5);
	m->day_told = db_int(s, 6);
	m->minutes = (int)db_int(s, 7);
	m->closed = db_int(s, 8);
	m->created = db_int(s, 9);
	return db_row(s);
}

static int load_rsvp(struct store *st, struct db_stmt *s, void *row)
{
	struct rsvp *r = row;
	(void)st;
	memset(r, 0, sizeof *r);
	db_text(s, 0, r->reporter, sizeof r->reporter);
	db_text(s, 1, r->agency, sizeof r->agency);
	r->attending = db_int(s, 2) != 0;
	r->at = db_int(s, 3);
	return db_row(s);
}

int meeting_add(struct store *st, struct meeting *m, int64_t now)
{
	int rc = base_next_id(st, SEQ_MEETING, &m->id);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, m->id);
	db_bind_int(s, 2, m->at);
	db_bind_text(s, 3, m->place, sizeof m->place);
	db_bind_text(s, 4, m->source, sizeof m->source);
	db_bind_int(s, 5, now);
	rc = base_db(st, db_run(s));
	return rc == STORE_OK ? meeting_get(st, m->id, m) : rc;
}

int meeting_get(struct store *st, int64_t id, struct meeting *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_int(s, 1, id);
	return base_one(st, s, load_row, out);
}

static int by_time(struct store *st, int query, int64_t when, struct meeting *out)
{
	struct db_stmt *s = q(st, query);
	db_bind_int(s, 1, when);
	return base_one(st, s, load_row, out);
}

int meeting_next(struct store *st, int64_t from, struct meeting *out)
{
	return by_time(st, Q_NEXT, from, out);
}

int meeting_last(struct store *st, int64_t before, struct meeting *out)
{
	return by_time(st, Q_LAST, before, out);
}

int meeting_unclosed(struct store *st, int64_t now, struct meeting *out)
{
	return by_time(st, Q_UNCLOSED, now, out);
}

int meeting_list(struct store *st, struct meeting *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_LIST);
	db_bind_int(s, 1, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

/* ---- moves ----------------------------------------------------------------------------------- */

int meeting_change(struct store *st, int64_t id, int64_t at, const char *place)
{
	struct db_stmt *s = q(st, Q_CHANGE);
	db_bind_int(s, 1, at);
	db_bind_text(s, 2, place, 12);
	db_bind_int(s, 3, id);
	return base_transition(st, s, "meeting");
}

int meeting_cancel(struct store *st, int64_t id)
{
	struct db_stmt *s = q(st, Q_CANCEL);
	db_bind_int(s, 1, id);
	return base_transition(st, s, "meeting");
}

static int stamp(struct store *st, int query, int64_t id, int64_t now)
{
	struct db_stmt *s = q(st, query);
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, id);
	return base_transition(st, s, "meeting");
}

int meeting_close(struct store *st, int64_t id, int64_t now)
{
	return stamp(st, Q_CLOSE, id, now);
}

int meeting_told_week(struct store *st, int64_t id, int64_t now)
{
	return stamp(st, Q_WEEK, id, now);
}

int meeting_told_day(struct store *st, int64_t id, int64_t now)
{
	return stamp(st, Q_DAY, id, now);
}

int meeting_minuted(struct store *st, int64_t id)
{
	struct db_stmt *s = q(st, Q_MINUTED);
	db_bind_int(s, 1, id);
	return base_transition(st, s, "meeting");
}

/* ---- who comes, what was decided ------------------------------------------------------------- */

int rsvp_put(struct store *st, int64_t meeting, const struct rsvp *r, int64_t now)
{
	struct db_stmt *s = q(st, Q_RSVP);
	db_bind_int(s, 1, meeting);
	db_bind_text(s, 2, r->reporter, sizeof r->reporter);
	db_bind_text(s, 3, r->agency, sizeof r->agency);
	db_bind_int(s, 4, r->attending);
	db_bind_int(s, 5, now);
	return base_db(st, db_run(s));
}

int rsvp_list(struct store *st, int64_t meeting, struct rsvp *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_RSVPS);
	db_bind_int(s, 1, meeting);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_rsvp, out, sizeof *out, max, n);
}

int decision_get(struct store *st, int64_t meeting, const char *decision, int64_t *task)
{
	struct db_stmt *s = q(st, Q_DECIDED);
	db_bind_int(s, 1, meeting);
	db_bind_text(s, 2, decision, DECISION_MAX);
	return base_least(st, s, task);
}

int decision_put(struct store *st, int64_t meeting, const char *decision, int64_t task, int64_t now)
{
	struct db_stmt *s = q(st, Q_DECIDE);
	db_bind_int(s, 1, meeting);
	db_bind_text(s, 2, decision, DECISION_MAX);
	db_bind_int(s, 3, task);
	db_bind_int(s, 4, now);
	return base_db(st, db_run(s));
}
