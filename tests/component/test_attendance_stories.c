/* test_attendance_stories.c - what a school's texts must bring, word for word, on a calendar that the
 * test moves: replies, rows, alerts, and that nothing else goes out. */
#include "tests/component/fixture.h"
#include "gateway/casework/schoolday.h"
#include "store/schoolyear.h"

static struct fx *fx_of(void **state)
{
	return *state;
}

static void at(struct fx *f, const char *day, const char *time)
{
	char iso[24];

	snprintf(iso, sizeof(iso), "%sT%s", day, time);
	fx_at(f, iso);
}

/* What went out since fx_clear: nothing. */
static void silent(struct fx *f)
{
	fx_drain(f);
	for (size_t i = 0; i < f->n_sms; i++)
		fail_msg("SMS to %s: %s", f->sms[i].to, f->sms[i].text);
	for (size_t i = 0; i < f->n_http; i++)
		fail_msg("%s to %s", f->http[i].event, f->http[i].agency);
}

/* The reply, and that no alert came with it: no other SMS, no delivery. */
static void replies(struct fx *f, const char *from, const char *text, const char *reply)
{
	assert_string_equal(fx_ask(f, from, text), reply);
	assert_int_equal(f->n_sms, 1);
	assert_int_equal(f->n_http, 0);
}

static int count_rule(struct fx *f, const char *rule, const char *state)
{
	struct alert_row rows[256];
	int n = fx_alerts(f, rows, 256), k = 0;

	for (int i = 0; i < n; i++)
		k += strcmp(rows[i].rule, rule) == 0 &&
		     (!state || strcmp(rows[i].state, state) == 0);
	return k;
}

static struct alert_row alert_of(struct fx *f, const char *rule)
{
	struct alert_row rows[256];
	int n = fx_alerts(f, rows, 256);

	for (int i = 0; i < n; i++) {
		if (strcmp(rows[i].rule, rule) == 0)
			return rows[i];
	}
	fail_msg("no alert %s", rule);
	return rows[0];
}

static struct alert_row alert_about(struct fx *f, const char *subject, const char *rule)
{
	struct alert_row rows[256];
	int n = fx_alerts(f, rows, 256);

	for (int i = 0; i < n; i++) {
		if (strcmp(rows[i].rule, rule) == 0 && strcmp(rows[i].subject, subject) == 0)
			return rows[i];
	}
	fail_msg("no alert %s of %s", rule, subject);
	return rows[0];
}

static bool was_sent(const struct fx *f, const char *to, const char *text)
{
	for (size_t i = 0; i < f->n_sms; i++) {
		if (strcmp(f->sms[i].to, to) == 0 && strcmp(f->sms[i].text, text) == 0)
			return true;
	}
	return false;
}

static const struct fx_http *of_school(const struct fx *f, const char *school)
{
	for (size_t i = 0; i < f->n_http; i++) {
		if (strstr(f->http[i].body, school))
			return &f->http[i];
	}
	return NULL;
}

static void absent(struct fx *f, const char *class_name, const char *day, const char *want)
{
	int pupils[40];
	char got[200] = "";
	bool reported;

	int n = fx_absent(f, "SH1", class_name, day, pupils, 40, &reported);
	for (int i = 0; i < n; i++) {
		char one[12];
		snprintf(one, sizeof(one), "%d", pupils[i]);
		desk_join(got, sizeof(got), ",", one);
	}
	assert_string_equal(got, want);
}

static bool reported(struct fx *f, const char *class_name, const char *day)
{
	int pupils[40];
	bool yes;

	fx_absent(f, "SH1", class_name, day, pupils, 40, &yes);
	return yes;
}

/* The text on each of n school days from day on; day becomes the last of them. */
static void daily(struct fx *f, char day[11], int n, const char *from, const char *text)
{
	for (int i = 0; i < n; i++) {
		if (i)
			assert_true(schoolday_step(f->cf, "SH1", NULL, day, 1, day));
		at(f, day, "08:05");
		fx_sms(f, from, text);
		fx_drain(f);
	}
}

/* The gateway's clock up to a time: what falls due on the way is done when it does. */
static void until(struct fx *f, const char *day, const char *time)
{
	int64_t now = f->d.now, next;

	at(f, day, time);
	int64_t target = f->d.now;
	f->d.now = now;
	for (;;) {
		OK(effects_next(&f->d, &next));
		if (next == 0 || next > target)
			break;
		f->d.now = next > f->d.now ? next : f->d.now;
		fx_due(f);
	}
	f->d.now = target;
}

/* One text, whatever it brings. */
static void say(struct fx *f, const char *from, const char *text)
{
	fx_clear(f);
	fx_sms(f, from, text);
	fx_drain(f);
}

static void next_day(struct fx *f, char day[11])
{
	assert_true(schoolday_step(f->cf, "SH1", NULL, day, 1, day));
}

/* ---- A01 to A08 ----------------------------------------------------------------------------- */

static void test_a01_absence_in_one_text(void **state)
{
	struct fx *f = fx_of(state);

	replies(f, T1, "MUNGESE 5A 12 17", "5A 18.11: mungojne nr 12,17. Gabim? Shkruaj ANULO");
	absent(f, "5A", "2026-11-18", "12,17");
	replies(f, T1, "ABSENT 5A 12 17", "5A 18.11: mungojne nr 12,17. Gabim? Shkruaj ANULO");
	absent(f, "5A", "2026-11-18", "12,17");
	assert_int_equal(count_rule(f, "A1", NULL), 0);
}

static void test_a02_all_present_is_data(void **state)
{
	struct fx *f = fx_of(state);
	struct class_year y;

	replies(f, T1, "5A 0", "5A 18.11: te gjithe prezent. Faleminderit");
	assert_true(reported(f, "5A", "2026-11-18"));
	absent(f, "5A", "2026-11-18", "");
	OK(class_year_get(f->st, "SH1", "5A", 2026, &y));
	assert_int_equal(y.listed, 1);
	replies(f, T1, "asnje mungese 5A", "5A 18.11: te gjithe prezent. Faleminderit");
}

