/* test_audit.c - the audit's checkpoints and pruning: what is left verifies, what was tampered with
 * is found. */
#include "store_common.h"
#include <sqlite3.h>
#include "store/alerts.h"
#include "store/audit.h"
#include "store/cases.h"

#define DAY 86400

static void raw(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* Ten rows, one a day. */
static void ten(struct box *b)
{
	OK(store_begin(b->st));
	for (int i = 0; i < 10; i++)
		OK(audit_add(b->st, NOW + i * DAY, "C1", "case.read", "E26-0147-V", "ok", ""));
	OK(store_commit(b->st));
}

static void prune(struct box *b, int64_t before, int64_t want)
{
	int64_t rows, upto;
	OK(store_begin(b->st));
	OK(audit_prune(b->st, before, "cli:0", NOW + 20 * DAY, &rows, &upto));
	OK(store_commit(b->st));
	assert_int_equal(rows, want);
}

static void verifies(struct box *b, int64_t want)
{
	int64_t rows, bad;
	OK(audit_verify(b->st, &rows, &bad));
	assert_int_equal(rows, want);
	assert_int_equal(bad, 0);
}

static void breaks_after(struct box *b, const char *sql, int64_t where)
{
	int64_t rows, bad;
	store_close(b->st);
	b->st = NULL;
	raw(b->db, "DROP TRIGGER audit_kept_u; DROP TRIGGER IF EXISTS audit_kept_d;"
		   "DROP TRIGGER audit_checkpoints_kept_u; DROP TRIGGER audit_checkpoints_kept_d");
	raw(b->db, sql);
	box_open(b);
	RC(STORE_CORRUPT, audit_verify(b->st, &rows, &bad));
	assert_int_equal(bad, where);
}

/* A long record is checked and pruned a piece at a time, while it grows and turns are undone between. */
static void test_a_piece_at_a_time(void **state)
{
	struct box *b = *state;
	int64_t rows = 0, bad, upto, gone = 0;
	bool done = false;
	int n = 0;
	OK(store_begin(b->st));
	for (int i = 0; i < 2 * AUDIT_PIECE + 5000; i++)
		OK(audit_add(b->st, NOW + i, "C1", "case.read", "E26-0147-V", "ok", ""));
	OK(store_commit(b->st));
	for (; !done; n++) {
		OK(audit_verify_some(b->st, n == 0, &rows, &bad, &done));
		OK(store_begin(b->st));
		OK(audit_add(b->st, NOW + DAY + n, "C1", "case.read", "E26-0147-V", "ok", ""));
		OK(store_commit(b->st));
	}
	assert_int_equal(n, 3);
	assert_int_equal(rows, 2 * AUDIT_PIECE + 5000 + 2);
	OK(store_begin(b->st)); /* the walk goes over rows that are then undone */
	OK(audit_add(b->st, NOW + 2 * DAY, "C1", "case.read", "E26-0147-V", "ok", ""));
	OK(audit_verify_some(b->st, false, &rows, &bad, &done));
	store_rollback(b->st);
	OK(store_begin(b->st));
	OK(audit_add(b->st, NOW + 2 * DAY, "C2", "case.read", "E26-0147-V", "ok", ""));
	OK(store_commit(b->st));
	verifies(b, 2 * AUDIT_PIECE + 5000 + 4);
	for (n = 0;; n++) {
		OK(store_begin(b->st));
		int rc = audit_prune(b->st, NOW + DAY, "cli:0", NOW + 20 * DAY, &rows, &upto);
		if (rc == STORE_NONE)
			break;
		OK(rc);
		OK(store_commit(b->st));
		assert_true(rows <= AUDIT_PIECE);
		gone += rows;
		OK(audit_verify(b->st, &rows, &bad)); /* after each piece what is left verifies */
	}
	store_rollback(b->st);
	assert_int_equal(n, 3);
	assert_int_equal(gone, 2 * AUDIT_PIECE + 5000);
	/* A row altered behind what was checked is found at the next full look. */
	breaks_after(b, "UPDATE audit SET result = 'x' WHERE id = (SELECT min(id) FROM audit)", gone + 1);
}

static void test_pruning_leaves_a_chain(void **state)
{
	struct box *b = *state;
	struct audit_row rows[16];
	const struct audit_query all = { .since = 0 };
	size_t n;
	ten(b);
	prune(b, NOW + 4 * DAY, 4);
	verifies(b, 7); /* six, and the record of the pruning */
	OK(audit_find(b->st, &all, 0, rows, 16, &n));
	assert_int_equal(n, 7);
	assert_int_equal(rows[0].id, 5);
	assert_string_equal(rows[6].verb, "audit.prune");
	assert_string_equal(rows[6].object, "rows 1-4");
	box_reopen(b);
	ten(b);
	verifies(b, 17);
	prune(b, NOW + 6 * DAY, 2);
	verifies(b, 16);
	/* every row is old enough, and still its record is left */
	prune(b, NOW + 400 * DAY, 16);
	verifies(b, 1);
}

static void test_nothing_old_enough(void **state)
{
	struct box *b = *state;
	int64_t rows, upto;
	OK(store_begin(b->st));
	RC(STORE_NONE, audit_prune(b->st, NOW, "cli:0", NOW, &rows, &upto));
	store_rollback(b->st);
	ten(b);
	OK(store_begin(b->st));
	RC(STORE_NONE, audit_prune(b->st, NOW, "cli:0", NOW, &rows, &upto));
	store_rollback(b->st);
	verifies(b, 10);
}

/* A clock that stood wrong for a row: nothing younger than the day goes because of it. */
static void test_a_clock_set_back(void **state)
{
	struct box *b = *state;
	OK(store_begin(b->st));
	OK(audit_add(b->st, NOW, "C1", "a", "", "", ""));
	OK(audit_add(b->st, NOW + 9 * DAY, "C1", "b", "", "", ""));
	OK(audit_add(b->st, NOW + DAY, "C1", "c", "", "", ""));
	OK(store_commit(b->st));
	prune(b, NOW + 5 * DAY, 1);
	verifies(b, 3);
}

static void test_a_prune_rolled_back(void **state)
{
	struct box *b = *state;
	int64_t rows, upto;
	ten(b);
	OK(store_begin(b->st));
	OK(audit_prune(b->st, NOW + 4 * DAY, "cli:0", NOW + 20 * DAY, &rows, &upto));
	store_rollback(b->st);
	verifies(b, 10);
	prune(b, NOW + 4 * DAY, 4);
	verifies(b, 7);
}

static void test_checkpoint(void **state)
{
	struct box *b = *state;
	struct audit_checkpoint c, list[4];
	size_t n;
	OK(store_begin(b->st));
	RC(STORE_NONE, audit_checkpoint_add(b->st, "cli:0", NOW, &c));
	store_rollback(b->st);
	ten(b);
	OK(store_begin(b->st));
	OK(audit_checkpoint_add(b->st, "cli:0", NOW + 10 * DAY, &c));
	assert_int_equal(c.upto, 10);
	RC(STORE_NONE, audit_checkpoint_add(b->st, "cli:0", NOW + 10 * DAY, &c));
	OK(store_commit(b->st));
	verifies(b, 11);
	OK(audit_checkpoint_list(b->st, list, 4, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].row_at, NOW + 9 * DAY);
}

/* Rows behind a checkpoint may go only by a pruning that says so. */
static void test_taken_out_behind_a_checkpoint(void **state)
{
	struct box *b = *state;
	struct audit_checkpoint c;
	ten(b);
	OK(store_begin(b->st));
	OK(audit_checkpoint_add(b->st, "cli:0", NOW + 10 * DAY, &c));
	OK(store_commit(b->st));
	breaks_after(b, "DELETE FROM audit WHERE id <= 10", 1);
}

static void test_young_rows_do_not_go(void **state)
{
	struct box *b = *state;
	sqlite3 *db = NULL;
	ten(b);
	prune(b, NOW + 4 * DAY, 4);
	assert_int_equal(sqlite3_open(b->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM audit WHERE id = 5", NULL, NULL, NULL),
			 SQLITE_CONSTRAINT);
	sqlite3_close(db);
}

static void test_altered_after_pruning(void **state)
{
	ten(*state);
	prune(*state, NOW + 4 * DAY, 4);
	breaks_after(*state, "UPDATE audit SET who = 'C2' WHERE id = 7", 7);
}

static void test_more_taken_out_than_pruned(void **state)
{
	ten(*state);
	prune(*state, NOW + 4 * DAY, 4);
	breaks_after(*state, "DELETE FROM audit WHERE id = 5", 1);
}

static void test_checkpoint_altered(void **state)
{
	ten(*state);
	prune(*state, NOW + 4 * DAY, 4);
	breaks_after(*state, "UPDATE audit_checkpoints SET hash = zeroblob(32)", 1);
}

static void test_signature_altered(void **state)
{
	ten(*state);
	prune(*state, NOW + 4 * DAY, 4);
	breaks_after(*state, "UPDATE audit_checkpoints SET signature = zeroblob(64)", 1);
}

static void test_of_a_case(void **state)
{
	struct box *b = *state;
	struct case_row c = { .code = "E26-0147-V", .state = "closed", .age = -1, .n_children = -1,
			      .pupil = -1, .opened = NOW };
	struct alert_row a = { .rule = "C2", .subject = "E26-0147-V", .window = "opened", .state = "open" };
	struct audit_query q = { .code = "E26-0147-V", .opened = NOW };
	struct audit_row rows[16];
	bool fresh;
	size_t n;
	OK(store_begin(b->st));
	OK(case_add(b->st, &c, NOW, &q.case_id));
	a.case_id = q.case_id;
	OK(alert_raise(b->st, &a, NOW, &fresh));
	OK(audit_add(b->st, NOW, "O1", "case.open", "E26-0147-V", "new", ""));
	OK(audit_add(b->st, NOW, "system", "alert.raise", "alert 1", "sms:C1", "C2"));
	OK(audit_add(b->st, NOW, "system", "alert.raise", "alert 11", "sms:C1", "C2"));
	OK(audit_add(b->st, NOW, "C1", "case.read", "E26-0148-T", "ok", ""));
	OK(audit_add(b->st, NOW + DAY, "cli:0", "case.list", "open", "ok", ""));
	OK(store_commit(b->st));
	OK(audit_find(b->st, &q, 0, rows, 16, &n));
	assert_int_equal(n, 3);
	assert_string_equal(rows[0].verb, "case.open");
	assert_string_equal(rows[1].object, "alert 1");
	assert_string_equal(rows[2].verb, "case.list");
	q.who = "O1";
	OK(audit_find(b->st, &q, 0, rows, 16, &n));
	assert_int_equal(n, 1);
	q.who = NULL;
	q.since = NOW + 1;
	OK(audit_find(b->st, &q, 0, rows, 16, &n));
	assert_int_equal(n, 1);
	/* the key of a case gone, the chain stands */
	OK(store_forget_case(b->st, q.case_id, NOW + DAY));
	verifies(b, 5);
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_piece_at_a_time), T(test_pruning_leaves_a_chain), T(test_nothing_old_enough), T(test_a_clock_set_back),
		T(test_a_prune_rolled_back), T(test_checkpoint), T(test_taken_out_behind_a_checkpoint),
		T(test_young_rows_do_not_go), T(test_altered_after_pruning),
		T(test_more_taken_out_than_pruned), T(test_checkpoint_altered), T(test_signature_altered),
		T(test_of_a_case),
	};
	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
