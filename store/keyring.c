/* keyring.c - the keyring's file: its tables, the master keys that open it, and its opening.  Owns the keyring's
 * connection and its tables keys and masters; may call seal.c, master.c, crypt.c and the seam.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/seal_int.h"
#include "store/store.h"

#define KEYRING_ID 0x4b554a4b /* "KUJK" */
#define KEYRING_VERSION 2

/* masters: one row, and while the master key is changed two, each with the other wrapped in it, so that
 * the old one opens the keyring as well as the new one until the last key was wrapped anew.  keys: live,
 * retired (a newer one seals, it still opens what it sealed), destroyed. */
#define TABLES \
	"CREATE TABLE masters (" \
	" id INTEGER PRIMARY KEY," \
	" state TEXT NOT NULL UNIQUE CHECK (state IN ('live', 'next'))," \
	" created INTEGER NOT NULL," \
	" salt BLOB," \
	" passes INTEGER NOT NULL," \
	" memory INTEGER NOT NULL," \
	" proof BLOB NOT NULL," \
	" other BLOB," \
	" CHECK (salt IS NULL OR (length(salt) = 16 AND passes > 0 AND memory > 0))" \
	") STRICT;" \
	"CREATE TABLE keys (" \
	" id INTEGER PRIMARY KEY," \
	" kind TEXT NOT NULL CHECK (kind IN ('check', 'roster', 'index', 'case', 'day', 'backup'))," \
	" ref INTEGER NOT NULL," \
	" wrapped BLOB," \
	" master INTEGER NOT NULL," \
	" created INTEGER NOT NULL," \
	" retired INTEGER," \
	" destroyed INTEGER," \
	" CHECK ((wrapped IS NULL) = (destroyed IS NOT NULL))" \
	") STRICT;"
#define INDEXES \
	"CREATE UNIQUE INDEX keys_live ON keys (kind, ref) WHERE destroyed IS NULL AND retired IS NULL;" \
	"CREATE INDEX keys_master ON keys (master, id) WHERE destroyed IS NULL;"
static const char keyring_schema[] = TABLES INDEXES;
static const char keyring_2[] = "DROP INDEX keys_live; ALTER TABLE keys RENAME TO keys_1;" TABLES;
static const char keyring_2_end[] = "DROP TABLE keys_1;" INDEXES;

#define LIVE "destroyed IS NULL AND retired IS NULL"
static const char *const sql[SEAL_Q_N] = {
	[SEAL_Q_LIVE] = "SELECT id FROM keys WHERE kind = $1 AND ref = $2 AND " LIVE,
	[SEAL_Q_BY_ID] = "SELECT kind, ref, wrapped, master, retired FROM keys WHERE id = $1",
	[SEAL_Q_ADD] = "INSERT INTO keys (id, kind, ref, wrapped, master, created, retired, destroyed) "
		       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
	[SEAL_Q_DESTROY] = "UPDATE keys SET wrapped = NULL, destroyed = $1 "
			   "WHERE kind = $2 AND ref = $3 AND destroyed IS NULL",
	[SEAL_Q_DESTROY_OLD] = "UPDATE keys SET wrapped = NULL, destroyed = $1 "
			       "WHERE kind = $2 AND ref < $3 AND destroyed IS NULL",
	[SEAL_Q_MASTERS] = "SELECT id, state, created, salt, passes, memory, proof, other FROM masters ORDER BY state",
	[SEAL_Q_MASTER_ADD] = "INSERT INTO masters (id, state, created, salt, passes, memory, proof, other) "
			      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
	[SEAL_Q_MASTER_OTHER] = "UPDATE masters SET other = $1 WHERE id = $2",
	[SEAL_Q_MASTER_DROP] = "DELETE FROM masters WHERE id = $1 AND state = 'live'",
	[SEAL_Q_MASTER_LIVE] = "UPDATE masters SET state = 'live', other = NULL WHERE id = $1 AND state = 'next'",
	[SEAL_Q_UNDER] = "SELECT id, kind, ref, wrapped FROM keys WHERE master = $1 AND destroyed IS NULL "
			 "ORDER BY id LIMIT $2",
	[SEAL_Q_REWRAP] = "UPDATE keys SET wrapped = $1, master = $2 WHERE id = $3 AND master = $4",
	[SEAL_Q_LEFT] = "SELECT count(*) FROM keys WHERE master = $1 AND destroyed IS NULL",
	[SEAL_Q_KINDS] = "SELECT count(CASE WHEN " LIVE " THEN 1 END), count(CASE WHEN retired IS NOT NULL AND "
			 "destroyed IS NULL THEN 1 END), count(destroyed) FROM keys WHERE kind = $1",
	[SEAL_Q_OLD] = "SELECT id, ref FROM keys WHERE kind = $1 AND created < $2 AND " LIVE " ORDER BY id LIMIT $3",
	[SEAL_Q_RETIRE] = "UPDATE keys SET retired = $1 WHERE id = $2 AND " LIVE,
	[SEAL_Q_SPENT] = "UPDATE keys SET wrapped = NULL, destroyed = $1 WHERE retired < $2 AND destroyed IS NULL",
	[SEAL_Q_ALL] = "SELECT id, kind, ref, wrapped, master, created, retired, destroyed FROM keys ORDER BY id",
	[SEAL_Q_ERASED] = "SELECT DISTINCT d.ref FROM keys d WHERE d.kind = 'case' AND d.destroyed IS NOT NULL AND "
			  "d.ref > $1 AND NOT EXISTS (SELECT 1 FROM keys l WHERE l.kind = 'case' AND l.ref = d.ref "
			  "AND l.destroyed IS NULL) ORDER BY d.ref LIMIT 1",
	[SEAL_Q_LAST] = "SELECT coalesce(max(ref), 0) FROM keys WHERE kind = $1",
	[SEAL_Q_BEFORE] = "SELECT id FROM keys WHERE kind = $1 AND ref = $2 AND created < $3 AND " LIVE,
	[SEAL_Q_SPENT_OF] = "UPDATE keys SET wrapped = NULL, destroyed = $1 WHERE kind = $2 AND ref = $3 AND "
			    "retired IS NOT NULL AND destroyed IS NULL",
};

