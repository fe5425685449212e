/* db.h - the database seam: what store/ asks of a database, and nothing more.
 *
 * A second driver is one file beside db_sqlite.c and one folder of migrations.  SQL handed over
 * here is the dialect SQLite 3.40 and PostgreSQL 15 share: $1.. parameters numbered by first appearance
 * (asserted in db_prepare, because SQLite numbers them so), RETURNING, ON CONFLICT, no rowid.
 *
 * Results are STORE_OK or a negative store_rc.  Constraints: unique -> STORE_EXISTS, foreign key ->
 * STORE_NONE (the row spoken of is not there), CHECK -> STORE_BOUND.  Writing is refused outside a
 * turn, and for the rest of a turn the database itself has rolled back (disk full, I/O error), so
 * that nothing slips in by autocommit.
 *
 * A failed bind is kept in the statement and comes back from db_step: callers check once.  Bound
 * text and blobs are borrowed until the statement is reset.  Texts of errors name tables, never
 * values.
 */
#ifndef STORE_DB_H
#define STORE_DB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_stmt;
struct db_options {
	const char *path;
	bool read_only;
	int busy_ms;
	const char *vfs;        /* NULL = the system's */
	int32_t application_id; /* another one in the file: STORE_CORRUPT; an empty file gets it */
};
int db_open(const struct db_options *o, struct db **out, char *err, size_t errlen);
void db_close(struct db *db);   /* every statement finished before */

int db_begin(struct db *db);    /* write lock taken at once */
int db_commit(struct db *db);   /* durable when STORE_OK, rolled back otherwise */
void db_rollback(struct db *db);
bool db_in_turn(const struct db *db);

int db_prepare(struct db *db, const char *sql, struct db_stmt **out);
/* Checked now, and kept only from its first use on, since most are never used in a day; sql must live as long. */
int db_prepare_later(struct db *db, const char *sql, struct db_stmt **out);
void db_finish(struct db_stmt *s);
void db_bind_int(struct db_stmt *s, int i, int64_t v);
void db_bind_ref(struct db_stmt *s, int i, int64_t v); /* 0 = NULL: an absent reference */
/* max: octets its readers have, NUL included; longer is STORE_BOUND.  NULL is bound as "". */
void db_bind_text(struct db_stmt *s, int i, const char *v, size_t max);
void db_bind_blob(struct db_stmt *s, int i, const void *v, size_t len); /* NULL = NULL */
/* STORE_OK: a row stands; STORE_NONE: done, statement reset; else failed and reset. */
int db_step(struct db_stmt *s);
int db_run(struct db_stmt *s);  /* no row wanted: STORE_OK or an error, always reset */
void db_reset(struct db_stmt *s);
int64_t db_int(struct db_stmt *s, int col); /* NULL = 0 */
bool db_null(struct db_stmt *s, int col);
void db_text(struct db_stmt *s, int col, char *buf, size_t max); /* does not fit: see db_row */
const void *db_blob(struct db_stmt *s, int col, size_t *len);    /* until the next step; NULL */
int db_row(struct db_stmt *s);  /* STORE_BOUND when a text of this row did not fit its buffer */
int64_t db_changes(struct db *db); /* rows the last statement wrote */
const char *db_errmsg(const struct db *db);

int db_exec(struct db *db, const char *sql); /* several statements, inside a turn: migrations */
int db_version(struct db *db, int *number);
int db_set_version(struct db *db, int number); /* part of the turn */
int db_scrub(struct db *db);    /* nothing overwritten is left in side files; outside a turn */
/* The whole file written anew, so that no page holds what was moved or deleted; outside a turn.  Takes the
 * memory of the file.  STORE_BOUND: it is larger than max octets, nothing was done. */
int db_compact(struct db *db, int64_t max);
/* A copy of a file as it is now, without what was deleted, into a new one; hinders nobody who writes it. */
int db_copy(const char *from, const char *to, char *err, size_t errlen);
int db_check(struct db *db);    /* STORE_CORRUPT when the file's structure is damaged */
#endif
