/* test_powercut.c - the power goes at each sync in turn; what store_commit acknowledged must be there
 * and every sealed value must open.  Whatever was not synced is taken as lost. */
#include "tests/component/store_common.h"
#include "tests/component/store_vfs.h"

#include "store/cases.h"
#include "store/inbox.h"
#include "store/outbox.h"

#define TURNS 8

struct told { /* what was acknowledged while there was power */
	bool made;
	int turns;
	bool claimed;
};

static struct outbox_item *item;

static bool power(void)
{
	return shim.cut < 0 || shim.syncs <= shim.cut;
}

static int64_t add_segment(struct store *st, int turn)
{
	char octets[32];
	int64_t id;
	bool fresh, settled;
	/* Each turn on a day of its own, so that each makes a key. */
	const struct segment_new n = { .modem = "m1", .memory = "SM", .received = NOW + turn * 86400,
				       .octets = octets, .len = 16 };
	snprintf(octets, sizeof octets, "segment of %05d", turn);
	OK(inbox_add_segment(st, &n, &id, &fresh, &settled));
	return id;
}

static void add_case(struct store *st, int turn)
{
	struct case_row c = { .age = -1, .n_children = -1, .pupil = -1 };
	int64_t id, out;
	snprintf(c.code, sizeof c.code, "E26-%04d-V", turn);
	OK(case_add(st, &c, NOW, &id));
	OK(case_event_add(st, id, NOW, "O1", "note", "", "a sealed note", 13));
	const struct outbox_new o = { .leg = OUTBOX_HTTP, .kind = "alert", .agency = "NJMF",
				      .event = "case.new", .body = "{}", .len = 2, .case_id = id };
	OK(outbox_add(st, &o, NOW, &out, NULL, 0));
}

static void one_turn(struct store *st, int turn)
{
	OK(store_begin(st));
	add_segment(st, turn);
	if (turn % 2)
		add_case(st, turn);
	if (turn == 4)
		OK(outbox_claim(st, OUTBOX_HTTP, NOW, "w1", NULL, item));
	OK(store_commit(st));
}

static void run(struct box *b, int cut, struct told *told)
{
	char err[400] = "";
	struct store *st = NULL;
	memset(&shim, 0, sizeof shim);
	memset(told, 0, sizeof *told);
	shim.copies = true;
	shim.cut = cut;
	b->o.vfs = "shim";
	OK(store_init(&b->o, err, sizeof err));
	told->made = power();
	OK(store_open(&b->o, &st, err, sizeof err));
	for (int i = 0; i < TURNS; i++) {
		one_turn(st, i);
		if (power())
			told->turns = i + 1;
		if (i == 4)
			told->claimed = power();
		if (i == 5)
			OK(store_scrub(st));
	}
	/* Unread segments go under a new key before their days' keys are destroyed, whenever it ends. */
	int64_t renewed, keys;
	OK(store_expire_days(st, NOW + 4 * 86400, NOW + 30 * 86400, &renewed, &keys));
	assert_true(renewed >= 4 && keys >= 4);
	store_close(st);
}

/* The files as they lie on the disk when the power comes back. */
static void come_back(struct box *b)
{
	char copy[200], gone[200];
	const char *const files[] = { b->db, b->ring };
	for (size_t i = 0; i < 2; i++) {
		static const char *const side[] = { "", "-wal", "-shm", "-journal" };
		for (size_t j = 0; j < 4; j++) {
			snprintf(gone, sizeof gone, "%s%s", files[i], side[j]);
			snprintf(copy, sizeof copy, "%s%s.durable", files[i], side[j]);
			bool was = access(gone, F_OK) == 0;
			unlink(gone);
			if (access(copy, F_OK) == 0)
				rename(copy, gone);
			else if (j == 0 && was) /* its name is durable, its content is not */
				close(open(gone, O_CREAT | O_WRONLY, 0600));
		}
	}
}

static void all_opens(struct store *st, const struct told *told, int cut)
{
	struct segment s = { .id = 0 };
	struct case_event ev;
	struct case_row c;
	char want[32];
	int64_t n = 0;
	size_t found;
	int rc;
	while ((rc = inbox_next_segment(st, s.id, &s)) == STORE_OK) {
		snprintf(want, sizeof want, "segment of %05d", (int)n);
		assert_memory_equal(s.octets, want, 16);
		n++;
	}
	if (rc != STORE_NONE)
		fail_msg("cut %d: %s", cut, store_errmsg(st));
	assert_true(n >= told->turns);
	for (int i = 1; i < n; i += 2) {
		snprintf(want, sizeof want, "E26-%04d-V", i);
		OK(case_by_code(st, want, &c));
		OK(case_events(st, c.id, &ev, 1, &found));
		assert_int_equal(found, 1);
		assert_string_equal(ev.note, "a sealed note");
	}
	for (int64_t id = 1; id < 8 && outbox_load(st, id, item) == STORE_OK; id++)
		assert_string_equal(item->body, "{}");
	if (told->claimed) {
		OK(outbox_load(st, 1, item));
		assert_string_equal(item->state, "inflight");
		assert_int_equal(item->attempts, 1);
	}
}

static int cut_at(int cut)
{
	struct box b;
	struct told told;
	char err[400] = "";
	struct store *st = NULL;
	box_name(&b);
	run(&b, cut, &told);
	int syncs = shim.syncs;
	if (cut >= 0) {
		come_back(&b);
		b.o.vfs = NULL;
		if (told.made) {
			shim_check(b.db);
			shim_check(b.ring);
		}
		/* What the making left half done is finished by the next try. */
		int rc = told.made ? STORE_OK : store_init(&b.o, err, sizeof err);
		if (rc == STORE_OK)
			rc = store_open(&b.o, &st, err, sizeof err);
		if (rc != STORE_OK)
			fail_msg("cut %d: %s: %s", cut, store_rc_name(rc), err);
		all_opens(st, &told, cut);
		OK(store_begin(st));
		add_segment(st, 99);
		OK(store_commit(st));
		store_close(st);
	}
	box_remove(b.dir);
	return syncs;
}

static void test_every_sync(void **state)
{
	shim_trust = *state ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
	int syncs = cut_at(-1);
	assert_true(syncs > 2 * TURNS);
	for (int cut = 0; cut <= syncs; cut++)
		cut_at(cut);
}

int main(void)
{
	static int safe = 1;
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_sync),
					    cmocka_unit_test_prestate(test_every_sync, &safe) };
	shim_register();
	item = calloc(1, sizeof *item);
	if (!item)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	free(item);
	return rc;
}