/* ---- masters --------------------------------------------------------------------------------- */

#define STATES 2

struct master_row {
	int64_t id, created;
	bool next;
	struct seal_salt salt;
	uint8_t proof[SEAL_WRAPPED], other[SEAL_WRAPPED];
	bool has_other;
};

static bool octets(struct db_stmt *q, int col, void *out, size_t want)
{
	size_t n = 0;
	const void *p = db_blob(q, col, &n);
	if (!p || n != want)
		return false;
	memcpy(out, p, want);
	return true;
}

static int load_masters(struct seal *k, struct master_row row[STATES], int *n)
{
	struct db_stmt *q = k->q[SEAL_Q_MASTERS];
	int rc = STORE_OK;
	*n = 0;
	memset(row, 0, STATES * sizeof *row);
	while (*n < STATES && (rc = db_step(q)) == STORE_OK) {
		struct master_row *r = &row[(*n)++];
		char state[8];
		db_text(q, 1, state, sizeof state);
		r->id = db_int(q, 0);
		r->next = strcmp(state, "next") == 0;
		r->created = db_int(q, 2);
		r->salt.is = octets(q, 3, r->salt.salt, CRYPT_SALT);
		r->salt.cost = (struct crypt_cost){ db_int(q, 4), db_int(q, 5) };
		r->has_other = octets(q, 7, r->other, sizeof r->other);
		if (!octets(q, 6, r->proof, sizeof r->proof)) {
			rc = STORE_CORRUPT;
			break;
		}
	}
	db_reset(q);
	return rc == STORE_NONE ? STORE_OK : rc == STORE_OK ? rc : seal_said_db(k, rc);
}

int seal_add_master(struct seal *k, const struct seal_master *m, const char *state, const struct seal_salt *salt,
		    const struct seal_master *other)
{
	static const uint8_t nothing[CRYPT_KEY];
	uint8_t proof[SEAL_WRAPPED], wrapped[SEAL_WRAPPED];
	struct db_stmt *q = k->q[SEAL_Q_MASTER_ADD];
	seal_wrap(m, "proof", 0, m->id, nothing, proof);
	if (other)
		seal_wrap(m, "master", 0, other->id, other->key, wrapped);
	db_bind_int(q, 1, m->id);
	db_bind_text(q, 2, state, 8);
	db_bind_int(q, 3, m->created);
	db_bind_blob(q, 4, salt->is ? salt->salt : NULL, CRYPT_SALT);
	db_bind_int(q, 5, salt->cost.passes);
	db_bind_int(q, 6, salt->cost.memory);
	db_bind_blob(q, 7, proof, sizeof proof);
	db_bind_blob(q, 8, other ? wrapped : NULL, sizeof wrapped);
	int rc = db_run(q);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}

