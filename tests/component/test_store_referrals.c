/* test_store_referrals.c - referrals, confirmations, what is due, merged cases: every move from every
 * state, and what the store must refuse. */
#include "store/alerts.h"
#include "store/cases.h"
#include "store/confirms.h"
#include "store/followups.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/referrals.h"
#include "tests/component/store_common.h"

static int64_t new_case(struct box *b, const char *code)
{
	struct case_row c = { .age = 11, .n_children = -1, .pupil = -1 };
	int64_t id;

	snprintf(c.code, sizeof c.code, "%s", code);
	snprintf(c.zone, sizeof c.zone, "Z4");
	snprintf(c.sex, sizeof c.sex, "M");
	snprintf(c.owner, sizeof c.owner, "O1");
	snprintf(c.risk, sizeof c.risk, "high");
	snprintf(c.nrm, sizeof c.nrm, "potential");
	OK(case_add(b->st, &c, NOW, &id));
	return id;
}

static struct referral new_referral(struct box *b, int64_t case_id)
{
	struct referral r = { .case_id = case_id, .due = NOW + 100, .look_at = NOW + 100 };

	snprintf(r.agency, sizeof r.agency, "TV");
	snprintf(r.service, sizeof r.service, "shelter");
	snprintf(r.sender, sizeof r.sender, "O1");
	snprintf(r.rule, sizeof r.rule, "M44");
	snprintf(r.basis, sizeof r.basis, "VKM 499/2018: shelter");
	OK(referral_add(b->st, &r, NOW));
	return r;
}

static const char *state_of(struct box *b, int64_t number)
{
	static struct referral r;

	OK(referral_get(b->st, number, &r));
	return r.state;
}

/* A referral in this state, by the moves there are. */
static int64_t in_state(struct box *b, int64_t case_id, const char *state)
{
	struct referral r = new_referral(b, case_id);
	struct outbox_new o = { .leg = OUTBOX_HTTP, .kind = "alert", .reporter = "", .number = "",
				.agency = "TV", .event = "referral.new", .body = "{}", .len = 2 };
	int64_t id;

	if (strcmp(state, "created") == 0)
		return r.number;
	if (strcmp(state, "sent") == 0) {
		OK(outbox_add(b->st, &o, NOW, &id, NULL, 0));
		OK(referral_told(b->st, r.number, id));
		OK(referral_arrived(b->st, id));
	} else if (strcmp(state, "completed") == 0) {
		OK(referral_settle(b->st, r.number, "accepted", "AG2", "", NOW));
		OK(referral_settle(b->st, r.number, "completed", "AG2", "", NOW));
	} else {
		OK(referral_settle(b->st, r.number, state, "AG2", "", NOW));
	}
	assert_string_equal(state_of(b, r.number), state);
	return r.number;
}

static bool legal(const char *from, const char *to)
{
	bool waits = strcmp(from, "created") == 0 || strcmp(from, "sent") == 0;
	bool ends = strcmp(to, "completed") == 0;

	if (waits)
		return !ends;
	return strcmp(from, "accepted") == 0 && (ends || strcmp(to, "withdrawn") == 0);
}

static void test_every_move_of_a_referral(void **state)
{
	static const char *const from[] = { "created",  "sent",    "accepted", "declined",
					    "expired",  "withdrawn", "completed" };
	static const char *const to[] = { "accepted", "declined", "expired", "withdrawn",
					  "completed" };
	struct box *b = *state;

	OK(store_begin(b->st));
	int64_t c = new_case(b, "E26-0147-V");
	for (size_t i = 0; i < 7; i++) {
		for (size_t k = 0; k < 5; k++) {
			int64_t n = in_state(b, c, from[i]);
			int rc = referral_settle(b->st, n, to[k], "AG2", "no_capacity", NOW + 5);
			if (rc != (legal(from[i], to[k]) ? STORE_OK : STORE_STATE))
				fail_msg("%s -> %s: %s", from[i], to[k], store_rc_name(rc));
			assert_string_equal(state_of(b, n), rc == STORE_OK ? to[k] : from[i]);
		}
	}
	RC(STORE_STATE, referral_settle(b->st, 9999, "accepted", "AG2", "", NOW));
	OK(store_commit(b->st));
}

