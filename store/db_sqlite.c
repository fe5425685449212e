/* db_sqlite.c - the seam of db.h on SQLite.  With db_gather.c the only file that includes sqlite3.h;
 * may call nothing of store/ but the names of result codes, db_gather.c and pool.c.
 *
 * Durability rests on WAL with synchronous=FULL: with NORMAL a power cut takes back commits already
 * acknowledged.  So every setting is read back and the file is refused when one did not take.
 */
#include "store/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db_gather.h"
#include "store/pool.h"
#include "store/store.h"

#define SCRUB_MS 50

struct db {
	sqlite3 *conn;
	bool turn;       /* between begin and commit, even when SQLite has already rolled back */
	int lost;        /* why it has, or STORE_OK */
	int busy_ms;
	char err[200];
};

struct db_stmt {
	struct db *db;
	const char *sql;    /* of a statement made at its first use */
	sqlite3_stmt *stmt; /* NULL: not used yet */
	bool writes;
	bool used; /* bound or stepped since it was last reset */
	int bind_rc, row_rc;
};

static int class_of(sqlite3 *conn, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return STORE_OK;
	case SQLITE_FULL:
		return STORE_FULL;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return STORE_READONLY;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STORE_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return STORE_CORRUPT;
	case SQLITE_TOOBIG:
	case SQLITE_RANGE:
		return STORE_BOUND;
	case SQLITE_IOERR:
		/* Growing the -shm file of WAL reports a full disk as an I/O error. */
		return conn && sqlite3_system_errno(conn) == ENOSPC ? STORE_FULL : STORE_IO;
	case SQLITE_CANTOPEN:
		return STORE_IO;
	case SQLITE_CONSTRAINT:
		break;
	default:
		return STORE_FAIL;
	}
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return STORE_EXISTS;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return STORE_NONE;
	case SQLITE_CONSTRAINT_CHECK:
		return STORE_BOUND;
	case SQLITE_CONSTRAINT_TRIGGER: /* append-only tables */
		return STORE_STATE;
	default:
		return STORE_FAIL;
	}
}

static int failed(struct db *db, int rc)
{
	int class = class_of(db->conn, rc);
	snprintf(db->err, sizeof db->err, "%s (%s)", sqlite3_errmsg(db->conn), sqlite3_errstr(rc));
	if (db->turn && db->lost == STORE_OK && sqlite3_get_autocommit(db->conn))
		db->lost = class == STORE_OK ? STORE_FAIL : class;
	return class == STORE_OK ? STORE_FAIL : class;
}

__attribute__((format(printf, 3, 4))) static int refuse(struct db *db, int rc, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(db->err, sizeof db->err, fmt, ap);
	va_end(ap);
	return rc;
}

/* ---- opening --------------------------------------------------------------------------------- */

static int pragma_get(struct db *db, const char *sql, char *value, size_t max)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db->conn, sql, -1, &s, NULL);
	value[0] = '\0';
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		const unsigned char *text = sqlite3_column_text(s, 0);
		snprintf(value, max, "%s", text ? (const char *)text : "");
		rc = sqlite3_step(s);
	}
	int class = rc == SQLITE_DONE ? STORE_OK : failed(db, rc);
	sqlite3_finalize(s);
	return class;
}

struct pragma {
	const char *set, *get, *want;
	bool writes; /* left as it is when read-only, but still read back */
};
static const struct pragma pragmas[] = {
	{ "PRAGMA journal_mode=WAL", "PRAGMA journal_mode", "wal", true },
	{ "PRAGMA synchronous=FULL", "PRAGMA synchronous", "2", false },
	{ "PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1", false },
	{ "PRAGMA secure_delete=ON", "PRAGMA secure_delete", "1", false },
	{ "PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0", false },
	{ "PRAGMA cell_size_check=ON", "PRAGMA cell_size_check", "1", false },
	/* What does not fit is in the system's cache; four times as much made nothing faster. */
	{ "PRAGMA cache_size=-2000", "PRAGMA cache_size", "-2000", false },
	/* 16 MB of log: pages that change with each text are written back once in thousands of texts, and
	 * yet the one turn that does it is not long. */
	{ "PRAGMA wal_autocheckpoint=4000", "PRAGMA wal_autocheckpoint", "4000", false },
	/* Sorters must not spill rows into files that nobody scrubs. */
	{ "PRAGMA temp_store=MEMORY", "PRAGMA temp_store", "2", false },
};

