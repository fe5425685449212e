/* seal.c - keyring, sealing, keyed hashes.  Owns the keyring's connection and every key in memory;
 * includes sodium.h; may call master.c, crypt.c and the seam.
 *
 * Keys are unwrapped into guarded memory (sodium_malloc; a refused mlock is tolerated, small boards
 * have small limits) and wiped at close.
 */
#include "store/seal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/seal_int.h"
#include "store/store.h"

#define KEY_LEN (size_t)crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES
#define HEAD_LEN 9
#define WRAPPED_LEN SEAL_WRAPPED
#define SEAL_VERSION 1
#define CACHE SEAL_CACHE
#define POOL SEAL_POOL
#define KEYRING_ID 0x4b554a4b /* "KUJK" */
#define KEYRING_VERSION 2

_Static_assert(SEAL_OVERHEAD == HEAD_LEN + NONCE_LEN + TAG_LEN, "overhead of a sealed value");
_Static_assert(KEY_LEN == CRYPT_KEY && SEAL_HASH == 32, "key and hash length");
_Static_assert(NONCE_LEN == SEAL_NONCE && TAG_LEN == SEAL_TAG, "nonce and tag length");

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
};

static const char *const kind_names[] = {
	[SEAL_CHECK] = "check", [SEAL_ROSTER] = "roster", [SEAL_INDEX] = "index",
	[SEAL_CASE] = "case",   [SEAL_DAY] = "day",       [SEAL_BACKUP] = "backup",
};

const char *seal_kind_name(enum seal_kind kind)
{
	return kind_names[kind];
}

/* From the kernel's generator, many at a time: a system call a nonce is a tenth of a text's cost.
 * Each octet is given out once.  A process that forked must not go on with the same store, which
 * SQLite forbids as well. */
static void fresh(struct seal *k, void *out, size_t len)
{
	if (len > k->left) {
		randombytes_buf(k->s->pool, POOL);
		k->left = POOL;
	}
	uint8_t *from = k->s->pool + POOL - k->left;
	memcpy(out, from, len);
	sodium_memzero(from, len);
	k->left -= len;
}

int seal_said(struct seal *k, int rc, const char *text)
{
	snprintf(k->err, sizeof k->err, "keyring: %s", text);
	return rc;
}

int seal_said_db(struct seal *k, int rc)
{
	return seal_said(k, rc, db_errmsg(k->db));
}

const char *seal_errmsg(const struct seal *k)
{
	return k->err;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static size_t wrap_bound(uint8_t ad[64], const char *what, int64_t ref, int64_t id)
{
	int n = snprintf((char *)ad, 32, "kujdestar key %s", what);
	crypt_put64(ad + n, ref);
	crypt_put64(ad + n + 8, id);
	return (size_t)n + 16;
}

void seal_wrap(const struct seal_master *m, const char *what, int64_t ref, int64_t id, const uint8_t key[CRYPT_KEY],
	       uint8_t out[SEAL_WRAPPED])
{
	uint8_t ad[64];
	size_t n = wrap_bound(ad, what, ref, id);
	randombytes_buf(out, NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_LEN, NULL, key, KEY_LEN, ad, n, NULL, out, m->key);
}

int seal_unwrap(const struct seal_master *m, const char *what, int64_t ref, int64_t id, const uint8_t *wrapped,
		size_t len, uint8_t key[CRYPT_KEY])
{
	uint8_t ad[64];
	size_t n = wrap_bound(ad, what, ref, id);
	return wrapped && len == WRAPPED_LEN &&
			       crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, wrapped + NONCE_LEN,
									  KEY_LEN + TAG_LEN, ad, n, wrapped,
									  m->key) == 0
		       ? STORE_OK
		       : STORE_KEY;
}

/* NULL: no such master is open. */
static const struct seal_master *master_of(const struct seal *k, int64_t id)
{
	for (int i = 0; i < 2; i++) {
		if (k->s->master[i].id == id && id)
			return &k->s->master[i];
	}
	return NULL;
}

