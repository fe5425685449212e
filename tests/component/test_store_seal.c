/* test_store_seal.c - keys, seals, hashes, erasure; and which index each hot query walks. */
#include "tests/component/store_common.h"

#include <sqlite3.h>

#include "store/cases.h"
#include "store/inbox.h"
#include "store/internal.h"
#include "store/outbox.h"

#define DAY 86400

static struct seal *open_seal(struct box *b)
{
	char err[400] = "";
	struct seal *k = NULL;
	const struct seal_options o = { .keyring_path = b->ring, .key_file = b->key, .busy_ms = 500 };
	OK(seal_open(&o, false, &k, err, sizeof err));
	return k;
}

static void test_seal_and_open(void **state)
{
	struct seal *k = open_seal(*state);
	const struct seal_place here = { "messages.text", 7 }, there = { "messages.text", 8 },
				elsewhere = { "messages.sender", 7 };
	uint8_t a[64 + SEAL_OVERHEAD], c[64 + SEAL_OVERHEAD];
	char plain[64];
	int64_t key, same, other;
	size_t n;
	RC(STORE_NONE, seal_key(k, SEAL_DAY, 20000, false, NOW, &key));
	OK(seal_key(k, SEAL_DAY, 20000, true, NOW, &key));
	OK(seal_key(k, SEAL_DAY, 20000, true, NOW, &same));
	OK(seal_key(k, SEAL_CASE, 20000, true, NOW, &other));
	assert_true(key == same && key != other && key > 0);
	OK(seal_put(k, key, &here, "secret words", 12, a));
	OK(seal_put(k, key, &here, "secret words", 12, c));
	assert_memory_not_equal(a, c, 12 + SEAL_OVERHEAD); /* a nonce of its own each time */
	assert_int_equal(a[0], 1);
	assert_true(seal_is_under(a, sizeof a, key));
	assert_false(seal_is_under(a, sizeof a, other));
	OK(seal_get(k, &here, a, 12 + SEAL_OVERHEAD, plain, sizeof plain, &n));
	assert_int_equal(n, 12);
	assert_memory_equal(plain, "secret words", 12);
	RC(STORE_KEY, seal_get(k, &there, a, 12 + SEAL_OVERHEAD, plain, sizeof plain, &n));
	RC(STORE_KEY, seal_get(k, &elsewhere, a, 12 + SEAL_OVERHEAD, plain, sizeof plain, &n));
	RC(STORE_BOUND, seal_get(k, &here, a, 12 + SEAL_OVERHEAD, plain, 11, &n));
	RC(STORE_KEY, seal_get(k, &here, a, SEAL_OVERHEAD - 1, plain, sizeof plain, &n));
	for (size_t i = 0; i < 12 + SEAL_OVERHEAD; i++) { /* each octet counts */
		memcpy(c, a, sizeof a);
		c[i] ^= 0x10;
		RC(STORE_KEY, seal_get(k, &here, c, 12 + SEAL_OVERHEAD, plain, sizeof plain, &n));
	}
	OK(seal_put(k, key, &here, "", 0, a));
	OK(seal_get(k, &here, a, SEAL_OVERHEAD, plain, sizeof plain, &n));
	assert_int_equal(n, 0);
	seal_close(k);
}

static void test_keys_outlive_the_cache_and_the_process(void **state)
{
	struct seal *k = open_seal(*state);
	uint8_t sealed[200][8 + SEAL_OVERHEAD];
	char plain[16];
	int64_t key;
	size_t n;
	for (int i = 0; i < 200; i++) {
		const struct seal_place p = { "x.y", i };
		OK(seal_key(k, SEAL_CASE, i, true, NOW, &key));
		OK(seal_put(k, key, &p, "01234567", 8, sealed[i]));
	}
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 200; i++) {
			const struct seal_place p = { "x.y", i };
			OK(seal_get(k, &p, sealed[i], sizeof sealed[i], plain, sizeof plain, &n));
		}
		seal_close(k);
		k = open_seal(*state);
	}
	seal_close(k);
}

