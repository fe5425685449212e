/* test_casework.c - texts in, records, replies and alerts out: the stories, played by a clock that
 * the test moves. */
#include "tests/component/fixture.h"
#include "gateway/casework/keys.h"
#include "parser/gsm7.h"

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

static bool reported(struct fx *f, const char *class_name, const char *day)
{
	int got[PUPILS];
	bool yes;

	fx_absent(f, "SH1", class_name, day, got, PUPILS, &yes);
	return yes;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in \"%s\"", part, text);
}

static int count_rule(struct fx *f, const char *rule, const char *state)
{
	struct alert_row rows[64];
	int n = fx_alerts(f, rows, 64), k = 0;

	for (int i = 0; i < n; i++)
		k += strcmp(rows[i].rule, rule) == 0 &&
		     (!state || strcmp(rows[i].state, state) == 0);
	return k;
}

static struct alert_row alert_of_rule(struct fx *f, const char *rule)
{
	struct alert_row rows[64];
	int n = fx_alerts(f, rows, 64);

	for (int i = 0; i < n; i++) {
		if (strcmp(rows[i].rule, rule) == 0)
			return rows[i];
	}
	fail_msg("no alert %s", rule);
	return rows[0];
}

static int open_cases(struct fx *f, struct case_row *rows, size_t max)
{
	size_t n = 0;

	case_list(f->st, NULL, rows, max, &n);
	return (int)n;
}

/* ---- attendance ----------------------------------------------------------------------------- */

static void test_absence_in_one_text(void **state)
{
	struct fx *f = *state;

	const char *reply = fx_ask(f, T1, "MUNGESE 5A 12 17");
	assert_string_equal(reply, "5A 18.11: mungojne nr 12,17. Gabim? Shkruaj ANULO");
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 12, 17 });
	assert_int_equal(f->n_sms, 1);
	assert_int_equal(f->n_http, 0);
	has(fx_ask(f, T1, "ABSENT 5A 3"), "3");
	assert_absent(f, "5A", "2026-11-18", 3, (const int[]){ 3, 12, 17 });
}

static void test_all_present_is_data(void **state)
{
	struct fx *f = *state;

	assert_string_equal(fx_ask(f, T1, "5A 0"), "5A 18.11: te gjithe prezent. Faleminderit");
	has(fx_ask(f, T1, "asnje mungese 5B"), "5B");
	assert_true(reported(f, "5A", "2026-11-18"));
	assert_true(reported(f, "5B", "2026-11-18"));
	assert_absent(f, "5A", "2026-11-18", 0, NULL);
	assert_absent(f, "5B", "2026-11-18", 0, NULL);
}

static void test_count_only(void **state)
{
	struct fx *f = *state;

	const char *reply = fx_ask(f, T1, "mungese 5A 3/28");
	has(reply, "3");
	has(reply, "28");
	assert_true(reported(f, "5A", "2026-11-18"));
	assert_absent(f, "5A", "2026-11-18", 0, NULL);
}

static void test_several_classes(void **state)
{
	struct fx *f = *state;

	const char *reply = fx_ask(f, T1, "mungese 5A 12 17; 5B 3 8; 6A 0");
	assert_string_equal(reply, "18.11: 5A 12,17 | 5B 3,8 | 6A 0. Gabim? ANULO");
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 12, 17 });
	assert_absent(f, "5B", "2026-11-18", 2, (const int[]){ 3, 8 });
	assert_absent(f, "6A", "2026-11-18", 0, NULL);
	assert_true(reported(f, "6A", "2026-11-18"));
}

static void test_error_is_not_silence(void **state)
{
	struct fx *f = *state;

	assert_string_equal(fx_ask(f, T1, "MUNGESE 5A 99"),
			    "S'u regjistrua: klasa 5A ka 28 nxenes. Shembull: MUNGESE 5A 12 17");
	assert_false(reported(f, "5A", "2026-11-18"));
	assert_string_not_equal(fx_ask(f, T1, "MUNGESE 12 17"), "");
	assert_false(reported(f, "5A", "2026-11-18"));
	fx_assert_state(f, "read");
}

/* Register 12 of 5A, away from Monday to the day the next text is about. */
static void away(struct fx *f, const char *day)
{
	char iso[24];

	snprintf(iso, sizeof(iso), "%sT08:05", day);
	fx_at(f, iso);
	fx_sms(f, T1, "MUNGESE 5A 12");
}

