/* test_intake.c - segments and messages: joined in any order, read once, answered once or not at
 * all. */
#include "tests/component/fixture.h"

#define PUPILS 40

static void assert_absent(struct fx *f, const char *class_name, const char *day, int n,
			  const int *want)
{
	int got[PUPILS];
	bool reported;

	assert_int_equal(fx_absent(f, "SH1", class_name, day, got, PUPILS, &reported), n);
	for (int i = 0; i < n; i++)
		assert_int_equal(got[i], want[i]);
}

static int64_t rows_out(struct fx *f)
{
	static const char *const states[] = { "queued", "submitting", "sent", "delivered",
					      "failed" };
	int64_t sum = 0, n;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		OK(outbox_count(f->st, OUTBOX_SMS, states[i], &n));
		sum += n;
	}
	return sum;
}

/* ---- once ----------------------------------------------------------------------------------- */

static void test_redelivered_segment_changes_nothing(void **state)
{
	struct fx *f = *state;
	uint8_t octets[10][256];
	size_t len[10];

	int n = fx_parts(f, T1, "MUNGESE 5A 12 17", octets, len, 10);
	assert_int_equal(n, 1);
	fx_begin(f);
	assert_true(fx_take(f, octets[0], len[0]));
	fx_process(f);
	fx_commit(f);
	int64_t before = rows_out(f);
	for (int i = 0; i < 3; i++) {
		fx_begin(f);
		assert_false(fx_take(f, octets[0], len[0]));
		assert_int_equal(fx_process(f), 0);
		fx_commit(f);
		f->d.now += 60;
	}
	assert_int_equal(rows_out(f), before);
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 12, 17 });
	fx_drain(f);
	assert_int_equal(fx_count_to(f, T1), 1);
}

static void test_killed_between_take_and_process(void **state)
{
	struct fx *f = *state;
	uint8_t octets[10][256];
	size_t len[10];
	struct intake_item it;

	fx_parts(f, T1, "MUNGESE 5A 12", octets, len, 10);
	fx_begin(f);
	fx_take(f, octets[0], len[0]);
	fx_commit(f);
	store_close(f->st);
	fx_open_store(f);
	fx_begin(f);
	fx_process(f);
	store_rollback(f->st); /* and once more before the commit */
	fx_begin(f);
	OK(intake_peek(&f->d, &it));
	OK(intake_count(&f->d, &it));
	fx_process(f);
	fx_commit(f);
	fx_drain(f);
	assert_int_equal(fx_count_to(f, T1), 1);
	assert_absent(f, "5A", "2026-11-18", 1, (const int[]){ 12 });
}

static void die_over_it(struct fx *f, const char *text, int kind)
{
	uint8_t octets[10][256];
	size_t len[10];
	struct intake_item it;

	fx_parts(f, T1, text, octets, len, 10);
	fx_begin(f);
	fx_take(f, octets[0], len[0]);
	for (int i = 0; i < 2; i++) {
		OK(intake_peek(&f->d, &it));
		assert_int_equal(it.kind, kind);
		assert_int_equal(it.attempts, i);
		OK(intake_count(&f->d, &it));
	}
	OK(intake_quarantine(&f->d, &it, "killed the hub twice"));
	assert_int_equal(intake_peek(&f->d, &it), STORE_NONE);
	fx_commit(f);
}

static void test_quarantined_after_deaths_the_caller_counts(void **state)
{
	struct fx *f = *state;

	die_over_it(f, "MUNGESE 5A 12", INTAKE_MESSAGE);
	f->unread = true;
	die_over_it(f, "MUNGESE 5A 13", INTAKE_SEGMENT);
}

/* After an unclean end nothing looks at the octets before they are counted; what comes of them is the
 * same. */
static void test_taken_unread_is_read_the_same(void **state)
{
	struct fx *f = *state;

	f->unread = true;
	fx_sms(f, T1, "MUNGESE 5A 12 17");
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 12, 17 });
	fx_drain(f);
	assert_int_equal(fx_count_to(f, T1), 1);
}

/* ---- parts ---------------------------------------------------------------------------------- */

/* One letter outside GSM-7 makes three parts of it. */
static const char long_text[] =
	"Mungesë 5A 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20; "
	"5B 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19";

static void deliver_parts(struct fx *f, const char *text, const int *order, int n)
{
	uint8_t octets[10][256];
	size_t len[10];

	int have = fx_parts(f, T1, text, octets, len, 10);
	assert_true(have >= n);
	for (int i = 0; i < n; i++) {
		fx_begin(f);
		fx_take(f, octets[order[i]], len[order[i]]);
		fx_process(f);
		fx_commit(f);
	}
}

