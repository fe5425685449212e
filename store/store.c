/* store.c - opening, and the process lock.  Owns struct store; on top of every other file of this
 * folder. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file.h"
#include "store/internal.h"
#include "store/master.h"
#include "store/migrate.h"

#define STORE_ID 0x4b554a44 /* "KUJD" */
#define DEFAULT_BUSY_MS 5000

static const struct sql_family *const families[FAMILIES] = {
#define X(NAME, table) [FAM_##NAME] = &table##_family,
	STORE_FAMILIES(X)
#undef X
};

const char *store_rc_name(int rc)
{
	static const char *const names[] = {
		"ok", "none", "exists", "state", "full", "readonly", "busy", "io", "corrupt", "newer",
		"key", "bound", "fail",
	};
	if (rc > 0 || rc < -(int)(sizeof names / sizeof names[0]) + 1)
		return "unknown";
	return names[-rc];
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool there(const char *path)
{
	struct stat sb;
	return stat(path, &sb) == 0;
}

/* An empty file of mode 0600 under its name for good; SQLite gives its side files the same mode,
 * and by itself syncs the directory for them but not for the database. */
static int make_file(const char *path, char *err, size_t errlen)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return STORE_OK;
	if (fd < 0 || file_sync_dir_of(path)) {
		int e = errno;
		snprintf(err, errlen, "%s: %s", path, strerror(e));
		if (fd >= 0)
			close(fd);
		return file_class(e);
	}
	close(fd);
	return STORE_OK;
}