static void test_three_days(void **state)
{
	struct fx *f = *state;

	away(f, "2026-11-16");
	away(f, "2026-11-17");
	fx_drain(f);
	assert_int_equal(count_rule(f, "A1", NULL), 0);
	fx_clear(f);
	away(f, "2026-11-18");
	fx_drain(f);
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	assert_int_equal(fx_count_to(f, T1), 2); /* the reply, and the alert */
	has(fx_to(f, H1), "5A");
	has(fx_to(f, H1), "12");
	assert_int_equal(fx_count_to(f, C1), 0);
	assert_int_equal(f->n_http, 0);
	fx_clear(f);
	f->d.now += 600;
	fx_sms(f, T1, "MUNGESE 5A 12");
	fx_sms(f, T1, "MUNGESE 5A 12 17");
	fx_drain(f);
	assert_int_equal(fx_count_to(f, H1), 0);
	assert_int_equal(fx_count_to(f, T1), 2); /* two replies, no alert */
	assert_int_equal(count_rule(f, "A1", NULL), 1);
}

static void test_unreported_days_and_counts_neither_add_nor_break(void **state)
{
	struct fx *f = *state;

	away(f, "2026-11-16");
	fx_at(f, "2026-11-17T08:00");
	fx_sms(f, T1, "mungese 5A 3/28"); /* says nothing about 12 */
	away(f, "2026-11-18");
	assert_int_equal(count_rule(f, "A1", NULL), 0);
	away(f, "2026-11-20"); /* Thursday nobody reported */
	assert_int_equal(count_rule(f, "A1", NULL), 1);
}

static void test_a_day_present_ends_the_streak(void **state)
{
	struct fx *f = *state;

	away(f, "2026-11-16");
	away(f, "2026-11-17");
	fx_at(f, "2026-11-18T08:00");
	fx_sms(f, T1, "5A 0");
	away(f, "2026-11-19");
	away(f, "2026-11-20");
	assert_int_equal(count_rule(f, "A1", NULL), 0);
	fx_at(f, "2026-11-23T08:00");
	fx_sms(f, T1, "MUNGESE 5A 12 me arsye"); /* an excused day too */
	away(f, "2026-11-24");
	assert_int_equal(count_rule(f, "A1", NULL), 0);
}

static const char *const ten_days[] = { "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19",
					"2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25",
					"2026-11-26", "2026-11-27" };

static void test_five_and_ten_days(void **state)
{
	struct fx *f = *state;

	for (int i = 0; i < 4; i++)
		away(f, ten_days[i]);
	fx_clear(f);
	away(f, ten_days[4]);
	fx_drain(f);
	const char *signal = fx_to(f, C1);
	has(signal, "5A");
	has(signal, "12");
	assert_int_equal(f->n_http, 0);
	for (int i = 5; i < 9; i++)
		away(f, ten_days[i]);
	fx_clear(f);
	assert_int_equal(count_rule(f, "A2", NULL), 1);
	away(f, ten_days[9]);
	fx_drain(f);
	assert_int_equal(count_rule(f, "A2", NULL), 2);
	assert_int_equal(count_rule(f, "A3", NULL), 1);
	assert_int_equal(count_rule(f, "A1", NULL), 1);
	const struct fx_http *edu = fx_agency(f, "EDU");
	assert_non_null(edu);
	has(edu->body, "\"rule\":\"A3\"");
	has(edu->body, "\"school\":\"SH1\"");
	has(edu->body, "\"class\":\"5A\"");
	has(edu->body, "\"register_no\":12");
	has(edu->body, "\"days\":10");
	has(edu->body, "\"from\":\"2026-11-16\"");
	has(edu->body, "\"to\":\"2026-11-27\"");
	has_not(edu->body, "concern");
	has_not(edu->body, "zone");
	assert_non_null(fx_agency(f, "MUN"));
	assert_int_equal(f->n_http, 2);
	assert_int_equal(fx_count_to(f, C1), 2); /* day ten's signal, and that the office has it */
}

static void add_duty(struct fx *f)
{
	fx_begin(f);
	fx_person(f, "D2", D2, "duty", "", "", "MUN");
	fx_person(f, "D3", D3, "duty", "", "", "MUN");
	fx_commit(f);
}

/* ---- undo and correction -------------------------------------------------------------------- */

static void test_undo_takes_the_alert_back(void **state)
{
	struct fx *f = *state;

	away(f, "2026-11-16");
	away(f, "2026-11-17");
	away(f, "2026-11-18");
	fx_clear(f);
	fx_sms(f, T1, "ANULO");
	fx_drain(f);
	assert_absent(f, "5A", "2026-11-18", 0, NULL);
	assert_false(reported(f, "5A", "2026-11-18"));
	assert_absent(f, "5A", "2026-11-17", 1, (const int[]){ 12 });
	assert_int_equal(count_rule(f, "A1", "withdrawn"), 1);
	assert_int_equal(fx_count_to(f, H1), 1); /* one line to who was told */
	assert_int_equal(fx_count_to(f, T1), 1); /* he knows by the reply */
	fx_clear(f);
	f->d.now += 60;
	fx_sms(f, T1, "MUNGESE 5A 12"); /* it was right after all: told anew */
	fx_drain(f);
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	assert_int_equal(fx_count_to(f, H1), 1);
}

