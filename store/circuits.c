/* circuits.c - see circuits.h.  Owns the table circuits; may call base.c, the seam and outbox. */
#include "store/circuits.h"

#include "store/internal.h"
#include "store/outbox.h"

enum { Q_GET, Q_LIST, Q_FAILED, Q_PROBE, Q_TOLD, Q_CLOSED, Q_N };
#define COLUMNS "name, failures, since, probe_at, told"
static const char *const sql[Q_N] = {
	[Q_GET] = "SELECT " COLUMNS " FROM circuits WHERE kind = $1 AND name = $2",
	[Q_LIST] = "SELECT " COLUMNS " FROM circuits WHERE kind = $1 ORDER BY name",
	[Q_FAILED] = "INSERT INTO circuits (kind, name, failures, since, probe_at, told) "
		     "VALUES ($1, $2, 1, $3, $4, 0) "
		     "ON CONFLICT (kind, name) DO UPDATE SET failures = circuits.failures + 1, "
		     "probe_at = excluded.probe_at",
	/* kind and name as they are: parameters stand in the order of their numbers */
	[Q_PROBE] = "UPDATE circuits SET kind = $1, name = $2, probe_at = $3 WHERE kind = $1 AND name = $2 AND probe_at > $3",
	[Q_TOLD] = "UPDATE circuits SET told = 1 WHERE kind = $1 AND name = $2",
	[Q_CLOSED] = "DELETE FROM circuits WHERE kind = $1 AND name = $2",
};
const struct sql_family circuits_family = { "circuits", sql, Q_N };

/* The statement with whose circuit it is about as its first parameters. */
static struct db_stmt *q(struct store *st, int i, enum circuit_kind kind)
{
	static const char *const kinds[] = { "agency", "modem", "provider" };
	struct db_stmt *s = st->q[FAM_CIRCUITS][i];
	db_bind_text(s, 1, kinds[kind], 12);
	return s;
}

static struct db_stmt *q_of(struct store *st, int i, enum circuit_kind kind, const char *name)
{
	struct db_stmt *s = q(st, i, kind);
	db_bind_text(s, 2, name, CIRCUIT_NAME);
	return s;
}

static int load(struct store *st, struct db_stmt *s, void *row)
{
	struct circuit *c = row;
	db_text(s, 0, c->name, sizeof c->name);
	c->failures = (int)db_int(s, 1);
	c->since = db_int(s, 2);
	c->probe_at = db_int(s, 3);
	c->told = db_int(s, 4) != 0;
	return base_db(st, db_row(s));
}

int circuit_get(struct store *st, enum circuit_kind kind, const char *name, struct circuit *out)
{
	return base_one(st, q_of(st, Q_GET, kind, name), load, out);
}

int circuit_list(struct store *st, enum circuit_kind kind, struct circuit *out, size_t max, size_t *n)
{
	return base_many(st, q(st, Q_LIST, kind), load, out, sizeof *out, max, n);
}

int circuit_failed(struct store *st, enum circuit_kind kind, const char *name, int64_t now, int64_t probe_at)
{
	struct db_stmt *s = q_of(st, Q_FAILED, kind, name);
	db_bind_int(s, 3, now);
	db_bind_int(s, 4, probe_at);
	return base_db(st, db_run(s));
}

int circuit_probe(struct store *st, enum circuit_kind kind, const char *name, int64_t now)
{
	struct db_stmt *s = q_of(st, Q_PROBE, kind, name);
	db_bind_int(s, 3, now);
	return base_db(st, db_run(s));
}

int circuit_told(struct store *st, enum circuit_kind kind, const char *name)
{
	return base_db(st, db_run(q_of(st, Q_TOLD, kind, name)));
}

int circuit_closed(struct store *st, enum circuit_kind kind, const char *name, int64_t now, bool *was)
{
	int rc = base_db(st, db_run(q_of(st, Q_CLOSED, kind, name)));
	*was = rc == STORE_OK && db_changes(st->db) > 0;
	return rc == STORE_OK && *was && kind == CIRCUIT_AGENCY ? outbox_release(st, name, now) : rc;
}
