/* test_msisdn.c - telephone numbers to one form, and masked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "parser/msisdn.h"

static const struct msisdn_plan plan = {"355", "0", "00", 8, 9};

static void forms(void **state)
{
	static const char *const same[] = {
	    "+355691234567",
	    "+355 69 123 4567",
	    "00355691234567",
	    "355691234567",
	    "0691234567",
	    "069 123 45 67",
	    "69-123-4567",
	    "691234567",
	    "(069) 1234567",
	    "069/123.4567",
	    "+355 (0)69 1234567",
	    "00 355 69 1234567",
	    "069\xc2\xa0"
	    "1234567",
	    " 0691234567 ",
	};
	char out[MSISDN_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(msisdn_normalise(&plan, same[i], strlen(same[i]), out), MSISDN_OK);
		assert_string_equal(out, "+355691234567");
	}
	assert_int_equal(msisdn_normalise(&plan, "042234567", 9, out), MSISDN_OK);
	assert_string_equal(out, "+35542234567");
	assert_int_equal(msisdn_normalise(&plan, "+39 340 123 4567", 16, out), MSISDN_OK);
	assert_string_equal(out, "+393401234567");
	assert_int_equal(msisdn_normalise(&plan, out, strlen(out), out), MSISDN_OK);
	assert_string_equal(out, "+393401234567");
	/* a national number that happens to begin with the country's digits */
	assert_int_equal(msisdn_normalise(&plan, "355123456", 9, out), MSISDN_OK);
	assert_string_equal(out, "+355355123456");
}

static void refused(void **state)
{
	static const struct {
		const char *s;
		int rc;
	} rows[] = {
	    {"", MSISDN_NOT_A_NUMBER},
	    {" - ", MSISDN_NOT_A_NUMBER},
	    {"+", MSISDN_NOT_A_NUMBER},
	    {"Banka", MSISDN_NOT_A_NUMBER},
	    {"069x234567", MSISDN_NOT_A_NUMBER},
	    {"*100#", MSISDN_NOT_A_NUMBER},
	    {"06+91234567", MSISDN_NOT_A_NUMBER},
	    {"++355691234567", MSISDN_NOT_A_NUMBER},
	    {"+055691234567", MSISDN_NOT_A_NUMBER},
	    {"55555", MSISDN_LENGTH},
	    {"127", MSISDN_LENGTH},
	    {"0", MSISDN_LENGTH},
	    {"06912345678", MSISDN_LENGTH},
	    {"+35569", MSISDN_LENGTH},
	    {"+1234567890123456", MSISDN_LENGTH},
	    {"0035569", MSISDN_LENGTH},
	    {"+39123", MSISDN_LENGTH},
	    {"1111111111222222222233333333334444", MSISDN_LENGTH},
	};
	char out[MSISDN_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(msisdn_normalise(&plan, rows[i].s, strlen(rows[i].s), out),
				 rows[i].rc);
		assert_string_equal(out, "");
	}
	assert_int_equal(msisdn_normalise(&plan,
					  "069\0"
					  "1234567",
					  11, out),
			 MSISDN_NOT_A_NUMBER);
}

static void no_trunk(void **state)
{
	static const struct msisdn_plan italy = {"39", "", "00", 6, 11};
	char out[MSISDN_MAX];

	(void)state;
	assert_int_equal(msisdn_normalise(&italy, "06 1234 5678", 12, out), MSISDN_OK);
	assert_string_equal(out, "+390612345678");
}

static void masked(void **state)
{
	char out[MSISDN_MAX];

	(void)state;
	msisdn_mask("+355691234567", out);
	assert_string_equal(out, "+355*****4567");
	msisdn_mask("55555", out);
	assert_string_equal(out, "***55");
	msisdn_mask("12", out);
	assert_string_equal(out, "**");
	msisdn_mask("", out);
	assert_string_equal(out, "");
	msisdn_mask("a number far longer than any there is", out);
	assert_int_equal(strlen(out), MSISDN_MAX - 1);
	msisdn_mask("\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab", out);
	assert_string_equal(out, "************");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(no_trunk),
	    cmocka_unit_test(masked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
