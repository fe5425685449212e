/* store_vfs.h - a shim VFS over the system's, for the tests of power cuts and of failing disks.
 *
 * Power: each xSync copies the file to "<file>.durable"; after shim.cut syncs nothing is copied any
 * more.  What a power cut leaves is the set of durable copies.  Faults: the write or sync number
 * shim.fail_at fails with shim.fail_rc, and so do those after it when shim.fail_stays. */
#ifndef TESTS_COMPONENT_STORE_VFS_H
#define TESTS_COMPONENT_STORE_VFS_H
#include <assert.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	bool copies;       /* keep durable copies */
	int syncs, cut;    /* cut < 0: power stays */
	int ops, fail_at;  /* writes and syncs since armed; 0 = no fault */
	int fail_rc;
	bool fail_stays, failed;
} shim;

/* What may be taken for granted of the disk: 0, or SQLITE_IOCAP_POWERSAFE_OVERWRITE as on the system's. */
static int shim_trust;

struct shim_file {
	sqlite3_file base;
	char path[200];
	sqlite3_file *real;
};

static sqlite3_file *real_of(sqlite3_file *f)
{
	return ((struct shim_file *)f)->real;
}

static void shim_copy(const char *from, const char *to)
{
	char buf[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t n;
	assert(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof buf)) > 0) {
		ssize_t put = write(out, buf, (size_t)n);
		assert(put == n);
	}
	close(in);
	close(out);
}

static int shim_fault(void)
{
	shim.ops++;
	if (!shim.fail_at || shim.ops < shim.fail_at || (shim.ops > shim.fail_at && !shim.fail_stays))
		return SQLITE_OK;
	shim.failed = true;
	return shim.fail_rc;
}

static int shim_close(sqlite3_file *f)
{
	int rc = real_of(f)->pMethods ? real_of(f)->pMethods->xClose(real_of(f)) : SQLITE_OK;
	free(real_of(f));
	return rc;
}
static int shim_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return real_of(f)->pMethods->xRead(real_of(f), p, n, at);
}
static int shim_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int rc = shim_fault();
	return rc ? rc : real_of(f)->pMethods->xWrite(real_of(f), p, n, at);
}
static int shim_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return real_of(f)->pMethods->xTruncate(real_of(f), size);
}
static int shim_sync(sqlite3_file *f, int flags)
{
	char copy[220];
	int rc = shim_fault();
	(void)flags; /* the disk beneath is not put to the test */
	if (rc)
		return rc == SQLITE_IOERR_WRITE ? SQLITE_IOERR_FSYNC : rc;
	if (!shim.copies)
		return SQLITE_OK;
	if (shim.cut >= 0 && shim.syncs >= shim.cut) {
		shim.syncs++;
		return SQLITE_OK;
	}
	shim.syncs++;
	const struct shim_file *s = (const struct shim_file *)f;
	snprintf(copy, sizeof copy, "%s.durable", s->path);
	shim_copy(s->path, copy);
	return SQLITE_OK;
}
static int shim_size(sqlite3_file *f, sqlite3_int64 *n)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), n);
}
static int shim_lock(sqlite3_file *f, int l)
{
	return real_of(f)->pMethods->xLock(real_of(f), l);
}
static int shim_unlock(sqlite3_file *f, int l)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), l);
}
static int shim_reserved(sqlite3_file *f, int *out)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
static int shim_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
static int shim_sector(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}
static int shim_traits(sqlite3_file *f)
{
	(void)f;
	return shim_trust;
}
static int shim_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
	return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, p);
}
static int shim_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}
static void shim_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}
static int shim_shm_unmap(sqlite3_file *f, int del)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), del);
}

static const sqlite3_io_methods shim_methods = {
	.iVersion = 2, .xClose = shim_close, .xRead = shim_read, .xWrite = shim_write,
	.xTruncate = shim_truncate, .xSync = shim_sync, .xFileSize = shim_size, .xLock = shim_lock,
	.xUnlock = shim_unlock, .xCheckReservedLock = shim_reserved, .xFileControl = shim_control,
	.xSectorSize = shim_sector, .xDeviceCharacteristics = shim_traits, .xShmMap = shim_shm_map,
	.xShmLock = shim_shm_lock, .xShmBarrier = shim_shm_barrier, .xShmUnmap = shim_shm_unmap,
};

static sqlite3_vfs shim_vfs, *shim_under;

static int shim_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct shim_file *s = (struct shim_file *)f;
	(void)v;
	memset(s, 0, sizeof *s);
	snprintf(s->path, sizeof s->path, "%s", name ? name : "");
	s->real = calloc(1, (size_t)shim_under->szOsFile);
	assert(s->real);
	int rc = shim_under->xOpen(shim_under, name, s->real, flags, out);
	if (rc == SQLITE_OK)
		s->base.pMethods = &shim_methods;
	else
		free(s->real);
	return rc;
}

static int shim_delete(sqlite3_vfs *v, const char *name, int sync_dir)
{
	char copy[220];
	(void)v;
	if (shim.copies && !(shim.cut >= 0 && shim.syncs >= shim.cut)) {
		snprintf(copy, sizeof copy, "%s.durable", name);
		unlink(copy);
	}
	return shim_under->xDelete(shim_under, name, sync_dir);
}

static void shim_register(void)
{
	shim_under = sqlite3_vfs_find(NULL);
	shim_vfs = *shim_under;
	shim_vfs.zName = "shim";
	shim_vfs.pNext = NULL;
	shim_vfs.szOsFile = (int)sizeof(struct shim_file);
	shim_vfs.xOpen = shim_open;
	shim_vfs.xDelete = shim_delete;
	sqlite3_vfs_register(&shim_vfs, 0);
}

static void shim_check(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_open(path, &db);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL);
	bool good = rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW &&
		    strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0;
	sqlite3_finalize(s);
	sqlite3_close(db);
	if (!good) {
		fprintf(stderr, "%s: integrity check\n", path);
		abort();
	}
}
#endif