static void test_a03_count_only(void **state)
{
	struct fx *f = fx_of(state);
	struct class_year y;

	replies(f, T1, "mungese 5A 3/28",
		"5A 18.11: 3 nga 28 mungojne. Per sinjal dergo numrat e regjistrit");
	absent(f, "5A", "2026-11-18", "");
	OK(class_year_get(f->st, "SH1", "5A", 2026, &y));
	assert_int_equal(y.listed, 0); /* it names nobody */
	assert_int_equal(y.rated, 1);  /* and counts for the class */
	assert_int_equal(y.missed, 3);
	assert_int_equal(y.places, 28);
}

/* Streak rules skip counts; the rule of the class uses them. */
static void test_a03_counts_and_rules(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-10-05";

	daily(f, day, 20, T1, "mungese 5A 5/28"); /* 17.9 % */
	fx_drain(f);
	assert_int_equal(count_rule(f, "A4C", NULL), 0);
	next_day(f, day);
	daily(f, day, 4, T1, "mungese 5A 12/28"); /* 148 of 672: 22 % */
	fx_drain(f);
	assert_int_equal(count_rule(f, "A4C", "open"), 1);
	assert_string_equal(alert_of(f, "A4C").subject, "SH1 5A");
	assert_int_equal(count_rule(f, "A1", NULL) + count_rule(f, "A4", NULL), 0);
}

static void test_a04_several_classes(void **state)
{
	struct fx *f = fx_of(state);

	replies(f, T1, "mungese 5A 12 17; 5B 3 8; 6A 0",
		"18.11: 5A 12,17 | 5B 3,8 | 6A 0. Gabim? ANULO");
	absent(f, "5A", "2026-11-18", "12,17");
	absent(f, "5B", "2026-11-18", "3,8");
	assert_true(reported(f, "6A", "2026-11-18"));
}

static void test_a05_past_days(void **state)
{
	struct fx *f = fx_of(state);

	say(f, T1, "mungese 9B 7 nga e hena");
	bool told = false;
	for (size_t i = 0; i < f->n_sms; i++)
		told |= strcmp(f->sms[i].text, "9B nr 7: mungon 16,17,18.11 (3 dite). Gabim? Shkruaj ANULO") == 0;
	assert_true(told);
	absent(f, "9B", "2026-11-16", "7");
	absent(f, "9B", "2026-11-18", "7");
	assert_int_equal(count_rule(f, "A1", "open"), 1); /* three days at once are three days */
	say(f, T1, "mungese 5A 4 10-13.11");
	absent(f, "5A", "2026-11-10", "4");
	absent(f, "5A", "2026-11-13", "4");
	assert_false(reported(f, "5A", "2026-11-14")); /* Saturday */
	fx_ask(f, T1, "mungese 5B 3 dje");
	absent(f, "5B", "2026-11-17", "3");
	static const char *const bad[][2] = {
		{ "mungese 5B 3 31.02", "S'u regjistrua: data nuk ekziston" },
		{ "mungese 5B 3 15.11", "S'u regjistrua: 15.11 s'eshte dite mesimi" },
		{ "mungese 5B 3 neser", "S'u regjistrua: data eshte ne te ardhmen" },
	};
	for (size_t i = 0; i < 3; i++)
		assert_memory_equal(fx_ask(f, T1, bad[i][0]), bad[i][1], strlen(bad[i][1]));
	assert_false(reported(f, "5B", "2026-11-18"));
}

static void test_a06_category(void **state)
{
	struct fx *f = fx_of(state);
	const struct pupil_key p12 = { "SH1", "5A", 12 }, p17 = { "SH1", "5A", 17 };
	struct day_mark m;
	size_t n;

	fx_ask(f, T1, "mungese 5A 12 pa arsye 17 me arsye");
	OK(pupil_absences(f->st, &p12, "2026-11-18", "2026-11-18", &m, 1, &n));
	assert_string_equal(m.category, "unexcused");
	OK(pupil_absences(f->st, &p17, "2026-11-18", "2026-11-18", &m, 1, &n));
	assert_string_equal(m.category, "excused");
	/* late is present */
	fx_ask(f, T1, "mungese 5B 3 vone");
	const struct pupil_key p3 = { "SH1", "5B", 3 };
	OK(pupil_absences(f->st, &p3, "2026-11-18", "2026-11-18", &m, 1, &n));
	assert_int_equal(n, 0);
}

/* Of several classes in one text each pupil keeps what is said of him, and nobody else's. */
static void test_a06_category_in_several_classes(void **state)
{
	struct fx *f = fx_of(state);
	const struct pupil_key p12 = { "SH1", "5A", 12 }, p3 = { "SH1", "5B", 3 };
	struct day_mark m;
	size_t n;

	fx_ask(f, T1, "mungese 5A 12 semure; 5B 3 ne greqi");
	OK(pupil_absences(f->st, &p12, "2026-11-18", "2026-11-18", &m, 1, &n));
	assert_string_equal(m.category, "excused");
	OK(pupil_absences(f->st, &p3, "2026-11-18", "2026-11-18", &m, 1, &n));
	assert_string_equal(m.category, "unknown");
	assert_int_equal(count_rule(f, "A5", NULL), 1);
	assert_string_equal(alert_of(f, "A5").subject, "SH1 5B 3");
}

static void test_a07_error_is_not_silence(void **state)
{
	struct fx *f = fx_of(state);

	replies(f, T1, "MUNGESE 5A 99",
		"S'u regjistrua: klasa 5A ka 28 nxenes. Shembull: MUNGESE 5A 12 17");
	assert_false(reported(f, "5A", "2026-11-18"));
	replies(f, T1, "MUNGESE 12 17", "S'u regjistrua: cila klase? Shembull: MUNGESE 5A 12 17");
	fx_assert_state(f, "read");
}

