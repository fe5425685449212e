/* backup.h - backups of the store: a copy of it as it is at one moment, encrypted, proved by putting it back into a
 * scratch file, and only then given its name.  It never holds the keyring.
 *
 * A backup is encrypted under a key of its day that lies in the keyring: whoever has the file alone has nothing,
 * and when that key is destroyed (keys_expire) every copy of the file is worthless.  It is put back with the
 * keyring, or a keyring made of a copy by the recovery key.  File: magic, id of the key, head of the stream, a
 * chunk that says what is in it, chunks of the database. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H
#include "store/store.h"

#define BACKUP_NAME "kujdestar-"
#define BACKUP_END ".backup"

struct backup_info {
	int64_t made, octets;
	int64_t cases, messages, audit; /* rows */
	int version;                    /* of the schema */
};
/* Makes sure that there is a key for the backups of today; inside a turn of a writer. */
int backup_key(struct store *st, int64_t now);
/* Into dir, of the store at o->path, opened read-only beside whoever writes it: backup_key came before.  path:
 * where it is.  What was left of a try that was cut short is removed first. */
int backup_make(const struct store_options *o, const char *dir, int64_t now, struct backup_info *info, char *path,
		size_t max, char *err, size_t errlen);
/* Removes those of dir from before `before`, never the newest. */
int backup_expire(const char *dir, int64_t before, int64_t *n);
/* Puts one back at o->path, where nothing may be (STORE_EXISTS): proved first, then what was erased since is
 * erased again, SMS that waited then become uncertain, numbers that may have been given out since are passed
 * over.  *erased cases, *unsure SMS. */
int backup_restore(const struct store_options *o, const char *file, int64_t now, struct backup_info *info,
		   int64_t *erased, int64_t *unsure, char *err, size_t errlen);
#endif
