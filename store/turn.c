/* turn.c - turns, small durable facts, and what is done to a whole file.  Owns meta; may call audit.c, ussd.c,
 * base.c, seal.c and the seam. */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"

enum { Q_GET, Q_PUT, Q_N };
static const char *const sql[Q_N] = {
	[Q_GET] = "SELECT value FROM meta WHERE name = $1",
	[Q_PUT] = "INSERT INTO meta (name, value) VALUES ($1, $2) "
		  "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
};
const struct sql_family meta_family = { "meta", sql, Q_N };

/* What was kept in memory of a turn that was undone. */
static void forget(struct store *st)
{
	base_forget_ids(st);
	ussd_count_forget(st);
	st->no_erasures = false;
	st->walk.begun = false; /* it may have gone over rows that are not there */
}

int store_begin(struct store *st)
{
	return base_db(st, db_begin(st->db));
}

int store_commit(struct store *st)
{
	int rc = ussd_count_write(st);
	if (rc == STORE_OK)
		rc = audit_end_turn(st);
	audit_forget(st);
	if (rc == STORE_OK)
		rc = base_db(st, db_commit(st->db));
	else
		db_rollback(st->db);
	if (rc != STORE_OK)
		forget(st);
	return rc;
}

void store_rollback(struct store *st)
{
	db_rollback(st->db);
	forget(st);
	audit_forget(st);
	st->renew.known = false;
}

bool store_in_turn(const struct store *st)
{
	return db_in_turn(st->db);
}

const char *store_errmsg(const struct store *st)
{
	return st->err;
}

int store_version(const struct store *st)
{
	return st->version;
}

bool store_needs_scrub(const struct store *st)
{
	return st->scrub;
}

int store_scrub(struct store *st)
{
	int rc = base_db(st, db_scrub(st->db));
	if (rc == STORE_OK)
		st->scrub = false;
	return rc;
}

bool store_needs_compact(const struct store *st)
{
	return st->compact;
}

int store_owe_compact(struct store *st)
{
	st->compact = true;
	return store_meta_put(st, "compact", "1");
}

int store_compact(struct store *st, int64_t now, int64_t max)
{
	char text[24];
	int rc = base_db(st, db_compact(st->db, max));
	if (rc == STORE_OK)
		rc = store_begin(st);
	if (rc != STORE_OK)
		return rc;
	snprintf(text, sizeof text, "%lld", (long long)now);
	rc = store_meta_put(st, "compacted", text);
	if (rc == STORE_OK)
		rc = store_meta_put(st, "compact", "0");
	if (rc == STORE_OK)
		rc = store_commit(st);
	else
		store_rollback(st);
	st->compact &= rc != STORE_OK;
	return rc;
}

int store_check(struct store *st)
{
	int rc = base_db(st, db_check(st->db));
	if (rc != STORE_OK || !st->seal)
		return rc;
	rc = seal_check(st->seal);
	return rc == STORE_OK ? rc : base_say(st, rc, "%s", seal_errmsg(st->seal));
}

int store_meta_get(struct store *st, const char *name, char *value, size_t max)
{
	struct db_stmt *s = st->q[FAM_META][Q_GET];
	db_bind_text(s, 1, name, 32);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	db_text(s, 0, value, max);
	rc = db_row(s);
	db_reset(s);
	return base_db(st, rc);
}

int store_meta_put(struct store *st, const char *name, const char *value)
{
	struct db_stmt *s = st->q[FAM_META][Q_PUT];
	db_bind_text(s, 1, name, 32);
	db_bind_text(s, 2, value, 256);
	return base_db(st, db_run(s));
}
