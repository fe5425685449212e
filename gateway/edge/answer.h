/* answer.h - the signed call by which an agency answers: POST /answers/AGENCY.
 *
 * Headers webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks 1.0.0) and a JSON body
 * go to the hub as they came: it alone has the secrets. */
#ifndef GATEWAY_EDGE_ANSWER_H
#define GATEWAY_EDGE_ANSWER_H
#include "gateway/edge/exchange.h"

bool answer_ask(const struct edge_request *rq, struct route_state *st, struct route_call *c,
		struct edge_answer *out);
void answer_tell(const struct route_state *st, const struct wire_reply *r, struct edge_answer *out);
#endif
