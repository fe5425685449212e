/* test_last_report.c - a sender's last report that is only promised: a reading that hangs on it says so, and
 * no other does; read again with it, it is what it would have been at once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "tests/unit/world_group.h"

static const struct {
	const char *text, *asked;
	bool wants;
} rows[] = {
	{ "mungese 5A 12 17", "", false },     { "mungese 5A 12 17", "confirm", false },
	{ "5A te gjithe prezent", "", false }, { "jo", "confirm", false },
	{ "jo 13", "confirm", true },          { "korrigjim 13", "", true },
	{ "korrigjim 5A 13", "", false },      { "dje", "date", true },
	{ "12 17", "pupils", true },           { "faleminderit shume", "confirm", false },
};

static void last_report(struct reading *r)
{
	reading_init(r, "absence");
	reading_set_word(r, "class", "5A");
	reading_set_word(r, "date", "2026-11-18");
	reading_add_int(r, "pupils", 12);
}

static void same(const struct reading *a, const struct reading *b)
{
	const struct reading_item *x, *y;
	assert_string_equal(a->intent, b->intent);
	assert_string_equal(a->error ? a->error : "", b->error ? b->error : "");
	assert_string_equal(a->about ? a->about : "", b->about ? b->about : "");
	const char *c = reading_word(a, "class"), *d = reading_word(b, "class");
	assert_string_equal(c ? c : "", d ? d : "");
	size_t n = reading_list(a, "pupils", &x);
	assert_int_equal(n, reading_list(b, "pupils", &y));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(x[i].num, y[i].num);
}

static void test_promised(void **state)
{
	static struct reading last, at_once, r;
	const struct parser_clock clock = { "2026-11-18", 10, 15, false };
	struct parser_sender from;
	(void)state;
	last_report(&last);
	assert_true(fixture_sender(NULL, "T1", &from));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct parser_context ctx = { .last = &last };
		size_t n = strlen(rows[i].text);
		snprintf(ctx.asked, sizeof(ctx.asked), "%s", rows[i].asked);
		parser_read(w, &from, &clock, &ctx, rows[i].text, n, &at_once);
		assert_false(at_once.wants_last);
		ctx.last = NULL;
		ctx.last_waits = true;
		parser_read(w, &from, &clock, &ctx, rows[i].text, n, &r);
		if (r.wants_last != rows[i].wants)
			print_error("\"%s\" after \"%s\"\n", rows[i].text, rows[i].asked);
		assert_int_equal(r.wants_last, rows[i].wants);
		if (r.wants_last) {
			ctx.last = &last;
			ctx.last_waits = false;
			parser_read(w, &from, &clock, &ctx, rows[i].text, n, &r);
		}
		same(&r, &at_once);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_promised) };
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
