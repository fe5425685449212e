/* test_schooldays.c - when there is school, of one school or of all, and by when a class has reported:
 * both sides of every boundary, the days on which clocks change, leap years. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>
#include "gateway/casework/schoolday.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"
#include "parser/schooldays.h"

static struct config cf;

static int setup(void **state)
{
	struct world *w = world_new();
	(void)state;
	assert_non_null(w);
	assert_int_equal(world_add_school(w, "SH1"), WORLD_OK);
	assert_int_equal(world_add_school(w, "SH2"), WORLD_OK);
	assert_int_equal(world_add_class(w, "SH1", "5A", 28, "morning"), WORLD_OK);
	assert_int_equal(world_add_class(w, "SH1", "5B", 28, "afternoon"), WORLD_OK);
	assert_int_equal(world_add_class(w, "SH2", "5/1", 26, "morning"), WORLD_OK);
	cf.world = w;
	assert_int_equal(clock_zone("Europe/Tirane"), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_free(cf.world);
	return 0;
}

static bool school(const char *id, const char *day)
{
	return schoolday_is(&cf, id, NULL, day);
}

static void weekdays_alone(void **state)
{
	(void)state;
	assert_true(school("SH1", "2026-11-20")); /* Friday */
	assert_false(school("SH1", "2026-11-21"));
	assert_false(school("SH1", "2026-11-22"));
	assert_true(school("SH1", "2026-11-23"));
	assert_true(school("", "2026-11-23"));
	assert_false(school("SH9", "2026-11-23")); /* no such school */
	assert_false(school("SH1", "2026-11-31"));
	assert_false(school("SH1", "tomorrow"));
	assert_true(schoolday_is(&cf, "SH1", "5A", "2026-11-23"));
	assert_true(schoolday_is(&cf, "SH2", "5/1", "2026-11-23"));
	assert_false(schoolday_is(&cf, "SH2", "5A", "2026-11-23")); /* a class of the other school */
	assert_false(schoolday_is(&cf, "SH1", "12C", "2026-11-23")); /* gone, or never there */
}

static void terms_bound_the_year(void **state)
{
	struct world *w = cf.world;
	(void)state;
	assert_int_equal(world_add_term(w, "", "2026-09-14", "2026-12-23"), WORLD_OK);
	assert_int_equal(world_add_term(w, "", "2027-01-11", "2027-06-18"), WORLD_OK);
	assert_false(school("SH1", "2026-09-11")); /* the Friday before */
	assert_true(school("SH1", "2026-09-14"));
	assert_true(school("SH1", "2026-12-23"));
	assert_false(school("SH1", "2026-12-24"));
	assert_false(school("SH1", "2027-01-08"));
	assert_true(school("SH1", "2027-01-11"));
	assert_true(school("SH1", "2027-06-18"));
	assert_false(school("SH1", "2027-06-21"));
	assert_string_equal(world_no_school(w, "SH1", day_number(2027, 6, 21)), "no term");
	assert_string_equal(world_no_school(w, "SH1", day_number(2026, 12, 19)), "weekend");
	/* a school with terms of its own goes by those, the others by the general ones */
	assert_int_equal(world_add_term(w, "SH2", "2026-10-01", "2027-05-28"), WORLD_OK);
	assert_false(school("SH2", "2026-09-30"));
	assert_true(school("SH1", "2026-09-30"));
	assert_true(school("SH2", "2026-12-24"));
	assert_false(school("", "2026-12-24"));
	assert_int_equal(world_add_term(w, "SH9", "2026-10-01", "2027-05-28"), WORLD_BAD);
	assert_int_equal(world_add_term(w, "", "2026-10-01", "2026-09-28"), WORLD_BAD);
}

