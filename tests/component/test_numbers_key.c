/* test_numbers_key.c - the key that telephone numbers are found by is renewed while they are: at each step of the
 * way, with a new opening between any two, in a backup that is put back, and in a store of before. */
#include "tests/component/store_common.h"

#include <sqlite3.h>

#include "store/inbox.h"
#include "store/internal.h"
#include "store/keys.h"
#include "store/outbox.h"
#include "store/roster.h"
#include "store/routine.h"
#include "store/seal_int.h"
#include "store/ussd.h"

#define STRANGER "+355690000009"
#define LOCKED "+355690000008"
#define NOBODY "+355690000007" /* never written by anybody */
#define TEXTS 300              /* more than two turns' worth */
#define HASHES 1200
#define HOUR 3600

static uint8_t old[HASHES][SEAL_HASH], wrapped[SEAL_WRAPPED];
static size_t n_old;
static bool by_key; /* the session is found by its key, not by its caller alone */
static int64_t first_sms, texts;
static int came; /* how often something came meanwhile */

/* ---- the files ----------------------------------------------------------------------------------- */

static int64_t number(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	int64_t n = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	sqlite3_close(db);
	return n;
}

/* Every hash of a number that stands in the database, and the wrapped key they are under. */
static void remember(struct box *b)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	assert_int_equal(sqlite3_open(b->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT number_hash FROM reporters WHERE length(number) > 0 UNION "
					    "SELECT sender_hash FROM messages UNION SELECT recipient FROM outbox WHERE leg = 'sms' "
					    "UNION SELECT recipient FROM sms_parts UNION SELECT recipient FROM sms_hours UNION "
					    "SELECT recipient FROM sms_last UNION SELECT number FROM ussd_sessions UNION "
					    "SELECT session FROM ussd_sessions", -1, &s, NULL), SQLITE_OK);
	for (n_old = 0; sqlite3_step(s) == SQLITE_ROW; n_old++) {
		assert_in_range(n_old, 0, HASHES - 1);
		assert_int_equal(sqlite3_column_bytes(s, 0), SEAL_HASH);
		memcpy(old[n_old], sqlite3_column_blob(s, 0), SEAL_HASH);
	}
	sqlite3_finalize(s);
	sqlite3_close(db);
	assert_int_equal(sqlite3_open(b->ring, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT wrapped FROM keys WHERE kind = 'index' AND ref = 1 AND "
					    "retired IS NULL AND destroyed IS NULL", -1, &s, NULL), SQLITE_OK);
	if (sqlite3_step(s) == SQLITE_ROW)
		memcpy(wrapped, sqlite3_column_blob(s, 0), sizeof wrapped);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

/* How many of them still stand anywhere. */
static size_t left(struct box *b)
{
	size_t n = 0;
	for (size_t i = 0; i < n_old; i++)
		n += box_holds(b, old[i], SEAL_HASH) > 0;
	return n;
}

static void copy(const char *from, const char *to)
{
	char octets[4096];
	ssize_t n;
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, octets, sizeof octets)) > 0)
		assert_int_equal(write(out, octets, (size_t)n), n);
	close(in);
	close(out);
}

/* Both copies lie outside the folder that is searched. */
static void copy_name(const struct box *b, const char *what, char out[120])
{
	snprintf(out, 120, "%s.%s", b->dir, what);
}

/* ---- what is looked up --------------------------------------------------------------------------- */

static void text_from(struct box *b, const char *from, int64_t at)
{
	int64_t id;
	OK(inbox_add_message(b->st, "console", from, "a text", 6, at, at, NULL, &id));
}

static int64_t sms_to(struct box *b, const char *reporter, const char *to, const char *kind)
{
	const struct outbox_new sms = { .leg = OUTBOX_SMS, .kind = kind, .reporter = reporter, .number = to, .body = "owed",
					.len = 4 };
	int64_t id;
	OK(outbox_add(b->st, &sms, NOW, &id, NULL, 0));
	return id;
}

static void part_of(struct box *b, int ref, int seq, bool *complete, bool *again)
{
	char octets[40];
	int64_t id, message;
	bool fresh, settled;
	snprintf(octets, sizeof octets, "\1\2\3part%d.%d", ref, seq);
	const struct segment_new n = { .modem = "m1", .memory = "SM", .received = NOW, .octets = octets,
				       .len = strlen(octets) };
	const struct segment_facts f = { .sender = STRANGER, .sent = NOW - 5, .ref = (uint16_t)ref, .bits = 8, .total = 2,
					 .seq = (uint8_t)seq };
	OK(inbox_add_segment(b->st, &n, &id, &fresh, &settled));
	OK(inbox_join(b->st, id, &f, NOW, 3600, &message, complete, again));
}

