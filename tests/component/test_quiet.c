/* test_quiet.c - routine SMS keep to the quiet hours and to one an hour a person, leave joined, lose
 * nothing and are told late only when they are; on the days on which the clock changes, too. */
#include "tests/component/fixture.h"
#include "gateway/outbox/notice.h"
#include "gateway/outbox/post.h"
#include "gateway/outbox/quiet.h"
#include "gateway/outbox/report.h"

static void nights(struct fx *f, const char *digest, int gap_min)
{
	f->cf->quiet_from = "21:00";
	f->cf->quiet_to = "07:00";
	f->cf->quiet_digest = digest;
	f->cf->sms_gap_min = gap_min;
}

static void to(struct fx *f, const char *id, const char *text, bool urgent)
{
	struct reporter r;
	bool told;

	fx_begin(f);
	OK(roster_by_id(f->st, id, &r));
	OK(post_sms(&f->d, &r, text, 0, 0, 0, urgent, &told));
	fx_commit(f);
	assert_true(told);
}

static int64_t alert_to(struct fx *f, const char *id, const char *subject, const char *text)
{
	struct alert_row a = { .rule = "A2", .window = "w", .step = 0 };
	struct reporter r;
	bool fresh, told;

	snprintf(a.subject, sizeof(a.subject), "%s", subject);
	fx_begin(f);
	OK(alert_raise(f->st, &a, f->d.now, &fresh));
	OK(roster_by_id(f->st, id, &r));
	OK(post_sms(&f->d, &r, text, a.number, 0, 0, false, &told));
	fx_commit(f);
	return a.number;
}

static void drain_at(struct fx *f, const char *iso)
{
	fx_at(f, iso);
	fx_drain(f);
}

static int count(struct fx *f, const char *state)
{
	int64_t n;

	OK(outbox_count(f->st, OUTBOX_SMS, state, &n));
	return (int)n;
}

static void assert_reason(struct fx *f, int64_t id, const char *reason, const char *until)
{
	static struct outbox_item item;

	OK(outbox_load(f->st, id, &item));
	assert_string_equal(item.reason, reason);
	assert_int_equal(item.not_before, clock_utc_of(until));
}

/* ---- the hours ------------------------------------------------------------------------------ */

static void test_until(void **state)
{
	static const struct {
		const char *from, *to, *digest, *now, *until; /* until NULL: not quiet */
	} cases[] = {
		{ "21:00", "07:00", "", "2026-11-18T20:59:59", NULL },
		{ "21:00", "07:00", "", "2026-11-18T21:00", "2026-11-19T07:00" },
		{ "21:00", "07:00", "08:00", "2026-11-18T23:59:59", "2026-11-19T08:00" },
		{ "21:00", "07:00", "08:00", "2026-11-19T00:00", "2026-11-19T08:00" },
		{ "21:00", "07:00", "08:00", "2026-11-19T06:59:59", "2026-11-19T08:00" },
		{ "21:00", "07:00", "08:00", "2026-11-19T07:00", NULL },
		{ "12:00", "13:30", "", "2026-11-19T12:10", "2026-11-19T13:30" },
		{ "12:00", "13:30", "", "2026-11-19T13:30", NULL },
		{ "", "", "", "2026-11-19T03:00", NULL },
		/* 29 March 2026: the night has an hour less; 25 October: one more */
		{ "21:00", "07:00", "", "2026-03-28T23:30", "2026-03-29T07:00" },
		{ "21:00", "07:00", "", "2026-03-29T01:59", "2026-03-29T07:00" },
		{ "21:00", "07:00", "", "2026-10-24T23:30", "2026-10-25T07:00" },
		{ "21:00", "07:00", "", "2026-10-25T02:30", "2026-10-25T07:00" },
		{ "23:30", "02:30", "", "2026-03-28T23:45", "2026-03-29T03:30" },
		{ "21:00", "07:00", "", "2026-12-31T22:00", "2027-01-01T07:00" },
	};
	struct fx *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f->cf->quiet_from = cases[i].from;
		f->cf->quiet_to = cases[i].to;
		f->cf->quiet_digest = cases[i].digest;
		int64_t now = clock_utc_of(cases[i].now);
		int64_t want = cases[i].until ? clock_utc_of(cases[i].until) : 0;
		int64_t got = quiet_until(f->cf, now);
		if (got != want)
			fail_msg("%s: %lld s instead of %lld", cases[i].now, (long long)(got - now),
				 (long long)(want - now));
		assert_int_equal(quiet_leaves(f->cf, now), want ? want : now);
	}
	/* A night with the change of the clock in it: 9 hours and 11. */
	f->cf->quiet_from = "21:00";
	f->cf->quiet_to = "07:00";
	f->cf->quiet_digest = "";
	int64_t spring = clock_utc_of("2026-03-28T21:00"), autumn = clock_utc_of("2026-10-24T21:00");
	assert_int_equal(quiet_until(f->cf, spring) - spring, 9 * 3600);
	assert_int_equal(quiet_until(f->cf, autumn) - autumn, 11 * 3600);
}