static void test_nothing_to_undo(void **state)
{
	struct fx *f = *state;

	assert_string_not_equal(fx_ask(f, T1, "ANULO"), "");
	fx_ask(f, T1, "MUNGESE 5A 12");
	f->d.now += (int64_t)f->cf->undo_h * 3600 + 60;
	fx_ask(f, T1, "ANULO");
	assert_absent(f, "5A", "2026-11-18", 1, (const int[]){ 12 });
}

static void test_correction_replaces(void **state)
{
	struct fx *f = *state;

	fx_ask(f, T1, "MUNGESE 5A 12 17");
	const char *reply = fx_ask(f, T1, "KORRIGJO 5A 13 17");
	assert_string_equal(reply, "5A 18.11 ndryshuar: mungojne 13,17 (ishte 12,17)");
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 13, 17 });
	fx_ask(f, T1, "KORRIGJO 5A 14");
	assert_absent(f, "5A", "2026-11-18", 1, (const int[]){ 14 });
}

static void test_correction_of_one_number_and_of_the_class(void **state)
{
	struct fx *f = *state;

	fx_ask(f, T1, "MUNGESE 5A 12 17");
	fx_ask(f, T1, "gabim, ishte 13 jo 12");
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 13, 17 });
	f->d.now += 86400;
	fx_ask(f, T1, "MUNGESE 5A 4");
	fx_ask(f, T1, "sorry wrong class, 5B not 5A");
	assert_absent(f, "5A", "2026-11-19", 0, NULL);
	assert_absent(f, "5B", "2026-11-19", 1, (const int[]){ 4 });
}

static void test_correction_takes_back_only_what_does_not_hold(void **state)
{
	struct fx *f = *state;

	for (int i = 0; i < 3; i++) {
		char iso[24];
		snprintf(iso, sizeof(iso), "%sT08:05", ten_days[i]);
		fx_at(f, iso);
		fx_sms(f, T1, "MUNGESE 5A 12 17");
	}
	assert_int_equal(count_rule(f, "A1", "open"), 2);
	fx_clear(f);
	fx_sms(f, T1, "KORRIGJO 5A 17");
	fx_drain(f);
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	assert_int_equal(count_rule(f, "A1", "withdrawn"), 1);
	has(fx_to(f, H1), "12");
}

static void test_correction_of_a_report_that_is_not_the_last(void **state)
{
	struct fx *f = *state;

	fx_ask(f, T1, "MUNGESE 5A 12 me arsye");
	fx_ask(f, T1, "MUNGESE 5A 17 18"); /* the same day: both stand */
	fx_ask(f, T1, "MUNGESE 5B 3");
	has(fx_ask(f, T1, "KORRIGJO 5A 12 13"), "12,17,18");
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 12, 13 });
	assert_absent(f, "5B", "2026-11-18", 1, (const int[]){ 3 });
	struct attendance_mark mark;
	size_t n;
	OK(attendance_recent(f->st, "SH1", "5A", 12, "2026-11-18", &mark, 1, &n));
	assert_string_equal(mark.category, "excused"); /* who stays is away for the same reason */
	fx_ask(f, T1, "ANULO"); /* of a correction: a person's */
	fx_assert_state(f, "queued");
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 12, 13 });
	fx_ask(f, T1, "KORRIGJO 6A 4"); /* nothing to correct: it is the report */
	assert_absent(f, "6A", "2026-11-18", 1, (const int[]){ 4 });
	fx_ask(f, T1, "gabim, ishte 9 jo 8"); /* 8 was never sent */
	fx_assert_state(f, "queued");
	assert_absent(f, "6A", "2026-11-18", 1, (const int[]){ 4 });
}

static void test_undo_never_reaches_past_the_last_report(void **state)
{
	struct fx *f = *state;
	char reply[1200];

	fx_ask(f, T1, "MUNGESE 5A 12");
	fx_ask(f, T1, "MUNGESE 5B 3");
	snprintf(reply, sizeof(reply), "%s", fx_ask(f, T1, "ANULO"));
	has(reply, "5B");
	fx_ask(f, T1, "ANULO"); /* sent twice in impatience */
	assert_absent(f, "5A", "2026-11-18", 1, (const int[]){ 12 });
	assert_absent(f, "5B", "2026-11-18", 0, NULL);
	fx_ask(f, T1, "MUNGESE 5A 12 17");
	fx_ask(f, T1, "BRAKTISI 9B 7");
	fx_ask(f, T1, "ANULO"); /* of that, not of the absences before it */
	fx_assert_state(f, "read");
	fx_ask(f, T1, "ANULO");
	assert_absent(f, "5A", "2026-11-18", 2, (const int[]){ 12, 17 });
	fx_ask(f, T1, "MUNGESE 5B 8");
	fx_ask(f, T1, "ANULO 5A"); /* not what the last one was about */
	fx_assert_state(f, "queued");
	assert_absent(f, "5B", "2026-11-18", 1, (const int[]){ 8 });
}