static void test_a08_correct_and_undo(void **state)
{
	struct fx *f = fx_of(state);

	fx_ask(f, T1, "MUNGESE 5A 12 17");
	replies(f, T1, "KORRIGJO 5A 13 17",
		"5A 18.11 ndryshuar: mungojne 13,17 (ishte 12,17)");
	absent(f, "5A", "2026-11-18", "13,17");
	fx_ask(f, T1, "gabim, ishte 14 jo 13");
	absent(f, "5A", "2026-11-18", "14,17");
	fx_ask(f, T1, "MUNGESE 5B 4");
	replies(f, T1, "ANULO", "U anulua: 5B 18.11, nr 4. Dergo te sakten");
	assert_false(reported(f, "5B", "2026-11-18"));
}

/* One line to whoever was told, and none for an alert that still holds. */
static void test_a08_correction_takes_alerts_back(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-16";

	daily(f, day, 3, T1, "MUNGESE 5A 12 17");
	fx_clear(f);
	fx_sms(f, T1, "KORRIGJO 5A 17");
	fx_drain(f);
	assert_string_equal(fx_to(f, H1),
			    "5A nr 12: sinjali u terhoq, raporti u korrigjua");
	assert_int_equal(f->n_sms, 2);
	assert_int_equal(count_rule(f, "A1", "withdrawn"), 1);
	assert_int_equal(count_rule(f, "A1", "open"), 1);
}

/* ---- A09 to A11 ----------------------------------------------------------------------------- */

static void test_a09_three_days(void **state)
{
	struct fx *f = fx_of(state);
	const char *text = "5A nr 12: 3 dite pa ardhur. Kontakto familjen? Pergjigju KTHYE 5A 12 ose "
			   "ARSYE 5A 12";
	char day[11] = "2026-11-16";

	daily(f, day, 2, T1, "MUNGESE 5A 12");
	fx_drain(f);
	assert_int_equal(f->n_sms, 2); /* two replies */
	fx_clear(f);
	next_day(f, day);
	daily(f, day, 1, T1, "MUNGESE 5A 12");
	fx_drain(f);
	assert_string_equal(fx_to(f, H1), text);
	assert_int_equal(fx_count_to(f, T1), 2);
	assert_int_equal(f->n_sms, 3);
	assert_int_equal(f->n_http, 0);
	replies(f, T1, "MUNGESE 5A 12", "5A 18.11: mungojne nr 12. Gabim? Shkruaj ANULO");
	replies(f, T1, "MUNGESE 5A 12 17", "5A 18.11: mungojne nr 12,17. Gabim? Shkruaj ANULO");
	assert_int_equal(count_rule(f, "A1", NULL), 1);
}

static void test_a10_five_and_every_five(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-10-05", want[120];
	int told = 0;

	for (int n = 1; n <= 17; n++) {
		fx_clear(f);
		daily(f, day, 1, T1, "MUNGESE 5A 12");
		next_day(f, day);
		fx_drain(f);
		struct alert_row a = { .number = 0 };
		if (n % 5 == 0)
			a = alert_of(f, "A2"); /* the newest is first */
		snprintf(want, sizeof(want), "Sinjal %d: SH1 5A nr 12, %d dite pa arsye. OK %d = mora",
			 (int)a.number, n, (int)a.number);
		for (size_t i = 0; i < f->n_sms; i++)
			told += strcmp(f->sms[i].to, C1) == 0 && strstr(f->sms[i].text, "dite pa arsye");
		bool exact = false;
		for (size_t i = 0; i < f->n_sms; i++)
			exact |= strcmp(f->sms[i].text, want) == 0;
		assert_int_equal(exact, n % 5 == 0);
		assert_int_equal(told, n / 5);
	}
	assert_int_equal(count_rule(f, "A2", NULL), 3);
	fx_clear(f);
	daily(f, day, 1, T1, "5A 0"); /* he is there */
	next_day(f, day);
	daily(f, day, 5, T1, "MUNGESE 5A 12");
	fx_drain(f);
	assert_int_equal(count_rule(f, "A2", "open"), 1); /* of the new row */
	assert_int_equal(count_rule(f, "A2", "done"), 3);
}

static void test_a11_ten_days_agency(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-02", uid[40];

	daily(f, day, 9, T1, "MUNGESE 5A 12");
	fx_clear(f);
	next_day(f, day);
	f->status = 500;
	daily(f, day, 1, T1, "MUNGESE 5A 12");
	fx_drain(f);
	const struct fx_http *edu = fx_agency(f, "EDU");
	assert_non_null(edu);
	assert_non_null(strstr(edu->body, "\"rule\":\"A3\""));
	assert_non_null(strstr(edu->body, "\"school\":\"SH1\""));
	assert_non_null(strstr(edu->body, "\"class\":\"5A\""));
	assert_non_null(strstr(edu->body, "\"register_no\":12"));
	assert_non_null(strstr(edu->body, "\"days\":10"));
	assert_non_null(strstr(edu->body, "\"from\":\"2026-11-02\""));
	assert_non_null(strstr(edu->body, "\"to\":\"2026-11-13\""));
	assert_null(strstr(edu->body, "concern"));
	assert_null(strstr(edu->body, "zone"));
	assert_non_null(strstr(edu->headers, "webhook-signature"));
	snprintf(uid, sizeof(uid), "%s", edu->uid);
	f->status = 200;
	f->n_http = f->n_sms = 0;
	f->d.now += 3600;
	fx_drain(f);
	edu = fx_agency(f, "EDU");
	assert_non_null(edu);
	assert_string_equal(edu->uid, uid); /* the same key over all tries */
	bool told = false;
	for (size_t i = 0; i < f->n_sms; i++)
		told |= strcmp(f->sms[i].to, C1) == 0 && strstr(f->sms[i].text, "u njoftua EDU");
	assert_true(told);
	fx_clear(f);
	next_day(f, day);
	daily(f, day, 4, T1, "MUNGESE 5A 12");
	fx_drain(f);
	assert_int_equal(f->n_http, 0); /* once, however long it goes on */
}

