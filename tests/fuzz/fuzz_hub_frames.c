/* fuzz_hub_frames.c - what workers send the hub, arbitrary octets, up to what it does to the store.
 *
 * Oracle: the store refuses or takes each, never as damage of its own or a broken invariant; an answer
 * to a call has a status; what was owed and handed out is settled by its own outcome alone.  */
#include "tests/fuzz/frames.h"
#include "tests/fuzz/world.h"

#include "gateway/intake/call.h"
#include "gateway/outbox/hand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void before(void)
{
	static struct hand_held held;
	static struct wire_frame f;
	bool handed;
	world_text("+355692000001", "RAST LYP Z3 M9");
	world_text("+355691000001", "MUNGESE 5A 12 17");
	assert(hand_one_sms(&world.d, "sim1", NULL, &held, &f, &handed) == STORE_OK);
	assert(hand_http(&world.d, NULL, NULL, &held, &f) == STORE_OK);
}

/* STORE_CORRUPT and STORE_FAIL are the store's own faults. */
static void legal(int rc)
{
	assert(rc != STORE_CORRUPT && rc != STORE_FAIL && rc != STORE_IO);
}

static void take(const struct wire_frame *f)
{
	static struct call_reply r;
	char words[400] = "";
	int64_t id;
	bool fresh;
	int rc = STORE_OK;
	switch (f->type) {
	case WIRE_SEGMENT:
		rc = intake_take(&world.d, "sim1", &f->u.segment, f->u.segment.token % 2, &id, &fresh);
		break;
	case WIRE_CALL:
		rc = call_take(&world.d, &f->u.call, &r, words, sizeof words);
		assert(rc != STORE_OK || r.waits_for || (r.status >= 100 && r.status <= 599));
		break;
	case WIRE_DONE_SMS:
		rc = settle_sms(&world.d, "sim1", &f->u.done_sms, words, sizeof words);
		break;
	case WIRE_DONE_HTTP:
		rc = settle_http(&world.d, &f->u.done_http, words, sizeof words);
		break;
	default:
		return;
	}
	legal(rc);
	assert(memchr(words, 0, sizeof words));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t copy[WIRE_FRAME_MAX];
	struct wire_frame f;
	const uint8_t *frame;
	size_t len;
	world_start(before);
	assert(store_begin(world.d.st) == STORE_OK);
	for (int n = 0; n < 8 && frames_next(&data, &size, &frame, &len); n++) {
		memcpy(copy, frame, len);
		if (wire_decode(copy, len, &f) == WIRE_OK)
			take(&f);
	}
	world_read();
	store_rollback(world.d.st);
	return 0;
}
