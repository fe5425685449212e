/* test_store_outbox.c - claims, outcomes, delivery reports, mending after a lost worker. */
#include "tests/component/store_common.h"

#include "store/cases.h"
#include "store/outbox.h"

static struct outbox_item *item; /* 20 kB: not on the stack of each test */

static int64_t sms(struct box *b, const char *number, bool urgent)
{
	const struct outbox_new o = { .leg = OUTBOX_SMS, .kind = "alert", .reporter = "T1",
				      .number = number, .body = "BODYOFANSMS", .len = 11,
				      .urgent = urgent };
	int64_t id = 0;
	OK(outbox_add(b->st, &o, NOW, &id, NULL, 0));
	return id;
}

static int64_t http(struct box *b, const char *agency, int64_t case_id)
{
	const struct outbox_new o = { .leg = OUTBOX_HTTP, .kind = "notice", .agency = agency,
				      .event = "case.new", .body = "{}", .len = 2, .case_id = case_id };
	int64_t id = 0;
	char uid[40] = "";
	OK(outbox_add(b->st, &o, NOW, &id, uid, sizeof uid));
	assert_memory_equal(uid, "msg_", 4);
	return id;
}

static void claims(struct box *b, enum outbox_leg leg, const char *skip, int64_t want)
{
	OK(outbox_claim(b->st, leg, NOW, "w1", skip, item));
	assert_int_equal(item->id, want);
}

static void state_is(struct box *b, int64_t id, const char *want)
{
	OK(outbox_load(b->st, id, item));
	assert_string_equal(item->state, want);
}

static void test_add_and_load(void **state)
{
	struct box *b = *state;
	char uid[40];
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, true);
	int64_t h = http(b, "NJMF", 0);
	OK(store_commit(b->st));
	OK(outbox_load(b->st, a, item));
	assert_string_equal(item->number, NUMBER_A);
	assert_string_equal(item->body, "BODYOFANSMS");
	assert_int_equal(item->len, 11);
	assert_int_equal(item->leg, OUTBOX_SMS);
	assert_true(item->urgent);
	assert_string_equal(item->state, "queued");
	OK(outbox_load(b->st, h, item));
	assert_string_equal(item->agency, "NJMF");
	assert_string_equal(item->event, "case.new");
	snprintf(uid, sizeof uid, "%s", item->uid);
	box_reopen(b);
	OK(outbox_load(b->st, h, item));
	assert_string_equal(item->uid, uid);
	RC(STORE_NONE, outbox_load(b->st, 999, item));
	assert_int_equal(box_holds(b, "BODYOFANSMS", 11), 0);
	assert_int_equal(box_holds(b, &NUMBER_A[4], 9), 0);
}

static void test_add_bounds(void **state)
{
	struct box *b = *state;
	static char big[OUTBOX_BODY_MAX + 1];
	struct outbox_new o = { .leg = OUTBOX_SMS, .kind = "reply", .body = big };
	int64_t id;
	char uid[8];
	OK(store_begin(b->st));
	RC(STORE_BOUND, outbox_add(b->st, &o, NOW, &id, NULL, 0));
	o.number = NUMBER_A;
	o.len = OUTBOX_BODY_MAX;
	RC(STORE_BOUND, outbox_add(b->st, &o, NOW, &id, NULL, 0));
	o.len = OUTBOX_BODY_MAX - 1;
	RC(STORE_BOUND, outbox_add(b->st, &o, NOW, &id, uid, sizeof uid));
	OK(outbox_add(b->st, &o, NOW, &id, NULL, 0));
	o.alert = 77;
	RC(STORE_NONE, outbox_add(b->st, &o, NOW, &id, NULL, 0));
	store_rollback(b->st);
}