/* Ten days of absence without a reason in eight weeks, never three in a row. */
static void test_a11_in_eight_weeks(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-09-21";
	int away = 0, i = 0;

	while (away < 10) {
		bool today = i++ % 3 != 2;
		at(f, day, "08:05");
		fx_sms(f, T1, today ? "MUNGESE 5A 12" : "5A 0");
		away += today;
		assert_int_equal(count_rule(f, "A3", NULL), away >= 10);
		next_day(f, day);
	}
	fx_drain(f);
	assert_int_equal(count_rule(f, "A1", NULL), 0);
	const struct fx_http *edu = fx_agency(f, "EDU");
	assert_non_null(edu);
	for (int k = 0; k < 6; k++) { /* the same stretch goes on: nothing more */
		at(f, day, "08:05");
		fx_sms(f, T1, i++ % 3 != 2 ? "MUNGESE 5A 12" : "5A 0");
		next_day(f, day);
	}
	assert_int_equal(count_rule(f, "A3", NULL), 1);
}

/* Excuses take A3 back; excused days do not make it. */
static void test_a11_excused_days_do_not_count(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-10-05";

	daily(f, day, 10, T1, "MUNGESE 5A 12 me arsye");
	assert_int_equal(count_rule(f, "A1", NULL) + count_rule(f, "A2", NULL) +
				 count_rule(f, "A3", NULL),
			 0);
	next_day(f, day);
	daily(f, day, 3, T1, "MUNGESE 5A 12");
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	assert_string_equal(fx_ask(f, T1, "ARSYE 5A 12 semure"),
			    "5A nr 12: mungesa u arsyetua. Faleminderit");
	assert_string_equal(fx_to(f, H1), "5A nr 12: sinjali u terhoq, raporti u korrigjua");
	assert_int_equal(count_rule(f, "A1", "withdrawn"), 1);
}

/* ---- A12 ------------------------------------------------------------------------------------ */

static void test_a12_three_of_thirty(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-09-14";

	/* 12 three times, 17 twice, on days apart; excused days count */
	for (int i = 1; i <= 30; i++) {
		const char *text = i == 22	      ? "MUNGESE 5A 12 17 me arsye"
				   : i == 25	      ? "MUNGESE 5A 17"
				   : i == 27 || i == 30 ? "MUNGESE 5A 12"
						      : "5A 0";
		assert_int_equal(count_rule(f, "A4", NULL), 0);
		at(f, day, "08:05");
		fx_clear(f);
		fx_sms(f, T1, text);
		fx_drain(f);
		next_day(f, day);
	}
	assert_int_equal(count_rule(f, "A4", "open"), 1); /* 12: exactly 10 %; 17: 6.7 % */
	struct alert_row a = alert_of(f, "A4");
	assert_string_equal(a.subject, "SH1 5A 12");
	char want[160];
	snprintf(want, sizeof(want),
		 "Sinjal %d: SH1 5A nr 12, mungon 10%% e diteve ose me shume. OK %d = mora", (int)a.number,
		 (int)a.number);
	assert_string_equal(fx_to(f, C1), want);
	assert_non_null(fx_agency(f, "EDU"));
	assert_non_null(strstr(fx_agency(f, "EDU")->body, "\"days\":3"));
	assert_int_equal(count_rule(f, "A4H", NULL) + count_rule(f, "A4S", NULL), 0);
	fx_clear(f);
	daily(f, day, 5, T1, "5A 0"); /* under ten per cent again: what was told stays told */
	assert_int_equal(count_rule(f, "A4", "open"), 1);
}

/* Under twenty reported days nothing; on the twentieth, also for one who is there that day. */
static void test_a12_twenty_days_and_tiers(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-09-14";

	daily(f, day, 2, T1, "MUNGESE 5A 12 me arsye");
	next_day(f, day);
	daily(f, day, 17, T1, "5A 0");
	assert_int_equal(count_rule(f, "A4", NULL), 0); /* 2 of 19 */
	next_day(f, day);
	daily(f, day, 1, T1, "5A 0"); /* 2 of 20 */
	assert_int_equal(count_rule(f, "A4", "open"), 1);
	next_day(f, day);
	daily(f, day, 3, T1, "MUNGESE 5A 12 me arsye"); /* 5 of 23: 21.7 % */
	assert_int_equal(count_rule(f, "A4H", "open"), 1);
	assert_int_equal(count_rule(f, "A4", NULL), 1);
	fx_clear(f);
	fx_sms(f, T1, "KORRIGJO 5A 0"); /* 4 of 23: the tier does not hold, the lower one does */
	fx_sms(f, T1, "KORRIGJO 5A 3");
	fx_drain(f);
	assert_int_equal(count_rule(f, "A4H", "withdrawn"), 1);
	assert_int_equal(count_rule(f, "A4", "open"), 1);
}

/* ---- A13 ------------------------------------------------------------------------------------ */

static void all_but_6a(struct fx *f, const char *day)
{
	at(f, day, "08:05");
	fx_sms(f, T1, "5A 0");
	fx_sms(f, T1, "5B 0");
	fx_sms(f, T1, "9B 0");
}

static void test_a13_silence_is_measured(void **state)
{
	struct fx *f = fx_of(state);
	struct class_year y;

	at(f, "2026-11-17", "07:00"); /* a Tuesday */
	fx_silence(f);
	all_but_6a(f, "2026-11-17");
	fx_clear(f);
	until(f, "2026-11-17", "10:29");
	assert_int_equal(fx_count_to(f, T1), 0);
	until(f, "2026-11-17", "10:30");
	assert_string_equal(fx_to(f, T1), "6A: s'kemi raport sot. Pergjigju 0 ose numrat");
	assert_int_equal(fx_count_to(f, H1) + fx_count_to(f, C1), 0);
	fx_clear(f);
	until(f, "2026-11-17", "10:40");
	silent(f); /* once */
	at(f, "2026-11-17", "12:00");
	assert_string_equal(fx_ask(f, T1, "12 17"),
			    "6A 17.11: mungojne nr 12,17. Sakte? PO ose JO");
	absent(f, "6A", "2026-11-17", "12,17");
	/* twelve hours, no longer */
	all_but_6a(f, "2026-11-18");
	until(f, "2026-11-18", "10:30");
	at(f, "2026-11-18", "22:31");
	fx_ask(f, T1, "12 17");
	assert_false(reported(f, "6A", "2026-11-18"));
	/* not reported is no day present */
	OK(class_year_get(f->st, "SH1", "6A", 2026, &y));
	assert_int_equal(y.listed, 1);
}

