/* test_gather.c - the log's writes gathered (store/db_gather.c): turns larger than the page cache, whose pages are
 * written to the log and read back before they end; what another connection sees of them, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/store.h"

#define ROWS 3000
#define OCTETS 2000 /* a row; all of them thrice the cache */

static char dir[] = "/tmp/kujdestar-gather-XXXXXX", path[64];

static int64_t number(sqlite3 *c, const char *sql)
{
	sqlite3_stmt *s = NULL;

	assert_int_equal(sqlite3_prepare_v2(c, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static void fill(struct db *db, int turn)
{
	char text[OCTETS];
	struct db_stmt *add, *look;

	assert_int_equal(db_prepare(db, "INSERT INTO t (turn, text) VALUES ($1, $2)", &add), STORE_OK);
	assert_int_equal(db_prepare(db, "SELECT count(*), sum(length(text)) FROM t WHERE turn = $1", &look), STORE_OK);
	memset(text, 'a' + turn, sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (int i = 0; i < ROWS; i++) {
		db_bind_int(add, 1, turn);
		db_bind_text(add, 2, text, sizeof text);
		assert_int_equal(db_run(add), STORE_OK);
	}
	db_bind_int(look, 1, turn); /* reads what was written to the log a moment ago */
	assert_int_equal(db_step(look), STORE_OK);
	assert_int_equal(db_int(look, 0), ROWS);
	assert_int_equal(db_int(look, 1), (int64_t)ROWS * (OCTETS - 1));
	db_reset(look);
	db_finish(add);
	db_finish(look);
}

static void test_turns_larger_than_the_cache(void **state)
{
	const struct db_options o = { .path = path, .busy_ms = 1000, .application_id = 7 };
	char err[300] = "";
	struct db *db = NULL;
	sqlite3 *other = NULL;
	(void)state;

	assert_int_equal(db_open(&o, &db, err, sizeof err), STORE_OK);
	assert_int_equal(db_begin(db), STORE_OK);
	assert_int_equal(db_exec(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, turn INTEGER, text TEXT)"), STORE_OK);
	assert_int_equal(db_commit(db), STORE_OK);
	assert_int_equal(sqlite3_open_v2(path, &other, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	int64_t rows = 0;
	for (int turn = 0; turn < 6; turn++) {
		assert_int_equal(db_begin(db), STORE_OK);
		fill(db, turn);
		assert_int_equal(number(other, "SELECT count(*) FROM t"), rows);
		if (turn % 3 == 1) {
			db_rollback(db);
		} else {
			assert_int_equal(db_commit(db), STORE_OK);
			rows += ROWS;
		}
		assert_int_equal(number(other, "SELECT count(*) FROM t"), rows);
	}
	assert_int_equal(number(other, "SELECT count(DISTINCT substr(text, 1, 1)) FROM t"), rows / ROWS);
	sqlite3_close(other);
	db_close(db);
	assert_int_equal(db_open(&o, &db, err, sizeof err), STORE_OK);
	assert_int_equal(db_check(db), STORE_OK);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_turns_larger_than_the_cache) };

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof path, "%s/a.db", dir);
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	rmdir(dir);
	return rc;
}
