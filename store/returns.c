/* returns.c - assisted returns.  Owns returns and return_outcomes; may call base.c and the seam. */
#include "store/returns.h"

#include <string.h>

#include "store/internal.h"

#define COLUMNS "id, case_id, message, announced, who, country, day, arrived, state, unsafe, shelter, stage, " \
	"look_at, assessment, reception, visit, enrol"

enum {
	Q_ADD, Q_GET, Q_OF_CASE, Q_OF_MESSAGE, Q_AWAITED, Q_UPDATE, Q_MISSED, Q_CANCEL, Q_ARRIVED, Q_ENDED,
	Q_DUE, Q_NEXT_DUE, Q_OUTCOME, Q_TO_CASE, Q_N
};
static const char *const sql[Q_N] = {
	[Q_ADD] = "INSERT INTO returns (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, '', 'announced', "
		  "$8, $9, 0, $10, $11, $12, $13, $14)",
	[Q_GET] = "SELECT " COLUMNS " FROM returns WHERE id = $1",
	[Q_OF_CASE] = "SELECT " COLUMNS " FROM returns WHERE case_id = $1 AND "
		      "state IN ('announced', 'missed', 'arrived')",
	[Q_OF_MESSAGE] = "SELECT " COLUMNS " FROM returns WHERE message = $1",
	[Q_AWAITED] = "SELECT " COLUMNS " FROM returns WHERE state IN ('announced', 'missed') AND id > $1 "
		      "ORDER BY id LIMIT $2",
	[Q_UPDATE] = "UPDATE returns SET unsafe = $1, shelter = $2, stage = $3, look_at = $4, "
		     "assessment = $5, reception = $6, visit = $7, enrol = $8, day = $9 WHERE id = $10 AND "
		     "state = $11",
	[Q_TO_CASE] = "UPDATE returns SET case_id = $1 WHERE id = $2 AND "
		      "state IN ('announced', 'missed', 'arrived')",
	[Q_MISSED] = "UPDATE returns SET state = 'missed', arrived = $1, look_at = $2 WHERE id = $3 AND "
		     "state = 'announced'",
	[Q_CANCEL] = "UPDATE returns SET state = 'cancelled', arrived = $1, look_at = $2 WHERE id = $3 AND "
		     "state = 'announced'",
	[Q_ARRIVED] = "UPDATE returns SET state = 'arrived', arrived = $1, look_at = $2 WHERE id = $3 AND "
		      "state IN ('announced', 'missed')",
	[Q_ENDED] = "UPDATE returns SET state = 'ended', arrived = CASE WHEN $1 = '' THEN arrived ELSE $1 END, "
		    "look_at = $2 WHERE id = $3 AND state IN ('announced', 'missed', 'arrived')",
	[Q_DUE] = "SELECT " COLUMNS " FROM returns WHERE look_at > 0 AND look_at <= $1 "
		  "ORDER BY look_at, id LIMIT 1",
	[Q_NEXT_DUE] = "SELECT min(look_at) FROM returns WHERE look_at > 0",
	[Q_OUTCOME] = "INSERT INTO return_outcomes (quarter, outcome, n) VALUES ($1, $2, 1) "
		      "ON CONFLICT (quarter, outcome) DO UPDATE SET n = return_outcomes.n + 1",
};
const struct sql_family returns_family = { "returns", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_RETURNS][i];
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct return_op *r = row;
	(void)st;
	memset(r, 0, sizeof *r);
	r->id = db_int(s, 0);
	r->case_id = db_int(s, 1);
	r->message = db_int(s, 2);
	r->announced = db_int(s, 3);
	db_text(s, 4, r->who, sizeof r->who);
	db_text(s, 5, r->country, sizeof r->country);
	db_text(s, 6, r->day, sizeof r->day);
	db_text(s, 7, r->arrived, sizeof r->arrived);
	db_text(s, 8, r->state, sizeof r->state);
	r->unsafe = db_int(s, 9) != 0;
	r->shelter = db_int(s, 10);
	r->stage = (int)db_int(s, 11);
	r->look_at = db_int(s, 12);
	r->assessment = db_int(s, 13);
	r->reception = db_int(s, 14);
	r->visit = db_int(s, 15);
	r->enrol = db_int(s, 16);
	return db_row(s);
}