static void test_a13_zero_answers_too(void **state)
{
	struct fx *f = fx_of(state);

	at(f, "2026-11-17", "07:00");
	fx_silence(f);
	all_but_6a(f, "2026-11-17");
	until(f, "2026-11-17", "10:30");
	assert_string_equal(fx_ask(f, T1, "0"), "6A 17.11: te gjithe prezent. Faleminderit");
	assert_true(reported(f, "6A", "2026-11-17"));
	absent(f, "6A", "2026-11-17", "");
}

static void test_a13_two_days_and_five(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-16", want[120];

	at(f, "2026-11-13", "20:00");
	fx_silence(f);
	for (int n = 1; n <= 6; n++) {
		all_but_6a(f, day);
		fx_clear(f);
		until(f, day, "10:30");
		assert_int_equal(fx_count_to(f, T1), 1);
		if (fx_count_to(f, H1) != (n == 2))
			fail_msg("day %d: %s", n, fx_to(f, H1));
		if (n == 2)
			assert_string_equal(fx_to(f, H1),
					    "6A: 2 dite pa raport. Ju lutem kujtoji mesuesit");
		const struct fx_http *h = of_school(f, "SH1");
		if ((h != NULL) != (n == 5))
			fail_msg("day %d: %s", n, h ? h->body : "nothing");
		if (h) {
			assert_string_equal(h->agency, "MUN");
			assert_string_equal(h->event, "school.silent");
			assert_non_null(strstr(h->body, "\"class\":\"6A\""));
			assert_non_null(strstr(h->body, "\"days\":5"));
			struct alert_row a = alert_about(f, "SH1 6A", "A8M");
			snprintf(want, sizeof(want), "Sinjal %d: SH1 6A, 5 dite pa raport. OK %d = mora",
				 (int)a.number, (int)a.number);
			assert_true(was_sent(f, C1, want));
		}
		next_day(f, day);
	}
	fx_clear(f);
	at(f, day, "08:00");
	fx_sms(f, T1, "6A 0"); /* the silence is over, and all who were told hear so */
	fx_drain(f);
	assert_int_equal(count_rule(f, "A8H", "done"), 1);
	assert_int_equal(count_rule(f, "A8M", "done"), 1);
	snprintf(want, sizeof(want), "SH1 6A: raporti erdhi. Sinjal %d u mbyll",
		 (int)alert_about(f, "SH1 6A", "A8H").number);
	assert_string_equal(fx_to(f, H1), want);
	snprintf(want, sizeof(want), "SH1 6A: raporti erdhi. Sinjal %d u mbyll",
		 (int)alert_about(f, "SH1 6A", "A8M").number);
	assert_true(was_sent(f, C1, want));
}

static void test_a13_late_reports_count(void **state)
{
	struct fx *f = fx_of(state);

	at(f, "2026-11-15", "20:00");
	fx_silence(f);
	all_but_6a(f, "2026-11-16");
	until(f, "2026-11-16", "10:30");
	all_but_6a(f, "2026-11-17");
	fx_sms(f, T1, "6A 0 dje"); /* yesterday's, in time */
	assert_true(reported(f, "6A", "2026-11-16"));
	fx_clear(f);
	until(f, "2026-11-17", "10:30");
	assert_int_equal(fx_count_to(f, H1), 0); /* one day silent, not two */
	assert_int_equal(fx_count_to(f, T1), 1);
}

static void test_a13_a_silent_school_is_one_message(void **state)
{
	struct fx *f = fx_of(state);

	at(f, "2026-11-15", "20:00");
	fx_silence(f);
	fx_clear(f);
	until(f, "2026-11-16", "10:30");
	assert_string_equal(fx_to(f, H1),
			    "SH1: s'kemi raport sot nga asnje klase. Ju lutem kujtoji mesuesit");
	assert_int_equal(fx_count_to(f, T1), 0);
	fx_clear(f);
	until(f, "2026-11-17", "10:30");
	assert_int_equal(fx_count_to(f, H1), 2); /* today, and two days */
	assert_int_equal(fx_count_to(f, T1), 0);
	assert_int_equal(count_rule(f, "A8SH", NULL), 2); /* SH1 and SH3 */
	until(f, "2026-11-17", "15:30");
	assert_int_equal(count_rule(f, "A8SH", NULL), 3); /* SH2 has its lessons in the afternoon */
}

static void test_a13_several_classes_of_one_teacher(void **state)
{
	struct fx *f = fx_of(state);

	at(f, "2026-11-15", "20:00");
	fx_silence(f);
	at(f, "2026-11-16", "08:00");
	fx_sms(f, T1, "5A 0");
	fx_clear(f);
	until(f, "2026-11-16", "10:30");
	assert_string_equal(fx_to(f, T1),
			    "S'kemi raport sot: 5B 6A 9B. Shkruaj klasen dhe numrat, ose klasen dhe 0");
	/* bare numbers would be a guess */
	fx_ask(f, T1, "12 17");
	assert_false(reported(f, "5B", "2026-11-16"));
	assert_false(reported(f, "6A", "2026-11-16"));
	assert_false(reported(f, "9B", "2026-11-16"));
}