static void test_routine_waits_urgent_and_replies_leave(void **state)
{
	struct fx *f = *state;

	nights(f, "", 0);
	fx_at(f, "2026-11-18T22:00");
	to(f, "C1", "e zakonshme", false);
	to(f, "D1", "urgjente", true);
	fx_sms(f, T1, "MUNGESE 5A 12");
	fx_drain(f);
	assert_string_equal(fx_to(f, C1), "");
	assert_string_equal(fx_to(f, D1), "urgjente");
	assert_int_equal(fx_count_to(f, T1), 1);
	assert_reason(f, 1, "quiet hours", "2026-11-19T07:00");
	drain_at(f, "2026-11-19T06:59:59");
	assert_string_equal(fx_to(f, C1), "");
	drain_at(f, "2026-11-19T07:00");
	assert_string_equal(fx_to(f, C1), "e zakonshme");
}

/* What was made in the day and could not leave (no modem) does not wake anybody; nor does a reply whose
 * sender texted hours ago. */
static void test_late_ones_wait_too(void **state)
{
	struct fx *f = *state;

	nights(f, "08:00", 0);
	fx_at(f, "2026-11-18T20:30");
	to(f, "C1", "e zakonshme", false);
	fx_sms(f, T1, "MUNGESE 5A 12");
	drain_at(f, "2026-11-18T23:00");
	assert_int_equal(f->n_sms, 0);
	assert_int_equal(count(f, "queued"), 2);
	assert_reason(f, 1, "quiet hours", "2026-11-19T08:00");
	drain_at(f, "2026-11-19T08:00");
	assert_string_equal(fx_to(f, C1), "e zakonshme");
	assert_int_equal(fx_count_to(f, T1), 1);
	assert_int_equal(count(f, "sent"), 2);
}

/* Expiry counts from when it may leave, and nobody is told that it is late while it waits. */
static void test_waiting_is_not_lateness(void **state)
{
	struct fx *f = *state;
	int64_t expired;
	int told;

	nights(f, "08:00", 0);
	f->cf->sms_expire_h = 1;
	fx_at(f, "2026-11-18T22:00");
	alert_to(f, "C1", "SH1 5A 12", "Sinjal");
	fx_at(f, "2026-11-19T07:59");
	fx_begin(f);
	OK(outbox_expire(f->st, f->d.now, &expired));
	OK(settle_overdue(&f->d, &told));
	fx_commit(f);
	assert_int_equal(expired, 0);
	assert_int_equal(told, 0);
	fx_at(f, "2026-11-19T09:00:01"); /* an hour behind its time: now it is late */
	fx_begin(f);
	OK(settle_overdue(&f->d, &told));
	OK(outbox_expire(f->st, f->d.now, &expired));
	fx_commit(f);
	assert_int_equal(told, 1);
	assert_int_equal(expired, 1);
}

/* ---- one an hour, joined -------------------------------------------------------------------- */

