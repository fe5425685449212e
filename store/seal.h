/* seal.h - sealing of values and the keyring.  Part of store/; the only door to libsodium here.
 *
 * Master key: 32 octets in a file of mode 0600 (raw, or 64 hex digits).  It wraps data keys, which
 * live in the keyring, a database file of its own with its own connection: a key is committed there
 * before seal_key returns it, so nothing is ever sealed with a key that a power cut could take.
 * Lock order: the store's turn first, then the keyring's, never the other way round.
 *
 * A sealed value: version octet, key id (8 octets, little endian), nonce 24, ciphertext and tag
 * (XChaCha20-Poly1305, IETF AEAD).  Bound to table.column and row id, so that a value moved to
 * another place does not open.
 */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seal;
#define SEAL_OVERHEAD 49
#define SEAL_HASH 32

enum seal_kind {
	SEAL_CHECK,  /* opens only under the right master key; its id names the keyring */
	SEAL_ROSTER, /* numbers */
	SEAL_INDEX,  /* keyed hashes */
	SEAL_CASE,   /* ref: row id of the case */
	SEAL_DAY     /* ref: UTC day, days since 1970 */
};
struct seal_options {
	const char *keyring_path, *key_file, *vfs;
	bool read_only;
	int busy_ms;
};
struct seal_place {
	const char *column; /* "messages.text" */
	int64_t row;
};

/* Creates the key file with a new random key, durable with its directory.  STORE_EXISTS and left
 * alone when one is there. */
int seal_make_key_file(const char *path, char *err, size_t errlen);
/* create: an empty keyring is given its first keys.  STORE_NONE: not made yet; STORE_KEY: another
 * master key. */
int seal_open(const struct seal_options *o, bool create, struct seal **out, char *err,
	      size_t errlen);
void seal_close(struct seal *k); /* wipes */
int64_t seal_keyring_id(const struct seal *k);

/* The live key of (kind, ref); make: one is made when there is none, also after a destroyed one.
 * STORE_NONE: none and not to be made. */
int seal_key(struct seal *k, enum seal_kind kind, int64_t ref, bool make, int64_t now, int64_t *id);
/* out holds len + SEAL_OVERHEAD. */
int seal_put(struct seal *k, int64_t key, const struct seal_place *p, const void *plain, size_t len,
	     uint8_t *out);
/* STORE_NONE: its key was destroyed.  STORE_KEY: it does not open.  STORE_BOUND: longer than
 * max. */
int seal_get(struct seal *k, const struct seal_place *p, const void *sealed, size_t n, void *plain,
	     size_t max, size_t *len);
bool seal_is_under(const void *sealed, size_t n, int64_t key);
/* Keyed by the index key; domain keeps hashes of different things apart. */
int seal_hash(struct seal *k, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_HASH]);
/* Ed25519 by a key that the index key alone determines, so that it outlives a change of the master
 * key; domain keeps signatures of different things apart.  STORE_CORRUPT: not signed by it. */
#define SEAL_SIGNATURE 64
#define SEAL_PUBLIC 32
int seal_sign(struct seal *k, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_SIGNATURE], uint8_t public_key[SEAL_PUBLIC]);
int seal_verify(struct seal *k, const char *domain, const void *in, size_t len,
		const uint8_t signature[SEAL_SIGNATURE]);
/* k may be NULL. */
void seal_random(struct seal *k, void *out, size_t len);
void seal_wipe(void *p, size_t len);

/* Destroys the keys of (kind, ref), or with SEAL_DAY every day before ref; overwrites and truncates
 * the side files.  *n keys.  What they sealed is gone for good. */
int seal_destroy(struct seal *k, enum seal_kind kind, int64_t ref, int64_t now, int64_t *n);
int seal_check(struct seal *k); /* structure of the keyring's file */
const char *seal_errmsg(const struct seal *k);
#endif