static void test_parts_in_any_order(void **state)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 }, { 2, 0, 1 } };
	struct fx *f = *state;
	struct message m;
	int got[PUPILS];
	bool reported;

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		fx_clear(f);
		deliver_parts(f, long_text, orders[i], 3);
		fx_drain(f);
		fx_load(f, &m);
		assert_string_equal(m.text, long_text);
		assert_int_equal(m.have, 3);
		assert_int_equal(fx_count_to(f, T1), 1);
		assert_int_equal(fx_absent(f, "SH1", "5B", "2026-11-18", got, PUPILS, &reported),
				 19);
		f->d.now += 3600;
	}
}

static void test_a_pair_across_the_seam(void **state)
{
	struct fx *f = *state;
	char text[400];
	uint8_t octets[10][256];
	size_t len[10];
	struct message m;
	struct tpdu parts[2];

	/* An encoder of another make that cuts by units: 66 letters and half of the emoji in part
	 * one. */
	memset(text, 0, sizeof(text));
	for (int i = 0; i < 66; i++)
		memcpy(text + 2 * i, "\xc3\xab", 2);
	memcpy(text + 132, "\xf0\x9f\x99\x8f", 5);
	for (int i = 0; i < 2; i++) {
		fx_deliver(f, T1, &parts[i]);
		parts[i].alphabet = TPDU_UCS2;
		parts[i].udh_len = 6;
		memcpy(parts[i].udh, (const uint8_t[]){ 5, 0, 3, 77, 2, (uint8_t)(i + 1) }, 6);
	}
	for (int i = 0; i < 66; i++)
		memcpy(parts[0].data + 2 * i, "\x00\xeb", 2);
	memcpy(parts[0].data + 132, "\xd8\x3d", 2);
	parts[0].data_len = 134;
	memcpy(parts[1].data, "\xde\x4f", 2);
	parts[1].data_len = 2;
	fx_begin(f);
	for (int i = 1; i >= 0; i--) {
		int n = tpdu_encode(&parts[i], octets[i], sizeof(octets[i]));
		assert_true(n > 0);
		len[i] = (size_t)n;
		fx_take(f, octets[i], len[i]);
	}
	fx_process(f);
	fx_commit(f);
	fx_load(f, &m);
	assert_string_equal(m.text, text);
}

static void test_missing_part_waits_then_goes_to_a_person(void **state)
{
	struct fx *f = *state;
	struct message m;
	int64_t n;

	fx_clear(f);
	deliver_parts(f, long_text, (const int[]){ 0, 2 }, 2);
	fx_drain(f);
	assert_int_equal(fx_count_to(f, T1), 0);
	f->d.now += (int64_t)f->cf->concat_window_h * 3600 + 60;
	fx_begin(f);
	OK(intake_release(&f->d, &n));
	assert_int_equal(n, 1);
	fx_process(f);
	fx_commit(f);
	fx_drain(f);
	fx_load(f, &m);
	assert_string_equal(m.state, "queued");
	assert_non_null(strstr(m.text, "[...]"));
	assert_non_null(strstr(f->words, "gap=2"));
	assert_absent(f, "5A", "2026-11-18", 0, NULL); /* half a text is acted upon by nobody */
	assert_int_equal(fx_count_to(f, T1), 1);       /* but its sender hears that it came */
}

/* ---- not for reading ------------------------------------------------------------------------ */

static void take_one(struct fx *f, const struct tpdu *t)
{
	uint8_t octets[256];

	int n = tpdu_encode(t, octets, sizeof(octets));
	assert_true(n > 0);
	fx_begin(f);
	fx_take(f, octets, (size_t)n);
	fx_process(f);
	fx_commit(f);
}

static void assert_queue(struct fx *f, int64_t queued, int64_t quarantined)
{
	int64_t ready, waiting, q, bad;

	OK(inbox_queue_count(f->st, &ready, &waiting, &q, &bad));
	assert_int_equal(ready, 0);
	assert_int_equal(q, queued);
	assert_int_equal(bad, quarantined);
}

static void test_undecodable_is_kept_with_the_field_named(void **state)
{
	struct fx *f = *state;
	static const uint8_t cut[] = { 0x07, 0x91, 0x53, 0x55, 0x96, 0x00,
				       0x00, 0xf0, 0x04, 0x0c, 0x91, 0x53 };

	fx_begin(f);
	fx_take(f, cut, sizeof(cut));
	fx_process(f);
	fx_commit(f);
	assert_non_null(strstr(f->words, "TP-OA"));
	assert_queue(f, 0, 1);
	assert_int_equal(rows_out(f), 0);
}

