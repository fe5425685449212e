/* fuzz_wire.c - arbitrary octets to the frame decoder.
 *
 * Oracle: either the frame is refused, or it encodes to the very same octets (each accepted frame
 * has one encoding) and its strings lie within the input.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/hub/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct wire_str v, const uint8_t *data, size_t size)
{
	const uint8_t *s = (const uint8_t *)v.s;
	if (v.len > size || (s && (s < data || s + v.len > data + size)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[WIRE_FRAME_MAX];
	struct wire_frame f;
	int rc = wire_decode(data, size, &f);
	if (rc == WIRE_BAD)
		return 0;
	if (rc != WIRE_OK || size == 0 || size > WIRE_FRAME_MAX)
		abort();
	if (f.type == WIRE_WORK_HTTP) {
		inside(f.u.work_http.body, data, size);
		for (unsigned i = 0; i < f.u.work_http.n_headers; i++)
			inside(f.u.work_http.header[i], data, size);
	} else if (f.type == WIRE_SEGMENT) {
		inside(f.u.segment.view_text, data, size);
	} else if (f.type == WIRE_SETTINGS || f.type == WIRE_NOTE) {
		for (unsigned i = 0; i < f.u.pairs.n; i++)
			inside(f.u.pairs.pair[i].value, data, size);
	} else if (f.type == WIRE_CALL) {
		inside(f.u.call.body, data, size);
	}
	long n = wire_encode(&f, again, sizeof again);
	if (n != (long)size || memcmp(again, data, size) != 0)
		abort();
	return 0;
}