static struct seal_cached *cache_slot(struct seal *k)
{
	struct seal_cached *oldest = &k->s->cache[0];
	for (size_t i = 0; i < CACHE; i++) {
		struct seal_cached *c = &k->s->cache[i];
		if (c->id == 0)
			return c;
		if (c->used < oldest->used)
			oldest = c;
	}
	return oldest;
}

static struct seal_cached *cache_put(struct seal *k, enum seal_kind kind, int64_t ref, int64_t id)
{
	struct seal_cached *c = cache_slot(k);
	c->kind = kind;
	c->ref = ref;
	c->id = id;
	c->used = ++k->clock;
	return c;
}

static struct seal_cached *cache_find(struct seal *k, enum seal_kind kind, int64_t ref)
{
	for (size_t i = 0; i < CACHE; i++) {
		struct seal_cached *c = &k->s->cache[i];
		if (c->id && !c->retired && c->kind == kind && c->ref == ref) {
			c->used = ++k->clock;
			return c;
		}
	}
	return NULL;
}

int seal_kind_of(const char *name, enum seal_kind *kind)
{
	for (size_t i = 0; i < sizeof kind_names / sizeof kind_names[0]; i++) {
		if (strcmp(name, kind_names[i]) == 0) {
			*kind = (enum seal_kind)i;
			return STORE_OK;
		}
	}
	return STORE_CORRUPT;
}

/* The key with this id, from memory or unwrapped. */
static int key_by_id(struct seal *k, int64_t id, const uint8_t **key)
{
	for (size_t i = 0; i < CACHE; i++) {
		struct seal_cached *c = &k->s->cache[i];
		if (c->id == id) {
			c->used = ++k->clock;
			*key = c->key;
			return STORE_OK;
		}
	}
	struct db_stmt *q = k->q[SEAL_Q_BY_ID];
	db_bind_int(q, 1, id);
	int rc = db_step(q);
	if (rc == STORE_NONE)
		return seal_said(k, STORE_KEY, "a value names a key that is not in it: is it the keyring of "
			    "this store, and not an older copy?");
	if (rc != STORE_OK)
		return seal_said_db(k, rc);
	char name[16];
	enum seal_kind kind = SEAL_CHECK;
	size_t len;
	db_text(q, 0, name, sizeof name);
	int64_t ref = db_int(q, 1);
	const uint8_t *wrapped = db_blob(q, 2, &len);
	const struct seal_master *m = master_of(k, db_int(q, 3));
	if (!wrapped) {
		rc = seal_said(k, STORE_NONE, "the key was destroyed");
	} else {
		uint8_t plain[KEY_LEN];
		rc = seal_kind_of(name, &kind);
		if (rc == STORE_OK)
			rc = m ? seal_unwrap(m, name, ref, id, wrapped, len, plain) : STORE_KEY;
		if (rc == STORE_KEY)
			rc = seal_said(k, STORE_KEY, "a key does not unwrap under this master key");
		if (rc == STORE_OK) {
			struct seal_cached *c = cache_put(k, kind, ref, id);
			c->retired = !db_null(q, 4);
			memcpy(c->key, plain, KEY_LEN);
			*key = c->key;
		}
		sodium_memzero(plain, sizeof plain);
	}
	db_reset(q);
	return rc;
}

/* Random, so that a keyring which is put back and goes on does not give an id a second meaning. */
int64_t seal_new_id(void)
{
	uint8_t rnd[8];
	int64_t id;
	do {
		randombytes_buf(rnd, sizeof rnd);
		id = crypt_get64(rnd) & INT64_MAX;
	} while (id == 0);
	return id;
}

int seal_add_key(struct seal *k, enum seal_kind kind, int64_t ref, int64_t now, int64_t *id)
{
	uint8_t key[KEY_LEN], wrapped[WRAPPED_LEN];
	const struct seal_master *m = &k->s->master[0];
	*id = seal_new_id();
	randombytes_buf(key, sizeof key);
	seal_wrap(m, kind_names[kind], ref, *id, key, wrapped);
	sodium_memzero(key, sizeof key);
	struct db_stmt *q = k->q[SEAL_Q_ADD];
	db_bind_int(q, 1, *id);
	db_bind_text(q, 2, kind_names[kind], 16);
	db_bind_int(q, 3, ref);
	db_bind_blob(q, 4, wrapped, sizeof wrapped);
	db_bind_int(q, 5, m->id);
	db_bind_int(q, 6, now);
	db_bind_ref(q, 7, 0);
	db_bind_ref(q, 8, 0);
	int rc = db_run(q);
	return rc == STORE_OK ? STORE_OK : seal_said_db(k, rc);
}