static void test_machines_are_never_answered(void **state)
{
	static const char *const senders[] = { "OPERATOR", "5150", "116" };
	struct fx *f = *state;

	for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		fx_sms(f, senders[i], "RAST LYP Z4 M11");
		fx_sms(f, senders[i], "Fituat 100 EUR! Dergo PO ne 5150");
	}
	fx_drain(f);
	assert_int_equal(f->n_sms, 0);
	assert_int_equal(f->n_http, 0);
}

static void test_submit_port_and_binary_are_settled(void **state)
{
	struct fx *f = *state;
	struct tpdu t;

	fx_deliver(f, O1, &t);
	t.kind = TPDU_SUBMIT;
	t.alphabet = TPDU_GSM7;
	t.data_len = 3;
	take_one(f, &t);
	assert_non_null(strstr(f->words, "outgoing"));

	fx_deliver(f, O1, &t);
	t.alphabet = TPDU_8BIT;
	t.udh_len = 7;
	memcpy(t.udh, (const uint8_t[]){ 6, 5, 4, 0x0b, 0x84, 0x23, 0xf0 }, 7);
	t.data_len = 4;
	take_one(f, &t);
	assert_non_null(strstr(f->words, "2948"));

	fx_deliver(f, O1, &t);
	t.alphabet = TPDU_8BIT;
	t.data_len = 4;
	take_one(f, &t);
	assert_non_null(strstr(f->words, "binary"));
	fx_drain(f);
	assert_int_equal(f->n_sms, 0);
	assert_queue(f, 0, 0);
}

static void test_delivery_report_settles_its_sms(void **state)
{
	struct fx *f = *state;
	struct tpdu t;
	static struct outbox_item item;

	fx_sms(f, T1, "MUNGESE 5A 12");
	fx_drain(f);
	int64_t id = f->sms[f->n_sms - 1].id;
	fx_deliver(f, T1, &t);
	t.kind = TPDU_STATUS_REPORT;
	t.mr = (uint8_t)id;
	t.discharge = f->d.now;
	take_one(f, &t);
	OK(outbox_load(f->st, id, &item));
	assert_string_equal(item.state, "delivered");
	t.mr = 250;
	t.scts += 60;
	take_one(f, &t); /* of nothing we sent: settled, no harm */
	assert_queue(f, 0, 0);
}

/* ---- strangers, floods, locked phones ------------------------------------------------------- */

static void test_unknown_number_learns_and_makes_nothing(void **state)
{
	struct fx *f = *state;
	struct case_row rows[4];
	size_t n = 9;

	const char *reply = fx_ask(f, STRANGER, "dua te raportoj nje femije qe lyp");
	assert_non_null(strstr(reply, "116111"));
	assert_int_equal(f->n_sms, 1);
	assert_int_equal(f->n_http, 0);
	fx_assert_state(f, "queued");
	assert_string_equal(fx_ask(f, STRANGER, "RAST LYP Z4 M11"), "");
	assert_string_equal(fx_ask(f, STRANGER, "MUNGESE 5A 12"), "");
	assert_string_equal(fx_ask(f, STRANGER, "STATUS E26-0147-V"), "");
	case_list(f->st, NULL, rows, 4, &n);
	assert_int_equal(n, 0);
	assert_absent(f, "5A", "2026-11-18", 0, NULL);
	f->d.now += (int64_t)f->cf->unknown_reply_h * 3600 + 60;
	assert_string_not_equal(fx_ask(f, STRANGER, "pershendetje, dua te raportoj dicka"), "");
}

static void test_words_of_danger_from_anybody(void **state)
{
	struct fx *f = *state;

	const char *reply = fx_ask(f, STRANGER, "ndihme me rrahin");
	assert_non_null(strstr(reply, "129"));
	assert_non_null(strstr(reply, "112"));
	assert_int_equal(fx_count_to(f, D1), 1);
	for (size_t i = 0; i < f->n_sms; i++) {
		if (strcmp(f->sms[i].to, D1) == 0)
			assert_null(strstr(f->sms[i].text, "7777")); /* no number in an alert */
	}
	fx_assert_state(f, "queued");
	reply = fx_ask(f, STRANGER, "ndihme me rrahin shpejt");
	assert_non_null(strstr(reply, "129"));
}

static void test_help_for_a_reporter(void **state)
{
	struct fx *f = *state;

	const char *reply = fx_ask(f, T1, "NDIHME");
	assert_non_null(strstr(reply, "129"));
	assert_non_null(strstr(reply, "116111"));
	assert_int_equal(f->n_sms, 1);
}

