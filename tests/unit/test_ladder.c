/* test_ladder.c - gateway/hub/ladder: which step comes when, and that it outlives a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "gateway/hub/ladder.h"

static void fails(struct ladder *l, enum ladder_fault f, bool power, int n, int64_t now)
{
	for (int i = 0; i < n; i++)
		ladder_failed(l, f, power, now);
}

static void climbs(void **state)
{
	struct ladder l = {.rung = LADDER_REOPEN};
	(void)state;
	fails(&l, LADDER_MODEM, true, 2, 1000);
	assert_int_equal(ladder_step(&l, true, 1000), LADDER_REOPEN);
	fails(&l, LADDER_MODEM, true, 1, 1000);
	assert_int_equal(ladder_step(&l, true, 1000), LADDER_RESTART);
	fails(&l, LADDER_DEVICE, true, 1, 1003); /* it left the bus */
	assert_int_equal(ladder_step(&l, true, 1003), LADDER_REOPEN);
	fails(&l, LADDER_MODEM, true, 3, 1200);
	assert_int_equal(l.rung, LADDER_POWER);
	assert_int_equal(ladder_step(&l, true, 1200), LADDER_POWER);
	assert_int_equal(ladder_step(&l, true, 1201), LADDER_REOPEN); /* once */
	assert_false(ladder_alarm(&l));
	fails(&l, LADDER_MODEM, true, 3, 1300);
	assert_true(ladder_alarm(&l));
	assert_false(ladder_alarm(&l));
	assert_int_equal(ladder_step(&l, true, 1301), LADDER_REOPEN);
	assert_int_equal(ladder_step(&l, true, 1500), LADDER_RESTART); /* five minutes on */
	assert_int_equal(ladder_step(&l, true, 1600), LADDER_REOPEN);
	assert_int_equal(ladder_step(&l, true, 1800), LADDER_POWER); /* ten minutes after the first */
}

static void absent(void **state)
{
	struct ladder l = {.rung = LADDER_REOPEN};
	(void)state;
	fails(&l, LADDER_DEVICE, false, 5, 1000);
	assert_int_equal(l.rung, LADDER_REOPEN);
	fails(&l, LADDER_DEVICE, false, 1, 1060);
	assert_true(ladder_alarm(&l));
	assert_int_equal(ladder_step(&l, false, 2000), LADDER_REOPEN); /* nobody to be restarted */
}

static void person(void **state)
{
	struct ladder l = {.rung = LADDER_REOPEN};
	(void)state;
	fails(&l, LADDER_PERSON, true, 1, 1000);
	assert_true(ladder_alarm(&l));
	for (int64_t t = 1000; t < 5000; t += 60)
		assert_int_equal(ladder_step(&l, true, t), LADDER_REOPEN);
}

static void mends(void **state)
{
	struct ladder l = {.rung = LADDER_REOPEN};
	(void)state;
	fails(&l, LADDER_MODEM, false, 8, 1000);
	assert_true(ladder_alarm(&l));
	ladder_ready(&l, 2000);
	assert_false(ladder_mended(&l, 2599));
	fails(&l, LADDER_MODEM, false, 1, 2599);
	assert_false(ladder_mended(&l, 3000));
	ladder_ready(&l, 3000);
	assert_true(ladder_mended(&l, 3600));
	assert_false(ladder_mended(&l, 3601));
	assert_int_equal(l.rung, LADDER_REOPEN);
	assert_false(l.told);
}

static void outlives(void **state)
{
	static const char *const bad[] = {"",	    "1",	   "9 0 0 0 0 0", "1 2 3 4 5 6",
					  "-1 0 0 0 0 0", "1 2 3 4 1 0 x", "a b c d e f"};
	struct ladder l = {.rung = LADDER_REOPEN}, back;
	char text[LADDER_TEXT];
	(void)state;
	fails(&l, LADDER_MODEM, true, 3, 1000);
	ladder_step(&l, true, 1000);
	fails(&l, LADDER_MODEM, true, 2, 1000);
	ladder_write(&l, text);
	assert_true(ladder_read(&back, text));
	assert_int_equal(back.rung, l.rung);
	assert_int_equal(back.failures, 2);
	assert_int_equal(back.restart_at, 1000);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(ladder_read(&back, bad[i]));
		assert_int_equal(back.rung, LADDER_REOPEN);
	}
}

static void clock_back(void **state)
{
	struct ladder l = {.rung = LADDER_POWER, .power_at = 900000};
	(void)state;
	assert_int_equal(ladder_step(&l, true, 1000), LADDER_REOPEN);
	assert_int_equal(ladder_step(&l, true, 1600), LADDER_POWER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(climbs),	cmocka_unit_test(absent),   cmocka_unit_test(person),
		cmocka_unit_test(mends),	cmocka_unit_test(outlives), cmocka_unit_test(clock_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
