/* test_dates.c - the calendar, school days, and days as people write them on other days than the usual. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "parser/calendar.h"
#include "tests/unit/reading_text.h"
#include "tests/unit/world_group.h"

static void test_calendar(void **state)
{
	(void)state;
	char iso[11];
	int32_t d;
	assert_int_equal(day_number(1970, 1, 1), 0);
	assert_int_equal(day_number(2000, 3, 1), 11017);
	assert_int_equal(day_weekday(day_number(2026, 11, 18)), 3);
	assert_int_equal(day_weekday(0), 4);
	assert_true(day_valid(2028, 2, 29));
	assert_false(day_valid(2027, 2, 29));
	assert_false(day_valid(2100, 2, 29));
	assert_false(day_valid(2026, 13, 1));
	for (int32_t k = 0; k < 80000; k += 7) {
		int y, m, dd;
		day_split(k, &y, &m, &dd);
		assert_true(day_valid(y, m, dd));
		assert_int_equal(day_number(y, m, dd), k);
		day_to_iso(k, iso);
		assert_true(day_from_iso(iso, &d));
		assert_int_equal(d, k);
	}
	assert_false(day_from_iso("2026-02-30", &d));
	assert_false(day_from_iso("2026-2-3", &d));
	assert_false(day_from_iso("", &d));
}

static void test_school_days(void **state)
{
	struct world *b = world_new();
	(void)state;
	assert_int_equal(world_add_closed(b, "2026-11-28", "2026-11-30"), WORLD_OK);
	assert_int_equal(world_add_open(b, "2026-12-05"), WORLD_OK);
	assert_true(world_is_school_day(b, "2026-11-27"));
	assert_false(world_is_school_day(b, "2026-11-30"));
	assert_false(world_is_school_day(b, "2026-12-06"));
	assert_true(world_is_school_day(b, "2026-12-05")); /* a make-up Saturday */
	assert_int_equal(world_add_closed(b, "2026-12-02", "2026-12-01"), WORLD_BAD);
	assert_int_equal(world_set_week(b, 0), WORLD_BAD);
	world_free(b);
}

static void on(const char *today, const char *text, const char *want)
{
	struct parser_sender from;
	struct parser_clock clock = { "", 10, 15, false };
	struct reading r;
	char line[1024];
	snprintf(clock.today, sizeof(clock.today), "%s", today);
	fixture_sender(NULL, "T1", &from);
	parser_read(w, &from, &clock, NULL, text, strlen(text), &r);
	reading_text(&r, line, sizeof(line));
	if (!strstr(line, want))
		fail_msg("%s on %s\n  want %s\n  read %s", text, today, want, line);
}

static void test_other_days(void **state)
{
	(void)state;
	/* across the year's end a day without a year is the near one */
	on("2027-01-11", "mungese 5A 12 21.12", "date=2026-12-21 ");
	on("2026-12-28", "mungese 5A 12 05.01", "error=future_date ");
	on("2027-01-11", "mungese 5A 12 e premte", "date=2027-01-08 ");
	/* on a Monday, "e hene" is today, and the week's start */
	on("2026-11-16", "mungese 5A 12 e hene", "date=2026-11-16 ");
	on("2026-11-16", "mungese 5A 12 nga e premtja", "dates=2026-11-13,2026-11-16 ");
	on("2026-11-16", "mungese 5A 12 dje", "error=non_school_day ");
	on("2026-11-16", "mungese 5A 12 prej 3 ditesh", "dates=2026-11-12,2026-11-13,2026-11-16 ");
	on("2026-11-14", "mungese 5A 12", "error=non_school_day ");
	on("2028-03-01", "mungese 5A 12 29.02", "date=2028-02-29 ");
	on("2027-03-01", "mungese 5A 12 29.02", "error=bad_date ");
	on("2026-11-18", "mungese 5A 12 javen e kaluar", "dates=2026-11-09,2026-11-10,2026-11-11,2026-11-12,2026-11-13 ");
	on("2026-11-18", "mungese 5A 12 nga 01.09 deri 18.11", "error=bad_date ");
	/* months whose names begin like numbers and weekdays */
	on("2026-11-18", "mungese 5A 12 me 8 tetor", "date=2026-10-08 ");
	on("2026-11-18", "mungese 5A 12 me 9 nentor", "date=2026-11-09 ");
	on("2027-03-10", "mungese 5A 12 te marten", "date=2027-03-09 ");
	on("2027-03-10", "mungese 5A 12 me 8 mars", "date=2027-03-08 ");
	on("2026-11-18", "mungese 5A nr tete", "pupils=8 ");
}

static void test_unsure_clock(void **state)
{
	struct parser_sender from;
	const struct parser_clock clock = { "2026-11-18", 10, 15, true };
	struct reading r;
	(void)state;
	fixture_sender(NULL, "T1", &from);
	parser_read(w, &from, &clock, NULL, "mungese 5A 12", 13, &r);
	assert_true(reading_flag(&r, "confirm"));
	parser_read(w, &from, &clock, NULL, "mungese 5A 12 16.11", 19, &r);
	assert_false(reading_flag(&r, "confirm"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calendar), cmocka_unit_test(test_school_days),
		cmocka_unit_test(test_other_days), cmocka_unit_test(test_unsure_clock),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