static void test_a_flood_is_kept_and_not_answered(void **state)
{
	struct fx *f = *state;
	int answered = 0;

	for (int i = 0; i < f->cf->flood_per_hour + 10; i++) {
		fx_ask(f, T1, "NDIHME");
		answered += fx_count_to(f, T1);
	}
	assert_int_equal(answered, f->cf->flood_per_hour);
	fx_assert_state(f, "queued");
	f->d.now += 3700;
	assert_string_not_equal(fx_ask(f, T1, "NDIHME"), "");
}

/* Numbers cost nothing to forge: neither the day's SMS nor the staff's place in the queue are theirs. */
static void test_many_strangers_do_not_use_up_the_replies(void **state)
{
	struct fx *f = *state;
	int answered = 0, calls = 0;
	char number[24];

	for (int i = 0; i < f->cf->strangers_per_hour + 20; i++) {
		snprintf(number, sizeof(number), "+3556831%05d", i);
		fx_ask(f, number, "dua te raportoj nje femije qe lyp");
		answered += fx_count_to(f, number);
	}
	assert_int_equal(answered, f->cf->strangers_per_hour);
	for (int i = 0; i < 40; i++) { /* words of danger are always answered; duty is not called 40 times */
		snprintf(number, sizeof(number), "+3556832%05d", i);
		assert_string_not_equal(fx_ask(f, number, "me rrahin"), "");
		calls += fx_count_to(f, D1);
	}
	assert_int_equal(calls, 31); /* 30 and the word that more wait */
	assert_string_not_equal(fx_ask(f, T1, "MUNGESE 5A 12"), "");
	f->d.now += 3600;
	assert_string_not_equal(fx_ask(f, "+355683300001", "dua te raportoj nje femije qe lyp"), "");
}

static void test_two_machines_do_not_talk_for_ever(void **state)
{
	struct fx *f = *state;
	int answered = 0;

	for (int i = 0; i < 12; i++) {
		fx_ask(f, T1, "Kur paguhemi ne?");
		answered += fx_count_to(f, T1);
		fx_assert_state(f, "queued");
		f->d.now += 60;
	}
	assert_int_equal(answered, 3);
	assert_string_not_equal(fx_ask(f, T1, "MUNGESE 5A 12"),
				""); /* what is understood is answered */
	f->d.now += 3600;
	assert_string_not_equal(fx_ask(f, T1, "Kur paguhemi ne?"), "");
}

static void test_a_locked_phone_is_a_strangers(void **state)
{
	struct fx *f = *state;

	fx_begin(f);
	OK(roster_set_active(f->st, "T1", false, f->d.now));
	fx_commit(f);
	assert_string_equal(fx_ask(f, T1, "MUNGESE 5A 12"), "");
	fx_assert_state(f, "queued");
	assert_absent(f, "5A", "2026-11-18", 0, NULL);
	assert_non_null(strstr(fx_ask(f, T1, "ndihme me rrahin"), "129"));
}

static void test_a_test_stores_nothing(void **state)
{
	struct fx *f = *state;
	int64_t reading, message;
	char intent[48], keys[8192];

	const char *reply = fx_ask(f, T1, "TEST MUNGESE 5A 12");
	assert_non_null(strstr(reply, "5A"));
	assert_absent(f, "5A", "2026-11-18", 0, NULL);
	assert_int_equal(reading_last(f->st, "T1", 0, 0, &reading, &message, intent, sizeof(intent),
				      keys, sizeof(keys)),
			 STORE_NONE);
	fx_assert_state(f, "read");
}

/* ---- the day a text is about ---------------------------------------------------------------- */

static void sent_at(struct fx *f, const char *text, int64_t scts)
{
	uint8_t octets[256];
	struct tpdu base, t;

	fx_deliver(f, T1, &base);
	base.scts = scts;
	assert_int_equal(tpdu_split(&base, text, strlen(text), 9, &t, 1), 1);
	int n = tpdu_encode(&t, octets, sizeof(octets));
	assert_true(n > 0);
	fx_begin(f);
	fx_take(f, octets, (size_t)n);
	fx_process(f);
	fx_commit(f);
	f->d.now++;
}

static void test_backlog_is_recorded_under_its_day(void **state)
{
	struct fx *f = *state;

	sent_at(f, "MUNGESE 5A 12", f->d.now - 2 * 86400);
	assert_absent(f, "5A", "2026-11-16", 1, (const int[]){ 12 });
	assert_absent(f, "5A", "2026-11-18", 0, NULL);
	sent_at(f, "MUNGESE 5B 3", f->d.now - 400 * 86400); /* not believed: the day of receipt */
	assert_absent(f, "5B", "2026-11-18", 1, (const int[]){ 3 });
	sent_at(f, "MUNGESE 6A 4", f->d.now + 3 * 3600);
	assert_absent(f, "6A", "2026-11-18", 1, (const int[]){ 4 });
}

