/* circuits.c - agencies that do not answer.  Owns the table circuits; may call base.c and the seam. */
#include "store/circuits.h"

#include "store/internal.h"
#include "store/outbox.h"

enum { Q_GET, Q_LIST, Q_FAILED, Q_TOLD, Q_CLOSED, Q_N };
#define COLUMNS "agency, failures, since, probe_at, told"
static const char *const sql[Q_N] = {
	[Q_GET] = "SELECT " COLUMNS " FROM circuits WHERE agency = $1",
	[Q_LIST] = "SELECT " COLUMNS " FROM circuits ORDER BY agency",
	[Q_FAILED] = "INSERT INTO circuits (agency, failures, since, probe_at, told) VALUES ($1, 1, $2, $3, 0) "
		     "ON CONFLICT (agency) DO UPDATE SET failures = circuits.failures + 1, "
		     "probe_at = excluded.probe_at",
	[Q_TOLD] = "UPDATE circuits SET told = 1 WHERE agency = $1",
	[Q_CLOSED] = "DELETE FROM circuits WHERE agency = $1",
};
const struct sql_family circuits_family = { "circuits", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_CIRCUITS][i];
}

static int load(struct store *st, struct db_stmt *s, void *row)
{
	struct circuit *c = row;
	db_text(s, 0, c->agency, sizeof c->agency);
	c->failures = (int)db_int(s, 1);
	c->since = db_int(s, 2);
	c->probe_at = db_int(s, 3);
	c->told = db_int(s, 4) != 0;
	return base_db(st, db_row(s));
}

int circuit_get(struct store *st, const char *agency, struct circuit *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_text(s, 1, agency, 12);
	return base_one(st, s, load, out);
}

int circuit_list(struct store *st, struct circuit *out, size_t max, size_t *n)
{
	return base_many(st, q(st, Q_LIST), load, out, sizeof *out, max, n);
}

int circuit_failed(struct store *st, const char *agency, int64_t now, int64_t probe_at)
{
	struct db_stmt *s = q(st, Q_FAILED);
	db_bind_text(s, 1, agency, 12);
	db_bind_int(s, 2, now);
	db_bind_int(s, 3, probe_at);
	return base_db(st, db_run(s));
}

int circuit_told(struct store *st, const char *agency)
{
	struct db_stmt *s = q(st, Q_TOLD);
	db_bind_text(s, 1, agency, 12);
	return base_db(st, db_run(s));
}

int circuit_closed(struct store *st, const char *agency, int64_t now, bool *was)
{
	struct db_stmt *s = q(st, Q_CLOSED);
	db_bind_text(s, 1, agency, 12);
	int rc = base_db(st, db_run(s));
	*was = rc == STORE_OK && db_changes(st->db) > 0;
	return rc == STORE_OK && *was ? outbox_release(st, agency, now) : rc;
}