static void test_what_waited_is_one_text(void **state)
{
	struct fx *f = *state;

	nights(f, "08:00", 60);
	fx_at(f, "2026-11-18T22:00");
	int64_t a = alert_to(f, "C1", "SH1 5A 12", "Sinjal 1: SH1 5A nr 12. OK 1 = mora");
	int64_t b = alert_to(f, "C1", "SH1 6A 3", "Sinjal 2: SH1 6A nr 3. OK 2 = mora");
	to(f, "C1", "Nje njoftim", false);
	to(f, "D1", "Per tjetrin", false);
	drain_at(f, "2026-11-19T08:00");
	assert_string_equal(fx_to(f, C1), "Sinjal 1: SH1 5A nr 12. OK 1 = mora\n"
					  "Sinjal 2: SH1 6A nr 3. OK 2 = mora\nNje njoftim");
	assert_string_equal(fx_to(f, D1), "Per tjetrin");
	assert_int_equal(f->sms[0].parts, 1);
	assert_int_equal(count(f, "sent"), 4);
	/* The answer to one of them is understood. */
	assert_int_equal(alert_was_told(f->st, a, "C1"), STORE_OK);
	assert_int_equal(alert_was_told(f->st, b, "C1"), STORE_OK);
	fx_ask(f, C1, "OK 2");
	struct alert_row row;
	OK(alert_get(f->st, b, &row));
	assert_string_equal(row.state, "acked");
}

static void test_one_an_hour(void **state)
{
	struct fx *f = *state;

	f->cf->sms_gap_min = 60;
	fx_at(f, "2026-11-18T10:00");
	to(f, "C1", "nje", false);
	fx_drain(f);
	assert_string_equal(fx_to(f, C1), "nje");
	to(f, "C1", "dy", false);
	to(f, "C1", "urgjente", true);
	to(f, "C1", "tre", false);
	drain_at(f, "2026-11-18T10:05");
	assert_int_equal(fx_count_to(f, C1), 2); /* the urgent one */
	assert_reason(f, 2, "one routine SMS in 60 minutes", "2026-11-18T11:00");
	drain_at(f, "2026-11-18T10:59:59");
	assert_int_equal(fx_count_to(f, C1), 2);
	drain_at(f, "2026-11-18T11:00");
	assert_int_equal(fx_count_to(f, C1), 3);
	assert_string_equal(f->sms[2].text, "dy\ntre");
	assert_int_equal(count(f, "sent"), 4);
}

static void test_what_does_not_fit_follows_an_hour_later(void **state)
{
	struct fx *f = *state;
	char text[160];

	f->cf->sms_gap_min = 60;
	fx_at(f, "2026-11-18T10:00");
	for (int i = 0; i < 6; i++) {
		memset(text, 'a' + i, 150);
		text[150] = '\0';
		to(f, "C1", text, false);
	}
	fx_drain(f);
	assert_int_equal(f->n_sms, 1);
	assert_int_equal(f->sms[0].parts, 4);
	assert_int_equal(count(f, "sent"), 4);
	drain_at(f, "2026-11-18T11:00");
	assert_int_equal(f->n_sms, 2);
	assert_int_equal(count(f, "sent"), 6);
	assert_int_equal(count(f, "queued"), 0);
}

/* ---- one fate ------------------------------------------------------------------------------- */

static struct hand_held held;
static struct wire_frame frame;

static void hand(struct fx *f)
{
	fx_begin(f);
	OK(hand_sms(&f->d, "sim1", NULL, &held, &frame));
	fx_commit(f);
}

static void settle(struct fx *f, enum wire_sms_result result, int part, int code, int mr)
{
	char words[200];
	struct wire_done_sms r = { .job = held.item.id, .part = (uint16_t)part,
				   .result = (uint8_t)result, .mr = (uint8_t)mr, .code = code,
				   .detail = { "", 0 } };

	fx_begin(f);
	OK(settle_sms(&f->d, "sim1", &r, words, sizeof(words)));
	fx_commit(f);
}

static void two_alerts(struct fx *f)
{
	f->cf->sms_gap_min = 60;
	fx_at(f, "2026-11-18T10:00");
	alert_to(f, "C1", "SH1 5A 12", "Sinjal 1");
	alert_to(f, "C1", "SH1 6A 3", "Sinjal 2");
	hand(f);
	assert_int_equal(count(f, "submitting"), 2);
}

static void test_deferred_together_and_joined_anew(void **state)
{
	struct fx *f = *state;

	two_alerts(f);
	settle(f, WIRE_SMS_FAILED, 0, 38, 0);
	assert_int_equal(count(f, "queued"), 2);
	to(f, "C1", "e treta", false);
	f->d.now += 120;
	hand(f); /* a failed try does not wait for the hour */
	assert_int_equal(count(f, "submitting"), 3);
	settle(f, WIRE_SMS_SENT, 0, 0, 7);
	assert_int_equal(count(f, "sent"), 3);
}