static int live_key(struct seal *k, enum seal_kind kind, int64_t ref, int64_t *id)
{
	struct db_stmt *q = k->q[SEAL_Q_LIVE];
	db_bind_text(q, 1, kind_names[kind], 16);
	db_bind_int(q, 2, ref);
	int rc = db_step(q);
	if (rc == STORE_NONE)
		return seal_said(k, STORE_NONE, "no live key of that kind");
	if (rc != STORE_OK)
		return seal_said_db(k, rc);
	*id = db_int(q, 0);
	db_reset(q);
	return STORE_OK;
}

int seal_key(struct seal *k, enum seal_kind kind, int64_t ref, bool make, int64_t now, int64_t *id)
{
	struct seal_cached *c = cache_find(k, kind, ref);
	if (c) {
		*id = c->id;
		return STORE_OK;
	}
	const uint8_t *unused;
	int rc = live_key(k, kind, ref, id);
	if (rc == STORE_OK)
		return key_by_id(k, *id, &unused);
	if (rc != STORE_NONE || !make)
		return rc;
	rc = db_begin(k->db);
	if (rc == STORE_OK) {
		rc = seal_add_key(k, kind, ref, now, id);
		if (rc == STORE_OK)
			rc = db_commit(k->db);
		else
			db_rollback(k->db);
	}
	if (rc != STORE_OK)
		return seal_said_db(k, rc);
	/* Read back from the file: a key that would not come back is found before it is used. */
	return key_by_id(k, *id, &unused);
}

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
	randombytes_buf(salt->salt, sizeof salt->salt);
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
	sodium_memzero(other, sizeof other);
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
		int rc = k->q[i] ? STORE_OK : db_prepare(k->db, sql[i], &k->q[i]);
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
	static const enum seal_kind first[] = { SEAL_CHECK, SEAL_ROSTER, SEAL_INDEX };
	int64_t id;
	int rc = seal_begin_new(k, salt);
	for (size_t i = 0; rc == STORE_OK && i < sizeof first / sizeof first[0]; i++)
		rc = seal_add_key(k, first[i], 0, 0, &id);
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
	sodium_memzero(check, sizeof check);
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
	rc = seal_key(k, SEAL_INDEX, 0, false, 0, &id);
	if (rc == STORE_OK)
		rc = key_by_id(k, id, &key);
	if (rc == STORE_OK)
		memcpy(k->s->index, key, KEY_LEN);
	return rc;
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
	sodium_memzero(&m, sizeof m);
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
	sodium_memzero(key, sizeof key);
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
	if (!k || sodium_init() < 0) {
		snprintf(err, errlen, "libsodium did not start");
		return STORE_FAIL;
	}
	k->s = sodium_malloc(sizeof *k->s);
	if (!k->s) {
		snprintf(err, errlen, "out of guarded memory");
		return STORE_FAIL;
	}
	memset(k->s, 0, sizeof *k->s);
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
	sodium_free(k->s); /* wipes first */
	free(k);
}

int64_t seal_keyring_id(const struct seal *k)
{
	return k->keyring_id;
}

/* ---- values ---------------------------------------------------------------------------------- */

struct bound_to {
	uint8_t octets[96];
	size_t len;
};

static int bind_place(struct seal *k, const struct seal_place *p, const uint8_t head[HEAD_LEN],
		      struct bound_to *b)
{
	size_t n = strlen(p->column);
	if (n + HEAD_LEN + 9 > sizeof b->octets)
		return seal_said(k, STORE_BOUND, "name of a column");
	memcpy(b->octets, head, HEAD_LEN);
	memcpy(b->octets + HEAD_LEN, p->column, n + 1);
	crypt_put64(b->octets + HEAD_LEN + n + 1, p->row);
	b->len = HEAD_LEN + n + 9;
	return STORE_OK;
}

