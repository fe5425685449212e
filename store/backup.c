/* backup.c - see backup.h.  May call store.c and all below. */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/crypt.h"
#include "store/dated.h"
#include "store/erase.h"
#include "store/file.h"
#include "store/internal.h"

#define MAGIC "KUJDESTAR BACKUP 1\n"
#define MAGIC_LEN (sizeof MAGIC - 1)
#define HEAD_LEN (MAGIC_LEN + 8 + CRYPT_STREAM_HEAD)
#define CHUNK 65536
#define ABOUT 256
#define PATH 1200

/* ---- small things ------------------------------------------------------------------------------ */

struct job {                /* one making or putting back */
	const struct store_options *o;
	char *err;
	size_t errlen;
	char scratch[2][PATH]; /* files that must not stay */
};

static int told(struct job *j, int rc, const char *what, const char *why)
{
	snprintf(j->err, j->errlen, "%s: %s", what, why);
	return rc;
}

static int told_errno(struct job *j, const char *what)
{
	int e = errno;
	return told(j, file_class(e), what, strerror(e));
}

static void remove_one(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal", ".lock" };
	char name[PATH + 16];
	for (size_t i = 0; path[0] && i < sizeof ends / sizeof ends[0]; i++) {
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		(void)unlink(name);
	}
}

/* The copy at path is whole: its structure, its audit, and what it holds. */
static int prove(struct job *j, const char *path, struct backup_info *found)
{
	struct store_options o = *j->o;
	struct store *st = NULL;
	int64_t rows, bad;
	o.path = path;
	o.read_only = true;
	int rc = store_open(&o, &st, j->err, j->errlen);
	if (rc != STORE_OK)
		return rc;
	rc = store_check(st);
	if (rc == STORE_OK)
		rc = audit_verify(st, &rows, &bad);
	if (rc == STORE_OK)
		rc = backup_counts(st, found);
	if (rc != STORE_OK)
		told(j, rc, path, store_errmsg(st));
	store_close(st);
	return rc;
}

/* ---- out --------------------------------------------------------------------------------------- */

static int write_chunk(struct crypt_stream *s, FILE *f, const void *in, size_t len, const uint8_t *head, bool last)
{
	static uint8_t out[CHUNK + CRYPT_STREAM_OVER]; /* one thread */
	crypt_stream_put(s, in, len, head, HEAD_LEN, last, out);
	return fwrite(out, 1, len + CRYPT_STREAM_OVER, f) == len + CRYPT_STREAM_OVER ? 0 : -1;
}

/* Every chunk is bound to the head, so that none is taken into another backup. */
static int encrypt_file(struct job *j, FILE *in, FILE *out, const uint8_t key[CRYPT_KEY], int64_t id, struct backup_info *info)
{
	static uint8_t chunk[CHUNK]; /* one thread */
	uint8_t head[HEAD_LEN];
	char about[ABOUT] = "";
	memcpy(head, MAGIC, MAGIC_LEN);
	crypt_put64(head + MAGIC_LEN, id);
	struct crypt_stream *s = crypt_stream_out(key, head + MAGIC_LEN + 8);
	if (!s)
		return told(j, STORE_FAIL, "backup", "out of guarded memory");
	snprintf(about, sizeof about, "made %" PRId64 " octets %" PRId64 " cases %" PRId64 " messages %" PRId64
		 " audit %" PRId64 " schema %d", info->made, info->octets, info->cases, info->messages, info->audit,
		 info->version);
	bool good = fwrite(head, 1, sizeof head, out) == sizeof head &&
		    write_chunk(s, out, about, sizeof about, head, false) == 0;
	size_t n = CHUNK;
	while (good && n == CHUNK) {
		n = fread(chunk, 1, CHUNK, in);
		good = !ferror(in) && write_chunk(s, out, chunk, n, head, n < CHUNK) == 0;
	}
	crypt_stream_free(s);
	good = good && fflush(out) == 0 && fsync(fileno(out)) == 0;
	return good ? STORE_OK : told_errno(j, "backup");
}

/* ---- in ---------------------------------------------------------------------------------------- */

static bool read_about(const char *about, struct backup_info *info)
{
	static const char *const words[] = { "made ", " octets ", " cases ", " messages ", " audit ", " schema " };
	int64_t v[6] = { 0 };
	const char *p = about;
	for (size_t i = 0; i < 6; i++) {
		size_t n = strlen(words[i]);
		if (strncmp(p, words[i], n) != 0)
			return false;
		char *end;
		v[i] = strtoll(p + n, &end, 10);
		p = end;
	}
	*info = (struct backup_info){ v[0], v[1], v[2], v[3], v[4], (int)v[5] };
	return true;
}

