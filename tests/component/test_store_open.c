/* test_store_open.c - making, opening, locking and refusing a store; turns; meta; audit. */
#include "tests/component/store_common.h"

#include <sqlite3.h>

static int try_open(struct box *b, char *err, size_t n)
{
	struct store *st = NULL;
	int rc = store_open(&b->o, &st, err, n);
	if (rc != STORE_OK)
		assert_null(st);
	store_close(st);
	return rc;
}

/* Changes a file behind the store's back. */
static void raw(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	char *why = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

static void test_version_from_empty(void **state)
{
	struct box *b = *state;
	int newest = store_version(b->st);
	assert_true(newest >= 3);
	box_reopen(b);
	assert_int_equal(store_version(b->st), newest);
}

static void test_file_modes(void **state)
{
	struct box *b = *state;
	struct stat sb;
	char wal[120];
	const char *const files[] = { b->db, b->ring, b->key, wal };
	OK(store_begin(b->st));
	OK(store_meta_put(b->st, "x", "1"));
	OK(store_commit(b->st));
	snprintf(wal, sizeof wal, "%s-wal", b->db);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(stat(files[i], &sb), 0);
		assert_int_equal(sb.st_mode & 0777, 0600);
	}
}

static void test_key_file_readable_by_others_is_refused(void **state)
{
	struct box *b = *state;
	char err[400] = "";
	store_close(b->st);
	b->st = NULL;
	chmod(b->key, 0640);
	RC(STORE_KEY, try_open(b, err, sizeof err));
	assert_non_null(strstr(err, "chmod 0600"));
	chmod(b->key, 0600);
	RC(STORE_OK, try_open(b, err, sizeof err));
}