int seal_put(struct seal *k, int64_t key, const struct seal_place *p, const void *plain, size_t len,
	     uint8_t *out)
{
	const uint8_t *octets;
	struct bound_to b;
	int rc = key_by_id(k, key, &octets);
	if (rc != STORE_OK)
		return rc;
	out[0] = SEAL_VERSION;
	crypt_put64(out + 1, key);
	rc = bind_place(k, p, out, &b);
	if (rc != STORE_OK)
		return rc;
	uint8_t *nonce = out + HEAD_LEN;
	fresh(k, nonce, NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_LEN, NULL, plain, len, b.octets, b.len,
						   NULL, nonce, octets);
	return STORE_OK;
}

int seal_get(struct seal *k, const struct seal_place *p, const void *sealed, size_t n, void *plain,
	     size_t max, size_t *len)
{
	const uint8_t *in = sealed, *octets;
	struct bound_to b;
	*len = 0;
	if (n < SEAL_OVERHEAD || in[0] != SEAL_VERSION)
		return seal_said(k, STORE_KEY, "not a sealed value of a known version");
	if (n - SEAL_OVERHEAD > max)
		return seal_said(k, STORE_BOUND, "a sealed value is longer than its buffer");
	int rc = key_by_id(k, crypt_get64(in + 1), &octets);
	if (rc == STORE_OK)
		rc = bind_place(k, p, in, &b);
	if (rc != STORE_OK)
		return rc;
	const uint8_t *nonce = in + HEAD_LEN;
	unsigned long long got = 0;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &got, NULL, nonce + NONCE_LEN,
						       n - HEAD_LEN - NONCE_LEN, b.octets, b.len, nonce,
						       octets) != 0)
		return seal_said(k, STORE_KEY, "a sealed value does not open: it was altered or moved");
	*len = (size_t)got;
	return STORE_OK;
}

int seal_anew(struct seal *k, const struct seal_place *p, const void *sealed, size_t n, uint8_t *out)
{
	const uint8_t *in = sealed, *octets;
	int64_t fresh_key;
	size_t len = 0;
	if (n < SEAL_OVERHEAD || in[0] != SEAL_VERSION)
		return seal_said(k, STORE_STATE, "nothing sealed");
	int rc = key_by_id(k, crypt_get64(in + 1), &octets);
	if (rc == STORE_NONE)
		return seal_said(k, STORE_STATE, "destroyed");
	if (rc != STORE_OK)
		return rc;
	struct seal_cached *c = NULL;
	for (size_t i = 0; i < CACHE && !c; i++)
		c = k->s->cache[i].id == crypt_get64(in + 1) ? &k->s->cache[i] : NULL;
	if (!c || !c->retired)
		return seal_said(k, STORE_STATE, "live");
	enum seal_kind kind = c->kind;
	int64_t ref = c->ref;
	uint8_t *plain = crypt_alloc(n);
	if (!plain)
		return seal_said(k, STORE_FAIL, "out of guarded memory");
	rc = seal_get(k, p, sealed, n, plain, n - SEAL_OVERHEAD, &len);
	if (rc == STORE_OK)
		rc = seal_key(k, kind, ref, false, 0, &fresh_key);
	if (rc == STORE_OK)
		rc = seal_put(k, fresh_key, p, plain, len, out);
	crypt_free(plain);
	return rc;
}

bool seal_is_under(const void *sealed, size_t n, int64_t key)
{
	const uint8_t *in = sealed;
	return n >= SEAL_OVERHEAD && crypt_get64(in + 1) == key;
}

int seal_hash(struct seal *k, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_HASH])
{
	crypto_generichash_state h;
	if (crypto_generichash_init(&h, k->s->index, KEY_LEN, SEAL_HASH) != 0)
		return seal_said(k, STORE_FAIL, "hash");
	/* The NUL of domain goes in too, so that domain and value cannot run into each other. */
	crypto_generichash_update(&h, (const uint8_t *)domain, strlen(domain) + 1);
	crypto_generichash_update(&h, in, len);
	crypto_generichash_final(&h, out, SEAL_HASH);
	return STORE_OK;
}

