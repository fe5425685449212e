/* fuzz_receiver.c - arbitrary bytes as what an agency's server answers a delivery, a look or a login with.
 *
 * Octets 0 to 3 choose the receiver, the event, the phase and the status; a first line is the header that
 * was asked for, the rest the body.  Oracle: a verdict of the list, the same twice; words of ours that are
 * printable and repeat nothing of the answer ("Zz" stands in no word of ours); a phase that the receiver
 * itself knows how to go on from; a token that is whole.  */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/outbox/receiver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"webhook", "primero", "dhis2", "cht", "rapidpro"};
static const char *const events[] = {"case.new", "case.urgent", "case.risk", "attendance.report"};
static const char *const phases[] = {"", "verify", "lookup", "flag"};
static const uint16_t statuses[] = {200, 201, 204, 302, 400, 401, 403, 404, 409, 410, 415, 422, 429, 500, 502, 504};
static const uint8_t results[] = {WIRE_HTTP_ANSWERED, WIRE_HTTP_BROKEN, WIRE_HTTP_TIMEOUT};
static const char stored[] = "{\"data\":{\"id\":\"11111111-2222-5333-8444-555555555555\",\"age\":11,\"sex\":\"male\"}}";

static void check(const struct config_agency *a, const struct receiver *r, struct outbox_item *item,
		  const struct receiver_outcome *out)
{
	static struct receiver_exchange x;

	assert(out->verdict <= RECEIVER_HOLD);
	assert(memchr(out->why, 0, sizeof(out->why)) && memchr(out->phase, 0, sizeof(out->phase)));
	assert(out->why[0] && !strstr(out->why, "Zz"));
	for (const char *p = out->why; *p; p++)
		assert(*p >= ' ' && *p <= '~');
	if (out->verdict != RECEIVER_NEXT && out->verdict != RECEIVER_RETRY)
		return;
	memset(&x, 0, sizeof(x));
	snprintf(item->phase, sizeof(item->phase), "%s", out->phase);
	assert(!r->build(a, item, "token", 1794996000, &x) && x.method && x.url[0]);
}

static void check_token(const struct receiver *r, const struct wire_done_http *d)
{
	static char token[RECEIVER_TOKEN];
	struct receiver_outcome out = {.verdict = RECEIVER_RETRY};
	int lasts = -1;

	memset(token, 'x', sizeof(token));
	if (!r->token)
		return;
	if (r->token(d, token, &lasts, &out))
		assert(memchr(token, 0, sizeof(token)) && lasts > 0);
	else
		assert(out.why[0] && !strstr(out.why, "Zz"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct outbox_item item;
	struct config_agency a = {.code = "MUN", .url = "https://agency.example", .secret = "", .format = "webhook",
				  .user = "u", .password = "p", .token = "t", .module = "m", .form = "f",
				  .program = "pr", .stage = "st", .id_scheme = "code"};
	struct receiver_outcome out[2];

	if (size < 4 || size > 16384)
		return 0;
	a.receiver = names[data[0] % 5];
	const struct receiver *r = receiver_of(&a);
	assert(strcmp(r->name, a.receiver) == 0);
	memset(&item, 0, offsetof(struct outbox_item, body));
	snprintf(item.uid, sizeof(item.uid), "kuj_0123456789abcdef");
	snprintf(item.event, sizeof(item.event), "%s", events[data[1] % 4]);
	snprintf(item.phase, sizeof(item.phase), "%s", strcmp(r->name, "primero") == 0    ? phases[data[2] % 4]
						       : strcmp(r->name, "rapidpro") == 0 ? phases[data[2] % 2 * 2]
											  : "");
	item.len = sizeof(stored) - 1;
	memcpy(item.body, stored, sizeof(stored));
	const char *text = (const char *)data + 4, *end = memchr(text, '\n', size - 4);
	size_t head = end ? (size_t)(end - text) : 0;
	struct wire_done_http d = {.result = results[data[3] / 16 % 8 % 3], .status = statuses[data[3] % 16],
				   .retry_after = -1, .header = {text, head > 4096 ? 4096 : (uint32_t)head},
				   .body = {text + head, (uint32_t)(size - 4 - head)}, .detail = wire_str("")};
	for (int i = 0; i < 2; i++) {
		memset(&out[i], 0, sizeof(out[i]));
		r->judge(&a, &item, &d, &out[i]);
	}
	assert(out[0].verdict == out[1].verdict && strcmp(out[0].why, out[1].why) == 0 &&
	       strcmp(out[0].phase, out[1].phase) == 0 && out[0].warn == out[1].warn);
	check(&a, r, &item, &out[0]);
	check_token(r, &d);
	return 0;
}
