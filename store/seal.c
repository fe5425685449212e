/* seal.c - keys, what they seal, keyed hashes.  Owns every key in memory; the keyring they come from is opened by
 * keyring.c.  Includes sodium.h; may call crypt.c and the seam.
 *
 * Keys are unwrapped into guarded memory (sodium_malloc; a refused mlock is tolerated, small boards
 * have small limits) and wiped at close.
 */
#include "store/seal.h"

#include <sodium.h>
#include <stdio.h>
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

_Static_assert(SEAL_OVERHEAD == HEAD_LEN + NONCE_LEN + TAG_LEN, "overhead of a sealed value");
_Static_assert(KEY_LEN == CRYPT_KEY && SEAL_HASH == 32, "key and hash length");
_Static_assert(NONCE_LEN == SEAL_NONCE && TAG_LEN == SEAL_TAG, "nonce and tag length");

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
int seal_key_by_id(struct seal *k, int64_t id, const uint8_t **key)
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
		return seal_key_by_id(k, *id, &unused);
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
	return seal_key_by_id(k, *id, &unused);
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
	int rc = seal_key_by_id(k, key, &octets);
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
	int rc = seal_key_by_id(k, crypt_get64(in + 1), &octets);
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
	int rc = seal_key_by_id(k, crypt_get64(in + 1), &octets);
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

static int hash_by(struct seal *k, const uint8_t key[CRYPT_KEY], const char *domain, const void *in, size_t len,
		   uint8_t out[SEAL_HASH])
{
	crypto_generichash_state h;
	if (crypto_generichash_init(&h, key, KEY_LEN, SEAL_HASH) != 0)
		return seal_said(k, STORE_FAIL, "hash");
	/* The NUL of domain goes in too, so that domain and value cannot run into each other. */
	crypto_generichash_update(&h, (const uint8_t *)domain, strlen(domain) + 1);
	crypto_generichash_update(&h, in, len);
	crypto_generichash_final(&h, out, SEAL_HASH);
	return STORE_OK;
}

int seal_hash(struct seal *k, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_HASH])
{
	return hash_by(k, k->s->index, domain, in, len, out);
}

/* A keyring made before numbers had a key of their own finds them by the one of all the rest. */
int seal_numbers_key(struct seal *k, int64_t *id)
{
	int rc = seal_key(k, SEAL_INDEX, INDEX_NUMBERS, false, 0, id);
	return rc == STORE_NONE ? seal_key(k, SEAL_INDEX, INDEX_ALL, false, 0, id) : rc;
}

int seal_numbers_use(struct seal *k, int64_t before)
{
	const uint8_t *key;
	int rc = seal_numbers_key(k, &k->numbers_id);
	if (rc == STORE_OK)
		rc = seal_key_by_id(k, k->numbers_id, &key);
	if (rc != STORE_OK)
		return rc;
	memcpy(k->s->numbers[0], key, KEY_LEN);
	k->n_numbers = 1;
	sodium_memzero(k->s->numbers[1], KEY_LEN);
	if (before == 0 || before == k->numbers_id)
		return STORE_OK;
	rc = seal_key_by_id(k, before, &key);
	if (rc != STORE_OK)
		return rc;
	memcpy(k->s->numbers[1], key, KEY_LEN);
	k->n_numbers = 2;
	return STORE_OK;
}

int64_t seal_numbers_id(const struct seal *k)
{
	return k->numbers_id;
}

int seal_hash_number(struct seal *k, const char *domain, const void *in, size_t len, uint8_t out[2][SEAL_HASH], size_t *n)
{
	int rc = STORE_OK;
	for (*n = 0; rc == STORE_OK && *n < k->n_numbers; ++*n)
		rc = hash_by(k, k->s->numbers[*n], domain, in, len, out[*n]);
	return rc;
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
	int rc = seal_key_by_id(k, id, &octets);
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
