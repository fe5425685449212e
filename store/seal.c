/* seal.c - keyring, sealing, keyed hashes.  Owns the keyring's connection and every key in memory;
 * the only file of store/ that includes sodium.h; may call the seam.
 *
 * Keys are unwrapped into guarded memory (sodium_malloc; a refused mlock is tolerated, small boards
 * have small limits) and wiped at close.
 */
#include "store/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db.h"
#include "store/file.h"
#include "store/store.h"

#define KEY_LEN (size_t)crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES
#define HEAD_LEN 9
#define WRAPPED_LEN (NONCE_LEN + KEY_LEN + TAG_LEN)
#define SEAL_VERSION 1
#define CACHE 64
#define POOL 2048
#define KEYRING_ID 0x4b554a4b /* "KUJK" */
#define KEYRING_VERSION 1

_Static_assert(SEAL_OVERHEAD == HEAD_LEN + NONCE_LEN + TAG_LEN, "overhead of a sealed value");
_Static_assert(KEY_LEN == 32 && SEAL_HASH == 32, "key and hash length");

static const char keyring_schema[] =
	"CREATE TABLE keys ("
	" id INTEGER PRIMARY KEY,"
	" kind TEXT NOT NULL CHECK (kind IN ('check', 'roster', 'index', 'case', 'day')),"
	" ref INTEGER NOT NULL,"
	" wrapped BLOB,"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" destroyed INTEGER,"
	" CHECK ((wrapped IS NULL) = (destroyed IS NOT NULL))"
	") STRICT;"
	"CREATE UNIQUE INDEX keys_live ON keys (kind, ref) WHERE destroyed IS NULL;";

enum { Q_LIVE, Q_BY_ID, Q_ADD, Q_DESTROY, Q_DESTROY_DAYS, Q_N };
static const char *const sql[Q_N] = {
	[Q_LIVE] = "SELECT id, wrapped FROM keys WHERE kind = $1 AND ref = $2 AND destroyed IS NULL",
	[Q_BY_ID] = "SELECT kind, ref, wrapped FROM keys WHERE id = $1",
	[Q_ADD] = "INSERT INTO keys (id, kind, ref, wrapped, created, expires) "
		  "VALUES ($1, $2, $3, $4, $5, 0)",
	[Q_DESTROY] = "UPDATE keys SET wrapped = NULL, destroyed = $1 "
		      "WHERE kind = $2 AND ref = $3 AND destroyed IS NULL",
	[Q_DESTROY_DAYS] = "UPDATE keys SET wrapped = NULL, destroyed = $1 "
			   "WHERE kind = 'day' AND ref < $2 AND destroyed IS NULL",
};

static const char *const kind_names[] = {
	[SEAL_CHECK] = "check", [SEAL_ROSTER] = "roster", [SEAL_INDEX] = "index",
	[SEAL_CASE] = "case",   [SEAL_DAY] = "day",
};

struct cached {
	int64_t id, ref; /* id 0 = free */
	uint64_t used;
	enum seal_kind kind;
	uint8_t key[KEY_LEN];
};
struct secrets { /* all of it in guarded memory */
	uint8_t master[KEY_LEN];
	uint8_t index[KEY_LEN];
	uint8_t pool[POOL]; /* random octets not given out yet: the last `left` of them */
	struct cached cache[CACHE];
};
struct seal {
	struct db *db;
	struct db_stmt *q[Q_N];
	struct secrets *s;
	uint64_t clock;
	size_t left;
	int64_t keyring_id;
	char err[200];
};

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

static int said(struct seal *k, int rc, const char *text)
{
	snprintf(k->err, sizeof k->err, "keyring: %s", text);
	return rc;
}

static int said_db(struct seal *k, int rc)
{
	return said(k, rc, db_errmsg(k->db));
}

const char *seal_errmsg(const struct seal *k)
{
	return k->err;
}

