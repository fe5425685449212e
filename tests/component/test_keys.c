/* test_keys.c - the master key from each of its sources and changed at any point, data keys renewed, the
 * keyring copied for the recovery key and made again from the copy. */
#include "tests/component/store_common.h"

#include <sqlite3.h>

#include "store/cases.h"
#include "store/erase.h"
#include "store/inbox.h"
#include "store/internal.h"
#include "store/keys.h"
#include "store/outbox.h"
#include "store/roster.h"
#include "store/secrets.h"
#include "store/ussd.h"

#define DAY 86400
#define CASES 700 /* more than two pieces of a rotation */

static char said[STORE_PASSPHRASE_MAX]; /* what the person at the terminal says */
static int asked;

static int ask(bool fresh, char *words, size_t max, char *err, size_t errlen)
{
	(void)fresh;
	asked++;
	if (!said[0]) {
		snprintf(err, errlen, "nobody there");
		return STORE_KEY;
	}
	snprintf(words, max, "%s", said);
	return STORE_OK;
}

static int64_t filled; /* a case with a note, and values under every kind of key */

static void fill(struct box *b, int n)
{
	struct case_row c = { .age = 9, .n_children = -1, .pupil = -1 };
	OK(store_begin(b->st));
	for (int i = 0; i < n; i++) {
		snprintf(c.code, sizeof c.code, "E26-%04d-V", i);
		OK(case_add(b->st, &c, NOW, &filled));
	}
	OK(case_event_add(b->st, filled, NOW, "O1", "note", "", "words", 5));
	OK(store_commit(b->st));
}

static void readable(struct box *b)
{
	struct case_event ev;
	size_t n;
	OK(case_events(b->st, filled, &ev, 1, &n));
	assert_int_equal(n, 1);
	assert_string_equal(ev.note, "words");
}

static void to_the_end(struct box *b)
{
	for (int i = 0; keys_busy(b->st); i++) {
		OK(keys_step(b->st, NOW + DAY));
		assert_in_range(i, 0, 1000);
	}
}

static int reopen(struct box *b, char *err, size_t max)
{
	store_close(b->st);
	b->st = NULL;
	return store_open(&b->o, &b->st, err, max);
}

static void read_key(const char *path, char out[80])
{
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	ssize_t n = read(fd, out, 79);
	assert_true(n > 0);
	out[n] = '\0';
	close(fd);
}

