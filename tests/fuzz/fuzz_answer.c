/* fuzz_answer.c - arbitrary octets as the body of an agency's answer.
 *
 * Oracle: refused with words of ours, or a known kind and answer, a number in its range and a reason
 * that is a plain word; the same octets give the same twice.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/outbox/answer_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer_body a, b;
	const char *why = answer_body_read(data, size, &a), *again = answer_body_read(data, size, &b);
	if (why != again || (!why && memcmp(&a, &b, sizeof a) != 0))
		abort();
	if (why)
		return 0;
	if (!strchr("art", a.kind) || !a.what[0] || a.number < 1 || a.number > 999999999)
		abort();
	if (a.reason[strspn(a.reason, "abcdefghijklmnopqrstuvwxyz_")] || strlen(a.reason) > 31)
		abort();
	return 0;
}
