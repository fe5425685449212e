/* route.h - from a request to a call of the hub, and from the hub's reply to an answer.
 *
 * A route is a path and a method; what lies behind one is a kind of call (wire.h) whose file makes
 * the call's fields of the request and the answer of the reply's fields.  Nothing here knows a
 * sender, a case or a secret of an agency: the hub judges.  Pure but for its own table.
 */
#ifndef GATEWAY_EDGE_ROUTE_H
#define GATEWAY_EDGE_ROUTE_H
#include "gateway/edge/exchange.h"

#define ROUTE_REST 65 /* longest last segment, NUL included */

/* True: answered at once in *out.  False: *c is to be sent. */
bool route_request(const struct edge_request *rq, struct route_state *st, struct route_call *c,
		   struct edge_answer *out);
/* After *c was sent: one more call of the same request.  False: that was all of it. */
bool route_more(struct route_state *st, struct route_call *c);
/* False: replies to others of its calls are still waited for. */
bool route_reply(struct route_state *st, const struct wire_reply *r, struct edge_answer *out);
/* The answer did not reach who asked.  False: of this kind of call the hub need not know. */
bool route_unheard(const struct route_state *st, uint64_t token, struct route_call *c);
/* The hub did not answer in time, or takes nothing now. */
void route_unanswered(const struct route_state *st, struct edge_answer *out);
#endif