/* ---- the master key's file ------------------------------------------------------------------- */

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int seal_make_key_file(const char *path, char *err, size_t errlen)
{
	uint8_t key[KEY_LEN];
	char line[2 * KEY_LEN + 2];
	if (sodium_init() < 0) {
		snprintf(err, errlen, "libsodium did not start");
		return STORE_FAIL;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		int rc = file_class(errno);
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return rc;
	}
	randombytes_buf(key, sizeof key);
	sodium_bin2hex(line, sizeof line - 1, key, sizeof key);
	line[2 * KEY_LEN] = '\n';
	int rc = STORE_OK;
	/* A key that is lost is worse than none: it must lie on the disk, under its name, before
	 * anything is wrapped with it. */
	if (fchmod(fd, 0600) || write_all(fd, line, 2 * KEY_LEN + 1) || fsync(fd) ||
	    file_sync_dir_of(path)) {
		rc = file_class(errno);
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		(void)unlink(path);
	}
	close(fd);
	sodium_memzero(key, sizeof key);
	sodium_memzero(line, sizeof line);
	return rc;
}

static int parse_key(const char *buf, size_t n, uint8_t key[KEY_LEN])
{
	if (n == KEY_LEN) {
		memcpy(key, buf, KEY_LEN);
		return 0;
	}
	while (n && (buf[n - 1] == '\n' || buf[n - 1] == '\r' || buf[n - 1] == ' '))
		n--;
	size_t len = 0;
	if (n != 2 * KEY_LEN || sodium_hex2bin(key, KEY_LEN, buf, n, NULL, &len, NULL) != 0)
		return -1;
	return len == KEY_LEN ? 0 : -1;
}

static int read_key_file(const char *path, uint8_t key[KEY_LEN], char *err, size_t errlen)
{
	char buf[2 * KEY_LEN + 8];
	struct stat sb;
	if (!path) {
		snprintf(err, errlen, "no key file is named");
		return STORE_KEY;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(err, errlen, "key file %s: %s: restore it from its copy, or name the right "
			 "one", path, strerror(errno));
		return STORE_KEY;
	}
	int rc = STORE_KEY;
	if (fstat(fd, &sb) || !S_ISREG(sb.st_mode)) {
		snprintf(err, errlen, "key file %s: not a regular file", path);
		goto out;
	}
	if (sb.st_mode & 077) {
		snprintf(err, errlen, "key file %s: mode %04o lets others read it: chmod 0600 %s", path,
			 (unsigned)(sb.st_mode & 07777), path);
		goto out;
	}
	ssize_t n = read(fd, buf, sizeof buf);
	if (n < 0 || parse_key(buf, (size_t)n, key)) {
		snprintf(err, errlen, "key file %s: neither 32 octets nor 64 hex digits", path);
		goto out;
	}
	rc = STORE_OK;
out:
	sodium_memzero(buf, sizeof buf);
	close(fd);
	return rc;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void put64(uint8_t *p, int64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)((uint64_t)v >> (8 * i));
}

static int64_t get64(const uint8_t *p)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return (int64_t)v;
}

static size_t wrap_bound(uint8_t ad[64], enum seal_kind kind, int64_t ref, int64_t id)
{
	int n = snprintf((char *)ad, 32, "kujdestar key %s", kind_names[kind]);
	put64(ad + n, ref);
	put64(ad + n + 8, id);
	return (size_t)n + 16;
}

static void wrap(struct seal *k, enum seal_kind kind, int64_t ref, int64_t id,
		 const uint8_t key[KEY_LEN], uint8_t out[WRAPPED_LEN])
{
	uint8_t ad[64];
	size_t n = wrap_bound(ad, kind, ref, id);
	randombytes_buf(out, NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_LEN, NULL, key, KEY_LEN, ad, n, NULL, out,
						   k->s->master);
}

static int unwrap(struct seal *k, enum seal_kind kind, int64_t ref, int64_t id,
		  const uint8_t *wrapped, size_t len, uint8_t key[KEY_LEN])
{
	uint8_t ad[64];
	size_t n = wrap_bound(ad, kind, ref, id);
	if (len != WRAPPED_LEN ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, wrapped + NONCE_LEN,
						       KEY_LEN + TAG_LEN, ad, n, wrapped,
						       k->s->master) != 0)
		return said(k, STORE_KEY, "a key does not unwrap under this master key");
	return STORE_OK;
}

