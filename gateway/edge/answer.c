/* answer.c - see answer.h. */
#include "gateway/edge/answer.h"

#include <stdio.h>
#include <string.h>

#define HEADER_LONGEST 500

bool answer_ask(const struct edge_request *rq, struct route_state *st, struct route_call *c,
		struct edge_answer *out)
{
	static const char *const wanted[] = {"webhook-id", "webhook-timestamp", "webhook-signature"};
	(void)st;
	if (!request_type_is(rq, "application/json")) {
		answer_problem(out, 415, "the body is application/json");
		return false;
	}
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		bool twice;
		struct edge_str v = request_header(rq, wanted[i], &twice);
		if (!v.s || twice || v.len == 0 || v.len > HEADER_LONGEST) {
			answer_problem(out, 400,
				       "webhook-id, webhook-timestamp and webhook-signature are "
				       "wanted, once each");
			return false;
		}
		route_field(c, wanted[i], v);
	}
	c->call.body = wire_blob(rq->body.s, rq->body.len);
	return true;
}

void answer_tell(const struct route_state *st, const struct wire_reply *r, struct edge_answer *out)
{
	char state[32], text[80];
	(void)st;
	wire_copy(wire_find(&r->fields, "state"), state, sizeof state);
	snprintf(text, sizeof text, "{\"state\":\"%s\"}\n", state); /* a word of ours */
	answer_text(out, 200, "application/json", text);
}