static int set_pragmas(struct db *db, const struct db_options *o)
{
	char got[32], want[32];
	for (size_t i = 0; i < sizeof pragmas / sizeof pragmas[0]; i++) {
		const struct pragma *p = &pragmas[i];
		int rc = STORE_OK;
		if (!(o->read_only && p->writes))
			rc = pragma_get(db, p->set, got, sizeof got);
		if (rc == STORE_OK)
			rc = pragma_get(db, p->get, got, sizeof got);
		if (rc != STORE_OK)
			return rc;
		if (strcmp(got, p->want) != 0)
			return refuse(db, STORE_FAIL, "%s did not take: it is '%s'", p->set, got);
	}
	int rc = pragma_get(db, "PRAGMA busy_timeout", got, sizeof got);
	snprintf(want, sizeof want, "%d", o->busy_ms);
	if (rc == STORE_OK && strcmp(got, want) != 0)
		return refuse(db, STORE_FAIL, "busy_timeout did not take: it is '%s'", got);
	if (rc == STORE_OK && o->read_only)
		rc = pragma_get(db, "PRAGMA query_only=ON", got, sizeof got);
	return rc;
}

static int check_application(struct db *db, const struct db_options *o)
{
	char got[32], want[32], set[64], objects[32];
	snprintf(want, sizeof want, "%d", (int)o->application_id);
	int rc = pragma_get(db, "PRAGMA application_id", got, sizeof got);
	if (rc != STORE_OK || strcmp(got, want) == 0)
		return rc;
	rc = pragma_get(db, "SELECT count(*) FROM sqlite_schema", objects, sizeof objects);
	if (rc != STORE_OK)
		return rc;
	if (o->read_only || strcmp(got, "0") != 0 || strcmp(objects, "0") != 0)
		return refuse(db, STORE_CORRUPT, "not a file of this program (application_id %s)",
			      got);
	snprintf(set, sizeof set, "PRAGMA application_id=%s", want);
	rc = pragma_get(db, set, got, sizeof got);
	if (rc == STORE_OK)
		rc = pragma_get(db, "PRAGMA application_id", got, sizeof got);
	if (rc == STORE_OK && strcmp(got, want) != 0)
		return refuse(db, STORE_FAIL, "application_id did not take");
	return rc;
}