static struct cached *cache_slot(struct seal *k)
{
	struct cached *oldest = &k->s->cache[0];
	for (size_t i = 0; i < CACHE; i++) {
		struct cached *c = &k->s->cache[i];
		if (c->id == 0)
			return c;
		if (c->used < oldest->used)
			oldest = c;
	}
	return oldest;
}

static struct cached *cache_put(struct seal *k, enum seal_kind kind, int64_t ref, int64_t id)
{
	struct cached *c = cache_slot(k);
	c->kind = kind;
	c->ref = ref;
	c->id = id;
	c->used = ++k->clock;
	return c;
}

static struct cached *cache_find(struct seal *k, enum seal_kind kind, int64_t ref)
{
	for (size_t i = 0; i < CACHE; i++) {
		struct cached *c = &k->s->cache[i];
		if (c->id && c->kind == kind && c->ref == ref) {
			c->used = ++k->clock;
			return c;
		}
	}
	return NULL;
}

static int kind_of_name(const char *name, enum seal_kind *kind)
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
		struct cached *c = &k->s->cache[i];
		if (c->id == id) {
			c->used = ++k->clock;
			*key = c->key;
			return STORE_OK;
		}
	}
	struct db_stmt *q = k->q[Q_BY_ID];
	db_bind_int(q, 1, id);
	int rc = db_step(q);
	if (rc == STORE_NONE)
		return said(k, STORE_KEY, "a value names a key that is not in it: is it the keyring of "
			    "this store, and not an older copy?");
	if (rc != STORE_OK)
		return said_db(k, rc);
	char name[16];
	enum seal_kind kind = SEAL_CHECK;
	size_t len;
	db_text(q, 0, name, sizeof name);
	int64_t ref = db_int(q, 1);
	const uint8_t *wrapped = db_blob(q, 2, &len);
	if (!wrapped) {
		rc = said(k, STORE_NONE, "the key was destroyed");
	} else {
		uint8_t plain[KEY_LEN];
		rc = kind_of_name(name, &kind);
		if (rc == STORE_OK)
			rc = unwrap(k, kind, ref, id, wrapped, len, plain);
		if (rc == STORE_OK) {
			struct cached *c = cache_put(k, kind, ref, id);
			memcpy(c->key, plain, KEY_LEN);
			*key = c->key;
		}
		sodium_memzero(plain, sizeof plain);
	}
	db_reset(q);
	return rc;
}

static int add_key(struct seal *k, enum seal_kind kind, int64_t ref, int64_t now, int64_t *id)
{
	uint8_t key[KEY_LEN], wrapped[WRAPPED_LEN], rnd[8];
	/* Random ids: a keyring restored from an older copy must not give an id a second meaning. */
	do {
		randombytes_buf(rnd, sizeof rnd);
		*id = get64(rnd) & INT64_MAX;
	} while (*id == 0);
	randombytes_buf(key, sizeof key);
	wrap(k, kind, ref, *id, key, wrapped);
	struct db_stmt *q = k->q[Q_ADD];
	db_bind_int(q, 1, *id);
	db_bind_text(q, 2, kind_names[kind], 16);
	db_bind_int(q, 3, ref);
	db_bind_blob(q, 4, wrapped, sizeof wrapped);
	db_bind_int(q, 5, now);
	int rc = db_run(q);
	sodium_memzero(key, sizeof key);
	return rc == STORE_OK ? STORE_OK : said_db(k, rc);
}

static int live_key(struct seal *k, enum seal_kind kind, int64_t ref, int64_t *id)
{
	struct db_stmt *q = k->q[Q_LIVE];
	db_bind_text(q, 1, kind_names[kind], 16);
	db_bind_int(q, 2, ref);
	int rc = db_step(q);
	if (rc == STORE_NONE)
		return said(k, STORE_NONE, "no live key of that kind");
	if (rc != STORE_OK)
		return said_db(k, rc);
	*id = db_int(q, 0);
	db_reset(q);
	return STORE_OK;
}

int seal_key(struct seal *k, enum seal_kind kind, int64_t ref, bool make, int64_t now, int64_t *id)
{
	struct cached *c = cache_find(k, kind, ref);
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
		rc = add_key(k, kind, ref, now, id);
		if (rc == STORE_OK)
			rc = db_commit(k->db);
		else
			db_rollback(k->db);
	}
	if (rc != STORE_OK)
		return said_db(k, rc);
	/* Read back from the file: a key that would not come back is found before it is used. */
	return key_by_id(k, *id, &unused);
}