static int signing_keys(struct seal *k, const char *domain, uint8_t pk[SEAL_PUBLIC],
			uint8_t sk[crypto_sign_SECRETKEYBYTES])
{
	uint8_t seed[SEAL_HASH];
	static const char use[] = "ed25519";
	int rc = seal_hash(k, domain, use, sizeof use, seed);
	if (rc == STORE_OK && crypto_sign_seed_keypair(pk, sk, seed) != 0)
		rc = seal_said(k, STORE_FAIL, "signing key");
	sodium_memzero(seed, sizeof seed);
	return rc;
}

int seal_sign(struct seal *k, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_SIGNATURE], uint8_t public_key[SEAL_PUBLIC])
{
	uint8_t sk[crypto_sign_SECRETKEYBYTES];
	int rc = signing_keys(k, domain, public_key, sk);
	if (rc == STORE_OK && crypto_sign_detached(out, NULL, in, len, sk) != 0)
		rc = seal_said(k, STORE_FAIL, "signature");
	sodium_memzero(sk, sizeof sk);
	return rc;
}

int seal_verify(struct seal *k, const char *domain, const void *in, size_t len,
		const uint8_t signature[SEAL_SIGNATURE])
{
	uint8_t pk[SEAL_PUBLIC], sk[crypto_sign_SECRETKEYBYTES];
	int rc = signing_keys(k, domain, pk, sk);
	sodium_memzero(sk, sizeof sk);
	if (rc == STORE_OK && crypto_sign_verify_detached(signature, in, len, pk) != 0)
		rc = seal_said(k, STORE_CORRUPT, "a signature that is not ours");
	return rc;
}

void seal_random(struct seal *k, void *out, size_t len)
{
	if (k && len <= POOL)
		fresh(k, out, len);
	else
		randombytes_buf(out, len);
}

void seal_wipe(void *p, size_t len)
{
	sodium_memzero(p, len);
}

static bool by_day(enum seal_kind kind)
{
	return kind == SEAL_DAY || kind == SEAL_BACKUP;
}

void seal_forget(struct seal *k, enum seal_kind kind, int64_t ref)
{
	for (size_t i = 0; i < CACHE; i++) {
		struct seal_cached *c = &k->s->cache[i];
		bool hit = by_day(kind) ? c->ref < ref : c->ref == ref;
		if (c->id && c->kind == kind && hit)
			sodium_memzero(c, sizeof *c);
	}
}

int seal_destroy(struct seal *k, enum seal_kind kind, int64_t ref, int64_t now, int64_t *n)
{
	*n = 0;
	if (kind != SEAL_CASE && !by_day(kind))
		return seal_said(k, STORE_STATE, "that kind of key is never destroyed");
	int rc = db_begin(k->db);
	if (rc != STORE_OK)
		return seal_said_db(k, rc);
	struct db_stmt *q = k->q[by_day(kind) ? SEAL_Q_DESTROY_OLD : SEAL_Q_DESTROY];
	db_bind_int(q, 1, now);
	db_bind_text(q, 2, kind_names[kind], 16);
	db_bind_int(q, 3, ref);
	rc = db_run(q);
	int64_t changed = db_changes(k->db);
	if (rc == STORE_OK)
		rc = db_commit(k->db);
	else
		db_rollback(k->db);
	if (rc != STORE_OK)
		return seal_said_db(k, rc);
	seal_forget(k, kind, ref);
	*n = changed;
	rc = db_scrub(k->db);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}

int seal_backup_key(struct seal *k, int64_t id, uint8_t key[32])
{
	const uint8_t *octets;
	int rc = key_by_id(k, id, &octets);
	if (rc != STORE_OK)
		return rc;
	for (size_t i = 0; i < CACHE; i++) {
		if (k->s->cache[i].id == id && k->s->cache[i].kind != SEAL_BACKUP)
			return seal_said(k, STORE_KEY, "not a key of a backup");
	}
	memcpy(key, octets, CRYPT_KEY);
	return STORE_OK;
}

int seal_check(struct seal *k)
{
	int rc = db_check(k->db);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}