static void test_yes_and_no_to_what_was_spelt_out(void **state)
{
	struct fx *f = *state;

	fx_ask(f, T1, "mungese 5A 1O"); /* the letter O: recorded as 10 and spelt out */
	assert_absent(f, "5A", "2026-11-18", 1, (const int[]){ 10 });
	fx_ask(f, T1, "jo");
	assert_absent(f, "5A", "2026-11-18", 0, NULL);
	fx_ask(f, T1, "po"); /* to nothing */
	fx_assert_state(f, "queued");
	fx_ask(f, T1, "mungese 5A 1O");
	fx_ask(f, T1, "po");
	fx_assert_state(f, "read");
	assert_absent(f, "5A", "2026-11-18", 1, (const int[]){ 10 });
	fx_ask(f, T1, "jo"); /* the question was answered */
	assert_absent(f, "5A", "2026-11-18", 1, (const int[]){ 10 });
	fx_assert_state(f, "queued");
}

static void test_dropped_out(void **state)
{
	struct fx *f = *state;

	fx_ask(f, T1, "BRAKTISI 9B 7");
	assert_non_null(fx_agency(f, "EDU"));
	assert_non_null(fx_agency(f, "MUN"));
	assert_int_equal(fx_count_to(f, C1), 1);
	has_not(fx_agency(f, "EDU")->body, "reason");
}

static void test_lost_telephone(void **state)
{
	struct fx *f = *state;
	struct reporter r;
	char known[1200];

	snprintf(known, sizeof(known), "%s", fx_ask(f, STRANGER, "HUMBA 0691000001 hapesira"));
	f->d.now += 61; /* told behind the reply */
	fx_drain(f);
	has(fx_to(f, C1), "T1");
	has_not(fx_to(f, C1), "691000001");
	f->d.now += 2 * 86400;
	assert_string_equal(fx_ask(f, STRANGER, "HUMBA 0691999999 hapesira"), known);
	assert_int_equal(fx_count_to(f, C1), 0);
	fx_secret(f, "C1", SECRET_KIND_PIN, "482913", "");
	has(fx_ask(f, C1, "BLLOKO 0691000001"), "PIN");
	OK(roster_by_id(f->st, "T1", &r));
	assert_true(r.active);
	fx_clear(f);
	fx_sms(f, C1, "PIN 482913 BLLOKO 0691000001");
	f->d.now += 61;
	fx_drain(f);
	assert_int_equal(fx_count_to(f, C1), 2); /* the same words, and that it is locked */
	assert_string_equal(f->verdict_reply, known);
	OK(roster_by_id(f->st, "T1", &r));
	assert_false(r.active);
	assert_false(fx_on_disk(f, "691000001"));
	assert_false(fx_on_disk(f, "hapesira"));
}

static void test_calls_for_help_go_up_too(void **state)
{
	struct fx *f = *state;

	add_duty(f);
	fx_ask(f, STRANGER, "ndihme me rrahin");
	assert_int_equal(fx_count_to(f, D1), 1);
	assert_int_equal(count_rule(f, "E1", "open"), 1);
	fx_clear(f);
	f->d.now += 3601;
	fx_due(f);
	assert_int_equal(fx_count_to(f, D2), 1);
	char text[32];
	snprintf(text, sizeof(text), "OK %lld", (long long)alert_of_rule(f, "E1").number);
	fx_ask(f, D2, text);
	assert_int_equal(count_rule(f, "E1", "acked"), 1);
	const char *late = fx_ask(f, D1, text);
	has(late, "D2"); /* who took it */
}

static void test_excuse_and_return(void **state)
{
	struct fx *f = *state;

	for (int i = 0; i < 5; i++)
		away(f, ten_days[i]);
	assert_int_equal(count_rule(f, "A2", "open"), 1);
	fx_ask(f, T1, "KTHYE 5A 12");
	assert_int_equal(count_rule(f, "A1", "open") + count_rule(f, "A2", "open"), 0);
	for (int i = 5; i < 7; i++)
		away(f, ten_days[i]);
	assert_int_equal(count_rule(f, "A1", NULL), 1); /* the count began anew */
	away(f, ten_days[7]);
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	fx_ask(f, T1, "ARSYE 5A 12 semure");
	assert_int_equal(count_rule(f, "A1", "open"), 0);
	assert_absent(f, "5A", ten_days[7], 1, (const int[]){ 12 });
}

