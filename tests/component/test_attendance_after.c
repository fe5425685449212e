/* Attendance after the fact: what was said before still stands, an excuse comes with the child, and who took
 * an alert hears that it was wrong. */
#include "fixture.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/schoolday.h"
#include "store/attendance.h"
#include "store/schoolyear.h"

#define T1 "+355691000001"
#define H1 "+355691000004"
#define C1 "+355693000001"

static struct fx *fx_of(void **state)
{
	return *state;
}

static void at(struct fx *f, const char *day)
{
	char iso[24];

	snprintf(iso, sizeof(iso), "%.10sT08:05", day);
	fx_at(f, iso);
}

static void daily(struct fx *f, char day[11], int n, const char *text)
{
	for (int i = 0; i < n; i++) {
		at(f, day);
		fx_sms(f, T1, text);
		fx_drain(f);
		assert_true(schoolday_step(f->cf, "SH1", NULL, day, 1, day));
	}
	at(f, day);
	fx_clear(f);
}

static struct alert_row alert_of(struct fx *f, const char *rule)
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

static void absent(struct fx *f, const char *day, int want)
{
	int pupils[40];
	bool reported;

	assert_int_equal(fx_absent(f, "SH1", "5A", day, pupils, 40, &reported), want);
}

static void categories(struct fx *f, const char *want)
{
	struct pupil_key who = { "SH1", "5A", 12 };
	struct day_mark m[32];
	char got[33] = "";
	size_t n = 0;

	OK(pupil_absences(f->d.st, &who, "2026-11-01", "2026-12-31", m, 32, &n));
	for (size_t i = 0; i < n; i++)
		got[i] = m[i].category[0];
	assert_string_equal(got, want);
}

static void took(struct fx *f, const char *from, int64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "OK %d", (int)number);
	fx_sms(f, from, text);
	fx_drain(f);
	fx_clear(f);
}

/* ---- all present, over what was sent -------------------------------------------------------- */

static void test_a_second_list_shows_the_whole_day(void **state)
{
	struct fx *f = *state;
	char text[200] = "MUNGESE 5A";

	assert_string_equal(fx_ask(f, T1, "MUNGESE 5A 12 17"), "5A 18.11: mungojne nr 12,17. Gabim? Shkruaj ANULO");
	assert_string_equal(fx_ask(f, T1, "MUNGESE 5A 3"),
			    "5A 18.11: gjithsej mungojne nr 3,12,17. Gabim? Shkruaj ANULO");
	assert_string_equal(fx_ask(f, T1, "MUNGESE 5A 3 12 17"),
			    "5A 18.11: mungojne nr 3,12,17. Gabim? Shkruaj ANULO");
	fx_at(f, "2026-11-19T09:00");
	for (int i = 1; i <= 20; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " %d", i);
	fx_ask(f, T1, text);
	fx_ask(f, T1, "po");
	/* what does not fit is counted, and never silently left out */
	assert_string_equal(fx_ask(f, T1, "MUNGESE 5A 25"),
			    "5A 19.11: gjithsej mungojne nr 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18 +3. Gabim? "
			    "Shkruaj ANULO");
}

static void test_back_was_wrong_and_he_had_left(void **state)
{
	struct fx *f = *state;
	struct alert_row rows[16];
	const struct pupil_key who = { "SH1", "9B", 7 };
	char want[100];
	bool left;

	fx_ask(f, T1, "BRAKTISI 9B 7");
	fx_ask(f, T1, "KTHYE 9B 7");
	assert_string_equal(fx_to(f, C1), "9B nr 7 u kthye. Sinjal 1 u mbyll");
	fx_ask(f, T1, "ANULO");
	OK(enrolment_left(f->st, &who, 2026, &left));
	assert_true(left);
	int n = fx_alerts(f, rows, 16), open = 0;
	for (int i = 0; i < n; i++)
		open += strcmp(rows[i].rule, "A5L") == 0 && strcmp(rows[i].state, "open") == 0;
	assert_int_equal(open, 1);
	snprintf(want, sizeof(want), "Sinjal %lld: SH1 9B nr 7, larguar. OK %lld = mora", (long long)rows[0].number,
		 (long long)rows[0].number);
	assert_string_equal(fx_to(f, C1), want);
	assert_non_null(fx_agency(f, "EDU")); /* the duty to enrol stands again */
	/* who had not left has not left now */
	fx_ask(f, T1, "KTHYE 9B 8");
	fx_ask(f, T1, "ANULO");
	OK(enrolment_left(f->st, &(struct pupil_key){ "SH1", "9B", 8 }, 2026, &left));
	assert_false(left);
}

