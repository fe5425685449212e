/* referrals.c - referrals to agencies.  Owns referrals and referral_told; may call base.c and the
 * seam. */
#include "store/referrals.h"

#include <string.h>

#include "store/internal.h"

#define COLUMNS "number, case_id, agency, service, urgent, sender, message, rule, basis, state, " \
	"created, due, look_at, chased, answered, answered_by, reason"
#define UNANSWERED "state IN ('created', 'sent')"

enum {
	Q_ADD, Q_GET, Q_TOLD, Q_OF_OUTBOX, Q_ARRIVED, Q_ANSWER, Q_FINISH, Q_DUE, Q_NEXT_DUE, Q_LOOKED, Q_OF_CASE,
	Q_OF_MESSAGE, Q_MOVE, Q_UNANSWERED, Q_OPEN_OF, Q_BETWEEN, Q_N
};
static const char *const sql[Q_N] = {
	[Q_ADD] = "INSERT INTO referrals (number, case_id, agency, service, urgent, sender, message, "
		  "rule, basis, state, created, due, look_at, chased, answered_by, reason) VALUES "
		  "($1, $2, $3, $4, $5, $6, $7, $8, $9, 'created', $10, $11, $12, 0, '', '')",
	[Q_GET] = "SELECT " COLUMNS " FROM referrals WHERE number = $1",
	[Q_TOLD] = "INSERT INTO referral_told (referral, outbox) VALUES ($1, $2)",
	[Q_OF_OUTBOX] = "SELECT referral FROM referral_told WHERE outbox = $1",
	[Q_ARRIVED] = "UPDATE referrals SET state = 'sent' WHERE state = 'created' AND number = "
		      "(SELECT referral FROM referral_told WHERE outbox = $1)",
	[Q_ANSWER] = "UPDATE referrals SET state = $1, answered = $2, answered_by = $3, reason = $4, "
		     "look_at = 0 WHERE number = $5 AND " UNANSWERED,
	[Q_FINISH] = "UPDATE referrals SET state = $1 WHERE number = $2 AND state = 'accepted'",
	[Q_DUE] = "SELECT " COLUMNS " FROM referrals WHERE " UNANSWERED " AND look_at > 0 AND "
		  "look_at <= $1 ORDER BY look_at, number LIMIT 1",
	[Q_NEXT_DUE] = "SELECT min(look_at) FROM referrals WHERE " UNANSWERED " AND look_at > 0",
	[Q_LOOKED] = "UPDATE referrals SET look_at = $1, chased = $2 WHERE number = $3 AND " UNANSWERED,
	[Q_OF_CASE] = "SELECT " COLUMNS " FROM referrals WHERE case_id = $1 ORDER BY number LIMIT $2",
	[Q_OF_MESSAGE] = "SELECT " COLUMNS " FROM referrals WHERE message = $1 ORDER BY number LIMIT 1",
	[Q_MOVE] = "UPDATE referrals SET case_id = $1 WHERE case_id = $2 AND state IN "
		   "('created', 'sent', 'accepted')",
	[Q_UNANSWERED] = "SELECT " COLUMNS " FROM referrals WHERE " UNANSWERED " AND number > $1 "
			 "ORDER BY number LIMIT $2",
	[Q_OPEN_OF] = "SELECT " COLUMNS " FROM referrals WHERE ($1 = '' OR agency = $1) AND "
		      "(state = $2 OR state = $3) ORDER BY number DESC LIMIT $4",
	[Q_BETWEEN] = "SELECT " COLUMNS " FROM referrals WHERE created >= $1 AND created < $2 AND "
		      "number > $3 ORDER BY number LIMIT $4",
};
const struct sql_family referrals_family = { "referrals", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_REFERRALS][i];
}

int referral_skip(struct store *st, int64_t *number)
{
	return base_next_id(st, SEQ_REFERRAL, number);
}

int referral_add(struct store *st, struct referral *r, int64_t now)
{
	/* People type the number: it is taken only when the row is sure to be made. */
	int rc = base_next_id(st, SEQ_REFERRAL, &r->number);
	if (rc != STORE_OK)
		return rc;
	memcpy(r->state, "created", sizeof "created");
	r->created = now;
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, r->number);
	db_bind_int(s, 2, r->case_id);
	db_bind_text(s, 3, r->agency, sizeof r->agency);
	db_bind_text(s, 4, r->service, sizeof r->service);
	db_bind_int(s, 5, r->urgent);
	db_bind_text(s, 6, r->sender, sizeof r->sender);
	db_bind_ref(s, 7, r->message);
	db_bind_text(s, 8, r->rule, sizeof r->rule);
	db_bind_text(s, 9, r->basis, sizeof r->basis);
	db_bind_int(s, 10, now);
	db_bind_int(s, 11, r->due);
	db_bind_int(s, 12, r->look_at);
	return base_db(st, db_run(s));
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct referral *r = row;
	(void)st;
	memset(r, 0, sizeof *r);
	r->number = db_int(s, 0);
	r->case_id = db_int(s, 1);
	db_text(s, 2, r->agency, sizeof r->agency);
	db_text(s, 3, r->service, sizeof r->service);
	r->urgent = db_int(s, 4) != 0;
	db_text(s, 5, r->sender, sizeof r->sender);
	r->message = db_int(s, 6);
	db_text(s, 7, r->rule, sizeof r->rule);
	db_text(s, 8, r->basis, sizeof r->basis);
	db_text(s, 9, r->state, sizeof r->state);
	r->created = db_int(s, 10);
	r->due = db_int(s, 11);
	r->look_at = db_int(s, 12);
	r->chased = (int)db_int(s, 13);
	r->answered = db_int(s, 14);
	db_text(s, 15, r->answered_by, sizeof r->answered_by);
	db_text(s, 16, r->reason, sizeof r->reason);
	return db_row(s);
}