static void test_gone_abroad_without_tipping_off(void **state)
{
	struct fx *f = *state;
	char ordinary[1200];

	snprintf(ordinary, sizeof(ordinary), "%s", fx_ask(f, T1, "MUNGESE 5B 12"));
	const char *reply = fx_ask(f, T1, "mungese 5A nr 12 eshte ne greqi me familjen");
	has(reply, "5A 18.11");
	has_not(reply, "MUN");
	has_not(reply, "koordinator");
	assert_int_equal(count_rule(f, "A5", NULL), 1);
	assert_int_equal(fx_count_to(f, C1), 1);
	const struct fx_http *mun = fx_agency(f, "MUN");
	assert_non_null(mun);
	has(mun->body, "\"country\":\"GR\"");
	assert_null(fx_agency(f, "EDU"));
	fx_ask(f, T1, "mungese 5A nr 12 eshte ne greqi me familjen");
	assert_int_equal(count_rule(f, "A5", NULL), 1);
	assert_int_equal(fx_count_to(f, C1), 0);
}

/* ---- cases ---------------------------------------------------------------------------------- */

static void test_case_in_one_text(void **state)
{
	struct fx *f = *state;
	struct case_row c;

	const char *reply = fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_int_equal(open_cases(f, &c, 1), 1);
	has(reply, c.code);
	assert_string_equal(c.concerns, "begging");
	assert_string_equal(c.zone, "Z4");
	assert_string_equal(c.sex, "M");
	assert_int_equal(c.age, 11);
	assert_string_equal(c.owner, "O1");
	assert_false(c.partial);
	has(fx_to(f, C1), c.code);
	has_not(fx_to(f, C1), "lyp");
	assert_int_equal(count_rule(f, "C2", "open"), 1);
	const struct fx_http *mun = fx_agency(f, "MUN");
	assert_non_null(mun);
	has(mun->body, c.code);
	has(mun->body, "\"begging\"");
	assert_int_equal(f->n_http, 1); /* begging is nobody else's at this point */
}

static void test_partial_case_is_completed(void **state)
{
	struct fx *f = *state;
	struct case_row c;

	const char *reply = fx_ask(f, O1, "RAST LYP");
	assert_int_equal(open_cases(f, &c, 1), 1);
	has(reply, c.code);
	assert_true(c.partial);
	assert_string_equal(c.missing, "zone");
	fx_ask(f, O1, "Z4");
	assert_int_equal(open_cases(f, &c, 1), 1);
	OK(case_by_id(f->st, c.id, &c));
	assert_string_equal(c.zone, "Z4");
	assert_false(c.partial);
	fx_ask(f, O1, "RAST LYP Z44"); /* no such zone: opened all the same */
	struct case_row rows[4];
	assert_int_equal(open_cases(f, rows, 4), 2);
	assert_true(rows[0].partial);
}

static void test_child_rule(void **state)
{
	struct fx *f = *state;
	struct case_row c;
	struct case_event events[8];
	size_t n = 0;
	bool potential = false;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_int_equal(open_cases(f, &c, 1), 1);
	OK(case_events(f->st, c.id, events, 8, &n));
	for (size_t i = 0; i < n; i++)
		potential = potential || (strcmp(events[i].what, "nrm") == 0 &&
					  strcmp(events[i].detail, "potential") == 0);
	assert_true(potential);
	fx_ask(f, O1, "RAST LYP Z4 M45");
	assert_int_equal(open_cases(f, &c, 1), 1);
	has(c.flags, "adult");
}

static void test_urgent_goes_up_the_ladder(void **state)
{
	struct fx *f = *state;
	struct case_row c;

	add_duty(f);
	const char *reply = fx_ask(f, O1, "RAST DRO Z2 M15 URGJENT");
	has(reply, "129");
	has(reply, "112");
	assert_int_equal(open_cases(f, &c, 1), 1);
	assert_true(c.urgent);
	assert_string_equal(c.risk, "high");
	assert_int_equal(count_rule(f, "C2", NULL), 0);
	assert_int_equal(fx_count_to(f, D1), 1);
	assert_int_equal(fx_count_to(f, D2) + fx_count_to(f, D3) + fx_count_to(f, C1), 0);
	assert_non_null(fx_agency(f, "POLICE"));
	static const char *const next[] = { D2, D3, C1 };
	for (int i = 0; i < 3; i++) {
		fx_clear(f);
		f->d.now += 14 * 60;
		fx_due(f);
		assert_int_equal(f->n_sms, 0);
		f->d.now += 61;
		fx_due(f);
		assert_int_equal(f->n_sms, 1);
		has(fx_to(f, next[i]), c.code);
		assert_int_equal(f->n_http, 0); /* no other office in its place */
	}
	for (int i = 0; i < 20; i++) {
		f->d.now += 3600;
		fx_due(f);
	}
	for (size_t i = 0; i < f->n_sms; i++)
		assert_true(strcmp(f->sms[i].to, C1) == 0 || strcmp(f->sms[i].to, D1) == 0 ||
			    strcmp(f->sms[i].to, D2) == 0 || strcmp(f->sms[i].to, D3) == 0);
	assert_in_range(f->n_sms, 1, 8);
	assert_int_equal(count_rule(f, "C1", "open"),
			 1); /* nobody answered: it stays on every list */
}

