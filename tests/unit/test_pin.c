/* test_pin.c - what a PIN may be, how it is typed, and the checker's thread: in order, bounded, by turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "gateway/pin/checker.h"
#include "gateway/pin/typed.h"

#define WAIT_MS 60000

static void weak_ones(void **state)
{
	static const char *const weak[] = { "", "1", "123", "1234567", "12a4", "1111", "000000", "1234", "9876",
					    "2468", "97531", "1212", "123123", "454545", "1221", "123321",
					    "1950", "2026", "3112", "1231", "311287", "871231", "122599" };
	static const char *const strong[] = { "4829", "59637", "482913", "917304", "7395", "66054" };

	(void)state;
	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
		if (!pin_weak(weak[i]))
			fail_msg("%s", weak[i]);
	}
	for (size_t i = 0; i < sizeof(strong) / sizeof(strong[0]); i++) {
		if (pin_weak(strong[i]))
			fail_msg("%s", strong[i]);
	}
	for (int i = 0; i < 200; i++) {
		char drawn[PIN_MAX + 1];
		pin_draw(drawn);
		assert_int_equal(strlen(drawn), 6);
		assert_false(pin_weak(drawn));
	}
}

static bool pin_of(const char *s, char out[PIN_SECRET])
{
	return typed_pin(s, strlen(s), out);
}

static bool word_of(const char *s, char out[PIN_SECRET])
{
	return typed_codeword(s, strlen(s), out);
}

static void as_typed(void **state)
{
	char out[PIN_SECRET], longest[200];

	(void)state;
	assert_true(pin_of("4829", out));
	assert_string_equal(out, "4829");
	assert_true(pin_of("٤٨٢٩", out));
	assert_string_equal(out, "4829");
	assert_true(pin_of("４８２９", out));
	assert_string_equal(out, "4829");
	assert_false(pin_of("48O9", out));
	assert_string_equal(out, "");
	assert_false(pin_of("", out));
	assert_true(word_of("Dallëndyshe!", out));
	assert_string_equal(out, "dallendyshe");
	assert_true(word_of("dall en-dyshe", out));
	assert_string_equal(out, "dallendyshe");
	assert_false(word_of(" .-!", out));
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(word_of(longest, out));
	assert_string_equal(out, "");
}

static struct checker_job job_of(int64_t message, const char *reporter, const char *secret)
{
	struct checker_job job = { .purpose = CHECKER_PIN, .message = message };

	snprintf(job.reporter, sizeof(job.reporter), "%s", reporter);
	snprintf(job.secret, sizeof(job.secret), "%s", secret);
	memset(job.salt, (int)message, sizeof(job.salt));
	return job;
}

static const struct checker_job *wait_done(struct checker *c)
{
	for (int waited = 0; !checker_ready(c); waited += 100) {
		struct pollfd p = { .fd = checker_fd(c), .events = POLLIN };
		assert_true(waited < WAIT_MS);
		poll(&p, 1, 100);
	}
	return checker_done(c);
}

static void thread_hashes_in_order(void **state)
{
	struct checker *c = checker_new(true);
	uint8_t want[PIN_HASH];
	char who[24];

	(void)state;
	assert_non_null(c);
	for (int64_t i = 1; i <= 6; i++) {
		snprintf(who, sizeof(who), "O%d", (int)i);
		struct checker_job job = job_of(i, who, "482913");
		if (i == 3) {
			job.purpose = CHECKER_CHANGE;
			snprintf(job.fresh, sizeof(job.fresh), "917304");
		}
		assert_true(checker_stage(c, &job));
	}
	checker_commit(c);
	for (int64_t i = 1; i <= 6; i++) {
		const struct checker_job *done = wait_done(c);
		assert_int_equal(done->message, i);
		assert_string_equal(done->secret, "");
		assert_string_equal(done->fresh, "");
		assert_int_equal(pin_hash("482913", done->salt, want), 0);
		assert_true(pin_same(want, done->hash));
		if (i == 3) {
			assert_int_equal(pin_hash("917304", done->salt, want), 0);
			assert_true(pin_same(want, done->fresh_hash));
		}
		checker_settled(c);
		if (i == 2) { /* that turn was undone: it comes again */
			checker_drop(c);
			assert_int_equal(wait_done(c)->message, 2);
			checker_settled(c);
		}
		checker_commit(c);
	}
	assert_false(checker_busy(c));
	checker_free(c);
}

static void bounded(void **state)
{
	struct checker *c = checker_new(false);
	char who[24];

	(void)state;
	assert_non_null(c);
	for (int i = 0; i < CHECKER_EACH; i++) {
		struct checker_job job = job_of(i + 1, "O1", "482913");
		assert_true(checker_has_room(c, "O1"));
		assert_true(checker_stage(c, &job));
	}
	assert_false(checker_has_room(c, "O1"));
	assert_true(checker_has_room(c, "O2"));
	for (int i = CHECKER_EACH; i < CHECKER_JOBS; i++) {
		snprintf(who, sizeof(who), "P%d", i);
		struct checker_job job = job_of(i + 1, who, "482913");
		assert_true(checker_stage(c, &job));
	}
	struct checker_job more = job_of(99, "Q", "482913");
	assert_false(checker_has_room(c, "Q"));
	assert_false(checker_stage(c, &more));
	assert_false(checker_step(c)); /* nothing is hashed before its turn is committed */
	checker_drop(c);
	assert_false(checker_busy(c));
	assert_true(checker_has_room(c, "O1"));
	checker_free(c);
}

/* It ends in the middle of its work without waiting for what was not begun. */
static void freed_at_work(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++) {
		struct checker *c = checker_new(true);
		assert_non_null(c);
		for (int i = 0; i < 8; i++) {
			struct checker_job job = job_of(i + 1, "O1", "482913");
			checker_stage(c, &job);
		}
		checker_commit(c);
		if (round == 1)
			wait_done(c);
		checker_free(c);
	}
	checker_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weak_ones),	      cmocka_unit_test(as_typed),
		cmocka_unit_test(thread_hashes_in_order), cmocka_unit_test(bounded),
		cmocka_unit_test(freed_at_work),
	};
	return cmocka_run_group_tests_name("pin", tests, NULL, NULL);
}