int seal_new_master(const struct master_from *from, struct seal_master *m, struct seal_salt *salt, char *err,
		    size_t errlen)
{
	char *words;
	size_t len;
	memset(salt, 0, sizeof *salt);
	m->id = seal_new_id();
	m->passphrase = from->source == STORE_KEY_PASSPHRASE;
	if (!m->passphrase)
		return master_read(from, m->key, err, errlen);
	int rc = master_ask(from, true, &words, &len, err, errlen);
	if (rc != STORE_OK)
		return rc;
	salt->is = true;
	salt->cost = crypt_cost_now;
	crypt_random(salt->salt, sizeof salt->salt);
	rc = crypt_passphrase(words, len, salt->salt, &salt->cost, m->key);
	crypt_free(words);
	if (rc != STORE_OK)
		snprintf(err, errlen, "no memory to make a key from the passphrase (64 MiB are needed)");
	return rc;
}

static bool proves(const struct master_row *r, const struct seal_master *m)
{
	uint8_t nothing[CRYPT_KEY];
	return seal_unwrap(m, "proof", 0, r->id, r->proof, sizeof r->proof, nothing) == STORE_OK;
}

static void take_master(struct seal *k, const struct master_row *r, const uint8_t key[CRYPT_KEY])
{
	/* The next one wraps; a keyring whose key is not being changed has a live one alone. */
	bool wraps = r->next || k->s->master[0].id == 0;
	if (r->next && k->s->master[0].id)
		k->s->master[1] = k->s->master[0];
	struct seal_master *m = &k->s->master[wraps ? 0 : 1];
	*m = (struct seal_master){ .id = r->id, .created = r->created, .passphrase = r->salt.is };
	memcpy(m->key, key, CRYPT_KEY);
}

/* row[i] was proved by m: the other one lies wrapped in it. */
static int take_masters(struct seal *k, const struct master_row row[STATES], int n, int i,
			const struct seal_master *m)
{
	uint8_t other[CRYPT_KEY];
	k->opened_by = row[i].id;
	take_master(k, &row[i], m->key);
	if (n == 1)
		return STORE_OK;
	int rc = row[i].has_other ? seal_unwrap(m, "master", 0, row[1 - i].id, row[i].other, SEAL_WRAPPED, other)
				  : STORE_CORRUPT;
	if (rc == STORE_OK)
		take_master(k, &row[1 - i], other);
	else
		rc = seal_said(k, STORE_CORRUPT, "its masters do not fit each other");
	crypt_wipe(other, sizeof other);
	return rc;
}

/* With a key that was read, or words that were said. */
static int try_masters(struct seal *k, struct seal_master *m, const char *words, size_t len, bool *other_kind)
{
	struct master_row row[STATES];
	int n = 0;
	int rc = load_masters(k, row, &n);
	*other_kind = false;
	for (int i = 0; rc == STORE_OK && i < n; i++) {
		*other_kind |= row[i].salt.is != (words != NULL);
		if (row[i].salt.is != (words != NULL))
			continue;
		if (words)
			rc = crypt_passphrase(words, len, row[i].salt.salt, &row[i].salt.cost, m->key);
		if (rc == STORE_OK && proves(&row[i], m))
			return take_masters(k, row, n, i, m);
	}
	return rc == STORE_OK ? STORE_KEY : rc;
}

/* ---- opening --------------------------------------------------------------------------------- */

static int make_tables(struct seal *k)
{
	int rc = db_exec(k->db, keyring_schema);
	if (rc == STORE_OK)
		rc = db_set_version(k->db, KEYRING_VERSION);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}

static int prepare(struct seal *k)
{
	for (int i = 0; i < SEAL_Q_N; i++) {
		int rc = k->q[i] ? STORE_OK : db_prepare_later(k->db, sql[i], &k->q[i]);
		if (rc != STORE_OK)
			return seal_said_db(k, rc);
	}
	return STORE_OK;
}

int seal_begin_new(struct seal *k, const struct seal_salt *salt)
{
	int rc = db_begin(k->db);
	if (rc != STORE_OK)
		return seal_said_db(k, rc);
	rc = make_tables(k);
	if (rc == STORE_OK)
		rc = prepare(k);
	return rc == STORE_OK ? seal_add_master(k, &k->s->master[0], "live", salt, NULL) : rc;
}

/* Ends a turn of the keyring by what came of it. */
int seal_finish(struct seal *k, int rc)
{
	if (rc != STORE_OK) {
		db_rollback(k->db);
		return rc;
	}
	rc = db_commit(k->db);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}

