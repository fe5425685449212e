/* test_retention.c - what ends: cases erased and made anonymous, holds of the law, what is old taken out; proved by
 * a search of every octet the store leaves. */
#include "tests/component/casebook.h"
#include "tests/component/files.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "gateway/hub/upkeep.h"
#include "store/erase.h"
#include "store/retain.h"

#define DAY 86400
#define NOTE "prane semaforit"

static void later(struct fx *f, int days)
{
	f->d.now += (int64_t)days * DAY;
}

/* A whole run by the configuration's terms; how many pieces it took. */
static int run(struct fx *f)
{
	struct retain_terms t;
	struct retain_run r;
	int n = 0;
	upkeep_terms(f->cf, f->d.now, &t);
	retain_begin(&r, &t);
	for (; r.on; n++) {
		int rc = retain_step(f->st, &r, f->d.now);
		if (rc != STORE_OK)
			fail_msg("%s: %s: %s", retain_name(r.rule), store_rc_name(rc), store_errmsg(f->st));
		assert_in_range(n, 0, 2000);
	}
	OK(store_scrub(f->st));
	int64_t rows, bad;
	OK(audit_verify(f->st, &rows, &bad));
	return n;
}

static void close_case(struct fx *f, const char *code)
{
	struct case_row c = book_case(f, code);
	fx_begin(f);
	OK(case_set_state(f->st, c.id, c.state, "closed", f->d.now));
	OK(case_event_add(f->st, c.id, f->d.now, "C1", "closed", "reintegrated", NULL, 0));
	OK(store_commit(f->st));
}

/* A case with a life: followed up, referred, placed in a class, judged. */
static struct case_row lived(struct fx *f)
{
	fx_ask(f, O1, "RAST LYP Z4 M11 " NOTE);
	fx_ask(f, O1, "NDJEK E26-0147-V takova familjen te " NOTE);
	fx_ask(f, O1, "REFERO E26-0147-V SSS");
	fx_ask(f, O1, "REGJISTRUAR E26-0147-V SH3 4B 9");
	fx_clear(f);
	return book_case(f, "E26-0147-V");
}

static bool file_holds(const char *path, const void *octets, size_t len)
{
	struct stat sb;
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	assert_int_equal(fstat(fd, &sb), 0);
	char *all = malloc((size_t)sb.st_size + 1);
	assert_non_null(all);
	ssize_t n = read(fd, all, (size_t)sb.st_size);
	bool found = n > 0 && memmem(all, (size_t)n, octets, len) != NULL;
	free(all);
	close(fd);
	return found;
}

static bool store_holds(const struct fx *f, const void *octets, size_t len)
{
	char wal[120];
	snprintf(wal, sizeof(wal), "%s-wal", f->db);
	return file_holds(f->db, octets, len) || file_holds(wal, octets, len);
}

#define SAMPLES 60
struct sample {
	uint8_t octets[64];
	size_t len;
};

/* The heads of every sealed value that lies under the case's key: nonce and ciphertext, found nowhere else. */
static size_t sealed_of(struct fx *f, int64_t case_id, struct sample *out)
{
	static const char *const queries[] = {
		"SELECT note FROM case_events WHERE case_id = ?1 AND note IS NOT NULL",
		"SELECT text FROM messages WHERE case_id = ?1 AND text IS NOT NULL",
		"SELECT octets FROM segments WHERE message IN (SELECT id FROM messages WHERE case_id = ?1) AND octets IS NOT NULL",
		"SELECT body FROM outbox WHERE case_id = ?1 AND body IS NOT NULL",
	};
	sqlite3 *db = NULL;
	size_t n = 0;
	assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		sqlite3_stmt *s = NULL;
		assert_int_equal(sqlite3_prepare_v2(db, queries[i], -1, &s, NULL), SQLITE_OK);
		sqlite3_bind_int64(s, 1, case_id);
		size_t before = n;
		while (sqlite3_step(s) == SQLITE_ROW && n < SAMPLES) {
			size_t len = (size_t)sqlite3_column_bytes(s, 0);
			out[n].len = len < 64 ? len : 48;
			memcpy(out[n].octets, sqlite3_column_blob(s, 0), out[n].len);
			n++;
		}
		assert_true(n > before); /* the case has some of each */
		sqlite3_finalize(s);
	}
	sqlite3_close(db);
	return n;
}