static void test_destroyed_key(void **state)
{
	struct seal *k = open_seal(*state);
	const struct seal_place p = { "x.y", 1 };
	uint8_t sealed[8 + SEAL_OVERHEAD];
	char plain[16];
	int64_t key, newer, n;
	size_t len;
	OK(seal_key(k, SEAL_CASE, 5, true, NOW, &key));
	OK(seal_put(k, key, &p, "01234567", 8, sealed));
	RC(STORE_STATE, seal_destroy(k, SEAL_ROSTER, 0, NOW, &n));
	RC(STORE_STATE, seal_destroy(k, SEAL_INDEX, 0, NOW, &n));
	OK(seal_destroy(k, SEAL_CASE, 5, NOW, &n));
	assert_int_equal(n, 1);
	OK(seal_destroy(k, SEAL_CASE, 5, NOW, &n));
	assert_int_equal(n, 0);
	RC(STORE_NONE, seal_get(k, &p, sealed, sizeof sealed, plain, sizeof plain, &len));
	RC(STORE_NONE, seal_key(k, SEAL_CASE, 5, false, NOW, &newer));
	OK(seal_key(k, SEAL_CASE, 5, true, NOW, &newer));
	assert_true(newer != key);
	RC(STORE_NONE, seal_get(k, &p, sealed, sizeof sealed, plain, sizeof plain, &len));
	seal_close(k);
}

