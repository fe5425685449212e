/* test_pattern.c - a pupil's year as marks: rows, stretches, rates.  A term is a text, a letter a school
 * day; '.' is a day of which nothing is known, '|' stands behind a day on which he was said to be back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "gateway/casework/pattern.h"

static struct pattern p;

static const struct pattern *year(const char *marks, int32_t season_from)
{
	int32_t day = 0;

	p.n = 0;
	for (; *marks; marks++) {
		bool back = *marks == '|';
		if (!back)
			day += day % 7 == 5 ? 3 : 1; /* days 1 to 5 of each seven */
		if (*marks != '.')
			p.m[p.n++] = (struct pattern_mark){ day, back ? 'r' : *marks, day >= season_from };
	}
	return &p;
}

static int now(const char *marks)
{
	return pattern_row_now(year(marks, 9999), false).days;
}

static void test_the_row_of_now(void **state)
{
	(void)state;
	assert_int_equal(now(""), 0);
	assert_int_equal(now("uuu"), 3);
	assert_int_equal(now("puuu"), 3);
	assert_int_equal(now("uuup"), 0);
	assert_int_equal(now("u.u..u"), 3); /* not reported neither adds nor breaks */
	assert_int_equal(now("uueuu"), 2);
	assert_int_equal(now("uu|uu"), 2);
	assert_int_equal(now("uu|"), 0);
	assert_int_equal(pattern_row_now(year("uueuu", 9999), true).days, 5);
}

static void test_the_row_of_a_day(void **state)
{
	(void)state;
	struct pattern_row r = pattern_row_of(year("puuup", 9999), false, 3);
	assert_int_equal(r.days, 3);
	assert_int_equal(r.first, 2);
	assert_int_equal(r.last, 4);
	assert_true(r.back);
	assert_false(pattern_row_of(year("puuu", 9999), false, 3).back);
	assert_false(pattern_row_of(year("puue", 9999), false, 3).back); /* excused is not back */
	assert_true(pattern_row_of(year("puuep", 9999), false, 3).back);
	assert_true(pattern_row_of(year("puu|", 9999), false, 3).back);
	assert_int_equal(pattern_row_of(year("puu", 9999), false, 1).days, 0);
	assert_int_equal(pattern_row_of(year("puu", 9999), false, 77).days, 0);
}

static const struct config_when ten = { .kind = WHEN_TOTAL, .days = 10, .weeks = 8, .in_row = true };
static const struct config_when seven = { .kind = WHEN_TOTAL, .days = 7, .weeks = 8, .in_row = true };

static void test_ten_days(void **state)
{
	struct pattern_total t[4];

	(void)state;
	assert_int_equal(pattern_totals(year("uuuuuuuuu", 9999), &ten, &ten, t, 4), 0);
	assert_int_equal(pattern_totals(year("uuuuuuuuuu", 9999), &ten, &ten, t, 4), 1);
	assert_int_equal(t[0].days, 10);
	assert_int_equal(t[0].first, 1);
	assert_int_equal(t[0].end, 56);
	assert_false(t[0].back);
	/* one day in four: ten in forty school days */
	assert_int_equal(pattern_totals(year("upppupppupppupppupppupppupppupppupppuppp", 9999), &ten, &ten,
					t, 4), 1);
	/* one in five: eight in eight weeks, ten never */
	assert_int_equal(pattern_totals(year("uppppuppppuppppuppppuppppuppppuppppuppppuppppupppp", 9999),
					&ten, &ten, t, 4), 0);
}

static void test_a_season_wants_fewer(void **state)
{
	struct pattern_total t[4];

	(void)state;
	/* the seventh school day is day 9 */
	assert_int_equal(pattern_totals(year("uuuuuuu", 9), &ten, &seven, t, 4), 1);
	assert_int_equal(pattern_totals(year("uuuuuuu", 10), &ten, &seven, t, 4), 0);
	assert_int_equal(pattern_totals(year("uuuuuuuu", 10), &ten, &seven, t, 4), 1);
}

static void test_a_long_absence_is_one(void **state)
{
	struct pattern_total t[4];
	char marks[81];

	(void)state;
	memset(marks, 'u', 80);
	marks[80] = '\0';
	assert_int_equal(pattern_totals(year(marks, 9999), &ten, &ten, t, 4), 1); /* sixteen weeks */
	assert_int_equal(t[0].end, 110);
	marks[60] = 'p';
	assert_int_equal(pattern_totals(year(marks, 9999), &ten, &ten, t, 4), 2);
	/* reported once a week: ten in a row are more than eight weeks */
	char rare[81];
	for (int i = 0; i < 80; i++)
		rare[i] = i % 5 ? '.' : 'u';
	rare[80] = '\0';
	assert_int_equal(pattern_totals(year(rare, 9999), &ten, &ten, t, 4), 1);
}

static void test_back_and_where_a_day_lies(void **state)
{
	struct pattern_total t[4];

	(void)state;
	assert_int_equal(pattern_totals(year("uuuuuuuuuu|", 9999), &ten, &ten, t, 4), 1);
	assert_true(t[0].back);
	pattern_totals(year("uuuuuuuuu|u", 9999), &ten, &ten, t, 4);
	assert_false(t[0].back); /* before the number was reached */
	pattern_totals(year("uuuuuuuuuup", 9999), &ten, &ten, t, 4);
	assert_false(t[0].back); /* present again is no end of ten days in eight weeks */
	assert_int_equal(pattern_total_of(year("uuuuuuuuuu", 9999), &ten, &ten, 3).days, 10);
	assert_int_equal(pattern_total_of(year("uuuuuuuuu", 9999), &ten, &ten, 3).days, 0);
}

static void test_the_rate(void **state)
{
	(void)state;
	struct pattern_rate r = pattern_rate(year("pup.e|u", 9999), 9999);
	assert_int_equal(r.known, 5);
	assert_int_equal(r.absent, 3);
	r = pattern_rate(&p, 2);
	assert_int_equal(r.known, 2);
	assert_int_equal(r.absent, 1);
	assert_int_equal(pattern_mark_of(&p, 5), 'e');
	assert_int_equal(pattern_mark_of(&p, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_row_of_now),
		cmocka_unit_test(test_the_row_of_a_day),
		cmocka_unit_test(test_ten_days),
		cmocka_unit_test(test_a_season_wants_fewer),
		cmocka_unit_test(test_a_long_absence_is_one),
		cmocka_unit_test(test_back_and_where_a_day_lies),
		cmocka_unit_test(test_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