int referral_get(struct store *st, int64_t number, struct referral *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_int(s, 1, number);
	return base_one(st, s, load_row, out);
}

int referral_told(struct store *st, int64_t number, int64_t outbox)
{
	struct db_stmt *s = q(st, Q_TOLD);
	db_bind_int(s, 1, number);
	db_bind_int(s, 2, outbox);
	return base_db(st, db_run(s));
}

int referral_arrived(struct store *st, int64_t outbox)
{
	struct db_stmt *s = q(st, Q_ARRIVED);
	db_bind_int(s, 1, outbox);
	return base_db(st, db_run(s)); /* no row: answered before, or arrived by another way */
}

int referral_of_outbox(struct store *st, int64_t outbox, int64_t *number)
{
	struct db_stmt *s = q(st, Q_OF_OUTBOX);
	db_bind_int(s, 1, outbox);
	return base_least(st, s, number);
}

int referral_settle(struct store *st, int64_t number, const char *to, const char *who,
		    const char *reason, int64_t now)
{
	struct db_stmt *s = q(st, Q_ANSWER);
	db_bind_text(s, 1, to, 12);
	db_bind_int(s, 2, now);
	db_bind_text(s, 3, who, ROSTER_ID);
	db_bind_text(s, 4, reason, 32);
	db_bind_int(s, 5, number);
	bool ends = strcmp(to, "completed") == 0;
	int rc = ends ? STORE_STATE : base_transition(st, s, "referral");
	if (ends)
		db_reset(s);
	if (rc != STORE_STATE || (!ends && strcmp(to, "withdrawn") != 0))
		return rc;
	s = q(st, Q_FINISH);
	db_bind_text(s, 1, to, 12);
	db_bind_int(s, 2, number);
	return base_transition(st, s, "referral");
}

int referral_due(struct store *st, int64_t now, struct referral *out)
{
	struct db_stmt *s = q(st, Q_DUE);
	db_bind_int(s, 1, now);
	return base_one(st, s, load_row, out);
}

int referral_next_due(struct store *st, int64_t *at)
{
	return base_least(st, q(st, Q_NEXT_DUE), at);
}

int referral_looked(struct store *st, int64_t number, int64_t look_at, int chased)
{
	struct db_stmt *s = q(st, Q_LOOKED);
	db_bind_int(s, 1, look_at);
	db_bind_int(s, 2, chased);
	db_bind_int(s, 3, number);
	return base_transition(st, s, "referral");
}

int referral_of_case(struct store *st, int64_t case_id, struct referral *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_OF_CASE);
	db_bind_int(s, 1, case_id);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int referral_of_message(struct store *st, int64_t message, struct referral *out)
{
	struct db_stmt *s = q(st, Q_OF_MESSAGE);
	db_bind_int(s, 1, message);
	return base_one(st, s, load_row, out);
}

int referral_move(struct store *st, int64_t from_case, int64_t to_case)
{
	struct db_stmt *s = q(st, Q_MOVE);
	db_bind_int(s, 1, to_case);
	db_bind_int(s, 2, from_case);
	return base_db(st, db_run(s));
}

int referral_unanswered(struct store *st, int64_t after, struct referral *out, size_t max,
			size_t *n)
{
	struct db_stmt *s = q(st, Q_UNANSWERED);
	db_bind_int(s, 1, after);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int referral_open_of(struct store *st, const char *agency, bool taken, struct referral *out, size_t max,
		     size_t *n)
{
	struct db_stmt *s = q(st, Q_OPEN_OF);
	db_bind_text(s, 1, agency, 12);
	db_bind_text(s, 2, taken ? "accepted" : "created", 12);
	db_bind_text(s, 3, taken ? "accepted" : "sent", 12);
	db_bind_int(s, 4, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int referral_between(struct store *st, int64_t from, int64_t to, int64_t after,
		     struct referral *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_BETWEEN);
	db_bind_int(s, 1, from);
	db_bind_int(s, 2, to);
	db_bind_int(s, 3, after);
	db_bind_int(s, 4, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}