static int read_chunk(struct crypt_stream *s, FILE *f, size_t want, const uint8_t *head, uint8_t *out, size_t *len, bool *last)
{
	static uint8_t in[CHUNK + CRYPT_STREAM_OVER]; /* one thread */
	size_t n = fread(in, 1, want + CRYPT_STREAM_OVER, f);
	*len = n > CRYPT_STREAM_OVER ? n - CRYPT_STREAM_OVER : 0;
	return crypt_stream_get(s, in, n, head, HEAD_LEN, last, out);
}

static int decrypt_file(struct job *j, struct seal *seal, FILE *in, FILE *out, struct backup_info *info)
{
	static uint8_t chunk[CHUNK]; /* one thread */
	uint8_t head[HEAD_LEN], key[CRYPT_KEY];
	bool last = false;
	size_t n;
	if (fread(head, 1, sizeof head, in) != sizeof head || memcmp(head, MAGIC, MAGIC_LEN) != 0)
		return told(j, STORE_CORRUPT, "backup", "not one of these files");
	int rc = seal_backup_key(seal, crypt_get64(head + MAGIC_LEN), key);
	if (rc != STORE_OK)
		return told(j, STORE_KEY, "backup", rc == STORE_NONE ? "its key was destroyed: it has expired"
								     : "its key is not in this keyring: the keyring, or its copy, is older");
	struct crypt_stream *s = crypt_stream_in(key, head + MAGIC_LEN + 8);
	crypt_wipe(key, sizeof key);
	rc = s ? read_chunk(s, in, ABOUT, head, chunk, &n, &last) : STORE_FAIL;
	chunk[ABOUT - 1] = '\0';
	if (rc == STORE_OK && (last || n != ABOUT || !read_about((char *)chunk, info)))
		rc = STORE_CORRUPT;
	while (rc == STORE_OK && !last) {
		rc = read_chunk(s, in, CHUNK, head, chunk, &n, &last);
		if (rc == STORE_OK && fwrite(chunk, 1, n, out) != n)
			rc = STORE_IO;
	}
	if (rc == STORE_OK && fgetc(in) != EOF)
		rc = STORE_CORRUPT;
	crypt_stream_free(s);
	if (rc == STORE_OK && (fflush(out) != 0 || fsync(fileno(out)) != 0))
		rc = STORE_IO;
	if (rc == STORE_OK)
		return rc;
	return told(j, rc, "backup", rc == STORE_CORRUPT ? "altered, or cut short" : "its octets cannot be written");
}

static FILE *create(const char *path)
{
	(void)unlink(path);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd >= 0 ? fdopen(fd, "w+b") : NULL;
	if (fd >= 0 && !f)
		close(fd);
	return f;
}

static int decrypt_to(struct job *j, struct seal *seal, const char *file, const char *to, struct backup_info *info)
{
	FILE *in = fopen(file, "rbe");
	if (!in)
		return told_errno(j, file);
	FILE *out = create(to);
	int rc = out ? decrypt_file(j, seal, in, out, info) : told_errno(j, to);
	fclose(in);
	if (out && fclose(out) != 0 && rc == STORE_OK)
		rc = told_errno(j, to);
	return rc;
}

/* ---- making ------------------------------------------------------------------------------------ */

static int open_seal(struct job *j, bool read_only, struct seal **out)
{
	const struct seal_options s = { .keyring_path = j->o->keyring_path, .source = j->o->key_source,
					.key_file = j->o->key_file, .ask = j->o->ask, .read_only = read_only,
					.busy_ms = j->o->busy_ms };
	return seal_open(&s, false, out, j->err, j->errlen);
}

static int encrypt_to(struct job *j, struct seal *seal, const char *from, const char *part, int64_t now, struct backup_info *info)
{
	uint8_t key[CRYPT_KEY];
	int64_t id = 0;
	struct stat sb;
	int rc = seal_key(seal, SEAL_BACKUP, base_day(now), false, now, &id);
	if (rc == STORE_OK)
		rc = seal_backup_key(seal, id, key);
	if (rc != STORE_OK)
		return told(j, rc, "backup", seal_errmsg(seal));
	FILE *in = fopen(from, "rbe");
	FILE *out = in ? create(part) : NULL;
	if (!in || !out || fstat(fileno(in), &sb) != 0) {
		rc = told_errno(j, in ? part : from);
	} else {
		info->octets = sb.st_size;
		rc = encrypt_file(j, in, out, key, id, info);
	}
	crypt_wipe(key, sizeof key);
	if (in)
		fclose(in);
	if (out && fclose(out) != 0 && rc == STORE_OK)
		rc = told_errno(j, part);
	return rc;
}

static bool same(const struct backup_info *a, const struct backup_info *b)
{
	return a->cases == b->cases && a->messages == b->messages && a->audit == b->audit && a->version == b->version;
}