static void test_answer_stops_the_ladder(void **state)
{
	struct fx *f = *state;
	char text[32];

	fx_ask(f, O1, "RAST DRO Z2 M15 URGJENT");
	struct alert_row a = alert_of_rule(f, "C1");
	snprintf(text, sizeof(text), "OK %lld", (long long)a.number + 50);
	const char *neutral = fx_ask(f, D1, text);
	char words[1200];
	snprintf(words, sizeof(words), "%s", neutral);
	snprintf(text, sizeof(text), "OK %lld", (long long)a.number);
	assert_int_equal(count_rule(f, "C1", "open"), 1);
	fx_ask(f, C1, text); /* he was not told of it */
	assert_int_equal(count_rule(f, "C1", "open"), 1);
	fx_ask(f, D1, text);
	assert_int_equal(count_rule(f, "C1", "acked"), 1);
	OK(alert_get(f->st, a.number, &a));
	assert_string_equal(a.acked_by, "D1");
	fx_clear(f);
	for (int i = 0; i < 10; i++) {
		f->d.now += 900;
		fx_due(f);
	}
	assert_int_equal(f->n_sms, 0);
}

static void test_bare_ok_only_when_one_is_pending(void **state)
{
	struct fx *f = *state;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "RAST PUN Z5 M12");
	fx_ask(f, C1, "ok");
	assert_int_equal(count_rule(f, "C2", "open"), 2);
	char text[32];
	snprintf(text, sizeof(text), "mora %lld", (long long)alert_of_rule(f, "C2").number);
	fx_ask(f, C1, text);
	assert_int_equal(count_rule(f, "C2", "open"), 1);
	fx_ask(f, C1, "ok");
	assert_int_equal(count_rule(f, "C2", "open"), 0);
}

static void test_teacher_as_witness(void **state)
{
	struct fx *f = *state;
	struct case_row c;

	const char *reply = fx_ask(f, T1, "5A nr 12 lyp te semafori");
	assert_int_equal(open_cases(f, &c, 1), 1);
	assert_string_equal(c.school, "SH1");
	assert_string_equal(c.class_name, "5A");
	assert_int_equal(c.pupil, 12);
	assert_string_equal(c.owner, "");
	has_not(reply, c.code);
	has_not(reply, "rast");
	assert_string_not_equal(reply, "");
	has(fx_to(f, C1), c.code);
	has_not(fx_to(f, C1), "SH1"); /* concern and school never together */
}

static void test_wrong_code_and_another_workers_case(void **state)
{
	struct fx *f = *state;
	struct case_row c;
	char text[64], wrong[1200];

	fx_begin(f);
	fx_person(f, "O2", "+355692000002", "outreach", "", "", "MUN");
	fx_commit(f);
	fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_int_equal(open_cases(f, &c, 1), 1);
	snprintf(text, sizeof(text), "NDJEK %s vizite ok", c.code);
	snprintf(wrong, sizeof(wrong), "%s", fx_ask(f, "+355692000002", text));
	struct case_event events[8];
	size_t n = 0;
	OK(case_events(f->st, c.id, events, 8, &n));
	size_t before = n;
	char *last = &text[6 + strlen(c.code) - 1];
	*last = *last == '2' ? '3' : '2';
	assert_string_equal(fx_ask(f, O1, text), wrong);
	OK(case_events(f->st, c.id, events, 8, &n));
	assert_int_equal(n, before);
	has_not(wrong, c.code);
}

static void test_later_work_is_kept_for_a_person(void **state)
{
	struct fx *f = *state;
	struct case_row c;
	struct case_event events[8];
	size_t n = 0;
	char text[64];

	fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_int_equal(open_cases(f, &c, 1), 1);
	snprintf(text, sizeof(text), "MBERRITI %s", c.code); /* no return is known of */
	assert_string_not_equal(fx_ask(f, O1, text), "");
	fx_assert_state(f, "queued");
	OK(case_events(f->st, c.id, events, 8, &n));
	assert_string_equal(events[n - 1].what, "received");
	assert_string_equal(events[n - 1].detail, "return_arrived");
}

static void test_undo_of_a_case(void **state)
{
	struct fx *f = *state;
	struct case_row c;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_int_equal(open_cases(f, &c, 1), 1);
	fx_ask(f, O1, "ANULO");
	OK(case_by_id(f->st, c.id, &c));
	assert_string_equal(c.state, "closed");
	assert_int_equal(count_rule(f, "C2", "withdrawn"), 1);
	assert_int_equal(fx_count_to(f, C1), 1);
	fx_ask(f, O1, "RAST DRO Z2 M15 URGJENT");
	fx_ask(f, O1, "ANULO"); /* never by one word from a phone */
	assert_int_equal(count_rule(f, "C1", "open"), 1);
	fx_assert_state(f, "queued");
}