static int configure(struct db *db, const struct db_options *o)
{
	sqlite3_extended_result_codes(db->conn, 1);
	db->busy_ms = o->busy_ms;
	if (sqlite3_busy_timeout(db->conn, o->busy_ms) != SQLITE_OK ||
	    sqlite3_db_config(db->conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
	    /* A statement keeps its plan whatever is bound to it: without this, one with a parameter in
	     * the condition of a partial index is prepared anew at each run. */
	    sqlite3_db_config(db->conn, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL) != SQLITE_OK ||
	    sqlite3_db_config(db->conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(db->conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) != SQLITE_OK)
		return failed(db, sqlite3_extended_errcode(db->conn));
	/* Whose file it is comes first: WAL must not be switched on in a stranger's. */
	int rc = check_application(db, o);
	return rc == STORE_OK ? set_pragmas(db, o) : rc;
}

static int no_start(void *unused)
{
	(void)unused;
	return SQLITE_OK;
}

static void no_end(void *unused)
{
	(void)unused;
}

/* Refused once SQLite runs, and then it was set before. */
static void set_memory(void)
{
	static const sqlite3_mem_methods pool = { pool_take, pool_give,    pool_resize, pool_size,
						  pool_rounded, no_start, no_end,	NULL };
	(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &pool);
	/* Counting what SQLite allocates costs a lock an allocation; nobody asks. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int db_open(const struct db_options *o, struct db **out, char *err, size_t errlen)
{
	*out = NULL;
	struct db *db = calloc(1, sizeof *db);
	if (!db) {
		snprintf(err, errlen, "out of memory");
		return STORE_FAIL;
	}
	set_memory();
	int flags = o->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	int sq = sqlite3_open_v2(o->path, &db->conn, flags | SQLITE_OPEN_NOMUTEX, db_gather(o->vfs));
	int rc = sq == SQLITE_OK ? configure(db, o) : failed(db, sq);
	if (rc == STORE_OK) {
		*out = db;
		return STORE_OK;
	}
	snprintf(err, errlen, "%s: %s", o->path, db->err);
	db_close(db);
	return rc;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db->turn)
		db_rollback(db);
	sqlite3_close_v2(db->conn);
	free(db);
}

/* ---- turns ----------------------------------------------------------------------------------- */

int db_begin(struct db *db)
{
	if (db->turn)
		return refuse(db, STORE_STATE, "a turn is already open");
	int rc = sqlite3_exec(db->conn, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return failed(db, rc);
	db->turn = true;
	db->lost = STORE_OK;
	return STORE_OK;
}

int db_commit(struct db *db)
{
	if (!db->turn)
		return refuse(db, STORE_STATE, "no turn is open");
	int class = db->lost;
	if (class == STORE_OK) {
		int rc = sqlite3_exec(db->conn, "COMMIT", NULL, NULL, NULL);
		class = rc == SQLITE_OK ? STORE_OK : failed(db, rc);
	}
	if (class != STORE_OK)
		db_rollback(db);
	db->turn = false;
	return class;
}

void db_rollback(struct db *db)
{
	/* Its failure leaves no transaction either: SQLite has then rolled back by itself. */
	if (db->turn && !sqlite3_get_autocommit(db->conn))
		(void)sqlite3_exec(db->conn, "ROLLBACK", NULL, NULL, NULL);
	db->turn = false;
	db->lost = STORE_OK;
}

bool db_in_turn(const struct db *db)
{
	return db->turn;
}

/* ---- statements ------------------------------------------------------------------------------ */

int db_prepare(struct db *db, const char *sql, struct db_stmt **out)
{
	*out = NULL;
	struct db_stmt *s = calloc(1, sizeof *s);
	if (!s)
		return refuse(db, STORE_FAIL, "out of memory");
	const char *tail = NULL;
	int rc = sqlite3_prepare_v3(db->conn, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, &tail);
	if (rc != SQLITE_OK || !s->stmt || (tail && *tail)) {
		int class = rc == SQLITE_OK ? refuse(db, STORE_FAIL, "not one statement: %.60s", sql)
					    : failed(db, rc);
		sqlite3_finalize(s->stmt);
		free(s);
		return class;
	}
	s->db = db;
	s->writes = !sqlite3_stmt_readonly(s->stmt);
	for (int i = 1; i <= sqlite3_bind_parameter_count(s->stmt); i++) {
		char want[16];
		const char *name = sqlite3_bind_parameter_name(s->stmt, i);
		snprintf(want, sizeof want, "$%d", i);
		if (name && strcmp(name, want) == 0)
			continue;
		db_finish(s);
		return refuse(db, STORE_FAIL, "parameter %d is %s: %.60s", i, name ? name : "?", sql);
	}
	*out = s;
	return STORE_OK;
}

int db_prepare_later(struct db *db, const char *sql, struct db_stmt **out)
{
	int rc = db_prepare(db, sql, out);
	struct db_stmt *s = *out;
	if (!s)
		return rc;
	sqlite3_finalize(s->stmt);
	s->stmt = NULL;
	s->sql = sql;
	return STORE_OK;
}

static sqlite3_stmt *ready(struct db_stmt *s)
{
	if (s->stmt)
		return s->stmt;
	int rc = sqlite3_prepare_v3(s->db->conn, s->sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL);
	s->used = true;
	if (rc != SQLITE_OK && s->bind_rc == STORE_OK)
		s->bind_rc = failed(s->db, rc);
	return s->stmt;
}

void db_finish(struct db_stmt *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->stmt);
	free(s);
}

static void bound(struct db_stmt *s, int rc)
{
	s->used = true;
	if (rc != SQLITE_OK && s->bind_rc == STORE_OK)
		s->bind_rc = failed(s->db, rc);
}

void db_bind_int(struct db_stmt *s, int i, int64_t v)
{
	bound(s, sqlite3_bind_int64(ready(s), i, v));
}

void db_bind_ref(struct db_stmt *s, int i, int64_t v)
{
	bound(s, v ? sqlite3_bind_int64(ready(s), i, v) : sqlite3_bind_null(ready(s), i));
}

void db_bind_text(struct db_stmt *s, int i, const char *v, size_t max)
{
	size_t len = v ? strnlen(v, max) : 0;
	if (len >= max) {
		s->used = true;
		if (s->bind_rc == STORE_OK)
			s->bind_rc = refuse(s->db, STORE_BOUND, "text of parameter %d exceeds %zu octets",
					    i, max - 1);
		return;
	}
	bound(s, sqlite3_bind_text(ready(s), i, v ? v : "", (int)len, SQLITE_STATIC));
}

void db_bind_blob(struct db_stmt *s, int i, const void *v, size_t len)
{
	bound(s, v ? sqlite3_bind_blob64(ready(s), i, v, len, SQLITE_STATIC)
		   : sqlite3_bind_null(ready(s), i));
}

void db_reset(struct db_stmt *s)
{
	if (!s->used)
		return;
	s->used = false;
	if (s->stmt) {
		(void)sqlite3_reset(s->stmt);          /* repeats the error of the last step */
		(void)sqlite3_clear_bindings(s->stmt); /* what was borrowed must not be read again */
	}
	s->bind_rc = s->row_rc = STORE_OK;
}

static int may_step(struct db_stmt *s)
{
	(void)ready(s);
	if (s->bind_rc != STORE_OK)
		return s->bind_rc;
	if (s->db->turn && s->db->lost != STORE_OK)
		return s->db->lost;
	if (s->writes && !s->db->turn)
		return refuse(s->db, STORE_STATE, "a write outside a turn: %.60s",
			      sqlite3_sql(s->stmt));
	return STORE_OK;
}

int db_step(struct db_stmt *s)
{
	int class = may_step(s);
	if (class == STORE_OK) {
		s->used = true;
		int rc = sqlite3_step(s->stmt);
		if (rc == SQLITE_ROW) {
			s->row_rc = STORE_OK;
			return STORE_OK;
		}
		class = rc == SQLITE_DONE ? STORE_NONE : failed(s->db, rc);
	}
	db_reset(s);
	return class;
}

int db_run(struct db_stmt *s)
{
	int rc = may_step(s);
	if (rc == STORE_OK) {
		int sq;
		s->used = true;
		while ((sq = sqlite3_step(s->stmt)) == SQLITE_ROW)
			;
		rc = sq == SQLITE_DONE ? STORE_OK : failed(s->db, sq);
	}
	db_reset(s);
	return rc;
}

int64_t db_int(struct db_stmt *s, int col)
{
	return sqlite3_column_int64(s->stmt, col);
}

bool db_null(struct db_stmt *s, int col)
{
	return sqlite3_column_type(s->stmt, col) == SQLITE_NULL;
}

void db_text(struct db_stmt *s, int col, char *buf, size_t max)
{
	/* As a blob: asked for as text, it would first be copied to end with a NUL. */
	const char *text = sqlite3_column_blob(s->stmt, col);
	size_t len = text ? (size_t)sqlite3_column_bytes(s->stmt, col) : 0;
	buf[0] = '\0';
	if (len >= max || (text && memchr(text, 0, len))) {
		s->row_rc = refuse(s->db, STORE_BOUND, "column %d does not fit %zu octets", col, max);
		return;
	}
	if (len)
		memcpy(buf, text, len);
	buf[len] = '\0';
}

const void *db_blob(struct db_stmt *s, int col, size_t *len)
{
	const void *p = sqlite3_column_blob(s->stmt, col);
	*len = p ? (size_t)sqlite3_column_bytes(s->stmt, col) : 0;
	return p;
}

int db_row(struct db_stmt *s)
{
	return s->row_rc;
}

int64_t db_changes(struct db *db)
{
	return sqlite3_changes64(db->conn);
}

const char *db_errmsg(const struct db *db)
{
	return db->err;
}

/* ---- whole files ----------------------------------------------------------------------------- */

int db_exec(struct db *db, const char *sql)
{
	if (!db->turn)
		return refuse(db, STORE_STATE, "a write outside a turn");
	int rc = sqlite3_exec(db->conn, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? STORE_OK : failed(db, rc);
}

int db_version(struct db *db, int *number)
{
	char got[32], *end;
	int rc = pragma_get(db, "PRAGMA user_version", got, sizeof got);
	if (rc != STORE_OK)
		return rc;
	errno = 0;
	long v = strtol(got, &end, 10);
	if (errno || end == got || v < 0 || v > INT32_MAX)
		return refuse(db, STORE_CORRUPT, "user_version is '%s'", got);
	*number = (int)v;
	return STORE_OK;
}

int db_set_version(struct db *db, int number)
{
	char sql[64];
	snprintf(sql, sizeof sql, "PRAGMA user_version=%d", number);
	return db_exec(db, sql);
}

int db_scrub(struct db *db)
{
	if (db->turn)
		return refuse(db, STORE_STATE, "a turn is open");
	/* It waits for every reader, and with it the whole hub: not long, it is tried again. */
	(void)sqlite3_busy_timeout(db->conn, db->busy_ms < SCRUB_MS ? db->busy_ms : SCRUB_MS);
	int rc = sqlite3_wal_checkpoint_v2(db->conn, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	int class = rc == SQLITE_OK ? STORE_OK : failed(db, rc);
	(void)sqlite3_busy_timeout(db->conn, db->busy_ms);
	return class;
}

int db_compact(struct db *db, int64_t max)
{
	char got[32];
	if (db->turn)
		return refuse(db, STORE_STATE, "a turn is open");
	int rc = pragma_get(db, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", got, sizeof got);
	if (rc != STORE_OK)
		return rc;
	if (strtoll(got, NULL, 10) > max)
		return refuse(db, STORE_BOUND, "the file has %s octets", got);
	int sq = sqlite3_exec(db->conn, "VACUUM", NULL, NULL, NULL);
	return sq == SQLITE_OK ? db_scrub(db) : failed(db, sq);
}

static int copy_into(const char *from, const char *to, char *err, size_t errlen)
{
	sqlite3 *conn = NULL;
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_open_v2(from, &conn, SQLITE_OPEN_READONLY, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(conn, 5000);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(conn, "VACUUM INTO ?1", -1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(s, 1, to, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	int class = rc == SQLITE_DONE ? STORE_OK : class_of(conn, rc);
	if (rc != SQLITE_DONE)
		snprintf(err, errlen, "%s: copying to %s: %s", from, to, conn ? sqlite3_errmsg(conn) : sqlite3_errstr(rc));
	sqlite3_finalize(s);
	sqlite3_close_v2(conn);
	return class == STORE_OK && rc != SQLITE_DONE ? STORE_FAIL : class;
}

/* A copy begins with a rollback journal, whatever its original has. */
static int with_log(const char *path, char *err, size_t errlen)
{
	sqlite3 *conn = NULL;
	int rc = sqlite3_open_v2(path, &conn, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(conn, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		snprintf(err, errlen, "%s: %s", path, conn ? sqlite3_errmsg(conn) : sqlite3_errstr(rc));
	int class = rc == SQLITE_OK ? STORE_OK : class_of(conn, rc);
	sqlite3_close_v2(conn);
	return class;
}

int db_copy(const char *from, const char *to, char *err, size_t errlen)
{
	int rc = copy_into(from, to, err, errlen);
	return rc == STORE_OK ? with_log(to, err, errlen) : rc;
}

int db_check(struct db *db)
{
	char got[160];
	int rc = pragma_get(db, "PRAGMA integrity_check(1)", got, sizeof got);
	if (rc == STORE_OK && strcmp(got, "ok") != 0)
		return refuse(db, STORE_CORRUPT, "integrity check: %s", got);
	return rc;
}
