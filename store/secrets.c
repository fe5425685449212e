/* secrets.c - PINs and codewords, parked messages.  Owns secrets and parked; may call base.c and the
 * seam. */
#include "store/secrets.h"

#include <string.h>

#include "store/internal.h"

#define PLAIN (16 + 32 + 32)

enum { Q_GET, Q_PUT, Q_TRIED, Q_DROP, Q_PARK, Q_UNPARK, Q_CLEAR, Q_N };
static const char *const sql[Q_N] = {
	[Q_GET] = "SELECT seal, secret, once, tries, locked_until, changed FROM secrets "
		  "WHERE reporter = $1 AND kind = $2",
	[Q_PUT] = "INSERT INTO secrets (reporter, kind, seal, secret, once, tries, locked_until, changed) "
		  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (reporter, kind) DO UPDATE SET "
		  "seal = excluded.seal, secret = excluded.secret, once = excluded.once, "
		  "tries = excluded.tries, locked_until = excluded.locked_until, "
		  "changed = excluded.changed",
	[Q_TRIED] = "UPDATE secrets SET tries = $1, locked_until = $2 WHERE reporter = $3 AND kind = $4",
	[Q_DROP] = "DELETE FROM secrets WHERE reporter = $1",
	[Q_PARK] = "INSERT INTO parked (message, since) VALUES ($1, $2)",
	[Q_UNPARK] = "DELETE FROM parked WHERE message = $1",
	[Q_CLEAR] = "DELETE FROM parked",
};
const struct sql_family secrets_family = { "secrets", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_SECRETS][i];
}

static const char *name_of(enum secret_kind kind)
{
	return kind == SECRET_KIND_PIN ? "pin" : "codeword";
}

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct secret_row *r = row;
	const struct seal_place p = { "secrets.secret", db_int(s, 0) };
	char plain[PLAIN + 1];
	size_t len;
	memset(r, 0, sizeof *r);
	r->once = db_int(s, 2) != 0;
	r->tries = (int)db_int(s, 3);
	r->locked_until = db_int(s, 4);
	r->changed = db_int(s, 5);
	int rc = base_unseal(st, s, 1, &p, plain, sizeof plain, &len, NULL);
	if (rc == STORE_OK && len != PLAIN)
		rc = base_say(st, STORE_KEY, "secrets.secret: opened without keys, or its key is gone");
	if (rc == STORE_OK) {
		memcpy(r->salt, plain, sizeof r->salt);
		memcpy(r->hash, plain + sizeof r->salt, sizeof r->hash);
		memcpy(r->second, plain + sizeof r->salt + sizeof r->hash, sizeof r->second);
	}
	seal_wipe(plain, sizeof plain);
	return rc;
}

int secret_get(struct store *st, const char *reporter, enum secret_kind kind, struct secret_row *out)
{
	struct db_stmt *s = q(st, Q_GET);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	db_bind_text(s, 2, name_of(kind), 12);
	return base_one(st, s, load_row, out);
}

int secret_put(struct store *st, const char *reporter, enum secret_kind kind, const struct secret_row *r,
	       int64_t now)
{
	uint8_t plain[PLAIN], sealed[PLAIN + SEAL_OVERHEAD];
	struct seal_place p = { "secrets.secret", 0 };
	int rc = base_next_id(st, SEQ_SECRET, &p.row);
	if (rc != STORE_OK)
		return rc;
	memcpy(plain, r->salt, sizeof r->salt);
	memcpy(plain + sizeof r->salt, r->hash, sizeof r->hash);
	memcpy(plain + sizeof r->salt + sizeof r->hash, r->second, sizeof r->second);
	rc = base_seal(st, SEAL_ROSTER, 0, &p, plain, sizeof plain, sealed);
	seal_wipe(plain, sizeof plain);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_PUT);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	db_bind_text(s, 2, name_of(kind), 12);
	db_bind_int(s, 3, p.row);
	db_bind_blob(s, 4, sealed, sizeof sealed);
	db_bind_int(s, 5, r->once);
	db_bind_int(s, 6, r->tries);
	db_bind_int(s, 7, r->locked_until);
	db_bind_int(s, 8, now);
	return base_db(st, db_run(s));
}

int secret_tried(struct store *st, const char *reporter, enum secret_kind kind, int tries,
		 int64_t locked_until)
{
	struct db_stmt *s = q(st, Q_TRIED);
	db_bind_int(s, 1, tries);
	db_bind_int(s, 2, locked_until);
	db_bind_text(s, 3, reporter, ROSTER_ID);
	db_bind_text(s, 4, name_of(kind), 12);
	return base_transition(st, s, "secret");
}

int secret_drop(struct store *st, const char *reporter)
{
	struct db_stmt *s = q(st, Q_DROP);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	st->scrub = true;
	return base_db(st, db_run(s));
}

int parked_add(struct store *st, int64_t message, int64_t now)
{
	struct db_stmt *s = q(st, Q_PARK);
	db_bind_int(s, 1, message);
	db_bind_int(s, 2, now);
	return base_db(st, db_run(s));
}

int parked_remove(struct store *st, int64_t message)
{
	struct db_stmt *s = q(st, Q_UNPARK);
	db_bind_int(s, 1, message);
	return base_transition(st, s, "parked message");
}

int parked_clear(struct store *st, int64_t *n)
{
	int rc = db_run(q(st, Q_CLEAR));
	*n = rc == STORE_OK ? db_changes(st->db) : 0;
	return base_db(st, rc);
}
