/* seal.h - sealing of values and the keyring.  Part of store/; the only door to libsodium here.
 *
 * Master key: 32 octets of a file, a credential of systemd, or made from a passphrase (master.h).  It wraps
 * data keys, which live in the keyring, a database file of its own with its own connection: a key is
 * committed there before seal_key returns it, so nothing is ever sealed with a key that a power cut could
 * take.
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
#include "store/store.h"

struct seal;
#define SEAL_OVERHEAD 49
#define SEAL_HASH 32

enum seal_kind {
	SEAL_CHECK,  /* opens only under the right master key; its id names the keyring */
	SEAL_ROSTER, /* numbers */
	SEAL_INDEX,  /* keyed hashes */
	SEAL_CASE,   /* ref: row id of the case */
	SEAL_DAY,    /* ref: UTC day, days since 1970 */
	SEAL_BACKUP  /* the same: of the backups made on it */
};
struct seal_options {
	const char *keyring_path;
	enum store_key_source source;
	const char *key_file; /* of a credential: its name */
	store_ask_fn *ask;
	const char *vfs;
	bool read_only;
	int busy_ms;
};
struct seal_place {
	const char *column; /* "messages.text" */
	int64_t row;
};

/* ---- the keyring (keyring.c) ---- */

/* create: an empty keyring is given its first keys.  STORE_NONE: not made yet; STORE_KEY: another
 * master key. */
int seal_open(const struct seal_options *o, bool create, struct seal **out, char *err,
	      size_t errlen);
void seal_close(struct seal *k); /* wipes */
int64_t seal_keyring_id(const struct seal *k);

/* ---- keys and values ---- */

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
/* Keyed by the index key, which stays; domain keeps hashes of different things apart. */
int seal_hash(struct seal *k, const char *domain, const void *in, size_t len,
	      uint8_t out[SEAL_HASH]);
/* The same of a telephone number, by the key that is for them alone and changes: out[0] is what is written;
 * while rows lie under its predecessor, *n is 2 and out[1] is what those have. */
int seal_hash_number(struct seal *k, const char *domain, const void *in, size_t len, uint8_t out[2][SEAL_HASH], size_t *n);
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

/* Destroys the keys of (kind, ref), or with SEAL_DAY and SEAL_BACKUP every day before ref; overwrites and truncates
 * the side files.  *n keys.  What they sealed is gone for good. */
int seal_destroy(struct seal *k, enum seal_kind kind, int64_t ref, int64_t now, int64_t *n);

/* ---- changing the keys (rotate.c), each outside a turn of the keyring; see keys.h ---- */

/* Begins: a new master key, from `to`, or with NULL a random one.  STORE_STATE: one is being changed. */
struct master_from;
int seal_rotate(struct seal *k, const struct master_from *to, int64_t now);
bool seal_rotating(const struct seal *k);
/* Can the key file be put in place here?  A new file is made beside it. */
bool seal_can_replace(const struct seal *k);
/* Wraps up to max keys in the new one; *n 0: all are.  Then seal_rotate_end puts a key file in its place and
 * gives the old one up; *done false: it opens until somebody opens the keyring by the new one. */
int seal_rotate_step(struct seal *k, size_t max, size_t *n);
int seal_rotate_end(struct seal *k, bool *done);
/* Up to max live keys of values, made before `since`, get a successor and are retired. */
int seal_retire_step(struct seal *k, int64_t since, int64_t now, size_t max, size_t *n);
/* A value under a retired key, sealed anew under its successor: out holds n.  STORE_STATE: it is under a live
 * or a destroyed one. */
int seal_anew(struct seal *k, const struct seal_place *p, const void *sealed, size_t n, uint8_t *out);
/* Retired keys from before `before` are destroyed. */
int seal_destroy_retired(struct seal *k, int64_t before, int64_t now, int64_t *n);

/* ---- the key that numbers are found by (index.c); see numbers.c ---- */

/* The live one: of its own, or in an older keyring the index key. */
int seal_numbers_key(struct seal *k, int64_t *id);
/* A new one, if the live one is of before `since` or the index key itself; that is retired. */
int seal_numbers_new(struct seal *k, int64_t since, int64_t now);
/* seal_hash_number goes by the live one, and by `before`, 0 = none.  STORE_NONE, STORE_KEY: that was destroyed, or
 * is not in the keyring. */
int seal_numbers_use(struct seal *k, int64_t before);
int64_t seal_numbers_id(const struct seal *k); /* the one that is written with */
/* Its predecessors are destroyed. */
int seal_numbers_spent(struct seal *k, int64_t now);

struct seal_counts {
	int64_t live, retired, destroyed;
};
struct seal_masters {
	int64_t id, created, left; /* left: keys that still lie under the old one; -1: it is not being changed */
	bool passphrase;
};
int seal_count(struct seal *k, enum seal_kind kind, struct seal_counts *out);
int seal_masters(struct seal *k, struct seal_masters *out);
/* The next case, from after `after`, whose key was destroyed and has no successor.  STORE_NONE. */
int seal_next_erased(struct seal *k, int64_t after, int64_t *case_id);
int seal_last_ref(struct seal *k, enum seal_kind kind, int64_t *ref);

/* ---- copies of it for the recovery key (escrow.c) ---- */

/* Writes all keys, sealed to the recovery key, into a new file, whole or not at all. */
int seal_copy(struct seal *k, const uint8_t recovery[32], const char *path, int64_t now);
/* Makes a keyring, and a key file where there is none, of a copy.  STORE_EXISTS: a keyring is there. */
int seal_recover(const struct seal_options *o, const char *copy, const uint8_t secret[32], int64_t *made, char *err,
		 size_t errlen);

/* The octets of a backup's key, for the caller to wipe.  STORE_NONE: destroyed. */
int seal_backup_key(struct seal *k, int64_t id, uint8_t key[32]);

int seal_check(struct seal *k); /* structure of the keyring's file */
const char *seal_errmsg(const struct seal *k);
#endif