static void test_raising_a_risk_and_lowering_it(void **state)
{
	struct fx *f = *state;
	struct case_row c;
	char text[64];

	fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_int_equal(open_cases(f, &c, 1), 1);
	snprintf(text, sizeof(text), "RREZIK %s LARTE", c.code);
	fx_ask(f, O1, text);
	OK(case_by_id(f->st, c.id, &c));
	assert_string_equal(c.risk, "high");
	snprintf(text, sizeof(text), "RREZIK %s ULET", c.code);
	fx_ask(f, O1, text);
	OK(case_by_id(f->st, c.id, &c));
	assert_string_equal(c.risk, "high");
	assert_int_equal(count_rule(f, "P2", "open"), 1);
}

/* ---- privacy -------------------------------------------------------------------------------- */

static void test_names_are_refused_and_gone(void **state)
{
	struct fx *f = *state;

	const char *reply = fx_ask(f, T1, "Mungese 5A Arben Hoxha");
	assert_string_not_equal(reply, "");
	has_not(reply, "Arben");
	has_not(reply, "Hoxha");
	assert_false(reported(f, "5A", "2026-11-18"));
	fx_ask(f, O1, "rast lyp z4 m11 tel 0691234567 Arben Hoxha");
	struct case_row c;
	assert_int_equal(open_cases(f, &c, 1), 1);
	assert_string_equal(c.zone, "Z4");
	for (size_t i = 0; i < f->n_sms; i++) {
		has_not(f->sms[i].text, "Hoxha");
		has_not(f->sms[i].text, "1234567");
	}
	for (size_t i = 0; i < f->n_http; i++)
		has_not(f->http[i].body, "Hoxha");
	has_not(f->words, "Hoxha");
	static const char *const never[] = { "Arben",     "Hoxha",   "arben",       "hoxha",
					     "691234567", "MUNGESE", "355691000001" };
	fx_ask(f, T1, "MUNGESE 5A 12");
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (fx_on_disk(f, never[i]))
			fail_msg("\"%s\" stands in a file of the store", never[i]);
	}
	assert_true(fx_on_disk(f, "absence")); /* the search itself finds what is there */
}

static void test_every_outgoing_text_is_one_plain_part(void **state)
{
	static const struct {
		const char *from, *text;
	} texts[] = {
		{ T1, "MUNGESE 5A 12 17" },
		{ T1, "5B 0" },
		{ T1, "mungese 6A 3/28" },
		{ T1, "MUNGESE 5A 99" },
		{ T1, "ANULO" },
		{ T1, "Kur paguhemi ne?" },
		{ T1, "NDIHME" },
		{ O1, "RAST LYP" },
		{ O1, "Z4" },
		{ O1, "RAST DRO Z2 M15 URGJENT" },
		{ C1, "OK 1" },
		{ C1, "TAKIM" },
		{ STRANGER, "ndihme me rrahin" },
		{ T1, "GJUHA EN" },
		{ T1, "MUNGESE 5A 12" },
		{ T1, "STOP" },
	};
	struct fx *f = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		fx_clear(f);
		fx_sms(f, texts[i].from, texts[i].text);
		fx_drain(f);
		for (size_t k = 0; k < f->n_sms; k++) {
			long n = gsm7_count(f->sms[k].text, strlen(f->sms[k].text));
			assert_in_range(n, 1, 160);
			assert_int_equal(f->sms[k].parts, 1);
		}
	}
}

static void test_stop(void **state)
{
	struct fx *f = *state;
	struct reporter r;

	fx_ask(f, T1, "STOP");
	OK(roster_by_id(f->st, "T1", &r));
	assert_false(r.active);
	assert_int_equal(fx_count_to(f, T1), 1);
	assert_int_equal(fx_count_to(f, C1), 1);
}

/* ---- a week --------------------------------------------------------------------------------- */