int return_add(struct store *st, struct return_op *r, int64_t now)
{
	int rc = base_next_id(st, SEQ_RETURN_OP, &r->id);
	if (rc != STORE_OK)
		return rc;
	r->announced = now;
	memcpy(r->state, "announced", sizeof "announced");
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, r->id);
	db_bind_int(s, 2, r->case_id);
	db_bind_ref(s, 3, r->message);
	db_bind_int(s, 4, now);
	db_bind_text(s, 5, r->who, sizeof r->who);
	db_bind_text(s, 6, r->country, sizeof r->country);
	db_bind_text(s, 7, r->day, sizeof r->day);
	db_bind_int(s, 8, r->unsafe);
	db_bind_ref(s, 9, r->shelter);
	db_bind_int(s, 10, r->look_at);
	db_bind_ref(s, 11, r->assessment);
	db_bind_ref(s, 12, r->reception);
	db_bind_ref(s, 13, r->visit);
	db_bind_ref(s, 14, r->enrol);
	return base_db(st, db_run(s));
}

static int one_by(struct store *st, int i, int64_t v, struct return_op *out)
{
	struct db_stmt *s = q(st, i);
	db_bind_int(s, 1, v);
	return base_one(st, s, load_row, out);
}

int return_get(struct store *st, int64_t id, struct return_op *out)
{
	return one_by(st, Q_GET, id, out);
}

int return_of_case(struct store *st, int64_t case_id, struct return_op *out)
{
	return one_by(st, Q_OF_CASE, case_id, out);
}

int return_of_message(struct store *st, int64_t message, struct return_op *out)
{
	return one_by(st, Q_OF_MESSAGE, message, out);
}

int return_awaited(struct store *st, int64_t after, struct return_op *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_AWAITED);
	db_bind_int(s, 1, after);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int return_update(struct store *st, const struct return_op *r)
{
	struct db_stmt *s = q(st, Q_UPDATE);
	db_bind_int(s, 1, r->unsafe);
	db_bind_ref(s, 2, r->shelter);
	db_bind_int(s, 3, r->stage);
	db_bind_int(s, 4, r->look_at);
	db_bind_ref(s, 5, r->assessment);
	db_bind_ref(s, 6, r->reception);
	db_bind_ref(s, 7, r->visit);
	db_bind_ref(s, 8, r->enrol);
	db_bind_text(s, 9, r->day, sizeof r->day);
	db_bind_int(s, 10, r->id);
	db_bind_text(s, 11, r->state, sizeof r->state);
	return base_transition(st, s, "return");
}

int return_move(struct store *st, int64_t id, const char *to, const char *arrived, int64_t look_at)
{
	int i = strcmp(to, "missed") == 0      ? Q_MISSED
		: strcmp(to, "arrived") == 0   ? Q_ARRIVED
		: strcmp(to, "cancelled") == 0 ? Q_CANCEL
		: strcmp(to, "ended") == 0     ? Q_ENDED
					       : -1;
	if (i < 0)
		return base_say(st, STORE_STATE, "a return does not become %s", to);
	struct db_stmt *s = q(st, i);
	db_bind_text(s, 1, arrived, 11);
	db_bind_int(s, 2, look_at);
	db_bind_int(s, 3, id);
	return base_transition(st, s, "return");
}

int return_due(struct store *st, int64_t now, struct return_op *out)
{
	return one_by(st, Q_DUE, now, out);
}

int return_next_due(struct store *st, int64_t *at)
{
	return base_least(st, q(st, Q_NEXT_DUE), at);
}

static int to_case(struct store *st, int64_t id, int64_t case_id)
{
	struct db_stmt *s = q(st, Q_TO_CASE);
	db_bind_int(s, 1, case_id);
	db_bind_int(s, 2, id);
	return base_transition(st, s, "return");
}

int return_merge(struct store *st, int64_t from_case, int64_t to)
{
	struct return_op r, other;
	int rc = return_of_case(st, from_case, &r);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	rc = return_of_case(st, to, &other);
	if (rc == STORE_NONE)
		return to_case(st, r.id, to);
	return rc == STORE_OK ? return_move(st, r.id, "ended", "", 0) : rc;
}

int return_outcome(struct store *st, const char *quarter, const char *outcome)
{
	struct db_stmt *s = q(st, Q_OUTCOME);
	db_bind_text(s, 1, quarter, 7);
	db_bind_text(s, 2, outcome, 16);
	return base_db(st, db_run(s));
}
