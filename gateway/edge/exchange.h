/* exchange.h - one request on its way to the hub: the call that is made of it, and what is kept for the
 * answer.  What every kind of call works on.  Pure. */
#ifndef GATEWAY_EDGE_EXCHANGE_H
#define GATEWAY_EDGE_EXCHANGE_H
#include "gateway/edge/request.h"
#include "gateway/edge/server.h"
#include "gateway/hub/wire.h"

struct route;
struct route_state { /* what a waiting request keeps; at most SERVER_STATE octets */
	const struct route *route;
	char kept[SERVER_STATE - 16];
};
struct route_call { /* strings live as long as the request and this struct */
	struct wire_call call;
	char room[4096]; /* for what a kind must make anew */
	size_t used;
};
/* One more field of the call.  False: no room for it. */
bool route_field(struct route_call *c, const char *name, struct edge_str value);
/* A refusal of the hub's is told in the hub's words; they name no person and repeat no input. */
void route_refusal(const struct wire_reply *r, struct edge_answer *out);
#endif
