/* ussd.h - calls of USSD providers: which block a request is of, its call, its screen, and how long
 * callers wait.  Owns the blocks. */
#ifndef GATEWAY_EDGE_USSD_H
#define GATEWAY_EDGE_USSD_H
#include "gateway/edge/exchange.h"

#define USSD_BLOCKS 32

/* Of a further SETTINGS frame.  False: no block, or too many. */
bool ussd_block(const struct wire_pairs *p);
void ussd_busy_words(struct wire_str words); /* the screen of a gateway that is late */
void ussd_blocks_free(void);

enum ussd_what { USSD_NOT_MINE, USSD_ANSWERED, USSD_CALL };
/* kept of st is filled; *wait_ms: how long the provider waits. */
enum ussd_what ussd_ask(const struct edge_request *rq, struct route_state *st, struct route_call *c,
			unsigned *wait_ms, struct edge_answer *out);
void ussd_tell(const struct route_state *st, const struct wire_reply *r, struct edge_answer *out);
/* Its answer did not reach the provider: the call that says so. */
bool ussd_unheard(const struct route_state *st, uint64_t token, struct route_call *c);
void ussd_late(const struct route_state *st, struct edge_answer *out);
/* What was counted since the last call, one pair a block ("at" = "n=120 p50=3 p99=9 late=0"), into p over
 * room; false when there is nothing new. */
bool ussd_figures(struct wire_pairs *p, char *room, size_t max);
#endif