static void test_arrived_moves_only_what_is_created(void **state)
{
	struct box *b = *state;
	struct outbox_new o = { .leg = OUTBOX_HTTP, .kind = "alert", .reporter = "", .number = "",
				.agency = "TV", .event = "referral.new", .body = "{}", .len = 2 };
	int64_t id, number;

	OK(store_begin(b->st));
	struct referral r = new_referral(b, new_case(b, "E26-0147-V"));
	OK(outbox_add(b->st, &o, NOW, &id, NULL, 0));
	RC(STORE_NONE, referral_of_outbox(b->st, id, &number));
	OK(referral_told(b->st, r.number, id));
	OK(referral_of_outbox(b->st, id, &number));
	assert_int_equal(number, r.number);
	OK(referral_settle(b->st, r.number, "accepted", "AG2", "", NOW)); /* before the outcome */
	OK(referral_arrived(b->st, id));
	assert_string_equal(state_of(b, r.number), "accepted");
	OK(store_commit(b->st));
}

static void test_what_is_looked_at(void **state)
{
	struct box *b = *state;
	struct referral r, rows[4];
	int64_t at;
	size_t n = 0;

	OK(store_begin(b->st));
	int64_t c = new_case(b, "E26-0147-V"), other = new_case(b, "E26-0148-T");
	RC(STORE_NONE, referral_next_due(b->st, &at));
	struct referral one = new_referral(b, c);
	OK(referral_next_due(b->st, &at));
	assert_int_equal(at, NOW + 100);
	RC(STORE_NONE, referral_due(b->st, NOW + 99, &r));
	OK(referral_due(b->st, NOW + 100, &r));
	assert_int_equal(r.number, one.number);
	assert_string_equal(r.basis, "VKM 499/2018: shelter");
	OK(referral_looked(b->st, one.number, NOW + 200, 1));
	RC(STORE_NONE, referral_due(b->st, NOW + 199, &r));
	OK(referral_unanswered(b->st, 0, rows, 4, &n));
	assert_int_equal(n, 1);
	OK(referral_move(b->st, c, other));
	OK(referral_of_case(b->st, other, rows, 4, &n));
	assert_int_equal(n, 1);
	OK(referral_settle(b->st, one.number, "declined", "AG2", "no_capacity", NOW + 150));
	RC(STORE_NONE, referral_next_due(b->st, &at));
	RC(STORE_STATE, referral_looked(b->st, one.number, NOW + 300, 2));
	OK(referral_unanswered(b->st, 0, rows, 4, &n));
	assert_int_equal(n, 0);
	OK(referral_move(b->st, other, c)); /* what ended stays where it was */
	OK(referral_of_case(b->st, other, rows, 4, &n));
	assert_int_equal(n, 1);
	OK(referral_between(b->st, NOW, NOW + 1, 0, rows, 4, &n));
	assert_int_equal(n, 1);
	OK(referral_between(b->st, NOW + 1, NOW + 9, 0, rows, 4, &n));
	assert_int_equal(n, 0);
	OK(store_commit(b->st));
}

static int64_t new_alert(struct box *b, int64_t case_id, const char *window)
{
	struct alert_row a = { .case_id = case_id };
	bool fresh;

	snprintf(a.rule, sizeof a.rule, "P1");
	snprintf(a.subject, sizeof a.subject, "E26-0147-V");
	snprintf(a.window, sizeof a.window, "%s", window);
	OK(alert_raise(b->st, &a, NOW, &fresh));
	return a.number;
}

static void test_one_question_waits(void **state)
{
	struct box *b = *state;
	struct confirmation q = { .kind = "close", .value = "reintegrated", .asked_by = "O1" }, got,
			    rows[4];
	size_t n = 0;

	OK(store_begin(b->st));
	q.case_id = new_case(b, "E26-0147-V");
	q.number = new_alert(b, q.case_id, "1");
	OK(confirm_add(b->st, &q, NOW));
	q.number = new_alert(b, q.case_id, "2");
	RC(STORE_EXISTS, confirm_add(b->st, &q, NOW));
	OK(store_commit(b->st));
	OK(store_begin(b->st));
	OK(confirm_waiting_of(b->st, "close", q.case_id, &got));
	assert_string_equal(got.value, "reintegrated");
	RC(STORE_NONE, confirm_waiting_of(b->st, "risk", q.case_id, &got));
	OK(confirm_told(b->st, "C1", "", rows, 4, &n));
	assert_int_equal(n, 0); /* nobody was told yet */
	OK(alert_told(b->st, got.number, "C1", 0, 0));
	OK(confirm_told(b->st, "C1", "", rows, 4, &n));
	assert_int_equal(n, 1);
	OK(confirm_told(b->st, "C1", "merge", rows, 4, &n));
	assert_int_equal(n, 0);
	OK(confirm_settle(b->st, got.number, "denied", "C1", NOW + 1));
	RC(STORE_STATE, confirm_settle(b->st, got.number, "confirmed", "C1", NOW + 2));
	OK(confirm_waiting(b->st, "", 0, rows, 4, &n));
	assert_int_equal(n, 0);
	OK(confirm_add(b->st, &q, NOW)); /* asked anew */
	OK(confirm_waiting(b->st, "close", 0, rows, 4, &n));
	assert_int_equal(n, 1);
	OK(store_commit(b->st));
}

