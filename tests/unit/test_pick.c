/* test_pick.c - figures out of operators' answers: what is an amount, what is a day, and which
 * expressions are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "parser/pick.h"

#define AMOUNT "balanca[^0-9-]*(-?[0-9][0-9.,' ]*)"

static void amounts(void **state)
{
	static const struct {
		const char *text;
		int rc;
		int64_t value;
	} cases[] = {
	    {"Balanca juaj eshte 350.50 L", PICK_OK, 35050},
	    {"BALANCA: 1.350,5 L", PICK_OK, 135050},
	    {"Balanca 1 350,50L", PICK_OK, 135050},
	    {"Balanca 1'350'000 L", PICK_OK, 135000000},
	    {"Balanca 1.350 L.", PICK_OK, 135000},
	    {"Balanca 0.500 L", PICK_OK, 50},
	    {"Balanca juaj eshte 350.", PICK_OK, 35000},
	    {"Balanca: -12 L", PICK_OK, -1200},
	    {"Balanca 0", PICK_OK, 0},
	    {"Balanca 12.3456", PICK_NO_FIGURE, 0},
	    {"Balanca 1,35,0 L", PICK_NO_FIGURE, 0},
	    {"Balanca 1234567890123", PICK_NO_FIGURE, 0},
	    {"Kodi nuk njihet", PICK_NO_MATCH, 0},
	    {"", PICK_NO_MATCH, 0},
	};
	int64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		v = 0;
		if (pick_amount(AMOUNT, cases[i].text, &v) != cases[i].rc || v != cases[i].value)
			fail_msg("%s: %lld", cases[i].text, (long long)v);
	}
	assert_int_equal(pick_amount("(a)", "abc", &v), PICK_NO_FIGURE);
	assert_int_equal(pick_amount("a(", "abc", &v), PICK_PATTERN_BAD);
}

static void days(void **state)
{
	static const struct {
		const char *text, *day; /* NULL: none */
	} cases[] = {
	    {"deri 31.12.2026", "2026-12-31"}, {"deri 31/12/26 ora 24", "2026-12-31"},
	    {"deri 2026-12-31.", "2026-12-31"}, {"deri 1-2-2027", "2027-02-01"},
	    {"deri 31122026", "2026-12-31"}, {"deri 20261231", "2026-12-31"},
	    {"deri 25 dite", "2026-12-13"}, {"deri 0 dite", "2026-11-18"},
	    {"deri 29.2.2027", NULL}, {"deri 29.2.2028", "2028-02-29"},
	    {"deri 31.11.2026", NULL}, {"deri 12/31/2026", NULL},
	    {"deri 31.12/2026", NULL}, {"deri 31.12", NULL},
	    {"deri neser", NULL}, {"deri 123456", NULL},
	};
	int64_t today = pick_day_number("2026-11-18"), day;

	(void)state;
	assert_int_equal(today, 20775);
	assert_int_equal(pick_day_number("2026-02-30"), -1);
	assert_int_equal(pick_day_number("soon"), -1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = pick_day("deri ([0-9./-]*)", cases[i].text, today, &day);
		int64_t want = cases[i].day ? pick_day_number(cases[i].day) : -1;
		if (want < 0 ? rc == PICK_OK : rc != PICK_OK || day != want)
			fail_msg("%s: %d %lld", cases[i].text, rc, (long long)day);
	}
}

static void expressions(void **state)
{
	static const char *const bad[] = {
	    "", "a", "(a)(b)", "((a))", "(a", "(a)\\1", "([0-9]{65})", "([0-9]{1,99})", "(a{2}{2})",
	    "(a{2}*)", "(\xc3\xab)", "(a\x01)",
	};
	static const char *const good[] = {"(a)", "([0-9]{1,9})", "\\(([0-9]+)\\)", "[{](a)",
					   "([\\1])"};
	char why[160];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		if (pick_check(bad[i], why, sizeof(why)) || !why[0])
			fail_msg("%s was taken", bad[i]);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!pick_check(good[i], why, sizeof(why)))
			fail_msg("%s: %s", good[i], why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(amounts),
	    cmocka_unit_test(days),
	    cmocka_unit_test(expressions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
