/* escrow.c - copies of the keyring, sealed to a recovery key that is kept off the machine.  Part of the
 * keyring (seal.h); may call seal.c, master.c, crypt.c and the seam.
 *
 * A copy holds the data keys themselves and no master key: it opens by the recovery key alone, and what it is
 * made into gets a master key of its own.  Keys that were destroyed are in it as destroyed, so that what was
 * erased is erased again in an older backup that is put back. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file.h"
#include "store/seal_int.h"

#define MAGIC "KUJDESTAR KEYRING COPY 1\n"
#define MAGIC_LEN (sizeof MAGIC - 1)
#define COPY_HEAD 16 /* when, how many */
#define COPY_KEY (8 + 1 + 8 + 8 + 8 + 8 + CRYPT_KEY)
#define COPY_KEYS_MAX 2000000

static uint8_t *put64(uint8_t *p, int64_t v)
{
	crypt_put64(p, v);
	return p + 8;
}

static const uint8_t *get64(const uint8_t *p, int64_t *v)
{
	*v = crypt_get64(p);
	return p + 8;
}

/* ---- making one ------------------------------------------------------------------------------ */

static int put_key(struct seal *k, struct db_stmt *q, uint8_t *p)
{
	enum seal_kind kind = SEAL_CHECK;
	char name[16];
	uint8_t key[CRYPT_KEY] = { 0 };
	size_t len = 0;
	int64_t id = db_int(q, 0), ref = db_int(q, 2), master = db_int(q, 4);
	db_text(q, 1, name, sizeof name);
	int rc = seal_kind_of(name, &kind);
	const void *wrapped = db_blob(q, 3, &len);
	const struct seal_master *m = &k->s->master[k->s->master[0].id == master ? 0 : 1];
	if (rc == STORE_OK && wrapped)
		rc = seal_unwrap(m, name, ref, id, wrapped, len, key);
	p = put64(p, id);
	*p++ = (uint8_t)kind;
	p = put64(p, ref);
	p = put64(p, db_int(q, 5));
	p = put64(p, db_int(q, 6));
	p = put64(p, db_int(q, 7));
	memcpy(p, key, sizeof key);
	crypt_wipe(key, sizeof key);
	return rc == STORE_OK ? rc : seal_said(k, rc, "a key cannot be copied");
}

/* All keys in guarded memory; *out is the caller's. */
static int gather(struct seal *k, int64_t now, uint8_t **out, size_t *len)
{
	struct db_stmt *q = k->q[SEAL_Q_ALL];
	size_t n = 0, room = 0;
	int rc;
	*out = NULL;
	while ((rc = db_step(q)) == STORE_OK) {
		if (n == room) {
			size_t more = room ? 2 * room : 256;
			uint8_t *bigger = crypt_alloc(COPY_HEAD + more * COPY_KEY);
			if (!bigger) {
				rc = STORE_FAIL;
				break;
			}
			if (*out)
				memcpy(bigger, *out, COPY_HEAD + n * COPY_KEY);
			crypt_free(*out);
			*out = bigger;
			room = more;
		}
		rc = put_key(k, q, *out + COPY_HEAD + n * COPY_KEY);
		if (rc != STORE_OK)
			break;
		n++;
	}
	db_reset(q);
	if (rc != STORE_NONE)
		return rc == STORE_FAIL ? seal_said(k, rc, "out of guarded memory") : rc;
	if (!*out)
		return seal_said(k, STORE_CORRUPT, "holds no key");
	put64(put64(*out, now), (int64_t)n);
	*len = COPY_HEAD + n * COPY_KEY;
	return STORE_OK;
}