static void test_urgent_first_then_fair(void **state)
{
	struct box *b = *state;
	OK(store_begin(b->st));
	int64_t a1 = sms(b, NUMBER_A, false), a2 = sms(b, NUMBER_A, false), a3 = sms(b, NUMBER_A, false);
	int64_t b1 = sms(b, NUMBER_B, false), u = sms(b, NUMBER_C, true);
	claims(b, OUTBOX_SMS, NULL, u);
	claims(b, OUTBOX_SMS, NULL, a1);
	claims(b, OUTBOX_SMS, NULL, b1);
	/* Who comes late does not wait behind the whole backlog of another. */
	int64_t c1 = sms(b, NUMBER_C, false);
	claims(b, OUTBOX_SMS, NULL, c1);
	claims(b, OUTBOX_SMS, NULL, a2);
	claims(b, OUTBOX_SMS, NULL, a3);
	RC(STORE_NONE, outbox_claim(b->st, OUTBOX_SMS, NOW, "w1", NULL, item));
	OK(store_commit(b->st));
	box_reopen(b);
	OK(store_begin(b->st));
	RC(STORE_NONE, outbox_claim(b->st, OUTBOX_HTTP, NOW, "w1", NULL, item));
	OK(store_commit(b->st));
}

static void test_skip(void **state)
{
	struct box *b = *state;
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, true), c = sms(b, NUMBER_B, false);
	claims(b, OUTBOX_SMS, NUMBER_C " " NUMBER_A, c);
	RC(STORE_NONE, outbox_claim(b->st, OUTBOX_SMS, NOW, "w1", NUMBER_A, item));
	claims(b, OUTBOX_SMS, "", a);
	int64_t h = http(b, "NJMF", 0), t = http(b, "TV", 0);
	claims(b, OUTBOX_HTTP, "NJMF", t);
	claims(b, OUTBOX_HTTP, " TV  ", h);
	OK(store_commit(b->st));
}

static void test_due_times(void **state)
{
	struct box *b = *state;
	struct outbox_new o = { .leg = OUTBOX_SMS, .kind = "reply", .number = NUMBER_A, .body = "x",
				.len = 1, .not_before = NOW + 60, .expires = NOW + 120 };
	int64_t id, at, n;
	OK(store_begin(b->st));
	RC(STORE_NONE, outbox_next_due(b->st, OUTBOX_SMS, &at));
	OK(outbox_add(b->st, &o, NOW, &id, NULL, 0));
	OK(outbox_next_due(b->st, OUTBOX_SMS, &at));
	assert_int_equal(at, NOW + 60);
	RC(STORE_NONE, outbox_next_due(b->st, OUTBOX_HTTP, &at));
	RC(STORE_NONE, outbox_claim(b->st, OUTBOX_SMS, NOW + 59, "w1", NULL, item));
	RC(STORE_NONE, outbox_claim(b->st, OUTBOX_SMS, NOW + 120, "w1", NULL, item));
	OK(outbox_expire(b->st, NOW + 119, &n));
	assert_int_equal(n, 0);
	OK(outbox_expire(b->st, NOW + 120, &n));
	assert_int_equal(n, 1);
	state_is(b, id, "expired");
	RC(STORE_STATE, outbox_retry(b->st, id, NOW + 130));
	OK(store_commit(b->st));
}