static void test_what_is_due(void **state)
{
	struct box *b = *state;
	struct case_due d;
	int64_t at;

	OK(store_begin(b->st));
	int64_t c = new_case(b, "E26-0147-V");
	RC(STORE_NONE, due_next_at(b->st, &at));
	OK(due_done(b->st, c, "contact")); /* none there is none to end */
	OK(due_set(b->st, c, "contact", NOW + 100, NOW + 100));
	OK(due_set(b->st, c, "followup", NOW + 50, NOW + 50));
	OK(due_next_at(b->st, &at));
	assert_int_equal(at, NOW + 50);
	RC(STORE_NONE, due_next(b->st, NOW + 49, &d));
	OK(due_next(b->st, NOW + 50, &d));
	assert_string_equal(d.kind, "followup");
	OK(due_looked(b->st, c, "followup", 1, 0));
	OK(due_next_at(b->st, &at));
	assert_int_equal(at, NOW + 100);
	OK(due_done(b->st, c, "contact"));
	RC(STORE_STATE, due_looked(b->st, c, "contact", 1, NOW));
	OK(due_get(b->st, c, "contact", &d));
	assert_false(d.open);
	OK(due_set(b->st, c, "contact", NOW + 300, NOW + 300)); /* due again */
	OK(due_get(b->st, c, "contact", &d));
	assert_true(d.open && d.step == 0 && d.due == NOW + 300);
	OK(due_all_done(b->st, c));
	RC(STORE_NONE, due_next_at(b->st, &at));
	OK(store_commit(b->st));
}

static void test_merged_cases(void **state)
{
	struct box *b = *state;
	struct case_row c, rows[4];
	struct case_event e;
	size_t n = 0;

	OK(store_begin(b->st));
	int64_t old = new_case(b, "E26-0147-V"), young = new_case(b, "E26-0148-T");
	OK(case_by_id(b->st, young, &c));
	assert_string_equal(c.nrm, "potential");
	OK(case_alike(b->st, &c, NOW - 10, rows, 4, &n));
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].id, old);
	OK(case_alike(b->st, &c, NOW + 1, rows, 4, &n));
	assert_int_equal(n, 0);
	c.age = 13;
	OK(case_alike(b->st, &c, NOW - 10, rows, 4, &n));
	assert_int_equal(n, 0);
	RC(STORE_STATE, case_merge(b->st, young, "plan", old, NOW));
	OK(case_merge(b->st, young, "new", old, NOW));
	RC(STORE_STATE, case_merge(b->st, young, "duplicate", old, NOW));
	OK(case_by_id(b->st, young, &c));
	assert_string_equal(c.state, "duplicate");
	assert_int_equal(c.merged, old);
	OK(case_ever_owned(b->st, "O1", rows, 4, &n));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].id, old); /* the open one first */
	OK(case_high_since(b->st, NOW, rows, 4, &n));
	assert_int_equal(n, 1);
	RC(STORE_NONE, case_event_last(b->st, old, "state", &e));
	OK(case_event_add(b->st, old, NOW, "O1", "state", "new>plan", "", 0));
	OK(case_event_add(b->st, old, NOW, "O1", "state", "plan>closed", "", 0));
	OK(case_event_last(b->st, old, "state", &e));
	assert_string_equal(e.detail, "plan>closed");
	OK(store_commit(b->st));
}

static void test_queued_after_all(void **state)
{
	struct box *b = *state;
	struct message m;
	int64_t id;

	OK(store_begin(b->st));
	OK(inbox_add_message(b->st, "http", NUMBER_A, "beg z4", 6, NOW, NOW, NULL, &id));
	RC(STORE_STATE, inbox_queue_again(b->st, id, "not read yet"));
	OK(inbox_settle(b->st, id, "read", "O1", "", NOW));
	OK(inbox_queue_again(b->st, id, "not confirmed"));
	OK(inbox_load(b->st, id, &m));
	assert_string_equal(m.state, "queued");
	RC(STORE_STATE, inbox_queue_again(b->st, id, "again"));
	OK(store_commit(b->st));
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_every_move_of_a_referral), T(test_arrived_moves_only_what_is_created),
		T(test_what_is_looked_at),        T(test_one_question_waits),
		T(test_what_is_due),              T(test_merged_cases),
		T(test_queued_after_all),
	};
	return cmocka_run_group_tests_name("store_referrals", tests, NULL, NULL);
}