int backup_make(const struct store_options *o, const char *dir, int64_t now, struct backup_info *info, char *path,
		size_t max, char *err, size_t errlen)
{
	struct job j = { .o = o, .err = err, .errlen = errlen };
	struct backup_info back = { 0 }, found = { 0 };
	struct seal *seal = NULL;
	char part[PATH];
	memset(info, 0, sizeof *info);
	info->made = now;
	err[0] = '\0';
	if (dated_name(dir, BACKUP_NAME, BACKUP_END, now, path, max) != STORE_OK || strlen(path) + 8 > sizeof part)
		return told(&j, STORE_BOUND, dir, "path too long");
	snprintf(part, sizeof part, "%s.part", path);
	/* The copy in clear stays beside the store: what is sealed in it is sealed, and the folder is as private. */
	snprintf(j.scratch[0], PATH, "%s.backing-up", o->path);
	snprintf(j.scratch[1], PATH, "%s.proving", o->path);
	remove_one(j.scratch[0]);
	mode_t old = umask(077);
	int rc = open_seal(&j, true, &seal);
	if (rc == STORE_OK && (rc = db_copy(o->path, j.scratch[0], err, errlen)) == STORE_OK)
		rc = prove(&j, j.scratch[0], info);
	info->made = now;
	if (rc == STORE_OK)
		rc = encrypt_to(&j, seal, j.scratch[0], part, now, info);
	remove_one(j.scratch[0]);
	/* What was written is what can be put back. */
	if (rc == STORE_OK)
		rc = decrypt_to(&j, seal, part, j.scratch[1], &back);
	if (rc == STORE_OK)
		rc = prove(&j, j.scratch[1], &found);
	if (rc == STORE_OK && (!same(info, &found) || !same(info, &back)))
		rc = told(&j, STORE_CORRUPT, part, "what it holds is not what the store held");
	remove_one(j.scratch[1]);
	if (rc == STORE_OK && (rename(part, path) || file_sync_dir_of(path)))
		rc = told_errno(&j, path);
	if (rc != STORE_OK)
		(void)unlink(part);
	umask(old);
	seal_close(seal);
	return rc;
}

int backup_expire(const char *dir, int64_t before, int64_t *n)
{
	return dated_expire(dir, BACKUP_NAME, BACKUP_END, before, n);
}

/* ---- putting back ------------------------------------------------------------------------------ */

static int put_right(struct job *j, const char *path, int64_t now, const struct backup_info *info, int64_t *erased,
		     int64_t *unsure)
{
	struct store_options o = *j->o;
	struct store *st = NULL;
	char made[40];
	int64_t after = 0;
	o.path = path;
	int rc = store_open(&o, &st, j->err, j->errlen);
	if (rc != STORE_OK)
		return rc;
	snprintf(made, sizeof made, "made at %" PRId64, info->made);
	rc = backup_set_right(st, now, made, unsure);
	for (*erased = 0; rc == STORE_OK && (rc = erase_again(st, now, &after)) == STORE_OK;)
		++*erased;
	if (rc == STORE_NONE)
		rc = store_compact(st, now, STORE_COMPACT_MAX);
	if (rc == STORE_OK || rc == STORE_BOUND)
		rc = store_scrub(st);
	if (rc != STORE_OK)
		told(j, rc, path, store_errmsg(st));
	store_close(st);
	return rc;
}

int backup_restore(const struct store_options *o, const char *file, int64_t now, struct backup_info *info,
		   int64_t *erased, int64_t *unsure, char *err, size_t errlen)
{
	struct job j = { .o = o, .err = err, .errlen = errlen };
	struct backup_info found = { 0 };
	struct seal *seal = NULL;
	struct stat sb;
	err[0] = '\0';
	*erased = *unsure = 0;
	if (stat(o->path, &sb) == 0)
		return told(&j, STORE_EXISTS, o->path, "a store is there: nothing is written over it; move it away if it is not to stay");
	if (stat(o->keyring_path, &sb) != 0)
		return told(&j, STORE_KEY, o->keyring_path, "the keyring comes first: kujdestar key recover COPY --with FILE");
	snprintf(j.scratch[0], PATH, "%s.restoring", o->path);
	remove_one(j.scratch[0]);
	mode_t old = umask(077);
	int rc = open_seal(&j, false, &seal);
	if (rc == STORE_OK)
		rc = decrypt_to(&j, seal, file, j.scratch[0], info);
	seal_close(seal);
	if (rc == STORE_OK)
		rc = put_right(&j, j.scratch[0], now, info, erased, unsure);
	if (rc == STORE_OK)
		rc = prove(&j, j.scratch[0], &found);
	if (rc == STORE_OK && (found.messages != info->messages || found.cases != info->cases))
		rc = told(&j, STORE_CORRUPT, file, "what it holds is not what it says");
	/* Not over a store that was made meanwhile. */
	if (rc == STORE_OK && (link(j.scratch[0], o->path) || file_sync_dir_of(o->path)))
		rc = told_errno(&j, o->path);
	remove_one(j.scratch[0]);
	umask(old);
	return rc;
}