static void test_sms_outcomes(void **state)
{
	struct box *b = *state;
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, false);
	RC(STORE_STATE, outbox_sent(b->st, a, NOW, 7, ""));
	RC(STORE_STATE, outbox_delivered(b->st, a, NOW, 0, ""));
	RC(STORE_STATE, outbox_defer(b->st, a, NOW, NOW + 9, 0, ""));
	RC(STORE_STATE, outbox_part_sent(b->st, a, 1, 7, NOW));
	RC(STORE_STATE, outbox_fail(b->st, a, NOW, "uncertain", 0, ""));
	RC(STORE_STATE, outbox_fail(b->st, a, NOW, "lost", 0, ""));
	claims(b, OUTBOX_SMS, NULL, a);
	assert_string_equal(item->state, "submitting");
	assert_int_equal(item->attempts, 1);
	OK(outbox_defer(b->st, a, NOW, NOW + 30, 38, "CMS 38"));
	state_is(b, a, "queued");
	assert_int_equal(item->not_before, NOW + 30);
	assert_string_equal(item->reason, "CMS 38");
	OK(outbox_claim(b->st, OUTBOX_SMS, NOW + 30, "w1", NULL, item));
	assert_int_equal(item->attempts, 2);
	OK(outbox_fail(b->st, a, NOW, "uncertain", -1, "no answer"));
	state_is(b, a, "uncertain");
	RC(STORE_NONE, outbox_claim(b->st, OUTBOX_SMS, NOW + 99, "w1", NULL, item));
	OK(outbox_retry(b->st, a, NOW + 100));
	OK(outbox_claim(b->st, OUTBOX_SMS, NOW + 100, "w1", NULL, item));
	OK(outbox_sent(b->st, a, NOW + 101, 9, ""));
	state_is(b, a, "sent");
	RC(STORE_STATE, outbox_sent(b->st, a, NOW, 7, ""));
	RC(STORE_STATE, outbox_retry(b->st, a, NOW));
	RC(STORE_STATE, outbox_drop(b->st, a, NOW, ""));
	RC(STORE_STATE, outbox_fail(b->st, a, NOW, "dead", 0, ""));
	OK(outbox_delivered(b->st, a, NOW, 0, ""));
	RC(STORE_STATE, outbox_delivered(b->st, a, NOW, 0, ""));
	RC(STORE_STATE, outbox_fail(b->st, a, NOW, "failed", 0, ""));
	OK(store_commit(b->st));
}

static void test_http_outcomes(void **state)
{
	struct box *b = *state;
	char uid[40];
	int64_t n;
	OK(store_begin(b->st));
	int64_t h = http(b, "NJMF", 0);
	claims(b, OUTBOX_HTTP, NULL, h);
	snprintf(uid, sizeof uid, "%s", item->uid);
	assert_string_equal(item->state, "inflight");
	RC(STORE_STATE, outbox_sent(b->st, h, NOW, 1, ""));
	RC(STORE_STATE, outbox_fail(b->st, h, NOW, "uncertain", 0, ""));
	OK(outbox_defer(b->st, h, NOW, NOW, 503, "503"));
	claims(b, OUTBOX_HTTP, NULL, h);
	assert_string_equal(item->uid, uid);
	OK(outbox_fail(b->st, h, NOW, "dead", 410, "gone"));
	OK(outbox_retry(b->st, h, NOW));
	claims(b, OUTBOX_HTTP, NULL, h);
	OK(outbox_delivered(b->st, h, NOW, 200, "ok"));
	state_is(b, h, "delivered");
	assert_string_equal(item->uid, uid);
	h = http(b, "NJMF", 0);
	claims(b, OUTBOX_HTTP, NULL, h);
	OK(outbox_fail(b->st, h, NOW, "failed", 400, "refused"));
	OK(outbox_drop(b->st, h, NOW, "a person decided"));
	state_is(b, h, "dropped");
	OK(outbox_count(b->st, OUTBOX_HTTP, "delivered", &n));
	assert_int_equal(n, 1);
	OK(outbox_count(b->st, OUTBOX_SMS, "delivered", &n));
	assert_int_equal(n, 0);
	OK(store_commit(b->st));
}

static void test_delivery_reports(void **state)
{
	struct box *b = *state;
	int64_t id = 0;
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, false), c = sms(b, NUMBER_B, false);
	claims(b, OUTBOX_SMS, NULL, a);
	OK(outbox_part_sent(b->st, a, 1, 20, NOW));
	OK(outbox_part_sent(b->st, a, 2, 21, NOW));
	OK(outbox_sent(b->st, a, NOW, 21, ""));
	claims(b, OUTBOX_SMS, NULL, c);
	OK(outbox_sent(b->st, c, NOW, 20, ""));
	RC(STORE_NONE, outbox_report(b->st, NUMBER_C, 20, 0, NOW, &id));
	RC(STORE_NONE, outbox_report(b->st, NUMBER_A, 22, 0, NOW, &id));
	OK(outbox_report(b->st, NUMBER_A, 20, 0, NOW, &id));
	assert_int_equal(id, a);
	state_is(b, a, "sent");
	OK(outbox_report(b->st, NUMBER_A, 21, 0x30, NOW, &id));
	state_is(b, a, "sent");
	OK(outbox_report(b->st, NUMBER_A, 21, 0, NOW, &id));
	state_is(b, a, "delivered");
	OK(outbox_report(b->st, NUMBER_A, 21, 0x30, NOW, &id));
	OK(outbox_report(b->st, NUMBER_A, 21, 0, NOW, &id));
	state_is(b, a, "delivered");
	OK(outbox_report(b->st, NUMBER_B, 20, 0x46, NOW, &id));
	state_is(b, c, "failed");
	assert_string_equal(item->reason, "delivery report 0x46");
	OK(store_commit(b->st));
}

