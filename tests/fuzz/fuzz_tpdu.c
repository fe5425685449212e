/* fuzz_tpdu.c - any bytes as a stored message: the decoder stays within its bounds (the sanitizer
 * watches), what it says of itself holds, and a DELIVER encodes and decodes to the same text.
 * Input: the first octet's low bit chooses the direction, the rest are the octets. */
#include <stdlib.h>
#include <string.h>
#include "parser/tpdu.h"
#include "parser/ucs2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

static void check_bounds(const struct tpdu *t)
{
	check(memchr(t->address, 0, sizeof(t->address)) != NULL);
	check(memchr(t->smsc, 0, sizeof(t->smsc)) != NULL);
	check(t->udh_len <= sizeof(t->udh));
	check(t->data_len <= sizeof(t->data));
	check(t->text_len < sizeof(t->text));
	check(t->text[t->text_len] == '\0');
	check(utf8_valid(t->text, t->text_len));
	check(utf8_valid(t->address, strlen(t->address)));
	check(t->port >= -1 && t->port <= 0xffff);
	check(t->concat.bits == 0 || (t->concat.seq >= 1 && t->concat.seq <= t->concat.total));
}

static void check_again(const struct tpdu *t, bool from_mobile)
{
	uint8_t octets[TPDU_MAX];
	struct tpdu b;
	int n = tpdu_encode(t, octets, sizeof(octets));

	/* A report's second stamp has a zone of its own, which is not kept: near the end of the years
	 * that two figures can write it does not encode. */
	if (n == TPDU_ERR_VALUE && t->kind == TPDU_STATUS_REPORT)
		return;
	check(n > 0);
	check(tpdu_decode(octets, (size_t)n, from_mobile, &b, NULL) == TPDU_OK);
	check(b.text_len == t->text_len && memcmp(b.text, t->text, t->text_len) == 0);
	check(strcmp(b.address, t->address) == 0);
	check(b.scts == t->scts);
	check(b.concat.bits == t->concat.bits && b.concat.ref == t->concat.ref);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tpdu t;
	const char *field = NULL;

	if (size == 0)
		return 0;
	bool from_mobile = data[0] & 1;
	int rc = tpdu_decode(data + 1, size - 1, from_mobile, &t, &field);
	check(field != NULL);
	check((rc == TPDU_OK) == (field[0] == '\0'));
	check_bounds(&t);
	if (rc == TPDU_OK)
		check_again(&t, from_mobile);
	return 0;
}