static int write_whole(struct seal *k, const char *path, const uint8_t *box, size_t n)
{
	char part[1100];
	snprintf(part, sizeof part, "%s.part", path);
	(void)unlink(part); /* of a try that was cut short */
	FILE *f = NULL;
	int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		f = fdopen(fd, "wb");
	bool good = f && fwrite(MAGIC, 1, MAGIC_LEN, f) == MAGIC_LEN && fwrite(box, 1, n, f) == n && fflush(f) == 0 &&
		    fsync(fd) == 0;
	int e = errno;
	if (f)
		good &= fclose(f) == 0;
	else if (fd >= 0)
		close(fd);
	if (good && (rename(part, path) || file_sync_dir_of(path))) {
		e = errno;
		good = false;
	}
	if (good)
		return STORE_OK;
	char words[180];
	snprintf(words, sizeof words, "copy %.120s: %s", path, strerror(e));
	(void)unlink(part);
	return seal_said(k, file_class(e), words);
}

int seal_copy(struct seal *k, const uint8_t recovery[32], const char *path, int64_t now)
{
	uint8_t *plain = NULL;
	size_t len = 0;
	/* A copy must not hold the one master key wrapped in the other: it holds none, and so may be made
	 * at any time. */
	int rc = gather(k, now, &plain, &len);
	uint8_t *box = rc == STORE_OK ? malloc(len + CRYPT_BOX) : NULL;
	if (rc == STORE_OK && !box)
		rc = seal_said(k, STORE_FAIL, "out of memory");
	if (rc == STORE_OK && crypt_box(recovery, plain, len, box) != STORE_OK)
		rc = seal_said(k, STORE_KEY, "backup.recovery_key is not a public key");
	crypt_free(plain);
	if (rc == STORE_OK)
		rc = write_whole(k, path, box, len + CRYPT_BOX);
	free(box);
	return rc;
}

/* ---- making a keyring of one ----------------------------------------------------------------- */

