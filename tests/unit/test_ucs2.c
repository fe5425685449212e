/* test_ucs2.c - UTF-16BE to and from UTF-8, and what is valid UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "parser/ucs2.h"

static void round_trip(void **state)
{
	static const char text[] = "Mungon 5A ë ç € 日 😀!";
	uint8_t be[64];
	char back[64];
	long n = ucs2_encode(text, strlen(text), be, sizeof(be));

	(void)state;
	assert_int_equal(n, 2 * ucs2_units(text, strlen(text)));
	assert_int_equal(ucs2_units("😀", 4), 2);
	assert_int_equal(ucs2_decode(be, (size_t)n, back, sizeof(back)), strlen(text));
	assert_string_equal(back, text);
	assert_int_equal(ucs2_encode(text, strlen(text), be, (size_t)n - 1), UCS2_ERR_SPACE);
	assert_int_equal(ucs2_encode("\xc3", 1, be, sizeof(be)), UCS2_ERR_INPUT);
	assert_int_equal(ucs2_units("\xed\xa0\x80", 3), UCS2_ERR_INPUT);
}

static void lone_surrogates(void **state)
{
	char out[32];

	(void)state;
	assert_int_equal(ucs2_decode((const uint8_t[]){0xd8, 0x3d}, 2, out, sizeof(out)), 3);
	assert_string_equal(out, "\xef\xbf\xbd");
	ucs2_decode((const uint8_t[]){0xde, 0x00, 0, 'a'}, 4, out, sizeof(out));
	assert_string_equal(out, "\xef\xbf\xbd"
				 "a");
	ucs2_decode((const uint8_t[]){0xd8, 0x3d, 0, 'a'}, 4, out, sizeof(out));
	assert_string_equal(out, "\xef\xbf\xbd"
				 "a");
	ucs2_decode((const uint8_t[]){0xd8, 0x3d, 0xde, 0x00}, 4, out, sizeof(out));
	assert_string_equal(out, "😀");
	ucs2_decode((const uint8_t[]){0xd8, 0x3d, 0xde}, 3, out, sizeof(out)); /* half a unit */
	assert_string_equal(out, "\xef\xbf\xbd\xef\xbf\xbd");
	assert_int_equal(ucs2_decode((const uint8_t[]){0, 'a'}, 2, out, 1), UCS2_ERR_SPACE);
	assert_int_equal(ucs2_decode(NULL, 0, out, 1), 0);
	assert_int_equal(ucs2_decode(NULL, 0, out, 0), UCS2_ERR_SPACE);
}

static void valid_utf8(void **state)
{
	static const char *const good[] = {"", "a", "ë", "€", "😀", "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80",
					  "\xc3",
					  "\xc0\x80",
					  "\xe0\x80\x80",
					  "\xed\xa0\x80",
					  "\xf4\x90\x80\x80",
					  "\xf8\x88\x80\x80\x80",
					  "a\xff",
					  "\xf0\x9f\x98"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(utf8_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(round_trip),
	    cmocka_unit_test(lone_surrogates),
	    cmocka_unit_test(valid_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