/* ---- opening --------------------------------------------------------------------------------- */

static int make_keyring(struct seal *k)
{
	int64_t id;
	int rc = db_begin(k->db);
	if (rc != STORE_OK)
		return said_db(k, rc);
	rc = db_exec(k->db, keyring_schema);
	if (rc == STORE_OK)
		rc = db_prepare(k->db, sql[Q_ADD], &k->q[Q_ADD]);
	if (rc == STORE_OK)
		rc = add_key(k, SEAL_CHECK, 0, 0, &id);
	if (rc == STORE_OK)
		rc = add_key(k, SEAL_ROSTER, 0, 0, &id);
	if (rc == STORE_OK)
		rc = add_key(k, SEAL_INDEX, 0, 0, &id);
	if (rc == STORE_OK)
		rc = db_set_version(k->db, KEYRING_VERSION);
	db_finish(k->q[Q_ADD]);
	k->q[Q_ADD] = NULL;
	if (rc == STORE_OK)
		rc = db_commit(k->db);
	else
		db_rollback(k->db);
	return rc == STORE_OK ? rc : said_db(k, rc);
}

static int open_keyring(struct seal *k, const struct seal_options *o, bool create)
{
	const uint8_t *key;
	int64_t id;
	int version = 0;
	int rc = db_version(k->db, &version);
	if (rc != STORE_OK)
		return said_db(k, rc);
	if (version > KEYRING_VERSION)
		return said(k, STORE_NEWER, "written by a newer version");
	if (version == 0 && !(create && !o->read_only))
		return said(k, STORE_NONE, "empty");
	if (version == 0) {
		rc = make_keyring(k);
		if (rc != STORE_OK)
			return rc;
	}
	for (int i = 0; i < Q_N; i++) {
		rc = db_prepare(k->db, sql[i], &k->q[i]);
		if (rc != STORE_OK)
			return said_db(k, rc);
	}
	/* A cut may have come between the destruction of a key and the emptying of the log. */
	if (!o->read_only)
		(void)db_scrub(k->db);
	rc = seal_key(k, SEAL_CHECK, 0, false, 0, &k->keyring_id);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? said(k, STORE_CORRUPT, "its check value is missing") : rc;
	rc = seal_key(k, SEAL_INDEX, 0, false, 0, &id);
	if (rc == STORE_OK)
		rc = key_by_id(k, id, &key);
	if (rc == STORE_OK)
		memcpy(k->s->index, key, KEY_LEN);
	return rc;
}

static int fill(struct seal *k, const struct seal_options *o, bool create, char *err, size_t errlen)
{
	char why[300];
	const struct db_options d = { .path = o->keyring_path, .read_only = o->read_only,
				      .busy_ms = o->busy_ms, .vfs = o->vfs,
				      .application_id = KEYRING_ID };
	k->s = sodium_malloc(sizeof *k->s);
	if (!k->s) {
		snprintf(err, errlen, "out of guarded memory");
		return STORE_FAIL;
	}
	memset(k->s, 0, sizeof *k->s);
	int rc = read_key_file(o->key_file, k->s->master, err, errlen);
	if (rc != STORE_OK)
		return rc;
	rc = db_open(&d, &k->db, why, sizeof why);
	if (rc != STORE_OK) {
		snprintf(err, errlen, "keyring %s", why);
		return rc;
	}
	rc = open_keyring(k, o, create);
	if (rc == STORE_KEY)
		snprintf(err, errlen, "%s does not open keyring %s: it is the key of another keyring; "
			 "put the right key file in place (nothing was changed)", o->key_file,
			 o->keyring_path);
	else if (rc != STORE_OK)
		snprintf(err, errlen, "%s: %s", o->keyring_path, k->err);
	return rc;
}

