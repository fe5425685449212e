/* keys.h - the keys as people handle them: what state they are in, changing the master key, renewing the data
 * keys, copies for the recovery key.  Works on the opened store; see seal.h for the keyring itself.
 *
 * Changes are begun by one call, go on a bounded piece a call (keys_step), also in the next process after a
 * cut, and hinder nothing meanwhile. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H
#include "store/seal.h"
#include "store/store.h"

struct keys_status {
	struct seal_masters master;
	struct seal_counts kind[SEAL_BACKUP + 1];
	bool waits;        /* all is wrapped in the new master key, and the old one opens until somebody uses that */
	int64_t renewing;  /* since when data keys are being renewed, 0 = they are not */
};
int keys_status(struct store *st, struct keys_status *out);

struct keys_new {          /* where the new master key comes from */
	enum store_key_source source;
	const char *path;
	store_ask_fn *ask;
};
/* NULL: a random one in the place of the key file, which the gateway itself writes.  STORE_STATE: not now, or
 * not so; the words say why. */
int keys_rotate(struct store *st, const struct keys_new *to, int64_t now);
/* New data keys for numbers, cases and days; what the old ones sealed is sealed anew.  The old ones stay,
 * for backups, until keys_expire.  So has the key that numbers are found by a successor, and is destroyed when
 * no row lies under it: a backup's rows are found anew as it is put back.  Inside a turn. */
int keys_renew(struct store *st, int64_t now);
/* Is something begun and not at its end?  A rotation that only waits for its new key to be put in place by
 * a person is at its end here. */
bool keys_busy(struct store *st);
/* A piece of it, outside a turn. */
int keys_step(struct store *st, int64_t now);
/* Backup keys of days before `before`, and keys retired before it, are destroyed. */
int keys_expire(struct store *st, int64_t before, int64_t now, int64_t *n);

#define KEYS_COPY "keyring-"
#define KEYS_COPY_END ".copy"
/* dir/keyring-20261127T030000Z.copy for the recovery key, 64 hex digits.  path: where it is. */
int keys_copy(struct store *st, const char *recovery, const char *dir, int64_t now, char *path, size_t max);
/* Removes copies of dir (by the time in their name) from before `before`, never the newest. */
int keys_copies_expire(const char *dir, int64_t before, int64_t *n);
/* When the newest copy in dir was made, 0 = none. */
int64_t keys_newest_copy(const char *dir);

/* A pair: the public half for the configuration, in hex; the secret half into a new file of mode 0600. */
int keys_make_recovery(const char *file, char public_hex[65], char *err, size_t errlen);
/* The keyring, and a key file where the source is one and none is there, from a copy and the secret half.
 * *made: when the copy was made. */
int keys_recover(const struct store_options *o, const char *copy, const char *secret_file, int64_t *made, char *err,
		 size_t errlen);
#endif