static void write_key(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* ---- the master key -------------------------------------------------------------------------- */

static void test_master_key_is_changed(void **state)
{
	struct box *b = *state;
	char old[80], now[80], err[400];
	struct keys_status s;
	fill(b, 3);
	read_key(b->key, old);
	assert_false(keys_busy(b->st));
	OK(keys_rotate(b->st, NULL, NOW));
	RC(STORE_STATE, keys_rotate(b->st, NULL, NOW));
	OK(keys_status(b->st, &s));
	assert_int_equal(s.master.left, 7);
	readable(b);
	to_the_end(b);
	OK(keys_status(b->st, &s));
	assert_int_equal(s.master.left, -1);
	assert_int_equal(s.master.created, NOW);
	read_key(b->key, now);
	assert_string_not_equal(old, now);
	readable(b);
	OK(reopen(b, err, sizeof err));
	readable(b);
	store_close(b->st);
	b->st = NULL;
	/* The old key opens nothing any more, and neither it nor what it wrapped is left anywhere. */
	assert_int_equal(box_holds(b, old, 64), 0);
	write_key(b->key, old);
	RC(STORE_KEY, store_open(&b->o, &b->st, err, sizeof err));
	write_key(b->key, now);
	OK(store_open(&b->o, &b->st, err, sizeof err));
}

/* The store is left after each piece, and opened by whatever key the file holds then. */
static void test_change_goes_on_after_each_piece(void **state)
{
	struct box *b = *state;
	char old[80], now[80], err[400];
	fill(b, CASES);
	read_key(b->key, old);
	OK(keys_rotate(b->st, NULL, NOW));
	for (int i = 0;; i++) {
		OK(reopen(b, err, sizeof err));
		readable(b);
		if (!keys_busy(b->st))
			break;
		fill(b, 0);
		OK(keys_step(b->st, NOW));
		assert_in_range(i, 0, 8);
	}
	read_key(b->key, now);
	assert_string_not_equal(old, now);
}

/* A cut between the new file and the giving up of the old key. */
static void test_either_key_opens_until_the_end(void **state)
{
	struct box *b = *state;
	char old[80], now[80], err[400];
	struct keys_status s;
	fill(b, 3);
	read_key(b->key, old);
	OK(keys_rotate(b->st, NULL, NOW));
	OK(keys_step(b->st, NOW));
	OK(keys_status(b->st, &s));
	assert_int_equal(s.master.left, 0);
	OK(reopen(b, err, sizeof err)); /* by the old one */
	readable(b);
	OK(keys_step(b->st, NOW)); /* the new file, the end */
	assert_false(keys_busy(b->st));
	read_key(b->key, now);
	OK(reopen(b, err, sizeof err));
	readable(b);
}

static void test_credential(void **state)
{
	struct box *b = *state;
	char dir[80], path[160], next[160], old[80], err[400] = "";
	fill(b, 3);
	snprintf(dir, sizeof dir, "%s", b->dir);
	snprintf(path, sizeof path, "%s/kujdestar.key", dir);
	snprintf(next, sizeof next, "%s/next.key", dir);
	read_key(b->key, old);
	write_key(path, old);
	chmod(path, 0440); /* as systemd gives it */
	b->o.key_source = STORE_KEY_CREDENTIAL;
	b->o.key_file = "kujdestar.key";
	unsetenv("CREDENTIALS_DIRECTORY");
	RC(STORE_KEY, reopen(b, err, sizeof err));
	assert_non_null(strstr(err, "LoadCredential=kujdestar.key"));
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	OK(reopen(b, err, sizeof err));
	readable(b);
	/* The gateway cannot write it: somebody names the new one, and puts it in place when he likes. */
	RC(STORE_STATE, keys_rotate(b->st, NULL, NOW));
	write_key(next, "11223344556677889900aabbccddeeff11223344556677889900aabbccddeeff\n");
	const struct keys_new to = { .source = STORE_KEY_FILE, .path = next };
	OK(keys_rotate(b->st, &to, NOW));
	to_the_end(b);
	OK(reopen(b, err, sizeof err)); /* the old one opens */
	to_the_end(b);
	readable(b);
	chmod(path, 0600);
	write_key(path, "11223344556677889900aabbccddeeff11223344556677889900aabbccddeeff\n");
	OK(reopen(b, err, sizeof err));
	to_the_end(b);
	readable(b);
	write_key(path, old);
	RC(STORE_KEY, reopen(b, err, sizeof err));
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_passphrase(void **state)
{
	struct box *b = *state;
	char err[400] = "", file[80];
	fill(b, 3);
	read_key(b->key, file);
	snprintf(said, sizeof said, "guri mbi urë, tri herë");
	const struct keys_new to = { .source = STORE_KEY_PASSPHRASE, .ask = ask };
	OK(keys_rotate(b->st, &to, NOW));
	to_the_end(b);
	RC(STORE_KEY, reopen(b, err, sizeof err)); /* by the file */
	assert_non_null(strstr(err, "passphrase"));
	b->o.key_source = STORE_KEY_PASSPHRASE;
	b->o.ask = ask;
	asked = 0;
	OK(reopen(b, err, sizeof err));
	assert_int_equal(asked, 1);
	readable(b);
	assert_int_equal(box_holds(b, said, strlen(said)), 0);
	snprintf(said, sizeof said, "guri mbi ure, tri here");
	RC(STORE_KEY, reopen(b, err, sizeof err));
	assert_non_null(strstr(err, "the passphrase does not open"));
	said[0] = '\0';
	RC(STORE_KEY, store_open(&b->o, &b->st, err, sizeof err));
	assert_non_null(strstr(err, "nobody there"));
	b->o.ask = NULL;
	RC(STORE_KEY, store_open(&b->o, &b->st, err, sizeof err));
}

static void test_made_with_a_passphrase(void **state)
{
	struct box b;
	char err[400] = "";
	(void)state;
	box_name(&b);
	snprintf(said, sizeof said, "nje dy tre kater");
	b.o.key_source = STORE_KEY_PASSPHRASE;
	b.o.ask = ask;
	OK(store_init(&b.o, err, sizeof err));
	assert_int_not_equal(access(b.key, F_OK), 0);
	OK(store_open(&b.o, &b.st, err, sizeof err));
	fill(&b, 2);
	readable(&b);
	store_close(b.st);
	b.o.key_source = STORE_KEY_FILE;
	RC(STORE_KEY, store_open(&b.o, &b.st, err, sizeof err));
	box_remove(b.dir);
}

/* A keyring of the first version, as the gateway made it before. */
static void test_first_version_is_taken_over(void **state)
{
	struct box *b = *state;
	char err[400] = "", now[80];
	sqlite3 *db = NULL;
	fill(b, 3);
	store_close(b->st);
	b->st = NULL;
	assert_int_equal(sqlite3_open(b->ring, &db), SQLITE_OK);
	const char *back = "ALTER TABLE keys RENAME TO k; DROP INDEX keys_live; DROP INDEX keys_master;"
			   "CREATE TABLE keys (id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('check', "
			   "'roster', 'index', 'case', 'day')), ref INTEGER NOT NULL, wrapped BLOB, created INTEGER "
			   "NOT NULL, expires INTEGER NOT NULL, destroyed INTEGER, CHECK ((wrapped IS NULL) = "
			   "(destroyed IS NOT NULL))) STRICT;"
			   "CREATE UNIQUE INDEX keys_live ON keys (kind, ref) WHERE destroyed IS NULL;"
			   "INSERT INTO keys SELECT id, kind, ref, wrapped, created, 0, destroyed FROM k; DROP TABLE k;"
			   "DROP TABLE masters; PRAGMA user_version=1";
	if (sqlite3_exec(db, back, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
	read_key(b->key, now);
	write_key(b->key, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n");
	RC(STORE_KEY, store_open(&b->o, &b->st, err, sizeof err));
	assert_non_null(strstr(err, "right key file"));
	write_key(b->key, now);
	OK(store_open(&b->o, &b->st, err, sizeof err));
	readable(b);
	OK(keys_rotate(b->st, NULL, NOW));
	to_the_end(b);
	OK(reopen(b, err, sizeof err));
	readable(b);
}

/* ---- data keys ------------------------------------------------------------------------------- */

static int64_t message;

/* A value in every sealed column. */
static void one_of_each(struct box *b)
{
	struct reporter r = { .id = "O1", .role = "outreach", .lang = "sq", .active = true };
	const struct segment_new n = { .modem = "m1", .memory = "SM", .received = NOW, .octets = "raw", .len = 3 };
	const struct outbox_new sms = { .leg = OUTBOX_SMS, .kind = "reply", .number = NUMBER_B, .body = "owed", .len = 4 };
	const struct secret_row pin = { .once = true };
	struct ussd_session *u = calloc(1, sizeof *u);
	int64_t id;
	bool fresh, settled;
	fill(b, 2);
	OK(store_begin(b->st));
	OK(roster_put(b->st, &r, NUMBER_A, NOW));
	OK(inbox_add_message(b->st, "console", NUMBER_A, "a text", 6, NOW, NOW, NULL, &message));
	OK(reading_put(b->st, message, 0, "form:visit", "", "", "{}", &id));
	OK(reading_put_notes(b->st, id, 0, "{\"note\":\"words\"}", 16));
	OK(inbox_add_segment(b->st, &n, &id, &fresh, &settled));
	OK(outbox_add(b->st, &sms, NOW, &id, NULL, 0));
	snprintf(u->provider, sizeof u->provider, "p");
	snprintf(u->state, sizeof u->state, "open");
	u->draft_len = 5;
	memcpy(u->draft, "draft", 5);
	OK(ussd_add(b->st, u, "key", NUMBER_A, NOW));
	OK(secret_put(b->st, "O1", SECRET_KIND_PIN, &pin, NOW));
	OK(hold_put(b->st, filled, "cli:0", "prosecution", NOW));
	OK(store_commit(b->st));
	free(u);
}

static int64_t number(struct box *b, const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	(void)b;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return n;
}

/* How many values of the database lie under a key that is not live. */
static int under_retired(struct box *b)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int n = 0;
	assert_int_equal(sqlite3_open(b->ring, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT id FROM keys WHERE retired IS NOT NULL", -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		uint64_t id = (uint64_t)sqlite3_column_int64(s, 0);
		uint8_t head[9] = { 1 };
		for (int i = 0; i < 8; i++)
			head[1 + i] = (uint8_t)(id >> (8 * i));
		n += box_holds(b, head, sizeof head);
	}
	sqlite3_finalize(s);
	sqlite3_close(db);
	return n;
}

static void test_data_keys_are_renewed(void **state)
{
	struct box *b = *state;
	char err[400], num[32];
	struct message *m = calloc(1, sizeof *m);
	int64_t n;
	one_of_each(b);
	OK(store_begin(b->st));
	OK(keys_renew(b->st, NOW + 10));
	OK(store_commit(b->st));
	for (int i = 0; keys_busy(b->st); i++) {
		OK(keys_step(b->st, NOW + 20));
		OK(reopen(b, err, sizeof err));
		readable(b);
		assert_in_range(i, 0, 20);
	}
	OK(store_scrub(b->st));
	assert_int_equal(under_retired(b), 0);
	assert_true(number(b, b->ring, "SELECT count(*) FROM keys WHERE retired IS NOT NULL AND destroyed IS NULL") >= 4);
	OK(inbox_load(b->st, message, m));
	assert_string_equal(m->text, "a text");
	assert_string_equal(m->sender, NUMBER_A);
	OK(roster_number(b->st, "O1", num, sizeof num));
	assert_string_equal(num, NUMBER_A);
	/* Backups still need them, and then no more. */
	OK(keys_expire(b->st, NOW, NOW + 30, &n));
	assert_int_equal(n, 0);
	OK(keys_expire(b->st, NOW + 31 * DAY, NOW + 31 * DAY, &n));
	assert_true(n >= 4);
	readable(b);
	OK(inbox_load(b->st, message, m));
	assert_string_equal(m->text, "a text");
	free(m);
}

/* Each column that holds sealed values is one of those that are renewed. */
static void test_no_sealed_column_is_left_out(void **state)
{
	struct box *b = *state;
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int64_t n;
	one_of_each(b);
	OK(store_begin(b->st));
	OK(keys_renew(b->st, NOW + 10));
	OK(store_commit(b->st));
	to_the_end(b);
	OK(store_scrub(b->st));
	n = 0;
	assert_int_equal(sqlite3_open(b->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT m.name, p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p "
					    "WHERE m.type = 'table' AND p.type = 'BLOB'", -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		char sql[300];
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE length(%s) >= 49 AND length(%s) <> 64 AND "
			 "hex(substr(%s, 1, 1)) = '01'", sqlite3_column_text(s, 0), sqlite3_column_text(s, 1),
			 sqlite3_column_text(s, 1), sqlite3_column_text(s, 1));
		n += number(b, b->db, sql);
	}
	sqlite3_finalize(s);
	sqlite3_close(db);
	/* note, number, sender, text, octets, number, body, draft, caller, reason, secret, notes */
	assert_int_equal(n, 12);
	assert_int_equal(under_retired(b), 0);
}

/* ---- copies ---------------------------------------------------------------------------------- */

static void test_copy_and_recovery(void **state)
{
	struct box *b = *state;
	char secret[120], other[120], pub[65], copy[300], err[400] = "", old[80], now[80];
	int64_t n, made, second;
	struct case_row c = { .age = 9, .n_children = -1, .pupil = -1, .code = "E26-0999-V" };
	struct case_event ev;
	size_t k;
	fill(b, 5);
	OK(store_begin(b->st));
	OK(case_add(b->st, &c, NOW, &second));
	OK(case_event_add(b->st, second, NOW, "O1", "note", "", "gone", 4));
	OK(store_commit(b->st));
	snprintf(secret, sizeof secret, "%s/recovery.secret", b->dir);
	snprintf(other, sizeof other, "%s/other.secret", b->dir);
	OK(keys_make_recovery(other, pub, err, sizeof err));
	OK(keys_make_recovery(secret, pub, err, sizeof err));
	RC(STORE_EXISTS, keys_make_recovery(secret, pub, err, sizeof err));
	OK(seal_destroy(b->st->seal, SEAL_CASE, second, NOW, &n));
	OK(keys_rotate(b->st, NULL, NOW)); /* a copy in the middle of it is as good */
	OK(keys_copy(b->st, pub, b->dir, NOW, copy, sizeof copy));
	assert_non_null(strstr(copy, "/keyring-20261116T070000Z.copy"));
	assert_int_equal(keys_newest_copy(b->dir), NOW);
	RC(STORE_KEY, keys_copy(b->st, "12ab", b->dir, NOW, copy, sizeof copy));
	RC(STORE_EXISTS, keys_recover(&b->o, copy, secret, &made, err, sizeof err));
	to_the_end(b);
	read_key(b->key, old);
	store_close(b->st);
	b->st = NULL;
	unlink(b->ring);
	unlink(b->key);
	RC(STORE_KEY, keys_recover(&b->o, copy, other, &made, err, sizeof err));
	assert_int_not_equal(access(b->ring, F_OK), 0);
	OK(keys_recover(&b->o, copy, secret, &made, err, sizeof err));
	assert_int_equal(made, NOW);
	read_key(b->key, now);
	assert_string_not_equal(old, now);
	OK(store_open(&b->o, &b->st, err, sizeof err));
	readable(b);
	OK(case_events(b->st, second, &ev, 1, &k));
	assert_string_equal(ev.note, "");
	int64_t erased = 0;
	OK(seal_next_erased(b->st->seal, 0, &erased));
	assert_int_equal(erased, second);
	RC(STORE_NONE, seal_next_erased(b->st->seal, erased, &erased));
}

static void test_damaged_copy(void **state)
{
	struct box *b = *state;
	char secret[120], pub[65], copy[300], err[400] = "";
	int64_t made;
	struct stat sb;
	fill(b, 2);
	snprintf(secret, sizeof secret, "%s/recovery.secret", b->dir);
	OK(keys_make_recovery(secret, pub, err, sizeof err));
	OK(keys_copy(b->st, pub, b->dir, NOW, copy, sizeof copy));
	assert_int_equal(stat(copy, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
	unlink(b->ring);
	for (off_t at = 0; at < sb.st_size; at += 37) {
		uint8_t was, is;
		int fd = open(copy, O_RDWR);
		assert_int_equal(pread(fd, &was, 1, at), 1);
		is = was ^ 0x20;
		assert_int_equal(pwrite(fd, &is, 1, at), 1);
		assert_int_not_equal(keys_recover(&b->o, copy, secret, &made, err, sizeof err), STORE_OK);
		assert_int_equal(pwrite(fd, &was, 1, at), 1);
		close(fd);
	}
	assert_int_equal(truncate(copy, sb.st_size - 1), 0);
	assert_int_not_equal(keys_recover(&b->o, copy, secret, &made, err, sizeof err), STORE_OK);
	assert_int_not_equal(access(b->ring, F_OK), 0);
}

static void test_old_copies_go(void **state)
{
	struct box *b = *state;
	char secret[120], pub[65], copy[300], err[400] = "";
	int64_t n;
	snprintf(secret, sizeof secret, "%s/recovery.secret", b->dir);
	OK(keys_make_recovery(secret, pub, err, sizeof err));
	for (int i = 0; i < 5; i++)
		OK(keys_copy(b->st, pub, b->dir, NOW + i * DAY, copy, sizeof copy));
	OK(keys_copies_expire(b->dir, NOW + 2 * DAY, &n));
	assert_int_equal(n, 2);
	OK(keys_copies_expire(b->dir, NOW + 99 * DAY, &n));
	assert_int_equal(n, 2); /* the newest stays, whatever its age */
	assert_int_equal(access(copy, F_OK), 0);
	assert_int_equal(access(secret, F_OK), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_master_key_is_changed), T(test_change_goes_on_after_each_piece),
		T(test_either_key_opens_until_the_end), T(test_credential), T(test_passphrase),
		cmocka_unit_test(test_made_with_a_passphrase), T(test_first_version_is_taken_over),
		T(test_data_keys_are_renewed), T(test_no_sealed_column_is_left_out), T(test_copy_and_recovery),
		T(test_damaged_copy), T(test_old_copies_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
