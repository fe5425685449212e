/* sms.h - calls of SMS providers: a text that came in, and the later word on one that went out.
 *
 * A block is one path of a provider: its fields go to the hub under their own names, the text as UTF-8
 * whatever it was written in, and the answer is what the block says, once the hub has committed.
 * A request may bring a list: a call is made of each element, and the answer is that all were taken, or how
 * many were not.  Then the provider sends the list again, and those that were taken are known as the same.
 * Owns the blocks.
 */
#ifndef GATEWAY_EDGE_SMS_H
#define GATEWAY_EDGE_SMS_H
#include "gateway/edge/exchange.h"

#define SMS_BLOCKS 16
#define SMS_LIST_MAX 64 /* elements of a list that are taken */

/* Of a further SETTINGS frame.  False: no block, or too many. */
bool sms_block(const struct wire_pairs *p);
void sms_blocks_free(void);

enum sms_what { SMS_NOT_MINE, SMS_ANSWERED, SMS_CALL };
enum sms_what sms_ask(const struct edge_request *rq, struct route_state *st, struct route_call *c,
		      struct edge_answer *out);
/* The call of the next element of the request that sms_ask made the first call of.  False: that was all. */
bool sms_more(struct route_state *st, struct route_call *c);
/* False: replies to other elements are still waited for. */
bool sms_tell(struct route_state *st, const struct wire_reply *r, struct edge_answer *out);
#endif