static void the_nearest_rule_speaks(void **state)
{
	struct world *w = cf.world;
	(void)state;
	assert_int_equal(world_add_closure(w, "", "2026-11-26", "2026-11-30"), WORLD_OK);
	assert_true(school("SH1", "2026-11-25"));
	assert_false(school("SH1", "2026-11-26"));
	assert_false(school("SH1", "2026-11-30"));
	assert_true(school("SH1", "2026-12-01"));
	assert_string_equal(world_no_school(w, "SH1", day_number(2026, 11, 30)), "holiday");
	/* burst pipe: one school, one day */
	assert_int_equal(world_add_closure(w, "SH1", "2026-12-02", "2026-12-02"), WORLD_OK);
	assert_false(school("SH1", "2026-12-02"));
	assert_true(school("SH2", "2026-12-02"));
	assert_true(school("", "2026-12-02"));
	assert_true(school("SH1", "2026-12-01"));
	assert_true(school("SH1", "2026-12-03"));
	assert_string_equal(world_no_school(w, "SH1", day_number(2026, 12, 2)), "closed");
	/* a make-up Saturday of all, on which that school stays closed */
	assert_int_equal(world_add_makeup(w, "", "2026-12-05", "2026-12-05"), WORLD_OK);
	assert_int_equal(world_add_closure(w, "SH1", "2026-12-05", "2026-12-05"), WORLD_OK);
	assert_true(school("SH2", "2026-12-05"));
	assert_false(school("SH1", "2026-12-05"));
	assert_false(school("SH2", "2026-12-06"));
	/* and its own make-up day in the holidays */
	assert_int_equal(world_add_makeup(w, "SH1", "2026-11-27", "2026-11-27"), WORLD_OK);
	assert_true(school("SH1", "2026-11-27"));
	assert_false(school("SH2", "2026-11-27"));
	assert_int_equal(world_add_makeup(w, "", "2026-02-29", "2026-02-29"), WORLD_BAD);
	assert_int_equal(world_add_closure(w, "SH9", "2026-11-27", "2026-11-27"), WORLD_BAD);
}

static void before_and_after(void **state)
{
	struct world *w = cf.world;
	char day[SCHOOLDAY];
	(void)state;
	assert_int_equal(world_add_closure(w, "", "2026-11-26", "2026-11-30"), WORLD_OK);
	assert_true(schoolday_step(&cf, "SH1", "5A", "2026-11-25", 1, day));
	assert_string_equal(day, "2026-12-01");
	assert_true(schoolday_step(&cf, "SH1", "5A", "2026-12-01", -1, day));
	assert_string_equal(day, "2026-11-25");
	assert_true(schoolday_step(&cf, "SH1", NULL, "2026-11-28", -1, day)); /* from a day without school */
	assert_string_equal(day, "2026-11-25");
	assert_true(schoolday_step(&cf, "SH1", "5A", "2026-12-31", 1, day)); /* over the year's end */
	assert_string_equal(day, "2027-01-01");
	assert_false(schoolday_step(&cf, "SH1", "9C", "2026-11-25", 1, day));
	assert_int_equal(schoolday_count(&cf, "SH1", "5A", "2026-11-23", "2026-12-02"), 5);
	assert_int_equal(schoolday_count(&cf, "SH1", "5A", "2026-11-26", "2026-11-30"), 0);
	assert_int_equal(schoolday_count(&cf, "SH1", "5A", "2026-12-02", "2026-12-01"), 0);
	/* a term that is over for good: the search ends */
	assert_int_equal(world_add_term(w, "", "2026-01-12", "2026-06-19"), WORLD_OK);
	assert_false(schoolday_step(&cf, "SH1", "5A", "2026-06-19", 1, day));
	assert_true(schoolday_step(&cf, "SH1", "5A", "2026-09-01", -1, day));
	assert_string_equal(day, "2026-06-19");
}

