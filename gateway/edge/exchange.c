/* exchange.c - see exchange.h. */
#include "gateway/edge/exchange.h"

bool route_field(struct route_call *c, const char *name, struct edge_str value)
{
	struct wire_pairs *p = &c->call.fields;
	if (p->n == WIRE_SETTINGS_MAX)
		return false;
	p->pair[p->n++] = (struct wire_pair){wire_str(name), wire_blob(value.s ? value.s : "", value.len)};
	return true;
}

void route_refusal(const struct wire_reply *r, struct edge_answer *out)
{
	char detail[200];
	wire_copy(r->detail, detail, sizeof detail);
	answer_problem(out, r->status, detail[0] ? detail : NULL);
}