static void test_report_overtakes_the_answer(void **state)
{
	struct box *b = *state;
	int64_t id;
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, false);
	claims(b, OUTBOX_SMS, NULL, a);
	OK(outbox_part_sent(b->st, a, 1, 20, NOW));
	OK(outbox_report(b->st, NUMBER_A, 20, 0, NOW, &id));
	state_is(b, a, "submitting");
	OK(outbox_sent(b->st, a, NOW, 20, ""));
	state_is(b, a, "delivered");
	OK(store_commit(b->st));
}

static void test_newest_row_of_a_reference(void **state)
{
	struct box *b = *state;
	int64_t id;
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, false);
	claims(b, OUTBOX_SMS, NULL, a);
	OK(outbox_sent(b->st, a, NOW, 5, ""));
	int64_t c = sms(b, NUMBER_A, false);
	claims(b, OUTBOX_SMS, NULL, c);
	OK(outbox_sent(b->st, c, NOW + 10, 5, ""));
	OK(outbox_report(b->st, NUMBER_A, 5, 0, NOW + 20, &id));
	assert_int_equal(id, c);
	state_is(b, a, "sent");
	OK(store_commit(b->st));
}

static void test_recovery(void **state)
{
	struct box *b = *state;
	int64_t nh, ns;
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, false), c = sms(b, NUMBER_B, false), h = http(b, "NJMF", 0);
	claims(b, OUTBOX_SMS, NULL, a);
	OK(outbox_claim(b->st, OUTBOX_SMS, NOW, "w2", NULL, item));
	claims(b, OUTBOX_HTTP, NULL, h);
	OK(store_commit(b->st));
	box_reopen(b);
	OK(store_begin(b->st));
	OK(outbox_recover(b->st, "w2", NOW, &nh, &ns));
	assert_int_equal(nh, 0);
	assert_int_equal(ns, 1);
	state_is(b, c, "uncertain");
	state_is(b, a, "submitting");
	OK(outbox_recover(b->st, NULL, NOW, &nh, &ns));
	assert_int_equal(nh, 1);
	assert_int_equal(ns, 1);
	state_is(b, a, "uncertain");
	state_is(b, h, "queued");
	OK(outbox_recover(b->st, NULL, NOW, &nh, &ns));
	assert_int_equal(nh + ns, 0);
	claims(b, OUTBOX_HTTP, NULL, h);
	assert_int_equal(item->attempts, 2);
	OK(store_commit(b->st));
}

static void test_overdue_told_once(void **state)
{
	struct box *b = *state;
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, false);
	http(b, "NJMF", 0); /* a notice: nobody is told */
	RC(STORE_NONE, outbox_overdue(b->st, NOW, item));
	OK(outbox_overdue(b->st, NOW + 1, item));
	assert_int_equal(item->id, a);
	RC(STORE_NONE, outbox_overdue(b->st, NOW + 1, item));
	int64_t c = sms(b, NUMBER_B, false);
	OK(outbox_claim(b->st, OUTBOX_SMS, NOW, "w1", NUMBER_A, item));
	OK(outbox_sent(b->st, c, NOW, 1, ""));
	RC(STORE_NONE, outbox_overdue(b->st, NOW + 1, item));
	OK(store_commit(b->st));
}

