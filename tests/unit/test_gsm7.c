/* test_gsm7.c - the 7-bit alphabets, packing, and folding what they do not hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "parser/gsm7.h"

static void default_alphabet(void **state)
{
	static const char all[] =
	    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
	    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
	uint8_t s[256];
	char back[512];
	long n = gsm7_encode(all, sizeof(all) - 1, s, sizeof(s));

	(void)state;
	assert_int_equal(n, 127);
	assert_int_equal(gsm7_count(all, sizeof(all) - 1), 127);
	for (long i = 0; i < n; i++)
		assert_int_equal(s[i],
				 i < 0x1b ? i : i + 1); /* every septet but the escape, in order */
	assert_int_equal(gsm7_decode(s, (size_t)n, 0, 0, back, sizeof(back)), sizeof(all) - 1);
	assert_string_equal(back, all);
}

static void extension(void **state)
{
	static const char text[] = "\f^{}\\[~]|€";
	static const uint8_t want[] = {0x1b, 0x0a, 0x1b, 0x14, 0x1b, 0x28, 0x1b, 0x29, 0x1b, 0x2f,
				       0x1b, 0x3c, 0x1b, 0x3d, 0x1b, 0x3e, 0x1b, 0x40, 0x1b, 0x65};
	uint8_t s[32];
	char back[64];

	(void)state;
	assert_int_equal(gsm7_count(text, sizeof(text) - 1), 20);
	assert_int_equal(gsm7_encode(text, sizeof(text) - 1, s, sizeof(s)), 20);
	assert_memory_equal(s, want, 20);
	assert_int_equal(gsm7_encode(text, sizeof(text) - 1, s, 19), GSM7_ERR_SPACE);
	gsm7_decode(s, 20, 0, 0, back, sizeof(back));
	assert_string_equal(back, text);
	/* not in the extension table: the main table's character; an escape with nothing after:
	 * space */
	gsm7_decode((const uint8_t[]){0x1b, 'a', 'b', 0x1b}, 4, 0, 0, back, sizeof(back));
	assert_string_equal(back, "ab ");
	gsm7_decode((const uint8_t[]){0x1b, 0x1b, 0x65}, 3, 0, 0, back, sizeof(back));
	assert_string_equal(back, " e");
}

static void albanian(void **state)
{
	(void)state;
	assert_int_equal(gsm7_count("Ç", 2), 1);
	assert_int_equal(gsm7_count("ç", 2), GSM7_ERR_CHAR);
	assert_int_equal(gsm7_count("ë", 2), GSM7_ERR_CHAR);
	assert_int_equal(gsm7_count("a\xff", 2), GSM7_ERR_CHAR);
	assert_int_equal(gsm7_count("", 0), 0);
}

static void decode_one(int locking, int single, const uint8_t *s, size_t n, const char *want)
{
	char got[64];

	assert_true(gsm7_decode(s, n, locking, single, got, sizeof(got)) >= 0);
	assert_string_equal(got, want);
}

static void national(void **state)
{
	static const uint8_t locked[] = {0x04, 0x07, 0x0b, 0x0c, 0x1c, 0x1d, 0x40, 0x60, 'x'};
	static const uint8_t shifted[] = {0x1b, 0x47, 0x1b, 0x63, 0x1b,
					  0x65, 0x1b, 0x28, 0x1b, 0x61};
	static const uint8_t portuguese[] = {0x12, 0x15, 0x5b, 0x7d, 0x1b,
					     0x7f, 0x1b, 0x0f, 0x1b, 0x41};

	(void)state;
	decode_one(1, 0, locked, sizeof(locked), "€ıĞğŞşİçx");
	decode_one(0, 0, locked, sizeof(locked), "èìØøÆæ¡¿x");
	decode_one(2, 0, locked, sizeof(locked),
		   "èìØøÆæ¡¿x"); /* there is no Spanish locking table */
	decode_one(13, 99, locked, sizeof(locked), "èìØøÆæ¡¿x");
	decode_one(0, 1, shifted, sizeof(shifted), "Ğç€{a");
	decode_one(0, 2, shifted, sizeof(shifted), "Gc€{á");
	decode_one(0, 3, shifted, sizeof(shifted), "Gc€{Â");
	decode_one(3, 3, portuguese, sizeof(portuguese), "ª∞Ã`âáÀ");
	decode_one(3, 0, portuguese, sizeof(portuguese), "ª∞Ã`àáA");
}

static void packing(void **state)
{
	/* "hellohello": 23.040's and every modem manual's example */
	static const uint8_t want[] = {0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9, 0xec, 0x37};
	uint8_t out[160], back[160], s[160];

	(void)state;
	assert_int_equal(gsm7_pack((const uint8_t *)"hellohello", 10, 0, out, sizeof(out)), 9);
	assert_memory_equal(out, want, 9);
	assert_int_equal(gsm7_pack((const uint8_t *)"hellohello", 10, 0, out, 8), GSM7_ERR_SPACE);
	assert_int_equal(gsm7_pack(s, 1, 7, out, sizeof(out)), GSM7_ERR_INPUT);
	for (size_t i = 0; i < sizeof(s); i++)
		s[i] = (uint8_t)(i * 37 & 0x7f);
	for (unsigned fill = 0; fill <= 6; fill++) {
		for (size_t n = 0; n <= 150; n++) {
			long len = gsm7_pack(s, n, fill, out, sizeof(out));
			assert_true(len >= 0);
			assert_int_equal(gsm7_unpack(out, (size_t)len, fill, n, back, sizeof(back)),
					 n);
			assert_memory_equal(s, back, n);
			if (n)
				assert_int_equal(
				    gsm7_unpack(out, (size_t)len - 1, fill, n, back, sizeof(back)),
				    GSM7_ERR_INPUT);
		}
	}
	assert_int_equal(gsm7_unpack(out, 140, 0, 160, back, 159), GSM7_ERR_SPACE);
}

static void plain(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
	    {"Fëmija mungon në çdo orë, Çelësi", "Femija mungon ne cdo ore, Çelesi"},
	    {"“po” – ‘jo’…", "\"po\" - 'jo'..."},
	    {"a\xc2\xa0z\xe2\x80\x8b!", "a z!"},
	    {"Šđžƒ ﬁ Ł", "Sdz? fi L"},
	    {"é ê ü", "é e ü"},
	    {"e\xcc\x88", "e"},
	    {"😀 日", "? ?"},
	    {"bad\xff\xc3", "bad??"},
	    {"", ""},
	};
	char out[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		long n = gsm7_plain(rows[i].in, strlen(rows[i].in), out, sizeof(out));
		assert_string_equal(out, rows[i].out);
		assert_int_equal(n, strlen(out));
		assert_true(gsm7_count(out, strlen(out)) >= 0);
	}
	assert_int_equal(gsm7_plain("abc", 3, out, 4), 3);
	assert_int_equal(gsm7_plain("abc", 3, out, 3), GSM7_ERR_SPACE);
	assert_int_equal(gsm7_plain("", 0, out, 0), GSM7_ERR_SPACE);
	assert_int_equal(gsm7_decode((const uint8_t *)"abc", 3, 0, 0, out, 3), GSM7_ERR_SPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(default_alphabet), cmocka_unit_test(extension),
	    cmocka_unit_test(albanian),         cmocka_unit_test(national),
	    cmocka_unit_test(packing),          cmocka_unit_test(plain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