static void test_failed_together_and_each_is_told(void **state)
{
	struct fx *f = *state;

	two_alerts(f);
	settle(f, WIRE_SMS_FAILED, 0, 1, 0); /* no such number */
	assert_int_equal(count(f, "failed"), 2);
	assert_int_equal(count(f, "queued"), 2); /* "SMS with alert 1, 2 did not reach" */
	/* A person sends one of them again: it goes alone, and the other stays as it is. */
	fx_begin(f);
	OK(outbox_retry(f->st, 2, f->d.now));
	fx_commit(f);
	f->d.now += 7200;
	f->cf->sms_gap_min = 0;
	for (int i = 0; i < 3; i++) { /* the words about both are before it */
		hand(f);
		assert_string_equal(held.item.body + (held.item.id == 2 ? 0 : strlen(held.item.body)),
				    held.item.id == 2 ? "Sinjal 2" : "");
		settle(f, WIRE_SMS_SENT, 0, 0, 8);
	}
	assert_int_equal(count(f, "sent"), 3);
	assert_int_equal(count(f, "failed"), 1);
}

static void test_unknown_together(void **state)
{
	struct fx *f = *state;

	two_alerts(f);
	settle(f, WIRE_SMS_UNKNOWN, 0, 0, 0);
	assert_int_equal(count(f, "uncertain"), 2);
}

static void test_worker_lost(void **state)
{
	struct fx *f = *state;
	int64_t http, sms;

	two_alerts(f);
	fx_begin(f);
	OK(outbox_recover(f->st, "sim1", f->d.now, &http, &sms));
	fx_commit(f);
	assert_int_equal(sms, 2);
	assert_int_equal(count(f, "uncertain"), 2);
}

static void test_reports_count_for_all(void **state)
{
	struct fx *f = *state;
	char words[200];

	two_alerts(f);
	settle(f, WIRE_SMS_SENT, 0, 0, 9);
	assert_int_equal(count(f, "sent"), 2);
	for (int i = 0; i < 2; i++) { /* twice */
		fx_begin(f);
		OK(settle_report(&f->d, C1, 9, 0, words, sizeof(words)));
		fx_commit(f);
		assert_int_equal(count(f, "delivered"), 2);
	}
}

static void test_report_that_it_was_given_up(void **state)
{
	struct fx *f = *state;
	char words[200];

	two_alerts(f);
	settle(f, WIRE_SMS_SENT, 0, 0, 9);
	for (int i = 0; i < 2; i++) {
		fx_begin(f);
		OK(settle_report(&f->d, C1, 9, 0x46, words, sizeof(words)));
		fx_commit(f);
		assert_int_equal(count(f, "failed"), 2);
	}
}

static void test_report_that_overtakes(void **state)
{
	struct fx *f = *state;
	char words[200];
	char text[160];

	f->cf->sms_gap_min = 60;
	fx_at(f, "2026-11-18T10:00");
	for (int i = 0; i < 2; i++) {
		memset(text, 'a' + i, 100);
		text[100] = '\0';
		to(f, "C1", text, false);
	}
	hand(f);
	assert_int_equal(frame.u.work_sms.n_parts, 2);
	settle(f, WIRE_SMS_SENT, 0, 0, 11);
	fx_begin(f);
	OK(settle_report(&f->d, C1, 11, 0, words, sizeof(words)));
	fx_commit(f);
	assert_int_equal(count(f, "submitting"), 2);
	settle(f, WIRE_SMS_SENT, 1, 0, 12);
	assert_int_equal(count(f, "sent"), 2);
	fx_begin(f);
	OK(settle_report(&f->d, C1, 12, 0, words, sizeof(words)));
	fx_commit(f);
	assert_int_equal(count(f, "delivered"), 2);
}

static void test_day_limit_holds_all(void **state)
{
	struct fx *f = *state;

	f->cf->sms_gap_min = 60;
	f->cf->sms_day_limit = 1;
	fx_at(f, "2026-11-18T10:00");
	to(f, "D1", "e para", false);
	fx_drain(f);
	to(f, "C1", "nje", false);
	to(f, "C1", "dy", false);
	fx_drain(f);
	assert_int_equal(f->n_sms, 1);
	assert_int_equal(count(f, "queued"), 2);
	drain_at(f, "2026-11-19T09:00");
	assert_string_equal(fx_to(f, C1), "nje\ndy");
	assert_int_equal(count(f, "sent"), 3);
}