static void test_albanian_letters_make_no_difference(void **state)
{
	struct fx *f = *state;
	char plain[1200];

	snprintf(plain, sizeof(plain), "%s", fx_ask(f, T1, "mungese 5a 12"));
	f->d.now += 60;
	assert_string_equal(fx_ask(f, T1, "Mungesë 5A 12"), plain);
	assert_int_equal(f->sms[0].parts, 1);
	assert_absent(f, "5A", "2026-11-18", 1, (const int[]){ 12 });
}

/* ---- other ways in -------------------------------------------------------------------------- */

static void test_a_text_that_came_another_way(void **state)
{
	struct fx *f = *state;
	int64_t id, again;

	fx_clear(f);
	fx_begin(f);
	OK(intake_text(&f->d, "http", "069 100 0001", "MUNGESE 5A 12", 13, "key-1", &id));
	assert_int_equal(
		intake_text(&f->d, "http", "069 100 0001", "MUNGESE 5A 12", 13, "key-1", &again),
		STORE_EXISTS);
	assert_int_equal(id, again);
	fx_process(f);
	fx_commit(f);
	fx_drain(f);
	assert_non_null(strstr(fx_to(f, T1), "12"));
	assert_absent(f, "5A", "2026-11-18", 1, (const int[]){ 12 });
}

static void test_another_view_of_the_sender_is_recorded(void **state)
{
	struct fx *f = *state;
	uint8_t octets[10][256];
	size_t len[10];
	int64_t before, after, bad, id;
	bool fresh;

	fx_parts(f, T1, "MUNGESE 5A 12", octets, len, 10);
	struct wire_segment s = { .memory = wire_str("SM"),
				  .octets = wire_blob(octets[0], len[0]),
				  .view_sender = wire_str("0691000002"),
				  .view_text = wire_str("") };
	OK(audit_verify(f->st, &before, &bad));
	fx_begin(f);
	OK(intake_take(&f->d, "sim1", &s, false, &id, &fresh));
	fx_commit(f);
	OK(audit_verify(f->st, &after, &bad));
	assert_int_equal(after, before + 1);
	fx_parts(f, T1, "MUNGESE 5A 17", octets, len, 10);
	s.octets = wire_blob(octets[0], len[0]);
	s.view_sender = wire_str("069 100 0001"); /* the same number, written otherwise */
	fx_begin(f);
	OK(intake_take(&f->d, "sim1", &s, false, &id, &fresh));
	fx_process(f);
	fx_commit(f);
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 12, 17 }); /* ours stands */
	fx_drain(f);
	assert_int_equal(fx_count_to(f, T1), 2);
	assert_int_equal(fx_count_to(f, T2), 0);
}

static void test_the_log_line_holds_no_number_and_no_text(void **state)
{
	struct fx *f = *state;

	fx_ask(f, T1, "MUNGESE 5A 12");
	assert_non_null(strstr(f->words, "intent=absence"));
	assert_null(strstr(f->words, "691000001"));
	assert_null(strstr(f->words, "MUNGESE"));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_redelivered_segment_changes_nothing),
		EACH(test_killed_between_take_and_process),
		EACH(test_quarantined_after_deaths_the_caller_counts),
		EACH(test_taken_unread_is_read_the_same),
		EACH(test_parts_in_any_order),
		EACH(test_a_pair_across_the_seam),
		EACH(test_missing_part_waits_then_goes_to_a_person),
		EACH(test_undecodable_is_kept_with_the_field_named),
		EACH(test_machines_are_never_answered),
		EACH(test_submit_port_and_binary_are_settled),
		EACH(test_delivery_report_settles_its_sms),
		EACH(test_unknown_number_learns_and_makes_nothing),
		EACH(test_words_of_danger_from_anybody),
		EACH(test_help_for_a_reporter),
		EACH(test_a_flood_is_kept_and_not_answered),
		EACH(test_many_strangers_do_not_use_up_the_replies),
		EACH(test_two_machines_do_not_talk_for_ever),
		EACH(test_a_locked_phone_is_a_strangers),
		EACH(test_a_test_stores_nothing),
		EACH(test_backlog_is_recorded_under_its_day),
		EACH(test_albanian_letters_make_no_difference),
		EACH(test_a_text_that_came_another_way),
		EACH(test_another_view_of_the_sender_is_recorded),
		EACH(test_the_log_line_holds_no_number_and_no_text),
	};
	return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