static int read_whole(const char *path, uint8_t **out, size_t *n, char *err, size_t errlen)
{
	struct stat sb;
	*out = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &sb)) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return STORE_IO;
	}
	size_t size = sb.st_size > 0 ? (size_t)sb.st_size : 0;
	if (size < MAGIC_LEN + CRYPT_BOX + COPY_HEAD ||
	    size > MAGIC_LEN + CRYPT_BOX + COPY_HEAD + (size_t)COPY_KEYS_MAX * COPY_KEY) {
		snprintf(err, errlen, "%s: not a copy of a keyring", path);
		close(fd);
		return STORE_CORRUPT;
	}
	*out = malloc(size);
	size_t have = 0;
	while (*out && have < size) {
		ssize_t got = read(fd, *out + have, size - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	close(fd);
	if (!*out || have != size || memcmp(*out, MAGIC, MAGIC_LEN) != 0) {
		snprintf(err, errlen, "%s: not a copy of a keyring, or cut short", path);
		free(*out);
		*out = NULL;
		return STORE_CORRUPT;
	}
	*n = size;
	return STORE_OK;
}

static int add_copied(struct seal *k, const uint8_t *p)
{
	int64_t id, ref, created, retired, destroyed;
	uint8_t wrapped[SEAL_WRAPPED];
	p = get64(p, &id);
	enum seal_kind kind = (enum seal_kind)*p++;
	p = get64(p, &ref);
	p = get64(p, &created);
	p = get64(p, &retired);
	p = get64(p, &destroyed);
	if (kind > SEAL_BACKUP)
		return seal_said(k, STORE_CORRUPT, "the copy holds a key of an unknown kind");
	const struct seal_master *m = &k->s->master[0];
	if (!destroyed)
		seal_wrap(m, seal_kind_name(kind), ref, id, p, wrapped);
	struct db_stmt *q = k->q[SEAL_Q_ADD];
	db_bind_int(q, 1, id);
	db_bind_text(q, 2, seal_kind_name(kind), 16);
	db_bind_int(q, 3, ref);
	db_bind_blob(q, 4, destroyed ? NULL : wrapped, sizeof wrapped);
	db_bind_int(q, 5, m->id);
	db_bind_int(q, 6, created);
	db_bind_ref(q, 7, retired);
	db_bind_ref(q, 8, destroyed);
	int rc = db_run(q);
	return rc == STORE_OK ? rc : seal_said_db(k, rc);
}

static int fill_keyring(struct seal *k, const struct seal_salt *salt, const uint8_t *plain, size_t len)
{
	int64_t n = 0, when = 0;
	get64(get64(plain, &when), &n);
	if (n < 3 || (len - COPY_HEAD) / COPY_KEY != (size_t)n || (len - COPY_HEAD) % COPY_KEY != 0)
		return seal_said(k, STORE_CORRUPT, "the copy's length is not what it says");
	int rc = seal_begin_new(k, salt);
	for (int64_t i = 0; rc == STORE_OK && i < n; i++)
		rc = add_copied(k, plain + COPY_HEAD + (size_t)i * COPY_KEY);
	return seal_finish(k, rc);
}

/* The master key of the new keyring: the file that is there, or a new one. */
static int own_master(const struct seal_options *o, struct seal *k, struct seal_salt *salt, char *err, size_t errlen)
{
	struct seal_master *m = &k->s->master[0];
	if (o->source == STORE_KEY_FILE && access(o->key_file, F_OK) != 0) {
		uint8_t key[CRYPT_KEY];
		crypt_random(key, sizeof key);
		int rc = master_write(o->key_file, key, err, errlen);
		crypt_wipe(key, sizeof key);
		if (rc != STORE_OK)
			return rc;
	}
	return seal_new_master(&k->from, m, salt, err, errlen);
}

static int make_of(const struct seal_options *o, const uint8_t *plain, size_t len, char *err, size_t errlen)
{
	char part[1100];
	struct seal_salt salt;
	struct seal_options made = *o;
	struct seal *k = NULL;
	snprintf(part, sizeof part, "%s.part", o->keyring_path);
	(void)unlink(part);
	made.keyring_path = part;
	int rc = seal_blank(&made, &k, err, errlen);
	if (rc == STORE_OK)
		rc = own_master(o, k, &salt, err, errlen);
	if (rc == STORE_OK) {
		rc = fill_keyring(k, &salt, plain, len);
		if (rc == STORE_OK)
			rc = db_scrub(k->db); /* one file, and no log beside it */
		if (rc != STORE_OK)
			snprintf(err, errlen, "%s", seal_errmsg(k));
	}
	seal_close(k);
	if (rc == STORE_OK && (chmod(part, 0600) || rename(part, o->keyring_path) || file_sync_dir_of(o->keyring_path))) {
		rc = file_class(errno);
		snprintf(err, errlen, "%s: %s", o->keyring_path, strerror(errno));
	}
	if (rc != STORE_OK)
		(void)unlink(part);
	return rc;
}

int seal_recover(const struct seal_options *o, const char *copy, const uint8_t secret[32], int64_t *made, char *err,
		 size_t errlen)
{
	uint8_t *box = NULL;
	size_t n = 0;
	struct stat sb;
	if (crypt_start() != STORE_OK) {
		snprintf(err, errlen, "libsodium did not start");
		return STORE_FAIL;
	}
	if (stat(o->keyring_path, &sb) == 0) {
		snprintf(err, errlen, "keyring %s is there: nothing is written over it; move it away if it is not the right one",
			 o->keyring_path);
		return STORE_EXISTS;
	}
	int rc = read_whole(copy, &box, &n, err, errlen);
	if (rc != STORE_OK)
		return rc;
	size_t len = n - MAGIC_LEN - CRYPT_BOX;
	uint8_t *plain = crypt_alloc(len);
	if (!plain) {
		snprintf(err, errlen, "out of guarded memory");
		rc = STORE_FAIL;
	} else if (crypt_unbox(secret, box + MAGIC_LEN, n - MAGIC_LEN, plain) != STORE_OK) {
		snprintf(err, errlen, "%s does not open by this recovery key: it was made for another one, or is damaged", copy);
		rc = STORE_KEY;
	}
	free(box);
	if (rc == STORE_OK) {
		get64(plain, made);
		rc = make_of(o, plain, len, err, errlen);
	}
	crypt_free(plain);
	return rc;
}