static void test_list(void **state)
{
	struct box *b = *state;
	struct outbox_item *many = calloc(3, sizeof *many);
	size_t n;
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, false), h = http(b, "NJMF", 0);
	claims(b, OUTBOX_SMS, NULL, a);
	OK(outbox_list(b->st, NULL, 0, many, 3, &n));
	assert_int_equal(n, 2);
	assert_int_equal(many[0].len, 0);
	assert_string_equal(many[0].number, NUMBER_A);
	OK(outbox_list(b->st, "queued", 0, many, 3, &n));
	assert_int_equal(n, 1);
	assert_int_equal(many[0].id, h);
	OK(outbox_list(b->st, NULL, a, many, 3, &n));
	assert_int_equal(n, 1);
	OK(outbox_list(b->st, NULL, 0, many, 1, &n));
	assert_int_equal(n, 1);
	OK(store_commit(b->st));
	free(many);
}

/* What is owed, or wants a person; its tries; what a person may have tried again. */
static void test_by_hand(void **state)
{
	struct box *b = *state;
	struct outbox_item *many = calloc(4, sizeof *many);
	struct outbox_try tries[3];
	size_t n;
	OK(store_begin(b->st));
	int64_t a = sms(b, NUMBER_A, false), h = http(b, "NJMF", 0);
	claims(b, OUTBOX_HTTP, NULL, h);
	OK(outbox_defer(b->st, h, NOW, NOW + 3600, 503, "later"));
	assert_int_equal(outbox_retry(b->st, a, NOW), STORE_STATE); /* an SMS that waits has its reasons */
	OK(outbox_retry(b->st, h, NOW));
	assert_int_equal(outbox_retry(b->st, h, NOW), STORE_STATE); /* it is due */
	claims(b, OUTBOX_HTTP, NULL, h);
	OK(outbox_fail(b->st, h, NOW + 5, "dead", 422, "no"));
	OK(outbox_tries(b->st, h, tries, 3, &n));
	assert_int_equal(n, 2);
	assert_int_equal(tries[0].n, 2);
	assert_int_equal(tries[0].code, 422);
	assert_int_equal(tries[0].ended, NOW + 5);
	assert_string_equal(tries[0].outcome, "dead");
	assert_string_equal(tries[1].outcome, "deferred");
	assert_string_equal(tries[1].detail, "later");
	OK(outbox_tries(b->st, h, tries, 1, &n));
	assert_int_equal(n, 1);
	OK(outbox_tries(b->st, h + 50, tries, 3, &n));
	assert_int_equal(n, 0);
	OK(outbox_owed(b->st, 0, many, 4, &n));
	assert_int_equal(n, 2);
	OK(outbox_owed(b->st, a, many, 4, &n));
	assert_int_equal(n, 1);
	OK(outbox_retry(b->st, h, NOW));
	claims(b, OUTBOX_HTTP, NULL, h);
	OK(outbox_delivered(b->st, h, NOW + 10, 200, ""));
	OK(outbox_owed(b->st, 0, many, 4, &n));
	assert_int_equal(n, 1);
	assert_int_equal(many[0].id, a);
	OK(outbox_drop(b->st, a, NOW + 10, "test"));
	OK(outbox_owed(b->st, 0, many, 4, &n));
	assert_int_equal(n, 0);
	OK(store_commit(b->st));
	free(many);
}

static int make_item(void **state)
{
	(void)state;
	item = calloc(1, sizeof *item);
	return item ? 0 : -1;
}

static int free_item(void **state)
{
	(void)state;
	free(item);
	return 0;
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_add_and_load), T(test_add_bounds), T(test_urgent_first_then_fair), T(test_skip),
		T(test_due_times), T(test_sms_outcomes), T(test_http_outcomes), T(test_delivery_reports),
		T(test_report_overtakes_the_answer), T(test_newest_row_of_a_reference), T(test_recovery),
		T(test_overdue_told_once), T(test_list), T(test_by_hand),
	};
	return cmocka_run_group_tests(tests, make_item, free_item);
}
