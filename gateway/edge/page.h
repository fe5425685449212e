/* page.h - the plain page behind a link in an alert: what it is about, and a button an answer.
 *
 * GET changes nothing, so that a mail scanner or a preview that opens links answers nothing; POST
 * with the button's name does, once.  The page names a number and an agency, no case, no person. */
#ifndef GATEWAY_EDGE_PAGE_H
#define GATEWAY_EDGE_PAGE_H
#include "gateway/edge/exchange.h"

bool page_ask(const struct edge_request *rq, struct route_state *st, struct route_call *c,
	      struct edge_answer *out);
void page_tell(const struct route_state *st, const struct wire_reply *r, struct edge_answer *out);
#endif
