/* test_code.c - case codes: ISO/IEC 7064 MOD 37,36. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "parser/codes.h"
#include "parser/parser.h"

static void test_vectors(void **state)
{
	(void)state;
	assert_int_equal(code_check("A12425GABC1234002", 17), 'M');
	assert_int_equal(code_check("E260147", 7), 'V');
	assert_int_equal(code_check("E260148", 7), 'T');
	assert_int_equal(code_check("e", 1), 0);
}

static bool reads(const char *s, const char *want)
{
	char out[CASE_CODE_MAX];
	bool ok = code_read(s, strlen(s), out);
	return want ? ok && strcmp(out, want) == 0 : !ok;
}

static void test_forms_of_writing(void **state)
{
	(void)state;
	assert_true(reads("E26-0147-V", "E26-0147-V"));
	assert_true(reads("e26 0147 v", "E26-0147-V"));
	assert_true(reads("e260147v", "E26-0147-V"));
	assert_true(reads("E26.0147.V", "E26-0147-V"));
	assert_true(reads("E26-O147-V", "E26-0147-V"));
	assert_true(reads("E26-0l47-V", "E26-0147-V"));
	assert_true(reads("E26-0147-W", NULL));
	assert_true(reads("E26-0148-V", NULL));
	assert_true(reads("E26-0147", NULL));
	assert_true(reads("26-0147-V", NULL));
	assert_true(reads("", NULL));
	assert_true(reads("E26-0147-V!", NULL));
}

static void test_made_codes(void **state)
{
	char out[CASE_CODE_MAX];
	int skipped = 0;
	(void)state;
	for (int64_t n = 1; n < 20000; n++) {
		if (!code_make('E', 2026, n, out)) {
			skipped++;
			continue;
		}
		assert_null(strchr("ILOU", out[strlen(out) - 1]));
		assert_true(reads(out, out));
	}
	assert_true(skipped > 1500 && skipped < 3000); /* four of 36 */
	assert_true(code_make('E', 26, 147, out));
	assert_string_equal(out, "E26-0147-V");
	assert_false(code_make('e', 26, 1, out));
	assert_false(code_make('E', 26, -1, out));
}

/* No slip of one character, and no swap of two neighbours, leaves a valid code - but for what is read
 * as the same (O for 0). */
static void test_single_slips(void **state)
{
	const char *all = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char good[CASE_CODE_MAX], bad[CASE_CODE_MAX], out[CASE_CODE_MAX];
	(void)state;
	for (int64_t n = 100; n < 400; n++) {
		if (!code_make('E', 26, n, good))
			continue;
		for (size_t i = 0; good[i]; i++)
			for (const char *c = all; *c && good[i] != '-'; c++) {
				memcpy(bad, good, sizeof(bad));
				bad[i] = *c;
				if (bad[i] != good[i] && code_read(bad, strlen(bad), out))
					fail_msg("%s reads as %s", bad, out);
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors), cmocka_unit_test(test_forms_of_writing),
		cmocka_unit_test(test_made_codes), cmocka_unit_test(test_single_slips),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
