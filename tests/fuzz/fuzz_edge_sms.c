/* fuzz_edge_sms.c - the body of a text that a provider of SMS brings, and of a report: first octet the block,
 * then the body.  It is refused without repeating anything, or a call, of a list one of each element that can be
 * taken, whose fields keep their bounds and whose text is UTF-8. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "gateway/edge/sms.h"
#include "parser/ucs2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kinds[][5] = {
	{"sms", "/a/0123456789abcdef", "form", "application/x-www-form-urlencoded"},
	{"sms", "/b/0123456789abcdef", "json", "application/json"},
	{"sms", "/c/0123456789abcdef", "xml", "text/xml"},
	{"report", "/d/0123456789abcdef", "form", "application/x-www-form-urlencoded"},
	{"sms", "/e/0123456789abcdef", "json", "application/json", "r"},
	{"report", "/f/0123456789abcdef", "json", "application/json", "r.l"},
	{"sms", "/g/0123456789abcdef", "json", "application/json", "."},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void set_up(void)
{
	for (size_t i = 0; i < KINDS; i++) {
		char pattern[20];
		snprintf(pattern, sizeof(pattern), "%.3s{secret}", kinds[i][1]);
		const char *const pairs[][2] = {
			{"kind", kinds[i][0]}, {"name", "x"}, {"path", pattern}, {"in", kinds[i][2]}, {"from", "f"},
			{"to", "o"}, {"text", "t"}, {"id", "i"}, {"udh", "u"}, {"status", "s"}, {"ucs2_if", "c=2"},
			{"number_form", "digits"}, {"reply_type", "text/plain"}, {"reply", "OK"}, {"auth", "path"},
			{"secret", "0123456789abcdef"}, {"methods", "POST"},
			{"list", kinds[i][4] ? kinds[i][4] : ""}};
		struct wire_pairs p = {0};
		for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++)
			p.pair[p.n++] = (struct wire_pair){wire_str(pairs[k][0]), wire_str(pairs[k][1])};
		assert(sms_block(&p));
	}
}

static void check_call(const char *const *k, const struct wire_call *c)
{
	struct wire_str text = wire_find(&c->fields, "text"), udh = wire_find(&c->fields, "udh");
	assert(wire_is(c->kind, k[0]) && wire_find(&c->fields, "id").len <= 200);
	assert(text.len <= 4095 && utf8_valid(text.s ? text.s : "", text.len) && udh.len <= 140);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	static struct edge_request rq;
	static struct edge_answer out;
	static struct route_call c;
	struct route_state st = {0};
	if (!ready)
		set_up();
	ready = true;
	if (size < 1)
		return 0;
	const char *const *k = kinds[data[0] % KINDS];
	unsigned n = 0;
	memset(&rq, 0, sizeof(rq));
	memset(&out, 0, offsetof(struct edge_answer, body));
	rq.method = "POST";
	rq.path = k[1];
	rq.body = (struct edge_str){(const char *)data + 1, size - 1};
	rq.header[0] = (struct edge_pair){{"Content-Type", 12}, {k[3], strlen(k[3])}};
	rq.n_headers = 1;
	snprintf(rq.peer, sizeof(rq.peer), "127.0.0.1");
	enum sms_what what = sms_ask(&rq, &st, &c, &out);
	assert(what != SMS_NOT_MINE);
	if (what == SMS_ANSWERED) {
		/* an empty list is taken: there is nothing in it */
		assert((out.status >= 400 && out.status < 500) || (k[4] && out.status == 200));
		return 0;
	}
	do {
		check_call(k, &c.call);
		n++;
	} while (sms_more(&st, &c));
	assert(n <= (k[4] ? SMS_LIST_MAX : 1));
	for (; n > 0; n--) {
		struct wire_reply r = {.status = 200};
		assert(sms_tell(&st, &r, &out) == (n == 1));
	}
	assert(out.status == 200 || (k[4] && out.status >= 400 && out.status < 500));
	return 0;
}