int seal_open(const struct seal_options *o, bool create, struct seal **out, char *err,
	      size_t errlen)
{
	*out = NULL;
	struct seal *k = calloc(1, sizeof *k);
	if (!k || sodium_init() < 0) {
		free(k);
		snprintf(err, errlen, "libsodium did not start");
		return STORE_FAIL;
	}
	int rc = fill(k, o, create, err, errlen);
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
	for (int i = 0; i < Q_N; i++)
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
		return said(k, STORE_BOUND, "name of a column");
	memcpy(b->octets, head, HEAD_LEN);
	memcpy(b->octets + HEAD_LEN, p->column, n + 1);
	put64(b->octets + HEAD_LEN + n + 1, p->row);
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
	put64(out + 1, key);
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
		return said(k, STORE_KEY, "not a sealed value of a known version");
	if (n - SEAL_OVERHEAD > max)
		return said(k, STORE_BOUND, "a sealed value is longer than its buffer");
	int rc = key_by_id(k, get64(in + 1), &octets);
	if (rc == STORE_OK)
		rc = bind_place(k, p, in, &b);
	if (rc != STORE_OK)
		return rc;
	const uint8_t *nonce = in + HEAD_LEN;
	unsigned long long got = 0;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &got, NULL, nonce + NONCE_LEN,
						       n - HEAD_LEN - NONCE_LEN, b.octets, b.len, nonce,
						       octets) != 0)
		return said(k, STORE_KEY, "a sealed value does not open: it was altered or moved");
	*len = (size_t)got;
	return STORE_OK;
}

bool seal_is_under(const void *sealed, size_t n, int64_t key)
{
	const uint8_t *in = sealed;
	return n >= SEAL_OVERHEAD && get64(in + 1) == key;
}

int seal_hash(struct seal *k, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_HASH])
{
	crypto_generichash_state h;
	if (crypto_generichash_init(&h, k->s->index, KEY_LEN, SEAL_HASH) != 0)
		return said(k, STORE_FAIL, "hash");
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
		rc = said(k, STORE_FAIL, "signing key");
	sodium_memzero(seed, sizeof seed);
	return rc;
}

int seal_sign(struct seal *k, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_SIGNATURE], uint8_t public_key[SEAL_PUBLIC])
{
	uint8_t sk[crypto_sign_SECRETKEYBYTES];
	int rc = signing_keys(k, domain, public_key, sk);
	if (rc == STORE_OK && crypto_sign_detached(out, NULL, in, len, sk) != 0)
		rc = said(k, STORE_FAIL, "signature");
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
		rc = said(k, STORE_CORRUPT, "a signature that is not ours");
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

static void forget(struct seal *k, enum seal_kind kind, int64_t ref)
{
	for (size_t i = 0; i < CACHE; i++) {
		struct cached *c = &k->s->cache[i];
		bool hit = kind == SEAL_DAY ? c->ref < ref : c->ref == ref;
		if (c->id && c->kind == kind && hit)
			sodium_memzero(c, sizeof *c);
	}
}

int seal_destroy(struct seal *k, enum seal_kind kind, int64_t ref, int64_t now, int64_t *n)
{
	*n = 0;
	if (kind != SEAL_CASE && kind != SEAL_DAY)
		return said(k, STORE_STATE, "that kind of key is never destroyed");
	int rc = db_begin(k->db);
	if (rc != STORE_OK)
		return said_db(k, rc);
	struct db_stmt *q = k->q[kind == SEAL_DAY ? Q_DESTROY_DAYS : Q_DESTROY];
	db_bind_int(q, 1, now);
	if (kind == SEAL_DAY) {
		db_bind_int(q, 2, ref);
	} else {
		db_bind_text(q, 2, kind_names[kind], 16);
		db_bind_int(q, 3, ref);
	}
	rc = db_run(q);
	int64_t changed = db_changes(k->db);
	if (rc == STORE_OK)
		rc = db_commit(k->db);
	else
		db_rollback(k->db);
	if (rc != STORE_OK)
		return said_db(k, rc);
	forget(k, kind, ref);
	*n = changed;
	rc = db_scrub(k->db);
	return rc == STORE_OK ? rc : said_db(k, rc);
}

int seal_check(struct seal *k)
{
	int rc = db_check(k->db);
	return rc == STORE_OK ? rc : said_db(k, rc);
}
