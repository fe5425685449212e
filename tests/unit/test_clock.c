/* test_clock.c - gateway/hub/clock: scaled time, holding, local days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "gateway/hub/clock.h"

static void local_days_follow_the_zone(void **state)
{
	(void)state;
	char day[CLOCK_DAY];
	int h, m, wd;
	assert_int_equal(clock_zone("Europe/Tirane"), 0);
	int64_t t = clock_utc_of("2026-11-18T10:15");
	clock_local(t, &h, &m, &wd);
	assert_int_equal(h, 10);
	assert_int_equal(m, 15);
	assert_int_equal(wd, 2); /* Wednesday */
	clock_day(clock_utc_of("2026-11-18T23:30:00Z"), day);
	assert_string_equal(day, "2026-11-19"); /* half past midnight in Tirana */
	assert_int_equal(t, clock_utc_of("2026-11-18T09:15:00Z"));
	/* Summer time: two hours before UTC. */
	assert_int_equal(clock_utc_of("2026-07-01T12:00"), clock_utc_of("2026-07-01T10:00:00Z"));
}

static void bad_times_and_zones_are_refused(void **state)
{
	(void)state;
	assert_int_equal(clock_zone("Europe/Nowhere"), -1);
	assert_int_equal(clock_zone("../../etc/passwd"), -1);
	assert_int_equal(clock_utc_of("18.11.2026"), -1);
	assert_int_equal(clock_utc_of("2026-11-18 10:15"), -1);
	assert_int_equal(clock_utc_of("2026-11-18T25:15"), -1);
	assert_int_equal(clock_utc_of(""), -1);
}

static void scaled_time_runs_and_stands_still(void **state)
{
	(void)state;
	struct clock *c = clock_new_scaled(1000000, 1e6); /* a real millisecond is 1000 s */
	int64_t a = clock_now(c);
	assert_true(a >= 1000000);
	while (clock_now(c) == a)
		;
	clock_hold(c, true);
	int64_t held = clock_now(c), until = clock_mono_ms() + 5;
	while (clock_mono_ms() < until)
		;
	assert_int_equal(clock_now(c), held);
	clock_hold(c, false);
	assert_true(clock_now(c) >= held);
	assert_true(clock_now(c) < held + 100 * 1000); /* what passed while held is not caught up */
	clock_free(c);
}

static void waits_are_real_milliseconds(void **state)
{
	(void)state;
	struct clock *c = clock_new_scaled(0, 3600);
	int64_t w = clock_wait_ms(c, clock_now(c) + 3600, 60000);
	assert_true(w > 900 && w <= 1001);
	assert_int_equal(clock_wait_ms(c, 0, 60000), 0);
	assert_int_equal(clock_wait_ms(c, clock_now(c) + 3600 * 1000, 60000), 60000);
	clock_hold(c, true);
	assert_int_equal(clock_wait_ms(c, clock_now(c) + 10, 777), 777); /* stands still: nothing comes */
	clock_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(local_days_follow_the_zone),
		cmocka_unit_test(bad_times_and_zones_are_refused),
		cmocka_unit_test(scaled_time_runs_and_stands_still),
		cmocka_unit_test(waits_are_real_milliseconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