static void test_seven_days(void **state)
{
	struct fx *f = *state;
	int64_t rows, bad;
	int sent = 0;

	fx_clear(f);
	for (int i = 0; i < 7; i++) {
		char iso[24];
		snprintf(iso, sizeof(iso), "%sT08:05", ten_days[i]);
		fx_at(f, iso);
		fx_sms(f, T1, i == 6 ? "5A 0" : "MUNGESE 5A 12");
		fx_sms(f, T1, "5B 0");
		fx_sms(f, T2, "MUNGESE 5/2 4");
		if (i == 1)
			fx_sms(f, O1, "RAST LYP Z4 M11");
		if (i == 2)
			fx_sms(f, C1, "ok");
		fx_due(f);
		sent += (int)f->n_sms;
	}
	assert_true(sent > 0);
	assert_int_equal(count_rule(f, "A1", NULL), 2);  /* 12 of 5A, 4 of 5/2 */
	assert_int_equal(count_rule(f, "A2", NULL), 2);
	assert_int_equal(count_rule(f, "A3", NULL), 0);
	assert_int_equal(count_rule(f, "C2", NULL), 1);
	OK(audit_verify(f->st, &rows, &bad));
	assert_true(rows > 20);
	store_close(f->st);
	fx_open_store(f);
	assert_int_equal(count_rule(f, "A1", NULL), 2);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static void test_free_text_is_no_key(void **state)
{
	static struct reading r;
	char keys[KEYS_MAX];

	(void)state;
	reading_init(&r, "form:visit");
	reading_set_word(&r, "zone", "Z4");
	reading_set_note(&r, "note", "behind the mill");
	assert_true(keys_write(&r, keys, sizeof(keys)));
	assert_string_equal(keys, "{\"zone\":\"Z4\"}");
	assert_int_equal(keys_notes(&r, keys, sizeof(keys)), 26);
	assert_memory_equal(keys, "{\"note\":\"behind the mill\"}", 26);
	assert_int_equal(keys_notes(&r, keys, 5), 0);
}

static void test_keys_come_back(void **state)
{
	static struct reading r, back;
	char keys[KEYS_MAX];
	const struct reading_item *items;

	(void)state;
	reading_init(&r, "absence");
	reading_set_word(&r, "date", "2026-11-18");
	reading_add_pair(&r, "categories", "12", "unexcused");
	struct reading_entry *e = reading_add_entry(&r, "5A");
	reading_entry_pupil(&r, e, 12);
	reading_entry_pupil(&r, e, 17);
	e = reading_add_entry(&r, "6A");
	e->has_count = true;
	assert_true(keys_write(&r, keys, sizeof(keys)));
	assert_true(keys_read("absence", keys, &back));
	assert_string_equal(reading_word(&back, "date"), "2026-11-18");
	assert_string_equal(reading_map(&back, "categories", "12")->word, "unexcused");
	assert_int_equal(back.n_entries, 2);
	assert_int_equal(back.entries[0].n, 2);
	assert_int_equal(back.items[back.entries[0].first + 1].num, 17);
	assert_true(back.entries[1].has_count);
	assert_int_equal(reading_list(&back, "pupils", &items), 0);
	assert_int_equal(keys_notes(&r, keys, sizeof(keys)), 0);
	assert_false(keys_read("absence", "[1]", &back));
	assert_false(keys_read("no such intent", "{}", &back));
	assert_false(keys_read("absence", "{\"class\":5}", &back));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_absence_in_one_text),
		EACH(test_all_present_is_data),
		EACH(test_count_only),
		EACH(test_several_classes),
		EACH(test_error_is_not_silence),
		EACH(test_three_days),
		EACH(test_unreported_days_and_counts_neither_add_nor_break),
		EACH(test_a_day_present_ends_the_streak),
		EACH(test_five_and_ten_days),
		EACH(test_undo_takes_the_alert_back),
		EACH(test_nothing_to_undo),
		EACH(test_correction_replaces),
		EACH(test_correction_of_one_number_and_of_the_class),
		EACH(test_correction_takes_back_only_what_does_not_hold),
		EACH(test_correction_of_a_report_that_is_not_the_last),
		EACH(test_undo_never_reaches_past_the_last_report),
		EACH(test_yes_and_no_to_what_was_spelt_out),
		EACH(test_dropped_out),
		EACH(test_lost_telephone),
		EACH(test_calls_for_help_go_up_too),
		EACH(test_excuse_and_return),
		EACH(test_gone_abroad_without_tipping_off),
		EACH(test_case_in_one_text),
		EACH(test_partial_case_is_completed),
		EACH(test_child_rule),
		EACH(test_urgent_goes_up_the_ladder),
		EACH(test_answer_stops_the_ladder),
		EACH(test_bare_ok_only_when_one_is_pending),
		EACH(test_teacher_as_witness),
		EACH(test_wrong_code_and_another_workers_case),
		EACH(test_later_work_is_kept_for_a_person),
		EACH(test_undo_of_a_case),
		EACH(test_raising_a_risk_and_lowering_it),
		EACH(test_names_are_refused_and_gone),
		EACH(test_every_outgoing_text_is_one_plain_part),
		EACH(test_stop),
		EACH(test_seven_days),
		cmocka_unit_test(test_keys_come_back),
		cmocka_unit_test(test_free_text_is_no_key),
	};
	return cmocka_run_group_tests_name("casework", tests, NULL, NULL);
}
