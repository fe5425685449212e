/* fuzz_gsm7.c - any bytes as a text to send and as septets received: split then join gives the text
 * back, no pair is cut, a plain text always fits the 7-bit alphabet, packing is reversible. */
#include <stdlib.h>
#include <string.h>
#include "parser/gsm7.h"
#include "parser/tpdu.h"
#include "parser/ucs2.h"

#define PARTS 20

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

static void check_split(const char *text, size_t len)
{
	static struct tpdu parts[PARTS];
	struct tpdu base = {.kind = TPDU_SUBMIT, .address = "+355691234567", .validity = -1};
	uint16_t ref = len % 2 ? 7 : 700;
	size_t at = 0;
	int n = tpdu_split(&base, text, len, ref, parts, PARTS);

	if (!utf8_valid(text, len)) {
		check(n == TPDU_ERR_VALUE || n == TPDU_ERR_SPACE);
		return;
	}
	if (n == TPDU_ERR_SPACE)
		return;
	check(n >= 1);
	for (int i = 0; i < n; i++) {
		uint8_t octets[TPDU_MAX];
		struct tpdu t;
		int m = tpdu_encode(&parts[i], octets, sizeof(octets));
		check(m > 0 && tpdu_decode(octets, (size_t)m, true, &t, NULL) == TPDU_OK);
		check(at + t.text_len <= len && memcmp(t.text, text + at, t.text_len) == 0);
		check(n == 1 || (t.concat.seq == i + 1 && t.concat.total == n));
		at += t.text_len;
	}
	check(at == len);
}

static void check_plain(const char *text, size_t len)
{
	static char out[4 * 4096 + 1];
	static uint8_t septets[8 * 4096];
	long n = gsm7_plain(text, len, out, sizeof(out));

	if (n < 0)
		return;
	long count = gsm7_count(out, (size_t)n);
	check(count >= 0 && gsm7_encode(out, (size_t)n, septets, sizeof(septets)) == count);
}

static void check_pack(const uint8_t *data, size_t size)
{
	uint8_t septets[160], packed[160], back[160];
	unsigned fill = (unsigned)size % 7;
	size_t n = size < 150 ? size : 150;

	for (size_t i = 0; i < n; i++)
		septets[i] = data[i] & 0x7f;
	long len = gsm7_pack(septets, n, fill, packed, sizeof(packed));
	check(len >= 0);
	check(gsm7_unpack(packed, (size_t)len, fill, n, back, sizeof(back)) == (long)n);
	check(memcmp(septets, back, n) == 0);
	char text[4 * 150 + 1];
	for (int language = 0; language < 5; language++) {
		long m = gsm7_decode(septets, n, language, language, text, sizeof(text));
		check(m >= 0 && utf8_valid(text, (size_t)m));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 4096)
		return 0;
	check_split((const char *)data, size);
	check_plain((const char *)data, size);
	check_pack(data, size);
	return 0;
}