static void test_a13_shifts_holidays_and_restarts(void **state)
{
	struct fx *f = fx_of(state);

	at(f, "2026-12-07", "07:00"); /* Monday; Tuesday 8.12 is a holiday */
	fx_silence(f);
	until(f, "2026-12-07", "10:30");
	assert_int_equal(fx_count_to(f, T2), 0); /* second shift: not yet */
	fx_clear(f);
	until(f, "2026-12-07", "15:30");
	assert_int_equal(fx_count_to(f, T2), 1);
	assert_int_equal(fx_count_to(f, H1), 0);
	fx_clear(f);
	until(f, "2026-12-08", "10:30");
	until(f, "2026-12-08", "15:30");
	silent(f);
	/* the hub is away over a deadline: looked at once it is back, after the modem's texts */
	at(f, "2026-12-09", "12:00");
	fx_due(f);
	assert_int_equal(fx_count_to(f, H1), 0);
	f->d.now += 301;
	fx_due(f);
	assert_int_equal(fx_count_to(f, H1), 2);
	fx_clear(f);
	fx_due(f);
	silent(f);
}

/* ---- A14 to A16 ----------------------------------------------------------------------------- */

static void test_a14_gone_abroad(void **state)
{
	struct fx *f = fx_of(state);

	const char *reply = fx_ask(f, T1, "mungese 5A nr 12 eshte ne greqi me familjen");
	assert_string_equal(reply, "5A 18.11: mungojne nr 12. Gabim? Shkruaj ANULO");
	const struct fx_http *mun = fx_agency(f, "MUN");
	assert_non_null(mun);
	assert_non_null(strstr(mun->body, "\"reason\":\"abroad\""));
	assert_non_null(strstr(mun->body, "\"country\":\"GR\""));
	assert_null(fx_agency(f, "EDU"));
	assert_int_equal(fx_count_to(f, H1), 0);
	assert_int_equal(count_rule(f, "A5", "open"), 1);
	replies(f, T1, "mungese 5A nr 12 eshte ne greqi me familjen",
		"5A 18.11: mungojne nr 12. Gabim? Shkruaj ANULO");
}

static void test_a15_return(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-02";

	daily(f, day, 10, T1, "MUNGESE 5A 12");
	fx_clear(f);
	assert_int_equal(count_rule(f, "A1", "open") + count_rule(f, "A2", "open") +
				 count_rule(f, "A3", "open"),
			 4);
	next_day(f, day);
	at(f, day, "08:05");
	assert_string_equal(fx_ask(f, T1, "KTHYE 5A 12"),
			    "5A nr 12: u kthye me 16.11. Faleminderit");
	assert_int_equal(count_rule(f, "A1", "open") + count_rule(f, "A2", "open") +
				 count_rule(f, "A3", "open"),
			 0);
	assert_non_null(strstr(fx_to(f, H1), "5A nr 12 u kthye. Sinjal "));
	fx_clear(f);
	next_day(f, day);
	daily(f, day, 2, T1, "MUNGESE 5A 12"); /* a new row, of two */
	assert_int_equal(count_rule(f, "A1", NULL), 1);
	next_day(f, day);
	daily(f, day, 1, T1, "MUNGESE 5A 12");
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	assert_int_equal(count_rule(f, "A3", NULL), 1); /* told, and he did come back */
}

/* "He is back", and it was not true: what had been told holds again. */
static void test_a15_return_taken_back(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-16";

	daily(f, day, 3, T1, "MUNGESE 5A 12");
	fx_ask(f, T1, "KTHYE 5A 12");
	assert_int_equal(count_rule(f, "A1", "done"), 1);
	say(f, T1, "ANULO");
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	assert_int_equal(fx_count_to(f, H1), 1);
	/* the same by a list that shows him there */
	next_day(f, day);
	at(f, day, "08:05");
	fx_ask(f, T1, "5A 0");
	assert_int_equal(count_rule(f, "A1", "open"), 0);
	say(f, T1, "KORRIGJO 5A 12");
	assert_int_equal(count_rule(f, "A1", "open"), 1);
}

static void test_a15_drop_out(void **state)
{
	struct fx *f = fx_of(state);
	const struct pupil_key p = { "SH1", "9B", 7 };
	char day[11] = "2026-11-11";
	bool left;

	daily(f, day, 3, T1, "MUNGESE 9B 7");
	fx_clear(f);
	assert_string_equal(fx_ask(f, T1, "BRAKTISI 9B 7"),
			    "9B nr 7: u shenua qe la klasen. Gabim? Shkruaj ANULO");
	OK(enrolment_left(f->st, &p, 2026, &left));
	assert_true(left);
	assert_non_null(fx_agency(f, "EDU"));
	assert_string_equal(fx_agency(f, "EDU")->event, "absence.left");
	assert_non_null(fx_agency(f, "MUN"));
	assert_int_equal(fx_count_to(f, C1), 1);
	assert_int_equal(count_rule(f, "A1", "done"), 1);
	replies(f, T1, "BRAKTISI 9B 7", "9B nr 7: u shenua qe la klasen. Gabim? Shkruaj ANULO");
	next_day(f, day);
	daily(f, day, 8, T1, "MUNGESE 9B 7"); /* nothing more is told of him */
	assert_int_equal(count_rule(f, "A1", NULL), 1);
	assert_int_equal(count_rule(f, "A2", NULL), 0);
	fx_ask(f, T1, "KTHYE 9B 7");
	OK(enrolment_left(f->st, &p, 2026, &left));
	assert_false(left);
}

static void test_a15_drop_out_taken_back(void **state)
{
	struct fx *f = fx_of(state);
	const struct pupil_key p = { "SH1", "9B", 7 };
	bool left;

	fx_ask(f, T1, "BRAKTISI 9B 7");
	fx_ask(f, T1, "ANULO");
	OK(enrolment_left(f->st, &p, 2026, &left));
	assert_false(left);
	assert_int_equal(count_rule(f, "A5L", "withdrawn"), 1);
}

/* The same absences on either side of the season's first day, 15 June, and of its last. */
static void season(struct fx *f, const char *from, int days, int a2, int a3)
{
	char day[11];

	snprintf(day, sizeof(day), "%s", from);
	daily(f, day, days, T1, "MUNGESE 5A 12");
	assert_int_equal(count_rule(f, "A2", NULL), a2);
	assert_int_equal(count_rule(f, "A3", NULL), a3);
}

