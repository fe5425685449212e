/* routine.c - see routine.h. */
#include "store/routine.h"

#include <string.h>

#include "store/internal.h"

#define NUMBER_MAX 24

enum { Q_LAST, Q_DROP, Q_NOTE, Q_JOIN, Q_NEXT, Q_N };
static const char *const sql[Q_N] = {
	[Q_LAST] = "SELECT at FROM sms_last WHERE recipient = $1",
	[Q_DROP] = "DELETE FROM sms_last WHERE recipient = $1",
	[Q_NOTE] = "INSERT INTO sms_last (recipient, at, keyed) VALUES ($1, $2, $3) "
		   "ON CONFLICT (recipient) DO UPDATE SET at = excluded.at",
	[Q_JOIN] = "INSERT INTO sms_joined (outbox, outbox_try, leader, leader_try) "
		   "VALUES ($1, $2, $3, $4)",
	[Q_NEXT] = "SELECT j.outbox FROM sms_joined j JOIN outbox l ON l.id = j.leader "
		   "JOIN outbox f ON f.id = j.outbox WHERE j.leader = $1 AND j.outbox > $2 "
		   "AND j.leader_try = l.attempts AND j.outbox_try = f.attempts "
		   "ORDER BY j.outbox LIMIT 1",
};
const struct sql_family routine_family = { "routine", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_ROUTINE][i];
}

static int one(struct store *st, struct db_stmt *s, int64_t *value)
{
	int rc = db_step(s);
	if (rc == STORE_OK)
		*value = db_int(s, 0);
	db_reset(s);
	return base_db(st, rc);
}

static int hash(struct store *st, const char *number, struct number_hash *out)
{
	return base_hash_number(st, "number", number, strnlen(number, NUMBER_MAX), out);
}

int routine_last(struct store *st, const char *number, int64_t *at)
{
	struct number_hash to = { .n = 0 };
	int rc = hash(st, number, &to);
	if (rc != STORE_OK)
		return rc;
	rc = STORE_NONE;
	for (size_t i = 0; rc == STORE_NONE && i < to.n; i++) {
		struct db_stmt *s = q(st, Q_LAST);
		db_bind_blob(s, 1, to.of[i], SEAL_HASH);
		rc = one(st, s, at);
	}
	return rc;
}

int routine_note(struct store *st, const char *number, int64_t at)
{
	struct number_hash to = { .n = 0 };
	int rc = hash(st, number, &to);
	if (rc == STORE_OK && to.n == 2) {
		db_bind_blob(q(st, Q_DROP), 1, to.of[1], SEAL_HASH);
		rc = base_db(st, db_run(q(st, Q_DROP)));
	}
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_NOTE);
	db_bind_blob(s, 1, to.of[0], SEAL_HASH);
	db_bind_int(s, 2, at);
	db_bind_int(s, 3, seal_numbers_id(st->seal));
	return base_db(st, db_run(s));
}

int routine_join(struct store *st, int64_t leader, int leader_try, int64_t outbox, int outbox_try)
{
	struct db_stmt *s = q(st, Q_JOIN);
	db_bind_int(s, 1, outbox);
	db_bind_int(s, 2, outbox_try);
	db_bind_int(s, 3, leader);
	db_bind_int(s, 4, leader_try);
	return base_db(st, db_run(s));
}

int routine_next(struct store *st, int64_t leader, int64_t after, int64_t *outbox)
{
	struct db_stmt *s = q(st, Q_NEXT);
	db_bind_int(s, 1, leader);
	db_bind_int(s, 2, after);
	return one(st, s, outbox);
}