static void session_of(struct box *b, const char *key, const char *of)
{
	struct ussd_session *u = calloc(1, sizeof *u);
	snprintf(u->provider, sizeof u->provider, "p");
	snprintf(u->reporter, sizeof u->reporter, "%s", strcmp(of, NUMBER_A) == 0 ? "O1" : "");
	snprintf(u->state, sizeof u->state, "open");
	snprintf(u->form, sizeof u->form, "form:visit");
	u->draft_len = 5;
	memcpy(u->draft, "draft", 5);
	OK(ussd_add(b->st, u, key, of, NOW));
	free(u);
}

static void fill(struct box *b)
{
	struct reporter r = { .id = "O1", .role = "outreach", .lang = "sq", .active = true };
	struct outbox_item *o = calloc(1, sizeof *o);
	bool complete, again;
	OK(store_begin(b->st));
	OK(roster_put(b->st, &r, NUMBER_A, NOW));
	snprintf(r.id, sizeof r.id, "L1");
	r.active = false;
	OK(roster_put(b->st, &r, LOCKED, NOW));
	for (int i = 0; i < TEXTS; i++) {
		char from[24];
		snprintf(from, sizeof from, "+35569%07d", 100 + i);
		text_from(b, i % 2 ? STRANGER : from, NOW);
		sms_to(b, "", from, "reply");
	}
	text_from(b, "SHKOLLA", NOW); /* an alphanumeric one */
	texts = TEXTS / 2;
	for (int i = 0; i < 40; i++)
		part_of(b, i, 1, &complete, &again);
	texts += 40;
	first_sms = sms_to(b, "O1", NUMBER_A, "reply");
	OK(outbox_load(b->st, first_sms, o));
	OK(outbox_take(b->st, o, NOW, "m1"));
	OK(outbox_part_sent(b->st, first_sms, 1, 77, NOW));
	OK(outbox_sent(b->st, first_sms, NOW, 77, ""));
	sms_to(b, "O1", NUMBER_A, "alert");
	OK(outbox_hour_add(b->st, NUMBER_A, NOW, 3, true));
	OK(routine_note(b->st, NUMBER_A, NOW - 60));
	session_of(b, NUMBER_A, NUMBER_A); /* a provider whose key is the number */
	session_of(b, STRANGER, STRANGER);
	OK(store_commit(b->st));
	free(o);
	by_key = true;
	came = 0;
}

static void only_his(struct box *b, const char *to)
{
	struct outbox_item *o = calloc(1, sizeof *o), *next = calloc(1, sizeof *next);
	int64_t n;
	snprintf(o->number, sizeof o->number, "%s", to);
	snprintf(o->reporter, sizeof o->reporter, "O1");
	OK(outbox_routine(b->st, o, NOW, 0, next));
	assert_string_equal(next->number, to);
	/* All that waits for others is passed over when they are named. */
	char others[64];
	snprintf(others, sizeof others, "%s %s", to, NOBODY);
	OK(outbox_peek(b->st, OUTBOX_SMS, NOW, others, next));
	assert_string_not_equal(next->number, to);
	/* His turn is behind what waits for him. */
	OK(store_begin(b->st));
	OK(outbox_withdraw(b->st, to, 0, NOW, "gone", &n));
	assert_int_equal(n, 1);
	store_rollback(b->st);
	free(o);
	free(next);
}