static void test_a16_third_day_before_the_season(void **state)
{
	season(fx_of(state), "2027-06-09", 3, 0, 0); /* 9, 10, 11 June */
}

static void test_a16_third_day_in_the_season(void **state)
{
	season(fx_of(state), "2027-06-11", 3, 1, 0); /* 11, 14, 15 June */
}

static void test_a16_seventh_day_before_the_season(void **state)
{
	season(fx_of(state), "2027-06-03", 7, 1, 0); /* to 11 June; A2 by five */
}

static void test_a16_seventh_day_in_the_season(void **state)
{
	season(fx_of(state), "2027-06-07", 7, 1, 1); /* to 15 June: A2 by five, A3 by seven */
}

static void test_a16_after_the_season(void **state)
{
	struct fx *f = fx_of(state);

	season(f, "2026-09-14", 2, 0, 0); /* 14, 15 September */
	at(f, "2026-09-16", "08:05");
	fx_sms(f, T1, "MUNGESE 5A 12"); /* the third, a day too late for the season */
	assert_int_equal(count_rule(f, "A1", NULL), 1);
	assert_int_equal(count_rule(f, "A2", NULL), 0);
}

/* ---- clusters ------------------------------------------------------------------------------- */

static void test_three_of_a_class_begin(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-10-05";

	daily(f, day, 1, T1, "MUNGESE 5A 3 8 12 17"); /* a day is no beginning */
	assert_int_equal(count_rule(f, "A6", NULL), 0);
	next_day(f, day);
	daily(f, day, 1, T1, "MUNGESE 5A 3 8");
	assert_int_equal(count_rule(f, "A6", NULL), 0);
	next_day(f, day);
	daily(f, day, 1, T1, "MUNGESE 5A 3 8 20");
	next_day(f, day);
	fx_clear(f);
	daily(f, day, 1, T1, "MUNGESE 5A 3 8 20");
	fx_drain(f);
	assert_int_equal(count_rule(f, "A6", "open"), 1);
	struct alert_row a = alert_of(f, "A6");
	assert_string_equal(a.subject, "SH1 5A");
	char want[160];
	snprintf(want, sizeof(want),
		 "Sinjal %d: SH1 5A, 3 nxenes nisen te mungojne brenda pak diteve. OK %d = mora",
		 (int)a.number, (int)a.number);
	assert_string_equal(fx_to(f, C1), want);
	assert_string_equal(fx_agency(f, "MUN")->event, "absence.cluster");
	assert_null(fx_agency(f, "EDU"));
	next_day(f, day);
	daily(f, day, 3, T1, "MUNGESE 5A 3 8 20"); /* the same three: no other cluster */
	assert_int_equal(count_rule(f, "A6", NULL), 1);
	say(f, T1, "KORRIGJO 5A 3 8 20 date 05.10");
	assert_int_equal(count_rule(f, "A6", "open"), 1);
	fx_clear(f);
	say(f, T1, "KORRIGJO 5A 3 8 date 07.10");
	say(f, T1, "KORRIGJO 5A 3 8 date 08.10");
	say(f, T1, "KORRIGJO 5A 3 8 date 09.10");
	say(f, T1, "KORRIGJO 5A 3 8 date 12.10");
	assert_int_equal(count_rule(f, "A6", "withdrawn"), 1);
}

/* Pupils of two schools who live in one zone; one of them by the zone of his open case. */
static void test_three_of_a_zone_begin(void **state)
{
	struct fx *f = fx_of(state);
	struct case_row c;
	char day[11] = "2026-10-05";
	size_t n;

	for (size_t i = 0; i < f->cf->n_classes; i++) {
		struct config_class_row *k = &f->cf->classes[i];
		bool here = strcmp(k->class_name, "5A") == 0 || strcmp(k->class_name, "5/1") == 0;
		k->zone = here ? "Z2" : "Z9";
	}
	at(f, day, "07:00");
	fx_ask(f, O1, "RAST LYP Z2 M11");
	assert_int_equal(case_list(f->st, NULL, &c, 1, &n), STORE_OK);
	snprintf(c.school, sizeof(c.school), "SH1");
	snprintf(c.class_name, sizeof(c.class_name), "9B");
	c.pupil = 4;
	fx_begin(f);
	OK(case_update(f->st, &c, f->d.now));
	fx_commit(f);
	for (int i = 0; i < 3; i++) {
		at(f, day, "08:05");
		fx_sms(f, T1, i < 2 ? "mungese 5A 3; 5B 8; 9B 0" : "mungese 5A 3; 5B 8; 9B 4");
		fx_sms(f, T2, "mungese 5/1 7");
		next_day(f, day);
	}
	assert_int_equal(count_rule(f, "A6Z", NULL), 0); /* two of Z2 for three days, one for one */
	fx_clear(f);
	at(f, day, "08:05");
	fx_sms(f, T1, "mungese 5A 3; 5B 8; 9B 4");
	fx_drain(f);
	assert_int_equal(count_rule(f, "A6Z", "open"), 1);
	assert_string_equal(alert_of(f, "A6Z").subject, "Z2");
	const struct fx_http *h = fx_agency(f, "MUN");
	assert_non_null(h);
	assert_null(strstr(h->body, "SH1"));
	assert_int_equal(count_rule(f, "A6", NULL), 0);
	fx_sms(f, T2, "mungese 5/1 7");
	assert_int_equal(count_rule(f, "A6Z", NULL), 1);
	say(f, T2, "KORRIGJO 5/1 8 date 05.10");
	say(f, T2, "KORRIGJO 5/1 8 date 06.10");
	say(f, T2, "KORRIGJO 5/1 8 date 07.10");
	assert_int_equal(count_rule(f, "A6Z", "withdrawn"), 1);
	assert_int_equal(count_rule(f, "A6Z", NULL), 1); /* it held until the third of them */
}

/* ---- late, and in any order ----------------------------------------------------------------- */

