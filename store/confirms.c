/* confirms.c - what waits for a person's PO or JO.  Owns confirmations; may call base.c and the
 * seam. */
#include "store/confirms.h"

#include <string.h>

#include "store/internal.h"

#define COLUMNS "c.number, c.kind, c.case_id, c.other, c.value, c.asked_by, c.asked, c.state, " \
	"c.answered, c.answered_by"

enum { Q_ADD, Q_GET, Q_OF, Q_TOLD, Q_WAITING, Q_SETTLE, Q_N };
static const char *const sql[Q_N] = {
	[Q_ADD] = "INSERT INTO confirmations (number, kind, case_id, other, value, asked_by, asked, "
		  "state, answered_by) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', '')",
	[Q_GET] = "SELECT " COLUMNS " FROM confirmations c WHERE c.number = $1",
	[Q_OF] = "SELECT " COLUMNS " FROM confirmations c WHERE c.kind = $1 AND c.case_id = $2 AND "
		 "c.state = 'waiting'",
	[Q_TOLD] = "SELECT " COLUMNS " FROM confirmations c WHERE c.state = 'waiting' AND "
		   "($1 = '' OR c.kind = $1) AND EXISTS (SELECT 1 FROM alert_told t WHERE "
		   "t.alert = c.number AND t.reporter = $2) ORDER BY c.number LIMIT $3",
	[Q_WAITING] = "SELECT " COLUMNS " FROM confirmations c WHERE c.state = 'waiting' AND "
		      "($1 = '' OR c.kind = $1) AND c.number > $2 ORDER BY c.number LIMIT $3",
	[Q_SETTLE] = "UPDATE confirmations SET state = $1, answered = $2, answered_by = $3 "
		     "WHERE number = $4 AND state = 'waiting'",
};
const struct sql_family confirms_family = { "confirms", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_CONFIRMS][i];
}

int confirm_add(struct store *st, const struct confirmation *c, int64_t now)
{
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, c->number);
	db_bind_text(s, 2, c->kind, sizeof c->kind);
	db_bind_int(s, 3, c->case_id);
	db_bind_ref(s, 4, c->other);
	db_bind_text(s, 5, c->value, sizeof c->value);
	db_bind_text(s, 6, c->asked_by, sizeof c->asked_by);
	db_bind_int(s, 7, now);
	return base_db(st, db_run(s));
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct confirmation *c = row;
	(void)st;
	memset(c, 0, sizeof *c);
	c->number = db_int(s, 0);
	db_text(s, 1, c->kind, sizeof c->kind);
	c->case_id = db_int(s, 2);
	c->other = db_int(s, 3);
	db_text(s, 4, c->value, sizeof c->value);
	db_text(s, 5, c->asked_by, sizeof c->asked_by);
	c->asked = db_int(s, 6);
	db_text(s, 7, c->state, sizeof c->state);
	c->answered = db_int(s, 8);
	db_text(s, 9, c->answered_by, sizeof c->answered_by);
	return db_row(s);
}

int confirm_get(struct store *st, int64_t number, struct confirmation *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_int(s, 1, number);
	return base_one(st, s, load_row, out);
}

int confirm_waiting_of(struct store *st, const char *kind, int64_t case_id,
		       struct confirmation *out)
{
	struct db_stmt *s = q(st, Q_OF);
	db_bind_text(s, 1, kind, sizeof out->kind);
	db_bind_int(s, 2, case_id);
	return base_one(st, s, load_row, out);
}

int confirm_told(struct store *st, const char *reporter, const char *kind, struct confirmation *out,
		 size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_TOLD);
	db_bind_text(s, 1, kind, sizeof out->kind);
	db_bind_text(s, 2, reporter, ROSTER_ID);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int confirm_waiting(struct store *st, const char *kind, int64_t after, struct confirmation *out,
		    size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_WAITING);
	db_bind_text(s, 1, kind, sizeof out->kind);
	db_bind_int(s, 2, after);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int confirm_settle(struct store *st, int64_t number, const char *to, const char *who, int64_t now)
{
	struct db_stmt *s = q(st, Q_SETTLE);
	db_bind_text(s, 1, to, 12);
	db_bind_int(s, 2, now);
	db_bind_text(s, 3, who, ROSTER_ID);
	db_bind_int(s, 4, number);
	return base_transition(st, s, "confirmation");
}