static void leap_days(void **state)
{
	char day[SCHOOLDAY];
	(void)state;
	assert_true(school("SH1", "2028-02-29")); /* a Tuesday */
	assert_false(school("SH1", "2027-02-29"));
	assert_true(schoolday_step(&cf, "SH1", "5A", "2028-02-28", 1, day));
	assert_string_equal(day, "2028-02-29");
	assert_true(schoolday_step(&cf, "SH1", "5A", "2028-03-01", -1, day));
	assert_string_equal(day, "2028-02-29");
	assert_true(schoolday_step(&cf, "SH1", "5A", "2027-02-26", 1, day));
	assert_string_equal(day, "2027-03-01");
	assert_int_equal(world_add_closure(cf.world, "", "2028-02-29", "2028-02-29"), WORLD_OK);
	assert_true(schoolday_step(&cf, "SH1", "5A", "2028-02-28", 1, day));
	assert_string_equal(day, "2028-03-01");
}

static int64_t deadline(const char *class_name, const char *day)
{
	return schoolday_deadline(&cf, "SH1", class_name, day);
}

static void deadlines_by_shift(void **state)
{
	(void)state;
	assert_int_equal(deadline("5A", "2026-11-18"), clock_utc_of("2026-11-18T09:30:00Z"));
	assert_int_equal(deadline("5B", "2026-11-18"), clock_utc_of("2026-11-18T14:30:00Z"));
	assert_int_equal(deadline("5A", "2026-11-21"), -1); /* Saturday */
	assert_int_equal(deadline("9C", "2026-11-18"), -1);
	assert_int_equal(schoolday_deadline(&cf, "SH9", "5A", "2026-11-18"), -1);
	/* summer time begins in the night to Sunday 2026-03-29 and ends in that to 2026-10-25 */
	assert_int_equal(deadline("5A", "2026-03-27"), clock_utc_of("2026-03-27T09:30:00Z"));
	assert_int_equal(deadline("5A", "2026-03-30"), clock_utc_of("2026-03-30T08:30:00Z"));
	assert_int_equal(deadline("5A", "2026-10-23"), clock_utc_of("2026-10-23T08:30:00Z"));
	assert_int_equal(deadline("5A", "2026-10-26"), clock_utc_of("2026-10-26T09:30:00Z"));
	assert_int_equal(world_add_makeup(cf.world, "", "2026-03-29", "2026-03-29"), WORLD_OK);
	assert_int_equal(world_add_makeup(cf.world, "", "2026-10-25", "2026-10-25"), WORLD_OK);
	assert_int_equal(deadline("5A", "2026-03-29"), clock_utc_of("2026-03-29T08:30:00Z"));
	assert_int_equal(deadline("5A", "2026-10-25"), clock_utc_of("2026-10-25T09:30:00Z"));
}

static void shifts_of_a_site(void **state)
{
	struct world *w = cf.world;
	(void)state;
	assert_true(world_has_shift(w, "morning"));
	assert_false(world_has_shift(w, "I"));
	assert_int_equal(world_add_shift(w, "I", 10 * 60 + 15), WORLD_OK);
	assert_int_equal(world_add_shift(w, "II", 23 * 60 + 59), WORLD_OK);
	assert_int_equal(world_add_shift(w, "I", 600), WORLD_BAD);
	assert_int_equal(world_add_shift(w, "III", 24 * 60), WORLD_BAD);
	assert_int_equal(world_add_shift(w, "III", -1), WORLD_BAD);
	assert_int_equal(world_add_shift(w, "", 600), WORLD_BAD);
	assert_int_equal(world_add_shift(w, "a name far too long", 600), WORLD_BAD);
	assert_false(world_has_shift(w, "morning"));
	assert_true(world_has_shift(w, "II"));
	assert_int_equal(world_add_class(w, "SH1", "6A", 28, "I"), WORLD_OK);
	assert_int_equal(world_add_class(w, "SH1", "6B", 28, "II"), WORLD_OK);
	assert_int_equal(deadline("6A", "2026-11-18"), clock_utc_of("2026-11-18T09:15:00Z"));
	assert_int_equal(deadline("6B", "2026-11-18"), clock_utc_of("2026-11-18T22:59:00Z"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(weekdays_alone),   T(terms_bound_the_year), T(the_nearest_rule_speaks),
		T(before_and_after), T(leap_days),            T(deadlines_by_shift),
		T(shifts_of_a_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
