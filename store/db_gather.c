/* db_gather.c - see db_gather.h.  With db_sqlite.c the only file that includes sqlite3.h; may call nothing of
 * store/.
 *
 * SQLite writes each page of the log as two pieces, one behind the other; here they are gathered and written
 * together.  That takes nothing from durability: what is gathered is written before the log is synced, read,
 * measured, cut or closed, and with synchronous=FULL, which db_sqlite.c reads back, a commit is made known to
 * anybody, the connection itself too, only behind a sync of all of it.  (All: on a device on which a write may
 * spoil what lies beside it SQLite fills the sector up behind the sync, so there nothing is gathered.)  A write
 * that fails is told at one of those calls, and SQLite then undoes the transaction as for one that fails at
 * once.  Every other file is the VFS's own. */
#include "store/db_gather.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 32768 /* octets gathered; more bring nothing */
#define UNDERS 4   /* VFSs there can be one over */

struct gathered {
	sqlite3_file base;
	sqlite3_file *log; /* of the VFS below, behind this struct */
	uint8_t *held;     /* NULL: nothing is gathered */
	sqlite3_int64 at;
	int n;
};

static struct gathered *of(sqlite3_file *f)
{
	return (struct gathered *)f;
}

/* What cannot be written is forgotten: the failure is told, and the transaction that it is of undone. */
static int let_go(struct gathered *g)
{
	int n = g->n;
	g->n = 0;
	return n ? g->log->pMethods->xWrite(g->log, g->held, n, g->at) : SQLITE_OK;
}

static int gather_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	struct gathered *g = of(f);
	int rc = g->n && (at != g->at + g->n || g->n + n > ROOM) ? let_go(g) : SQLITE_OK;
	if (rc != SQLITE_OK)
		return rc;
	if (!g->held || n > ROOM)
		return g->log->pMethods->xWrite(g->log, from, n, at);
	if (!g->n)
		g->at = at;
	memcpy(g->held + g->n, from, (size_t)n);
	g->n += n;
	return SQLITE_OK;
}

static int gather_read(sqlite3_file *f, void *into, int n, sqlite3_int64 at)
{
	int rc = let_go(of(f));
	return rc == SQLITE_OK ? of(f)->log->pMethods->xRead(of(f)->log, into, n, at) : rc;
}

static int gather_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int rc = let_go(of(f));
	return rc == SQLITE_OK ? of(f)->log->pMethods->xTruncate(of(f)->log, size) : rc;
}

static int gather_sync(sqlite3_file *f, int flags)
{
	int rc = let_go(of(f));
	return rc == SQLITE_OK ? of(f)->log->pMethods->xSync(of(f)->log, flags) : rc;
}

static int gather_size(sqlite3_file *f, sqlite3_int64 *size)
{
	int rc = let_go(of(f));
	return rc == SQLITE_OK ? of(f)->log->pMethods->xFileSize(of(f)->log, size) : rc;
}

static int gather_close(sqlite3_file *f)
{
	struct gathered *g = of(f);
	int rc = let_go(g), closed = g->log->pMethods->xClose(g->log);
	free(g->held);
	return rc == SQLITE_OK ? closed : rc;
}

static int gather_control(sqlite3_file *f, int op, void *arg)
{
	int rc = let_go(of(f));
	return rc == SQLITE_OK ? of(f)->log->pMethods->xFileControl(of(f)->log, op, arg) : rc;
}

static int gather_lock(sqlite3_file *f, int level)
{
	return of(f)->log->pMethods->xLock(of(f)->log, level);
}

static int gather_unlock(sqlite3_file *f, int level)
{
	return of(f)->log->pMethods->xUnlock(of(f)->log, level);
}

static int gather_reserved(sqlite3_file *f, int *is)
{
	return of(f)->log->pMethods->xCheckReservedLock(of(f)->log, is);
}

static int gather_sector(sqlite3_file *f)
{
	return of(f)->log->pMethods->xSectorSize(of(f)->log);
}

static int gather_device(sqlite3_file *f)
{
	return of(f)->log->pMethods->xDeviceCharacteristics(of(f)->log);
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = gather_close,
	.xRead = gather_read,
	.xWrite = gather_write,
	.xTruncate = gather_truncate,
	.xSync = gather_sync,
	.xFileSize = gather_size,
	.xLock = gather_lock,
	.xUnlock = gather_unlock,
	.xCheckReservedLock = gather_reserved,
	.xFileControl = gather_control,
	.xSectorSize = gather_sector,
	.xDeviceCharacteristics = gather_device,
};

/* ---- the VFS ---------------------------------------------------------------------------------- */

static int gather_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	sqlite3_vfs *under = v->pAppData;
	if (!(flags & SQLITE_OPEN_WAL))
		return under->xOpen(under, name, f, flags, out);
	struct gathered *g = of(f);
	memset(g, 0, sizeof *g);
	g->log = (sqlite3_file *)(g + 1);
	g->log->pMethods = NULL;
	int rc = under->xOpen(under, name, g->log, flags, out);
	if (g->log->pMethods)
		g->base.pMethods = &methods; /* then it is closed, also when it did not open */
	if (rc == SQLITE_OK && g->log->pMethods && gather_device(f) & SQLITE_IOCAP_POWERSAFE_OVERWRITE)
		g->held = malloc(ROOM);
	return rc;
}

const char *db_gather(const char *vfs)
{
	static struct {
		sqlite3_vfs vfs;
		char name[64];
	} over[UNDERS];
	sqlite3_vfs *under = sqlite3_vfs_find(vfs);
	for (int i = 0; under && i < UNDERS; i++) {
		if (over[i].vfs.pAppData == under)
			return over[i].name;
		if (over[i].vfs.pAppData)
			continue;
		snprintf(over[i].name, sizeof over[i].name, "gather:%.40s", under->zName);
		over[i].vfs = *under;
		over[i].vfs.zName = over[i].name;
		over[i].vfs.pNext = NULL;
		over[i].vfs.pAppData = under;
		over[i].vfs.szOsFile = under->szOsFile + (int)sizeof(struct gathered);
		over[i].vfs.xOpen = gather_open;
		return sqlite3_vfs_register(&over[i].vfs, 0) == SQLITE_OK ? over[i].name : vfs;
	}
	return vfs;
}