static int make_keyring(struct seal *k, const struct seal_salt *salt)
{
	static const struct {
		enum seal_kind kind;
		int64_t ref;
	} first[] = {
		{ SEAL_CHECK, 0 }, { SEAL_ROSTER, 0 }, { SEAL_INDEX, INDEX_ALL }, { SEAL_INDEX, INDEX_NUMBERS },
	};
	int64_t id;
	int rc = seal_begin_new(k, salt);
	for (size_t i = 0; rc == STORE_OK && i < sizeof first / sizeof first[0]; i++)
		rc = seal_add_key(k, first[i].kind, first[i].ref, 0, &id);
	k->opened_by = k->s->master[0].id;
	return seal_finish(k, rc);
}

/* The keyring of version 1 knew one master key, a file, by the check key alone. */
static int renew_keyring(struct seal *k)
{
	static const char proved[] = "SELECT id, wrapped FROM keys WHERE kind = 'check' AND destroyed IS NULL";
	struct seal_master *m = &k->s->master[0];
	uint8_t check[CRYPT_KEY], wrapped[SEAL_WRAPPED];
	struct seal_salt none = { .is = false };
	struct db_stmt *q = NULL;
	int rc = db_begin(k->db);
	if (rc == STORE_OK)
		rc = db_prepare(k->db, proved, &q);
	if (rc == STORE_OK)
		rc = db_step(q);
	bool good = rc == STORE_OK && octets(q, 1, wrapped, sizeof wrapped) &&
		    seal_unwrap(m, "check", 0, db_int(q, 0), wrapped, sizeof wrapped, check) == STORE_OK;
	db_finish(q);
	crypt_wipe(check, sizeof check);
	if (rc == STORE_OK && !good) {
		db_rollback(k->db);
		return STORE_KEY;
	}
	if (rc == STORE_OK)
		rc = db_exec(k->db, keyring_2);
	if (rc == STORE_OK)
		rc = db_prepare(k->db, "INSERT INTO keys (id, kind, ref, wrapped, master, created, retired, destroyed) "
				"SELECT id, kind, ref, wrapped, $1, created, NULL, destroyed FROM keys_1", &q);
	if (rc == STORE_OK) {
		db_bind_int(q, 1, m->id);
		rc = db_run(q);
		db_finish(q);
	}
	if (rc == STORE_OK)
		rc = db_exec(k->db, keyring_2_end);
	if (rc == STORE_OK)
		rc = db_set_version(k->db, KEYRING_VERSION);
	if (rc != STORE_OK) {
		db_rollback(k->db);
		return seal_said_db(k, rc);
	}
	rc = prepare(k);
	if (rc == STORE_OK)
		rc = seal_add_master(k, m, "live", &none, NULL);
	k->opened_by = m->id;
	return seal_finish(k, rc);
}

static int index_key(struct seal *k)
{
	const uint8_t *key;
	int64_t id;
	int rc = seal_key(k, SEAL_CHECK, 0, false, 0, &k->keyring_id);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? seal_said(k, STORE_CORRUPT, "its check value is missing") : rc;
	rc = seal_key(k, SEAL_INDEX, INDEX_ALL, false, 0, &id);
	if (rc == STORE_OK)
		rc = seal_key_by_id(k, id, &key);
	if (rc != STORE_OK)
		return rc;
	memcpy(k->s->index, key, CRYPT_KEY);
	return seal_numbers_use(k, 0);
}

static int does_not_open(const struct seal *k, const char *keyring, bool other_kind, char *err, size_t errlen)
{
	bool asks = k->from.source == STORE_KEY_PASSPHRASE;
	if (other_kind)
		snprintf(err, errlen, "%s is opened by a %s: set store.key_source (nothing was changed)", keyring,
			 asks ? "key file or a credential, not by a passphrase" : "passphrase, not by a key file");
	else if (asks)
		snprintf(err, errlen, "the passphrase does not open keyring %s (nothing was changed)", keyring);
	else
		snprintf(err, errlen, "%s does not open keyring %s: it is the key of another keyring; "
			 "put the right key file in place (nothing was changed)", k->path, keyring);
	return STORE_KEY;
}

