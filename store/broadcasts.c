/* broadcasts.c - texts to groups of staff.  Owns broadcasts and broadcast_told; may call base.c and the
 * seam. */
#include "store/broadcasts.h"

#include <string.h>

#include "store/internal.h"

#define COLUMNS "id, template, role, school, zone, who, at, state"

enum { Q_ADD, Q_GET, Q_LIST, Q_TOLD, Q_STOP, Q_ROWS, Q_N };
static const char *const sql[Q_N] = {
	[Q_ADD] = "INSERT INTO broadcasts (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, 'sent')",
	[Q_GET] = "SELECT " COLUMNS " FROM broadcasts WHERE id = $1",
	[Q_LIST] = "SELECT " COLUMNS " FROM broadcasts ORDER BY id DESC LIMIT $1",
	[Q_TOLD] = "INSERT INTO broadcast_told (broadcast, reporter, outbox) VALUES ($1, $2, $3)",
	[Q_STOP] = "UPDATE broadcasts SET state = 'stopped' WHERE id = $1 AND state = 'sent'",
	[Q_ROWS] = "SELECT t.reporter, t.outbox, o.state, o.reason, o.settled FROM broadcast_told t "
		   "JOIN outbox o ON o.id = t.outbox WHERE t.broadcast = $1 AND t.reporter > $2 "
		   "ORDER BY t.reporter LIMIT $3",
};
const struct sql_family broadcasts_family = { "broadcasts", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_BROADCASTS][i];
}

int broadcast_add(struct store *st, struct broadcast *b, int64_t now)
{
	int rc = base_next_id(st, SEQ_BROADCAST, &b->id);
	if (rc != STORE_OK)
		return rc;
	b->at = now;
	memcpy(b->state, "sent", sizeof "sent");
	struct db_stmt *s = q(st, Q_ADD);
	db_bind_int(s, 1, b->id);
	db_bind_text(s, 2, b->template, sizeof b->template);
	db_bind_text(s, 3, b->role, sizeof b->role);
	db_bind_text(s, 4, b->school, sizeof b->school);
	db_bind_text(s, 5, b->zone, sizeof b->zone);
	db_bind_text(s, 6, b->who, sizeof b->who);
	db_bind_int(s, 7, now);
	return base_db(st, db_run(s));
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct broadcast *b = row;
	(void)st;
	memset(b, 0, sizeof *b);
	b->id = db_int(s, 0);
	db_text(s, 1, b->template, sizeof b->template);
	db_text(s, 2, b->role, sizeof b->role);
	db_text(s, 3, b->school, sizeof b->school);
	db_text(s, 4, b->zone, sizeof b->zone);
	db_text(s, 5, b->who, sizeof b->who);
	b->at = db_int(s, 6);
	db_text(s, 7, b->state, sizeof b->state);
	return db_row(s);
}

int broadcast_get(struct store *st, int64_t id, struct broadcast *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_int(s, 1, id);
	return base_one(st, s, load_row, out);
}

int broadcast_list(struct store *st, struct broadcast *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_LIST);
	db_bind_int(s, 1, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int broadcast_told(struct store *st, int64_t id, const char *reporter, int64_t outbox)
{
	struct db_stmt *s = q(st, Q_TOLD);
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, reporter, ROSTER_ID);
	db_bind_int(s, 3, outbox);
	return base_db(st, db_run(s));
}

int broadcast_stop(struct store *st, int64_t id)
{
	struct db_stmt *s = q(st, Q_STOP);
	db_bind_int(s, 1, id);
	return base_transition(st, s, "broadcast");
}

static int load_told(struct store *st, struct db_stmt *s, void *row)
{
	struct broadcast_row *r = row;
	(void)st;
	memset(r, 0, sizeof *r);
	db_text(s, 0, r->reporter, sizeof r->reporter);
	r->outbox = db_int(s, 1);
	db_text(s, 2, r->state, sizeof r->state);
	db_text(s, 3, r->reason, sizeof r->reason);
	r->settled = db_int(s, 4);
	return db_row(s);
}

int broadcast_rows(struct store *st, int64_t id, const char *after, struct broadcast_row *out, size_t max,
		   size_t *n)
{
	struct db_stmt *s = q(st, Q_ROWS);
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, after, ROSTER_ID);
	db_bind_int(s, 3, (int64_t)max);
	return base_many(st, s, load_told, out, sizeof *out, max, n);
}