/* The wrapped key itself must be gone from every file, or a later look at the disk brings it back. */
static void test_destroyed_key_leaves_no_octets(void **state)
{
	struct box *b = *state;
	struct seal *k = open_seal(b);
	int64_t key, n;
	uint8_t wrapped[128];
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	OK(seal_key(k, SEAL_CASE, 6, true, NOW, &key));
	assert_int_equal(sqlite3_open(b->ring, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT wrapped FROM keys WHERE id = ?", -1, &s, NULL),
			 SQLITE_OK);
	sqlite3_bind_int64(s, 1, key);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	size_t len = (size_t)sqlite3_column_bytes(s, 0);
	assert_true(len > 40 && len < sizeof wrapped);
	memcpy(wrapped, sqlite3_column_blob(s, 0), len);
	sqlite3_finalize(s);
	sqlite3_close(db);
	assert_true(box_holds(b, wrapped, len) > 0);
	OK(seal_destroy(k, SEAL_CASE, 6, NOW, &n));
	assert_int_equal(box_holds(b, wrapped, len), 0);
	seal_close(k);
	assert_int_equal(box_holds(b, wrapped, len), 0);
}

static void test_hashes(void **state)
{
	struct seal *k = open_seal(*state);
	uint8_t a[SEAL_HASH], c[SEAL_HASH];
	OK(seal_hash(k, "number", "abc", 3, a));
	OK(seal_hash(k, "number", "abc", 3, c));
	assert_memory_equal(a, c, SEAL_HASH);
	OK(seal_hash(k, "sender", "abc", 3, c));
	assert_memory_not_equal(a, c, SEAL_HASH);
	OK(seal_hash(k, "numbe", "rabc", 4, c));
	assert_memory_not_equal(a, c, SEAL_HASH);
	seal_close(k);
}

/* A key made in a turn that is rolled back is a key too many and nothing worse. */
static void test_rolled_back_turn_keeps_the_keyring_right(void **state)
{
	struct box *b = *state;
	struct case_row c = { .age = -1, .n_children = -1, .pupil = -1, .code = "E26-0001-V" };
	struct case_event ev;
	int64_t first, id;
	size_t n;
	OK(store_begin(b->st));
	OK(case_add(b->st, &c, NOW, &first));
	store_rollback(b->st);
	OK(store_begin(b->st));
	OK(case_add(b->st, &c, NOW, &id));
	assert_int_equal(first, id);
	OK(case_event_add(b->st, id, NOW, "O1", "note", "", "words", 5));
	OK(store_commit(b->st));
	OK(case_events(b->st, id, &ev, 1, &n));
	assert_string_equal(ev.note, "words");
}

static void test_value_moved_to_another_row(void **state)
{
	struct box *b = *state;
	struct message *m = calloc(1, sizeof *m);
	int64_t one, two;
	sqlite3 *db = NULL;
	OK(store_begin(b->st));
	OK(inbox_add_message(b->st, "console", NUMBER_A, "first", 5, NOW, NOW, NULL, &one));
	OK(inbox_add_message(b->st, "console", NUMBER_B, "second", 6, NOW, NOW, NULL, &two));
	OK(store_commit(b->st));
	assert_int_equal(sqlite3_open(b->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "UPDATE messages SET text = (SELECT text FROM messages "
				      "WHERE id = 1) WHERE id = 2", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	OK(inbox_load(b->st, one, m));
	RC(STORE_KEY, inbox_load(b->st, two, m));
	assert_string_equal(m->text, "");
	assert_non_null(strstr(store_errmsg(b->st), "messages.text 2"));
	free(m);
}

/* ---- erasure --------------------------------------------------------------------------------- */

static int64_t case_with_texts(struct box *b, int64_t *message, int64_t *row)
{
	struct case_row c = { .age = 9, .n_children = -1, .pupil = 12, .code = "E26-0001-V",
			      .zone = "Z3", .class_name = "5A", .school = "SH1" };
	int64_t id;
	OK(inbox_add_message(b->st, "console", NUMBER_A, "a text", 6, NOW, NOW, NULL, message));
	OK(inbox_settle(b->st, *message, "read", "O1", "", NOW));
	OK(case_add(b->st, &c, NOW, &id));
	OK(inbox_to_case(b->st, *message, id));
	OK(case_event_add(b->st, id, NOW, "O1", "note", "", "words", 5));
	const struct outbox_new o = { .leg = OUTBOX_HTTP, .kind = "alert", .agency = "NJMF",
				      .body = "{}", .len = 2, .case_id = id };
	OK(outbox_add(b->st, &o, NOW, row, NULL, 0));
	return id;
}

static void test_case_is_forgotten(void **state)
{
	struct box *b = *state;
	struct message *m = calloc(1, sizeof *m);
	struct outbox_item *o = calloc(1, sizeof *o);
	struct case_event ev;
	struct case_row c;
	int64_t message, row;
	size_t n;
	OK(store_begin(b->st));
	int64_t id = case_with_texts(b, &message, &row);
	RC(STORE_STATE, store_forget_case(b->st, id, NOW));
	OK(store_commit(b->st));
	RC(STORE_STATE, store_forget_case(b->st, id, NOW));
	OK(case_events(b->st, id, &ev, 1, &n));
	assert_string_equal(ev.note, "words");
	OK(store_begin(b->st));
	OK(case_set_state(b->st, id, "new", "closed", NOW));
	OK(store_commit(b->st));
	OK(store_forget_case(b->st, id, NOW));
	OK(store_forget_case(b->st, id, NOW));
	assert_true(store_needs_scrub(b->st));
	OK(inbox_load(b->st, message, m));
	assert_int_equal(m->text_len, 0);
	OK(case_events(b->st, id, &ev, 1, &n));
	assert_int_equal(n, 0);
	RC(STORE_NONE, case_by_code(b->st, "E26-0001-V", &c));
	OK(case_ever_by_code(b->st, "E26-0001-V", &c));
	OK(case_by_id(b->st, id, &c));
	assert_string_equal(c.zone, "");
	assert_int_equal(c.pupil, -1);
	assert_string_equal(c.state, "closed");
	OK(outbox_load(b->st, row, o));
	assert_string_equal(o->state, "dropped");
	OK(store_begin(b->st));
	RC(STORE_KEY, case_event_add(b->st, id, NOW, "O1", "note", "", "more", 4));
	RC(STORE_KEY, inbox_to_case(b->st, message, id));
	store_rollback(b->st);
	free(m);
	free(o);
}

static void test_days_expire(void **state)
{
	struct box *b = *state;
	struct message *m = calloc(1, sizeof *m);
	struct outbox_item *o = calloc(1, sizeof *o);
	struct segment s;
	int64_t read, unread, today, row, seg, renewed, keys;
	bool fresh, settled;
	OK(store_begin(b->st));
	OK(inbox_add_message(b->st, "console", NUMBER_A, "old and read", 12, NOW, NOW, NULL, &read));
	OK(inbox_settle(b->st, read, "read", "T1", "", NOW));
	OK(inbox_add_message(b->st, "console", NUMBER_A, "old, unread", 11, NOW, NOW, NULL, &unread));
	OK(inbox_settle(b->st, unread, "queued", "T1", "", NOW));
	OK(inbox_add_message(b->st, "console", NUMBER_A, "today", 5, NOW, NOW + 90 * DAY, NULL, &today));
	OK(inbox_settle(b->st, today, "read", "T1", "", NOW));
	const struct segment_new n = { .modem = "m1", .memory = "SM", .received = NOW,
				       .octets = "raw", .len = 3 };
	OK(inbox_add_segment(b->st, &n, &seg, &fresh, &settled));
	const struct outbox_new owed = { .leg = OUTBOX_SMS, .kind = "reply", .number = NUMBER_A,
					 .body = "owed", .len = 4 };
	OK(outbox_add(b->st, &owed, NOW, &row, NULL, 0));
	OK(store_commit(b->st));
	RC(STORE_STATE, store_expire_days(b->st, NOW + 99 * DAY, NOW + 90 * DAY, &renewed, &keys));
	OK(store_expire_days(b->st, NOW + 30 * DAY, NOW + 90 * DAY, &renewed, &keys));
	assert_int_equal(renewed, 3);
	assert_int_equal(keys, 1);
	OK(inbox_load(b->st, read, m));
	assert_int_equal(m->text_len, 0);
	OK(inbox_load(b->st, unread, m));
	assert_string_equal(m->text, "old, unread");
	OK(inbox_load(b->st, today, m));
	assert_string_equal(m->text, "today");
	OK(inbox_next_segment(b->st, 0, &s));
	assert_memory_equal(s.octets, "raw", 3);
	OK(outbox_load(b->st, row, o));
	assert_string_equal(o->body, "owed");
	box_reopen(b);
	OK(inbox_load(b->st, unread, m));
	assert_string_equal(m->text, "old, unread");
	free(m);
	free(o);
}

static size_t sealed_text(struct box *b, int64_t id, void *out, size_t max)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	assert_int_equal(sqlite3_open(b->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT text FROM messages WHERE id = ?", -1, &s, NULL),
			 SQLITE_OK);
	sqlite3_bind_int64(s, 1, id);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	size_t n = (size_t)sqlite3_column_bytes(s, 0);
	assert_true(n > 0 && n <= max);
	memcpy(out, sqlite3_column_blob(s, 0), n);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return n;
}

/* Not even the sealed octets of a redacted text stay, on the row's page or on overflow pages. */
static void test_redacted_leaves_no_octets(void **state)
{
	static const size_t lengths[] = { 30, 4000 };
	struct box *b = *state;
	static uint8_t sealed[5000];
	char text[4096];
	memset(text, 't', sizeof text);
	for (size_t i = 0; i < 2; i++) {
		int64_t id;
		OK(store_begin(b->st));
		OK(inbox_add_message(b->st, "console", NUMBER_A, text, lengths[i], NOW, NOW, NULL, &id));
		OK(store_commit(b->st));
		OK(store_scrub(b->st)); /* so that the text lies in the main file, not only in the log */
		size_t n = sealed_text(b, id, sealed, sizeof sealed);
		assert_true(box_holds(b, sealed + n - 48, 48) > 0);
		OK(store_begin(b->st));
		OK(inbox_redact(b->st, id, 0, "", 0));
		OK(store_commit(b->st));
		OK(store_scrub(b->st));
		assert_int_equal(box_holds(b, sealed, 48), 0);
		assert_int_equal(box_holds(b, sealed + n - 48, 48), 0);
	}
}

/* What has no key any more is not handed out, and is no stop for those behind it. */
static void test_erased_row_does_not_block_the_queue(void **state)
{
	struct box *b = *state;
	struct outbox_item *o = calloc(1, sizeof *o);
	int64_t message, row, next, n;
	OK(store_begin(b->st));
	int64_t id = case_with_texts(b, &message, &row);
	const struct outbox_new other = { .leg = OUTBOX_HTTP, .kind = "alert", .agency = "TV",
					  .body = "{}", .len = 2 };
	OK(outbox_add(b->st, &other, NOW, &next, NULL, 0));
	OK(store_commit(b->st));
	OK(seal_destroy(b->st->seal, SEAL_CASE, id, NOW, &n));
	OK(store_begin(b->st));
	OK(outbox_claim(b->st, OUTBOX_HTTP, NOW, "w1", NULL, o));
	assert_int_equal(o->id, next);
	OK(outbox_load(b->st, row, o));
	assert_string_equal(o->state, "failed");
	assert_string_equal(o->reason, "erased");
	OK(store_commit(b->st));
	free(o);
}

static void test_reader_without_keys(void **state)
{
	struct box *b = *state;
	struct store_options o = b->o;
	struct message *m = calloc(1, sizeof *m);
	char err[400] = "";
	struct store *r = NULL;
	int64_t id;
	OK(store_begin(b->st));
	OK(inbox_add_message(b->st, "console", NUMBER_A, "a text", 6, NOW, NOW, NULL, &id));
	OK(store_commit(b->st));
	o.read_only = true;
	o.key_file = o.keyring_path = NULL;
	OK(store_open(&o, &r, err, sizeof err));
	OK(inbox_load(r, id, m));
	assert_string_equal(m->text, "");
	assert_string_equal(m->sender, "");
	assert_string_equal(m->state, "ready");
	store_close(r);
	free(m);
}

/* ---- plans ----------------------------------------------------------------------------------- */

static void plan_uses(sqlite3 *db, const char *sql, const char *index)
{
	char explain[2000], all[2000] = "";
	sqlite3_stmt *s = NULL;
	snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", sql);
	assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		size_t n = strlen(all);
		snprintf(all + n, sizeof all - n, "%s; ", (const char *)sqlite3_column_text(s, 3));
	}
	sqlite3_finalize(s);
	if (!strstr(all, index))
		fail_msg("%s\nplan: %s\nwanted: %s", sql, all, index);
	if (strstr(all, "TEMP B-TREE"))
		fail_msg("%s\nsorts: %s", sql, all);
}

static void family_uses(sqlite3 *db, const struct sql_family *f, const char *begins,
			const char *index)
{
	int found = 0;
	for (size_t i = 0; i < f->n; i++) {
		if (!strstr(f->sql[i], begins))
			continue;
		plan_uses(db, f->sql[i], index);
		found++;
	}
	assert_true(found > 0);
}

static void test_hot_queries_walk_their_index(void **state)
{
	struct box *b = *state;
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(b->db, &db), SQLITE_OK);
	family_uses(db, &outbox_family, "ORDER BY urgent DESC, turn, id", "outbox_turn");
	family_uses(db, &outbox_family, "min(not_before)", "outbox_due");
	family_uses(db, &outbox_family, "max(turn)", "outbox_recipient");
	family_uses(db, &settle_family, "expires <= $1", "outbox_expires");
	family_uses(db, &settle_family, "SET told = 1", "outbox_late");
	family_uses(db, &settle_family, "ORDER BY sent DESC, outbox DESC", "sms_parts_report");
	family_uses(db, &settle_family, "state = 'inflight' AND ($", "outbox_state");
	family_uses(db, &settle_family, "state = 'submitting' AND ($", "outbox_state");
	family_uses(db, &inbox_family, "state = 'received' AND id >", "segments_received");
	family_uses(db, &inbox_family, "state = 'ready' AND id >", "messages_ready");
	family_uses(db, &inbox_family, "received < $1 ORDER BY received", "messages_waiting");
	family_uses(db, &inbox_family, "AND state = 'waiting' AND modem", "messages_parts");
	family_uses(db, &inbox_family, "s.sent = $8", "messages_parts");
	family_uses(db, &inbox_family, "received >= $2", "messages_sender");
	family_uses(db, &alerts_family, "a.escalate_at <= $1", "alerts_due");
	family_uses(db, &alerts_family, "min(escalate_at)", "alerts_due");
	family_uses(db, &alerts_family, "a.subject = $1 AND a.state", "alerts_subject");
	family_uses(db, &roster_family, "r.number_hash = $1", "INDEX");
	family_uses(db, &attendance_family, "ORDER BY d.day DESC", "class_days_of");
	sqlite3_close(db);
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_seal_and_open), T(test_keys_outlive_the_cache_and_the_process),
		T(test_destroyed_key), T(test_destroyed_key_leaves_no_octets), T(test_hashes),
		T(test_rolled_back_turn_keeps_the_keyring_right), T(test_value_moved_to_another_row),
		T(test_case_is_forgotten), T(test_days_expire), T(test_redacted_leaves_no_octets),
		T(test_erased_row_does_not_block_the_queue), T(test_reader_without_keys),
		T(test_hot_queries_walk_their_index),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
