/* test_pins.c - PINs, second PINs, codewords: what opens, what locks, what is told, and that none of them
 * is kept anywhere. */
#include "tests/component/casebook.h"

#define PIN "482913"
#define SECOND "730526"

static int setup(void **state)
{
	int rc = fx_setup(state);

	fx_secret(*state, "O1", SECRET_KIND_PIN, PIN, SECOND);
	fx_secret(*state, "C1", SECRET_KIND_PIN, PIN, SECOND);
	return rc;
}

/* A case of O1's; its code in code. */
static void open_case(struct fx *f, char code[24])
{
	const char *reply = fx_ask(f, O1, "RAST LYP Z4 M11");

	assert_string_not_equal(reply, "");
	const char *at = strstr(reply, "E26-");
	assert_non_null(at);
	snprintf(code, 24, "%.10s", at);
}

/* text with the code in place of its @. */
static const char *ask(struct fx *f, const char *from, const char *words, const char *code)
{
	char text[200];
	size_t n = strcspn(words, "@");

	snprintf(text, sizeof(text), "%.*s%s%s", (int)n, words, words[n] ? code : "", words[n] ? words + n + 1 : "");
	return fx_ask(f, from, text);
}

#define ASSERT_SAYS(text, part) \
	do { \
		const char *said_ = (text); \
		if (!strstr(said_, part)) \
			fail_msg("no \"%s\" in: %s", part, said_); \
	} while (0)

static void test_reads_want_it(void **state)
{
	struct fx *f = *state;
	char code[24];

	open_case(f, code);
	ASSERT_SAYS(ask(f, O1, "STATUS @", code), "duhet PIN-i");
	ASSERT_SAYS(ask(f, O1, "PIN " PIN " STATUS @", code), "rreziku");
	ASSERT_SAYS(ask(f, O1, "status @ pin " PIN, code), "rreziku");
	ASSERT_SAYS(ask(f, O1, "STATUS @ " PIN, code), "rreziku");
	ASSERT_SAYS(ask(f, O1, "PIN " PIN " RASTET E MIA", ""), code);
	ASSERT_SAYS(ask(f, O1, "PIN 604817 STATUS @", code), "PIN-i nuk vlen");
	ASSERT_SAYS(ask(f, O1, "PIN " PIN " STATUS @", code), "rreziku");
}

static void test_five_wrong_lock(void **state)
{
	struct fx *f = *state;
	char code[24];

	open_case(f, code);
	for (int i = 0; i < 4; i++)
		ASSERT_SAYS(ask(f, O1, "PIN 60481%d STATUS E26-0001-X", ""), "PIN-i nuk vlen");
	ASSERT_SAYS(ask(f, O1, "PIN 604817 STATUS @", code), "Shume PIN");
	ASSERT_SAYS(fx_to(f, C1), "O1");
	/* the right one too, and nothing is hashed meanwhile */
	ASSERT_SAYS(ask(f, O1, "PIN " PIN " STATUS @", code), "Shume PIN");
	assert_int_equal(fx_count_to(f, C1), 0);
	f->d.now += 29 * 60;
	ASSERT_SAYS(ask(f, O1, "PIN " PIN " STATUS @", code), "Shume PIN");
	f->d.now += 2 * 60;
	ASSERT_SAYS(ask(f, O1, "PIN " PIN " STATUS @", code), "rreziku");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reads_want_it, setup, fx_teardown),
		cmocka_unit_test_setup_teardown(test_five_wrong_lock, setup, fx_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