/* Nor does it take anything of the allowance: the next routine text still has its room. */
static void test_a_cry_is_answered_without_allowance(void **state)
{
	static const char *const stranger = "+355681234567";
	struct fx *f = *state;

	f->cf->sms_day_limit = 1;
	fx_at(f, "2026-11-18T10:00");
	fx_sms(f, stranger, "me rrahin");
	fx_drain(f);
	assert_int_equal(fx_count_to(f, stranger), 1);
	f->n_sms = 0;
	to(f, "C1", "nje", false);
	fx_drain(f);
	assert_int_equal(fx_count_to(f, C1), 1);
	fx_sms(f, "+355681234568", "me rrahin");
	fx_drain(f);
	assert_int_equal(fx_count_to(f, "+355681234568"), 1);
}

/* ---- a clock that is set -------------------------------------------------------------------- */

static void test_clock_set_ahead_and_back(void **state)
{
	struct fx *f = *state;
	int64_t expired, year = 365 * 86400;
	static struct outbox_item item;

	fx_at(f, "2026-11-18T10:00");
	to(f, "C1", "nje", false);
	fx_begin(f);
	f->d.now += year;
	OK(outbox_shift(f->st, f->d.now, year));
	OK(outbox_expire(f->st, f->d.now, &expired));
	assert_int_equal(expired, 0);
	OK(outbox_load(f->st, 1, &item));
	assert_int_equal(item.created, f->d.now - year);
	assert_int_equal(item.expires, f->d.now + f->cf->sms_expire_h * 3600);
	int64_t renewed = 0, keys = 0;
	fx_commit(f);
	OK(store_expire_days(f->st, f->d.now - 30 * 86400, f->d.now, &renewed, &keys));
	assert_int_equal(renewed, 1); /* still owed: sealed anew before its day's key is destroyed */
	fx_begin(f);
	f->d.now -= year;
	OK(outbox_shift(f->st, f->d.now, -year));
	OK(outbox_expire(f->st, f->d.now, &expired));
	fx_commit(f);
	assert_int_equal(expired, 0);
	fx_drain(f);
	assert_string_equal(fx_to(f, C1), "nje");
}

static void test_clock_set_back(void **state)
{
	struct fx *f = *state;
	static struct outbox_item item;
	int64_t now;

	nights(f, "", 0);
	fx_at(f, "2026-11-18T22:00");
	to(f, "C1", "nje", false);
	now = f->d.now;
	fx_begin(f);
	f->d.now = 5000;
	OK(outbox_shift(f->st, f->d.now, 5000 - now));
	fx_commit(f);
	OK(outbox_load(f->st, 1, &item));
	assert_int_equal(item.created, 5000);
	assert_int_equal(item.not_before, 5000 + 9 * 3600);
	assert_int_equal(item.expires, item.not_before + f->cf->sms_expire_h * 3600);
}

static void test_row_of_the_future(void **state)
{
	struct fx *f = *state;
	static struct outbox_item item;

	nights(f, "08:00", 0);
	fx_at(f, "2027-11-18T22:00"); /* a clock a year ahead, unnoticed */
	to(f, "C1", "nje", false);
	fx_at(f, "2026-11-18T10:00");
	fx_begin(f);
	OK(outbox_future(f->st, f->d.now));
	fx_commit(f);
	OK(outbox_load(f->st, 1, &item));
	assert_int_equal(item.created, f->d.now);
	assert_int_equal(item.not_before, f->d.now + 10 * 3600);
	drain_at(f, "2026-11-19T08:00");
	assert_string_equal(fx_to(f, C1), "nje");
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_until), T(test_routine_waits_urgent_and_replies_leave), T(test_late_ones_wait_too),
		T(test_waiting_is_not_lateness), T(test_what_waited_is_one_text), T(test_one_an_hour),
		T(test_what_does_not_fit_follows_an_hour_later), T(test_deferred_together_and_joined_anew),
		T(test_failed_together_and_each_is_told), T(test_unknown_together), T(test_worker_lost),
		T(test_reports_count_for_all), T(test_report_that_it_was_given_up),
		T(test_report_that_overtakes), T(test_day_limit_holds_all),
		T(test_a_cry_is_answered_without_allowance),
		T(test_clock_set_ahead_and_back), T(test_clock_set_back), T(test_row_of_the_future),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
