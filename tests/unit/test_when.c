/* test_when.c - the sentences of attendance rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "config/when.h"

static struct config_when w;
static char why[500];

static void reads(const char *sentence)
{
	if (!config_when_read(sentence, &w, why, sizeof(why)))
		fail_msg("%s: %s", sentence, why);
}

static void refuses(const char *sentence, const char *words)
{
	assert_false(config_when_read(sentence, &w, why, sizeof(why)));
	assert_string_equal(why, words);
}

static void test_days_in_a_row(void **state)
{
	(void)state;
	reads("absent 3 days in a row without excuse");
	assert_int_equal(w.kind, WHEN_ROW);
	assert_int_equal(w.days, 3);
	assert_int_equal(w.every, 0);
	assert_false(w.excused_too);
	reads("Absent five days in a row without excuse, and every 5 after.");
	assert_int_equal(w.kind, WHEN_ROW);
	assert_int_equal(w.days, 5);
	assert_int_equal(w.every, 5);
	reads("absent 1 day in a row");
	assert_true(w.excused_too);
}

static void test_days_in_weeks(void **state)
{
	(void)state;
	reads("absent 10 days without excuse in 8 weeks");
	assert_int_equal(w.kind, WHEN_TOTAL);
	assert_int_equal(w.days, 10);
	assert_int_equal(w.weeks, 8);
	assert_false(w.in_row);
	reads("absent 10 days without excuse, in a row or in 8 weeks");
	assert_int_equal(w.kind, WHEN_TOTAL);
	assert_true(w.in_row);
	assert_false(w.excused_too);
	reads("absent 10 days in 1 week");
	assert_true(w.excused_too);
	assert_int_equal(w.weeks, 1);
}

static void test_rates(void **state)
{
	(void)state;
	reads("absent 10% of at least 20 reported days");
	assert_int_equal(w.kind, WHEN_RATE);
	assert_int_equal(w.percent, 10);
	assert_int_equal(w.days, 20);
	reads("class absent 10 percent of at least 20 reported days");
	assert_int_equal(w.kind, WHEN_CLASS_RATE);
}

static void test_the_others(void **state)
{
	(void)state;
	reads("class silent today");
	assert_int_equal(w.kind, WHEN_CLASS_SILENT);
	assert_int_equal(w.days, 1);
	reads("class silent 2 days");
	assert_int_equal(w.days, 2);
	reads("school silent 5 days");
	assert_int_equal(w.kind, WHEN_SCHOOL_SILENT);
	reads("3 pupils of a class begin an absence within 5 days");
	assert_int_equal(w.kind, WHEN_CLASS_CLUSTER);
	assert_int_equal(w.pupils, 3);
	assert_int_equal(w.days, 1);
	assert_int_equal(w.within, 5);
	reads("three pupils of a zone begin an absence of 2 days within 5 days");
	assert_int_equal(w.kind, WHEN_ZONE_CLUSTER);
	assert_int_equal(w.days, 2);
	reads("a pupil of an open case is absent");
	assert_int_equal(w.kind, WHEN_WATCHED);
	reads("a pupil left school");
	assert_int_equal(w.kind, WHEN_LEFT);
}

static void test_what_is_not_understood_is_named(void **state)
{
	(void)state;
	refuses("absent 5 weeks in a row",
		"\"weeks\" is not understood after \"absent 5\"; possible here: \"days\", \"%\"");
	refuses("missing 5 days",
		"\"missing\" is not understood; possible here: \"absent\", \"class\", \"school\", "
		"a number, \"a\"");
	refuses("absent five days in a",
		"the sentence is not complete after \"absent 5 days in a\"; possible here: \"row\"");
	refuses("", "the sentence is not complete; possible here: \"absent\", \"class\", "
		    "\"school\", a number, \"a\"");
	refuses("class silent 2 days long",
		"\"long\" is not understood after \"class silent 2 days\"; possible here: the end");
	refuses("absent 201 days in a row", "201 is not possible for days (1 to 200)");
	refuses("absent 99999 days in a row",
		"\"99999\" is not understood after \"absent\"; possible here: a number");
	refuses("1 pupils of a class begin an absence within 5 days",
		"1 is not possible for pupils (2 to 40)");
	refuses("absent -3 days in a row",
		"\"-3\" is not understood after \"absent\"; possible here: a number");
	refuses("absent 101 % of at least 20 reported days",
		"101 is not possible for \"%\" (1 to 100)");
	assert_false(config_when_read("absent 3 days in a roooooooooooooooooooooow", &w, why, sizeof(why)));
	assert_non_null(strstr(why, "longer"));
}

/* Every sentence of the list reads as itself, and tells of something. */
static void test_the_list_is_whole(void **state)
{
	size_t n = 0;

	(void)state;
	for (const char *s; (s = config_when_sentence(n)) != NULL; n++) {
		char text[200] = "";
		for (const char *p = s; *p; p++) {
			size_t at = strlen(text);
			assert_true(at + 3 < sizeof(text));
			snprintf(text + at, sizeof(text) - at, "%s", *p == '#' ? "7" : (char[]){*p, 0});
			p += *p == '#';
		}
		reads(text);
		assert_int_not_equal(w.kind, WHEN_NONE);
		assert_string_not_equal(config_when_event(w.kind), "");
	}
	assert_in_range(n, 15, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days_in_a_row),
		cmocka_unit_test(test_days_in_weeks),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_the_others),
		cmocka_unit_test(test_what_is_not_understood_is_named),
		cmocka_unit_test(test_the_list_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
