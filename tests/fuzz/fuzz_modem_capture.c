/* fuzz_modem_capture.c - arbitrary text as the log of libgammu, which quotes whatever a modem says.
 *
 * The first octet is the size of the pieces it comes in.  Oracle: all counts keep their bounds, and what is
 * found does not depend on where the pieces end. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/modem/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void bounds(const struct capture *c)
{
	assert(c->n_reports <= CAPTURE_REPORTS && c->n_notices <= CAPTURE_NOTICES && c->used < CAPTURE_LINE);
	assert(c->pdu.len <= CAPTURE_OCTETS && (!c->have || c->pdu.len > 0));
	for (size_t i = 0; i < c->n_reports; i++)
		assert(c->report[i].len > 0 && c->report[i].len <= CAPTURE_OCTETS);
	for (size_t i = 0; i < c->n_notices; i++)
		assert(memchr(c->notice[i].memory, 0, sizeof(c->notice[i].memory)) && c->notice[i].memory[0]);
}

static bool same_pdu(const struct capture_pdu *a, const struct capture_pdu *b)
{
	return a->len == b->len && a->hex == b->hex && memcmp(a->octets, b->octets, a->len) == 0;
}

static void feed(struct capture *c, const char *text, size_t len, size_t piece)
{
	char buf[256];

	memset(c, 0, sizeof(*c));
	capture_arm(c);
	for (size_t at = 0; at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;
		memcpy(buf, text + at, n);
		buf[n] = '\0';
		capture_text(c, buf);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct capture a, b;
	struct capture_pdu pa, pb;
	struct capture_notice na, nb;

	if (size < 2 || size > 8192 || memchr(data + 1, 0, size - 1))
		return 0;
	const char *text = (const char *)data + 1;
	feed(&a, text, size - 1, 255);
	feed(&b, text, size - 1, 1 + data[0] % 64);
	bounds(&a);
	assert(a.have == b.have && a.ok == b.ok && a.cusd == b.cusd && a.error_code == b.error_code);
	assert(a.next == b.next && a.n_reports == b.n_reports && a.n_notices == b.n_notices);
	assert(!a.have || same_pdu(&a.pdu, &b.pdu));
	while (capture_report(&a, &pa))
		assert(capture_report(&b, &pb) && same_pdu(&pa, &pb));
	while (capture_notice(&a, &na))
		assert(capture_notice(&b, &nb) && na.place == nb.place && strcmp(na.memory, nb.memory) == 0);
	assert(!a.n_reports && !a.n_notices && !b.n_reports && !b.n_notices);
	return 0;
}