/* ---- erasing --------------------------------------------------------------------------------- */

static void test_erased_is_erased(void **state)
{
	struct fx *f = *state;
	static struct sample s[SAMPLES];
	char path[120];
	struct case_row c = lived(f), gone;

	close_case(f, "E26-0147-V");
	OK(store_scrub(f->st));
	size_t n = sealed_of(f, c.id, s);
	file_copy(f, path);
	for (size_t i = 0; i < n; i++)
		assert_true(file_holds(path, s[i].octets, s[i].len));
	OK(store_forget_case(f->st, c.id, f->d.now));
	OK(store_compact(f->st, f->d.now, STORE_COMPACT_MAX));
	for (size_t i = 0; i < n; i++)
		assert_false(store_holds(f, s[i].octets, s[i].len));
	/* Nothing that was said of the child stands anywhere, but for the code. */
	assert_int_equal(case_by_code(f->st, "E26-0147-V", &gone), STORE_NONE);
	assert_int_equal(file_number(f, "SELECT count(*) FROM case_events"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM referrals"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM case_slots"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM followups"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM readings WHERE keys <> ''"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM outbox WHERE case_id IS NOT NULL AND body IS NOT NULL"), 0);
	assert_false(store_holds(f, "begging", 7));
	assert_false(store_holds(f, "SSS", 3) && file_number(f, "SELECT count(*) FROM outbox WHERE agency = 'SSS'") == 0);
	int64_t rows, bad;
	OK(audit_verify(f->st, &rows, &bad));
	/* A wrong code and an erased one are answered alike. */
	char wrong[200];
	snprintf(wrong, sizeof(wrong), "%s", fx_ask(f, O1, "STATUS E26-0999-A"));
	assert_string_equal(fx_ask(f, O1, "STATUS E26-0147-V"), wrong);
	/* The backup's octets are there still, and nothing opens them: it is put in the store's place. */
	file_put_back(f, path);
	OK(case_by_code(f->st, "E26-0147-V", &gone));
	struct case_event ev[64];
	size_t k;
	OK(case_events(f->st, gone.id, ev, 64, &k));
	assert_true(k > 3);
	for (size_t i = 0; i < k; i++)
		assert_string_equal(ev[i].note, "");
	/* ... until what was erased is erased again. */
	int64_t after = 0;
	OK(erase_again(f->st, f->d.now, &after));
	assert_int_equal(erase_again(f->st, f->d.now, &after), STORE_NONE);
	assert_int_equal(case_by_code(f->st, "E26-0147-V", &gone), STORE_NONE);
	assert_int_equal(file_number(f, "SELECT count(*) FROM case_events"), 0);
}

static void open_again(struct fx *f)
{
	store_close(f->st);
	f->st = NULL;
	fx_open_store(f);
}

/* By a hub that knows nothing of the erasure; one that may not yet leaves it owed. */
static void test_compact_outlives_a_restart(void **state)
{
	struct fx *f = *state;
	struct case_row c = lived(f);
	struct upkeep first = { .cf = f->cf }, second = { .cf = f->cf };

	close_case(f, "E26-0147-V");
	open_again(f);
	assert_false(store_needs_compact(f->st));
	fx_begin(f);
	OK(erasure_add(f->st, c.id, "C1", "D1", f->d.now));
	fx_commit(f);
	OK(upkeep_step(&first, f->st, f->d.now));
	assert_int_equal(file_number(f, "SELECT count(*) FROM cases WHERE erased IS NULL"), 0);
	assert_true(store_needs_compact(f->st));
	open_again(f);
	assert_true(store_needs_compact(f->st));
	assert_int_equal(store_compact(f->st, f->d.now, 1), STORE_BOUND);
	open_again(f);
	assert_true(upkeep_busy(&second, f->st, f->d.now));
	while (upkeep_busy(&second, f->st, f->d.now))
		OK(upkeep_step(&second, f->st, f->d.now));
	assert_false(store_needs_compact(f->st));
	assert_int_equal(file_number(f, "SELECT value FROM meta WHERE name = 'compacted'"), f->d.now);
	assert_int_equal(file_number(f, "SELECT freelist_count FROM pragma_freelist_count()"), 0);
	open_again(f);
	assert_false(store_needs_compact(f->st));
	assert_false(upkeep_busy(&second, f->st, f->d.now));
}

/* What a run of retention made anonymous before it was cut off is not left in a page until the next week. */
static void test_compact_outlives_a_run_cut_off(void **state)
{
	struct fx *f = *state;
	struct retain_terms t;
	struct retain_run r;
	struct upkeep next = { .cf = f->cf };

	lived(f);
	close_case(f, "E26-0147-V");
	OK(store_compact(f->st, f->d.now + 368 * DAY, STORE_COMPACT_MAX));
	later(f, 368);
	upkeep_terms(f->cf, f->d.now, &t);
	retain_begin(&r, &t);
	for (int n = 0; r.taken[RETAIN_CASES] == 0; n++) {
		assert_true(r.on && n < 2000);
		OK(retain_step(f->st, &r, f->d.now));
	}
	open_again(f);
	assert_true(upkeep_busy(&next, f->st, f->d.now));
	while (upkeep_busy(&next, f->st, f->d.now))
		OK(upkeep_step(&next, f->st, f->d.now));
	assert_false(store_needs_compact(f->st));
	assert_int_equal(file_number(f, "SELECT value FROM meta WHERE name = 'compact'"), 0);
}

static void test_open_and_held_cases_stay(void **state)
{
	struct fx *f = *state;
	struct case_row c = lived(f);
	struct legal_hold h;

	assert_int_equal(store_forget_case(f->st, c.id, f->d.now), STORE_STATE);
	assert_non_null(strstr(store_errmsg(f->st), "open"));
	close_case(f, "E26-0147-V");
	fx_begin(f);
	OK(hold_put(f->st, c.id, "cli:0", "prosecution 12/2026", f->d.now));
	assert_int_equal(hold_put(f->st, c.id, "cli:0", "again", f->d.now), STORE_EXISTS);
	fx_commit(f);
	OK(hold_of(f->st, c.id, &h));
	assert_string_equal(h.reason, "prosecution 12/2026");
	assert_false(store_holds(f, "prosecution", 11));
	assert_int_equal(store_forget_case(f->st, c.id, f->d.now), STORE_STATE);
	assert_string_equal(store_errmsg(f->st), "legal hold");
	later(f, 3 * 366);
	run(f);
	assert_string_equal(book_case(f, "E26-0147-V").concerns, "begging");
	/* Two persons agreed: it is refused all the same, on record, and waits no more. */
	char code[24];
	fx_begin(f);
	OK(erasure_add(f->st, c.id, "C1", "D1", f->d.now));
	fx_commit(f);
	assert_int_equal(erasure_step(f->st, f->d.now, code), STORE_STATE);
	assert_string_equal(code, "E26-0147-V");
	assert_int_equal(erasure_step(f->st, f->d.now, code), STORE_NONE);
	assert_int_equal(file_number(f, "SELECT count(*) FROM audit WHERE verb = 'case.erase' AND result = 'legal hold'"), 1);
	fx_begin(f);
	OK(hold_release(f->st, c.id, "cli:0", f->d.now));
	assert_int_equal(hold_release(f->st, c.id, "cli:0", f->d.now), STORE_STATE);
	OK(erasure_add(f->st, c.id, "C1", "D1", f->d.now));
	store_rollback(f->st);
	assert_int_equal(erasure_step(f->st, f->d.now, code), STORE_NONE);
	fx_begin(f);
	OK(hold_release(f->st, c.id, "cli:0", f->d.now));
	OK(erasure_add(f->st, c.id, "C1", "D1", f->d.now));
	fx_commit(f);
	OK(erasure_step(f->st, f->d.now, code));
	struct case_row gone;
	assert_int_equal(case_by_code(f->st, "E26-0147-V", &gone), STORE_NONE);
	assert_int_equal(file_number(f, "SELECT count(*) FROM legal_holds"), 0);
}

/* Each table with rows of a case is one that the lists know. */
static void test_no_table_of_cases_is_left_out(void **state)
{
	struct fx *f = *state;
	static const char *const known[] = { "messages", "outbox", "case_events", "alerts", "case_dues", "followups",
					     "referrals", "confirmations", "tasks", "case_slots", "progress", "returns",
					     "legal_holds", "erasures" };
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	assert_int_equal(sqlite3_open(f->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p WHERE "
					    "m.type = 'table' AND p.name = 'case_id'", -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(s, 0);
		bool found = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found |= strcmp(known[i], name) == 0;
		if (!found)
			fail_msg("table %s has rows of cases: store/erase.c must say what becomes of them", name);
	}
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static void test_duplicates_go_with_their_case(void **state)
{
	struct fx *f = *state;
	struct case_row c = lived(f), d;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	d = book_newest(f);
	fx_begin(f);
	OK(case_merge(f->st, d.id, d.state, c.id, f->d.now));
	fx_commit(f);
	close_case(f, "E26-0147-V");
	OK(store_forget_case(f->st, c.id, f->d.now));
	assert_int_equal(file_number(f, "SELECT count(*) FROM cases WHERE erased IS NULL"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM case_events"), 0);
}

/* ---- retention ------------------------------------------------------------------------------- */

static void test_closed_cases_become_anonymous(void **state)
{
	struct fx *f = *state;
	static struct sample s[SAMPLES];
	struct case_row c = lived(f), left;

	close_case(f, "E26-0147-V");
	size_t n = sealed_of(f, c.id, s);
	later(f, 363);
	run(f);
	assert_string_equal(book_case(f, "E26-0147-V").owner, "O1");
	later(f, 5);
	run(f);
	assert_int_equal(case_by_code(f->st, "E26-0147-V", &left), STORE_NONE);
	OK(case_by_id(f->st, c.id, &left));
	assert_string_equal(left.concerns, "begging");
	assert_string_equal(left.zone, "Z4");
	assert_string_equal(left.sex, "M");
	assert_int_equal(left.age, 6); /* of 6 to 11 */
	assert_string_equal(left.owner, "");
	assert_string_equal(left.school, "");
	assert_true(left.opened == c.opened);
	for (size_t i = 0; i < n; i++)
		assert_false(store_holds(f, s[i].octets, s[i].len));
	assert_true(file_number(f, "SELECT count(*) FROM case_events WHERE what = 'closed' AND detail = 'reintegrated'") == 1);
	assert_int_equal(file_number(f, "SELECT count(*) FROM case_events WHERE who <> '' OR note IS NOT NULL"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM referrals WHERE agency = 'SSS' AND sender = '-'"), 1);
	assert_int_equal(file_number(f, "SELECT count(*) FROM case_slots WHERE school <> ''"), 0);
	run(f); /* a second one finds nothing more */
}

static void test_old_rows_go(void **state)
{
	struct fx *f = *state;

	fx_ask(f, T1, "MUNGESE 5A 12 17");
	fx_ask(f, STRANGER, "pershendetje kush jeni");
	fx_ask(f, T1, "xyz qwe");
	assert_true(file_number(f, "SELECT count(*) FROM readings WHERE keys <> ''") > 0);
	later(f, 8);
	run(f);
	assert_int_equal(file_number(f, "SELECT count(*) FROM messages WHERE text IS NOT NULL AND state = 'read'"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM readings r JOIN messages m ON m.id = r.message WHERE keys <> '' AND "
				   "m.state = 'read'"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM absences"), 2);
	assert_true(file_number(f, "SELECT count(*) FROM outbox") > 0);
	later(f, 23);
	run(f);
	assert_int_equal(file_number(f, "SELECT count(*) FROM messages WHERE state IN ('queued', 'quarantined')"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM messages WHERE text IS NOT NULL"), 0);
	later(f, 60);
	run(f);
	assert_int_equal(file_number(f, "SELECT count(*) FROM outbox"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM attempts"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM messages WHERE length(sender) > 0"), 0);
	assert_true(file_number(f, "SELECT count(*) FROM audit WHERE verb = 'retention' AND object = 'deliveries'") > 0);
	/* A message whose sender is gone can still be shown. */
	struct message m;
	OK(inbox_load(f->st, 1, &m));
	assert_string_equal(m.sender, "");
}

static void test_absences_become_sums(void **state)
{
	struct fx *f = *state;

	fx_at(f, "2026-11-18T10:15");
	fx_ask(f, T1, "MUNGESE 5A 12 17");
	fx_at(f, "2028-07-30T10:15"); /* the school year after its own ends with July */
	run(f);
	assert_int_equal(file_number(f, "SELECT count(*) FROM absences"), 2);
	fx_at(f, "2028-08-02T10:15");
	run(f);
	assert_int_equal(file_number(f, "SELECT count(*) FROM absences"), 0);
	assert_int_equal(file_number(f, "SELECT count(*) FROM pupil_years"), 0);
	assert_int_equal(file_number(f, "SELECT missed FROM class_years WHERE year = 2026"), 2);
	assert_int_equal(file_number(f, "SELECT missed FROM class_days WHERE day = '2026-11-18'"), 2);
}

static void test_numbers_of_leavers_go(void **state)
{
	struct fx *f = *state;
	char num[40];
	struct reporter r;

	fx_begin(f);
	OK(roster_set_active(f->st, "T2", false, f->d.now));
	fx_commit(f);
	later(f, 29);
	run(f);
	OK(roster_number(f->st, "T2", num, sizeof(num)));
	later(f, 3);
	run(f);
	assert_int_equal(roster_number(f->st, "T2", num, sizeof(num)), STORE_NONE);
	assert_int_equal(roster_by_number(f->st, T2, &r), STORE_NONE);
	OK(roster_by_id(f->st, "T2", &r));
	OK(roster_number(f->st, "T1", num, sizeof(num)));
	/* Somebody else may have that number now, and he may come back with another. */
	fx_begin(f);
	fx_person(f, "T9", T2, "teacher", "SH1", "5A", "");
	fx_person(f, "T2", "+355691000099", "teacher", "SH1", "5A", "");
	fx_commit(f);
	OK(roster_number(f->st, "T2", num, sizeof(num)));
}

static void test_audit_is_pruned_by_months(void **state)
{
	struct fx *f = *state;

	fx_ask(f, T1, "MUNGESE 5A 12");
	int64_t before = file_number(f, "SELECT count(*) FROM audit");
	later(f, 5 * 365);
	run(f);
	assert_true(file_number(f, "SELECT count(*) FROM audit") >= before);
	later(f, 40);
	run(f);
	assert_int_equal(file_number(f, "SELECT count(*) FROM audit WHERE at < strftime('%s', '2026-12-01')"), 0);
}

static void test_dry_run_counts_what_goes(void **state)
{
	struct fx *f = *state;
	struct retain_terms t;
	int64_t n;

	lived(f);
	close_case(f, "E26-0147-V");
	fx_ask(f, T1, "MUNGESE 5A 12 17");
	later(f, 3 * 366);
	upkeep_terms(f->cf, f->d.now, &t);
	OK(retain_count(f->st, RETAIN_CASES, &t, &n));
	assert_int_equal(n, 1);
	OK(retain_count(f->st, RETAIN_ATTENDANCE, &t, &n));
	assert_true(n >= 2);
	for (int i = 0; i < RETAIN_RULES; i++)
		OK(retain_count(f->st, (enum retain_rule)i, &t, &n));
	run(f);
	for (int i = 0; i < RETAIN_AUDIT; i++) {
		OK(retain_count(f->st, (enum retain_rule)i, &t, &n));
		if (n)
			fail_msg("%s: %lld are left", retain_name((enum retain_rule)i), (long long)n);
	}
}

#define EACH(t) cmocka_unit_test_setup_teardown(t, book_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_erased_is_erased),
		EACH(test_compact_outlives_a_restart),
		EACH(test_compact_outlives_a_run_cut_off),
		EACH(test_open_and_held_cases_stay),
		EACH(test_no_table_of_cases_is_left_out),
		EACH(test_duplicates_go_with_their_case),
		EACH(test_closed_cases_become_anonymous),
		EACH(test_old_rows_go),
		EACH(test_absences_become_sums),
		EACH(test_numbers_of_leavers_go),
		EACH(test_audit_is_pruned_by_months),
		EACH(test_dry_run_counts_what_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
