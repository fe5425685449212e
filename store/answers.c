/* answers.c - what agencies answered over HTTP, and the links by which they may.  Owns answers and
 * links; may call base.c, seal.c and the seam. */
#include "store/answers.h"

#include <string.h>

#include "store/internal.h"

enum { Q_PUT, Q_SEEN, Q_FORGET, Q_LINK_ADD, Q_LINK_GET, Q_LINK_USE, Q_LINK_FORGET, Q_TOLD, Q_N };
static const char *const sql[Q_N] = {
	[Q_PUT] = "INSERT INTO answers (agency, uid, at, what, subject, status) "
		  "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (agency, uid) DO NOTHING",
	[Q_SEEN] = "SELECT status FROM answers WHERE agency = $1 AND uid = $2",
	[Q_FORGET] = "DELETE FROM answers WHERE at < $1",
	[Q_LINK_ADD] = "INSERT INTO links (hash, agency, subject, made, expires, used) "
		       "VALUES ($1, $2, $3, $4, $5, '')",
	[Q_LINK_GET] = "SELECT agency, subject, made, expires, used_at, used FROM links WHERE hash = $1",
	[Q_LINK_USE] = "UPDATE links SET used_at = $1, used = $2 WHERE hash = $3 AND used_at IS NULL "
		       "AND expires > $1",
	[Q_LINK_FORGET] = "DELETE FROM links WHERE expires < $1",
	[Q_TOLD] = "SELECT 1 FROM outbox WHERE alert = $1 AND agency = $2 AND leg = 'http' LIMIT 1",
};
const struct sql_family answers_family = { "answers", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_ANSWERS][i];
}

/* STORE_OK when a row stands, STORE_NONE when none does. */
static int any(struct store *st, struct db_stmt *s)
{
	int rc = db_step(s);
	db_reset(s);
	return base_db(st, rc);
}

int answer_put(struct store *st, const char *agency, const char *uid, int64_t now, const char *what,
	       const char *subject, int status)
{
	struct db_stmt *s = q(st, Q_PUT);
	db_bind_text(s, 1, agency, 12);
	db_bind_text(s, 2, uid, 64);
	db_bind_int(s, 3, now);
	db_bind_text(s, 4, what, 32);
	db_bind_text(s, 5, subject, 32);
	db_bind_int(s, 6, status);
	int rc = base_db(st, db_run(s));
	return rc == STORE_OK && db_changes(st->db) == 0 ? STORE_EXISTS : rc;
}

int answer_seen(struct store *st, const char *agency, const char *uid)
{
	struct db_stmt *s = q(st, Q_SEEN);
	db_bind_text(s, 1, agency, 12);
	db_bind_text(s, 2, uid, 64);
	return any(st, s);
}

int answers_forget(struct store *st, int64_t before)
{
	int rc = STORE_OK;
	for (int i = 0; rc == STORE_OK && i < 2; i++) {
		struct db_stmt *s = q(st, i ? Q_LINK_FORGET : Q_FORGET);
		db_bind_int(s, 1, before);
		rc = base_db(st, db_run(s));
	}
	return rc;
}

static int hash_of(struct store *st, const char *token, uint8_t out[SEAL_HASH])
{
	return base_hash(st, "link", token, strnlen(token, LINK_TOKEN), out);
}

int link_add(struct store *st, const char *agency, const char *subject, int64_t now, int64_t expires,
	     char token[LINK_TOKEN])
{
	static const char digits[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* none mistaken for another */
	uint8_t rnd[LINK_TOKEN - 1], hash[SEAL_HASH];
	seal_random(st->seal, rnd, sizeof rnd);
	for (size_t i = 0; i < sizeof rnd; i++)
		token[i] = digits[rnd[i] & 31];
	token[sizeof rnd] = '\0';
	int rc = hash_of(st, token, hash);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_LINK_ADD);
	db_bind_blob(s, 1, hash, sizeof hash);
	db_bind_text(s, 2, agency, 12);
	db_bind_text(s, 3, subject, 32);
	db_bind_int(s, 4, now);
	db_bind_int(s, 5, expires);
	return base_db(st, db_run(s));
}

static int load_link(struct store *st, struct db_stmt *s, void *row)
{
	struct link_row *l = row;
	db_text(s, 0, l->agency, sizeof l->agency);
	db_text(s, 1, l->subject, sizeof l->subject);
	l->made = db_int(s, 2);
	l->expires = db_int(s, 3);
	l->used_at = db_int(s, 4);
	db_text(s, 5, l->used, sizeof l->used);
	return base_db(st, db_row(s));
}

int link_get(struct store *st, const char *token, struct link_row *out)
{
	uint8_t hash[SEAL_HASH];
	int rc = hash_of(st, token, hash);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_LINK_GET);
	db_bind_blob(s, 1, hash, sizeof hash);
	return base_one(st, s, load_link, out);
}

int link_use(struct store *st, const char *token, const char *what, int64_t now)
{
	uint8_t hash[SEAL_HASH];
	int rc = hash_of(st, token, hash);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_LINK_USE);
	db_bind_int(s, 1, now);
	db_bind_text(s, 2, what, 32);
	db_bind_blob(s, 3, hash, sizeof hash);
	return base_transition(st, s, "links");
}

int agency_was_told(struct store *st, const char *agency, int64_t alert)
{
	struct db_stmt *s = q(st, Q_TOLD);
	db_bind_int(s, 1, alert);
	db_bind_text(s, 2, agency, 12);
	return any(st, s);
}