static void test_an_excuse_of_the_first_days_moves_the_alert(void **state)
{
	static const char *const days[] = { "2026-11-16T09:00", "2026-11-17T09:00", "2026-11-18T09:00",
					    "2026-11-19T09:00", "2026-11-20T09:00" };
	struct fx *f = *state;
	struct alert_row rows[16];

	for (int i = 0; i < 5; i++) {
		fx_at(f, days[i]);
		fx_clear(f);
		fx_sms(f, T1, "MUNGESE 5A 12");
	}
	fx_clear(f);
	/* four days without excuse are left, and three were told of: nobody hears anything but the sender */
	assert_string_equal(fx_ask(f, T1, "ARSYE 5A 12 me 16.11"),
			    "5A nr 12: mungesa 16.11 u arsyetua. Gabim? Shkruaj ANULO");
	assert_int_equal(fx_count_to(f, H1), 0);
	int n = fx_alerts(f, rows, 16), a1 = 0;
	for (int i = 0; i < n; i++) {
		if (strcmp(rows[i].rule, "A1") != 0)
			continue;
		a1++;
		assert_string_equal(rows[i].state, "open");
		assert_string_equal(rows[i].window, "2026-11-17+3");
	}
	assert_int_equal(a1, 1);
	/* two are too few */
	fx_clear(f);
	fx_sms(f, T1, "ARSYE 5A 12 me 17.11");
	fx_sms(f, T1, "ARSYE 5A 12 me 18.11");
	fx_drain(f);
	assert_string_equal(fx_to(f, H1), "5A nr 12: sinjali u terhoq, raporti u korrigjua");
}

static void test_a_nought_hides_nobody(void **state)
{
	struct fx *f = fx_of(state);

	fx_at(f, "2026-11-18T08:05");
	fx_ask(f, T1, "MUNGESE 5A 12 17");
	assert_string_equal(fx_ask(f, T1, "5A 0"),
			    "U regjistrua, por 5A 18.11 mungojne ende nr 12,17. Nese jane te gjithe: "
			    "KORRIGJO 5A 0 date 18.11");
	absent(f, "2026-11-18", 2);
	fx_ask(f, T1, "KORRIGJO 5A 0 date 18.11");
	absent(f, "2026-11-18", 0);
	assert_string_equal(fx_ask(f, T1, "5A 0"), "5A 18.11: te gjithe prezent. Faleminderit");
}

static void test_nor_among_several_classes(void **state)
{
	struct fx *f = fx_of(state);

	fx_at(f, "2026-11-18T08:05");
	fx_ask(f, T1, "MUNGESE 5A 12");
	assert_string_equal(fx_ask(f, T1, "5B 3; 5A 0; 6A 0"),
			    "U regjistrua, por 5A 18.11 mungojne ende nr 12. Nese jane te gjithe: "
			    "KORRIGJO 5A 0 date 18.11");
}

/* ---- excuses -------------------------------------------------------------------------------- */

static void test_an_excuse_of_days_is_of_those_days(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-09";

	daily(f, day, 5, "MUNGESE 5A 12");
	assert_string_equal(fx_ask(f, T1, "ARSYE 5A 12 semure 9-11.11"),
			    "5A nr 12: mungesa 09.11-11.11 u arsyetua. Gabim? Shkruaj ANULO");
	categories(f, "eeeuu");
	assert_string_equal(alert_of(f, "A2").state, "withdrawn"); /* two are left */
	assert_string_equal(fx_ask(f, T1, "ARSYE 5A 12 12.11"),
			    "5A nr 12: mungesa 12.11 u arsyetua. Gabim? Shkruaj ANULO");
	categories(f, "eeeeu");
	fx_ask(f, T1, "ANULO");
	categories(f, "eeeuu");
}

static void test_the_excuse_comes_with_the_child(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-11";

	daily(f, day, 3, "MUNGESE 5A 12");
	daily(f, day, 1, "5A 0");
	assert_string_equal(fx_ask(f, T1, "ARSYE 5A 12 semure"),
			    "5A nr 12: mungesa 11.11-13.11 u arsyetua. Gabim? Shkruaj ANULO");
	categories(f, "eee");
	assert_string_equal(fx_ask(f, T1, "ARSYE 5A 12 semure"), "Mesazhi u mor. Do ta shohe nje person");
}

/* ---- somebody took it ----------------------------------------------------------------------- */