static void test_a_late_report_parts_a_row(void **state)
{
	struct fx *f = fx_of(state);

	at(f, "2026-11-16", "08:00");
	fx_sms(f, T1, "MUNGESE 5A 12");
	at(f, "2026-11-18", "08:00"); /* Tuesday nobody reported */
	fx_sms(f, T1, "MUNGESE 5A 12");
	at(f, "2026-11-19", "08:00");
	fx_sms(f, T1, "MUNGESE 5A 12");
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	fx_clear(f);
	say(f, T1, "5A 0 date 17.11");
	assert_true(reported(f, "5A", "2026-11-17"));
	assert_int_equal(count_rule(f, "A1", "withdrawn"), 1); /* he was there in between */
	say(f, T1, "ANULO");
	assert_int_equal(count_rule(f, "A1", "open"), 1); /* or he was not */
}

static void test_an_earlier_day_is_no_new_alert(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-17";

	daily(f, day, 3, T1, "MUNGESE 5A 12");
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	fx_clear(f);
	fx_ask(f, T1, "MUNGESE 5A 12 date 16.11");
	assert_int_equal(count_rule(f, "A1", NULL), 1);
	assert_int_equal(fx_count_to(f, H1), 0);
}

static void test_a_new_year_is_another_child(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2027-06-16";

	daily(f, day, 3, T1, "MUNGESE 5A 12");
	assert_int_equal(count_rule(f, "A1", "open"), 1);
	at(f, "2027-09-13", "07:00");
	fx_silence(f);
	until(f, "2027-09-13", "10:30");
	assert_int_equal(count_rule(f, "A1", "open"), 0); /* the year is over */
	at(f, "2027-09-13", "11:00");
	fx_sms(f, T1, "MUNGESE 5A 12");
	assert_int_equal(count_rule(f, "A1", "open"), 0); /* the fourth day of nobody */
}

/* ---- E02 ------------------------------------------------------------------------------------ */

static void test_e02_one_day_watch(void **state)
{
	struct fx *f = fx_of(state);
	struct case_row c;
	size_t n;
	char want[160];

	fx_ask(f, O1, "RAST LYP Z4 M11");
	assert_int_equal(case_list(f->st, NULL, &c, 1, &n), STORE_OK);
	snprintf(c.school, sizeof(c.school), "SH3");
	snprintf(c.class_name, sizeof(c.class_name), "6B");
	c.pupil = 9;
	fx_begin(f);
	OK(case_update(f->st, &c, f->d.now));
	fx_commit(f);
	fx_clear(f);
	assert_string_equal(fx_ask(f, "+355691000003", "MUNGESE 6B 9 11"),
			    "6B 18.11: mungojne nr 9,11. Gabim? Shkruaj ANULO");
	snprintf(want, sizeof(want), "%s mungoi sot ne shkolle. Pergjigju VIZITE %s dhe si shkoi", c.code,
		 c.code);
	assert_string_equal(fx_to(f, O1), want);
	assert_int_equal(f->n_sms, 2); /* the reply and this: the teacher gets nothing special */
	assert_int_equal(f->n_http, 0);
	assert_null(strstr(fx_to(f, O1), "6B"));
	replies(f, "+355691000003", "MUNGESE 6B 9 11", "6B 18.11: mungojne nr 9,11. Gabim? Shkruaj ANULO");
	fx_clear(f);
	fx_ask(f, "+355691000003", "KORRIGJO 6B 11");
	assert_int_equal(count_rule(f, "A9", "withdrawn"), 1);
	assert_int_equal(fx_count_to(f, O1), 1);
	/* excused or not, and another day */
	at(f, "2026-11-19", "08:00");
	fx_ask(f, "+355691000003", "MUNGESE 6B 9 me arsye");
	assert_int_equal(fx_count_to(f, O1), 1);
	snprintf(want, sizeof(want), "%s mungoi me 16.11 ne shkolle. Pergjigju VIZITE %s dhe si shkoi",
		 c.code, c.code);
	fx_ask(f, "+355691000003", "MUNGESE 6B 9 date 16.11");
	assert_string_equal(fx_to(f, O1), want);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_a01_absence_in_one_text),
		EACH(test_a02_all_present_is_data),
		EACH(test_a03_count_only),
		EACH(test_a03_counts_and_rules),
		EACH(test_a04_several_classes),
		EACH(test_a05_past_days),
		EACH(test_a06_category),
		EACH(test_a06_category_in_several_classes),
		EACH(test_a07_error_is_not_silence),
		EACH(test_a08_correct_and_undo),
		EACH(test_a08_correction_takes_alerts_back),
		EACH(test_a09_three_days),
		EACH(test_a10_five_and_every_five),
		EACH(test_a11_ten_days_agency),
		EACH(test_a11_in_eight_weeks),
		EACH(test_a11_excused_days_do_not_count),
		EACH(test_a12_three_of_thirty),
		EACH(test_a12_twenty_days_and_tiers),
		EACH(test_a13_silence_is_measured),
		EACH(test_a13_zero_answers_too),
		EACH(test_a13_two_days_and_five),
		EACH(test_a13_late_reports_count),
		EACH(test_a13_a_silent_school_is_one_message),
		EACH(test_a13_several_classes_of_one_teacher),
		EACH(test_a13_shifts_holidays_and_restarts),
		EACH(test_a14_gone_abroad),
		EACH(test_a15_return),
		EACH(test_a15_return_taken_back),
		EACH(test_a15_drop_out),
		EACH(test_a15_drop_out_taken_back),
		EACH(test_a16_third_day_before_the_season),
		EACH(test_a16_third_day_in_the_season),
		EACH(test_a16_seventh_day_before_the_season),
		EACH(test_a16_seventh_day_in_the_season),
		EACH(test_a16_after_the_season),
		EACH(test_three_of_a_class_begin),
		EACH(test_three_of_a_zone_begin),
		EACH(test_a_late_report_parts_a_row),
		EACH(test_an_earlier_day_is_no_new_alert),
		EACH(test_a_new_year_is_another_child),
		EACH(test_e02_one_day_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