static int take_lock(struct store *st, const char *path, char *err, size_t errlen)
{
	char name[4096], pid[24] = "?";
	int n = snprintf(name, sizeof name, "%s.lock", path);
	if (n < 0 || (size_t)n >= sizeof name) {
		snprintf(err, errlen, "path too long");
		return STORE_BOUND;
	}
	st->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (st->lock_fd < 0) {
		int e = errno;
		snprintf(err, errlen, "%s: %s", name, strerror(e));
		return file_class(e);
	}
	if (flock(st->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		ssize_t got = pread(st->lock_fd, pid, sizeof pid - 1, 0);
		if (got > 0)
			pid[strcspn(pid, "\n")] = '\0';
		snprintf(err, errlen, "another kujdestar holds the store (pid %s)", pid);
		return STORE_BUSY;
	}
	/* The number is for people; the lock is the flock, which ends with its holder. */
	int len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (ftruncate(st->lock_fd, 0) != 0 || pwrite(st->lock_fd, pid, (size_t)len, 0) != len) {
		int e = errno;
		snprintf(err, errlen, "%s: %s", name, strerror(e));
		return file_class(e);
	}
	return STORE_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

static int prepare_all(struct store *st, char *err, size_t errlen)
{
	for (int f = 0; f < FAMILIES; f++) {
		st->q[f] = calloc(families[f]->n, sizeof(struct db_stmt *));
		if (!st->q[f]) {
			snprintf(err, errlen, "out of memory");
			return STORE_FAIL;
		}
		for (size_t i = 0; i < families[f]->n; i++) {
			int rc = db_prepare_later(st->db, families[f]->sql[i], &st->q[f][i]);
			if (rc == STORE_OK)
				continue;
			snprintf(err, errlen, "statement %s/%zu: %s", families[f]->name, i,
				 db_errmsg(st->db));
			return rc;
		}
	}
	return STORE_OK;
}

/* A database must be opened with the keyring it was made with: with another one every seal would
 * fail, one row at a time. */
static int match_keyring(struct store *st, char *err, size_t errlen)
{
	char have[32] = "", want[32];
	if (!st->seal)
		return STORE_OK;
	snprintf(want, sizeof want, "%016llx", (unsigned long long)seal_keyring_id(st->seal));
	int rc = store_meta_get(st, "keyring", have, sizeof have);
	if (rc == STORE_OK && strcmp(have, want) != 0) {
		snprintf(err, errlen, "the keyring belongs to another database: put the keyring of this "
			 "one in place (nothing was changed)");
		return STORE_KEY;
	}
	if (rc == STORE_NONE && !st->read_only) {
		rc = store_begin(st);
		if (rc == STORE_OK)
			rc = store_meta_put(st, "keyring", want);
		if (rc == STORE_OK)
			rc = numbers_fresh(st);
		if (rc == STORE_OK)
			rc = store_commit(st);
		else
			store_rollback(st);
	}
	if (rc != STORE_OK)
		snprintf(err, errlen, "%s", store_errmsg(st));
	return rc;
}

/* What was taken out in clear by a run that ended before the file was written anew. */
static int see_compact(struct store *st, char *err, size_t errlen)
{
	char owed[4] = "0";
	int rc = store_meta_get(st, "compact", owed, sizeof owed);
	st->compact = strcmp(owed, "1") == 0;
	if (rc == STORE_OK || rc == STORE_NONE)
		return STORE_OK;
	snprintf(err, errlen, "%s", store_errmsg(st));
	return rc;
}

static int open_files(struct store *st, const struct store_options *o, bool create, char *err,
		      size_t errlen)
{
	char why[320];
	int busy = o->busy_ms > 0 ? o->busy_ms : DEFAULT_BUSY_MS;
	const struct seal_options k = { .keyring_path = o->keyring_path, .source = o->key_source,
					.key_file = o->key_file, .ask = o->ask, .vfs = o->vfs,
					.read_only = o->read_only, .busy_ms = busy };
	const struct db_options d = { .path = o->path, .read_only = o->read_only, .busy_ms = busy,
				      .vfs = o->vfs, .application_id = STORE_ID };
	int rc = STORE_OK;
	if (!(o->read_only && !o->key_file))
		rc = seal_open(&k, create, &st->seal, err, errlen);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_KEY : rc;
	rc = db_open(&d, &st->db, err, errlen);
	if (rc != STORE_OK)
		return rc;
	rc = migrate(st->db, o->read_only, &st->version, why, sizeof why);
	if (rc != STORE_OK) {
		snprintf(err, errlen, "%s: %s", o->path, why);
		return rc;
	}
	rc = prepare_all(st, err, errlen);
	/* A cut may have come between a redaction and its scrub: what was wanted then is done now. */
	if (rc == STORE_OK && !o->read_only)
		st->scrub = db_scrub(st->db) != STORE_OK;
	if (rc == STORE_OK && !o->read_only)
		rc = see_compact(st, err, errlen);
	if (rc == STORE_OK)
		rc = match_keyring(st, err, errlen);
	if (rc != STORE_OK || !st->seal)
		return rc;
	rc = numbers_open(st);
	if (rc != STORE_OK)
		snprintf(err, errlen, "%s: %s", o->path, store_errmsg(st));
	return rc;
}

static int new_store(const struct store_options *o, struct store **out, char *err, size_t errlen)
{
	*out = NULL;
	if (!o->path || !(o->read_only || (o->keyring_path && o->key_file))) {
		snprintf(err, errlen, "path, keyring or key file not named");
		return STORE_FAIL;
	}
	struct store *st = calloc(1, sizeof *st);
	if (!st) {
		snprintf(err, errlen, "out of memory");
		return STORE_FAIL;
	}
	st->lock_fd = -1;
	st->read_only = o->read_only;
	st->key_source = o->key_source;
	int rc = o->read_only ? STORE_OK : take_lock(st, o->path, err, errlen);
	if (rc == STORE_OK)
		*out = st;
	else
		store_close(st);
	return rc;
}

static int missing(const char *path, const char *what, char *err, size_t errlen, int rc)
{
	snprintf(err, errlen, "%s %s is missing: restore it from its copy", what, path);
	return rc;
}

static int make_key_file(const char *path, char *err, size_t errlen)
{
	uint8_t key[CRYPT_KEY];
	int rc = crypt_start();
	if (rc != STORE_OK) {
		snprintf(err, errlen, "libsodium did not start");
		return rc;
	}
	crypt_random(key, sizeof key);
	rc = master_write(path, key, err, errlen);
	crypt_wipe(key, sizeof key);
	return rc;
}

/* Made in the order key file, keyring, database: a cut between two leaves what the next try goes on
 * from, and a thing that is missing under one already there was lost, not never made. */
static int make_missing(const struct store_options *o, char *err, size_t errlen)
{
	bool ring = there(o->keyring_path), base = there(o->path);
	bool key = o->key_source != STORE_KEY_FILE || there(o->key_file); /* the others are not ours to make */
	if (!key && (ring || base))
		return missing(o->key_file, "key file", err, errlen, STORE_KEY);
	if (!ring && base)
		return missing(o->keyring_path, "keyring", err, errlen, STORE_KEY);
	int rc = key ? STORE_OK : make_key_file(o->key_file, err, errlen);
	if (rc == STORE_OK)
		rc = make_file(o->keyring_path, err, errlen);
	return rc;
}

int store_init(const struct store_options *o, char *err, size_t errlen)
{
	struct store *st;
	if (o->read_only) {
		snprintf(err, errlen, "read-only");
		return STORE_READONLY;
	}
	int rc = new_store(o, &st, err, errlen);
	if (rc != STORE_OK)
		return rc;
	rc = make_missing(o, err, errlen);
	if (rc == STORE_OK) {
		struct seal *k = NULL;
		const struct seal_options s = { .keyring_path = o->keyring_path, .source = o->key_source,
						.key_file = o->key_file, .ask = o->ask, .vfs = o->vfs,
						.busy_ms = DEFAULT_BUSY_MS };
		/* The keyring is whole before the database's name appears. */
		rc = seal_open(&s, true, &k, err, errlen);
		seal_close(k);
	}
	if (rc == STORE_OK)
		rc = make_file(o->path, err, errlen);
	if (rc == STORE_OK)
		rc = open_files(st, o, true, err, errlen);
	store_close(st);
	return rc;
}

int store_open(const struct store_options *o, struct store **out, char *err, size_t errlen)
{
	*out = NULL;
	if (!o->path || !there(o->path)) {
		snprintf(err, errlen, "%s: no store here: make one with 'kujdestar init'",
			 o->path ? o->path : "(no path)");
		return STORE_NONE;
	}
	if (o->keyring_path && o->key_file && !there(o->keyring_path))
		return missing(o->keyring_path, "keyring", err, errlen, STORE_KEY);
	struct store *st;
	int rc = new_store(o, &st, err, errlen);
	if (rc != STORE_OK)
		return rc;
	rc = open_files(st, o, false, err, errlen);
	if (rc == STORE_OK)
		*out = st;
	else
		store_close(st);
	return rc;
}

void store_close(struct store *st)
{
	if (!st)
		return;
	for (int f = 0; f < FAMILIES; f++) {
		for (size_t i = 0; st->q[f] && i < families[f]->n; i++)
			db_finish(st->q[f][i]);
		free(st->q[f]);
	}
	db_close(st->db);
	seal_close(st->seal);
	if (st->lock_fd >= 0)
		close(st->lock_fd);
	free(st);
}
