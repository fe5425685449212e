/* campaigns.c - sessions of awareness.  Owns campaigns; may call base.c and the seam. */
#include "store/campaigns.h"

#include <string.h>

#include "store/internal.h"

#define COLUMNS "id, message, at, day, who, school, zone, participants, pupils, parents"

enum { Q_ADD, Q_SAME, Q_OF, Q_UNDO, Q_LIST, Q_REPORTS, Q_N };
static const char *const sql[Q_N] = {
	[Q_ADD] = "INSERT INTO campaigns (" COLUMNS ", state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
		  "'stands')",
	[Q_SAME] = "SELECT id FROM campaigns WHERE day = $1 AND who = $2 AND school = $3 AND zone = $4 AND "
		   "participants = $5 AND at >= $6 AND state = 'stands' LIMIT 1",
	[Q_OF] = "SELECT " COLUMNS " FROM campaigns WHERE message = $1 AND state = 'stands'",
	[Q_UNDO] = "UPDATE campaigns SET state = 'undone' WHERE id = $1 AND state = 'stands'",
	[Q_LIST] = "SELECT " COLUMNS " FROM campaigns WHERE state = 'stands' AND day >= $1 AND day <= $2 AND "
		   "(day > $3 OR (day = $3 AND id > $4)) ORDER BY day, id LIMIT $5",
	[Q_REPORTS] = "SELECT count(DISTINCT message) FROM (SELECT message FROM class_days WHERE school = $1 "
		      "AND at >= $2 AND at < $3 AND message IS NOT NULL UNION ALL SELECT message FROM cases "
		      "WHERE school = $1 AND opened >= $2 AND opened < $3 AND message IS NOT NULL) AS sent",
};
const struct sql_family campaigns_family = { "campaigns", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_CAMPAIGNS][i];
}

int campaign_add(struct store *st, struct campaign *c, int64_t now)
{
	int rc = base_next_id(st, SEQ_CAMPAIGN, &c->id);
	if (rc != STORE_OK)
		return rc;
	c->at = now;
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, c->id);
	db_bind_ref(s, 2, c->message);
	db_bind_int(s, 3, now);
	db_bind_text(s, 4, c->day, sizeof c->day);
	db_bind_text(s, 5, c->who, sizeof c->who);
	db_bind_text(s, 6, c->school, sizeof c->school);
	db_bind_text(s, 7, c->zone, sizeof c->zone);
	db_bind_int(s, 8, c->participants);
	db_bind_int(s, 9, c->pupils);
	db_bind_int(s, 10, c->parents);
	return base_db(st, db_run(s));
}

static int load_number(struct store *st, struct db_stmt *s, void *row)
{
	(void)st;
	*(int64_t *)row = db_int(s, 0);
	return STORE_OK;
}

int campaign_same(struct store *st, const struct campaign *c, int64_t since)
{
	struct db_stmt *s = q(st, Q_SAME);
	int64_t id;
	db_bind_text(s, 1, c->day, sizeof c->day);
	db_bind_text(s, 2, c->who, sizeof c->who);
	db_bind_text(s, 3, c->school, sizeof c->school);
	db_bind_text(s, 4, c->zone, sizeof c->zone);
	db_bind_int(s, 5, c->participants);
	db_bind_int(s, 6, since);
	return base_one(st, s, load_number, &id);
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct campaign *c = row;
	(void)st;
	memset(c, 0, sizeof *c);
	c->id = db_int(s, 0);
	c->message = db_int(s, 1);
	c->at = db_int(s, 2);
	db_text(s, 3, c->day, sizeof c->day);
	db_text(s, 4, c->who, sizeof c->who);
	db_text(s, 5, c->school, sizeof c->school);
	db_text(s, 6, c->zone, sizeof c->zone);
	c->participants = (int)db_int(s, 7);
	c->pupils = (int)db_int(s, 8);
	c->parents = (int)db_int(s, 9);
	return db_row(s);
}

int campaign_of_message(struct store *st, int64_t message, struct campaign *out)
{
	struct db_stmt *s = q(st, Q_OF);
	db_bind_int(s, 1, message);
	return base_one(st, s, load_row, out);
}

int campaign_undo(struct store *st, int64_t id)
{
	struct db_stmt *s = q(st, Q_UNDO);
	db_bind_int(s, 1, id);
	return base_transition(st, s, "campaign");
}

int campaign_list(struct store *st, const char *from, const char *to, const struct campaign *after,
		  struct campaign *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_LIST);
	db_bind_text(s, 1, from, 11);
	db_bind_text(s, 2, to, 11);
	db_bind_text(s, 3, after ? after->day : "", 11);
	db_bind_int(s, 4, after ? after->id : 0);
	db_bind_int(s, 5, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int campaign_reports(struct store *st, const char *school, int64_t from, int64_t to, int64_t *n)
{
	struct db_stmt *s = q(st, Q_REPORTS);
	db_bind_text(s, 1, school, 12);
	db_bind_int(s, 2, from);
	db_bind_int(s, 3, to);
	return base_one(st, s, load_number, n);
}