static void test_who_took_it_hears_that_it_was_wrong(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-09";

	daily(f, day, 5, "MUNGESE 5A 12");
	took(f, C1, alert_of(f, "A2").number);
	assert_string_equal(alert_of(f, "A2").state, "acked");
	fx_sms(f, T1, "KORRIGJO 5A 0 date 11.11");
	fx_drain(f);
	assert_string_equal(alert_of(f, "A2").state, "withdrawn");
	assert_string_equal(fx_to(f, C1), "5A nr 12: sinjali u terhoq, raporti u korrigjua");
}

static void test_who_took_it_hears_that_he_is_back(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-09", want[80];

	daily(f, day, 5, "MUNGESE 5A 12");
	int64_t number = alert_of(f, "A2").number;
	took(f, C1, number);
	fx_sms(f, T1, "KTHYE 5A 12");
	fx_drain(f);
	assert_string_equal(alert_of(f, "A2").state, "done");
	snprintf(want, sizeof(want), "5A nr 12 u kthye. Sinjal %d u mbyll", (int)number);
	assert_string_equal(fx_to(f, C1), want);
}

static void test_a_report_of_abroad_taken_back(void **state)
{
	struct fx *f = fx_of(state);

	fx_at(f, "2026-11-18T08:05");
	fx_ask(f, T1, "mungese 5A nr 12 eshte ne greqi me familjen");
	took(f, C1, alert_of(f, "A5").number);
	fx_sms(f, T1, "ANULO");
	fx_drain(f);
	assert_string_equal(alert_of(f, "A5").state, "withdrawn");
	assert_string_equal(fx_to(f, C1), "5A nr 12: sinjali u terhoq, raporti u korrigjua");
}

/* Today's absence has its excuse; one of last week is not meant. */
static void test_an_excuse_reaches_no_further(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-16";

	daily(f, day, 1, "MUNGESE 5A 12");
	daily(f, day, 1, "5A 0");
	fx_ask(f, T1, "MUNGESE 5A 12 me arsye");
	assert_string_equal(fx_ask(f, T1, "ARSYE 5A 12"), "Mesazhi u mor. Do ta shohe nje person");
	categories(f, "ue");
}

/* Those who were told of it are, by its number alone; and nobody else. */
static void test_an_office_hears_that_it_was_wrong(void **state)
{
	struct fx *f = fx_of(state);
	char day[11] = "2026-11-02";

	daily(f, day, 10, "MUNGESE 5A 12");
	assert_string_equal(alert_of(f, "A3").state, "open");
	fx_sms(f, T1, "KORRIGJO 5A 0 date 13.11");
	fx_drain(f);
	assert_string_equal(alert_of(f, "A3").state, "withdrawn");
	assert_string_equal(fx_agency(f, "EDU")->event, "alert.withdrawn");
	assert_null(strstr(fx_agency(f, "EDU")->body, "5A"));
	assert_string_equal(fx_agency(f, "MUN")->event, "alert.withdrawn");
	fx_clear(f);
	fx_ask(f, T1, "mungese 5B nr 3 eshte ne greqi me familjen");
	fx_clear(f);
	fx_sms(f, T1, "ANULO");
	fx_drain(f);
	assert_string_equal(fx_agency(f, "MUN")->event, "alert.withdrawn");
	assert_null(fx_agency(f, "EDU"));
}

/* The education office was told to enrol him; that is over when he is back. */
static void test_who_left_and_is_back(void **state)
{
	struct fx *f = fx_of(state);

	fx_at(f, "2026-11-18T08:05");
	fx_ask(f, T1, "BRAKTISI 5A 12");
	fx_clear(f);
	fx_sms(f, T1, "KTHYE 5A 12");
	fx_drain(f);
	assert_string_equal(alert_of(f, "A5L").state, "done");
	assert_non_null(strstr(fx_to(f, C1), "5A nr 12 u kthye. Sinjal "));
	assert_non_null(fx_agency(f, "EDU"));
	assert_string_equal(fx_agency(f, "EDU")->event, "alert.withdrawn");
}

#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_second_list_shows_the_whole_day),
		T(test_back_was_wrong_and_he_had_left),
		T(test_an_excuse_of_the_first_days_moves_the_alert),
		T(test_a_nought_hides_nobody),
		T(test_nor_among_several_classes),
		T(test_an_excuse_of_days_is_of_those_days),
		T(test_the_excuse_comes_with_the_child),
		T(test_who_took_it_hears_that_it_was_wrong),
		T(test_who_took_it_hears_that_he_is_back),
		T(test_a_report_of_abroad_taken_back),
		T(test_an_excuse_reaches_no_further),
		T(test_an_office_hears_that_it_was_wrong),
		T(test_who_left_and_is_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