/* Reads the file or asks, makes what is missing, and proves that the key is the keyring's. */
static int open_keyring(struct seal *k, const struct seal_options *o, int version, char *err, size_t errlen)
{
	struct seal_master m = { .id = seal_new_id() };
	struct seal_salt salt = { .is = false };
	bool asks = k->from.source == STORE_KEY_PASSPHRASE, other_kind = false;
	char *words = NULL;
	size_t len = 0;
	int rc = asks && version ? master_ask(&k->from, false, &words, &len, err, errlen)
				 : seal_new_master(&k->from, &m, &salt, err, errlen);
	if (rc != STORE_OK)
		return rc;
	k->s->master[0] = m;
	if (version == 0)
		rc = make_keyring(k, &salt);
	else if (version == 1 && asks)
		rc = does_not_open(k, o->keyring_path, true, err, errlen);
	else if (version == 1)
		rc = renew_keyring(k);
	else
		rc = prepare(k);
	if (rc == STORE_OK && version == KEYRING_VERSION) {
		memset(k->s->master, 0, sizeof k->s->master);
		rc = try_masters(k, &m, words, len, &other_kind);
	}
	crypt_free(words);
	crypt_wipe(&m, sizeof m);
	if (rc == STORE_KEY && !err[0])
		return does_not_open(k, o->keyring_path, other_kind, err, errlen);
	return rc;
}

static int open_file(struct seal *k, const struct seal_options *o, char *err, size_t errlen)
{
	char why[300];
	const struct db_options d = { .path = o->keyring_path, .read_only = o->read_only,
				      .busy_ms = o->busy_ms, .vfs = o->vfs,
				      .application_id = KEYRING_ID };
	int rc = db_open(&d, &k->db, why, sizeof why);
	if (rc != STORE_OK)
		snprintf(err, errlen, "keyring %s", why);
	return rc;
}

static int fill(struct seal *k, const struct seal_options *o, bool create, char *err, size_t errlen)
{
	uint8_t key[CRYPT_KEY];
	int version = 0;
	/* A key file that cannot be read is told before anything is opened. */
	int rc = o->source == STORE_KEY_PASSPHRASE ? STORE_OK : master_read(&k->from, key, err, errlen);
	crypt_wipe(key, sizeof key);
	if (rc == STORE_OK)
		rc = open_file(k, o, err, errlen);
	if (rc != STORE_OK)
		return rc;
	rc = db_version(k->db, &version);
	if (rc != STORE_OK)
		rc = seal_said_db(k, rc);
	else if (version > KEYRING_VERSION)
		rc = seal_said(k, STORE_NEWER, "written by a newer version");
	else if (version < KEYRING_VERSION && o->read_only)
		rc = seal_said(k, STORE_STATE, "of an earlier version: start the gateway once");
	else if (version == 0 && !create)
		rc = seal_said(k, STORE_NONE, "empty");
	if (rc == STORE_OK)
		rc = open_keyring(k, o, version, err, errlen);
	/* A cut may have come between the destruction of a key and the emptying of the log. */
	if (rc == STORE_OK && !o->read_only)
		(void)db_scrub(k->db);
	if (rc == STORE_OK)
		rc = index_key(k);
	if (rc != STORE_OK && !err[0])
		snprintf(err, errlen, "%s: %s", o->keyring_path, k->err);
	return rc;
}

static int new_seal(const struct seal_options *o, struct seal **out, char *err, size_t errlen)
{
	struct seal *k = calloc(1, sizeof *k);
	err[0] = '\0';
	*out = k;
	if (!k || crypt_start() != STORE_OK) {
		snprintf(err, errlen, "libsodium did not start");
		return STORE_FAIL;
	}
	k->s = crypt_alloc(sizeof *k->s);
	if (!k->s) {
		snprintf(err, errlen, "out of guarded memory");
		return STORE_FAIL;
	}
	snprintf(k->path, sizeof k->path, "%s", o->key_file ? o->key_file : "");
	k->from = (struct master_from){ .source = o->source, .path = k->path, .ask = o->ask };
	return STORE_OK;
}

int seal_blank(const struct seal_options *o, struct seal **out, char *err, size_t errlen)
{
	int rc = new_seal(o, out, err, errlen);
	return rc == STORE_OK ? open_file(*out, o, err, errlen) : rc;
}

int seal_open(const struct seal_options *o, bool create, struct seal **out, char *err,
	      size_t errlen)
{
	struct seal *k;
	*out = NULL;
	int rc = new_seal(o, &k, err, errlen);
	if (rc == STORE_OK)
		rc = fill(k, o, create, err, errlen);
	if (rc == STORE_OK)
		*out = k;
	else
		seal_close(k);
	return rc;
}

void seal_close(struct seal *k)
{
	if (!k)
		return;
	for (int i = 0; i < SEAL_Q_N; i++)
		db_finish(k->q[i]);
	db_close(k->db);
	crypt_free(k->s); /* wipes first */
	free(k);
}

int64_t seal_keyring_id(const struct seal *k)
{
	return k->keyring_id;
}
