/* test_diskfull.c - the n-th write or sync fails, for every n: the class of the error is right, the
 * store goes on as soon as the disk does, nothing acknowledged is missing, nothing is damaged. */
#include "tests/component/store_common.h"
#include "tests/component/store_vfs.h"

#include "store/cases.h"
#include "store/inbox.h"

static int fill_turn(struct store *st, int n)
{
	char octets[64];
	int64_t id, message;
	bool fresh, settled, whole, dup;
	int rc = store_begin(st);
	for (int i = 0; rc == STORE_OK && i < 4; i++) {
		const struct segment_new s = { .modem = "m1", .memory = "SM", .octets = octets,
					       .received = NOW + n * 86400, .len = 32 };
		const struct segment_facts f = { .sender = NUMBER_A, .sent = NOW };
		snprintf(octets, sizeof octets, "turn %05d part %02d ..............", n, i);
		rc = inbox_add_segment(st, &s, &id, &fresh, &settled);
		if (rc == STORE_OK)
			rc = inbox_join(st, id, &f, NOW, 60, &message, &whole, &dup);
		if (rc == STORE_OK)
			rc = inbox_set_text(st, message, octets, 32);
	}
	if (rc == STORE_OK) {
		struct case_row c = { .age = -1, .n_children = -1, .pupil = -1 };
		snprintf(c.code, sizeof c.code, "E26-%05d-V", n);
		rc = case_add(st, &c, NOW, &id);
	}
	if (rc == STORE_OK)
		rc = store_commit(st);
	if (store_in_turn(st))
		store_rollback(st);
	assert_false(store_in_turn(st));
	return rc;
}

static void arm(int at, int rc, bool stays)
{
	shim.ops = 0;
	shim.fail_at = at;
	shim.fail_rc = rc;
	shim.fail_stays = stays;
	shim.failed = false;
}

static void present(struct store *st, int n)
{
	struct case_row c;
	char code[24];
	snprintf(code, sizeof code, "E26-%05d-V", n);
	OK(case_by_code(st, code, &c));
}

static void whole(struct box *b, int n, bool *kept)
{
	struct message *m = calloc(1, sizeof *m);
	int64_t id = 0;
	int tries;
	b->o.vfs = NULL;
	box_reopen(b);
	for (int i = 0; i < n; i++) {
		if (kept[i])
			present(b->st, i);
	}
	while (inbox_next_ready(b->st, id, &id, &tries) == STORE_OK) {
		OK(inbox_load(b->st, id, m));
		assert_int_equal(m->text_len, 32);
	}
	store_close(b->st);
	b->st = NULL;
	shim_check(b->db);
	shim_check(b->ring);
	free(m);
}

/* One store lives through all of it. */
static void faults(int trust, int fault, bool stays, int want)
{
	static bool kept[2000];
	struct box b;
	char err[400] = "";
	int turn = 0;
	bool failed = true;
	shim_trust = trust;
	memset(kept, 0, sizeof kept);
	box_name(&b);
	b.o.vfs = "shim";
	OK(store_init(&b.o, err, sizeof err));
	box_open(&b);
	for (int n = 1; failed && n < 300; n++) {
		arm(n, fault, stays);
		int rc = fill_turn(b.st, turn);
		failed = shim.failed;
		kept[turn++] = rc == STORE_OK;
		/* A failing checkpoint after a commit is no failure of the commit. */
		if (rc != STORE_OK && rc != want)
			fail_msg("operation %d: %s (%s)", n, store_rc_name(rc), store_errmsg(b.st));
		arm(0, 0, false);
		rc = fill_turn(b.st, turn);
		if (rc != STORE_OK)
			fail_msg("after %d: %s (%s)", n, store_rc_name(rc), store_errmsg(b.st));
		kept[turn++] = true;
	}
	assert_false(failed);
	whole(&b, turn, kept);
	box_remove(b.dir);
}

static void every_fault(int fault, bool stays, int want)
{
	faults(SQLITE_IOCAP_POWERSAFE_OVERWRITE, fault, stays, want);
	faults(0, fault, stays, want);
}

static void test_full_once(void **state)
{
	(void)state;
	every_fault(SQLITE_FULL, false, STORE_FULL);
}

static void test_full_stays(void **state)
{
	(void)state;
	every_fault(SQLITE_FULL, true, STORE_FULL);
}

static void test_io_error_once(void **state)
{
	(void)state;
	every_fault(SQLITE_IOERR_WRITE, false, STORE_IO);
}

static void test_io_error_stays(void **state)
{
	(void)state;
	every_fault(SQLITE_IOERR_WRITE, true, STORE_IO);
}

/* The scrub on a full disk fails, says so, and is still wanted. */
static void test_scrub_is_tried_again(void **state)
{
	struct box *b = *state;
	int64_t id;
	store_close(b->st);
	b->o.vfs = "shim";
	box_open(b);
	OK(store_begin(b->st));
	OK(inbox_add_message(b->st, "console", NUMBER_A, "x", 1, NOW, NOW, NULL, &id));
	OK(inbox_redact(b->st, id, 0, "", 0));
	OK(store_commit(b->st));
	arm(1, SQLITE_FULL, true);
	RC(STORE_FULL, store_scrub(b->st));
	assert_true(store_needs_scrub(b->st));
	arm(0, 0, false);
	OK(store_scrub(b->st));
	assert_false(store_needs_scrub(b->st));
}

/* A turn the database took back by itself must not go on by autocommit. */
static void test_no_autocommit_after_full(void **state)
{
	struct box *b = *state;
	char value[8];
	store_close(b->st);
	b->o.vfs = "shim";
	box_open(b);
	OK(store_begin(b->st));
	OK(store_meta_put(b->st, "first", "1"));
	arm(1, SQLITE_FULL, true);
	int rc = store_commit(b->st);
	RC(STORE_FULL, rc);
	arm(0, 0, false);
	RC(STORE_STATE, store_meta_put(b->st, "second", "1"));
	RC(STORE_NONE, store_meta_get(b->st, "first", value, sizeof value));
	OK(store_begin(b->st));
	OK(store_meta_put(b->st, "second", "1"));
	OK(store_commit(b->st));
	OK(store_meta_get(b->st, "second", value, sizeof value));
}

static void test_a_reader_hinders_nobody(void **state)
{
	struct box *b = *state;
	char err[400] = "";
	struct store *r = NULL;
	struct store_options o = b->o;
	o.read_only = true;
	OK(store_open(&o, &r, err, sizeof err));
	OK(store_begin(b->st));
	OK(store_commit(b->st));
	store_close(r);
	RC(STORE_READONLY, store_init(&o, err, sizeof err));
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_once), cmocka_unit_test(test_full_stays),
		cmocka_unit_test(test_io_error_once), cmocka_unit_test(test_io_error_stays),
		T(test_scrub_is_tried_again), T(test_no_autocommit_after_full),
		T(test_a_reader_hinders_nobody),
	};
	shim_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