/* Everybody is who he was. */
static void all_known(struct box *b)
{
	struct reporter r, other = { .id = "O2", .role = "outreach", .lang = "sq", .active = true };
	struct ussd_session *u = calloc(1, sizeof *u);
	int64_t n, id, parts;
	bool held;
	OK(roster_by_number(b->st, NUMBER_A, &r));
	assert_string_equal(r.id, "O1");
	OK(roster_by_number(b->st, LOCKED, &r));
	assert_string_equal(r.id, "L1");
	assert_false(r.active);
	RC(STORE_NONE, roster_by_number(b->st, NOBODY, &r));
	OK(inbox_recent_count(b->st, STRANGER, NOW - HOUR, &n));
	assert_int_equal(n, texts);
	OK(inbox_recent_count(b->st, NOBODY, NOW - HOUR, &n));
	assert_int_equal(n, 0);
	OK(outbox_hour(b->st, NUMBER_A, NOW, &parts, &held));
	assert_int_equal(parts, 3);
	assert_true(held);
	OK(routine_last(b->st, NUMBER_A, &n));
	assert_int_equal(n, NOW - 60);
	RC(STORE_NONE, routine_last(b->st, NOBODY, &n));
	OK(store_begin(b->st));
	OK(outbox_report(b->st, NUMBER_A, 77, 0x20, NOW, &id));
	assert_int_equal(id, first_sms);
	RC(STORE_NONE, outbox_report(b->st, NOBODY, 77, 0x20, NOW, &id));
	store_rollback(b->st);
	only_his(b, NUMBER_A);
	OK(ussd_unfinished(b->st, NUMBER_A, NOW - HOUR, u));
	assert_string_equal(u->draft, "draft");
	if (by_key) {
		OK(ussd_find(b->st, "p", NUMBER_A, u));
		OK(ussd_find(b->st, "p", STRANGER, u));
		OK(ussd_unfinished(b->st, STRANGER, NOW - HOUR, u));
	}
	/* A number that somebody has is nobody else's. */
	OK(store_begin(b->st));
	RC(STORE_EXISTS, roster_put(b->st, &other, NUMBER_A, NOW + 5));
	store_rollback(b->st);
	free(u);
}

/* What comes meanwhile. */
static void comes(struct box *b)
{
	int step = came++;
	struct reporter r = { .id = "O1", .role = "outreach", .lang = "sq", .active = true };
	char num[24], id[ROSTER_ID];
	bool complete, again;
	int64_t was = number(b->db, "SELECT changed FROM reporters WHERE id = 'O1'");
	snprintf(num, sizeof num, "+35569%07d", 5000 + step);
	snprintf(id, sizeof id, "N%d", step);
	OK(store_begin(b->st));
	text_from(b, STRANGER, NOW);
	part_of(b, step, 2, &complete, &again);
	assert_true(complete); /* its first part came before */
	part_of(b, 100 + step, 1, &complete, &again);
	assert_false(complete || again);
	texts += 2;
	OK(outbox_hour_add(b->st, NUMBER_A, NOW, 0, false));
	OK(routine_note(b->st, num, NOW));
	OK(roster_put(b->st, &r, NUMBER_A, NOW + 7)); /* the same number again */
	snprintf(r.id, sizeof r.id, "%s", id);
	OK(roster_put(b->st, &r, num, NOW));
	OK(store_commit(b->st));
	assert_int_equal(number(b->db, "SELECT changed FROM reporters WHERE id = 'O1'"), was);
	OK(roster_by_number(b->st, num, &r));
	assert_string_equal(r.id, id);
	assert_int_equal(number(b->db, "SELECT count(*) FROM sms_hours"), 1);
}

static void begin(struct box *b, int64_t at)
{
	OK(store_begin(b->st));
	OK(keys_renew(b->st, at));
	OK(store_commit(b->st));
}

static int to_the_end(struct box *b, bool anew)
{
	int i = 0;
	for (; keys_busy(b->st); i++) {
		OK(keys_step(b->st, NOW + 20));
		if (anew)
			box_reopen(b);
		all_known(b);
		comes(b);
		all_known(b);
		assert_in_range(came, 0, 39);
	}
	return i;
}

static void nothing_left(struct box *b)
{
	OK(store_scrub(b->st));
	if (store_needs_compact(b->st)) /* as the gateway does */
		OK(store_compact(b->st, NOW, STORE_COMPACT_MAX));
	assert_int_equal(left(b), 0);
	assert_int_equal(box_holds(b, wrapped, sizeof wrapped), 0);
	assert_int_equal(number(b->ring, "SELECT count(*) FROM keys WHERE kind = 'index' AND ref = 1 AND destroyed IS NULL"), 1);
	assert_int_equal(number(b->db, "SELECT count(DISTINCT keyed) FROM (SELECT keyed FROM sms_hours UNION ALL "
				"SELECT keyed FROM sms_last)"), 1);
}

/* ---- the way ------------------------------------------------------------------------------------- */