static void write_key(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

static void test_wrong_key_is_told(void **state)
{
	struct box *b = *state;
	char err[400] = "", old[80];
	int fd = open(b->key, O_RDONLY);
	ssize_t n = read(fd, old, sizeof old);
	close(fd);
	store_close(b->st);
	b->st = NULL;
	write_key(b->key, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n", 65);
	RC(STORE_KEY, try_open(b, err, sizeof err));
	assert_non_null(strstr(err, "right key file"));
	RC(STORE_KEY, store_init(&b->o, err, sizeof err));
	write_key(b->key, "short", 5);
	RC(STORE_KEY, try_open(b, err, sizeof err));
	write_key(b->key, old, (size_t)n);
	RC(STORE_OK, try_open(b, err, sizeof err));
}

static void test_raw_key_file(void **state)
{
	struct box b;
	char err[400] = "";
	(void)state;
	box_name(&b);
	write_key(b.key, "\x01\x02\x03\x04zzzzzzzzzzzzzzzzzzzzzzzzzzz\n", 32);
	OK(store_init(&b.o, err, sizeof err));
	RC(STORE_OK, try_open(&b, err, sizeof err));
	box_remove(b.dir);
}

static void test_init_never_overwrites(void **state)
{
	struct box *b = *state;
	char err[400] = "", before[80], after[80];
	store_close(b->st);
	b->st = NULL;
	int fd = open(b->key, O_RDONLY);
	assert_int_equal(read(fd, before, 65), 65);
	close(fd);
	OK(store_init(&b->o, err, sizeof err));
	fd = open(b->key, O_RDONLY);
	assert_int_equal(read(fd, after, 65), 65);
	close(fd);
	assert_memory_equal(before, after, 65);
}

static void test_lost_key_or_keyring_is_not_replaced(void **state)
{
	struct box *b = *state;
	char err[400] = "", away[120];
	store_close(b->st);
	b->st = NULL;
	snprintf(away, sizeof away, "%s.away", b->key);
	rename(b->key, away);
	RC(STORE_KEY, store_init(&b->o, err, sizeof err));
	RC(STORE_KEY, try_open(b, err, sizeof err));
	assert_int_not_equal(access(b->key, F_OK), 0);
	rename(away, b->key);
	snprintf(away, sizeof away, "%s.away", b->ring);
	rename(b->ring, away);
	RC(STORE_KEY, store_init(&b->o, err, sizeof err));
	RC(STORE_KEY, try_open(b, err, sizeof err));
	assert_int_not_equal(access(b->ring, F_OK), 0);
	rename(away, b->ring);
	RC(STORE_OK, try_open(b, err, sizeof err));
}

static void test_another_keyring_is_refused(void **state)
{
	struct box *b = *state;
	char err[400] = "", ring2[120], db2[120];
	store_close(b->st);
	b->st = NULL;
	snprintf(ring2, sizeof ring2, "%s/ring2.db", b->dir);
	snprintf(db2, sizeof db2, "%s/store2.db", b->dir);
	struct store_options o = b->o;
	o.keyring_path = ring2;
	o.path = db2;
	/* The key file is there and its keyring is not: as after a new database on an old key. */
	OK(store_init(&o, err, sizeof err));
	b->o.keyring_path = ring2;
	RC(STORE_KEY, try_open(b, err, sizeof err));
	assert_non_null(strstr(err, "another database"));
}

static void test_missing_store(void **state)
{
	struct box b;
	char err[400] = "";
	(void)state;
	box_name(&b);
	RC(STORE_NONE, try_open(&b, err, sizeof err));
	assert_non_null(strstr(err, "init"));
	box_remove(b.dir);
}

static void test_second_writer_is_told(void **state)
{
	struct box *b = *state;
	char err[400] = "", want[60];
	snprintf(want, sizeof want, "another kujdestar holds the store (pid %ld)", (long)getpid());
	RC(STORE_BUSY, try_open(b, err, sizeof err));
	assert_string_equal(err, want);
	RC(STORE_BUSY, store_init(&b->o, err, sizeof err));
}

static void test_reader_beside_writer(void **state)
{
	struct box *b = *state;
	char err[400] = "", value[16];
	struct store *r = NULL;
	struct store_options o = b->o;
	o.read_only = true;
	OK(store_begin(b->st));
	OK(store_meta_put(b->st, "epoch", "7"));
	OK(store_commit(b->st));
	OK(store_open(&o, &r, err, sizeof err));
	OK(store_meta_get(r, "epoch", value, sizeof value));
	assert_string_equal(value, "7");
	if (store_begin(r) == STORE_OK) {
		assert_int_not_equal(store_meta_put(r, "epoch", "8"), STORE_OK);
		store_rollback(r);
	}
	store_close(r);
	o.key_file = NULL;
	o.keyring_path = NULL;
	OK(store_open(&o, &r, err, sizeof err));
	OK(store_meta_get(r, "epoch", value, sizeof value));
	store_close(r);
}

static void test_newer_schema_is_refused(void **state)
{
	struct box *b = *state;
	char err[400] = "", back[40];
	snprintf(back, sizeof back, "PRAGMA user_version=%d", store_version(b->st));
	store_close(b->st);
	b->st = NULL;
	raw(b->db, "PRAGMA user_version=99");
	RC(STORE_NEWER, try_open(b, err, sizeof err));
	assert_non_null(strstr(err, "newer version"));
	raw(b->db, back);
	RC(STORE_OK, try_open(b, err, sizeof err));
	raw(b->ring, "PRAGMA user_version=99");
	RC(STORE_NEWER, try_open(b, err, sizeof err));
}

static void test_foreign_file_is_refused(void **state)
{
	struct box *b = *state;
	char err[400] = "";
	store_close(b->st);
	b->st = NULL;
	unlink(b->db);
	raw(b->db, "CREATE TABLE theirs (x)");
	RC(STORE_CORRUPT, try_open(b, err, sizeof err));
	unlink(b->db);
	write_key(b->db, "this is not a database, whatever its name may say to whoever opens it......"
		  "........................................................................", 140);
	RC(STORE_CORRUPT, try_open(b, err, sizeof err));
}

static void test_damaged_file(void **state)
{
	struct box *b = *state;
	char err[400] = "", noise[4096];
	OK(store_check(b->st));
	store_close(b->st);
	b->st = NULL;
	memset(noise, 0x5a, sizeof noise);
	int fd = open(b->db, O_RDWR);
	struct stat sb;
	assert_int_equal(fstat(fd, &sb), 0);
	for (off_t at = 4096; at < sb.st_size; at += 4096)
		assert_int_equal(pwrite(fd, noise, sizeof noise, at), sizeof noise);
	close(fd);
	RC(STORE_CORRUPT, try_open(b, err, sizeof err));
}

/* A reader in a snapshot puts the scrub off; it does not hold up the hub. */
static void test_scrub_beside_a_reader(void **state)
{
	struct box *b = *state;
	sqlite3 *r = NULL;
	OK(store_begin(b->st));
	OK(store_meta_put(b->st, "a", "1"));
	OK(store_commit(b->st));
	assert_int_equal(sqlite3_open(b->db, &r), SQLITE_OK);
	assert_int_equal(sqlite3_exec(r, "BEGIN; SELECT count(*) FROM meta", NULL, NULL, NULL), SQLITE_OK);
	OK(store_begin(b->st));
	OK(store_meta_put(b->st, "a", "2"));
	OK(store_commit(b->st));
	RC(STORE_BUSY, store_scrub(b->st));
	OK(store_begin(b->st));
	OK(store_meta_put(b->st, "a", "3"));
	OK(store_commit(b->st));
	sqlite3_close(r);
	OK(store_scrub(b->st));
}

static void test_turns(void **state)
{
	struct box *b = *state;
	char value[16];
	assert_false(store_in_turn(b->st));
	RC(STORE_STATE, store_meta_put(b->st, "a", "1"));
	RC(STORE_STATE, store_commit(b->st));
	OK(store_begin(b->st));
	assert_true(store_in_turn(b->st));
	RC(STORE_STATE, store_begin(b->st));
	OK(store_meta_put(b->st, "a", "1"));
	store_rollback(b->st);
	assert_false(store_in_turn(b->st));
	RC(STORE_NONE, store_meta_get(b->st, "a", value, sizeof value));
	OK(store_begin(b->st));
	OK(store_meta_put(b->st, "a", "1"));
	OK(store_meta_put(b->st, "a", "2"));
	OK(store_commit(b->st));
	box_reopen(b);
	OK(store_meta_get(b->st, "a", value, sizeof value));
	assert_string_equal(value, "2");
	RC(STORE_BOUND, store_meta_get(b->st, "a", value, 1));
	char longest[300];
	memset(longest, 'x', sizeof longest);
	longest[299] = '\0';
	OK(store_begin(b->st));
	RC(STORE_BOUND, store_meta_put(b->st, "a", longest));
	longest[255] = '\0';
	OK(store_meta_put(b->st, "a", longest));
	OK(store_commit(b->st));
	OK(store_scrub(b->st));
}

static void test_names_of_results(void **state)
{
	(void)state;
	assert_string_equal(store_rc_name(STORE_OK), "ok");
	assert_string_equal(store_rc_name(STORE_FAIL), "fail");
	assert_string_equal(store_rc_name(-13), "unknown");
	assert_string_equal(store_rc_name(1), "unknown");
}

static void add_three(struct box *b)
{
	OK(store_begin(b->st));
	OK(audit_add(b->st, NOW, "system", "start", "hub", "ok", ""));
	OK(audit_add(b->st, NOW + 1, "T1", "read", "E26-0147-V", "ok", "role"));
	OK(audit_add(b->st, NOW + 2, "cli:1000", "ack", "alert 31", "refused", "M3"));
	OK(store_commit(b->st));
}

static void test_audit_chain(void **state)
{
	struct box *b = *state;
	int64_t rows, bad;
	OK(audit_verify(b->st, &rows, &bad));
	assert_int_equal(rows, 0);
	add_three(b);
	box_reopen(b);
	add_three(b);
	OK(audit_verify(b->st, &rows, &bad));
	assert_int_equal(rows, 6);
	assert_int_equal(bad, 0);
	OK(store_begin(b->st));
	RC(STORE_BOUND, audit_add(b->st, NOW, "a-who-of-more-than-thirty-one-octets", "", "", "", ""));
	store_rollback(b->st);
	OK(audit_verify(b->st, &rows, &bad));
}

static void tamper(struct box *b, const char *sql, int64_t where)
{
	int64_t rows, bad;
	store_close(b->st);
	b->st = NULL;
	raw(b->db, "DROP TRIGGER audit_kept_u; DROP TRIGGER audit_kept_d");
	raw(b->db, sql);
	box_open(b);
	RC(STORE_CORRUPT, audit_verify(b->st, &rows, &bad));
	assert_int_equal(bad, where);
}

static void test_audit_altered(void **state)
{
	add_three(*state);
	tamper(*state, "UPDATE audit SET result = 'ok' WHERE id = 3", 3);
}

static void test_audit_row_taken_out(void **state)
{
	add_three(*state);
	tamper(*state, "DELETE FROM audit WHERE id = 2", 2);
}

static void test_audit_end_cut_off(void **state)
{
	add_three(*state);
	tamper(*state, "DELETE FROM audit WHERE id = 3", 3);
}

static void test_audit_is_append_only(void **state)
{
	struct box *b = *state;
	sqlite3 *db = NULL;
	add_three(b);
	assert_int_equal(sqlite3_open(b->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "UPDATE audit SET result = ''", NULL, NULL, NULL),
			 SQLITE_CONSTRAINT);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM audit", NULL, NULL, NULL), SQLITE_CONSTRAINT);
	sqlite3_close(db);
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_version_from_empty), T(test_file_modes),
		T(test_key_file_readable_by_others_is_refused), T(test_wrong_key_is_told),
		cmocka_unit_test(test_raw_key_file), T(test_init_never_overwrites),
		T(test_lost_key_or_keyring_is_not_replaced), T(test_another_keyring_is_refused),
		cmocka_unit_test(test_missing_store), T(test_second_writer_is_told),
		T(test_reader_beside_writer), T(test_newer_schema_is_refused),
		T(test_foreign_file_is_refused), T(test_damaged_file), T(test_scrub_beside_a_reader),
		T(test_turns), cmocka_unit_test(test_names_of_results),
		T(test_audit_chain), T(test_audit_altered), T(test_audit_row_taken_out),
		T(test_audit_end_cut_off), T(test_audit_is_append_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
