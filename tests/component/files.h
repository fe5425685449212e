/* files.h - the store's file itself: what stands in it, a copy of it, a copy put in its place. */
#ifndef TESTS_COMPONENT_FILES_H
#define TESTS_COMPONENT_FILES_H
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include "tests/component/fixture.h"

static inline int64_t file_number(struct fx *f, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return n;
}

/* A copy of the database, as a backup holds it. */
static inline char *file_copy(const struct fx *f, char path[120])
{
	struct stat sb;
	snprintf(path, 120, "%s/before.copy", f->dir);
	int in = open(f->db, O_RDONLY), out = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	assert_true(in >= 0 && out >= 0 && fstat(in, &sb) == 0);
	char *all = malloc((size_t)sb.st_size);
	assert_non_null(all);
	assert_int_equal(read(in, all, (size_t)sb.st_size), sb.st_size);
	assert_int_equal(write(out, all, (size_t)sb.st_size), sb.st_size);
	close(in);
	close(out);
	free(all);
	return path;
}

/* It stands in the store's place, read with the keyring of now. */
static inline void file_put_back(struct fx *f, const char *copy)
{
	store_close(f->st);
	f->st = NULL;
	unlink(f->db);
	assert_int_equal(rename(copy, f->db), 0);
	fx_open_store(f);
}
#endif