static void all_the_way(void **state)
{
	struct box *b = *state;
	fill(b);
	all_known(b);
	remember(b);
	assert_int_equal(left(b), n_old);
	assert_true(box_holds(b, wrapped, sizeof wrapped) > 0);
	begin(b, NOW + 10);
	OK(store_begin(b->st));
	RC(STORE_STATE, keys_renew(b->st, NOW + 11));
	store_rollback(b->st);
	assert_true(to_the_end(b, false) > 10);
	nothing_left(b);
	box_reopen(b);
	assert_false(keys_busy(b->st));
	all_known(b);
}

static void with_a_new_opening_after_each_turn(void **state)
{
	struct box *b = *state;
	fill(b);
	remember(b);
	begin(b, NOW + 10);
	assert_true(to_the_end(b, true) > 10);
	nothing_left(b);
}

/* The keyring has the new key, the database knows nothing of it. */
static void cut_before_the_database_knows(void **state)
{
	struct box *b = *state;
	fill(b);
	remember(b);
	OK(seal_numbers_new(b->st->seal, NOW + 1, NOW));
	box_reopen(b);
	assert_true(keys_busy(b->st));
	all_known(b);
	to_the_end(b, false);
	nothing_left(b);
}

/* No row is under the old key any more, and the keyring has it still. */
static void cut_before_the_old_key_goes(void **state)
{
	struct box *b = *state;
	char ring[120];
	fill(b);
	remember(b);
	begin(b, NOW + 10);
	copy_name(b, "ring", ring);
	while (keys_busy(b->st)) {
		store_close(b->st);
		copy(b->ring, ring);
		box_open(b);
		OK(keys_step(b->st, NOW + 20));
	}
	store_close(b->st);
	copy(ring, b->ring);
	unlink(ring);
	assert_int_equal(box_holds(b, wrapped, sizeof wrapped), 1);
	box_open(b);
	assert_false(keys_busy(b->st));
	all_known(b);
	nothing_left(b);
}

/* A file of before, and one of the middle, put back when their key is long gone. */
static void backups_are_found_anew(void **state)
{
	struct box *b = *state;
	char before[120], middle[120];
	const char *const files[] = { before, middle };
	copy_name(b, "before", before);
	copy_name(b, "middle", middle);
	fill(b);
	remember(b);
	store_close(b->st);
	copy(b->db, before);
	box_open(b);
	begin(b, NOW + 10);
	int64_t had = texts;
	while (number(b->db, "SELECT count(*) FROM meta WHERE name = 'numbers' AND value LIKE '% 2 %'") == 0)
		OK(keys_step(b->st, NOW + 20));
	store_close(b->st);
	copy(b->db, middle);
	box_open(b);
	while (keys_busy(b->st))
		OK(keys_step(b->st, NOW + 20));
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < 2; i++) {
			store_close(b->st);
			copy(files[i], b->db);
			box_open(b);
			texts = had;
			all_known(b);
			while (keys_busy(b->st)) /* the middle one's other keys */
				OK(keys_step(b->st, NOW + 30));
			all_known(b);
			nothing_left(b);
		}
		begin(b, NOW + 100 * (round + 1));
		while (keys_busy(b->st))
			OK(keys_step(b->st, NOW + 300));
	}
	unlink(before);
	unlink(middle);
}

/* A store whose numbers lie under the key of all the rest, as they did. */
static void a_store_of_before(void **state)
{
	struct box *b = *state;
	struct seal *k = b->st->seal;
	sqlite3 *db = NULL;
	memcpy(k->s->numbers[0], k->s->index, CRYPT_KEY);
	fill(b);
	store_close(b->st);
	b->st = NULL;
	assert_int_equal(sqlite3_open(b->ring, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM keys WHERE kind = 'index' AND ref = 1", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(sqlite3_open(b->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM meta WHERE name = 'numbers'; UPDATE ussd_sessions SET caller = NULL; "
				      "UPDATE sms_hours SET keyed = 0; UPDATE sms_last SET keyed = 0; VACUUM", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	memset(wrapped, 0xa5, sizeof wrapped); /* there is none yet */
	box_open(b);
	remember(b);
	memset(wrapped, 0xa5, sizeof wrapped);
	by_key = false; /* a caller who was in the midst of it begins anew, with his draft */
	assert_true(keys_busy(b->st));
	to_the_end(b, true);
	nothing_left(b);
	by_key = false;
	remember(b);
	begin(b, NOW + 10);
	to_the_end(b, false);
	nothing_left(b);
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_the_way), T(with_a_new_opening_after_each_turn), T(cut_before_the_database_knows),
		T(cut_before_the_old_key_goes), T(backups_are_found_anew), T(a_store_of_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
