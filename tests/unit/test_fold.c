/* test_fold.c - folding and cutting into tokens. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "parser/token.h"

static struct fold f;
static struct tokens t;

static void folds_to(const char *text, const char *want)
{
	fold_text(&f, text, strlen(text));
	assert_int_equal(f.n, strlen(want));
	assert_memory_equal(f.s, want, f.n);
}

static void test_letters(void **state)
{
	(void)state;
	folds_to("MUNGES\xc3\x8b 5A", "munges" "e 5a");
	folds_to("\xc3\xa7un \xc3\x87", "cun c");
	folds_to("e\xcc\x88", "e");               /* combining mark */
	folds_to("\xef\xac\x81", "fi");           /* ligature */
	folds_to("\xef\xbc\xad\xef\xbc\x95", "m5"); /* full width */
	folds_to("Stra\xc3\x9f" "e", "strasse");
	folds_to("\xc4\xb0\xc4\xb1", "ii");
}

static void test_digits_and_marks(void **state)
{
	(void)state;
	folds_to("\xd9\xa1\xd9\xa2 \xe0\xa5\xa7\xe0\xa5\xa8 \xdb\xb1\xdb\xb9", "12 12 19");
	folds_to("\xf0\x9d\x9f\x8f\xf0\x9d\x9f\x90", "12"); /* mathematical */
	folds_to("a\xe2\x80\x8b" "b\xef\xbb\xbf", "ab");
	folds_to("a\xc2\xa0" "b", "a b");
	folds_to("\xe2\x80\x9c" "a\xe2\x80\x9d \xe2\x80\x99", "\"a\" '");
	folds_to("1\xe2\x80\x93" "2\xe2\x88\x92" "3", "1-2-3");
	folds_to("\xff\xfe" "a", "  a"); /* no UTF-8 */
	folds_to("", "");
}

static void is_cut(const char *text, const char *want)
{
	char out[256] = "";
	fold_text(&f, text, strlen(text));
	token_split(&t, &f);
	for (int i = 0; i < t.n; i++) {
		size_t n = strlen(out);
		snprintf(out + n, sizeof(out) - n, "%s%.*s%s", i ? (t.t[i].flags & TOK_GLUED) ? "+" : " " : "",
			 t.t[i].n, token_text(&t, i), t.t[i].flags & TOK_FIXED ? "!" : "");
	}
	assert_string_equal(out, want);
}

static void test_tokens(void **state)
{
	(void)state;
	is_cut("MUNGESE5A12,17", "mungese+5+a+12 17");
	is_cut("s'ka t\xe2\x80\x99u", "ska tu");
	is_cut("17' OR '1'='1", "17 or 1 1");
	is_cut("1O l2 I2 O", "10! 12! 12! o");
	is_cut("Z4 zoll 10oli", "z+4 zoll 10011!");
	is_cut("E26-0147-V", "e+26 0147 v");
	is_cut("  ", "");
	fold_text(&f, "5\xc3\x87 Arben TANI", 14);
	token_split(&t, &f);
	assert_true(t.t[1].flags & TOK_CEDILLA);
	assert_true(t.t[2].flags & TOK_TITLE);
	assert_true(t.t[3].flags & TOK_UPPER);
	assert_int_equal(t.t[2].off, 4);
	assert_int_equal(t.t[2].len, 5);
}

static void test_long_text_is_cut(void **state)
{
	static char big[8000];
	(void)state;
	memset(big, 'x', sizeof(big));
	for (size_t i = 1; i < sizeof(big); i += 2)
		big[i] = ' ';
	fold_text(&f, big, sizeof(big));
	assert_true(f.cut);
	token_split(&t, &f);
	assert_true(t.cut);
	assert_int_equal(t.n, TOKENS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters), cmocka_unit_test(test_digits_and_marks),
		cmocka_unit_test(test_tokens), cmocka_unit_test(test_long_text_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
